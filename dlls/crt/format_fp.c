/*
 * dlls/crt/format_fp.c - %a, %e, %f and %g of both runtimes.
 *
 * msvcrt.dll rounds every number to 17 significant digits first and prints zeros after them, rounds that text half up,
 * and sends "1#INF" through the same mill (hence "1.#INF00" and, rounded, "1.#J").  ucrtbase.dll prints every digit.
 */
#include "dlls/crt/format_impl.h"
#include "dlls/crt/fp.h"

#include <string.h>

#define MSVCRT_DIGITS 17

bool format_two_digit_exponents;

/* A number laid out: digits with zeros around them. */
struct layout {
	const char *digits;
	int count;     /* digits there are */
	int point;     /* of them, how many stand before the point; may be negative or beyond count */
	int fraction;  /* places after the point */
	bool dot;      /* print the point */
	bool zero_int; /* print a 0 where no digit stands before the point */
	char suffix[8];
	int suffix_length;
};

static void put_decimal_point(struct format_output *output)
{
	if (output->wide) {
		const WCHAR *point = output->locale->lconv.w_decimal_point;
		WCHAR unit = point != NULL && *point != 0 ? *point : '.';
		struct format_sink *sink = output->sink;
		if (unit < 0x80) {
			char c = (char)unit;
			format_put(output, &c, 1);
			return;
		}
		if ((size_t)((char *)sink->end - (char *)sink->cursor) < sizeof(WCHAR) && !sink->drain(sink)) {
			sink->failed = true;
			return;
		}
		*(WCHAR *)sink->cursor = unit;
		sink->cursor = (WCHAR *)sink->cursor + 1;
		sink->total++;
	} else {
		const char *point = output->locale->lconv.decimal_point;
		format_put(output, point != NULL && *point != 0 ? point : ".", 1);
	}
}

/* Digits [from, to) of the layout counted from the first digit; outside there are zeros. */
static void put_range(struct format_output *output, const struct layout *layout, int from, int to)
{
	if (from < 0) {
		int end = to < 0 ? to : 0;
		format_repeat(output, '0', end - from);
		from = end;
	}
	if (from < to && from < layout->count) {
		int end = to < layout->count ? to : layout->count;
		format_put(output, layout->digits + from, (size_t)(end - from));
		from = end;
	}
	if (from < to)
		format_repeat(output, '0', to - from);
}

static void put_layout(struct format_output *output, void *context)
{
	const struct layout *layout = context;
	if (layout->point > 0)
		put_range(output, layout, 0, layout->point);
	else if (layout->zero_int)
		format_put(output, "0", 1);
	if (layout->dot)
		put_decimal_point(output);
	put_range(output, layout, layout->point, layout->point + layout->fraction);
	format_put(output, layout->suffix, (size_t)layout->suffix_length);
}

static void frame_layout(struct format_output *output, const struct format_spec *spec, const char *sign,
			 struct layout *layout)
{
	int64_t length = layout->point > 0 ? layout->point : 1;
	length += layout->dot;
	length += layout->fraction;
	length += layout->suffix_length;
	layout->zero_int = true;
	format_frame(output, spec, sign, length, put_layout, layout);
}

static void put_plain(struct format_output *output, void *context)
{
	format_put(output, context, strlen(context));
}

static int exponent_text(char *to, char letter, int exponent, int minimum)
{
	char digits[8];
	int count = 0, length = 0;
	to[length++] = letter;
	to[length++] = exponent < 0 ? '-' : '+';
	if (exponent < 0)
		exponent = -exponent;
	do {
		digits[count++] = (char)('0' + exponent % 10);
		exponent /= 10;
	} while (exponent != 0);
	while (count < minimum)
		digits[count++] = '0';
	while (count > 0)
		to[length++] = digits[--count];
	return length;
}

static const char *special_name(enum fp_class class, bool legacy)
{
	switch (class) {
	case FP_CLASS_INFINITE:
		return legacy ? "1#INF" : "inf";
	case FP_CLASS_SIGNALLING:
		return legacy ? "1#SNAN" : "nan(snan)";
	case FP_CLASS_INDEFINITE:
		return legacy ? "1#IND" : "nan(ind)";
	default:
		return legacy ? "1#QNAN" : "nan";
	}
}

