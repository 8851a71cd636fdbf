/*
 * programs/sort.c - sort.exe: lines in the order of the user's language, without regard to case.  Microsoft, "sort".
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

#include <stdlib.h>

#define NO_MEMORY_RESULT 1u

static struct {
	bool reverse, unique, with_case;
	unsigned column; /* from 0 */
	const WCHAR *output;
} options;

struct sorted_line {
	WCHAR *text;
	size_t length, number;
};

static struct sorted_line *lines;
static size_t line_count, capacity;

static int order_of(const struct sorted_line *a, const struct sorted_line *b)
{
	size_t x = options.column < a->length ? options.column : a->length,
	       y = options.column < b->length ? options.column : b->length;

	return CompareStringW(LOCALE_USER, options.with_case ? 0 : NORM_NOCASE, a->text + x, (INT)(a->length - x),
			      b->text + y, (INT)(b->length - y)) -
	       2;
}

static int compare(const void *first, const void *second)
{
	const struct sorted_line *a = first, *b = second;
	int order = order_of(a, b);

	if (options.reverse)
		order = -order;
	/* equal ones stay as they were */
	return order ? order : a->number < b->number ? -1 : a->number > b->number;
}

static void __attribute__((noreturn)) no_memory(void)
{
	output_error("Insufficient memory.\n");
	ExitProcess(NO_MEMORY_RESULT);
}

static void read_lines(HANDLE file)
{
	static struct line_reader reader;
	struct io_wide line;

	line_reader_begin(&reader, file);
	io_wide_init(&line);
	while (line_reader_next(&reader, &line)) {
		if (line_count == capacity) {
			capacity = capacity ? 2 * capacity : 1024;
			lines = realloc(lines, capacity * sizeof(*lines));
		}
		if (!lines)
			no_memory();
		lines[line_count].text = malloc((line.length + 1) * sizeof(WCHAR));
		if (!lines[line_count].text)
			no_memory();
		memcpy(lines[line_count].text, line.text, (line.length + 1) * sizeof(WCHAR));
		lines[line_count].length = line.length;
		lines[line_count].number = line_count;
		line_count++;
	}
	io_wide_free(&line);
}

static void read_file(const WCHAR *path, void *context)
{
	HANDLE file = lines_open(path);

	(void)context;
	if (file == INVALID_HANDLE)
		return;
	read_lines(file);
	CloseHandle(file);
}

static bool take_switch(const WCHAR **at, const WCHAR *text, struct io_wide *word)
{
	const WCHAR *number = text + 2;
	bool quoted;

	if (text_begins(text, u"/+")) {
		options.column = 0;
		for (; text_is_digit(*number); number++)
			options.column = options.column * 10 + (*number - u'0');
		if (!options.column || *number)
			return false;
		options.column--;
		return true;
	}
	if (text_begins(u"/REVERSE", text)) {
		options.reverse = true;
	} else if (text_begins(u"/UNIQUE", text)) {
		options.unique = true;
	} else if (text_begins(u"/CASE_SENSITIVE", text)) {
		options.with_case = true;
	} else if (text_begins(u"/OUTPUT", text)) {
		WCHAR *copy;

		if (!arguments_next(at, word, &quoted) || !(copy = malloc((word->length + 1) * sizeof(WCHAR))))
			return false;
		memcpy(copy, word->text, (word->length + 1) * sizeof(WCHAR));
		options.output = copy;
	} else if (text_begins(u"/MEMORY", text) || text_begins(u"/RECORD_MAXIMUM", text) ||
		   text_begins(u"/LOCALE", text) || text_begins(u"/TEMPORARY", text)) {
		/* They say how, not what; each has a value. */
		return arguments_next(at, word, &quoted);
	} else {
		return false;
	}
	return true;
}

PROGRAM("sort.exe", sort_program)
{
	const WCHAR *at = arguments_begin();
	HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
	bool quoted, files = false;
	struct io_wide word;

	io_wide_init(&word);
	while (arguments_next(&at, &word, &quoted)) {
		if (!quoted && word.text[0] == u'/' && word.length > 1) {
			if (text_same(word.text, u"/?")) {
				output_print("SORT [/R] [/+n] [/M kilobytes] [/L locale] [/REC recordbytes] [/UNIQUE]\n"
					     "  [[drive1:][path1]filename1] [/T [drive2:][path2]] [/O "
					     "[drive3:][path3]filename3]\n");
				return 0;
			}
			if (take_switch(&at, word.text, &word))
				continue;
			output_error("Invalid switch.\n");
			return 1;
		}
		files = true;
		if (!files_visit(word.text, read_file, NULL)) {
			output_error("%sThe system cannot find the file specified.\n", word.text);
			return 1;
		}
	}
	if (!files)
		read_lines(GetStdHandle(STD_INPUT_HANDLE));
	qsort(lines, line_count, sizeof(*lines), compare);
	if (options.output) {
		output = CreateFileW(options.output, GENERIC_WRITE_ACCESS, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
				     FILE_ATTRIBUTE_NORMAL, NULL);
		if (output == INVALID_HANDLE) {
			output_system_error(GetLastError());
			return 1;
		}
	}
	text_clear(&word);
	for (size_t i = 0; i < line_count; i++) {
		if (options.unique && i && !order_of(&lines[i - 1], &lines[i]))
			continue;
		io_wide_put(&word, lines[i].text, lines[i].length);
		text_put(&word, u"\r\n");
		if (word.length > 4096 || i + 1 == line_count) {
			output_write(output, word.text, word.length);
			text_clear(&word);
		}
	}
	output_write(output, word.text, word.length);
	io_wide_free(&word);
	return 0;
}
