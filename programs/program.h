/*
 * programs/program.h - how a function becomes a builtin program.
 *
 *	PROGRAM("sort.exe", sort_program)
 *	{
 *		...
 *		return exit code;
 *	}
 *
 * The name is that of its file in C:\Windows\System32 (loader/builtin_program.h); the function runs on the program's
 *first thread.
 */
#ifndef PEWTER_PROGRAMS_PROGRAM_H
#define PEWTER_PROGRAMS_PROGRAM_H

#include "pewter/export.h"

#define PROGRAM(file, function) EXPORT_AS(programs, file, DWORD, function, (PVOID peb __attribute__((unused))))

#endif
