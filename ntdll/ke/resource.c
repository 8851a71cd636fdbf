/*
 * ntdll/ke/resource.c - RTL_RESOURCE: a lock for one or for many, older than the SRW lock and recursive.
 *
 * The words are Windows' own.  Nobody is preferred: who shares already lets others share, whoever waits to have it alone
 * (nt facts, execution 104).  A release hands the resource over, so who is woken has it.
 */
#include "ntdll/ke/ke.h"
#include "nt/peb.h"
#include "ntdll/ob/ob.h"
#include "pewter/export.h"

#include <string.h>

typedef struct _RTL_RESOURCE {
	RTL_CRITICAL_SECTION CriticalSection;
	HANDLE SharedSemaphore;
	ULONG NumberOfWaitingShared;
	HANDLE ExclusiveSemaphore;
	ULONG NumberOfWaitingExclusive;
	LONG NumberOfActive; /* -n: one has it, n times; n: n share it */
	HANDLE ExclusiveOwnerThread;
	ULONG Flags;
	PVOID DebugInfo;
} RTL_RESOURCE;

static HANDLE self(void)
{
	return NtCurrentTeb()->ClientId.UniqueThread;
}

EXPORT(ntdll, void, RtlInitializeResource, (RTL_RESOURCE *resource))
{
	NTSTATUS status;

	memset(resource, 0, sizeof(*resource));
	status = RtlInitializeCriticalSection(&resource->CriticalSection);
	if (NT_SUCCESS(status))
		status = NtCreateSemaphore(&resource->SharedSemaphore, 0x1F0003, NULL, 0, INT32_MAX);
	if (NT_SUCCESS(status))
		status = NtCreateSemaphore(&resource->ExclusiveSemaphore, 0x1F0003, NULL, 0, INT32_MAX);
	if (!NT_SUCCESS(status))
		RtlRaiseStatus(status);
}

EXPORT(ntdll, void, RtlDeleteResource, (RTL_RESOURCE *resource))
{
	RtlDeleteCriticalSection(&resource->CriticalSection);
	NtClose(resource->SharedSemaphore);
	NtClose(resource->ExclusiveSemaphore);
	memset(resource, 0, sizeof(*resource));
}

/* `wait` FALSE: FALSE when it cannot be had at once. */
EXPORT(ntdll, BOOLEAN, RtlAcquireResourceShared, (RTL_RESOURCE *resource, BOOLEAN wait))
{
	bool have = true;

	RtlEnterCriticalSection(&resource->CriticalSection);
	if (resource->NumberOfActive >= 0)
		resource->NumberOfActive++;
	else if (resource->ExclusiveOwnerThread == self())
		resource->NumberOfActive--;
	else
		have = false;
	if (!have && wait)
		resource->NumberOfWaitingShared++;
	RtlLeaveCriticalSection(&resource->CriticalSection);
	if (!have && wait)
		NtWaitForSingleObject(resource->SharedSemaphore, FALSE, NULL);
	return have || wait;
}

EXPORT(ntdll, BOOLEAN, RtlAcquireResourceExclusive, (RTL_RESOURCE *resource, BOOLEAN wait))
{
	bool have = true;

	RtlEnterCriticalSection(&resource->CriticalSection);
	if (resource->NumberOfActive == 0 || (resource->NumberOfActive < 0 && resource->ExclusiveOwnerThread == self())) {
		resource->NumberOfActive--;
		resource->ExclusiveOwnerThread = self();
	} else {
		have = false;
	}
	if (!have && wait)
		resource->NumberOfWaitingExclusive++;
	RtlLeaveCriticalSection(&resource->CriticalSection);
	if (!have && wait) {
		NtWaitForSingleObject(resource->ExclusiveSemaphore, FALSE, NULL);
		resource->ExclusiveOwnerThread = self();
	}
	return have || wait;
}

/* Nobody has it: those who wait get it.  The critical section is held. */
static void hand_over(RTL_RESOURCE *resource)
{
	resource->ExclusiveOwnerThread = NULL;
	if (resource->NumberOfWaitingExclusive) {
		resource->NumberOfWaitingExclusive--;
		resource->NumberOfActive = -1;
		NtReleaseSemaphore(resource->ExclusiveSemaphore, 1, NULL);
	} else if (resource->NumberOfWaitingShared) {
		resource->NumberOfActive = (LONG)resource->NumberOfWaitingShared;
		resource->NumberOfWaitingShared = 0;
		NtReleaseSemaphore(resource->SharedSemaphore, resource->NumberOfActive, NULL);
	}
}

EXPORT(ntdll, void, RtlReleaseResource, (RTL_RESOURCE *resource))
{
	RtlEnterCriticalSection(&resource->CriticalSection);
	if (resource->NumberOfActive > 0)
		resource->NumberOfActive--;
	else if (resource->NumberOfActive < 0)
		resource->NumberOfActive++;
	if (!resource->NumberOfActive)
		hand_over(resource);
	RtlLeaveCriticalSection(&resource->CriticalSection);
}

EXPORT(ntdll, void, RtlConvertExclusiveToShared, (RTL_RESOURCE *resource))
{
	RtlEnterCriticalSection(&resource->CriticalSection);
	if (resource->NumberOfActive == -1) {
		resource->ExclusiveOwnerThread = NULL;
		resource->NumberOfActive = 1 + (LONG)resource->NumberOfWaitingShared;
		if (resource->NumberOfWaitingShared)
			NtReleaseSemaphore(resource->SharedSemaphore, (LONG)resource->NumberOfWaitingShared, NULL);
		resource->NumberOfWaitingShared = 0;
	}
	RtlLeaveCriticalSection(&resource->CriticalSection);
}

/* What is shared by others too has to be waited for, and is given up meanwhile. */
EXPORT(ntdll, void, RtlConvertSharedToExclusive, (RTL_RESOURCE *resource))
{
	bool alone;

	RtlEnterCriticalSection(&resource->CriticalSection);
	alone = resource->NumberOfActive == 1;
	if (alone) {
		resource->NumberOfActive = -1;
		resource->ExclusiveOwnerThread = self();
	}
	RtlLeaveCriticalSection(&resource->CriticalSection);
	if (!alone) {
		RtlReleaseResource(resource);
		RtlAcquireResourceExclusive(resource, TRUE);
	}
}
