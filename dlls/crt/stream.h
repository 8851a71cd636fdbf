/*
 * dlls/crt/stream.h - streams: FILE.
 *
 * The room promises msvcrt.dll's FILE, field by field, because programs use it through the old getc and putc macros; the
 * UCRT's FILE is opaque and is the same here.  A stream that is not one of _iob's is followed by its critical section
 * (Microsoft's _FILEX), which programs enter themselves; _iob's streams use the locks 16 and up of _lock().
 */
#ifndef PEWTER_DLLS_CRT_STREAM_H
#define PEWTER_DLLS_CRT_STREAM_H

#include "dlls/crt/crt.h"
#include "dlls/crt/lowio.h"
#include "dlls/crt/winio.h"

typedef struct crt_iobuf STREAM;

/* STREAM.flag */
#define IO_READ 0x0001
#define IO_WRITE 0x0002
#define IO_UNBUFFERED 0x0004
#define IO_OWN_BUFFER 0x0008 /* from the heap: ours to free */
#define IO_EOF 0x0010
#define IO_ERROR 0x0020
#define IO_STRING 0x0040
#define IO_UPDATE 0x0080      /* opened with '+' */
#define IO_USER_BUFFER 0x0100 /* setvbuf's, or a temporary one */
#define IO_SETVBUF 0x0400
#define IO_TEMPORARY 0x1000 /* buffered for the length of one call */
#define IO_COMMIT 0x4000
#define IO_LOCKED 0x8000

#define STREAM_EOF (-1)
#define STREAM_WEOF ((USHORT)0xFFFF)
#define STREAM_BUFFER 4096

struct stream_extended {
	STREAM stream;
	RTL_CRITICAL_SECTION lock;
};
_Static_assert(sizeof(STREAM) == 48, "FILE");
_Static_assert(offsetof(struct stream_extended, lock) == 48, "_FILEX");

void CDECL stream_lock(STREAM *stream);
void CDECL stream_unlock(STREAM *stream);
/* errno EINVAL and the invalid parameter handler; STREAM_EOF.  For hot functions, which call nothing of System V's. */
INT CDECL stream_invalid(void) __attribute__((cold));

/* Which of stdin, stdout, stderr it is; -1: another. */
int stream_standard_index(const STREAM *stream);
/* The standard stream of a runtime: stdin 0, stdout 1, stderr 2. */
static inline STREAM *stream_standard(enum crt_flavour flavour, int index)
{
	return &crt_variables_of[flavour]->iob[index];
}

/* A free stream, locked; NULL with errno EMFILE. */
STREAM *stream_allocate(void);
void stream_free(STREAM *stream);
/* Parses a mode and opens `name` for the stream.  The errno. */
errno_t stream_open(STREAM *stream, const WCHAR *name, const WCHAR *mode, INT share);
bool stream_parse_mode(const WCHAR *mode, INT *open_flags, INT *stream_flags);

/* All below: with the stream locked. */
void stream_get_buffer(STREAM *stream);
void stream_release_buffer(STREAM *stream);
INT stream_flush(STREAM *stream); /* 0, or -1 */
INT stream_fflush(STREAM *stream); /* the same, and commits a stream opened with 'c' */
INT stream_close(STREAM *stream);
INT CDECL stream_fill(STREAM *stream);         /* the next byte, or STREAM_EOF */
INT CDECL stream_spill(INT c, STREAM *stream); /* writes c when the buffer is full */
size_t stream_read(STREAM *stream, void *to, size_t size);
size_t stream_write(STREAM *stream, const void *from, size_t size);
INT stream_unget(INT c, STREAM *stream);
int64_t stream_tell(STREAM *stream);
INT stream_seek(STREAM *stream, int64_t offset, INT origin);
bool stream_begin_temporary(STREAM *stream);
void stream_end_temporary(STREAM *stream, bool begun);

/* Do wide functions convert to and from the locale's code page on this stream? */
bool stream_is_multibyte(const STREAM *stream);
USHORT stream_get_wide(STREAM *stream);
USHORT stream_put_wide(WCHAR c, STREAM *stream);
bool stream_write_wide(STREAM *stream, const WCHAR *from, size_t count);
USHORT stream_unget_wide(USHORT c, STREAM *stream);

static inline bool stream_in_use(const STREAM *stream)
{
	return stream->flag & (IO_READ | IO_WRITE | IO_UPDATE);
}

static inline INT stream_get(STREAM *stream)
{
	return --stream->cnt >= 0 ? (BYTE)*stream->ptr++ : stream_fill(stream);
}

static inline INT stream_put(INT c, STREAM *stream)
{
	if (--stream->cnt < 0)
		return stream_spill(c, stream);
	*stream->ptr++ = (char)c;
	return c & 0xFF;
}

static inline bool stream_has_big_buffer(const STREAM *stream)
{
	return stream->flag & (IO_OWN_BUFFER | IO_USER_BUFFER);
}

static inline bool stream_has_buffer(const STREAM *stream)
{
	return stream->flag & (IO_OWN_BUFFER | IO_USER_BUFFER | IO_UNBUFFERED);
}

#endif
