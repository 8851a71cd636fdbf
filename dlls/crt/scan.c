/*
 * dlls/crt/scan.c - the engine of every scanf.
 *
 * Rules: MSDN, "Format specification fields: scanf and wscanf functions", "scanf type field characters", "scanf width
 * specification".
 */
#include "dlls/crt/scan.h"
#include "dlls/crt/numbers.h"

#include <stdlib.h>
#include <string.h>

enum scan_size { SIZE_NONE, SIZE_HH, SIZE_H, SIZE_L, SIZE_LONG_DOUBLE, SIZE_64, SIZE_32, SIZE_NATIVE };

struct scan_arguments {
	ms_va_list list;
};

struct scan {
	struct scan_source *source;
	const void *format;
	bool wide;
	unsigned options;
	const struct crt_locale *locale;
	int64_t consumed; /* for %n */
	bool hit_end;
};

struct directive {
	bool suppress;
	bool has_width;
	int64_t width;
	enum scan_size size;
	WCHAR type;
	size_t set, set_end; /* the members of %[ in the format */
	bool inverted;
};

static int32_t next(struct scan *scan)
{
	int32_t c = scan->source->get(scan->source);
	if (c < 0)
		scan->hit_end = true;
	else
		scan->consumed++;
	return c;
}

static void back(struct scan *scan, int32_t c)
{
	if (c < 0)
		return;
	scan->consumed--;
	scan->source->unget(scan->source, c);
}

static uint32_t format_at(const struct scan *scan, size_t i)
{
	return scan->wide ? ((const WCHAR *)scan->format)[i] : ((const BYTE *)scan->format)[i];
}

static bool is_space(const struct scan *scan, int32_t c)
{
	if (c == ' ' || (c >= 9 && c <= 13))
		return true;
	if (c < 0x80 || !scan->wide)
		return false;
	return c == 0xA0 || c == 0x85 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202F || c == 0x205F || c == 0x3000;
}

/* The first character that is not space, taken. */
static int32_t skip_space(struct scan *scan)
{
	int32_t c;
	do
		c = next(scan);
	while (c >= 0 && is_space(scan, c));
	return c;
}

/* Is the character in the set of %[? */
static bool in_set(const struct scan *scan, const struct directive *directive, uint32_t c)
{
	bool found = false;
	for (size_t i = directive->set; i < directive->set_end && !found; i++) {
		uint32_t low = format_at(scan, i), high = low;
		if (i + 2 < directive->set_end && format_at(scan, i + 1) == '-') {
			high = format_at(scan, i + 2);
			i += 2;
			if (high < low) {
				uint32_t swap = low;
				low = high;
				high = swap;
			}
		}
		found = c >= low && c <= high;
	}
	return found != directive->inverted;
}

/* Where the characters of %c, %s and %[ go. */
struct target {
	char *narrow;
	WCHAR *wide;
	size_t room, used; /* in units; SIZE_MAX: unknown */
};

static bool store_unit(struct target *to, uint32_t unit)
{
	if (to->used >= to->room)
		return false;
	if (to->wide != NULL)
		to->wide[to->used] = (WCHAR)unit;
	else if (to->narrow != NULL)
		to->narrow[to->used] = (char)unit;
	to->used++;
	return true;
}

/* A character of the input into the target, converted when they are of different kinds.  Multibyte characters are read
 * to their end.  Returns false when the buffer is full. */
static bool store_character(struct scan *scan, struct target *to, int32_t c, bool wide_target)
{
	if (wide_target == scan->wide)
		return store_unit(to, (uint32_t)c);
	if (wide_target) {
		char bytes[8];
		size_t size = 0;
		WCHAR units[2] = {0};
		int count = 0;
		for (;;) {
			bytes[size++] = (char)c;
			int taken = crt_locale_to_wide(scan->locale, bytes, size, units, &count);
			if (taken == 0)
				count = 1;
			if (taken == -2 && size < sizeof(bytes) && (c = next(scan)) >= 0)
				continue;
			if (taken < 0) {
				units[0] = '?';
				count = 1;
			}
			break;
		}
		for (int i = 0; i < count; i++) {
			if (!store_unit(to, units[i]))
				return false;
		}
		return true;
	}
	char bytes[8];
	int size = crt_locale_from_wide(scan->locale, (uint32_t)c, bytes);
	if (size < 0)
		return true;
	for (int i = 0; i < size; i++) {
		if (!store_unit(to, (BYTE)bytes[i]))
			return false;
	}
	return true;
}

