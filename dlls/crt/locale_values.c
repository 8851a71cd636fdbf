/*
 * dlls/crt/locale_values.c - what a locale says of money, numbers and time: localeconv's structure and the names that
 * strftime writes.  Texts are GetLocaleInfo's, in the code page of LC_CTYPE.
 */
#include "dlls/crt/locale.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"
#include <string.h>

#define RETURN_NUMBER 0x20000000u

/* Those of "C", and those that say nothing. */
static char empty[] = "", point[] = ".";
static WCHAR wide_empty[] = u"", wide_point[] = u".";

/* LCTYPEs in the order of struct crt_time_data. */
static const USHORT time_types[CRT_TIME_TEXTS] = {
	0x37, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36,			    /* SABBREVDAYNAME, from Sunday on */
	0x30, 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F,			    /* SDAYNAME */
	0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F, /* SABBREVMONTHNAME */
	0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x40, 0x41, 0x42, 0x43, /* SMONTHNAME */
	0x28, 0x29, 0x1F, 0x20, 0x1003, /* S1159, S2359, SSHORTDATE, SLONGDATE, STIMEFORMAT */
};
#define C_TIME_TEXTS(X)                                                                                                \
	X("Sun") X("Mon") X("Tue") X("Wed") X("Thu") X("Fri") X("Sat")                                                 \
	X("Sunday") X("Monday") X("Tuesday") X("Wednesday") X("Thursday") X("Friday") X("Saturday")                    \
	X("Jan") X("Feb") X("Mar") X("Apr") X("May") X("Jun") X("Jul") X("Aug") X("Sep") X("Oct") X("Nov") X("Dec")    \
	X("January") X("February") X("March") X("April") X("May") X("June") X("July") X("August") X("September")       \
	X("October") X("November") X("December") X("AM") X("PM")                                                       \
	X("MM/dd/yy") X("dddd, MMMM dd, yyyy") X("HH:mm:ss")
#define NARROW(text) (char *)text,
#define WIDE(text) (WCHAR *)u##text,
static struct crt_time_data c_time_data = {.narrow = {C_TIME_TEXTS(NARROW)}, .wide = {C_TIME_TEXTS(WIDE)}};

static UINT narrowing_page(const struct crt_locale *locale, INT category)
{
	return locale->code_page != 0 ? locale->code_page : locale->code_pages[category];
}

/* Puts a text, and its narrow form, behind the others in a locale's storage. */
static void keep(struct crt_locale *locale, INT category, const WCHAR *text, char **narrow, WCHAR **wide)
{
	size_t room = sizeof(locale->texts) - locale->texts_used, length = crt_wide_length(text) + 1;

	*wide = (WCHAR *)(locale->texts + locale->texts_used);
	if (room < length * 6)
		return;
	memcpy(*wide, text, length * sizeof(WCHAR));
	*narrow = (char *)*wide + length * sizeof(WCHAR);
	length = length * sizeof(WCHAR) + (size_t)WideCharToMultiByte(narrowing_page(locale, category), 0, text, -1, *narrow,
								       (INT)(length * 4), NULL, NULL);
	locale->texts_used += (length + 1) & ~(size_t)1;
}

static void keep_value(struct crt_locale *locale, INT category, LCTYPE type, char **narrow, WCHAR **wide)
{
	WCHAR text[32];

	if (GetLocaleInfoW(locale->lcid[category], type, text, ARRAY_SIZE(text)) > 0)
		keep(locale, category, text, narrow, wide);
}

static char value_number(const struct crt_locale *locale, LCTYPE type)
{
	DWORD value = 0;

	GetLocaleInfoW(locale->lcid[CRT_LC_MONETARY], type | RETURN_NUMBER, (WCHAR *)&value, 2);
	return (char)value;
}

/* "3;2;0" as bytes 3, 2: the last one is for all that follow. */
static char *grouping(struct crt_locale *locale, INT category, LCTYPE type)
{
	char *text = empty;
	WCHAR *wide;
	size_t i, n = 0;

	keep_value(locale, category, type, &text, &wide);
	for (i = 0; text[i] != 0; i++)
		if (text[i] >= '1' && text[i] <= '9')
			text[n++] = (char)(text[i] - '0');
	if (n != 0)
		text[n] = 0;
	return text;
}

