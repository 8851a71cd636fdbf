/*
 * host/socket_names.c - names of hosts and services, network interfaces, the tables of connections.
 */
#include "host/socket_private.h"
#include "host/thread.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int resolver_error(int error)
{
	switch (error) {
	case 0:
		return 0;
	case EAI_AGAIN:
		return -EAGAIN;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_NODATA:
		return -ENODATA;
	case EAI_FAIL:
		return -EIO;
	default:
		return -ENOENT;
	}
}

struct resolution {
	const char *name;
	struct addrinfo hints, *list;
	int error;
	const struct host_address *address;
	char *text;
	size_t size;
};

static void *resolve_call(void *argument)
{
	struct resolution *call = argument;

	call->error = getaddrinfo(call->name, NULL, &call->hints, &call->list);
	return NULL;
}

int host_resolve(const char *name, enum host_family family, struct host_address *addresses, unsigned capacity,
		 char *canonical, size_t canonical_size)
{
	struct resolution call = {.name = name};
	unsigned count = 0;

	call.hints.ai_family = host_socket_family(family);
	call.hints.ai_socktype = SOCK_STREAM;
	call.hints.ai_flags = canonical ? AI_CANONNAME : 0;
	host_stack_call(resolve_call, &call);
	if (call.error)
		return resolver_error(call.error);
	if (canonical) {
		const char *official = call.list && call.list->ai_canonname ? call.list->ai_canonname : name;

		snprintf(canonical, canonical_size, "%s", official);
	}
	for (struct addrinfo *at = call.list; at && count < capacity; at = at->ai_next)
		if (at->ai_family == AF_INET || at->ai_family == AF_INET6)
			host_address_from_linux((struct host_sockaddr *)at->ai_addr, at->ai_addrlen, &addresses[count++]);
	freeaddrinfo(call.list);
	return count ? (int)count : -ENODATA;
}

static void *name_call(void *argument)
{
	struct resolution *call = argument;
	struct host_sockaddr address;
	socklen_t size = host_address_to_linux(call->address, &address);

	call->error = getnameinfo(&address.any, size, call->text, (socklen_t)call->size, NULL, 0, NI_NAMEREQD);
	return NULL;
}

int host_resolve_address(const struct host_address *address, char *name, size_t size)
{
	struct resolution call = {.address = address, .text = name, .size = size};

	host_stack_call(name_call, &call);
	return resolver_error(call.error);
}

/* A number in a file of /sys/class/net. */
static uint64_t interface_number(const char *interface, const char *what)
{
	char path[96], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", interface, what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return text[0] == '-' ? 0 : strtoull(text, NULL, 10);
}

static unsigned prefix_of(const struct sockaddr *mask)
{
	const uint8_t *bytes = mask->sa_family == AF_INET6
				       ? ((const struct sockaddr_in6 *)(const void *)mask)->sin6_addr.s6_addr
				       : (const uint8_t *)&((const struct sockaddr_in *)(const void *)mask)->sin_addr;
	unsigned size = mask->sa_family == AF_INET6 ? 16 : 4, bits = 0;

	for (unsigned i = 0; i < size; i++)
		bits += (unsigned)__builtin_popcount(bytes[i]);
	return bits;
}

static void describe(const struct ifaddrs *from, struct host_interface *to)
{
	memset(to, 0, sizeof(*to));
	snprintf(to->name, sizeof(to->name), "%s", from->ifa_name);
	to->index = if_nametoindex(from->ifa_name);
	to->up = from->ifa_flags & IFF_UP;
	to->running = from->ifa_flags & IFF_RUNNING;
	to->loopback = from->ifa_flags & IFF_LOOPBACK;
	to->point_to_point = from->ifa_flags & IFF_POINTOPOINT;
	to->multicast = from->ifa_flags & IFF_MULTICAST;
	to->mtu = (uint32_t)interface_number(to->name, "mtu");
	to->speed = to->loopback ? 0 : interface_number(to->name, "speed") * 1000000;
	to->received = interface_number(to->name, "statistics/rx_bytes");
	to->sent = interface_number(to->name, "statistics/tx_bytes");
	to->received_packets = interface_number(to->name, "statistics/rx_packets");
	to->sent_packets = interface_number(to->name, "statistics/tx_packets");
}

