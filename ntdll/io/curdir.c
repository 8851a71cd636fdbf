/*
 * ntdll/io/curdir.c - the current directory, and per-drive directories.
 *
 * The current directory is kept in the process parameters, where programs may look at it; Linux's follows, for what is
 * loaded by libraries of the host.  Nothing in Pewter depends on Linux's.
 */
#include "ntdll/io/private.h"
#include "ntdll/ps/ps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct host_lock curdir_lock;

#define PEB_LONG_PATH_AWARE 0x80u /* PEB.BitField: IsLongPathAwareProcess */

bool io_long_path_aware(void)
{
	return ps_peb && ps_peb->BitField & PEB_LONG_PATH_AWARE;
}

void io_current_directory(struct io_wide *directory)
{
	directory->length = 0;
	directory->text[0] = 0;
	host_lock_acquire(&curdir_lock);
	if (ps_peb && ps_peb->ProcessParameters) {
		const UNICODE_STRING *path = &ps_peb->ProcessParameters->CurrentDirectory.DosPath;

		io_wide_put(directory, path->Buffer, path->Length / 2);
	}
	host_lock_release(&curdir_lock);
	if (!directory->length)
		io_wide_put(directory, u"Z:\\", 3);
	if (directory->text[directory->length - 1] != u'\\')
		io_wide_put(directory, u"\\", 1);
}

bool io_drive_variable(char16_t letter, struct io_wide *directory)
{
	char16_t upper = rtl_upcase(letter);
	const char16_t *entry;
	bool found = false;

	if (!ps_peb || !ps_peb->ProcessParameters || !ps_peb->ProcessParameters->Environment)
		return false;
	host_lock_acquire(&curdir_lock);
	for (entry = ps_peb->ProcessParameters->Environment; *entry; entry += rtl_wcslen(entry) + 1) {
		if (entry[0] == u'=' && entry[1] && rtl_upcase(entry[1]) == upper && entry[2] == u':' &&
		    entry[3] == u'=') {
			io_wide_put(directory, entry + 4, rtl_wcslen(entry + 4));
			found = directory->length > 2;
			break;
		}
	}
	host_lock_release(&curdir_lock);
	return found;
}

/* A handle to a directory, as NT keeps one of the current directory: names can be opened relative to it. */
static NTSTATUS open_directory(const char16_t *dos, size_t length, HANDLE *handle)
{
	IO_STATUS_BLOCK iosb;
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .Attributes = OBJ_CASE_INSENSITIVE};
	UNICODE_STRING string;
	struct io_wide nt;
	NTSTATUS status;

	io_wide_init(&nt);
	status = io_nt_path_from_dos(dos, length, &nt);
	if (NT_SUCCESS(status)) {
		string = (UNICODE_STRING){(USHORT)(nt.length * 2), (USHORT)(nt.length * 2), nt.text};
		attributes.ObjectName = &string;
		status = NtOpenFile(handle, FILE_TRAVERSE | SYNCHRONIZE, &attributes, &iosb,
				    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
				    FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
	}
	io_wide_free(&nt);
	return status;
}

void io_hold_current_directory(void)
{
	struct io_wide directory;
	HANDLE handle;

	io_wide_init(&directory);
	io_current_directory(&directory);
	/* It may be gone already: then there is no handle. */
	if (NT_SUCCESS(open_directory(directory.text, directory.length, &handle)))
		ps_peb->ProcessParameters->CurrentDirectory.Handle = handle;
	io_wide_free(&directory);
}

/* STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_NOT_A_DIRECTORY, STATUS_NAME_TOO_LONG. */
NTSTATUS io_set_current_directory(const char16_t *name, size_t length)
{
	struct io_wide full;
	struct io_narrow path;
	struct host_stat stat;
	HANDLE handle = NULL;
	NTSTATUS status;

	io_wide_init(&full);
	io_narrow_init(&path);
	status = io_full_path(name, length, &full);
	if (NT_SUCCESS(status) && full.text[full.length - 1] != u'\\')
		io_wide_put(&full, u"\\", 1);
	if (NT_SUCCESS(status) && full.length > MAX_PATH - 1)
		status = STATUS_NAME_TOO_LONG;
	if (NT_SUCCESS(status))
		status = io_unix_path_from_dos(full.text, full.length, true, &path);
	if (status == STATUS_OBJECT_PATH_SYNTAX_BAD)
		status = STATUS_NOT_A_DIRECTORY;
	if (NT_SUCCESS(status)) {
		long error = host_stat_path(path.text, true, &stat);

		if (error < 0)
			status = io_missing_status(path.text, error);
		else if (stat.kind != HOST_FILE_DIRECTORY)
			status = STATUS_NOT_A_DIRECTORY;
	}
	if (NT_SUCCESS(status))
		status = open_directory(full.text, full.length, &handle);
	if (NT_SUCCESS(status)) {
		RTL_USER_PROCESS_PARAMETERS *parameters = ps_peb->ProcessParameters;
		UNICODE_STRING *dos = &parameters->CurrentDirectory.DosPath;
		long error = host_change_directory(path.text);

		if (error < 0) {
			status = io_status(error);
		} else {
			if (full.text[1] == u':')
				full.text[0] = rtl_upcase(full.text[0]);
			host_lock_acquire(&curdir_lock);
			/* the process parameters come with room for MAX_PATH + 1 units; a smaller buffer is replaced */
			if (dos->MaximumLength < (full.length + 1) * 2) {
				char16_t *buffer = RtlAllocateHeap(ps_peb->ProcessHeap, 0, (MAX_PATH + 1) * 2);

				if (buffer) {
					dos->Buffer = buffer;
					dos->MaximumLength = (MAX_PATH + 1) * 2;
				} else {
					status = STATUS_NO_MEMORY;
				}
			}
			if (NT_SUCCESS(status)) {
				HANDLE old = parameters->CurrentDirectory.Handle;

				memcpy(dos->Buffer, full.text, (full.length + 1) * 2);
				dos->Length = (USHORT)(full.length * 2);
				parameters->CurrentDirectory.Handle = handle;
				handle = old;
			}
			host_lock_release(&curdir_lock);
		}
	}
	if (handle)
		NtClose(handle);
	io_narrow_free(&path);
	io_wide_free(&full);
	return status;
}
