/*
 * dlls/oleaut32/safearray.c - SAFEARRAYs ([MS-OAUT] 2.2.30; MSDN "Array manipulation functions").
 *
 * The descriptor is followed by its bounds, last dimension first, and preceded by 16 bytes whose last four hold the
 * element type, where Windows keeps it too.
 */
#include "dlls/oleaut32/oleaut32.h"

#define HEAD 16u
enum { FADF_STATIC = 2, FADF_FIXEDSIZE = 0x10, FADF_HAVEVARTYPE = 0x80, FADF_BSTR = 0x100, FADF_UNKNOWN = 0x200,
       FADF_DISPATCH = 0x400, FADF_VARIANT = 0x800 };

UINT oleaut_element_size(VARTYPE type)
{
	switch (type) {
	case VT_I1:
	case VT_UI1:
		return 1;
	case VT_I2:
	case VT_UI2:
	case VT_BOOL:
		return 2;
	case VT_I4:
	case VT_UI4:
	case VT_R4:
	case VT_INT:
	case VT_UINT:
	case VT_ERROR:
		return 4;
	case VT_I8:
	case VT_UI8:
	case VT_R8:
	case VT_CY:
	case VT_DATE:
		return 8;
	case VT_BSTR:
	case VT_UNKNOWN:
	case VT_DISPATCH:
		return sizeof(void *);
	case VT_DECIMAL:
		return sizeof(DECIMAL);
	case VT_VARIANT:
		return sizeof(VARIANT);
	default:
		return 0;
	}
}

static DWORD *type_of(SAFEARRAY *array)
{
	return (DWORD *)array - 1;
}

static ULONGLONG count_elements(const SAFEARRAY *array)
{
	ULONGLONG count = 1;

	for (USHORT i = 0; i < array->cDims; i++)
		count *= array->rgsabound[i].cElements;
	return count;
}

EXPORT(oleaut32, HRESULT, SafeArrayAllocDescriptor, (UINT dimensions, SAFEARRAY **array))
{
	BYTE *block;

	if (!array)
		return E_INVALIDARG;
	*array = NULL;
	if (!dimensions || dimensions > 0xFFFF)
		return E_INVALIDARG;
	block = com_allocate(HEAD + sizeof(SAFEARRAY) + (dimensions - 1) * sizeof(SAFEARRAYBOUND));
	if (!block)
		return E_OUTOFMEMORY;
	*array = (SAFEARRAY *)(block + HEAD);
	(*array)->cDims = (USHORT)dimensions;
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayAllocDescriptorEx, (VARTYPE type, UINT dimensions, SAFEARRAY **array))
{
	HRESULT result = SafeArrayAllocDescriptor(dimensions, array);

	if (FAILED(result))
		return result;
	(*array)->cbElements = oleaut_element_size(type);
	*type_of(*array) = type;
	(*array)->fFeatures = type == VT_BSTR	   ? FADF_BSTR
			      : type == VT_UNKNOWN ? FADF_UNKNOWN
			      : type == VT_DISPATCH ? FADF_DISPATCH
			      : type == VT_VARIANT ? FADF_VARIANT
						   : 0;
	(*array)->fFeatures |= FADF_HAVEVARTYPE;
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayAllocData, (SAFEARRAY * array))
{
	ULONGLONG bytes;

	if (!array)
		return E_INVALIDARG;
	bytes = count_elements(array) * array->cbElements;
	if (bytes > 0x7FFFFFFF)
		return E_OUTOFMEMORY;
	array->pvData = com_allocate((size_t)bytes);
	return array->pvData ? S_OK : E_OUTOFMEMORY;
}

static void destroy_elements(SAFEARRAY *array)
{
	ULONGLONG count = count_elements(array);
	BYTE *at = array->pvData;

	for (ULONGLONG i = 0; at && i < count; i++, at += array->cbElements) {
		if (array->fFeatures & FADF_BSTR)
			SysFreeString(*(BSTR *)at);
		else if (array->fFeatures & FADF_VARIANT)
			VariantClear((VARIANT *)at);
		else if ((array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) && *(IUnknown **)at)
			COM_RELEASE(*(IUnknown **)at);
	}
}

