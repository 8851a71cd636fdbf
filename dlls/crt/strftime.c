/*
 * dlls/crt/strftime.c - strftime and wcsftime, with the # flag; names of days and months.  MSDN "strftime".
 */
#include "dlls/crt/time.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

extern const char crt_day_names[7][12], crt_month_names[12][12];

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
#include "dlls/crt/strftime_template.h"
#undef CHARACTER
#define CHARACTER WCHAR
#include "dlls/crt/strftime_template.h"

static bool in_english(crt_locale_t locale)
{
	return crt_locale(locale)->english[CRT_LC_TIME];
}

CRT(size_t, strftime, (char *to, size_t size, const char *format, const struct crt_tm *tm))
{
	return format_all_char(to, size, format, tm, in_english(NULL));
}

CRT(size_t, _strftime_l,
    (char *to, size_t size, const char *format, const struct crt_tm *tm, crt_locale_t locale))
{
	return format_all_char(to, size, format, tm, in_english(locale));
}

CRT(size_t, wcsftime, (WCHAR * to, size_t size, const WCHAR *format, const struct crt_tm *tm))
{
	return format_all_WCHAR(to, size, format, tm, in_english(NULL));
}

CRT(size_t, _wcsftime_l,
    (WCHAR * to, size_t size, const WCHAR *format, const struct crt_tm *tm, crt_locale_t locale))
{
	return format_all_WCHAR(to, size, format, tm, in_english(locale));
}

/*
 * What the C++ library keeps of a locale for its time_put facet: made here, passed back to _Strftime and _Wcsftime, and freed
 * with free().  Nobody else looks into it.
 */
struct time_names {
	bool english;
};

CRT(struct time_names *, _Gettnames, (void))
{
	struct time_names *names = crt_heap_allocate(sizeof(*names));

	if (names != NULL)
		names->english = in_english(NULL);
	return names;
}

CRT_UCRT(struct time_names *, _W_Gettnames, (void))
{
	return crt__Gettnames();
}

CRT(size_t, _Strftime,
    (char *to, size_t size, const char *format, const struct crt_tm *tm, const struct time_names *names))
{
	return format_all_char(to, size, format, tm, names != NULL ? names->english : in_english(NULL));
}

CRT_UCRT(size_t, _Wcsftime,
	 (WCHAR * to, size_t size, const WCHAR *format, const struct crt_tm *tm, const struct time_names *names))
{
	return format_all_WCHAR(to, size, format, tm, names != NULL ? names->english : in_english(NULL));
}

/* ":Sun:Sunday:Mon:Monday..." for the C++ library; the caller frees. */
static char *names(const char (*list)[12], int count)
{
	char *to = crt_heap_allocate((size_t)count * 17 + 1), *at = to;
	int i;

	if (to == NULL)
		return NULL;
	for (i = 0; i < count; i++) {
		*at++ = ':';
		rtl_memcpy(at, list[i], 3);
		at += 3;
		*at++ = ':';
		rtl_memcpy(at, list[i], rtl_strlen(list[i]));
		at += rtl_strlen(list[i]);
	}
	*at = 0;
	return to;
}

static WCHAR *wide_names(const char (*list)[12], int count)
{
	char *narrow = names(list, count);
	WCHAR *wide = narrow != NULL ? crt_widen(narrow) : NULL;

	crt_heap_free(narrow);
	return wide;
}

CRT(char *, _Getdays, (void))
{
	return names(crt_day_names, 7);
}

CRT(char *, _Getmonths, (void))
{
	return names(crt_month_names, 12);
}

CRT_UCRT(WCHAR *, _W_Getdays, (void))
{
	return wide_names(crt_day_names, 7);
}

CRT_UCRT(WCHAR *, _W_Getmonths, (void))
{
	return wide_names(crt_month_names, 12);
}
