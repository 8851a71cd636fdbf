/*
 * execution_rows_modules.c - rows 149 to 152, 159, 163, 169 and 175 of the execution facts: where DLLs are looked for, how
 * long forwarders keep their targets, what is refused.  DLLs are copies of execution_rows_target.dll in folders of
 * its own below the temporary one, and beside the program.
 */
#include "../guest/guest.h"

static char application[MAX_PATH]; /* the program's folder, and others; each with its backslash */
static char one[MAX_PATH], two[MAX_PATH];
static char made[64][MAX_PATH];
static unsigned made_count;

static const char *join(const char *folder, const char *name)
{
	static char paths[8][MAX_PATH + 64];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s%s", folder, name);
	return path;
}

/* A copy of the DLL, or of another file, with one field of its headers changed: `size` bytes at `offset` from the PE
 * signature. */
static void place_changed(const char *source, const char *folder, const char *name, unsigned offset, unsigned size,
			  unsigned value)
{
	const char *path = join(folder, name);
	HANDLE file;
	DWORD count, start;

	CHECK(CopyFileA(join(application, source), path, FALSE));
	strcpy(made[made_count++], path);
	if (size == 0)
		return;
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	SetFilePointer(file, 0x3C, NULL, FILE_BEGIN);
	CHECK(ReadFile(file, &start, 4, &count, NULL));
	SetFilePointer(file, (LONG)(start + offset), NULL, FILE_BEGIN);
	CHECK(WriteFile(file, &value, size, &count, NULL));
	CloseHandle(file);
}

static void place(const char *folder, const char *name)
{
	place_changed("execution_rows_target.dll", folder, name, 0, 0, 0);
}

static BOOL is_from(HMODULE module, const char *folder)
{
	char path[MAX_PATH];

	if (!module)
		return FALSE;
	GetModuleFileNameA(module, path, sizeof(path));
	*(strrchr(path, '\\') + 1) = 0;
	if (lstrcmpiA(path, folder) != 0)
		printf("  from %s\n", path);
	return lstrcmpiA(path, folder) == 0;
}

#define CHECK_LOADS(name, flags, folder)                                                                               \
	do {                                                                                                           \
		HMODULE module_ = LoadLibraryExA(name, NULL, flags);                                                   \
		CHECK(is_from(module_, folder));                                                                       \
		if (module_)                                                                                           \
			CHECK(FreeLibrary(module_));                                                                   \
	} while (0)

static void default_search(void)
{
	char path[4096], old_path[3500];
	HMODULE module;

	ROW(149, "execution");
	GetEnvironmentVariableA("PATH", old_path, sizeof(old_path));
	snprintf(path, sizeof(path), "%.*s;%s", (int)strlen(two) - 1, two, old_path);
	SetEnvironmentVariableA("PATH", path);
	SetCurrentDirectoryA(one);

	place(application, "rows_everywhere.dll");
	place(one, "rows_everywhere.dll");
	place(two, "rows_everywhere.dll");
	place(one, "rows_current.dll");
	place(two, "rows_current.dll");
	place(two, "rows_path.dll");
	CHECK_LOADS("rows_everywhere.dll", 0, application);
	CHECK_LOADS("rows_current", 0, one);
	CHECK_LOADS("rows_path.dll", 0, two);
	CHECK_FAILS(LoadLibraryA("rows_nowhere.dll"), ERROR_MOD_NOT_FOUND);
	/* What is loaded under that name already. */
	module = LoadLibraryA(join(two, "rows_everywhere.dll"));
	CHECK(is_from(module, two));
	CHECK(LoadLibraryA("ROWS_EVERYWHERE") == module);
	CHECK(FreeLibrary(module) && FreeLibrary(module));
	CHECK(GetModuleHandleA("rows_everywhere.dll") == NULL);
	/* Known DLLs come from the system. */
	place(one, "version.dll");
	CHECK(SetDllDirectoryA(one));
	CHECK(!is_from(LoadLibraryA("kernel32.dll"), one));
	/* The folder that was set replaces the current one. */
	CHECK_LOADS("rows_current.dll", 0, one);
	CHECK(SetDllDirectoryA(two));
	CHECK_LOADS("rows_current.dll", 0, two);
	place(one, "rows_only_current.dll");
	CHECK_FAILS(LoadLibraryA("rows_only_current.dll"), ERROR_MOD_NOT_FOUND);
	CHECK(SetDllDirectoryA(NULL));
	CHECK_LOADS("rows_only_current.dll", 0, one);
	SetEnvironmentVariableA("PATH", old_path);
}

