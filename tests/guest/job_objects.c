/*
 * job_objects.c - job objects: who is in them, what they limit, how they end their processes.
 *
 *	job_objects.exe child WHAT ARGUMENTS...	what the child does
 */
#include "guest.h"

#define LONG_TIME 60000

#ifndef PROC_THREAD_ATTRIBUTE_JOB_LIST
#define PROC_THREAD_ATTRIBUTE_JOB_LIST 0x0002000D
#endif

static char self[MAX_PATH], prefix[64];

static const char *name_of(const char *what)
{
	static char names[4][128];
	static unsigned next;
	char *name = names[next++ % 4];

	snprintf(name, 128, "%s.%s", prefix, what);
	return name;
}

static BOOL start_in(const char *what, DWORD flags, STARTUPINFOA *startup, BOOL inherit, PROCESS_INFORMATION *process)
{
	char line[1024];

	snprintf(line, sizeof(line), "\"%s\" child %s %s", self, prefix, what);
	return CreateProcessA(self, line, NULL, NULL, inherit, flags, NULL, NULL, startup, process);
}

static BOOL start(const char *what, DWORD flags, PROCESS_INFORMATION *process)
{
	STARTUPINFOA startup = {.cb = sizeof(startup)};

	return start_in(what, flags, &startup, FALSE, process);
}

static DWORD end(PROCESS_INFORMATION *process)
{
	DWORD code = 0xDEAD;

	CHECK_EQUAL(WaitForSingleObject(process->hProcess, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process->hProcess, &code));
	CloseHandle(process->hProcess);
	CloseHandle(process->hThread);
	return code;
}

static BOOL is_in(HANDLE process, HANDLE job)
{
	BOOL result = 99;

	CHECK(IsProcessInJob(process, job, &result));
	return result;
}

static int child(int argc, char **argv)
{
	PROCESS_INFORMATION process;
	HANDLE job, ready;

	GetModuleFileNameA(NULL, self, sizeof(self));
	snprintf(prefix, sizeof(prefix), "%s", argv[2]);
	if (!strcmp(argv[3], "inside"))
		return is_in(GetCurrentProcess(), NULL);
	if (!strcmp(argv[3], "other"))
		return is_in(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, strtoul(argv[4], NULL, 10)), NULL);
	if (!strcmp(argv[3], "exit"))
		return (int)strtol(argv[4], NULL, 0);
	if (!strcmp(argv[3], "crash"))
		TerminateProcess(GetCurrentProcess(), 0xC0000005);
	if (!strcmp(argv[3], "compute"))
		for (volatile unsigned i = 0;; i++)
			;
	if (!strcmp(argv[3], "wait")) {
		ready = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name_of("ready"));
		ReleaseSemaphore(ready, 1, NULL);
		Sleep(LONG_TIME);
		return 100;
	}
	/* Has a child that waits, and waits. */
	if (!strcmp(argv[3], "parent")) {
		if (!start("wait", 0, &process))
			return 101;
		Sleep(LONG_TIME);
		return 102;
	}
	/* Keeps the job by a handle of its own, in itself, with a child in it. */
	if (!strcmp(argv[3], "keeper")) {
		job = OpenJobObjectA(0x1F001F, FALSE, name_of("kept"));
		if (!job || !start("wait", CREATE_SUSPENDED, &process) || !AssignProcessToJobObject(job, process.hProcess))
			return 103;
		ResumeThread(process.hThread);
		Sleep(LONG_TIME);
		return 104;
	}
	/* One byte more than the job allows. */
	if (!strcmp(argv[3], "memory")) {
		void *small = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
		void *large = VirtualAlloc(NULL, 512 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

		return (small != NULL) + 2 * (large != NULL);
	}
	if (!strcmp(argv[3], "breakaway")) {
		if (!start("inside", CREATE_BREAKAWAY_FROM_JOB, &process))
			return (int)GetLastError();
		return 200 + (int)end(&process);
	}
	if (!strcmp(argv[3], "child")) {
		if (!start("inside", 0, &process))
			return (int)GetLastError();
		return 200 + (int)end(&process);
	}
	return 105;
}

