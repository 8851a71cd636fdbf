/*
 * kernel32/commapi.c - serial ports: each function asks the device, and no device here is a serial port, so that the answer is
 * the one of files, pipes and consoles.  Programs call them to learn what a handle is.
 */
#include "kernel32/kernel32.h"
#include "ntdll/io/io.h"

#define SERIAL(function) (0x001B0000u | (function) << 2) /* IOCTL_SERIAL_*: FILE_DEVICE_SERIAL_PORT, METHOD_BUFFERED */

enum {
	SET_BAUD_RATE = 1,
	SET_QUEUE_SIZE = 2,
	SET_BREAK_ON = 4,
	SET_BREAK_OFF = 5,
	IMMEDIATE_CHAR = 6,
	SET_TIMEOUTS = 7,
	GET_TIMEOUTS = 8,
	SET_DTR = 9,
	GET_WAIT_MASK = 16,
	SET_WAIT_MASK = 17,
	WAIT_ON_MASK = 18,
	PURGE = 19,
	GET_BAUD_RATE = 20,
	GET_MODEM_STATUS = 26,
	GET_COMM_STATUS = 27,
	GET_PROPERTIES = 29,
};

static BOOL ask(HANDLE port, DWORD function)
{
	BYTE answer[64];
	IO_STATUS_BLOCK io;
	NTSTATUS status =
		NtDeviceIoControlFile(port, NULL, NULL, NULL, &io, SERIAL(function), NULL, 0, answer, sizeof(answer));

	/* Whatever understood this is no serial port. */
	return win32_result(NT_SUCCESS(status) ? STATUS_INVALID_DEVICE_REQUEST : status);
}

#define COMM(name, function, ...)                                                                                              \
	EXPORT(kernel32, BOOL, name, (HANDLE port __VA_OPT__(, ) __VA_ARGS__))                                                 \
	{                                                                                                                      \
		return ask(port, function);                                                                                    \
	}

COMM(ClearCommBreak, SET_BREAK_OFF)
COMM(ClearCommError, GET_COMM_STATUS, DWORD *errors, PVOID state)
COMM(EscapeCommFunction, SET_DTR, DWORD what)
COMM(GetCommConfig, GET_BAUD_RATE, PVOID config, DWORD *size)
COMM(GetCommMask, GET_WAIT_MASK, DWORD *mask)
COMM(GetCommModemStatus, GET_MODEM_STATUS, DWORD *status)
COMM(GetCommProperties, GET_PROPERTIES, PVOID properties)
COMM(GetCommState, GET_BAUD_RATE, PVOID state)
COMM(GetCommTimeouts, GET_TIMEOUTS, PVOID timeouts)
COMM(PurgeComm, PURGE, DWORD what)
COMM(SetCommBreak, SET_BREAK_ON)
COMM(SetCommConfig, SET_BAUD_RATE, PVOID config, DWORD size)
COMM(SetCommMask, SET_WAIT_MASK, DWORD mask)
COMM(SetCommState, SET_BAUD_RATE, PVOID state)
COMM(SetCommTimeouts, SET_TIMEOUTS, PVOID timeouts)
COMM(SetupComm, SET_QUEUE_SIZE, DWORD in, DWORD out)
COMM(TransmitCommChar, IMMEDIATE_CHAR, char c)
COMM(WaitCommEvent, WAIT_ON_MASK, DWORD *mask, PVOID overlapped)
