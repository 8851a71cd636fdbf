/*
 * handle_torture.c - handles that are closed while other threads use them: calls succeed or say that the handle is
 *invalid or for something else, and objects that live are what they were.
 *
 *	handle_torture.exe [SECONDS]
 */
#include "guest.h"

#define HANDLES 16
#define THREADS 4

static volatile HANDLE handles[HANDLES];
static volatile LONG stop, wrong;
static HANDLE steady_mutex, steady_semaphore;
static volatile LONG inside;

static int is_expected(DWORD error)
{
	return error == ERROR_INVALID_HANDLE || error == ERROR_NOT_OWNER || error == ERROR_TOO_MANY_POSTS;
}

static HANDLE make(unsigned number)
{
	switch (number % 3) {
	case 0:
		return CreateEventA(NULL, number & 4, TRUE, NULL);
	case 1:
		return CreateMutexA(NULL, FALSE, NULL);
	default:
		return CreateSemaphoreA(NULL, 1, 5, NULL);
	}
}

static DWORD WINAPI use(void *argument)
{
	unsigned seed = (unsigned)(ULONG_PTR)argument;

	while (!stop) {
		HANDLE handle = handles[(seed = seed * 1664525u + 1013904223u) >> 8 & (HANDLES - 1)];
		DWORD result = WaitForSingleObject(handle, 0);

		if (result == WAIT_FAILED ? !is_expected(GetLastError())
					  : result != WAIT_TIMEOUT && result != WAIT_OBJECT_0)
			InterlockedIncrement(&wrong);
		if (!SetEvent(handle) && !is_expected(GetLastError()))
			InterlockedIncrement(&wrong);
		if (!ReleaseSemaphore(handle, 1, NULL) && !is_expected(GetLastError()))
			InterlockedIncrement(&wrong);
		if (!ReleaseMutex(handle) && !is_expected(GetLastError()))
			InterlockedIncrement(&wrong);
		/* One that nobody closes goes on excluding. */
		WaitForSingleObject(steady_mutex, INFINITE);
		if (InterlockedIncrement(&inside) != 1)
			InterlockedIncrement(&wrong);
		InterlockedDecrement(&inside);
		if (!ReleaseMutex(steady_mutex))
			InterlockedIncrement(&wrong);
		if (!ReleaseSemaphore(steady_semaphore, 1, NULL) || WaitForSingleObject(steady_semaphore, INFINITE))
			InterlockedIncrement(&wrong);
	}
	return 0;
}

int main(int argc, char **argv)
{
	ULONGLONG until = GetTickCount64() + (argc > 1 ? strtoul(argv[1], NULL, 10) : 1) * 1000ull;
	HANDLE threads[THREADS];

	steady_mutex = CreateMutexA(NULL, FALSE, NULL);
	steady_semaphore = CreateSemaphoreA(NULL, 0, THREADS, NULL);
	for (unsigned i = 0; i < HANDLES; i++)
		handles[i] = make(i);
	for (unsigned i = 0; i < THREADS; i++)
		threads[i] = CreateThread(NULL, 0, use, (void *)(ULONG_PTR)(i + 1), 0, NULL);
	for (unsigned i = 0; GetTickCount64() < until; i++) {
		HANDLE old = handles[i % HANDLES];

		handles[i % HANDLES] = make(i * 7 + i / HANDLES);
		CHECK(CloseHandle(old));
	}
	stop = 1;
	CHECK_EQUAL(WaitForMultipleObjects(THREADS, threads, TRUE, 120000), WAIT_OBJECT_0);
	CHECK_EQUAL(wrong, 0);
	CHECK_EQUAL(WaitForSingleObject(steady_semaphore, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(WaitForSingleObject(steady_mutex, 0), WAIT_OBJECT_0);
	return guest_result();
}
