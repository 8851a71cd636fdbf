/*
 * programs/reg/reg.c - reg.exe: its verbs, and what they have in common.  Microsoft, "reg".
 */
#include "programs/reg/reg.h"
#include "programs/program.h"

#include <stdlib.h>

static const struct {
	const WCHAR *name;
	DWORD (*run)(const struct reg_arguments *arguments);
	const char *usage;
} verbs[] = {
	{u"QUERY", reg_query,
	 "REG QUERY KeyName [/v [ValueName] | /ve] [/s]\n"
	 "          [/f Data [/k] [/d] [/c] [/e]] [/t Type] [/z] [/se Separator]\n"
	 "          [/reg:32 | /reg:64]\n"},
	{u"ADD", reg_add,
	 "REG ADD KeyName [/v ValueName | /ve] [/t Type] [/s Separator] [/d Data] [/f]\n"
	 "        [/reg:32 | /reg:64]\n"},
	{u"DELETE", reg_delete, "REG DELETE KeyName [/v ValueName | /ve | /va] [/f] [/reg:32 | /reg:64]\n"},
	{u"COPY", reg_copy, "REG COPY KeyName1 KeyName2 [/s] [/f] [/reg:32 | /reg:64]\n"},
	{u"SAVE", reg_save, "REG SAVE KeyName FileName [/y] [/reg:32 | /reg:64]\n"},
	{u"RESTORE", reg_restore, "REG RESTORE KeyName FileName [/reg:32 | /reg:64]\n"},
	{u"LOAD", reg_load, "REG LOAD KeyName FileName [/reg:32 | /reg:64]\n"},
	{u"UNLOAD", reg_unload, "REG UNLOAD KeyName\n"},
	{u"COMPARE", reg_compare,
	 "REG COMPARE KeyName1 KeyName2 [/v ValueName | /ve] [/oa | /od | /os | /on] [/s]\n"
	 "            [/reg:32 | /reg:64]\n"},
	{u"EXPORT", reg_export_verb, "REG EXPORT KeyName FileName [/y] [/reg:32 | /reg:64]\n"},
	{u"IMPORT", reg_import_verb, "REG IMPORT FileName [/reg:32 | /reg:64]\n"},
};

DWORD reg_done(void)
{
	output_print("The operation completed successfully.\n");
	return 0;
}

DWORD reg_failed(NTSTATUS status)
{
	if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND) {
		output_error("ERROR: The system was unable to find the specified registry key or value.\n");
	} else {
		output_error("ERROR: ");
		output_system_error(status == STATUS_CANNOT_DELETE ? ERROR_ACCESS_DENIED : RtlNtStatusToDosError(status));
	}
	return 1;
}

DWORD reg_bad_syntax(const struct reg_arguments *arguments)
{
	output_error("ERROR: Invalid syntax.\nType \"REG %s /?\" for usage.\n", arguments->verb);
	return 1;
}

bool reg_first_key(const struct reg_arguments *arguments, struct reg_name *name)
{
	if (!arguments->count) {
		reg_bad_syntax(arguments);
		return false;
	}
	if (reg_name_parse(name, arguments->words[0], rtl_wcslen(arguments->words[0])))
		return true;
	if (text_begins(arguments->words[0], u"\\\\"))
		output_error("ERROR: The network path was not found.\n");
	else
		output_error("ERROR: Invalid key name.\nType \"REG %s /?\" for usage.\n", arguments->verb);
	return false;
}

bool reg_asked(const WCHAR *question)
{
	struct io_wide line;
	bool yes = false;

	io_wide_init(&line);
	for (;;) {
		output_print("%s (Yes/No)? ", question);
		/* No answer at all is no. */
		if (!input_line(GetStdHandle(STD_INPUT_HANDLE), &line))
			break;
		yes = text_same(line.text, u"y") || text_same(line.text, u"yes");
		if (yes || text_same(line.text, u"n") || text_same(line.text, u"no"))
			break;
	}
	io_wide_free(&line);
	if (!yes)
		output_print("The operation was canceled by the user.\n");
	return yes;
}

