/*
 * Rows 127 to 129 of the execution facts: completion ports, alertable removal, who is woken, notification modes.
 */
#include "../guest/guest.h"

typedef LONG(NTAPI *remove_function)(HANDLE port, PVOID entries, ULONG count, ULONG *removed, LARGE_INTEGER *timeout,
				     BOOLEAN alertable);
#define USER_APC 0xC0u
#define TIMED_OUT 0x102u

struct entry {
	PVOID key, context;
	LONG_PTR status;
	ULONG_PTR information;
};

static remove_function remove_packets;
static LARGE_INTEGER at_once;
static unsigned apcs;

static void CALLBACK apc(ULONG_PTR data)
{
	(void)data;
	apcs++;
}

static void alertable(void)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	HANDLE other = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	struct entry entries[4];
	ULONG count;

	ROW(127, "execution");
	CHECK(PostQueuedCompletionStatus(port, 1, 11, NULL) && PostQueuedCompletionStatus(port, 2, 12, NULL) &&
	      PostQueuedCompletionStatus(port, 3, 13, NULL));
	/* Not tied to this port: the APC. */
	CHECK(QueueUserAPC(apc, GetCurrentThread(), 0));
	CHECK_EQUAL((ULONG)remove_packets(port, entries, 4, &count, &at_once, TRUE), USER_APC);
	CHECK_EQUAL(apcs, 1);
	CHECK_EQUAL((ULONG)remove_packets(port, entries, 2, &count, &at_once, TRUE), 0);
	CHECK_EQUAL(count, 2);
	CHECK_EQUAL((ULONG_PTR)entries[0].key, 11);
	CHECK_EQUAL(entries[0].information, 1);
	CHECK_EQUAL((ULONG_PTR)entries[1].key, 12);
	/* Tied: the packet, and the APC stays. */
	CHECK(QueueUserAPC(apc, GetCurrentThread(), 0));
	CHECK_EQUAL((ULONG)remove_packets(port, entries, 4, &count, &at_once, TRUE), 0);
	CHECK_EQUAL(count, 1);
	CHECK_EQUAL((ULONG_PTR)entries[0].key, 13);
	CHECK_EQUAL(apcs, 1);
	CHECK_EQUAL((ULONG)remove_packets(port, entries, 4, &count, &at_once, TRUE), USER_APC);
	CHECK_EQUAL(apcs, 2);
	/* To be tied to another one does not count. */
	CHECK(PostQueuedCompletionStatus(other, 4, 14, NULL));
	CHECK(QueueUserAPC(apc, GetCurrentThread(), 0));
	CHECK_EQUAL((ULONG)remove_packets(other, entries, 4, &count, &at_once, TRUE), USER_APC);
	CHECK_EQUAL(apcs, 3);
	CHECK_EQUAL((ULONG)remove_packets(other, entries, 4, &count, &at_once, FALSE), 0);
	CHECK_EQUAL((ULONG_PTR)entries[0].key, 14);
	CHECK_EQUAL((ULONG)remove_packets(other, entries, 4, &count, &at_once, FALSE), TIMED_OUT);
	CHECK(count <= 1);
	CloseHandle(port);
	CloseHandle(other);
}

static HANDLE woken_port, ready;

static DWORD WINAPI dequeue(LPVOID argument)
{
	OVERLAPPED *overlapped;
	ULONG_PTR key = 0;
	DWORD size;

	(void)argument;
	SetEvent(ready);
	return GetQueuedCompletionStatus(woken_port, &size, &key, &overlapped, INFINITE) ? (DWORD)key : GetLastError();
}

static DWORD WINAPI wait_for_handle(LPVOID argument)
{
	(void)argument;
	SetEvent(ready);
	return WaitForSingleObject(woken_port, INFINITE);
}

static HANDLE start(LPTHREAD_START_ROUTINE routine)
{
	HANDLE thread = CreateThread(NULL, 0, routine, NULL, 0, NULL);

	CHECK_EQUAL(WaitForSingleObject(ready, INFINITE), 0);
	Sleep(200); /* until it waits */
	return thread;
}

