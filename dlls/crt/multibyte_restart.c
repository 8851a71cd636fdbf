/*
 * dlls/crt/multibyte_restart.c - between the locale's code page and UTF-16: functions with a state.
 */
#include "dlls/crt/crt.h"
#include "ntdll/rtl/crt.h"

/* msvcrt programs give an int: both counts live in it.  Up to three bytes fit below the count. */
static UINT pending(const ULONG *state)
{
	return *state >> 24;
}

static ULONG internal_state[6];

/*
 * The restartable functions.  The state holds up to three bytes in its low 24 bits and their number above, which fits
 * msvcrt's int and the UCRT's struct alike.
 */
static size_t restart_utf8(uint32_t *code_point, const char *from, size_t size, ULONG *state)
{
	const struct crt_locale *l = crt_locale(NULL);
	char bytes[4];
	WCHAR wide[2];
	INT taken, units;
	UINT had = pending(state), i;
	size_t n;

	for (i = 0; i < had; i++)
		bytes[i] = (char)(*state >> 8 * i);
	for (n = had; n < 4 && n - had < size; n++) {
		bytes[n] = from[n - had];
		if (bytes[n] == 0) {
			n++;
			break;
		}
	}
	taken = crt_locale_to_wide(l, bytes, n, wide, &units);
	if (taken == -2 && n < (size_t)l->mb_cur_max && n - had == size) {
		*state = (ULONG)n << 24;
		for (i = 0; i < n; i++)
			*state |= (ULONG)(BYTE)bytes[i] << 8 * i;
		return (size_t)-2;
	}
	*state = 0;
	if (taken < 0) {
		crt_self.error = CRT_EILSEQ;
		return (size_t)-1;
	}
	*code_point = units == 2 ? 0x10000 + ((wide[0] - 0xD800u) << 10) + (wide[1] - 0xDC00u) : wide[0];
	return taken == 0 ? 0 : (size_t)taken - had;
}

/* In a double-byte code page the state is the lead byte.  What is no character is the code page's default one, and a
 * pair has two bytes, whichever of them was seen before. */
static size_t restart_double(const struct crt_locale *l, uint32_t *code_point, const char *from, ULONG *state)
{
	char bytes[2] = {(char)*state, from[0]};
	WCHAR wide[2];
	INT units;

	*state = 0;
	if (bytes[1] == 0) {
		crt_self.error = CRT_EILSEQ;
		return (size_t)-1;
	}
	*code_point = crt_locale_to_wide_loosely(l, bytes, 2, wide, &units) == 2 ? wide[0] : '?';
	return 2;
}

static size_t restart(uint32_t *code_point, const char *from, size_t size, ULONG *state)
{
	const struct crt_locale *l = crt_locale(NULL);

	if (l->utf8 || l->mb_cur_max != 2)
		return restart_utf8(code_point, from, size, state);
	if (*state == 0 && crt_is_lead(l, (BYTE)from[0])) {
		*state = (BYTE)*from++;
		if (size < 2)
			return (size_t)-2;
	}
	if (*state != 0)
		return restart_double(l, code_point, from, state);
	return restart_utf8(code_point, from, size, state);
}

CRT(size_t, mbrtowc, (WCHAR * to, const char *from, size_t size, ULONG *state))
{
	uint32_t c;
	size_t n;

	if (state == NULL)
		state = &internal_state[0];
	if (from == NULL) {
		*state = 0;
		return 0;
	}
	if (size == 0)
		return (size_t)-2;
	n = restart(&c, from, size, state);
	/* A character beyond the BMP does not fit one unit: the UCRT gives U+FFFD. */
	if (n < (size_t)-2 && to != NULL)
		*to = c > 0xFFFF ? 0xFFFD : (WCHAR)c;
	return n;
}

CRT(size_t, mbrlen, (const char *from, size_t size, ULONG *state))
{
	return crt_mbrtowc(NULL, from, size, state != NULL ? state : &internal_state[1]);
}

CRT_UCRT(size_t, mbrtoc32, (uint32_t * to, const char *from, size_t size, ULONG *state))
{
	uint32_t c;
	size_t n;

	if (state == NULL)
		state = &internal_state[2];
	if (from == NULL) {
		*state = 0;
		return 0;
	}
	n = restart(&c, from, size, state);
	if (n < (size_t)-2 && to != NULL)
		*to = c;
	return n;
}

