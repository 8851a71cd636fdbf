/*
 * nt/winbase.h - structures and constants of winbase.h and its relatives that several rooms name: global memory, loading,
 * time zones.  Those about files are in nt/winfile.h.
 */
#ifndef PEWTER_NT_WINBASE_H
#define PEWTER_NT_WINBASE_H

#include "nt/ntdef.h"

#define GMEM_MOVEABLE 0x0002u
#define GMEM_ZEROINIT 0x0040u
#define GMEM_MODIFY 0x0080u
#define GMEM_DISCARDABLE 0x0100u
#define GMEM_DDESHARE 0x2000u
#define GMEM_DISCARDED 0x4000u
#define GMEM_INVALID_HANDLE 0x8000u
#define GMEM_VALID_FLAGS 0x7F72u
#define LMEM_FIXED 0x0000u
#define LMEM_ZEROINIT 0x0040u
#define LMEM_DISCARDABLE 0x0F00u

/* LoadLibraryEx */
#define DONT_RESOLVE_DLL_REFERENCES 0x01u
#define LOAD_LIBRARY_AS_DATAFILE 0x02u
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x08u
#define LOAD_IGNORE_CODE_AUTHZ_LEVEL 0x10u
#define LOAD_LIBRARY_AS_IMAGE_RESOURCE 0x20u
#define LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE 0x40u
#define LOAD_LIBRARY_REQUIRE_SIGNED_TARGET 0x80u
#define LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR 0x100u
#define LOAD_LIBRARY_SEARCH_APPLICATION_DIR 0x200u
#define LOAD_LIBRARY_SEARCH_USER_DIRS 0x400u
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x800u
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x1000u

/* CreateProcess, CreateThread */
#define CREATE_SUSPENDED 0x00000004u

typedef struct _TIME_ZONE_INFORMATION {
	LONG Bias;
	WCHAR StandardName[32];
	SYSTEMTIME StandardDate;
	LONG StandardBias;
	WCHAR DaylightName[32];
	SYSTEMTIME DaylightDate;
	LONG DaylightBias;
} TIME_ZONE_INFORMATION;

#endif
