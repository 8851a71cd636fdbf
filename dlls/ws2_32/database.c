/*
 * dlls/ws2_32/database.c - hostent, servent and protoent: names by the old functions.
 *
 * The answers lie in memory of the thread's, which the next call overwrites.
 */
#include "dlls/ws2_32/names.h"
#include "ntdll/ke/ke.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_ADDRESSES 16

struct hostent {
	char *name;
	char **aliases;
	SHORT family, size;
	char **addresses;
};
struct servent { /* as Windows' for 64 bits: the protocol before the port */
	char *name;
	char **aliases;
	char *protocol;
	SHORT port;
};
struct protoent {
	char *name;
	char **aliases;
	SHORT number;
};

static __thread struct {
	struct hostent host;
	struct servent service;
	struct protoent protocol;
	char host_name[256], service_name[64], service_protocol[16];
	BYTE bytes[MOST_ADDRESSES][16];
	char *addresses[MOST_ADDRESSES + 1], *none[1], *alias[2];
} *known;

/* The thread's place; NULL: no memory. */
static bool have_place(void)
{
	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return false;
	}
	if (!known)
		known = LocalAlloc(LMEM_ZEROINIT, sizeof(*known));
	if (!known)
		set_last_error(WSAENOBUFS);
	return known != NULL;
}

static struct hostent *give_host(const struct host_address *addresses, int count)
{
	bool six = addresses[0].family == HOST_FAMILY_INET6;
	int kept = 0;

	for (int i = 0; i < count && kept < MOST_ADDRESSES; i++) {
		if (addresses[i].family != addresses[0].family)
			continue;
		memcpy(known->bytes[kept], addresses[i].bytes, 16);
		known->addresses[kept] = (char *)known->bytes[kept];
		kept++;
	}
	known->addresses[kept] = NULL;
	known->host = (struct hostent){known->host_name, known->none, six ? AF_INET6 : AF_INET, six ? 16 : 4, known->addresses};
	return &known->host;
}

EXPORT_AS(ws2_32, "gethostbyname", struct hostent *, ws_gethostbyname, (const char *name))
{
	struct host_address addresses[MOST_ADDRESSES];
	char own[256];
	int count = 1;

	if (!have_place())
		return NULL;
	if (!name || !*name) {
		DWORD length = sizeof(own);

		if (!GetComputerNameExA(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, own, &length))
			own[0] = 0;
		name = own;
	}
	memset(&addresses[0], 0, sizeof(addresses[0]));
	addresses[0].family = HOST_FAMILY_INET;
	if (ws_parse_v4(name, addresses[0].bytes))
		snprintf(known->host_name, sizeof(known->host_name), "%s", name);
	else
		count = ws_resolve_name(name, HOST_FAMILY_INET, addresses, MOST_ADDRESSES, known->host_name,
					sizeof(known->host_name));
	if (count > 0)
		return give_host(addresses, count);
	set_last_error(ws_resolver_error(count));
	return NULL;
}

EXPORT_AS(ws2_32, "gethostbyaddr", struct hostent *, ws_gethostbyaddr, (const char *bytes, INT size, INT family))
{
	struct host_address address = {0};
	int error;

	if (!have_place())
		return NULL;
	if (!bytes || (family == AF_INET && size < 4) || (family == AF_INET6 && size < 16)) {
		set_last_error(WSAEFAULT);
		return NULL;
	}
	if (family != AF_INET && family != AF_INET6) {
		set_last_error(WSAEAFNOSUPPORT);
		return NULL;
	}
	address.family = family == AF_INET ? HOST_FAMILY_INET : HOST_FAMILY_INET6;
	memcpy(address.bytes, bytes, family == AF_INET ? 4 : 16);
	ke_enter_blocking();
	error = host_resolve_address(&address, known->host_name, sizeof(known->host_name));
	ke_leave_blocking();
	if (error) {
		set_last_error(ws_resolver_error(error));
		return NULL;
	}
	return give_host(&address, 1);
}

