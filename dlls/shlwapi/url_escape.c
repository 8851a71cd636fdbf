/*
 * dlls/shlwapi/url_escape.c - percent signs: UrlEscape and UrlUnescape.
 */
#include "dlls/shlwapi/url.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/crt.h"

#include <string.h>

static INT digit(WCHAR c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static INT escaped_byte(const WCHAR *text, size_t left)
{
	if (left < 3 || text[0] != '%' || digit(text[1]) < 0 || digit(text[2]) < 0)
		return -1;
	return digit(text[1]) * 16 + digit(text[2]);
}

/* Without the flag for UTF-8 an escape is one unit of its value. */
size_t url_unescape(WCHAR *text, size_t length, DWORD flags)
{
	size_t to = 0, from = 0;

	while (from < length) {
		char bytes[64];
		INT count = 0, byte;

		if ((flags & URL_DONT_UNESCAPE_EXTRA_INFO) && (text[from] == '?' || text[from] == '#'))
			break;
		byte = escaped_byte(text + from, length - from);
		if (byte < 0 || (byte < 0x80 && (flags & URL_UNESCAPE_HIGH_ANSI_ONLY))) {
			text[to++] = text[from++];
			continue;
		}
		if (byte < 0x80 || !(flags & URL_UNESCAPE_AS_UTF8)) {
			text[to++] = (WCHAR)byte;
			from += 3;
			continue;
		}
		do {
			bytes[count++] = (char)byte;
			from += 3;
			byte = escaped_byte(text + from, length - from);
			/* A run longer than the buffer is cut in front of a character. */
		} while (byte >= 0x80 && (count < 60 || (count < 64 && (byte & 0xC0) == 0x80)));
		to += (size_t)MultiByteToWideChar(CP_UTF8, 0, bytes, count, text + to, (INT)(from - to));
	}
	memmove(text + to, text + from, (length - from) * sizeof(WCHAR));
	to += length - from;
	text[to] = 0;
	return to;
}

EXPORT(shlwapi, HRESULT, UrlUnescapeW, (LPWSTR from, LPWSTR to, DWORD *size, DWORD flags))
{
	struct text text = {0};

	if (!from)
		return E_INVALIDARG;
	if (flags & URL_UNESCAPE_INPLACE) {
		url_unescape(from, rtl_wcslen(from), flags);
		return S_OK;
	}
	if (!to || !size || !*size)
		return E_INVALIDARG;
	text_add(&text, from, rtl_wcslen(from));
	if (!text.failed)
		text.length = url_unescape(text.data, text.length, flags);
	return text_result(&text, to, size);
}

static void add_byte(struct text *to, BYTE byte)
{
	static const char digits[] = "0123456789ABCDEF";

	text_add_char(to, '%');
	text_add_char(to, (WCHAR)digits[byte >> 4]);
	text_add_char(to, (WCHAR)digits[byte & 15]);
}

/* Characters above ASCII: UTF-8 with the flag, else one escape for those of Latin-1 and the others as they are.
 * Returns how many units were taken. */
static size_t add_wide(struct text *to, const WCHAR *from, DWORD flags)
{
	size_t units = (from[0] & 0xFC00) == 0xD800 && (from[1] & 0xFC00) == 0xDC00 ? 2 : 1;
	char bytes[8];
	INT count;

	if (!(flags & URL_ESCAPE_AS_UTF8)) {
		if (*from > 0xFF)
			text_add(to, from, 1);
		else
			add_byte(to, (BYTE)*from);
		return 1;
	}
	count = WideCharToMultiByte(CP_UTF8, 0, from, (INT)units, bytes, sizeof(bytes), NULL, NULL);
	for (INT i = 0; i < count; i++)
		add_byte(to, (BYTE)bytes[i]);
	return units;
}

static bool is_slash(WCHAR c)
{
	return c == '/' || c == '\\';
}

/*
 * The slashes behind "file:": none stay none, one is three, two and a host stay, "localhost" is the empty host, four
 * and more are two.  Returns what follows.
 */
static const WCHAR *file_slashes(struct text *to, const WCHAR *at)
{
	size_t slashes = 0;

	while (is_slash(at[slashes]))
		slashes++;
	at += slashes;
	if (slashes == 2 && !rtl_wcsnicmp(at, u"localhost", 9) && is_slash(at[9])) {
		at += 10;
		slashes = 3;
	}
	if (slashes == 1 || slashes == 3)
		text_add(to, u"///", 3);
	else if (slashes)
		text_add(to, u"//", 2);
	return at;
}

static bool is_unsafe(WCHAR c)
{
	return c <= ' ' || c == 0x7F || (c < 0x80 && strchr("\"<>{}|\\^[]`&", c));
}

void url_escape(struct text *to, const WCHAR *url, DWORD flags)
{
	bool spaces_only = flags & URL_ESCAPE_SPACES_ONLY, segment = flags & URL_ESCAPE_SEGMENT_ONLY, slashes_too, turn;
	bool extra = false;
	const WCHAR *at = url;
	size_t length = 0;
	INT scheme = url_scheme(url, &length);

	if (scheme != URL_SCHEME_INVALID) {
		text_add(to, url, length + 1);
		at += length + 1;
	}
	/* Web servers and files: a backslash is a slash. */
	turn = !segment && !spaces_only &&
	       (scheme == URL_SCHEME_HTTP || scheme == URL_SCHEME_HTTPS || scheme == URL_SCHEME_FILE);
	if (url_is_opaque(scheme))
		segment = true;
	if (scheme == URL_SCHEME_FILE && turn)
		at = file_slashes(to, at);
	/* Behind a scheme with no slash a slash separates nothing. */
	slashes_too = segment || (scheme != URL_SCHEME_INVALID && scheme != URL_SCHEME_FILE && *at != '/' &&
				  !(turn && *at == '\\'));
	while (*at) {
		WCHAR c = *at;

		if (!segment && !extra && (!spaces_only || (flags & URL_DONT_ESCAPE_EXTRA_INFO)) &&
		    (c == '?' || (c == '#' && scheme != URL_SCHEME_FILE)))
			extra = true;
		if (extra || (spaces_only && c != ' ')) {
			text_add_char(to, c);
		} else if (turn && c == '\\') {
			if (slashes_too)
				text_add(to, u"%2F", 3);
			else
				text_add_char(to, '/');
		} else if (c >= 0x80) {
			at += add_wide(to, at, flags);
			continue;
		} else if (is_unsafe(c) || (c == '%' && (flags & URL_ESCAPE_PERCENT)) || (c == '/' && slashes_too) ||
			   ((c == '?' || c == '#') && segment) || (c == '#' && scheme == URL_SCHEME_FILE)) {
			add_byte(to, (BYTE)c);
		} else {
			text_add_char(to, c);
		}
		at++;
	}
}

EXPORT(shlwapi, HRESULT, UrlEscapeW, (LPCWSTR from, LPWSTR to, DWORD *size, DWORD flags))
{
	struct text text = {0};

	if (!from || !to || !size || !*size)
		return E_INVALIDARG;
	text_add(&text, u"", 0);
	url_escape(&text, from, flags);
	return text_result(&text, to, size);
}
