/*
 * loader/main.c - the program pewter.
 */
#include "host/host.h"

int main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	host_exit(0);
}
