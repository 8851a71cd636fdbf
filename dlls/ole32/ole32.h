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

/* --- apartments (apartment.c) and their contexts (context.c) --- */

enum { APTTYPE_CURRENT = -1, APTTYPE_STA, APTTYPE_MTA, APTTYPE_NA, APTTYPE_MAINSTA };

/* Whether the calling thread may use COM: it joined an apartment, or another thread made the multi-threaded one. */
HRESULT com_check_apartment(void);

struct com_context;
/* With one reference; NULL without memory. */
struct com_context *com_new_context(void);
void com_release_context(struct com_context *context);
/* That of the calling thread's apartment, not counted.  CO_E_NOTINITIALIZED (and NULL) without one. */
HRESULT com_current_context(struct com_context **context);
/* The id of the calling thread among those that call each other through COM. */
HRESULT com_logical_thread(GUID *id);
HRESULT com_set_logical_thread(const GUID *id);
HRESULT WINAPI CoGetApartmentType(INT *type, INT *qualifier);
HRESULT WINAPI CoCreateGuid(GUID *guid);

LPVOID WINAPI CoTaskMemAlloc(SIZE_T size);
LPVOID WINAPI CoTaskMemRealloc(LPVOID block, SIZE_T size);
void WINAPI CoTaskMemFree(LPVOID block);
HRESULT WINAPI CreateStreamOnHGlobal(HGLOBAL memory, BOOL delete_on_release, IStream **stream);
HRESULT WINAPI CoCreateInstance(REFCLSID clsid, IUnknown *outer, DWORD context, REFIID iid, LPVOID *object);
INT WINAPI StringFromGUID2(REFGUID guid, LPOLESTR string, INT capacity);
HRESULT WINAPI CLSIDFromString(LPCOLESTR string, CLSID *clsid);
HRESULT WINAPI PropVariantClear(PROPVARIANT *value);

#endif
