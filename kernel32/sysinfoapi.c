/*
 * kernel32/sysinfoapi.c - what the system is: versions, directories, names, memory, processors.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "host/host.h"
#include "host/system.h"
#include "host/vm.h"
#include "ntdll/ex/ex.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/nls.h"
#include "ntdll/se/account.h"

#include <stdlib.h>
#include <string.h>

NTSTATUS WINAPI NtQuerySystemInformation(ULONG class, PVOID buffer, ULONG capacity, PULONG returned);

typedef struct _SYSTEM_INFO {
	WORD wProcessorArchitecture;
	WORD wReserved;
	DWORD dwPageSize;
	LPVOID lpMinimumApplicationAddress;
	LPVOID lpMaximumApplicationAddress;
	DWORD_PTR dwActiveProcessorMask;
	DWORD dwNumberOfProcessors;
	DWORD dwProcessorType;
	DWORD dwAllocationGranularity;
	WORD wProcessorLevel;
	WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

typedef struct _OSVERSIONINFOEXA {
	ULONG dwOSVersionInfoSize, dwMajorVersion, dwMinorVersion, dwBuildNumber, dwPlatformId;
	CHAR szCSDVersion[128];
	USHORT wServicePackMajor, wServicePackMinor, wSuiteMask;
	UCHAR wProductType, wReserved;
} OSVERSIONINFOEXA;
#define OSVERSIONINFOA_SIZE offsetof(OSVERSIONINFOEXA, wServicePackMajor)

EXPORT(kernel32, void, GetNativeSystemInfo, (LPSYSTEM_INFO info))
{
	struct {
		USHORT architecture, level, revision, maximum;
		ULONG features;
	} processor = {9, 6, 0, 0, 0};
	unsigned count = host_cpu_count();

	NtQuerySystemInformation(1, &processor, sizeof(processor), NULL);
	memset(info, 0, sizeof(*info));
	info->wProcessorArchitecture = processor.architecture;
	info->dwPageSize = MM_PAGE_SIZE;
	info->lpMinimumApplicationAddress = (LPVOID)(uintptr_t)MM_LOWEST_USER_ADDRESS;
	info->lpMaximumApplicationAddress = (LPVOID)MM_HIGHEST_USER_ADDRESS;
	info->dwActiveProcessorMask = count >= 64 ? ~(DWORD_PTR)0 : ((DWORD_PTR)1 << count) - 1;
	info->dwNumberOfProcessors = count > 64 ? 64 : count;
	info->dwProcessorType = 8664; /* PROCESSOR_AMD_X8664 */
	info->dwAllocationGranularity = MM_GRANULARITY;
	info->wProcessorLevel = processor.level;
	info->wProcessorRevision = processor.revision;
}
EXPORT_ALIAS(kernel32, "GetSystemInfo", GetNativeSystemInfo);

EXPORT(kernel32, BOOL, IsProcessorFeaturePresent, (DWORD feature))
{
	return ps_processor_feature(feature);
}

/* --- versions ------------------------------------------------------------------------------------------------- */

static bool manifest_names(const char *text, size_t size, const char *guid)
{
	size_t length = strlen(guid);
	for (size_t i = 0; i + length <= size; i++) {
		if (text[i] == guid[0] && nls_same_ascii(text + i, guid, length))
			return true;
	}
	return false;
}

/* The version that GetVersionEx tells: the newest that the program's manifest says it knows, and Windows 8 if it says
 * nothing (MSDN, "Targeting your application for Windows"). */
static void told_version(OSVERSIONINFOEXW *info)
{
	static struct {
		ULONG known, major, minor, build;
	} told;

	RtlGetVersion(info);
	if (!__atomic_load_n(&told.known, __ATOMIC_ACQUIRE)) {
		ULONG_PTR path[3] = {24, 1, 0}; /* RT_MANIFEST, CREATEPROCESS_MANIFEST_RESOURCE_ID */
		HMODULE program = NtCurrentPeb()->ImageBaseAddress;
		const void *entry;
		void *data;
		ULONG size;

		told.major = 6;
		told.minor = 2;
		told.build = 9200;
		if (ldr_operations.find_resource && NT_SUCCESS(ldr_operations.find_resource(program, path, 3, &entry)) &&
		    NT_SUCCESS(ldr_operations.access_resource(program, entry, &data, &size))) {
			if (manifest_names(data, size, "8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a")) {
				told.major = EX_MAJOR_VERSION;
				told.minor = EX_MINOR_VERSION;
				told.build = EX_BUILD_NUMBER;
			} else if (manifest_names(data, size, "1f676c76-80e1-4239-95bb-83d0f6d0da78")) {
				told.minor = 3;
				told.build = 9600;
			}
		}
		__atomic_store_n(&told.known, 1, __ATOMIC_RELEASE);
	}
	info->dwMajorVersion = told.major;
	info->dwMinorVersion = told.minor;
	info->dwBuildNumber = told.build;
}

