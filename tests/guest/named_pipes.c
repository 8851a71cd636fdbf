/*
 * named_pipes.c - named pipes: states, modes, instances, overlapped use, two processes.
 */
#include "guest.h"

static char name[128];
static const char *self;

static HANDLE make(DWORD open_mode, DWORD mode, DWORD instances)
{
	return CreateNamedPipeA(name, open_mode, mode, instances, 4096, 4096, 0, NULL);
}

static HANDLE client(DWORD access, DWORD flags)
{
	return CreateFileA(name, access, 0, NULL, OPEN_EXISTING, flags, NULL);
}

static void test_creating(void)
{
	HANDLE a, b;
	DWORD flags, out, in, instances, state;

	CHECK_FAILS(make(0, 0, 1) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	CHECK_FAILS(make(PIPE_ACCESS_DUPLEX, 0, 0) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	CHECK_FAILS(make(PIPE_ACCESS_DUPLEX, 0, 256) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	CHECK_FAILS(make(PIPE_ACCESS_DUPLEX, PIPE_READMODE_MESSAGE, 1) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateNamedPipeA("not a named pipe", PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL) != INVALID_HANDLE_VALUE,
		    ERROR_INVALID_NAME);
	CHECK_FAILS(client(GENERIC_READ, 0) != INVALID_HANDLE_VALUE, ERROR_FILE_NOT_FOUND);

	a = make(PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_MESSAGE, 2);
	CHECK(a != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetFileType(a), FILE_TYPE_PIPE);
	CHECK_FAILS(make(PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_MESSAGE, 2) != INVALID_HANDLE_VALUE,
		    ERROR_ACCESS_DENIED);
	CHECK_FAILS(make(PIPE_ACCESS_INBOUND, PIPE_TYPE_MESSAGE, 2) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
	CHECK_FAILS(make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 2) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
	b = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 2);
	CHECK(b != INVALID_HANDLE_VALUE);
	CHECK_FAILS(make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 2) != INVALID_HANDLE_VALUE, ERROR_PIPE_BUSY);
	CHECK(GetNamedPipeInfo(b, &flags, &out, &in, &instances));
	CHECK_EQUAL(flags, PIPE_SERVER_END | PIPE_TYPE_MESSAGE);
	CHECK_EQUAL(out, 4096);
	CHECK_EQUAL(in, 4096);
	CHECK_EQUAL(instances, 2);
	CHECK(GetNamedPipeHandleStateA(b, &state, &instances, NULL, NULL, NULL, 0));
	CHECK_EQUAL(state, 0);
	CHECK_EQUAL(instances, 2);
	CloseHandle(a);
	CloseHandle(b);
	CHECK_FAILS(client(GENERIC_READ, 0) != INVALID_HANDLE_VALUE, ERROR_FILE_NOT_FOUND);
}

static void test_states(void)
{
	char buffer[64];
	DWORD count, left, available;
	HANDLE server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1), end;

	CHECK(server != INVALID_HANDLE_VALUE);
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_PIPE_LISTENING);
	CHECK_FAILS(WriteFile(server, "x", 1, &count, NULL), ERROR_PIPE_LISTENING);
	CHECK_FAILS(PeekNamedPipe(server, NULL, 0, NULL, &available, NULL), ERROR_BAD_PIPE);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK_FAILS(client(GENERIC_READ, 0) != INVALID_HANDLE_VALUE, ERROR_PIPE_BUSY);
	CHECK_FAILS(ConnectNamedPipe(server, NULL), ERROR_PIPE_CONNECTED);
	CHECK_FAILS(ConnectNamedPipe(end, NULL), ERROR_INVALID_FUNCTION);
	CHECK_FAILS(DisconnectNamedPipe(end), ERROR_INVALID_FUNCTION);

	CHECK(WriteFile(end, "to server", 9, &count, NULL));
	CHECK_EQUAL(count, 9);
	CHECK(PeekNamedPipe(server, buffer, 4, &count, &available, &left));
	CHECK_EQUAL(count, 4);
	CHECK_EQUAL(available, 9);
	CHECK_EQUAL(left, (DWORD)-4); /* there are no messages */
	CHECK(!memcmp(buffer, "to s", 4));
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 9);
	CHECK(!memcmp(buffer, "to server", 9));
	CHECK(WriteFile(server, "to client", 9, &count, NULL));
	CHECK(ReadFile(end, buffer, sizeof(buffer), &count, NULL));
	CHECK(count == 9 && !memcmp(buffer, "to client", 9));

	/* what has not been read is lost */
	CHECK(WriteFile(end, "lost", 4, &count, NULL));
	CHECK(WriteFile(server, "lost too", 8, &count, NULL));
	CHECK(DisconnectNamedPipe(server));
	CHECK_FAILS(DisconnectNamedPipe(server), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(WriteFile(end, "x", 1, &count, NULL), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(ReadFile(end, buffer, sizeof(buffer), &count, NULL), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(PeekNamedPipe(end, NULL, 0, NULL, &available, NULL), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(WriteFile(server, "x", 1, &count, NULL), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(PeekNamedPipe(server, NULL, 0, NULL, &available, NULL), ERROR_BAD_PIPE);
	CHECK_FAILS(client(GENERIC_READ, 0) != INVALID_HANDLE_VALUE, ERROR_PIPE_BUSY);
	CloseHandle(end);

	CloseHandle(server);
	/* the client goes away: what it wrote is still there */
	server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK(WriteFile(end, "last", 4, &count, NULL));
	CloseHandle(end);
	CHECK_FAILS(ConnectNamedPipe(server, NULL), ERROR_NO_DATA);
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 4);
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_BROKEN_PIPE);
	CHECK_FAILS(WriteFile(server, "x", 1, &count, NULL), ERROR_NO_DATA);
	CHECK_FAILS(PeekNamedPipe(server, NULL, 0, NULL, &available, NULL), ERROR_BROKEN_PIPE);
	CHECK(DisconnectNamedPipe(server));
	CloseHandle(server);
	/* and the server */
	server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK(WriteFile(server, "last", 4, &count, NULL));
	CloseHandle(server);
	CHECK(ReadFile(end, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 4);
	CHECK_FAILS(ReadFile(end, buffer, sizeof(buffer), &count, NULL), ERROR_BROKEN_PIPE);
	CHECK_FAILS(WriteFile(end, "x", 1, &count, NULL), ERROR_NO_DATA);
	CloseHandle(end);
}

static void test_directions(void)
{
	char buffer[16];
	DWORD count, mode = PIPE_NOWAIT;
	HANDLE server = make(PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE, 1), end;

	CHECK_FAILS(client(GENERIC_READ, 0) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
	end = client(GENERIC_WRITE, 0);
	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK(WriteFile(end, "in", 2, &count, NULL));
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 2);
	CHECK_FAILS(ReadFile(end, buffer, sizeof(buffer), &count, NULL), ERROR_ACCESS_DENIED);
	CHECK_FAILS(WriteFile(server, "x", 1, &count, NULL), ERROR_ACCESS_DENIED);
	CHECK(SetNamedPipeHandleState(server, &mode, NULL, NULL));
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_NO_DATA);
	CloseHandle(end);
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_BROKEN_PIPE);
	CloseHandle(server);

	server = make(PIPE_ACCESS_OUTBOUND, PIPE_TYPE_BYTE, 1);
	CHECK_FAILS(client(GENERIC_WRITE, 0) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
	end = client(GENERIC_READ, 0);
	CHECK(end != INVALID_HANDLE_VALUE);
	/* setting the mode needs FILE_WRITE_ATTRIBUTES */
	CHECK_FAILS(SetNamedPipeHandleState(end, &mode, NULL, NULL), ERROR_ACCESS_DENIED);
	CHECK(WriteFile(server, "out", 3, &count, NULL));
	CHECK(ReadFile(end, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 3);
	CloseHandle(end);
	CloseHandle(server);

	server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_NOWAIT, 1);
	CHECK_FAILS(ConnectNamedPipe(server, NULL), ERROR_PIPE_LISTENING);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK_FAILS(ConnectNamedPipe(server, NULL), ERROR_PIPE_CONNECTED);
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_NO_DATA);
	CloseHandle(end);
	CloseHandle(server);
}

static void test_messages(void)
{
	char buffer[64], *big = malloc(300000), *back = malloc(300000);
	DWORD count, available, left, mode = PIPE_READMODE_MESSAGE, state;
	HANDLE server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1);
	HANDLE end = client(GENERIC_READ | GENERIC_WRITE, 0);

	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK(WriteFile(end, "first message", 13, &count, NULL));
	CHECK_EQUAL(count, 13);
	CHECK(WriteFile(end, "", 0, &count, NULL));
	CHECK(WriteFile(end, "third", 5, &count, NULL));
	CHECK(PeekNamedPipe(server, buffer, sizeof(buffer), &count, &available, &left));
	CHECK_EQUAL(count, 13);
	CHECK_EQUAL(available, 18);
	CHECK_EQUAL(left, 0);
	CHECK(PeekNamedPipe(server, buffer, 5, &count, &available, &left));
	CHECK_EQUAL(count, 5);
	CHECK_EQUAL(left, 8);
	CHECK_FAILS(ReadFile(server, buffer, 5, &count, NULL), ERROR_MORE_DATA);
	CHECK_EQUAL(count, 5);
	CHECK(!memcmp(buffer, "first", 5));
	CHECK(PeekNamedPipe(server, NULL, 0, NULL, &available, &left));
	CHECK_EQUAL(available, 13);
	CHECK_EQUAL(left, 8);
	CHECK_FAILS(ReadFile(server, buffer, 0, &count, NULL), ERROR_MORE_DATA);
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 8);
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK_EQUAL(count, 0);
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK(count == 5 && !memcmp(buffer, "third", 5));

	/* the client reads bytes until it says otherwise */
	CHECK(GetNamedPipeHandleStateA(end, &state, NULL, NULL, NULL, NULL, 0));
	CHECK_EQUAL(state, 0);
	CHECK(WriteFile(server, "one", 3, &count, NULL));
	CHECK(WriteFile(server, "two", 3, &count, NULL));
	CHECK(ReadFile(end, buffer, sizeof(buffer), &count, NULL));
	CHECK(count == 6 && !memcmp(buffer, "onetwo", 6));
	CHECK(SetNamedPipeHandleState(end, &mode, NULL, NULL));
	CHECK(WriteFile(server, "one", 3, &count, NULL));
	CHECK(WriteFile(server, "two", 3, &count, NULL));
	CHECK(ReadFile(end, buffer, sizeof(buffer), &count, NULL));
	CHECK(count == 3 && !memcmp(buffer, "one", 3));
	/* unread messages forbid a transaction */
	CHECK_FAILS(TransactNamedPipe(end, "q", 1, buffer, sizeof(buffer), &count, NULL), ERROR_PIPE_BUSY);
	CHECK(ReadFile(end, buffer, sizeof(buffer), &count, NULL));
	CloseHandle(end);
	CHECK_FAILS(ReadFile(server, buffer, 0, &count, NULL), ERROR_BROKEN_PIPE);
	CloseHandle(server);
	free(big);
	free(back);
}

