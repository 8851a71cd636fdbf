/*
 * address_text.c - network addresses as text and back: ntdll's functions, which Winsock's stand on.
 */
#define _WINSOCKAPI_
#include "guest.h"
#undef _WINSOCKAPI_
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>

#define NOT_TOLD (-1)
#define UNTOUCHED 0xAB
#define OK 0
#define BAD ((LONG)0xC000000D)

LONG NTAPI RtlIpv6StringToAddressA(PCSTR, LPSTR *, IN6_ADDR *);
LONG NTAPI RtlIpv6StringToAddressW(PCWSTR, LPWSTR *, IN6_ADDR *);
PSTR NTAPI RtlEthernetAddressToStringA(const void *, PSTR);
PWSTR NTAPI RtlEthernetAddressToStringW(const void *, PWSTR);
LONG NTAPI RtlEthernetStringToAddressA(PCSTR, PCSTR *, void *);
LONG NTAPI RtlEthernetStringToAddressW(PCWSTR, PCWSTR *, void *);

static WCHAR wide_text[80];

static const WCHAR *wide(const char *text)
{
	MultiByteToWideChar(CP_ACP, 0, text, -1, wide_text, ARRAYSIZE(wide_text));
	snprintf(guest_row, sizeof(guest_row), " (%s)", text);
	return wide_text;
}

static void read_ipv4(void)
{
	static const struct {
		const char *text;
		LONG status;
		int end;
		ULONG address; /* as it is written; not looked at on failure */
		LONG strict_status;
		int strict_end;
	} rows[] = {
		{"10.20.30.40", OK, 11, 0x0A141E28, OK, 11},
		{"10.20.30.40:80", OK, 11, 0x0A141E28, OK, 11},
		{"10.20.30.40 x", OK, 11, 0x0A141E28, OK, 11},
		{"10.20.30", OK, 8, 0x0A14001E, BAD, 8},
		{"10.20", OK, 5, 0x0A000014, BAD, 5},
		{"10", OK, 2, 0x0000000A, BAD, 2},
		{"10.131844", OK, 9, 0x0A020304, BAD, 9},
		{"10.20.65535", OK, 11, 0x0A14FFFF, BAD, 11},
		{"10.20.65536", BAD, 11, 0, BAD, 11},
		{"4294967295", OK, 10, 0xFFFFFFFF, BAD, 10},
		{"4294967296", BAD, 9, 0, BAD, 9},
		{"10.20.30.256", BAD, 12, 0, BAD, 12},
		{"300.20.30.4", BAD, 11, 0, BAD, 11},
		{"0x7f.1", OK, 6, 0x7F000001, BAD, 2},
		{"0X7f000001", OK, 10, 0x7F000001, BAD, 2},
		{"0x123456789", OK, 11, 0x23456789, BAD, 2}, /* it does not become smaller */
		{"0x", BAD, 2, 0, BAD, 2},
		{"0177.0.0.1", OK, 10, 0x7F000001, BAD, 1},
		{"1.1.1.09", BAD, 7, 0, BAD, 7},
		{"1.1.1.009", OK, 8, 0x01010100, BAD, 7},
		{"1.1.1.0q", OK, 7, 0x01010100, OK, 7},
		{"12ab", OK, 2, 0x0000000C, BAD, 2},
		{"1.2.3.4.5", BAD, 7, 0, BAD, 7},
		{"1.2.3.4.", BAD, 7, 0, BAD, 7},
		{"1.2.", BAD, 4, 0, BAD, 4},
		{"1..3", BAD, 3, 0, BAD, 3},
		{".1", BAD, 1, 0, BAD, 1},
		{"1. 2", BAD, 2, 0, BAD, 2},
		{"1.2.3.-4", BAD, 6, 0, BAD, 6},
		{" 1.2.3.4", BAD, 0, 0, BAD, 0},
		{"", BAD, 0, 0, BAD, 0},
		{"::1", BAD, 0, 0, BAD, 0},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		const WCHAR *wide_row = wide(rows[i].text);
		WCHAR *wide_end;

		for (int strict = 0; strict < 2; strict++) {
			LONG status = strict ? rows[i].strict_status : rows[i].status;
			int end = strict ? rows[i].strict_end : rows[i].end;
			struct in_addr address = {.s_addr = 0xABABABAB};
			char *terminator;

			CHECK_EQUAL(RtlIpv4StringToAddressA(rows[i].text, (BOOLEAN)strict, &terminator, &address), status);
			CHECK_EQUAL(terminator - rows[i].text, end);
			CHECK_EQUAL(address.s_addr, status ? 0xABABABAB : htonl(rows[i].address));
			address.s_addr = 0xABABABAB;
			CHECK_EQUAL(RtlIpv4StringToAddressW(wide_row, (BOOLEAN)strict, &wide_end, &address), status);
			CHECK_EQUAL(wide_end - wide_row, end);
			CHECK_EQUAL(address.s_addr, status ? 0xABABABAB : htonl(rows[i].address));
		}
	}
}

