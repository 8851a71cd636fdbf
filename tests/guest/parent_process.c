/*
 * parent_process.c - a child that another process is the parent of (PROC_THREAD_ATTRIBUTE_PARENT_PROCESS).
 *
 *	parent_process.exe middle		waits for its end
 *	parent_process.exe child PARENT HANDLE	who its parent is; signals the handle
 */
#include "guest.h"
#include <winternl.h>

static char self[MAX_PATH];

static int child(char **argv)
{
	PROCESS_BASIC_INFORMATION basic = {0};
	HANDLE event = (HANDLE)(ULONG_PTR)strtoull(argv[3], NULL, 10);
	ULONG_PTR parent;
	char text[64] = "";
	BOOL in_job = FALSE;

	NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation, &basic, sizeof(basic), NULL);
	parent = (ULONG_PTR)basic.InheritedFromUniqueProcessId;
	if (parent != strtoull(argv[2], NULL, 10))
		return 1;
	if (event && !SetEvent(event))
		return 2;
	GetEnvironmentVariableA("OF_THE_ASKER", text, sizeof(text));
	if (strcmp(text, "yes"))
		return 3;
	IsProcessInJob(GetCurrentProcess(), NULL, &in_job);
	return (int)0x12340000 | (in_job ? 1 : 0);
}

static BOOL start(HANDLE parent, HANDLE job, HANDLE there, BOOL inherit, HANDLE *list, DWORD flags, PROCESS_INFORMATION *process)
{
	STARTUPINFOEXA startup = {.StartupInfo = {.cb = sizeof(startup)}};
	char line[1024];
	SIZE_T size = 0;
	DWORD error;
	BOOL ok;

	InitializeProcThreadAttributeList(NULL, 3, 0, &size);
	startup.lpAttributeList = malloc(size);
	CHECK(InitializeProcThreadAttributeList(startup.lpAttributeList, 3, 0, &size));
	CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, &parent, sizeof(parent), NULL,
					NULL));
	if (job)
		CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, 0x0002000D /* JOB_LIST */, &job, sizeof(job), NULL, NULL));
	if (list)
		CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, sizeof(*list), NULL,
						NULL));
	snprintf(line, sizeof(line), "\"%s\" child %lu %llu", self, GetProcessId(parent), (unsigned long long)(ULONG_PTR)there);
	ok = CreateProcessA(self, line, NULL, NULL, inherit, flags | EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &startup.StartupInfo,
			    process);
	error = GetLastError();
	DeleteProcThreadAttributeList(startup.lpAttributeList);
	free(startup.lpAttributeList);
	SetLastError(error);
	return ok;
}

static DWORD end(PROCESS_INFORMATION *process)
{
	DWORD code = 0xDEAD;

	CHECK_EQUAL(WaitForSingleObject(process->hProcess, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process->hProcess, &code));
	CloseHandle(process->hProcess);
	CloseHandle(process->hThread);
	return code;
}

int main(int argc, char **argv)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), job = CreateJobObjectA(NULL, NULL), there = NULL, unlisted = NULL, weak;
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION middle, process;
	char line[1024];
	BOOL inside;

	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc > 3)
		return child(argv);
	if (argc > 1) {
		Sleep(INFINITE);
		return 0;
	}
	snprintf(line, sizeof(line), "\"%s\" middle", self);
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &middle));
	SetEnvironmentVariableA("OF_THE_ASKER", "yes");
	CHECK(DuplicateHandle(GetCurrentProcess(), event, middle.hProcess, &there, 0, TRUE, DUPLICATE_SAME_ACCESS));
	CHECK(DuplicateHandle(GetCurrentProcess(), event, middle.hProcess, &unlisted, 0, TRUE, DUPLICATE_SAME_ACCESS));

	/* It inherits from its parent, not from who asks. */
	CHECK(start(middle.hProcess, NULL, there, TRUE, NULL, 0, &process));
	CHECK_EQUAL(end(&process), 0x12340000);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK(start(middle.hProcess, NULL, there, FALSE, NULL, 0, &process));
	CHECK_EQUAL(end(&process), 2);
	CHECK(start(middle.hProcess, NULL, there, TRUE, &there, 0, &process));
	CHECK_EQUAL(end(&process), 0x12340000);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CHECK(start(middle.hProcess, NULL, unlisted, TRUE, &there, 0, &process));
	CHECK_EQUAL(end(&process), 2);

	/* Suspended, and in a job of the asker's. */
	CHECK(start(middle.hProcess, job, there, TRUE, NULL, CREATE_SUSPENDED, &process));
	CHECK_EQUAL(WaitForSingleObject(event, 50), WAIT_TIMEOUT);
	CHECK(IsProcessInJob(process.hProcess, job, &inside) && inside);
	CHECK_EQUAL(ResumeThread(process.hThread), 1);
	CHECK_EQUAL(end(&process), 0x12340001);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);

	/* The caller itself is one, too. */
	CHECK(start(GetCurrentProcess(), NULL, NULL, FALSE, NULL, 0, &process));
	CHECK_EQUAL(end(&process), 0x12340000);

	CHECK(DuplicateHandle(GetCurrentProcess(), middle.hProcess, GetCurrentProcess(), &weak, PROCESS_QUERY_LIMITED_INFORMATION, FALSE, 0));
	CHECK_FAILS(start(weak, NULL, NULL, FALSE, NULL, 0, &process), ERROR_ACCESS_DENIED);
	CloseHandle(weak);
	CHECK(TerminateProcess(middle.hProcess, 5));
	CHECK_EQUAL(end(&middle), 5);
	CloseHandle(job);
	CloseHandle(event);
	return guest_result();
}
