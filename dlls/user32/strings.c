/*
 * dlls/user32/strings.c - CharUpper and its kin, OEM conversions, LoadString.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/ldr.h"
#include "ntdll/rtl/nls.h"

#include <string.h>

/* CharUpper and CharLower take a string, or one character in a pointer whose high part is zero. */
static bool is_character(const void *string)
{
	return !((uintptr_t)string >> 16);
}

static char map_ansi(char c, char16_t (*map)(char16_t))
{
	char16_t unit;
	char back;
	nls_to_utf16(NLS_ACP, 0, &unit, 1, &c, 1);
	unit = map(unit);
	/* What has no single byte stays. */
	if (nls_from_utf16(NLS_ACP, NLS_STRICT | NLS_NO_BEST_FIT, &back, 1, &unit, 1, NULL, NULL) != 1)
		return c;
	return back;
}

static LPWSTR char_map(LPWSTR string, char16_t (*map)(char16_t))
{
	if (is_character(string))
		return (LPWSTR)(uintptr_t)map((char16_t)(uintptr_t)string);
	for (LPWSTR p = string; *p; p++)
		*p = map(*p);
	return string;
}

static LPSTR char_map_ansi(LPSTR string, char16_t (*map)(char16_t))
{
	if (is_character(string))
		return (LPSTR)(uintptr_t)(uint8_t)map_ansi((char)(uintptr_t)string, map);
	for (LPSTR p = string; *p; p++)
		*p = map_ansi(*p, map);
	return string;
}

EXPORT(user32, LPWSTR, CharUpperW, (LPWSTR string))
{
	return char_map(string, rtl_upcase);
}

EXPORT(user32, LPWSTR, CharLowerW, (LPWSTR string))
{
	return char_map(string, rtl_downcase);
}

EXPORT(user32, LPSTR, CharUpperA, (LPSTR string))
{
	return char_map_ansi(string, rtl_upcase);
}

EXPORT(user32, LPSTR, CharLowerA, (LPSTR string))
{
	return char_map_ansi(string, rtl_downcase);
}

EXPORT(user32, DWORD, CharUpperBuffW, (LPWSTR string, DWORD count))
{
	for (DWORD i = 0; i < count; i++)
		string[i] = rtl_upcase(string[i]);
	return count;
}

EXPORT(user32, DWORD, CharLowerBuffW, (LPWSTR string, DWORD count))
{
	for (DWORD i = 0; i < count; i++)
		string[i] = rtl_downcase(string[i]);
	return count;
}

EXPORT(user32, DWORD, CharUpperBuffA, (LPSTR string, DWORD count))
{
	for (DWORD i = 0; i < count; i++)
		string[i] = map_ansi(string[i], rtl_upcase);
	return count;
}

EXPORT(user32, DWORD, CharLowerBuffA, (LPSTR string, DWORD count))
{
	for (DWORD i = 0; i < count; i++)
		string[i] = map_ansi(string[i], rtl_downcase);
	return count;
}

EXPORT(user32, LPWSTR, CharNextW, (LPCWSTR p))
{
	return (LPWSTR)(*p ? p + 1 : p);
}

EXPORT(user32, LPWSTR, CharPrevW, (LPCWSTR start, LPCWSTR p))
{
	return (LPWSTR)(p > start ? p - 1 : start);
}

EXPORT(user32, LPSTR, CharNextExA, (WORD codepage, LPCSTR p, DWORD flags))
{
	if (!*p)
		return (LPSTR)p;
	return (LPSTR)(p + (nls_is_lead_byte(nls_real_codepage(codepage), (uint8_t)*p) && p[1] ? 2 : 1));
}

EXPORT(user32, LPSTR, CharNextA, (LPCSTR p))
{
	return CharNextExA(0, p, 0);
}

EXPORT(user32, LPSTR, CharPrevExA, (WORD codepage, LPCSTR start, LPCSTR p, DWORD flags))
{
	LPCSTR q = start;
	while (q < p) {
		LPCSTR next = CharNextExA(codepage, q, 0);
		if (next >= p || next == q)
			break;
		q = next;
	}
	return (LPSTR)q;
}

EXPORT(user32, LPSTR, CharPrevA, (LPCSTR start, LPCSTR p))
{
	return CharPrevExA(0, start, p, 0);
}

static uint16_t type_of(char c)
{
	char16_t unit;
	nls_to_utf16(NLS_ACP, 0, &unit, 1, &c, 1);
	return nls_ctype1(unit);
}

EXPORT(user32, BOOL, IsCharAlphaW, (WCHAR c))
{
	return (nls_ctype1(c) & C1_ALPHA) != 0;
}

EXPORT(user32, BOOL, IsCharAlphaA, (CHAR c))
{
	return (type_of(c) & C1_ALPHA) != 0;
}

EXPORT(user32, BOOL, IsCharAlphaNumericW, (WCHAR c))
{
	return (nls_ctype1(c) & (C1_ALPHA | C1_DIGIT)) != 0;
}

EXPORT(user32, BOOL, IsCharAlphaNumericA, (CHAR c))
{
	return (type_of(c) & (C1_ALPHA | C1_DIGIT)) != 0;
}

