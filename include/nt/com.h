/*
 * nt/com.h - the Component Object Model as C sees it: interfaces as tables of functions, result codes, streams.
 * Written from MSDN (objidl, unknwn, propidlbase, oaidl) and [MS-OAUT].
 */
#ifndef PEWTER_NT_COM_H
#define PEWTER_NT_COM_H

#include "nt/ntdef.h"
#include "nt/winerror.h"
#include <string.h>

typedef WCHAR OLECHAR, *LPOLESTR;
typedef const WCHAR *LPCOLESTR;
typedef WCHAR *BSTR;
typedef int16_t VARIANT_BOOL;
typedef uint16_t VARTYPE;
typedef LONG SCODE;
typedef LONG DISPID;

/* A GUID for the file that includes it. */
#define COM_GUID(name, l, w1, w2, ...) static const GUID name __attribute__((unused)) = {l, w1, w2, {__VA_ARGS__}}

COM_GUID(GUID_NULL, 0, 0, 0, 0);
COM_GUID(IID_IUnknown, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46);
COM_GUID(IID_IClassFactory, 1, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46);
COM_GUID(IID_IMalloc, 2, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46);
COM_GUID(IID_IStream, 0xC, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46);
COM_GUID(IID_IEnumString, 0x101, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46);
COM_GUID(IID_IDispatch, 0x20400, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46);
COM_GUID(IID_ISequentialStream, 0x0C733A30, 0x2A1C, 0x11CE, 0xAD, 0xE5, 0x00, 0xAA, 0x00, 0x44, 0x77, 0x3D);
COM_GUID(IID_IPropertyBag2, 0x22F55882, 0x280B, 0x11D0, 0xA8, 0xA9, 0x00, 0xA0, 0xC9, 0x0C, 0x20, 0x04);

static inline int com_guid_equal(const GUID *a, const GUID *b)
{
	return !memcmp(a, b, sizeof(GUID));
}

#define HRESULT_FROM_WIN32(error) \
	((HRESULT)((error) ? ((DWORD)(error) & 0xFFFFu) | 0x80070000u : 0u))

#define STG_E_INVALIDFUNCTION ((HRESULT)0x80030001)
#define STG_E_FILENOTFOUND ((HRESULT)0x80030002)
#define STG_E_ACCESSDENIED ((HRESULT)0x80030005)
#define STG_E_INVALIDPOINTER ((HRESULT)0x80030009)
#define STG_E_SEEKERROR ((HRESULT)0x80030019)
#define STG_E_WRITEFAULT ((HRESULT)0x8003001D)
#define STG_E_INVALIDPARAMETER ((HRESULT)0x80030057)
#define STG_E_MEDIUMFULL ((HRESULT)0x80030070)
#define STG_E_INVALIDFLAG ((HRESULT)0x800300FF)
#define CLASS_E_NOAGGREGATION ((HRESULT)0x80040110)
#define CLASS_E_CLASSNOTAVAILABLE ((HRESULT)0x80040111)
#define REGDB_E_CLASSNOTREG ((HRESULT)0x80040154)
#define CO_E_NOTINITIALIZED ((HRESULT)0x800401F0)
#define CO_E_CLASSSTRING ((HRESULT)0x800401F3)
#define CO_E_IIDSTRING ((HRESULT)0x800401F4)
#define CO_E_OBJNOTREG ((HRESULT)0x800401FB)
#define CO_E_INIT_TLS ((HRESULT)0x80004006)
#define RPC_E_CHANGED_MODE ((HRESULT)0x80010106)
#define RPC_E_TOO_LATE ((HRESULT)0x80010119)
#define DISP_E_TYPEMISMATCH ((HRESULT)0x80020005)
#define DISP_E_BADVARTYPE ((HRESULT)0x80020008)
#define DISP_E_OVERFLOW ((HRESULT)0x8002000A)
#define DISP_E_BADINDEX ((HRESULT)0x8002000B)
#define DISP_E_ARRAYISLOCKED ((HRESULT)0x8002000D)

