/*
 * tests/guest/crt_library.c - msvcrt.dll: heap, strings, sorting, random numbers, environment, setjmp, signals, errors.
 */
#include "guest.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <math.h>
#include <mbctype.h>
#include <mbstring.h>
#include <process.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <wchar.h>

static void heap(void)
{
	volatile size_t huge = (size_t)-1;
	char *p = malloc(100);
	void *q;

	CHECK(p != NULL && ((uintptr_t)p & 15) == 0);
	CHECK_EQUAL(_msize(p), 100);
	memset(p, 'x', 100);
	p = realloc(p, 5000);
	CHECK(p != NULL && p[99] == 'x');
	CHECK_EQUAL(_msize(p), 5000);
	p = realloc(p, 10);
	CHECK(p[9] == 'x');
	CHECK(realloc(p, 0) == NULL);
	p = calloc(10, 10);
	CHECK(p[0] == 0 && p[99] == 0);
	free(p);
	free(NULL);
	errno = 0;
	CHECK(malloc(huge) == NULL);
	CHECK_EQUAL(errno, ENOMEM);
	errno = 0;
	CHECK(calloc(huge / 2, 3) == NULL);
	CHECK_EQUAL(errno, ENOMEM);
	p = malloc(0);
	CHECK(p != NULL);
	CHECK_EQUAL(_msize(p), 0);
	free(p);
	for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
		p = _aligned_malloc(77, alignment);
		CHECK(p != NULL && ((uintptr_t)p & (alignment - 1)) == 0);
		memset(p, 'a', 77);
		p = _aligned_realloc(p, 1000, alignment);
		CHECK(p != NULL && ((uintptr_t)p & (alignment - 1)) == 0 && p[76] == 'a');
		_aligned_free(p);
		p = _aligned_offset_malloc(100, alignment, 24);
		CHECK(p != NULL && ((uintptr_t)(p + 24) & (alignment - 1)) == 0);
		memset(p, 'b', 100);
		_aligned_free(p);
	}
	q = HeapAlloc(GetProcessHeap(), 0, 10);
	CHECK((HANDLE)_get_heap_handle() != NULL);
	HeapFree(GetProcessHeap(), 0, q);
	CHECK_EQUAL(_heapchk(), _HEAPOK);
}

static void strings(void)
{
	char text[] = "Hello, World", two[32];
	wchar_t wide[32];

	CHECK_EQUAL(_stricmp("ABC", "abd"), -1);
	CHECK_EQUAL(_stricmp("ABC[", "abc["), 0);
	CHECK(_strnicmp("ABCx", "abcy", 3) == 0);
	CHECK_EQUAL(strcmp("b", "a"), 1);
	CHECK_EQUAL(strcmp("a", "c"), -1);
	CHECK_EQUAL(memcmp("b", "a", 1), 1);
	CHECK(strcmp(_strupr(text), "HELLO, WORLD") == 0);
	CHECK(strcmp(_strlwr(text), "hello, world") == 0);
	CHECK(strcmp(_strrev(text), "dlrow ,olleh") == 0);
	CHECK(strcmp(_strset(text, 'z'), "zzzzzzzzzzzz") == 0);
	strcpy(two, "  a b");
	CHECK(strcmp(strtok(two, " "), "a") == 0);
	CHECK(strcmp(strtok(NULL, " "), "b") == 0);
	CHECK(strtok(NULL, " ") == NULL);
	wcscpy(wide, L"x\x00e4y");
	CHECK_EQUAL(_wcsicmp(L"ABC", L"abc"), 0);
	CHECK_EQUAL(towupper(L'a'), L'A');
	CHECK_EQUAL(mbstowcs(wide, "abc", 32), 3);
	CHECK(wcscmp(wide, L"abc") == 0);
	CHECK_EQUAL(wcstombs(two, L"abc", 32), 3);
	errno = 0;
	CHECK_EQUAL(wcstombs(two, L"\x3b1", 32), (size_t)-1);
	CHECK_EQUAL(errno, EILSEQ);
	CHECK(strcmp(strerror(ENOENT), "No such file or directory") == 0);
	CHECK(strcmp(strerror(ENOMEM), "Not enough space") == 0);
	CHECK(strcmp(strerror(12345), "Unknown error") == 0);
	CHECK(isalpha('a') && !isalpha('1') && isspace('\t') && !isprint('\t') && isxdigit('F'));
	CHECK(!isalpha(0xE4));
	CHECK(iswalpha(0xE4) && iswdigit(L'5') && iswspace(0xA0));
	CHECK(strcmp(setlocale(LC_ALL, NULL), "C") == 0);
	CHECK(setlocale(LC_ALL, "no such locale") == NULL);
	CHECK(strcmp(setlocale(LC_ALL, "English_United States.1252"), "English_United States.1252") == 0);
	CHECK(isalpha(0xE4) && toupper(0xE4) == 0xC4);
	CHECK_EQUAL(mbtowc(wide, "\x80", 1), 1);
	CHECK_EQUAL(wide[0], 0x20AC);
	CHECK(strcmp(localeconv()->thousands_sep, ",") == 0);
	setlocale(LC_NUMERIC, "C");
	CHECK(strcmp(setlocale(LC_ALL, NULL), "LC_COLLATE=English_United States.1252;LC_CTYPE=English_United States.1252;"
					      "LC_MONETARY=English_United States.1252;LC_NUMERIC=C;"
					      "LC_TIME=English_United States.1252") == 0);
	setlocale(LC_ALL, "C");
	CHECK_EQUAL(strcoll("a", "B"), 1);
}

