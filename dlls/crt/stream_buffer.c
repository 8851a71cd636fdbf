/*
 * dlls/crt/stream_buffer.c - buffers of streams: filling, flushing, reading, writing, seeking.
 */
#include "dlls/crt/stream.h"

#include <string.h>

void stream_get_buffer(STREAM *stream)
{
	stream->base = crt_heap_allocate(STREAM_BUFFER);
	if (stream->base != NULL) {
		stream->flag |= IO_OWN_BUFFER;
		stream->bufsiz = STREAM_BUFFER;
	} else {
		stream->flag |= IO_UNBUFFERED;
		stream->base = (char *)&stream->charbuf;
		stream->bufsiz = 2;
	}
	stream->ptr = stream->base;
	stream->cnt = 0;
}

void stream_release_buffer(STREAM *stream)
{
	if (stream->flag & IO_OWN_BUFFER) {
		crt_heap_free(stream->base);
		stream->flag &= ~(IO_OWN_BUFFER | IO_SETVBUF);
		stream->base = stream->ptr = NULL;
		stream->cnt = 0;
	}
}

INT stream_flush(STREAM *stream)
{
	INT result = 0;
	if ((stream->flag & (IO_READ | IO_WRITE)) == IO_WRITE && stream_has_big_buffer(stream)) {
		ptrdiff_t size = stream->ptr - stream->base;
		if (size > 0) {
			if (crt__write(stream->file, stream->base, (UINT)size) == size) {
				/* A stream for both may now be read. */
				if (stream->flag & IO_UPDATE)
					stream->flag &= ~IO_WRITE;
			} else {
				stream->flag |= IO_ERROR;
				result = STREAM_EOF;
			}
		}
	}
	stream->ptr = stream->base;
	stream->cnt = 0;
	return result;
}

INT stream_fflush(STREAM *stream)
{
	if (stream_flush(stream) != 0)
		return STREAM_EOF;
	if (stream->flag & IO_COMMIT)
		return crt__commit(stream->file) != 0 ? STREAM_EOF : 0;
	return 0;
}

INT CDECL stream_fill(STREAM *stream)
{
	stream->cnt = 0;
	if (!(stream->flag & (IO_READ | IO_WRITE | IO_UPDATE)) || (stream->flag & IO_STRING))
		return STREAM_EOF;
	if (stream->flag & IO_WRITE) {
		/* Written last: a flush or a seek must come between (MSDN fopen). */
		stream->flag |= IO_ERROR;
		return STREAM_EOF;
	}
	stream->flag |= IO_READ;
	if (!stream_has_buffer(stream))
		stream_get_buffer(stream);
	else
		stream->ptr = stream->base;
	INT got = crt__read(stream->file, stream->base, (UINT)stream->bufsiz);
	if (got <= 0) {
		stream->flag |= got == 0 ? IO_EOF : IO_ERROR;
		stream->cnt = 0;
		return STREAM_EOF;
	}
	stream->cnt = got - 1;
	return (BYTE)*stream->ptr++;
}

/* stdout and stderr on a terminal, and stderr everywhere, have a buffer only for the length of a call. */
static bool is_unbuffered_standard(const STREAM *stream)
{
	int index = stream_standard_index(stream);
	if (index == 2)
		return true;
	if (index != 1)
		return false;
	const struct ioinfo *info = fd_find(stream->file);
	return info != NULL && (info->flags & FD_DEVICE);
}

/* Readies a stream for writing; false when it cannot be written. */
static bool prepare_to_write(STREAM *stream)
{
	if (!(stream->flag & (IO_WRITE | IO_UPDATE))) {
		crt_set_errno(CRT_EBADF);
		stream->flag |= IO_ERROR;
		return false;
	}
	if (stream->flag & IO_STRING) {
		crt_set_errno(CRT_ERANGE);
		stream->flag |= IO_ERROR;
		return false;
	}
	if (stream->flag & IO_READ) {
		stream->cnt = 0;
		if (!(stream->flag & IO_EOF)) {
			stream->flag |= IO_ERROR;
			return false;
		}
		/* At the end of the file a stream for both may change over. */
		stream->ptr = stream->base;
		stream->flag &= ~IO_READ;
	}
	stream->flag |= IO_WRITE;
	stream->flag &= ~IO_EOF;
	stream->cnt = 0;
	if (!stream_has_buffer(stream) && !is_unbuffered_standard(stream))
		stream_get_buffer(stream);
	return true;
}