static void read_ipv4_and_port(void)
{
	static const struct {
		const char *text;
		LONG status;
		USHORT port;
	} rows[] = {
		{"1.2.3.4", OK, 0},
		{"1.2.3.4:80", OK, 80},
		{"1.2.3.4:65535", OK, 65535},
		{"1.2.3.4:0x50", OK, 80},
		{"1.2.3.4:0120", OK, 80},
		{"1.2.3.4:65536", BAD, 0},
		{"1.2.3.4:0", BAD, 0},
		{"1.2.3.4:", BAD, 0},
		{"1.2.3.4:80a", BAD, 0},
		{"1.2.3.4: 80", BAD, 0},
		{"1.2.3.4 ", BAD, 0},
	};
	struct in_addr address;
	USHORT port = 7;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		const WCHAR *wide_row = wide(rows[i].text);
		USHORT want = rows[i].status ? 7 : htons(rows[i].port);

		port = 7;
		address.s_addr = 0;
		CHECK_EQUAL(RtlIpv4StringToAddressExA(rows[i].text, TRUE, &address, &port), rows[i].status);
		CHECK_EQUAL(port, want);
		CHECK_EQUAL(address.s_addr, htonl(0x01020304)); /* it was read before the port */
		port = 7;
		CHECK_EQUAL(RtlIpv4StringToAddressExW(wide_row, FALSE, &address, &port), rows[i].status);
		CHECK_EQUAL(port, want);
	}
	CHECK_EQUAL(RtlIpv4StringToAddressExA(NULL, FALSE, &address, &port), BAD);
	CHECK_EQUAL(RtlIpv4StringToAddressExA("1.2.3.4", FALSE, NULL, &port), BAD);
	CHECK_EQUAL(RtlIpv4StringToAddressExA("1.2.3.4", FALSE, &address, NULL), BAD);
}

/* Eight groups in the order in which they are written. */
static void set_groups(struct in6_addr *address, const int *groups)
{
	for (int i = 0; i < 8; i++) {
		address->s6_addr[2 * i] = (BYTE)(groups[i] >> 8);
		address->s6_addr[2 * i + 1] = (BYTE)groups[i];
	}
}

