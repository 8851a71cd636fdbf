/*
 * kernel32/fileapi.c - opening, reading, writing, positions and sizes (fileapi.h).
 */
#include "kernel32/file.h"
#include "ntdll/ke/ke.h"

#include <string.h>

/* The disposition of CreateFile in NT's words; 0 is no disposition. */
static bool nt_disposition(DWORD disposition, ULONG *nt)
{
	static const ULONG table[] = {0, FILE_CREATE, FILE_OVERWRITE_IF, FILE_OPEN, FILE_OPEN_IF, FILE_OVERWRITE};

	if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING)
		return false;
	*nt = table[disposition];
	return true;
}

static ULONG nt_options(DWORD access, DWORD flags)
{
	ULONG options = 0;

	if (flags & FILE_FLAG_WRITE_THROUGH)
		options |= FILE_WRITE_THROUGH;
	if (!(flags & FILE_FLAG_OVERLAPPED))
		options |= FILE_SYNCHRONOUS_IO_NONALERT;
	if (flags & FILE_FLAG_NO_BUFFERING)
		options |= FILE_NO_INTERMEDIATE_BUFFERING;
	if (flags & FILE_FLAG_RANDOM_ACCESS)
		options |= FILE_RANDOM_ACCESS;
	if (flags & FILE_FLAG_SEQUENTIAL_SCAN)
		options |= FILE_SEQUENTIAL_ONLY;
	if (flags & FILE_FLAG_DELETE_ON_CLOSE)
		options |= FILE_DELETE_ON_CLOSE;
	if (flags & FILE_FLAG_OPEN_REPARSE_POINT)
		options |= FILE_OPEN_REPARSE_POINT;
	if (flags & FILE_FLAG_OPEN_NO_RECALL)
		options |= FILE_OPEN_NO_RECALL;
	if (flags & FILE_FLAG_BACKUP_SEMANTICS) {
		/* MSDN NtCreateFile: what CreateFile makes of the flag */
		if (access & GENERIC_ALL)
			options |= FILE_OPEN_FOR_BACKUP_INTENT | FILE_OPEN_REMOTE_INSTANCE;
		else {
			if (access & GENERIC_READ)
				options |= FILE_OPEN_FOR_BACKUP_INTENT;
			if (access & GENERIC_WRITE)
				options |= FILE_OPEN_REMOTE_INSTANCE;
		}
	} else {
		options |= FILE_NON_DIRECTORY_FILE;
	}
	return options;
}

