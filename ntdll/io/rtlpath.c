/*
 * ntdll/io/rtlpath.c - the path functions that ntdll exports.
 */
#include "ntdll/io/private.h"
#include "ntdll/ps/ps.h"

#include <string.h>

EXPORT(ntdll, ULONG, RtlDetermineDosPathNameType_U, (PCWSTR path))
{
	return (ULONG)io_path_type(path, rtl_wcslen(path));
}

EXPORT(ntdll, ULONG, RtlIsDosDeviceName_U, (PCWSTR name))
{
	return name ? io_dos_device(name, rtl_wcslen(name)) : 0;
}

/* Bytes without the terminator when it fits, else bytes needed with it; 0: no valid name. */
EXPORT(ntdll, ULONG, RtlGetFullPathName_U, (PCWSTR name, ULONG size, PWSTR buffer, PWSTR *file_part))
{
	struct io_wide full;
	ULONG bytes = 0;

	if (file_part)
		*file_part = NULL;
	if (!name || !*name)
		return 0;
	io_wide_init(&full);
	if (NT_SUCCESS(io_full_path(name, rtl_wcslen(name), &full))) {
		bytes = (ULONG)full.length * 2;
		if (bytes + 2 <= size) {
			size_t at = full.length;

			memcpy(buffer, full.text, bytes + 2);
			while (at > 0 && full.text[at - 1] != u'\\')
				at--;
			/* neither a device nor a bare server is a file */
			if (file_part && at > 2 && at < full.length && !io_dos_device(name, rtl_wcslen(name)))
				*file_part = buffer + at;
		} else {
			bytes += 2;
		}
	}
	io_wide_free(&full);
	return bytes;
}

EXPORT(ntdll, ULONG, RtlGetCurrentDirectory_U, (ULONG size, PWSTR buffer))
{
	struct io_wide directory;
	ULONG bytes;

	io_wide_init(&directory);
	io_current_directory(&directory);
	if (directory.length > 3)
		directory.text[--directory.length] = 0;
	bytes = (ULONG)directory.length * 2;
	if (bytes + 2 <= size)
		memcpy(buffer, directory.text, bytes + 2);
	else
		bytes += 2;
	io_wide_free(&directory);
	return bytes;
}

EXPORT(ntdll, NTSTATUS, RtlSetCurrentDirectory_U, (UNICODE_STRING * path))
{
	return io_set_current_directory(path->Buffer, path->Length / 2);
}

/* Whether the last part of a name, `at` in what NT calls it, is a device or a server. */
static bool is_no_file(PCWSTR dos, size_t at)
{
	size_t length = rtl_wcslen(dos);

	switch (io_path_type(dos, length)) {
	case RtlPathTypeUncAbsolute:
		return at == 8; /* \??\UNC\ */
	case RtlPathTypeLocalDevice:
		return false;
	default:
		return io_dos_device(dos, length) && !(dos[0] == u'\\' && dos[1] == u'?');
	}
}

/* The NT name is a block of the process heap; RtlFreeUnicodeString frees it. */
EXPORT(ntdll, NTSTATUS, RtlDosPathNameToNtPathName_U_WithStatus,
       (PCWSTR dos, UNICODE_STRING *nt, PWSTR *file_part, PVOID relative))
{
	struct io_wide name;
	NTSTATUS status;

	if (!dos || !*dos)
		return STATUS_OBJECT_NAME_INVALID;
	io_wide_init(&name);
	status = io_nt_path_from_dos(dos, rtl_wcslen(dos), &name);
	if (NT_SUCCESS(status) && name.length > 32766)
		status = STATUS_NAME_TOO_LONG;
	if (NT_SUCCESS(status)) {
		char16_t *copy = RtlAllocateHeap(ps_peb->ProcessHeap, 0, (name.length + 1) * 2);

		if (copy) {
			size_t at = name.length;

			memcpy(copy, name.text, (name.length + 1) * 2);
			nt->Buffer = copy;
			nt->Length = (USHORT)(name.length * 2);
			nt->MaximumLength = (USHORT)(nt->Length + 2);
			while (at > 0 && copy[at - 1] != u'\\')
				at--;
			if (file_part)
				*file_part = at < name.length && !is_no_file(dos, at) ? copy + at : NULL;
			/* RTL_RELATIVE_NAME: no relative name, no directory, no reference */
			if (relative)
				memset(relative, 0, sizeof(UNICODE_STRING) + 2 * sizeof(PVOID));
		} else {
			status = STATUS_NO_MEMORY;
		}
	}
	io_wide_free(&name);
	return status;
}
EXPORT_ALIAS(ntdll, "RtlDosPathNameToRelativeNtPathName_U_WithStatus", RtlDosPathNameToNtPathName_U_WithStatus);

EXPORT(ntdll, BOOLEAN, RtlDosPathNameToNtPathName_U, (PCWSTR dos, UNICODE_STRING *nt, PWSTR *file_part, PVOID relative))
{
	return NT_SUCCESS(RtlDosPathNameToNtPathName_U_WithStatus(dos, nt, file_part, relative));
}
EXPORT_ALIAS(ntdll, "RtlDosPathNameToRelativeNtPathName_U", RtlDosPathNameToNtPathName_U);

EXPORT(ntdll, VOID, RtlReleaseRelativeName, (PVOID relative))
{
	/* such a name holds nothing here: it is always absolute */
}

EXPORT(ntdll, BOOLEAN, RtlDoesFileExists_U, (PCWSTR name))
{
	struct io_narrow path;
	BOOLEAN exists;

	io_narrow_init(&path);
	exists = NT_SUCCESS(io_unix_path_from_dos(name, rtl_wcslen(name), true, &path)) && host_path_exists(path.text);
	io_narrow_free(&path);
	return exists;
}
