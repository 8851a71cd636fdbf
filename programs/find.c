/*
 * programs/find.c - find.exe: lines that contain a string.  Microsoft, "find".
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

struct find {
	struct io_wide wanted;
	bool without, count, numbers, no_case;
	bool any; /* a line was found */
};

static bool contains(const struct find *find, const struct io_wide *line)
{
	size_t length = find->wanted.length;

	for (size_t i = 0; i + length <= line->length; i++) {
		if (find->no_case ? rtl_compare_nocase(line->text + i, length, find->wanted.text, length) == 0
				  : memcmp(line->text + i, find->wanted.text, length * sizeof(WCHAR)) == 0)
			return length > 0;
	}
	return false;
}

/* The lines of one file; how many were found. */
static unsigned search(struct find *find, HANDLE file)
{
	static struct line_reader reader;
	struct io_wide line, output;
	unsigned number = 0, found = 0;

	line_reader_begin(&reader, file);
	io_wide_init(&line);
	io_wide_init(&output);
	while (line_reader_next(&reader, &line)) {
		number++;
		if (contains(find, &line) == find->without)
			continue;
		found++;
		if (find->count)
			continue;
		text_clear(&output);
		if (find->numbers)
			output_put(&output, "[%u]", number);
		io_wide_put(&output, line.text, line.length);
		text_put(&output, u"\r\n");
		output_write(GetStdHandle(STD_OUTPUT_HANDLE), output.text, output.length);
	}
	io_wide_free(&output);
	io_wide_free(&line);
	find->any |= found > 0;
	return found;
}

static void search_file(const WCHAR *path, void *context)
{
	struct find *find = context;
	HANDLE file = lines_open(path);
	struct io_wide upper;
	unsigned found;

	io_wide_init(&upper);
	for (const WCHAR *c = path; *c; c++)
		text_put_unit(&upper, rtl_upcase(*c));
	if (file == INVALID_HANDLE) {
		output_print("Access denied - %s\n", upper.text);
	} else {
		output_print(find->count ? "\n---------- %s" : "\n---------- %s\n", upper.text);
		found = search(find, file);
		if (find->count)
			output_print(": %u\n", found);
		CloseHandle(file);
	}
	io_wide_free(&upper);
}

static bool take_switch(struct find *find, const WCHAR *text)
{
	if (text_same(text, u"/V"))
		find->without = true;
	else if (text_same(text, u"/C"))
		find->count = true;
	else if (text_same(text, u"/N"))
		find->numbers = true;
	else if (text_same(text, u"/I"))
		find->no_case = true;
	else
		return text_same(text, u"/OFF") || text_same(text, u"/OFFLINE");
	return true;
}

PROGRAM("find.exe", find_program)
{
	struct find find = {.any = false};
	const WCHAR *at = arguments_begin();
	bool quoted, has_string = false, files = false, good = true, missing = false;
	struct io_wide word;

	io_wide_init(&word);
	io_wide_init(&find.wanted);
	/* Switches first, wherever they stand. */
	while (good && arguments_next(&at, &word, &quoted)) {
		if (!quoted && text_same(word.text, u"/?")) {
			output_print(
				"FIND [/V] [/C] [/N] [/I] [/OFF[LINE]] \"string\" [[drive:][path]filename[ ...]]\n");
			return 0;
		}
		if (!quoted && word.text[0] == u'/') {
			good = take_switch(&find, word.text);
		} else if (!has_string) {
			good = has_string = quoted;
			io_wide_put(&find.wanted, word.text, word.length);
		}
	}
	if (!good || !has_string) {
		output_error("FIND: Parameter format not correct\n");
		return 2;
	}
	has_string = false;
	for (at = arguments_begin(); arguments_next(&at, &word, &quoted);) {
		if (!quoted && word.text[0] == u'/')
			continue;
		if (!has_string) {
			has_string = true;
			continue;
		}
		files = true;
		if (!files_visit(word.text, search_file, &find)) {
			for (size_t i = 0; i < word.length; i++)
				word.text[i] = rtl_upcase(word.text[i]);
			output_error("File not found - %s\n", word.text);
			missing = true;
		}
	}
	if (!files) {
		unsigned found = search(&find, GetStdHandle(STD_INPUT_HANDLE));

		if (find.count)
			output_print("%u\n", found);
	}
	io_wide_free(&find.wanted);
	io_wide_free(&word);
	return find.any ? 0 : missing ? 2 : 1;
}
