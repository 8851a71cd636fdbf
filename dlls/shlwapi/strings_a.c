/*
 * dlls/shlwapi/strings_a.c - strings of the ANSI code page; case is that of ASCII where characters are looked for.
 */
#include "dlls/shlwapi/strings.h"

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