static void read_ipv6(void)
{
#define U 0xABAB
	static const struct {
		const char *text;
		LONG status;
		int end;
		int groups[8];
		BOOL whole; /* the string is an address without more */
	} rows[] = {
		{"1:2:3:4:5:6:7:8", OK, 15, {1, 2, 3, 4, 5, 6, 7, 8}, TRUE},
		{"FE80::abcd", OK, 10, {0xFE80, 0, 0, 0, 0, 0, 0, 0xABCD}, TRUE},
		{"::", OK, 2, {0}, TRUE},
		{"::5", OK, 3, {0, 0, 0, 0, 0, 0, 0, 5}, TRUE},
		{"1::", OK, 3, {1}, TRUE},
		{"1:2:3:4:5:6:7::", OK, 15, {1, 2, 3, 4, 5, 6, 7, 0}, TRUE},
		{"1:2:3:4:5:6::8", OK, 14, {1, 2, 3, 4, 5, 6, 0, 8}, TRUE},
		{"1::3:4:5:6:7:8", OK, 14, {1, 0, 3, 4, 5, 6, 7, 8}, TRUE},
		{"::1.2.3.4", OK, 9, {0, 0, 0, 0, 0, 0, 0x102, 0x304}, TRUE},
		{"1:2:3:4:5:6:7.8.9.10", OK, 20, {1, 2, 3, 4, 5, 6, 0x708, 0x90A}, TRUE},
		{"1:2:3:4:5::1.2.3.4", OK, 18, {1, 2, 3, 4, 5, 0, 0x102, 0x304}, TRUE},
		{"1::001.2.3.4", OK, 12, {1, 0, 0, 0, 0, 0, 0x102, 0x304}, TRUE},
		/* What follows an address is not looked at. */
		{"::1/64", OK, 3, {0, 0, 0, 0, 0, 0, 0, 1}},
		{"1:2:3:4:5:6:7:8:9", OK, 15, {1, 2, 3, 4, 5, 6, 7, 8}},
		{"1:2:3:4:5:6::7:8", OK, 14, {1, 2, 3, 4, 5, 6, 0, 7}},
		{"1:2:3:4:5:6:7::8", OK, 15, {1, 2, 3, 4, 5, 6, 7, 0}},
		{"1::2::3", OK, 4, {1, 0, 0, 0, 0, 0, 0, 2}},
		{"1:2:::", OK, 5, {1, 2}},
		{"::-5", OK, 2, {0}},
		{"1::a.b", OK, 4, {1, 0, 0, 0, 0, 0, 0, 0xA}},
		{"1:2:3:4:5:6::1.2.3.4", OK, 14, {1, 2, 3, 4, 5, 6, 0, 1}},
		/* A group is what the C library reads. */
		{"::0x77", OK, 3, {0, 0, 0, 0, 0, 0, 0, 0x77}},
		{"::0x80000001", OK, 3, {0, 0, 0, 0, 0, 0, 0, 0xFFFF}},
		/* Broken ones are written as far as they went. */
		{"1", BAD, 1, {U, U, U, U, U, U, U, U}},
		{"1:2:", BAD, 4, {1, 2, U, U, U, U, U, U}},
		{"1:2:3", BAD, 5, {1, 2, U, U, U, U, U, U}},
		{"1:2: 3", BAD, 4, {1, 2, U, U, U, U, U, U}},
		{"1::5:", BAD, 5, {1, 5, U, U, U, U, U, U}},
		{"::12345", BAD, 7, {0, U, U, U, U, U, U, U}},
		{"1::12345", BAD, 8, {1, U, U, U, U, U, U, U}},
		{"12345::", BAD, NOT_TOLD, {U, U, U, U, U, U, U, U}},
		{"1:23456:3", BAD, NOT_TOLD, {1, U, U, U, U, U, U, U}},
		{"1:2:3:4:5:6:7:12345:", BAD, 19, {1, 2, 3, 4, 5, 6, 7, U}},
		{"1.2.3.4", BAD, 7, {0x102, 0x3AB, U, U, U, U, U, U}},
		{"1::1.2.3", BAD, 8, {1, 0x102, U, U, U, U, U, U}},
		{"1::1.2.3.256", BAD, 12, {1, 0x102, 0x3AB, U, U, U, U, U}},
		{"1::1.256.3.4", BAD, NOT_TOLD, {1, 0x1AB, U, U, U, U, U, U}},
		{"1::1.256:3", BAD, 8, {1, 0x1AB, U, U, U, U, U, U}},
		{"1::1.", BAD, 5, {1, 0x1AB, U, U, U, U, U, U}},
		{":", BAD, 0, {U, U, U, U, U, U, U, U}},
		{":1::", BAD, 0, {U, U, U, U, U, U, U, U}},
		{"[::]", BAD, 0, {U, U, U, U, U, U, U, U}},
	};

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		const WCHAR *wide_row = wide(rows[i].text);
		WCHAR *wide_end = NULL;
		char *terminator = NULL;
		struct in6_addr address, want;
		ULONG scope;
		USHORT port;

		set_groups(&want, rows[i].groups);
		memset(&address, UNTOUCHED, sizeof(address));
		CHECK_EQUAL(RtlIpv6StringToAddressA(rows[i].text, &terminator, &address), rows[i].status);
		CHECK(terminator == (rows[i].end == NOT_TOLD ? NULL : rows[i].text + rows[i].end));
		CHECK(!memcmp(&address, &want, sizeof(want)));
		memset(&address, UNTOUCHED, sizeof(address));
		CHECK_EQUAL(RtlIpv6StringToAddressW(wide_row, &wide_end, &address), rows[i].status);
		CHECK(wide_end == (rows[i].end == NOT_TOLD ? NULL : wide_row + rows[i].end));
		CHECK(!memcmp(&address, &want, sizeof(want)));
		if (*rows[i].text == '[')
			continue;
		CHECK_EQUAL(RtlIpv6StringToAddressExA(rows[i].text, &address, &scope, &port), rows[i].whole ? OK : BAD);
		CHECK_EQUAL(inet_pton(AF_INET6, rows[i].text, &address), rows[i].whole);
	}
