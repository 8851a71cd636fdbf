/*
 * programs/xcopy.c - xcopy.exe: copies files and trees.  Microsoft, "xcopy".
 *
 * Exit codes: 0 all was copied, 1 nothing to copy was found, 2 Ctrl-C, 4 wrong usage or no room, 5 an error while
 * writing.
 */
#include "programs/lines.h"
#include "programs/paths.h"
#include "programs/program.h"
#include "programs/text.h"

#include <stdlib.h>

enum { DONE = 0, NOTHING_FOUND = 1, WRONG_USAGE = 4, NOT_WRITTEN = 5 };

static struct {
	bool tree, empty, yes, ask, quiet, full_names, list_only, assume_folder, go_on, hidden, readonly, keep, prompt;
	bool newer, update, archive, reset, structure;
	uint32_t since; /* year, month and day of /D:m-d-y in decimal places; 0: no such switch */
	const WCHAR *excluded[64];
	unsigned excluded_count;
	unsigned copied;
	int result;
	bool stopped, all;
} options;

static WCHAR ask(const char *question, const WCHAR *name, const WCHAR *answers)
{
	struct io_wide line;
	WCHAR answer = 0;

	io_wide_init(&line);
	do {
		output_print(question, name);
		if (!input_line(GetStdHandle(STD_INPUT_HANDLE), &line)) {
			options.stopped = true;
			break;
		}
		answer = rtl_upcase(*text_skip_blanks(line.text));
	} while (!answer || !text_find(answers, answer));
	io_wide_free(&line);
	return answer;
}

/* Whether a path has a part that a file of /EXCLUDE names. */
static bool is_excluded(const WCHAR *path)
{
	size_t length = rtl_wcslen(path);

	for (unsigned i = 0; i < options.excluded_count; i++) {
		size_t part = rtl_wcslen(options.excluded[i]);

		for (size_t at = 0; at + part <= length; at++)
			if (rtl_compare_nocase(path + at, part, options.excluded[i], part) == 0)
				return true;
	}
	return false;
}

/* Year, month and day of a time here, in decimal places. */
static uint32_t day_of(const FILETIME *time)
{
	FILETIME local;
	SYSTEMTIME parts;

	if (!FileTimeToLocalFileTime(time, &local) || !FileTimeToSystemTime(&local, &parts))
		return 0;
	return parts.wYear * 10000u + parts.wMonth * 100u + parts.wDay;
}

