/*
 * tests/unit/check_stdio.c - number conversion, printf's engine and scanf's, beside the host's own and against known
 * results of both runtimes.
 */
#include "dlls/crt/format.h"
#include "dlls/crt/fp.h"
#include "dlls/crt/numbers.h"
#include "dlls/crt/scan.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Doubles of every kind of size, with few and with many digits. */
static double random_double(void)
{
	uint64_t bits = random64();
	double value;
	switch (random64() % 4) {
	case 0:
		value = (double)(int64_t)(bits >> random64() % 64) / 1000.0;
		break;
	case 1:
		value = (double)(int32_t)bits / 64.0; /* ties */
		break;
	default:
		memcpy(&value, &bits, sizeof(value));
		break;
	}
	return isfinite(value) ? value : 1.5;
}

static int CDECL format(char *to, size_t size, unsigned options, const char *text, ...)
{
	size_t written;
	ms_va_list list;
	ms_va_start(list, text);
	int result = format_memory_narrow(to, size - 1, text, options, &crt_c_locale, list, &written);
	ms_va_end(list);
	to[written] = 0;
	return result;
}

static int CDECL format_wide_text(WCHAR *to, size_t size, unsigned options, const WCHAR *text, ...)
{
	size_t written;
	ms_va_list list;
	ms_va_start(list, text);
	int result = format_memory_wide(to, size - 1, text, options, &crt_c_locale, list, &written);
	ms_va_end(list);
	to[written] = 0;
	return result;
}

START_TEST(reals_as_the_host_prints_them)
{
	static const char types[] = "eEfFgG";
	char directive[64], got[2048], want[2048];
	for (int i = 0; i < 60000; i++) {
		double value = random_double();
		snprintf(directive, sizeof(directive), "%%%s%s%s%d.%d%c", random64() % 4 ? "" : "+", random64() % 4 ? "" : "#",
			 random64() % 4 ? "" : "0", (int)(random64() % 30) + 1, (int)(random64() % 45),
			 types[random64() % 6]);
		int count = format(got, sizeof(got), PRINTF_STANDARD_ROUNDING, directive, value);
		int expected = snprintf(want, sizeof(want), directive, value);
		ck_assert_msg(strcmp(got, want) == 0, "%s: '%s', not '%s'", directive, got, want);
		ck_assert_int_eq(count, expected);
	}
}
END_TEST

START_TEST(hexadecimal_reals_as_the_host_prints_them)
{
	char got[128], want[128];
	for (int i = 0; i < 20000; i++) {
		double value = random_double();
		if (fpclassify(value) == FP_SUBNORMAL)
			continue; /* the host normalises them */
		format(got, sizeof(got), PRINTF_STANDARD_ROUNDING, "%.13a %.4A", value, value);
		snprintf(want, sizeof(want), "%.13a %.4A", value, value);
		ck_assert_str_eq(got, want);
	}
}
END_TEST

START_TEST(integers_as_the_host_prints_them)
{
	char directive[64], got[256], want[256];
	for (int i = 0; i < 60000; i++) {
		uint64_t value = random64() >> random64() % 64;
		char *at = directive;
		*at++ = '%';
		for (const char *flag = "-+ #0"; *flag != 0; flag++) {
			if (random64() % 3 == 0)
				*at++ = *flag;
		}
		if (random64() % 2)
			at += sprintf(at, "%d", (int)(random64() % 40) + 1);
		if (random64() % 2)
			at += sprintf(at, ".%d", (int)(random64() % 30));
		char type = "diouxX"[random64() % 6];
		static const char *const sizes[] = {"hh", "h", "", "ll", "j", "z", "t"};
		sprintf(at, "%s%c", sizes[random64() % 7], type);
		int count = format(got, sizeof(got), 0, directive, value);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		int expected = snprintf(want, sizeof(want), directive, value);
#pragma GCC diagnostic pop
		ck_assert_msg(strcmp(got, want) == 0, "%s of %llx: '%s', not '%s'", directive, (unsigned long long)value, got,
			      want);
		ck_assert_int_eq(count, expected);
	}
}
END_TEST

static void expect(unsigned options, const char *want, const char *directive, double value)
{
	char got[512];
	format(got, sizeof(got), options, directive, value);
	ck_assert_msg(strcmp(got, want) == 0, "%s: '%s', not '%s'", directive, got, want);
}

START_TEST(reals_of_msvcrt)
{
	unsigned m = PRINTF_MSVCRT_DEFAULT;
	expect(m, "1.000000e+010", "%e", 1e10);
	expect(m, "1e-005", "%g", 1e-5);
	expect(m, "0.10000000000000001000", "%.20f", 0.1);
	expect(m, "99999999999999992000000.000000", "%f", 1e23);
	expect(m, "1.#INF00", "%f", INFINITY);
	expect(m, "-1.#INF00", "%f", -INFINITY);
	expect(m, "1.#INF", "%g", INFINITY);
	expect(m, "1.#J", "%.2f", INFINITY);
	expect(m, "1.#QNAN0", "%f", __builtin_nan(""));
	expect(m, "-1.#IND00", "%f", -__builtin_nan(""));
	expect(m, "3", "%.0f", 2.5);
	expect(m, "1", "%.0f", 0.5);
	expect(m, "0.13", "%.2f", 0.125);
	expect(m, "0x1.000000p+0", "%a", 1.0);
	expect(m, "3.0000", "%#.5g", 3.0);
	expect(m, "-0.000000", "%f", -0.0);
}
END_TEST

