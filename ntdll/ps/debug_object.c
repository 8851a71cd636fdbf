/*
 * ntdll/ps/debug_object.c - debug objects: the events of the processes that one debugs.  See debug.h.
 *
 * One lock for all of them, which is not held while another process is asked.
 */
#include "ntdll/ps/debug_object.h"
#include "host/fault.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/remote.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

static struct host_lock objects_lock; /* the list, and all in them but `ready` */
static struct ps_debug_object *objects;
static uint64_t last_key;

static void free_event(struct ps_debug_event *event)
{
	ob_dereference(event->process);
	free(event->file);
	free(event);
}

static struct ps_debug_object *find_object(uint64_t key)
{
	struct ps_debug_object *object = objects;

	while (object && object->key != key)
		object = object->next;
	return object;
}

static struct ps_debuggee *find_debuggee(const struct ps_debug_object *object, const struct ps_process *process)
{
	struct ps_debuggee *debuggee = object->debuggees;

	/* By number: its first event may come before its creator knows it, and be sent by what is then taken for a stranger. */
	while (debuggee && debuggee->process->pid != process->pid)
		debuggee = debuggee->next;
	return debuggee;
}

/* The next to be read: events of a process come one after the other's answer. */
static struct ps_debug_event *next_event(const struct ps_debug_object *object)
{
	for (struct ps_debug_event *event = object->events; event; event = event->next) {
		struct ps_debug_event *before = object->events;

		if (event->read)
			continue;
		while (before != event && !(before->read && before->process->pid == event->process->pid))
			before = before->next;
		if (before == event)
			return event;
	}
	return NULL;
}

/* After every change of the queue. */
static void signal(struct ps_debug_object *object)
{
	if (next_event(object))
		ke_set(&object->ready);
	else
		ke_reset(&object->ready);
}

static void append(struct ps_debug_object *object, struct ps_debug_event *event)
{
	struct ps_debug_event **link = &object->events;

	while (*link)
		link = &(*link)->next;
	*link = event;
	signal(object);
}

static struct ps_debug_event *new_event(struct ps_process *process, const struct ps_debug_message *message, const char16_t *file,
					size_t length)
{
	struct ps_debug_event *event = calloc(1, sizeof(*event));

	if (!event)
		return NULL;
	if (length) {
		event->file = malloc(length * sizeof(char16_t));
		if (!event->file) {
			free(event);
			return NULL;
		}
		memcpy(event->file, file, length * sizeof(char16_t));
		event->file_length = length;
	}
	event->message = *message;
	ob_reference(process);
	event->process = process;
	return event;
}

static struct ps_debuggee *add(struct ps_debug_object *object, struct ps_process *process)
{
	struct ps_debuggee *debuggee = find_debuggee(object, process);

	if (debuggee)
		return debuggee;
	debuggee = calloc(1, sizeof(*debuggee));
	if (!debuggee)
		return NULL;
	ob_reference(process);
	debuggee->process = process;
	debuggee->next = object->debuggees;
	object->debuggees = debuggee;
	return debuggee;
}

/* Out of the list; the caller has its reference. */
static struct ps_process *take_debuggee(struct ps_debug_object *object, const struct ps_process *process)
{
	for (struct ps_debuggee **link = &object->debuggees; *link; link = &(*link)->next) {
		struct ps_debuggee *debuggee = *link;

		if (process && debuggee->process->pid != process->pid)
			continue;
		struct ps_process *taken = debuggee->process;

		*link = debuggee->next;
		free(debuggee);
		return taken;
	}
	return NULL;
}

/* Events that will not be wanted, of one process or (NULL) all. */
static struct ps_debug_event *take_events(struct ps_debug_object *object, const struct ps_process *process, bool unread_only)
{
	struct ps_debug_event *taken = NULL, **link = &object->events;

	while (*link) {
		struct ps_debug_event *event = *link;

		if ((process && event->process->pid != process->pid) || (unread_only && event->read)) {
			link = &event->next;
			continue;
		}
		*link = event->next;
		event->next = taken;
		taken = event;
	}
	signal(object);
	return taken;
}

static void free_events(struct ps_debug_event *event)
{
	while (event) {
		struct ps_debug_event *next = event->next;

		free_event(event);
		event = next;
	}
}

/*
 * The object.
 */
static struct ke_dispatcher *dispatcher_of(struct ob_object *object)
{
	return &((struct ps_debug_object *)object)->ready;
}

