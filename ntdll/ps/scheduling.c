/*
 * ntdll/ps/scheduling.c - priorities, processors, names and times of threads.
 *
 * What a program asks for is remembered, and given to Linux where Linux lets it be taken back: affinities always, priorities
 * as nice values when the user may raise them again (root, or RLIMIT_NICE).  Linux' threads inherit all this from their
 * makers, NT's do not; so once anything was set, new threads are set to what they would have without.
 */
#include "ntdll/ps/scheduling.h"
#include "ntdll/rtl/rtl.h"

#include <string.h>

static bool touched; /* something was set */
static KAFFINITY process_mask, default_cpu_sets;

static bool lives(const struct ps_thread *thread)
{
	return __atomic_load_n(&thread->place, __ATOMIC_ACQUIRE) != PS_ENDED && !thread->exit_time && !thread->child;
}

KAFFINITY ps_process_affinity(void)
{
	KAFFINITY mask = __atomic_load_n(&process_mask, __ATOMIC_RELAXED);

	return mask ? mask : host_process_affinity();
}

KAFFINITY ps_effective_affinity(const struct ps_thread *thread)
{
	KAFFINITY sets = thread->cpu_sets ? thread->cpu_sets : __atomic_load_n(&default_cpu_sets, __ATOMIC_RELAXED);

	return thread->affinity & sets ? thread->affinity & sets : thread->affinity;
}

static void apply_affinity(struct ps_thread *thread, void *context)
{
	if (lives(thread))
		host_thread_set_affinity(thread->tid, ps_effective_affinity(thread));
}

static void move_thread(struct ps_thread *thread, void *context)
{
	thread->affinity = *(KAFFINITY *)context;
	apply_affinity(thread, NULL);
}

NTSTATUS ps_select_cpu_sets(struct ps_thread *thread, KAFFINITY mask)
{
	if (!lives(thread))
		return STATUS_THREAD_IS_TERMINATING;
	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	thread->cpu_sets = mask;
	apply_affinity(thread, NULL);
	return STATUS_SUCCESS;
}

KAFFINITY ps_default_cpu_sets(void)
{
	return __atomic_load_n(&default_cpu_sets, __ATOMIC_RELAXED);
}

void ps_set_default_cpu_sets(KAFFINITY mask)
{
	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	__atomic_store_n(&default_cpu_sets, mask, __ATOMIC_RELAXED);
	ps_for_each_thread(apply_affinity, NULL);
}

NTSTATUS ps_set_process_affinity(KAFFINITY mask)
{
	if (!mask || mask & ~host_process_affinity())
		return STATUS_INVALID_PARAMETER;
	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	__atomic_store_n(&process_mask, mask, __ATOMIC_RELAXED);
	ps_peb->ActiveProcessAffinityMask = mask;
	ps_for_each_thread(move_thread, &mask);
	return STATUS_SUCCESS;
}

NTSTATUS ps_set_affinity(struct ps_thread *thread, KAFFINITY mask)
{
	if (!mask || mask & ~ps_process_affinity())
		return STATUS_INVALID_PARAMETER;
	if (!lives(thread))
		return STATUS_THREAD_IS_TERMINATING;
	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	thread->affinity = mask;
	apply_affinity(thread, NULL);
	return STATUS_SUCCESS;
}

/* MSDN, Scheduling Priorities: the class' base, and the thread's distance from it. */
LONG ps_base_priority(const struct ps_thread *thread)
{
	static const LONG bases[] = {8, 4, 8, 13, 24, 6, 10};
	ULONG class = ps_own_process.priority_class;
	LONG low = class == 4 ? 16 : 1, high = class == 4 ? 31 : 15;
	LONG priority = bases[class < ARRAY_SIZE(bases) ? class : 2] + thread->priority;

	/* Time critical and idle are the ends of the range. */
	if (priority < low || thread->priority <= -15)
		return low;
	return priority > high || thread->priority >= 15 ? high : priority;
}

static int nice_of(const struct ps_thread *thread)
{
	int priority = ps_base_priority(thread);

	if (ps_own_process.priority_class == 4)
		return -20;
	return priority < 8 ? (8 - priority) * 19 / 7 : (8 - priority) * 15 / 7;
}

static void apply_priority(struct ps_thread *thread, void *context)
{
	if (lives(thread))
		host_thread_set_nice(thread->tid, nice_of(thread));
}

NTSTATUS ps_set_priority(struct ps_thread *thread, LONG priority)
{
	if ((priority < -2 || priority > 2) && priority != 15 && priority != -15 && priority != 16 && priority != -16)
		return STATUS_INVALID_PARAMETER;
	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	thread->priority = priority;
	apply_priority(thread, NULL);
	return STATUS_SUCCESS;
}

void ps_set_priority_class(ULONG class)
{
	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	ps_own_process.priority_class = class;
	ps_for_each_thread(apply_priority, NULL);
}

void ps_show_name(struct ps_thread *thread, const char16_t *name, ULONG bytes)
{
	char shown[16] = {0};
	ULONG length = 0;

	__atomic_store_n(&touched, true, __ATOMIC_RELAXED);
	if (!lives(thread))
		return;
	/* Linux keeps 15 bytes: as many whole characters as fit. */
	while (bytes && RtlUnicodeToUTF8N(shown, sizeof(shown) - 1, &length, name, bytes) == STATUS_BUFFER_TOO_SMALL)
		bytes -= sizeof(*name);
	shown[length] = 0;
	host_thread_name(thread->tid, length ? shown : NULL);
}

void ps_reset_affinity(struct ps_thread *thread)
{
	if (__builtin_expect(__atomic_load_n(&touched, __ATOMIC_SEQ_CST), 0))
		apply_affinity(thread, NULL);
}

void ps_reset_scheduling(struct ps_thread *thread)
{
	if (__builtin_expect(!__atomic_load_n(&touched, __ATOMIC_RELAXED), 1))
		return;
	host_thread_set_affinity(thread->tid, ps_effective_affinity(thread));
	host_thread_set_nice(thread->tid, nice_of(thread));
	host_thread_name(thread->tid, NULL);
}

void ps_thread_times(struct ps_thread *thread, uint64_t *user, uint64_t *kernel)
{
	uint64_t before = thread->times_before[0] + thread->times_before[1];

	*user = thread->times[0];
	*kernel = thread->times[1];
	if (thread->exit_time || thread->child)
		return;
	if (thread == ps_self) {
		host_own_cpu_times(user, kernel);
		*user -= thread->times_before[0];
		*kernel -= thread->times_before[1];
	} else if (host_cpu_times(thread->tid, user, kernel) == 0) {
		/* Of another thread Linux tells the sum only. */
		*user = *user > before ? *user - before : 0;
	}
}
