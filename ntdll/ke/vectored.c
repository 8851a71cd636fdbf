/*
 * ntdll/ke/vectored.c - vectored exception and continue handlers.
 *
 * Two lists under one lock.  A walk keeps its place by counting itself as a user of the entry it calls, so that handlers
 * may add and remove handlers, themselves too; a removed entry is freed by its last user.
 */
#include "host/thread.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "pewter/export.h"

#include <stdlib.h>

struct vectored {
	struct vectored *next, *previous;
	PVECTORED_EXCEPTION_HANDLER handler;
	unsigned users;
	bool removed;
};

struct list {
	struct vectored *first, *last;
};

static struct host_lock lock;
static struct list lists[2]; /* exception handlers, continue handlers */

/* The PEB says whether there are any, in either list. */
static void tell(const struct list *list)
{
	ULONG flag = list == &lists[0] ? 4 : 8; /* ProcessUsingVEH, ProcessUsingVCH */

	if (!ps_peb)
		return;
	if (list->first)
		__atomic_fetch_or(&ps_peb->CrossProcessFlags, flag, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&ps_peb->CrossProcessFlags, ~flag, __ATOMIC_RELAXED);
}

static void unlink_entry(struct list *list, struct vectored *entry)
{
	if (entry->previous)
		entry->previous->next = entry->next;
	else
		list->first = entry->next;
	if (entry->next)
		entry->next->previous = entry->previous;
	else
		list->last = entry->previous;
	tell(list);
}

static PVOID add(struct list *list, ULONG first, PVECTORED_EXCEPTION_HANDLER handler)
{
	struct vectored *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->handler = handler;
	host_lock_acquire(&lock);
	if (first) {
		entry->next = list->first;
		if (list->first)
			list->first->previous = entry;
		else
			list->last = entry;
		list->first = entry;
	} else {
		entry->previous = list->last;
		if (list->last)
			list->last->next = entry;
		else
			list->first = entry;
		list->last = entry;
	}
	tell(list);
	host_lock_release(&lock);
	return entry;
}

static ULONG remove_handler(struct list *list, PVOID handle)
{
	struct vectored *entry, *dead = NULL;

	host_lock_acquire(&lock);
	for (entry = list->first; entry; entry = entry->next)
		if (entry == handle && !entry->removed)
			break;
	if (entry) {
		entry->removed = true;
		if (!entry->users) {
			unlink_entry(list, entry);
			dead = entry;
		}
	}
	host_lock_release(&lock);
	free(dead);
	return entry != NULL;
}

bool ke_call_vectored(EXCEPTION_POINTERS *pointers, bool continue_list)
{
	struct list *list = &lists[continue_list];
	struct vectored *entry, *next, *dead;
	bool stop = false;

	if (!__atomic_load_n(&list->first, __ATOMIC_ACQUIRE))
		return false;
	host_lock_acquire(&lock);
	for (entry = list->first; entry && !stop; entry = next) {
		dead = NULL;
		if (!entry->removed) {
			entry->users++;
			host_lock_release(&lock);
			stop = (LONG)ke_call_guest((void *)entry->handler, (uint64_t)(uintptr_t)pointers, 0, 0, 0) ==
			       EXCEPTION_CONTINUE_EXECUTION;
			host_lock_acquire(&lock);
			entry->users--;
		}
		next = entry->next;
		if (entry->removed && !entry->users) {
			unlink_entry(list, entry);
			dead = entry;
		}
		free(dead);
	}
	host_lock_release(&lock);
	return stop;
}

EXPORT(ntdll, PVOID, RtlAddVectoredExceptionHandler, (ULONG first, PVECTORED_EXCEPTION_HANDLER handler))
{
	return add(&lists[0], first, handler);
}

EXPORT(ntdll, ULONG, RtlRemoveVectoredExceptionHandler, (PVOID handle))
{
	return remove_handler(&lists[0], handle);
}

EXPORT(ntdll, PVOID, RtlAddVectoredContinueHandler, (ULONG first, PVECTORED_EXCEPTION_HANDLER handler))
{
	return add(&lists[1], first, handler);
}

EXPORT(ntdll, ULONG, RtlRemoveVectoredContinueHandler, (PVOID handle))
{
	return remove_handler(&lists[1], handle);
}

EXPORT_FORWARD(kernel32, "AddVectoredExceptionHandler", "NTDLL.RtlAddVectoredExceptionHandler");
EXPORT_FORWARD(kernel32, "RemoveVectoredExceptionHandler", "NTDLL.RtlRemoveVectoredExceptionHandler");
EXPORT_FORWARD(kernel32, "AddVectoredContinueHandler", "NTDLL.RtlAddVectoredContinueHandler");
EXPORT_FORWARD(kernel32, "RemoveVectoredContinueHandler", "NTDLL.RtlRemoveVectoredContinueHandler");
