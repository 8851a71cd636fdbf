/*
 * ntdll/ob/duplicate.c - NtDuplicateObject, within this process and between processes, and NtCompareObjects.
 *
 * An object that goes to another process is described as for a child that inherits it (io/inherit.h): events, mutexes,
 * semaphores, timers, sections, jobs and completion ports are or become shared ones with the state that they have, files keep their open file,
 * processes and threads go by their ids, keys by their names, tokens as copies.  An object that comes back is the one that left: found by its record or id.
 */
#include "ntdll/ob/duplicate.h"
#include "host/channel.h"
#include "host/fault.h"
#include "ntdll/io/io.h"
#include "ntdll/io/private.h"
#include "ntdll/ps/remote.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

/* What a duplicate is to be. */
struct duplicate {
	struct ob_object *object; /* referenced */
	ACCESS_MASK access;
	ULONG attributes;
};

/* NT's order: the source is looked up first, then closed if asked to, whatever comes of the rest. */
static NTSTATUS take_source(HANDLE source, ACCESS_MASK access, ULONG attributes, ULONG options, struct duplicate *result)
{
	ACCESS_MASK old_access, granted;
	struct ob_object *object;
	ULONG flags;
	NTSTATUS status;
	void *found;

	status = ob_query_handle(source, &old_access, &flags);
	if (!status)
		status = ob_reference_by_handle(source, NULL, 0, &found);
	if (status)
		return STATUS_INVALID_HANDLE;
	object = found;
	if (options & DUPLICATE_SAME_ACCESS) {
		granted = old_access;
	} else {
		granted = ob_map_access(object->type, access);
		if (access & ACCESS_SYSTEM_SECURITY && !(access & ~(ACCESS_SYSTEM_SECURITY | STANDARD_RIGHTS_ALL))) {
			status = STATUS_PRIVILEGE_NOT_HELD;
		} else if (granted & ~(object->type->all | STANDARD_RIGHTS_ALL | 0xFFFF)) {
			status = STATUS_ACCESS_DENIED;
		}
		granted &= object->type->all | STANDARD_RIGHTS_ALL;
	}
	if (options & DUPLICATE_SAME_ATTRIBUTES)
		attributes = (flags & HANDLE_FLAG_INHERIT ? OBJ_INHERIT : 0) |
			     (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE ? OB_PROTECT_CLOSE : 0);
	else
		attributes &= OBJ_INHERIT;
	*result = (struct duplicate){object, granted, attributes};
	if (status)
		ob_dereference(object);
	if (options & DUPLICATE_CLOSE_SOURCE && status)
		ob_close_handle(source);
	return status;
}

static NTSTATUS duplicate_here(HANDLE source, HANDLE *target, ACCESS_MASK access, ULONG attributes, ULONG options)
{
	struct duplicate duplicate;
	NTSTATUS status = take_source(source, access, attributes, options, &duplicate);

	if (status)
		return status;
	/* Before the duplicate is made, so that the lowest free handle is the old one: same value, as Windows may give. */
	if (options & DUPLICATE_CLOSE_SOURCE)
		ob_close_handle(source);
	if (target)
		status = ob_create_handle(duplicate.object, duplicate.access, duplicate.attributes, target);
	ob_dereference(duplicate.object);
	return status;
}

NTSTATUS ob_give_handle(HANDLE handle, ACCESS_MASK access, ULONG attributes, ULONG options, struct io_inherited *description)
{
	struct duplicate duplicate;
	NTSTATUS status = take_source(handle, access, attributes, options, &duplicate);

	if (status)
		return status;
	memset(description, 0, sizeof(*description));
	/* Described while there is a handle: a name goes with the last one. */
	status = io_describe(duplicate.object, description);
	description->handle_access = duplicate.access;
	description->handle_attributes = duplicate.attributes;
	if (options & DUPLICATE_CLOSE_SOURCE)
		ob_close_handle(handle);
	ob_dereference(duplicate.object);
	return status;
}

NTSTATUS ob_take_handle(const struct io_inherited *description, HANDLE *handle)
{
	struct ob_object *object = NULL;
	NTSTATUS status;

	host_ignore_broken_pipes();
	status = io_adopt(description, &object);
	if (NT_SUCCESS(status)) {
		status = ob_create_handle(object, description->handle_access, description->handle_attributes, handle);
		ob_dereference(object);
	}
	return status;
}

