/*
 * kernel32/winbase_file.c - moving, replacing and linking files, and the calls of 16-bit Windows (winbase.h).
 */
#include "kernel32/file.h"

#include <string.h>

static void *heap_alloc(size_t size)
{
	return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size);
}
static void heap_free(void *block)
{
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block);
}

/* FileRenameInformationEx or FileLinkInformation with a DOS name. */
static NTSTATUS set_name(HANDLE handle, LPCWSTR to, ULONG flags, FILE_INFORMATION_CLASS info_class)
{
	const ULONG header = offsetof(FILE_RENAME_INFORMATION, FileName);
	FILE_RENAME_INFORMATION *info;
	IO_STATUS_BLOCK iosb;
	struct io_wide nt;
	NTSTATUS status;

	io_wide_init(&nt);
	status = io_nt_path_from_dos(to, rtl_wcslen(to), &nt);
	if (status == STATUS_NAME_TOO_LONG || status == STATUS_OBJECT_NAME_INVALID)
		status = STATUS_OBJECT_PATH_NOT_FOUND;
	if (NT_SUCCESS(status)) {
		info = heap_alloc(header + nt.length * 2 + 2);
		if (info) {
			memset(info, 0, header);
			info->Flags = flags;
			info->FileNameLength = (ULONG)nt.length * 2;
			memcpy(info->FileName, nt.text, nt.length * 2);
			status = NtSetInformationFile(handle, &iosb, info, header + info->FileNameLength + 2, info_class);
			heap_free(info);
		} else {
			status = STATUS_NO_MEMORY;
		}
	}
	io_wide_free(&nt);
	return status;
}

