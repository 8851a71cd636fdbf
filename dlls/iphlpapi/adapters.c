/*
 * dlls/iphlpapi/adapters.c - GetAdaptersAddresses, GetAdaptersInfo and the addresses of the machine.
 */
#include "dlls/iphlpapi/iphlpapi.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAA_SKIP_UNICAST 0x1u
#define GAA_SKIP_MULTICAST 0x4u
#define GAA_SKIP_DNS_SERVER 0x8u
#define GAA_INCLUDE_PREFIX 0x10u
#define GAA_SKIP_FRIENDLY_NAME 0x20u
#define GAA_INCLUDE_GATEWAYS 0x80u
#define OPER_UP 1
#define OPER_DOWN 2
#define MOST_SERVERS 8

struct socket_address {
	void *sockaddr;
	INT size;
};

/* The beginning of every IP_ADAPTER_..._ADDRESS. */
struct adapter_address {
	ULONG length, flags;
	struct adapter_address *next;
	struct socket_address address;
};
struct unicast_address {
	struct adapter_address base;
	INT prefix_origin, suffix_origin, dad_state;
	ULONG valid, preferred, lease;
	BYTE prefix;
};
struct prefix_address {
	struct adapter_address base;
	ULONG prefix;
};

/* IP_ADAPTER_ADDRESSES */
struct adapter_addresses {
	ULONG length, index;
	struct adapter_addresses *next;
	char *name;
	struct adapter_address *unicast, *anycast, *multicast, *dns;
	WCHAR *dns_suffix, *description, *friendly_name;
	BYTE physical[8];
	ULONG physical_length, flags, mtu, type;
	INT oper_status;
	ULONG index6, zones[16];
	struct adapter_address *prefixes;
	ULONGLONG transmit_speed, receive_speed;
	struct adapter_address *wins, *gateways;
	ULONG metric4, metric6;
	ULONGLONG luid;
	struct socket_address dhcp4;
	ULONG compartment;
	GUID network;
	INT connection, tunnel;
	struct socket_address dhcp6;
	BYTE duid[130];
	ULONG duid_length, iaid;
	void *suffixes;
};
_Static_assert(sizeof(struct adapter_addresses) == 448 && offsetof(struct adapter_addresses, luid) == 224 &&
		       sizeof(struct unicast_address) == 64,
	       "IP_ADAPTER_ADDRESSES");

/* Memory is taken from the caller's buffer, and counted where there is none left. */
struct space {
	char *base;
	size_t used, room;
};

static void *take(struct space *space, size_t size)
{
	size_t at = space->used;

	space->used += (size + 7) & ~(size_t)7;
	if (space->used > space->room)
		return NULL;
	memset(space->base + at, 0, size);
	return space->base + at;
}

static WCHAR *take_text(struct space *space, const char *text)
{
	size_t length = strlen(text) + 1;
	WCHAR *to = take(space, length * sizeof(WCHAR));

	for (size_t i = 0; to && i < length; i++)
		to[i] = (BYTE)text[i];
	return to;
}

/* Appends an address to a list; the entry, NULL: it is only counted. */
static void *add_address(struct space *space, struct adapter_address **list, size_t size, const struct host_address *address)
{
	BYTE sockaddr[IO_SOCKADDR_MAXIMUM];
	INT length = io_address_to_sockaddr(address, AF_INET, sockaddr);
	struct adapter_address *entry = take(space, size);
	void *copy = take(space, (size_t)length);

	if (!entry || !copy)
		return NULL;
	memcpy(copy, sockaddr, (size_t)length);
	entry->length = (ULONG)size;
	entry->address.sockaddr = copy;
	entry->address.size = length;
	while (*list)
		list = &(*list)->next;
	*list = entry;
	return entry;
}

static void add_unicast(struct space *space, struct adapter_addresses *to, const struct host_interface *row)
{
	struct adapter_address *none = NULL;
	struct unicast_address *entry = add_address(space, to ? &to->unicast : &none, sizeof(*entry), &row->address);

	if (!entry)
		return;
	entry->base.flags = 1; /* may be in DNS */
	entry->prefix_origin = row->loopback ? 2 : 1; /* well known, by hand */
	entry->suffix_origin = entry->prefix_origin;
	entry->dad_state = 4; /* preferred */
	entry->valid = entry->preferred = entry->lease = 0xFFFFFFFF;
	entry->prefix = (BYTE)row->prefix;
}

