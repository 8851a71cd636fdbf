/*
 * nt_names.c - what names mean to NT: syntax of NT names, DOS names turned into them, devices, full paths.
 */
#include "guest.h"

#include <winternl.h>

static BOOLEAN(NTAPI *to_nt)(PCWSTR, UNICODE_STRING *, PWSTR *, PVOID);
static NTSTATUS(NTAPI *to_nt_status)(PCWSTR, UNICODE_STRING *, PWSTR *, PVOID);
static ULONG(NTAPI *full_path)(PCWSTR, ULONG, PWSTR, PWSTR *);
static ULONG(NTAPI *is_device)(PCWSTR);
static BOOLEAN(NTAPI *is_8_3)(UNICODE_STRING *, STRING *, BOOLEAN *);

#define NAME_INVALID 0xC0000033u
#define NAME_NOT_FOUND 0xC0000034u
#define PATH_NOT_FOUND 0xC000003Au
#define SYNTAX_BAD 0xC000003Bu
#define IS_DIRECTORY 0xC00000BAu

static WCHAR directory[MAX_PATH];

/* '%' stands for the test's directory. */
static void expand(WCHAR *to, const WCHAR *from)
{
	for (; *from; from++) {
		*to++ = *from;
		if (*from == L'%') {
			wcscpy(--to, directory);
			to += wcslen(directory);
		}
	}
	*to = 0;
}

static void same(const char *what, const WCHAR *name, BOOL as_wanted, const WCHAR *got)
{
	CHECK(as_wanted);
	if (!as_wanted)
		printf("\t%s of %ls is %ls\n", what, name, got ? got : L"nothing");
}

static DWORD open_name(HANDLE root, const WCHAR *name, ACCESS_MASK access, ULONG options, HANDLE *handle)
{
	WCHAR text[2 * MAX_PATH];
	UNICODE_STRING string;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK iosb;

	expand(text, name);
	RtlInitUnicodeString(&string, text);
	InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, root, NULL);
	return (DWORD)NtOpenFile(handle, access, &attributes, &iosb, FILE_SHARE_READ, options);
}

