/*
 * dlls/crt/conio.c - the console, past all streams: characters, strings, keys.
 *
 * These functions use CONIN$ and CONOUT$, so that they reach the terminal when the standard streams are redirected.
 */
#include "dlls/crt/conio.h"
#include "dlls/crt/winio.h"

#include <string.h>

#define KEY_EVENT 1
#define RIGHT_ALT 0x01u
#define LEFT_ALT 0x02u
#define RIGHT_CTRL 0x04u
#define LEFT_CTRL 0x08u
#define SHIFT 0x10u
#define ENHANCED 0x100u

typedef struct _INPUT_RECORD {
	WORD EventType;
	union {
		struct {
			BOOL bKeyDown;
			WORD wRepeatCount, wVirtualKeyCode, wVirtualScanCode;
			WCHAR UnicodeChar;
			DWORD dwControlKeyState;
		} Key;
		BYTE other[16];
	};
} INPUT_RECORD;
_Static_assert(sizeof(INPUT_RECORD) == 20, "INPUT_RECORD");

CRT_WEAK BOOL WINAPI ReadConsoleInputW(HANDLE console, INPUT_RECORD *to, DWORD count, LPDWORD done);
CRT_WEAK BOOL WINAPI PeekConsoleInputW(HANDLE console, INPUT_RECORD *to, DWORD count, LPDWORD done);
CRT_WEAK BOOL WINAPI GetNumberOfConsoleInputEvents(HANDLE console, LPDWORD count);

#define CONIO_LOCK 3

static HANDLE input, output;
static INT pushed_back = -1;  /* _ungetch */
static INT second_code = -1;  /* the code behind 0 or 0xE0 */
static char lead_byte;        /* of a multibyte character given byte by byte */
static char more_bytes[8];    /* of a character that _getch returns byte by byte */
static INT more_count;

static HANDLE open_console(HANDLE *handle, const WCHAR *name)
{
	if (*handle == NULL) {
		HANDLE opened = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
					    OPEN_EXISTING, 0, NULL);
		if (opened == INVALID_HANDLE_VALUE)
			return NULL;
		*handle = opened;
	}
	return *handle;
}

bool conio_write_wide(const WCHAR *text, size_t count)
{
	HANDLE console = open_console(&output, u"CONOUT$");
	DWORD done;
	while (console != NULL && count > 0) {
		DWORD part = count < 8192 ? (DWORD)count : 8192;
		if (!WriteConsoleW(console, text, part, &done, NULL) || done == 0)
			return false;
		text += done;
		count -= done;
	}
	return console != NULL;
}

/* Bytes are in the console's output code page. */
bool conio_write(const char *text, size_t size)
{
	WCHAR wide[512];
	while (size > 0) {
		UINT code_page = GetConsoleOutputCP();
		size_t part = size < 170 ? size : 170;
		/* Do not cut a UTF-8 character. */
		while (code_page == CP_UTF8 && part > 1 && part < size && ((BYTE)text[part] & 0xC0) == 0x80)
			part--;
		INT units = MultiByteToWideChar(code_page, 0, text, (INT)part, wide, ARRAY_SIZE(wide));
		if (units <= 0 || !conio_write_wide(wide, (size_t)units))
			return false;
		text += part;
		size -= part;
	}
	return true;
}

static USHORT put_wide(WCHAR c)
{
	return conio_write_wide(&c, 1) ? c : 0xFFFF;
}

static INT put_byte(INT c)
{
	char bytes[2] = {lead_byte, (char)c};
	bool pair = lead_byte != 0;
	if (!pair && crt_is_lead(crt_locale(NULL), (BYTE)c)) {
		lead_byte = (char)c;
		return c;
	}
	lead_byte = 0;
	return conio_write(pair ? bytes : bytes + 1, pair ? 2 : 1) ? c : -1;
}

CRT_UCRT(INT, _putch_nolock, (INT c))
{
	return put_byte(c);
}

CRT(INT, _putch, (INT c))
{
	crt_lock(CONIO_LOCK);
	INT result = put_byte(c);
	crt_unlock(CONIO_LOCK);
	return result;
}

CRT_UCRT(USHORT, _putwch_nolock, (WCHAR c))
{
	return put_wide(c);
}

CRT(USHORT, _putwch, (WCHAR c))
{
	crt_lock(CONIO_LOCK);
	USHORT result = put_wide(c);
	crt_unlock(CONIO_LOCK);
	return result;
}

