/*
 * process_api.c - child processes: this program starts itself.
 *
 *	process_api.exe child WHAT ARGUMENTS...		what the child does
 */
#include "guest.h"

#include <process.h>
#include <io.h>

static char self[MAX_PATH];


/*
 * The child.
 */
static int child(int argc, char **argv)
{
	const char *what = argv[2];
	char text[512];
	DWORD count;

	if (!strcmp(what, "exit"))
		ExitProcess(strtoul(argv[3], NULL, 16));
	if (!strcmp(what, "args")) {
		for (int i = 3; i < argc; i++)
			printf("[%s]", argv[i]);
		return 0;
	}
	if (!strcmp(what, "line")) {
		printf("%s", GetCommandLineA());
		return 0;
	}
	if (!strcmp(what, "env")) {
		printf("%s", getenv(argv[3]) ? getenv(argv[3]) : "(none)");
		return 0;
	}
	if (!strcmp(what, "cwd")) {
		GetCurrentDirectoryA(sizeof(text), text);
		printf("%s", text);
		return 0;
	}
	if (!strcmp(what, "cat")) {
		HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);

		while (ReadFile(in, text, sizeof(text), &count, NULL) && count)
			WriteFile(out, text, count, &count, NULL);
		return 5;
	}
	if (!strcmp(what, "write")) { /* to an inherited handle */
		HANDLE handle = (HANDLE)(ULONG_PTR)strtoull(argv[3], NULL, 16);

		return WriteFile(handle, "child", 5, &count, NULL) ? 0 : (int)GetLastError();
	}
	if (!strcmp(what, "startup")) {
		STARTUPINFOW info;

		GetStartupInfoW(&info);
		return info.dwX == 11 && info.dwYCountChars == 12 && info.wShowWindow == 13 && info.dwFillAttribute == 14 &&
				       !lstrcmpW(info.lpTitle, L"a title")
			       ? 21
			       : 22;
	}
	if (!strcmp(what, "fd")) /* a descriptor of the C runtime */
		return _write(atoi(argv[3]), "crt", 3) == 3 ? 0 : 1;
	if (!strcmp(what, "sleep")) {
		Sleep(60000);
		return 0;
	}
	return 99;
}

/*
 * The parent.
 */
static BOOL start_with(const char *arguments, STARTUPINFOA *startup, PROCESS_INFORMATION *information, BOOL inherit, DWORD flags,
		       void *environment, const char *directory)
{
	char line[1024];

	snprintf(line, sizeof(line), "\"%s\" child %s", self, arguments);
	return CreateProcessA(NULL, line, NULL, NULL, inherit, flags, environment, directory, startup, information);
}

static DWORD finish(PROCESS_INFORMATION *information)
{
	DWORD code = 0xBAD;

	CHECK_EQUAL(WaitForSingleObject(information->hProcess, 30000), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(information->hThread, 0), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(information->hProcess, &code));
	CHECK(CloseHandle(information->hProcess));
	CHECK(CloseHandle(information->hThread));
	return code;
}

/* Runs a child and gives what it wrote. */
static const char *output_of(const char *arguments, DWORD flags, void *environment, const char *directory)
{
	static char text[4096];
	SECURITY_ATTRIBUTES security = {sizeof(security), NULL, TRUE};
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	DWORD size = 0, count;
	HANDLE read_end, write_end;

	text[0] = 0;
	CHECK(CreatePipe(&read_end, &write_end, &security, 0));
	CHECK(SetHandleInformation(read_end, HANDLE_FLAG_INHERIT, 0));
	startup.dwFlags = STARTF_USESTDHANDLES;
	startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	startup.hStdOutput = write_end;
	startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	CHECK(start_with(arguments, &startup, &information, TRUE, flags, environment, directory));
	CHECK(CloseHandle(write_end));
	while (size < sizeof(text) - 1 && ReadFile(read_end, text + size, sizeof(text) - 1 - size, &count, NULL) && count)
		size += count;
	text[size] = 0;
	CHECK(CloseHandle(read_end));
	CHECK_EQUAL(finish(&information), 0);
	return text;
}

