/*
 * ntdll/io/console_private.h - what the files of the console share.
 */
#ifndef PEWTER_NTDLL_IO_CONSOLE_PRIVATE_H
#define PEWTER_NTDLL_IO_CONSOLE_PRIVATE_H

#include "ntdll/io/console.h"
#include "ntdll/io/private.h"

/* A referenced console file; STATUS_INVALID_HANDLE. */
NTSTATUS io_console_file(HANDLE handle, enum io_console_side side, struct io_file **file);
ULONG io_console_input_mode(void);
void io_console_input_set_mode(struct io_file *file, ULONG mode);

/* Text was written: what stands where on the screen is no longer known. */
void io_console_forget_blanks(void);

/* Asks the terminal behind an output handle where its cursor is (from 1); what was typed meanwhile stays. */
bool io_console_ask_cursor(struct io_file *file, int *row, int *column);

#endif