static void flagged_search(void)
{
	DLL_DIRECTORY_COOKIE first, second;
	WCHAR wide[MAX_PATH];

	ROW(150, "execution");
	CHECK_FAILS(LoadLibraryExA("rows_current.dll", NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(LoadLibraryExA("rows_current.dll", NULL, LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_WITH_ALTERED_SEARCH_PATH),
		    ERROR_INVALID_PARAMETER);
	CHECK_LOADS("rows_everywhere.dll", LOAD_LIBRARY_SEARCH_APPLICATION_DIR, application);
	CHECK_FAILS(LoadLibraryExA("rows_current.dll", NULL, LOAD_LIBRARY_SEARCH_APPLICATION_DIR), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(LoadLibraryExA("rows_everywhere.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(LoadLibraryExA("rows_current.dll", NULL, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS), ERROR_MOD_NOT_FOUND);

	ROW(151, "execution");
	CHECK_FAILS(AddDllDirectory(L"relative"), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(AddDllDirectory(L"C:\\no such folder anywhere"), ERROR_FILE_NOT_FOUND);
	ROW(150, "execution");
	MultiByteToWideChar(CP_ACP, 0, one, -1, wide, MAX_PATH);
	first = AddDllDirectory(wide);
	MultiByteToWideChar(CP_ACP, 0, two, -1, wide, MAX_PATH);
	second = AddDllDirectory(wide);
	CHECK(first && second);
	CHECK_LOADS("rows_current.dll", LOAD_LIBRARY_SEARCH_USER_DIRS, two); /* the last added */
	CHECK(RemoveDllDirectory(second));
	CHECK_LOADS("rows_current.dll", LOAD_LIBRARY_SEARCH_USER_DIRS, one);
	CHECK_LOADS("rows_current.dll", LOAD_LIBRARY_SEARCH_DEFAULT_DIRS, one);
	CHECK(RemoveDllDirectory(first));
	CHECK_LOADS(join(two, "rows_current.dll"), LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, two);

	ROW(151, "execution");
	CHECK(SetCurrentDirectoryA(join(one, "..")));
	CHECK_LOADS("pewter_rows_1\\rows_current.dll", 0, one);
	CHECK_FAILS(LoadLibraryExA("pewter_rows_1\\rows_current.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32), ERROR_MOD_NOT_FOUND);
	CHECK_LOADS(join(one, "rows_current.dll") + 2, 0, one); /* without the drive */
	CHECK(SetCurrentDirectoryA(one));
}

static void forwarders(void)
{
	char target[MAX_PATH];
	HMODULE module;
	int (*value)(void);

	ROW(159, "execution");
	CHECK(GetModuleHandleA("execution_rows_target.dll") == NULL);
	module = LoadLibraryA("execution_rows_forward.dll");
	CHECK(is_from(module, application));
	CHECK(GetModuleHandleA("execution_rows_target.dll") == NULL);
	value = (int (*)(void))(void *)GetProcAddress(module, "forwarded");
	CHECK(value && value() == 1591);
	CHECK(is_from(GetModuleHandleA("execution_rows_target.dll"), application));
	GetModuleFileNameA(GetModuleHandleA("execution_rows_target.dll"), target, sizeof(target));
	CHECK(FreeLibrary(module));
	CHECK(GetModuleHandleA("execution_rows_forward.dll") == NULL);
	CHECK(GetModuleHandleA("execution_rows_target.dll") == NULL);
}

static void refused(void)
{
	static const struct {
		unsigned offset, value;
		DWORD error;
	} programs[] = {
		{0x5C, 1, ERROR_CHILD_NOT_COMPLETE}, /* native */
		{0x5C, 9, ERROR_BAD_EXE_FORMAT},     /* Windows CE */
		{0x04, 0xAA64, ERROR_EXE_MACHINE_TYPE_MISMATCH},
		{0x04, 0x1234, ERROR_BAD_EXE_FORMAT},
	};
	STARTUPINFOA startup = {sizeof(startup)};
	PROCESS_INFORMATION information;
	char name[64], path[4096], old_path[3500];
	HMODULE module;
	int (*value)(void);

	ROW(163, "execution");
	/* A DLL of another machine is passed over. */
	place_changed("execution_rows_target.dll", one, "rows_machine.dll", 4, 2, 0x14C);
	place(two, "rows_machine.dll");
	CHECK(SetDllDirectoryA(one));
	SetCurrentDirectoryA(two);
	CHECK_FAILS(LoadLibraryA(join(one, "rows_machine.dll")), ERROR_BAD_EXE_FORMAT);
	GetEnvironmentVariableA("PATH", old_path, sizeof(old_path));
	snprintf(path, sizeof(path), "%.*s;%s", (int)strlen(two) - 1, two, old_path);
	SetEnvironmentVariableA("PATH", path);
	CHECK_LOADS("rows_machine.dll", 0, two); /* passed over in the folder that comes first */
	SetEnvironmentVariableA("PATH", old_path);
	CHECK_FAILS(LoadLibraryA("rows_machine.dll"), ERROR_BAD_EXE_FORMAT);
	SetDllDirectoryA(NULL);
	SetCurrentDirectoryA(one);

	ROW(169, "execution");
	place_changed("execution_rows_target.dll", one, "rows_no_entry.dll", 0x28, 4, 0);
	module = LoadLibraryA("rows_no_entry.dll");
	CHECK(module != NULL);
	value = (int (*)(void))(void *)GetProcAddress(module, "rows_value");
	CHECK(value && value() == 1590); /* DllMain was not called */
	CHECK(FreeLibrary(module));

	ROW(175, "execution");
	for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		snprintf(name, sizeof(name), "rows_program_%u.exe", i);
		place_changed("execution_rows_modules.exe", one, name, programs[i].offset, 2, programs[i].value);
		CHECK_FAILS(CreateProcessA(join(one, name), NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information),
			    programs[i].error);
	}
}

/* Governs all that comes after it. */
static void default_directories(void)
{
	ROW(152, "execution");
	CHECK_FAILS(SetDefaultDllDirectories(0), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetDefaultDllDirectories(0x10000), ERROR_INVALID_PARAMETER);
	CHECK_LOADS("rows_current.dll", 0, one);
	CHECK(SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32));
	CHECK_FAILS(LoadLibraryA("rows_current.dll"), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(LoadLibraryA("rows_everywhere.dll"), ERROR_MOD_NOT_FOUND);
	CHECK(SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_APPLICATION_DIR));
	CHECK_LOADS("rows_everywhere.dll", 0, application);
	CHECK_FAILS(LoadLibraryExA("rows_everywhere.dll", (HANDLE)1, 0), ERROR_INVALID_PARAMETER);
}

int main(void)
{
	char temporary[MAX_PATH - 32], back[MAX_PATH];

	GetCurrentDirectoryA(sizeof(back), back);
	GetModuleFileNameA(NULL, application, sizeof(application));
	*(strrchr(application, '\\') + 1) = 0;
	GetTempPathA(sizeof(temporary), temporary);
	GetLongPathNameA(temporary, temporary, sizeof(temporary));
	snprintf(one, sizeof(one), "%spewter_rows_1\\", temporary);
	snprintf(two, sizeof(two), "%spewter_rows_2\\", temporary);
	CreateDirectoryA(one, NULL);
	CreateDirectoryA(two, NULL);
	default_search();
	flagged_search();
	forwarders();
	refused();
	default_directories();
	SetCurrentDirectoryA(back);
	while (made_count > 0)
		CHECK(DeleteFileA(made[--made_count]));
	CHECK(RemoveDirectoryA(one));
	CHECK(RemoveDirectoryA(two));
	return guest_result();
}
