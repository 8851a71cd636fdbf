/*
 * ntdll/ex/etw.c - the provider side of event tracing (evntprov.h): registrations, activity identifiers, writing.
 *
 * There is no trace session here, and so the state is the one of a Windows machine on which nobody listens: a provider
 * registers and gets a handle, its enable callback is never called, nothing is enabled, and a well-formed event is
 * accepted and goes nowhere.  The functions return Win32 error codes, as MSDN has them for advapi32's Event*, which
 * forward here.
 */
#include "host/host.h"
#include "host/thread.h"
#include "nt/peb.h"
#include "nt/winerror.h"
#include "pewter/export.h"

#include <stdbool.h>
#include <stdlib.h>

typedef ULONGLONG REGHANDLE;

typedef struct _EVENT_DESCRIPTOR {
	USHORT Id;
	UCHAR Version;
	UCHAR Channel;
	UCHAR Level;
	UCHAR Opcode;
	USHORT Task;
	ULONGLONG Keyword;
} EVENT_DESCRIPTOR;

typedef struct _EVENT_DATA_DESCRIPTOR {
	ULONGLONG Ptr;
	ULONG Size;
	ULONG Reserved;
} EVENT_DATA_DESCRIPTOR;

#define MAX_EVENT_DATA_DESCRIPTORS 128u

/* EventActivityIdControl. */
enum { ACTIVITY_GET = 1, ACTIVITY_SET, ACTIVITY_CREATE, ACTIVITY_GET_SET, ACTIVITY_CREATE_SET };

/* EVENT_INFO_CLASS. */
enum { EVENT_BINARY_TRACK_INFO, EVENT_RESERVED1, EVENT_SET_TRAITS, EVENT_USE_DESCRIPTOR_TYPE };

/*
 * A handle is the number of its slot plus one in the high 16 bits, and in the others the serial number that the slot got
 * with the registration: a handle of before is never one of now.
 */
#define SLOTS_MAX 0xFFFEu
#define SERIAL_MASK 0xFFFFFFFFFFFFull

static struct host_lock table_lock;
static uint64_t *serials; /* 0: the slot is free */
static size_t slots;
static uint64_t last_serial;

/* The slot of a handle, or NULL.  Under the lock. */
static uint64_t *slot_of(REGHANDLE handle)
{
	size_t number = (size_t)(handle >> 48);

	if (!number || number > slots || !(handle & SERIAL_MASK) || serials[number - 1] != (handle & SERIAL_MASK))
		return NULL;
	return &serials[number - 1];
}

static bool is_registered(REGHANDLE handle)
{
	bool found;

	host_lock_acquire(&table_lock);
	found = slot_of(handle) != NULL;
	host_lock_release(&table_lock);
	return found;
}

/* The number of a free slot, or `slots` with room for one more; SLOTS_MAX without memory.  Under the lock. */
static size_t free_slot(void)
{
	size_t number = 0, wanted;
	uint64_t *larger;

	while (number < slots && serials[number])
		number++;
	if (number < slots || slots == SLOTS_MAX)
		return number;
	wanted = slots ? slots * 2 : 32;
	if (wanted > SLOTS_MAX)
		wanted = SLOTS_MAX;
	larger = realloc(serials, wanted * sizeof(*serials));
	if (!larger)
		return SLOTS_MAX;
	serials = larger;
	while (slots < wanted)
		serials[slots++] = 0;
	return number;
}

/* `callback` hears of sessions that enable the provider; none does. */
EXPORT(ntdll, ULONG, EtwEventRegister, (const GUID *provider, PVOID callback, PVOID context, REGHANDLE *handle))
{
	ULONG error = ERROR_NOT_ENOUGH_MEMORY;
	size_t number;

	(void)callback;
	(void)context;
	if (!provider || !handle)
		return ERROR_INVALID_PARAMETER;
	host_lock_acquire(&table_lock);
	number = free_slot();
	if (number < SLOTS_MAX) {
		serials[number] = ++last_serial;
		*handle = (REGHANDLE)(number + 1) << 48 | serials[number];
		error = ERROR_SUCCESS;
	}
	host_lock_release(&table_lock);
	return error;
}

