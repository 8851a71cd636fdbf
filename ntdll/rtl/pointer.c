/*
 * ntdll/rtl/pointer.c - RtlEncodePointer and RtlDecodePointer.
 */
#include "host/host.h"
#include "pewter/export.h"

#include <stdbool.h>

/* One cookie a process; NT keeps it in the kernel's process object. */
static ULONG_PTR cookie(void)
{
	static ULONG_PTR value;
	ULONG_PTR now = __atomic_load_n(&value, __ATOMIC_RELAXED), fresh;

	if (now)
		return now;
	host_random(&fresh, sizeof(fresh));
	fresh |= 1;
	if (!__atomic_compare_exchange_n(&value, &now, fresh, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return now;
	return fresh;
}

static ULONG_PTR rotate_right(ULONG_PTR value, unsigned count)
{
	return count ? value >> count | value << (sizeof(value) * 8 - count) : value;
}

EXPORT(ntdll, PVOID, RtlEncodePointer, (PVOID pointer))
{
	ULONG_PTR key = cookie();
	return (PVOID)rotate_right((ULONG_PTR)pointer ^ key, key & (sizeof(key) * 8 - 1));
}
EXPORT_ALIAS(ntdll, "RtlEncodeSystemPointer", RtlEncodePointer);
EXPORT_ALIAS(kernel32, "EncodePointer", RtlEncodePointer);
EXPORT_ALIAS(kernel32, "EncodeSystemPointer", RtlEncodePointer);

EXPORT(ntdll, PVOID, RtlDecodePointer, (PVOID pointer))
{
	ULONG_PTR key = cookie();
	unsigned count = key & (sizeof(key) * 8 - 1);
	return (PVOID)(rotate_right((ULONG_PTR)pointer, count ? (unsigned)sizeof(key) * 8 - count : 0) ^ key);
}
EXPORT_ALIAS(ntdll, "RtlDecodeSystemPointer", RtlDecodePointer);
EXPORT_ALIAS(kernel32, "DecodePointer", RtlDecodePointer);
EXPORT_ALIAS(kernel32, "DecodeSystemPointer", RtlDecodePointer);

