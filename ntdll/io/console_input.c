/*
 * ntdll/io/console_input.c - what is typed: lines for ReadConsole and ReadFile, key events for ReadConsoleInput.
 *
 * With ENABLE_LINE_INPUT the terminal's own line editing is used, and a line ends in CR LF as a console's does.  Without
 * it, and for key events, the terminal is put into raw mode; bytes become key events (UTF-8, control characters, the
 * common VT key sequences).  Typed bytes wait in one queue that all of these read from.
 */
#include "ntdll/io/console.h"
#include "ntdll/io/console_control.h"
#include "ntdll/io/console_private.h"
#include "ntdll/rtl/nls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS 256u
#define LINE_UNITS 8192u

static struct host_lock input_lock;
static ULONG input_mode = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_MOUSE_INPUT |
			  ENABLE_INSERT_MODE | ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS | ENABLE_AUTO_POSITION;
static INPUT_RECORD events[EVENTS]; /* a ring */
static unsigned event_first, event_count;
static char16_t line[LINE_UNITS]; /* what is left of the line read last */
static unsigned line_first, line_count;
static char partial[8]; /* an unfinished UTF-8 character or sequence */
static unsigned partial_length;
static bool raw; /* the terminal is in raw mode now */

ULONG io_console_input_mode(void)
{
	return input_mode;
}

/* The terminal as the mode says; `events_wanted`: for key events. */
static void prepare(struct io_file *file, bool events_wanted)
{
	bool wants_raw = events_wanted || !(input_mode & ENABLE_LINE_INPUT);
	unsigned flags = HOST_TERMINAL_OUTPUT;

	if (!wants_raw && !raw && input_mode & ENABLE_ECHO_INPUT && input_mode & ENABLE_PROCESSED_INPUT)
		return; /* as the terminal is anyway */
	if (!wants_raw)
		flags |= HOST_TERMINAL_LINE | (input_mode & ENABLE_ECHO_INPUT ? HOST_TERMINAL_ECHO : 0);
	if (input_mode & ENABLE_PROCESSED_INPUT)
		flags |= HOST_TERMINAL_SIGNALS;
	io_console_take_signals(); /* so that the terminal is put back when one ends the process */
	host_terminal_set(file->fd, flags);
	raw = wants_raw;
}

void io_console_input_set_mode(struct io_file *file, ULONG mode)
{
	host_lock_acquire(&input_lock);
	input_mode = mode;
	prepare(file, false);
	host_lock_release(&input_lock);
}

static void push_event(const INPUT_RECORD *event)
{
	if (event_count < EVENTS)
		events[(event_first + event_count++) % EVENTS] = *event;
}

/* A key goes down and up. */
static void push_key(WORD key, char16_t character, DWORD state)
{
	INPUT_RECORD event;

	memset(&event, 0, sizeof(event));
	event.EventType = KEY_EVENT;
	event.Event.KeyEvent.bKeyDown = TRUE;
	event.Event.KeyEvent.wRepeatCount = 1;
	event.Event.KeyEvent.wVirtualKeyCode = key;
	event.Event.KeyEvent.uChar.UnicodeChar = character;
	event.Event.KeyEvent.dwControlKeyState = state;
	push_event(&event);
	event.Event.KeyEvent.bKeyDown = FALSE;
	push_event(&event);
}

static void push_character(char16_t c)
{
	if (c == '\r' || c == '\n')
		push_key(0x0D, u'\r', 0);
	else if (c == 0x7F || c == 8)
		push_key(0x08, 8, 0);
	else if (c == 9)
		push_key(0x09, 9, 0);
	else if (c == 0x1B)
		push_key(0x1B, 0x1B, 0);
	else if (c < 0x20)
		push_key((WORD)(c + 0x40), c, LEFT_CTRL_PRESSED);
	else if (c >= u'a' && c <= u'z')
		push_key((WORD)(c - 32), c, 0);
	else if (c >= u'A' && c <= u'Z')
		push_key(c, c, SHIFT_PRESSED);
	else if ((c >= u'0' && c <= u'9') || c == u' ')
		push_key(c, c, 0);
	else
		push_key(0, c, 0);
}

