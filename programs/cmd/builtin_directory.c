/*
 * programs/cmd/builtin_directory.c - CD, X:, PUSHD, POPD, MD, RD.
 */
#include "programs/cmd/cmd.h"

#include <stdlib.h>

/* The argument as a whole, without quotes and blanks around it: folders may have blanks in their names. */
static WCHAR *whole_argument(const WCHAR *text)
{
	struct io_wide name;

	io_wide_init(&name);
	while (cmd_is_delimiter(*text))
		text++;
	for (; *text; text++)
		if (*text != u'"')
			text_put_unit(&name, *text == u'/' ? u'\\' : *text);
	while (name.length && cmd_is_delimiter(name.text[name.length - 1]))
		name.text[--name.length] = 0;
	return cmd_keep(&name);
}

/* What X: means as a relative name: the directory that its last CD went to. */
static void remember(WCHAR letter, const WCHAR *directory)
{
	WCHAR name[] = u"=C:";

	name[1] = rtl_upcase(letter);
	SetEnvironmentVariableW(name, directory);
}

static bool change(const WCHAR *path, bool drives)
{
	struct io_wide full, now;
	bool good;

	io_wide_init(&full);
	io_wide_init(&now);
	cmd_full_path(path, &full);
	cmd_current_directory(&now);
	good = cmd_is_folder(full.text);
	if (!good)
		SetLastError(GetFileAttributesW(full.text) != INVALID_FILE_ATTRIBUTES ? ERROR_DIRECTORY
										      : ERROR_PATH_NOT_FOUND);
	if (good && (drives || rtl_upcase(full.text[0]) == rtl_upcase(now.text[0]) || full.text[1] != u':'))
		good = SetCurrentDirectoryW(full.text);
	if (good && full.text[1] == u':')
		remember(full.text[0], full.text);
	io_wide_free(&now);
	io_wide_free(&full);
	return good;
}

int cmd_drive(WCHAR letter)
{
	WCHAR name[] = u"X:";

	name[0] = letter;
	if (!change(name, true)) {
		WCHAR root[] = u"X:\\";

		root[0] = letter;
		if (!SetCurrentDirectoryW(root))
			return cmd_fail("The system cannot find the drive specified.\n", 1);
	}
	return 0;
}

int cmd_cd(const WCHAR *arguments)
{
	bool drives = false;
	WCHAR *path;
	struct io_wide directory;

	while (cmd_is_delimiter(*arguments))
		arguments++;
	if (text_begins(arguments, u"/D")) {
		drives = true;
		arguments += 2;
	}
	path = whole_argument(arguments);
	if (!*path || (path[1] == u':' && !path[2])) {
		io_wide_init(&directory);
		if (*path)
			cmd_full_path(path, &directory);
		else
			cmd_current_directory(&directory);
		if (*path && drives)
			change(path, true);
		else
			output_print("%s\n", directory.text);
		io_wide_free(&directory);
		return cmd_level(0);
	}
	if (change(path, drives))
		return cmd_level(0);
	if (GetLastError() == ERROR_DIRECTORY)
		return cmd_fail("The directory name is invalid.\n", 1);
	return cmd_fail_system(ERROR_PATH_NOT_FOUND, 1);
}

static struct pushed {
	struct pushed *next;
	WCHAR *directory;
} * stack;

unsigned cmd_pushed(void)
{
	unsigned count = 0;

	for (const struct pushed *pushed = stack; pushed; pushed = pushed->next)
		count++;
	return count;
}

int cmd_pushd(const WCHAR *arguments)
{
	WCHAR *path = whole_argument(arguments);
	struct io_wide directory;
	struct pushed *pushed;

	if (!*path) {
		for (pushed = stack; pushed; pushed = pushed->next)
			output_print("%s\n", pushed->directory);
		return cmd_level(0);
	}
	io_wide_init(&directory);
	cmd_current_directory(&directory);
	pushed = malloc(sizeof(*pushed));
	if (!pushed || !change(path, true)) {
		free(pushed);
		io_wide_free(&directory);
		return cmd_fail_system(ERROR_PATH_NOT_FOUND, 1);
	}
	pushed->directory = malloc((directory.length + 1) * sizeof(WCHAR));
	if (!pushed->directory)
		ExitProcess(1);
	memcpy(pushed->directory, directory.text, (directory.length + 1) * sizeof(WCHAR));
	pushed->next = stack;
	stack = pushed;
	io_wide_free(&directory);
	return cmd_level(0);
}

int cmd_popd(const WCHAR *arguments)
{
	struct pushed *pushed = stack;
	bool good;

	(void)arguments;
	if (!pushed)
		return 1;
	good = change(pushed->directory, true);
	stack = pushed->next;
	free(pushed->directory);
	free(pushed);
	return good ? 0 : 1;
}