/* The second half of a pair waits in the state, marked by the top bit. */
CRT_UCRT(size_t, mbrtoc16, (WCHAR * to, const char *from, size_t size, ULONG *state))
{
	uint32_t c;
	size_t n;

	if (state == NULL)
		state = &internal_state[3];
	if (from == NULL) {
		*state = 0;
		return 0;
	}
	if (*state >> 31) {
		if (to != NULL)
			*to = (WCHAR)*state;
		*state = 0;
		return (size_t)-3;
	}
	n = restart(&c, from, size, state);
	if (n >= (size_t)-2)
		return n;
	if (c > 0xFFFF) {
		*state = 0x80000000u | 0xDC00u | (c & 0x3FF);
		c = 0xD7C0 + (c >> 10);
	}
	if (to != NULL)
		*to = (WCHAR)c;
	return n;
}

CRT_UCRT(size_t, c32rtomb, (char *to, uint32_t c, ULONG *state))
{
	INT n;

	(void)state;
	if (to == NULL)
		return 1;
	n = c > 0x10FFFF ? -1 : crt_locale_from_wide(crt_locale(NULL), c, to);
	return n < 0 ? (size_t)crt_illegal() : (size_t)n;
}

CRT_UCRT(size_t, c16rtomb, (char *to, WCHAR c, ULONG *state))
{
	uint32_t whole = c;

	if (state == NULL)
		state = &internal_state[4];
	if (to == NULL) {
		*state = 0;
		return 1;
	}
	if (*state != 0) {
		if (c < 0xDC00 || c > 0xDFFF)
			return (size_t)crt_illegal();
		whole = 0x10000 + ((*state - 0xD800) << 10) + (c - 0xDC00u);
		*state = 0;
	} else if (c >= 0xD800 && c <= 0xDBFF) {
		*state = c;
		return 0;
	}
	return crt_c32rtomb(to, whole, NULL);
}

CRT(size_t, wcrtomb, (char *to, WCHAR c, ULONG *state))
{
	char bytes[5];
	INT n;

	if (state != NULL)
		*state = 0;
	n = crt_locale_from_wide(crt_locale(NULL), to != NULL ? c : 0, to != NULL ? to : bytes);
	return n < 0 ? (size_t)crt_illegal() : (size_t)n;
}

CRT(errno_t, wcrtomb_s, (size_t *result, char *to, size_t size, WCHAR c, ULONG *state))
{
	char bytes[5];
	size_t n;

	if (result != NULL)
		*result = (size_t)-1;
	CRT_VALIDATE_E(to != NULL || size == 0, EINVAL);
	n = crt_wcrtomb(to != NULL ? bytes : NULL, c, state);
	if (n == (size_t)-1)
		return crt_self.error;
	if (to != NULL) {
		if (n > size)
			return crt_invalid(CRT_ERANGE);
		rtl_memcpy(to, bytes, n);
	}
	if (result != NULL)
		*result = n;
	return 0;
}

CRT(size_t, mbsrtowcs, (WCHAR * to, const char **from, size_t size, ULONG *state))
{
	const char *at;
	size_t n = 0, taken;
	uint32_t c;

	CRT_VALIDATE(from != NULL && *from != NULL, EINVAL, (size_t)-1);
	if (state == NULL)
		state = &internal_state[5];
	for (at = *from; to == NULL || n < size; n++) {
		taken = restart(&c, at, 4, state);
		if (taken >= (size_t)-2) {
			if (to != NULL)
				*from = at;
			return (size_t)crt_illegal();
		}
		if (c > 0xFFFF) {
			if (to != NULL) {
				if (n + 1 == size)
					break;
				to[n] = (WCHAR)(0xD7C0 + (c >> 10));
				to[n + 1] = (WCHAR)(0xDC00 | (c & 0x3FF));
			}
			n++;
		} else if (to != NULL) {
			to[n] = (WCHAR)c;
		}
		if (c == 0) {
			if (to != NULL)
				*from = NULL;
			return n;
		}
		at += taken;
	}
	if (to != NULL)
		*from = at;
	return n;
}

