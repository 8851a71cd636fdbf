/*
 * ntdll/rtl/crc.c - the sum of Ethernet and ZIP.
 */
#include "nt/peb.h"
#include "pewter/export.h"

EXPORT(ntdll, DWORD, RtlComputeCrc32, (DWORD sum, const void *data, INT size))
{
	const BYTE *bytes = data;

	sum = ~sum;
	for (INT i = 0; i < size; i++) {
		sum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
	}
	return ~sum;
}
