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

/* What may be missing in this build; its callers look. */
#define CRT_WEAK __attribute__((weak))

#define CP_ACP 0
#define CP_OEMCP 1
#define CP_UTF8 65001
#define MB_PRECOMPOSED 1u
#define MB_ERR_INVALID_CHARS 8u
#define WC_NO_BEST_FIT_CHARS 0x400u
#define WC_ERR_INVALID_CHARS 0x80u

INT WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCSTR from, INT from_size, LPWSTR to, INT to_size);
INT WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWSTR from, INT from_size, LPSTR to, INT to_size,
					LPCSTR default_char, LPBOOL used_default);
UINT WINAPI GetACP(void);
UINT WINAPI GetOEMCP(void);
BOOL WINAPI IsValidCodePage(UINT code_page);
INT WINAPI CompareStringW(LCID locale, DWORD flags, LPCWSTR a, INT a_size, LPCWSTR b, INT b_size);
INT WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR from, INT from_size, LPWSTR to, INT to_size);
BOOL WINAPI GetStringTypeW(DWORD type, LPCWSTR from, INT size, USHORT *to);
INT WINAPI GetLocaleInfoW(LCID locale, LCTYPE type, LPWSTR to, INT size);
LCID WINAPI GetUserDefaultLCID(void);

HMODULE WINAPI GetModuleHandleW(LPCWSTR name);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR to, DWORD size);

typedef struct _WIN32_FIND_DATAW {
	DWORD dwFileAttributes;
	FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
	DWORD nFileSizeHigh, nFileSizeLow, dwReserved0, dwReserved1;
	WCHAR cFileName[MAX_PATH];
	WCHAR cAlternateFileName[14];
} WIN32_FIND_DATAW;
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

typedef struct _TIME_ZONE_INFORMATION {
	LONG Bias;
	WCHAR StandardName[32];
	SYSTEMTIME StandardDate;
	LONG StandardBias;
	WCHAR DaylightName[32];
	SYSTEMTIME DaylightDate;
	LONG DaylightBias;
} TIME_ZONE_INFORMATION;
DWORD WINAPI GetTimeZoneInformation(TIME_ZONE_INFORMATION *zone);

SIZE_T WINAPI RtlSizeHeap(PVOID heap, ULONG flags, const void *block);
PVOID WINAPI RtlReAllocateHeap(PVOID heap, ULONG flags, PVOID block, SIZE_T size);
BOOLEAN WINAPI RtlValidateHeap(PVOID heap, ULONG flags, const void *block);
NTSTATUS WINAPI RtlWalkHeap(PVOID heap, PVOID entry);
ULONG WINAPI RtlCompactHeap(PVOID heap, ULONG flags);
void WINAPI RtlUnwindEx(PVOID target_frame, PVOID target_ip, EXCEPTION_RECORD *record, PVOID value,
				 CONTEXT *context, UNWIND_HISTORY_TABLE *history);
void WINAPI RtlCaptureContext(CONTEXT *context);
PRUNTIME_FUNCTION WINAPI RtlLookupFunctionEntry(DWORD64 pc, DWORD64 *base, UNWIND_HISTORY_TABLE *history);

#endif
