/*
 * kernel32/processenv_search.c - SearchPath, and where programs are looked for (processenv.h).
 */
#include "kernel32/file.h"

#include <string.h>

static bool has_path(LPCWSTR name)
{
	for (; *name; name++)
		if (*name == u'\\' || *name == u'/' || *name == u':')
			return true;
	return false;
}

static bool has_extension(LPCWSTR name)
{
	bool dot = false;

	for (; *name; name++) {
		if (*name == u'.')
			dot = true;
		else if (*name == u'\\' || *name == u'/')
			dot = false;
	}
	return dot;
}

/* dir + name [+ extension], if it exists and is no directory. */
static BOOL try_file(struct io_wide *candidate)
{
	DWORD attributes = candidate->failed ? INVALID_FILE_ATTRIBUTES : GetFileAttributesW(candidate->text);

	return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static DWORD search_path(const WCHAR *directories, LPCWSTR name, LPCWSTR extension, struct io_wide *found)
{
	bool extend = extension && !has_extension(name);

	for (const WCHAR *at = directories; *at;) {
		const WCHAR *end = at;

		while (*end && *end != u';')
			end++;
		if (end > at) {
			const WCHAR *from = at, *to = end;

			if (*from == u'"' && to - from >= 2 && to[-1] == u'"') {
				from++;
				to--;
			}
			for (int pass = 0; pass < 2; pass++) {
				/* the bare name first, then with the extension */
				if (pass && !extend)
					break;
				found->length = 0;
				io_wide_put(found, from, (size_t)(to - from));
				if (found->length && found->text[found->length - 1] != u'\\')
					io_wide_put(found, u"\\", 1);
				io_wide_put(found, name, rtl_wcslen(name));
				if (pass)
					io_wide_put(found, extension, rtl_wcslen(extension));
				if (try_file(found))
					return TRUE;
			}
		}
		at = *end ? end + 1 : end;
	}
	return FALSE;
}

/* The program's directory, the current one, the system's, the path (MSDN SearchPath). */
static void standard_directories(struct io_wide *list)
{
	const UNICODE_STRING *image = &NtCurrentPeb()->ProcessParameters->ImagePathName;
	size_t length = image->Length / 2;
	static const char16_t path[] = u"PATH=";

	while (length && image->Buffer[length - 1] != u'\\')
		length--;
	io_wide_put(list, image->Buffer, length);
	io_wide_put(list, u";.;C:\\Windows\\System32;C:\\Windows\\System;C:\\Windows;", 52);
	for (const char16_t *at = NtCurrentPeb()->ProcessParameters->Environment; *at; at += rtl_wcslen(at) + 1)
		if (rtl_wcslen(at) > 5 && rtl_compare_nocase(at, 5, path, 5) == 0)
			io_wide_put(list, at + 5, rtl_wcslen(at + 5));
}

EXPORT(kernel32, DWORD, SearchPathW,
       (LPCWSTR path, LPCWSTR name, LPCWSTR extension, DWORD size, LPWSTR buffer, LPWSTR *file_part))
{
	struct io_wide list, found;
	DWORD result = 0;
	BOOL ok;

	if (!name || !*name) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	io_wide_init(&list);
	io_wide_init(&found);
	if (has_path(name)) {
		io_wide_put(&found, name, rtl_wcslen(name));
		ok = try_file(&found);
		if (!ok && extension && !has_extension(name)) {
			io_wide_put(&found, extension, rtl_wcslen(extension));
			ok = try_file(&found);
		}
	} else {
		if (path)
			io_wide_put(&list, path, rtl_wcslen(path));
		else
			standard_directories(&list);
		ok = search_path(list.text, name, extension, &found);
	}
	if (ok)
		result = GetFullPathNameW(found.text, size, buffer, file_part);
	else
		set_last_error(ERROR_FILE_NOT_FOUND);
	io_wide_free(&found);
	io_wide_free(&list);
	return result;
}

EXPORT(kernel32, DWORD, SearchPathA,
       (LPCSTR path, LPCSTR name, LPCSTR extension, DWORD size, LPSTR buffer, LPSTR *file_part))
{
	struct wide_argument wide_path, wide_name, wide_extension;
	WCHAR *wide = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, 65536);
	LPWSTR part;
	DWORD length = 0;

	wide_argument_set(&wide_path, path);
	wide_argument_set(&wide_name, name);
	wide_argument_set(&wide_extension, extension);
	if (wide && !wide_path.failed && !wide_name.failed && !wide_extension.failed)
		length = SearchPathW(wide_path.text, wide_name.text, wide_extension.text, 32768, wide, &part);
	if (length) {
		DWORD wide_length = length;

		length = ansi_stored(buffer, size, wide, wide_length);
		if (file_part)
			*file_part = length < size && part ? buffer + ansi_result(NULL, 0, wide, (DWORD)(part - wide)) : NULL;
	}
	wide_argument_free(&wide_extension);
	wide_argument_free(&wide_name);
	wide_argument_free(&wide_path);
	if (wide)
		RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, wide);
	return length;
}

/* MSDN: the current directory is searched for names with a backslash, and unless NoDefaultCurrentDirectoryInExePath is
 * set. */
EXPORT(kernel32, BOOL, NeedCurrentDirectoryForExePathW, (LPCWSTR name))
{
	static const char16_t variable[] = u"NoDefaultCurrentDirectoryInExePath=";

	for (const WCHAR *c = name; *c; c++)
		if (*c == u'\\')
			return TRUE;
	for (const char16_t *at = NtCurrentPeb()->ProcessParameters->Environment; *at; at += rtl_wcslen(at) + 1)
		if (rtl_wcslen(at) >= 35 && rtl_compare_nocase(at, 35, variable, 35) == 0)
			return FALSE;
	return TRUE;
}

EXPORT(kernel32, BOOL, NeedCurrentDirectoryForExePathA, (LPCSTR name))
{
	return strchr(name, '\\') ? TRUE : NeedCurrentDirectoryForExePathW(u"");
}
