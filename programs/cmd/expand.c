/*
 * programs/cmd/expand.c - variables: %percent% (phase 1), FOR's (phase 4) and !delayed! (phase 5).
 *
 * The phases are those of "How does the Windows Command Interpreter (CMD.EXE) parse scripts?" (Stack Overflow), found
 * there by experiment.
 */
#include "programs/cmd/cmd.h"

#include <stdlib.h>

static uint32_t random_state;

static unsigned next_random(void)
{
	if (!random_state)
		random_state = GetTickCount() * 2654435761u + GetCurrentProcessId();
	random_state = random_state * 214013u + 2531011u;
	return random_state >> 16 & 0x7FFF;
}

/* Variables that are not in the environment. */
static bool put_made_up(struct io_wide *to, const WCHAR *name, size_t length)
{
	SYSTEMTIME time;

	if (!cmd.extensions)
		return false;
	GetLocalTime(&time);
	if (text_is(name, length, u"ERRORLEVEL"))
		output_put(to, "%d", cmd.level);
	else if (text_is(name, length, u"CD"))
		cmd_current_directory(to);
	else if (text_is(name, length, u"DATE"))
		cmd_put_date(to, &time);
	else if (text_is(name, length, u"TIME"))
		output_put(to, "%2u:%02u:%02u.%02u", time.wHour, time.wMinute, time.wSecond, time.wMilliseconds / 10);
	else if (text_is(name, length, u"RANDOM"))
		output_put(to, "%u", next_random());
	else if (text_is(name, length, u"CMDEXTVERSION"))
		text_put(to, u"2");
	else if (text_is(name, length, u"CMDCMDLINE"))
		text_put(to, GetCommandLineW());
	else if (text_is(name, length, u"HIGHESTNUMANODENUMBER"))
		text_put(to, u"0");
	else
		return false;
	return true;
}

const WCHAR *cmd_variable(const WCHAR *name, size_t length)
{
	const WCHAR *terminated = cmd_copy(name, length);
	WCHAR *value;
	DWORD size;
	struct io_wide text;

	if (!length)
		return NULL;
	size = GetEnvironmentVariableW(terminated, NULL, 0);
	if (size) {
		value = cmd_allocate(size * sizeof(*value));
		if (GetEnvironmentVariableW(terminated, value, size) < size)
			return value;
	}
	io_wide_init(&text);
	if (put_made_up(&text, name, length))
		return cmd_keep(&text);
	io_wide_free(&text);
	return NULL;
}

static bool take_integer(const WCHAR **at, int *value)
{
	const WCHAR *c = text_skip_blanks(*at);
	bool negative = *c == u'-';
	int result = 0;

	if (*c == u'-' || *c == u'+')
		c++;
	if (!text_is_digit(*c))
		return false;
	/* 0x and 0 begin hexadecimal and octal numbers. */
	if (c[0] == u'0' && (c[1] | 32) == u'x') {
		for (c += 2; text_is_digit(*c) || ((*c | 32) >= u'a' && (*c | 32) <= u'f'); c++)
			result = result * 16 + (text_is_digit(*c) ? *c - u'0' : (*c | 32) - u'a' + 10);
	} else {
		int base = *c == u'0' ? 8 : 10;

		for (; text_is_digit(*c) && *c < u'0' + base; c++)
			result = result * base + (*c - u'0');
	}
	*value = negative ? -result : result;
	*at = c;
	return true;
}

/* %VAR:~start,count%: `at` stands behind "~"; NULL if it is something else. */
static const WCHAR *put_substring(struct io_wide *to, const WCHAR *value, const WCHAR *at, WCHAR end)
{
	int length = (int)rtl_wcslen(value), start = 0, count = length, last;

	take_integer(&at, &start);
	if (*at == u',') {
		/* Nothing behind the comma is no character: "%cd:~,%" is empty. */
		at++;
		count = 0;
		take_integer(&at, &count);
	}
	if (*at != end)
		return NULL;
	if (start < 0)
		start = start + length < 0 ? 0 : start + length;
	if (start > length)
		start = length;
	last = count < 0 ? length + count : count > length - start ? length : start + count;
	if (last > start)
		io_wide_put(to, value + start, (size_t)(last - start));
	return at + 1;
}

/* %VAR:search=replace%: `at` stands behind ":". */
static const WCHAR *put_replaced(struct io_wide *to, const WCHAR *value, const WCHAR *at, WCHAR end)
{
	bool from_start = *at == u'*';
	const WCHAR *search = at + from_start, *equals, *stop;
	size_t length;

	/* What is searched for may hold the closing sign itself. */
	equals = text_find(search, u'=');
	if (!equals)
		return NULL;
	for (stop = equals + 1; *stop && *stop != end; stop++)
		;
	if (*stop != end || equals == search)
		return NULL;
	length = (size_t)(equals - search);
	while (*value) {
		const WCHAR *match = value;

		while (rtl_wcslen(match) >= length && rtl_compare_nocase(match, length, search, length) != 0)
			match++;
		if (rtl_wcslen(match) < length)
			break;
		if (!from_start)
			io_wide_put(to, value, (size_t)(match - value));
		io_wide_put(to, equals + 1, (size_t)(stop - equals - 1));
		value = match + length;
		if (from_start)
			break;
	}
	text_put(to, value);
	return stop + 1;
}

/* A variable between two `sign`s; `at` stands behind the first.  NULL: there is none here.  `remove`: one that is not
 * defined goes, as in batch files. */
