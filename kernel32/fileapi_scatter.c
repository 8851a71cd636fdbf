/*
 * kernel32/fileapi_scatter.c - transfers of scattered pages, and opening a file by its number (fileapi.h, winbase.h).
 */
#include "kernel32/file.h"

NTSTATUS NTAPI NtReadFileScatter(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
				 PVOID segments, ULONG length, LARGE_INTEGER *offset, ULONG *key);
NTSTATUS NTAPI NtWriteFileGather(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
				 PVOID segments, ULONG length, LARGE_INTEGER *offset, ULONG *key);

static BOOL scatter(HANDLE file, PVOID segments, DWORD size, LPOVERLAPPED overlapped, bool write)
{
	LARGE_INTEGER offset;
	HANDLE event;
	PVOID context;
	NTSTATUS status;

	if (!overlapped) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	offset.LowPart = overlapped->Offset;
	offset.HighPart = (LONG)overlapped->OffsetHigh;
	event = (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1);
	context = (uintptr_t)overlapped->hEvent & 1 ? NULL : overlapped;
	overlapped->Internal = (ULONG)STATUS_PENDING;
	overlapped->InternalHigh = 0;
	status = write ? NtWriteFileGather(file, event, NULL, context, (IO_STATUS_BLOCK *)overlapped, segments, size, &offset, NULL)
		       : NtReadFileScatter(file, event, NULL, context, (IO_STATUS_BLOCK *)overlapped, segments, size, &offset, NULL);
	if (status == STATUS_PENDING) {
		set_last_error(ERROR_IO_PENDING);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, ReadFileScatter,
       (HANDLE file, PVOID segments, DWORD size, LPDWORD reserved, LPOVERLAPPED overlapped))
{
	return scatter(file, segments, size, overlapped, false);
}

EXPORT(kernel32, BOOL, WriteFileGather,
       (HANDLE file, PVOID segments, DWORD size, LPDWORD reserved, LPOVERLAPPED overlapped))
{
	return scatter(file, segments, size, overlapped, true);
}

/* Linux opens by name; who is not root cannot ask for an inode.  The answer of a file system that cannot either. */
EXPORT(kernel32, HANDLE, OpenFileById,
       (HANDLE volume, PVOID descriptor, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD flags))
{
	set_last_error(ERROR_NOT_SUPPORTED);
	return INVALID_HANDLE_VALUE;
}
