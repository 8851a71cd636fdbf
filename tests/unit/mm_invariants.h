/*
 * mm_invariants.h - what is true of the memory manager's structures whenever its lock is free.
 */
#ifndef PEWTER_TESTS_MM_INVARIANTS_H
#define PEWTER_TESTS_MM_INVARIANTS_H

/* Takes the address space lock, shared.  Prints the first thing that is wrong, and aborts. */
void mm_check_invariants(void);

#endif
