/*
 * programs/cmd/builtin_misc.c - ECHO, REM, PAUSE, VER, VOL, VERIFY, TITLE, CLS, COLOR, DATE, TIME, BREAK, ASSOC, FTYPE.
 */
#include "programs/cmd/cmd.h"

int cmd_rem(const WCHAR *arguments)
{
	(void)arguments;
	return 0;
}

/* ON or OFF, with blanks around it. */
static bool is_switch(const WCHAR *text, bool *on)
{
	size_t length;

	while (cmd_is_delimiter(*text))
		text++;
	length = rtl_wcslen(text);
	while (length && text_is_blank(text[length - 1]))
		length--;
	*on = text_is(text, length, u"ON");
	return *on || text_is(text, length, u"OFF");
}

int cmd_echo(const WCHAR *arguments)
{
	struct io_wide text;
	bool on;

	if (!*text_skip_blanks(arguments)) {
		output_print("ECHO is %s.\n", cmd.echo ? u"on" : u"off");
		return 0;
	}
	if (cmd_is_delimiter(*arguments) && is_switch(arguments, &on)) {
		cmd.echo = on;
		return 0;
	}
	io_wide_init(&text);
	text_put(&text, arguments + 1);
	text_put(&text, u"\r\n");
	output_write(GetStdHandle(STD_OUTPUT_HANDLE), text.text, text.length);
	io_wide_free(&text);
	return 0;
}

int cmd_pause(const WCHAR *arguments)
{
	HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
	DWORD mode, count = 0;
	char byte;
	WCHAR unit;
	BOOL good;

	(void)arguments;
	output_print("Press any key to continue . . . ");
	if (GetConsoleMode(input, &mode)) {
		SetConsoleMode(input, mode & ~(DWORD)7); /* no lines, no echo, Ctrl-C as a key */
		good = ReadConsoleW(input, &unit, 1, &count, NULL);
		SetConsoleMode(input, mode);
		if (good && unit == 3)
			cmd.interrupted = true;
	} else {
		good = ReadFile(input, &byte, 1, &count, NULL);
	}
	output_print("\n");
	return good && count ? 0 : cmd_level(1);
}

int cmd_ver(const WCHAR *arguments)
{
	struct io_wide text;

	if (text_find(arguments, u'/'))
		return cmd_syntax_error();
	io_wide_init(&text);
	cmd_put_version(&text);
	output_print("\n%s\n", text.text);
	io_wide_free(&text);
	return cmd_level(0);
}

int cmd_vol(const WCHAR *arguments)
{
	struct io_wide word, directory;
	WCHAR root[] = u"C:\\", label[64];
	bool quoted;
	DWORD serial;

	io_wide_init(&word);
	io_wide_init(&directory);
	cmd_current_directory(&directory);
	root[0] = directory.text[0];
	if (cmd_next_word(&arguments, &word, &quoted)) {
		if (word.length != 2 || word.text[1] != u':') {
			io_wide_free(&word);
			io_wide_free(&directory);
			return cmd_fail("The filename, directory name, or volume label syntax is incorrect.\n", 1);
		}
		root[0] = rtl_upcase(word.text[0]);
	}
	io_wide_free(&word);
	io_wide_free(&directory);
	if (!GetVolumeInformationW(root, label, ARRAY_SIZE(label), &serial, NULL, NULL, NULL, 0))
		return cmd_fail_system(GetLastError(), 1);
	if (label[0])
		output_print(" Volume in drive %c is %s\n", root[0], label);
	else
		output_print(" Volume in drive %c has no label.\n", root[0]);
	output_print(" Volume Serial Number is %04X-%04X\n", (unsigned)(serial >> 16), (unsigned)(serial & 0xFFFF));
	return cmd_level(0);
}

int cmd_verify(const WCHAR *arguments)
{
	bool on;

	if (!*text_skip_blanks(arguments))
		output_print("VERIFY is %s.\n", cmd.verify ? u"on" : u"off");
	else if (is_switch(arguments, &on))
		cmd.verify = on;
	else
		return cmd_fail("An incorrect parameter was\nentered for the command.\n", 1);
	return cmd_level(0);
}

int cmd_title(const WCHAR *arguments)
{
	SetConsoleTitleW(*arguments ? arguments + 1 : arguments);
	return 0;
}

/* Nothing shows where there is no console, but for the sign that a printer would understand. */
int cmd_cls(const WCHAR *arguments)
{
	HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
	CONSOLE_SCREEN_BUFFER_INFO info;
	COORD origin = {0};
	DWORD count;

	if (text_begins(text_skip_blanks(arguments), u"/"))
		return cmd_syntax_error();
	if (!GetConsoleScreenBufferInfo(output, &info)) {
		output_write(output, u"\f", 1);
		return 0;
	}
	FillConsoleOutputCharacterW(output, u' ', (DWORD)info.dwSize.X * (DWORD)info.dwSize.Y, origin, &count);
	FillConsoleOutputAttribute(output, info.wAttributes, (DWORD)info.dwSize.X * (DWORD)info.dwSize.Y, origin,
				   &count);
	SetConsoleCursorPosition(output, origin);
	return 0;
}

