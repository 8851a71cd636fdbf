/*
 * programs/output.c - text to and from standard handles.
 *
 * Bytes are in the console's output code page, as cmd.exe's are (Microsoft, "chcp").
 */
#include "programs/output.h"
#include "programs/text.h"

#include <stdarg.h>
#include <stdlib.h>

bool output_is_wide;

bool output_is_console(HANDLE handle)
{
	DWORD mode;

	return handle && GetConsoleMode(handle, &mode);
}

static void write_all(HANDLE handle, const void *bytes, size_t count)
{
	DWORD written;

	while (count > 0 && WriteFile(handle, bytes, (DWORD)count, &written, NULL) && written) {
		bytes = (const char *)bytes + written;
		count -= written;
	}
}

void output_write(HANDLE handle, const WCHAR *text, size_t length)
{
	char fixed[1024], *bytes = fixed;
	DWORD written;
	INT size;

	if (!length)
		return;
	if (output_is_console(handle)) {
		WriteConsoleW(handle, text, (DWORD)length, &written, NULL);
		return;
	}
	if (output_is_wide) {
		write_all(handle, text, length * sizeof(WCHAR));
		return;
	}
	size = WideCharToMultiByte(GetConsoleOutputCP(), 0, text, (INT)length, NULL, 0, NULL, NULL);
	if (size > (INT)sizeof(fixed))
		bytes = malloc((size_t)size);
	if (!bytes)
		return;
	size = WideCharToMultiByte(GetConsoleOutputCP(), 0, text, (INT)length, bytes, size, NULL, NULL);
	write_all(handle, bytes, (size_t)size);
	if (bytes != fixed)
		free(bytes);
}

static void put_number(struct io_wide *to, uint64_t value, bool negative, unsigned base, int width, WCHAR pad,
		       bool left)
{
	WCHAR digits[24];
	int count = 0;

	do {
		digits[count++] = u"0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);
	if (negative)
		digits[count++] = u'-';
	for (int i = count; i < width && !left; i++)
		text_put_unit(to, pad);
	for (int i = count; i > 0; i--)
		text_put_unit(to, digits[i - 1]);
	for (int i = count; i < width && left; i++)
		text_put_unit(to, u' ');
}

static void put_string(struct io_wide *to, const WCHAR *text, int width, bool left)
{
	int count = (int)rtl_wcslen(text);

	for (int i = count; i < width && !left; i++)
		text_put_unit(to, u' ');
	text_put(to, text);
	for (int i = count; i < width && left; i++)
		text_put_unit(to, u' ');
}

static void put_arguments(struct io_wide *to, const char *format, va_list arguments)
{
	for (; *format; format++) {
		bool left = false;
		WCHAR pad = u' ';
		int width = 0;

		if (*format == '\n')
			text_put_unit(to, u'\r');
		if (*format != '%') {
			text_put_unit(to, (unsigned char)*format);
			continue;
		}
		format++;
		if (*format == '-') {
			left = true;
			format++;
		}
		if (*format == '0')
			pad = u'0';
		for (; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (*format - '0');
		switch (*format) {
		case 's':
			put_string(to, va_arg(arguments, const WCHAR *), width, left);
			break;
		case 'c':
			text_put_unit(to, (WCHAR)va_arg(arguments, int));
			break;
		case 'u':
			put_number(to, va_arg(arguments, unsigned), false, 10, width, pad, left);
			break;
		case 'X':
			put_number(to, va_arg(arguments, unsigned), false, 16, width, pad, left);
			break;
		case 'd': {
			int64_t value = va_arg(arguments, int);

			put_number(to, (uint64_t)(value < 0 ? -value : value), value < 0, 10, width, pad, left);
			break;
		}
		default:
			text_put_unit(to, (unsigned char)*format);
		}
	}
}

void output_put(struct io_wide *to, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put_arguments(to, format, arguments);
	va_end(arguments);
}

void output_format(HANDLE handle, const char *format, ...)
{
	struct io_wide text;
	va_list arguments;

	io_wide_init(&text);
	va_start(arguments, format);
	put_arguments(&text, format, arguments);
	va_end(arguments);
	output_write(handle, text.text, text.length);
	io_wide_free(&text);
}

void output_system_text(HANDLE handle, DWORD error)
{
	WCHAR text[512];
	DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, text,
				      ARRAY_SIZE(text), NULL);

	output_write(handle, text, length);
}

void output_system_error(DWORD error)
{
	output_system_text(GetStdHandle(STD_ERROR_HANDLE), error);
}

void input_decode(struct io_wide *to, const char *bytes, size_t count)
{
	UINT page = GetConsoleOutputCP();
	INT units = count ? MultiByteToWideChar(page, 0, bytes, (INT)count, NULL, 0) : 0;
	WCHAR fixed[512], *wide = units > (INT)ARRAY_SIZE(fixed) ? malloc((size_t)units * sizeof(*wide)) : fixed;

	if (units <= 0 || !wide)
		return;
	MultiByteToWideChar(page, 0, bytes, (INT)count, wide, units);
	io_wide_put(to, wide, (size_t)units);
	if (wide != fixed)
		free(wide);
}

static bool console_line(HANDLE handle, struct io_wide *line)
{
	WCHAR units[256];
	DWORD count;

	for (;;) {
		if (!ReadConsoleW(handle, units, ARRAY_SIZE(units), &count, NULL) || !count)
			return line->length > 0;
		for (DWORD i = 0; i < count; i++) {
			if (units[i] == 0x1A && !line->length)
				return false;
			if (units[i] == u'\n')
				return true;
			if (units[i] != u'\r')
				text_put_unit(line, units[i]);
		}
	}
}

bool input_line(HANDLE handle, struct io_wide *line)
{
	struct io_narrow bytes;
	bool ended = false;
	DWORD count;
	char byte;

	text_clear(line);
	if (output_is_console(handle))
		return console_line(handle, line);
	io_narrow_init(&bytes);
	/* A child reads what follows the line from the same handle. */
	while (!ended && ReadFile(handle, &byte, 1, &count, NULL) && count) {
		ended = byte == '\n';
		if (byte != '\r' && byte != '\n')
			io_narrow_put(&bytes, &byte, 1);
	}
	ended |= bytes.length > 0;
	input_decode(line, bytes.text, bytes.length);
	io_narrow_free(&bytes);
	return ended;
}