static bool target_is_wide(const struct scan *scan, const struct directive *directive)
{
	if (directive->size == SIZE_L || directive->size == SIZE_64)
		return true;
	if (directive->size == SIZE_H || directive->size == SIZE_HH)
		return false;
	bool upper = directive->type == 'C' || directive->type == 'S';
	if (scan->options & SCANF_LEGACY_WIDE_SPECIFIERS)
		return scan->wide != upper;
	return upper;
}

enum outcome { STORED, SKIPPED, FAILED, FAILED_FATALLY };

static enum outcome scan_text(struct scan *scan, const struct directive *directive, struct scan_arguments *arguments)
{
	bool character = directive->type == 'c' || directive->type == 'C';
	bool wide_target = target_is_wide(scan, directive);
	struct target to = {.room = SIZE_MAX};
	void *pointer = NULL;
	if (!directive->suppress) {
		pointer = __builtin_va_arg(arguments->list, void *);
		if (wide_target)
			to.wide = pointer;
		else
			to.narrow = pointer;
		if (scan->options & SCANF_SECURE) {
			to.room = __builtin_va_arg(arguments->list, UINT);
			if (to.room == 0) {
				crt_set_errno(CRT_ENOMEM);
				return FAILED_FATALLY;
			}
			if (!character)
				to.room--; /* for the terminator */
		}
	}
	int64_t width = directive->has_width ? directive->width : character ? 1 : INT64_MAX;
	int64_t taken = 0;
	int32_t c = -1;
	if (directive->type == 's' || directive->type == 'S')
		c = skip_space(scan);
	else
		c = next(scan);
	for (;;) {
		if (c < 0)
			break;
		bool wanted = character ? true
			      : directive->type == '[' ? in_set(scan, directive, (uint32_t)c)
						       : !is_space(scan, c);
		if (!wanted) {
			back(scan, c);
			break;
		}
		taken++;
		if (!directive->suppress && !store_character(scan, &to, c, wide_target)) {
			/* Too small a buffer: it is emptied, and scanning ends. */
			if (wide_target)
				*(WCHAR *)pointer = 0;
			else
				*(char *)pointer = 0;
			crt_set_errno(CRT_ENOMEM);
			return FAILED_FATALLY;
		}
		if (taken == width)
			break;
		c = next(scan);
	}
	if (taken == 0 || (character && taken < width))
		return FAILED;
	if (directive->suppress)
		return SKIPPED;
	if (!character) {
		if (wide_target)
			to.wide[to.used] = 0;
		else
			to.narrow[to.used] = 0;
	}
	return STORED;
}

static unsigned digit_of(int32_t c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (unsigned)((c | 0x20) - 'a' + 10);
	return 99;
}

static void store_integer(const struct scan *scan, const struct directive *directive, void *to, uint64_t value)
{
	bool wide = directive->size == SIZE_64 || (directive->size == SIZE_NATIVE && sizeof(void *) == 8) ||
		    ((directive->type | 0x20) == 'p' && sizeof(void *) == 8);
	if (wide)
		memcpy(to, &value, 8);
	else if (directive->size == SIZE_H || (directive->size == SIZE_HH && (scan->options & SCANF_MSVCRT)))
		memcpy(to, &value, 2);
	else if (directive->size == SIZE_HH)
		memcpy(to, &value, 1);
	else
		memcpy(to, &value, 4);
}