#define CHECK_TEXT(got, want)                                                                                          \
	do {                                                                                                           \
		const char *got_ = (got), *want_ = (want);                                                             \
		CHECK(!strcmp(got_, want_));                                                                           \
		if (strcmp(got_, want_))                                                                               \
			printf("  got \"%s\", not \"%s\"\n", got_, want_);                                             \
	} while (0)

static void exit_codes(void)
{
	static const DWORD codes[] = {0, 1, 255, 256, 0x12345678, 0xC0000005, 0xFFFFFFFF};
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	DWORD code;
	char arguments[64];

	ROW(143, "execution");
	for (unsigned i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		snprintf(arguments, sizeof(arguments), "exit %lx", codes[i]);
		CHECK(start_with(arguments, &startup, &information, FALSE, 0, NULL, NULL));
		CHECK_EQUAL(finish(&information), codes[i]);
	}
	CHECK(start_with("sleep", &startup, &information, FALSE, 0, NULL, NULL));
	CHECK(information.dwProcessId && information.dwThreadId);
	CHECK_EQUAL(GetProcessId(information.hProcess), information.dwProcessId);
	CHECK_EQUAL(GetThreadId(information.hThread), information.dwThreadId);
	CHECK_EQUAL(WaitForSingleObject(information.hProcess, 0), WAIT_TIMEOUT);
	CHECK(GetExitCodeProcess(information.hProcess, &code) && code == STILL_ACTIVE);
	CHECK(TerminateProcess(information.hProcess, 0x87654321));
	CHECK_EQUAL(finish(&information), 0x87654321);
}

static void suspended(void)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;

	CHECK(start_with("exit 7", &startup, &information, FALSE, CREATE_SUSPENDED, NULL, NULL));
	CHECK_EQUAL(WaitForSingleObject(information.hProcess, 200), WAIT_TIMEOUT);
	CHECK_EQUAL(ResumeThread(information.hThread), 1);
	CHECK_EQUAL(finish(&information), 7);
	CHECK(start_with("exit 7", &startup, &information, FALSE, CREATE_SUSPENDED, NULL, NULL));
	CHECK(TerminateProcess(information.hProcess, 8));
	CHECK_EQUAL(finish(&information), 8);
}

static void command_lines(void)
{
	char expected[1024], line[1024];
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;

	ROW(135, "execution");
	CHECK_TEXT(output_of("args a \"b c\" \"\" d\\\"e \"f\\\\\" g\\h", 0, NULL, NULL), "[a][b c][][d\"e][f\\][g\\h]");
	snprintf(expected, sizeof(expected), "\"%s\" child line   two  \"blanks", self);
	CHECK_TEXT(output_of("line   two  \"blanks", 0, NULL, NULL), expected);
	/* argv[0] may be anything */
	strcpy(line, "nonsense child exit 9");
	CHECK(CreateProcessA(self, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(finish(&information), 9);

	ROW(136, "execution");
	/* .exe is added */
	snprintf(line, sizeof(line), "\"%.*s\" child exit a", (int)strlen(self) - 4, self);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(finish(&information), 10);
	/* in the program's own directory */
	snprintf(line, sizeof(line), "process_api child exit b");
	CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(finish(&information), 11);
}

static void spaces(void)
{
	char directory[MAX_PATH], name[MAX_PATH + 32], line[MAX_PATH + 64];
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;

	GetTempPathA(sizeof(directory), directory);
	snprintf(name, sizeof(name), "%spew proc %lu.exe", directory, GetCurrentProcessId());
	CHECK(CopyFileA(self, name, FALSE));
	snprintf(line, sizeof(line), "%.*s child exit 1c", (int)strlen(name) - 4, name);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information));
	CHECK_EQUAL(finish(&information), 0x1C);
	DeleteFileA(name);
}