static NTSTATUS give(struct ps_process *from, HANDLE source, ACCESS_MASK access, ULONG attributes, ULONG options,
		     struct io_inherited *description)
{
	struct ps_call call = {.operation = PS_DO_GIVE_HANDLE, .values = {(uintptr_t)source, access, attributes, options},
			       .answer = description, .room = sizeof(*description)};
	NTSTATUS status;

	if (!from)
		return ob_give_handle(source, access, attributes, options, description);
	status = ps_ask(from, &call);
	if (!status && (call.room != sizeof(*description) || !io_put_descriptors(description, call.fds, call.fd_count)))
		status = STATUS_ACCESS_DENIED;
	if (status)
		ps_close_descriptors(&call);
	return status;
}

static NTSTATUS take(struct ps_process *to, const struct io_inherited *description, HANDLE *handle)
{
	struct ps_call call = {.operation = PS_DO_TAKE_HANDLE, .data = description, .size = sizeof(*description)};
	NTSTATUS status;

	if (!to)
		return ob_take_handle(description, handle);
	call.fd_count = io_descriptors(description, call.fds);
	status = ps_ask(to, &call);
	io_release_description(description);
	*handle = (HANDLE)(uintptr_t)call.values[0];
	return status;
}

static NTSTATUS close_there(struct ps_process *from, HANDLE source)
{
	struct ps_call call = {.operation = PS_DO_CLOSE_HANDLE, .values = {(uintptr_t)source}};

	return ps_ask(from, &call);
}

static NTSTATUS duplicate(struct ps_process *from, HANDLE source, struct ps_process *to, HANDLE *target, ACCESS_MASK access,
			  ULONG attributes, ULONG options)
{
	struct io_inherited description;
	HANDLE unwanted;
	NTSTATUS status;

	if (!from && !to)
		return duplicate_here(source, target, access, attributes, options);
	if (!target && !to)
		return options & DUPLICATE_CLOSE_SOURCE ? close_there(from, source) : STATUS_SUCCESS;
	status = give(from, source, access, attributes, options, &description);
	return NT_SUCCESS(status) ? take(to, &description, target ? target : &unwanted) : status;
}

EXPORT(ntdll, NTSTATUS, NtDuplicateObject,
       (HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE *target, ACCESS_MASK access, ULONG attributes,
	ULONG options))
{
	struct ps_process *from = NULL, *to = NULL;
	HANDLE handle = NULL;
	NTSTATUS status;

	if (target && host_copy_to_guest(target, &handle, sizeof(handle)))
		return STATUS_ACCESS_VIOLATION;
	status = ps_reference_target(source_process, PROCESS_DUP_HANDLE, &from);
	if (!status && (target_process || !(options & DUPLICATE_CLOSE_SOURCE)))
		status = ps_reference_target(target_process, PROCESS_DUP_HANDLE, &to);
	else if (!status)
		target = NULL;
	if (!status)
		status = duplicate(from, source, to, target ? &handle : NULL, access, attributes, options);
	if (from)
		ob_dereference(from);
	if (to)
		ob_dereference(to);
	if (target && host_copy_to_guest(target, &handle, sizeof(handle)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

/* Two file objects of this process may be one of another's, or one that came back. */
static bool same_file(const struct ob_object *a, const struct ob_object *b)
{
	const struct io_file *x = (const struct io_file *)a, *y = (const struct io_file *)b;

	return a->type == &io_file_type && b->type == &io_file_type && x->kind == y->kind && x->fd >= 0 && y->fd >= 0 &&
	       host_same_open_file(x->fd, y->fd) > 0;
}

EXPORT(ntdll, NTSTATUS, NtCompareObjects, (HANDLE first, HANDLE second))
{
	void *a, *b;
	NTSTATUS status = ob_reference_by_handle(first, NULL, 0, &a);

	if (status)
		return status;
	status = ob_reference_by_handle(second, NULL, 0, &b);
	if (!status) {
		status = a == b || same_file(a, b) ? STATUS_SUCCESS : (NTSTATUS)0xC00001AC; /* STATUS_NOT_SAME_OBJECT */
		ob_dereference(b);
	}
	ob_dereference(a);
	return status;
}