/* The group of all hosts, which every interface is in. */
static void add_multicast(struct space *space, struct adapter_addresses *to, enum host_family family)
{
	static const struct host_address all[2] = {
		{.family = HOST_FAMILY_INET, .bytes = {224, 0, 0, 1}},
		{.family = HOST_FAMILY_INET6, .bytes = {0xFF, 2, [15] = 1}},
	};
	struct adapter_address *none = NULL;

	add_address(space, to ? &to->multicast : &none, sizeof(struct adapter_address), &all[family == HOST_FAMILY_INET6]);
}

static void add_prefix(struct space *space, struct adapter_addresses *to, const struct host_interface *row)
{
	struct host_address network = row->address;
	struct adapter_address *none = NULL;
	struct prefix_address *entry;

	for (unsigned bit = row->prefix; bit < (network.family == HOST_FAMILY_INET ? 32 : 128); bit++)
		network.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	entry = add_address(space, to ? &to->prefixes : &none, sizeof(*entry), &network);
	if (entry)
		entry->prefix = row->prefix;
}

static struct adapter_addresses *add_adapter(struct space *space, const struct host_interface *row, ULONG flags)
{
	struct adapter_addresses *to = take(space, sizeof(*to));
	char text[64], *name = take(space, 40);
	WCHAR *description, *friendly = NULL, *suffix;

	interface_description(row, text);
	description = take_text(space, text);
	if (!(flags & GAA_SKIP_FRIENDLY_NAME)) {
		interface_friendly_name(row, text);
		friendly = take_text(space, text);
	}
	suffix = take_text(space, "");
	if (!to || !suffix)
		return NULL;
	to->length = sizeof(*to);
	to->index = to->index6 = row->index;
	interface_guid_text(row, name);
	to->name = name;
	to->description = description;
	to->friendly_name = friendly;
	to->dns_suffix = suffix;
	memcpy(to->physical, row->hardware, 8);
	to->physical_length = row->hardware_size;
	to->flags = (row->multicast || row->loopback ? 0 : 0x10u) | 0x80u | 0x100u; /* no multicast; IPv4 and IPv6 */
	to->mtu = row->loopback ? 0xFFFFFFFF : row->mtu;
	to->type = interface_type(row);
	to->oper_status = row->up && row->running ? OPER_UP : OPER_DOWN;
	to->transmit_speed = to->receive_speed = row->speed ? row->speed : 1073741824;
	to->metric4 = to->metric6 = row->loopback ? 75 : 25;
	to->luid = interface_luid(row);
	to->compartment = 1;
	to->network = interface_guid(row);
	to->connection = 1;
	return to;
}

static void fill(struct space *space, const struct host_interface *rows, INT count, ULONG family, ULONG flags)
{
	struct adapter_addresses *last = NULL;
	struct host_address servers[MOST_SERVERS];
	INT server_count = flags & GAA_SKIP_DNS_SERVER ? 0 : host_name_servers(servers, MOST_SERVERS);

	for (INT i = 0; i < count; i++) {
		struct adapter_addresses *to;
		struct adapter_address *none = NULL;
		bool seen = false, v4 = false, v6 = false;
		struct host_address gateway = {.family = HOST_FAMILY_INET};

		for (INT j = 0; j < i; j++)
			seen = seen || rows[j].index == rows[i].index;
		if (seen)
			continue;
		to = add_adapter(space, &rows[i], flags);
		for (INT j = i; j < count; j++) {
			if (rows[j].index != rows[i].index || rows[j].address.family == HOST_FAMILY_NONE ||
			    (family == AF_INET && rows[j].address.family != HOST_FAMILY_INET) ||
			    (family == AF_INET6 && rows[j].address.family != HOST_FAMILY_INET6))
				continue;
			v4 = v4 || rows[j].address.family == HOST_FAMILY_INET;
			v6 = v6 || rows[j].address.family == HOST_FAMILY_INET6;
			if (!(flags & GAA_SKIP_UNICAST))
				add_unicast(space, to, &rows[j]);
			if (flags & GAA_INCLUDE_PREFIX)
				add_prefix(space, to, &rows[j]);
		}
		if (v4 && !(flags & GAA_SKIP_MULTICAST))
			add_multicast(space, to, HOST_FAMILY_INET);
		if (v6 && !(flags & GAA_SKIP_MULTICAST))
			add_multicast(space, to, HOST_FAMILY_INET6);
		for (INT j = 0; j < server_count && !rows[i].loopback; j++)
			add_address(space, to ? &to->dns : &none, sizeof(struct adapter_address), &servers[j]);
		if (flags & GAA_INCLUDE_GATEWAYS && family != AF_INET6 && !rows[i].loopback &&
		    host_gateway(rows[i].index, gateway.bytes))
			add_address(space, to ? &to->gateways : &none, sizeof(struct adapter_address), &gateway);
		if (to && last)
			last->next = to;
		last = to;
	}
}

