/*
 * programs/cmd/dir.c - DIR: switches and the walk through folders.  How entries look is in dir_format.c.
 */
#include "programs/cmd/dir.h"

#include <stdlib.h>

static struct dir *sorting;

static int compare_key(const WIN32_FIND_DATAW *a, const WIN32_FIND_DATAW *b, WCHAR key)
{
	const WCHAR *x = a->cFileName, *y = b->cFileName;
	uint64_t m, n;

	switch (key) {
	case u'N':
		return rtl_compare_nocase(x, rtl_wcslen(x), y, rtl_wcslen(y));
	case u'E':
		x = text_find_last(x, u'.');
		y = text_find_last(y, u'.');
		x = x ? x : u"";
		y = y ? y : u"";
		return rtl_compare_nocase(x, rtl_wcslen(x), y, rtl_wcslen(y));
	case u'G':
		return (int)!(a->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) -
		       (int)!(b->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
	case u'S':
		m = (uint64_t)a->nFileSizeHigh << 32 | a->nFileSizeLow;
		n = (uint64_t)b->nFileSizeHigh << 32 | b->nFileSizeLow;
		return m < n ? -1 : m > n;
	default: {
		const FILETIME *s = dir_time(sorting, a), *t = dir_time(sorting, b);

		m = (uint64_t)s->dwHighDateTime << 32 | s->dwLowDateTime;
		n = (uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime;
		return m < n ? -1 : m > n;
	}
	}
}

static int compare(const void *a, const void *b)
{
	bool reverse = false;
	int order = 0;

	for (const WCHAR *key = sorting->order; *key && !order; key++) {
		if (*key == u'-') {
			reverse = true;
			continue;
		}
		order = compare_key(a, b, *key);
		if (reverse)
			order = -order;
		reverse = false;
	}
	return order ? order : compare_key(a, b, u'N');
}

/* The switches of one word; false: an unknown one, said already. */
static bool take_switch(struct dir *dir, const WCHAR *text)
{
	bool off = text[1] == u'-';
	WCHAR letter = rtl_upcase(text[1 + off]);
	const WCHAR *rest = text + 2 + off;

	switch (letter) {
	case u'A':
		if (off)
			dir->filter = (struct attribute_filter){0};
		else if (!file_attributes_switch(rest, &dir->filter))
			break;
		return true;
	case u'O':
		if (off) {
			dir->order[0] = 0;
			return true;
		}
		rest += *rest == u':';
		dir->sorted = true;
		if (!*rest) {
			dir->order[0] = u'G';
			dir->order[1] = u'N';
			dir->order[2] = 0;
			return true;
		}
		{
			size_t count = 0;

			for (; *rest && count < ARRAY_SIZE(dir->order) - 1; rest++) {
				if (!text_find(u"NEGSD-", rtl_upcase(*rest)))
					break;
				dir->order[count++] = rtl_upcase(*rest);
			}
			dir->order[count] = 0;
		}
		if (*rest)
			break;
		return true;
	case u'T':
		rest += *rest == u':';
		dir->time_field = rtl_upcase(*rest);
		if (!*rest || !text_find(u"CAW", dir->time_field))
			break;
		return true;
	case u'B':
		dir->bare = !off;
		return true;
	case u'S':
		dir->tree = !off;
		return true;
	case u'W':
		dir->wide = !off;
		return true;
	case u'D':
		dir->columns = dir->wide = !off;
		return true;
	case u'L':
		dir->lower = !off;
		return true;
	case u'C':
		dir->commas = !off;
		return true;
	case u'X':
		dir->short_names = !off;
		return true;
	case u'Q':
		dir->owner = !off;
		return true;
	case u'P':
	case u'N':
	case u'4':
	case u'R':
		return true;
	default:
		break;
	}
	output_error("Invalid switch - \"%s\".\n", text + 1);
	return false;
}

/* The entries of one folder that the patterns choose; 0: there are none. */
static size_t list_folder(struct dir *dir, const WCHAR *folder, const WCHAR *pattern)
{
	size_t mark = cmd_mark(), count, kept = 0;
	struct io_wide path;
	WIN32_FIND_DATAW *found;

	io_wide_init(&path);
	cmd_join(&path, folder, pattern);
	found = cmd_list(path.text, &count, true);
	for (size_t i = 0; i < count; i++) {
		DWORD attributes = found[i].dwFileAttributes;
		bool dots = text_same(found[i].cFileName, u".") || text_same(found[i].cFileName, u"..");

		if (!file_passes(&dir->filter, attributes) || (dir->bare && dots) ||
		    (!dir->filter.given && attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)))
			continue;
		found[kept++] = found[i];
	}
	if (dir->sorted && dir->order[0]) {
		sorting = dir;
		qsort(found, kept, sizeof(*found), compare);
	}
	if (kept)
		dir_show(dir, folder, found, kept);
	io_wide_free(&path);
	cmd_release(mark);
	return kept;
}

static size_t walk(struct dir *dir, const WCHAR *folder, const WCHAR *pattern)
{
	size_t mark = cmd_mark(), shown, count;
	struct io_wide path;
	WIN32_FIND_DATAW *found;

	shown = list_folder(dir, folder, pattern);
	if (!dir->tree || cmd.interrupted)
		return shown;
	io_wide_init(&path);
	cmd_join(&path, folder, u"*");
	found = cmd_list(path.text, &count, false);
	for (size_t i = 0; i < count; i++) {
		DWORD attributes = found[i].dwFileAttributes;

		if (!(attributes & FILE_ATTRIBUTE_DIRECTORY) || attributes & FILE_ATTRIBUTE_REPARSE_POINT ||
		    (!dir->filter.given && attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)))
			continue;
		text_clear(&path);
		cmd_join(&path, folder, found[i].cFileName);
		shown += walk(dir, path.text, pattern);
	}
	io_wide_free(&path);
	cmd_release(mark);
	return shown;
}

