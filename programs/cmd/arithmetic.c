/*
 * programs/cmd/arithmetic.c - SET /A: 32-bit numbers, C's operators and their assignments.
 *
 * Messages and levels: ss64.com, "SET /A"; precedence: Microsoft, "set".
 */
#include "programs/cmd/cmd.h"

struct evaluation {
	const WCHAR *at;
	const char *error;
	int level;
};

static int32_t comma(struct evaluation *e);
static int32_t assignment(struct evaluation *e);

static void fail(struct evaluation *e, int level, const char *error)
{
	if (!e->error) {
		e->error = error;
		e->level = level;
	}
}

static void missing_operand(struct evaluation *e)
{
	fail(e, 1073750989, "Missing operand.\n");
}

/* Blanks and quotes mean nothing. */
static WCHAR peek(struct evaluation *e)
{
	while (text_is_blank(*e->at) || *e->at == u'"')
		e->at++;
	return *e->at;
}

/* The operator's signs, between which blanks may stand; `but`: what must not follow. */
static bool take(struct evaluation *e, const char *signs, const char *but)
{
	const WCHAR *start = e->at;

	for (; *signs; signs++) {
		if (peek(e) != (WCHAR)*signs) {
			e->at = start;
			return false;
		}
		e->at++;
	}
	if (*but && peek(e)) {
		for (; *but; but++) {
			if (*e->at == (WCHAR)*but) {
				e->at = start;
				return false;
			}
		}
	}
	return true;
}

static int digit_of(WCHAR c)
{
	return text_is_digit(c) ? c - u'0' : text_is_letter(c) ? (c | 32) - u'a' + 10 : 99;
}

static int32_t number(struct evaluation *e, const WCHAR **text, bool strict)
{
	const WCHAR *c = *text;
	int64_t value = 0;
	int base = 10;

	if (*c == u'0') {
		base = 8;
		if ((c[1] | 32) == u'x') {
			base = 16;
			c += 2;
		}
	}
	for (; digit_of(*c) < base; c++) {
		if (value <= UINT32_MAX)
			value = value * base + digit_of(*c);
	}
	if (strict && digit_of(*c) < 36)
		fail(e, 1073750991,
		     "Invalid number.  Numeric constants are either decimal (17),\n"
		     "hexadecimal (0x11), or octal (021).\n");
	else if (strict && value > (base == 10 ? INT32_MAX : UINT32_MAX))
		fail(e, 1073750992, "Invalid number.  Numbers are limited to 32-bits of precision.\n");
	*text = c;
	return (int32_t)(uint32_t)value;
}

static bool in_name(WCHAR c)
{
	return c && !text_is_blank(c) && !text_find(u"()*/%+-<>&^|=,!~\"", c);
}

static int32_t variable(struct evaluation *e, const WCHAR *name, size_t length)
{
	const WCHAR *value = cmd_variable(name, length);
	bool negative;
	int32_t result;

	if (!value)
		return 0;
	value = text_skip_blanks(value);
	negative = *value == u'-';
	if (*value == u'-' || *value == u'+')
		value++;
	if (!text_is_digit(*value))
		return 0;
	result = number(e, &value, false);
	return negative ? (int32_t)(0u - (uint32_t)result) : result;
}

static int32_t primary(struct evaluation *e)
{
	WCHAR c = peek(e);
	const WCHAR *start;
	int32_t value;

	if (e->error)
		return 0;
	if (c == u'(') {
		e->at++;
		value = comma(e);
		if (peek(e) != u')') {
			fail(e, 1073750988, "Unbalanced parenthesis.\n");
			return 0;
		}
		e->at++;
		return value;
	}
	if (c == u'-') {
		e->at++;
		return (int32_t)(0u - (uint32_t)primary(e));
	}
	if (c == u'+') {
		e->at++;
		return primary(e);
	}
	if (c == u'~') {
		e->at++;
		return ~primary(e);
	}
	if (c == u'!') {
		e->at++;
		return !primary(e);
	}
	if (text_is_digit(c))
		return number(e, &e->at, true);
	if (!in_name(c)) {
		missing_operand(e);
		return 0;
	}
	for (start = e->at; in_name(*e->at); e->at++)
		;
	return variable(e, start, (size_t)(e->at - start));
}

