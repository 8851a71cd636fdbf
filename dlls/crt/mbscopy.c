/*
 * dlls/crt/mbscopy.c - multibyte strings: copying, filling, changing case.  A character is never cut in half.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/mbctype.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

CRT_ALIAS_MSVCRT("_mbscpy", rtl_strcpy);
CRT_ALIAS_MSVCRT("_mbscat", rtl_strcat);

CRT(BYTE *, _mbsdup, (const BYTE *string))
{
	BYTE *copy;

	if (string == NULL)
		return NULL;
	copy = (BYTE *)crt_heap_strdup((const char *)string);
	if (copy == NULL)
		crt_self.error = CRT_ENOMEM;
	return copy;
}

/* Bytes of the whole characters at the start that fit `size` bytes (stopping at the terminator). */
static size_t whole(const struct crt_multibyte *m, const BYTE *from, size_t size)
{
	const BYTE *at = from;

	while ((size_t)(at - from) < size) {
		const BYTE *before = at;

		if (crt_mb_next(m, &at) == 0)
			break;
		if ((size_t)(at - from) > size)
			return (size_t)(before - from);
	}
	return (size_t)(at - from);
}

/* Bytes of the first `count` characters. */
static size_t characters(const struct crt_multibyte *m, const BYTE *from, size_t count)
{
	const BYTE *at = from;

	while (count-- != 0 && crt_mb_next(m, &at) != 0)
		;
	return (size_t)(at - from);
}

/* A first half alone is replaced by the terminator, the rest up to `size` bytes filled with it. */
CRT_L(BYTE *, _mbsnbcpy, (to, from, size, NULL), BYTE *to, const BYTE *from, size_t size)
{
	size_t length;

	if (size == 0)
		return to;
	CRT_VALIDATE(to != NULL && from != NULL, EINVAL, NULL);
	length = whole(crt_multibyte(locale), from, size);
	rtl_memcpy(to, from, length);
	rtl_memset(to + length, 0, size - length);
	return to;
}

CRT_L(BYTE *, _mbsncpy, (to, from, count, NULL), BYTE *to, const BYTE *from, size_t count)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	size_t length, copied;

	if (count == 0)
		return to;
	CRT_VALIDATE(to != NULL && from != NULL, EINVAL, NULL);
	length = characters(m, from, count);
	copied = crt__mbsnccnt_l(from, length, locale);
	rtl_memcpy(to, from, length);
	/* Half a character at the end counts as one of two bytes. */
	rtl_memset(to + length, 0, count - copied + (copied < count && from[length] != 0));
	return to;
}

CRT_L(BYTE *, _mbsnbcat, (to, from, size, NULL), BYTE *to, const BYTE *from, size_t size)
{
	BYTE *end;
	size_t length;

	if (size == 0)
		return to;
	CRT_VALIDATE(to != NULL && from != NULL, EINVAL, NULL);
	end = to + rtl_strlen((char *)to);
	length = whole(crt_multibyte(locale), from, size);
	rtl_memcpy(end, from, length);
	end[length] = 0;
	return to;
}

CRT_L(BYTE *, _mbsncat, (to, from, count, NULL), BYTE *to, const BYTE *from, size_t count)
{
	BYTE *end;
	size_t length;

	if (count == 0)
		return to;
	CRT_VALIDATE(to != NULL && from != NULL, EINVAL, NULL);
	end = to + rtl_strlen((char *)to);
	length = characters(crt_multibyte(locale), from, count);
	rtl_memcpy(end, from, length);
	end[length] = 0;
	return to;
}

