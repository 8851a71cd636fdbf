/*
 * host/terminal.c - the terminal: its size and its modes, put back at the end.
 */
#include "host/file.h"
#include "host/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios found; /* the state before the first change */
static int found_fd = -1;    /* a descriptor of ours for the terminal; -1: nothing changed yet */
static struct host_lock terminal_lock;

bool host_is_terminal(int fd)
{
	return isatty(fd);
}

int host_terminal_size(int fd, unsigned *columns, unsigned *rows)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0)
		return -errno;
	*columns = size.ws_col ? size.ws_col : 80;
	*rows = size.ws_row ? size.ws_row : 25;
	return 0;
}

int host_open_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

int host_terminal_set(int fd, unsigned flags)
{
	struct termios state;
	int result = 0;

	host_lock_acquire(&terminal_lock);
	if (tcgetattr(fd, &state) < 0) {
		result = -errno;
	} else {
		struct termios wanted = state;

		if (found_fd < 0) {
			found = state;
			found_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
			if (found_fd >= 0)
				atexit(host_terminal_restore);
		}
		wanted.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
		wanted.c_iflag |= ICRNL;
		if (flags & HOST_TERMINAL_LINE)
			wanted.c_lflag |= ICANON | IEXTEN;
		else
			wanted.c_iflag &= ~(tcflag_t)ICRNL; /* Enter is a carriage return, as a console says */
		if (flags & HOST_TERMINAL_ECHO)
			wanted.c_lflag |= ECHO | ECHOE | ECHOK;
		if (flags & HOST_TERMINAL_SIGNALS)
			wanted.c_lflag |= ISIG;
		if (flags & HOST_TERMINAL_OUTPUT)
			wanted.c_oflag |= OPOST | ONLCR;
		wanted.c_cc[VMIN] = 1;
		wanted.c_cc[VTIME] = 0;
		if (flags & HOST_TERMINAL_LINE) {
			wanted.c_cc[VMIN] = found.c_cc[VMIN];
			wanted.c_cc[VTIME] = found.c_cc[VTIME];
		}
		if (tcsetattr(fd, TCSADRAIN, &wanted) < 0)
			result = -errno;
	}
	host_lock_release(&terminal_lock);
	return result;
}

void host_terminal_restore(void)
{
	if (found_fd >= 0)
		tcsetattr(found_fd, TCSADRAIN, &found);
}