EXPORT(user32, BOOL, IsCharUpperW, (WCHAR c))
{
	return (nls_ctype1(c) & C1_UPPER) != 0;
}

EXPORT(user32, BOOL, IsCharUpperA, (CHAR c))
{
	return (type_of(c) & C1_UPPER) != 0;
}

EXPORT(user32, BOOL, IsCharLowerW, (WCHAR c))
{
	return (nls_ctype1(c) & C1_LOWER) != 0;
}

EXPORT(user32, BOOL, IsCharLowerA, (CHAR c))
{
	return (type_of(c) & C1_LOWER) != 0;
}

static char recode(char c, unsigned from, unsigned to)
{
	char16_t unit;
	char back = '?';
	nls_to_utf16(from, 0, &unit, 1, &c, 1);
	nls_from_utf16(to, 0, &back, 1, &unit, 1, NULL, NULL);
	return back;
}

EXPORT(user32, BOOL, OemToCharBuffA, (LPCSTR from, LPSTR to, DWORD count))
{
	if (!from || !to)
		return FALSE;
	for (DWORD i = 0; i < count; i++)
		to[i] = recode(from[i], NLS_OEMCP, NLS_ACP);
	return TRUE;
}

EXPORT(user32, BOOL, CharToOemBuffA, (LPCSTR from, LPSTR to, DWORD count))
{
	if (!from || !to)
		return FALSE;
	for (DWORD i = 0; i < count; i++)
		to[i] = recode(from[i], NLS_ACP, NLS_OEMCP);
	return TRUE;
}

EXPORT(user32, BOOL, OemToCharA, (LPCSTR from, LPSTR to))
{
	return from && OemToCharBuffA(from, to, (DWORD)strlen(from) + 1);
}

EXPORT(user32, BOOL, CharToOemA, (LPCSTR from, LPSTR to))
{
	return from && CharToOemBuffA(from, to, (DWORD)strlen(from) + 1);
}

EXPORT(user32, BOOL, OemToCharBuffW, (LPCSTR from, LPWSTR to, DWORD count))
{
	if (!from || !to)
		return FALSE;
	nls_to_utf16(NLS_OEMCP, 0, to, count, from, count);
	return TRUE;
}

EXPORT(user32, BOOL, CharToOemBuffW, (LPCWSTR from, LPSTR to, DWORD count))
{
	if (!from || !to)
		return FALSE;
	nls_from_utf16(NLS_OEMCP, 0, to, count, from, count, NULL, NULL);
	return TRUE;
}

EXPORT(user32, BOOL, OemToCharW, (LPCSTR from, LPWSTR to))
{
	return from && OemToCharBuffW(from, to, (DWORD)strlen(from) + 1);
}

EXPORT(user32, BOOL, CharToOemW, (LPCWSTR from, LPSTR to))
{
	return from && CharToOemBuffW(from, to, (DWORD)rtl_wcslen(from) + 1);
}

/* A string of a module's string table: sixteen to a block, each a count and its units. */
static const char16_t *find_string(HMODULE module, UINT id, size_t *length)
{
	ULONG_PTR path[3] = {6, (id >> 4 & 0xFFF) + 1, 0}; /* RT_STRING */
	const void *entry;
	void *data;
	const char16_t *p, *end;
	ULONG size;
	NTSTATUS status;

	if (!module)
		module = NtCurrentPeb()->ImageBaseAddress;
	status = ldr_operations.find_resource(module, path, 3, &entry);
	if (NT_SUCCESS(status))
		status = ldr_operations.access_resource(module, entry, &data, &size);
	if (!NT_SUCCESS(status)) {
		set_last_error(RtlNtStatusToDosError(status));
		return NULL;
	}
	p = data;
	end = p + size / 2;
	for (unsigned i = 0; i < (id & 15); i++) {
		if (p >= end || *p >= end - p)
			return NULL;
		p += *p + 1;
	}
	if (p >= end || *p >= end - p)
		return NULL;
	*length = *p;
	return p + 1;
}

EXPORT(user32, int, LoadStringW, (HINSTANCE module, UINT id, LPWSTR buffer, int capacity))
{
	const char16_t *string;
	size_t length;

	if (!buffer || capacity < 0)
		return 0;
	string = find_string(module, id, &length);
	if (!string) {
		if (capacity)
			*buffer = 0;
		return 0;
	}
	/* A capacity of zero asks for a pointer to the resource itself. */
	if (!capacity) {
		*(const char16_t **)buffer = string;
		return (int)length;
	}
	if (length > (size_t)capacity - 1)
		length = (size_t)capacity - 1;
	memcpy(buffer, string, length * sizeof(WCHAR));
	buffer[length] = 0;
	return (int)length;
}

EXPORT(user32, int, LoadStringA, (HINSTANCE module, UINT id, LPSTR buffer, int capacity))
{
	const char16_t *string;
	size_t length, size;

	if (!buffer || capacity <= 0)
		return 0;
	string = find_string(module, id, &length);
	size = string ? nls_from_utf16(NLS_ACP, 0, buffer, (size_t)capacity - 1, string, length, NULL, NULL) : 0;
	if (size > (size_t)capacity - 1)
		size = (size_t)capacity - 1;
	buffer[size] = 0;
	return (int)size;
}
