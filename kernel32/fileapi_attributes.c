/*
 * kernel32/fileapi_attributes.c - attributes, times and what else is known of files (fileapi.h, winbase.h).
 */
#include "kernel32/file.h"

#include <string.h>

EXPORT(kernel32, DWORD, GetFileAttributesW, (LPCWSTR name))
{
	FILE_BASIC_INFORMATION info;
	struct file_name file;
	BOOL ok = file_name_set(&file, name);

	if (ok)
		ok = win32_result(NtQueryAttributesFile(&file.attributes, &info));
	else if (name && !*name)
		set_last_error(ERROR_PATH_NOT_FOUND);
	file_name_free(&file);
	return ok ? info.FileAttributes : INVALID_FILE_ATTRIBUTES;
}

EXPORT(kernel32, DWORD, GetFileAttributesA, (LPCSTR name))
{
	struct wide_argument wide;
	DWORD attributes = INVALID_FILE_ATTRIBUTES;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		attributes = GetFileAttributesW(wide.text);
	wide_argument_free(&wide);
	return attributes;
}

EXPORT(kernel32, BOOL, GetFileAttributesExW, (LPCWSTR name, DWORD level, LPVOID information))
{
	WIN32_FILE_ATTRIBUTE_DATA *data = information;
	FILE_NETWORK_OPEN_INFORMATION info;
	struct file_name file;
	BOOL ok;

	if (level != 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ok = file_name_set(&file, name) && win32_result(NtQueryFullAttributesFile(&file.attributes, &info));
	file_name_free(&file);
	if (!ok)
		return FALSE;
	data->dwFileAttributes = info.FileAttributes;
	data->ftCreationTime = filetime_of(info.CreationTime);
	data->ftLastAccessTime = filetime_of(info.LastAccessTime);
	data->ftLastWriteTime = filetime_of(info.LastWriteTime);
	data->nFileSizeHigh = (DWORD)info.EndOfFile.HighPart;
	data->nFileSizeLow = info.EndOfFile.LowPart;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetFileAttributesExA, (LPCSTR name, DWORD level, LPVOID information))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		ok = GetFileAttributesExW(wide.text, level, information);
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, BOOL, SetFileAttributesW, (LPCWSTR name, DWORD attributes))
{
	FILE_BASIC_INFORMATION info = {.FileAttributes = 0};
	struct file_name file;
	IO_STATUS_BLOCK iosb;
	HANDLE handle;
	BOOL ok = file_name_set(&file, name);

	/* the two that belong to the file system are not set this way; NORMAL stands for none */
	info.FileAttributes = (attributes & FILE_ATTRIBUTE_VALID_FLAGS & ~FILE_ATTRIBUTE_DIRECTORY) | FILE_ATTRIBUTE_NORMAL;
	if (ok)
		ok = win32_result(open_by_name(&handle, &file, FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
					       FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT |
						       FILE_OPEN_REPARSE_POINT));
	file_name_free(&file);
	if (!ok)
		return FALSE;
	ok = win32_result(NtSetInformationFile(handle, &iosb, &info, sizeof(info), FileBasicInformation));
	ob_close_handle(handle);
	return ok;
}

EXPORT(kernel32, BOOL, SetFileAttributesA, (LPCSTR name, DWORD attributes))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		ok = SetFileAttributesW(wide.text, attributes);
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, BOOL, GetFileTime, (HANDLE file, LPFILETIME creation, LPFILETIME access, LPFILETIME write))
{
	FILE_BASIC_INFORMATION info;
	IO_STATUS_BLOCK iosb;

	if (!win32_result(NtQueryInformationFile(file, &iosb, &info, sizeof(info), FileBasicInformation)))
		return FALSE;
	if (creation)
		*creation = filetime_of(info.CreationTime);
	if (access)
		*access = filetime_of(info.LastAccessTime);
	if (write)
		*write = filetime_of(info.LastWriteTime);
	return TRUE;
}

EXPORT(kernel32, BOOL, SetFileTime, (HANDLE file, const FILETIME *creation, const FILETIME *access, const FILETIME *write))
{
	FILE_BASIC_INFORMATION info = {.FileAttributes = 0};
	IO_STATUS_BLOCK iosb;

	info.CreationTime.QuadPart = filetime_value(creation);
	info.LastAccessTime.QuadPart = filetime_value(access);
	info.LastWriteTime.QuadPart = filetime_value(write);
	return win32_result(NtSetInformationFile(file, &iosb, &info, sizeof(info), FileBasicInformation));
}

