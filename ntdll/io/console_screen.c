/*
 * ntdll/io/console_screen.c - modes, attributes, the cursor and filling, as VT sequences.
 *
 * The screen buffer is the terminal's visible part: its size is the terminal's, its origin the upper left corner.  Where
 * the cursor is only the terminal knows; it is asked (ESC [6n) when a program asks, and what is typed meanwhile is kept.
 */
#include "ntdll/io/console_private.h"
#include "ntdll/io/console_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN_INPUT_MODES 0x3FFu
#define KNOWN_OUTPUT_MODES 0x1Fu
#define NORMAL_ATTRIBUTE (FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE)

static struct host_lock screen_lock;
static ULONG output_mode = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT;
static WORD attribute = NORMAL_ATTRIBUTE;
static CONSOLE_CURSOR_INFO cursor = {25, TRUE};
static char16_t title[256];
static size_t title_length;
static bool detached;

/* The cells that the last fill left blank, counted along the rows: the only ones whose characters are known. */
static struct {
	ULONG start, count;
} blanks;

NTSTATUS io_console_mode(HANDLE handle, ULONG *mode)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_ANY, &file);

	if (!NT_SUCCESS(status))
		return status;
	*mode = file->kind == IO_CONSOLE_INPUT ? io_console_input_mode() : output_mode;
	ob_dereference(file);
	return STATUS_SUCCESS;
}

NTSTATUS io_console_set_mode(HANDLE handle, ULONG mode)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_ANY, &file);

	if (!NT_SUCCESS(status))
		return status;
	if (file->kind == IO_CONSOLE_INPUT) {
		/* MSDN: echo needs lines */
		if (mode & ~KNOWN_INPUT_MODES || (mode & ENABLE_ECHO_INPUT && !(mode & ENABLE_LINE_INPUT)))
			status = STATUS_INVALID_PARAMETER;
		else
			io_console_input_set_mode(file, mode);
	} else {
		if (mode & ~KNOWN_OUTPUT_MODES)
			status = STATUS_INVALID_PARAMETER;
		else
			output_mode = mode;
	}
	ob_dereference(file);
	return status;
}

/* VT counts colours in another order of bits. */
static int vt_colour(unsigned bits)
{
	return (int)((bits & 4) >> 2 | (bits & 2) | (bits & 1) << 2);
}

static int attribute_sequence(char *text, size_t size, WORD value)
{
	if (value == NORMAL_ATTRIBUTE)
		return snprintf(text, size, "\033[0m");
	return snprintf(text, size, "\033[0%s%s;%d%s", value & COMMON_LVB_UNDERSCORE ? ";4" : "",
			value & COMMON_LVB_REVERSE_VIDEO ? ";7" : "",
			(value & FOREGROUND_INTENSITY ? 90 : 30) + vt_colour(value & 7u), "") +
	       ((value & 0xF0)
			? snprintf(text + strlen(text), size - strlen(text), ";%dm",
				   (value & BACKGROUND_INTENSITY ? 100 : 40) + vt_colour(value >> 4 & 7u))
			: snprintf(text + strlen(text), size - strlen(text), "m"));
}

NTSTATUS io_console_set_attribute(HANDLE handle, WORD value)
{
	struct io_file *file;
	char text[64];
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	attribute_sequence(text, sizeof(text), value);
	attribute = value;
	status = io_console_raw(file, text, strlen(text));
	ob_dereference(file);
	return status;
}

static void size_of(struct io_file *file, COORD *size)
{
	unsigned columns = 80, rows = 25;

	if (host_terminal_size(file->fd, &columns, &rows) < 0) {
		columns = 80;
		rows = 25;
	}
	size->X = (SHORT)(columns > 32767 ? 32767 : columns);
	size->Y = (SHORT)(rows > 32767 ? 32767 : rows);
}

/* Where the terminal says that the cursor is; the origin when it does not answer. */
static COORD ask_cursor(struct io_file *file)
{
	COORD position = {0, 0};
	int row, column;

	if (io_console_ask_cursor(file, &row, &column)) {
		position.X = (SHORT)(column - 1);
		position.Y = (SHORT)(row - 1);
	}
	return position;
}

