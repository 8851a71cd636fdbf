/*
 * kernel32/winnls_enumerate.c - EnumTimeFormats, EnumDateFormats and EnumCalendarInfo.
 *
 * What is enumerated is the one format of each kind that GetLocaleInfo says for the locale, and its Gregorian calendar.
 * Locales whose formats are not known have none: ERROR_BADDB.  As MSDN has it: a callback that is missing and a locale
 * that does not exist are ERROR_INVALID_PARAMETER, flags that are not the function's ERROR_INVALID_FLAGS; a callback
 * that answers FALSE ends the enumeration, which has succeeded.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/ke/ke.h"
#include "ntdll/rtl/nls.h"

#define LOCALE_SMONTHDAY 0x78u
#define CAL_GREGORIAN 1u
#define ENUM_ALL_CALENDARS 0xFFFFFFFFu
#define TEXT_SIZE 160

/* What to call, in whose characters, and what it gets after the text. */
struct receiver {
	void *callback;
	bool ansi;
	enum {
		TEXT_ONLY,
		TEXT_PARAMETER,
		TEXT_CALENDAR,
		TEXT_CALENDAR_PARAMETER,
		TEXT_CALENDAR_RESERVED_PARAMETER
	} form;
	LPARAM parameter;
};

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

static BOOL deliver(const struct receiver *to, char16_t *text, DWORD calendar)
{
	char bytes[2 * TEXT_SIZE];
	uint64_t string = (uintptr_t)text, parameter = (uint64_t)to->parameter;
	size_t length = 0;

	if (to->ansi) {
		while (text[length])
			length++;
		length = nls_from_utf16(NLS_ACP, 0, bytes, sizeof(bytes) - 1, text, length, NULL, NULL);
		bytes[length] = 0;
		string = (uintptr_t)bytes;
	}
	switch (to->form) {
	case TEXT_PARAMETER:
		ke_call_guest(to->callback, string, parameter, 0, 0);
		break;
	case TEXT_CALENDAR_PARAMETER:
		ke_call_guest(to->callback, string, calendar, parameter, 0);
		break;
	case TEXT_CALENDAR_RESERVED_PARAMETER:
		ke_call_guest(to->callback, string, calendar, 0, parameter);
		break;
	default:
		/* One who takes only the text does not look at the calendar. */
		ke_call_guest(to->callback, string, calendar, 0, 0);
	}
	/* There was one text: whether the callback wants another makes no difference. */
	return TRUE;
}

static BOOL format(const struct nls_locale *locale, LCTYPE type, const struct receiver *to)
{
	char16_t text[128];

	nls_locale_string(locale, type, text);
	return text[0] ? deliver(to, text, CAL_GREGORIAN) : fail(ERROR_BADDB);
}

/* `known`: LOCALE_USE_CP_ACP where the function takes it. */
static BOOL times(const struct nls_locale *locale, DWORD flags, DWORD known, const struct receiver *to)
{
	if (!to->callback || !locale)
		return fail(ERROR_INVALID_PARAMETER);
	if (flags & ~(TIME_NOSECONDS | known))
		return fail(ERROR_INVALID_FLAGS);
	return format(locale, flags & TIME_NOSECONDS ? LOCALE_SSHORTTIME : LOCALE_STIMEFORMAT, to);
}

static BOOL dates(const struct nls_locale *locale, DWORD flags, DWORD known, const struct receiver *to)
{
	if (!to->callback || !locale)
		return fail(ERROR_INVALID_PARAMETER);
	switch (flags & ~known) {
	case 0:
	case DATE_SHORTDATE:
		return format(locale, LOCALE_SSHORTDATE, to);
	case DATE_LONGDATE:
		return format(locale, LOCALE_SLONGDATE, to);
	case DATE_YEARMONTH:
		return format(locale, LOCALE_SYEARMONTH, to);
	case DATE_MONTHDAY:
		return format(locale, LOCALE_SMONTHDAY, to);
	default:
		return fail(ERROR_INVALID_FLAGS);
	}
}

static BOOL calendars(const struct nls_locale *locale, DWORD calendar, DWORD type, const struct receiver *to)
{
	char16_t text[TEXT_SIZE];

	if (!to->callback || !locale || !calendar)
		return fail(ERROR_INVALID_PARAMETER);
	if (type & LOCALE_RETURN_NUMBER)
		return fail(ERROR_INVALID_FLAGS);
	if (calendar == ENUM_ALL_CALENDARS)
		calendar = CAL_GREGORIAN;
	if (!nls_calendar_info(locale, calendar, type, text, TEXT_SIZE, NULL))
		return FALSE;
	return deliver(to, text, calendar);
}