static int list_interfaces(struct host_interface **interfaces)
{
	struct ifaddrs *list;
	struct host_interface *rows;
	size_t count = 0;

	*interfaces = NULL;
	if (getifaddrs(&list) < 0)
		return -errno;
	for (struct ifaddrs *at = list; at; at = at->ifa_next)
		count++;
	rows = calloc(count + 1, sizeof(*rows));
	if (!rows) {
		freeifaddrs(list);
		return -ENOMEM;
	}
	count = 0;
	for (struct ifaddrs *at = list; at; at = at->ifa_next) {
		if (!at->ifa_addr || (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6))
			continue;
		describe(at, &rows[count]);
		host_address_from_linux((struct host_sockaddr *)at->ifa_addr, sizeof(struct sockaddr_in6), &rows[count].address);
		rows[count].prefix = at->ifa_netmask ? prefix_of(at->ifa_netmask) : 0;
		count++;
	}
	for (struct ifaddrs *at = list; at; at = at->ifa_next) {
		const struct sockaddr_ll *hardware = (const struct sockaddr_ll *)(const void *)at->ifa_addr;
		bool known = false;

		if (!at->ifa_addr || at->ifa_addr->sa_family != AF_PACKET)
			continue;
		for (size_t i = 0; i < count; i++) {
			if (strcmp(rows[i].name, at->ifa_name) != 0)
				continue;
			known = true;
			if (!rows[i].loopback) {
				rows[i].hardware_size = hardware->sll_halen < 8 ? hardware->sll_halen : 8;
				memcpy(rows[i].hardware, hardware->sll_addr, rows[i].hardware_size);
			}
		}
		if (!known) {
			describe(at, &rows[count]);
			rows[count].hardware_size = rows[count].loopback ? 0 : hardware->sll_halen < 8 ? hardware->sll_halen : 8;
			memcpy(rows[count].hardware, hardware->sll_addr, rows[count].hardware_size);
			count++;
		}
	}
	freeifaddrs(list);
	*interfaces = rows;
	return (int)count;
}

static void *interfaces_call(void *argument)
{
	return (void *)(intptr_t)list_interfaces(argument);
}

int host_interfaces(struct host_interface **interfaces)
{
	return (int)(intptr_t)host_stack_call(interfaces_call, interfaces);
}

int host_route_to(const struct host_address *to, struct host_address *from, uint32_t *index)
{
	struct host_address target = *to;
	struct host_interface *rows;
	int fd = host_socket_open(to->family, HOST_SOCKET_DATAGRAM, 0), error, count;

	*index = 0;
	if (fd < 0)
		return fd;
	if (!target.port)
		target.port = htons(9);
	/* A datagram socket that connects sends nothing, and learns its route. */
	error = host_socket_connect(fd, &target);
	if (!error)
		error = host_socket_name(fd, false, from);
	close(fd);
	if (error)
		return error;
	from->port = 0;
	count = host_interfaces(&rows);
	for (int i = 0; i < count && !*index; i++)
		if (rows[i].address.family == from->family && !memcmp(rows[i].address.bytes, from->bytes, 16))
			*index = rows[i].index;
	for (int i = 0; i < count && !*index; i++)
		if (rows[i].loopback && from->family == HOST_FAMILY_INET && from->bytes[0] == 127)
			*index = rows[i].index;
	free(rows);
	return 0;
}

int host_name_servers(struct host_address *servers, unsigned capacity)
{
	FILE *file = fopen("/etc/resolv.conf", "re");
	char line[256], text[64];
	unsigned count = 0;

	if (!file)
		return 0;
	while (count < capacity && fgets(line, sizeof(line), file)) {
		struct host_address *to = &servers[count];

		if (sscanf(line, " nameserver %63s", text) != 1)
			continue;
		memset(to, 0, sizeof(*to));
		if (inet_pton(AF_INET, text, to->bytes) == 1)
			to->family = HOST_FAMILY_INET;
		else if (inet_pton(AF_INET6, text, to->bytes) == 1)
			to->family = HOST_FAMILY_INET6;
		else
			continue;
		count++;
	}
	fclose(file);
	return (int)count;
}

