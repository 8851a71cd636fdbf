/*
 * Requests that their thread waits for, cancelled by another thread: CancelIoEx on the handle, CancelSynchronousIo.
 */
#include "guest.h"

struct transfer {
	HANDLE file;
	BOOL write;
	char *buffer;
	DWORD size, done, error;
	BOOL ok;
};

static DWORD WINAPI transfer(void *argument)
{
	struct transfer *t = argument;

	t->ok = t->write ? WriteFile(t->file, t->buffer, t->size, &t->done, NULL) : ReadFile(t->file, t->buffer, t->size, &t->done, NULL);
	t->error = t->ok ? 0 : GetLastError();
	return 0;
}

/* Until there is something to cancel. */
static BOOL cancel(HANDLE file, HANDLE thread)
{
	for (int tries = 0; tries < 20000; tries++) {
		if (file ? CancelIoEx(file, NULL) : CancelSynchronousIo(thread))
			return TRUE;
		if (GetLastError() != ERROR_NOT_FOUND)
			return FALSE;
		Sleep(1);
	}
	return FALSE;
}

static char big[1 << 20];

static void check_pipe(BOOL write, BOOL by_thread)
{
	struct transfer t = {.write = write, .buffer = big, .size = write ? sizeof(big) : 16};
	HANDLE read_end, write_end, thread;
	DWORD done;
	char byte = 'x';

	CHECK(CreatePipe(&read_end, &write_end, NULL, 0));
	CHECK(!CancelIoEx(read_end, NULL));
	CHECK_EQUAL(GetLastError(), ERROR_NOT_FOUND);
	t.file = write ? write_end : read_end;
	thread = CreateThread(NULL, 0, transfer, &t, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 20), WAIT_TIMEOUT);
	CHECK(by_thread ? cancel(NULL, thread) : cancel(t.file, NULL));
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK(!t.ok);
	CHECK_EQUAL(t.error, ERROR_OPERATION_ABORTED);
	CHECK_FAILS(CancelSynchronousIo(thread), ERROR_NOT_FOUND);
	CloseHandle(thread);
	if (!write) {
		/* the pipe is as good as before */
		CHECK(WriteFile(write_end, &byte, 1, &done, NULL));
		thread = CreateThread(NULL, 0, transfer, &t, 0, NULL);
		CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
		CHECK(t.ok && t.done == 1 && big[0] == 'x');
		CloseHandle(thread);
	}
	CloseHandle(read_end);
	CloseHandle(write_end);
}

/* Only the file that is named: another's reader waits on. */
static void check_other_file(void)
{
	HANDLE read_end[2], write_end[2], thread[2];
	struct transfer t[2] = {{.size = 1}, {.size = 1}};
	char buffers[2], byte = 'y';
	DWORD done;

	for (int i = 0; i < 2; i++) {
		CHECK(CreatePipe(&read_end[i], &write_end[i], NULL, 0));
		t[i].file = read_end[i];
		t[i].buffer = &buffers[i];
		thread[i] = CreateThread(NULL, 0, transfer, &t[i], 0, NULL);
	}
	CHECK(cancel(read_end[0], NULL));
	CHECK_EQUAL(WaitForSingleObject(thread[0], 30000), WAIT_OBJECT_0);
	CHECK_EQUAL(t[0].error, ERROR_OPERATION_ABORTED);
	CHECK_EQUAL(WaitForSingleObject(thread[1], 50), WAIT_TIMEOUT);
	CHECK(WriteFile(write_end[1], &byte, 1, &done, NULL));
	CHECK_EQUAL(WaitForSingleObject(thread[1], 30000), WAIT_OBJECT_0);
	CHECK(t[1].ok && buffers[1] == 'y');
	for (int i = 0; i < 2; i++) {
		CloseHandle(thread[i]);
		CloseHandle(read_end[i]);
		CloseHandle(write_end[i]);
	}
}

/* A suspended thread's request is cancelled, and the canceller does not wait for the thread. */
static void check_suspended(void)
{
	struct transfer t = {.buffer = big, .size = 1};
	HANDLE read_end, write_end, thread;

	CHECK(CreatePipe(&read_end, &write_end, NULL, 0));
	t.file = read_end;
	thread = CreateThread(NULL, 0, transfer, &t, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
	CHECK_EQUAL(SuspendThread(thread), 0);
	CHECK(cancel(read_end, NULL));
	CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK_EQUAL(t.error, ERROR_OPERATION_ABORTED);
	CloseHandle(thread);
	CloseHandle(read_end);
	CloseHandle(write_end);
}

/* A terminated reader leaves nothing to cancel. */
static void check_terminated(void)
{
	struct transfer t = {.buffer = big, .size = 1};
	HANDLE read_end, write_end, thread;

	CHECK(CreatePipe(&read_end, &write_end, NULL, 0));
	t.file = read_end;
	thread = CreateThread(NULL, 0, transfer, &t, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
	CHECK(TerminateThread(thread, 7));
	CHECK_EQUAL(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
	CHECK_FAILS(CancelIoEx(read_end, NULL), ERROR_NOT_FOUND);
	CHECK_FAILS(CancelSynchronousIo(thread), ERROR_NOT_FOUND);
	CloseHandle(thread);
	CloseHandle(read_end);
	CloseHandle(write_end);
}

int main(void)
{
	for (int i = 0; i < 4; i++)
		check_pipe(i & 1, i >> 1);
	check_other_file();
	check_suspended();
	check_terminated();
	CHECK_FAILS(CancelSynchronousIo(GetCurrentThread()), ERROR_NOT_FOUND);
	CHECK_FAILS(CancelSynchronousIo(NULL), ERROR_INVALID_HANDLE);
	return guest_result();
}
