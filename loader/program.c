/*
 * loader/program.c - finds the file of the program to run.
 */
#include "loader/start.h"
#include "loader/builtin_program.h"
#include "loader/modules.h"
#include "host/image_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_windows_path(const char *name)
{
	return (((name[0] | 32) >= 'a' && (name[0] | 32) <= 'z' && name[1] == ':')) || strchr(name, '\\');
}

/* The path itself, or with ".exe"; malloc'ed. */
static char *existing(const char *path)
{
	char *longer;

	if (host_path_is_file(path))
		return strdup(path);
	longer = malloc(strlen(path) + 5);
	if (!longer)
		return NULL;
	strcpy(longer, path);
	strcat(longer, ".exe");
	if (host_path_is_file(longer))
		return longer;
	free(longer);
	return NULL;
}

static char *in_path(const char *name)
{
	const char *list = getenv("PATH");

	while (list && *list) {
		size_t length = strcspn(list, ":");
		char *path = malloc(length + strlen(name) + 2), *found;

		if (!path)
			return NULL;
		memcpy(path, list, length);
		path[length] = '/';
		strcpy(path + length + 1, name);
		found = length ? existing(path) : NULL;
		free(path);
		if (found)
			return found;
		list += length + (list[length] == ':');
	}
	return NULL;
}

/* Where the C: tree has a builtin program of this name; malloc'ed. */
static char *builtin(const char *given)
{
	const char *name = builtin_program_find(given);
	char dos[80], *host, *path;

	if (!name)
		return NULL;
	snprintf(dos, sizeof(dos), "C:\\Windows\\System32\\%s", name);
	host = path_host_from_dos8(dos);
	path = host ? existing(host) : NULL;
	free(host);
	return path;
}

char *program_find(const char *given)
{
	char *path = existing(given), *host;

	if (!path && is_windows_path(given)) {
		host = path_host_from_dos8(given);
		path = host ? existing(host) : NULL;
		free(host);
	}
	/* The system's directory comes before those of PATH. */
	if (!path && !strchr(given, '/') && *given)
		path = builtin(given);
	if (!path && !strchr(given, '/') && *given)
		path = in_path(given);
	if (!path)
		return NULL;
	host = host_absolute_path(path);
	free(path);
	return host;
}
