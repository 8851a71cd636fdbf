/*
 * nt/mem.h - memory constants and query structures of NT (winnt.h, ntifs.h, MSDN VirtualAlloc).
 */
#ifndef PEWTER_NT_MEM_H
#define PEWTER_NT_MEM_H

#include "nt/ntdef.h"

#define PAGE_NOACCESS 0x01u
#define PAGE_READONLY 0x02u
#define PAGE_READWRITE 0x04u
#define PAGE_WRITECOPY 0x08u
#define PAGE_EXECUTE 0x10u
#define PAGE_EXECUTE_READ 0x20u
#define PAGE_EXECUTE_READWRITE 0x40u
#define PAGE_EXECUTE_WRITECOPY 0x80u
#define PAGE_GUARD 0x100u
#define PAGE_NOCACHE 0x200u
#define PAGE_WRITECOMBINE 0x400u
#define PAGE_TARGETS_INVALID 0x40000000u
#define PAGE_TARGETS_NO_UPDATE 0x40000000u
#define PAGE_REVERT_TO_FILE_MAP 0x80000000u

#define MEM_COALESCE_PLACEHOLDERS 0x00000001u
#define MEM_PRESERVE_PLACEHOLDER 0x00000002u
#define MEM_COMMIT 0x00001000u
#define MEM_RESERVE 0x00002000u
#define MEM_DECOMMIT 0x00004000u
#define MEM_RELEASE 0x00008000u
#define MEM_FREE 0x00010000u
#define MEM_PRIVATE 0x00020000u
#define MEM_MAPPED 0x00040000u
#define MEM_RESERVE_PLACEHOLDER 0x00040000u
#define MEM_REPLACE_PLACEHOLDER 0x00004000u
#define MEM_RESET 0x00080000u
#define MEM_TOP_DOWN 0x00100000u
#define MEM_WRITE_WATCH 0x00200000u
#define MEM_PHYSICAL 0x00400000u
#define MEM_ROTATE 0x00800000u
#define MEM_DIFFERENT_IMAGE_BASE_OK 0x00800000u
#define MEM_IMAGE 0x01000000u
#define MEM_RESET_UNDO 0x01000000u
#define MEM_LARGE_PAGES 0x20000000u
#define MEM_4MB_PAGES 0x80000000u
#define WRITE_WATCH_FLAG_RESET 0x01u
#define AT_ROUND_TO_PAGE 0x40000000u
#define MEM_UNMAP_WITH_TRANSIENT_BOOST 0x00000001u

#define SEC_FILE 0x00800000u
#define SEC_IMAGE 0x01000000u
#define SEC_PROTECTED_IMAGE 0x02000000u
#define SEC_RESERVE 0x04000000u
#define SEC_COMMIT 0x08000000u
#define SEC_NOCACHE 0x10000000u
#define SEC_WRITECOMBINE 0x40000000u
#define SEC_LARGE_PAGES 0x80000000u
#define SEC_IMAGE_NO_EXECUTE (SEC_IMAGE | SEC_NOCACHE)

#define SECTION_QUERY 0x0001u
#define SECTION_MAP_WRITE 0x0002u
#define SECTION_MAP_READ 0x0004u
#define SECTION_MAP_EXECUTE 0x0008u
#define SECTION_EXTEND_SIZE 0x0010u
#define SECTION_MAP_EXECUTE_EXPLICIT 0x0020u
#define SECTION_ALL_ACCESS 0x000F001Fu
#define FILE_MAP_COPY 0x00000001u
#define FILE_MAP_WRITE SECTION_MAP_WRITE
#define FILE_MAP_READ SECTION_MAP_READ
#define FILE_MAP_EXECUTE SECTION_MAP_EXECUTE_EXPLICIT
#define FILE_MAP_LARGE_PAGES 0x20000000u
#define FILE_MAP_TARGETS_INVALID 0x40000000u
#define FILE_MAP_RESERVE 0x80000000u

