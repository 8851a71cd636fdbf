/*
 * dlls/advapi32/registry.h - registry functions that other files of the DLLs call.
 */
#ifndef PEWTER_DLLS_ADVAPI32_REGISTRY_H
#define PEWTER_DLLS_ADVAPI32_REGISTRY_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

struct value_wide;

#define RRF_ZEROONFAILURE 0x20000000u
#define HKEY_CLASSES_ROOT ((HKEY)(intptr_t)(int32_t)0x80000000)
#define HKEY_CURRENT_USER ((HKEY)(intptr_t)(int32_t)0x80000001)
#define HKEY_LOCAL_MACHINE ((HKEY)(intptr_t)(int32_t)0x80000002)

LONG WINAPI RegOpenKeyExW(HKEY key, LPCWSTR sub_key, DWORD options, DWORD access, HKEY *result);
LONG WINAPI RegCreateKeyExW(HKEY key, LPCWSTR sub_key, DWORD reserved, LPWSTR class, DWORD options, DWORD access,
			    SECURITY_ATTRIBUTES *security, HKEY *result, LPDWORD disposition);
BOOL WINAPI GetComputerNameW(LPWSTR buffer, LPDWORD length);
LONG WINAPI RegConnectRegistryW(LPCWSTR machine, HKEY key, HKEY *result);
LONG WINAPI RegCloseKey(HKEY key);
LONG WINAPI RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size);
LONG WINAPI RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size);
LONG WINAPI RegEnumKeyExW(HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPWSTR class,
			  LPDWORD class_length, FILETIME *time);
LONG WINAPI RegEnumValueW(HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type,
			  LPBYTE data, LPDWORD size);
LONG WINAPI RegQueryInfoKeyW(HKEY key, LPWSTR class, LPDWORD class_length, LPDWORD reserved, LPDWORD sub_keys,
			     LPDWORD longest_key, LPDWORD longest_class, LPDWORD values, LPDWORD longest_name,
			     LPDWORD longest_value, LPDWORD security, FILETIME *time);
LONG WINAPI RegOpenKeyExA(HKEY key, LPCSTR sub_key, DWORD options, DWORD access, HKEY *result);
LONG WINAPI RegQueryValueExA(HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size);
LONG WINAPI RegSetValueExA(HKEY key, LPCSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size);
LONG WINAPI RegSetKeyValueW(HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD type, const void *data, DWORD size);
LONG WINAPI RegDeleteKeyW(HKEY key, LPCWSTR sub_key);
LONG WINAPI RegDeleteValueW(HKEY key, LPCWSTR name);
LONG WINAPI RegGetValueW(HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, LPDWORD type, void *data, LPDWORD size);
LONG WINAPI RegGetValueA(HKEY key, LPCSTR sub_key, LPCSTR name, DWORD flags, LPDWORD type, void *data, LPDWORD size);

LONG WINAPI RegSaveKeyExW(HKEY key, LPCWSTR name, SECURITY_ATTRIBUTES *security, DWORD format);
LONG WINAPI RegSaveKeyExA(HKEY key, LPCSTR name, SECURITY_ATTRIBUTES *security, DWORD format);
LONG WINAPI RegRestoreKeyW(HKEY key, LPCWSTR name, DWORD flags);
LONG WINAPI RegLoadKeyW(HKEY key, LPCWSTR sub_key, LPCWSTR file);
LONG WINAPI RegUnLoadKeyW(HKEY key, LPCWSTR sub_key);
LONG WINAPI RegQueryMultipleValuesW(HKEY key, struct value_wide *values, DWORD count, LPWSTR buffer, LPDWORD size);

LONG advapi_error(NTSTATUS status);
void advapi_string(UNICODE_STRING *string, const char16_t *text, size_t length);
/* Opens or makes what a path below a key says. */
LONG advapi_open(HKEY key, LPCWSTR sub_key, bool create, LPCWSTR class, DWORD options, DWORD access, HKEY *result,
		 DWORD *disposition);
/* A handle for a call on the key itself: a predefined one is opened for it, and closed by advapi_leave. */
LONG advapi_enter(HKEY key, DWORD access, HANDLE *handle, bool *own);
void advapi_leave(HANDLE handle, bool own);
/* Runs a query with a buffer that is large enough; the caller frees it. */
NTSTATUS advapi_query(NTSTATUS (*query)(HANDLE, void *, void *, ULONG, ULONG *), HANDLE handle, void *argument, void **answer);
/* For that: KeyValuePartialInformation of the value that a UNICODE_STRING names. */
NTSTATUS advapi_query_partial(HANDLE handle, void *name, void *buffer, ULONG size, ULONG *needed);
/* Stores data as RegQueryValueEx does: the size always, the data if there is room, ERROR_MORE_DATA if not. */
LONG advapi_store(const void *data, DWORD length, LPBYTE to, LPDWORD size);

/* A string of the ANSI code page as UTF-16, to be freed; NULL stays NULL.  False: no memory. */
BOOL advapi_widen(LPCSTR string, LPWSTR *wide);

#endif
