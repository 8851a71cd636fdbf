/*
 * dlls/crt/winio.h - the file functions of kernel32 that stdio and low-level files call.
 */
#ifndef PEWTER_DLLS_CRT_WINIO_H
#define PEWTER_DLLS_CRT_WINIO_H

#include "dlls/crt/winapi.h"
#include "nt/winfile.h"

CRT_WEAK HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security,
				   DWORD disposition, DWORD flags, HANDLE template);
CRT_WEAK BOOL WINAPI ReadFile(HANDLE file, LPVOID to, DWORD size, LPDWORD done, LPVOID overlapped);
CRT_WEAK BOOL WINAPI WriteFile(HANDLE file, LPCVOID from, DWORD size, LPDWORD done, LPVOID overlapped);
CRT_WEAK BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER position, DWORD method);
CRT_WEAK BOOL WINAPI SetEndOfFile(HANDLE file);
CRT_WEAK BOOL WINAPI FlushFileBuffers(HANDLE file);
CRT_WEAK BOOL WINAPI LockFile(HANDLE file, DWORD low, DWORD high, DWORD size_low, DWORD size_high);
CRT_WEAK BOOL WINAPI UnlockFile(HANDLE file, DWORD low, DWORD high, DWORD size_low, DWORD size_high);
CRT_WEAK DWORD WINAPI GetFileType(HANDLE file);
CRT_WEAK BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size);
CRT_WEAK BOOL WINAPI GetFileInformationByHandle(HANDLE file, BY_HANDLE_FILE_INFORMATION *information);
CRT_WEAK BOOL WINAPI GetFileAttributesExW(LPCWSTR name, INT level, LPVOID data);
CRT_WEAK BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes);
CRT_WEAK BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *creation, const FILETIME *access, const FILETIME *write);
CRT_WEAK BOOL WINAPI DeleteFileW(LPCWSTR name);
CRT_WEAK BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags);
CRT_WEAK BOOL WINAPI CreateDirectoryW(LPCWSTR name, SECURITY_ATTRIBUTES *security);
CRT_WEAK BOOL WINAPI RemoveDirectoryW(LPCWSTR name);
CRT_WEAK BOOL WINAPI SetCurrentDirectoryW(LPCWSTR name);
CRT_WEAK DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR to);
CRT_WEAK DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR to, LPWSTR *file_part);
CRT_WEAK DWORD WINAPI GetTempPathW(DWORD size, LPWSTR to);
CRT_WEAK UINT WINAPI GetDriveTypeW(LPCWSTR root);
CRT_WEAK DWORD WINAPI GetLogicalDrives(void);
CRT_WEAK BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD free_clusters,
				       LPDWORD clusters);
CRT_WEAK BOOL WINAPI CreatePipe(PHANDLE read, PHANDLE write, SECURITY_ATTRIBUTES *security, DWORD size);
CRT_WEAK BOOL WINAPI PeekNamedPipe(HANDLE pipe, LPVOID to, DWORD size, LPDWORD read, LPDWORD available, LPDWORD left);
CRT_WEAK BOOL WINAPI DuplicateHandle(HANDLE process, HANDLE handle, HANDLE target_process, PHANDLE target, DWORD access,
				     BOOL inherit, DWORD options);
CRT_WEAK HANDLE WINAPI GetStdHandle(DWORD which);
CRT_WEAK BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle);
CRT_WEAK BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode);
CRT_WEAK BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode);
CRT_WEAK BOOL WINAPI WriteConsoleW(HANDLE console, LPCVOID from, DWORD count, LPDWORD done, LPVOID reserved);
CRT_WEAK BOOL WINAPI ReadConsoleW(HANDLE console, LPVOID to, DWORD count, LPDWORD done, LPVOID control);
CRT_WEAK UINT WINAPI GetConsoleOutputCP(void);
CRT_WEAK UINT WINAPI GetConsoleCP(void);
CRT_WEAK BOOL WINAPI AreFileApisANSI(void);
CRT_WEAK DWORD WINAPI GetCurrentProcessId(void);
CRT_WEAK void WINAPI GetSystemTimeAsFileTime(FILETIME *time);

CRT_WEAK NTSTATUS WINAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION *section, ULONG spin);
CRT_WEAK NTSTATUS WINAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION *section);
CRT_WEAK NTSTATUS WINAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION *section);
CRT_WEAK NTSTATUS WINAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION *section);

#endif
