/*
 * job_of_itself.c - a process that puts itself into a job whose end is the end of its processes, and holds the only
 * handle: it still ends with its own code.  Runtimes do so that their children do not outlive them.
 */
#include "guest.h"

static int in_child(void)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
	HANDLE job = CreateJobObjectW(NULL, NULL);

	limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_BREAKAWAY_OK |
						  JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
	if (!SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)))
		return 1;
	if (!AssignProcessToJobObject(job, GetCurrentProcess()))
		return 2;
	return 33;
}

int main(int argc, char **argv)
{
	WCHAR self[MAX_PATH], command[MAX_PATH + 20];
	STARTUPINFOW startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 0;

	if (argc > 1)
		return in_child();
	GetModuleFileNameW(NULL, self, MAX_PATH);
	swprintf(command, MAX_PATH + 20, L"\"%ls\" child", self);
	CHECK(CreateProcessW(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	CHECK_EQUAL(code, 33);
	return guest_result();
}
