/*
 * kernel32/fileapi_find.c - FindFirstFile and its kin (fileapi.h).
 *
 * A search handle is a block on the process heap that holds the directory's handle and a buffer of entries.  What comes
 * behind the last backslash is the pattern; it is translated to NT's DOS wildcards as Windows does: `?` becomes DOS_QM,
 * a dot before a wildcard DOS_DOT, a star before a dot DOS_STAR, and "*.*" is everything.  Dots and spaces at the end go, as
 * of every name, but a dot makes the star before it DOS_STAR.
 */
#include "kernel32/file.h"

#include <string.h>

#define FIND_MAGIC 0x444E4946u /* "FIND" */
#define FIND_BUFFER 8192u

struct find {
	DWORD magic;
	HANDLE directory;
	bool basic; /* FindExInfoBasic: no short names, which there are none of anyway */
	bool only_directories;
	ULONG used, at; /* bytes in the buffer */
	bool more;
	BYTE buffer[FIND_BUFFER] __attribute__((aligned(8)));
};

static void *heap_alloc(size_t size)
{
	return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size);
}
static void heap_free(void *block)
{
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block);
}

/* The DOS pattern in NT's characters. */
static void translate_pattern(struct io_wide *pattern, const char16_t *text, size_t length)
{
	bool dot = length && text[length - 1] == u'.';
	size_t trimmed = length;

	while (trimmed && (text[trimmed - 1] == u'.' || text[trimmed - 1] == u' '))
		trimmed--;
	if (trimmed)
		length = trimmed;
	if (length == 0 || (length == 3 && memcmp(text, u"*.*", 6) == 0)) {
		io_wide_put(pattern, u"*", 1);
		return;
	}
	for (size_t i = 0; i < length; i++) {
		char16_t c = text[i];

		if (c == u'?')
			c = u'>';
		else if (c == u'.' && i + 1 < length && (text[i + 1] == u'*' || text[i + 1] == u'?'))
			c = u'"';
		else if (c == u'*' && (i + 1 < length ? text[i + 1] == u'.' : dot))
			c = u'<';
		io_wide_put(pattern, &c, 1);
	}
}

static void fill_data(WIN32_FIND_DATAW *data, const FILE_BOTH_DIR_INFORMATION *info)
{
	DWORD units = info->FileNameLength / 2;

	data->dwFileAttributes = info->FileAttributes;
	data->ftCreationTime = filetime_of(info->CreationTime);
	data->ftLastAccessTime = filetime_of(info->LastAccessTime);
	data->ftLastWriteTime = filetime_of(info->LastWriteTime);
	data->nFileSizeHigh = (DWORD)info->EndOfFile.HighPart;
	data->nFileSizeLow = info->EndOfFile.LowPart;
	data->dwReserved0 = info->FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT ? info->EaSize : 0;
	data->dwReserved1 = 0;
	if (units > MAX_PATH - 1)
		units = MAX_PATH - 1;
	memcpy(data->cFileName, info->FileName, units * 2);
	data->cFileName[units] = 0;
	units = (DWORD)info->ShortNameLength / 2;
	memcpy(data->cAlternateFileName, info->ShortName, units * 2);
	data->cAlternateFileName[units] = 0;
}

/* The next entry into data; false with the last error set. */
static BOOL next_entry(struct find *find, WIN32_FIND_DATAW *data, const UNICODE_STRING *pattern)
{
	for (;;) {
		FILE_BOTH_DIR_INFORMATION *info;
		IO_STATUS_BLOCK iosb = {{.Pointer = NULL}, .Information = 0};

		if (find->at >= find->used) {
			NTSTATUS status = NtQueryDirectoryFile(find->directory, NULL, NULL, NULL, &iosb, find->buffer, FIND_BUFFER,
							       FileBothDirectoryInformation, FALSE,
							       (UNICODE_STRING *)pattern, FALSE);

			if (!win32_result(status))
				return FALSE;
			find->used = (ULONG)iosb.Information;
			find->at = 0;
			pattern = NULL;
		}
		info = (FILE_BOTH_DIR_INFORMATION *)(find->buffer + find->at);
		find->at = info->NextEntryOffset ? find->at + info->NextEntryOffset : find->used;
		if (find->only_directories && !(info->FileAttributes & FILE_ATTRIBUTE_DIRECTORY))
			continue;
		fill_data(data, info);
		return TRUE;
	}
}