static void format_hexadecimal(struct format_output *output, struct format_spec *spec, uint64_t bits, const char *sign)
{
	const char *digit = spec->type == 'A' ? "0123456789ABCDEF" : "0123456789abcdef";
	uint64_t mantissa = bits & 0xFFFFFFFFFFFFFull;
	int exponent = (int)(bits >> 52 & 0x7FF);
	unsigned lead = exponent != 0;
	if (exponent != 0)
		exponent -= 1023;
	else if (mantissa != 0)
		exponent = -1022;
	int precision = spec->precision;
	if (precision < 0)
		precision = output->options & PRINTF_MSVCRT ? 6 : 13;
	mantissa |= (uint64_t)lead << 52;
	if (precision < 13) {
		int drop = 4 * (13 - precision);
		uint64_t half = 1ull << (drop - 1), rest = mantissa & ((half << 1) - 1);
		mantissa >>= drop;
		bool up = rest > half;
		if (rest == half)
			up = output->options & PRINTF_STANDARD_ROUNDING ? mantissa & 1 : true;
		mantissa += up;
		mantissa <<= drop;
	}
	char text[16];
	for (int i = 0; i < 13; i++)
		text[i + 1] = digit[mantissa >> (48 - 4 * i) & 15];
	text[0] = digit[mantissa >> 52 & 15];
	struct layout layout = {.digits = text, .count = 14, .point = 1, .fraction = precision};
	layout.dot = precision > 0 || (spec->flags & FLAG_ALTERNATE);
	layout.suffix_length = exponent_text(layout.suffix, spec->type == 'A' ? 'P' : 'p', exponent, 1);
	char prefix[4];
	strcpy(prefix, sign);
	strcat(prefix, spec->type == 'A' ? "0X" : "0x");
	frame_layout(output, spec, prefix, &layout);
}

void format_double(struct format_output *output, struct format_spec *spec, uint64_t bits)
{
	struct fp_decimal decimal;
	bool msvcrt = output->options & PRINTF_MSVCRT;
	bool legacy_names = output->options & (PRINTF_MSVCRT | PRINTF_LEGACY_MSVCRT);
	char type = spec->type;
	bool upper = type >= 'A' && type <= 'Z';
	char lower_type = upper ? (char)(type + 'a' - 'A') : type;
	bool negative = bits >> 63;
	const char *sign = negative ? "-" : spec->flags & FLAG_PLUS ? "+" : spec->flags & FLAG_SPACE ? " " : "";

	enum fp_class class = fp_classify(bits);
	if (class != FP_CLASS_FINITE && !legacy_names) {
		char name[16];
		strcpy(name, special_name(class, false));
		if (upper) {
			for (char *c = name; *c != 0; c++) {
				if (*c >= 'a' && *c <= 'z')
					*c = (char)(*c + 'A' - 'a');
			}
		}
		spec->flags &= ~FLAG_ZERO;
		format_frame(output, spec, sign, (int64_t)strlen(name), put_plain, name);
		return;
	}
	if (class == FP_CLASS_FINITE && lower_type == 'a') {
		format_hexadecimal(output, spec, bits, sign);
		return;
	}
	if (class != FP_CLASS_FINITE) {
		const char *name = special_name(class, true);
		decimal.negative = negative;
		decimal.point = 1;
		decimal.count = (int)strlen(name);
		memcpy(decimal.digits, name, (size_t)decimal.count);
	} else {
		fp_expand(bits, &decimal);
		if (msvcrt)
			fp_round(&decimal, MSVCRT_DIGITS, FP_TIE_EVEN);
	}
	enum fp_tie tie = !msvcrt && (output->options & PRINTF_STANDARD_ROUNDING) ? FP_TIE_ENVIRONMENT : FP_TIE_AWAY;
	int precision = spec->precision < 0 ? 6 : spec->precision;
	bool alternate = spec->flags & FLAG_ALTERNATE;
	int exponent_digits = 2;
	if (msvcrt ? !format_two_digit_exponents : (output->options & PRINTF_THREE_DIGIT_EXPONENTS) != 0)
		exponent_digits = 3;
	struct layout layout = {.digits = decimal.digits};

	bool crop = false;
	char style = lower_type;
	char letter = upper ? 'E' : 'e';
	if (style == 'a') {
		letter = upper ? 'P' : 'p';
		style = 'e';
	} else if (style == 'g') {
		if (precision == 0)
			precision = 1;
		fp_round(&decimal, precision, tie);
		int exponent = decimal.count == 0 ? 0 : decimal.point - 1;
		if (exponent < -4 || exponent >= precision) {
			style = 'e';
			precision--;
		} else {
			style = 'f';
			precision -= exponent + 1;
		}
		crop = !alternate;
	}
	if (style == 'e') {
		fp_round(&decimal, precision >= FP_MAX_DIGITS ? FP_MAX_DIGITS : precision + 1, tie);
		int exponent = decimal.count == 0 ? 0 : decimal.point - 1;
		layout.point = 1;
		layout.suffix_length = exponent_text(layout.suffix, letter, exponent, exponent_digits);
	} else {
		int64_t keep = (int64_t)decimal.point + precision;
		if (keep < FP_MAX_DIGITS)
			fp_round(&decimal, (int)keep, tie);
		layout.point = decimal.count == 0 ? 0 : decimal.point;
	}
	layout.count = decimal.count;
	layout.fraction = precision;
	if (crop) {
		int used = decimal.count - layout.point;
		if (used < 0)
			used = 0;
		if (layout.fraction > used)
			layout.fraction = used;
	}
	layout.dot = layout.fraction > 0 || alternate;
	frame_layout(output, spec, sign, &layout);
}
