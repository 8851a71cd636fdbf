/*
 * ntdll/ke/release.h - locks that are given back without a locked instruction.
 *
 * Taking a lock needs one; giving it back needs to know whether somebody waits, and that is what costs: the store that
 * frees the lock and the look for waiters must not change places, and a processor changes just these two.  So here it is
 * who is about to wait that sees to the order, by a memory barrier on all threads (host_barrier_everywhere).
 *
 * Whether somebody waits stands in a note, one of a table by the lock's address, and not in the lock: when the lock is free
 * somebody else may take it, find that nobody needs it any more, and free its memory.  After that store the one who
 * gave it back does not touch it, unless somebody waits for it.
 *
 *	bit 0   a barrier has been passed since the note was 0
 *	above   threads that sleep until one of the locks with this note is free, or have just made up their mind to
 *
 * A thread counts itself among the sleepers, passes the barrier if nobody has, and may sleep if it then finds the lock
 * held.  A holder who looked at the note before the barrier freed the lock before it too, so that it is found free; one
 * who looks later sees that the note is not 0, and looks behind a barrier of his own whether anybody sleeps.  Bit 0 stays
 * until the locks with this note have been given back many times with nobody asleep: where threads meet often they do
 * not pass a barrier each time.
 *
 * Without a quick barrier every holder passes one of his own when he gives a lock back (host_barrier_quick).
 */
#ifndef PEWTER_NTDLL_KE_RELEASE_H
#define PEWTER_NTDLL_KE_RELEASE_H

#include "host/thread.h"
#include "ntdll/ps/thread.h"

#include <stdbool.h>
#include <stdint.h>

#define KE_NOTES 4096u
#define KE_NOTE_BARRIER 1u
#define KE_NOTE_SLEEPER 2u

extern uint32_t ke_notes[KE_NOTES];

static inline uint32_t *ke_note_of(const void *lock)
{
	return &ke_notes[(uint64_t)(uintptr_t)lock * 0x9E3779B97F4A7C15ull >> 52];
}

/* No load after it comes before a store that is before it.  Not the compiler's fence, which the thread sanitizer refuses. */
static inline void ke_fence(void)
{
	__asm__ volatile("lock orl $0, (%%rsp)" : : : "memory", "cc");
}

/* Frees a lock: stores 0 in a word that no other thread changes as long as it is not 0.  true: threads may be waiting for
 * it or for another lock, and whoever is parked for this one must be woken. */
static inline bool ke_release(uint32_t *word, const void *lock)
{
	const uint32_t *note = ke_note_of(lock);

	__atomic_store_n(word, 0, __ATOMIC_RELEASE);
	__asm__ volatile("" : : : "memory");
	if (__builtin_expect(!host_barrier_quick, 0))
		ke_fence();
	return __builtin_expect(__atomic_load_n(note, __ATOMIC_RELAXED) != 0, 0);
}

/* Whether anybody has gone to sleep who did not see what the caller has stored before: after ke_release. */
bool ke_release_noted(const void *lock);

/* For ke_park's validate: the calling thread is going to sleep, and must look at the lock now, once more.  Taken back with
 * ke_note_awake if it finds it free, else by who takes it out of its bucket. */
void ke_note_asleep(const void *lock);
void ke_note_awake(struct ps_thread *thread);
#endif
