/*
 * dlls/crt/strftime.c - strftime and wcsftime, with the # flag; names of days and months.  MSDN "strftime".
 */
#include "dlls/crt/locale.h"
#include "dlls/crt/time.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

static bool in_range(INT value, INT low, INT high)
{
	return value >= low && value <= high;
}

/* ISO 8601: the week belongs to the year that has its Thursday. */
static bool iso_week(const struct crt_tm *tm, INT *year, INT *week)
{
	INT from_monday, thursday, length;

	if (!in_range(tm->tm_wday, 0, 6) || !in_range(tm->tm_yday, 0, 365) || !in_range(tm->tm_year, -1900, 8099))
		return false;
	*year = tm->tm_year + 1900;
	from_monday = (tm->tm_wday + 6) % 7;
	thursday = tm->tm_yday - from_monday + 3;
	if (thursday < 0) {
		(*year)--;
		length = (INT)(crt_days_from_civil(*year + 1, 1, 1) - crt_days_from_civil(*year, 1, 1));
		thursday += length;
	} else {
		length = (INT)(crt_days_from_civil(*year + 1, 1, 1) - crt_days_from_civil(*year, 1, 1));
		if (thursday >= length) {
			thursday -= length;
			(*year)++;
		}
	}
	*week = thursday / 7 + 1;
	return true;
}

#define CHARACTER char
#define TEXT(names, i) (names)->narrow[i]
#include "dlls/crt/strftime_template.h"
#undef CHARACTER
#undef TEXT
#define CHARACTER WCHAR
#define TEXT(names, i) (names)->wide[i]
#include "dlls/crt/strftime_template.h"

static const struct crt_time_data *names_of(crt_locale_t locale)
{
	return crt_locale(locale)->time_data;
}

CRT(size_t, strftime, (char *to, size_t size, const char *format, const struct crt_tm *tm))
{
	return format_all_char(to, size, format, tm, names_of(NULL));
}

CRT(size_t, _strftime_l,
    (char *to, size_t size, const char *format, const struct crt_tm *tm, crt_locale_t locale))
{
	return format_all_char(to, size, format, tm, names_of(locale));
}

CRT(size_t, wcsftime, (WCHAR * to, size_t size, const WCHAR *format, const struct crt_tm *tm))
{
	return format_all_WCHAR(to, size, format, tm, names_of(NULL));
}

CRT(size_t, _wcsftime_l,
    (WCHAR * to, size_t size, const WCHAR *format, const struct crt_tm *tm, crt_locale_t locale))
{
	return format_all_WCHAR(to, size, format, tm, names_of(locale));
}

/*
 * What the C++ library keeps of a locale for its time_put facet: made here, passed back to _Strftime and _Wcsftime, and freed
 * with free().
 */
CRT(struct crt_time_data *, _Gettnames, (void))
{
	return crt_make_time_data(crt_locale(NULL));
}
CRT_ALIAS_UCRT("_W_Gettnames", crt__Gettnames);

CRT(size_t, _Strftime,
    (char *to, size_t size, const char *format, const struct crt_tm *tm, const struct crt_time_data *names))
{
	return format_all_char(to, size, format, tm, names != NULL ? names : names_of(NULL));
}

CRT_UCRT(size_t, _Wcsftime,
	 (WCHAR * to, size_t size, const WCHAR *format, const struct crt_tm *tm, const struct crt_time_data *names))
{
	return format_all_WCHAR(to, size, format, tm, names != NULL ? names : names_of(NULL));
}

/* ":Sun:Sunday:Mon:Monday..." for the C++ library; the caller frees. */
static WCHAR *wide_names(INT short_names, INT full_names, int count)
{
	const struct crt_time_data *names = names_of(NULL);
	const WCHAR *parts[2];
	size_t size = 1, length;
	WCHAR *to, *at;
	int i, k;

	for (i = 0; i < count; i++)
		size += crt_wide_length(names->wide[short_names + i]) + crt_wide_length(names->wide[full_names + i]) + 2;
	at = to = crt_heap_allocate(size * sizeof(*to));
	for (i = 0; to != NULL && i < count; i++) {
		parts[0] = names->wide[short_names + i];
		parts[1] = names->wide[full_names + i];
		for (k = 0; k < 2; k++) {
			*at++ = ':';
			length = crt_wide_length(parts[k]);
			rtl_memcpy(at, parts[k], length * sizeof(*at));
			at += length;
		}
	}
	if (to != NULL)
		*at = 0;
	return to;
}

static char *names(INT short_names, INT full_names, int count)
{
	WCHAR *wide = wide_names(short_names, full_names, count);
	const struct crt_locale *locale = crt_locale(NULL);
	UINT page = locale->code_page != 0 ? locale->code_page : locale->code_pages[CRT_LC_TIME];
	INT size = wide != NULL ? WideCharToMultiByte(page, 0, wide, -1, NULL, 0, NULL, NULL) : 0;
	char *to = size != 0 ? crt_heap_allocate((size_t)size) : NULL;

	if (to != NULL)
		WideCharToMultiByte(page, 0, wide, -1, to, size, NULL, NULL);
	crt_heap_free(wide);
	return to;
}

CRT(char *, _Getdays, (void))
{
	return names(CRT_TIME_SHORT_DAY, CRT_TIME_DAY, 7);
}

CRT(char *, _Getmonths, (void))
{
	return names(CRT_TIME_SHORT_MONTH, CRT_TIME_MONTH, 12);
}

CRT_UCRT(WCHAR *, _W_Getdays, (void))
{
	return wide_names(CRT_TIME_SHORT_DAY, CRT_TIME_DAY, 7);
}

CRT_UCRT(WCHAR *, _W_Getmonths, (void))
{
	return wide_names(CRT_TIME_SHORT_MONTH, CRT_TIME_MONTH, 12);
}
