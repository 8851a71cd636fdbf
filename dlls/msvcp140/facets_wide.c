/*
 * dlls/msvcp140/facets_wide.c - ctype<wchar_t>.  Bytes are widened and narrowed in the code page of the C locale that the
 * facet was made in; classes and case are Unicode's, case in the "C" locale ASCII's.
 */
#include "dlls/msvcp140/msvcp140.h"

enum { CATEGORY_CTYPE = 2 };
enum { /* slots of the vftable, after those of a facet; overloads stand in the reverse of their order in the class */
	CTYPE_IS_RANGE = 3,
	CTYPE_IS,
	CTYPE_SCAN_IS,
	CTYPE_SCAN_NOT,
	CTYPE_LOWER_RANGE,
	CTYPE_LOWER,
	CTYPE_UPPER_RANGE,
	CTYPE_UPPER,
	CTYPE_WIDEN_RANGE,
	CTYPE_WIDEN,
	CTYPE_NARROW_RANGE,
	CTYPE_NARROW,
	CTYPE_SLOTS,
};

struct ctype {
	struct msvcp_facet facet;
	struct msvcp_ctypevec vector;
	struct msvcp_cvtvec conversion;
	const struct crt_locale *locale; /* in the conversion's place for what the class does not have */
};

static SHORT WINAPI class_of(WCHAR c)
{
	return (SHORT)crt_wide_class(c);
}

static bool WINAPI ctype_is(const struct ctype *f, SHORT mask, WCHAR c)
{
	(void)f;
	return (class_of(c) & mask) != 0;
}

static const WCHAR *WINAPI ctype_is_range(const struct ctype *f, const WCHAR *at, const WCHAR *end, SHORT *to)
{
	(void)f;
	for (; at != end; at++)
		*to++ = class_of(*at);
	return end;
}

static const WCHAR *WINAPI ctype_scan_is(const struct ctype *f, SHORT mask, const WCHAR *at, const WCHAR *end)
{
	while (at != end && !ctype_is(f, mask, *at))
		at++;
	return at;
}

static const WCHAR *WINAPI ctype_scan_not(const struct ctype *f, SHORT mask, const WCHAR *at, const WCHAR *end)
{
	while (at != end && ctype_is(f, mask, *at))
		at++;
	return at;
}

static WCHAR WINAPI ctype_lower(const struct ctype *f, WCHAR c)
{
	return crt_wide_lower(f->locale, c);
}

static WCHAR WINAPI ctype_upper(const struct ctype *f, WCHAR c)
{
	return crt_wide_upper(f->locale, c);
}

static const WCHAR *WINAPI ctype_lower_range(const struct ctype *f, WCHAR *at, const WCHAR *end)
{
	for (; at != end; at++)
		*at = ctype_lower(f, *at);
	return end;
}

static const WCHAR *WINAPI ctype_upper_range(const struct ctype *f, WCHAR *at, const WCHAR *end)
{
	for (; at != end; at++)
		*at = ctype_upper(f, *at);
	return end;
}

/* A byte that is no character by itself is WEOF, as _Mbrtowc's failure. */
static WCHAR WINAPI ctype_widen(const struct ctype *f, char c)
{
	return f->locale->wide[(BYTE)c];
}

static const char *WINAPI ctype_widen_range(const struct ctype *f, const char *at, const char *end, WCHAR *to)
{
	for (; at != end; at++)
		*to++ = ctype_widen(f, *at);
	return end;
}

static char WINAPI ctype_narrow(const struct ctype *f, WCHAR c, char otherwise)
{
	char bytes[5];

	return crt_locale_from_wide(f->locale, c, bytes) == 1 ? bytes[0] : otherwise;
}

static const WCHAR *WINAPI ctype_narrow_range(const struct ctype *f, const WCHAR *at, const WCHAR *end, char otherwise, char *to)
{
	for (; at != end; at++)
		*to++ = ctype_narrow(f, *at, otherwise);
	return end;
}

static void *WINAPI ctype_delete(struct ctype *f, UINT flags)
{
	crt_heap_free(f->vector.locale_name);
	if (flags & 1)
		crt_heap_free(f);
	return f;
}

static const void *const ctype_vftable[CTYPE_SLOTS] = {
	ctype_delete,
	msvcp_facet_add_reference,
	msvcp_facet_release,
	[CTYPE_IS_RANGE] = ctype_is_range,
	[CTYPE_IS] = ctype_is,
	[CTYPE_SCAN_IS] = ctype_scan_is,
	[CTYPE_SCAN_NOT] = ctype_scan_not,
	[CTYPE_LOWER_RANGE] = ctype_lower_range,
	[CTYPE_LOWER] = ctype_lower,
	[CTYPE_UPPER_RANGE] = ctype_upper_range,
	[CTYPE_UPPER] = ctype_upper,
	[CTYPE_WIDEN_RANGE] = ctype_widen_range,
	[CTYPE_WIDEN] = ctype_widen,
	[CTYPE_NARROW_RANGE] = ctype_narrow_range,
	[CTYPE_NARROW] = ctype_narrow,
};

