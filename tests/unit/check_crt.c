/*
 * tests/unit/check_crt.c - the C runtime's parts that need no guest: command lines, strings, time, random numbers.
 */
#include "dlls/crt/argv.h"
#include "dlls/crt/crt.h"
#include "dlls/crt/time.h"
#include "ntdll/rtl/crt.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not in a header: exports are declared at their definitions. */
INT CDECL crt_rand(void);
void CDECL crt_srand(UINT seed);
size_t CDECL crt_strftime(char *to, size_t size, const char *format, const struct crt_tm *tm);
time64_t CDECL crt__mkgmtime64(struct crt_tm *tm);
errno_t CDECL crt_strcpy_s(char *to, size_t size, const char *from);
errno_t CDECL crt_strncpy_s(char *to, size_t size, const char *from, size_t count);
errno_t CDECL crt_strcat_s(char *to, size_t size, const char *from);
char *CDECL crt_strtok_s(char *string, const char *delimiters, char **context);
size_t CDECL crt_mbstowcs(WCHAR *to, const char *from, size_t size);
errno_t CDECL crt_asctime_s(char *to, size_t size, const struct crt_tm *tm);

static struct crt_variables variables;

static void set_up(void)
{
	crt_locale_initialize();
	crt_variables = &variables;
	crt_variables_of[CRT_FLAVOUR_MSVCRT] = &variables;
	crt_variables_of[CRT_FLAVOUR_UCRT] = NULL;
}

/* Splits and joins with '|', in ASCII. */
static const char *split(const char *line, enum crt_flavour flavour)
{
	static char result[256];
	WCHAR wide[256], characters[256], *pointers[64], *at;
	size_t pointer_count, character_count, i, n = 0;
	bool quoted[64];

	for (i = 0; line[i] != 0; i++)
		wide[i] = (BYTE)line[i];
	wide[i] = 0;
	crt_split_command_line(wide, flavour, NULL, NULL, NULL, &pointer_count, &character_count);
	ck_assert(pointer_count < 64 && character_count < 256);
	crt_split_command_line(wide, flavour, pointers, characters, quoted, &pointer_count, &character_count);
	for (i = 0; pointers[i] != NULL; i++) {
		if (i > 0)
			result[n++] = '|';
		for (at = pointers[i]; *at != 0; at++)
			result[n++] = (char)*at;
	}
	ck_assert(i + 1 == pointer_count);
	result[n] = 0;
	return result;
}

START_TEST(command_line)
{
	/* The examples of MSDN "Parsing C command-line arguments". */
	ck_assert_str_eq(split("p \"a b c\" d e", CRT_FLAVOUR_UCRT), "p|a b c|d|e");
	ck_assert_str_eq(split("p \"ab\\\"c\" \"\\\\\" d", CRT_FLAVOUR_UCRT), "p|ab\"c|\\|d");
	ck_assert_str_eq(split("p a\\\\\\b d\"e f\"g h", CRT_FLAVOUR_UCRT), "p|a\\\\\\b|de fg|h");
	ck_assert_str_eq(split("p a\\\\\\\"b c d", CRT_FLAVOUR_UCRT), "p|a\\\"b|c|d");
	ck_assert_str_eq(split("p a\\\\\\\\\"b c\" d e", CRT_FLAVOUR_UCRT), "p|a\\\\b c|d|e");
	ck_assert_str_eq(split("p a\"b\"\" c d", CRT_FLAVOUR_UCRT), "p|ab\" c d");
	/* Before 2008 two quotes in a quoted part ended it. */
	ck_assert_str_eq(split("p a\"b\"\" c d", CRT_FLAVOUR_MSVCRT), "p|ab\"|c|d");
	/* The program's name knows no backslashes. */
	ck_assert_str_eq(split("\"c:\\x y\\\" a", CRT_FLAVOUR_UCRT), "c:\\x y\\|a");
	ck_assert_str_eq(split("c:\\a\"b c\"d.exe  \t x", CRT_FLAVOUR_UCRT), "c:\\ab cd.exe|x");
	ck_assert_str_eq(split("p \"\" x", CRT_FLAVOUR_UCRT), "p||x");
	ck_assert_str_eq(split("p ", CRT_FLAVOUR_MSVCRT), "p");
	ck_assert_str_eq(split("", CRT_FLAVOUR_MSVCRT), "");
	ck_assert_str_eq(split("p \"a", CRT_FLAVOUR_MSVCRT), "p|a");
}
END_TEST

