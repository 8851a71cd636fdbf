/*
 * ntdll/io/port.h - what a completion port is, for port.c and port_shared.c.
 */
#ifndef PEWTER_NTDLL_IO_PORT_H
#define PEWTER_NTDLL_IO_PORT_H

#include "ntdll/io/private.h"
#include "ntdll/ob/shared.h"

struct io_port_ring;

struct io_port {
	struct ob_object object;
	struct ke_dispatcher available; /* the number of packets */
	struct host_lock lock;
	struct io_packet *first, **last;
	uint32_t depth;
	bool closed;
	bool own; /* has packets that are parts of objects of this process: it cannot be shared */
	const struct io_sink *sink; /* takes the packets instead */
	void *sink_context;
	struct io_port_ring *ring; /* where the packets are when processes share the port; set once, under the lock */
	int ring_fd;
};

extern const struct ob_sharing io_port_sharing;

struct io_port *io_port_make(void);

/* Of a port with a ring.  false: it is full, or empty. */
bool io_port_ring_put(struct io_port_ring *ring, const struct io_packet *packet);
bool io_port_ring_take(struct io_port_ring *ring, struct io_packet *packet);
uint32_t io_port_ring_depth(const struct io_port_ring *ring);
/* The last handle of this process goes: whether another process has the port. */
bool io_port_is_held_elsewhere(const struct io_port *port);
void io_port_ring_leave(struct io_port *port);

#endif
