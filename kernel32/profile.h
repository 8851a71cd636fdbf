/*
 * kernel32/profile.h - initialization files as text: what reading and writing them share.
 */
#ifndef PEWTER_KERNEL32_PROFILE_H
#define PEWTER_KERNEL32_PROFILE_H

#include "kernel32/file.h"

#include <stdbool.h>
#include <stddef.h>

/* A file in UTF-16; without a byte order mark it is in the ANSI code page on disk. */
struct profile {
	WCHAR *path; /* full; malloc'ed, as `text` */
	WCHAR *text;
	size_t length, capacity;
	bool exists, unicode;
};
/* NULL names win.ini; a name without a folder is in the Windows directory.  False with the last error set for failures
 * other than a missing file.  Must be closed in either case. */
bool profile_open(struct profile *profile, LPCWSTR name);
void profile_close(struct profile *profile);

/* A line: `start` to `end` is what is left of it without blanks around it, `next` the beginning of the next one. */
struct profile_line {
	size_t begin, start, end, next;
};
bool profile_next_line(const struct profile *profile, size_t at, struct profile_line *line);
bool profile_is_header(const struct profile *profile, const struct profile_line *line);
/* The header of a section; the first one of that name counts. */
bool profile_find_section(const struct profile *profile, LPCWSTR section, struct profile_line *header);
/* The line of a key, and where its value begins; the search starts behind the header and ends with the section. */
bool profile_find_key(const struct profile *profile, const struct profile_line *header, LPCWSTR key,
		      struct profile_line *line, size_t *value);

DWORD WINAPI GetPrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR fallback, LPWSTR buffer, DWORD size,
				      LPCWSTR file);
DWORD WINAPI GetPrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR fallback, LPSTR buffer, DWORD size,
				      LPCSTR file);
BOOL WINAPI WritePrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR value, LPCWSTR file);

#endif
