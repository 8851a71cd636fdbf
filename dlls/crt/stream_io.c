/*
 * dlls/crt/stream_io.c - characters, lines and blocks of bytes.
 */
#include "dlls/crt/stream.h"

#include <string.h>

CRT(INT, fgetc, (STREAM * stream))
{
	if (stream == NULL)
		return stream_invalid();
	stream_lock(stream);
	INT c = stream_get(stream);
	stream_unlock(stream);
	return c;
}
CRT_ALIAS("getc", crt_fgetc);

CRT(INT, fputc, (INT c, STREAM *stream))
{
	if (stream == NULL)
		return stream_invalid();
	stream_lock(stream);
	INT result = stream_put(c, stream);
	stream_unlock(stream);
	return result;
}
CRT_ALIAS("putc", crt_fputc);

CRT_UCRT(INT, _fgetc_nolock, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	return stream_get(stream);
}
CRT_ALIAS_UCRT("_getc_nolock", crt__fgetc_nolock);

CRT_UCRT(INT, _fputc_nolock, (INT c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	return stream_put(c, stream);
}
CRT_ALIAS_UCRT("_putc_nolock", crt__fputc_nolock);

CRT(INT, ungetc, (INT c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	stream_lock(stream);
	INT result = stream_unget(c, stream);
	stream_unlock(stream);
	return result;
}

CRT_UCRT(INT, _ungetc_nolock, (INT c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	return stream_unget(c, stream);
}

CRT(char *, fgets, (char *to, INT size, STREAM *stream))
{
	CRT_VALIDATE(to != NULL || size == 0, EINVAL, NULL);
	CRT_VALIDATE(size >= 0, EINVAL, NULL);
	CRT_VALIDATE(stream != NULL, EINVAL, NULL);
	if (size == 0)
		return NULL;
	stream_lock(stream);
	char *at = to, *end = to + size - 1;
	while (at < end) {
		if (stream->cnt > 0) {
			size_t part = (size_t)(end - at) < (size_t)stream->cnt ? (size_t)(end - at) : (size_t)stream->cnt;
			const char *line = memchr(stream->ptr, '\n', part);
			if (line != NULL)
				part = (size_t)(line + 1 - stream->ptr);
			memcpy(at, stream->ptr, part);
			at += part;
			stream->ptr += part;
			stream->cnt -= (INT)part;
			if (line != NULL)
				break;
			continue;
		}
		INT c = stream_fill(stream);
		if (c == STREAM_EOF) {
			if (at == to)
				to = NULL;
			break;
		}
		*at++ = (char)c;
		if (c == '\n')
			break;
	}
	if (to != NULL)
		*at = 0;
	stream_unlock(stream);
	return to;
}

CRT(INT, fputs, (const char *string, STREAM *stream))
{
	CRT_VALIDATE(string != NULL, EINVAL, STREAM_EOF);
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	size_t length = strlen(string);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	size_t done = stream_write(stream, string, length);
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return done == length ? 0 : STREAM_EOF;
}

/*
 * Functions on stdin and stdout.  Each runtime has its own streams.
 */
static INT put_line(STREAM *stream, const char *string)
{
	CRT_VALIDATE(string != NULL, EINVAL, STREAM_EOF);
	size_t length = strlen(string);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	bool good = stream_write(stream, string, length) == length && stream_put('\n', stream) != STREAM_EOF;
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return good ? 0 : STREAM_EOF;
}

/* `size` 0: without limit (gets).  Lines that do not fit are an invalid parameter for gets_s, which is `secure`. */
static char *get_line(STREAM *stream, char *to, size_t size, bool secure)
{
	CRT_VALIDATE(to != NULL, EINVAL, NULL);
	CRT_VALIDATE(size != 0, EINVAL, NULL);
	stream_lock(stream);
	char *result = to;
	size_t length = 0;
	INT c = stream_get(stream);
	if (c == STREAM_EOF) {
		result = NULL;
		if (secure)
			*to = 0;
	} else {
		while (c != '\n' && c != STREAM_EOF) {
			if (length < size)
				to[length] = (char)c;
			length++;
			c = stream_get(stream);
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
	DECLARE("puts", INT, prefix##_puts, (const char *string))                                                           \
	{                                                                                                                   \
		return put_line(stream_standard(flavour, 1), string);                                                       \
	}                                                                                                                   \
	DECLARE("putchar", INT, prefix##_putchar, (INT c))                                                                  \
	{                                                                                                                   \
		return crt_fputc(c, stream_standard(flavour, 1));                                                           \
	}                                                                                                                   \
	DECLARE("_fputchar", INT, prefix##__fputchar, (INT c))                                                              \
	{                                                                                                                   \
		return crt_fputc(c, stream_standard(flavour, 1));                                                           \
	}                                                                                                                   \
	DECLARE("getchar", INT, prefix##_getchar, (void))                                                                   \
	{                                                                                                                   \
		return crt_fgetc(stream_standard(flavour, 0));                                                              \
	}                                                                                                                   \
	DECLARE("_fgetchar", INT, prefix##__fgetchar, (void))                                                               \
	{                                                                                                                   \
		return crt_fgetc(stream_standard(flavour, 0));                                                              \
	}                                                                                                                   \
	DECLARE("gets", char *, prefix##_gets, (char *to))                                                                  \
	{                                                                                                                   \
		return get_line(stream_standard(flavour, 0), to, SIZE_MAX, false);                                          \
	}                                                                                                                   \
	DECLARE("gets_s", char *, prefix##_gets_s, (char *to, size_t size))                                                 \
	{                                                                                                                   \
		return get_line(stream_standard(flavour, 0), to, size, true);                                               \
	}

STANDARD_STREAM_FUNCTIONS(CRT_MSVCRT_AS, crt_msvcrt, CRT_FLAVOUR_MSVCRT)
STANDARD_STREAM_FUNCTIONS(CRT_UCRT_AS, crt_ucrt, CRT_FLAVOUR_UCRT)

/* size * count, or 0 with the invalid parameter handler when it does not fit. */
static bool block_size(size_t size, size_t count, size_t *bytes)
{
	if (__builtin_mul_overflow(size, count, bytes)) {
		crt_invalid(CRT_EINVAL);
		return false;
	}
	return true;
}

CRT_UCRT(size_t, _fread_nolock, (void *to, size_t size, size_t count, STREAM *stream))
{
	size_t bytes;
	if (size == 0 || count == 0)
		return 0;
	CRT_VALIDATE(stream != NULL, EINVAL, 0);
	CRT_VALIDATE(to != NULL, EINVAL, 0);
	if (!block_size(size, count, &bytes))
		return 0;
	return stream_read(stream, to, bytes) / size;
}

CRT(size_t, fread, (void *to, size_t size, size_t count, STREAM *stream))
{
	if (size == 0 || count == 0)
		return 0;
	CRT_VALIDATE(stream != NULL, EINVAL, 0);
	stream_lock(stream);
	size_t done = crt__fread_nolock(to, size, count, stream);
	stream_unlock(stream);
	return done;
}

CRT_UCRT(size_t, _fread_nolock_s, (void *to, size_t capacity, size_t size, size_t count, STREAM *stream))
{
	size_t bytes;
	if (size == 0 || count == 0)
		return 0;
	CRT_VALIDATE(to != NULL, EINVAL, 0);
	if (stream == NULL || __builtin_mul_overflow(size, count, &bytes)) {
		if (capacity != SIZE_MAX)
			memset(to, 0, capacity);
		crt_invalid(CRT_EINVAL);
		return 0;
	}
	if (bytes <= capacity)
		return stream_read(stream, to, bytes) / size;
	/* What is there may still fit; what does not is an error. */
	size_t done = stream_read(stream, to, capacity);
	if (done < capacity || stream_get(stream) == STREAM_EOF)
		return done / size;
	memset(to, 0, capacity);
	crt_invalid(CRT_ERANGE);
	return 0;
}

CRT(size_t, fread_s, (void *to, size_t capacity, size_t size, size_t count, STREAM *stream))
{
	if (size == 0 || count == 0)
		return 0;
	if (stream == NULL) {
		if (to != NULL && capacity != SIZE_MAX)
			memset(to, 0, capacity);
		crt_invalid(CRT_EINVAL);
		return 0;
	}
	stream_lock(stream);
	size_t done = crt__fread_nolock_s(to, capacity, size, count, stream);
	stream_unlock(stream);
	return done;
}

CRT_UCRT(size_t, _fwrite_nolock, (const void *from, size_t size, size_t count, STREAM *stream))
{
	size_t bytes;
	if (size == 0 || count == 0)
		return 0;
	CRT_VALIDATE(stream != NULL, EINVAL, 0);
	CRT_VALIDATE(from != NULL, EINVAL, 0);
	if (!block_size(size, count, &bytes))
		return 0;
	return stream_write(stream, from, bytes) / size;
}

CRT(size_t, fwrite, (const void *from, size_t size, size_t count, STREAM *stream))
{
	if (size == 0 || count == 0)
		return 0;
	CRT_VALIDATE(stream != NULL, EINVAL, 0);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	size_t done = crt__fwrite_nolock(from, size, count, stream);
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return done;
}

CRT(INT, _getw, (STREAM * stream))
{
	INT value;
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	stream_lock(stream);
	size_t got = stream_read(stream, &value, sizeof(value));
	stream_unlock(stream);
	return got == sizeof(value) ? value : STREAM_EOF;
}

CRT(INT, _putw, (INT value, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	size_t done = stream_write(stream, &value, sizeof(value));
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return done == sizeof(value) ? value : STREAM_EOF;
}

CRT(INT, feof, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, 0);
	return stream->flag & IO_EOF;
}

CRT(INT, ferror, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, 0);
	return stream->flag & IO_ERROR;
}

CRT(errno_t, clearerr_s, (STREAM * stream))
{
	CRT_VALIDATE_E(stream != NULL, EINVAL);
	stream_lock(stream);
	stream->flag &= ~(IO_ERROR | IO_EOF);
	struct ioinfo *info = fd_find(stream->file);
	if (info != NULL)
		info->flags &= (BYTE)~FD_EOF;
	stream_unlock(stream);
	return 0;
}

CRT(void, clearerr, (STREAM * stream))
{
	crt_clearerr_s(stream);
}
