/*
 * kernel32/namedpipeapi.c - pipes: anonymous ones, looking ahead, states (namedpipeapi.h).
 */
#include "kernel32/file.h"

#include <string.h>

EXPORT(kernel32, BOOL, CreatePipe, (PHANDLE reader, PHANDLE writer, LPSECURITY_ATTRIBUTES security, DWORD size))
{
	return win32_result(
		io_create_pipe(reader, writer, security && security->bInheritHandle ? OBJ_INHERIT : 0, size));
}

EXPORT(kernel32, BOOL, PeekNamedPipe,
       (HANDLE pipe, LPVOID buffer, DWORD size, LPDWORD read, LPDWORD available, LPDWORD left_in_message))
{
	const ULONG header = offsetof(FILE_PIPE_PEEK_BUFFER, Data);
	FILE_PIPE_PEEK_BUFFER small, *peek = &small;
	IO_STATUS_BLOCK iosb = {{.Pointer = NULL}, .Information = 0};
	NTSTATUS status;
	DWORD got;

	if (size) {
		peek = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, header + size);
		if (!peek) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return FALSE;
		}
	}
	status = NtFsControlFile(pipe, NULL, NULL, NULL, &iosb, FSCTL_PIPE_PEEK, NULL, 0, peek, header + size);
	/* there being more is no error */
	if (status == STATUS_BUFFER_OVERFLOW)
		status = STATUS_SUCCESS;
	if (NT_SUCCESS(status)) {
		got = (DWORD)iosb.Information - header;
		if (buffer)
			memcpy(buffer, peek->Data, got);
		if (read)
			*read = got;
		if (available)
			*available = peek->ReadDataAvailable;
		if (left_in_message)
			*left_in_message = peek->MessageLength - got; /* below 0 where there are no messages */
	}
	if (size)
		RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, peek);
	if (status == STATUS_INVALID_DEVICE_REQUEST) {
		set_last_error(ERROR_INVALID_FUNCTION);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, BOOL, GetNamedPipeInfo,
       (HANDLE pipe, LPDWORD flags, LPDWORD out_size, LPDWORD in_size, LPDWORD instances))
{
	FILE_PIPE_LOCAL_INFORMATION info;
	IO_STATUS_BLOCK iosb;

	if (!win32_result(NtQueryInformationFile(pipe, &iosb, &info, sizeof(info), FilePipeLocalInformation)))
		return FALSE;
	if (flags) /* PIPE_SERVER_END, PIPE_TYPE_MESSAGE */
		*flags = (info.NamedPipeEnd ? 1 : 0) | (info.NamedPipeType ? 4 : 0);
	if (out_size)
		*out_size = info.OutboundQuota;
	if (in_size)
		*in_size = info.InboundQuota;
	if (instances)
		*instances = info.MaximumInstances > 254 ? 255 : info.MaximumInstances;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetNamedPipeHandleState, (HANDLE pipe, LPDWORD mode, LPDWORD collect_count, LPDWORD collect_timeout))
{
	FILE_PIPE_INFORMATION info;
	IO_STATUS_BLOCK iosb;

	if (mode) {
		if (*mode & ~3u) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return FALSE;
		}
		info.ReadMode = *mode >> 1 & 1;
		info.CompletionMode = *mode & 1;
		if (!win32_result(NtSetInformationFile(pipe, &iosb, &info, sizeof(info), FilePipeInformation)))
			return FALSE;
	}
	if (collect_count || collect_timeout) {
		/* for clients on other machines only */
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return TRUE;
}

static BOOL handle_state(HANDLE pipe, LPDWORD mode, LPDWORD instances, const DWORD *collect_count, const DWORD *collect_timeout,
			 const void *user)
{
	FILE_PIPE_INFORMATION info;
	FILE_PIPE_LOCAL_INFORMATION local;
	IO_STATUS_BLOCK iosb;

	/* the first two are for clients on other machines, and who the client is is told after impersonating it only */
	if (collect_count || collect_timeout || user) {
		set_last_error(user && !collect_count && !collect_timeout ? ERROR_CANNOT_IMPERSONATE : ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!win32_result(NtQueryInformationFile(pipe, &iosb, &info, sizeof(info), FilePipeInformation)) ||
	    !win32_result(NtQueryInformationFile(pipe, &iosb, &local, sizeof(local), FilePipeLocalInformation)))
		return FALSE;
	if (mode)
		*mode = (info.ReadMode ? PIPE_READMODE_MESSAGE : 0) | (info.CompletionMode ? PIPE_NOWAIT : 0);
	if (instances)
		*instances = local.CurrentInstances > 254 ? PIPE_UNLIMITED_INSTANCES : local.CurrentInstances;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNamedPipeHandleStateW,
       (HANDLE pipe, LPDWORD mode, LPDWORD instances, LPDWORD collect_count, LPDWORD collect_timeout, LPWSTR user, DWORD user_size))
{
	return handle_state(pipe, mode, instances, collect_count, collect_timeout, user);
}

EXPORT(kernel32, BOOL, GetNamedPipeHandleStateA,
       (HANDLE pipe, LPDWORD mode, LPDWORD instances, LPDWORD collect_count, LPDWORD collect_timeout, LPSTR user, DWORD user_size))
{
	return handle_state(pipe, mode, instances, collect_count, collect_timeout, user);
}
