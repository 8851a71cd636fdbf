/*
 * kernel32/fileapi_path.c - full, long, short, final and temporary paths (fileapi.h).
 *
 * Every function that fills a buffer returns the length without the terminator when it fits, else the size needed with it.
 */
#include "kernel32/file.h"

#include <string.h>

static DWORD store(LPWSTR buffer, DWORD size, const WCHAR *text, size_t length)
{
	if (!buffer || length >= size)
		return (DWORD)length + 1;
	memcpy(buffer, text, length * 2);
	buffer[length] = 0;
	return (DWORD)length;
}

DWORD ansi_stored(LPSTR buffer, DWORD capacity, const WCHAR *text, size_t length)
{
	DWORD needed = ansi_result(buffer, capacity, text, (DWORD)length);

	return buffer && needed < capacity ? needed : needed + 1;
}

/* The offset of the part behind the last backslash; `length` when there is none. */
static size_t file_part_of(const struct io_wide *full)
{
	size_t at = full->length;

	while (at > 0 && full->text[at - 1] != u'\\')
		at--;
	return at;
}

static BOOL full_path(LPCWSTR name, struct io_wide *full)
{
	NTSTATUS status;

	io_wide_init(full);
	if (!name || !*name) {
		set_last_error(ERROR_INVALID_NAME);
		return FALSE;
	}
	status = io_full_path(name, rtl_wcslen(name), full);
	if (status == STATUS_OBJECT_NAME_INVALID) {
		set_last_error(ERROR_INVALID_NAME);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, DWORD, GetFullPathNameW, (LPCWSTR name, DWORD size, LPWSTR buffer, LPWSTR *file_part))
{
	struct io_wide full;
	DWORD result = 0;

	if (file_part)
		*file_part = NULL;
	if (full_path(name, &full)) {
		result = store(buffer, size, full.text, full.length);
		if (file_part && result < size && buffer && !io_dos_device(name, rtl_wcslen(name))) {
			size_t part = file_part_of(&full);

			if (part < full.length)
				*file_part = buffer + part;
		}
	}
	io_wide_free(&full);
	return result;
}

EXPORT(kernel32, DWORD, GetFullPathNameA, (LPCSTR name, DWORD size, LPSTR buffer, LPSTR *file_part))
{
	struct wide_argument wide;
	struct io_wide full;
	DWORD result = 0;

	if (file_part)
		*file_part = NULL;
	wide_argument_set(&wide, name);
	io_wide_init(&full);
	if (!wide.failed && full_path(wide.text, &full)) {
		result = ansi_stored(buffer, size, full.text, full.length);
		if (file_part && result < size && buffer) {
			size_t part = file_part_of(&full);

			if (part < full.length)
				*file_part = buffer + ansi_result(NULL, 0, full.text, (DWORD)part);
		}
	}
	io_wide_free(&full);
	wide_argument_free(&wide);
	return result;
}

/* The path as the file system has it, if the file exists; `name` keeps its prefix (\\?\) and its being relative. */
static BOOL true_names(LPCWSTR name, struct io_wide *result)
{
	struct io_wide full, dos;
	struct io_narrow path;
	NTSTATUS status;
	size_t keep = 0, length = rtl_wcslen(name), given_components = 0, start;
	bool relative;

	io_wide_init(&full);
	io_wide_init(&dos);
	io_narrow_init(&path);
	io_wide_init(result);
	if (GetFileAttributesW(name) == INVALID_FILE_ATTRIBUTES)
		goto failed;
	switch (io_path_type(name, length)) {
	case RtlPathTypeRelative:
		relative = true;
		break;
	case RtlPathTypeLocalDevice:
		keep = 4;
		/* fallthrough */
	default:
		relative = false;
		break;
	}
	status = io_unix_path_from_dos(name, length, true, &path);
	if (!win32_result(status) || !io_dos_path_from_unix(path.text, &dos))
		goto failed;
	if (relative) {
		/* as many components from the end as the name has that are no dots */
		for (size_t i = 0; i < length; i++) {
			bool dot_start = i == 0 || name[i - 1] == u'\\' || name[i - 1] == u'/';

			if (dot_start && name[i] == u'.' &&
			    (i + 1 >= length || name[i + 1] == u'.' || name[i + 1] == u'\\' || name[i + 1] == u'/')) {
				/* "." and "..": give it back as it is */
				io_wide_put(result, name, length);
				goto done;
			}
			if (dot_start && name[i] != u'\\' && name[i] != u'/')
				given_components++;
		}
		start = dos.length;
		while (start > 0 && given_components) {
			start--;
			if (dos.text[start] == u'\\')
				given_components--;
		}
		io_wide_put(result, dos.text + start + 1, dos.length - start - 1);
	} else {
		io_wide_put(result, name, keep);
		io_wide_put(result, dos.text, dos.length);
	}
	if ((name[length - 1] == u'\\' || name[length - 1] == u'/') && result->length &&
	    result->text[result->length - 1] != u'\\')
		io_wide_put(result, u"\\", 1);
done:
	io_wide_free(&full);
	io_wide_free(&dos);
	io_narrow_free(&path);
	return !result->failed;
failed:
	io_wide_free(&full);
	io_wide_free(&dos);
	io_narrow_free(&path);
	return FALSE;
}

EXPORT(kernel32, DWORD, GetLongPathNameW, (LPCWSTR name, LPWSTR buffer, DWORD size))
{
	struct io_wide result;
	DWORD length = 0;

	if (!name) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (!*name) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return 0;
	}
	if (true_names(name, &result))
		length = store(buffer, size, result.text, result.length);
	io_wide_free(&result);
	return length;
}