static DWORD WINAPI echo_thread(void *argument)
{
	char *buffer = malloc(1 << 20);
	HANDLE server = argument;
	DWORD count, put;

	if (!ConnectNamedPipe(server, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
		return 1;
	while (ReadFile(server, buffer, 1 << 20, &count, NULL))
		if (!WriteFile(server, buffer, count, &put, NULL) || put != count)
			return 2;
	count = GetLastError();
	free(buffer);
	return count;
}

static void test_transactions(void)
{
	char *big = malloc(500000), *back = malloc(500000), small[8];
	DWORD count, mode = PIPE_READMODE_MESSAGE, code;
	HANDLE server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1), thread, end;

	thread = CreateThread(NULL, 0, echo_thread, server, 0, NULL);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK_FAILS(TransactNamedPipe(end, "q", 1, small, sizeof(small), &count, NULL), ERROR_BAD_PIPE);
	CHECK(SetNamedPipeHandleState(end, &mode, NULL, NULL));
	CHECK(TransactNamedPipe(end, "question", 8, small, sizeof(small), &count, NULL));
	CHECK(count == 8 && !memcmp(small, "question", 8));
	CHECK_FAILS(TransactNamedPipe(end, "long question", 13, small, sizeof(small), &count, NULL), ERROR_MORE_DATA);
	CHECK_EQUAL(count, 8);
	CHECK(ReadFile(end, small, sizeof(small), &count, NULL));
	CHECK_EQUAL(count, 5);
	for (int i = 0; i < 500000; i++)
		big[i] = (char)(i * 7);
	CHECK(TransactNamedPipe(end, big, 500000, back, 500000, &count, NULL));
	CHECK(count == 500000 && !memcmp(big, back, count));
	CloseHandle(end);
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, ERROR_BROKEN_PIPE);
	CloseHandle(thread);
	CHECK(DisconnectNamedPipe(server));
	thread = CreateThread(NULL, 0, echo_thread, server, 0, NULL);
	CHECK(CallNamedPipeA(name, "call", 4, small, sizeof(small), &count, NMPWAIT_WAIT_FOREVER));
	CHECK(count == 4 && !memcmp(small, "call", 4));
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CloseHandle(thread);
	CloseHandle(server);
	free(big);
	free(back);
}

