/*
 * dlls/oleaut32/variant.c - VARIANTs: clearing, copying, and conversion between the numeric types, booleans and
 * strings (MSDN VariantChangeType).  Dates, currency and decimals convert only to themselves.
 */
#include "dlls/oleaut32/oleaut32.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define VARIANT_ALPHABOOL 2

static bool valid_type(VARTYPE type)
{
	VARTYPE base = type & VT_TYPEMASK;

	if (type & ~(VT_TYPEMASK | VT_BYREF | VT_ARRAY))
		return false;
	if ((type & (VT_BYREF | VT_ARRAY)) && base <= VT_NULL)
		return false;
	return base <= VT_UINT && base != 15 ? true : base == VT_RECORD;
}

EXPORT(oleaut32, void, VariantInit, (VARIANT * variant))
{
	memset(variant, 0, sizeof(*variant));
}

EXPORT(oleaut32, HRESULT, VariantClear, (VARIANT * variant))
{
	if (!valid_type(variant->vt))
		return DISP_E_BADVARTYPE;
	if (!(variant->vt & VT_BYREF)) {
		if (variant->vt & VT_ARRAY) {
			HRESULT result = variant->parray ? SafeArrayDestroy(variant->parray) : S_OK;

			if (FAILED(result))
				return result;
		} else if (variant->vt == VT_BSTR) {
			SysFreeString(variant->bstrVal);
		} else if ((variant->vt == VT_UNKNOWN || variant->vt == VT_DISPATCH) && variant->punkVal) {
			COM_RELEASE(variant->punkVal);
		} else if (variant->vt == VT_RECORD && variant->record.pRecInfo) {
			COM_RELEASE(variant->record.pRecInfo);
		}
	}
	variant->vt = VT_EMPTY;
	return S_OK;
}

EXPORT(oleaut32, HRESULT, VariantCopy, (VARIANT * to, const VARIANT *from))
{
	VARIANT copy = *from;
	HRESULT result;

	if (to == from)
		return S_OK;
	if (!valid_type(from->vt))
		return DISP_E_BADVARTYPE;
	if (!(from->vt & VT_BYREF)) {
		if (from->vt == VT_RECORD)
			return E_NOTIMPL;
		if ((from->vt & VT_ARRAY) && from->parray) {
			result = SafeArrayCopy(from->parray, &copy.parray);
			if (FAILED(result))
				return result;
		} else if (from->vt == VT_BSTR) {
			copy.bstrVal = from->bstrVal ? SysAllocStringByteLen((LPCSTR)from->bstrVal,
									     SysStringByteLen(from->bstrVal))
						     : NULL;
			if (from->bstrVal && !copy.bstrVal)
				return E_OUTOFMEMORY;
		} else if ((from->vt == VT_UNKNOWN || from->vt == VT_DISPATCH) && from->punkVal) {
			COM_ADDREF(from->punkVal);
		}
	}
	result = VariantClear(to);
	if (SUCCEEDED(result)) {
		*to = copy;
		return S_OK;
	}
	VariantClear(&copy);
	return result;
}

/* What a variant by reference points to, as a value of its own. */
static HRESULT dereference(const VARIANT *from, VARIANT *value)
{
	VARTYPE base = from->vt & VT_TYPEMASK;
	UINT size = oleaut_element_size(base);

	memset(value, 0, sizeof(*value));
	if (!from->byref)
		return E_INVALIDARG;
	if (base == VT_VARIANT && !(from->vt & VT_ARRAY)) {
		*value = *from->pvarVal;
		return value->vt & VT_BYREF ? E_INVALIDARG : S_OK;
	}
	if (from->vt & VT_ARRAY)
		memcpy(&value->parray, from->byref, sizeof(void *));
	else if (base == VT_DECIMAL)
		memcpy(value, from->byref, sizeof(DECIMAL));
	else if (size)
		memcpy(&value->llVal, from->byref, size);
	else
		return DISP_E_BADVARTYPE;
	value->vt = from->vt & ~VT_BYREF;
	return S_OK;
}

EXPORT(oleaut32, HRESULT, VariantCopyInd, (VARIANT * to, const VARIANT *from))
{
	VARIANT value;
	HRESULT result;

	if (!(from->vt & VT_BYREF))
		return VariantCopy(to, from);
	result = dereference(from, &value);
	return FAILED(result) ? result : VariantCopy(to, &value);
}

/* A number: an integer where it is one, else a double. */
struct number {
	bool integer, is_unsigned;
	LONGLONG i;
	DOUBLE d;
};