static void nt_syntax(void)
{
	static const struct {
		const WCHAR *root, *name;
		DWORD status;
	} rows[] = {
		{NULL, L"\\??\\%\\sub\\k.dll", 0},
		{NULL, L"\\??\\%\\sub\\", IS_DIRECTORY},
		{NULL, L"\\??\\%\\\\sub\\k.dll", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\.\\k.dll", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\..\\sub\\k.dll", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\k.dll  ", NAME_NOT_FOUND},
		{NULL, L"\\??\\%\\sub\\k.dll..", NAME_NOT_FOUND},
		{NULL, L"\\??\\%\\sub.\\k.dll", PATH_NOT_FOUND},
		{NULL, L"\\??\\%/sub/k.dll", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\k.dll*", NAME_INVALID},
		{NULL, L"\\??\\%\\sub?\\k.dll", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\\\", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\foobar\\", NAME_NOT_FOUND},
		{NULL, L"\\??\\%\\sub\\K.Dll\\", NAME_INVALID},
		{NULL, L"\\??\\%\\sub\\k.dll\\foo", PATH_NOT_FOUND},
		{NULL, L"\\??\\%\\sys\1", NAME_INVALID},
		{NULL, L"C:\\x\\k.dll", SYNTAX_BAD},
		{NULL, L"/??\\C:\\windows\\x", SYNTAX_BAD},
		{NULL, L"\\?" L"?/C:\\windows\\x", PATH_NOT_FOUND},
		{NULL, L"\\??\\C:\\\\windows", IS_DIRECTORY},
		{NULL, L"\\??\\C:\\\\\\windows", NAME_INVALID},
		{L"\\??\\C:\\\\", NULL, 0},
		{L"\\??\\C:/", NULL, NAME_NOT_FOUND},
		{L"\\??\\%\\", NULL, 0},
		{L"\\??\\%\\.", NULL, NAME_INVALID},
		{L"\\??\\%\\..\\", NULL, NAME_INVALID},
		{L"\\??\\%", L"sub\\k.dll", 0},
		{L"\\??\\%", L"SUB\\", IS_DIRECTORY},
		{L"\\??\\%", L"sub\\\\", NAME_INVALID},
		{L"\\??\\%", L"sub\\k.dll\\foo", PATH_NOT_FOUND},
		{L"\\??\\%", L"\\sub\\k.dll", 0xC000000D},
		{L"\\??\\%", L"/sub\\k.dll", NAME_INVALID},
		{L"\\??\\%", L".\\sub", NAME_INVALID},
		{L"\\??\\%", L"..", NAME_INVALID},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		HANDLE root = NULL, file = NULL;
		DWORD status = 0;

		if (rows[i].root)
			status = open_name(NULL, rows[i].root, SYNCHRONIZE | FILE_LIST_DIRECTORY,
					   FILE_SYNCHRONOUS_IO_NONALERT | FILE_DIRECTORY_FILE, &root);
		if (!status && rows[i].name)
			status = open_name(root, rows[i].name, FILE_GENERIC_READ,
					   FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, &file);
		CHECK_EQUAL(status, rows[i].status);
		if (status != rows[i].status)
			printf("\trow %d\n", (int)i);
		if (file)
			NtClose(file);
		if (root)
			NtClose(root);
	}
}

static void dos_to_nt(void)
{
	static const struct {
		const WCHAR *dos, *nt;
		int file;
	} rows[] = {
		{L"c:\\", L"\\??\\c:\\", -1},
		{L"c:\\test\\*.", L"\\??\\c:\\test\\*", 12},
		{L"c:/foo . .", L"\\??\\c:\\foo", 7},
		{L"c:/foo//", L"\\??\\c:\\foo\\", -1},
		{L"c:/..", L"\\??\\c:\\", -1},
		{L"...", L"\\??\\C:\\windows\\", -1},
		{L"\\windows\\nul", L"\\??\\nul", -1},
		{L"C:NUL.", L"\\??\\NUL", -1},
		{L"COM1", L"\\??\\COM1", -1},
		{L"?:", L"\\??\\?:\\", -1},
		{L"\\\\foo", L"\\??\\UNC\\foo", -1},
		{L"//", L"\\??\\UNC\\", -1},
		{L"//foo/", L"\\??\\UNC\\foo\\", -1},
		{L"//.", L"\\??\\", -1},
		{L"//./foo/.", L"\\??\\foo", 4},
		{L"//?/foo. . ", L"\\??\\foo", 4},
		{L"\\\\.\\foo/bar", L"\\??\\foo\\bar", 8},
		{L"\\\\.\\CON", L"\\??\\CON", 4},
		{L"\\\\?\\/", L"\\??\\/", 4},
		{L"\\\\?\\foo/..", L"\\??\\foo/..", 4},
		{L"\\\\?\\foo\\..", L"\\??\\foo\\..", 8},
		{L"\\??", L"\\??\\C:\\??", 7},
		{L"\\??\\", L"\\??\\C:\\??\\", -1},
		{L"\\??\\foo\\", L"\\??\\foo\\", -1},
		{L"cOnOuT$", L"\\??\\cOnOuT$", -1},
		{L"CONERR$", L"\\??\\C:\\windows\\CONERR$", 15},
	};
	static const WCHAR *const none[] = {NULL, L"", L" ", L"C:\\nonexistent\\nul"};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		UNICODE_STRING nt = {0};
		WCHAR *file = NULL;

		CHECK(to_nt(rows[i].dos, &nt, &file, NULL));
		same("NT's name", rows[i].dos, nt.Buffer && _wcsicmp(nt.Buffer, rows[i].nt) == 0, nt.Buffer);
		same("file", rows[i].dos, rows[i].file < 0 ? !file : file == nt.Buffer + rows[i].file, file);
		RtlFreeUnicodeString(&nt);
	}
	for (size_t i = 0; i < ARRAYSIZE(none); i++) {
		UNICODE_STRING nt;

		CHECK(!to_nt(none[i], &nt, NULL, NULL));
		CHECK_EQUAL((DWORD)to_nt_status(none[i], &nt, NULL, NULL), NAME_INVALID);
	}
}

static void full_paths(void)
{
	static const struct {
		const WCHAR *name, *full, *file;
	} rows[] = {
		{L"c:/test/.. ", L"c:\\test\\", NULL},
		{L"c:/test.. /file", L"c:\\test.. \\file", L"file"},
		{L"c:///test\\..\\file\\..\\//", L"c:\\", NULL},
		{L"c:\\test\\a*b*.", L"c:\\test\\a*b*", L"a*b*"},
		{L"c:.", L"C:\\windows", L"windows"},
		{L"..", L"C:\\", NULL},
		{L"...", L"C:\\windows\\", NULL},
		{L"C:\\nonexistent\\nul", L"\\\\.\\nul", NULL},
		{L"AUX", L"\\\\.\\AUX", NULL},
		{L"?<>*\"|:", L"C:\\windows\\?<>*\"|:", L"?<>*\"|:"},
		{L"\\/foo", L"\\\\foo", NULL},
		{L"//foo/", L"\\\\foo\\", NULL},
		{L"\\\\foo\\share\\x", L"\\\\foo\\share\\x", L"x"},
		{L"//./foo/..", L"\\\\.\\", NULL},
		{L"//?/foo/bar", L"\\\\?\\foo\\bar", L"bar"},
		{L"\\??\\foo", L"C:\\??\\foo", L"foo"},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		WCHAR buffer[MAX_PATH], *file = NULL;

		CHECK_EQUAL(full_path(rows[i].name, sizeof(buffer), buffer, &file), wcslen(rows[i].full) * 2);
		same("full path", rows[i].name, _wcsicmp(buffer, rows[i].full) == 0, buffer);
		same("file", rows[i].name, rows[i].file && file ? !_wcsicmp(file, rows[i].file) : !rows[i].file && !file, file);
	}
}

static void devices(void)
{
	static const struct {
		const WCHAR *name;
		USHORT at, length;
	} rows[] = {
		{L"\\\\.\\con", 8, 6}, {L"\\\\.\\CONIN$", 0, 0}, {L"\\\\foo\\nul", 0, 0}, {L"c:\\nul:", 6, 6},
		{L"c:\\nul\\", 0, 0}, {L"c:NUL  ....  ", 4, 6}, {L"c: . . .", 0, 0}, {L":", 0, 0}, {L"c:nul. . . :", 4, 6},
		{L"c:nul0", 0, 0}, {L"c:prn:.txt:", 4, 6}, {L"lpt9:", 0, 8}, {L"c:\\lpt0.txt", 0, 0}, {L"CONOUT$", 0, 14},
		{L"\\??\\CONIN$", 8, 12}, {L"\\??\\CON", 8, 6}, {L"PIPE", 0, 0},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++)
		CHECK_EQUAL(is_device(rows[i].name), MAKELONG(rows[i].length, rows[i].at));
}

static void eight_and_three(void)
{
	static const struct {
		const WCHAR *name;
		BOOLEAN legal, spaces;
	} rows[] = {
		{L"12345678", TRUE, FALSE}, {L"123 5678", TRUE, TRUE}, {L"12345678.", FALSE, 2}, {L"12345678.a", TRUE, FALSE},
		{L"12345678.a ", FALSE, 2}, {L"12345678.a c", TRUE, TRUE}, {L"1 3 5 7 .abc", FALSE, 2},
		{L"12345678.  c", TRUE, TRUE}, {L"123456789.a", FALSE, 2}, {L"12345.abcd", FALSE, 2}, {L".abc", FALSE, 2},
		{L"12.abc.d", FALSE, 2}, {L".", TRUE, FALSE}, {L"..", TRUE, FALSE}, {L"...", FALSE, 2}, {L"a+b", FALSE, 2},
		{L"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FALSE, 2},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		UNICODE_STRING name;
		char buffer[12];
		STRING oem = {0, sizeof(buffer), buffer};
		BOOLEAN spaces = 2;

		RtlInitUnicodeString(&name, rows[i].name);
		CHECK_EQUAL(is_8_3(&name, &oem, &spaces), rows[i].legal);
		CHECK_EQUAL(spaces, rows[i].spaces);
	}
	{
		UNICODE_STRING name;
		char buffer[12];
		STRING oem = {0, sizeof(buffer), buffer};

		RtlInitUnicodeString(&name, L"name.txt");
		CHECK(is_8_3(&name, &oem, NULL));
		CHECK(oem.Length == 8 && memcmp(buffer, "NAME.TXT", 8) == 0);
		CHECK(is_8_3(&name, NULL, NULL));
	}
}

int main(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	WCHAR path[MAX_PATH];

	to_nt = (void *)GetProcAddress(ntdll, "RtlDosPathNameToNtPathName_U");
	to_nt_status = (void *)GetProcAddress(ntdll, "RtlDosPathNameToNtPathName_U_WithStatus");
	full_path = (void *)GetProcAddress(ntdll, "RtlGetFullPathName_U");
	is_device = (void *)GetProcAddress(ntdll, "RtlIsDosDeviceName_U");
	is_8_3 = (void *)GetProcAddress(ntdll, "RtlIsNameLegalDOS8Dot3");
	GetTempPathW(MAX_PATH, directory);
	swprintf(directory + wcslen(directory), 40, L"nt_names.%lu", GetCurrentProcessId());
	CHECK(CreateDirectoryW(directory, NULL));
	swprintf(path, MAX_PATH, L"%ls\\sub", directory);
	CHECK(CreateDirectoryW(path, NULL));
	wcscat(path, L"\\k.dll");
	CloseHandle(CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
	nt_syntax();
	CHECK(SetCurrentDirectoryW(L"C:\\windows"));
	dos_to_nt();
	full_paths();
	devices();
	eight_and_three();
	CHECK(DeleteFileW(path));
	swprintf(path, MAX_PATH, L"%ls\\sub", directory);
	CHECK(RemoveDirectoryW(path));
	CHECK(RemoveDirectoryW(directory));
	return guest_result();
}
