/*
 * nt_files.c - files through ntdll: dispositions, deletion, renaming, how requests end; and copies.  Facts that Wine's tests
 * (ntdll/file, kernel32/file) record of Windows 10.
 */
#include "guest.h"

#include <winternl.h>

NTSTATUS NTAPI NtReadFile(HANDLE, HANDLE, PVOID, PVOID, PVOID, PVOID, ULONG, LARGE_INTEGER *, ULONG *);
NTSTATUS NTAPI NtWriteFile(HANDLE, HANDLE, PVOID, PVOID, PVOID, const void *, ULONG, LARGE_INTEGER *, ULONG *);
NTSTATUS NTAPI NtQueryAttributesFile(OBJECT_ATTRIBUTES *, PVOID);
NTSTATUS NTAPI NtDeleteFile(OBJECT_ATTRIBUTES *);
NTSTATUS NTAPI NtQueryEaFile(HANDLE, PVOID, PVOID, ULONG, BOOLEAN, PVOID, ULONG, ULONG *, BOOLEAN);

#define PENDING 0x103u
#define ACCESS_VIOLATION 0xC0000005u
#define INVALID_PARAMETER 0xC000000Du
#define END_OF_FILE 0xC0000011u
#define ACCESS_DENIED 0xC0000022u
#define COLLISION 0xC0000035u
#define DELETE_PENDING 0xC0000056u
#define NOT_EMPTY 0xC0000101u
#define CANNOT_DELETE 0xC0000121u

enum { BASIC = 4, STANDARD, RENAME = 10, LINK = 11, DISPOSITION = 13, MODE = 16, COMPLETION_MODES = 41, DISPOSITION_EX = 64,
       RENAME_EX = 65 };

static IO_STATUS_BLOCK iosb;
static char temporary[MAX_PATH];

static char *new_name(void)
{
	static char names[8][MAX_PATH];
	static int next;
	char *name = names[next++ % 8];

	GetTempFileNameA(temporary, "ntf", 0, name);
	DeleteFileA(name);
	return name;
}

static HANDLE new_file(const char *name, DWORD share, DWORD flags)
{
	HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE | DELETE, share, NULL, CREATE_ALWAYS, flags, NULL);

	CHECK(file != INVALID_HANDLE_VALUE);
	return file;
}

