/*
 * nt/ntdef.h - the basic types of Windows NT, as guest programs see them.
 *
 * Sizes are Windows': LONG is 32 bits, WCHAR is UTF-16.  Wide literals are written u"...".
 * Everything here is written from Microsoft's public documentation.
 */
#ifndef PEWTER_NT_NTDEF_H
#define PEWTER_NT_NTDEF_H

#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

/* The border: guest code calls with Microsoft's convention, host code with System V's. */
#if defined(__x86_64__)
#define WINAPI __attribute__((ms_abi))
#define CDECL __attribute__((ms_abi))
typedef __builtin_ms_va_list ms_va_list;
#define ms_va_start(list, last) __builtin_ms_va_start(list, last)
#define ms_va_end(list) __builtin_ms_va_end(list)
#define ms_va_copy(to, from) __builtin_ms_va_copy(to, from)
#else
#define WINAPI __attribute__((stdcall))
#define CDECL __attribute__((cdecl))
typedef __builtin_va_list ms_va_list;
#define ms_va_start(list, last) __builtin_va_start(list, last)
#define ms_va_end(list) __builtin_va_end(list)
#define ms_va_copy(to, from) __builtin_va_copy(to, from)
#endif
#define NTAPI WINAPI
#define CALLBACK WINAPI

typedef void VOID;
typedef void *PVOID, *LPVOID;
typedef const void *PCVOID, *LPCVOID;
typedef void *HANDLE, **PHANDLE, **LPHANDLE;
typedef HANDLE HMODULE, HINSTANCE, HLOCAL, HGLOBAL, HRSRC, HWND, HKEY;

typedef char CHAR, *PCHAR, *PSTR, *LPSTR, *LPCH;
typedef const char *PCSTR, *LPCSTR, *LPCCH;
typedef char16_t WCHAR, *PWCHAR, *PWSTR, *LPWSTR, *LPWCH;
typedef const char16_t *PCWSTR, *LPCWSTR, *LPCWCH;

typedef int8_t INT8;
typedef uint8_t BYTE, UCHAR, BOOLEAN, UINT8, *PBYTE, *LPBYTE, *PUCHAR, *PBOOLEAN;
typedef int16_t SHORT, *PSHORT, INT16;
typedef uint16_t WORD, USHORT, UINT16, ATOM, LANGID, *PWORD, *LPWORD, *PUSHORT;
typedef int32_t INT, LONG, BOOL, INT32, NTSTATUS, HRESULT, *PINT, *LPINT, *PLONG, *LPLONG, *PBOOL, *LPBOOL;
typedef uint32_t UINT, ULONG, DWORD, UINT32, ACCESS_MASK, LCID, LCTYPE, *PUINT, *PULONG, *PDWORD, *LPDWORD;
typedef int64_t LONGLONG, LONG64, INT64, *PLONGLONG, *PLONG64;
typedef uint64_t ULONGLONG, DWORDLONG, DWORD64, ULONG64, UINT64, *PULONGLONG, *PDWORD64, *PULONG64;
typedef intptr_t INT_PTR, LONG_PTR, SSIZE_T;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR, KAFFINITY, WPARAM, *PULONG_PTR, *PDWORD_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef intptr_t LPARAM, LRESULT;
typedef float FLOAT;
typedef double DOUBLE;
typedef LONG KPRIORITY;
typedef INT_PTR(WINAPI *FARPROC)(void);

#define TRUE 1
#define FALSE 0
#define MAX_PATH 260
#define INVALID_HANDLE_VALUE ((HANDLE)(intptr_t)-1)
#define INFINITE 0xFFFFFFFFu

typedef union _LARGE_INTEGER {
	struct {
		DWORD LowPart;
		LONG HighPart;
	};
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	struct {
		DWORD LowPart;
		DWORD HighPart;
	};
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
	DWORD LowPart;
	LONG HighPart;
} LUID, *PLUID;

