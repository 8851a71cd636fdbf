/*
 * programs/fc.c - fc.exe: shows how files differ, by lines or by bytes.  Microsoft, "fc".
 *
 * Exit codes: 0 the files are the same, 1 they are not, 2 one was not found, 255 wrong usage.
 */
#include "programs/lines.h"
#include "programs/paths.h"
#include "programs/program.h"
#include "programs/text.h"

#include <stdlib.h>

static struct {
	bool abbreviate, binary, text, no_case, numbers, keep_tabs, pack;
	unsigned window;  /* /LBn: lines within which the files must agree again */
	unsigned matches; /* /nn: how many lines must agree after a difference */
	DWORD result;
} fc = {.window = 100, .matches = 2};

struct lines {
	WCHAR **list;  /* as they are shown */
	WCHAR **keys;  /* as they are compared */
	unsigned count, capacity;
};

static void worse(DWORD result)
{
	if (fc.result < result)
		fc.result = result;
}

static WCHAR *copy_of(const struct io_wide *text)
{
	WCHAR *copy = malloc((text->length + 1) * sizeof(*copy));

	if (!copy)
		ExitProcess(255);
	memcpy(copy, text->text, (text->length + 1) * sizeof(*copy));
	return copy;
}

/* What a line is compared by: tabs are blanks up to every eighth column, /W makes runs of blanks one and drops those at
 * the ends, /C means upper case. */
static void make_key(const struct io_wide *line, struct io_wide *key)
{
	text_clear(key);
	for (size_t i = 0; i < line->length; i++) {
		WCHAR c = line->text[i];

		if (fc.pack && text_is_blank(c)) {
			while (i + 1 < line->length && text_is_blank(line->text[i + 1]))
				i++;
			if (key->length && i + 1 < line->length)
				text_put_unit(key, u' ');
		} else if (c == u'\t' && !fc.keep_tabs) {
			do
				text_put_unit(key, u' ');
			while (key->length % 8);
		} else {
			text_put_unit(key, fc.no_case ? rtl_upcase(c) : c);
		}
	}
}

static void read_lines(HANDLE file, struct lines *lines)
{
	static struct line_reader reader;
	struct io_wide line, key;

	line_reader_begin(&reader, file);
	io_wide_init(&line);
	io_wide_init(&key);
	while (line_reader_next(&reader, &line)) {
		if (lines->count == lines->capacity) {
			lines->capacity = lines->capacity ? lines->capacity * 2 : 256;
			lines->list = realloc(lines->list, lines->capacity * sizeof(*lines->list));
			lines->keys = realloc(lines->keys, lines->capacity * sizeof(*lines->keys));
			if (!lines->list || !lines->keys)
				ExitProcess(255);
		}
		make_key(&line, &key);
		lines->list[lines->count] = copy_of(&line);
		lines->keys[lines->count++] = copy_of(&key);
	}
	io_wide_free(&key);
	io_wide_free(&line);
}

static void free_lines(struct lines *lines)
{
	for (unsigned i = 0; i < lines->count; i++) {
		free(lines->list[i]);
		free(lines->keys[i]);
	}
	free(lines->list);
	free(lines->keys);
}

static bool same_line(const struct lines *a, unsigned i, const struct lines *b, unsigned j)
{
	size_t length = rtl_wcslen(a->keys[i]);

	return length == rtl_wcslen(b->keys[j]) && memcmp(a->keys[i], b->keys[j], length * sizeof(WCHAR)) == 0;
}

/* Whether the files agree from there for as many lines as they must, or to the end of both. */
static bool agree(const struct lines *a, unsigned i, const struct lines *b, unsigned j)
{
	for (unsigned n = 0; n < fc.matches; n++) {
		if (i + n == a->count || j + n == b->count)
			return i + n == a->count && j + n == b->count;
		if (!same_line(a, i + n, b, j + n))
			return false;
	}
	return true;
}

