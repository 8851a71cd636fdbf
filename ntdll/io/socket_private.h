/*
 * ntdll/io/socket_private.h - what the files about sockets share.
 *
 * Lock order: the lock of polls, a socket's lock, the lock of slots.
 */
#ifndef PEWTER_NTDLL_IO_SOCKET_PRIVATE_H
#define PEWTER_NTDLL_IO_SOCKET_PRIVATE_H

#include "ntdll/io/private.h"
#include "ntdll/io/socket.h"

enum io_socket_direction { IO_SOCKET_READ, IO_SOCKET_WRITE };

/* A request that takes its turn at a socket. */
struct io_socket_op {
	struct io_socket_op *next;
	struct io_request request;
	void *issuer; /* the thread that asked; compared only */
	bool cancelled;
	/* Does what can be done now: STATUS_PENDING, it would wait.  Called by one thread at a time, with no lock. */
	NTSTATUS (*attempt)(struct io_file *file, struct io_socket_op *op);
	void (*release)(struct io_socket_op *op); /* what it owns; may be NULL */
	ULONG_PTR done;
	/* transfers */
	struct host_buffer *buffers, few[4];
	ULONG count;
	uint64_t total;
	ULONG flags; /* WS_MSG_* */
	bool addressed;
	bool waits; /* the attempt may block: on the thread of a call that has all the time there is */
	struct host_address address;
	struct io_socket_transfer guest; /* where results go */
	struct host_packet_info *info;
	/* connections */
	struct io_file *accepted;
	struct io_socket_accept accept;
	bool started;
	/* files */
	struct io_socket_packet *packets;
	ULONG packet_count, packet;
	uint64_t packet_done;
	char *chunk;
	size_t chunk_size, chunk_done;
	struct io_file *source;
};
/* The attempt has passed the request on to another queue. */
#define IO_SOCKET_MOVED ((NTSTATUS)0x4FFFFFFF)

struct io_socket_queue {
	struct io_socket_op *first, **last;
	struct io_socket_op *current; /* being attempted */
	bool busy;  /* somebody attempts the first */
	bool again; /* something has changed since */
};

struct io_socket {
	INT family, type, protocol;
	struct host_lock lock;
	struct io_socket_queue queues[2];
	bool bound, listening, connected, connecting, connect_failed, conditional;
	bool given_away; /* another process has it as well */
	bool closed;	 /* its last handle is */
	bool is_registered;
	uint32_t slot;
	uint32_t waiters; /* threads that wait for it by themselves */
	unsigned shut;	  /* HOST_SHUTDOWN_* */
	ULONG backlog;
	NTSTATUS error; /* SO_ERROR */
	NTSTATUS dead;	/* how the connection ended, if not well */
	uint64_t connect_time; /* host_monotonic_ns */
	ULONG settings[IO_SOCKET_SETTINGS];
	char *local_name, *peer_name; /* the guest's own, of local sockets */
	struct io_file *next_bound;
	/* polls and selected events: the lock of polls */
	struct io_poll_entry *polls;
	void *select_event; /* referenced event */
	ULONG select_mask, recorded, blocked;
	NTSTATUS event_errors[IO_SOCKET_EVENTS];
};

/* socket.c */
struct io_file *io_socket_adopt(int fd, INT family, INT type, INT protocol, bool overlapped);
NTSTATUS io_socket_status(long error);
/* Learns how a connection that was being made has ended, if it has. */
void io_socket_refresh(struct io_file *file);
/* The connection is there. */
void io_socket_is_connected(struct io_file *file);
/* Begins to connect: STATUS_PENDING, it goes on, and io_socket_connect_result tells how it ended. */
NTSTATUS io_socket_begin_connect(struct io_file *file, const struct host_address *address);
NTSTATUS io_socket_connect_result(struct io_file *file);
/* Copies an address to the guest, cut to what *size says, and the whole size to *size. */
NTSTATUS io_socket_store_address(const struct host_address *address, INT family, void *name, INT *size);
/* Waits until `wanted` (HOST_POLL_*): STATUS_SUCCESS, STATUS_IO_TIMEOUT, STATUS_REQUEST_ABORTED (closed meanwhile). */
NTSTATUS io_socket_wait(struct io_file *file, unsigned wanted, uint64_t deadline);
/* The deadline of a blocking call, by the setting. */
uint64_t io_socket_deadline(struct io_file *file, enum io_socket_setting setting);

/* socket_connect.c: DisconnectEx, and the end of TransmitFile. */
NTSTATUS io_socket_end_connection(struct io_file *file, bool reuse);

/* socket_engine.c */
/* Begins a request: attempts it, or lets it wait for its turn.  `op` is malloc'ed and taken over; its file, notice and
 * attempt are set. */
NTSTATUS io_socket_start(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction,
			 const struct io_socket_notice *notice, ULONG *done);
/* The same for a request that NtReadFile has begun. */
NTSTATUS io_socket_start_request(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction,
				 ULONG *done);
/* Attempts `op` on the calling thread until it is over. */
NTSTATUS io_socket_run(struct io_file *file, struct io_socket_op *op, unsigned wanted, uint64_t deadline);
/* Lets a request whose caller waits for it already wait at another socket. */
void io_socket_pass_on(struct io_file *file, struct io_socket_op *op, enum io_socket_direction direction);
/* From now on the engine hears of the socket. */
NTSTATUS io_socket_register(struct io_file *file);
void io_socket_unregister(struct io_file *file);
/* The same, and when it returns the engine has no reference on the socket: what is closed is closed on Linux then, its port
 * free and its connection ended. */
void io_socket_settle(struct io_file *file);
/* The socket's descriptor has become another: it must be heard of anew. */
void io_socket_renew(struct io_file *file, int from);

/* Lets the engine hear of another descriptor: it calls io_offer_ready(number) then. */
NTSTATUS io_socket_register_offer(int fd, uint32_t number);
void io_socket_unregister_offer(int fd);
#define IO_OFFER_KEY (1ull << 63)
/* socket_offer.c */
void io_offer_ready(uint32_t number);

/* socket_poll.c */
void io_socket_poll_event(struct io_file *file);
/* A call was made that lets an event of WSAEventSelect (FD_*) be told again. */
void io_socket_reenable(struct io_file *file, ULONG events);
void io_socket_poll_closed(struct io_file *file);
/* `to` was accepted from `from` and has the same events selected. */
void io_socket_share_events(struct io_file *from, struct io_file *to);
unsigned io_socket_poll_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread);
/* IOCTL_AFD_POLL; ends the request itself, perhaps later. */
NTSTATUS io_afd_poll(struct io_file *file, struct io_request *request, PVOID input, ULONG input_length, PVOID output,
		     ULONG output_length);
#define IOCTL_AFD_POLL 0x00012024u

/* socket_transfer.c: for a request that has begun, which it ends, perhaps later. */
NTSTATUS io_socket_receive_request(struct io_file *file, struct io_request *request,
				   const struct io_socket_transfer *transfer);

#endif
