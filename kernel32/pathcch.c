/*
 * kernel32/pathcch.c - paths as text, with the size of the buffer said (pathcch.h).
 *
 * Nothing here looks at a file.  Sizes are in UTF-16 units with the terminator.  Beyond MSDN, the borders between roots
 * and what follows are those that tests of others found on Windows 10.
 */
#include "kernel32/pathcch.h"
#include "kernel32/kernel32.h"

#include <stdlib.h>
#include <string.h>

static bool is_letter(WCHAR c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool starts_with(LPCWSTR path, LPCWSTR start)
{
	for (; *start; path++, start++)
		if (rtl_upcase(*path) != *start)
			return false;
	return true;
}

/* "{8-4-4-4-12}" of hexadecimal digits. */
static bool is_braced_guid(LPCWSTR text)
{
	static const char form[] = "{hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh}";

	for (size_t i = 0; form[i]; i++) {
		WCHAR c = text[i];
		bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');

		if (form[i] == 'h' ? !digit : c != (WCHAR)form[i])
			return false;
	}
	return true;
}

struct path_start path_start_of(LPCWSTR path)
{
	struct path_start start = {.kind = PATH_RELATIVE};
	size_t at;

	start.extended = starts_with(path, u"\\\\?\\");
	at = start.extended ? 4 : 0;
	if (start.extended ? starts_with(path + 4, u"UNC\\") : path[0] == '\\' && path[1] == '\\') {
		at = start.extended ? 8 : 2;
		start.kind = PATH_SHARE;
		start.prefix = at;
		while (path[at] && path[at] != '\\')
			at++;
		start.server_end = at;
		if (path[at]) {
			size_t share = ++at;

			while (path[at] && path[at] != '\\')
				at++;
			if (path[at] && at > share)
				at++;
		}
	} else if (is_letter(path[at]) && path[at + 1] == ':') {
		start.kind = PATH_DRIVE;
		start.prefix = at;
		at += 2;
		at += path[at] == '\\';
	} else if (start.extended && starts_with(path + 4, u"VOLUME") && is_braced_guid(path + 10)) {
		start.kind = PATH_VOLUME;
		start.prefix = at;
		at = 48;
		at += path[at] == '\\';
	} else if (!start.extended && path[0] == '\\') {
		start.kind = PATH_ROOTED;
		at = 1;
	} else {
		at = 0;
	}
	start.root = at;
	return start;
}

/* The root without the backslash behind a server or a share. */
static size_t bare_root(LPCWSTR path, const struct path_start *start)
{
	if (start->kind == PATH_SHARE && start->root > start->prefix + 1 && start->server_end > start->prefix)
		return start->root - (path[start->root - 1] == '\\');
	return start->root;
}

size_t path_length_within(LPCWSTR path, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!path[i])
			return i;
	return SIZE_MAX;
}

bool path_bad_buffer(const void *path, size_t size)
{
	return !path || !size || size > PATHCCH_MAX_CCH;
}

EXPORT(kernel32, HRESULT, PathCchSkipRoot, (PCWSTR path, PCWSTR *end))
{
	struct path_start start;

	if (!path || !end || !*path)
		return E_INVALIDARG;
	start = path_start_of(path);
	if (!start.root)
		return E_INVALIDARG;
	*end = path + start.root;
	return S_OK;
}

EXPORT(kernel32, BOOL, PathIsUNCEx, (PCWSTR path, PCWSTR *server))
{
	struct path_start start = path_start_of(path);

	if (server)
		*server = start.kind == PATH_SHARE ? path + start.prefix : NULL;
	return start.kind == PATH_SHARE;
}

/* "\", "X:\", a volume with its backslash, "\\", "\\server", "\\server\share"; nothing behind them. */
EXPORT(kernel32, BOOL, PathCchIsRoot, (PCWSTR path))
{
	struct path_start start;

	if (!path || !*path)
		return FALSE;
	start = path_start_of(path);
	if (!start.root || path[start.root])
		return FALSE;
	if (start.kind == PATH_SHARE)
		return start.root == start.prefix || path[start.root - 1] != '\\';
	return path[start.root - 1] == '\\';
}

EXPORT(kernel32, HRESULT, PathCchStripToRoot, (PWSTR path, size_t size))
{
	struct path_start start;
	size_t root;

	if (path_bad_buffer(path, size))
		return E_INVALIDARG;
	start = path_start_of(path);
	root = bare_root(path, &start);
	if (!root || size < root + 1)
		return E_INVALIDARG;
	if (!path[root])
		return S_FALSE;
	path[root] = 0;
	return S_OK;
}

/* The last element and its backslash go; of two backslashes before it both. */
EXPORT(kernel32, HRESULT, PathCchRemoveFileSpec, (PWSTR path, size_t size))
{
	struct path_start start;
	size_t root, end;

	if (path_bad_buffer(path, size))
		return E_INVALIDARG;
	end = path_length_within(path, size);
	if (end == SIZE_MAX)
		return E_INVALIDARG;
	start = path_start_of(path);
	root = bare_root(path, &start);
	if (end == root)
		return S_FALSE;
	while (end > root && path[end - 1] != '\\')
		end--;
	if (end > root)
		end--;
	if (end > root && path[end - 1] == '\\')
		end--;
	path[end] = 0;
	return S_OK;
}

