/*
 * dlls/msvcp140/istream_template.h - basic_istream and basic_iostream of char and of wchar_t.
 *
 * Numbers are read as num_get of the classic locale does.
 */
#include "dlls/msvcp140/streams.h"

double CDECL crt_ucrt_strtod(const char *text, char **end);
float CDECL crt_strtof(const char *text, char **end);

static const INT istream_offsets[2] = {0, offsetof(struct complete_istream, ios)};
static const INT iostream_in_offsets[2] = {0, offsetof(struct complete_iostream, ios)};
static const INT iostream_out_offsets[2] = {0, offsetof(struct complete_iostream, ios) - offsetof(struct complete_iostream, out)};

/* --- construction --- */

static void become(struct istream *s)
{
	struct ios *ios = istream_ios(s);

	ios->vftable = istream_vftable;
	((INT *)ios)[-1] = s->offsets[1] - (INT)offsetof(struct complete_istream, ios);
}

void istream_construct(struct istream *s, struct streambuf *buffer, bool standard, bool whole)
{
	if (whole) {
		s->offsets = istream_offsets;
		OF(ios)(istream_ios(s));
	}
	become(s);
	s->count = 0;
	ios_initialize(istream_ios(s), buffer, standard);
}

STD(struct istream *, "??0" ISTREAM "QEAA@PEAV?$basic_streambuf@" TRAITS "@1@_N@Z", istream,
    (struct istream * s, struct streambuf *buffer, bool standard, INT whole))
{
	istream_construct(s, buffer, standard, whole != 0);
	return s;
}

/* `ios` as in an object of just this class. */
STD(void, "??1" ISTREAM "UEAA@XZ", istream_end, (struct ios * ios))
{
	become((struct istream *)((char *)ios - offsetof(struct complete_istream, ios)));
}

STD(void, "??_D" ISTREAM "QEAAXXZ", istream_end_whole, (struct complete_istream * s))
{
	OF(istream_end)(&s->ios);
	ios_destroy(&s->ios);
}

static void *WINAPI istream_delete(struct ios *ios, UINT flags)
{
	struct complete_istream *s = (struct complete_istream *)((char *)ios - ((INT *)ios)[-1] -
								 offsetof(struct complete_istream, ios));

	OF(istream_end_whole)(s);
	if (flags & 1)
		crt_heap_free(s);
	return s;
}

void *const istream_vftable[1] = {istream_delete};

/* --- basic_iostream --- */

static void *WINAPI iostream_delete(struct ios *ios, UINT flags);
static void *const iostream_vftable[1] = {iostream_delete};

static void become_iostream(struct istream *s)
{
	struct ios *ios = istream_ios(s);

	ios->vftable = iostream_vftable;
	((INT *)ios)[-1] = s->offsets[1] - (INT)offsetof(struct complete_iostream, ios);
}

STD(struct complete_iostream *, "??0" IOSTREAM "QEAA@PEAV?$basic_streambuf@" TRAITS "@1@@Z", iostream,
    (struct complete_iostream * s, struct streambuf *buffer, INT whole))
{
	if (whole != 0) {
		s->in.offsets = iostream_in_offsets;
		s->out.offsets = iostream_out_offsets;
		OF(ios)(&s->ios);
	}
	s->in.count = 0;
	become_iostream(&s->in);
	ios_initialize(istream_ios(&s->in), buffer, false);
	return s;
}

STD(void, "??1" IOSTREAM "UEAA@XZ", iostream_end, (struct ios * ios))
{
	become_iostream(&((struct complete_iostream *)((char *)ios - offsetof(struct complete_iostream, ios)))->in);
}

STD(void, "??_D" IOSTREAM "QEAAXXZ", iostream_end_whole, (struct complete_iostream * s))
{
	OF(iostream_end)(&s->ios);
	ios_destroy(&s->ios);
}

static void *WINAPI iostream_delete(struct ios *ios, UINT flags)
{
	struct complete_iostream *s = (struct complete_iostream *)((char *)ios - ((INT *)ios)[-1] -
								   offsetof(struct complete_iostream, ios));

	OF(iostream_end_whole)(s);
	if (flags & 1)
		crt_heap_free(s);
	return s;
}

/* --- before each input --- */

static bool is_space(INT c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c > 0x7F && IS_SPACE(c));
}

