/*
 * ntdll/rtl/find_char.c - the first or last unit of a string that is, or is not, of a set.
 */
#include "nt/peb.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdbool.h>

#define FROM_THE_END 1u
#define NOT_OF_THE_SET 2u
#define IGNORE_CASE 4u

static bool is_of(PCUNICODE_STRING set, char16_t unit, bool ignore_case)
{
	for (unsigned i = 0; i < set->Length / 2u; i++) {
		if (set->Buffer[i] == unit || (ignore_case && rtl_upcase(set->Buffer[i]) == rtl_upcase(unit)))
			return true;
	}
	return false;
}

/* *position: in bytes; behind the unit, or from the end before it. */
EXPORT(ntdll, NTSTATUS, RtlFindCharInUnicodeString,
       (ULONG flags, PCUNICODE_STRING string, PCUNICODE_STRING set, PUSHORT position))
{
	unsigned count = string->Length / 2u;

	*position = 0;
	if (flags & ~(FROM_THE_END | NOT_OF_THE_SET | IGNORE_CASE))
		return STATUS_INVALID_PARAMETER;
	for (unsigned i = 0; i < count; i++) {
		unsigned at = flags & FROM_THE_END ? count - 1 - i : i;

		if (is_of(set, string->Buffer[at], flags & IGNORE_CASE) != !!(flags & NOT_OF_THE_SET)) {
			*position = (USHORT)((flags & FROM_THE_END ? at : at + 1) * 2);
			return STATUS_SUCCESS;
		}
	}
	return STATUS_NOT_FOUND;
}
