/*
 * update_resources.c - resources put into, changed in and taken out of copies of this program, which still run then.
 */
#include "guest.h"
#include "resources.h"

static WCHAR self[MAX_PATH], copy[MAX_PATH];
static const char appended[] = "something behind the image";

/* How many resources a module has, by walking types, names and languages. */
static int total;

static BOOL CALLBACK on_language(HMODULE module, LPCWSTR type, LPCWSTR name, WORD language, LONG_PTR parameter)
{
	total++;
	return TRUE;
}

static BOOL CALLBACK on_name(HMODULE module, LPCWSTR type, LPWSTR name, LONG_PTR parameter)
{
	EnumResourceLanguagesW(module, type, name, on_language, 0);
	return TRUE;
}

static BOOL CALLBACK on_type(HMODULE module, LPWSTR type, LONG_PTR parameter)
{
	EnumResourceNamesW(module, type, on_name, 0);
	return TRUE;
}

static int count_resources(void)
{
	HMODULE module = LoadLibraryExW(copy, NULL, LOAD_LIBRARY_AS_DATAFILE);

	total = -1;
	CHECK(module != NULL);
	if (!module)
		return -1;
	total = 0;
	EnumResourceTypesW(module, on_type, 0);
	FreeLibrary(module);
	return total;
}

/* Whether the copy has a resource with these bytes. */
static int has(LPCWSTR type, LPCWSTR name, WORD language, const void *bytes, DWORD size)
{
	HMODULE module = LoadLibraryExW(copy, NULL, LOAD_LIBRARY_AS_DATAFILE);
	HRSRC found = module ? FindResourceExW(module, type, name, language) : NULL;
	int result = found && SizeofResource(module, found) == size &&
		     !memcmp(LockResource(LoadResource(module, found)), bytes, size);

	FreeLibrary(module);
	return result;
}

static DWORD run_copy(void)
{
	STARTUPINFOW startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	WCHAR command[MAX_PATH + 20];
	DWORD code = 1234;

	swprintf(command, MAX_PATH + 20, L"\"%ls\" child", copy);
	CHECK(CreateProcessW(copy, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static void fresh_copy(int with_more)
{
	DeleteFileW(copy);
	CHECK(CopyFileW(self, copy, FALSE));
	if (with_more) {
		HANDLE file = CreateFileW(copy, FILE_APPEND_DATA, 0, NULL, OPEN_EXISTING, 0, NULL);
		DWORD done;

		CHECK(WriteFile(file, appended, sizeof(appended), &done, NULL));
		CloseHandle(file);
	}
}

static BYTE *read_copy(DWORD *size)
{
	HANDLE file = CreateFileW(copy, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	BYTE *data;

	*size = GetFileSize(file, NULL);
	data = malloc(*size);
	CHECK(ReadFile(file, data, *size, size, NULL));
	CloseHandle(file);
	return data;
}

/* Sections follow one another in memory without gaps, and lie in the file. */
static void check_layout(void)
{
	DWORD size, end, alignment;
	BYTE *data = read_copy(&size);
	IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(data + ((IMAGE_DOS_HEADER *)data)->e_lfanew);
	IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);

	alignment = headers->OptionalHeader.SectionAlignment;
	end = (headers->OptionalHeader.SizeOfHeaders + alignment - 1) & ~(alignment - 1);
	for (WORD i = 0; i < headers->FileHeader.NumberOfSections; i++, section++) {
		CHECK_EQUAL(section->VirtualAddress, end);
		end = (end + section->Misc.VirtualSize + alignment - 1) & ~(alignment - 1);
		CHECK(section->PointerToRawData + section->SizeOfRawData <= size);
	}
	CHECK_EQUAL(headers->OptionalHeader.SizeOfImage, end);
	free(data);
}

static void add(void)
{
	static BYTE large[200000];
	LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
	int before;
	HANDLE update;

	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (BYTE)(i * 7 + (i >> 8));
	fresh_copy(1);
	before = count_resources();
	CHECK(before > 3);
	update = BeginUpdateResourceW(copy, FALSE);
	CHECK(update != NULL);
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(900), english, "first", 5));
	CHECK(UpdateResourceA(update, (LPCSTR)RT_RCDATA, "lower", 0, "second", 6));
	CHECK(UpdateResourceW(update, L"MYTYPE", L"#77", 0, large, sizeof(large)));
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(900), 7, "other language", 14));
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(901), 0, "x", 0));
	/* Nothing yet in the file. */
	CHECK_EQUAL(count_resources(), before);
	CHECK(EndUpdateResourceW(update, FALSE));
	CHECK_EQUAL(count_resources(), before + 5);
	CHECK(has((LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(900), english, "first", 5));
	CHECK(has((LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(900), 7, "other language", 14));
	CHECK(has((LPCWSTR)RT_RCDATA, L"LOWER", 0, "second", 6));
	CHECK(has(L"mytype", MAKEINTRESOURCEW(77), 0, large, sizeof(large)));
	CHECK(has((LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(ID_RAW), english, "\x34\x12\x78\x56text", 8));
	check_layout();
	CHECK_EQUAL(run_copy(), 77);
}

static void change(void)
{
	int before = count_resources();
	HANDLE update = BeginUpdateResourceA("update_resources_copy.exe", FALSE);

	CHECK(update != NULL);
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, L"Lower", 0, "replaced", 8));
	CHECK(UpdateResourceW(update, L"MyType", MAKEINTRESOURCEW(77), 0, NULL, 0));
	CHECK(EndUpdateResourceA(update, FALSE));
	CHECK_EQUAL(count_resources(), before - 1);
	CHECK(has((LPCWSTR)RT_RCDATA, L"LOWER", 0, "replaced", 8));
	CHECK(!has(L"MYTYPE", MAKEINTRESOURCEW(77), 0, "", 0));
	check_layout();
	CHECK_EQUAL(run_copy(), 77);
}

