/*
 * kernel32/startupinfo.c - GetStartupInfo (processthreadsapi.h).
 *
 * The W form reads the process parameters each time and leaves the handles alone unless they were given
 * (STARTF_USESTDHANDLES); the A form is fixed at its first call and says -1 for them (execution facts, row 139).
 */
#include "kernel32/startupinfo.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/nls.h"

EXPORT(kernel32, VOID, GetStartupInfoW, (STARTUPINFOW * info))
{
	const RTL_USER_PROCESS_PARAMETERS *parameters = NtCurrentPeb()->ProcessParameters;

	info->cb = sizeof(*info);
	info->lpReserved = parameters->ShellInfo.Buffer;
	info->lpDesktop = parameters->DesktopInfo.Buffer;
	info->lpTitle = parameters->WindowTitle.Buffer;
	info->dwX = parameters->StartingX;
	info->dwY = parameters->StartingY;
	info->dwXSize = parameters->CountX;
	info->dwYSize = parameters->CountY;
	info->dwXCountChars = parameters->CountCharsX;
	info->dwYCountChars = parameters->CountCharsY;
	info->dwFillAttribute = parameters->FillAttribute;
	info->dwFlags = parameters->WindowFlags;
	info->wShowWindow = (WORD)parameters->ShowWindowFlags;
	info->cbReserved2 = parameters->RuntimeData.Length;
	info->lpReserved2 = (PBYTE)parameters->RuntimeData.Buffer;
	if (parameters->WindowFlags & STARTF_USESTDHANDLES) {
		info->hStdInput = parameters->StandardInput;
		info->hStdOutput = parameters->StandardOutput;
		info->hStdError = parameters->StandardError;
	}
}

static LPSTR ansi_copy(LPCWSTR text)
{
	size_t length, size;
	LPSTR copy;

	if (!text)
		return NULL;
	length = rtl_wcslen(text) + 1;
	size = nls_from_utf16(NLS_ACP, 0, NULL, 0, text, length, NULL, NULL);
	copy = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size);
	if (copy)
		nls_from_utf16(NLS_ACP, 0, copy, size, text, length, NULL, NULL);
	return copy;
}

EXPORT(kernel32, VOID, GetStartupInfoA, (STARTUPINFOA * info))
{
	static STARTUPINFOA first;
	static int ready;

	if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) {
		STARTUPINFOW wide;

		wide.hStdInput = wide.hStdOutput = wide.hStdError = INVALID_HANDLE_VALUE;
		GetStartupInfoW(&wide);
		__builtin_memcpy(&first, &wide, sizeof(first));
		first.lpReserved = ansi_copy(wide.lpReserved);
		first.lpDesktop = ansi_copy(wide.lpDesktop);
		first.lpTitle = ansi_copy(wide.lpTitle);
		__atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
	}
	*info = first;
}
