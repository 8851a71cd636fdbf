/*
 * programs/cmd/copy.c - COPY: files one by one, or several into one.
 *
 * Microsoft, "copy": /A reads up to the first Ctrl-Z and writes one at the end, /B copies all bytes.  A switch in front
 * counts for all files until the next one; behind a name it counts for that name and those that follow.  Several files
 * that become one are text unless said otherwise.
 */
#include "programs/cmd/cmd.h"

#define CONTROL_Z 0x1A
#define MOST_SOURCES 256u

enum mode { MODE_NONE, MODE_TEXT, MODE_BINARY };

struct copy_name {
	const WCHAR *text;
	enum mode mode;
	bool joined; /* a + stands before it */
};

struct copy {
	struct copy_name names[MOST_SOURCES];
	unsigned count;
	bool yes, ask, all, failed;
	enum mode mode;
	unsigned copied;
};

/* Names, + between them, and switches.  False: something else. */
static bool parse(struct copy *copy, const WCHAR *at)
{
	bool joined = false;
	struct io_wide word;

	for (;;) {
		bool inside = false, quoted = false;

		while (cmd_is_delimiter(*at) || *at == u'+') {
			joined |= *at == u'+';
			at++;
		}
		if (!*at)
			return true;
		io_wide_init(&word);
		for (const WCHAR *start = at;
		     *at && (inside || !(cmd_is_delimiter(*at) || *at == u'+' || (*at == u'/' && at > start))); at++) {
			if (*at == u'"') {
				inside = !inside;
				quoted = true;
			} else {
				text_put_unit(&word, *at);
			}
		}
		if (word.text[0] == u'/' && !quoted) {
			WCHAR letter = rtl_upcase(word.text[1]);

			if (text_same(word.text, u"/-Y"))
				copy->ask = true;
			else if (word.length != 2 || !text_find(u"ABDVNYZL", letter))
				return false;
			if (letter == u'Y')
				copy->yes = true;
			if (letter == u'A' || letter == u'B') {
				copy->mode = letter == u'A' ? MODE_TEXT : MODE_BINARY;
				if (copy->count)
					copy->names[copy->count - 1].mode = copy->mode;
			}
			io_wide_free(&word);
			continue;
		}
		if (copy->count == MOST_SOURCES)
			return false;
		copy->names[copy->count++] = (struct copy_name){cmd_keep(&word), copy->mode, joined};
		joined = false;
	}
}

static bool may_write(struct copy *copy, const WCHAR *path)
{
	const WCHAR *preset = cmd_variable(u"COPYCMD", 7);
	bool yes = copy->yes || (preset && text_begins(preset, u"/Y") && !copy->ask);
	DWORD attributes = GetFileAttributesW(path);
	WCHAR answer;

	if (copy->all || yes || attributes == INVALID_FILE_ATTRIBUTES || text_same(path, u"nul") ||
	    text_same(path, u"con"))
		return true;
	if (!copy->ask && (cmd.batch || cmd.single))
		return true;
	answer = cmd_ask("Overwrite %s? (Yes/No/All): ", path, u"YNA");
	copy->all = answer == u'A';
	if (!answer)
		copy->failed = true;
	return answer == u'Y' || answer == u'A';
}

/* All of a file, or its text; false with the last error. */
static bool append(HANDLE to, const WCHAR *path, bool as_text)
{
	HANDLE from = CreateFileW(path, GENERIC_READ_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
				  NULL, OPEN_EXISTING, 0, NULL);
	char *bytes = cmd_allocate(65536);
	DWORD count, written;
	bool good = true;

	if (from == INVALID_HANDLE)
		return false;
	while (good && ReadFile(from, bytes, 65536, &count, NULL) && count) {
		char *end = as_text ? memchr(bytes, CONTROL_Z, count) : NULL;

		if (end)
			count = (DWORD)(end - bytes);
		good = !count || WriteFile(to, bytes, count, &written, NULL);
		if (end)
			break;
	}
	CloseHandle(from);
	return good;
}

static HANDLE create(const WCHAR *path)
{
	return CreateFileW(path, GENERIC_WRITE_ACCESS, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL,
			   NULL);
}

static bool same_file(const WCHAR *a, const WCHAR *b)
{
	struct io_wide x, y;
	bool same;

	io_wide_init(&x);
	io_wide_init(&y);
	cmd_full_path(a, &x);
	cmd_full_path(b, &y);
	same = text_same(x.text, y.text);
	io_wide_free(&y);
	io_wide_free(&x);
	return same;
}

