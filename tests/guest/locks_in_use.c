/*
 * locks_in_use.c - SRW locks and critical sections that threads fight for: nobody gets in beside a holder, nobody is left
 * asleep, and a lock that is given back is nobody's business any more: the next holder may free its memory.
 */
#define _WIN32_WINNT 0x0A00
#include <windows.h>

#include "guest.h"

#define THREADS 8
#define ROUNDS 20000

static SRWLOCK srw;
static CRITICAL_SECTION section, spinning;
static CONDITION_VARIABLE condition;
static volatile LONG holders, sharers, failures;
static volatile LONG srw_count, section_count, spinning_count; /* each under its lock */

/* Inside for a moment, which is now and then long enough for others to go to sleep. */
static void stay(unsigned *random)
{
	*random = *random * 1103515245 + 12345;
	switch (*random >> 16 & 63) {
	case 0:
		Sleep(0);
		break;
	case 1:
		SwitchToThread();
		break;
	case 2:
		for (volatile int i = 0; i < 2000; i++)
			;
		break;
	}
}

static DWORD WINAPI fight(void *argument)
{
	unsigned random = (unsigned)(ULONG_PTR)argument;

	for (int i = 0; i < ROUNDS; i++) {
		switch ((random >> 8) % 5) {
		case 0:
			AcquireSRWLockExclusive(&srw);
			if (InterlockedIncrement(&holders) != 1 || sharers)
				InterlockedIncrement(&failures);
			srw_count++;
			stay(&random);
			InterlockedDecrement(&holders);
			ReleaseSRWLockExclusive(&srw);
			break;
		case 1:
			AcquireSRWLockShared(&srw);
			InterlockedIncrement(&sharers);
			if (holders)
				InterlockedIncrement(&failures);
			stay(&random);
			InterlockedDecrement(&sharers);
			ReleaseSRWLockShared(&srw);
			break;
		case 2:
			if (TryAcquireSRWLockExclusive(&srw)) {
				if (InterlockedIncrement(&holders) != 1 || sharers)
					InterlockedIncrement(&failures);
				srw_count++;
				InterlockedDecrement(&holders);
				ReleaseSRWLockExclusive(&srw);
			}
			break;
		case 3:
			EnterCriticalSection(&section);
			EnterCriticalSection(&section);
			section_count++;
			stay(&random);
			LeaveCriticalSection(&section);
			LeaveCriticalSection(&section);
			break;
		default:
			EnterCriticalSection(&spinning);
			spinning_count++;
			stay(&random);
			LeaveCriticalSection(&spinning);
		}
		random = random * 1103515245 + 12345;
	}
	return 0;
}

static void run(LPTHREAD_START_ROUTINE start, void *argument)
{
	HANDLE threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		threads[i] = CreateThread(NULL, 0, start, argument ? argument : (void *)(ULONG_PTR)(i * 7919 + 1), 0, NULL);
	CHECK_EQUAL(WaitForMultipleObjects(THREADS, threads, TRUE, 120000), WAIT_OBJECT_0);
	for (unsigned i = 0; i < THREADS; i++)
		CloseHandle(threads[i]);
}

/* Handed on: each thread waits for its turn, so that every release has somebody asleep. */
static volatile LONG turn;

static DWORD WINAPI take_turns(void *argument)
{
	LONG mine = InterlockedIncrement((LONG *)argument) % THREADS;

	for (int i = 0; i < 300; i++) {
		AcquireSRWLockExclusive(&srw);
		while (turn % THREADS != mine)
			SleepConditionVariableSRW(&condition, &srw, INFINITE, 0);
		turn++;
		WakeAllConditionVariable(&condition);
		ReleaseSRWLockExclusive(&srw);
	}
	return 0;
}

/* Objects that are freed by the last one who lets go of them, whose memory goes away at once. */
struct object {
	CRITICAL_SECTION section;
	SRWLOCK lock;
	LONG references;
};
static struct object *volatile current;
static HANDLE start_line, finish_line;
static volatile LONG arrived;

/* `by_section`: which of the two locks guards the count this time. */
static void let_go(struct object *object, BOOL by_section)
{
	BOOL last;

	if (by_section)
		EnterCriticalSection(&object->section);
	else
		AcquireSRWLockExclusive(&object->lock);
	last = --object->references == 0;
	if (by_section)
		LeaveCriticalSection(&object->section);
	else
		ReleaseSRWLockExclusive(&object->lock);
	if (last)
		VirtualFree(object, 0, MEM_RELEASE);
}

static DWORD WINAPI other_owner(void *argument)
{
	for (int i = 0; i < 3000; i++) {
		WaitForSingleObject(start_line, INFINITE);
		let_go(current, i & 1);
		SetEvent(finish_line);
	}
	return 0;
}

static void freed_by_the_last(void)
{
	HANDLE thread;

	start_line = CreateEventA(NULL, FALSE, FALSE, NULL);
	finish_line = CreateEventA(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, other_owner, NULL, 0, NULL);
	for (int i = 0; i < 3000; i++) {
		current = VirtualAlloc(NULL, sizeof(struct object), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
		InitializeCriticalSectionEx(&current->section, 0, CRITICAL_SECTION_NO_DEBUG_INFO);
		current->references = 2;
		SetEvent(start_line);
		let_go(current, i & 1);
		WaitForSingleObject(finish_line, INFINITE);
	}
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

/* Threads that are ended while they wait for a lock leave nothing behind that keeps others from it. */
static DWORD WINAPI wait_for_both(void *which)
{
	if (which)
		EnterCriticalSection(&section);
	else
		AcquireSRWLockExclusive(&srw);
	return 0;
}

static void ended_in_their_sleep(void)
{
	for (int i = 0; i < 20; i++) {
		HANDLE threads[2];

		AcquireSRWLockExclusive(&srw);
		EnterCriticalSection(&section);
		for (ULONG_PTR k = 0; k < 2; k++)
			threads[k] = CreateThread(NULL, 0, wait_for_both, (void *)k, 0, NULL);
		while (section.LockCount == -2)
			Sleep(1);
		for (int k = 0; k < 2; k++) {
			TerminateThread(threads[k], 1);
			CHECK_EQUAL(WaitForSingleObject(threads[k], 10000), WAIT_OBJECT_0);
			CloseHandle(threads[k]);
		}
		LeaveCriticalSection(&section);
		ReleaseSRWLockExclusive(&srw);
		CHECK(TryAcquireSRWLockExclusive(&srw));
		ReleaseSRWLockExclusive(&srw);
		/* Windows counts who was ended among the waiters for ever; a new section for the next time. */
		DeleteCriticalSection(&section);
		InitializeCriticalSection(&section);
	}
}

int main(void)
{
	LONG number = -1;

	InitializeCriticalSection(&section);
	InitializeCriticalSectionAndSpinCount(&spinning, 500);
	run(fight, NULL);
	CHECK_EQUAL(failures, 0);
	CHECK_EQUAL(holders, 0);
	CHECK_EQUAL(sharers, 0);
	CHECK(srw_count > 0 && section_count > 0 && spinning_count > 0);
	/* Nobody is there any more, and the words say so (execution facts, rows 91 and 96). */
	CHECK(srw.Ptr == NULL);
	CHECK_EQUAL(section.LockCount, -1);
	CHECK_EQUAL(section.RecursionCount, 0);
	CHECK_EQUAL(spinning.LockCount, -1);

	run(take_turns, &number);
	CHECK_EQUAL(turn, THREADS * 300);
	CHECK(srw.Ptr == NULL);
	freed_by_the_last();
	ended_in_their_sleep();
	return guest_result();
}
