/*
 * kernel32/winbase_global.c - winbase.h: GlobalAlloc, LocalAlloc and their families (heap facts, sections G and H).
 *
 * A fixed block is a block of the process heap, and its handle is its address.  A moveable one is an entry of a table
 * of 65,536, which Global and Local share; the handle is the address of the entry's second word:
 *
 *	entry   flags     USED | MOVEABLE | DISCARDABLE | EMPTY | DDESHARE, lock count in bits 16..23
 *	        pointer   a block of the process heap with user flag 0x200 and the handle as its user value; or NULL
 *
 * A free entry's flags are the address of the next free one, which is even 16-aligned, so no bit of ours is set in it.
 * Entries are taken and given back without a lock: the list's head carries a count against ABA.  A thread keeps a few.
 */
#include "host/fault.h"
#include "kernel32/kernel32.h"
#include "nt/winbase.h"
#include "ntdll/mm/mm.h"
#include "ntdll/rtl/heap.h"

struct mem_entry {
	uint64_t flags;
	void *pointer;
};

#define NOINLINE __attribute__((noinline))

#define MEM_USED 0x1u
#define MEM_MOVEABLE 0x2u
#define MEM_DISCARDABLE 0x4u
#define MEM_EMPTY 0x8u
#define MEM_DDESHARE 0x8000u
#define MEM_LOCK_ONE 0x10000u
#define MEM_LOCK_MASK 0xFF0000u

#define MEM_ENTRIES 65536u
/* Of the blocks behind handles. */
#define MEM_BLOCK_FLAGS (HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAG1)

static struct mem_entry *table; /* NULL until the first moveable block */
static uint32_t entries_made;   /* the rest of the table was never used */
static uint64_t free_head;      /* count << 32 | index + 1 of the first free entry */

enum family { GLOBAL, LOCAL };

static void give_back_spares(void);

static inline PVOID process_heap(void)
{
	return NtCurrentPeb()->ProcessHeap;
}

static __attribute__((noinline)) bool WINAPI make_table(void)
{
	uintptr_t base = 0;
	SIZE_T size = MEM_ENTRIES * sizeof(struct mem_entry);
	struct mem_entry *none = NULL;
	if (!NT_SUCCESS(mm_allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0, NULL)))
		return false;
	if (!__atomic_compare_exchange_n(&table, &none, (struct mem_entry *)base, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		size = 0;
		mm_free(&base, &size, MEM_RELEASE);
	}
	rtl_heap_detach_hook = give_back_spares;
	return true;
}

