/*
 * programs/cmd/expand_name.c - the letters of %~dpnxfsatz$PATH:1.
 */
#include "programs/cmd/cmd.h"

size_t cmd_modifiers(const WCHAR *text, size_t *letters, const WCHAR **path, size_t *path_length)
{
	static const WCHAR known[] = u"fdpnxsatz";
	size_t count = 0;

	while (text[count] && text_find(known, text[count] | 32) && text_is_letter(text[count]))
		count++;
	*letters = count;
	*path = NULL;
	if (text[count] == u'$') {
		const WCHAR *colon = text_find(text + count, u':');

		if (colon) {
			*path = text + count + 1;
			*path_length = (size_t)(colon - *path);
			count = (size_t)(colon + 1 - text);
		}
	}
	return count;
}

static bool has(const WCHAR *modifiers, size_t count, WCHAR letter)
{
	for (size_t i = 0; i < count; i++)
		if ((modifiers[i] | 32) == letter)
			return true;
	return false;
}

static void put_without_quotes(struct io_wide *to, const WCHAR *value)
{
	size_t length = rtl_wcslen(value);

	if (length && value[0] == u'"') {
		value++;
		length--;
		if (length && value[length - 1] == u'"')
			length--;
	}
	io_wide_put(to, value, length);
}

static void put_attributes(struct io_wide *to, DWORD attributes)
{
	static const struct {
		DWORD flag;
		WCHAR letter;
	} letters[] = {
		{FILE_ATTRIBUTE_DIRECTORY, u'd'},     {FILE_ATTRIBUTE_READONLY, u'r'},
		{FILE_ATTRIBUTE_ARCHIVE, u'a'},       {FILE_ATTRIBUTE_HIDDEN, u'h'},
		{FILE_ATTRIBUTE_SYSTEM, u's'},        {FILE_ATTRIBUTE_COMPRESSED, u'c'},
		{FILE_ATTRIBUTE_OFFLINE, u'o'},       {FILE_ATTRIBUTE_TEMPORARY, u't'},
		{FILE_ATTRIBUTE_REPARSE_POINT, u'l'},
	};

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		text_put_unit(to, attributes & letters[i].flag ? letters[i].letter : u'-');
	/* integrity and scrubbing of ReFS */
	text_put(to, u"--");
}

static void put_space(struct io_wide *to, bool *first)
{
	if (!*first)
		text_put_unit(to, u' ');
	*first = false;
}

static void put_file_time(struct io_wide *to, const FILETIME *time)
{
	FILETIME local;
	SYSTEMTIME parts;

	if (!FileTimeToLocalFileTime(time, &local) || !FileTimeToSystemTime(&local, &parts))
		return;
	output_put(to, "%02u/%02u/%04u %02u:%02u %s", parts.wMonth, parts.wDay, parts.wYear,
		   (parts.wHour + 11) % 12 + 1, parts.wMinute, parts.wHour < 12 ? u"AM" : u"PM");
}

/* 64 bits, in decimal. */
static void put_size(struct io_wide *to, uint64_t size)
{
	WCHAR digits[24];
	size_t at = ARRAY_SIZE(digits);

	do {
		digits[--at] = (WCHAR)(u'0' + size % 10);
		size /= 10;
	} while (size);
	io_wide_put(to, digits + at, ARRAY_SIZE(digits) - at);
}

/* The first folder of the variable's list that has the file. */
static bool search_in(const WCHAR *path, size_t path_length, const WCHAR *name, struct io_wide *full)
{
	const WCHAR *list = cmd_variable(path, path_length);

	while (list && *list) {
		size_t length = 0;
		struct io_wide file;
		bool found;

		while (list[length] && list[length] != u';')
			length++;
		io_wide_init(&file);
		cmd_join(&file, cmd_copy(list, length), name);
		found = length && GetFileAttributesW(file.text) != INVALID_FILE_ATTRIBUTES;
		if (found)
			cmd_full_path(file.text, full);
		io_wide_free(&file);
		if (found)
			return true;
		list += length + (list[length] == u';');
	}
	return false;
}

