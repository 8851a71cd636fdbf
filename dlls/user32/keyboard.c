/*
 * dlls/user32/keyboard.c - the keyboard layout of the user's locale, US English: keys, scan codes and the characters they
 * make.  No key is ever down (session.c).
 *
 * Facts: MSDN "Virtual-Key Codes", MapVirtualKey, ToUnicodeEx; the scan codes are those of set 1.
 */
#include "dlls/user32/user32.h"
#include "kernel32/kernel32.h"

#include <string.h>

enum {
	VK_SHIFT = 0x10,
	VK_CONTROL = 0x11,
	VK_MENU = 0x12,
	VK_CAPITAL = 0x14,
};
enum { EXTENDED = 0x100, SECOND = 0x200 }; /* behind 0xE0; not what its scan code is taken for */

/* In the order of scan codes. */
static const struct key {
	uint8_t key;
	uint16_t scan;
	char plain, shifted, control;
} keys[] = {
	{0x1B, 0x01, 27, 27, 27}, {'1', 0x02, '1', '!', 0}, {'2', 0x03, '2', '@', 0}, {'3', 0x04, '3', '#', 0},
	{'4', 0x05, '4', '$', 0}, {'5', 0x06, '5', '%', 0}, {'6', 0x07, '6', '^', 0}, {'7', 0x08, '7', '&', 0},
	{'8', 0x09, '8', '*', 0}, {'9', 0x0A, '9', '(', 0}, {'0', 0x0B, '0', ')', 0}, {0xBD, 0x0C, '-', '_', 0},
	{0xBB, 0x0D, '=', '+', 0}, {0x08, 0x0E, 8, 8, 127}, {0x09, 0x0F, 9, 9, 0}, {'Q', 0x10, 'q', 'Q', 17},
	{'W', 0x11, 'w', 'W', 23}, {'E', 0x12, 'e', 'E', 5}, {'R', 0x13, 'r', 'R', 18}, {'T', 0x14, 't', 'T', 20},
	{'Y', 0x15, 'y', 'Y', 25}, {'U', 0x16, 'u', 'U', 21}, {'I', 0x17, 'i', 'I', 9}, {'O', 0x18, 'o', 'O', 15},
	{'P', 0x19, 'p', 'P', 16}, {0xDB, 0x1A, '[', '{', 27}, {0xDD, 0x1B, ']', '}', 29}, {0x0D, 0x1C, 13, 13, 10},
	{0xA2, 0x1D, 0, 0, 0}, {VK_CONTROL, 0x1D | SECOND, 0, 0, 0}, {0xA3, 0x1D | EXTENDED, 0, 0, 0},
	{'A', 0x1E, 'a', 'A', 1}, {'S', 0x1F, 's', 'S', 19}, {'D', 0x20, 'd', 'D', 4}, {'F', 0x21, 'f', 'F', 6},
	{'G', 0x22, 'g', 'G', 7}, {'H', 0x23, 'h', 'H', 8}, {'J', 0x24, 'j', 'J', 10}, {'K', 0x25, 'k', 'K', 11},
	{'L', 0x26, 'l', 'L', 12}, {0xBA, 0x27, ';', ':', 0}, {0xDE, 0x28, '\'', '"', 0}, {0xC0, 0x29, '`', '~', 0},
	{0xA0, 0x2A, 0, 0, 0}, {VK_SHIFT, 0x2A | SECOND, 0, 0, 0}, {0xDC, 0x2B, '\\', '|', 28}, {'Z', 0x2C, 'z', 'Z', 26},
	{'X', 0x2D, 'x', 'X', 24}, {'C', 0x2E, 'c', 'C', 3}, {'V', 0x2F, 'v', 'V', 22}, {'B', 0x30, 'b', 'B', 2},
	{'N', 0x31, 'n', 'N', 14}, {'M', 0x32, 'm', 'M', 13}, {0xBC, 0x33, ',', '<', 0}, {0xBE, 0x34, '.', '>', 0},
	{0xBF, 0x35, '/', '?', 0}, {0x6F, 0x35 | EXTENDED, '/', '/', 0}, {0xA1, 0x36, 0, 0, 0}, {0x6A, 0x37, '*', '*', 0},
	{0x2C, 0x37 | EXTENDED, 0, 0, 0}, {0xA4, 0x38, 0, 0, 0}, {VK_MENU, 0x38 | SECOND, 0, 0, 0},
	{0xA5, 0x38 | EXTENDED, 0, 0, 0}, {0x20, 0x39, ' ', ' ', ' '}, {VK_CAPITAL, 0x3A, 0, 0, 0},
	{0x70, 0x3B, 0, 0, 0}, {0x71, 0x3C, 0, 0, 0}, {0x72, 0x3D, 0, 0, 0}, {0x73, 0x3E, 0, 0, 0}, {0x74, 0x3F, 0, 0, 0},
	{0x75, 0x40, 0, 0, 0}, {0x76, 0x41, 0, 0, 0}, {0x77, 0x42, 0, 0, 0}, {0x78, 0x43, 0, 0, 0}, {0x79, 0x44, 0, 0, 0},
	{0x90, 0x45, 0, 0, 0}, {0x91, 0x46, 0, 0, 0}, {0x24, 0x47 | EXTENDED, 0, 0, 0}, {0x26, 0x48 | EXTENDED, 0, 0, 0},
	{0x21, 0x49 | EXTENDED, 0, 0, 0}, {0x25, 0x4B | EXTENDED, 0, 0, 0}, {0x0C, 0x4C, 0, 0, 0},
	{0x27, 0x4D | EXTENDED, 0, 0, 0}, {0x23, 0x4F | EXTENDED, 0, 0, 0}, {0x28, 0x50 | EXTENDED, 0, 0, 0},
	{0x22, 0x51 | EXTENDED, 0, 0, 0}, {0x2D, 0x52 | EXTENDED, 0, 0, 0}, {0x2E, 0x53 | EXTENDED, 0, 0, 0},
	{0x67, 0x47 | SECOND, '7', 0, 0}, {0x68, 0x48 | SECOND, '8', 0, 0}, {0x69, 0x49 | SECOND, '9', 0, 0},
	{0x6D, 0x4A, '-', '-', 0}, {0x64, 0x4B | SECOND, '4', 0, 0}, {0x65, 0x4C | SECOND, '5', 0, 0},
	{0x66, 0x4D | SECOND, '6', 0, 0}, {0x6B, 0x4E, '+', '+', 0}, {0x61, 0x4F | SECOND, '1', 0, 0},
	{0x62, 0x50 | SECOND, '2', 0, 0}, {0x63, 0x51 | SECOND, '3', 0, 0}, {0x60, 0x52 | SECOND, '0', 0, 0},
	{0x6E, 0x53 | SECOND, '.', 0, 0}, {0xE2, 0x56, '\\', '|', 28}, {0x7A, 0x57, 0, 0, 0}, {0x7B, 0x58, 0, 0, 0},
	{0x5B, 0x5B | EXTENDED, 0, 0, 0}, {0x5C, 0x5C | EXTENDED, 0, 0, 0}, {0x5D, 0x5D | EXTENDED, 0, 0, 0},
};

