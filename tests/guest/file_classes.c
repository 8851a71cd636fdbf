/*
 * file_classes.c - information classes, volumes' names, copies, backups, scattered transfers, unbuffered files.
 */
#include "guest.h"

#include <winioctl.h>

static char root[MAX_PATH], path[MAX_PATH];
static WCHAR wide[MAX_PATH];

static const char *in_root(const char *name)
{
	static char paths[4][MAX_PATH];
	static int next;
	char *result = paths[next++ & 3];

	snprintf(result, MAX_PATH, "%s\\%s", root, name);
	return result;
}

static HANDLE open_path(const char *name, DWORD access, DWORD disposition, DWORD flags)
{
	return CreateFileA(name, access, 7, NULL, disposition, flags, NULL);
}

static void write_file(const char *name, const void *data, DWORD size)
{
	HANDLE file = open_path(name, GENERIC_WRITE, CREATE_ALWAYS, 0);
	DWORD count;

	CHECK(WriteFile(file, data, size, &count, NULL) && count == size);
	CloseHandle(file);
}

static void test_queries(void)
{
	union {
		FILE_BASIC_INFO basic;
		FILE_STANDARD_INFO standard;
		FILE_NAME_INFO name;
		FILE_STREAM_INFO stream;
		FILE_COMPRESSION_INFO compression;
		FILE_ATTRIBUTE_TAG_INFO tag;
		FILE_ID_BOTH_DIR_INFO both;
		FILE_FULL_DIR_INFO full;
		FILE_STORAGE_INFO storage;
		FILE_ALIGNMENT_INFO alignment;
		FILE_ID_INFO id;
		FILE_ID_EXTD_DIR_INFO extended;
		BYTE bytes[4096];
		LONGLONG align;
	} info;
	BY_HANDLE_FILE_INFORMATION by_handle;
	ULONG sensitive = 99;
	HANDLE file, directory;
	int found = 0;

	write_file(path, "hello", 5);
	file = open_path(path, GENERIC_READ, OPEN_EXISTING, 0);
	CHECK(GetFileInformationByHandle(file, &by_handle));
	CHECK_EQUAL(by_handle.nFileSizeLow, 5);
	CHECK(GetFileInformationByHandleEx(file, FileBasicInfo, &info, sizeof(info)));
	CHECK(info.basic.LastWriteTime.QuadPart != 0);
	CHECK_FAILS(GetFileInformationByHandleEx(file, FileBasicInfo, &info, 4), ERROR_BAD_LENGTH);
	CHECK(GetFileInformationByHandleEx(file, FileStandardInfo, &info, sizeof(info)));
	CHECK_EQUAL(info.standard.EndOfFile.QuadPart, 5);
	CHECK_EQUAL(info.standard.NumberOfLinks, 1);
	CHECK(!info.standard.Directory && !info.standard.DeletePending);
	CHECK(GetFileInformationByHandleEx(file, FileNameInfo, &info, sizeof(info)));
	CHECK(info.name.FileName[0] == '\\' && info.name.FileNameLength / 2 == strlen(path) - 2);
	CHECK_FAILS(GetFileInformationByHandleEx(file, FileNameInfo, &info, 10), ERROR_MORE_DATA);
	CHECK(GetFileInformationByHandleEx(file, FileStreamInfo, &info, sizeof(info)));
	CHECK_EQUAL(info.stream.StreamSize.QuadPart, 5);
	CHECK(info.stream.StreamNameLength == 14 && !memcmp(info.stream.StreamName, L"::$DATA", 14));
	CHECK(GetFileInformationByHandleEx(file, FileCompressionInfo, &info, sizeof(info)));
	CHECK_EQUAL(info.compression.CompressionFormat, COMPRESSION_FORMAT_NONE);
	CHECK(GetFileInformationByHandleEx(file, FileAttributeTagInfo, &info, sizeof(info)));
	CHECK_EQUAL(info.tag.ReparseTag, 0);
	CHECK(GetFileInformationByHandleEx(file, FileStorageInfo, &info, sizeof(info)));
	CHECK(info.storage.LogicalBytesPerSector >= 512);
	CHECK(GetFileInformationByHandleEx(file, FileAlignmentInfo, &info, sizeof(info)));
	CHECK(GetFileInformationByHandleEx(file, FileIdInfo, &info, sizeof(info)));
	CHECK(!memcmp(info.id.FileId.Identifier, &by_handle.nFileIndexLow, 4));
	/* not on another machine */
	CHECK_FAILS(GetFileInformationByHandleEx(file, FileRemoteProtocolInfo, &info, sizeof(info)), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetFileInformationByHandleEx(file, FileEndOfFileInfo, &info, sizeof(info)), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(GetFileInformationByHandleEx(file, FileFullDirectoryInfo, &info, sizeof(info)), ERROR_INVALID_PARAMETER);
	CloseHandle(file);

	directory = open_path(root, FILE_LIST_DIRECTORY, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
	CHECK(GetFileInformationByHandleEx(directory, FileFullDirectoryInfo, &info, sizeof(info)));
	for (FILE_FULL_DIR_INFO *entry = &info.full;; entry = (void *)((BYTE *)entry + entry->NextEntryOffset)) {
		found += entry->FileNameLength == 10 && !memcmp(entry->FileName, L"a.txt", 10) && entry->EndOfFile.QuadPart == 5;
		if (!entry->NextEntryOffset)
			break;
	}
	CHECK_EQUAL(found, 1);
	CHECK_FAILS(GetFileInformationByHandleEx(directory, FileFullDirectoryInfo, &info, sizeof(info)), ERROR_NO_MORE_FILES);
	CHECK(GetFileInformationByHandleEx(directory, FileFullDirectoryRestartInfo, &info, sizeof(info)));
	CHECK(GetFileInformationByHandleEx(directory, FileIdBothDirectoryRestartInfo, &info, sizeof(info)));
	CHECK(info.both.FileNameLength == 2 && info.both.FileName[0] == '.');
	CHECK(GetFileInformationByHandleEx(directory, FileIdExtdDirectoryRestartInfo, &info, sizeof(info)));
	CHECK(info.extended.FileNameLength == 2 && info.extended.FileName[0] == '.');
	CHECK(GetFileInformationByHandleEx(directory, (FILE_INFO_BY_HANDLE_CLASS)23 /* FileCaseSensitiveInfo */, &sensitive,
					   sizeof(sensitive)));
	CHECK_EQUAL(sensitive, 0);
	CloseHandle(directory);
}

static void test_setting(void)
{
	struct {
		FILE_RENAME_INFO info;
		WCHAR more[MAX_PATH];
	} rename;
	FILE_DISPOSITION_INFO disposition = {TRUE};
	struct {
		DWORD flags;
	} disposition_ex = {1 | 2}; /* delete, POSIX semantics */
	FILE_END_OF_FILE_INFO end;
	FILE_ALLOCATION_INFO allocation;
	FILE_BASIC_INFO basic = {0};
	FILE_IO_PRIORITY_HINT_INFO hint = {IoPriorityHintLow};
	HANDLE file = open_path(path, GENERIC_READ | GENERIC_WRITE | DELETE, OPEN_EXISTING, 0), other;
	FILETIME write;

	basic.LastWriteTime.QuadPart = 130000000012345678;
	CHECK(SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof(basic)));
	CHECK(GetFileTime(file, NULL, NULL, &write));
	CHECK_EQUAL((ULONGLONG)write.dwHighDateTime << 32 | write.dwLowDateTime, 130000000012345678);
	end.EndOfFile.QuadPart = 9;
	CHECK(SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof(end)));
	CHECK_EQUAL(GetFileSize(file, NULL), 9);
	allocation.AllocationSize.QuadPart = 3;
	CHECK(SetFileInformationByHandle(file, FileAllocationInfo, &allocation, sizeof(allocation)));
	CHECK_EQUAL(GetFileSize(file, NULL), 3);
	CHECK(SetFileInformationByHandle(file, FileIoPriorityHintInfo, &hint, sizeof(hint)));
	CHECK_FAILS(SetFileInformationByHandle(file, FileStandardInfo, &end, sizeof(end)), ERROR_INVALID_PARAMETER);

	/* over an existing file that somebody has open: only with POSIX semantics */
	write_file(in_root("b.txt"), "b", 1);
	other = open_path(in_root("b.txt"), GENERIC_READ, OPEN_EXISTING, 0);
	memset(&rename, 0, sizeof(rename));
	rename.info.FileNameLength =
		(DWORD)MultiByteToWideChar(CP_ACP, 0, in_root("b.txt"), -1, rename.info.FileName, MAX_PATH) * 2 - 2;
	CHECK_FAILS(SetFileInformationByHandle(file, FileRenameInfo, &rename, sizeof(rename)), ERROR_ALREADY_EXISTS);
	rename.info.ReplaceIfExists = TRUE;
	CHECK_FAILS(SetFileInformationByHandle(file, FileRenameInfo, &rename, sizeof(rename)), ERROR_ACCESS_DENIED);
	*(DWORD *)&rename = 1 | 2; /* replace, POSIX semantics */
	CHECK(SetFileInformationByHandle(file, (FILE_INFO_BY_HANDLE_CLASS)22 /* FileRenameInfoEx */, &rename, sizeof(rename)));
	CHECK_EQUAL(GetFileAttributesA(path), INVALID_FILE_ATTRIBUTES);
	CHECK_EQUAL(GetFileSize(other, NULL), 1);
	CloseHandle(other);

	/* gone at once although a handle is open */
	other = open_path(in_root("b.txt"), GENERIC_READ | DELETE, OPEN_EXISTING, 0);
	CHECK(other != INVALID_HANDLE_VALUE);
	CHECK(SetFileInformationByHandle(other, (FILE_INFO_BY_HANDLE_CLASS)21 /* FileDispositionInfoEx */, &disposition_ex,
					 sizeof(disposition_ex)));
	CloseHandle(other);
	CHECK_EQUAL(GetFileAttributesA(in_root("b.txt")), INVALID_FILE_ATTRIBUTES);
	CHECK_EQUAL(GetFileSize(file, NULL), 3);
	CloseHandle(file);
	write_file(path, "x", 1);
	file = open_path(path, DELETE, OPEN_EXISTING, 0);
	CHECK(SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof(disposition)));
	CHECK_FAILS(open_path(path, GENERIC_READ, OPEN_EXISTING, 0) != INVALID_HANDLE_VALUE, ERROR_ACCESS_DENIED);
	CloseHandle(file);
	CHECK_EQUAL(GetFileAttributesA(path), INVALID_FILE_ATTRIBUTES);
}

