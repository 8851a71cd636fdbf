/*
 * programs/reg/parse.c - see parse.h.  Nothing is read beyond the text, whatever is in it.
 */
#include "programs/reg/parse.h"
#include "ntdll/cm/cm.h"
#include "ntdll/rtl/rtl.h"

#include <stdlib.h>
#include <string.h>

struct text {
	const WCHAR *at, *end;
	const struct reg_sink *sink;
	bool old;    /* version 4 */
	bool failed; /* no memory */
	WCHAR *name; /* as long as the text */
	BYTE *data;  /* twice as many bytes as the text has units, and room for terminators */
};

static bool is_blank(WCHAR c)
{
	return c == u' ' || c == u'\t';
}

static bool is_end_of_line(WCHAR c)
{
	return c == u'\r' || c == u'\n';
}

static void skip_blanks(struct text *text)
{
	while (text->at < text->end && is_blank(*text->at))
		text->at++;
}

static void skip_line(struct text *text)
{
	while (text->at < text->end && !is_end_of_line(*text->at))
		text->at++;
	while (text->at < text->end && is_end_of_line(*text->at))
		text->at++;
}

static bool take(struct text *text, WCHAR c)
{
	if (text->at == text->end || *text->at != c)
		return false;
	text->at++;
	return true;
}

static bool begins(const struct text *text, const WCHAR *word)
{
	size_t length = rtl_wcslen(word);

	return (size_t)(text->end - text->at) >= length && !memcmp(text->at, word, length * sizeof(WCHAR));
}

static bool take_word(struct text *text, const WCHAR *word)
{
	size_t length = rtl_wcslen(word);

	if ((size_t)(text->end - text->at) < length || rtl_compare_nocase(text->at, length, word, length))
		return false;
	text->at += length;
	return true;
}

/* Nothing more on this line but a comment. */
static bool is_done(struct text *text)
{
	skip_blanks(text);
	return text->at == text->end || is_end_of_line(*text->at) || *text->at == u';';
}

static bool is_whole_line(const struct text *text, const WCHAR *line)
{
	size_t length = rtl_wcslen(line);

	return begins(text, line) && (text->at + length == text->end || is_end_of_line(text->at[length]));
}

/* What is between quotes; the first of them is behind us. */
static bool quoted(struct text *text, WCHAR *to, size_t *length)
{
	*length = 0;
	while (text->at < text->end && !is_end_of_line(*text->at)) {
		WCHAR c = *text->at++;

		if (c == u'"') {
			to[*length] = 0;
			return true;
		}
		if (c == u'\\') {
			if (text->at == text->end || is_end_of_line(*text->at))
				return false;
			c = *text->at++;
			c = c == u'n' ? u'\n' : c == u'r' ? u'\r' : c == u'0' ? 0 : c;
		}
		to[(*length)++] = c;
	}
	return false;
}

static unsigned digit_of(WCHAR c)
{
	unsigned letter = c | 32u;

	if (c >= u'0' && c <= u'9')
		return c - 0u - u'0';
	return letter >= u'a' && letter <= u'f' ? letter - u'a' + 10 : 16;
}

/* At least one digit, at most `most`. */
static bool hexadecimal(struct text *text, unsigned most, DWORD *number)
{
	unsigned count = 0;

	*number = 0;
	for (; text->at < text->end && digit_of(*text->at) < 16; count++) {
		if (count == most)
			return false;
		*number = *number << 4 | digit_of(*text->at++);
	}
	return count != 0;
}

/* Bytes with commas between them; a backslash before the end of a line goes on with the next. */
static bool bytes(struct text *text, size_t *size)
{
	*size = 0;
	for (;;) {
		DWORD byte;

		skip_blanks(text);
		if (take(text, u'\\')) {
			if (!is_done(text))
				return false;
			do {
				skip_line(text);
				skip_blanks(text);
			} while (text->at < text->end && (*text->at == u';' || is_end_of_line(*text->at)));
			continue;
		}
		if (is_done(text))
			return true;
		if (!hexadecimal(text, 2, &byte))
			return false;
		text->data[(*size)++] = (BYTE)byte;
		skip_blanks(text);
		if (!take(text, u',') && !is_done(text))
			return false;
	}
}

