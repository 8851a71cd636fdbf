/*
 * programs/findstr.c - findstr.exe: lines that contain one of several strings or expressions.  Microsoft, "findstr".
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/regex.h"
#include "programs/text.h"

#include <stdlib.h>

#define MOST_STRINGS 512u

static struct {
	bool start, end, literal, expression, tree, no_case, exact, without, numbers, names_only, offsets,
		printable_only;
	WCHAR *strings[MOST_STRINGS];
	unsigned count;
	bool several; /* files: their names stand before the lines */
	bool any;
} options;

static void __attribute__((noreturn)) fail(const char *message, const WCHAR *what)
{
	output_error(message, what);
	ExitProcess(2);
}

static void add_string(const WCHAR *text, size_t length)
{
	WCHAR *copy = malloc((length + 1) * sizeof(*copy));

	if (!copy || options.count == MOST_STRINGS)
		fail("FINDSTR: Out of memory\n", NULL);
	memcpy(copy, text, length * sizeof(*copy));
	copy[length] = 0;
	options.strings[options.count++] = copy;
}

/* Blanks separate strings, but in /C:. */
static void add_strings(const WCHAR *text)
{
	while (*(text = text_skip_blanks(text))) {
		size_t length = 0;

		while (text[length] && !text_is_blank(text[length]))
			length++;
		add_string(text, length);
		text += length;
	}
}

/* A literal string, in which a backslash takes the meaning of the next quote or backslash. */
static bool has_literal(const WCHAR *wanted, const WCHAR *line)
{
	size_t length = rtl_wcslen(wanted), line_length = rtl_wcslen(line);

	for (size_t i = 0; i + length <= line_length; i++) {
		bool same = options.no_case ? rtl_compare_nocase(line + i, length, wanted, length) == 0
					    : memcmp(line + i, wanted, length * sizeof(*line)) == 0;

		if (same && (!options.start || !i) && (!options.end || i + length == line_length))
			return length > 0;
		if (options.start)
			break;
	}
	return false;
}

static bool is_found(const WCHAR *line)
{
	for (unsigned i = 0; i < options.count; i++) {
		const WCHAR *string = options.strings[i];

		if (options.exact && options.literal) {
			if (options.no_case ? text_same(string, line)
					    : rtl_wcslen(string) == rtl_wcslen(line) && has_literal(string, line))
				return true;
		} else if (options.literal ? has_literal(string, line)
					   : regex_search(string, line, options.no_case, options.start || options.exact,
							  options.end || options.exact)) {
			return true;
		}
	}
	return false;
}

static void search(HANDLE file, const WCHAR *name)
{
	struct line_reader *reader = malloc(sizeof(*reader));
	struct io_wide line, output;
	unsigned number = 0;
	uint64_t offset = 0;

	if (!reader)
		fail("FINDSTR: Out of memory\n", NULL);
	line_reader_begin(reader, file);
	io_wide_init(&line);
	io_wide_init(&output);
	while (line_reader_next(reader, &line)) {
		number++;
		if (is_found(line.text) != options.without) {
			options.any = true;
			text_clear(&output);
			if (options.names_only) {
				if (name)
					output_print("%s\n", name);
				break;
			}
			if (options.several && name)
				output_put(&output, "%s:", name);
			if (options.numbers)
				output_put(&output, "%u:", number);
			if (options.offsets)
				output_put(&output, "%u:", (unsigned)offset);
			io_wide_put(&output, line.text, line.length);
			text_put(&output, u"\r\n");
			output_write(GetStdHandle(STD_OUTPUT_HANDLE), output.text, output.length);
		}
		offset += line.length + 2;
	}
	io_wide_free(&output);
	io_wide_free(&line);
	free(reader);
}

static void search_file(const WCHAR *path, void *context)
{
	HANDLE file = lines_open(path);

	(void)context;
	if (file == INVALID_HANDLE) {
		output_error("FINDSTR: Cannot open %s\n", path);
		return;
	}
	search(file, path);
	CloseHandle(file);
}

/* The pattern in a folder and below. */
static bool search_tree(const WCHAR *folder, const WCHAR *pattern)
{
	struct io_wide path;
	WIN32_FIND_DATAW found;
	HANDLE find;
	bool any;

	io_wide_init(&path);
	text_put(&path, folder);
	text_put(&path, pattern);
	any = files_visit(path.text, search_file, NULL);
	text_clear(&path);
	text_put(&path, folder);
	text_put(&path, u"*");
	find = FindFirstFileW(path.text, &found);
	if (find != INVALID_HANDLE) {
		do {
			if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) ||
			    found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT || text_same(found.cFileName, u".") ||
			    text_same(found.cFileName, u".."))
				continue;
			text_clear(&path);
			text_put(&path, folder);
			text_put(&path, found.cFileName);
			text_put(&path, u"\\");
			any |= search_tree(path.text, pattern);
		} while (FindNextFileW(find, &found));
		FindClose(find);
	}
	io_wide_free(&path);
	return any;
}

