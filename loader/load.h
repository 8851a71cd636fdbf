/*
 * loader/load.h - where DLLs are searched for.
 */
#ifndef PEWTER_LOADER_LOAD_H
#define PEWTER_LOADER_LOAD_H

#include "loader/modules.h"

/* LoadLibraryEx's flags. */
#define DONT_RESOLVE_DLL_REFERENCES 0x01u
#define LOAD_LIBRARY_AS_DATAFILE 0x02u
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x08u
#define LOAD_IGNORE_CODE_AUTHZ_LEVEL 0x10u
#define LOAD_LIBRARY_AS_IMAGE_RESOURCE 0x20u
#define LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE 0x40u
#define LOAD_LIBRARY_REQUIRE_SIGNED_TARGET 0x80u
#define LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR 0x100u
#define LOAD_LIBRARY_SEARCH_APPLICATION_DIR 0x200u
#define LOAD_LIBRARY_SEARCH_USER_DIRS 0x400u
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x800u
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x1000u
#define LOAD_LIBRARY_SEARCH_ANY 0x1F00u

/* search.c */
extern ULONG search_default_flags;  /* SetDefaultDllDirectories; 0: the traditional order */
extern char *search_dll_directory;  /* SetDllDirectory: a host path; NULL: none; it drops the current directory */
char *search_user_directories(const char *name); /* AddDllDirectory's, then SetDllDirectory's */

#endif
