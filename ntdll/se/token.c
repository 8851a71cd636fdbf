/*
 * ntdll/se/token.c - tokens.  The process has one; a duplicate is one of its own.  Threads impersonate nobody.
 */
#include "host/fault.h"
#include "host/thread.h"
#include "host/vm.h"
#include "ntdll/se/se.h"
#include "pewter/export.h"
#include <stdlib.h>
#include <string.h>

/* What a standard user's filtered token has, in NT's numbering (SeXxxPrivilege). */
static const struct {
	const char16_t *name;
	BYTE number;
	BYTE attributes; /* in a new token; 0xFF = not held */
} privileges[] = {
	{u"SeCreateTokenPrivilege", 2, 0xFF},
	{u"SeAssignPrimaryTokenPrivilege", 3, 0xFF},
	{u"SeLockMemoryPrivilege", 4, 0xFF},
	{u"SeIncreaseQuotaPrivilege", 5, 0xFF},
	{u"SeMachineAccountPrivilege", 6, 0xFF},
	{u"SeTcbPrivilege", 7, 0xFF},
	{u"SeSecurityPrivilege", 8, 0xFF},
	{u"SeTakeOwnershipPrivilege", 9, 0xFF},
	{u"SeLoadDriverPrivilege", 10, 0xFF},
	{u"SeSystemProfilePrivilege", 11, 0xFF},
	{u"SeSystemtimePrivilege", 12, 0xFF},
	{u"SeProfileSingleProcessPrivilege", 13, 0xFF},
	{u"SeIncreaseBasePriorityPrivilege", 14, 0xFF},
	{u"SeCreatePagefilePrivilege", 15, 0xFF},
	{u"SeCreatePermanentPrivilege", 16, 0xFF},
	{u"SeBackupPrivilege", 17, 0xFF},
	{u"SeRestorePrivilege", 18, 0xFF},
	{u"SeShutdownPrivilege", 19, 0},
	{u"SeDebugPrivilege", 20, 0xFF},
	{u"SeAuditPrivilege", 21, 0xFF},
	{u"SeSystemEnvironmentPrivilege", 22, 0xFF},
	{u"SeChangeNotifyPrivilege", 23, SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT},
	{u"SeRemoteShutdownPrivilege", 24, 0xFF},
	{u"SeUndockPrivilege", 25, 0},
	{u"SeSyncAgentPrivilege", 26, 0xFF},
	{u"SeEnableDelegationPrivilege", 27, 0xFF},
	{u"SeManageVolumePrivilege", 28, 0xFF},
	{u"SeImpersonatePrivilege", 29, 0xFF},
	{u"SeCreateGlobalPrivilege", 30, 0xFF},
	{u"SeTrustedCredManAccessPrivilege", 31, 0xFF},
	{u"SeRelabelPrivilege", 32, 0xFF},
	{u"SeIncreaseWorkingSetPrivilege", 33, 0},
	{u"SeTimeZonePrivilege", 34, 0},
	{u"SeCreateSymbolicLinkPrivilege", 35, 0xFF},
	{u"SeDelegateSessionUserImpersonatePrivilege", 36, 0xFF},
};

struct token {
	struct ob_object object;
	struct host_lock lock;
	ULONG type, level; /* 1 primary, 2 impersonation */
	BYTE attributes[ARRAY_SIZE(privileges)];
};

/* SIDs with a fixed number of sub-authorities, laid out as SID. */
#define FIXED_SID(name, authority, count, ...)                                                                   \
	static const struct {                                                                                    \
		UCHAR revision, sub_authorities, identifier[6];                                                  \
		ULONG sub[count];                                                                                \
	} name = {1, count, {0, 0, 0, 0, 0, authority}, {__VA_ARGS__}}
#define AS_SID(name) ((SID *)(uintptr_t)&(name))

FIXED_SID(user_sid, 5, 5, 21, 2025429265, 764733703, 1417001333, 1000);
FIXED_SID(none_sid, 5, 5, 21, 2025429265, 764733703, 1417001333, 513);
FIXED_SID(everyone_sid, 1, 1, 0);
FIXED_SID(administrators_sid, 5, 2, 32, 544);
FIXED_SID(users_sid, 5, 2, 32, 545);
FIXED_SID(interactive_sid, 5, 1, 4);
FIXED_SID(console_logon_sid, 2, 1, 1);
FIXED_SID(authenticated_sid, 5, 1, 11);
FIXED_SID(this_organization_sid, 5, 1, 15);
FIXED_SID(local_sid, 2, 1, 0);
FIXED_SID(medium_sid, 16, 1, 0x2000);

#define GROUP_ENABLED 7u /* mandatory, by default, enabled */
#define GROUP_DENY_ONLY 0x10u
#define GROUP_INTEGRITY 0x60u

