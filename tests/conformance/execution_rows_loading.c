/*
 * execution_rows_loading.c - rows 153 to 158, 160 and 161 of the execution facts: names of modules, files loaded as data, what is
 * refused, in which order and with what DllMain is called.  DLLs and programs are copies of others in a folder of its own below
 * the temporary one.
 */
#include "../guest/guest.h"

__declspec(dllimport) int rows_value(void); /* of execution_rows_target.dll */

static char application[MAX_PATH], folder[MAX_PATH - 64]; /* with their backslashes */

static const char *at(const char *where, const char *name)
{
	static char paths[8][MAX_PATH + 64];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s%s", where, name);
	return path;
}

/* A copy, with every `text` in it replaced by another one of its length. */
static void place(const char *source, const char *name, const char *text, const char *other)
{
	const char *path = at(folder, name);
	HANDLE file;
	DWORD size, count;
	char *bytes;

	CHECK(CopyFileA(at(application, source), path, FALSE));
	if (!text)
		return;
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	size = GetFileSize(file, NULL);
	bytes = malloc(size);
	CHECK(ReadFile(file, bytes, size, &count, NULL) && count == size);
	count = 0;
	for (DWORD i = 0; i + strlen(text) < size; i++)
		if (!memcmp(bytes + i, text, strlen(text) + 1)) {
			memcpy(bytes + i, other, strlen(other));
			count++;
		}
	CHECK(count > 0);
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	CHECK(WriteFile(file, bytes, size, &count, NULL));
	free(bytes);
	CloseHandle(file);
}

static int value_of(HMODULE module)
{
	int (*value)(void) = (int (*)(void))(void *)GetProcAddress(module, "rows_value");

	return value ? value() : -1;
}

