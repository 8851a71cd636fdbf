/*
 * programs/paths.c - paths and folders.
 */
#include "programs/paths.h"
#include "programs/text.h"

#include <stdlib.h>

bool path_is_folder(const WCHAR *path)
{
	DWORD attributes = GetFileAttributesW(path);

	return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY;
}

bool path_ends_folder(const struct io_wide *path)
{
	WCHAR last = path->length ? path->text[path->length - 1] : 0;

	return last == u'\\' || last == u'/' || last == u':';
}

void path_put_full(struct io_wide *to, const WCHAR *name)
{
	DWORD size = GetFullPathNameW(name, 0, NULL, NULL);
	WCHAR *buffer = malloc(size * sizeof(*buffer));

	if (buffer && GetFullPathNameW(name, size, buffer, NULL) < size)
		text_put(to, buffer);
	free(buffer);
}

bool path_make_folders(const WCHAR *path)
{
	struct io_wide part;
	bool good;

	if (path_is_folder(path))
		return true;
	io_wide_init(&part);
	for (const WCHAR *c = path; *c; c++) {
		if (*c == u'\\' && part.length && part.text[part.length - 1] != u':' && !path_is_folder(part.text))
			CreateDirectoryW(part.text, NULL);
		text_put_unit(&part, *c);
	}
	good = path_is_folder(path) || CreateDirectoryW(path, NULL);
	io_wide_free(&part);
	return good;
}

bool folder_visit(const WCHAR *path, bool (*visit)(const WIN32_FIND_DATAW *found, void *context), void *context)
{
	WIN32_FIND_DATAW found;
	struct io_wide pattern;
	HANDLE find;

	io_wide_init(&pattern);
	output_put(&pattern, "%s*", path);
	find = FindFirstFileW(pattern.text, &found);
	io_wide_free(&pattern);
	if (find == INVALID_HANDLE)
		return false;
	do {
		if (text_same(found.cFileName, u".") || text_same(found.cFileName, u".."))
			continue;
		if (!visit(&found, context))
			break;
	} while (FindNextFileW(find, &found));
	FindClose(find);
	return true;
}
