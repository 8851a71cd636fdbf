/*
 * programs/cmd/for_file.c - FOR /F: the lines of files, of a command's output, or of a string, in tokens.
 */
#include "programs/cmd/for.h"

#include <stdlib.h>

#define MOST_TOKENS 31u

struct file_options {
	WCHAR eol;
	bool no_eol, use_back_quotes, rest; /* rest: tokens=...* */
	unsigned skip;
	const WCHAR *delimiters;
	unsigned tokens[MOST_TOKENS], count; /* ascending */
};

static bool take_unsigned(const WCHAR **at, unsigned *value)
{
	if (!text_is_digit(**at))
		return false;
	for (*value = 0; text_is_digit(**at); (*at)++)
		*value = *value * 10 + (**at - u'0');
	return true;
}

static void add_token(struct file_options *options, unsigned number)
{
	unsigned at = options->count;

	if (at == MOST_TOKENS || !number)
		return;
	for (unsigned i = 0; i < options->count; i++)
		if (options->tokens[i] == number)
			return;
	for (; at > 0 && options->tokens[at - 1] > number; at--)
		options->tokens[at] = options->tokens[at - 1];
	options->tokens[at] = number;
	options->count++;
}

static bool take_tokens(const WCHAR **at, struct file_options *options)
{
	options->count = 0;
	options->rest = false;
	while (**at && !text_is_blank(**at)) {
		unsigned first, last;

		if (**at == u'*') {
			options->rest = true;
			(*at)++;
			continue;
		}
		if (**at == u',') {
			(*at)++;
			continue;
		}
		if (!take_unsigned(at, &first))
			return false;
		last = first;
		if (**at == u'-') {
			(*at)++;
			if (!take_unsigned(at, &last))
				return false;
		}
		if (!first)
			return false;
		for (unsigned i = first; i <= last && i < first + MOST_TOKENS; i++)
			add_token(options, i);
	}
	return true;
}