EXPORT(kernel32, DWORD, GetVersion, (void))
{
	OSVERSIONINFOEXW info = {.dwOSVersionInfoSize = sizeof(info)};
	told_version(&info);
	return info.dwMajorVersion | info.dwMinorVersion << 8 | info.dwBuildNumber << 16;
}

EXPORT(kernel32, BOOL, GetVersionExW, (OSVERSIONINFOEXW * info))
{
	OSVERSIONINFOEXW whole = {.dwOSVersionInfoSize = sizeof(whole)};
	ULONG size = info->dwOSVersionInfoSize;

	if (size != OSVERSIONINFOW_SIZE && size != sizeof(*info)) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	told_version(&whole);
	memcpy(info, &whole, size);
	info->dwOSVersionInfoSize = size;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetVersionExA, (OSVERSIONINFOEXA * info))
{
	OSVERSIONINFOEXW whole = {.dwOSVersionInfoSize = sizeof(whole)};
	ULONG size = info->dwOSVersionInfoSize;

	if (size != OSVERSIONINFOA_SIZE && size != sizeof(*info)) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	told_version(&whole);
	memset(info, 0, size);
	info->dwOSVersionInfoSize = size;
	info->dwMajorVersion = whole.dwMajorVersion;
	info->dwMinorVersion = whole.dwMinorVersion;
	info->dwBuildNumber = whole.dwBuildNumber;
	info->dwPlatformId = whole.dwPlatformId;
	if (size == sizeof(*info)) {
		info->wSuiteMask = whole.wSuiteMask;
		info->wProductType = whole.wProductType;
	}
	return TRUE;
}

static BOOL verify(const OSVERSIONINFOEXW *wanted, DWORD types, DWORDLONG conditions)
{
	OSVERSIONINFOEXW whole = {.dwOSVersionInfoSize = sizeof(whole)};
	NTSTATUS status;

	told_version(&whole);
	status = ex_verify_version(&whole, wanted, types, conditions);
	if (NT_SUCCESS(status))
		return TRUE;
	set_last_error(status == STATUS_REVISION_MISMATCH ? ERROR_OLD_WIN_VERSION : ERROR_BAD_ARGUMENTS);
	return FALSE;
}

EXPORT(kernel32, BOOL, VerifyVersionInfoW, (OSVERSIONINFOEXW * wanted, DWORD types, DWORDLONG conditions))
{
	return verify(wanted, types, conditions);
}

EXPORT(kernel32, BOOL, VerifyVersionInfoA, (OSVERSIONINFOEXA * wanted, DWORD types, DWORDLONG conditions))
{
	OSVERSIONINFOEXW wide = {.dwMajorVersion = wanted->dwMajorVersion,
				 .dwMinorVersion = wanted->dwMinorVersion,
				 .dwBuildNumber = wanted->dwBuildNumber,
				 .dwPlatformId = wanted->dwPlatformId,
				 .wServicePackMajor = wanted->wServicePackMajor,
				 .wServicePackMinor = wanted->wServicePackMinor,
				 .wSuiteMask = wanted->wSuiteMask,
				 .wProductType = wanted->wProductType};
	return verify(&wide, types, conditions);
}

EXPORT(kernel32, BOOL, GetProductInfo, (DWORD major, DWORD minor, DWORD sp_major, DWORD sp_minor, PDWORD type))
{
	if (!type)
		return FALSE;
	*type = major < 6 ? 0 : 0x30; /* PRODUCT_PROFESSIONAL */
	return major >= 6;
}

/* --- directories and names ------------------------------------------------------------------------------------ */

static UINT give_path(const char16_t *path, LPWSTR buffer, UINT capacity)
{
	size_t length = rtl_wcslen(path);
	if (capacity <= length)
		return (UINT)length + 1;
	memcpy(buffer, path, (length + 1) * sizeof(*path));
	return (UINT)length;
}