static void woken(void)
{
	HANDLE threads[2];
	DWORD code;

	ROW(128, "execution");
	ready = CreateEventA(NULL, FALSE, FALSE, NULL);
	woken_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	threads[0] = start(dequeue);
	threads[1] = start(wait_for_handle);
	CHECK(PostQueuedCompletionStatus(woken_port, 0, 21, NULL));
	/* It came first, and is the one that takes packets. */
	CHECK_EQUAL(WaitForSingleObject(threads[0], 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(threads[0], &code));
	CHECK_EQUAL(code, 21);
	CHECK_EQUAL(WaitForSingleObject(threads[1], 50), WAIT_TIMEOUT);
	CHECK(PostQueuedCompletionStatus(woken_port, 0, 22, NULL));
	CHECK_EQUAL(WaitForSingleObject(threads[1], 30000), WAIT_OBJECT_0);
	/* A port that is closed: who takes packets is told, and the handle that is waited for counts as signalled. */
	CloseHandle(threads[0]);
	CloseHandle(threads[1]);
	CHECK_EQUAL(dequeue(NULL), 22);
	ResetEvent(ready);
	threads[0] = start(dequeue);
	threads[1] = start(wait_for_handle);
	CloseHandle(woken_port);
	for (int i = 0; i < 2; i++) {
		CHECK_EQUAL(WaitForSingleObject(threads[i], 30000), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(threads[i], &code));
		/* A thread that had not begun to wait finds no handle; it had 200 ms to begin. */
		CHECK_EQUAL(code, i == 0 ? ERROR_ABANDONED_WAIT_0 : WAIT_OBJECT_0);
	}
	CloseHandle(threads[0]);
	CloseHandle(threads[1]);
	CloseHandle(ready);
}

/* How many packets are there, which are removed. */
static unsigned packets(HANDLE port)
{
	OVERLAPPED *overlapped;
	ULONG_PTR key;
	DWORD size;
	unsigned count = 0;

	while (GetQueuedCompletionStatus(port, &size, &key, &overlapped, 0))
		count++;
	return count;
}

static void modes(void)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), event = CreateEventA(NULL, TRUE, FALSE, NULL);
	OVERLAPPED overlapped = {0}, *got;
	HANDLE pipe[2];
	char name[64], text[8];
	ULONG_PTR key;
	DWORD done;

	ROW(129, "execution");
	snprintf(name, sizeof(name), "\\\\.\\pipe\\pewter-modes-%lu", GetCurrentProcessId());
	pipe[0] = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, 0, 1, 512, 512, 0, NULL);
	CHECK(pipe[0] != INVALID_HANDLE_VALUE);
	pipe[1] = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(pipe[1] != INVALID_HANDLE_VALUE);
	CHECK(CreateIoCompletionPort(pipe[0], port, 5, 0) == port);
	/* A call that finished at once posts. */
	CHECK(WriteFile(pipe[1], "ab", 2, &done, NULL));
	CHECK(ReadFile(pipe[0], text, 2, NULL, &overlapped));
	CHECK_EQUAL(packets(port), 1);
	/* With the event's low bit set it does not. */
	overlapped.hEvent = (HANDLE)((ULONG_PTR)event | 1);
	CHECK(WriteFile(pipe[1], "ab", 2, &done, NULL));
	CHECK(ReadFile(pipe[0], text, 2, NULL, &overlapped));
	CHECK_EQUAL(WaitForSingleObject(event, 0), 0);
	CHECK_EQUAL(packets(port), 0);
	CHECK(!ReadFile(pipe[0], text, 2, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING);
	CHECK(WriteFile(pipe[1], "ab", 2, &done, NULL));
	CHECK_EQUAL(WaitForSingleObject(event, INFINITE), 0);
	CHECK_EQUAL(packets(port), 0);
	overlapped.hEvent = NULL;
	CHECK(SetFileCompletionNotificationModes(pipe[0], FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
	CHECK(WriteFile(pipe[1], "ab", 2, &done, NULL));
	CHECK(ReadFile(pipe[0], text, 2, NULL, &overlapped));
	CHECK_EQUAL(packets(port), 0);
	/* What has to wait posts all the same. */
	CHECK(!ReadFile(pipe[0], text, 2, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING);
	CHECK(WriteFile(pipe[1], "cd", 2, &done, NULL));
	CHECK(GetQueuedCompletionStatus(port, &done, &key, &got, INFINITE));
	CHECK_EQUAL(key, 5);
	CHECK_EQUAL(done, 2);
	CHECK(got == &overlapped);
	CHECK_FAILS(SetFileCompletionNotificationModes(pipe[0], 0x80), ERROR_INVALID_PARAMETER);
	CloseHandle(pipe[0]);
	CloseHandle(pipe[1]);
	CloseHandle(port);
	CloseHandle(event);
}

int main(void)
{
	remove_packets = (remove_function)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtRemoveIoCompletionEx");
	alertable();
	woken();
	modes();
	return guest_result();
}
