/*
 * include/nt/debug.h - what a debugger is told: NT's state changes and Win32's debug events (debugapi.h, MSDN "DEBUG_EVENT").
 */
#ifndef PEWTER_NT_DEBUG_H
#define PEWTER_NT_DEBUG_H

#include "nt/context.h"
#include "nt/ntdef.h"

typedef enum _DBG_STATE {
	DbgIdle,
	DbgReplyPending,
	DbgCreateThreadStateChange,
	DbgCreateProcessStateChange,
	DbgExitThreadStateChange,
	DbgExitProcessStateChange,
	DbgExceptionStateChange,
	DbgBreakpointStateChange,
	DbgSingleStepStateChange,
	DbgLoadDllStateChange,
	DbgUnloadDllStateChange,
} DBG_STATE;

typedef struct _DBGKM_CREATE_THREAD {
	ULONG SubSystemKey;
	PVOID StartAddress;
} DBGKM_CREATE_THREAD;

typedef struct _DBGKM_CREATE_PROCESS {
	ULONG SubSystemKey;
	HANDLE FileHandle;
	PVOID BaseOfImage;
	ULONG DebugInfoFileOffset;
	ULONG DebugInfoSize;
	DBGKM_CREATE_THREAD InitialThread;
} DBGKM_CREATE_PROCESS;

typedef struct _DBGKM_LOAD_DLL {
	HANDLE FileHandle;
	PVOID BaseOfDll;
	ULONG DebugInfoFileOffset;
	ULONG DebugInfoSize;
	PVOID NamePointer; /* to a pointer to the name, in the debuggee */
} DBGKM_LOAD_DLL;

typedef struct _DBGUI_WAIT_STATE_CHANGE {
	DBG_STATE NewState;
	CLIENT_ID AppClientId;
	union {
		struct {
			EXCEPTION_RECORD ExceptionRecord;
			ULONG FirstChance;
		} Exception;
		struct {
			HANDLE HandleToThread;
			DBGKM_CREATE_THREAD NewThread;
		} CreateThread;
		struct {
			HANDLE HandleToProcess;
			HANDLE HandleToThread;
			DBGKM_CREATE_PROCESS NewProcess;
		} CreateProcessInfo;
		struct {
			NTSTATUS ExitStatus;
		} ExitThread;
		struct {
			NTSTATUS ExitStatus;
		} ExitProcess;
		DBGKM_LOAD_DLL LoadDll;
		struct {
			PVOID BaseAddress;
		} UnloadDll;
	} StateInfo;
} DBGUI_WAIT_STATE_CHANGE;

#define EXCEPTION_DEBUG_EVENT 1u
#define CREATE_THREAD_DEBUG_EVENT 2u
#define CREATE_PROCESS_DEBUG_EVENT 3u
#define EXIT_THREAD_DEBUG_EVENT 4u
#define EXIT_PROCESS_DEBUG_EVENT 5u
#define LOAD_DLL_DEBUG_EVENT 6u
#define UNLOAD_DLL_DEBUG_EVENT 7u
#define OUTPUT_DEBUG_STRING_EVENT 8u
#define RIP_EVENT 9u

typedef struct _DEBUG_EVENT {
	DWORD dwDebugEventCode;
	DWORD dwProcessId;
	DWORD dwThreadId;
	union {
		struct {
			EXCEPTION_RECORD ExceptionRecord;
			DWORD dwFirstChance;
		} Exception;
		struct {
			HANDLE hThread;
			PVOID lpThreadLocalBase;
			PVOID lpStartAddress;
		} CreateThread;
		struct {
			HANDLE hFile;
			HANDLE hProcess;
			HANDLE hThread;
			PVOID lpBaseOfImage;
			DWORD dwDebugInfoFileOffset;
			DWORD nDebugInfoSize;
			PVOID lpThreadLocalBase;
			PVOID lpStartAddress;
			PVOID lpImageName;
			WORD fUnicode;
		} CreateProcessInfo;
		struct {
			DWORD dwExitCode;
		} ExitThread;
		struct {
			DWORD dwExitCode;
		} ExitProcess;
		struct {
			HANDLE hFile;
			PVOID lpBaseOfDll;
			DWORD dwDebugInfoFileOffset;
			DWORD nDebugInfoSize;
			PVOID lpImageName;
			WORD fUnicode;
		} LoadDll;
		struct {
			PVOID lpBaseOfDll;
		} UnloadDll;
		struct {
			PVOID lpDebugStringData;
			WORD fUnicode;
			WORD nDebugStringLength;
		} DebugString;
		struct {
			DWORD dwError;
			DWORD dwType;
		} RipInfo;
	} u;
} DEBUG_EVENT;

/* NtCreateDebugObject's flag, and NtSetInformationDebugObject's only class, a ULONG of it. */
#define DEBUG_KILL_ON_CLOSE 1u
#define DebugObjectKillProcessOnExitInformation 1u

/* Rights to a debug object. */
#define DEBUG_READ_EVENT 0x1u
#define DEBUG_PROCESS_ASSIGN 0x2u
#define DEBUG_SET_INFORMATION 0x4u
#define DEBUG_QUERY_INFORMATION 0x8u
#define DEBUG_ALL_ACCESS 0x1F000Fu

#endif