/* Virtual keys of VT sequences: ESC [ X, ESC O X, ESC [ n ~ */
static WORD key_of_letter(char letter)
{
	switch (letter) {
	case 'A':
		return 0x26;
	case 'B':
		return 0x28;
	case 'C':
		return 0x27;
	case 'D':
		return 0x25;
	case 'H':
		return 0x24;
	case 'F':
		return 0x23;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return (WORD)(0x70 + letter - 'P');
	default:
		return 0;
	}
}

static WORD key_of_number(unsigned number)
{
	static const struct {
		unsigned char number, key;
	} keys[] = {{1, 0x24},  {2, 0x2D},  {3, 0x2E},  {4, 0x23},  {5, 0x21},  {6, 0x22},  {7, 0x24},  {8, 0x23},  {11, 0x70},
		    {12, 0x71}, {13, 0x72}, {14, 0x73}, {15, 0x74}, {17, 0x75}, {18, 0x76}, {19, 0x77}, {20, 0x78}, {21, 0x79},
		    {23, 0x7A}, {24, 0x7B}};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].number == number)
			return keys[i].key;
	return 0;
}

static DWORD state_of_modifier(unsigned modifier)
{
	DWORD state = 0;

	if (modifier < 2)
		return 0;
	modifier--;
	if (modifier & 1)
		state |= SHIFT_PRESSED;
	if (modifier & 2)
		state |= LEFT_ALT_PRESSED;
	if (modifier & 4)
		state |= LEFT_CTRL_PRESSED;
	return state;
}

/* A sequence at the start of `text`; its length, 0 if it is none. */
static size_t push_sequence(const char *text, size_t length)
{
	size_t at = 2;
	unsigned numbers[2] = {0, 0}, which = 0;
	WORD key;

	if (length < 3 || text[0] != 0x1B || (text[1] != '[' && text[1] != 'O'))
		return 0;
	while (at < length && ((text[at] >= '0' && text[at] <= '9') || text[at] == ';')) {
		if (text[at] == ';')
			which = 1;
		else
			numbers[which] = numbers[which] * 10 + (unsigned)(text[at] - '0');
		at++;
	}
	if (at >= length)
		return 0;
	key = text[at] == '~' ? key_of_number(numbers[0]) : key_of_letter(text[at]);
	if (!key)
		return 0;
	push_key(key, 0, state_of_modifier(numbers[1]) | ENHANCED_KEY);
	return at + 1;
}

static void parse_bytes(const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t sequence = input_mode & ENABLE_VIRTUAL_TERMINAL_INPUT ? 0 : push_sequence(text + at, length - at);
		char16_t units[2];
		size_t bytes = 1, count;
		unsigned char c = (unsigned char)text[at];

		if (sequence) {
			at += sequence;
			continue;
		}
		if (c >= 0xC2)
			bytes = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
		if (at + bytes > length) {
			partial_length = (unsigned)(length - at);
			memcpy(partial, text + at, partial_length);
			return;
		}
		count = rtl_utf8_to_utf16(units, 2, text + at, bytes);
		for (size_t i = 0; i < count && i < 2; i++)
			push_character(units[i]);
		at += bytes;
	}
}

/* Reads what is there into the event queue; with `wait`, at least something.  Under the lock. */
static NTSTATUS fill_events(struct io_file *file, bool wait)
{
	char bytes[128];
	struct host_poll poll = {file->fd, HOST_POLL_READ, 0};
	ssize_t count;

	prepare(file, true);
	if (wait && !event_count) {
		host_lock_release(&input_lock);
		ke_enter_blocking();
		host_poll(&poll, 1, -1);
		ke_leave_blocking();
		host_lock_acquire(&input_lock);
	}
	while (event_count < EVENTS - 2 * sizeof(bytes) / 2 && host_poll(&poll, 1, 0) > 0) {
		memcpy(bytes, partial, partial_length);
		count = host_read(file->fd, bytes + partial_length, sizeof(bytes) - partial_length);
		if (count <= 0)
			return count ? io_status(count) : STATUS_UNSUCCESSFUL;
		count += partial_length;
		partial_length = 0;
		parse_bytes(bytes, (size_t)count);
	}
	return STATUS_SUCCESS;
}