/* The last handle has gone: debuggees end, or run on by themselves. */
static void close_object(struct ob_object *header)
{
	struct ps_debug_object *object = (struct ps_debug_object *)header;
	struct ps_debug_event *events;
	struct ps_process *process;

	host_lock_acquire(&objects_lock);
	for (struct ps_debug_object **link = &objects; *link; link = &(*link)->next) {
		if (*link == object) {
			*link = object->next;
			break;
		}
	}
	events = take_events(object, NULL, false);
	host_lock_release(&objects_lock);
	free_events(events);
	for (;;) {
		host_lock_acquire(&objects_lock);
		process = take_debuggee(object, NULL);
		host_lock_release(&objects_lock);
		if (!process)
			break;
		if (object->kill)
			ps_terminate_child(process, (DWORD)STATUS_DEBUGGER_INACTIVE);
		else
			ps_debug_command(process, PS_DEBUG_DETACH, object->key, 0, NULL, NULL);
		ob_dereference(process);
	}
}

const struct ob_type ps_debug_object_type = {
	.name = u"DebugObject",
	.read = 0x20001,
	.write = 0x20002,
	.execute = 0x120000,
	.all = DEBUG_ALL_ACCESS,
	.close = close_object,
	.dispatcher = dispatcher_of,
};

EXPORT(ntdll, NTSTATUS, NtCreateDebugObject,
       (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG flags))
{
	struct ps_debug_object *object;
	HANDLE value;
	NTSTATUS status = ob_clear_handle(handle);

	if (status)
		return status;
	if (flags & ~DEBUG_KILL_ON_CLOSE)
		return STATUS_INVALID_PARAMETER;
	object = ob_create(&ps_debug_object_type, sizeof(*object));
	if (!object)
		return STATUS_NO_MEMORY;
	ke_dispatcher_initialize(&object->ready, KE_NOTIFICATION, 0);
	object->kill = flags & DEBUG_KILL_ON_CLOSE;
	host_lock_acquire(&objects_lock);
	object->key = ++last_key;
	object->next = objects;
	objects = object;
	host_lock_release(&objects_lock);
	ob_reference(object);
	status = ob_insert(object, attributes, access, &value);
	if (!NT_SUCCESS(status))
		close_object(&object->object);
	ob_dereference(object);
	return ob_store_handle(handle, &value, status);
}

EXPORT(ntdll, NTSTATUS, NtSetInformationDebugObject,
       (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	struct ps_debug_object *object;
	struct ps_process *process = NULL;
	uint64_t key;
	ULONG flags, needed = sizeof(flags);
	NTSTATUS status;
	void *found;

	if (returned && host_copy_to_guest(returned, &needed, sizeof(needed)))
		return STATUS_ACCESS_VIOLATION;
	if (class != DebugObjectKillProcessOnExitInformation)
		return STATUS_INVALID_PARAMETER;
	if (size != sizeof(flags))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(&flags, buffer, sizeof(flags)))
		return STATUS_ACCESS_VIOLATION;
	if (flags & ~DEBUG_KILL_ON_CLOSE)
		return STATUS_INVALID_PARAMETER;
	status = ob_reference_by_handle(handle, &ps_debug_object_type, DEBUG_SET_INFORMATION, &found);
	if (status)
		return status;
	object = found;
	key = object->key;
	/* Each debuggee knows what it is to do when this process is killed. */
	for (unsigned place = 0;; place++) {
		unsigned at = 0;

		host_lock_acquire(&objects_lock);
		object->kill = flags;
		process = NULL;
		for (struct ps_debuggee *debuggee = object->debuggees; debuggee && !process; debuggee = debuggee->next) {
			if (at++ != place)
				continue;
			process = debuggee->process;
			ob_reference(process);
		}
		host_lock_release(&objects_lock);
		if (!process)
			break;
		ps_debug_command(process, PS_DEBUG_SET_FLAGS, key, flags ? PS_DEBUG_KILL : 0, NULL, NULL);
		ob_dereference(process);
	}
	ob_dereference(object);
	return STATUS_SUCCESS;
}

/*
 * Debuggees.
 */
NTSTATUS ps_debug_link_to(HANDLE handle, bool only_this, struct ps_debug_link *link)
{
	struct ps_debug_object *object;
	void *found;
	NTSTATUS status = ob_reference_by_handle(handle, &ps_debug_object_type, DEBUG_PROCESS_ASSIGN, &found);

	if (status)
		return status;
	object = found;
	*link = (struct ps_debug_link){(uintptr_t)ps_own_process.id, object->key,
				       (object->kill ? PS_DEBUG_KILL : 0) | (only_this ? 0 : PS_DEBUG_INHERIT)};
	ob_dereference(object);
	return STATUS_SUCCESS;
}

