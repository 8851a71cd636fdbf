/*
 * dlls/msvcp140/facets.c - the facets of std::locale: ctype<char>, codecvt; ctype<wchar_t> is in facets_wide.c.
 */
#include "dlls/msvcp140/msvcp140.h"


enum { CATEGORY_CTYPE = 2 };

static BYTE lower_of(const struct msvcp_ctype *f, BYTE c)
{
	(void)f;
	return crt_locale(NULL)->lower[c];
}

static BYTE upper_of(const struct msvcp_ctype *f, BYTE c)
{
	(void)f;
	return crt_locale(NULL)->upper[c];
}

static void *WINAPI ctype_delete(struct msvcp_ctype *f, UINT flags)
{
	if (f->vector.owned > 0)
		crt_heap_free((void *)f->vector.table);
	crt_heap_free(f->vector.locale_name);
	if (flags & 1)
		crt_heap_free(f);
	return f;
}

static char WINAPI ctype_lower(const struct msvcp_ctype *f, char c)
{
	return (char)lower_of(f, (BYTE)c);
}

static const char *WINAPI ctype_lower_range(const struct msvcp_ctype *f, char *at, const char *end)
{
	for (; at != end; at++)
		*at = (char)lower_of(f, (BYTE)*at);
	return end;
}

static char WINAPI ctype_upper(const struct msvcp_ctype *f, char c)
{
	return (char)upper_of(f, (BYTE)c);
}

static const char *WINAPI ctype_upper_range(const struct msvcp_ctype *f, char *at, const char *end)
{
	for (; at != end; at++)
		*at = (char)upper_of(f, (BYTE)*at);
	return end;
}

static char WINAPI ctype_widen(const struct msvcp_ctype *f, char c)
{
	(void)f;
	return c;
}

static const char *WINAPI ctype_widen_range(const struct msvcp_ctype *f, const char *at, const char *end, char *to)
{
	(void)f;
	rtl_memcpy(to, at, (size_t)(end - at));
	return end;
}

static char WINAPI ctype_narrow(const struct msvcp_ctype *f, char c, char otherwise)
{
	(void)f;
	(void)otherwise;
	return c;
}

static const char *WINAPI ctype_narrow_range(const struct msvcp_ctype *f, const char *at, const char *end, char otherwise,
					     char *to)
{
	(void)otherwise;
	return ctype_widen_range(f, at, end, to);
}

/* Overloads stand in the vftable in the reverse of their order in the class. */
static const void *const ctype_vftable[] = {
	ctype_delete, msvcp_facet_add_reference, msvcp_facet_release,
	ctype_lower_range, ctype_lower, ctype_upper_range, ctype_upper,
	ctype_widen_range, ctype_widen, ctype_narrow_range, ctype_narrow,
};

static struct msvcp_facet *new_ctype(void)
{
	const struct crt_locale *locale = crt_locale(NULL);
	struct msvcp_ctype *f = msvcp_new(sizeof(*f));
	SHORT *table = msvcp_new(256 * sizeof(*table));

	rtl_memcpy(table, locale->ctype + 1, 256 * sizeof(*table));
	*f = (struct msvcp_ctype){
		.facet = {(const struct msvcp_facet_vftable *)ctype_vftable, 0},
		.vector = {.page = locale->code_page, .table = table, .owned = 1},
	};
	return &f->facet;
}

/* Makes the facet for use_facet, with the names of the locale it is for. */
STD(size_t, "?_Getcat@?$ctype@D@std@@SA_KPEAPEBVfacet@locale@2@PEBV42@@Z", ctype_char_Getcat,
    (const struct msvcp_facet **facet, const struct msvcp_locale *locale))
{
	struct msvcp_locinfo info;

	if (facet != NULL && *facet == NULL) {
		msvcp_Locinfo(&info, locale != NULL ? msvcp_Yarn_c_str(&locale->implementation->name) : "C");
		*facet = new_ctype();
		msvcp_Locinfo_end(&info);
	}
	return CATEGORY_CTYPE;
}

void msvcp_make_facets(struct msvcp_locimp *l, const struct msvcp_locinfo *info, INT categories)
{
	(void)info;
	if (categories & 1 << CATEGORY_CTYPE >> 1) {
		msvcp_Locimp_Addfac(l, new_ctype(), msvcp_id_number(&msvcp_data->id_ctype_char));
		msvcp_Locimp_Addfac(l, msvcp_new_ctype_wide(), msvcp_id_number(&msvcp_data->id_ctype_wide));
	}
}

