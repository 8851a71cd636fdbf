/*
 * ntdll/io/by_name.c - the calls on files that take a name and give no handle: attributes, deletion.
 */
#include "ntdll/io/private.h"

#include <errno.h>
#include <string.h>

/* What a path on a disk leads to, in whatever letters, and its attributes. */
static NTSTATUS stat_disk(struct io_name *name, struct host_stat *stat, ULONG *attributes)
{
	long error = host_stat_path(name->path.text, false, stat);
	NTSTATUS status;

	if (error == -ENOENT || error == -ENOTDIR) {
		status = io_find_path(&name->path, name->root);
		if (NT_SUCCESS(status)) {
			error = host_stat_path(name->path.text, false, stat);
			if (error < 0)
				status = io_missing_status(name->path.text, error);
		}
	} else {
		status = io_status(error);
	}
	if (NT_SUCCESS(status) && name->trailing_slash && stat->kind != HOST_FILE_DIRECTORY) {
		struct host_stat target;

		/* a link to a directory is one, and what is asked about is the link all the same */
		if (stat->kind != HOST_FILE_LINK || host_stat_path(name->path.text, true, &target) ||
		    target.kind != HOST_FILE_DIRECTORY)
			status = STATUS_OBJECT_NAME_INVALID;
	}
	if (NT_SUCCESS(status) && io_delete_is_pending(stat->device, stat->inode))
		status = STATUS_DELETE_PENDING;
	if (NT_SUCCESS(status))
		*attributes = io_attributes(stat, -1, name->path.text);
	return status;
}

/* The same for any name.  A device has no times; FindFirstFile and _stat know it by its one attribute. */
static NTSTATUS stat_by_name(OBJECT_ATTRIBUTES *attributes, struct host_stat *stat, ULONG *file_attributes)
{
	struct io_captured_name captured;
	NTSTATUS status;

	if (!attributes)
		return STATUS_INVALID_PARAMETER;
	status = io_capture_name(attributes, &captured);
	if (!NT_SUCCESS(status))
		return status;
	switch (captured.name.device) {
	case IO_DEVICE_DISK:
		status = stat_disk(&captured.name, stat, file_attributes);
		break;
	case IO_DEVICE_NULL:
	case IO_DEVICE_CONSOLE:
	case IO_DEVICE_CONSOLE_INPUT:
	case IO_DEVICE_CONSOLE_OUTPUT:
		memset(stat, 0, sizeof(*stat));
		stat->kind = HOST_FILE_CHARACTER;
		*file_attributes = FILE_ATTRIBUTE_ARCHIVE;
		break;
	case IO_DEVICE_VOLUME:
		status = STATUS_INVALID_PARAMETER;
		break;
	default:
		status = STATUS_INVALID_DEVICE_REQUEST;
		break;
	}
	io_release_name(&captured);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtQueryAttributesFile, (OBJECT_ATTRIBUTES * attributes, FILE_BASIC_INFORMATION *info))
{
	struct host_stat stat;
	FILE_BASIC_INFORMATION basic = {0};
	NTSTATUS status = stat_by_name(attributes, &stat, &basic.FileAttributes);

	if (!NT_SUCCESS(status))
		return status;
	if (stat.kind != HOST_FILE_CHARACTER)
		io_fill_basic(&stat, basic.FileAttributes, &basic);
	return host_copy_to_guest(info, &basic, sizeof(basic)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwQueryAttributesFile", NtQueryAttributesFile);

EXPORT(ntdll, NTSTATUS, NtQueryFullAttributesFile,
       (OBJECT_ATTRIBUTES * attributes, FILE_NETWORK_OPEN_INFORMATION *info))
{
	struct host_stat stat;
	FILE_NETWORK_OPEN_INFORMATION open = {0};
	NTSTATUS status = stat_by_name(attributes, &stat, &open.FileAttributes);

	if (!NT_SUCCESS(status))
		return status;
	if (stat.kind != HOST_FILE_CHARACTER)
		io_fill_network_open(&stat, open.FileAttributes, &open);
	return host_copy_to_guest(info, &open, sizeof(open)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwQueryFullAttributesFile", NtQueryFullAttributesFile);

/* As a handle that is opened to be deleted on closing: a directory that is not empty just stays, with success. */
EXPORT(ntdll, NTSTATUS, NtDeleteFile, (OBJECT_ATTRIBUTES * attributes))
{
	struct io_captured_name captured;
	struct io_file *file;
	struct io_open_request request = {
		.access = DELETE,
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
		.disposition = FILE_OPEN,
		.options = FILE_DELETE_ON_CLOSE | FILE_OPEN_REPARSE_POINT,
	};
	NTSTATUS status;

	if (!attributes)
		return STATUS_INVALID_PARAMETER;
	status = io_capture_name(attributes, &captured);
	if (!NT_SUCCESS(status))
		return status;
	status = io_open(&captured.name, &request, &file);
	if (NT_SUCCESS(status)) {
		if (!io_is_disk(file)) {
			status = STATUS_INVALID_DEVICE_REQUEST;
			file->delete_on_close = false;
		}
		ob_dereference(file);
	}
	io_release_name(&captured);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwDeleteFile", NtDeleteFile);