static UINT give_path_ansi(const char16_t *path, LPSTR buffer, UINT capacity)
{
	size_t length = rtl_wcslen(path);
	if (capacity <= length)
		return (UINT)length + 1;
	for (size_t i = 0; i <= length; i++)
		buffer[i] = (char)path[i];
	return (UINT)length;
}

#define SYSTEM_DIRECTORY u"C:\\Windows\\system32"
#define WINDOWS_DIRECTORY u"C:\\Windows"

EXPORT(kernel32, UINT, GetSystemDirectoryW, (LPWSTR buffer, UINT capacity))
{
	return give_path(SYSTEM_DIRECTORY, buffer, capacity);
}

EXPORT(kernel32, UINT, GetSystemDirectoryA, (LPSTR buffer, UINT capacity))
{
	return give_path_ansi(SYSTEM_DIRECTORY, buffer, capacity);
}

EXPORT(kernel32, UINT, GetWindowsDirectoryW, (LPWSTR buffer, UINT capacity))
{
	return give_path(WINDOWS_DIRECTORY, buffer, capacity);
}
EXPORT_ALIAS(kernel32, "GetSystemWindowsDirectoryW", GetWindowsDirectoryW);

EXPORT(kernel32, UINT, GetWindowsDirectoryA, (LPSTR buffer, UINT capacity))
{
	return give_path_ansi(WINDOWS_DIRECTORY, buffer, capacity);
}
EXPORT_ALIAS(kernel32, "GetSystemWindowsDirectoryA", GetWindowsDirectoryA);

EXPORT(kernel32, UINT, GetSystemWow64DirectoryW, (LPWSTR buffer, UINT capacity))
{
	return give_path(u"C:\\Windows\\SysWOW64", buffer, capacity);
}

EXPORT(kernel32, UINT, GetSystemWow64DirectoryA, (LPSTR buffer, UINT capacity))
{
	return give_path_ansi(u"C:\\Windows\\SysWOW64", buffer, capacity);
}

/* COMPUTER_NAME_FORMAT: 0 NetBIOS (capitals, 15), 1 DNS host name, 2 DNS domain, 3 fully qualified; 4..7 physical. */
static bool computer_name(unsigned format, char name[256])
{
	if (format > 7)
		return false;
	format &= 3;
	if (format == 2) {
		name[0] = 0;
		return true;
	}
	if (format == 0) {
		const char16_t *computer = se_computer_name();
		size_t i = 0;

		do
			name[i] = (char)computer[i];
		while (computer[i++]);
	} else if (host_computer_name(name, 256) < 0) {
		strcpy(name, "localhost");
	}
	return true;
}

/* The name for a buffer of *size characters; else false with the last error set, `error` and *size where it is too small. */
static bool fitting_name(unsigned format, const void *buffer, LPDWORD size, DWORD error, char name[256])
{
	size_t length;

	if (!size || (*size && !buffer) || !computer_name(format, name)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return false;
	}
	length = strlen(name);
	if (*size > length)
		return true;
	*size = (DWORD)length + 1;
	set_last_error(error);
	return false;
}

static BOOL computer_name_wide(unsigned format, LPWSTR buffer, LPDWORD size, DWORD error)
{
	char name[256];

	if (!fitting_name(format, buffer, size, error, name))
		return FALSE;
	*size = (DWORD)nls_to_utf16(NLS_UTF8, 0, buffer, *size - 1, name, strlen(name));
	buffer[*size] = 0;
	return TRUE;
}

static BOOL computer_name_ansi(unsigned format, LPSTR buffer, LPDWORD size, DWORD error)
{
	char name[256];

	if (!fitting_name(format, buffer, size, error, name))
		return FALSE;
	*size = (DWORD)strlen(name);
	memcpy(buffer, name, *size + 1);
	return TRUE;
}

EXPORT(kernel32, BOOL, GetComputerNameW, (LPWSTR buffer, LPDWORD size))
{
	return computer_name_wide(0, buffer, size, ERROR_BUFFER_OVERFLOW);
}

EXPORT(kernel32, BOOL, GetComputerNameA, (LPSTR buffer, LPDWORD size))
{
	return computer_name_ansi(0, buffer, size, ERROR_BUFFER_OVERFLOW);
}

EXPORT(kernel32, BOOL, GetComputerNameExW, (UINT format, LPWSTR buffer, LPDWORD size))
{
	return computer_name_wide(format, buffer, size, ERROR_MORE_DATA);
}

