/*
 * dlls/crt/stream_pos.c - positions and buffers of streams.
 */
#include "dlls/crt/stream.h"

CRT_UCRT(int64_t, _ftelli64_nolock, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	return stream_tell(stream);
}

CRT(int64_t, _ftelli64, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	stream_lock(stream);
	int64_t position = stream_tell(stream);
	stream_unlock(stream);
	return position;
}

static LONG narrow_position(int64_t position)
{
	if (position <= INT32_MAX)
		return (LONG)position;
	crt_set_errno(CRT_EINVAL);
	return -1;
}

CRT(LONG, ftell, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	return narrow_position(crt__ftelli64(stream));
}

CRT_UCRT(LONG, _ftell_nolock, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	return narrow_position(stream_tell(stream));
}

CRT_UCRT(INT, _fseeki64_nolock, (STREAM * stream, int64_t offset, INT origin))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(origin >= 0 && origin <= 2, EINVAL, -1);
	return stream_seek(stream, offset, origin);
}
CRT_UCRT(INT, _fseek_nolock, (STREAM * stream, LONG offset, INT origin))
{
	return crt__fseeki64_nolock(stream, offset, origin);
}

CRT(INT, _fseeki64, (STREAM * stream, int64_t offset, INT origin))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(origin >= 0 && origin <= 2, EINVAL, -1);
	stream_lock(stream);
	INT result = stream_seek(stream, offset, origin);
	stream_unlock(stream);
	return result;
}

CRT(INT, fseek, (STREAM * stream, LONG offset, INT origin))
{
	return crt__fseeki64(stream, offset, origin);
}

CRT(void, rewind, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, );
	stream_lock(stream);
	stream_flush(stream);
	stream->flag &= ~(IO_ERROR | IO_EOF);
	struct ioinfo *info = fd_find(stream->file);
	if (info != NULL)
		info->flags &= (BYTE)~FD_EOF;
	if (stream->flag & IO_UPDATE)
		stream->flag &= ~(IO_READ | IO_WRITE);
	crt__lseek(stream->file, 0, FILE_BEGIN);
	stream_unlock(stream);
}

CRT(INT, fgetpos, (STREAM * stream, int64_t *position))
{
	CRT_VALIDATE(stream != NULL && position != NULL, EINVAL, -1);
	*position = crt__ftelli64(stream);
	return *position == -1 ? -1 : 0;
}

CRT(INT, fsetpos, (STREAM * stream, const int64_t *position))
{
	CRT_VALIDATE(stream != NULL && position != NULL, EINVAL, -1);
	return crt__fseeki64(stream, *position, FILE_BEGIN);
}

/* MSDN setvbuf: _IOFBF 0, _IOLBF 0x40 (the same here), _IONBF 4; sizes from 2, rounded down to even. */
CRT(INT, setvbuf, (STREAM * stream, char *buffer, INT mode, size_t size))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(mode == 0 || mode == 0x40 || mode == 4, EINVAL, -1);
	if (mode != 4)
		CRT_VALIDATE(size >= 2 && size <= INT32_MAX, EINVAL, -1);
	stream_lock(stream);
	INT result = 0;
	stream_flush(stream);
	stream_release_buffer(stream);
	stream->flag &= ~(IO_UNBUFFERED | IO_OWN_BUFFER | IO_USER_BUFFER | IO_SETVBUF);
	if (mode == 4) {
		stream->flag |= IO_UNBUFFERED;
		buffer = (char *)&stream->charbuf;
		size = 2;
	} else {
		size &= ~(size_t)1;
		if (buffer == NULL) {
			buffer = crt_heap_allocate(size);
			if (buffer == NULL)
				result = -1;
			else
				stream->flag |= IO_OWN_BUFFER | IO_SETVBUF;
		} else {
			stream->flag |= IO_USER_BUFFER | IO_SETVBUF;
		}
	}
	if (result == 0) {
		stream->bufsiz = (INT)size;
		stream->ptr = stream->base = buffer;
		stream->cnt = 0;
	}
	stream_unlock(stream);
	return result;
}

CRT(void, setbuf, (STREAM * stream, char *buffer))
{
	CRT_VALIDATE(stream != NULL, EINVAL, );
	crt_setvbuf(stream, buffer, buffer != NULL ? 0 : 4, 512);
}

CRT_UCRT(INT, _get_stream_buffer_pointers, (STREAM * stream, char ***base, char ***pointer, INT **count))
{
	CRT_VALIDATE(stream != NULL, EINVAL, CRT_EINVAL);
	if (base != NULL)
		*base = &stream->base;
	if (pointer != NULL)
		*pointer = &stream->ptr;
	if (count != NULL)
		*count = &stream->cnt;
	return 0;
}