static void multibyte(void)
{
	/* Two kanji and two letters in code page 932; the second kanji's trail byte is a backslash. */
	const unsigned char *text = (const unsigned char *)"\x93\xfa\x83\x5c" "ab";
	unsigned char copy[16];
	int old = _getmbcp();

	CHECK_EQUAL(_setmbcp(932), 0);
	CHECK_EQUAL(_getmbcp(), 932);
	CHECK_EQUAL(_mbslen(text), 4);
	CHECK(_mbschr(text, '\\') == NULL);
	CHECK(strchr((const char *)text, '\\') != NULL);
	CHECK(_mbschr(text, 0x835c) == text + 2);
	CHECK(_mbsinc(text) == text + 2);
	CHECK(_mbsdec(text, text + 4) == text + 2);
	CHECK(_mbsrchr(text, 'b') == text + 5);
	CHECK_EQUAL(_mbsnextc(text), 0x93fa);
	CHECK(_ismbblead(0x93) && !_ismbblead('a') && _ismbbtrail(0x5c));
	memset(copy, 'x', sizeof(copy));
	_mbsnbcpy(copy, text, 3);
	CHECK_EQUAL(copy[2], 0);
	strcpy((char *)copy, (const char *)text);
	_mbsrev(copy);
	CHECK(memcmp(copy, "ba\x83\x5c\x93\xfa", 7) == 0);
	CHECK_EQUAL(_mbsicmp((const unsigned char *)"A\x82\x60", (const unsigned char *)"a\x82\x81"), 0);
	_setmbcp(old);
}

static int calls;

static int by_value(const void *a, const void *b)
{
	calls++;
	return *(const int *)a - *(const int *)b;
}

static void sorting(void)
{
	int values[500], key, i;

	srand(1);
	CHECK_EQUAL(rand(), 41);
	CHECK_EQUAL(rand(), 18467);
	CHECK_EQUAL(rand(), 6334);
	for (i = 0; i < 500; i++)
		values[i] = rand() % 300;
	qsort(values, 500, sizeof(values[0]), by_value);
	for (i = 1; i < 500; i++)
		CHECK(values[i - 1] <= values[i]);
	CHECK(calls < 20000);
	key = values[77];
	CHECK(bsearch(&key, values, 500, sizeof(values[0]), by_value) != NULL);
	key = -1;
	CHECK(bsearch(&key, values, 500, sizeof(values[0]), by_value) == NULL);
	CHECK_EQUAL(div(-7, 2).quot, -3);
	CHECK_EQUAL(div(-7, 2).rem, -1);
	CHECK_EQUAL(_abs64(-5), 5);
	CHECK_EQUAL(_rotl(0x80000001u, 1), 3);
}

static void environment(void)
{
	char buffer[16];

	CHECK(getenv("PEWTER_NO_SUCH") == NULL);
	CHECK_EQUAL(_putenv("Pewter_Test=one"), 0);
	CHECK(strcmp(getenv("PEWTER_TEST"), "one") == 0);
	CHECK(wcscmp(_wgetenv(L"pewter_test"), L"one") == 0);
	CHECK_EQUAL(GetEnvironmentVariableA("PEWTER_TEST", buffer, sizeof(buffer)), 3);
	CHECK_EQUAL(_putenv("PEWTER_TEST=two"), 0);
	CHECK(strcmp(getenv("PEWTER_TEST"), "two") == 0);
	CHECK_EQUAL(_putenv("PEWTER_TEST="), 0);
	CHECK(getenv("PEWTER_TEST") == NULL);
	CHECK_EQUAL(GetEnvironmentVariableA("PEWTER_TEST", buffer, sizeof(buffer)), 0);
	CHECK_EQUAL(_putenv("nothing"), -1);
}