static void names(void)
{
	HMODULE first, second;
	char path[MAX_PATH];

	ROW(153, "execution");
	place("execution_rows_target.dll", "rows_plain", NULL, NULL);
	place("execution_rows_target.dll", "rows_plain.dll", NULL, NULL);
	SetLastError(0xDEADBEEF);
	first = LoadLibraryA(at(folder, "rows_plain"));
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	second = LoadLibraryA(at(folder, "rows_plain."));
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK(first && second && first != second);
	GetModuleFileNameA(first, path, sizeof(path));
	CHECK(!lstrcmpiA(path, at(folder, "rows_plain.dll")));
	CHECK(LoadLibraryA(at(folder, "ROWS_PLAIN.DLL  ")) == first && FreeLibrary(first));
	CHECK(FreeLibrary(first) && FreeLibrary(second));
	CHECK_FAILS(LoadLibraryA(NULL), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(LoadLibraryW(NULL), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(LoadLibraryA(""), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(LoadLibraryA(at(folder, "rows_none.dll")), ERROR_MOD_NOT_FOUND);
	/* Two names of one file are one module, with the first name. */
	if (CreateHardLinkA(at(folder, "rows_linked.dll"), at(folder, "rows_plain.dll"), NULL)) {
		first = LoadLibraryA(at(folder, "rows_linked.dll"));
		second = LoadLibraryA(at(folder, "rows_plain.dll"));
		CHECK(first && first == second);
		GetModuleFileNameA(second, path, sizeof(path));
		CHECK(!lstrcmpiA(path, at(folder, "rows_linked.dll")));
		CHECK(FreeLibrary(first) && FreeLibrary(second));
	}

	ROW(154, "execution");
	first = LoadLibraryA("api-ms-win-core-synch-l1-2-0.dll");
	CHECK(first && first == LoadLibraryA("api-ms-win-core-synch-l1-2-0"));
	CHECK(GetProcAddress(first, "WaitOnAddress") != NULL);
	CHECK(LoadLibraryA("api-ms-win-core-synch-l1-2-7.dll") == first);
	CHECK(GetModuleHandleA("API-MS-Win-Core-Synch-L1-2-0") == first);
	CHECK_FAILS(LoadLibraryA(at(folder, "api-ms-win-core-synch-l1-2-0.dll")), ERROR_MOD_NOT_FOUND);
}

static void data_files(void)
{
	HANDLE file;
	HMODULE data, module;

	ROW(155, "execution");
	place("execution_rows_target.dll", "rows_data.dll", NULL, NULL);
	data = LoadLibraryExA(at(folder, "rows_data.dll"), NULL, LOAD_LIBRARY_AS_DATAFILE);
	CHECK_EQUAL((ULONG_PTR)data & 3, 1);
	CHECK(GetModuleHandleA("rows_data.dll") == NULL);
	CHECK(FreeLibrary(data));
	data = LoadLibraryExA(at(folder, "rows_data.dll"), NULL, LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE);
	CHECK_EQUAL((ULONG_PTR)data & 3, 1);
	file = CreateFileA(at(folder, "rows_data.dll"), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION);
	file = CreateFileA(at(folder, "rows_data.dll"), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CloseHandle(file);
	CHECK(FreeLibrary(data));
	file = CreateFileA(at(folder, "rows_data.dll"), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
			   NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_FAILS(LoadLibraryExA(at(folder, "rows_data.dll"), NULL, LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE), ERROR_SHARING_VIOLATION);
	CloseHandle(file);
	data = LoadLibraryExA(at(folder, "rows_data.dll"), NULL, LOAD_LIBRARY_AS_IMAGE_RESOURCE);
	CHECK_EQUAL((ULONG_PTR)data & 3, 2);
	CHECK(GetModuleHandleA("rows_data.dll") == NULL);
	CHECK(FreeLibrary(data));
	module = LoadLibraryA(at(folder, "rows_data.dll"));
	CHECK(LoadLibraryExA(at(folder, "rows_data.dll"), NULL, LOAD_LIBRARY_AS_DATAFILE) == module);
	CHECK(FreeLibrary(module) && GetModuleHandleA("rows_data.dll") == module && FreeLibrary(module));
	CHECK_FAILS(FreeLibrary((HMODULE)((ULONG_PTR)GetModuleHandleA(NULL) | 1)), ERROR_BAD_EXE_FORMAT);
	file = CreateFileA(at(folder, "rows_empty.dll"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	CloseHandle(file);
	CHECK_FAILS(LoadLibraryExA(at(folder, "rows_empty.dll"), NULL, LOAD_LIBRARY_AS_DATAFILE), ERROR_FILE_INVALID);

	ROW(156, "execution");
	module = LoadLibraryExA(at(folder, "rows_data.dll"), NULL, DONT_RESOLVE_DLL_REFERENCES);
	CHECK(module && value_of(module) == 1590); /* DllMain was not called */
	CHECK(LoadLibraryA(at(folder, "rows_data.dll")) == module);
	CHECK_EQUAL(value_of(module), 1590);
	CHECK(FreeLibrary(module) && FreeLibrary(module) && !GetModuleHandleA("rows_data.dll"));
	module = LoadLibraryA(at(folder, "rows_data.dll"));
	CHECK_EQUAL(value_of(module), 1591);
	CHECK(FreeLibrary(module));
	/* A program: mapped, and no more. */
	place("execution_rows_loading.exe", "rows_program.exe", NULL, NULL);
	module = LoadLibraryA(at(folder, "rows_program.exe"));
	CHECK(module && module != GetModuleHandleA(NULL) && !memcmp(module, "MZ", 2));
	CHECK(FreeLibrary(module));

	ROW(157, "execution");
	{
		WCHAR buffer[16] = L"untouched";

		CHECK_FAILS(GetModuleHandleExA(0, "kernel32", NULL), ERROR_INVALID_PARAMETER);
		CHECK_EQUAL(GetModuleFileNameW((HMODULE)0x12340000, buffer, 16), 0);
		CHECK(!wcscmp(buffer, L"untouched"));
	}
	ROW(158, "execution");
	CHECK_FAILS(GetProcAddress((HMODULE)0x12340000, "x"), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(GetProcAddress(GetModuleHandleA("kernel32"), "getmodulehandlea"), ERROR_PROC_NOT_FOUND);
}

static DWORD run(const char *program, const char *arguments)
{
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	char line[MAX_PATH * 2];
	DWORD code = 0;

	snprintf(line, sizeof(line), "\"%s\" %s", program, arguments);
	if (!CreateProcessA(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
		CHECK(!"CreateProcess");
		return 0;
	}
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static void missing(void)
{
	char log[64];
	HMODULE module;

	ROW(160, "execution");
	SetErrorMode(SEM_FAILCRITICALERRORS);
	place("execution_rows_refuses.dll", "rows_no_function.dll", "rows_value", "rows_valuX");
	CHECK_FAILS(LoadLibraryA(at(folder, "rows_no_function.dll")), ERROR_PROC_NOT_FOUND);
	place("execution_rows_refuses.dll", "rows_no_module.dll", "execution_rows_target.dll", "execution_rows_tarXXX.dll");
	CHECK_FAILS(LoadLibraryA(at(folder, "rows_no_module.dll")), ERROR_MOD_NOT_FOUND);
	place("execution_rows_target.dll", "execution_rows_target.dll", NULL, NULL);
	CHECK_EQUAL(run(at(folder, "rows_program.exe"), "nothing"), 2);
	place("execution_rows_loading.exe", "rows_no_function.exe", "rows_value", "rows_valuX");
	CHECK_EQUAL(run(at(folder, "rows_no_function.exe"), "nothing"), 0xC0000139);
	place("execution_rows_loading.exe", "rows_no_module.exe", "execution_rows_target.dll", "execution_rows_tarXXX.dll");
	CHECK_EQUAL(run(at(folder, "rows_no_module.exe"), "nothing"), 0xC0000135);

	place("execution_rows_refuses.dll", "rows_refuses.dll", NULL, NULL);
	SetEnvironmentVariableA("PEWTER_ROWS_LOG", NULL);
	module = LoadLibraryA(at(folder, "rows_refuses.dll"));
	CHECK(module != NULL && LoadLibraryA(at(folder, "rows_refuses.dll")) == module);
	ROW(161, "execution");
	CHECK(FreeLibrary(module));
	GetEnvironmentVariableA("PEWTER_ROWS_LOG", log, sizeof(log));
	CHECK(!strcmp(log, "a0"));
	CHECK(FreeLibrary(module));
	GetEnvironmentVariableA("PEWTER_ROWS_LOG", log, sizeof(log));
	CHECK(!strcmp(log, "a0d0"));
	CHECK(GetModuleHandleA("rows_refuses.dll") == NULL);
	CHECK_FAILS(FreeLibrary(module), ERROR_MOD_NOT_FOUND);
	module = GetModuleHandleA("kernel32.dll");
	for (int i = 0; i < 5; i++)
		CHECK(FreeLibrary(module));
	CHECK(GetModuleHandleA("kernel32.dll") == module);
	ROW(160, "execution");
	SetEnvironmentVariableA("PEWTER_ROWS_LOG", NULL);
	SetEnvironmentVariableA("PEWTER_ROWS_REFUSE", "1");
	CHECK_FAILS(LoadLibraryA(at(folder, "rows_refuses.dll")), ERROR_DLL_INIT_FAILED);
	GetEnvironmentVariableA("PEWTER_ROWS_LOG", log, sizeof(log));
	CHECK(!strcmp(log, "a0d0"));
	CHECK(GetModuleHandleA("rows_refuses.dll") == NULL);
	ROW(161, "execution");
	CHECK_EQUAL(run(at(application, "execution_rows_loading.exe"), "exits"), 0x161);
}

static void exits_in_detach(DWORD reason, void *reserved)
{
	if (reason == DLL_PROCESS_DETACH && !reserved)
		ExitProcess(0x161);
}

int main(int argc, char **argv)
{
	static const char *const made[] = {"rows_plain", "rows_plain.dll", "rows_linked.dll", "rows_data.dll", "rows_empty.dll",
					   "rows_program.exe", "rows_no_function.dll", "rows_no_module.dll", "rows_no_function.exe",
					   "rows_no_module.exe", "rows_refuses.dll", "execution_rows_target.dll"};
	HMODULE module;

	GetModuleFileNameA(NULL, application, sizeof(application));
	*(strrchr(application, '\\') + 1) = 0;
	if (argc > 1 && !strcmp(argv[1], "exits")) {
		module = LoadLibraryA(at(application, "execution_rows_detach.dll"));
		*(void (**)(DWORD, void *))(void *)GetProcAddress(module, "detach_function") = exits_in_detach;
		FreeLibrary(module);
		return 1;
	}
	if (argc > 1)
		return rows_value() == 1591 ? 2 : 3;
	GetTempPathA(sizeof(folder) - 32, folder);
	GetLongPathNameA(folder, folder, sizeof(folder) - 32);
	snprintf(folder + strlen(folder), 32, "pewter_rows_%lu\\", GetCurrentProcessId());
	CHECK(CreateDirectoryA(folder, NULL));
	names();
	data_files();
	missing();
	for (unsigned i = 0; i < ARRAYSIZE(made); i++)
		DeleteFileA(at(folder, made[i]));
	CHECK(RemoveDirectoryA(folder));
	return guest_result();
}