static HANDLE open_directory(const char *name, DWORD share)
{
	return CreateFileA(name, GENERIC_WRITE | DELETE, share, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

static void attributes_of(const char *name, OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *string)
{
	static WCHAR text[MAX_PATH + 8];

	wcscpy(text, L"\\??\\");
	MultiByteToWideChar(CP_ACP, 0, name, -1, text + 4, MAX_PATH);
	RtlInitUnicodeString(string, text);
	InitializeObjectAttributes(attributes, string, OBJ_CASE_INSENSITIVE, NULL, NULL);
}

static DWORD query_name(const char *name)
{
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING string;
	FILE_BASIC_INFO basic;

	attributes_of(name, &attributes, &string);
	return (DWORD)NtQueryAttributesFile(&attributes, &basic);
}

static BOOL is_gone(const char *name)
{
	return GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES && GetLastError() == ERROR_FILE_NOT_FOUND;
}

static DWORD set_deleted(HANDLE file, BOOLEAN delete)
{
	return (DWORD)NtSetInformationFile(file, &iosb, &delete, sizeof(delete), DISPOSITION);
}

static DWORD set_disposition(HANDLE file, ULONG flags)
{
	return (DWORD)NtSetInformationFile(file, &iosb, &flags, sizeof(flags), DISPOSITION_EX);
}

static BOOLEAN is_pending(HANDLE file)
{
	FILE_STANDARD_INFO standard;

	CHECK_EQUAL((DWORD)NtQueryInformationFile(file, &iosb, &standard, sizeof(standard), STANDARD), 0);
	return standard.DeletePending;
}

static DWORD rename_to(HANDLE file, const char *name, ULONG flags, int info_class)
{
	struct {
		ULONG flags;
		HANDLE root;
		ULONG length;
		WCHAR name[MAX_PATH + 8];
	} info = {.flags = flags};
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING string;

	attributes_of(name, &attributes, &string);
	memcpy(info.name, string.Buffer, string.Length);
	info.length = string.Length;
	iosb.Status = 0x77;
	return (DWORD)NtSetInformationFile(file, &iosb, &info, sizeof(info), info_class);
}

static void dispositions(void)
{
	static const struct {
		ULONG disposition, attributes;
		DWORD status, information, result;
		BOOL clean;
	} rows[] = {
		{FILE_CREATE, FILE_ATTRIBUTE_READONLY, 0, FILE_CREATED, 0x21, FALSE},
		{FILE_CREATE, 0, COLLISION, 0, 0, TRUE},
		{FILE_OPEN_IF, FILE_ATTRIBUTE_READONLY, 0, FILE_CREATED, 0x21, FALSE},
		{FILE_OPEN_IF, 0, 0, FILE_OPENED, 0x21, FALSE},
		{FILE_OVERWRITE, 0, ACCESS_DENIED, 0, 0, FALSE},
		{FILE_OVERWRITE_IF, 0, ACCESS_DENIED, 0, 0, FALSE},
		{FILE_SUPERSEDE, 0, 0, FILE_SUPERSEDED, 0x20, FALSE},
		{FILE_OVERWRITE, FILE_ATTRIBUTE_READONLY, 0, FILE_OVERWRITTEN, 0x21, FALSE},
		{FILE_SUPERSEDE, FILE_ATTRIBUTE_READONLY, 0, FILE_SUPERSEDED, 0x21, TRUE},
		{FILE_SUPERSEDE, 0, 0, FILE_CREATED, 0x20, TRUE},
	};
	const char *name = new_name();
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING string;
	HANDLE file;

	attributes_of(name, &attributes, &string);
	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		NTSTATUS status = NtCreateFile(&file, GENERIC_READ, &attributes, &iosb, NULL, rows[i].attributes, 3,
					       rows[i].disposition, 0, NULL, 0);

		CHECK_EQUAL((DWORD)status, rows[i].status);
		if (status == 0) {
			CHECK_EQUAL(iosb.Information, rows[i].information);
			CHECK_EQUAL(GetFileAttributesA(name) & ~FILE_ATTRIBUTE_NOT_CONTENT_INDEXED, rows[i].result);
			CloseHandle(file);
		}
		if (rows[i].clean) {
			SetFileAttributesA(name, FILE_ATTRIBUTE_ARCHIVE);
			DeleteFileA(name);
		}
	}
	/* a directory is neither overwritten nor superseded */
	CHECK(CreateDirectoryA(name, NULL));
	for (ULONG disposition = FILE_SUPERSEDE; disposition <= FILE_OVERWRITE_IF; disposition++) {
		BOOL opens = disposition == FILE_OPEN || disposition == FILE_OPEN_IF;

		if (!opens)
			CHECK_EQUAL((DWORD)NtCreateFile(&file, GENERIC_READ, &attributes, &iosb, NULL, 0, 3, disposition, 0, NULL, 0),
				    COLLISION);
	}
	CHECK_FAILS(CreateFileA(name, GENERIC_WRITE, 3, NULL, CREATE_ALWAYS, 0, NULL) != INVALID_HANDLE_VALUE,
		    ERROR_ACCESS_DENIED);
	CHECK(RemoveDirectoryA(name));
}

static void deletion(void)
{
	const char *name = new_name();
	char inner[MAX_PATH];
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING string;
	HANDLE file = new_file(name, FILE_SHARE_DELETE, 0), other;

	other = CreateFileA(name, DELETE, 7, NULL, OPEN_EXISTING, 0, NULL);
	CHECK_EQUAL(set_deleted(file, TRUE), 0);
	CHECK_EQUAL(query_name(name), DELETE_PENDING);
	CHECK_EQUAL(GetFileAttributesA(name), INVALID_FILE_ATTRIBUTES);
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateFileA(name, DELETE, 7, NULL, OPEN_EXISTING, 0, NULL) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
	CHECK(is_pending(other));
	CHECK_EQUAL(set_deleted(other, FALSE), 0);
	CHECK_EQUAL(query_name(name), 0);
	/* DeleteFile takes the name at once, and the open file knows */
	CHECK(!is_pending(file));
	CloseHandle(other);
	CHECK(DeleteFileA(name));
	CHECK(is_gone(name));
	CHECK(is_pending(file));
	CloseHandle(file);
	CHECK(CreateDirectoryA(name, NULL));
	file = open_directory(name, FILE_SHARE_DELETE);
	CHECK(RemoveDirectoryA(name));
	CHECK(is_pending(file));
	CHECK_EQUAL(query_name(name), 0xC0000034u);
	CloseHandle(file);
	/* a directory that is not empty: not by disposition; NtDeleteFile says nothing and does nothing */
	CHECK(CreateDirectoryA(name, NULL));
	snprintf(inner, sizeof(inner), "%s\\x", name);
	CloseHandle(new_file(inner, 0, 0));
	file = open_directory(name, 7);
	CHECK_EQUAL(set_deleted(file, TRUE), NOT_EMPTY);
	CloseHandle(file);
	attributes_of(name, &attributes, &string);
	CHECK_EQUAL((DWORD)NtDeleteFile(&attributes), 0);
	CHECK(DeleteFileA(inner));
	CHECK_EQUAL((DWORD)NtDeleteFile(&attributes), 0);
	CHECK(is_gone(name));
}

static void mapped_files(void)
{
	const char *name = new_name(), *other = new_name();
	HANDLE file = new_file(name, 7, 0), mapping;
	void *view;

	SetFilePointer(file, 4096, NULL, FILE_BEGIN);
	CHECK(SetEndOfFile(file));
	mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
	CHECK_EQUAL(set_deleted(file, FALSE), 0);
	CHECK_EQUAL(set_deleted(file, TRUE), CANNOT_DELETE);
	view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
	CloseHandle(mapping);
	CHECK_EQUAL(set_deleted(file, TRUE), CANNOT_DELETE);
	CHECK_EQUAL(set_disposition(file, 1), CANNOT_DELETE);
	CHECK_FAILS(DeleteFileA(name), ERROR_ACCESS_DENIED);
	CloseHandle(new_file(other, 7, 0));
	CHECK_FAILS(MoveFileExA(other, name, MOVEFILE_REPLACE_EXISTING), ERROR_ACCESS_DENIED);
	CHECK(DeleteFileA(other));
	CHECK(UnmapViewOfFile(view));
	CHECK_EQUAL(set_deleted(file, TRUE), 0);
	CloseHandle(file);
	CHECK(is_gone(name));
}

static void renaming(int info_class)
{
	const char *from = new_name(), *to = new_name();
	char inner[MAX_PATH];
	ULONG numbers[8] = {0};
	HANDLE file = new_file(from, 7, 0), other = new_file(to, 7, 0);

	CHECK_EQUAL(rename_to(file, to, 0, info_class), COLLISION);
	CHECK_EQUAL((DWORD)iosb.Status, 0x77);
	CHECK_EQUAL(rename_to(file, to, 1, info_class), ACCESS_DENIED);
	CloseHandle(other);
	CHECK_EQUAL((DWORD)NtSetInformationFile(file, &iosb, numbers, 23, info_class), 0xC0000004u);
	CHECK_EQUAL((DWORD)NtSetInformationFile(file, &iosb, numbers, 24, info_class), INVALID_PARAMETER);
	CHECK_EQUAL(rename_to(file, to, 1, info_class), 0);
	CHECK(is_gone(from) && !is_gone(to));
	CloseHandle(file);
	/* a directory takes the place of a file, not of a directory, and not while something in it is open */
	CHECK(CreateDirectoryA(from, NULL));
	file = open_directory(from, 0);
	CHECK_EQUAL(rename_to(file, to, 0, info_class), COLLISION);
	snprintf(inner, sizeof(inner), "%s\\x", from);
	other = new_file(inner, 7, FILE_FLAG_DELETE_ON_CLOSE);
	CHECK_EQUAL(rename_to(file, to, 1, info_class), ACCESS_DENIED);
	CHECK(!is_gone(from));
	CloseHandle(other);
	CHECK_EQUAL(rename_to(file, to, 1, info_class), 0);
	CHECK_EQUAL(GetFileAttributesA(to), FILE_ATTRIBUTE_DIRECTORY);
	CHECK(CreateDirectoryA(from, NULL));
	CHECK_EQUAL(rename_to(file, from, 1, info_class), ACCESS_DENIED);
	CloseHandle(file);
	CHECK(RemoveDirectoryA(to));
	CHECK(RemoveDirectoryA(from));
}

static int apcs;

static void NTAPI count_apc(void *context, IO_STATUS_BLOCK *block, ULONG reserved)
{
	apcs++;
}

static void overlapped_requests(void)
{
	HANDLE file = new_file(new_name(), 0, FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE), port;
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)}, *which;
	LARGE_INTEGER offset = {.QuadPart = 0};
	char buffer[16];
	DWORD count = 9, modes = 0xFFFFFFF2;
	ULONG_PTR key;

	/* it is done, but the caller hears STATUS_PENDING, at the end of the file as well */
	CHECK_EQUAL((DWORD)NtWriteFile(file, NULL, count_apc, NULL, &iosb, "foobar", 6, &offset, NULL), PENDING);
	SleepEx(0, TRUE);
	CHECK_EQUAL(apcs, 1);
	CHECK_EQUAL((DWORD)iosb.Status, 0);
	CHECK_EQUAL(iosb.Information, 6);
	offset.QuadPart = 8;
	CHECK_EQUAL((DWORD)NtReadFile(file, NULL, count_apc, NULL, &iosb, buffer, 2, &offset, NULL), PENDING);
	SleepEx(0, TRUE);
	CHECK_EQUAL(apcs, 2);
	CHECK_EQUAL((DWORD)iosb.Status, END_OF_FILE);
	CHECK_EQUAL(iosb.Information, 0);
	CHECK_EQUAL((DWORD)NtReadFile(file, NULL, NULL, NULL, &iosb, buffer, 2, NULL, NULL), INVALID_PARAMETER);
	CHECK_EQUAL((DWORD)NtSetInformationFile(file, &iosb, &modes, sizeof(modes), COMPLETION_MODES), 0);
	CHECK_EQUAL((DWORD)NtQueryInformationFile(file, &iosb, &modes, sizeof(modes), COMPLETION_MODES), 0);
	CHECK_EQUAL(modes & 3, 2);
	modes = 1; /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: it did not succeed at once */
	CHECK_EQUAL((DWORD)NtSetInformationFile(file, &iosb, &modes, sizeof(modes), COMPLETION_MODES), 0);
	port = CreateIoCompletionPort(file, NULL, 42, 0);
	CHECK_FAILS(WriteFile(file, "testdata", 9, &count, &overlapped), ERROR_IO_PENDING);
	CHECK_EQUAL(count, 0);
	CHECK(GetOverlappedResult(file, &overlapped, &count, TRUE));
	CHECK_EQUAL(count, 9);
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &which, 1000));
	CHECK(count == 9 && key == 42 && which == &overlapped);
	overlapped.Offset = 100;
	CHECK_FAILS(ReadFile(file, buffer, 10, &count, &overlapped), ERROR_IO_PENDING);
	CHECK_FAILS(GetOverlappedResult(file, &overlapped, &count, TRUE), ERROR_HANDLE_EOF);
	CHECK_FAILS(GetQueuedCompletionStatus(port, &count, &key, &which, 1000), ERROR_HANDLE_EOF);
	CHECK(which == &overlapped);
	CloseHandle(port);
	CloseHandle(overlapped.hEvent);
	CloseHandle(file);
}

