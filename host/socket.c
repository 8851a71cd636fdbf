/*
 * host/socket.c - sockets: addresses, connections, messages, readiness.
 */
#include "host/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/socket_private.h"

int host_socket_family(enum host_family family)
{
	switch (family) {
	case HOST_FAMILY_INET:
		return AF_INET;
	case HOST_FAMILY_INET6:
		return AF_INET6;
	case HOST_FAMILY_LOCAL:
		return AF_UNIX;
	default:
		return AF_UNSPEC;
	}
}

socklen_t host_address_to_linux(const struct host_address *from, struct host_sockaddr *to)
{
	memset(to, 0, sizeof(*to));
	switch (from->family) {
	case HOST_FAMILY_INET:
		to->in.sin_family = AF_INET;
		to->in.sin_port = from->port;
		memcpy(&to->in.sin_addr, from->bytes, 4);
		return sizeof(to->in);
	case HOST_FAMILY_INET6:
		to->in6.sin6_family = AF_INET6;
		to->in6.sin6_port = from->port;
		to->in6.sin6_flowinfo = from->flow;
		to->in6.sin6_scope_id = from->scope;
		memcpy(&to->in6.sin6_addr, from->bytes, 16);
		return sizeof(to->in6);
	case HOST_FAMILY_LOCAL:
		to->local.sun_family = AF_UNIX;
		if (!from->path[0])
			return sizeof(sa_family_t);
		memcpy(to->local.sun_path, from->path, strnlen(from->path, sizeof(to->local.sun_path)));
		return sizeof(to->local);
	default:
		to->any.sa_family = AF_UNSPEC;
		return sizeof(to->any);
	}
}

void host_address_from_linux(const struct host_sockaddr *from, socklen_t size, struct host_address *to)
{
	memset(to, 0, sizeof(*to));
	if (size < sizeof(sa_family_t))
		return;
	switch (from->any.sa_family) {
	case AF_INET:
		to->family = HOST_FAMILY_INET;
		to->port = from->in.sin_port;
		memcpy(to->bytes, &from->in.sin_addr, 4);
		break;
	case AF_INET6:
		to->family = HOST_FAMILY_INET6;
		to->port = from->in6.sin6_port;
		to->flow = from->in6.sin6_flowinfo;
		to->scope = from->in6.sin6_scope_id;
		memcpy(to->bytes, &from->in6.sin6_addr, 16);
		break;
	case AF_UNIX:
		to->family = HOST_FAMILY_LOCAL;
		if (size > offsetof(struct sockaddr_un, sun_path))
			memcpy(to->path, from->local.sun_path, strnlen(from->local.sun_path, sizeof(to->path) - 1));
		break;
	default:
		break;
	}
}

int host_socket_open(enum host_family family, enum host_socket_type type, int protocol)
{
	int kind = type == HOST_SOCKET_STREAM ? SOCK_STREAM : type == HOST_SOCKET_DATAGRAM ? SOCK_DGRAM : SOCK_RAW;
	int fd = socket(host_socket_family(family), kind | SOCK_CLOEXEC, protocol);

	return fd < 0 ? -errno : fd;
}

int host_socket_replace(int fd, int from)
{
	int result = dup3(from, fd, O_CLOEXEC) < 0 ? -errno : 0;

	close(from);
	return result;
}

int host_socket_bind(int fd, const struct host_address *address)
{
	struct host_sockaddr to;
	socklen_t size = host_address_to_linux(address, &to);

	return bind(fd, &to.any, size) < 0 ? -errno : 0;
}

int host_socket_listen(int fd, int backlog)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return listen(fd, backlog) < 0 ? -errno : 0;
}

int host_socket_accept(int fd, struct host_address *peer)
{
	struct host_sockaddr from;
	socklen_t size = sizeof(from);
	int accepted;

	do
		accepted = accept4(fd, &from.any, &size, SOCK_CLOEXEC);
	while (accepted < 0 && errno == EINTR);
	if (accepted < 0)
		return -errno;
	if (peer)
		host_address_from_linux(&from, size, peer);
	return accepted;
}

int host_socket_connect(int fd, const struct host_address *address)
{
	static const struct host_address none;
	struct host_sockaddr to;
	socklen_t size = host_address_to_linux(address ? address : &none, &to);

	/* Interrupted, it goes on as if it did not block. */
	if (connect(fd, &to.any, size) < 0)
		return errno == EINTR ? -EINPROGRESS : -errno;
	return 0;
}

int host_socket_name(int fd, bool peer, struct host_address *address)
{
	struct host_sockaddr name;
	socklen_t size = sizeof(name);

	if ((peer ? getpeername(fd, &name.any, &size) : getsockname(fd, &name.any, &size)) < 0)
		return -errno;
	host_address_from_linux(&name, size, address);
	return 0;
}

