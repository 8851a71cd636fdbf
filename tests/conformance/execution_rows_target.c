/*
 * execution_rows_target.c - a DLL that execution_rows_modules.c copies to many places: it knows how often it was started.
 */
#include <windows.h>

static int attached;

__declspec(dllexport) int rows_value(void)
{
	return 1590 + attached;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
	(void)module;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH)
		attached++;
	return TRUE;
}