static BOOL limit(HANDLE job, DWORD flags, DWORD processes, SIZE_T memory)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};

	limits.BasicLimitInformation.LimitFlags = flags;
	limits.BasicLimitInformation.ActiveProcessLimit = processes;
	limits.ProcessMemoryLimit = memory;
	return SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
}

static DWORD active(HANDLE job)
{
	JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info = {0};

	CHECK(QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &info, sizeof(info), NULL));
	return info.ActiveProcesses;
}

/* Until the job is as it must become. */
static void wait_active(HANDLE job, DWORD wanted)
{
	for (unsigned i = 0; i < LONG_TIME / 5 && active(job) != wanted; i++)
		Sleep(5);
	CHECK_EQUAL(active(job), wanted);
}

static void members(HANDLE ready)
{
	HANDLE job = CreateJobObjectA(NULL, NULL);
	PROCESS_INFORMATION process, other;
	JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info;
	struct {
		DWORD assigned, listed;
		ULONG_PTR ids[8];
	} list;
	DWORD returned = 0;

	CHECK(job != NULL);
	CHECK_EQUAL(active(job), 0);
	CHECK(start("inside", CREATE_SUSPENDED, &process));
	CHECK(!is_in(process.hProcess, job));
	CHECK(AssignProcessToJobObject(job, process.hProcess));
	CHECK(is_in(process.hProcess, job));
	CHECK(is_in(process.hProcess, NULL));
	CHECK(!is_in(GetCurrentProcess(), job));
	CHECK_EQUAL(active(job), 1);
	CHECK(QueryInformationJobObject(job, JobObjectBasicProcessIdList, &list, sizeof(list), &returned));
	CHECK(list.assigned == 1 && list.listed == 1 && list.ids[0] == process.dwProcessId);
	ResumeThread(process.hThread);
	CHECK_EQUAL(end(&process), 1);
	wait_active(job, 0);
	/* Children are where their parents are. */
	CHECK(start("parent", CREATE_SUSPENDED, &process));
	CHECK(AssignProcessToJobObject(job, process.hProcess));
	ResumeThread(process.hThread);
	CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(active(job), 2);
	/* One that runs already. */
	CHECK(start("wait", 0, &other));
	CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	CHECK(AssignProcessToJobObject(job, other.hProcess));
	CHECK_EQUAL(active(job), 3);
	list.assigned = 0;
	CHECK(!QueryInformationJobObject(job, JobObjectBasicProcessIdList, &list, 8 + 2 * sizeof(ULONG_PTR), &returned));
	CHECK_EQUAL(GetLastError(), ERROR_MORE_DATA);
	CHECK(list.assigned == 3 && list.listed == 2);
	CHECK(QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &info, sizeof(info), NULL));
	CHECK(info.TotalProcesses == 4 && info.TotalTerminatedProcesses == 0);
	CHECK(TerminateJobObject(job, 0x1234));
	CHECK_EQUAL(end(&process), 0x1234);
	CHECK_EQUAL(end(&other), 0x1234);
	wait_active(job, 0);
	CloseHandle(job);
}