/* A message longer than the buffer of a read that waits. */
static void test_overlapped_messages(void)
{
	char buffer[32];
	DWORD count, available, left, mode = PIPE_READMODE_MESSAGE;
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
	HANDLE server = make(PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1);
	HANDLE end = client(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);

	overlapped.InternalHigh = 77;
	CHECK_FAILS(ReadFile(server, buffer, 4, NULL, &overlapped), ERROR_IO_PENDING);
	CHECK_EQUAL(overlapped.Internal, STATUS_PENDING);
	CHECK_EQUAL(overlapped.InternalHigh, 77);
	CHECK(WriteFile(end, "0123456789", 10, &count, NULL));
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, TRUE), ERROR_MORE_DATA);
	CHECK(count == 4 && !memcmp(buffer, "0123", 4));
	CHECK(PeekNamedPipe(server, NULL, 0, NULL, &available, &left));
	CHECK_EQUAL(available, 6);
	CHECK_EQUAL(left, 6);
	/* at once */
	CHECK_FAILS(ReadFile(server, buffer, 2, NULL, &overlapped), ERROR_MORE_DATA);
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, FALSE), ERROR_MORE_DATA);
	CHECK(count == 2 && !memcmp(buffer, "45", 2));
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, &overlapped));
	CHECK(count == 4 && !memcmp(buffer, "6789", 4));
	/* a read of nothing tells that something has come */
	CHECK_FAILS(ReadFile(server, buffer, 0, NULL, &overlapped), ERROR_IO_PENDING);
	CHECK(WriteFile(end, "x", 1, &count, NULL));
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, TRUE), ERROR_MORE_DATA);
	CHECK_EQUAL(count, 0);
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, &overlapped));
	CHECK_EQUAL(count, 1);
	/* a transaction that waits for its answer */
	CHECK(SetNamedPipeHandleState(end, &mode, NULL, NULL));
	CHECK_FAILS(TransactNamedPipe(end, "ask", 3, buffer, sizeof(buffer), &count, &overlapped), ERROR_IO_PENDING);
	CHECK(ReadFile(server, buffer + 16, 8, &count, NULL));
	CHECK_EQUAL(count, 3);
	CHECK(WriteFile(server, "answer", 6, &count, NULL));
	CHECK(GetOverlappedResult(end, &overlapped, &count, TRUE));
	CHECK(count == 6 && !memcmp(buffer, "answer", 6));
	CloseHandle(end);
	CloseHandle(server);
	CloseHandle(overlapped.hEvent);
}