static NOINLINE struct mem_entry *WINAPI take_shared_entry(void)
{
	uint64_t head = __atomic_load_n(&free_head, __ATOMIC_ACQUIRE);
	while ((uint32_t)head != 0) {
		struct mem_entry *entry = &table[(uint32_t)head - 1];
		/* May be in use by now: then the exchange below fails. */
		uintptr_t next = (uintptr_t)__atomic_load_n(&entry->flags, __ATOMIC_RELAXED) - (uintptr_t)table;
		uint32_t index = next < MEM_ENTRIES * sizeof(*entry) ? (uint32_t)(next / sizeof(*entry)) + 1 : 0;
		uint64_t changed = (head & 0xFFFFFFFF00000000u) + 0x100000000u + index;
		if (__atomic_compare_exchange_n(&free_head, &head, changed, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return entry;
	}
	if (!__atomic_load_n(&table, __ATOMIC_ACQUIRE) && !make_table())
		return NULL;
	uint32_t made = __atomic_load_n(&entries_made, __ATOMIC_RELAXED);
	while (made < MEM_ENTRIES)
		if (__atomic_compare_exchange_n(&entries_made, &made, made + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return &table[made];
	return NULL;
}

static void WINAPI give_shared_entry(struct mem_entry *entry)
{
	uint32_t index = (uint32_t)(entry - table) + 1;
	uint64_t head = __atomic_load_n(&free_head, __ATOMIC_ACQUIRE);
	do {
		/* The last one points behind the table. */
		uint32_t next = (uint32_t)head ? (uint32_t)head - 1 : MEM_ENTRIES;
		__atomic_store_n(&entry->flags, (uint64_t)(uintptr_t)&table[next], __ATOMIC_RELAXED);
	} while (!__atomic_compare_exchange_n(&free_head, &head, (head & 0xFFFFFFFF00000000u) + 0x100000000u + index, 0,
					      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
}

/* A few free entries that the thread keeps for itself. */
static __thread struct mem_entry *spare_entries[8];
static __thread unsigned spare_count;

static void give_back_spares(void)
{
	while (spare_count > 0)
		give_shared_entry(spare_entries[--spare_count]);
}

static inline struct mem_entry *take_entry(void)
{
	return spare_count > 0 ? spare_entries[--spare_count] : take_shared_entry();
}

static inline void give_entry(struct mem_entry *entry)
{
	entry->pointer = NULL;
	if (spare_count < ARRAY_SIZE(spare_entries)) {
		/* Any address of the table says that it is free. */
		__atomic_store_n(&entry->flags, (uint64_t)(uintptr_t)table, __ATOMIC_RELEASE);
		spare_entries[spare_count++] = entry;
	} else
		give_shared_entry(entry);
}

static inline bool is_moveable(HANDLE handle)
{
	return (uintptr_t)handle % sizeof(struct mem_entry) == offsetof(struct mem_entry, pointer);
}

/* The entry behind a moveable handle; NULL with ERROR_INVALID_HANDLE: freed, or made up. */
static inline struct mem_entry *entry_of(HANDLE handle)
{
	struct mem_entry *entry = CONTAINING_RECORD(handle, struct mem_entry, pointer);
	if ((uintptr_t)entry - (uintptr_t)table < MEM_ENTRIES * sizeof(*entry) && table && (entry->flags & MEM_USED))
		return entry;
	set_last_error(ERROR_INVALID_HANDLE);
	return NULL;
}

/* Calls out of ms_abi, which save ten registers first, stand in functions of their own. */
static NOINLINE bool WINAPI is_readable(const void *pointer)
{
	uint8_t byte;
	return host_copy_from_guest(&byte, pointer, 1) == 0;
}

/* Whether there is memory where a fixed block's header would be; sets `error` otherwise. */
static NOINLINE bool WINAPI is_mapped(const void *pointer, DWORD error)
{
	uint64_t header;
	if (host_copy_from_guest(&header, (const char *)pointer - sizeof(header), sizeof(header)) == 0)
		return true;
	set_last_error(error);
	return false;
}

static HANDLE WINAPI allocate(UINT flags, SIZE_T size)
{
	ULONG zero = flags & GMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0;
	if (flags & ~GMEM_VALID_FLAGS) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!(flags & GMEM_MOVEABLE))
		return RtlAllocateHeap(process_heap(), zero, size);
	struct mem_entry *entry = take_entry();
	if (!entry) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	uint64_t state = MEM_USED | MEM_MOVEABLE;
	if (flags & GMEM_DISCARDABLE)
		state |= MEM_DISCARDABLE;
	if (flags & GMEM_DDESHARE)
		state |= MEM_DDESHARE;
	void *block = NULL;
	if (size == 0)
		state |= MEM_EMPTY;
	else {
		block = RtlAllocateHeap(process_heap(), zero | MEM_BLOCK_FLAGS, size);
		if (!block) {
			give_entry(entry);
			return NULL;
		}
		RtlSetUserValueHeap(process_heap(), 0, block, &entry->pointer);
	}
	entry->pointer = block;
	__atomic_store_n(&entry->flags, state, __ATOMIC_RELEASE);
	return &entry->pointer;
}

static HANDLE WINAPI release(HANDLE handle)
{
	if (!handle)
		return NULL;
	if (is_moveable(handle)) {
		struct mem_entry *entry = entry_of(handle);
		if (!entry)
			return handle;
		void *block = entry->pointer;
		give_entry(entry);
		if (block)
			RtlFreeHeap(process_heap(), 0, block);
		return NULL;
	}
	if (!is_mapped(handle, ERROR_NOACCESS))
		return handle;
	return RtlFreeHeap(process_heap(), 0, handle) ? NULL : handle;
}

static LPVOID WINAPI lock(enum family family, HANDLE handle)
{
	if (!is_moveable(handle)) {
		if (is_readable(handle))
			return handle;
		if (family == GLOBAL)
			set_last_error(ERROR_INVALID_HANDLE);
		return NULL;
	}
	struct mem_entry *entry = entry_of(handle);
	if (!entry)
		return NULL;
	if (entry->flags & MEM_EMPTY) {
		set_last_error(ERROR_DISCARDED);
		return NULL;
	}
	uint64_t state = __atomic_load_n(&entry->flags, __ATOMIC_RELAXED);
	while ((state & MEM_LOCK_MASK) != MEM_LOCK_MASK &&
	       !__atomic_compare_exchange_n(&entry->flags, &state, state + MEM_LOCK_ONE, 1, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED))
		;
	return entry->pointer;
}

/* TRUE: still locked.  FALSE with ERROR_SUCCESS: not any more; with ERROR_NOT_LOCKED: it was not (row 82). */
static BOOL WINAPI unlock(enum family family, HANDLE handle)
{
	if (!is_moveable(handle)) {
		if (family == GLOBAL)
			return TRUE;
		set_last_error(ERROR_NOT_LOCKED);
		return FALSE;
	}
	struct mem_entry *entry = entry_of(handle);
	if (!entry)
		return family == GLOBAL; /* row 91 */
	uint64_t state = __atomic_load_n(&entry->flags, __ATOMIC_RELAXED);
	do {
		if (!(state & MEM_LOCK_MASK)) {
			set_last_error(ERROR_NOT_LOCKED);
			return FALSE;
		}
	} while (!__atomic_compare_exchange_n(&entry->flags, &state, state - MEM_LOCK_ONE, 1, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
	if ((state - MEM_LOCK_ONE) & MEM_LOCK_MASK)
		return TRUE;
	set_last_error(ERROR_SUCCESS);
	return FALSE;
}

static UINT WINAPI get_flags(enum family family, HANDLE handle)
{
	if (!is_moveable(handle))
		return is_mapped(handle, family == GLOBAL ? ERROR_INVALID_HANDLE : ERROR_NOACCESS) ? 0 : GMEM_INVALID_HANDLE;
	struct mem_entry *entry = entry_of(handle);
	if (!entry)
		return GMEM_INVALID_HANDLE;
	UINT flags = (UINT)((entry->flags & MEM_LOCK_MASK) / MEM_LOCK_ONE);
	if (entry->flags & MEM_DISCARDABLE)
		flags |= family == GLOBAL ? GMEM_DISCARDABLE : LMEM_DISCARDABLE;
	if (entry->flags & MEM_EMPTY)
		flags |= GMEM_DISCARDED;
	if (family == GLOBAL && (entry->flags & MEM_DDESHARE))
		flags |= GMEM_DDESHARE;
	return flags;
}

static SIZE_T WINAPI get_size(HANDLE handle)
{
	void *block = handle;
	if (is_moveable(handle)) {
		struct mem_entry *entry = entry_of(handle);
		if (!entry || (entry->flags & MEM_EMPTY))
			return 0;
		block = entry->pointer;
	} else if (!is_mapped(handle, ERROR_INVALID_HANDLE))
		return 0;
	SIZE_T size = RtlSizeHeap(process_heap(), 0, block);
	if (size == ~(SIZE_T)0) {
		set_last_error(ERROR_INVALID_HANDLE);
		return 0;
	}
	return size;
}

static HANDLE WINAPI get_handle(enum family family, LPCVOID pointer)
{
	PVOID block = (PVOID)(uintptr_t)pointer, value = NULL;
	ULONG flags = 0;
	if (!is_mapped(pointer, family == GLOBAL ? ERROR_INVALID_HANDLE : ERROR_NOACCESS))
		return NULL;
	if (!RtlGetUserInfoHeap(process_heap(), 0, block, &value, &flags)) {
		set_last_error(ERROR_INVALID_HANDLE);
		return NULL;
	}
	return flags & HEAP_SETTABLE_USER_FLAG1 ? value : block;
}

static HANDLE WINAPI fixed_to_moveable(HANDLE handle, UINT flags)
{
	PVOID heap = process_heap();
	SIZE_T size = RtlSizeHeap(heap, 0, handle);
	HANDLE moveable = allocate(GMEM_MOVEABLE | (flags & (GMEM_DISCARDABLE | GMEM_DDESHARE)), size);
	if (!moveable)
		return NULL;
	if (size != 0)
		__builtin_memcpy(*(void **)moveable, handle, size);
	RtlFreeHeap(heap, 0, handle);
	return moveable;
}

/* Section H. */
static HANDLE WINAPI reallocate(enum family family, HANDLE handle, SIZE_T size, UINT flags)
{
	ULONG heap_flags = flags & GMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0;
	struct mem_entry *entry = NULL;
	if (!handle) {
		set_last_error(ERROR_INVALID_HANDLE);
		return NULL;
	}
	if (is_moveable(handle)) {
		entry = entry_of(handle);
		if (!entry)
			return NULL;
	} else if (!is_mapped(handle, ERROR_NOACCESS))
		return NULL;
	if (flags & GMEM_MODIFY) {
		if (entry && (flags & GMEM_DISCARDABLE))
			__atomic_fetch_or(&entry->flags, MEM_DISCARDABLE, __ATOMIC_RELAXED);
		else if (!entry && (flags & GMEM_MOVEABLE) && family == GLOBAL)
			return fixed_to_moveable(handle, flags);
		return handle;
	}
	if (flags & GMEM_DISCARDABLE) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!entry) {
		if (!(flags & GMEM_MOVEABLE))
			heap_flags |= HEAP_REALLOC_IN_PLACE_ONLY;
		return RtlReAllocateHeap(process_heap(), heap_flags, handle, size);
	}
	bool locked = entry->flags & MEM_LOCK_MASK;
	if (size == 0) {
		if (locked || !(flags & GMEM_MOVEABLE)) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return NULL;
		}
		void *block = entry->pointer;
		entry->pointer = NULL;
		__atomic_fetch_or(&entry->flags, MEM_EMPTY, __ATOMIC_RELAXED);
		if (block)
			RtlFreeHeap(process_heap(), 0, block);
		return handle;
	}
	void *block;
	if (entry->flags & MEM_EMPTY) {
		block = RtlAllocateHeap(process_heap(), heap_flags | MEM_BLOCK_FLAGS, size);
		if (!block)
			return NULL;
		RtlSetUserValueHeap(process_heap(), 0, block, handle);
		entry->pointer = block;
		__atomic_fetch_and(&entry->flags, ~(uint64_t)MEM_EMPTY, __ATOMIC_RELAXED);
		return handle;
	}
	/* A locked one stays where it is, unless told otherwise (row 100). */
	if (locked && !(flags & GMEM_MOVEABLE))
		heap_flags |= HEAP_REALLOC_IN_PLACE_ONLY;
	block = RtlReAllocateHeap(process_heap(), heap_flags, entry->pointer, size);
	if (!block)
		return NULL;
	entry->pointer = block;
	return handle;
}

EXPORT(kernel32, HGLOBAL, GlobalAlloc, (UINT flags, SIZE_T size))
{
	/* A fixed block of nothing has one byte, Local's has none (row 85). */
	return allocate(flags, size == 0 && !(flags & GMEM_MOVEABLE) ? 1 : size);
}

EXPORT(kernel32, HLOCAL, LocalAlloc, (UINT flags, SIZE_T size))
{
	return allocate(flags, size);
}

EXPORT(kernel32, HGLOBAL, GlobalReAlloc, (HGLOBAL handle, SIZE_T size, UINT flags))
{
	return reallocate(GLOBAL, handle, size, flags);
}

EXPORT(kernel32, HLOCAL, LocalReAlloc, (HLOCAL handle, SIZE_T size, UINT flags))
{
	return reallocate(LOCAL, handle, size, flags);
}

EXPORT(kernel32, HGLOBAL, GlobalFree, (HGLOBAL handle))
{
	return release(handle);
}

EXPORT(kernel32, HLOCAL, LocalFree, (HLOCAL handle))
{
	return release(handle);
}

EXPORT(kernel32, LPVOID, GlobalLock, (HGLOBAL handle))
{
	return lock(GLOBAL, handle);
}

EXPORT(kernel32, LPVOID, LocalLock, (HLOCAL handle))
{
	return lock(LOCAL, handle);
}

EXPORT(kernel32, BOOL, GlobalUnlock, (HGLOBAL handle))
{
	return unlock(GLOBAL, handle);
}

EXPORT(kernel32, BOOL, LocalUnlock, (HLOCAL handle))
{
	return unlock(LOCAL, handle);
}

EXPORT(kernel32, SIZE_T, GlobalSize, (HGLOBAL handle))
{
	return get_size(handle);
}

EXPORT(kernel32, SIZE_T, LocalSize, (HLOCAL handle))
{
	return get_size(handle);
}

EXPORT(kernel32, UINT, GlobalFlags, (HGLOBAL handle))
{
	return get_flags(GLOBAL, handle);
}

EXPORT(kernel32, UINT, LocalFlags, (HLOCAL handle))
{
	return get_flags(LOCAL, handle);
}

EXPORT(kernel32, HGLOBAL, GlobalHandle, (LPCVOID pointer))
{
	return get_handle(GLOBAL, pointer);
}

EXPORT(kernel32, HLOCAL, LocalHandle, (LPCVOID pointer))
{
	return get_handle(LOCAL, pointer);
}

/*
 * What is left of 16-bit Windows.  MSDN: fixing is locking, compacting does nothing that a handle's owner sees.
 */

EXPORT(kernel32, VOID, GlobalFix, (HGLOBAL handle))
{
	if (handle != INVALID_HANDLE_VALUE)
		lock(GLOBAL, handle);
}

EXPORT(kernel32, VOID, GlobalUnfix, (HGLOBAL handle))
{
	if (handle != INVALID_HANDLE_VALUE)
		unlock(GLOBAL, handle);
}

EXPORT(kernel32, LPVOID, GlobalWire, (HGLOBAL handle))
{
	return lock(GLOBAL, handle);
}

EXPORT(kernel32, BOOL, GlobalUnWire, (HGLOBAL handle))
{
	return unlock(GLOBAL, handle);
}

EXPORT(kernel32, SIZE_T, GlobalCompact, (DWORD least))
{
	return RtlCompactHeap(process_heap(), 0);
}

EXPORT(kernel32, SIZE_T, LocalCompact, (UINT least))
{
	return RtlCompactHeap(process_heap(), 0);
}

EXPORT(kernel32, SIZE_T, LocalShrink, (HLOCAL handle, UINT size))
{
	return RtlCompactHeap(process_heap(), 0);
}
