/*
 * ntdll/rtl/utf.c - UTF-16 and UTF-8, for host names and for the guest.
 *
 * rtl_utf16_to_utf8 and rtl_utf8_to_utf16 lose nothing: a lone surrogate is written as three bytes (WTF-8), a byte that
 * is not UTF-8 becomes one unit U+DC80..DCFF.  From bytes to units and back is always the identity: where a lone
 * surrogate in WTF-8 could be taken for something else on the way back, its bytes travel as single units.
 */
#include "ntdll/rtl/rtl.h"

#include <stdbool.h>
#include <string.h>

size_t rtl_wcslen(const char16_t *string)
{
	const char16_t *p = string;
	while (*p)
		p++;
	return (size_t)(p - string);
}

/* Length of the well-formed UTF-8 sequence at p (surrogates allowed), 0 if there is none. */
static unsigned sequence(const uint8_t *p, const uint8_t *end, uint32_t *code)
{
	size_t left = (size_t)(end - p);
	uint32_t c = p[0];

	if (c < 0x80) {
		*code = c;
		return 1;
	}
	if (c < 0xC2)
		return 0;
	if (c < 0xE0) {
		if (left < 2 || (p[1] & 0xC0) != 0x80)
			return 0;
		*code = (c & 0x1F) << 6 | (p[1] & 0x3F);
		return 2;
	}
	if (c < 0xF0) {
		if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
			return 0;
		*code = (c & 0xF) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3F);
		return *code >= 0x800 ? 3 : 0;
	}
	if (c < 0xF5) {
		if (left < 4 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || (p[3] & 0xC0) != 0x80)
			return 0;
		*code = (c & 7) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3F);
		return *code >= 0x10000 && *code <= 0x10FFFF ? 4 : 0;
	}
	return 0;
}

/* As sequence(), but 0 also for surrogates that would not come back as they are. */
static unsigned decode(const uint8_t *p, const uint8_t *end, uint32_t *code)
{
	unsigned length = sequence(p, end, code);
	uint32_t next;
	unsigned next_length;

	if (length != 3 || *code < 0xD800 || *code > 0xDFFF)
		return length;
	if (*code >= 0xDC00)
		return *code >= 0xDC80 && *code <= 0xDCFF ? 0 : 3;
	/* A high surrogate must not be followed by what becomes a low one. */
	if (p + 3 == end)
		return 3;
	next_length = sequence(p + 3, end, &next);
	return next_length && !(next >= 0xDC00 && next <= 0xDFFF) && !(next >= 0xD800 && next <= 0xDBFF) ? 3 : 0;
}

size_t rtl_utf8_to_utf16(char16_t *to, size_t capacity, const char *from, size_t length)
{
	const uint8_t *p = (const uint8_t *)from, *end = p + length;
	size_t count = 0;
	bool full = false;

	while (p < end) {
		uint32_t code;
		unsigned bytes;
		if (*p < 0x80) {
			if (count < capacity && !full)
				to[count] = *p;
			count++;
			p++;
			continue;
		}
		bytes = decode(p, end, &code);
		if (!bytes) {
			code = 0xDC00u + *p;
			bytes = 1;
		}
		p += bytes;
		if (code < 0x10000) {
			if (count < capacity && !full)
				to[count] = (char16_t)code;
			count++;
		} else {
			/* Never half a pair. */
			if (count + 2 <= capacity && !full) {
				to[count] = (char16_t)(0xD7C0 + (code >> 10));
				to[count + 1] = (char16_t)(0xDC00 | (code & 0x3FF));
			} else {
				full = true;
			}
			count += 2;
		}
	}
	return count;
}

size_t rtl_utf16_to_utf8(char *to, size_t capacity, const char16_t *from, size_t length)
{
	const char16_t *p = from, *end = from + length;
	size_t count = 0;
	bool full = false;

	while (p < end) {
		uint32_t code = *p++;
		uint8_t bytes[4];
		unsigned size;
		if (code < 0x80) {
			if (count < capacity && !full)
				to[count] = (char)code;
			count++;
			continue;
		}
		if (code < 0x800) {
			bytes[0] = (uint8_t)(0xC0 | code >> 6);
			bytes[1] = (uint8_t)(0x80 | (code & 0x3F));
			size = 2;
		} else if (code >= 0xD800 && code < 0xDC00 && p < end && *p >= 0xDC00 && *p <= 0xDFFF) {
			code = 0x10000 + ((code - 0xD800) << 10) + (*p++ - 0xDC00u);
			bytes[0] = (uint8_t)(0xF0 | code >> 18);
			bytes[1] = (uint8_t)(0x80 | (code >> 12 & 0x3F));
			bytes[2] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
			bytes[3] = (uint8_t)(0x80 | (code & 0x3F));
			size = 4;
		} else if (code >= 0xDC80 && code <= 0xDCFF) {
			bytes[0] = (uint8_t)(code - 0xDC00);
			size = 1;
		} else {
			bytes[0] = (uint8_t)(0xE0 | code >> 12);
			bytes[1] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
			bytes[2] = (uint8_t)(0x80 | (code & 0x3F));
			size = 3;
		}
		if (count + size <= capacity && !full)
			memcpy(to + count, bytes, size);
		else
			full = true;
		count += size;
	}
	return count;
}
