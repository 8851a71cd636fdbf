/*
 * Sections of several processes: rows 66 and 96 of the NT memory facts across processes, Wine's test_shared_memory, and
 * what a killed process leaves (further rows S12 to S14 and S18 in README.md).  The program starts itself again as the other side.
 */
#include "memory_rows_sections.h"

#define NAME "pewter shared rows"

static char self[MAX_PATH];

static HANDLE start(const char *what, const char *argument)
{
	char line[3 * MAX_PATH];
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;

	snprintf(line, sizeof(line), "\"%s\" %s \"%s\"", self, what, argument);
	CHECK(CreateProcessA(self, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
	CloseHandle(process.hThread);
	return process.hProcess;
}

static DWORD finish(HANDLE process)
{
	DWORD code = 999;

	CHECK_EQUAL(WaitForSingleObject(process, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process, &code));
	CloseHandle(process);
	return code;
}

/* --- the other side: each returns the exit code --- */

static int child_memory(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x8000, NAME);
	char *view;

	CHECK_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
	view = MapViewOfFile(mapping, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0);
	CHECK(view != NULL);
	CHECK_EQUAL(query(view).RegionSize, 0x3000);
	CHECK_EQUAL(*(DWORD *)view, 0x1A2B3C4D);
	*(DWORD *)(view + 0x2000) = 0x5E6F7081;
	return guest_result();
}

static int child_access(const char *access)
{
	HANDLE mapping = OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, NAME);
	DWORD *view = MapViewOfFile(mapping, strtoul(access, NULL, 16), 0, 0, 0x1000);

	CHECK(view != NULL);
	*view = 0xDEADBEEF;
	return guest_result();
}

static int child_reserve(void)
{
	HANDLE mapping = OpenFileMappingA(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, NAME);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

	CHECK(view != NULL);
	CHECK_EQUAL(query(view).State, MEM_COMMIT);
	CHECK_EQUAL(query(view).RegionSize, 0x1000);
	CHECK_EQUAL(view[5], 'p');
	CHECK(VirtualAlloc(view + 0x4000, 0x2000, MEM_COMMIT, PAGE_READWRITE) == view + 0x4000);
	view[0x5000] = 'c';
	return guest_result();
}

/* Makes the section and waits to be killed. */
static int child_holder(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, NAME);
	HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, NAME " ready");
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

	strcpy(view, "held");
	SetEvent(ready);
	Sleep(INFINITE);
	return 1;
}

/* Writes into a file through a view, and ends in the way that the first letter says. */
static int child_writes_file(const char *argument)
{
	HANDLE file = CreateFileA(argument + 1, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
				  OPEN_EXISTING, 0, NULL);
	HANDLE mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

	memset(view, argument[0], 0x2000);
	switch (argument[0]) {
	case 'e':
		ExitProcess(7);
	case 't':
		TerminateProcess(GetCurrentProcess(), 7);
		break;
	case 'c':
		UnmapViewOfFile(view);
		CloseHandle(mapping);
		CloseHandle(file);
		return 7;
	case 'k': {
		HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, NAME " ready");

		SetEvent(ready);
		Sleep(INFINITE);
	}
	}
	return 1;
}

static int child_file_section(void)
{
	HANDLE mapping = OpenFileMappingA(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, NAME);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

	CHECK(view != NULL);
	CHECK(!strcmp(view, "parent"));
	strcpy(view + 0x1000, "child");
	return guest_result();
}

static int child_image(void)
{
	HANDLE mapping = OpenFileMappingA(FILE_MAP_READ, FALSE, NAME);
	char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);

	CHECK(view != NULL && view != (char *)GetModuleHandleA(NULL));
	CHECK_EQUAL(*(WORD *)view, IMAGE_DOS_SIGNATURE);
	CHECK_EQUAL(query(view).Type, MEM_IMAGE);
	CHECK_EQUAL((DWORD)NtAreMappedFilesTheSame(view, GetModuleHandleA(NULL)), NT_SUCCESS_);
	return guest_result();
}

/* MSDN, "PE Format": IMAGE_SCN_MEM_SHARED. */
static volatile int common __attribute__((section("common"), shared)) = 41;
static volatile int own = 41;

