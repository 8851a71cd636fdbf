/*
 * dlls/advapi32/services.c - the service control manager of a machine without services: its database can be opened and listed
 * as any user may, and is empty; making a service is refused; no process is one.
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/ke/ke.h"
#include "ntdll/rtl/crt.h"
#include "ntdll/rtl/rtl.h"

#include <stdlib.h>

/* Rights to the manager. */
enum { CONNECT = 1, CREATE_SERVICE = 2, ENUMERATE = 4, LOCK = 8, QUERY_LOCK_STATUS = 0x10, MODIFY_BOOT_CONFIG = 0x20 };
#define EVERYBODY ((DWORD)(CONNECT | ENUMERATE | QUERY_LOCK_STATUS | READ_CONTROL))
#define NAME_MAX_LENGTH 256u

struct manager {
	struct manager *next;
	DWORD access;
};

static struct manager *managers;
static RTL_SRWLOCK lock;

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

/* Where the list refers to an open manager; the caller has the lock. */
static struct manager **find(HANDLE handle)
{
	struct manager **at = &managers;

	while (*at && *at != handle)
		at = &(*at)->next;
	return at;
}

/* The access that a handle of a manager grants; 0: there is no such handle. */
static DWORD access_of(HANDLE handle)
{
	DWORD access;

	RtlAcquireSRWLockShared(&lock);
	access = *find(handle) ? (*find(handle))->access : 0;
	RtlReleaseSRWLockShared(&lock);
	return access;
}

static HANDLE open_manager(bool remote, const WCHAR *database, DWORD access)
{
	struct manager *manager;

	if (remote)
		return fail(RPC_S_SERVER_UNAVAILABLE), NULL;
	if (database && rtl_wcsicmp(database, u"ServicesFailed") == 0)
		return fail(ERROR_DATABASE_DOES_NOT_EXIST), NULL;
	if (database && rtl_wcsicmp(database, u"ServicesActive") != 0)
		return fail(ERROR_INVALID_NAME), NULL;
	if (access & GENERIC_READ)
		access |= READ_CONTROL | ENUMERATE | QUERY_LOCK_STATUS;
	if (access & GENERIC_WRITE)
		access |= READ_CONTROL | CREATE_SERVICE | MODIFY_BOOT_CONFIG;
	if (access & GENERIC_EXECUTE)
		access |= READ_CONTROL | CONNECT | LOCK;
	if (access & MAXIMUM_ALLOWED)
		access |= EVERYBODY;
	access = (access & ~(DWORD)(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | MAXIMUM_ALLOWED)) | CONNECT;
	if (access & ~EVERYBODY)
		return fail(ERROR_ACCESS_DENIED), NULL;
	manager = malloc(sizeof(*manager));
	if (!manager)
		return fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
	manager->access = access;
	RtlAcquireSRWLockExclusive(&lock);
	manager->next = managers;
	managers = manager;
	RtlReleaseSRWLockExclusive(&lock);
	set_last_error(ERROR_SUCCESS);
	return manager;
}

/* A name in bytes as far as it matters here: letters of ASCII. */
static const WCHAR *widen(const char *name, WCHAR to[NAME_MAX_LENGTH + 2])
{
	size_t i;

	if (!name)
		return NULL;
	for (i = 0; name[i] && i <= NAME_MAX_LENGTH; i++)
		to[i] = (BYTE)name[i];
	to[i] = 0;
	return to;
}

EXPORT(advapi32, HANDLE, OpenSCManagerW, (LPCWSTR machine, LPCWSTR database, DWORD access))
{
	return open_manager(machine && machine[0], database, access);
}

EXPORT(advapi32, HANDLE, OpenSCManagerA, (LPCSTR machine, LPCSTR database, DWORD access))
{
	WCHAR wide[NAME_MAX_LENGTH + 2];

	return open_manager(machine && machine[0], widen(database, wide), access);
}

EXPORT(advapi32, BOOL, CloseServiceHandle, (HANDLE handle))
{
	struct manager **at, *manager;

	RtlAcquireSRWLockExclusive(&lock);
	at = find(handle);
	manager = *at;
	if (manager)
		*at = manager->next;
	RtlReleaseSRWLockExclusive(&lock);
	free(manager);
	return manager ? TRUE : fail(ERROR_INVALID_HANDLE);
}

/* --- what asks for a service by name: there is none --- */

static HANDLE open_service(HANDLE handle, const WCHAR *name)
{
	size_t i;

	if (!access_of(handle))
		return fail(ERROR_INVALID_HANDLE), NULL;
	if (!name)
		return fail(ERROR_INVALID_ADDRESS), NULL;
	for (i = 0; name[i] && name[i] != u'/' && name[i] != u'\\'; i++)
		;
	return fail(name[i] || i == 0 || i > NAME_MAX_LENGTH ? ERROR_INVALID_NAME : ERROR_SERVICE_DOES_NOT_EXIST), NULL;
}

EXPORT(advapi32, HANDLE, OpenServiceW, (HANDLE manager, LPCWSTR name, DWORD access))
{
	(void)access;
	return open_service(manager, name);
}

