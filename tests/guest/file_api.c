/*
 * file_api.c - files as CreateFile and its kin see them: dispositions, sharing, deletion, renaming, times, attributes,
 * locks, seeking, directories, pipes.
 */
#include "guest.h"

#include <winioctl.h>

static WCHAR dir[MAX_PATH];

static const WCHAR *path(const WCHAR *name)
{
	static WCHAR buffers[4][MAX_PATH];
	static int next;
	WCHAR *buffer = buffers[next++ & 3];

	lstrcpyW(buffer, dir);
	lstrcatW(buffer, L"\\");
	lstrcatW(buffer, name);
	return buffer;
}

static HANDLE open_file(const WCHAR *name, DWORD access, DWORD share, DWORD disposition)
{
	return CreateFileW(path(name), access, share, NULL, disposition, 0, NULL);
}

static void write_file(const WCHAR *name, const char *text)
{
	HANDLE file = open_file(name, GENERIC_WRITE, 0, CREATE_ALWAYS);
	DWORD written;

	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK(WriteFile(file, text, (DWORD)strlen(text), &written, NULL));
	CloseHandle(file);
}

#define CHECK_OPEN_FAILS(name, access, share, disposition, error)                                                      \
	do {                                                                                                           \
		SetLastError(0xDEADBEEF);                                                                              \
		CHECK(open_file(name, access, share, disposition) == INVALID_HANDLE_VALUE);                            \
		CHECK_EQUAL(GetLastError(), error);                                                                    \
	} while (0)

