/*
 * ntdll/rtl/oem.c - strings of the OEM code page in upper case, and what names DOS would have allowed.
 */
#include "nt/peb.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

/* STATUS_BUFFER_OVERFLOW: what fits was stored. */
EXPORT(ntdll, NTSTATUS, RtlUpcaseUnicodeToOemN, (PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size))
{
	char16_t upper[64];
	ULONG done = 0, units = size / 2;
	NTSTATUS status = STATUS_SUCCESS;

	for (ULONG at = 0; at < units && NT_SUCCESS(status);) {
		ULONG count = 0, written;

		while (count < ARRAY_SIZE(upper) && at < units)
			upper[count++] = rtl_upcase(from[at++]);
		status = RtlUnicodeToOemN(to + done, capacity - done, &written, upper, count * 2);
		done += written;
	}
	if (bytes)
		*bytes = done;
	return status;
}

static NTSTATUS upcase_string(POEM_STRING to, PCUNICODE_STRING from, BOOLEAN allocate, size_t terminator)
{
	size_t size = nls_from_utf16(NLS_OEMCP, 0, NULL, 0, from->Buffer, from->Length / 2, NULL, NULL);
	ULONG written;

	if (size + terminator > 0xFFFF)
		return STATUS_INVALID_PARAMETER_2;
	if (allocate) {
		to->Buffer = RtlAllocateHeap(ps_peb->ProcessHeap, 0, size + 1);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = (USHORT)(size + terminator);
	} else if (size + terminator > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	RtlUpcaseUnicodeToOemN(to->Buffer, (ULONG)size, &written, from->Buffer, from->Length);
	to->Length = (USHORT)written;
	if (terminator)
		to->Buffer[written] = 0;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlUpcaseUnicodeStringToOemString, (POEM_STRING to, PCUNICODE_STRING from, BOOLEAN allocate))
{
	return upcase_string(to, from, allocate, 1);
}

/* Without a terminator. */
EXPORT(ntdll, NTSTATUS, RtlUpcaseUnicodeStringToCountedOemString, (POEM_STRING to, PCUNICODE_STRING from, BOOLEAN allocate))
{
	return upcase_string(to, from, allocate, 0);
}

/* Whether a part of a name ends as a part may: not in a space. */
static bool ends_well(const char *part, int length)
{
	return length && part[length - 1] != ' ';
}

/* Eight and three characters (MSDN "Naming Files, Paths, and Namespaces").  `oem` gets the name even if it is none;
 * `spaces` is set only for one that is. */
EXPORT(ntdll, BOOLEAN, RtlIsNameLegalDOS8Dot3, (PCUNICODE_STRING name, POEM_STRING oem, BOOLEAN *spaces))
{
	static const char forbidden[] = "\"*+,/:;<=>?[\\]|";
	char buffer[12];
	OEM_STRING own = {0, sizeof(buffer), buffer};
	int dot = -1, length;
	BOOLEAN space = FALSE;

	if (!oem)
		oem = &own;
	if (name->Length > sizeof(buffer) * 2 || !NT_SUCCESS(RtlUpcaseUnicodeStringToCountedOemString(oem, name, FALSE)))
		return FALSE;
	length = oem->Length;
	if (length > 12)
		return FALSE;
	if ((length == 1 && oem->Buffer[0] == '.') || (length == 2 && memcmp(oem->Buffer, "..", 2) == 0)) {
		if (spaces)
			*spaces = FALSE;
		return TRUE;
	}
	for (int i = 0; i < length; i++) {
		unsigned char c = (unsigned char)oem->Buffer[i];

		if (c < ' ' || memchr(forbidden, c, sizeof(forbidden) - 1) || (c == '.' && dot >= 0))
			return FALSE;
		if (c == '.')
			dot = i;
		space |= c == ' ';
	}
	if (dot < 0 ? length > 8 || !ends_well(oem->Buffer, length)
		    : dot > 8 || length - dot > 4 || !ends_well(oem->Buffer, dot) ||
			      !ends_well(oem->Buffer + dot + 1, length - dot - 1))
		return FALSE;
	if (spaces)
		*spaces = space;
	return TRUE;
}
