/*
 * dlls/crt/format_text.c - what printf writes: texts, characters, integers, and the padding around them.  Floating point is in
 * format_fp.c.
 *
 * Rules: MSDN, "Format specification syntax: printf and wprintf functions" and its pages on size, precision and type.
 */
#include "dlls/crt/format_impl.h"

#include <string.h>

void format_put(struct format_output *output, const char *text, size_t length)
{
	struct format_sink *sink = output->sink;
	sink->total += (int64_t)length;
	while (length > 0 && !sink->failed) {
		size_t unit = output->wide ? sizeof(WCHAR) : 1;
		size_t room = (size_t)((char *)sink->end - (char *)sink->cursor) / unit;
		if (room == 0) {
			if (!sink->drain(sink))
				sink->failed = true;
			continue;
		}
		size_t part = length < room ? length : room;
		if (output->wide) {
			WCHAR *to = sink->cursor;
			for (size_t i = 0; i < part; i++)
				to[i] = (unsigned char)text[i];
		} else {
			memcpy(sink->cursor, text, part);
		}
		sink->cursor = (char *)sink->cursor + part * unit;
		text += part;
		length -= part;
	}
}

void format_put_wide(struct format_output *output, const WCHAR *text, size_t length)
{
	struct format_sink *sink = output->sink;
	sink->total += (int64_t)length;
	while (length > 0 && !sink->failed) {
		size_t room = (size_t)((char *)sink->end - (char *)sink->cursor) / sizeof(WCHAR);
		if (room == 0) {
			if (!sink->drain(sink))
				sink->failed = true;
			continue;
		}
		size_t part = length < room ? length : room;
		memcpy(sink->cursor, text, part * sizeof(WCHAR));
		sink->cursor = (WCHAR *)sink->cursor + part;
		text += part;
		length -= part;
	}
}

void format_repeat(struct format_output *output, char c, int64_t count)
{
	char block[64];
	if (count <= 0)
		return;
	memset(block, c, sizeof(block));
	while (count > 0 && !output->sink->failed) {
		size_t part = count < (int64_t)sizeof(block) ? (size_t)count : sizeof(block);
		format_put(output, block, part);
		count -= (int64_t)part;
	}
}

void format_frame(struct format_output *output, const struct format_spec *spec, const char *prefix, int64_t length,
		  void (*body)(struct format_output *, void *), void *context)
{
	size_t prefix_length = strlen(prefix);
	int64_t padding = (int64_t)spec->width - length - (int64_t)prefix_length;
	if (!(spec->flags & (FLAG_LEFT | FLAG_ZERO)))
		format_repeat(output, ' ', padding);
	format_put(output, prefix, prefix_length);
	if ((spec->flags & (FLAG_LEFT | FLAG_ZERO)) == FLAG_ZERO)
		format_repeat(output, '0', padding);
	body(output, context);
	if (spec->flags & FLAG_LEFT)
		format_repeat(output, ' ', padding);
}

/* Text of a string or character conversion: bytes or UTF-16, to be converted when the output is of the other kind. */
struct text {
	const void *units;
	int64_t count;
	bool wide;
};

static void put_text(struct format_output *output, void *context)
{
	const struct text *text = context;
	if (text->wide && output->wide) {
		format_put_wide(output, text->units, (size_t)text->count);
	} else if (!text->wide && !output->wide) {
		format_put(output, text->units, (size_t)text->count);
	} else if (text->wide) {
		const WCHAR *from = text->units;
		for (int64_t i = 0; i < text->count && !output->sink->failed; i++) {
			uint32_t c = from[i];
			if ((c & 0xFC00) == 0xD800 && i + 1 < text->count && (from[i + 1] & 0xFC00) == 0xDC00)
				c = 0x10000 + ((c & 0x3FF) << 10) + (from[++i] & 0x3FF);
			char bytes[8];
			int size = crt_locale_from_wide(output->locale, c, bytes);
			if (size < 0) {
				crt_set_errno(CRT_EILSEQ);
				output->sink->failed = true;
				return;
			}
			format_put(output, bytes, (size_t)size);
		}
	} else {
		const char *from = text->units;
		int64_t i = 0;
		while (i < text->count && !output->sink->failed) {
			WCHAR units[2];
			int count = 0;
			int size = crt_locale_to_wide(output->locale, from + i, (size_t)(text->count - i), units, &count);
			if (size < 0) {
				crt_set_errno(CRT_EILSEQ);
				output->sink->failed = true;
				return;
			}
			if (size == 0) {
				size = 1;
				units[0] = 0;
				count = 1;
			}
			format_put_wide(output, units, (size_t)count);
			i += size;
		}
	}
}

static bool string_is_wide(const struct format_output *output, const struct format_spec *spec)
{
	if (spec->size == SIZE_L || spec->size == SIZE_LL || spec->size == SIZE_W)
		return true;
	if (spec->size == SIZE_H || spec->size == SIZE_HH)
		return false;
	if (spec->size == SIZE_NATIVE)
		return output->wide;
	bool upper = spec->type == 'S' || spec->type == 'C';
	if (output->options & PRINTF_LEGACY_WIDE_SPECIFIERS)
		return output->wide != upper;
	return upper;
}

