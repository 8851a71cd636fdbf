/*
 * dlls/iphlpapi/iphlpapi.h - what the files of iphlpapi share.
 */
#ifndef PEWTER_DLLS_IPHLPAPI_IPHLPAPI_H
#define PEWTER_DLLS_IPHLPAPI_IPHLPAPI_H

#include "host/socket.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/io/socket.h"

#define AF_UNSPEC 0
#define AF_INET WS_AF_INET
#define AF_INET6 WS_AF_INET6
#define IF_TYPE_ETHERNET 6
#define IF_TYPE_PPP 23
#define IF_TYPE_LOOPBACK 24

/* An interface as iphlpapi knows it. */
static inline ULONG interface_type(const struct host_interface *interface)
{
	return interface->loopback ? IF_TYPE_LOOPBACK : interface->point_to_point ? IF_TYPE_PPP : IF_TYPE_ETHERNET;
}
static inline ULONGLONG interface_luid(const struct host_interface *interface)
{
	return (ULONGLONG)interface_type(interface) << 48 | (ULONGLONG)interface->index << 24;
}
/* Made up of the index: the same in every process. */
static inline GUID interface_guid(const struct host_interface *interface)
{
	return (GUID){0x50577472, 0x6e65, 0x4174, {0x80, 0, 0, 0, (BYTE)(interface->index >> 24), (BYTE)(interface->index >> 16),
						   (BYTE)(interface->index >> 8), (BYTE)interface->index}};
}
/* What a user calls it, and what the system does: at most 64 bytes. */
void interface_friendly_name(const struct host_interface *interface, char *name);
void interface_description(const struct host_interface *interface, char *name);
void interface_guid_text(const struct host_interface *interface, char text[40]);
/* An interface's row by index or LUID (0: not asked for); false: there is none. */
bool find_interface(ULONG index, ULONGLONG luid, struct host_interface *found);

#endif