/* What the secure copies share: `length` bytes behind `used` ones; `truncate` when _TRUNCATE was asked for. */
static errno_t store(BYTE *to, size_t size, size_t used, const BYTE *from, size_t length, bool truncate,
		     const struct crt_multibyte *m)
{
	if (length >= size - used) {
		if (!truncate) {
			rtl_memcpy(to + used, from, size - used);
			to[0] = 0;
			return crt_invalid(CRT_ERANGE);
		}
		length = whole(m, from, size - used - 1);
		rtl_memcpy(to + used, from, length);
		to[used + length] = 0;
		return CRT_STRUNCATE;
	}
	rtl_memcpy(to + used, from, length);
	to[used + length] = 0;
	return 0;
}

static errno_t secure(BYTE *to, size_t size, const BYTE *from, size_t limit, bool by_characters, bool append,
		      crt_locale_t locale)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	size_t used = 0, length;
	bool halved = false;
	errno_t error;

	if (limit == 0 && to == NULL && size == 0)
		return 0;
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	if (append) {
		used = rtl_strnlen((char *)to, size);
		if (used == size) {
			to[0] = 0;
			return crt_invalid(CRT_EINVAL);
		}
	}
	if (limit == 0) {
		to[used] = 0;
		return 0;
	}
	if (from == NULL) {
		to[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	length = limit == CRT_TRUNCATE ? rtl_strlen((const char *)from)
		 : by_characters       ? characters(m, from, limit)
				       : whole(m, from, limit);
	/* Half a character at the end of either string is dropped, and said. */
	if (append && used != 0 && m->is_dbcs && whole(m, to, used) < used) {
		used--;
		halved = true;
	}
	halved |= limit == 0x7FFFFFFF && from[length] != 0;
	error = store(to, size, used, from, length, limit == CRT_TRUNCATE, m);
	if (error == 0 && halved)
		error = crt_self.error = CRT_EILSEQ;
	return error;
}

CRT_L(errno_t, _mbscpy_s, (to, size, from, NULL), BYTE *to, size_t size, const BYTE *from)
{
	return secure(to, size, from, 0x7FFFFFFF, false, false, locale);
}

CRT_L(errno_t, _mbscat_s, (to, size, from, NULL), BYTE *to, size_t size, const BYTE *from)
{
	return secure(to, size, from, 0x7FFFFFFF, false, true, locale);
}

CRT_L(errno_t, _mbsncpy_s, (to, size, from, n, NULL), BYTE *to, size_t size, const BYTE *from, size_t n)
{
	return secure(to, size, from, n, true, false, locale);
}

CRT_L(errno_t, _mbsncat_s, (to, size, from, n, NULL), BYTE *to, size_t size, const BYTE *from, size_t n)
{
	return secure(to, size, from, n, true, true, locale);
}

CRT_L(errno_t, _mbsnbcpy_s, (to, size, from, n, NULL), BYTE *to, size_t size, const BYTE *from, size_t n)
{
	return secure(to, size, from, n, false, false, locale);
}

CRT_L(errno_t, _mbsnbcat_s, (to, size, from, n, NULL), BYTE *to, size_t size, const BYTE *from, size_t n)
{
	return secure(to, size, from, n, false, true, locale);
}

/* Fills up to `size` bytes or `count` characters of the string, not beyond its end; half a character becomes a blank. */
static void fill(BYTE *string, UINT c, size_t count, size_t size, const struct crt_multibyte *m)
{
	BYTE *end = string + rtl_strlen((char *)string);

	if ((size_t)(end - string) > size)
		end = string + size;
	if (c < 256 || !m->is_dbcs) {
		for (; count != 0 && string < end; count--)
			*string++ = (BYTE)c;
		return;
	}
	for (; count != 0 && string + 1 < end; count--) {
		*string++ = (BYTE)(c >> 8);
		*string++ = (BYTE)c;
	}
	if (count != 0 && string < end)
		*string = ' ';
}

#define ALL ((size_t)-1)

CRT_L(BYTE *, _mbsset, (string, c, NULL), BYTE *string, UINT c)
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	fill(string, c, ALL, ALL, crt_multibyte(locale));
	return string;
}