static void discard(void)
{
	DWORD size, after;
	BYTE *data, *again;
	HANDLE update;

	fresh_copy(0);
	data = read_copy(&size);
	update = BeginUpdateResourceW(copy, FALSE);
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(900), 0, "first", 5));
	CHECK(EndUpdateResourceW(update, TRUE));
	again = read_copy(&after);
	CHECK(after == size && !memcmp(data, again, size));
	free(data);
	free(again);
}

static void start_over(void)
{
	HANDLE update;

	fresh_copy(0);
	update = BeginUpdateResourceW(copy, TRUE);
	CHECK(update != NULL);
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(1), 0, "only", 4));
	CHECK(EndUpdateResourceW(update, FALSE));
	CHECK_EQUAL(count_resources(), 1);
	CHECK(has((LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(1), 0, "only", 4));
	check_layout();
	CHECK_EQUAL(run_copy(), 77);
}

/* Takes the resources out of the headers: the file then has a section less to use. */
static void without_section(void)
{
	DWORD size, done;
	BYTE *data;
	IMAGE_NT_HEADERS *headers;
	WORD sections;
	HANDLE file, update;

	fresh_copy(1);
	data = read_copy(&size);
	headers = (IMAGE_NT_HEADERS *)(data + ((IMAGE_DOS_HEADER *)data)->e_lfanew);
	memset(&headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE], 0, sizeof(IMAGE_DATA_DIRECTORY));
	sections = headers->FileHeader.NumberOfSections;
	file = CreateFileW(copy, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(WriteFile(file, data, size, &done, NULL));
	CloseHandle(file);
	free(data);
	CHECK_EQUAL(count_resources(), 0);
	update = BeginUpdateResourceW(copy, FALSE);
	CHECK(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(1), 0, "new", 3));
	CHECK(EndUpdateResourceW(update, FALSE));
	CHECK(has((LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(1), 0, "new", 3));
	check_layout();
	data = read_copy(&size);
	headers = (IMAGE_NT_HEADERS *)(data + ((IMAGE_DOS_HEADER *)data)->e_lfanew);
	CHECK_EQUAL(headers->FileHeader.NumberOfSections, sections + 1);
	free(data);
	CHECK_EQUAL(run_copy(), 77);
}

static void errors(void)
{
	HANDLE file;
	DWORD done;

	CHECK_FAILS(BeginUpdateResourceW(L"no such file.exe", FALSE), ERROR_FILE_NOT_FOUND);
	file = CreateFileW(copy, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	CloseHandle(file);
	CHECK_FAILS(BeginUpdateResourceW(copy, FALSE), ERROR_FILE_INVALID);
	file = CreateFileW(copy, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	WriteFile(file, "MZ but not a program at all", 27, &done, NULL);
	CloseHandle(file);
	CHECK_FAILS(BeginUpdateResourceW(copy, FALSE), ERROR_BAD_EXE_FORMAT);
}

int main(int argc, char **argv)
{
	WCHAR *name;

	if (argc > 1)
		return 77;
	GetModuleFileNameW(NULL, self, MAX_PATH);
	GetFullPathNameW(L"update_resources_copy.exe", MAX_PATH, copy, &name);
	add();
	change();
	discard();
	start_over();
	without_section();
	errors();
	DeleteFileW(copy);
	return guest_result();
}
