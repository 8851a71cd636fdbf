/*
 * kernel32/formatmessage_text.c - FormatMessage's inserts with the formats of printf, its escapes, and lines of a width.
 */
#include "kernel32/formatmessage.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/nls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- inserts ---------------------------------------------------------------------------------------------------- */

static ULONG_PTR numbered_argument(struct arguments *arguments, unsigned number)
{
	while (arguments->count < number)
		arguments->seen[arguments->count++] = *arguments->next++;
	return arguments->seen[number - 1];
}

/* What follows a star.  Of a va_list's the last one, the value itself, has no number, so that "%1!*.*s!" is followed by
 * "%3"; in an array it is followed by "%4" (MSDN FormatMessage). */
static ULONG_PTR next_argument(struct arguments *arguments, bool is_value)
{
	ULONG_PTR argument = *arguments->next++;
	if ((arguments->array || !is_value) && arguments->count < ARRAY_SIZE(arguments->seen))
		arguments->seen[arguments->count++] = argument;
	return argument;
}

static void put_padding(struct rtl_text *out, int count, char16_t unit)
{
	while (count-- > 0)
		rtl_text_put(out, unit);
}

static void put_string(struct rtl_text *out, ULONG_PTR argument, bool wide, bool left, int width, int precision)
{
	const char16_t *string = (const char16_t *)argument;
	char16_t *copy = NULL;
	size_t length = 0;

	if (!argument) {
		string = u"(null)";
		wide = true;
	}
	if (!wide) {
		const char *bytes = (const char *)argument;
		size_t size = precision >= 0 ? strnlen(bytes, (size_t)precision) : strlen(bytes);
		copy = malloc((size + 1) * sizeof(*copy));
		if (!copy) {
			out->failed = true;
			return;
		}
		copy[nls_to_utf16(NLS_ACP, 0, copy, size, bytes, size)] = 0;
		string = copy;
	}
	while ((precision < 0 || length < (size_t)precision) && string[length])
		length++;
	if (!left)
		put_padding(out, width - (int)length, u' ');
	for (size_t i = 0; i < length; i++)
		rtl_text_put(out, string[i]);
	if (left)
		put_padding(out, width - (int)length, u' ');
	free(copy);
}

/* One insert with a printf format between the exclamation marks.  Its number is that of the first star, or of the value. */
static bool put_insert(struct rtl_text *out, const char16_t *format, size_t length, struct arguments *arguments, unsigned number,
		       bool wide_default)
{
	const char16_t *p = format, *end = format + length;
	bool left = false, wide = wide_default, explicit_size = false;
	char spec[48], flags[8], result[512];
	size_t flag_count = 0;
	int width = 0, precision = -1, size = 4;
	char16_t type;
	ULONG_PTR value;
	bool star = false;

	for (; p < end && *p < 0x80 && strchr("-+ #0", *p); p++) {
		if (*p == u'-')
			left = true;
		if (flag_count < sizeof(flags) - 1)
			flags[flag_count++] = (char)*p;
	}
	flags[flag_count] = 0;
	if (p < end && *p == u'*') {
		width = (int)numbered_argument(arguments, number);
		star = true;
		p++;
	} else {
		for (; p < end && *p >= u'0' && *p <= u'9'; p++)
			width = width < 10000 ? width * 10 + (*p - u'0') : width;
	}
	if (width < 0) {
		left = true;
		width = -width;
	}
	if (p < end && *p == u'.') {
		p++;
		precision = 0;
		if (p < end && *p == u'*') {
			precision = (int)(star ? next_argument(arguments, false) : numbered_argument(arguments, number));
			star = true;
			p++;
		} else {
			for (; p < end && *p >= u'0' && *p <= u'9'; p++)
				precision = precision < 10000 ? precision * 10 + (*p - u'0') : precision;
		}
	}
	for (; p < end; p++) {
		if (*p == u'l' && p + 1 < end && p[1] == u'l') {
			size = 8;
			p++;
		} else if (*p == u'l' || *p == u'w') {
			wide = explicit_size = true;
		} else if (*p == u'h') {
			size = 2;
			wide = false;
			explicit_size = true;
		} else if (*p == u'I' && p + 2 < end && p[1] == u'6' && p[2] == u'4') {
			size = 8;
			p += 2;
		} else if (*p == u'I' && p + 2 < end && p[1] == u'3' && p[2] == u'2') {
			p += 2;
		} else if (*p == u'I') {
			size = 8;
		} else {
			break;
		}
	}
	if (p + 1 != end)
		return false;
	type = *p;
	value = star ? next_argument(arguments, true) : numbered_argument(arguments, number);
	switch (type) {
	case u's':
	case u'S':
		put_string(out, value, type == u'S' && !explicit_size ? !wide_default : wide, left, width, precision);
		return true;
	case u'c':
	case u'C': {
		char16_t unit = (char16_t)value;
		if (!(type == u'C' && !explicit_size ? !wide_default : wide)) {
			char byte = (char)value;
			nls_to_utf16(NLS_ACP, 0, &unit, 1, &byte, 1);
		}
		if (!left)
			put_padding(out, width - 1, u' ');
		rtl_text_put(out, unit);
		if (left)
			put_padding(out, width - 1, u' ');
		return true;
	}
	case u'p':
		snprintf(spec, sizeof(spec), "%%%s*.*llX", flags);
		precision = 16;
		break;
	case u'd':
	case u'i':
		value = size == 8 ? value : size == 2 ? (ULONG_PTR)(LONGLONG)(SHORT)value : (ULONG_PTR)(LONGLONG)(LONG)value;
		snprintf(spec, sizeof(spec), "%%%s*.*lld", flags);
		break;
	case u'u':
	case u'x':
	case u'X':
	case u'o':
		value = size == 8 ? value : size == 2 ? (USHORT)value : (ULONG)value;
		snprintf(spec, sizeof(spec), "%%%s*.*ll%c", flags, (char)type);
		break;
	default:
		return false;
	}
	if (width > 400)
		width = 400;
	if (precision > 100)
		precision = 100;
	snprintf(result, sizeof(result), spec, left ? -width : width, precision, (long long)value);
	for (size_t i = 0; result[i]; i++)
		rtl_text_put(out, (uint8_t)result[i]);
	return true;
}