NTSTATUS io_console_read_events(HANDLE handle, INPUT_RECORD *records, ULONG capacity, ULONG *count, bool remove, bool wait)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_IN, &file);
	ULONG got = 0;

	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&input_lock);
	do
		status = fill_events(file, wait);
	while (NT_SUCCESS(status) && wait && !event_count);
	for (; got < capacity && got < event_count; got++)
		records[got] = events[(event_first + got) % EVENTS];
	if (remove) {
		event_first = (event_first + got) % EVENTS;
		event_count -= got;
	}
	host_lock_release(&input_lock);
	*count = got;
	ob_dereference(file);
	return got ? STATUS_SUCCESS : status;
}

NTSTATUS io_console_write_events(HANDLE handle, const INPUT_RECORD *records, ULONG count)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_IN, &file);

	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&input_lock);
	for (ULONG i = 0; i < count; i++)
		push_event(&records[i]);
	host_lock_release(&input_lock);
	ob_dereference(file);
	return STATUS_SUCCESS;
}

NTSTATUS io_console_event_count(HANDLE handle, ULONG *count)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_IN, &file);

	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&input_lock);
	fill_events(file, false);
	*count = event_count;
	host_lock_release(&input_lock);
	ob_dereference(file);
	return STATUS_SUCCESS;
}

NTSTATUS io_console_flush_input(HANDLE handle)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_IN, &file);

	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&input_lock);
	fill_events(file, false);
	event_count = line_count = partial_length = 0;
	host_lock_release(&input_lock);
	ob_dereference(file);
	return STATUS_SUCCESS;
}

/* One line (or, raw, what is there) into `line`.  Under the lock, which it leaves while waiting. */
static NTSTATUS fill_line(struct io_file *file)
{
	char *bytes;
	ssize_t count;

	line_first = 0;
	/* keys that were turned into events already come first */
	while (event_count && line_count < LINE_UNITS) {
		const INPUT_RECORD *event = &events[event_first];

		if (event->EventType == KEY_EVENT && event->Event.KeyEvent.bKeyDown && event->Event.KeyEvent.uChar.UnicodeChar)
			line[line_count++] = event->Event.KeyEvent.uChar.UnicodeChar;
		event_first = (event_first + 1) % EVENTS;
		event_count--;
	}
	if (line_count && !(input_mode & ENABLE_LINE_INPUT))
		return STATUS_SUCCESS;
	prepare(file, false);
	bytes = malloc(LINE_UNITS);
	if (!bytes)
		return STATUS_NO_MEMORY;
	memcpy(bytes, partial, partial_length);
	host_lock_release(&input_lock);
	ke_enter_blocking();
	count = host_read(file->fd, bytes + partial_length, LINE_UNITS / 2 - partial_length - 8);
	ke_leave_blocking();
	host_lock_acquire(&input_lock);
	if (count > 0) {
		char16_t *to = line + line_count;
		size_t room = LINE_UNITS - line_count - 2, units;

		count += partial_length;
		partial_length = 0;
		units = rtl_utf8_to_utf16(to, room, bytes, (size_t)count);
		line_count += (unsigned)(units < room ? units : room);
		if (input_mode & ENABLE_LINE_INPUT && input_mode & ENABLE_PROCESSED_INPUT && line_count &&
		    line[line_count - 1] == u'\n') {
			line[line_count - 1] = u'\r';
			line[line_count++] = u'\n';
		}
	}
	free(bytes);
	return count < 0 ? io_status(count) : STATUS_SUCCESS;
}

/* Takes up to `capacity` units; `line_count` 0 after it: the end of input (Ctrl-D). */
static NTSTATUS take_units(struct io_file *file, char16_t *text, ULONG capacity, ULONG *length)
{
	NTSTATUS status = STATUS_SUCCESS;

	*length = 0;
	if (!line_count)
		status = fill_line(file);
	if (!NT_SUCCESS(status))
		return status;
	*length = capacity < line_count ? capacity : line_count;
	memcpy(text, line + line_first, *length * 2);
	line_first += *length;
	line_count -= *length;
	return STATUS_SUCCESS;
}

NTSTATUS io_console_read(HANDLE handle, char16_t *text, ULONG capacity, ULONG *length, ULONG wakeup_mask, ULONG initial)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_IN, &file);

	*length = 0;
	if (!NT_SUCCESS(status))
		return status;
	if (initial > capacity)
		initial = capacity;
	if (capacity) {
		host_lock_acquire(&input_lock);
		status = take_units(file, text + initial, capacity - initial, length);
		host_lock_release(&input_lock);
	}
	if (NT_SUCCESS(status))
		*length += initial;
	ob_dereference(file);
	return status;
}

