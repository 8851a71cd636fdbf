/*
 * ntdll/ps/job_calls.c - the object type of jobs and the Nt calls about them.
 */
#include "host/fault.h"
#include "host/file.h"
#include "host/lifeline.h"
#include "host/process_list.h"
#include "host/time.h"
#include "ntdll/io/private.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/job.h"
#include "ntdll/ps/job_calls.h"
#include "ntdll/ps/remote.h"

#include <stdlib.h>
#include <string.h>

/* JOBOBJECTINFOCLASS (winnt.h). */
enum {
	JobObjectBasicAccountingInformation = 1,
	JobObjectBasicLimitInformation = 2,
	JobObjectBasicProcessIdList = 3,
	JobObjectBasicUIRestrictions = 4,
	JobObjectEndOfJobTimeInformation = 6,
	JobObjectAssociateCompletionPortInformation = 7,
	JobObjectBasicAndIoAccountingInformation = 8,
	JobObjectExtendedLimitInformation = 9,
};

struct accounting {
	LARGE_INTEGER user, kernel, period_user, period_kernel;
	DWORD page_faults, total, active, terminated;
	ULONGLONG io[6];
};

/* Who waits hears of the end of the job's time, if that is limited by then. */
static struct ke_dispatcher *job_dispatcher(struct ob_object *object)
{
	struct ps_job *job = (struct ps_job *)object;
	const struct ps_job_page *page = object->shared ? ps_job_page(object->shared) : NULL;

	if (page && page->limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME) {
		(void)ps_job_listen(job, NULL, 0);
		if (__atomic_load_n(&page->time_over, __ATOMIC_ACQUIRE) && !ps_job_members(object->shared, NULL, 0))
			ke_set(&job->ended);
	}
	return &job->ended;
}

static struct ps_job *make_job(void)
{
	struct ps_job *job = ob_create(&ps_job_type, sizeof(*job));

	if (job) {
		ke_dispatcher_initialize(&job->ended, KE_NOTIFICATION, 0);
		job->line = -1;
	}
	return job;
}

/* Others find the line through this process as long as it has a handle. */
static void enter_role(struct ps_job *job, const struct host_shared *shared)
{
	struct ps_job_page *page = ps_job_page(shared);

	__atomic_store_n(&page->process[shared->holder], host_process_id(), __ATOMIC_RELEASE);
	__atomic_store_n(&page->role[shared->holder], PS_ROLE_HANDLE | (uint32_t)job->line, __ATOMIC_RELEASE);
}

static NTSTATUS publish_job(struct ob_object *object, struct host_shared *shared)
{
	enter_role((struct ps_job *)object, shared);
	return STATUS_SUCCESS;
}