static enum outcome scan_integer(struct scan *scan, const struct directive *directive, struct scan_arguments *arguments)
{
	unsigned base = 10;
	switch (directive->type) {
	case 'x':
	case 'X':
	case 'p':
	case 'P':
		base = 16;
		break;
	case 'o':
		base = 8;
		break;
	case 'i':
		base = 0;
		break;
	}
	int64_t width = directive->has_width ? directive->width : INT64_MAX;
	int32_t c = skip_space(scan);
	bool negative = false, any = false, overflow = false;
	/* msvcrt.dll reads pointers as it writes them: without a prefix. */
	bool prefix = base == 0 || (base == 16 && !((directive->type | 0x20) == 'p' && (scan->options & SCANF_MSVCRT)));
	if (c == '-' || c == '+') {
		negative = c == '-';
		if (--width == 0)
			return FAILED;
		c = next(scan);
	}
	if (c == '0' && prefix) {
		any = true;
		c = --width > 0 ? next(scan) : -1;
		if (width > 0 && (c | 0x20) == 'x' && c > 0) {
			any = false;
			base = 16;
			c = --width > 0 ? next(scan) : -1;
		} else if (base == 0) {
			base = 8;
		}
	} else if (base == 0) {
		base = 10;
	}
	uint64_t value = 0;
	while (width > 0 && c >= 0) {
		unsigned digit = digit_of(c);
		if (digit >= base) {
			back(scan, c);
			break;
		}
		any = true;
		uint64_t product;
		overflow |= __builtin_mul_overflow(value, (uint64_t)base, &product) ||
			    __builtin_add_overflow(product, (uint64_t)digit, &product);
		value = value * base + digit;
		c = --width > 0 ? next(scan) : -1;
	}
	if (!any)
		return FAILED;
	if (!(scan->options & SCANF_MSVCRT)) {
		/* The UCRT reads 64 bits whatever the size, cuts off at their limits, and stores as many as were asked for. */
		bool is_signed = directive->type == 'd' || directive->type == 'i';
		uint64_t limit = is_signed ? (uint64_t)INT64_MAX + negative : UINT64_MAX;

		if (overflow || value > limit)
			value = limit;
	}
	if (negative)
		value = 0 - value;
	if (directive->suppress)
		return SKIPPED;
	store_integer(scan, directive, __builtin_va_arg(arguments->list, void *), value);
	return STORED;
}

/* Collects the text of a number as far as it can be one, and leaves the judgement to number_parse. */
struct collector {
	struct scan *scan;
	int64_t width;
	int32_t c; /* the one character looked ahead; -1 at the end */
	size_t length;
	char text[1200];
};

static void take(struct collector *number)
{
	if (number->length < sizeof(number->text) - 1)
		number->text[number->length++] = (char)number->c;
	number->c = --number->width > 0 ? next(number->scan) : -1;
}

static bool take_word(struct collector *number, const char *word)
{
	for (; *word != 0; word++) {
		if (number->c < 0 || (number->c | 0x20) != *word)
			return false;
		take(number);
	}
	return true;
}

static bool collect(struct collector *number, bool ucrt, uint32_t point)
{
	bool any = false, hexadecimal = false;
	if (number->c == '-' || number->c == '+')
		take(number);
	if (ucrt && (number->c | 0x20) == 'i') {
		if (!take_word(number, "inf"))
			return false;
		return (number->c | 0x20) != 'i' || number->c < 0 || take_word(number, "inity");
	}
	if (ucrt && (number->c | 0x20) == 'n') {
		if (!take_word(number, "nan"))
			return false;
		if (number->c == '(') {
			while (number->c >= 0 && number->c != ')')
				take(number);
			if (number->c == ')')
				take(number);
		}
		return true;
	}
	if (number->c == '0') {
		any = true;
		take(number);
		if (ucrt && number->c >= 0 && (number->c | 0x20) == 'x') {
			hexadecimal = true;
			take(number);
		}
		while (number->c == '0') {
			/* More zeros change nothing. */
			number->c = --number->width > 0 ? next(number->scan) : -1;
		}
	}
	for (int part = 0; part < 2; part++) {
		while (number->c >= 0 && digit_of(number->c) < (hexadecimal ? 16u : 10u)) {
			any = true;
			take(number);
		}
		if (part == 0) {
			if (number->c < 0 || (uint32_t)number->c != point)
				break;
			number->c = '.';
			take(number);
		}
	}
	if (!any)
		return false;
	int32_t letter = number->c < 0 ? 0 : number->c | 0x20;
	if (hexadecimal ? letter == 'p' : letter == 'e' || (!ucrt && letter == 'd')) {
		take(number);
		if (number->c == '-' || number->c == '+')
			take(number);
		while (number->c >= '0' && number->c <= '9')
			take(number);
	}
	return true;
}