/* The last handle goes: so do the processes. */
static void kill_on_close(HANDLE ready)
{
	HANDLE job = CreateJobObjectA(NULL, NULL), copy;
	PROCESS_INFORMATION process, keeper;
	HANDLE waiting;

	CHECK(limit(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0, 0));
	CHECK(start("parent", CREATE_SUSPENDED, &process));
	CHECK(AssignProcessToJobObject(job, process.hProcess));
	ResumeThread(process.hThread);
	CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	CHECK(DuplicateHandle(GetCurrentProcess(), job, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	CloseHandle(job);
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 50), WAIT_TIMEOUT);
	CHECK_EQUAL(active(copy), 2);
	CloseHandle(copy);
	CHECK_EQUAL(end(&process), 0);

	/* The owner is killed. */
	job = CreateJobObjectA(NULL, name_of("kept"));
	CHECK(limit(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, 0, 0));
	CHECK(start("keeper", 0, &keeper));
	CHECK_EQUAL(WaitForSingleObject(ready, LONG_TIME), WAIT_OBJECT_0);
	{
		struct {
			DWORD assigned, listed;
			ULONG_PTR ids[2];
		} list = {0};

		CHECK(QueryInformationJobObject(job, JobObjectBasicProcessIdList, &list, sizeof(list), NULL));
		CHECK_EQUAL(list.listed, 1);
		waiting = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, (DWORD)list.ids[0]);
	}
	CHECK(waiting != NULL);
	CloseHandle(job);
	CHECK_EQUAL(WaitForSingleObject(waiting, 50), WAIT_TIMEOUT);
	CHECK(TerminateProcess(keeper.hProcess, 9));
	CHECK_EQUAL(WaitForSingleObject(waiting, LONG_TIME), WAIT_OBJECT_0);
	CloseHandle(waiting);
	CHECK_EQUAL(end(&keeper), 9);
	CHECK_FAILS(OpenJobObjectA(0x1F001F, FALSE, name_of("kept")), ERROR_FILE_NOT_FOUND);
}

static void limits(HANDLE ready)
{
	HANDLE job = CreateJobObjectA(NULL, NULL);
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION info;
	JOBOBJECT_BASIC_LIMIT_INFORMATION basic = {0};
	JOBOBJECT_BASIC_UI_RESTRICTIONS restrictions = {JOB_OBJECT_UILIMIT_DESKTOP};
	PROCESS_INFORMATION first, second;
	DWORD returned = 0;

	CHECK(limit(job, JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION, 1, 0));
	CHECK(QueryInformationJobObject(job, JobObjectExtendedLimitInformation, &info, sizeof(info), &returned));
	CHECK_EQUAL(returned, sizeof(info));
	CHECK_EQUAL(info.BasicLimitInformation.LimitFlags,
		    JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION);
	CHECK_EQUAL(info.BasicLimitInformation.ActiveProcessLimit, 1);
	CHECK_FAILS(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &info, sizeof(info) - 1), ERROR_BAD_LENGTH);
	CHECK_FAILS(QueryInformationJobObject(job, JobObjectExtendedLimitInformation, &info, sizeof(info) - 1, NULL),
		    ERROR_BAD_LENGTH);
	/* Flags of the extended structure are none of the basic one's. */
	basic.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
	CHECK_FAILS(SetInformationJobObject(job, JobObjectBasicLimitInformation, &basic, sizeof(basic)), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(limit(job, 0x80000000, 0, 0), ERROR_INVALID_PARAMETER);
	CHECK(SetInformationJobObject(job, JobObjectBasicUIRestrictions, &restrictions, sizeof(restrictions)));

	/* One process, no more. */
	CHECK(start("child", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	CHECK(start("wait", CREATE_SUSPENDED, &second));
	CHECK_FAILS(AssignProcessToJobObject(job, second.hProcess), ERROR_NOT_ENOUGH_QUOTA);
	end(&second);
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), ERROR_NOT_ENOUGH_QUOTA);

	CHECK(limit(job, JOB_OBJECT_LIMIT_PROCESS_MEMORY, 0, 256 << 20));
	CHECK(start("memory", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), 1);

	/* Time that is spent computing. */
	memset(&info, 0, sizeof(info));
	info.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_TIME;
	CHECK_FAILS(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &info, sizeof(info)), ERROR_INVALID_PARAMETER);
	info.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart = 300000;
	CHECK(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &info, sizeof(info)));
	CHECK(start("compute", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), ERROR_NOT_ENOUGH_QUOTA);

	/* Breaking away. */
	CHECK(limit(job, 0, 0, 0));
	CHECK(start("breakaway", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), ERROR_ACCESS_DENIED);
	CHECK(limit(job, JOB_OBJECT_LIMIT_BREAKAWAY_OK, 0, 0));
	CHECK(start("breakaway", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), 200);
	CHECK(start("child", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), 201);
	CHECK(limit(job, JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK, 0, 0));
	CHECK(start("child", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	ResumeThread(first.hThread);
	CHECK_EQUAL(end(&first), 200);
	CloseHandle(job);
}

static void lists(void)
{
	HANDLE jobs[2] = {CreateJobObjectA(NULL, NULL), CreateJobObjectA(NULL, NULL)};
	STARTUPINFOEXA startup = {.StartupInfo.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	char list[256];
	SIZE_T size = sizeof(list);

	startup.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)list;
	CHECK(InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size));
	CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs, sizeof(jobs), NULL, NULL));
	CHECK(start_in("wait", EXTENDED_STARTUPINFO_PRESENT, &startup.StartupInfo, FALSE, &process));
	CHECK(is_in(process.hProcess, jobs[0]) && is_in(process.hProcess, jobs[1]));
	CHECK(TerminateJobObject(jobs[1], 6));
	CHECK_EQUAL(end(&process), 6);
	CloseHandle(jobs[0]);
	CloseHandle(jobs[1]);
}