static jmp_buf target;

static volatile char sink;

static __attribute__((noinline)) void jump(int depth, int value)
{
	volatile char room[200];

	room[depth] = (char)value;
	if (depth == 0)
		longjmp(target, value);
	jump(depth - 1, value);
	sink = room[depth];
}

static void jumping(void)
{
	volatile int count = 0;
	int value = setjmp(target);

	if (value == 0)
		jump(10, 7);
	CHECK(value == 7 || value == 1);
	if (++count < 2)
		jump(3, 0);
	CHECK_EQUAL(count, 2);
	CHECK_EQUAL(value, 1);
}

static int got;

static void on_signal(int number)
{
	got = number;
}

static void signals(void)
{
	CHECK(signal(SIGTERM, on_signal) == SIG_DFL);
	CHECK_EQUAL(raise(SIGTERM), 0);
	CHECK_EQUAL(got, SIGTERM);
	/* Reset before the handler ran. */
	CHECK(signal(SIGTERM, SIG_IGN) == SIG_DFL);
	CHECK_EQUAL(raise(SIGTERM), 0);
	signal(SIGTERM, SIG_DFL);
	errno = 0;
	CHECK(signal(99, SIG_IGN) == SIG_ERR);
	CHECK_EQUAL(errno, EINVAL);
}

static void times(void)
{
	char text[64];
	struct tm tm = {.tm_year = 106, .tm_mday = 2, .tm_hour = 3, .tm_min = 4, .tm_sec = 5};
	time_t t = 0, now = time(NULL);
	struct tm *p;

	CHECK(now > 1600000000);
	p = gmtime(&t);
	CHECK_EQUAL(p->tm_year, 70);
	CHECK(strcmp(asctime(p), "Thu Jan 01 00:00:00 1970\n") == 0);
	_putenv("TZ=EST5EDT");
	_tzset();
	CHECK_EQUAL(_timezone, 18000);
	CHECK(strcmp(_tzname[0], "EST") == 0 && strcmp(_tzname[1], "EDT") == 0);
	tm.tm_isdst = -1;
	CHECK_EQUAL(mktime(&tm), 1136189045);
	t = 1152000000; /* 2006-07-04 08:00:00 UTC */
	p = localtime(&t);
	CHECK_EQUAL(p->tm_hour, 4);
	CHECK_EQUAL(p->tm_isdst, 1);
	CHECK_EQUAL(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %j %a %Z", p), 31);
	CHECK(strcmp(text, "2006-07-04 04:00:00 185 Tue EDT") == 0);
	CHECK_EQUAL(strftime(text, 4, "%Y", p), 0);
	CHECK_EQUAL(mktime(p), 1152000000);
	t = -1;
	CHECK(localtime(&t) == NULL);
	CHECK(clock() >= 0 && clock() < 100000);
}

static void mathematics(void)
{
	int exponent;
	double whole;

	CHECK(fabs(sin(1.0) - 0.8414709848078965) < 1e-15);
	CHECK(pow(2, 10) == 1024 && sqrt(81) == 9 && floor(-1.5) == -2 && ceil(-1.5) == -1);
	CHECK(fmod(7, 3) == 1 && fabs(-2.5) == 2.5 && ldexp(1, 10) == 1024);
	CHECK(frexp(8, &exponent) == 0.5 && exponent == 4);
	CHECK(modf(-2.75, &whole) == -0.75 && whole == -2);
	CHECK_EQUAL(_fpclass(-0.0), _FPCLASS_NZ);
	CHECK_EQUAL(_fpclass(1.0), _FPCLASS_PN);
	CHECK(_isnan(NAN) && !_finite(INFINITY) && _finite(1));
	CHECK(_copysign(2, -1) == -2 && _hypot(3, 4) == 5);
	CHECK_EQUAL(_controlfp(0, 0) & _MCW_RC, _RC_NEAR);
	_controlfp(_RC_UP, _MCW_RC);
	CHECK_EQUAL(_controlfp(0, 0) & _MCW_RC, _RC_UP);
	_controlfp(_RC_NEAR, _MCW_RC);
}

int main(int argc, char **argv)
{
	CHECK(argc >= 1 && argv[argc] == NULL);
	CHECK(__argc == argc);
	CHECK(strstr(_pgmptr, "crt_library") != NULL);
	heap();
	strings();
	multibyte();
	sorting();
	environment();
	jumping();
	signals();
	times();
	mathematics();
	return guest_result();
}