EXPORT(kernel32, BOOL, GetFileInformationByHandle, (HANDLE file, BY_HANDLE_FILE_INFORMATION *information))
{
	struct {
		FILE_ALL_INFORMATION all;
		WCHAR name[1];
	} info;
	struct {
		FILE_FS_VOLUME_INFORMATION info;
		WCHAR label[32];
	} volume;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status = NtQueryInformationFile(file, &iosb, &info, sizeof(info), FileAllInformation);

	if (status != STATUS_BUFFER_OVERFLOW && !win32_result(status))
		return FALSE;
	status = NtQueryVolumeInformationFile(file, &iosb, &volume, sizeof(volume), FileFsVolumeInformation);
	if (status != STATUS_BUFFER_OVERFLOW && !win32_result(status))
		return FALSE;
	information->dwFileAttributes = info.all.BasicInformation.FileAttributes;
	information->ftCreationTime = filetime_of(info.all.BasicInformation.CreationTime);
	information->ftLastAccessTime = filetime_of(info.all.BasicInformation.LastAccessTime);
	information->ftLastWriteTime = filetime_of(info.all.BasicInformation.LastWriteTime);
	information->dwVolumeSerialNumber = volume.info.VolumeSerialNumber;
	information->nFileSizeHigh = (DWORD)info.all.StandardInformation.EndOfFile.HighPart;
	information->nFileSizeLow = info.all.StandardInformation.EndOfFile.LowPart;
	information->nNumberOfLinks = info.all.StandardInformation.NumberOfLinks;
	information->nFileIndexHigh = (DWORD)info.all.InternalInformation.IndexNumber.HighPart;
	information->nFileIndexLow = info.all.InternalInformation.IndexNumber.LowPart;
	return TRUE;
}

/* FILE_INFO_BY_HANDLE_CLASS to NT's classes; -1: no such class, or one for the other direction. */
static int nt_class(int info_class, bool set)
{
	switch (info_class) {
	case FileBasicInfo:
		return FileBasicInformation;
	case FileStandardInfo:
		return set ? -1 : FileStandardInformation;
	case FileNameInfo:
		return set ? -1 : FileNameInformation;
	case FileStreamInfo:
		return set ? -1 : FileStreamInformation;
	case FileCompressionInfo:
		return set ? -1 : FileCompressionInformation;
	case FileAttributeTagInfo:
		return set ? -1 : FileAttributeTagInformation;
	case FileAlignmentInfo:
		return set ? -1 : FileAlignmentInformation;
	case FileIdInfo:
		return set ? -1 : FileIdInformation;
	case FileCaseSensitiveInfo:
		return set ? -1 : FileCaseSensitiveInformation;
	case FileNormalizedNameInfo:
		return set ? -1 : FileNormalizedNameInformation;
	case FileRenameInfo:
		return set ? FileRenameInformation : -1;
	case FileRenameInfoEx:
		return set ? FileRenameInformationEx : -1;
	case FileDispositionInfo:
		return set ? FileDispositionInformation : -1;
	case FileDispositionInfoEx:
		return set ? FileDispositionInformationEx : -1;
	case FileAllocationInfo:
		return set ? FileAllocationInformation : -1;
	case FileEndOfFileInfo:
		return set ? FileEndOfFileInformation : -1;
	case FileIoPriorityHintInfo:
		return set ? FileIoPriorityHintInformation : -1;
	default:
		return -1;
	}
}

static int directory_class(int info_class, bool *restart)
{
	*restart = false;
	switch (info_class) {
	case FileIdBothDirectoryRestartInfo:
		*restart = true;
		/* fallthrough */
	case FileIdBothDirectoryInfo:
		return FileIdBothDirectoryInformation;
	case FileFullDirectoryRestartInfo:
		*restart = true;
		/* fallthrough */
	case FileFullDirectoryInfo:
		return FileFullDirectoryInformation;
	case FileIdExtdDirectoryRestartInfo:
		*restart = true;
		/* fallthrough */
	case FileIdExtdDirectoryInfo:
		return FileIdExtdDirectoryInformation;
	default:
		return -1;
	}
}