START_TEST(random_numbers)
{
	/* The first numbers of Microsoft's generator from seed 1. */
	static const int expected[] = {41, 18467, 6334, 26500, 19169, 15724, 11478, 29358};
	size_t i;

	crt_srand(1);
	for (i = 0; i < ARRAY_SIZE(expected); i++)
		ck_assert_int_eq(crt_rand(), expected[i]);
}
END_TEST

static const char *format(const char *pattern, const struct crt_tm *tm)
{
	static char result[128];

	memset(result, '#', sizeof(result));
	if (crt_strftime(result, sizeof(result), pattern, tm) == 0)
		return "";
	return result;
}

START_TEST(strftime_conversions)
{
	struct crt_tm tm = {5, 4, 3, 2, 0, 106, 1, 1, 0}; /* Monday 2006-01-02 03:04:05 */

	ck_assert_str_eq(format("%a %A %b %B %d %H %I %j %m %M %p %S %U %w %W %y %Y %%", &tm),
			 "Mon Monday Jan January 02 03 03 002 01 04 AM 05 01 1 01 06 2006 %");
	ck_assert_str_eq(format("%#d %#H %#I %#j %#m %#M %#S %#U %#y %#Y", &tm), "2 3 3 2 1 4 5 1 6 2006");
	ck_assert_str_eq(format("%c|%x|%X", &tm), "01/02/06 03:04:05|01/02/06|03:04:05");
	ck_assert_str_eq(format("%#c|%#x", &tm), "Monday, January 02, 2006 03:04:05|Monday, January 02, 2006");
	tm.tm_hour = 0;
	ck_assert_str_eq(format("%I %p", &tm), "12 AM");
	tm.tm_hour = 12;
	ck_assert_str_eq(format("%I %p", &tm), "12 PM");
	/* msvcrt.dll has no C99 conversions; the UCRT has. */
	crt_self.error = 0;
	ck_assert_str_eq(format("%F", &tm), "");
	ck_assert_int_eq(crt_self.error, CRT_EINVAL);
	crt_variables_of[CRT_FLAVOUR_MSVCRT] = NULL;
	crt_variables_of[CRT_FLAVOUR_UCRT] = &variables;
	ck_assert_str_eq(format("%F %T %D %e %R %C %u %V %G %g %h", &tm),
			 "2006-01-02 12:04:05 01/02/06  2 12:04 20 1 01 2006 06 Jan");
	ck_assert_str_eq(format("%c", &tm), "Mon Jan  2 12:04:05 2006");
	/* The first days of 2005 belong to the last week of 2004. */
	tm = (struct crt_tm){0, 0, 0, 1, 0, 105, 6, 0, 0};
	ck_assert_str_eq(format("%G-W%V-%u", &tm), "2004-W53-6");
	crt_variables_of[CRT_FLAVOUR_UCRT] = NULL;
	crt_variables_of[CRT_FLAVOUR_MSVCRT] = &variables;
}
END_TEST

START_TEST(strftime_limits)
{
	struct crt_tm tm = {5, 4, 3, 2, 0, 106, 1, 1, 0};
	char small[5];

	ck_assert_uint_eq(crt_strftime(small, 5, "%Y", &tm), 4);
	crt_self.error = 0;
	ck_assert_uint_eq(crt_strftime(small, 4, "%Y", &tm), 0);
	ck_assert_int_eq(crt_self.error, CRT_ERANGE);
	ck_assert_str_eq(small, "");
	tm.tm_mon = 12;
	crt_self.error = 0;
	ck_assert_uint_eq(crt_strftime(small, 5, "%m", &tm), 0);
	ck_assert_int_eq(crt_self.error, CRT_EINVAL);
}
END_TEST

