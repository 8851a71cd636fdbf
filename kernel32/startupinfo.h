/*
 * kernel32/startupinfo.h - STARTUPINFO and PROCESS_INFORMATION (processthreadsapi.h).
 */
#ifndef PEWTER_KERNEL32_STARTUPINFO_H
#define PEWTER_KERNEL32_STARTUPINFO_H

#include "nt/ntdef.h"

#define STARTF_USESTDHANDLES 0x100u

typedef struct _STARTUPINFOW {
	DWORD cb;
	LPWSTR lpReserved, lpDesktop, lpTitle;
	DWORD dwX, dwY, dwXSize, dwYSize, dwXCountChars, dwYCountChars, dwFillAttribute, dwFlags;
	WORD wShowWindow, cbReserved2;
	PBYTE lpReserved2;
	HANDLE hStdInput, hStdOutput, hStdError;
} STARTUPINFOW;

typedef struct _STARTUPINFOA {
	DWORD cb;
	LPSTR lpReserved, lpDesktop, lpTitle;
	DWORD dwX, dwY, dwXSize, dwYSize, dwXCountChars, dwYCountChars, dwFillAttribute, dwFlags;
	WORD wShowWindow, cbReserved2;
	PBYTE lpReserved2;
	HANDLE hStdInput, hStdOutput, hStdError;
} STARTUPINFOA;

typedef struct _PROCESS_INFORMATION {
	HANDLE hProcess, hThread;
	DWORD dwProcessId, dwThreadId;
} PROCESS_INFORMATION, *LPPROCESS_INFORMATION;

BOOL WINAPI CreateProcessAsUserW(HANDLE token, LPCWSTR application, LPWSTR command_line, SECURITY_ATTRIBUTES *process,
				 SECURITY_ATTRIBUTES *thread, BOOL inherit, DWORD flags, LPVOID environment, LPCWSTR directory,
				 STARTUPINFOW *startup, LPPROCESS_INFORMATION information);

#endif
