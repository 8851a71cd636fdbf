/*
 * dlls/iphlpapi/iphlpapi.c - the builtin iphlpapi.dll: the network's parameters, and interfaces by name, index and LUID.
 */
#include "dlls/iphlpapi/iphlpapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

DEFINE_DLL(iphlpapi, .name = "iphlpapi.dll");

#define COMPUTER_NAME_DNS_HOSTNAME 1
#define COMPUTER_NAME_DNS_DOMAIN 2
#define NODE_TYPE_HYBRID 8u
#define MAX_SERVERS 8

struct address_string {
	struct address_string *next;
	char address[16], mask[16];
	DWORD context;
};

struct fixed_info {
	char host[132], domain[132];
	struct address_string *current_server;
	struct address_string servers; /* an empty address: none; more lie behind the structure */
	UINT node_type;
	char scope[260];
	UINT routing, proxy, dns;
};

struct per_adapter_info {
	UINT autoconfig_enabled, autoconfig_active; /* addresses of 169.254: Linux gives itself none */
	struct address_string *current_server;
	struct address_string servers; /* as above */
};

/* The list of servers: the first stands in its structure, the others at `more`. */
static void list_servers(struct address_string *first, struct address_string *more, const struct host_address *servers, INT count)
{
	struct address_string *last = NULL;

	for (INT i = 0; i < count; i++) {
		struct address_string *to = last ? more++ : first;

		if (servers[i].family != HOST_FAMILY_INET)
			continue;
		snprintf(to->address, sizeof(to->address), "%u.%u.%u.%u", servers[i].bytes[0], servers[i].bytes[1],
			 servers[i].bytes[2], servers[i].bytes[3]);
		if (last)
			last->next = to;
		last = to;
	}
}

EXPORT(iphlpapi, DWORD, GetNetworkParams, (struct fixed_info * info, ULONG *size))
{
	DWORD host_size = sizeof(info->host), domain_size = sizeof(info->domain);
	struct host_address servers[MAX_SERVERS];
	INT count = host_name_servers(servers, MAX_SERVERS);
	ULONG need = sizeof(*info) + (count > 1 ? (ULONG)(count - 1) * (ULONG)sizeof(info->servers) : 0);

	if (!size)
		return ERROR_INVALID_PARAMETER;
	if (!info || *size < need) {
		*size = need;
		return ERROR_BUFFER_OVERFLOW;
	}
	memset(info, 0, need);
	if (!GetComputerNameExA(COMPUTER_NAME_DNS_HOSTNAME, info->host, &host_size) ||
	    !GetComputerNameExA(COMPUTER_NAME_DNS_DOMAIN, info->domain, &domain_size))
		return get_last_error();
	list_servers(&info->servers, (struct address_string *)(info + 1), servers, count);
	info->node_type = NODE_TYPE_HYBRID;
	return ERROR_SUCCESS;
}

/* The machine's servers are every interface's but the loopback's. */
EXPORT(iphlpapi, DWORD, GetPerAdapterInfo, (ULONG index, struct per_adapter_info *info, ULONG *size))
{
	struct host_address servers[MAX_SERVERS];
	struct host_interface interface;
	ULONG need;
	INT count;

	if (!size)
		return ERROR_INVALID_PARAMETER;
	if (!find_interface(index, 0, &interface))
		return ERROR_NO_DATA;
	count = interface.loopback ? 0 : host_name_servers(servers, MAX_SERVERS);
	need = sizeof(*info) + (count > 1 ? (ULONG)(count - 1) * (ULONG)sizeof(info->servers) : 0);
	if (!info || *size < need) {
		*size = need;
		return ERROR_BUFFER_OVERFLOW;
	}
	memset(info, 0, need);
	list_servers(&info->servers, (struct address_string *)(info + 1), servers, count);
	return ERROR_SUCCESS;
}

