/*
 * dlls/user32/wsprintf.c - wsprintf and wvsprintf: at most 1,024 characters, no floating point (MSDN wsprintf).
 */
#include "kernel32/kernel32.h"
#include "ntdll/rtl/nls.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LIMIT 1024

struct output {
	char16_t *text;
	size_t count;
};

static void put(struct output *out, char16_t unit)
{
	if (out->count < LIMIT - 1)
		out->text[out->count++] = unit;
}

static void put_field(struct output *out, const char16_t *text, size_t length, int width, bool left, char16_t fill)
{
	for (int i = (int)length; !left && i < width; i++)
		put(out, fill);
	for (size_t i = 0; i < length; i++)
		put(out, text[i]);
	for (int i = (int)length; left && i < width; i++)
		put(out, u' ');
}

static void put_string(struct output *out, const void *string, bool wide, int width, int precision, bool left)
{
	char16_t text[LIMIT];
	size_t length = 0;

	if (!string) {
		string = u"(null)";
		wide = true;
	}
	if (wide) {
		const char16_t *p = string;
		while (length < LIMIT && (precision < 0 || length < (size_t)precision) && p[length])
			length++;
		memcpy(text, p, length * sizeof(*text));
	} else {
		const char *p = string;
		size_t size = strnlen(p, precision < 0 || precision > LIMIT ? LIMIT : (size_t)precision);
		length = nls_to_utf16(NLS_ACP, 0, text, LIMIT, p, size);
		if (length > LIMIT)
			length = LIMIT;
	}
	put_field(out, text, length, width, left, u' ');
}

/* Formats into `text` (LIMIT units); without a terminator. */
static size_t format(char16_t *text, const char16_t *p, bool wide_default, ms_va_list arguments)
{
	struct output out = {text, 0};

	while (*p) {
		bool left = false, alternate = false, zero = false, wide = wide_default, sized = false, quad = false,
		     half = false;
		int width = 0, precision = -1;
		char digits[96], spec[16];
		char16_t units[96];
		size_t length;
		ULONGLONG value;

		if (*p != u'%') {
			put(&out, *p++);
			continue;
		}
		p++;
		for (;; p++) {
			if (*p == u'-')
				left = true;
			else if (*p == u'#')
				alternate = true;
			else if (*p == u'0')
				zero = true;
			else
				break;
		}
		if (*p == u'*') {
			width = __builtin_va_arg(arguments, int);
			if (width < 0) {
				left = true;
				width = -width;
			}
			p++;
		} else {
			while (*p >= u'0' && *p <= u'9')
				width = (width * 10 + (*p++ - u'0')) % 10000;
		}
		if (*p == u'.') {
			p++;
			precision = 0;
			if (*p == u'*') {
				precision = __builtin_va_arg(arguments, int);
				p++;
			} else {
				while (*p >= u'0' && *p <= u'9')
					precision = (precision * 10 + (*p++ - u'0')) % 10000;
			}
		}
		if (*p == u'l' || *p == u'w') {
			wide = sized = true;
			p++;
			if (p[-1] == u'l' && *p == u'l') {
				quad = true;
				p++;
			}
		} else if (*p == u'h') {
			wide = false;
			sized = half = true;
			p++;
		} else if (*p == u'I') {
			quad = true;
			p++;
			if (p[0] == u'6' && p[1] == u'4') {
				p += 2;
			} else if (p[0] == u'3' && p[1] == u'2') {
				quad = false;
				p += 2;
			}
		}
		switch (*p) {
		case 0:
			return out.count;
		case u's':
			put_string(&out, __builtin_va_arg(arguments, const void *), wide, width, precision, left);
			break;
		case u'S':
			put_string(&out, __builtin_va_arg(arguments, const void *), sized ? wide : !wide_default, width,
				   precision, left);
			break;
		case u'c':
		case u'C': {
			int c = __builtin_va_arg(arguments, int);
			bool is_wide = *p == u'C' && !sized ? !wide_default : wide;
			char byte = (char)c;
			units[0] = (char16_t)c;
			if (!is_wide)
				nls_to_utf16(NLS_ACP, 0, units, 1, &byte, 1);
			put_field(&out, units, 1, width, left, u' ');
			break;
		}
		case u'd':
		case u'i':
		case u'u':
		case u'x':
		case u'X':
		case u'p':
			if (*p == u'p') {
				quad = true;
				precision = 16;
			}
			value = quad ? __builtin_va_arg(arguments, ULONGLONG) : __builtin_va_arg(arguments, ULONG);
			if (!quad && (*p == u'd' || *p == u'i'))
				value = (ULONGLONG)(LONGLONG)(half ? (SHORT)value : (LONG)value);
			else if (half)
				value = (USHORT)value;
			if (precision > 60)
				precision = 60;
			snprintf(spec, sizeof(spec), "%%%s.*ll%c", alternate ? "#" : "", *p == u'p' ? 'X' : (char)*p);
			length = (size_t)snprintf(digits, sizeof(digits), spec, precision, value);
			for (size_t i = 0; i < length; i++)
				units[i] = (uint8_t)digits[i];
			/* A sign stands before the zeros. */
			if (zero && !left && units[0] == u'-') {
				put(&out, u'-');
				put_field(&out, units + 1, length - 1, width - 1, false, u'0');
			} else {
				put_field(&out, units, length, width, left, zero && !left ? u'0' : u' ');
			}
			break;
		default:
			put(&out, *p);
		}
		p++;
	}
	return out.count;
}

EXPORT(user32, int, wvsprintfW, (LPWSTR to, LPCWSTR picture, ms_va_list arguments))
{
	char16_t text[LIMIT];
	size_t count = format(text, picture, true, arguments);
	memcpy(to, text, count * sizeof(WCHAR));
	to[count] = 0;
	return (int)count;
}

EXPORT(user32, int, wvsprintfA, (LPSTR to, LPCSTR picture, ms_va_list arguments))
{
	char16_t text[LIMIT], wide[LIMIT];
	size_t count = nls_to_utf16(NLS_ACP, 0, wide, LIMIT - 1, picture, strnlen(picture, LIMIT - 1));
	wide[count < LIMIT - 1 ? count : LIMIT - 1] = 0;
	count = format(text, wide, false, arguments);
	count = nls_from_utf16(NLS_ACP, 0, to, LIMIT - 1, text, count, NULL, NULL);
	if (count > LIMIT - 1)
		count = LIMIT - 1;
	to[count] = 0;
	return (int)count;
}

EXPORT_C(user32, "wsprintfW", int, user32_wsprintfW, (LPWSTR to, LPCWSTR picture, ...))
{
	ms_va_list arguments;
	int count;
	ms_va_start(arguments, picture);
	count = wvsprintfW(to, picture, arguments);
	ms_va_end(arguments);
	return count;
}

EXPORT_C(user32, "wsprintfA", int, user32_wsprintfA, (LPSTR to, LPCSTR picture, ...))
{
	ms_va_list arguments;
	int count;
	ms_va_start(arguments, picture);
	count = wvsprintfA(to, picture, arguments);
	ms_va_end(arguments);
	return count;
}