STD(bool, "?_Ipfx@" ISTREAM "QEAA_N_N@Z", istream_Ipfx, (struct istream * s, bool keep_space))
{
	struct ios *ios = istream_ios(s);
	INT c;

	if (ios->state != STATE_GOOD) {
		ios_add_state(ios, STATE_FAIL);
		return false;
	}
	if (ios->tie != NULL)
		OF(ostream_flush)(ios->tie);
	if (keep_space || !(ios->flags & FLAG_SKIP_SPACE))
		return true;
	for (c = streambuf_peek(ios->buffer); is_space(c);)
		c = streambuf_next(ios->buffer);
	if (c != ELEMENT_EOF)
		return true;
	ios_add_state(ios, STATE_EOF | STATE_FAIL);
	return false;
}

STD(bool, "?ipfx@" ISTREAM "QEAA_N_N@Z", istream_ipfx, (struct istream * s, bool keep_space))
{
	return OF(istream_Ipfx)(s, keep_space);
}

/* --- bytes --- */

STD(int64_t, "?gcount@" ISTREAM "QEBA_JXZ", istream_gcount, (const struct istream *s))
{
	return s->count;
}

STD(INT, "?get@" ISTREAM "QEAA" I "XZ", istream_get, (struct istream * s))
{
	INT c = ELEMENT_EOF;

	s->count = 0;
	if (!OF(istream_Ipfx)(s, true))
		return ELEMENT_EOF;
	c = streambuf_get(istream_ios(s)->buffer);
	if (c == ELEMENT_EOF)
		ios_add_state(istream_ios(s), STATE_EOF | STATE_FAIL);
	else
		s->count = 1;
	return c;
}

STD(struct istream *, "?get@" ISTREAM "QEAAAEAV12@AEA" E "@Z", istream_get_char, (struct istream * s, ELEMENT *to))
{
	INT c = OF(istream_get)(s);

	*to = c == ELEMENT_EOF ? 0 : (ELEMENT)c;
	return s;
}

/* Bytes up to a delimiter, which getline takes too; room for `size` bytes with the terminator. */
static struct istream *get_line(struct istream *s, ELEMENT *to, int64_t size, ELEMENT delimiter, bool take)
{
	struct ios *ios = istream_ios(s);
	INT c, state = STATE_GOOD;

	s->count = 0;
	if (OF(istream_Ipfx)(s, true) && size > 0) {
		for (c = streambuf_peek(ios->buffer);; c = streambuf_next(ios->buffer)) {
			if (c == ELEMENT_EOF) {
				state |= STATE_EOF;
				break;
			}
			if (c == (UNIT)delimiter) {
				if (take) {
					s->count++;
					streambuf_get(ios->buffer);
				}
				break;
			}
			if (--size <= 0) {
				if (take)
					state |= STATE_FAIL;
				break;
			}
			*to++ = (ELEMENT)c;
			s->count++;
		}
	}
	*to = 0;
	ios_add_state(ios, s->count == 0 ? state | STATE_FAIL : state);
	return s;
}

STD(struct istream *, "?get@" ISTREAM "QEAAAEAV12@PEA" E "_J" E "@Z", istream_get_until,
    (struct istream * s, ELEMENT *to, int64_t size, ELEMENT delimiter))
{
	return get_line(s, to, size, delimiter, false);
}

STD(struct istream *, "?get@" ISTREAM "QEAAAEAV12@PEA" E "_J@Z", istream_get_line, (struct istream * s, ELEMENT *to, int64_t size))
{
	return get_line(s, to, size, '\n', false);
}

STD(struct istream *, "?getline@" ISTREAM "QEAAAEAV12@PEA" E "_J" E "@Z", istream_getline_until,
    (struct istream * s, ELEMENT *to, int64_t size, ELEMENT delimiter))
{
	return get_line(s, to, size, delimiter, true);
}

STD(struct istream *, "?getline@" ISTREAM "QEAAAEAV12@PEA" E "_J@Z", istream_getline, (struct istream * s, ELEMENT *to, int64_t size))
{
	return get_line(s, to, size, '\n', true);
}

STD(struct istream *, "?ignore@" ISTREAM "QEAAAEAV12@_J" I "@Z", istream_ignore, (struct istream * s, int64_t count, INT delimiter))
{
	struct ios *ios = istream_ios(s);
	bool all = count == INT64_MAX;
	INT c;

	s->count = 0;
	if (!OF(istream_Ipfx)(s, true))
		return s;
	while (all || count-- > 0) {
		c = streambuf_get(ios->buffer);
		if (c == ELEMENT_EOF) {
			ios_add_state(ios, STATE_EOF);
			break;
		}
		s->count++;
		if (c == (STREAM_INT)delimiter)
			break;
	}
	return s;
}