EXPORT(kernel32, HANDLE, CreateFileW,
       (LPCWSTR file_name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition, DWORD flags,
	HANDLE template_file))
{
	struct file_name name;
	IO_STATUS_BLOCK iosb = {{.Pointer = NULL}, .Information = 0};
	HANDLE handle = INVALID_HANDLE_VALUE;
	ULONG nt;
	NTSTATUS status;

	if (!file_name || !*file_name) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	if (!nt_disposition(disposition, &nt)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	if (!file_name_set(&name, file_name)) {
		file_name_free(&name);
		return INVALID_HANDLE_VALUE;
	}
	if (security && security->bInheritHandle)
		name.attributes.Attributes |= OBJ_INHERIT;
	if (security)
		name.attributes.SecurityDescriptor = security->lpSecurityDescriptor;
	/* the disposition needs the right to write for a truncation (MSDN TRUNCATE_EXISTING) */
	if (disposition == TRUNCATE_EXISTING && !(access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA))) {
		file_name_free(&name);
		set_last_error(ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	access |= SYNCHRONIZE | FILE_READ_ATTRIBUTES;
	if (flags & FILE_FLAG_DELETE_ON_CLOSE)
		access |= DELETE;
	status = NtCreateFile(&handle, access, &name.attributes, &iosb, NULL,
			      flags & FILE_ATTRIBUTE_VALID_FLAGS & ~FILE_ATTRIBUTE_DIRECTORY, share, nt,
			      nt_options(access, flags), NULL, 0);
	file_name_free(&name);
	if (NT_SUCCESS(status) && disposition == TRUNCATE_EXISTING && iosb.Information != FILE_OVERWRITTEN) {
		/* a device opens, and then has nothing to cut off */
		LARGE_INTEGER empty = {.QuadPart = 0};

		status = NtSetInformationFile(handle, &iosb, &empty, sizeof(empty), FileAllocationInformation);
		if (!NT_SUCCESS(status))
			NtClose(handle);
	}
	if (NT_SUCCESS(status)) {
		bool existed = (disposition == CREATE_ALWAYS && iosb.Information == FILE_OVERWRITTEN) ||
			       (disposition == OPEN_ALWAYS && iosb.Information == FILE_OPENED);

		set_last_error(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
		return handle;
	}
	if (status == STATUS_OBJECT_NAME_COLLISION && disposition == CREATE_NEW)
		set_last_error(ERROR_FILE_EXISTS);
	else if (status == STATUS_FILE_IS_A_DIRECTORY)
		/* a name that ends in a backslash is a path without a file */
		set_last_error(file_name[rtl_wcslen(file_name) - 1] == u'\\' ? ERROR_PATH_NOT_FOUND : ERROR_ACCESS_DENIED);
	else
		win32_result(status);
	return INVALID_HANDLE_VALUE;
}

EXPORT(kernel32, HANDLE, CreateFileA,
       (LPCSTR file_name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition, DWORD flags,
	HANDLE template_file))
{
	struct wide_argument wide;
	HANDLE handle = INVALID_HANDLE_VALUE;

	wide_argument_set(&wide, file_name);
	if (!wide.failed)
		handle = CreateFileW(wide.text, access, share, security, disposition, flags, template_file);
	wide_argument_free(&wide);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateFile2,
       (LPCWSTR file_name, DWORD access, DWORD share, DWORD disposition, const CREATEFILE2_EXTENDED_PARAMETERS *extended))
{
	DWORD flags = 0;
	LPSECURITY_ATTRIBUTES security = NULL;
	HANDLE template_file = NULL;

	if (extended) {
		if (extended->dwSize < sizeof(*extended)) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return INVALID_HANDLE_VALUE;
		}
		flags = extended->dwFileAttributes | extended->dwFileFlags | extended->dwSecurityQosFlags;
		security = extended->lpSecurityAttributes;
		template_file = extended->hTemplateFile;
	}
	return CreateFileW(file_name, access, share, security, disposition, flags, template_file);
}

EXPORT(kernel32, HANDLE, ReOpenFile, (HANDLE original, DWORD access, DWORD share, DWORD flags))
{
	UNICODE_STRING empty = {0, 0, NULL};
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .RootDirectory = original, .ObjectName = &empty};
	IO_STATUS_BLOCK iosb;
	HANDLE handle;

	/* an empty name relative to a file is the file itself */
	if (!win32_result(NtOpenFile(&handle, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &iosb, share,
				     nt_options(access, flags) & ~FILE_NON_DIRECTORY_FILE)))
		return INVALID_HANDLE_VALUE;
	return handle;
}

/* hEvent with its low bit set: no packet to the completion port. */
static HANDLE overlapped_event(const OVERLAPPED *overlapped)
{
	return (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1);
}
static PVOID overlapped_context(OVERLAPPED *overlapped)
{
	return (uintptr_t)overlapped->hEvent & 1 ? NULL : overlapped;
}

/* What reading and writing give NT beside the buffer. */
struct transfer {
	IO_STATUS_BLOCK local, *iosb;
	LARGE_INTEGER offset, *where;
	HANDLE event;
	PVOID context;
};

static void begin_transfer(struct transfer *transfer, LPOVERLAPPED overlapped, LPDWORD done)
{
	if (done)
		*done = 0;
	transfer->local.Information = 0;
	if (!overlapped) {
		transfer->iosb = &transfer->local;
		transfer->where = NULL;
		transfer->event = NULL;
		transfer->context = NULL;
		return;
	}
	transfer->offset.LowPart = overlapped->Offset;
	transfer->offset.HighPart = (LONG)overlapped->OffsetHigh;
	transfer->where = &transfer->offset;
	transfer->event = overlapped_event(overlapped);
	transfer->context = overlapped_context(overlapped);
	transfer->iosb = (IO_STATUS_BLOCK *)overlapped;
	overlapped->Internal = (ULONG)STATUS_PENDING; /* InternalHigh stays until there is an end */
}

/* Who gives an asynchronous handle no OVERLAPPED waits for the file itself. */
static NTSTATUS wait_if_pending(HANDLE file, NTSTATUS status, const struct transfer *transfer)
{
	if (status != STATUS_PENDING || transfer->iosb != &transfer->local)
		return status;
	NtWaitForSingleObject(file, FALSE, NULL);
	return __atomic_load_n(&transfer->local.Status, __ATOMIC_ACQUIRE);
}

static BOOL end_transfer(const struct transfer *transfer, NTSTATUS status, LPDWORD done)
{
	if (NT_SUCCESS(status) && status != STATUS_PENDING) {
		if (done)
			*done = (DWORD)transfer->iosb->Information;
		return TRUE;
	}
	if (done && status == STATUS_BUFFER_OVERFLOW)
		*done = (DWORD)transfer->iosb->Information;
	if (status == STATUS_PENDING)
		set_last_error(ERROR_IO_PENDING);
	else
		win32_result(status);
	return FALSE;
}

EXPORT(kernel32, BOOL, ReadFile, (HANDLE file, LPVOID buffer, DWORD size, LPDWORD read, LPOVERLAPPED overlapped))
{
	struct transfer transfer;
	NTSTATUS status;

	begin_transfer(&transfer, overlapped, read);
	status = NtReadFile(file, transfer.event, NULL, transfer.context, transfer.iosb, buffer, size, transfer.where, NULL);
	status = wait_if_pending(file, status, &transfer);
	if (status == STATUS_END_OF_FILE) {
		if (!overlapped)
			return TRUE;
		overlapped->Internal = (ULONG)status;
		overlapped->InternalHigh = 0;
		set_last_error(ERROR_HANDLE_EOF);
		return FALSE;
	}
	return end_transfer(&transfer, status, read);
}

EXPORT(kernel32, BOOL, WriteFile, (HANDLE file, LPCVOID buffer, DWORD size, LPDWORD written, LPOVERLAPPED overlapped))
{
	struct transfer transfer;
	NTSTATUS status;

	begin_transfer(&transfer, overlapped, written);
	status = NtWriteFile(file, transfer.event, NULL, transfer.context, transfer.iosb, (PVOID)(uintptr_t)buffer, size,
			     transfer.where, NULL);
	return end_transfer(&transfer, wait_if_pending(file, status, &transfer), written);
}

EXPORT(kernel32, BOOL, FlushFileBuffers, (HANDLE file))
{
	IO_STATUS_BLOCK iosb;

	return win32_result(NtFlushBuffersFile(file, &iosb));
}

EXPORT(kernel32, BOOL, GetFileSizeEx, (HANDLE file, PLARGE_INTEGER size))
{
	FILE_STANDARD_INFORMATION info;
	IO_STATUS_BLOCK iosb;

	if (!win32_result(NtQueryInformationFile(file, &iosb, &info, sizeof(info), FileStandardInformation)))
		return FALSE;
	*size = info.EndOfFile;
	return TRUE;
}

EXPORT(kernel32, DWORD, GetFileSize, (HANDLE file, LPDWORD high))
{
	LARGE_INTEGER size;

	if (!GetFileSizeEx(file, &size))
		return INVALID_FILE_SIZE;
	if (high)
		*high = (DWORD)size.HighPart;
	/* a size that looks like the error is told apart by the last error */
	if (size.LowPart == INVALID_FILE_SIZE)
		set_last_error(ERROR_SUCCESS);
	return size.LowPart;
}

static BOOL move_pointer(HANDLE file, LONGLONG distance, LARGE_INTEGER *result, DWORD method, bool only_32_bits)
{
	FILE_POSITION_INFORMATION position;
	FILE_STANDARD_INFORMATION standard;
	IO_STATUS_BLOCK iosb;
	LONGLONG base = 0;

	switch (method) {
	case FILE_BEGIN:
		break;
	case FILE_CURRENT:
		if (!win32_result(NtQueryInformationFile(file, &iosb, &position, sizeof(position), FilePositionInformation)))
			return FALSE;
		base = position.CurrentByteOffset.QuadPart;
		break;
	case FILE_END:
		if (!win32_result(NtQueryInformationFile(file, &iosb, &standard, sizeof(standard), FileStandardInformation)))
			return FALSE;
		base = standard.EndOfFile.QuadPart;
		break;
	default:
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (__builtin_add_overflow(base, distance, &base)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (base < 0) {
		set_last_error(ERROR_NEGATIVE_SEEK);
		return FALSE;
	}
	if (only_32_bits && base >> 32) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (method != FILE_CURRENT || distance) {
		position.CurrentByteOffset.QuadPart = base;
		if (!win32_result(NtSetInformationFile(file, &iosb, &position, sizeof(position), FilePositionInformation)))
			return FALSE;
	}
	if (result)
		result->QuadPart = base;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetFilePointerEx, (HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER result, DWORD method))
{
	return move_pointer(file, distance.QuadPart, result, method, false);
}

EXPORT(kernel32, DWORD, SetFilePointer, (HANDLE file, LONG distance, PLONG high, DWORD method))
{
	LARGE_INTEGER wanted, result;

	wanted.QuadPart = distance;
	if (high) {
		wanted.LowPart = (DWORD)distance;
		wanted.HighPart = *high;
	}
	/* without a high part the distance is signed, except that from the beginning it is an offset below 4 GiB */
	if (!high && method == FILE_BEGIN)
		wanted.QuadPart = distance;
	if (!move_pointer(file, wanted.QuadPart, &result, method, !high))
		return INVALID_SET_FILE_POINTER;
	if (high)
		*high = result.HighPart;
	if (result.LowPart == INVALID_SET_FILE_POINTER)
		set_last_error(ERROR_SUCCESS);
	return result.LowPart;
}

EXPORT(kernel32, BOOL, SetEndOfFile, (HANDLE file))
{
	FILE_POSITION_INFORMATION position;
	LARGE_INTEGER end;
	IO_STATUS_BLOCK iosb;

	if (!win32_result(NtQueryInformationFile(file, &iosb, &position, sizeof(position), FilePositionInformation)))
		return FALSE;
	end = position.CurrentByteOffset;
	return win32_result(NtSetInformationFile(file, &iosb, &end, sizeof(end), FileEndOfFileInformation));
}

EXPORT(kernel32, BOOL, SetFileValidData, (HANDLE file, LONGLONG length))
{
	LARGE_INTEGER value = {.QuadPart = length};
	IO_STATUS_BLOCK iosb;

	return win32_result(NtSetInformationFile(file, &iosb, &value, sizeof(value), FileValidDataLengthInformation));
}

EXPORT(kernel32, DWORD, GetFileType, (HANDLE file))
{
	ULONG type;
	NTSTATUS status;

	/* the constants of GetStdHandle are taken too */
	if ((DWORD)(uintptr_t)file >= STD_ERROR_HANDLE && (DWORD)(uintptr_t)file <= STD_INPUT_HANDLE)
		file = GetStdHandle((DWORD)(uintptr_t)file);
	status = io_device_type(file, &type);
	if (!NT_SUCCESS(status)) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FILE_TYPE_UNKNOWN;
	}
	set_last_error(ERROR_SUCCESS);
	switch (type) {
	case FILE_DEVICE_CONSOLE:
	case FILE_DEVICE_NULL:
		return FILE_TYPE_CHAR;
	case FILE_DEVICE_NAMED_PIPE:
		return FILE_TYPE_PIPE;
	default:
		return FILE_TYPE_DISK;
	}
}

EXPORT(kernel32, BOOL, LockFileEx,
       (HANDLE file, DWORD flags, DWORD reserved, DWORD length_low, DWORD length_high, LPOVERLAPPED overlapped))
{
	LARGE_INTEGER offset, length;
	NTSTATUS status;

	if (reserved) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	offset.LowPart = overlapped->Offset;
	offset.HighPart = (LONG)overlapped->OffsetHigh;
	length.LowPart = length_low;
	length.HighPart = (LONG)length_high;
	overlapped->Internal = (ULONG)STATUS_PENDING;
	status = NtLockFile(file, overlapped_event(overlapped), NULL, overlapped_context(overlapped),
			    (IO_STATUS_BLOCK *)overlapped, &offset, &length, 0, (flags & LOCKFILE_FAIL_IMMEDIATELY) != 0,
			    (flags & LOCKFILE_EXCLUSIVE_LOCK) != 0);
	if (status == STATUS_PENDING) {
		set_last_error(ERROR_IO_PENDING);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, LockFile, (HANDLE file, DWORD low, DWORD high, DWORD length_low, DWORD length_high))
{
	LARGE_INTEGER offset = {{low, (LONG)high}}, length = {{length_low, (LONG)length_high}};
	IO_STATUS_BLOCK iosb;

	return win32_result(NtLockFile(file, NULL, NULL, NULL, &iosb, &offset, &length, 0, TRUE, TRUE));
}

EXPORT(kernel32, BOOL, UnlockFile, (HANDLE file, DWORD low, DWORD high, DWORD length_low, DWORD length_high))
{
	LARGE_INTEGER offset = {{low, (LONG)high}}, length = {{length_low, (LONG)length_high}};
	IO_STATUS_BLOCK iosb;

	return win32_result(NtUnlockFile(file, &iosb, &offset, &length, 0));
}

EXPORT(kernel32, BOOL, UnlockFileEx,
       (HANDLE file, DWORD reserved, DWORD length_low, DWORD length_high, LPOVERLAPPED overlapped))
{
	if (reserved) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return UnlockFile(file, overlapped->Offset, overlapped->OffsetHigh, length_low, length_high);
}