static int hex_digit(WCHAR c)
{
	return text_is_digit(c) ? c - u'0' : (c | 32) >= u'a' && (c | 32) <= u'f' ? (c | 32) - u'a' + 10 : -1;
}

/* COLOR bf: both digits must differ. */
int cmd_color(const WCHAR *arguments)
{
	HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
	CONSOLE_SCREEN_BUFFER_INFO info;
	unsigned attribute = cmd.default_attributes;
	COORD origin = {0};
	DWORD count;

	arguments = text_skip_blanks(arguments);
	if (*arguments) {
		int first = hex_digit(arguments[0]), second = arguments[1] ? hex_digit(arguments[1]) : first;

		if (!arguments[1] || text_is_blank(arguments[1])) {
			second = first;
			first = (int)(attribute >> 4);
		} else if (*text_skip_blanks(arguments + 2)) {
			return cmd_help(u"COLOR") + cmd_level(1);
		}
		if (first < 0 || second < 0)
			return cmd_help(u"COLOR") + cmd_level(1);
		if (first == second)
			return cmd_level(1);
		attribute = (unsigned)(first << 4 | second);
	}
	if (!SetConsoleTextAttribute(output, (WORD)attribute) || !GetConsoleScreenBufferInfo(output, &info))
		return cmd_level(1);
	FillConsoleOutputAttribute(output, (WORD)attribute, (DWORD)info.dwSize.X * (DWORD)info.dwSize.Y, origin,
				   &count);
	return 0;
}

int cmd_break(const WCHAR *arguments)
{
	(void)arguments;
	return 0;
}

/* The clock is the machine's; only Linux' administrator sets it. */
static int set_clock(const WCHAR *text, const char *invalid)
{
	for (; *text; text++)
		if (!text_is_digit(*text) && !text_find(u"/-:., APMapm", *text))
			return cmd_fail(invalid, 1);
	return cmd_fail("A required privilege is not held by the client.\n", 1);
}

int cmd_date(const WCHAR *arguments)
{
	struct io_wide text, line;
	SYSTEMTIME time;
	int result = 0;

	arguments = text_skip_blanks(arguments);
	GetLocalTime(&time);
	io_wide_init(&text);
	io_wide_init(&line);
	cmd_put_date(&text, &time);
	if (text_begins(arguments, u"/T")) {
		output_print("%s \n", text.text);
	} else if (*arguments) {
		result = set_clock(arguments, "The system cannot accept the date entered.\n");
	} else {
		output_print("The current date is: %s \nEnter the new date: (mm-dd-yy) ", text.text);
		if (input_line(GetStdHandle(STD_INPUT_HANDLE), &line) && line.length)
			result = set_clock(line.text, "The system cannot accept the date entered.\n");
	}
	io_wide_free(&line);
	io_wide_free(&text);
	return cmd_level(result);
}

int cmd_time(const WCHAR *arguments)
{
	struct io_wide line;
	SYSTEMTIME time;
	int result = 0;

	arguments = text_skip_blanks(arguments);
	GetLocalTime(&time);
	io_wide_init(&line);
	if (text_begins(arguments, u"/T")) {
		output_print("%02u:%02u %s\n", (time.wHour + 11u) % 12 + 1, time.wMinute,
			     time.wHour < 12 ? u"AM" : u"PM");
	} else if (*arguments) {
		result = set_clock(arguments, "The system cannot accept the time entered.\n");
	} else {
		output_print("The current time is: %2u:%02u:%02u.%02u\nEnter the new time: ", time.wHour, time.wMinute,
			     time.wSecond, time.wMilliseconds / 10);
		if (input_line(GetStdHandle(STD_INPUT_HANDLE), &line) && line.length)
			result = set_clock(line.text, "The system cannot accept the time entered.\n");
	}
	io_wide_free(&line);
	return cmd_level(result);
}

/* File types that a command processor without a desktop has: its own. */
static const WCHAR *const types[][3] = {
	{u".bat", u"batfile", u"\"%1\" %*"},
	{u".cmd", u"cmdfile", u"\"%1\" %*"},
	{u".com", u"comfile", u"\"%1\" %*"},
	{u".exe", u"exefile", u"\"%1\" %*"},
};

/* One row or all; `key` and `value`: their columns. */
static int show_types(const WCHAR *arguments, size_t key, size_t value, int failure, const char *missing)
{
	bool found = false;

	arguments = text_skip_blanks(arguments);
	if (text_find(arguments, u'='))
		return cmd_fail_system(ERROR_ACCESS_DENIED, 1);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (*arguments && !text_is(arguments, cmd_name_length(arguments), types[i][key]))
			continue;
		output_print("%s=%s\n", types[i][key], types[i][value]);
		found = true;
	}
	if (found)
		return cmd_quiet_success();
	output_error(missing, cmd_copy(arguments, cmd_name_length(arguments)));
	return cmd_level(failure);
}

int cmd_assoc(const WCHAR *arguments)
{
	return show_types(arguments, 0, 1, 1, "File association not found for extension %s\n");
}

int cmd_ftype(const WCHAR *arguments)
{
	return show_types(arguments, 1, 2, 2, "File type '%s' not found or no open command associated with it.\n");
}
