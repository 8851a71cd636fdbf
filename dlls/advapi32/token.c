/*
 * dlls/advapi32/token.c - tokens, privileges, impersonation.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "kernel32/startupinfo.h"
#include "ntdll/ps/thread.h"
#include "ntdll/se/se.h"
#include <stdlib.h>
#include <string.h>

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

EXPORT(advapi32, BOOL, SetTokenInformation, (HANDLE token, DWORD class, PVOID buffer, DWORD size))
{
	return win32_result(NtSetInformationToken(token, class, buffer, size));
}

EXPORT(advapi32, BOOL, DuplicateTokenEx,
       (HANDLE token, DWORD access, SECURITY_ATTRIBUTES *security, DWORD level, DWORD type, HANDLE *copy))
{
	SECURITY_QUALITY_OF_SERVICE quality = {.Length = sizeof(quality), .ImpersonationLevel = level};
	OBJECT_ATTRIBUTES attributes = {
		.Length = sizeof(attributes),
		.Attributes = security && security->bInheritHandle ? OBJ_INHERIT : 0,
		.SecurityQualityOfService = &quality,
	};

	return win32_result(NtDuplicateToken(token, access, &attributes, FALSE, type, copy));
}

EXPORT(advapi32, BOOL, DuplicateToken, (HANDLE token, DWORD level, HANDLE *copy))
{
	return DuplicateTokenEx(token, TOKEN_QUERY | TOKEN_IMPERSONATE, NULL, level, TokenImpersonation, copy);
}

/* A list of SIDs as NtFilterToken wants it, malloc'ed; NULL with the last error set, unless there are none. */
static TOKEN_GROUPS *groups_of(const SID_AND_ATTRIBUTES *sids, DWORD count, BOOL *ok)
{
	TOKEN_GROUPS *groups = NULL;

	if (count) {
		groups = malloc(sizeof(*groups) + count * sizeof(*sids));
		if (!groups) {
			*ok = fail(ERROR_NOT_ENOUGH_MEMORY);
			return NULL;
		}
		groups->GroupCount = count;
		memcpy(groups->Groups, sids, count * sizeof(*sids));
	}
	return groups;
}

EXPORT(advapi32, BOOL, CreateRestrictedToken,
       (HANDLE token, DWORD flags, DWORD disable_count, SID_AND_ATTRIBUTES *disable, DWORD remove_count,
	LUID_AND_ATTRIBUTES *remove, DWORD restrict_count, SID_AND_ATTRIBUTES *restrict_to, HANDLE *made))
{
	BOOL ok = TRUE;
	TOKEN_GROUPS *disabled = groups_of(disable, disable_count, &ok);
	TOKEN_GROUPS *restricted = groups_of(restrict_to, restrict_count, &ok);
	TOKEN_PRIVILEGES *removed = NULL;

	if (ok && remove_count) {
		removed = malloc(sizeof(*removed) + remove_count * sizeof(*remove));
		if (removed) {
			removed->PrivilegeCount = remove_count;
			memcpy(removed->Privileges, remove, remove_count * sizeof(*remove));
		} else {
			ok = fail(ERROR_NOT_ENOUGH_MEMORY);
		}
	}
	ok = ok && win32_result(NtFilterToken(token, flags, disabled, removed, restricted, made));
	free(disabled);
	free(removed);
	free(restricted);
	return ok;
}

/* Whether there is a list of restricting SIDs. */
EXPORT(advapi32, BOOL, IsTokenRestricted, (HANDLE token))
{
	BYTE restricted = 0;
	DWORD size;

	return GetTokenInformation(token, TokenIsRestricted, &restricted, sizeof(restricted), &size) && restricted;
}

/* Success with ERROR_NOT_ALL_ASSIGNED as the last error when something is not held: MSDN AdjustTokenPrivileges. */
static BOOL adjusted(NTSTATUS status)
{
	if (!NT_SUCCESS(status))
		return win32_result(status);
	set_last_error(status == STATUS_NOT_ALL_ASSIGNED ? ERROR_NOT_ALL_ASSIGNED : ERROR_SUCCESS);
	return TRUE;
}

EXPORT(advapi32, BOOL, AdjustTokenGroups,
       (HANDLE token, BOOL reset, TOKEN_GROUPS *state, DWORD size, TOKEN_GROUPS *previous, DWORD *needed))
{
	return adjusted(NtAdjustGroupsToken(token, reset != 0, state, size, previous, needed));
}

EXPORT(advapi32, BOOL, AdjustTokenPrivileges,
       (HANDLE token, BOOL disable_all, TOKEN_PRIVILEGES *state, DWORD size, TOKEN_PRIVILEGES *previous, DWORD *needed))
{
	return adjusted(NtAdjustPrivilegesToken(token, disable_all != 0, state, size, previous, needed));
}