EXPORT(ntdll, ULONG, EtwEventUnregister, (REGHANDLE handle))
{
	uint64_t *slot;

	host_lock_acquire(&table_lock);
	slot = slot_of(handle);
	if (slot)
		*slot = 0;
	host_lock_release(&table_lock);
	return slot ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

EXPORT(ntdll, BOOLEAN, EtwEventEnabled, (REGHANDLE handle, const EVENT_DESCRIPTOR *event))
{
	(void)handle;
	(void)event;
	return FALSE;
}

EXPORT(ntdll, BOOLEAN, EtwEventProviderEnabled, (REGHANDLE handle, UCHAR level, ULONGLONG keyword))
{
	(void)handle;
	(void)level;
	(void)keyword;
	return FALSE;
}

/* An event of `count` pieces at `data`.  Its size is the affair of a session's buffers. */
static ULONG check_event(REGHANDLE handle, const EVENT_DESCRIPTOR *event, ULONG count, const EVENT_DATA_DESCRIPTOR *data)
{
	if (!is_registered(handle))
		return ERROR_INVALID_HANDLE;
	if (!event || count > MAX_EVENT_DATA_DESCRIPTORS || (count && !data))
		return ERROR_INVALID_PARAMETER;
	return ERROR_SUCCESS;
}

EXPORT(ntdll, ULONG, EtwEventWrite,
       (REGHANDLE handle, const EVENT_DESCRIPTOR *event, ULONG count, EVENT_DATA_DESCRIPTOR *data))
{
	return check_event(handle, event, count, data);
}

EXPORT(ntdll, ULONG, EtwEventWriteTransfer,
       (REGHANDLE handle, const EVENT_DESCRIPTOR *event, const GUID *activity, const GUID *related, ULONG count,
	EVENT_DATA_DESCRIPTOR *data))
{
	(void)activity;
	(void)related;
	return check_event(handle, event, count, data);
}

EXPORT(ntdll, ULONG, EtwEventWriteEx,
       (REGHANDLE handle, const EVENT_DESCRIPTOR *event, ULONGLONG filter, ULONG flags, const GUID *activity,
	const GUID *related, ULONG count, EVENT_DATA_DESCRIPTOR *data))
{
	(void)filter;
	(void)flags;
	(void)activity;
	(void)related;
	return check_event(handle, event, count, data);
}

EXPORT(ntdll, ULONG, EtwEventWriteString, (REGHANDLE handle, UCHAR level, ULONGLONG keyword, PCWSTR string))
{
	(void)level;
	(void)keyword;
	if (!string)
		return ERROR_INVALID_PARAMETER;
	return is_registered(handle) ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

/*
 * What is set travels with the events that a session gets, so that only the form is looked at.  Traits begin with their
 * size and have a name (MSDN, "Provider Traits").
 */
EXPORT(ntdll, ULONG, EtwEventSetInformation, (REGHANDLE handle, ULONG class, PVOID information, ULONG length))
{
	if (!is_registered(handle))
		return ERROR_INVALID_HANDLE;
	switch (class) {
	case EVENT_BINARY_TRACK_INFO:
		return ERROR_SUCCESS;
	case EVENT_SET_TRAITS: {
		const USHORT *size = information;

		return size && length > sizeof(*size) && *size == length ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
	}
	case EVENT_USE_DESCRIPTOR_TYPE:
		return information && length == sizeof(BOOLEAN) ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
	}
	return ERROR_NOT_SUPPORTED;
}

static GUID new_activity(void)
{
	GUID id;

	host_random(&id, sizeof(id));
	id.Data3 = (id.Data3 & 0x0FFF) | 0x4000; /* RFC 4122: of random bits */
	id.Data4[0] = (id.Data4[0] & 0x3F) | 0x80;
	return id;
}

/* The identifier of the thread's activity is in its TEB. */
EXPORT(ntdll, ULONG, EtwEventActivityIdControl, (ULONG control, GUID *id))
{
	GUID *current = &NtCurrentTeb()->ActivityId, before = *current;

	if (!id)
		return ERROR_INVALID_PARAMETER;
	switch (control) {
	case ACTIVITY_GET:
		*id = before;
		return ERROR_SUCCESS;
	case ACTIVITY_SET:
		*current = *id;
		return ERROR_SUCCESS;
	case ACTIVITY_CREATE:
		*id = new_activity();
		return ERROR_SUCCESS;
	case ACTIVITY_GET_SET:
		*current = *id;
		*id = before;
		return ERROR_SUCCESS;
	case ACTIVITY_CREATE_SET:
		*current = new_activity();
		*id = before;
		return ERROR_SUCCESS;
	}
	return ERROR_INVALID_PARAMETER;
}
