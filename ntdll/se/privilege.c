/*
 * ntdll/se/privilege.c - privileges: their names and numbers, who holds them, and how a token's are switched.
 */
#include "host/fault.h"
#include "host/vm.h"
#include "ntdll/se/token.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define STANDARD 1u /* of a standard user's filtered token */
#define FULL 2u	    /* of an administrator's */
#define ENABLED 4u

/* In NT's numbering (SeXxxPrivilege). */
static const struct {
	const char16_t *name;
	BYTE number;
	BYTE holders;
} privileges[] = {
	{u"SeCreateTokenPrivilege", 2, 0},
	{u"SeAssignPrimaryTokenPrivilege", 3, 0},
	{u"SeLockMemoryPrivilege", 4, 0},
	{u"SeIncreaseQuotaPrivilege", 5, FULL},
	{u"SeMachineAccountPrivilege", 6, 0},
	{u"SeTcbPrivilege", 7, 0},
	{u"SeSecurityPrivilege", 8, FULL},
	{u"SeTakeOwnershipPrivilege", 9, FULL},
	{u"SeLoadDriverPrivilege", 10, FULL},
	{u"SeSystemProfilePrivilege", 11, FULL},
	{u"SeSystemtimePrivilege", 12, FULL},
	{u"SeProfileSingleProcessPrivilege", 13, FULL},
	{u"SeIncreaseBasePriorityPrivilege", 14, FULL},
	{u"SeCreatePagefilePrivilege", 15, FULL},
	{u"SeCreatePermanentPrivilege", 16, 0},
	{u"SeBackupPrivilege", 17, FULL},
	{u"SeRestorePrivilege", 18, FULL},
	{u"SeShutdownPrivilege", 19, STANDARD | FULL},
	{u"SeDebugPrivilege", 20, FULL},
	{u"SeAuditPrivilege", 21, 0},
	{u"SeSystemEnvironmentPrivilege", 22, FULL},
	{u"SeChangeNotifyPrivilege", 23, STANDARD | FULL | ENABLED},
	{u"SeRemoteShutdownPrivilege", 24, FULL},
	{u"SeUndockPrivilege", 25, STANDARD | FULL},
	{u"SeSyncAgentPrivilege", 26, 0},
	{u"SeEnableDelegationPrivilege", 27, 0},
	{u"SeManageVolumePrivilege", 28, FULL},
	{u"SeImpersonatePrivilege", 29, FULL | ENABLED},
	{u"SeCreateGlobalPrivilege", 30, FULL | ENABLED},
	{u"SeTrustedCredManAccessPrivilege", 31, 0},
	{u"SeRelabelPrivilege", 32, 0},
	{u"SeIncreaseWorkingSetPrivilege", 33, STANDARD | FULL},
	{u"SeTimeZonePrivilege", 34, STANDARD | FULL},
	{u"SeCreateSymbolicLinkPrivilege", 35, FULL},
	{u"SeDelegateSessionUserImpersonatePrivilege", 36, FULL},
};
_Static_assert(ARRAY_SIZE(privileges) <= SE_TOKEN_PRIVILEGES, "a token has room for all privileges");

static bool same_name(const char16_t *a, const char16_t *b)
{
	while (*a && (*a | 32) == (*b | 32)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

ULONG se_privilege_number(const char16_t *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
		if (same_name(privileges[i].name, name))
			return privileges[i].number;
	}
	return 0;
}

const char16_t *se_privilege_name(ULONG number)
{
	unsigned place = se_privilege_place(number);

	return place < ARRAY_SIZE(privileges) ? privileges[place].name : NULL;
}

unsigned se_privilege_place(ULONG number)
{
	for (unsigned i = 0; i < ARRAY_SIZE(privileges); i++) {
		if (privileges[i].number == number)
			return i;
	}
	return SE_TOKEN_PRIVILEGES;
}

ULONG se_privilege_at(unsigned place)
{
	return place < ARRAY_SIZE(privileges) ? privileges[place].number : 0;
}

void se_first_privileges(uint8_t attributes[SE_TOKEN_PRIVILEGES], bool elevated)
{
	memset(attributes, SE_NOT_HELD, SE_TOKEN_PRIVILEGES);
	for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
		if (privileges[i].holders & (elevated ? FULL : STANDARD))
			attributes[i] = privileges[i].holders & ENABLED ? SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT : 0;
	}
	/* An administrator of Windows grants the right to lock memory, one of Linux an unlimited `ulimit -l`. */
	if (host_may_lock_memory())
		attributes[se_privilege_place(SE_LOCK_MEMORY_PRIVILEGE)] = 0;
}

bool se_has_privilege(const struct se_token_record *data, ULONG number)
{
	unsigned place = se_privilege_place(number);

	return place < SE_TOKEN_PRIVILEGES && data->attributes[place] != SE_NOT_HELD &&
	       data->attributes[place] & SE_PRIVILEGE_ENABLED;
}

bool se_privilege_enabled(ULONG number)
{
	struct se_token *token = se_effective_token();
	bool enabled;

	if (!token)
		return false;
	host_lock_acquire(&token->lock);
	enabled = se_has_privilege(&token->data, number);
	host_lock_release(&token->lock);
	ob_dereference(token);
	return enabled;
}