STD(bool, "?is@?$ctype@D@std@@QEBA_NFD@Z", ctype_char_is, (const struct msvcp_ctype *f, SHORT mask, char c))
{
	return (f->vector.table[(BYTE)c] & mask) != 0;
}

STD(char, "?tolower@?$ctype@D@std@@QEBADD@Z", ctype_char_tolower, (const struct msvcp_ctype *f, char c))
{
	return (char)ke_call_guest(((void *const *)f->facet.vftable)[4], (uintptr_t)f, (uintptr_t)c, 0, 0);
}

STD(char, "?toupper@?$ctype@D@std@@QEBADD@Z", ctype_char_toupper, (const struct msvcp_ctype *f, char c))
{
	return (char)ke_call_guest(((void *const *)f->facet.vftable)[6], (uintptr_t)f, (uintptr_t)c, 0, 0);
}

EXPORT_DATA(msvcp140, "?id@?$ctype@D@std@@2V0locale@2@A", offsetof(struct msvcp_data, id_ctype_char));

/* --- codecvt<char, char>: nothing to convert; codecvt<wchar_t, char>: by the C locale that is set --- */

enum { CODECVT_OK, CODECVT_PARTIAL, CODECVT_ERROR, CODECVT_NO_CONVERSION };
enum { /* slots of the vftable, after those of a facet */
	CODECVT_ALWAYS_NO_CONVERSION = 3,
	CODECVT_MAX_LENGTH,
	CODECVT_ENCODING,
	CODECVT_IN,
	CODECVT_OUT,
	CODECVT_UNSHIFT,
	CODECVT_LENGTH,
	CODECVT_SLOTS,
};

size_t CDECL crt_mbrtowc(WCHAR *to, const char *from, size_t size, ULONG *state);
size_t CDECL crt_wcrtomb(char *to, WCHAR c, ULONG *state);

static void *WINAPI codecvt_delete(struct msvcp_facet *f, UINT flags)
{
	if (flags & 1)
		crt_heap_free(f);
	return f;
}

static bool WINAPI codecvt_char_no_conversion(const struct msvcp_facet *f)
{
	(void)f;
	return true;
}

static bool WINAPI codecvt_wide_no_conversion(const struct msvcp_facet *f)
{
	(void)f;
	return false;
}

static INT WINAPI codecvt_char_max_length(const struct msvcp_facet *f)
{
	(void)f;
	return 1;
}

static INT WINAPI codecvt_wide_max_length(const struct msvcp_facet *f)
{
	(void)f;
	return crt_locale(NULL)->mb_cur_max;
}

static INT WINAPI codecvt_char_encoding(const struct msvcp_facet *f)
{
	(void)f;
	return 1;
}

static INT WINAPI codecvt_wide_encoding(const struct msvcp_facet *f)
{
	(void)f;
	return 0;
}

/* in and out of codecvt<char, char>. */
static INT WINAPI codecvt_char_convert(const struct msvcp_facet *f, ULONG *state, const char *from, const char *from_end,
				       const char **from_next, char *to, char *to_end, char **to_next)
{
	(void)f;
	(void)state;
	(void)from_end;
	(void)to_end;
	*from_next = from;
	*to_next = to;
	return CODECVT_NO_CONVERSION;
}

static INT WINAPI codecvt_char_unshift(const struct msvcp_facet *f, ULONG *state, char *to, char *to_end, char **to_next)
{
	(void)f;
	(void)state;
	(void)to_end;
	*to_next = to;
	return CODECVT_NO_CONVERSION;
}

static INT WINAPI codecvt_char_length(const struct msvcp_facet *f, const ULONG *state, const char *from, const char *end,
				      size_t count)
{
	(void)f;
	(void)state;
	return (INT)((size_t)(end - from) < count ? (size_t)(end - from) : count);
}

static INT WINAPI codecvt_wide_in(const struct msvcp_facet *f, ULONG *state, const char *from, const char *from_end,
				  const char **from_next, WCHAR *to, WCHAR *to_end, WCHAR **to_next)
{
	INT result = from == from_end ? CODECVT_OK : CODECVT_PARTIAL;
	size_t used;

	(void)f;
	for (; from != from_end && to != to_end; from += used, to++) {
		used = crt_mbrtowc(to, from, (size_t)(from_end - from), state);
		if (used == (size_t)-2) { /* all of it is the beginning of a character, which the state keeps */
			from = from_end;
			break;
		}
		if (used == (size_t)-1) {
			result = CODECVT_ERROR;
			break;
		}
		if (used == 0)
			used = 1;
		result = CODECVT_OK;
	}
	*from_next = from;
	*to_next = to;
	return result;
}

