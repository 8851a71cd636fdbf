/*
 * dlls/advapi32/file_security.c - the security of files and other objects, by name and by handle.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "nt/winfile.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/se/se.h"
#include <stdlib.h>
#include <string.h>

#define OWNER_SECURITY_INFORMATION 1u
#define GROUP_SECURITY_INFORMATION 2u
#define DACL_SECURITY_INFORMATION 4u
#define SACL_SECURITY_INFORMATION 8u
/* SE_OBJECT_TYPE */
#define SE_FILE_OBJECT 1u
#define SE_REGISTRY_KEY 4u
#define SE_KERNEL_OBJECT 6u

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security, DWORD disposition, DWORD flags,
			  HANDLE template);

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

static HANDLE open_file(LPCWSTR name, DWORD access)
{
	return CreateFileW(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
			   FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

static DWORD access_to_set(DWORD which)
{
	return (which & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION) ? WRITE_OWNER : 0) |
	       (which & DACL_SECURITY_INFORMATION ? WRITE_DAC : 0) | FILE_READ_ATTRIBUTES;
}

EXPORT(advapi32, BOOL, GetKernelObjectSecurity, (HANDLE handle, DWORD which, PVOID descriptor, DWORD size, DWORD *needed))
{
	return win32_result(NtQuerySecurityObject(handle, which, descriptor, size, needed));
}

EXPORT(advapi32, BOOL, SetKernelObjectSecurity, (HANDLE handle, DWORD which, SECURITY_DESCRIPTOR *descriptor))
{
	return win32_result(NtSetSecurityObject(handle, which, descriptor));
}

EXPORT(advapi32, BOOL, GetFileSecurityW, (LPCWSTR file, DWORD which, PVOID descriptor, DWORD size, DWORD *needed))
{
	HANDLE handle = open_file(file, READ_CONTROL);
	BOOL ok;

	if (handle == INVALID_HANDLE_VALUE)
		return FALSE;
	ok = GetKernelObjectSecurity(handle, which, descriptor, descriptor ? size : 0, needed);
	NtClose(handle);
	return ok;
}

EXPORT(advapi32, BOOL, GetFileSecurityA, (LPCSTR file, DWORD which, PVOID descriptor, DWORD size, DWORD *needed))
{
	LPWSTR wide;
	BOOL ok = advapi_widen(file, &wide) ? GetFileSecurityW(wide, which, descriptor, size, needed)
					    : fail(ERROR_NOT_ENOUGH_MEMORY);
	free(wide);
	return ok;
}

EXPORT(advapi32, BOOL, SetFileSecurityW, (LPCWSTR file, DWORD which, SECURITY_DESCRIPTOR *descriptor))
{
	HANDLE handle = open_file(file, access_to_set(which));
	BOOL ok;

	if (handle == INVALID_HANDLE_VALUE)
		return FALSE;
	ok = SetKernelObjectSecurity(handle, which, descriptor);
	NtClose(handle);
	return ok;
}

EXPORT(advapi32, BOOL, SetFileSecurityA, (LPCSTR file, DWORD which, SECURITY_DESCRIPTOR *descriptor))
{
	LPWSTR wide;
	BOOL ok = advapi_widen(file, &wide) ? SetFileSecurityW(wide, which, descriptor) : fail(ERROR_NOT_ENOUGH_MEMORY);

	free(wide);
	return ok;
}

/* By handle.  The parts point into *descriptor, which the caller frees with LocalFree. */
EXPORT(advapi32, DWORD, GetSecurityInfo,
       (HANDLE handle, DWORD type, DWORD which, SID **owner, SID **group, ACL **dacl, ACL **sacl,
	SECURITY_DESCRIPTOR **descriptor))
{
	SECURITY_DESCRIPTOR *made;
	DWORD size = 0;
	NTSTATUS status;

	if (type != SE_FILE_OBJECT && type != SE_REGISTRY_KEY && type != SE_KERNEL_OBJECT)
		return ERROR_NOT_SUPPORTED;
	if (!descriptor && !owner && !group && !dacl && !sacl)
		return ERROR_INVALID_PARAMETER;
	status = NtQuerySecurityObject(handle, which, NULL, 0, &size);
	if (status != STATUS_BUFFER_TOO_SMALL)
		return NT_SUCCESS(status) ? ERROR_INVALID_PARAMETER : RtlNtStatusToDosError(status);
	made = LocalAlloc(LMEM_FIXED, size);
	if (!made)
		return ERROR_NOT_ENOUGH_MEMORY;
	status = NtQuerySecurityObject(handle, which, made, size, &size);
	if (!NT_SUCCESS(status)) {
		LocalFree(made);
		return RtlNtStatusToDosError(status);
	}
	if (owner)
		*owner = se_owner(made);
	if (group)
		*group = se_group(made);
	if (dacl)
		*dacl = se_dacl(made);
	if (sacl)
		*sacl = NULL;
	/* Who wants the parts only never frees them: so it is on Windows. */
	if (descriptor)
		*descriptor = made;
	return ERROR_SUCCESS;
}

EXPORT(advapi32, DWORD, SetSecurityInfo,
       (HANDLE handle, DWORD type, DWORD which, SID *owner, SID *group, ACL *dacl, ACL *sacl))
{
	SECURITY_DESCRIPTOR descriptor = {.Revision = 1, .Owner = owner, .Group = group, .Dacl = dacl, .Sacl = sacl};

	if (type != SE_FILE_OBJECT && type != SE_REGISTRY_KEY && type != SE_KERNEL_OBJECT)
		return ERROR_NOT_SUPPORTED;
	descriptor.Control = (USHORT)((which & DACL_SECURITY_INFORMATION ? SE_DACL_PRESENT : 0) |
				      (which & SACL_SECURITY_INFORMATION ? SE_SACL_PRESENT : 0));
	return RtlNtStatusToDosError(NtSetSecurityObject(handle, which & 0xFFFF, &descriptor));
}

EXPORT(advapi32, DWORD, GetNamedSecurityInfoW,
       (LPCWSTR name, DWORD type, DWORD which, SID **owner, SID **group, ACL **dacl, ACL **sacl,
	SECURITY_DESCRIPTOR **descriptor))
{
	HANDLE handle;
	DWORD error;

	if (!name || !descriptor)
		return ERROR_INVALID_PARAMETER;
	if (type != SE_FILE_OBJECT)
		return ERROR_NOT_SUPPORTED;
	handle = open_file(name, READ_CONTROL);
	if (handle == INVALID_HANDLE_VALUE)
		return get_last_error();
	error = GetSecurityInfo(handle, type, which, owner, group, dacl, sacl, descriptor);
	NtClose(handle);
	return error;
}

EXPORT(advapi32, DWORD, GetNamedSecurityInfoA,
       (LPCSTR name, DWORD type, DWORD which, SID **owner, SID **group, ACL **dacl, ACL **sacl, SECURITY_DESCRIPTOR **descriptor))
{
	LPWSTR wide;
	DWORD error = advapi_widen(name, &wide) ? GetNamedSecurityInfoW(wide, type, which, owner, group, dacl, sacl, descriptor)
						: ERROR_NOT_ENOUGH_MEMORY;

	free(wide);
	return error;
}

EXPORT(advapi32, DWORD, SetNamedSecurityInfoW,
       (LPWSTR name, DWORD type, DWORD which, SID *owner, SID *group, ACL *dacl, ACL *sacl))
{
	HANDLE handle;
	DWORD error;

	if (!name)
		return ERROR_INVALID_PARAMETER;
	if (type != SE_FILE_OBJECT)
		return ERROR_NOT_SUPPORTED;
	handle = open_file(name, access_to_set(which));
	if (handle == INVALID_HANDLE_VALUE)
		return get_last_error();
	error = SetSecurityInfo(handle, type, which, owner, group, dacl, sacl);
	NtClose(handle);
	return error;
}

EXPORT(advapi32, DWORD, SetNamedSecurityInfoA,
       (LPSTR name, DWORD type, DWORD which, SID *owner, SID *group, ACL *dacl, ACL *sacl))
{
	LPWSTR wide;
	DWORD error = advapi_widen(name, &wide) ? SetNamedSecurityInfoW(wide, type, which, owner, group, dacl, sacl)
						: ERROR_NOT_ENOUGH_MEMORY;

	free(wide);
	return error;
}
