/*
 * ntdll/se/access.c - NtAccessCheck: what a descriptor grants to a token.
 *
 * [MS-DTYP] 2.5.3.2 has the algorithm: privileges first, then the mandatory label, then the list in its order, first mention of a
 * right wins; a restricted token needs the right twice, by its groups and by the SIDs that it is restricted to.
 */
#include "host/fault.h"
#include "ntdll/se/token.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define SYSTEM_MANDATORY_LABEL_ACE_TYPE 0x11
#define INHERIT_ONLY_ACE 0x08
#define NO_WRITE_UP 1u
#define NO_READ_UP 2u
#define NO_EXECUTE_UP 4u
#define MEDIUM_LABEL 0x2000u

static NTSTATUS capture_acl(const ACL *given, ACL **result)
{
	ACL head;

	if (host_copy_from_guest(&head, given, sizeof(head)))
		return STATUS_ACCESS_VIOLATION;
	if (head.AclSize < sizeof(head))
		return STATUS_INVALID_ACL;
	*result = malloc(head.AclSize);
	if (!*result)
		return STATUS_NO_MEMORY;
	if (host_copy_from_guest(*result, given, head.AclSize))
		return STATUS_ACCESS_VIOLATION;
	(*result)->AclSize = head.AclSize;
	return se_valid_acl(*result) ? STATUS_SUCCESS : STATUS_INVALID_ACL;
}

NTSTATUS se_capture_descriptor(const SECURITY_DESCRIPTOR *given, struct se_descriptor *to)
{
	/* Of either form: a relative one may be shorter, and ends with the guest's memory. */
	union {
		SECURITY_DESCRIPTOR absolute;
		SECURITY_DESCRIPTOR_RELATIVE relative;
	} head = {0};
	const void *parts[4];
	NTSTATUS status = STATUS_SUCCESS;

	if (host_copy_from_guest(&head, given, sizeof(head.relative)))
		return STATUS_ACCESS_VIOLATION;
	if (!(head.absolute.Control & SE_SELF_RELATIVE) && host_copy_from_guest(&head, given, sizeof(head.absolute)))
		return STATUS_ACCESS_VIOLATION;
	if (head.absolute.Revision != 1)
		return STATUS_UNKNOWN_REVISION;
	if (head.absolute.Control & SE_SELF_RELATIVE) {
		const ULONG offsets[4] = {head.relative.Owner, head.relative.Group, head.relative.Dacl, head.relative.Sacl};

		for (unsigned i = 0; i < 4; i++)
			parts[i] = offsets[i] ? (const BYTE *)given + offsets[i] : NULL;
	} else {
		parts[0] = head.absolute.Owner;
		parts[1] = head.absolute.Group;
		parts[2] = head.absolute.Dacl;
		parts[3] = head.absolute.Sacl;
	}
	to->has_owner = parts[0] != NULL;
	to->has_group = parts[1] != NULL;
	if (parts[0])
		status = se_capture_sid(parts[0], &to->owner);
	if (!status && parts[1])
		status = se_capture_sid(parts[1], &to->group);
	to->open = !(head.absolute.Control & SE_DACL_PRESENT) || !parts[2];
	if (!status && !to->open)
		status = capture_acl(parts[2], &to->dacl);
	if (!status && head.absolute.Control & SE_SACL_PRESENT && parts[3])
		status = capture_acl(parts[3], &to->sacl);
	return status;
}

void se_release_descriptor(struct se_descriptor *descriptor)
{
	free(descriptor->dacl);
	free(descriptor->sacl);
}

/* The SID of an entry that has its mask in front of it; NULL: it is of another form, or too short. */
static const SID *sid_of(const ACE *ace)
{
	const SID *sid = (const SID *)&ace->SidStart;

	return ace->AceSize >= 8 + sizeof(SID) && se_valid_sid(sid) && 8 + se_sid_size(sid) <= ace->AceSize ? sid : NULL;
}

