/*
 * loader_dll.c - the DLLs of loader.c.  Built twice: loader_b.dll (-DB), and loader_a.dll, which imports from it,
 * forwards to it and has static TLS, resources and ordinals.
 */
#include <windows.h>

#ifdef B
#define LETTER 'b'
__declspec(dllexport) int b_value(void)
{
	return 41;
}
#else
#define LETTER 'a'
__declspec(dllimport) int b_value(void);
/* A variable of the TLS template, reached by hand: GCC's __thread is emulated. */
__attribute__((section(".tls$"))) int tls_value = 5;
extern char _tls_start;
extern ULONG _tls_index;

__declspec(dllexport) int a_value(void)
{
	return b_value() + 1;
}

__declspec(dllexport) int *a_tls(void)
{
	char **blocks = (char **)__readgsqword(0x58);

	return (int *)(blocks[_tls_index] + ((char *)&tls_value - &_tls_start));
}
#endif

/* The program's log of what happens. */
static void note(char what)
{
	void (*log)(char, char) = (void (*)(char, char))(void *)GetProcAddress(GetModuleHandleA(NULL), "loader_log");

	if (log)
		log(LETTER, what);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
	switch (reason) {
	case DLL_PROCESS_ATTACH:
		note('+');
		break;
	case DLL_PROCESS_DETACH:
		note(reserved ? '!' : '-');
		break;
	case DLL_THREAD_ATTACH:
		note('t');
		break;
	case DLL_THREAD_DETACH:
		note('u');
		break;
	}
	return TRUE;
}
