/*
 * dlls/oleaut32/oleaut32.h - strings, variants and arrays of automation.
 */
#ifndef PEWTER_DLLS_OLEAUT32_H
#define PEWTER_DLLS_OLEAUT32_H

#include "dlls/ole32/ole32.h"
#include <stdbool.h>

BSTR WINAPI SysAllocString(const OLECHAR *string);
BSTR WINAPI SysAllocStringLen(const OLECHAR *string, UINT length);
BSTR WINAPI SysAllocStringByteLen(LPCSTR bytes, UINT size);
void WINAPI SysFreeString(BSTR string);
UINT WINAPI SysStringLen(BSTR string);
UINT WINAPI SysStringByteLen(BSTR string);
HRESULT WINAPI VariantClear(VARIANT *variant);
HRESULT WINAPI VariantCopy(VARIANT *to, const VARIANT *from);
HRESULT WINAPI SafeArrayDestroy(SAFEARRAY *array);
HRESULT WINAPI SafeArrayCopy(SAFEARRAY *array, SAFEARRAY **copy);

/* Bytes of a value of this type in an array; 0 = may not be in one. */
UINT oleaut_element_size(VARTYPE type);

#endif