/* What the label keeps from a token below it; a descriptor without one counts as medium, not to be written. */
static ACCESS_MASK kept_by_label(const struct se_descriptor *descriptor, struct se_token_record *token, const GENERIC_MAPPING *mapping)
{
	ULONG label = MEDIUM_LABEL, policy = NO_WRITE_UP;
	const BYTE *at = (const BYTE *)(descriptor->sacl + 1);
	ACCESS_MASK allowed = 0;

	for (unsigned i = 0; descriptor->sacl && i < descriptor->sacl->AceCount; i++, at += ((const ACE *)at)->AceSize) {
		const ACE *ace = (const ACE *)at;
		const SID *sid = sid_of(ace);

		if (ace->AceType != SYSTEM_MANDATORY_LABEL_ACE_TYPE || ace->AceFlags & INHERIT_ONLY_ACE || !sid ||
		    !sid->SubAuthorityCount)
			continue;
		label = sid->SubAuthority[sid->SubAuthorityCount - 1];
		policy = ace->Mask;
		break;
	}
	if (se_label(token)->sid.SubAuthority[0] >= label || !(token->policy & 1))
		return 0;
	if (!(policy & NO_READ_UP))
		allowed |= mapping->GenericRead;
	if (!(policy & NO_EXECUTE_UP))
		allowed |= mapping->GenericExecute;
	if (!(policy & NO_WRITE_UP))
		allowed |= mapping->GenericWrite;
	return ~(allowed | SYNCHRONIZE);
}

ACCESS_MASK se_map_generic(ACCESS_MASK mask, const GENERIC_MAPPING *mapping)
{
	ACCESS_MASK result = mask & 0x0FFFFFFF;

	result |= mask & GENERIC_READ ? mapping->GenericRead : 0;
	result |= mask & GENERIC_WRITE ? mapping->GenericWrite : 0;
	result |= mask & GENERIC_EXECUTE ? mapping->GenericExecute : 0;
	result |= mask & GENERIC_ALL ? mapping->GenericAll : 0;
	return result;
}

ACCESS_MASK se_granted_by_list(const struct se_descriptor *descriptor, const GENERIC_MAPPING *mapping, const struct se_group *sids,
			       ULONG count)
{
	static const struct {
		UCHAR revision, sub_authorities, identifier[6];
		ULONG sub[1];
	} owner_rights = {1, 1, {0, 0, 0, 0, 0, 3}, {4}};
	bool owns = descriptor->has_owner && se_sid_enabled(sids, count, &descriptor->owner.sid, false), spoken = false;
	ACCESS_MASK granted = 0, denied = 0;
	const BYTE *at = (const BYTE *)(descriptor->dacl + 1);

	if (descriptor->open)
		return mapping->GenericAll | STANDARD_RIGHTS_ALL;
	for (unsigned i = 0; i < descriptor->dacl->AceCount; i++, at += ((const ACE *)at)->AceSize) {
		const ACE *ace = (const ACE *)at;
		const SID *sid = sid_of(ace);
		bool deny = ace->AceType == ACCESS_DENIED_ACE_TYPE;
		ACCESS_MASK mask;

		if (ace->AceFlags & INHERIT_ONLY_ACE || !sid || (!deny && ace->AceType != ACCESS_ALLOWED_ACE_TYPE))
			continue;
		if (se_equal_sid(sid, (const SID *)(const void *)&owner_rights)) {
			spoken = true;
			if (!owns)
				continue;
		} else if (!se_sid_enabled(sids, count, sid, deny)) {
			continue;
		}
		mask = se_map_generic(ace->Mask, mapping);
		if (deny)
			denied |= mask & ~granted;
		else
			granted |= mask & ~denied;
	}
	if (owns && !spoken)
		granted |= READ_CONTROL | WRITE_DAC;
	return granted;
}

struct verdict {
	ACCESS_MASK granted;
	NTSTATUS status;
	ULONG used[2], used_count; /* privileges */
};

static void judge(const struct se_descriptor *descriptor, struct se_token_record *token, ACCESS_MASK desired,
		  const GENERIC_MAPPING *mapping, struct verdict *verdict)
{
	ACCESS_MASK wanted = desired & ~MAXIMUM_ALLOWED, allowed, kept;

	verdict->status = STATUS_ACCESS_DENIED;
	if (wanted & ACCESS_SYSTEM_SECURITY) {
		if (!se_has_privilege(token, SE_SECURITY_PRIVILEGE)) {
			verdict->status = STATUS_PRIVILEGE_NOT_HELD;
			return;
		}
		verdict->granted |= ACCESS_SYSTEM_SECURITY;
		verdict->used[verdict->used_count++] = SE_SECURITY_PRIVILEGE;
	}
	kept = kept_by_label(descriptor, token, mapping);
	allowed = se_granted_by_list(descriptor, mapping, token->groups, token->group_count);
	if (token->restricted_count) {
		ACCESS_MASK restricted = se_granted_by_list(descriptor, mapping, token->restricted, token->restricted_count);

		/* Of one that is restricted in writing only, what reading and executing take is not looked at twice. */
		if (token->flags & SE_TOKEN_WRITE_RESTRICTED)
			restricted |= mapping->GenericRead | mapping->GenericExecute;
		allowed &= restricted;
	}
	allowed &= ~kept;
	if (wanted & WRITE_OWNER && !(allowed & WRITE_OWNER) && se_has_privilege(token, SE_TAKE_OWNERSHIP_PRIVILEGE)) {
		allowed |= WRITE_OWNER;
		verdict->used[verdict->used_count++] = SE_TAKE_OWNERSHIP_PRIVILEGE;
	}
	wanted &= ~ACCESS_SYSTEM_SECURITY;
	if (wanted & ~allowed || (desired & MAXIMUM_ALLOWED && !allowed && !verdict->granted)) {
		verdict->granted = 0;
		verdict->used_count = 0;
		return;
	}
	verdict->granted |= wanted | (desired & MAXIMUM_ALLOWED ? allowed : 0);
	verdict->status = STATUS_SUCCESS;
}