void format_character(struct format_output *output, const struct format_spec *spec, uint32_t value)
{
	struct text text = {.count = 1, .wide = string_is_wide(output, spec)};
	WCHAR unit = (WCHAR)value;
	char byte = (char)value;
	if (text.wide && !output->wide) {
		/* A character without a place in the code page prints nothing. */
		char bytes[8];
		int size = crt_locale_from_wide(output->locale, unit, bytes);
		text.wide = false;
		text.units = bytes;
		text.count = size < 0 ? 0 : size;
		format_frame(output, spec, "", text.count, put_text, &text);
		return;
	}
	if (!text.wide && output->wide) {
		int count = 0;
		WCHAR units[2];
		if (byte == 0)
			unit = 0;
		else if (crt_locale_to_wide(output->locale, &byte, 1, units, &count) < 0)
			text.count = 0;
		else
			unit = units[0];
		text.wide = true;
	}
	text.units = text.wide ? (const void *)&unit : (const void *)&byte;
	format_frame(output, spec, "", text.count, put_text, &text);
}

void format_string(struct format_output *output, const struct format_spec *spec, const void *string)
{
	struct text text = {.units = string, .wide = string_is_wide(output, spec)};
	if (string == NULL) {
		text.units = "(null)";
		text.wide = false;
	}
	int64_t limit = spec->precision < 0 ? INT32_MAX : spec->precision;
	if (text.wide) {
		const WCHAR *units = text.units;
		while (text.count < limit && units[text.count] != 0)
			text.count++;
	} else {
		text.count = (int64_t)strnlen(text.units, (size_t)limit);
	}
	/* Bytes become characters in a wide function: the width counts those. */
	int64_t length = text.count;
	if (!text.wide && output->wide && output->locale->mb_cur_max > 1) {
		const char *from = text.units;
		int64_t taken = 0, made = 0;
		limit = spec->precision < 0 ? INT32_MAX : spec->precision;
		if (spec->precision >= 0)
			text.count = (int64_t)strnlen(text.units, (size_t)limit * (size_t)output->locale->mb_cur_max);
		while (taken < text.count && made < limit) {
			WCHAR units[2];
			int count = 0;
			int size = crt_locale_to_wide(output->locale, from + taken, (size_t)(text.count - taken), units, &count);
			if (size <= 0)
				break;
			taken += size;
			made += count;
		}
		if (made >= limit)
			text.count = taken;
		length = made;
	}
	format_frame(output, spec, "", length, put_text, &text);
}

/* %Z: a counted string (ANSI_STRING or UNICODE_STRING). */
void format_counted_string(struct format_output *output, const struct format_spec *spec, const void *pointer)
{
	const ANSI_STRING *string = pointer;
	struct text text = {.wide = spec->size == SIZE_L || spec->size == SIZE_W};
	if (string == NULL || string->Buffer == NULL) {
		text.units = "(null)";
		text.count = 6;
		text.wide = false;
	} else {
		text.units = string->Buffer;
		text.count = text.wide ? string->Length / 2 : string->Length;
	}
	format_frame(output, spec, "", text.count, put_text, &text);
}

struct digits {
	const char *text;
	int length, zeros;
};

static void put_digits(struct format_output *output, void *context)
{
	const struct digits *digits = context;
	format_repeat(output, '0', digits->zeros);
	format_put(output, digits->text, (size_t)digits->length);
}

void format_integer(struct format_output *output, struct format_spec *spec, uint64_t value, bool is_signed)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	char buffer[24];
	char prefix[4] = "";
	char *to = buffer + sizeof(buffer);
	bool negative = false;

	if (is_signed && (int64_t)value < 0) {
		value = 0 - value;
		negative = true;
	}
	if (spec->precision < 0)
		spec->precision = 1;
	else
		spec->flags &= ~FLAG_ZERO;
	uint64_t rest = value;
	const char *digit = spec->type == 'X' || spec->type == 'p' ? upper : lower;
	switch (spec->type) {
	case 'o':
		for (; rest != 0; rest >>= 3)
			*--to = (char)('0' + (rest & 7));
		break;
	case 'x':
	case 'X':
	case 'p':
		for (; rest != 0; rest >>= 4)
			*--to = digit[rest & 15];
		break;
	default:
		for (; rest != 0; rest /= 10)
			*--to = (char)('0' + rest % 10);
		break;
	}
	struct digits digits = {.text = to, .length = (int)(buffer + sizeof(buffer) - to)};
	if (digits.length < spec->precision)
		digits.zeros = spec->precision - digits.length;
	if (is_signed) {
		if (negative)
			strcpy(prefix, "-");
		else if (spec->flags & FLAG_PLUS)
			strcpy(prefix, "+");
		else if (spec->flags & FLAG_SPACE)
			strcpy(prefix, " ");
	} else if (spec->flags & FLAG_ALTERNATE) {
		if (spec->type == 'o') {
			if (digits.zeros == 0 && (digits.length == 0 || *to != '0'))
				digits.zeros = 1;
		} else if (spec->type == 'p' || (value != 0 && spec->type != 'u')) {
			prefix[0] = '0';
			prefix[1] = spec->type == 'x' ? 'x' : 'X';
			prefix[2] = 0;
		}
	}
	format_frame(output, spec, prefix, (int64_t)digits.length + digits.zeros, put_digits, &digits);
}
