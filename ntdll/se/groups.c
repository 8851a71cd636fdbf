/*
 * ntdll/se/groups.c - the groups of tokens: which are enabled, switching them, and restricted tokens.
 *
 * MSDN CreateRestrictedToken, AdjustTokenGroups, CheckTokenMembership.
 */
#include "host/fault.h"
#include "ntdll/se/token.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define DISABLE_MAX_PRIVILEGE 1u
#define SANDBOX_INERT 2u
#define LUA_TOKEN 4u
#define WRITE_RESTRICTED 8u

ULONG se_find_group(const struct se_group *groups, ULONG count, const SID *sid)
{
	ULONG i = 0;

	while (i < count && !se_equal_sid(&groups[i].sid, sid))
		i++;
	return i;
}

bool se_sid_enabled(const struct se_group *groups, ULONG count, const SID *sid, bool deny)
{
	ULONG place = se_find_group(groups, count, sid), attributes;

	if (place == count)
		return false;
	attributes = groups[place].attributes;
	if (attributes & SE_GROUP_USE_FOR_DENY_ONLY)
		return deny;
	/* The user has no attributes. */
	return attributes & SE_GROUP_ENABLED || !attributes;
}

NTSTATUS se_check_membership(HANDLE handle, const SID *sid, bool *member)
{
	struct se_token *token;
	NTSTATUS status = STATUS_SUCCESS;

	if (handle)
		status = se_reference_token(handle, TOKEN_QUERY, &token);
	else if (!(token = se_effective_token()))
		status = STATUS_NO_MEMORY;
	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&token->lock);
	if (handle && token->data.type != TokenImpersonation)
		status = STATUS_NO_IMPERSONATION_TOKEN;
	*member = se_sid_enabled(token->data.groups, token->data.group_count, sid, false) &&
		  (!token->data.restricted_count ||
		   se_sid_enabled(token->data.restricted, token->data.restricted_count, sid, false));
	host_lock_release(&token->lock);
	ob_dereference(token);
	return status;
}

NTSTATUS se_capture_sid(const SID *given, struct se_group *group)
{
	if (host_copy_from_guest(group->bytes, given, sizeof(SID)))
		return STATUS_ACCESS_VIOLATION;
	if (!se_valid_sid(&group->sid))
		return STATUS_INVALID_SID;
	return host_copy_from_guest(group->bytes, given, se_sid_size(&group->sid)) || !se_valid_sid(&group->sid)
		       ? STATUS_ACCESS_VIOLATION
		       : STATUS_SUCCESS;
}

NTSTATUS se_capture_groups(const TOKEN_GROUPS *given, struct se_group **list, ULONG *count)
{
	SID_AND_ATTRIBUTES entry;
	NTSTATUS status = STATUS_SUCCESS;

	*list = NULL;
	*count = 0;
	if (!given)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(count, &given->GroupCount, sizeof(*count)))
		return STATUS_ACCESS_VIOLATION;
	if (*count > 1000)
		return STATUS_INVALID_PARAMETER;
	*list = calloc(*count + 1, sizeof(**list));
	if (!*list)
		return STATUS_NO_MEMORY;
	for (ULONG i = 0; i < *count && NT_SUCCESS(status); i++) {
		if (host_copy_from_guest(&entry, &given->Groups[i], sizeof(entry)))
			return STATUS_ACCESS_VIOLATION;
		status = se_capture_sid(entry.Sid, &(*list)[i]);
		(*list)[i].attributes = entry.Attributes;
	}
	return status;
}

static void forbid_groups(struct se_token_record *data, const struct se_group *list, ULONG count)
{
	for (ULONG i = 0; i < count; i++) {
		ULONG place = se_find_group(data->groups, data->group_count, &list[i].sid);

		if (place == data->group_count || data->groups[place].attributes & SE_GROUP_INTEGRITY)
			continue;
		data->groups[place].attributes &= SE_GROUP_LOGON_ID;
		data->groups[place].attributes |= SE_GROUP_USE_FOR_DENY_ONLY;
		/* An owner must be one that may own. */
		if (data->owner == place)
			data->owner = 0;
	}
}

static void remove_privileges(struct se_token_record *data, const LUID_AND_ATTRIBUTES *list, ULONG count, bool most)
{
	for (unsigned i = 0; se_privilege_at(i); i++) {
		bool remove = most && se_privilege_at(i) != SE_CHANGE_NOTIFY_PRIVILEGE;

		for (ULONG j = 0; j < count; j++)
			remove = remove || (list[j].Luid.LowPart == se_privilege_at(i) && !list[j].Luid.HighPart);
		if (remove)
			data->attributes[i] = SE_NOT_HELD;
	}
}