static void copy_file(const WCHAR *from, const WIN32_FIND_DATAW *found, const WCHAR *to)
{
	DWORD target = GetFileAttributesW(to);
	bool exists = target != INVALID_FILE_ATTRIBUTES;

	if (is_excluded(from) || (options.update && !exists) ||
	    (options.archive && !(found->dwFileAttributes & FILE_ATTRIBUTE_ARCHIVE)))
		return;
	if (options.since && day_of(&found->ftLastWriteTime) < options.since)
		return;
	if (options.newer && exists) {
		WIN32_FIND_DATAW old;
		HANDLE find = FindFirstFileW(to, &old);

		if (find != INVALID_HANDLE) {
			int64_t a = (int64_t)((uint64_t)found->ftLastWriteTime.dwHighDateTime << 32 |
					      found->ftLastWriteTime.dwLowDateTime);
			int64_t b = (int64_t)((uint64_t)old.ftLastWriteTime.dwHighDateTime << 32 |
					      old.ftLastWriteTime.dwLowDateTime);

			FindClose(find);
			if (a <= b)
				return;
		}
	}
	if (options.prompt && ask("%s (Y/N)? ", from, u"YN") != u'Y')
		return;
	if (exists && !options.yes && !options.all) {
		WCHAR answer = ask("Overwrite %s (Yes/No/All)? ", to, u"YNA");

		options.all = answer == u'A';
		if (answer != u'Y' && answer != u'A')
			return;
	}
	if (!options.quiet) {
		if (options.full_names)
			output_print("%s -> %s\n", from, to);
		else
			output_print("%s\n", from);
	}
	if (!options.list_only) {
		if (exists && options.readonly && target & FILE_ATTRIBUTE_READONLY)
			SetFileAttributesW(to, target & ~(DWORD)FILE_ATTRIBUTE_READONLY);
		if (!CopyFileExW(from, to, NULL, NULL, NULL, 0)) {
			output_system_error(GetLastError());
			options.result = WRONG_USAGE;
			options.stopped |= !options.go_on;
			return;
		}
		/* Only /K keeps the protection. */
		if (!options.keep && found->dwFileAttributes & FILE_ATTRIBUTE_READONLY)
			SetFileAttributesW(to, found->dwFileAttributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
		if (options.reset)
			SetFileAttributesW(from, found->dwFileAttributes & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE);
	}
	options.copied++;
}

static bool found_one(const WIN32_FIND_DATAW *found, void *any)
{
	*(bool *)any = true;
	return false;
}

static bool has_entries(const WCHAR *folder)
{
	bool any = false;

	folder_visit(folder, found_one, &any);
	return any;
}

static bool make_folders(const WCHAR *path)
{
	return options.list_only || path_make_folders(path);
}

/* `from` and `to` end with a backslash. */
static void copy_folder(const WCHAR *from, const WCHAR *pattern, const WCHAR *to, bool made)
{
	struct io_wide path, target;
	WIN32_FIND_DATAW found;
	HANDLE find;

	io_wide_init(&path);
	io_wide_init(&target);
	if (options.tree && !made && (options.empty || (options.structure && has_entries(from))))
		made = make_folders(to);
	output_put(&path, "%s%s", from, pattern);
	find = options.structure ? INVALID_HANDLE : FindFirstFileW(path.text, &found);
	while (find != INVALID_HANDLE && !options.stopped) {
		if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) &&
		    (options.hidden || !(found.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)))) {
			if (!made && !(made = make_folders(to))) {
				output_error("Unable to create directory - %s\n", to);
				options.result = WRONG_USAGE;
				options.stopped = true;
				break;
			}
			text_clear(&path);
			text_clear(&target);
			output_put(&path, "%s%s", from, found.cFileName);
			output_put(&target, "%s%s", to, found.cFileName);
			copy_file(path.text, &found, target.text);
		}
		if (!FindNextFileW(find, &found))
			break;
	}
	if (find != INVALID_HANDLE)
		FindClose(find);
	text_clear(&path);
	output_put(&path, "%s*", from);
	find = options.tree && !options.stopped ? FindFirstFileW(path.text, &found) : INVALID_HANDLE;
	while (find != INVALID_HANDLE && !options.stopped) {
		if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY && !text_same(found.cFileName, u".") &&
		    !text_same(found.cFileName, u"..") &&
		    (options.hidden || !(found.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)))) {
			text_clear(&path);
			text_clear(&target);
			output_put(&path, "%s%s\\", from, found.cFileName);
			output_put(&target, "%s%s\\", to, found.cFileName);
			if (!is_excluded(path.text))
				copy_folder(path.text, pattern, target.text, false);
		}
		if (!FindNextFileW(find, &found))
			break;
	}
	if (find != INVALID_HANDLE)
		FindClose(find);
	io_wide_free(&target);
	io_wide_free(&path);
}

static WCHAR *keep(const WCHAR *text)
{
	size_t size = (rtl_wcslen(text) + 1) * sizeof(*text);
	WCHAR *copy = malloc(size);

	if (!copy)
		ExitProcess(WRONG_USAGE);
	memcpy(copy, text, size);
	return copy;
}

