/*
 * kernel32/consoleapi.c - modes, text, code pages, titles (consoleapi.h, consoleapi2.h).
 *
 * A handle that is no console fails with ERROR_INVALID_HANDLE: it is how programs find out that they are redirected.
 */
#include "kernel32/file.h"
#include "ntdll/io/console.h"
#include "ntdll/rtl/nls.h"

#include <string.h>

static void *heap_alloc(size_t size)
{
	void *block = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size);

	if (!block)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return block;
}
static void heap_free(void *block)
{
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block);
}

EXPORT(kernel32, BOOL, GetConsoleMode, (HANDLE console, LPDWORD mode))
{
	ULONG value;

	if (!win32_result(io_console_mode(console, &value)))
		return FALSE;
	*mode = value;
	return TRUE;
}

EXPORT(kernel32, BOOL, SetConsoleMode, (HANDLE console, DWORD mode))
{
	return win32_result(io_console_set_mode(console, mode));
}

EXPORT(kernel32, BOOL, WriteConsoleW, (HANDLE console, LPCVOID text, DWORD length, LPDWORD written, LPVOID reserved))
{
	if (written)
		*written = 0;
	if (!win32_result(io_console_write(console, text, length)))
		return FALSE;
	if (written)
		*written = length;
	return TRUE;
}

EXPORT(kernel32, BOOL, WriteConsoleA, (HANDLE console, LPCVOID text, DWORD length, LPDWORD written, LPVOID reserved))
{
	if (written)
		*written = 0;
	if (!win32_result(io_console_write_ansi(console, text, length)))
		return FALSE;
	if (written)
		*written = length;
	return TRUE;
}