int host_socket_shutdown(int fd, unsigned what)
{
	int how = what == (HOST_SHUTDOWN_READ | HOST_SHUTDOWN_WRITE) ? SHUT_RDWR
		  : what == HOST_SHUTDOWN_READ			     ? SHUT_RD
								     : SHUT_WR;

	return shutdown(fd, how) < 0 ? -errno : 0;
}

unsigned host_socket_shut(int fd)
{
	struct tcp_info info = {0};
	struct pollfd poll_fd = {.fd = fd, .events = POLLRDHUP};
	socklen_t size = sizeof(info);
	unsigned what = 0;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0 || poll(&poll_fd, 1, 0) < 0)
		return 0;
	switch (info.tcpi_state) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		what |= HOST_SHUTDOWN_WRITE;
		__attribute__((fallthrough));
	case TCP_ESTABLISHED:
		/* the other side has not said that it has ended */
		if (poll_fd.revents & POLLRDHUP)
			what |= HOST_SHUTDOWN_READ;
		break;
	case TCP_CLOSING:
	case TCP_LAST_ACK:
	case TCP_TIME_WAIT:
		what |= HOST_SHUTDOWN_WRITE;
		break;
	default:
		break;
	}
	return what;
}

int host_socket_take_error(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	return -error;
}

static unsigned from_poll(unsigned events)
{
	return (events & POLLIN ? HOST_READY_READ : 0) | (events & POLLOUT ? HOST_READY_WRITE : 0) |
	       (events & POLLPRI ? HOST_READY_URGENT : 0) | (events & POLLRDHUP ? HOST_READY_END : 0) |
	       (events & POLLHUP ? HOST_READY_HANGUP : 0) | (events & (POLLERR | POLLNVAL) ? HOST_READY_ERROR : 0);
}

unsigned host_socket_ready(int fd)
{
	struct pollfd poll_fd = {fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};

	return poll(&poll_fd, 1, 0) > 0 ? from_poll((unsigned)poll_fd.revents) : 0;
}

#define FEW 8u

/* The kernel's vector of the buffers without the bytes that are done, in `few` where they fit; false: no memory. */
static bool make_vector(const struct host_message *message, struct iovec few[FEW], struct msghdr *header)
{
	size_t most = message->count < HOST_BUFFERS_MAXIMUM ? message->count : HOST_BUFFERS_MAXIMUM;
	size_t skip = message->skip, count = 0;
	struct iovec *vector = most <= FEW ? few : malloc(most * sizeof(*vector));

	if (!vector)
		return false;

	for (size_t i = 0; i < message->count && count < HOST_BUFFERS_MAXIMUM; i++) {
		if (skip && skip >= message->buffers[i].size) {
			skip -= message->buffers[i].size;
			continue;
		}
		vector[count].iov_base = (char *)message->buffers[i].base + skip;
		vector[count++].iov_len = message->buffers[i].size - skip;
		skip = 0;
	}
	header->msg_iov = vector;
	header->msg_iovlen = count;
	return true;
}

#define CONTROL_SIZE 256u

static void read_control(struct msghdr *header, struct host_packet_info *info)
{
	memset(info, 0, sizeof(*info));
	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo packet;

			memcpy(&packet, CMSG_DATA(part), sizeof(packet));
			info->has_destination = true;
			info->destination.family = HOST_FAMILY_INET;
			memcpy(info->destination.bytes, &packet.ipi_addr, 4);
			info->interface = (uint32_t)packet.ipi_ifindex;
		} else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo packet;

			memcpy(&packet, CMSG_DATA(part), sizeof(packet));
			info->has_destination = true;
			info->destination.family = HOST_FAMILY_INET6;
			memcpy(info->destination.bytes, &packet.ipi6_addr, 16);
			info->interface = packet.ipi6_ifindex;
		} else if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_TTL) ||
			   (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_HOPLIMIT)) {
			info->has_hops = true;
			memcpy(&info->hops, CMSG_DATA(part), sizeof(int));
		} else if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_TOS) {
			info->has_class = true;
			info->traffic_class = *CMSG_DATA(part);
		} else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_TCLASS) {
			info->has_class = true;
			memcpy(&info->traffic_class, CMSG_DATA(part), sizeof(int));
		}
	}
}

