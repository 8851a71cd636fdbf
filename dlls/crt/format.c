/*
 * dlls/crt/format.c - the engine of every printf: directives and arguments.  What they write is in format_text.c and
 * format_fp.c.
 *
 * Rules: MSDN, "Format specification syntax: printf and wprintf functions" and its pages on size, precision and type;
 * where msvcrt.dll and ucrtbase.dll differ, PRINTF_MSVCRT tells.
 */
#include "dlls/crt/format_impl.h"

#include <string.h>

/* Where arguments come from: the list, or for the _p functions the table read from it beforehand. */
struct arguments {
	ms_va_list list;
	union format_argument *table;
};

static int fetch_int(struct arguments *arguments, int position)
{
	return position > 0 ? (int)arguments->table[position - 1].integer : __builtin_va_arg(arguments->list, int);
}

static int64_t fetch_int64(struct arguments *arguments, int position)
{
	return position > 0 ? arguments->table[position - 1].integer : __builtin_va_arg(arguments->list, int64_t);
}

static double fetch_double(struct arguments *arguments, int position)
{
	return position > 0 ? arguments->table[position - 1].real : __builtin_va_arg(arguments->list, double);
}

static void *fetch_pointer(struct arguments *arguments, int position)
{
	return position > 0 ? arguments->table[position - 1].pointer : __builtin_va_arg(arguments->list, void *);
}

static bool is_64_bits(const struct format_spec *spec)
{
	switch (spec->size) {
	case SIZE_LL:
	case SIZE_I64:
	case SIZE_J:
		return true;
	case SIZE_I:
	case SIZE_Z:
	case SIZE_PTRDIFF:
		return sizeof(void *) == 8;
	default:
		return false;
	}
}

/* The class of a directive's argument, by which the positional functions read the list. */
static enum argument_class class_of(const struct format_spec *spec)
{
	switch (spec->type) {
	case 'c':
	case 'C':
		return ARGUMENT_INT;
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		return is_64_bits(spec) ? ARGUMENT_INT64 : ARGUMENT_INT;
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		return ARGUMENT_DOUBLE;
	default:
		return ARGUMENT_POINTER;
	}
}

bool format_count_output;

/* msvcrt.dll takes I, z and t for a size only before these. */
static bool is_integer_type(uint32_t c)
{
	return c == 'd' || c == 'i' || c == 'o' || c == 'u' || c == 'x' || c == 'X';
}

/* A width or precision that an argument gives, with the digits that stood behind the star. */
static int with_digits(int given, int scale, int digits)
{
	int64_t value = (int64_t)given * scale + digits;

	return value > INT32_MAX ? INT32_MAX : (int)value;
}

/* Reads a directive behind its '%'.  Returns its length in units; type 0 means the format ended, SPEC_UNKNOWN a type
 * that does not exist (the length then excludes it). */
