/*
 * ntdll/ex/version.c - which Windows this is.
 */
#include "nt/peb.h"
#include "ntdll/ex/ex.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <string.h>

EXPORT(ntdll, NTSTATUS, RtlGetVersion, (OSVERSIONINFOEXW * info))
{
	ULONG size = info->dwOSVersionInfoSize;

	info->dwMajorVersion = EX_MAJOR_VERSION;
	info->dwMinorVersion = EX_MINOR_VERSION;
	info->dwBuildNumber = EX_BUILD_NUMBER;
	info->dwPlatformId = VER_PLATFORM_WIN32_NT;
	memset(info->szCSDVersion, 0, sizeof(info->szCSDVersion));
	if (size == sizeof(OSVERSIONINFOEXW)) {
		info->wServicePackMajor = info->wServicePackMinor = 0;
		info->wSuiteMask = VER_SUITE_SINGLEUSERTS;
		info->wProductType = VER_NT_WORKSTATION;
		info->wReserved = 0;
	}
	return STATUS_SUCCESS;
}

EXPORT(ntdll, void, RtlGetNtVersionNumbers, (PULONG major, PULONG minor, PULONG build))
{
	if (major)
		*major = EX_MAJOR_VERSION;
	if (minor)
		*minor = EX_MINOR_VERSION;
	/* The high bits say "free build". */
	if (build)
		*build = 0xF0000000u | EX_BUILD_NUMBER;
}

EXPORT(ntdll, BOOLEAN, RtlGetNtProductType, (PULONG type))
{
	*type = VER_NT_WORKSTATION;
	return TRUE;
}

EXPORT(ntdll, BOOLEAN, RtlGetProductInfo, (ULONG major, ULONG minor, ULONG sp_major, ULONG sp_minor, PULONG type))
{
	if (!type)
		return FALSE;
	/* PRODUCT_PROFESSIONAL; before Vista there were no products. */
	*type = major < 6 ? 0 : 0x30;
	return major >= 6;
}

EXPORT(ntdll, ULONG, RtlGetSuiteMask, (void))
{
	return VER_SUITE_SINGLEUSERTS;
}

static unsigned condition_of(ULONGLONG conditions, ULONG type)
{
	return (unsigned)(conditions >> (3 * (unsigned)__builtin_ctz(type)) & 7);
}

#define VER_EQUAL 1u

/* VER_EQUAL 1, GREATER 2, GREATER_EQUAL 3, LESS 4, LESS_EQUAL 5. */
static bool holds(unsigned condition, ULONG system, ULONG wanted)
{
	switch (condition) {
	case 1:
		return system == wanted;
	case 2:
		return system > wanted;
	case 3:
		return system >= wanted;
	case 4:
		return system < wanted;
	case 5:
		return system <= wanted;
	default:
		return false;
	}
}

NTSTATUS ex_verify_version(const OSVERSIONINFOEXW *system, const OSVERSIONINFOEXW *wanted, ULONG types, ULONGLONG conditions)
{
	const struct {
		ULONG type, system, wanted;
	} ordered[] = {
		{VER_MAJORVERSION, system->dwMajorVersion, wanted->dwMajorVersion},
		{VER_MINORVERSION, system->dwMinorVersion, wanted->dwMinorVersion},
		{VER_SERVICEPACKMAJOR, system->wServicePackMajor, wanted->wServicePackMajor},
		{VER_SERVICEPACKMINOR, system->wServicePackMinor, wanted->wServicePackMinor},
	};
	unsigned condition;

	if (!types || !conditions)
		return STATUS_INVALID_PARAMETER;
	if (types & VER_SUITENAME) {
		condition = condition_of(conditions, VER_SUITENAME);
		if (condition != 6 && condition != 7)
			return STATUS_INVALID_PARAMETER;
		if (condition == 6 ? (wanted->wSuiteMask & ~system->wSuiteMask) != 0
				   : wanted->wSuiteMask && !(wanted->wSuiteMask & system->wSuiteMask))
			return STATUS_REVISION_MISMATCH;
	}
	if (types & VER_PRODUCT_TYPE &&
	    !holds(condition_of(conditions, VER_PRODUCT_TYPE), system->wProductType, wanted->wProductType))
		return STATUS_REVISION_MISMATCH;
	if (types & VER_PLATFORMID &&
	    !holds(condition_of(conditions, VER_PLATFORMID), system->dwPlatformId, wanted->dwPlatformId))
		return STATUS_REVISION_MISMATCH;
	if (types & VER_BUILDNUMBER &&
	    !holds(condition_of(conditions, VER_BUILDNUMBER), system->dwBuildNumber, wanted->dwBuildNumber))
		return STATUS_REVISION_MISMATCH;
	/* Major, minor and service pack are one number: the first that differs decides (MSDN VerifyVersionInfo).  The first
	 * condition that is not equality is that of all that follow, whatever they have; one that is missing never holds. */
	condition = VER_EQUAL;
	for (size_t i = 0; i < ARRAY_SIZE(ordered); i++) {
		if (!(types & ordered[i].type))
			continue;
		if (condition == VER_EQUAL)
			condition = condition_of(conditions, ordered[i].type);
		if (!condition || ordered[i].system != ordered[i].wanted)
			return holds(condition, ordered[i].system, ordered[i].wanted) ? STATUS_SUCCESS
										      : STATUS_REVISION_MISMATCH;
	}
	return holds(condition, 0, 0) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
}

EXPORT(ntdll, NTSTATUS, RtlVerifyVersionInfo, (const OSVERSIONINFOEXW *wanted, ULONG types, ULONGLONG conditions))
{
	OSVERSIONINFOEXW system = {.dwOSVersionInfoSize = sizeof(system)};
	RtlGetVersion(&system);
	return ex_verify_version(&system, wanted, types, conditions);
}

EXPORT(ntdll, ULONGLONG, VerSetConditionMask, (ULONGLONG mask, DWORD type, BYTE condition))
{
	ULONG top;
	condition &= 7;
	if (!type || !condition || !(type & 0xFF))
		return mask;
	/* Of several bits the highest counts. */
	top = 31 - (unsigned)__builtin_clz(type & 0xFF);
	return mask | (ULONGLONG)condition << (3 * top);
}
EXPORT_ALIAS(kernel32, "VerSetConditionMask", VerSetConditionMask);