static INT WINAPI codecvt_wide_out(const struct msvcp_facet *f, ULONG *state, const WCHAR *from, const WCHAR *from_end,
				   const WCHAR **from_next, char *to, char *to_end, char **to_next)
{
	INT result = from == from_end ? CODECVT_OK : CODECVT_PARTIAL;
	ULONG before;
	char bytes[8];
	size_t size;

	(void)f;
	for (; from != from_end && to != to_end; from++) {
		before = *state;
		size = crt_wcrtomb(bytes, *from, state);
		if (size == (size_t)-1) {
			result = CODECVT_ERROR;
			break;
		}
		if (size > (size_t)(to_end - to)) {
			*state = before;
			break;
		}
		rtl_memcpy(to, bytes, size);
		to += size;
		result = CODECVT_OK;
	}
	*from_next = from;
	*to_next = to;
	return result;
}

static INT WINAPI codecvt_wide_length(const struct msvcp_facet *f, const ULONG *state, const char *from, const char *end,
				      size_t count)
{
	ULONG copy = *state;
	const char *at = from;
	size_t used;
	WCHAR c;

	(void)f;
	for (; count > 0 && at != end; count--, at += used != 0 ? used : 1) {
		used = crt_mbrtowc(&c, at, (size_t)(end - at), &copy);
		if (used == (size_t)-1 || used == (size_t)-2)
			break;
	}
	return (INT)(at - from);
}

static const void *const codecvt_char_vftable[CODECVT_SLOTS] = {
	codecvt_delete, msvcp_facet_add_reference, msvcp_facet_release, codecvt_char_no_conversion, codecvt_char_max_length,
	codecvt_char_encoding, codecvt_char_convert, codecvt_char_convert, codecvt_char_unshift, codecvt_char_length,
};
static const void *const codecvt_wide_vftable[CODECVT_SLOTS] = {
	codecvt_delete, msvcp_facet_add_reference, msvcp_facet_release, codecvt_wide_no_conversion, codecvt_wide_max_length,
	codecvt_wide_encoding, codecvt_wide_in, codecvt_wide_out, codecvt_char_unshift, codecvt_wide_length,
};

/* A facet, and the _Cvtvec of codecvt<wchar_t, char>. */
struct codecvt {
	struct msvcp_facet facet;
	uint64_t vector[6];
};

static size_t get_codecvt(const struct msvcp_facet **facet, const void *const *vftable)
{
	struct codecvt *f;

	if (facet != NULL && *facet == NULL) {
		f = msvcp_new(sizeof(*f));
		*f = (struct codecvt){.facet = {(const struct msvcp_facet_vftable *)vftable, 0}};
		*facet = &f->facet;
	}
	return CATEGORY_CTYPE;
}

STD(size_t, "?_Getcat@?$codecvt@DDU_Mbstatet@@@std@@SA_KPEAPEBVfacet@locale@2@PEBV42@@Z", codecvt_char_Getcat,
    (const struct msvcp_facet **facet, const struct msvcp_locale *locale))
{
	(void)locale;
	return get_codecvt(facet, codecvt_char_vftable);
}

STD(size_t, "?_Getcat@?$codecvt@_WDU_Mbstatet@@@std@@SA_KPEAPEBVfacet@locale@2@PEBV42@@Z", codecvt_wide_Getcat,
    (const struct msvcp_facet **facet, const struct msvcp_locale *locale))
{
	(void)locale;
	return get_codecvt(facet, codecvt_wide_vftable);
}

STD(struct codecvt *, "??0?$codecvt@_WDU_Mbstatet@@@std@@QEAA@_K@Z", codecvt_wide, (struct codecvt * f, size_t references))
{
	*f = (struct codecvt){.facet = {(const struct msvcp_facet_vftable *)codecvt_wide_vftable, (LONG)references}};
	return f;
}

STD(struct codecvt *, "??0?$codecvt@_WDU_Mbstatet@@@std@@QEAA@AEBV_Locinfo@1@_K@Z", codecvt_wide_of,
    (struct codecvt * f, const struct msvcp_locinfo *info, size_t references))
{
	(void)info; /* whose locale is set as long as it lives */
	return msvcp_codecvt_wide(f, references);
}