static const struct {
	const void *sid;
	ULONG attributes;
} groups[] = {
	{&none_sid, GROUP_ENABLED},	     {&everyone_sid, GROUP_ENABLED},	  {&administrators_sid, GROUP_DENY_ONLY},
	{&users_sid, GROUP_ENABLED},	     {&interactive_sid, GROUP_ENABLED},	  {&console_logon_sid, GROUP_ENABLED},
	{&authenticated_sid, GROUP_ENABLED}, {&this_organization_sid, GROUP_ENABLED}, {&local_sid, GROUP_ENABLED},
	{&medium_sid, GROUP_INTEGRITY},
};

const struct ob_type se_token_type = {
	.name = u"Token",
	.read = 0x2001A,
	.write = 0x201E0,
	.execute = 0x20005,
	.all = TOKEN_ALL_ACCESS,
};

static struct token *process_token; /* made on first need; never freed */

const SID *se_user_sid(void)
{
	return AS_SID(user_sid);
}

const SID *se_group_sid(void)
{
	return AS_SID(none_sid);
}

bool se_is_member(const SID *sid)
{
	if (se_equal_sid(sid, se_user_sid()))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if ((groups[i].attributes & 4) && se_equal_sid(sid, groups[i].sid))
			return true;
	}
	return false;
}

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
	for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
		if (privileges[i].number == number)
			return privileges[i].name;
	}
	return NULL;
}

static size_t privilege_index(ULONG number)
{
	size_t i = 0;

	while (privileges[i].number != number)
		i++;
	return i;
}

static struct token *new_token(void)
{
	struct token *token = ob_create(&se_token_type, sizeof(*token));

	if (!token)
		return NULL;
	token->type = 1;
	for (size_t i = 0; i < ARRAY_SIZE(privileges); i++)
		token->attributes[i] = privileges[i].attributes;
	/* An administrator of Windows grants the right to lock memory, one of Linux an unlimited `ulimit -l`. */
	if (host_may_lock_memory())
		token->attributes[privilege_index(SE_LOCK_MEMORY_PRIVILEGE)] = 0;
	return token;
}

_Static_assert(ARRAY_SIZE(privileges) <= SE_TOKEN_PRIVILEGES, "a record has room for all privileges");

void se_describe_token(struct ob_object *object, struct se_token_record *record)
{
	struct token *token = (struct token *)object;

	host_lock_acquire(&token->lock);
	record->type = token->type;
	record->level = token->level;
	memcpy(record->attributes, token->attributes, sizeof(token->attributes));
	host_lock_release(&token->lock);
}

struct ob_object *se_token_from_record(const struct se_token_record *record)
{
	struct token *token = new_token();

	if (!token)
		return NULL;
	token->type = record->type;
	token->level = record->level;
	memcpy(token->attributes, record->attributes, sizeof(token->attributes));
	return &token->object;
}

static struct token *get_process_token(void)
{
	struct token *token = __atomic_load_n(&process_token, __ATOMIC_ACQUIRE), *none = NULL;

	if (token)
		return token;
	token = new_token();
	if (token && !__atomic_compare_exchange_n(&process_token, &none, token, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		ob_dereference(token);
		token = none;
	}
	return token;
}

bool se_privilege_enabled(ULONG number)
{
	struct token *token = get_process_token();
	BYTE attributes;

	if (!token)
		return false;
	host_lock_acquire(&token->lock);
	attributes = token->attributes[privilege_index(number)];
	host_lock_release(&token->lock);
	return attributes != 0xFF && attributes & SE_PRIVILEGE_ENABLED;
}

static NTSTATUS give_handle(struct token *token, ACCESS_MASK access, ULONG attributes, HANDLE *handle)
{
	HANDLE made;
	NTSTATUS status = ob_create_handle(token, access, attributes, &made);

	if (NT_SUCCESS(status) && host_copy_to_guest(handle, &made, sizeof(made))) {
		ob_close_handle(made);
		status = STATUS_ACCESS_VIOLATION;
	}
	return status;
}

EXPORT(ntdll, NTSTATUS, NtOpenProcessToken, (HANDLE process, ACCESS_MASK access, HANDLE *token))
{
	struct token *found;
	void *object = NULL;
	NTSTATUS status;

	if (host_probe_guest(token, sizeof(*token), true))
		return STATUS_ACCESS_VIOLATION;
	/* Every process there is runs as the same user; the handle must be good all the same. */
	if (process != NtCurrentProcess()) {
		status = ob_reference_by_handle(process, NULL, 0, &object);
		if (!NT_SUCCESS(status))
			return status;
		ob_dereference(object);
	}
	found = get_process_token();
	return found ? give_handle(found, access, 0, token) : STATUS_NO_MEMORY;
}
EXPORT_ALIAS(ntdll, "ZwOpenProcessToken", NtOpenProcessToken);

NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE process, ACCESS_MASK access, ULONG attributes, HANDLE *token);
EXPORT(ntdll, NTSTATUS, NtOpenProcessTokenEx, (HANDLE process, ACCESS_MASK access, ULONG attributes, HANDLE *token))
{
	return NtOpenProcessToken(process, access, token);
}
EXPORT_ALIAS(ntdll, "ZwOpenProcessTokenEx", NtOpenProcessTokenEx);