/* Strings are stored in UTF-16 and terminated. */
static void finish_text(struct text *text, size_t *size)
{
	if (text->old) {
		BYTE *copy = malloc(*size + 1);

		if (!copy) {
			text->failed = true;
			return;
		}
		memcpy(copy, text->data, *size);
		*size = text->sink->widen((const char *)copy, *size, (WCHAR *)text->data) * sizeof(WCHAR);
		free(copy);
	}
	if (*size >= sizeof(WCHAR) && *size % sizeof(WCHAR) == 0 &&
	    (text->data[*size - 1] || text->data[*size - 2])) {
		memset(text->data + *size, 0, sizeof(WCHAR));
		*size += sizeof(WCHAR);
	}
}

static bool hex_value(struct text *text, DWORD *type, size_t *size)
{
	*type = REG_BINARY;
	if (take(text, u'(') && (!hexadecimal(text, 8, type) || !take(text, u')')))
		return false;
	if (!take(text, u':') || !bytes(text, size))
		return false;
	if (*type == REG_SZ || *type == REG_EXPAND_SZ || *type == REG_MULTI_SZ)
		finish_text(text, size);
	return !text->failed;
}

static void value_line(struct text *text)
{
	DWORD type = REG_SZ, number;
	size_t length, size = 0;
	bool ok = false;

	text->name[0] = 0;
	if (!take(text, u'@') && !(take(text, u'"') && quoted(text, text->name, &length)))
		return;
	skip_blanks(text);
	if (!take(text, u'='))
		return;
	skip_blanks(text);
	if (take(text, u'-')) {
		if (is_done(text))
			text->sink->value_gone(text->sink->context, text->name);
		return;
	}
	if (take(text, u'"')) {
		ok = quoted(text, (WCHAR *)text->data, &length) && is_done(text);
		size = ok ? (rtl_wcslen((const WCHAR *)text->data) + 1) * sizeof(WCHAR) : 0;
	} else if (take_word(text, u"dword:")) {
		skip_blanks(text);
		ok = hexadecimal(text, 8, &number) && is_done(text);
		type = REG_DWORD;
		size = sizeof(number);
		memcpy(text->data, &number, size);
	} else if (take_word(text, u"hex")) {
		ok = hex_value(text, &type, &size);
	}
	if (ok)
		text->sink->value(text->sink->context, text->name, type, text->data, size);
}

static void key_line(struct text *text)
{
	bool gone = take(text, u'-');
	const WCHAR *last = NULL, *begin = text->at;

	/* The name itself may have brackets. */
	for (const WCHAR *c = begin; c < text->end && !is_end_of_line(*c); c++)
		if (*c == u']')
			last = c;
	if (!last)
		return;
	memcpy(text->name, begin, (size_t)(last - begin) * sizeof(WCHAR));
	text->name[last - begin] = 0;
	text->sink->key(text->sink->context, text->name, (size_t)(last - begin), gone);
}

static void body(struct text *text)
{
	while (text->at < text->end && !text->failed) {
		skip_blanks(text);
		if (take(text, u'['))
			key_line(text);
		else
			value_line(text);
		skip_line(text);
	}
}

bool reg_parse(const WCHAR *units, size_t length, const struct reg_sink *sink)
{
	struct text text = {.at = units, .end = units + length, .sink = sink};

	if (length && *text.at == 0xFEFF)
		text.at++;
	skip_blanks(&text);
	text.old = is_whole_line(&text, u"REGEDIT4");
	if (!text.old && !is_whole_line(&text, u"Windows Registry Editor Version 5.00"))
		/* Of versions that there are not nothing is taken, and nobody complains. */
		return begins(&text, u"REGEDIT");
	skip_line(&text);
	text.name = malloc((length + 1) * sizeof(WCHAR));
	text.data = malloc((length + 2) * sizeof(WCHAR) + sizeof(DWORD));
	text.failed = !text.name || !text.data;
	body(&text);
	free(text.name);
	free(text.data);
	return !text.failed;
}
