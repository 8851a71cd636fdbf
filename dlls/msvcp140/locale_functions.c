/*
 * dlls/msvcp140/locale_functions.c - the functions of xlocinfo.h, by which facets that are compiled into programs work: what
 * they keep of a locale (_Getctype, _Getcvt), and converting and changing the case of characters by it.  Collation: collate.c.
 */
#include "dlls/msvcp140/msvcp140.h"

struct crt_time_data *CDECL crt__Gettnames(void);
char *CDECL crt__Getdays(void);
char *CDECL crt__Getmonths(void);
WCHAR *CDECL crt__W_Getdays(void);
WCHAR *CDECL crt__W_Getmonths(void);
struct crt_lconv *CDECL crt_localeconv(void);

/* The facet owns the name, and not the table: that is the locale's. */
EXPORT_C(msvcp140, "_Getctype", struct msvcp_ctypevec, msvcp_Getctype, (void))
{
	const struct crt_locale *locale = crt_locale(NULL);
	const WCHAR *name = locale->locale_names[CRT_LC_CTYPE];

	return (struct msvcp_ctypevec){locale->code_page, (const SHORT *)locale->pctype, 0,
				       name != NULL ? crt_heap_wcsdup(name) : NULL};
}

EXPORT_C(msvcp140, "_Getcvt", struct msvcp_cvtvec, msvcp_Getcvt, (void))
{
	const struct crt_locale *locale = crt_locale(NULL);
	struct msvcp_cvtvec result = {locale->code_page, (UINT)locale->mb_cur_max, locale->code_page == 0, {0}};
	INT c;

	for (c = 0; c < 256; c++) {
		if (crt_is_lead(locale, (BYTE)c))
			result.lead[c >> 3] |= (BYTE)(1 << (c & 7));
	}
	return result;
}

/* time_base::dateorder: no order 0, dmy 1, mdy 2, ymd 3. */
STD(INT, "_Getdateorder", Getdateorder, (void))
{
	const WCHAR *at = crt_locale(NULL)->time_data->wide[CRT_TIME_DATE];

	while (*at != 0 && *at != 'd' && *at != 'M' && *at != 'y')
		at++;
	return *at == 'd' ? 1 : *at == 'M' ? 2 : *at == 'y' ? 3 : 0;
}

/* --- characters, in the C locale that is set --- */

INT CDECL crt_tolower(INT c);
INT CDECL crt_toupper(INT c);
size_t CDECL crt_mbrtowc(WCHAR *to, const char *from, size_t size, ULONG *state);
size_t CDECL crt_wcrtomb(char *to, WCHAR c, ULONG *state);

STD(INT, "_Tolower", Tolower, (INT c, const struct msvcp_ctypevec *vector))
{
	(void)vector;
	return crt_tolower(c);
}

STD(INT, "_Toupper", Toupper, (INT c, const struct msvcp_ctypevec *vector))
{
	(void)vector;
	return crt_toupper(c);
}

/* "C" has no name. */
STD(WCHAR, "_Towlower", Towlower, (WCHAR c, const struct msvcp_ctypevec *vector))
{
	if (vector == NULL || vector->locale_name == NULL)
		return crt_wide_lower(vector == NULL ? crt_locale(NULL) : &crt_c_locale, c);
	return rtl_downcase(c);
}

STD(WCHAR, "_Towupper", Towupper, (WCHAR c, const struct msvcp_ctypevec *vector))
{
	if (vector == NULL || vector->locale_name == NULL)
		return crt_wide_upper(vector == NULL ? crt_locale(NULL) : &crt_c_locale, c);
	return rtl_upcase(c);
}

STD(SHORT, "_Getwctype", Getwctype, (WCHAR c, const struct msvcp_ctypevec *vector))
{
	(void)vector;
	return (SHORT)crt_wide_class(c);
}

STD(const WCHAR *, "_Getwctypes", Getwctypes,
    (const WCHAR *at, const WCHAR *end, SHORT *to, const struct msvcp_ctypevec *vector))
{
	(void)vector;
	for (; at != end; at++)
		*to++ = (SHORT)crt_wide_class(*at);
	return end;
}

STD(INT, "_Mbrtowc", Mbrtowc, (WCHAR * to, const char *from, size_t size, ULONG *state, const struct msvcp_cvtvec *vector))
{
	(void)vector;
	return (INT)crt_mbrtowc(to, from, size, state);
}

STD(INT, "_Wcrtomb", Wcrtomb, (char *to, WCHAR c, ULONG *state, const struct msvcp_cvtvec *vector))
{
	(void)vector;
	return (INT)crt_wcrtomb(to, c, state);
}

/* --- the members of _Locinfo that ask for these --- */

STD(struct msvcp_ctypevec *, "?_Getctype@_Locinfo@std@@QEBA?AU_Ctypevec@@XZ", Locinfo_Getctype,
    (const struct msvcp_locinfo *info, struct msvcp_ctypevec *result))
{
	(void)info;
	*result = msvcp_Getctype();
	return result;
}

STD(struct msvcp_cvtvec *, "?_Getcvt@_Locinfo@std@@QEBA?AU_Cvtvec@@XZ", Locinfo_Getcvt,
    (const struct msvcp_locinfo *info, struct msvcp_cvtvec *result))
{
	(void)info;
	*result = msvcp_Getcvt();
	return result;
}

STD(INT, "?_Getdateorder@_Locinfo@std@@QEBAHXZ", Locinfo_Getdateorder, (const struct msvcp_locinfo *info))
{
	(void)info;
	return msvcp_Getdateorder();
}

STD(const struct crt_lconv *, "?_Getlconv@_Locinfo@std@@QEBAPEBUlconv@@XZ", Locinfo_Getlconv, (const struct msvcp_locinfo *info))
{
	(void)info;
	return crt_localeconv();
}

/* _Timevec: a pointer that its last owner frees. */
STD(struct crt_time_data **, "?_Gettnames@_Locinfo@std@@QEBA?AV_Timevec@2@XZ", Locinfo_Gettnames,
    (const struct msvcp_locinfo *info, struct crt_time_data **result))
{
	(void)info;
	*result = crt__Gettnames();
	return result;
}
STD_ALIAS("?_W_Gettnames@_Locinfo@std@@QEBA?AV_Timevec@2@XZ", Locinfo_Gettnames);

/* Names are kept in the object. */
#define NAMES(type, exported, name, member, get)                                                                       \
	STD(type, exported, Locinfo_##name, (struct msvcp_locinfo * info))                                             \
	{                                                                                                              \
		crt_heap_free(info->member.text);                                                                      \
		info->member.text = get();                                                                             \
		return info->member.text != NULL ? info->member.text : &info->member.nul;                              \
	}
NAMES(const char *, "?_Getdays@_Locinfo@std@@QEBAPEBDXZ", Getdays, days, crt__Getdays)
NAMES(const char *, "?_Getmonths@_Locinfo@std@@QEBAPEBDXZ", Getmonths, months, crt__Getmonths)
NAMES(const WCHAR *, "?_W_Getdays@_Locinfo@std@@QEBAPEBGXZ", W_Getdays, wide_days, crt__W_Getdays)
NAMES(const WCHAR *, "?_W_Getmonths@_Locinfo@std@@QEBAPEBGXZ", W_Getmonths, wide_months, crt__W_Getmonths)
