/*
 * ntdll/rtl/rtl.h - the run-time library: status translation, strings, heap, unwinding.
 */
#ifndef PEWTER_NTDLL_RTL_RTL_H
#define PEWTER_NTDLL_RTL_RTL_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"

NTSTATUS NTAPI RtlUnicodeToOemN(PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size);
NTSTATUS NTAPI RtlUnicodeToUTF8N(PSTR to, ULONG capacity, PULONG bytes, PCWSTR from, ULONG size);
/* The Win32 error of a status, as MSDN's RtlNtStatusToDosError and [MS-ERREF] map them. */
ULONG WINAPI RtlNtStatusToDosError(NTSTATUS status);
/* The same without the note in the TEB (LastStatusValue). */
ULONG rtl_dos_error(NTSTATUS status);
/* The status of a (positive) errno. */
NTSTATUS rtl_status_from_errno(int error);

/* Length in UTF-16 units. */
size_t rtl_wcslen(const char16_t *string);
/* UTF-16 (not terminated, `length` units) to UTF-8 and back.  Return what is needed, in bytes or units, without a
 * terminator; write at most `capacity`.  Lone surrogates travel as WTF-8, so that every name makes the round trip;
 * bytes that are not UTF-8 become U+DC80..DCFF (and back). */
size_t rtl_utf16_to_utf8(char *to, size_t capacity, const char16_t *from, size_t length);
size_t rtl_utf8_to_utf16(char16_t *to, size_t capacity, const char *from, size_t length);
/* NT's simple upper-casing, the one of file and object names. */
char16_t rtl_upcase(char16_t c);
char16_t rtl_downcase(char16_t c);
/* Compares without regard to case, as RtlCompareUnicodeString does. */
int rtl_compare_nocase(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length);

/* The heap (ntdll/rtl/heap.h has the rest). */
PVOID WINAPI RtlAllocateHeap(PVOID heap, ULONG flags, SIZE_T size);
ULONG WINAPI RtlFreeHeap(PVOID heap, ULONG flags, PVOID block);

/* Counted strings; NULL terminates the source.  What an allocating call made is freed by RtlFreeUnicodeString. */
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c);
void NTAPI RtlInitAnsiString(PANSI_STRING string, PCSTR source);
BOOLEAN NTAPI RtlEqualString(PCANSI_STRING a, PCANSI_STRING b, BOOLEAN ignore_case);
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING to, PCANSI_STRING from, BOOLEAN allocate);
void NTAPI RtlFreeUnicodeString(PUNICODE_STRING string);

/* Normalization (normalize.c) and names of domains (idn.c).  Counts are in units, -1 = up to the terminator and with it;
 * *to_count is the room and becomes what is needed. */
NTSTATUS WINAPI RtlNormalizeString(ULONG form, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count);
NTSTATUS WINAPI RtlIsNormalizedString(ULONG form, PCWSTR string, LONG count, PBOOLEAN normalized);
NTSTATUS WINAPI RtlIdnToAscii(ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count);
NTSTATUS WINAPI RtlIdnToUnicode(ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count);
NTSTATUS WINAPI RtlIdnToNameprepUnicode(ULONG flags, PCWSTR from, LONG from_count, PWSTR to, PLONG to_count);

#endif
