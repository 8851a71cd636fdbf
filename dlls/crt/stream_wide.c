/*
 * dlls/crt/stream_wide.c - wide characters on streams.
 *
 * MSDN "Unicode stream I/O in text and binary modes": a text stream without a Unicode encoding holds multibyte
 * characters, which wide functions convert; every other stream holds UTF-16 as far as these functions see.
 */
#include "dlls/crt/stream.h"

#include <string.h>

bool stream_is_multibyte(const STREAM *stream)
{
	const struct ioinfo *info = fd_find(stream->file);
	return info != NULL && (info->flags & FD_TEXT) && info->encoding == FD_ANSI;
}

USHORT stream_get_wide(STREAM *stream)
{
	if (stream_is_multibyte(stream)) {
		const struct crt_locale *locale = crt_locale(NULL);
		char bytes[8];
		size_t size = 0;
		for (;;) {
			INT c = stream_get(stream);
			if (c == STREAM_EOF)
				return STREAM_WEOF;
			bytes[size++] = (char)c;
			WCHAR units[2] = {0};
			INT count = 0;
			INT taken = crt_locale_to_wide_loosely(locale, bytes, size, units, &count);
			if (taken == -2 && size < sizeof(bytes))
				continue;
			if (taken < 0) {
				crt_set_errno(CRT_EILSEQ);
				return STREAM_WEOF;
			}
			return units[0];
		}
	}
	WCHAR unit;
	if (stream_read(stream, &unit, sizeof(unit)) != sizeof(unit))
		return STREAM_WEOF;
	return unit;
}

bool stream_write_wide(STREAM *stream, const WCHAR *from, size_t count)
{
	if (!stream_is_multibyte(stream))
		return stream_write(stream, from, count * sizeof(WCHAR)) == count * sizeof(WCHAR);
	const struct crt_locale *locale = crt_locale(NULL);
	for (size_t i = 0; i < count; i++) {
		uint32_t c = from[i];
		char bytes[8];
		INT size = 1;
		bytes[0] = (char)c;
		if (c >= 0x80 || locale->dbcs) {
			if ((c & 0xFC00) == 0xD800 && i + 1 < count && (from[i + 1] & 0xFC00) == 0xDC00)
				c = 0x10000 + ((c & 0x3FF) << 10) + (from[++i] & 0x3FF);
			size = crt_locale_from_wide(locale, c, bytes);
			if (size < 0) {
				crt_set_errno(CRT_EILSEQ);
				return false;
			}
		}
		for (INT j = 0; j < size; j++) {
			if (stream_put((BYTE)bytes[j], stream) == STREAM_EOF)
				return false;
		}
	}
	return true;
}

USHORT stream_put_wide(WCHAR c, STREAM *stream)
{
	return stream_write_wide(stream, &c, 1) ? c : STREAM_WEOF;
}

USHORT stream_unget_wide(USHORT c, STREAM *stream)
{
	if (c == STREAM_WEOF)
		return STREAM_WEOF;
	char bytes[8];
	INT size;
	if (stream_is_multibyte(stream)) {
		size = crt_locale_from_wide(crt_locale(NULL), c, bytes);
		if (size < 0) {
			crt_set_errno(CRT_EILSEQ);
			return STREAM_WEOF;
		}
	} else {
		memcpy(bytes, &c, sizeof(c));
		size = sizeof(c);
	}
	if (!(stream->flag & IO_READ) && !((stream->flag & IO_UPDATE) && !(stream->flag & IO_WRITE)))
		return STREAM_WEOF;
	if (stream->base == NULL)
		stream_get_buffer(stream);
	if (stream->ptr < stream->base + size) {
		if (stream->cnt > 0 || size > stream->bufsiz)
			return STREAM_WEOF;
		stream->ptr = stream->base + size;
	}
	stream->ptr -= size;
	memcpy(stream->ptr, bytes, (size_t)size);
	stream->cnt += size;
	stream->flag &= ~IO_EOF;
	stream->flag |= IO_READ;
	return c;
}

CRT_UCRT(USHORT, _fgetwc_nolock, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_WEOF);
	return stream_get_wide(stream);
}
CRT_ALIAS_UCRT("_getwc_nolock", crt__fgetwc_nolock);

CRT(USHORT, fgetwc, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_WEOF);
	stream_lock(stream);
	USHORT c = stream_get_wide(stream);
	stream_unlock(stream);
	return c;
}
CRT_ALIAS("getwc", crt_fgetwc);

CRT_UCRT(USHORT, _fputwc_nolock, (WCHAR c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_WEOF);
	return stream_put_wide(c, stream);
}
CRT_ALIAS_UCRT("_putwc_nolock", crt__fputwc_nolock);

