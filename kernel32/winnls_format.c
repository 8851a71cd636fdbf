/*
 * kernel32/winnls_format.c - GetDateFormat, GetTimeFormat, GetNumberFormat, GetCurrencyFormat.
 *
 * The W and A forms take an LCID, the Ex forms a name; the A forms of numbers are in winnls_format_ansi.c.  Pictures: MSDN, "Day, Month, Year, and Era Format Pictures" and
 * "Hour, Minute, and Second Format Pictures".
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/time.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TEXT 512

struct output {
	char16_t text[MAX_TEXT];
	size_t count;
};

static int fail(DWORD error)
{
	set_last_error(error);
	return 0;
}

static void put(struct output *out, char16_t unit)
{
	if (out->count < MAX_TEXT - 1)
		out->text[out->count++] = unit;
}

static void put_string(struct output *out, const char16_t *text)
{
	while (*text)
		put(out, *text++);
}

static void put_number(struct output *out, unsigned value, unsigned digits)
{
	char16_t text[12];
	unsigned count = 0;
	do {
		text[count++] = (char16_t)(u'0' + value % 10);
		value /= 10;
	} while (value || count < digits);
	while (count)
		put(out, text[--count]);
}

static int give(const struct output *out, LPWSTR to, int capacity)
{
	if (!capacity)
		return (int)out->count + 1;
	if ((size_t)capacity < out->count + 1)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memcpy(to, out->text, out->count * sizeof(WCHAR));
	to[out->count] = 0;
	return (int)out->count + 1;
}

static int give_ansi(const struct output *out, LPSTR to, int capacity)
{
	size_t size = nls_from_utf16(NLS_ACP, 0, NULL, 0, out->text, out->count, NULL, NULL);
	if (!capacity)
		return (int)size + 1;
	if ((size_t)capacity < size + 1)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	nls_from_utf16(NLS_ACP, 0, to, size, out->text, out->count, NULL, NULL);
	to[size] = 0;
	return (int)size + 1;
}

static UINT locale_number(const struct nls_locale *locale, LCTYPE type)
{
	char text[128];
	return nls_locale_value(locale, type, text, sizeof(text)) ? (UINT)atoi(text) : 0;
}

static void put_locale(struct output *out, const struct nls_locale *locale, LCTYPE type, size_t limit)
{
	char16_t text[128];
	nls_locale_string(locale, type, text);
	if (limit < ARRAY_SIZE(text))
		text[limit] = 0;
	put_string(out, text);
}

static bool quoted(struct output *out, const char16_t **position)
{
	const char16_t *p = *position;
	if (*p != u'\'')
		return false;
	for (p++; *p; p++) {
		if (*p == u'\'') {
			if (p[1] != u'\'')
				break;
			p++;
		}
		put(out, *p);
	}
	*position = *p ? p + 1 : p;
	return true;
}

static bool check_date(const SYSTEMTIME *given, TIME_FIELDS *fields)
{
	LONGLONG time;
	if (!given) {
		rtl_time_to_fields(rtl_local_time(), fields);
		return true;
	}
	*fields = (TIME_FIELDS){.Year = (SHORT)given->wYear, .Month = (SHORT)given->wMonth, .Day = (SHORT)given->wDay};
	if (!rtl_time_from_fields(fields, &time))
		return false;
	/* The day of the week is worked out, not believed. */
	rtl_time_to_fields(time, fields);
	return true;
}

/* Whether the number of a day stands in a picture: months then have their genitive form (MSDN
 * LOCALE_RETURN_GENITIVE_NAMES). */
static bool has_day(const char16_t *picture)
{
	while (*picture) {
		unsigned count = 0;
		if (*picture == u'\'') {
			for (picture++; *picture && *picture != u'\''; picture++)
				;
			picture += *picture != 0;
			continue;
		}
		for (; *picture == u'd'; picture++)
			count++;
		if (count == 1 || count == 2)
			return true;
		picture += !count;
	}
	return false;
}

static int format_date(const struct nls_locale *locale, DWORD flags, const SYSTEMTIME *given, const char16_t *picture,
		       struct output *out)
{
	const DWORD kinds = DATE_SHORTDATE | DATE_LONGDATE | DATE_YEARMONTH | DATE_MONTHDAY;
	char16_t own[128];
	LCTYPE month_names;
	TIME_FIELDS date;

