/*
 * dlls/iphlpapi/routes.c - the table of routes, and the best one to an address: MIB_IPFORWARD_ROW2.
 */
#include "dlls/iphlpapi/iphlpapi.h"

#include <stdlib.h>
#include <string.h>

#define ROUTE_PROTOCOL_LOCAL 2	  /* NlRouteProtocolLocal */
#define ROUTE_PROTOCOL_NETMGMT 3  /* NlRouteProtocolNetMgmt */
#define FOREVER 0xFFFFFFFFu

struct route_row2 {
	ULONGLONG luid;
	ULONG index;
	BYTE destination[28]; /* SOCKADDR_INET */
	BYTE prefix, padding[3];
	BYTE next_hop[28];
	BYTE site_prefix;
	ULONG valid, preferred, metric;
	INT protocol;
	BOOLEAN loopback, autoconfigured, published, immortal;
	ULONG age;
	INT origin;
};
_Static_assert(sizeof(struct route_row2) == 104 && offsetof(struct route_row2, next_hop) == 44, "MIB_IPFORWARD_ROW2");

struct route_table2 {
	ULONG count;
	struct route_row2 rows[];
};

static void put_address(BYTE to[28], const struct host_address *from)
{
	BYTE sockaddr[IO_SOCKADDR_MAXIMUM] = {0};

	io_address_to_sockaddr(from, AF_INET, sockaddr);
	memcpy(to, sockaddr, 28);
}

static bool is_zero(const struct host_address *address)
{
	for (unsigned i = 0; i < 16; i++)
		if (address->bytes[i])
			return false;
	return true;
}

/* false: it leads to no interface that is known. */
static bool fill_row(struct route_row2 *to, const struct host_route *from, const struct host_interface *interfaces, INT count)
{
	INT i = 0;

	while (i < count && interfaces[i].index != from->index)
		i++;
	if (i == count)
		return false;
	memset(to, 0, sizeof(*to));
	to->luid = interface_luid(&interfaces[i]);
	to->index = from->index;
	put_address(to->destination, &from->destination);
	to->prefix = (BYTE)from->prefix;
	put_address(to->next_hop, &from->gateway);
	to->valid = to->preferred = FOREVER;
	to->metric = from->metric;
	to->protocol = is_zero(&from->gateway) ? ROUTE_PROTOCOL_LOCAL : ROUTE_PROTOCOL_NETMGMT;
	to->loopback = interfaces[i].loopback;
	to->immortal = TRUE;
	return true;
}

/* Freed by FreeMibTable. */
EXPORT(iphlpapi, DWORD, GetIpForwardTable2, (USHORT family, struct route_table2 **result))
{
	struct host_interface *interfaces;
	struct host_route *routes;
	struct route_table2 *table;
	INT count, interface_count;

	if (!result || (family != AF_UNSPEC && family != AF_INET && family != AF_INET6))
		return ERROR_INVALID_PARAMETER;
	*result = NULL;
	count = host_routes(&routes);
	if (count < 0)
		return ERROR_NOT_ENOUGH_MEMORY;
	interface_count = host_interfaces(&interfaces);
	table = LocalAlloc(LMEM_ZEROINIT, sizeof(*table) + (size_t)count * sizeof(*table->rows));
	for (INT i = 0; table && i < count; i++) {
		if (family != AF_UNSPEC && (family == AF_INET) != (routes[i].destination.family == HOST_FAMILY_INET))
			continue;
		if (fill_row(&table->rows[table->count], &routes[i], interfaces, interface_count))
			table->count++;
	}
	if (interface_count >= 0)
		free(interfaces);
	free(routes);
	*result = table;
	return !table ? ERROR_NOT_ENOUGH_MEMORY : table->count ? ERROR_SUCCESS : ERROR_NOT_FOUND;
}

static bool leads_to(const struct host_route *route, const struct host_address *to)
{
	if (route->destination.family != to->family)
		return false;
	for (unsigned bit = 0; bit < route->prefix; bit++)
		if ((route->destination.bytes[bit / 8] ^ to->bytes[bit / 8]) & 0x80u >> bit % 8)
			return false;
	return true;
}

/* The longest prefix counts, then the smallest metric.  `index` 0: whatever interface.  NULL: no route. */
static const struct host_route *best_route(const struct host_route *routes, INT count, ULONG index,
					   const struct host_address *to)
{
	const struct host_route *best = NULL;

	for (INT i = 0; i < count; i++) {
		const struct host_route *route = &routes[i];

		if ((index && route->index != index) || !leads_to(route, to))
			continue;
		if (!best || route->prefix > best->prefix || (route->prefix == best->prefix && route->metric < best->metric))
			best = route;
	}
	return best;
}

/* What packets by this route leave with: what Linux would choose, if that is an address of the interface. */
static bool source_for(const struct host_route *route, const struct host_address *to, const struct host_interface *interfaces,
		       INT count, struct host_address *source)
{
	const struct host_interface *first = NULL;
	struct host_address chosen;
	uint32_t index;
	bool known = !host_route_to(to, &chosen, &index);

	for (INT i = 0; i < count; i++) {
		if (interfaces[i].index != route->index || interfaces[i].address.family != to->family)
			continue;
		if (!first)
			first = &interfaces[i];
		if (known && !memcmp(interfaces[i].address.bytes, chosen.bytes, 16))
			first = &interfaces[i];
	}
	if (!first)
		return false;
	*source = first->address;
	return true;
}

/* MSDN GetBestRoute2.  The source's address and the sort options choose among the addresses of several interfaces. */
EXPORT(iphlpapi, DWORD, GetBestRoute2,
       (const ULONGLONG *luid, ULONG index, const void *from, const void *destination, ULONG options,
	struct route_row2 *row, BYTE *best_source))
{
	struct host_interface wanted = {.index = 0}, *interfaces;
	struct host_address to, source;
	struct host_route *routes;
	const struct host_route *best;
	DWORD result = ERROR_NETWORK_UNREACHABLE;
	INT count, interface_count;

	if (!destination || !row || !best_source ||
	    !NT_SUCCESS(io_address_from_guest(destination, *(const USHORT *)destination == AF_INET ? 16 : 28, 0, &to)) ||
	    (to.family != HOST_FAMILY_INET && to.family != HOST_FAMILY_INET6))
		return ERROR_INVALID_PARAMETER;
	if (((luid && *luid) || index) && !find_interface(luid && *luid ? 0 : index, luid ? *luid : 0, &wanted))
		return ERROR_FILE_NOT_FOUND;
	count = host_routes(&routes);
	interface_count = host_interfaces(&interfaces);
	best = best_route(routes, count, wanted.index, &to);
	if (best && fill_row(row, best, interfaces, interface_count) &&
	    source_for(best, &to, interfaces, interface_count, &source)) {
		put_address(best_source, &source);
		result = ERROR_SUCCESS;
	}
	if (interface_count >= 0)
		free(interfaces);
	free(routes);
	return result;
}
