/*
 * dlls/crt/numbers.h - text to numbers, for the exported functions and for scanf.
 */
#ifndef PEWTER_DLLS_CRT_NUMBERS_H
#define PEWTER_DLLS_CRT_NUMBERS_H

#include "dlls/crt/crt.h"
#include "dlls/crt/fp.h"

/* A floating-point number read from text.  `length`: units taken, without leading space; 0 = no number. */
struct number_text {
	size_t length;
	bool negative;
	enum { NUMBER_FINITE, NUMBER_INFINITE, NUMBER_NAN, NUMBER_SIGNALLING, NUMBER_INDEFINITE } kind;
	struct fp_binary value;
};

/* Reads at most `limit` units of a narrow or wide string.  `ucrt`: hexadecimal, infinities and NaNs are numbers, and
 * 'd' introduces no exponent.  The text starts at the sign or the first digit. */
void number_parse(const void *text, bool wide, size_t limit, bool ucrt, WCHAR point, const struct fp_format *format,
		  struct number_text *number);
uint64_t number_to_double(const struct number_text *number);
uint32_t number_to_single(const struct number_text *number);

#endif