EXPORT(kernel32, BOOL, ReadConsoleW,
       (HANDLE console, LPVOID buffer, DWORD size, LPDWORD read, const CONSOLE_READCONSOLE_CONTROL *control))
{
	ULONG length = 0;
	BOOL ok;

	if (control && (control->nLength != sizeof(*control) || control->nInitialChars > size)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ok = win32_result(io_console_read(console, buffer, size, &length, control ? control->dwCtrlWakeupMask : 0,
					  control ? control->nInitialChars : 0));
	*read = length;
	return ok;
}

EXPORT(kernel32, BOOL, ReadConsoleA,
       (HANDLE console, LPVOID buffer, DWORD size, LPDWORD read, const CONSOLE_READCONSOLE_CONTROL *control))
{
	DWORD units = size ? size : 1;
	ULONG length = 0;
	WCHAR *wide;
	size_t bytes;
	BOOL ok;

	/* so many units as surely fit as bytes, at least one */
	if (nls_max_char_size(io_console_code_page(false)) > 1 && units > 1)
		units /= nls_max_char_size(io_console_code_page(false));
	if (!units)
		units = 1;
	wide = heap_alloc(units * 2);
	if (!wide)
		return FALSE;
	ok = win32_result(io_console_read(console, wide, size ? units : 0, &length, 0, 0));
	bytes = ok ? nls_from_utf16(io_console_code_page(false), 0, buffer, size, wide, length, NULL, NULL) : 0;
	*read = (DWORD)(bytes < size ? bytes : size);
	heap_free(wide);
	return ok;
}

static BOOL read_input(HANDLE console, INPUT_RECORD *records, DWORD size, LPDWORD read, bool remove, bool wait, bool ansi)
{
	ULONG count = 0;

	if (!win32_result(io_console_read_events(console, records, size, &count, remove, wait)))
		return FALSE;
	if (ansi)
		for (ULONG i = 0; i < count; i++)
			if (records[i].EventType == KEY_EVENT) {
				WCHAR c = records[i].Event.KeyEvent.uChar.UnicodeChar;
				char byte[4] = {0};

				nls_from_utf16(io_console_code_page(false), 0, byte, sizeof(byte), &c, 1, NULL, NULL);
				records[i].Event.KeyEvent.uChar.UnicodeChar = 0;
				records[i].Event.KeyEvent.uChar.AsciiChar = c ? byte[0] : 0;
			}
	*read = count;
	return TRUE;
}

EXPORT(kernel32, BOOL, ReadConsoleInputW, (HANDLE console, INPUT_RECORD *records, DWORD size, LPDWORD read))
{
	return read_input(console, records, size, read, true, true, false);
}
EXPORT(kernel32, BOOL, ReadConsoleInputA, (HANDLE console, INPUT_RECORD *records, DWORD size, LPDWORD read))
{
	return read_input(console, records, size, read, true, true, true);
}
EXPORT(kernel32, BOOL, PeekConsoleInputW, (HANDLE console, INPUT_RECORD *records, DWORD size, LPDWORD read))
{
	return read_input(console, records, size, read, false, false, false);
}
EXPORT(kernel32, BOOL, PeekConsoleInputA, (HANDLE console, INPUT_RECORD *records, DWORD size, LPDWORD read))
{
	return read_input(console, records, size, read, false, false, true);
}

EXPORT(kernel32, BOOL, WriteConsoleInputW, (HANDLE console, const INPUT_RECORD *records, DWORD count, LPDWORD written))
{
	*written = 0;
	if (!win32_result(io_console_write_events(console, records, count)))
		return FALSE;
	*written = count;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumberOfConsoleInputEvents, (HANDLE console, LPDWORD count))
{
	ULONG value = 0;

	if (!win32_result(io_console_event_count(console, &value)))
		return FALSE;
	*count = value;
	return TRUE;
}

EXPORT(kernel32, BOOL, FlushConsoleInputBuffer, (HANDLE console))
{
	return win32_result(io_console_flush_input(console));
}

/* A process without a console reads 0 (row 180 of the execution facts); one whose handles are redirected has one. */
/* 0 after FreeConsole only: a program without a terminal has a console of its own on Windows, and asks for its code page. */
static UINT code_page(bool output)
{
	if (!io_console_given_up())
		return io_console_code_page(output);
	set_last_error(ERROR_INVALID_HANDLE);
	return 0;
}

EXPORT(kernel32, UINT, GetConsoleCP, (void))
{
	return code_page(false);
}
EXPORT(kernel32, UINT, GetConsoleOutputCP, (void))
{
	return code_page(true);
}
EXPORT(kernel32, BOOL, SetConsoleCP, (UINT code_page))
{
	return win32_result(io_console_set_code_page(false, code_page));
}
EXPORT(kernel32, BOOL, SetConsoleOutputCP, (UINT code_page))
{
	return win32_result(io_console_set_code_page(true, code_page));
}

EXPORT(kernel32, BOOL, GetConsoleScreenBufferInfo, (HANDLE console, CONSOLE_SCREEN_BUFFER_INFO *info))
{
	return win32_result(io_console_info(console, info));
}

EXPORT(kernel32, BOOL, GetConsoleScreenBufferInfoEx, (HANDLE console, CONSOLE_SCREEN_BUFFER_INFOEX *info))
{
	/* the colours of the console's default scheme (Windows 10 1709 and later), 0x00BBGGRR */
	static const DWORD colours[16] = {0x0C0C0C, 0xDA3700, 0x0EA113, 0xDD963A, 0x1F0FC5, 0x981788, 0x009CC1, 0xCCCCCC,
					  0x767676, 0xFF783B, 0x0CC616, 0xD6D661, 0x5648E7, 0x9E00B4, 0xA5F1F9, 0xF2F2F2};
	CONSOLE_SCREEN_BUFFER_INFO plain;

	if (info->cbSize != sizeof(*info)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!win32_result(io_console_info(console, &plain)))
		return FALSE;
	info->dwSize = plain.dwSize;
	info->dwCursorPosition = plain.dwCursorPosition;
	info->wAttributes = plain.wAttributes;
	info->srWindow = plain.srWindow;
	info->dwMaximumWindowSize = plain.dwMaximumWindowSize;
	info->wPopupAttributes = 0xF5;
	info->bFullscreenSupported = FALSE;
	memcpy(info->ColorTable, colours, sizeof(colours));
	return TRUE;
}

static inline DWORD coord_value(COORD coord)
{
	return (DWORD)(uint16_t)coord.X | (DWORD)(uint16_t)coord.Y << 16;
}

/* The largest window: the terminal as it is. */
EXPORT(kernel32, DWORD, GetLargestConsoleWindowSize, (HANDLE console))
{
	CONSOLE_SCREEN_BUFFER_INFO info;

	if (!win32_result(io_console_info(console, &info)))
		return 0;
	return coord_value(info.dwSize);
}

EXPORT(kernel32, BOOL, SetConsoleTextAttribute, (HANDLE console, WORD attributes))
{
	return win32_result(io_console_set_attribute(console, attributes));
}

EXPORT(kernel32, BOOL, SetConsoleCursorPosition, (HANDLE console, COORD position))
{
	return win32_result(io_console_set_cursor(console, position));
}

EXPORT(kernel32, BOOL, GetConsoleCursorInfo, (HANDLE console, CONSOLE_CURSOR_INFO *info))
{
	return win32_result(io_console_cursor_info(console, info));
}

EXPORT(kernel32, BOOL, SetConsoleCursorInfo, (HANDLE console, const CONSOLE_CURSOR_INFO *info))
{
	return win32_result(io_console_set_cursor_info(console, info));
}

/* The buffer is the terminal's screen: only its own size can be set. */
EXPORT(kernel32, BOOL, SetConsoleScreenBufferSize, (HANDLE console, COORD size))
{
	CONSOLE_SCREEN_BUFFER_INFO info;

	if (!win32_result(io_console_info(console, &info)))
		return FALSE;
	if (size.X != info.dwSize.X || size.Y != info.dwSize.Y) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, FillConsoleOutputCharacterW,
       (HANDLE console, WCHAR character, DWORD count, COORD position, LPDWORD written))
{
	ULONG done = 0;
	BOOL ok = win32_result(io_console_fill(console, character, true, 0, false, count, position, &done));

	*written = done;
	return ok;
}

EXPORT(kernel32, BOOL, FillConsoleOutputCharacterA,
       (HANDLE console, CHAR character, DWORD count, COORD position, LPDWORD written))
{
	WCHAR wide = u' ';

	nls_to_utf16(io_console_code_page(true), 0, &wide, 1, &character, 1);
	return FillConsoleOutputCharacterW(console, wide, count, position, written);
}

EXPORT(kernel32, BOOL, FillConsoleOutputAttribute,
       (HANDLE console, WORD attribute, DWORD count, COORD position, LPDWORD written))
{
	ULONG done = 0;
	BOOL ok = win32_result(io_console_fill(console, u' ', false, attribute, true, count, position, &done));

	*written = done;
	return ok;
}

EXPORT(kernel32, BOOL, WriteConsoleOutputCharacterW,
       (HANDLE console, LPCWSTR text, DWORD count, COORD position, LPDWORD written))
{
	ULONG done = 0;
	BOOL ok = win32_result(io_console_put(console, text, NULL, count, position, &done));

	*written = done;
	return ok;
}

EXPORT(kernel32, BOOL, WriteConsoleOutputW,
       (HANDLE console, const CHAR_INFO *cells, COORD size, COORD from, SMALL_RECT *region))
{
	CONSOLE_SCREEN_BUFFER_INFO info;
	WCHAR *text;
	WORD *attributes;
	SHORT row;

	if (!win32_result(io_console_info(console, &info)))
		return FALSE;
	/* cut off to what both the buffer and the screen have */
	if (region->Right - region->Left >= size.X - from.X)
		region->Right = (SHORT)(region->Left + size.X - from.X - 1);
	if (region->Bottom - region->Top >= size.Y - from.Y)
		region->Bottom = (SHORT)(region->Top + size.Y - from.Y - 1);
	if (region->Right >= info.dwSize.X)
		region->Right = (SHORT)(info.dwSize.X - 1);
	if (region->Bottom >= info.dwSize.Y)
		region->Bottom = (SHORT)(info.dwSize.Y - 1);
	if (region->Left < 0 || region->Top < 0 || region->Right < region->Left || from.X < 0 || from.Y < 0)
		return TRUE;
	text = heap_alloc((size_t)(region->Right - region->Left + 1) * 4);
	if (!text)
		return FALSE;
	attributes = (WORD *)(text + (region->Right - region->Left + 1));
	for (row = region->Top; row <= region->Bottom; row++) {
		const CHAR_INFO *line = cells + (size_t)(from.Y + row - region->Top) * (size_t)size.X + from.X;
		SHORT columns = (SHORT)(region->Right - region->Left + 1);
		ULONG written;

		for (SHORT i = 0; i < columns; i++) {
			text[i] = line[i].Char.UnicodeChar;
			attributes[i] = line[i].Attributes;
		}
		if (!win32_result(io_console_put(console, text, attributes, (ULONG)columns, (COORD){region->Left, row}, &written)))
			break;
	}
	heap_free(text);
	return row > region->Bottom;
}

EXPORT(kernel32, BOOL, WriteConsoleOutputA,
       (HANDLE console, const CHAR_INFO *cells, COORD size, COORD from, SMALL_RECT *region))
{
	size_t count = (size_t)(size.X > 0 ? size.X : 0) * (size_t)(size.Y > 0 ? size.Y : 0);
	CHAR_INFO *wide = heap_alloc(count * sizeof(*wide) + 1);
	BOOL ok;

	if (!wide)
		return FALSE;
	for (size_t i = 0; i < count; i++) {
		wide[i].Attributes = cells[i].Attributes;
		wide[i].Char.UnicodeChar = u' ';
		nls_to_utf16(io_console_code_page(true), NLS_GLYPHS, &wide[i].Char.UnicodeChar, 1, &cells[i].Char.AsciiChar, 1);
	}
	ok = WriteConsoleOutputW(console, wide, size, from, region);
	heap_free(wide);
	return ok;
}

EXPORT(kernel32, BOOL, SetConsoleTitleW, (LPCWSTR title))
{
	io_console_set_title(title, rtl_wcslen(title));
	return TRUE;
}

EXPORT(kernel32, BOOL, SetConsoleTitleA, (LPCSTR title))
{
	WCHAR wide[256];
	size_t units = nls_to_utf16(NLS_ACP, 0, wide, ARRAY_SIZE(wide), title, strlen(title));

	io_console_set_title(wide, units < ARRAY_SIZE(wide) ? units : ARRAY_SIZE(wide));
	return TRUE;
}

/* The title set by the program, or the name it was started by. */
static DWORD get_title(LPWSTR buffer, DWORD size)
{
	size_t length = io_console_title(buffer, size ? size - 1 : 0, false);

	if (!length) {
		const UNICODE_STRING *title = &NtCurrentPeb()->ProcessParameters->WindowTitle;

		length = title->Length / 2;
		if (size)
			memcpy(buffer, title->Buffer, (length < size ? length : size - 1) * 2);
	}
	if (size)
		buffer[length < size ? length : size - 1] = 0;
	return (DWORD)length;
}

EXPORT(kernel32, DWORD, GetConsoleTitleW, (LPWSTR buffer, DWORD size))
{
	return get_title(buffer, size);
}

EXPORT(kernel32, DWORD, GetConsoleTitleA, (LPSTR buffer, DWORD size))
{
	WCHAR wide[512];
	DWORD length = get_title(wide, ARRAY_SIZE(wide));

	if (length > ARRAY_SIZE(wide) - 1)
		length = ARRAY_SIZE(wide) - 1;
	return ansi_result(buffer, size, wide, length);
}

EXPORT(kernel32, HWND, GetConsoleWindow, (void))
{
	return NULL; /* as for a console without a window (a pseudo console) */
}

EXPORT(kernel32, BOOL, AllocConsole, (void))
{
	if (io_console_present() || !io_console_attach()) {
		/* Windows says the same when the process has one; a process without a terminal cannot get one */
		set_last_error(ERROR_ACCESS_DENIED);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, FreeConsole, (void))
{
	if (!io_console_present()) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	io_console_detach();
	return TRUE;
}

EXPORT(kernel32, BOOL, AttachConsole, (DWORD process))
{
	if (io_console_present()) {
		set_last_error(ERROR_ACCESS_DENIED);
		return FALSE;
	}
	if (process != 0xFFFFFFFF) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!io_console_attach()) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	return TRUE;
}

EXPORT(kernel32, BOOL, GetNumberOfConsoleMouseButtons, (LPDWORD buttons))
{
	*buttons = 2;
	return TRUE;
}

EXPORT(kernel32, DWORD, GetConsoleProcessList, (LPDWORD list, DWORD count))
{
	if (!list || !count) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	list[0] = (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess;
	return 1;
}
