/*
 * dlls/ole32/memory.c - the task allocator.  On Windows it is the process heap, and programs rely on it: what
 * CoTaskMemAlloc gave is walked, validated and sometimes freed as a heap block.
 */
#include "dlls/ole32/ole32.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"

static PVOID process_heap(void)
{
	return NtCurrentPeb()->ProcessHeap;
}

void *com_allocate(size_t size)
{
	return RtlAllocateHeap(process_heap(), HEAP_ZERO_MEMORY, size);
}

void com_free(void *block)
{
	if (block)
		RtlFreeHeap(process_heap(), 0, block);
}

EXPORT(ole32, LPVOID, CoTaskMemAlloc, (SIZE_T size))
{
	return RtlAllocateHeap(process_heap(), 0, size);
}

/* A NULL block allocates, a size of zero frees: MSDN CoTaskMemRealloc. */
EXPORT(ole32, LPVOID, CoTaskMemRealloc, (LPVOID block, SIZE_T size))
{
	if (!block)
		return CoTaskMemAlloc(size);
	if (!size) {
		CoTaskMemFree(block);
		return NULL;
	}
	return RtlReAllocateHeap(process_heap(), 0, block, size);
}

EXPORT(ole32, void, CoTaskMemFree, (LPVOID block))
{
	if (block)
		RtlFreeHeap(process_heap(), 0, block);
}

static HRESULT WINAPI malloc_QueryInterface(IMalloc *self, REFIID iid, void **object)
{
	if (!object)
		return E_POINTER;
	if (com_guid_equal(iid, &IID_IUnknown) || com_guid_equal(iid, &IID_IMalloc)) {
		*object = self;
		return S_OK;
	}
	*object = NULL;
	return E_NOINTERFACE;
}

/* The allocator lives as long as the process: its count stands still. */
static ULONG WINAPI malloc_AddRef(IMalloc *self)
{
	return 2;
}

static ULONG WINAPI malloc_Release(IMalloc *self)
{
	return 1;
}

static void *WINAPI malloc_Alloc(IMalloc *self, SIZE_T size)
{
	return CoTaskMemAlloc(size);
}

static void *WINAPI malloc_Realloc(IMalloc *self, void *block, SIZE_T size)
{
	return CoTaskMemRealloc(block, size);
}

static void WINAPI malloc_Free(IMalloc *self, void *block)
{
	CoTaskMemFree(block);
}

static SIZE_T WINAPI malloc_GetSize(IMalloc *self, void *block)
{
	return block ? RtlSizeHeap(process_heap(), 0, block) : (SIZE_T)-1;
}

/* 1 ours, 0 not, -1 unknown (for NULL): MSDN IMalloc::DidAlloc. */
static int WINAPI malloc_DidAlloc(IMalloc *self, void *block)
{
	return block ? RtlValidateHeap(process_heap(), 0, block) : -1;
}

/* The heap gives back unused memory by itself; the method has no result to report. */
static void WINAPI malloc_HeapMinimize(IMalloc *self)
{
}

static const IMallocVtbl malloc_vtbl = {
	malloc_QueryInterface, malloc_AddRef, malloc_Release, malloc_Alloc,	 malloc_Realloc,
	malloc_Free,	       malloc_GetSize, malloc_DidAlloc, malloc_HeapMinimize,
};
static IMalloc task_allocator = {&malloc_vtbl};

/* The context argument must be MEMCTX_TASK (1): MSDN CoGetMalloc. */
EXPORT(ole32, HRESULT, CoGetMalloc, (DWORD context, IMalloc **allocator))
{
	if (!allocator)
		return E_INVALIDARG;
	*allocator = NULL;
	if (context != 1)
		return E_INVALIDARG;
	*allocator = &task_allocator;
	return S_OK;
}
