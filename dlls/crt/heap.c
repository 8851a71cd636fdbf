/*
 * dlls/crt/heap.c - malloc and its family: a thin face of the process heap.
 *
 * Everything here stays ms_abi down to RtlAllocateHeap: no System V call lies on the paths of malloc and free.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include <stdlib.h>

#define MAXIMUM_REQUEST 0xFFFFFFFFFFFFFFE0ull /* _HEAP_MAXREQ */

static void *new_handler;
static INT new_mode;

static inline void *process_heap(void)
{
	return NtCurrentPeb()->ProcessHeap;
}

void *crt_heap_allocate(size_t size)
{
	return RtlAllocateHeap(process_heap(), 0, size);
}

void *crt_heap_reallocate(void *block, size_t size)
{
	if (block == NULL)
		return RtlAllocateHeap(process_heap(), 0, size);
	return RtlReAllocateHeap(process_heap(), 0, block, size);
}

void crt_heap_free(void *block)
{
	if (block != NULL)
		RtlFreeHeap(process_heap(), 0, block);
}

/* Calls the handler of _set_new_handler; true: try again. */
CRT(INT, _callnewh, (size_t size))
{
	void *handler = __atomic_load_n(&new_handler, __ATOMIC_RELAXED);

	return handler != NULL && (INT)ke_call_guest(handler, size, 0, 0, 0) != 0;
}

static __attribute__((noinline, cold)) WINAPI void *allocate_slow(size_t size, ULONG flags)
{
	void *block;

	for (;;) {
		if (size <= MAXIMUM_REQUEST && (block = RtlAllocateHeap(process_heap(), flags, size)) != NULL)
			return block;
		if (new_mode == 0 || !crt__callnewh(size))
			break;
	}
	crt_self.error = CRT_ENOMEM;
	return NULL;
}

static inline void *allocate(size_t size, ULONG flags)
{
	void *block = NULL;

	if (__builtin_expect(size <= MAXIMUM_REQUEST, 1))
		block = RtlAllocateHeap(process_heap(), flags, size);
	if (__builtin_expect(block == NULL, 0))
		return allocate_slow(size, flags);
	return block;
}

CRT(void *, malloc, (size_t size))
{
	return allocate(size, 0);
}

CRT(void, free, (void *block))
{
	if (block != NULL)
		RtlFreeHeap(process_heap(), 0, block);
}

CRT(void *, calloc, (size_t count, size_t size))
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total)) {
		crt_self.error = CRT_ENOMEM;
		return NULL;
	}
	return allocate(total, HEAP_ZERO_MEMORY);
}

CRT(void *, realloc, (void *block, size_t size))
{
	void *moved;

	if (block == NULL)
		return allocate(size, 0);
	if (size == 0) {
		RtlFreeHeap(process_heap(), 0, block);
		return NULL;
	}
	for (;;) {
		if (size <= MAXIMUM_REQUEST &&
		    (moved = RtlReAllocateHeap(process_heap(), 0, block, size)) != NULL)
			return moved;
		if (new_mode == 0 || !crt__callnewh(size))
			break;
	}
	crt_self.error = CRT_ENOMEM;
	return NULL;
}

CRT_ALIAS_UCRT("_malloc_base", crt_malloc);
CRT_ALIAS_UCRT("_free_base", crt_free);
CRT_ALIAS_UCRT("_calloc_base", crt_calloc);
CRT_ALIAS_UCRT("_realloc_base", crt_realloc);

static void zero(char *at, size_t size)
{
	while (size-- != 0)
		*(volatile char *)at++ = 0;
}

CRT(size_t, _msize, (void *block))
{
	CRT_VALIDATE(block != NULL, EINVAL, (size_t)-1);
	return RtlSizeHeap(process_heap(), 0, block);
}

/* realloc(count * size) with what is new zeroed. */
CRT(void *, _recalloc, (void *block, size_t count, size_t size))
{
	size_t total, old = 0;
	char *moved;

	if (__builtin_mul_overflow(count, size, &total)) {
		crt_self.error = CRT_ENOMEM;
		return NULL;
	}
	if (block != NULL)
		old = RtlSizeHeap(process_heap(), 0, block);
	moved = crt_realloc(block, total);
	if (moved != NULL && old < total)
		zero(moved + old, total - old);
	return moved;
}
CRT_ALIAS_UCRT("_recalloc_base", crt__recalloc);

