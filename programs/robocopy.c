/*
 * programs/robocopy.c - robocopy.exe: makes one tree of folders like another.  Microsoft, "robocopy".
 */
#include "programs/lines.h"
#include "programs/paths.h"
#include "programs/program.h"
#include "programs/robocopy.h"
#include "programs/text.h"

#include <stdlib.h>

struct entry {
	WCHAR *name;
	DWORD attributes;
	uint64_t size, time; /* bytes; 100 ns */
	bool matched;        /* of the target: the source has it too */
};

struct entries {
	struct entry *list;
	size_t count, capacity;
};

static bool take_entry(const WIN32_FIND_DATAW *found, void *context)
{
	struct entries *entries = context;
	size_t size = (rtl_wcslen(found->cFileName) + 1) * sizeof(WCHAR);
	struct entry *entry;

	if (entries->count == entries->capacity) {
		entries->capacity = entries->capacity ? entries->capacity * 2 : 64;
		entries->list = realloc(entries->list, entries->capacity * sizeof(*entries->list));
		if (!entries->list)
			ExitProcess(ROBOCOPY_FATAL);
	}
	entry = &entries->list[entries->count++];
	*entry = (struct entry){
		.name = malloc(size),
		.attributes = found->dwFileAttributes,
		.size = (uint64_t)found->nFileSizeHigh << 32 | found->nFileSizeLow,
		.time = (uint64_t)found->ftLastWriteTime.dwHighDateTime << 32 | found->ftLastWriteTime.dwLowDateTime,
	};
	if (!entry->name)
		ExitProcess(ROBOCOPY_FATAL);
	memcpy(entry->name, found->cFileName, size);
	return true;
}

static void free_entries(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->list[i].name);
	free(entries->list);
}

static struct entry *find_entry(const struct entries *entries, const WCHAR *name)
{
	for (size_t i = 0; i < entries->count; i++)
		if (text_same(entries->list[i].name, name))
			return &entries->list[i];
	return NULL;
}

static bool is_folder(const struct entry *entry)
{
	return entry->attributes & FILE_ATTRIBUTE_DIRECTORY;
}

static bool matches(const WCHAR *pattern, const WCHAR *name)
{
	return text_same(pattern, u"*.*") || io_name_matches(pattern, rtl_wcslen(pattern), name, rtl_wcslen(name));
}

/* Whether a word means the name, or, if it is a path, the whole path; the folder's ends in a backslash. */
static bool is_listed(const struct robocopy_words *words, const WCHAR *folder, const WCHAR *name)
{
	struct io_wide full, path;
	bool listed = false;

	io_wide_init(&full);
	io_wide_init(&path);
	output_put(&full, "%s%s", folder, name);
	for (size_t i = 0; i < words->count && !listed; i++) {
		if (!text_find(words->list[i], u'\\')) {
			listed = matches(words->list[i], name);
			continue;
		}
		text_clear(&path);
		path_put_full(&path, words->list[i]);
		if (path.length > 3 && path_ends_folder(&path))
			path.text[--path.length] = 0;
		listed = matches(path.text, full.text);
	}
	io_wide_free(&path);
	io_wide_free(&full);
	return listed;
}

static bool is_wanted_file(const struct entry *file, const WCHAR *folder)
{
	bool wanted = false;

	for (size_t i = 0; i < robocopy.files.count && !wanted; i++)
		wanted = matches(robocopy.files.list[i], file->name);
	return wanted && !is_listed(&robocopy.excluded_files, folder, file->name);
}

static bool is_excluded_folder(const struct entry *folder, const WCHAR *source, const WCHAR *target)
{
	return (robocopy.no_links && folder->attributes & FILE_ATTRIBUTE_REPARSE_POINT) ||
	       is_listed(&robocopy.excluded_folders, source, folder->name) ||
	       is_listed(&robocopy.excluded_folders, target, folder->name);
}

