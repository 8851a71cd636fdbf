/*
 * dlls/shlwapi/strings_template.h - searching, joining and comparing strings, written once for both character types.
 *
 * The includer defines CHAR_T, NAME(base) with the suffix, FOLD(c), the upper case of a character, LENGTH(s) and COMPARE,
 * the CompareString of its kind.  Where a string may be NULL the functions find nothing in it.
 */
#define SHL_(type, name, params) EXPORT(shlwapi, type, name, params)
#define SHL(type, base, params) SHL_(type, NAME(base), params)
typedef CHAR_T *STR;
typedef const CHAR_T *CSTR;
#define L_(base) NAME(shl_##base)

/* Whether the characters are the same to who looks for one, and for one in any case. */
static bool L_(same)(CHAR_T a, CHAR_T b)
{
	return a == b;
}

static bool L_(same_letter)(CHAR_T a, CHAR_T b)
{
	return FOLD(a) == FOLD(b);
}

static STR L_(last)(CSTR start, CSTR end, CHAR_T c, bool (*same)(CHAR_T, CHAR_T))
{
	CSTR found = NULL;

	for (; start && (end ? start < end : *start != 0); start++)
		if (same(*start, c))
			found = start;
	return (STR)(uintptr_t)found;
}

/* The last place of a character before `end`, which may be NULL: the string's. */
SHL(STR, StrRChr, (CSTR start, CSTR end, WORD c))
{
	return L_(last)(start, end, (CHAR_T)c, L_(same));
}

SHL(STR, StrRChrI, (CSTR start, CSTR end, WORD c))
{
	return L_(last)(start, end, (CHAR_T)c, L_(same_letter));
}

/* The last place of `part` that begins before `end`. */
SHL(STR, StrRStrI, (CSTR string, CSTR end, CSTR part))
{
	size_t length = part ? LENGTH(part) : 0;
	CSTR at;

	if (!string || !length)
		return NULL;
	for (at = end ? end : string + LENGTH(string); at > string;) {
		size_t i = 0;

		at--;
		while (i < length && at[i] && L_(same_letter)(at[i], part[i]))
			i++;
		if (i == length)
			return (STR)(uintptr_t)at;
	}
	return NULL;
}

/* How many characters from the start are in `set`, or are not. */
static INT L_(span)(CSTR string, CSTR set, bool in, bool (*same)(CHAR_T, CHAR_T))
{
	INT count = 0;

	for (; string && set && string[count]; count++) {
		CSTR member = set;

		while (*member && !same(string[count], *member))
			member++;
		if (!*member == in)
			break;
	}
	return count;
}

SHL(INT, StrSpn, (CSTR string, CSTR set))
{
	return L_(span)(string, set, true, L_(same));
}

SHL(INT, StrCSpn, (CSTR string, CSTR set))
{
	return L_(span)(string, set, false, L_(same));
}

SHL(INT, StrCSpnI, (CSTR string, CSTR set))
{
	return L_(span)(string, set, false, L_(same_letter));
}

SHL(STR, StrPBrk, (CSTR string, CSTR set))
{
	INT at = L_(span)(string, set, false, L_(same));

	return string && set && string[at] ? (STR)(uintptr_t)(string + at) : NULL;
}

/* At most `size` characters with the terminator. */
static STR L_(copy)(STR to, CSTR from, size_t size)
{
	size_t length = from ? LENGTH(from) : 0;

	if (!to || !size)
		return to;
	if (length > size - 1)
		length = size - 1;
	memcpy(to, from, length * sizeof(CHAR_T));
	to[length] = 0;
	return to;
}

/* Appends what fits into the buffer of `size` characters. */
SHL(STR, StrCatBuff, (STR to, CSTR from, INT size))
{
	size_t length = to ? LENGTH(to) : 0;

	if (to && from && size > 0 && length < (size_t)size)
		L_(copy)(to + length, from, (size_t)size - length);
	return to;
}

/* False for the same letter. */
SHL(BOOL, ChrCmpI, (WORD a, WORD b))
{
	return !L_(same_letter)((CHAR_T)a, (CHAR_T)b);
}

/* The order of the user's language. */
static INT L_(order)(CSTR a, CSTR b, INT count, DWORD flags)
{
	INT a_length = 0, b_length = 0;

	if (!a || !b)
		return (a != NULL) - (b != NULL);
	while (a_length != count && a[a_length])
		a_length++;
	while (b_length != count && b[b_length])
		b_length++;
	return COMPARE(LOCALE_USER_DEFAULT, flags, a, a_length, b, b_length) - CSTR_EQUAL;
}

SHL(INT, StrCmpN, (CSTR a, CSTR b, INT count))
{
	return L_(order)(a, b, count, 0);
}

SHL(INT, StrCmpNI, (CSTR a, CSTR b, INT count))
{
	return L_(order)(a, b, count, NORM_IGNORECASE);
}

SHL(BOOL, StrIsIntlEqual, (BOOL case_sensitive, CSTR a, CSTR b, INT count))
{
	return !L_(order)(a, b, count, case_sensitive ? 0 : NORM_IGNORECASE);
}

/* The order of the numbers of the characters; without regard to the case of A to Z in the "I" forms. */
static INT L_(order_c)(CSTR a, CSTR b, INT count, bool fold)
{
	for (; count; a++, b++, count--) {
		CHAR_T x = *a, y = *b;

		if (fold && x >= 'A' && x <= 'Z')
			x = (CHAR_T)(x | 32);
		if (fold && y >= 'A' && y <= 'Z')
			y = (CHAR_T)(y | 32);
		if (x != y)
			return sizeof(CHAR_T) == 1 ? (BYTE)x - (BYTE)y : x - y;
		if (!x)
			break;
	}
	return 0;
}

SHL(INT, StrCmpC, (CSTR a, CSTR b))
{
	return L_(order_c)(a, b, -1, false);
}

SHL(INT, StrCmpIC, (CSTR a, CSTR b))
{
	return L_(order_c)(a, b, -1, true);
}

SHL(INT, StrCmpNC, (CSTR a, CSTR b, INT count))
{
	return L_(order_c)(a, b, count, false);
}

SHL(INT, StrCmpNIC, (CSTR a, CSTR b, INT count))
{
	return L_(order_c)(a, b, count, true);
}

static STR L_(give_text)(const char *text, STR to, UINT size)
{
	CHAR_T copy[SIZE_TEXT];

	for (size_t i = 0; i <= strlen(text); i++)
		copy[i] = (CHAR_T)text[i];
	return L_(copy)(to, copy, size);
}

/* "2,344 KB", rounded up. */
SHL(STR, StrFormatKBSize, (LONGLONG size, STR to, UINT room))
{
	char text[SIZE_TEXT];

	shl_print_kilobytes(size, text);
	return L_(give_text)(text, to, room);
}

#undef SHL_
#undef SHL
#undef L_
