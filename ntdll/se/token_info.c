/*
 * ntdll/se/token_info.c - NtQueryInformationToken and NtSetInformationToken.
 *
 * Sizes and statuses: MSDN TOKEN_INFORMATION_CLASS, GetTokenInformation, SetTokenInformation.
 */
#include "host/fault.h"
#include "ntdll/se/token.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

typedef struct _TOKEN_STATISTICS {
	LUID TokenId, AuthenticationId;
	LARGE_INTEGER ExpirationTime;
	ULONG TokenType, ImpersonationLevel;
	ULONG DynamicCharged, DynamicAvailable;
	ULONG GroupCount, PrivilegeCount;
	LUID ModifiedId;
} TOKEN_STATISTICS;
_Static_assert(sizeof(TOKEN_STATISTICS) == 56, "TOKEN_STATISTICS");

typedef struct _TOKEN_SOURCE {
	CHAR SourceName[8];
	LUID SourceIdentifier;
} TOKEN_SOURCE;

/* An answer being made: what lies in `bytes` will lie at `guest`. */
struct answer {
	BYTE *guest;
	ULONG length;
	union {
		BYTE bytes[SE_TOKEN_SIDS * (16 + SE_SID_BYTES) + SE_TOKEN_DACL];
		ULONG words[2];
		PVOID pointer;
		HANDLE handle;
		TOKEN_PRIVILEGES privileges;
		TOKEN_STATISTICS statistics;
		TOKEN_SOURCE source;
		LUID luid;
	};
};

/* `count` heads of (pointer, attributes) from `at` on, then the SIDs. */
static void put_sids(struct answer *answer, size_t at, const struct se_group *groups, ULONG count)
{
	SID_AND_ATTRIBUTES *heads = (SID_AND_ATTRIBUTES *)(answer->bytes + at);
	size_t end = at + count * sizeof(*heads);

	for (ULONG i = 0; i < count; i++) {
		ULONG size = se_sid_size(&groups[i].sid);

		memcpy(answer->bytes + end, groups[i].bytes, size);
		heads[i].Sid = (PSID)(answer->guest + end);
		heads[i].Attributes = groups[i].attributes;
		end += size;
	}
	answer->length = (ULONG)end;
}

/* A pointer, and what it points to behind it. */
static void put_pointer(struct answer *answer, const void *what, ULONG size)
{
	answer->length = (ULONG)sizeof(PVOID) + size;
	answer->pointer = what ? answer->guest + sizeof(PVOID) : NULL;
	if (what)
		memcpy(answer->bytes + sizeof(PVOID), what, size);
}

static ULONG put_privileges(const struct se_token_record *data, TOKEN_PRIVILEGES *to)
{
	ULONG count = 0;

	for (unsigned i = 0; se_privilege_at(i); i++) {
		if (data->attributes[i] == SE_NOT_HELD)
			continue;
		if (to) {
			to->Privileges[count].Luid = (LUID){se_privilege_at(i), 0};
			to->Privileges[count].Attributes = data->attributes[i];
		}
		count++;
	}
	if (to)
		to->PrivilegeCount = count;
	return count;
}

static void put_statistics(const struct se_token_record *data, TOKEN_STATISTICS *to)
{
	to->TokenId = data->id;
	to->AuthenticationId = (LUID){SE_LOGON_SESSION, 0};
	to->ExpirationTime.QuadPart = INT64_MAX;
	to->TokenType = data->type;
	to->ImpersonationLevel = data->level;
	to->DynamicCharged = SE_TOKEN_DACL;
	to->DynamicAvailable = SE_TOKEN_DACL - data->dacl_size;
	to->GroupCount = data->group_count - 1;
	to->PrivilegeCount = put_privileges(data, NULL);
	to->ModifiedId = data->modified;
}

static NTSTATUS put_linked(struct answer *answer)
{
	struct se_token *linked = se_linked_token();
	NTSTATUS status = STATUS_NO_MEMORY;

	answer->length = sizeof(HANDLE);
	if (linked) {
		status = ob_create_handle(linked, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE | TOKEN_QUERY_SOURCE, 0,
					  &answer->handle);
		ob_dereference(linked);
	}
	return status;
}