NTSTATUS io_console_info(HANDLE handle, CONSOLE_SCREEN_BUFFER_INFO *info)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	memset(info, 0, sizeof(*info));
	size_of(file, &info->dwSize);
	info->dwMaximumWindowSize = info->dwSize;
	info->srWindow.Right = (SHORT)(info->dwSize.X - 1);
	info->srWindow.Bottom = (SHORT)(info->dwSize.Y - 1);
	info->wAttributes = attribute;
	info->dwCursorPosition = ask_cursor(file);
	if (info->dwCursorPosition.X >= info->dwSize.X)
		info->dwCursorPosition.X = (SHORT)(info->dwSize.X - 1);
	if (info->dwCursorPosition.Y >= info->dwSize.Y)
		info->dwCursorPosition.Y = (SHORT)(info->dwSize.Y - 1);
	ob_dereference(file);
	return STATUS_SUCCESS;
}

NTSTATUS io_console_set_cursor(HANDLE handle, COORD position)
{
	struct io_file *file;
	COORD size;
	char text[32];
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	size_of(file, &size);
	if (position.X < 0 || position.Y < 0 || position.X >= size.X || position.Y >= size.Y) {
		status = STATUS_INVALID_PARAMETER;
	} else {
		snprintf(text, sizeof(text), "\033[%d;%dH", position.Y + 1, position.X + 1);
		status = io_console_raw(file, text, strlen(text));
	}
	ob_dereference(file);
	return status;
}

NTSTATUS io_console_cursor_info(HANDLE handle, CONSOLE_CURSOR_INFO *info)
{
	NTSTATUS status = io_console_check(handle, IO_CONSOLE_OUT);

	if (NT_SUCCESS(status))
		*info = cursor;
	return status;
}

NTSTATUS io_console_set_cursor_info(HANDLE handle, const CONSOLE_CURSOR_INFO *info)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	if (info->dwSize < 1 || info->dwSize > 100) {
		status = STATUS_INVALID_PARAMETER;
	} else {
		cursor = *info;
		status = io_console_raw(file, info->bVisible ? "\033[?25h" : "\033[?25l", 6);
	}
	ob_dereference(file);
	return status;
}

/* One run of cells in a row; the cursor and the attribute are put back by the caller. */
static NTSTATUS put_row(struct io_file *file, COORD position, const char16_t *characters, char16_t character,
			const WORD *attributes, WORD value, unsigned count)
{
	char *text = malloc(64 + count * 48u);
	size_t used;
	WORD current = value;
	NTSTATUS status;

	if (!text)
		return STATUS_NO_MEMORY;
	used = (size_t)snprintf(text, 32, "\033[%d;%dH", position.Y + 1, position.X + 1);
	attribute_sequence(text + used, 40, value);
	used += strlen(text + used);
	for (unsigned i = 0; i < count; i++) {
		char16_t c = characters ? characters[i] : character;

		if (attributes && attributes[i] != current) {
			current = attributes[i];
			attribute_sequence(text + used, 40, current);
			used += strlen(text + used);
		}
		if (c < 0x20 || c == 0x7F)
			c = u' ';
		used += rtl_utf16_to_utf8(text + used, 4, &c, 1);
	}
	status = io_console_raw(file, text, used);
	free(text);
	return status;
}

static NTSTATUS put_cells(HANDLE handle, const char16_t *characters, char16_t character, const WORD *attributes, WORD value,
			  ULONG count, COORD position, ULONG *written)
{
	struct io_file *file;
	COORD size;
	char back[64];
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	*written = 0;
	if (!NT_SUCCESS(status))
		return status;
	size_of(file, &size);
	if (position.X < 0 || position.Y < 0 || position.X >= size.X || position.Y >= size.Y) {
		ob_dereference(file);
		return STATUS_SUCCESS; /* nothing of it is on the screen */
	}
	host_lock_acquire(&screen_lock);
	status = io_console_raw(file, "\0337", 2); /* keep the cursor */
	while (count && position.Y < size.Y && NT_SUCCESS(status)) {
		ULONG part = (ULONG)(size.X - position.X) < count ? (ULONG)(size.X - position.X) : count;

		status = put_row(file, position, characters, character, attributes, value, part);
		if (characters)
			characters += part;
		if (attributes)
			attributes += part;
		*written += part;
		count -= part;
		position.X = 0;
		position.Y++;
	}
	attribute_sequence(back, sizeof(back), attribute);
	io_console_raw(file, "\0338", 2);
	io_console_raw(file, back, strlen(back));
	host_lock_release(&screen_lock);
	ob_dereference(file);
	return status;
}

