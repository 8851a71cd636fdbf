/*
 * ntdll/io/port_shared.c - completion ports that several processes have: their packets lie in memory of all.
 *
 * Their count becomes a shared one (ke/shared.h), and the packets go from the list into a ring, a file without a name.  There is no
 * lock that a killed process could keep: a place is taken with a change of `tail` or `head`, and its turn says when what is in it is
 * valid, or taken.  A place whose owner was killed before that is passed over after a while.
 */
#include "host/file.h"
#include "host/image_file.h"
#include "host/time.h"
#include "host/vm.h"
#include "ntdll/io/port.h"
#include "ntdll/ke/shared.h"
#include "ntdll/ob/shared_file.h"

#include <stdlib.h>

#define PLACES 65536u
#define PATIENCE_NS 500000000ull

struct place {
	uint64_t turn; /* n: free for packet n; n + 1: packet n is there */
	uint64_t key, context, information;
	int32_t status;
	uint32_t reserved;
};

struct io_port_ring {
	uint64_t head, tail;
	uint64_t reserved[6];
	struct place places[PLACES];
};

struct area {
	struct ke_page page;
	struct ob_shared_file file;
};
_Static_assert(sizeof(struct area) <= OB_SHARED_AREA, "the area of a record");

static bool change(uint64_t *word, uint64_t expected, uint64_t value)
{
	return __atomic_compare_exchange_n(word, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* A place of a fresh ring has turn 0, which means that of its first round. */
static uint64_t turn_of(const struct io_port_ring *ring, uint64_t number)
{
	uint64_t turn = load(&ring->places[number % PLACES].turn);

	return turn ? turn - 1 : number % PLACES;
}

static bool set_turn(struct io_port_ring *ring, uint64_t number, uint64_t from, uint64_t to)
{
	uint64_t *turn = &ring->places[number % PLACES].turn;

	return change(turn, from + 1, to + 1) || (from == number % PLACES && change(turn, 0, to + 1));
}

bool io_port_ring_put(struct io_port_ring *ring, const struct io_packet *packet)
{
	for (;;) {
		uint64_t number = load(&ring->tail), turn = turn_of(ring, number);
		struct place *place = &ring->places[number % PLACES];

		if (turn < number)
			return false; /* what was there a round ago still is */
		if (turn > number || !change(&ring->tail, number, number + 1))
			continue;
		place->key = packet->key;
		place->context = (uintptr_t)packet->context;
		place->information = packet->information;
		place->status = packet->status;
		/* It was taken for a dead one's if that fails. */
		if (set_turn(ring, number, number, number + 1))
			return true;
	}
}

/* Whoever took the place has been killed, or is about to fill it. */
static void wait_for_place(struct io_port_ring *ring, uint64_t number)
{
	uint64_t patience = host_monotonic_ns() + PATIENCE_NS;

	while (load(&ring->head) == number && turn_of(ring, number) == number) {
		if (host_monotonic_ns() > patience) {
			if (set_turn(ring, number, number, number + PLACES))
				change(&ring->head, number, number + 1);
			return;
		}
		host_sleep_until(host_monotonic_ns() + 100000);
	}
}

bool io_port_ring_take(struct io_port_ring *ring, struct io_packet *packet)
{
	for (;;) {
		uint64_t number = load(&ring->head), turn = turn_of(ring, number);
		const struct place *place = &ring->places[number % PLACES];

		if (turn == number) {
			if (load(&ring->tail) <= number)
				return false;
			wait_for_place(ring, number);
			continue;
		}
		if (turn == number + PLACES) { /* passed over */
			change(&ring->head, number, number + 1);
			continue;
		}
		if (turn != number + 1)
			continue; /* the head has gone on */
		*packet = (struct io_packet){.key = place->key, .context = (void *)(uintptr_t)place->context,
					     .information = place->information, .status = place->status};
		if (!change(&ring->head, number, number + 1))
			continue;
		set_turn(ring, number, number + 1, number + PLACES);
		return true;
	}
}

uint32_t io_port_ring_depth(const struct io_port_ring *ring)
{
	uint64_t head = load(&ring->head), tail = load(&ring->tail);

	return tail > head ? (uint32_t)(tail - head) : 0;
}

static struct area *area_of(const struct host_shared *shared)
{
	return ob_shared_area(shared);
}

static NTSTATUS publish(struct ob_object *object, struct host_shared *shared)
{
	struct io_port *port = (struct io_port *)object;
	struct io_port_ring *ring = NULL;
	NTSTATUS status = STATUS_SUCCESS;
	int fd = host_memfd_create("pewter-port", sizeof(*ring));

	if (fd >= 0 && !ob_shared_file_publish(&area_of(shared)->file, shared, fd))
		ring = host_memfd_map(fd, sizeof(*ring), false);
	host_lock_acquire(&port->lock);
	if (port->own || port->sink || port->depth >= PLACES)
		status = STATUS_NOT_SUPPORTED;
	else if (!ring)
		status = STATUS_INSUFFICIENT_RESOURCES;
	if (NT_SUCCESS(status)) {
		while (port->first) {
			struct io_packet *packet = port->first;

			io_port_ring_put(ring, packet);
			port->first = packet->next;
			free(packet);
		}
		port->last = &port->first;
		port->depth = 0;
		port->ring_fd = fd;
		area_of(shared)->page.limit = INT32_MAX;
		ke_share(&port->available, shared);
		__atomic_store_n(&port->ring, ring, __ATOMIC_RELEASE);
	}
	host_lock_release(&port->lock);
	if (!NT_SUCCESS(status)) {
		if (ring)
			host_memfd_unmap(ring, sizeof(*ring));
		if (fd >= 0)
			host_close(fd);
	}
	return status;
}

static struct ob_object *adopt(struct host_shared *shared)
{
	struct io_port *port = io_port_make();
	int fd = ob_take_memory();

	if (!port)
		return NULL;
	if (fd < 0)
		fd = ob_shared_file_open(&area_of(shared)->file, shared, true);
	port->ring = fd < 0 ? NULL : host_memfd_map(fd, sizeof(*port->ring), false);
	if (!port->ring) {
		if (fd >= 0)
			host_close(fd);
		ob_dereference(port);
		return NULL;
	}
	port->ring_fd = fd;
	ob_shared_file_enter(&area_of(shared)->file, shared, fd);
	ke_dispatcher_adopt(&port->available, shared);
	return &port->object;
}

static int memory_of(struct ob_object *object)
{
	return host_dup(((struct io_port *)object)->ring_fd);
}

const struct ob_sharing io_port_sharing = {publish, adopt, memory_of};

bool io_port_is_held_elsewhere(const struct io_port *port)
{
	const struct host_shared *shared = port->object.shared;

	for (unsigned i = 0; shared && i < HOST_SHARED_HOLDERS; i++)
		if (i != shared->holder && __atomic_load_n(&area_of(shared)->file.holders[i].process, __ATOMIC_ACQUIRE) &&
		    host_shared_is_held(shared, i))
			return true;
	return false;
}

void io_port_ring_leave(struct io_port *port)
{
	if (port->object.shared)
		ob_shared_file_leave(&area_of(port->object.shared)->file, port->object.shared);
	host_memfd_unmap(port->ring, sizeof(*port->ring));
	host_close(port->ring_fd);
}