static void dispositions(void)
{
	HANDLE file;
	char text[16];
	DWORD count;

	CHECK_OPEN_FAILS(L"a", GENERIC_READ, 0, OPEN_EXISTING, ERROR_FILE_NOT_FOUND);
	CHECK_OPEN_FAILS(L"none\\a", GENERIC_READ, 0, OPEN_EXISTING, ERROR_PATH_NOT_FOUND);
	CHECK_OPEN_FAILS(L"none\\a", GENERIC_WRITE, 0, CREATE_ALWAYS, ERROR_PATH_NOT_FOUND);
	CHECK_OPEN_FAILS(L"a", GENERIC_READ, 0, 0, ERROR_INVALID_PARAMETER);
	CHECK_OPEN_FAILS(L"a*", GENERIC_READ, 0, OPEN_EXISTING, ERROR_INVALID_NAME);
	CHECK_OPEN_FAILS(L"a", GENERIC_WRITE, 0, TRUNCATE_EXISTING, ERROR_FILE_NOT_FOUND);
	SetLastError(0xDEADBEEF);
	file = open_file(L"a", GENERIC_READ | GENERIC_WRITE, 0, CREATE_NEW);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), 0);
	CHECK(WriteFile(file, "hello", 5, &count, NULL));
	CHECK_EQUAL(count, 5);
	CloseHandle(file);
	CHECK_OPEN_FAILS(L"a", GENERIC_READ, 0, CREATE_NEW, ERROR_FILE_EXISTS);
	CHECK_OPEN_FAILS(L"A", GENERIC_READ, 0, CREATE_NEW, ERROR_FILE_EXISTS);
	SetLastError(0xDEADBEEF);
	file = open_file(L"A", GENERIC_READ, 0, OPEN_ALWAYS);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
	CHECK(ReadFile(file, text, sizeof(text), &count, NULL));
	CHECK_EQUAL(count, 5);
	CHECK(!memcmp(text, "hello", 5));
	count = 99;
	CHECK(ReadFile(file, text, sizeof(text), &count, NULL));
	CHECK_EQUAL(count, 0);
	CHECK_FAILS(WriteFile(file, "x", 1, &count, NULL), ERROR_ACCESS_DENIED);
	CloseHandle(file);
	file = open_file(L"a", GENERIC_WRITE, 0, CREATE_ALWAYS);
	CHECK_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
	CHECK_EQUAL(GetFileSize(file, NULL), 0);
	CloseHandle(file);
	CHECK(DeleteFileW(path(L"a")));
	CHECK_FAILS(DeleteFileW(path(L"a")), ERROR_FILE_NOT_FOUND);
	SetLastError(0xDEADBEEF);
	CHECK(CreateFileW(dir, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK_FAILS(DeleteFileW(dir), ERROR_ACCESS_DENIED);
}

static void sharing(void)
{
	HANDLE a, b;

	write_file(L"s", "0123456789");
	a = open_file(L"s", GENERIC_READ, 0, OPEN_EXISTING);
	CHECK_OPEN_FAILS(L"s", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING, ERROR_SHARING_VIOLATION);
	CHECK_FAILS(DeleteFileW(path(L"s")), ERROR_SHARING_VIOLATION);
	/* attributes do not count */
	b = open_file(L"s", FILE_READ_ATTRIBUTES, 0, OPEN_EXISTING);
	CHECK(b != INVALID_HANDLE_VALUE);
	CloseHandle(b);
	CloseHandle(a);
	a = open_file(L"s", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
	b = open_file(L"s", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
	CHECK(b != INVALID_HANDLE_VALUE);
	CHECK_OPEN_FAILS(L"s", GENERIC_WRITE, FILE_SHARE_READ, OPEN_EXISTING, ERROR_SHARING_VIOLATION);
	CloseHandle(b);
	CHECK_OPEN_FAILS(L"s", GENERIC_READ, FILE_SHARE_WRITE, OPEN_EXISTING, ERROR_SHARING_VIOLATION);
	CloseHandle(a);
	/* CREATE_ALWAYS does not cut off what it may not open */
	a = open_file(L"s", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
	CHECK_OPEN_FAILS(L"s", GENERIC_WRITE, FILE_SHARE_READ, CREATE_ALWAYS, ERROR_SHARING_VIOLATION);
	CHECK_EQUAL(GetFileSize(a, NULL), 10);
	CloseHandle(a);
	CHECK(DeleteFileW(path(L"s")));
}

static void deletion(void)
{
	HANDLE a, b;
	FILE_DISPOSITION_INFO dispose = {TRUE};

	a = CreateFileW(path(L"d"), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_NEW,
			FILE_FLAG_DELETE_ON_CLOSE, NULL);
	CHECK(a != INVALID_HANDLE_VALUE);
	CHECK(GetFileAttributesW(path(L"d")) != INVALID_FILE_ATTRIBUTES);
	CHECK_OPEN_FAILS(L"d", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING, ERROR_SHARING_VIOLATION);
	CloseHandle(a);
	CHECK_EQUAL(GetFileAttributesW(path(L"d")), INVALID_FILE_ATTRIBUTES);

	write_file(L"d", "x");
	a = open_file(L"d", DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING);
	b = open_file(L"d", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING);
	CHECK(SetFileInformationByHandle(a, FileDispositionInfo, &dispose, sizeof(dispose)));
	CHECK_OPEN_FAILS(L"d", GENERIC_READ, 7, OPEN_EXISTING, ERROR_ACCESS_DENIED);
	CloseHandle(a);
	CHECK_OPEN_FAILS(L"d", GENERIC_READ, 7, OPEN_EXISTING, ERROR_ACCESS_DENIED);
	CloseHandle(b);
	CHECK_OPEN_FAILS(L"d", GENERIC_READ, 7, OPEN_EXISTING, ERROR_FILE_NOT_FOUND);

	write_file(L"d", "x");
	CHECK(SetFileAttributesW(path(L"d"), FILE_ATTRIBUTE_READONLY));
	CHECK_FAILS(DeleteFileW(path(L"d")), ERROR_ACCESS_DENIED);
	CHECK_OPEN_FAILS(L"d", GENERIC_WRITE, 7, OPEN_EXISTING, ERROR_ACCESS_DENIED);
	CHECK_OPEN_FAILS(L"d", GENERIC_WRITE, 7, CREATE_ALWAYS, ERROR_ACCESS_DENIED);
	CHECK(SetFileAttributesW(path(L"d"), FILE_ATTRIBUTE_NORMAL));
	CHECK(DeleteFileW(path(L"d")));
}

static void positions(void)
{
	HANDLE file;
	LARGE_INTEGER distance, where;
	char text[32];
	DWORD count;
	OVERLAPPED overlapped;
	LONG high;

	file = open_file(L"p", GENERIC_READ | GENERIC_WRITE, 0, CREATE_ALWAYS);
	CHECK(WriteFile(file, "0123456789", 10, &count, NULL));
	CHECK_EQUAL(SetFilePointer(file, -3, NULL, FILE_END), 7);
	CHECK(ReadFile(file, text, 10, &count, NULL) && count == 3 && !memcmp(text, "789", 3));
	SetLastError(0xDEADBEEF);
	CHECK_EQUAL(SetFilePointer(file, -1, NULL, FILE_BEGIN), INVALID_SET_FILE_POINTER);
	CHECK_EQUAL(GetLastError(), ERROR_NEGATIVE_SEEK);
	high = 1;
	CHECK_EQUAL(SetFilePointer(file, 5, &high, FILE_BEGIN), 5);
	CHECK_EQUAL(high, 1);
	distance.QuadPart = 20;
	CHECK(SetFilePointerEx(file, distance, &where, FILE_BEGIN) && where.QuadPart == 20);
	CHECK_EQUAL(GetFileSize(file, NULL), 10);
	CHECK(SetEndOfFile(file));
	CHECK_EQUAL(GetFileSize(file, NULL), 20);
	/* a synchronous handle with an OVERLAPPED reads there and moves on from there */
	memset(&overlapped, 0, sizeof(overlapped));
	overlapped.Offset = 2;
	CHECK(ReadFile(file, text, 3, &count, &overlapped) && count == 3 && !memcmp(text, "234", 3));
	CHECK_EQUAL(SetFilePointer(file, 0, NULL, FILE_CURRENT), 5);
	overlapped.Offset = 20;
	CHECK_FAILS(ReadFile(file, text, 3, &count, &overlapped), ERROR_HANDLE_EOF);
	overlapped.Offset = overlapped.OffsetHigh = 0xFFFFFFFF;
	CHECK(WriteFile(file, "end", 3, &count, &overlapped));
	CHECK_EQUAL(GetFileSize(file, NULL), 23);
	CloseHandle(file);
	file = open_file(L"p", FILE_APPEND_DATA, 0, OPEN_EXISTING);
	CHECK(WriteFile(file, "more", 4, &count, NULL));
	CHECK_EQUAL(SetFilePointer(file, 0, NULL, FILE_CURRENT), 27);
	CloseHandle(file);
	/* an asynchronous handle has no position of its own */
	file = CreateFileW(path(L"p"), GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
	CHECK_FAILS(ReadFile(file, text, 3, &count, NULL), ERROR_INVALID_PARAMETER);
	memset(&overlapped, 0, sizeof(overlapped));
	overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (!ReadFile(file, text, 3, NULL, &overlapped))
		CHECK_EQUAL(GetLastError(), ERROR_IO_PENDING);
	CHECK(GetOverlappedResult(file, &overlapped, &count, TRUE));
	CHECK_EQUAL(count, 3);
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
	CloseHandle(overlapped.hEvent);
	CloseHandle(file);
	CHECK(DeleteFileW(path(L"p")));
}

static void renaming(void)
{
	HANDLE file;

	write_file(L"r1", "one");
	write_file(L"r2", "two");
	CHECK_FAILS(MoveFileW(path(L"r1"), path(L"r2")), ERROR_ALREADY_EXISTS);
	CHECK(GetVolumeInformationW(L"C:\\", NULL, 0, NULL, NULL, NULL, NULL, 0));
	CHECK_FAILS(GetVolumeInformationW(L"C:\\Windows\\", NULL, 0, NULL, NULL, NULL, NULL, 0), ERROR_DIR_NOT_ROOT);
	CHECK_FAILS(GetVolumeInformationW(L"C:\\Windows", NULL, 0, NULL, NULL, NULL, NULL, 0), ERROR_INVALID_NAME);
	/* A drive without a backslash is its current directory. */
	CHECK(SetEnvironmentVariableW(L"=C:", L"C:\\"));
	CHECK(GetVolumeInformationW(L"C:", NULL, 0, NULL, NULL, NULL, NULL, 0));
	CHECK(SetEnvironmentVariableW(L"=C:", L"C:\\Windows"));
	CHECK_FAILS(GetVolumeInformationW(L"C:", NULL, 0, NULL, NULL, NULL, NULL, 0), ERROR_INVALID_NAME);
	CHECK(SetEnvironmentVariableW(L"=C:", NULL));
	CHECK_FAILS(MoveFileExW(path(L"r1"), path(L"r3"), MOVEFILE_DELAY_UNTIL_REBOOT | MOVEFILE_COPY_ALLOWED),
		    ERROR_INVALID_PARAMETER);
	CHECK(MoveFileExW(path(L"r1"), path(L"r2"), MOVEFILE_REPLACE_EXISTING));
	CHECK_EQUAL(GetFileAttributesW(path(L"r1")), INVALID_FILE_ATTRIBUTES);
	CHECK(MoveFileW(path(L"r2"), path(L"R2")));
	CHECK_FAILS(MoveFileW(path(L"r1"), path(L"r3")), ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(MoveFileW(path(L"r2"), path(L"none\\r3")), ERROR_PATH_NOT_FOUND);
	file = open_file(L"r2", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
	CHECK_FAILS(MoveFileW(path(L"r2"), path(L"r3")), ERROR_SHARING_VIOLATION);
	CloseHandle(file);
	CHECK(CopyFileW(path(L"r2"), path(L"r3"), TRUE));
	CHECK_FAILS(CopyFileW(path(L"r2"), path(L"r3"), TRUE), ERROR_FILE_EXISTS);
	CHECK(CopyFileW(path(L"r2"), path(L"r3"), FALSE));
	CHECK(CreateHardLinkW(path(L"r4"), path(L"r3"), NULL));
	file = open_file(L"r4", GENERIC_READ, 7, OPEN_EXISTING);
	{
		BY_HANDLE_FILE_INFORMATION info;

		CHECK(GetFileInformationByHandle(file, &info));
		CHECK_EQUAL(info.nNumberOfLinks, 2);
		CHECK_EQUAL(info.nFileSizeLow, 3);
	}
	CloseHandle(file);
	CHECK(DeleteFileW(path(L"r2")) && DeleteFileW(path(L"r3")) && DeleteFileW(path(L"r4")));
}

static void attributes_and_times(void)
{
	HANDLE file;
	FILETIME time = {0x12345670, 0x01D00000}, creation, access, write;
	WIN32_FILE_ATTRIBUTE_DATA data;

	write_file(L"t", "abc");
	CHECK_EQUAL(GetFileAttributesW(path(L"t")), FILE_ATTRIBUTE_ARCHIVE);
	CHECK_EQUAL(GetFileAttributesW(dir) & FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_DIRECTORY);
	CHECK(SetFileAttributesW(path(L"t"), FILE_ATTRIBUTE_READONLY));
	CHECK_EQUAL(GetFileAttributesW(path(L"t")) & FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_READONLY);
	CHECK(SetFileAttributesW(path(L"t"), FILE_ATTRIBUTE_ARCHIVE));
	file = open_file(L"t", GENERIC_READ | FILE_WRITE_ATTRIBUTES, 0, OPEN_EXISTING);
	CHECK(SetFileTime(file, NULL, &time, &time));
	CHECK(GetFileTime(file, &creation, &access, &write));
	CHECK_EQUAL(write.dwLowDateTime, time.dwLowDateTime);
	CHECK_EQUAL(write.dwHighDateTime, time.dwHighDateTime);
	CHECK_EQUAL(access.dwLowDateTime, time.dwLowDateTime);
	CloseHandle(file);
	CHECK(GetFileAttributesExW(path(L"T"), GetFileExInfoStandard, &data));
	CHECK_EQUAL(data.nFileSizeLow, 3);
	CHECK_EQUAL(data.ftLastWriteTime.dwLowDateTime, time.dwLowDateTime);
	CHECK_FAILS(GetFileAttributesW(path(L"none")) != INVALID_FILE_ATTRIBUTES, ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(GetFileAttributesW(path(L"none\\x")) != INVALID_FILE_ATTRIBUTES, ERROR_PATH_NOT_FOUND);
	CHECK_FAILS(GetFileAttributesW(path(L"t\\x")) != INVALID_FILE_ATTRIBUTES, ERROR_PATH_NOT_FOUND);
	CHECK_FAILS(GetFileAttributesW(path(L"t*")) != INVALID_FILE_ATTRIBUTES, ERROR_INVALID_NAME);
	CHECK(DeleteFileW(path(L"t")));
}

static void directories(void)
{
	static const WCHAR *const names[] = {L"Beta.txt", L"alpha.TXT", L"gamma", L"b.c.txt", L"_x", L"Zeta"};
	static const WCHAR *const sorted[] = {L".", L"..", L"alpha.TXT", L"b.c.txt", L"Beta.txt", L"gamma", L"Zeta", L"_x"};
	WIN32_FIND_DATAW data;
	HANDLE find;
	int count = 0;

	CHECK(CreateDirectoryW(path(L"sub"), NULL));
	CHECK_FAILS(CreateDirectoryW(path(L"sub"), NULL), ERROR_ALREADY_EXISTS);
	CHECK_FAILS(CreateDirectoryW(path(L"none\\sub"), NULL), ERROR_PATH_NOT_FOUND);
	for (int i = 0; i < 6; i++) {
		WCHAR name[64] = L"sub\\";

		lstrcatW(name, names[i]);
		write_file(name, "x");
	}
	CHECK_FAILS(RemoveDirectoryW(path(L"sub")), ERROR_DIR_NOT_EMPTY);
	find = FindFirstFileW(path(L"sub\\*"), &data);
	CHECK(find != INVALID_HANDLE_VALUE);
	do {
		if (count < 8)
			CHECK(!lstrcmpW(data.cFileName, sorted[count]));
		count++;
	} while (FindNextFileW(find, &data));
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_FILES);
	CHECK_EQUAL(count, 8);
	CHECK(FindClose(find));
#define COUNT(pattern, wanted)                                                                                         \
	do {                                                                                                           \
		count = 0;                                                                                             \
		find = FindFirstFileW(path(L"sub\\" pattern), &data);                                                  \
		if (find != INVALID_HANDLE_VALUE) {                                                                    \
			do                                                                                             \
				count++;                                                                               \
			while (FindNextFileW(find, &data));                                                            \
			FindClose(find);                                                                               \
		}                                                                                                      \
		CHECK_EQUAL(count, wanted);                                                                            \
	} while (0)
	COUNT(L"*.*", 8);
	COUNT(L"*.txt", 3);
	COUNT(L"*.TXT", 3);
	COUNT(L"?eta", 1);
	COUNT(L"*a", 2);
	COUNT(L"*.", 5);
	COUNT(L"beta.txt", 1);
	COUNT(L"????", 4); /* the two dots as well: find_names.c */
	COUNT(L"none", 0);
	COUNT(L"*.c.*", 1);
	CHECK_FAILS(FindFirstFileW(path(L"sub\\none*"), &data) != INVALID_HANDLE_VALUE, ERROR_FILE_NOT_FOUND);
	CHECK_FAILS(FindFirstFileW(path(L"none\\*"), &data) != INVALID_HANDLE_VALUE, ERROR_PATH_NOT_FOUND);
	find = FindFirstFileW(path(L"SUB\\BETA.TXT"), &data);
	CHECK(find != INVALID_HANDLE_VALUE && !lstrcmpW(data.cFileName, L"Beta.txt"));
	CHECK_EQUAL(data.nFileSizeLow, 1);
	FindClose(find);
	for (int i = 0; i < 6; i++) {
		WCHAR name[64] = L"SUB\\";

		lstrcatW(name, names[i]);
		CHECK(DeleteFileW(path(name)));
	}
	CHECK_FAILS(RemoveDirectoryW(path(L"none")), ERROR_FILE_NOT_FOUND);
	write_file(L"f", "x");
	CHECK_FAILS(RemoveDirectoryW(path(L"f")), ERROR_DIRECTORY);
	CHECK(DeleteFileW(path(L"f")));
	CHECK(RemoveDirectoryW(path(L"sub")));
}

static void locks(void)
{
	HANDLE a, b;
	OVERLAPPED overlapped;
	char text[4];
	DWORD count;

	write_file(L"l", "0123456789");
	a = open_file(L"l", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
	b = open_file(L"l", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
	CHECK_FAILS(LockFile(a, ~0u, ~0u, 2, 0), 307 /* ERROR_INVALID_LOCK_RANGE */);
	CHECK(LockFile(a, 0, 0, 4, 0));
	CHECK_FAILS(LockFile(b, 2, 0, 4, 0), ERROR_LOCK_VIOLATION);
	CHECK_FAILS(ReadFile(b, text, 4, &count, NULL), ERROR_LOCK_VIOLATION);
	CHECK(ReadFile(a, text, 4, &count, NULL));
	CHECK(LockFile(b, 4, 0, 4, 0));
	CHECK_FAILS(UnlockFile(a, 0, 0, 3, 0), ERROR_NOT_LOCKED);
	CHECK(UnlockFile(a, 0, 0, 4, 0));
	CHECK(UnlockFile(b, 4, 0, 4, 0));
	memset(&overlapped, 0, sizeof(overlapped));
	CHECK(LockFileEx(a, LOCKFILE_FAIL_IMMEDIATELY, 0, 4, 0, &overlapped));
	CHECK(LockFileEx(b, LOCKFILE_FAIL_IMMEDIATELY, 0, 4, 0, &overlapped));
	CHECK_FAILS(LockFileEx(b, LOCKFILE_FAIL_IMMEDIATELY | LOCKFILE_EXCLUSIVE_LOCK, 0, 4, 0, &overlapped),
		    ERROR_LOCK_VIOLATION);
	SetFilePointer(b, 0, NULL, FILE_BEGIN);
	CHECK_FAILS(WriteFile(b, text, 4, &count, NULL), ERROR_LOCK_VIOLATION);
	CloseHandle(a);
	CloseHandle(b);
	CHECK(DeleteFileW(path(L"l")));
}

static void handles(void)
{
	HANDLE file, pipe_end;
	FILE_END_OF_FILE_INFO end = {{.QuadPart = 0}};
	WCHAR name[MAX_PATH];
	FILE_STANDARD_INFO standard;

	file = CreateFileW(L"nul", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetFileType(file), FILE_TYPE_CHAR);
	CloseHandle(file);
	/* the null device is not said to have existed, and cannot be cut off */
	SetLastError(0xBAD);
	file = CreateFileW(L"nul", GENERIC_WRITE, 7, NULL, OPEN_ALWAYS, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
	CHECK_FAILS(SetEndOfFile(file), ERROR_INVALID_FUNCTION);
	CloseHandle(file);
	SetLastError(0xBAD);
	file = CreateFileW(L"nul", GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
	CloseHandle(file);
	CHECK(CreateFileW(L"nul", GENERIC_WRITE, 7, NULL, TRUNCATE_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE);
	CHECK(CreatePipe(&file, &pipe_end, NULL, 0));
	CHECK_FAILS(SetFileInformationByHandle(pipe_end, FileEndOfFileInfo, &end, sizeof(end)), ERROR_INVALID_PARAMETER);
	CloseHandle(file);
	CloseHandle(pipe_end);
	/* a device's name in a directory means the device, if the directory is there */
	file = CreateFileW(L"C:\\windows\\nul.txt", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CloseHandle(file);
	CHECK_FAILS(CreateFileW(L"C:\\none\\nul.txt", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL) != INVALID_HANDLE_VALUE,
		    ERROR_PATH_NOT_FOUND);
	CHECK_EQUAL(GetFileType((HANDLE)(ULONG_PTR)0x7FFC), FILE_TYPE_UNKNOWN);
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	write_file(L"Handle", "x");
	file = open_file(L"handle", GENERIC_READ, 7, OPEN_EXISTING);
	CHECK_EQUAL(GetFileType(file), FILE_TYPE_DISK);
	CHECK(GetFinalPathNameByHandleW(file, name, MAX_PATH, 0) > 0);
	CHECK(!memcmp(name, L"\\\\?\\", 8));
	CHECK(!lstrcmpW(name + lstrlenW(name) - 7, L"\\Handle"));
	CHECK(GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof(standard)));
	CHECK_EQUAL(standard.EndOfFile.QuadPart, 1);
	CHECK_EQUAL(standard.NumberOfLinks, 1);
	CHECK(!standard.Directory && !standard.DeletePending);
	CHECK_FAILS(GetFileInformationByHandleEx(file, FileStandardInfo, &standard, 4), ERROR_BAD_LENGTH);
	CloseHandle(file);
	CHECK(GetLongPathNameW(path(L"HANDLE"), name, MAX_PATH) > 0);
	CHECK(!lstrcmpW(name + lstrlenW(name) - 7, L"\\Handle"));
	CHECK(DeleteFileW(path(L"handle")));
	file = CreateFileW(dir, FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CloseHandle(file);
}

static void pipes(void)
{
	HANDLE reader, writer;
	char text[16];
	DWORD count, available;

	ROW(130, "execution");
	CHECK(CreatePipe(&reader, &writer, NULL, 0));
	CHECK_EQUAL(GetFileType(reader), FILE_TYPE_PIPE);
	CHECK(WriteFile(writer, "hello", 5, &count, NULL));
	CHECK(PeekNamedPipe(reader, text, 3, &count, &available, NULL));
	CHECK_EQUAL(count, 3);
	CHECK_EQUAL(available, 5);
	CHECK(ReadFile(reader, text, 3, &count, NULL) && count == 3);
	CHECK_FAILS(WriteFile(reader, "x", 1, &count, NULL), ERROR_ACCESS_DENIED);
	CloseHandle(writer);
	CHECK(ReadFile(reader, text, 16, &count, NULL) && count == 2);
	CHECK_FAILS(ReadFile(reader, text, 16, &count, NULL), ERROR_BROKEN_PIPE);
	CHECK_FAILS(PeekNamedPipe(reader, NULL, 0, NULL, &available, NULL), ERROR_BROKEN_PIPE);
	CloseHandle(reader);
	CHECK(CreatePipe(&reader, &writer, NULL, 0));
	CloseHandle(reader);
	CHECK_FAILS(WriteFile(writer, "x", 1, &count, NULL), ERROR_NO_DATA);
	CloseHandle(writer);
}

static void ports(void)
{
	HANDLE port, file;
	OVERLAPPED overlapped, *done;
	OVERLAPPED_ENTRY entries[4];
	ULONG_PTR key;
	DWORD count;
	ULONG removed;
	char text[4];

	ROW(127, "execution");
	port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	CHECK(port != NULL);
	CHECK_FAILS(GetQueuedCompletionStatus(port, &count, &key, &done, 0), WAIT_TIMEOUT);
	CHECK(done == NULL);
	CHECK(PostQueuedCompletionStatus(port, 5, 7, (OVERLAPPED *)0x1234));
	CHECK(PostQueuedCompletionStatus(port, 6, 8, NULL));
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &done, INFINITE));
	CHECK_EQUAL(count, 5);
	CHECK_EQUAL(key, 7);
	CHECK(done == (OVERLAPPED *)0x1234);
	CHECK(GetQueuedCompletionStatusEx(port, entries, 4, &removed, 100, FALSE));
	CHECK_EQUAL(removed, 1);
	CHECK_EQUAL(entries[0].lpCompletionKey, 8);
	CHECK_EQUAL(entries[0].dwNumberOfBytesTransferred, 6);
	write_file(L"port", "abcdef");
	file = CreateFileW(path(L"port"), GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
	CHECK(CreateIoCompletionPort(file, port, 99, 0) == port);
	memset(&overlapped, 0, sizeof(overlapped));
	if (!ReadFile(file, text, 4, NULL, &overlapped))
		CHECK_EQUAL(GetLastError(), ERROR_IO_PENDING);
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &done, 1000));
	CHECK_EQUAL(count, 4);
	CHECK_EQUAL(key, 99);
	CHECK(done == &overlapped);
	CloseHandle(file);
	CloseHandle(port);
	CHECK(DeleteFileW(path(L"port")));
}

/* For which system a program is: this one, a DLL, text, nothing. */
static void binary_types(void)
{
	WCHAR self[MAX_PATH], library[MAX_PATH];
	HANDLE file;
	DWORD type = 99, done;

	GetModuleFileNameW(NULL, self, MAX_PATH);
	CHECK(GetBinaryTypeW(self, &type));
	CHECK_EQUAL(type, SCS_64BIT_BINARY);
	CHECK_FAILS(GetBinaryTypeA("no such program.exe", &type), ERROR_FILE_NOT_FOUND);
	file = CreateFileA("binary_type.com", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
	CHECK(WriteFile(file, "text", 4, &done, NULL));
	CloseHandle(file);
	CHECK(GetBinaryTypeA("binary_type.com", &type));
	CHECK_EQUAL(type, SCS_DOS_BINARY);
	CHECK(MoveFileA("binary_type.com", "binary_type.exe"));
	CHECK_FAILS(GetBinaryTypeA("binary_type.exe", &type), ERROR_BAD_EXE_FORMAT);
	/* The same program marked as a DLL. */
	CHECK(CopyFileW(self, L"binary_type.exe", FALSE));
	file = CreateFileA("binary_type.exe", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	{
		IMAGE_DOS_HEADER dos;
		WORD characteristics;
		LONG at;

		ReadFile(file, &dos, sizeof(dos), &done, NULL);
		at = dos.e_lfanew + 4 + FIELD_OFFSET(IMAGE_FILE_HEADER, Characteristics);
		SetFilePointer(file, at, NULL, FILE_BEGIN);
		ReadFile(file, &characteristics, sizeof(characteristics), &done, NULL);
		characteristics |= IMAGE_FILE_DLL;
		SetFilePointer(file, at, NULL, FILE_BEGIN);
		WriteFile(file, &characteristics, sizeof(characteristics), &done, NULL);
	}
	CloseHandle(file);
	wcscpy(library, L"binary_type.exe");
	CHECK_FAILS(GetBinaryTypeW(library, &type), ERROR_BAD_EXE_FORMAT);
	DeleteFileW(library);
}

static HANDLE lock_waits;

static DWORD WINAPI lock_waiter(void *file)
{
	OVERLAPPED range = {0};

	SetEvent(lock_waits);
	return LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 4, 0, &range);
}

/* Who waits for a range can be stopped and looked at. */
static void waiting_for_lock(void)
{
	CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
	HANDLE a, b, thread;
	DWORD result = 0;

	write_file(L"w", "0123");
	a = open_file(L"w", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
	b = open_file(L"w", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
	CHECK(LockFile(a, 0, 0, 4, 0));
	lock_waits = CreateEventW(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, lock_waiter, b, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(lock_waits, 20000), WAIT_OBJECT_0);
	Sleep(20);
	CHECK_EQUAL(SuspendThread(thread), 0);
	CHECK(GetThreadContext(thread, &context));
	CHECK(context.Rip != 0);
	CHECK_EQUAL(ResumeThread(thread), 1);
	CHECK(UnlockFile(a, 0, 0, 4, 0));
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &result) && result);
	CloseHandle(thread);
	CloseHandle(lock_waits);
	CloseHandle(a);
	CloseHandle(b);
	CHECK(DeleteFileW(path(L"w")));
}

int main(void)
{
	WCHAR temp[MAX_PATH];
	DWORD length = GetTempPathW(MAX_PATH, temp);

	CHECK(length && temp[length - 1] == L'\\');
	CHECK(GetTempFileNameW(temp, L"pew", 0, dir) != 0);
	CHECK(DeleteFileW(dir));
	CHECK(CreateDirectoryW(dir, NULL));
	dispositions();
	sharing();
	deletion();
	positions();
	renaming();
	attributes_and_times();
	directories();
	locks();
	waiting_for_lock();
	handles();
	ports();
	pipes();
	CHECK(RemoveDirectoryW(dir));
	binary_types();
	return guest_result();
}