void interface_friendly_name(const struct host_interface *interface, char *name)
{
	if (interface->loopback)
		snprintf(name, 64, "Loopback Pseudo-Interface %u", interface->index);
	else
		snprintf(name, 64, "%s", interface->name);
}

void interface_description(const struct host_interface *interface, char *name)
{
	if (interface->loopback)
		snprintf(name, 64, "Software Loopback Interface %u", interface->index);
	else
		snprintf(name, 64, "%s", interface->name);
}

void interface_guid_text(const struct host_interface *interface, char text[40])
{
	GUID guid = interface_guid(interface);

	snprintf(text, 40, "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", (unsigned)guid.Data1, guid.Data2, guid.Data3,
		 guid.Data4[0], guid.Data4[1], guid.Data4[2], guid.Data4[3], guid.Data4[4], guid.Data4[5], guid.Data4[6],
		 guid.Data4[7]);
}

bool find_interface(ULONG index, ULONGLONG luid, struct host_interface *found)
{
	struct host_interface *rows;
	INT count = host_interfaces(&rows);
	bool is_found = false;

	for (INT i = 0; i < count && !is_found; i++) {
		is_found = (index && rows[i].index == index) || (luid && interface_luid(&rows[i]) == luid);
		if (is_found)
			*found = rows[i];
	}
	free(rows);
	return is_found;
}

/* "loopback_1", "ethernet_2" */
static void luid_name(const struct host_interface *interface, char name[64])
{
	snprintf(name, 64, "%s_%u",
		 interface_type(interface) == IF_TYPE_LOOPBACK ? "loopback"
		 : interface_type(interface) == IF_TYPE_PPP    ? "ppp"
							       : "ethernet",
		 interface->index);
}