static HRESULT number_of_string(const OLECHAR *string, struct number *number)
{
	char text[64];
	size_t length = 0;
	char *end;

	while (string && (*string == ' ' || *string == '\t'))
		string++;
	for (; string && *string && length < sizeof(text) - 1; string++) {
		if (*string > 127)
			return DISP_E_TYPEMISMATCH;
		text[length++] = (char)*string;
	}
	while (length && text[length - 1] == ' ')
		length--;
	text[length] = 0;
	if (!length || (string && *string))
		return DISP_E_TYPEMISMATCH;
	number->i = strtoll(text, &end, 10);
	if (!*end && number->i != INT64_MAX && number->i != INT64_MIN) {
		number->integer = true;
		number->d = (DOUBLE)number->i;
		return S_OK;
	}
	number->d = strtod(text, &end);
	number->integer = false;
	return *end || !isfinite(number->d) ? DISP_E_TYPEMISMATCH : S_OK;
}

static HRESULT number_of(const VARIANT *from, struct number *number)
{
	*number = (struct number){.integer = true};
	switch (from->vt) {
	case VT_EMPTY:
		break;
	case VT_I1:
		number->i = from->cVal;
		break;
	case VT_UI1:
		number->i = from->bVal;
		break;
	case VT_I2:
		number->i = from->iVal;
		break;
	case VT_UI2:
		number->i = from->uiVal;
		break;
	case VT_BOOL:
		number->i = from->boolVal ? -1 : 0;
		break;
	case VT_I4:
	case VT_INT:
	case VT_ERROR:
		number->i = from->lVal;
		break;
	case VT_UI4:
	case VT_UINT:
		number->i = from->ulVal;
		break;
	case VT_I8:
		number->i = from->llVal;
		break;
	case VT_UI8:
		number->i = from->llVal;
		number->is_unsigned = true;
		number->d = (DOUBLE)from->ullVal;
		return S_OK;
	case VT_R4:
		number->integer = false;
		number->d = (DOUBLE)from->fltVal;
		return S_OK;
	case VT_R8:
	case VT_DATE:
		number->integer = false;
		number->d = from->dblVal;
		return S_OK;
	case VT_BSTR:
		return number_of_string(from->bstrVal, number);
	default:
		return DISP_E_TYPEMISMATCH;
	}
	number->d = (DOUBLE)number->i;
	return S_OK;
}

/* Rounds half to even, as automation does. */
static HRESULT to_integer(const struct number *number, LONGLONG low, LONGLONG high, LONGLONG *value)
{
	if (number->integer) {
		if ((number->is_unsigned && number->i < 0) || number->i < low || number->i > high)
			return DISP_E_OVERFLOW;
		*value = number->i;
		return S_OK;
	}
	if (!(nearbyint(number->d) >= (DOUBLE)low) || !(nearbyint(number->d) <= (DOUBLE)high) ||
	    nearbyint(number->d) >= 9223372036854775808.0)
		return DISP_E_OVERFLOW;
	*value = (LONGLONG)nearbyint(number->d);
	return S_OK;
}

static HRESULT to_string(const VARIANT *from, USHORT flags, BSTR *string)
{
	OLECHAR wide[64];
	char text[64];
	size_t length = 0;

	switch (from->vt) {
	case VT_EMPTY:
		text[0] = 0;
		break;
	case VT_BOOL:
		snprintf(text, sizeof(text), "%s",
			 flags & VARIANT_ALPHABOOL ? from->boolVal ? "True" : "False"
			 : from->boolVal	   ? "-1"
						   : "0");
		break;
	case VT_R4:
		snprintf(text, sizeof(text), "%.7G", (double)from->fltVal);
		break;
	case VT_R8:
		snprintf(text, sizeof(text), "%.15G", from->dblVal);
		break;
	case VT_UI8:
		snprintf(text, sizeof(text), "%llu", (unsigned long long)from->ullVal);
		break;
	case VT_DATE:
	case VT_NULL:
		return DISP_E_TYPEMISMATCH;
	default: {
		struct number number;
		HRESULT result = number_of(from, &number);

		if (FAILED(result))
			return result;
		snprintf(text, sizeof(text), "%lld", (long long)number.i);
	}
	}
	for (; text[length]; length++)
		wide[length] = (OLECHAR)text[length];
	*string = SysAllocStringLen(wide, (UINT)length);
	return *string ? S_OK : E_OUTOFMEMORY;
}

static HRESULT to_bool(const VARIANT *from, VARIANT_BOOL *value)
{
	struct number number;
	HRESULT result;

	if (from->vt == VT_BSTR && from->bstrVal) {
		static const char *const words[] = {"false", "true", "#false#", "#true#"};

		for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
			size_t at = 0;

			while (words[i][at] && from->bstrVal[at] < 128 && (from->bstrVal[at] | 32) == (words[i][at] | 32))
				at++;
			if (!words[i][at] && !from->bstrVal[at]) {
				*value = i & 1 ? VARIANT_TRUE : VARIANT_FALSE;
				return S_OK;
			}
		}
	}
	result = number_of(from, &number);
	if (SUCCEEDED(result))
		*value = number.d != 0 ? VARIANT_TRUE : VARIANT_FALSE;
	return result;
}