EXPORT(kernel32, HRESULT, PathCchStripPrefix, (PWSTR path, size_t size))
{
	struct path_start start;
	size_t to, length;

	if (path_bad_buffer(path, size))
		return E_INVALIDARG;
	start = path_start_of(path);
	if (!start.extended || (start.kind != PATH_DRIVE && start.kind != PATH_SHARE))
		return S_FALSE;
	/* The two backslashes of a server stay. */
	to = start.kind == PATH_SHARE ? 2 : 0;
	length = rtl_wcslen(path + start.prefix);
	if (size < to + length + 1)
		return E_INVALIDARG;
	memmove(path + to, path + start.prefix, (length + 1) * sizeof(WCHAR));
	return S_OK;
}

/* What the callers of ...Ex may ask for. */
static void tell_end(PWSTR *end, size_t *remaining, PWSTR at, size_t left)
{
	if (end)
		*end = at;
	if (remaining)
		*remaining = left;
}

EXPORT(kernel32, HRESULT, PathCchAddBackslashEx, (PWSTR path, size_t size, PWSTR *end, size_t *remaining))
{
	size_t length = path_length_within(path, size);
	HRESULT result = S_FALSE;

	tell_end(end, remaining, NULL, 0);
	if (length == SIZE_MAX)
		return STRSAFE_E_INSUFFICIENT_BUFFER;
	if (length && path[length - 1] != '\\') {
		if (size - length < 2)
			return STRSAFE_E_INSUFFICIENT_BUFFER;
		path[length++] = '\\';
		path[length] = 0;
		result = S_OK;
	}
	tell_end(end, remaining, path + length, size - length);
	return result;
}

EXPORT(kernel32, HRESULT, PathCchAddBackslash, (PWSTR path, size_t size))
{
	return PathCchAddBackslashEx(path, size, NULL, NULL);
}

/* A root keeps its backslash, and `end` points to it. */
EXPORT(kernel32, HRESULT, PathCchRemoveBackslashEx, (PWSTR path, size_t size, PWSTR *end, size_t *remaining))
{
	size_t length = path_bad_buffer(path, size) ? SIZE_MAX : path_length_within(path, size);
	HRESULT result = S_FALSE;

	tell_end(end, remaining, NULL, 0);
	if (length == SIZE_MAX)
		return E_INVALIDARG;
	if (length && path[length - 1] == '\\') {
		length--;
		if (!PathCchIsRoot(path)) {
			path[length] = 0;
			result = S_OK;
		}
	}
	tell_end(end, remaining, path + length, size - length);
	return result;
}

EXPORT(kernel32, HRESULT, PathCchRemoveBackslash, (PWSTR path, size_t size))
{
	return PathCchRemoveBackslashEx(path, size, NULL, NULL);
}

/* Its dot, or the terminator; an extension has no space. */
EXPORT(kernel32, HRESULT, PathCchFindExtension, (PCWSTR path, size_t size, PCWSTR *extension))
{
	size_t length, at;

	*extension = NULL;
	if (path_bad_buffer(path, size))
		return E_INVALIDARG;
	length = at = path_length_within(path, size);
	if (length == SIZE_MAX)
		return E_INVALIDARG;
	while (at > 0 && path[at - 1] != '.' && path[at - 1] != '\\' && path[at - 1] != ' ')
		at--;
	*extension = at > 0 && path[at - 1] == '.' ? path + at - 1 : path + length;
	return S_OK;
}

EXPORT(kernel32, HRESULT, PathCchRemoveExtension, (PWSTR path, size_t size))
{
	PCWSTR extension;
	HRESULT result = PathCchFindExtension(path, size, &extension);

	if (result != S_OK)
		return result;
	if (!*extension)
		return S_FALSE;
	path[extension - path] = 0;
	return S_OK;
}

/* Puts an extension, with or without its dot, at `at`.  Nothing changes when it does not fit. */
static HRESULT put_extension(PWSTR path, size_t size, size_t at, PCWSTR extension)
{
	size_t length;

	if (*extension == '.')
		extension++;
	length = rtl_wcslen(extension);
	if (length && size - at < length + 2)
		return STRSAFE_E_INSUFFICIENT_BUFFER;
	if (length)
		path[at++] = '.';
	memcpy(path + at, extension, length * sizeof(WCHAR));
	path[at + length] = 0;
	return S_OK;
}

static bool is_extension(PCWSTR extension)
{
	if (!extension)
		return false;
	for (extension += *extension == '.'; *extension; extension++)
		if (*extension == '.' || *extension == ' ' || *extension == '\\')
			return false;
	return true;
}

EXPORT(kernel32, HRESULT, PathCchAddExtension, (PWSTR path, size_t size, PCWSTR extension))
{
	PCWSTR old;
	HRESULT result;

	if (!is_extension(extension))
		return E_INVALIDARG;
	result = PathCchFindExtension(path, size, &old);
	if (result != S_OK)
		return result;
	return *old ? S_FALSE : put_extension(path, size, (size_t)(old - path), extension);
}

EXPORT(kernel32, HRESULT, PathCchRenameExtension, (PWSTR path, size_t size, PCWSTR extension))
{
	PCWSTR old;
	HRESULT result;

	if (!is_extension(extension))
		return E_INVALIDARG;
	result = PathCchFindExtension(path, size, &old);
	return result == S_OK ? put_extension(path, size, (size_t)(old - path), extension) : result;
}