/* The text between the quotes of FOR /F "...". */
static bool parse_options(const WCHAR *text, struct file_options *options)
{
	const WCHAR *at = text;

	while (*at) {
		at = text_skip_blanks(at);
		if (!*at)
			break;
		if (text_begins(at, u"eol=")) {
			at += 4;
			options->no_eol = !*at;
			options->eol = *at;
			at += *at != 0;
		} else if (text_begins(at, u"skip=")) {
			at += 5;
			if (!take_unsigned(&at, &options->skip) || !options->skip)
				return false;
		} else if (text_begins(at, u"tokens=")) {
			at += 7;
			if (!take_tokens(&at, options))
				return false;
		} else if (text_begins(at, u"usebackq")) {
			at += 8;
			options->use_back_quotes = true;
		} else if (text_begins(at, u"delims=")) {
			const WCHAR *end = at += 7;

			/* A blank belongs to them at the end of the options only. */
			while (*end && !(text_is_blank(*end) && *text_skip_blanks(end)))
				end++;
			options->delimiters = cmd_copy(at, (size_t)(end - at));
			at = end;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_in(const WCHAR *set, WCHAR c)
{
	return text_find(set, c) != NULL;
}

/* One line; false: the loop is left. */
static bool run_line(struct for_run *run, const struct file_options *options, const WCHAR *line)
{
	const WCHAR *values[MOST_TOKENS + 1] = {NULL};
	unsigned number = 0, next = 0;
	WCHAR name = run->node->variable;
	bool any = false, go_on = true;
	size_t mark = cmd_mark();

	while (*line && is_in(options->delimiters, *line))
		line++;
	if (!*line || (!options->no_eol && *line == options->eol))
		return true;
	while (*line && next < options->count) {
		const WCHAR *end = line;

		while (*end && !is_in(options->delimiters, *end))
			end++;
		if (++number == options->tokens[next]) {
			values[next++] = cmd_copy(line, (size_t)(end - line));
			any = true;
		}
		line = end;
		while (*line && is_in(options->delimiters, *line))
			line++;
	}
	if (options->rest) {
		values[options->count] = *line ? line : u"";
		any |= *line != 0;
	}
	if (any) {
		for (unsigned i = 0; i < options->count + options->rest; i++)
			for_set((WCHAR)(name + i), values[i] ? values[i] : u"");
		go_on = for_body(run);
	}
	cmd.variable_count = run->first;
	cmd_release(mark);
	return go_on;
}

static bool run_text(struct for_run *run, const struct file_options *options, const WCHAR *text)
{
	unsigned skip = options->skip;
	bool go_on = true;
	struct io_wide line;

	io_wide_init(&line);
	while (*text && go_on) {
		const WCHAR *end = text;

		while (*end && *end != u'\n')
			end++;
		if (skip) {
			skip--;
		} else {
			text_clear(&line);
			io_wide_put(&line, text, (size_t)(end - text));
			while (line.length && line.text[line.length - 1] == u'\r')
				line.text[--line.length] = 0;
			go_on = run_line(run, options, line.text);
		}
		text = *end ? end + 1 : end;
	}
	io_wide_free(&line);
	return go_on;
}

/* All of a file or pipe as text. */
static void read_all(HANDLE file, struct io_wide *text)
{
	struct io_narrow bytes;
	char chunk[4096];
	DWORD count;

	io_narrow_init(&bytes);
	while (ReadFile(file, chunk, sizeof(chunk), &count, NULL) && count)
		io_narrow_put(&bytes, chunk, count);
	if (bytes.length >= 2 && bytes.text[0] == '\xFF' && bytes.text[1] == '\xFE') {
		io_wide_put(text, (const WCHAR *)(bytes.text + 2), (bytes.length - 2) / 2);
	} else {
		for (size_t i = 0; i < bytes.length; i++)
			if (!bytes.text[i])
				bytes.text[i] = ' ';
		input_decode(text, bytes.text, bytes.length);
	}
	io_narrow_free(&bytes);
}

static bool run_command_output(struct for_run *run, const struct file_options *options, const WCHAR *command)
{
	HANDLE read_end, write_end, process;
	struct io_wide text;
	bool go_on = true;

	if (!CreatePipe(&read_end, &write_end, NULL, 0)) {
		output_system_error(GetLastError());
		return false;
	}
	process = cmd_start_self(u"/c ", command, NULL, write_end);
	CloseHandle(write_end);
	io_wide_init(&text);
	read_all(read_end, &text);
	CloseHandle(read_end);
	if (process)
		cmd_wait(process);
	go_on = run_text(run, options, text.text);
	io_wide_free(&text);
	return go_on;
}

static bool run_file(struct for_run *run, const struct file_options *options, const WCHAR *name)
{
	HANDLE file = CreateFileW(name, GENERIC_READ_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
				  NULL, OPEN_EXISTING, 0, NULL);
	struct io_wide text;
	bool go_on;

	if (file == INVALID_HANDLE) {
		output_error("The system cannot find the file %s.\n", name);
		run->result = cmd.level = 1;
		return false;
	}
	io_wide_init(&text);
	read_all(file, &text);
	CloseHandle(file);
	go_on = run_text(run, options, text.text);
	io_wide_free(&text);
	return go_on;
}

static void run_files(struct for_run *run, const struct file_options *options, const WCHAR *set)
{
	struct io_wide word;
	bool quoted, go_on = true;

	io_wide_init(&word);
	while (go_on && cmd_next_word(&set, &word, &quoted))
		go_on = run_file(run, options, word.text);
	io_wide_free(&word);
}

void for_file(struct for_run *run, const WCHAR *options_text, const WCHAR *set)
{
	struct file_options options = {.eol = u';', .delimiters = u" \t", .tokens = {1}, .count = 1};
	const WCHAR *end, *options_end = options_text + rtl_wcslen(options_text);
	const WCHAR *bare = options_text + (*options_text == u'"');
	WCHAR first, command, string;

	if (bare > options_text && options_end > bare && options_end[-1] == u'"')
		options_end--;
	if (!parse_options(cmd_copy(bare, (size_t)(options_end - bare)), &options)) {
		cmd_unexpected(bare);
		run->result = cmd.level = 255;
		cmd.flow = cmd.batch ? FLOW_ABORT : FLOW_NEXT;
		return;
	}
	while (cmd_is_delimiter(*set))
		set++;
	end = set + rtl_wcslen(set);
	while (end > set && cmd_is_delimiter(end[-1]))
		end--;
	command = options.use_back_quotes ? u'`' : u'\'';
	string = options.use_back_quotes ? u'\'' : u'"';
	first = *set;
	if (end - set >= 2 && (first == command || first == string) && end[-1] == first) {
		const WCHAR *inner = cmd_copy(set + 1, (size_t)(end - set - 2));

		if (first == command)
			run_command_output(run, &options, inner);
		else
			run_text(run, &options, inner);
		return;
	}
	run_files(run, &options, cmd_copy(set, (size_t)(end - set)));
}
