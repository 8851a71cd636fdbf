/*
 * kernel32/winbase_copy.c - CopyFile and its kin (winbase.h).
 */
#include "kernel32/file.h"

#include "ntdll/ke/ke.h"
#include <string.h>

#define COPY_CHUNK 65536u

/* CopyFile2's messages: chunks and streams are told with the same numbers, in different places. */
struct copy_message {
	DWORD type, padding;
	DWORD stream, flags;
	HANDLE from, to;
	LONGLONG numbers[6];
};
enum { MESSAGE_CHUNK_FINISHED = 2, MESSAGE_STREAM_STARTED = 3, MESSAGE_STREAM_FINISHED = 4 };
typedef DWORD(WINAPI *copy_message_routine)(const struct copy_message *message, PVOID context);

struct progress {
	LPPROGRESS_ROUTINE routine;
	copy_message_routine second; /* CopyFile2's instead */
	LONGLONG chunk, chunks;	     /* the size of the last one and how many there were */
	LPVOID data;
	BOOL *cancel;
	HANDLE from, to;
	LONGLONG total, done;
};

static DWORD send_message(struct progress *progress, DWORD type)
{
	struct copy_message message = {.type = type, .stream = 1, .from = progress->from, .to = progress->to};
	LONGLONG *number = message.numbers;
	DWORD answer;

	if (!progress->second)
		return PROGRESS_CONTINUE;
	if (type == MESSAGE_CHUNK_FINISHED) {
		*number++ = progress->chunks;
		*number++ = progress->chunk;
	}
	*number++ = progress->total;
	if (type != MESSAGE_STREAM_STARTED)
		*number++ = progress->done;
	*number++ = progress->total;
	if (type != MESSAGE_STREAM_STARTED)
		*number++ = progress->done;
	answer = (DWORD)ke_call_guest((void *)progress->second, (uint64_t)(uintptr_t)&message, (uint64_t)(uintptr_t)progress->data, 0, 0);
	if (answer == PROGRESS_QUIET)
		progress->second = NULL;
	return answer;
}

/* What the caller's routine says; PROGRESS_CONTINUE when there is none. */
static DWORD report(struct progress *progress, DWORD reason)
{
	LARGE_INTEGER total = {.QuadPart = progress->total}, done = {.QuadPart = progress->done};
	typedef DWORD(WINAPI * nine)(LARGE_INTEGER, LARGE_INTEGER, LARGE_INTEGER, LARGE_INTEGER, DWORD, DWORD, HANDLE, HANDLE,
				     LPVOID);
	DWORD answer;

	if (progress->cancel && *(volatile BOOL *)progress->cancel)
		return PROGRESS_CANCEL;
	if (progress->second)
		return send_message(progress, reason == CALLBACK_CHUNK_FINISHED ? MESSAGE_CHUNK_FINISHED : MESSAGE_STREAM_STARTED);
	if (!progress->routine)
		return PROGRESS_CONTINUE;
	/* more arguments than ke_call_guest carries; a plain call of the same convention */
	answer = ((nine)progress->routine)(total, done, total, done, 1, reason, progress->from, progress->to, progress->data);
	if (answer == PROGRESS_QUIET)
		progress->routine = NULL;
	return answer;
}

static NTSTATUS copy_data(struct progress *progress)
{
	void *buffer = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, COPY_CHUNK);
	IO_STATUS_BLOCK iosb;
	NTSTATUS status = STATUS_SUCCESS;

	if (!buffer)
		return STATUS_NO_MEMORY;
	for (;;) {
		DWORD answer;

		status = NtReadFile(progress->from, NULL, NULL, NULL, &iosb, buffer, COPY_CHUNK, NULL, NULL);
		if (status == STATUS_END_OF_FILE || status == STATUS_PIPE_BROKEN) {
			status = STATUS_SUCCESS;
			break;
		}
		if (!NT_SUCCESS(status))
			break;
		status = NtWriteFile(progress->to, NULL, NULL, NULL, &iosb, buffer, (ULONG)iosb.Information, NULL, NULL);
		if (!NT_SUCCESS(status))
			break;
		progress->done += (LONGLONG)iosb.Information;
		progress->chunk = (LONGLONG)iosb.Information;
		progress->chunks++;
		answer = report(progress, CALLBACK_CHUNK_FINISHED);
		if (answer == PROGRESS_CANCEL || answer == PROGRESS_STOP) {
			status = answer == PROGRESS_CANCEL ? STATUS_CANCELLED : STATUS_REQUEST_ABORTED;
			break;
		}
	}
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, buffer);
	return status;
}

