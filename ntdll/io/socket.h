/*
 * ntdll/io/socket.h - sockets as files: what ws2_32 and its kin call.  Read the part on sockets of ntdll/io/README.md.
 *
 * A socket is a file object (io_file_type), so that whatever takes a file's handle takes it.  Families, types, protocols and
 * flags are Windows' numbers.  Functions take a file that io_socket_by_handle has referenced; with a request, that reference
 * is theirs.
 */
#ifndef PEWTER_NTDLL_IO_SOCKET_H
#define PEWTER_NTDLL_IO_SOCKET_H

#include "host/socket.h"
#include "ntdll/io/io.h"

#define WS_AF_UNIX 1
#define WS_AF_INET 2
#define WS_AF_INET6 23
#define WS_SOCK_STREAM 1
#define WS_SOCK_DGRAM 2
#define WS_SOCK_RAW 3

#define WS_MSG_OOB 0x1u
#define WS_MSG_PEEK 0x2u
#define WS_MSG_DONTROUTE 0x4u
#define WS_MSG_WAITALL 0x8u
#define WS_MSG_PUSH_IMMEDIATE 0x20u
#define WS_MSG_TRUNC 0x100u
#define WS_MSG_CTRUNC 0x200u
#define WS_MSG_PARTIAL 0x8000u

struct io_file;

/* The numbers must go together: the caller checks.  `inherit`: the handle goes to children. */
NTSTATUS io_socket_create(INT family, INT type, INT protocol, bool overlapped, bool inherit, HANDLE *handle);
/* A referenced socket.  STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH: it is no socket. */
NTSTATUS io_socket_by_handle(HANDLE handle, struct io_file **file);

/* What is said about a socket; the state changes as it likes. */
struct io_socket_info {
	INT family, type, protocol;
	bool overlapped, bound, listening, connected, nonblocking;
	ULONG backlog;
};
void io_socket_query(struct io_file *file, struct io_socket_info *info);
/* Whether an operation that ends at once sends no packet to a port. */
bool io_socket_skips_packets(struct io_file *file);

/* Addresses: the guest's sockaddr to the host's.  STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER_2 (too short),
 * STATUS_INVALID_PARAMETER_1 (a family unlike the socket's; `family` 0: any). */
NTSTATUS io_address_from_guest(const void *name, INT size, INT family, struct host_address *address);
#define IO_SOCKADDR_MAXIMUM 128
/* Into a buffer of IO_SOCKADDR_MAXIMUM bytes; the size.  An address without a family gives `family` and zeros. */
INT io_address_to_sockaddr(const struct host_address *address, INT family, void *sockaddr);
INT io_sockaddr_size(INT family);

NTSTATUS io_socket_bind(struct io_file *file, const struct host_address *address);
NTSTATUS io_socket_listen(struct io_file *file, INT backlog);
/* Waits unless the socket does not block.  STATUS_DEVICE_NOT_READY: would wait. */
NTSTATUS io_socket_accept(struct io_file *file, HANDLE *accepted, struct host_address *peer);
NTSTATUS io_socket_connect(struct io_file *file, const struct host_address *address);
/* STATUS_INVALID_PARAMETER: not bound; STATUS_INVALID_CONNECTION: not connected.  A local socket's name is the guest's. */
NTSTATUS io_socket_name(struct io_file *file, bool peer, struct host_address *address);
NTSTATUS io_socket_shutdown(struct io_file *file, unsigned what);
/* The error that waits, taken. */
NTSTATUS io_socket_take_error(struct io_file *file);
/* Seconds since the connection was made; -1: there is none. */
LONG io_socket_connect_time(struct io_file *file);
NTSTATUS io_socket_available(struct io_file *file, ULONG *bytes);

/* Settings that are ours and not Linux'. */
enum io_socket_setting {
	IO_SOCKET_NONBLOCKING,
	IO_SOCKET_RECEIVE_TIMEOUT, /* milliseconds; 0: none */
	IO_SOCKET_SEND_TIMEOUT,
	IO_SOCKET_EXCLUSIVE, /* SO_EXCLUSIVEADDRUSE */
	IO_SOCKET_REUSE,     /* SO_REUSEADDR */
	IO_SOCKET_RESET_REPORTS, /* SIO_UDP_CONNRESET */
	IO_SOCKET_CONDITIONAL,   /* SO_CONDITIONAL_ACCEPT */
	IO_SOCKET_SETTINGS
};
ULONG io_socket_setting(struct io_file *file, enum io_socket_setting setting);
void io_socket_change_setting(struct io_file *file, enum io_socket_setting setting, ULONG value);
int io_socket_option(struct io_file *file, enum host_option option, int *value, bool set); /* a host error */
int io_socket_descriptor(struct io_file *file); /* the file's own, for options; not to be kept */