static void print_file(const char *class, const struct entry *file, const WCHAR *folder)
{
	if (robocopy.no_file_list)
		return;
	output_print("\t");
	output_print(robocopy.no_class ? "" : class);
	output_print("\t");
	if (!robocopy.no_size) {
		output_print("\t");
		robocopy_print_number(file->size, 8);
		output_print("\t");
	}
	output_print("%s%s\n", robocopy.full_names ? folder : u"", file->name);
}

static void print_folder(const char *class, const char *count, uint64_t files, const WCHAR *path)
{
	if (robocopy.no_folder_list)
		return;
	output_print("\t");
	output_print(robocopy.no_class ? "" : class);
	if (count)
		output_print(count);
	else
		robocopy_print_number(files, 10);
	output_print("\t%s\n", path);
}

static void print_failure(const WCHAR *doing, const WCHAR *path)
{
	DWORD error = GetLastError();

	output_print("\nERROR %u (0x%08X) %s %s\n", error, error, doing, path);
	output_system_text(GetStdHandle(STD_OUTPUT_HANDLE), error);
	robocopy.result |= ROBOCOPY_FAILED;
}

static bool make_empty(const WCHAR *target)
{
	HANDLE file = CreateFileW(target, GENERIC_WRITE_ACCESS, 0, NULL, CREATE_ALWAYS, 0, NULL);

	if (file == INVALID_HANDLE)
		return false;
	return CloseHandle(file);
}

