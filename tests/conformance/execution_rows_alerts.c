/*
 * execution_rows_alerts.c - rows 84, 102, 103 and 128 of the execution facts: TLS callbacks, alerts of threads by their ids,
 * keyed events, and which of the threads that wait at a completion port is woken.
 */
#include "../guest/guest.h"

typedef LONG NTSTATUS;
NTSTATUS NTAPI NtAlertThreadByThreadId(HANDLE);
NTSTATUS NTAPI NtWaitForAlertByThreadId(const void *, const LARGE_INTEGER *);
NTSTATUS NTAPI NtCreateKeyedEvent(HANDLE *, ACCESS_MASK, void *, ULONG);
NTSTATUS NTAPI NtWaitForKeyedEvent(HANDLE, const void *, BOOLEAN, const LARGE_INTEGER *);
NTSTATUS NTAPI NtReleaseKeyedEvent(HANDLE, const void *, BOOLEAN, const LARGE_INTEGER *);
NTSTATUS NTAPI NtSetEvent(HANDLE, LONG *);

#define TIMED_OUT 0x102u
#define ALERTED 0x101u
#define INVALID_CID 0xC000000Bu
#define INVALID_HANDLE_STATUS 0xC0000008u
#define INVALID_PARAMETER_1 0xC00000EFu
#define TYPE_MISMATCH 0xC0000024u
#define DENIED 0xC0000022u

static const LARGE_INTEGER at_once = {.QuadPart = 0}, soon = {.QuadPart = -100000}; /* 10 ms */

/* --- TLS callbacks --- */

static unsigned attached, before_main, detached_threads;
static BOOL ends;

static void NTAPI callback(void *base, DWORD reason, void *reserved)
{
	if (base == (void *)GetModuleHandleW(NULL) && reason == DLL_PROCESS_ATTACH)
		attached++;
	if (reason == DLL_THREAD_DETACH)
		detached_threads++;
	if (reason == DLL_PROCESS_DETACH && ends)
		TerminateProcess(GetCurrentProcess(), reserved && base == (void *)GetModuleHandleW(NULL) ? 84 : 85);
}

/* mingw-w64 puts the callbacks between .CRT$XLA and .CRT$XLZ. */
__attribute__((section(".CRT$XLC"), used)) static void(NTAPI *const callback_entry)(void *, DWORD, void *) = callback;

__attribute__((constructor)) static void before(void)
{
	before_main = attached;
}

static DWORD WINAPI nothing(void *parameter)
{
	return (DWORD)(ULONG_PTR)parameter;
}

static void tls_callbacks(void)
{
	HANDLE thread;

	ROW(84, "execution");
	CHECK_EQUAL(before_main, 1);
	CHECK_EQUAL(attached, 1);
	thread = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
	CHECK_EQUAL(detached_threads, 1);
	/* The end of the process is told as well: a child that changes its exit code there. */
	{
		STARTUPINFOA startup = {sizeof(startup)};
		PROCESS_INFORMATION process;
		char path[MAX_PATH], line[MAX_PATH + 16];
		DWORD code = 0;

		GetModuleFileNameA(NULL, path, sizeof(path));
		snprintf(line, sizeof(line), "\"%s\" ends", path);
		CHECK(CreateProcessA(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
		CHECK_EQUAL(WaitForSingleObject(process.hProcess, 60000), WAIT_OBJECT_0);
		CHECK(GetExitCodeProcess(process.hProcess, &code));
		CHECK_EQUAL(code, 84);
		CloseHandle(process.hProcess);
		CloseHandle(process.hThread);
	}
}

/* --- alerts --- */

static HANDLE ready;

static DWORD WINAPI wait_for_alert(void *parameter)
{
	SetEvent(ready);
	return (DWORD)NtWaitForAlertByThreadId(parameter, NULL);
}

static void alerts(void)
{
	HANDLE self = (HANDLE)(ULONG_PTR)GetCurrentThreadId(), thread;
	DWORD id, code;

	ROW(102, "execution");
	CHECK_EQUAL((DWORD)NtWaitForAlertByThreadId(NULL, &at_once), TIMED_OUT);
	CHECK_EQUAL((DWORD)NtAlertThreadByThreadId(self), 0);
	CHECK_EQUAL((DWORD)NtAlertThreadByThreadId(self), 0);
	/* Two make one, whatever the address. */
	CHECK_EQUAL((DWORD)NtWaitForAlertByThreadId((void *)0x123, &at_once), ALERTED);
	CHECK_EQUAL((DWORD)NtWaitForAlertByThreadId(NULL, &soon), TIMED_OUT);
	CHECK_EQUAL((DWORD)NtAlertThreadByThreadId(NULL), INVALID_CID);
	CHECK_EQUAL((DWORD)NtAlertThreadByThreadId((HANDLE)(ULONG_PTR)0xFFFFFFF4), INVALID_CID);
	ready = CreateEventW(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, wait_for_alert, (void *)0x456, 0, &id);
	WaitForSingleObject(ready, INFINITE);
	CHECK_EQUAL((DWORD)NtAlertThreadByThreadId((HANDLE)(ULONG_PTR)id), 0);
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code) && code == ALERTED);
	CloseHandle(thread);
}

