/*
 * dlls/msvcp140/streams.h - the classes of <ios>, <streambuf>, <ostream>, <istream> for char and wchar_t, as they lie in memory.
 *
 * basic_ostream and basic_istream have basic_ios as a virtual base: their first word points to a table of two offsets, the
 * second of which leads to it.  Where a class is not the base of another, the word before the virtual base (vtordisp) is 0.
 * A destructor that overrides the virtual base's gets a pointer to that base, as it would lie in an object of just its
 * class; the constructors get one hidden argument more: whether they make the virtual base too.
 */
#ifndef PEWTER_DLLS_MSVCP140_STREAMS_H
#define PEWTER_DLLS_MSVCP140_STREAMS_H

#include "dlls/msvcp140/msvcp140.h"

/*
 * One source for both kinds of character: the *_template.h are compiled for char and, after STREAMS_WIDE is defined, for
 * wchar_t.  What is written in them without a prefix is then another symbol.
 */
#ifdef STREAMS_WIDE
#define ELEMENT WCHAR
#define UNIT USHORT
#define STREAM_INT USHORT /* int_type */
#define E "_W"		  /* in decorated names: the character, and int_type */
#define I "G"
#define OF(name) msvcp_wide_##name
#define OF_DATA(name) wide_##name
#define IS_SPACE(c) ((crt_wide_class((WCHAR)(c)) & CRT_SPACE) != 0)
#undef STD
#undef STD_ALIAS
#define STD(type, exported, name, params) EXPORT_C(msvcp140, exported, type, msvcp_wide_##name, params)
#define STD_ALIAS(exported, name) EXPORT_ALIAS(msvcp140, exported, msvcp_wide_##name)
#define streambuf_construct wide_streambuf_construct
#define streambuf_vftable wide_streambuf_vftable
#define streambuf_peek wide_streambuf_peek
#define streambuf_get wide_streambuf_get
#define streambuf_next wide_streambuf_next
#define streambuf_unget wide_streambuf_unget
#define streambuf_put wide_streambuf_put
#define streambuf_get_many wide_streambuf_get_many
#define streambuf_put_many wide_streambuf_put_many
#define streambuf_sync wide_streambuf_sync
#define streambuf_seek wide_streambuf_seek
#define streambuf_seek_to wide_streambuf_seek_to
#define ios_initialize wide_ios_initialize
#define ios_destroy wide_ios_destroy
#define ios_add_state wide_ios_add_state
#define ostream_vftable wide_ostream_vftable
#define ostream_construct wide_ostream_construct
#define istream_vftable wide_istream_vftable
#define istream_construct wide_istream_construct
#else
#define ELEMENT char
#define UNIT BYTE
#define STREAM_INT INT
#define E "D"
#define I "H"
#define OF(name) msvcp_##name
#define OF_DATA(name) name
#define IS_SPACE(c) false
#endif

/* The middle of decorated names. */
#define TRAITS E "U?$char_traits@" E "@std@@"
#define STREAMBUF "?$basic_streambuf@" TRAITS "@std@@"
#define IOS "?$basic_ios@" TRAITS "@std@@"
#define OSTREAM "?$basic_ostream@" TRAITS "@std@@"
#define ISTREAM "?$basic_istream@" TRAITS "@std@@"
#define IOSTREAM "?$basic_iostream@" TRAITS "@std@@"

#define ELEMENT_EOF ((STREAM_INT)-1)

enum { STATE_GOOD = 0, STATE_EOF = 1, STATE_FAIL = 2, STATE_BAD = 4, STATE_ALL = 0x17 };
enum {
	FLAG_SKIP_SPACE = 1,
	FLAG_UNIT_BUFFER = 2,
	FLAG_UPPERCASE = 4,
	FLAG_SHOW_BASE = 8,
	FLAG_SHOW_POINT = 0x10,
	FLAG_SHOW_PLUS = 0x20,
	FLAG_LEFT = 0x40,
	FLAG_RIGHT = 0x80,
	FLAG_INTERNAL = 0x100,
	FLAG_ADJUST = 0x1C0,
	FLAG_DECIMAL = 0x200,
	FLAG_OCTAL = 0x400,
	FLAG_HEXADECIMAL = 0x800,
	FLAG_BASE = 0xE00,
	FLAG_SCIENTIFIC = 0x1000,
	FLAG_FIXED = 0x2000,
	FLAG_FLOAT = 0x3000,
	FLAG_BOOL_NAMES = 0x4000,
};
enum { OPEN_IN = 1, OPEN_OUT = 2, OPEN_AT_END = 4, OPEN_APPEND = 8, OPEN_TRUNCATE = 0x10, OPEN_BINARY = 0x20,
       OPEN_NO_CREATE = 0x40, OPEN_NO_REPLACE = 0x80 };

/* fpos<_Mbstatet> */
struct fpos {
	int64_t offset, position;
	uint64_t state;
};

struct streambuf {
	void *const *vftable;
	ELEMENT *get_first, *put_first;
	ELEMENT **get_first_at, **put_first_at; /* a derived class may keep the pointers elsewhere (a FILE) */
	ELEMENT *get_next, *put_next;
	ELEMENT **get_next_at, **put_next_at;
	INT get_count, put_count;
	INT *get_count_at, *put_count_at;
	struct msvcp_locale *locale;
};
_Static_assert(sizeof(struct streambuf) == 0x68, "basic_streambuf");

