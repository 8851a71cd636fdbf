/*
 * programs/cmd/start.c - START.
 */
#include "programs/cmd/cmd.h"

static const struct {
	const WCHAR *name;
	DWORD flags;
} classes[] = {
	{u"/LOW", 0x40},
	{u"/NORMAL", 0x20},
	{u"/HIGH", 0x80},
	{u"/REALTIME", 0x100},
	{u"/ABOVENORMAL", 0x8000},
	{u"/BELOWNORMAL", 0x4000},
	{u"/MIN", 0},
	{u"/MAX", 0},
	{u"/I", 0},
	{u"/SEPARATE", 0},
	{u"/SHARED", 0},
};

/* A switch; false: there is no such one. */
static bool take_switch(const WCHAR *word, DWORD *flags, bool *wait, bool *here)
{
	if (text_same(word, u"/B")) {
		*here = true;
		return true;
	}
	if (text_same(word, u"/W") || text_same(word, u"/WAIT"))
		return *wait = true;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (text_same(word, classes[i].name)) {
			*flags |= classes[i].flags;
			return true;
		}
	}
	return false;
}

int cmd_start(const WCHAR *arguments)
{
	const WCHAR *at = arguments, *directory = NULL, *title = NULL, *before, *rest;
	struct io_wide word, path, line;
	bool wait = false, here = false, exact, quoted, good;
	HANDLE process = NULL;
	DWORD flags = 0, error = 0;
	int result = 0;

	io_wide_init(&word);
	io_wide_init(&path);
	io_wide_init(&line);
	for (;;) {
		before = at;
		while (cmd_is_delimiter(*before))
			before++;
		if (*before == u'"' && !title) {
			cmd_next_word(&at, &word, &quoted);
			title = cmd_copy(word.text, word.length);
			continue;
		}
		if (*before != u'/' || !cmd_next_word(&at, &word, &quoted))
			break;
		if (text_begins(word.text, u"/D")) {
			if (word.length > 2) {
				directory = cmd_copy(word.text + 2, word.length - 2);
			} else {
				cmd_next_word(&at, &word, &quoted);
				directory = cmd_copy(word.text, word.length);
			}
			continue;
		}
		if (!take_switch(word.text, &flags, &wait, &here)) {
			output_error("Invalid switch - \"%s\".\n", word.text);
			result = cmd_level(1);
			goto out;
		}
	}
	if (!here)
		flags |= CREATE_NEW_CONSOLE;
	if (!*before) {
		/* another command processor */
		before = u"cmd.exe";
	}
	good = cmd_find_program(before, cmd_name_length(before), &path, &error);
	if (good && !cmd_is_batch(path.text)) {
		process = cmd_start_program(path.text, before, flags, title, directory);
	} else if (good || cmd_builtin(before, &rest, &exact)) {
		WCHAR *self = cmd_allocate(32768 * sizeof(*self));

		GetModuleFileNameW(NULL, self, 32768);
		/* Windows keeps the window of a batch file open; there is none here. */
		output_put(&line, "%s /c \"%s\"", self, before);
		process = cmd_start_program(self, line.text, flags, title, directory);
	} else {
		output_error("The system cannot find the file %s.\n", cmd_copy(before, cmd_name_length(before)));
		result = cmd_level(NOT_RECOGNIZED);
		goto out;
	}
	if (!process) {
		output_system_error(GetLastError());
		result = cmd_level(1);
	} else if (wait) {
		cmd.level = cmd_wait(process);
	} else {
		CloseHandle(process);
	}
out:
	io_wide_free(&line);
	io_wide_free(&path);
	io_wide_free(&word);
	return result;
}