#undef U
}

static void read_ipv6_and_port(void)
{
	static const struct {
		const char *text;
		LONG status;
		ULONG scope;
		USHORT port;
	} rows[] = {
		{"[::1]", OK, 0, 0},
		{"[::1]:80", OK, 0, 80},
		{"[::1]:0x50", OK, 0, 80},
		{"[::1]:0120", OK, 0, 80},
		{"::1%17", OK, 17, 0},
		{"[::1%17]", OK, 17, 0},
		{"[::1%4294967295]:443", OK, 4294967295, 443},
		{"[::1%0]:443", OK, 0, 443},
		{"[::1%4294967296]:443", BAD, 0, 0},
		{"[::1%0x10]:443", BAD, 0, 0},
		{"[::1%-1]", BAD, 0, 0},
		{"[::1%1", BAD, 0, 0},
		{"[::1", BAD, 0, 0},
		{"::1]", BAD, 0, 0},
		{"[::1]:090", BAD, 0, 0},
		{"[::1]:65536", BAD, 0, 0},
		{"[::1].80", BAD, 0, 0},
		{"[::1 ]:80", BAD, 0, 0},
	};
	static const int loopback[8] = {0, 0, 0, 0, 0, 0, 0, 1};
	struct in6_addr address, want;
	ULONG scope = 9;
	USHORT port = 9;

	set_groups(&want, loopback);
	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		const WCHAR *wide_row = wide(rows[i].text);

		for (int w = 0; w < 2; w++) {
			scope = port = 9;
			memset(&address, UNTOUCHED, sizeof(address));
			CHECK_EQUAL(w ? RtlIpv6StringToAddressExW(wide_row, &address, &scope, &port)
				      : RtlIpv6StringToAddressExA(rows[i].text, &address, &scope, &port),
				    rows[i].status);
			CHECK_EQUAL(scope, rows[i].status ? 9 : rows[i].scope);
			CHECK_EQUAL(port, rows[i].status ? 9 : htons(rows[i].port));
			CHECK(!memcmp(&address, &want, sizeof(want)));
		}
	}
	CHECK_EQUAL(RtlIpv6StringToAddressExA(NULL, &address, &scope, &port), BAD);
	CHECK_EQUAL(RtlIpv6StringToAddressExA("::", NULL, &scope, &port), BAD);
	CHECK_EQUAL(RtlIpv6StringToAddressExA("::", &address, NULL, &port), BAD);
	CHECK_EQUAL(RtlIpv6StringToAddressExA("::", &address, &scope, NULL), BAD);
}