/* The slots of its vftable. */
enum { BUF_DESTROY, BUF_LOCK, BUF_UNLOCK, BUF_OVERFLOW, BUF_PUT_BACK, BUF_SHOW_MANY, BUF_UNDERFLOW, BUF_UFLOW, BUF_GET_MANY,
       BUF_PUT_MANY, BUF_SEEK_OFFSET, BUF_SEEK_POSITION, BUF_SET_BUFFER, BUF_SYNC, BUF_IMBUE, BUF_SLOTS };

struct ios_array { /* iword, pword */
	struct ios_array *next;
	INT index;
	LONG word;
	void *pointer;
};
struct ios_callback {
	struct ios_callback *next;
	INT index;
	void *function; /* void (event, ios_base &, int) */
};

/* ios_base, and after `locale` basic_ios */
struct ios {
	void *const *vftable;
	size_t standard; /* nonzero: one of cin, cout... */
	INT state, exceptions, flags;
	int64_t precision, width;
	struct ios_array *array;
	struct ios_callback *callbacks;
	struct msvcp_locale *locale;
	struct streambuf *buffer;
	struct ostream *tie;
	ELEMENT fill;
};
_Static_assert(offsetof(struct ios, buffer) == 0x48 && sizeof(struct ios) == 0x60, "basic_ios");

struct ostream {
	const INT *offsets;
};
struct istream {
	const INT *offsets;
	int64_t count; /* gcount() */
};

/* Complete objects. */
struct complete_ostream {
	struct ostream stream;
	INT padding, displacement;
	struct ios ios;
};
struct complete_istream {
	struct istream stream;
	INT padding, displacement;
	struct ios ios;
};
struct complete_iostream {
	struct istream in;
	struct ostream out;
	INT padding, displacement;
	struct ios ios;
};
_Static_assert(sizeof(struct complete_ostream) == 0x70 && sizeof(struct complete_istream) == 0x78 &&
		       sizeof(struct complete_iostream) == 0x80,
	       "streams");

static inline struct ios *ostream_ios(const struct ostream *s)
{
	return (struct ios *)((uintptr_t)s + (uintptr_t)s->offsets[1]);
}

static inline struct ios *istream_ios(const struct istream *s)
{
	return (struct ios *)((uintptr_t)s + (uintptr_t)s->offsets[1]);
}

/* --- streambuf_template.h --- */

void streambuf_construct(struct streambuf *b, void *const *vftable);
extern void *const streambuf_vftable[BUF_SLOTS];
/* What the members of the same names do; virtual functions are called where the standard says so. */
INT streambuf_peek(struct streambuf *b);           /* sgetc */
INT streambuf_get(struct streambuf *b);            /* sbumpc */
INT streambuf_next(struct streambuf *b);           /* snextc */
INT streambuf_unget(struct streambuf *b, INT c);   /* sputbackc, or sungetc if c is ELEMENT_EOF */
INT streambuf_put(struct streambuf *b, ELEMENT c);    /* sputc */
int64_t streambuf_get_many(struct streambuf *b, ELEMENT *to, int64_t count);
int64_t streambuf_put_many(struct streambuf *b, const ELEMENT *from, int64_t count);
INT streambuf_sync(struct streambuf *b);
struct fpos *streambuf_seek(struct streambuf *b, struct fpos *result, int64_t offset, INT way, INT which);
struct fpos *streambuf_seek_to(struct streambuf *b, struct fpos *result, const struct fpos *to, INT which);

int64_t CDECL OF(streambuf_in_avail)(struct streambuf *b);
struct msvcp_locale *CDECL OF(streambuf_pubimbue)(struct streambuf *b, struct msvcp_locale *result,
						    const struct msvcp_locale *locale);

/* --- ios.c, ios_template.h --- */

void *WINAPI msvcp_ios_delete(struct ios *ios, UINT flags);
void *WINAPI msvcp_wide_ios_delete(struct ios *ios, UINT flags);
void *WINAPI ios_base_delete(struct ios *ios, UINT flags);
/* The state as it becomes, and what the program asked to be told of: basic_ios::clear with a buffer. */
void ios_set_state(struct ios *ios, INT state, bool again);
struct msvcp_locale *CDECL msvcp_ios_base_imbue(struct ios *ios, struct msvcp_locale *result, const struct msvcp_locale *locale);
void CDECL msvcp_Ios_base_dtor(struct ios *ios);

struct ios *CDECL OF(ios)(struct ios *ios);
void CDECL OF(ios_clear)(struct ios *ios, INT state, bool again);

/* As basic_ios::init: nothing but the vftable needs to be set before. */
void ios_initialize(struct ios *ios, struct streambuf *buffer, bool standard);
void ios_destroy(struct ios *ios);
/* Adds states; throws ios_base::failure if the program wants that. */
void ios_add_state(struct ios *ios, INT state);
void msvcp_locale_copy(struct msvcp_locale *to, const struct msvcp_locale *from);
void msvcp_locale_global(struct msvcp_locale *to);
void msvcp_locale_end(struct msvcp_locale *locale);
/* Throws ios_base::failure with the iostream category. */
void msvcp_throw_failure(const char *what) __attribute__((noreturn));

/* --- ostream_template.h --- */

extern void *const ostream_vftable[1];
struct ostream *CDECL OF(ostream_flush)(struct ostream *s);
void ostream_construct(struct ostream *s, struct streambuf *buffer, bool standard, bool whole);

/* --- istream_template.h --- */

extern void *const istream_vftable[1];
void istream_construct(struct istream *s, struct streambuf *buffer, bool standard, bool whole);

/* --- standard_streams_template.h --- */

/* Make cin, cout, cerr, clog, and those of wchar_t, in the DLL's data. */
void msvcp_make_standard_streams(void);
void msvcp_wide_make_standard_streams(void);

#endif