/* A folder with those above it. */
static bool make(const WCHAR *path)
{
	struct io_wide full;
	bool good = true;

	io_wide_init(&full);
	cmd_full_path(path, &full);
	while (full.length > 3 && full.text[full.length - 1] == u'\\')
		full.text[--full.length] = 0;
	if (text_has_wildcard(path)) {
		/* what comes before the name that cannot be is made all the same */
		size_t folder = cmd_folder_length(full.text);

		if (folder > 3 && !text_has_wildcard(cmd_copy(full.text, folder)))
			make(cmd_copy(full.text, folder - 1));
		SetLastError(ERROR_INVALID_NAME);
		good = false;
	} else if (!CreateDirectoryW(full.text, NULL)) {
		DWORD error = GetLastError();
		size_t folder = cmd_folder_length(full.text);

		good = false;
		if (error == ERROR_PATH_NOT_FOUND && cmd.extensions && folder > 3)
			good = make(cmd_copy(full.text, folder - 1)) && CreateDirectoryW(full.text, NULL);
		else
			SetLastError(error);
	}
	io_wide_free(&full);
	return good;
}

int cmd_md(const WCHAR *arguments)
{
	struct io_wide word;
	bool quoted, any = false;
	int result = 0;

	io_wide_init(&word);
	while (cmd_next_word(&arguments, &word, &quoted)) {
		any = true;
		/* A slash goes on with the path. */
		while (*arguments == u'/') {
			struct io_wide more;

			io_wide_init(&more);
			text_put_unit(&word, u'\\');
			arguments++;
			if (*arguments && !cmd_is_delimiter(*arguments) && cmd_next_word(&arguments, &more, &quoted))
				text_put(&word, more.text);
			io_wide_free(&more);
		}
		if (text_same(word.text, u"NUL") || make(word.text))
			continue;
		result = 1;
		if (GetLastError() == ERROR_ALREADY_EXISTS)
			output_error("A subdirectory or file %s already exists.\n", word.text);
		else
			output_system_error(GetLastError());
	}
	io_wide_free(&word);
	return any ? cmd_level(result) : cmd_syntax_error();
}

/* Everything in a folder, and it; links are removed, not followed.  The last error; 0. */
static DWORD remove_tree(const WCHAR *path)
{
	size_t mark = cmd_mark(), count;
	struct io_wide name;
	WIN32_FIND_DATAW *found;
	DWORD error = 0, one;

	io_wide_init(&name);
	cmd_join(&name, path, u"*");
	found = cmd_list(name.text, &count, false);
	for (size_t i = 0; i < count && !cmd.interrupted; i++) {
		text_clear(&name);
		cmd_join(&name, path, found[i].cFileName);
		one = 0;
		if (found[i].dwFileAttributes & FILE_ATTRIBUTE_READONLY)
			SetFileAttributesW(name.text, found[i].dwFileAttributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
		if (!(found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
			one = DeleteFileW(name.text) ? 0 : GetLastError();
		else if (found[i].dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
			one = RemoveDirectoryW(name.text) ? 0 : GetLastError();
		else
			one = remove_tree(name.text);
		if (one && !(found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) {
			output_error("%s - ", name.text);
			output_system_error(one);
		}
		if (one)
			error = one;
	}
	io_wide_free(&name);
	cmd_release(mark);
	if (!RemoveDirectoryW(path)) {
		one = GetLastError();
		if (!error) {
			output_error("%s - ", path);
			output_system_error(one);
		}
		error = one;
	}
	return error;
}

static DWORD remove_one(const WCHAR *path, bool tree, bool quiet)
{
	DWORD attributes = GetFileAttributesW(path), error = 0;

	if (attributes == INVALID_FILE_ATTRIBUTES) {
		error = GetLastError();
	} else if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
		error = ERROR_DIRECTORY;
	} else if (tree && !(attributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
		if (!quiet && cmd_ask("%s, Are you sure (Y/N)? ", path, u"YN") != u'Y')
			return 0;
		return remove_tree(path);
	} else if (!RemoveDirectoryW(path)) {
		error = GetLastError();
	}
	if (error)
		output_system_error(error);
	return error;
}

/* ERRORLEVEL stays what it was; the result is the error. */
int cmd_rd(const WCHAR *arguments)
{
	bool tree = false, quiet = false, quoted, any = false;
	const WCHAR *at = arguments;
	struct io_wide word;
	DWORD result = 0, error;

	io_wide_init(&word);
	/* Switches may stand anywhere. */
	while (cmd_next_word(&at, &word, &quoted)) {
		tree |= !quoted && text_same(word.text, u"/S");
		quiet |= !quoted && text_same(word.text, u"/Q");
	}
	while (cmd_next_word(&arguments, &word, &quoted)) {
		if (!quoted && word.text[0] == u'/') {
			if (text_same(word.text, u"/S") || text_same(word.text, u"/Q"))
				continue;
			output_error("Invalid switch - \"%s\".\n", word.text + 1);
			result = 1;
			any = true;
			break;
		}
		any = true;
		while (word.length > 1 && word.text[word.length - 1] == u'\\' && word.text[word.length - 2] != u':')
			word.text[--word.length] = 0;
		error = remove_one(word.text, tree, quiet);
		if (error)
			result = error;
	}
	io_wide_free(&word);
	if (any)
		return (int)result;
	output_error("The syntax of the command is incorrect.\n");
	return 1;
}
