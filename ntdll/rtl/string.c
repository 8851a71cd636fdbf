/*
 * ntdll/rtl/string.c - counted strings: RtlInit*, compare, copy, append, convert.
 *
 * Length and MaximumLength are bytes.  Strings that these functions allocate lie on the process heap and are freed with
 * RtlFreeUnicodeString (MSDN, ntifs.h).
 */
#include "nt/peb.h"
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

static PVOID heap_allocate(size_t size)
{
	return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size);
}

static void heap_free(PVOID block)
{
	RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block);
}

/* --- initialisation ------------------------------------------------------------------------------------------ */

EXPORT(ntdll, void, RtlInitUnicodeString, (PUNICODE_STRING string, PCWSTR source))
{
	size_t bytes = source ? rtl_wcslen(source) * sizeof(WCHAR) : 0;
	if (bytes > 0xFFFC)
		bytes = 0xFFFC;
	string->Length = (USHORT)bytes;
	string->MaximumLength = (USHORT)(source ? bytes + sizeof(WCHAR) : 0);
	string->Buffer = (PWSTR)source;
}

EXPORT(ntdll, NTSTATUS, RtlInitUnicodeStringEx, (PUNICODE_STRING string, PCWSTR source))
{
	size_t bytes = source ? rtl_wcslen(source) * sizeof(WCHAR) : 0;
	string->Length = string->MaximumLength = 0;
	string->Buffer = (PWSTR)source;
	if (!source)
		return STATUS_SUCCESS;
	if (bytes > 0xFFFC)
		return STATUS_NAME_TOO_LONG;
	string->Length = (USHORT)bytes;
	string->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, RtlInitAnsiString, (PANSI_STRING string, PCSTR source))
{
	size_t bytes = source ? strlen(source) : 0;
	if (bytes > 0xFFFE)
		bytes = 0xFFFE;
	string->Length = (USHORT)bytes;
	string->MaximumLength = (USHORT)(source ? bytes + 1 : 0);
	string->Buffer = (PSTR)source;
}
EXPORT_ALIAS(ntdll, "RtlInitString", RtlInitAnsiString);

EXPORT(ntdll, NTSTATUS, RtlInitAnsiStringEx, (PANSI_STRING string, PCSTR source))
{
	size_t bytes = source ? strlen(source) : 0;
	string->Length = string->MaximumLength = 0;
	string->Buffer = (PSTR)source;
	if (!source)
		return STATUS_SUCCESS;
	if (bytes > 0xFFFE)
		return STATUS_NAME_TOO_LONG;
	string->Length = (USHORT)bytes;
	string->MaximumLength = (USHORT)(bytes + 1);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, RtlFreeUnicodeString, (PUNICODE_STRING string))
{
	if (string->Buffer)
		heap_free(string->Buffer);
	memset(string, 0, sizeof(*string));
}
EXPORT_ALIAS(ntdll, "RtlFreeAnsiString", RtlFreeUnicodeString);
EXPORT_ALIAS(ntdll, "RtlFreeOemString", RtlFreeUnicodeString);

EXPORT(ntdll, BOOLEAN, RtlCreateUnicodeString, (PUNICODE_STRING string, PCWSTR source))
{
	size_t bytes = (rtl_wcslen(source) + 1) * sizeof(WCHAR);
	if (bytes > 0xFFFE)
		return FALSE;
	string->Buffer = heap_allocate(bytes);
	if (!string->Buffer)
		return FALSE;
	memcpy(string->Buffer, source, bytes);
	string->Length = (USHORT)(bytes - sizeof(WCHAR));
	string->MaximumLength = (USHORT)bytes;
	return TRUE;
}

