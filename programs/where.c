/*
 * programs/where.c - where.exe: the files of a name in the current directory and PATH.  Microsoft, "where".
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

static struct {
	bool quiet, quoted, times;
	unsigned found;
} options;

static void show(const WCHAR *path, const WIN32_FIND_DATAW *data)
{
	FILETIME local;
	SYSTEMTIME time = {0};

	options.found++;
	if (options.quiet)
		return;
	if (options.times) {
		FileTimeToLocalFileTime(&data->ftLastWriteTime, &local);
		FileTimeToSystemTime(&local, &time);
		output_print("%10u   %02u/%02u/%04u  %02u:%02u:%02u %s  ", (unsigned)data->nFileSizeLow, time.wMonth,
			     time.wDay, time.wYear, (time.wHour + 11u) % 12 + 1, time.wMinute, time.wSecond,
			     time.wHour < 12 ? u"AM" : u"PM");
	}
	output_print(options.quoted ? "\"%s\"\n" : "%s\n", path);
}

/* What a pattern with an extension (or "") finds in a folder. */
static void look(const WCHAR *folder, const WCHAR *pattern, const WCHAR *extension, size_t length)
{
	struct io_wide path;
	WIN32_FIND_DATAW data;
	HANDLE find;

	io_wide_init(&path);
	text_put(&path, folder);
	if (path.length && path.text[path.length - 1] != u'\\')
		text_put_unit(&path, u'\\');
	text_put(&path, pattern);
	io_wide_put(&path, extension, length);
	find = FindFirstFileW(path.text, &data);
	if (find != INVALID_HANDLE) {
		do {
			if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
				continue;
			text_clear(&path);
			text_put(&path, folder);
			if (path.length && path.text[path.length - 1] != u'\\')
				text_put_unit(&path, u'\\');
			text_put(&path, data.cFileName);
			show(path.text, &data);
		} while (FindNextFileW(find, &data));
		FindClose(find);
	}
	io_wide_free(&path);
}

static void look_in(const WCHAR *folder, const WCHAR *pattern)
{
	WCHAR list[1024];
	DWORD size = GetEnvironmentVariableW(u"PATHEXT", list, ARRAY_SIZE(list));

	look(folder, pattern, u"", 0);
	if (text_has_wildcard(pattern) || !size || size >= ARRAY_SIZE(list))
		return;
	for (const WCHAR *at = list; *at;) {
		size_t length = 0;

		while (at[length] && at[length] != u';')
			length++;
		if (length)
			look(folder, pattern, at, length);
		at += length + (at[length] == u';');
	}
}

static void look_in_tree(const WCHAR *folder, const WCHAR *pattern)
{
	struct io_wide path;
	WIN32_FIND_DATAW data;
	HANDLE find;

	look_in(folder, pattern);
	io_wide_init(&path);
	output_put(&path, "%s\\*", folder);
	find = FindFirstFileW(path.text, &data);
	if (find != INVALID_HANDLE) {
		do {
			if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || text_same(data.cFileName, u".") ||
			    data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT || text_same(data.cFileName, u".."))
				continue;
			text_clear(&path);
			output_put(&path, "%s\\%s", folder, data.cFileName);
			look_in_tree(path.text, pattern);
		} while (FindNextFileW(find, &data));
		FindClose(find);
	}
	io_wide_free(&path);
}

/* Every folder of a ';'-separated list. */
static void look_in_list(const WCHAR *list, const WCHAR *pattern)
{
	struct io_wide folder;

	io_wide_init(&folder);
	while (*list) {
		text_clear(&folder);
		for (; *list && *list != u';'; list++)
			if (*list != u'"')
				text_put_unit(&folder, *list);
		if (folder.length)
			look_in(folder.text, pattern);
		list += *list == u';';
	}
	io_wide_free(&folder);
}

static void search(const WCHAR *pattern, const WCHAR *tree)
{
	static WCHAR buffer[32768], directory[32768];
	const WCHAR *colon = text_find(pattern, u':');
	struct io_wide list;
	DWORD size;

	if (tree) {
		look_in_tree(tree, pattern);
		return;
	}
	if (*pattern == u'$' && colon) {
		io_wide_init(&list);
		io_wide_put(&list, pattern + 1, (size_t)(colon - pattern - 1));
		size = GetEnvironmentVariableW(list.text, buffer, ARRAY_SIZE(buffer));
		look_in_list(size && size < ARRAY_SIZE(buffer) ? buffer : list.text, colon + 1);
		io_wide_free(&list);
		return;
	}
	if (colon && colon > pattern + 1) {
		io_wide_init(&list);
		io_wide_put(&list, pattern, (size_t)(colon - pattern));
		look_in_list(list.text, colon + 1);
		io_wide_free(&list);
		return;
	}
	if (GetCurrentDirectoryW(ARRAY_SIZE(directory), directory))
		look_in(directory, pattern);
	size = GetEnvironmentVariableW(u"PATH", buffer, ARRAY_SIZE(buffer));
	if (size && size < ARRAY_SIZE(buffer))
		look_in_list(buffer, pattern);
}

PROGRAM("where.exe", where_program)
{
	static WCHAR tree[32768];
	const WCHAR *at = arguments_begin();
	bool quoted, patterns = false, missing = false;
	struct io_wide word;

	io_wide_init(&word);
	while (arguments_next(&at, &word, &quoted)) {
		unsigned before = options.found;

		if (!quoted && word.text[0] == u'/') {
			if (text_same(word.text, u"/Q")) {
				options.quiet = true;
			} else if (text_same(word.text, u"/F")) {
				options.quoted = true;
			} else if (text_same(word.text, u"/T")) {
				options.times = true;
			} else if (text_same(word.text, u"/R") && arguments_next(&at, &word, &quoted)) {
				if (!GetFullPathNameW(word.text, ARRAY_SIZE(tree), tree, NULL))
					return 2;
			} else {
				output_error("ERROR: Invalid argument or option - '%s'.\nType \"WHERE /?\" for usage "
					     "help.\n",
					     word.text);
				return 2;
			}
			continue;
		}
		patterns = true;
		search(word.text, tree[0] ? tree : NULL);
		missing |= options.found == before;
	}
	io_wide_free(&word);
	if (!patterns) {
		output_error("ERROR: The search pattern is missing.\n");
		return 2;
	}
	if (!options.found)
		output_error("INFO: Could not find files for the given pattern(s).\n");
	return missing;
}