#define STGM_READ 0x0u
#define STGM_WRITE 0x1u
#define STGM_READWRITE 0x2u
#define STGM_SHARE_EXCLUSIVE 0x10u
#define STGM_SHARE_DENY_WRITE 0x20u
#define STGM_SHARE_DENY_READ 0x30u
#define STGM_SHARE_DENY_NONE 0x40u
#define STGM_CREATE 0x1000u
#define STGM_DELETEONRELEASE 0x04000000u

#define STREAM_SEEK_SET 0u
#define STREAM_SEEK_CUR 1u
#define STREAM_SEEK_END 2u
#define STATFLAG_DEFAULT 0u
#define STATFLAG_NONAME 1u
#define STATFLAG_NOOPEN 2u
#define STGTY_STREAM 2u
#define LOCK_WRITE 1u

typedef struct tagSTATSTG {
	LPOLESTR pwcsName;
	DWORD type;
	ULARGE_INTEGER cbSize;
	FILETIME mtime, ctime, atime;
	DWORD grfMode;
	DWORD grfLocksSupported;
	CLSID clsid;
	DWORD grfStateBits;
	DWORD reserved;
} STATSTG;

typedef struct IUnknown IUnknown;
#define COM_UNKNOWN(type)                                                          \
	HRESULT(WINAPI *QueryInterface)(type * self, REFIID iid, void **object);   \
	ULONG(WINAPI *AddRef)(type * self);                                        \
	ULONG(WINAPI *Release)(type * self)

typedef struct IUnknownVtbl {
	COM_UNKNOWN(IUnknown);
} IUnknownVtbl;
struct IUnknown {
	const IUnknownVtbl *vtbl;
};

typedef struct IClassFactory IClassFactory;
typedef struct IClassFactoryVtbl {
	COM_UNKNOWN(IClassFactory);
	HRESULT(WINAPI *CreateInstance)(IClassFactory *self, IUnknown *outer, REFIID iid, void **object);
	HRESULT(WINAPI *LockServer)(IClassFactory *self, BOOL lock);
} IClassFactoryVtbl;
struct IClassFactory {
	const IClassFactoryVtbl *vtbl;
};

typedef struct IMalloc IMalloc;
typedef struct IMallocVtbl {
	COM_UNKNOWN(IMalloc);
	void *(WINAPI *Alloc)(IMalloc *self, SIZE_T size);
	void *(WINAPI *Realloc)(IMalloc *self, void *block, SIZE_T size);
	void(WINAPI *Free)(IMalloc *self, void *block);
	SIZE_T(WINAPI *GetSize)(IMalloc *self, void *block);
	int(WINAPI *DidAlloc)(IMalloc *self, void *block);
	void(WINAPI *HeapMinimize)(IMalloc *self);
} IMallocVtbl;
struct IMalloc {
	const IMallocVtbl *vtbl;
};

typedef struct IStream IStream;
#define COM_STREAM(type)                                                                                       \
	COM_UNKNOWN(type);                                                                                     \
	HRESULT(WINAPI *Read)(type * self, void *buffer, ULONG size, ULONG *done);                             \
	HRESULT(WINAPI *Write)(type * self, const void *buffer, ULONG size, ULONG *done);                      \
	HRESULT(WINAPI *Seek)(type * self, LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER *position);        \
	HRESULT(WINAPI *SetSize)(type * self, ULARGE_INTEGER size);                                            \
	HRESULT(WINAPI *CopyTo)                                                                                \
	(type * self, IStream * to, ULARGE_INTEGER size, ULARGE_INTEGER * read, ULARGE_INTEGER * written);     \
	HRESULT(WINAPI *Commit)(type * self, DWORD flags);                                                     \
	HRESULT(WINAPI *Revert)(type * self);                                                                  \
	HRESULT(WINAPI *LockRegion)(type * self, ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind);      \
	HRESULT(WINAPI *UnlockRegion)(type * self, ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind);    \
	HRESULT(WINAPI *Stat)(type * self, STATSTG * stat, DWORD flags);                                       \
	HRESULT(WINAPI *Clone)(type * self, IStream * *stream)

typedef struct IStreamVtbl {
	COM_STREAM(IStream);
} IStreamVtbl;
struct IStream {
	const IStreamVtbl *vtbl;
};

