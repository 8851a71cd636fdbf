/*
 * tests/sockets_peer.c - a program of Linux that tests/guest/sockets_native.c talks to.
 *
 *	sockets_peer PEWTER GUEST	starts the guest with a port; its exit code is the guest's
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void echo_stream(int s)
{
	char buffer[65536];
	ssize_t got;

	while ((got = recv(s, buffer, sizeof(buffer), 0)) > 0)
		for (ssize_t at = 0, sent; at < got; at += sent)
			if ((sent = send(s, buffer + at, (size_t)(got - at), MSG_NOSIGNAL)) <= 0)
				return;
	send(s, "bye", 3, MSG_NOSIGNAL);
}

int main(int argc, char **argv)
{
	struct sockaddr_in name = {.sin_family = AF_INET}, from;
	socklen_t size = sizeof(name);
	int stream = socket(AF_INET, SOCK_STREAM, 0), datagrams = socket(AF_INET, SOCK_DGRAM, 0), s, status;
	char port[8], buffer[2048];
	ssize_t got;
	pid_t guest;

	if (argc < 3)
		return 99;
	alarm(60);
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(stream, (struct sockaddr *)&name, size) < 0 || getsockname(stream, (struct sockaddr *)&name, &size) < 0 ||
	    listen(stream, 4) < 0 || bind(datagrams, (struct sockaddr *)&name, size) < 0) {
		perror("sockets_peer");
		return 77; /* no loopback, or somebody else's port for datagrams */
	}
	snprintf(port, sizeof(port), "%u", ntohs(name.sin_port));
	guest = fork();
	if (!guest) {
		execl(argv[1], argv[1], argv[2], port, (char *)NULL);
		_exit(99);
	}
	s = accept(stream, NULL, NULL);
	echo_stream(s);
	close(s);
	s = accept(stream, NULL, NULL);
	setsockopt(s, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(s);
	size = sizeof(from);
	got = recvfrom(datagrams, buffer, sizeof(buffer), 0, (struct sockaddr *)&from, &size);
	if (got > 0)
		sendto(datagrams, buffer, (size_t)got, 0, (struct sockaddr *)&from, size);
	if (waitpid(guest, &status, 0) != guest || !WIFEXITED(status))
		return 99;
	return WEXITSTATUS(status);
}