/* /EXCLUDE:file+file: each line is a part of paths. */
static bool take_excluded(const WCHAR *names)
{
	static struct line_reader reader;
	struct io_wide name, line;
	bool good = true;

	io_wide_init(&name);
	io_wide_init(&line);
	while (*names && good) {
		HANDLE file;

		text_clear(&name);
		for (; *names && *names != u'+'; names++)
			text_put_unit(&name, *names);
		names += *names == u'+';
		file = lines_open(name.text);
		if (file == INVALID_HANDLE) {
			output_error("Can't read file: %s\n\n", name.text);
			good = false;
			break;
		}
		line_reader_begin(&reader, file);
		while (line_reader_next(&reader, &line))
			if (line.length && options.excluded_count < ARRAY_SIZE(options.excluded))
				options.excluded[options.excluded_count++] = keep(line.text);
		CloseHandle(file);
	}
	io_wide_free(&line);
	io_wide_free(&name);
	return good;
}

/* month-day-year; two digits mean 1980 to 2079. */
static bool take_date(const WCHAR *text)
{
	unsigned parts[3] = {0};

	for (unsigned i = 0; i < 3; i++) {
		if (!text_is_digit(*text))
			return false;
		for (; text_is_digit(*text) && parts[i] < 10000; text++)
			parts[i] = parts[i] * 10 + (*text - u'0');
		if (*text++ != (i < 2 ? u'-' : 0))
			return false;
	}
	if (parts[2] < 100)
		parts[2] += parts[2] < 80 ? 2000 : 1900;
	options.since = parts[2] * 10000 + parts[0] * 100 + parts[1];
	return parts[0] >= 1 && parts[0] <= 12 && parts[1] >= 1 && parts[1] <= 31 && parts[2] < 10000;
}

static bool take_switch(const WCHAR *text)
{
	static const struct {
		const WCHAR *name;
		bool *flags[3];
	} switches[] = {
		{u"/A", {&options.archive}},
		{u"/M", {&options.archive, &options.reset}},
		{u"/P", {&options.prompt}},
		{u"/S", {&options.tree}},
		{u"/E", {&options.tree, &options.empty}},
		{u"/Y", {&options.yes}},
		{u"/-Y", {&options.ask}},
		{u"/Q", {&options.quiet}},
		{u"/F", {&options.full_names}},
		{u"/L", {&options.list_only}},
		{u"/I", {&options.assume_folder}},
		{u"/C", {&options.go_on}},
		{u"/H", {&options.hidden}},
		{u"/R", {&options.readonly}},
		{u"/K", {&options.keep}},
		{u"/D", {&options.newer}},
		{u"/U", {&options.update}},
		{u"/T", {&options.structure, &options.tree}},
		/* how, not what */
		{u"/V", {NULL}},
		{u"/W", {NULL}},
		{u"/Z", {NULL}},
		{u"/J", {NULL}},
		{u"/G", {NULL}},
		{u"/N", {NULL}},
		{u"/O", {NULL}},
		{u"/X", {NULL}},
	};

	if (text_begins(text, u"/EXCLUDE:"))
		return take_excluded(text + 9);
	if (text_begins(text, u"/D:")) {
		if (take_date(text + 3))
			return true;
		output_error("Invalid date\n");
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++) {
		if (!text_same(text, switches[i].name))
			continue;
		for (size_t j = 0; j < 3 && switches[i].flags[j]; j++)
			*switches[i].flags[j] = true;
		return true;
	}
	output_error("Invalid switch - %s\n", text);
	return false;
}

