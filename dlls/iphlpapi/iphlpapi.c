/*
 * dlls/iphlpapi/iphlpapi.c - the builtin iphlpapi.dll: a machine without network adapters (see dlls/ws2_32/ws2_32.c).
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include <string.h>

DEFINE_DLL(iphlpapi, .name = "iphlpapi.dll");

#define COMPUTER_NAME_DNS_HOSTNAME 1
#define COMPUTER_NAME_DNS_DOMAIN 2
#define NODE_TYPE_HYBRID 8u

/* ERROR_NO_DATA: "no addresses were found for the requested parameters" (MSDN). */
EXPORT(iphlpapi, ULONG, GetAdaptersAddresses, (ULONG family, ULONG flags, PVOID reserved, PVOID addresses, ULONG *size))
{
	if (!size || reserved || (family != 0 && family != 2 && family != 23))
		return ERROR_INVALID_PARAMETER;
	return ERROR_NO_DATA;
}

EXPORT(iphlpapi, ULONG, GetAdaptersInfo, (PVOID adapters, ULONG *size))
{
	return size ? ERROR_NO_DATA : ERROR_INVALID_PARAMETER;
}

struct address_string {
	struct address_string *next;
	char address[16], mask[16];
	DWORD context;
};

struct fixed_info {
	char host[132], domain[132];
	struct address_string *current_server;
	struct address_string servers; /* an empty address: none */
	UINT node_type;
	char scope[260];
	UINT routing, proxy, dns;
};

EXPORT(iphlpapi, DWORD, GetNetworkParams, (struct fixed_info * info, ULONG *size))
{
	DWORD host_size = sizeof(info->host), domain_size = sizeof(info->domain);

	if (!size)
		return ERROR_INVALID_PARAMETER;
	if (!info || *size < sizeof(*info)) {
		*size = sizeof(*info);
		return ERROR_BUFFER_OVERFLOW;
	}
	memset(info, 0, sizeof(*info));
	if (!GetComputerNameExA(COMPUTER_NAME_DNS_HOSTNAME, info->host, &host_size) ||
	    !GetComputerNameExA(COMPUTER_NAME_DNS_DOMAIN, info->domain, &domain_size))
		return get_last_error();
	info->node_type = NODE_TYPE_HYBRID;
	return ERROR_SUCCESS;
}

/* Interfaces: none is found, by whatever they are asked for. */
EXPORT(iphlpapi, DWORD, ConvertInterfaceIndexToLuid, (ULONG index, ULONGLONG *luid))
{
	return luid ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_PARAMETER;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceLuidToNameW, (const ULONGLONG *luid, LPWSTR name, SIZE_T length))
{
	return ERROR_INVALID_PARAMETER; /* for a LUID that is not valid: MSDN */
}

EXPORT(iphlpapi, ULONG, if_nametoindex, (const char *name))
{
	return 0;
}

EXPORT(iphlpapi, char *, if_indextoname, (ULONG index, char *name))
{
	return NULL;
}

EXPORT(iphlpapi, DWORD, GetIfEntry2, (PVOID row))
{
	return row ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_PARAMETER;
}

/* A table of no rows, freed by FreeMibTable. */
EXPORT(iphlpapi, DWORD, GetIfTable2, (PVOID * table))
{
	if (!table)
		return ERROR_INVALID_PARAMETER;
	*table = LocalAlloc(LMEM_ZEROINIT, 16);
	return *table ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

EXPORT(iphlpapi, void, FreeMibTable, (PVOID table))
{
	LocalFree(table);
}
