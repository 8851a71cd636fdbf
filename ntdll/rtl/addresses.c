/*
 * ntdll/rtl/addresses.c - IPv4, IPv6 and Ethernet addresses as text and back (MSDN, ip2string.h).
 *
 * The functions that read take as much as is an address and say where it ended; those with "Ex" want all of the string, with
 * a port and a scope where there are any.  Which broken strings end where, what of the address is written before the error
 * and the numbers that NT takes for an address are facts of published tests.
 */
#include "ntdll/rtl/addresses.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NOWHERE ((size_t)-1) /* a terminator that is not told */
#define IPV6_TEXT 46

/* A string of either kind. */
struct source {
	const void *units;
	bool wide;
};

static unsigned unit(const struct source *text, size_t index)
{
	return text->wide ? ((const char16_t *)text->units)[index] : ((const BYTE *)text->units)[index];
}

static unsigned digit(const struct source *text, size_t index)
{
	unsigned c = unit(text, index);

	return c >= '0' && c <= '9'		    ? c - '0'
	       : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
						    : 99;
}

static size_t count_digits(const struct source *text, size_t at, unsigned base)
{
	size_t count = 0;

	while (digit(text, at + count) < base)
		count++;
	return count;
}

/* The base that a number says, 0x and 0 as in C; past what says it. */
static unsigned take_base(const struct source *text, size_t *at)
{
	if (unit(text, *at) != '0')
		return 10;
	if ((unit(text, *at + 1) | 32) == 'x') {
		*at += 2;
		return 16;
	}
	if (digit(text, *at + 1) > 9)
		return 10;
	++*at;
	return 8;
}

/* False: no digit, or one with which the number becomes smaller; *at is there. */
static bool take_number(const struct source *text, size_t *at, unsigned base, ULONG *value)
{
	size_t end = *at + count_digits(text, *at, base);
	ULONG number = 0;

	if (end == *at)
		return false;
	for (; *at < end; ++*at) {
		ULONG next = number * base + digit(text, *at);

		if (next < number)
			return false;
		number = next;
	}
	*value = number;
	return true;
}

static bool take_port(const struct source *text, size_t *at, USHORT *port)
{
	unsigned base = take_base(text, at);
	ULONG value;

	if (!take_number(text, at, base, &value) || !value || value > 0xFFFF)
		return false;
	*port = __builtin_bswap16((USHORT)value);
	return true;
}

/* `address` is written on success only. */
static NTSTATUS parse_ipv4(const struct source *text, bool strict, size_t *end, BYTE *address)
{
	ULONG parts[4], value;
	unsigned count = 0;
	size_t at = 0;

	for (;;) {
		unsigned base = take_base(text, &at);

		if ((strict && base != 10) || !take_number(text, &at, base, &parts[count])) {
			/* A dot without a number before it is passed. */
			*end = at + (unit(text, at) == '.' && !(strict && base != 10));
			return STATUS_INVALID_PARAMETER;
		}
		count++;
		if (unit(text, at) != '.' || count == 4)
			break;
		at++;
	}
	*end = at;
	if (unit(text, at) == '.' || (strict && count != 4))
		return STATUS_INVALID_PARAMETER;
	value = parts[count - 1];
	if (value > 0xFFFFFFFFu >> 8 * (count - 1))
		return STATUS_INVALID_PARAMETER;
	for (unsigned i = 0; i < count - 1; i++) {
		if (parts[i] > 255)
			return STATUS_INVALID_PARAMETER;
		value |= parts[i] << (24 - 8 * i);
	}
	value = __builtin_bswap32(value);
	memcpy(address, &value, 4);
	return STATUS_SUCCESS;
}