static void environments(void)
{
	char directory[MAX_PATH];

	ROW(138, "execution");
	SetEnvironmentVariableA("PEW_CHILD", "inherited");
	CHECK_TEXT(output_of("env PEW_CHILD", 0, NULL, NULL), "inherited");
	CHECK_TEXT(output_of("env PEW_CHILD", 0, "A=b\0PEW_CHILD=ansi\0", NULL), "ansi");
	CHECK_TEXT(output_of("env PEW_CHILD", CREATE_UNICODE_ENVIRONMENT, L"A=b\0PEW_CHILD=wide\0", NULL), "wide");
	CHECK_TEXT(output_of("env PEW_CHILD", CREATE_UNICODE_ENVIRONMENT, L"A=b\0", NULL), "(none)");
	GetTempPathA(sizeof(directory), directory);
	directory[strlen(directory) - 1] = 0;
	CHECK_TEXT(output_of("cwd", 0, NULL, directory), directory);
	GetCurrentDirectoryA(sizeof(directory), directory);
	CHECK_TEXT(output_of("cwd", 0, NULL, NULL), directory);
}

static void handles(void)
{
	SECURITY_ATTRIBUTES security = {sizeof(security), NULL, TRUE};
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	HANDLE in_read, in_write, out_read, out_write, file;
	char path[MAX_PATH], name[MAX_PATH], text[32] = "", arguments[64];
	DWORD count;

	ROW(140, "execution");
	CHECK(CreatePipe(&in_read, &in_write, &security, 0));
	CHECK(CreatePipe(&out_read, &out_write, &security, 0));
	SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
	startup.dwFlags = STARTF_USESTDHANDLES;
	startup.hStdInput = in_read;
	startup.hStdOutput = startup.hStdError = out_write;
	CHECK(start_with("cat", &startup, &information, TRUE, CREATE_NO_WINDOW, NULL, NULL));
	CloseHandle(in_read);
	CloseHandle(out_write);
	CHECK(WriteFile(in_write, "to and fro", 10, &count, NULL));
	CloseHandle(in_write);
	CHECK(ReadFile(out_read, text, sizeof(text), &count, NULL) && count == 10 && !memcmp(text, "to and fro", 10));
	CHECK_FAILS(ReadFile(out_read, text, sizeof(text), &count, NULL), ERROR_BROKEN_PIPE);
	CloseHandle(out_read);
	CHECK_EQUAL(finish(&information), 5);

	/* a file: the position is shared */
	GetTempPathA(sizeof(path), path);
	GetTempFileNameA(path, "pew", 0, name);
	file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, &security, CREATE_ALWAYS, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK(WriteFile(file, "parent ", 7, &count, NULL));
	memset(&startup, 0, sizeof(startup));
	startup.cb = sizeof(startup);
	snprintf(arguments, sizeof(arguments), "write %llx", (unsigned long long)(ULONG_PTR)file);
	CHECK(start_with(arguments, &startup, &information, TRUE, 0, NULL, NULL));
	CHECK_EQUAL(finish(&information), 0);
	CHECK_EQUAL(SetFilePointer(file, 0, NULL, FILE_CURRENT), 12);
	CHECK(WriteFile(file, " end", 4, &count, NULL));
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	CHECK(ReadFile(file, text, sizeof(text), &count, NULL));
	CHECK(count == 16 && !memcmp(text, "parent child end", 16));
	/* not passed on */
	CHECK(start_with(arguments, &startup, &information, FALSE, 0, NULL, NULL));
	CHECK_EQUAL(finish(&information), ERROR_INVALID_HANDLE);
	CloseHandle(file);
	DeleteFileA(name);
}

