/*
 * dlls/crt/strtod.c - text to floating-point numbers.
 */
#include "dlls/crt/numbers.h"

#include <string.h>

#define KEPT_DIGITS 800 /* beyond the 768th digit only whether any is not zero matters */

struct text {
	const char *narrow;
	const WCHAR *wide;
	size_t limit;
};

static inline uint32_t at(const struct text *text, size_t i)
{
	if (i >= text->limit)
		return 0;
	return text->narrow != NULL ? (BYTE)text->narrow[i] : text->wide[i];
}

static inline bool is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static int hex_value(uint32_t c)
{
	if (is_digit(c))
		return (int)c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (int)(c | 0x20) - 'a' + 10;
	return -1;
}

/* Does the text continue with `word` (lower case)? */
static bool matches(const struct text *text, size_t from, const char *word)
{
	for (size_t i = 0; word[i] != 0; i++) {
		uint32_t c = at(text, from + i);
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c != (uint32_t)word[i])
			return false;
	}
	return true;
}

/* An exponent behind its letter at `i`; returns the new place, or `i` when there is none. */
static size_t parse_exponent(const struct text *text, size_t i, int *exponent)
{
	size_t start = i++;
	bool negative = false;
	int value = 0;
	if (at(text, i) == '+' || at(text, i) == '-')
		negative = at(text, i++) == '-';
	if (!is_digit(at(text, i)))
		return start;
	for (; is_digit(at(text, i)); i++) {
		if (value < 1000000)
			value = value * 10 + (int)(at(text, i) - '0');
	}
	*exponent = negative ? -value : value;
	return i;
}

static size_t parse_decimal(const struct text *text, size_t i, bool ucrt, WCHAR point, const struct fp_format *format,
			    struct number_text *number)
{
	char digits[KEPT_DIGITS];
	int count = 0, exponent = 0, written = 0;
	int64_t scale = 0;
	bool any = false, sticky = false, behind_point = false;
	for (;; i++) {
		uint32_t c = at(text, i);
		if (c == point && !behind_point) {
			behind_point = true;
			continue;
		}
		if (!is_digit(c))
			break;
		any = true;
		if (count == 0 && c == '0') {
			scale -= behind_point;
			continue;
		}
		if (count < KEPT_DIGITS) {
			digits[count++] = (char)c;
			scale -= behind_point;
		} else {
			sticky |= c != '0';
			scale += !behind_point;
		}
	}
	if (!any)
		return 0;
	uint32_t c = at(text, i);
	if (c == 'e' || c == 'E' || (!ucrt && (c == 'd' || c == 'D'))) {
		i = parse_exponent(text, i, &written);
	}
	scale += written;
	exponent = scale > 1000000 ? 1000000 : scale < -1000000 ? -1000000 : (int)scale;
	number->kind = NUMBER_FINITE;
	fp_from_decimal(digits, count, exponent, sticky, format, &number->value);
	return i;
}

static size_t parse_hexadecimal(const struct text *text, size_t i, WCHAR point, const struct fp_format *format,
				struct number_text *number)
{
	uint64_t mantissa = 0;
	int64_t scale = 0;
	int written = 0;
	bool any = false, sticky = false, behind_point = false;
	for (;; i++) {
		uint32_t c = at(text, i);
		if (c == point && !behind_point) {
			behind_point = true;
			continue;
		}
		int digit = hex_value(c);
		if (digit < 0)
			break;
		any = true;
		if (mantissa >> 60 == 0) {
			mantissa = mantissa << 4 | (uint64_t)digit;
			scale -= behind_point ? 4 : 0;
		} else {
			sticky |= digit != 0;
			scale += behind_point ? 0 : 4;
		}
	}
	if (!any)
		return 0;
	if (at(text, i) == 'p' || at(text, i) == 'P')
		i = parse_exponent(text, i, &written);
	scale += written;
	int exponent = scale > 1000000 ? 1000000 : scale < -1000000 ? -1000000 : (int)scale;
	number->kind = NUMBER_FINITE;
	fp_from_binary(mantissa, exponent, sticky, format, &number->value);
	return i;
}