static int child_variable(void)
{
	CHECK_EQUAL(common, 42);
	CHECK_EQUAL(own, 41);
	CHECK_EQUAL(query((void *)&common).Protect, PAGE_READWRITE);
	common = 43;
	own = 43;
	return guest_result();
}

static int child_inherits(const char *argument)
{
	char *view = MapViewOfFile((HANDLE)(ULONG_PTR)strtoul(argument, NULL, 10), FILE_MAP_WRITE, 0, 0, 0);

	CHECK(view != NULL);
	CHECK(!strcmp(view, "from the parent"));
	CHECK(OpenFileMappingA(FILE_MAP_READ, FALSE, NAME) != NULL); /* its name lives with it */
	strcpy(view, "from the child");
	return guest_result();
}

/* --- this side --- */

static void memory_rows(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x3000, NAME);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	const DWORD accesses[] = {FILE_MAP_READ | FILE_MAP_WRITE, FILE_MAP_COPY, FILE_MAP_COPY | FILE_MAP_WRITE};

	ROW(96, "memory");
	CHECK(view != NULL);
	*(DWORD *)view = 0x1A2B3C4D;
	CHECK_EQUAL(finish(start("memory", "")), 0);
	CHECK_EQUAL(*(DWORD *)(view + 0x2000), 0x5E6F7081);
	ROW(S12, "further memory");
	for (unsigned i = 0; i < 3; i++) {
		char text[16];

		*(DWORD *)view = 0;
		snprintf(text, sizeof(text), "%lx", accesses[i]);
		CHECK_EQUAL(finish(start("access", text)), 0);
		CHECK_EQUAL(*(DWORD *)view, accesses[i] & FILE_MAP_WRITE ? 0xDEADBEEF : 0);
	}
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CHECK_FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, NAME), ERROR_FILE_NOT_FOUND);
}

static void reserve_rows(void)
{
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0, 0x20000, NAME);
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);

	ROW(66, "memory");
	CHECK(VirtualAlloc(view, 0x1000, MEM_COMMIT, PAGE_READWRITE) == view);
	view[5] = 'p';
	CHECK_EQUAL(query(view + 0x1000).State, MEM_RESERVE);
	CHECK_EQUAL(finish(start("reserve", "")), 0);
	CHECK_EQUAL(view[0x5000], 'c'); /* the fault finds it */
	CHECK_EQUAL(query(view + 0x4000).State, MEM_COMMIT);
	CHECK_EQUAL(query(view + 0x4000).RegionSize, 0x2000);
	CHECK_EQUAL(query(view + 0x1000).RegionSize, 0x3000);
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
}

static void killed_holder(void)
{
	HANDLE ready = CreateEventA(NULL, FALSE, FALSE, NAME " ready"), process = start("holder", ""), mapping, again;
	char *view;

	ROW(S13, "further memory");
	CHECK_EQUAL(WaitForSingleObject(ready, 60000), WAIT_OBJECT_0);
	mapping = OpenFileMappingA(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, NAME);
	CHECK(mapping != NULL);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK(view && !strcmp(view, "held"));
	CHECK(TerminateProcess(process, 3));
	CHECK_EQUAL(finish(process), 3);
	/* Who made it is gone; the section is not, nor its name. */
	CHECK(!strcmp(view, "held"));
	again = OpenFileMappingA(FILE_MAP_READ, FALSE, NAME);
	CHECK(again != NULL);
	CloseHandle(again);
	CloseHandle(mapping);
	CHECK_FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, NAME), ERROR_FILE_NOT_FOUND);
	CHECK(!strcmp(view, "held"));
	CHECK(UnmapViewOfFile(view));
	/* Killed as the only holder: the name is free. */
	process = start("holder", "");
	CHECK_EQUAL(WaitForSingleObject(ready, 60000), WAIT_OBJECT_0);
	CHECK(TerminateProcess(process, 3));
	CHECK_EQUAL(finish(process), 3);
	CHECK_FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, NAME), ERROR_FILE_NOT_FOUND);
	mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x2000, NAME);
	CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	CHECK_EQUAL(view[0], 0);
	CHECK_EQUAL(query(view).RegionSize, 0x2000);
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CloseHandle(ready);
}