bool host_gateway(uint32_t index, uint8_t address[4])
{
	FILE *file = fopen("/proc/net/route", "re");
	char line[256], name[32];
	unsigned destination, gateway;
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31s %x %x", name, &destination, &gateway) != 3 || destination || !gateway)
			continue;
		if (index && if_nametoindex(name) != index)
			continue;
		memcpy(address, &gateway, 4);
		found = true;
	}
	fclose(file);
	return found;
}

/* The kernel prints words as the machine has them. */
static bool parse_end(const char *text, enum host_family family, struct host_address *to)
{
	unsigned words[4], port;

	memset(to, 0, sizeof(*to));
	to->family = family;
	if (family == HOST_FAMILY_INET) {
		if (sscanf(text, "%8x:%4x", &words[0], &port) != 2)
			return false;
		memcpy(to->bytes, words, 4);
	} else {
		if (sscanf(text, "%8x%8x%8x%8x:%4x", &words[0], &words[1], &words[2], &words[3], &port) != 5)
			return false;
		memcpy(to->bytes, words, 16);
	}
	to->port = htons((uint16_t)port);
	return true;
}

int host_connections(bool tcp, enum host_family family, struct host_connection **rows)
{
	char path[32], line[512], local[64], remote[64];
	size_t count = 0, capacity = 64;
	FILE *file;

	*rows = NULL;
	snprintf(path, sizeof(path), "/proc/net/%s%s", tcp ? "tcp" : "udp", family == HOST_FAMILY_INET6 ? "6" : "");
	file = fopen(path, "re");
	if (!file)
		return 0;
	*rows = calloc(capacity, sizeof(**rows));
	while (*rows && fgets(line, sizeof(line), file)) {
		struct host_connection row = {.state = 0};
		unsigned long long inode;

		if (sscanf(line, " %*u: %63s %63s %x %*s %*s %*s %*u %*u %llu", local, remote, &row.state, &inode) != 4)
			continue;
		if (!parse_end(local, family, &row.local) || !parse_end(remote, family, &row.remote))
			continue;
		row.inode = inode;
		if (count == capacity) {
			struct host_connection *more = realloc(*rows, capacity * 2 * sizeof(**rows));

			if (!more)
				break;
			*rows = more;
			capacity *= 2;
		}
		(*rows)[count++] = row;
	}
	fclose(file);
	return *rows ? (int)count : -ENOMEM;
}

struct service_call {
	const char *name, *protocol;
	uint16_t port;
	char *official, *found_protocol;
	bool found;
};

static void *service_call(void *argument)
{
	struct service_call *call = argument;
	struct servent entry, *result = NULL;
	char *buffer = malloc(8192);

	if (!buffer)
		return NULL;
	if (call->name)
		getservbyname_r(call->name, call->protocol, &entry, buffer, 8192, &result);
	else
		getservbyport_r(htons(call->port), call->protocol, &entry, buffer, 8192, &result);
	if (result) {
		call->found = true;
		call->port = ntohs((uint16_t)result->s_port);
		snprintf(call->official, 64, "%s", result->s_name);
		snprintf(call->found_protocol, 16, "%s", result->s_proto);
	}
	free(buffer);
	return NULL;
}

bool host_service_by_name(const char *name, const char *protocol, uint16_t *port, char found_protocol[16], char official[64])
{
	struct service_call call = {name, protocol, 0, official, found_protocol, false};

	host_stack_call(service_call, &call);
	*port = call.port;
	return call.found;
}

bool host_service_by_port(uint16_t port, const char *protocol, char name[64], char found_protocol[16])
{
	struct service_call call = {NULL, protocol, port, name, found_protocol, false};

	host_stack_call(service_call, &call);
	return call.found;
}