CRT(INT, _cputs, (const char *text))
{
	CRT_VALIDATE(text != NULL, EINVAL, -1);
	crt_lock(CONIO_LOCK);
	bool good = conio_write(text, strlen(text));
	crt_unlock(CONIO_LOCK);
	return good ? 0 : -1;
}

CRT(INT, _cputws, (const WCHAR *text))
{
	CRT_VALIDATE(text != NULL, EINVAL, -1);
	crt_lock(CONIO_LOCK);
	bool good = conio_write_wide(text, crt_wide_length(text));
	crt_unlock(CONIO_LOCK);
	return good ? 0 : -1;
}

/* MSDN "Key codes": what _getch returns behind 0 or 0xE0, plain and with Shift, Ctrl and Alt, by scan code. */
static const struct {
	BYTE scan;
	BYTE plain[2], shift[2], ctrl[2], alt[2];
} keys[] = {
	{59, {0, 59}, {0, 84}, {0, 94}, {0, 104}},
	{60, {0, 60}, {0, 85}, {0, 95}, {0, 105}},
	{61, {0, 61}, {0, 86}, {0, 96}, {0, 106}},
	{62, {0, 62}, {0, 87}, {0, 97}, {0, 107}},
	{63, {0, 63}, {0, 88}, {0, 98}, {0, 108}},
	{64, {0, 64}, {0, 89}, {0, 99}, {0, 109}},
	{65, {0, 65}, {0, 90}, {0, 100}, {0, 110}},
	{66, {0, 66}, {0, 91}, {0, 101}, {0, 111}},
	{67, {0, 67}, {0, 92}, {0, 102}, {0, 112}},
	{68, {0, 68}, {0, 93}, {0, 103}, {0, 113}},
	{71, {0xE0, 71}, {0xE0, 71}, {0xE0, 119}, {0, 151}},
	{72, {0xE0, 72}, {0xE0, 72}, {0xE0, 141}, {0, 152}},
	{73, {0xE0, 73}, {0xE0, 73}, {0xE0, 134}, {0, 153}},
	{75, {0xE0, 75}, {0xE0, 75}, {0xE0, 115}, {0, 155}},
	{77, {0xE0, 77}, {0xE0, 77}, {0xE0, 116}, {0, 157}},
	{79, {0xE0, 79}, {0xE0, 79}, {0xE0, 117}, {0, 159}},
	{80, {0xE0, 80}, {0xE0, 80}, {0xE0, 145}, {0, 160}},
	{81, {0xE0, 81}, {0xE0, 81}, {0xE0, 118}, {0, 161}},
	{82, {0xE0, 82}, {0xE0, 82}, {0xE0, 146}, {0, 162}},
	{83, {0xE0, 83}, {0xE0, 83}, {0xE0, 147}, {0, 163}},
	{87, {0xE0, 133}, {0xE0, 135}, {0xE0, 137}, {0xE0, 139}},
	{88, {0xE0, 134}, {0xE0, 136}, {0xE0, 138}, {0xE0, 140}},
};

static const BYTE *key_codes(WORD scan, DWORD state)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].scan != scan)
			continue;
		return state & (LEFT_ALT | RIGHT_ALT)	  ? keys[i].alt
		       : state & (LEFT_CTRL | RIGHT_CTRL) ? keys[i].ctrl
		       : state & SHIFT			  ? keys[i].shift
							  : keys[i].plain;
	}
	return NULL;
}

/* The next key as UTF-16, special keys as two codes; -1 without a console. */
static INT read_key(void)
{
	if (second_code >= 0) {
		INT code = second_code;
		second_code = -1;
		return code;
	}
	HANDLE console = open_console(&input, u"CONIN$");
	DWORD mode, done;
	if (console == NULL || !GetConsoleMode(console, &mode))
		return -1;
	SetConsoleMode(console, 0);
	INT result = -1;
	for (;;) {
		INPUT_RECORD record;
		if (!ReadConsoleInputW(console, &record, 1, &done) || done == 0)
			break;
		if (record.EventType != KEY_EVENT || !record.Key.bKeyDown)
			continue;
		if (record.Key.UnicodeChar != 0) {
			result = record.Key.UnicodeChar;
			break;
		}
		const BYTE *codes = key_codes(record.Key.wVirtualScanCode, record.Key.dwControlKeyState);
		if (codes != NULL) {
			result = codes[0];
			second_code = codes[1];
			break;
		}
	}
	SetConsoleMode(console, mode);
	return result;
}

static INT get_wide(void)
{
	if (pushed_back >= 0) {
		INT c = pushed_back;
		pushed_back = -1;
		return c;
	}
	return read_key();
}

