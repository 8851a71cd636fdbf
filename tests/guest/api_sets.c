/*
 * Reads lines "DLL function" and prints those of which the DLL, or the host of the api set, has no such function.  Run by
 * tests/api-sets.sh.
 */
#include <windows.h>

#include <stdio.h>

int main(void)
{
	char line[512], dll[256], function[256];
	HMODULE module;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%255s %255s", dll, function) != 2)
			return 2;
		module = LoadLibraryA(dll);
		if (!module || !GetProcAddress(module, function))
			printf("%s %s\n", dll, function);
	}
	return 0;
}