/* A device: FindFirstFile("NUL") finds it. */
static HANDLE find_device(LPCWSTR name, ULONG device, WIN32_FIND_DATAW *data)
{
	struct find *find = heap_alloc(sizeof(*find));
	DWORD units = (device & 0xFFFF) / 2;

	if (!find) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	find->magic = FIND_MAGIC;
	find->directory = NULL;
	find->used = find->at = 0;
	memset(data, 0, sizeof(*data));
	data->dwFileAttributes = FILE_ATTRIBUTE_ARCHIVE;
	memcpy(data->cFileName, name + (device >> 16) / 2, units * 2);
	return find;
}

static HANDLE find_first(LPCWSTR name, bool basic, WIN32_FIND_DATAW *data, int search)
{
	struct io_wide full, pattern;
	struct file_name directory;
	struct find *find = NULL;
	UNICODE_STRING pattern_string;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;
	size_t length, slash, pattern_start;
	ULONG device;
	HANDLE result = INVALID_HANDLE_VALUE;

	if (!name || !*name) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	length = rtl_wcslen(name);
	device = io_dos_device(name, length);
	if (device && io_device_in_nowhere(name, length)) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	if (device)
		return find_device(name, device, data);
	io_wide_init(&full);
	io_wide_init(&pattern);
	io_wide_init(&directory.nt);
	/* The pattern is taken from the name as given: normalising would take dots off its end. */
	for (pattern_start = length; pattern_start > 0; pattern_start--) {
		char16_t c = name[pattern_start - 1];

		if (c == u'\\' || c == u'/' || (c == u':' && pattern_start == 2))
			break;
	}
	if (pattern_start == length && pattern_start) {
		/* nothing behind the backslash */
		set_last_error(ERROR_FILE_NOT_FOUND);
		goto done;
	}
	if ((length - pattern_start == 1 && name[pattern_start] == u'.') ||
	    (length - pattern_start == 2 && name[pattern_start] == u'.' && name[pattern_start + 1] == u'.')) {
		/* "." and ".." are directories, to be found in the directories above them */
		status = io_full_path(name, length, &full);
		if (!win32_result(status))
			goto done;
		for (slash = full.length; slash > 0 && full.text[slash - 1] != u'\\'; slash--)
			;
		if (slash >= full.length) {
			set_last_error(ERROR_FILE_NOT_FOUND);
			goto done;
		}
		io_wide_put(&pattern, full.text + slash, full.length - slash);
		full.text[full.length = slash] = 0;
	} else {
		translate_pattern(&pattern, name + pattern_start, length - pattern_start);
		if (pattern_start)
			io_wide_put(&full, name, pattern_start);
		else
			io_wide_put(&full, u".\\", 2);
	}
	if (full.failed || pattern.failed) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		goto done;
	}
	if (!file_name_set(&directory, full.text))
		goto done;
	find = heap_alloc(sizeof(*find));
	if (!find) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		goto done;
	}
	find->magic = FIND_MAGIC;
	find->basic = basic;
	find->only_directories = search == 1;
	find->used = find->at = 0;
	status = NtOpenFile(&find->directory, FILE_LIST_DIRECTORY | SYNCHRONIZE, &directory.attributes, &iosb, SHARE_ALL,
			    FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT);
	if (!NT_SUCCESS(status)) {
		if (status == STATUS_OBJECT_NAME_NOT_FOUND)
			status = STATUS_OBJECT_PATH_NOT_FOUND;
		if (status == STATUS_NOT_A_DIRECTORY)
			set_last_error(ERROR_DIRECTORY);
		else
			win32_result(status);
		heap_free(find);
		goto done;
	}
	pattern_string.Buffer = pattern.text;
	pattern_string.Length = pattern_string.MaximumLength = (USHORT)(pattern.length * 2);
	if (next_entry(find, data, &pattern_string)) {
		result = find;
	} else {
		DWORD error = get_last_error();

		ob_close_handle(find->directory);
		heap_free(find);
		set_last_error(error == ERROR_NO_MORE_FILES ? ERROR_FILE_NOT_FOUND : error);
	}