static NTSTATUS store(const struct verdict *verdict, PRIVILEGE_SET *privileges, ULONG *size, ACCESS_MASK *granted, NTSTATUS *access)
{
	ULONG head[2] = {verdict->used_count, 0}, given;
	ULONG needed = (ULONG)(sizeof(PRIVILEGE_SET) + (verdict->used_count ? verdict->used_count : 1) * sizeof(LUID_AND_ATTRIBUTES));

	if (host_copy_from_guest(&given, size, sizeof(given)))
		return STATUS_ACCESS_VIOLATION;
	if (given < needed)
		return host_copy_to_guest(size, &needed, sizeof(needed)) ? STATUS_ACCESS_VIOLATION : STATUS_BUFFER_TOO_SMALL;
	if (!privileges || host_copy_to_guest(privileges, head, sizeof(head)))
		return STATUS_ACCESS_VIOLATION;
	for (ULONG i = 0; i < verdict->used_count; i++) {
		LUID_AND_ATTRIBUTES entry = {{verdict->used[i], 0}, SE_PRIVILEGE_USED_FOR_ACCESS};

		if (host_copy_to_guest(&privileges->Privilege[i], &entry, sizeof(entry)))
			return STATUS_ACCESS_VIOLATION;
	}
	if (host_copy_to_guest(granted, &verdict->granted, sizeof(*granted)) ||
	    host_copy_to_guest(access, &verdict->status, sizeof(*access)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* The token is one for impersonation, of at least identification; generic rights were mapped by the caller. */
static NTSTATUS check_arguments(const struct se_token *token, ACCESS_MASK desired)
{
	if (desired & (GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL))
		return STATUS_GENERIC_NOT_MAPPED;
	if (token->data.type != TokenImpersonation)
		return STATUS_NO_IMPERSONATION_TOKEN;
	return token->data.level < SecurityIdentification ? STATUS_BAD_IMPERSONATION_LEVEL : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtAccessCheck,
       (SECURITY_DESCRIPTOR * given, HANDLE handle, ACCESS_MASK desired, const GENERIC_MAPPING *mapping, PRIVILEGE_SET *privileges,
	ULONG *size, ACCESS_MASK *granted, NTSTATUS *access))
{
	struct se_descriptor descriptor = {0};
	struct verdict verdict = {0};
	struct se_token_record *data;
	struct se_token *token;
	GENERIC_MAPPING map_copy;
	NTSTATUS status = se_reference_token(handle, TOKEN_QUERY, &token);

	if (!NT_SUCCESS(status))
		return status;
	data = malloc(sizeof(*data));
	if (!data)
		status = STATUS_NO_MEMORY;
	if (!status)
		status = check_arguments(token, desired);
	if (!status)
		status = host_copy_from_guest(&map_copy, mapping, sizeof(map_copy)) ? STATUS_ACCESS_VIOLATION
										   : se_capture_descriptor(given, &descriptor);
	/* Who owns it must be known. */
	if (!status && (!descriptor.has_owner || !descriptor.has_group))
		status = STATUS_INVALID_SECURITY_DESCR;
	if (!status) {
		se_copy_token(token, data);
		judge(&descriptor, data, desired, &map_copy, &verdict);
		status = store(&verdict, privileges, size, granted, access);
	}
	se_release_descriptor(&descriptor);
	free(data);
	ob_dereference(token);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwAccessCheck", NtAccessCheck);