typedef struct IEnumString IEnumString;
typedef struct IEnumStringVtbl {
	COM_UNKNOWN(IEnumString);
	HRESULT(WINAPI *Next)(IEnumString *self, ULONG count, LPOLESTR *strings, ULONG *fetched);
	HRESULT(WINAPI *Skip)(IEnumString *self, ULONG count);
	HRESULT(WINAPI *Reset)(IEnumString *self);
	HRESULT(WINAPI *Clone)(IEnumString *self, IEnumString **copy);
} IEnumStringVtbl;
struct IEnumString {
	const IEnumStringVtbl *vtbl;
};

/* Variant types ([MS-OAUT] 2.2.7). */
enum com_vartype {
	VT_EMPTY = 0, VT_NULL = 1, VT_I2 = 2, VT_I4 = 3, VT_R4 = 4, VT_R8 = 5, VT_CY = 6, VT_DATE = 7, VT_BSTR = 8,
	VT_DISPATCH = 9, VT_ERROR = 10, VT_BOOL = 11, VT_VARIANT = 12, VT_UNKNOWN = 13, VT_DECIMAL = 14, VT_I1 = 16,
	VT_UI1 = 17, VT_UI2 = 18, VT_UI4 = 19, VT_I8 = 20, VT_UI8 = 21, VT_INT = 22, VT_UINT = 23, VT_VOID = 24,
	VT_HRESULT = 25, VT_PTR = 26, VT_SAFEARRAY = 27, VT_CARRAY = 28, VT_USERDEFINED = 29, VT_LPSTR = 30,
	VT_LPWSTR = 31, VT_RECORD = 36, VT_INT_PTR = 37, VT_UINT_PTR = 38, VT_FILETIME = 64, VT_BLOB = 65,
	VT_STREAM = 66, VT_STORAGE = 67, VT_STREAMED_OBJECT = 68, VT_STORED_OBJECT = 69, VT_BLOB_OBJECT = 70,
	VT_CF = 71, VT_CLSID = 72, VT_VERSIONED_STREAM = 73, VT_VECTOR = 0x1000, VT_ARRAY = 0x2000, VT_BYREF = 0x4000,
	VT_TYPEMASK = 0xFFF
};
#define VARIANT_TRUE ((VARIANT_BOOL)-1)
#define VARIANT_FALSE ((VARIANT_BOOL)0)

typedef struct tagSAFEARRAYBOUND {
	ULONG cElements;
	LONG lLbound;
} SAFEARRAYBOUND;

typedef struct tagSAFEARRAY {
	USHORT cDims;
	USHORT fFeatures;
	ULONG cbElements;
	ULONG cLocks;
	PVOID pvData;
	SAFEARRAYBOUND rgsabound[1];
} SAFEARRAY;

typedef struct tagDEC {
	USHORT wReserved;
	BYTE scale;
	BYTE sign;
	ULONG Hi32;
	ULONGLONG Lo64;
} DECIMAL;

typedef struct tagBLOB {
	ULONG cbSize;
	BYTE *pBlobData;
} BLOB;

/* VARIANT and PROPVARIANT share their head; a vector of the latter is a count and a pointer. */
typedef union tagVARIANT {
	struct {
		VARTYPE vt;
		WORD wReserved1, wReserved2, wReserved3;
		union {
			CHAR cVal;
			BYTE bVal;
			SHORT iVal;
			USHORT uiVal;
			LONG lVal;
			ULONG ulVal;
			LONGLONG llVal;
			ULONGLONG ullVal;
			FLOAT fltVal;
			DOUBLE dblVal;
			VARIANT_BOOL boolVal;
			SCODE scode;
			BSTR bstrVal;
			LPSTR pszVal;
			LPWSTR pwszVal;
			IUnknown *punkVal;
			SAFEARRAY *parray;
			union tagVARIANT *pvarVal;
			void *byref;
			GUID *puuid;
			FILETIME filetime;
			BLOB blob;
			struct {
				ULONG cElems;
				void *pElems;
			} vector;
			struct {
				PVOID pvRecord;
				IUnknown *pRecInfo;
			} record;
		};
	};
	DECIMAL decVal;
} VARIANT, VARIANTARG, PROPVARIANT;
_Static_assert(sizeof(VARIANT) == (sizeof(void *) == 8 ? 24 : 16), "VARIANT");

#endif
