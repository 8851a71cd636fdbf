/*
 * kernel32/fileapi_notify.c - changes of directories (winbase.h, fileapi.h).
 */
#include "kernel32/file.h"
#include "ntdll/ke/ke.h"

NTSTATUS NTAPI NtNotifyChangeDirectoryFileEx(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context,
					     IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length, ULONG filter, BOOLEAN deep,
					     ULONG info_class);

EXPORT(kernel32, BOOL, ReadDirectoryChangesExW,
       (HANDLE directory, LPVOID buffer, DWORD size, BOOL deep, DWORD filter, LPDWORD returned, LPOVERLAPPED overlapped,
	LPVOID routine, DWORD info_class))
{
	IO_STATUS_BLOCK local = {{.Pointer = NULL}, .Information = 0};
	NTSTATUS status;

	if (overlapped) {
		HANDLE event = routine ? NULL : (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1);
		PVOID context = routine                             ? routine
				: (uintptr_t)overlapped->hEvent & 1 ? NULL
								    : (PVOID)overlapped;

		overlapped->Internal = (ULONG)STATUS_PENDING;
		status = NtNotifyChangeDirectoryFileEx(directory, event, routine ? overlapped_apc : NULL, context,
						       (IO_STATUS_BLOCK *)overlapped, buffer, size, filter, deep != 0, info_class);
		return win32_result(status);
	}
	if (routine) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	status = NtNotifyChangeDirectoryFileEx(directory, NULL, NULL, NULL, &local, buffer, size, filter, deep != 0, info_class);
	if (status == STATUS_PENDING) {
		NtWaitForSingleObject(directory, FALSE, NULL);
		status = __atomic_load_n(&local.Status, __ATOMIC_ACQUIRE);
	}
	if (NT_SUCCESS(status) && returned)
		*returned = (DWORD)local.Information;
	return win32_result(status);
}

EXPORT(kernel32, BOOL, ReadDirectoryChangesW,
       (HANDLE directory, LPVOID buffer, DWORD size, BOOL deep, DWORD filter, LPDWORD returned, LPOVERLAPPED overlapped,
	LPVOID routine))
{
	return ReadDirectoryChangesExW(directory, buffer, size, deep, filter, returned, overlapped, routine,
				       DirectoryNotifyInformation);
}

/* Where the requests of change handles end: who waits for the handle asks no more than that. */
static IO_STATUS_BLOCK ignored_status;

EXPORT(kernel32, BOOL, FindNextChangeNotification, (HANDLE handle))
{
	/* what is watched was decided by the first call */
	return win32_result(NtNotifyChangeDirectoryFileEx(handle, NULL, NULL, NULL, &ignored_status, NULL, 0,
							  FILE_NOTIFY_CHANGE_NAME, FALSE, DirectoryNotifyInformation));
}

EXPORT(kernel32, BOOL, FindCloseChangeNotification, (HANDLE handle))
{
	return win32_result(NtClose(handle));
}

EXPORT(kernel32, HANDLE, FindFirstChangeNotificationW, (LPCWSTR path, BOOL deep, DWORD filter))
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	struct file_name name;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;

	if (file_name_set(&name, path)) {
		status = NtOpenFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, &name.attributes, &iosb, SHARE_ALL,
				    FILE_DIRECTORY_FILE | FILE_OPEN_FOR_BACKUP_INTENT);
		if (NT_SUCCESS(status)) {
			status = NtNotifyChangeDirectoryFileEx(handle, NULL, NULL, NULL, &ignored_status, NULL, 0, filter, deep != 0,
							       DirectoryNotifyInformation);
			if (!NT_SUCCESS(status))
				ob_close_handle(handle);
		}
		if (!win32_result(status))
			handle = INVALID_HANDLE_VALUE;
	}
	file_name_free(&name);
	return handle;
}

EXPORT(kernel32, HANDLE, FindFirstChangeNotificationA, (LPCSTR path, BOOL deep, DWORD filter))
{
	struct wide_argument wide;
	HANDLE handle = INVALID_HANDLE_VALUE;

	wide_argument_set(&wide, path);
	if (!wide.failed)
		handle = FindFirstChangeNotificationW(wide.text, deep, filter);
	wide_argument_free(&wide);
	return handle;
}