EXPORT(ntdll, NTSTATUS, RtlDuplicateUnicodeString, (ULONG flags, PCUNICODE_STRING source, PUNICODE_STRING string))
{
	size_t bytes;

	/* 1: terminate; 2: allocate even for an empty string (only with 1). */
	if (!source || !string || (flags & ~3u) || flags == 2 || source->Length > source->MaximumLength ||
	    source->Length % 2 || (!source->Buffer && source->MaximumLength))
		return STATUS_INVALID_PARAMETER;
	memset(string, 0, sizeof(*string));
	if (!source->Length && flags != 3)
		return STATUS_SUCCESS;
	bytes = source->Length + (flags & 1 ? sizeof(WCHAR) : 0);
	if (bytes > 0xFFFE)
		return STATUS_NAME_TOO_LONG;
	string->Buffer = heap_allocate(bytes);
	if (!string->Buffer)
		return STATUS_NO_MEMORY;
	if (source->Length)
		memcpy(string->Buffer, source->Buffer, source->Length);
	if (flags & 1)
		string->Buffer[source->Length / 2] = 0;
	string->Length = source->Length;
	string->MaximumLength = (USHORT)bytes;
	return STATUS_SUCCESS;
}

/* --- comparison ---------------------------------------------------------------------------------------------- */

static LONG compare_units(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length, BOOLEAN ignore_case)
{
	size_t length = a_length < b_length ? a_length : b_length;
	for (size_t i = 0; i < length; i++) {
		char16_t x = a[i], y = b[i];
		if (x == y)
			continue;
		if (ignore_case) {
			x = rtl_upcase(x);
			y = rtl_upcase(y);
			if (x == y)
				continue;
		}
		return (LONG)x - (LONG)y;
	}
	return (LONG)a_length - (LONG)b_length;
}

EXPORT(ntdll, LONG, RtlCompareUnicodeStrings,
       (const WCHAR *a, SIZE_T a_length, const WCHAR *b, SIZE_T b_length, BOOLEAN ignore_case))
{
	return compare_units(a, a_length, b, b_length, ignore_case);
}

EXPORT(ntdll, LONG, RtlCompareUnicodeString, (PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case))
{
	return compare_units(a->Buffer, a->Length / 2, b->Buffer, b->Length / 2, ignore_case);
}

EXPORT(ntdll, BOOLEAN, RtlEqualUnicodeString, (PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN ignore_case))
{
	return a->Length == b->Length && !compare_units(a->Buffer, a->Length / 2, b->Buffer, b->Length / 2, ignore_case);
}

EXPORT(ntdll, BOOLEAN, RtlPrefixUnicodeString, (PCUNICODE_STRING prefix, PCUNICODE_STRING string, BOOLEAN ignore_case))
{
	return prefix->Length <= string->Length &&
	       !compare_units(prefix->Buffer, prefix->Length / 2, string->Buffer, prefix->Length / 2, ignore_case);
}

static char upper_ansi(char c)
{
	uint8_t byte = (uint8_t)c;
	char16_t unit;
	char back;
	if (byte < 0x80)
		return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	nls_to_utf16(NLS_ACP, 0, &unit, 1, &c, 1);
	unit = rtl_upcase(unit);
	if (nls_from_utf16(NLS_ACP, NLS_NO_BEST_FIT | NLS_STRICT, &back, 1, &unit, 1, NULL, NULL) != 1)
		return c;
	return back;
}

/* Of ASCII only. */
EXPORT(ntdll, CHAR, RtlUpperChar, (CHAR c))
{
	return c >= 'a' && c <= 'z' ? (CHAR)(c - 32) : c;
}

EXPORT(ntdll, LONG, RtlCompareString, (PCANSI_STRING a, PCANSI_STRING b, BOOLEAN ignore_case))
{
	size_t length = a->Length < b->Length ? a->Length : b->Length;
	for (size_t i = 0; i < length; i++) {
		char x = a->Buffer[i], y = b->Buffer[i];
		if (ignore_case) {
			x = upper_ansi(x);
			y = upper_ansi(y);
		}
		if (x != y)
			return (LONG)(uint8_t)x - (LONG)(uint8_t)y;
	}
	return (LONG)a->Length - (LONG)b->Length;
}

EXPORT(ntdll, BOOLEAN, RtlEqualString, (PCANSI_STRING a, PCANSI_STRING b, BOOLEAN ignore_case))
{
	return a->Length == b->Length && !RtlCompareString(a, b, ignore_case);
}

EXPORT(ntdll, BOOLEAN, RtlPrefixString, (PCANSI_STRING prefix, PCANSI_STRING string, BOOLEAN ignore_case))
{
	STRING start = {prefix->Length, prefix->Length, string->Buffer};
	return prefix->Length <= string->Length && !RtlCompareString(prefix, &start, ignore_case);
}

