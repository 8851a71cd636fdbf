/*
 * programs/cmd/main.c - the program: its switches, and the loop that reads commands.
 *
 * Microsoft, "cmd": /C /K /S /D /Q /A /U /E /V, and which quotes of a command line remain.
 */
#include "programs/cmd/cmd.h"
#include "programs/program.h"

struct options {
	const WCHAR *command; /* behind /C or /K */
	bool stay, strip;
};

/* The line behind the program's own name. */
static const WCHAR *skip_own_name(const WCHAR *line)
{
	bool quoted = false;

	for (; *line && (quoted || !text_is_blank(*line)); line++) {
		if (*line == u'"')
			quoted = !quoted;
		/* "cmd/c" */
		if (!quoted && *line == u'/')
			break;
	}
	return line;
}

static bool off(const WCHAR *value)
{
	return text_begins(value, u":OFF");
}

static void parse_options(const WCHAR *line, struct options *options)
{
	for (line = skip_own_name(line); *line; line++) {
		if (*line != u'/')
			continue;
		switch (rtl_upcase(line[1])) {
		case u'C':
		case u'R':
		case u'K':
			options->command = line + 2;
			options->stay = (line[1] | 32) == u'k';
			cmd.single = !options->stay;
			return;
		case u'S':
			options->strip = true;
			break;
		case u'Q':
			cmd.echo = false;
			break;
		case u'U':
			output_is_wide = true;
			break;
		case u'A':
			output_is_wide = false;
			break;
		case u'E':
			cmd.extensions = !off(line + 2);
			break;
		case u'X':
			cmd.extensions = true;
			break;
		case u'Y':
			cmd.extensions = false;
			break;
		case u'V':
			cmd.delayed = !off(line + 2);
			break;
		case 0:
			return;
		default:
			break;
		}
	}
}

/* Two quotes remain if they hold a program's name with blanks in it, and nothing special. */
static bool keeps_quotes(const WCHAR *text)
{
	const WCHAR *end = text_find(text + 1, u'"');
	bool blank = false, good;
	struct io_wide found;
	DWORD error;

	if (!end || text_find(end + 1, u'"'))
		return false;
	for (const WCHAR *c = text + 1; c < end; c++) {
		if (text_find(u"&<>()@^|", *c))
			return false;
		blank |= text_is_blank(*c);
	}
	if (!blank)
		return false;
	io_wide_init(&found);
	good = cmd_find_program(text, (size_t)(end + 1 - text), &found, &error);
	io_wide_free(&found);
	return good;
}

static const WCHAR *command_of(const struct options *options)
{
	const WCHAR *text = text_skip_blanks(options->command), *last;
	struct io_wide stripped;

	if (*text != u'"' || (!options->strip && keeps_quotes(text)))
		return text;
	io_wide_init(&stripped);
	last = text_find_last(text + 1, u'"');
	if (last) {
		io_wide_put(&stripped, text + 1, (size_t)(last - text - 1));
		text_put(&stripped, last + 1);
	} else {
		text_put(&stripped, text + 1);
	}
	return cmd_keep(&stripped);
}

static bool next_typed(struct line_source *source, struct io_wide *line)
{
	struct io_wide raw, prompt;
	bool good;

	io_wide_init(&prompt);
	if (source->more)
		text_put(&prompt, u"More? ");
	else if (cmd.echo) {
		text_put(&prompt, u"\r\n");
		cmd_put_prompt(&prompt);
	}
	output_write(GetStdHandle(STD_OUTPUT_HANDLE), prompt.text, prompt.length);
	io_wide_free(&prompt);
	io_wide_init(&raw);
	good = input_line(GetStdHandle(STD_INPUT_HANDLE), &raw);
	if (good && !cmd.interactive && cmd.echo)
		output_print("%s\n", raw.text);
	if (cmd.interrupted) {
		cmd.interrupted = false;
		good = true;
		text_clear(&raw);
	}
	good = good && cmd_expand_percents(line, raw.text, false);
	io_wide_free(&raw);
	return good;
}

static void read_commands(void)
{
	cmd.interactive = output_is_console(GetStdHandle(STD_INPUT_HANDLE));
	while (cmd.flow != FLOW_EXIT) {
		struct line_source source = {.next = next_typed};
		size_t mark = cmd_mark();

		cmd.flow = FLOW_NEXT;
		cmd_run_source(&source);
		cmd_release(mark);
	}
}

PROGRAM("cmd.exe", cmd_program)
{
	struct options options = {0};
	int result = 0;

	cmd.delayed = false;
	parse_options(GetCommandLineW(), &options);
	cmd_watch_control_c();
	if (!GetEnvironmentVariableW(u"PROMPT", NULL, 0))
		SetEnvironmentVariableW(u"PROMPT", u"$P$G");
	if (options.command) {
		result = cmd_run_line(command_of(&options), true);
		if (cmd.flow == FLOW_EXIT || cmd.flow == FLOW_ABORT || result <= 0)
			result = cmd.level;
		if (!options.stay || cmd.flow == FLOW_EXIT)
			return (DWORD)result;
	} else {
		struct io_wide version;

		io_wide_init(&version);
		cmd_put_version(&version);
		output_print("%s\n", version.text);
		io_wide_free(&version);
	}
	read_commands();
	return (DWORD)cmd.level;
}
