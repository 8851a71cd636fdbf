/*
 * tests/unit/check_nls.c - code pages, case, character types, names that are not text.
 */
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/rtl.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static size_t wide(unsigned codepage, unsigned flags, const char *bytes, char16_t *to)
{
	return nls_to_utf16(codepage, flags, to, 32, bytes, strlen(bytes));
}

static size_t narrow(unsigned codepage, unsigned flags, const char16_t *units, char *to)
{
	size_t size;
	memset(to, 0, 64);
	size = nls_from_utf16(codepage, flags, to, 63, units, rtl_wcslen(units), NULL, NULL);
	return size;
}

START_TEST(names_round_trip)
{
	unsigned seed = 1;
	for (int i = 0; i < 300000; i++) {
		char bytes[8], back[64];
		char16_t units[32];
		size_t size, count;
		seed = seed * 1103515245 + 12345;
		size = seed >> 16 & 7;
		for (size_t k = 0; k < size; k++) {
			seed = seed * 1103515245 + 12345;
			switch (seed >> 20 & 3) {
			case 0:
				bytes[k] = (char)(seed >> 24);
				break;
			case 1:
				bytes[k] = (char)0xED;
				break;
			case 2:
				bytes[k] = (char)(0x80 | (seed >> 24 & 63));
				break;
			default:
				bytes[k] = (char)(0xA0 | (seed >> 24 & 31));
			}
		}
		count = rtl_utf8_to_utf16(units, ARRAY_SIZE(units), bytes, size);
		ck_assert_uint_eq(rtl_utf16_to_utf8(back, sizeof(back), units, count), size);
		ck_assert_mem_eq(back, bytes, size);
	}
}
END_TEST

