/*
 * ntdll/mm/mm_internal.h - the structures of the memory manager; for the files of this room only.
 */
#ifndef PEWTER_NTDLL_MM_MM_INTERNAL_H
#define PEWTER_NTDLL_MM_MM_INTERNAL_H

#include "host/vm.h"
#include "ntdll/mm/space_lock.h"
#include "ntdll/mm/mm.h"
#include "ntdll/mm/slab.h"
#include "ntdll/mm/tree.h"

#include <assert.h>

/*
 * The state of a page, 32 bits: PAGE_* protection and modifiers as NT numbers them in the low half, and these.
 * A reserved page is 0.
 */
#define MM_STATE_COMMIT 0x10000u
#define MM_STATE_PROTECT 0x0FFFFu
#define MM_STATE_COPY 0x80000000u /* a page of a shared view that is mapped privately: see view.c */

static inline uint32_t mm_state_committed(ULONG protect)
{
	return MM_STATE_COMMIT | (protect & MM_STATE_PROTECT);
}

enum mm_vad_kind {
	MM_VAD_PRIVATE,
	MM_VAD_MAPPED,
	MM_VAD_IMAGE,
	MM_VAD_FOREIGN, /* not ours: below the arena, above it, or a hole in it */
};

struct mm_watch;

/* What a view has besides; one record.  A private VAD has one if it is watched or a window of physical memory. */
struct mm_view {
	struct mm_section *section; /* referenced; NULL for images */
	uint64_t offset;	    /* of the view's first byte in the section */
	void *owner;		    /* images: the loader's module */
	union {
		uint64_t generation; /* of what the section has committed, when the runs were made: see section.h */
		uint64_t whole;	     /* images: the size of all of it, of which the view may show a part */
	};
	uint64_t device, inode;	    /* images: the file that was laid out */
	bool copy;		    /* mapped privately: written pages turn from WRITECOPY to READWRITE */
	bool anonymous;		    /* images without a file: an untouched page is a clean one */
	bool partial;		    /* more of it may become committed without a call for this view */
	union {
		struct mm_watch *watch; /* MM_VAD_WATCHED */
		uintptr_t *frames;	/* MM_VAD_PHYSICAL: see physical.c */
	};
};

/*
 * A virtual address descriptor: one allocation.  Its pages' state is either one run (`runs` empty: `state` holds for
 * all of them) or a tree of runs keyed by the address of their first page, covering [start, end) without holes, no two
 * neighbours alike.
 */
struct mm_vad {
	uintptr_t start; /* multiple of 64 KiB, but for KUSER_SHARED_DATA's neighbour */
	uintptr_t end;	 /* exclusive, multiple of a page */
	struct mm_tree runs;
	uint32_t state;
	uint16_t protect; /* AllocationProtect */
	uint8_t kind;	  /* enum mm_vad_kind */
	uint8_t flags;	  /* MM_VAD_* */
	bool told;	  /* the tree's entry says all of it: see vad.c */
	size_t committed; /* pages charged */
	struct mm_view *view;
};
_Static_assert(sizeof(struct mm_vad) <= MM_RECORD_SIZE, "a VAD is one record");
_Static_assert(sizeof(struct mm_view) <= MM_RECORD_SIZE, "a view is one record");

#define MM_VAD_STACK 0x01u     /* made by mm_create_stack */
#define MM_VAD_RESERVING 0x02u /* mm_reserve_image without its mm_map_image yet */
#define MM_VAD_PLACEHOLDER 0x04u /* addresses kept for a later allocation or view; never has a committed page */
#define MM_VAD_REPLACED 0x08u	 /* took the place of a placeholder, and can be given back to one */
#define MM_VAD_WATCHED 0x10u /* MEM_WRITE_WATCH: a private VAD with view->watch */

#define MM_VAD_PHYSICAL 0x40u /* MEM_PHYSICAL: a private VAD with view->frames */
#define MM_VAD_LARGE 0x80u    /* MEM_LARGE_PAGES: in memory, all of it */
#define MM_VAD_LOCKED 0x20u  /* some page of it was locked in memory; see lock.c */

/* Room for one change of the tree and the splits of one run, made before anything is touched. */
#define MM_CHANGE_NODES (4u * MM_TREE_INSERT_NODES)

/* The address space.  One per process. */
struct mm_space {
	MM_GUARDED struct mm_tree vads; /* key: start; value: struct mm_vad *; gap: free 64 KiB units behind it */
	uintptr_t bottom;    /* where bottom-up searches start */
	uintptr_t highest;   /* last address that may be allocated */
	MM_GUARDED size_t vad_count;
	MM_GUARDED uint64_t reserved; /* bytes */
	MM_GUARDED uint64_t peak_reserved;
	MM_GUARDED uint64_t commit_charge; /* pages, and so are these: */
	MM_GUARDED uint64_t commit_peak;
	MM_GUARDED uint64_t commit_limit;
};
extern struct mm_space mm_space;