/* As often as /R says, with /W's pause. */
static bool copy_data(const WCHAR *source, const WCHAR *target, DWORD target_attributes)
{
	DWORD before = robocopy.result;

	for (unsigned tries = 0;; tries++) {
		if (target_attributes != INVALID_FILE_ATTRIBUTES && target_attributes & FILE_ATTRIBUTE_READONLY)
			SetFileAttributesW(target, target_attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
		if (robocopy.create ? make_empty(target) : CopyFileExW(source, target, NULL, NULL, NULL, 0))
			return true;
		print_failure(u"Copying File", source);
		if (tries == robocopy.retries) {
			output_print("\nERROR: RETRY LIMIT EXCEEDED.\n\n");
			return false;
		}
		output_print("Waiting %u seconds... Retrying...\n", robocopy.wait);
		Sleep(robocopy.wait * 1000);
		robocopy.result = before;
	}
}

static void delete_file(const WCHAR *path, DWORD attributes)
{
	if (attributes & FILE_ATTRIBUTE_READONLY)
		SetFileAttributesW(path, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
	if (!DeleteFileW(path))
		print_failure(u"Deleting File", path);
}

/* What the two files are to each other, in robocopy's words; `skipped`: it is not to be copied. */
static const char *classify(const struct entry *file, const struct entry *old, bool *skipped)
{
	uint64_t near = robocopy.two_seconds ? 20000000 : 0;

	*skipped = false;
	if (!old) {
		*skipped = robocopy.no_lonely;
		return "    New File  ";
	}
	if (file->time > old->time + near) {
		*skipped = robocopy.no_newer;
		return "    Newer     ";
	}
	if (file->time + near < old->time) {
		*skipped = robocopy.no_older;
		return "    Older     ";
	}
	if (file->size != old->size) {
		*skipped = robocopy.no_changed;
		return "    Changed   ";
	}
	*skipped = !robocopy.same_too;
	return "\t  same";
}

static void copy_file(const struct entry *file, const struct entry *old, const WCHAR *from, const WCHAR *to)
{
	struct io_wide source, target;
	const char *class;
	bool skipped;

	robocopy.entries.total++;
	robocopy.bytes.total += file->size;
	if (old && is_folder(old)) {
		print_file("*MISMATCH     ", file, from);
		robocopy.entries.mismatched++;
		robocopy.bytes.mismatched += file->size;
		robocopy.result |= ROBOCOPY_MISMATCH;
		return;
	}
	class = classify(file, old, &skipped);
	skipped |= (robocopy.only_archive && !(file->attributes & FILE_ATTRIBUTE_ARCHIVE)) || file->size < robocopy.smallest ||
		   (robocopy.largest && file->size > robocopy.largest);
	io_wide_init(&source);
	io_wide_init(&target);
	output_put(&source, "%s%s", from, file->name);
	output_put(&target, "%s%s", to, file->name);
	if (!skipped || robocopy.verbose)
		print_file(class, file, from);
	if (!skipped && !robocopy.list_only && !copy_data(source.text, target.text, old ? old->attributes : INVALID_FILE_ATTRIBUTES)) {
		robocopy.entries.failed++;
		robocopy.bytes.failed += file->size;
		robocopy.result |= ROBOCOPY_FAILED;
	} else if (!skipped) {
		robocopy.entries.copied++;
		robocopy.bytes.copied += file->size;
		robocopy.result |= ROBOCOPY_COPIED;
		if (robocopy.reset_archive && !robocopy.list_only)
			SetFileAttributesW(source.text, file->attributes & ~(DWORD)FILE_ATTRIBUTE_ARCHIVE);
		if (robocopy.move && !robocopy.list_only)
			delete_file(source.text, file->attributes);
	}
	io_wide_free(&target);
	io_wide_free(&source);
}

/* What lies below a folder that only the target has: counted, and deleted if it is to go.  `path` ends in a backslash. */
static void drop_folder(const WCHAR *path)
{
	struct entries entries = {0};
	struct io_wide inner;

	io_wide_init(&inner);
	robocopy.folders.extra++;
	print_folder("*EXTRA Dir  ", "      -1", 0, path);
	folder_visit(path, take_entry, &entries);
	for (size_t i = 0; i < entries.count; i++) {
		struct entry *entry = &entries.list[i];

		text_clear(&inner);
		output_put(&inner, is_folder(entry) ? "%s%s\\" : "%s%s", path, entry->name);
		if (is_folder(entry) && entry->attributes & FILE_ATTRIBUTE_REPARSE_POINT) {
			inner.text[--inner.length] = 0;
			if (!robocopy.list_only && !RemoveDirectoryW(inner.text))
				print_failure(u"Deleting Directory", inner.text);
		} else if (is_folder(entry)) {
			drop_folder(inner.text);
		} else {
			robocopy.entries.extra++;
			robocopy.bytes.extra += entry->size;
			print_file("  *EXTRA File ", entry, path);
			if (!robocopy.list_only)
				delete_file(inner.text, entry->attributes);
		}
	}
	if (!robocopy.list_only && !RemoveDirectoryW(path))
		print_failure(u"Deleting Directory", path);
	free_entries(&entries);
	io_wide_free(&inner);
}

/* What the target has and the source has not. */
static void treat_extras(const struct entries *there, const WCHAR *from, const WCHAR *to)
{
	struct io_wide path;

	io_wide_init(&path);
	for (size_t i = 0; i < there->count; i++) {
		struct entry *entry = &there->list[i];

		if (entry->matched || (is_folder(entry) ? !robocopy.tree || is_excluded_folder(entry, from, to) : !is_wanted_file(entry, to)))
			continue;
		robocopy.result |= ROBOCOPY_EXTRA;
		text_clear(&path);
		output_put(&path, is_folder(entry) ? "%s%s\\" : "%s%s", to, entry->name);
		if (is_folder(entry) && robocopy.purge && !(entry->attributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
			drop_folder(path.text);
			continue;
		}
		if (is_folder(entry)) {
			robocopy.folders.extra++;
			if (!robocopy.no_extra)
				print_folder("*EXTRA Dir  ", "      -1", 0, path.text);
			if (robocopy.purge && !robocopy.list_only && !RemoveDirectoryW(path.text))
				print_failure(u"Deleting Directory", path.text);
			continue;
		}
		robocopy.entries.extra++;
		robocopy.bytes.extra += entry->size;
		if (!robocopy.no_extra)
			print_file("  *EXTRA File ", entry, to);
		if (robocopy.purge && !robocopy.list_only)
			delete_file(path.text, entry->attributes);
	}
	io_wide_free(&path);
}

/* /S makes no folder that would be empty. */
static bool has_wanted_file(const WCHAR *path, unsigned level)
{
	struct entries entries = {0};
	bool any = false;

	folder_visit(path, take_entry, &entries);
	for (size_t i = 0; i < entries.count && !any; i++) {
		struct io_wide inner;

		if (!is_folder(&entries.list[i])) {
			any = is_wanted_file(&entries.list[i], path);
			continue;
		}
		if (!robocopy.tree || level == robocopy.levels || is_excluded_folder(&entries.list[i], path, path))
			continue;
		io_wide_init(&inner);
		output_put(&inner, "%s%s\\", path, entries.list[i].name);
		any = has_wanted_file(inner.text, level + 1);
		io_wide_free(&inner);
	}
	free_entries(&entries);
	return any;
}

/* Both paths end in a backslash. */
static void treat_folder(const WCHAR *from, const WCHAR *to, unsigned level)
{
	struct entries here = {0}, there = {0};
	struct io_wide source, target;
	bool is_new = !path_is_folder(to);
	uint64_t files = 0;

	if (!folder_visit(from, take_entry, &here)) {
		print_failure(u"Scanning Source Directory", from);
		robocopy.folders.failed++;
		return;
	}
	if (!is_new)
		folder_visit(to, take_entry, &there);
	for (size_t i = 0; i < here.count; i++)
		files += !is_folder(&here.list[i]) && is_wanted_file(&here.list[i], from);
	robocopy.folders.total++;
	robocopy.folders.copied += is_new;
	print_folder(is_new ? "  New Dir   " : "            ", NULL, files, from);
	if (is_new && !robocopy.list_only && !path_make_folders(to)) {
		print_failure(u"Creating Destination Directory", to);
		robocopy.folders.copied--;
		robocopy.folders.failed++;
		free_entries(&here);
		return;
	}
	for (size_t i = 0; i < here.count; i++) {
		struct entry *old = find_entry(&there, here.list[i].name);

		if (old)
			old->matched = true;
	}
	treat_extras(&there, from, to);
	for (size_t i = 0; i < here.count; i++)
		if (!is_folder(&here.list[i]) && is_wanted_file(&here.list[i], from))
			copy_file(&here.list[i], find_entry(&there, here.list[i].name), from, to);
	io_wide_init(&source);
	io_wide_init(&target);
	for (size_t i = 0; i < here.count && robocopy.tree && level != robocopy.levels; i++) {
		if (!is_folder(&here.list[i]) || is_excluded_folder(&here.list[i], from, to))
			continue;
		text_clear(&source);
		text_clear(&target);
		output_put(&source, "%s%s\\", from, here.list[i].name);
		output_put(&target, "%s%s\\", to, here.list[i].name);
		if (robocopy.empty || path_is_folder(target.text) || has_wanted_file(source.text, level + 1))
			treat_folder(source.text, target.text, level + 1);
	}
	if (robocopy.move_folders && !robocopy.list_only)
		RemoveDirectoryW(from); /* what was left behind keeps it */
	io_wide_free(&target);
	io_wide_free(&source);
	free_entries(&there);
	free_entries(&here);
}

PROGRAM("robocopy.exe", robocopy_program)
{
	if (!robocopy_take_arguments())
		return ROBOCOPY_FATAL;
	robocopy_print_header();
	if (!path_is_folder(robocopy.source.text)) {
		output_print("ERROR 2 (0x00000002) Accessing Source Directory %s\n", robocopy.source.text);
		output_system_text(GetStdHandle(STD_OUTPUT_HANDLE), ERROR_FILE_NOT_FOUND);
		return ROBOCOPY_FATAL;
	}
	treat_folder(robocopy.source.text, robocopy.target.text, 1);
	robocopy_print_summary();
	return robocopy.result;
}
