/*
 * ntdll/ex/ex.h - NT's executive support: what the system is and has.
 */
#ifndef PEWTER_NTDLL_EX_EX_H
#define PEWTER_NTDLL_EX_EX_H

#include "nt/ntdef.h"
#include <stdbool.h>

/* Windows 10 22H2. */
#define EX_MAJOR_VERSION 10u
#define EX_MINOR_VERSION 0u
#define EX_BUILD_NUMBER 19045u
#define VER_PLATFORM_WIN32_NT 2u
#define VER_NT_WORKSTATION 1u
#define VER_SUITE_SINGLEUSERTS 0x100u

typedef struct _OSVERSIONINFOEXW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
	/* Only in the EX form. */
	USHORT wServicePackMajor;
	USHORT wServicePackMinor;
	USHORT wSuiteMask;
	UCHAR wProductType;
	UCHAR wReserved;
} OSVERSIONINFOEXW;
#define OSVERSIONINFOW_SIZE offsetof(OSVERSIONINFOEXW, wServicePackMajor)

/* Bits of VerifyVersionInfo. */
#define VER_MINORVERSION 0x01u
#define VER_MAJORVERSION 0x02u
#define VER_BUILDNUMBER 0x04u
#define VER_PLATFORMID 0x08u
#define VER_SERVICEPACKMINOR 0x10u
#define VER_SERVICEPACKMAJOR 0x20u
#define VER_SUITENAME 0x40u
#define VER_PRODUCT_TYPE 0x80u

/* Does `system` meet what `wanted` says of the fields in `types`?  STATUS_REVISION_MISMATCH, STATUS_INVALID_PARAMETER. */
NTSTATUS ex_verify_version(const OSVERSIONINFOEXW *system, const OSVERSIONINFOEXW *wanted, ULONG types,
			   ULONGLONG conditions);
NTSTATUS WINAPI RtlGetVersion(OSVERSIONINFOEXW *info);

/* The caches of a processor, from CPUID leaf 4 (or AMD's 8000001D). */
struct ex_cache {
	uint8_t level, associativity; /* 0xFF: fully */
	uint16_t line_size;
	uint32_t size;
	uint8_t type; /* 0 unified, 1 instruction, 2 data */
	uint32_t sharing; /* logical processors that share it, at most */
};
unsigned ex_caches(struct ex_cache *caches, unsigned capacity);

/* What a processor calls itself: CPUID leaves 0, 1 and 80000002 to 4. */
struct ex_processor {
	char vendor[13], brand[49];
	unsigned family, model, stepping;
};
void ex_processor(struct ex_processor *processor);

/* The machine's memory is short; it is plenty.  A handle to wait for that, with the right to ask. */
enum ex_memory_condition { EX_MEMORY_IS_LOW, EX_MEMORY_IS_HIGH };
NTSTATUS ex_open_memory_condition(enum ex_memory_condition condition, HANDLE *handle);
/* STATUS_OBJECT_TYPE_MISMATCH, STATUS_INVALID_HANDLE. */
NTSTATUS ex_query_memory_condition(HANDLE handle, bool *holds);

#endif