CRT(void *, _expand, (void *block, size_t size))
{
	void *same;
	size_t old;

	CRT_VALIDATE(block != NULL, EINVAL, NULL);
	if (size > MAXIMUM_REQUEST) {
		crt_self.error = CRT_ENOMEM;
		return NULL;
	}
	if (size == 0)
		size = 1;
	same = RtlReAllocateHeap(process_heap(), HEAP_REALLOC_IN_PLACE_ONLY, block, size);
	if (same != NULL)
		return same;
	/* The low-fragmentation heap resizes nothing: a block of its that was to shrink is good as it is (MSDN, _expand). */
	old = RtlSizeHeap(process_heap(), 0, block);
	if (old <= 0x4000 && size <= old)
		return block;
	crt_self.error = CRT_ENOMEM;
	return NULL;
}

CRT(HANDLE, _get_heap_handle, (void))
{
	return process_heap();
}

/*
 * Aligned blocks: the address of the heap block lies in the pointer-sized slot below the aligned block, as Microsoft's
 * runtime keeps it (the slot itself is aligned).
 */
#define SLOT(block) ((void **)(((uintptr_t)(block) & ~(uintptr_t)7) - 8))

/* What a block needs before its data: the slot, the gap between the slot and a block at an odd offset, and room to move.
 * Alignments below a pointer's are raised to it.  (Heap facts, row 116: _aligned_msize shows the formula.) */
static inline size_t aligned_overhead(size_t *alignment, size_t offset)
{
	if (*alignment < sizeof(void *))
		*alignment = sizeof(void *);
	return sizeof(void *) + (-offset & (sizeof(void *) - 1)) + *alignment - 1;
}

CRT(void *, _aligned_offset_malloc, (size_t size, size_t alignment, size_t offset))
{
	size_t total, before;
	char *base, *block;

	CRT_VALIDATE((alignment & (alignment - 1)) == 0, EINVAL, NULL);
	CRT_VALIDATE(offset == 0 || offset < size, EINVAL, NULL);
	before = aligned_overhead(&alignment, offset);
	if (__builtin_add_overflow(size, before, &total)) {
		crt_self.error = CRT_ENOMEM;
		return NULL;
	}
	base = allocate(total, 0);
	if (base == NULL)
		return NULL;
	block = (char *)((((uintptr_t)base + before + offset) & ~(alignment - 1)) - offset);
	*SLOT(block) = base;
	return block;
}

CRT(void *, _aligned_malloc, (size_t size, size_t alignment))
{
	return crt__aligned_offset_malloc(size, alignment, 0);
}

CRT(void, _aligned_free, (void *block))
{
	if (block != NULL)
		RtlFreeHeap(process_heap(), 0, *SLOT(block));
}

/* MSDN: alignment and offset are those of the allocation. */
CRT(size_t, _aligned_msize, (void *block, size_t alignment, size_t offset))
{
	CRT_VALIDATE(block != NULL, EINVAL, (size_t)-1);
	char *base = *SLOT(block);

	return RtlSizeHeap(process_heap(), 0, base) - aligned_overhead(&alignment, offset);
}

static void *aligned_reallocate(void *block, size_t size, size_t alignment, size_t offset, bool clear)
{
	size_t usable, keep;
	char *moved, *base;

	if (block == NULL) {
		moved = crt__aligned_offset_malloc(size, alignment, offset);
		if (moved != NULL && clear)
			zero(moved, size);
		return moved;
	}
	if (size == 0) {
		crt__aligned_free(block);
		return NULL;
	}
	CRT_VALIDATE((alignment & (alignment - 1)) == 0, EINVAL, NULL);
	CRT_VALIDATE(offset == 0 || offset < size, EINVAL, NULL);
	base = *SLOT(block);
	usable = RtlSizeHeap(process_heap(), 0, base) - (size_t)((char *)block - base);
	moved = crt__aligned_offset_malloc(size, alignment, offset);
	if (moved == NULL)
		return NULL;
	keep = usable < size ? usable : size;
	__builtin_memcpy(moved, block, keep);
	if (clear && keep < size)
		zero(moved + keep, size - keep);
	RtlFreeHeap(process_heap(), 0, base);
	return moved;
}

