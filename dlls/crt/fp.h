/*
 * dlls/crt/fp.h - binary floating point to decimal and back, exactly.
 *
 * The room promises correctly rounded results in both directions, whatever the length of the number.  Pure arithmetic
 * on integers: no locale, no errno, no dependence on the rounding mode unless a caller asks for it.
 */
#ifndef PEWTER_DLLS_CRT_FP_H
#define PEWTER_DLLS_CRT_FP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest exact decimal expansion of a double has 767 significant digits. */
#define FP_MAX_DIGITS 770

enum fp_class { FP_CLASS_FINITE, FP_CLASS_INFINITE, FP_CLASS_QUIET, FP_CLASS_SIGNALLING, FP_CLASS_INDEFINITE };

/* A value in decimal: 0.d1d2d3... * 10^point.  Zero has no digits and point 0. */
struct fp_decimal {
	bool negative;
	int point;
	int count;                  /* digits in use, without trailing zeros */
	char digits[FP_MAX_DIGITS]; /* '0'..'9', not terminated */
};

/* What becomes of a tie. */
enum fp_tie { FP_TIE_AWAY, FP_TIE_EVEN, FP_TIE_ENVIRONMENT };

enum fp_class fp_classify(uint64_t bits);

/* The exact expansion of a finite double. */
void fp_expand(uint64_t bits, struct fp_decimal *decimal);

/* Rounds to `count` significant digits; a count of 0 or less may leave one digit (a carry) or none. */
void fp_round(struct fp_decimal *decimal, int count, enum fp_tie tie);

/* Formats of binary numbers that parsing can aim at. */
struct fp_format {
	int mantissa_bits; /* with the implicit one: 53, 24, 64 */
	int minimum;       /* exponent of the lowest bit of a denormal: -1074, -149, -16445 */
	int maximum;       /* values reach 2^maximum: 1024, 128, 16384 */
};
extern const struct fp_format fp_double, fp_single, fp_extended;

/* A parsed number: mantissa * 2^exponent, the mantissa normalised to mantissa_bits unless denormal. */
struct fp_binary {
	uint64_t mantissa;
	int exponent;
	bool overflow;  /* too large: infinity */
	bool underflow; /* the result is zero or denormal and inexact */
};

/* `count` decimal digits (no leading zeros needed) times 10^exponent, to nearest even.  `sticky`: digits that are not
 * all zero followed the last one. */
void fp_from_decimal(const char *digits, int count, int exponent, bool sticky, const struct fp_format *format,
		     struct fp_binary *result);
/* A 64-bit integer times 2^exponent with a sticky bit below it, to nearest even (hexadecimal input). */
void fp_from_binary(uint64_t mantissa, int exponent, bool sticky, const struct fp_format *format,
		    struct fp_binary *result);

/* Puts the pieces together. */
uint64_t fp_pack_double(const struct fp_binary *binary, bool negative);
uint32_t fp_pack_single(const struct fp_binary *binary, bool negative);

#endif