/* A full path with its names as they are on disk. */
static void put_true_names(struct io_wide *to, const WCHAR *full)
{
	const WCHAR *end = full;
	struct io_wide part;

	io_wide_init(&part);
	if (full[0] && full[1] == u':') {
		text_put_unit(to, rtl_upcase(full[0]));
		io_wide_put(to, full + 1, full[2] ? 2 : 1);
		end = full + (full[2] ? 3 : 2);
	}
	while (*end) {
		size_t length = 0;
		WIN32_FIND_DATAW data;
		HANDLE find = INVALID_HANDLE;

		while (end[length] && end[length] != u'\\')
			length++;
		text_clear(&part);
		io_wide_put(&part, full, (size_t)(end + length - full));
		if (length && !text_has_wildcard(part.text))
			find = FindFirstFileW(part.text, &data);
		if (find != INVALID_HANDLE) {
			FindClose(find);
			text_put(to, data.cFileName);
		} else {
			io_wide_put(to, end, length);
		}
		end += length;
		if (*end)
			text_put_unit(to, *end++);
	}
	io_wide_free(&part);
}

void cmd_put_modified(struct io_wide *to, const WCHAR *value, const WCHAR *modifiers, size_t count, const WCHAR *path,
		      size_t path_length)
{
	struct io_wide bare, full, names;
	const WCHAR *name, *dot;
	size_t folder;
	bool first = true, whole;
	WIN32_FIND_DATAW data;
	HANDLE find;

	io_wide_init(&bare);
	io_wide_init(&full);
	io_wide_init(&names);
	put_without_quotes(&bare, value);
	if (path) {
		if (!search_in(path, path_length, bare.text, &full))
			goto out;
	} else if (!count) {
		text_put(to, bare.text);
		goto out;
	} else if (bare.length) {
		cmd_full_path(bare.text, &full);
	}
	if (!full.length)
		goto out;
	put_true_names(&names, full.text);
	if (has(modifiers, count, u's')) {
		DWORD size = GetShortPathNameW(names.text, NULL, 0);
		WCHAR *buffer = size ? cmd_allocate(size * sizeof(*buffer)) : NULL;

		if (buffer && GetShortPathNameW(names.text, buffer, size) < size) {
			text_clear(&names);
			text_put(&names, buffer);
		}
	}
	folder = cmd_folder_length(names.text);
	name = names.text + folder;
	dot = text_find_last(name, u'.');
	find = FindFirstFileW(full.text, &data);
	if (find != INVALID_HANDLE)
		FindClose(find);
	if (has(modifiers, count, u'a') && find != INVALID_HANDLE) {
		put_space(to, &first);
		put_attributes(to, data.dwFileAttributes);
	}
	if (has(modifiers, count, u't') && find != INVALID_HANDLE) {
		put_space(to, &first);
		put_file_time(to, &data.ftLastWriteTime);
	}
	if (has(modifiers, count, u'z') && find != INVALID_HANDLE) {
		put_space(to, &first);
		put_size(to, (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
	}
	whole = has(modifiers, count, u'f') || !(has(modifiers, count, u'd') || has(modifiers, count, u'p') ||
						 has(modifiers, count, u'n') || has(modifiers, count, u'x'));
	if (whole && !has(modifiers, count, u'f') && !has(modifiers, count, u's') && !path)
		goto out; /* only facts about the file were asked for */
	put_space(to, &first);
	if (whole || has(modifiers, count, u'd'))
		io_wide_put(to, names.text, names.text[1] == u':' ? 2 : 0);
	if (whole || has(modifiers, count, u'p'))
		io_wide_put(to, names.text + (names.text[1] == u':' ? 2 : 0), folder - (names.text[1] == u':' ? 2 : 0));
	if (whole || has(modifiers, count, u'n'))
		io_wide_put(to, name, dot ? (size_t)(dot - name) : rtl_wcslen(name));
	if ((whole || has(modifiers, count, u'x')) && dot)
		text_put(to, dot);
out:
	io_wide_free(&names);
	io_wide_free(&full);
	io_wide_free(&bare);
}
