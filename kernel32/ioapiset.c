/*
 * kernel32/ioapiset.c - overlapped results, cancellation, completion ports, device control (ioapiset.h).
 */
#include "kernel32/file.h"
#include "ntdll/ke/ke.h"

#include <string.h>

NTSTATUS NTAPI NtCreateIoCompletion(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG concurrency);
NTSTATUS NTAPI NtSetIoCompletion(HANDLE handle, PVOID key, PVOID context, NTSTATUS status, ULONG_PTR information);
NTSTATUS NTAPI NtRemoveIoCompletionEx(HANDLE handle, PVOID entries, ULONG count, ULONG *removed, LARGE_INTEGER *timeout,
				      BOOLEAN alertable);

NTSTATUS NTAPI NtCancelSynchronousIoFile(HANDLE handle, IO_STATUS_BLOCK *target, IO_STATUS_BLOCK *iosb);

static LARGE_INTEGER *timeout_of(LARGE_INTEGER *timeout, DWORD milliseconds)
{
	if (milliseconds == INFINITE)
		return NULL;
	timeout->QuadPart = -(LONGLONG)milliseconds * 10000;
	return timeout;
}

/* Blocking I/O control: waits itself when the handle is asynchronous and no OVERLAPPED is given, as the status says. */
EXPORT(kernel32, BOOL, DeviceIoControl,
       (HANDLE device, DWORD code, LPVOID input, DWORD input_size, LPVOID output, DWORD output_size, LPDWORD returned,
	LPOVERLAPPED overlapped))
{
	IO_STATUS_BLOCK local = {{.Pointer = NULL}, .Information = 0}, *iosb = overlapped ? (IO_STATUS_BLOCK *)overlapped : &local;
	HANDLE event = overlapped ? (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1) : NULL;
	PVOID context = overlapped && !((uintptr_t)overlapped->hEvent & 1) ? overlapped : NULL;
	NTSTATUS status;

	if (overlapped)
		overlapped->Internal = (ULONG)STATUS_PENDING;
	/* file system controls are those of device type 9 and of pipes */
	if (code >> 16 == 9 || code >> 16 == FILE_DEVICE_NAMED_PIPE)
		status = NtFsControlFile(device, event, NULL, context, iosb, code, input, input_size, output, output_size);
	else
		status = NtDeviceIoControlFile(device, event, NULL, context, iosb, code, input, input_size, output, output_size);
	if (status == STATUS_PENDING && !overlapped) {
		NtWaitForSingleObject(device, FALSE, NULL);
		status = local.Status;
	}
	if (returned && (ULONG)status >> 30 != 3)
		*returned = (DWORD)iosb->Information;
	else if (returned)
		*returned = 0;
	if (status == STATUS_PENDING) {
		set_last_error(ERROR_IO_PENDING);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, GetOverlappedResultEx,
       (HANDLE file, LPOVERLAPPED overlapped, LPDWORD transferred, DWORD milliseconds, BOOL alertable))
{
	NTSTATUS status = (NTSTATUS)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
	HANDLE event = (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1);

	if (status == STATUS_PENDING) {
		LARGE_INTEGER timeout;
		NTSTATUS waited;

		if (!milliseconds) {
			set_last_error(ERROR_IO_INCOMPLETE);
			return FALSE;
		}
		waited = NtWaitForSingleObject(event ? event : file, (BOOLEAN)alertable, timeout_of(&timeout, milliseconds));
		if (waited == STATUS_TIMEOUT || waited == STATUS_USER_APC) {
			set_last_error(waited == STATUS_TIMEOUT ? 258 /* WAIT_TIMEOUT */ : 0xC0 /* WAIT_IO_COMPLETION */);
			return FALSE;
		}
		if (!win32_result(waited))
			return FALSE;
		status = (NTSTATUS)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
	}
	*transferred = (DWORD)overlapped->InternalHigh;
	return win32_result(status);
}

EXPORT(kernel32, BOOL, GetOverlappedResult, (HANDLE file, LPOVERLAPPED overlapped, LPDWORD transferred, BOOL wait))
{
	return GetOverlappedResultEx(file, overlapped, transferred, wait ? INFINITE : 0, FALSE);
}

EXPORT(kernel32, BOOL, CancelIo, (HANDLE file))
{
	IO_STATUS_BLOCK iosb;

	return win32_result(NtCancelIoFile(file, &iosb));
}

EXPORT(kernel32, BOOL, CancelIoEx, (HANDLE file, LPOVERLAPPED overlapped))
{
	IO_STATUS_BLOCK iosb;

	return win32_result(NtCancelIoFileEx(file, (IO_STATUS_BLOCK *)overlapped, &iosb));
}

EXPORT(kernel32, BOOL, CancelSynchronousIo, (HANDLE thread))
{
	IO_STATUS_BLOCK iosb;

	return win32_result(NtCancelSynchronousIoFile(thread, NULL, &iosb));
}

EXPORT(kernel32, HANDLE, CreateIoCompletionPort, (HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads))
{
	HANDLE made = NULL;
	FILE_COMPLETION_INFORMATION info;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;

	if (file == INVALID_HANDLE_VALUE && port) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!port) {
		status = NtCreateIoCompletion(&made, IO_COMPLETION_ALL_ACCESS, NULL, threads);
		if (!win32_result(status))
			return NULL;
	}
	if (file != INVALID_HANDLE_VALUE) {
		info.Port = port ? port : made;
		info.Key = (PVOID)key;
		status = NtSetInformationFile(file, &iosb, &info, sizeof(info), FileCompletionInformation);
		if (!win32_result(status)) {
			DWORD error = get_last_error();

			if (made)
				ob_close_handle(made);
			set_last_error(error);
			return NULL;
		}
	}
	return port ? port : made;
}

