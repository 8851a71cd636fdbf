/*
 * dlls/rpcrt4/rpcrt4.c - the builtin rpcrt4.dll: UUIDs.
 */
#include "dlls/ole32/ole32.h"
#include "host/host.h"
#include "kernel32/api.h"

DEFINE_DLL(rpcrt4, .name = "rpcrt4.dll");

#define RPC_S_OK 0
#define RPC_S_INVALID_STRING_UUID 1705
#define RPC_S_OUT_OF_MEMORY 14
#define RPC_S_UUID_LOCAL_ONLY 1824

EXPORT(rpcrt4, LONG, UuidCreate, (GUID * uuid))
{
	host_random(uuid, sizeof(*uuid));
	uuid->Data3 = (uuid->Data3 & 0x0FFF) | 0x4000;
	uuid->Data4[0] = (uuid->Data4[0] & 0x3F) | 0x80;
	return RPC_S_OK;
}

/* Version 1 of RFC 4122 with a random node, as on a machine without a network card: RPC_S_UUID_LOCAL_ONLY. */
EXPORT(rpcrt4, LONG, UuidCreateSequential, (GUID * uuid))
{
	static ULONGLONG last;
	static BYTE node[8];
	FILETIME now;
	ULONGLONG time, before = __atomic_load_n(&last, __ATOMIC_RELAXED);

	if (!node[2]) {
		host_random(node, sizeof(node));
		node[2] |= 1; /* multicast: no card has it */
	}
	GetSystemTimeAsFileTime(&now);
	/* RFC 4122 counts from 1582-10-15. */
	time = ((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime) + 0x00146BF33E42C000ull;
	do {
		if (time <= before)
			time = before + 1;
	} while (!__atomic_compare_exchange_n(&last, &before, time, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	uuid->Data1 = (DWORD)time;
	uuid->Data2 = (WORD)(time >> 32);
	uuid->Data3 = (WORD)((time >> 48 & 0x0FFF) | 0x1000);
	memcpy(uuid->Data4, node, sizeof(node));
	uuid->Data4[0] = (BYTE)((node[0] & 0x3F) | 0x80);
	return RPC_S_UUID_LOCAL_ONLY;
}

EXPORT(rpcrt4, LONG, UuidCreateNil, (GUID * uuid))
{
	*uuid = GUID_NULL;
	return RPC_S_OK;
}

EXPORT(rpcrt4, INT, UuidEqual, (const GUID *a, const GUID *b, LONG *status))
{
	*status = RPC_S_OK;
	return com_guid_equal(a ? a : &GUID_NULL, b ? b : &GUID_NULL);
}

EXPORT(rpcrt4, INT, UuidIsNil, (const GUID *uuid, LONG *status))
{
	*status = RPC_S_OK;
	return !uuid || com_guid_equal(uuid, &GUID_NULL);
}

/* Lower case without braces; freed with RpcStringFree. */
EXPORT(rpcrt4, LONG, UuidToStringW, (const GUID *uuid, LPWSTR *string))
{
	OLECHAR braced[40];

	if (!string)
		return RPC_S_OK;
	StringFromGUID2(uuid ? uuid : &GUID_NULL, braced, 40);
	*string = com_allocate(37 * sizeof(WCHAR));
	if (!*string)
		return RPC_S_OUT_OF_MEMORY;
	for (int i = 0; i < 36; i++) {
		WCHAR c = braced[i + 1];
		(*string)[i] = c >= 'A' && c <= 'F' ? c + 32 : c;
	}
	return RPC_S_OK;
}

EXPORT(rpcrt4, LONG, UuidToStringA, (const GUID *uuid, LPSTR *string))
{
	LPWSTR wide;
	LONG status = UuidToStringW(uuid, &wide);

	if (status || !string)
		return status;
	*string = com_allocate(37);
	for (int i = 0; *string && i < 36; i++)
		(*string)[i] = (CHAR)wide[i];
	com_free(wide);
	return *string ? RPC_S_OK : RPC_S_OUT_OF_MEMORY;
}

EXPORT(rpcrt4, LONG, RpcStringFreeW, (LPWSTR * string))
{
	if (string) {
		com_free(*string);
		*string = NULL;
	}
	return RPC_S_OK;
}
EXPORT_ALIAS(rpcrt4, "RpcStringFreeA", RpcStringFreeW);

EXPORT(rpcrt4, LONG, UuidFromStringW, (LPCWSTR string, GUID *uuid))
{
	OLECHAR braced[40];
	int length = 0;

	if (!string) {
		*uuid = GUID_NULL;
		return RPC_S_OK;
	}
	braced[0] = '{';
	while (length < 37 && string[length]) {
		braced[length + 1] = string[length];
		length++;
	}
	if (length != 36)
		return RPC_S_INVALID_STRING_UUID;
	braced[37] = '}';
	braced[38] = 0;
	return FAILED(CLSIDFromString(braced, uuid)) ? RPC_S_INVALID_STRING_UUID : RPC_S_OK;
}