EXPORT(oleaut32, HRESULT, SafeArrayDestroyData, (SAFEARRAY * array))
{
	if (!array)
		return E_INVALIDARG;
	if (array->cLocks)
		return DISP_E_ARRAYISLOCKED;
	destroy_elements(array);
	if (array->fFeatures & FADF_STATIC) {
		if (array->pvData)
			memset(array->pvData, 0, (size_t)(count_elements(array) * array->cbElements));
	} else {
		com_free(array->pvData);
		array->pvData = NULL;
	}
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayDestroyDescriptor, (SAFEARRAY * array))
{
	if (!array)
		return S_OK;
	if (array->cLocks)
		return DISP_E_ARRAYISLOCKED;
	com_free((BYTE *)array - HEAD);
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayDestroy, (SAFEARRAY * array))
{
	HRESULT result;

	if (!array)
		return S_OK;
	result = SafeArrayDestroyData(array);
	return FAILED(result) ? result : SafeArrayDestroyDescriptor(array);
}

EXPORT(oleaut32, SAFEARRAY *, SafeArrayCreate, (VARTYPE type, UINT dimensions, const SAFEARRAYBOUND *bounds))
{
	SAFEARRAY *array;

	if (!oleaut_element_size(type) || !bounds ||
	    FAILED(SafeArrayAllocDescriptorEx(type, dimensions, &array)))
		return NULL;
	for (UINT i = 0; i < dimensions; i++)
		array->rgsabound[i] = bounds[dimensions - 1 - i];
	if (FAILED(SafeArrayAllocData(array))) {
		SafeArrayDestroyDescriptor(array);
		return NULL;
	}
	return array;
}

EXPORT(oleaut32, SAFEARRAY *, SafeArrayCreateVector, (VARTYPE type, LONG low, ULONG count))
{
	SAFEARRAYBOUND bound = {count, low};
	return SafeArrayCreate(type, 1, &bound);
}

EXPORT(oleaut32, UINT, SafeArrayGetDim, (SAFEARRAY * array))
{
	return array ? array->cDims : 0;
}

EXPORT(oleaut32, UINT, SafeArrayGetElemsize, (SAFEARRAY * array))
{
	return array ? array->cbElements : 0;
}

EXPORT(oleaut32, HRESULT, SafeArrayGetVartype, (SAFEARRAY * array, VARTYPE *type))
{
	if (!array || !type || !(array->fFeatures & FADF_HAVEVARTYPE))
		return E_INVALIDARG;
	*type = (VARTYPE)*type_of(array);
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayLock, (SAFEARRAY * array))
{
	if (!array)
		return E_INVALIDARG;
	if (__atomic_add_fetch(&array->cLocks, 1, __ATOMIC_ACQUIRE) > 0xFFFF) {
		__atomic_sub_fetch(&array->cLocks, 1, __ATOMIC_RELEASE);
		return E_UNEXPECTED;
	}
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayUnlock, (SAFEARRAY * array))
{
	if (!array)
		return E_INVALIDARG;
	if (!array->cLocks)
		return E_UNEXPECTED;
	__atomic_sub_fetch(&array->cLocks, 1, __ATOMIC_RELEASE);
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayAccessData, (SAFEARRAY * array, void **data))
{
	HRESULT result;

	if (!array || !data)
		return E_INVALIDARG;
	result = SafeArrayLock(array);
	*data = SUCCEEDED(result) ? array->pvData : NULL;
	return result;
}

EXPORT(oleaut32, HRESULT, SafeArrayUnaccessData, (SAFEARRAY * array))
{
	return SafeArrayUnlock(array);
}

