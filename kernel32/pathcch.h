/*
 * kernel32/pathcch.h - what the files about paths as text share.
 */
#ifndef PEWTER_KERNEL32_PATHCCH_H
#define PEWTER_KERNEL32_PATHCCH_H

#include "nt/ntdef.h"

#include <stdbool.h>
#include <stddef.h>

#define PATHCCH_MAX_CCH 0x8000u
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)

enum path_kind { PATH_RELATIVE, PATH_ROOTED, PATH_DRIVE, PATH_VOLUME, PATH_SHARE };

/* What a path begins with. */
struct path_start {
	enum path_kind kind;
	bool extended;	  /* "\\?\" stands before it */
	size_t prefix;	  /* units before the drive, volume or server */
	size_t root;	  /* units of the root, with its backslash; 0: there is none */
	size_t server_end; /* PATH_SHARE */
};
struct path_start path_start_of(LPCWSTR path);

/* The length of a path with a terminator in its buffer; SIZE_MAX without one. */
size_t path_length_within(LPCWSTR path, size_t size);
bool path_bad_buffer(const void *path, size_t size);

HRESULT WINAPI PathCchStripPrefix(PWSTR path, size_t size);

#endif
