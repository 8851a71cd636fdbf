/*
 * tests/guest/network.c - Winsock and iphlpapi without connections: addresses, names, services, interfaces, errors.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include "guest.h"
#include <stdlib.h>
#include <string.h>

static void addresses(void)
{
	static const struct {
		const char *text, *printed;
	} rows[] = {{"::", "::"},		    {"::1", "::1"},
		    {"1::", "1::"},		    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}, {"FE80:0::ABCD", "fe80::abcd"}};
	static const char *const wrong[] = {"", ":", ":::", "1:", "1::2::3", "1:2:3:4:5:6:7", "12345::", "g::"};
	unsigned char bytes[16];
	char text[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_EQUAL(inet_pton(AF_INET6, rows[i].text, bytes), 1);
		CHECK(inet_ntop(AF_INET6, bytes, text, sizeof(text)) == text);
		CHECK(!strcmp(text, rows[i].printed));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK_EQUAL(inet_pton(AF_INET6, wrong[i], bytes), 0);
	CHECK_EQUAL(inet_pton(AF_INET6, "::1.2.3.4", bytes), 1);
	CHECK_EQUAL(bytes[12] << 24 | bytes[13] << 16 | bytes[14] << 8 | bytes[15], 0x01020304);
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3.4", bytes), 1);
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3", bytes), 0);
	CHECK_EQUAL(inet_pton(AF_INET, "1.2.3.256", bytes), 0);
	CHECK_EQUAL(inet_pton(77, "1.2.3.4", bytes), -1);
	CHECK_EQUAL(WSAGetLastError(), WSAEAFNOSUPPORT);
}

static void names(void)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list = NULL;
	struct sockaddr_in *address;
	char host[64], service[16];

	CHECK_EQUAL(getaddrinfo("127.0.0.1", "80", &hints, &list), 0);
	CHECK(list && !list->ai_next);
	address = (struct sockaddr_in *)list->ai_addr;
	CHECK_EQUAL(list->ai_addrlen, sizeof(*address));
	CHECK_EQUAL(list->ai_socktype, SOCK_STREAM);
	CHECK_EQUAL(address->sin_port, htons(80));
	CHECK_EQUAL(address->sin_addr.s_addr, htonl(0x7F000001));
	CHECK_EQUAL(getnameinfo(list->ai_addr, (int)list->ai_addrlen, host, sizeof(host), service, sizeof(service),
				NI_NUMERICHOST | NI_NUMERICSERV), 0);
	CHECK(!strcmp(host, "127.0.0.1") && !strcmp(service, "80"));
	freeaddrinfo(list);
	hints.ai_flags = AI_PASSIVE;
	CHECK_EQUAL(getaddrinfo(NULL, "0", &hints, &list), 0);
	CHECK_EQUAL(((struct sockaddr_in *)list->ai_addr)->sin_addr.s_addr, 0);
	freeaddrinfo(list);
	hints.ai_flags = AI_NUMERICHOST;
	CHECK_EQUAL(getaddrinfo("no.number", NULL, &hints, &list), WSAHOST_NOT_FOUND);
	CHECK_EQUAL(getaddrinfo(NULL, NULL, NULL, &list), WSAHOST_NOT_FOUND);
	CHECK_EQUAL(gethostname(host, sizeof(host)), 0);
	CHECK(host[0]);
}

static void sockets(void)
{
	fd_set empty = {0};
	char byte;

	CHECK_EQUAL(recv((SOCKET)12345678, &byte, 1, 0), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSAENOTSOCK);
	CHECK_EQUAL(select(0, &empty, NULL, NULL, NULL), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSAEINVAL);
	FD_SET((SOCKET)8, &empty);
	CHECK(FD_ISSET((SOCKET)8, &empty));
	CHECK(!FD_ISSET((SOCKET)12, &empty));
}

static void adapters(void)
{
	ULONG size = 0;
	FIXED_INFO *info;

	CHECK_EQUAL(GetNetworkParams(NULL, &size), ERROR_BUFFER_OVERFLOW);
	CHECK(size >= sizeof(*info));
	info = calloc(1, size);
	CHECK_EQUAL(GetNetworkParams(info, &size), ERROR_SUCCESS);
	CHECK(info->HostName[0]);
	free(info);
}

/* Every machine has the loopback. */
static void routes(void)
{
	SOCKADDR_INET to = {.Ipv4 = {.sin_family = AF_INET}}, source;
	MIB_IPFORWARD_ROW2 row;
	MIB_IPFORWARD_TABLE2 *table = NULL;
	NET_LUID luid;
	BOOL found = FALSE;

	to.Ipv4.sin_addr.s_addr = htonl(0x7F000001);
	CHECK_EQUAL(GetBestRoute2(NULL, 0, NULL, NULL, 0, &row, &source), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(GetBestRoute2(NULL, 123456, NULL, &to, 0, &row, &source), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(GetBestRoute2(NULL, 0, NULL, &to, 0, &row, &source), NO_ERROR);
	CHECK(row.DestinationPrefix.PrefixLength >= 8 && row.DestinationPrefix.Prefix.si_family == AF_INET);
	CHECK_EQUAL(source.Ipv4.sin_addr.s_addr, htonl(0x7F000001));
	CHECK_EQUAL(row.NextHop.Ipv4.sin_addr.s_addr, 0);
	CHECK(row.Loopback);
	CHECK_EQUAL(ConvertInterfaceIndexToLuid(row.InterfaceIndex, &luid), NO_ERROR);
	CHECK_EQUAL(luid.Value, row.InterfaceLuid.Value);
	CHECK_EQUAL(GetBestRoute2(&luid, 0, NULL, &to, 0, &row, &source), NO_ERROR);
	CHECK_EQUAL(GetIpForwardTable2(AF_INET, &table), NO_ERROR);
	for (ULONG i = 0; table && i < table->NumEntries; i++)
		found |= table->Table[i].DestinationPrefix.PrefixLength == 8 &&
			 table->Table[i].DestinationPrefix.Prefix.Ipv4.sin_addr.s_addr == htonl(0x7F000000) &&
			 table->Table[i].InterfaceLuid.Value == luid.Value;
	CHECK(found);
	FreeMibTable(table);
}

/* The name servers of one interface: the loopback has none. */
static void per_adapter(ULONG loopback)
{
	ULONG size = 0;
	IP_PER_ADAPTER_INFO *info;

	CHECK_EQUAL(GetPerAdapterInfo(loopback, NULL, NULL), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(GetPerAdapterInfo(123456, NULL, &size), ERROR_NO_DATA);
	CHECK_EQUAL(GetPerAdapterInfo(loopback, NULL, &size), ERROR_BUFFER_OVERFLOW);
	CHECK(size >= sizeof(*info));
	info = malloc(size);
	memset(info, 0xEE, size);
	CHECK_EQUAL(GetPerAdapterInfo(loopback, info, &size), ERROR_SUCCESS);
	CHECK(!info->CurrentDnsServer && !info->DnsServerList.Next && !info->DnsServerList.IpAddress.String[0]);
	free(info);
}

static void interfaces(void)
{
	ULONG size = 0, index = 0;
	IP_ADAPTER_ADDRESSES *list, *loopback = NULL;
	MIB_IF_TABLE2 *table = NULL;
	MIB_IF_ROW2 row = {.InterfaceIndex = 0};
	NET_LUID luid;
	WCHAR name[64];
	DWORD best = 0;
	BOOL found = FALSE;
	MIB_TCPTABLE_OWNER_PID *connections;

	CHECK_EQUAL(GetAdaptersAddresses(AF_UNSPEC, 0, NULL, NULL, NULL), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX, NULL, NULL, &size), ERROR_BUFFER_OVERFLOW);
	list = calloc(1, size);
	CHECK_EQUAL(GetAdaptersAddresses(AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX, NULL, list, &size), ERROR_SUCCESS);
	for (IP_ADAPTER_ADDRESSES *at = list; at; at = at->Next) {
		CHECK(at->AdapterName && at->AdapterName[0] == '{');
		CHECK(at->FriendlyName && at->Description);
		if (at->IfType == IF_TYPE_SOFTWARE_LOOPBACK)
			loopback = at;
	}
	CHECK(loopback != NULL);
	for (IP_ADAPTER_UNICAST_ADDRESS *at = loopback ? loopback->FirstUnicastAddress : NULL; at; at = at->Next)
		if (at->Address.lpSockaddr->sa_family == AF_INET)
			found = ((struct sockaddr_in *)at->Address.lpSockaddr)->sin_addr.s_addr == htonl(0x7F000001) &&
				at->OnLinkPrefixLength == 8;
	CHECK(found);
	if (loopback) {
		index = loopback->IfIndex;
		CHECK_EQUAL(ConvertInterfaceIndexToLuid(index, &luid), NO_ERROR);
		CHECK_EQUAL(luid.Value, loopback->Luid.Value);
		CHECK_EQUAL(luid.Info.IfType, IF_TYPE_SOFTWARE_LOOPBACK);
		CHECK_EQUAL(ConvertInterfaceLuidToNameW(&luid, name, 64), NO_ERROR);
		row.InterfaceIndex = index;
		CHECK_EQUAL(GetIfEntry2(&row), NO_ERROR);
		CHECK_EQUAL(row.InterfaceLuid.Value, luid.Value);
		CHECK_EQUAL(row.OperStatus, IfOperStatusUp);
	}
	free(list);
	CHECK_EQUAL(GetBestInterface(htonl(0x7F000001), &best), NO_ERROR);
	CHECK_EQUAL(best, index);
	CHECK_EQUAL(GetIfTable2(&table), NO_ERROR);
	CHECK(table && table->NumEntries >= 1);
	FreeMibTable(table);
	row.InterfaceLuid.Value = 0;
	row.InterfaceIndex = 123456;
	CHECK_EQUAL(GetIfEntry2(&row), ERROR_FILE_NOT_FOUND);
	per_adapter(index);
	size = 0;
	CHECK_EQUAL(GetExtendedTcpTable(NULL, &size, FALSE, AF_INET, TCP_TABLE_OWNER_PID_ALL, 0), ERROR_INSUFFICIENT_BUFFER);
	size += 65536;
	connections = calloc(1, size);
	CHECK_EQUAL(GetExtendedTcpTable(connections, &size, FALSE, AF_INET, TCP_TABLE_OWNER_PID_ALL, 0), NO_ERROR);
	free(connections);
}

/* A table of what is written and what is read. */
static void texts(void)
{
	static const struct {
		const char *text;
		int family, error;
		const char *printed;
	} rows[] = {
		{"1.2.3.4", AF_INET, 0, "1.2.3.4"},
		{"1.2.3.4:80", AF_INET, 0, "1.2.3.4:80"},
		{"1.2.3.4:65536", AF_INET, WSAEINVAL, NULL},
		{"1.2.3.4x", AF_INET, WSAEINVAL, NULL},
		{"::1", AF_INET6, 0, "::1"},
		{"[::1]:443", AF_INET6, 0, "[::1]:443"},
		{"fe80::2%7", AF_INET6, 0, "fe80::2%7"},
		{"[::1", AF_INET6, WSAEINVAL, NULL},
		{"::1", AF_INET, WSAEINVAL, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sockaddr_storage name;
		char text[80], copy[80];
		int size = sizeof(name);
		DWORD length = sizeof(text);

		strcpy(copy, rows[i].text);
		CHECK_EQUAL(WSAStringToAddressA(copy, rows[i].family, NULL, (struct sockaddr *)&name, &size), rows[i].error ? SOCKET_ERROR : 0);
		if (rows[i].error) {
			CHECK_EQUAL(WSAGetLastError(), rows[i].error);
			continue;
		}
		CHECK_EQUAL(WSAAddressToStringA((struct sockaddr *)&name, size, NULL, text, &length), 0);
		CHECK(!strcmp(text, rows[i].printed));
		CHECK_EQUAL(length, strlen(text) + 1);
	}
}

static void look_ups(void)
{
	GUID by_name = {0x0002a803, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}}, other = {1, 2, 3, {4}};
	WSAQUERYSETA query = {.dwSize = sizeof(query), .lpszServiceInstanceName = "localhost", .lpServiceClassId = &by_name,
			      .dwNameSpace = NS_DNS},
		      nothing = {0};
	char buffer[2048];
	WSAQUERYSETA *result = (WSAQUERYSETA *)buffer;
	HANDLE lookup = NULL;
	DWORD size = 4;

	CHECK_EQUAL(WSALookupServiceBeginA(&query, LUP_RETURN_NAME | LUP_RETURN_ADDR, &lookup), 0);
	CHECK_EQUAL(WSALookupServiceNextA(lookup, 0, &size, result), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSAEFAULT);
	CHECK(size > 4 && size <= sizeof(buffer));
	size = sizeof(buffer);
	CHECK_EQUAL(WSALookupServiceNextA(lookup, 0, &size, result), 0);
	CHECK(result->dwNumberOfCsAddrs >= 1);
	if (result->dwNumberOfCsAddrs)
		CHECK_EQUAL(((struct sockaddr_in *)result->lpcsaBuffer[0].RemoteAddr.lpSockaddr)->sin_addr.s_addr, htonl(0x7F000001));
	size = sizeof(buffer);
	CHECK_EQUAL(WSALookupServiceNextA(lookup, 0, &size, result), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSA_E_NO_MORE);
	CHECK_EQUAL(WSALookupServiceEnd(lookup), 0);
	CHECK_EQUAL(WSALookupServiceNextA(NULL, 0, &size, result), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSA_INVALID_HANDLE);
	CHECK_EQUAL(WSALookupServiceBeginA(&nothing, 0, &lookup), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), ERROR_INVALID_PARAMETER);
	query.lpServiceClassId = &other;
	CHECK_EQUAL(WSALookupServiceBeginA(&query, LUP_RETURN_NAME, &lookup), SOCKET_ERROR);
	CHECK_EQUAL(WSAGetLastError(), WSASERVICE_NOT_FOUND);
}

static void connecting_by_name(void)
{
	SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in name = {.sin_family = AF_INET}, peer;
	int size = sizeof(name);
	DWORD peer_size = sizeof(peer);
	char port[16];

	name.sin_addr.s_addr = htonl(0x7F000001);
	CHECK_EQUAL(bind(listener, (struct sockaddr *)&name, sizeof(name)), 0);
	CHECK_EQUAL(getsockname(listener, (struct sockaddr *)&name, &size), 0);
	CHECK_EQUAL(listen(listener, 1), 0);
	snprintf(port, sizeof(port), "%u", ntohs(name.sin_port));
	CHECK(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, &peer_size, (struct sockaddr *)&peer, NULL, NULL));
	CHECK_EQUAL(peer.sin_port, name.sin_port);
	closesocket(s);
	closesocket(listener);
}

