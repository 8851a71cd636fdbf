/*
 * dlls/ole32/propvariant.c - values of properties: clearing and copying (MSDN PropVariantClear, PropVariantCopy).
 */
#include "dlls/ole32/ole32.h"

/* BSTRs belong to oleaut32, which sits above: its length word is all that is needed here.  The block starts four
 * bytes of padding and four of length before the characters (oleaut32/bstr.c). */
static void free_bstr(BSTR string)
{
	if (string)
		com_free((BYTE *)string - 8);
}

static size_t element_size(VARTYPE type)
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
	case VT_INT:
	case VT_UINT:
	case VT_R4:
	case VT_ERROR:
		return 4;
	case VT_I8:
	case VT_UI8:
	case VT_R8:
	case VT_CY:
	case VT_DATE:
	case VT_FILETIME:
		return 8;
	case VT_CLSID:
		return sizeof(GUID);
	case VT_LPSTR:
	case VT_LPWSTR:
	case VT_BSTR:
		return sizeof(void *);
	case VT_VARIANT:
		return sizeof(PROPVARIANT);
	default:
		return 0;
	}
}

EXPORT(ole32, HRESULT, PropVariantClear, (PROPVARIANT * value))
{
	HRESULT result = S_OK;
	VARTYPE base;

	if (!value)
		return S_OK;
	base = value->vt & VT_TYPEMASK;
	if (value->vt & VT_VECTOR) {
		size_t size = element_size(base);
		BYTE *elements = value->vector.pElems;

		if (!size)
			result = STG_E_INVALIDPARAMETER;
		for (ULONG i = 0; elements && size && i < value->vector.cElems; i++) {
			void *element = elements + i * size;

			if (base == VT_LPSTR || base == VT_LPWSTR)
				CoTaskMemFree(*(void **)element);
			else if (base == VT_BSTR)
				free_bstr(*(BSTR *)element);
			else if (base == VT_VARIANT)
				PropVariantClear(element);
		}
		CoTaskMemFree(elements);
	} else if (!(value->vt & (VT_BYREF | VT_ARRAY))) {
		switch (base) {
		case VT_LPSTR:
		case VT_LPWSTR:
		case VT_CLSID:
			CoTaskMemFree(value->pszVal);
			break;
		case VT_BSTR:
			free_bstr(value->bstrVal);
			break;
		case VT_BLOB:
		case VT_BLOB_OBJECT:
			CoTaskMemFree(value->blob.pBlobData);
			break;
		case VT_UNKNOWN:
		case VT_DISPATCH:
		case VT_STREAM:
		case VT_STORAGE:
		case VT_STREAMED_OBJECT:
		case VT_STORED_OBJECT:
			if (value->punkVal)
				COM_RELEASE(value->punkVal);
			break;
		default:
			if (!element_size(base) && base > VT_NULL && base != VT_DECIMAL)
				result = STG_E_INVALIDPARAMETER;
		}
	}
	memset(value, 0, sizeof(*value));
	return result;
}

EXPORT(ole32, HRESULT, FreePropVariantArray, (ULONG count, PROPVARIANT *values))
{
	if (!values)
		return E_INVALIDARG;
	for (ULONG i = 0; i < count; i++)
		PropVariantClear(&values[i]);
	return S_OK;
}