static enum outcome scan_real(struct scan *scan, const struct directive *directive, struct scan_arguments *arguments)
{
	bool ucrt = !(scan->options & SCANF_MSVCRT);
	struct collector number = {.scan = scan, .width = directive->has_width ? directive->width : INT64_MAX};
	const WCHAR *point = scan->locale->lconv.w_decimal_point;
	number.length = 0;
	number.c = skip_space(scan);
	if (number.c < 0)
		return FAILED;
	bool good = collect(&number, ucrt, point != NULL && *point != 0 ? *point : '.');
	back(scan, number.c);
	if (!good)
		return FAILED;
	bool single = directive->size != SIZE_L && directive->size != SIZE_LONG_DOUBLE && directive->size != SIZE_64;
	struct number_text parsed;
	number_parse(number.text, false, number.length, ucrt, '.', single ? &fp_single : &fp_double, &parsed);
	/* The UCRT does not take "1" out of "1e+": it gives one character back and no more. */
	if (parsed.length == 0 || (ucrt && parsed.length < number.length))
		return FAILED;
	if (directive->suppress)
		return SKIPPED;
	void *to = __builtin_va_arg(arguments->list, void *);
	if (single) {
		uint32_t bits = number_to_single(&parsed);
		memcpy(to, &bits, sizeof(bits));
	} else {
		uint64_t bits = number_to_double(&parsed);
		memcpy(to, &bits, sizeof(bits));
	}
	return STORED;
}

/* Reads a directive behind its '%'; returns the place behind it, or 0 when it is invalid. */
static size_t parse_directive(const struct scan *scan, size_t i, struct directive *directive)
{
	bool msvcrt = scan->options & SCANF_MSVCRT;
	memset(directive, 0, sizeof(*directive));
	if (format_at(scan, i) == '*') {
		directive->suppress = true;
		i++;
	}
	while (format_at(scan, i) >= '0' && format_at(scan, i) <= '9') {
		directive->has_width = true;
		if (directive->width < INT32_MAX)
			directive->width = directive->width * 10 + (format_at(scan, i) - '0');
		i++;
	}
	if (directive->has_width && directive->width == 0)
		return 0;
	for (bool more = true; more;) {
		switch (format_at(scan, i)) {
		case 'h':
			directive->size = directive->size == SIZE_H ? SIZE_HH : SIZE_H;
			break;
		case 'l':
			directive->size = directive->size == SIZE_L ? SIZE_64 : SIZE_L;
			break;
		case 'w':
			directive->size = SIZE_L;
			break;
		case 'L':
			directive->size = SIZE_LONG_DOUBLE;
			break;
		case 'I':
			if (format_at(scan, i + 1) == '6' && format_at(scan, i + 2) == '4') {
				directive->size = SIZE_64;
				i += 2;
			} else if (format_at(scan, i + 1) == '3' && format_at(scan, i + 2) == '2') {
				directive->size = SIZE_32;
				i += 2;
			} else {
				directive->size = SIZE_NATIVE;
			}
			break;
		case 'j':
			if (msvcrt)
				more = false;
			else
				directive->size = SIZE_64;
			break;
		case 'z':
		case 't':
			if (msvcrt)
				more = false;
			else
				directive->size = SIZE_NATIVE;
			break;
		case 'F':
		case 'N':
			more = msvcrt;
			break;
		default:
			more = false;
			break;
		}
		if (more)
			i++;
	}
	directive->type = (WCHAR)format_at(scan, i);
	if (directive->type == 0)
		return 0;
	i++;
	if (directive->type == '[') {
		if (format_at(scan, i) == '^') {
			directive->inverted = true;
			i++;
		}
		directive->set = i;
		if (format_at(scan, i) == ']')
			i++;
		while (format_at(scan, i) != ']') {
			if (format_at(scan, i) == 0)
				return 0;
			i++;
		}
		directive->set_end = i++;
	}
	return i;
}

