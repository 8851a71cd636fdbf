/*
 * dlls/crt/tempnames.c - names of temporary files, and such files.
 */
#include "dlls/crt/stream.h"

#include <string.h>

WCHAR *CDECL crt__wgetenv(const WCHAR *name);
errno_t CDECL crt__waccess_s(const WCHAR *name, INT mode);

static bool exists(const WCHAR *name)
{
	return GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES;
}

static size_t put_number(WCHAR *to, unsigned value, unsigned base)
{
	WCHAR digits[16];
	size_t count = 0, length = 0;
	do {
		unsigned digit = value % base;
		digits[count++] = (WCHAR)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		value /= base;
	} while (value != 0);
	while (count > 0)
		to[length++] = digits[--count];
	to[length] = 0;
	return length;
}

/*
 * MSDN _mktemp: six X become a letter and five digits of the thread's number; letters are tried from 'a' until the name
 * is free.
 */
static errno_t make_template(WCHAR *name, size_t length)
{
	if (length < 6)
		return CRT_EINVAL;
	WCHAR *marks = name + length - 6;
	for (int i = 0; i < 6; i++) {
		if (marks[i] != 'X')
			return CRT_EINVAL;
	}
	unsigned number = (unsigned)(uintptr_t)NtCurrentTeb()->ClientId.UniqueThread;
	for (int i = 5; i > 0; i--) {
		marks[i] = (WCHAR)('0' + number % 10);
		number /= 10;
	}
	INT error = crt_self.error;
	for (WCHAR letter = 'a'; letter <= 'z'; letter++) {
		marks[0] = letter;
		if (!exists(name)) {
			crt_set_errno(error);
			return 0;
		}
	}
	return CRT_EEXIST;
}

static errno_t refuse(errno_t error)
{
	if (error == CRT_EINVAL)
		return crt_invalid(CRT_EINVAL);
	crt_set_errno(error);
	return error;
}

CRT(errno_t, _wmktemp_s, (WCHAR * name, size_t size))
{
	CRT_VALIDATE_E(name != NULL && size > 0, EINVAL);
	size_t length = 0;
	while (length < size && name[length] != 0)
		length++;
	errno_t error = length < size ? make_template(name, length) : CRT_EINVAL;
	if (error == 0)
		return 0;
	name[0] = 0;
	return refuse(error);
}

CRT(WCHAR *, _wmktemp, (WCHAR * name))
{
	CRT_VALIDATE(name != NULL, EINVAL, NULL);
	return crt__wmktemp_s(name, crt_wide_length(name) + 1) == 0 ? name : NULL;
}

/* The marks are ASCII, so the widened name ends with the same six characters. */
CRT(errno_t, _mktemp_s, (char *name, size_t size))
{
	CRT_VALIDATE_E(name != NULL && size > 0, EINVAL);
	size_t length = strnlen(name, size);
	errno_t error = CRT_EINVAL;
	if (length < size) {
		WCHAR *wide = crt_widen(name);
		if (wide == NULL)
			return CRT_ENOMEM;
		size_t wide_length = crt_wide_length(wide);
		error = make_template(wide, wide_length);
		for (int i = 1; error == 0 && i <= 6; i++)
			name[length - (size_t)i] = (char)wide[wide_length - (size_t)i];
		crt_heap_free(wide);
	}
	if (error == 0)
		return 0;
	name[0] = 0;
	return refuse(error);
}

CRT(char *, _mktemp, (char *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, NULL);
	return crt__mktemp_s(name, strlen(name) + 1) == 0 ? name : NULL;
}

/* A name that no file has, in the directory for temporary files (msvcrt.dll: in the root, written without it). */
static bool temporary_name(WCHAR to[MAX_PATH + 40], bool with_directory)
{
	static uint32_t counter;
	size_t length = 0;
	if (with_directory) {
		length = GetTempPathW(MAX_PATH, to);
		if (length == 0 || length > MAX_PATH)
			return false;
	} else {
		to[length++] = '\\';
	}
	to[length++] = 's';
	length += put_number(to + length, GetCurrentProcessId(), 36);
	to[length++] = '.';
	for (int i = 0; i < 32767; i++) {
		uint32_t number = __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
		/* msvcrt.dll's first name ends with the dot. */
		to[length] = 0;
		if (number != 0 || with_directory)
			put_number(to + length, number, 36);
		if (!exists(to))
			return true;
	}
	return false;
}

CRT(errno_t, _wtmpnam_s, (WCHAR * to, size_t size))
{
	WCHAR name[MAX_PATH + 40];
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	INT error = crt_self.error;
	if (!temporary_name(name, crt_is_ucrt()))
		return CRT_ENOENT;
	crt_set_errno(error);
	size_t length = crt_wide_length(name);
	CRT_VALIDATE_E(length < size, ERANGE);
	memcpy(to, name, (length + 1) * sizeof(*to));
	return 0;
}

