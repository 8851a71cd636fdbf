/*
 * ntdll/rtl/nls_utf.c - UTF-8 and UTF-7 from and to UTF-16.
 */
#include "ntdll/rtl/nls_utf.h"
#include "ntdll/rtl/nls.h"

#include <string.h>

/* UTF-8 in Windows' way: each maximal well-formed beginning of a broken sequence is one U+FFFD (Unicode 3.9, D93b). */
size_t nls_from_utf8(unsigned flags, char16_t *to, size_t capacity, const uint8_t *p, const uint8_t *end)
{
	size_t count = 0;
	bool full = false;

	while (p < end) {
		uint32_t c = *p++;
		unsigned more;
		uint8_t low = 0x80, high = 0xBF;
		if (c < 0x80) {
			if (count < capacity && !full)
				to[count] = (char16_t)c;
			count++;
			continue;
		}
		if (c >= 0xC2 && c <= 0xDF) {
			more = 1;
			c &= 0x1F;
		} else if (c >= 0xE0 && c <= 0xEF) {
			more = 2;
			low = c == 0xE0 ? 0xA0 : 0x80;
			high = c == 0xED ? 0x9F : 0xBF;
			c &= 0xF;
		} else if (c >= 0xF0 && c <= 0xF4) {
			more = 3;
			low = c == 0xF0 ? 0x90 : 0x80;
			high = c == 0xF4 ? 0x8F : 0xBF;
			c &= 7;
		} else {
			more = 0;
			c = 0xFFFD;
			if (flags & NLS_STRICT)
				return NLS_INVALID;
		}
		for (; more; more--) {
			if (p == end || *p < low || *p > high) {
				if (flags & NLS_STRICT)
					return NLS_INVALID;
				c = 0xFFFD;
				break;
			}
			c = c << 6 | (*p++ & 0x3F);
			low = 0x80;
			high = 0xBF;
		}
		if (c < 0x10000) {
			if (count < capacity && !full)
				to[count] = (char16_t)c;
			count++;
		} else {
			if (count + 2 <= capacity && !full) {
				to[count] = (char16_t)(0xD7C0 + (c >> 10));
				to[count + 1] = (char16_t)(0xDC00 | (c & 0x3FF));
			} else {
				full = true;
			}
			count += 2;
		}
	}
	return count;
}

size_t nls_to_utf8(unsigned flags, char *to, size_t capacity, const char16_t *p, const char16_t *end)
{
	size_t count = 0;
	bool full = false;

	while (p < end) {
		uint32_t c = *p++;
		unsigned size;
		if (c < 0x80) {
			if (count < capacity && !full)
				to[count] = (char)c;
			count++;
			continue;
		}
		if (c >= 0xD800 && c <= 0xDFFF) {
			if (c < 0xDC00 && p < end && *p >= 0xDC00 && *p <= 0xDFFF) {
				c = 0x10000 + ((c - 0xD800) << 10) + (*p++ - 0xDC00u);
			} else {
				if (flags & NLS_STRICT)
					return NLS_INVALID;
				c = 0xFFFD;
			}
		}
		size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		if (count + size <= capacity && !full) {
			char *q = to + count;
			if (size == 2) {
				*q++ = (char)(0xC0 | c >> 6);
			} else if (size == 3) {
				*q++ = (char)(0xE0 | c >> 12);
				*q++ = (char)(0x80 | (c >> 6 & 0x3F));
			} else {
				*q++ = (char)(0xF0 | c >> 18);
				*q++ = (char)(0x80 | (c >> 12 & 0x3F));
				*q++ = (char)(0x80 | (c >> 6 & 0x3F));
			}
			*q = (char)(0x80 | (c & 0x3F));
		} else {
			full = true;
		}
		count += size;
	}
	return count;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* UTF-7 (RFC 2152). */
size_t nls_from_utf7(char16_t *to, size_t capacity, const uint8_t *p, const uint8_t *end)
{
	size_t count = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	while (p < end) {
		uint8_t c = *p++;
		if (c == '+') {
			if (p < end && *p == '-') {
				p++;
				if (count < capacity)
					to[count] = u'+';
				count++;
				continue;
			}
			while (p < end) {
				const char *digit = *p ? strchr(base64, *p) : NULL;
				if (!digit)
					break;
				p++;
				bits = bits << 6 | (uint32_t)(digit - base64);
				have += 6;
				if (have >= 16) {
					have -= 16;
					if (count < capacity)
						to[count] = (char16_t)(bits >> have);
					count++;
				}
			}
			/* Bits without a unit are lost, but for those before a byte that UTF-7 has not: on Windows the next
			 * run begins with them. */
			if (p == end || *p < 0x80)
				have = 0;
			if (p < end && *p == '-')
				p++;
			continue;
		}
		if (count < capacity)
			to[count] = c;
		count++;
	}
	return count;
}

static bool utf7_direct(char16_t c)
{
	return (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') ||
	       (c && c < 0x80 && strchr("'(),-./:? \t\r\n", c)) || !c;
}

size_t nls_to_utf7(char *to, size_t capacity, const char16_t *p, const char16_t *end)
{
	size_t count = 0;
#define PUT(x)                                                                                                              \
	do {                                                                                                                \
		if (count < capacity)                                                                                       \
			to[count] = (char)(x);                                                                              \
		count++;                                                                                                    \
	} while (0)
	while (p < end) {
		uint32_t bits = 0;
		unsigned have = 0;
		if (utf7_direct(*p)) {
			PUT(*p);
			p++;
			continue;
		}
		PUT('+');
		if (*p == u'+') {
			PUT('-');
			p++;
			continue;
		}
		while (p < end && !utf7_direct(*p)) {
			bits = bits << 16 | *p++;
			have += 16;
			while (have >= 6) {
				have -= 6;
				PUT(base64[bits >> have & 0x3F]);
			}
		}
		/* The last bits and the end of the run are written together. */
		if (have) {
			if (count + 1 == capacity)
				capacity = count;
			PUT(base64[bits << (6 - have) & 0x3F]);
		}
		PUT('-');
	}
#undef PUT
	return count;
}
