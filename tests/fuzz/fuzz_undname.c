/*
 * fuzz_undname.c - libFuzzer over decorated names: any bytes, with any flags.
 */
#include "dlls/undname/undname.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char work[UNDNAME_WORK];
	const char *text;
	uint16_t flags;
	char *name;

	if (size < sizeof(flags))
		return 0;
	memcpy(&flags, data, sizeof(flags));
	size -= sizeof(flags);
	name = malloc(size + 1);
	memcpy(name, data + sizeof(flags), size);
	name[size] = 0;
	text = undname(name, flags, work);
	if (text && strlen(text) >= UNDNAME_WORK)
		abort();
	free(name);
	return 0;
}
