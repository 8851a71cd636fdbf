/*
 * dlls/msvcp140/standard_streams_template.h - cin, cout, cerr, clog over the C runtime's stdin, stdout and stderr, for char
 * and for wchar_t.  The buffer keeps nothing of its own, so that printf and cout take turns as they are called.
 */
#include "dlls/crt/stream.h"
#include "dlls/msvcp140/streams.h"

STREAM *CDECL crt___acrt_iob_func(UINT index);
INT CDECL crt_fflush(STREAM *stream);
#ifdef STREAMS_WIDE
USHORT CDECL crt_fgetwc(STREAM *stream);
USHORT CDECL crt_ungetwc(USHORT c, STREAM *stream);
USHORT CDECL crt_fputwc(WCHAR c, STREAM *stream);
#define READ crt_fgetwc
#define UNREAD crt_ungetwc
#define WRITE crt_fputwc
#else
INT CDECL crt_fgetc(STREAM *stream);
INT CDECL crt_ungetc(INT c, STREAM *stream);
INT CDECL crt_fputc(INT c, STREAM *stream);
size_t CDECL crt_fread(void *to, size_t size, size_t count, STREAM *stream);
size_t CDECL crt_fwrite(const void *from, size_t size, size_t count, STREAM *stream);
#define READ crt_fgetc
#define UNREAD crt_ungetc
#define WRITE crt_fputc
#endif

struct stdio_buffer {
	struct streambuf base;
	STREAM *file;
};

static INT WINAPI stdio_overflow(struct stdio_buffer *b, STREAM_INT c)
{
	if (c == ELEMENT_EOF)
		return 0;
	return WRITE((UNIT)c, b->file);
}

#ifndef STREAMS_WIDE
static int64_t WINAPI stdio_put_many(struct stdio_buffer *b, const char *from, int64_t count)
{
	return (int64_t)crt_fwrite(from, 1, (size_t)count, b->file);
}

static int64_t WINAPI stdio_get_many(struct stdio_buffer *b, char *to, int64_t count)
{
	return (int64_t)crt_fread(to, 1, (size_t)count, b->file);
}
#endif

static INT WINAPI stdio_uflow(struct stdio_buffer *b)
{
	return READ(b->file);
}

static INT WINAPI stdio_underflow(struct stdio_buffer *b)
{
	STREAM_INT c = READ(b->file);

	return c == ELEMENT_EOF ? ELEMENT_EOF : UNREAD(c, b->file);
}

static INT WINAPI stdio_put_back(struct stdio_buffer *b, STREAM_INT c)
{
	return c == ELEMENT_EOF ? ELEMENT_EOF : UNREAD(c, b->file);
}

static INT WINAPI stdio_sync(struct stdio_buffer *b)
{
	return crt_fflush(b->file);
}

static void *stdio_vftable[BUF_SLOTS];
static struct stdio_buffer stdio_buffers[3];

static struct streambuf *make_buffer(UINT index)
{
	struct stdio_buffer *b = &stdio_buffers[index];

	streambuf_construct(&b->base, stdio_vftable);
	b->file = crt___acrt_iob_func(index);
	return &b->base;
}

void OF(make_standard_streams)(void)
{
	struct msvcp_data *d = msvcp_data;
	struct streambuf *errors;

	rtl_memcpy(stdio_vftable, streambuf_vftable, sizeof(stdio_vftable));
	stdio_vftable[BUF_OVERFLOW] = stdio_overflow;
#ifndef STREAMS_WIDE /* else one character after the other */
	stdio_vftable[BUF_PUT_MANY] = stdio_put_many;
	stdio_vftable[BUF_GET_MANY] = stdio_get_many;
#endif
	stdio_vftable[BUF_UFLOW] = stdio_uflow;
	stdio_vftable[BUF_UNDERFLOW] = stdio_underflow;
	stdio_vftable[BUF_PUT_BACK] = stdio_put_back;
	stdio_vftable[BUF_SYNC] = stdio_sync;
	ostream_construct((struct ostream *)d->OF_DATA(cout), make_buffer(1), true, true);
	istream_construct((struct istream *)d->OF_DATA(cin), make_buffer(0), true, true);
	errors = make_buffer(2);
	ostream_construct((struct ostream *)d->OF_DATA(cerr), errors, true, true);
	ostream_construct((struct ostream *)d->OF_DATA(clog), errors, true, true);
	istream_ios((struct istream *)d->OF_DATA(cin))->tie = (struct ostream *)d->OF_DATA(cout);
	ostream_ios((struct ostream *)d->OF_DATA(cerr))->tie = (struct ostream *)d->OF_DATA(cout);
	ostream_ios((struct ostream *)d->OF_DATA(cerr))->flags |= FLAG_UNIT_BUFFER;
}

#ifdef STREAMS_WIDE
#define W "w"
#else
#define W
#endif
EXPORT_DATA(msvcp140, "?" W "cout@std@@3V?$basic_ostream@" TRAITS "@1@A", offsetof(struct msvcp_data, OF_DATA(cout)));
EXPORT_DATA(msvcp140, "?" W "cerr@std@@3V?$basic_ostream@" TRAITS "@1@A", offsetof(struct msvcp_data, OF_DATA(cerr)));
EXPORT_DATA(msvcp140, "?" W "clog@std@@3V?$basic_ostream@" TRAITS "@1@A", offsetof(struct msvcp_data, OF_DATA(clog)));
EXPORT_DATA(msvcp140, "?" W "cin@std@@3V?$basic_istream@" TRAITS "@1@A", offsetof(struct msvcp_data, OF_DATA(cin)));
