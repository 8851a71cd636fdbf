/*
 * loader/search.c - the directories that programs add to the search for DLLs.
 */
#include "loader/load.h"

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