EXPORT(iphlpapi, ULONG, GetAdaptersAddresses, (ULONG family, ULONG flags, PVOID reserved, PVOID addresses, ULONG *size))
{
	struct space space = {addresses, 0, 0};
	struct host_interface *rows;
	INT count;

	if (!size || reserved || (family != AF_UNSPEC && family != AF_INET && family != AF_INET6))
		return ERROR_INVALID_PARAMETER;
	count = host_interfaces(&rows);
	if (count <= 0) {
		free(rows);
		return ERROR_NO_DATA;
	}
	space.room = addresses ? *size : 0;
	fill(&space, rows, count, family, flags);
	free(rows);
	if (space.used > space.room) {
		*size = (ULONG)space.used;
		return ERROR_BUFFER_OVERFLOW;
	}
	return ERROR_SUCCESS;
}

struct address_string {
	struct address_string *next;
	char address[16], mask[16];
	DWORD context;
};

/* IP_ADAPTER_INFO */
struct adapter_info {
	struct adapter_info *next;
	DWORD combo;
	char name[260], description[132];
	UINT address_length;
	BYTE address[8];
	DWORD index;
	UINT type, dhcp;
	struct address_string *current;
	struct address_string addresses, gateway, dhcp_server;
	BOOL wins;
	struct address_string primary_wins, secondary_wins;
	LONGLONG obtained, expires;
};
_Static_assert(sizeof(struct adapter_info) == 704, "IP_ADAPTER_INFO");