static volatile LONG routine_calls;
static DWORD routine_error, routine_count;

static void CALLBACK routine(DWORD error, DWORD count, LPOVERLAPPED overlapped)
{
	routine_calls++;
	routine_error = error;
	routine_count = count;
}

static void test_overlapped(void)
{
	char buffer[64];
	DWORD count;
	ULONG_PTR key;
	OVERLAPPED overlapped = {0}, second = {0}, *which;
	HANDLE server = make(PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1), end, port;

	overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
	CHECK_FAILS(ConnectNamedPipe(server, &overlapped), ERROR_IO_PENDING);
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 0), WAIT_TIMEOUT);
	end = client(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 20000), WAIT_OBJECT_0);
	CHECK(GetOverlappedResult(server, &overlapped, &count, FALSE));
	CHECK_EQUAL(count, 0);
	CHECK_FAILS(ConnectNamedPipe(server, &overlapped), ERROR_PIPE_CONNECTED);

	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), NULL, &overlapped), ERROR_IO_PENDING);
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, FALSE), ERROR_IO_INCOMPLETE);
	/* no OVERLAPPED: it waits itself */
	CHECK(WriteFile(end, "hello", 5, &count, NULL));
	CHECK_EQUAL(count, 5);
	CHECK(GetOverlappedResult(server, &overlapped, &count, TRUE));
	CHECK(count == 5 && !memcmp(buffer, "hello", 5));

	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), NULL, &overlapped), ERROR_IO_PENDING);
	CHECK(CancelIo(server));
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, TRUE), ERROR_OPERATION_ABORTED);
	CHECK_FAILS(CancelIoEx(server, &overlapped), ERROR_NOT_FOUND);

	/* completion routines */
	memset(&second, 0, sizeof(second));
	CHECK(ReadFileEx(end, buffer, sizeof(buffer), &second, routine));
	CHECK(WriteFile(server, "routine", 7, &count, NULL));
	CHECK_EQUAL(SleepEx(20000, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(routine_calls, 1);
	CHECK_EQUAL(routine_error, 0);
	CHECK_EQUAL(routine_count, 7);

	/* a pending read learns of the disconnection */
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), NULL, &overlapped), ERROR_IO_PENDING);
	CHECK_FAILS(ReadFile(end, buffer, sizeof(buffer), NULL, &second), ERROR_IO_PENDING);
	CHECK(DisconnectNamedPipe(server));
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, TRUE), ERROR_PIPE_NOT_CONNECTED);
	CHECK_FAILS(GetOverlappedResult(end, &second, &count, TRUE), ERROR_PIPE_NOT_CONNECTED);
	CloseHandle(end);

	/* it listens again: cancelled, then through a port */
	CHECK_FAILS(ConnectNamedPipe(server, &overlapped), ERROR_IO_PENDING);
	CHECK(CancelIoEx(server, &overlapped));
	CHECK_FAILS(GetOverlappedResult(server, &overlapped, &count, TRUE), ERROR_OPERATION_ABORTED);
	port = CreateIoCompletionPort(server, NULL, 77, 1);
	CHECK(port != NULL);
	CHECK_FAILS(ConnectNamedPipe(server, &overlapped), ERROR_IO_PENDING);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &which, 20000));
	CHECK(key == 77 && which == &overlapped && count == 0);
	CHECK_FAILS(ReadFile(server, buffer, 4, NULL, &overlapped), ERROR_IO_PENDING);
	CHECK_FAILS(ReadFile(server, buffer + 4, 4, NULL, &second), ERROR_IO_PENDING);
	CHECK(WriteFile(end, "abcdefgh", 8, &count, NULL));
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &which, 20000));
	CHECK(which == &overlapped && count == 4);
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &which, 20000));
	CHECK(which == &second && count == 4);
	CHECK(!memcmp(buffer, "abcdefgh", 8));
	CHECK_FAILS(ReadFile(server, buffer, 4, NULL, &overlapped), ERROR_IO_PENDING);
	CloseHandle(end);
	CHECK_FAILS(GetQueuedCompletionStatus(port, &count, &key, &which, 20000), ERROR_BROKEN_PIPE);
	CHECK(which == &overlapped);
	CloseHandle(server);
	CloseHandle(port);
	CloseHandle(overlapped.hEvent);
}