EXPORT(kernel32, BOOL, EnumTimeFormatsEx,
       (BOOL(CALLBACK * callback)(LPWSTR, LPARAM), LPCWSTR name, DWORD flags, LPARAM parameter))
{
	return times(nls_locale_by_name(name), flags, 0,
		     &(struct receiver){callback, false, TEXT_PARAMETER, parameter});
}

EXPORT(kernel32, BOOL, EnumTimeFormatsW, (BOOL(CALLBACK * callback)(LPWSTR), LCID lcid, DWORD flags))
{
	return times(nls_locale_by_id(lcid), flags, LOCALE_USE_CP_ACP,
		     &(struct receiver){callback, false, TEXT_ONLY, 0});
}

EXPORT(kernel32, BOOL, EnumTimeFormatsA, (BOOL(CALLBACK * callback)(LPSTR), LCID lcid, DWORD flags))
{
	return times(nls_locale_by_id(lcid), flags, LOCALE_USE_CP_ACP,
		     &(struct receiver){callback, true, TEXT_ONLY, 0});
}

EXPORT(kernel32, BOOL, EnumDateFormatsExEx,
       (BOOL(CALLBACK * callback)(LPWSTR, DWORD, LPARAM), LPCWSTR name, DWORD flags, LPARAM parameter))
{
	return dates(nls_locale_by_name(name), flags, 0,
		     &(struct receiver){callback, false, TEXT_CALENDAR_PARAMETER, parameter});
}

EXPORT(kernel32, BOOL, EnumDateFormatsExW, (BOOL(CALLBACK * callback)(LPWSTR, DWORD), LCID lcid, DWORD flags))
{
	return dates(nls_locale_by_id(lcid), flags, LOCALE_USE_CP_ACP,
		     &(struct receiver){callback, false, TEXT_CALENDAR, 0});
}

EXPORT(kernel32, BOOL, EnumDateFormatsExA, (BOOL(CALLBACK * callback)(LPSTR, DWORD), LCID lcid, DWORD flags))
{
	return dates(nls_locale_by_id(lcid), flags, LOCALE_USE_CP_ACP,
		     &(struct receiver){callback, true, TEXT_CALENDAR, 0});
}

EXPORT(kernel32, BOOL, EnumDateFormatsW, (BOOL(CALLBACK * callback)(LPWSTR), LCID lcid, DWORD flags))
{
	return dates(nls_locale_by_id(lcid), flags, LOCALE_USE_CP_ACP,
		     &(struct receiver){callback, false, TEXT_ONLY, 0});
}

EXPORT(kernel32, BOOL, EnumDateFormatsA, (BOOL(CALLBACK * callback)(LPSTR), LCID lcid, DWORD flags))
{
	return dates(nls_locale_by_id(lcid), flags, LOCALE_USE_CP_ACP,
		     &(struct receiver){callback, true, TEXT_ONLY, 0});
}

EXPORT(kernel32, BOOL, EnumCalendarInfoExEx,
       (BOOL(CALLBACK * callback)(LPWSTR, DWORD, LPWSTR, LPARAM), LPCWSTR name, DWORD calendar, LPCWSTR reserved,
	DWORD type, LPARAM parameter))
{
	if (reserved)
		return fail(ERROR_INVALID_PARAMETER);
	return calendars(nls_locale_by_name(name), calendar, type,
			 &(struct receiver){callback, false, TEXT_CALENDAR_RESERVED_PARAMETER, parameter});
}

EXPORT(kernel32, BOOL, EnumCalendarInfoExW,
       (BOOL(CALLBACK * callback)(LPWSTR, DWORD), LCID lcid, DWORD calendar, DWORD type))
{
	return calendars(nls_locale_by_id(lcid), calendar, type, &(struct receiver){callback, false, TEXT_CALENDAR, 0});
}

EXPORT(kernel32, BOOL, EnumCalendarInfoExA,
       (BOOL(CALLBACK * callback)(LPSTR, DWORD), LCID lcid, DWORD calendar, DWORD type))
{
	return calendars(nls_locale_by_id(lcid), calendar, type, &(struct receiver){callback, true, TEXT_CALENDAR, 0});
}

EXPORT(kernel32, BOOL, EnumCalendarInfoW, (BOOL(CALLBACK * callback)(LPWSTR), LCID lcid, DWORD calendar, DWORD type))
{
	return calendars(nls_locale_by_id(lcid), calendar, type, &(struct receiver){callback, false, TEXT_ONLY, 0});
}

EXPORT(kernel32, BOOL, EnumCalendarInfoA, (BOOL(CALLBACK * callback)(LPSTR), LCID lcid, DWORD calendar, DWORD type))
{
	return calendars(nls_locale_by_id(lcid), calendar, type, &(struct receiver){callback, true, TEXT_ONLY, 0});
}
