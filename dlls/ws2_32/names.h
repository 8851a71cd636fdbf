/*
 * dlls/ws2_32/names.h - names of hosts, services and protocols; for resolve.c, database.c and text.c.
 */
#ifndef PEWTER_DLLS_WS2_32_NAMES_H
#define PEWTER_DLLS_WS2_32_NAMES_H

#include "dlls/ws2_32/ws2_32.h"

#define COMPUTER_NAME_PHYSICAL_DNS_HOSTNAME 5

bool ws_same_text(const char *a, const char *b);
/* "localhost", and what is below it. */
bool ws_is_localhost(const char *name);
/* host_resolve's answers, with what Windows knows by itself; at least two addresses. */
int ws_resolve_name(const char *name, enum host_family family, struct host_address *addresses, unsigned capacity,
		    char *canonical, size_t size);
DWORD ws_resolver_error(int error);
bool ws_copy_wide(LPCWSTR text, char *copy, int size);
/* Services; `protocol` NULL: any.  Ports in host order. */
bool ws_find_service(const char *name, const char *protocol, uint16_t *port, char found_protocol[16], char official[64]);
bool ws_find_port(uint16_t port, const char *protocol, char name[64], char found_protocol[16]);

#endif
