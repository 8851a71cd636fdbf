/*
 * kernel32/tlhelp32.h - entries of snapshots (MSDN, tlhelp32.h).
 */
#ifndef PEWTER_KERNEL32_TLHELP32_H
#define PEWTER_KERNEL32_TLHELP32_H

#include "nt/ntdef.h"

typedef struct tagPROCESSENTRY32W {
	DWORD dwSize, cntUsage, th32ProcessID;
	ULONG_PTR th32DefaultHeapID;
	DWORD th32ModuleID, cntThreads, th32ParentProcessID;
	LONG pcPriClassBase;
	DWORD dwFlags;
	WCHAR szExeFile[MAX_PATH];
} PROCESSENTRY32W;

#define HF32_DEFAULT 1u
typedef struct tagHEAPLIST32 {
	SIZE_T dwSize;
	DWORD th32ProcessID;
	ULONG_PTR th32HeapID;
	DWORD dwFlags;
} HEAPLIST32;

#endif
