/*
 * programs/cmd/builtin_file.c - DEL, REN, MOVE, TYPE, MKLINK.
 */
#include "programs/cmd/cmd.h"
#include "programs/cmd/file_switches.h"

#define FSCTL_SET_REPARSE 0x900A4u
#define MOUNT_POINT 0xA0000003u

bool file_attributes_switch(const WCHAR *text, struct attribute_filter *filter)
{
	static const struct {
		WCHAR letter;
		DWORD flag;
	} letters[] = {
		{u'R', FILE_ATTRIBUTE_READONLY},
		{u'H', FILE_ATTRIBUTE_HIDDEN},
		{u'S', FILE_ATTRIBUTE_SYSTEM},
		{u'A', FILE_ATTRIBUTE_ARCHIVE},
		{u'D', FILE_ATTRIBUTE_DIRECTORY},
		{u'L', FILE_ATTRIBUTE_REPARSE_POINT},
		{u'I', 0x2000},
		{u'O', FILE_ATTRIBUTE_OFFLINE},
	};
	bool without = false;

	filter->given = true;
	filter->with = filter->without = 0;
	text += *text == u':';
	for (; *text; text++) {
		size_t i = 0;

		if (*text == u'-') {
			without = true;
			continue;
		}
		while (i < ARRAY_SIZE(letters) && letters[i].letter != rtl_upcase(*text))
			i++;
		if (i == ARRAY_SIZE(letters))
			return false;
		*(without ? &filter->without : &filter->with) |= letters[i].flag;
		without = false;
	}
	return true;
}

bool file_passes(const struct attribute_filter *filter, DWORD attributes)
{
	return (attributes & filter->with) == filter->with && !(attributes & filter->without);
}

struct deletion {
	bool prompt, force, tree, quiet;
	struct attribute_filter filter;
	bool any; /* something was deleted, or was to be */
	int result;
};