CRT(void *, _aligned_offset_realloc, (void *block, size_t size, size_t alignment, size_t offset))
{
	return aligned_reallocate(block, size, alignment, offset, false);
}

CRT(void *, _aligned_realloc, (void *block, size_t size, size_t alignment))
{
	return aligned_reallocate(block, size, alignment, 0, false);
}

CRT(void *, _aligned_offset_recalloc, (void *block, size_t count, size_t size, size_t alignment, size_t offset))
{
	size_t total, old = 0;
	char *moved;

	if (__builtin_mul_overflow(count, size, &total)) {
		crt_self.error = CRT_ENOMEM;
		return NULL;
	}
	if (block != NULL)
		old = crt__aligned_msize(block, alignment, offset);
	moved = aligned_reallocate(block, total, alignment, offset, block == NULL);
	if (moved != NULL && block != NULL && old < total)
		zero(moved + old, total - old);
	return moved;
}

CRT(void *, _aligned_recalloc, (void *block, size_t count, size_t size, size_t alignment))
{
	return crt__aligned_offset_recalloc(block, count, size, alignment, 0);
}

/* _HEAPOK -2, _HEAPBADNODE -4, _HEAPEND -5, _HEAPBADPTR -6: <malloc.h>. */
CRT(INT, _heapchk, (void))
{
	return RtlValidateHeap(process_heap(), 0, NULL) ? -2 : -4;
}

CRT(INT, _heapmin, (void))
{
	RtlCompactHeap(process_heap(), 0);
	return 0;
}

CRT_MSVCRT(INT, _heapset, (UINT fill))
{
	(void)fill;
	return crt__heapchk();
}

/* Windows has no memory to be added, and keeps no such count: MSDN, _heapadd. */
CRT_MSVCRT(INT, _heapadd, (void *memory, size_t size))
{
	(void)memory;
	(void)size;
	crt_self.error = CRT_ENOSYS;
	return -1;
}

CRT_MSVCRT(size_t, _heapused, (size_t *used, size_t *committed))
{
	(void)used;
	(void)committed;
	crt_self.error = CRT_ENOSYS;
	return 0;
}

/* 64-bit runtimes have no small-block heap: MSDN, _set_sbh_threshold. */
CRT_MSVCRT(size_t, _get_sbh_threshold, (void))
{
	return 0;
}

CRT_MSVCRT(INT, _set_sbh_threshold, (size_t threshold))
{
	(void)threshold;
	return 0;
}

struct heapinfo {
	INT *entry;
	size_t size;
	INT used; /* _FREEENTRY 0, _USEDENTRY 1 */
};

CRT(INT, _heapwalk, (struct heapinfo * info))
{
	RTL_HEAP_WALK_ENTRY entry = {0};
	NTSTATUS status;

	CRT_VALIDATE(info != NULL, EINVAL, -6);
	/* The walk goes on from an entry's address. */
	entry.DataAddress = info->entry;
	if (info->entry != NULL && info->used && !RtlValidateHeap(process_heap(), 0, info->entry))
		return -4;
	do {
		status = RtlWalkHeap(process_heap(), &entry);
		if (!NT_SUCCESS(status))
			return status == STATUS_NO_MORE_ENTRIES ? -5 : -4;
	} while (entry.Flags & (RTL_HEAP_SEGMENT | RTL_HEAP_UNCOMMITTED_RANGE));
	info->entry = entry.DataAddress;
	info->size = entry.DataSize;
	info->used = entry.Flags & RTL_HEAP_BUSY;
	return -2;
}

