/*
 * dlls/iphlpapi/icmp.c - echo requests and what answers them.
 *
 * Packets go through Linux' sockets for that, where the user may have them (net.ipv4.ping_group_range), else through raw ones, for
 * who is privileged; nobody else can send any: ERROR_ACCESS_DENIED.  The machine's own loopback addresses answer without:
 * there is nothing on the way to be asked.  Source: MSDN, IcmpSendEcho2Ex; published tests of iphlpapi for the errors.
 */
#include "dlls/iphlpapi/iphlpapi.h"
#include "host/file.h"
#include "host/time.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/thread.h"
#include "ntdll/tp/tp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IP_SUCCESS 0u
#define IP_DEST_NET_UNREACHABLE 11002u
#define IP_DEST_HOST_UNREACHABLE 11003u
#define IP_DEST_PROT_UNREACHABLE 11004u
#define IP_DEST_PORT_UNREACHABLE 11005u
#define IP_REQ_TIMED_OUT 11010u
#define IP_TTL_EXPIRED_TRANSIT 11013u
#define IP_GENERAL_FAILURE 11050u
#define ERROR_INVALID_NETNAME 1214u
#define IP_FLAG_DF 2u
#define LOOPBACK_TTL 128

typedef struct ip_option_information {
	UCHAR Ttl, Tos, Flags, OptionsSize;
	PUCHAR OptionsData;
} IP_OPTION_INFORMATION;

typedef struct icmp_echo_reply {
	ULONG Address, Status, RoundTripTime;
	USHORT DataSize, Reserved;
	PVOID Data;
	IP_OPTION_INFORMATION Options;
} ICMP_ECHO_REPLY;

/* IPV6_ADDRESS_EX is packed: 26 bytes. */
typedef struct icmpv6_echo_reply {
	BYTE Address[26];
	ULONG Status;
	unsigned RoundTripTime;
} ICMPV6_ECHO_REPLY;

struct echo {
	struct host_address to, from; /* from.family may be none */
	const void *data;
	USHORT size;
	int hops, traffic_class; /* 0: the system's */
	bool whole;		 /* not in fragments */
	DWORD timeout;		 /* ms */
	/* The answer: who sent it, its bytes (in `packet`), hops left. */
	struct host_address answerer;
	ULONG status, time; /* ms */
	uint8_t *packet;
	size_t offset, answer_size;
	int answer_hops;
};

/* What travels: type, code, checksum, identifier and number, then the data. */
#define HEADER 8u
#define PACKET_MAXIMUM (65536u + 256u)
static const uint8_t requests[2] = {8, 128}, replies[2] = {0, 129};