/* How a call wants to hear of its end: `iosb` NULL = it waits itself. */
struct io_socket_notice {
	HANDLE event;
	PIO_APC_ROUTINE apc;
	PVOID apc_context;
	IO_STATUS_BLOCK *iosb;
};

/* WSABUF and WSAMSG */
struct io_wsabuf {
	ULONG size;
	char *base;
};
struct io_wsamsg {
	void *name;
	INT name_size;
	struct io_wsabuf *buffers;
	ULONG buffer_count;
	struct io_wsabuf control;
	ULONG flags;
};

/* An operation that has been done already, with `information`; takes the reference. */
NTSTATUS io_socket_answer(struct io_file *file, const struct io_socket_notice *notice, ULONG information);

struct io_socket_transfer {
	struct io_wsabuf *buffers;
	ULONG count;
	ULONG flags;	     /* WS_MSG_* */
	void *name;	     /* where to or from; may be NULL */
	INT name_size;	     /* of a destination */
	INT *name_size_out;  /* in and out, of a source */
	ULONG *flags_out;    /* may be NULL */
	struct io_wsamsg *message; /* WSARecvMsg, WSASendMsg: gets the results */
};
/* *done is set when the transfer is over on return (also STATUS_BUFFER_OVERFLOW: a datagram was cut). */
NTSTATUS io_socket_receive(struct io_file *file, const struct io_socket_transfer *transfer,
			   const struct io_socket_notice *notice, ULONG *done);
NTSTATUS io_socket_send(struct io_file *file, const struct io_socket_transfer *transfer,
			const struct io_socket_notice *notice, ULONG *done);

/* AcceptEx, ConnectEx, TransmitPackets and DisconnectEx; sockets by file, buffers the guest's. */
struct io_socket_accept {
	struct io_file *socket; /* that is to become the connection; referenced, taken over */
	void *buffer;
	ULONG data_size, local_size, remote_size;
};
NTSTATUS io_socket_accept_into(struct io_file *file, const struct io_socket_accept *accept,
			       const struct io_socket_notice *notice, ULONG *done);
NTSTATUS io_socket_connect_and_send(struct io_file *file, const struct host_address *address, void *buffer, ULONG size,
				    const struct io_socket_notice *notice, ULONG *done);
struct io_socket_packet {
	ULONG flags; /* 1 memory, 2 file, 4 end of packet */
	ULONG size;
	union {
		struct {
			LONGLONG offset; /* -1: the file's position */
			HANDLE file;
		};
		void *memory;
	};
};
#define IO_TRANSMIT_DISCONNECT 1u
#define IO_TRANSMIT_REUSE 2u
NTSTATUS io_socket_transmit(struct io_file *file, const struct io_socket_packet *packets, ULONG count, ULONG flags,
			    const struct io_socket_notice *notice, ULONG *done);
NTSTATUS io_socket_disconnect(struct io_file *file, bool reuse, const struct io_socket_notice *notice);

/* What can happen at a socket (AFD_POLL_*). */
#define AFD_POLL_RECEIVE 0x1u
#define AFD_POLL_RECEIVE_EXPEDITED 0x2u
#define AFD_POLL_SEND 0x4u
#define AFD_POLL_DISCONNECT 0x8u
#define AFD_POLL_ABORT 0x10u
#define AFD_POLL_LOCAL_CLOSE 0x20u
#define AFD_POLL_CONNECT 0x40u
#define AFD_POLL_ACCEPT 0x80u
#define AFD_POLL_CONNECT_FAIL 0x100u
/* What has happened by now. */
ULONG io_socket_happened(struct io_file *file);
struct io_socket_poll {
	struct io_file *file; /* NULL: passed over */
	ULONG wanted, happened;
};
/* Waits until something wanted has happened at one of them; a count, which is 0 after the deadline (KE_FOREVER: none). */
NTSTATUS io_socket_poll(struct io_socket_poll *polls, ULONG count, uint64_t deadline, ULONG *ready);

/* WSAEventSelect: `event` NULL ends it.  The mask is of FD_*. */
NTSTATUS io_socket_select_events(struct io_file *file, HANDLE event, ULONG mask);
bool io_socket_has_selected(struct io_file *file);
/* What has happened since it was last asked, with the status of each; resets `event` when it is not NULL. */
#define IO_SOCKET_EVENTS 10
NTSTATUS io_socket_network_events(struct io_file *file, HANDLE event, ULONG *events, NTSTATUS errors[IO_SOCKET_EVENTS]);

/* WSADuplicateSocket: leaves the socket where another process finds it, once, with the words of *ticket. */
struct io_socket_ticket {
	ULONG process;
	ULONG number;
};
NTSTATUS io_socket_offer(struct io_file *file, ULONG process, struct io_socket_ticket *ticket);
NTSTATUS io_socket_claim(const struct io_socket_ticket *ticket, bool overlapped, bool inherit, HANDLE *handle);

#endif
