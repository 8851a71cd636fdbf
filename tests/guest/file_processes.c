/*
 * file_processes.c - files that several processes have open: sharing modes and locks; files that run.
 */
#include "guest.h"

static char path[MAX_PATH];
static const char *self;

static HANDLE open_file(DWORD access, DWORD share)
{
	return CreateFileA(path, access, share, NULL, OPEN_EXISTING, 0, NULL);
}

/* What another process gets: an error code, 0 = it could. */
static DWORD elsewhere(const char *what, BOOL inherit, HANDLE handle)
{
	char command[700];
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 9999;

	snprintf(command, sizeof(command), "\"%s\" %s \"%s\" %llu", self, what, path, (unsigned long long)(ULONG_PTR)handle);
	if (!CreateProcessA(self, command, NULL, NULL, inherit, 0, NULL, NULL, &startup, &process))
		return 9998;
	WaitForSingleObject(process.hProcess, 60000);
	GetExitCodeProcess(process.hProcess, &code);
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static int run(const char *what, HANDLE inherited)
{
	DWORD access = 0, share = 0, count;
	OVERLAPPED where = {0};
	HANDLE file;

	if (!strcmp(what, "delete"))
		return DeleteFileA(path) ? 0 : (int)GetLastError();
	if (!strcmp(what, "lock") || !strcmp(what, "lockshared")) {
		file = open_file(GENERIC_READ | GENERIC_WRITE, 7);
		if (file == INVALID_HANDLE_VALUE)
			return 9000;
		where.Offset = 10;
		if (!LockFileEx(file, LOCKFILE_FAIL_IMMEDIATELY | (what[4] ? 0 : LOCKFILE_EXCLUSIVE_LOCK), 0, 10, 0, &where))
			return (int)GetLastError();
		return UnlockFileEx(file, 0, 10, 0, &where) ? 0 : (int)GetLastError();
	}
	if (!strcmp(what, "hold") || !strcmp(what, "holdshared")) {
		char name[64];

		file = open_file(GENERIC_READ | GENERIC_WRITE, 7);
		where.Offset = 10;
		if (!LockFileEx(file, LOCKFILE_FAIL_IMMEDIATELY | (what[4] ? 0 : LOCKFILE_EXCLUSIVE_LOCK), 0, 10, 0, &where))
			return (int)GetLastError();
		snprintf(name, sizeof(name), "file_processes.%lu.%d", (DWORD)(ULONG_PTR)inherited, what[4] != 0);
		SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, name));
		Sleep(INFINITE);
	}
	if (!strcmp(what, "inherited"))
		return WriteFile(inherited, "child", 5, &count, NULL) ? 0 : (int)GetLastError();
	if (!strcmp(what, "attributes"))
		what = "";
	for (; *what; what++) {
		access |= *what == 'r' ? GENERIC_READ : *what == 'w' ? GENERIC_WRITE : *what == 'd' ? DELETE : 0;
		share |= *what == 'R' ? FILE_SHARE_READ : *what == 'W' ? FILE_SHARE_WRITE : *what == 'D' ? FILE_SHARE_DELETE : 0;
	}
	file = open_file(access, share);
	if (file == INVALID_HANDLE_VALUE)
		return (int)GetLastError();
	CloseHandle(file);
	return 0;
}

