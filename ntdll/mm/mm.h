/*
 * ntdll/mm/mm.h - the memory manager.  Read ntdll/mm/README.md first.
 *
 * The room promises NT's virtual memory for one process: a tree of virtual address descriptors (VADs), page state held
 * as runs, commit charge, image and mapped views, guard pages and stacks.  The tree is the truth; Linux mappings are
 * derived from it through host/vm.h.
 *
 * Lock order (outermost first):
 *
 *	loader lock, heap locks, object locks		(rooms above)
 *	  mm address space lock	(shared: queries and faults; exclusive: changes)
 *	    mm slab lock
 *
 * No lock of mm is held while guest memory is touched or guest code runs.  mm never calls malloc.
 */
#ifndef PEWTER_NTDLL_MM_MM_H
#define PEWTER_NTDLL_MM_MM_H

#include "nt/mem.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

#define MM_PAGE_SIZE 0x1000u
#define MM_PAGE_SHIFT 12
#define MM_GRANULARITY 0x10000u
#define MM_LOWEST_USER_ADDRESS 0x10000u
#define MM_HIGHEST_USER_ADDRESS ((uintptr_t)0x7FFFFFFEFFFFull)
#define MM_KUSER_SHARED_DATA ((uintptr_t)0x7FFE0000u)

/* Creates the arena and the empty tree.  STATUS_NO_MEMORY: Linux gives no address space at all. */
NTSTATUS mm_initialize(void);

/* Bounds of placement by the image's characteristics: addresses above `highest` are refused (2 GiB for images that are
 * not large address aware); bottom-up searches start at `bottom`. */
void mm_set_limits(uintptr_t bottom, uintptr_t highest);

/* Bytes that may be committed; never below what is committed already.  Default, also by 0: RAM and swap. */
void mm_set_commit_limit(uint64_t bytes);
/* Called with the lock held when a commitment is refused; may be NULL. */
extern void (*mm_commit_refused)(void);
/* Commitments are counted elsewhere, too: every change, in pages, goes to change(), which may refuse it (false) unless it is to be
 * taken in any case; before the first begin() is told what is committed.  Both are called with the lock held. */
void mm_count_commitments(bool (*change)(int64_t pages, bool forced), void (*begin)(uint64_t pages));
/* What mm_set_commit_limit was given, for processes that this one starts; 0: nothing. */
uint64_t mm_chosen_commit_limit(void);

/* The lowest and highest address that can be allocated. */
uintptr_t mm_lowest_address(void);
uintptr_t mm_highest_address(void);

struct mm_limits {
	uintptr_t lowest;  /* 0 = none */
	uintptr_t highest; /* last byte; 0 = none */
	size_t alignment;  /* 0 = 64 KiB */
};

/* NtAllocateVirtualMemory and the rest after their arguments were captured; status values as MSDN and nt facts say.
 * MEM_RESERVE_PLACEHOLDER and MEM_REPLACE_PLACEHOLDER are for the Ex calls, whose entry points let them through. */
NTSTATUS mm_allocate(uintptr_t *base, size_t *size, ULONG type, ULONG protect, uintptr_t zero_bits,
		     const struct mm_limits *limits);
NTSTATUS mm_free(uintptr_t *base, size_t *size, ULONG type);
/* Decommits pages, which will soon be committed again just so: a thread's, of which the next will have the same.  Only read-write
 * pages of one private allocation; false: they are as they were. */
bool mm_park(uintptr_t start, size_t size);
struct ps_process;
/* In another process. */
NTSTATUS mm_allocate_remote(struct ps_process *other, uintptr_t *base, size_t *size, ULONG type, ULONG protect,
			    uintptr_t zero_bits, const struct mm_limits *limits);
/* `old` may be NULL: in a copy-on-write view the answer costs a system call. */
NTSTATUS mm_protect(uintptr_t *base, size_t *size, ULONG protect, ULONG *old);
NTSTATUS mm_query(uintptr_t address, MEMORY_BASIC_INFORMATION *info);
/* The protection that was given to the committed pages at an address, 0 if none are, and where it ends.  Which pages of a
 * copy-on-write view were written is not asked: that takes system calls. */
ULONG mm_given_protection(uintptr_t address, uintptr_t *end);

/* Whether writes to the allocation at an address are watched (MEM_WRITE_WATCH).  Cheap where nothing is. */
bool mm_watches(uintptr_t address);

/*
 * Image views.  The loader lays an image out in a file (memfd), page-aligned, relocated to `base`, and describes its
 * runs; mm maps it privately: untouched writable pages read as WRITECOPY, written ones as READWRITE.
 */