/* --- the text --------------------------------------------------------------------------------------------------- */

static void end_line(struct message *message)
{
	rtl_text_put(&message->text, u'\r');
	rtl_text_put(&message->text, u'\n');
	message->line_start = message->text.count;
}

/* Breaks a line that is full: at its last blank, which goes with those before it, or else where it is. */
static void wrap(struct message *message)
{
	struct rtl_text *text = &message->text;
	size_t blank = text->count, end, rest;

	while (blank > message->line_start && text->units[blank - 1] != u' ')
		blank--;
	if (blank == message->line_start) {
		end_line(message);
		return;
	}
	for (end = blank; end > message->line_start && text->units[end - 1] == u' ';)
		end--;
	rest = text->count - blank;
	rtl_text_put(text, 0);
	rtl_text_put(text, 0);
	if (text->failed)
		return;
	memmove(text->units + end + 2, text->units + blank, rest * sizeof(char16_t));
	text->units[end] = u'\r';
	text->units[end + 1] = u'\n';
	message->line_start = end + 2;
	text->count = end + 2 + rest;
}

static void put(struct message *message, char16_t unit)
{
	rtl_text_put(&message->text, unit);
	if (message->width && message->width != FORMAT_MESSAGE_MAX_WIDTH_MASK && !message->text.failed &&
	    message->text.count - message->line_start >= message->width)
		wrap(message);
}

/* `p` is behind a percent sign, at a digit from 1: puts the insert, and gives its last unit; NULL: it cannot be made. */
static const char16_t *expand_insert(struct message *message, const char16_t *p, DWORD flags, struct arguments *arguments, bool wide)
{
	const char16_t *start = p - 1, *format = u"s";
	unsigned number = (unsigned)(*p - u'0');
	struct rtl_text insert = {0};
	size_t length = 1;
	bool good;

	if (p[1] >= u'0' && p[1] <= u'9')
		number = number * 10 + (unsigned)(*++p - u'0');
	if (p[1] == u'!') {
		const char16_t *close = p + 2;
		while (*close && *close != u'!')
			close++;
		/* Without an end it is no format after all: the mark is text. */
		if (*close) {
			format = p + 2;
			length = (size_t)(close - format);
			p = close;
		}
	}
	if (flags & FORMAT_MESSAGE_IGNORE_INSERTS) {
		while (start <= p)
			put(message, *start++);
		return p;
	}
	good = arguments->next && put_insert(&insert, format, length, arguments, number, wide);
	for (size_t i = 0; good && i < insert.count; i++)
		put(message, insert.units[i]);
	message->text.failed |= insert.failed;
	free(insert.units);
	return good ? p : NULL;
}

DWORD message_expand(struct message *message, const char16_t *source, DWORD flags, struct arguments *arguments, bool wide)
{
	for (const char16_t *p = source; *p && message->text.count < message->room; p++) {
		if (*p == u'\r' || *p == u'\n') {
			if (*p == u'\r' && p[1] == u'\n')
				p++;
			/* With a width the text's own line breaks are blanks. */
			if (message->width)
				put(message, u' ');
			else
				end_line(message);
			continue;
		}
		if (*p != u'%') {
			put(message, *p);
			continue;
		}
		p++;
		if (*p >= u'1' && *p <= u'9') {
			p = expand_insert(message, p, flags, arguments, wide);
			if (!p)
				return ERROR_INVALID_PARAMETER;
			continue;
		}
		switch (*p) {
		case u'0':
			return ERROR_SUCCESS;
		case u'n':
			end_line(message);
			break;
		case u'r':
			rtl_text_put(&message->text, u'\r');
			message->line_start = message->text.count;
			break;
		case u't':
			put(message, u'\t');
			break;
		case 0:
			/* A lone percent sign at the end. */
			return ERROR_INVALID_PARAMETER;
		default:
			if (flags & FORMAT_MESSAGE_IGNORE_INSERTS)
				put(message, u'%');
			put(message, *p);
			break;
		}
	}
	return ERROR_SUCCESS;
}
