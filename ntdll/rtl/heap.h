/*
 * ntdll/rtl/heap.h - the NT heap, for the rest of the house.  Read ntdll/rtl/README-heap.md first.
 *
 * The room promises the heaps of Windows 10: growable and fixed ones, exact sizes, 16-byte alignment, blocks of their
 * own for what is large, a walk that accounts for every byte, user values and flags, the debugging patterns on request;
 * and an allocator in front of it that takes no lock where it matters.
 *
 * Lock order: the lock of guests (RtlLockHeap), then the list of heaps, then a heap's own lock, then mm's.
 */
#ifndef PEWTER_NTDLL_RTL_HEAP_H
#define PEWTER_NTDLL_RTL_HEAP_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/peb.h"
#include <stdbool.h>

/* Flags of heaps and of calls (MSDN HeapCreate, HeapAlloc; ntifs.h RtlCreateHeap). */
#define HEAP_NO_SERIALIZE 0x00000001u
#define HEAP_GROWABLE 0x00000002u
#define HEAP_GENERATE_EXCEPTIONS 0x00000004u
#define HEAP_ZERO_MEMORY 0x00000008u
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010u
#define HEAP_TAIL_CHECKING_ENABLED 0x00000020u
#define HEAP_FREE_CHECKING_ENABLED 0x00000040u
#define HEAP_DISABLE_COALESCE_ON_FREE 0x00000080u
#define HEAP_SETTABLE_USER_VALUE 0x00000100u
#define HEAP_SETTABLE_USER_FLAG1 0x00000200u
#define HEAP_SETTABLE_USER_FLAG2 0x00000400u
#define HEAP_SETTABLE_USER_FLAG3 0x00000800u
#define HEAP_SETTABLE_USER_FLAGS 0x00000E00u
#define HEAP_TAG_SHIFT 18 /* of a call's flags: ntifs.h */
#define HEAP_TAG_MASK 0x0FFFu
#define HEAP_CLASS_1 0x00001000u /* private heap */
#define HEAP_CREATE_ALIGN_16 0x00010000u
#define HEAP_CREATE_ENABLE_TRACING 0x00020000u
#define HEAP_CREATE_ENABLE_EXECUTE 0x00040000u
#define HEAP_CAPTURE_STACK_BACKTRACES 0x08000000u
#define HEAP_PAGE_ALLOCS 0x01000000u
#define HEAP_SHARED 0x04000000u
#define HEAP_VALIDATE_SIZE_CALLS 0x10000000u /* names are ours: heap facts, row 70 */
#define HEAP_VALIDATE_ALL_ENABLED 0x20000000u
#define HEAP_VALIDATE_PARAMETERS_ENABLED 0x40000000u

/* NtGlobalFlag (MSDN, GFlags). */
#define FLG_USER_STACK_TRACE_DB 0x00001000u
#define FLG_HEAP_ENABLE_TAIL_CHECK 0x00000010u
#define FLG_HEAP_ENABLE_FREE_CHECK 0x00000020u
#define FLG_HEAP_VALIDATE_PARAMETERS 0x00000040u
#define FLG_HEAP_VALIDATE_ALL 0x00000080u
#define FLG_HEAP_ENABLE_TAGGING 0x00000800u
#define FLG_HEAP_DISABLE_COALESCING 0x00200000u
#define FLG_HEAP_PAGE_ALLOCS 0x02000000u

/* RtlCreateHeap's last argument (ntifs.h). */
typedef struct _RTL_HEAP_PARAMETERS {
	ULONG Length;
	SIZE_T SegmentReserve;
	SIZE_T SegmentCommit;
	SIZE_T DeCommitFreeBlockThreshold;
	SIZE_T DeCommitTotalFreeThreshold;
	SIZE_T MaximumAllocationSize;
	SIZE_T VirtualMemoryThreshold;
	SIZE_T InitialCommit;
	SIZE_T InitialReserve;
	PVOID CommitRoutine; /* NTSTATUS NTAPI (PVOID Base, PVOID *CommitAddress, PSIZE_T CommitSize) */
	SIZE_T Reserved[2];
} RTL_HEAP_PARAMETERS, *PRTL_HEAP_PARAMETERS;

/* What RtlWalkHeap fills in; `DataAddress` NULL starts a walk.  The flags are RtlWalkHeap's own (below). */
typedef struct _RTL_HEAP_WALK_ENTRY {
	PVOID DataAddress;
	SIZE_T DataSize;
	UCHAR OverheadBytes;
	UCHAR SegmentIndex;
	USHORT Flags;
	union {
		struct {
			SIZE_T Settable;
			USHORT TagIndex;
			USHORT AllocatorBackTraceIndex;
			ULONG Reserved[2];
		} Block;
		struct {
			ULONG CommittedSize;
			ULONG UnCommittedSize;
			PVOID FirstEntry;
			PVOID LastEntry;
		} Segment;
	};
} RTL_HEAP_WALK_ENTRY, *PRTL_HEAP_WALK_ENTRY;

