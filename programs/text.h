/*
 * programs/text.h - what builtin programs do with wide strings.  Growing ones are struct io_wide (ntdll/io/io.h).
 */
#ifndef PEWTER_PROGRAMS_TEXT_H
#define PEWTER_PROGRAMS_TEXT_H

#include "ntdll/io/io.h"
#include "ntdll/rtl/rtl.h"
#include <string.h>

static inline bool text_is_blank(WCHAR c)
{
	return c == u' ' || c == u'\t';
}

static inline bool text_is_digit(WCHAR c)
{
	return c >= u'0' && c <= u'9';
}

static inline bool text_is_letter(WCHAR c)
{
	return (c | 32) >= u'a' && (c | 32) <= u'z';
}

/* Without regard to case. */
static inline bool text_same(const WCHAR *a, const WCHAR *b)
{
	return rtl_compare_nocase(a, rtl_wcslen(a), b, rtl_wcslen(b)) == 0;
}

/* The same for the first `length` units of `a`. */
static inline bool text_is(const WCHAR *a, size_t length, const WCHAR *b)
{
	return rtl_compare_nocase(a, length, b, rtl_wcslen(b)) == 0;
}

static inline bool text_begins(const WCHAR *text, const WCHAR *prefix)
{
	size_t length = rtl_wcslen(prefix);

	return rtl_wcslen(text) >= length && rtl_compare_nocase(text, length, prefix, length) == 0;
}

static inline const WCHAR *text_skip_blanks(const WCHAR *text)
{
	while (text_is_blank(*text))
		text++;
	return text;
}

/* The first of a unit; NULL. */
static inline const WCHAR *text_find(const WCHAR *text, WCHAR c)
{
	for (; *text; text++)
		if (*text == c)
			return text;
	return NULL;
}

static inline const WCHAR *text_find_last(const WCHAR *text, WCHAR c)
{
	const WCHAR *last = NULL;

	for (; *text; text++)
		if (*text == c)
			last = text;
	return last;
}

static inline bool text_has_wildcard(const WCHAR *text)
{
	return text_find(text, u'*') || text_find(text, u'?');
}

static inline void text_put(struct io_wide *to, const WCHAR *text)
{
	io_wide_put(to, text, rtl_wcslen(text));
}

static inline void text_put_unit(struct io_wide *to, WCHAR c)
{
	io_wide_put(to, &c, 1);
}

/* Empties it, keeping its memory. */
static inline void text_clear(struct io_wide *text)
{
	text->length = 0;
	text->text[0] = 0;
}

#endif