struct mm_image_run {
	ULONG rva;     /* page-aligned */
	ULONG size;    /* bytes, rounded up to pages */
	ULONG protect; /* PAGE_READONLY, _EXECUTE_READ, _WRITECOPY, _EXECUTE_WRITECOPY, ... ; 0 = not committed */
};
struct mm_image {
	int fd; /* the laid-out file; -1: anonymous zeroed pages.  mm takes no ownership */
	size_t size;
	const struct mm_image_run *runs; /* ascending, covering the image */
	size_t run_count;
	void *owner; /* given back by mm_view_owner; the loader's module */
	uint64_t device, inode; /* of the file that was laid out; 0: none */
	bool shares;   /* runs of PAGE_READWRITE and EXECUTE_READWRITE are `shared_fd`'s, shared; of a section's view, `fd`'s */
	int shared_fd;
	struct mm_section *section; /* that this is a view of; NULL: the loader's own */
	uint64_t offset; /* of the view in the image; runs in front of it and behind the view are left out */
	size_t whole; /* of the image, if the view shows a part */
	bool no_execute;
};
/* Reserves address space for an image: at `preferred` if free, else (when `relocatable`) where there is room.
 * STATUS_CONFLICTING_ADDRESSES, STATUS_IMAGE_NOT_AT_BASE (success, elsewhere). */
NTSTATUS mm_reserve_image(uintptr_t preferred, size_t size, bool relocatable, uintptr_t *base);
/* The same for a view of an image section: `base` is 0 or where the caller wants it; bounds as in mm_map_view. */
NTSTATUS mm_reserve_image_view(uintptr_t *base, size_t size, uintptr_t preferred, bool movable, uintptr_t zero_bits,
			       const struct mm_limits *limits);
/* Maps the image over what mm_reserve_image gave. */
NTSTATUS mm_map_image(uintptr_t base, const struct mm_image *image);
void mm_cancel_image(uintptr_t base);

/* Removes an image or mapped view.  STATUS_NOT_MAPPED_VIEW. */
NTSTATUS mm_unmap_view(uintptr_t address);
/* Leaves a placeholder where a view had replaced one.  STATUS_NOT_MAPPED_VIEW, STATUS_CONFLICTING_ADDRESSES. */
NTSTATUS mm_unmap_view_to_placeholder(uintptr_t address);
/* The owner of the image view that contains `address`, and its base; NULL if none.  Async-signal-safe. */
void *mm_view_owner(uintptr_t address, uintptr_t *base);
/* Counts image views that were removed: what was found out about one holds while this stays the same. */
extern uint32_t mm_image_generation;

/*
 * Stacks.  Reserves `reserve` bytes, commits `commit` at the top and a guard below.  All in bytes; `zero_bits` as in
 * mm_allocate.
 */
struct mm_stack {
	uintptr_t allocation_base;
	uintptr_t limit; /* lowest committed page that is not guard */
	uintptr_t base;  /* exclusive top */
};
NTSTATUS mm_create_stack(size_t reserve, size_t commit, uintptr_t zero_bits, struct mm_stack *stack);
/* After an overflow of the calling thread's stack: puts the guard back at its end.  true: it is there; false: `sp` is
 * still in its place, or the thread has no stack of ours. */
bool mm_reset_stack_guard(uintptr_t sp);

/* Faults.  What the memory manager says of a touched address. */
enum mm_fault_result {
	MM_FAULT_RESOLVED,  /* run the instruction again */
	MM_FAULT_GUARD,     /* guard page, now cleared: STATUS_GUARD_PAGE_VIOLATION */
	MM_FAULT_STACK,     /* last stack page: STATUS_STACK_OVERFLOW */
	MM_FAULT_VIOLATION, /* STATUS_ACCESS_VIOLATION */
	MM_FAULT_IN_PAGE,   /* STATUS_IN_PAGE_ERROR */
};
/* `access` is 0 read, 1 write, 8 execute.  `host`: the fault came from host code, whose use of the reserved part of the
 * current stack is resolved silently.  Async-signal-safe with respect to everything but mm itself. */
enum mm_fault_result mm_fault(uintptr_t address, ULONG access, bool host);

/* KUSER_SHARED_DATA: `fill` is called once, on the first touch, with the page still writable; in a signal handler. */
void mm_set_kuser_fill(void (*fill)(void *page));

/*
 * Guest code is about to call host code, which may use the current stack down to `address`, where the access failed.
 * MM_FAULT_STACK when the guard was touched and has no room left; MM_FAULT_RESOLVED in every other case, also where there
 * is no such stack.  As mm_fault otherwise.
 */
enum mm_fault_result mm_probe_stack(uintptr_t address);

/* Commits everything from the stack limit of the current thread down to `address`; host use of stacks. */
bool mm_commit_stack_to(uintptr_t address);

/* Sections: NtCreateSection and views.  Handles and names are the object manager's business. */
struct mm_section; /* reference-counted */
struct ob_type;
/* STATUS_INVALID_PAGE_PROTECTION, STATUS_INVALID_PARAMETER_6. */
NTSTATUS mm_check_section(ULONG protect, ULONG attributes);
NTSTATUS mm_section_create_pagefile(uint64_t size, ULONG protect, ULONG attributes, struct mm_section **section);
/* `fd` is duplicated.  `size` 0 = the file's size. */
NTSTATUS mm_section_create_file(int fd, bool writable, uint64_t size, ULONG protect, ULONG attributes,
				struct mm_section **section);