static BOOL move_file(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE routine, LPVOID data, DWORD flags)
{
	struct file_name file;
	HANDLE handle;
	NTSTATUS status;
	ULONG rename_flags = flags & MOVEFILE_REPLACE_EXISTING ? FILE_RENAME_REPLACE_IF_EXISTS | FILE_RENAME_POSIX_SEMANTICS : 0;
	BOOL ok;

	if ((flags & MOVEFILE_DELAY_UNTIL_REBOOT) && (flags & MOVEFILE_COPY_ALLOWED)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (flags & MOVEFILE_DELAY_UNTIL_REBOOT) {
		/* there is nothing that a boot of Windows could carry out */
		set_last_error(ERROR_ACCESS_DENIED);
		return FALSE;
	}
	if (!to || flags & MOVEFILE_CREATE_HARDLINK) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ok = file_name_set(&file, from);
	if (!ok) {
		file_name_free(&file);
		return FALSE;
	}
	status = open_by_name(&handle, &file, DELETE | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
			      FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT | FILE_OPEN_REPARSE_POINT |
				      (flags & MOVEFILE_WRITE_THROUGH ? FILE_WRITE_THROUGH : 0));
	file_name_free(&file);
	if (!win32_result(status))
		return FALSE;
	{
		/* POSIX renames may replace empty directories; MoveFileEx never replaces one */
		DWORD existing = flags & MOVEFILE_REPLACE_EXISTING ? GetFileAttributesW(to) : INVALID_FILE_ATTRIBUTES;

		if (existing != INVALID_FILE_ATTRIBUTES && existing & FILE_ATTRIBUTE_DIRECTORY)
			rename_flags &= ~FILE_RENAME_POSIX_SEMANTICS;
	}
	status = set_name(handle, to, rename_flags, FileRenameInformationEx);
	if (status == STATUS_NOT_SAME_DEVICE && flags & MOVEFILE_COPY_ALLOWED) {
		FILE_STANDARD_INFORMATION standard;
		IO_STATUS_BLOCK iosb;

		status = NtQueryInformationFile(handle, &iosb, &standard, sizeof(standard), FileStandardInformation);
		if (NT_SUCCESS(status) && standard.Directory)
			status = STATUS_ACCESS_DENIED; /* directories stay on their volume */
		ob_close_handle(handle);
		if (!win32_result(status))
			return FALSE;
		if (!CopyFileExW(from, to, routine, data, NULL,
				 flags & MOVEFILE_REPLACE_EXISTING ? 0 : COPY_FILE_FAIL_IF_EXISTS)) {
			if (get_last_error() == ERROR_FILE_EXISTS)
				set_last_error(ERROR_ALREADY_EXISTS);
			return FALSE;
		}
		if (file_name_set(&file, from) &&
		    NT_SUCCESS(open_by_name(&handle, &file, DELETE | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
					    FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT))) {
			ULONG dispose = FILE_DISPOSITION_DELETE | FILE_DISPOSITION_POSIX_SEMANTICS |
					FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE;

			NtSetInformationFile(handle, &iosb, &dispose, sizeof(dispose), FileDispositionInformationEx);
			ob_close_handle(handle);
		}
		file_name_free(&file);
		return TRUE;
	}
	ob_close_handle(handle);
	return win32_result(status);
}

EXPORT(kernel32, BOOL, MoveFileWithProgressW,
       (LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE routine, LPVOID data, DWORD flags))
{
	return move_file(from, to, routine, data, flags);
}

EXPORT(kernel32, BOOL, MoveFileExW, (LPCWSTR from, LPCWSTR to, DWORD flags))
{
	return move_file(from, to, NULL, NULL, flags);
}

EXPORT(kernel32, BOOL, MoveFileW, (LPCWSTR from, LPCWSTR to))
{
	return move_file(from, to, NULL, NULL, MOVEFILE_COPY_ALLOWED);
}

EXPORT(kernel32, BOOL, MoveFileWithProgressA,
       (LPCSTR from, LPCSTR to, LPPROGRESS_ROUTINE routine, LPVOID data, DWORD flags))
{
	struct wide_argument wide_from, wide_to;
	BOOL ok = FALSE;

	wide_argument_set(&wide_from, from);
	wide_argument_set(&wide_to, to);
	if (!wide_from.failed && !wide_to.failed)
		ok = move_file(wide_from.text, wide_to.text, routine, data, flags);
	wide_argument_free(&wide_to);
	wide_argument_free(&wide_from);
	return ok;
}

EXPORT(kernel32, BOOL, MoveFileExA, (LPCSTR from, LPCSTR to, DWORD flags))
{
	return MoveFileWithProgressA(from, to, NULL, NULL, flags);
}

EXPORT(kernel32, BOOL, MoveFileA, (LPCSTR from, LPCSTR to))
{
	return MoveFileWithProgressA(from, to, NULL, NULL, MOVEFILE_COPY_ALLOWED);
}

/* `replacement` takes the place of `replaced`, which goes to `backup` or away (MSDN ReplaceFile).  The attributes of the
 * replaced file stay; security and streams there are none of. */
EXPORT(kernel32, BOOL, ReplaceFileW,
       (LPCWSTR replaced, LPCWSTR replacement, LPCWSTR backup, DWORD flags, LPVOID exclude, LPVOID reserved))
{
	DWORD attributes;

	if (!replaced || !replacement || exclude || reserved) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	attributes = GetFileAttributesW(replaced);
	if (attributes == INVALID_FILE_ATTRIBUTES || GetFileAttributesW(replacement) == INVALID_FILE_ATTRIBUTES)
		return FALSE;
	if (attributes & FILE_ATTRIBUTE_READONLY) {
		set_last_error(ERROR_ACCESS_DENIED);
		return FALSE;
	}
	if (backup && !move_file(replaced, backup, NULL, NULL, MOVEFILE_REPLACE_EXISTING))
		return FALSE;
	if (!move_file(replacement, replaced, NULL, NULL, MOVEFILE_REPLACE_EXISTING)) {
		if (backup)
			set_last_error(move_file(backup, replaced, NULL, NULL, 0) ? ERROR_UNABLE_TO_MOVE_REPLACEMENT
										   : ERROR_UNABLE_TO_MOVE_REPLACEMENT_2);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, ReplaceFileA,
       (LPCSTR replaced, LPCSTR replacement, LPCSTR backup, DWORD flags, LPVOID exclude, LPVOID reserved))
{
	struct wide_argument a, b, c;
	BOOL ok = FALSE;

	wide_argument_set(&a, replaced);
	wide_argument_set(&b, replacement);
	wide_argument_set(&c, backup);
	if (!a.failed && !b.failed && !c.failed)
		ok = ReplaceFileW(a.text, b.text, c.text, flags, exclude, reserved);
	wide_argument_free(&c);
	wide_argument_free(&b);
	wide_argument_free(&a);
	return ok;
}

EXPORT(kernel32, BOOL, CreateHardLinkW, (LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security))
{
	struct file_name file;
	HANDLE handle;
	NTSTATUS status;

	if (!name || !existing) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!file_name_set(&file, existing)) {
		file_name_free(&file);
		return FALSE;
	}
	status = open_by_name(&handle, &file, FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
			      FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT | FILE_OPEN_REPARSE_POINT);
	file_name_free(&file);
	if (NT_SUCCESS(status)) {
		status = set_name(handle, name, 0, FileLinkInformation);
		ob_close_handle(handle);
	}
	if (status == STATUS_FILE_IS_A_DIRECTORY)
		status = STATUS_ACCESS_DENIED;
	return win32_result(status);
}

EXPORT(kernel32, BOOL, CreateHardLinkA, (LPCSTR name, LPCSTR existing, LPSECURITY_ATTRIBUTES security))
{
	struct wide_argument a, b;
	BOOL ok = FALSE;

	wide_argument_set(&a, name);
	wide_argument_set(&b, existing);
	if (!a.failed && !b.failed)
		ok = CreateHardLinkW(a.text, b.text, security);
	wide_argument_free(&b);
	wide_argument_free(&a);
	return ok;
}

EXPORT(kernel32, BOOLEAN, CreateSymbolicLinkW, (LPCWSTR name, LPCWSTR target, DWORD flags))
{
	struct io_wide substitute;
	REPARSE_DATA_BUFFER *data;
	struct file_name file;
	IO_STATUS_BLOCK iosb;
	HANDLE handle;
	NTSTATUS status;
	size_t target_length, size;
	RTL_PATH_TYPE type;

	if (!name || !target || !*target || flags & ~3u) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	target_length = rtl_wcslen(target);
	type = io_path_type(target, target_length);
	io_wide_init(&substitute);
	if (type == RtlPathTypeRelative || type == RtlPathTypeRooted)
		io_wide_put(&substitute, target, target_length);
	else if (!NT_SUCCESS(io_nt_path_from_dos(target, target_length, &substitute))) {
		set_last_error(ERROR_INVALID_REPARSE_DATA);
		return FALSE;
	}
	size = offsetof(REPARSE_DATA_BUFFER, PathBuffer) + (substitute.length + target_length) * 2;
	data = heap_alloc(size);
	if (!data || !file_name_set(&file, name)) {
		if (!data)
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		else
			heap_free(data);
		io_wide_free(&substitute);
		return FALSE;
	}
	memset(data, 0, sizeof(*data));
	data->ReparseTag = IO_REPARSE_TAG_SYMLINK;
	data->ReparseDataLength = (USHORT)(size - offsetof(REPARSE_DATA_BUFFER, SubstituteNameOffset));
	data->SubstituteNameLength = (USHORT)(substitute.length * 2);
	data->PrintNameOffset = data->SubstituteNameLength;
	data->PrintNameLength = (USHORT)(target_length * 2);
	data->Flags = type == RtlPathTypeRelative || type == RtlPathTypeRooted ? SYMLINK_FLAG_RELATIVE : 0;
	memcpy(data->PathBuffer, substitute.text, substitute.length * 2);
	memcpy((char *)data->PathBuffer + data->PrintNameOffset, target, target_length * 2);
	status = NtCreateFile(&handle, FILE_WRITE_ATTRIBUTES | DELETE | SYNCHRONIZE, &file.attributes, &iosb, NULL,
			      FILE_ATTRIBUTE_NORMAL, 0, FILE_CREATE,
			      FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT |
				      (flags & SYMBOLIC_LINK_FLAG_DIRECTORY ? FILE_DIRECTORY_FILE : FILE_NON_DIRECTORY_FILE),
			      NULL, 0);
	if (NT_SUCCESS(status)) {
		status = NtFsControlFile(handle, NULL, NULL, NULL, &iosb, FSCTL_SET_REPARSE_POINT, data, (ULONG)size, NULL, 0);
		if (!NT_SUCCESS(status)) {
			BOOLEAN delete = TRUE;

			NtSetInformationFile(handle, &iosb, &delete, sizeof(delete), FileDispositionInformation);
		}
		ob_close_handle(handle);
	}
	file_name_free(&file);
	heap_free(data);
	io_wide_free(&substitute);
	return (BOOLEAN)win32_result(status);
}

EXPORT(kernel32, BOOLEAN, CreateSymbolicLinkA, (LPCSTR name, LPCSTR target, DWORD flags))
{
	struct wide_argument a, b;
	BOOLEAN ok = FALSE;

	wide_argument_set(&a, name);
	wide_argument_set(&b, target);
	if (!a.failed && !b.failed)
		ok = CreateSymbolicLinkW(a.text, b.text, flags);
	wide_argument_free(&b);
	wide_argument_free(&a);
	return ok;
}

/*
 * 16-bit Windows' calls.
 */
#define HFILE_ERROR (-1)

EXPORT(kernel32, INT, _lopen, (LPCSTR name, INT mode))
{
	static const DWORD access[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE, 0};
	static const DWORD share[] = {FILE_SHARE_READ | FILE_SHARE_WRITE, 0, FILE_SHARE_READ, FILE_SHARE_WRITE,
				      FILE_SHARE_READ | FILE_SHARE_WRITE, 0, 0, 0};

	return (INT)(intptr_t)CreateFileA(name, access[mode & 3], share[mode >> 4 & 7], NULL, OPEN_EXISTING, 0, NULL);
}

EXPORT(kernel32, INT, _lcreat, (LPCSTR name, INT attributes))
{
	/* only these four can be given */
	return (INT)(intptr_t)CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
					  CREATE_ALWAYS, (DWORD)attributes & 7, NULL);
}

