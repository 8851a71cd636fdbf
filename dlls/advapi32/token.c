/*
 * dlls/advapi32/token.c - tokens, privileges, and the security of files.
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

EXPORT(advapi32, BOOL, OpenProcessToken, (HANDLE process, DWORD access, HANDLE *token))
{
	return win32_result(NtOpenProcessToken(process, access, token));
}

EXPORT(advapi32, BOOL, OpenThreadToken, (HANDLE thread, DWORD access, BOOL as_self, HANDLE *token))
{
	return win32_result(NtOpenThreadToken(thread, access, as_self != 0, token));
}

EXPORT(advapi32, BOOL, GetTokenInformation, (HANDLE token, DWORD class, PVOID buffer, DWORD size, DWORD *needed))
{
	return win32_result(NtQueryInformationToken(token, class, buffer, size, needed));
}

EXPORT(advapi32, BOOL, DuplicateTokenEx,
       (HANDLE token, DWORD access, SECURITY_ATTRIBUTES *security, DWORD level, DWORD type, HANDLE *copy))
{
	return win32_result(NtDuplicateToken(token, access, NULL, FALSE, type, copy));
}

EXPORT(advapi32, BOOL, DuplicateToken, (HANDLE token, DWORD level, HANDLE *copy))
{
	return win32_result(NtDuplicateToken(token, TOKEN_QUERY | TOKEN_IMPERSONATE, NULL, FALSE, 2, copy));
}

/* Success with ERROR_NOT_ALL_ASSIGNED as the last error when a privilege is not held: MSDN AdjustTokenPrivileges. */
EXPORT(advapi32, BOOL, AdjustTokenPrivileges,
       (HANDLE token, BOOL disable_all, TOKEN_PRIVILEGES *state, DWORD size, TOKEN_PRIVILEGES *previous, DWORD *needed))
{
	NTSTATUS status = NtAdjustPrivilegesToken(token, disable_all != 0, state, size, previous, needed);

	if (!NT_SUCCESS(status))
		return win32_result(status);
	set_last_error(status == STATUS_NOT_ALL_ASSIGNED ? 1300 : ERROR_SUCCESS);
	return TRUE;
}

EXPORT(advapi32, BOOL, LookupPrivilegeValueW, (LPCWSTR system, LPCWSTR name, LUID *luid))
{
	ULONG number = name ? se_privilege_number(name) : 0;

	if (system && *system)
		return fail(1722); /* RPC_S_SERVER_UNAVAILABLE */
	if (!number)
		return fail(1313); /* ERROR_NO_SUCH_PRIVILEGE */
	*luid = (LUID){number, 0};
	return TRUE;
}

EXPORT(advapi32, BOOL, LookupPrivilegeValueA, (LPCSTR system, LPCSTR name, LUID *luid))
{
	LPWSTR wide;
	BOOL ok;

	if (system && *system)
		return fail(1722);
	ok = advapi_widen(name, &wide) ? LookupPrivilegeValueW(NULL, wide, luid) : fail(ERROR_NOT_ENOUGH_MEMORY);
	free(wide);
	return ok;
}

EXPORT(advapi32, BOOL, LookupPrivilegeNameW, (LPCWSTR system, const LUID *luid, LPWSTR name, DWORD *length))
{
	const char16_t *found = luid->HighPart ? NULL : se_privilege_name(luid->LowPart);
	DWORD units;

	if (!found)
		return fail(1313);
	units = (DWORD)rtl_wcslen(found);
	if (*length <= units) {
		*length = units + 1;
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	memcpy(name, found, (units + 1) * sizeof(WCHAR));
	*length = units;
	return TRUE;
}

EXPORT(advapi32, BOOL, CheckTokenMembership, (HANDLE token, const SID *sid, BOOL *member))
{
	DWORD type, needed;

	if (!se_valid_sid(sid) || !member)
		return fail(ERROR_INVALID_PARAMETER);
	/* A given token must be one for impersonation. */
	if (token) {
		if (!GetTokenInformation(token, TokenType, &type, sizeof(type), &needed))
			return FALSE;
		if (type != 2)
			return fail(1309); /* ERROR_NO_IMPERSONATION_TOKEN */
	}
	*member = se_is_member(sid);
	return TRUE;
}

/* Nobody is impersonated, so to stop it always succeeds. */
EXPORT(advapi32, BOOL, RevertToSelf, (void))
{
	return TRUE;
}

EXPORT(advapi32, BOOL, SetThreadToken, (HANDLE *thread, HANDLE token))
{
	return token ? fail(ERROR_ACCESS_DENIED) : TRUE;
}

EXPORT(advapi32, BOOL, ImpersonateSelf, (DWORD level))
{
	return fail(ERROR_ACCESS_DENIED);
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

/* The event log service does not run. */
EXPORT(advapi32, HANDLE, RegisterEventSourceW, (LPCWSTR server, LPCWSTR source))
{
	set_last_error(1722);
	return NULL;
}

EXPORT(advapi32, HANDLE, RegisterEventSourceA, (LPCSTR server, LPCSTR source))
{
	set_last_error(1722);
	return NULL;
}

EXPORT(advapi32, BOOL, DeregisterEventSource, (HANDLE log))
{
	return fail(ERROR_INVALID_HANDLE);
}

EXPORT(advapi32, BOOL, ReportEventW,
       (HANDLE log, WORD type, WORD category, DWORD id, SID *user, WORD strings, DWORD size, LPCWSTR *text, PVOID data))
{
	return fail(ERROR_INVALID_HANDLE);
}

EXPORT(advapi32, BOOL, ReportEventA,
       (HANDLE log, WORD type, WORD category, DWORD id, SID *user, WORD strings, DWORD size, LPCSTR *text, PVOID data))
{
	return fail(ERROR_INVALID_HANDLE);
}