static void expect(HANDLE port, DWORD message, ULONG_PTR id)
{
	DWORD got = 0;
	ULONG_PTR key = 0;
	OVERLAPPED *overlapped = NULL;

	CHECK(GetQueuedCompletionStatus(port, &got, &key, &overlapped, LONG_TIME));
	CHECK_EQUAL(key, 0x4242);
	CHECK_EQUAL(got, message);
	CHECK_EQUAL((ULONG_PTR)overlapped, id);
}

static void messages(void)
{
	HANDLE job = CreateJobObjectA(NULL, NULL), port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(PVOID)0x4242, port};
	PROCESS_INFORMATION first, second;

	CHECK(SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof(association)));
	CHECK(start("exit 3", CREATE_SUSPENDED, &first));
	CHECK(start("crash", CREATE_SUSPENDED, &second));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	expect(port, JOB_OBJECT_MSG_NEW_PROCESS, first.dwProcessId);
	CHECK(AssignProcessToJobObject(job, second.hProcess));
	expect(port, JOB_OBJECT_MSG_NEW_PROCESS, second.dwProcessId);
	ResumeThread(first.hThread);
	expect(port, JOB_OBJECT_MSG_EXIT_PROCESS, first.dwProcessId);
	ResumeThread(second.hThread);
	expect(port, JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS, second.dwProcessId);
	expect(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0);
	CHECK_EQUAL(end(&first), 3);
	CHECK_EQUAL(end(&second), 0xC0000005);
	CloseHandle(job);
	CloseHandle(port);
}

static HANDLE job_with_port(HANDLE port)
{
	HANDLE job = CreateJobObjectA(NULL, NULL);
	JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(PVOID)0x4242, port};

	CHECK(SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof(association)));
	return job;
}

static BOOL limit_time(HANDLE job, DWORD flags, LONGLONG process, LONGLONG whole)
{
	JOBOBJECT_BASIC_LIMIT_INFORMATION info = {.LimitFlags = flags};

	info.PerProcessUserTimeLimit.QuadPart = process;
	info.PerJobUserTimeLimit.QuadPart = whole;
	return SetInformationJobObject(job, JobObjectBasicLimitInformation, &info, sizeof(info));
}