STD(INT, "?peek@" ISTREAM "QEAA" I "XZ", istream_peek, (struct istream * s))
{
	INT c;

	s->count = 0;
	if (!OF(istream_Ipfx)(s, true))
		return ELEMENT_EOF;
	c = streambuf_peek(istream_ios(s)->buffer);
	if (c == ELEMENT_EOF)
		ios_add_state(istream_ios(s), STATE_EOF);
	return c;
}

STD(struct istream *, "?read@" ISTREAM "QEAAAEAV12@PEA" E "_J@Z", istream_read, (struct istream * s, ELEMENT *to, int64_t count))
{
	s->count = 0;
	if (!OF(istream_Ipfx)(s, true))
		return s;
	s->count = streambuf_get_many(istream_ios(s)->buffer, to, count);
	if (s->count != count)
		ios_add_state(istream_ios(s), STATE_EOF | STATE_FAIL);
	return s;
}

STD(int64_t, "?readsome@" ISTREAM "QEAA_JPEA" E "_J@Z", istream_readsome, (struct istream * s, ELEMENT *to, int64_t count))
{
	int64_t available;

	s->count = 0;
	if (!OF(istream_Ipfx)(s, true))
		return 0;
	available = OF(streambuf_in_avail)(istream_ios(s)->buffer);
	if (available < 0)
		ios_add_state(istream_ios(s), STATE_EOF);
	else if (available > 0)
		OF(istream_read)(s, to, available < count ? available : count);
	return s->count;
}

static struct istream *put_back(struct istream *s, INT c)
{
	struct ios *ios = istream_ios(s);

	s->count = 0;
	if (ios->state & STATE_EOF)
		OF(ios_clear)(ios, ios->state & ~STATE_EOF, false);
	if (OF(istream_Ipfx)(s, true) && streambuf_unget(ios->buffer, c) == ELEMENT_EOF)
		ios_add_state(ios, STATE_BAD);
	return s;
}

STD(struct istream *, "?unget@" ISTREAM "QEAAAEAV12@XZ", istream_unget, (struct istream * s))
{
	return put_back(s, ELEMENT_EOF);
}

STD(struct istream *, "?putback@" ISTREAM "QEAAAEAV12@" E "@Z", istream_putback, (struct istream * s, ELEMENT c))
{
	return put_back(s, (UNIT)c);
}

STD(INT, "?sync@" ISTREAM "QEAAHXZ", istream_sync, (struct istream * s))
{
	struct ios *ios = istream_ios(s);

	if (ios->buffer == NULL)
		return -1;
	if (streambuf_sync(ios->buffer) != -1)
		return 0;
	ios_add_state(ios, STATE_BAD);
	return -1;
}

/* --- positions --- */

STD(struct fpos *, "?tellg@" ISTREAM "QEAA?AV?$fpos@U_Mbstatet@@@2@XZ", istream_tellg, (struct istream * s, struct fpos *result))
{
	struct ios *ios = istream_ios(s);

	*result = (struct fpos){.offset = -1};
	if (ios->state & (STATE_FAIL | STATE_BAD))
		return result;
	return streambuf_seek(ios->buffer, result, 0, 1, OPEN_IN);
}

/* The end of input is forgotten; then the stream must be good. */
static bool begin_seek(struct ios *ios)
{
	OF(ios_clear)(ios, ios->state & ~STATE_EOF, false);
	return !(ios->state & (STATE_FAIL | STATE_BAD));
}

STD(struct istream *, "?seekg@" ISTREAM "QEAAAEAV12@_JH@Z", istream_seekg, (struct istream * s, int64_t offset, INT way))
{
	struct ios *ios = istream_ios(s);
	struct fpos at;

	if (begin_seek(ios) && streambuf_seek(ios->buffer, &at, offset, way, OPEN_IN)->offset + at.position == -1)
		ios_add_state(ios, STATE_FAIL);
	return s;
}

STD(struct istream *, "?seekg@" ISTREAM "QEAAAEAV12@V?$fpos@U_Mbstatet@@@2@@Z", istream_seekg_position,
    (struct istream * s, const struct fpos *to))
{
	struct ios *ios = istream_ios(s);
	struct fpos at;

	if (begin_seek(ios) && streambuf_seek_to(ios->buffer, &at, to, OPEN_IN)->offset + at.position == -1)
		ios_add_state(ios, STATE_FAIL);
	return s;
}

/* --- numbers --- */

