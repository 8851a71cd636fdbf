/*
 * dlls/dbghelp/undecorate.c - UnDecorateSymbolName: what a decorated C++ name means (dlls/undname).
 */
#include "dlls/dbghelp/dbghelp.h"
#include "dlls/undname/undname.h"
#include "kernel32/api.h"

#include <stdlib.h>
#include <string.h>

/* A name that is none stays as it is; what has no room is cut off.  The characters stored, without the end; 0 with an error. */
EXPORT(dbghelp, DWORD, UnDecorateSymbolName, (PCSTR name, PSTR to, DWORD size, DWORD flags))
{
	char *work;
	const char *text;
	size_t length;

	if (!name || !to || size < 2) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	work = malloc(UNDNAME_WORK);
	if (!work) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return 0;
	}
	text = undname(name, flags, work);
	if (!text)
		text = name;
	length = strnlen(text, size - 1);
	memmove(to, text, length);
	to[length] = 0;
	free(work);
	return (DWORD)length;
}

EXPORT(dbghelp, DWORD, UnDecorateSymbolNameW, (PCWSTR name, PWSTR to, DWORD size, DWORD flags))
{
	char *narrow = malloc(2 * UNDNAME_WORK), *text = narrow ? narrow + UNDNAME_WORK : NULL;
	DWORD length = 0;

	if (!narrow) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	} else if (!name || !to || size < 2 || !WideCharToMultiByte(CP_ACP, 0, name, -1, narrow, UNDNAME_WORK, NULL, NULL)) {
		set_last_error(ERROR_INVALID_PARAMETER);
	} else if (UnDecorateSymbolName(narrow, text, UNDNAME_WORK, flags)) {
		length = (DWORD)MultiByteToWideChar(CP_ACP, 0, text, (int)strnlen(text, size - 1), to, (int)size - 1);
		to[length] = 0;
	}
	free(narrow);
	return length;
}