/* Of two inheritable handles the child gets the listed one. */
static void handle_list(void)
{
	SECURITY_ATTRIBUTES security = {sizeof(security), NULL, TRUE};
	STARTUPINFOEXA startup = {{sizeof(startup)}};
	PROCESS_INFORMATION information;
	HANDLE readers[2], writers[2];
	char arguments[64], text[16];
	SIZE_T size = 0;
	DWORD count;

	for (int i = 0; i < 2; i++)
		CHECK(CreatePipe(&readers[i], &writers[i], &security, 0));
	CHECK_FAILS(InitializeProcThreadAttributeList(NULL, 1, 0, &size), ERROR_INSUFFICIENT_BUFFER);
	startup.lpAttributeList = malloc(size);
	CHECK(InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size));
	CHECK_FAILS(UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, writers, 7, NULL, NULL),
		    ERROR_BAD_LENGTH);
	CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, writers, sizeof(HANDLE),
					NULL, NULL));
	for (int i = 0; i < 2; i++) {
		snprintf(arguments, sizeof(arguments), "write %llx", (unsigned long long)(ULONG_PTR)writers[i]);
		CHECK(start_with(arguments, &startup.StartupInfo, &information, TRUE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL));
		if (i == 0)
			CHECK_EQUAL(finish(&information), 0);
		else
			CHECK(finish(&information) != 0);
	}
	CHECK(ReadFile(readers[0], text, sizeof(text), &count, NULL) && count == 5);
	DeleteProcThreadAttributeList(startup.lpAttributeList);
	free(startup.lpAttributeList);
	for (int i = 0; i < 2; i++) {
		CloseHandle(readers[i]);
		CloseHandle(writers[i]);
	}
}

static void startup_values(void)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;

	ROW(139, "execution");
	startup.dwX = 11;
	startup.dwYCountChars = 12;
	startup.wShowWindow = 13;
	startup.dwFillAttribute = 14;
	startup.lpTitle = (char *)"a title";
	CHECK(start_with("startup", &startup, &information, FALSE, 0, NULL, NULL));
	CHECK_EQUAL(finish(&information), 21);
}

