/*
 * kernel32/winnls_calendar.c - GetCalendarInfo: of the Gregorian calendar, whose names and formats are GetLocaleInfo's.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"

#include <string.h>

static int fail(DWORD error)
{
	set_last_error(error);
	return 0;
}

/* CALTYPEs of the Gregorian calendar, by the LCTYPE that says the same; 0 = none. */
static LCTYPE calendar_type(DWORD type)
{
	if (type >= 0x07 && type <= 0x0D) /* CAL_SDAYNAME1.. */
		return LOCALE_SDAYNAME1 + type - 0x07;
	if (type >= 0x0E && type <= 0x14) /* CAL_SABBREVDAYNAME1.. */
		return LOCALE_SABBREVDAYNAME1 + type - 0x0E;
	if (type >= 0x15 && type <= 0x20) /* CAL_SMONTHNAME1.. */
		return LOCALE_SMONTHNAME1 + type - 0x15;
	if (type >= 0x22 && type <= 0x2D) /* CAL_SABBREVMONTHNAME1.. */
		return LOCALE_SABBREVMONTHNAME1 + type - 0x22;
	if (type >= 0x31 && type <= 0x37) /* CAL_SSHORTESTDAYNAME1.. */
		return 0x60 + type - 0x31;
	switch (type) {
	case 0x05:
		return LOCALE_SSHORTDATE;
	case 0x06:
		return LOCALE_SLONGDATE;
	case 0x2F:
		return LOCALE_SYEARMONTH;
	case 0x38:
		return 0x78;
	default:
		return 0;
	}
}

/* What the calendar has of its own; NULL = it is the locale's. */
static const char *calendar_text(DWORD type)
{
	switch (type) {
	case 0x01: /* CAL_ICALINTVALUE */
		return "1";
	case 0x02: /* CAL_SCALNAME */
		return "Gregorian Calendar";
	case 0x04: /* CAL_SERASTRING */
		return "A.D.";
	case 0x21: /* CAL_SMONTHNAME13, CAL_SABBREVMONTHNAME13: there is no such month */
	case 0x2E:
		return "";
	case 0x30: /* CAL_ITWODIGITYEARMAX */
		return "2049";
	case 0x39: /* CAL_SABBREVERASTRING */
		return "AD";
	default:
		return NULL;
	}
}

int nls_calendar_info(const struct nls_locale *locale, DWORD calendar, DWORD type, LPWSTR to, int capacity, LPDWORD value)
{
	DWORD plain = type & 0xFFFF;
	const char *text;

	if (!locale || capacity < 0 || (capacity && !to) || calendar > 2)
		return fail(ERROR_INVALID_PARAMETER);
	if (type & LOCALE_RETURN_NUMBER) {
		if (!value || to || capacity)
			return fail(ERROR_INVALID_PARAMETER);
		if (plain != 1 && plain != 0x30)
			return fail(ERROR_INVALID_FLAGS);
		/* CAL_ICALINTVALUE; CAL_ITWODIGITYEARMAX, which is 2049 since Windows 10 1809. */
		*value = plain == 1 ? 1 : 2049;
		return 2;
	}
	if (value)
		return fail(ERROR_INVALID_PARAMETER);
	text = calendar_text(plain);
	if (text) {
		size_t needed = strlen(text) + 1;
		if (capacity && (size_t)capacity < needed)
			return fail(ERROR_INSUFFICIENT_BUFFER);
		for (size_t i = 0; capacity && i < needed; i++)
			to[i] = (uint8_t)text[i];
		return (int)needed;
	}
	if (!calendar_type(plain))
		return fail(ERROR_INVALID_FLAGS);
	return nls_locale_info(locale, calendar_type(plain), to, capacity);
}

EXPORT(kernel32, int, GetCalendarInfoW, (LCID lcid, DWORD calendar, DWORD type, LPWSTR to, int capacity, LPDWORD value))
{
	return nls_calendar_info(nls_locale_by_id(lcid), calendar, type, to, capacity, value);
}

EXPORT(kernel32, int, GetCalendarInfoA, (LCID lcid, DWORD calendar, DWORD type, LPSTR to, int capacity, LPDWORD value))
{
	const struct nls_locale *locale = nls_locale_by_id(lcid);
	char16_t wide[160];
	int count;

	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	/* A number has no buffer; whether there is one the W form says.  It counts WCHARs, this one bytes. */
	if (type & LOCALE_RETURN_NUMBER)
		return nls_calendar_info(locale, calendar, type, to ? wide : NULL, capacity, value) * 2;
	count = nls_calendar_info(locale, calendar, type, wide, (int)ARRAY_SIZE(wide), value);
	return count ? nls_give_narrow(wide, count, to, capacity) : 0;
}

EXPORT(kernel32, int, GetCalendarInfoEx,
       (LPCWSTR name, DWORD calendar, LPCWSTR reserved, DWORD type, LPWSTR to, int capacity, LPDWORD value))
{
	return nls_calendar_info(nls_locale_by_name(name), calendar, type, to, capacity, value);
}