static DWORD WINAPI slow_reader(void *argument)
{
	char buffer[16];
	DWORD count;

	Sleep(50);
	return ReadFile(argument, buffer, sizeof(buffer), &count, NULL) ? count : 0;
}

static DWORD WINAPI zero_reader(void *argument)
{
	DWORD count = 99;

	return ReadFile(argument, NULL, 0, &count, NULL) ? count : GetLastError();
}

static void test_flushing(void)
{
	DWORD count, available, code;
	HANDLE server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1), end = client(GENERIC_READ | GENERIC_WRITE, 0), thread;

	CHECK(FlushFileBuffers(server));
	CHECK(WriteFile(server, "flush me", 8, &count, NULL));
	thread = CreateThread(NULL, 0, slow_reader, end, 0, NULL);
	CHECK(FlushFileBuffers(server));
	CHECK(PeekNamedPipe(end, NULL, 0, NULL, &available, NULL));
	CHECK_EQUAL(available, 0);
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 8);
	CloseHandle(thread);
	/* reading nothing waits for something to read */
	thread = CreateThread(NULL, 0, zero_reader, server, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
	CHECK(WriteFile(end, "x", 1, &count, NULL));
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 0);
	CloseHandle(thread);
	CloseHandle(end);
	CloseHandle(server);
}