static void delete_one(struct deletion *deletion, const WCHAR *path, DWORD attributes)
{
	DWORD error;

	if (deletion->prompt && cmd_ask("%s, Delete (Y/N)? ", path, u"YN") != u'Y')
		return;
	if (attributes & FILE_ATTRIBUTE_READONLY && deletion->force)
		SetFileAttributesW(path, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
	if (DeleteFileW(path)) {
		if (deletion->tree)
			output_print("Deleted file - %s\n", path);
		return;
	}
	error = GetLastError();
	deletion->result = 1;
	output_error("%s\n", path);
	output_system_error(error);
}

/* What the pattern finds in its folder, and below when asked. */
static void delete_in(struct deletion *deletion, const WCHAR *folder, const WCHAR *pattern)
{
	size_t mark = cmd_mark(), count;
	struct io_wide path;
	WIN32_FIND_DATAW *found;

	io_wide_init(&path);
	cmd_join(&path, folder, pattern);
	found = cmd_list(path.text, &count, false);
	for (size_t i = 0; i < count; i++) {
		DWORD attributes = found[i].dwFileAttributes;

		if (attributes & FILE_ATTRIBUTE_DIRECTORY || !file_passes(&deletion->filter, attributes) ||
		    (!deletion->filter.given && attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)))
			continue;
		deletion->any = true;
		text_clear(&path);
		cmd_join(&path, folder, found[i].cFileName);
		delete_one(deletion, path.text, attributes);
	}
	if (deletion->tree) {
		text_clear(&path);
		cmd_join(&path, folder, u"*");
		found = cmd_list(path.text, &count, false);
		for (size_t i = 0; i < count; i++) {
			if (!(found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) ||
			    found[i].dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
				continue;
			text_clear(&path);
			cmd_join(&path, folder, found[i].cFileName);
			delete_in(deletion, path.text, pattern);
		}
	}
	io_wide_free(&path);
	cmd_release(mark);
}

static void delete_name(struct deletion *deletion, const WCHAR *name)
{
	struct io_wide full;
	const WCHAR *pattern;
	WCHAR *folder;
	size_t length;

	io_wide_init(&full);
	cmd_full_path(name, &full);
	if (!text_has_wildcard(name) && cmd_is_folder(full.text)) {
		WCHAR *path = cmd_copy(full.text, full.length);

		text_clear(&full);
		cmd_join(&full, path, u"*");
	}
	length = cmd_folder_length(full.text);
	folder = cmd_copy(full.text, length);
	pattern = full.text + length;
	deletion->any = false;
	if ((text_same(pattern, u"*") || text_same(pattern, u"*.*")) && !deletion->quiet && !deletion->prompt &&
	    cmd_ask("%s, Are you sure (Y/N)? ", full.text, u"YN") != u'Y') {
		io_wide_free(&full);
		return;
	}
	delete_in(deletion, folder, cmd_copy(pattern, rtl_wcslen(pattern)));
	if (!deletion->any) {
		if (!cmd_is_folder(folder))
			output_system_error(ERROR_PATH_NOT_FOUND);
		else
			output_error("Could Not Find %s\n", full.text);
		deletion->result = deletion->result ? deletion->result : -1;
	}
	io_wide_free(&full);
}

int cmd_del(const WCHAR *arguments)
{
	struct deletion deletion = {0};
	const WCHAR *at = arguments;
	struct io_wide word;
	bool quoted, any = false;

	io_wide_init(&word);
	while (cmd_next_word(&at, &word, &quoted)) {
		if (quoted || word.text[0] != u'/')
			continue;
		if (text_same(word.text, u"/P"))
			deletion.prompt = true;
		else if (text_same(word.text, u"/F"))
			deletion.force = true;
		else if (text_same(word.text, u"/S"))
			deletion.tree = true;
		else if (text_same(word.text, u"/Q"))
			deletion.quiet = true;
		else if (!text_begins(word.text, u"/A") || !file_attributes_switch(word.text + 2, &deletion.filter)) {
			output_error("Invalid switch - \"%s\".\n", word.text + 1);
			io_wide_free(&word);
			return cmd_level(1);
		}
	}
	while (cmd_next_word(&arguments, &word, &quoted)) {
		if (!quoted && word.text[0] == u'/')
			continue;
		any = true;
		delete_name(&deletion, word.text);
	}
	io_wide_free(&word);
	if (!any)
		return cmd_syntax_error();
	/* What is not there is a failure for || only. */
	cmd.level = deletion.result > 0;
	return deletion.result ? 1 : 0;
}

int cmd_ren(const WCHAR *arguments)
{
	struct io_wide from, to, path, target;
	size_t count = 0, folder;
	WIN32_FIND_DATAW *found = NULL;
	bool quoted, good;
	int result = 0;

	io_wide_init(&from);
	io_wide_init(&to);
	io_wide_init(&path);
	io_wide_init(&target);
	good = cmd_next_word(&arguments, &from, &quoted) && cmd_next_word(&arguments, &to, &quoted);
	if (!good || cmd_folder_length(to.text)) {
		result = cmd_syntax_error();
		goto out;
	}
	folder = cmd_folder_length(from.text);
	found = cmd_list(from.text, &count, false);
	if (!count)
		result = cmd_fail_system(ERROR_FILE_NOT_FOUND, 1);
	for (size_t i = 0; i < count; i++) {
		/* Wildcards mean files; a name may be a folder's. */
		if (text_has_wildcard(from.text) && found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
			continue;
		text_clear(&path);
		text_clear(&target);
		io_wide_put(&path, from.text, folder);
		io_wide_put(&target, from.text, folder);
		text_put(&path, found[i].cFileName);
		cmd_apply_pattern(&target, found[i].cFileName, to.text);
		if (MoveFileExW(path.text, target.text, 0))
			continue;
		result = 1;
		if (GetLastError() == ERROR_ALREADY_EXISTS || GetLastError() == ERROR_FILE_EXISTS)
			output_error("A duplicate file name exists, or the file\ncannot be found.\n");
		else
			output_system_error(GetLastError());
	}
	cmd_level(result);
out:
	io_wide_free(&target);
	io_wide_free(&path);
	io_wide_free(&to);
	io_wide_free(&from);
	return result;
}

/* Whether what is there may be replaced. */
static bool may_replace(const WCHAR *target, bool yes, bool ask, bool *all)
{
	WCHAR answer;

	if (*all || yes || GetFileAttributesW(target) == INVALID_FILE_ATTRIBUTES)
		return true;
	if (!ask && (cmd.batch || cmd.single))
		return true;
	answer = cmd_ask("Overwrite %s? (Yes/No/All): ", target, u"YNA");
	*all = answer == u'A';
	return answer == u'Y' || answer == u'A';
}

int cmd_move(const WCHAR *arguments)
{
	struct io_wide from, to, word, path, target;
	size_t count = 0, moved = 0, folder;
	WIN32_FIND_DATAW *found;
	bool quoted, yes = false, ask = false, all = false, directory = false;
	unsigned names = 0;
	int result = 0;

	io_wide_init(&from);
	io_wide_init(&to);
	io_wide_init(&word);
	io_wide_init(&path);
	io_wide_init(&target);
	while (cmd_next_word(&arguments, &word, &quoted)) {
		if (!quoted && text_same(word.text, u"/Y"))
			yes = true;
		else if (!quoted && text_same(word.text, u"/-Y"))
			ask = true;
		else if (names++ < 2)
			text_put(names == 1 ? &from : &to, word.text);
	}
	if (!names || names > 2) {
		result = cmd_syntax_error();
		goto out;
	}
	if (names == 1)
		text_put(&to, u".");
	while (from.length > 3 && from.text[from.length - 1] == u'\\')
		from.text[--from.length] = 0;
	folder = cmd_folder_length(from.text);
	found = cmd_list(from.text, &count, false);
	if (!count) {
		result = cmd_fail_system(ERROR_FILE_NOT_FOUND, 1);
		goto out;
	}
	for (size_t i = 0; i < count && !result; i++) {
		bool is_directory = found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;

		if (text_has_wildcard(from.text) && is_directory)
			continue;
		text_clear(&path);
		text_clear(&target);
		io_wide_put(&path, from.text, folder);
		text_put(&path, found[i].cFileName);
		if (cmd_is_folder(to.text))
			cmd_join(&target, to.text, found[i].cFileName);
		else
			text_put(&target, to.text);
		if (text_has_wildcard(from.text))
			output_print("%s\n", path.text);
		if (!is_directory && !text_same(path.text, target.text) && !may_replace(target.text, yes, ask, &all)) {
			result = ask ? 1 : 0;
			continue;
		}
		if (!MoveFileExW(path.text, target.text,
				 MOVEFILE_COPY_ALLOWED | (is_directory ? 0 : MOVEFILE_REPLACE_EXISTING))) {
			result = 1;
			output_system_error(GetLastError());
			break;
		}
		directory = is_directory;
		moved++;
	}
	output_print("%9u %s moved.\n", (unsigned)moved, directory ? u"dir(s)" : u"file(s)");
	cmd_level(result);
out:
	io_wide_free(&target);
	io_wide_free(&path);
	io_wide_free(&word);
	io_wide_free(&to);
	io_wide_free(&from);
	return result;
}

static bool type_file(const WCHAR *path)
{
	HANDLE file = CreateFileW(path, GENERIC_READ_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
				  NULL, OPEN_EXISTING, 0, NULL);
	HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
	bool first = true, wide = false;
	struct io_wide text;
	char bytes[4096];
	DWORD count, written;

	if (file == INVALID_HANDLE)
		return false;
	while (!cmd.interrupted && ReadFile(file, bytes, sizeof(bytes), &count, NULL) && count) {
		const char *at = bytes;

		if (first && count >= 2 && bytes[0] == '\xFF' && bytes[1] == '\xFE') {
			wide = true;
			at += 2;
			count -= 2;
		}
		first = false;
		if (wide) {
			output_write(output, (const WCHAR *)at, count / 2);
		} else if (output_is_console(output)) {
			io_wide_init(&text);
			input_decode(&text, at, count);
			output_write(output, text.text, text.length);
			io_wide_free(&text);
		} else if (!WriteFile(output, at, count, &written, NULL)) {
			break;
		}
	}
	CloseHandle(file);
	return true;
}

int cmd_type(const WCHAR *arguments)
{
	const WCHAR *at = arguments;
	struct io_wide word, path;
	unsigned names = 0;
	bool quoted, several;
	int result = 0;

	io_wide_init(&word);
	io_wide_init(&path);
	while (cmd_next_word(&at, &word, &quoted))
		names += text_has_wildcard(word.text) ? 2 : 1;
	several = names > 1;
	while (cmd_next_word(&arguments, &word, &quoted)) {
		size_t folder = cmd_folder_length(word.text), count = 0;
		WIN32_FIND_DATAW *found = NULL;
		bool listed = text_has_wildcard(word.text);
		DWORD error = 0;

		if (listed)
			found = cmd_list(word.text, &count, false);
		if (listed && !count)
			error = GetLastError();
		for (size_t i = 0; i < (listed ? count : 1); i++) {
			text_clear(&path);
			io_wide_put(&path, word.text, listed ? folder : word.length);
			if (listed)
				text_put(&path, found[i].cFileName);
			if (listed && found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
				continue;
			if (several)
				output_error("\n%s\n\n\n", path.text);
			if (!type_file(path.text))
				error = GetLastError();
		}
		if (error) {
			output_system_error(error);
			if (several)
				output_error("Error occurred while processing: %s.\n", word.text);
			result = 1;
		}
	}
	io_wide_free(&path);
	io_wide_free(&word);
	return names ? cmd_level(result) : cmd_syntax_error();
}

/* A junction: a folder that leads to another, by its full name. */
static bool make_junction(const WCHAR *link, const WCHAR *target)
{
	struct {
		ULONG tag;
		USHORT length, reserved;
		USHORT substitute_offset, substitute_length, print_offset, print_length;
		WCHAR text[2048];
	} data = {.tag = MOUNT_POINT};
	struct io_wide full;
	size_t length, at = 0;
	HANDLE file;
	DWORD count;
	bool good;

	io_wide_init(&full);
	/* \\?\Volume{...} is \??\Volume{...} there. */
	if (text_begins(target, u"\\\\?\\"))
		text_put(&full, target + 4);
	else
		cmd_full_path(target, &full);
	length = full.length;
	if (length > 1000 || !CreateDirectoryW(link, NULL)) {
		io_wide_free(&full);
		return false;
	}
	memcpy(data.text, u"\\??\\", 4 * sizeof(WCHAR));
	memcpy(data.text + 4, full.text, (length + 1) * sizeof(WCHAR));
	at = length + 5;
	memcpy(data.text + at, full.text, (length + 1) * sizeof(WCHAR));
	data.substitute_length = (USHORT)((length + 4) * sizeof(WCHAR));
	data.print_offset = (USHORT)(at * sizeof(WCHAR));
	data.print_length = (USHORT)(length * sizeof(WCHAR));
	data.length = (USHORT)(8 + (at + length + 1) * sizeof(WCHAR));
	file = CreateFileW(link, GENERIC_WRITE_ACCESS, 0, NULL, OPEN_EXISTING,
			   FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
	good = file != INVALID_HANDLE &&
	       DeviceIoControl(file, FSCTL_SET_REPARSE, &data, data.length + 8u, NULL, 0, &count, NULL);
	if (file != INVALID_HANDLE) {
		DWORD error = GetLastError();

		CloseHandle(file);
		SetLastError(error);
	}
	if (!good) {
		DWORD error = GetLastError();

		RemoveDirectoryW(link);
		SetLastError(error);
	}
	io_wide_free(&full);
	return good;
}

int cmd_mklink(const WCHAR *arguments)
{
	struct io_wide word, names[2];
	unsigned count = 0;
	WCHAR kind = 0;
	bool quoted, good = true;
	int result;

	io_wide_init(&word);
	io_wide_init(&names[0]);
	io_wide_init(&names[1]);
	while (cmd_next_word(&arguments, &word, &quoted)) {
		if (!quoted && word.text[0] == u'/') {
			kind = rtl_upcase(word.text[1]);
			good &= word.length == 2 && text_find(u"DHJ", kind) != NULL;
		} else if (count < 2) {
			text_put(&names[count++], word.text);
		} else {
			good = false;
		}
	}
	if (!good || count < 2) {
		result = cmd_syntax_error();
	} else {
		if (kind == u'H')
			good = CreateHardLinkW(names[0].text, names[1].text, NULL);
		else if (kind == u'J')
			good = make_junction(names[0].text, names[1].text);
		else
			good = CreateSymbolicLinkW(names[0].text, names[1].text,
						   (kind == u'D') | SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE);
		if (good)
			output_print("%s created for %s <<===>> %s\n",
				     kind == u'H'   ? u"Hardlink"
				     : kind == u'J' ? u"Junction"
						    : u"symbolic link",
				     names[0].text, names[1].text);
		else
			output_system_error(GetLastError());
		result = cmd_level(!good);
	}
	io_wide_free(&names[1]);
	io_wide_free(&names[0]);
	io_wide_free(&word);
	return result;
}