EXPORT(advapi32, HANDLE, OpenServiceA, (HANDLE manager, LPCSTR name, DWORD access))
{
	WCHAR wide[NAME_MAX_LENGTH + 2];

	(void)access;
	return open_service(manager, widen(name, wide));
}

EXPORT(advapi32, BOOL, GetServiceDisplayNameW, (HANDLE manager, LPCWSTR name, LPWSTR to, DWORD *size))
{
	(void)to;
	(void)size;
	return open_service(manager, name) != NULL;
}
EXPORT_ALIAS(advapi32, "GetServiceKeyNameW", GetServiceDisplayNameW);

/* No handle that can be had has the right to create a service. */
EXPORT(advapi32, HANDLE, CreateServiceW,
       (HANDLE manager, LPCWSTR name, LPCWSTR display_name, DWORD access, DWORD type, DWORD start, DWORD error, LPCWSTR path,
	LPCWSTR group, DWORD *tag, LPCWSTR dependencies, LPCWSTR account, LPCWSTR password))
{
	return fail(access_of(manager) ? ERROR_ACCESS_DENIED : ERROR_INVALID_HANDLE), NULL;
}
EXPORT_ALIAS(advapi32, "CreateServiceA", CreateServiceW);

EXPORT(advapi32, BOOL, EnumServicesStatusExW,
       (HANDLE manager, INT level, DWORD type, DWORD state, BYTE *buffer, DWORD size, DWORD *needed, DWORD *count, DWORD *resume,
	LPCWSTR group))
{
	DWORD access = access_of(manager);

	if (!access)
		return fail(ERROR_INVALID_HANDLE);
	if (level != 0) /* SC_ENUM_PROCESS_INFO */
		return fail(ERROR_INVALID_LEVEL);
	if (!needed || !count || !type || type & ~0x3FFu || state < 1 || state > 3 || (!buffer && size))
		return fail(ERROR_INVALID_PARAMETER);
	if (!(access & ENUMERATE))
		return fail(ERROR_ACCESS_DENIED);
	(void)group;
	*needed = *count = 0;
	if (resume)
		*resume = 0;
	return TRUE;
}
EXPORT_ALIAS(advapi32, "EnumServicesStatusExA", EnumServicesStatusExW);

/* --- what takes the handle of a service: a manager's is none --- */

EXPORT(advapi32, BOOL, DeleteService, (HANDLE service))
{
	(void)service;
	return fail(ERROR_INVALID_HANDLE);
}
EXPORT_ALIAS(advapi32, "ChangeServiceConfig2A", DeleteService);
EXPORT_ALIAS(advapi32, "ChangeServiceConfig2W", DeleteService);
EXPORT_ALIAS(advapi32, "ChangeServiceConfigA", DeleteService);
EXPORT_ALIAS(advapi32, "ChangeServiceConfigW", DeleteService);
EXPORT_ALIAS(advapi32, "ControlService", DeleteService);
EXPORT_ALIAS(advapi32, "EnumDependentServicesA", DeleteService);
EXPORT_ALIAS(advapi32, "EnumDependentServicesW", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceConfig2A", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceConfig2W", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceConfigA", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceConfigW", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceObjectSecurity", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceStatus", DeleteService);
EXPORT_ALIAS(advapi32, "QueryServiceStatusEx", DeleteService);
EXPORT_ALIAS(advapi32, "SetServiceStatus", DeleteService);
EXPORT_ALIAS(advapi32, "StartServiceA", DeleteService);
EXPORT_ALIAS(advapi32, "StartServiceW", DeleteService);

/* The result is the error. */
EXPORT(advapi32, DWORD, NotifyServiceStatusChangeW, (HANDLE service, DWORD mask, PVOID notify))
{
	(void)service;
	(void)mask;
	(void)notify;
	return ERROR_INVALID_HANDLE;
}
EXPORT_ALIAS(advapi32, "NotifyServiceStatusChangeA", NotifyServiceStatusChangeW);

/* --- what a service calls: this process was not started as one --- */

EXPORT(advapi32, BOOL, StartServiceCtrlDispatcherW, (const void *table))
{
	return fail(table ? ERROR_FAILED_SERVICE_CONTROLLER_CONNECT : ERROR_INVALID_PARAMETER);
}
EXPORT_ALIAS(advapi32, "StartServiceCtrlDispatcherA", StartServiceCtrlDispatcherW);

EXPORT(advapi32, HANDLE, RegisterServiceCtrlHandlerExW, (LPCWSTR name, PVOID handler, PVOID context))
{
	(void)name;
	(void)handler;
	(void)context;
	return fail(ERROR_SERVICE_NOT_IN_EXE), NULL;
}
EXPORT_ALIAS(advapi32, "RegisterServiceCtrlHandlerA", RegisterServiceCtrlHandlerExW);
EXPORT_ALIAS(advapi32, "RegisterServiceCtrlHandlerExA", RegisterServiceCtrlHandlerExW);
EXPORT_ALIAS(advapi32, "RegisterServiceCtrlHandlerW", RegisterServiceCtrlHandlerExW);
