/*
 * programs/lines.c - reading line by line, in the console's code page or as UTF-16 behind a byte order mark.
 */
#include "programs/lines.h"
#include "programs/text.h"

HANDLE lines_open(const WCHAR *path)
{
	return CreateFileW(path, GENERIC_READ_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
			   OPEN_EXISTING, 0, NULL);
}

void line_reader_begin(struct line_reader *reader, HANDLE file)
{
	memset(reader, 0, sizeof(*reader));
	reader->file = file;
}

static bool fill(struct line_reader *reader)
{
	reader->at = 0;
	if (reader->ended || !ReadFile(reader->file, reader->bytes, sizeof(reader->bytes), &reader->count, NULL) ||
	    !reader->count) {
		reader->ended = true;
		reader->count = 0;
		return false;
	}
	if (!reader->started && reader->count >= 2 && reader->bytes[0] == '\xFF' && reader->bytes[1] == '\xFE') {
		reader->wide = true;
		reader->at = 2;
	}
	reader->started = true;
	return true;
}

bool line_reader_next(struct line_reader *reader, struct io_wide *line)
{
	struct io_narrow bytes;
	bool any = false, end = false;

	text_clear(line);
	if (output_is_console(reader->file))
		return input_line(reader->file, line);
	io_narrow_init(&bytes);
	while (!end && (reader->at < reader->count || fill(reader))) {
		any = true;
		if (reader->wide) {
			WCHAR unit = 0;

			memcpy(&unit, reader->bytes + reader->at, reader->count - reader->at >= 2 ? 2 : 1);
			reader->at += 2;
			end = unit == u'\n';
			if (!end)
				text_put_unit(line, unit);
			continue;
		}
		end = reader->bytes[reader->at] == '\n';
		if (!end)
			io_narrow_put(&bytes, &reader->bytes[reader->at], 1);
		reader->at++;
	}
	if (!reader->wide)
		input_decode(line, bytes.text, bytes.length);
	if (line->length && line->text[line->length - 1] == u'\r')
		line->text[--line->length] = 0;
	io_narrow_free(&bytes);
	return any;
}

const WCHAR *arguments_begin(void)
{
	const WCHAR *line = GetCommandLineW();
	bool quoted = false;

	for (; *line && (quoted || !text_is_blank(*line)); line++)
		if (*line == u'"')
			quoted = !quoted;
	return line;
}

bool arguments_next(const WCHAR **at, struct io_wide *word, bool *quoted)
{
	const WCHAR *text = text_skip_blanks(*at);
	bool inside = false, any = false;

	text_clear(word);
	*quoted = false;
	for (; *text && (inside || !text_is_blank(*text)); text++) {
		any = true;
		if (*text != u'"') {
			text_put_unit(word, *text);
			continue;
		}
		*quoted = true;
		if (inside && text[1] == u'"')
			text_put_unit(word, *text++);
		else
			inside = !inside;
	}
	*at = text;
	return any;
}

bool files_visit(const WCHAR *pattern, void (*visit)(const WCHAR *path, void *context), void *context)
{
	size_t folder = rtl_wcslen(pattern);
	WIN32_FIND_DATAW found;
	struct io_wide path;
	HANDLE find;
	bool any = false;

	while (folder && pattern[folder - 1] != u'\\' && pattern[folder - 1] != u'/' && pattern[folder - 1] != u':')
		folder--;
	if (!text_has_wildcard(pattern)) {
		DWORD attributes = GetFileAttributesW(pattern);

		if ((attributes == INVALID_FILE_ATTRIBUTES && !io_dos_device(pattern, rtl_wcslen(pattern))) ||
		    (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY))
			return false;
		visit(pattern, context);
		return true;
	}
	find = FindFirstFileW(pattern, &found);
	if (find == INVALID_HANDLE)
		return false;
	io_wide_init(&path);
	do {
		if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
			continue;
		any = true;
		text_clear(&path);
		io_wide_put(&path, pattern, folder);
		text_put(&path, found.cFileName);
		visit(path.text, context);
	} while (FindNextFileW(find, &found));
	FindClose(find);
	io_wide_free(&path);
	return any;
}
