/*
 * Echo requests to this machine: their answers, at once and later, and what is refused; ping.exe.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <winternl.h>
#define PIO_APC_ROUTINE_DEFINED
#include <icmpapi.h>

#include "guest.h"

/* mingw-w64 lacks it. */
typedef struct {
	BYTE port_and_flow[6], address[16], scope[4];
	ULONG Status;
	unsigned RoundTripTime;
} ICMPV6_ECHO_REPLY;

static char data[32];
static char answer[sizeof(ICMP_ECHO_REPLY) + sizeof(data) + 64];

static void check_answer(const ICMP_ECHO_REPLY *reply, ULONG address)
{
	CHECK_EQUAL(reply->Address, address);
	CHECK_EQUAL(reply->Status, IP_SUCCESS);
	CHECK_EQUAL(reply->DataSize, sizeof(data));
	CHECK(!memcmp(reply + 1, data, sizeof(data)));
}

static void answered_at_once(void)
{
	const ICMP_ECHO_REPLY *reply = (const ICMP_ECHO_REPLY *)answer;
	const ULONG loopback = htonl(INADDR_LOOPBACK), own = htonl(0x7F010203);
	HANDLE icmp = IcmpCreateFile();

	CHECK(icmp != INVALID_HANDLE_VALUE);
	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7);
	CHECK_EQUAL(IcmpSendEcho(icmp, loopback, data, sizeof(data), NULL, answer, sizeof(answer), 1000), 1);
	check_answer(reply, loopback);
	CHECK(reply->Data == reply + 1);
	CHECK_EQUAL(IcmpSendEcho(icmp, own, data, sizeof(data), NULL, answer, sizeof(ICMP_ECHO_REPLY) + sizeof(data), 1000), 1);
	check_answer(reply, own);
	CHECK_EQUAL(IcmpSendEcho(icmp, loopback, NULL, 0, NULL, answer, sizeof(ICMP_ECHO_REPLY), 1000), 1);
	CHECK_EQUAL(reply->DataSize, 0);
	CHECK_FAILS(IcmpSendEcho(icmp, loopback, data, sizeof(data), NULL, answer, sizeof(ICMP_ECHO_REPLY) + sizeof(data) - 1, 1000),
		    IP_GENERAL_FAILURE);
	CHECK_FAILS(IcmpSendEcho(icmp, loopback, data, sizeof(data), NULL, NULL, 100, 1000), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(IcmpSendEcho(icmp, loopback, data, sizeof(data), NULL, answer, 0, 1000), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(IcmpSendEcho(icmp, 0, data, sizeof(data), NULL, answer, sizeof(answer), 1000), ERROR_INVALID_NETNAME);
	CHECK_FAILS(IcmpSendEcho(INVALID_HANDLE_VALUE, loopback, data, sizeof(data), NULL, answer, sizeof(answer), 1000),
		    ERROR_INVALID_PARAMETER);
	CHECK(IcmpCloseHandle(icmp));
	CHECK(!IcmpCloseHandle(icmp));
}

static DWORD told;
static ULONG_PTR told_size;

static void WINAPI tell(PVOID context, PIO_STATUS_BLOCK io, ULONG reserved)
{
	CHECK_EQUAL(io->Status, 0);
	told_size = io->Information;
	++*(DWORD *)context;
}

static void answered_later(void)
{
	const ICMP_ECHO_REPLY *reply = (const ICMP_ECHO_REPLY *)answer;
	HANDLE icmp = IcmpCreateFile(), event = CreateEventA(NULL, FALSE, FALSE, NULL);
	const ULONG loopback = htonl(INADDR_LOOPBACK);

	memset(answer, 0, sizeof(answer));
	CHECK_FAILS(IcmpSendEcho2(icmp, event, NULL, NULL, loopback, data, sizeof(data), NULL, answer, sizeof(answer), 1000),
		    ERROR_IO_PENDING);
	CHECK_EQUAL(WaitForSingleObject(event, 30000), WAIT_OBJECT_0);
	CHECK_EQUAL(IcmpParseReplies(answer, sizeof(answer)), 1);
	check_answer(reply, loopback);
	CHECK_FAILS(IcmpSendEcho2(icmp, event, NULL, NULL, loopback, data, sizeof(data), NULL, NULL, 100, 1000), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	memset(answer, 0, sizeof(answer));
	CHECK_FAILS(IcmpSendEcho2(icmp, NULL, (PIO_APC_ROUTINE)tell, &told, loopback, data, sizeof(data), NULL, answer, sizeof(answer), 1000),
		    ERROR_IO_PENDING);
	CHECK_EQUAL(told, 0);
	CHECK_EQUAL(SleepEx(30000, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(told, 1);
	CHECK_EQUAL(told_size, sizeof(ICMP_ECHO_REPLY) + sizeof(data));
	check_answer(reply, loopback);
	CloseHandle(event);
	IcmpCloseHandle(icmp);
}

static void of_the_new_protocol(void)
{
	struct sockaddr_in6 from = {.sin6_family = AF_INET6}, to = {.sin6_family = AF_INET6, .sin6_addr = {{{[15] = 1}}}};
	ICMPV6_ECHO_REPLY *reply = (ICMPV6_ECHO_REPLY *)answer;
	HANDLE icmp = Icmp6CreateFile();

	CHECK_EQUAL(sizeof(*reply), 36);
	CHECK_EQUAL(Icmp6SendEcho2(icmp, NULL, NULL, NULL, &from, &to, data, sizeof(data), NULL, answer, sizeof(answer), 1000), 1);
	CHECK(!memcmp(reply->address, &to.sin6_addr, 16));
	CHECK_EQUAL(reply->Status, IP_SUCCESS);
	CHECK(!memcmp(reply + 1, data, sizeof(data)));
	CHECK_EQUAL(Icmp6ParseReplies(answer, sizeof(answer)), 1);
	IcmpCloseHandle(icmp);
}

/* What the command writes, and its exit code. */
static void check_ping(const char *arguments, DWORD wanted_code, const char *wanted)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION process;
	char command[200], text[2000];
	DWORD done, code, size = 0;
	HANDLE end, given;

	snprintf(command, sizeof(command), "ping %s", arguments);
	CHECK(CreatePipe(&end, &given, &inherit, 0));
	SetHandleInformation(end, HANDLE_FLAG_INHERIT, 0);
	startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	startup.hStdOutput = startup.hStdError = given;
	CHECK(CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
	CloseHandle(given);
	while (size < sizeof(text) - 1 && ReadFile(end, text + size, sizeof(text) - 1 - size, &done, NULL))
		size += done;
	text[size] = 0;
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CHECK_EQUAL(code, wanted_code);
	CHECK(!strcmp(text, wanted));
	CloseHandle(process.hThread);
	CloseHandle(process.hProcess);
	CloseHandle(end);
}

int main(void)
{
	answered_at_once();
	answered_later();
	of_the_new_protocol();
	check_ping("-n 1 127.0.0.1", 0,
		   "\r\nPinging 127.0.0.1 with 32 bytes of data:\r\nReply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\n\r\n"
		   "Ping statistics for 127.0.0.1:\r\n    Packets: Sent = 1, Received = 1, Lost = 0 (0% loss),\r\n"
		   "Approximate round trip times in milli-seconds:\r\n    Minimum = 0ms, Maximum = 0ms, Average = 0ms\r\n");
	check_ping("nobody.invalid", 1,
		   "Ping request could not find host nobody.invalid. Please check the name and try again.\r\n");
	check_ping("-n 0 127.0.0.1", 1, "Bad value for option -n, valid range is from 1 to 4294967295.\r\n");
	check_ping("127.0.0.1 -n", 1, "Value must be supplied for option -n.\r\n");
	return guest_result();
}