/* vad.c.  All want the lock; changes want it exclusively and mm_slab_reserve done. */
/* The VAD of an entry of the tree. */
static inline struct mm_vad *mm_vad_of(struct mm_cursor at)
{
	return (struct mm_vad *)(uintptr_t)(mm_cursor_value(at) & 0xFFFFFFFFFFC0ull);
}
MM_SHARED struct mm_vad *mm_vad_find(uintptr_t address);
/* Lets the tree's entry say all of a VAD, if it is simple enough; takes that back, before anything of the VAD changes. */
MM_EXCLUSIVE void mm_vad_tell(struct mm_vad *vad);
MM_EXCLUSIVE void mm_vad_untell(struct mm_vad *vad);
/* What an entry that says it all says of the page at `address`: false if it does not, or is of other pages. */
struct mm_vad_summary {
	uintptr_t start, end;
	uint32_t state; /* as mm_vad.state */
	ULONG protect;
};
bool mm_vad_summary(struct mm_cursor at, uintptr_t address, struct mm_vad_summary *summary);
/* The first VAD that ends above `address`; NULL if none. */
MM_SHARED struct mm_vad *mm_vad_at_or_above(uintptr_t address);
/* Whether [start, end) is free, its first 64 KiB unit included. */
MM_SHARED bool mm_vad_range_free(uintptr_t start, uintptr_t end);
/* First-fit; *start receives a multiple of `alignment`.  [low, high] bounds the block, both inclusive. */
MM_SHARED
bool mm_vad_find_gap(size_t size, uintptr_t low, uintptr_t high, size_t alignment, bool top_down, uintptr_t *start);
MM_EXCLUSIVE struct mm_vad *mm_vad_insert(uintptr_t start, uintptr_t end, enum mm_vad_kind kind, ULONG protect);
/* Unlinks and frees the VAD and its runs; the pages are the caller's business. */
MM_EXCLUSIVE void mm_vad_remove(struct mm_vad *vad);
/* Makes [start, end) of a VAD without a view a VAD of its own, and returns it.  Takes two records at most. */
MM_EXCLUSIVE struct mm_vad *mm_vad_isolate(struct mm_vad *vad, uintptr_t start, uintptr_t end);
/* Lets the VAD take in all that follow it up to `end`; all of them are of one run, and alike. */
MM_EXCLUSIVE void mm_vad_absorb(struct mm_vad *vad, uintptr_t end);

/* placeholder.c.  All want the lock exclusively, but for the check of arguments. */
NTSTATUS mm_check_placeholder_request(uintptr_t base, size_t size, ULONG type, ULONG protect);
/* The placeholder that is exactly [start, end); NULL if there is none. */
MM_SHARED struct mm_vad *mm_placeholder_find(uintptr_t start, uintptr_t end);
/* Whether [start, end) of the VAD may become a placeholder: STATUS_CONFLICTING_ADDRESSES. */
MM_SHARED NTSTATUS mm_placeholder_may_preserve(const struct mm_vad *vad, uintptr_t start, uintptr_t end);
/* Makes a VAD whose pages went back to the host a placeholder; its view's record goes. */
MM_EXCLUSIVE void mm_placeholder_make(struct mm_vad *vad);
MM_EXCLUSIVE NTSTATUS mm_placeholder_coalesce(uintptr_t start, uintptr_t end);

/* commit.c.  The lock is held exclusively, nodes are reserved. */
/* Gives memory and a protection to pages of a private VAD; those that have it keep theirs.  Before mm_run_set. */
MM_EXCLUSIVE int mm_host_commit(const struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect);
/* Gives memory to [start, end) of a private VAD and sets all of it to `protect`; pages committed before keep their
 * contents (rows 10 and 11).  STATUS_COMMITMENT_LIMIT, STATUS_NO_MEMORY: nothing changed. */
MM_EXCLUSIVE NTSTATUS mm_commit_range(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect);
/* Takes the memory of [start, end) of a private VAD back; the pages are reserved then, and are to be released if `release`.
 * STATUS_NO_MEMORY: nothing changed. */
