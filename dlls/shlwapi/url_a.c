/*
 * dlls/shlwapi/url_a.c - URLs of bytes: a byte is one UTF-16 unit for the functions that do the work, and back.
 */
#include "dlls/shlwapi/url.h"
#include "kernel32/kernel32.h"

#include <string.h>

/* NULL when `text` is NULL or memory runs out; free() it. */
static WCHAR *widen(LPCSTR text)
{
	size_t size = text ? strlen(text) + 1 : 0;
	WCHAR *wide = text ? malloc(size * sizeof(WCHAR)) : NULL;

	for (size_t i = 0; wide && i < size; i++)
		wide[i] = (BYTE)text[i];
	return wide;
}

/* Runs a function that writes text: its result in `to`, by the rule of text_result. */
static HRESULT with_text(HRESULT(WINAPI *function)(LPCWSTR, LPWSTR, DWORD *, DWORD), LPCSTR from, LPSTR to, DWORD *size,
			 DWORD flags)
{
	WCHAR *wide = widen(from), *buffer = *size < 0x1000000 ? malloc(*size * sizeof(WCHAR)) : NULL;
	HRESULT result = wide && buffer ? function(wide, buffer, size, flags) : E_OUTOFMEMORY;

	if (result == S_OK || (result == S_FALSE && function == UrlCreateFromPathW)) {
		for (DWORD i = 0; i <= *size; i++)
			to[i] = (CHAR)buffer[i];
	}
	free(buffer);
	free(wide);
	return result;
}

EXPORT(shlwapi, HRESULT, PathCreateFromUrlA, (LPCSTR url, LPSTR path, DWORD *size, DWORD flags))
{
	if (!url || !path || !size || !*size)
		return E_INVALIDARG;
	return with_text(PathCreateFromUrlW, url, path, size, flags);
}

EXPORT(shlwapi, HRESULT, UrlCreateFromPathA, (LPCSTR path, LPSTR url, DWORD *size, DWORD flags))
{
	if (!path || !url || !size || !*size)
		return E_INVALIDARG;
	return with_text(UrlCreateFromPathW, path, url, size, flags);
}

EXPORT(shlwapi, HRESULT, UrlApplySchemeA, (LPCSTR from, LPSTR url, DWORD *size, DWORD flags))
{
	if (!from || !url || !size)
		return E_INVALIDARG;
	return with_text(UrlApplySchemeW, from, url, size, flags);
}

EXPORT(shlwapi, HRESULT, UrlEscapeA, (LPCSTR from, LPSTR to, DWORD *size, DWORD flags))
{
	if (!from || !to || !size || !*size)
		return E_INVALIDARG;
	if (flags & URL_ESCAPE_AS_UTF8)
		return E_NOTIMPL;
	return with_text(UrlEscapeW, from, to, size, flags);
}

static HRESULT WINAPI unescape(LPCWSTR from, LPWSTR to, DWORD *size, DWORD flags)
{
	return UrlUnescapeW((LPWSTR)(uintptr_t)from, to, size, flags);
}

EXPORT(shlwapi, HRESULT, UrlUnescapeA, (LPSTR from, LPSTR to, DWORD *size, DWORD flags))
{
	if (!from)
		return E_INVALIDARG;
	if (flags & URL_UNESCAPE_AS_UTF8)
		return E_NOTIMPL;
	if (flags & URL_UNESCAPE_INPLACE) {
		DWORD room = (DWORD)strlen(from) + 1;

		/* Never longer than it was. */
		return with_text(unescape, from, from, &room, flags & ~URL_UNESCAPE_INPLACE);
	}
	if (!to || !size || !*size)
		return E_INVALIDARG;
	return with_text(unescape, from, to, size, flags);
}

EXPORT(shlwapi, BOOL, UrlIsA, (LPCSTR url, INT kind))
{
	WCHAR *wide = widen(url);
	BOOL result = wide && UrlIsW(wide, kind);

	free(wide);
	return result;
}

EXPORT(shlwapi, BOOL, UrlIsOpaqueA, (LPCSTR url))
{
	return UrlIsA(url, 1);
}

EXPORT(shlwapi, BOOL, PathIsURLA, (LPCSTR path))
{
	return UrlIsA(path, 0);
}

EXPORT(shlwapi, LPCSTR, UrlGetLocationA, (LPCSTR url))
{
	WCHAR *wide = widen(url);
	const WCHAR *place = wide ? UrlGetLocationW(wide) : NULL;
	LPCSTR result = place ? url + (place - wide) : NULL;

	free(wide);
	return result;
}

EXPORT(shlwapi, HRESULT, ParseURLA, (LPCSTR url, struct parsed_url *parsed))
{
	struct parsed_url found = {.size = sizeof(found)};
	WCHAR *wide;
	HRESULT result;

	if (!url || !parsed || parsed->size != sizeof(*parsed))
		return E_INVALIDARG;
	wide = widen(url);
	if (!wide)
		return E_OUTOFMEMORY;
	result = ParseURLW(wide, &found);
	parsed->scheme = found.scheme;
	if (result == S_OK) {
		LPCSTR suffix = url + ((const WCHAR *)found.suffix - wide);

		parsed->protocol = url;
		parsed->protocol_length = found.protocol_length;
		parsed->suffix = suffix;
		parsed->suffix_length = (UINT)strlen(suffix);
	}
	free(wide);
	return result;
}
