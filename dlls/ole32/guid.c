/*
 * dlls/ole32/guid.c - GUIDs and their text form, {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}.
 */
#include "dlls/ole32/ole32.h"
#include "host/host.h"

#define GUID_CHARS 38

static char16_t hex_digit(unsigned value)
{
	return (char16_t)(value < 10 ? '0' + value : 'A' + value - 10);
}

static char16_t *put_hex(char16_t *to, ULONG value, unsigned digits)
{
	while (digits--)
		*to++ = hex_digit(value >> (4 * digits) & 15);
	return to;
}

/* Characters written with the terminator, or 0 when the buffer is too small. */
EXPORT(ole32, INT, StringFromGUID2, (REFGUID guid, LPOLESTR string, INT capacity))
{
	char16_t *to = string;

	if (!guid || !string || capacity < GUID_CHARS + 1)
		return 0;
	*to++ = '{';
	to = put_hex(to, guid->Data1, 8);
	*to++ = '-';
	to = put_hex(to, guid->Data2, 4);
	*to++ = '-';
	to = put_hex(to, guid->Data3, 4);
	for (int i = 0; i < 8; i++) {
		if (i == 0 || i == 2)
			*to++ = '-';
		to = put_hex(to, guid->Data4[i], 2);
	}
	*to++ = '}';
	*to = 0;
	return GUID_CHARS + 1;
}

static int take_hex(const char16_t **at, unsigned digits, ULONG *value)
{
	*value = 0;
	while (digits--) {
		char16_t c = *(*at)++;
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (c | 32) - 'a' + 10;
		else
			return 0;
		*value = *value << 4 | digit;
	}
	return 1;
}

/* The braced form, nothing before or behind it. */
static int parse_guid(const char16_t *at, GUID *guid)
{
	ULONG value;

	if (*at++ != '{' || !take_hex(&at, 8, &value))
		return 0;
	guid->Data1 = value;
	if (*at++ != '-' || !take_hex(&at, 4, &value))
		return 0;
	guid->Data2 = (WORD)value;
	if (*at++ != '-' || !take_hex(&at, 4, &value))
		return 0;
	guid->Data3 = (WORD)value;
	for (int i = 0; i < 8; i++) {
		if ((i == 0 || i == 2) && *at++ != '-')
			return 0;
		if (!take_hex(&at, 2, &value))
			return 0;
		guid->Data4[i] = (BYTE)value;
	}
	return *at++ == '}' && *at == 0;
}

/* A NULL string is GUID_NULL.  Names of classes (ProgIDs) are looked for in the registry on Windows; no builtin class
 * has one, so every other text is CO_E_CLASSSTRING. */
EXPORT(ole32, HRESULT, CLSIDFromString, (LPCOLESTR string, CLSID *clsid))
{
	GUID guid;

	if (!clsid)
		return E_INVALIDARG;
	*clsid = GUID_NULL;
	if (!string)
		return S_OK;
	if (!parse_guid(string, &guid))
		return CO_E_CLASSSTRING;
	*clsid = guid;
	return S_OK;
}

EXPORT(ole32, HRESULT, IIDFromString, (LPCOLESTR string, IID *iid))
{
	GUID guid;

	if (!iid)
		return E_INVALIDARG;
	*iid = GUID_NULL;
	if (!string)
		return S_OK;
	if (!parse_guid(string, &guid))
		return CO_E_IIDSTRING;
	*iid = guid;
	return S_OK;
}

EXPORT(ole32, HRESULT, StringFromCLSID, (REFCLSID clsid, LPOLESTR *string))
{
	if (!clsid || !string)
		return E_INVALIDARG;
	*string = CoTaskMemAlloc((GUID_CHARS + 1) * sizeof(OLECHAR));
	if (!*string)
		return E_OUTOFMEMORY;
	StringFromGUID2(clsid, *string, GUID_CHARS + 1);
	return S_OK;
}
EXPORT_ALIAS(ole32, "StringFromIID", StringFromCLSID);

/* Random GUIDs, version 4 of RFC 4122. */
EXPORT(ole32, HRESULT, CoCreateGuid, (GUID * guid))
{
	if (!guid)
		return E_INVALIDARG;
	host_random(guid, sizeof(*guid));
	guid->Data3 = (guid->Data3 & 0x0FFF) | 0x4000;
	guid->Data4[0] = (guid->Data4[0] & 0x3F) | 0x80;
	return S_OK;
}

EXPORT_AS(ole32, "IsEqualGUID", BOOL, ole_IsEqualGUID, (REFGUID a, REFGUID b))
{
	return com_guid_equal(a, b);
}
