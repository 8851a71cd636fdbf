/*
 * dlls/netapi32/computer.c - what this computer is: a workstation in the workgroup WORKGROUP, in no domain, that shares
 * nothing.
 */
#include "dlls/netapi32/netapi32.h"
#include "kernel32/kernel32.h"
#include "ntdll/ex/ex.h"
#include <string.h>

#define PLATFORM_ID_NT 500u
#define SV_TYPE_WORKSTATION 0x1u
#define SV_TYPE_NT 0x1000u
#define NetSetupWorkgroupName 2u

static const char16_t workgroup[] = u"WORKGROUP";

struct station {
	DWORD platform;
	LPWSTR computer, group;
	DWORD major, minor;
	LPWSTR root; /* level 101 */
	DWORD users; /* level 102 */
};

struct server {
	DWORD platform;
	LPWSTR name;
	DWORD major, minor, type; /* level 101 */
	LPWSTR comment;
};

EXPORT(netapi32, NET_API_STATUS, NetGetJoinInformation, (LPCWSTR server, LPWSTR *name, DWORD *kind))
{
	NET_API_STATUS status;

	if (!name || !kind)
		return ERROR_INVALID_PARAMETER;
	status = net_check_server(server);
	if (status != NERR_Success)
		return status;
	status = NetApiBufferAllocate(sizeof(workgroup), (LPVOID *)name);
	if (status != NERR_Success)
		return status;
	memcpy(*name, workgroup, sizeof(workgroup));
	*kind = NetSetupWorkgroupName;
	return NERR_Success;
}

EXPORT(netapi32, NET_API_STATUS, NetWkstaGetInfo, (LPCWSTR server, DWORD level, BYTE **buffer))
{
	static const size_t sizes[] = {offsetof(struct station, root), offsetof(struct station, users), sizeof(struct station)};
	struct net_answer answer;
	struct station *station;
	NET_API_STATUS status;

	if (!buffer)
		return ERROR_INVALID_PARAMETER;
	*buffer = NULL;
	if (level < 100 || level > 102)
		return ERROR_INVALID_LEVEL;
	status = net_check_server(server);
	if (status != NERR_Success)
		return status;
	if (!net_answer_begin(&answer, 1, sizes[level - 100]))
		return ERROR_NOT_ENOUGH_MEMORY;
	station = net_answer_entry(&answer);
	station->platform = PLATFORM_ID_NT;
	station->computer = net_answer_text(&answer, se_computer_name());
	station->group = net_answer_text(&answer, workgroup);
	station->major = EX_MAJOR_VERSION;
	station->minor = EX_MINOR_VERSION;
	if (level > 100)
		station->root = net_answer_text(&answer, u"");
	if (level > 101)
		station->users = 1;
	*buffer = answer.buffer;
	return NERR_Success;
}

EXPORT(netapi32, NET_API_STATUS, NetServerGetInfo, (LPCWSTR name, DWORD level, BYTE **buffer))
{
	struct net_answer answer;
	struct server *server;
	NET_API_STATUS status;

	if (!buffer)
		return ERROR_INVALID_PARAMETER;
	*buffer = NULL;
	if (level != 100 && level != 101)
		return ERROR_INVALID_LEVEL;
	status = net_check_server(name);
	if (status != NERR_Success)
		return status;
	if (!net_answer_begin(&answer, 1, level == 100 ? offsetof(struct server, major) : sizeof(struct server)))
		return ERROR_NOT_ENOUGH_MEMORY;
	server = net_answer_entry(&answer);
	server->platform = PLATFORM_ID_NT;
	server->name = net_answer_text(&answer, se_computer_name());
	if (level == 101) {
		server->major = EX_MAJOR_VERSION;
		server->minor = EX_MINOR_VERSION;
		server->type = SV_TYPE_WORKSTATION | SV_TYPE_NT;
		server->comment = net_answer_text(&answer, u"");
	}
	*buffer = answer.buffer;
	return NERR_Success;
}

/* Folders are not shared: the server service does not run. */

EXPORT(netapi32, NET_API_STATUS, NetShareAdd, (LPCWSTR server, DWORD level, BYTE *buffer, DWORD *parameter))
{
	return NERR_ServerNotStarted;
}

EXPORT(netapi32, NET_API_STATUS, NetShareDel, (LPCWSTR server, LPCWSTR name, DWORD reserved))
{
	return NERR_ServerNotStarted;
}

EXPORT(netapi32, NET_API_STATUS, NetShareGetInfo, (LPCWSTR server, LPCWSTR name, DWORD level, BYTE **buffer))
{
	if (buffer)
		*buffer = NULL;
	return NERR_ServerNotStarted;
}

EXPORT(netapi32, NET_API_STATUS, NetShareEnum,
       (LPCWSTR server, DWORD level, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total, DWORD *resume))
{
	if (!buffer || !read || !total)
		return ERROR_INVALID_PARAMETER;
	*buffer = NULL;
	*read = *total = 0;
	return NERR_ServerNotStarted;
}

/* There is no domain to have a controller. */

EXPORT(netapi32, NET_API_STATUS, NetGetDCName, (LPCWSTR server, LPCWSTR domain, BYTE **buffer))
{
	return NERR_DCNotFound;
}

EXPORT(netapi32, NET_API_STATUS, NetGetAnyDCName, (LPCWSTR server, LPCWSTR domain, BYTE **buffer))
{
	return ERROR_NO_SUCH_DOMAIN;
}

EXPORT(netapi32, DWORD, DsGetDcNameW,
       (LPCWSTR computer, LPCWSTR domain, const GUID *guid, LPCWSTR site, ULONG flags, PVOID *information))
{
	return ERROR_NO_SUCH_DOMAIN;
}