CRT_L(BYTE *, _mbsnset, (string, c, n, NULL), BYTE *string, UINT c, size_t n)
{
	CRT_VALIDATE(string != NULL || n == 0, EINVAL, NULL);
	if (n != 0)
		fill(string, c, n, ALL, crt_multibyte(locale));
	return string;
}

CRT_L(BYTE *, _mbsnbset, (string, c, n, NULL), BYTE *string, UINT c, size_t n)
{
	CRT_VALIDATE(string != NULL || n == 0, EINVAL, NULL);
	if (n != 0)
		fill(string, c, ALL, n, crt_multibyte(locale));
	return string;
}

static errno_t check_terminated(BYTE *string, size_t size)
{
	if (string == NULL && size == 0)
		return 0;
	CRT_VALIDATE_E(string != NULL && size != 0, EINVAL);
	if (rtl_strnlen((char *)string, size) == size) {
		string[0] = 0;
		return crt_invalid(CRT_EINVAL);
	}
	return 0;
}

CRT_L(errno_t, _mbsset_s, (string, size, c, NULL), BYTE *string, size_t size, UINT c)
{
	errno_t error = check_terminated(string, size);

	if (error == 0 && string != NULL)
		fill(string, c, ALL, ALL, crt_multibyte(locale));
	return error;
}

CRT_L(errno_t, _mbsnset_s, (string, size, c, n, NULL), BYTE *string, size_t size, UINT c, size_t n)
{
	errno_t error = check_terminated(string, size);

	if (error == 0 && string != NULL)
		fill(string, c, n, ALL, crt_multibyte(locale));
	return error;
}

CRT_L(errno_t, _mbsnbset_s, (string, size, c, n, NULL), BYTE *string, size_t size, UINT c, size_t n)
{
	errno_t error = check_terminated(string, size);

	if (error == 0 && string != NULL)
		fill(string, c, ALL, n, crt_multibyte(locale));
	return error;
}

static void change_case(BYTE *string, bool upper, const struct crt_multibyte *m)
{
	const BYTE *at = string;
	UINT c, changed;

	while ((c = crt_mb_next(m, &at)) != 0) {
		changed = upper ? crt_mb_upper(m, c) : crt_mb_lower(m, c);
		if (c > 255)
			*string++ = (BYTE)(changed >> 8);
		*string++ = (BYTE)changed;
	}
}

CRT_L(errno_t, _mbslwr_s, (string, size, NULL), BYTE *string, size_t size)
{
	errno_t error = check_terminated(string, size);

	if (error == 0 && string != NULL)
		change_case(string, false, crt_multibyte(locale));
	return error;
}

CRT_L(errno_t, _mbsupr_s, (string, size, NULL), BYTE *string, size_t size)
{
	errno_t error = check_terminated(string, size);

	if (error == 0 && string != NULL)
		change_case(string, true, crt_multibyte(locale));
	return error;
}

CRT_L(BYTE *, _mbslwr, (string, NULL), BYTE *string)
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	change_case(string, false, crt_multibyte(locale));
	return string;
}

CRT_L(BYTE *, _mbsupr, (string, NULL), BYTE *string)
{
	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	change_case(string, true, crt_multibyte(locale));
	return string;
}

/* Reverses the order of characters: all bytes, after the two of each double-byte character were swapped. */
CRT_L(BYTE *, _mbsrev, (string, NULL), BYTE *string)
{
	const struct crt_multibyte *m = crt_multibyte(locale);
	BYTE *left = string, *right, c;
	const BYTE *at = string;

	CRT_VALIDATE(string != NULL, EINVAL, NULL);
	while ((right = (BYTE *)at, crt_mb_next(m, &at)) != 0) {
		if (at - right == 2) {
			c = right[0];
			right[0] = right[1];
			right[1] = c;
		}
	}
	/* Half a character at the end goes. */
	*right = 0;
	for (right = string + (at - string) - 1; left < right; left++, right--) {
		c = *left;
		*left = *right;
		*right = c;
	}
	return string;
}