EXPORT(kernel32, BOOL, PostQueuedCompletionStatus, (HANDLE port, DWORD transferred, ULONG_PTR key, LPOVERLAPPED overlapped))
{
	return win32_result(NtSetIoCompletion(port, (PVOID)key, overlapped, STATUS_SUCCESS, transferred));
}

struct completion {
	PVOID key;
	PVOID context;
	IO_STATUS_BLOCK iosb;
};

static BOOL remove_failed(NTSTATUS status)
{
	if (status == STATUS_TIMEOUT)
		set_last_error(258 /* WAIT_TIMEOUT */);
	else if (status == STATUS_USER_APC)
		set_last_error(0xC0 /* WAIT_IO_COMPLETION */);
	else if (status == STATUS_ABANDONED_WAIT_0)
		set_last_error(ERROR_ABANDONED_WAIT_0);
	else
		win32_result(status);
	return FALSE;
}

EXPORT(kernel32, BOOL, GetQueuedCompletionStatus,
       (HANDLE port, LPDWORD transferred, ULONG_PTR *key, LPOVERLAPPED *overlapped, DWORD milliseconds))
{
	struct completion completion;
	LARGE_INTEGER timeout;
	ULONG removed = 0;
	NTSTATUS status = NtRemoveIoCompletionEx(port, &completion, 1, &removed, timeout_of(&timeout, milliseconds), FALSE);

	if (status != STATUS_SUCCESS || removed == 0) {
		*overlapped = NULL;
		return remove_failed(status);
	}
	*key = (ULONG_PTR)completion.key;
	*overlapped = completion.context;
	*transferred = (DWORD)completion.iosb.Information;
	return win32_result(completion.iosb.Status);
}

EXPORT(kernel32, BOOL, GetQueuedCompletionStatusEx,
       (HANDLE port, LPOVERLAPPED_ENTRY entries, ULONG count, PULONG removed, DWORD milliseconds, BOOL alertable))
{
	LARGE_INTEGER timeout;
	NTSTATUS status;

	/* both structures have the same size and nearly the same order: converted in place */
	_Static_assert(sizeof(struct completion) == sizeof(OVERLAPPED_ENTRY), "entries");
	*removed = 0;
	status = NtRemoveIoCompletionEx(port, entries, count, removed, timeout_of(&timeout, milliseconds), (BOOLEAN)alertable);
	if (status != STATUS_SUCCESS)
		return remove_failed(status);
	for (ULONG i = 0; i < *removed; i++) {
		struct completion completion;

		memcpy(&completion, entries + i, sizeof(completion));
		entries[i].lpCompletionKey = (ULONG_PTR)completion.key;
		entries[i].lpOverlapped = completion.context;
		entries[i].Internal = (ULONG)completion.iosb.Status;
		entries[i].dwNumberOfBytesTransferred = (DWORD)completion.iosb.Information;
	}
	return TRUE;
}

/* The APC of ReadFileEx and WriteFileEx: NT's three arguments become the routine's. */
void WINAPI overlapped_apc(PVOID routine, IO_STATUS_BLOCK *iosb, ULONG reserved)
{
	DWORD error = iosb->Status == STATUS_SUCCESS ? 0 : rtl_dos_error(iosb->Status);

	ke_call_guest(routine, error, NT_SUCCESS(iosb->Status) ? iosb->Information : 0, (uint64_t)(uintptr_t)iosb, 0);
}

static BOOL transfer_ex(HANDLE file, PVOID buffer, DWORD size, LPOVERLAPPED overlapped, PVOID routine, bool write)
{
	LARGE_INTEGER offset = {{overlapped->Offset, (LONG)overlapped->OffsetHigh}};
	IO_STATUS_BLOCK *iosb = (IO_STATUS_BLOCK *)overlapped;
	NTSTATUS status;

	overlapped->Internal = (ULONG)STATUS_PENDING;
	overlapped->InternalHigh = 0;
	status = write ? NtWriteFile(file, NULL, overlapped_apc, routine, iosb, buffer, size, &offset, NULL)
		       : NtReadFile(file, NULL, overlapped_apc, routine, iosb, buffer, size, &offset, NULL);
	return win32_result(status);
}

EXPORT(kernel32, BOOL, ReadFileEx, (HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped, LPVOID routine))
{
	return transfer_ex(file, buffer, size, overlapped, routine, false);
}

EXPORT(kernel32, BOOL, WriteFileEx, (HANDLE file, LPCVOID buffer, DWORD size, LPOVERLAPPED overlapped, LPVOID routine))
{
	return transfer_ex(file, (PVOID)(uintptr_t)buffer, size, overlapped, routine, true);
}
