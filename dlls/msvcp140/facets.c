/*
 * dlls/msvcp140/facets.c - the facets of std::locale: ctype<char>.
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
	if (categories & 1 << CATEGORY_CTYPE >> 1)
		msvcp_Locimp_Addfac(l, new_ctype(), msvcp_id_number(&msvcp_data->id_ctype_char));
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
