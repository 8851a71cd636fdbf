/*
 * kernel32/winbase_pointers.c - winbase.h: IsBadReadPtr and its kin.
 *
 * Each touches what it asks about, page by page, as Windows' do: a guard page is used up by the question.
 */
#include "host/fault.h"
#include "kernel32/kernel32.h"

static BOOL is_bad(const void *pointer, UINT_PTR size, bool write)
{
	if (!size)
		return FALSE;
	if (!pointer || (UINT_PTR)pointer + size - 1 < (UINT_PTR)pointer)
		return TRUE;
	return host_probe_guest(pointer, size, write) != 0;
}

EXPORT(kernel32, BOOL, IsBadReadPtr, (const VOID *pointer, UINT_PTR size))
{
	return is_bad(pointer, size, false);
}

/* 16-bit Windows' word for objects beyond a segment. */
EXPORT(kernel32, BOOL, IsBadHugeReadPtr, (const VOID *pointer, UINT_PTR size))
{
	return is_bad(pointer, size, false);
}

EXPORT(kernel32, BOOL, IsBadWritePtr, (LPVOID pointer, UINT_PTR size))
{
	return is_bad(pointer, size, true);
}

EXPORT(kernel32, BOOL, IsBadHugeWritePtr, (LPVOID pointer, UINT_PTR size))
{
	return is_bad(pointer, size, true);
}

/* MSDN: whether the address can be read; nothing about executing. */
EXPORT(kernel32, BOOL, IsBadCodePtr, (FARPROC pointer))
{
	return is_bad((const void *)(UINT_PTR)pointer, 1, false);
}

EXPORT(kernel32, BOOL, IsBadStringPtrA, (LPCSTR string, UINT_PTR most))
{
	char character;

	if (!most)
		return FALSE;
	if (!string)
		return TRUE;
	do
		if (host_copy_from_guest(&character, string++, sizeof(character)))
			return TRUE;
	while (character && --most);
	return FALSE;
}

EXPORT(kernel32, BOOL, IsBadStringPtrW, (LPCWSTR string, UINT_PTR most))
{
	WCHAR character;

	if (!most)
		return FALSE;
	if (!string)
		return TRUE;
	do
		if (host_copy_from_guest(&character, string++, sizeof(character)))
			return TRUE;
	while (character && --most);
	return FALSE;
}
