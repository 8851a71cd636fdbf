/*
 * dlls/msvcp140/ostream_template.h - basic_ostream of char and of wchar_t: construction, unformatted and formatted output, manipulators.
 *
 * Numbers are formatted as num_put of the classic locale does.
 */
#include "dlls/crt/format.h"
#include "dlls/msvcp140/streams.h"

static const INT ostream_offsets[2] = {0, offsetof(struct complete_ostream, ios)};

/* --- construction --- */

/* Sets the vftable of the virtual base, and how far that lies from where an object of just this class would have it. */
static void become(struct ostream *s)
{
	struct ios *ios = ostream_ios(s);

	ios->vftable = ostream_vftable;
	((INT *)ios)[-1] = s->offsets[1] - (INT)offsetof(struct complete_ostream, ios);
}

void ostream_construct(struct ostream *s, struct streambuf *buffer, bool standard, bool whole)
{
	if (whole) {
		s->offsets = ostream_offsets;
		OF(ios)(ostream_ios(s));
	}
	become(s);
	ios_initialize(ostream_ios(s), buffer, standard);
}

STD(struct ostream *, "??0" OSTREAM "QEAA@PEAV?$basic_streambuf@" TRAITS "@1@_N@Z", ostream,
    (struct ostream * s, struct streambuf *buffer, bool standard, INT whole))
{
	ostream_construct(s, buffer, standard, whole != 0);
	return s;
}

/* `ios` as in an object of just this class. */
STD(void, "??1" OSTREAM "UEAA@XZ", ostream_end, (struct ios * ios))
{
	become((struct ostream *)((char *)ios - offsetof(struct complete_ostream, ios)));
}

/* The complete object. */
STD(void, "??_D" OSTREAM "QEAAXXZ", ostream_end_whole, (struct complete_ostream * s))
{
	OF(ostream_end)(&s->ios);
	ios_destroy(&s->ios);
}

static void *WINAPI ostream_delete(struct ios *ios, UINT flags)
{
	struct complete_ostream *s = (struct complete_ostream *)((char *)ios - ((INT *)ios)[-1] -
								 offsetof(struct complete_ostream, ios));

	OF(ostream_end_whole)(s);
	if (flags & 1)
		crt_heap_free(s);
	return s;
}

void *const ostream_vftable[1] = {ostream_delete};

/* --- around each output --- */

STD(struct ostream *, "?flush@" OSTREAM "QEAAAEAV12@XZ", ostream_flush, (struct ostream * s))
{
	struct ios *ios = ostream_ios(s);

	if (ios->buffer != NULL && ios->state == STATE_GOOD && streambuf_sync(ios->buffer) == -1)
		ios_add_state(ios, STATE_BAD);
	return s;
}

STD(void, "?_Osfx@" OSTREAM "QEAAXXZ", ostream_Osfx, (struct ostream * s))
{
	struct ios *ios = ostream_ios(s);

	if (ios->state == STATE_GOOD && (ios->flags & FLAG_UNIT_BUFFER) && streambuf_sync(ios->buffer) == -1)
		ios_add_state(ios, STATE_BAD);
}

/* Whether output may go on: the stream is good, and what it is tied to is flushed. */
static bool begin(struct ostream *s)
{
	struct ios *ios = ostream_ios(s);

	if (ios->state == STATE_GOOD && ios->tie != NULL && ios->tie != s)
		OF(ostream_flush)(ios->tie);
	return ios->state == STATE_GOOD;
}

static struct ostream *end(struct ostream *s, INT state)
{
	ios_add_state(ostream_ios(s), state);
	if (crt_self.processing_throw == 0)
		OF(ostream_Osfx)(s);
	return s;
}

STD(bool, "?opfx@" OSTREAM "QEAA_NXZ", ostream_opfx, (struct ostream * s))
{
	return begin(s);
}

STD(void, "?osfx@" OSTREAM "QEAAXXZ", ostream_osfx, (struct ostream * s))
{
	OF(ostream_Osfx)(s);
}

/* --- bytes --- */

STD(struct ostream *, "?put@" OSTREAM "QEAAAEAV12@" E "@Z", ostream_put, (struct ostream * s, ELEMENT c))
{
	if (!begin(s))
		return end(s, STATE_BAD);
	return end(s, streambuf_put(ostream_ios(s)->buffer, c) == ELEMENT_EOF ? STATE_BAD : STATE_GOOD);
}

STD(struct ostream *, "?write@" OSTREAM "QEAAAEAV12@PEB" E "_J@Z", ostream_write,
    (struct ostream * s, const ELEMENT *from, int64_t count))
{
	if (!begin(s))
		return end(s, STATE_BAD);
	return end(s, streambuf_put_many(ostream_ios(s)->buffer, from, count) != count ? STATE_BAD : STATE_GOOD);
}

/* --- formatted --- */

static bool pad(struct ios *ios, int64_t count)
{
	while (count-- > 0) {
		if (streambuf_put(ios->buffer, ios->fill) == ELEMENT_EOF)
			return false;
	}
	return true;
}