EXPORT_AS(ws2_32, "gethostname", INT, ws_gethostname, (char *name, INT size))
{
	DWORD length = (DWORD)size;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return SOCKET_ERROR;
	}
	if (!name || size <= 0 || !GetComputerNameExA(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, name, &length)) {
		set_last_error(WSAEFAULT);
		return SOCKET_ERROR;
	}
	return 0;
}

EXPORT(ws2_32, INT, GetHostNameW, (LPWSTR name, INT size))
{
	DWORD length = (DWORD)size;

	if (!ws_started()) {
		set_last_error(WSANOTINITIALISED);
		return SOCKET_ERROR;
	}
	if (!name || size <= 0 || !GetComputerNameExW(COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME, name, &length)) {
		set_last_error(WSAEFAULT);
		return SOCKET_ERROR;
	}
	return 0;
}

/* Names that a program may ask for without the system knowing them (IANA's). */
static const struct {
	const char *name, *alias, *protocol;
	uint16_t port;
} services[] = {
	{"echo", NULL, "tcp", 7},	  {"echo", NULL, "udp", 7},	      {"discard", "sink", "tcp", 9},
	{"discard", "sink", "udp", 9},	  {"systat", "users", "tcp", 11},     {"daytime", NULL, "tcp", 13},
	{"daytime", NULL, "udp", 13},	  {"qotd", "quote", "tcp", 17},	      {"chargen", "ttytst", "tcp", 19},
	{"ftp-data", NULL, "tcp", 20},	  {"ftp", NULL, "tcp", 21},	      {"ssh", NULL, "tcp", 22},
	{"telnet", NULL, "tcp", 23},	  {"smtp", "mail", "tcp", 25},	      {"time", "timserver", "tcp", 37},
	{"nicname", "whois", "tcp", 43},  {"domain", NULL, "tcp", 53},	      {"domain", NULL, "udp", 53},
	{"bootps", "dhcps", "udp", 67},	  {"bootpc", "dhcpc", "udp", 68},     {"tftp", NULL, "udp", 69},
	{"gopher", NULL, "tcp", 70},	  {"finger", NULL, "tcp", 79},	      {"http", "www", "tcp", 80},
	{"kerberos", "krb5", "tcp", 88},  {"kerberos", "krb5", "udp", 88},    {"pop3", NULL, "tcp", 110},
	{"sunrpc", "rpcbind", "tcp", 111}, {"sunrpc", "rpcbind", "udp", 111}, {"auth", "ident", "tcp", 113},
	{"nntp", "usenet", "tcp", 119},	  {"ntp", NULL, "udp", 123},	      {"epmap", "loc-srv", "tcp", 135},
	{"imap", "imap4", "tcp", 143},	  {"snmp", NULL, "udp", 161},	      {"bgp", NULL, "tcp", 179},
	{"irc", NULL, "tcp", 194},	  {"ldap", NULL, "tcp", 389},	      {"https", "MCom", "tcp", 443},
	{"https", "MCom", "udp", 443},	  {"microsoft-ds", NULL, "tcp", 445}, {"syslog", NULL, "udp", 514},
	{"ldaps", "sldap", "tcp", 636},	  {"imaps", NULL, "tcp", 993},	      {"pop3s", "spop3", "tcp", 995},
	{"socks", NULL, "tcp", 1080},	  {"ms-sql-s", NULL, "tcp", 1433},    {"nfs", NULL, "udp", 2049},
};

bool ws_find_service(const char *name, const char *protocol, uint16_t *port, char found_protocol[16], char official[64])
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if ((protocol && !ws_same_text(services[i].protocol, protocol)) ||
		    (!ws_same_text(services[i].name, name) && !(services[i].alias && ws_same_text(services[i].alias, name))))
			continue;
		*port = services[i].port;
		snprintf(found_protocol, 16, "%s", services[i].protocol);
		snprintf(official, 64, "%s", services[i].name);
		return true;
	}
	return host_service_by_name(name, protocol, port, found_protocol, official);
}

