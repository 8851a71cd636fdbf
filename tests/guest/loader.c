/*
 * loader.c - loading, unloading, exports, images: rows of the facts about execution (K) and memory (G).
 */
#include "guest.h"

static char log_text[256];
static unsigned log_length;

__declspec(dllexport) void loader_log(char module, char what)
{
	if (log_length + 2 < sizeof(log_text)) {
		log_text[log_length++] = module;
		log_text[log_length++] = what;
	}
}

static const char *take_log(void)
{
	static char copy[256];

	memcpy(copy, log_text, log_length);
	copy[log_length] = 0;
	log_length = 0;
	return copy;
}

static DWORD WINAPI thread(void *dll)
{
	int *(*tls)(void) = (int *(*)(void))(void *)GetProcAddress(dll, "a_tls");

	return tls ? (DWORD)*tls() : 0;
}

static void test_load(void)
{
	HMODULE a = LoadLibraryA("loader_a"), again;
	int (*value)(void);
	DWORD code = 0;
	HANDLE handle;

	ROW(160, "execution");
	CHECK(a != NULL);
	if (!a)
		return;
	CHECK(strcmp(take_log(), "b+a+") == 0);
	value = (int (*)(void))(void *)GetProcAddress(a, "a_value");
	CHECK(value && value() == 42);
	ROW(158, "execution");
	CHECK((void *)GetProcAddress(a, (LPCSTR)7) == (void *)value);
	value = (int (*)(void))(void *)GetProcAddress(a, "a_forward");
	CHECK(value && value() == 41);
	CHECK((void *)value == (void *)GetProcAddress(GetModuleHandleA("loader_b.dll"), "b_value"));
	CHECK_FAILS(GetProcAddress(a, "A_VALUE"), ERROR_PROC_NOT_FOUND);
	CHECK_FAILS(GetProcAddress(a, (LPCSTR)1), ERROR_PROC_NOT_FOUND);
	CHECK_FAILS(GetProcAddress((HMODULE)0x12340000, "x"), ERROR_MOD_NOT_FOUND);
	ROW(153, "execution");
	again = LoadLibraryA("LOADER_A.DLL ");
	CHECK(again == a);
	CHECK(FreeLibrary(again));
	CHECK(GetModuleHandleA("loader_a.dll") == a);
	CHECK(strcmp(take_log(), "") == 0);
	ROW(83, "execution");
	handle = CreateThread(NULL, 0, thread, a, 0, NULL);
	CHECK(handle != NULL);
	CHECK_EQUAL(WaitForSingleObject(handle, 10000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(handle, &code));
	CHECK_EQUAL(code, 5);
	CloseHandle(handle);
	ROW(80, "execution");
	CHECK(strcmp(take_log(), "btataubu") == 0);
	ROW(161, "execution");
	CHECK(FreeLibrary(a));
	CHECK(strcmp(take_log(), "a-b-") == 0);
	CHECK_FAILS(GetModuleHandleA("loader_a"), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(GetModuleHandleA("loader_b"), ERROR_MOD_NOT_FOUND);
}

static void test_errors(void)
{
	HMODULE module = (HMODULE)1;

	ROW(153, "execution");
	CHECK_FAILS(LoadLibraryA("no-such-library"), ERROR_MOD_NOT_FOUND);
	CHECK_FAILS(LoadLibraryA(""), ERROR_INVALID_PARAMETER);
	ROW(152, "execution");
	CHECK_FAILS(LoadLibraryExA("loader_a", (HANDLE)4, 0), ERROR_INVALID_PARAMETER);
	ROW(150, "execution");
	CHECK_FAILS(LoadLibraryExA("loader_a", NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(LoadLibraryExA("loader_a", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32), ERROR_MOD_NOT_FOUND);
	ROW(157, "execution");
	CHECK_FAILS(GetModuleHandleExA(0, "no-such", &module), ERROR_MOD_NOT_FOUND);
	CHECK(module == NULL);
	CHECK_FAILS(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
				       "kernel32", &module),
		    ERROR_INVALID_PARAMETER);
	CHECK(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
				 (LPCSTR)test_errors, &module));
	CHECK(module == GetModuleHandleA(NULL));
}

static void test_names(void)
{
	WCHAR wide[MAX_PATH], small[4];
	char name[MAX_PATH];

	ROW(157, "execution");
	CHECK(GetModuleFileNameA(NULL, name, sizeof(name)) > 4);
	CHECK(name[1] == ':' && name[2] == '\\');
	SetLastError(0);
	CHECK_EQUAL(GetModuleFileNameW(NULL, small, 4), 4);
	CHECK_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	CHECK(small[3] == 0);
	CHECK(GetModuleFileNameW(GetModuleHandleA("kernel32"), wide, MAX_PATH) > 0);
	CHECK(lstrcmpiW(wide, L"C:\\Windows\\System32\\kernel32.dll") == 0);
	CHECK(GetModuleHandleA("KERNEL32") == GetModuleHandleA("kernel32.dll"));
	ROW(154, "execution");
	CHECK(GetModuleHandleA("api-ms-win-core-file-l1-1-0.dll") != NULL);
}

static void test_datafile(void)
{
	HMODULE data = LoadLibraryExA("loader_b.dll", NULL, LOAD_LIBRARY_AS_DATAFILE), a;

	CHECK_FAILS(LoadLibraryExA("no_such_pew.dll", NULL, LOAD_LIBRARY_AS_DATAFILE), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(LoadLibraryExA("no_such_pew.dll", NULL, 0), ERROR_MOD_NOT_FOUND);

	ROW(155, "execution");
	CHECK_EQUAL((ULONG_PTR)data & 3, 1);
	CHECK(GetModuleHandleA("loader_b.dll") == NULL);
	CHECK(memcmp((char *)data - 1, "MZ", 2) == 0);
	CHECK(FreeLibrary(data));
	a = LoadLibraryA("loader_b.dll");
	data = LoadLibraryExA("loader_b.dll", NULL, LOAD_LIBRARY_AS_DATAFILE);
	CHECK(a && data == a);
	CHECK(FreeLibrary(a) && GetModuleHandleA("loader_b.dll") == a);
	CHECK(FreeLibrary(a) && GetModuleHandleA("loader_b.dll") == NULL);
	take_log();
	ROW(156, "execution");
	a = LoadLibraryExA("loader_a.dll", NULL, DONT_RESOLVE_DLL_REFERENCES);
	CHECK(a != NULL);
	CHECK(strcmp(take_log(), "") == 0);
	CHECK(GetModuleHandleA("loader_b.dll") == NULL);
	CHECK(FreeLibrary(a));
}

static int initialised = 1;
static char page_of_data[3 * 4096] = {1};

static void test_image(void)
{
	HMODULE program = GetModuleHandleA(NULL);
	MEMORY_BASIC_INFORMATION info;
	char *page = (char *)(((ULONG_PTR)page_of_data + 4095) & ~(ULONG_PTR)4095);

	ROW(76, "memory");
	CHECK(VirtualQuery(program, &info, sizeof(info)) == sizeof(info));
	CHECK(info.AllocationBase == program && info.BaseAddress == program);
	CHECK_EQUAL(info.AllocationProtect, PAGE_EXECUTE_WRITECOPY);
	CHECK_EQUAL(info.Type, MEM_IMAGE);
	CHECK_EQUAL(info.Protect, PAGE_READONLY);
	CHECK(VirtualQuery((void *)test_image, &info, sizeof(info)));
	CHECK_EQUAL(info.Protect, PAGE_EXECUTE_READ);
	ROW(77, "memory");
	CHECK(VirtualQuery(page, &info, sizeof(info)));
	CHECK_EQUAL(info.Protect, PAGE_WRITECOPY);
	*(volatile char *)page = (char)initialised;
	CHECK(VirtualQuery(page, &info, sizeof(info)));
	CHECK_EQUAL(info.Protect, PAGE_READWRITE);
	ROW(76, "memory");
	CHECK(VirtualQuery(GetModuleHandleA("kernel32"), &info, sizeof(info)));
	CHECK_EQUAL(info.Type, MEM_IMAGE);
	CHECK_EQUAL(info.Protect, PAGE_READONLY);
	CHECK(VirtualQuery((void *)GetProcAddress(GetModuleHandleA("kernel32"), "CreateFileW"), &info, sizeof(info)));
	CHECK_EQUAL(info.Protect, PAGE_EXECUTE_READ);
}

/* From an address in the image to one in the file: what programs do that map parts of their own file. */
static void test_sections(void)
{
	char *program = (char *)GetModuleHandleA(NULL);
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	IMAGE_NT_HEADERS *(NTAPI * nt_header)(PVOID) = (void *)GetProcAddress(ntdll, "RtlImageNtHeader");
	PVOID(NTAPI * address)(IMAGE_NT_HEADERS *, PVOID, ULONG) = (void *)GetProcAddress(ntdll, "RtlAddressInSectionTable");
	IMAGE_NT_HEADERS *headers;
	IMAGE_SECTION_HEADER *section;
	ULONG rva;

	CHECK(nt_header && address);
	if (!nt_header || !address)
		return;
	headers = nt_header(program);
	section = IMAGE_FIRST_SECTION(headers);
	rva = (ULONG)((char *)(ULONG_PTR)test_sections - program);
	CHECK(address(headers, program, rva) == program + section->PointerToRawData + rva - section->VirtualAddress);
	CHECK(address(headers, program, 0) == NULL);
	CHECK(address(headers, program, headers->OptionalHeader.SizeOfImage) == NULL);
}

int main(void)
{
	test_load();
	test_errors();
	test_names();
	test_datafile();
	test_image();
	test_sections();
	return guest_result();
}
