/*
 * tests/guest/ucrt_library.c - the Universal C Runtime beside its streams: classes of characters, reports of errors in
 * mathematics, the floating-point environment, calendar time.
 */
#include "guest.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <time.h>
#include <wctype.h>

static int handler_calls;

static void on_invalid_parameter(const wchar_t *expression, const wchar_t *function, const wchar_t *file, unsigned line,
				 uintptr_t reserved)
{
	handler_calls++;
}

/* The import library has some of these itself. */
static void *function(const char *name)
{
	void *address = (void *)GetProcAddress(GetModuleHandleA("ucrtbase.dll"), name);

	if (address == NULL) {
		printf("no %s\n", name);
		guest_failures++;
	}
	return address;
}

static void classes(void)
{
	int (*is_blank)(int) = function("isblank"), (*is_class)(int, int) = function("_isctype");
	int (*is_wide_blank)(wint_t) = function("iswblank");

	for (int c = 0; c < 256; c++) {
		CHECK_EQUAL(is_blank(c) != 0, c == ' ' || c == '\t');
		CHECK_EQUAL(is_class(c, _BLANK) != 0, c == ' ');
	}
	for (int c = 0; c < 65535; c++) {
		int blank = c == ' ' || c == 0x3000 || c == 0xFEFF;

		if ((is_wide_blank((wint_t)c) != 0) != (blank || c == '\t') || (iswctype((wint_t)c, _BLANK) != 0) != blank)
			CHECK_EQUAL(c, -1);
	}

	wctrans_t (*translation)(const char *) = function("wctrans");
	wint_t (*translate)(wint_t, wctrans_t) = function("towctrans");

	CHECK(translation("toupper") == 1 && translation("tolower") == 2 && translation("") == 0);
	CHECK(translate('a', 1) == 'A' && translate('A', 2) == 'a' && translate('A', 0) == 'a');
}

static struct _exception last;

static int on_math_error(struct _exception *exception)
{
	last = *exception;
	return 0;
}

static void mathematics(void)
{
	static const struct {
		const char *name;
		double x;
		int error, type; /* -1: none */
	} rows[] = {
		{"acos", 2, EDOM, _DOMAIN},      {"acosh", 0, EDOM, -1},           {"atanh", -1, ERANGE, -1},
		{"atanh", 2, EDOM, -1},          {"exp", -1e100, -1, _UNDERFLOW},  {"exp", 1e100, ERANGE, _OVERFLOW},
		{"exp", INFINITY, -1, -1},       {"exp2", 1e100, ERANGE, -1},      {"log", 0, ERANGE, _SING},
		{"log1p", -1, ERANGE, -1},       {"log1p", -INFINITY, EDOM, -1},   {"_logb", 0, ERANGE, _SING},
		{"sqrt", -1, EDOM, _DOMAIN},     {"cos", INFINITY, EDOM, _DOMAIN}, {"atan", NAN, EDOM, _DOMAIN},
		{"atan", INFINITY, -1, -1},      {"tanh", NAN, EDOM, _DOMAIN},     {"cosh", -INFINITY, -1, -1},
	};
	double (*two)(double, double) = function("pow"), (*scale)(double, int) = function("ldexp");

	__setusermatherr(on_math_error);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double (*one)(double) = function(rows[i].name);

		errno = -1;
		last.type = -1;
		one(rows[i].x);
		if (errno != rows[i].error || last.type != rows[i].type)
			printf("%s(%g): %d %d\n", rows[i].name, rows[i].x, errno, last.type);
		CHECK_EQUAL(errno, rows[i].error);
		CHECK_EQUAL(last.type, rows[i].type);
	}
	errno = -1;
	two(2, -1e100);
	CHECK(errno == -1 && last.type == _UNDERFLOW && last.arg2 == -1e100);
	two(0, -1);
	CHECK(errno == ERANGE && last.type == _SING);
	errno = -1;
	scale(1, -1000000000);
	CHECK(errno == -1 && last.type == _UNDERFLOW);
	__setusermatherr(NULL);

	double (*rest)(double, double) = function("remainder"), (*toward)(double, double) = function("nexttoward");
	long (*nearest)(double) = function("lrint");
	static const struct {
		double x, y;
		int error;
	} neighbours[] = {
		{0, 1, ERANGE}, {DBL_MIN, 0, ERANGE}, {DBL_MAX, INFINITY, ERANGE}, {1, 2, -1}, {INFINITY, 0, -1}};

	for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
		errno = -1;
		toward(neighbours[i].x, neighbours[i].y);
		CHECK_EQUAL(errno, neighbours[i].error);
	}
	errno = last.type = -1;
	CHECK(isnan(rest(NAN, 0)) && errno == EDOM);
	errno = -1;
	CHECK_EQUAL(nearest(1e100), LONG_MIN);
	CHECK(errno == EDOM && last.type == -1);
}

