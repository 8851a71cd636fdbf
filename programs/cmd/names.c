/*
 * programs/cmd/names.c - arguments and names of files.
 */
#include "programs/cmd/cmd.h"

#include <stdlib.h>

bool cmd_next_word(const WCHAR **at, struct io_wide *word, bool *quoted)
{
	const WCHAR *text = *at;
	bool inside = false, any = false;

	text_clear(word);
	*quoted = false;
	while (cmd_is_delimiter(*text))
		text++;
	for (const WCHAR *start = text; *text && (inside || !cmd_is_delimiter(*text)); text++) {
		if (!inside && *text == u'/' && text > start)
			break;
		any = true;
		if (*text != u'"') {
			text_put_unit(word, *text);
			continue;
		}
		inside = !inside;
		*quoted = true;
	}
	*at = text;
	return any;
}

void cmd_full_path(const WCHAR *name, struct io_wide *full)
{
	WCHAR fixed[300], *buffer = fixed;
	DWORD size = GetFullPathNameW(name, ARRAY_SIZE(fixed), fixed, NULL);

	if (size >= ARRAY_SIZE(fixed)) {
		buffer = cmd_allocate(size * sizeof(*buffer));
		size = GetFullPathNameW(name, size, buffer, NULL);
	}
	io_wide_put(full, buffer, size);
}

void cmd_current_directory(struct io_wide *directory)
{
	WCHAR fixed[300], *buffer = fixed;
	DWORD size = GetCurrentDirectoryW(ARRAY_SIZE(fixed), fixed);

	if (size >= ARRAY_SIZE(fixed)) {
		buffer = cmd_allocate(size * sizeof(*buffer));
		size = GetCurrentDirectoryW(size, buffer);
	}
	io_wide_put(directory, buffer, size);
}

size_t cmd_folder_length(const WCHAR *path)
{
	size_t length = rtl_wcslen(path);

	while (length && path[length - 1] != u'\\' && path[length - 1] != u'/' && path[length - 1] != u':')
		length--;
	return length;
}

void cmd_join(struct io_wide *to, const WCHAR *folder, const WCHAR *name)
{
	size_t length = rtl_wcslen(folder);

	text_put(to, folder);
	if (length && folder[length - 1] != u'\\' && folder[length - 1] != u'/')
		text_put_unit(to, u'\\');
	text_put(to, name);
}

bool cmd_is_folder(const WCHAR *path)
{
	DWORD attributes = GetFileAttributesW(path);

	return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

static void apply_part(struct io_wide *to, const WCHAR *source, size_t length, const WCHAR *pattern,
		       size_t pattern_length)
{
	size_t at = 0;

	for (size_t i = 0; i < pattern_length; i++) {
		if (pattern[i] == u'*') {
			if (at < length)
				io_wide_put(to, source + at, length - at);
			return;
		}
		if (pattern[i] == u'?') {
			if (at < length)
				text_put_unit(to, source[at]);
		} else {
			text_put_unit(to, pattern[i]);
		}
		at++;
	}
}

void cmd_apply_pattern(struct io_wide *to, const WCHAR *source, const WCHAR *pattern)
{
	const WCHAR *dot = text_find_last(pattern, u'.'), *source_dot = text_find_last(source, u'.');
	size_t length = rtl_wcslen(source);

	if (!text_has_wildcard(pattern)) {
		text_put(to, pattern);
		return;
	}
	if (!dot) {
		apply_part(to, source, length, pattern, rtl_wcslen(pattern));
		return;
	}
	apply_part(to, source, source_dot ? (size_t)(source_dot - source) : length, pattern, (size_t)(dot - pattern));
	if (dot[1]) {
		text_put_unit(to, u'.');
		apply_part(to, source_dot ? source_dot + 1 : u"", source_dot ? rtl_wcslen(source_dot + 1) : 0, dot + 1,
			   rtl_wcslen(dot + 1));
	}
	/* A name does not end with a dot. */
	while (to->length && to->text[to->length - 1] == u'.')
		to->text[--to->length] = 0;
}

WCHAR cmd_ask(const char *format, const WCHAR *name, const WCHAR *answers)
{
	struct io_wide line;
	WCHAR answer = 0;

	io_wide_init(&line);
	do {
		output_print(format, name);
		if (!input_line(GetStdHandle(STD_INPUT_HANDLE), &line)) {
			output_print("\n");
			break;
		}
		if (!output_is_console(GetStdHandle(STD_INPUT_HANDLE)))
			output_print("%s\n", line.text);
		answer = rtl_upcase(*text_skip_blanks(line.text));
	} while (!answer || !text_find(answers, answer));
	io_wide_free(&line);
	return answer;
}

static int compare_found(const void *a, const void *b)
{
	const WCHAR *x = ((const WIN32_FIND_DATAW *)a)->cFileName, *y = ((const WIN32_FIND_DATAW *)b)->cFileName;

	return rtl_compare_nocase(x, rtl_wcslen(x), y, rtl_wcslen(y));
}

WIN32_FIND_DATAW *cmd_list(const WCHAR *pattern, size_t *count, bool dots)
{
	size_t capacity = 64;
	WIN32_FIND_DATAW *list = malloc(capacity * sizeof(*list)), *kept, data;
	HANDLE find = FindFirstFileW(pattern, &data);

	*count = 0;
	if (find == INVALID_HANDLE || !list) {
		DWORD error = GetLastError();

		free(list);
		SetLastError(error);
		return NULL;
	}
	do {
		if (!dots && (text_same(data.cFileName, u".") || text_same(data.cFileName, u"..")))
			continue;
		if (*count == capacity) {
			WIN32_FIND_DATAW *grown = realloc(list, 2 * capacity * sizeof(*list));

			if (!grown)
				break;
			list = grown;
			capacity *= 2;
		}
		list[(*count)++] = data;
	} while (FindNextFileW(find, &data));
	FindClose(find);
	qsort(list, *count, sizeof(*list), compare_found);
	kept = cmd_allocate(*count * sizeof(*list) + 1);
	memcpy(kept, list, *count * sizeof(*list));
	free(list);
	return kept;
}