/* A group of an IPv6 address: as the C library reads hexadecimal numbers, its 0x included, of which the string keeps the rest. */
static USHORT group_value(const struct source *text, size_t at)
{
	ULONGLONG value = 0;

	if (unit(text, at) == '0' && (unit(text, at + 1) | 32) == 'x' && digit(text, at + 2) < 16)
		at += 2;
	for (; digit(text, at) < 16 && value <= 0x7FFFFFFF; at++)
		value = value << 4 | digit(text, at);
	if (value > 0x7FFFFFFF)
		value = 0x7FFFFFFF;
	return __builtin_bswap16((USHORT)value);
}

/* The four numbers at the end of an IPv6 address; the last is written by the caller, who learns it. */
static bool take_dotted(const struct source *text, size_t *at, size_t *end, BYTE *bytes, BYTE *last)
{
	for (unsigned i = 0;; i++) {
		size_t digits = count_digits(text, *at, 10);
		bool separated = i < 3 && unit(text, *at + digits) == '.';
		ULONG value = 0;

		for (size_t k = 0; k < digits && k < 3; k++)
			value = value * 10 + digit(text, *at + k);
		if (!digits || digits > 3 || value > 255) {
			if (!digits || !separated)
				*end = *at + digits;
			return false;
		}
		*at += digits;
		if (!separated)
			*end = *at;
		if (i == 3) {
			*last = (BYTE)value;
			return true;
		}
		if (!separated)
			return false;
		bytes[i] = (BYTE)value;
		++*at;
	}
}

/* *end stays where an overlong or too large part is followed by another one. */
static NTSTATUS parse_ipv6(const struct source *text, size_t *end, BYTE *address)
{
	USHORT groups[8];
	size_t at = 0;
	int count = 0, gap = -1;

	/* In the caller's order, so that a broken address is written as far as it went. */
#define PUT(index, group) (groups[index] = (group), memcpy(address + 2 * (index), &groups[index], 2))
	if (unit(text, 0) == ':') {
		if (unit(text, 1) != ':') {
			*end = 0;
			return STATUS_INVALID_PARAMETER;
		}
		at = 2;
		gap = 0;
		PUT(0, 0);
	}
	for (bool after_gap = gap == 0;;) {
		size_t digits = count_digits(text, at, 16);
		unsigned next = unit(text, at + digits);
		int room = gap >= 0 ? 7 : 8;
		bool last = count == room - 1, again;
		USHORT group;

		if (!digits) {
			*end = at;
			if (!after_gap)
				return STATUS_INVALID_PARAMETER;
			break;
		}
		if (next == '.' && count_digits(text, at, 10) == digits && count + (gap >= 0) <= 6) {
			BYTE *bytes = address + 2 * count, fourth;

			if (!take_dotted(text, &at, end, bytes, &fourth) || (gap < 0 && count != 6))
				return STATUS_INVALID_PARAMETER;
			bytes[3] = fourth;
			memcpy(&groups[count], bytes, 4);
			count += 2;
			break;
		}
		again = unit(text, at + digits + 1) == ':';
		if (digits > 4) {
			if (next != ':' ? next != '.' || count_digits(text, at, 10) != digits : last || (again && gap >= 0))
				*end = at + digits;
			return STATUS_INVALID_PARAMETER;
		}
		group = group_value(text, at);
		at += digits;
		if (last || next != ':' || (again && gap >= 0)) {
			*end = at;
			if (gap < 0 && !last)
				return STATUS_INVALID_PARAMETER;
			PUT(count, group);
			count++;
			break;
		}
		PUT(count, group);
		count++;
		after_gap = again;
		at += 1 + again;
		if (again) {
			gap = count;
			if (count == 7) {
				*end = at;
				break;
			}
		}
	}
#undef PUT
	if (gap < 0) {
		memcpy(address, groups, 16);
		return STATUS_SUCCESS;
	}
	memset(address, 0, 16);
	memcpy(address, groups, 2 * (size_t)gap);
	memcpy(address + 2 * (8 - (count - gap)), groups + gap, 2 * (size_t)(count - gap));
	return STATUS_SUCCESS;
}

