/*
 * dlls/shlwapi/url.c - URLs: their schemes, what kind they are, paths of files to and from them.
 *
 * A URL here is text: a scheme of two characters or more and a colon, then anything (MSDN ParseURL); one letter and a
 * colon is a drive.
 */
#include "dlls/shlwapi/url.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/crt.h"

#include <string.h>

static const WCHAR *const schemes[] = {
	[URL_SCHEME_FTP] = u"ftp",
	[URL_SCHEME_HTTP] = u"http",
	[URL_SCHEME_GOPHER] = u"gopher",
	[URL_SCHEME_MAILTO] = u"mailto",
	[URL_SCHEME_NEWS] = u"news",
	[URL_SCHEME_NNTP] = u"nntp",
	[URL_SCHEME_TELNET] = u"telnet",
	[URL_SCHEME_WAIS] = u"wais",
	[URL_SCHEME_FILE] = u"file",
	[URL_SCHEME_MK] = u"mk",
	[URL_SCHEME_HTTPS] = u"https",
	[URL_SCHEME_SHELL] = u"shell",
	[URL_SCHEME_SNEWS] = u"snews",
	[URL_SCHEME_LOCAL] = u"local",
	[URL_SCHEME_JAVASCRIPT] = u"javascript",
	[URL_SCHEME_VBSCRIPT] = u"vbscript",
	[URL_SCHEME_ABOUT] = u"about",
	[URL_SCHEME_RES] = u"res",
	[URL_SCHEME_MSSHELLROOTED] = u"ms-shell-rooted",
	[URL_SCHEME_MSSHELLIDLIST] = u"ms-shell-idlist",
	[URL_SCHEME_MSHELP] = u"hcp",
	[URL_SCHEME_SEARCH_MS] = u"search-ms",
	[URL_SCHEME_SEARCH] = u"search",
	[URL_SCHEME_KNOWNFOLDER] = u"knownfolder",
};

