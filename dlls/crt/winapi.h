/*
 * dlls/crt/winapi.h - the functions of kernel32 and ntdll that the runtime calls.
 */
#ifndef PEWTER_DLLS_CRT_WINAPI_H
#define PEWTER_DLLS_CRT_WINAPI_H

#include "nt/context.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/peb.h"
#include "nt/winerror.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/rtl.h"

#define CRT_WEAK __attribute__((weak))

#define CP_ACP 0
#define CP_OEMCP 1
#define CP_UTF8 65001
#define MB_PRECOMPOSED 1u
#define MB_ERR_INVALID_CHARS 8u
#define WC_NO_BEST_FIT_CHARS 0x400u
#define WC_ERR_INVALID_CHARS 0x80u

CRT_WEAK INT WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCSTR from, INT from_size, LPWSTR to, INT to_size);
CRT_WEAK INT WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWSTR from, INT from_size, LPSTR to, INT to_size,
					LPCSTR default_char, LPBOOL used_default);
CRT_WEAK UINT WINAPI GetACP(void);
CRT_WEAK UINT WINAPI GetOEMCP(void);
CRT_WEAK BOOL WINAPI IsValidCodePage(UINT code_page);
CRT_WEAK INT WINAPI CompareStringW(LCID locale, DWORD flags, LPCWSTR a, INT a_size, LPCWSTR b, INT b_size);
CRT_WEAK INT WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR from, INT from_size, LPWSTR to, INT to_size);
CRT_WEAK BOOL WINAPI GetStringTypeW(DWORD type, LPCWSTR from, INT size, USHORT *to);
CRT_WEAK INT WINAPI GetLocaleInfoW(LCID locale, LCTYPE type, LPWSTR to, INT size);
CRT_WEAK LCID WINAPI GetUserDefaultLCID(void);

CRT_WEAK HMODULE WINAPI GetModuleHandleW(LPCWSTR name);
CRT_WEAK BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
CRT_WEAK DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR to, DWORD size);

typedef struct _WIN32_FIND_DATAW {
	DWORD dwFileAttributes;
	FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
	DWORD nFileSizeHigh, nFileSizeLow, dwReserved0, dwReserved1;
	WCHAR cFileName[MAX_PATH];
	WCHAR cAlternateFileName[14];
} WIN32_FIND_DATAW;
CRT_WEAK HANDLE WINAPI FindFirstFileW(LPCWSTR pattern, WIN32_FIND_DATAW *data);
CRT_WEAK BOOL WINAPI FindNextFileW(HANDLE find, WIN32_FIND_DATAW *data);
CRT_WEAK BOOL WINAPI FindClose(HANDLE find);
CRT_WEAK DWORD WINAPI GetFileAttributesW(LPCWSTR name);

CRT_WEAK HANDLE WINAPI CreateThread(SECURITY_ATTRIBUTES *security, SIZE_T stack, DWORD(WINAPI *start)(LPVOID),
				    LPVOID argument, DWORD flags, LPDWORD id);
CRT_WEAK void WINAPI ExitThread(DWORD code);
CRT_WEAK BOOL WINAPI CloseHandle(HANDLE handle);
CRT_WEAK DWORD WINAPI ResumeThread(HANDLE thread);
CRT_WEAK HANDLE WINAPI GetStdHandle(DWORD which);
CRT_WEAK BOOL WINAPI WriteFile(HANDLE file, LPCVOID data, DWORD size, LPDWORD written, void *overlapped);
CRT_WEAK DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
CRT_WEAK BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code);
CRT_WEAK void WINAPI Sleep(DWORD milliseconds);
CRT_WEAK BOOL WINAPI Beep(DWORD frequency, DWORD duration);
CRT_WEAK LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter);
CRT_WEAK LONG WINAPI UnhandledExceptionFilter(EXCEPTION_POINTERS *pointers);
CRT_WEAK BOOL WINAPI SetConsoleCtrlHandler(BOOL(WINAPI *handler)(DWORD), BOOL add);
CRT_WEAK void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments);
CRT_WEAK HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags);
CRT_WEAK BOOL WINAPI FreeLibrary(HMODULE module);
CRT_WEAK PVOID WINAPI GetProcAddress(HMODULE module, LPCSTR name);

typedef struct _TIME_ZONE_INFORMATION {
	LONG Bias;
	WCHAR StandardName[32];
	SYSTEMTIME StandardDate;
	LONG StandardBias;
	WCHAR DaylightName[32];
	SYSTEMTIME DaylightDate;
	LONG DaylightBias;
} TIME_ZONE_INFORMATION;
CRT_WEAK DWORD WINAPI GetTimeZoneInformation(TIME_ZONE_INFORMATION *zone);

CRT_WEAK SIZE_T WINAPI RtlSizeHeap(PVOID heap, ULONG flags, const void *block);
CRT_WEAK PVOID WINAPI RtlReAllocateHeap(PVOID heap, ULONG flags, PVOID block, SIZE_T size);
CRT_WEAK BOOLEAN WINAPI RtlValidateHeap(PVOID heap, ULONG flags, const void *block);
CRT_WEAK NTSTATUS WINAPI RtlWalkHeap(PVOID heap, PVOID entry);
CRT_WEAK ULONG WINAPI RtlCompactHeap(PVOID heap, ULONG flags);
CRT_WEAK void WINAPI RtlUnwindEx(PVOID target_frame, PVOID target_ip, EXCEPTION_RECORD *record, PVOID value,
				 CONTEXT *context, UNWIND_HISTORY_TABLE *history);
CRT_WEAK void WINAPI RtlCaptureContext(CONTEXT *context);
CRT_WEAK PRUNTIME_FUNCTION WINAPI RtlLookupFunctionEntry(DWORD64 pc, DWORD64 *base, UNWIND_HISTORY_TABLE *history);

#pragma weak RtlAllocateHeap
#pragma weak RtlFreeHeap
#pragma weak ke_call_guest
#pragma weak ps_terminate_process
#pragma weak ps_exit_process

#endif
