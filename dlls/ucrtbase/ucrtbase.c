/*
 * dlls/ucrtbase/ucrtbase.c - the builtin ucrtbase.dll, which answers for the api-ms-win-crt-* sets too.  The functions
 * are in dlls/crt/.
 */
#include "dlls/crt/crt.h"

static BOOL WINAPI ucrtbase_entry(HMODULE module, DWORD reason, PVOID reserved)
{
	(void)module;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH)
		crt_startup_attach(crt_variables_of[CRT_FLAVOUR_UCRT], CRT_FLAVOUR_UCRT);
	else if (reason == DLL_THREAD_DETACH)
		crt_thread_detach();
	else if (reason == DLL_PROCESS_DETACH)
		crt_process_detach(CRT_FLAVOUR_UCRT);
	return TRUE;
}

DEFINE_DLL(ucrtbase, .name = "ucrtbase.dll", .aliases = "api-ms-win-crt-*\0", .data_size = sizeof(struct crt_variables),
	   .data = (void **)&crt_variables_of[CRT_FLAVOUR_UCRT], .entry = ucrtbase_entry);
