/*
 * host/socket_option.c - options of sockets, multicast groups.
 */
#include "host/socket_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

static const struct {
	int level, name;
} names[HOST_OPTION_COUNT] = {
	[HOST_OPTION_BROADCAST] = {SOL_SOCKET, SO_BROADCAST},
	[HOST_OPTION_KEEP_ALIVE] = {SOL_SOCKET, SO_KEEPALIVE},
	[HOST_OPTION_NO_ROUTE] = {SOL_SOCKET, SO_DONTROUTE},
	[HOST_OPTION_URGENT_INLINE] = {SOL_SOCKET, SO_OOBINLINE},
	[HOST_OPTION_RECEIVE_BUFFER] = {SOL_SOCKET, SO_RCVBUF},
	[HOST_OPTION_SEND_BUFFER] = {SOL_SOCKET, SO_SNDBUF},
	[HOST_OPTION_REUSE_ADDRESS] = {SOL_SOCKET, SO_REUSEADDR},
	[HOST_OPTION_REUSE_PORT] = {SOL_SOCKET, SO_REUSEPORT},
	[HOST_OPTION_LINGER] = {SOL_SOCKET, SO_LINGER},
	[HOST_OPTION_TYPE] = {SOL_SOCKET, SO_TYPE},
	[HOST_OPTION_NO_DELAY] = {IPPROTO_TCP, TCP_NODELAY},
	[HOST_OPTION_KEEP_IDLE] = {IPPROTO_TCP, TCP_KEEPIDLE},
	[HOST_OPTION_KEEP_INTERVAL] = {IPPROTO_TCP, TCP_KEEPINTVL},
	[HOST_OPTION_KEEP_COUNT] = {IPPROTO_TCP, TCP_KEEPCNT},
	[HOST_OPTION_SEGMENT] = {IPPROTO_TCP, TCP_MAXSEG},
	[HOST_OPTION_UNACKNOWLEDGED] = {IPPROTO_TCP, TCP_USER_TIMEOUT},
	[HOST_OPTION_TTL] = {IPPROTO_IP, IP_TTL},
	[HOST_OPTION_TOS] = {IPPROTO_IP, IP_TOS},
	[HOST_OPTION_DONT_FRAGMENT] = {IPPROTO_IP, IP_MTU_DISCOVER},
	[HOST_OPTION_MULTICAST_TTL] = {IPPROTO_IP, IP_MULTICAST_TTL},
	[HOST_OPTION_MULTICAST_LOOP] = {IPPROTO_IP, IP_MULTICAST_LOOP},
	[HOST_OPTION_PACKET_INFO] = {IPPROTO_IP, IP_PKTINFO},
	[HOST_OPTION_RECEIVE_TTL] = {IPPROTO_IP, IP_RECVTTL},
	[HOST_OPTION_RECEIVE_TOS] = {IPPROTO_IP, IP_RECVTOS},
	[HOST_OPTION_V6_ONLY] = {IPPROTO_IPV6, IPV6_V6ONLY},
	[HOST_OPTION_V6_HOPS] = {IPPROTO_IPV6, IPV6_UNICAST_HOPS},
	[HOST_OPTION_V6_CLASS] = {IPPROTO_IPV6, IPV6_TCLASS},
	[HOST_OPTION_V6_MULTICAST_HOPS] = {IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
	[HOST_OPTION_V6_MULTICAST_LOOP] = {IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
	[HOST_OPTION_V6_MULTICAST_INTERFACE] = {IPPROTO_IPV6, IPV6_MULTICAST_IF},
	[HOST_OPTION_V6_PACKET_INFO] = {IPPROTO_IPV6, IPV6_RECVPKTINFO},
	[HOST_OPTION_V6_RECEIVE_HOPS] = {IPPROTO_IPV6, IPV6_RECVHOPLIMIT},
	[HOST_OPTION_V6_RECEIVE_CLASS] = {IPPROTO_IPV6, IPV6_RECVTCLASS},
	[HOST_OPTION_V6_DONT_FRAGMENT] = {IPPROTO_IPV6, IPV6_DONTFRAG},
	[HOST_OPTION_HEADER_INCLUDED] = {IPPROTO_IP, IP_HDRINCL},
};

int host_socket_get(int fd, enum host_option option, int *value)
{
	struct linger linger;
	socklen_t size = option == HOST_OPTION_LINGER ? sizeof(linger) : sizeof(*value);
	void *to = option == HOST_OPTION_LINGER ? (void *)&linger : (void *)value;

	if (getsockopt(fd, names[option].level, names[option].name, to, &size) < 0)
		return -errno;
	if (option == HOST_OPTION_LINGER)
		*value = linger.l_onoff ? linger.l_linger : -1;
	else if (size == 1)
		*value = *(unsigned char *)value;
	/* The kernel counts its own needs in and tells of the double. */
	if (option == HOST_OPTION_RECEIVE_BUFFER || option == HOST_OPTION_SEND_BUFFER)
		*value /= 2;
	if (option == HOST_OPTION_DONT_FRAGMENT)
		*value = *value == IP_PMTUDISC_DO;
	return 0;
}

int host_socket_set(int fd, enum host_option option, int value)
{
	struct linger linger = {value >= 0, value >= 0 ? value : 0};
	socklen_t size = option == HOST_OPTION_LINGER ? sizeof(linger) : sizeof(value);
	const void *from = option == HOST_OPTION_LINGER ? (const void *)&linger : (const void *)&value;

	if (option == HOST_OPTION_DONT_FRAGMENT)
		value = value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
	return setsockopt(fd, names[option].level, names[option].name, from, size) < 0 ? -errno : 0;
}

int host_socket_set_multicast_interface(int fd, uint32_t index, const uint8_t address[4])
{
	struct ip_mreqn request = {.imr_ifindex = (int)index};

	if (!index)
		memcpy(&request.imr_address, address, 4);
	return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof(request)) < 0 ? -errno : 0;
}

int host_socket_get_multicast_interface(int fd, uint8_t address[4])
{
	socklen_t size = 4;

	return getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, address, &size) < 0 ? -errno : 0;
}