/* Source and target are known. */
static int copy_all(struct io_wide *from, struct io_wide *to)
{
	struct io_wide folder, pattern, target;
	bool source_is_folder = path_is_folder(from->text), target_is_folder = path_ends_folder(to) || path_is_folder(to->text);
	WIN32_FIND_DATAW found;
	HANDLE find;
	size_t length = from->length;

	io_wide_init(&folder);
	io_wide_init(&pattern);
	io_wide_init(&target);
	if (source_is_folder) {
		text_put(&folder, from->text);
		if (!path_ends_folder(from))
			text_put_unit(&folder, u'\\');
		text_put(&pattern, u"*");
	} else {
		while (length && from->text[length - 1] != u'\\' && from->text[length - 1] != u'/' &&
		       from->text[length - 1] != u':')
			length--;
		io_wide_put(&folder, from->text, length);
		text_put(&pattern, from->text + length);
	}
	path_put_full(&target, to->text);
	if (!source_is_folder && !options.tree) {
		struct io_wide first;

		find = FindFirstFileW(from->text, &found);
		if (find == INVALID_HANDLE) {
			output_error("File not found - %s\n", pattern.text);
			output_print("0 File(s) copied\n");
			return WRONG_USAGE;
		}
		FindClose(find);
		/* One file to a name that is not there: which of both is it? */
		if (!target_is_folder && !text_has_wildcard(pattern.text)) {
			WCHAR answer = GetFileAttributesW(to->text) != INVALID_FILE_ATTRIBUTES ? u'F' : 0;

			io_wide_init(&first);
			output_put(&first, "%s%s", folder.text, found.cFileName);
			if (!answer)
				answer = ask("Does %s specify a file name\nor directory name on the target\n(F = file, "
					     "D = directory)? ",
					     to->text, u"FD");
			if (answer == u'F')
				copy_file(first.text, &found, target.text);
			io_wide_free(&first);
			if (answer != u'D')
				goto done;
		}
	} else if (!target_is_folder && !options.assume_folder &&
		   GetFileAttributesW(to->text) == INVALID_FILE_ATTRIBUTES) {
		WCHAR answer =
			ask("Does %s specify a file name\nor directory name on the target\n(F = file, D = directory)? ",
			    to->text, u"FD");

		if (answer != u'D')
			goto done;
	}
	if (!path_ends_folder(&target))
		text_put_unit(&target, u'\\');
	/* A folder into itself would not end. */
	if (source_is_folder && options.tree) {
		struct io_wide source;
		bool cyclic;

		io_wide_init(&source);
		path_put_full(&source, folder.text);
		cyclic = text_begins(target.text, source.text);
		io_wide_free(&source);
		if (cyclic) {
			output_error("Cannot perform a cyclic copy\n");
			output_print("0 File(s) copied\n");
			return WRONG_USAGE;
		}
	}
	copy_folder(folder.text, pattern.text, target.text, false);
done:
	io_wide_free(&target);
	io_wide_free(&pattern);
	io_wide_free(&folder);
	if (options.list_only)
		output_print("%u File(s)\n", options.copied);
	else if (!options.structure)
		output_print("%u File(s) copied\n", options.copied);
	return options.result;
}

PROGRAM("xcopy.exe", xcopy_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word, names[2];
	WCHAR preset[16] = u"";
	unsigned count = 0;
	bool quoted;
	int result;

	io_wide_init(&word);
	io_wide_init(&names[0]);
	io_wide_init(&names[1]);
	/* Switches may follow each other, and names, without a blank. */
	while (arguments_next(&at, &word, &quoted)) {
		WCHAR *text = word.text;

		while (*text) {
			WCHAR *next = text + 1, saved;

			while (*next && (*next != u'/' || quoted || text_begins(text, u"/EXCLUDE")))
				next++;
			saved = *next;
			*next = 0;
			if (*text == u'/' && !quoted) {
				if (!take_switch(text))
					return WRONG_USAGE;
			} else if (count < 2) {
				text_put(&names[count++], text);
			} else {
				output_error("Invalid number of parameters\n");
				return WRONG_USAGE;
			}
			*next = saved;
			text = next;
		}
	}
	if (!count) {
		output_error("Invalid number of parameters\n");
		return WRONG_USAGE;
	}
	if (count == 1)
		text_put(&names[1], u".\\");
	if (!options.ask && GetEnvironmentVariableW(u"COPYCMD", preset, ARRAY_SIZE(preset)) &&
	    text_begins(preset, u"/Y"))
		options.yes = true;
	result = copy_all(&names[0], &names[1]);
	io_wide_free(&names[1]);
	io_wide_free(&names[0]);
	io_wide_free(&word);
	return (DWORD)result;
}