INT CDECL stream_spill(INT c, STREAM *stream)
{
	if (!prepare_to_write(stream))
		return STREAM_EOF;
	char byte = (char)c;
	if (stream_has_big_buffer(stream)) {
		ptrdiff_t size = stream->ptr - stream->base;
		bool failed = size > 0 && crt__write(stream->file, stream->base, (UINT)size) != size;
		stream->ptr = stream->base + 1;
		stream->cnt = stream->bufsiz - 1;
		*stream->base = byte;
		if (failed) {
			stream->flag |= IO_ERROR;
			return STREAM_EOF;
		}
	} else if (crt__write(stream->file, &byte, 1) != 1) {
		stream->flag |= IO_ERROR;
		return STREAM_EOF;
	}
	return c & 0xFF;
}

CRT_MSVCRT(INT, _filbuf, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	return stream_fill(stream);
}

CRT_MSVCRT(INT, _flsbuf, (INT c, STREAM *stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	return stream_spill(c, stream);
}

size_t stream_read(STREAM *stream, void *to, size_t size)
{
	char *at = to;
	size_t left = size;
	while (left > 0) {
		if (stream->cnt > 0) {
			size_t part = left < (size_t)stream->cnt ? left : (size_t)stream->cnt;
			memcpy(at, stream->ptr, part);
			stream->ptr += part;
			stream->cnt -= (INT)part;
			at += part;
			left -= part;
			continue;
		}
		size_t unit = stream_has_buffer(stream) ? (size_t)stream->bufsiz : STREAM_BUFFER;
		if (left >= unit && !(stream->flag & (IO_WRITE | IO_STRING)) && (stream->flag & (IO_READ | IO_UPDATE))) {
			/* Whole buffers go straight to the caller. */
			size_t part = left - left % unit;
			if (part > 0x40000000)
				part = 0x40000000;
			stream->flag |= IO_READ;
			stream->cnt = 0;
			stream->ptr = stream->base;
			INT got = crt__read(stream->file, at, (UINT)part);
			if (got <= 0) {
				stream->flag |= got == 0 ? IO_EOF : IO_ERROR;
				break;
			}
			at += got;
			left -= (size_t)got;
			continue;
		}
		INT c = stream_fill(stream);
		if (c == STREAM_EOF)
			break;
		*at++ = (char)c;
		left--;
	}
	return size - left;
}

size_t stream_write(STREAM *stream, const void *from, size_t size)
{
	const char *at = from;
	size_t left = size;
	while (left > 0) {
		if (stream->cnt > 0 && (stream->flag & IO_WRITE)) {
			size_t part = left < (size_t)stream->cnt ? left : (size_t)stream->cnt;
			memcpy(stream->ptr, at, part);
			stream->ptr += part;
			stream->cnt -= (INT)part;
			at += part;
			left -= part;
			continue;
		}
		if (!prepare_to_write(stream))
			break;
		size_t unit = stream_has_big_buffer(stream) ? (size_t)stream->bufsiz : 1;
		if (left >= unit) {
			if (stream_has_big_buffer(stream) && stream->ptr != stream->base) {
				if (stream_flush(stream) != 0)
					break;
				stream->flag |= IO_WRITE;
			}
			size_t part = left - left % unit;
			if (part > 0x40000000)
				part = 0x40000000;
			INT done = crt__write(stream->file, at, (UINT)part);
			if (done > 0) {
				at += done;
				left -= (size_t)done;
			}
			if (done != (INT)part) {
				stream->flag |= IO_ERROR;
				break;
			}
			continue;
		}
		if (stream_spill((BYTE)*at, stream) == STREAM_EOF)
			break;
		at++;
		left--;
	}
	return size - left;
}

bool stream_begin_temporary(STREAM *stream)
{
	static char *buffers[3];
	int index = stream_standard_index(stream);
	if (index < 1 || stream_has_buffer(stream) || !(stream->flag & IO_WRITE) || !is_unbuffered_standard(stream))
		return false;
	/* msvcrt's and ucrt's streams of one number share a lock, and so this. */
	if (buffers[index] == NULL) {
		buffers[index] = crt_heap_allocate(STREAM_BUFFER);
		if (buffers[index] == NULL)
			return false;
	}
	stream->ptr = stream->base = buffers[index];
	stream->cnt = stream->bufsiz = STREAM_BUFFER;
	stream->flag |= IO_WRITE | IO_USER_BUFFER | IO_TEMPORARY;
	return true;
}

void stream_end_temporary(STREAM *stream, bool begun)
{
	if (!begun || !(stream->flag & IO_TEMPORARY))
		return;
	stream_flush(stream);
	stream->flag &= ~(IO_USER_BUFFER | IO_TEMPORARY);
	stream->base = stream->ptr = NULL;
	stream->bufsiz = 0;
	stream->cnt = 0;
}

INT stream_unget(INT c, STREAM *stream)
{
	if (c == STREAM_EOF)
		return STREAM_EOF;
	if (!(stream->flag & IO_READ) && !((stream->flag & IO_UPDATE) && !(stream->flag & IO_WRITE)))
		return STREAM_EOF;
	if (stream->base == NULL)
		stream_get_buffer(stream);
	if (stream->ptr == stream->base) {
		if (stream->cnt > 0)
			return STREAM_EOF;
		stream->ptr++;
	}
	stream->ptr--;
	if (stream->flag & IO_STRING) {
		/* Reading a string: it is not written to. */
		if (*stream->ptr != (char)c) {
			stream->ptr++;
			return STREAM_EOF;
		}
	} else {
		*stream->ptr = (char)c;
	}
	stream->cnt++;
	stream->flag &= ~IO_EOF;
	stream->flag |= IO_READ;
	return c & 0xFF;
}

/* Bytes that pending output will be in the file. */
static int64_t pending_size(const struct ioinfo *info, const STREAM *stream)
{
	int64_t size = stream->ptr - stream->base;
	if (info == NULL || !(info->flags & FD_TEXT))
		return size;
	if (info->encoding == FD_ANSI) {
		for (const char *c = stream->base; c < stream->ptr; c++)
			size += *c == '\n';
		return size;
	}
	const WCHAR *units = (const WCHAR *)stream->base;
	size_t count = (size_t)size / sizeof(WCHAR), lines = 0;
	for (size_t i = 0; i < count; i++)
		lines += units[i] == '\n';
	if (info->encoding == FD_UTF16)
		return size + (int64_t)(lines * sizeof(WCHAR));
	return (int64_t)(rtl_utf16_to_utf8(NULL, 0, units, count) + lines);
}

int64_t stream_tell(STREAM *stream)
{
	struct ioinfo *info = fd_find(stream->file);
	if (stream->cnt < 0)
		stream->cnt = 0;
	int64_t position = crt__lseeki64(stream->file, 0, FILE_CURRENT);
	if (position < 0)
		return -1;
	if (!stream_has_buffer(stream))
		return position;
	if (stream->flag & IO_WRITE) {
		if (!stream_has_big_buffer(stream))
			return position;
		if (stream->ptr != stream->base && info != NULL && (info->flags & FD_APPEND)) {
			int64_t end = crt__lseeki64(stream->file, 0, FILE_END);
			if (end >= 0)
				position = end;
		}
		return position + pending_size(info, stream);
	}
	if (!(stream->flag & IO_READ) || stream->cnt == 0)
		return position;
	if (info == NULL || !(info->flags & FD_TEXT))
		return position - stream->cnt;
	if (info->encoding == FD_UTF8) {
		const WCHAR *units = (const WCHAR *)stream->ptr;
		size_t count = (size_t)stream->cnt / sizeof(WCHAR), lines = 0;
		for (size_t i = 0; i < count; i++)
			lines += units[i] == '\n';
		return position - (int64_t)(rtl_utf16_to_utf8(NULL, 0, units, count) + lines);
	}
	if (info->encoding == FD_UTF16) {
		const WCHAR *units = (const WCHAR *)stream->ptr;
		int64_t behind = stream->cnt;
		for (size_t i = 0; i < (size_t)stream->cnt / sizeof(WCHAR); i++)
			behind += units[i] == '\n' ? (int64_t)sizeof(WCHAR) : 0;
		return position - behind;
	}
	fd_lock(info);
	ptrdiff_t taken = stream->ptr - stream->base;
	int64_t result = lowio_position_of(stream->file, info, stream->base, taken, taken + stream->cnt);
	fd_unlock(info);
	return result;
}

INT stream_seek(STREAM *stream, int64_t offset, INT origin)
{
	if (!(stream->flag & (IO_READ | IO_WRITE | IO_UPDATE))) {
		crt_set_errno(CRT_EINVAL);
		return -1;
	}
	stream->flag &= ~IO_EOF;
	if (origin == FILE_CURRENT) {
		int64_t here = stream_tell(stream);
		if (here < 0)
			return -1;
		offset += here;
		origin = FILE_BEGIN;
	}
	stream_flush(stream);
	if (stream->flag & IO_UPDATE)
		stream->flag &= ~(IO_WRITE | IO_READ);
	return crt__lseeki64(stream->file, offset, origin) < 0 ? -1 : 0;
}