NTSTATUS ps_debug_add_to(struct ps_debug_object *object, struct ps_process *process)
{
	struct ps_debuggee *debuggee;

	host_lock_acquire(&objects_lock);
	debuggee = add(object, process);
	host_lock_release(&objects_lock);
	return debuggee ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS ps_debug_add(uint64_t key, struct ps_process *process)
{
	struct ps_debuggee *debuggee = NULL;
	struct ps_debug_object *object;

	host_lock_acquire(&objects_lock);
	object = find_object(key);
	if (object)
		debuggee = add(object, process);
	host_lock_release(&objects_lock);
	return debuggee ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

bool ps_debug_remove_from(struct ps_debug_object *object, struct ps_process *process)
{
	struct ps_debug_event *events = NULL;
	struct ps_process *taken;

	host_lock_acquire(&objects_lock);
	taken = take_debuggee(object, process);
	if (taken)
		events = take_events(object, process, false);
	host_lock_release(&objects_lock);
	free_events(events);
	if (taken)
		ob_dereference(taken);
	return taken != NULL;
}

NTSTATUS ps_debug_object_of(struct ps_process *process, struct ob_object **found)
{
	struct ps_debug_object *object;

	host_lock_acquire(&objects_lock);
	for (object = objects; object; object = object->next)
		if (find_debuggee(object, process) && ob_reference_living(object))
			break;
	host_lock_release(&objects_lock);
	*found = object ? &object->object : NULL;
	return object ? STATUS_SUCCESS : STATUS_PORT_NOT_SET;
}

/* Who was killed has not said so: it is said for it. */
void ps_debug_debuggee_ended(struct ps_process *process)
{
	struct ps_debug_message message = {.change.NewState = DbgExitProcessStateChange};
	struct ps_debug_event *unwanted = NULL, *event = NULL;
	struct ps_debug_object *object;
	struct ps_process *taken = NULL;

	if (!__atomic_load_n(&objects, __ATOMIC_ACQUIRE))
		return;
	message.change.AppClientId = (CLIENT_ID){process->id, PS_THREAD_ID(process->pid, 1)};
	message.change.StateInfo.ExitProcess.ExitStatus = (NTSTATUS)process->exit_code;
	event = new_event(process, &message, NULL, 0);
	host_lock_acquire(&objects_lock);
	for (object = objects; object && !taken; object = object->next) {
		struct ps_debuggee *debuggee = find_debuggee(object, process);

		if (!debuggee)
			continue;
		if (!debuggee->end_told && event) {
			unwanted = take_events(object, process, true);
			event->made = true;
			append(object, event);
			event = NULL;
		}
		taken = take_debuggee(object, process);
	}
	host_lock_release(&objects_lock);
	free_events(unwanted);
	if (event)
		free_event(event);
	if (taken)
		ob_dereference(taken);
}

/*
 * Events.
 */
NTSTATUS ps_debug_command(struct ps_process *process, enum ps_debug_command command, uint64_t key, uint64_t value, void *answer,
			  size_t *room)
{
	struct ps_call call = {.operation = PS_DO_DEBUG_COMMAND,
			       .values = {command, key, (uintptr_t)ps_own_process.id, value},
			       .answer = answer,
			       .room = room ? *room : 0};
	NTSTATUS status = ps_ask(process, &call);

	if (room)
		*room = call.room;
	return status;
}

NTSTATUS ps_debug_make_event(struct ps_debug_object *object, struct ps_process *process, const struct ps_debug_message *message,
			     const UNICODE_STRING *file)
{
	struct ps_debug_event *event = new_event(process, message, file ? file->Buffer : NULL,
						 file ? file->Length / sizeof(char16_t) : 0);

	if (!event)
		return STATUS_NO_MEMORY;
	event->made = true;
	host_lock_acquire(&objects_lock);
	append(object, event);
	host_lock_release(&objects_lock);
	return STATUS_SUCCESS;
}

NTSTATUS ps_debug_take_event(uint64_t key, const struct ps_debug_message *message, size_t size)
{
	struct ps_debug_object *object;
	struct ps_debuggee *debuggee = NULL;
	struct ps_debug_event *event;
	struct ps_process *process;
	NTSTATUS status;

	if (size < sizeof(*message))
		return STATUS_INVALID_PARAMETER;
	status = ps_open_foreign(message->change.AppClientId.UniqueProcess, &process);
	if (status)
		return status;
	event = new_event(process, message, (const char16_t *)(const void *)(message + 1),
			  (size - sizeof(*message)) / sizeof(char16_t));
	host_lock_acquire(&objects_lock);
	object = event ? find_object(key) : NULL;
	if (object) {
		/* A debuggee's child comes by itself. */
		debuggee = message->change.NewState == DbgCreateProcessStateChange ? add(object, process)
										   : find_debuggee(object, process);
		if (debuggee) {
			debuggee->end_told |= message->change.NewState == DbgExitProcessStateChange;
			append(object, event);
		}
	}
	host_lock_release(&objects_lock);
	ob_dereference(process);
	if (debuggee)
		return STATUS_SUCCESS;
	if (event)
		free_event(event);
	return event ? STATUS_PORT_NOT_SET : STATUS_NO_MEMORY;
}

/* Marks the next one read, and gives a copy; the file's name is malloc'ed. */
static bool read_event(struct ps_debug_object *object, DBGUI_WAIT_STATE_CHANGE *change, char16_t **file, size_t *length)
{
	struct ps_debug_event *event;

	host_lock_acquire(&objects_lock);
	event = next_event(object);
	if (event) {
		event->read = true;
		*change = event->message.change;
		*file = event->file;
		*length = event->file_length;
		event->file = NULL;
	}
	signal(object);
	host_lock_release(&objects_lock);
	return event != NULL;
}

EXPORT(ntdll, NTSTATUS, NtWaitForDebugEvent,
       (HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout, DBGUI_WAIT_STATE_CHANGE *change))
{
	DBGUI_WAIT_STATE_CHANGE copy;
	struct ps_debug_object *object;
	const LARGE_INTEGER *captured;
	LARGE_INTEGER time;
	char16_t *file = NULL;
	size_t length = 0;
	uint64_t deadline;
	NTSTATUS status = ke_capture_timeout(timeout, &time, &captured);
	void *found;

	if (status)
		return status;
	deadline = ke_deadline(captured);
	if (host_probe_guest(change, sizeof(*change), true))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &ps_debug_object_type, DEBUG_READ_EVENT, &found);
	if (status)
		return status;
	object = found;
	for (;;) {
		status = ke_wait_one(&object->ready, alertable, deadline);
		if (status != STATUS_SUCCESS || read_event(object, &copy, &file, &length))
			break;
	}
	if (status == STATUS_SUCCESS) {
		ps_debug_open_handles(&copy, file, length);
		if (host_copy_to_guest(change, &copy, sizeof(copy)))
			status = STATUS_ACCESS_VIOLATION;
	}
	free(file);
	ob_dereference(object);
	return status;
}

static bool is_answer(NTSTATUS status)
{
	return status == DBG_CONTINUE || status == DBG_EXCEPTION_HANDLED || status == DBG_EXCEPTION_NOT_HANDLED ||
	       status == DBG_TERMINATE_THREAD || status == DBG_TERMINATE_PROCESS || status == DBG_REPLY_LATER;
}

EXPORT(ntdll, NTSTATUS, NtDebugContinue, (HANDLE handle, CLIENT_ID *id, NTSTATUS answer))
{
	struct ps_debug_object *object;
	struct ps_debug_event *event, **link;
	CLIENT_ID wanted;
	NTSTATUS status;
	void *found;

	if (host_copy_from_guest(&wanted, id, sizeof(wanted)))
		return STATUS_ACCESS_VIOLATION;
	if (!is_answer(answer))
		return STATUS_INVALID_PARAMETER;
	status = ob_reference_by_handle(handle, &ps_debug_object_type, DEBUG_READ_EVENT, &found);
	if (status)
		return status;
	object = found;
	host_lock_acquire(&objects_lock);
	for (link = &object->events; (event = *link) != NULL; link = &event->next)
		if (event->read && event->message.change.AppClientId.UniqueProcess == wanted.UniqueProcess &&
		    event->message.change.AppClientId.UniqueThread == wanted.UniqueThread)
			break;
	if (event)
		*link = event->next;
	signal(object);
	host_lock_release(&objects_lock);
	if (!event) {
		status = STATUS_INVALID_PARAMETER;
	} else {
		/* Who has been killed meanwhile needs no word. */
		if (!event->made)
			ps_debug_command(event->process, PS_DEBUG_CONTINUE, object->key, (uint32_t)answer, NULL, NULL);
		free_event(event);
	}
	ob_dereference(object);
	return status;
}