done:
	file_name_free(&directory);
	io_wide_free(&pattern);
	io_wide_free(&full);
	return result;
}

EXPORT(kernel32, HANDLE, FindFirstFileExW,
       (LPCWSTR name, DWORD level, LPVOID data, DWORD search, LPVOID filter, DWORD flags))
{
	if (level > 1 || search > 1 || filter || flags & ~7u) {
		/* FindExSearchLimitToDevices is refused on Windows as well */
		set_last_error(search == 2 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	return find_first(name, level == 1, data, (int)search);
}

EXPORT(kernel32, HANDLE, FindFirstFileW, (LPCWSTR name, LPWIN32_FIND_DATAW data))
{
	return find_first(name, false, data, 0);
}

EXPORT(kernel32, BOOL, FindNextFileW, (HANDLE handle, LPWIN32_FIND_DATAW data))
{
	struct find *find = handle;

	if (handle == INVALID_HANDLE_VALUE || !find || find->magic != FIND_MAGIC) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	if (!find->directory) {
		set_last_error(ERROR_NO_MORE_FILES);
		return FALSE;
	}
	return next_entry(find, data, NULL);
}

EXPORT(kernel32, BOOL, FindClose, (HANDLE handle))
{
	struct find *find = handle;

	if (handle == INVALID_HANDLE_VALUE || !find || find->magic != FIND_MAGIC) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	find->magic = 0;
	if (find->directory)
		ob_close_handle(find->directory);
	heap_free(find);
	return TRUE;
}

static void data_to_ansi(WIN32_FIND_DATAA *ansi, const WIN32_FIND_DATAW *wide)
{
	memcpy(ansi, wide, offsetof(WIN32_FIND_DATAW, cFileName));
	ansi->cFileName[0] = ansi->cAlternateFileName[0] = 0;
	ansi_result(ansi->cFileName, sizeof(ansi->cFileName), wide->cFileName, (DWORD)rtl_wcslen(wide->cFileName));
	ansi_result(ansi->cAlternateFileName, sizeof(ansi->cAlternateFileName), wide->cAlternateFileName,
		    (DWORD)rtl_wcslen(wide->cAlternateFileName));
}

EXPORT(kernel32, HANDLE, FindFirstFileExA,
       (LPCSTR name, DWORD level, LPVOID data, DWORD search, LPVOID filter, DWORD flags))
{
	struct wide_argument wide;
	WIN32_FIND_DATAW found;
	HANDLE handle = INVALID_HANDLE_VALUE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		handle = FindFirstFileExW(wide.text, level, &found, search, filter, flags);
	if (handle != INVALID_HANDLE_VALUE)
		data_to_ansi(data, &found);
	wide_argument_free(&wide);
	return handle;
}

EXPORT(kernel32, HANDLE, FindFirstFileA, (LPCSTR name, LPWIN32_FIND_DATAA data))
{
	return FindFirstFileExA(name, 0, data, 0, NULL, 0);
}

EXPORT(kernel32, BOOL, FindNextFileA, (HANDLE handle, LPWIN32_FIND_DATAA data))
{
	WIN32_FIND_DATAW found;

	if (!FindNextFileW(handle, &found))
		return FALSE;
	data_to_ansi(data, &found);
	return TRUE;
}

/* NTFS's alternate streams are not kept: a file has the unnamed one. */
static bool open_for_question(LPCWSTR name, HANDLE *handle)
{
	struct file_name file;
	NTSTATUS status;
	bool ok = file_name_set(&file, name);

	if (ok) {
		status = open_by_name(handle, &file, FILE_READ_ATTRIBUTES | SYNCHRONIZE, FILE_SYNCHRONOUS_IO_NONALERT);
		ok = win32_result(status);
	}
	file_name_free(&file);
	return ok;
}

typedef struct _WIN32_FIND_STREAM_DATA {
	LARGE_INTEGER StreamSize;
	WCHAR cStreamName[MAX_PATH + 36];
} WIN32_FIND_STREAM_DATA;

EXPORT(kernel32, HANDLE, FindFirstStreamW, (LPCWSTR name, DWORD level, LPVOID data, DWORD flags))
{
	WIN32_FIND_STREAM_DATA *stream = data;
	FILE_STANDARD_INFORMATION info;
	IO_STATUS_BLOCK iosb;
	struct find *find;
	HANDLE handle;
	NTSTATUS status;

	if (level || flags) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	if (!open_for_question(name, &handle))
		return INVALID_HANDLE_VALUE;
	status = NtQueryInformationFile(handle, &iosb, &info, sizeof(info), FileStandardInformation);
	ob_close_handle(handle);
	if (!win32_result(status))
		return INVALID_HANDLE_VALUE;
	if (info.Directory) {
		set_last_error(ERROR_HANDLE_EOF);
		return INVALID_HANDLE_VALUE;
	}
	find = heap_alloc(sizeof(*find));
	if (!find) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	find->magic = FIND_MAGIC;
	find->directory = NULL;
	stream->StreamSize = info.EndOfFile;
	memcpy(stream->cStreamName, u"::$DATA", 16);
	return find;
}

EXPORT(kernel32, BOOL, FindNextStreamW, (HANDLE handle, LPVOID data))
{
	struct find *find = handle;

	set_last_error(handle != INVALID_HANDLE_VALUE && find && find->magic == FIND_MAGIC ? ERROR_HANDLE_EOF
											    : ERROR_INVALID_HANDLE);
	return FALSE;
}

/* The names of a file.  Linux does not tell the others of a file that has several. */
EXPORT(kernel32, HANDLE, FindFirstFileNameW, (LPCWSTR name, DWORD flags, LPDWORD size, LPWSTR buffer))
{
	struct {
		ULONG length;
		WCHAR text[4096];
	} *info;
	FILE_STANDARD_INFORMATION standard;
	IO_STATUS_BLOCK iosb;
	struct find *find = NULL;
	HANDLE handle;
	NTSTATUS status;

	if (!open_for_question(name, &handle))
		return INVALID_HANDLE_VALUE;
	info = heap_alloc(sizeof(*info));
	status = info ? NtQueryInformationFile(handle, &iosb, &standard, sizeof(standard), FileStandardInformation) : STATUS_NO_MEMORY;
	if (NT_SUCCESS(status))
		status = standard.NumberOfLinks > 1
				 ? STATUS_NOT_SUPPORTED
				 : NtQueryInformationFile(handle, &iosb, info, sizeof(*info), FileNameInformation);
	ob_close_handle(handle);
	if (win32_result(status)) {
		DWORD length = info->length / sizeof(WCHAR), room = *size;

		*size = length + 1;
		if (room <= length) {
			set_last_error(ERROR_MORE_DATA);
		} else if (!(find = heap_alloc(sizeof(*find)))) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		} else {
			find->magic = FIND_MAGIC;
			find->directory = NULL;
			memcpy(buffer, info->text, length * sizeof(WCHAR));
			buffer[length] = 0;
		}
	}
	if (info)
		heap_free(info);
	return find ? (HANDLE)find : INVALID_HANDLE_VALUE;
}

EXPORT(kernel32, BOOL, FindNextFileNameW, (HANDLE handle, LPDWORD size, LPWSTR buffer))
{
	const struct find *find = handle;

	set_last_error(handle != INVALID_HANDLE_VALUE && find && find->magic == FIND_MAGIC ? ERROR_HANDLE_EOF
											    : ERROR_INVALID_HANDLE);
	return FALSE;
}
