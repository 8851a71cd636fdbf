/*
 * dlls/winmm/winmm.c - winmm.dll: the clock of multimedia programs.  There is no sound device.
 */
#include "nt/winerror.h"
#include "ntdll/rtl/time.h"
#include "pewter/export.h"

DEFINE_DLL(winmm, .name = "winmm.dll");

#define TIMERR_NOERROR 0u
#define TIMERR_NOCANDO 97u
#define MMSYSERR_BADDEVICEID 2u

typedef struct timecaps_tag {
	UINT wPeriodMin, wPeriodMax;
} TIMECAPS;

EXPORT(winmm, DWORD, timeGetTime, (void))
{
	return (DWORD)rtl_tick_count();
}

EXPORT(winmm, UINT, timeGetDevCaps, (TIMECAPS * caps, UINT size))
{
	if (!caps || size != sizeof(*caps))
		return TIMERR_NOCANDO;
	*caps = (TIMECAPS){1, 1000000};
	return TIMERR_NOERROR;
}

/* The host's timers are as exact as can be whatever is asked for. */
EXPORT(winmm, UINT, timeBeginPeriod, (UINT period))
{
	return period ? TIMERR_NOERROR : TIMERR_NOCANDO;
}

EXPORT(winmm, UINT, timeEndPeriod, (UINT period))
{
	return period ? TIMERR_NOERROR : TIMERR_NOCANDO;
}

typedef struct mmtime_tag {
	UINT wType;
	union {
		DWORD ms;
		BYTE rest[8];
	} u;
} MMTIME;

EXPORT(winmm, UINT, timeGetSystemTime, (MMTIME * time, UINT size))
{
	if (!time || size < sizeof(*time))
		return TIMERR_NOCANDO;
	time->wType = 1; /* TIME_MS */
	time->u.ms = timeGetTime();
	return TIMERR_NOERROR;
}

EXPORT(winmm, UINT, waveOutGetNumDevs, (void))
{
	return 0;
}
EXPORT_ALIAS(winmm, "waveInGetNumDevs", waveOutGetNumDevs);
EXPORT_ALIAS(winmm, "midiOutGetNumDevs", waveOutGetNumDevs);
EXPORT_ALIAS(winmm, "midiInGetNumDevs", waveOutGetNumDevs);
EXPORT_ALIAS(winmm, "mixerGetNumDevs", waveOutGetNumDevs);
EXPORT_ALIAS(winmm, "auxGetNumDevs", waveOutGetNumDevs);
EXPORT_ALIAS(winmm, "joyGetNumDevs", waveOutGetNumDevs);

EXPORT(winmm, UINT, waveOutOpen, (HANDLE * device, UINT id, const void *format, DWORD_PTR callback, DWORD_PTR instance, DWORD flags))
{
	return MMSYSERR_BADDEVICEID;
}
EXPORT_ALIAS(winmm, "waveInOpen", waveOutOpen);

EXPORT(winmm, UINT, waveOutGetDevCapsW, (UINT_PTR id, void *caps, UINT size))
{
	return MMSYSERR_BADDEVICEID;
}
EXPORT_ALIAS(winmm, "waveOutGetDevCapsA", waveOutGetDevCapsW);
EXPORT_ALIAS(winmm, "waveInGetDevCapsW", waveOutGetDevCapsW);
EXPORT_ALIAS(winmm, "waveInGetDevCapsA", waveOutGetDevCapsW);

/* No device was opened, so no handle is good. */
EXPORT(winmm, UINT, waveOutClose, (HANDLE device))
{
	return 5; /* MMSYSERR_INVALHANDLE */
}
EXPORT_ALIAS(winmm, "waveOutPrepareHeader", waveOutClose);
EXPORT_ALIAS(winmm, "waveOutUnprepareHeader", waveOutClose);
EXPORT_ALIAS(winmm, "waveOutWrite", waveOutClose);
EXPORT_ALIAS(winmm, "waveOutReset", waveOutClose);
EXPORT_ALIAS(winmm, "waveOutPause", waveOutClose);
EXPORT_ALIAS(winmm, "waveOutRestart", waveOutClose);
EXPORT_ALIAS(winmm, "waveInClose", waveOutClose);
EXPORT_ALIAS(winmm, "waveInPrepareHeader", waveOutClose);
EXPORT_ALIAS(winmm, "waveInUnprepareHeader", waveOutClose);
EXPORT_ALIAS(winmm, "waveInAddBuffer", waveOutClose);
EXPORT_ALIAS(winmm, "waveInStart", waveOutClose);
EXPORT_ALIAS(winmm, "waveInStop", waveOutClose);
EXPORT_ALIAS(winmm, "waveInReset", waveOutClose);

EXPORT(winmm, UINT, waveOutGetErrorTextW, (UINT error, LPWSTR text, UINT capacity))
{
	const char16_t *message = error == 0   ? u"The specified command was carried out."
				  : error == 2 ? u"A device ID has been used that is out of range for your system."
				  : error == 5 ? u"The specified device handle is invalid."
					       : NULL;
	UINT i = 0;

	if (!message)
		return 9; /* MMSYSERR_BADERRNUM */
	if (!text || !capacity)
		return 11; /* MMSYSERR_INVALPARAM */
	for (; i + 1 < capacity && message[i]; i++)
		text[i] = message[i];
	text[i] = 0;
	return TIMERR_NOERROR;
}
EXPORT_ALIAS(winmm, "waveInGetErrorTextW", waveOutGetErrorTextW);
