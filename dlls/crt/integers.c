/*
 * dlls/crt/integers.c - text to integers and integers to text.
 */
#include "dlls/crt/crt.h"

#include <string.h>

static bool is_space(uint32_t c, bool wide)
{
	if (c == ' ' || (c >= 9 && c <= 13))
		return true;
	return wide && (c == 0xA0 || c == 0x85 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
			c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000);
}

/* The zeros of the scripts whose decimal digits the wide functions read. */
static const WCHAR zeros[] = {0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xC66,  0xCE6,
			      0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};

static unsigned digit_of(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c < 0x80)
		return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? (c | 0x20) - 'a' + 10 : 99;
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		if (c - zeros[i] < 10)
			return c - zeros[i];
	return 99;
}

/* Every strto* function.  The value is cut off at the limits of `bits` bits. */
static uint64_t string_to_integer(const void *string, bool wide, void *end, INT base, unsigned bits, bool is_signed)
{
	const char *narrow_text = string;
	const WCHAR *wide_text = string;
#define AT(i) ((uint32_t)(wide ? wide_text[i] : (BYTE)narrow_text[i]))
	if (end != NULL)
		*(const void **)end = string;
	CRT_VALIDATE(string != NULL, EINVAL, 0);
	CRT_VALIDATE(base == 0 || (base >= 2 && base <= 36), EINVAL, 0);
	size_t i = 0;
	while (is_space(AT(i), wide))
		i++;
	bool negative = false;
	if (AT(i) == '-' || AT(i) == '+')
		negative = AT(i++) == '-';
	if (base == 0)
		base = digit_of(AT(i)) != 0 ? 10 : (AT(i + 1) | 0x20) == 'x' ? 16 : 8;
	/* "0x" alone is no number. */
	if (base == 16 && digit_of(AT(i)) == 0 && (AT(i + 1) | 0x20) == 'x')
		i += 2;
	uint64_t limit = bits == 64 ? UINT64_MAX : UINT32_MAX, value = 0;
	bool any = false, overflow = false;
	for (;; i++) {
		unsigned digit = digit_of(AT(i));
		if (digit >= (unsigned)base)
			break;
		any = true;
		uint64_t next;
		if (__builtin_mul_overflow(value, (uint64_t)base, &next) || __builtin_add_overflow(next, digit, &next) ||
		    next > limit)
			overflow = true;
		else
			value = next;
	}
	if (!any)
		return 0;
#undef AT
	if (end != NULL)
		*(const char **)end = (const char *)string + i * (wide ? sizeof(WCHAR) : 1);
	if (is_signed) {
		uint64_t highest = (limit >> 1) + negative;
		if (overflow || value > highest) {
			crt_set_errno(CRT_ERANGE);
			return negative ? 0 - highest : highest;
		}
	} else if (overflow) {
		crt_set_errno(CRT_ERANGE);
		value = limit;
	}
	return negative ? 0 - value : value;
}

#define STRING_TO_INTEGER(DECLARE, name, locale_name, UNIT, wide, type, bits, is_signed)                                    \
	DECLARE(type, name, (const UNIT *string, UNIT **end, INT base))                                                     \
	{                                                                                                                   \
		return (type)string_to_integer(string, wide, end, base, bits, is_signed);                                   \
	}                                                                                                                   \
	DECLARE(type, locale_name, (const UNIT *string, UNIT **end, INT base, crt_locale_t locale))                         \
	{                                                                                                                   \
		return (type)string_to_integer(string, wide, end, base, bits, is_signed);                                   \
	}