/* --- keyed events --- */

static HANDLE keyed;

static DWORD WINAPI wait_for_key(void *parameter)
{
	SetEvent(ready);
	return (DWORD)NtWaitForKeyedEvent(keyed, parameter, FALSE, NULL);
}

static DWORD WINAPI release_key(void *parameter)
{
	SetEvent(ready);
	return (DWORD)NtReleaseKeyedEvent(keyed, parameter, FALSE, NULL);
}

static void keyed_events(void)
{
	HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL), waker, thread;
	DWORD code;

	ROW(103, "execution");
	CHECK_EQUAL((DWORD)NtCreateKeyedEvent(&keyed, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, NULL, 0), 0);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent((HANDLE)0xDEAD0, (void *)9, FALSE, &at_once), INVALID_PARAMETER_1);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(keyed, (void *)9, FALSE, &at_once), INVALID_PARAMETER_1);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent((HANDLE)0xDEAD0, (void *)8, FALSE, &at_once), INVALID_HANDLE_STATUS);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent(keyed, (void *)8, FALSE, &at_once), TIMED_OUT);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(keyed, (void *)8, FALSE, &soon), TIMED_OUT);
	/* The built-in one. */
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent(NULL, (void *)8, FALSE, &at_once), TIMED_OUT);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(NULL, (void *)8, FALSE, &at_once), TIMED_OUT);
	/* Each waits for the other. */
	thread = CreateThread(NULL, 0, wait_for_key, (void *)16, 0, NULL);
	WaitForSingleObject(ready, INFINITE);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(keyed, (void *)18, FALSE, &soon), TIMED_OUT);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(keyed, (void *)16, FALSE, NULL), 0);
	WaitForSingleObject(thread, INFINITE);
	CHECK(GetExitCodeThread(thread, &code) && code == 0);
	CloseHandle(thread);
	thread = CreateThread(NULL, 0, release_key, (void *)16, 0, NULL);
	WaitForSingleObject(ready, INFINITE);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent(keyed, (void *)16, FALSE, NULL), 0);
	WaitForSingleObject(thread, INFINITE);
	CHECK(GetExitCodeThread(thread, &code) && code == 0);
	CloseHandle(thread);
	/* Waitable, no event, and with rights of its own. */
	CHECK_EQUAL(WaitForSingleObject(keyed, 0), WAIT_OBJECT_0);
	CHECK_EQUAL((DWORD)NtSetEvent(keyed, NULL), TYPE_MISMATCH);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent(event, (void *)8, FALSE, &at_once), TYPE_MISMATCH);
	CHECK_EQUAL((DWORD)NtCreateKeyedEvent(&waker, GENERIC_WRITE, NULL, 0), 0);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent(waker, (void *)8, FALSE, &at_once), DENIED);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(waker, (void *)8, FALSE, &at_once), TIMED_OUT);
	CloseHandle(waker);
	CHECK_EQUAL((DWORD)NtCreateKeyedEvent(&waker, GENERIC_READ, NULL, 0), 0);
	CHECK_EQUAL((DWORD)NtReleaseKeyedEvent(waker, (void *)8, FALSE, &at_once), DENIED);
	CHECK_EQUAL((DWORD)NtWaitForKeyedEvent(waker, (void *)8, FALSE, &at_once), TIMED_OUT);
	CHECK_EQUAL(WaitForSingleObject(waker, 0), WAIT_FAILED);
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CloseHandle(waker);
	CloseHandle(keyed);
	CloseHandle(event);
}

/* --- completion ports --- */

static HANDLE port;

static DWORD WINAPI take_packet(void *parameter)
{
	OVERLAPPED *overlapped;
	ULONG_PTR key = 0;
	DWORD bytes;

	(void)parameter;
	SetEvent(ready);
	return GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) ? (DWORD)key : 99;
}

static void woken_order(void)
{
	HANDLE threads[3];
	DWORD code;

	ROW(128, "execution");
	port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 3);
	for (int i = 0; i < 3; i++) {
		threads[i] = CreateThread(NULL, 0, take_packet, NULL, 0, NULL);
		WaitForSingleObject(ready, INFINITE);
		Sleep(200); /* until it waits */
	}
	/* The last that came is the first that goes. */
	for (DWORD i = 0; i < 3; i++) {
		CHECK(PostQueuedCompletionStatus(port, 0, i, NULL));
		CHECK_EQUAL(WaitForSingleObject(threads[2 - i], 30000), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(threads[2 - i], &code) && code == i);
	}
	for (int i = 0; i < 3; i++)
		CloseHandle(threads[i]);
	CloseHandle(port);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		ends = TRUE;
		return 0;
	}
	tls_callbacks();
	alerts();
	keyed_events();
	woken_order();
	return guest_result();
}