	if (!locale || !locale->formats)
		return fail(ERROR_INVALID_PARAMETER);
	/* Whose format it is cannot be asked of a picture that is given. */
	if (picture && flags & LOCALE_NOUSEROVERRIDE)
		return fail(ERROR_INVALID_FLAGS);
	flags &= ~(LOCALE_NOUSEROVERRIDE | LOCALE_USE_CP_ACP);
	if (flags & ~(kinds | DATE_USE_ALT_CALENDAR | DATE_LTRREADING | DATE_RTLREADING | DATE_AUTOLAYOUT) ||
	    (flags & kinds & ((flags & kinds) - 1)) || (picture && flags & kinds))
		return fail(ERROR_INVALID_FLAGS);
	if (!check_date(given, &date))
		return fail(ERROR_INVALID_PARAMETER);
	if (!picture) {
		nls_locale_string(locale,
				  flags & DATE_LONGDATE	   ? LOCALE_SLONGDATE
				  : flags & DATE_YEARMONTH ? LOCALE_SYEARMONTH
				  : flags & DATE_MONTHDAY  ? 0x78
							   : LOCALE_SSHORTDATE,
				  own);
		picture = own;
	}
	out->count = 0;
	month_names = has_day(picture) ? NLS_GENITIVE_MONTH : LOCALE_SMONTHNAME1;
	if (locale_number(locale, LOCALE_ICALENDARTYPE) == CAL_THAI)
		date.Year = (SHORT)(date.Year + 543);
	while (*picture) {
		char16_t c = *picture;
		unsigned count = 0;
		if (quoted(out, &picture))
			continue;
		while (*picture == c)
			picture++, count++;
		switch (c) {
		case u'd':
			if (count <= 2)
				put_number(out, (unsigned)date.Day, count);
			else
				put_locale(out, locale,
					   (count == 3 ? LOCALE_SABBREVDAYNAME1 : LOCALE_SDAYNAME1) +
						   (unsigned)(date.Weekday + 6) % 7,
					   128);
			break;
		case u'M':
			if (count <= 2)
				put_number(out, (unsigned)date.Month, count);
			else
				put_locale(out, locale,
					   (count == 3 ? LOCALE_SABBREVMONTHNAME1 : month_names) +
						   (unsigned)date.Month - 1,
					   128);
			break;
		case u'y':
			if (count <= 2)
				put_number(out, (unsigned)date.Year % 100, count);
			else
				put_number(out, (unsigned)date.Year, 4);
			break;
		case u'g':
			put_string(out, u"A.D.");
			break;
		default:
			while (count--)
				put(out, c);
		}
	}
	return 1;
}

static int format_time(const struct nls_locale *locale, DWORD flags, const SYSTEMTIME *given, const char16_t *picture,
		       struct output *out)
{
	char16_t own[128];
	TIME_FIELDS now;
	unsigned hour, minute, second;
	size_t last_value = 0;
	bool skipping = false, blank = false;