/* What limits tell a port. */
static void messages_of_limits(void)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), job = job_with_port(port);
	JOBOBJECT_END_OF_JOB_TIME_INFORMATION action = {JOB_OBJECT_POST_AT_END_OF_JOB};
	JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting;
	JOBOBJECT_BASIC_LIMIT_INFORMATION basic;
	PROCESS_INFORMATION first, second;

	/* Each process' time. */
	CHECK_FAILS(limit_time(job, JOB_OBJECT_LIMIT_JOB_TIME, 0, 0), ERROR_INVALID_PARAMETER);
	CHECK(limit_time(job, JOB_OBJECT_LIMIT_PROCESS_TIME, 300000, 0));
	CHECK(start("compute", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	expect(port, JOB_OBJECT_MSG_NEW_PROCESS, first.dwProcessId);
	ResumeThread(first.hThread);
	expect(port, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, first.dwProcessId);
	expect(port, JOB_OBJECT_MSG_EXIT_PROCESS, first.dwProcessId);
	expect(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0);
	CHECK_EQUAL(end(&first), ERROR_NOT_ENOUGH_QUOTA);

	/* A process too many. */
	CHECK(limit(job, JOB_OBJECT_LIMIT_ACTIVE_PROCESS, 1, 0));
	CHECK(start("compute", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	expect(port, JOB_OBJECT_MSG_NEW_PROCESS, first.dwProcessId);
	CHECK(start("wait", CREATE_SUSPENDED, &second));
	CHECK_FAILS(AssignProcessToJobObject(job, second.hProcess), ERROR_NOT_ENOUGH_QUOTA);
	expect(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT, 0);
	end(&second);

	/* The time of all, which is only told. */
	CHECK(SetInformationJobObject(job, JobObjectEndOfJobTimeInformation, &action, sizeof(action)));
	CHECK(limit_time(job, JOB_OBJECT_LIMIT_JOB_TIME, 0, 500000));
	ResumeThread(first.hThread);
	expect(port, JOB_OBJECT_MSG_END_OF_JOB_TIME, 0);
	CHECK_EQUAL(WaitForSingleObject(first.hProcess, 20), WAIT_TIMEOUT);
	CHECK(QueryInformationJobObject(job, JobObjectBasicLimitInformation, &basic, sizeof(basic), NULL));
	CHECK_EQUAL(basic.LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME, 0);
	CHECK(TerminateJobObject(job, 9));
	expect(port, JOB_OBJECT_MSG_EXIT_PROCESS, first.dwProcessId);
	expect(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0);
	CHECK_EQUAL(end(&first), 9);

	/* Memory of each. */
	CHECK(limit(job, JOB_OBJECT_LIMIT_PROCESS_MEMORY, 0, 256 << 20));
	CHECK(start("memory", CREATE_SUSPENDED, &first));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	expect(port, JOB_OBJECT_MSG_NEW_PROCESS, first.dwProcessId);
	ResumeThread(first.hThread);
	expect(port, JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT, first.dwProcessId);
	CHECK_EQUAL(end(&first), 1);
	CloseHandle(job);
	CloseHandle(port);

	/* The time of all ends all of them. */
	job = CreateJobObjectA(NULL, NULL);
	CHECK(limit_time(job, JOB_OBJECT_LIMIT_JOB_TIME, 0, 600000));
	CHECK(start("compute", CREATE_SUSPENDED, &first));
	CHECK(start("compute", CREATE_SUSPENDED, &second));
	CHECK(AssignProcessToJobObject(job, first.hProcess));
	CHECK(AssignProcessToJobObject(job, second.hProcess));
	CHECK_EQUAL(WaitForSingleObject(job, 20), WAIT_TIMEOUT);
	ResumeThread(first.hThread);
	ResumeThread(second.hThread);
	CHECK_EQUAL(WaitForSingleObject(job, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(end(&first), ERROR_NOT_ENOUGH_QUOTA);
	CHECK_EQUAL(end(&second), ERROR_NOT_ENOUGH_QUOTA);
	CHECK(QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &accounting, sizeof(accounting), NULL));
	CHECK_EQUAL(accounting.ActiveProcesses, 0);
	CHECK_EQUAL(accounting.TotalTerminatedProcesses, 2);
	CloseHandle(job);
}

#define SETTERS 8

static DWORD WINAPI set_port_too(void *job)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(PVOID)0x4242, port};

	return SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof(association)) ? 1 : 0;
}

/* A process that comes while a port is set is told of once. */
static void births_and_ports(void)
{
	for (int round = 0; round < 15; round++) {
		HANDLE job = CreateJobObjectA(NULL, NULL), port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
		JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(PVOID)0x4242, port};
		STARTUPINFOEXA startup = {.StartupInfo.cb = sizeof(startup)};
		PROCESS_INFORMATION process;
		ULONG_PTR key;
		OVERLAPPED *id;
		char list[256];
		SIZE_T size = sizeof(list);
		DWORD message, births = 0;

		startup.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)list;
		CHECK(InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size));
		CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, &job, sizeof(job), NULL,
						NULL));
		CHECK(start_in("exit 3", EXTENDED_STARTUPINFO_PRESENT, &startup.StartupInfo, FALSE, &process));
		CHECK(SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof(association)));
		CHECK_EQUAL(end(&process), 3);
		while (GetQueuedCompletionStatus(port, &message, &key, &id, births ? 100 : 1000) &&
		       message != JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO)
			births += message == JOB_OBJECT_MSG_NEW_PROCESS;
		CHECK(births <= 1);
		CloseHandle(job);
		CloseHandle(port);
	}
	for (int round = 0; round < 20; round++) {
		HANDLE job = CreateJobObjectA(NULL, NULL), threads[SETTERS];
		DWORD code, successes = 0;

		for (int i = 0; i < SETTERS; i++)
			threads[i] = CreateThread(NULL, 0, set_port_too, job, 0, NULL);
		for (int i = 0; i < SETTERS; i++) {
			CHECK_EQUAL(WaitForSingleObject(threads[i], LONG_TIME), WAIT_OBJECT_0);
			CHECK(GetExitCodeThread(threads[i], &code));
			successes += code;
			CloseHandle(threads[i]);
		}
		CHECK(successes >= 1);
		CloseHandle(job);
	}
}