CRT(errno_t, tmpnam_s, (char *to, size_t size))
{
	WCHAR name[MAX_PATH + 40];
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	INT error = crt_self.error;
	if (!temporary_name(name, crt_is_ucrt()))
		return CRT_ENOENT;
	crt_set_errno(error);
	char *narrow = crt_narrow(name);
	if (narrow == NULL)
		return CRT_ENOMEM;
	size_t length = strlen(narrow);
	if (length < size)
		memcpy(to, narrow, length + 1);
	crt_heap_free(narrow);
	CRT_VALIDATE_E(length < size, ERANGE);
	return 0;
}

static void *thread_buffer(void)
{
	if (crt_self.tmpnam_buffer == NULL)
		crt_self.tmpnam_buffer = crt_heap_allocate((MAX_PATH + 40) * sizeof(WCHAR));
	return crt_self.tmpnam_buffer;
}

CRT(WCHAR *, _wtmpnam, (WCHAR * to))
{
	if (to == NULL)
		to = thread_buffer();
	return to != NULL && crt__wtmpnam_s(to, MAX_PATH) == 0 ? to : NULL;
}

CRT(char *, tmpnam, (char *to))
{
	if (to == NULL)
		to = thread_buffer();
	return to != NULL && crt_tmpnam_s(to, MAX_PATH) == 0 ? to : NULL;
}

static bool is_directory(const WCHAR *name)
{
	DWORD attributes = name == NULL || *name == 0 ? INVALID_FILE_ATTRIBUTES : GetFileAttributesW(name);
	return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* MSDN _tempnam: the directory of TMP, else `directory`, else the root, else the current one. */
CRT(WCHAR *, _wtempnam, (const WCHAR *directory, const WCHAR *prefix))
{
	static uint32_t counter;
	const WCHAR *where = crt__wgetenv(u"TMP");
	if (!is_directory(where))
		where = is_directory(directory) ? directory : is_directory(u"\\") ? u"\\" : u".";
	size_t length = crt_wide_length(where), prefix_length = prefix != NULL ? crt_wide_length(prefix) : 0;
	WCHAR *name = crt_heap_allocate((length + prefix_length + 24) * sizeof(WCHAR));
	if (name == NULL) {
		crt_set_errno(CRT_ENOMEM);
		return NULL;
	}
	INT error = crt_self.error;
	memcpy(name, where, length * sizeof(WCHAR));
	if (length > 0 && name[length - 1] != '\\' && name[length - 1] != '/')
		name[length++] = '\\';
	if (prefix_length != 0)
		memcpy(name + length, prefix, prefix_length * sizeof(WCHAR));
	length += prefix_length;
	uint32_t expected = 0;
	__atomic_compare_exchange_n(&counter, &expected, GetCurrentProcessId(), false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	for (int i = 0; i < 32767; i++) {
		put_number(name + length, __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED), 10);
		if (!exists(name)) {
			crt_set_errno(error);
			return name;
		}
	}
	crt_heap_free(name);
	return NULL;
}

CRT(char *, _tempnam, (const char *directory, const char *prefix))
{
	WCHAR *wide_directory = directory != NULL ? crt_widen(directory) : NULL;
	WCHAR *wide_prefix = prefix != NULL ? crt_widen(prefix) : NULL;
	WCHAR *wide = crt__wtempnam(wide_directory, wide_prefix);
	char *name = wide != NULL ? crt_narrow(wide) : NULL;
	crt_heap_free(wide);
	if (wide_directory != NULL)
		crt_heap_free(wide_directory);
	if (wide_prefix != NULL)
		crt_heap_free(wide_prefix);
	return name;
}

/* A stream for reading and writing whose file goes away when it is closed. */
static errno_t open_temporary(STREAM **result, INT share)
{
	WCHAR name[MAX_PATH + 40];
	*result = NULL;
	STREAM *stream = stream_allocate();
	if (stream == NULL)
		return crt_self.error;
	errno_t error = CRT_EEXIST;
	INT fd = -1;
	for (int i = 0; i < 1000 && error == CRT_EEXIST; i++) {
		if (!temporary_name(name, true)) {
			error = CRT_ENOENT;
			break;
		}
		error = lowio_open(name, O_CREAT | O_EXCL | O_RDWR | O_BINARY | O_TEMPORARY, share, S_IREAD | S_IWRITE, &fd);
	}
	if (error != 0) {
		stream_free(stream);
	} else {
		stream->flag = IO_UPDATE;
		stream->file = fd;
		*result = stream;
	}
	stream_unlock(stream);
	return error;
}

CRT(STREAM *, tmpfile, (void))
{
	STREAM *stream;
	INT error = crt_self.error;
	if (open_temporary(&stream, SH_DENYNO) == 0)
		crt_set_errno(error);
	return stream;
}

CRT(errno_t, tmpfile_s, (STREAM * *result))
{
	CRT_VALIDATE_E(result != NULL, EINVAL);
	return open_temporary(result, SH_DENYRW);
}