static void requests(void)
{
	HANDLE file = new_file(new_name(), 0, FILE_FLAG_DELETE_ON_CLOSE), event = CreateEventA(NULL, TRUE, FALSE, NULL);
	LARGE_INTEGER offset = {.QuadPart = 8};
	ULONG mode = 99;
	char buffer[16];
	DWORD count;

	apcs = 0;
	CHECK_EQUAL((DWORD)NtWriteFile(file, NULL, NULL, NULL, &iosb, "foobar", 6, NULL, NULL), 0);
	/* the end of the file: by the status, in the block, by the event, without an APC */
	CHECK_EQUAL((DWORD)NtReadFile(file, event, count_apc, NULL, &iosb, buffer, 2, &offset, NULL), END_OF_FILE);
	CHECK_EQUAL((DWORD)iosb.Status, END_OF_FILE);
	CHECK_EQUAL(iosb.Information, 0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	offset.QuadPart = 0;
	CHECK_EQUAL((DWORD)NtReadFile(file, event, count_apc, NULL, &iosb, buffer, 16, &offset, NULL), 0);
	CHECK_EQUAL(iosb.Information, 6);
	SleepEx(0, TRUE);
	CHECK_EQUAL(apcs, 0);
	/* buffers that are none */
	iosb.Status = 0x77;
	CHECK_EQUAL((DWORD)NtWriteFile(file, NULL, NULL, NULL, &iosb, NULL, 14, NULL, NULL), 0xC00000E8u);
	CHECK_EQUAL((DWORD)NtReadFile(file, NULL, NULL, NULL, &iosb, NULL, 14, NULL, NULL), ACCESS_VIOLATION);
	CHECK_EQUAL((DWORD)NtReadFile(file, NULL, NULL, NULL, &iosb, NULL, 14, &offset, NULL), ACCESS_VIOLATION);
	CHECK_EQUAL((DWORD)iosb.Status, 0x77);
	CHECK_FAILS(WriteFile(file, (void *)0xDEADBEEF, 14, &count, NULL), ERROR_INVALID_USER_BUFFER);
	CHECK_FAILS(ReadFile(file, NULL, 14, &count, NULL), ERROR_NOACCESS);
	for (int i = -20; i < -2; i++) {
		offset.QuadPart = i;
		CHECK_EQUAL((DWORD)NtWriteFile(file, NULL, NULL, NULL, &iosb, "x", 1, &offset, NULL), INVALID_PARAMETER);
	}
	/* that it is deleted when it is closed is no mode */
	CHECK_EQUAL((DWORD)NtQueryInformationFile(file, &iosb, &mode, sizeof(mode), MODE), 0);
	CHECK_EQUAL(mode, FILE_SYNCHRONOUS_IO_NONALERT);
	memset(buffer, 0xCC, sizeof(buffer));
	iosb.Status = 0x77;
	CHECK_EQUAL((DWORD)NtQueryEaFile(file, &iosb, buffer, 4, TRUE, NULL, 0, NULL, FALSE), 0xC0000052u);
	CHECK_EQUAL((DWORD)iosb.Status, 0x77);
	CHECK(!memcmp(buffer, "\0\0\0\0\xCC", 5));
	CloseHandle(event);
	CloseHandle(file);
}

/* Who has the files open, and how, when one is copied over the other. */
static void copies(void)
{
	static const struct {
		BOOL original;
		DWORD access, share, error;
	} rows[] = {
		{TRUE, GENERIC_READ, FILE_SHARE_WRITE, ERROR_SHARING_VIOLATION},
		{TRUE, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, 0},
		{TRUE, DELETE, FILE_SHARE_READ, 0},
		{FALSE, GENERIC_WRITE, FILE_SHARE_READ, ERROR_SHARING_VIOLATION},
		{FALSE, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_WRITE, 0},
		{FALSE, DELETE, 7, ERROR_SHARING_VIOLATION},
		{FALSE, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, 0},
		{FALSE, GENERIC_READ, FILE_SHARE_READ, ERROR_SHARING_VIOLATION},
	};
	const char *from = new_name(), *to = new_name();
	HANDLE file, mapping;

	CloseHandle(new_file(from, 0, 0));
	CloseHandle(new_file(to, 0, 0));
	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		file = CreateFileA(rows[i].original ? from : to, rows[i].access, rows[i].share, NULL, OPEN_EXISTING, 0, NULL);
		CHECK(file != INVALID_HANDLE_VALUE);
		SetLastError(0x77);
		CHECK_EQUAL(CopyFileA(from, to, FALSE), !rows[i].error);
		CHECK_EQUAL(GetLastError(), rows[i].error);
		CloseHandle(file);
	}
	CHECK_FAILS(CopyFileA(from, from, FALSE), ERROR_SHARING_VIOLATION);
	file = CreateFileA(from, GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
	CHECK_FAILS(CopyFileA(from, from, FALSE), ERROR_SHARING_VIOLATION);
	CloseHandle(file);
	CHECK_FAILS(CopyFileA(from, to, TRUE), ERROR_FILE_EXISTS);
	CHECK_FAILS(CopyFileA(NULL, to, TRUE), ERROR_PATH_NOT_FOUND);
	CHECK_FAILS(CopyFileA(from, NULL, TRUE), ERROR_PATH_NOT_FOUND);
	file = CreateFileA(to, GENERIC_READ | GENERIC_WRITE, 3, NULL, OPEN_EXISTING, 0, NULL);
	SetFilePointer(file, 100, NULL, FILE_BEGIN);
	CHECK(SetEndOfFile(file));
	mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
	CHECK_FAILS(CopyFileA(from, to, FALSE), ERROR_USER_MAPPED_FILE);
	CloseHandle(mapping);
	/* a shared lock over one's own exclusive one; the exclusive one goes first */
	CHECK(LockFile(file, 10, 0, 20, 0));
	{
		HANDLE other = CreateFileA(to, GENERIC_READ, 3, NULL, OPEN_EXISTING, 0, NULL);
		OVERLAPPED at = {.Offset = 10};

		CHECK(LockFileEx(file, LOCKFILE_FAIL_IMMEDIATELY, 0, 20, 0, &at));
		CHECK_FAILS(LockFileEx(other, LOCKFILE_FAIL_IMMEDIATELY, 0, 20, 0, &at), ERROR_LOCK_VIOLATION);
		CHECK(UnlockFile(file, 10, 0, 20, 0));
		CHECK(LockFileEx(other, LOCKFILE_FAIL_IMMEDIATELY, 0, 20, 0, &at));
		CHECK(UnlockFile(file, 10, 0, 20, 0));
		CHECK_FAILS(UnlockFile(file, 10, 0, 20, 0), ERROR_NOT_LOCKED);
		CloseHandle(other);
	}
	CloseHandle(file);
	CHECK(DeleteFileA(from));
	CHECK(DeleteFileA(to));
}

int main(void)
{
	GetTempPathA(sizeof(temporary), temporary);
	copies();
	dispositions();
	deletion();
	mapped_files();
	renaming(RENAME);
	renaming(RENAME_EX);
	overlapped_requests();
	requests();
	return guest_result();
}
