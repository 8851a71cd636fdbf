/*
 * kernel32/api.h - the exports of kernel32 that the builtin DLLs above it call.  MSDN says what each does.
 */
#ifndef PEWTER_KERNEL32_API_H
#define PEWTER_KERNEL32_API_H

#include "nt/ntdef.h"

#define FILE_SHARE_READ 1u
#define FILE_SHARE_WRITE 2u
#define FILE_SHARE_DELETE 4u
#define CREATE_NEW 1u
#define CREATE_ALWAYS 2u
#define OPEN_EXISTING 3u
#define OPEN_ALWAYS 4u
#define FILE_BEGIN 0u
#define FILE_CURRENT 1u
#define FILE_END 2u
#define FILE_ATTRIBUTE_DIRECTORY 0x10u
#define FILE_ATTRIBUTE_NORMAL 0x80u
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000u
#define INVALID_FILE_ATTRIBUTES 0xFFFFFFFFu
#define GMEM_MOVEABLE 0x0002u
#define GMEM_ZEROINIT 0x0040u
#define LMEM_FIXED 0x0000u
#define LMEM_ZEROINIT 0x0040u
#define CP_ACP 0u
#define CP_UTF8 65001u

HANDLE WINAPI CreateFileW(LPCWSTR, DWORD, DWORD, SECURITY_ATTRIBUTES *, DWORD, DWORD, HANDLE);
BOOL WINAPI ReadFile(HANDLE, LPVOID, DWORD, LPDWORD, PVOID);
BOOL WINAPI WriteFile(HANDLE, LPCVOID, DWORD, LPDWORD, PVOID);
BOOL WINAPI SetFilePointerEx(HANDLE, LARGE_INTEGER, PLARGE_INTEGER, DWORD);
BOOL WINAPI SetEndOfFile(HANDLE);
BOOL WINAPI FlushFileBuffers(HANDLE);
BOOL WINAPI GetFileSizeEx(HANDLE, PLARGE_INTEGER);
BOOL WINAPI GetFileTime(HANDLE, LPFILETIME, LPFILETIME, LPFILETIME);
BOOL WINAPI CloseHandle(HANDLE);
DWORD WINAPI GetFileAttributesW(LPCWSTR);
DWORD WINAPI GetFullPathNameW(LPCWSTR, DWORD, LPWSTR, LPWSTR *);
DWORD WINAPI GetCurrentDirectoryW(DWORD, LPWSTR);
BOOL WINAPI CreateDirectoryW(LPCWSTR, SECURITY_ATTRIBUTES *);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR, LPWSTR, DWORD);
DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR, LPWSTR, DWORD);
DWORD WINAPI GetModuleFileNameW(HMODULE, LPWSTR, DWORD);

HGLOBAL WINAPI GlobalAlloc(UINT, SIZE_T);
HGLOBAL WINAPI GlobalReAlloc(HGLOBAL, SIZE_T, UINT);
HGLOBAL WINAPI GlobalFree(HGLOBAL);
LPVOID WINAPI GlobalLock(HGLOBAL);
BOOL WINAPI GlobalUnlock(HGLOBAL);
SIZE_T WINAPI GlobalSize(HGLOBAL);
HLOCAL WINAPI LocalAlloc(UINT, SIZE_T);
HLOCAL WINAPI LocalFree(HLOCAL);

INT WINAPI MultiByteToWideChar(UINT, DWORD, LPCSTR, INT, LPWSTR, INT);
INT WINAPI WideCharToMultiByte(UINT, DWORD, LPCWSTR, INT, LPSTR, INT, LPCSTR, PBOOL);
void WINAPI GetSystemTimeAsFileTime(LPFILETIME);

/* Callers link whether or not these are built in. */
#pragma weak CloseHandle
#pragma weak CreateDirectoryW
#pragma weak CreateFileW
#pragma weak FlushFileBuffers
#pragma weak GetEnvironmentVariableW
#pragma weak ExpandEnvironmentStringsW
#pragma weak GetFileAttributesW
#pragma weak GetFileSizeEx
#pragma weak GetFileTime
#pragma weak GetModuleFileNameW
#pragma weak ReadFile
#pragma weak SetEndOfFile
#pragma weak SetFilePointerEx
#pragma weak WriteFile
#pragma weak GetFullPathNameW
#pragma weak GetCurrentDirectoryW
#pragma weak GetSystemTimeAsFileTime
#pragma weak CompareStringW

#endif
