/*
 * nt/peb.h - TEB, PEB, loader lists and process parameters of 64-bit Windows 10.
 *
 * Programs read these structures directly (gs:[30], gs:[60]), so every offset is checked below.
 * Sources: the public symbol listings of ntdll for 10.0.19045, winternl.h.
 */
#ifndef PEWTER_NT_PEB_H
#define PEWTER_NT_PEB_H

#include "nt/ntdef.h"
#include "nt/context.h"

typedef struct _NT_TIB {
	struct _EXCEPTION_REGISTRATION_RECORD *ExceptionList;
	PVOID StackBase;
	PVOID StackLimit;
	PVOID SubSystemTib;
	PVOID FiberData;
	PVOID ArbitraryUserPointer;
	struct _NT_TIB *Self;
} NT_TIB;

typedef struct _CURDIR {
	UNICODE_STRING DosPath;
	HANDLE Handle;
} CURDIR;

typedef struct _RTL_DRIVE_LETTER_CURDIR {
	USHORT Flags;
	USHORT Length;
	ULONG TimeStamp;
	STRING DosPath;
} RTL_DRIVE_LETTER_CURDIR;

typedef struct _RTL_USER_PROCESS_PARAMETERS {
	ULONG MaximumLength;
	ULONG Length;
	ULONG Flags; /* 1 = normalized: pointers, not offsets */
	ULONG DebugFlags;
	HANDLE ConsoleHandle;
	ULONG ConsoleFlags;
	HANDLE StandardInput;
	HANDLE StandardOutput;
	HANDLE StandardError;
	CURDIR CurrentDirectory;
	UNICODE_STRING DllPath;
	UNICODE_STRING ImagePathName;
	UNICODE_STRING CommandLine;
	PWSTR Environment;
	ULONG StartingX, StartingY, CountX, CountY, CountCharsX, CountCharsY;
	ULONG FillAttribute;
	ULONG WindowFlags;
	ULONG ShowWindowFlags;
	UNICODE_STRING WindowTitle;
	UNICODE_STRING DesktopInfo;
	UNICODE_STRING ShellInfo;
	UNICODE_STRING RuntimeData;
	RTL_DRIVE_LETTER_CURDIR CurrentDirectories[32];
	SIZE_T EnvironmentSize;
	SIZE_T EnvironmentVersion;
	PVOID PackageDependencyData;
	ULONG ProcessGroupId;
	ULONG LoaderThreads;
	UNICODE_STRING RedirectionDllName;
	UNICODE_STRING HeapPartitionName;
	PVOID DefaultThreadpoolCpuSetMasks;
	ULONG DefaultThreadpoolCpuSetMaskCount;
	ULONG DefaultThreadpoolThreadMaximum;
} RTL_USER_PROCESS_PARAMETERS, *PRTL_USER_PROCESS_PARAMETERS;

typedef struct _PEB_LDR_DATA {
	ULONG Length;
	BOOLEAN Initialized;
	HANDLE SsHandle;
	LIST_ENTRY InLoadOrderModuleList;
	LIST_ENTRY InMemoryOrderModuleList;
	LIST_ENTRY InInitializationOrderModuleList;
	PVOID EntryInProgress;
	BOOLEAN ShutdownInProgress;
	HANDLE ShutdownThreadId;
} PEB_LDR_DATA, *PPEB_LDR_DATA;

typedef struct _LDR_DATA_TABLE_ENTRY {
	LIST_ENTRY InLoadOrderLinks;
	LIST_ENTRY InMemoryOrderLinks;
	LIST_ENTRY InInitializationOrderLinks;
	PVOID DllBase;
	PVOID EntryPoint;
	ULONG SizeOfImage;
	UNICODE_STRING FullDllName;
	UNICODE_STRING BaseDllName;
	ULONG Flags;
	USHORT ObsoleteLoadCount; /* 0xFFFF: never unloaded */
	USHORT TlsIndex;
	LIST_ENTRY HashLinks;
	ULONG TimeDateStamp;
	PVOID EntryPointActivationContext;
	PVOID Lock;
	PVOID DdagNode;
	LIST_ENTRY NodeModuleLink;
	PVOID LoadContext;
	PVOID ParentDllBase;
	PVOID SwitchBackContext;
	struct {
		PVOID Children[2];
		ULONG_PTR ParentValue;
	} BaseAddressIndexNode, MappingInfoIndexNode;
	ULONG_PTR OriginalBase;
	LARGE_INTEGER LoadTime;
	ULONG BaseNameHashValue;
	ULONG LoadReason;
	ULONG ImplicitPathOptions;
	ULONG ReferenceCount;
	ULONG DependentLoadFlags;
	UCHAR SigningLevel;
} LDR_DATA_TABLE_ENTRY, *PLDR_DATA_TABLE_ENTRY;