static const WCHAR *put_variable(struct io_wide *to, const WCHAR *at, WCHAR sign, bool remove, bool *fatal)
{
	const WCHAR *end = at, *value, *next;

	while (*end && *end != sign && (*end != u':' || !cmd.extensions))
		end++;
	if (*end == u':' && end[1] == sign)
		end++;
	if (!*end)
		return NULL;
	value = cmd_variable(at, (size_t)(end - at));
	if (*end == sign) {
		if (value)
			text_put(to, value);
		else if (!remove)
			return NULL;
		return end + 1;
	}
	if (!value)
		return remove ? end + 1 : NULL;
	if (end[1] == u'~')
		return put_substring(to, value, end + 2, sign);
	if (end[1] == u'=' || (end[1] == u'*' && end[2] == u'=')) {
		*fatal = sign == u'%';
		return NULL;
	}
	next = put_replaced(to, value, end + 1, sign);
	return next;
}

/* %~modifiers and a digit; `at` stands behind "%~". */
static const WCHAR *put_modified_argument(struct io_wide *to, const WCHAR *at)
{
	const WCHAR *path = NULL;
	size_t letters, path_length = 0, count = cmd_modifiers(at, &letters, &path, &path_length);
	const WCHAR *value;
	unsigned number;

	if (!text_is_digit(at[count]))
		return NULL;
	number = at[count] - u'0';
	value = cmd_argument(number);
	/* %0 is the name as it was called, or the label's; what letters say of it is the file's. */
	if (!number && letters && !cmd.batch->shifted)
		value = cmd.batch->path;
	cmd_put_modified(to, value, at, letters, path, path_length);
	return at + count + 1;
}

bool cmd_expand_percents(struct io_wide *to, const WCHAR *text, bool batch)
{
	while (*text) {
		const WCHAR *next = NULL;
		bool fatal = false;

		if (*text != u'%') {
			text_put_unit(to, *text++);
			continue;
		}
		text++;
		if (batch && *text == u'%') {
			text_put_unit(to, u'%');
			text++;
			continue;
		}
		if (batch && *text == u'*' && cmd.extensions) {
			text_put(to, cmd.batch->all);
			text++;
			continue;
		}
		if (batch && text_is_digit(*text)) {
			text_put(to, cmd_argument(*text - u'0'));
			text++;
			continue;
		}
		if (batch && *text == u'~' && cmd.extensions) {
			next = put_modified_argument(to, text + 1);
			if (!next) {
				output_error("The following usage of the path operator in batch-parameter\n"
					     "substitution is invalid: %%%s\n\n\n"
					     "For valid formats type CALL /? or FOR /?\n",
					     text);
				return false;
			}
			text = next;
			continue;
		}
		next = put_variable(to, text, u'%', batch, &fatal);
		if (fatal) {
			cmd_unexpected(text);
			return false;
		}
		if (next)
			text = next;
		else if (!batch)
			text_put_unit(to, u'%');
	}
	return true;
}

static const WCHAR *for_value(WCHAR name)
{
	for (unsigned i = cmd.variable_count; i > cmd.variable_base; i--)
		if (cmd.variables[i - 1].name == name)
			return cmd.variables[i - 1].value;
	return NULL;
}

/* Where a name of FOR's stands behind "%~": the last letter may be a modifier, too. */
static const WCHAR *put_modified_variable(struct io_wide *to, const WCHAR *at)
{
	const WCHAR *path = NULL;
	size_t letters, path_length = 0, count = cmd_modifiers(at, &letters, &path, &path_length);
	const WCHAR *value = at[count] ? for_value(at[count]) : NULL;

	if (value) {
		cmd_put_modified(to, value, at, letters, path, path_length);
		return at + count + 1;
	}
	if (path)
		return NULL;
	while (letters > 0 && !value)
		value = for_value(at[--letters]);
	if (!value)
		return NULL;
	cmd_put_modified(to, value, at, letters, NULL, 0);
	return at + letters + 1;
}

const WCHAR *cmd_expand_variables(const WCHAR *text)
{
	struct io_wide to;

	if (cmd.variable_count == cmd.variable_base || !text_find(text, u'%'))
		return text;
	io_wide_init(&to);
	while (*text) {
		const WCHAR *value, *next;

		if (*text != u'%' || !text[1]) {
			text_put_unit(&to, *text++);
			continue;
		}
		if (text[1] == u'~' && cmd.extensions) {
			next = put_modified_variable(&to, text + 2);
			if (next) {
				text = next;
				continue;
			}
		}
		value = for_value(text[1]);
		if (value) {
			text_put(&to, value);
			text += 2;
			continue;
		}
		text_put_unit(&to, *text++);
	}
	return cmd_keep(&to);
}

/* Phase 5. */
static const WCHAR *expand_delayed(const WCHAR *text)
{
	struct io_wide to;

	if (!text_find(text, u'!'))
		return text;
	io_wide_init(&to);
	while (*text) {
		const WCHAR *next;
		bool fatal = false;

		if (*text == u'^') {
			if (text[1])
				text_put_unit(&to, text[1]);
			text += text[1] ? 2 : 1;
			continue;
		}
		if (*text != u'!') {
			text_put_unit(&to, *text++);
			continue;
		}
		while (*text == u'!')
			text++;
		next = put_variable(&to, text, u'!', cmd.batch != NULL, &fatal);
		if (next)
			text = next;
		else if (!cmd.batch)
			text_put_unit(&to, u'!');
	}
	return cmd_keep(&to);
}

const WCHAR *cmd_expand_late(const WCHAR *text)
{
	text = cmd_expand_variables(text);
	return cmd.delayed ? expand_delayed(text) : text;
}
