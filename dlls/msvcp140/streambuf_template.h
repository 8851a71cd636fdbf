/*
 * dlls/msvcp140/streambuf_template.h - basic_streambuf of char and of wchar_t.
 */
#include "dlls/msvcp140/streams.h"

/* --- the get and put areas --- */

static inline int64_t get_available(const struct streambuf *b)
{
	return *b->get_next_at != NULL ? *b->get_count_at : 0;
}

static inline int64_t put_available(const struct streambuf *b)
{
	return *b->put_next_at != NULL ? *b->put_count_at : 0;
}

static inline ELEMENT *get_advance(struct streambuf *b)
{
	--*b->get_count_at;
	return (*b->get_next_at)++;
}

static inline ELEMENT *put_advance(struct streambuf *b)
{
	--*b->put_count_at;
	return (*b->put_next_at)++;
}

STD(void, "?setp@" STREAMBUF "IEAAXPEA" E "00@Z", streambuf_setp_next, (struct streambuf * b, ELEMENT *first, ELEMENT *next, ELEMENT *end))
{
	*b->put_first_at = first;
	*b->put_next_at = next;
	*b->put_count_at = (INT)(end - next);
}

STD(void, "?setp@" STREAMBUF "IEAAXPEA" E "0@Z", streambuf_setp, (struct streambuf * b, ELEMENT *first, ELEMENT *end))
{
	OF(streambuf_setp_next)(b, first, first, end);
}

STD(void, "?setg@" STREAMBUF "IEAAXPEA" E "00@Z", streambuf_setg, (struct streambuf * b, ELEMENT *first, ELEMENT *next, ELEMENT *end))
{
	*b->get_first_at = first;
	*b->get_next_at = next;
	*b->get_count_at = (INT)(end - next);
}

STD(void, "?_Init@" STREAMBUF "IEAAXXZ", streambuf_Init, (struct streambuf * b))
{
	b->get_first_at = &b->get_first;
	b->put_first_at = &b->put_first;
	b->get_next_at = &b->get_next;
	b->put_next_at = &b->put_next;
	b->get_count_at = &b->get_count;
	b->put_count_at = &b->put_count;
	OF(streambuf_setp)(b, NULL, NULL);
	OF(streambuf_setg)(b, NULL, NULL, NULL);
}

/* The areas of a FILE instead. */
STD(void, "?_Init@" STREAMBUF "IEAAXPEAPEA" E "0PEAH001@Z", streambuf_Init_at,
    (struct streambuf * b, ELEMENT **get_first, ELEMENT **get_next, INT *get_count, ELEMENT **put_first, ELEMENT **put_next, INT *put_count))
{
	b->get_first_at = get_first;
	b->put_first_at = put_first;
	b->get_next_at = get_next;
	b->put_next_at = put_next;
	b->get_count_at = get_count;
	b->put_count_at = put_count;
}

