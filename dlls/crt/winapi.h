/*
 * dlls/crt/winapi.h - the functions of kernel32 and ntdll that the runtime calls.
 */
#ifndef PEWTER_DLLS_CRT_WINAPI_H
#define PEWTER_DLLS_CRT_WINAPI_H

#include "nt/context.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/peb.h"
#include "nt/winbase.h"
#include "nt/winerror.h"
#include "nt/winfile.h"
#include "nt/winnls.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"

/* What may be missing in this build; its callers look. */
#define CRT_WEAK __attribute__((weak))

INT WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCSTR from, INT from_size, LPWSTR to, INT to_size);
INT WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWSTR from, INT from_size, LPSTR to, INT to_size,
					LPCSTR default_char, LPBOOL used_default);
UINT WINAPI GetACP(void);
UINT WINAPI GetOEMCP(void);
BOOL WINAPI IsValidCodePage(UINT code_page);
INT WINAPI CompareStringW(LCID locale, DWORD flags, LPCWSTR a, INT a_size, LPCWSTR b, INT b_size);
INT WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR from, INT from_size, LPWSTR to, INT to_size);
BOOL WINAPI GetStringTypeW(DWORD type, LPCWSTR from, INT size, USHORT *to);
INT WINAPI LCIDToLocaleName(LCID lcid, LPWSTR name, INT size, DWORD flags);
INT WINAPI GetLocaleInfoW(LCID locale, LCTYPE type, LPWSTR to, INT size);
LCID WINAPI GetUserDefaultLCID(void);

HMODULE WINAPI GetModuleHandleW(LPCWSTR name);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR to, DWORD size);

HANDLE WINAPI FindFirstFileW(LPCWSTR pattern, WIN32_FIND_DATAW *data);
BOOL WINAPI FindNextFileW(HANDLE find, WIN32_FIND_DATAW *data);
BOOL WINAPI FindClose(HANDLE find);
DWORD WINAPI GetFileAttributesW(LPCWSTR name);

HANDLE WINAPI CreateThread(SECURITY_ATTRIBUTES *security, SIZE_T stack, DWORD(WINAPI *start)(LPVOID),
				    LPVOID argument, DWORD flags, LPDWORD id);
void WINAPI ExitThread(DWORD code);
BOOL WINAPI CloseHandle(HANDLE handle);
DWORD WINAPI ResumeThread(HANDLE thread);
HANDLE WINAPI GetStdHandle(DWORD which);
BOOL WINAPI WriteFile(HANDLE file, LPCVOID data, DWORD size, LPDWORD written, void *overlapped);
DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code);
void WINAPI Sleep(DWORD milliseconds);
BOOL WINAPI Beep(DWORD frequency, DWORD duration);
LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter);
LONG WINAPI UnhandledExceptionFilter(EXCEPTION_POINTERS *pointers);
BOOL WINAPI SetConsoleCtrlHandler(BOOL(WINAPI *handler)(DWORD), BOOL add);
void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments);
HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags);
BOOL WINAPI FreeLibrary(HMODULE module);
PVOID WINAPI GetProcAddress(HMODULE module, LPCSTR name);
DWORD WINAPI GetTimeZoneInformation(TIME_ZONE_INFORMATION *zone);

#endif
