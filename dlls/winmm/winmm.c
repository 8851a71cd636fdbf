/*
 * dlls/winmm/winmm.c - winmm.dll: the clock of multimedia programs.  There is no sound device.
 */
#include "nt/winerror.h"
#include "ntdll/rtl/time.h"
#include "pewter/export.h"

#include <string.h>

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