static bool same_file(HANDLE one, HANDLE other)
{
	FILE_ID_INFORMATION a, b;
	IO_STATUS_BLOCK iosb;

	return NT_SUCCESS(NtQueryInformationFile(one, &iosb, &a, sizeof(a), FileIdInformation)) &&
	       NT_SUCCESS(NtQueryInformationFile(other, &iosb, &b, sizeof(b), FileIdInformation)) &&
	       memcmp(&a, &b, sizeof(a)) == 0;
}

/* Who has the original open to change or delete it does not matter. */
static HANDLE open_original(LPCWSTR from, DWORD flags)
{
	DWORD share = FILE_SHARE_READ;
	HANDLE file;

	flags = FILE_FLAG_SEQUENTIAL_SCAN | (flags & COPY_FILE_COPY_SYMLINK ? FILE_FLAG_OPEN_REPARSE_POINT : 0);
	file = CreateFileW(from, GENERIC_READ, share, NULL, OPEN_EXISTING, flags, NULL);
	if (file == INVALID_HANDLE_VALUE && get_last_error() == ERROR_SHARING_VIOLATION) {
		share |= FILE_SHARE_WRITE | FILE_SHARE_DELETE;
		file = CreateFileW(from, GENERIC_READ, share, NULL, OPEN_EXISTING, flags, NULL);
	}
	return file;
}

/* The copy is only opened to be deleted as well if those who have it open allow that: where they do not, a copy that is
 * given up stays (Wine's test_CopyFileEx). */
static HANDLE open_copy(LPCWSTR to, HANDLE original, DWORD disposition, DWORD attributes)
{
	const DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE;
	HANDLE file = INVALID_HANDLE_VALUE;
	bool same;

	if (disposition == CREATE_ALWAYS)
		file = CreateFileW(to, 0, share | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
	if (file != INVALID_HANDLE_VALUE) {
		same = same_file(original, file);
		ob_close_handle(file);
		if (same) {
			set_last_error(ERROR_SHARING_VIOLATION);
			return INVALID_HANDLE_VALUE;
		}
	}
	file = CreateFileW(to, GENERIC_WRITE | DELETE, share, NULL, disposition, attributes, NULL);
	if (file == INVALID_HANDLE_VALUE && get_last_error() == ERROR_SHARING_VIOLATION)
		file = CreateFileW(to, GENERIC_WRITE, share, NULL, disposition, attributes, NULL);
	return file;
}

static BOOL copy_file(LPCWSTR from, LPCWSTR to, const struct progress *told, DWORD flags)
{
	struct progress progress = *told;
	FILE_BASIC_INFORMATION basic;
	FILE_STANDARD_INFORMATION standard;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;
	BOOL ok = FALSE;
	BOOLEAN delete = TRUE;

	if (!from || !to) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return FALSE;
	}
	progress.from = open_original(from, flags);
	if (progress.from == INVALID_HANDLE_VALUE)
		return FALSE;
	status = NtQueryInformationFile(progress.from, &iosb, &basic, sizeof(basic), FileBasicInformation);
	if (NT_SUCCESS(status))
		status = NtQueryInformationFile(progress.from, &iosb, &standard, sizeof(standard), FileStandardInformation);
	if (!win32_result(status)) {
		ob_close_handle(progress.from);
		return FALSE;
	}
	progress.to = open_copy(to, progress.from, flags & COPY_FILE_FAIL_IF_EXISTS ? CREATE_NEW : CREATE_ALWAYS,
				basic.FileAttributes & ~FILE_ATTRIBUTE_READONLY);
	if (progress.to == INVALID_HANDLE_VALUE) {
		ob_close_handle(progress.from);
		return FALSE;
	}
	progress.total = standard.EndOfFile.QuadPart;
	if (report(&progress, CALLBACK_STREAM_SWITCH) == PROGRESS_CANCEL)
		status = STATUS_CANCELLED;
	else
		status = copy_data(&progress);
	if (NT_SUCCESS(status)) {
		/* the copy has the original's attributes and time of the last change */
		basic.CreationTime.QuadPart = basic.LastAccessTime.QuadPart = basic.ChangeTime.QuadPart = 0;
		NtSetInformationFile(progress.to, &iosb, &basic, sizeof(basic), FileBasicInformation);
		send_message(&progress, MESSAGE_STREAM_FINISHED);
		set_last_error(ERROR_SUCCESS);
		ok = TRUE;
	} else if (status == STATUS_CANCELLED) {
		NtSetInformationFile(progress.to, &iosb, &delete, sizeof(delete), FileDispositionInformation);
		set_last_error(ERROR_REQUEST_ABORTED);
	} else if (status == STATUS_REQUEST_ABORTED) {
		set_last_error(ERROR_REQUEST_ABORTED);
	} else {
		NtSetInformationFile(progress.to, &iosb, &delete, sizeof(delete), FileDispositionInformation);
		win32_result(status);
	}
	ob_close_handle(progress.to);
	ob_close_handle(progress.from);
	return ok;
}