static void test_sharing(void)
{
	HANDLE file, second;

	file = open_file(GENERIC_READ, FILE_SHARE_READ);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(elsewhere("rR", FALSE, NULL), 0);
	CHECK_EQUAL(elsewhere("rRWD", FALSE, NULL), 0);
	CHECK_EQUAL(elsewhere("r", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(elsewhere("wRWD", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(elsewhere("delete", FALSE, NULL), ERROR_SHARING_VIOLATION);
	/* attributes only */
	CHECK_EQUAL(elsewhere("attributes", FALSE, NULL), 0);
	/* the opens of one process are one to the others */
	second = open_file(GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE);
	CHECK(second != INVALID_HANDLE_VALUE);
	CloseHandle(file);
	CHECK_EQUAL(elsewhere("wRW", FALSE, NULL), 0);
	CHECK_EQUAL(elsewhere("wW", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(elsewhere("delete", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CloseHandle(second);
	CHECK_EQUAL(elsewhere("wr", FALSE, NULL), 0);

	file = open_file(GENERIC_WRITE, 0);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(elsewhere("rRWD", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(elsewhere("wRWD", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(elsewhere("dRWD", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CloseHandle(file);
	file = open_file(GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE);
	CHECK_EQUAL(elsewhere("rR", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(elsewhere("rRW", FALSE, NULL), 0);
	CHECK_EQUAL(elsewhere("dRWD", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CloseHandle(file);
	file = open_file(GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
	CHECK_EQUAL(elsewhere("dRWD", FALSE, NULL), 0);
	CloseHandle(file);
}

static void test_inheriting(void)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	HANDLE file = CreateFileA(path, GENERIC_WRITE, 0, &inherit, OPEN_EXISTING, 0, NULL);

	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(elsewhere("inherited", TRUE, file), 0);
	CHECK_EQUAL(elsewhere("r", FALSE, NULL), ERROR_SHARING_VIOLATION);
	CloseHandle(file);
	CHECK_EQUAL(elsewhere("r", FALSE, NULL), 0);
}

static void test_locks(void)
{
	HANDLE file = open_file(GENERIC_READ | GENERIC_WRITE, 7);
	OVERLAPPED where = {.Offset = 15};

	CHECK(LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &where));
	CHECK_EQUAL(elsewhere("lock", FALSE, NULL), ERROR_LOCK_VIOLATION);
	CHECK_EQUAL(elsewhere("lockshared", FALSE, NULL), ERROR_LOCK_VIOLATION);
	CHECK(UnlockFileEx(file, 0, 1, 0, &where));
	CHECK_EQUAL(elsewhere("lock", FALSE, NULL), 0);
	CHECK(LockFileEx(file, 0, 0, 1, 0, &where));
	CHECK_EQUAL(elsewhere("lock", FALSE, NULL), ERROR_LOCK_VIOLATION);
	CHECK_EQUAL(elsewhere("lockshared", FALSE, NULL), 0);
	CHECK(UnlockFileEx(file, 0, 1, 0, &where));
	/* all there is */
	where.Offset = 0;
	CHECK(LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, MAXDWORD, MAXDWORD, &where));
	CHECK_EQUAL(elsewhere("lock", FALSE, NULL), ERROR_LOCK_VIOLATION);
	CHECK_EQUAL(elsewhere("rRWD", FALSE, NULL), 0);
	CloseHandle(file);
	CHECK_EQUAL(elsewhere("lock", FALSE, NULL), 0);
}

static DWORD transfer(HANDLE file, DWORD offset, DWORD length, BOOL write)
{
	OVERLAPPED where = {.Offset = offset};
	char buffer[64] = {0};
	DWORD count;

	return (write ? WriteFile(file, buffer, length, &count, &where) : ReadFile(file, buffer, length, &count, &where)) ? 0
															     : GetLastError();
}

/* A locked range is closed to the reads and writes of other processes, also through handles that are older than the lock. */
static void test_locked_ranges(void)
{
	HANDLE file = open_file(GENERIC_READ | GENERIC_WRITE, 7), ready;
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	char command[700];

	CHECK_EQUAL(transfer(file, 0, 40, TRUE), 0);
	CHECK_EQUAL(transfer(file, 0, 40, FALSE), 0);
	for (int shared = 0; shared < 2; shared++) {
		snprintf(command, sizeof(command), "file_processes.%lu.%d", GetCurrentProcessId(), shared);
		ready = CreateEventA(NULL, FALSE, FALSE, command);
		snprintf(command, sizeof(command), "\"%s\" hold%s \"%s\" %lu", self, shared ? "shared" : "", path, GetCurrentProcessId());
		CHECK(CreateProcessA(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
		CHECK_EQUAL(WaitForSingleObject(ready, 60000), WAIT_OBJECT_0);
		CHECK_EQUAL(transfer(file, 0, 10, FALSE), 0);
		CHECK_EQUAL(transfer(file, 0, 10, TRUE), 0);
		CHECK_EQUAL(transfer(file, 0, 11, FALSE), shared ? 0 : ERROR_LOCK_VIOLATION);
		CHECK_EQUAL(transfer(file, 19, 10, FALSE), shared ? 0 : ERROR_LOCK_VIOLATION);
		CHECK_EQUAL(transfer(file, 19, 10, TRUE), ERROR_LOCK_VIOLATION);
		CHECK_EQUAL(transfer(file, 20, 10, TRUE), 0);
		/* A killed process holds nothing. */
		CHECK(TerminateProcess(process.hProcess, 1));
		CHECK_EQUAL(WaitForSingleObject(process.hProcess, 60000), WAIT_OBJECT_0);
		CHECK_EQUAL(transfer(file, 0, 40, FALSE), 0);
		CHECK_EQUAL(transfer(file, 0, 40, TRUE), 0);
		CloseHandle(process.hProcess);
		CloseHandle(process.hThread);
		CloseHandle(ready);
	}
	CloseHandle(file);
}

/* What runs or is loaded can be renamed, but not deleted and not replaced. */
static void test_images(void)
{
	char kept[MAX_PATH], copy[MAX_PATH], moved[MAX_PATH + 4];
	const char *program = self;
	HMODULE module;

	strcpy(kept, path);
	snprintf(copy, sizeof(copy), "%s.exe", kept);
	snprintf(moved, sizeof(moved), "%s.old", copy);
	CHECK(CopyFileA(program, copy, TRUE));
	strcpy(path, copy);
	self = copy;
	CHECK_EQUAL(elsewhere("delete", FALSE, NULL), ERROR_ACCESS_DENIED);
	self = program;
	strcpy(path, kept);
	module = LoadLibraryA(copy);
	CHECK(module != NULL);
	CHECK_FAILS(DeleteFileA(copy), ERROR_ACCESS_DENIED);
	CHECK_FAILS(MoveFileExA(path, copy, MOVEFILE_REPLACE_EXISTING), ERROR_ACCESS_DENIED);
	CHECK(MoveFileA(copy, moved));
	CHECK_FAILS(DeleteFileA(moved), ERROR_ACCESS_DENIED);
	CHECK(FreeLibrary(module));
	CHECK(DeleteFileA(moved));
}

int main(int argc, char **argv)
{
	char temporary[MAX_PATH], program[MAX_PATH];
	HANDLE file;

	GetModuleFileNameA(NULL, program, sizeof(program));
	self = program;
	/* started with arguments it must not start others */
	if (argc > 1 && argc != 4)
		return 9997;
	if (argc > 3) {
		strcpy(path, argv[2]);
		return run(argv[1], (HANDLE)(ULONG_PTR)strtoull(argv[3], NULL, 10));
	}
	GetTempPathA(sizeof(temporary), temporary);
	CHECK(GetTempFileNameA(temporary, "fpr", 0, path) != 0);
	file = CreateFileA(path, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CloseHandle(file);
	test_sharing();
	test_inheriting();
	test_locks();
	test_locked_ranges();
	test_images();
	CHECK_EQUAL(elsewhere("delete", FALSE, NULL), 0);
	CHECK_FAILS(DeleteFileA(path), ERROR_FILE_NOT_FOUND);
	return guest_result();
}