STD(void, "??1?$codecvt@_WDU_Mbstatet@@@std@@MEAA@XZ", codecvt_wide_end, (struct codecvt * f))
{
	f->facet.vftable = (const struct msvcp_facet_vftable *)codecvt_wide_vftable;
}

/* The public members call the virtual ones, which may be the program's; those with eight parameters are called as they are. */
typedef INT WINAPI codecvt_function(const struct msvcp_facet *f, ULONG *state, const void *from, const void *from_end,
				    const void **from_next, void *to, void *to_end, void **to_next);

static inline void *codecvt_slot(const struct msvcp_facet *f, int slot)
{
	return ((void *const *)f->vftable)[slot];
}

STD(bool, "?always_noconv@codecvt_base@std@@QEBA_NXZ", codecvt_always_noconv, (const struct msvcp_facet *f))
{
	return (bool)ke_call_guest(codecvt_slot(f, CODECVT_ALWAYS_NO_CONVERSION), (uintptr_t)f, 0, 0, 0);
}

STD(INT, "?max_length@codecvt_base@std@@QEBAHXZ", codecvt_max_length, (const struct msvcp_facet *f))
{
	return (INT)ke_call_guest(codecvt_slot(f, CODECVT_MAX_LENGTH), (uintptr_t)f, 0, 0, 0);
}

STD(INT, "?encoding@codecvt_base@std@@QEBAHXZ", codecvt_encoding, (const struct msvcp_facet *f))
{
	return (INT)ke_call_guest(codecvt_slot(f, CODECVT_ENCODING), (uintptr_t)f, 0, 0, 0);
}

#define CODECVT_PARAMETERS                                                                                             \
	(const struct msvcp_facet *f, ULONG *state, const void *from, const void *from_end, const void **from_next,    \
	 void *to, void *to_end, void **to_next)
STD(INT, "?in@?$codecvt@DDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEBD1AEAPEBDPEAD3AEAPEAD@Z", codecvt_in, CODECVT_PARAMETERS)
{
	return ((codecvt_function *)codecvt_slot(f, CODECVT_IN))(f, state, from, from_end, from_next, to, to_end, to_next);
}
STD_ALIAS("?in@?$codecvt@_WDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEBD1AEAPEBDPEA_W3AEAPEA_W@Z", codecvt_in);

STD(INT, "?out@?$codecvt@DDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEBD1AEAPEBDPEAD3AEAPEAD@Z", codecvt_out, CODECVT_PARAMETERS)
{
	return ((codecvt_function *)codecvt_slot(f, CODECVT_OUT))(f, state, from, from_end, from_next, to, to_end, to_next);
}
STD_ALIAS("?out@?$codecvt@_WDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEB_W1AEAPEB_WPEAD3AEAPEAD@Z", codecvt_out);

STD(INT, "?unshift@?$codecvt@DDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEAD1AEAPEAD@Z", codecvt_unshift,
    (const struct msvcp_facet *f, ULONG *state, char *to, char *to_end, char **to_next))
{
	uint64_t arguments[8] = {(uintptr_t)f, (uintptr_t)state, (uintptr_t)to, (uintptr_t)to_end, (uintptr_t)to_next};

	return (INT)ke_call_guest_eight(codecvt_slot(f, CODECVT_UNSHIFT), arguments);
}
STD_ALIAS("?unshift@?$codecvt@_WDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEAD1AEAPEAD@Z", codecvt_unshift);

STD(INT, "?length@?$codecvt@DDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEBD1_K@Z", codecvt_length,
    (const struct msvcp_facet *f, ULONG *state, const char *from, const char *end, size_t count))
{
	uint64_t arguments[8] = {(uintptr_t)f, (uintptr_t)state, (uintptr_t)from, (uintptr_t)end, count};

	return (INT)ke_call_guest_eight(codecvt_slot(f, CODECVT_LENGTH), arguments);
}
STD_ALIAS("?length@?$codecvt@_WDU_Mbstatet@@@std@@QEBAHAEAU_Mbstatet@@PEBD1_K@Z", codecvt_length);

EXPORT_DATA(msvcp140, "?id@?$codecvt@DDU_Mbstatet@@@std@@2V0locale@2@A", offsetof(struct msvcp_data, id_codecvt_char));
EXPORT_DATA(msvcp140, "?id@?$codecvt@_WDU_Mbstatet@@@std@@2V0locale@2@A", offsetof(struct msvcp_data, id_codecvt_wide));