int host_socket_group(int fd, bool join, const struct host_address *group, uint32_t index, const uint8_t *local,
		      const struct host_address *source)
{
	struct host_sockaddr address;
	int level = group->family == HOST_FAMILY_INET6 ? IPPROTO_IPV6 : IPPROTO_IP, result;
	socklen_t size = host_address_to_linux(group, &address);

	if (source && group->family == HOST_FAMILY_INET && local) {
		struct ip_mreq_source request = {{0}, {0}, {0}};

		memcpy(&request.imr_multiaddr, group->bytes, 4);
		memcpy(&request.imr_interface, local, 4);
		memcpy(&request.imr_sourceaddr, source->bytes, 4);
		result = setsockopt(fd, IPPROTO_IP, join ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP, &request,
				    sizeof(request));
	} else if (source) {
		struct group_source_req request = {.gsr_interface = index};
		struct host_sockaddr from;

		memcpy(&request.gsr_group, &address, size);
		size = host_address_to_linux(source, &from);
		memcpy(&request.gsr_source, &from, size);
		result = setsockopt(fd, level, join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, &request,
				    sizeof(request));
	} else if (group->family == HOST_FAMILY_INET) {
		struct ip_mreqn request = {.imr_ifindex = (int)index};

		memcpy(&request.imr_multiaddr, group->bytes, 4);
		if (local && !index)
			memcpy(&request.imr_address, local, 4);
		result = setsockopt(fd, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request,
				    sizeof(request));
	} else {
		struct ipv6_mreq request = {.ipv6mr_interface = index};

		memcpy(&request.ipv6mr_multiaddr, group->bytes, 16);
		result = setsockopt(fd, IPPROTO_IPV6, join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, &request,
				    sizeof(request));
	}
	return result < 0 ? -errno : 0;
}
