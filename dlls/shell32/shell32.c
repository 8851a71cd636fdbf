/*
 * dlls/shell32/shell32.c - the builtin shell32.dll: command lines, well-known folders, and the refusal to open things.
 */
#include "pewter/export.h"

DEFINE_DLL(shell32, .name = "shell32.dll",
	   .aliases = "api-ms-win-shell-*\0api-ms-win-shcore-obsolete-*\0api-ms-win-downlevel-shell32-*\0ext-ms-win-shell32-*\0");

/* Old homes of functions that moved to shlwapi; import libraries still name them here. */
EXPORT_FORWARD(shell32, "StrChrA", "SHLWAPI.StrChrA");
EXPORT_FORWARD(shell32, "StrChrIA", "SHLWAPI.StrChrIA");
EXPORT_FORWARD(shell32, "StrChrIW", "SHLWAPI.StrChrIW");
EXPORT_FORWARD(shell32, "StrChrW", "SHLWAPI.StrChrW");
EXPORT_FORWARD(shell32, "StrStrA", "SHLWAPI.StrStrA");
EXPORT_FORWARD(shell32, "StrStrIA", "SHLWAPI.StrStrIA");
EXPORT_FORWARD(shell32, "StrStrIW", "SHLWAPI.StrStrIW");
EXPORT_FORWARD(shell32, "StrStrW", "SHLWAPI.StrStrW");