/* Six numbers of one or two hexadecimal digits with hyphens between them. */
static NTSTATUS parse_ethernet(const struct source *text, size_t *end, BYTE *address)
{
	BYTE bytes[6];
	size_t at = 0;

	for (int i = 0; i < 6; i++) {
		size_t digits = count_digits(text, at, 16);

		*end = at;
		if (!digits || digits > 2)
			return STATUS_INVALID_PARAMETER;
		bytes[i] = (BYTE)(digits == 2 ? digit(text, at) << 4 | digit(text, at + 1) : digit(text, at));
		at += digits;
		*end = at;
		if (i < 5 && unit(text, at++) != '-')
			return STATUS_INVALID_PARAMETER;
	}
	memcpy(address, bytes, 6);
	return STATUS_SUCCESS;
}

static NTSTATUS parse_ipv4_port(const struct source *text, bool strict, BYTE *address, USHORT *port)
{
	USHORT found = 0;
	NTSTATUS status;
	size_t at;

	if (!text->units || !address || !port)
		return STATUS_INVALID_PARAMETER;
	status = parse_ipv4(text, strict, &at, address);
	if (!NT_SUCCESS(status))
		return status;
	if (unit(text, at) == ':') {
		at++;
		if (!take_port(text, &at, &found))
			return STATUS_INVALID_PARAMETER;
	}
	if (unit(text, at))
		return STATUS_INVALID_PARAMETER;
	*port = found;
	return STATUS_SUCCESS;
}

static NTSTATUS parse_ipv6_port(const struct source *text, BYTE *address, ULONG *scope, USHORT *port)
{
	struct source inner = *text;
	ULONG found_scope = 0;
	USHORT found_port = 0;
	NTSTATUS status;
	bool bracket;
	size_t at;

	if (!text->units || !address || !scope || !port)
		return STATUS_INVALID_PARAMETER;
	bracket = unit(text, 0) == '[';
	if (bracket)
		inner.units = (const char *)text->units + (text->wide ? 2 : 1);
	status = parse_ipv6(&inner, &at, address);
	if (!NT_SUCCESS(status))
		return status;
	if (unit(&inner, at) == '%') {
		at++;
		if (!take_number(&inner, &at, 10, &found_scope))
			return STATUS_INVALID_PARAMETER;
	}
	if (bracket) {
		if (unit(&inner, at++) != ']')
			return STATUS_INVALID_PARAMETER;
		if (unit(&inner, at) == ':') {
			at++;
			if (!take_port(&inner, &at, &found_port))
				return STATUS_INVALID_PARAMETER;
		}
	}
	if (unit(&inner, at))
		return STATUS_INVALID_PARAMETER;
	*scope = found_scope;
	*port = found_port;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlIpv4StringToAddressA, (PCSTR text, BOOLEAN strict, PCSTR *terminator, BYTE *address))
{
	size_t end;
	NTSTATUS status = parse_ipv4(&(struct source){text, false}, strict, &end, address);

	*terminator = text + end;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlIpv4StringToAddressW, (PCWSTR text, BOOLEAN strict, PCWSTR *terminator, BYTE *address))
{
	size_t end;
	NTSTATUS status = parse_ipv4(&(struct source){text, true}, strict, &end, address);

	*terminator = text + end;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlIpv6StringToAddressA, (PCSTR text, PCSTR *terminator, BYTE *address))
{
	size_t end = NOWHERE;
	NTSTATUS status = parse_ipv6(&(struct source){text, false}, &end, address);

	if (end != NOWHERE)
		*terminator = text + end;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlIpv6StringToAddressW, (PCWSTR text, PCWSTR *terminator, BYTE *address))
{
	size_t end = NOWHERE;
	NTSTATUS status = parse_ipv6(&(struct source){text, true}, &end, address);

	if (end != NOWHERE)
		*terminator = text + end;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlEthernetStringToAddressA, (PCSTR text, PCSTR *terminator, BYTE *address))
{
	size_t end;
	NTSTATUS status = parse_ethernet(&(struct source){text, false}, &end, address);

	*terminator = text + end;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlEthernetStringToAddressW, (PCWSTR text, PCWSTR *terminator, BYTE *address))
{
	size_t end;
	NTSTATUS status = parse_ethernet(&(struct source){text, true}, &end, address);

	*terminator = text + end;
	return status;
}

