/*
 * host/socket.h - sockets of Linux, readiness, names of hosts, network interfaces.
 *
 * Sockets are close-on-exec.  Sending and receiving do not block unless they are asked to, nor do listening sockets; connecting
 * does as the descriptor is set (host_set_nonblocking).  -EAGAIN says that a call would.  Functions return 0, a descriptor or a
 * count, or a negative errno.  Buffers may be the guest's: -EFAULT says that the kernel could not touch them.
 */
#ifndef PEWTER_HOST_SOCKET_H
#define PEWTER_HOST_SOCKET_H

#include "host/host.h"
#include <sys/types.h>

enum host_family { HOST_FAMILY_NONE, HOST_FAMILY_INET, HOST_FAMILY_INET6, HOST_FAMILY_LOCAL };
enum host_socket_type { HOST_SOCKET_STREAM = 1, HOST_SOCKET_DATAGRAM, HOST_SOCKET_RAW };

#define HOST_LOCAL_PATH 108u
struct host_address {
	enum host_family family;
	uint16_t port; /* network order */
	uint32_t flow, scope;
	uint8_t bytes[16];
	char path[HOST_LOCAL_PATH]; /* of a local socket; empty: it has none */
};

int host_socket_open(enum host_family family, enum host_socket_type type, int protocol);
/* The descriptor `fd` becomes the socket `from`, which is closed. */
int host_socket_replace(int fd, int from);
int host_socket_bind(int fd, const struct host_address *address);
int host_socket_listen(int fd, int backlog);
/* `peer` may be NULL. */
int host_socket_accept(int fd, struct host_address *peer);
/* -EINPROGRESS: it goes on.  NULL dissolves what a datagram socket is connected to. */
int host_socket_connect(int fd, const struct host_address *address);
int host_socket_name(int fd, bool peer, struct host_address *address);
#define HOST_SHUTDOWN_READ 1u
#define HOST_SHUTDOWN_WRITE 2u
int host_socket_shutdown(int fd, unsigned what);
/* What has been shut of this side of a TCP connection, by whoever has the socket too: HOST_SHUTDOWN_ bits. */
unsigned host_socket_shut(int fd);
/* Takes the pending error: 0 or a negative errno. */
int host_socket_take_error(int fd);
/* What is ready now: HOST_READY_*. */
unsigned host_socket_ready(int fd);

struct host_buffer {
	void *base;
	size_t size;
};
#define HOST_MESSAGE_PEEK 1u
#define HOST_MESSAGE_URGENT 2u
#define HOST_MESSAGE_NO_ROUTE 4u
#define HOST_MESSAGE_CUT 8u          /* received: the datagram was longer */
#define HOST_MESSAGE_WAIT 32u	     /* to receive: blocks until something is there; not repeated when interrupted (-EINTR) */
#define HOST_MESSAGE_CONTROL_CUT 16u /* received: there was more about it */
/* What travels beside a datagram. */
struct host_packet_info {
	bool has_destination, has_hops, has_class;
	struct host_address destination; /* received: where it was sent to; sent: where from */
	uint32_t interface;
	int hops, traffic_class;
};
#define HOST_BUFFERS_MAXIMUM 1024u
struct host_message {
	const struct host_buffer *buffers;
	size_t count; /* what is beyond HOST_BUFFERS_MAXIMUM is left for another call */
	size_t skip;  /* bytes of the buffers that are done */
	unsigned flags;
	struct host_address *address;  /* may be NULL */
	struct host_packet_info *info; /* may be NULL */
};
ssize_t host_socket_receive(int fd, struct host_message *message);
ssize_t host_socket_send(int fd, const struct host_message *message);

enum host_option {
	HOST_OPTION_BROADCAST,
	HOST_OPTION_KEEP_ALIVE,
	HOST_OPTION_NO_ROUTE,
	HOST_OPTION_URGENT_INLINE,
	HOST_OPTION_RECEIVE_BUFFER,
	HOST_OPTION_SEND_BUFFER,
	HOST_OPTION_REUSE_ADDRESS,
	HOST_OPTION_REUSE_PORT,
	HOST_OPTION_LINGER, /* seconds; negative: off */
	HOST_OPTION_TYPE,
	HOST_OPTION_NO_DELAY,
	HOST_OPTION_KEEP_IDLE, /* seconds */
	HOST_OPTION_KEEP_INTERVAL,
	HOST_OPTION_KEEP_COUNT,
	HOST_OPTION_SEGMENT,
	HOST_OPTION_UNACKNOWLEDGED, /* milliseconds */
	HOST_OPTION_TTL,
	HOST_OPTION_TOS,
	HOST_OPTION_DONT_FRAGMENT,
	HOST_OPTION_MULTICAST_TTL,
	HOST_OPTION_MULTICAST_LOOP,
	HOST_OPTION_PACKET_INFO,
	HOST_OPTION_RECEIVE_TTL,
	HOST_OPTION_RECEIVE_TOS,
	HOST_OPTION_V6_ONLY,
	HOST_OPTION_V6_HOPS,
	HOST_OPTION_V6_CLASS,
	HOST_OPTION_V6_MULTICAST_HOPS,
	HOST_OPTION_V6_MULTICAST_LOOP,
	HOST_OPTION_V6_MULTICAST_INTERFACE,
	HOST_OPTION_V6_PACKET_INFO,
	HOST_OPTION_V6_RECEIVE_HOPS,
	HOST_OPTION_V6_RECEIVE_CLASS,
	HOST_OPTION_V6_DONT_FRAGMENT,
	HOST_OPTION_HEADER_INCLUDED,
	HOST_OPTION_COUNT
};
int host_socket_get(int fd, enum host_option option, int *value);
int host_socket_set(int fd, enum host_option option, int value);
/* The interface of IPv4's multicasts: by index, or by address when that is 0. */
int host_socket_set_multicast_interface(int fd, uint32_t index, const uint8_t address[4]);
int host_socket_get_multicast_interface(int fd, uint8_t address[4]);
/* Joins or leaves a group; by the interface's index, or for IPv4 its address (`local`, may be NULL); from one source only
 * when `source` is not NULL. */
