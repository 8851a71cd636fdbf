/*
 * dlls/shell32/cmdline.c - CommandLineToArgvW.
 *
 * The rules are MSDN's "Parsing C++ command-line arguments" in the form this function follows (D. Deley, "How command
 * line parameters are parsed", 5.9):
 *
 *	program name	up to the next quote if it starts with one, else up to white space; no escapes
 *	backslashes	2n before a quote: n backslashes; 2n+1: n backslashes and a literal quote; else themselves
 *	quotes		switch quoting; inside quotes, two of them are a literal quote and end the quoting
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include <string.h>

/* What is being written: pass one counts, pass two stores. */
struct output {
	LPWSTR *pointers;
	LPWSTR text;
	size_t arguments;
	size_t chars;
};

static void begin(struct output *out)
{
	if (out->pointers)
		out->pointers[out->arguments] = out->text + out->chars;
	out->arguments++;
}

static void put(struct output *out, char16_t c)
{
	if (out->text)
		out->text[out->chars] = c;
	out->chars++;
}

static int is_blank(char16_t c)
{
	return c == ' ' || c == '\t';
}

static LPCWSTR parse_program(LPCWSTR at, struct output *out)
{
	begin(out);
	if (*at == '"') {
		for (at++; *at && *at != '"'; at++)
			put(out, *at);
		if (*at)
			at++;
	} else {
		/* Every control character ends the name. */
		for (; *at > ' '; at++)
			put(out, *at);
		if (*at)
			at++;
	}
	put(out, 0);
	return at;
}

static LPCWSTR parse_argument(LPCWSTR at, struct output *out)
{
	int quoted = 0;

	begin(out);
	while (*at && (quoted || !is_blank(*at))) {
		size_t backslashes = 0;

		while (*at == '\\') {
			backslashes++;
			at++;
		}
		if (*at == '"') {
			for (size_t i = 0; i < backslashes / 2; i++)
				put(out, '\\');
			if (backslashes % 2) {
				put(out, '"');
			} else if (quoted && at[1] == '"') {
				put(out, '"');
				at++;
				quoted = 0;
			} else {
				quoted = !quoted;
			}
			at++;
		} else if (backslashes) {
			while (backslashes--)
				put(out, '\\');
		} else {
			put(out, *at++);
		}
	}
	put(out, 0);
	return at;
}

static void parse(LPCWSTR at, struct output *out)
{
	at = parse_program(at, out);
	for (;;) {
		while (is_blank(*at))
			at++;
		if (!*at)
			return;
		at = parse_argument(at, out);
	}
}

/* One block for LocalFree: the pointers, a NULL, the strings.  An empty command line is the program's own path. */
EXPORT(shell32, LPWSTR *, CommandLineToArgvW, (LPCWSTR command_line, INT *count))
{
	struct output out = {NULL, NULL, 0, 0};
	LPWSTR *block;

	if (!count) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!*command_line) {
		DWORD capacity = MAX_PATH, length;

		for (;;) {
			block = LocalAlloc(LMEM_FIXED, 2 * sizeof(LPWSTR) + capacity * sizeof(WCHAR));
			if (!block)
				return NULL;
			block[0] = (LPWSTR)(block + 2);
			block[1] = NULL;
			length = GetModuleFileNameW(NULL, block[0], capacity);
			if (!length) {
				LocalFree(block);
				return NULL;
			}
			if (length < capacity)
				break;
			LocalFree(block);
			capacity *= 2;
		}
		*count = 1;
		return block;
	}
	parse(command_line, &out);
	block = LocalAlloc(LMEM_FIXED, (out.arguments + 1) * sizeof(LPWSTR) + out.chars * sizeof(WCHAR));
	if (!block)
		return NULL;
	block[out.arguments] = NULL;
	out = (struct output){block, (LPWSTR)(block + out.arguments + 1), 0, 0};
	parse(command_line, &out);
	*count = (INT)out.arguments;
	return block;
}