typedef struct _GUID {
	DWORD Data1;
	WORD Data2;
	WORD Data3;
	BYTE Data4[8];
} GUID, IID, CLSID, *LPGUID, *LPCLSID;
typedef const GUID *REFGUID, *REFIID, *REFCLSID;

typedef struct _FILETIME {
	DWORD dwLowDateTime;
	DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

/* Length and MaximumLength are bytes, not characters; Buffer need not be terminated. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
	USHORT Length;
	USHORT MaximumLength;
	PCHAR Buffer;
} STRING, ANSI_STRING, OEM_STRING, *PSTRING, *PANSI_STRING, *POEM_STRING;
typedef const STRING *PCANSI_STRING;

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _CLIENT_ID {
	HANDLE UniqueProcess;
	HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _OBJECT_ATTRIBUTES {
	ULONG Length;
	HANDLE RootDirectory;
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
	PVOID SecurityDescriptor;
	PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define OBJ_INHERIT 0x00000002
#define OBJ_PERMANENT 0x00000010
#define OBJ_EXCLUSIVE 0x00000020
#define OBJ_CASE_INSENSITIVE 0x00000040
#define OBJ_OPENIF 0x00000080
#define OBJ_OPENLINK 0x00000100
#define OBJ_KERNEL_HANDLE 0x00000200
#define OBJ_VALID_ATTRIBUTES 0x00001FF2

typedef struct _IO_STATUS_BLOCK {
	union {
		NTSTATUS Status;
		PVOID Pointer;
	};
	ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef struct _SECURITY_ATTRIBUTES {
	DWORD nLength;
	LPVOID lpSecurityDescriptor;
	BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

typedef struct _SYSTEMTIME {
	WORD wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

/* Standard and generic access rights (winnt.h). */
#define DELETE 0x00010000u
#define READ_CONTROL 0x00020000u
#define WRITE_DAC 0x00040000u
#define WRITE_OWNER 0x00080000u
#define SYNCHRONIZE 0x00100000u
#define STANDARD_RIGHTS_REQUIRED 0x000F0000u
#define STANDARD_RIGHTS_ALL 0x001F0000u
#define ACCESS_SYSTEM_SECURITY 0x01000000u
#define MAXIMUM_ALLOWED 0x02000000u
#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_EXECUTE 0x20000000u
#define GENERIC_ALL 0x10000000u

#define EVENT_MODIFY_STATE 0x0002u
#define THREAD_TERMINATE 0x0001u
#define THREAD_SUSPEND_RESUME 0x0002u
#define THREAD_GET_CONTEXT 0x0008u
#define THREAD_SET_CONTEXT 0x10u
#define THREAD_SET_INFORMATION 0x0020u
#define THREAD_SET_THREAD_TOKEN 0x0080u
#define THREAD_QUERY_INFORMATION 0x0040u
#define THREAD_SET_LIMITED_INFORMATION 0x0400u
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800u
#define PROCESS_TERMINATE 0x0001u
#define PROCESS_CREATE_THREAD 0x0002u
#define PROCESS_VM_OPERATION 0x0008u
#define PROCESS_VM_READ 0x0010u
#define PROCESS_VM_WRITE 0x0020u
#define PROCESS_DUP_HANDLE 0x0040u
#define PROCESS_CREATE_PROCESS 0x0080u
#define PROCESS_SET_QUOTA 0x0100u
#define PROCESS_SET_INFORMATION 0x0200u
#define PROCESS_QUERY_INFORMATION 0x0400u
#define PROCESS_SUSPEND_RESUME 0x0800u
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000u

#define DUPLICATE_CLOSE_SOURCE 0x00000001
#define DUPLICATE_SAME_ACCESS 0x00000002
#define DUPLICATE_SAME_ATTRIBUTES 0x00000004
#define HANDLE_FLAG_INHERIT 0x00000001
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x00000002

#define NtCurrentProcess() ((HANDLE)(intptr_t)-1)
#define NtCurrentThread() ((HANDLE)(intptr_t)-2)

#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)

#define CONTAINING_RECORD(address, type, field) ((type *)((char *)(address) - offsetof(type, field)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