/* --- copy, append, case -------------------------------------------------------------------------------------- */

EXPORT(ntdll, void, RtlCopyString, (PSTRING to, PCANSI_STRING from))
{
	size_t bytes;
	if (!from) {
		to->Length = 0;
		return;
	}
	bytes = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
	if (bytes)
		memmove(to->Buffer, from->Buffer, bytes);
	to->Length = (USHORT)bytes;
}

/* The same bytes, and a NUL where there is room for it. */
EXPORT(ntdll, void, RtlCopyUnicodeString, (PUNICODE_STRING to, PCUNICODE_STRING from))
{
	RtlCopyString((PSTRING)to, (PCANSI_STRING)from);
	if (from && to->Length + sizeof(WCHAR) <= to->MaximumLength)
		to->Buffer[to->Length / 2] = 0;
}

static NTSTATUS append_units(PUNICODE_STRING to, const char16_t *from, size_t bytes)
{
	if (to->Length + bytes > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	if (bytes)
		memmove((char *)to->Buffer + to->Length, from, bytes);
	to->Length = (USHORT)(to->Length + bytes);
	if (to->Length + sizeof(WCHAR) <= to->MaximumLength)
		to->Buffer[to->Length / 2] = 0;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlAppendUnicodeStringToString, (PUNICODE_STRING to, PCUNICODE_STRING from))
{
	return append_units(to, from->Buffer, from->Length);
}

EXPORT(ntdll, NTSTATUS, RtlAppendUnicodeToString, (PUNICODE_STRING to, PCWSTR from))
{
	return from ? append_units(to, from, rtl_wcslen(from) * sizeof(WCHAR)) : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlAppendStringToString, (PSTRING to, const STRING *from))
{
	if ((ULONG)to->Length + from->Length > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	if (from->Length)
		memmove(to->Buffer + to->Length, from->Buffer, from->Length);
	to->Length = (USHORT)(to->Length + from->Length);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlAppendAsciizToString, (PSTRING to, PCSTR from))
{
	size_t length = from ? strlen(from) : 0;

	if (to->Length + length > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	return RtlAppendStringToString(to, &(STRING){(USHORT)length, (USHORT)length, (PSTR)(uintptr_t)from});
}

EXPORT(ntdll, WCHAR, RtlUpcaseUnicodeChar, (WCHAR c))
{
	return rtl_upcase(c);
}

EXPORT(ntdll, WCHAR, RtlDowncaseUnicodeChar, (WCHAR c))
{
	return rtl_downcase(c);
}

static NTSTATUS convert_case(PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate, char16_t (*map)(char16_t))
{
	if (allocate) {
		to->Buffer = heap_allocate(from->Length ? from->Length : 1);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = from->Length;
	} else if (from->Length > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	for (size_t i = 0; i < from->Length / 2u; i++)
		to->Buffer[i] = map(from->Buffer[i]);
	to->Length = from->Length;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlUpcaseUnicodeString, (PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate))
{
	return convert_case(to, from, allocate, rtl_upcase);
}

EXPORT(ntdll, NTSTATUS, RtlDowncaseUnicodeString, (PUNICODE_STRING to, PCUNICODE_STRING from, BOOLEAN allocate))
{
	return convert_case(to, from, allocate, rtl_downcase);
}

EXPORT(ntdll, NTSTATUS, RtlHashUnicodeString,
       (PCUNICODE_STRING string, BOOLEAN ignore_case, ULONG algorithm, PULONG hash))
{
	ULONG value = 0;
	/* HASH_STRING_ALGORITHM_DEFAULT and X65599. */
	if (!string || !hash || algorithm > 1)
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < string->Length / 2u; i++)
		value = value * 65599 + (ignore_case ? rtl_upcase(string->Buffer[i]) : string->Buffer[i]);
	*hash = value;
	return STATUS_SUCCESS;
}

/* --- code pages ---------------------------------------------------------------------------------------------- */

static NTSTATUS to_unicode(unsigned codepage, PWSTR to, ULONG capacity, PULONG bytes, PCSTR from, ULONG size)
{
	size_t units = nls_to_utf16(codepage, 0, to, capacity / 2, from, size);
	size_t written = units < capacity / 2 ? units : capacity / 2;
	if (bytes)
		*bytes = (ULONG)(written * 2);
	return units > capacity / 2 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlMultiByteToUnicodeN, (PWSTR to, ULONG capacity, PULONG bytes, PCSTR from, ULONG size))
{
	/* MSDN: what does not fit is cut off, and the function succeeds. */
	to_unicode(NLS_ACP, to, capacity, bytes, from, size);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlOemToUnicodeN, (PWSTR to, ULONG capacity, PULONG bytes, PCSTR from, ULONG size))
{
	return to_unicode(NLS_OEMCP, to, capacity, bytes, from, size);
}

EXPORT(ntdll, NTSTATUS, RtlMultiByteToUnicodeSize, (PULONG bytes, PCSTR from, ULONG size))
{
	*bytes = (ULONG)nls_to_utf16(NLS_ACP, 0, NULL, 0, from, size) * 2;
	return STATUS_SUCCESS;
}

static NTSTATUS from_unicode(unsigned codepage, PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size)
{
	size_t needed = nls_from_utf16(codepage, 0, to, capacity, from, size / 2, NULL, NULL);
	if (bytes)
		*bytes = (ULONG)(needed < capacity ? needed : capacity);
	return needed > capacity ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeToMultiByteN, (PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size))
{
	return from_unicode(NLS_ACP, to, capacity, bytes, from, size);
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeToOemN, (PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size))
{
	return from_unicode(NLS_OEMCP, to, capacity, bytes, from, size);
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeToMultiByteSize, (PULONG bytes, PCWSTR from, ULONG size))
{
	*bytes = (ULONG)nls_from_utf16(NLS_ACP, 0, NULL, 0, from, size / 2, NULL, NULL);
	return STATUS_SUCCESS;
}

/* STATUS_SOME_NOT_MAPPED says that something became U+FFFD. */
EXPORT(ntdll, NTSTATUS, RtlUTF8ToUnicodeN, (PWSTR to, ULONG capacity, PULONG bytes, PCSTR from, ULONG size))
{
	size_t units;
	bool broken;

	if (!from)
		return STATUS_INVALID_PARAMETER_4;
	if (!bytes && !to)
		return STATUS_INVALID_PARAMETER;
	units = nls_to_utf16(NLS_UTF8, 0, to, to ? capacity / 2 : 0, from, size);
	broken = nls_to_utf16(NLS_UTF8, NLS_STRICT, NULL, 0, from, size) == NLS_INVALID;
	if (bytes)
		*bytes = (ULONG)((to && units > capacity / 2 ? capacity / 2 : units) * 2);
	if (to && units > capacity / 2)
		return STATUS_BUFFER_TOO_SMALL;
	return broken ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeToUTF8N, (PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size))
{
	size_t needed;
	bool broken;

	if (!from)
		return STATUS_INVALID_PARAMETER_4;
	if (!bytes && !to)
		return STATUS_INVALID_PARAMETER;
	if (size % 2)
		return STATUS_INVALID_PARAMETER_5;
	needed = nls_from_utf16(NLS_UTF8, 0, to, to ? capacity : 0, from, size / 2, NULL, NULL);
	broken = nls_from_utf16(NLS_UTF8, NLS_STRICT, NULL, 0, from, size / 2, NULL, NULL) == NLS_INVALID;
	if (bytes)
		*bytes = (ULONG)(to && needed > capacity ? capacity : needed);
	if (to && needed > capacity)
		return STATUS_BUFFER_TOO_SMALL;
	return broken ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

static NTSTATUS string_to_unicode(unsigned codepage, PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate)
{
	size_t units = nls_to_utf16(codepage, 0, NULL, 0, from->Buffer, from->Length), bytes = (units + 1) * 2;

	if (bytes > 0xFFFE)
		return STATUS_INVALID_PARAMETER_2;
	if (allocate) {
		to->Buffer = heap_allocate(bytes);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = (USHORT)bytes;
	} else if (bytes > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	nls_to_utf16(codepage, 0, to->Buffer, units, from->Buffer, from->Length);
	to->Buffer[units] = 0;
	to->Length = (USHORT)(units * 2);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlAnsiStringToUnicodeString, (PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate))
{
	return string_to_unicode(NLS_ACP, to, from, allocate);
}

EXPORT(ntdll, NTSTATUS, RtlOemStringToUnicodeString, (PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate))
{
	return string_to_unicode(NLS_OEMCP, to, from, allocate);
}

EXPORT(ntdll, BOOLEAN, RtlCreateUnicodeStringFromAsciiz, (PUNICODE_STRING to, PCSTR from))
{
	STRING string;
	RtlInitAnsiString(&string, from);
	return NT_SUCCESS(RtlAnsiStringToUnicodeString(to, &string, TRUE));
}

static NTSTATUS unicode_to_string(unsigned codepage, PSTRING to, PCUNICODE_STRING from, BOOLEAN allocate)
{
	size_t size = nls_from_utf16(codepage, 0, NULL, 0, from->Buffer, from->Length / 2, NULL, NULL);
	NTSTATUS status = STATUS_SUCCESS;

	if (size + 1 > 0xFFFF)
		return STATUS_INVALID_PARAMETER_2;
	if (allocate) {
		to->Buffer = heap_allocate(size + 1);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = (USHORT)(size + 1);
	} else if (size >= to->MaximumLength) {
		/* As much as fits, terminated; where that is not even the end, how long it is. */
		if (!to->MaximumLength) {
			to->Length = (USHORT)size;
			return STATUS_BUFFER_OVERFLOW;
		}
		size = to->MaximumLength - 1u;
		status = STATUS_BUFFER_OVERFLOW;
	}
	nls_from_utf16(codepage, 0, to->Buffer, size, from->Buffer, from->Length / 2, NULL, NULL);
	to->Buffer[size] = 0;
	to->Length = (USHORT)size;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeStringToAnsiString, (PANSI_STRING to, PCUNICODE_STRING from, BOOLEAN allocate))
{
	return unicode_to_string(NLS_ACP, to, from, allocate);
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeStringToOemString, (POEM_STRING to, PCUNICODE_STRING from, BOOLEAN allocate))
{
	return unicode_to_string(NLS_OEMCP, to, from, allocate);
}

EXPORT(ntdll, ULONG, RtlUnicodeStringToAnsiSize, (PCUNICODE_STRING string))
{
	return (ULONG)nls_from_utf16(NLS_ACP, 0, NULL, 0, string->Buffer, string->Length / 2, NULL, NULL) + 1;
}
EXPORT_ALIAS(ntdll, "RtlxUnicodeStringToAnsiSize", RtlUnicodeStringToAnsiSize);

EXPORT(ntdll, ULONG, RtlAnsiStringToUnicodeSize, (PCANSI_STRING string))
{
	return (ULONG)(nls_to_utf16(NLS_ACP, 0, NULL, 0, string->Buffer, string->Length) + 1) * 2;
}
EXPORT_ALIAS(ntdll, "RtlxAnsiStringToUnicodeSize", RtlAnsiStringToUnicodeSize);

EXPORT(ntdll, void, RtlGetDefaultCodePage, (PUSHORT ansi, PUSHORT oem))
{
	*ansi = NLS_ACP;
	*oem = NLS_OEMCP;
}

EXPORT(ntdll, BOOLEAN, RtlIsTextUnicode, (const void *text, INT size, INT *tests))
{
	/* IS_TEXT_UNICODE_ASCII16 1, STATISTICS 2, SIGNATURE 8, REVERSE_SIGNATURE 0x80, ODD_LENGTH 0x200, NULL_BYTES
	 * 0x1000 (MSDN IsTextUnicode). */
	const uint8_t *bytes = text;
	INT wanted = tests ? *tests : -1, found = 0;
	int ascii = 0, zeros = 0, count = size / 2;

	for (int i = 0; i < count; i++) {
		ascii += bytes[i * 2 + 1] == 0;
		zeros += bytes[i * 2] == 0 || bytes[i * 2 + 1] == 0;
	}
	if (count && ascii == count)
		found |= 1;
	if (count && ascii * 2 > count)
		found |= 2;
	if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
		found |= 8;
	if (size >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
		found |= 0x80;
	if (size % 2)
		found |= 0x200;
	if (zeros)
		found |= 0x1000;
	found &= wanted;
	if (tests)
		*tests = found;
	if (found & 0xF00)
		return FALSE;
	return (found & 0xF) != 0 || (found & 0x1000 && !(found & 0xF0));
}
