/*
 * kernel32/formatmessage.c - FormatMessage: the text of an error or of a message table, with inserts.
 *
 * Everything is done in UTF-16; the A form converts its source and its result.  In FormatMessageA an insert without a
 * format (or !s!) is a narrow string, in FormatMessageW a wide one (MSDN FormatMessage).
 */
#include "kernel32/kernel32.h"
#include "ntdll/ldr.h"
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel32/system_messages.h"

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x100u
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x200u
#define FORMAT_MESSAGE_FROM_STRING 0x400u
#define FORMAT_MESSAGE_FROM_HMODULE 0x800u
#define FORMAT_MESSAGE_FROM_SYSTEM 0x1000u
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x2000u
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0xFFu
#define RT_MESSAGETABLE 11

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size);

/* --- where messages come from --------------------------------------------------------------------------------- */

static char16_t *widen(const char *bytes, size_t length)
{
	char16_t *wide = malloc((length + 1) * sizeof(*wide));
	size_t count;
	if (!wide)
		return NULL;
	count = nls_to_utf16(NLS_ACP, 0, wide, length, bytes, length);
	wide[count] = 0;
	return wide;
}

static const char *find_text(const struct system_message *messages, size_t count, DWORD id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (messages[middle].code == id)
			return messages[middle].text;
		if (messages[middle].code < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static char16_t *with_line_end(const char *text)
{
	size_t length = strlen(text);
	char *line = malloc(length + 3);
	char16_t *wide;
	if (!line)
		return NULL;
	memcpy(line, text, length);
	memcpy(line + length, "\r\n", 3);
	wide = widen(line, length + 2);
	free(line);
	return wide;
}

static bool is_ntdll(HMODULE module)
{
	UNICODE_STRING name = {18, 20, (PWSTR)u"ntdll.dll"};
	HMODULE found;
	return ldr_operations.find && NT_SUCCESS(ldr_operations.find(&name, &found)) && found == module;
}

struct message_block {
	DWORD low, high, offset;
};
struct message_entry {
	WORD length, flags; /* 1: UTF-16 */
	char text[];
};

/* A message of the module's table; a copy, or NULL and the Win32 error.  Offsets of the table are checked. */
static char16_t *from_module(HMODULE module, DWORD id, LANGID language, DWORD *error)
{
	ULONG_PTR path[3] = {RT_MESSAGETABLE, 1, language};
	const struct message_block *blocks;
	const void *entry;
	void *data;
	const char *table;
	ULONG size;
	DWORD count;
	NTSTATUS status;

	if (!module)
		module = NtCurrentPeb()->ImageBaseAddress;
	if (is_ntdll(module)) {
		const char *text = find_text(status_messages, ARRAY_SIZE(status_messages), id);
		*error = ERROR_MR_MID_NOT_FOUND;
		return text ? with_line_end(text) : NULL;
	}
	if (!ldr_operations.find_resource) {
		*error = ERROR_RESOURCE_DATA_NOT_FOUND;
		return NULL;
	}
	status = ldr_operations.find_resource(module, path, 3, &entry);
	if (NT_SUCCESS(status))
		status = ldr_operations.access_resource(module, entry, &data, &size);
	if (!NT_SUCCESS(status)) {
		*error = RtlNtStatusToDosError(status);
		return NULL;
	}
	table = data;
	*error = ERROR_MR_MID_NOT_FOUND;
	if (size < 4)
		return NULL;
	memcpy(&count, table, 4);
	blocks = (const struct message_block *)(table + 4);
	if (count > (size - 4) / sizeof(*blocks))
		return NULL;
	for (DWORD i = 0; i < count; i++) {
		size_t offset = blocks[i].offset;
		if (id < blocks[i].low || id > blocks[i].high)
			continue;
		for (DWORD number = blocks[i].low;; number++) {
			const struct message_entry *message = (const struct message_entry *)(table + offset);
			if (offset > size || size - offset < sizeof(*message) || message->length < sizeof(*message) ||
			    message->length > size - offset)
				return NULL;
			if (number == id) {
				size_t bytes = message->length - sizeof(*message);
				char16_t *copy;
				if (!(message->flags & 1))
					return widen(message->text, strnlen(message->text, bytes));
				copy = calloc(bytes / 2 + 1, sizeof(*copy));
				if (copy)
					memcpy(copy, message->text, bytes / 2 * 2);
				return copy;
			}
			offset += message->length;
		}
	}
	return NULL;
}

static char16_t *from_system(DWORD id, LANGID language, DWORD *error)
{
	const char *text;

	/* We speak English only: neutral, any default, or English. */
	if ((language & 0x3FF) != 0 && (language & 0x3FF) != 9) {
		*error = ERROR_RESOURCE_LANG_NOT_FOUND;
		return NULL;
	}
	/* An HRESULT of FACILITY_WIN32 has the text of the Win32 error. */
	if (id >> 16 == 0x8007)
		id &= 0xFFFF;
	text = find_text(system_messages, ARRAY_SIZE(system_messages), id);
	*error = ERROR_MR_MID_NOT_FOUND;
	return text ? with_line_end(text) : NULL;
}

/* --- inserts ---------------------------------------------------------------------------------------------------- */

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
		copy = widen(bytes, size);
		if (!copy) {
			out->failed = true;
			return;
		}
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

/* One insert with a printf format between the exclamation marks.  `arguments` starts at the insert's own; stars take
 * those that follow before the value itself. */
static bool put_insert(struct rtl_text *out, const char16_t *format, size_t length, const ULONG_PTR *arguments, bool wide_default)
{
	const char16_t *p = format, *end = format + length;
	bool left = false, wide = wide_default, explicit_size = false;
	char spec[48], flags[8], result[512];
	size_t flag_count = 0;
	int width = 0, precision = -1, size = 4;
	char16_t type;
	ULONG_PTR value;

	for (; p < end && *p < 0x80 && strchr("-+ #0", *p); p++) {
		if (*p == u'-')
			left = true;
		if (flag_count < sizeof(flags) - 1)
			flags[flag_count++] = (char)*p;
	}
	flags[flag_count] = 0;
	if (p < end && *p == u'*') {
		width = (int)*arguments++;
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
			precision = (int)*arguments++;
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
	value = *arguments;
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

struct line {
	size_t start;      /* of the line in the output */
	size_t last_blank; /* behind the last blank of the line; 0 = none */
};

static void end_line(struct rtl_text *out, struct line *line)
{
	rtl_text_put(out, u'\r');
	rtl_text_put(out, u'\n');
	line->start = out->count;
	line->last_blank = 0;
}

/* Breaks the line at its last blank when it has become longer than `width`. */
static void wrap(struct rtl_text *out, struct line *line, unsigned width)
{
	size_t rest;

	if (!width || width == FORMAT_MESSAGE_MAX_WIDTH_MASK || out->count - line->start <= width || !line->last_blank)
		return;
	rest = out->count - line->last_blank;
	rtl_text_put(out, 0);
	rtl_text_put(out, 0);
	if (out->failed)
		return;
	/* The blank itself goes; the break takes its place. */
	memmove(out->units + line->last_blank + 1, out->units + line->last_blank, rest * sizeof(char16_t));
	out->count--;
	out->units[line->last_blank - 1] = u'\r';
	out->units[line->last_blank] = u'\n';
	line->start = line->last_blank + 1;
	line->last_blank = 0;
}

static DWORD expand(struct rtl_text *out, const char16_t *source, DWORD flags, const ULONG_PTR *arguments, bool wide)
{
	unsigned width = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK;
	struct line line = {0, 0};

	for (const char16_t *p = source; *p; p++) {
		if (*p == u'\r' || *p == u'\n') {
			if (*p == u'\r' && p[1] == u'\n')
				p++;
			if (!width) {
				end_line(out, &line);
			} else {
				/* With a width the text's own line breaks are blanks. */
				rtl_text_put(out, u' ');
				line.last_blank = out->count;
			}
			continue;
		}
		if (*p != u'%') {
			rtl_text_put(out, *p);
			if (*p == u' ')
				line.last_blank = out->count;
			wrap(out, &line, width);
			continue;
		}
		p++;
		if (*p >= u'1' && *p <= u'9') {
			const char16_t *start = p - 1, *format = u"s";
			size_t length = 1;
			unsigned number = (unsigned)(*p - u'0');
			if (p[1] >= u'0' && p[1] <= u'9')
				number = number * 10 + (unsigned)(*++p - u'0');
			if (p[1] == u'!') {
				const char16_t *close = p + 2;
				while (*close && *close != u'!')
					close++;
				if (!*close) {
					/* No format after all: the mark is text. */
					close = p;
				} else {
					format = p + 2;
					length = (size_t)(close - format);
				}
				if (close != p)
					p = close;
			}
			if (flags & FORMAT_MESSAGE_IGNORE_INSERTS) {
				while (start <= p)
					rtl_text_put(out, *start++);
				continue;
			}
			if (!arguments || !put_insert(out, format, length, arguments + number - 1, wide))
				return ERROR_INVALID_PARAMETER;
			wrap(out, &line, width);
			continue;
		}
		switch (*p) {
		case u'0':
			return ERROR_SUCCESS;
		case u'n':
			end_line(out, &line);
			break;
		case u'r':
			rtl_text_put(out, u'\r');
			break;
		case u't':
			rtl_text_put(out, u'\t');
			break;
		case 0:
			/* A lone percent sign at the end. */
			return ERROR_INVALID_PARAMETER;
		default:
			rtl_text_put(out, *p);
			break;
		}
	}
	return ERROR_SUCCESS;
}

/* The formatted text, terminated, in memory of malloc; NULL and the last error. */
static char16_t *format(DWORD flags, const void *source, DWORD id, DWORD language, const void *list, bool wide, size_t *count)
{
	const ULONG_PTR *arguments = NULL;
	struct rtl_text out = {0};
	char16_t *message = NULL;
	DWORD error = ERROR_SUCCESS;

	if (flags & FORMAT_MESSAGE_FROM_STRING) {
		if ((flags & (FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM)) || !source)
			error = ERROR_INVALID_PARAMETER;
		else if (wide)
			message = malloc((rtl_wcslen(source) + 1) * sizeof(*message));
		else
			message = widen(source, strlen(source));
		if (wide && message)
			memcpy(message, source, (rtl_wcslen(source) + 1) * sizeof(*message));
	} else if (flags & (FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM)) {
		if (flags & FORMAT_MESSAGE_FROM_HMODULE)
			message = from_module((HMODULE)source, id, (LANGID)language, &error);
		if (!message && flags & FORMAT_MESSAGE_FROM_SYSTEM)
			message = from_system(id, (LANGID)language, &error);
		if (message)
			error = ERROR_SUCCESS;
	} else {
		error = ERROR_INVALID_PARAMETER;
	}
	if (!message) {
		set_last_error(error ? error : ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	/* A va_list of the Microsoft convention is a pointer to 8-byte slots, as the array is. */
	if (list)
		arguments = flags & FORMAT_MESSAGE_ARGUMENT_ARRAY ? list : *(const ULONG_PTR *const *)list;
	error = expand(&out, message, flags, arguments, wide);
	free(message);
	*count = out.count;
	rtl_text_put(&out, 0);
	if (out.failed)
		error = ERROR_NOT_ENOUGH_MEMORY;
	if (error) {
		free(out.units);
		set_last_error(error);
		return NULL;
	}
	return out.units;
}

EXPORT(kernel32, DWORD, FormatMessageW,
       (DWORD flags, LPCVOID source, DWORD id, DWORD language, LPWSTR buffer, DWORD size, const void *arguments))
{
	char16_t *text;
	size_t count;

	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		if (!buffer) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return 0;
		}
		*(LPWSTR *)buffer = NULL;
	}
	text = format(flags, source, id, language, arguments, true, &count);
	if (!text)
		return 0;
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		LPWSTR block = LocalAlloc(0, (count + 1 > size ? count + 1 : size) * sizeof(WCHAR));
		if (!block) {
			free(text);
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		*(LPWSTR *)buffer = block;
		buffer = block;
	} else if (!buffer || size <= count) {
		/* What fits is written, as far as there is room for a terminator. */
		if (buffer && size) {
			memcpy(buffer, text, (size - 1) * sizeof(WCHAR));
			buffer[size - 1] = 0;
		}
		free(text);
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	memcpy(buffer, text, (count + 1) * sizeof(WCHAR));
	free(text);
	return (DWORD)count;
}

EXPORT(kernel32, DWORD, FormatMessageA,
       (DWORD flags, LPCVOID source, DWORD id, DWORD language, LPSTR buffer, DWORD size, const void *arguments))
{
	char16_t *text;
	size_t count, bytes;

	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		if (!buffer) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return 0;
		}
		*(LPSTR *)buffer = NULL;
	}
	text = format(flags, source, id, language, arguments, false, &count);
	if (!text)
		return 0;
	bytes = nls_from_utf16(NLS_ACP, 0, NULL, 0, text, count, NULL, NULL);
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		LPSTR block = LocalAlloc(0, bytes + 1 > size ? bytes + 1 : size);
		if (!block) {
			free(text);
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		*(LPSTR *)buffer = block;
		buffer = block;
	} else if (!buffer || size <= bytes) {
		free(text);
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	nls_from_utf16(NLS_ACP, 0, buffer, bytes, text, count, NULL, NULL);
	buffer[bytes] = 0;
	free(text);
	return (DWORD)bytes;
}
