/*
 * dlls/msvcp140/collate.c - what the facet collate calls, and with it regular expressions: _Collvec, comparing and
 * transforming ranges by it, and the mapping of strings that it and the compiled-in ctype share.
 *
 * In the locale "C", whose _Collvec has no name, ranges are compared by their code units and a transformed string is the string.
 */
#include "dlls/msvcp140/msvcp140.h"

#define SORT_KEY 0x400u
#define STRING_SORT 0x1000u
#define INVALID_IS_ERROR 8u
#define FAILED_TRANSFORM 0x7FFFFFFF /* INT_MAX */
#define COMPARE_FAILED 0x7FFFFFFF   /* _NLSCMPERROR */

INT WINAPI CompareStringEx(LPCWSTR locale, DWORD flags, LPCWSTR a, INT a_size, LPCWSTR b, INT b_size, void *version,
			   void *reserved, LPARAM parameter);
INT WINAPI LCMapStringEx(LPCWSTR locale, DWORD flags, LPCWSTR from, INT from_size, LPWSTR to, INT to_size, void *version,
			 void *reserved, LPARAM handle);

struct collvec { /* _Collvec */
	UINT page;
	WCHAR *locale_name; /* on the heap, the facet's; NULL: "C" */
};

STD(struct collvec, "_Getcoll", Getcoll, (void))
{
	const struct crt_locale *locale = crt_locale(NULL);
	const WCHAR *name = locale->locale_names[CRT_LC_COLLATE];

	return (struct collvec){locale->collate_code_page, name != NULL ? crt_heap_wcsdup(name) : NULL};
}

STD(struct collvec *, "?_Getcoll@_Locinfo@std@@QEBA?AU_Collvec@@XZ", Locinfo_Getcoll,
    (const struct msvcp_locinfo *info, struct collvec *result))
{
	(void)info;
	*result = msvcp_Getcoll();
	return result;
}

EXPORT_DATA(msvcp140, "?id@?$collate@D@std@@2V0locale@2@A", offsetof(struct msvcp_data, id_collate_char));
EXPORT_DATA(msvcp140, "?id@?$collate@_W@std@@2V0locale@2@A", offsetof(struct msvcp_data, id_collate_wide));

/* A range as UTF-16, on the heap; NULL (and nothing in *count) where it has a character that the code page has not. */
static WCHAR *widen(UINT page, DWORD flags, const char *at, INT size, INT *count)
{
	WCHAR *wide;

	*count = MultiByteToWideChar(page, flags, at, size, NULL, 0);
	if (*count <= 0)
		return NULL;
	wide = crt_heap_allocate((size_t)*count * sizeof(*wide));
	if (wide != NULL)
		MultiByteToWideChar(page, flags, at, size, wide, *count);
	return wide;
}

/* --- mapping: the result's size in bytes or units; 0 on failure --- */

/* A terminator in a counted string is the last that counts. */
static INT counted(INT length, INT size)
{
	return size > 0 && length < size ? length + 1 : size;
}

STD(INT, "__crtLCMapStringW", crtLCMapStringW,
    (LPCWSTR locale, DWORD flags, LPCWSTR from, INT from_size, LPWSTR to, INT to_size))
{
	from_size = counted((INT)rtl_wcsnlen(from, from_size > 0 ? (size_t)from_size : 0), from_size);
	return LCMapStringEx(locale, flags, from, from_size, to, to_size, NULL, NULL, 0);
}

STD(INT, "__crtLCMapStringA", crtLCMapStringA,
    (LPCWSTR locale, DWORD flags, LPCSTR from, INT from_size, LPSTR to, INT to_size, INT code_page, BOOL strict))
{
	UINT page = code_page != 0 ? (UINT)code_page : crt_locale(NULL)->code_page;
	INT wide_size, size, result = 0;
	WCHAR *wide, *mapped;

	from_size = counted((INT)rtl_strnlen(from, from_size > 0 ? (size_t)from_size : 0), from_size);
	wide = widen(page, strict ? INVALID_IS_ERROR : 0, from, from_size, &wide_size);
	if (wide == NULL)
		return 0;
	size = LCMapStringEx(locale, flags, wide, wide_size, NULL, 0, NULL, NULL, 0);
	if (flags & SORT_KEY) {
		result = size;
		if (size > 0 && to_size != 0 && size <= to_size)
			result = LCMapStringEx(locale, flags, wide, wide_size, (LPWSTR)to, to_size, NULL, NULL, 0);
	} else if (size > 0) {
		mapped = crt_heap_allocate((size_t)size * sizeof(*mapped));
		if (mapped != NULL && LCMapStringEx(locale, flags, wide, wide_size, mapped, size, NULL, NULL, 0) != 0)
			result = WideCharToMultiByte(page, 0, mapped, size, to_size != 0 ? to : NULL, to_size, NULL, NULL);
		crt_heap_free(mapped);
	}
	crt_heap_free(wide);
	return result;
}