static bool find_by_name(const char *name, struct host_interface *found)
{
	struct host_interface *rows;
	INT count = host_interfaces(&rows);
	bool is_found = false;
	char known[64];

	for (INT i = 0; i < count && !is_found; i++) {
		luid_name(&rows[i], known);
		is_found = !strcmp(known, name) || !strcmp(rows[i].name, name);
		if (is_found)
			*found = rows[i];
	}
	free(rows);
	return is_found;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceIndexToLuid, (ULONG index, ULONGLONG *luid))
{
	struct host_interface found;

	if (!luid)
		return ERROR_INVALID_PARAMETER;
	*luid = 0;
	if (!find_interface(index, 0, &found))
		return ERROR_FILE_NOT_FOUND;
	*luid = interface_luid(&found);
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceLuidToIndex, (const ULONGLONG *luid, ULONG *index))
{
	struct host_interface found;

	if (!luid || !index || !find_interface(0, *luid, &found))
		return ERROR_INVALID_PARAMETER;
	*index = found.index;
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceLuidToGuid, (const ULONGLONG *luid, GUID *guid))
{
	struct host_interface found;

	if (!luid || !guid || !find_interface(0, *luid, &found))
		return ERROR_INVALID_PARAMETER;
	*guid = interface_guid(&found);
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceGuidToLuid, (const GUID *guid, ULONGLONG *luid))
{
	struct host_interface *rows;
	INT count;

	if (!guid || !luid)
		return ERROR_INVALID_PARAMETER;
	count = host_interfaces(&rows);
	*luid = 0;
	for (INT i = 0; i < count; i++) {
		GUID known = interface_guid(&rows[i]);

		if (!memcmp(&known, guid, sizeof(known)))
			*luid = interface_luid(&rows[i]);
	}
	free(rows);
	return *luid ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

/* For a caller with room for `length` characters. */
static DWORD give_wide(const char *text, LPWSTR name, SIZE_T length)
{
	if (length <= strlen(text))
		return ERROR_NOT_ENOUGH_MEMORY;
	for (size_t i = 0; i <= strlen(text); i++)
		name[i] = (BYTE)text[i];
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceLuidToNameW, (const ULONGLONG *luid, LPWSTR name, SIZE_T length))
{
	struct host_interface found;
	char text[64];

	if (!luid || !name || !find_interface(0, *luid, &found))
		return ERROR_INVALID_PARAMETER;
	luid_name(&found, text);
	return give_wide(text, name, length);
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceLuidToNameA, (const ULONGLONG *luid, char *name, SIZE_T length))
{
	struct host_interface found;
	char text[64];

	if (!luid || !name || !find_interface(0, *luid, &found))
		return ERROR_INVALID_PARAMETER;
	luid_name(&found, text);
	if (length <= strlen(text))
		return ERROR_NOT_ENOUGH_MEMORY;
	strcpy(name, text);
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceLuidToAlias, (const ULONGLONG *luid, LPWSTR name, SIZE_T length))
{
	struct host_interface found;
	char text[64];

	if (!luid || !name || !find_interface(0, *luid, &found))
		return ERROR_INVALID_PARAMETER;
	interface_friendly_name(&found, text);
	return give_wide(text, name, length);
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceNameToLuidA, (const char *name, ULONGLONG *luid))
{
	struct host_interface found;

	if (!luid)
		return ERROR_INVALID_PARAMETER;
	*luid = 0;
	if (!name || !find_by_name(name, &found))
		return 123; /* ERROR_INVALID_NAME */
	*luid = interface_luid(&found);
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, ConvertInterfaceNameToLuidW, (LPCWSTR name, ULONGLONG *luid))
{
	char text[64];

	if (!name || !WideCharToMultiByte(CP_UTF8, 0, name, -1, text, sizeof(text), NULL, NULL))
		return luid ? 123 : ERROR_INVALID_PARAMETER;
	return ConvertInterfaceNameToLuidA(text, luid);
}

/* These two are names of libc's as well. */
EXPORT_AS(iphlpapi, "if_nametoindex", ULONG, ip_nametoindex, (const char *name))
{
	struct host_interface found;

	return name && find_by_name(name, &found) ? found.index : 0;
}

EXPORT_AS(iphlpapi, "if_indextoname", char *, ip_indextoname, (ULONG index, char *name))
{
	struct host_interface found;

	if (!name || !find_interface(index, 0, &found))
		return NULL;
	luid_name(&found, name);
	return name;
}

EXPORT(iphlpapi, DWORD, ConvertLengthToIpv4Mask, (ULONG length, ULONG *mask))
{
	if (!mask || length > 32) {
		if (mask)
			*mask = 0xFFFFFFFF; /* INADDR_NONE (MSDN) */
		return ERROR_INVALID_PARAMETER;
	}
	*mask = __builtin_bswap32(length ? 0xFFFFFFFFu << (32 - length) : 0);
	return ERROR_SUCCESS;
}

/* The interface that packets to an address leave by. */
EXPORT(iphlpapi, DWORD, GetBestInterfaceEx, (const void *name, DWORD *index))
{
	struct host_address to, from;
	uint32_t found = 0;

	if (!name || !index ||
	    !NT_SUCCESS(io_address_from_guest(name, *(const USHORT *)name == AF_INET ? 16 : 28, 0, &to)) ||
	    to.family == HOST_FAMILY_LOCAL)
		return ERROR_INVALID_PARAMETER;
	if (host_route_to(&to, &from, &found) || !found)
		return ERROR_NETWORK_UNREACHABLE;
	*index = found;
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, GetBestInterface, (DWORD address, DWORD *index))
{
	struct host_address to = {.family = HOST_FAMILY_INET};
	BYTE sockaddr[IO_SOCKADDR_MAXIMUM];

	memcpy(to.bytes, &address, 4);
	io_address_to_sockaddr(&to, AF_INET, sockaddr);
	return GetBestInterfaceEx(sockaddr, index);
}

EXPORT(iphlpapi, void, FreeMibTable, (PVOID table))
{
	LocalFree(table);
}