/* Where the files agree again behind lines i and j: the nearest place.  False: nowhere in the window. */
static bool resume(const struct lines *a, unsigned *i, const struct lines *b, unsigned *j)
{
	for (unsigned distance = 1; distance <= 2 * fc.window; distance++)
		for (unsigned skipped = 0; skipped <= distance; skipped++) {
			unsigned x = *i + skipped, y = *j + distance - skipped;

			if (skipped > fc.window || distance - skipped > fc.window || x > a->count || y > b->count ||
			    !agree(a, x, b, y))
				continue;
			*i = x;
			*j = y;
			return true;
		}
	return false;
}

static void show_line(const struct lines *lines, unsigned number)
{
	if (fc.numbers)
		output_print("%5u:  %s\n", number + 1, lines->list[number]);
	else
		output_print("%s\n", lines->list[number]);
}

/* The lines of one file in which it differs, with a line around them that both have. */
static void show_part(const WCHAR *name, const struct lines *lines, unsigned from, unsigned to)
{
	output_print("***** %s\n", name);
	from -= from > 0;
	to += to < lines->count;
	if (fc.abbreviate && to - from > 2) {
		show_line(lines, from);
		output_print("...\n");
		show_line(lines, to - 1);
		return;
	}
	for (; from < to; from++)
		show_line(lines, from);
}

static void compare_lines(const WCHAR *first, HANDLE a_file, const WCHAR *second, HANDLE b_file)
{
	struct lines a = {0}, b = {0};
	unsigned i = 0, j = 0;
	bool any = false;

	read_lines(a_file, &a);
	read_lines(b_file, &b);
	while (i < a.count || j < b.count) {
		unsigned next_i = i, next_j = j;

		if (i < a.count && j < b.count && same_line(&a, i, &b, j)) {
			i++;
			j++;
			continue;
		}
		any = true;
		if (!resume(&a, &next_i, &b, &next_j)) {
			output_print("Resync Failed.  Files are too different.\n");
			next_i = i + fc.window < a.count ? i + fc.window : a.count;
			next_j = j + fc.window < b.count ? j + fc.window : b.count;
			show_part(first, &a, i, next_i);
			show_part(second, &b, j, next_j);
			output_print("*****\n\n");
			break;
		}
		show_part(first, &a, i, next_i);
		show_part(second, &b, j, next_j);
		output_print("*****\n\n");
		i = next_i;
		j = next_j;
	}
	if (any)
		worse(1);
	else
		output_print("FC: no differences encountered\n\n");
	free_lines(&a);
	free_lines(&b);
}

static void compare_bytes(const WCHAR *first, HANDLE a_file, const WCHAR *second, HANDLE b_file)
{
	static BYTE a[32768], b[32768];
	DWORD a_count, b_count;
	uint64_t offset = 0;
	bool any = false;

	for (;;) {
		if (!ReadFile(a_file, a, sizeof(a), &a_count, NULL))
			a_count = 0;
		if (!ReadFile(b_file, b, sizeof(b), &b_count, NULL))
			b_count = 0;
		for (DWORD k = 0; k < a_count && k < b_count; k++)
			if (a[k] != b[k]) {
				output_print("%08X: %02X %02X\n", (unsigned)(offset + k), a[k], b[k]);
				any = true;
			}
		if (a_count != b_count) {
			output_print("FC: %s longer than %s\n\n", a_count > b_count ? first : second,
				     a_count > b_count ? second : first);
			worse(1);
			return;
		}
		if (!a_count)
			break;
		offset += a_count;
	}
	if (any) {
		output_print("\n");
		worse(1);
	} else {
		output_print("FC: no differences encountered\n\n");
	}
}

/* A file of which nobody expects lines. */
static bool is_binary_name(const WCHAR *name)
{
	static const WCHAR *const endings[] = {u".exe", u".com", u".sys", u".obj", u".lib", u".bin"};
	size_t length = rtl_wcslen(name);

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (length > 4 && text_same(name + length - 4, endings[i]))
			return true;
	return false;
}