START_TEST(reals_of_ucrt)
{
	unsigned even = PRINTF_STANDARD_ROUNDING;
	expect(even, "1.000000e+10", "%e", 1e10);
	expect(even, "0.1000000000000000055511151231257827", "%.34f", 0.1);
	expect(even, "2", "%.0f", 2.5);
	expect(0, "3", "%.0f", 2.5);
	expect(even, "inf", "%f", INFINITY);
	expect(even, "  -INF", "%06F", -INFINITY);
	expect(even, "nan", "%g", __builtin_nan(""));
	expect(even, "-nan(ind)", "%f", -__builtin_nan(""));
	expect(PRINTF_LEGACY_MSVCRT, "1.#INF00", "%f", INFINITY);
	expect(PRINTF_THREE_DIGIT_EXPONENTS, "1.0e+001", "%.1e", 10.0);
	expect(even, "0x1.0000000000000p+0", "%a", 1.0);
}
END_TEST

#define TEXT(options, want, ...)                                                                                            \
	do {                                                                                                                \
		char got_[256];                                                                                             \
		format(got_, sizeof(got_), options, __VA_ARGS__);                                                           \
		ck_assert_str_eq(got_, want);                                                                               \
	} while (0)

START_TEST(text_and_sizes)
{
	unsigned m = PRINTF_MSVCRT_DEFAULT, u = PRINTF_LEGACY_WIDE_SPECIFIERS;
	int count = 0;
	TEXT(m, "abc|  abc|abc  |ab", "%s|%5s|%-5s|%.2s", "abc", "abc", "abc", "abc");
	TEXT(m, "00abc", "%05s", "abc");
	TEXT(m, "(null)(nu", "%s%.3s", (char *)NULL, (char *)NULL);
	TEXT(m, "wide wide x narrow", "%S %ls %C %hs", u"wide", u"wide", 'x', "narrow");
	TEXT(m, "-1 4294967295 -1", "%I64d %I32u %Id", (int64_t)-1, -1, (int64_t)-1);
	TEXT(m, "5 zs", "%zu %zs", (size_t)5);
	TEXT(u, "5 -5 7", "%zu %td %jd", (size_t)5, (ptrdiff_t)-5, (int64_t)7);
	TEXT(m, "000000000000ABCD 0X000000000000ABCD", "%p %#p", (void *)0xABCD, (void *)0xABCD);
	TEXT(m, "100%", "%d%%", 100);
	format_count_output = true;
	TEXT(m, "ab", "ab%n", &count);
	ck_assert_int_eq(count, 2);
	format_count_output = false;
	TEXT(m, "   42|42   ", "%*d|%*d", 5, 42, -5, 42);
	TEXT(m | PRINTF_POSITIONAL, "b a b", "%2$s %1$s %2$s", "a", "b");
	TEXT(m | PRINTF_POSITIONAL, "  1.50", "%1$*2$.*3$f", 1.5, 6, 2);
	WCHAR wide[64];
	ck_assert_int_eq(format_wide_text(wide, 64, m, u"%s %S %d %ls", u"ab", "cd", 5, u"ef"), 10);
	ck_assert_int_eq(memcmp(wide, u"ab cd 5 ef", 22), 0);
	ck_assert_int_eq(format_wide_text(wide, 64, 0, u"%s %ls", "ab", u"ef"), 5);
	ck_assert_int_eq(memcmp(wide, u"ab ef", 12), 0);
	char small[4];
	ck_assert_int_eq(format(small, sizeof(small), m, "%s", "abcdef"), 6);
	ck_assert_str_eq(small, "abc");
}
END_TEST

START_TEST(numbers_as_the_host_reads_them)
{
	char text[1200];
	for (int i = 0; i < 60000; i++) {
		double value = random_double();
		snprintf(text, sizeof(text), random64() % 2 ? "%.*e" : "%.*g", (int)(random64() % 800 / (random64() % 40 + 1)),
			 value);
		struct number_text number;
		number_parse(text, false, SIZE_MAX, true, '.', &fp_double, &number);
		uint64_t got = number_to_double(&number), want;
		double wanted = strtod(text, NULL);
		memcpy(&want, &wanted, sizeof(want));
		ck_assert_msg(got == want, "%s", text);
		ck_assert_uint_eq(number.length, strlen(text));
		number_parse(text, false, SIZE_MAX, true, '.', &fp_single, &number);
		uint32_t got_single = number_to_single(&number), want_single;
		float wanted_single = strtof(text, NULL);
		memcpy(&want_single, &wanted_single, sizeof(want_single));
		ck_assert_msg(got_single == want_single, "%s", text);
	}
	static const char *const special[] = {"0x1.8p3", "0x.8p-1074", "0x1.fffffffffffff8p1023", "inf", "-infinity", "1e-400",
					      "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "0x1p-1075",
					      "1e400", "1e", "1e+", ".5", "5.", "0x", "9007199254740993"};
	for (size_t i = 0; i < ARRAY_SIZE(special); i++) {
		struct number_text number;
		char *end;
		number_parse(special[i], false, SIZE_MAX, true, '.', &fp_double, &number);
		double wanted = strtod(special[i], &end);
		uint64_t want;
		memcpy(&want, &wanted, sizeof(want));
		ck_assert_msg(number_to_double(&number) == want, "%s", special[i]);
		ck_assert_msg(number.length == (size_t)(end - special[i]), "%s", special[i]);
	}
}
END_TEST