STRING_TO_INTEGER(CRT, strtol, _strtol_l, char, false, LONG, 32, true)
STRING_TO_INTEGER(CRT, strtoul, _strtoul_l, char, false, ULONG, 32, false)
STRING_TO_INTEGER(CRT, _strtoi64, _strtoi64_l, char, false, int64_t, 64, true)
STRING_TO_INTEGER(CRT, _strtoui64, _strtoui64_l, char, false, uint64_t, 64, false)
STRING_TO_INTEGER(CRT, wcstol, _wcstol_l, WCHAR, true, LONG, 32, true)
STRING_TO_INTEGER(CRT, wcstoul, _wcstoul_l, WCHAR, true, ULONG, 32, false)
STRING_TO_INTEGER(CRT, _wcstoi64, _wcstoi64_l, WCHAR, true, int64_t, 64, true)
STRING_TO_INTEGER(CRT, _wcstoui64, _wcstoui64_l, WCHAR, true, uint64_t, 64, false)
CRT_ALIAS_UCRT("strtoll", crt__strtoi64);
CRT_ALIAS_UCRT("_strtoll_l", crt__strtoi64_l);
CRT_ALIAS_UCRT("strtoull", crt__strtoui64);
CRT_ALIAS_UCRT("_strtoull_l", crt__strtoui64_l);
CRT_ALIAS_UCRT("strtoimax", crt__strtoi64);
CRT_ALIAS_UCRT("_strtoimax_l", crt__strtoi64_l);
CRT_ALIAS_UCRT("strtoumax", crt__strtoui64);
CRT_ALIAS_UCRT("_strtoumax_l", crt__strtoui64_l);
CRT_ALIAS_UCRT("wcstoll", crt__wcstoi64);
CRT_ALIAS_UCRT("_wcstoll_l", crt__wcstoi64_l);
CRT_ALIAS_UCRT("wcstoull", crt__wcstoui64);
CRT_ALIAS_UCRT("_wcstoull_l", crt__wcstoui64_l);
CRT_ALIAS_UCRT("wcstoimax", crt__wcstoi64);
CRT_ALIAS_UCRT("_wcstoimax_l", crt__wcstoi64_l);
CRT_ALIAS_UCRT("wcstoumax", crt__wcstoui64);
CRT_ALIAS_UCRT("_wcstoumax_l", crt__wcstoui64_l);

/* msvcrt.dll's ato*: no limits and no errors, the value wraps. */
static uint64_t wrapping(const void *string, bool wide)
{
	const char *narrow_text = string;
	const WCHAR *wide_text = string;
	size_t i = 0;
#define AT(i) ((uint32_t)(wide ? wide_text[i] : (BYTE)narrow_text[i]))
	while (is_space(AT(i), wide))
		i++;
	bool negative = AT(i) == '-';
	if (AT(i) == '-' || AT(i) == '+')
		i++;
	uint64_t value = 0;
	for (; digit_of(AT(i)) < 10; i++)
		value = value * 10 + digit_of(AT(i));
#undef AT
	return negative ? 0 - value : value;
}