/* By a virtual key; NULL: the layout has none such. */
static const struct key *find_key(UINT key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key == key)
			return &keys[i];
	}
	return NULL;
}

/* The key of a scan code; `extended`: behind 0xE0.  The keys of the number block are those without NumLock. */
static UINT key_of(UINT scan, bool extended)
{
	UINT otherwise = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if ((keys[i].scan & 0xFF) != scan || keys[i].scan & SECOND)
			continue;
		if (extended == ((keys[i].scan & EXTENDED) != 0))
			return keys[i].key;
		otherwise = keys[i].key;
	}
	return extended || scan < 0x47 || scan > 0x53 ? 0 : otherwise;
}

/* The left one of a pair is the key that does not say which. */
static UINT either(UINT key)
{
	return key == 0xA0 || key == 0xA1 ? VK_SHIFT : key == 0xA2 || key == 0xA3 ? VK_CONTROL
		: key == 0xA4 || key == 0xA5			 ? VK_MENU
								 : key;
}

EXPORT(user32, UINT, MapVirtualKeyW, (UINT code, UINT type))
{
	const struct key *key;
	UINT found;

	switch (type) {
	case 0: /* MAPVK_VK_TO_VSC */
		key = find_key(code);
		return key ? key->scan & 0xFF : 0;
	case 1: /* MAPVK_VSC_TO_VK */
		return code > 0xFF ? 0 : either(key_of(code, false));
	case 2: /* MAPVK_VK_TO_CHAR: letters are capitals */
		key = find_key(code);
		if (!key)
			return 0;
		return code >= 'A' && code <= 'Z' ? code : (UINT)key->plain;
	case 3: /* MAPVK_VSC_TO_VK_EX */
		found = key_of(code & 0xFF, (code & 0xFF00) == 0xE000);
		return code & ~0xFFu && (code & ~0xFFu) != 0xE000 ? 0 : found;
	case 4: /* MAPVK_VK_TO_VSC_EX */
		key = find_key(code);
		return key ? (key->scan & 0xFFu) | (key->scan & EXTENDED ? 0xE000u : 0) : 0;
	default:
		return 0;
	}
}
EXPORT_ALIAS(user32, "MapVirtualKeyA", MapVirtualKeyW);