/* A number's text, which is ASCII. */
static bool put_text(struct ios *ios, const char *text, int64_t length)
{
	ELEMENT part[64];
	int64_t i, count;

	for (; length > 0; length -= count, text += count) {
		count = length < (int64_t)ARRAY_SIZE(part) ? length : (int64_t)ARRAY_SIZE(part);
		for (i = 0; i < count; i++)
			part[i] = (ELEMENT)text[i];
		if (streambuf_put_many(ios->buffer, part, count) != count)
			return false;
	}
	return true;
}

/* Writes text in the stream's width; with internal adjustment the padding comes after `prefix` bytes. */
static struct ostream *put_field(struct ostream *s, const char *text, int64_t length, int64_t prefix)
{
	struct ios *ios = ostream_ios(s);
	int64_t padding = ios->width > length ? ios->width - length : 0;
	INT adjust = ios->flags & FLAG_ADJUST;
	bool written;

	ios->width = 0;
	if (adjust == FLAG_LEFT)
		prefix = length;
	else if (adjust != FLAG_INTERNAL)
		prefix = 0;
	written = put_text(ios, text, prefix) && pad(ios, padding) && put_text(ios, text + prefix, length - prefix);
	return end(s, written ? STATE_GOOD : STATE_BAD);
}

/* How many bytes of a number internal padding comes after: the sign, and 0x. */
static int64_t prefix_of(const char *text)
{
	int64_t prefix = text[0] == '-' || text[0] == '+';

	if (text[prefix] == '0' && (text[prefix + 1] == 'x' || text[prefix + 1] == 'X'))
		prefix += 2;
	return prefix;
}

static int CDECL format(char *buffer, size_t capacity, const char *how, ...)
{
	ms_va_list arguments;
	size_t written;
	int needed;

	ms_va_start(arguments, how);
	needed = format_memory_narrow(buffer, capacity, how, PRINTF_STANDARD_SNPRINTF, &crt_c_locale, arguments, &written);
	ms_va_end(arguments);
	return needed;
}

static struct ostream *put_integer(struct ostream *s, uint64_t value, bool is_signed)
{
	const struct ios *ios = ostream_ios(s);
	char how[12] = "%", *at = how + 1, text[40];
	INT base = ios->flags & FLAG_BASE;
	int length;

	if (ios->flags & FLAG_SHOW_PLUS)
		*at++ = '+';
	if (ios->flags & FLAG_SHOW_BASE)
		*at++ = '#';
	*at++ = 'l';
	*at++ = 'l';
	if (base == FLAG_OCTAL)
		*at++ = 'o';
	else if (base == FLAG_HEXADECIMAL)
		*at++ = ios->flags & FLAG_UPPERCASE ? 'X' : 'x';
	else
		*at++ = is_signed ? 'd' : 'u';
	*at = 0;
	length = format(text, sizeof(text), how, value);
	return put_field(s, text, length, prefix_of(text));
}

/* A signed type of `size` bytes: in octal and hexadecimal its bits are shown. */
static struct ostream *put_signed(struct ostream *s, int64_t value, unsigned size)
{
	INT base = ostream_ios(s)->flags & FLAG_BASE;

	if (!begin(s))
		return end(s, STATE_BAD);
	if (size < 8 && (base == FLAG_OCTAL || base == FLAG_HEXADECIMAL))
		return put_integer(s, (uint64_t)value & ((1ull << size * 8) - 1), false);
	return put_integer(s, (uint64_t)value, true);
}

static struct ostream *put_unsigned(struct ostream *s, uint64_t value)
{
	return begin(s) ? put_integer(s, value, false) : end(s, STATE_BAD);
}

#define INSERT(code, type, put)                                                                                        \
	STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@" #code "@Z", ostream_insert_##code, (struct ostream * s, type value)) \
	{                                                                                                              \
		return put;                                                                                            \
	}
INSERT(F, SHORT, put_signed(s, value, 2))
INSERT(H, INT, put_signed(s, value, 4))
INSERT(J, LONG, put_signed(s, value, 4))
INSERT(_J, int64_t, put_signed(s, value, 8))
INSERT(G, USHORT, put_unsigned(s, value))
INSERT(I, UINT, put_unsigned(s, value))
INSERT(K, ULONG, put_unsigned(s, value))
INSERT(_K, uint64_t, put_unsigned(s, value))

STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@_N@Z", ostream_insert_bool, (struct ostream * s, bool value))
{
	if (!begin(s))
		return end(s, STATE_BAD);
	if (ostream_ios(s)->flags & FLAG_BOOL_NAMES)
		return put_field(s, value ? "true" : "false", value ? 4 : 5, 0);
	return put_integer(s, value, true);
}

STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@PEBX@Z", ostream_insert_pointer, (struct ostream * s, const void *value))
{
	char text[24];

	if (!begin(s))
		return end(s, STATE_BAD);
	return put_field(s, text, format(text, sizeof(text), "%p", value), 0);
}

