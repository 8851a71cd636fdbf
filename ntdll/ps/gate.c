/*
 * ntdll/ps/gate.c - processes that were created suspended: see gate.h.
 */
#include "ntdll/ps/gate.h"
#include "ntdll/ps/handover.h"
#include "ntdll/ps/suspend.h"

#include <limits.h>

/* Futex: 1 when the DLLs are there.  Only looked at in a process that came to the gate. */
static uint32_t loaded;
static bool stands;

static uint32_t *own_gate(void)
{
	struct ps_handover *handover = ps_own_handover();

	return handover ? &handover->suspended : NULL;
}

static uint32_t *gate_of(const struct ps_thread *thread)
{
	if (!thread->child)
		return thread->first ? own_gate() : NULL;
	return thread->tid == thread->child->pid && thread->child->handover ? &thread->child->handover->suspended : NULL;
}

/* Opens the gate when nobody holds it closed; false: it was closed again. */
static bool open_gate(uint32_t *gate, uint32_t word)
{
	return __atomic_compare_exchange_n(gate, &word, PS_GATE_OPEN, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Stands there until it is opened, or, if `loading`, until the DLLs are wanted. */
static void stand(uint32_t *gate, bool loading)
{
	struct ps_thread *self = ps_self;
	uint32_t word;

	__atomic_store_n(&self->place, PS_STARTING, __ATOMIC_SEQ_CST);
	while (!((word = __atomic_load_n(gate, __ATOMIC_ACQUIRE)) & PS_GATE_OPEN)) {
		if (!(word & PS_GATE_COUNT)) {
			if (open_gate(gate, word))
				break;
		} else if (loading && word & PS_GATE_INITIALIZE) {
			break;
		} else {
			host_futex_wait_shared(gate, word, UINT64_MAX);
		}
	}
	__atomic_store_n(&self->place, PS_RUNNING, __ATOMIC_SEQ_CST);
}

void ps_gate_before_loading(void *entry)
{
	uint32_t *gate = own_gate();

	if (!gate || *gate & PS_GATE_OPEN)
		return;
	ps_self->start = entry;
	ps_self->argument = ps_peb;
	__atomic_store_n(&stands, true, __ATOMIC_RELEASE);
	stand(gate, true);
}

void ps_gate_before_entry(void)
{
	if (!stands) {
		if (__builtin_expect(ps_self->context_set, 0))
			ps_enter_start_context();
		return;
	}
	__atomic_store_n(&loaded, 1, __ATOMIC_RELEASE);
	host_futex_wake(&loaded, INT_MAX);
	stand(own_gate(), false);
	ps_wait_to_start();
	ps_enter_start_context();
}

void ps_gate_wait_loaded(void)
{
	if (!__atomic_load_n(&stands, __ATOMIC_ACQUIRE))
		return;
	while (!__atomic_load_n(&loaded, __ATOMIC_ACQUIRE))
		host_futex_wait(&loaded, 0, UINT64_MAX);
}

void ps_gate_initialize(void)
{
	uint32_t *gate = own_gate();

	if (!gate || __atomic_load_n(gate, __ATOMIC_ACQUIRE) & PS_GATE_OPEN)
		return;
	__atomic_fetch_or(gate, PS_GATE_INITIALIZE, __ATOMIC_ACQ_REL);
	host_futex_wake_shared(gate, INT_MAX);
}

bool ps_gate_adjust(struct ps_thread *thread, int change, ULONG *previous, NTSTATUS *status)
{
	uint32_t *gate = gate_of(thread);
	uint32_t word = gate ? __atomic_load_n(gate, __ATOMIC_ACQUIRE) : PS_GATE_OPEN;

	*status = STATUS_SUCCESS;
	for (;;) {
		if (word & PS_GATE_OPEN || (thread->child && thread->child->exit_code != STILL_ACTIVE))
			return false;
		*previous = word & PS_GATE_COUNT;
		if (change > 0 && *previous >= MAXIMUM_SUSPEND_COUNT)
			*status = STATUS_SUSPEND_COUNT_EXCEEDED;
		if (*status || (change < 0 && !*previous))
			return true;
		if (__atomic_compare_exchange_n(gate, &word, word + (uint32_t)change, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			break;
	}
	if (change < 0 && *previous == 1)
		host_futex_wake_shared(gate, INT_MAX);
	return true;
}

bool ps_at_gate(const struct ps_thread *thread)
{
	const uint32_t *gate = gate_of(thread);

	return gate && !(__atomic_load_n(gate, __ATOMIC_ACQUIRE) & PS_GATE_OPEN);
}

ULONG ps_gate_count(const struct ps_thread *thread, ULONG count)
{
	const uint32_t *gate = gate_of(thread);
	uint32_t word = gate ? __atomic_load_n(gate, __ATOMIC_ACQUIRE) : PS_GATE_OPEN;

	return word & PS_GATE_OPEN ? count : word & PS_GATE_COUNT;
}