MM_EXCLUSIVE NTSTATUS mm_decommit_range(struct mm_vad *vad, uintptr_t start, uintptr_t end, bool release);
/* Puts the host's protections of [start, end) back to what the runs say, after a change that failed half-way. */
MM_EXCLUSIVE void mm_host_restore(const struct mm_vad *vad, uintptr_t start, uintptr_t end);
/*
 * The charge of a copy-on-write view (others have none): the pages that a write gives a copy of their own, at mapping and at
 * changes of protection.  mm_view_charge comes before the change of [start, end) to `state`; false: the limit is reached.
 * mm_view_uncharge takes it back if the change fails.
 */
MM_EXCLUSIVE bool mm_view_charge(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state, size_t *before);
MM_EXCLUSIVE void mm_view_uncharge(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state, size_t before);

/* runs.c */
struct mm_run {
	uintptr_t start, end;
	uint32_t state;
	struct mm_cursor at; /* runs.c's */
};
MM_SHARED struct mm_run mm_run_at(const struct mm_vad *vad, uintptr_t address);
MM_EXCLUSIVE void mm_run_set(struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state);
/* for (mm_run_first(vad, start, end, &run); run.start < end; mm_run_next(vad, end, &run)): runs clipped to the range.
 * Nothing may be changed meanwhile. */
MM_SHARED void mm_run_first(const struct mm_vad *vad, uintptr_t start, uintptr_t end, struct mm_run *run);
MM_SHARED void mm_run_next(const struct mm_vad *vad, uintptr_t end, struct mm_run *run);
/* Pages of [start, end) that are committed. */
MM_SHARED size_t mm_run_committed(const struct mm_vad *vad, uintptr_t start, uintptr_t end);
MM_EXCLUSIVE void mm_runs_split(struct mm_vad *vad, struct mm_vad *upper, uintptr_t at);
MM_EXCLUSIVE void mm_runs_drop(struct mm_vad *vad);

/* protect.c */
/* STATUS_SUCCESS if exactly one base protection and a valid set of modifiers. */
NTSTATUS mm_check_protect(ULONG protect);
/* Drops PAGE_TARGETS_INVALID (PAGE_TARGETS_NO_UPDATE has the same value) from an executable protection: it speaks of the
 * targets of indirect calls, which nobody checks in a process without control flow guard.  Elsewhere it stays, and is
 * refused (MSDN, "Memory Protection Constants"). */
ULONG mm_without_targets(ULONG protect);
unsigned mm_host_prot(ULONG protect);
/* Applies a state's protection to pages that have memory. */
MM_EXCLUSIVE int mm_host_apply(const struct mm_vad *vad, uintptr_t start, uintptr_t end, uint32_t state);

/* write_watch.c; all want the lock exclusively.  Attaching wants two records reserved. */
MM_EXCLUSIVE NTSTATUS mm_watch_attach(struct mm_vad *vad);
/* The upper part of a VAD that was split gets a mm_view of its own (one record). */
MM_EXCLUSIVE void mm_watch_share(struct mm_vad *upper);
MM_EXCLUSIVE void mm_watch_detach(struct mm_vad *vad);
/* What mm_host_commit, mm_host_apply and mm_decommit_range do for watched VADs. */
MM_EXCLUSIVE int mm_watch_commit(const struct mm_vad *vad, uintptr_t start, uintptr_t end, unsigned prot);
MM_EXCLUSIVE int mm_watch_apply(const struct mm_vad *vad, uintptr_t start, uintptr_t end, unsigned prot);
MM_EXCLUSIVE int mm_watch_decommit(const struct mm_vad *vad, uintptr_t start, uintptr_t end);
/* A change of protection passes over the pages: their marks survive decommitting. */
MM_EXCLUSIVE void mm_watch_latch(const struct mm_vad *vad, uintptr_t start, uintptr_t end);
/* A write that the tables allow faulted; true: it was the first one to the page, and may be made again. */
MM_EXCLUSIVE bool mm_watch_fault(const struct mm_vad *vad, const struct mm_run *run, uintptr_t page);
/* Written pages from *at up to `end`, ascending: at most *count ranges and `max_pages` pages; `reset` takes their
 * marks.  *at receives where to go on.  Takes the lock itself.  STATUS_INVALID_PARAMETER_1: not within one watched
 * allocation. */
MM_UNLOCKED
NTSTATUS mm_watch_read(uintptr_t *at, uintptr_t end, bool reset, size_t max_pages, struct host_range *ranges,
		       unsigned *count);

/* lock.c; the lock held exclusively, but for mm_is_locked. */
MM_SHARED bool mm_is_locked(uintptr_t address);
/* Before the pages of a MM_VAD_LOCKED VAD go.  false: no memory; nothing changed. */
MM_EXCLUSIVE bool mm_unlock_pages(uintptr_t start, uintptr_t end);