EXPORT(kernel32, UINT, _lread, (INT file, LPVOID buffer, UINT size))
{
	DWORD read;

	return ReadFile((HANDLE)(intptr_t)file, buffer, size, &read, NULL) ? read : (UINT)HFILE_ERROR;
}
EXPORT_ALIAS(kernel32, "_hread", _lread);

EXPORT(kernel32, UINT, _lwrite, (INT file, LPCSTR buffer, UINT size))
{
	DWORD written;

	if (!size) /* writing nothing cuts the file off */
		return SetEndOfFile((HANDLE)(intptr_t)file) ? 0 : (UINT)HFILE_ERROR;
	return WriteFile((HANDLE)(intptr_t)file, buffer, size, &written, NULL) ? written : (UINT)HFILE_ERROR;
}
EXPORT_ALIAS(kernel32, "_hwrite", _lwrite);

EXPORT(kernel32, LONG, _llseek, (INT file, LONG distance, INT origin))
{
	return (LONG)SetFilePointer((HANDLE)(intptr_t)file, distance, NULL, (DWORD)origin);
}

EXPORT(kernel32, INT, _lclose, (INT file))
{
	return win32_result(ob_close_handle((HANDLE)(intptr_t)file)) ? 0 : HFILE_ERROR;
}

/* MSDN: handles need no room to be made for them; the count is given back. */
EXPORT(kernel32, UINT, SetHandleCount, (UINT count))
{
	return count;
}