/* ReadFile: bytes of the input code page; a line that begins with Ctrl-Z reads as the end of the file. */
NTSTATUS io_console_read_bytes(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *got)
{
	static char left[LINE_UNITS * 3];
	static unsigned left_first, left_count;
	NTSTATUS status = STATUS_SUCCESS;

	*got = 0;
	if (!length)
		return STATUS_SUCCESS;
	host_lock_acquire(&input_lock);
	if (!left_count) {
		bool fresh = line_count == 0;

		if (!line_count)
			status = fill_line(file);
		if (NT_SUCCESS(status) && line_count && fresh && line[line_first] == 0x1A &&
		    input_mode & ENABLE_PROCESSED_INPUT) {
			line_count = 0;
		} else if (NT_SUCCESS(status)) {
			size_t bytes = nls_from_utf16(io_console_code_page(false), 0, left, sizeof(left), line + line_first,
						      line_count, NULL, NULL);

			left_first = 0;
			left_count = bytes <= sizeof(left) ? (unsigned)bytes : 0;
			line_count = 0;
		}
	}
	if (NT_SUCCESS(status) && left_count) {
		ULONG count = length < left_count ? length : left_count;

		if (host_copy_to_guest(buffer, left + left_first, count) < 0) {
			status = STATUS_ACCESS_VIOLATION;
		} else {
			left_first += count;
			left_count -= count;
			*got = count;
		}
	}
	host_lock_release(&input_lock);
	return status;
}

bool io_console_ask_cursor(struct io_file *file, int *row, int *column)
{
	struct io_file typed = {.fd = file->fd};
	char answer[64];
	size_t length = 0;
	bool found = false, was_raw;

	host_lock_acquire(&input_lock);
	was_raw = raw;
	prepare(&typed, true);
	if (NT_SUCCESS(io_console_raw(file, "\033[6n", 4))) {
		struct host_poll poll = {file->fd, HOST_POLL_READ, 0};

		/* half a second: a terminal that does not answer is not asked long */
		while (!found && length < sizeof(answer) - 1 && host_poll(&poll, 1, 500) > 0) {
			ssize_t count = host_read(file->fd, answer + length, sizeof(answer) - 1 - length);

			if (count <= 0)
				break;
			length += (size_t)count;
			answer[length] = 0;
			for (size_t at = 0; at + 5 < length && !found; at++) {
				int used = 0;

				if (sscanf(answer + at, "\033[%d;%dR%n", row, column, &used) == 2 && used) {
					memmove(answer + at, answer + at + used, length - at - (size_t)used);
					length -= (size_t)used;
					found = true;
				}
			}
		}
		parse_bytes(answer, length);
	}
	if (!was_raw) {
		raw = true;
		prepare(&typed, false);
	}
	host_lock_release(&input_lock);
	return found;
}

/*
 * Waiting for input: a thread of ours looks at the terminal while somebody may wait for it.
 */
static struct io_file *watched;

static bool has_input(struct io_file *file)
{
	struct host_poll poll = {file->fd, HOST_POLL_READ, 0};

	return event_count || line_count || host_poll(&poll, 1, 0) > 0;
}

static void watch_thread(void *argument)
{
	struct io_file *file = argument;

	host_thread_set_name("pewter-console");
	for (;;) {
		struct host_poll poll = {file->fd, HOST_POLL_READ, 0};

		host_poll(&poll, 1, 100);
		if (has_input(file)) {
			ke_set(&file->signal);
			/* until it is read; nobody tells, so look */
			while (has_input(file))
				host_sleep_until(host_monotonic_ns() + 10000000);
			ke_reset(&file->signal);
		}
	}
}

void io_console_watch(struct io_file *file)
{
	struct io_file *expected = NULL;

	if (has_input(file))
		ke_set(&file->signal);
	else
		ke_reset(&file->signal);
	if (!__atomic_compare_exchange_n(&watched, &expected, file, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return;
	ob_reference(file); /* for the thread, which stays */
	if (host_thread_create(watch_thread, file) < 0) {
		ob_dereference(file);
		__atomic_store_n(&watched, NULL, __ATOMIC_RELEASE);
	}
}