static DWORD WINAPI reader(void *argument)
{
	char byte;
	DWORD count;

	return ReadFile(argument, &byte, 1, &count, NULL) ? 0 : GetLastError();
}

static DWORD WINAPI big_writer(void *argument)
{
	DWORD count, error;
	char *much = calloc(1, 4 << 20);

	error = WriteFile(argument, much, 4 << 20, &count, NULL) ? 0 : GetLastError();
	free(much);
	return error;
}

static DWORD WINAPI plain_connecter(void *argument)
{
	return ConnectNamedPipe(argument, NULL) ? 0 : GetLastError();
}

/* Cancels what another thread waits in, once it does. */
static void check_cancelled(LPTHREAD_START_ROUTINE start, HANDLE pipe, BOOL by_file)
{
	HANDLE thread = CreateThread(NULL, 0, start, pipe, 0, NULL);
	DWORD code;

	for (int i = 0; i < 4000 && !(by_file ? CancelIoEx(pipe, NULL) : CancelSynchronousIo(thread)); i++) {
		CHECK_EQUAL(GetLastError(), ERROR_NOT_FOUND);
		Sleep(5);
	}
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, ERROR_OPERATION_ABORTED);
	CloseHandle(thread);
}

static void test_cancelling(void)
{
	HANDLE server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1), end, read_end, write_end;

	CHECK_FAILS(CancelSynchronousIo(GetCurrentThread()), ERROR_NOT_FOUND);
	check_cancelled(plain_connecter, server, FALSE);
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	check_cancelled(reader, server, FALSE);
	check_cancelled(zero_reader, server, FALSE);
	check_cancelled(big_writer, end, FALSE);
	CloseHandle(end);
	CloseHandle(server);
	CHECK(CreatePipe(&read_end, &write_end, NULL, 0));
	check_cancelled(reader, read_end, FALSE);
	check_cancelled(reader, read_end, TRUE);
	check_cancelled(big_writer, write_end, FALSE);
	CloseHandle(read_end);
	CloseHandle(write_end);
}