/* One argument. */
static bool show(struct dir *dir, const WCHAR *name)
{
	struct io_wide full;
	WCHAR *folder;
	const WCHAR *pattern = u"*";
	size_t length;
	bool good = true;

	io_wide_init(&full);
	cmd_full_path(*name ? name : u".", &full);
	if (cmd_is_folder(full.text)) {
		folder = cmd_copy(full.text, full.length);
	} else {
		length = cmd_folder_length(full.text);
		pattern = cmd_copy(full.text + length, full.length - length);
		folder = cmd_copy(full.text, length > 3 ? length - 1 : length);
		/* "*." and "name" without an extension mean the latter for files of any */
	}
	io_wide_free(&full);
	length = rtl_wcslen(folder);
	if (length > 3 && folder[length - 1] == u'\\')
		folder[length - 1] = 0;
	if (!dir->bare)
		dir_volume(dir, folder);
	dir->first = true;
	dir->files = dir->directories = 0;
	dir->bytes = 0;
	if (!cmd_is_folder(folder)) {
		if (!dir->bare && GetLastError() == ERROR_PATH_NOT_FOUND)
			output_system_error(ERROR_PATH_NOT_FOUND);
		else
			output_error("File Not Found\n");
		return false;
	}
	if (!walk(dir, folder, pattern)) {
		if (!dir->bare && !dir->tree)
			output_print(" Directory of %s\n\n", folder);
		output_error("File Not Found\n");
		good = false;
	} else if (!dir->bare) {
		dir_totals(dir, folder);
	}
	return good;
}

int cmd_dir(const WCHAR *arguments)
{
	struct dir dir = {.commas = true, .time_field = u'W'};
	const WCHAR *preset = cmd_variable(u"DIRCMD", 6), *at;
	struct io_wide word;
	bool quoted, any = false, good = false;

	io_wide_init(&word);
	for (at = preset ? preset : u""; cmd_next_word(&at, &word, &quoted);)
		if (word.text[0] == u'/' && !take_switch(&dir, word.text))
			goto bad;
	for (at = arguments; cmd_next_word(&at, &word, &quoted);)
		if (!quoted && word.text[0] == u'/' && !take_switch(&dir, word.text))
			goto bad;
	for (at = arguments; cmd_next_word(&at, &word, &quoted);) {
		if (!quoted && word.text[0] == u'/')
			continue;
		any = true;
		good |= show(&dir, word.text);
	}
	if (!any)
		good = show(&dir, u"");
	io_wide_free(&word);
	return cmd_level(!good);
bad:
	io_wide_free(&word);
	return cmd_level(1);
}