static INT digit_of(INT c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

/* Reads an integer's magnitude and sign.  `state` gets what the stream's state becomes: no digits, or more than 64 bits
 * hold, is a failure. */
static uint64_t read_integer(struct istream *s, bool *negative, bool *overflow, INT *state)
{
	struct ios *ios = istream_ios(s);
	struct streambuf *b = ios->buffer;
	INT flags = ios->flags & FLAG_BASE, base, c = streambuf_peek(b), digit;
	bool digits = false;
	uint64_t value = 0;

	*overflow = *negative = false;
	base = flags == FLAG_OCTAL ? 8 : flags == FLAG_HEXADECIMAL ? 16 : flags == 0 ? 0 : 10;
	if (c == '+' || c == '-') {
		*negative = c == '-';
		c = streambuf_next(b);
	}
	if (c == '0' && (base == 0 || base == 16)) {
		digits = true;
		c = streambuf_next(b);
		if (c == 'x' || c == 'X') {
			digits = false;
			base = 16;
			c = streambuf_next(b);
		} else if (base == 0) {
			base = 8;
		}
	}
	if (base == 0)
		base = 10;
	for (; (digit = digit_of(c)) < base; c = streambuf_next(b)) {
		digits = true;
		*overflow = *overflow || value > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base;
		value = value * (uint64_t)base + (uint64_t)digit;
	}
	*state = (digits && !*overflow ? STATE_GOOD : STATE_FAIL) | (c == ELEMENT_EOF ? STATE_EOF : STATE_GOOD);
	return digits ? value : 0;
}

/* Into a signed type of `size` bytes; what does not fit becomes the nearest, and a failure. */
static struct istream *extract_signed(struct istream *s, void *to, unsigned size)
{
	int64_t high = (int64_t)(UINT64_MAX >> (65 - size * 8)), result;
	bool negative, overflow;
	uint64_t value;
	INT state;

	if (!OF(istream_Ipfx)(s, false))
		return s;
	value = read_integer(s, &negative, &overflow, &state);
	if (overflow || value > (uint64_t)high + negative) {
		result = negative ? -high - 1 : high;
		state |= STATE_FAIL;
	} else {
		result = (int64_t)(negative ? 0 - value : value);
	}
	rtl_memcpy(to, &result, size);
	ios_add_state(istream_ios(s), state);
	return s;
}

/* A minus sign negates what was read, as strtoul does. */
static struct istream *extract_unsigned(struct istream *s, void *to, unsigned size)
{
	uint64_t high = UINT64_MAX >> (64 - size * 8), value;
	bool negative, overflow;
	INT state;

	if (!OF(istream_Ipfx)(s, false))
		return s;
	value = read_integer(s, &negative, &overflow, &state);
	if (overflow || value > high) {
		value = high;
		state |= STATE_FAIL;
	} else if (negative) {
		value = 0 - value;
	}
	rtl_memcpy(to, &value, size);
	ios_add_state(istream_ios(s), state);
	return s;
}

#define EXTRACT(code, type, call)                                                                                      \
	STD(struct istream *, "??5" ISTREAM "QEAAAEAV01@AEA" #code "@Z", istream_extract_##code, (struct istream * s, type *to)) \
	{                                                                                                              \
		return call;                                                                                           \
	}
EXTRACT(F, SHORT, extract_signed(s, to, 2))
EXTRACT(H, INT, extract_signed(s, to, 4))
EXTRACT(J, LONG, extract_signed(s, to, 4))
EXTRACT(_J, int64_t, extract_signed(s, to, 8))
EXTRACT(G, USHORT, extract_unsigned(s, to, 2))
EXTRACT(I, UINT, extract_unsigned(s, to, 4))
EXTRACT(K, ULONG, extract_unsigned(s, to, 4))
EXTRACT(_K, uint64_t, extract_unsigned(s, to, 8))

/* The characters of a number; room for 767 digits and more decide every double. */
enum { NUMBER_SIZE = 800 };

static char *read_float(struct istream *s, char *to, INT *state)
{
	struct streambuf *b = istream_ios(s)->buffer;
	char *at = to, *end = to + NUMBER_SIZE - 12, *first = to;
	INT c = streambuf_peek(b);
	bool digits = false, point = false;

	if (c == '+' || c == '-') {
		*at++ = (char)c;
		c = streambuf_next(b);
		first = at;
	}
	for (;; c = streambuf_next(b)) {
		if (c >= '0' && c <= '9') {
			digits = true;
			/* Zeros in front say nothing; digits past the last that can matter neither, after the point. */
			if (c == '0' && at == first + 1 && *first == '0' && !point)
				continue;
			if (at < end)
				*at++ = (char)c;
			else if (!point)
				break;
		} else if (c == '.' && !point) {
			point = true;
			*at++ = '.';
		} else {
			break;
		}
	}
	if (digits && (c == 'e' || c == 'E')) {
		*at++ = 'e';
		c = streambuf_next(b);
		if (c == '+' || c == '-') {
			*at++ = (char)c;
			c = streambuf_next(b);
		}
		digits = false;
		for (end = to + NUMBER_SIZE - 1; c >= '0' && c <= '9'; c = streambuf_next(b)) {
			digits = true;
			if (at < end)
				*at++ = (char)c;
		}
	}
	*at = 0;
	*state = (digits ? STATE_GOOD : STATE_FAIL) | (c == ELEMENT_EOF ? STATE_EOF : STATE_GOOD);
	return to;
}

/* A value that is not finite is a failure; one that is too small is not. */
#define EXTRACT_FLOAT(code, type, parse)                                                                               \
	STD(struct istream *, "??5" ISTREAM "QEAAAEAV01@AEA" #code "@Z", istream_extract_##code, (struct istream * s, type *to)) \
	{                                                                                                              \
		char text[NUMBER_SIZE];                                                                                \
		INT state, error = crt_self.error;                                                                     \
                                                                                                                       \
		if (!OF(istream_Ipfx)(s, false))                                                                     \
			return s;                                                                                      \
		read_float(s, text, &state);                                                                           \
		crt_self.error = 0;                                                                                    \
		*to = state & STATE_FAIL ? 0 : parse(text, NULL);                                                      \
		if (crt_self.error == CRT_ERANGE && (*to > 1 || *to < -1))                                             \
			state |= STATE_FAIL;                                                                           \
		crt_self.error = error;                                                                                \
		ios_add_state(istream_ios(s), state);                                                                  \
		return s;                                                                                              \
	}
EXTRACT_FLOAT(N, double, crt_ucrt_strtod)
EXTRACT_FLOAT(M, float, crt_strtof)
STD_ALIAS("??5" ISTREAM "QEAAAEAV01@AEAO@Z", istream_extract_N);

/* 0 or 1; with boolalpha the names. */
STD(struct istream *, "??5" ISTREAM "QEAAAEAV01@AEA_N@Z", istream_extract_bool, (struct istream * s, bool *to))
{
	static const char *const names[] = {"false", "true"};
	struct ios *ios = istream_ios(s);
	bool negative, overflow;
	uint64_t value;
	INT state, c, i, at;

	if (!OF(istream_Ipfx)(s, false))
		return s;
	if (!(ios->flags & FLAG_BOOL_NAMES)) {
		value = read_integer(s, &negative, &overflow, &state);
		*to = value != 0;
		if (value > 1)
			state |= STATE_FAIL;
	} else {
		c = streambuf_peek(ios->buffer);
		i = c == 't';
		for (at = 0; names[i][at] != 0 && c == names[i][at]; at++)
			c = names[i][at + 1] != 0 ? streambuf_next(ios->buffer) : streambuf_get(ios->buffer);
		state = names[i][at] == 0 ? STATE_GOOD : STATE_FAIL;
		*to = state == STATE_GOOD && i;
		if (c == ELEMENT_EOF)
			state |= STATE_EOF;
	}
	ios_add_state(ios, state);
	return s;
}

STD(struct istream *, "??5" ISTREAM "QEAAAEAV01@AEAPEAX@Z", istream_extract_pointer, (struct istream * s, void **to))
{
	INT flags = istream_ios(s)->flags;

	istream_ios(s)->flags = (flags & ~FLAG_BASE) | FLAG_HEXADECIMAL;
	extract_unsigned(s, to, sizeof(*to));
	istream_ios(s)->flags = flags;
	return s;
}

/* --- manipulators --- */

STD(struct istream *, "??5" ISTREAM "QEAAAEAV01@P6AAEAV01@AEAV01@@Z@Z", istream_manipulate,
    (struct istream * s, void *function))
{
	return (struct istream *)ke_call_guest(function, (uintptr_t)s, 0, 0, 0);
}

STD(struct istream *, "??5" ISTREAM "QEAAAEAV01@P6AAEAVios_base@1@AEAV21@@Z@Z", istream_manipulate_ios_base,
    (struct istream * s, void *function))
{
	ke_call_guest(function, (uintptr_t)istream_ios(s), 0, 0, 0);
	return s;
}