void io_console_forget_blanks(void)
{
	__atomic_store_n(&blanks.count, 0, __ATOMIC_RELAXED);
}

NTSTATUS io_console_put(HANDLE handle, const char16_t *characters, const WORD *attributes, ULONG count, COORD position,
			ULONG *written)
{
	io_console_forget_blanks();
	return put_cells(handle, characters, u' ', attributes, attribute, count, position, written);
}

/* Where cells begin and how many of them are on the screen; none when the position is outside. */
static NTSTATUS cells_on_screen(HANDLE handle, COORD position, ULONG *start, ULONG *count)
{
	struct io_file *file;
	COORD size;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	size_of(file, &size);
	ob_dereference(file);
	*start = 0;
	if (position.X < 0 || position.Y < 0 || position.X >= size.X || position.Y >= size.Y) {
		*count = 0;
		return STATUS_SUCCESS;
	}
	*start = (ULONG)position.Y * (ULONG)size.X + (ULONG)position.X;
	if (*count > (ULONG)size.X * (ULONG)size.Y - *start)
		*count = (ULONG)size.X * (ULONG)size.Y - *start;
	return STATUS_SUCCESS;
}

/*
 * A terminal does not tell what is on its screen, so colours alone can be set where the characters are known: on the
 * blanks of the fill before, as programs that clear the screen do.  Elsewhere STATUS_NOT_SUPPORTED.
 */
NTSTATUS io_console_fill(HANDLE handle, char16_t character, bool set_character, WORD value, bool set_attribute, ULONG count,
			 COORD position, ULONG *written)
{
	ULONG start;
	NTSTATUS status = cells_on_screen(handle, position, &start, &count);

	*written = 0;
	if (!NT_SUCCESS(status) || !count)
		return status;
	if (!set_character) {
		bool known;

		host_lock_acquire(&screen_lock);
		known = start >= blanks.start && start + count <= blanks.start + blanks.count;
		host_lock_release(&screen_lock);
		return known ? put_cells(handle, NULL, u' ', NULL, value, count, position, written) : STATUS_NOT_SUPPORTED;
	}
	status = put_cells(handle, NULL, character, NULL, set_attribute ? value : attribute, count, position, written);
	host_lock_acquire(&screen_lock);
	blanks.start = start;
	blanks.count = character == u' ' && NT_SUCCESS(status) ? count : 0;
	host_lock_release(&screen_lock);
	return status;
}

void io_console_set_title(const char16_t *text, size_t length)
{
	char *bytes;
	int fd;

	host_lock_acquire(&screen_lock);
	title_length = length < ARRAY_SIZE(title) ? length : ARRAY_SIZE(title);
	memcpy(title, text, title_length * 2);
	host_lock_release(&screen_lock);
	fd = host_open_terminal();
	bytes = fd >= 0 ? malloc(length * 3 + 8) : NULL;
	if (bytes) {
		size_t used = 4;

		memcpy(bytes, "\033]0;", 4);
		for (size_t i = 0; i < length; i++)
			if (text[i] >= 0x20 && text[i] != 0x7F)
				used += rtl_utf16_to_utf8(bytes + used, 3, &text[i], 1);
		bytes[used++] = 7;
		host_write(fd, bytes, used);
		free(bytes);
	}
	if (fd >= 0)
		host_close(fd);
}

size_t io_console_title(char16_t *text, size_t capacity, bool original)
{
	size_t length;

	host_lock_acquire(&screen_lock);
	length = original ? 0 : title_length;
	memcpy(text, title, (length < capacity ? length : capacity) * 2);
	host_lock_release(&screen_lock);
	return length;
}

bool io_console_present(void)
{
	int fd;

	if (detached)
		return false;
	fd = host_open_terminal();
	if (fd >= 0)
		host_close(fd);
	return fd >= 0;
}

void io_console_detach(void)
{
	detached = true;
	io_console_control_reset();
}

bool io_console_given_up(void)
{
	return detached;
}

bool io_console_attach(void)
{
	detached = false;
	return io_console_present();
}
