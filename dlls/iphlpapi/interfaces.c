/*
 * dlls/iphlpapi/interfaces.c - rows and tables of interfaces: MIB_IF_ROW2 and MIB_IFROW.
 */
#include "dlls/iphlpapi/iphlpapi.h"

#include <stdlib.h>
#include <string.h>

/* MIB_IF_ROW2 */
struct if_row2 {
	ULONGLONG luid;
	ULONG index;
	GUID guid;
	WCHAR alias[257], description[257];
	ULONG physical_length;
	BYTE physical[32], permanent[32];
	ULONG mtu, type;
	INT tunnel, media, medium, access, direction;
	BYTE flags;
	INT oper_status, admin_status, connect_state;
	GUID network;
	INT connection;
	ULONGLONG transmit_speed, receive_speed;
	ULONGLONG in_octets, in_unicast, in_other, in_discards, in_errors, in_unknown, in_octets_of[3];
	ULONGLONG out_octets, out_unicast, out_other, out_discards, out_errors, out_octets_of[3], queue;
};
_Static_assert(sizeof(struct if_row2) == 1352, "MIB_IF_ROW2");

struct if_table2 {
	ULONG count;
	ULONG padding;
	struct if_row2 rows[];
};

/* MIB_IFROW */
struct if_row {
	WCHAR name[256];
	DWORD index, type, mtu, speed, physical_length;
	BYTE physical[8];
	DWORD admin_status, oper_status, last_change;
	DWORD in_octets, in_unicast, in_other, in_discards, in_errors, in_unknown;
	DWORD out_octets, out_unicast, out_other, out_discards, out_errors, queue;
	DWORD description_length;
	char description[256];
};
_Static_assert(sizeof(struct if_row) == 860, "MIB_IFROW");

struct if_table {
	DWORD count;
	struct if_row rows[];
};

static void put_text(WCHAR *to, const char *text)
{
	for (size_t i = 0; i <= strlen(text); i++)
		to[i] = (BYTE)text[i];
}

static void fill_row2(struct if_row2 *to, const struct host_interface *from)
{
	char text[64];

	memset(to, 0, sizeof(*to));
	to->luid = interface_luid(from);
	to->index = from->index;
	to->guid = to->network = interface_guid(from);
	interface_friendly_name(from, text);
	put_text(to->alias, text);
	interface_description(from, text);
	put_text(to->description, text);
	to->physical_length = from->hardware_size;
	memcpy(to->physical, from->hardware, from->hardware_size);
	memcpy(to->permanent, from->hardware, from->hardware_size);
	to->mtu = from->loopback ? 0xFFFFFFFF : from->mtu;
	to->type = interface_type(from);
	to->medium = from->loopback ? 0 : 14; /* 802.3 */
	to->access = from->loopback ? 1 : from->point_to_point ? 3 : 2;
	to->oper_status = from->up && from->running ? 1 : 2;
	to->admin_status = from->up ? 1 : 2;
	to->connect_state = from->running ? 1 : 2;
	to->connection = 1;
	to->transmit_speed = to->receive_speed = from->speed ? from->speed : 1073741824;
	to->in_octets = to->in_octets_of[0] = from->received;
	to->in_unicast = from->received_packets;
	to->out_octets = to->out_octets_of[0] = from->sent;
	to->out_unicast = from->sent_packets;
}

/* One row an interface: the first of its addresses stands for it. */
static bool is_first(const struct host_interface *rows, INT i)
{
	for (INT j = 0; j < i; j++)
		if (rows[j].index == rows[i].index)
			return false;
	return true;
}

EXPORT(iphlpapi, DWORD, GetIfTable2, (struct if_table2 * *result))
{
	struct host_interface *rows;
	struct if_table2 *table;
	INT count;

	if (!result)
		return ERROR_INVALID_PARAMETER;
	count = host_interfaces(&rows);
	table = LocalAlloc(LMEM_ZEROINIT, sizeof(*table) + (size_t)(count > 0 ? count : 0) * sizeof(*table->rows));
	for (INT i = 0; table && i < count; i++)
		if (is_first(rows, i))
			fill_row2(&table->rows[table->count++], &rows[i]);
	free(rows);
	*result = table;
	return table ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

EXPORT(iphlpapi, DWORD, GetIfTable2Ex, (INT level, struct if_table2 **result))
{
	if (level < 0 || level > 1)
		return ERROR_INVALID_PARAMETER;
	return GetIfTable2(result);
}

EXPORT(iphlpapi, DWORD, GetIfEntry2, (struct if_row2 * row))
{
	struct host_interface found;

	if (!row || (!row->luid && !row->index))
		return ERROR_INVALID_PARAMETER;
	if (!find_interface(row->luid ? 0 : row->index, row->luid, &found))
		return ERROR_FILE_NOT_FOUND;
	fill_row2(row, &found);
	return ERROR_SUCCESS;
}

static void fill_row(struct if_row *to, const struct host_interface *from)
{
	char text[64];

	memset(to, 0, sizeof(*to));
	interface_guid_text(from, text);
	put_text(to->name, "\\DEVICE\\TCPIP_");
	put_text(to->name + 14, text);
	to->index = from->index;
	to->type = interface_type(from);
	to->mtu = from->mtu;
	to->speed = from->speed && from->speed < 0xFFFFFFFF ? (DWORD)from->speed : 1073741824;
	to->physical_length = from->hardware_size;
	memcpy(to->physical, from->hardware, 8);
	to->admin_status = from->up;
	to->oper_status = from->up && from->running ? 5 : 0; /* MIB_IF_OPER_STATUS_OPERATIONAL */
	to->in_octets = (DWORD)from->received;
	to->in_unicast = (DWORD)from->received_packets;
	to->out_octets = (DWORD)from->sent;
	to->out_unicast = (DWORD)from->sent_packets;
	interface_description(from, to->description);
	to->description_length = (DWORD)strlen(to->description) + 1;
}

EXPORT(iphlpapi, DWORD, GetIfTable, (struct if_table * table, ULONG *size, BOOL order))
{
	struct host_interface *rows;
	INT count;
	ULONG need = sizeof(*table), room, made = 0;

	if (!size)
		return ERROR_INVALID_PARAMETER;
	room = table ? *size : 0;
	count = host_interfaces(&rows);
	for (INT i = 0; i < count; i++) {
		if (!is_first(rows, i))
			continue;
		need += sizeof(*table->rows);
		if (need <= room)
			fill_row(&table->rows[made++], &rows[i]);
	}
	free(rows);
	if (need > room) {
		*size = need;
		return ERROR_INSUFFICIENT_BUFFER;
	}
	table->count = made;
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, GetIfEntry, (struct if_row * row))
{
	struct host_interface found;

	if (!row)
		return ERROR_INVALID_PARAMETER;
	if (!find_interface(row->index, 0, &found))
		return ERROR_INVALID_DATA;
	fill_row(row, &found);
	return ERROR_SUCCESS;
}

EXPORT(iphlpapi, DWORD, GetNumberOfInterfaces, (DWORD * result))
{
	struct host_interface *rows;
	INT count;

	if (!result)
		return ERROR_INVALID_PARAMETER;
	*result = 0;
	count = host_interfaces(&rows);
	for (INT i = 0; i < count; i++)
		*result += is_first(rows, i);
	free(rows);
	return ERROR_SUCCESS;
}
