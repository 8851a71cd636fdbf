/*
 * ntdll/rtl/pointer.c - RtlEncodePointer and RtlDecodePointer; the same for pointers of the system, whose cookie all processes
 * see in the shared page (execution facts, D).
 */
#include "host/host.h"
#include "ntdll/mm/mm.h"
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

static PVOID encode(PVOID pointer, ULONG_PTR key)
{
	return (PVOID)rotate_right((ULONG_PTR)pointer ^ key, key & (sizeof(key) * 8 - 1));
}

static PVOID decode(PVOID pointer, ULONG_PTR key)
{
	unsigned count = key & (sizeof(key) * 8 - 1);

	return (PVOID)(rotate_right((ULONG_PTR)pointer, count ? (unsigned)sizeof(key) * 8 - count : 0) ^ key);
}

static ULONG_PTR system_cookie(void)
{
	return *(const volatile ULONG *)(MM_KUSER_SHARED_DATA + 0x330);
}

EXPORT(ntdll, PVOID, RtlEncodePointer, (PVOID pointer))
{
	return encode(pointer, cookie());
}

EXPORT(ntdll, PVOID, RtlEncodeSystemPointer, (PVOID pointer))
{
	return encode(pointer, system_cookie());
}
EXPORT_ALIAS(kernel32, "EncodeSystemPointer", RtlEncodeSystemPointer);
EXPORT_ALIAS(kernel32, "EncodePointer", RtlEncodePointer);

EXPORT(ntdll, PVOID, RtlDecodePointer, (PVOID pointer))
{
	return decode(pointer, cookie());
}
EXPORT_ALIAS(kernel32, "DecodePointer", RtlDecodePointer);

EXPORT(ntdll, PVOID, RtlDecodeSystemPointer, (PVOID pointer))
{
	return decode(pointer, system_cookie());
}
EXPORT_ALIAS(kernel32, "DecodeSystemPointer", RtlDecodeSystemPointer);