static void environment(void)
{
	int (*rounds)(void) = function("__fpe_flt_rounds"), (*set)(const unsigned long *, int) = function("fesetexceptflag");
	int (*get)(unsigned long *, int) = function("fegetexceptflag"), (*test)(int) = function("fetestexcept");
	unsigned (*control)(unsigned, unsigned) = function("_controlfp");
	unsigned long flags = 0x1F00001F;

	control(_RC_UP, _MCW_RC);
	CHECK_EQUAL(rounds(), 3);
	control(_RC_DOWN, _MCW_RC);
	CHECK_EQUAL(rounds(), 2);
	control(_RC_NEAR, _MCW_RC);
	CHECK_EQUAL(rounds(), 1);
	_clearfp();
	CHECK_EQUAL(set(&flags, 3), 0);
	CHECK_EQUAL(test(0x1F), 3);
	CHECK_EQUAL(set(NULL, 0), 0);
	CHECK_EQUAL(get(&flags, ~0), 0);
	CHECK_EQUAL(flags, 0x3000003);
	flags = 0;
	set(&flags, 0x1F);
}

static void formatted(const char *format, struct tm tm, const char *want)
{
	char text[64] = "#";
	size_t length;

	handler_calls = 0;
	length = strftime(text, sizeof(text), format, &tm);
	if (strcmp(text, want) != 0)
		printf("%s: \"%s\", not \"%s\"\n", format, text, want);
	CHECK(strcmp(text, want) == 0 && length == strlen(want));
	CHECK_EQUAL(handler_calls, *want == 0);
}

static void times(void)
{
	struct tm epoch = {.tm_mday = 1, .tm_year = 70, .tm_wday = 4}, tm;
	__time64_t t = -43200;
	__time32_t short_time = -43200;

	CHECK(strcmp(asctime(&epoch), "Thu Jan  1 00:00:00 1970\n") == 0);
	tm = epoch;
	tm.tm_year = 264100;
	CHECK(strcmp(asctime(&tm), "Thu Jan  1 00:00:00 :000\n") == 0);
	formatted("%#D|%#F|%#R|%#T|%#r|%#e", epoch, "1/1/70|1970-1-1|0:0|0:0:0|12:0:0 AM|1");
	formatted("%c", (struct tm){.tm_mday = 30, .tm_mon = 1, .tm_year = 70, .tm_wday = 4}, "Thu Feb 30 00:00:00 1970");
	formatted("%g", (struct tm){.tm_mday = 1, .tm_year = -1900, .tm_wday = 4}, "00");
	formatted("%g", (struct tm){.tm_mday = 1, .tm_year = 8099, .tm_wday = 3, .tm_yday = 364}, "00");
	formatted("%g", (struct tm){.tm_mday = 1, .tm_year = 8100, .tm_wday = 3}, "");
	formatted("%C", (struct tm){.tm_year = -1901}, "");
	formatted("%I", (struct tm){.tm_hour = 24}, "");
	CHECK_EQUAL(_gmtime64_s(&tm, &t), 0);
	CHECK(tm.tm_year == 69 && tm.tm_hour == 12);
	/* The 32-bit function divides toward zero. */
	CHECK_EQUAL(_gmtime32_s(&tm, &short_time), 0);
	CHECK(tm.tm_year == 70 && tm.tm_hour == -12 && tm.tm_mday == 1);
	t = -43201;
	CHECK(_gmtime64(&t) == NULL);
	t = 32536850399;
	CHECK_EQUAL(_gmtime64_s(&tm, &t), 0);
	CHECK(tm.tm_year == 1101 && tm.tm_mday == 19 && tm.tm_hour == 21 && tm.tm_sec == 59);
	t++;
	CHECK_EQUAL(_gmtime64_s(&tm, &t), EINVAL);
}

int main(void)
{
	_set_invalid_parameter_handler(on_invalid_parameter);
	classes();
	mathematics();
	environment();
	times();
	handler_calls = 0;
	errno = EBADF;
	CHECK_EQUAL(_get_errno(NULL), EINVAL);
	CHECK(errno == EBADF && handler_calls == 0);

	errno_t (*variable)(size_t *, char *, size_t, const char *) = function("getenv_s");
	char text[4] = "abc";
	size_t needed = 1;

	CHECK_EQUAL(variable(&needed, text, sizeof(text), NULL), 0);
	CHECK(needed == 0 && *text == 0 && errno == EBADF && handler_calls == 0);
	return guest_result();
}