#define RTL_HEAP_BUSY 0x0001u
#define RTL_HEAP_SEGMENT 0x0002u
#define RTL_HEAP_SETTABLE_VALUE 0x0010u
#define RTL_HEAP_UNCOMMITTED_RANGE 0x1000u
#define RTL_HEAP_COMMITTED 0x4000u
#define RTL_HEAP_FRONT 0x8000u

typedef NTSTATUS(NTAPI *PRTL_HEAP_COMMIT_ROUTINE)(PVOID base, PVOID *address, PSIZE_T size);
typedef NTSTATUS(NTAPI *PRTL_ENUM_HEAP_ROUTINE)(PVOID heap, PVOID parameter);

/* Creates the process heap and fills the PEB's heap fields.  `reserve` and `commit` are the image's
 * SizeOfHeapReserve and -Commit.  STATUS_NO_MEMORY. */
NTSTATUS rtl_heap_initialize(PEB *peb, SIZE_T reserve, SIZE_T commit);

/* The thread ends: what it kept for itself goes to whoever comes next.  Called on the ending thread, after its last
 * guest code; allocating afterwards is allowed and starts anew. */
void rtl_heap_thread_detach(void);
/* For what a room above keeps for threads; called then.  May be NULL. */
extern void (*rtl_heap_detach_hook)(void);

/* pewter --heap-debug: every block is remembered with its callers, freed memory is held back, damage is reported as soon
 * as it is seen.  Before rtl_heap_initialize, with the PEB's NtGlobalFlag set. */
void rtl_heap_debug_enable(void);
/* At the end of the process: reports damage that nobody has noticed. */
void rtl_heap_check_all(void);
/* Lines about the block that an address lies in, or near; false: nothing is known. */
bool rtl_heap_describe(uintptr_t address, char *text, size_t capacity);
/* Fills in what a program's address is called ("prog.exe+0x14a0 (main)"); set by the loader, may be NULL. */
extern void (*rtl_heap_name_hook)(uintptr_t address, char *text, size_t capacity);

/* A heap is broken: says so in one line and ends the process with STATUS_HEAP_CORRUPTION.  `what` is a phrase. */
void WINAPI rtl_heap_corrupted(PVOID heap, PVOID block, const char *what) __attribute__((noreturn));

PVOID WINAPI RtlCreateHeap(ULONG flags, PVOID base, SIZE_T reserve, SIZE_T commit, PVOID lock,
			   PRTL_HEAP_PARAMETERS parameters);
PVOID WINAPI RtlDestroyHeap(PVOID heap);
PVOID WINAPI RtlAllocateHeap(PVOID heap, ULONG flags, SIZE_T size);
ULONG WINAPI RtlFreeHeap(PVOID heap, ULONG flags, PVOID block);
PVOID WINAPI RtlReAllocateHeap(PVOID heap, ULONG flags, PVOID block, SIZE_T size);
SIZE_T WINAPI RtlSizeHeap(PVOID heap, ULONG flags, PVOID block);
BOOLEAN WINAPI RtlLockHeap(PVOID heap);
BOOLEAN WINAPI RtlUnlockHeap(PVOID heap);
BOOLEAN WINAPI RtlValidateHeap(PVOID heap, ULONG flags, PVOID block);
NTSTATUS WINAPI RtlWalkHeap(PVOID heap, PRTL_HEAP_WALK_ENTRY entry);
SIZE_T WINAPI RtlCompactHeap(PVOID heap, ULONG flags);
ULONG WINAPI RtlGetProcessHeaps(ULONG count, PVOID *heaps);
NTSTATUS WINAPI RtlEnumProcessHeaps(PRTL_ENUM_HEAP_ROUTINE routine, PVOID parameter);
NTSTATUS WINAPI RtlQueryHeapInformation(PVOID heap, ULONG information_class, PVOID buffer, SIZE_T length,
					PSIZE_T returned);
NTSTATUS WINAPI RtlSetHeapInformation(PVOID heap, ULONG information_class, PVOID buffer, SIZE_T length);
BOOLEAN WINAPI RtlGetUserInfoHeap(PVOID heap, ULONG flags, PVOID block, PVOID *value, PULONG user_flags);
BOOLEAN WINAPI RtlSetUserValueHeap(PVOID heap, ULONG flags, PVOID block, PVOID value);
BOOLEAN WINAPI RtlSetUserFlagsHeap(PVOID heap, ULONG flags, PVOID block, ULONG reset, ULONG set);

/* HeapSummary: bytes. */
struct rtl_heap_summary {
	SIZE_T allocated;
	SIZE_T committed;
	SIZE_T reserved;
	SIZE_T maximum_reserve;
};
NTSTATUS rtl_heap_summary(PVOID heap, struct rtl_heap_summary *summary);

#endif
