/*
 * Ids of threads and processes: one table, and an id that stays its thread's as long as a handle is open.  (Windows
 * Internals, "Client IDs"; MSDN, GetThreadId; OpenThread.)
 */
#include "../guest/guest.h"
#include <tlhelp32.h>

#define THREADS 40

static DWORD WINAPI nothing(LPVOID argument)
{
	return (DWORD)(ULONG_PTR)argument;
}

static DWORD ended_thread(HANDLE *handle, DWORD code)
{
	DWORD id;

	*handle = CreateThread(NULL, 0, nothing, (LPVOID)(ULONG_PTR)code, 0, &id);
	CHECK(*handle != NULL);
	CHECK_EQUAL(WaitForSingleObject(*handle, INFINITE), WAIT_OBJECT_0);
	CHECK_EQUAL(GetThreadId(*handle), id);
	return id;
}

static void ended_threads(void)
{
	LONG(NTAPI *alert)(HANDLE) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtAlertThreadByThreadId");
	HANDLE handles[THREADS], opened;
	DWORD ids[THREADS], code;

	ROW(ids of ended threads, "execution");
	for (unsigned i = 0; i < THREADS; i++)
		ids[i] = ended_thread(&handles[i], i);
	for (unsigned i = 0; i < THREADS; i++) {
		CHECK_EQUAL(ids[i] & 3, 0);
		CHECK(ids[i] != GetCurrentProcessId() && ids[i] != GetCurrentThreadId());
		for (unsigned j = 0; j < i; j++)
			CHECK(ids[i] != ids[j]);
	}
	ROW(102, "execution");
	CHECK_EQUAL(alert((HANDLE)(ULONG_PTR)ids[3]), 0);
	ROW(ids of ended threads, "execution");
	/* It can be opened as long as somebody has a handle. */
	opened = OpenThread(THREAD_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, ids[7]);
	CHECK(opened != NULL);
	CHECK(GetExitCodeThread(opened, &code));
	CHECK_EQUAL(code, 7);
	CHECK_EQUAL(WaitForSingleObject(opened, 0), WAIT_OBJECT_0);
	CloseHandle(opened);
	for (unsigned i = 0; i < THREADS; i++)
		CloseHandle(handles[i]);
	/* And no longer: nobody has the id, or a new thread. */
	opened = OpenThread(THREAD_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, ids[7]);
	if (!opened) {
		CHECK_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	} else {
		CHECK_EQUAL(WaitForSingleObject(opened, 0), WAIT_TIMEOUT);
		CloseHandle(opened);
	}
}

/* The program itself, which says its ids and waits. */
static int child(void)
{
	DWORD ids[2] = {GetCurrentProcessId(), GetCurrentThreadId()}, done;

	WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), ids, sizeof(ids), &done, NULL);
	ReadFile(GetStdHandle(STD_INPUT_HANDLE), ids, 1, &done, NULL);
	return 0;
}

static BOOL in_snapshot(DWORD process, DWORD thread)
{
	HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
	THREADENTRY32 entry = {.dwSize = sizeof(entry)};
	BOOL found = FALSE;

	CHECK(snapshot != INVALID_HANDLE_VALUE);
	for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry))
		if (entry.th32ThreadID == thread && entry.th32OwnerProcessID == process)
			found = TRUE;
	CloseHandle(snapshot);
	return found;
}

static void processes(void)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	char line[MAX_PATH + 16], path[MAX_PATH];
	STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION info;
	HANDLE in[2], out[2], opened;
	DWORD said[2] = {0}, done;

	ROW(ids of processes, "execution");
	CHECK(GetCurrentProcessId() != GetCurrentThreadId());
	CHECK_EQUAL(GetCurrentProcessId() & 3, 0);
	CHECK_EQUAL(GetCurrentThreadId() & 3, 0);
	CHECK(in_snapshot(GetCurrentProcessId(), GetCurrentThreadId()));
	CHECK_FAILS(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, GetCurrentThreadId()), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, GetCurrentProcessId()), ERROR_INVALID_PARAMETER);
	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(line, sizeof(line), "\"%s\" child", path);
	CHECK(CreatePipe(&in[0], &in[1], &inherit, 0) && CreatePipe(&out[0], &out[1], &inherit, 0));
	SetHandleInformation(in[1], HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(out[0], HANDLE_FLAG_INHERIT, 0);
	startup.hStdInput = in[0];
	startup.hStdOutput = out[1];
	startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info));
	CloseHandle(in[0]);
	CloseHandle(out[1]);
	CHECK(ReadFile(out[0], said, sizeof(said), &done, NULL));
	CHECK_EQUAL(done, sizeof(said));
	CHECK_EQUAL(said[0], info.dwProcessId);
	CHECK_EQUAL(said[1], info.dwThreadId);
	CHECK_EQUAL(GetProcessId(info.hProcess), said[0]);
	CHECK_EQUAL(GetThreadId(info.hThread), said[1]);
	CHECK_EQUAL(GetProcessIdOfThread(info.hThread), said[0]);
	CHECK(said[0] != said[1]);
	CHECK(in_snapshot(said[0], said[1]));
	opened = OpenThread(THREAD_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, said[1]);
	CHECK(opened != NULL);
	CHECK_EQUAL(GetThreadId(opened), said[1]);
	CloseHandle(opened);
	opened = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, said[0]);
	CHECK_EQUAL(GetProcessId(opened), said[0]);
	CloseHandle(opened);
	CloseHandle(in[1]);
	CHECK_EQUAL(WaitForSingleObject(info.hProcess, INFINITE), WAIT_OBJECT_0);
	CloseHandle(info.hProcess);
	CloseHandle(info.hThread);
	CloseHandle(out[0]);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return child();
	ended_threads();
	processes();
	return guest_result();
}