EXPORT(kernel32, BOOL, GetComputerNameExA, (UINT format, LPSTR buffer, LPDWORD size))
{
	return computer_name_ansi(format, buffer, size, ERROR_MORE_DATA);
}

/* --- memory and processors ------------------------------------------------------------------------------------ */

typedef struct _MEMORYSTATUSEX {
	DWORD dwLength, dwMemoryLoad;
	DWORDLONG ullTotalPhys, ullAvailPhys, ullTotalPageFile, ullAvailPageFile, ullTotalVirtual, ullAvailVirtual,
		ullAvailExtendedVirtual;
} MEMORYSTATUSEX;

typedef struct _MEMORYSTATUS {
	DWORD dwLength, dwMemoryLoad;
	SIZE_T dwTotalPhys, dwAvailPhys, dwTotalPageFile, dwAvailPageFile, dwTotalVirtual, dwAvailVirtual;
} MEMORYSTATUS;

EXPORT(kernel32, BOOL, GlobalMemoryStatusEx, (MEMORYSTATUSEX * status))
{
	struct mm_statistics statistics;
	uint64_t ram, swap, available;

	if (status->dwLength != sizeof(*status)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	host_memory_totals(&ram, &swap, &available);
	mm_get_statistics(&statistics);
	status->dwMemoryLoad = ram >= 100 ? (DWORD)((ram - available) / (ram / 100)) : 0; /* heap facts, row 107 */
	status->ullTotalPhys = ram;
	status->ullAvailPhys = available;
	/* The commit limit, and what this process could still commit: MSDN. */
	status->ullTotalPageFile = statistics.commit_limit;
	status->ullAvailPageFile = statistics.commit_limit - statistics.commit_charge;
	status->ullTotalVirtual = mm_highest_address() - mm_lowest_address() + 1;
	status->ullAvailVirtual = status->ullTotalVirtual - statistics.reserved;
	status->ullAvailExtendedVirtual = 0;
	return TRUE;
}

EXPORT(kernel32, void, GlobalMemoryStatus, (MEMORYSTATUS * status))
{
	MEMORYSTATUSEX whole = {.dwLength = sizeof(whole)};
	GlobalMemoryStatusEx(&whole);
	status->dwLength = sizeof(*status);
	status->dwMemoryLoad = whole.dwMemoryLoad;
	status->dwTotalPhys = whole.ullTotalPhys;
	status->dwAvailPhys = whole.ullAvailPhys;
	status->dwTotalPageFile = whole.ullTotalPageFile;
	status->dwAvailPageFile = whole.ullAvailPageFile;
	status->dwTotalVirtual = whole.ullTotalVirtual;
	status->dwAvailVirtual = whole.ullAvailVirtual;
}

EXPORT(kernel32, BOOL, GetPhysicallyInstalledSystemMemory, (PULONGLONG kilobytes))
{
	uint64_t ram, swap, available;
	if (!kilobytes) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	host_memory_totals(&ram, &swap, &available);
	*kilobytes = ram / 1024;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetSystemTimes, (FILETIME * idle, FILETIME *kernel, FILETIME *user))
{
	struct host_system_times times;

	if (host_system_times(&times) < 0) {
		set_last_error(ERROR_GEN_FAILURE);
		return FALSE;
	}
	/* Kernel time includes idle time: MSDN. */
	times.system += times.idle;
	if (idle)
		*idle = (FILETIME){(DWORD)times.idle, (DWORD)(times.idle >> 32)};
	if (kernel)
		*kernel = (FILETIME){(DWORD)times.system, (DWORD)(times.system >> 32)};
	if (user)
		*user = (FILETIME){(DWORD)times.user, (DWORD)(times.user >> 32)};
	return TRUE;
}

typedef struct _SYSTEM_POWER_STATUS {
	BYTE ACLineStatus, BatteryFlag, BatteryLifePercent, SystemStatusFlag;
	DWORD BatteryLifeTime, BatteryFullLifeTime;
} SYSTEM_POWER_STATUS;

/* A machine on the mains, without a battery. */
EXPORT(kernel32, BOOL, GetSystemPowerStatus, (SYSTEM_POWER_STATUS * status))
{
	*status = (SYSTEM_POWER_STATUS){1, 128, 255, 0, 0xFFFFFFFF, 0xFFFFFFFF};
	return TRUE;
}
