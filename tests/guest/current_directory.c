/*
 * current_directory.c - the handle of the current directory in the process parameters: names are opened relative to it,
 * and it follows SetCurrentDirectory.
 */
#include "guest.h"
#include <winternl.h>

#ifndef FILE_OPEN
#define FILE_OPEN 1
#endif

/* RTL_USER_PROCESS_PARAMETERS up to the current directory; winternl.h leaves it out. */
struct parameters {
	ULONG sizes[2], flags[2];
	HANDLE console;
	ULONG console_flags;
	HANDLE standard[3];
	UNICODE_STRING path;
	HANDLE handle;
};

static struct parameters *parameters(void)
{
	return (struct parameters *)NtCurrentTeb()->ProcessEnvironmentBlock->ProcessParameters;
}

static NTSTATUS open_relative(const WCHAR *name, ULONG options, HANDLE *file)
{
	UNICODE_STRING string;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK iosb;

	RtlInitUnicodeString(&string, name);
	InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, parameters()->handle, NULL);
	return NtCreateFile(file, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &iosb, NULL, 0,
			    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, FILE_OPEN,
			    options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

/* The last part of the directory's name, as the handle knows it. */
static void check_name(const WCHAR *wanted)
{
	WCHAR name[MAX_PATH];
	DWORD length = GetFinalPathNameByHandleW(parameters()->handle, name, MAX_PATH, 0);

	CHECK(length > wcslen(wanted) && !_wcsicmp(name + length - wcslen(wanted), wanted));
}

static DWORD in_child(void)
{
	HANDLE file;

	CHECK(parameters()->handle != NULL);
	CHECK_EQUAL(open_relative(L"file", FILE_NON_DIRECTORY_FILE, &file), 0);
	return guest_result();
}

int main(int argc, char **argv)
{
	WCHAR self[MAX_PATH], before[MAX_PATH], command[MAX_PATH + 20];
	STARTUPINFOW startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	HANDLE file, old;
	DWORD code = 99;

	if (argc > 1)
		return in_child();
	CHECK(parameters()->handle != NULL);
	CHECK_EQUAL(open_relative(L"", FILE_DIRECTORY_FILE, &file), 0);
	CloseHandle(file);
	GetCurrentDirectoryW(MAX_PATH, before);
	GetModuleFileNameW(NULL, self, MAX_PATH);
	CreateDirectoryW(L"current_directory.tmp", NULL);
	CHECK_EQUAL(open_relative(L"current_directory.tmp", FILE_DIRECTORY_FILE, &file), 0);
	CloseHandle(file);
	CHECK(open_relative(L"file", FILE_NON_DIRECTORY_FILE, &file) != 0);

	CHECK(SetCurrentDirectoryW(L"current_directory.tmp"));
	check_name(L"\\current_directory.tmp");
	CloseHandle(CreateFileW(L"file", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
	CHECK_EQUAL(open_relative(L"file", FILE_NON_DIRECTORY_FILE, &file), 0);
	CloseHandle(file);
	/* What cannot be changed to leaves things as they are. */
	old = parameters()->handle;
	CHECK_FAILS(SetCurrentDirectoryW(L"nowhere"), ERROR_FILE_NOT_FOUND);
	CHECK(parameters()->handle == old);
	/* A child has one of its own. */
	swprintf(command, MAX_PATH + 20, L"\"%ls\" child", self);
	CHECK(CreateProcessW(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	CHECK_EQUAL(code, 0);

	DeleteFileW(L"file");
	CHECK(SetCurrentDirectoryW(before));
	CHECK(RemoveDirectoryW(L"current_directory.tmp"));
	return guest_result();
}
