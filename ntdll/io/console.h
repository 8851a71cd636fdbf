/*
 * ntdll/io/console.h - the console: the terminal that the standard handles or /dev/tty lead to.
 *
 * There is one console per process.  Text goes out as UTF-8 with VT sequences passed through; attributes, cursor calls
 * and clearing become such sequences.  Input comes as UTF-8 and VT key sequences and becomes UTF-16 and key events.
 * STATUS_INVALID_HANDLE: the handle is no console (kernel32's ERROR_INVALID_HANDLE).
 */
#ifndef PEWTER_NTDLL_IO_CONSOLE_H
#define PEWTER_NTDLL_IO_CONSOLE_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/wincon.h"
#include <stdbool.h>

enum io_console_side { IO_CONSOLE_ANY, IO_CONSOLE_IN, IO_CONSOLE_OUT };

NTSTATUS io_console_mode(HANDLE handle, ULONG *mode);
NTSTATUS io_console_set_mode(HANDLE handle, ULONG mode);
/* Checks only. */
NTSTATUS io_console_check(HANDLE handle, enum io_console_side side);

NTSTATUS io_console_write(HANDLE handle, const char16_t *text, ULONG length);
/* Bytes in the console's output code page. */
NTSTATUS io_console_write_ansi(HANDLE handle, const char *text, ULONG length);
NTSTATUS io_console_read(HANDLE handle, char16_t *text, ULONG capacity, ULONG *length, ULONG wakeup_mask, ULONG initial);

/* Events.  `remove` false: peeks, and `wait` must be false.  *count is what was there. */
NTSTATUS io_console_read_events(HANDLE handle, INPUT_RECORD *records, ULONG capacity, ULONG *count, bool remove, bool wait);
NTSTATUS io_console_write_events(HANDLE handle, const INPUT_RECORD *records, ULONG count);
NTSTATUS io_console_event_count(HANDLE handle, ULONG *count);
NTSTATUS io_console_flush_input(HANDLE handle);

NTSTATUS io_console_info(HANDLE handle, CONSOLE_SCREEN_BUFFER_INFO *info);
NTSTATUS io_console_set_attribute(HANDLE handle, WORD attributes);
NTSTATUS io_console_set_cursor(HANDLE handle, COORD position);
NTSTATUS io_console_cursor_info(HANDLE handle, CONSOLE_CURSOR_INFO *info);
NTSTATUS io_console_set_cursor_info(HANDLE handle, const CONSOLE_CURSOR_INFO *info);
/* Writes cells at a place without moving the cursor; `characters` or `attributes` NULL = as they are there (which a
 * terminal cannot tell: blanks, or the current attribute).  The text wraps at the end of the line. */
NTSTATUS io_console_put(HANDLE handle, const char16_t *characters, const WORD *attributes, ULONG count, COORD position,
			ULONG *written);
NTSTATUS io_console_fill(HANDLE handle, char16_t character, bool set_character, WORD attribute, bool set_attribute, ULONG count,
			 COORD position, ULONG *written);

UINT io_console_code_page(bool output);
NTSTATUS io_console_set_code_page(bool output, UINT code_page);
void io_console_set_title(const char16_t *title, size_t length);
size_t io_console_title(char16_t *title, size_t capacity, bool original);
/* Whether the process has a console at all. */
bool io_console_present(void);
/* Whether it was there, or might have been, and was detached. */
bool io_console_given_up(void);
void io_console_detach(void);
bool io_console_attach(void);

#endif