struct msvcp_facet *msvcp_new_ctype_wide(void)
{
	struct ctype *f = msvcp_new(sizeof(*f));

	*f = (struct ctype){
		.facet = {(const struct msvcp_facet_vftable *)ctype_vftable, 0},
		.vector = msvcp_Getctype(),
		.conversion = msvcp_Getcvt(),
		.locale = crt_locale(NULL),
	};
	return &f->facet;
}

STD(size_t, "?_Getcat@?$ctype@_W@std@@SA_KPEAPEBVfacet@locale@2@PEBV42@@Z", ctype_wide_Getcat,
    (const struct msvcp_facet **facet, const struct msvcp_locale *locale))
{
	struct msvcp_locinfo info;

	if (facet != NULL && *facet == NULL) {
		msvcp_Locinfo(&info, locale != NULL ? msvcp_Yarn_c_str(&locale->implementation->name) : "C");
		*facet = msvcp_new_ctype_wide();
		msvcp_Locinfo_end(&info);
	}
	return CATEGORY_CTYPE;
}

/* The public members call the virtual ones, which may be the program's. */
#define SLOT(f, slot) ((void *const *)(f)->facet.vftable)[slot]
#define FORWARD(type, exported, name, slot, params, a, b, c)                                                            \
	STD(type, exported, ctype_wide_##name, params)                                                                 \
	{                                                                                                              \
		return (type)ke_call_guest(SLOT(f, slot), (uintptr_t)f, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c));  \
	}
FORWARD(bool, "?is@?$ctype@_W@std@@QEBA_NF_W@Z", is, CTYPE_IS, (const struct ctype *f, SHORT mask, WCHAR c), mask, c, 0)
FORWARD(const WCHAR *, "?is@?$ctype@_W@std@@QEBAPEB_WPEB_W0PEAF@Z", is_range, CTYPE_IS_RANGE,
	(const struct ctype *f, const WCHAR *at, const WCHAR *end, SHORT *to), at, end, to)
FORWARD(const WCHAR *, "?scan_is@?$ctype@_W@std@@QEBAPEB_WFPEB_W0@Z", scan_is, CTYPE_SCAN_IS,
	(const struct ctype *f, SHORT mask, const WCHAR *at, const WCHAR *end), mask, at, end)
FORWARD(const WCHAR *, "?scan_not@?$ctype@_W@std@@QEBAPEB_WFPEB_W0@Z", scan_not, CTYPE_SCAN_NOT,
	(const struct ctype *f, SHORT mask, const WCHAR *at, const WCHAR *end), mask, at, end)
FORWARD(WCHAR, "?tolower@?$ctype@_W@std@@QEBA_W_W@Z", tolower, CTYPE_LOWER, (const struct ctype *f, WCHAR c), c, 0, 0)
FORWARD(const WCHAR *, "?tolower@?$ctype@_W@std@@QEBAPEB_WPEA_WPEB_W@Z", tolower_range, CTYPE_LOWER_RANGE,
	(const struct ctype *f, WCHAR *at, const WCHAR *end), at, end, 0)
FORWARD(WCHAR, "?toupper@?$ctype@_W@std@@QEBA_W_W@Z", toupper, CTYPE_UPPER, (const struct ctype *f, WCHAR c), c, 0, 0)
FORWARD(const WCHAR *, "?toupper@?$ctype@_W@std@@QEBAPEB_WPEA_WPEB_W@Z", toupper_range, CTYPE_UPPER_RANGE,
	(const struct ctype *f, WCHAR *at, const WCHAR *end), at, end, 0)
FORWARD(WCHAR, "?widen@?$ctype@_W@std@@QEBA_WD@Z", widen, CTYPE_WIDEN, (const struct ctype *f, char c), c, 0, 0)
FORWARD(const char *, "?widen@?$ctype@_W@std@@QEBAPEBDPEBD0PEA_W@Z", widen_range, CTYPE_WIDEN_RANGE,
	(const struct ctype *f, const char *at, const char *end, WCHAR *to), at, end, to)
FORWARD(char, "?narrow@?$ctype@_W@std@@QEBAD_WD@Z", narrow, CTYPE_NARROW, (const struct ctype *f, WCHAR c, char otherwise), c,
	otherwise, 0)

STD(const WCHAR *, "?narrow@?$ctype@_W@std@@QEBAPEB_WPEB_W0DPEAD@Z", ctype_wide_narrow_range,
    (const struct ctype *f, const WCHAR *at, const WCHAR *end, char otherwise, char *to))
{
	uint64_t arguments[8] = {(uintptr_t)f, (uintptr_t)at, (uintptr_t)end, (uint64_t)otherwise, (uintptr_t)to};

	return (const WCHAR *)ke_call_guest_eight(SLOT(f, CTYPE_NARROW_RANGE), arguments);
}

EXPORT_DATA(msvcp140, "?id@?$ctype@_W@std@@2V0locale@2@A", offsetof(struct msvcp_data, id_ctype_wide));
