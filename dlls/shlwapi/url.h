/*
 * dlls/shlwapi/url.h - what the files about URLs share.
 */
#ifndef PEWTER_DLLS_SHLWAPI_URL_H
#define PEWTER_DLLS_SHLWAPI_URL_H

#include "kernel32/api.h"
#include "pewter/export.h"

#include <stdbool.h>
#include <stdlib.h>

/* MSDN URL_SCHEME. */
enum {
	URL_SCHEME_INVALID = -1,
	URL_SCHEME_UNKNOWN,
	URL_SCHEME_FTP,
	URL_SCHEME_HTTP,
	URL_SCHEME_GOPHER,
	URL_SCHEME_MAILTO,
	URL_SCHEME_NEWS,
	URL_SCHEME_NNTP,
	URL_SCHEME_TELNET,
	URL_SCHEME_WAIS,
	URL_SCHEME_FILE,
	URL_SCHEME_MK,
	URL_SCHEME_HTTPS,
	URL_SCHEME_SHELL,
	URL_SCHEME_SNEWS,
	URL_SCHEME_LOCAL,
	URL_SCHEME_JAVASCRIPT,
	URL_SCHEME_VBSCRIPT,
	URL_SCHEME_ABOUT,
	URL_SCHEME_RES,
	URL_SCHEME_MSSHELLROOTED,
	URL_SCHEME_MSSHELLIDLIST,
	URL_SCHEME_MSHELP,
	URL_SCHEME_MSSHELLDEVICE,
	URL_SCHEME_WILDCARD,
	URL_SCHEME_SEARCH_MS,
	URL_SCHEME_SEARCH,
	URL_SCHEME_KNOWNFOLDER,
};

#define URL_E_INVALID_SYNTAX ((HRESULT)0x80041001)

#define URL_APPLY_DEFAULT 0x00000001u
#define URL_APPLY_GUESSSCHEME 0x00000002u
#define URL_APPLY_GUESSFILE 0x00000004u
#define URL_APPLY_FORCEAPPLY 0x00000008u
#define URL_ESCAPE_PERCENT 0x00001000u
#define URL_ESCAPE_SEGMENT_ONLY 0x00002000u
#define URL_ESCAPE_AS_UTF8 0x00040000u
#define URL_UNESCAPE_AS_UTF8 URL_ESCAPE_AS_UTF8
#define URL_UNESCAPE_INPLACE 0x00100000u
#define URL_UNESCAPE_HIGH_ANSI_ONLY 0x00400000u
#define URL_DONT_ESCAPE_EXTRA_INFO 0x02000000u
#define URL_DONT_UNESCAPE_EXTRA_INFO URL_DONT_ESCAPE_EXTRA_INFO
#define URL_ESCAPE_SPACES_ONLY 0x04000000u

/* Text that grows.  `failed` when memory ran out: what is added later is lost.  The owner frees `data`. */
struct text {
	WCHAR *data;
	size_t length, capacity;
	bool failed;
};
bool text_reserve(struct text *text, size_t more);
void text_add(struct text *text, const WCHAR *from, size_t length);
void text_add_char(struct text *text, WCHAR c);
/* Copies and frees: S_OK and the length without the terminator; E_POINTER and the room needed with it; E_OUTOFMEMORY.
 */
HRESULT text_result(struct text *text, LPWSTR to, DWORD *size);

/* MSDN PARSEDURL; `protocol` and `suffix` point to characters of the form's width. */
struct parsed_url {
	DWORD size;
	LPCVOID protocol;
	UINT protocol_length;
	LPCVOID suffix;
	UINT suffix_length;
	UINT scheme;
};
HRESULT WINAPI ParseURLW(LPCWSTR url, struct parsed_url *parsed);

/* The scheme and its length; URL_SCHEME_INVALID for what is no URL. */
INT url_scheme(const WCHAR *url, size_t *length);
bool url_is_opaque(INT scheme);
/* Replaces %XX in place; the new length.  `text` stays terminated. */
size_t url_unescape(WCHAR *text, size_t length, DWORD flags);
void url_escape(struct text *to, const WCHAR *url, DWORD flags);
void url_of_path(struct text *url, const WCHAR *path);
bool url_apply_scheme(struct text *url, const WCHAR *from, DWORD flags);

BOOL WINAPI PathIsURLW(LPCWSTR path);
BOOL WINAPI UrlIsW(LPCWSTR url, INT kind);
LPCWSTR WINAPI UrlGetLocationW(LPCWSTR url);
HRESULT WINAPI PathCreateFromUrlW(LPCWSTR url, LPWSTR path, DWORD *size, DWORD flags);
HRESULT WINAPI UrlCreateFromPathW(LPCWSTR path, LPWSTR url, DWORD *size, DWORD flags);
HRESULT WINAPI UrlApplySchemeW(LPCWSTR from, LPWSTR url, DWORD *size, DWORD flags);
HRESULT WINAPI UrlEscapeW(LPCWSTR from, LPWSTR to, DWORD *size, DWORD flags);
HRESULT WINAPI UrlUnescapeW(LPWSTR from, LPWSTR to, DWORD *size, DWORD flags);

#endif