/* What was restricted stays so: only what is in both lists is left. */
static NTSTATUS restrict_groups(struct se_token_record *data, const struct se_group *list, ULONG count)
{
	ULONG kept = 0;

	if (!count)
		return STATUS_SUCCESS;
	if (data->restricted_count) {
		for (ULONG i = 0; i < data->restricted_count; i++)
			if (se_find_group(list, count, &data->restricted[i].sid) < count)
				data->restricted[kept++] = data->restricted[i];
		data->restricted_count = kept;
		return STATUS_SUCCESS;
	}
	for (ULONG i = 0; i < count; i++) {
		if (se_find_group(data->restricted, kept, &list[i].sid) < kept)
			continue;
		if (kept == SE_TOKEN_SIDS)
			return STATUS_INSUFFICIENT_RESOURCES;
		data->restricted[kept] = list[i];
		data->restricted[kept++].attributes = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
	}
	data->restricted_count = kept;
	return STATUS_SUCCESS;
}

/* What a user without rights of an administrator has: these groups do not count, these privileges go. */
static void make_standard(struct se_token_record *data)
{
	uint8_t standard[SE_TOKEN_PRIVILEGES];
	struct se_group administrators = {0};

	se_text_to_sid(u"S-1-5-32-544", &administrators.sid);
	forbid_groups(data, &administrators, 1);
	se_first_privileges(standard, false);
	for (unsigned i = 0; i < SE_TOKEN_PRIVILEGES; i++)
		if (standard[i] == SE_NOT_HELD)
			data->attributes[i] = SE_NOT_HELD;
	data->flags &= ~SE_TOKEN_ELEVATED;
	if (se_label(data)->sid.SubAuthority[0] > 0x2000)
		se_label(data)->sid.SubAuthority[0] = 0x2000;
}

struct filter {
	ULONG flags;
	struct se_group *disable, *restricted;
	LUID_AND_ATTRIBUTES *remove;
	ULONG disable_count, restricted_count, remove_count;
};

static NTSTATUS capture_filter(struct filter *filter, const TOKEN_GROUPS *disable, const TOKEN_PRIVILEGES *remove,
			       const TOKEN_GROUPS *restricted)
{
	NTSTATUS status = se_capture_groups(disable, &filter->disable, &filter->disable_count);

	if (!status)
		status = se_capture_groups(restricted, &filter->restricted, &filter->restricted_count);
	if (!status && remove)
		status = se_capture_privileges(remove, &filter->remove, &filter->remove_count);
	for (ULONG i = 0; !status && i < filter->disable_count; i++)
		if (filter->disable[i].attributes)
			status = STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; !status && i < filter->restricted_count; i++)
		if (filter->restricted[i].attributes)
			status = STATUS_INVALID_PARAMETER;
	return status;
}

static NTSTATUS make_filtered(struct se_token *from, const struct filter *filter, struct se_token **result)
{
	struct se_token_record *data = malloc(sizeof(*data));
	NTSTATUS status;

	if (!data)
		return STATUS_NO_MEMORY;
	se_copy_token(from, data);
	data->parent_id = data->id;
	data->flags |= SE_TOKEN_FILTERED | (filter->flags & SANDBOX_INERT ? SE_TOKEN_SANDBOX_INERT : 0);
	forbid_groups(data, filter->disable, filter->disable_count);
	remove_privileges(data, filter->remove, filter->remove_count, filter->flags & DISABLE_MAX_PRIVILEGE);
	if (filter->flags & LUA_TOKEN)
		make_standard(data);
	status = restrict_groups(data, filter->restricted, filter->restricted_count);
	if (filter->flags & WRITE_RESTRICTED && filter->restricted_count)
		data->flags |= SE_TOKEN_WRITE_RESTRICTED;
	*result = status ? NULL : se_new_token(data);
	free(data);
	return !status && !*result ? STATUS_NO_MEMORY : status;
}

EXPORT(ntdll, NTSTATUS, NtFilterToken,
       (HANDLE handle, ULONG flags, TOKEN_GROUPS *disable, TOKEN_PRIVILEGES *remove, TOKEN_GROUPS *restrict_to, HANDLE *filtered))
{
	struct filter filter = {.flags = flags};
	struct se_token *token, *made = NULL;
	ACCESS_MASK access;
	ULONG handle_flags;
	NTSTATUS status;

	if (flags & ~(DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED))
		return STATUS_INVALID_PARAMETER;
	if (host_probe_guest(filtered, sizeof(*filtered), true))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &se_token_type, TOKEN_DUPLICATE, (void **)&token);
	if (!NT_SUCCESS(status))
		return status;
	status = capture_filter(&filter, disable, remove, restrict_to);
	if (!status)
		status = make_filtered(token, &filter, &made);
	/* With the access that the original's handle has. */
	if (!status)
		status = ob_query_handle(handle, &access, &handle_flags);
	if (!status)
		status = se_give_token(made, access, 0, filtered);
	if (made)
		ob_dereference(made);
	ob_dereference(token);
	free(filter.disable);
	free(filter.restricted);
	free(filter.remove);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwFilterToken", NtFilterToken);

