/*
 * programs/cmd/control.c - CALL, GOTO, EXIT, SETLOCAL, ENDLOCAL.
 */
#include "programs/cmd/cmd.h"

/* Phase 6: percent signs once more; carets within quotes are doubled, others survive.  NULL: an operator stands there.
 */
static const WCHAR *expand_again(const WCHAR *text)
{
	struct io_wide once, result;
	bool quoted = false, good;

	io_wide_init(&once);
	good = cmd_expand_percents(&once, text, cmd.batch != NULL);
	text = cmd_keep(&once);
	io_wide_init(&result);
	for (; *text && good; text++) {
		if (*text == u'"')
			quoted = !quoted;
		if (quoted && *text == u'^')
			text_put_unit(&result, u'^');
		if (!quoted && text_find(u"&|<>", *text))
			good = false;
		text_put_unit(&result, *text);
	}
	if (good)
		return cmd_keep(&result);
	io_wide_free(&result);
	return NULL;
}

int cmd_call(const WCHAR *arguments)
{
	const WCHAR *text;

	if (!*arguments)
		return cmd_level(1);
	text = expand_again(arguments);
	if (!text)
		return cmd.flow ? 1 : cmd_level(1);
	while (cmd_is_delimiter(*text))
		text++;
	if (!*text || *text == u'(')
		return cmd_level(0);
	if (*text == u':' && cmd.extensions)
		return cmd_call_label(text, text + cmd_name_length(text));
	return cmd_run_command(text, true);
}

/* A label that is not there ends the batch file, behind the rest of the line: "(goto) 2>nul & del "%~f0"" is a known
 * trick. */
static int end_batch(void)
{
	cmd.batch->ended = true;
	return cmd_level(1);
}

int cmd_goto(const WCHAR *arguments)
{
	uint64_t position;
	const WCHAR *label = arguments;

	if (!cmd.batch)
		return 0;
	while (cmd_is_delimiter(*label))
		label++;
	if (*label == u':') {
		label++;
		if (cmd.extensions && text_is(label, cmd_name_length(label), u"EOF")) {
			cmd.flow = FLOW_LEAVE;
			return 0;
		}
		while (cmd_is_delimiter(*label))
			label++;
	}
	if (!*label) {
		output_error("No batch label specified to GOTO command.\n");
		return end_batch();
	}
	if (!cmd_find_label(label, &position)) {
		output_error("The system cannot find the batch label specified - %s\n",
			     cmd_copy(label, cmd_name_length(label)));
		return end_batch();
	}
	cmd.batch->position = position;
	cmd.flow = FLOW_GOTO;
	return 0;
}

static bool take_code(const WCHAR *text, int *code)
{
	bool negative;
	uint32_t value = 0;

	while (cmd_is_delimiter(*text))
		text++;
	negative = *text == u'-';
	if (*text == u'-' || *text == u'+')
		text++;
	if (!text_is_digit(*text))
		return false;
	for (; text_is_digit(*text); text++)
		value = value * 10 + (*text - u'0');
	*code = (int)(negative ? 0u - value : value);
	return true;
}

int cmd_exit(const WCHAR *arguments)
{
	bool leave = false;
	int code = cmd.level;

	while (cmd_is_delimiter(*arguments))
		arguments++;
	if (cmd.extensions && text_begins(arguments, u"/B")) {
		leave = true;
		arguments += 2;
	}
	if (take_code(arguments, &code))
		cmd.level = code;
	cmd.flow = leave && cmd.batch ? FLOW_LEAVE : FLOW_EXIT;
	return cmd.level;
}

int cmd_setlocal(const WCHAR *arguments)
{
	struct io_wide word;
	bool quoted, good = true;

	if (!cmd.batch)
		return 0;
	cmd_set_local();
	io_wide_init(&word);
	while (cmd_next_word(&arguments, &word, &quoted)) {
		if (text_same(word.text, u"ENABLEDELAYEDEXPANSION"))
			cmd.delayed = true;
		else if (text_same(word.text, u"DISABLEDELAYEDEXPANSION"))
			cmd.delayed = false;
		else if (text_same(word.text, u"ENABLEEXTENSIONS"))
			cmd.extensions = true;
		else if (text_same(word.text, u"DISABLEEXTENSIONS"))
			cmd.extensions = false;
		else
			good = false;
	}
	io_wide_free(&word);
	if (!good)
		output_error("Invalid parameter to SETLOCAL command\n");
	return cmd_level(!good);
}

int cmd_endlocal(const WCHAR *arguments)
{
	(void)arguments;
	cmd_end_local();
	return 0;
}