typedef struct _MEMORY_BASIC_INFORMATION {
	PVOID BaseAddress;
	PVOID AllocationBase;
	DWORD AllocationProtect;
#if defined(__x86_64__)
	WORD PartitionId;
#endif
	SIZE_T RegionSize;
	DWORD State;
	DWORD Protect;
	DWORD Type;
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

/* winternl's names; Win32 calls the first four WIN32_MEMORY_REGION_INFORMATION. */
typedef struct _MEMORY_REGION_INFORMATION {
	PVOID AllocationBase;
	ULONG AllocationProtect;
	ULONG RegionType; /* MEMORY_REGION_* */
	SIZE_T RegionSize;
	SIZE_T CommitSize;
	ULONG_PTR PartitionId;
	ULONG_PTR NodePreference;
} MEMORY_REGION_INFORMATION;

#define MEMORY_REGION_PRIVATE 0x01u
#define MEMORY_REGION_MAPPED_DATA_FILE 0x02u
#define MEMORY_REGION_MAPPED_IMAGE 0x04u
#define MEMORY_REGION_MAPPED_PAGE_FILE 0x08u
#define MEMORY_REGION_PLACEHOLDER 0x100u
#define MEMORY_REGION_MAPPED_PHYSICAL 0x10u

typedef struct _MEMORY_RANGE_ENTRY {
	PVOID VirtualAddress;
	SIZE_T NumberOfBytes;
} MEMORY_RANGE_ENTRY, *PMEMORY_RANGE_ENTRY;

typedef struct _MEMORY_IMAGE_INFORMATION {
	PVOID ImageBase;
	SIZE_T SizeOfImage;
	ULONG ImageFlags; /* IMAGE_MAPPED_* */
} MEMORY_IMAGE_INFORMATION;
#define IMAGE_MAPPED_PARTLY 0x1u
#define IMAGE_MAPPED_NO_EXECUTE 0x2u

typedef struct _MEMORY_WORKING_SET_EX_INFORMATION {
	PVOID VirtualAddress;
	ULONG_PTR VirtualAttributes;
} MEMORY_WORKING_SET_EX_INFORMATION;

typedef enum _MEMORY_INFORMATION_CLASS {
	MemoryBasicInformation = 0,
	MemoryWorkingSetInformation = 1,
	MemoryMappedFilenameInformation = 2,
	MemoryRegionInformation = 3,
	MemoryWorkingSetExInformation = 4,
	MemorySharedCommitInformation = 5,
	MemoryImageInformation = 6,
	MemoryRegionInformationEx = 7,
	MemoryPrivilegedBasicInformation = 8,
	MemoryEnclaveImageInformation = 9,
	MemoryBasicInformationCapped = 10,
} MEMORY_INFORMATION_CLASS;

/* Extended parameters: MSDN MEM_EXTENDED_PARAMETER, MEM_ADDRESS_REQUIREMENTS. */
typedef enum _MEM_EXTENDED_PARAMETER_TYPE {
	MemExtendedParameterInvalidType = 0,
	MemExtendedParameterAddressRequirements = 1,
	MemExtendedParameterNumaNode = 2,
	MemExtendedParameterPartitionHandle = 3,
	MemExtendedParameterUserPhysicalHandle = 4,
	MemExtendedParameterAttributeFlags = 5,
	MemExtendedParameterImageMachine = 6,
	MemExtendedParameterMax = 7,
} MEM_EXTENDED_PARAMETER_TYPE;

#define MEM_EXTENDED_PARAMETER_TYPE_BITS 8
#define MEM_EXTENDED_PARAMETER_GRAPHICS 0x01u
#define MEM_EXTENDED_PARAMETER_NONPAGED 0x02u
#define MEM_EXTENDED_PARAMETER_ZERO_PAGES_OPTIONAL 0x04u
#define MEM_EXTENDED_PARAMETER_NONPAGED_LARGE 0x08u
#define MEM_EXTENDED_PARAMETER_NONPAGED_HUGE 0x10u
#define MEM_EXTENDED_PARAMETER_SOFT_FAULT_PAGES 0x20u
#define MEM_EXTENDED_PARAMETER_EC_CODE 0x40u

typedef struct _MEM_EXTENDED_PARAMETER {
	struct {
		uint64_t Type : MEM_EXTENDED_PARAMETER_TYPE_BITS;
		uint64_t Reserved : 64 - MEM_EXTENDED_PARAMETER_TYPE_BITS;
	};
	union {
		uint64_t ULong64;
		PVOID Pointer;
		SIZE_T Size;
		HANDLE Handle;
		DWORD ULong;
	};
} MEM_EXTENDED_PARAMETER, *PMEM_EXTENDED_PARAMETER;

typedef struct _MEM_ADDRESS_REQUIREMENTS {
	PVOID LowestStartingAddress;
	PVOID HighestEndingAddress;
	SIZE_T Alignment;
} MEM_ADDRESS_REQUIREMENTS, *PMEM_ADDRESS_REQUIREMENTS;

typedef enum _SECTION_INFORMATION_CLASS {
	SectionBasicInformation = 0,
	SectionImageInformation = 1,
	SectionRelocationInformation = 2,
	SectionOriginalBaseInformation = 3,
} SECTION_INFORMATION_CLASS;

typedef struct _SECTION_BASIC_INFORMATION {
	PVOID BaseAddress;
	ULONG AllocationAttributes;
	LARGE_INTEGER MaximumSize;
} SECTION_BASIC_INFORMATION;

typedef struct _SECTION_IMAGE_INFORMATION {
	PVOID TransferAddress;
	ULONG ZeroBits;
	SIZE_T MaximumStackSize;
	SIZE_T CommittedStackSize;
	ULONG SubSystemType;
	USHORT SubSystemMinorVersion;
	USHORT SubSystemMajorVersion;
	USHORT MajorOperatingSystemVersion;
	USHORT MinorOperatingSystemVersion;
	USHORT ImageCharacteristics;
	USHORT DllCharacteristics;
	USHORT Machine;
	BOOLEAN ImageContainsCode;
	UCHAR ImageFlags; /* IMAGE_FLAG_* */
	ULONG LoaderFlags;
	ULONG ImageFileSize;
	ULONG CheckSum;
} SECTION_IMAGE_INFORMATION;
#define IMAGE_FLAG_DYNAMICALLY_RELOCATED 0x04u
#define IMAGE_FLAG_MAPPED_FLAT 0x08u
#define IMAGE_FLAG_BASE_BELOW_4GB 0x10u

typedef enum _SECTION_INHERIT { ViewShare = 1, ViewUnmap = 2 } SECTION_INHERIT;

#if defined(__x86_64__)
_Static_assert(sizeof(MEMORY_BASIC_INFORMATION) == 48, "MEMORY_BASIC_INFORMATION");
_Static_assert(sizeof(SECTION_IMAGE_INFORMATION) == 64, "SECTION_IMAGE_INFORMATION");
#endif

#endif
