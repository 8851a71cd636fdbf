/*
 * kernel32/stringapiset.c - MultiByteToWideChar, WideCharToMultiByte, GetStringType: checks and last errors over
 * ntdll/rtl/nls.h.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

/* The error of a conversion that did not give `result` units in a buffer of `capacity`; else the count. */
static int finish(size_t result, int capacity)
{
	if (result == NLS_INVALID) {
		set_last_error(ERROR_NO_UNICODE_TRANSLATION);
		return 0;
	}
	if (result == NLS_UNKNOWN) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (result > INT32_MAX) {
		set_last_error(ERROR_ARITHMETIC_OVERFLOW);
		return 0;
	}
	if (capacity && result > (size_t)capacity) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	return (int)result;
}

static bool iso2022_or_iscii(UINT codepage)
{
	return (codepage >= 50220 && codepage <= 50229) || (codepage >= 57002 && codepage <= 57011);
}

/* Replaces every unit by its canonical decomposition (MB_COMPOSITE); what is needed. */
static size_t decompose_all(char16_t *to, size_t capacity, const char16_t *from, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++) {
		char16_t parts[8], next[2];
		size_t size = 1;
		parts[0] = from[i];
		/* Decompositions lead with what may decompose again. */
		while (size < ARRAY_SIZE(parts) && nls_decompose(parts[0], next)) {
			parts[0] = next[0];
			if (next[1]) {
				memmove(parts + 2, parts + 1, (size - 1) * sizeof(*parts));
				parts[1] = next[1];
				size++;
			}
		}
		for (size_t k = 0; k < size; k++, count++) {
			if (count < capacity)
				to[count] = parts[k];
		}
	}
	return count;
}

EXPORT(kernel32, int, MultiByteToWideChar, (UINT codepage, DWORD flags, LPCCH from, int from_count, LPWSTR to, int to_count))
{
	size_t length, result;
	unsigned how = 0;

	if (!from || !from_count || to_count < 0 || (to_count && !to) || (to_count && (const void *)to == from)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	codepage = nls_thread_codepage(codepage);
	if (codepage == NLS_UTF8 ? (flags & ~MB_ERR_INVALID_CHARS) != 0
	    : codepage == NLS_UTF7 || codepage == NLS_SYMBOL || iso2022_or_iscii(codepage)
		    ? flags != 0
		    : (flags & ~(MB_PRECOMPOSED | MB_COMPOSITE | MB_USEGLYPHCHARS | MB_ERR_INVALID_CHARS)) != 0 ||
			      (flags & (MB_PRECOMPOSED | MB_COMPOSITE)) == (MB_PRECOMPOSED | MB_COMPOSITE)) {
		set_last_error(ERROR_INVALID_FLAGS);
		return 0;
	}
	length = from_count < 0 ? strlen(from) + 1 : (size_t)from_count;
	if (flags & MB_ERR_INVALID_CHARS)
		how |= NLS_STRICT;
	if (flags & MB_USEGLYPHCHARS)
		how |= NLS_GLYPHS;
	if (flags & MB_COMPOSITE) {
		char16_t *whole = malloc(length * sizeof(*whole));
		if (!whole) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		result = nls_to_utf16(codepage, how, whole, length, from, length);
		if (result <= length)
			result = decompose_all(to, (size_t)to_count, whole, result);
		free(whole);
	} else {
		result = nls_to_utf16(codepage, how, to, (size_t)to_count, from, length);
	}
	return finish(result, to_count);
}

/* WC_COMPOSITECHECK: pairs become their composition; a mark that finds no base is kept, dropped or replaced. */
static size_t compose_all(char16_t *to, const char16_t *from, size_t length, DWORD flags, char16_t replacement)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++) {
		char16_t c = from[i], composed;
		if (count && nls_combining_class(c)) {
			composed = nls_compose(to[count - 1], c);
			if (composed) {
				to[count - 1] = composed;
				continue;
			}
			if (flags & WC_DISCARDNS)
				continue;
			if (flags & WC_DEFAULTCHAR)
				c = replacement;
		}
		to[count++] = c;
	}
	return count;
}