void number_parse(const void *string, bool wide, size_t limit, bool ucrt, WCHAR point, const struct fp_format *format,
		  struct number_text *number)
{
	struct text text = {.narrow = wide ? NULL : string, .wide = wide ? string : NULL, .limit = limit};
	size_t i = 0;
	memset(number, 0, sizeof(*number));
	if (at(&text, 0) == '-' || at(&text, 0) == '+')
		number->negative = at(&text, i++) == '-';
	if (ucrt && matches(&text, i, "inf")) {
		number->kind = NUMBER_INFINITE;
		number->length = i + (matches(&text, i, "infinity") ? 8 : 3);
		return;
	}
	if (ucrt && matches(&text, i, "nan")) {
		number->kind = NUMBER_NAN;
		number->length = i + 3;
		if (at(&text, i + 3) == '(') {
			size_t end = i + 4;
			while (hex_value(at(&text, end)) >= 0 || (at(&text, end) | 0x20) >= 'a' || at(&text, end) == '_') {
				uint32_t c = at(&text, end) | 0x20;
				if (!is_digit(at(&text, end)) && (c < 'a' || c > 'z') && at(&text, end) != '_')
					break;
				end++;
			}
			if (at(&text, end) == ')') {
				if (matches(&text, i + 3, "(snan)"))
					number->kind = NUMBER_SIGNALLING;
				else if (matches(&text, i + 3, "(ind)"))
					number->kind = NUMBER_INDEFINITE;
				number->length = end + 1;
			}
		}
		return;
	}
	size_t end = 0;
	if (ucrt && at(&text, i) == '0' && (at(&text, i + 1) | 0x20) == 'x')
		end = parse_hexadecimal(&text, i + 2, point, format, number);
	if (end == 0)
		end = parse_decimal(&text, i, ucrt, point, format, number);
	number->length = end;
	if (end == 0)
		number->negative = false;
}

uint64_t number_to_double(const struct number_text *number)
{
	uint64_t sign = (uint64_t)number->negative << 63;
	switch (number->kind) {
	case NUMBER_INFINITE:
		return sign | 0x7FF0000000000000ull;
	case NUMBER_NAN:
		return sign | 0x7FFFFFFFFFFFFFFFull;
	case NUMBER_SIGNALLING:
		return sign | 0x7FF0000000000001ull;
	case NUMBER_INDEFINITE:
		return sign | 0xFFF8000000000000ull;
	default:
		return fp_pack_double(&number->value, number->negative);
	}
}

uint32_t number_to_single(const struct number_text *number)
{
	uint32_t sign = (uint32_t)number->negative << 31;
	switch (number->kind) {
	case NUMBER_INFINITE:
		return sign | 0x7F800000u;
	case NUMBER_NAN:
		return sign | 0x7FFFFFFFu;
	case NUMBER_SIGNALLING:
		return sign | 0x7F800001u;
	case NUMBER_INDEFINITE:
		return sign | 0xFFC00000u;
	default:
		return fp_pack_single(&number->value, number->negative);
	}
}

static WCHAR point_of(const struct crt_locale *locale)
{
	const WCHAR *point = locale->lconv.w_decimal_point;
	return point != NULL && *point != 0 ? *point : '.';
}

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13);
}

static bool is_wide_space(uint32_t c)
{
	return is_space(c) || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202F || c == 0x205F || c == 0x3000 || c == 0x85;
}