static DWORD WINAPI connecter(void *argument)
{
	Sleep(50);
	return ConnectNamedPipe(argument, NULL);
}

static void test_waiting(void)
{
	HANDLE server, end, thread;

	CHECK_FAILS(WaitNamedPipeA(name, 10), ERROR_FILE_NOT_FOUND);
	server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
	CHECK(WaitNamedPipeA(name, 10));
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK_FAILS(WaitNamedPipeA(name, 10), ERROR_SEM_TIMEOUT);
	CHECK_FAILS(WaitNamedPipeA(name, NMPWAIT_USE_DEFAULT_WAIT), ERROR_SEM_TIMEOUT);
	CloseHandle(end);
	CHECK(DisconnectNamedPipe(server));
	thread = CreateThread(NULL, 0, connecter, server, 0, NULL);
	CHECK(WaitNamedPipeA(name, NMPWAIT_WAIT_FOREVER));
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	CHECK(end != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CloseHandle(thread);
	CloseHandle(end);
	CloseHandle(server);
}

static void test_listing(void)
{
	WIN32_FIND_DATAA data;
	HANDLE server = make(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 3), find;
	const char *plain = strrchr(name, '\\') + 1;
	int found = 0;

	find = FindFirstFileA("\\\\.\\pipe\\*", &data);
	CHECK(find != INVALID_HANDLE_VALUE);
	do {
		if (!strcmp(data.cFileName, plain)) {
			found++;
			CHECK_EQUAL(data.nFileSizeLow, 1);
		}
	} while (FindNextFileA(find, &data));
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_FILES);
	CHECK_EQUAL(found, 1);
	FindClose(find);
	CloseHandle(server);
}

/* The other process: a client that sends what it is told to and reads an answer. */
static int run_client(const char *mode)
{
	char buffer[64];
	DWORD count, read_mode = PIPE_READMODE_MESSAGE, process;
	HANDLE end;

	if (!strcmp(mode, "stdin")) {
		end = GetStdHandle(STD_INPUT_HANDLE);
		if (!ReadFile(end, buffer, sizeof(buffer), &count, NULL) || count != 5 || memcmp(buffer, "stdin", 5))
			return 20;
		if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "stdout", 6, &count, NULL))
			return 21;
		return 22;
	}
	if (!WaitNamedPipeA(name, 20000))
		return 10;
	end = client(GENERIC_READ | GENERIC_WRITE, 0);
	if (end == INVALID_HANDLE_VALUE)
		return 11;
	if (!strcmp(mode, "die"))
		TerminateProcess(GetCurrentProcess(), 12);
	if (!SetNamedPipeHandleState(end, &read_mode, NULL, NULL))
		return 13;
	if (!GetNamedPipeServerProcessId(end, &process) || process == GetCurrentProcessId())
		return 14;
	if (!TransactNamedPipe(end, "from the child", 14, buffer, sizeof(buffer), &count, NULL))
		return 15;
	if (count != 15 || memcmp(buffer, "from the parent", 15))
		return 16;
	/* cut off by the server */
	if (ReadFile(end, buffer, sizeof(buffer), &count, NULL) || GetLastError() != ERROR_PIPE_NOT_CONNECTED)
		return 17;
	return 18;
}