EXPORT(ntdll, NTSTATUS, NtOpenThreadToken, (HANDLE thread, ACCESS_MASK access, BOOLEAN as_self, HANDLE *token))
{
	void *object;
	NTSTATUS status = ob_reference_by_handle(thread, NULL, 0, &object);

	if (!NT_SUCCESS(status))
		return status;
	ob_dereference(object);
	return STATUS_NO_TOKEN;
}
EXPORT_ALIAS(ntdll, "ZwOpenThreadToken", NtOpenThreadToken);

EXPORT(ntdll, NTSTATUS, NtDuplicateToken,
       (HANDLE token, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, BOOLEAN effective_only, ULONG type,
	HANDLE *copy))
{
	struct token *from, *made;
	NTSTATUS status;

	if (type != 1 && type != 2)
		return STATUS_INVALID_PARAMETER;
	if (host_probe_guest(copy, sizeof(*copy), true))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(token, &se_token_type, TOKEN_DUPLICATE, (void **)&from);
	if (!NT_SUCCESS(status))
		return status;
	made = new_token();
	if (made) {
		host_lock_acquire(&from->lock);
		memcpy(made->attributes, from->attributes, sizeof(made->attributes));
		host_lock_release(&from->lock);
		made->type = type;
		made->level = type == 2 ? 2 : 0; /* SecurityImpersonation */
		status = give_handle(made, access ? access : TOKEN_ALL_ACCESS, 0, copy);
		ob_dereference(made);
	} else {
		status = STATUS_NO_MEMORY;
	}
	ob_dereference(from);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwDuplicateToken", NtDuplicateToken);

/* Answers with SIDs: `count` heads of (pointer, attributes), then the SIDs.  The pointers are the guest's. */
static ULONG put_sids(BYTE *answer, BYTE *guest, size_t at, ULONG count, const void *const *sids, const ULONG *attributes)
{
	SID_AND_ATTRIBUTES *heads = (SID_AND_ATTRIBUTES *)(answer + at);
	size_t end = at + count * sizeof(*heads);

	for (ULONG i = 0; i < count; i++) {
		ULONG size = se_sid_size(sids[i]);

		memcpy(answer + end, sids[i], size);
		heads[i].Sid = (PSID)(guest + end);
		heads[i].Attributes = attributes[i];
		end += size;
	}
	return (ULONG)end;
}

EXPORT(ntdll, NTSTATUS, NtQueryInformationToken, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	union {
		BYTE bytes[1024];
		ULONG words[256];
		PSID sid;
		TOKEN_PRIVILEGES privileges;
	} answer;
	const void *sids[ARRAY_SIZE(groups)];
	ULONG attributes[ARRAY_SIZE(groups)] = {0}, length = 4;
	struct token *token;
	NTSTATUS status = ob_reference_by_handle(handle, &se_token_type, class == TokenSource ? TOKEN_QUERY_SOURCE : TOKEN_QUERY,
						 (void **)&token);

	if (!NT_SUCCESS(status))
		return status;
	memset(&answer, 0, sizeof(answer));
	switch (class) {
	case TokenUser:
		sids[0] = &user_sid;
		length = put_sids(answer.bytes, buffer, 0, 1, sids, attributes);
		break;
	case TokenIntegrityLevel:
		sids[0] = &medium_sid;
		attributes[0] = GROUP_INTEGRITY;
		length = put_sids(answer.bytes, buffer, 0, 1, sids, attributes);
		break;
	case TokenGroups:
		for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
			sids[i] = groups[i].sid;
			attributes[i] = groups[i].attributes;
		}
		answer.words[0] = ARRAY_SIZE(groups);
		length = put_sids(answer.bytes, buffer, sizeof(PSID), ARRAY_SIZE(groups), sids, attributes);
		break;
	case TokenOwner:
	case TokenPrimaryGroup: {
		const SID *sid = class == TokenOwner ? se_user_sid() : se_group_sid();

		answer.sid = (PSID)((BYTE *)buffer + sizeof(PSID));
		memcpy(answer.bytes + sizeof(PSID), sid, se_sid_size(sid));
		length = (ULONG)sizeof(PSID) + se_sid_size(sid);
		break;
	}
	case TokenPrivileges:
		host_lock_acquire(&token->lock);
		for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
			if (token->attributes[i] != 0xFF) {
				LUID_AND_ATTRIBUTES *entry = &answer.privileges.Privileges[answer.privileges.PrivilegeCount++];

				entry->Luid.LowPart = privileges[i].number;
				entry->Attributes = token->attributes[i];
			}
		}
		host_lock_release(&token->lock);
		length = 4 + answer.privileges.PrivilegeCount * (ULONG)sizeof(LUID_AND_ATTRIBUTES);
		break;
	case TokenType:
		answer.words[0] = token->type;
		break;
	case TokenImpersonationLevel:
		if (token->type == 1)
			status = STATUS_INVALID_PARAMETER;
		answer.words[0] = token->level;
		break;
	case TokenSessionId:
		answer.words[0] = OB_SESSION_ID;
		break;
	case TokenElevationType:
		answer.words[0] = 3; /* TokenElevationTypeLimited */
		break;
	case TokenElevation:
	case TokenHasRestrictions:
	case TokenVirtualizationAllowed:
	case TokenVirtualizationEnabled:
	case TokenUIAccess:
	case TokenIsAppContainer:
		break;
	case TokenMandatoryPolicy:
		answer.words[0] = 3; /* no write up, new process minimum */
		break;
	default:
		status = STATUS_INVALID_INFO_CLASS;
	}
	ob_dereference(token);
	if (!NT_SUCCESS(status))
		return status;
	if (needed && host_copy_to_guest(needed, &length, sizeof(length)))
		return STATUS_ACCESS_VIOLATION;
	if (size < length)
		return STATUS_BUFFER_TOO_SMALL;
	return host_copy_to_guest(buffer, &answer, length) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwQueryInformationToken", NtQueryInformationToken);

