/*
 * shared_torture.c - eight processes that share objects by name, and are killed at any moment.
 *
 *	shared_torture.exe [SECONDS [SEED]]
 *
 * Children wait for a unit of work, for a mutex or for the end, whichever comes, and open and close names meanwhile.
 *The parent hands work out and kills.  What has to hold:
 *
 *	- two are never inside the mutex; who comes after a killed owner is told so (WAIT_ABANDONED)
 *	- when the killing is over every unit of work is answered: no wake-up was lost
 *	- when everybody is gone so are the names
 */
#include "guest.h"

#define CHILDREN 8
#define LONG_TIME 120000
#define KILLED 77

static char self[MAX_PATH], prefix[64];
static unsigned seed;

static unsigned next_random(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static const char *name_of(const char *what)
{
	static char names[8][128];
	static unsigned next;
	char *name = names[next++ % 8];

	snprintf(name, 128, "%s.%s", prefix, what);
	return name;
}

/* A name that comes and goes; two processes that meet there must mean the same object. */
static int churn(void)
{
	char what[16];
	HANDLE event, mutex;

	snprintf(what, sizeof(what), "churn%u", next_random() % 3);
	event = CreateEventA(NULL, TRUE, TRUE, name_of(what));
	if (!event || WaitForSingleObject(event, 0) != WAIT_OBJECT_0)
		return 51;
	mutex = OpenMutexA(SYNCHRONIZE, FALSE, name_of(what));
	if (mutex || GetLastError() != ERROR_INVALID_HANDLE)
		return 52;
	return CloseHandle(event) ? 0 : 53;
}

static int child(void)
{
	HANDLE objects[3] = {OpenEventA(SYNCHRONIZE, FALSE, name_of("end")),
			     OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name_of("work")),
			     CreateMutexA(NULL, FALSE, name_of("mutex"))};
	HANDLE answers = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name_of("answers"));
	HANDLE inside = OpenEventA(EVENT_ALL_ACCESS, FALSE, name_of("inside"));

	if (!objects[0] || !objects[1] || !objects[2] || !answers || !inside)
		return 54;
	for (;;) {
		DWORD result = WaitForMultipleObjects(3, objects, FALSE, INFINITE);
		int code;

		if (result == WAIT_OBJECT_0)
			return 0;
		if (result == WAIT_OBJECT_0 + 1) {
			if (!ReleaseSemaphore(answers, 1, NULL))
				return 55;
			continue;
		}
		if (result != WAIT_OBJECT_0 + 2 && result != WAIT_ABANDONED_0 + 2)
			return 56;
		if (result == WAIT_OBJECT_0 + 2 && WaitForSingleObject(inside, 0) != WAIT_TIMEOUT)
			return 57;
		SetEvent(inside);
		code = churn();
		if (code)
			return code;
		ResetEvent(inside);
		if (!ReleaseMutex(objects[2]))
			return 58;
	}
}

static HANDLE start(void)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process = {0};
	char line[512];

	snprintf(line, sizeof(line), "\"%s\" child %s %u", self, prefix, next_random());
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
	CloseHandle(process.hThread);
	return process.hProcess;
}

static void end(HANDLE process, DWORD expected)
{
	DWORD code = 0;

	CHECK_EQUAL(WaitForSingleObject(process, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process, &code));
	CHECK_EQUAL(code, expected);
	CloseHandle(process);
}

/* Meanwhile handles come and go between the parent and those who may be killed at any moment. */
static struct {
	CRITICAL_SECTION lock;
	HANDLE children[CHILDREN], work;
	volatile LONG done;
	unsigned passed, refused;
} traffic;

/* What was refused was asked of somebody who is dead by now, or about to be. */
static void refused(HANDLE process)
{
	traffic.refused++;
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(WaitForSingleObject(process, LONG_TIME), WAIT_OBJECT_0);
}

