/*
 * ntdll/ps/foreign.c - processes other than this one: those known, and opening one by its id.
 *
 * Children are known from their creation, others from the first time that they are opened; an id leads to the same
 * object as long as anybody has it.  Only processes of this program and this user exist for the guest.
 *
 * A process that was created by another one keeps the handover open (create.h), where all its 32 bits of exit code are;
 * of one that a shell started the exit code's low 8 bits can be known at best.
 */
#include "host/file.h"
#include "host/image_file.h"
#include "host/process_list.h"
#include "host/spawn.h"
#include "host/vm.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/gate.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/remote.h"

#include <errno.h>

static struct host_lock known_lock;
static struct ps_process *known;

void ps_know(struct ps_process *process, struct ps_thread *first)
{
	host_lock_acquire(&known_lock);
	process->first = first;
	process->next = known;
	known = process;
	host_lock_release(&known_lock);
}

void ps_forget(struct ps_process *process)
{
	host_lock_acquire(&known_lock);
	for (struct ps_process **link = &known; *link; link = &(*link)->next) {
		if (*link == process) {
			*link = process->next;
			break;
		}
	}
	host_lock_release(&known_lock);
}

void ps_forget_first(struct ps_thread *thread)
{
	host_lock_acquire(&known_lock);
	if (thread->child->first == thread)
		thread->child->first = NULL;
	host_lock_release(&known_lock);
}

static bool same_id(HANDLE a, HANDLE b)
{
	return ((uintptr_t)a & ~(uintptr_t)3) == ((uintptr_t)b & ~(uintptr_t)3);
}

/* Referenced; `thread` may be NULL. */
static struct ps_process *find(HANDLE id, struct ps_thread **thread)
{
	struct ps_process *process;

	host_lock_acquire(&known_lock);
	for (process = known; process; process = process->next) {
		if (!same_id(process->id, id) || !ob_reference_living(process))
			continue;
		if (!thread)
			break;
		if (process->first && ob_reference_living(process->first)) {
			*thread = process->first;
			break;
		}
		host_lock_release(&known_lock);
		ob_dereference(process);
		return NULL;
	}
	host_lock_release(&known_lock);
	return process;
}

/* The other process' handover, or one of our own that says as much as we know. */
static struct ps_handover *open_handover(unsigned pid)
{
	struct ps_handover *handover = NULL;
	struct host_stat stat;
	int fd;

	/* While it makes a child it has that one's, too. */
	for (unsigned which = 0; (fd = host_process_file(pid, "/memfd:" PS_HANDOVER_NAME, which)) >= 0; which++) {
		if (host_stat_fd(fd, &stat) == 0 && stat.size >= sizeof(*handover))
			handover = host_memfd_map(fd, stat.size, false);
		host_close(fd);
		if (handover && handover->magic == PS_HANDOVER_MAGIC && handover->size <= stat.size &&
		    __atomic_load_n(&handover->pid, __ATOMIC_ACQUIRE) == pid)
			return handover;
		if (handover)
			host_memfd_unmap(handover, stat.size);
		handover = NULL;
	}
	fd = host_memfd_create("pewter-process", sizeof(*handover));
	handover = fd < 0 ? NULL : host_memfd_map(fd, sizeof(*handover), false);
	if (fd >= 0)
		host_close(fd);
	if (handover) {
		handover->size = sizeof(*handover);
		handover->suspended = PS_GATE_OPEN;
	}
	return handover;
}

static NTSTATUS make(HANDLE id, struct ps_process **process_out, struct ps_thread **thread_out)
{
	unsigned pid = (unsigned)((uintptr_t)id / 4);
	struct ps_process *process;
	struct ps_thread *thread;
	NTSTATUS status;
	int error;

	status = ps_make_foreign(&process, &thread);
	if (status)
		return status;
	error = host_process_open(pid, &process->child);
	process->handover = error ? NULL : open_handover(pid);
	process->pid = thread->tid = pid;
	process->id = (HANDLE)(uintptr_t)(pid * 4ull);
	thread->id = PS_THREAD_ID(pid, 1);
	if (error)
		status = error == -EPERM ? STATUS_ACCESS_DENIED : STATUS_INVALID_CID;
	else if (!process->handover)
		status = STATUS_NO_MEMORY;
	else
		process->parent = (HANDLE)(uintptr_t)process->handover->parent;
	if (!status)
		status = ps_watch_foreign(thread);
	if (!status) {
		ps_know(process, thread);
		*process_out = process;
		*thread_out = thread;
		return status;
	}
	ob_dereference(thread);
	ob_dereference(process);
	return status;
}

NTSTATUS ps_open_foreign(HANDLE id, struct ps_process **process)
{
	struct ps_process *ended;
	struct ps_thread *thread;
	NTSTATUS status;

	if (PS_IS_THREAD_ID(id))
		return STATUS_INVALID_CID;
	*process = find(id, NULL);
	if (*process && (*process)->exit_code == STILL_ACTIVE)
		return STATUS_SUCCESS;
	/* Linux may have given the number of an ended one to another. */
	ended = *process;
	status = make(id, process, &thread);
	if (!status)
		ob_dereference(thread);
	if (!ended)
		return status;
	if (!status) {
		ob_dereference(ended);
	} else {
		*process = ended;
	}
	return STATUS_SUCCESS;
}

NTSTATUS ps_open_foreign_thread(HANDLE id, struct ps_thread **thread)
{
	unsigned tid = PS_ID_NUMBER(id), pid;
	struct ps_process *process;
	NTSTATUS status;

	if (!PS_IS_THREAD_ID(id))
		return STATUS_INVALID_CID;
	process = same_id(id, PS_THREAD_ID(tid, 1)) ? find((HANDLE)(uintptr_t)(tid * 4ull), thread) : NULL;

	if (process) {
		ob_dereference(process);
		return STATUS_SUCCESS;
	}
	pid = host_thread_process(tid);
	if (!pid || pid == host_process_id())
		return STATUS_INVALID_CID;
	if (pid == tid) {
		status = make((HANDLE)(uintptr_t)(pid * 4ull), &process, thread);
	} else {
		status = ps_open_foreign((HANDLE)(uintptr_t)(pid * 4ull), &process);
		if (!status)
			status = ps_open_remote_thread(process, id, thread);
	}
	if (process)
		ob_dereference(process);
	return status;
}