static inline __attribute__((always_inline)) size_t parse_spec(const void *format, const bool wide, unsigned options,
							       struct format_spec *spec)
{
	const char *narrow_format = format;
	const WCHAR *wide_format = format;
	const bool msvcrt = options & PRINTF_MSVCRT;
	size_t at = 0;
#define AT(i) ((uint32_t)(wide ? wide_format[i] : (unsigned char)narrow_format[i]))
	memset(spec, 0, sizeof(*spec));
	spec->precision = -1;
	if (options & PRINTF_POSITIONAL) {
		size_t i = 0;
		int number = 0;
		while (AT(i) >= '0' && AT(i) <= '9' && number < 100000)
			number = number * 10 + (int)(AT(i++) - '0');
		if (AT(i) == '$' && i > 0) {
			spec->position = number;
			at = i + 1;
		}
	}
	for (;; at++) {
		if (AT(at) == '-')
			spec->flags |= FLAG_LEFT;
		else if (AT(at) == '+')
			spec->flags |= FLAG_PLUS;
		else if (AT(at) == ' ')
			spec->flags |= FLAG_SPACE;
		else if (AT(at) == '#')
			spec->flags |= FLAG_ALTERNATE;
		else if (AT(at) == '0')
			spec->flags |= FLAG_ZERO;
		else
			break;
	}
	for (int part = 0; part < 2; part++) {
		int *value = part == 0 ? &spec->width : &spec->precision;
		int *position = part == 0 ? &spec->width_position : &spec->precision_position;
		bool *star = part == 0 ? &spec->width_star : &spec->precision_star;
		int *scale = part == 0 ? &spec->width_scale : &spec->precision_scale;
		if (part == 1) {
			if (AT(at) != '.')
				break;
			at++;
			*value = 0;
		}
		if (AT(at) == '*') {
			at++;
			*star = true;
			*scale = 1;
			*value = 0;
			if (spec->position > 0) {
				int number = 0;
				while (AT(at) >= '0' && AT(at) <= '9' && number < 100000)
					number = number * 10 + (int)(AT(at++) - '0');
				if (AT(at) == '$')
					at++;
				*position = number;
				continue;
			}
		}
		/* Digits behind a star: msvcrt.dll appends them to the number that is given. */
		if (!*star || msvcrt) {
			int64_t number = 0;
			while (AT(at) >= '0' && AT(at) <= '9') {
				if (number < INT32_MAX)
					number = number * 10 + (AT(at) - '0');
				if (*scale < 1000000)
					*scale *= 10;
				at++;
			}
			*value = number > INT32_MAX ? INT32_MAX : (int)number;
		}
	}
	for (bool more = true; more;) {
		switch (AT(at)) {
		case 'h':
			spec->size = spec->size == SIZE_H && !msvcrt ? SIZE_HH : SIZE_H;
			break;
		case 'l':
			spec->size = spec->size == SIZE_L ? SIZE_LL : SIZE_L;
			break;
		case 'w':
			spec->size = SIZE_W;
			break;
		case 'L':
			if (spec->size == SIZE_NONE)
				spec->size = SIZE_LONG_DOUBLE;
			break;
		case 'I':
			if (AT(at + 1) == '6' && AT(at + 2) == '4') {
				spec->size = SIZE_I64;
				at += 2;
			} else if (AT(at + 1) == '3' && AT(at + 2) == '2') {
				spec->size = SIZE_I32;
				at += 2;
			} else if (msvcrt && !is_integer_type(AT(at + 1))) {
				more = false;
			} else {
				spec->size = SIZE_I;
			}
			break;
		case 'j':
			spec->size = SIZE_J;
			break;
		case 'z':
		case 't':
			if (msvcrt && !is_integer_type(AT(at + 1)))
				more = false;
			else
				spec->size = AT(at) == 'z' ? SIZE_Z : SIZE_PTRDIFF;
			break;
		case 'T':
			if (msvcrt)
				more = false;
			else
				spec->size = SIZE_NATIVE;
			break;
		case 'F':
		case 'N':
			/* msvcrt.dll: far and near, without meaning; ucrt: %F is a conversion, %N a prefix. */
			if (!msvcrt && !(options & PRINTF_LEGACY_MSVCRT) && AT(at) == 'F')
				more = false;
			break;
		default:
			more = false;
			break;
		}
		if (more)
			at++;
	}
	uint32_t type = AT(at);
	switch (type) {
	case 'a':
	case 'A':
	case 'c':
	case 'C':
	case 'd':
	case 'e':
	case 'E':
	case 'F':
	case 'f':
	case 'g':
	case 'G':
	case 'i':
	case 'n':
	case 'o':
	case 'p':
	case 's':
	case 'S':
	case 'u':
	case 'x':
	case 'X':
	case 'Z':
	case '%':
		spec->type = (char)type;
		return at + 1;
	case 0:
		spec->type = 0;
		return at;
	default:
		spec->type = SPEC_UNKNOWN;
		return at;
	}
#undef AT
}

/* Performs one directive; false on an invalid parameter. */
static bool convert(struct format_output *output, struct format_spec *spec, struct arguments *arguments)
{
	if (spec->width_star) {
		int width = fetch_int(arguments, spec->width_position);
		if (width < 0) {
			spec->flags |= FLAG_LEFT;
			width = width == INT32_MIN ? INT32_MAX : -width;
		}
		spec->width = with_digits(width, spec->width_scale, spec->width);
	}
	if (spec->precision_star) {
		int precision = fetch_int(arguments, spec->precision_position);
		spec->precision = precision < 0 ? -1 : with_digits(precision, spec->precision_scale, spec->precision);
	}
	switch (spec->type) {
	case 'c':
	case 'C':
		format_character(output, spec, (uint32_t)fetch_int(arguments, spec->position));
		break;
	case 's':
	case 'S':
		format_string(output, spec, fetch_pointer(arguments, spec->position));
		break;
	case 'Z':
		format_counted_string(output, spec, fetch_pointer(arguments, spec->position));
		break;
	case 'd':
	case 'i': {
		int64_t value;
		if (is_64_bits(spec)) {
			value = fetch_int64(arguments, spec->position);
		} else {
			value = fetch_int(arguments, spec->position);
			if (spec->size == SIZE_H)
				value = (int16_t)value;
			else if (spec->size == SIZE_HH)
				value = (int8_t)value;
		}
		format_integer(output, spec, (uint64_t)value, true);
		break;
	}
	case 'o':
	case 'u':
	case 'x':
	case 'X': {
		uint64_t value;
		if (is_64_bits(spec)) {
			value = (uint64_t)fetch_int64(arguments, spec->position);
		} else {
			value = (uint32_t)fetch_int(arguments, spec->position);
			if (spec->size == SIZE_H)
				value = (uint16_t)value;
			else if (spec->size == SIZE_HH)
				value = (uint8_t)value;
		}
		format_integer(output, spec, value, false);
		break;
	}
	case 'p':
		/* Always all digits, in upper case. */
		spec->precision = 2 * (int)sizeof(void *);
		format_integer(output, spec, (uintptr_t)fetch_pointer(arguments, spec->position), false);
		break;
	case 'n': {
		void *to = fetch_pointer(arguments, spec->position);
		if (!__atomic_load_n(&format_count_output, __ATOMIC_RELAXED) || to == NULL)
			return false;
		int64_t total = output->sink->total;
		if (is_64_bits(spec))
			*(int64_t *)to = total;
		else if (spec->size == SIZE_H)
			*(int16_t *)to = (int16_t)total;
		else if (spec->size == SIZE_HH)
			*(int8_t *)to = (int8_t)total;
		else
			*(int32_t *)to = (int32_t)total;
		break;
	}
	default: {
		double value = fetch_double(arguments, spec->position);
		uint64_t bits;
		memcpy(&bits, &value, sizeof(bits));
		format_double(output, spec, bits);
		break;
	}
	}
	return true;
}