EXPORT(kernel32, BOOL, CopyFileExW,
       (LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE routine, LPVOID data, BOOL *cancel, DWORD flags))
{
	const struct progress progress = {.routine = routine, .data = data, .cancel = cancel};

	return copy_file(from, to, &progress, flags);
}

typedef struct _COPYFILE2_EXTENDED_PARAMETERS {
	DWORD dwSize;
	DWORD dwCopyFlags;
	BOOL *pfCancel;
	copy_message_routine pProgressRoutine;
	PVOID pvCallbackContext;
} COPYFILE2_EXTENDED_PARAMETERS;

/* An HRESULT. */
EXPORT(kernel32, LONG, CopyFile2, (LPCWSTR from, LPCWSTR to, const COPYFILE2_EXTENDED_PARAMETERS *parameters))
{
	struct progress progress = {.routine = NULL};
	DWORD flags = 0;

	if (parameters) {
		if (parameters->dwSize < sizeof(*parameters))
			return (LONG)0x80070057; /* E_INVALIDARG */
		flags = parameters->dwCopyFlags;
		progress.second = parameters->pProgressRoutine;
		progress.data = parameters->pvCallbackContext;
		progress.cancel = parameters->pfCancel;
	}
	if (copy_file(from, to, &progress, flags))
		return 0;
	return (LONG)(0x80070000u | (get_last_error() & 0xFFFF));
}

EXPORT(kernel32, BOOL, CopyFileW, (LPCWSTR from, LPCWSTR to, BOOL fail_if_exists))
{
	return CopyFileExW(from, to, NULL, NULL, NULL, fail_if_exists ? COPY_FILE_FAIL_IF_EXISTS : 0);
}

EXPORT(kernel32, BOOL, CopyFileExA,
       (LPCSTR from, LPCSTR to, LPPROGRESS_ROUTINE routine, LPVOID data, BOOL *cancel, DWORD flags))
{
	struct wide_argument wide_from, wide_to;
	BOOL ok = FALSE;

	wide_argument_set(&wide_from, from);
	wide_argument_set(&wide_to, to);
	if (!wide_from.failed && !wide_to.failed)
		ok = CopyFileExW(wide_from.text, wide_to.text, routine, data, cancel, flags);
	wide_argument_free(&wide_to);
	wide_argument_free(&wide_from);
	return ok;
}

EXPORT(kernel32, BOOL, CopyFileA, (LPCSTR from, LPCSTR to, BOOL fail_if_exists))
{
	return CopyFileExA(from, to, NULL, NULL, NULL, fail_if_exists ? COPY_FILE_FAIL_IF_EXISTS : 0);
}