static void databases(void)
{
	struct servent *service = getservbyname("http", "tcp");
	struct protoent *protocol = getprotobyname("tcp");
	struct hostent *host;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;

	CHECK(service && service->s_port == htons(80) && !strcmp(service->s_proto, "tcp"));
	service = getservbyport(htons(53), "udp");
	CHECK(service && !strcmp(service->s_name, "domain"));
	CHECK(!getservbyname("no such service", NULL));
	CHECK_EQUAL(WSAGetLastError(), WSANO_DATA);
	CHECK(protocol && protocol->p_proto == 6);
	protocol = getprotobynumber(17);
	CHECK(protocol && !strcmp(protocol->p_name, "udp"));
	host = gethostbyname("localhost");
	CHECK(host && host->h_length == 4 && *(ULONG *)host->h_addr_list[0] == htonl(0x7F000001));
	CHECK_EQUAL(getaddrinfo("localhost", "https", &hints, &list), 0);
	CHECK(list && ((struct sockaddr_in *)list->ai_addr)->sin_port == htons(443));
	freeaddrinfo(list);
	CHECK_EQUAL(getaddrinfo("127.0.0.1", "no such service", &hints, &list), WSATYPE_NOT_FOUND);
}

int main(void)
{
	struct addrinfo *list;
	WSADATA data;

	CHECK_EQUAL(getaddrinfo("127.0.0.1", NULL, NULL, &list), WSANOTINITIALISED);
	CHECK_EQUAL(WSAStartup(0x0202, &data), 0);
	addresses();
	names();
	sockets();
	adapters();
	interfaces();
	routes();
	texts();
	databases();
	look_ups();
	connecting_by_name();
	return guest_result();
}