static void make_lconv(struct crt_locale *locale)
{
	struct crt_lconv *l = &locale->lconv;

	*l = (struct crt_lconv){point, empty, empty, empty, empty, empty, empty, empty, empty, empty,
				127, 127, 127, 127, 127, 127, 127, 127,
				wide_point, wide_empty, wide_empty, wide_empty, wide_empty, wide_empty, wide_empty, wide_empty};
	if (locale->lcid[CRT_LC_NUMERIC] != 0) {
		keep_value(locale, CRT_LC_NUMERIC, 0x0E, &l->decimal_point, &l->w_decimal_point);
		keep_value(locale, CRT_LC_NUMERIC, 0x0F, &l->thousands_sep, &l->w_thousands_sep);
		l->grouping = grouping(locale, CRT_LC_NUMERIC, 0x10);
	}
	if (locale->lcid[CRT_LC_MONETARY] == 0)
		return;
	keep_value(locale, CRT_LC_MONETARY, 0x15, &l->int_curr_symbol, &l->w_int_curr_symbol);
	keep_value(locale, CRT_LC_MONETARY, 0x14, &l->currency_symbol, &l->w_currency_symbol);
	keep_value(locale, CRT_LC_MONETARY, 0x16, &l->mon_decimal_point, &l->w_mon_decimal_point);
	keep_value(locale, CRT_LC_MONETARY, 0x17, &l->mon_thousands_sep, &l->w_mon_thousands_sep);
	l->mon_grouping = grouping(locale, CRT_LC_MONETARY, 0x18);
	keep_value(locale, CRT_LC_MONETARY, 0x50, &l->positive_sign, &l->w_positive_sign);
	keep_value(locale, CRT_LC_MONETARY, 0x51, &l->negative_sign, &l->w_negative_sign);
	l->int_frac_digits = value_number(locale, 0x1A);
	l->frac_digits = value_number(locale, 0x19);
	l->p_cs_precedes = value_number(locale, 0x54);
	l->p_sep_by_space = value_number(locale, 0x55);
	l->n_cs_precedes = value_number(locale, 0x56);
	l->n_sep_by_space = value_number(locale, 0x57);
	l->p_sign_posn = value_number(locale, 0x52);
	l->n_sign_posn = value_number(locale, 0x53);
}

static const WCHAR *time_text(const struct crt_locale *locale, size_t i, WCHAR buffer[80])
{
	if (locale->lcid[CRT_LC_TIME] == 0 || GetLocaleInfoW(locale->lcid[CRT_LC_TIME], time_types[i], buffer, 80) == 0)
		return c_time_data.wide[i];
	return buffer;
}

/* On the process heap, in one block that free() takes; NULL: no memory. */
struct crt_time_data *crt_make_time_data(const struct crt_locale *locale)
{
	UINT page = narrowing_page(locale, CRT_LC_TIME);
	struct crt_time_data *data;
	size_t i, size = 0;
	WCHAR buffer[80];
	char *at;

	for (i = 0; i < CRT_TIME_TEXTS; i++)
		size += (crt_wide_length(time_text(locale, i, buffer)) + 1) * (sizeof(WCHAR) + 4);
	data = crt_heap_allocate(sizeof(*data) + size);
	if (data == NULL)
		return NULL;
	*data = (struct crt_time_data){.lcid = locale->lcid[CRT_LC_TIME], .page = (INT)page};
	at = (char *)(data + 1);
	for (i = 0; i < CRT_TIME_TEXTS; i++) {
		data->narrow[i] = at;
		at += WideCharToMultiByte(page, 0, time_text(locale, i, buffer), -1, at, (INT)ARRAY_SIZE(buffer) * 4, NULL, NULL);
	}
	at += (uintptr_t)at & 1;
	for (i = 0; i < CRT_TIME_TEXTS; i++) {
		const WCHAR *text = time_text(locale, i, buffer);

		data->wide[i] = (WCHAR *)at;
		memcpy(at, text, (crt_wide_length(text) + 1) * sizeof(WCHAR));
		at += (crt_wide_length(text) + 1) * sizeof(WCHAR);
	}
	return data;
}

bool crt_make_locale_values(struct crt_locale *locale)
{
	make_lconv(locale);
	locale->time_data = locale->lcid[CRT_LC_TIME] != 0 ? crt_make_time_data(locale) : &c_time_data;
	return locale->time_data != NULL;
}