EXPORT(oleaut32, HRESULT, SafeArrayGetLBound, (SAFEARRAY * array, UINT dimension, LONG *low))
{
	if (!array || !low)
		return E_INVALIDARG;
	if (!dimension || dimension > array->cDims)
		return DISP_E_BADINDEX;
	*low = array->rgsabound[array->cDims - dimension].lLbound;
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayGetUBound, (SAFEARRAY * array, UINT dimension, LONG *high))
{
	const SAFEARRAYBOUND *bound;

	if (!array || !high)
		return E_INVALIDARG;
	if (!dimension || dimension > array->cDims)
		return DISP_E_BADINDEX;
	bound = &array->rgsabound[array->cDims - dimension];
	*high = (LONG)((ULONG)bound->lLbound + bound->cElements - 1);
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayPtrOfIndex, (SAFEARRAY * array, const LONG *indices, void **element))
{
	ULONGLONG offset = 0, stride = 1;

	if (!array || !indices || !element)
		return E_INVALIDARG;
	/* The first index varies fastest; its bound is stored last. */
	for (USHORT i = 0; i < array->cDims; i++) {
		const SAFEARRAYBOUND *bound = &array->rgsabound[array->cDims - 1 - i];
		LONGLONG at = (LONGLONG)indices[i] - bound->lLbound;

		if (at < 0 || at >= bound->cElements)
			return DISP_E_BADINDEX;
		offset += (ULONGLONG)at * stride;
		stride *= bound->cElements;
	}
	*element = (BYTE *)array->pvData + offset * array->cbElements;
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayGetElement, (SAFEARRAY * array, const LONG *indices, void *value))
{
	void *element;
	HRESULT result = SafeArrayPtrOfIndex(array, indices, &element);

	if (FAILED(result) || !value)
		return FAILED(result) ? result : E_INVALIDARG;
	if (array->fFeatures & FADF_VARIANT) {
		memset(value, 0, sizeof(VARIANT));
		return VariantCopy(value, element);
	}
	if (array->fFeatures & FADF_BSTR) {
		BSTR string = *(BSTR *)element;

		*(BSTR *)value = string ? SysAllocStringByteLen((LPCSTR)string, SysStringByteLen(string)) : NULL;
		return string && !*(BSTR *)value ? E_OUTOFMEMORY : S_OK;
	}
	memcpy(value, element, array->cbElements);
	if ((array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) && *(IUnknown **)value)
		COM_ADDREF(*(IUnknown **)value);
	return S_OK;
}

/* Strings, variants and interfaces are copied; for BSTR and interfaces `value` is the pointer itself. */
EXPORT(oleaut32, HRESULT, SafeArrayPutElement, (SAFEARRAY * array, const LONG *indices, void *value))
{
	void *element;
	HRESULT result = SafeArrayPtrOfIndex(array, indices, &element);

	if (FAILED(result))
		return result;
	if (array->fFeatures & FADF_VARIANT)
		return value ? VariantCopy(element, value) : E_INVALIDARG;
	if (array->fFeatures & FADF_BSTR) {
		BSTR copy = value ? SysAllocStringByteLen(value, SysStringByteLen(value)) : NULL;

		if (value && !copy)
			return E_OUTOFMEMORY;
		SysFreeString(*(BSTR *)element);
		*(BSTR *)element = copy;
		return S_OK;
	}
	if (array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) {
		IUnknown *old = *(IUnknown **)element;

		if (value)
			COM_ADDREF((IUnknown *)value);
		*(IUnknown **)element = value;
		if (old)
			COM_RELEASE(old);
		return S_OK;
	}
	if (!value)
		return E_INVALIDARG;
	memcpy(element, value, array->cbElements);
	return S_OK;
}

EXPORT(oleaut32, HRESULT, SafeArrayCopy, (SAFEARRAY * array, SAFEARRAY **copy))
{
	HRESULT result;
	ULONGLONG count;
	SAFEARRAY *made;

	if (!copy)
		return E_INVALIDARG;
	*copy = NULL;
	if (!array)
		return S_OK;
	result = SafeArrayAllocDescriptor(array->cDims, &made);
	if (FAILED(result))
		return result;
	made->fFeatures = array->fFeatures & ~(FADF_STATIC | FADF_FIXEDSIZE);
	made->cbElements = array->cbElements;
	if (array->fFeatures & FADF_HAVEVARTYPE)
		*type_of(made) = *type_of(array);
	memcpy(made->rgsabound, array->rgsabound, array->cDims * sizeof(SAFEARRAYBOUND));
	result = SafeArrayAllocData(made);
	count = count_elements(array);
	for (ULONGLONG i = 0; SUCCEEDED(result) && i < count; i++) {
		BYTE *from = (BYTE *)array->pvData + i * array->cbElements, *to = (BYTE *)made->pvData + i * array->cbElements;

		if (array->fFeatures & FADF_VARIANT) {
			result = VariantCopy((VARIANT *)to, (VARIANT *)from);
		} else if (array->fFeatures & FADF_BSTR) {
			BSTR string = *(BSTR *)from;

			*(BSTR *)to = string ? SysAllocStringByteLen((LPCSTR)string, SysStringByteLen(string)) : NULL;
			if (string && !*(BSTR *)to)
				result = E_OUTOFMEMORY;
		} else {
			memcpy(to, from, array->cbElements);
			if ((array->fFeatures & (FADF_UNKNOWN | FADF_DISPATCH)) && *(IUnknown **)to)
				COM_ADDREF(*(IUnknown **)to);
		}
	}
	if (FAILED(result))
		SafeArrayDestroy(made);
	else
		*copy = made;
	return result;
}

