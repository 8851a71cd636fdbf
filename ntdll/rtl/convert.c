/*
 * ntdll/rtl/convert.c - numbers, GUIDs, memory and random numbers.
 */
#include "nt/peb.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Digits of `value` in one of NT's bases (0 = 10); 0 if the base is none. */
static size_t digits(ULONGLONG value, ULONG base, char to[65])
{
	char reversed[65];
	size_t count = 0;

	if (!base)
		base = 10;
	if (base != 2 && base != 8 && base != 10 && base != 16)
		return 0;
	do {
		reversed[count++] = "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);
	for (size_t i = 0; i < count; i++)
		to[i] = reversed[count - 1 - i];
	return count;
}

static NTSTATUS to_string(ULONGLONG value, ULONG base, PUNICODE_STRING string)
{
	char text[65];
	size_t count = digits(value, base, text);

	if (!count)
		return STATUS_INVALID_PARAMETER;
	string->Length = (USHORT)(count * 2); /* even where there is no room */
	if (count * 2 > string->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	for (size_t i = 0; i < count; i++)
		string->Buffer[i] = (uint8_t)text[i];
	if (string->Length + 2 <= string->MaximumLength)
		string->Buffer[count] = 0;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlIntegerToUnicodeString, (ULONG value, ULONG base, PUNICODE_STRING string))
{
	return to_string(value, base, string);
}

EXPORT(ntdll, NTSTATUS, RtlInt64ToUnicodeString, (ULONGLONG value, ULONG base, PUNICODE_STRING string))
{
	return to_string(value, base, string);
}

static NTSTATUS to_bytes(ULONGLONG value, ULONG base, ULONG capacity, PCHAR string)
{
	char text[65];
	size_t count = digits(value, base, text);

	if (!count)
		return STATUS_INVALID_PARAMETER;
	if (count > capacity)
		return STATUS_BUFFER_OVERFLOW;
	if (!string)
		return STATUS_ACCESS_VIOLATION;
	memcpy(string, text, count);
	if (count < capacity)
		string[count] = 0;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlIntegerToChar, (ULONG value, ULONG base, ULONG capacity, PCHAR string))
{
	return to_bytes(value, base, capacity, string);
}

EXPORT(ntdll, NTSTATUS, RtlLargeIntegerToChar, (const ULONGLONG *value, ULONG base, ULONG capacity, PCHAR string))
{
	return to_bytes(*value, base, capacity, string);
}

/* A division, by the reciprocal of the divisor in 64 bits behind the point. */
EXPORT(ntdll, LONGLONG, RtlExtendedMagicDivide, (LONGLONG dividend, ULONGLONG reciprocal, CHAR shift))
{
	ULONGLONG magnitude = dividend < 0 ? 0 - (ULONGLONG)dividend : (ULONGLONG)dividend;
	LONGLONG quotient = (LONGLONG)((ULONGLONG)((unsigned __int128)magnitude * reciprocal >> 64) >> (shift & 63));

	return dividend < 0 ? -quotient : quotient;
}

/* White space, sign, 0x 0o 0b when base is 0, digits up to the first that is none: MSDN RtlUnicodeStringToInteger. */
static NTSTATUS parse(const char16_t *p, const char16_t *end, ULONG base, PULONG value)
{
	bool negative = false;
	ULONG result = 0;

	while (p < end && *p && *p <= u' ')
		p++;
	if (p < end && (*p == u'+' || *p == u'-'))
		negative = *p++ == u'-';
	if (!base) {
		base = 10;
		if (p + 1 < end && p[0] == u'0') {
			ULONG prefixed = p[1] == u'x' ? 16 : p[1] == u'o' ? 8 : p[1] == u'b' ? 2 : 0;
			if (prefixed) {
				base = prefixed;
				p += 2;
			}
		}
	} else if (base != 2 && base != 8 && base != 10 && base != 16) {
		return STATUS_INVALID_PARAMETER;
	}
	for (; p < end; p++) {
		ULONG digit = *p >= u'0' && *p <= u'9'	 ? *p - u'0' + 0u
			      : *p >= u'a' && *p <= u'f' ? *p - u'a' + 10u
			      : *p >= u'A' && *p <= u'F' ? *p - u'A' + 10u
							 : 99;
		if (digit >= base)
			break;
		result = result * base + digit;
	}
	*value = negative ? 0 - result : result;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlUnicodeStringToInteger, (PCUNICODE_STRING string, ULONG base, PULONG value))
{
	return parse(string->Buffer, string->Buffer + string->Length / 2, base, value);
}

EXPORT(ntdll, NTSTATUS, RtlCharToInteger, (PCSTR string, ULONG base, PULONG value))
{
	char16_t wide[80];
	size_t count = 0;

	if (!value)
		return STATUS_ACCESS_VIOLATION;
	while (*string && (uint8_t)*string <= ' ')
		string++;
	while (count < ARRAY_SIZE(wide) && string[count]) {
		wide[count] = (uint8_t)string[count];
		count++;
	}
	return parse(wide, wide + count, base, value);
}

EXPORT(ntdll, NTSTATUS, RtlStringFromGUID, (REFGUID guid, PUNICODE_STRING string))
{
	char text[40];

	snprintf(text, sizeof(text), "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", guid->Data1, guid->Data2,
		 guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4],
		 guid->Data4[5], guid->Data4[6], guid->Data4[7]);
	string->Length = 38 * sizeof(WCHAR);
	string->MaximumLength = 39 * sizeof(WCHAR);
	string->Buffer = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, string->MaximumLength);
	if (!string->Buffer)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < 39; i++)
		string->Buffer[i] = (uint8_t)text[i];
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlGUIDFromString, (PCUNICODE_STRING string, GUID *guid))
{
	static const char shape[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
	uint8_t nibbles[32];
	size_t count = 0;
	uint8_t bytes[16];

	if (string->Length / 2 < 38)
		return STATUS_INVALID_PARAMETER;
	for (size_t i = 0; i < 38; i++) {
		char16_t c = string->Buffer[i];
		if (shape[i] != 'x') {
			if (c != (char16_t)shape[i])
				return STATUS_INVALID_PARAMETER;
			continue;
		}
		if (c >= u'0' && c <= u'9')
			nibbles[count++] = (uint8_t)(c - u'0');
		else if ((c | 0x20) >= u'a' && (c | 0x20) <= u'f')
			nibbles[count++] = (uint8_t)((c | 0x20) - u'a' + 10);
		else
			return STATUS_INVALID_PARAMETER;
	}
	for (size_t i = 0; i < 16; i++)
		bytes[i] = (uint8_t)(nibbles[i * 2] << 4 | nibbles[i * 2 + 1]);
	guid->Data1 = (DWORD)bytes[0] << 24 | (DWORD)bytes[1] << 16 | (DWORD)bytes[2] << 8 | bytes[3];
	guid->Data2 = (WORD)(bytes[4] << 8 | bytes[5]);
	guid->Data3 = (WORD)(bytes[6] << 8 | bytes[7]);
	memcpy(guid->Data4, bytes + 8, 8);
	return STATUS_SUCCESS;
}

/* --- memory -------------------------------------------------------------------------------------------------- */

EXPORT(ntdll, SIZE_T, RtlCompareMemory, (const void *a, const void *b, SIZE_T size))
{
	const uint8_t *x = a, *y = b;
	SIZE_T i = 0;
	while (i < size && x[i] == y[i])
		i++;
	return i;
}

EXPORT(ntdll, SIZE_T, RtlCompareMemoryUlong, (const void *memory, SIZE_T size, ULONG pattern))
{
	const ULONG *p = memory;
	SIZE_T i = 0;
	if ((uintptr_t)memory % 4)
		return 0;
	while (i < size / 4 && p[i] == pattern)
		i++;
	return i * 4;
}

EXPORT(ntdll, void, RtlFillMemory, (void *memory, SIZE_T size, int byte))
{
	memset(memory, byte, size);
}

EXPORT(ntdll, void, RtlFillMemoryUlong, (void *memory, SIZE_T size, ULONG pattern))
{
	ULONG *p = memory;
	for (SIZE_T i = 0; i < size / 4; i++)
		p[i] = pattern;
}

EXPORT(ntdll, void, RtlZeroMemory, (void *memory, SIZE_T size))
{
	memset(memory, 0, size);
}

EXPORT(ntdll, void, RtlSecureZeroMemory, (void *memory, SIZE_T size))
{
	memset(memory, 0, size);
	__asm__ volatile("" : : "r"(memory) : "memory");
}

EXPORT(ntdll, void, RtlMoveMemory, (void *to, const void *from, SIZE_T size))
{
	memmove(to, from, size);
}
EXPORT_ALIAS(ntdll, "RtlCopyMemory", RtlMoveMemory);
EXPORT_ALIAS(ntdll, "RtlCopyMemoryNonTemporal", RtlMoveMemory);
EXPORT_ALIAS(kernel32, "RtlMoveMemory", RtlMoveMemory);
EXPORT_ALIAS(kernel32, "RtlFillMemory", RtlFillMemory);
EXPORT_ALIAS(kernel32, "RtlZeroMemory", RtlZeroMemory);
EXPORT_ALIAS(kernel32, "RtlCompareMemory", RtlCompareMemory);

/* --- random -------------------------------------------------------------------------------------------------- */

EXPORT(ntdll, ULONG, RtlUniform, (PULONG seed))
{
	/* The linear congruence that MSDN states: 0x7FFFFFED * seed + 0x7FFFFFC3, modulo 2^31 - 1. */
	return *seed = (ULONG)(((ULONGLONG)0x7FFFFFED * *seed + 0x7FFFFFC3) % 0x7FFFFFFF);
}

EXPORT(ntdll, ULONG, RtlRandom, (PULONG seed))
{
	static ULONG table[128];
	static bool filled;
	ULONG first, second, result;

	if (!__atomic_load_n(&filled, __ATOMIC_ACQUIRE)) {
		ULONG start = 1;
		for (size_t i = 0; i < 128; i++)
			table[i] = RtlUniform(&start);
		__atomic_store_n(&filled, true, __ATOMIC_RELEASE);
	}
	first = RtlUniform(seed);
	second = RtlUniform(seed);
	result = table[second & 0x7F];
	table[second & 0x7F] = first;
	*seed = second;
	return result;
}
EXPORT_ALIAS(ntdll, "RtlRandomEx", RtlRandom);

EXPORT(ntdll, USHORT, RtlUshortByteSwap, (USHORT value))
{
	return __builtin_bswap16(value);
}

EXPORT(ntdll, ULONG, RtlUlongByteSwap, (ULONG value))
{
	return __builtin_bswap32(value);
}

EXPORT(ntdll, ULONGLONG, RtlUlonglongByteSwap, (ULONGLONG value))
{
	return __builtin_bswap64(value);
}