static void print_v4(char text[16], const uint8_t bytes[4])
{
	snprintf(text, 16, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* Only of IPv4, and without the loopback (MSDN). */
EXPORT(iphlpapi, ULONG, GetAdaptersInfo, (struct adapter_info * adapters, ULONG *size))
{
	struct host_interface *rows;
	INT count;
	ULONG made = 0, need = 0, room;

	if (!size)
		return ERROR_INVALID_PARAMETER;
	room = adapters ? *size : 0;
	count = host_interfaces(&rows);
	for (INT i = 0; i < count; i++) {
		const struct host_interface *row = &rows[i];
		struct adapter_info *to;
		uint8_t mask[4] = {0}, gateway[4];

		if (row->loopback || row->address.family != HOST_FAMILY_INET)
			continue;
		need += sizeof(*to);
		if (need > room)
			continue;
		to = &adapters[made];
		memset(to, 0, sizeof(*to));
		if (made)
			adapters[made - 1].next = to;
		made++;
		interface_guid_text(row, to->name);
		interface_description(row, to->description);
		to->index = to->combo = row->index;
		to->type = interface_type(row);
		to->address_length = row->hardware_size;
		memcpy(to->address, row->hardware, 8);
		for (unsigned bit = 0; bit < row->prefix && bit < 32; bit++)
			mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		print_v4(to->addresses.address, row->address.bytes);
		print_v4(to->addresses.mask, mask);
		memcpy(to->gateway.address, "0.0.0.0", 8);
		memcpy(to->gateway.mask, "0.0.0.0", 8);
		if (host_gateway(row->index, gateway))
			print_v4(to->gateway.address, gateway);
	}
	free(rows);
	if (!need)
		return ERROR_NO_DATA;
	if (need > room) {
		*size = need;
		return ERROR_BUFFER_OVERFLOW;
	}
	return ERROR_SUCCESS;
}

/* MIB_UNICASTIPADDRESS_ROW */
struct unicast_row {
	BYTE address[28];
	ULONGLONG luid;
	ULONG index;
	INT prefix_origin, suffix_origin;
	ULONG valid, preferred;
	BYTE prefix, skip_as_source;
	INT dad_state;
	ULONG scope;
	LONGLONG created;
};
struct unicast_table {
	ULONG count;
	struct unicast_row rows[];
};
_Static_assert(sizeof(struct unicast_row) == 80, "MIB_UNICASTIPADDRESS_ROW");

/* Freed by FreeMibTable. */
EXPORT(iphlpapi, DWORD, GetUnicastIpAddressTable, (USHORT family, struct unicast_table **result))
{
	struct host_interface *rows;
	struct unicast_table *table;
	INT count;

	if (!result || (family != AF_UNSPEC && family != AF_INET && family != AF_INET6))
		return ERROR_INVALID_PARAMETER;
	count = host_interfaces(&rows);
	table = LocalAlloc(LMEM_ZEROINIT, sizeof(*table) + (size_t)(count > 0 ? count : 0) * sizeof(*table->rows) + 8);
	for (INT i = 0; table && i < count; i++) {
		struct unicast_row *to = &table->rows[table->count];
		BYTE sockaddr[IO_SOCKADDR_MAXIMUM];

		if (rows[i].address.family == HOST_FAMILY_NONE || (family == AF_INET && rows[i].address.family != HOST_FAMILY_INET) ||
		    (family == AF_INET6 && rows[i].address.family != HOST_FAMILY_INET6))
			continue;
		io_address_to_sockaddr(&rows[i].address, AF_INET, sockaddr);
		memcpy(to->address, sockaddr, sizeof(to->address));
		to->luid = interface_luid(&rows[i]);
		to->index = rows[i].index;
		to->prefix_origin = to->suffix_origin = 1;
		to->valid = to->preferred = 0xFFFFFFFF;
		to->prefix = (BYTE)rows[i].prefix;
		to->dad_state = 4;
		to->scope = rows[i].address.scope;
		table->count++;
	}
	free(rows);
	*result = table;
	return !table ? ERROR_NOT_ENOUGH_MEMORY : table->count ? ERROR_SUCCESS : ERROR_NOT_FOUND;
}

/* MIB_IPADDRROW */
struct address_row {
	DWORD address, index, mask, broadcast, reassembly;
	USHORT unused, type;
};
struct address_table {
	DWORD count;
	struct address_row rows[];
};

EXPORT(iphlpapi, DWORD, GetIpAddrTable, (struct address_table * table, ULONG *size, BOOL order))
{
	struct host_interface *rows;
	INT count;
	ULONG need = sizeof(*table), room, made = 0;

	if (!size)
		return ERROR_INVALID_PARAMETER;
	room = table ? *size : 0;
	count = host_interfaces(&rows);
	for (INT i = 0; i < count; i++) {
		uint8_t mask[4] = {0};
		struct address_row *to;

		if (rows[i].address.family != HOST_FAMILY_INET)
			continue;
		need += sizeof(*to);
		if (need > room)
			continue;
		to = &table->rows[made++];
		memset(to, 0, sizeof(*to));
		for (unsigned bit = 0; bit < rows[i].prefix && bit < 32; bit++)
			mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		memcpy(&to->address, rows[i].address.bytes, 4);
		memcpy(&to->mask, mask, 4);
		to->index = rows[i].index;
		to->broadcast = 1;
		to->reassembly = 65535;
		to->type = 1; /* primary */
	}
	free(rows);
	if (need > room) {
		*size = need;
		return ERROR_INSUFFICIENT_BUFFER;
	}
	table->count = made;
	return ERROR_SUCCESS;
}
