/*
 * programs/tree.c - tree.com: the folders below one, drawn.  Microsoft, "tree".
 */
#include "programs/lines.h"
#include "programs/paths.h"
#include "programs/program.h"
#include "programs/text.h"

#include <stdlib.h>

static struct {
	bool files, ascii, any;
} tree;

struct names {
	WCHAR **list;
	size_t count, capacity;
};

static void add_name(struct names *names, const WCHAR *name)
{
	size_t size = (rtl_wcslen(name) + 1) * sizeof(*name);

	if (names->count == names->capacity) {
		size_t capacity = names->capacity ? names->capacity * 2 : 32;
		WCHAR **grown = realloc(names->list, capacity * sizeof(*grown));

		if (!grown)
			ExitProcess(1);
		names->list = grown;
		names->capacity = capacity;
	}
	names->list[names->count] = malloc(size);
	if (!names->list[names->count])
		ExitProcess(1);
	memcpy(names->list[names->count++], name, size);
}

static void free_names(struct names *names)
{
	while (names->count)
		free(names->list[--names->count]);
	free(names->list);
}

struct entries {
	struct names folders, files;
};

static bool take_entry(const WIN32_FIND_DATAW *found, void *context)
{
	struct entries *entries = context;

	if (found->dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM))
		return true;
	if (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
		add_name(&entries->folders, found->cFileName);
	else if (tree.files)
		add_name(&entries->files, found->cFileName);
	return true;
}

static const WCHAR *bar(void)
{
	return tree.ascii ? u"|   " : u"│   ";
}

/* `path` ends in a backslash, `lead` is what stands in front of every line. */
static void draw(const WCHAR *path, const WCHAR *lead)
{
	struct entries entries = {0};
	struct io_wide inner_path, inner_lead;

	folder_visit(path, take_entry, &entries);
	/* and a line of distance */
	for (size_t i = 0; i <= entries.files.count && entries.files.count; i++)
		output_print("%s%s%s\n", lead, entries.folders.count ? bar() : u"    ",
			     i < entries.files.count ? entries.files.list[i] : u"");
	io_wide_init(&inner_path);
	io_wide_init(&inner_lead);
	for (size_t i = 0; i < entries.folders.count; i++) {
		bool last = i + 1 == entries.folders.count;
		const WCHAR *branch = last ? (tree.ascii ? u"\\---" : u"└───") : tree.ascii ? u"+---" : u"├───";

		tree.any = true;
		output_print("%s%s%s\n", lead, branch, entries.folders.list[i]);
		text_clear(&inner_path);
		text_clear(&inner_lead);
		output_put(&inner_path, "%s%s\\", path, entries.folders.list[i]);
		output_put(&inner_lead, "%s%s", lead, last ? u"    " : bar());
		draw(inner_path.text, inner_lead.text);
	}
	io_wide_free(&inner_lead);
	io_wide_free(&inner_path);
	free_names(&entries.folders);
	free_names(&entries.files);
}

static void print_volume(WCHAR drive)
{
	WCHAR root[4] = {drive, u':', u'\\'}, label[64] = u"";
	DWORD serial = 0;

	GetVolumeInformationW(root, label, ARRAY_SIZE(label), &serial, NULL, NULL, NULL, 0);
	if (label[0])
		output_print("Folder PATH listing for volume %s\n", label);
	else
		output_print("Folder PATH listing\n");
	output_print("Volume serial number is %04X-%04X\n", serial >> 16, serial & 0xFFFF);
}

/* 0, or an exit code and what was wrong has been said. */
static DWORD take_arguments(struct io_wide *path)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word;
	bool quoted, wrong = false;

	io_wide_init(&word);
	while (!wrong && arguments_next(&at, &word, &quoted)) {
		if (text_same(word.text, u"/F")) {
			tree.files = true;
		} else if (text_same(word.text, u"/A")) {
			tree.ascii = true;
		} else if (word.text[0] == u'/') {
			output_error("Invalid switch - %s\n", word.text);
			wrong = true;
		} else if (path->length) {
			output_error("Too many parameters - %s\n", word.text);
			wrong = true;
		} else {
			path_put_full(path, word.text);
		}
	}
	io_wide_free(&word);
	return wrong;
}

PROGRAM("tree.com", tree_program)
{
	struct io_wide path;
	bool given;
	DWORD result;

	io_wide_init(&path);
	result = take_arguments(&path);
	if (result) {
		io_wide_free(&path);
		return result;
	}
	given = path.length != 0;
	if (!given)
		path_put_full(&path, u".");
	print_volume(path.text[0]);
	if (given) {
		struct io_wide upper;

		io_wide_init(&upper);
		for (size_t i = 0; i < path.length; i++)
			text_put_unit(&upper, rtl_upcase(path.text[i]));
		output_print("%s\n", upper.text);
		if (!path_is_folder(path.text)) {
			output_print("Invalid path - %s\n", upper.text + 2);
			result = 1;
		}
		io_wide_free(&upper);
	} else {
		output_print("%c:.\n", path.text[0]);
	}
	if (!path_ends_folder(&path))
		text_put_unit(&path, u'\\');
	if (!result)
		draw(path.text, u"");
	if (!tree.any)
		output_print("No subfolders exist \n\n");
	io_wide_free(&path);
	return result;
}
