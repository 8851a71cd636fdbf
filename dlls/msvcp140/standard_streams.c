/*
 * dlls/msvcp140/standard_streams.c - cin, cout, cerr, clog over the C runtime's stdin, stdout and stderr; and _Fiopen, by
 * which basic_filebuf opens its FILE.  The buffer keeps nothing of its own, so that printf and cout take turns as they are
 * called.
 */
#include "dlls/crt/stream.h"
#include "dlls/msvcp140/streams.h"

STREAM *CDECL crt___acrt_iob_func(UINT index);
INT CDECL crt_fgetc(STREAM *stream);
INT CDECL crt_ungetc(INT c, STREAM *stream);
INT CDECL crt_fputc(INT c, STREAM *stream);
INT CDECL crt_fflush(STREAM *stream);
INT CDECL crt_fclose(STREAM *stream);
INT CDECL crt_fseek(STREAM *stream, LONG offset, INT origin);
size_t CDECL crt_fread(void *to, size_t size, size_t count, STREAM *stream);
size_t CDECL crt_fwrite(const void *from, size_t size, size_t count, STREAM *stream);
STREAM *CDECL crt__fsopen(const char *name, const char *mode, INT share);
STREAM *CDECL crt__wfsopen(const WCHAR *name, const WCHAR *mode, INT share);

struct stdio_buffer {
	struct streambuf base;
	STREAM *file;
};

static INT WINAPI stdio_overflow(struct stdio_buffer *b, INT c)
{
	if (c == STREAM_EOF)
		return 0;
	return crt_fputc((BYTE)c, b->file);
}

static int64_t WINAPI stdio_put_many(struct stdio_buffer *b, const char *from, int64_t count)
{
	return (int64_t)crt_fwrite(from, 1, (size_t)count, b->file);
}

static INT WINAPI stdio_uflow(struct stdio_buffer *b)
{
	return crt_fgetc(b->file);
}

static INT WINAPI stdio_underflow(struct stdio_buffer *b)
{
	INT c = crt_fgetc(b->file);

	return c == STREAM_EOF ? STREAM_EOF : crt_ungetc(c, b->file);
}

static int64_t WINAPI stdio_get_many(struct stdio_buffer *b, char *to, int64_t count)
{
	return (int64_t)crt_fread(to, 1, (size_t)count, b->file);
}

static INT WINAPI stdio_put_back(struct stdio_buffer *b, INT c)
{
	return c == STREAM_EOF ? STREAM_EOF : crt_ungetc(c, b->file);
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

void msvcp_make_standard_streams(void)
{
	struct msvcp_data *d = msvcp_data;
	struct streambuf *errors;

	rtl_memcpy(stdio_vftable, streambuf_vftable, sizeof(stdio_vftable));
	stdio_vftable[BUF_OVERFLOW] = stdio_overflow;
	stdio_vftable[BUF_PUT_MANY] = stdio_put_many;
	stdio_vftable[BUF_UFLOW] = stdio_uflow;
	stdio_vftable[BUF_UNDERFLOW] = stdio_underflow;
	stdio_vftable[BUF_GET_MANY] = stdio_get_many;
	stdio_vftable[BUF_PUT_BACK] = stdio_put_back;
	stdio_vftable[BUF_SYNC] = stdio_sync;
	ostream_construct((struct ostream *)d->cout, make_buffer(1), true, true);
	istream_construct((struct istream *)d->cin, make_buffer(0), true, true);
	errors = make_buffer(2);
	ostream_construct((struct ostream *)d->cerr, errors, true, true);
	ostream_construct((struct ostream *)d->clog, errors, true, true);
	istream_ios((struct istream *)d->cin)->tie = (struct ostream *)d->cout;
	ostream_ios((struct ostream *)d->cerr)->tie = (struct ostream *)d->cout;
	ostream_ios((struct ostream *)d->cerr)->flags |= FLAG_UNIT_BUFFER;
}

EXPORT_DATA(msvcp140, "?cout@std@@3V?$basic_ostream@DU?$char_traits@D@std@@@1@A", offsetof(struct msvcp_data, cout));
EXPORT_DATA(msvcp140, "?cerr@std@@3V?$basic_ostream@DU?$char_traits@D@std@@@1@A", offsetof(struct msvcp_data, cerr));
EXPORT_DATA(msvcp140, "?clog@std@@3V?$basic_ostream@DU?$char_traits@D@std@@@1@A", offsetof(struct msvcp_data, clog));
EXPORT_DATA(msvcp140, "?cin@std@@3V?$basic_istream@DU?$char_traits@D@std@@@1@A", offsetof(struct msvcp_data, cin));

/* --- opening the FILE of a basic_filebuf --- */

/* fopen's mode for an openmode, without its "b"; NULL: there is none. */
static const char *mode_of(INT mode)
{
	switch (mode & (OPEN_IN | OPEN_OUT | OPEN_TRUNCATE | OPEN_APPEND)) {
	case OPEN_IN:
		return "r";
	case OPEN_OUT:
	case OPEN_OUT | OPEN_TRUNCATE:
		return "w";
	case OPEN_APPEND:
	case OPEN_OUT | OPEN_APPEND:
		return "a";
	case OPEN_IN | OPEN_OUT:
		return "r+";
	case OPEN_IN | OPEN_OUT | OPEN_TRUNCATE:
		return "w+";
	case OPEN_IN | OPEN_APPEND:
	case OPEN_IN | OPEN_OUT | OPEN_APPEND:
		return "a+";
	default:
		return NULL;
	}
}

STD(STREAM *, "?_Fiopen@std@@YAPEAU_iobuf@@PEB_WHH@Z", Fiopen_wide, (const WCHAR *name, INT mode, INT share))
{
	const char *text;
	WCHAR wide[8];
	STREAM *file;
	size_t i;

	/* The name alone says that a file is there, or made. */
	if (mode & OPEN_NO_CREATE)
		mode |= OPEN_IN;
	if ((mode & OPEN_APPEND) && !(mode & OPEN_IN))
		mode |= OPEN_OUT;
	text = mode_of(mode);
	if (text == NULL)
		return NULL;
	if ((mode & OPEN_NO_REPLACE) && (mode & (OPEN_OUT | OPEN_APPEND))) {
		file = crt__wfsopen(name, u"r", share);
		if (file != NULL) {
			crt_fclose(file);
			return NULL;
		}
	}
	for (i = 0; text[i] != 0; i++)
		wide[i] = (WCHAR)text[i];
	if (mode & OPEN_BINARY)
		wide[i++] = 'b';
	wide[i] = 0;
	file = crt__wfsopen(name, wide, share);
	if (file == NULL || !(mode & OPEN_AT_END) || crt_fseek(file, 0, 2) == 0)
		return file;
	crt_fclose(file);
	return NULL;
}

STD(STREAM *, "?_Fiopen@std@@YAPEAU_iobuf@@PEBDHH@Z", Fiopen, (const char *name, INT mode, INT share))
{
	WCHAR wide[1024];

	if (MultiByteToWideChar(CP_ACP, 0, name, -1, wide, sizeof(wide) / sizeof(wide[0])) == 0)
		return NULL;
	return msvcp_Fiopen_wide(wide, mode, share);
}
