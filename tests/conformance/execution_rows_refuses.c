/*
 * execution_rows_refuses.c - a DLL that tells in its user's environment what its DllMain is called with, and refuses to be
 * loaded if that says so.
 */
#include <windows.h>

__declspec(dllimport) int rows_value(void); /* of execution_rows_target.dll */

static void tell(char what, void *reserved)
{
	char log[64];
	DWORD length = GetEnvironmentVariableA("PEWTER_ROWS_LOG", log, sizeof(log) - 3);

	log[length++] = what;
	log[length++] = reserved ? '!' : '0';
	log[length] = 0;
	SetEnvironmentVariableA("PEWTER_ROWS_LOG", log);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
	(void)module;
	if (reason == DLL_PROCESS_ATTACH) {
		tell('a', reserved);
		return rows_value() == 1591 && GetEnvironmentVariableA("PEWTER_ROWS_REFUSE", NULL, 0) == 0;
	}
	if (reason == DLL_PROCESS_DETACH)
		tell('d', reserved);
	return TRUE;
}