/* Skips space, parses, sets *end; errno ERANGE when the number does not fit. */
static void read_number(const void *string, bool wide, void *end, bool ucrt, crt_locale_t locale,
			const struct fp_format *format, struct number_text *number)
{
	size_t skip = 0, unit = wide ? sizeof(WCHAR) : 1;
	if (wide) {
		while (is_wide_space(((const WCHAR *)string)[skip]))
			skip++;
	} else {
		while (is_space((BYTE)((const char *)string)[skip]))
			skip++;
	}
	number_parse((const char *)string + skip * unit, wide, SIZE_MAX, ucrt, point_of(crt_locale(locale)), format, number);
	if (end != NULL)
		*(const char **)end = (const char *)string + (number->length != 0 ? skip + number->length : 0) * unit;
	if (number->kind == NUMBER_FINITE &&
	    (number->value.overflow || (number->value.underflow && number->value.mantissa == 0)))
		crt_set_errno(CRT_ERANGE);
}

static double string_to_double(const void *string, bool wide, void *end, bool ucrt, crt_locale_t locale)
{
	struct number_text number;
	if (string == NULL) {
		if (end != NULL)
			*(const void **)end = string;
		crt_invalid(CRT_EINVAL);
		return 0;
	}
	read_number(string, wide, end, ucrt, locale, &fp_double, &number);
	uint64_t bits = number.length != 0 ? number_to_double(&number) : 0;
	double result;
	memcpy(&result, &bits, sizeof(result));
	return result;
}

static float string_to_single(const void *string, bool wide, void *end, crt_locale_t locale)
{
	struct number_text number;
	if (string == NULL) {
		if (end != NULL)
			*(const void **)end = string;
		crt_invalid(CRT_EINVAL);
		return 0;
	}
	read_number(string, wide, end, true, locale, &fp_single, &number);
	uint32_t bits = number.length != 0 ? number_to_single(&number) : 0;
	float result;
	memcpy(&result, &bits, sizeof(result));
	return result;
}