/* The UCRT's: cut off at the limits, with errno ERANGE. */
#define ASCII_TO_INTEGER(name, ucrt_id, UNIT, wide, type, bits)                                                             \
	CRT_MSVCRT_AS(#name, type, crt_msvcrt_##name, (const UNIT *string))                                                 \
	{                                                                                                                   \
		CRT_VALIDATE(string != NULL, EINVAL, 0);                                                                    \
		return (type)wrapping(string, wide);                                                                        \
	}                                                                                                                   \
	CRT_UCRT_AS(#name, type, crt_ucrt_##name, (const UNIT *string))                                                     \
	{                                                                                                                   \
		return (type)string_to_integer(string, wide, NULL, 10, bits, true);                                         \
	}
#define ASCII_TO_INTEGER_L(name, UNIT, wide, type, bits)                                                                    \
	CRT_MSVCRT_AS(#name, type, crt_msvcrt_##name, (const UNIT *string, crt_locale_t locale))                            \
	{                                                                                                                   \
		CRT_VALIDATE(string != NULL, EINVAL, 0);                                                                    \
		return (type)wrapping(string, wide);                                                                        \
	}                                                                                                                   \
	CRT_UCRT_AS(#name, type, crt_ucrt_##name, (const UNIT *string, crt_locale_t locale))                                \
	{                                                                                                                   \
		return (type)string_to_integer(string, wide, NULL, 10, bits, true);                                         \
	}
ASCII_TO_INTEGER(atoi, atoi, char, false, INT, 32)
ASCII_TO_INTEGER(atol, atol, char, false, LONG, 32)
ASCII_TO_INTEGER(_atoi64, _atoi64, char, false, int64_t, 64)
ASCII_TO_INTEGER(_wtoi, _wtoi, WCHAR, true, INT, 32)
ASCII_TO_INTEGER(_wtol, _wtol, WCHAR, true, LONG, 32)
ASCII_TO_INTEGER(_wtoi64, _wtoi64, WCHAR, true, int64_t, 64)
ASCII_TO_INTEGER_L(_atoi_l, char, false, INT, 32)
ASCII_TO_INTEGER_L(_atol_l, char, false, LONG, 32)
ASCII_TO_INTEGER_L(_atoi64_l, char, false, int64_t, 64)
ASCII_TO_INTEGER_L(_wtoi_l, WCHAR, true, INT, 32)
ASCII_TO_INTEGER_L(_wtol_l, WCHAR, true, LONG, 32)
ASCII_TO_INTEGER_L(_wtoi64_l, WCHAR, true, int64_t, 64)
CRT_ALIAS_UCRT("atoll", crt_ucrt__atoi64);
CRT_ALIAS_UCRT("_atoll_l", crt_ucrt__atoi64_l);
CRT_ALIAS_UCRT("_wtoll", crt_ucrt__wtoi64);
CRT_ALIAS_UCRT("_wtoll_l", crt_ucrt__wtoi64_l);

/* Digits of a number, the first at the returned address, terminated; `buffer` has room for 64 digits and a sign. */
static char *to_digits(char buffer[66], uint64_t value, INT radix, bool negative)
{
	char *at = buffer + 65;
	*at = 0;
	do {
		unsigned digit = (unsigned)(value % (unsigned)radix);
		*--at = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		value /= (unsigned)radix;
	} while (value != 0);
	if (negative)
		*--at = '-';
	return at;
}

static inline bool is_below_zero(int64_t value)
{
	return value < 0;
}

#define INTEGER_TO_TEXT(name, UNIT, type, unsigned_type, is_signed)                                                         \
	CRT(UNIT *, name, (type value, UNIT * to, INT radix))                                                               \
	{                                                                                                                   \
		char buffer[66];                                                                                            \
		CRT_VALIDATE(to != NULL, EINVAL, NULL);                                                                     \
		CRT_VALIDATE(radix >= 2 && (radix <= 36 || !crt_is_ucrt()), EINVAL, NULL);                                  \
		bool negative = (is_signed) && radix == 10 && is_below_zero((int64_t)value);                                           \
		uint64_t magnitude = (unsigned_type)value;                                                                  \
		if (negative)                                                                                               \
			magnitude = 0 - (uint64_t)(int64_t)value;                                                           \
		const char *from = to_digits(buffer, magnitude, radix, negative);                                           \
		for (UNIT *at = to;; at++, from++) {                                                                        \
			*at = (UNIT)*from;                                                                                  \
			if (*from == 0)                                                                                     \
				return to;                                                                                  \
		}                                                                                                           \
	}                                                                                                                   \
	CRT(errno_t, name##_s, (type value, UNIT * to, size_t size, INT radix))                                             \
	{                                                                                                                   \
		char buffer[66];                                                                                            \
		CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);                                                             \
		*to = 0;                                                                                                    \
		CRT_VALIDATE_E(radix >= 2 && radix <= 36, EINVAL);                                                          \
		bool negative = (is_signed) && radix == 10 && is_below_zero((int64_t)value);                                           \
		CRT_VALIDATE_E(size > (size_t)(negative ? 2 : 1), ERANGE);                                                  \
		uint64_t magnitude = (unsigned_type)value;                                                                  \
		if (negative)                                                                                               \
			magnitude = 0 - (uint64_t)(int64_t)value;                                                           \
		const char *from = to_digits(buffer, magnitude, radix, negative);                                           \
		size_t length = strlen(from);                                                                               \
		if (length >= size) {                                                                                       \
			/* The digits that fit stay, the last first. */                                                     \
			for (size_t i = 1; i < size; i++)                                                                   \
				to[i] = (UNIT)from[length - 1 - i + negative];                                              \
			return crt_invalid(CRT_ERANGE);                                                                     \
		}                                                                                                           \
		for (;; to++, from++) {                                                                                     \
			*to = (UNIT)*from;                                                                                  \
			if (*from == 0)                                                                                     \
				return 0;                                                                                   \
		}                                                                                                           \
	}
INTEGER_TO_TEXT(_itoa, char, INT, UINT, true)
INTEGER_TO_TEXT(_ltoa, char, LONG, ULONG, true)
INTEGER_TO_TEXT(_ultoa, char, ULONG, ULONG, false)
INTEGER_TO_TEXT(_i64toa, char, int64_t, uint64_t, true)
INTEGER_TO_TEXT(_ui64toa, char, uint64_t, uint64_t, false)
INTEGER_TO_TEXT(_itow, WCHAR, INT, UINT, true)
INTEGER_TO_TEXT(_ltow, WCHAR, LONG, ULONG, true)
INTEGER_TO_TEXT(_ultow, WCHAR, ULONG, ULONG, false)
INTEGER_TO_TEXT(_i64tow, WCHAR, int64_t, uint64_t, true)
INTEGER_TO_TEXT(_ui64tow, WCHAR, uint64_t, uint64_t, false)
