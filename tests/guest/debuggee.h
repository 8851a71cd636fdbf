/*
 * debuggee.h - for debuggers among the test programs: children of their own, and their events.
 */
#ifndef PEWTER_TESTS_DEBUGGEE_H
#define PEWTER_TESTS_DEBUGGEE_H

#include "guest.h"

#define LONG_TIME 60000
#define OWN_CODE 0xE0001234

static char self[MAX_PATH];

static inline PROCESS_INFORMATION start(const char *what, DWORD flags)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION made = {0};
	char line[MAX_PATH + 32];

	snprintf(line, sizeof(line), "\"%s\" child %s", self, what);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, &made));
	return made;
}

static inline void close_both(PROCESS_INFORMATION *made)
{
	CloseHandle(made->hProcess);
	CloseHandle(made->hThread);
}

static inline DWORD end_code(PROCESS_INFORMATION *made)
{
	DWORD code = 0;

	CHECK_EQUAL(WaitForSingleObject(made->hProcess, LONG_TIME), WAIT_OBJECT_0);
	GetExitCodeProcess(made->hProcess, &code);
	return code;
}

static inline void go_on(const DEBUG_EVENT *event, DWORD status)
{
	CHECK(ContinueDebugEvent(event->dwProcessId, event->dwThreadId, status));
}

/* The next event but for DLLs. */
static inline DWORD next(DEBUG_EVENT *event)
{
	memset(event, 0, sizeof(*event));
	while (WaitForDebugEvent(event, LONG_TIME)) {
		if (event->dwDebugEventCode != LOAD_DLL_DEBUG_EVENT && event->dwDebugEventCode != UNLOAD_DLL_DEBUG_EVENT)
			return event->dwDebugEventCode;
		if (event->dwDebugEventCode == LOAD_DLL_DEBUG_EVENT && event->u.LoadDll.hFile)
			CloseHandle(event->u.LoadDll.hFile);
		go_on(event, DBG_CONTINUE);
	}
	return 0;
}

/* Up to the first breakpoint, which is left to be continued from. */
static inline void to_first_break(DEBUG_EVENT *event)
{
	CHECK_EQUAL(next(event), CREATE_PROCESS_DEBUG_EVENT);
	CloseHandle(event->u.CreateProcessInfo.hFile);
	go_on(event, DBG_CONTINUE);
	CHECK_EQUAL(next(event), EXCEPTION_DEBUG_EVENT);
	CHECK_EQUAL(event->u.Exception.ExceptionRecord.ExceptionCode, EXCEPTION_BREAKPOINT);
}

static inline void to_end(DEBUG_EVENT *event, DWORD code)
{
	CHECK_EQUAL(next(event), EXIT_PROCESS_DEBUG_EVENT);
	CHECK_EQUAL(event->u.ExitProcess.dwExitCode, code);
	go_on(event, DBG_CONTINUE);
}

/* What a child has for what this process has here: one image, wherever it lies. */
static inline void *there(char *base, const void *here)
{
	return base + ((char *)here - (char *)GetModuleHandleA(NULL));
}

#endif
