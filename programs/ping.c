/*
 * programs/ping.c - echo requests, also as a way to wait in batch files.
 *
 * The network's DLLs are loaded when it runs: no other builtin program needs them.
 */
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

#include <stdlib.h>
#include <string.h>

#define FAMILY_ANY 0
#define FAMILY_4 2
#define FAMILY_6 23
#define FLAG_CANONICAL_NAME 2
#define FLAG_NAME_OF_NUMBER 4
#define IP_FLAG_DF 2u
#define IP_REQ_TIMED_OUT 11010u

/* ADDRINFOW, ICMP_ECHO_REPLY, ICMPV6_ECHO_REPLY, IP_OPTION_INFORMATION. */
struct address_info {
	INT flags, family, type, protocol;
	SIZE_T length;
	WCHAR *name;
	BYTE *address; /* a sockaddr */
	struct address_info *next;
};
struct options {
	UCHAR hops, traffic_class, flags, size;
	UCHAR *data;
};
struct reply_4 {
	BYTE address[4];
	ULONG status, time;
	USHORT size, reserved;
	PVOID data;
	struct options options;
};
struct reply_6 {
	BYTE port_and_flow[6], address[16], scope[4];
	ULONG status;
	ULONG time;
};

static struct {
	INT(WINAPI *startup)(WORD version, void *data);
	INT(WINAPI *look_up)(const WCHAR *name, const WCHAR *service, const struct address_info *hints, struct address_info **found);
	INT(WINAPI *name)(const void *address, INT size, WCHAR *host, DWORD host_size, WCHAR *service, DWORD service_size, INT flags);
	const char *(WINAPI *text)(INT family, const void *address, char *text, SIZE_T size);
	HANDLE(WINAPI *create)(void);
	DWORD(WINAPI *send_4)(HANDLE icmp, HANDLE event, PVOID apc, PVOID context, ULONG source, ULONG destination, const void *data,
			      WORD size, const struct options *options, void *reply, DWORD reply_size, DWORD timeout);
	DWORD(WINAPI *send_6)(HANDLE icmp, HANDLE event, PVOID apc, PVOID context, const void *source, const void *destination,
			      const void *data, WORD size, const struct options *options, void *reply, DWORD reply_size,
			      DWORD timeout);
} network;

HMODULE WINAPI LoadLibraryW(LPCWSTR);
PVOID WINAPI GetProcAddress(HMODULE, LPCSTR);
BOOL WINAPI SetConsoleCtrlHandler(BOOL(WINAPI *)(DWORD), BOOL);

static bool load_network(void)
{
	HMODULE sockets = LoadLibraryW(u"ws2_32.dll"), helper = LoadLibraryW(u"iphlpapi.dll");
	BYTE data[512];

	if (!sockets || !helper)
		return false;
	network.startup = GetProcAddress(sockets, "WSAStartup");
	network.look_up = GetProcAddress(sockets, "GetAddrInfoW");
	network.name = GetProcAddress(sockets, "GetNameInfoW");
	network.text = GetProcAddress(sockets, "inet_ntop");
	network.create = GetProcAddress(helper, "IcmpCreateFile");
	network.send_4 = GetProcAddress(helper, "IcmpSendEcho2Ex");
	network.send_6 = GetProcAddress(helper, "Icmp6SendEcho2");
	return network.startup && network.look_up && network.name && network.text && network.create && network.send_4 &&
	       network.send_6 && !network.startup(0x202, data);
}

/* What the command line asks for. */
static struct {
	const WCHAR *target, *source;
	DWORD count, size, timeout, hops, traffic_class;
	INT family;
	bool forever, names, whole;
} wanted = {.count = 4, .size = 32, .timeout = 4000};

static struct {
	char address[64];
	DWORD sent, received, answered, least, most, sum;
} seen;

static const char usage[] = "\nUsage: ping [-t] [-a] [-n count] [-l size] [-f] [-i TTL] [-v TOS] [-w timeout]\n"
			    "            [-S srcaddr] [-4] [-6] target_name\n"
			    "\nOptions:\n"
			    "    -t             Until interrupted; Control-Break shows the statistics.\n"
			    "    -a             Shows the name of an address.\n"
			    "    -n count       How many requests.\n"
			    "    -l size        How many bytes each carries.\n"
			    "    -f             In one piece (IPv4).\n"
			    "    -i TTL         Over how many routers.\n"
			    "    -v TOS         Type of service (IPv4).\n"
			    "    -w timeout     Milliseconds to wait for each answer.\n"
			    "    -S srcaddr     From this address.\n"
			    "    -4, -6         The protocol.\n\n";

static const struct option {
	WCHAR letter;
	DWORD *value, least, most; /* value NULL: another kind */
} options[] = {
	{u'n', &wanted.count, 1, 0xFFFFFFFFu}, {u'l', &wanted.size, 0, 65500},	     {u'w', &wanted.timeout, 0, 0xFFFFFFFFu},
	{u'i', &wanted.hops, 1, 255},	       {u'v', &wanted.traffic_class, 0, 255},
};