/* The positional functions: collects the classes of all arguments, then reads the list once.  A directive without a
 * position among positional ones, a gap, or two classes for one argument are invalid. */
static bool read_positional(const void *format, bool wide, unsigned options, struct arguments *arguments,
			    union format_argument *table)
{
	uint8_t classes[FORMAT_MAX_POSITIONS] = {0};
	int highest = 0;
	const char *narrow_format = format;
	const WCHAR *wide_format = format;
	size_t at = 0;
	for (;;) {
		uint32_t c = wide ? wide_format[at] : (unsigned char)narrow_format[at];
		if (c == 0)
			break;
		at++;
		if (c != '%')
			continue;
		struct format_spec spec;
		at += wide ? parse_spec(wide_format + at, true, options, &spec) : parse_spec(narrow_format + at, false, options, &spec);
		if (spec.type == '%')
			continue;
		if (spec.type == 0 || spec.type == SPEC_UNKNOWN)
			return false;
		int positions[3] = {spec.position, spec.width_star ? spec.width_position : -1,
				    spec.precision_star ? spec.precision_position : -1};
		enum argument_class kinds[3] = {class_of(&spec), ARGUMENT_INT, ARGUMENT_INT};
		for (int i = 0; i < 3; i++) {
			int position = positions[i];
			if (position < 0)
				continue;
			if (position == 0 || position > FORMAT_MAX_POSITIONS)
				return false;
			if (classes[position - 1] != ARGUMENT_NONE && classes[position - 1] != kinds[i])
				return false;
			classes[position - 1] = (uint8_t)kinds[i];
			if (position > highest)
				highest = position;
		}
	}
	for (int i = 0; i < highest; i++) {
		switch ((enum argument_class)classes[i]) {
		case ARGUMENT_NONE:
			return false;
		case ARGUMENT_INT:
			table[i].integer = __builtin_va_arg(arguments->list, int);
			break;
		case ARGUMENT_INT64:
			table[i].integer = __builtin_va_arg(arguments->list, int64_t);
			break;
		case ARGUMENT_DOUBLE:
			table[i].real = __builtin_va_arg(arguments->list, double);
			break;
		case ARGUMENT_POINTER:
			table[i].pointer = __builtin_va_arg(arguments->list, void *);
			break;
		}
	}
	return true;
}

/* Does the format use positions?  The first directive decides (MSDN, printf_p positional parameters). */
static bool is_positional(const void *format, bool wide, unsigned options)
{
	const char *narrow_format = format;
	const WCHAR *wide_format = format;
	for (size_t at = 0;;) {
		uint32_t c = wide ? wide_format[at] : (unsigned char)narrow_format[at];
		if (c == 0)
			return false;
		at++;
		if (c != '%')
			continue;
		struct format_spec spec;
		at += wide ? parse_spec(wide_format + at, true, options, &spec) : parse_spec(narrow_format + at, false, options, &spec);
		if (spec.type != '%')
			return spec.position > 0;
	}
}

static int invalid_format(void)
{
	crt_invalid(CRT_EINVAL);
	return -1;
}

static inline __attribute__((always_inline)) int run(struct format_sink *sink, const void *format, const bool wide,
						     unsigned options, const struct crt_locale *locale,
						     struct arguments *arguments)
{
	struct format_output output = {.sink = sink, .options = options, .locale = locale, .wide = wide};
	union format_argument table[FORMAT_MAX_POSITIONS];
	const char *narrow = format;
	const WCHAR *wide_format = format;

