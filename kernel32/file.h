/*
 * kernel32/file.h - what the files about files share.
 */
#ifndef PEWTER_KERNEL32_FILE_H
#define PEWTER_KERNEL32_FILE_H

#include "kernel32/kernel32.h"
#include "nt/winfile.h"
#include "ntdll/io/io.h"

/* A DOS name and the OBJECT_ATTRIBUTES for what NT calls it. */
struct file_name {
	struct io_wide nt;
	UNICODE_STRING string;
	OBJECT_ATTRIBUTES attributes;
};
/* False with the last error set: ERROR_PATH_NOT_FOUND for names too long or empty (`empty_error` for these).
 * Must be closed with file_name_free in either case. */
BOOL file_name_set(struct file_name *name, LPCWSTR dos);
void file_name_free(struct file_name *name);

/* An ANSI (or OEM, after SetFileApisToOEM) argument as UTF-16 in `wide`; NULL stays NULL.  NULL with the last error set
 * when memory runs out. */
struct wide_argument {
	struct io_wide wide;
	LPCWSTR text;
	bool failed;
};
LPCWSTR wide_argument_set(struct wide_argument *argument, LPCSTR text);
void wide_argument_free(struct wide_argument *argument);
/* UTF-16 to the code page of the file functions.  Returns the bytes needed without a terminator; writes and terminates
 * only when they all fit with it. */
DWORD ansi_result(LPSTR buffer, DWORD capacity, const WCHAR *text, DWORD length);
/* The same, for functions that return the length of what fits, else the size needed with the terminator. */
DWORD ansi_stored(LPSTR buffer, DWORD capacity, const WCHAR *text, size_t length);

/* Opens for metadata, as the Win32 functions that take names do. */
NTSTATUS open_by_name(HANDLE *handle, const struct file_name *name, ACCESS_MASK access, ULONG options);

/* The APC that calls a completion routine, its context. */
void WINAPI overlapped_apc(PVOID routine, IO_STATUS_BLOCK *iosb, ULONG reserved);

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static inline FILETIME filetime_of(LARGE_INTEGER time)
{
	return (FILETIME){time.LowPart, (DWORD)time.HighPart};
}
static inline LONGLONG filetime_value(const FILETIME *time)
{
	return time ? (LONGLONG)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime) : 0;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
			  DWORD flags, HANDLE template_file);
HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
			  DWORD flags, HANDLE template_file);
BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD size, LPDWORD read, LPOVERLAPPED overlapped);
BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD written, LPOVERLAPPED overlapped);
BOOL WINAPI SetEndOfFile(HANDLE file);
BOOL WINAPI CopyFileExW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE routine, LPVOID data, BOOL *cancel, DWORD flags);
DWORD WINAPI SetFilePointer(HANDLE file, LONG distance, PLONG high, DWORD method);
DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR buffer, LPWSTR *file_part);
DWORD WINAPI GetFileAttributesW(LPCWSTR name);
HANDLE WINAPI GetStdHandle(DWORD which);

#endif
