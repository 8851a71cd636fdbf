/*
 * kernel32/winnls_format_ansi.c - GetNumberFormatA, GetCurrencyFormatA: their texts in the ANSI code page, the rest as the
 * W forms.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <string.h>

/* More than any number that the W forms take, or give. */
#define MAX_UNITS 512

typedef struct _numberfmtA {
	UINT NumDigits, LeadingZero, Grouping;
	LPCSTR lpDecimalSep, lpThousandSep;
	UINT NegativeOrder;
} NUMBERFMTA;

typedef struct _currencyfmtA {
	UINT NumDigits, LeadingZero, Grouping;
	LPCSTR lpDecimalSep, lpThousandSep;
	UINT NegativeOrder, PositiveOrder;
	LPCSTR lpCurrencySymbol;
} CURRENCYFMTA;

static int fail(DWORD error)
{
	set_last_error(error);
	return 0;
}

/* `text` in UTF-16, in `wide`; NULL for NULL and for what is longer than any number or part of one. */
static const char16_t *widen(LPCSTR text, char16_t *wide, size_t capacity)
{
	size_t count;

	if (!text)
		return NULL;
	count = nls_to_utf16(NLS_ACP, 0, wide, capacity - 1, text, strlen(text));
	if (count > capacity - 1)
		return NULL;
	wide[count] = 0;
	return wide;
}

/* Gives `count` units, of which the last is the zero, as GetNumberFormat does. */
static int give(const char16_t *wide, int count, LPSTR to, int capacity)
{
	size_t needed;

	if (!count)
		return 0;
	needed = nls_from_utf16(NLS_ACP, 0, NULL, 0, wide, (size_t)count, NULL, NULL);
	if (!capacity)
		return (int)needed;
	if ((size_t)capacity < needed)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	nls_from_utf16(NLS_ACP, 0, to, needed, wide, (size_t)count, NULL, NULL);
	return (int)needed;
}

EXPORT(kernel32, int, GetNumberFormatA, (LCID lcid, DWORD flags, LPCSTR value, const NUMBERFMTA *format, LPSTR to, int capacity))
{
	char16_t wide[MAX_UNITS], out[MAX_UNITS], decimal[32], thousand[32];
	NUMBERFMTW given;

	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	if (format)
		given = (NUMBERFMTW){format->NumDigits,
				     format->LeadingZero,
				     format->Grouping,
				     widen(format->lpDecimalSep, decimal, ARRAY_SIZE(decimal)),
				     widen(format->lpThousandSep, thousand, ARRAY_SIZE(thousand)),
				     format->NegativeOrder};
	return give(out,
		    GetNumberFormatW(lcid, flags, widen(value, wide, MAX_UNITS), format ? &given : NULL, out, MAX_UNITS),
		    to, capacity);
}

EXPORT(kernel32, int, GetCurrencyFormatA, (LCID lcid, DWORD flags, LPCSTR value, const CURRENCYFMTA *format, LPSTR to, int capacity))
{
	char16_t wide[MAX_UNITS], out[MAX_UNITS], decimal[32], thousand[32], symbol[32];
	CURRENCYFMTW given;

	if (capacity < 0 || (capacity && !to))
		return fail(ERROR_INVALID_PARAMETER);
	if (format)
		given = (CURRENCYFMTW){format->NumDigits,
				       format->LeadingZero,
				       format->Grouping,
				       widen(format->lpDecimalSep, decimal, ARRAY_SIZE(decimal)),
				       widen(format->lpThousandSep, thousand, ARRAY_SIZE(thousand)),
				       format->NegativeOrder,
				       format->PositiveOrder,
				       widen(format->lpCurrencySymbol, symbol, ARRAY_SIZE(symbol))};
	return give(out,
		    GetCurrencyFormatW(lcid, flags, widen(value, wide, MAX_UNITS), format ? &given : NULL, out, MAX_UNITS),
		    to, capacity);
}