#define LDRP_IMAGE_DLL 0x00000004u
#define LDRP_ENTRY_PROCESSED 0x00004000u
#define LDRP_PROCESS_ATTACH_CALLED 0x00080000u
#define LDRP_DONT_CALL_FOR_THREADS 0x00040000u

typedef struct _PEB {
	BOOLEAN InheritedAddressSpace;
	BOOLEAN ReadImageFileExecOptions;
	BOOLEAN BeingDebugged;
	BOOLEAN BitField;
	HANDLE Mutant;
	PVOID ImageBaseAddress;
	PPEB_LDR_DATA Ldr;
	PRTL_USER_PROCESS_PARAMETERS ProcessParameters;
	PVOID SubSystemData;
	PVOID ProcessHeap;
	struct _RTL_CRITICAL_SECTION *FastPebLock;
	PVOID AtlThunkSListPtr;
	PVOID IFEOKey;
	ULONG CrossProcessFlags;
	PVOID KernelCallbackTable;
	ULONG SystemReserved;
	ULONG AtlThunkSListPtr32;
	PVOID ApiSetMap;
	ULONG TlsExpansionCounter;
	PVOID TlsBitmap;
	ULONG TlsBitmapBits[2];
	PVOID ReadOnlySharedMemoryBase;
	PVOID SharedData;
	PVOID *ReadOnlyStaticServerData;
	PVOID AnsiCodePageData;
	PVOID OemCodePageData;
	PVOID UnicodeCaseTableData;
	ULONG NumberOfProcessors;
	ULONG NtGlobalFlag;
	LARGE_INTEGER CriticalSectionTimeout;
	SIZE_T HeapSegmentReserve;
	SIZE_T HeapSegmentCommit;
	SIZE_T HeapDeCommitTotalFreeThreshold;
	SIZE_T HeapDeCommitFreeBlockThreshold;
	ULONG NumberOfHeaps;
	ULONG MaximumNumberOfHeaps;
	PVOID *ProcessHeaps;
	PVOID GdiSharedHandleTable;
	PVOID ProcessStarterHelper;
	ULONG GdiDCAttributeList;
	struct _RTL_CRITICAL_SECTION *LoaderLock;
	ULONG OSMajorVersion;
	ULONG OSMinorVersion;
	USHORT OSBuildNumber;
	USHORT OSCSDVersion;
	ULONG OSPlatformId;
	ULONG ImageSubsystem;
	ULONG ImageSubsystemMajorVersion;
	ULONG ImageSubsystemMinorVersion;
	ULONG_PTR ActiveProcessAffinityMask;
	ULONG GdiHandleBuffer[60];
	PVOID PostProcessInitRoutine;
	PVOID TlsExpansionBitmap;
	ULONG TlsExpansionBitmapBits[32];
	ULONG SessionId;
	ULARGE_INTEGER AppCompatFlags;
	ULARGE_INTEGER AppCompatFlagsUser;
	PVOID pShimData;
	PVOID AppCompatInfo;
	UNICODE_STRING CSDVersion;
	PVOID ActivationContextData;
	PVOID ProcessAssemblyStorageMap;
	PVOID SystemDefaultActivationContextData;
	PVOID SystemAssemblyStorageMap;
	SIZE_T MinimumStackCommit;
	PVOID SparePointers[2];
	PVOID PatchLoaderData;
	PVOID ChpeV2ProcessInfo;
	ULONG AppModelFeatureState;
	ULONG SpareUlongs[2];
	USHORT ActiveCodePage;
	USHORT OemCodePage;
	USHORT UseCaseMapping;
	USHORT UnusedNlsField;
	PVOID WerRegistrationData;
	PVOID WerShipAssertPtr;
	PVOID EcCodeBitMap;
	PVOID pImageHeaderHash;
	ULONG TracingFlags;
	ULONGLONG CsrServerReadOnlySharedMemoryBase;
	ULONG_PTR TppWorkerpListLock;
	LIST_ENTRY TppWorkerpList;
	PVOID WaitOnAddressHashTable[128];
	PVOID TelemetryCoverageHeader;
	ULONG CloudFileFlags;
	ULONG CloudFileDiagFlags;
	CHAR PlaceholderCompatibilityMode;
	CHAR PlaceholderCompatibilityModeReserved[7];
	PVOID LeapSecondData;
	ULONG LeapSecondFlags;
	ULONG NtGlobalFlag2;
	ULONGLONG ExtendedFeatureDisableMask;
} PEB, *PPEB;

#define TLS_MINIMUM_AVAILABLE 64
#define TLS_EXPANSION_SLOTS 1024

