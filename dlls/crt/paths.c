/*
 * dlls/crt/paths.c - taking path names apart, putting them together, and finding files along a path.
 */
#include "dlls/crt/crt.h"

#include <string.h>

errno_t CDECL crt__access_s(const char *name, INT mode);
errno_t CDECL crt__waccess_s(const WCHAR *name, INT mode);
char *CDECL crt__fullpath(char *to, const char *name, size_t size);
WCHAR *CDECL crt__wfullpath(WCHAR *to, const WCHAR *name, size_t size);
char *CDECL crt_getenv(const char *name);
WCHAR *CDECL crt__wgetenv(const WCHAR *name);

/* A lead byte and its trail byte, which may look like a backslash, are one character. */
static size_t character_size(const char *at)
{
	return crt_is_lead(crt_locale(NULL), (BYTE)at[0]) && at[1] != 0 ? 2 : 1;
}

/* Expands the name before it is pasted. */
#define CRT_NAMED(type, name, params) CRT(type, name, params)

#define UNIT char
#define NAME(narrow, wide) narrow
#define STEP(at) character_size(at)
#include "dlls/crt/paths_template.h"
#undef UNIT
#undef NAME
#undef STEP

#define UNIT WCHAR
#define NAME(narrow, wide) wide
#define STEP(at) ((void)(at), (size_t)1)
#include "dlls/crt/paths_template.h"