static void write_addresses(void)
{
	static const struct {
		int groups[8];
		const char *text;
	} rows[] = {
		{{0}, "::"},
		{{0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
		{{1, 2, 3, 4, 5, 6, 7, 8}, "1:2:3:4:5:6:7:8"},
		{{0xFE80}, "fe80::"},
		{{1, 2, 0, 4, 5, 6, 7, 8}, "1:2:0:4:5:6:7:8"},
		{{1, 0, 0, 4, 0, 0, 0, 8}, "1:0:0:4::8"},
		{{1, 0, 0, 4, 5, 0, 0, 8}, "1::4:5:0:0:8"},
		{{0, 0, 0, 0, 0, 0, 0x102, 0x304}, "::1.2.3.4"},
		{{0, 0, 0, 0, 0, 0, 1, 0}, "::0.1.0.0"},
		{{0, 0, 0, 0, 0, 0, 0, 0x304}, "::304"},
		{{0, 0, 0, 0, 0, 0xFFFF, 0x102, 0x304}, "::ffff:1.2.3.4"},
		{{0, 0, 0, 0, 0, 0xFFFF, 0, 0x304}, "::ffff:0:304"},
		{{0, 0, 0, 0, 0xFFFF, 0, 0x102, 0x304}, "::ffff:0:1.2.3.4"},
		{{0, 0, 0, 0, 0xFFFF, 0xFFFF, 0x102, 0x304}, "::ffff:ffff:102:304"},
		{{0, 0, 0, 0xFFFF, 0, 0, 0x102, 0x304}, "::ffff:0:0:102:304"},
		{{0, 0, 0, 0, 0, 0x5EFE, 0, 0}, "::5efe:0.0.0.0"},
		{{0xFE80, 0, 0, 0, 0, 0x5EFE, 0x102, 0x304}, "fe80::5efe:1.2.3.4"},
		{{1, 2, 3, 4, 0x200, 0x5EFE, 0x102, 0x304}, "1:2:3:4:200:5efe:1.2.3.4"},
		{{0, 0, 0, 0, 0x100, 0x5EFE, 0x102, 0x304}, "::100:5efe:102:304"},
	};
	struct in_addr four = {.s_addr = htonl(0x01020304)};
	struct in6_addr address;
	BYTE ethernet[6] = {0x00, 0x1A, 0xB2, 3, 4, 0xFF}, other[6];
	char text[80];
	const char *end;
	const WCHAR *wide_end;
	WCHAR wide_buffer[80];
	ULONG size;

	for (size_t i = 0; i < ARRAYSIZE(rows); i++) {
		const WCHAR *wide_row = wide(rows[i].text);

		set_groups(&address, rows[i].groups);
		memset(text, '#', sizeof(text));
		CHECK(RtlIpv6AddressToStringA(&address, text) == text + strlen(rows[i].text));
		CHECK(!strcmp(text, rows[i].text));
		CHECK(RtlIpv6AddressToStringW(&address, wide_buffer) == wide_buffer + wcslen(wide_row));
		CHECK(!wcscmp(wide_buffer, wide_row));
		CHECK(inet_ntop(AF_INET6, &address, text, sizeof(text)) == text);
		CHECK(!strcmp(text, rows[i].text));
	}
	*guest_row = 0;
	CHECK(RtlIpv4AddressToStringA(&four, text) == text + 7 && !strcmp(text, "1.2.3.4"));
	CHECK(RtlIpv4AddressToStringW(&four, wide_buffer) == wide_buffer + 7 && !wcscmp(wide_buffer, L"1.2.3.4"));

	size = 11;
	CHECK_EQUAL(RtlIpv4AddressToStringExA(&four, htons(80), text, &size), OK);
	CHECK(size == 11 && !strcmp(text, "1.2.3.4:80"));
	size = 10;
	*text = '#';
	CHECK_EQUAL(RtlIpv4AddressToStringExA(&four, htons(80), text, &size), BAD);
	CHECK(size == 11 && *text == '#');
	CHECK_EQUAL(RtlIpv4AddressToStringExW(&four, 0, wide_buffer, &size), OK);
	CHECK(size == 8 && !wcscmp(wide_buffer, L"1.2.3.4"));
	CHECK_EQUAL(RtlIpv4AddressToStringExA(NULL, 0, text, &size), BAD);
	CHECK_EQUAL(RtlIpv4AddressToStringExA(&four, 0, NULL, &size), BAD);
	CHECK_EQUAL(RtlIpv4AddressToStringExA(&four, 0, text, NULL), BAD);

	set_groups(&address, rows[1].groups);
	size = sizeof(text);
	CHECK_EQUAL(RtlIpv6AddressToStringExA(&address, 4294967295, htons(443), text, &size), OK);
	CHECK(size == 21 && !strcmp(text, "[::1%4294967295]:443"));
	size = sizeof(text);
	CHECK_EQUAL(RtlIpv6AddressToStringExA(&address, 0, htons(443), text, &size), OK);
	CHECK(size == 10 && !strcmp(text, "[::1]:443"));
	size = ARRAYSIZE(wide_buffer);
	CHECK_EQUAL(RtlIpv6AddressToStringExW(&address, 3, 0, wide_buffer, &size), OK);
	CHECK(size == 6 && !wcscmp(wide_buffer, L"::1%3"));
	size = 5;
	CHECK_EQUAL(RtlIpv6AddressToStringExW(&address, 3, 0, wide_buffer, &size), BAD);
	CHECK_EQUAL(size, 6);

	CHECK(RtlEthernetAddressToStringA(ethernet, text) == text + 17 && !strcmp(text, "00-1A-B2-03-04-FF"));
	CHECK(RtlEthernetAddressToStringW(ethernet, wide_buffer) == wide_buffer + 17);
	CHECK(!wcscmp(wide_buffer, L"00-1A-B2-03-04-FF"));
	CHECK_EQUAL(RtlEthernetStringToAddressA(text, &end, other), OK);
	CHECK(end == text + 17 && !memcmp(ethernet, other, 6));
	CHECK_EQUAL(RtlEthernetStringToAddressW(L"00-1a-b2-03-04-fe", &wide_end, other), OK);
	CHECK(!*wide_end && other[5] == 0xFE);
	CHECK_EQUAL(RtlEthernetStringToAddressA("00-1A-B2-03-04", &end, other), BAD);
	CHECK_EQUAL(RtlEthernetStringToAddressA("00-1A-B2-03-04-GG", &end, other), BAD);
}

/* Winsock reads strictly where it takes an address only. */
static void winsock(void)
{
	struct in_addr address;

	CHECK_EQUAL(inet_pton(AF_INET, "127.0.0.1", &address), 1);
	CHECK_EQUAL(inet_pton(AF_INET, "127.1", &address), 0);
	CHECK_EQUAL(inet_pton(AF_INET, "127.0.0.01", &address), 0);
	CHECK_EQUAL(inet_pton(AF_INET, "127.0.0.1 ", &address), 0);
	CHECK_EQUAL(inet_addr("127.1"), htonl(0x7F000001));
	CHECK_EQUAL(inet_addr("0x7f.1"), htonl(0x7F000001));
	CHECK_EQUAL(inet_addr("127.0.0.1 and more"), htonl(0x7F000001));
	CHECK_EQUAL(inet_addr("127.0.0.1x"), INADDR_NONE);
	CHECK_EQUAL(inet_addr("256.1"), INADDR_NONE);
	for (int c = 1; c < 256; c++) {
		char text[] = {'1', '.', '2', (char)c, 0};

		if (!(c >= '0' && c <= '9'))
			CHECK_EQUAL(inet_addr(text), c == ' ' || (c >= '\t' && c <= '\r') ? htonl(0x01000002) : INADDR_NONE);
	}
	CHECK_EQUAL(inet_addr(" "), 0);
	CHECK_EQUAL(inet_addr("  "), INADDR_NONE);
	CHECK_EQUAL(inet_addr("\t"), INADDR_NONE);
	CHECK_EQUAL(inet_addr(" 1.2.3.4"), INADDR_NONE);
	CHECK_EQUAL(inet_addr(NULL), INADDR_NONE);
	CHECK_EQUAL(WSAGetLastError(), WSAEFAULT);
	/* An address with something behind it is written, and is none. */
	CHECK_EQUAL(inet_pton(AF_INET, "9.8.7.6:5", &address), 0);
	CHECK_EQUAL(address.s_addr, htonl(0x09080706));
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3", &address), 0);
	CHECK_EQUAL(address.s_addr, htonl(0x09080706));
}

int main(void)
{
	WSADATA data;

	CHECK_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
	read_ipv4();
	read_ipv4_and_port();
	read_ipv6();
	read_ipv6_and_port();
	write_addresses();
	*guest_row = 0;
	winsock();
	return guest_result();
}
