/*
 * loader/paths.c - the few conversions of names that the loader needs.
 */
#include "loader/modules.h"
#include "host/file.h"
#include "host/image_file.h"
#include "ntdll/io/io.h"
#include "ntdll/rtl/rtl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *utf8_from_wide(const char16_t *text, size_t length)
{
	size_t size = rtl_utf16_to_utf8(NULL, 0, text, length);
	char *result = malloc(size + 1);

	if (result) {
		rtl_utf16_to_utf8(result, size, text, length);
		result[size] = 0;
	}
	return result;
}

char16_t *wide_from_utf8(const char *text)
{
	size_t length = strlen(text), units = rtl_utf8_to_utf16(NULL, 0, text, length);
	char16_t *result = malloc((units + 1) * sizeof(*result));

	if (result) {
		rtl_utf8_to_utf16(result, units, text, length);
		result[units] = 0;
	}
	return result;
}

struct name_search {
	const char *wanted;
	char *found;
};

static bool compare_entry(const char *name, void *argument)
{
	struct name_search *search = argument;

	if (strcasecmp(name, search->wanted) != 0)
		return true;
	search->found = strdup(name);
	return false;
}

static char *join(const char *directory, const char *name)
{
	size_t length = strcmp(directory, ".") == 0 ? 0 : strlen(directory);
	char *path = malloc(length + strlen(name) + 2);

	if (!path)
		return NULL;
	memcpy(path, directory, length);
	if (length && path[length - 1] != '/')
		path[length++] = '/';
	strcpy(path + length, name);
	return path;
}

/* Under the loader's lock. */
static char *passed_over[8];
static unsigned passed_over_count;

bool path_pass_over(const char *path)
{
	if (passed_over_count == sizeof(passed_over) / sizeof(passed_over[0]))
		return false;
	passed_over[passed_over_count] = strdup(path);
	return passed_over[passed_over_count++] != NULL;
}

void path_pass_over_none(void)
{
	while (passed_over_count > 0)
		free(passed_over[--passed_over_count]);
}

static bool is_found(const char *path)
{
	for (unsigned i = 0; i < passed_over_count; i++)
		if (passed_over[i] && strcmp(passed_over[i], path) == 0)
			return false;
	return host_path_is_file(path);
}

char *path_find_in(const char *directory, const char *name)
{
	struct name_search search = {.wanted = name};
	char *path = join(directory, name);

	if (!path || is_found(path))
		return path;
	free(path);
	host_directory_visit(directory, compare_entry, &search);
	if (!search.found)
		return NULL;
	path = join(directory, search.found);
	free(search.found);
	if (path && is_found(path))
		return path;
	free(path);
	return NULL;
}

/* Whether a host path may lie in the C: tree.  To know for sure costs several system calls (links are resolved), which a
 * program started from anywhere else need not pay. */
static bool may_be_c_drive(const char *path)
{
	return strstr(path, "/pewter/c") || getenv("PEWTER_C");
}

/* Empty and "." parts of an absolute path go. */
static void drop_idle_parts(char *path)
{
	char *to = path;

	for (const char *at = path; *at;) {
		if (at[0] == '/' && (at[1] == '/' || at[1] == 0))
			at++;
		else if (at[0] == '/' && at[1] == '.' && (at[2] == '/' || at[2] == 0))
			at += 2;
		else
			*to++ = *at++;
	}
	if (to == path)
		*to++ = '/';
	*to = 0;
}

static char16_t *with_drive_z(const char *path)
{
	char16_t *wide = wide_from_utf8(path), *result = NULL;
	size_t length = wide ? rtl_wcslen(wide) : 0;

	if (wide)
		result = malloc((length + 3) * sizeof(*result));
	if (result) {
		result[0] = u'Z';
		result[1] = u':';
		for (size_t i = 0; i <= length; i++)
			result[i + 2] = wide[i] == u'/' ? u'\\' : wide[i];
	}
	free(wide);
	return result;
}

/* With ".." gone as Linux resolves it, which is through links: the last part stays as it is.  Takes `absolute`. */
static char *without_parents(char *absolute)
{
	char *slash = strrchr(absolute, '/'), *real, *result = NULL;
	ssize_t length = -1;

	if (!strstr(absolute, "/../") || !slash)
		return absolute;
	real = malloc(4096);
	if (real) {
		*slash = 0;
		length = host_real_path(absolute, real, 4096);
		*slash = '/';
	}
	if (length > 0)
		result = join(real, slash + 1);
	free(real);
	if (!result)
		return absolute;
	free(absolute);
	return result;
}

char16_t *path_dos_from_host(const char *path)
{
	char *absolute = host_absolute_path(path);
	char16_t *result = NULL;

	if (!absolute)
		return NULL;
	absolute = without_parents(absolute);
	drop_idle_parts(absolute);
	if (may_be_c_drive(absolute)) {
		struct io_wide dos;

		io_wide_init(&dos);
		if (io_dos_path_from_unix(absolute, &dos)) {
			result = malloc((dos.length + 1) * sizeof(*result));
			if (result)
				memcpy(result, dos.text, (dos.length + 1) * sizeof(*result));
		}
		io_wide_free(&dos);
	} else {
		result = with_drive_z(absolute);
	}
	free(absolute);
	return result;
}

char *path_host_from_dos(const char16_t *dos, size_t length)
{
	struct io_narrow path;
	char *result = NULL;

	io_narrow_init(&path);
	if (NT_SUCCESS(io_unix_path_from_dos(dos, length, true, &path)) && !path.failed)
		result = strdup(path.text);
	io_narrow_free(&path);
	return result;
}

char *path_host_from_dos8(const char *dos)
{
	char16_t *wide = wide_from_utf8(dos);
	char *path = wide ? path_host_from_dos(wide, rtl_wcslen(wide)) : NULL;

	free(wide);
	return path;
}