int host_socket_group(int fd, bool join, const struct host_address *group, uint32_t index, const uint8_t *local,
		      const struct host_address *source);

/* Readiness of many descriptors, told once for each change (epoll, edge-triggered). */
#define HOST_READY_READ 1u
#define HOST_READY_WRITE 2u
#define HOST_READY_URGENT 4u
#define HOST_READY_END 8u     /* the other side will send no more */
#define HOST_READY_HANGUP 16u /* both directions are over, or there is no connection */
#define HOST_READY_ERROR 32u
struct host_ready {
	uint64_t key;
	unsigned ready;
};
int host_ready_create(void);
int host_ready_add(int set, int fd, uint64_t key);
void host_ready_remove(int set, int fd);
/* Waits; a count of at most `capacity` (64). */
int host_ready_wait(int set, struct host_ready *ready, unsigned capacity);

/* A descriptor for another process of the user: a place to offer it at, giving it with `data` to who has come there (-EAGAIN:
 * nobody), and fetching it from another process' place: a descriptor, -ENOENT. */
int host_offer_open(uint32_t number);
int host_offer_give(int listener, int fd, const void *data, size_t size);
int host_offer_take(unsigned process, uint32_t number, void *data, size_t size);

/* Names of hosts: -ENOENT not found, -ENODATA no address of the family, -EAGAIN try again, -ENOMEM, -EIO failed for good.
 * They run on the thread's host stack and may take long.  At most `capacity` addresses; a count. */
int host_resolve(const char *name, enum host_family family, struct host_address *addresses, unsigned capacity,
		 char *canonical, size_t canonical_size);
int host_resolve_address(const struct host_address *address, char *name, size_t size);

/* Network interfaces, an entry for each address, and one without for an interface that has none. */
struct host_interface {
	char name[16];
	uint32_t index, mtu;
	uint64_t speed; /* bits a second; 0: unknown */
	bool up, loopback, point_to_point, multicast, running;
	uint8_t hardware[8];
	unsigned hardware_size;
	struct host_address address; /* HOST_FAMILY_NONE: none */
	unsigned prefix;
	uint64_t received, sent, received_packets, sent_packets; /* bytes */
};
/* malloc'ed; a count. */
int host_interfaces(struct host_interface **interfaces);
/* The local address that packets to `to` leave from, and the interface it belongs to (0: unknown). */
int host_route_to(const struct host_address *to, struct host_address *from, uint32_t *index);
/* The addresses of name servers; a count. */
int host_name_servers(struct host_address *servers, unsigned capacity);
/* The default gateway of IPv4: false: none. */
bool host_gateway(uint32_t index, uint8_t address[4]);

/* A route: to the addresses that begin with the first `prefix` bits of `destination`. */
struct host_route {
	struct host_address destination, gateway; /* zeros: none, what is there is reached directly */
	unsigned prefix;
	uint32_t index, metric; /* of its interface */
	bool loopback;		/* to the machine itself */
};
/* malloc'ed; a count. */
int host_routes(struct host_route **rows);

/* A row of the system's tables of connections. */
struct host_connection {
	struct host_address local, remote;
	unsigned state; /* TCP's, as Linux numbers them: 1 established ... 10 listening, 11 closing */
	uint64_t inode;
};
/* malloc'ed; a count. */
int host_connections(bool tcp, enum host_family family, struct host_connection **rows);

/* Services and protocols by name and number: the system's lists.  Ports in host order; false: not known. */
bool host_service_by_name(const char *name, const char *protocol, uint16_t *port, char found_protocol[16], char official[64]);
bool host_service_by_port(uint16_t port, const char *protocol, char name[64], char found_protocol[16]);

#endif
