/*
 * dlls/crt/conio_input.c - lines and fields from the console.
 */
#include "dlls/crt/scan.h"
#include "dlls/crt/winio.h"

#include <string.h>

INT CDECL crt__getche(void);
INT CDECL crt__ungetch(INT c);
USHORT CDECL crt__getwche(void);
USHORT CDECL crt__ungetwch(USHORT c);

static int32_t get_key(struct scan_source *source)
{
	(void)source;
	INT c = crt__getche();
	return c == '\r' ? '\n' : c;
}

static void unget_key(struct scan_source *source, int32_t c)
{
	(void)source;
	crt__ungetch(c);
}

static int32_t get_wide_key(struct scan_source *source)
{
	(void)source;
	USHORT c = crt__getwche();
	return c == 0xFFFF ? -1 : c == '\r' ? '\n' : c;
}

static void unget_wide_key(struct scan_source *source, int32_t c)
{
	(void)source;
	crt__ungetwch((USHORT)c);
}

static INT scan_keys(const char *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	struct scan_source source = {.get = get_key, .unget = unget_key};
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	return scan_narrow(&source, format, options, crt_locale(locale), list);
}

static INT scan_wide_keys(const WCHAR *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	struct scan_source source = {.get = get_wide_key, .unget = unget_wide_key};
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	return scan_wide(&source, format, options, crt_locale(locale), list);
}

CRT_UCRT(INT, __conio_common_vcscanf, (uint64_t options, const char *format, crt_locale_t locale, ms_va_list list))
{
	return scan_keys(format, (unsigned)options & 7, locale, list);
}

CRT_UCRT(INT, __conio_common_vcwscanf, (uint64_t options, const WCHAR *format, crt_locale_t locale, ms_va_list list))
{
	return scan_wide_keys(format, (unsigned)options & 7, locale, list);
}

#define SCAN(name, parameters, last, call)                                                                                  \
	CRT_MSVCRT(INT, name, parameters)                                                                                   \
	{                                                                                                                   \
		ms_va_list list;                                                                                            \
		ms_va_start(list, last);                                                                                    \
		INT result = call;                                                                                          \
		ms_va_end(list);                                                                                            \
		return result;                                                                                              \
	}
#define SECURE (SCANF_MSVCRT_DEFAULT | SCANF_SECURE)
SCAN(_cscanf, (const char *format, ...), format, scan_keys(format, SCANF_MSVCRT_DEFAULT, NULL, list))
SCAN(_cscanf_l, (const char *format, crt_locale_t locale, ...), locale,
     scan_keys(format, SCANF_MSVCRT_DEFAULT, locale, list))
SCAN(_cscanf_s, (const char *format, ...), format, scan_keys(format, SECURE, NULL, list))
SCAN(_cscanf_s_l, (const char *format, crt_locale_t locale, ...), locale,
     scan_keys(format, SECURE, locale, list))
SCAN(_cwscanf, (const WCHAR *format, ...), format, scan_wide_keys(format, SCANF_MSVCRT_DEFAULT, NULL, list))
SCAN(_cwscanf_l, (const WCHAR *format, crt_locale_t locale, ...), locale,
     scan_wide_keys(format, SCANF_MSVCRT_DEFAULT, locale, list))
SCAN(_cwscanf_s, (const WCHAR *format, ...), format, scan_wide_keys(format, SECURE, NULL, list))
SCAN(_cwscanf_s_l, (const WCHAR *format, crt_locale_t locale, ...), locale,
     scan_wide_keys(format, SECURE, locale, list))

/* One line of the console without its end, at most size - 1 units and a terminator; what is beyond stays.  -1: failed. */
static INT read_line(WCHAR *to, size_t size)
{
	HANDLE console = CreateFileW(u"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
				     OPEN_EXISTING, 0, NULL);
	if (console == INVALID_HANDLE_VALUE)
		return -1;
	size_t length = 0;
	INT result = -1;
	while (length + 1 < size) {
		DWORD done = 0;
		if (!ReadConsoleW(console, to + length, 1, &done, NULL))
			break;
		if (done == 0 || to[length] == '\n') {
			result = (INT)length;
			break;
		}
		if (to[length] != '\r')
			length++;
	}
	if (length + 1 >= size)
		result = (INT)length;
	CloseHandle(console);
	to[length] = 0;
	return result;
}

CRT(errno_t, _cgetws_s, (WCHAR * to, size_t size, size_t *length))
{
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	CRT_VALIDATE_E(length != NULL, EINVAL);
	INT error = crt_self.error;
	INT got = read_line(to, size);
	*length = got < 0 ? 0 : (size_t)got;
	if (got < 0)
		return crt_map_error(NtCurrentTeb()->LastErrorValue);
	crt_set_errno(error);
	return 0;
}

CRT(errno_t, _cgets_s, (char *to, size_t size, size_t *length))
{
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	*to = 0;
	CRT_VALIDATE_E(length != NULL, EINVAL);
	*length = 0;
	WCHAR *wide = crt_heap_allocate(size * sizeof(WCHAR));
	if (wide == NULL)
		return CRT_ENOMEM;
	INT got = read_line(wide, size);
	errno_t error = 0;
	if (got < 0) {
		error = crt_map_error(NtCurrentTeb()->LastErrorValue);
	} else {
		/* As many whole characters as fit. */
		INT bytes = 0;
		for (; got > 0; got--) {
			bytes = WideCharToMultiByte(GetConsoleCP(), 0, wide, got, NULL, 0, NULL, NULL);
			if (bytes >= 0 && (size_t)bytes < size)
				break;
		}
		if (got > 0)
			bytes = WideCharToMultiByte(GetConsoleCP(), 0, wide, got, to, (INT)size - 1, NULL, NULL);
		else
			bytes = 0;
		to[bytes] = 0;
		*length = (size_t)bytes;
	}
	crt_heap_free(wide);
	return error;
}

/* The first unit says how many the buffer holds, the second receives how many were read (MSDN _cgets). */
CRT(WCHAR *, _cgetws, (WCHAR * buffer))
{
	size_t length;
	CRT_VALIDATE(buffer != NULL && buffer[0] > 0, EINVAL, NULL);
	if (crt__cgetws_s(buffer + 2, buffer[0], &length) != 0)
		return NULL;
	buffer[1] = (WCHAR)length;
	return buffer + 2;
}

CRT(char *, _cgets, (char *buffer))
{
	size_t length;
	CRT_VALIDATE(buffer != NULL && buffer[0] > 0, EINVAL, NULL);
	if (crt__cgets_s(buffer + 2, (size_t)(BYTE)buffer[0], &length) != 0)
		return NULL;
	buffer[1] = (char)length;
	return buffer + 2;
}