	if (!locale || !locale->formats)
		return fail(ERROR_INVALID_PARAMETER);
	if (picture && flags & LOCALE_NOUSEROVERRIDE)
		return fail(ERROR_INVALID_FLAGS);
	flags &= ~(LOCALE_NOUSEROVERRIDE | LOCALE_USE_CP_ACP);
	if (flags & ~(TIME_NOMINUTESORSECONDS | TIME_NOSECONDS | TIME_NOTIMEMARKER | TIME_FORCE24HOURFORMAT))
		return fail(ERROR_INVALID_FLAGS);
	if (given) {
		if (given->wHour > 23 || given->wMinute > 59 || given->wSecond > 59 || given->wMilliseconds > 999)
			return fail(ERROR_INVALID_PARAMETER);
		hour = given->wHour;
		minute = given->wMinute;
		second = given->wSecond;
	} else {
		rtl_time_to_fields(rtl_local_time(), &now);
		hour = (unsigned)now.Hour;
		minute = (unsigned)now.Minute;
		second = (unsigned)now.Second;
	}
	if (!picture) {
		nls_locale_string(locale, LOCALE_STIMEFORMAT, own);
		picture = own;
	}
	out->count = 0;
	/* What is left out takes the separator before it along: back to behind the last value written. */
	while (*picture) {
		char16_t c = *picture;
		unsigned count = 0;
		if (c == u'\'') {
			struct output scratch = {.count = 0};
			quoted(skipping ? &scratch : out, &picture);
			continue;
		}
		while (*picture == c)
			picture++, count++;
		switch (c) {
		case u'h':
		case u'H': {
			unsigned value = hour;
			if (c == u'h' && !(flags & TIME_FORCE24HOURFORMAT))
				value = hour % 12 ? hour % 12 : 12;
			put_number(out, value, count > 2 ? 2 : count);
			last_value = out->count;
			skipping = false;
			break;
		}
		case u'm':
		case u's':
			if (flags & TIME_NOMINUTESORSECONDS || (c == u's' && flags & TIME_NOSECONDS)) {
				out->count = last_value;
				skipping = true;
				blank = false;
				break;
			}
			put_number(out, c == u'm' ? minute : second, count > 2 ? 2 : count);
			last_value = out->count;
			skipping = false;
			break;
		case u't':
			if (flags & TIME_NOTIMEMARKER) {
				out->count = last_value;
				skipping = true;
				break;
			}
			/* A blank before the mark stays where seconds were left out. */
			if (skipping && blank && out->count)
				put(out, u' ');
			put_locale(out, locale, hour < 12 ? LOCALE_S1159 : LOCALE_S2359, count == 1 ? 1 : 128);
			last_value = out->count;
			skipping = false;
			break;
		default:
			blank = c == u' ';
			while (!skipping && count--)
				put(out, c);
		}
	}
	return 1;
}

