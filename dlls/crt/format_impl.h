/*
 * dlls/crt/format_impl.h - between format.c, format_text.c and format_fp.c.
 */
#ifndef PEWTER_DLLS_CRT_FORMAT_IMPL_H
#define PEWTER_DLLS_CRT_FORMAT_IMPL_H

#include "dlls/crt/format.h"

enum { FLAG_LEFT = 1, FLAG_PLUS = 2, FLAG_SPACE = 4, FLAG_ALTERNATE = 8, FLAG_ZERO = 16 };

enum format_size {
	SIZE_NONE,
	SIZE_HH,
	SIZE_H,
	SIZE_L,
	SIZE_LL,
	SIZE_W,
	SIZE_LONG_DOUBLE,
	SIZE_I,
	SIZE_I32,
	SIZE_I64,
	SIZE_J,
	SIZE_Z,
	SIZE_PTRDIFF,
	SIZE_NATIVE
};

#define SPEC_UNKNOWN '?'
#define FORMAT_MAX_POSITIONS 100 /* _ARGMAX */

enum argument_class { ARGUMENT_NONE, ARGUMENT_INT, ARGUMENT_INT64, ARGUMENT_DOUBLE, ARGUMENT_POINTER };

union format_argument {
	int64_t integer;
	double real;
	void *pointer;
};

/* One directive. */
struct format_spec {
	unsigned flags;
	int width;
	int precision; /* -1: not given */
	bool width_star, precision_star;
	int width_scale, precision_scale; /* with a star: what is given is multiplied by it, and the digits added */
	int position, width_position, precision_position; /* 0: the next one */
	enum format_size size;
	char type;
};

struct format_output {
	struct format_sink *sink;
	unsigned options;
	const struct crt_locale *locale;
	bool wide;
};

/* ASCII text, and runs of one character. */
void format_put(struct format_output *output, const char *text, size_t length);
/* UTF-16 to an output of that kind. */
void format_put_wide(struct format_output *output, const WCHAR *text, size_t length);
void format_repeat(struct format_output *output, char c, int64_t count);
/* Width, flags and prefix around a body of `length` units. */
void format_frame(struct format_output *output, const struct format_spec *spec, const char *prefix, int64_t length,
		  void (*body)(struct format_output *, void *), void *context);
/* %c %C; the value as it was passed. */
void format_character(struct format_output *output, const struct format_spec *spec, uint32_t value);
/* %s %S; NULL is "(null)". */
void format_string(struct format_output *output, const struct format_spec *spec, const void *string);
/* %Z: an ANSI_STRING or UNICODE_STRING. */
void format_counted_string(struct format_output *output, const struct format_spec *spec, const void *pointer);
/* %d %i %u %o %x %X %p. */
void format_integer(struct format_output *output, struct format_spec *spec, uint64_t value, bool is_signed);
/* %a %e %f %g. */
void format_double(struct format_output *output, struct format_spec *spec, uint64_t bits);

#endif
