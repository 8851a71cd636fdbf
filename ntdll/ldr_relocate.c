/*
 * ntdll/ldr_relocate.c - LdrProcessRelocationBlock: one page's relocations, for those who lay out images themselves.
 */
#include "nt/pe.h"
#include "nt/peb.h"
#include "pewter/export.h"

#include <string.h>

/* Where the next block begins; NULL at a relocation of no known kind. */
EXPORT(ntdll, PVOID, LdrProcessRelocationBlock, (ULONG_PTR page, ULONG count, USHORT *entries, LONG_PTR delta))
{
	for (; count--; entries++) {
		char *target = (char *)page + (*entries & 0xFFF);
		uint64_t wide;
		uint32_t value;
		uint16_t half;

		switch (*entries >> 12) {
		case IMAGE_REL_BASED_ABSOLUTE:
			break;
		case IMAGE_REL_BASED_HIGH:
		case IMAGE_REL_BASED_LOW:
			memcpy(&half, target, sizeof(half));
			half = (uint16_t)(half + (*entries >> 12 == IMAGE_REL_BASED_HIGH ? (uint64_t)delta >> 16
											 : (uint64_t)delta));
			memcpy(target, &half, sizeof(half));
			break;
		case IMAGE_REL_BASED_HIGHLOW:
			memcpy(&value, target, sizeof(value));
			value += (uint32_t)delta;
			memcpy(target, &value, sizeof(value));
			break;
		case IMAGE_REL_BASED_DIR64:
			memcpy(&wide, target, sizeof(wide));
			wide += (uint64_t)delta;
			memcpy(target, &wide, sizeof(wide));
			break;
		default:
			return NULL;
		}
	}
	return entries;
}
