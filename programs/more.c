/*
 * programs/more.c - more.com: a screen at a time; as a filter it replaces tabs.  Microsoft, "more".
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

static struct {
	unsigned tab, first, rows, shown;
	bool clear, squeeze, quit, any;
} more = {.tab = 8};

/* A key at the end of a page. */
static void wait_for_key(void)
{
	HANDLE console = CreateFileW(u"CONIN$", GENERIC_READ_ACCESS | GENERIC_WRITE_ACCESS,
				     FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
	DWORD mode = 0, count = 0;
	WCHAR key = u'q';

	output_print("-- More --");
	if (console != INVALID_HANDLE) {
		GetConsoleMode(console, &mode);
		SetConsoleMode(console, mode & ~(DWORD)7);
		ReadConsoleW(console, &key, 1, &count, NULL);
		SetConsoleMode(console, mode);
		CloseHandle(console);
	}
	output_print("\r          \r");
	if (!count || (key | 32) == u'q' || key == 3)
		more.quit = true;
	else
		more.shown = key == u'\r' || key == u'\n' ? more.rows - 1 : 0;
}

static void show(HANDLE file)
{
	static struct line_reader reader;
	struct io_wide line, text;
	unsigned number = 0;
	bool blank = false;

	line_reader_begin(&reader, file);
	io_wide_init(&line);
	io_wide_init(&text);
	while (!more.quit && line_reader_next(&reader, &line)) {
		if (number++ < more.first)
			continue;
		if (more.squeeze && !line.length && blank)
			continue;
		blank = !line.length;
		text_clear(&text);
		for (size_t i = 0; i < line.length; i++) {
			if (line.text[i] != u'\t') {
				text_put_unit(&text, line.text[i]);
				continue;
			}
			do
				text_put_unit(&text, u' ');
			while (more.tab && text.length % more.tab);
		}
		text_put(&text, u"\r\n");
		output_write(GetStdHandle(STD_OUTPUT_HANDLE), text.text, text.length);
		more.any = true;
		if (more.rows && ++more.shown >= more.rows)
			wait_for_key();
	}
	io_wide_free(&text);
	io_wide_free(&line);
}

static void show_file(const WCHAR *path, void *context)
{
	HANDLE file = lines_open(path);

	(void)context;
	if (file == INVALID_HANDLE || more.quit)
		return;
	show(file);
	CloseHandle(file);
}

PROGRAM("more.com", more_program)
{
	const WCHAR *at = arguments_begin();
	CONSOLE_SCREEN_BUFFER_INFO info;
	struct io_wide word;
	bool quoted, files = false;
	DWORD result = 0;

	if (GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info))
		more.rows = (unsigned)(info.srWindow.Bottom - info.srWindow.Top);
	io_wide_init(&word);
	while (arguments_next(&at, &word, &quoted)) {
		if (!quoted && (word.text[0] == u'/' || word.text[0] == u'+')) {
			unsigned number = 0;

			for (const WCHAR *c = word.text + 1; *c; c++)
				if (text_is_digit(*c))
					number = number * 10 + (*c - u'0');
			if (word.text[0] == u'+')
				more.first = number;
			else if (text_begins(word.text, u"/T"))
				more.tab = number;
			else if (text_same(word.text, u"/S"))
				more.squeeze = true;
			else if (!text_same(word.text, u"/E") && !text_same(word.text, u"/C") &&
				 !text_same(word.text, u"/P")) {
				output_error("Invalid switch - %s\n", word.text);
				return 1;
			}
			continue;
		}
		files = true;
		if (!files_visit(word.text, show_file, NULL)) {
			output_error("Cannot access file %s\n", word.text);
			result = 1;
		}
	}
	if (!files) {
		show(GetStdHandle(STD_INPUT_HANDLE));
		if (!more.rows && more.any)
			output_print("\n");
	}
	io_wide_free(&word);
	return result;
}
