/*
 * dlls/ole32/ole32.h - what ole32 offers to the DLLs above it: memory, calls through interfaces, streams.
 */
#ifndef PEWTER_DLLS_OLE32_H
#define PEWTER_DLLS_OLE32_H

#include "nt/com.h"
#include "nt/peb.h"
#include "ntdll/ke/ke.h"
#include "pewter/export.h"

/* Calls a method of an interface that may be the guest's: at most three arguments after the object. */
#define COM_CALL(object, method, a, b, c)                                                                          \
	((HRESULT)ke_call_guest((void *)(object)->vtbl->method, (uintptr_t)(object), (uintptr_t)(a), (uintptr_t)(b), \
				(uintptr_t)(c)))
#define COM_QUERY(object, iid, out) COM_CALL(object, QueryInterface, iid, out, 0)
#define COM_ADDREF(object) ((void)COM_CALL(object, AddRef, 0, 0, 0))
#define COM_RELEASE(object) ((void)COM_CALL(object, Release, 0, 0, 0))

/* Zeroed memory of the process heap for objects; com_free takes NULL too. */
void *com_allocate(size_t size);
void com_free(void *block);

static inline ULONG com_increment(LONG *references)
{
	return (ULONG)__atomic_add_fetch(references, 1, __ATOMIC_RELAXED);
}

static inline ULONG com_decrement(LONG *references)
{
	return (ULONG)__atomic_sub_fetch(references, 1, __ATOMIC_ACQ_REL);
}

/* IStream::CopyTo for every stream of ours: reads from `from` with its own Read, writes with `to`'s. */
HRESULT com_stream_copy(IStream *from, IStream *to, ULONGLONG size, ULARGE_INTEGER *read, ULARGE_INTEGER *written);

/* Where a Seek ends: `current` and `end` are the stream's; STG_E_SEEKERROR for a place before its start,
 * STG_E_INVALIDFUNCTION for an unknown origin. */
HRESULT com_stream_target(LONGLONG move, DWORD origin, ULONGLONG current, ULONGLONG end, ULONGLONG *target);

LPVOID WINAPI CoTaskMemAlloc(SIZE_T size);
LPVOID WINAPI CoTaskMemRealloc(LPVOID block, SIZE_T size);
void WINAPI CoTaskMemFree(LPVOID block);
HRESULT WINAPI CreateStreamOnHGlobal(HGLOBAL memory, BOOL delete_on_release, IStream **stream);
HRESULT WINAPI CoCreateInstance(REFCLSID clsid, IUnknown *outer, DWORD context, REFIID iid, LPVOID *object);
INT WINAPI StringFromGUID2(REFGUID guid, LPOLESTR string, INT capacity);
HRESULT WINAPI CLSIDFromString(LPCOLESTR string, CLSID *clsid);
HRESULT WINAPI PropVariantClear(PROPVARIANT *value);

#endif
