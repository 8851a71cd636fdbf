/*
 * dlls/crt/multibyte.c - between the locale's code page and UTF-16: characters and strings without a state.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

/* One code point of UTF-8 (strict: no surrogates, no overlong forms).  Bytes taken, -1 invalid, -2 incomplete. */
static INT decode_utf8(const char *from, size_t size, uint32_t *code_point)
{
	static const uint32_t lowest[5] = {0, 0, 0x80, 0x800, 0x10000};
	BYTE first = (BYTE)from[0];
	INT length, i;
	uint32_t c;

	if (first < 0x80) {
		*code_point = first;
		return 1;
	}
	if (first < 0xC2 || first > 0xF4)
		return -1;
	length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	c = first & (0x7Fu >> length);
	for (i = 1; i < length; i++) {
		if ((size_t)i == size)
			return -2;
		if (((BYTE)from[i] & 0xC0) != 0x80)
			return -1;
		c = c << 6 | ((BYTE)from[i] & 0x3F);
		/* The second byte already shows what can't be right. */
		if (i == 1 && length > 2 &&
		    ((c << 6 * (length - 2)) + ((1u << 6 * (length - 2)) - 1) < lowest[length] ||
		     (length == 3 && c >= 0xD800 >> 6 && c <= 0xDFFF >> 6) || (length == 4 && c > 0x10FFFF >> 12)))
			return -1;
	}
	*code_point = c;
	return length;
}

static INT encode_utf8(uint32_t c, char *to)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		if (c >= 0xD800 && c <= 0xDFFF)
			return -1;
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

INT crt_locale_to_wide(const struct crt_locale *locale, const char *from, size_t size, WCHAR to[2], INT *units)
{
	BYTE first;
	uint32_t c;
	INT n;

	*units = 0;
	if (size == 0)
		return -2;
	first = (BYTE)from[0];
	if (locale->utf8) {
		n = decode_utf8(from, size, &c);
		if (n < 0)
			return n;
		if (c >= 0x10000) {
			to[0] = (WCHAR)(0xD7C0 + (c >> 10));
			to[1] = (WCHAR)(0xDC00 | (c & 0x3FF));
			*units = 2;
			return n;
		}
		to[0] = (WCHAR)c;
		*units = 1;
		return c == 0 ? 0 : n;
	}
	if (crt_is_lead(locale, first)) {
		if (size < 2)
			return -2;
		if (from[1] == 0 ||
		    MultiByteToWideChar(locale->code_page, MB_PRECOMPOSED | MB_ERR_INVALID_CHARS, from, 2, to, 1) != 1)
			return -1;
		*units = 1;
		return 2;
	}
	if (locale->wide[first] == 0xFFFF)
		return -1;
	to[0] = locale->wide[first];
	*units = 1;
	return first == 0 ? 0 : 1;
}

INT crt_locale_from_wide(const struct crt_locale *locale, uint32_t code_point, char *to)
{
	WCHAR wide[2];
	BOOL replaced = FALSE;
	INT n;

	if (code_point < 0x80) {
		to[0] = (char)code_point;
		return 1;
	}
	if (locale->utf8)
		return encode_utf8(code_point, to);
	if (locale->code_page == 0) {
		if (code_point > 0xFF)
			return -1;
		to[0] = (char)code_point;
		return 1;
	}
	if (code_point > 0xFFFF)
		return -1;
	wide[0] = (WCHAR)code_point;
	/* The best fit will do. */
	n = WideCharToMultiByte(locale->code_page, 0, wide, 1, to, 4, NULL, &replaced);
	return n <= 0 || replaced ? -1 : n;
}

INT crt_locale_to_wide_loosely(const struct crt_locale *locale, const char *from, size_t size, WCHAR to[2], INT *units)
{
	INT taken = crt_locale_to_wide(locale, from, size, to, units);

	if (taken != -1 || size < 2 || locale->utf8 || from[1] == 0 || !crt_is_lead(locale, (BYTE)from[0]) ||
	    MultiByteToWideChar(locale->code_page, MB_PRECOMPOSED, from, 2, to, 1) != 1)
		return taken;
	*units = 1;
	return 2;
}

CRT_L_(INT, mblen, (string, size, NULL), const char *string, size_t size)
{
	const struct crt_locale *l = crt_locale(locale);
	WCHAR wide[2];
	INT units, n;

	if (string == NULL || *string == 0 || size == 0)
		return 0;
	n = crt_locale_to_wide(l, string, size, wide, &units);
	return n < 0 ? crt_illegal() : n;
}

CRT_L_(INT, mbtowc, (to, string, size, NULL), WCHAR *to, const char *string, size_t size)
{
	const struct crt_locale *l = crt_locale(locale);
	WCHAR wide[2];
	INT units, n;

	if (string == NULL || size == 0)
		return 0;
	n = crt_locale_to_wide_loosely(l, string, size, wide, &units);
	if (n < 0 || units > 1)
		return crt_illegal();
	if (to != NULL)
		*to = wide[0];
	return n;
}

