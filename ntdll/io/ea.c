/*
 * ntdll/io/ea.c - extended attributes, of which no file has any (MSDN ZwQueryEaFile, ZwSetEaFile).
 */
#include "ntdll/io/private.h"

#include <string.h>

/* STATUS_NO_EAS_ON_FILE, with the buffer cleared and nothing in the status block (Wine's test_query_ea, of Windows). */
EXPORT(ntdll, NTSTATUS, NtQueryEaFile,
       (HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length, BOOLEAN single, PVOID list, ULONG list_length,
	ULONG *index, BOOLEAN restart))
{
	static const char zeros[256];
	struct io_file *file;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, FILE_READ_EA, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	status = io_is_disk(file) ? STATUS_NO_EAS_ON_FILE : STATUS_INVALID_DEVICE_REQUEST;
	ob_dereference(file);
	if (host_probe_guest(iosb, sizeof(*iosb), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	for (ULONG done = 0; done < length; done += sizeof(zeros))
		if (host_copy_to_guest((char *)buffer + done, zeros, length - done < sizeof(zeros) ? length - done : sizeof(zeros)) < 0)
			return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetEaFile, (HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length))
{
	struct io_file *file;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, FILE_WRITE_EA, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	status = io_is_disk(file) ? STATUS_EAS_NOT_SUPPORTED : STATUS_INVALID_DEVICE_REQUEST;
	ob_dereference(file);
	return status;
}