/* Changes the last dimension: the least one in memory order is the first, so the data keeps its place. */
EXPORT(oleaut32, HRESULT, SafeArrayRedim, (SAFEARRAY * array, const SAFEARRAYBOUND *bound))
{
	SAFEARRAY tail;
	ULONGLONG old_bytes, new_bytes;
	ULONG old;
	BYTE *data;

	if (!array || !bound || (array->fFeatures & (FADF_STATIC | FADF_FIXEDSIZE)))
		return E_INVALIDARG;
	if (array->cLocks)
		return DISP_E_ARRAYISLOCKED;
	old = array->rgsabound[0].cElements;
	old_bytes = count_elements(array) * array->cbElements;
	new_bytes = old ? old_bytes / old * bound->cElements : 0;
	if (!old) {
		array->rgsabound[0] = *bound;
		new_bytes = count_elements(array) * array->cbElements;
	}
	if (new_bytes > 0x7FFFFFFF)
		return E_OUTOFMEMORY;
	data = com_allocate((size_t)new_bytes);
	if (!data)
		return E_OUTOFMEMORY;
	memcpy(data, array->pvData, (size_t)(old_bytes < new_bytes ? old_bytes : new_bytes));
	if (new_bytes < old_bytes && array->cbElements) {
		tail = *array;
		tail.cDims = 1;
		tail.pvData = (BYTE *)array->pvData + new_bytes;
		tail.rgsabound[0].cElements = (ULONG)((old_bytes - new_bytes) / array->cbElements);
		destroy_elements(&tail);
	}
	com_free(array->pvData);
	array->pvData = data;
	array->rgsabound[0] = *bound;
	return S_OK;
}

EXPORT_ORDINAL(oleaut32, SafeArrayCreate, 15);
EXPORT_ORDINAL(oleaut32, SafeArrayDestroy, 16);
EXPORT_ORDINAL(oleaut32, SafeArrayGetDim, 17);
EXPORT_ORDINAL(oleaut32, SafeArrayGetElemsize, 18);
EXPORT_ORDINAL(oleaut32, SafeArrayGetUBound, 19);
EXPORT_ORDINAL(oleaut32, SafeArrayGetLBound, 20);
EXPORT_ORDINAL(oleaut32, SafeArrayLock, 21);
EXPORT_ORDINAL(oleaut32, SafeArrayUnlock, 22);
EXPORT_ORDINAL(oleaut32, SafeArrayAccessData, 23);
EXPORT_ORDINAL(oleaut32, SafeArrayUnaccessData, 24);
EXPORT_ORDINAL(oleaut32, SafeArrayGetElement, 25);
EXPORT_ORDINAL(oleaut32, SafeArrayPutElement, 26);
EXPORT_ORDINAL(oleaut32, SafeArrayCopy, 27);
EXPORT_ORDINAL(oleaut32, SafeArrayAllocDescriptor, 36);
EXPORT_ORDINAL(oleaut32, SafeArrayAllocData, 37);
EXPORT_ORDINAL(oleaut32, SafeArrayDestroyDescriptor, 38);
EXPORT_ORDINAL(oleaut32, SafeArrayDestroyData, 39);
EXPORT_ORDINAL(oleaut32, SafeArrayRedim, 40);
EXPORT_ORDINAL(oleaut32, SafeArrayGetVartype, 77);
EXPORT_ORDINAL(oleaut32, SafeArrayPtrOfIndex, 148);
EXPORT_ORDINAL(oleaut32, SafeArrayCreateVector, 411);