static void test_volumes(void)
{
	char drive[] = "?:\\", volume[64], again[64], names[16], short_one[8];
	WCHAR final_path[MAX_PATH];
	DWORD size;
	HANDLE find, file;
	int found = 0;

	drive[0] = root[0];
	CHECK(GetVolumeNameForVolumeMountPointA(drive, volume, sizeof(volume)));
	CHECK(!strncmp(volume, "\\\\?\\Volume{", 11) && strlen(volume) == 49 && volume[48] == '\\');
	CHECK_FAILS(GetVolumeNameForVolumeMountPointA(drive, volume, 20), ERROR_FILENAME_EXCED_RANGE);
	CHECK(GetVolumeNameForVolumeMountPointA(drive, volume, sizeof(volume)));
	drive[2] = 0;
	CHECK_FAILS(GetVolumeNameForVolumeMountPointA(drive, again, sizeof(again)), ERROR_INVALID_NAME);
	drive[2] = '\\';
	CHECK(GetVolumePathNamesForVolumeNameA(volume, names, sizeof(names), &size));
	CHECK(!strcmp(names, drive));
	CHECK_EQUAL(size, 5);
	CHECK_FAILS(GetVolumePathNamesForVolumeNameA(volume, short_one, 3, &size), ERROR_MORE_DATA);
	find = FindFirstVolumeA(again, sizeof(again));
	CHECK(find != INVALID_HANDLE_VALUE);
	do
		found += !strcmp(again, volume);
	while (FindNextVolumeA(find, again, sizeof(again)));
	CHECK_EQUAL(GetLastError(), ERROR_NO_MORE_FILES);
	CHECK_EQUAL(found, 1);
	CHECK(FindVolumeClose(find));
	/* a file by the volume's name */
	write_file(path, "volume", 6);
	file = open_path(path, GENERIC_READ, OPEN_EXISTING, 0);
	CHECK(GetFinalPathNameByHandleW(file, final_path, MAX_PATH, VOLUME_NAME_GUID) > 49);
	CloseHandle(file);
	file = CreateFileW(final_path, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(GetFileSize(file, NULL), 6);
	CloseHandle(file);
}

static DWORD messages[8];

/* COPYFILE2_MESSAGE's beginning. */
static DWORD CALLBACK copy_progress(const DWORD *message, PVOID context)
{
	messages[message[0] & 7]++;
	CHECK(context == (PVOID)77);
	return *(DWORD *)messages == 99 ? 1 : 0;
}

static void test_copies(void)
{
	struct {
		DWORD size, flags;
		BOOL *cancel;
		PVOID routine, context;
	} parameters = {sizeof(parameters), 0, NULL, copy_progress, (PVOID)77};
	HRESULT(WINAPI * copy_file_2)(PCWSTR, PCWSTR, PVOID) =
		(PVOID)GetProcAddress(GetModuleHandleA("kernel32.dll"), "CopyFile2");
	WCHAR to[MAX_PATH], name[MAX_PATH];
	DWORD size = MAX_PATH;
	HANDLE find;

	CHECK(copy_file_2 != NULL);
	MultiByteToWideChar(CP_ACP, 0, in_root("copy.txt"), -1, to, MAX_PATH);
	CHECK_EQUAL(copy_file_2(wide, to, &parameters), S_OK);
	CHECK(messages[2] >= 1 && messages[3] == 1 && messages[4] == 1);
	parameters.flags = COPY_FILE_FAIL_IF_EXISTS;
	CHECK_EQUAL((DWORD)copy_file_2(wide, to, &parameters), 0x80070050u);
	CHECK_EQUAL((DWORD)copy_file_2(L"Q:\\no\\such", to, NULL) & 0xFFFF0000u, 0x80070000u);
	find = FindFirstFileNameW(to, 0, &size, name);
	CHECK(find != INVALID_HANDLE_VALUE);
	CHECK(name[0] == '\\' && size == lstrlenW(name) + 1u && !lstrcmpiW(name, to + 2));
	size = MAX_PATH;
	CHECK_FAILS(FindNextFileNameW(find, &size, name), ERROR_HANDLE_EOF);
	CHECK(FindClose(find));
	CHECK(DeleteFileW(to));
}

static void test_backups(void)
{
	BYTE buffer[64];
	DWORD count, low, high;
	PVOID context = NULL;
	HANDLE file = open_path(path, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS), copy;

	CHECK(BackupRead(file, buffer, sizeof(buffer), &count, FALSE, FALSE, &context));
	CHECK_EQUAL(count, 20 + 6);
	CHECK_EQUAL(((WIN32_STREAM_ID *)buffer)->dwStreamId, BACKUP_DATA);
	CHECK_EQUAL(((WIN32_STREAM_ID *)buffer)->Size.QuadPart, 6);
	CHECK(!memcmp(buffer + 20, "volume", 6));
	CHECK(BackupRead(file, buffer + 26, sizeof(buffer) - 26, &count, FALSE, FALSE, &context));
	CHECK_EQUAL(count, 0);
	CHECK(BackupRead(file, NULL, 0, &count, TRUE, FALSE, &context));
	copy = open_path(in_root("backup"), GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS, 0);
	context = NULL;
	CHECK(BackupWrite(copy, buffer, 7, &count, FALSE, FALSE, &context));
	CHECK(BackupWrite(copy, buffer + 7, 19, &count, FALSE, FALSE, &context));
	CHECK_EQUAL(count, 19);
	CHECK(BackupWrite(copy, NULL, 0, &count, TRUE, FALSE, &context));
	CHECK_EQUAL(GetFileSize(copy, NULL), 6);
	CloseHandle(copy);
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	context = NULL;
	CHECK(BackupRead(file, buffer, 20, &count, FALSE, FALSE, &context));
	CHECK(BackupSeek(file, 4, 0, &low, &high, &context));
	CHECK_EQUAL(low, 4);
	CHECK(BackupRead(file, buffer, sizeof(buffer), &count, FALSE, FALSE, &context));
	CHECK(count == 2 && !memcmp(buffer, "me", 2));
	CHECK(BackupRead(file, NULL, 0, &count, TRUE, FALSE, &context));
	CloseHandle(file);
	CHECK(DeleteFileA(in_root("backup")));
}

static void test_unbuffered(void)
{
	FILE_SEGMENT_ELEMENT segments[3] = {{0}};
	BYTE *pages = VirtualAlloc(NULL, 16384, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
	const char *name = in_root("unbuffered");
	DWORD count;
	HANDLE file = open_path(name, GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS, FILE_FLAG_NO_BUFFERING);

	CHECK(file != INVALID_HANDLE_VALUE);
	CHECK_FAILS(WriteFile(file, pages, 100, &count, NULL), ERROR_INVALID_PARAMETER);
	memset(pages, 'a', 4096);
	memset(pages + 4096, 'b', 4096);
	CHECK(WriteFile(file, pages, 8192, &count, NULL));
	CHECK_EQUAL(count, 8192);
	SetFilePointer(file, 100, NULL, FILE_BEGIN);
	CHECK_FAILS(ReadFile(file, pages, 4096, &count, NULL), ERROR_INVALID_PARAMETER);
	SetFilePointer(file, 4096, NULL, FILE_BEGIN);
	CHECK_FAILS(ReadFile(file, pages, 1000, &count, NULL), ERROR_INVALID_PARAMETER);
	CHECK(ReadFile(file, pages, 8192, &count, NULL));
	CHECK(count == 4096 && pages[0] == 'b');
	CloseHandle(file);

	file = open_path(name, GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING, FILE_FLAG_NO_BUFFERING | FILE_FLAG_OVERLAPPED);
	segments[0].Buffer = PtrToPtr64(pages + 8192);
	segments[1].Buffer = PtrToPtr64(pages);
	CHECK(ReadFileScatter(file, segments, 8192, NULL, &overlapped) || GetLastError() == ERROR_IO_PENDING);
	CHECK(GetOverlappedResult(file, &overlapped, &count, TRUE));
	CHECK(count == 8192 && pages[8192] == 'a' && pages[0] == 'b');
	CHECK(WriteFileGather(file, segments + 1, 4096, NULL, &overlapped) || GetLastError() == ERROR_IO_PENDING);
	CHECK(GetOverlappedResult(file, &overlapped, &count, TRUE));
	CHECK_EQUAL(count, 4096);
	CHECK(ReadFileScatter(file, segments, 4096, NULL, &overlapped) || GetLastError() == ERROR_IO_PENDING);
	CHECK(GetOverlappedResult(file, &overlapped, &count, TRUE));
	CHECK(pages[8192] == 'b');
	CloseHandle(file);
	CloseHandle(overlapped.hEvent);
	CHECK(DeleteFileA(name));
}

static void test_sparse(void)
{
	const char *name = in_root("sparse");
	HANDLE file = open_path(name, GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS, 0);
	FILE_ALLOCATED_RANGE_BUFFER all = {{.QuadPart = 0}, {.QuadPart = 1 << 20}}, ranges[8];
	FILE_ZERO_DATA_INFORMATION zero = {{.QuadPart = 0}, {.QuadPart = 65536}};
	BYTE *data = calloc(1, 65536);
	USHORT format = 99;
	DWORD count;

	memset(data, 1, 65536);
	CHECK(DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &count, NULL));
	CHECK(WriteFile(file, data, 65536, &count, NULL));
	SetFilePointer(file, 1 << 20, NULL, FILE_BEGIN);
	CHECK(SetEndOfFile(file));
	CHECK(DeviceIoControl(file, FSCTL_QUERY_ALLOCATED_RANGES, &all, sizeof(all), ranges, sizeof(ranges), &count, NULL));
	CHECK_EQUAL(count, sizeof(ranges[0]));
	CHECK_EQUAL(ranges[0].FileOffset.QuadPart, 0);
	CHECK_EQUAL(ranges[0].Length.QuadPart, 65536);
	CHECK(DeviceIoControl(file, FSCTL_SET_ZERO_DATA, &zero, sizeof(zero), NULL, 0, &count, NULL));
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	CHECK(ReadFile(file, data, 65536, &count, NULL));
	CHECK(count == 65536 && !data[0] && !data[65535]);
	CHECK(DeviceIoControl(file, FSCTL_GET_COMPRESSION, NULL, 0, &format, sizeof(format), &count, NULL));
	CHECK_EQUAL(format, COMPRESSION_FORMAT_NONE);
	CloseHandle(file);
	CHECK(DeleteFileA(name));
	free(data);
}

int main(void)
{
	char temporary[MAX_PATH];

	GetTempPathA(sizeof(temporary), temporary);
	snprintf(root, sizeof(root), "%sfile_classes.%lu", temporary, GetCurrentProcessId());
	CHECK(CreateDirectoryA(root, NULL));
	snprintf(path, sizeof(path), "%s\\a.txt", root);
	MultiByteToWideChar(CP_ACP, 0, path, -1, wide, MAX_PATH);
	test_queries();
	test_setting();
	test_volumes();
	test_copies();
	test_backups();
	test_unbuffered();
	test_sparse();
	CHECK(DeleteFileA(path));
	CHECK(RemoveDirectoryA(root));
	return guest_result();
}
