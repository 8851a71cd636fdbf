/*
 * dlls/shlwapi/path_w.c - paths and strings in UTF-16, and the path functions that look at files.
 */
#include "dlls/shlwapi/shlwapi.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

#define CHAR_T WCHAR
#define NAME(base) base##W
#define FOLD(c) rtl_upcase(c)
#include "dlls/shlwapi/path_template.h"

EXPORT(shlwapi, BOOL, PathFileExistsW, (LPCWSTR path))
{
	return path && GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* FILE_ATTRIBUTE_DIRECTORY for a folder, else FALSE: MSDN PathIsDirectory. */
EXPORT(shlwapi, BOOL, PathIsDirectoryW, (LPCWSTR path))
{
	DWORD attributes = path ? GetFileAttributesW(path) : INVALID_FILE_ATTRIBUTES;

	return attributes == INVALID_FILE_ATTRIBUTES ? FALSE : (BOOL)(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static BOOL with_wide(LPCSTR path, BOOL(WINAPI *ask)(LPCWSTR))
{
	WCHAR wide[MAX_PATH];

	return path && MultiByteToWideChar(CP_ACP, 0, path, -1, wide, MAX_PATH) && ask(wide);
}

EXPORT(shlwapi, BOOL, PathFileExistsA, (LPCSTR path))
{
	return with_wide(path, PathFileExistsW);
}

EXPORT(shlwapi, BOOL, PathIsDirectoryA, (LPCSTR path))
{
	return with_wide(path, PathIsDirectoryW) ? (BOOL)FILE_ATTRIBUTE_DIRECTORY : FALSE;
}

/* A copy for CoTaskMemFree. */
EXPORT(shlwapi, HRESULT, SHStrDupW, (LPCWSTR string, LPWSTR *copy))
{
	size_t bytes;

	if (!copy)
		return E_INVALIDARG;
	*copy = NULL;
	if (!string)
		return E_INVALIDARG;
	bytes = (rtl_wcslen(string) + 1) * sizeof(WCHAR);
	*copy = CoTaskMemAlloc(bytes);
	if (!*copy)
		return E_OUTOFMEMORY;
	memcpy(*copy, string, bytes);
	return S_OK;
}
