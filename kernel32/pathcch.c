/*
 * kernel32/pathcch.c - paths as text, with the size of the buffer said (pathcch.h).
 *
 * Nothing here looks at a file.  Sizes are in UTF-16 units with the terminator.  Beyond MSDN, the borders between roots
 * and what follows are those that tests of others found on Windows 10.
 */
#include "kernel32/kernel32.h"
#include "kernel32/api.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_UNITS 260u
#define PATHCCH_MAX_CCH 0x8000u
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define TOO_LONG ((HRESULT)(0x80070000u | ERROR_FILENAME_EXCED_RANGE))

#define ALLOW_LONG_PATHS 0x01u
#define FORCE_ENABLE_LONG_NAME_PROCESS 0x02u
#define FORCE_DISABLE_LONG_NAME_PROCESS 0x04u
#define DO_NOT_NORMALIZE_SEGMENTS 0x08u
#define ENSURE_IS_EXTENDED_LENGTH_PATH 0x10u
#define ENSURE_TRAILING_SLASH 0x20u
#define CANONICALIZE_SLASHES 0x40u
#define KNOWN_FLAGS 0x7Fu

enum path_kind { PATH_RELATIVE, PATH_ROOTED, PATH_DRIVE, PATH_VOLUME, PATH_SHARE };

/* What a path begins with. */
struct path_start {
	enum path_kind kind;
	bool extended;	  /* "\\?\" stands before it */
	size_t prefix;	  /* units before the drive, volume or server */
	size_t root;	  /* units of the root, with its backslash; 0: there is none */
	size_t server_end; /* PATH_SHARE */
};

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

static struct path_start start_of(LPCWSTR path)
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

/* The length of a path with a terminator in its buffer; SIZE_MAX without one. */
static size_t length_within(LPCWSTR path, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!path[i])
			return i;
	return SIZE_MAX;
}

static bool bad_buffer(const void *path, size_t size)
{
	return !path || !size || size > PATHCCH_MAX_CCH;
}

EXPORT(kernel32, HRESULT, PathCchSkipRoot, (PCWSTR path, PCWSTR *end))
{
	struct path_start start;

	if (!path || !end || !*path)
		return E_INVALIDARG;
	start = start_of(path);
	if (!start.root)
		return E_INVALIDARG;
	*end = path + start.root;
	return S_OK;
}