	arguments->table = table;
	if (options & PRINTF_POSITIONAL) {
		if (!is_positional(format, wide, options))
			options &= ~PRINTF_POSITIONAL;
		else if (!read_positional(format, wide, options, arguments, table))
			return invalid_format();
	}
	for (;;) {
		/* A run of plain text. */
		size_t length = 0;
		if (wide) {
			while (wide_format[length] != 0 && wide_format[length] != '%')
				length++;
			if (length != 0)
				format_put_wide(&output, wide_format, length);
			wide_format += length;
			if (*wide_format++ == 0)
				break;
		} else {
			while (narrow[length] != 0 && narrow[length] != '%')
				length++;
			if (length != 0)
				format_put(&output, narrow, length);
			narrow += length;
			if (*narrow++ == 0)
				break;
		}
		struct format_spec spec;
		length = wide ? parse_spec(wide_format, true, options, &spec) : parse_spec(narrow, false, options, &spec);
		if (wide)
			wide_format += length;
		else
			narrow += length;
		if (spec.type == '%') {
			format_put(&output, "%", 1);
		} else if (spec.type == 0) {
			if (!(options & PRINTF_MSVCRT) || (options & PRINTF_SECURE))
				return invalid_format();
			break;
		} else if (spec.type == SPEC_UNKNOWN) {
			/* msvcrt.dll goes on with the character as text. */
			if (!(options & PRINTF_MSVCRT) || (options & PRINTF_SECURE))
				return invalid_format();
			if (wide)
				format_put_wide(&output, wide_format++, 1);
			else
				format_put(&output, narrow++, 1);
		} else if (!convert(&output, &spec, arguments)) {
			return invalid_format();
		}
		if (sink->failed)
			break;
	}
	if (sink->failed)
		return -1;
	if (sink->total > INT32_MAX) {
		crt_set_errno(CRT_ERANGE);
		return -1;
	}
	return (int)sink->total;
}

int format_narrow(struct format_sink *sink, const char *format, unsigned options, const struct crt_locale *locale,
		  ms_va_list list)
{
	struct arguments arguments;
	ms_va_copy(arguments.list, list);
	int result = run(sink, format, false, options, locale, &arguments);
	ms_va_end(arguments.list);
	return result;
}

int format_wide(struct format_sink *sink, const WCHAR *format, unsigned options, const struct crt_locale *locale,
		ms_va_list list)
{
	struct arguments arguments;
	ms_va_copy(arguments.list, list);
	int result = run(sink, format, true, options, locale, &arguments);
	ms_va_end(arguments.list);
	return result;
}

/* The rest of the text goes nowhere: a scratch window is filled over and over. */
struct memory {
	char *kept_end; /* where the caller's buffer was left; NULL while in it */
	char scratch[128];
};

static bool drain_memory(struct format_sink *sink)
{
	struct memory *memory = sink->context;
	if (memory->kept_end == NULL)
		memory->kept_end = sink->cursor;
	sink->start = sink->cursor = memory->scratch;
	sink->end = memory->scratch + sizeof(memory->scratch);
	return true;
}

static void memory_sink(struct format_sink *sink, struct memory *memory, void *buffer, size_t size)
{
	memory->kept_end = NULL;
	memset(sink, 0, sizeof(*sink));
	sink->drain = drain_memory;
	sink->context = memory;
	sink->start = sink->cursor = buffer;
	sink->end = (char *)buffer + size;
	if ((char *)sink->end < (char *)buffer)
		sink->end = (void *)UINTPTR_MAX;
}

int format_memory_narrow(char *buffer, size_t capacity, const char *format, unsigned options,
			 const struct crt_locale *locale, ms_va_list arguments, size_t *written)
{
	struct format_sink sink;
	struct memory memory;
	memory_sink(&sink, &memory, buffer, capacity);
	int result = format_narrow(&sink, format, options, locale, arguments);
	*written = (size_t)((memory.kept_end != NULL ? memory.kept_end : (char *)sink.cursor) - buffer);
	return result;
}

int format_memory_wide(WCHAR *buffer, size_t capacity, const WCHAR *format, unsigned options,
		       const struct crt_locale *locale, ms_va_list arguments, size_t *written)
{
	struct format_sink sink;
	struct memory memory;
	memory_sink(&sink, &memory, buffer, capacity < SIZE_MAX / 4 ? capacity * sizeof(WCHAR) : SIZE_MAX / 2);
	int result = format_wide(&sink, format, options, locale, arguments);
	*written = (size_t)(((memory.kept_end != NULL ? memory.kept_end : (char *)sink.cursor) - (char *)buffer) /
			    (ptrdiff_t)sizeof(WCHAR));
	return result;
}
