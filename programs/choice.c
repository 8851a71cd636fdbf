/*
 * programs/choice.c - choice.exe: asks for one of several keys.  Microsoft, "choice".
 *
 * The exit code is the number of the key, from 1; 255 for wrong usage.  At the end of a redirected input it is 1.
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

enum { WRONG_USAGE = 255, MOST_SECONDS = 9999 };

static struct {
	struct io_wide keys, text;
	bool hidden, with_case;
	WCHAR preset;
	int seconds; /* -1: no limit */
} options = {.seconds = -1};

static DWORD fail(const char *message)
{
	output_error(message);
	return WRONG_USAGE;
}

/* The number of a key; 0. */
static DWORD number_of(WCHAR key)
{
	for (size_t i = 0; i < options.keys.length; i++)
		if (options.keys.text[i] == (options.with_case ? key : rtl_upcase(key)))
			return (DWORD)i + 1;
	return 0;
}

static DWORD answer(WCHAR key, DWORD number)
{
	output_print("%c\n", options.with_case ? key : rtl_upcase(key));
	return number;
}

/* Reads keys until one is a choice. */
static DWORD read_key(void)
{
	HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
	DWORD mode = 0, count = 0, number = 0;
	bool console = GetConsoleMode(input, &mode);
	WCHAR key = 0;

	if (options.seconds == 0 ||
	    (options.seconds > 0 && console && WaitForSingleObject(input, (DWORD)options.seconds * 1000)))
		return answer(options.preset, number_of(options.preset));
	if (console)
		SetConsoleMode(input, mode & ~(DWORD)7);
	while (!number) {
		char byte = 0;

		if (console ? !ReadConsoleW(input, &key, 1, &count, NULL) : !ReadFile(input, &byte, 1, &count, NULL))
			count = 0;
		if (!count || key == 3)
			break;
		if (!console)
			key = (WCHAR)(unsigned char)byte;
		number = number_of(key);
		if (!number && console)
			output_print("\a");
	}
	if (console)
		SetConsoleMode(input, mode);
	return number ? answer(key, number) : 1;
}

/* The value of a switch: "/C:x", "/C x"; false: it has none. */
static bool take_value(const WCHAR **at, struct io_wide *word, struct io_wide *value)
{
	bool quoted;

	text_clear(value);
	if (word->length > 2) {
		text_put(value, word->text + 2 + (word->text[2] == u':'));
		return value->length > 0;
	}
	return arguments_next(at, value, &quoted) && value->length > 0;
}

static const char *take_switch(const WCHAR **at, struct io_wide *word)
{
	static const char *const bad = "ERROR: Invalid syntax. Value expected.\nType \"CHOICE /?\" for usage.\n";
	struct io_wide value;
	const char *error = NULL;

	io_wide_init(&value);
	if (text_same(word->text, u"/N")) {
		options.hidden = true;
	} else if (text_same(word->text, u"/CS")) {
		options.with_case = true;
	} else if (word->text[0] != u'/' || !text_find(u"CDMT", rtl_upcase(word->text[1])) || !word->text[1]) {
		error = "ERROR: Invalid argument/option.\nType \"CHOICE /?\" for usage.\n";
	} else if (!take_value(at, word, &value)) {
		error = bad;
	} else if (rtl_upcase(word->text[1]) == u'C') {
		text_clear(&options.keys);
		text_put(&options.keys, value.text);
	} else if (rtl_upcase(word->text[1]) == u'M') {
		text_put(&options.text, value.text);
	} else if (rtl_upcase(word->text[1]) == u'D') {
		options.preset = value.text[0];
		error = value.length > 1 ? bad : NULL;
	} else {
		options.seconds = 0;
		for (const WCHAR *c = value.text; *c && !error; c++) {
			options.seconds = options.seconds * 10 + (*c - u'0');
			if (!text_is_digit(*c) || options.seconds > MOST_SECONDS)
				error = "ERROR: Invalid syntax. Valid range for timeout is 0 to 9999 seconds.\n";
		}
	}
	io_wide_free(&value);
	return error;
}

PROGRAM("choice.exe", choice_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word;
	bool quoted;
	const char *error = NULL;

	io_wide_init(&word);
	io_wide_init(&options.keys);
	io_wide_init(&options.text);
	text_put(&options.keys, u"YN");
	while (!error && arguments_next(&at, &word, &quoted))
		error = take_switch(&at, &word);
	for (size_t i = 0; i < options.keys.length && !options.with_case; i++)
		options.keys.text[i] = rtl_upcase(options.keys.text[i]);
	for (size_t i = 0; i < options.keys.length && !error; i++)
		if (number_of(options.keys.text[i]) != i + 1)
			error = "ERROR: Invalid choice. Duplicate choices are not allowed.\n";
	if (!error && (options.seconds >= 0) != (options.preset != 0))
		error = "ERROR: Invalid syntax. /D option must be specified together with /T.\n";
	if (!error && options.preset && !number_of(options.preset))
		error = "ERROR: Invalid syntax. The default choice is not among the choices.\n";
	if (error)
		return fail(error);
	if (options.text.length)
		output_print("%s ", options.text.text);
	for (size_t i = 0; i < options.keys.length && !options.hidden; i++)
		output_print(i ? ",%c" : "[%c", options.keys.text[i]);
	if (!options.hidden)
		output_print("]?");
	return read_key();
}