/* physical.c.  Attaching wants a record reserved, detaching the nodes of one change; then the VAD is plain reserved
 * memory. */
MM_EXCLUSIVE NTSTATUS mm_physical_attach(struct mm_vad *vad);
MM_EXCLUSIVE NTSTATUS mm_physical_detach(struct mm_vad *vad);

/* working_set.c: mm_get_working_set with the lock held. */
MM_SHARED void mm_working_set_limits(struct mm_working_set *result);

/* query.c: the protection that a query shows for the page; 0 if it is not committed. */
MM_SHARED ULONG mm_shown_protect(const struct mm_vad *vad, uintptr_t address);

/* space.c: pages.  false: the limit is reached. */
MM_EXCLUSIVE bool mm_charge(size_t pages);
MM_EXCLUSIVE void mm_uncharge(size_t pages);
/* Takes back what was given back a moment ago. */
MM_EXCLUSIVE void mm_recharge(size_t pages);

static inline uintptr_t mm_page_down(uintptr_t address)
{
	return address & ~(uintptr_t)(MM_PAGE_SIZE - 1);
}
static inline uintptr_t mm_page_up(uintptr_t address)
{
	return (address + MM_PAGE_SIZE - 1) & ~(uintptr_t)(MM_PAGE_SIZE - 1);
}
static inline uintptr_t mm_unit_down(uintptr_t address)
{
	return address & ~(uintptr_t)(MM_GRANULARITY - 1);
}
static inline uintptr_t mm_unit_up(uintptr_t address)
{
	return (address + MM_GRANULARITY - 1) & ~(uintptr_t)(MM_GRANULARITY - 1);
}

/* stack.c: the calling thread's stack, as its TEB says.  mm_current_stack reads the TEB: not under the lock.  false: the
 * thread has none. */
struct mm_stack_bounds {
	uintptr_t bottom, limit, base;
	size_t guarantee;
};
MM_UNLOCKED bool mm_current_stack(struct mm_stack_bounds *stack);
/* Whether `page` lies in this stack, and the stack in this VAD. */
MM_SHARED bool mm_stack_contains(const struct mm_vad *vad, const struct mm_stack_bounds *stack, uintptr_t page);
/* A guard page of the stack was touched: MM_FAULT_RESOLVED or MM_FAULT_STACK.  *limit receives the new StackLimit. */
MM_EXCLUSIVE
enum mm_fault_result mm_stack_guard_touched(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack,
					    uintptr_t *limit);
/* Host code touched the stack below its limit: gets what it needs. */
MM_EXCLUSIVE
bool mm_stack_host_touched(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack, uintptr_t *limit);
/* The page below the limit will perhaps be touched by host code: the same, but MM_FAULT_STACK at the end. */
MM_EXCLUSIVE
enum mm_fault_result mm_stack_probed(struct mm_vad *vad, uintptr_t page, const struct mm_stack_bounds *stack,
				     uintptr_t *limit);
/* [start, end) was made guard pages: moves StackLimit up if they lie in the used part of the stack (row 51).  Without the
 * lock. */
MM_UNLOCKED void mm_stack_guard_set(uintptr_t start, uintptr_t end);

/* allocate.c: lowers *highest to the bound that ZeroBits asks for; STATUS_INVALID_PARAMETER_3. */
NTSTATUS mm_zero_bits_limit(uintptr_t zero_bits, uintptr_t *highest);

/* view.c: pages of mapped views.  All want the lock exclusively. */
/* Whether pages may be protected so: STATUS_SECTION_PROTECTION otherwise. */
MM_EXCLUSIVE bool mm_view_allows(const struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG wanted);
/* What a protection that was asked for becomes in this view. */
ULONG mm_view_protection(const struct mm_vad *vad, ULONG protect);
/* Protects pages, all of which are or become committed. */
MM_EXCLUSIVE NTSTATUS mm_view_apply(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect);
/* MEM_COMMIT. */
MM_EXCLUSIVE NTSTATUS mm_commit_in_view(struct mm_vad *vad, uintptr_t start, uintptr_t end, ULONG protect);
/* Whether the section has more committed than the view's runs show (any kind of lock will do), and taking it up. */
bool mm_view_is_stale(const struct mm_vad *vad);
MM_EXCLUSIVE void mm_view_refresh(struct mm_vad *vad);

/* space.c: of a negative errno. */
NTSTATUS mm_status_of_error(int error);
static inline NTSTATUS mm_status_from_host(int error)
{
	return error ? mm_status_of_error(error) : STATUS_SUCCESS;
}

#endif
