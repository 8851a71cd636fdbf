/*
 * programs/output.h - what builtin programs write and read.
 */
#ifndef PEWTER_PROGRAMS_OUTPUT_H
#define PEWTER_PROGRAMS_OUTPUT_H

#include "ntdll/io/io.h"
#include "programs/win32.h"

/* Files and pipes get UTF-16 instead of the console's code page (cmd /u). */
extern bool output_is_wide;

bool output_is_console(HANDLE handle);
/* Characters to a console, or bytes in the console's code page. */
void output_write(HANDLE handle, const WCHAR *text, size_t length);
/* A printf of ASCII with %s for UTF-16 strings, %u and %d with a width, %X, %%; "\n" becomes CR LF. */
void output_format(HANDLE handle, const char *format, ...);
#define output_print(...) output_format(GetStdHandle(STD_OUTPUT_HANDLE), __VA_ARGS__)
#define output_error(...) output_format(GetStdHandle(STD_ERROR_HANDLE), __VA_ARGS__)
/* The same into a string. */
void output_put(struct io_wide *to, const char *format, ...);

/* The system's text for a Win32 error; the second on stderr. */
void output_system_text(HANDLE handle, DWORD error);
void output_system_error(DWORD error);

/* One line without its end, from a console, or from a file or pipe of which nothing beyond the line is read.  False:
 * the input is at its end. */
bool input_line(HANDLE handle, struct io_wide *line);
/* Bytes in the console's code page as UTF-16, appended. */
void input_decode(struct io_wide *to, const char *bytes, size_t count);

#endif