START_TEST(utf8)
{
	char16_t u[32];
	char b[64];
	ck_assert_uint_eq(wide(NLS_UTF8, 0, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", u), 5);
	ck_assert_mem_eq(u, u"a\u00E9\u20AC\U0001F600", 10);
	/* One U+FFFD for each maximal part of a broken sequence. */
	ck_assert_uint_eq(wide(NLS_UTF8, 0, "\xE2\x82z\xC0\x80\xED\xA0\x80", u), 7);
	ck_assert_mem_eq(u, u"\uFFFDz\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD", 14);
	ck_assert_uint_eq(wide(NLS_UTF8, NLS_STRICT, "\xE2\x82z", u), NLS_INVALID);
	ck_assert_uint_eq(narrow(NLS_UTF8, 0, u"\xD800x", b), 4);
	ck_assert_str_eq(b, "\xEF\xBF\xBDx");
	ck_assert_uint_eq(narrow(NLS_UTF8, NLS_STRICT, u"\xD800x", b), NLS_INVALID);
	ck_assert_uint_eq(narrow(NLS_UTF7, 0, u"A\u2262\u0391.", b), 10);
	ck_assert_str_eq(b, "A+ImIDkQ-.");
	ck_assert_uint_eq(wide(NLS_UTF7, 0, "A+ImIDkQ.+-", u), 5);
	ck_assert_mem_eq(u, u"A\u2262\u0391.+", 10);
}
END_TEST

START_TEST(single_byte)
{
	char16_t u[32];
	char b[64];
	ck_assert_uint_eq(wide(1252, NLS_STRICT, "\x80\x81\xE9\x9F", u), 4);
	ck_assert_mem_eq(u, u"\u20AC\x0081\u00E9\u0178", 8);
	narrow(1252, 0, u"\u20AC\u0100\u2013\u4E00\uFF21", b);
	ck_assert_str_eq(b, "\x80"
			    "A\x96?A");
	narrow(1252, NLS_NO_BEST_FIT, u"\u0100\u2013", b);
	ck_assert_str_eq(b, "?\x96");
	narrow(437, 0, u"\u00E9\u2592\u263A\u00C0\u2018", b);
	ck_assert_str_eq(b, "\x82\xB1\x01"
			    "A`");
	wide(437, NLS_GLYPHS, "\x01\x7F\x80", u);
	ck_assert_mem_eq(u, u"\u263A\u2302\u00C7", 6);
	wide(1251, 0, "\xCF\xF0\xB9", u);
	ck_assert_mem_eq(u, u"\u041F\u0440\u2116", 6);
	/* A byte without a meaning has a unit for private use, which comes back. */
	wide(1253, 0, "\xAA\xC1", u);
	ck_assert_mem_eq(u, u"\xF8F9\u0391", 4);
	ck_assert_uint_eq(wide(1253, NLS_STRICT, "\xAA\xC1", u), NLS_INVALID);
	wide(NLS_ASCII, 0, "a\xE1", u);
	ck_assert_mem_eq(u, u"aa", 4);
	ck_assert_uint_eq(wide(1200, 0, "a", u), NLS_UNKNOWN);
}
END_TEST

START_TEST(double_byte)
{
	char16_t u[32];
	char b[64];
	/* Where Microsoft's 932 and others differ: wave dash, minus, yen, the user's own, NEC and IBM twins. */
	ck_assert_uint_eq(wide(932, NLS_STRICT, "\x81\x60\x81\x7C\x5C\x7E\xF0\x40\xFA\x54\x87\x54\xB1", u), 8);
	ck_assert_mem_eq(u, u"\uFF5E\uFF0D\\~\xE000\uFFE2\u2160\uFF71", 16);
	narrow(932, 0, u"\u2160\u2170\uFFE2\u2252\uE000", b);
	ck_assert_str_eq(b, "\x87\x54\xFA\x40\x81\xCA\x81\xE0\xF0\x40");
	ck_assert(nls_is_lead_byte(932, 0x81) && nls_is_lead_byte(932, 0xFC) && !nls_is_lead_byte(932, 0xB1));
	ck_assert_mem_eq(nls_table(932)->lead_ranges, "\x81\x9F\xE0\xFC\0\0", 6);
	wide(936, 0, "\x80\xD6\xD0", u);
	ck_assert_mem_eq(u, u"\u20AC\u4E2D", 4);
	ck_assert_mem_eq(nls_table(936)->lead_ranges, "\x81\xFE\0\0", 4);
	wide(949, 0, "\xB0\xA1", u);
	ck_assert_mem_eq(u, u"\uAC00", 2);
	wide(950, 0, "\xA4\xA4", u);
	ck_assert_mem_eq(u, u"\u4E2D", 2);
	ck_assert_uint_eq(wide(932, NLS_STRICT, "a\x81", u), NLS_INVALID);
}
END_TEST

START_TEST(every_page_comes_back)
{
	static const unsigned pages[] = {437, 737, 850, 852, 866, 874, 932, 936, 949, 950, 1250, 1251, 1252, 1253,
					 1254, 1255, 1256, 1257, 1258, 10000, 20866, 28591, 28605};
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		const struct nls_table *table = nls_table(pages[i]);
		ck_assert_msg(table, "%u", pages[i]);
		for (unsigned c = 0; c < 256; c++) {
			char in = (char)c, out[4];
			char16_t unit;
			if (table->single[c] >= 0xFFFE)
				continue;
			ck_assert_uint_eq(nls_to_utf16(pages[i], 0, &unit, 1, &in, 1), 1);
			ck_assert_uint_eq(nls_from_utf16(pages[i], 0, out, 4, &unit, 1, NULL, NULL), 1);
			ck_assert_msg(out[0] == in, "%u %02X", pages[i], c);
		}
	}
}
END_TEST

START_TEST(characters)
{
	char16_t parts[2];
	ck_assert_uint_eq(nls_ctype1(u'A'), 0x381);
	ck_assert_uint_eq(nls_ctype1(u'z'), 0x302);
	ck_assert_uint_eq(nls_ctype1(u'5'), 0x284);
	ck_assert_uint_eq(nls_ctype1(u' '), 0x248);
	ck_assert_uint_eq(nls_ctype1(u'\t'), 0x268);
	ck_assert_uint_eq(nls_ctype1(u'!'), 0x210);
	ck_assert_uint_eq(nls_ctype1(0x0100), 0x301);
	ck_assert_uint_eq(nls_ctype1(0x0101), 0x302);
	ck_assert_uint_eq(nls_ctype1(0x4E00), 0x300);
	ck_assert_uint_eq(rtl_upcase(0x00FF), 0x178);
	ck_assert_uint_eq(rtl_upcase(0x0131), 0x131);
	ck_assert_uint_eq(rtl_upcase(0x00B5), 0xB5);
	ck_assert_uint_eq(rtl_upcase(0x0450), 0x400);
	ck_assert_uint_eq(rtl_downcase(0x0130), 0x130);
	ck_assert(nls_decompose(0xE9, parts) && parts[0] == u'e' && parts[1] == 0x301);
	ck_assert(nls_decompose(0xAC01, parts) && parts[0] == 0xAC00 && parts[1] == 0x11A8);
	ck_assert_uint_eq(nls_compose(u'e', 0x301), 0xE9);
	ck_assert_uint_eq(nls_combining_class(0x301), 230);
}
END_TEST

NTSTATUS WINAPI RtlNormalizeString(ULONG form, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count);

static void normalizes(ULONG form, const char16_t *from, const char16_t *want)
{
	char16_t to[64];
	LONG count = ARRAY_SIZE(to);
	ck_assert_int_eq(RtlNormalizeString(form, from, -1, to, &count), STATUS_SUCCESS);
	ck_assert_uint_eq((size_t)count, rtl_wcslen(want) + 1);
	ck_assert_mem_eq(to, want, (size_t)count * sizeof(*to));
}

START_TEST(normalization)
{
	LONG count = 0;
	normalizes(1, u"e\u0301a\u0323\u0302", u"\u00E9\u1EAD");
	normalizes(2, u"\u1EAD\uAC01", u"a\u0323\u0302\u1100\u1161\u11A8");
	normalizes(1, u"\u1100\u1161\u11A8", u"\uAC01");
	normalizes(1, u"a\u0302\u0323", u"\u1EAD");
	normalizes(1, u"\u0958\u212B\u0344", u"\u0915\u093C\u00C5\u0308\u0301");
	normalizes(1, u"\U0001F600e\u0301", u"\U0001F600\u00E9");
	normalizes(5, u"\uFB01\u00BD\uFF21\u3392", u"fi1\u20442AMHz");
	normalizes(6, u"\u1E9B\u0323", u"s\u0323\u0307");
	ck_assert_int_eq(RtlNormalizeString(1, u"ab\xD800", 3, NULL, &count), STATUS_NO_UNICODE_TRANSLATION);
	ck_assert_int_eq(count, 2);
}
END_TEST

START_TEST(statuses)
{
	ck_assert_uint_eq(rtl_dos_error(STATUS_SUCCESS), 0);
	ck_assert_uint_eq(rtl_dos_error(STATUS_OBJECT_NAME_NOT_FOUND), 2);
	ck_assert_uint_eq(rtl_dos_error(STATUS_ACCESS_VIOLATION), 998);
	ck_assert_uint_eq(rtl_dos_error((NTSTATUS)0xC0070057), 0x57);
	ck_assert_uint_eq(rtl_dos_error((NTSTATUS)0xE06D7363), 0xE06D7363);
	ck_assert_uint_eq(rtl_dos_error((NTSTATUS)0xD0000022), 5);
	ck_assert_uint_eq(rtl_dos_error((NTSTATUS)0x12345), 317);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("nls");
	TCase *tests = tcase_create("nls");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, names_round_trip);
	tcase_add_test(tests, utf8);
	tcase_add_test(tests, single_byte);
	tcase_add_test(tests, double_byte);
	tcase_add_test(tests, every_page_comes_back);
	tcase_add_test(tests, characters);
	tcase_add_test(tests, normalization);
	tcase_add_test(tests, statuses);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