static HANDLE start(const char *mode, HANDLE in, HANDLE out)
{
	char command[512];
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;

	snprintf(command, sizeof(command), "\"%s\" %s %s", self, mode, name);
	if (in) {
		startup.dwFlags = STARTF_USESTDHANDLES;
		startup.hStdInput = in;
		startup.hStdOutput = out;
		startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	}
	if (!CreateProcessA(self, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
		return NULL;
	CloseHandle(process.hThread);
	return process.hProcess;
}

static void test_processes(void)
{
	char buffer[64];
	DWORD count, code, id;
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
	HANDLE server = make(PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1), child;

	/* a client of another process connects while this one waits */
	CHECK_FAILS(ConnectNamedPipe(server, &overlapped), ERROR_IO_PENDING);
	child = start("talk", NULL, NULL);
	CHECK(child != NULL);
	CHECK(GetOverlappedResult(server, &overlapped, &count, TRUE));
	CHECK(GetNamedPipeClientProcessId(server, &id));
	CHECK_EQUAL(id, GetProcessId(child));
	CHECK_FAILS(GetNamedPipeClientComputerNameA(server, buffer, sizeof(buffer)), ERROR_PIPE_LOCAL);
	CHECK(ReadFile(server, buffer, sizeof(buffer), &count, NULL));
	CHECK(count == 14 && !memcmp(buffer, "from the child", 14));
	CHECK(WriteFile(server, "from the parent", 15, &count, NULL));
	CHECK(FlushFileBuffers(server));
	CHECK(DisconnectNamedPipe(server));
	CHECK_EQUAL(WaitForSingleObject(child, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(child, &code));
	CHECK_EQUAL(code, 18);
	CloseHandle(child);

	/* one that dies at once */
	CHECK_FAILS(ConnectNamedPipe(server, &overlapped), ERROR_IO_PENDING);
	child = start("die", NULL, NULL);
	CHECK(GetOverlappedResult(server, &overlapped, &count, TRUE));
	CHECK_EQUAL(WaitForSingleObject(child, 20000), WAIT_OBJECT_0);
	CHECK_FAILS(ReadFile(server, buffer, sizeof(buffer), &count, NULL), ERROR_BROKEN_PIPE);
	CloseHandle(child);
	CloseHandle(server);
	CloseHandle(overlapped.hEvent);
}

/* Pipes of unique names whose client ends are a child's standard handles: what language runtimes do. */
static void test_standard_handles(void)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	char first[128], buffer[64];
	DWORD count, code;
	HANDLE in_server, in_client, out_server, out_client, child;

	strcpy(first, name);
	in_server = make(PIPE_ACCESS_OUTBOUND | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1);
	in_client = CreateFileA(name, GENERIC_READ, 0, &inherit, OPEN_EXISTING, 0, NULL);
	strcat(name, "-out");
	out_server = make(PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1);
	out_client = CreateFileA(name, GENERIC_WRITE, 0, &inherit, OPEN_EXISTING, 0, NULL);
	strcpy(name, first);
	CHECK(in_client != INVALID_HANDLE_VALUE && out_client != INVALID_HANDLE_VALUE);
	child = start("stdin", in_client, out_client);
	CHECK(child != NULL);
	CloseHandle(in_client);
	CloseHandle(out_client);
	CHECK(WriteFile(in_server, "stdin", 5, &count, NULL));
	CHECK(ReadFile(out_server, buffer, sizeof(buffer), &count, NULL));
	CHECK(count == 6 && !memcmp(buffer, "stdout", 6));
	CHECK_FAILS(ReadFile(out_server, buffer, sizeof(buffer), &count, NULL), ERROR_BROKEN_PIPE);
	CHECK_EQUAL(WaitForSingleObject(child, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(child, &code));
	CHECK_EQUAL(code, 22);
	CloseHandle(child);
	CloseHandle(in_server);
	CloseHandle(out_server);
}

int main(int argc, char **argv)
{
	char path[MAX_PATH];

	GetModuleFileNameA(NULL, path, sizeof(path));
	self = path;
	if (argc > 2) {
		strcpy(name, argv[2]);
		return run_client(argv[1]);
	}
	snprintf(name, sizeof(name), "\\\\.\\pipe\\named_pipes-%lu", GetCurrentProcessId());
	test_creating();
	test_states();
	test_directions();
	test_messages();
	test_transactions();
	test_overlapped_messages();
	test_overlapped();
	test_flushing();
	test_cancelling();
	test_waiting();
	test_listing();
	test_processes();
	test_standard_handles();
	return guest_result();
}