/* As get_wide in the console's code page, a byte at a time. */
static INT get_byte(void)
{
	if (pushed_back >= 0) {
		INT c = pushed_back;
		pushed_back = -1;
		return c & 0xFF;
	}
	if (more_count > 0) {
		INT c = (BYTE)more_bytes[0];
		memmove(more_bytes, more_bytes + 1, (size_t)--more_count);
		return c;
	}
	bool special = second_code >= 0;
	INT c = read_key();
	if (c < 0 || c < 0x80 || special || second_code >= 0)
		return c;
	WCHAR unit = (WCHAR)c;
	char bytes[8];
	INT size = WideCharToMultiByte(GetConsoleCP(), 0, &unit, 1, bytes, sizeof(bytes), NULL, NULL);
	if (size <= 0)
		return '?';
	more_count = size - 1;
	memcpy(more_bytes, bytes + 1, (size_t)more_count);
	return (BYTE)bytes[0];
}

static INT get_byte_echo(void)
{
	if (pushed_back >= 0)
		return get_byte();
	INT c = get_byte();
	if (c >= 0)
		put_byte(c);
	return c;
}

static USHORT get_wide_echo(void)
{
	if (pushed_back >= 0)
		return (USHORT)get_wide();
	INT c = get_wide();
	if (c >= 0)
		put_wide((WCHAR)c);
	return (USHORT)c;
}

CRT_UCRT(INT, _getch_nolock, (void))
{
	return get_byte();
}

CRT(INT, _getch, (void))
{
	crt_lock(CONIO_LOCK);
	INT c = get_byte();
	crt_unlock(CONIO_LOCK);
	return c;
}

CRT_UCRT(INT, _getche_nolock, (void))
{
	return get_byte_echo();
}

CRT(INT, _getche, (void))
{
	crt_lock(CONIO_LOCK);
	INT c = get_byte_echo();
	crt_unlock(CONIO_LOCK);
	return c;
}

CRT_UCRT(USHORT, _getwch_nolock, (void))
{
	return (USHORT)get_wide();
}

CRT(USHORT, _getwch, (void))
{
	crt_lock(CONIO_LOCK);
	USHORT c = (USHORT)get_wide();
	crt_unlock(CONIO_LOCK);
	return c;
}

CRT_UCRT(USHORT, _getwche_nolock, (void))
{
	return get_wide_echo();
}

CRT(USHORT, _getwche, (void))
{
	crt_lock(CONIO_LOCK);
	USHORT c = get_wide_echo();
	crt_unlock(CONIO_LOCK);
	return c;
}

CRT_UCRT(INT, _ungetch_nolock, (INT c))
{
	if (c == -1 || pushed_back >= 0)
		return -1;
	pushed_back = c & 0xFF;
	return pushed_back;
}

CRT(INT, _ungetch, (INT c))
{
	crt_lock(CONIO_LOCK);
	INT result = crt__ungetch_nolock(c);
	crt_unlock(CONIO_LOCK);
	return result;
}

CRT_UCRT(USHORT, _ungetwch_nolock, (USHORT c))
{
	if (c == 0xFFFF || pushed_back >= 0)
		return 0xFFFF;
	pushed_back = c;
	return c;
}

CRT(USHORT, _ungetwch, (USHORT c))
{
	crt_lock(CONIO_LOCK);
	USHORT result = crt__ungetwch_nolock(c);
	crt_unlock(CONIO_LOCK);
	return result;
}

/* Is a key waiting that _getch would return? */
CRT(INT, _kbhit, (void))
{
	INT result = 0;
	crt_lock(CONIO_LOCK);
	if (pushed_back >= 0 || second_code >= 0 || more_count > 0) {
		result = 1;
	} else {
		HANDLE console = open_console(&input, u"CONIN$");
		DWORD count = 0, got = 0;
		INPUT_RECORD records[64];
		if (console != NULL && GetNumberOfConsoleInputEvents(console, &count) && count > 0 &&
		    PeekConsoleInputW(console, records, ARRAY_SIZE(records), &got)) {
			for (DWORD i = 0; i < got && !result; i++) {
				if (records[i].EventType == KEY_EVENT && records[i].Key.bKeyDown &&
				    (records[i].Key.UnicodeChar != 0 ||
				     key_codes(records[i].Key.wVirtualScanCode, records[i].Key.dwControlKeyState) != NULL))
					result = 1;
			}
		}
	}
	crt_unlock(CONIO_LOCK);
	return result;
}