/* --- comparing: less than, equal to or greater than 0 --- */

static INT by_size(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static INT compare(LPCWSTR locale, const WCHAR *a, INT a_size, const WCHAR *b, INT b_size)
{
	INT result = CompareStringEx(locale, STRING_SORT, a, a_size, b, b_size, NULL, NULL, 0);

	if (result != 0)
		return result - 2;
	crt_self.error = CRT_EINVAL;
	return COMPARE_FAILED;
}

STD(INT, "_Strcoll", Strcoll,
    (const char *a, const char *a_end, const char *b, const char *b_end, const struct collvec *by))
{
	size_t a_size = (size_t)(a_end - a), b_size = (size_t)(b_end - b);
	INT result, a_count, b_count;
	WCHAR *x, *y;

	if (by == NULL || by->locale_name == NULL) {
		result = rtl_memcmp(a, b, a_size < b_size ? a_size : b_size);
		return result != 0 ? result : by_size(a_size, b_size);
	}
	if (a_size == 0 || b_size == 0)
		return by_size(a_size, b_size);
	x = widen(by->page, INVALID_IS_ERROR, a, (INT)a_size, &a_count);
	y = widen(by->page, INVALID_IS_ERROR, b, (INT)b_size, &b_count);
	result = compare(by->locale_name, x, a_count, y, b_count);
	crt_heap_free(x);
	crt_heap_free(y);
	return result;
}

STD(INT, "_Wcscoll", Wcscoll,
    (const WCHAR *a, const WCHAR *a_end, const WCHAR *b, const WCHAR *b_end, const struct collvec *by))
{
	size_t a_size = (size_t)(a_end - a), b_size = (size_t)(b_end - b);

	if (by == NULL || by->locale_name == NULL) {
		for (; a != a_end && b != b_end; a++, b++) {
			if (*a != *b)
				return *a < *b ? -1 : 1;
		}
		return by_size(a_size, b_size);
	}
	if (a_size == 0 || b_size == 0)
		return by_size(a_size, b_size);
	return compare(by->locale_name, a, (INT)a_size, b, (INT)b_size);
}

/* --- transforming: the size that the result has, whether it fits or not; INT_MAX on failure --- */

STD(size_t, "_Strxfrm", Strxfrm, (char *to, char *to_end, const char *from, const char *end, const struct collvec *by))
{
	size_t room = (size_t)(to_end - to), size = (size_t)(end - from);

	if (by == NULL || by->locale_name == NULL) {
		if (size <= room)
			rtl_memcpy(to, from, size);
		return size;
	}
	if (size == 0)
		return 0;
	size = (size_t)msvcp_crtLCMapStringA(by->locale_name, SORT_KEY, from, (INT)size, NULL, 0, (INT)by->page, TRUE);
	if (size == 0)
		return FAILED_TRANSFORM;
	if (size <= room)
		msvcp_crtLCMapStringA(by->locale_name, SORT_KEY, from, (INT)(end - from), to, (INT)room, (INT)by->page, TRUE);
	return size;
}

/* Each byte of the sort key becomes a character. */
STD(size_t, "_Wcsxfrm", Wcsxfrm, (WCHAR *to, WCHAR *to_end, const WCHAR *from, const WCHAR *end, const struct collvec *by))
{
	size_t room = (size_t)(to_end - to), size = (size_t)(end - from), i;
	BYTE *key;

	if (by == NULL || by->locale_name == NULL) {
		if (size <= room)
			rtl_memcpy(to, from, size * sizeof(*to));
		return size;
	}
	if (size == 0)
		return 0;
	size = (size_t)msvcp_crtLCMapStringW(by->locale_name, SORT_KEY, from, (INT)size, NULL, 0);
	if (size == 0)
		return FAILED_TRANSFORM;
	if (size <= room) {
		key = msvcp_new(size);
		msvcp_crtLCMapStringW(by->locale_name, SORT_KEY, from, (INT)(end - from), (LPWSTR)key, (INT)size);
		for (i = 0; i < size; i++)
			to[i] = key[i];
		crt_heap_free(key);
	}
	return size;
}