EXPORT(kernel32, BOOL, GetFileInformationByHandleEx, (HANDLE file, int info_class, LPVOID buffer, DWORD size))
{
	IO_STATUS_BLOCK iosb;
	bool restart;
	int class = directory_class(info_class, &restart);

	if (class >= 0)
		return win32_result(NtQueryDirectoryFile(file, NULL, NULL, NULL, &iosb, buffer, size,
							 (FILE_INFORMATION_CLASS)class, FALSE, NULL, restart));
	if (info_class == FileStorageInfo)
		return win32_result(NtQueryVolumeInformationFile(file, &iosb, buffer, size, FileFsSectorSizeInformation));
	class = nt_class(info_class, false);
	if (class < 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (info_class == FileStreamInfo) {
		NTSTATUS status = NtQueryInformationFile(file, &iosb, buffer, size, FileStreamInformation);

		/* a directory has no stream at all */
		if (NT_SUCCESS(status) && iosb.Information == 0) {
			set_last_error(ERROR_HANDLE_EOF);
			return FALSE;
		}
		return win32_result(status);
	}
	return win32_result(NtQueryInformationFile(file, &iosb, buffer, size, (FILE_INFORMATION_CLASS)class));
}

EXPORT(kernel32, BOOL, SetFileInformationByHandle, (HANDLE file, int info_class, LPVOID buffer, DWORD size))
{
	IO_STATUS_BLOCK iosb;
	int class = nt_class(info_class, true);

	if (class < 0) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (info_class == FileRenameInfo || info_class == FileRenameInfoEx) {
		/* here, other than in NT's structure, the name is a DOS name and terminated */
		FILE_RENAME_INFORMATION *given = buffer, *info;
		struct io_wide nt;
		NTSTATUS status;

		if (size < sizeof(*given)) {
			set_last_error(ERROR_BAD_LENGTH);
			return FALSE;
		}
		io_wide_init(&nt);
		status = io_nt_path_from_dos(given->FileName, given->FileNameLength ? given->FileNameLength / 2
										     : rtl_wcslen(given->FileName),
					     &nt);
		info = NT_SUCCESS(status) ? RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0,
							    offsetof(FILE_RENAME_INFORMATION, FileName) + nt.length * 2 + 2)
					  : NULL;
		if (info) {
			memset(info, 0, offsetof(FILE_RENAME_INFORMATION, FileName));
			info->Flags = info_class == FileRenameInfo ? given->ReplaceIfExists : given->Flags;
			info->FileNameLength = (ULONG)nt.length * 2;
			memcpy(info->FileName, nt.text, nt.length * 2);
			status = NtSetInformationFile(file, &iosb, info,
						      (ULONG)offsetof(FILE_RENAME_INFORMATION, FileName) +
							      info->FileNameLength + 2,
						      (FILE_INFORMATION_CLASS)class);
			RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, info);
		} else if (NT_SUCCESS(status)) {
			status = STATUS_NO_MEMORY;
		}
		io_wide_free(&nt);
		return win32_result(status);
	}
	return win32_result(NtSetInformationFile(file, &iosb, buffer, size, (FILE_INFORMATION_CLASS)class));
}

EXPORT(kernel32, DWORD, GetCompressedFileSizeW, (LPCWSTR name, LPDWORD high))
{
	FILE_COMPRESSION_INFORMATION info;
	struct file_name file;
	IO_STATUS_BLOCK iosb;
	HANDLE handle;
	BOOL ok = file_name_set(&file, name) &&
		  win32_result(open_by_name(&handle, &file, FILE_READ_ATTRIBUTES | SYNCHRONIZE,
					    FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT));

	file_name_free(&file);
	if (!ok)
		return INVALID_FILE_SIZE;
	ok = win32_result(NtQueryInformationFile(handle, &iosb, &info, sizeof(info), FileCompressionInformation));
	ob_close_handle(handle);
	if (!ok)
		return INVALID_FILE_SIZE;
	if (high)
		*high = (DWORD)info.CompressedFileSize.HighPart;
	if (info.CompressedFileSize.LowPart == INVALID_FILE_SIZE)
		set_last_error(ERROR_SUCCESS);
	return info.CompressedFileSize.LowPart;
}

EXPORT(kernel32, DWORD, GetCompressedFileSizeA, (LPCSTR name, LPDWORD high))
{
	struct wide_argument wide;
	DWORD size = INVALID_FILE_SIZE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		size = GetCompressedFileSizeW(wide.text, high);
	wide_argument_free(&wide);
	return size;
}

EXPORT(kernel32, BOOL, SetFileCompletionNotificationModes, (HANDLE file, UCHAR flags))
{
	ULONG modes = flags;
	IO_STATUS_BLOCK iosb;

	if (flags & ~(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return win32_result(
		NtSetInformationFile(file, &iosb, &modes, sizeof(modes), FileIoCompletionNotificationInformation));
}
