/*
 * host/socket_pass.c - a descriptor for another process of the user: left where it can be fetched, once.
 *
 * The place is a local socket with an abstract name; what fetches connects to it and is sent the descriptor.
 */
#include "host/socket_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static socklen_t place_of(unsigned process, uint32_t number, struct sockaddr_un *place)
{
	memset(place, 0, sizeof(*place));
	place->sun_family = AF_UNIX;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)snprintf(place->sun_path + 1, sizeof(place->sun_path) - 1, "pewter-socket-%u-%u", process,
					    number));
}

int host_offer_open(uint32_t number)
{
	struct sockaddr_un place;
	socklen_t size = place_of((unsigned)getpid(), number, &place);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&place, size) < 0 || listen(fd, 1) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

int host_offer_give(int listener, int fd, const void *data, size_t size)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = {0};
	struct iovec vector = {(void *)(uintptr_t)data, size};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);
	struct ucred peer;
	socklen_t peer_size = sizeof(peer);
	int to = accept4(listener, NULL, NULL, SOCK_CLOEXEC), result = -EPERM;

	if (to < 0)
		return -errno;
	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_RIGHTS;
	part->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(part), &fd, sizeof(fd));
	if (getsockopt(to, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) == 0 && peer.uid == getuid())
		result = sendmsg(to, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
	close(to);
	return result;
}

int host_offer_take(unsigned process, uint32_t number, void *data, size_t size)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = {0};
	struct iovec vector = {data, size};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	const struct timeval patience = {5, 0};
	struct sockaddr_un place;
	socklen_t place_size = place_of(process, number, &place);
	struct cmsghdr *part;
	int from = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), fd = -1;
	ssize_t got;

	if (from < 0)
		return -errno;
	setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(from, (struct sockaddr *)&place, place_size) < 0) {
		close(from);
		return -ENOENT;
	}
	do
		got = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	part = got == (ssize_t)size ? CMSG_FIRSTHDR(&message) : NULL;
	if (part && part->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(part), sizeof(fd));
	close(from);
	return fd >= 0 ? fd : -ENOENT;
}