static int32_t get(struct scan_source *source)
{
	const BYTE *at = source->at;
	if (*at == 0)
		return -1;
	source->at = at + 1;
	return *at;
}

static void unget(struct scan_source *source, int32_t c)
{
	(void)c;
	source->at = (const BYTE *)source->at - 1;
}

static int CDECL scan(const char *text, unsigned options, const char *directives, ...)
{
	struct scan_source source = {.get = get, .unget = unget, .at = text};
	ms_va_list list;
	ms_va_start(list, directives);
	int result = scan_narrow(&source, directives, options, &crt_c_locale, list);
	ms_va_end(list);
	return result;
}

START_TEST(scanning)
{
	unsigned m = SCANF_MSVCRT_DEFAULT;
	int a = 0, b = 0, c = 0;
	char s[32], t[32];
	WCHAR w[32];
	float f;
	double d;
	int64_t q;
	short h = 0;
	ck_assert_int_eq(scan(" 12 0x1f 017", m, "%d %i %i", &a, &b, &c), 3);
	ck_assert(a == 12 && b == 31 && c == 15);
	ck_assert_int_eq(scan("12345", m, "%2d%3d", &a, &b), 2);
	ck_assert(a == 12 && b == 345);
	ck_assert_int_eq(scan("abc def", m, "%s %n%s", s, &a, t), 2);
	ck_assert(strcmp(s, "abc") == 0 && strcmp(t, "def") == 0 && a == 4);
	ck_assert_int_eq(scan("1.5 -2.5e3x", m, "%f %lf%c", &f, &d, s), 3);
	ck_assert(f == 1.5f && d == -2500 && s[0] == 'x');
	ck_assert_int_eq(scan("key=value", m, "%[^=]=%[a-z]", s, t), 2);
	ck_assert(strcmp(s, "key") == 0 && strcmp(t, "value") == 0);
	ck_assert_int_eq(scan("-9223372036854775808", m, "%I64d", &q), 1);
	ck_assert(q == INT64_MIN);
	ck_assert_int_eq(scan("wide", m, "%S", w), 1);
	ck_assert_int_eq(memcmp(w, u"wide", 10), 0);
	ck_assert_int_eq(scan("7 8", m, "%hd %*d", &h), 1);
	ck_assert_int_eq(h, 7);
	ck_assert_int_eq(scan("", m, "%d", &a), -1);
	ck_assert_int_eq(scan("  ", m, "%d", &a), -1);
	ck_assert_int_eq(scan("x", m, "%d", &a), 0);
	ck_assert_int_eq(scan("5", m, "%d %d", &a, &b), 1);
	ck_assert_int_eq(scan("5%6", m, "%d%%%d", &a, &b), 2);
	ck_assert_int_eq(scan("ab", m, "%3c", s), -1);
	ck_assert_int_eq(scan("toolong", m | SCANF_SECURE, "%s", s, 4u), 0);
	ck_assert_int_eq(s[0], 0);
	ck_assert_int_eq(scan("fits", m | SCANF_SECURE, "%s", s, 5u), 1);
	ck_assert_int_eq(scan("inf 0x1p4", 0, "%lf %f", &d, &f), 2);
	ck_assert(isinf(d) && f == 16);
	ck_assert_int_eq(scan("99999999999", 0, "%d", &a), 1);
	ck_assert_int_eq(a, (int)(uint32_t)99999999999);
}
END_TEST

int main(void)
{
	crt_locale_initialize();
	const char *seed = getenv("PEWTER_SEED");
	state = seed != NULL ? strtoull(seed, NULL, 0) | 1 : 88172645463325252ull;
	printf("seed %llu\n", (unsigned long long)state);
	Suite *suite = suite_create("stdio");
	TCase *tests = tcase_create("stdio");
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, reals_as_the_host_prints_them);
	tcase_add_test(tests, hexadecimal_reals_as_the_host_prints_them);
	tcase_add_test(tests, integers_as_the_host_prints_them);
	tcase_add_test(tests, reals_of_msvcrt);
	tcase_add_test(tests, reals_of_ucrt);
	tcase_add_test(tests, text_and_sizes);
	tcase_add_test(tests, numbers_as_the_host_reads_them);
	tcase_add_test(tests, scanning);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