EXPORT(kernel32, BOOL, PathIsUNCEx, (PCWSTR path, PCWSTR *server))
{
	struct path_start start = start_of(path);

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
	start = start_of(path);
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

	if (bad_buffer(path, size))
		return E_INVALIDARG;
	start = start_of(path);
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

	if (bad_buffer(path, size))
		return E_INVALIDARG;
	end = length_within(path, size);
	if (end == SIZE_MAX)
		return E_INVALIDARG;
	start = start_of(path);
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

	if (bad_buffer(path, size))
		return E_INVALIDARG;
	start = start_of(path);
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
	size_t length = length_within(path, size);
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
	size_t length = bad_buffer(path, size) ? SIZE_MAX : length_within(path, size);
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
	if (bad_buffer(path, size))
		return E_INVALIDARG;
	length = at = length_within(path, size);
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

static bool good_flags(ULONG flags)
{
	const ULONG forced = FORCE_ENABLE_LONG_NAME_PROCESS | FORCE_DISABLE_LONG_NAME_PROCESS;

	if (flags & ~KNOWN_FLAGS || (flags & forced) == forced || ((flags & forced) && !(flags & ALLOW_LONG_PATHS)))
		return false;
	return !(flags & ALLOW_LONG_PATHS) || !(flags & ENSURE_IS_EXTENDED_LENGTH_PATH);
}

/* Slashes become backslashes, and several one; the two at the start stay. */
static size_t canonical_slashes(PWSTR path)
{
	size_t to = 0;

	for (size_t at = 0; path[at]; at++) {
		WCHAR c = path[at] == '/' ? '\\' : path[at];

		if (c != '\\' || to < 2 || path[to - 1] != '\\')
			path[to++] = c;
	}
	path[to] = 0;
	return to;
}

/*
 * Takes "." and ".." out of a path without "\\?\" before a drive or server, in place; `root` units at its start stay.
 * ".." takes what stands before it up to its backslash: above a server's share nothing holds it.
 */
static size_t take_out_dots(PWSTR path, size_t root, bool share)
{
	size_t out = root, at = root;
	bool first = true;

	for (;;) {
		size_t end = at;

		while (path[end] && path[end] != '\\')
			end++;
		if (end - at == 2 && path[at] == '.' && path[at + 1] == '.') {
			if (!first) {
				while (out > 0 && path[out - 1] != '\\')
					out--;
				if (out > 0)
					out--;
				if (root && !share && out <= root) {
					out = root;
					first = true;
				}
			}
		} else if (end - at != 1 || path[at] != '.') {
			if (!first)
				path[out++] = '\\';
			memmove(path + out, path + at, (end - at) * sizeof(WCHAR));
			out += end - at;
			first = false;
		}
		if (!path[end])
			break;
		at = end + 1;
	}
	path[out] = 0;
	return out;
}

/* The canonical form of `in`, allocated with malloc.  E_INVALIDARG, E_OUTOFMEMORY, ERROR_FILENAME_EXCED_RANGE. */
static HRESULT canonicalize(LPCWSTR in, ULONG flags, PWSTR *result)
{
	size_t length = rtl_wcslen(in), root, before;
	struct path_start start;
	bool was_extended, trimmed;
	LPCWSTR prefix = u"";
	PWSTR buffer, path;

	*result = NULL;
	if (!good_flags(flags))
		return E_INVALIDARG;
	if (length >= PATHCCH_MAX_CCH)
		return TOO_LONG;
	/* Room for "\\?\UNC" before it, and a backslash behind it. */
	buffer = malloc((length + 12) * sizeof(WCHAR));
	if (!buffer)
		return E_OUTOFMEMORY;
	path = buffer + 8;
	memcpy(path, in, (length + 1) * sizeof(WCHAR));
	if (flags & CANONICALIZE_SLASHES)
		canonical_slashes(path);

	start = start_of(path);
	was_extended = start.extended && (start.kind == PATH_DRIVE || start.kind == PATH_SHARE);
	PathCchStripPrefix(path, PATHCCH_MAX_CCH);
	if (start.kind == PATH_SHARE || (path[0] == '\\' && path[1] == '\\' && start.kind != PATH_VOLUME))
		root = 2;
	else if (start.kind == PATH_RELATIVE || path[start.root - (was_extended ? 4 : 0) - 1] != '\\')
		root = 0;
	else
		root = start.root - (was_extended ? 4 : 0);
	length = take_out_dots(path, root, root == 2);

	before = length;
	if (!(flags & (DO_NOT_NORMALIZE_SEGMENTS | ENSURE_IS_EXTENDED_LENGTH_PATH)))
		while (length && path[length - 1] == '.' && (length == 1 || path[length - 2] != '*'))
			length--;
	trimmed = length != before;
	path[length] = 0;
	if (!length || (length == 2 && path[1] == ':' && (trimmed || was_extended)) ||
	    ((flags & ENSURE_TRAILING_SLASH) && path[length - 1] != '\\'))
		path[length++] = '\\';
	path[length] = 0;

	if (start.kind == PATH_DRIVE)
		prefix = u"\\\\?\\";
	else if (start.kind == PATH_SHARE && path[0] == '\\' && path[1] == '\\')
		prefix = u"\\\\?\\UNC";
	if (!(flags & ENSURE_IS_EXTENDED_LENGTH_PATH) &&
	    (length < PATH_MAX_UNITS || (flags & FORCE_ENABLE_LONG_NAME_PROCESS)))
		prefix = u"";
	if (*prefix) {
		size_t skip = start.kind == PATH_SHARE, units = rtl_wcslen(prefix);

		path += skip;
		length -= skip;
		path -= units;
		length += units;
		memcpy(path, prefix, units * sizeof(WCHAR));
	}
	if (length >= ((flags & ALLOW_LONG_PATHS) ? PATHCCH_MAX_CCH : PATH_MAX_UNITS)) {
		free(buffer);
		return TOO_LONG;
	}
	memmove(buffer, path, (length + 1) * sizeof(WCHAR));
	*result = buffer;
	return S_OK;
}

/* `more` behind `in`; either may be NULL, but not both.  As canonicalize(). */
static HRESULT combine(LPCWSTR in, LPCWSTR more, ULONG flags, PWSTR *result)
{
	struct path_start start;
	size_t length, more_length;
	HRESULT error;
	PWSTR both;

	*result = NULL;
	if (!in && !more)
		return E_INVALIDARG;
	if (!in || !*in || !more || !*more)
		return canonicalize(!more || (!*more && in) ? in : more, flags, result);
	start = start_of(more);
	if (start.kind == PATH_DRIVE || start.kind == PATH_VOLUME || start.kind == PATH_SHARE || start.extended)
		return canonicalize(more, flags, result);
	length = rtl_wcslen(in);
	more_length = rtl_wcslen(more);
	if (start.kind == PATH_ROOTED) {
		start = start_of(in);
		length = start.root;
		more++;
		more_length--;
	}
	both = malloc((length + more_length + 2) * sizeof(WCHAR));
	if (!both)
		return E_OUTOFMEMORY;
	memcpy(both, in, length * sizeof(WCHAR));
	if (!length || both[length - 1] != '\\')
		both[length++] = '\\';
	memcpy(both + length, more, (more_length + 1) * sizeof(WCHAR));
	error = canonicalize(both, flags, result);
	free(both);
	return error;
}

/* Hands a path over in the caller's buffer, which is empty after a failure. */
static HRESULT put_path(PWSTR out, size_t size, HRESULT result, PWSTR path)
{
	if (result == S_OK && rtl_wcslen(path) >= size)
		result = STRSAFE_E_INSUFFICIENT_BUFFER;
	if (result == S_OK)
		memcpy(out, path, (rtl_wcslen(path) + 1) * sizeof(WCHAR));
	else
		out[0] = 0;
	free(path);
	return result;
}

/* The same in a block of its own, for LocalFree. */
static HRESULT give_path(PWSTR *out, HRESULT result, PWSTR path)
{
	if (result == S_OK) {
		size_t bytes = (rtl_wcslen(path) + 1) * sizeof(WCHAR);

		*out = LocalAlloc(LMEM_FIXED, bytes);
		if (*out)
			memcpy(*out, path, bytes);
		else
			result = E_OUTOFMEMORY;
	}
	free(path);
	return result;
}

/* Long paths are for buffers that could hold one (MSDN). */
static ULONG flags_for(size_t size, ULONG flags)
{
	const ULONG of_long = ALLOW_LONG_PATHS | FORCE_ENABLE_LONG_NAME_PROCESS | FORCE_DISABLE_LONG_NAME_PROCESS;

	return size <= PATH_MAX_UNITS && good_flags(flags) ? flags & ~of_long : flags;
}

EXPORT(kernel32, HRESULT, PathAllocCanonicalize, (PCWSTR in, ULONG flags, PWSTR *out))
{
	PWSTR path = NULL;
	HRESULT result;

	if (!out)
		return E_INVALIDARG;
	*out = NULL;
	if (!in)
		return E_INVALIDARG;
	result = canonicalize(in, flags, &path);
	return give_path(out, result, path);
}

EXPORT(kernel32, HRESULT, PathAllocCombine, (PCWSTR in, PCWSTR more, ULONG flags, PWSTR *out))
{
	PWSTR path = NULL;
	HRESULT result;

	if (!out)
		return E_INVALIDARG;
	*out = NULL;
	result = combine(in, more, flags, &path);
	return give_path(out, result, path);
}

EXPORT(kernel32, HRESULT, PathCchCanonicalizeEx, (PWSTR out, size_t size, PCWSTR in, ULONG flags))
{
	PWSTR path = NULL;
	HRESULT result;

	if (bad_buffer(out, size) || !in)
		return E_INVALIDARG;
	result = canonicalize(in, flags_for(size, flags), &path);
	return put_path(out, size, result, path);
}

EXPORT(kernel32, HRESULT, PathCchCanonicalize, (PWSTR out, size_t size, PCWSTR in))
{
	return PathCchCanonicalizeEx(out, size, in, 0);
}

/* `out` may be `in` or `more`. */
EXPORT(kernel32, HRESULT, PathCchCombineEx, (PWSTR out, size_t size, PCWSTR in, PCWSTR more, ULONG flags))
{
	PWSTR path = NULL;
	HRESULT result;

	if (bad_buffer(out, size))
		return E_INVALIDARG;
	result = combine(in, more, flags_for(size, flags), &path);
	return put_path(out, size, result, path);
}

EXPORT(kernel32, HRESULT, PathCchCombine, (PWSTR out, size_t size, PCWSTR in, PCWSTR more))
{
	return PathCchCombineEx(out, size, in, more, 0);
}

/* As combining, but a single backslash before `more` says nothing. */
EXPORT(kernel32, HRESULT, PathCchAppendEx, (PWSTR path, size_t size, PCWSTR more, ULONG flags))
{
	if (bad_buffer(path, size) || length_within(path, size) == SIZE_MAX)
		return E_INVALIDARG;
	if (more && more[0] == '\\' && more[1] != '\\')
		more++;
	return PathCchCombineEx(path, size, path, more, flags);
}

EXPORT(kernel32, HRESULT, PathCchAppend, (PWSTR path, size_t size, PCWSTR more))
{
	return PathCchAppendEx(path, size, more, 0);
}