EXPORT(advapi32, BOOL, LookupPrivilegeValueW, (LPCWSTR system, LPCWSTR name, LUID *luid))
{
	ULONG number = name ? se_privilege_number(name) : 0;

	if (system && *system)
		return fail(1722); /* RPC_S_SERVER_UNAVAILABLE */
	if (!number)
		return fail(ERROR_NO_SUCH_PRIVILEGE);
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
		return fail(ERROR_NO_SUCH_PRIVILEGE);
	units = (DWORD)rtl_wcslen(found);
	if (*length <= units) {
		*length = units + 1;
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	memcpy(name, found, (units + 1) * sizeof(WCHAR));
	*length = units;
	return TRUE;
}

EXPORT(advapi32, BOOL, LookupPrivilegeNameA, (LPCSTR system, const LUID *luid, LPSTR name, DWORD *length))
{
	const char16_t *found = luid->HighPart || (system && *system) ? NULL : se_privilege_name(luid->LowPart);
	DWORD units;

	if (!found)
		return fail(ERROR_NO_SUCH_PRIVILEGE);
	units = (DWORD)rtl_wcslen(found);
	if (*length <= units) {
		*length = units + 1;
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	for (DWORD i = 0; i <= units; i++)
		name[i] = (CHAR)found[i];
	*length = units;
	return TRUE;
}

EXPORT(advapi32, BOOL, PrivilegeCheck, (HANDLE token, PRIVILEGE_SET *wanted, BOOL *result))
{
	BOOLEAN held = FALSE;
	BOOL ok = win32_result(NtPrivilegeCheck(token, wanted, &held));

	if (ok)
		*result = held;
	return ok;
}

EXPORT(advapi32, BOOL, AllocateLocallyUniqueId, (LUID * luid))
{
	return win32_result(NtAllocateLocallyUniqueId(luid));
}

EXPORT(advapi32, BOOL, CheckTokenMembership, (HANDLE token, const SID *sid, BOOL *member))
{
	bool found = false;

	if (!se_valid_sid(sid) || !member)
		return fail(ERROR_INVALID_PARAMETER);
	*member = FALSE;
	if (!win32_result(se_check_membership(token, sid, &found)))
		return FALSE;
	*member = found;
	return TRUE;
}

EXPORT(advapi32, BOOL, AccessCheck,
       (SECURITY_DESCRIPTOR * descriptor, HANDLE token, DWORD desired, const GENERIC_MAPPING *mapping, PRIVILEGE_SET *privileges,
	DWORD *size, DWORD *granted, BOOL *access))
{
	NTSTATUS verdict = STATUS_ACCESS_DENIED;

	if (!win32_result(NtAccessCheck(descriptor, token, desired, mapping, privileges, size, granted, &verdict)))
		return FALSE;
	*access = NT_SUCCESS(verdict);
	if (!*access)
		win32_result(verdict);
	return TRUE;
}

EXPORT(advapi32, BOOL, AreAllAccessesGranted, (DWORD granted, DWORD desired))
{
	return !(desired & ~granted);
}

EXPORT(advapi32, BOOL, AreAnyAccessesGranted, (DWORD granted, DWORD desired))
{
	return (granted & desired) != 0;
}

/* Impersonation: a thread's own token. */
EXPORT(advapi32, BOOL, SetThreadToken, (HANDLE *thread, HANDLE token))
{
	return win32_result(NtSetInformationThread(thread ? *thread : NtCurrentThread(), ThreadImpersonationToken, &token, sizeof(token)));
}

EXPORT(advapi32, BOOL, RevertToSelf, (void))
{
	return SetThreadToken(NULL, NULL);
}

/* A primary token is copied as one for impersonation. */
EXPORT(advapi32, BOOL, ImpersonateLoggedOnUser, (HANDLE token))
{
	DWORD type, size;
	HANDLE copy;
	BOOL ok;

	if (!GetTokenInformation(token, TokenType, &type, sizeof(type), &size))
		return FALSE;
	if (type == TokenImpersonation)
		return SetThreadToken(NULL, token);
	if (!DuplicateTokenEx(token, TOKEN_IMPERSONATE | TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation, &copy))
		return FALSE;
	ok = SetThreadToken(NULL, copy);
	NtClose(copy);
	return ok;
}

EXPORT(advapi32, BOOL, ImpersonateSelf, (DWORD level))
{
	HANDLE token, copy;
	BOOL ok;

	if (!OpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &token))
		return FALSE;
	ok = DuplicateTokenEx(token, TOKEN_IMPERSONATE, NULL, level, TokenImpersonation, &copy);
	NtClose(token);
	if (!ok)
		return FALSE;
	ok = SetThreadToken(NULL, copy);
	NtClose(copy);
	return ok;
}

/* Nobody's password is known here. */
EXPORT(advapi32, BOOL, LogonUserW,
       (LPCWSTR user, LPCWSTR domain, LPCWSTR password, DWORD type, DWORD provider, HANDLE *token))
{
	return fail(user && token ? ERROR_LOGON_FAILURE : ERROR_INVALID_PARAMETER);
}

EXPORT(advapi32, BOOL, LogonUserA, (LPCSTR user, LPCSTR domain, LPCSTR password, DWORD type, DWORD provider, HANDLE *token))
{
	return fail(user && token ? ERROR_LOGON_FAILURE : ERROR_INVALID_PARAMETER);
}

EXPORT(advapi32, BOOL, CreateProcessWithLogonW,
       (LPCWSTR user, LPCWSTR domain, LPCWSTR password, DWORD logon, LPCWSTR application, LPWSTR command_line, DWORD flags,
	PVOID environment, LPCWSTR directory, PVOID startup, PVOID information))
{
	return fail(user ? ERROR_LOGON_FAILURE : ERROR_INVALID_PARAMETER);
}

/* Asks for SeImpersonatePrivilege; any kind of token will do, and nothing is inherited. */
EXPORT(advapi32, BOOL, CreateProcessWithTokenW,
       (HANDLE token, DWORD logon, LPCWSTR application, LPWSTR command_line, DWORD flags, PVOID environment, LPCWSTR directory,
	STARTUPINFOW *startup, LPPROCESS_INFORMATION information))
{
	HANDLE primary;
	BOOL ok;

	if (!se_privilege_enabled(SE_IMPERSONATE_PRIVILEGE))
		return fail(ERROR_PRIVILEGE_NOT_HELD);
	if (!DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary, &primary))
		return FALSE;
	ok = CreateProcessAsUserW(primary, application, command_line, NULL, NULL, FALSE, flags, environment, directory, startup,
				  information);
	NtClose(primary);
	return ok;
}