static bool is_device(const WCHAR *name)
{
	return io_dos_device(name, rtl_wcslen(name)) != 0;
}

/* One file to one file. */
static bool copy_one(struct copy *copy, const WCHAR *from, enum mode from_mode, const WCHAR *to, enum mode to_mode)
{
	HANDLE file;
	bool good;

	if (!is_device(to) && same_file(from, to)) {
		output_error("The file cannot be copied onto itself.\n");
		return false;
	}
	if (GetFileAttributesW(from) == INVALID_FILE_ATTRIBUTES && !is_device(from)) {
		output_system_error(GetLastError());
		return false;
	}
	if (!may_write(copy, to))
		return !copy->failed && !copy->ask;
	if (from_mode != MODE_TEXT && !is_device(from) && !is_device(to)) {
		DWORD attributes = GetFileAttributesW(to);

		if (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_READONLY) {
			output_system_error(ERROR_ACCESS_DENIED);
			return false;
		}
		good = CopyFileExW(from, to, NULL, NULL, NULL, 0);
		if (!good)
			output_system_error(GetLastError());
		copy->copied += good;
		return good;
	}
	file = create(to);
	if (file == INVALID_HANDLE) {
		output_system_error(GetLastError());
		return false;
	}
	/* What is typed ends with Ctrl-Z. */
	good = append(file, from, from_mode == MODE_TEXT || (is_device(from) && from_mode != MODE_BINARY));
	if (!good)
		output_system_error(GetLastError());
	if (good && from_mode == MODE_TEXT && to_mode != MODE_BINARY && !is_device(from)) {
		DWORD written;

		WriteFile(file, "\x1A", 1, &written, NULL);
	}
	CloseHandle(file);
	copy->copied += good;
	return good;
}

/* Where a source goes: into a folder under its own name, or to a name that may have wildcards. */
static void make_target(struct io_wide *target, const WCHAR *to, bool folder, const WCHAR *name)
{
	text_clear(target);
	if (folder) {
		cmd_join(target, to, name);
		return;
	}
	io_wide_put(target, to, cmd_folder_length(to));
	cmd_apply_pattern(target, name, to + cmd_folder_length(to));
}

/* The files that a source means; a name that is none is itself. */
static WIN32_FIND_DATAW *find_sources(const WCHAR *name, size_t *count)
{
	WIN32_FIND_DATAW *found;

	if (is_device(name)) {
		found = cmd_allocate(sizeof(*found));
		memset(found, 0, sizeof(*found));
		memcpy(found->cFileName, name, (rtl_wcslen(name) + 1) * sizeof(WCHAR));
		*count = 1;
		return found;
	}
	return cmd_list(name, count, false);
}