CRT(size_t, wcsrtombs, (char *to, const WCHAR **from, size_t size, ULONG *state))
{
	const struct crt_locale *l = crt_locale(NULL);
	const WCHAR *at, *start;
	char bytes[5];
	size_t n = 0;
	uint32_t c;
	INT length, i;

	if (state != NULL)
		*state = 0;
	CRT_VALIDATE(from != NULL && *from != NULL, EINVAL, (size_t)-1);
	for (at = *from;;) {
		start = at;
		c = *at++;
		if (c >= 0xD800 && c <= 0xDBFF && *at >= 0xDC00 && *at <= 0xDFFF)
			c = 0x10000 + ((c - 0xD800) << 10) + (*at++ - 0xDC00u);
		length = crt_locale_from_wide(l, c, bytes);
		if (length < 0) {
			if (to != NULL)
				*from = start;
			return (size_t)crt_illegal();
		}
		if (to != NULL) {
			if (n + (size_t)length > size) {
				*from = start;
				return n;
			}
			for (i = 0; i < length; i++)
				to[n + (size_t)i] = bytes[i];
		}
		if (c == 0) {
			if (to != NULL)
				*from = NULL;
			return n;
		}
		n += (size_t)length;
	}
}

static void end_string(void *to, bool wide, size_t n)
{
	if (wide)
		((WCHAR *)to)[n] = 0;
	else
		((char *)to)[n] = 0;
}

/* The end of the _s functions: what `n` units written to `to` (NULL: none) of `size`, or -1, mean. */
static errno_t finish_string(size_t *result, void *to, bool wide, size_t n, size_t size, size_t count)
{
	if (n == (size_t)-1) {
		if (to != NULL)
			end_string(to, wide, 0);
		return crt_self.error;
	}
	if (to != NULL && n == size) {
		if (count != CRT_TRUNCATE) {
			end_string(to, wide, 0);
			return crt_invalid(CRT_ERANGE);
		}
		end_string(to, wide, n - 1);
		if (result != NULL)
			*result = n;
		return CRT_STRUNCATE;
	}
	if (to != NULL)
		end_string(to, wide, n);
	if (result != NULL)
		*result = n + 1;
	return 0;
}

CRT(errno_t, mbsrtowcs_s, (size_t *result, WCHAR *to, size_t size, const char **from, size_t count, ULONG *state))
{
	size_t n;

	if (result != NULL)
		*result = (size_t)-1;
	CRT_VALIDATE_E((to == NULL) == (size == 0) && from != NULL, EINVAL);
	n = crt_mbsrtowcs(to, from, count < size ? count : size, state);
	return finish_string(result, to, true, n, size, count);
}

CRT(errno_t, wcsrtombs_s, (size_t *result, char *to, size_t size, const WCHAR **from, size_t count, ULONG *state))
{
	size_t n;

	if (result != NULL)
		*result = (size_t)-1;
	CRT_VALIDATE_E((to == NULL) == (size == 0) && from != NULL, EINVAL);
	n = crt_wcsrtombs(to, from, count < size ? count : size, state);
	return finish_string(result, to, false, n, size, count);
}

CRT_L(size_t, _mbstrlen, (string, NULL), const char *string)
{
	const struct crt_locale *l = crt_locale(locale);
	WCHAR wide[2];
	size_t n = 0;
	INT units, taken;

	if (l->mb_cur_max == 1)
		return rtl_strlen(string);
	for (; *string != 0; n++, string += taken) {
		taken = crt_locale_to_wide(l, string, rtl_strnlen(string, 4), wide, &units);
		if (taken < 0)
			return (size_t)crt_illegal();
	}
	return n;
}

CRT_L(size_t, _mbstrnlen, (string, size, NULL), const char *string, size_t size)
{
	const struct crt_locale *l = crt_locale(locale);
	WCHAR wide[2];
	size_t n = 0, at = 0;
	INT units, taken;

	CRT_VALIDATE(string != NULL, EINVAL, (size_t)-1);
	for (; at < size && string[at] != 0; n++, at += (size_t)taken) {
		taken = crt_locale_to_wide(l, string + at, rtl_strnlen(string + at, 4), wide, &units);
		if (taken < 0)
			return (size_t)crt_illegal();
	}
	/* MSDN: the whole size when no terminator was found. */
	return at >= size ? size : n;
}