EXPORT(kernel32, DWORD, GetLongPathNameA, (LPCSTR name, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	struct io_wide result;
	DWORD length = 0;

	wide_argument_set(&wide, name);
	io_wide_init(&result);
	if (!wide.failed) {
		if (!wide.text || !*wide.text)
			set_last_error(wide.text ? ERROR_PATH_NOT_FOUND : ERROR_INVALID_PARAMETER);
		else if (true_names(wide.text, &result))
			length = ansi_stored(buffer, size, result.text, result.length);
	}
	io_wide_free(&result);
	wide_argument_free(&wide);
	return length;
}

/* Volumes here make no short names, as NTFS with them switched off: the short name is the long one. */
EXPORT(kernel32, DWORD, GetShortPathNameW, (LPCWSTR name, LPWSTR buffer, DWORD size))
{
	if (!name) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (!*name || GetFileAttributesW(name) == INVALID_FILE_ATTRIBUTES) {
		if (!*name)
			set_last_error(ERROR_PATH_NOT_FOUND);
		return 0;
	}
	return store(buffer, size, name, rtl_wcslen(name));
}

EXPORT(kernel32, DWORD, GetShortPathNameA, (LPCSTR name, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	DWORD length = 0;

	wide_argument_set(&wide, name);
	if (!wide.failed && GetShortPathNameW(wide.text, NULL, 0))
		length = ansi_stored(buffer, size, wide.text, rtl_wcslen(wide.text));
	wide_argument_free(&wide);
	return length;
}

static BOOL final_path(HANDLE file, DWORD flags, struct io_wide *result)
{
	struct {
		ULONG length;
		WCHAR text[4096];
	} *name;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;

	io_wide_init(result);
	if (flags & ~(FILE_NAME_OPENED | VOLUME_NAME_GUID | VOLUME_NAME_NT | VOLUME_NAME_NONE)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	switch (flags & 7) {
	case VOLUME_NAME_GUID:
	case VOLUME_NAME_DOS:
	case VOLUME_NAME_NT:
	case VOLUME_NAME_NONE:
		break;
	default:
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	name = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, sizeof(*name));
	if (!name) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	/* "\Device\HarddiskVolumeN" comes first: it tells the drive */
	status = NtQueryInformationFile(file, &iosb, name, sizeof(*name), FileVolumeNameInformation);
	if (NT_SUCCESS(status)) {
		if ((flags & 7) == VOLUME_NAME_DOS)
			io_wide_put(result, name->text[22] == u'1' ? u"\\\\?\\C:" : u"\\\\?\\Z:", 6);
		else if ((flags & 7) == VOLUME_NAME_GUID) {
			io_wide_put(result, u"\\\\?\\" IO_VOLUME_NAME, 4 + IO_VOLUME_NAME_LENGTH - 2);
			io_wide_put(result, name->text[22] == u'1' ? u"1}" : u"2}", 2);
		} else if ((flags & 7) == VOLUME_NAME_NT)
			io_wide_put(result, name->text, name->length / 2);
		status = NtQueryInformationFile(file, &iosb, name, sizeof(*name), FileNameInformation);
	}
	if (NT_SUCCESS(status))
		io_wide_put(result, name->text, name->length / 2);
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, name);
	if (status == STATUS_INVALID_DEVICE_REQUEST) {
		set_last_error(ERROR_INVALID_FUNCTION);
		return FALSE;
	}
	return win32_result(status);
}

EXPORT(kernel32, DWORD, GetFinalPathNameByHandleW, (HANDLE file, LPWSTR buffer, DWORD size, DWORD flags))
{
	struct io_wide result;
	DWORD length = 0;

	if (final_path(file, flags, &result)) {
		length = store(buffer, size, result.text, result.length);
		if (length > result.length)
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	}
	io_wide_free(&result);
	return length;
}

EXPORT(kernel32, DWORD, GetFinalPathNameByHandleA, (HANDLE file, LPSTR buffer, DWORD size, DWORD flags))
{
	struct io_wide result;
	DWORD length = 0;

	if (final_path(file, flags, &result))
		length = ansi_stored(buffer, size, result.text, result.length);
	io_wide_free(&result);
	return length;
}

/* TMP, TEMP, USERPROFILE, the Windows directory: the first that is set (MSDN GetTempPath). */
static void temp_path(struct io_wide *result)
{
	static const char16_t *const names[] = {u"TMP", u"TEMP", u"USERPROFILE"};
	const char16_t *entry = NULL;
	struct io_wide full;

	io_wide_init(result);
	for (size_t i = 0; i < ARRAY_SIZE(names) && !entry; i++) {
		size_t length = rtl_wcslen(names[i]);

		for (const char16_t *at = NtCurrentPeb()->ProcessParameters->Environment; *at; at += rtl_wcslen(at) + 1)
			if (rtl_wcslen(at) > length && at[length] == u'=' &&
			    rtl_compare_nocase(at, length, names[i], length) == 0 && at[length + 1]) {
				entry = at + length + 1;
				break;
			}
	}
	if (!entry)
		entry = u"C:\\Windows\\Temp";
	io_wide_init(&full);
	if (NT_SUCCESS(io_full_path(entry, rtl_wcslen(entry), &full)))
		io_wide_put(result, full.text, full.length);
	io_wide_free(&full);
	if (result->length && result->text[result->length - 1] != u'\\')
		io_wide_put(result, u"\\", 1);
}

#define TEMP_PATH_CLEAN 32767u

EXPORT(kernel32, DWORD, GetTempPathW, (DWORD size, LPWSTR buffer))
{
	struct io_wide path;
	DWORD length;

	temp_path(&path);
	length = store(buffer, size, path.text, path.length);
	/* As on Windows, the buffer is clean behind the path, and clean altogether if that does not fit. */
	if (size > TEMP_PATH_CLEAN)
		size = TEMP_PATH_CLEAN;
	if (buffer && length >= size && length)
		memset(buffer, 0, size * sizeof(WCHAR));
	else if (buffer && length)
		memset(buffer + length, 0, (size - length) * sizeof(WCHAR));
	io_wide_free(&path);
	return length;
}
EXPORT_ALIAS(kernel32, "GetTempPath2W", GetTempPathW);

EXPORT(kernel32, DWORD, GetTempPathA, (DWORD size, LPSTR buffer))
{
	struct io_wide path;
	DWORD length;

	temp_path(&path);
	length = ansi_stored(buffer, size, path.text, path.length);
	io_wide_free(&path);
	return length;
}
EXPORT_ALIAS(kernel32, "GetTempPath2A", GetTempPathA);

static size_t put_hex(WCHAR *to, UINT value)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t length = 0;

	for (int shift = 12; shift >= 0; shift -= 4)
		if (value >> shift || shift == 0)
			to[length++] = (WCHAR)digits[value >> shift & 15];
	return length;
}

EXPORT(kernel32, UINT, GetTempFileNameW, (LPCWSTR path, LPCWSTR prefix, UINT unique, LPWSTR buffer))
{
	static UINT next;
	size_t length = path ? rtl_wcslen(path) : 0, prefix_length = 0, at;
	UINT number = unique & 0xFFFF;
	DWORD attributes;

	if (!path || !buffer || length + 14 > MAX_PATH) {
		set_last_error(path ? ERROR_BUFFER_OVERFLOW : ERROR_INVALID_PARAMETER);
		return 0;
	}
	while (prefix && prefix_length < 3 && prefix[prefix_length])
		prefix_length++;
	memmove(buffer, path, length * 2);
	if (length && buffer[length - 1] != u'\\' && buffer[length - 1] != u'/')
		buffer[length++] = u'\\';
	if (!unique) {
		buffer[length] = 0;
		attributes = GetFileAttributesW(buffer);
		if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
			set_last_error(ERROR_DIRECTORY);
			return 0;
		}
	}
	memcpy(buffer + length, prefix, prefix_length * 2);
	at = length + prefix_length;
	for (unsigned tries = 0; tries < 0x10000; tries++) {
		size_t end;
		HANDLE file;

		if (!unique) {
			if (!next)
				__atomic_store_n(&next, (UINT)io_unique_number() | 1, __ATOMIC_RELAXED);
			number = __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED) & 0xFFFF;
			if (!number)
				continue;
		}
		end = at + put_hex(buffer + at, number);
		memcpy(buffer + end, u".tmp", 10);
		if (end + 4 >= MAX_PATH)
			break;
		if (unique)
			return unique;
		file = CreateFileW(buffer, GENERIC_READ, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
		if (file != INVALID_HANDLE_VALUE) {
			ob_close_handle(file);
			return number;
		}
		if (get_last_error() != ERROR_FILE_EXISTS && get_last_error() != ERROR_SHARING_VIOLATION)
			return 0;
	}
	set_last_error(ERROR_FILE_EXISTS);
	return 0;
}

EXPORT(kernel32, UINT, GetTempFileNameA, (LPCSTR path, LPCSTR prefix, UINT unique, LPSTR buffer))
{
	struct wide_argument wide_path, wide_prefix;
	WCHAR name[MAX_PATH];
	UINT result = 0;

	wide_argument_set(&wide_path, path);
	wide_argument_set(&wide_prefix, prefix);
	if (!wide_path.failed && !wide_prefix.failed)
		result = GetTempFileNameW(wide_path.text, wide_prefix.text, unique, name);
	if (result)
		ansi_result(buffer, MAX_PATH, name, (DWORD)rtl_wcslen(name));
	wide_argument_free(&wide_path);
	wide_argument_free(&wide_prefix);
	return result;
}
