/*
 * check_paths.c - DOS names to full names, NT names and host names; NT's wildcards.
 */
#include "ntdll/io/private.h"
#include "ntdll/ps/ps.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static PEB peb;
static RTL_USER_PROCESS_PARAMETERS parameters;
static char16_t current[MAX_PATH + 1];
static char16_t environment[] = u"=C:=C:\\work\\here\0PATH=x\0";
static char scratch[64];

static void set_current(const char16_t *directory)
{
	size_t length = rtl_wcslen(directory);

	memcpy(current, directory, (length + 1) * 2);
	parameters.CurrentDirectory.DosPath.Buffer = current;
	parameters.CurrentDirectory.DosPath.Length = (USHORT)(length * 2);
	parameters.CurrentDirectory.DosPath.MaximumLength = sizeof(current);
}

static void setup(void)
{
	peb.ProcessParameters = &parameters;
	parameters.Environment = environment;
	ps_peb = &peb;
	set_current(u"Z:\\dir\\sub\\");
	snprintf(scratch, sizeof(scratch), "/tmp/check_paths.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	setenv("PEWTER_C", scratch, 1);
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", scratch);
	ck_assert_int_eq(system(command), 0);
}

/* For messages: all names here are ASCII. */
static const char *narrow(const char16_t *text, size_t length)
{
	static char buffers[4][512];
	static unsigned next;
	char *buffer = buffers[next++ & 3];
	size_t bytes = rtl_utf16_to_utf8(buffer, 511, text, length);

	buffer[bytes < 511 ? bytes : 511] = 0;
	return buffer;
}

START_TEST(full_paths)
{
	static const struct {
		const char16_t *name, *full;
	} cases[] = {
		{u"a", u"Z:\\dir\\sub\\a"},
		{u"a/b\\c", u"Z:\\dir\\sub\\a\\b\\c"},
		{u".", u"Z:\\dir\\sub"},
		{u"..", u"Z:\\dir"},
		{u"..\\..", u"Z:\\"},
		{u"..\\..\\..\\x", u"Z:\\x"},
		{u".\\x\\.\\y", u"Z:\\dir\\sub\\x\\y"},
		{u"\\a", u"Z:\\a"},
		{u"\\", u"Z:\\"},
		{u"C:\\a\\..\\b", u"C:\\b"},
		{u"c:\\a\\", u"c:\\a\\"},
		{u"C:\\a\\.", u"C:\\a"},
		{u"C:\\a\\.\\", u"C:\\a\\"},
		{u"C:\\a\\..", u"C:\\"},
		{u"C:\\a\\b\\..", u"C:\\a"},
		{u"C:\\a\\b\\..\\", u"C:\\a\\"},
		{u"C:\\a\\\\b//c", u"C:\\a\\b\\c"},
		{u"C:\\a. . .", u"C:\\a"},
		{u"C:\\a.\\b", u"C:\\a\\b"},
		{u"C:\\a..\\b", u"C:\\a..\\b"},
		{u"C:\\...\\b", u"C:\\...\\b"},
		{u"C:\\a \\b ", u"C:\\a \\b"},
		{u"C:x", u"C:\\work\\here\\x"},
		{u"C:", u"C:\\work\\here"},
		{u"C:..\\x", u"C:\\work\\x"},
		{u"z:x", u"Z:\\dir\\sub\\x"},
		{u"D:x", u"D:\\x"},
		{u"\\\\server\\share\\a\\..\\..\\b", u"\\\\server\\share\\b"},
		{u"\\\\server\\share", u"\\\\server\\share"},
		{u"//server/share/x", u"\\\\server\\share\\x"},
		{u"\\\\.\\C:\\a\\..\\b", u"\\\\.\\C:\\b"},
		{u"\\\\?\\C:\\a", u"\\\\?\\C:\\a"},
		{u"\\\\.\\pipe\\x", u"\\\\.\\pipe\\x"},
		{u"nul", u"\\\\.\\nul"},
		{u"C:\\dir\\CON.txt", u"\\\\.\\CON"},
		{u"com1:", u"\\\\.\\com1"},
		{u"nul .x", u"\\\\.\\nul"},
		{u"nulx", u"Z:\\dir\\sub\\nulx"},
		{u"com0", u"Z:\\dir\\sub\\com0"},
		{u"conin$", u"\\\\.\\conin$"},
		{u"nul\\x", u"Z:\\dir\\sub\\nul\\x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct io_wide full;

		io_wide_init(&full);
		ck_assert_int_eq(io_full_path(cases[i].name, rtl_wcslen(cases[i].name), &full), STATUS_SUCCESS);
		ck_assert_str_eq(narrow(full.text, full.length), narrow(cases[i].full, rtl_wcslen(cases[i].full)));
		io_wide_free(&full);
	}
}
END_TEST

START_TEST(empty_names)
{
	struct io_wide full;

	io_wide_init(&full);
	ck_assert_int_eq(io_full_path(u"", 0, &full), STATUS_OBJECT_NAME_INVALID);
	ck_assert_int_eq(io_full_path(u"  ", 2, &full), STATUS_OBJECT_NAME_INVALID);
	io_wide_free(&full);
}
END_TEST

START_TEST(nt_names)
{
	static const struct {
		const char16_t *name, *nt;
	} cases[] = {
		{u"a", u"\\??\\Z:\\dir\\sub\\a"},
		{u"\\\\?\\C:\\a\\..\\b.", u"\\??\\C:\\a\\..\\b."},
		{u"\\??\\C:\\x", u"\\??\\C:\\x"},
		{u"\\\\server\\share\\x", u"\\??\\UNC\\server\\share\\x"},
		{u"\\\\.\\pipe\\x", u"\\??\\pipe\\x"},
		{u"NUL", u"\\??\\NUL"},
	};
	struct io_wide nt;
	char16_t deep[400];

	io_wide_init(&nt);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(io_nt_path_from_dos(cases[i].name, rtl_wcslen(cases[i].name), &nt), STATUS_SUCCESS);
		ck_assert_str_eq(narrow(nt.text, nt.length), narrow(cases[i].nt, rtl_wcslen(cases[i].nt)));
	}
	for (size_t i = 0; i < 399; i++)
		deep[i] = u'x';
	memcpy(deep, u"C:\\", 6);
	deep[100] = deep[200] = deep[300] = u'\\';
	ck_assert_int_eq(io_nt_path_from_dos(deep, 259, &nt), STATUS_SUCCESS);
	ck_assert_int_eq(io_nt_path_from_dos(deep, 260, &nt), STATUS_NAME_TOO_LONG);
	memcpy(deep, u"\\\\?\\C:\\", 14);
	ck_assert_int_eq(io_nt_path_from_dos(deep, 399, &nt), STATUS_SUCCESS);
	peb.BitField |= 0x80;
	memcpy(deep, u"C:\\yyyy", 14);
	ck_assert_int_eq(io_nt_path_from_dos(deep, 399, &nt), STATUS_SUCCESS);
	peb.BitField &= (UCHAR)~0x80;
	io_wide_free(&nt);
}
END_TEST

static NTSTATUS parse(const char16_t *nt, char *path, size_t size)
{
	struct io_name name;
	NTSTATUS status;

	io_name_init(&name);
	status = io_parse_name(nt, rtl_wcslen(nt), NULL, &name);
	snprintf(path, size, "%s", name.path.text);
	io_name_free(&name);
	return status;
}

START_TEST(host_names)
{
	char path[512], wanted[512];

	ck_assert_int_eq(parse(u"\\??\\Z:\\a\\b", path, sizeof(path)), STATUS_SUCCESS);
	ck_assert_str_eq(path, "/a/b");
	ck_assert_int_eq(parse(u"\\??\\z:\\", path, sizeof(path)), STATUS_SUCCESS);
	ck_assert_str_eq(path, "/");
	ck_assert_int_eq(parse(u"\\??\\C:\\x", path, sizeof(path)), STATUS_SUCCESS);
	snprintf(wanted, sizeof(wanted), "%s/x", scratch);
	ck_assert_str_eq(path, wanted);
	ck_assert_int_eq(parse(u"\\??\\Z:\\a\\b::$DATA", path, sizeof(path)), STATUS_SUCCESS);
	ck_assert_str_eq(path, "/a/b");
	ck_assert_int_eq(parse(u"\\??\\Z:\\a\xF03A" u"b", path, sizeof(path)), STATUS_SUCCESS);
	ck_assert_str_eq(path, "/a:b");
	ck_assert_int_eq(parse(u"\\??\\Z:\\a\\..\\b", path, sizeof(path)), STATUS_OBJECT_NAME_INVALID);
	ck_assert_int_eq(parse(u"\\??\\Z:\\a\\\\b", path, sizeof(path)), STATUS_OBJECT_NAME_INVALID);
	ck_assert_int_eq(parse(u"\\??\\Z:\\a/b", path, sizeof(path)), STATUS_OBJECT_NAME_INVALID);
	ck_assert_int_eq(parse(u"\\??\\Z:\\a*", path, sizeof(path)), STATUS_OBJECT_NAME_INVALID);
	ck_assert_int_eq(parse(u"\\??\\Z:\\a:b", path, sizeof(path)), STATUS_OBJECT_NAME_INVALID);
	ck_assert_int_eq(parse(u"\\??\\Q:\\a", path, sizeof(path)), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_int_eq(parse(u"\\??\\UNC\\a\\b", path, sizeof(path)), (NTSTATUS)0xC00000BE);
	ck_assert_int_eq(parse(u"Z:\\a", path, sizeof(path)), STATUS_OBJECT_PATH_SYNTAX_BAD);
}
END_TEST

START_TEST(names_round_trip)
{
	static const char *const names[] = {"plain", "a:b", "what?", "q\"q", "back\\slash", "dot.", "space ", "*", "\x01", "caf\xC3\xA9",
					    "\xFF\xFE", "<|>"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char16_t wide[64];
		struct io_narrow back;
		size_t units = io_name_from_host(wide, 64, names[i], strlen(names[i]));

		io_narrow_init(&back);
		ck_assert_int_eq(io_name_to_host(&back, wide, units), STATUS_SUCCESS);
		ck_assert_str_eq(back.text, names[i]);
		io_narrow_free(&back);
	}
}
END_TEST

START_TEST(any_case)
{
	struct io_narrow path;
	char name[256];
	FILE *file;

	snprintf(name, sizeof(name), "%s/Some", scratch);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	snprintf(name, sizeof(name), "%s/Some/File.TXT", scratch);
	file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	io_narrow_init(&path);
	for (int round = 0; round < 2; round++) {
		char wrong[256];

		snprintf(wrong, sizeof(wrong), "%s/sOME/fILE.txt", scratch);
		path.length = 0;
		io_narrow_put(&path, wrong, strlen(wrong));
		ck_assert_int_eq(io_find_path(&path, 1), STATUS_SUCCESS);
		ck_assert_str_eq(path.text, name);
		snprintf(wrong, sizeof(wrong), "%s/sOME/none", scratch);
		path.length = 0;
		io_narrow_put(&path, wrong, strlen(wrong));
		ck_assert_int_eq(io_find_path(&path, 1), STATUS_OBJECT_NAME_NOT_FOUND);
		snprintf(wrong, sizeof(wrong), "%s/none/fILE.txt", scratch);
		path.length = 0;
		io_narrow_put(&path, wrong, strlen(wrong));
		ck_assert_int_eq(io_find_path(&path, 1), STATUS_OBJECT_PATH_NOT_FOUND);
		snprintf(wrong, sizeof(wrong), "%s/SOME/FILE.TXT/x", scratch);
		path.length = 0;
		io_narrow_put(&path, wrong, strlen(wrong));
		ck_assert_int_eq(io_find_path(&path, 1), STATUS_OBJECT_PATH_NOT_FOUND);
		io_forget_names();
	}
	/* a file made after the directory was read */
	snprintf(name, sizeof(name), "%s/Some/Later", scratch);
	file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	path.length = 0;
	snprintf(name, sizeof(name), "%s/some/LATER", scratch);
	io_narrow_put(&path, name, strlen(name));
	ck_assert_int_eq(io_find_path(&path, 1), STATUS_SUCCESS);
	io_narrow_free(&path);
}
END_TEST

START_TEST(dos_from_host)
{
	struct io_wide dos;
	char path[128];

	io_wide_init(&dos);
	ck_assert(io_dos_path_from_unix("/usr/lib", &dos));
	ck_assert_str_eq(narrow(dos.text, dos.length), "Z:\\usr\\lib");
	ck_assert(io_dos_path_from_unix("/", &dos));
	ck_assert_str_eq(narrow(dos.text, dos.length), "Z:\\");
	snprintf(path, sizeof(path), "%s/Windows/x", scratch);
	ck_assert(io_dos_path_from_unix(path, &dos));
	ck_assert_str_eq(narrow(dos.text, dos.length), "C:\\Windows\\x");
	io_wide_free(&dos);
}
END_TEST

START_TEST(wildcards)
{
	static const struct {
		const char16_t *pattern, *name;
		bool matches;
	} cases[] = {
		{u"*", u"anything.at.all", true}, {u"*", u"", true},
		{u"a*b", u"ab", true},            {u"a*b", u"axxb", true},
		{u"a*b", u"axxc", false},         {u"A?C", u"abc", true},
		{u"a?c", u"ac", false},           {u"*.txt", u"x.TXT", true},
		{u"*.txt", u"x.txt.bak", false},  {u"*a*b*c*", u"xxaxxbxxcxx", true},
		{u"<.txt", u"a.b.txt", true},     {u"<.txt", u"a.txt.b", false},
		{u"<\"", u"name", true},          {u"<\"", u"name.ext", false},
		{u"<\"*", u"name.ext", true},     {u"<\"*", u"name", true},
		{u">>>>", u"ab", true},           {u">>>>", u"abcde", false},
		{u">>.txt", u"a.txt", true},      {u"??.txt", u"a.txt", false},
		{u"a\"b", u"a.b", true},          {u"a\"", u"a", true},
		{u"a\"b", u"ab", false},          {u"", u"", true},
		{u"", u"a", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(io_name_matches(cases[i].pattern, rtl_wcslen(cases[i].pattern), cases[i].name,
					      rtl_wcslen(cases[i].name)) == cases[i].matches,
			      "%s and %s", narrow(cases[i].pattern, rtl_wcslen(cases[i].pattern)),
			      narrow(cases[i].name, rtl_wcslen(cases[i].name)));
}
END_TEST

START_TEST(times)
{
	ck_assert_int_eq(io_time_from_host(0), 116444736000000000);
	ck_assert_int_eq(io_time_from_host(-1), 116444735999999999);
	ck_assert_int_eq(io_time_to_host(io_time_from_host(1234567890123456700)), 1234567890123456700);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("paths");
	TCase *cases = tcase_create("paths");
	SRunner *runner;
	int failed;

	tcase_add_unchecked_fixture(cases, setup, teardown);
	tcase_add_test(cases, full_paths);
	tcase_add_test(cases, empty_names);
	tcase_add_test(cases, nt_names);
	tcase_add_test(cases, host_names);
	tcase_add_test(cases, names_round_trip);
	tcase_add_test(cases, any_case);
	tcase_add_test(cases, dos_from_host);
	tcase_add_test(cases, wildcards);
	tcase_add_test(cases, times);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
