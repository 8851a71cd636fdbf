/*
 * dlls/crt/fp.c - exact decimal expansion of a double, and decimal rounding.
 *
 * A finite double is m * 2^e.  For e >= 0 its digits are those of the integer m << e; for e < 0 those of m * 5^-e, with
 * the point moved -e places: m / 2^k = m * 5^k / 10^k.  Both are products of a few base-10^9 limbs with small factors.
 */
#include "dlls/crt/fp.h"

#include <fenv.h>
#include <string.h>

#define LIMB_BASE 1000000000u
#define LIMB_DIGITS 9
#define LIMB_COUNT 88 /* 88 * 9 = 792 digits: enough for 2^53 * 5^1074 */

struct limbs {
	int count;
	uint32_t limb[LIMB_COUNT]; /* the lowest first */
};

static void multiply(struct limbs *number, uint32_t factor)
{
	uint64_t carry = 0;
	for (int i = 0; i < number->count; i++) {
		carry += (uint64_t)number->limb[i] * factor;
		number->limb[i] = (uint32_t)(carry % LIMB_BASE);
		carry /= LIMB_BASE;
	}
	while (carry != 0) {
		number->limb[number->count++] = (uint32_t)(carry % LIMB_BASE);
		carry /= LIMB_BASE;
	}
}

enum fp_class fp_classify(uint64_t bits)
{
	uint64_t mantissa = bits & 0xFFFFFFFFFFFFFull;
	if ((bits >> 52 & 0x7FF) != 0x7FF)
		return FP_CLASS_FINITE;
	if (mantissa == 0)
		return FP_CLASS_INFINITE;
	if (!(mantissa >> 51))
		return FP_CLASS_SIGNALLING;
	if (bits >> 63 && mantissa == 0x8000000000000ull)
		return FP_CLASS_INDEFINITE;
	return FP_CLASS_QUIET;
}

void fp_expand(uint64_t bits, struct fp_decimal *decimal)
{
	uint64_t mantissa = bits & 0xFFFFFFFFFFFFFull;
	int exponent = (int)(bits >> 52 & 0x7FF);
	decimal->negative = bits >> 63 != 0;
	decimal->count = 0;
	decimal->point = 0;
	if (exponent != 0)
		mantissa |= 1ull << 52;
	else
		exponent = 1;
	exponent -= 1075;
	if (mantissa == 0)
		return;
	int shift = __builtin_ctzll(mantissa);
	mantissa >>= shift;
	exponent += shift;

	struct limbs number;
	number.count = 0;
	for (uint64_t rest = mantissa; rest != 0; rest /= LIMB_BASE)
		number.limb[number.count++] = (uint32_t)(rest % LIMB_BASE);
	int point = 0;
	if (exponent >= 0) {
		for (; exponent >= 29; exponent -= 29)
			multiply(&number, 1u << 29);
		if (exponent != 0)
			multiply(&number, 1u << exponent);
	} else {
		point = exponent;
		int power = -exponent;
		for (; power >= 13; power -= 13)
			multiply(&number, 1220703125u);
		uint32_t factor = 1;
		while (power-- > 0)
			factor *= 5;
		if (factor != 1)
			multiply(&number, factor);
	}

	/* The highest limb without leading zeros, the others in full. */
	char *to = decimal->digits;
	uint32_t top = number.limb[number.count - 1];
	char text[LIMB_DIGITS];
	int length = 0;
	while (top != 0) {
		text[length++] = (char)('0' + top % 10);
		top /= 10;
	}
	while (length > 0)
		*to++ = text[--length];
	for (int i = number.count - 2; i >= 0; i--) {
		uint32_t limb = number.limb[i];
		for (int digit = LIMB_DIGITS - 1; digit >= 0; digit--) {
			to[digit] = (char)('0' + limb % 10);
			limb /= 10;
		}
		to += LIMB_DIGITS;
	}
	decimal->count = (int)(to - decimal->digits);
	decimal->point = point + decimal->count;
	while (decimal->digits[decimal->count - 1] == '0')
		decimal->count--;
}

void fp_round(struct fp_decimal *decimal, int count, enum fp_tie tie)
{
	if (count >= decimal->count)
		return;
	bool up;
	if (count < 0) {
		up = false;
		if (tie == FP_TIE_ENVIRONMENT && decimal->count > 0) {
			int mode = fegetround();
			up = (mode == FE_UPWARD && !decimal->negative) || (mode == FE_DOWNWARD && decimal->negative);
			if (up) {
				/* The last place lies above the first digit. */
				decimal->point += -count;
				count = 0;
			}
		}
	} else {
		char next = decimal->digits[count];
		bool exact_half = next == '5' && count + 1 == decimal->count;
		bool odd = count > 0 && (decimal->digits[count - 1] & 1);
		int mode = tie == FP_TIE_ENVIRONMENT ? fegetround() : FE_TONEAREST;
		if (mode == FE_TONEAREST)
			up = exact_half && tie != FP_TIE_AWAY ? odd : next >= '5';
		else if (mode == FE_TOWARDZERO)
			up = false;
		else
			up = (mode == FE_UPWARD) == !decimal->negative;
	}
	decimal->count = count < 0 ? 0 : count;
	if (up) {
		int i = decimal->count - 1;
		while (i >= 0 && decimal->digits[i] == '9')
			i--;
		if (i >= 0) {
			decimal->digits[i]++;
			decimal->count = i + 1;
		} else {
			decimal->digits[0] = '1';
			decimal->count = 1;
			decimal->point++;
		}
	}
	while (decimal->count > 0 && decimal->digits[decimal->count - 1] == '0')
		decimal->count--;
}