/* An end to hold, through a process that has one. */
static int find_line(const struct host_shared *shared)
{
	const struct ps_job_page *page = ps_job_page(shared);

	for (unsigned i = 0; i < HOST_SHARED_HOLDERS; i++) {
		uint32_t role = __atomic_load_n(&page->role[i], __ATOMIC_ACQUIRE);
		int fd;

		if (!(role & PS_ROLE_HANDLE) || i == shared->holder || !host_shared_is_held(shared, i))
			continue;
		fd = host_open_descriptor_of(page->process[i], (int)(role & ~PS_ROLE_HANDLE), HOST_OPEN_WRITE | HOST_OPEN_NONBLOCK);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

static struct ob_object *adopt_job(struct host_shared *shared)
{
	struct ps_job *job = make_job();
	int line = ob_take_memory();

	if (!job)
		return NULL;
	job->line = line >= 0 ? line : find_line(shared);
	if (job->line < 0) {
		ob_dereference(job);
		return NULL;
	}
	enter_role(job, shared);
	return &job->object;
}

static int line_of(struct ob_object *object)
{
	return host_dup(((struct ps_job *)object)->line);
}

static const struct ob_sharing sharing = {publish_job, adopt_job, line_of};

static void close_job(struct ob_object *object)
{
	struct ps_job *job = (struct ps_job *)object;
	int line = job->line;

	if (object->shared)
		__atomic_store_n(&ps_job_page(object->shared)->role[object->shared->holder], 0, __ATOMIC_RELEASE);
	__atomic_store_n(&job->line, -1, __ATOMIC_RELEASE);
	if (line >= 0)
		host_close(line);
}

static void destroy_job(struct ob_object *object)
{
	struct ps_job *job = (struct ps_job *)object;

	if (job->line >= 0)
		host_close(job->line);
	if (job->port)
		ob_dereference(job->port);
}

const struct ob_type ps_job_type = {
	.name = u"Job",
	.read = 0x20004,
	.write = 0x2000B,
	.execute = 0x120000,
	.all = 0x1F001F,
	.close = close_job,
	.destroy = destroy_job,
	.dispatcher = job_dispatcher,
	.sharing = &sharing,
};

static bool store(void *to, const void *from, size_t size)
{
	return host_copy_to_guest(to, from, size) == 0;
}

static NTSTATUS reference(HANDLE handle, ACCESS_MASK access, struct ps_job **job)
{
	return ob_reference_by_handle(handle, &ps_job_type, access, (void **)job);
}

EXPORT(ntdll, NTSTATUS, NtCreateJobObject, (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes))
{
	HANDLE value;
	struct ps_job *job;
	NTSTATUS status = ob_clear_handle(handle);
	int record, line;

	if (status)
		return status;
	job = make_job();
	if (!job)
		return STATUS_NO_MEMORY;
	job->line = host_lifeline_create();
	if (job->line < 0) {
		ob_dereference(job);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	ob_reference(job);
	status = ob_insert(job, attributes, access, &value);
	/* One without a name is shared from the beginning, too: its processes share it. */
	if (NT_SUCCESS(status) && status != STATUS_OBJECT_NAME_EXISTS && !job->object.shared) {
		NTSTATUS shared = ob_share(&job->object, &record, &line);

		if (NT_SUCCESS(shared)) {
			host_close(record);
			if (line >= 0)
				host_close(line);
		} else {
			ob_close_handle(value);
			status = shared;
		}
	}
	ob_dereference(job);
	return ob_store_handle(handle, &value, status);
}

EXPORT(ntdll, NTSTATUS, NtOpenJobObject, (HANDLE * handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes))
{
	return ob_open_for_guest(&ps_job_type, handle, access, attributes);
}

static bool is_member(const struct host_shared *shared, unsigned pid)
{
	uint32_t pids[HOST_SHARED_HOLDERS];
	unsigned count = ps_job_members(shared, pids, HOST_SHARED_HOLDERS);

	for (unsigned i = 0; i < count; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

EXPORT(ntdll, NTSTATUS, NtAssignProcessToJobObject, (HANDLE handle, HANDLE process_handle))
{
	struct ps_enrollment enrollment;
	struct ps_call call = {.operation = PS_DO_JOIN_JOB};
	struct ps_process *other;
	struct ps_job *job;
	unsigned pid;
	NTSTATUS status = reference(handle, JOB_OBJECT_ASSIGN_PROCESS, &job);

	if (status)
		return status;
	status = ps_reference_target(process_handle, PROCESS_SET_QUOTA | 1 /* PROCESS_TERMINATE */, &other);
	if (status) {
		ob_dereference(job);
		return status;
	}
	pid = other ? other->pid : ps_own_process.pid;
	/* In the hierarchy of its jobs already: nothing changes. */
	if (!is_member(job->object.shared, pid)) {
		status = ps_job_enroll(job->object.shared, job->line, pid, &enrollment);
		if (!status && !other) {
			status = ps_job_join(&enrollment);
		} else if (!status) {
			call.values[0] = enrollment.holder;
			call.fds[0] = enrollment.record;
			call.fds[1] = enrollment.line;
			call.fd_count = 2;
			status = ps_ask(other, &call);
			ps_job_drop(&enrollment);
		} else if (status == STATUS_QUOTA_EXCEEDED) {
			/* MSDN AssignProcessToJobObject: a process too many is ended. */
			__atomic_fetch_add(&ps_job_page(job->object.shared)->terminated, 1, __ATOMIC_RELAXED);
			if (other)
				ps_terminate_child(other, 1816); /* ERROR_NOT_ENOUGH_QUOTA */
		}
	}
	if (other)
		ob_dereference(other);
	ob_dereference(job);
	return status;
}

/* Every living process but this one; whether there was any. */
static bool terminate_others(const struct host_shared *shared, DWORD code)
{
	uint32_t pids[HOST_SHARED_HOLDERS];
	unsigned count = ps_job_members(shared, pids, HOST_SHARED_HOLDERS);
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		struct ps_process *process;

		if (pids[i] == ps_own_process.pid)
			continue;
		any = true;
		/* One that is being born gets its number soon. */
		if (!pids[i] || ps_open_foreign((HANDLE)(uintptr_t)(pids[i] * 4ull), &process) != STATUS_SUCCESS)
			continue;
		ps_terminate_child(process, code);
		ob_dereference(process);
	}
	return any;
}

EXPORT(ntdll, NTSTATUS, NtTerminateJobObject, (HANDLE handle, NTSTATUS code))
{
	uint64_t patience = host_monotonic_ns() + 10000000000ull;
	struct ps_job *job;
	bool self, left;
	NTSTATUS status = reference(handle, JOB_OBJECT_TERMINATE, &job);

	if (status)
		return status;
	/* Until nobody is left who could have children. */
	while ((left = terminate_others(job->object.shared, (DWORD)code)) && host_monotonic_ns() < patience)
		host_sleep_until(host_monotonic_ns() + 1000000);
	self = ps_job_contains_self(job->object.shared);
	ob_dereference(job);
	if (self)
		ps_terminate_process((DWORD)code);
	/* Linux does not let go of one that waits for a device, or it is another user's. */
	return left ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

/* One that was made by another process says so in the handover; others are asked. */
static bool is_in_any(struct ps_process *process)
{
	struct ps_call call = {.operation = PS_DO_REFRESH_JOBS};

	if (process->handover->magic == PS_HANDOVER_MAGIC)
		return process->handover->in_job;
	return ps_ask(process, &call) == STATUS_SUCCESS && call.values[0] > 0;
}

EXPORT(ntdll, NTSTATUS, NtIsProcessInJob, (HANDLE process_handle, HANDLE handle))
{
	struct ps_process *process;
	struct ps_job *job = NULL;
	bool inside;
	NTSTATUS status;
	void *found;

	status = ob_reference_by_handle(process_handle, &ps_process_type, 0, &found);
	if (status)
		return status;
	process = found;
	if (handle)
		status = reference(handle, JOB_OBJECT_QUERY, &job);
	if (!status) {
		if (job)
			inside = process->own ? ps_job_contains_self(job->object.shared) : is_member(job->object.shared, process->pid);
		else
			inside = process->own ? ps_job_count() > 0 : is_in_any(process);
		status = inside ? STATUS_PROCESS_IN_JOB : STATUS_PROCESS_NOT_IN_JOB;
	}
	if (job)
		ob_dereference(job);
	ob_dereference(process);
	return status;
}

/*
 * Information.
 */
static void account(const struct host_shared *shared, struct accounting *accounting)
{
	const struct ps_job_page *page = ps_job_page(shared);
	uint32_t pids[HOST_SHARED_HOLDERS];
	uint64_t user = page->user, kernel = page->kernel;

	memset(accounting, 0, sizeof(*accounting));
	accounting->active = ps_job_members(shared, pids, HOST_SHARED_HOLDERS);
	for (unsigned i = 0; i < accounting->active; i++) {
		uint64_t u = 0, k = 0;

		if (pids[i])
			host_process_times(pids[i], &u, &k);
		user += u;
		kernel += k;
	}
	accounting->total = page->total;
	accounting->terminated = page->terminated;
	accounting->user.QuadPart = accounting->period_user.QuadPart = (LONGLONG)user;
	accounting->kernel.QuadPart = accounting->period_kernel.QuadPart = (LONGLONG)kernel;
}

/* JOBOBJECT_BASIC_PROCESS_ID_LIST: how many there are, how many are told, their ids. */
static NTSTATUS list_members(const struct host_shared *shared, char *buffer, ULONG size, ULONG *needed)
{
	uint32_t pids[HOST_SHARED_HOLDERS], counts[2];
	unsigned count = ps_job_members(shared, pids, HOST_SHARED_HOLDERS);
	ULONG room;

	*needed = 16;
	if (size < 16)
		return STATUS_INFO_LENGTH_MISMATCH;
	room = (size - 8) / 8;
	counts[0] = count;
	counts[1] = count < room ? count : room;
	for (unsigned i = 0; i < counts[1]; i++) {
		ULONG_PTR id = pids[i] * 4ull;

		if (!store(buffer + 8 + i * 8, &id, sizeof(id)))
			return STATUS_ACCESS_VIOLATION;
	}
	*needed = 8 + 8 * counts[1];
	if (!store(buffer, counts, sizeof(counts)))
		return STATUS_ACCESS_VIOLATION;
	return counts[1] < count ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS answer(void *buffer, ULONG size, const void *from, ULONG length, ULONG *needed)
{
	*needed = length;
	if (size != length)
		return STATUS_INFO_LENGTH_MISMATCH;
	return store(buffer, from, length) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static NTSTATUS query(const struct host_shared *shared, ULONG class, void *buffer, ULONG size, ULONG *needed)
{
	const struct ps_job_page *page = ps_job_page(shared);
	struct accounting accounting;

	switch (class) {
	case JobObjectBasicAccountingInformation:
	case JobObjectBasicAndIoAccountingInformation:
		account(shared, &accounting);
		return answer(buffer, size, &accounting,
			      class == JobObjectBasicAccountingInformation ? offsetof(struct accounting, io) : sizeof(accounting),
			      needed);
	case JobObjectBasicLimitInformation:
		return answer(buffer, size, &page->limits, sizeof(page->limits.BasicLimitInformation), needed);
	case JobObjectExtendedLimitInformation:
		return answer(buffer, size, &page->limits, sizeof(page->limits), needed);
	case JobObjectBasicProcessIdList:
		return list_members(shared, buffer, size, needed);
	case JobObjectBasicUIRestrictions:
		return answer(buffer, size, &page->ui_restrictions, sizeof(page->ui_restrictions), needed);
	case JobObjectEndOfJobTimeInformation:
		return answer(buffer, size, &page->end_action, sizeof(page->end_action), needed);
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}

EXPORT(ntdll, NTSTATUS, NtQueryInformationJobObject, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	const struct host_shared *shared = handle ? NULL : ps_job_own();
	struct ps_job *job = NULL;
	ULONG needed = 0;
	NTSTATUS status;

	/* No handle: the job that the caller is in. */
	if (!handle && !shared)
		return STATUS_ACCESS_DENIED;
	if (handle) {
		status = reference(handle, JOB_OBJECT_QUERY, &job);
		if (status)
			return status;
		shared = job->object.shared;
	}
	status = query(shared, class, buffer, size, &needed);
	if (job)
		ob_dereference(job);
	if (returned && (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) && !store(returned, &needed, sizeof(needed)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

struct port_association {
	PVOID key;
	HANDLE port;
};

/* Once: MSDN, a job's port cannot be changed but for none. */
static NTSTATUS set_port(struct ps_job *job, const void *buffer, ULONG size)
{
	struct port_association association;
	NTSTATUS status;
	void *port;

	if (size != sizeof(association))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(&association, buffer, sizeof(association)))
		return STATUS_ACCESS_VIOLATION;
	if (!association.port)
		return STATUS_INVALID_PARAMETER;
	status = ob_reference_by_handle(association.port, &io_port_type, 2 /* IO_COMPLETION_MODIFY_STATE */, &port);
	if (status)
		return status;
	status = ps_job_listen(job, port, (ULONG_PTR)association.key);
	if (status)
		ob_dereference(port);
	return status;
}

static NTSTATUS set_word(uint32_t *word, const void *buffer, ULONG size, uint32_t valid)
{
	uint32_t value;

	if (size != sizeof(value))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(&value, buffer, sizeof(value)))
		return STATUS_ACCESS_VIOLATION;
	if (value & ~valid)
		return STATUS_INVALID_PARAMETER;
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtSetInformationJobObject, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	struct ps_job *job;
	NTSTATUS status = reference(handle, JOB_OBJECT_SET_ATTRIBUTES, &job);

	if (status)
		return status;
	switch (class) {
	case JobObjectBasicLimitInformation:
	case JobObjectExtendedLimitInformation:
		status = ps_job_set_limits(job, buffer, size, class == JobObjectExtendedLimitInformation);
		break;
	case JobObjectAssociateCompletionPortInformation:
		status = set_port(job, buffer, size);
		break;
	/* There is no desktop: nothing is left to restrict. */
	case JobObjectBasicUIRestrictions:
		status = set_word(&ps_job_page(job->object.shared)->ui_restrictions, buffer, size, 0xFF);
		break;
	case JobObjectEndOfJobTimeInformation:
		status = set_word(&ps_job_page(job->object.shared)->end_action, buffer, size, 1);
		break;
	default:
		status = STATUS_INVALID_INFO_CLASS;
		break;
	}
	ob_dereference(job);
	return status;
}

EXPORT_ALIAS(ntdll, "ZwAssignProcessToJobObject", NtAssignProcessToJobObject);
EXPORT_ALIAS(ntdll, "ZwCreateJobObject", NtCreateJobObject);
EXPORT_ALIAS(ntdll, "ZwIsProcessInJob", NtIsProcessInJob);
EXPORT_ALIAS(ntdll, "ZwOpenJobObject", NtOpenJobObject);
EXPORT_ALIAS(ntdll, "ZwQueryInformationJobObject", NtQueryInformationJobObject);
EXPORT_ALIAS(ntdll, "ZwSetInformationJobObject", NtSetInformationJobObject);
EXPORT_ALIAS(ntdll, "ZwTerminateJobObject", NtTerminateJobObject);