CRT(USHORT, fputwc, (WCHAR c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_WEOF);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	USHORT result = stream_put_wide(c, stream);
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return result;
}
CRT_ALIAS("putwc", crt_fputwc);

CRT_UCRT(USHORT, _ungetwc_nolock, (USHORT c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_WEOF);
	return stream_unget_wide(c, stream);
}

CRT(USHORT, ungetwc, (USHORT c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_WEOF);
	stream_lock(stream);
	USHORT result = stream_unget_wide(c, stream);
	stream_unlock(stream);
	return result;
}

CRT(WCHAR *, fgetws, (WCHAR * to, INT size, STREAM *stream))
{
	CRT_VALIDATE(to != NULL || size == 0, EINVAL, NULL);
	CRT_VALIDATE(size >= 0, EINVAL, NULL);
	CRT_VALIDATE(stream != NULL, EINVAL, NULL);
	if (size == 0)
		return NULL;
	stream_lock(stream);
	INT length = 0;
	WCHAR *result = to;
	while (length < size - 1) {
		USHORT c = stream_get_wide(stream);
		if (c == STREAM_WEOF) {
			if (length == 0)
				result = NULL;
			break;
		}
		to[length++] = c;
		if (c == '\n')
			break;
	}
	if (result != NULL)
		to[length] = 0;
	stream_unlock(stream);
	return result;
}

static INT put_wide_string(STREAM *stream, const WCHAR *string, bool line)
{
	CRT_VALIDATE(string != NULL && stream != NULL, EINVAL, STREAM_EOF);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	bool good = stream_write_wide(stream, string, crt_wide_length(string));
	if (good && line)
		good = stream_put_wide('\n', stream) != STREAM_WEOF;
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return good ? 0 : STREAM_EOF;
}

CRT(INT, fputws, (const WCHAR *string, STREAM *stream))
{
	return put_wide_string(stream, string, false);
}

static WCHAR *get_wide_line(STREAM *stream, WCHAR *to, size_t size)
{
	CRT_VALIDATE(to != NULL, EINVAL, NULL);
	CRT_VALIDATE(size != 0, EINVAL, NULL);
	stream_lock(stream);
	size_t length = 0;
	WCHAR *result = to;
	USHORT c = stream_get_wide(stream);
	if (c == STREAM_WEOF) {
		result = NULL;
		if (size != SIZE_MAX)
			*to = 0;
	} else {
		while (c != '\n' && c != STREAM_WEOF) {
			if (length < size)
				to[length] = c;
			length++;
			c = stream_get_wide(stream);
		}
		if (length < size) {
			to[length] = 0;
		} else {
			*to = 0;
			result = NULL;
		}
	}
	stream_unlock(stream);
	if (result == NULL && length >= size)
		crt_invalid(CRT_ERANGE);
	return result;
}

#define STANDARD_STREAM_FUNCTIONS(DECLARE, prefix, flavour)                                                                 \
	DECLARE("_putws", INT, prefix##__putws, (const WCHAR *string))                                                      \
	{                                                                                                                   \
		return put_wide_string(stream_standard(flavour, 1), string, true);                                          \
	}                                                                                                                   \
	DECLARE("putwchar", USHORT, prefix##_putwchar, (WCHAR c))                                                           \
	{                                                                                                                   \
		return crt_fputwc(c, stream_standard(flavour, 1));                                                          \
	}                                                                                                                   \
	DECLARE("_fputwchar", USHORT, prefix##__fputwchar, (WCHAR c))                                                       \
	{                                                                                                                   \
		return crt_fputwc(c, stream_standard(flavour, 1));                                                          \
	}                                                                                                                   \
	DECLARE("getwchar", USHORT, prefix##_getwchar, (void))                                                              \
	{                                                                                                                   \
		return crt_fgetwc(stream_standard(flavour, 0));                                                             \
	}                                                                                                                   \
	DECLARE("_fgetwchar", USHORT, prefix##__fgetwchar, (void))                                                          \
	{                                                                                                                   \
		return crt_fgetwc(stream_standard(flavour, 0));                                                             \
	}                                                                                                                   \
	DECLARE("_getws", WCHAR *, prefix##__getws, (WCHAR * to))                                                           \
	{                                                                                                                   \
		return get_wide_line(stream_standard(flavour, 0), to, SIZE_MAX);                                            \
	}                                                                                                                   \
	DECLARE("_getws_s", WCHAR *, prefix##__getws_s, (WCHAR * to, size_t size))                                          \
	{                                                                                                                   \
		return get_wide_line(stream_standard(flavour, 0), to, size);                                                \
	}

STANDARD_STREAM_FUNCTIONS(CRT_MSVCRT_AS, crt_msvcrt, CRT_FLAVOUR_MSVCRT)
STANDARD_STREAM_FUNCTIONS(CRT_UCRT_AS, crt_ucrt, CRT_FLAVOUR_UCRT)