static bool is_letter(WCHAR c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_slash(WCHAR c)
{
	return c == '/' || c == '\\';
}

/* "c:" or "c|". */
static bool is_drive(const WCHAR *text)
{
	return is_letter(text[0]) && (text[1] == ':' || text[1] == '|');
}

INT url_scheme(const WCHAR *url, size_t *length)
{
	size_t size = 0;

	while (is_letter(url[size]) || (url[size] >= '0' && url[size] <= '9') || url[size] == '+' || url[size] == '-' ||
	       url[size] == '.')
		size++;
	if (size < 2 || url[size] != ':')
		return URL_SCHEME_INVALID;
	*length = size;
	for (INT i = 0; i < (INT)ARRAY_SIZE(schemes); i++) {
		if (schemes[i] && rtl_wcslen(schemes[i]) == size && !rtl_wcsnicmp(schemes[i], url, size))
			return i;
	}
	return URL_SCHEME_UNKNOWN;
}

/* Text that grows; `failed` when memory ran out, and the rest is nothing then. */
bool text_reserve(struct text *text, size_t more)
{
	size_t capacity;
	WCHAR *data;

	if (text->failed || text->length + more + 1 <= text->capacity)
		return !text->failed;
	capacity = (text->length + more + 1) * 2;
	data = realloc(text->data, capacity * sizeof(WCHAR));
	if (!data) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->capacity = capacity;
	return true;
}

void text_add(struct text *text, const WCHAR *from, size_t length)
{
	if (!text_reserve(text, length))
		return;
	memcpy(text->data + text->length, from, length * sizeof(WCHAR));
	text->length += length;
	text->data[text->length] = 0;
}

void text_add_char(struct text *text, WCHAR c)
{
	text_add(text, &c, 1);
}

/* The rule of all these functions: the length without the terminator, or E_POINTER and the room needed with it. */
HRESULT text_result(struct text *text, LPWSTR to, DWORD *size)
{
	HRESULT result = S_OK;

	if (text->failed) {
		result = E_OUTOFMEMORY;
	} else if (text->length + 1 > *size) {
		*size = (DWORD)text->length + 1;
		result = E_POINTER;
	} else {
		if (text->length)
			memmove(to, text->data, text->length * sizeof(WCHAR));
		to[text->length] = 0;
		*size = (DWORD)text->length;
	}
	free(text->data);
	return result;
}

EXPORT(shlwapi, HRESULT, ParseURLW, (LPCWSTR url, struct parsed_url *parsed))
{
	const WCHAR *suffix;
	size_t length;
	INT scheme;

	if (!url || !parsed || parsed->size != sizeof(*parsed))
		return E_INVALIDARG;
	scheme = url_scheme(url, &length);
	parsed->scheme = (UINT)scheme;
	if (scheme == URL_SCHEME_INVALID)
		return URL_E_INVALID_SYNTAX;
	suffix = url + length + 1;
	/* A file's path begins behind the slashes of an empty host. */
	if (scheme == URL_SCHEME_FILE && is_slash(suffix[0]) && is_slash(suffix[1])) {
		suffix += 2;
		if (is_slash(suffix[0]) && is_drive(suffix + 1))
			suffix++;
	}
	parsed->protocol = url;
	parsed->protocol_length = (UINT)length;
	parsed->suffix = suffix;
	parsed->suffix_length = (UINT)rtl_wcslen(suffix);
	return S_OK;
}

EXPORT(shlwapi, BOOL, PathIsURLW, (LPCWSTR path))
{
	size_t length;

	return path && url_scheme(path, &length) != URL_SCHEME_INVALID;
}

/* The fragment with its '#', or NULL; a file's name may hold a '#' unless its extension is one of HTML's. */
EXPORT(shlwapi, LPCWSTR, UrlGetLocationW, (LPCWSTR url))
{
	size_t length;
	INT scheme;

	if (!url)
		return NULL;
	scheme = url_scheme(url, &length);
	if (scheme == URL_SCHEME_INVALID || url_is_opaque(scheme))
		return NULL;
	for (const WCHAR *at = url + length + 1; *at; at++) {
		if (*at != '#')
			continue;
		if (scheme != URL_SCHEME_FILE || (at - url >= 4 && !rtl_wcsnicmp(at - 4, u".htm", 4)) ||
		    (at - url >= 5 && !rtl_wcsnicmp(at - 5, u".html", 5)))
			return at;
	}
	return NULL;
}

bool url_is_opaque(INT scheme)
{
	return scheme == URL_SCHEME_MAILTO || scheme == URL_SCHEME_SHELL || scheme == URL_SCHEME_JAVASCRIPT ||
	       scheme == URL_SCHEME_VBSCRIPT || scheme == URL_SCHEME_ABOUT;
}

/* Ends in a slash before the query and the fragment. */
static bool names_directory(const WCHAR *url, size_t scheme_length, INT scheme)
{
	const WCHAR *end = url + scheme_length + 1;

	if (scheme == URL_SCHEME_INVALID || url_is_opaque(scheme))
		return false;
	while (*end && *end != '?' && *end != '#')
		end++;
	return end[-1] == '/' || (scheme == URL_SCHEME_FILE && end[-1] == '\\');
}

static bool has_query(const WCHAR *url)
{
	for (; *url && *url != '#'; url++) {
		if (*url == '?')
			return true;
	}
	return false;
}

enum { URLIS_URL, URLIS_OPAQUE, URLIS_NOHISTORY, URLIS_FILEURL, URLIS_APPLIABLE, URLIS_DIRECTORY, URLIS_HASQUERY };

EXPORT(shlwapi, BOOL, UrlIsW, (LPCWSTR url, INT kind))
{
	size_t length = 0;
	INT scheme;

	if (!url)
		return FALSE;
	scheme = url_scheme(url, &length);
	switch (kind) {
	case URLIS_URL:
		return scheme != URL_SCHEME_INVALID;
	case URLIS_OPAQUE:
		return url_is_opaque(scheme);
	case URLIS_NOHISTORY:
		return scheme == URL_SCHEME_JAVASCRIPT || scheme == URL_SCHEME_VBSCRIPT;
	case URLIS_FILEURL:
		return scheme == URL_SCHEME_FILE;
	case URLIS_APPLIABLE: {
		struct text applied = {0};
		bool appliable = url_apply_scheme(&applied, url, URL_APPLY_GUESSSCHEME | URL_APPLY_GUESSFILE);

		free(applied.data);
		return appliable;
	}
	case URLIS_DIRECTORY:
		return names_directory(url, length, scheme);
	case URLIS_HASQUERY:
		return scheme != URL_SCHEME_INVALID && has_query(url);
	default:
		return FALSE;
	}
}

EXPORT(shlwapi, BOOL, UrlIsOpaqueW, (LPCWSTR url))
{
	return UrlIsW(url, URLIS_OPAQUE);
}

/* The path that a file: URL names: backslashes, a drive's "|" as ":", "localhost" and empty hosts taken out, escapes
 * replaced.  A host in front of a drive swallows the slash between them, as Windows does. */
static HRESULT path_of_url(struct text *path, const WCHAR *url)
{
	size_t length, slashes = 0, start;

	if (url_scheme(url, &length) != URL_SCHEME_FILE)
		return E_INVALIDARG;
	url += length + 1;
	while (is_slash(url[slashes]))
		slashes++;
	if (slashes == 2 && !rtl_wcsnicmp(url + 2, u"localhost", 9) && is_slash(url[11])) {
		url += 11;
		slashes = 1;
		if (is_drive(url + 1))
			slashes = 0, url++;
	} else if (is_drive(url + slashes)) {
		url += slashes;
		slashes = 0;
	} else if (slashes >= 4) {
		url += slashes - 2;
		slashes = 2;
	} else if (slashes == 3) {
		url += 2;
		slashes = 1;
	}
	if (slashes == 2) {
		text_add(path, u"\\\\", 2);
		for (url += 2; *url && !is_slash(*url); url++)
			text_add_char(path, *url);
		if (*url && is_letter(url[1]) && (url[2] == ':' || url[2] == '|') && is_slash(url[3]))
			url++;
	}
	start = path->length;
	for (; *url; url++)
		text_add_char(path, *url == '/' ? '\\' : *url);
	if (path->failed)
		return E_OUTOFMEMORY;
	if (!path->length)
		text_add(path, u"", 0);
	if (!start && !slashes && path->length >= 2 && is_drive(path->data))
		path->data[1] = ':';
	path->length = url_unescape(path->data, path->length, 0);
	for (size_t i = 0; i < path->length; i++) {
		if (path->data[i] == '/')
			path->data[i] = '\\';
	}
	return S_OK;
}

EXPORT(shlwapi, HRESULT, PathCreateFromUrlW, (LPCWSTR url, LPWSTR path, DWORD *size, DWORD flags))
{
	struct text text = {0};
	HRESULT result;

	(void)flags;
	if (!url || !path || !size || !*size)
		return E_INVALIDARG;
	result = path_of_url(&text, url);
	if (result != S_OK) {
		free(text.data);
		return result;
	}
	return text_result(&text, path, size);
}

/* A copy for LocalFree. */
EXPORT(shlwapi, HRESULT, PathCreateFromUrlAlloc, (LPCWSTR url, LPWSTR *path, DWORD flags))
{
	struct text text = {0};
	HRESULT result;

	(void)flags;
	if (!url || !path)
		return E_INVALIDARG;
	*path = NULL;
	result = path_of_url(&text, url);
	if (result == S_OK) {
		*path = LocalAlloc(LMEM_FIXED, (text.length + 1) * sizeof(WCHAR));
		if (*path)
			memcpy(*path, text.data, (text.length + 1) * sizeof(WCHAR));
		else
			result = E_OUTOFMEMORY;
	}
	free(text.data);
	return result;
}

/* "c:\a b" as "file:///c:/a%20b", "\\server\share" as "file://server/share", "a" as "file:a". */
void url_of_path(struct text *url, const WCHAR *path)
{
	struct text plain = {0};

	text_add(&plain, u"file:", 5);
	if (is_letter(path[0]) && path[1] == ':')
		text_add(&plain, u"///", 3);
	else if (path[0] == '\\' && path[1] != '\\')
		text_add(&plain, u"//", 2);
	text_add(&plain, path, rtl_wcslen(path));
	if (plain.failed)
		url->failed = true;
	else
		url_escape(url, plain.data, URL_ESCAPE_PERCENT);
	free(plain.data);
}

/* S_FALSE with a copy for what is a URL already. */
EXPORT(shlwapi, HRESULT, UrlCreateFromPathW, (LPCWSTR path, LPWSTR url, DWORD *size, DWORD flags))
{
	struct text text = {0};
	HRESULT result, made = S_OK;

	(void)flags;
	if (!path || !url || !size || !*size)
		return E_INVALIDARG;
	if (PathIsURLW(path)) {
		text_add(&text, path, rtl_wcslen(path));
		made = S_FALSE;
	} else {
		url_of_path(&text, path);
	}
	result = text_result(&text, url, size);
	return result == S_OK ? made : result;
}

/* S_OK's condition of UrlApplyScheme; `url` then has the result.  MSDN: the scheme is guessed from the beginning of a
 * host's name; a file's path becomes a file: URL; the default is http. */
bool url_apply_scheme(struct text *url, const WCHAR *from, DWORD flags)
{
	static const struct {
		const WCHAR *host, *scheme;
	} guesses[] = {{u"www", u"http://"}, {u"ftp", u"ftp://"}, {u"gopher", u"gopher://"}};
	size_t length;

	if (url_scheme(from, &length) != URL_SCHEME_INVALID &&
	    !((flags & URL_APPLY_FORCEAPPLY) && (flags & URL_APPLY_DEFAULT)))
		return false;
	if ((flags & URL_APPLY_GUESSFILE) &&
	    ((is_letter(from[0]) && from[1] == ':') || (from[0] == '\\' && from[1] == '\\'))) {
		url_of_path(url, from);
		return true;
	}
	if (flags & URL_APPLY_GUESSSCHEME) {
		for (size_t i = 0; i < ARRAY_SIZE(guesses); i++) {
			size_t part = rtl_wcslen(guesses[i].host);

			if (rtl_wcsnicmp(from, guesses[i].host, part) || from[part] != '.')
				continue;
			text_add(url, guesses[i].scheme, rtl_wcslen(guesses[i].scheme));
			text_add(url, from, rtl_wcslen(from));
			return true;
		}
	}
	if (!(flags & URL_APPLY_DEFAULT))
		return false;
	text_add(url, u"http://", 7);
	text_add(url, from, rtl_wcslen(from));
	return true;
}

EXPORT(shlwapi, HRESULT, UrlApplySchemeW, (LPCWSTR from, LPWSTR url, DWORD *size, DWORD flags))
{
	struct text text = {0};

	if (!from || !url || !size)
		return E_INVALIDARG;
	if (!url_apply_scheme(&text, from, flags)) {
		free(text.data);
		return S_FALSE;
	}
	return text_result(&text, url, size);
}