static void failures(void)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	char path[MAX_PATH], name[MAX_PATH], line[MAX_PATH + 8];
	HANDLE file;
	DWORD count;

	ROW(135, "execution");
	memset(&information, 0xCC, sizeof(information));
	strcpy(line, "no_such_program_pew x");
	CHECK_FAILS(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information), ERROR_FILE_NOT_FOUND);
	CHECK(!information.hProcess && !information.hThread && !information.dwProcessId && !information.dwThreadId);
	CHECK_FAILS(CreateProcessA("no_such_program_pew.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information),
		    ERROR_FILE_NOT_FOUND);
	strcpy(line, "\"C:\\Windows\" x");
	CHECK_FAILS(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateProcessA("C:\\Windows", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information),
		    ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateProcessA("no_such_dir_pew\\x.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information),
		    ERROR_PATH_NOT_FOUND);
	CHECK_FAILS(CreateProcessA("", line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information), ERROR_PATH_NOT_FOUND);
	GetTempPathA(sizeof(path), path);
	GetTempFileNameA(path, "pew", 0, name);
	file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK(WriteFile(file, "this is no program", 18, &count, NULL));
	CloseHandle(file);
	CHECK_FAILS(CreateProcessA(name, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information), ERROR_BAD_EXE_FORMAT);
	DeleteFileA(name);
	ROW(138, "execution");
	CHECK_FAILS(CreateProcessA(self, NULL, NULL, NULL, FALSE, 0, NULL, "Z:\\no such directory", &startup, &information),
		    ERROR_DIRECTORY);
	ROW(143, "execution");
	CHECK_FAILS(TerminateProcess(NULL, 0), ERROR_INVALID_HANDLE);
}

static void c_runtime(void)
{
	char quoted[MAX_PATH + 2], number[16];
	int fds[2], status = 0;
	char text[16] = "";
	intptr_t process;

	guest_row[0] = 0;
	snprintf(quoted, sizeof(quoted), "\"%s\"", self);
	CHECK_EQUAL(_spawnl(_P_WAIT, self, quoted, "child", "exit", "2a", NULL), 0x2A);
	process = _spawnl(_P_NOWAIT, self, quoted, "child", "exit", "2b", NULL);
	CHECK(process != -1);
	CHECK(_cwait(&status, process, 0) == process);
	CHECK_EQUAL(status, 0x2B);
	CHECK(_spawnl(_P_WAIT, "no_such_program_pew.exe", "x", NULL) == -1 && errno == ENOENT);
	CHECK(_pipe(fds, 256, 0x8000) == 0);
	snprintf(number, sizeof(number), "%d", fds[1]);
	CHECK_EQUAL(_spawnl(_P_WAIT, self, quoted, "child", "fd", number, NULL), 0);
	_close(fds[1]);
	CHECK(_read(fds[0], text, sizeof(text)) == 3 && !memcmp(text, "crt", 3));
	CHECK(_read(fds[0], text, sizeof(text)) == 0);
	_close(fds[0]);
	/* this program as the command interpreter */
	char setting[MAX_PATH + 16];
	snprintf(setting, sizeof(setting), "COMSPEC=%s", self);
	_putenv(setting);
	FILE *stream = _popen("this", "r");
	CHECK(stream != NULL);
	if (stream) {
		CHECK(fgets(text, sizeof(text), stream) && !strcmp(text, "ran this"));
		CHECK_EQUAL(_pclose(stream), 33);
	}
	CHECK(WinExec("no_such_program_pew.exe", SW_HIDE) == ERROR_FILE_NOT_FOUND);
	snprintf(quoted, sizeof(quoted), "\"%s\" child", self);
	CHECK(WinExec("process_api.exe child exit 0", SW_HIDE) > 31);
}

/* A 64-bit program on 64-bit Windows. */
static void machines(void)
{
	HMODULE kernel32 = GetModuleHandleA("kernel32.dll");
	BOOL(WINAPI *is_wow64_2)(HANDLE, USHORT *, USHORT *) = (void *)GetProcAddress(kernel32, "IsWow64Process2");
	BOOL wow64 = 2;
	USHORT machine = 1, native = 1;
	PVOID old;

	CHECK(IsWow64Process(GetCurrentProcess(), &wow64) && wow64 == FALSE);
	CHECK_FAILS(IsWow64Process((HANDLE)0x7FFC, &wow64), ERROR_INVALID_HANDLE);
	CHECK(is_wow64_2 != NULL);
	if (is_wow64_2) {
		CHECK(is_wow64_2(GetCurrentProcess(), &machine, &native));
		CHECK_EQUAL(machine, IMAGE_FILE_MACHINE_UNKNOWN);
		CHECK_EQUAL(native, IMAGE_FILE_MACHINE_AMD64);
	}
	CHECK_FAILS(Wow64DisableWow64FsRedirection(&old), ERROR_INVALID_FUNCTION);
	CHECK_EQUAL(SetHandleCount(40), 40);
}

/* Modules for error reports: up to sixteen, known by name and context. */
static void error_reports(void)
{
	HMODULE kernel32 = GetModuleHandleA("kernel32.dll");
	HRESULT(WINAPI *add)(PCWSTR, PVOID) = (void *)GetProcAddress(kernel32, "WerRegisterRuntimeExceptionModule");
	HRESULT(WINAPI *drop)(PCWSTR, PVOID) = (void *)GetProcAddress(kernel32, "WerUnregisterRuntimeExceptionModule");
	INT_PTR i;

	CHECK(add != NULL && drop != NULL);
	if (!add || !drop)
		return;
	for (i = 0; i < 16; i++)
		CHECK_EQUAL(add(L"C:\\no such\\reports.dll", (PVOID)i), S_OK);
	CHECK(FAILED(add(L"C:\\no such\\reports.dll", (PVOID)16)));
	CHECK(FAILED(drop(L"C:\\no such\\reports.dll", (PVOID)16)));
	CHECK(FAILED(drop(L"C:\\no such\\others.dll", NULL)));
	for (i = 0; i < 16; i++)
		CHECK_EQUAL(drop(L"C:\\no such\\reports.dll", (PVOID)i), S_OK);
	CHECK(FAILED(drop(L"C:\\no such\\reports.dll", NULL)));
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "/c")) { /* as the interpreter of system and _popen */
		printf("ran %s", argv[2]);
		return 33;
	}
	if (argc > 2 && !strcmp(argv[1], "child"))
		return child(argc, argv);
	GetModuleFileNameA(NULL, self, sizeof(self));
	exit_codes();
	suspended();
	command_lines();
	spaces();
	environments();
	handles();
	handle_list();
	startup_values();
	failures();
	c_runtime();
	machines();
	error_reports();
	return guest_result();
}
