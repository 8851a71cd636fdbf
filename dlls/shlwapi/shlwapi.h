/*
 * dlls/shlwapi/shlwapi.h - the streams of shlwapi, for the DLLs that read and write files through IStream.
 */
#ifndef PEWTER_DLLS_SHLWAPI_H
#define PEWTER_DLLS_SHLWAPI_H

#include "dlls/ole32/ole32.h"

HRESULT WINAPI SHCreateStreamOnFileEx(LPCWSTR file, DWORD mode, DWORD attributes, BOOL create, IStream *template_stream,
				      IStream **stream);
HRESULT WINAPI SHCreateStreamOnFileW(LPCWSTR file, DWORD mode, IStream **stream);
IStream *WINAPI SHCreateMemStream(const BYTE *initial, UINT size);

#endif
