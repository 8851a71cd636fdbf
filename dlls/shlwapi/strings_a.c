/*
 * dlls/shlwapi/strings_a.c - strings of the ANSI code page; case is that of ASCII where characters are looked for.
 */
#include "dlls/shlwapi/strings.h"
#include <stdlib.h>

#define CHAR_T CHAR
#define NAME(base) base##A
#define FOLD(c) ((c) >= 'a' && (c) <= 'z' ? (c) - 32 : (c))
#define LENGTH(s) strlen(s)
#define COMPARE CompareStringA
#include "dlls/shlwapi/strings_template.h"

EXPORT_ALIAS(shlwapi, "IntlStrEqWorkerA", StrIsIntlEqualA);

EXPORT(shlwapi, LPSTR, StrFormatByteSize64A, (LONGLONG size, LPSTR to, UINT room))
{
	char text[SIZE_TEXT];

	shl_print_size(size, text);
	return shl_copyA(to, text, room);
}

EXPORT(shlwapi, LPSTR, StrFormatByteSizeA, (DWORD size, LPSTR to, UINT room))
{
	return StrFormatByteSize64A(size, to, room);
}

/* A copy for CoTaskMemFree, in UTF-16. */
EXPORT(shlwapi, HRESULT, SHStrDupA, (LPCSTR string, LPWSTR *copy))
{
	INT units;

	if (!copy)
		return E_INVALIDARG;
	*copy = NULL;
	if (!string)
		return E_INVALIDARG;
	units = MultiByteToWideChar(CP_ACP, 0, string, -1, NULL, 0);
	*copy = CoTaskMemAlloc((size_t)units * sizeof(WCHAR));
	if (!*copy)
		return E_OUTOFMEMORY;
	MultiByteToWideChar(CP_ACP, 0, string, -1, *copy, units);
	return S_OK;
}

/* As those in strings_w.c. */
EXPORT(shlwapi, INT, SHAnsiToAnsi, (LPCSTR from, LPSTR to, INT size))
{
	if (!from || !to || size <= 0)
		return 0;
	shl_copyA(to, from, (size_t)size);
	return (INT)strlen(to) + 1;
}

EXPORT(shlwapi, DWORD, SHUnicodeToAnsiCP, (UINT code_page, LPCWSTR from, LPSTR to, INT size))
{
	INT bytes = from ? WideCharToMultiByte(code_page, 0, from, -1, NULL, 0, NULL, NULL) : 0;
	LPSTR whole = bytes ? malloc((size_t)bytes) : NULL;
	INT written = 0;

	if (whole && WideCharToMultiByte(code_page, 0, from, -1, whole, bytes, NULL, NULL))
		written = SHAnsiToAnsi(whole, to, size);
	free(whole);
	return (DWORD)written;
}

EXPORT(shlwapi, DWORD, SHUnicodeToAnsi, (LPCWSTR from, LPSTR to, INT size))
{
	return SHUnicodeToAnsiCP(CP_ACP, from, to, size);
}