/* A section of a laid-out image: `size` bytes of it.  `fd`: the file that was laid out; duplicated. */
NTSTATUS mm_section_create_image(int fd, uint64_t size, ULONG protect, ULONG attributes, struct mm_section **section);
/* What a section is to a process that gets it from another.  fd: the memfd or file; the section's own. */
struct mm_section_description {
	int fd;
	uint64_t size;
	ULONG protect, attributes; /* SEC_FILE: a file's */
};
void mm_section_describe(const struct mm_section *section, struct mm_section_description *description);
/* The same section in another process; consumes the descriptor when it succeeds.  Nothing is charged for it. */
NTSTATUS mm_section_from_description(const struct mm_section_description *description, struct mm_section **section);
extern const struct ob_type mm_section_type;
/* The file behind a section; false: the page file. */
bool mm_section_file(const struct mm_section *section, uint64_t *device, uint64_t *inode);
void mm_section_reference(struct mm_section *section);
void mm_section_dereference(struct mm_section *section);
uint64_t mm_section_size(const struct mm_section *section);
ULONG mm_section_attributes(const struct mm_section *section);
/* Makes a file's section (and its file) at least this large; *size becomes what it has.  STATUS_SECTION_NOT_EXTENDED. */
NTSTATUS mm_section_extend(struct mm_section *section, uint64_t *size);
/* Whether a section of this process keeps the file from being cut to `size` (STATUS_USER_MAPPED_FILE). */
bool mm_file_is_mapped(uint64_t device, uint64_t inode, uint64_t size);
/* Whether an image of this process is the file's, the loader's own included. */
bool mm_file_is_image(uint64_t device, uint64_t inode);
/* NtAreMappedFilesTheSame.  STATUS_NOT_SAME_DEVICE, STATUS_INVALID_ADDRESS, STATUS_CONFLICTING_ADDRESSES. */
NTSTATUS mm_same_file(uintptr_t image, uintptr_t file);
NTSTATUS mm_map_view(struct mm_section *section, uintptr_t *base, uintptr_t zero_bits, size_t commit_size,
		     uint64_t *offset, size_t *view_size, ULONG allocation_type, ULONG protect,
		     const struct mm_limits *limits);
NTSTATUS mm_flush_view(uintptr_t *base, size_t *size);

/* What is known of a whole allocation.  STATUS_INVALID_ADDRESS: there is none at the address. */
enum mm_region_kind { MM_REGION_PRIVATE, MM_REGION_PAGE_FILE, MM_REGION_DATA_FILE, MM_REGION_IMAGE };
struct mm_region {
	uintptr_t base;
	size_t size;
	size_t committed; /* bytes charged to this process */
	ULONG protect;	  /* AllocationProtect */
	enum mm_region_kind kind;
	bool placeholder;
	size_t image_size; /* of all of an image, of which the region may be a part; 0: no image */
	bool no_execute;   /* an image mapped not to be executed */
};
NTSTATUS mm_query_region(uintptr_t address, struct mm_region *region);
/* A descriptor of the file behind a view, for the caller to close.  STATUS_INVALID_ADDRESS: no view there, or one of an image of
 * the loader's; STATUS_FILE_INVALID: a view of the page file. */
NTSTATUS mm_view_file(uintptr_t address, int *fd);

/* Pages in memory, in the form that NT gives (MSDN PSAPI_WORKING_SET_BLOCK and _EX_BLOCK): as many as fit, from *at on, which receives
 * where to go on; 0 at the end. */
size_t mm_working_set_pages(uintptr_t *at, ULONG_PTR *blocks, size_t capacity);
ULONG_PTR mm_working_set_page(uintptr_t address);

/* What a program does with memory whose contents it can do without, in whole pages of one private allocation that can be
 * written.  STATUS_INVALID_PARAMETER. */
enum mm_give_up { MM_GIVE_UP_NOTHING, MM_GIVE_UP_OFFER, MM_GIVE_UP_DISCARD };
NTSTATUS mm_give_up(uintptr_t start, size_t size, enum mm_give_up how);

/* The working set's limits, in bytes; flags are those of SetProcessWorkingSetSizeEx. */
struct mm_working_set {
	size_t minimum, maximum;
	ULONG flags;
};
void mm_get_working_set(struct mm_working_set *result);
/* Both SIZE_MAX: trims.  STATUS_BAD_WORKING_SET_LIMIT. */
NTSTATUS mm_set_working_set(const struct mm_working_set *wanted);

/* Numbers for GlobalMemoryStatusEx and PSAPI; bytes. */
struct mm_statistics {
	uint64_t commit_charge;
	uint64_t commit_limit;
	uint64_t peak_commit;
	uint64_t vad_count;
	uint64_t reserved, peak_reserved;
	uint64_t own_bytes; /* what the memory manager's structures take */
};
void mm_get_statistics(struct mm_statistics *statistics);

#endif