/* STATUS_NOT_ALL_ASSIGNED (a success) when a privilege is not held. */
EXPORT(ntdll, NTSTATUS, NtAdjustPrivilegesToken,
       (HANDLE handle, BOOLEAN disable_all, TOKEN_PRIVILEGES *state, ULONG size, TOKEN_PRIVILEGES *previous,
	ULONG *needed))
{
	LUID_AND_ATTRIBUTES changed[ARRAY_SIZE(privileges)];
	LUID_AND_ATTRIBUTES *wanted = NULL;
	BYTE updated[ARRAY_SIZE(privileges)];
	ULONG count = 0, changes = 0, matched = 0, length;
	struct token *token;
	NTSTATUS status = ob_reference_by_handle(handle, &se_token_type,
						 TOKEN_ADJUST_PRIVILEGES | (previous ? TOKEN_QUERY : 0), (void **)&token);

	if (!NT_SUCCESS(status))
		return status;
	if (!disable_all) {
		if (host_copy_from_guest(&count, state, sizeof(count)))
			status = STATUS_ACCESS_VIOLATION;
		else if (count > 1000)
			status = STATUS_INVALID_PARAMETER;
		wanted = NT_SUCCESS(status) ? malloc((count + 1) * sizeof(*wanted)) : NULL;
		if (NT_SUCCESS(status) && !wanted)
			status = STATUS_NO_MEMORY;
		if (NT_SUCCESS(status) && host_copy_from_guest(wanted, state->Privileges, count * sizeof(*wanted)))
			status = STATUS_ACCESS_VIOLATION;
	}
	if (!NT_SUCCESS(status)) {
		free(wanted);
		ob_dereference(token);
		return status;
	}
	host_lock_acquire(&token->lock);
	memcpy(updated, token->attributes, sizeof(updated));
	for (size_t i = 0; i < ARRAY_SIZE(privileges); i++) {
		BYTE old = updated[i];

		if (old == 0xFF)
			continue;
		if (disable_all)
			updated[i] &= (BYTE)~SE_PRIVILEGE_ENABLED;
		for (ULONG j = 0; j < count; j++) {
			if (wanted[j].Luid.LowPart != privileges[i].number || wanted[j].Luid.HighPart)
				continue;
			matched++;
			if (wanted[j].Attributes & SE_PRIVILEGE_REMOVED)
				updated[i] = 0xFF;
			else
				updated[i] = (BYTE)((old & ~SE_PRIVILEGE_ENABLED) | (wanted[j].Attributes & SE_PRIVILEGE_ENABLED));
		}
		if (updated[i] != old) {
			changed[changes].Luid = (LUID){privileges[i].number, 0};
			changed[changes++].Attributes = old;
		}
	}
	length = 4 + changes * (ULONG)sizeof(*changed);
	if (previous && size < length)
		status = STATUS_BUFFER_TOO_SMALL;
	else
		memcpy(token->attributes, updated, sizeof(updated));
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