bool reg_is_switch(const WCHAR *word, const WCHAR *name)
{
	return (word[0] == u'/' || word[0] == u'-') && text_same(word + 1, name);
}

int reg_is_view(const WCHAR *word, bool *given)
{
	if (!reg_is_switch(word, u"reg:32") && !reg_is_switch(word, u"reg:64"))
		return 0;
	if (*given)
		return -1;
	*given = true;
	return 1;
}

static DWORD usage(void)
{
	output_print("\nREG Operation [Parameter List]\n\n  Operation  [ ");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		output_print(i ? " | %s" : "%s", verbs[i].name);
	output_print(" ]\n\nReturn Code: (Except for REG COMPARE)\n\n  0 - Successful\n  1 - Failed\n\n");
	return 0;
}

static DWORD run(size_t which, struct reg_arguments *arguments)
{
	arguments->verb = verbs[which].name;
	if (arguments->count == 1 && (reg_is_switch(arguments->words[0], u"?") || reg_is_switch(arguments->words[0], u"h"))) {
		struct io_wide text;

		io_wide_init(&text);
		output_put(&text, verbs[which].usage);
		output_print("\n%s\n", text.text);
		io_wide_free(&text);
		return 0;
	}
	return verbs[which].run(arguments);
}

/* The next word as C programs split their command line: backslashes before a quote count by twos. */
static bool next_word(const WCHAR **at, struct io_wide *word)
{
	const WCHAR *text = text_skip_blanks(*at);
	bool inside = false;

	if (!*text)
		return false;
	text_clear(word);
	while (*text && (inside || !text_is_blank(*text))) {
		size_t backslashes = 0;

		while (text[backslashes] == u'\\')
			backslashes++;
		if (text[backslashes] != u'"') {
			io_wide_put(word, text, backslashes);
			text += backslashes;
			if (!backslashes)
				text_put_unit(word, *text++);
			continue;
		}
		io_wide_put(word, text, backslashes / 2);
		text += backslashes + 1;
		if (backslashes % 2)
			text_put_unit(word, u'"');
		else if (inside && *text == u'"')
			text_put_unit(word, *text++);
		else
			inside = !inside;
	}
	*at = text;
	return true;
}

PROGRAM("reg.exe", reg_program)
{
	struct reg_arguments arguments = {0};
	struct io_wide word;
	const WCHAR *at = arguments_begin();
	WCHAR *verb = NULL;
	DWORD code = 1;

	io_wide_init(&word);
	while (next_word(&at, &word)) {
		WCHAR *copy = malloc((word.length + 1) * sizeof(*copy));
		WCHAR **words = verb ? realloc(arguments.words, (arguments.count + 1) * sizeof(*words)) : NULL;

		if (!copy || (verb && !words)) {
			free(copy);
			output_system_error(ERROR_NOT_ENOUGH_MEMORY);
			return 1;
		}
		memcpy(copy, word.text, (word.length + 1) * sizeof(*copy));
		if (!verb) {
			verb = copy;
			continue;
		}
		arguments.words = words;
		words[arguments.count++] = copy;
	}
	io_wide_free(&word);
	if (verb && (reg_is_switch(verb, u"?") || reg_is_switch(verb, u"h"))) {
		code = usage();
	} else {
		size_t which = 0;

		while (verb && which < ARRAY_SIZE(verbs) && !text_same(verbs[which].name, verb))
			which++;
		if (!verb || which == ARRAY_SIZE(verbs))
			output_error("ERROR: Invalid syntax.\nType \"REG /?\" for usage.\n");
		else
			code = run(which, &arguments);
	}
	for (unsigned i = 0; i < arguments.count; i++)
		free(arguments.words[i]);
	free(arguments.words);
	free(verb);
	return code;
}