static uint16_t checksum(const uint8_t *bytes, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += (uint32_t)bytes[i] << (i & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Tells this process' packets from others'. */
static DWORD own_id(void)
{
	return (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess / 4;
}

static bool is_loopback(const struct host_address *address)
{
	static const uint8_t one[16] = {[15] = 1};

	return address->family == HOST_FAMILY_INET ? address->bytes[0] == 127 : !memcmp(address->bytes, one, 16);
}

/* Linux' words for a destination that is not there. */
static ULONG status_of(int error)
{
	switch (error) {
	case -EHOSTUNREACH:
	case -EHOSTDOWN:
		return IP_DEST_HOST_UNREACHABLE;
	case -ENETUNREACH:
		return IP_DEST_NET_UNREACHABLE;
	case -ECONNREFUSED:
		return IP_DEST_PORT_UNREACHABLE;
	case -ENOPROTOOPT:
		return IP_DEST_PROT_UNREACHABLE;
	default:
		return IP_GENERAL_FAILURE;
	}
}

/* What a router or the destination says about a packet that did not arrive; 0: something else. */
static ULONG status_of_message(bool six, uint8_t type, uint8_t code)
{
	static const ULONG four[] = {IP_DEST_NET_UNREACHABLE, IP_DEST_HOST_UNREACHABLE, IP_DEST_PROT_UNREACHABLE,
				     IP_DEST_PORT_UNREACHABLE};

	if (type == (six ? 3 : 11))
		return IP_TTL_EXPIRED_TRANSIT;
	if (type != (six ? 1 : 3))
		return 0;
	if (six)
		return code == 0 ? IP_DEST_NET_UNREACHABLE : code == 4 ? IP_DEST_PORT_UNREACHABLE : IP_DEST_HOST_UNREACHABLE;
	return code < ARRAY_SIZE(four) ? four[code] : IP_DEST_HOST_UNREACHABLE;
}

/* Whether the packet of `size` bytes is the answer to `sent`; fills in the answer.  A raw socket of IPv4 shows IP's header too, and
 * a raw one all that comes to this machine. */
static bool is_answer(struct echo *echo, const uint8_t *sent, size_t size, bool raw)
{
	bool six = echo->to.family == HOST_FAMILY_INET6;
	const uint8_t *at = echo->packet;
	size_t inner;

	if (raw && !six) {
		size_t header = size ? (size_t)(*at & 15) * 4 : 0;

		if (header < 20 || header + HEADER > size)
			return false;
		echo->answer_hops = at[8];
		at += header;
		size -= header;
	}
	if (size < HEADER)
		return false;
	if (*at == replies[six]) {
		if (memcmp(at + 6, sent + 6, 2) || (raw && memcmp(at + 4, sent + 4, 2)))
			return false;
		echo->status = IP_SUCCESS;
		echo->offset = (size_t)(at - echo->packet) + HEADER;
		echo->answer_size = size - HEADER;
		return true;
	}
	/* The beginning of the packet that did not arrive follows. */
	inner = HEADER + (six ? 40u : size > HEADER ? (size_t)(at[HEADER] & 15) * 4 : 0);
	if (!raw || size < inner + HEADER || at[inner] != requests[six] || memcmp(at + inner + 4, sent + 4, 4))
		return false;
	echo->status = status_of_message(six, at[0], at[1]);
	echo->answer_size = 0;
	return echo->status != 0;
}

static void receive(struct echo *echo, int fd, const uint8_t *sent, bool raw, uint64_t start)
{
	uint64_t end = start + (uint64_t)echo->timeout * 1000000u, now = start;

	echo->status = IP_REQ_TIMED_OUT;
	for (; now < end; now = host_monotonic_ns()) {
		struct host_poll poll = {.fd = fd, .wanted = HOST_POLL_READ};
		uint64_t rest = (end - now + 999999u) / 1000000u;
		struct host_buffer buffer = {echo->packet, PACKET_MAXIMUM};
		struct host_packet_info info = {0};
		struct host_message message = {.buffers = &buffer, .count = 1, .address = &echo->answerer, .info = &info};
		ssize_t size;

		ke_enter_blocking();
		host_poll(&poll, 1, rest > 3600000u ? 3600000 : (int)rest);
		ke_leave_blocking();
		size = host_socket_receive(fd, &message);
		if (size == -EAGAIN || size == -EINTR)
			continue;
		if (size < 0) {
			echo->status = status_of((int)size);
			echo->answerer = echo->to;
			break;
		}
		echo->answer_hops = info.has_hops ? info.hops : LOOPBACK_TTL;
		if (is_answer(echo, sent, (size_t)size, raw))
			break;
	}
	echo->time = (ULONG)((host_monotonic_ns() - start) / 1000000u);
}

/* Sends and waits.  0, or a negative errno: nothing could be sent. */
static int exchange(struct echo *echo)
{
	static uint32_t number;
	bool six = echo->to.family == HOST_FAMILY_INET6, raw = false;
	int protocol = six ? 58 : 1, error = 0, fd;
	size_t size = HEADER + echo->size;
	struct host_buffer buffer = {malloc(size), size};
	struct host_message message = {.buffers = &buffer, .count = 1, .address = &echo->to};
	uint32_t mine = __atomic_add_fetch(&number, 1, __ATOMIC_RELAXED);
	uint8_t *packet = buffer.base;
	uint64_t start;
	ssize_t sent;

	fd = packet ? host_socket_open(echo->to.family, HOST_SOCKET_DATAGRAM, protocol) : -ENOMEM;
	if (fd == -EACCES || fd == -EPERM || fd == -EPROTONOSUPPORT) {
		raw = true;
		fd = host_socket_open(echo->to.family, HOST_SOCKET_RAW, protocol);
	}
	if (fd < 0) {
		free(packet);
		return fd;
	}
	host_socket_set(fd, six ? HOST_OPTION_V6_RECEIVE_HOPS : HOST_OPTION_RECEIVE_TTL, 1);
	if (echo->hops)
		host_socket_set(fd, six ? HOST_OPTION_V6_HOPS : HOST_OPTION_TTL, echo->hops);
	if (echo->traffic_class)
		host_socket_set(fd, six ? HOST_OPTION_V6_CLASS : HOST_OPTION_TOS, echo->traffic_class);
	if (echo->whole)
		host_socket_set(fd, six ? HOST_OPTION_V6_DONT_FRAGMENT : HOST_OPTION_DONT_FRAGMENT, 1);
	if (echo->from.family != HOST_FAMILY_NONE)
		error = host_socket_bind(fd, &echo->from);
	memset(packet, 0, HEADER);
	packet[0] = requests[six];
	packet[4] = (uint8_t)(own_id() >> 8);
	packet[5] = (uint8_t)own_id();
	packet[6] = (uint8_t)(mine >> 8);
	packet[7] = (uint8_t)mine;
	if (echo->size)
		memcpy(packet + HEADER, echo->data, echo->size);
	if (!six) {
		uint16_t sum = checksum(packet, size);

		packet[2] = (uint8_t)(sum >> 8);
		packet[3] = (uint8_t)sum;
	}
	start = host_monotonic_ns();
	sent = error ? error : host_socket_send(fd, &message);
	if (sent < 0) {
		echo->status = status_of((int)sent);
		echo->answerer = echo->to;
	} else {
		receive(echo, fd, packet, raw, start);
	}
	host_close(fd);
	free(packet);
	return 0;
}

/* 0, or a Win32 error: nothing could be sent, and there is no answer. */
static DWORD run_echo(struct echo *echo)
{
	int error;

	echo->packet = malloc(PACKET_MAXIMUM);
	if (!echo->packet)
		return ERROR_NOT_ENOUGH_MEMORY;
	if (is_loopback(&echo->to)) {
		echo->answerer = echo->to;
		echo->answer_hops = LOOPBACK_TTL;
		echo->answer_size = echo->size;
		if (echo->size)
			memcpy(echo->packet, echo->data, echo->size);
		return ERROR_SUCCESS;
	}
	error = exchange(echo);
	if (!error)
		return ERROR_SUCCESS;
	return error == -ENOMEM ? ERROR_NOT_ENOUGH_MEMORY : ERROR_ACCESS_DENIED;
}

/* A request: what the guest gave, and where its answer goes. */
struct request {
	struct echo echo;
	HANDLE event, thread; /* of one that is answered later */
	PVOID apc, context;
	void *reply;
	DWORD reply_size;
	IO_STATUS_BLOCK *io; /* at the end of the reply; of an APC */
};

/* Writes the reply.  Returns the error of a request that got no answer at all. */
static DWORD write_reply(struct request *request)
{
	struct echo *echo = &request->echo;
	bool six = echo->to.family == HOST_FAMILY_INET6;
	size_t head = six ? sizeof(ICMPV6_ECHO_REPLY) : sizeof(ICMP_ECHO_REPLY);
	size_t room = request->reply_size - head, size = echo->answer_size < room ? echo->answer_size : room;

	if (echo->status == IP_REQ_TIMED_OUT || echo->status == IP_GENERAL_FAILURE)
		return echo->status;
	if (six) {
		ICMPV6_ECHO_REPLY *reply = request->reply;
		ULONG scope = echo->answerer.scope;

		memset(reply, 0, sizeof(*reply));
		memcpy(reply->Address + 6, echo->answerer.bytes, 16);
		memcpy(reply->Address + 22, &scope, 4);
		reply->Status = echo->status;
		reply->RoundTripTime = echo->time;
	} else {
		ICMP_ECHO_REPLY *reply = request->reply;

		memset(reply, 0, sizeof(*reply));
		memcpy(&reply->Address, echo->answerer.bytes, 4);
		reply->Status = echo->status;
		reply->RoundTripTime = echo->time;
		reply->DataSize = (USHORT)size;
		reply->Data = reply + 1;
		reply->Options.Ttl = (UCHAR)echo->answer_hops;
	}
	memcpy((char *)request->reply + head, echo->packet + echo->offset, size);
	return ERROR_SUCCESS;
}

static DWORD run_request(struct request *request)
{
	DWORD error = run_echo(&request->echo);

	if (!error)
		error = write_reply(request);
	free(request->echo.packet);
	return error;
}

/* On a thread of the pool. */
static void NTAPI run_later(PVOID instance, PVOID context)
{
	struct request *request = context;
	DWORD error = run_request(request);
	NTSTATUS status = error ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;

	if (error)
		/* IcmpParseReplies finds the status here. */
		*((ULONG *)request->reply + (request->echo.to.family == HOST_FAMILY_INET6 ? 7 : 1)) = error;
	if (request->apc) {
		request->io->Status = status;
		request->io->Information =
			error ? 0
			      : request->echo.answer_size + (request->echo.to.family == HOST_FAMILY_INET6 ? sizeof(ICMPV6_ECHO_REPLY)
													  : sizeof(ICMP_ECHO_REPLY));
		NtQueueApcThread(request->thread, request->apc, request->context, request->io, NULL);
		NtClose(request->thread);
	}
	if (request->event) {
		NtSetEvent(request->event, NULL);
		NtClose(request->event);
	}
	free(request);
}

static HANDLE duplicate(HANDLE handle)
{
	HANDLE copy = NULL;

	return NT_SUCCESS(NtDuplicateObject((HANDLE)-1, handle, (HANDLE)-1, &copy, 0, 0, 2 /* DUPLICATE_SAME_ACCESS */)) ? copy
															      : NULL;
}

/* Hands the request to the pool: 0 with ERROR_IO_PENDING. */
static DWORD begin_later(const struct request *wanted)
{
	struct request *request = malloc(sizeof(*request));
	DWORD error = ERROR_NOT_ENOUGH_MEMORY;

	if (request) {
		*request = *wanted;
		request->event = wanted->event ? duplicate(wanted->event) : NULL;
		request->thread = wanted->apc ? duplicate((HANDLE)-2) : NULL;
		if ((wanted->event && !request->event) || (wanted->apc && !request->thread))
			error = ERROR_INVALID_HANDLE;
		else if (NT_SUCCESS(TpSimpleTryPost((PVOID)run_later, request, NULL)))
			error = ERROR_IO_PENDING;
	}
	if (error != ERROR_IO_PENDING && request) {
		if (request->event)
			NtClose(request->event);
		if (request->thread)
			NtClose(request->thread);
		free(request);
	}
	set_last_error(error);
	return 0;
}

static DWORD send_echo(HANDLE icmp, struct request *request, const IP_OPTION_INFORMATION *options)
{
	struct echo *echo = &request->echo;
	bool six = echo->to.family == HOST_FAMILY_INET6;
	size_t head = six ? sizeof(ICMPV6_ECHO_REPLY) : sizeof(ICMP_ECHO_REPLY);
	static const uint8_t none[16];
	DWORD error = ERROR_SUCCESS;
	ACCESS_MASK access;
	ULONG flags;

	if (icmp == INVALID_HANDLE_VALUE || !request->reply || !request->reply_size)
		error = ERROR_INVALID_PARAMETER;
	else if (!NT_SUCCESS(ob_query_handle(icmp, &access, &flags)))
		error = ERROR_INVALID_HANDLE;
	else if (!memcmp(echo->to.bytes, none, six ? 16 : 4))
		error = ERROR_INVALID_NETNAME;
	else if (request->reply_size < head + echo->size)
		error = IP_GENERAL_FAILURE;
	else if (request->apc && request->reply_size < head + echo->size + sizeof(IO_STATUS_BLOCK))
		error = IP_GENERAL_FAILURE;
	if (error) {
		set_last_error(error);
		return 0;
	}
	if (options) {
		echo->hops = options->Ttl;
		echo->traffic_class = options->Tos;
		echo->whole = options->Flags & IP_FLAG_DF;
	}
	if (request->apc)
		request->io = (IO_STATUS_BLOCK *)(((uintptr_t)request->reply + request->reply_size - sizeof(IO_STATUS_BLOCK)) & ~7ull);
	if (request->apc || request->event)
		return begin_later(request);
	error = run_request(request);
	set_last_error(error);
	return error ? 0 : 1;
}

/* What a handle stands for needs nothing before it is used: an event is a handle that can be closed and checked. */
EXPORT(iphlpapi, HANDLE, IcmpCreateFile, (void))
{
	HANDLE handle = NULL;
	NTSTATUS status = NtCreateEvent(&handle, 0x1F0003, NULL, 0, FALSE);

	if (NT_SUCCESS(status))
		return handle;
	set_last_error(RtlNtStatusToDosError(status));
	return INVALID_HANDLE_VALUE;
}

EXPORT(iphlpapi, HANDLE, Icmp6CreateFile, (void))
{
	return IcmpCreateFile();
}

EXPORT(iphlpapi, BOOL, IcmpCloseHandle, (HANDLE icmp))
{
	NTSTATUS status = NtClose(icmp);

	if (NT_SUCCESS(status))
		return TRUE;
	set_last_error(RtlNtStatusToDosError(status));
	return FALSE;
}

EXPORT(iphlpapi, DWORD, IcmpSendEcho2Ex,
       (HANDLE icmp, HANDLE event, PVOID apc, PVOID context, ULONG source, ULONG destination, const void *data, WORD size,
	const IP_OPTION_INFORMATION *options, void *reply, DWORD reply_size, DWORD timeout))
{
	struct request request = {
		.echo = {.to = {.family = HOST_FAMILY_INET}, .data = data, .size = size, .timeout = timeout},
		.event = event,
		.apc = apc,
		.context = context,
		.reply = reply,
		.reply_size = reply_size,
	};

	memcpy(request.echo.to.bytes, &destination, 4);
	if (source) {
		request.echo.from.family = HOST_FAMILY_INET;
		memcpy(request.echo.from.bytes, &source, 4);
	}
	return send_echo(icmp, &request, options);
}

EXPORT(iphlpapi, DWORD, IcmpSendEcho2,
       (HANDLE icmp, HANDLE event, PVOID apc, PVOID context, ULONG destination, const void *data, WORD size,
	const IP_OPTION_INFORMATION *options, void *reply, DWORD reply_size, DWORD timeout))
{
	return IcmpSendEcho2Ex(icmp, event, apc, context, 0, destination, data, size, options, reply, reply_size, timeout);
}

EXPORT(iphlpapi, DWORD, IcmpSendEcho,
       (HANDLE icmp, ULONG destination, const void *data, WORD size, const IP_OPTION_INFORMATION *options, void *reply,
	DWORD reply_size, DWORD timeout))
{
	return IcmpSendEcho2Ex(icmp, NULL, NULL, NULL, 0, destination, data, size, options, reply, reply_size, timeout);
}

EXPORT(iphlpapi, DWORD, Icmp6SendEcho2,
       (HANDLE icmp, HANDLE event, PVOID apc, PVOID context, const void *source, const void *destination, const void *data,
	WORD size, const IP_OPTION_INFORMATION *options, void *reply, DWORD reply_size, DWORD timeout))
{
	struct request request = {
		.echo = {.data = data, .size = size, .timeout = timeout},
		.event = event,
		.apc = apc,
		.context = context,
		.reply = reply,
		.reply_size = reply_size,
	};
	static const uint8_t none[16];

	if (!destination || !NT_SUCCESS(io_address_from_guest(destination, 28, AF_INET6, &request.echo.to))) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (source && NT_SUCCESS(io_address_from_guest(source, 28, AF_INET6, &request.echo.from)) &&
	    !memcmp(request.echo.from.bytes, none, 16))
		request.echo.from.family = HOST_FAMILY_NONE;
	return send_echo(icmp, &request, options);
}

/* After a request that was answered later: how many replies, and the error of none. */
static DWORD parse(void *reply, DWORD size, size_t head, ULONG status)
{
	if (!reply || size < head) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (status == IP_REQ_TIMED_OUT || status == IP_GENERAL_FAILURE) {
		set_last_error(status);
		return 0;
	}
	return 1;
}

EXPORT(iphlpapi, DWORD, IcmpParseReplies, (void *reply, DWORD size))
{
	return parse(reply, size, sizeof(ICMP_ECHO_REPLY), reply ? ((ICMP_ECHO_REPLY *)reply)->Status : 0);
}

EXPORT(iphlpapi, DWORD, Icmp6ParseReplies, (void *reply, DWORD size))
{
	return parse(reply, size, sizeof(ICMPV6_ECHO_REPLY), reply ? ((ICMPV6_ECHO_REPLY *)reply)->Status : 0);
}
