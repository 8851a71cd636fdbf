/*
 * execution_rows_detach.c - a DLL that calls its user's function, if one is set, from DllMain.
 */
#include <windows.h>

__declspec(dllexport) void (*detach_function)(DWORD reason, void *reserved);

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
	(void)module;
	if (detach_function)
		detach_function(reason, reserved);
	return TRUE;
}
