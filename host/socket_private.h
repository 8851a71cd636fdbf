/*
 * host/socket_private.h - addresses as Linux has them; for host/ only.
 */
#ifndef PEWTER_HOST_SOCKET_PRIVATE_H
#define PEWTER_HOST_SOCKET_PRIVATE_H

#include "host/socket.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct host_sockaddr {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un local;
		struct sockaddr_storage storage;
	};
};

int host_socket_family(enum host_family family);
/* The size of the result. */
socklen_t host_address_to_linux(const struct host_address *from, struct host_sockaddr *to);
void host_address_from_linux(const struct host_sockaddr *from, socklen_t size, struct host_address *to);

#endif
