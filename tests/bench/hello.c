/*
 * hello - the smallest ordinary program; built for Linux and for Windows by the start-up bench.
 */
#include <stdio.h>

int main(void)
{
	puts("hello, world");
	return 0;
}