static bool is_option(const WCHAR *word)
{
	return (*word == u'-' || *word == u'/') && word[1];
}

static bool number(const WCHAR *text, DWORD least, DWORD most, DWORD *value)
{
	ULONGLONG sum = 0;

	if (!text_is_digit(*text))
		return false;
	for (; text_is_digit(*text) && sum <= 0xFFFFFFFFu; text++)
		sum = sum * 10 + (*text - u'0');
	*value = (DWORD)sum;
	return !*text && sum >= least && sum <= most;
}

static WCHAR lower(WCHAR letter)
{
	return letter >= u'A' && letter <= u'Z' ? (WCHAR)(letter + 32) : letter;
}

/* An option that takes no number; false: there is none like it. */
static bool take_flag(WCHAR letter)
{
	switch (letter) {
	case u't':
		wanted.forever = true;
		return true;
	case u'a':
		wanted.names = true;
		return true;
	case u'f':
		wanted.whole = true;
		return true;
	case u'4':
		wanted.family = FAMILY_4;
		return true;
	case u'6':
		wanted.family = FAMILY_6;
		return true;
	}
	return false;
}

/* `source` takes -S's value. */
static bool take_option(const WCHAR *word, const WCHAR **at, struct io_wide *value, struct io_wide *source)
{
	const WCHAR shown[3] = {word[0], word[1], 0};
	bool quoted;

	if (!word[2] && word[1] != u'S' && take_flag(lower(word[1])))
		return true;
	if (word[1] == u'S' && !word[2]) {
		if (arguments_next(at, source, &quoted)) {
			wanted.source = source->text;
			return true;
		}
		output_print("Value must be supplied for option %s.\n", shown);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (word[2] || lower(word[1]) != options[i].letter)
			continue;
		if (!arguments_next(at, value, &quoted)) {
			output_print("Value must be supplied for option %s.\n", shown);
			return false;
		}
		if (number(value->text, options[i].least, options[i].most, options[i].value))
			return true;
		output_print("Bad value for option %s, valid range is from %u to %u.\n", shown, options[i].least,
			     options[i].most);
		return false;
	}
	output_print("Bad option %s.\n", word);
	output_print(usage);
	return false;
}

static bool read_options(struct io_wide *target, struct io_wide *source)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word, value;
	bool quoted, good = true, any = false;

	io_wide_init(&word);
	io_wide_init(&value);
	while (good && arguments_next(&at, &word, &quoted)) {
		any = true;
		if (text_same(word.text, u"/?") || text_same(word.text, u"-?")) {
			output_print(usage);
			good = false;
		} else if (is_option(word.text)) {
			good = take_option(word.text, &at, &value, source);
		} else if (wanted.target) {
			output_print("Bad parameter %s.\n", word.text);
			good = false;
		} else {
			io_wide_put(target, word.text, word.length);
			wanted.target = target->text;
		}
	}
	io_wide_free(&value);
	io_wide_free(&word);
	if (good && !any)
		output_print(usage);
	else if (good && !wanted.target)
		output_print("IP address must be specified.\n");
	return good && wanted.target;
}

static struct address_info *look_up(const WCHAR *name)
{
	struct address_info hints = {.flags = FLAG_CANONICAL_NAME, .family = wanted.family}, *found = NULL;

	return network.look_up(name, NULL, &hints, &found) ? NULL : found;
}

static const BYTE *address_of(const struct address_info *info)
{
	return info->address + (info->family == FAMILY_4 ? 4 : 8);
}

static void print_ascii(const char *text)
{
	for (; *text; text++) {
		const WCHAR unit[2] = {(WCHAR)*text, 0};

		output_print("%s", unit);
	}
}

static void print_statistics(void)
{
	output_print("\nPing statistics for ");
	print_ascii(seen.address);
	output_print(":\n    Packets: Sent = %u, Received = %u, Lost = %u (%u%% loss),\n", seen.sent, seen.received,
		     seen.sent - seen.received, seen.sent ? (DWORD)((ULONGLONG)(seen.sent - seen.received) * 100 / seen.sent) : 0);
	if (seen.answered)
		output_print("Approximate round trip times in milli-seconds:\n    Minimum = %ums, Maximum = %ums, Average = %ums\n",
			     seen.least, seen.most, seen.sum / seen.answered);
}

static BOOL WINAPI interrupted(DWORD event)
{
	print_statistics();
	if (event == 1 /* CTRL_BREAK_EVENT */)
		return TRUE;
	output_print("Control-C\n");
	return FALSE;
}

static const char *text_of_status(DWORD status)
{
	switch (status) {
	case 11002:
		return "Destination net unreachable.";
	case 11003:
		return "Destination host unreachable.";
	case 11004:
		return "Destination protocol unreachable.";
	case 11005:
		return "Destination port unreachable.";
	case 11013:
		return "TTL expired in transit.";
	}
	return "General failure.";
}

