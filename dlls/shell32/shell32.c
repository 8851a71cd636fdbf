/*
 * dlls/shell32/shell32.c - the builtin shell32.dll: command lines, well-known folders, and the refusal to open things.
 */
#include "pewter/export.h"

DEFINE_DLL(shell32, .name = "shell32.dll",
	   .aliases = "api-ms-win-shell-*\0api-ms-win-downlevel-shell32-*\0ext-ms-win-shell32-*\0");