CRT(errno_t, _wctomb_s_l, (INT * result, char *to, size_t size, WCHAR c, crt_locale_t locale))
{
	char bytes[5];
	INT n;

	if (to == NULL && size != 0) {
		if (result != NULL)
			*result = 0; /* no state */
		return 0;
	}
	if (result != NULL)
		*result = -1;
	CRT_VALIDATE_E(size <= 0x7FFFFFFF, EINVAL);
	n = crt_locale_from_wide(crt_locale(locale), c, bytes);
	if (n < 0) {
		if (to != NULL)
			rtl_memset(to, 0, size);
		crt_self.error = CRT_EILSEQ;
		return CRT_EILSEQ;
	}
	if (to != NULL) {
		if ((size_t)n > size) {
			rtl_memset(to, 0, size);
			return crt_invalid(CRT_ERANGE);
		}
		rtl_memcpy(to, bytes, (size_t)n);
	}
	if (result != NULL)
		*result = n;
	return 0;
}

CRT(errno_t, wctomb_s, (INT * result, char *to, size_t size, WCHAR c))
{
	return crt__wctomb_s_l(result, to, size, c, NULL);
}

CRT_L_(INT, wctomb, (to, c, NULL), char *to, WCHAR c)
{
	INT n;

	if (to == NULL)
		return 0;
	n = crt_locale_from_wide(crt_locale(locale), c, to);
	return n < 0 ? crt_illegal() : n;
}

/* Units needed (to NULL) or stored, without a terminator; -1: invalid.  A pair of surrogates is stored whole or not. */
static size_t to_wide(const struct crt_locale *locale, WCHAR *to, size_t size, const char *from)
{
	size_t n = 0;
	WCHAR wide[2];
	INT units, taken;

	while (to == NULL || n < size) {
		if ((BYTE)*from < 0x80) {
			if (to != NULL)
				to[n] = (BYTE)*from;
			if (*from++ == 0)
				return n;
			n++;
			continue;
		}
		taken = crt_locale_to_wide(locale, from, rtl_strnlen(from, 4), wide, &units);
		if (taken < 0) {
			crt_self.error = CRT_EILSEQ;
			return (size_t)-1;
		}
		if (to != NULL) {
			if (n + (size_t)units > size)
				return n;
			to[n] = wide[0];
			if (units == 2)
				to[n + 1] = wide[1];
		}
		n += (size_t)units;
		from += taken;
	}
	return n;
}

static size_t from_wide(const struct crt_locale *locale, char *to, size_t size, const WCHAR *from)
{
	char bytes[5];
	uint32_t c;
	size_t n = 0;
	INT length, i;

	/* Who only counts in "C" is not told what has no byte. */
	if (to == NULL && locale->code_page == 0)
		return rtl_wcslen(from);
	while (to == NULL || n < size) {
		c = *from++;
		if (c == 0) {
			if (to != NULL)
				to[n] = 0;
			return n;
		}
		if (c >= 0xD800 && c <= 0xDBFF && *from >= 0xDC00 && *from <= 0xDFFF)
			c = 0x10000 + ((c - 0xD800) << 10) + (*from++ - 0xDC00u);
		length = crt_locale_from_wide(locale, c, bytes);
		if (length < 0) {
			crt_self.error = CRT_EILSEQ;
			return (size_t)-1;
		}
		if (to != NULL) {
			if (n + (size_t)length > size)
				return n;
			for (i = 0; i < length; i++)
				to[n + (size_t)i] = bytes[i];
		}
		n += (size_t)length;
	}
	return n;
}

CRT_L_(size_t, mbstowcs, (to, from, size, NULL), WCHAR *to, const char *from, size_t size)
{
	if (to != NULL && size == 0)
		return 0;
	CRT_VALIDATE(from != NULL, EINVAL, (size_t)-1);
	return to_wide(crt_locale(locale), to, size, from);
}

CRT_L_(size_t, wcstombs, (to, from, size, NULL), char *to, const WCHAR *from, size_t size)
{
	if (to != NULL && size == 0)
		return 0;
	CRT_VALIDATE(from != NULL, EINVAL, (size_t)-1);
	return from_wide(crt_locale(locale), to, size, from);
}

#define CHARACTER WCHAR
#define OTHER char
#define CONVERT to_wide
#define NAME mbstowcs_s
#define NAME_L _mbstowcs_s_l
#include "dlls/crt/convert_template.h"
#undef CHARACTER
#undef OTHER
#undef CONVERT
#undef NAME
#undef NAME_L
#define CHARACTER char
#define OTHER WCHAR
#define CONVERT from_wide
#define NAME wcstombs_s
#define NAME_L _wcstombs_s_l
#include "dlls/crt/convert_template.h"

CRT(INT, btowc, (INT c))
{
	const struct crt_locale *l = crt_locale(NULL);

	if (c == -1 || (l->utf8 && (BYTE)c > 127))
		return 0xFFFF;
	return l->wide[(BYTE)c];
}

CRT(INT, wctob, (WCHAR c))
{
	char bytes[5];

	if (c == 0xFFFF || crt_locale_from_wide(crt_locale(NULL), c, bytes) != 1)
		return -1;
	return (signed char)bytes[0];
}