typedef struct _TEB {
	NT_TIB NtTib;
	PVOID EnvironmentPointer;
	CLIENT_ID ClientId;
	PVOID ActiveRpcHandle;
	PVOID *ThreadLocalStoragePointer;
	PPEB ProcessEnvironmentBlock;
	ULONG LastErrorValue;
	ULONG CountOfOwnedCriticalSections;
	PVOID CsrClientThread;
	PVOID Win32ThreadInfo;
	ULONG User32Reserved[26];
	ULONG UserReserved[5];
	PVOID WOW32Reserved;
	LCID CurrentLocale;
	ULONG FpSoftwareStatusRegister;
	PVOID ReservedForDebuggerInstrumentation[16];
	PVOID SystemReserved1[30];
	CHAR PlaceholderCompatibilityMode;
	BOOLEAN PlaceholderHydrationAlwaysExplicit;
	CHAR PlaceholderReserved[10];
	ULONG ProxiedProcessId;
	PVOID ActivationStack[5];
	UCHAR WorkingOnBehalfTicket[8];
	NTSTATUS ExceptionCode;
	PVOID ActivationContextStackPointer;
	ULONG_PTR InstrumentationCallbackSp;
	ULONG_PTR InstrumentationCallbackPreviousPc;
	ULONG_PTR InstrumentationCallbackPreviousSp;
	ULONG TxFsContext;
	BOOLEAN InstrumentationCallbackDisabled;
	BOOLEAN UnalignedLoadStoreExceptions;
	ULONG_PTR GdiTebBatch[157];
	CLIENT_ID RealClientId;
	HANDLE GdiCachedProcessHandle;
	ULONG GdiClientPID;
	ULONG GdiClientTID;
	PVOID GdiThreadLocalInfo;
	ULONG_PTR Win32ClientInfo[62];
	PVOID glDispatchTable[233];
	ULONG_PTR glReserved1[29];
	PVOID glReserved2;
	PVOID glSectionInfo;
	PVOID glSection;
	PVOID glTable;
	PVOID glCurrentRC;
	PVOID glContext;
	NTSTATUS LastStatusValue;
	UNICODE_STRING StaticUnicodeString;
	WCHAR StaticUnicodeBuffer[261];
	PVOID DeallocationStack;
	PVOID TlsSlots[TLS_MINIMUM_AVAILABLE];
	LIST_ENTRY TlsLinks;
	PVOID Vdm;
	PVOID ReservedForNtRpc;
	PVOID DbgSsReserved[2];
	ULONG HardErrorMode;
	PVOID Instrumentation[11];
	GUID ActivityId;
	PVOID SubProcessTag;
	PVOID PerflibData;
	PVOID EtwTraceData;
	PVOID WinSockData;
	ULONG GdiBatchCount;
	ULONG IdealProcessorValue;
	ULONG GuaranteedStackBytes;
	PVOID ReservedForPerf;
	PVOID ReservedForOle;
	ULONG WaitingOnLoaderLock;
	PVOID SavedPriorityState;
	ULONG_PTR ReservedForCodeCoverage;
	PVOID ThreadPoolData;
	PVOID *TlsExpansionSlots;
	PVOID ChpeV2CpuAreaInfo;
	PVOID Unused;
	ULONG MuiGeneration;
	ULONG IsImpersonating;
	PVOID NlsCache;
	PVOID pShimData;
	ULONG HeapData;
	HANDLE CurrentTransactionHandle;
	PVOID ActiveFrame;
	PVOID FlsData;
	PVOID PreferredLanguages;
	PVOID UserPrefLanguages;
	PVOID MergedPrefLanguages;
	ULONG MuiImpersonation;
	USHORT CrossTebFlags;
	USHORT SameTebFlags;
	PVOID TxnScopeEnterCallback;
	PVOID TxnScopeExitCallback;
	PVOID TxnScopeContext;
	ULONG LockCount;
	LONG WowTebOffset;
	PVOID ResourceRetValue;
	PVOID ReservedForWdf;
	ULONGLONG ReservedForCrt;
	GUID EffectiveContainerId;
	ULONGLONG LastSleepCounter;
	ULONG SpinCallCount;
	ULONGLONG ExtendedFeatureDisableMask;
} TEB, *PTEB;

typedef struct _RTL_CRITICAL_SECTION {
	PVOID DebugInfo;
	LONG LockCount;
	LONG RecursionCount;
	HANDLE OwningThread;
	HANDLE LockSemaphore;
	ULONG_PTR SpinCount;
} RTL_CRITICAL_SECTION, CRITICAL_SECTION, *PRTL_CRITICAL_SECTION, *LPCRITICAL_SECTION;

