/*
 * tests/guest/cli.c - run by tests/cli.sh: says what it was given, or ends in the way that the first argument names.
 *
 * Text goes to standard output in UTF-8, one item a line.
 */
#include <windows.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static volatile LONG interrupts;

static void print(const wchar_t *text)
{
	char bytes[4096];

	WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof(bytes), NULL, NULL);
	puts(bytes);
}

static BOOL WINAPI on_control(DWORD event)
{
	if (event != CTRL_C_EVENT)
		return FALSE;
	InterlockedIncrement(&interrupts);
	return TRUE;
}

static void wait_for_interrupt(void)
{
	puts("ready");
	fflush(stdout);
	for (int i = 0; i < 1000 && !interrupts; i++)
		Sleep(10);
	printf("interrupts: %ld\n", interrupts);
}

/* Nothing that a compiler could see through. */
static volatile int *volatile nothing;
static const char *volatile no_text;
static void (*volatile nowhere)(void);
static volatile int one = 1, zero, result;

static __attribute__((noinline)) int recurse(volatile char *outer)
{
	volatile char block[1000];

	block[0] = *outer;
	return one ? recurse(block) + block[0] : 0;
}

static __attribute__((noinline)) void crash(const wchar_t *how)
{
	char c = 0;

	if (wcscmp(how, L"write") == 0)
		*nothing = 1;
	else if (wcscmp(how, L"read") == 0)
		result = *nothing;
	else if (wcscmp(how, L"divide") == 0)
		result = one / zero;
	else if (wcscmp(how, L"illegal") == 0)
		__asm__ volatile("ud2");
	else if (wcscmp(how, L"overflow") == 0)
		result = recurse(&c);
	else if (wcscmp(how, L"jump") == 0)
		nowhere();
	else if (wcscmp(how, L"strlen") == 0)
		result = (int)strlen(no_text);
	else if (wcscmp(how, L"raise") == 0)
		RaiseException(0xE0001234, 0, 0, NULL);
	else if (wcscmp(how, L"abort") == 0)
		abort();
}

int wmain(int argc, wchar_t **argv)
{
	const wchar_t *verb = argc > 1 ? argv[1] : L"arguments";

	if (argc > 2 && wcscmp(verb, L"exit") == 0) {
		ExitProcess(wcstoul(argv[2], NULL, 0));
	} else if (argc > 2 && wcscmp(verb, L"variable") == 0) {
		wchar_t value[512];

		if (!GetEnvironmentVariableW(argv[2], value, 512)) {
			puts(GetLastError() == ERROR_ENVVAR_NOT_FOUND ? "not there" : "empty");
			return 1;
		}
		print(value);
	} else if (wcscmp(verb, L"directory") == 0) {
		wchar_t directory[MAX_PATH];

		GetCurrentDirectoryW(MAX_PATH, directory);
		print(directory);
	} else if (argc > 2 && wcscmp(verb, L"crash") == 0) {
		crash(argv[2]);
		return 99;
	} else if (wcscmp(verb, L"handler") == 0) {
		SetConsoleCtrlHandler(on_control, TRUE);
		wait_for_interrupt();
	} else if (wcscmp(verb, L"no-handler") == 0) {
		wait_for_interrupt();
	} else {
		print(GetCommandLineW());
		for (int i = 1; i < argc; i++)
			print(argv[i]);
	}
	return 0;
}
