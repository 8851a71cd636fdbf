/*
 * dlls/crt/fp_parse.c - decimal digits to binary floating point, correctly rounded.
 *
 * Short numbers with small exponents are one exact operation (Clinger's fast path).  All others are computed in
 * integers: the quotient or product is brought to 65..96 bits with everything below them collected in a sticky bit,
 * then rounded once.
 */
#include "dlls/crt/fp.h"

#include <fenv.h>
#include <string.h>

const struct fp_format fp_double = {53, -1074, 1024};
const struct fp_format fp_single = {24, -149, 128};
const struct fp_format fp_extended = {64, -16445, 16384};

/* Unsigned integers of up to BIG_WORDS words, the lowest first, without leading zero words.  The largest operand is
 * 800 digits, or 5^5800 for extended numbers (13,500 bits), shifted by as much. */
#define BIG_WORDS 940
struct big {
	int count;
	uint32_t word[BIG_WORDS];
};

static void big_multiply_add(struct big *number, uint32_t factor, uint32_t addend)
{
	uint64_t carry = addend;
	for (int i = 0; i < number->count; i++) {
		carry += (uint64_t)number->word[i] * factor;
		number->word[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry != 0)
		number->word[number->count++] = (uint32_t)carry;
}

static void big_multiply_power_of_5(struct big *number, int power)
{
	for (; power >= 13; power -= 13)
		big_multiply_add(number, 1220703125u, 0);
	uint32_t factor = 1;
	while (power-- > 0)
		factor *= 5;
	if (factor != 1)
		big_multiply_add(number, factor, 0);
}

static void big_shift_left(struct big *number, int bits)
{
	int words = bits / 32, rest = bits % 32;
	if (number->count == 0 || bits == 0)
		return;
	uint32_t high = rest != 0 ? number->word[number->count - 1] >> (32 - rest) : 0;
	for (int i = number->count - 1; i >= 0; i--) {
		uint32_t low = i > 0 && rest != 0 ? number->word[i - 1] >> (32 - rest) : 0;
		number->word[i + words] = number->word[i] << rest | low;
	}
	memset(number->word, 0, (size_t)words * sizeof(number->word[0]));
	number->count += words;
	if (high != 0)
		number->word[number->count++] = high;
}

static int big_bits(const struct big *number)
{
	return number->count == 0 ? 0 : number->count * 32 - __builtin_clz(number->word[number->count - 1]);
}

/* The top 64 bits of a number that is not zero, and whether any lower bit is set.  value = result * 2^*exponent. */
static uint64_t big_top(const struct big *number, int *exponent, bool *sticky)
{
	int bits = big_bits(number);
	uint64_t top = 0;
	if (bits <= 64) {
		for (int i = number->count - 1; i >= 0; i--)
			top = top << 32 | number->word[i];
		*exponent = 0;
		return top;
	}
	int low = bits - 64;
	int word = low / 32, shift = low % 32;
	top = (uint64_t)number->word[word + 1] << 32 | number->word[word];
	if (shift != 0)
		top = top >> shift | (uint64_t)number->word[word + 2] << (64 - shift);
	if (shift != 0 && number->word[word] << (32 - shift) != 0)
		*sticky = true;
	for (int i = 0; i < word && !*sticky; i++)
		*sticky = number->word[i] != 0;
	*exponent = low;
	return top;
}

/* numerator /= denominator (schoolbook long division, Knuth 4.3.1 D); *sticky is set when a remainder is left.
 * Both are destroyed; the quotient must be small (a few words). */
static void big_divide(struct big *numerator, struct big *denominator, struct big *quotient, bool *sticky)
{
	quotient->count = 0;
	if (numerator->count < denominator->count) {
		*sticky |= numerator->count != 0;
		return;
	}
	if (denominator->count == 1) {
		uint64_t rest = 0;
		quotient->count = numerator->count;
		for (int i = numerator->count - 1; i >= 0; i--) {
			rest = rest << 32 | numerator->word[i];
			quotient->word[i] = (uint32_t)(rest / denominator->word[0]);
			rest %= denominator->word[0];
		}
		*sticky |= rest != 0;
	} else {
		int normalise = __builtin_clz(denominator->word[denominator->count - 1]);
		big_shift_left(denominator, normalise);
		int before = numerator->count;
		big_shift_left(numerator, normalise);
		if (numerator->count == before)
			numerator->word[numerator->count] = 0;
		int n = denominator->count, m = before - n;
		uint32_t *u = numerator->word;
		const uint32_t *v = denominator->word;
		quotient->count = m + 1;
		for (int j = m; j >= 0; j--) {
			uint64_t head = (uint64_t)u[j + n] << 32 | u[j + n - 1];
			uint64_t guess = head / v[n - 1], rest = head % v[n - 1];
			while (guess >> 32 != 0 || guess * v[n - 2] > (rest << 32 | u[j + n - 2])) {
				guess--;
				rest += v[n - 1];
				if (rest >> 32 != 0)
					break;
			}
			uint64_t carry = 0;
			int64_t borrow = 0;
			for (int i = 0; i < n; i++) {
				carry += guess * v[i];
				borrow += (int64_t)u[i + j] - (int64_t)(uint32_t)carry;
				u[i + j] = (uint32_t)borrow;
				borrow >>= 32;
				carry >>= 32;
			}
			borrow += (int64_t)u[j + n] - (int64_t)carry;
			u[j + n] = (uint32_t)borrow;
			if (borrow < 0) {
				guess--;
				uint64_t sum = 0;
				for (int i = 0; i < n; i++) {
					sum += (uint64_t)u[i + j] + v[i];
					u[i + j] = (uint32_t)sum;
					sum >>= 32;
				}
				u[j + n] += (uint32_t)sum;
			}
			quotient->word[j] = (uint32_t)guess;
		}
		for (int i = 0; i < n && !*sticky; i++)
			*sticky = u[i] != 0;
	}
	while (quotient->count > 0 && quotient->word[quotient->count - 1] == 0)
		quotient->count--;
}

void fp_from_binary(uint64_t mantissa, int exponent, bool sticky, const struct fp_format *format,
		    struct fp_binary *result)
{
	result->mantissa = 0;
	result->exponent = format->minimum;
	result->overflow = false;
	result->underflow = sticky && mantissa == 0;
	if (mantissa == 0)
		return;
	int lead = __builtin_clzll(mantissa);
	mantissa <<= lead;
	exponent -= lead;
	/* Bits to drop from the 64. */
	int drop = 64 - format->mantissa_bits;
	bool denormal = false;
	if (exponent + drop < format->minimum) {
		drop = format->minimum - exponent;
		denormal = true;
	}
	bool half = false, below = sticky;
	if (drop > 64) {
		below = true;
		mantissa = 0;
	} else if (drop > 0) {
		half = mantissa >> (drop - 1) & 1;
		below |= (mantissa & ((1ull << (drop - 1)) - 1)) != 0;
		mantissa = drop == 64 ? 0 : mantissa >> drop;
	} else if (sticky) {
		below = true;
	}
	result->underflow = denormal && (half || below);
	exponent += drop;
	if (half && (below || (mantissa & 1))) {
		mantissa++;
		if (format->mantissa_bits < 64 ? mantissa >> format->mantissa_bits != 0 : mantissa == 0) {
			mantissa = format->mantissa_bits < 64 ? mantissa >> 1 : 1ull << 63;
			exponent++;
		}
	}
	if (exponent + format->mantissa_bits > format->maximum) {
		result->overflow = true;
		return;
	}
	result->mantissa = mantissa;
	result->exponent = exponent;
}

/* The slow path; apart so that its 12 KiB of locals are only taken when needed. */
static __attribute__((noinline)) void from_decimal_big(const char *digits, int count, int exponent, bool sticky,
						       const struct fp_format *format, struct fp_binary *result)
{
	struct big number, quotient;
	number.count = 0;
	int i = 0;
	while (i < count) {
		uint32_t factor = 1, chunk = 0;
		for (; i < count && factor < 1000000000u; i++) {
			chunk = chunk * 10 + (uint32_t)(digits[i] - '0');
			factor *= 10;
		}
		big_multiply_add(&number, factor, chunk);
	}
	int binary = 0;
	uint64_t top;
	if (exponent >= 0) {
		big_multiply_power_of_5(&number, exponent);
		top = big_top(&number, &binary, &sticky);
		fp_from_binary(top, binary + exponent, sticky, format, result);
		return;
	}
	struct big denominator;
	denominator.count = 1;
	denominator.word[0] = 1;
	big_multiply_power_of_5(&denominator, -exponent);
	/* Shift the numerator so that the quotient has at least 66 bits. */
	int shift = 66 + big_bits(&denominator) - big_bits(&number);
	if (shift > 0)
		big_shift_left(&number, shift);
	else
		shift = 0;
	big_divide(&number, &denominator, &quotient, &sticky);
	top = big_top(&quotient, &binary, &sticky);
	fp_from_binary(top, binary + exponent - shift, sticky, format, result);
}

void fp_from_decimal(const char *digits, int count, int exponent, bool sticky, const struct fp_format *format,
		     struct fp_binary *result)
{
	while (count > 0 && *digits == '0') {
		digits++;
		count--;
	}
	while (count > 0 && !sticky && digits[count - 1] == '0') {
		count--;
		exponent++;
	}
	if (count == 0) {
		fp_from_binary(0, 0, sticky, format, result);
		return;
	}
	/* Out of every range: 10^magnitude / 10 <= value < 10^magnitude. */
	int magnitude = exponent + count;
	bool extended = format->mantissa_bits > 53;
	if (magnitude > (extended ? 4940 : 310)) {
		result->mantissa = 0;
		result->exponent = 0;
		result->overflow = true;
		result->underflow = false;
		return;
	}
	if (magnitude < (extended ? -4970 : -330)) {
		fp_from_binary(0, 0, true, format, result);
		return;
	}
	if (count <= 19 && !sticky) {
		uint64_t value = 0;
		for (int i = 0; i < count; i++)
			value = value * 10 + (uint64_t)(digits[i] - '0');
		if (exponent == 0) {
			fp_from_binary(value, 0, false, format, result);
			return;
		}
		if (format->mantissa_bits == 53 && value < 1ull << 53 && exponent >= -22 && exponent <= 22 &&
		    fegetround() == FE_TONEAREST) {
			static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
							1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
							1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
			double number = exponent < 0 ? (double)value / powers[-exponent] : (double)value * powers[exponent];
			uint64_t bits;
			memcpy(&bits, &number, sizeof(bits));
			result->mantissa = (bits & 0xFFFFFFFFFFFFFull) | 1ull << 52;
			result->exponent = (int)(bits >> 52) - 1075;
			result->overflow = false;
			result->underflow = false;
			return;
		}
	}
	from_decimal_big(digits, count, exponent, sticky, format, result);
}

uint64_t fp_pack_double(const struct fp_binary *binary, bool negative)
{
	uint64_t sign = (uint64_t)negative << 63;
	if (binary->overflow)
		return sign | 0x7FFull << 52;
	if (!(binary->mantissa >> 52))
		return sign | binary->mantissa;
	return sign | ((uint64_t)(binary->exponent + 1075) << 52) | (binary->mantissa & 0xFFFFFFFFFFFFFull);
}

uint32_t fp_pack_single(const struct fp_binary *binary, bool negative)
{
	uint32_t sign = (uint32_t)negative << 31;
	if (binary->overflow)
		return sign | 0xFFu << 23;
	if (!(binary->mantissa >> 23))
		return sign | (uint32_t)binary->mantissa;
	return sign | ((uint32_t)(binary->exponent + 150) << 23) | ((uint32_t)binary->mantissa & 0x7FFFFFu);
}