static struct ostream *put_double(struct ostream *s, double value)
{
	const struct ios *ios = ostream_ios(s);
	INT kind = ios->flags & FLAG_FLOAT;
	int precision = ios->precision <= 0 && kind == 0 ? (ios->precision == 0 ? 1 : 6) : (int)ios->precision;
	char how[12] = "%", *at = how + 1, text[64], *memory = text;
	bool upper = (ios->flags & FLAG_UPPERCASE) != 0;
	struct ostream *result;
	int length;

	if (!begin(s))
		return end(s, STATE_BAD);
	if (ios->flags & FLAG_SHOW_PLUS)
		*at++ = '+';
	if (ios->flags & FLAG_SHOW_POINT)
		*at++ = '#';
	if (kind != FLAG_FLOAT) {
		*at++ = '.';
		*at++ = '*';
	}
	*at++ = kind == FLAG_FIXED	? 'f'
		: kind == FLAG_SCIENTIFIC ? (upper ? 'E' : 'e')
		: kind == FLAG_FLOAT	  ? (upper ? 'A' : 'a')
					  : (upper ? 'G' : 'g');
	*at = 0;
	length = kind != FLAG_FLOAT ? format(text, sizeof(text), how, precision, value) : format(text, sizeof(text), how, value);
	if (length > (int)sizeof(text)) {
		memory = msvcp_new((size_t)length);
		if (kind != FLAG_FLOAT)
			format(memory, (size_t)length, how, precision, value);
		else
			format(memory, (size_t)length, how, value);
	}
	result = put_field(s, memory, length, prefix_of(memory));
	if (memory != text)
		crt_heap_free(memory);
	return result;
}

INSERT(M, float, put_double(s, (double)value))
INSERT(N, double, put_double(s, value))
INSERT(O, double, put_double(s, value)) /* long double */

/* All of another buffer. */
STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@PEAV?$basic_streambuf@" TRAITS "@1@@Z", ostream_insert_buffer,
    (struct ostream * s, struct streambuf *from))
{
	INT c, state = STATE_GOOD;
	bool copied = false;

	if (!begin(s) || from == NULL)
		return end(s, STATE_BAD);
	for (c = streambuf_peek(from); c != ELEMENT_EOF; c = streambuf_next(from), copied = true) {
		if (streambuf_put(ostream_ios(s)->buffer, (ELEMENT)c) == ELEMENT_EOF) {
			state = STATE_BAD;
			break;
		}
	}
	ostream_ios(s)->width = 0;
	return end(s, copied ? state : STATE_FAIL);
}

/* --- manipulators --- */

STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@P6AAEAV01@AEAV01@@Z@Z", ostream_manipulate,
    (struct ostream * s, void *function))
{
	return (struct ostream *)ke_call_guest(function, (uintptr_t)s, 0, 0, 0);
}

STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@P6AAEAVios_base@1@AEAV21@@Z@Z", ostream_manipulate_ios_base,
    (struct ostream * s, void *function))
{
	ke_call_guest(function, (uintptr_t)ostream_ios(s), 0, 0, 0);
	return s;
}

STD(struct ostream *, "??6" OSTREAM "QEAAAEAV01@P6AAEAV?$basic_ios@" TRAITS "@1@AEAV21@@Z@Z",
    ostream_manipulate_ios, (struct ostream * s, void *function))
{
	ke_call_guest(function, (uintptr_t)ostream_ios(s), 0, 0, 0);
	return s;
}

/* --- positions --- */

STD(struct fpos *, "?tellp@" OSTREAM "QEAA?AV?$fpos@U_Mbstatet@@@2@XZ", ostream_tellp, (struct ostream * s, struct fpos *result))
{
	struct ios *ios = ostream_ios(s);

	*result = (struct fpos){.offset = -1};
	if (ios->state & (STATE_FAIL | STATE_BAD))
		return result;
	return streambuf_seek(ios->buffer, result, 0, 1, OPEN_OUT);
}

STD(struct ostream *, "?seekp@" OSTREAM "QEAAAEAV12@_JH@Z", ostream_seekp, (struct ostream * s, int64_t offset, INT way))
{
	struct ios *ios = ostream_ios(s);
	struct fpos at;

	if (!(ios->state & (STATE_FAIL | STATE_BAD)) &&
	    streambuf_seek(ios->buffer, &at, offset, way, OPEN_OUT)->offset + at.position == -1)
		ios_add_state(ios, STATE_FAIL);
	return s;
}

STD(struct ostream *, "?seekp@" OSTREAM "QEAAAEAV12@V?$fpos@U_Mbstatet@@@2@@Z", ostream_seekp_position,
    (struct ostream * s, const struct fpos *to))
{
	struct ios *ios = ostream_ios(s);
	struct fpos at;

	if (!(ios->state & (STATE_FAIL | STATE_BAD)) &&
	    streambuf_seek_to(ios->buffer, &at, to, OPEN_OUT)->offset + at.position == -1)
		ios_add_state(ios, STATE_FAIL);
	return s;
}