static DWORD WINAPI pass_handles(void *argument)
{
	unsigned next = 1;
	BOOL(WINAPI * compare)
	(HANDLE, HANDLE) =
		(BOOL(WINAPI *)(HANDLE, HANDLE))(void *)GetProcAddress(GetModuleHandleA("kernelbase.dll"), "CompareObjectHandles");

	while (!traffic.done && !guest_failures) {
		HANDLE process = NULL, there = NULL, back = NULL, unnamed = CreateEventA(NULL, FALSE, FALSE, NULL);
		HANDLE source = next & 1 ? unnamed : traffic.work;

		next++;
		EnterCriticalSection(&traffic.lock);
		CHECK(DuplicateHandle(GetCurrentProcess(), traffic.children[next % CHILDREN], GetCurrentProcess(), &process, 0, FALSE,
				      DUPLICATE_SAME_ACCESS));
		LeaveCriticalSection(&traffic.lock);
		SetLastError(0);
		if (!DuplicateHandle(GetCurrentProcess(), source, process, &there, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
			refused(process);
		} else if (!DuplicateHandle(process, there, GetCurrentProcess(), &back, 0, FALSE,
					    DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE)) {
			refused(process);
		} else {
			traffic.passed++;
			CHECK(compare(back, source));
			CloseHandle(back);
		}
		CloseHandle(process);
		CloseHandle(unnamed);
	}
	return 0;
}

int main(int argc, char **argv)
{
	HANDLE *children = traffic.children, thread, work, answers, inside, stop, mutex;
	static const char *const names[] = {"work", "answers", "inside", "end", "mutex", "churn0", "churn1", "churn2"};
	ULONGLONG until;
	unsigned given, kills = 0;

	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc == 4 && !strcmp(argv[1], "child")) {
		snprintf(prefix, sizeof(prefix), "%s", argv[2]);
		seed = strtoul(argv[3], NULL, 10);
		return child();
	}
	snprintf(prefix, sizeof(prefix), "pewter.torture.%lu", GetCurrentProcessId());
	given = seed = argc > 2 ? strtoul(argv[2], NULL, 10) : GetTickCount();
	work = CreateSemaphoreA(NULL, 0, 0x7FFFFFFF, name_of("work"));
	answers = CreateSemaphoreA(NULL, 0, 0x7FFFFFFF, name_of("answers"));
	inside = CreateEventA(NULL, TRUE, FALSE, name_of("inside"));
	stop = CreateEventA(NULL, TRUE, FALSE, name_of("end"));
	/* When all children are killed before they have a handle, the mutex is the same still. */
	mutex = CreateMutexA(NULL, FALSE, name_of("mutex"));
	for (int i = 0; i < CHILDREN; i++)
		children[i] = start();
	InitializeCriticalSection(&traffic.lock);
	traffic.work = work;
	thread = CreateThread(NULL, 0, pass_handles, NULL, 0, NULL);
	until = GetTickCount64() + (argc > 1 ? strtoul(argv[1], NULL, 10) : 2) * 1000ull;
	while (GetTickCount64() < until && !guest_failures) {
		unsigned i = next_random() % CHILDREN;

		ReleaseSemaphore(work, 1 + next_random() % 4, NULL);
		Sleep(next_random() % 5);
		TerminateProcess(children[i], KILLED);
		EnterCriticalSection(&traffic.lock);
		end(children[i], KILLED);
		children[i] = start();
		LeaveCriticalSection(&traffic.lock);
		kills++;
	}
	traffic.done = TRUE;
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(traffic.passed > 0);
	/* No more killing: whoever waits is reached. */
	for (int i = 0; i < 50 && !guest_failures; i++) {
		ReleaseSemaphore(work, 1, NULL);
		CHECK_EQUAL(WaitForSingleObject(answers, LONG_TIME), WAIT_OBJECT_0);
	}
	SetEvent(stop);
	for (int i = 0; i < CHILDREN; i++)
		end(children[i], 0);
	CloseHandle(work);
	CloseHandle(answers);
	CloseHandle(inside);
	CloseHandle(stop);
	CloseHandle(mutex);
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		CHECK_FAILS(OpenEventA(SYNCHRONIZE, FALSE, name_of(names[i])), ERROR_FILE_NOT_FOUND);
	if (guest_failures || argc > 1)
		printf("%u killed, %u handles passed, %u refused, seed %u\n", kills, traffic.passed, traffic.refused, given);
	return guest_result();
}