START_TEST(calendar)
{
	struct crt_tm tm;
	char text[26];
	time64_t time;
	int i;

	crt_break_down(0, &tm);
	crt_asctime_s(text, sizeof(text), &tm);
	ck_assert_str_eq(text, "Thu Jan 01 00:00:00 1970\n");
	crt_break_down(951782400, &tm); /* 2000-02-29 */
	ck_assert_int_eq(tm.tm_mday, 29);
	ck_assert_int_eq(tm.tm_mon, 1);
	ck_assert_int_eq(tm.tm_yday, 59);
	ck_assert_int_eq(tm.tm_wday, 2);
	srandom(7);
	for (i = 0; i < 20000; i++) {
		time = (time64_t)(((uint64_t)random() << 31 | (uint64_t)random()) % 32535215999ull);
		crt_break_down(time, &tm);
		ck_assert_int_eq(crt__mkgmtime64(&tm), time);
	}
	/* Fields out of range are carried. */
	tm = (struct crt_tm){0, 0, 0, 32, 13, 100, 0, 0, 0};
	ck_assert_int_eq(crt__mkgmtime64(&tm), 983664000);
}
END_TEST

START_TEST(secure_strings)
{
	char to[6] = "xxxxx", text[] = "a,,b;c", *context = NULL;

	ck_assert_int_eq(crt_strcpy_s(to, 6, "hello"), 0);
	ck_assert_str_eq(to, "hello");
	ck_assert_int_eq(crt_strcpy_s(to, 5, "hello"), CRT_ERANGE);
	ck_assert_str_eq(to, "");
	ck_assert_int_eq(crt_strcpy_s(to, 6, NULL), CRT_EINVAL);
	ck_assert_int_eq(crt_strncpy_s(to, 6, "hello world", CRT_TRUNCATE), CRT_STRUNCATE);
	ck_assert_str_eq(to, "hello");
	ck_assert_int_eq(crt_strncpy_s(to, 6, "hello world", 3), 0);
	ck_assert_str_eq(to, "hel");
	ck_assert_int_eq(crt_strcat_s(to, 6, "lo"), 0);
	ck_assert_str_eq(to, "hello");
	ck_assert_int_eq(crt_strcat_s(to, 6, "!"), CRT_ERANGE);
	ck_assert_str_eq(to, "");
	memset(to, 'x', sizeof(to));
	ck_assert_int_eq(crt_strcat_s(to, 6, "!"), CRT_EINVAL);
	ck_assert_str_eq(crt_strtok_s(text, ",;", &context), "a");
	ck_assert_str_eq(crt_strtok_s(NULL, ",;", &context), "b");
	ck_assert_str_eq(crt_strtok_s(NULL, ",;", &context), "c");
	ck_assert_ptr_null(crt_strtok_s(NULL, ",;", &context));
}
END_TEST

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

/* Against the host's functions, at all small alignments and sizes. */
START_TEST(memory_functions)
{
	static char a[8192], b[8192], c[8192];
	size_t size, from, to, i;
	int round;

	srandom(3);
	for (round = 0; round < 30000; round++) {
		size = (size_t)random() % (round % 8 == 0 ? 4000 : 140);
		from = (size_t)random() % 200;
		to = (size_t)random() % 200;
		for (i = 0; i < 512; i++)
			a[(size_t)random() % sizeof(a)] = (char)random();
		memcpy(b, a, sizeof(a));
		memmove(b + to, b + from, size);
		memcpy(c, a, sizeof(a));
		ck_assert_ptr_eq(rtl_memcpy(c + to, c + from, size), c + to);
		ck_assert(memcmp(b, c, sizeof(b)) == 0);
		ck_assert_int_eq(rtl_memcmp(a + from, a + to, size), sign(memcmp(a + from, a + to, size)));
		ck_assert_ptr_eq(rtl_memchr(a + from, 'x', size), memchr(a + from, 'x', size));
		memset(b + to, round, size);
		rtl_memset(c + to, round, size);
		ck_assert(memcmp(b, c, sizeof(b)) == 0);
	}
}
END_TEST

