/*
 * dlls/iphlpapi/connections.c - the tables of TCP's connections and UDP's ends.
 *
 * Linux tells a plain user nothing of whose they are: the owner is 0, as Windows says of connections that nobody has any more.
 */
#include "dlls/iphlpapi/iphlpapi.h"

#include <stdlib.h>
#include <string.h>

#define LISTENING 10u
#define CLASS_MODULE 6u /* of TCP: from here on */

/* Windows' numbers for Linux' states 1 to 11. */
static const BYTE states[] = {1, 5, 3, 4, 6, 7, 11, 1, 8, 10, 2, 9};

struct writer {
	DWORD *at; /* in the table */
	ULONG used, room;
};

static void put(struct writer *writer, const void *data, ULONG size)
{
	if (writer->used + size <= writer->room)
		memcpy((char *)writer->at + writer->used, data, size);
	writer->used += size;
}

static void put_number(struct writer *writer, DWORD value)
{
	put(writer, &value, sizeof(value));
}

static void put_end(struct writer *writer, const struct host_address *end, bool six)
{
	put(writer, end->bytes, six ? 16 : 4);
	if (six)
		put_number(writer, end->scope);
	put_number(writer, end->port);
}

/* Rows as numbers: with the state in front, but behind in IPv6's rows with owners. */
static void put_row(struct writer *writer, const struct host_connection *row, bool tcp, bool six, bool owner)
{
	DWORD state = states[row->state < sizeof(states) ? row->state : 7];

	if (tcp && !(six && owner))
		put_number(writer, state);
	put_end(writer, &row->local, six);
	if (tcp)
		put_end(writer, &row->remote, six);
	if (tcp && six && owner)
		put_number(writer, state);
	if (owner)
		put_number(writer, 0);
}

enum which { ALL, LISTENERS, CONNECTIONS };

static DWORD give_table(void *table, DWORD *size, bool tcp, ULONG family, enum which which, bool owner)
{
	struct writer writer = {table, 0, 0};
	struct host_connection *rows;
	bool six = family == AF_INET6;
	DWORD made = 0;
	INT count;

	if (!size || (family != AF_INET && family != AF_INET6))
		return ERROR_INVALID_PARAMETER;
	writer.room = table ? *size : 0;
	count = host_connections(tcp, six ? HOST_FAMILY_INET6 : HOST_FAMILY_INET, &rows);
	put_number(&writer, 0);
	for (INT i = 0; i < count; i++) {
		bool listens = rows[i].state == LISTENING;

		if (tcp && ((which == LISTENERS && !listens) || (which == CONNECTIONS && listens)))
			continue;
		put_row(&writer, &rows[i], tcp, six, owner);
		made++;
	}
	free(rows);
	if (writer.used > writer.room) {
		*size = writer.used + 256; /* some more may come meanwhile */
		return ERROR_INSUFFICIENT_BUFFER;
	}
	*(DWORD *)table = made;
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, GetExtendedTcpTable, (PVOID table, DWORD *size, BOOL order, ULONG family, ULONG class, ULONG reserved))
{
	static const enum which kinds[] = {LISTENERS, CONNECTIONS, ALL};

	if (class >= CLASS_MODULE)
		return class < 9 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER;
	return give_table(table, size, true, family, kinds[class % 3], class >= 3);
}

EXPORT(iphlpapi, DWORD, GetExtendedUdpTable, (PVOID table, DWORD *size, BOOL order, ULONG family, ULONG class, ULONG reserved))
{
	if (class >= 2)
		return class < 3 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER;
	return give_table(table, size, false, family, ALL, class == 1);
}

EXPORT(iphlpapi, DWORD, GetTcpTable, (PVOID table, DWORD *size, BOOL order))
{
	return give_table(table, size, true, AF_INET, ALL, false);
}

EXPORT(iphlpapi, DWORD, GetUdpTable, (PVOID table, DWORD *size, BOOL order))
{
	return give_table(table, size, false, AF_INET, ALL, false);
}