static HANDLE open_file(const WCHAR *name)
{
	HANDLE file = lines_open(name);

	if (file == INVALID_HANDLE) {
		output_error("FC: cannot open %s - No such file or folder\n\n", name);
		worse(2);
	}
	return file;
}

static void put_upper(struct io_wide *to, const WCHAR *text)
{
	for (; *text; text++)
		text_put_unit(to, rtl_upcase(*text));
}

static void compare(const WCHAR *first, const WCHAR *second)
{
	HANDLE a, b;

	output_print("Comparing files %s and %s\n", first, second);
	a = open_file(first);
	if (a == INVALID_HANDLE)
		return;
	b = open_file(second);
	if (b != INVALID_HANDLE) {
		if (fc.binary || (!fc.text && is_binary_name(first)))
			compare_bytes(first, a, second, b);
		else
			compare_lines(first, a, second, b);
		CloseHandle(b);
	}
	CloseHandle(a);
}

/* The second name for a file that the first one means: a '*' in it is that file's part. */
static void compare_found(const WCHAR *path, void *context)
{
	const WCHAR *pattern = context, *name = path, *dot;
	struct io_wide other, upper;

	for (const WCHAR *c = path; *c; c++)
		if (*c == u'\\' || *c == u'/' || *c == u':')
			name = c + 1;
	dot = text_find_last(name, u'.');
	io_wide_init(&other);
	io_wide_init(&upper);
	for (bool in_ending = false; *pattern; pattern++) {
		in_ending |= *pattern == u'.' && !text_find(pattern, u'\\');
		if (*pattern != u'*')
			text_put_unit(&other, *pattern);
		else if (in_ending)
			text_put(&other, dot ? dot + 1 : u"");
		else if (pattern[1])
			io_wide_put(&other, name, dot ? (size_t)(dot - name) : rtl_wcslen(name));
		else
			text_put(&other, name);
	}
	if (path_is_folder(other.text)) {
		if (!path_ends_folder(&other))
			text_put_unit(&other, u'\\');
		text_put(&other, name);
	}
	put_upper(&upper, other.text);
	compare(path, upper.text);
	io_wide_free(&upper);
	io_wide_free(&other);
}

static bool take_switch(const WCHAR *text)
{
	static const struct {
		const WCHAR *name;
		bool *flag;
	} switches[] = {
		{u"/A", &fc.abbreviate}, {u"/B", &fc.binary},	 {u"/C", &fc.no_case}, {u"/L", &fc.text},
		{u"/N", &fc.numbers},	 {u"/T", &fc.keep_tabs}, {u"/W", &fc.pack},    {u"/U", &fc.text},
	};
	unsigned *number = &fc.matches, value = 0;

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (text_same(text, switches[i].name))
			return *switches[i].flag = true;
	if (text_begins(text, u"/OFF"))
		return true;
	text++;
	if (text_begins(text, u"LB")) {
		number = &fc.window;
		text += 2;
	}
	if (!text_is_digit(*text))
		return false;
	for (; text_is_digit(*text) && value < 100000; text++)
		value = value * 10 + (*text - u'0');
	*number = value ? value : 1;
	return !*text;
}

PROGRAM("fc.exe", fc_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word, names[2];
	unsigned count = 0;
	bool quoted, good = true;

	io_wide_init(&word);
	io_wide_init(&names[0]);
	io_wide_init(&names[1]);
	while (good && arguments_next(&at, &word, &quoted)) {
		if (!quoted && word.text[0] == u'/') {
			good = take_switch(word.text);
			if (!good)
				output_error("FC: Invalid Switch\n");
		} else if (count < 2) {
			text_put(&names[count++], word.text);
		} else {
			good = false;
			output_error("FC: Too many arguments\n");
		}
	}
	if (good && count < 2) {
		good = false;
		output_error("FC: Insufficient number of file specifications\n");
	}
	if (good && !files_visit(names[0].text, compare_found, names[1].text))
		compare(names[0].text, names[1].text);
	io_wide_free(&names[1]);
	io_wide_free(&names[0]);
	io_wide_free(&word);
	return good ? fc.result : 255;
}
