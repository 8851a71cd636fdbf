/*
 * ntdll/rtl/addresses.h - network addresses as text, for the DLLs that show and read them.
 */
#ifndef PEWTER_NTDLL_RTL_ADDRESSES_H
#define PEWTER_NTDLL_RTL_ADDRESSES_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"

/* Into at least 16 and 46 bytes; the length. */
size_t rtl_print_ipv4(const BYTE *address, char *text);
size_t rtl_print_ipv6(const BYTE *address, char *text);
NTSTATUS NTAPI RtlIpv4StringToAddressA(PCSTR text, BOOLEAN strict, PCSTR *terminator, BYTE *address);
NTSTATUS NTAPI RtlIpv6StringToAddressA(PCSTR text, PCSTR *terminator, BYTE *address);

#endif
