/*
 * dlls/oleaut32/errorinfo.c - the error object of a thread.
 */
#include "dlls/oleaut32/oleaut32.h"

static __thread IUnknown *error_object;

/* S_FALSE when none is set; the caller gets the reference. */
EXPORT(oleaut32, HRESULT, GetErrorInfo, (ULONG reserved, IUnknown **error))
{
	if (!error || reserved)
		return E_INVALIDARG;
	*error = error_object;
	error_object = NULL;
	return *error ? S_OK : S_FALSE;
}

EXPORT(oleaut32, HRESULT, SetErrorInfo, (ULONG reserved, IUnknown *error))
{
	IUnknown *old = error_object;

	if (reserved)
		return E_INVALIDARG;
	if (error)
		COM_ADDREF(error);
	error_object = error;
	if (old)
		COM_RELEASE(old);
	return S_OK;
}

EXPORT_ORDINAL(oleaut32, GetErrorInfo, 200);
EXPORT_ORDINAL(oleaut32, SetErrorInfo, 201);