START_TEST(string_functions)
{
	static char a[4096 * 2] __attribute__((aligned(4096)));
	static WCHAR w[300];
	size_t i, at, other;
	int round;

	srandom(5);
	for (round = 0; round < 30000; round++) {
		for (i = 0; i < sizeof(a); i += 1 + (size_t)random() % 200)
			a[i] = (char)(random() % 4);
		for (i = 0; i < 400; i++)
			a[3900 + i] = (char)("abc"[random() % 3]);
		a[3900 + (size_t)random() % 400] = 0;
		a[4300] = 0;
		at = 3900 + (size_t)random() % 300;
		other = 3900 + (size_t)random() % 300;
		ck_assert_uint_eq(rtl_strlen(a + at), strlen(a + at));
		ck_assert_int_eq(rtl_strcmp(a + at, a + other), sign(strcmp(a + at, a + other)));
		ck_assert_int_eq(sign(rtl_strncmp(a + at, a + other, 9)), sign(strncmp(a + at, a + other, 9)));
		ck_assert_ptr_eq(rtl_strchr(a + at, 'b'), strchr(a + at, 'b'));
		ck_assert_ptr_eq(rtl_strchr(a + at, 0), strchr(a + at, 0));
		ck_assert_ptr_eq(rtl_strrchr(a + at, 'b'), strrchr(a + at, 'b'));
		ck_assert_ptr_eq(rtl_strstr(a + at, "abca"), strstr(a + at, "abca"));
		ck_assert_uint_eq(rtl_strspn(a + at, "ab"), strspn(a + at, "ab"));
		ck_assert_uint_eq(rtl_strcspn(a + at, "c"), strcspn(a + at, "c"));
	}
	for (i = 0; i < 280; i++) {
		memset(w, 1, sizeof(w));
		w[i] = 0;
		ck_assert_uint_eq(rtl_wcs_length(w), i);
		ck_assert_uint_eq(rtl_wcs_length(w + i / 2), i - i / 2);
	}
}
END_TEST

START_TEST(multibyte)
{
	struct crt_locale utf8 = crt_c_locale;
	WCHAR wide[2];
	char bytes[5];
	INT units;
	uint32_t c;
	int n;

	utf8.code_page = 65001;
	utf8.utf8 = true;
	utf8.mb_cur_max = 4;
	for (c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 97) {
		if (c >= 0xD800 && c < 0xE000)
			continue;
		n = crt_locale_from_wide(&utf8, c, bytes);
		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(crt_locale_to_wide(&utf8, bytes, (size_t)n, wide, &units), n);
		ck_assert_int_eq(units, c > 0xFFFF ? 2 : 1);
		if (n > 1)
			ck_assert_int_eq(crt_locale_to_wide(&utf8, bytes, (size_t)n - 1, wide, &units), -2);
	}
	ck_assert_int_eq(crt_locale_to_wide(&utf8, "\xC0\x80", 2, wide, &units), -1);
	ck_assert_int_eq(crt_locale_to_wide(&utf8, "\xED\xA0\x80", 3, wide, &units), -1);
	ck_assert_int_eq(crt_locale_to_wide(&utf8, "\xF4\x90\x80\x80", 4, wide, &units), -1);
	ck_assert_int_eq(crt_locale_from_wide(&utf8, 0xD800, bytes), -1);
	/* "C" takes bytes as they are. */
	ck_assert_uint_eq(crt_mbstowcs(NULL, "a\xE4z", 0), 3);
	ck_assert_int_eq(crt_locale_from_wide(&crt_c_locale, 0x100, bytes), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("crt");
	TCase *tcase = tcase_create("crt");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, command_line);
	tcase_add_test(tcase, random_numbers);
	tcase_add_test(tcase, strftime_conversions);
	tcase_add_test(tcase, strftime_limits);
	tcase_add_test(tcase, calendar);
	tcase_add_test(tcase, secure_strings);
	tcase_add_test(tcase, memory_functions);
	tcase_add_test(tcase, string_functions);
	tcase_add_test(tcase, multibyte);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