EXPORT(ntdll, NTSTATUS, RtlIpv4StringToAddressExA, (PCSTR text, BOOLEAN strict, BYTE *address, USHORT *port))
{
	return parse_ipv4_port(&(struct source){text, false}, strict, address, port);
}

EXPORT(ntdll, NTSTATUS, RtlIpv4StringToAddressExW, (PCWSTR text, BOOLEAN strict, BYTE *address, USHORT *port))
{
	return parse_ipv4_port(&(struct source){text, true}, strict, address, port);
}

EXPORT(ntdll, NTSTATUS, RtlIpv6StringToAddressExA, (PCSTR text, BYTE *address, ULONG *scope, USHORT *port))
{
	return parse_ipv6_port(&(struct source){text, false}, address, scope, port);
}

EXPORT(ntdll, NTSTATUS, RtlIpv6StringToAddressExW, (PCWSTR text, BYTE *address, ULONG *scope, USHORT *port))
{
	return parse_ipv6_port(&(struct source){text, true}, address, scope, port);
}

size_t rtl_print_ipv4(const BYTE *address, char *text)
{
	return (size_t)sprintf(text, "%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
}

static unsigned group_at(const BYTE *address, int index)
{
	return (unsigned)address[2 * index] << 8 | address[2 * index + 1];
}

/* Whether the last four bytes are shown as an IPv4 address: those that are compatible, mapped, translated, and of ISATAP. */
static bool ends_in_ipv4(const BYTE *address)
{
	static const BYTE zeros[8];
	unsigned fourth = group_at(address, 4), fifth = group_at(address, 5);

	if (fifth == 0x5EFE && !(fourth & ~0x200u))
		return true;
	if (memcmp(address, zeros, 8) || !group_at(address, 6))
		return false;
	return (!fourth && (!fifth || fifth == 0xFFFF)) || (fourth == 0xFFFF && !fifth);
}

/* The longest run of zeros, the first of equals, at least two, is left out. */
size_t rtl_print_ipv6(const BYTE *address, char *text)
{
	bool dotted = ends_in_ipv4(address);
	int groups = dotted ? 6 : 8, best = -1, best_length = 1;
	char *at = text;

	for (int i = 0; i < groups; i++) {
		int length = 0;

		while (i + length < groups && !group_at(address, i + length))
			length++;
		if (length > best_length) {
			best = i;
			best_length = length;
		}
	}
	for (int i = 0; i < groups; i++) {
		if (i == best) {
			at += sprintf(at, "::");
			i += best_length - 1;
			continue;
		}
		at += sprintf(at, i && i != best + best_length ? ":%x" : "%x", group_at(address, i));
	}
	if (dotted) {
		if (at[-1] != ':')
			*at++ = ':';
		at += rtl_print_ipv4(address + 12, at);
	}
	return (size_t)(at - text);
}

static void widen(char16_t *to, const char *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = (BYTE)from[i];
}

/* What the functions return that are given no buffer. */
#define NO_BUFFER ((PVOID)-1)

EXPORT(ntdll, PSTR, RtlIpv4AddressToStringA, (const BYTE *address, PSTR text))
{
	return text ? text + rtl_print_ipv4(address, text) : NO_BUFFER;
}

EXPORT(ntdll, PWSTR, RtlIpv4AddressToStringW, (const BYTE *address, PWSTR text))
{
	char printed[16];
	size_t length;

	if (!text)
		return NO_BUFFER;
	length = rtl_print_ipv4(address, printed);
	widen(text, printed, length + 1);
	return text + length;
}

/* The last byte of the buffer is 0 too. */
EXPORT(ntdll, PSTR, RtlIpv6AddressToStringA, (const BYTE *address, PSTR text))
{
	if (!text)
		return NO_BUFFER;
	text[IPV6_TEXT - 1] = 0;
	return text + rtl_print_ipv6(address, text);
}

EXPORT(ntdll, PWSTR, RtlIpv6AddressToStringW, (const BYTE *address, PWSTR text))
{
	char printed[IPV6_TEXT];
	size_t length;

	if (!text)
		return NO_BUFFER;
	length = rtl_print_ipv6(address, printed);
	text[IPV6_TEXT - 1] = 0;
	widen(text, printed, length + 1);
	return text + length;
}

static size_t print_ethernet(const BYTE *a, char *text)
{
	return (size_t)sprintf(text, "%02X-%02X-%02X-%02X-%02X-%02X", a[0], a[1], a[2], a[3], a[4], a[5]);
}

EXPORT(ntdll, PSTR, RtlEthernetAddressToStringA, (const BYTE *address, PSTR text))
{
	return text ? text + print_ethernet(address, text) : NO_BUFFER;
}

EXPORT(ntdll, PWSTR, RtlEthernetAddressToStringW, (const BYTE *address, PWSTR text))
{
	char printed[18];

	if (!text)
		return NO_BUFFER;
	widen(text, printed, print_ethernet(address, printed) + 1);
	return text + sizeof(printed) - 1;
}

/* *size in characters with the terminator: what there is, what is needed. */
static NTSTATUS give(const char *printed, size_t length, PVOID text, bool wide, ULONG *size)
{
	bool fits = *size > length;

	*size = (ULONG)length + 1;
	if (!fits)
		return STATUS_INVALID_PARAMETER;
	if (wide)
		widen(text, printed, length + 1);
	else
		memcpy(text, printed, length + 1);
	return STATUS_SUCCESS;
}

static NTSTATUS give_ipv4(const BYTE *address, USHORT port, PVOID text, bool wide, ULONG *size)
{
	char printed[24];
	size_t length;

	if (!address || !text || !size)
		return STATUS_INVALID_PARAMETER;
	length = rtl_print_ipv4(address, printed);
	if (port)
		length += (size_t)sprintf(printed + length, ":%u", __builtin_bswap16(port));
	return give(printed, length, text, wide, size);
}

static NTSTATUS give_ipv6(const BYTE *address, ULONG scope, USHORT port, PVOID text, bool wide, ULONG *size)
{
	char printed[IPV6_TEXT + 24];
	size_t length = 0;

	if (!address || !text || !size)
		return STATUS_INVALID_PARAMETER;
	if (port)
		printed[length++] = '[';
	length += rtl_print_ipv6(address, printed + length);
	if (scope)
		length += (size_t)sprintf(printed + length, "%%%u", scope);
	if (port)
		length += (size_t)sprintf(printed + length, "]:%u", __builtin_bswap16(port));
	return give(printed, length, text, wide, size);
}

EXPORT(ntdll, NTSTATUS, RtlIpv4AddressToStringExA, (const BYTE *address, USHORT port, PSTR text, PULONG size))
{
	return give_ipv4(address, port, text, false, size);
}

EXPORT(ntdll, NTSTATUS, RtlIpv4AddressToStringExW, (const BYTE *address, USHORT port, PWSTR text, PULONG size))
{
	return give_ipv4(address, port, text, true, size);
}

EXPORT(ntdll, NTSTATUS, RtlIpv6AddressToStringExA, (const BYTE *address, ULONG scope, USHORT port, PSTR text, PULONG size))
{
	return give_ipv6(address, scope, port, text, false, size);
}

EXPORT(ntdll, NTSTATUS, RtlIpv6AddressToStringExW, (const BYTE *address, ULONG scope, USHORT port, PWSTR text, PULONG size))
{
	return give_ipv6(address, scope, port, text, true, size);
}