CRT_UCRT_AS("_set_new_mode", INT, crt__set_new_mode, (INT mode))
{
	CRT_VALIDATE(mode == 0 || mode == 1, EINVAL, -1);
	return __atomic_exchange_n(&new_mode, mode, __ATOMIC_RELAXED);
}
CRT_ALIAS_MSVCRT("?_set_new_mode@@YAHH@Z", crt__set_new_mode);
CRT_ALIAS_MSVCRT("_set_new_mode", crt__set_new_mode);

CRT_UCRT_AS("_query_new_mode", INT, crt__query_new_mode, (void))
{
	return new_mode;
}
CRT_ALIAS_MSVCRT("?_query_new_mode@@YAHXZ", crt__query_new_mode);

CRT_UCRT_AS("_set_new_handler", void *, crt__set_new_handler, (void *handler))
{
	return __atomic_exchange_n(&new_handler, handler, __ATOMIC_RELAXED);
}
CRT_ALIAS_MSVCRT("?_set_new_handler@@YAP6AH_K@ZP6AH0@Z@Z", crt__set_new_handler);

CRT_UCRT_AS("_query_new_handler", void *, crt__query_new_handler, (void))
{
	return new_handler;
}
CRT_ALIAS_MSVCRT("?_query_new_handler@@YAP6AH_K@ZXZ", crt__query_new_handler);

/* Standard C++'s handler takes nothing and gives nothing; msvcrt.dll has the name to take handlers away with. */
CRT_MSVCRT_AS("?set_new_handler@@YAP6AXXZP6AXXZ@Z", void *, crt_set_new_handler, (void *handler))
{
	CRT_VALIDATE(handler == NULL, EINVAL, NULL);
	__atomic_store_n(&new_handler, NULL, __ATOMIC_RELAXED);
	return NULL;
}

/* operator new: the handler is asked whatever the mode; NULL when there is none (msvcrt.dll's does not throw). */
CRT_MSVCRT_AS("??2@YAPEAX_K@Z", void *, crt_operator_new, (size_t size))
{
	void *block;

	do {
		block = size <= MAXIMUM_REQUEST ? RtlAllocateHeap(process_heap(), 0, size) : NULL;
	} while (block == NULL && crt__callnewh(size));
	return block;
}
CRT_ALIAS_MSVCRT("??_U@YAPEAX_K@Z", crt_operator_new);
CRT_ALIAS_MSVCRT("??3@YAXPEAX@Z", crt_free);
CRT_ALIAS_MSVCRT("??_V@YAXPEAX@Z", crt_free);

size_t crt_wide_length(const WCHAR *string)
{
	size_t n = 0;

	while (string[n] != 0)
		n++;
	return n;
}

char *crt_heap_strdup(const char *string)
{
	size_t size = __builtin_strlen(string) + 1;
	char *copy = crt_heap_allocate(size);

	if (copy != NULL)
		__builtin_memcpy(copy, string, size);
	return copy;
}

WCHAR *crt_heap_wcsdup(const WCHAR *string)
{
	size_t size = (crt_wide_length(string) + 1) * sizeof(WCHAR);
	WCHAR *copy = crt_heap_allocate(size);

	if (copy != NULL)
		__builtin_memcpy(copy, string, size);
	return copy;
}

char *crt_narrow(const WCHAR *string)
{
	INT size = WideCharToMultiByte(CP_ACP, 0, string, -1, NULL, 0, NULL, NULL);
	char *to = crt_heap_allocate(size > 0 ? size : 1);

	if (to == NULL) {
		crt_set_errno(CRT_ENOMEM);
		return NULL;
	}
	if (size <= 0 || WideCharToMultiByte(CP_ACP, 0, string, -1, to, size, NULL, NULL) <= 0)
		to[0] = 0;
	return to;
}

WCHAR *crt_widen(const char *string)
{
	INT size = MultiByteToWideChar(CP_ACP, 0, string, -1, NULL, 0);
	WCHAR *to = crt_heap_allocate(size > 0 ? (size_t)size * sizeof(WCHAR) : sizeof(WCHAR));

	if (to == NULL) {
		crt_set_errno(CRT_ENOMEM);
		return NULL;
	}
	if (size <= 0 || MultiByteToWideChar(CP_ACP, 0, string, -1, to, size) <= 0)
		to[0] = 0;
	return to;
}