#if defined(__x86_64__)
_Static_assert(offsetof(TEB, ClientId) == 0x40, "TEB.ClientId");
_Static_assert(offsetof(TEB, ThreadLocalStoragePointer) == 0x58, "TEB.ThreadLocalStoragePointer");
_Static_assert(offsetof(TEB, LastErrorValue) == 0x68, "TEB.LastErrorValue");
_Static_assert(offsetof(TEB, CurrentLocale) == 0x108, "TEB.CurrentLocale");
_Static_assert(offsetof(TEB, ExceptionCode) == 0x2C0, "TEB.ExceptionCode");
_Static_assert(offsetof(TEB, RealClientId) == 0x7D8, "TEB.RealClientId");
_Static_assert(offsetof(TEB, LastStatusValue) == 0x1250, "TEB.LastStatusValue");
_Static_assert(offsetof(TEB, DeallocationStack) == 0x1478, "TEB.DeallocationStack");
_Static_assert(offsetof(TEB, TlsSlots) == 0x1480, "TEB.TlsSlots");
_Static_assert(offsetof(TEB, TlsLinks) == 0x1680, "TEB.TlsLinks");
_Static_assert(offsetof(TEB, HardErrorMode) == 0x16B0, "TEB.HardErrorMode");
_Static_assert(offsetof(TEB, GuaranteedStackBytes) == 0x1748, "TEB.GuaranteedStackBytes");
_Static_assert(offsetof(TEB, TlsExpansionSlots) == 0x1780, "TEB.TlsExpansionSlots");
_Static_assert(offsetof(TEB, FlsData) == 0x17C8, "TEB.FlsData");
_Static_assert(offsetof(TEB, SameTebFlags) == 0x17EE, "TEB.SameTebFlags");
_Static_assert(sizeof(TEB) == 0x1840 || sizeof(TEB) == 0x1838 || sizeof(TEB) == 0x1850, "TEB");
_Static_assert(offsetof(PEB, Ldr) == 0x18, "PEB.Ldr");
_Static_assert(offsetof(PEB, ProcessHeap) == 0x30, "PEB.ProcessHeap");
_Static_assert(offsetof(PEB, ApiSetMap) == 0x68, "PEB.ApiSetMap");
_Static_assert(offsetof(PEB, NumberOfProcessors) == 0xB8, "PEB.NumberOfProcessors");
_Static_assert(offsetof(PEB, NtGlobalFlag) == 0xBC, "PEB.NtGlobalFlag");
_Static_assert(offsetof(PEB, NumberOfHeaps) == 0xE8, "PEB.NumberOfHeaps");
_Static_assert(offsetof(PEB, ProcessHeaps) == 0xF0, "PEB.ProcessHeaps");
_Static_assert(offsetof(PEB, LoaderLock) == 0x110, "PEB.LoaderLock");
_Static_assert(offsetof(PEB, OSMajorVersion) == 0x118, "PEB.OSMajorVersion");
_Static_assert(offsetof(PEB, ImageSubsystem) == 0x128, "PEB.ImageSubsystem");
_Static_assert(offsetof(PEB, SessionId) == 0x2C0, "PEB.SessionId");
_Static_assert(offsetof(PEB, CSDVersion) == 0x2E8, "PEB.CSDVersion");
_Static_assert(offsetof(PEB, MinimumStackCommit) == 0x318, "PEB.MinimumStackCommit");
_Static_assert(offsetof(PEB, TracingFlags) == 0x378, "PEB.TracingFlags");
_Static_assert(sizeof(PEB) == 0x7D0, "PEB");
_Static_assert(offsetof(LDR_DATA_TABLE_ENTRY, DllBase) == 0x30, "LDR_DATA_TABLE_ENTRY.DllBase");
_Static_assert(offsetof(LDR_DATA_TABLE_ENTRY, Flags) == 0x68, "LDR_DATA_TABLE_ENTRY.Flags");
_Static_assert(offsetof(LDR_DATA_TABLE_ENTRY, TimeDateStamp) == 0x80, "LDR_DATA_TABLE_ENTRY.TimeDateStamp");
_Static_assert(offsetof(LDR_DATA_TABLE_ENTRY, OriginalBase) == 0xF8, "LDR_DATA_TABLE_ENTRY.OriginalBase");
_Static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, ImagePathName) == 0x60, "ImagePathName");
_Static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, Environment) == 0x80, "Environment");
_Static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, WindowTitle) == 0xB0, "WindowTitle");
_Static_assert(offsetof(RTL_USER_PROCESS_PARAMETERS, EnvironmentSize) == 0x3F0, "EnvironmentSize");
_Static_assert(sizeof(RTL_CRITICAL_SECTION) == 0x28, "RTL_CRITICAL_SECTION");

/* The current thread's TEB: gs:[30] (NT_TIB.Self). */
static inline PTEB NtCurrentTeb(void)
{
	PTEB teb;
	__asm__("mov %%gs:0x30, %0" : "=r"(teb));
	return teb;
}
#endif

static inline PPEB NtCurrentPeb(void)
{
	return NtCurrentTeb()->ProcessEnvironmentBlock;
}

#endif