static NTSTATUS fill(struct answer *answer, struct se_token_record *data, ULONG class)
{
	answer->length = sizeof(ULONG);
	switch (class) {
	case TokenUser:
		put_sids(answer, 0, data->groups, 1);
		break;
	case TokenIntegrityLevel:
		put_sids(answer, 0, se_label(data), 1);
		break;
	case TokenGroups:
		put_sids(answer, sizeof(PSID), data->groups + 1, data->group_count - 1);
		answer->words[0] = data->group_count - 1;
		break;
	case TokenRestrictedSids:
		put_sids(answer, sizeof(PSID), data->restricted, data->restricted_count);
		answer->words[0] = data->restricted_count;
		break;
	case TokenCapabilities:
		put_sids(answer, sizeof(PSID), NULL, 0);
		break;
	case TokenLogonSid:
		for (ULONG i = 1; i < data->group_count; i++) {
			if ((data->groups[i].attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) {
				put_sids(answer, sizeof(PSID), &data->groups[i], 1);
				answer->words[0] = 1;
				return STATUS_SUCCESS;
			}
		}
		return STATUS_NOT_FOUND;
	case TokenOwner:
		put_pointer(answer, data->groups[data->owner].bytes, se_sid_size(&data->groups[data->owner].sid));
		break;
	case TokenPrimaryGroup:
		put_pointer(answer, data->groups[data->primary_group].bytes, se_sid_size(&data->groups[data->primary_group].sid));
		break;
	case TokenDefaultDacl:
		put_pointer(answer, data->dacl_size ? data->dacl_bytes : NULL, data->dacl_size);
		break;
	case TokenAppContainerSid:
		put_pointer(answer, NULL, 0);
		break;
	case TokenPrivileges:
		answer->length = 4 + put_privileges(data, &answer->privileges) * (ULONG)sizeof(LUID_AND_ATTRIBUTES);
		break;
	case TokenSource:
		memcpy(answer->source.SourceName, "User32 ", 8);
		answer->source.SourceIdentifier = (LUID){SE_LOGON_SESSION - 1, 0};
		answer->length = sizeof(TOKEN_SOURCE);
		break;
	case TokenStatistics:
		put_statistics(data, &answer->statistics);
		answer->length = sizeof(TOKEN_STATISTICS);
		break;
	case TokenOrigin:
		answer->luid = (LUID){0x3E7, 0}; /* the system's session */
		answer->length = sizeof(LUID);
		break;
	case TokenType:
		answer->words[0] = data->type;
		break;
	case TokenImpersonationLevel:
		answer->words[0] = data->level;
		return data->type == TokenPrimary ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
	case TokenSessionId:
		answer->words[0] = data->session;
		break;
	case TokenSandBoxInert:
		answer->words[0] = (data->flags & SE_TOKEN_SANDBOX_INERT) != 0;
		break;
	case TokenElevationType:
		answer->words[0] = data->flags & SE_TOKEN_ELEVATED ? 2 : 3; /* full, limited */
		break;
	case TokenElevation:
		answer->words[0] = (data->flags & SE_TOKEN_ELEVATED) != 0;
		break;
	case TokenHasRestrictions:
		answer->words[0] = (data->flags & SE_TOKEN_FILTERED) != 0;
		break;
	case TokenIsRestricted:
		answer->length = 1;
		answer->bytes[0] = data->restricted_count != 0;
		break;
	case TokenVirtualizationEnabled:
		answer->words[0] = (data->flags & SE_TOKEN_VIRTUALIZED) != 0;
		break;
	case TokenMandatoryPolicy:
		answer->words[0] = data->policy;
		break;
	case TokenVirtualizationAllowed:
		answer->words[0] = !(data->flags & SE_TOKEN_ELEVATED);
		break;
	case TokenUIAccess:
	case TokenIsAppContainer:
	case TokenAppContainerNumber:
		break;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtQueryInformationToken, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *needed))
{
	struct se_token *token;
	struct se_token_record *data;
	struct answer *answer;
	NTSTATUS status = se_reference_token(handle, class == TokenSource ? TOKEN_QUERY_SOURCE : TOKEN_QUERY, &token);

	if (!NT_SUCCESS(status))
		return status;
	data = malloc(sizeof(*data));
	answer = calloc(1, sizeof(*answer));
	if (!data || !answer) {
		status = STATUS_NO_MEMORY;
	} else {
		se_copy_token(token, data);
		answer->guest = buffer;
		/* A handle is made only where it can be stored. */
		if (class != TokenLinkedToken)
			status = fill(answer, data, class);
		else if (data->flags & SE_TOKEN_ELEVATED)
			status = STATUS_NO_SUCH_LOGON_SESSION;
		else
			answer->length = sizeof(HANDLE);
	}
	if (NT_SUCCESS(status) && needed && host_copy_to_guest(needed, &answer->length, sizeof(answer->length)))
		status = STATUS_ACCESS_VIOLATION;
	if (NT_SUCCESS(status) && size < answer->length)
		status = STATUS_BUFFER_TOO_SMALL;
	if (NT_SUCCESS(status) && class == TokenLinkedToken)
		status = host_probe_guest(buffer, sizeof(HANDLE), true) ? STATUS_ACCESS_VIOLATION : put_linked(answer);
	if (NT_SUCCESS(status) && host_copy_to_guest(buffer, answer->bytes, answer->length))
		status = STATUS_ACCESS_VIOLATION;
	free(data);
	free(answer);
	ob_dereference(token);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwQueryInformationToken", NtQueryInformationToken);

/*
 * Setting.  What was given is captured first; `apply` runs under the token's lock.
 */
static NTSTATUS set_owner(struct se_token_record *data, const struct se_group *given)
{
	ULONG place = se_find_group(data->groups, data->group_count, &given->sid);

	if (place == data->group_count || (place && !(data->groups[place].attributes & SE_GROUP_OWNER)) ||
	    data->groups[place].attributes & SE_GROUP_USE_FOR_DENY_ONLY)
		return STATUS_INVALID_OWNER;
	data->owner = place;
	return STATUS_SUCCESS;
}

static NTSTATUS set_primary_group(struct se_token_record *data, const struct se_group *given)
{
	ULONG place = se_find_group(data->groups, data->group_count, &given->sid);

	if (place == data->group_count)
		return STATUS_INVALID_PRIMARY_GROUP;
	data->primary_group = place;
	return STATUS_SUCCESS;
}

/* A label may only become a lower one, but for the system. */
static NTSTATUS set_label(struct se_token_record *data, const struct se_group *given)
{
	static const UCHAR authority[6] = {0, 0, 0, 0, 0, 16};
	struct se_group *label = se_label(data);

	if (given->sid.SubAuthorityCount != 1 || memcmp(given->sid.IdentifierAuthority, authority, sizeof(authority)))
		return STATUS_INVALID_PARAMETER;
	if (given->sid.SubAuthority[0] > label->sid.SubAuthority[0] && !se_has_privilege(data, SE_TCB_PRIVILEGE))
		return STATUS_PRIVILEGE_NOT_HELD;
	label->sid.SubAuthority[0] = given->sid.SubAuthority[0];
	return STATUS_SUCCESS;
}

static NTSTATUS capture_dacl(const ACL *given, struct se_token_record *to)
{
	ACL head;

	to->dacl_size = 0;
	if (!given)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(&head, given, sizeof(head)))
		return STATUS_ACCESS_VIOLATION;
	if (head.AclSize < sizeof(head))
		return STATUS_INVALID_ACL;
	if (head.AclSize > SE_TOKEN_DACL)
		return STATUS_ALLOTTED_SPACE_EXCEEDED;
	if (host_copy_from_guest(to->dacl_bytes, given, head.AclSize))
		return STATUS_ACCESS_VIOLATION;
	to->dacl.AclSize = head.AclSize;
	to->dacl_size = head.AclSize;
	return se_valid_acl(&to->dacl) ? STATUS_SUCCESS : STATUS_INVALID_ACL;
}

static NTSTATUS apply(struct se_token_record *data, ULONG class, const struct se_group *sid, const struct se_token_record *from,
		      ULONG number)
{
	switch (class) {
	case TokenOwner:
		return set_owner(data, sid);
	case TokenPrimaryGroup:
		return set_primary_group(data, sid);
	case TokenIntegrityLevel:
		return set_label(data, sid);
	case TokenDefaultDacl:
		memcpy(data->dacl_bytes, from->dacl_bytes, from->dacl_size);
		data->dacl_size = from->dacl_size;
		return STATUS_SUCCESS;
	case TokenVirtualizationEnabled:
		data->flags = (data->flags & ~SE_TOKEN_VIRTUALIZED) | (number ? SE_TOKEN_VIRTUALIZED : 0);
		return STATUS_SUCCESS;
	default:
		/* TokenSessionId, TokenUIAccess, TokenMandatoryPolicy, TokenOrigin: the system's business */
		return STATUS_PRIVILEGE_NOT_HELD;
	}
}

EXPORT(ntdll, NTSTATUS, NtSetInformationToken, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	ULONG least = class == TokenIntegrityLevel ? sizeof(SID_AND_ATTRIBUTES)
		      : class == TokenOrigin	   ? sizeof(LUID)
		      : class == TokenOwner || class == TokenPrimaryGroup || class == TokenDefaultDacl ? sizeof(PVOID)
												       : sizeof(ULONG);
	struct se_token_record *captured = NULL;
	struct se_group sid = {0};
	struct se_token *token;
	PVOID pointer = NULL;
	ULONG number = 0;
	NTSTATUS status;

	if (class != TokenOwner && class != TokenPrimaryGroup && class != TokenDefaultDacl && class != TokenSessionId &&
	    class != TokenOrigin && class != TokenVirtualizationEnabled && class != TokenIntegrityLevel && class != TokenUIAccess &&
	    class != TokenMandatoryPolicy)
		return STATUS_INVALID_INFO_CLASS;
	if (size < least)
		return STATUS_INFO_LENGTH_MISMATCH;
	if (least >= sizeof(PVOID) ? host_copy_from_guest(&pointer, buffer, sizeof(pointer))
				   : host_copy_from_guest(&number, buffer, sizeof(number)))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &se_token_type,
					class == TokenSessionId ? TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID : TOKEN_ADJUST_DEFAULT,
					(void **)&token);
	if (!NT_SUCCESS(status))
		return status;
	if (class == TokenDefaultDacl) {
		captured = malloc(sizeof(*captured));
		status = captured ? capture_dacl(pointer, captured) : STATUS_NO_MEMORY;
	} else if (class != TokenOrigin && least >= sizeof(PVOID)) {
		status = se_capture_sid(pointer, &sid);
	}
	if (NT_SUCCESS(status)) {
		host_lock_acquire(&token->lock);
		status = apply(&token->data, class, &sid, captured, number);
		if (NT_SUCCESS(status))
			token->data.modified = se_new_luid();
		host_lock_release(&token->lock);
	}
	free(captured);
	ob_dereference(token);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSetInformationToken", NtSetInformationToken);
