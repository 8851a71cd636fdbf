/*
 * kernel32/pathcch_combine.c - the canonical form of a path, and one path behind another (pathcch.h); as pathcch.c, text only.
 */
#include "kernel32/pathcch.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

#include <stdlib.h>
#include <string.h>

#define PATH_MAX_UNITS 260u
#define TOO_LONG ((HRESULT)(0x80070000u | ERROR_FILENAME_EXCED_RANGE))

#define ALLOW_LONG_PATHS 0x01u
#define FORCE_ENABLE_LONG_NAME_PROCESS 0x02u
#define FORCE_DISABLE_LONG_NAME_PROCESS 0x04u
#define DO_NOT_NORMALIZE_SEGMENTS 0x08u
#define ENSURE_IS_EXTENDED_LENGTH_PATH 0x10u
#define ENSURE_TRAILING_SLASH 0x20u
#define CANONICALIZE_SLASHES 0x40u
#define KNOWN_FLAGS 0x7Fu

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

	start = path_start_of(path);
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
	start = path_start_of(more);
	if (start.kind == PATH_DRIVE || start.kind == PATH_VOLUME || start.kind == PATH_SHARE || start.extended)
		return canonicalize(more, flags, result);
	length = rtl_wcslen(in);
	more_length = rtl_wcslen(more);
	if (start.kind == PATH_ROOTED) {
		start = path_start_of(in);
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

	if (path_bad_buffer(out, size) || !in)
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

	if (path_bad_buffer(out, size))
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
	if (path_bad_buffer(path, size) || path_length_within(path, size) == SIZE_MAX)
		return E_INVALIDARG;
	if (more && more[0] == '\\' && more[1] != '\\')
		more++;
	return PathCchCombineEx(path, size, path, more, flags);
}

EXPORT(kernel32, HRESULT, PathCchAppend, (PWSTR path, size_t size, PCWSTR more))
{
	return PathCchAppendEx(path, size, more, 0);
}