#define DOUBLE_FUNCTIONS(DECLARE, prefix, ucrt)                                                                             \
	DECLARE("strtod", double, prefix##_strtod, (const char *string, char **end))                                        \
	{                                                                                                                   \
		return string_to_double(string, false, end, ucrt, NULL);                                                    \
	}                                                                                                                   \
	DECLARE("_strtod_l", double, prefix##__strtod_l, (const char *string, char **end, crt_locale_t locale))             \
	{                                                                                                                   \
		return string_to_double(string, false, end, ucrt, locale);                                                  \
	}                                                                                                                   \
	DECLARE("wcstod", double, prefix##_wcstod, (const WCHAR *string, WCHAR **end))                                      \
	{                                                                                                                   \
		return string_to_double(string, true, end, ucrt, NULL);                                                     \
	}                                                                                                                   \
	DECLARE("_wcstod_l", double, prefix##__wcstod_l, (const WCHAR *string, WCHAR **end, crt_locale_t locale))           \
	{                                                                                                                   \
		return string_to_double(string, true, end, ucrt, locale);                                                   \
	}                                                                                                                   \
	DECLARE("atof", double, prefix##_atof, (const char *string))                                                        \
	{                                                                                                                   \
		return string_to_double(string, false, NULL, ucrt, NULL);                                                   \
	}                                                                                                                   \
	DECLARE("_atof_l", double, prefix##__atof_l, (const char *string, crt_locale_t locale))                             \
	{                                                                                                                   \
		return string_to_double(string, false, NULL, ucrt, locale);                                                 \
	}                                                                                                                   \
	DECLARE("_wtof", double, prefix##__wtof, (const WCHAR *string))                                                     \
	{                                                                                                                   \
		return string_to_double(string, true, NULL, ucrt, NULL);                                                    \
	}                                                                                                                   \
	DECLARE("_wtof_l", double, prefix##__wtof_l, (const WCHAR *string, crt_locale_t locale))                            \
	{                                                                                                                   \
		return string_to_double(string, true, NULL, ucrt, locale);                                                  \
	}
DOUBLE_FUNCTIONS(CRT_MSVCRT_AS, crt_msvcrt, false)
DOUBLE_FUNCTIONS(CRT_UCRT_AS, crt_ucrt, true)

/* long double is double. */
CRT_ALIAS_UCRT("strtold", crt_ucrt_strtod);
CRT_ALIAS_UCRT("_strtold_l", crt_ucrt__strtod_l);
CRT_ALIAS_UCRT("wcstold", crt_ucrt_wcstod);
CRT_ALIAS_UCRT("_wcstold_l", crt_ucrt__wcstod_l);

CRT_UCRT(float, strtof, (const char *string, char **end))
{
	return string_to_single(string, false, end, NULL);
}

CRT_UCRT(float, _strtof_l, (const char *string, char **end, crt_locale_t locale))
{
	return string_to_single(string, false, end, locale);
}

CRT_UCRT(float, wcstof, (const WCHAR *string, WCHAR **end))
{
	return string_to_single(string, true, end, NULL);
}

CRT_UCRT(float, _wcstof_l, (const WCHAR *string, WCHAR **end, crt_locale_t locale))
{
	return string_to_single(string, true, end, locale);
}

/* _atodbl and its kin return _OVERFLOW 3, _UNDERFLOW 4 or 0. */
static INT range_result(const struct number_text *number)
{
	if (number->length == 0 || number->kind != NUMBER_FINITE)
		return 0;
	return number->value.overflow ? 3 : number->value.underflow ? 4 : 0;
}

CRT(INT, _atodbl_l, (double *result, const char *string, crt_locale_t locale))
{
	struct number_text number;
	CRT_VALIDATE(result != NULL && string != NULL, EINVAL, CRT_EINVAL);
	INT error = crt_self.error;
	read_number(string, false, NULL, crt_is_ucrt(), locale, &fp_double, &number);
	crt_set_errno(error);
	uint64_t bits = number.length != 0 ? number_to_double(&number) : 0;
	memcpy(result, &bits, sizeof(bits));
	return range_result(&number);
}

CRT(INT, _atodbl, (double *result, const char *string))
{
	return crt__atodbl_l(result, string, NULL);
}

CRT(INT, _atoflt_l, (float *result, const char *string, crt_locale_t locale))
{
	struct number_text number;
	CRT_VALIDATE(result != NULL && string != NULL, EINVAL, CRT_EINVAL);
	INT error = crt_self.error;
	read_number(string, false, NULL, crt_is_ucrt(), locale, &fp_single, &number);
	crt_set_errno(error);
	uint32_t bits = number.length != 0 ? number_to_single(&number) : 0;
	memcpy(result, &bits, sizeof(bits));
	return range_result(&number);
}

CRT(INT, _atoflt, (float *result, const char *string))
{
	return crt__atoflt_l(result, string, NULL);
}

/* _LDOUBLE: the ten bytes of an x87 number. */
CRT(INT, _atoldbl_l, (BYTE * result, const char *string, crt_locale_t locale))
{
	struct number_text number;
	CRT_VALIDATE(result != NULL && string != NULL, EINVAL, CRT_EINVAL);
	INT error = crt_self.error;
	read_number(string, false, NULL, crt_is_ucrt(), locale, &fp_extended, &number);
	crt_set_errno(error);
	uint64_t mantissa = 0;
	USHORT exponent = 0;
	if (number.length != 0) {
		if (number.kind != NUMBER_FINITE || number.value.overflow) {
			mantissa = number.kind == NUMBER_FINITE || number.kind == NUMBER_INFINITE ? 1ull << 63
												  : 3ull << 62;
			exponent = 0x7FFF;
		} else {
			mantissa = number.value.mantissa;
			if (mantissa >> 63)
				exponent = (USHORT)(number.value.exponent + 16446);
		}
		exponent |= (USHORT)(number.negative << 15);
	}
	memcpy(result, &mantissa, sizeof(mantissa));
	memcpy(result + 8, &exponent, sizeof(exponent));
	return range_result(&number);
}

CRT(INT, _atoldbl, (BYTE * result, const char *string))
{
	return crt__atoldbl_l(result, string, NULL);
}
