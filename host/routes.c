/*
 * host/routes.c - Linux' routes, read from /proc/net.
 */
#include "host/socket.h"
#include "host/thread.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	struct host_route *rows;
	size_t count, capacity;
	bool full;
};

static void add(struct list *list, const struct host_route *row)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 32;
		struct host_route *more = realloc(list->rows, capacity * sizeof(*more));

		if (!more) {
			list->full = true;
			return;
		}
		list->rows = more;
		list->capacity = capacity;
	}
	list->rows[list->count++] = *row;
}

static void read_ipv4(struct list *list)
{
	FILE *file = fopen("/proc/net/route", "re");
	char line[256], name[32];
	unsigned destination, gateway, flags, mask;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		struct host_route row = {.destination.family = HOST_FAMILY_INET, .gateway.family = HOST_FAMILY_INET};

		if (sscanf(line, "%31s %x %x %x %*d %*d %u %x", name, &destination, &gateway, &flags, &row.metric, &mask) != 6 ||
		    !(flags & RTF_UP) || flags & RTF_REJECT)
			continue;
		memcpy(row.destination.bytes, &destination, 4);
		memcpy(row.gateway.bytes, &gateway, 4);
		row.prefix = (unsigned)__builtin_popcount(mask);
		row.index = if_nametoindex(name);
		add(list, &row);
	}
	fclose(file);
}

/* The main table of IPv4 leaves out the machine's own addresses. */
static void add_local_ipv4(struct list *list)
{
	struct host_interface *interfaces;
	int count = host_interfaces(&interfaces);

	for (int i = 0; i < count; i++) {
		struct host_route row = {.gateway.family = HOST_FAMILY_INET, .prefix = 32, .index = interfaces[i].index};

		if (interfaces[i].address.family != HOST_FAMILY_INET || !interfaces[i].up)
			continue;
		row.destination = interfaces[i].address;
		row.loopback = true;
		add(list, &row);
		if (!interfaces[i].loopback)
			continue;
		row.prefix = interfaces[i].prefix;
		for (unsigned bit = row.prefix; bit < 32; bit++)
			row.destination.bytes[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
		add(list, &row);
	}
	if (count >= 0)
		free(interfaces);
}

static bool parse_ipv6(const char *text, struct host_address *to)
{
	memset(to, 0, sizeof(*to));
	to->family = HOST_FAMILY_INET6;
	for (unsigned i = 0; i < 16; i++) {
		unsigned byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		to->bytes[i] = (uint8_t)byte;
	}
	return true;
}

static void read_ipv6(struct list *list)
{
	FILE *file = fopen("/proc/net/ipv6_route", "re");
	char line[256], destination[33], gateway[33], name[32];
	unsigned flags;

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		struct host_route row = {.prefix = 0};

		if (sscanf(line, "%32s %x %*s %*s %32s %x %*x %*x %x %31s", destination, &row.prefix, gateway, &row.metric, &flags,
			   name) != 6 ||
		    !(flags & RTF_UP) || flags & RTF_REJECT || !parse_ipv6(destination, &row.destination) ||
		    !parse_ipv6(gateway, &row.gateway))
			continue;
		row.index = if_nametoindex(name);
		row.loopback = flags & 0x80000000u; /* RTF_LOCAL */
		add(list, &row);
	}
	fclose(file);
}

static void *read_routes(void *argument)
{
	struct list *list = argument;

	read_ipv4(list);
	add_local_ipv4(list);
	read_ipv6(list);
	return NULL;
}

int host_routes(struct host_route **rows)
{
	struct list list = {.rows = NULL};

	host_stack_call(read_routes, &list);
	*rows = list.rows;
	if (!list.full)
		return (int)list.count;
	free(list.rows);
	*rows = NULL;
	return -ENOMEM;
}