EXPORT(kernel32, int, WideCharToMultiByte,
       (UINT codepage, DWORD flags, LPCWCH from, int from_count, LPSTR to, int to_count, LPCCH default_char,
	LPBOOL used_default))
{
	size_t length, result;
	unsigned how = 0;
	bool used = false;

	if (!from || !from_count || to_count < 0 || (to_count && !to) || (to_count && (const void *)to == from)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	codepage = nls_thread_codepage(codepage);
	if (codepage == NLS_UTF8 || codepage == NLS_UTF7) {
		/* Both always use their own replacement: MSDN, lpDefaultChar. */
		if (default_char || used_default) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return 0;
		}
		if (flags & ~(codepage == NLS_UTF8 ? WC_ERR_INVALID_CHARS : 0u)) {
			set_last_error(ERROR_INVALID_FLAGS);
			return 0;
		}
	} else if (codepage == NLS_SYMBOL || iso2022_or_iscii(codepage)
			   ? flags != 0
			   : (flags & ~(WC_COMPOSITECHECK | WC_DISCARDNS | WC_SEPCHARS | WC_DEFAULTCHAR |
					WC_NO_BEST_FIT_CHARS)) != 0) {
		set_last_error(ERROR_INVALID_FLAGS);
		return 0;
	} else if (codepage == NLS_SYMBOL && (default_char || used_default)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	length = from_count < 0 ? rtl_wcslen(from) + 1 : (size_t)from_count;
	if (flags & WC_ERR_INVALID_CHARS)
		how |= NLS_STRICT;
	if (flags & WC_NO_BEST_FIT_CHARS)
		how |= NLS_NO_BEST_FIT;
	if (flags & WC_COMPOSITECHECK) {
		char16_t *whole = malloc(length * sizeof(*whole));
		if (!whole) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		length = compose_all(whole, from, length, flags, u'?');
		result = nls_from_utf16(codepage, how, to, (size_t)to_count, whole, length, default_char, &used);
		free(whole);
	} else {
		result = nls_from_utf16(codepage, how, to, (size_t)to_count, from, length, default_char, &used);
	}
	if (used_default)
		*used_default = used;
	return finish(result, to_count);
}

static BOOL string_type(DWORD info, const char16_t *string, size_t length, WORD *types)
{
	if (info != CT_CTYPE1 && info != CT_CTYPE2 && info != CT_CTYPE3) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	for (size_t i = 0; i < length; i++)
		types[i] = info == CT_CTYPE1 ? nls_ctype1(string[i])
			   : info == CT_CTYPE2 ? nls_ctype2(string[i])
					       : nls_ctype3(string[i]);
	return TRUE;
}

EXPORT(kernel32, BOOL, GetStringTypeW, (DWORD info, LPCWCH string, int count, LPWORD types))
{
	if (!string || !types || !count || (const void *)string == types) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return string_type(info, string, count < 0 ? rtl_wcslen(string) + 1 : (size_t)count, types);
}

EXPORT(kernel32, BOOL, GetStringTypeExW, (LCID locale, DWORD info, LPCWCH string, int count, LPWORD types))
{
	return GetStringTypeW(info, string, count, types);
}

EXPORT(kernel32, BOOL, GetStringTypeA, (LCID locale, DWORD info, LPCCH string, int count, LPWORD types))
{
	size_t length, units;
	char16_t *wide;
	BOOL ok;

	if (!string || !types || !count || (const void *)string == types) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	length = count < 0 ? strlen(string) + 1 : (size_t)count;
	wide = malloc(length * sizeof(*wide));
	if (!wide) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	units = nls_to_utf16(NLS_ACP, 0, wide, length, string, length);
	ok = string_type(info, wide, units, types);
	free(wide);
	return ok;
}
EXPORT_ALIAS(kernel32, "GetStringTypeExA", GetStringTypeA);
