/*
 * ntdll/ke/release.c - the notes of release.h: who waits for locks.
 */
#include "ntdll/ke/release.h"
#include "pewter/export.h"

/* Given back so often with nobody waiting, a lock's note is 0 again. */
#define QUIET 100000u

uint32_t ke_notes[KE_NOTES] __attribute__((aligned(64)));

bool ke_release_noted(const void *lock)
{
	static __thread unsigned quiet;
	uint32_t *note = ke_note_of(lock), word;

	ke_fence();
	word = __atomic_load_n(note, __ATOMIC_RELAXED);
	if (word >= KE_NOTE_SLEEPER)
		return true;
	if (word && ++quiet >= QUIET) {
		quiet = 0;
		/* Who goes to sleep from now on passes a barrier again. */
		__atomic_compare_exchange_n(note, &word, 0, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
	return false;
}

void ke_note_asleep(const void *lock)
{
	uint32_t *note = ke_note_of(lock);

	ps_self->asleep_for = lock;
	if (__atomic_fetch_add(note, KE_NOTE_SLEEPER, __ATOMIC_SEQ_CST) & KE_NOTE_BARRIER)
		return;
	if (host_barrier_quick)
		host_barrier_everywhere();
	__atomic_fetch_or(note, KE_NOTE_BARRIER, __ATOMIC_SEQ_CST);
}

void ke_note_awake(struct ps_thread *thread)
{
	if (!thread->asleep_for)
		return;
	__atomic_fetch_sub(ke_note_of(thread->asleep_for), KE_NOTE_SLEEPER, __ATOMIC_SEQ_CST);
	thread->asleep_for = NULL;
}

/* Every thread of the process has passed a memory barrier when it returns: MSDN FlushProcessWriteBuffers. */
EXPORT(ntdll, void, NtFlushProcessWriteBuffers, (void))
{
	host_barrier_everywhere();
}
EXPORT_ALIAS(ntdll, "ZwFlushProcessWriteBuffers", NtFlushProcessWriteBuffers);
