/*
 * host/channel.c - messages between processes: sequenced packets over sockets with abstract names, and the poke.
 */
#include "host/channel.h"
#include "host/process_list.h"
#include "host/time.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <ucontext.h>
#include <unistd.h>

/* Ignored where it is not handled: a process that has not got so far is not hurt. */
#define POKE SIGURG

static void (*poke_hook)(const struct host_registers *registers);

static void on_poke(int signal_number, siginfo_t *info, void *argument)
{
	const ucontext_t *context = argument;
	struct host_registers registers = {
		.rip = (uint64_t)context->uc_mcontext.gregs[REG_RIP],
		.rsp = (uint64_t)context->uc_mcontext.gregs[REG_RSP],
	};
	int saved_errno = errno;

	(void)signal_number;
	(void)info;
	poke_hook(&registers);
	errno = saved_errno;
}

void host_poke_install(void (*hook)(const struct host_registers *registers))
{
	struct sigaction action = {.sa_sigaction = on_poke, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};

	poke_hook = hook;
	sigfillset(&action.sa_mask);
	sigaction(POKE, &action, NULL);
}

/* Process numbers are unique within a namespace, of which a machine may have several. */
static socklen_t address_of(unsigned pid, struct sockaddr_un *address)
{
	struct stat space = {0};
	int length;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	stat("/proc/self/ns/pid", &space);
	length = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "pewter-%llx-%u",
			  (unsigned long long)space.st_ino, pid);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

int host_channel_listen(void)
{
	struct sockaddr_un address;
	socklen_t length = address_of((unsigned)getpid(), &address);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 64) < 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

static bool peer_is_user(int fd, unsigned pid)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid() &&
	       (!pid || (unsigned)peer.pid == pid);
}

int host_channel_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (!peer_is_user(fd, 0)) {
		close(fd);
		return -EPERM;
	}
	return fd;
}

void host_poke(unsigned pid)
{
	kill((pid_t)pid, POKE);
}

/* The kernel chooses a thread for the first; later each thread in turn gets one, as the chosen one may be busy. */
static void poke(unsigned pid, unsigned attempt)
{
	unsigned ids[64];
	int count;

	if (attempt % 4 != 3) {
		host_poke(pid);
		return;
	}
	count = host_process_threads(pid, ids, 64);
	if (count > 64)
		count = 64;
	if (count > 0)
		syscall(SYS_tgkill, pid, ids[attempt / 4 % (unsigned)count], POKE);
}

static int try_connect(unsigned pid)
{
	struct sockaddr_un address;
	socklen_t length = address_of(pid, &address);
	/* without waiting: -EAGAIN says that so many have come that the other side has to take some first */
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), result;

	if (fd < 0)
		return -errno;
	result = connect(fd, (struct sockaddr *)&address, length);
	if (result == 0 && peer_is_user(fd, pid) && fcntl(fd, F_SETFL, 0) == 0)
		return fd;
	result = result < 0 ? -errno : -EPERM;
	close(fd);
	return result;
}

int host_channel_connect(unsigned pid, bool (*alive)(void *context), void *context, uint64_t patience_ns)
{
	uint64_t start = host_monotonic_ns(), pause = 50000;

	for (unsigned attempt = 0;; attempt++) {
		int fd = try_connect(pid);
		uint64_t now;

		if (fd != -ECONNREFUSED && fd != -EAGAIN)
			return fd;
		if (!alive(context))
			return -ESRCH;
		poke(pid, attempt);
		now = host_monotonic_ns();
		if (now - start > patience_ns)
			return -ETIMEDOUT;
		host_sleep_until(now + pause);
		if (pause < 2000000)
			pause += pause / 2;
	}
}

int host_channel_send(int fd, const struct host_message *message)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * HOST_CHANNEL_FDS)];
	} control = {0};
	struct iovec part = {.iov_base = message->bytes, .iov_len = message->size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t sent;

	if (message->fd_count) {
		header.msg_control = &control;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * message->fd_count);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int) * message->fd_count);
		memcpy(CMSG_DATA(&control.header), message->fds, sizeof(int) * message->fd_count);
	}
	do {
		sent = sendmsg(fd, &header, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

int host_channel_receive(int fd, struct host_message *message)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * HOST_CHANNEL_FDS)];
	} control = {0};
	struct iovec part = {.iov_base = message->bytes, .iov_len = message->size};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				.msg_controllen = sizeof(control)};
	ssize_t got;

	message->fd_count = 0;
	do {
		got = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		message->fd_count = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(message->fds, CMSG_DATA(c), message->fd_count * sizeof(int));
	}
	message->size = (size_t)got;
	if (got > 0 && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 0;
	for (unsigned i = 0; i < message->fd_count; i++)
		close(message->fds[i]);
	message->fd_count = 0;
	return got ? -EMSGSIZE : -EPIPE;
}

int host_channel_wait(const int *fds, unsigned count)
{
	struct pollfd polled[64];
	int result;

	if (count > 64)
		count = 64;
	for (unsigned i = 0; i < count; i++)
		polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	do {
		result = poll(polled, count, -1);
	} while (result < 0 && errno == EINTR);
	if (result < 0)
		return -errno;
	for (unsigned i = 0; i < count; i++)
		if (polled[i].revents)
			return (int)i;
	return -EAGAIN;
}

void host_channel_refuse(int fd)
{
	shutdown(fd, SHUT_RD);
}

bool host_channel_has_message(int fd)
{
	char byte;

	return recv(fd, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) > 0;
}

int host_same_open_file(int a, int b)
{
	long result = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, b);

	return result < 0 ? -errno : result == 0;
}
