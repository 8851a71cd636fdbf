/*
 * programs/cmd/set.c - SET, PATH, PROMPT.
 */
#include "programs/cmd/cmd.h"

/* All variables, or those that begin so; false: none does. */
static bool list_variables(const WCHAR *prefix)
{
	LPWSTR block = GetEnvironmentStringsW();
	bool any = false;
	struct io_wide text;

	if (!block)
		return false;
	io_wide_init(&text);
	for (const WCHAR *at = block; *at; at += rtl_wcslen(at) + 1) {
		if (*at == u'=' || !text_begins(at, prefix))
			continue;
		any = true;
		text_put(&text, at);
		text_put(&text, u"\r\n");
	}
	output_write(GetStdHandle(STD_OUTPUT_HANDLE), text.text, text.length);
	io_wide_free(&text);
	FreeEnvironmentStringsW(block);
	return any;
}

/* What stands between the first quote and the last one, when the text begins with one. */
static const WCHAR *without_outer_quotes(const WCHAR *text)
{
	const WCHAR *last;

	if (*text != u'"')
		return text;
	last = text_find_last(text + 1, u'"');
	return last ? cmd_copy(text + 1, (size_t)(last - text - 1)) : text + 1;
}

static int set_number(const WCHAR *expression)
{
	const char *error;
	int32_t value;
	int level;

	if (!*text_skip_blanks(expression))
		return cmd_syntax_error();
	if (!cmd_evaluate(expression, &value, &error, &level)) {
		output_error(error);
		return cmd_level(level);
	}
	if (!cmd.batch)
		output_print("%d", (int)value);
	return cmd_quiet_success();
}

/* SET /P name=prompt */
static int set_from_input(const WCHAR *text)
{
	const WCHAR *equals, *prompt;
	struct io_wide line;
	bool good;

	text = without_outer_quotes(text_skip_blanks(text));
	equals = text_find(text, u'=');
	if (!equals)
		return cmd_syntax_error();
	prompt = equals + 1;
	/* Blanks in front are dropped, and the quotes around it. */
	while (text_is_blank(*prompt))
		prompt++;
	prompt = without_outer_quotes(prompt);
	output_write(GetStdHandle(STD_OUTPUT_HANDLE), prompt, rtl_wcslen(prompt));
	io_wide_init(&line);
	good = input_line(GetStdHandle(STD_INPUT_HANDLE), &line);
	/* An empty line changes nothing; without a name the prompt is all that is wanted: "<nul set /p =text". */
	if (good && line.length && equals > text)
		SetEnvironmentVariableW(cmd_copy(text, (size_t)(equals - text)), line.text);
	good = good && line.length;
	io_wide_free(&line);
	return good ? cmd_quiet_success() : cmd_level(1);
}

int cmd_set(const WCHAR *arguments)
{
	const WCHAR *text = arguments, *equals;

	while (cmd_is_delimiter(*text) && *text != u'=')
		text++;
	if (!*text) {
		list_variables(u"");
		return cmd_quiet_success();
	}
	if (cmd.extensions && text_begins(text, u"/A"))
		return set_number(text + 2);
	if (cmd.extensions && text_begins(text, u"/P"))
		return set_from_input(text + 2);
	if (cmd.extensions)
		text = without_outer_quotes(text);
	equals = text_find(*text == u'=' ? text + 1 : text, u'=');
	if (*text == u'=')
		return cmd_syntax_error();
	if (equals) {
		const WCHAR *name = cmd_copy(text, (size_t)(equals - text));

		SetEnvironmentVariableW(name, equals[1] ? equals + 1 : NULL);
		return cmd_quiet_success();
	}
	/* Blanks behind the prefix do not count. */
	{
		size_t length = rtl_wcslen(text);

		while (length && text_is_blank(text[length - 1]))
			length--;
		text = cmd_copy(text, length);
	}
	if (!list_variables(text)) {
		output_error("Environment variable %s not defined\n", text);
		return cmd_level(1);
	}
	return cmd_quiet_success();
}

int cmd_path(const WCHAR *arguments)
{
	const WCHAR *text = arguments, *value;

	while (text_is_blank(*text) || *text == u'=')
		text++;
	if (!*text) {
		value = cmd_variable(u"PATH", 4);
		output_print("PATH=%s\n", value ? value : u"(null)");
		return cmd_quiet_success();
	}
	if (*text == u';' && !*text_skip_blanks(text + 1))
		text = u"";
	SetEnvironmentVariableW(u"PATH", *text ? text : NULL);
	return cmd_quiet_success();
}

int cmd_prompt(const WCHAR *arguments)
{
	const WCHAR *text = arguments;

	while (text_is_blank(*text) || *text == u'=')
		text++;
	SetEnvironmentVariableW(u"PROMPT", *text ? text : NULL);
	return cmd_quiet_success();
}
