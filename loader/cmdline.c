/*
 * loader/cmdline.c - Windows programs get one string, not an array.
 *
 * The rules that split it are Microsoft's ("Parsing C command-line arguments"): 2n backslashes and a quote are n
 * backslashes and a quote that toggles; 2n+1 are n backslashes and a quote of the argument.  The program's name knows no
 * escapes: it ends at the next quote or blank.
 */
#include "loader/start.h"
#include "loader/modules.h"

#include <stdlib.h>
#include <string.h>

struct text {
	char *bytes;
	size_t length, capacity;
	bool failed;
};

static void put(struct text *text, const char *bytes, size_t length)
{
	if (text->length + length + 1 > text->capacity) {
		size_t capacity = (text->length + length + 1) * 2;
		char *grown = realloc(text->bytes, capacity);

		if (!grown) {
			text->failed = true;
			return;
		}
		text->bytes = grown;
		text->capacity = capacity;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = 0;
}

static void put_repeated(struct text *text, char c, size_t count)
{
	while (count--)
		put(text, &c, 1);
}

static void put_argument(struct text *text, const char *argument)
{
	size_t backslashes = 0;

	if (*argument && !strpbrk(argument, " \t\n\v\"")) {
		put(text, argument, strlen(argument));
		return;
	}
	put(text, "\"", 1);
	for (; *argument; argument++) {
		if (*argument == '\\') {
			backslashes++;
			continue;
		}
		put_repeated(text, '\\', *argument == '"' ? 2 * backslashes + 1 : backslashes);
		backslashes = 0;
		put(text, argument, 1);
	}
	put_repeated(text, '\\', 2 * backslashes);
	put(text, "\"", 1);
}

char16_t *command_line_make(const char *program, char *const *arguments, const char *verbatim)
{
	struct text text = {0};
	char16_t *wide;

	/* A name with a quote in it cannot be told to the program whole; none has. */
	if (strpbrk(program, " \t") || !*program) {
		put(&text, "\"", 1);
		put(&text, program, strlen(program));
		put(&text, "\"", 1);
	} else {
		put(&text, program, strlen(program));
	}
	if (verbatim) {
		if (*verbatim)
			put(&text, " ", 1);
		put(&text, verbatim, strlen(verbatim));
	} else {
		for (; *arguments; arguments++) {
			put(&text, " ", 1);
			put_argument(&text, *arguments);
		}
	}
	wide = text.failed ? NULL : wide_from_utf8(text.bytes);
	free(text.bytes);
	return wide;
}
