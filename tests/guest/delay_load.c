/*
 * tests/guest/delay_load.c - delay-load imports: the DLL comes with the first call, each import is bound by its own first
 * call, and what is missing is told to the failure hook (Microsoft, "Linker support for delay-loaded DLLs").
 */
#include "guest.h"

#include <delayimp.h>

__declspec(dllimport) int Twice(int x);
__declspec(dllimport) int Thrice(int x);
__declspec(dllimport) int Missing(int x);
__declspec(dllimport) int Nothing(void);

static char failed_dll[64], failed_name[64];
static DWORD failed_error;

static int replacement(void)
{
	return 1234;
}

static FARPROC WINAPI on_failure(unsigned event, PDelayLoadInfo info)
{
	snprintf(failed_dll, sizeof(failed_dll), "%s", info->szDll);
	snprintf(failed_name, sizeof(failed_name), "%s", info->dlp.fImportByName ? info->dlp.szProcName : "#");
	failed_error = info->dwLastError;
	return event == dliFailGetProc ? (FARPROC)replacement : NULL;
}

PfnDliHook __pfnDliFailureHook2 = on_failure;
PfnDliHook __pfnDliNotifyHook2;

/* The delay helper's exception for a missing DLL: its code, then away from the call. */
static DWORD raised;
static void *landing[5];

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *pointers)
{
	if (HIWORD(pointers->ExceptionRecord->ExceptionCode) != 0xC06D)
		return EXCEPTION_CONTINUE_SEARCH;
	raised = pointers->ExceptionRecord->ExceptionCode;
	__builtin_longjmp(landing, 1);
}

int main(void)
{
	CHECK(GetModuleHandleA("delay_load_dll.dll") == NULL);
	CHECK_EQUAL(Twice(21), 42);
	CHECK(GetModuleHandleA("delay_load_dll.dll") != NULL);
	CHECK_EQUAL(Twice(4), 8);
	CHECK_EQUAL(Thrice(4), 12);

	CHECK_EQUAL(Missing(1), 1234);
	CHECK(lstrcmpiA(failed_dll, "delay_load_dll.dll") == 0);
	CHECK(strcmp(failed_name, "Missing") == 0);
	CHECK_EQUAL(failed_error, ERROR_PROC_NOT_FOUND);

	AddVectoredExceptionHandler(1, on_exception);
	if (__builtin_setjmp(landing) == 0) {
		Nothing();
		CHECK(!"a missing DLL's function returned");
	}
	CHECK_EQUAL(raised, 0xC06D0000 | ERROR_MOD_NOT_FOUND);
	CHECK(lstrcmpiA(failed_dll, "delay_load_none.dll") == 0);
	CHECK_EQUAL(failed_error, ERROR_MOD_NOT_FOUND);
	return guest_result();
}