EXPORT(kernel32, int, GetDateFormatW, (LCID lcid, DWORD flags, const SYSTEMTIME *date, LPCWSTR picture, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_date(nls_locale_by_id(lcid), flags, date, picture, &out) ? give(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetDateFormatEx,
       (LPCWSTR name, DWORD flags, const SYSTEMTIME *date, LPCWSTR picture, LPWSTR to, int capacity, LPCWSTR calendar))
{
	struct output out;
	if (capacity < 0 || (capacity && !to) || calendar)
		return fail(ERROR_INVALID_PARAMETER);
	return format_date(nls_locale_by_name(name), flags, date, picture, &out) ? give(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetTimeFormatW, (LCID lcid, DWORD flags, const SYSTEMTIME *time, LPCWSTR picture, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_time(nls_locale_by_id(lcid), flags, time, picture, &out) ? give(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetTimeFormatEx, (LPCWSTR name, DWORD flags, const SYSTEMTIME *time, LPCWSTR picture, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_time(nls_locale_by_name(name), flags, time, picture, &out) ? give(&out, to, capacity) : 0;
}

static bool widen_picture(LPCSTR picture, char16_t wide[128])
{
	size_t count = nls_to_utf16(NLS_ACP, 0, wide, 127, picture, strlen(picture));
	if (count > 127)
		return false;
	wide[count] = 0;
	return true;
}

EXPORT(kernel32, int, GetDateFormatA, (LCID lcid, DWORD flags, const SYSTEMTIME *date, LPCSTR picture, LPSTR to, int capacity))
{
	struct output out;
	char16_t wide[128];
	if (capacity < 0 || (capacity && !to) || (picture && !widen_picture(picture, wide)))
		return fail(ERROR_INVALID_PARAMETER);
	return format_date(nls_locale_by_id(lcid), flags, date, picture ? wide : NULL, &out) ? give_ansi(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetTimeFormatA, (LCID lcid, DWORD flags, const SYSTEMTIME *time, LPCSTR picture, LPSTR to, int capacity))
{
	struct output out;
	char16_t wide[128];
	if (capacity < 0 || (capacity && !to) || (picture && !widen_picture(picture, wide)))
		return fail(ERROR_INVALID_PARAMETER);
	return format_time(nls_locale_by_id(lcid), flags, time, picture ? wide : NULL, &out) ? give_ansi(&out, to, capacity) : 0;
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

/* Whether a separator stands before the last `position` digits.  The decimal digits of Grouping are the sizes of the groups
 * from the point on: the last one goes on (32: 12,34,567), unless it is 0 (30: 1234,567). */
static bool starts_group(unsigned grouping, unsigned position)
{
	unsigned scale = 1, boundary = 0;

	while (grouping / scale >= 10)
		scale *= 10;
	while (boundary < position) {
		unsigned size = grouping / scale % 10;
		if (!size)
			return false;
		boundary += size;
		if (scale > 1)
			scale /= 10;
	}
	return position && boundary == position;
}

/* A decimal number with its digits rounded, grouped and separated, without sign; *negative says whether there was one
 * and the result is not zero. */
static bool format_digits(const char16_t *value, const CURRENCYFMTW *format, struct output *out, bool *negative)
{
	char16_t digits[256];
	size_t whole = 0, count = 0, decimals = 0;
	bool point = false, zero = true, carry;

	*negative = *value == u'-';
	if (*negative)
		value++;
	for (; *value; value++) {
		if (*value == u'.' && !point) {
			point = true;
		} else if (*value >= u'0' && *value <= u'9') {
			/* Leading zeros go; digits beyond the first that decides rounding are of no use. */
			if (!point && !count && *value == u'0')
				continue;
			if (count < ARRAY_SIZE(digits) - 16 && (!point || decimals <= format->NumDigits)) {
				digits[count++] = *value;
				if (point)
					decimals++;
				else
					whole++;
			}
		} else {
			return false;
		}
	}
	if (format->NumDigits > 9)
		return false;
	while (decimals < format->NumDigits) {
		digits[count++] = u'0';
		decimals++;
	}
	if (decimals > format->NumDigits) {
		carry = digits[count - 1] >= u'5';
		count--;
		for (size_t i = count; carry && i > 0; i--) {
			carry = digits[i - 1] == u'9';
			digits[i - 1] = carry ? u'0' : (char16_t)(digits[i - 1] + 1);
		}
		if (carry) {
			memmove(digits + 1, digits, count * sizeof(*digits));
			digits[0] = u'1';
			count++;
			whole++;
		}
	}
	for (size_t i = 0; i < count; i++)
		zero = zero && digits[i] == u'0';
	if (zero)
		*negative = false;
	out->count = 0;
	if (!whole && (format->LeadingZero || !format->NumDigits))
		put(out, u'0');
	for (size_t i = 0; i < whole; i++) {
		put(out, digits[i]);
		if (starts_group(format->Grouping, (unsigned)(whole - 1 - i)))
			put_string(out, format->lpThousandSep);
	}
	if (format->NumDigits) {
		put_string(out, format->lpDecimalSep);
		for (size_t i = whole; i < count; i++)
			put(out, digits[i]);
	}
	return true;
}

/* Puts a pattern's parts around the number: '1' is the number, '$' the symbol, everything else itself. */
static void put_pattern(struct output *out, const char *pattern, const struct output *number, const char16_t *symbol)
{
	out->count = 0;
	for (; *pattern; pattern++) {
		if (*pattern == '1') {
			for (size_t i = 0; i < number->count; i++)
				put(out, number->text[i]);
		} else if (*pattern == '$') {
			put_string(out, symbol);
		} else {
			put(out, (char16_t)*pattern);
		}
	}
}

/* The digits of LOCALE_SGROUPING without the last 0, which says that groups go on: "3;2;0" is 32. */
static UINT grouping(const struct nls_locale *locale)
{
	char16_t text[128];
	UINT value = 0;

	nls_locale_string(locale, LOCALE_SGROUPING, text);
	for (size_t i = 0; text[i] && text[i + 1]; i += 2)
		value = value * 10 + (UINT)(text[i] - u'0');
	return value;
}

static int format_number(const struct nls_locale *locale, DWORD flags, const char16_t *value, const NUMBERFMTW *given, struct output *out)
{
	static const char *const negative_orders[] = {"(1)", "-1", "- 1", "1-", "1 -"};
	char16_t decimal[128], thousand[128];
	CURRENCYFMTW format = {0};
	struct output number;
	bool negative;

	if (!locale || !locale->formats || !value || (given && flags & ~LOCALE_USE_CP_ACP))
		return fail(given && flags ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
	if (given) {
		format = (CURRENCYFMTW){given->NumDigits,    given->LeadingZero,   given->Grouping, given->lpDecimalSep,
					given->lpThousandSep, given->NegativeOrder, 0,		     NULL};
	} else {
		nls_locale_string(locale, LOCALE_SDECIMAL, decimal);
		nls_locale_string(locale, LOCALE_STHOUSAND, thousand);
		format = (CURRENCYFMTW){locale_number(locale, LOCALE_IDIGITS), locale_number(locale, LOCALE_ILZERO),
					grouping(locale), decimal, thousand, locale_number(locale, LOCALE_INEGNUMBER), 0, NULL};
	}
	if (format.NegativeOrder >= ARRAY_SIZE(negative_orders) || !format.lpDecimalSep || !format.lpThousandSep ||
	    !format_digits(value, &format, &number, &negative))
		return fail(ERROR_INVALID_PARAMETER);
	put_pattern(out, negative ? negative_orders[format.NegativeOrder] : "1", &number, u"");
	return 1;
}

static int format_currency(const struct nls_locale *locale, DWORD flags, const char16_t *value, const CURRENCYFMTW *given, struct output *out)
{
	static const char *const positive_orders[] = {"$1", "1$", "$ 1", "1 $"};
	static const char *const negative_orders[] = {"($1)", "-$1", "$-1", "$1-", "(1$)", "-1$", "1-$",	 "1$-",
						      "-1 $", "-$ 1", "1 $-", "$ 1-", "$ -1", "1- $", "($ 1)", "(1 $)"};
	char16_t decimal[128], thousand[128], symbol[128];
	CURRENCYFMTW format;
	struct output number;
	bool negative;

	if (!locale || !locale->formats || !value || (given && flags & ~LOCALE_USE_CP_ACP))
		return fail(given && flags ? ERROR_INVALID_FLAGS : ERROR_INVALID_PARAMETER);
	if (given) {
		format = *given;
	} else {
		nls_locale_string(locale, LOCALE_SMONDECIMALSEP, decimal);
		nls_locale_string(locale, LOCALE_SMONTHOUSANDSEP, thousand);
		nls_locale_string(locale, LOCALE_SCURRENCY, symbol);
		format = (CURRENCYFMTW){locale_number(locale, LOCALE_ICURRDIGITS),
					locale_number(locale, LOCALE_ILZERO),
					grouping(locale),
					decimal,
					thousand,
					locale_number(locale, LOCALE_INEGCURR),
					locale_number(locale, LOCALE_ICURRENCY),
					symbol};
	}
	if (format.NegativeOrder >= ARRAY_SIZE(negative_orders) || format.PositiveOrder >= ARRAY_SIZE(positive_orders) ||
	    !format.lpDecimalSep || !format.lpThousandSep || !format.lpCurrencySymbol ||
	    !format_digits(value, &format, &number, &negative))
		return fail(ERROR_INVALID_PARAMETER);
	put_pattern(out, negative ? negative_orders[format.NegativeOrder] : positive_orders[format.PositiveOrder], &number,
		    format.lpCurrencySymbol);
	return 1;
}

EXPORT(kernel32, int, GetNumberFormatW, (LCID lcid, DWORD flags, LPCWSTR value, const NUMBERFMTW *format, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_number(nls_locale_by_id(lcid), flags, value, format, &out) ? give(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetNumberFormatEx, (LPCWSTR name, DWORD flags, LPCWSTR value, const NUMBERFMTW *format, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_number(nls_locale_by_name(name), flags, value, format, &out) ? give(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetCurrencyFormatW, (LCID lcid, DWORD flags, LPCWSTR value, const CURRENCYFMTW *format, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_currency(nls_locale_by_id(lcid), flags, value, format, &out) ? give(&out, to, capacity) : 0;
}

EXPORT(kernel32, int, GetCurrencyFormatEx, (LPCWSTR name, DWORD flags, LPCWSTR value, const CURRENCYFMTW *format, LPWSTR to, int capacity))
{
	struct output out;
	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	return format_currency(nls_locale_by_name(name), flags, value, format, &out) ? give(&out, to, capacity) : 0;
}
