/*
 * ntdll/ldr_notify.c - who wants to know which DLLs come and go (MSDN LdrRegisterDllNotification).
 */
#include "ntdll/ke/ke.h"
#include "ntdll/ldr.h"
#include "pewter/export.h"

#include <stdlib.h>

struct listener {
	struct listener *next;
	void *callback;
	void *context;
};

/* In the order of registration; under the loader lock. */
static struct listener *listeners;

/* LDR_DLL_NOTIFICATION_DATA: the same for loaded and unloaded ones. */
struct notification {
	ULONG Flags;
	const UNICODE_STRING *FullDllName;
	const UNICODE_STRING *BaseDllName;
	PVOID DllBase;
	ULONG SizeOfImage;
};

void ldr_notify(ULONG reason, const LDR_DATA_TABLE_ENTRY *entry)
{
	struct notification data = {0, &entry->FullDllName, &entry->BaseDllName, entry->DllBase, entry->SizeOfImage};
	struct listener *next;

	for (struct listener *at = listeners; at; at = next) {
		next = at->next; /* a callback may take itself out */
		ke_call_guest(at->callback, reason, (uintptr_t)&data, (uintptr_t)at->context, 0);
	}
}

EXPORT(ntdll, NTSTATUS, LdrRegisterDllNotification, (ULONG flags, PVOID callback, PVOID context, PVOID *cookie))
{
	struct listener *listener, **place;

	if (flags || !callback || !cookie)
		return STATUS_INVALID_PARAMETER;
	listener = malloc(sizeof(*listener));
	if (!listener)
		return STATUS_NO_MEMORY;
	*listener = (struct listener){.callback = callback, .context = context};
	ldr_operations.lock();
	for (place = &listeners; *place; place = &(*place)->next)
		;
	*place = listener;
	ldr_operations.unlock();
	*cookie = listener;
	return STATUS_SUCCESS;
}

/* STATUS_DLL_NOT_FOUND for a cookie that is none. */
EXPORT(ntdll, NTSTATUS, LdrUnregisterDllNotification, (PVOID cookie))
{
	struct listener *listener = NULL, **place;

	ldr_operations.lock();
	for (place = &listeners; *place; place = &(*place)->next)
		if (*place == cookie) {
			listener = *place;
			*place = listener->next;
			break;
		}
	ldr_operations.unlock();
	if (!listener)
		return STATUS_DLL_NOT_FOUND;
	free(listener);
	return STATUS_SUCCESS;
}
