/*
 * ntdll/mm/space_lock.h - the address space lock, in words that clang's -Wthread-safety checks (`make thread-safety`).
 *
 * A function that wants the lock says so in front of its definition or prototype; what holds it without saying so, or
 * comes without it, is an error there.  The words mean nothing to other compilers.
 */
#ifndef PEWTER_NTDLL_MM_SPACE_LOCK_H
#define PEWTER_NTDLL_MM_SPACE_LOCK_H

#ifdef __clang__
#define MM_LOCK_WORD(word) __attribute__((word))
#else
#define MM_LOCK_WORD(word)
#endif

/* A name for the lock; space.c keeps its state. */
struct MM_LOCK_WORD(capability("mutex")) mm_lock {
	char name;
};
extern struct mm_lock mm_address_space;

#define MM_SHARED MM_LOCK_WORD(requires_shared_capability(mm_address_space))
#define MM_EXCLUSIVE MM_LOCK_WORD(requires_capability(mm_address_space))
#define MM_UNLOCKED MM_LOCK_WORD(locks_excluded(mm_address_space))
#define MM_GUARDED MM_LOCK_WORD(guarded_by(mm_address_space))
/* The lock itself, and functions that take it in the one way or the other: the check cannot follow them. */
#define MM_UNCHECKED MM_LOCK_WORD(no_thread_safety_analysis)

/* Both kinds first touch the stack below, so that no stack growth happens under the lock. */
MM_LOCK_WORD(acquire_shared_capability(mm_address_space)) void mm_lock_shared(void);
MM_LOCK_WORD(release_shared_capability(mm_address_space)) void mm_unlock_shared(void);
MM_LOCK_WORD(acquire_capability(mm_address_space)) void mm_lock_exclusive(void);
MM_LOCK_WORD(release_capability(mm_address_space)) void mm_unlock_exclusive(void);

#endif
