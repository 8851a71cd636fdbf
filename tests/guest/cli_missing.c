/* tests/guest/cli_missing.c - run by tests/cli.sh: calls a function that kernel32 has never had. */
#include <stdio.h>

__declspec(dllimport) int __stdcall PewterTestNoSuchFunction(void);

int main(int argc, char **argv)
{
	puts("started");
	fflush(stdout);
	if (argc > 2) /* as helpers of compilers are called: the stack not aligned */
		__asm__ volatile("subq $8, %%rsp\n\tcall *%0" : : "r"(PewterTestNoSuchFunction) : "memory");
	return argc > 1 ? PewterTestNoSuchFunction() : 0;
}
