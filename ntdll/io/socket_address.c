/*
 * ntdll/io/socket_address.c - addresses: Windows' sockaddr and the host's.
 *
 * A local (AF_UNIX) address is a path of the guest's, in UTF-8.
 */
#include "ntdll/io/socket_private.h"

#include <string.h>

struct sockaddr_v4 {
	USHORT family, port;
	BYTE bytes[4], zero[8];
};
struct sockaddr_v6 {
	USHORT family, port;
	ULONG flow;
	BYTE bytes[16];
	ULONG scope;
};
struct sockaddr_local {
	USHORT family;
	char path[HOST_LOCAL_PATH];
};

INT io_sockaddr_size(INT family)
{
	switch (family) {
	case WS_AF_INET:
		return sizeof(struct sockaddr_v4);
	case WS_AF_INET6:
		return sizeof(struct sockaddr_v6);
	case WS_AF_UNIX:
		return sizeof(struct sockaddr_local);
	default:
		return 0;
	}
}

NTSTATUS io_address_from_guest(const void *name, INT size, INT family, struct host_address *address)
{
	union {
		USHORT family;
		struct sockaddr_v4 v4;
		struct sockaddr_v6 v6;
		struct sockaddr_local local;
	} from = {0};

	memset(address, 0, sizeof(*address));
	if (!name)
		return STATUS_ACCESS_VIOLATION;
	if (size < (INT)sizeof(USHORT))
		return STATUS_INVALID_PARAMETER_2;
	if (host_copy_from_guest(&from, name, (size_t)size < sizeof(from) ? (size_t)size : sizeof(from)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (family && from.family != family)
		return size < io_sockaddr_size(family) && family != WS_AF_UNIX ? STATUS_INVALID_PARAMETER_2
									       : STATUS_INVALID_PARAMETER_1;
	switch (from.family) {
	case WS_AF_INET:
		if (size < (INT)sizeof(from.v4))
			return STATUS_INVALID_PARAMETER_2;
		address->family = HOST_FAMILY_INET;
		address->port = from.v4.port;
		memcpy(address->bytes, from.v4.bytes, 4);
		return STATUS_SUCCESS;
	case WS_AF_INET6:
		if (size < (INT)sizeof(from.v6))
			return STATUS_INVALID_PARAMETER_2;
		address->family = HOST_FAMILY_INET6;
		address->port = from.v6.port;
		address->flow = from.v6.flow;
		address->scope = from.v6.scope;
		memcpy(address->bytes, from.v6.bytes, 16);
		return STATUS_SUCCESS;
	case WS_AF_UNIX:
		address->family = HOST_FAMILY_LOCAL;
		memcpy(address->path, from.local.path, sizeof(address->path) - 1);
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_PARAMETER_1;
	}
}

INT io_address_to_sockaddr(const struct host_address *address, INT family, void *sockaddr)
{
	struct sockaddr_v4 *v4 = sockaddr;
	struct sockaddr_v6 *v6 = sockaddr;
	struct sockaddr_local *local = sockaddr;

	memset(sockaddr, 0, IO_SOCKADDR_MAXIMUM);
	switch (address->family) {
	case HOST_FAMILY_INET:
		v4->family = WS_AF_INET;
		v4->port = address->port;
		memcpy(v4->bytes, address->bytes, 4);
		return sizeof(*v4);
	case HOST_FAMILY_INET6:
		v6->family = WS_AF_INET6;
		v6->port = address->port;
		v6->flow = address->flow;
		v6->scope = address->scope;
		memcpy(v6->bytes, address->bytes, 16);
		return sizeof(*v6);
	case HOST_FAMILY_LOCAL:
		local->family = WS_AF_UNIX;
		memcpy(local->path, address->path, sizeof(local->path));
		/* Without a name, the family alone. */
		return address->path[0] ? (INT)sizeof(*local) : (INT)sizeof(USHORT);
	default:
		v4->family = (USHORT)family;
		return family == WS_AF_UNIX ? (INT)sizeof(USHORT) : io_sockaddr_size(family);
	}
}

NTSTATUS io_socket_store_address(const struct host_address *address, INT family, void *name, INT *size)
{
	BYTE sockaddr[IO_SOCKADDR_MAXIMUM];
	INT have = io_address_to_sockaddr(address, family, sockaddr), room;

	if (!name || !size)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&room, size, sizeof(room)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (room > have)
		room = have;
	if ((room > 0 && host_copy_to_guest(name, sockaddr, (size_t)room) < 0) ||
	    host_copy_to_guest(size, &have, sizeof(have)) < 0)
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}