static HRESULT change(VARIANT *to, const VARIANT *from, USHORT flags, VARTYPE type)
{
	static const struct {
		VARTYPE type;
		LONGLONG low, high;
	} integers[] = {
		{VT_I1, -128, 127},	{VT_UI1, 0, 255},	       {VT_I2, -32768, 32767},	    {VT_UI2, 0, 65535},
		{VT_I4, INT32_MIN, INT32_MAX}, {VT_INT, INT32_MIN, INT32_MAX}, {VT_UI4, 0, UINT32_MAX}, {VT_UINT, 0, UINT32_MAX},
		{VT_I8, INT64_MIN, INT64_MAX},
	};
	struct number number;
	HRESULT result;

	memset(to, 0, sizeof(*to));
	to->vt = type;
	if (type == VT_EMPTY || type == VT_NULL)
		return from->vt == VT_ERROR ? DISP_E_TYPEMISMATCH : S_OK;
	if (type == VT_BSTR)
		return to_string(from, flags, &to->bstrVal);
	if (type == VT_BOOL)
		return to_bool(from, &to->boolVal);
	if (type == VT_UNKNOWN && from->vt == VT_DISPATCH) {
		to->punkVal = from->punkVal;
		if (to->punkVal)
			COM_ADDREF(to->punkVal);
		return S_OK;
	}
	if (type == VT_DISPATCH && from->vt == VT_UNKNOWN)
		return from->punkVal ? COM_QUERY(from->punkVal, &IID_IDispatch, &to->punkVal) : S_OK;
	if (from->vt == VT_ERROR)
		return DISP_E_TYPEMISMATCH;
	result = number_of(from, &number);
	if (FAILED(result))
		return result;
	for (size_t i = 0; i < ARRAY_SIZE(integers); i++) {
		if (integers[i].type == type)
			return to_integer(&number, integers[i].low, integers[i].high, &to->llVal);
	}
	switch (type) {
	case VT_UI8:
		if (number.integer && (number.is_unsigned || number.i >= 0)) {
			to->llVal = number.i;
			return S_OK;
		}
		if (number.integer || !(nearbyint(number.d) >= 0) || nearbyint(number.d) >= 18446744073709551616.0)
			return DISP_E_OVERFLOW;
		to->ullVal = (ULONGLONG)nearbyint(number.d);
		return S_OK;
	case VT_R4:
		to->fltVal = (FLOAT)number.d;
		return isfinite(to->fltVal) || !isfinite(number.d) ? S_OK : DISP_E_OVERFLOW;
	case VT_R8:
	case VT_DATE:
		to->dblVal = number.d;
		return S_OK;
	default:
		return DISP_E_TYPEMISMATCH;
	}
}

EXPORT(oleaut32, HRESULT, VariantChangeTypeEx,
       (VARIANT * to, const VARIANT *from, LCID locale, USHORT flags, VARTYPE type))
{
	VARIANT value = *from, changed;
	HRESULT result;

	if (!valid_type(from->vt) || !valid_type(type) || (type & VT_BYREF))
		return DISP_E_BADVARTYPE;
	if (from->vt & VT_BYREF) {
		result = dereference(from, &value);
		if (FAILED(result))
			return result;
	}
	if (value.vt == type)
		return to == from ? S_OK : VariantCopy(to, &value);
	if ((value.vt | type) & VT_ARRAY)
		return DISP_E_TYPEMISMATCH;
	result = change(&changed, &value, flags, type);
	if (FAILED(result))
		return result;
	result = VariantClear(to);
	if (FAILED(result))
		VariantClear(&changed);
	else
		*to = changed;
	return result;
}

EXPORT(oleaut32, HRESULT, VariantChangeType, (VARIANT * to, const VARIANT *from, USHORT flags, VARTYPE type))
{
	return VariantChangeTypeEx(to, from, 0x0400, flags, type);
}

EXPORT_ORDINAL(oleaut32, VariantInit, 8);
EXPORT_ORDINAL(oleaut32, VariantClear, 9);
EXPORT_ORDINAL(oleaut32, VariantCopy, 10);
EXPORT_ORDINAL(oleaut32, VariantCopyInd, 11);
EXPORT_ORDINAL(oleaut32, VariantChangeType, 12);
EXPORT_ORDINAL(oleaut32, VariantChangeTypeEx, 147);