static int32_t divide(struct evaluation *e, int32_t a, int32_t b, bool rest)
{
	if (!b) {
		fail(e, 1073750993, "Divide by zero error.\n");
		return 0;
	}
	if (b == -1)
		return rest ? 0 : (int32_t)(0u - (uint32_t)a);
	return rest ? a % b : a / b;
}

static int32_t shift(int32_t a, int32_t b, bool right)
{
	if (b < 0 || b > 31)
		return right && b > 31 && a < 0 ? -1 : 0;
	return right ? a >> b : (int32_t)((uint32_t)a << b);
}

static int32_t product(struct evaluation *e)
{
	int32_t value = primary(e);

	while (!e->error) {
		if (take(e, "*", "="))
			value = (int32_t)((uint32_t)value * (uint32_t)primary(e));
		else if (take(e, "/", "="))
			value = divide(e, value, primary(e), false);
		else if (take(e, "%", "="))
			value = divide(e, value, primary(e), true);
		else
			break;
	}
	return value;
}

static int32_t sum(struct evaluation *e)
{
	int32_t value = product(e);

	while (!e->error) {
		if (take(e, "+", "="))
			value = (int32_t)((uint32_t)value + (uint32_t)product(e));
		else if (take(e, "-", "="))
			value = (int32_t)((uint32_t)value - (uint32_t)product(e));
		else
			break;
	}
	return value;
}

static int32_t shifted(struct evaluation *e)
{
	int32_t value = sum(e);

	while (!e->error) {
		if (take(e, "<<", "="))
			value = shift(value, sum(e), false);
		else if (take(e, ">>", "="))
			value = shift(value, sum(e), true);
		else
			break;
	}
	return value;
}

static int32_t both(struct evaluation *e)
{
	int32_t value = shifted(e);

	while (!e->error && take(e, "&", "="))
		value &= shifted(e);
	return value;
}

static int32_t either(struct evaluation *e)
{
	int32_t value = both(e);

	while (!e->error && take(e, "^", "="))
		value ^= both(e);
	return value;
}

static int32_t any(struct evaluation *e)
{
	int32_t value = either(e);

	while (!e->error && take(e, "|", "="))
		value |= either(e);
	return value;
}

static int32_t apply(struct evaluation *e, WCHAR operator, int32_t a, int32_t b)
{
	switch (operator) {
	case u'*':
		return (int32_t)((uint32_t)a * (uint32_t)b);
	case u'/':
		return divide(e, a, b, false);
	case u'%':
		return divide(e, a, b, true);
	case u'+':
		return (int32_t)((uint32_t)a + (uint32_t)b);
	case u'-':
		return (int32_t)((uint32_t)a - (uint32_t)b);
	case u'&':
		return a & b;
	case u'^':
		return a ^ b;
	case u'|':
		return a | b;
	case u'<':
		return shift(a, b, false);
	case u'>':
		return shift(a, b, true);
	default:
		return b;
	}
}

/* name = ..., name += ... */
static int32_t assignment(struct evaluation *e)
{
	static const char *const signs[] = {"=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "<<=", ">>="};
	const WCHAR *start, *begin;
	size_t length;

	peek(e);
	begin = start = e->at;
	if (!in_name(*start) || text_is_digit(*start))
		return any(e);
	while (in_name(*e->at))
		e->at++;
	length = (size_t)(e->at - start);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		int32_t value, right;
		struct io_wide text;

		if (!take(e, signs[i], ""))
			continue;
		value = variable(e, start, length);
		right = assignment(e);
		if (e->error)
			return 0;
		value = apply(e, (WCHAR)signs[i][0], value, right);
		if (e->error)
			return 0;
		io_wide_init(&text);
		output_put(&text, "%d", (int)value);
		SetEnvironmentVariableW(cmd_copy(start, length), text.text);
		io_wide_free(&text);
		return value;
	}
	e->at = begin;
	return any(e);
}

static int32_t comma(struct evaluation *e)
{
	int32_t value = assignment(e);

	while (!e->error && take(e, ",", ""))
		value = assignment(e);
	return value;
}

bool cmd_evaluate(const WCHAR *expression, int32_t *value, const char **error, int *level)
{
	struct evaluation e = {.at = expression};

	*value = comma(&e);
	if (!e.error && peek(&e)) {
		if (*e.at == u')')
			fail(&e, 1073750988, "Unbalanced parenthesis.\n");
		else
			fail(&e, 1073750990, "Missing operator.\n");
	}
	*error = e.error;
	*level = e.level;
	return !e.error;
}
