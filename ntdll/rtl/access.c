/*
 * ntdll/rtl/access.c - masks of rights.
 */
#include "nt/peb.h"
#include "pewter/export.h"

EXPORT(ntdll, BOOLEAN, RtlAreAllAccessesGranted, (ACCESS_MASK granted, ACCESS_MASK wanted))
{
	return (granted & wanted) == wanted;
}

EXPORT(ntdll, BOOLEAN, RtlAreAnyAccessesGranted, (ACCESS_MASK granted, ACCESS_MASK wanted))
{
	return (granted & wanted) != 0;
}