/* What is returned where scanning stops before the end of the format. */
static INT stopped(struct scan *scan, INT stored, bool matched)
{
	if (stored != 0)
		return stored;
	if (scan->options & SCANF_MSVCRT)
		return scan->hit_end && !matched ? -1 : 0;
	int32_t c = next(scan);
	back(scan, c);
	return c < 0 ? -1 : 0;
}

static INT run(struct scan *scan, struct scan_arguments *arguments)
{
	INT stored = 0;
	bool matched = false;
	size_t i = 0;
	for (;;) {
		uint32_t f = format_at(scan, i);
		if (f == 0)
			break;
		if (is_space(scan, (int32_t)f)) {
			while (is_space(scan, (int32_t)format_at(scan, i)) && format_at(scan, i) != 0)
				i++;
			back(scan, skip_space(scan));
			scan->hit_end = false;
			continue;
		}
		if (f != '%' || format_at(scan, i + 1) == '%') {
			i += f == '%' ? 2 : 1;
			int32_t c = next(scan);
			if (c < 0 || (uint32_t)c != f) {
				back(scan, c);
				return stopped(scan, stored, matched);
			}
			continue;
		}
		struct directive directive;
		i = parse_directive(scan, i + 1, &directive);
		if (i == 0)
			return stopped(scan, stored, matched);
		scan->hit_end = false;
		enum outcome outcome;
		switch (directive.type) {
		case 'c':
		case 'C':
		case 's':
		case 'S':
		case '[':
			outcome = scan_text(scan, &directive, arguments);
			break;
		case 'd':
		case 'i':
		case 'o':
		case 'u':
		case 'x':
		case 'X':
		case 'p':
			outcome = scan_integer(scan, &directive, arguments);
			break;
		case 'a':
		case 'A':
		case 'e':
		case 'E':
		case 'f':
		case 'F':
		case 'g':
		case 'G':
			outcome = scan_real(scan, &directive, arguments);
			break;
		case 'n':
			if (!directive.suppress)
				store_integer(scan, &directive, __builtin_va_arg(arguments->list, void *),
					      (uint64_t)scan->consumed);
			continue;
		default:
			/* Not a type: to msvcrt.dll the character has to be in the input, but for another way to
			 * write %p; the UCRT stops. */
			outcome = FAILED;
			if (scan->options & SCANF_MSVCRT) {
				if (directive.type == 'P') {
					outcome = scan_integer(scan, &directive, arguments);
					break;
				}
				int32_t c = next(scan);
				if (c >= 0 && c == (int32_t)directive.type)
					outcome = SKIPPED;
				else
					back(scan, c);
			}
			break;
		}
		if (outcome == FAILED_FATALLY)
			return stored;
		if (outcome == FAILED)
			return stopped(scan, stored, matched);
		matched = true;
		if (outcome == STORED)
			stored++;
	}
	return stored;
}

INT scan_narrow(struct scan_source *source, const char *format, unsigned options, const struct crt_locale *locale,
		ms_va_list list)
{
	struct scan scan = {.source = source, .format = format, .wide = false, .options = options, .locale = locale};
	struct scan_arguments arguments;
	ms_va_copy(arguments.list, list);
	INT result = run(&scan, &arguments);
	ms_va_end(arguments.list);
	return result;
}

INT scan_wide(struct scan_source *source, const WCHAR *format, unsigned options, const struct crt_locale *locale,
	      ms_va_list list)
{
	struct scan scan = {.source = source, .format = format, .wide = true, .options = options, .locale = locale};
	struct scan_arguments arguments;
	ms_va_copy(arguments.list, list);
	INT result = run(&scan, &arguments);
	ms_va_end(arguments.list);
	return result;
}
