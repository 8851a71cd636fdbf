/*
 * host/host.c - features, messages, exit.
 */
#include "host/host.h"

#include <unistd.h>

void host_exit(int code)
{
	_exit(code);
}