#define MEMBER(type, exported, name, value)                                                                            \
	STD(type, exported, streambuf_##name, (struct streambuf * b))                                                  \
	{                                                                                                              \
		return value;                                                                                          \
	}
MEMBER(ELEMENT *, "?eback@" STREAMBUF "IEBAPEA" E "XZ", eback, *b->get_first_at)
MEMBER(ELEMENT *, "?gptr@" STREAMBUF "IEBAPEA" E "XZ", gptr, *b->get_next_at)
MEMBER(ELEMENT *, "?egptr@" STREAMBUF "IEBAPEA" E "XZ", egptr, *b->get_next_at + *b->get_count_at)
MEMBER(ELEMENT *, "?pbase@" STREAMBUF "IEBAPEA" E "XZ", pbase, *b->put_first_at)
MEMBER(ELEMENT *, "?pptr@" STREAMBUF "IEBAPEA" E "XZ", pptr, *b->put_next_at)
MEMBER(ELEMENT *, "?epptr@" STREAMBUF "IEBAPEA" E "XZ", epptr, *b->put_next_at + *b->put_count_at)
MEMBER(int64_t, "?_Gnavail@" STREAMBUF "IEBA_JXZ", Gnavail, get_available(b))
MEMBER(int64_t, "?_Pnavail@" STREAMBUF "IEBA_JXZ", Pnavail, put_available(b))
MEMBER(ELEMENT *, "?_Gninc@" STREAMBUF "IEAAPEA" E "XZ", Gninc, get_advance(b))
MEMBER(ELEMENT *, "?_Pninc@" STREAMBUF "IEAAPEA" E "XZ", Pninc, put_advance(b))

STD(ELEMENT *, "?_Gndec@" STREAMBUF "IEAAPEA" E "XZ", streambuf_Gndec, (struct streambuf * b))
{
	++*b->get_count_at;
	return --*b->get_next_at;
}

STD(ELEMENT *, "?_Gnpreinc@" STREAMBUF "IEAAPEA" E "XZ", streambuf_Gnpreinc, (struct streambuf * b))
{
	--*b->get_count_at;
	return ++*b->get_next_at;
}

STD(void, "?gbump@" STREAMBUF "IEAAXH@Z", streambuf_gbump, (struct streambuf * b, INT count))
{
	*b->get_count_at -= count;
	*b->get_next_at += count;
}

STD(void, "?pbump@" STREAMBUF "IEAAXH@Z", streambuf_pbump, (struct streambuf * b, INT count))
{
	*b->put_count_at -= count;
	*b->put_next_at += count;
}

/* --- virtual functions, of this class --- */

#define CALL(b, slot, a, c, d) ke_call_guest((b)->vftable[slot], (uintptr_t)(b), (uintptr_t)(a), (uintptr_t)(c), (uintptr_t)(d))

STD(void, "?_Lock@" STREAMBUF "UEAAXXZ", streambuf_Lock, (struct streambuf * b))
{
	(void)b;
}

STD(void, "?_Unlock@" STREAMBUF "UEAAXXZ", streambuf_Unlock, (struct streambuf * b))
{
	(void)b;
}

STD(INT, "?overflow@" STREAMBUF "MEAA" I I "@Z", streambuf_overflow, (struct streambuf * b, INT c))
{
	(void)b;
	(void)c;
	return ELEMENT_EOF;
}

STD(INT, "?pbackfail@" STREAMBUF "MEAA" I I "@Z", streambuf_pbackfail, (struct streambuf * b, INT c))
{
	(void)b;
	(void)c;
	return ELEMENT_EOF;
}

STD(int64_t, "?showmanyc@" STREAMBUF "MEAA_JXZ", streambuf_showmanyc, (struct streambuf * b))
{
	(void)b;
	return 0;
}

STD(INT, "?underflow@" STREAMBUF "MEAA" I "XZ", streambuf_underflow, (struct streambuf * b))
{
	(void)b;
	return ELEMENT_EOF;
}

STD(INT, "?uflow@" STREAMBUF "MEAA" I "XZ", streambuf_uflow, (struct streambuf * b))
{
	if ((STREAM_INT)CALL(b, BUF_UNDERFLOW, 0, 0, 0) == ELEMENT_EOF)
		return ELEMENT_EOF;
	return (UNIT)*get_advance(b);
}

STD(int64_t, "?xsgetn@" STREAMBUF "MEAA_JPEA" E "_J@Z", streambuf_xsgetn, (struct streambuf * b, ELEMENT *to, int64_t count))
{
	int64_t left = count, available;
	INT c;

	while (left > 0) {
		available = get_available(b);
		if (available > 0) {
			if (available > left)
				available = left;
			rtl_memcpy(to, *b->get_next_at, (size_t)available * sizeof(ELEMENT));
			OF(streambuf_gbump)(b, (INT)available);
			to += available;
			left -= available;
			continue;
		}
		c = (STREAM_INT)CALL(b, BUF_UFLOW, 0, 0, 0);
		if (c == ELEMENT_EOF)
			break;
		*to++ = (ELEMENT)c;
		left--;
	}
	return count - left;
}

STD(int64_t, "?xsputn@" STREAMBUF "MEAA_JPEB" E "_J@Z", streambuf_xsputn, (struct streambuf * b, const ELEMENT *from, int64_t count))
{
	int64_t left = count, available;

	while (left > 0) {
		available = put_available(b);
		if (available > 0) {
			if (available > left)
				available = left;
			rtl_memcpy(*b->put_next_at, from, (size_t)available * sizeof(ELEMENT));
			OF(streambuf_pbump)(b, (INT)available);
			from += available;
			left -= available;
			continue;
		}
		if ((STREAM_INT)CALL(b, BUF_OVERFLOW, (UNIT)*from, 0, 0) == ELEMENT_EOF)
			break;
		from++;
		left--;
	}
	return count - left;
}

STD(struct fpos *, "?seekoff@" STREAMBUF "MEAA?AV?$fpos@U_Mbstatet@@@2@_JHH@Z", streambuf_seekoff,
    (struct streambuf * b, struct fpos *result, int64_t offset, INT way, INT which))
{
	(void)b;
	(void)offset;
	(void)way;
	(void)which;
	*result = (struct fpos){.offset = -1};
	return result;
}

STD(struct fpos *, "?seekpos@" STREAMBUF "MEAA?AV?$fpos@U_Mbstatet@@@2@V32@H@Z", streambuf_seekpos,
    (struct streambuf * b, struct fpos *result, const struct fpos *to, INT which))
{
	(void)b;
	(void)to;
	(void)which;
	*result = (struct fpos){.offset = -1};
	return result;
}

STD(struct streambuf *, "?setbuf@" STREAMBUF "MEAAPEAV12@PEA" E "_J@Z", streambuf_setbuf,
    (struct streambuf * b, ELEMENT *buffer, int64_t size))
{
	(void)buffer;
	(void)size;
	return b;
}

STD(INT, "?sync@" STREAMBUF "MEAAHXZ", streambuf_sync, (struct streambuf * b))
{
	(void)b;
	return 0;
}

STD(void, "?imbue@" STREAMBUF "MEAAXAEBVlocale@2@@Z", streambuf_imbue, (struct streambuf * b, const struct msvcp_locale *locale))
{
	(void)b;
	(void)locale;
}

STD(void, "??1" STREAMBUF "UEAA@XZ", streambuf_end, (struct streambuf * b))
{
	b->vftable = streambuf_vftable;
	if (b->locale != NULL) {
		msvcp_locale_end(b->locale);
		crt_heap_free(b->locale);
		b->locale = NULL;
	}
}

static void *WINAPI streambuf_delete(struct streambuf *b, UINT flags)
{
	OF(streambuf_end)(b);
	if (flags & 1)
		crt_heap_free(b);
	return b;
}

void *const streambuf_vftable[BUF_SLOTS] = {
	[BUF_DESTROY] = streambuf_delete,
	[BUF_LOCK] = OF(streambuf_Lock),
	[BUF_UNLOCK] = OF(streambuf_Unlock),
	[BUF_OVERFLOW] = OF(streambuf_overflow),
	[BUF_PUT_BACK] = OF(streambuf_pbackfail),
	[BUF_SHOW_MANY] = OF(streambuf_showmanyc),
	[BUF_UNDERFLOW] = OF(streambuf_underflow),
	[BUF_UFLOW] = OF(streambuf_uflow),
	[BUF_GET_MANY] = OF(streambuf_xsgetn),
	[BUF_PUT_MANY] = OF(streambuf_xsputn),
	[BUF_SEEK_OFFSET] = OF(streambuf_seekoff),
	[BUF_SEEK_POSITION] = OF(streambuf_seekpos),
	[BUF_SET_BUFFER] = OF(streambuf_setbuf),
	[BUF_SYNC] = OF(streambuf_sync),
	[BUF_IMBUE] = OF(streambuf_imbue),
};

void streambuf_construct(struct streambuf *b, void *const *vftable)
{
	b->vftable = vftable;
	b->locale = msvcp_new(sizeof(*b->locale));
	msvcp_locale_global(b->locale);
	OF(streambuf_Init)(b);
}

STD(struct streambuf *, "??0" STREAMBUF "IEAA@XZ", streambuf, (struct streambuf * b))
{
	streambuf_construct(b, streambuf_vftable);
	return b;
}

/* --- what programs call --- */

INT streambuf_peek(struct streambuf *b)
{
	return get_available(b) > 0 ? (UNIT)**b->get_next_at : (STREAM_INT)CALL(b, BUF_UNDERFLOW, 0, 0, 0);
}

INT streambuf_get(struct streambuf *b)
{
	return get_available(b) > 0 ? (UNIT)*get_advance(b) : (STREAM_INT)CALL(b, BUF_UFLOW, 0, 0, 0);
}

INT streambuf_next(struct streambuf *b)
{
	if (get_available(b) > 1)
		return (UNIT)*OF(streambuf_Gnpreinc)(b);
	return streambuf_get(b) == ELEMENT_EOF ? ELEMENT_EOF : streambuf_peek(b);
}

INT streambuf_unget(struct streambuf *b, INT c)
{
	ELEMENT *next = *b->get_next_at;

	if (next != NULL && *b->get_first_at < next && (c == ELEMENT_EOF || (UNIT)next[-1] == c))
		return (UNIT)*OF(streambuf_Gndec)(b);
	return (STREAM_INT)CALL(b, BUF_PUT_BACK, c, 0, 0);
}

INT streambuf_put(struct streambuf *b, ELEMENT c)
{
	if (put_available(b) > 0)
		return (UNIT)(*put_advance(b) = c);
	return (STREAM_INT)CALL(b, BUF_OVERFLOW, (UNIT)c, 0, 0);
}

int64_t streambuf_get_many(struct streambuf *b, ELEMENT *to, int64_t count)
{
	return (int64_t)CALL(b, BUF_GET_MANY, to, count, 0);
}

int64_t streambuf_put_many(struct streambuf *b, const ELEMENT *from, int64_t count)
{
	return (int64_t)CALL(b, BUF_PUT_MANY, from, count, 0);
}

INT streambuf_sync(struct streambuf *b)
{
	return (INT)CALL(b, BUF_SYNC, 0, 0, 0);
}

struct fpos *streambuf_seek(struct streambuf *b, struct fpos *result, int64_t offset, INT way, INT which)
{
	uint64_t arguments[8] = {(uintptr_t)b, (uintptr_t)result, (uint64_t)offset, (uint64_t)way, (uint64_t)which};

	ke_call_guest_eight(b->vftable[BUF_SEEK_OFFSET], arguments);
	return result;
}

/* The position goes by value: by the address of a copy. */
struct fpos *streambuf_seek_to(struct streambuf *b, struct fpos *result, const struct fpos *to, INT which)
{
	struct fpos copy = *to;

	CALL(b, BUF_SEEK_POSITION, result, &copy, which);
	return result;
}

STD(INT, "?sgetc@" STREAMBUF "QEAA" I "XZ", streambuf_sgetc, (struct streambuf * b))
{
	return streambuf_peek(b);
}

STD(INT, "?sbumpc@" STREAMBUF "QEAA" I "XZ", streambuf_sbumpc, (struct streambuf * b))
{
	return streambuf_get(b);
}

STD(INT, "?snextc@" STREAMBUF "QEAA" I "XZ", streambuf_snextc, (struct streambuf * b))
{
	return streambuf_next(b);
}

STD(INT, "?sputc@" STREAMBUF "QEAA" I E "@Z", streambuf_sputc, (struct streambuf * b, ELEMENT c))
{
	return streambuf_put(b, c);
}

STD(INT, "?sungetc@" STREAMBUF "QEAA" I "XZ", streambuf_sungetc, (struct streambuf * b))
{
	return streambuf_unget(b, ELEMENT_EOF);
}

STD(INT, "?sputbackc@" STREAMBUF "QEAA" I E "@Z", streambuf_sputbackc, (struct streambuf * b, ELEMENT c))
{
	return streambuf_unget(b, (UNIT)c);
}

STD(int64_t, "?sgetn@" STREAMBUF "QEAA_JPEA" E "_J@Z", streambuf_sgetn, (struct streambuf * b, ELEMENT *to, int64_t count))
{
	return streambuf_get_many(b, to, count);
}

STD(int64_t, "?sputn@" STREAMBUF "QEAA_JPEB" E "_J@Z", streambuf_sputn, (struct streambuf * b, const ELEMENT *from, int64_t count))
{
	return streambuf_put_many(b, from, count);
}

STD(int64_t, "?in_avail@" STREAMBUF "QEAA_JXZ", streambuf_in_avail, (struct streambuf * b))
{
	int64_t available = get_available(b);

	return available > 0 ? available : (int64_t)CALL(b, BUF_SHOW_MANY, 0, 0, 0);
}

STD(INT, "?pubsync@" STREAMBUF "QEAAHXZ", streambuf_pubsync, (struct streambuf * b))
{
	return streambuf_sync(b);
}

STD(struct streambuf *, "?pubsetbuf@" STREAMBUF "QEAAPEAV12@PEA" E "_J@Z", streambuf_pubsetbuf,
    (struct streambuf * b, ELEMENT *buffer, int64_t size))
{
	return (struct streambuf *)CALL(b, BUF_SET_BUFFER, buffer, size, 0);
}

STD(struct fpos *, "?pubseekoff@" STREAMBUF "QEAA?AV?$fpos@U_Mbstatet@@@2@_JHH@Z", streambuf_pubseekoff,
    (struct streambuf * b, struct fpos *result, int64_t offset, INT way, INT which))
{
	return streambuf_seek(b, result, offset, way, which);
}

STD(struct fpos *, "?pubseekpos@" STREAMBUF "QEAA?AV?$fpos@U_Mbstatet@@@2@V32@H@Z", streambuf_pubseekpos,
    (struct streambuf * b, struct fpos *result, const struct fpos *to, INT which))
{
	return streambuf_seek_to(b, result, to, which);
}

STD(struct msvcp_locale *, "?getloc@" STREAMBUF "QEBA?AVlocale@2@XZ", streambuf_getloc,
    (const struct streambuf *b, struct msvcp_locale *result))
{
	msvcp_locale_copy(result, b->locale);
	return result;
}

/* The locale before. */
STD(struct msvcp_locale *, "?pubimbue@" STREAMBUF "QEAA?AVlocale@2@AEBV32@@Z", streambuf_pubimbue,
    (struct streambuf * b, struct msvcp_locale *result, const struct msvcp_locale *locale))
{
	msvcp_locale_copy(result, b->locale);
	CALL(b, BUF_IMBUE, locale, 0, 0);
	msvcp_locale_end(b->locale);
	msvcp_locale_copy(b->locale, locale);
	return result;
}
