/*
 * dlls/oleaut32/bstr.c - BSTRs: counted UTF-16 strings with the byte count in the four bytes before the characters
 * and a terminator behind them ([MS-OAUT] 2.2.23).  The block is 16-byte aligned; eight bytes of head keep the
 * characters aligned to eight.  ole32/propvariant.c frees them by this layout.
 */
#include "dlls/oleaut32/oleaut32.h"

#define HEAD 8u

static UINT *length_of(BSTR string)
{
	return (UINT *)string - 1;
}

/* Room for `bytes` and a terminator; contents are the caller's. */
static BSTR allocate(UINT bytes)
{
	BYTE *block;
	BSTR string;

	if (bytes > 0x7FFFFFF0u)
		return NULL;
	block = CoTaskMemAlloc((size_t)HEAD + bytes + sizeof(OLECHAR));
	if (!block)
		return NULL;
	string = (BSTR)(block + HEAD);
	*length_of(string) = bytes;
	memset((BYTE *)string + bytes, 0, sizeof(OLECHAR));
	return string;
}

EXPORT(oleaut32, BSTR, SysAllocStringLen, (const OLECHAR *from, UINT length))
{
	BSTR string;

	if (length > 0x3FFFFFF0u)
		return NULL;
	string = allocate(length * (UINT)sizeof(OLECHAR));
	if (string && from)
		memcpy(string, from, length * sizeof(OLECHAR));
	else if (string)
		memset(string, 0, length * sizeof(OLECHAR));
	return string;
}

EXPORT(oleaut32, BSTR, SysAllocString, (const OLECHAR *from))
{
	UINT length = 0;

	if (!from)
		return NULL;
	while (from[length])
		length++;
	return SysAllocStringLen(from, length);
}

EXPORT(oleaut32, BSTR, SysAllocStringByteLen, (LPCSTR from, UINT size))
{
	BSTR string = allocate(size);

	if (string && from)
		memcpy(string, from, size);
	else if (string)
		memset(string, 0, size);
	return string;
}

EXPORT(oleaut32, void, SysFreeString, (BSTR string))
{
	if (string)
		CoTaskMemFree((BYTE *)string - HEAD);
}

EXPORT(oleaut32, UINT, SysStringByteLen, (BSTR string))
{
	return string ? *length_of(string) : 0;
}

EXPORT(oleaut32, UINT, SysStringLen, (BSTR string))
{
	return SysStringByteLen(string) / (UINT)sizeof(OLECHAR);
}

EXPORT(oleaut32, INT, SysReAllocStringLen, (BSTR * string, const OLECHAR *from, UINT length))
{
	BSTR made;

	if (!string)
		return FALSE;
	if (!from && *string) {
		/* No new text: the old one is kept as far as it goes. */
		UINT old = SysStringLen(*string);

		made = SysAllocStringLen(NULL, length);
		if (made)
			memcpy(made, *string, (old < length ? old : length) * sizeof(OLECHAR));
	} else {
		made = SysAllocStringLen(from, length);
	}
	if (!made)
		return FALSE;
	SysFreeString(*string);
	*string = made;
	return TRUE;
}

EXPORT(oleaut32, INT, SysReAllocString, (BSTR * string, const OLECHAR *from))
{
	BSTR made = SysAllocString(from);

	if (!string || (from && !made))
		return FALSE;
	SysFreeString(*string);
	*string = made;
	return TRUE;
}

/* BSTRs are not cached here, so there is nothing to switch off. */
EXPORT(oleaut32, void, SetOaNoCache, (void))
{
}

EXPORT_ORDINAL(oleaut32, SysAllocString, 2);
EXPORT_ORDINAL(oleaut32, SysReAllocString, 3);
EXPORT_ORDINAL(oleaut32, SysAllocStringLen, 4);
EXPORT_ORDINAL(oleaut32, SysReAllocStringLen, 5);
EXPORT_ORDINAL(oleaut32, SysFreeString, 6);
EXPORT_ORDINAL(oleaut32, SysStringLen, 7);
EXPORT_ORDINAL(oleaut32, SysStringByteLen, 149);
EXPORT_ORDINAL(oleaut32, SysAllocStringByteLen, 150);