bool ws_find_port(uint16_t port, const char *protocol, char name[64], char found_protocol[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (services[i].port != port || (protocol && !ws_same_text(services[i].protocol, protocol)))
			continue;
		snprintf(name, 64, "%s", services[i].name);
		snprintf(found_protocol, 16, "%s", services[i].protocol);
		return true;
	}
	return host_service_by_port(port, protocol, name, found_protocol);
}

static struct servent *give_service(bool found, uint16_t port)
{
	if (!found) {
		set_last_error(WSANO_DATA);
		return NULL;
	}
	known->service = (struct servent){known->service_name, known->none, known->service_protocol,
					  (SHORT)__builtin_bswap16(port)};
	return &known->service;
}

EXPORT_AS(ws2_32, "getservbyname", struct servent *, ws_getservbyname, (const char *name, const char *protocol))
{
	uint16_t port = 0;

	bool found;

	if (!have_place())
		return NULL;
	found = name && ws_find_service(name, protocol, &port, known->service_protocol, known->service_name);
	return give_service(found, port);
}

EXPORT_AS(ws2_32, "getservbyport", struct servent *, ws_getservbyport, (INT port, const char *protocol))
{
	uint16_t number = __builtin_bswap16((uint16_t)port);

	if (!have_place())
		return NULL;
	return give_service(ws_find_port(number, protocol, known->service_name, known->service_protocol), number);
}

/* As in Windows' file of protocols. */
static const struct {
	const char *name;
	char *alias;
	SHORT number;
} protocols[] = {
	{"ip", "IP", 0},	  {"icmp", "ICMP", 1},	       {"ggp", "GGP", 3},	    {"tcp", "TCP", 6},
	{"egp", "EGP", 8},	  {"pup", "PUP", 12},	       {"udp", "UDP", 17},	    {"hmp", "HMP", 20},
	{"xns-idp", "XNS-IDP", 22}, {"rdp", "RDP", 27},	       {"ipv6", "IPv6", 41},	    {"ipv6-route", "IPv6-Route", 43},
	{"ipv6-frag", "IPv6-Frag", 44}, {"esp", "ESP", 50},    {"ah", "AH", 51},	    {"ipv6-icmp", "IPv6-ICMP", 58},
	{"ipv6-nonxt", "IPv6-NoNxt", 59}, {"ipv6-opts", "IPv6-Opts", 60}, {"rvd", "RVD", 66},
};

static struct protoent *give_protocol(size_t i)
{
	if (i == ARRAY_SIZE(protocols)) {
		set_last_error(WSANO_DATA);
		return NULL;
	}
	known->alias[0] = protocols[i].alias;
	known->alias[1] = NULL;
	known->protocol = (struct protoent){(char *)(uintptr_t)protocols[i].name, known->alias, protocols[i].number};
	return &known->protocol;
}

EXPORT_AS(ws2_32, "getprotobyname", struct protoent *, ws_getprotobyname, (const char *name))
{
	size_t i = 0;

	if (!have_place())
		return NULL;
	while (i < ARRAY_SIZE(protocols) && !(name && ws_same_text(protocols[i].name, name)))
		i++;
	return give_protocol(i);
}

EXPORT_AS(ws2_32, "getprotobynumber", struct protoent *, ws_getprotobynumber, (INT number))
{
	size_t i = 0;

	if (!have_place())
		return NULL;
	while (i < ARRAY_SIZE(protocols) && protocols[i].number != number)
		i++;
	return give_protocol(i);
}

EXPORT_ORDINAL(ws2_32, ws_gethostbyaddr, 51);
EXPORT_ORDINAL(ws2_32, ws_gethostbyname, 52);
EXPORT_ORDINAL(ws2_32, ws_getprotobyname, 53);
EXPORT_ORDINAL(ws2_32, ws_getprotobynumber, 54);
EXPORT_ORDINAL(ws2_32, ws_getservbyname, 55);
EXPORT_ORDINAL(ws2_32, ws_getservbyport, 56);
EXPORT_ORDINAL(ws2_32, ws_gethostname, 57);
