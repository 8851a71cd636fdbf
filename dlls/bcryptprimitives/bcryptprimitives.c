/*
 * dlls/bcryptprimitives/bcryptprimitives.c - the builtin bcryptprimitives.dll: Rust's and Go's source of randomness.
 */
#include "host/host.h"
#include "pewter/export.h"

DEFINE_DLL(bcryptprimitives, .name = "bcryptprimitives.dll");

/* Never fails. */
EXPORT(bcryptprimitives, BOOL, ProcessPrng, (PBYTE buffer, SIZE_T size))
{
	host_random(buffer, size);
	return TRUE;
}
