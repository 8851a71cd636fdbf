/*
 * lock_requests.c - locks of ranges that have to wait: on overlapped handles they are requests like others, and a thread that
 * waits itself can be called off.
 */
#include "guest.h"

static char path[MAX_PATH];

static HANDLE open_file(DWORD flags)
{
	HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
				  flags, NULL);

	CHECK(file != INVALID_HANDLE_VALUE);
	return file;
}

static BOOL lock(HANDLE file, DWORD from, DWORD length, OVERLAPPED *overlapped, HANDLE event)
{
	memset(overlapped, 0, sizeof(*overlapped));
	overlapped->Offset = from;
	overlapped->hEvent = event;
	return LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, length, 0, overlapped);
}

static void test_event(void)
{
	HANDLE owner = open_file(0), waiter = open_file(FILE_FLAG_OVERLAPPED), event = CreateEventA(NULL, TRUE, FALSE, NULL);
	OVERLAPPED first, second, third;
	DWORD count;

	/* what is free is had at once */
	CHECK(lock(waiter, 100, 4, &first, event));
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK(LockFile(owner, 0, 0, 4, 0));
	CHECK(LockFile(owner, 10, 0, 4, 0));
	CHECK_FAILS(lock(waiter, 0, 4, &first, event), ERROR_IO_PENDING);
	CHECK_EQUAL(WaitForSingleObject(event, 50), WAIT_TIMEOUT);
	CHECK_FAILS(GetOverlappedResult(waiter, &first, &count, FALSE), ERROR_IO_INCOMPLETE);
	/* another range's lock does not wait for this one */
	CHECK_FAILS(lock(waiter, 10, 4, &second, NULL), ERROR_IO_PENDING);
	CHECK(lock(waiter, 20, 4, &third, NULL));
	CHECK(UnlockFile(owner, 10, 0, 4, 0));
	CHECK(GetOverlappedResult(waiter, &second, &count, TRUE));
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	CHECK(UnlockFile(owner, 0, 0, 4, 0));
	CHECK_EQUAL(WaitForSingleObject(event, 30000), WAIT_OBJECT_0);
	CHECK(GetOverlappedResult(waiter, &first, &count, FALSE));
	CHECK_EQUAL(count, 0);
	CHECK_FAILS(LockFile(owner, 0, 0, 4, 0), ERROR_LOCK_VIOLATION);
	CHECK(UnlockFileEx(waiter, 0, 4, 0, &first));
	CHECK(LockFile(owner, 0, 0, 4, 0));
	/* a handle that closes gives its locks back */
	CHECK_FAILS(lock(waiter, 0, 4, &first, event), ERROR_IO_PENDING);
	CloseHandle(owner);
	CHECK(GetOverlappedResult(waiter, &first, &count, TRUE));
	CloseHandle(waiter);
	CloseHandle(event);
}

static void test_cancelling(void)
{
	HANDLE owner = open_file(0), waiter = open_file(FILE_FLAG_OVERLAPPED), event = CreateEventA(NULL, TRUE, FALSE, NULL);
	OVERLAPPED first, second;
	DWORD count;

	CHECK(LockFile(owner, 0, 0, 4, 0));
	CHECK_FAILS(lock(waiter, 0, 4, &first, event), ERROR_IO_PENDING);
	CHECK_FAILS(lock(waiter, 2, 4, &second, NULL), ERROR_IO_PENDING);
	CHECK(CancelIoEx(waiter, &first));
	CHECK_FAILS(GetOverlappedResult(waiter, &first, &count, TRUE), ERROR_OPERATION_ABORTED);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK_FAILS(CancelIoEx(waiter, &first), ERROR_NOT_FOUND);
	CHECK(CancelIo(waiter));
	CHECK_FAILS(GetOverlappedResult(waiter, &second, &count, TRUE), ERROR_OPERATION_ABORTED);
	/* the end of the handle is the end of the request, and nothing is locked afterwards */
	CHECK_FAILS(lock(waiter, 0, 4, &first, event), ERROR_IO_PENDING);
	CloseHandle(waiter);
	CHECK_EQUAL(WaitForSingleObject(event, 30000), WAIT_OBJECT_0);
	CHECK(first.Internal != STATUS_PENDING);
	CHECK(UnlockFile(owner, 0, 0, 4, 0));
	CHECK(LockFile(owner, 0, 0, 8, 0));
	CloseHandle(owner);
	CloseHandle(event);
}

static void test_port(void)
{
	HANDLE owner = open_file(0), waiter = open_file(FILE_FLAG_OVERLAPPED);
	HANDLE port = CreateIoCompletionPort(waiter, NULL, 77, 0);
	OVERLAPPED request, *got = NULL;
	ULONG_PTR key = 0;
	DWORD count;

	CHECK(port != NULL);
	CHECK(LockFile(owner, 0, 0, 4, 0));
	CHECK_FAILS(lock(waiter, 0, 4, &request, NULL), ERROR_IO_PENDING);
	CHECK_FAILS(GetQueuedCompletionStatus(port, &count, &key, &got, 20), WAIT_TIMEOUT);
	CHECK(UnlockFile(owner, 0, 0, 4, 0));
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &got, 30000));
	CHECK(got == &request && key == 77);
	CloseHandle(owner);
	CloseHandle(waiter);
	CloseHandle(port);
}

static DWORD WINAPI lock_and_wait(void *file)
{
	OVERLAPPED range;

	return lock(file, 0, 4, &range, NULL) ? 0 : GetLastError();
}

static void test_thread(void)
{
	HANDLE owner = open_file(0), waiter = open_file(0), thread;
	DWORD code;

	CHECK(LockFile(owner, 0, 0, 4, 0));
	thread = CreateThread(NULL, 0, lock_and_wait, waiter, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 30), WAIT_TIMEOUT);
	for (int i = 0; i < 4000 && !CancelSynchronousIo(thread); i++) {
		CHECK_EQUAL(GetLastError(), ERROR_NOT_FOUND);
		Sleep(5);
	}
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, ERROR_OPERATION_ABORTED);
	CloseHandle(thread);
	CloseHandle(owner);
	CloseHandle(waiter);
}

int main(void)
{
	char temporary[MAX_PATH];

	GetTempPathA(sizeof(temporary), temporary);
	CHECK(GetTempFileNameA(temporary, "lck", 0, path) != 0);
	test_event();
	test_cancelling();
	test_port();
	test_thread();
	CHECK(DeleteFileA(path));
	return guest_result();
}
