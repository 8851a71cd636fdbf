/*
 * kernel32/fileapi_directory.c - deleting files, making and removing directories (fileapi.h).
 */
#include "kernel32/file.h"

#include <string.h>

/* Deletes through an open handle: POSIX-wise, as Windows 10 does since 1809, the name goes with the handle. */
static NTSTATUS delete_open(HANDLE handle)
{
	ULONG flags = FILE_DISPOSITION_DELETE | FILE_DISPOSITION_POSIX_SEMANTICS;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status = NtSetInformationFile(handle, &iosb, &flags, sizeof(flags), FileDispositionInformationEx);

	ob_close_handle(handle);
	return status;
}

static BOOL delete_name(LPCWSTR name, ULONG options)
{
	struct file_name file;
	HANDLE handle;
	NTSTATUS status;
	BOOL ok = file_name_set(&file, name);

	if (!ok) {
		file_name_free(&file);
		return FALSE;
	}
	status = open_by_name(&handle, &file, DELETE | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
			      options | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT | FILE_OPEN_REPARSE_POINT);
	file_name_free(&file);
	if (NT_SUCCESS(status))
		status = delete_open(handle);
	return win32_result(status);
}

EXPORT(kernel32, BOOL, DeleteFileW, (LPCWSTR name))
{
	return delete_name(name, FILE_NON_DIRECTORY_FILE);
}

EXPORT(kernel32, BOOL, DeleteFileA, (LPCSTR name))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		ok = DeleteFileW(wide.text);
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, BOOL, RemoveDirectoryW, (LPCWSTR name))
{
	return delete_name(name, FILE_DIRECTORY_FILE);
}

EXPORT(kernel32, BOOL, RemoveDirectoryA, (LPCSTR name))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		ok = RemoveDirectoryW(wide.text);
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, BOOL, CreateDirectoryW, (LPCWSTR name, LPSECURITY_ATTRIBUTES security))
{
	struct file_name file;
	IO_STATUS_BLOCK iosb;
	HANDLE handle;
	NTSTATUS status;
	struct io_wide full;

	if (!name || !*name) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return FALSE;
	}
	/* a directory must leave room for a name of 8.3 (MSDN CreateDirectory: 248 characters) */
	io_wide_init(&full);
	if (!(name[0] == u'\\' && name[1] == u'\\' && name[2] == u'?') &&
	    NT_SUCCESS(io_full_path(name, rtl_wcslen(name), &full)) && full.length >= MAX_PATH - 12 &&
	    !(NtCurrentPeb()->BitField & 0x80)) {
		io_wide_free(&full);
		set_last_error(ERROR_FILENAME_EXCED_RANGE);
		return FALSE;
	}
	io_wide_free(&full);
	if (!file_name_set(&file, name)) {
		file_name_free(&file);
		return FALSE;
	}
	if (security)
		file.attributes.SecurityDescriptor = security->lpSecurityDescriptor;
	status = NtCreateFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, &file.attributes, &iosb, NULL, FILE_ATTRIBUTE_NORMAL,
			      FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_CREATE,
			      FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT, NULL, 0);
	file_name_free(&file);
	if (NT_SUCCESS(status)) {
		ob_close_handle(handle);
		return TRUE;
	}
	if (status == STATUS_NOT_A_DIRECTORY)
		set_last_error(ERROR_DIRECTORY);
	else
		win32_result(status);
	return FALSE;
}

EXPORT(kernel32, BOOL, CreateDirectoryA, (LPCSTR name, LPSECURITY_ATTRIBUTES security))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		ok = CreateDirectoryW(wide.text, security);
	wide_argument_free(&wide);
	return ok;
}

/* What a template has to give: its attributes (MSDN CreateDirectoryEx); compression, streams and EAs there are none of. */
EXPORT(kernel32, BOOL, CreateDirectoryExW, (LPCWSTR template_name, LPCWSTR name, LPSECURITY_ATTRIBUTES security))
{
	DWORD attributes = FILE_ATTRIBUTE_DIRECTORY;
	FILE_BASIC_INFORMATION info = {.FileAttributes = 0};
	struct file_name file;
	IO_STATUS_BLOCK iosb;
	HANDLE handle;

	if (template_name) {
		attributes = GetFileAttributesW(template_name);
		if (attributes == INVALID_FILE_ATTRIBUTES)
			return FALSE;
		if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
			set_last_error(ERROR_DIRECTORY);
			return FALSE;
		}
	}
	if (!CreateDirectoryW(name, security))
		return FALSE;
	info.FileAttributes = attributes & ~(FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT);
	if (!info.FileAttributes || info.FileAttributes == FILE_ATTRIBUTE_NORMAL)
		return TRUE;
	if (file_name_set(&file, name) &&
	    NT_SUCCESS(open_by_name(&handle, &file, FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
				    FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT))) {
		NtSetInformationFile(handle, &iosb, &info, sizeof(info), FileBasicInformation);
		ob_close_handle(handle);
	}
	file_name_free(&file);
	return TRUE;
}

EXPORT(kernel32, BOOL, CreateDirectoryExA, (LPCSTR template_name, LPCSTR name, LPSECURITY_ATTRIBUTES security))
{
	struct wide_argument wide_template, wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide_template, template_name);
	wide_argument_set(&wide, name);
	if (!wide.failed && !wide_template.failed)
		ok = CreateDirectoryExW(wide_template.text, wide.text, security);
	wide_argument_free(&wide);
	wide_argument_free(&wide_template);
	return ok;
}
