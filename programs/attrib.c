/*
 * programs/attrib.c - attrib.exe: shows and changes attributes of files.  Microsoft, "attrib".
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

/* In the order and at the columns that Windows shows them. */
static const struct {
	WCHAR letter;
	unsigned column;
	DWORD flag;
} attributes[] = {
	{u'A', 0, FILE_ATTRIBUTE_ARCHIVE},  {u'S', 3, FILE_ATTRIBUTE_SYSTEM},  {u'H', 4, FILE_ATTRIBUTE_HIDDEN},
	{u'R', 5, FILE_ATTRIBUTE_READONLY}, {u'O', 6, FILE_ATTRIBUTE_OFFLINE}, {u'I', 7, 0x2000},
};

static struct {
	DWORD set, clear;
	bool tree, folders, links;
	bool any, failed;
} options;

static bool take_change(const WCHAR *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (rtl_upcase(text[1]) != attributes[i].letter || text[2])
			continue;
		*(text[0] == u'+' ? &options.set : &options.clear) |= attributes[i].flag;
		return true;
	}
	return false;
}

static void treat(const WCHAR *path, DWORD now)
{
	WCHAR columns[] = u"             ";

	options.any = true;
	if (options.set || options.clear) {
		DWORD wanted = ((now & ~options.clear) | options.set) & ~(DWORD)FILE_ATTRIBUTE_DIRECTORY;

		if (!SetFileAttributesW(path, wanted ? wanted : FILE_ATTRIBUTE_NORMAL)) {
			output_error("Access denied - %s\n", path);
			options.failed = true;
		}
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		if (now & attributes[i].flag)
			columns[attributes[i].column] = attributes[i].letter;
	output_print("%s       %s\n", columns, path);
}

/* The pattern in a folder (with its backslash), and below. */
static void treat_folder(const WCHAR *folder, const WCHAR *pattern)
{
	bool wild = text_has_wildcard(pattern);
	struct io_wide path;
	WIN32_FIND_DATAW found;
	HANDLE find;

	io_wide_init(&path);
	output_put(&path, "%s%s", folder, pattern);
	find = FindFirstFileW(path.text, &found);
	if (find != INVALID_HANDLE) {
		do {
			bool is_folder = found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;

			if (text_same(found.cFileName, u".") || text_same(found.cFileName, u"..") ||
			    (is_folder && wild && !options.folders))
				continue;
			text_clear(&path);
			output_put(&path, "%s%s", folder, found.cFileName);
			treat(path.text, found.dwFileAttributes);
		} while (FindNextFileW(find, &found));
		FindClose(find);
	}
	if (options.tree) {
		text_clear(&path);
		output_put(&path, "%s*", folder);
		find = FindFirstFileW(path.text, &found);
		while (find != INVALID_HANDLE) {
			if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY &&
			    !(found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) &&
			    !text_same(found.cFileName, u".") && !text_same(found.cFileName, u"..")) {
				text_clear(&path);
				output_put(&path, "%s%s\\", folder, found.cFileName);
				treat_folder(path.text, pattern);
			}
			if (!FindNextFileW(find, &found)) {
				FindClose(find);
				break;
			}
		}
	}
	io_wide_free(&path);
}

static void treat_name(const WCHAR *name)
{
	static WCHAR full[32768];
	WCHAR *last = NULL;
	struct io_wide folder, pattern;
	DWORD length = GetFullPathNameW(name, ARRAY_SIZE(full), full, &last);

	if (!length || length >= ARRAY_SIZE(full))
		return;
	io_wide_init(&folder);
	io_wide_init(&pattern);
	text_put(&pattern, last ? last : u"*");
	io_wide_put(&folder, full, last ? (size_t)(last - full) : length);
	options.any = false;
	treat_folder(folder.text, pattern.text);
	if (!options.any) {
		output_print("File not found - %s\n", name);
		options.failed = true;
	}
	io_wide_free(&pattern);
	io_wide_free(&folder);
}

PROGRAM("attrib.exe", attrib_program)
{
	const WCHAR *at;
	struct io_wide word;
	bool quoted, names = false;

	io_wide_init(&word);
	for (at = arguments_begin(); arguments_next(&at, &word, &quoted);) {
		const WCHAR *text = word.text;
		bool good = true;

		if (*text == u'+' || *text == u'-') {
			good = take_change(text);
		} else if (!quoted && *text == u'/') {
			if (text_same(text, u"/S"))
				options.tree = true;
			else if (text_same(text, u"/D"))
				options.folders = true;
			else if (text_same(text, u"/L"))
				options.links = true;
			else
				good = false;
		}
		if (!good) {
			output_print(*text == u'/' ? "Invalid switch - %s\n" : "Parameter format not correct -\n",
				     text);
			return 1;
		}
	}
	for (at = arguments_begin(); arguments_next(&at, &word, &quoted);) {
		if (*word.text == u'+' || *word.text == u'-' || (!quoted && *word.text == u'/'))
			continue;
		names = true;
		treat_name(word.text);
	}
	if (!names)
		treat_name(u"*");
	io_wide_free(&word);
	return options.failed;
}