EXPORT(user32, UINT, MapVirtualKeyExW, (UINT code, UINT type, HANDLE layout))
{
	return MapVirtualKeyW(code, type);
}
EXPORT_ALIAS(user32, "MapVirtualKeyExA", MapVirtualKeyExW);

/* One character or none: the layout has no dead keys.  `scan` with bit 15: the key goes up. */
EXPORT(user32, int, ToUnicodeEx,
       (UINT code, UINT scan, const BYTE *state, LPWSTR to, int capacity, UINT flags, HANDLE layout))
{
	const struct key *key = find_key(code);
	bool shift = state[VK_SHIFT] & 0x80, control = state[VK_CONTROL] & 0x80, alt = state[VK_MENU] & 0x80;
	char c;

	if (!key || scan & 0x8000 || (control && alt) || capacity <= 0)
		return 0;
	if (code >= 'A' && code <= 'Z' && state[VK_CAPITAL] & 1)
		shift = !shift;
	if (control) {
		c = key->control;
		if (shift && (code == '6' || code == 0xBD)) /* RS, US */
			c = code == '6' ? 30 : 31;
	} else {
		c = shift ? key->shifted : key->plain;
	}
	if (!c)
		return 0;
	to[0] = (WCHAR)c;
	if (capacity > 1)
		to[1] = 0;
	return 1;
}

EXPORT(user32, int, ToUnicode, (UINT code, UINT scan, const BYTE *state, LPWSTR to, int capacity, UINT flags))
{
	return ToUnicodeEx(code, scan, state, to, capacity, flags, NULL);
}

/* The key, with 1 for Shift and 2 for Ctrl in the high byte; -1: no key makes the character. */
EXPORT(user32, SHORT, VkKeyScanW, (WCHAR c))
{
	for (size_t i = 0; c && i < ARRAY_SIZE(keys); i++) {
		if (keys[i].plain == (char)c && c < 0x80)
			return keys[i].key;
		if (keys[i].shifted == (char)c && c < 0x80)
			return (SHORT)(keys[i].key | 0x100);
	}
	for (size_t i = 0; c && c < 0x80 && i < ARRAY_SIZE(keys); i++) {
		if (keys[i].control == (char)c)
			return (SHORT)(keys[i].key | 0x200);
	}
	return -1;
}

EXPORT(user32, BOOL, GetKeyboardState, (BYTE * state))
{
	memset(state, 0, 256);
	return TRUE;
}

/* --- input: there is none --- */

EXPORT(user32, BOOL, GetInputState, (void))
{
	return FALSE;
}

/* Of messages that no device sent. */
EXPORT(user32, LPARAM, GetMessageExtraInfo, (void))
{
	return 0;
}

EXPORT(user32, DWORD, GetMessagePos, (void))
{
	return 0;
}

EXPORT(user32, BOOL, TrackMouseEvent, (PVOID event))
{
	set_last_error(ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION);
	return FALSE;
}
