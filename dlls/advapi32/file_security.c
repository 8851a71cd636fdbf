/*
 * dlls/advapi32/file_security.c - the security of files.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/se/se.h"
#include <stdlib.h>
#include <string.h>

#define OWNER_SECURITY_INFORMATION 1u
#define GROUP_SECURITY_INFORMATION 2u
#define DACL_SECURITY_INFORMATION 4u
#define SACL_SECURITY_INFORMATION 8u
#define SE_FILE_OBJECT 1

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

/*
 * The security of files.  Linux keeps owner and mode; what is given here is what they mean to this process: its user
 * as owner, and full access for it and for the administrators and the system, as in a user's own folder.
 */

static DWORD file_descriptor(DWORD which, BYTE *bytes, DWORD size)
{
	static const struct {
		UCHAR revision, count, authority[6];
		ULONG sub[2];
	} administrators = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 544}}, system_sid = {1, 1, {0, 0, 0, 0, 0, 5}, {18, 0}};
	const void *trustees[] = {&system_sid, &administrators, se_user_sid()};
	SECURITY_DESCRIPTOR_RELATIVE *descriptor = (SECURITY_DESCRIPTOR_RELATIVE *)bytes;
	ULONG owner = se_sid_size(se_user_sid()), group = se_sid_size(se_group_sid()), dacl = sizeof(ACL), needed, at;

	for (size_t i = 0; i < ARRAY_SIZE(trustees); i++)
		dacl += 8 + se_sid_size(trustees[i]);
	needed = sizeof(*descriptor) + (which & OWNER_SECURITY_INFORMATION ? owner : 0) +
		 (which & GROUP_SECURITY_INFORMATION ? group : 0) + (which & DACL_SECURITY_INFORMATION ? dacl : 0);
	if (size < needed)
		return needed;
	memset(bytes, 0, needed);
	descriptor->Revision = 1;
	descriptor->Control = SE_SELF_RELATIVE;
	at = sizeof(*descriptor);
	if (which & DACL_SECURITY_INFORMATION) {
		ACL *acl = (ACL *)(bytes + at);
		BYTE *ace = (BYTE *)(acl + 1);

		descriptor->Control |= SE_DACL_PRESENT;
		descriptor->Dacl = at;
		*acl = (ACL){ACL_REVISION, 0, (USHORT)dacl, ARRAY_SIZE(trustees), 0};
		for (size_t i = 0; i < ARRAY_SIZE(trustees); i++) {
			ACE *entry = (ACE *)ace;

			entry->AceSize = (USHORT)(8 + se_sid_size(trustees[i]));
			entry->Mask = FILE_ALL_ACCESS;
			memcpy(&entry->SidStart, trustees[i], se_sid_size(trustees[i]));
			ace += entry->AceSize;
		}
		at += dacl;
	}
	if (which & OWNER_SECURITY_INFORMATION) {
		descriptor->Owner = at;
		memcpy(bytes + at, se_user_sid(), owner);
		at += owner;
	}
	if (which & GROUP_SECURITY_INFORMATION) {
		descriptor->Group = at;
		memcpy(bytes + at, se_group_sid(), group);
	}
	return needed;
}

EXPORT(advapi32, BOOL, GetFileSecurityW, (LPCWSTR file, DWORD which, PVOID descriptor, DWORD size, DWORD *needed))
{
	if (GetFileAttributesW(file) == INVALID_FILE_ATTRIBUTES)
		return FALSE;
	/* To see the audit list takes SeSecurityPrivilege. */
	if (which & SACL_SECURITY_INFORMATION)
		return fail(1314); /* ERROR_PRIVILEGE_NOT_HELD */
	*needed = file_descriptor(which, descriptor, descriptor ? size : 0);
	return *needed <= size && descriptor ? TRUE : fail(ERROR_INSUFFICIENT_BUFFER);
}

EXPORT(advapi32, BOOL, GetFileSecurityA, (LPCSTR file, DWORD which, PVOID descriptor, DWORD size, DWORD *needed))
{
	LPWSTR wide;
	BOOL ok = advapi_widen(file, &wide) ? GetFileSecurityW(wide, which, descriptor, size, needed)
					    : fail(ERROR_NOT_ENOUGH_MEMORY);
	free(wide);
	return ok;
}

/* Lists and other owners can't be stored in a Linux file's mode: refused, as for a user who may not write them. */
EXPORT(advapi32, BOOL, SetFileSecurityW, (LPCWSTR file, DWORD which, const SECURITY_DESCRIPTOR *descriptor))
{
	if (GetFileAttributesW(file) == INVALID_FILE_ATTRIBUTES)
		return FALSE;
	return fail(ERROR_ACCESS_DENIED);
}

EXPORT(advapi32, DWORD, GetNamedSecurityInfoW,
       (LPCWSTR name, DWORD type, DWORD which, SID **owner, SID **group, ACL **dacl, ACL **sacl,
	SECURITY_DESCRIPTOR **descriptor))
{
	SECURITY_DESCRIPTOR *made;
	DWORD size;

	if (!name)
		return ERROR_INVALID_PARAMETER;
	if (type != SE_FILE_OBJECT)
		return ERROR_NOT_SUPPORTED;
	if (GetFileAttributesW(name) == INVALID_FILE_ATTRIBUTES)
		return get_last_error();
	if (which & SACL_SECURITY_INFORMATION)
		return 1314;
	if (!descriptor)
		return ERROR_INVALID_PARAMETER;
	size = file_descriptor(which, NULL, 0);
	made = LocalAlloc(LMEM_FIXED, size);
	if (!made)
		return ERROR_NOT_ENOUGH_MEMORY;
	file_descriptor(which, (BYTE *)made, size);
	*descriptor = made;
	if (owner)
		*owner = se_owner(made);
	if (group)
		*group = se_group(made);
	if (dacl)
		*dacl = se_dacl(made);
	if (sacl)
		*sacl = NULL;
	return ERROR_SUCCESS;
}

EXPORT(advapi32, DWORD, SetNamedSecurityInfoW,
       (LPWSTR name, DWORD type, DWORD which, SID *owner, SID *group, ACL *dacl, ACL *sacl))
{
	if (!name)
		return ERROR_INVALID_PARAMETER;
	if (type == SE_FILE_OBJECT && GetFileAttributesW(name) == INVALID_FILE_ATTRIBUTES)
		return get_last_error();
	return ERROR_ACCESS_DENIED;
}

