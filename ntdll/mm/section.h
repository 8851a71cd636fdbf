/*
 * ntdll/mm/section.h - sections inside the memory manager.
 *
 * A section is memory that views show: the page file's (a memfd) or a file's.  What a page-file section with SEC_RESERVE
 * has committed is a property of the section, not of a view (nt facts row 66): it is kept in a map behind the section's
 * data in the memfd, so that every process that has the memfd sees the same.
 *
 *	memfd   | data: `size` bytes | generation, summary | a bit a page      |
 *	          0                    size                  (page-aligned)
 *
 * Whoever commits sets the bits and then raises the generation.  A view remembers the generation up to which its runs
 * are true; the first fault, query or change that finds another one brings it up to date.
 */
#ifndef PEWTER_NTDLL_MM_SECTION_H
#define PEWTER_NTDLL_MM_SECTION_H

#include "ntdll/mm/mm_internal.h"

struct mm_reserve; /* reserve.c */

struct mm_section {
	uint64_t size; /* bytes; a page multiple for page-file sections */
	uint32_t references;
	int fd;
	ULONG protect;
	ULONG attributes;
	struct mm_reserve *reserve; /* page-file sections with SEC_RESERVE */
	/* Sections of files: which, and how large it was; below that it may not be cut while the section lives. */
	uint64_t device, inode;
	union {
		uint64_t file_size;
		uint64_t charged; /* the page file's: pages that are on this process' account */
	};
	struct mm_section *next; /* in the list of file sections */
};
_Static_assert(sizeof(struct mm_section) <= MM_RECORD_SIZE, "a section is one record");

/* section.c: the bounds of a view's address, from ZeroBits and the caller's limits.  STATUS_INVALID_PARAMETER_4. */
NTSTATUS mm_bound_view(uintptr_t zero_bits, uintptr_t base, const struct mm_limits *limits, uintptr_t *lowest,
		       uintptr_t *highest);

/* reserve.c: what a SEC_RESERVE section has committed.  All want the lock exclusively; pages are counted from the
 * section's start. */
size_t mm_reserve_bytes(uint64_t size); /* of the map, behind the data */
MM_EXCLUSIVE NTSTATUS mm_reserve_open(struct mm_section *section);
MM_EXCLUSIVE void mm_reserve_close(struct mm_section *section);
/* STATUS_COMMITMENT_LIMIT. */
MM_EXCLUSIVE NTSTATUS mm_reserve_commit(struct mm_section *section, uint64_t page, uint64_t count);
/* The first run of committed pages in [page, end); false: there is none. */
bool mm_reserve_next(const struct mm_section *section, uint64_t page, uint64_t end, uint64_t *first, uint64_t *last);
uint64_t mm_reserve_generation(const struct mm_section *section);

#endif
