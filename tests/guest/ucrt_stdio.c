/*
 * tests/guest/ucrt_stdio.c - formatting, scanning and streams of the Universal C Runtime, where they differ from msvcrt.dll.
 *
 * Expectations are those of Microsoft's documentation.
 */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>
#include <wchar.h>

#define CHECK_TEXT(want, ...)                                                                                          \
	do {                                                                                                           \
		char got_[256];                                                                                        \
		snprintf(got_, sizeof(got_), __VA_ARGS__);                                                             \
		guest_checks++;                                                                                        \
		if (strcmp(got_, want) != 0) {                                                                         \
			guest_failures++;                                                                              \
			printf("%s:%d: \"%s\", not \"%s\"\n", __FILE__, __LINE__, got_, want);                         \
		}                                                                                                      \
	} while (0)

/* What Microsoft's C++ library asks for its time_put facet: names of a locale to keep, and to format with. */
static void kept_time_names(HMODULE ucrt)
{
	void *(*get)(void) = (void *)GetProcAddress(ucrt, "_Gettnames");
	void *(*get_wide)(void) = (void *)GetProcAddress(ucrt, "_W_Gettnames");
	size_t (*format)(char *, size_t, const char *, const struct tm *, void *) =
		(void *)GetProcAddress(ucrt, "_Strftime");
	size_t (*format_wide)(wchar_t *, size_t, const wchar_t *, const struct tm *, void *) =
		(void *)GetProcAddress(ucrt, "_Wcsftime");
	struct tm tm = {.tm_year = 120, .tm_mon = 1, .tm_mday = 3, .tm_wday = 1, .tm_yday = 33, .tm_hour = 14};
	char text[64];
	wchar_t wide[64];
	void *classic, *english;

	CHECK(get && get_wide && format && format_wide);
	if (!get || !get_wide || !format || !format_wide)
		return;
	classic = get();
	CHECK(setlocale(LC_TIME, "English_United States.1252") != NULL);
	english = get_wide();
	CHECK(classic && english);
	CHECK_EQUAL(format(text, sizeof(text), "%A %B %x %X", &tm, classic), 33);
	CHECK_TEXT("Monday February 02/03/20 14:00:00", "%s", text);
	CHECK(setlocale(LC_TIME, "C") != NULL);
	CHECK_EQUAL(format_wide(wide, 64, L"%a %x %X", &tm, english), 23);
	CHECK_TEXT("Mon 2/3/2020 2:00:00 PM", "%ls", wide);
	CHECK_EQUAL(format(text, sizeof(text), "%x", &tm, NULL), 8);
	CHECK_TEXT("02/03/20", "%s", text);
	free(classic);
	free(english);
}

int main(void)
{
	char buffer[64];
	wchar_t wide[64];
	int n;
	float f;
	double d;
	void *pointer;
	HMODULE ucrt = GetModuleHandleA("ucrtbase.dll");
	CHECK(ucrt != NULL);
	kept_time_names(ucrt);

	CHECK_TEXT("1.000000e+10 1e-05", "%e %g", 1e10, 1e-5);
	CHECK_TEXT("inf -inf INF", "%f %f %F", INFINITY, -INFINITY, INFINITY);
	CHECK_TEXT("0.1000000000000000055511151231257827", "%.34f", 0.1);
	CHECK_TEXT("7 -7 9 -1", "%zu %td %jd %hhd", (size_t)7, (ptrdiff_t)-7, (intmax_t)9, 255);
	CHECK_TEXT("0x1.8000000000000p+1", "%a", 3.0);
	CHECK_EQUAL(snprintf(buffer, 4, "abcdef"), 6);
	CHECK(strcmp(buffer, "abc") == 0);
	CHECK_EQUAL(snprintf(NULL, 0, "%d", 12345), 5);
	memset(buffer, 'x', sizeof(buffer));
	CHECK_EQUAL(_snprintf(buffer, 4, "abcd"), 4);
	CHECK(memcmp(buffer, "abcdx", 5) == 0);
	CHECK_EQUAL(_snprintf(buffer, 4, "abcde"), -1);
	CHECK(swprintf(wide, 4, L"%s", L"too long") < 0);
	CHECK_EQUAL(swprintf(wide, 64, L"%d %ls", 5, L"x"), 3);

	CHECK_EQUAL(sscanf("12 3.5 inf word", "%d %f %lf %s", &n, &f, &d, buffer), 4);
	CHECK(n == 12 && f == 3.5f && isinf(d) && strcmp(buffer, "word") == 0);
	CHECK_EQUAL(sscanf("99999999999", "%d", &n), 1);
	CHECK_EQUAL(n, (int)(unsigned)99999999999);
	CHECK_EQUAL(sscanf("4294967295", "%d", &n), 1);
	CHECK_EQUAL(n, -1);
	CHECK_EQUAL(sscanf("99999999999999999999", "%d", &n), 1);
	CHECK_EQUAL(n, -1);
	/* One character can be given back, no more; what stops at the end of the input before a field is stored is EOF. */
	CHECK_EQUAL(sscanf("1e+", "%lf", &d), EOF);
	CHECK_EQUAL(sscanf("1e x", "%lf", &d), 0);
	CHECK_EQUAL(sscanf("infi", "%lf", &d), EOF);
	CHECK_EQUAL(sscanf("infa", "%lf", &d), 1);
	CHECK_EQUAL(sscanf("0xg", "%x", &n), 0);
	CHECK_EQUAL(sscanf("12", "%*d %d", &n), EOF);
	CHECK_EQUAL(sscanf("@12", "%@%d", &n), 0);
	CHECK_EQUAL(sscanf("-0x46F", "%p", &pointer), 1);
	CHECK_EQUAL((intptr_t)pointer, -0x46F);
	CHECK(strtod("0x1.8p3", NULL) == 12);
	CHECK(isnan(strtod("nan(ind)", NULL)));
	errno = 0;
	CHECK(atoi("99999999999") == 0x7FFFFFFF && errno == ERANGE);
	CHECK(strtoull("18446744073709551615", NULL, 10) == ULLONG_MAX);
	CHECK(strtof("0.1", NULL) == 0.1f);

	char name[MAX_PATH];
	CHECK(tmpnam(name) != NULL);
	FILE *file = fopen(name, "wx");
	CHECK(file != NULL);
	if (file != NULL) {
		CHECK_EQUAL(fprintf(file, "line %d\n", 1), 7);
		CHECK_EQUAL(fclose(file), 0);
		CHECK(fopen(name, "wx") == NULL);
		CHECK_EQUAL(errno, EEXIST);
		file = fopen(name, "rb");
		CHECK_EQUAL(fread(buffer, 1, sizeof(buffer), file), 8);
		CHECK(memcmp(buffer, "line 1\r\n", 8) == 0);
		CHECK_EQUAL(fclose(file), 0);
		struct _stat64 st;
		CHECK_EQUAL(_stat64(name, &st), 0);
		CHECK_EQUAL(st.st_size, 8);
		CHECK_EQUAL(remove(name), 0);
	}
	return guest_result();
}