static void file_rows(void)
{
	static char contents[0x2000];
	const char ends[] = "cetk";
	char path[MAX_PATH], argument[MAX_PATH + 1], *view;
	HANDLE file = new_file(path, GENERIC_READ | GENERIC_WRITE, NULL, sizeof(contents)), mapping, process;
	HANDLE ready = CreateEventA(NULL, FALSE, FALSE, NAME " ready");
	DWORD done;

	ROW(S14, "further memory");
	for (unsigned i = 0; ends[i]; i++) {
		snprintf(argument, sizeof(argument), "%c%s", ends[i], path);
		process = start("file", argument);
		if (ends[i] == 'k') {
			CHECK_EQUAL(WaitForSingleObject(ready, 60000), WAIT_OBJECT_0);
			CHECK(TerminateProcess(process, 7));
		}
		CHECK_EQUAL(finish(process), 7);
		CHECK_EQUAL(SetFilePointer(file, 0, NULL, FILE_BEGIN), 0);
		CHECK(ReadFile(file, contents, sizeof(contents), &done, NULL) && done == sizeof(contents));
		for (unsigned at = 0; at < sizeof(contents); at += 0xFFF)
			CHECK_EQUAL(contents[at], ends[i]);
	}
	ROW(S12, "further memory");
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NAME);
	CHECK(mapping != NULL);
	view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
	strcpy(view, "parent");
	CHECK_EQUAL(finish(start("filesection", "")), 0);
	CHECK(!strcmp(view + 0x1000, "child"));
	CHECK(FlushViewOfFile(view, 0));
	CHECK(UnmapViewOfFile(view));
	CloseHandle(mapping);
	CHECK(SetFilePointer(file, 0x1000, NULL, FILE_BEGIN) == 0x1000);
	CHECK(ReadFile(file, contents, 6, &done, NULL) && done == 6 && !strcmp(contents, "child"));
	CloseHandle(file);
	CloseHandle(ready);
	DeleteFileA(path);
}

static void image_rows(void)
{
	HANDLE file = CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	HANDLE mapping = CreateFileMappingA(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NAME);

	ROW(S12, "further memory");
	CHECK(mapping != NULL);
	CHECK_EQUAL(finish(start("image", "")), 0);
	CloseHandle(mapping);
	CloseHandle(file);
}

static void inheritance_rows(void)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, &inherit, PAGE_READWRITE, 0, 0x1000, NAME), process;
	char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0), argument[32];

	ROW(S18, "further memory");
	strcpy(view, "from the parent");
	snprintf(argument, sizeof(argument), "%lu", (unsigned long)(ULONG_PTR)mapping);
	process = start("inherit", argument);
	CloseHandle(mapping); /* the child has its own */
	CHECK_EQUAL(finish(process), 0);
	CHECK(!strcmp(view, "from the child"));
	CHECK(UnmapViewOfFile(view));
}

int main(int argc, char **argv)
{
	GetModuleFileNameA(NULL, self, sizeof(self));
	if (argc > 2) {
		if (!strcmp(argv[1], "memory"))
			return child_memory();
		if (!strcmp(argv[1], "access"))
			return child_access(argv[2]);
		if (!strcmp(argv[1], "reserve"))
			return child_reserve();
		if (!strcmp(argv[1], "holder"))
			return child_holder();
		if (!strcmp(argv[1], "file"))
			return child_writes_file(argv[2]);
		if (!strcmp(argv[1], "filesection"))
			return child_file_section();
		if (!strcmp(argv[1], "variable"))
			return child_variable();
		if (!strcmp(argv[1], "image"))
			return child_image();
		return child_inherits(argv[2]);
	}
	memory_rows();
	reserve_rows();
	killed_holder();
	file_rows();
	ROW(174, "execution");
	common = 42;
	own = 42;
	CHECK_EQUAL(finish(start("variable", "")), 0);
	CHECK_EQUAL(common, 43);
	CHECK_EQUAL(own, 42);
	image_rows();
	inheritance_rows();
	return guest_result();
}
