/*
 * bench_wait_guest.c - waits and locks as a Windows program calls them; see bench_wait.h.
 */
#define _WIN32_WINNT 0x0A00
#include <windows.h>

#include "bench_wait.h"

static double now(void)
{
	LARGE_INTEGER count, frequency;

	QueryPerformanceCounter(&count);
	QueryPerformanceFrequency(&frequency);
	return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}

#define TURNS 20000
static HANDLE ping, pong;
static volatile LONG stop;

static DWORD WINAPI ponger(void *unused)
{
	while (WaitForSingleObject(ping, INFINITE) == WAIT_OBJECT_0 && !stop)
		SetEvent(pong);
	return 0;
}

static CRITICAL_SECTION section;
static SRWLOCK lock;
static volatile long shared_count;

static DWORD WINAPI contender(void *unused)
{
	while (!stop) {
		EnterCriticalSection(&section);
		shared_count++;
		LeaveCriticalSection(&section);
	}
	return 0;
}

int main(int argc, char **argv)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), manual = CreateEventA(NULL, TRUE, TRUE, NULL);
	HANDLE mutex = CreateMutexA(NULL, FALSE, NULL), semaphore = CreateSemaphoreA(NULL, 0, 10, NULL), thread;
	HANDLE several[4] = {CreateEventA(NULL, FALSE, FALSE, NULL), CreateEventA(NULL, FALSE, FALSE, NULL),
			     CreateEventA(NULL, FALSE, FALSE, NULL), manual};
	HANDLE named;
	char name[64];

	wanted = argc > 1 ? argv[1] : NULL;
	WORK("event", 1000000, SetEvent(event); WaitForSingleObject(event, INFINITE));
	WORK("event-poll", 1000000, WaitForSingleObject(event, 0));
	WORK("manual-event", 1000000, SetEvent(manual); WaitForSingleObject(manual, INFINITE));
	WORK("mutex", 1000000, WaitForSingleObject(mutex, INFINITE); ReleaseMutex(mutex));
	WORK("semaphore", 1000000, ReleaseSemaphore(semaphore, 1, NULL); WaitForSingleObject(semaphore, INFINITE));
	WORK("wait-four", 1000000, WaitForMultipleObjects(4, several, FALSE, INFINITE));
	InitializeCriticalSection(&section);
	WORK("critical-section", 5000000, EnterCriticalSection(&section); LeaveCriticalSection(&section));
	WORK("srw-exclusive", 5000000, AcquireSRWLockExclusive(&lock); ReleaseSRWLockExclusive(&lock));
	WORK("srw-shared", 5000000, AcquireSRWLockShared(&lock); ReleaseSRWLockShared(&lock));
	WORK("create-close", 200000, CloseHandle(CreateEventA(NULL, FALSE, FALSE, NULL)));

	ping = CreateEventA(NULL, FALSE, FALSE, NULL);
	pong = CreateEventA(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, ponger, NULL, 0, NULL);
	WORK("ping-pong", TURNS, SetEvent(ping); WaitForSingleObject(pong, INFINITE));
	stop = 1;
	SetEvent(ping);
	WaitForSingleObject(thread, INFINITE);
	stop = 0;
	thread = CreateThread(NULL, 0, contender, NULL, 0, NULL);
	WORK("contended-section", 200000, EnterCriticalSection(&section); shared_count++;
	     LeaveCriticalSection(&section));
	stop = 1;
	WaitForSingleObject(thread, INFINITE);

	snprintf(name, sizeof(name), "bench.%lu", GetCurrentProcessId());
	named = CreateEventA(NULL, FALSE, FALSE, name);
	WORK("named-event", 200000, SetEvent(named); WaitForSingleObject(named, INFINITE));
	CloseHandle(named);
	WORK("named-create", 2000, CloseHandle(CreateEventA(NULL, FALSE, FALSE, name)));
	return 0;
}