NTSTATUS se_capture_privileges(const TOKEN_PRIVILEGES *given, LUID_AND_ATTRIBUTES **list, ULONG *count)
{
	*list = NULL;
	*count = 0;
	if (host_copy_from_guest(count, given, sizeof(*count)))
		return STATUS_ACCESS_VIOLATION;
	if (*count > 1000)
		return STATUS_INVALID_PARAMETER;
	*list = malloc((*count + 1) * sizeof(**list));
	if (!*list)
		return STATUS_NO_MEMORY;
	return host_copy_from_guest(*list, given->Privileges, *count * sizeof(**list)) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* What a privilege's attributes become; counts what of the list is meant by it. */
static BYTE adjusted(BYTE old, ULONG number, bool disable_all, const LUID_AND_ATTRIBUTES *wanted, ULONG count, ULONG *matched)
{
	BYTE result = disable_all ? (BYTE)(old & ~SE_PRIVILEGE_ENABLED) : old;

	for (ULONG i = 0; i < count; i++) {
		if (wanted[i].Luid.LowPart != number || wanted[i].Luid.HighPart)
			continue;
		(*matched)++;
		if (wanted[i].Attributes & SE_PRIVILEGE_REMOVED)
			result = SE_NOT_HELD;
		else
			result = (BYTE)((old & ~SE_PRIVILEGE_ENABLED) | (wanted[i].Attributes & SE_PRIVILEGE_ENABLED));
	}
	return result;
}

/* STATUS_NOT_ALL_ASSIGNED (a success) when a privilege is not held. */
EXPORT(ntdll, NTSTATUS, NtAdjustPrivilegesToken,
       (HANDLE handle, BOOLEAN disable_all, TOKEN_PRIVILEGES *state, ULONG size, TOKEN_PRIVILEGES *previous,
	ULONG *needed))
{
	LUID_AND_ATTRIBUTES changed[ARRAY_SIZE(privileges)];
	LUID_AND_ATTRIBUTES *wanted = NULL;
	BYTE updated[SE_TOKEN_PRIVILEGES];
	ULONG count = 0, changes = 0, matched = 0, length;
	struct se_token *token;
	NTSTATUS status = ob_reference_by_handle(handle, &se_token_type,
						 TOKEN_ADJUST_PRIVILEGES | (previous ? TOKEN_QUERY : 0), (void **)&token);

	if (!NT_SUCCESS(status))
		return status;
	if (!disable_all)
		status = se_capture_privileges(state, &wanted, &count);
	if (!NT_SUCCESS(status)) {
		free(wanted);
		ob_dereference(token);
		return status;
	}
	host_lock_acquire(&token->lock);
	memcpy(updated, token->data.attributes, sizeof(updated));
	for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
		BYTE old = updated[i];

		if (old == SE_NOT_HELD)
			continue;
		updated[i] = adjusted(old, privileges[i].number, disable_all, wanted, count, &matched);
		if (updated[i] != old) {
			changed[changes].Luid = (LUID){privileges[i].number, 0};
			changed[changes++].Attributes = old;
		}
	}
	length = 4 + changes * (ULONG)sizeof(*changed);
	if (previous && size < length) {
		status = STATUS_BUFFER_TOO_SMALL;
	} else {
		memcpy(token->data.attributes, updated, sizeof(updated));
		if (changes)
			token->data.modified = se_new_luid();
	}
	host_lock_release(&token->lock);
	free(wanted);
	ob_dereference(token);
	if (needed && previous && host_copy_to_guest(needed, &length, sizeof(length)))
		return STATUS_ACCESS_VIOLATION;
	if (!NT_SUCCESS(status))
		return status;
	if (previous && (host_copy_to_guest(previous, &changes, sizeof(changes)) ||
			 host_copy_to_guest(previous->Privileges, changed, changes * sizeof(*changed))))
		return STATUS_ACCESS_VIOLATION;
	return !disable_all && matched < count ? STATUS_NOT_ALL_ASSIGNED : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwAdjustPrivilegesToken", NtAdjustPrivilegesToken);

/* Those that are enabled are marked in the guest's set: MSDN PrivilegeCheck. */
EXPORT(ntdll, NTSTATUS, NtPrivilegeCheck, (HANDLE handle, PRIVILEGE_SET *wanted, BOOLEAN *result))
{
	ULONG head[2], held = 0;
	struct se_token *token;
	BOOLEAN answer;
	NTSTATUS status = se_reference_token(handle, TOKEN_QUERY, &token);

	if (!NT_SUCCESS(status))
		return status;
	if (host_copy_from_guest(head, wanted, sizeof(head)) || host_probe_guest(result, sizeof(*result), true))
		status = STATUS_ACCESS_VIOLATION;
	else if (token->data.type == TokenImpersonation && token->data.level < SecurityIdentification)
		status = STATUS_BAD_IMPERSONATION_LEVEL;
	else if (head[0] > 1000)
		status = STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; NT_SUCCESS(status) && i < head[0]; i++) {
		LUID_AND_ATTRIBUTES entry;
		bool has;

		if (host_copy_from_guest(&entry, &wanted->Privilege[i], sizeof(entry))) {
			status = STATUS_ACCESS_VIOLATION;
			break;
		}
		host_lock_acquire(&token->lock);
		has = !entry.Luid.HighPart && se_has_privilege(&token->data, entry.Luid.LowPart);
		host_lock_release(&token->lock);
		held += has;
		if (has)
			entry.Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
		if (host_copy_to_guest(&wanted->Privilege[i], &entry, sizeof(entry)))
			status = STATUS_ACCESS_VIOLATION;
	}
	ob_dereference(token);
	if (!NT_SUCCESS(status))
		return status;
	answer = head[1] & PRIVILEGE_SET_ALL_NECESSARY ? held == head[0] : held != 0;
	return host_copy_to_guest(result, &answer, sizeof(answer)) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwPrivilegeCheck", NtPrivilegeCheck);