/* The change of one group; what it was goes into `changed`. */
static NTSTATUS switch_group(struct se_group *group, bool enable, struct se_group *changed, ULONG *changes)
{
	struct se_group old = *group;

	if (!!(group->attributes & SE_GROUP_ENABLED) == enable)
		return STATUS_SUCCESS;
	if (enable && group->attributes & SE_GROUP_USE_FOR_DENY_ONLY)
		return STATUS_CANT_ENABLE_DENY_ONLY;
	if (!enable && group->attributes & SE_GROUP_MANDATORY)
		return STATUS_CANT_DISABLE_MANDATORY;
	group->attributes ^= SE_GROUP_ENABLED;
	changed[(*changes)++] = old;
	return STATUS_SUCCESS;
}

static NTSTATUS switch_groups(struct se_token_record *data, bool reset, const struct se_group *wanted, ULONG count,
			      struct se_group *changed, ULONG *changes)
{
	ULONG matched = 0;

	for (ULONG i = 1; i + 1 < data->group_count; i++) {
		struct se_group *group = &data->groups[i];
		bool enable = group->attributes & (reset ? SE_GROUP_ENABLED_BY_DEFAULT : SE_GROUP_ENABLED);
		NTSTATUS status;

		if (!reset) {
			ULONG place = se_find_group(wanted, count, &group->sid);

			if (place == count)
				continue;
			matched++;
			enable = wanted[place].attributes & SE_GROUP_ENABLED;
		}
		status = switch_group(group, enable, changed, changes);
		if (status)
			return status;
	}
	return !reset && matched < count ? STATUS_NOT_ALL_ASSIGNED : STATUS_SUCCESS;
}

/* A TOKEN_GROUPS of the guest's, SIDs behind it. */
static NTSTATUS store_groups(TOKEN_GROUPS *to, const struct se_group *groups, ULONG count)
{
	BYTE *end = (BYTE *)&to->Groups[count];

	if (host_copy_to_guest(&to->GroupCount, &count, sizeof(count)))
		return STATUS_ACCESS_VIOLATION;
	for (ULONG i = 0; i < count; i++) {
		ULONG size = se_sid_size(&groups[i].sid);
		SID_AND_ATTRIBUTES head = {(PSID)end, groups[i].attributes};

		if (host_copy_to_guest(&to->Groups[i], &head, sizeof(head)) || host_copy_to_guest(end, groups[i].bytes, size))
			return STATUS_ACCESS_VIOLATION;
		end += size;
	}
	return STATUS_SUCCESS;
}

static ULONG size_of_groups(const struct se_group *groups, ULONG count)
{
	ULONG size = (ULONG)(sizeof(TOKEN_GROUPS) + count * sizeof(SID_AND_ATTRIBUTES));

	for (ULONG i = 0; i < count; i++)
		size += se_sid_size(&groups[i].sid);
	return size;
}

EXPORT(ntdll, NTSTATUS, NtAdjustGroupsToken,
       (HANDLE handle, BOOLEAN reset, TOKEN_GROUPS *state, ULONG size, TOKEN_GROUPS *previous, ULONG *needed))
{
	struct se_group *wanted = NULL;
	struct {
		struct se_token_record data;
		struct se_group changed[SE_TOKEN_SIDS];
	} *work;
	ULONG count = 0, changes = 0, length = 0;
	struct se_token *token;
	NTSTATUS status = ob_reference_by_handle(handle, &se_token_type, TOKEN_ADJUST_GROUPS | (previous ? TOKEN_QUERY : 0),
						 (void **)&token);

	if (!NT_SUCCESS(status))
		return status;
	work = malloc(sizeof(*work));
	if (!work)
		status = STATUS_NO_MEMORY;
	else if (!reset)
		status = state ? se_capture_groups(state, &wanted, &count) : STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status)) {
		host_lock_acquire(&token->lock);
		work->data = token->data;
		status = switch_groups(&work->data, reset, wanted, count, work->changed, &changes);
		length = size_of_groups(work->changed, changes);
		if (NT_SUCCESS(status) && previous && size < length)
			status = STATUS_BUFFER_TOO_SMALL;
		/* All or nothing. */
		if (NT_SUCCESS(status) && changes) {
			token->data = work->data;
			token->data.modified = se_new_luid();
		}
		host_lock_release(&token->lock);
		if (previous && needed && host_copy_to_guest(needed, &length, sizeof(length)))
			status = STATUS_ACCESS_VIOLATION;
		if (NT_SUCCESS(status) && previous && store_groups(previous, work->changed, changes))
			status = STATUS_ACCESS_VIOLATION;
	}
	free(work);
	free(wanted);
	ob_dereference(token);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwAdjustGroupsToken", NtAdjustGroupsToken);