static bool several_to_one(struct copy *copy, unsigned sources, const WCHAR *target, enum mode target_mode)
{
	struct io_wide path;
	HANDLE file = INVALID_HANDLE;
	bool good = true, first = true;
	DWORD written;

	io_wide_init(&path);
	for (unsigned i = 0; i < sources && good; i++) {
		const struct copy_name *source = &copy->names[i];
		size_t count, folder = cmd_folder_length(source->text);
		WIN32_FIND_DATAW *found = find_sources(source->text, &count);

		if (!count && !i && !text_has_wildcard(source->text)) {
			output_print("%s\n", source->text);
			output_system_error(ERROR_FILE_NOT_FOUND);
			good = false;
		}
		for (size_t j = 0; j < count && good; j++) {
			if (found[j].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
				continue;
			text_clear(&path);
			io_wide_put(&path, source->text, folder);
			text_put(&path, found[j].cFileName);
			output_print("%s\n", path.text);
			if (first) {
				bool same = same_file(path.text, target);

				if (!same && !may_write(copy, target)) {
					good = false;
					break;
				}
				file = same ? CreateFileW(target, GENERIC_WRITE_ACCESS, FILE_SHARE_READ, NULL,
							  OPEN_EXISTING, 0, NULL)
					    : create(target);
				good = file != INVALID_HANDLE;
				if (!good)
					output_system_error(GetLastError());
				if (good && same) {
					LARGE_INTEGER zero = {0};

					SetFilePointerEx(file, zero, NULL, FILE_END);
				} else if (good) {
					good = append(file, path.text, source->mode != MODE_BINARY);
				}
				first = false;
				continue;
			}
			if (same_file(path.text, target)) {
				output_error("Content of destination file lost before copy.\n");
				continue;
			}
			good = append(file, path.text, source->mode != MODE_BINARY);
		}
	}
	if (first && good) {
		output_system_error(ERROR_FILE_NOT_FOUND);
		good = false;
	}
	if (file != INVALID_HANDLE) {
		if (good && target_mode != MODE_BINARY)
			WriteFile(file, "\x1A", 1, &written, NULL);
		CloseHandle(file);
	}
	io_wide_free(&path);
	copy->copied = good;
	return good;
}

static bool each(struct copy *copy, const struct copy_name *source, const WCHAR *to, bool folder, enum mode to_mode)
{
	size_t count, length = cmd_folder_length(source->text);
	const WCHAR *name = source->text;
	struct io_wide path, target;
	WIN32_FIND_DATAW *found;
	bool good = true;

	io_wide_init(&path);
	io_wide_init(&target);
	if (cmd_is_folder(name)) {
		cmd_join(&path, name, u"*");
		name = cmd_copy(path.text, path.length);
		length = cmd_folder_length(name);
	}
	found = find_sources(name, &count);
	if (!count) {
		if (text_has_wildcard(name))
			output_error("%s\n", name);
		output_system_error(cmd_is_folder(cmd_copy(name, length)) || !length ? ERROR_FILE_NOT_FOUND
										     : ERROR_PATH_NOT_FOUND);
		good = false;
	}
	for (size_t i = 0; i < count && good; i++) {
		if (found[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
			continue;
		text_clear(&path);
		io_wide_put(&path, name, length);
		text_put(&path, found[i].cFileName);
		make_target(&target, to, folder, found[i].cFileName);
		if (text_has_wildcard(name))
			output_print("%s\n", path.text);
		good = copy_one(copy, path.text, source->mode, target.text, to_mode);
	}
	io_wide_free(&target);
	io_wide_free(&path);
	return good;
}

static bool ends_with_slash(const WCHAR *text)
{
	size_t length = rtl_wcslen(text);

	return length && (text[length - 1] == u'\\' || text[length - 1] == u'/');
}

int cmd_copy_files(const WCHAR *arguments)
{
	struct copy *copy = cmd_allocate(sizeof(*copy));
	unsigned sources = 1;
	const WCHAR *to = u".";
	enum mode to_mode;
	bool folder, joined, good;
	struct io_wide target;

	memset(copy, 0, sizeof(*copy));
	if (!parse(copy, arguments) || !copy->count)
		return cmd_syntax_error();
	while (sources < copy->count && copy->names[sources].joined)
		sources++;
	if (copy->count > sources + 1)
		return cmd_syntax_error();
	to_mode = copy->mode;
	if (copy->count > sources) {
		to = copy->names[sources].text;
		to_mode = copy->names[sources].mode;
	}
	folder = ends_with_slash(to) || cmd_is_folder(to);
	if (ends_with_slash(to) && !cmd_is_folder(to)) {
		output_system_error(ERROR_PATH_NOT_FOUND);
		output_print("%9u file(s) copied.\n", 0u);
		return cmd_level(1);
	}
	joined = sources > 1 ||
		 (text_has_wildcard(copy->names[0].text) && !folder && !text_has_wildcard(to) && !is_device(to));
	if (sources == 1 && cmd_is_folder(copy->names[0].text) && !folder && copy->count > 1)
		joined = true;
	if (joined) {
		io_wide_init(&target);
		if (folder) {
			/* Under the name of the first source. */
			size_t count;
			WIN32_FIND_DATAW *found = find_sources(copy->names[0].text, &count);
			const WCHAR *first = count ? found[0].cFileName : copy->names[0].text;

			if (copy->count > sources || !text_same(to, u"."))
				cmd_join(&target, to, first);
			else
				text_put(&target, first);
		} else {
			text_put(&target, to);
		}
		good = several_to_one(copy, sources, target.text, to_mode);
		io_wide_free(&target);
	} else {
		good = each(copy, &copy->names[0], to, folder, to_mode);
	}
	output_print("%9u file(s) copied.\n", copy->copied);
	return cmd_level(!good);
}
