/*
 * loader/search.c - the directories that programs add to the search for DLLs.
 */
#include "loader/load.h"
#include "host/image_file.h"

#include <stdlib.h>
#include <string.h>

struct user_directory {
	struct user_directory *next;
	char *path;
};

ULONG search_default_flags;
char *search_dll_directory;

static struct user_directory *user_directories; /* the last one added is the first one searched */

char *search_user_directories(const char *name)
{
	char *path;

	for (struct user_directory *directory = user_directories; directory; directory = directory->next) {
		path = path_find_in(directory->path, name);
		if (path)
			return path;
	}
	return search_dll_directory ? path_find_in(search_dll_directory, name) : NULL;
}

/* LOAD_LIBRARY_SEARCH_APPLICATION_DIR, _USER_DIRS, _SYSTEM32, _DEFAULT_DIRS (nt facts, execution 152). */
NTSTATUS search_set_default(ULONG flags)
{
	if (!flags || (flags & ~(LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_USER_DIRS |
				 LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)))
		return STATUS_INVALID_PARAMETER;
	modules_lock();
	search_default_flags = flags;
	modules_unlock();
	return STATUS_SUCCESS;
}

NTSTATUS search_set_dll_directory(const UNICODE_STRING *path)
{
	char *host = NULL;

	if (path) {
		/* "" only drops the current directory: a directory without files does that. */
		host = path->Length ? path_host_from_dos(path->Buffer, path->Length / 2) : strdup("/dev/null");
		if (!host)
			return STATUS_OBJECT_PATH_NOT_FOUND;
	}
	modules_lock();
	free(search_dll_directory);
	search_dll_directory = host;
	modules_unlock();
	return STATUS_SUCCESS;
}

NTSTATUS search_add(const UNICODE_STRING *path, PVOID *cookie)
{
	bool absolute = path->Length >= 6 && path->Buffer[1] == u':' &&
			(path->Buffer[2] == u'\\' || path->Buffer[2] == u'/');
	struct user_directory *directory;
	char *host;

	if (!absolute && !(path->Length >= 6 && path->Buffer[0] == u'\\' && path->Buffer[1] == u'\\'))
		return STATUS_INVALID_PARAMETER;
	host = path_host_from_dos(path->Buffer, path->Length / 2);
	if (!host || !host_path_is_directory(host)) {
		free(host);
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	directory = malloc(sizeof(*directory));
	if (!directory) {
		free(host);
		return STATUS_NO_MEMORY;
	}
	modules_lock();
	*directory = (struct user_directory){user_directories, host};
	user_directories = directory;
	modules_unlock();
	*cookie = directory;
	return STATUS_SUCCESS;
}

NTSTATUS search_remove(PVOID cookie)
{
	NTSTATUS status = STATUS_INVALID_PARAMETER;

	modules_lock();
	for (struct user_directory **link = &user_directories; *link; link = &(*link)->next) {
		struct user_directory *directory = *link;

		if (directory != cookie)
			continue;
		*link = directory->next;
		free(directory->path);
		free(directory);
		status = STATUS_SUCCESS;
		break;
	}
	modules_unlock();
	return status;
}
