/*
 * dlls/shlwapi/path_a.c - paths and strings in the ANSI code page; case is that of ASCII.
 */
#include "dlls/shlwapi/shlwapi.h"
#include "kernel32/api.h"

#define CHAR_T CHAR
#define NAME(base) base##A
#define FOLD(c) ((c) >= 'a' && (c) <= 'z' ? (c) - 32 : (c))
#include "dlls/shlwapi/path_template.h"