/* One line about one answer. */
static void print_answer(INT family, const BYTE *from, DWORD status, DWORD time, DWORD size, DWORD hops)
{
	char address[64] = "";

	network.text(family, from, address, sizeof(address));
	seen.received++;
	output_print("Reply from ");
	print_ascii(address);
	output_print(": ");
	if (status) {
		print_ascii(text_of_status(status));
		output_print("\n");
		return;
	}
	if (!seen.answered++ || time < seen.least)
		seen.least = time;
	if (time > seen.most)
		seen.most = time;
	seen.sum += time;
	if (family == FAMILY_4)
		output_print("bytes=%u ", size);
	if (time)
		output_print("time=%ums ", time);
	else
		output_print("time<1ms ");
	if (family == FAMILY_4)
		output_print("TTL=%u", hops);
	output_print("\n");
}

static void ping_once(HANDLE icmp, const struct address_info *to, const struct address_info *from, const BYTE *data, BYTE *reply,
		      DWORD reply_size)
{
	struct options asked = {(UCHAR)wanted.hops, (UCHAR)wanted.traffic_class, wanted.whole ? IP_FLAG_DF : 0, 0, NULL};
	const struct reply_4 *four = (const void *)reply;
	const struct reply_6 *six = (const void *)reply;
	ULONG address = 0, source = 0;
	DWORD count, error;

	seen.sent++;
	if (to->family == FAMILY_4) {
		memcpy(&address, address_of(to), 4);
		if (from)
			memcpy(&source, address_of(from), 4);
		count = network.send_4(icmp, NULL, NULL, NULL, source, address, data, (WORD)wanted.size, &asked, reply, reply_size,
				       wanted.timeout);
	} else {
		static const BYTE any[28] = {FAMILY_6};

		count = network.send_6(icmp, NULL, NULL, NULL, from ? from->address : any, to->address, data, (WORD)wanted.size, &asked,
				       reply, reply_size, wanted.timeout);
	}
	error = GetLastError();
	if (!count)
		output_print(error == IP_REQ_TIMED_OUT ? "Request timed out.\n" : "General failure.\n");
	else if (to->family == FAMILY_4)
		print_answer(FAMILY_4, four->address, four->status, four->time, four->size, four->options.hops);
	else
		print_answer(FAMILY_6, six->address, six->status, six->time, 0, 0);
}

static DWORD ping(const struct address_info *to, const struct address_info *from)
{
	DWORD reply_size = 256 + wanted.size;
	BYTE *data = malloc(wanted.size + 1), *reply = malloc(reply_size);
	HANDLE icmp = network.create();
	WCHAR name[1025];
	const WCHAR *shown = to->name && !text_same(to->name, wanted.target) ? to->name : wanted.target;
	bool named = false;

	if (!data || !reply || icmp == INVALID_HANDLE) {
		output_system_error(ERROR_NOT_ENOUGH_MEMORY);
		return 1;
	}
	/* The alphabet, again and again, without its last three letters. */
	for (DWORD i = 0; i < wanted.size; i++)
		data[i] = (BYTE)('a' + i % 23);
	network.text(to->family, address_of(to), seen.address, sizeof(seen.address));
	if (wanted.names && !network.name(to->address, to->family == FAMILY_4 ? 16 : 28, name, ARRAY_SIZE(name), NULL, 0,
					  FLAG_NAME_OF_NUMBER)) {
		shown = name;
		named = true;
	}
	for (size_t i = 0; !named && (seen.address[i] || shown[i]); i++)
		named = (WCHAR)seen.address[i] != shown[i];
	output_print("\nPinging ");
	if (named)
		output_print("%s [", shown);
	print_ascii(seen.address);
	output_print(named ? "] with %u bytes of data:\n" : " with %u bytes of data:\n", wanted.size);
	SetConsoleCtrlHandler(interrupted, TRUE);
	for (DWORD i = 0; wanted.forever || i < wanted.count; i++) {
		if (i)
			Sleep(1000);
		ping_once(icmp, to, from, data, reply, reply_size);
	}
	print_statistics();
	return seen.received ? 0 : 1;
}

PROGRAM("ping.exe", ping_program)
{
	struct address_info *to, *from = NULL;
	struct io_wide target, source;
	DWORD code = 1;

	io_wide_init(&target);
	io_wide_init(&source);
	if (read_options(&target, &source)) {
		if (!load_network()) {
			output_print("Unable to initialize Windows Sockets interface.\n");
		} else if (!(to = look_up(wanted.target))) {
			output_print("Ping request could not find host %s. Please check the name and try again.\n", wanted.target);
		} else if (wanted.source && !(from = look_up(wanted.source))) {
			output_print("%s is not a valid address.\n", wanted.source);
		} else {
			code = ping(to, from);
		}
	}
	io_wide_free(&source);
	io_wide_free(&target);
	return code;
}