/* Strings or names of files, one a line; / is the standard input. */
static void each_line(const WCHAR *path, void (*take)(const WCHAR *line))
{
	bool standard = text_same(path, u"/");
	HANDLE file = standard ? GetStdHandle(STD_INPUT_HANDLE) : lines_open(path);
	struct line_reader *reader = malloc(sizeof(*reader));
	struct io_wide line;

	if (file == INVALID_HANDLE || !reader)
		fail("FINDSTR: Cannot open %s\n", path);
	io_wide_init(&line);
	line_reader_begin(reader, file);
	while (line_reader_next(reader, &line))
		if (line.length)
			take(line.text);
	io_wide_free(&line);
	free(reader);
	if (!standard)
		CloseHandle(file);
}

static void take_string_line(const WCHAR *line)
{
	add_string(line, rtl_wcslen(line));
}

static void take_file(const WCHAR *name)
{
	size_t folder = rtl_wcslen(name);
	struct io_wide path;
	bool good;

	while (folder && name[folder - 1] != u'\\' && name[folder - 1] != u'/' && name[folder - 1] != u':')
		folder--;
	io_wide_init(&path);
	io_wide_put(&path, name, folder);
	good = options.tree ? search_tree(path.text, name + folder) : files_visit(name, search_file, NULL);
	io_wide_free(&path);
	if (!good)
		output_error("FINDSTR: Cannot open %s\n", name);
}

static void take_letters(const WCHAR *text)
{
	for (const WCHAR *c = text + 1; *c; c++) {
		switch (rtl_upcase(*c)) {
		case u'B':
			options.start = true;
			break;
		case u'E':
			options.end = true;
			break;
		case u'L':
			options.literal = true;
			break;
		case u'R':
			options.expression = true;
			break;
		case u'S':
			options.tree = true;
			break;
		case u'I':
			options.no_case = true;
			break;
		case u'X':
			options.exact = true;
			break;
		case u'V':
			options.without = true;
			break;
		case u'N':
			options.numbers = true;
			break;
		case u'M':
			options.names_only = true;
			break;
		case u'O':
			options.offsets = true;
			break;
		case u'P':
			options.printable_only = true;
			break;
		default:
			output_error("FINDSTR: /%c ignored\n", *c);
		}
	}
}

/* A literal's backslashes: \\ and \" are one character. */
static void drop_escapes(WCHAR *text)
{
	WCHAR *to = text;

	for (; *text; text++) {
		if (*text == u'\\' && (text[1] == u'\\' || text[1] == u'"' || !options.literal))
			text++;
		if (!*text)
			break;
		*to++ = *text;
	}
	*to = 0;
}

static bool has_special(const WCHAR *text)
{
	for (; *text; text++)
		if (text_find(u".*^$[]\\", *text))
			return true;
	return false;
}

PROGRAM("findstr.exe", findstr_program)
{
	const WCHAR *at = arguments_begin(), *names = NULL, *list = NULL;
	struct io_wide word, list_name;
	bool quoted, have_strings = false, from_switch = false;
	unsigned name_count = 0;

	io_wide_init(&word);
	io_wide_init(&list_name);
	for (;;) {
		const WCHAR *before = at;

		if (!arguments_next(&at, &word, &quoted))
			break;
		if ((word.text[0] == u'/' || word.text[0] == u'-') && *text_skip_blanks(before) != u'"' &&
		    !name_count && word.length > 1) {
			if (word.text[2] == u':' && rtl_upcase(word.text[1]) == u'C') {
				add_string(word.text + 3, word.length - 3);
				have_strings = from_switch = true;
			} else if (word.text[2] == u':' && rtl_upcase(word.text[1]) == u'G') {
				each_line(word.text + 3, take_string_line);
				have_strings = true;
			} else if (word.text[2] == u':' && rtl_upcase(word.text[1]) == u'F') {
				text_put(&list_name, word.text + 3);
				list = list_name.text;
			} else if (word.text[2] == u':' && rtl_upcase(word.text[1]) == u'A') {
				continue; /* colours of names */
			} else if (text_same(word.text, u"/OFF") || text_same(word.text, u"/OFFLINE")) {
				continue;
			} else if (text_same(word.text, u"/?")) {
				output_print(
					"FINDSTR [/B] [/E] [/L] [/R] [/S] [/I] [/X] [/V] [/N] [/M] [/O] [/P] "
					"[/F:file]\n"
					"        [/C:string] [/G:file] [strings] [[drive:][path]filename[ ...]]\n");
				return 0;
			} else {
				take_letters(word.text);
			}
			continue;
		}
		if (!have_strings) {
			add_strings(word.text);
			have_strings = true;
			continue;
		}
		if (!names)
			names = before;
		name_count++;
		options.several |= text_has_wildcard(word.text);
	}
	if (!have_strings || !options.count)
		fail("FINDSTR: Bad command line\n", NULL);
	/* Neither /L nor /R: expressions, when there are signs of them, but strings of /C: are literal. */
	if (!options.literal && !options.expression)
		options.literal = from_switch || !has_special(options.strings[0]);
	for (unsigned i = 0; options.literal && i < options.count; i++)
		drop_escapes(options.strings[i]);
	options.several |= name_count > 1 || options.tree || list;
	if (list)
		each_line(list, take_file);
	while (names && arguments_next(&names, &word, &quoted))
		take_file(word.text);
	if (!name_count && !list)
		search(GetStdHandle(STD_INPUT_HANDLE), NULL);
	io_wide_free(&list_name);
	io_wide_free(&word);
	return options.any ? 0 : 1;
}