ssize_t host_socket_receive(int fd, struct host_message *message)
{
	struct iovec few[FEW];
	char control[CONTROL_SIZE] __attribute__((aligned(8)));
	struct host_sockaddr from;
	struct msghdr header = {0};
	bool wait = message->flags & HOST_MESSAGE_WAIT;
	int flags = (wait ? 0 : MSG_DONTWAIT) | (message->flags & HOST_MESSAGE_PEEK ? MSG_PEEK : 0) |
		    (message->flags & HOST_MESSAGE_URGENT ? MSG_OOB : 0);
	ssize_t got;

	if (!make_vector(message, few, &header))
		return -ENOMEM;
	if (message->address) {
		header.msg_name = &from;
		header.msg_namelen = sizeof(from);
	}
	if (message->info) {
		header.msg_control = control;
		header.msg_controllen = sizeof(control);
	}
	do
		got = recvmsg(fd, &header, flags);
	while (got < 0 && errno == EINTR && !wait);
	got = got < 0 ? -errno : got;
	if (header.msg_iov != few)
		free(header.msg_iov);
	if (got < 0)
		return got;
	message->flags = (header.msg_flags & MSG_TRUNC ? HOST_MESSAGE_CUT : 0) |
			 (header.msg_flags & MSG_CTRUNC ? HOST_MESSAGE_CONTROL_CUT : 0) |
			 (header.msg_flags & MSG_OOB ? HOST_MESSAGE_URGENT : 0);
	if (message->address)
		host_address_from_linux(&from, header.msg_namelen, message->address);
	if (message->info)
		read_control(&header, message->info);
	return got;
}

static size_t put_control(char *control, size_t at, int level, int type, const void *data, size_t size)
{
	struct cmsghdr *part = (struct cmsghdr *)(control + at);

	part->cmsg_level = level;
	part->cmsg_type = type;
	part->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(part), data, size);
	return at + CMSG_SPACE(size);
}

static size_t write_control(const struct host_packet_info *info, char *control)
{
	bool six = info->destination.family == HOST_FAMILY_INET6;
	size_t size = 0;

	memset(control, 0, CONTROL_SIZE);
	if (info->has_destination && six) {
		struct in6_pktinfo packet = {.ipi6_ifindex = info->interface};

		memcpy(&packet.ipi6_addr, info->destination.bytes, 16);
		size = put_control(control, size, IPPROTO_IPV6, IPV6_PKTINFO, &packet, sizeof(packet));
	} else if (info->has_destination) {
		struct in_pktinfo packet = {.ipi_ifindex = (int)info->interface};

		memcpy(&packet.ipi_spec_dst, info->destination.bytes, 4);
		size = put_control(control, size, IPPROTO_IP, IP_PKTINFO, &packet, sizeof(packet));
	}
	if (info->has_hops)
		size = put_control(control, size, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_HOPLIMIT : IP_TTL, &info->hops,
				   sizeof(int));
	if (info->has_class)
		size = put_control(control, size, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_TCLASS : IP_TOS,
				   &info->traffic_class, sizeof(int));
	return size;
}

ssize_t host_socket_send(int fd, const struct host_message *message)
{
	struct iovec few[FEW];
	char control[CONTROL_SIZE] __attribute__((aligned(8)));
	struct host_sockaddr to;
	struct msghdr header = {0};
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (message->flags & HOST_MESSAGE_URGENT ? MSG_OOB : 0) |
		    (message->flags & HOST_MESSAGE_NO_ROUTE ? MSG_DONTROUTE : 0);
	ssize_t sent;

	if (!make_vector(message, few, &header))
		return -ENOMEM;
	if (message->address) {
		header.msg_namelen = host_address_to_linux(message->address, &to);
		header.msg_name = &to;
	}
	if (message->info) {
		header.msg_controllen = write_control(message->info, control);
		header.msg_control = header.msg_controllen ? control : NULL;
	}
	do
		sent = sendmsg(fd, &header, flags);
	while (sent < 0 && errno == EINTR);
	sent = sent < 0 ? -errno : sent;
	if (header.msg_iov != few)
		free(header.msg_iov);
	return sent;
}

int host_ready_create(void)
{
	int set = epoll_create1(EPOLL_CLOEXEC);

	return set < 0 ? -errno : set;
}

int host_ready_add(int set, int fd, uint64_t key)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET, .data.u64 = key};

	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void host_ready_remove(int set, int fd)
{
	struct epoll_event none = {0};

	epoll_ctl(set, EPOLL_CTL_DEL, fd, &none);
}

int host_ready_wait(int set, struct host_ready *ready, unsigned capacity)
{
	struct epoll_event events[64];
	int count = epoll_wait(set, events, capacity < 64 ? (int)capacity : 64, -1);

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count; i++) {
		uint32_t what = events[i].events;

		ready[i].key = events[i].data.u64;
		ready[i].ready = (what & EPOLLIN ? HOST_READY_READ : 0) | (what & EPOLLOUT ? HOST_READY_WRITE : 0) |
				 (what & EPOLLPRI ? HOST_READY_URGENT : 0) | (what & EPOLLRDHUP ? HOST_READY_END : 0) |
				 (what & EPOLLHUP ? HOST_READY_HANGUP : 0) | (what & EPOLLERR ? HOST_READY_ERROR : 0);
	}
	return count;
}
