/*
 * kernel32/namedpipeapi_server.c - named pipes: making them, connecting, transactions, who is at the other end.
 */
#include "kernel32/file.h"
#include "ntdll/ke/ke.h"

#include <string.h>

BOOL WINAPI SetNamedPipeHandleState(HANDLE pipe, LPDWORD mode, LPDWORD collect_count, LPDWORD collect_timeout);

NTSTATUS NTAPI NtCreateNamedPipeFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
				     ULONG share, ULONG disposition, ULONG options, ULONG type, ULONG read_mode,
				     ULONG completion_mode, ULONG maximum, ULONG in_quota, ULONG out_quota,
				     LARGE_INTEGER *timeout);

/* A pipe's timeout of 0 is 50 ms (MSDN CreateNamedPipe). */
static LARGE_INTEGER default_timeout(DWORD milliseconds)
{
	LARGE_INTEGER timeout;

	if (milliseconds == NMPWAIT_WAIT_FOREVER)
		timeout.QuadPart = INT64_MIN;
	else
		timeout.QuadPart = -10000ll * (milliseconds ? milliseconds : 50);
	return timeout;
}

EXPORT(kernel32, HANDLE, CreateNamedPipeW,
       (LPCWSTR pipe_name, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out_size, DWORD in_size, DWORD timeout,
	LPSECURITY_ATTRIBUTES security))
{
	const DWORD open_flags = PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE | FILE_FLAG_WRITE_THROUGH |
				 FILE_FLAG_OVERLAPPED | WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY;
	LARGE_INTEGER wait = default_timeout(timeout);
	ACCESS_MASK access = SYNCHRONIZE | (open_mode & (WRITE_DAC | WRITE_OWNER | ACCESS_SYSTEM_SECURITY));
	ULONG share = 0, options = 0;
	HANDLE handle = INVALID_HANDLE_VALUE;
	struct file_name name;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;

	if (!pipe_name || !*pipe_name) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	if (!(open_mode & PIPE_ACCESS_DUPLEX) || open_mode & ~open_flags || pipe_mode & ~15u || !instances ||
	    instances > PIPE_UNLIMITED_INSTANCES ||
	    (pipe_mode & PIPE_READMODE_MESSAGE && !(pipe_mode & PIPE_TYPE_MESSAGE))) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	if (open_mode & PIPE_ACCESS_INBOUND) {
		access |= GENERIC_READ;
		share |= FILE_SHARE_WRITE;
	}
	if (open_mode & PIPE_ACCESS_OUTBOUND) {
		access |= GENERIC_WRITE;
		share |= FILE_SHARE_READ;
	}
	if (open_mode & FILE_FLAG_WRITE_THROUGH)
		options |= FILE_WRITE_THROUGH;
	if (!(open_mode & FILE_FLAG_OVERLAPPED))
		options |= FILE_SYNCHRONOUS_IO_NONALERT;
	if (file_name_set(&name, pipe_name)) {
		if (security && security->bInheritHandle)
			name.attributes.Attributes |= OBJ_INHERIT;
		status = NtCreateNamedPipeFile(&handle, access | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, &name.attributes,
					       &iosb, share,
					       open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE ? FILE_CREATE : FILE_OPEN_IF, options,
					       (pipe_mode & PIPE_TYPE_MESSAGE ? 1 : 0) |
						       (pipe_mode & PIPE_REJECT_REMOTE_CLIENTS ? 2 : 0),
					       pipe_mode & PIPE_READMODE_MESSAGE ? 1 : 0, pipe_mode & PIPE_NOWAIT ? 1 : 0,
					       instances == PIPE_UNLIMITED_INSTANCES ? 0xFFFFFFFFu : instances, in_size, out_size,
					       &wait);
		if (!win32_result(status))
			handle = INVALID_HANDLE_VALUE;
		else
			set_last_error(iosb.Information == FILE_OPENED ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
	}
	file_name_free(&name);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateNamedPipeA,
       (LPCSTR pipe_name, DWORD open_mode, DWORD pipe_mode, DWORD instances, DWORD out_size, DWORD in_size, DWORD timeout,
	LPSECURITY_ATTRIBUTES security))
{
	struct wide_argument wide;
	HANDLE handle = INVALID_HANDLE_VALUE;

	wide_argument_set(&wide, pipe_name);
	if (!wide.failed)
		handle = CreateNamedPipeW(wide.text, open_mode, pipe_mode, instances, out_size, in_size, timeout, security);
	wide_argument_free(&wide);
	return handle;
}

/* A control with or without OVERLAPPED; *returned may be NULL. */
static BOOL control(HANDLE pipe, ULONG code, PVOID input, ULONG input_size, PVOID output, ULONG output_size, LPDWORD returned,
		    LPOVERLAPPED overlapped)
{
	IO_STATUS_BLOCK local = {{.Pointer = NULL}, .Information = 0}, *iosb = overlapped ? (IO_STATUS_BLOCK *)overlapped : &local;
	HANDLE event = overlapped ? (HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1) : NULL;
	PVOID context = overlapped && !((uintptr_t)overlapped->hEvent & 1) ? overlapped : NULL;
	NTSTATUS status;

	if (overlapped)
		overlapped->Internal = (ULONG)STATUS_PENDING;
	status = NtFsControlFile(pipe, event, NULL, context, iosb, code, input, input_size, output, output_size);
	if (status == STATUS_PENDING && !overlapped) {
		NtWaitForSingleObject(pipe, FALSE, NULL);
		status = local.Status;
	}
	if (returned)
		*returned = (ULONG)status >> 30 != 3 && status != STATUS_PENDING ? (DWORD)iosb->Information : 0;
	if (status == STATUS_PENDING) {
		set_last_error(ERROR_IO_PENDING);
		return FALSE;
	}
	/* more of a message than was room for */
	if (status == STATUS_BUFFER_OVERFLOW) {
		set_last_error(ERROR_MORE_DATA);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, ConnectNamedPipe, (HANDLE pipe, LPOVERLAPPED overlapped))
{
	return control(pipe, FSCTL_PIPE_LISTEN, NULL, 0, NULL, 0, NULL, overlapped);
}

EXPORT(kernel32, BOOL, DisconnectNamedPipe, (HANDLE pipe))
{
	return control(pipe, FSCTL_PIPE_DISCONNECT, NULL, 0, NULL, 0, NULL, NULL);
}

EXPORT(kernel32, BOOL, TransactNamedPipe,
       (HANDLE pipe, LPVOID input, DWORD input_size, LPVOID output, DWORD output_size, LPDWORD read, LPOVERLAPPED overlapped))
{
	return control(pipe, FSCTL_PIPE_TRANSCEIVE, input, input_size, output, output_size, read, overlapped);
}

EXPORT(kernel32, BOOL, WaitNamedPipeW, (LPCWSTR pipe_name, DWORD timeout))
{
	static const WCHAR prefix[] = u"\\??\\pipe\\", root[] = u"\\??\\pipe\\";
	struct {
		LARGE_INTEGER timeout;
		ULONG name_length;
		BOOLEAN timeout_specified;
		BYTE padding; /* the name begins here */
		WCHAR name[256];
	} wait;
	const ULONG header = 14;
	const size_t skip = ARRAY_SIZE(prefix) - 1;
	struct file_name name;
	UNICODE_STRING string = {sizeof(root) - sizeof(WCHAR), sizeof(root), (PWSTR)(uintptr_t)root};
	OBJECT_ATTRIBUTES attributes = {sizeof(attributes), NULL, &string, OBJ_CASE_INSENSITIVE, NULL, NULL};
	IO_STATUS_BLOCK iosb;
	HANDLE directory;
	NTSTATUS status = STATUS_OBJECT_PATH_SYNTAX_BAD;

	if (!pipe_name || !*pipe_name) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return FALSE;
	}
	if (!file_name_set(&name, pipe_name)) {
		file_name_free(&name);
		return FALSE;
	}
	if (name.nt.length > skip && name.nt.length - skip <= ARRAY_SIZE(wait.name) &&
	    rtl_compare_nocase(name.nt.text, skip, prefix, skip) == 0) {
		memset(&wait, 0, sizeof(wait));
		wait.timeout_specified = timeout != NMPWAIT_USE_DEFAULT_WAIT;
		wait.timeout = default_timeout(timeout);
		wait.name_length = (ULONG)(name.nt.length - skip) * sizeof(WCHAR);
		memcpy((char *)&wait + header, name.nt.text + skip, wait.name_length);
		status = NtOpenFile(&directory, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &iosb,
				    FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_SYNCHRONOUS_IO_NONALERT);
		if (NT_SUCCESS(status)) {
			status = NtFsControlFile(directory, NULL, NULL, NULL, &iosb, FSCTL_PIPE_WAIT, &wait,
						 header + wait.name_length, NULL, 0);
			ob_close_handle(directory);
		}
	}
	file_name_free(&name);
	return win32_result(status);
}

EXPORT(kernel32, BOOL, WaitNamedPipeA, (LPCSTR pipe_name, DWORD timeout))
{
	struct wide_argument wide;
	BOOL result = FALSE;

	wide_argument_set(&wide, pipe_name);
	if (!wide.failed)
		result = WaitNamedPipeW(wide.text, timeout);
	wide_argument_free(&wide);
	return result;
}

/* Opens, asks, reads the answer, closes (MSDN CallNamedPipe). */
EXPORT(kernel32, BOOL, CallNamedPipeW,
       (LPCWSTR pipe_name, LPVOID input, DWORD input_size, LPVOID output, DWORD output_size, LPDWORD read, DWORD timeout))
{
	DWORD mode = PIPE_READMODE_MESSAGE, error;
	HANDLE pipe;
	BOOL result;

	for (;;) {
		pipe = CreateFileW(pipe_name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
				   FILE_ATTRIBUTE_NORMAL, NULL);
		if (pipe != INVALID_HANDLE_VALUE)
			break;
		if (get_last_error() != ERROR_PIPE_BUSY || timeout == NMPWAIT_NOWAIT || !WaitNamedPipeW(pipe_name, timeout))
			return FALSE;
	}
	result = SetNamedPipeHandleState(pipe, &mode, NULL, NULL) &&
		 TransactNamedPipe(pipe, input, input_size, output, output_size, read, NULL);
	error = get_last_error();
	ob_close_handle(pipe);
	if (!result)
		set_last_error(error);
	return result;
}

EXPORT(kernel32, BOOL, CallNamedPipeA,
       (LPCSTR pipe_name, LPVOID input, DWORD input_size, LPVOID output, DWORD output_size, LPDWORD read, DWORD timeout))
{
	struct wide_argument wide;
	BOOL result = FALSE;

	wide_argument_set(&wide, pipe_name);
	if (!wide.failed)
		result = CallNamedPipeW(wide.text, input, input_size, output, output_size, read, timeout);
	wide_argument_free(&wide);
	return result;
}

static BOOL attribute(HANDLE pipe, ULONG code, const char *name, PULONG value)
{
	return control(pipe, code, (PVOID)(uintptr_t)name, (ULONG)strlen(name) + 1, value, sizeof(*value), NULL, NULL);
}

EXPORT(kernel32, BOOL, GetNamedPipeClientProcessId, (HANDLE pipe, PULONG process))
{
	return attribute(pipe, FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE, "ClientProcessId", process);
}

EXPORT(kernel32, BOOL, GetNamedPipeClientSessionId, (HANDLE pipe, PULONG session))
{
	return attribute(pipe, FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE, "ClientSessionId", session);
}

EXPORT(kernel32, BOOL, GetNamedPipeServerProcessId, (HANDLE pipe, PULONG process))
{
	return attribute(pipe, FSCTL_PIPE_GET_PIPE_ATTRIBUTE, "ServerProcessId", process);
}

EXPORT(kernel32, BOOL, GetNamedPipeServerSessionId, (HANDLE pipe, PULONG session))
{
	return attribute(pipe, FSCTL_PIPE_GET_PIPE_ATTRIBUTE, "ServerSessionId", session);
}

/* A client of the same machine has no computer's name to tell. */
EXPORT(kernel32, BOOL, GetNamedPipeClientComputerNameW, (HANDLE pipe, LPWSTR name, ULONG size))
{
	ULONG process;

	if (!name || !size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!GetNamedPipeClientProcessId(pipe, &process))
		return FALSE;
	set_last_error(ERROR_PIPE_LOCAL);
	return FALSE;
}

EXPORT(kernel32, BOOL, GetNamedPipeClientComputerNameA, (HANDLE pipe, LPSTR name, ULONG size))
{
	return GetNamedPipeClientComputerNameW(pipe, (LPWSTR)(PVOID)name, size);
}