static void names_and_rights(void)
{
	HANDLE job = CreateJobObjectA(NULL, name_of("job")), again, few;
	PROCESS_INFORMATION process;

	SetLastError(0);
	again = CreateJobObjectA(NULL, name_of("job"));
	CHECK(again != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
	CloseHandle(again);
	few = OpenJobObjectA(JOB_OBJECT_QUERY, FALSE, name_of("job"));
	CHECK(few != NULL);
	CHECK_EQUAL(active(few), 0);
	CHECK_FAILS(TerminateJobObject(few, 1), ERROR_ACCESS_DENIED);
	CHECK_FAILS(AssignProcessToJobObject(few, GetCurrentProcess()), ERROR_ACCESS_DENIED);
	CloseHandle(few);
	CHECK_FAILS(OpenJobObjectA(JOB_OBJECT_QUERY, FALSE, name_of("none")), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(CreateEventA(NULL, FALSE, FALSE, name_of("job")), ERROR_INVALID_HANDLE);
	CHECK(start("exit 0", 0, &process));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, LONG_TIME), WAIT_OBJECT_0);
	CHECK_FAILS(AssignProcessToJobObject(job, process.hProcess), ERROR_ACCESS_DENIED);
	end(&process);
	CloseHandle(job);
}

/* This process itself. */
static void own(void)
{
	HANDLE job = CreateJobObjectA(NULL, NULL);
	PROCESS_INFORMATION process;
	JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info;
	char other[64];

	CHECK(AssignProcessToJobObject(job, GetCurrentProcess()));
	snprintf(other, sizeof(other), "other %lu", GetCurrentProcessId());
	CHECK(start(other, 0, &process));
	CHECK_EQUAL(end(&process), 1);
	CHECK(is_in(GetCurrentProcess(), job) && is_in(GetCurrentProcess(), NULL));
	CHECK(start("inside", 0, &process));
	CHECK_EQUAL(end(&process), 1);
	CHECK(QueryInformationJobObject(NULL, JobObjectBasicAccountingInformation, &info, sizeof(info), NULL));
	CHECK(info.TotalProcesses >= 2 && info.ActiveProcesses >= 1);
	CloseHandle(job);
	CHECK(is_in(GetCurrentProcess(), NULL));
}

int main(int argc, char **argv)
{
	HANDLE ready;

	if (argc > 3 && !strcmp(argv[1], "child"))
		return child(argc, argv);
	GetModuleFileNameA(NULL, self, sizeof(self));
	snprintf(prefix, sizeof(prefix), "jobs.%lu", GetCurrentProcessId());
	ready = CreateSemaphoreA(NULL, 0, 100, name_of("ready"));
	members(ready);
	kill_on_close(ready);
	limits(ready);
	lists();
	messages();
	messages_of_limits();
	births_and_ports();
	names_and_rights();
	own();
	return guest_result();
}
