/*
 * job_memory.c - what the processes of a job may commit together.
 *
 *	job_memory.exe child READY GO	commits 48 MiB and says so; then as much once more when told to
 */
#include "guest.h"

#define PIECE (48u << 20)

static HANDLE event(const char *name)
{
	return CreateEventA(NULL, FALSE, FALSE, name);
}

/* 1: the first piece was had; 2: the second. */
static int child(char **argv)
{
	HANDLE ready = event(argv[2]), go = event(argv[3]);
	int result = VirtualAlloc(NULL, PIECE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) != NULL;
	void *second;

	if (!result && GetLastError() != ERROR_COMMITMENT_LIMIT)
		return 99;
	SetEvent(ready);
	WaitForSingleObject(go, INFINITE);
	second = VirtualAlloc(NULL, PIECE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	if (!second && GetLastError() != ERROR_COMMITMENT_LIMIT)
		return 98;
	return result | (second ? 2 : 0);
}

struct runner {
	PROCESS_INFORMATION process;
	HANDLE ready, go;
};

static void start(struct runner *runner, HANDLE job, const char *name)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	char self[MAX_PATH], line[1024], ready[64], go[64];

	snprintf(ready, sizeof(ready), "job_memory.%lu.%s.ready", GetCurrentProcessId(), name);
	snprintf(go, sizeof(go), "job_memory.%lu.%s.go", GetCurrentProcessId(), name);
	runner->ready = event(ready);
	runner->go = event(go);
	GetModuleFileNameA(NULL, self, sizeof(self));
	snprintf(line, sizeof(line), "\"%s\" child %s %s", self, ready, go);
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup, &runner->process));
	CHECK(AssignProcessToJobObject(job, runner->process.hProcess));
	ResumeThread(runner->process.hThread);
	CHECK_EQUAL(WaitForSingleObject(runner->ready, 60000), WAIT_OBJECT_0);
}

static DWORD end(struct runner *runner)
{
	DWORD code = 0xDEAD;

	SetEvent(runner->go);
	CHECK_EQUAL(WaitForSingleObject(runner->process.hProcess, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(runner->process.hProcess, &code));
	CloseHandle(runner->process.hProcess);
	CloseHandle(runner->process.hThread);
	CloseHandle(runner->ready);
	CloseHandle(runner->go);
	return code;
}

/* The next of these messages at the port; others pass. */
static BOOL is_told(HANDLE port, DWORD wanted, DWORD pid)
{
	OVERLAPPED *about;
	ULONG_PTR key;
	DWORD message;

	while (GetQueuedCompletionStatus(port, &message, &key, &about, 60000))
		if (message == wanted)
			return (DWORD)(ULONG_PTR)about == pid;
	return FALSE;
}

int main(int argc, char **argv)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
	JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {0};
	struct runner first, second, third;
	HANDLE job = CreateJobObjectA(NULL, NULL), port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);

	if (argc > 1)
		return child(argv);
	limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_JOB_MEMORY;
	CHECK_FAILS(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)), ERROR_INVALID_PARAMETER);
	limits.JobMemoryLimit = 5 * (PIECE / 2);
	CHECK(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)));
	association.CompletionPort = port;
	CHECK(SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof(association)));

	/* Two pieces fit, a third one does not, whoever asks for it. */
	start(&first, job, "first");
	start(&second, job, "second");
	start(&third, job, "third");
	CHECK(is_told(port, JOB_OBJECT_MSG_JOB_MEMORY_LIMIT, third.process.dwProcessId));
	CHECK_EQUAL(end(&second), 1);
	/* What a killed process had is there again. */
	CHECK(TerminateProcess(first.process.hProcess, 7));
	CHECK_EQUAL(end(&first), 7);
	CHECK_EQUAL(end(&third), 2);

	CHECK(QueryInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits), NULL));
	CHECK(limits.PeakJobMemoryUsed >= 2 * PIECE && limits.PeakJobMemoryUsed <= limits.JobMemoryLimit);
	CHECK(limits.PeakProcessMemoryUsed >= PIECE && limits.PeakProcessMemoryUsed < 2 * PIECE);

	/* Without the limit there is none. */
	limits.BasicLimitInformation.LimitFlags = 0;
	CHECK(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)));
	start(&first, job, "fourth");
	start(&second, job, "fifth");
	start(&third, job, "sixth");
	CHECK_EQUAL(end(&first), 3);
	CHECK_EQUAL(end(&second), 3);
	CHECK_EQUAL(end(&third), 3);
	CloseHandle(job);
	CloseHandle(port);
	return guest_result();
}
