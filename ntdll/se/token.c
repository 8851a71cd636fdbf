/*
 * ntdll/se/token.c - tokens as objects: the process' own, those of threads, duplicates, and their way to other processes.
 */
#include "ntdll/se/token.h"
#include "host/fault.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/remote.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

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
FIXED_SID(logon_sid, 5, 3, 5, 0, SE_LOGON_SESSION);
FIXED_SID(local_sid, 2, 1, 0);
FIXED_SID(system_sid, 5, 1, 18);
FIXED_SID(medium_sid, 16, 1, 0x2000);
FIXED_SID(high_sid, 16, 1, 0x3000);

#define GROUP_ENABLED (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

static const struct {
	const void *sid;
	ULONG attributes;
} groups[] = {
	{&user_sid, 0},
	{&none_sid, GROUP_ENABLED},
	{&everyone_sid, GROUP_ENABLED},
	{&administrators_sid, SE_GROUP_USE_FOR_DENY_ONLY},
	{&users_sid, GROUP_ENABLED},
	{&interactive_sid, GROUP_ENABLED},
	{&console_logon_sid, GROUP_ENABLED},
	{&authenticated_sid, GROUP_ENABLED},
	{&this_organization_sid, GROUP_ENABLED},
	{&logon_sid, GROUP_ENABLED | SE_GROUP_LOGON_ID},
	{&local_sid, GROUP_ENABLED},
	{&medium_sid, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED},
};

const struct ob_type se_token_type = {
	.name = u"Token",
	.read = 0x2001A,
	.write = 0x201E0,
	.execute = 0x20005,
	.all = TOKEN_ALL_ACCESS,
};

static struct se_token *process_token; /* made on first need; never freed */

const SID *se_user_sid(void)
{
	return AS_SID(user_sid);
}

const SID *se_group_sid(void)
{
	return AS_SID(none_sid);
}

/* Unique in the system, among the processes that live. */
LUID se_new_luid(void)
{
	static uint32_t last = 0x10000;

	return (LUID){__atomic_add_fetch(&last, 1, __ATOMIC_RELAXED), (LONG)(uintptr_t)ps_own_process.id};
}

EXPORT(ntdll, NTSTATUS, NtAllocateLocallyUniqueId, (LUID * luid))
{
	LUID made = se_new_luid();

	return host_copy_to_guest(luid, &made, sizeof(made)) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwAllocateLocallyUniqueId", NtAllocateLocallyUniqueId);

static void set_group(struct se_group *group, const void *sid, ULONG attributes)
{
	group->attributes = attributes;
	memcpy(group->bytes, sid, se_sid_size(sid));
}

static void add_allowed(ACL *acl, const void *sid, ACCESS_MASK mask)
{
	ACE *ace = (ACE *)((BYTE *)acl + acl->AclSize);

	ace->AceSize = (USHORT)(8 + se_sid_size(sid));
	ace->Mask = mask;
	memcpy(&ace->SidStart, sid, se_sid_size(sid));
	acl->AceCount++;
	acl->AclSize = (USHORT)(acl->AclSize + ace->AceSize);
}

/* The token of a user who has just logged on. */
static void fill_first(struct se_token_record *data, bool elevated)
{
	memset(data, 0, sizeof(*data));
	data->type = TokenPrimary;
	data->session = OB_SESSION_ID;
	data->policy = 3; /* no write up, new process minimum */
	data->primary_group = 1;
	data->group_count = ARRAY_SIZE(groups);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		set_group(&data->groups[i], groups[i].sid, groups[i].attributes);
	if (elevated) {
		data->flags = SE_TOKEN_ELEVATED;
		data->groups[3].attributes = GROUP_ENABLED | SE_GROUP_OWNER;
		data->owner = 3;
		set_group(se_label(data), &high_sid, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED);
	}
	se_first_privileges(data->attributes, elevated);
	data->dacl = (ACL){.AclRevision = ACL_REVISION, .AclSize = sizeof(ACL)};
	add_allowed(&data->dacl, data->groups[data->owner].bytes, GENERIC_ALL);
	add_allowed(&data->dacl, &system_sid, GENERIC_ALL);
	add_allowed(&data->dacl, &logon_sid, GENERIC_READ | GENERIC_EXECUTE);
	data->dacl_size = data->dacl.AclSize;
}

struct se_token *se_new_token(const struct se_token_record *data)
{
	struct se_token *token = ob_create(&se_token_type, sizeof(*token));

	if (!token)
		return NULL;
	token->data = *data;
	token->data.id = token->data.modified = se_new_luid();
	return token;
}

static struct se_token *first_token(bool elevated)
{
	struct se_token *token = ob_create(&se_token_type, sizeof(*token));

	if (token) {
		fill_first(&token->data, elevated);
		token->data.id = token->data.modified = se_new_luid();
	}
	return token;
}

struct se_token *se_linked_token(void)
{
	struct se_token *token = first_token(true);

	if (token) {
		token->data.type = TokenImpersonation;
		token->data.level = SecurityIdentification;
	}
	return token;
}

void se_copy_token(struct se_token *token, struct se_token_record *data)
{
	host_lock_acquire(&token->lock);
	*data = token->data;
	host_lock_release(&token->lock);
}

static struct se_token *get_process_token(void)
{
	struct se_token *token = __atomic_load_n(&process_token, __ATOMIC_ACQUIRE), *none = NULL;

	if (token)
		return token;
	token = first_token(false);
	if (token && !__atomic_compare_exchange_n(&process_token, &none, token, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		ob_dereference(token);
		token = none;
	}
	return token;
}

struct ob_object *se_reference_token_of(struct ps_thread *thread)
{
	struct ob_object *token;

	if (!thread) {
		struct se_token *own = get_process_token();

		if (own)
			ob_reference(own);
		return own ? &own->object : NULL;
	}
	host_lock_acquire(&thread->suspend_lock);
	token = thread->token;
	if (token)
		ob_reference(token);
	host_lock_release(&thread->suspend_lock);
	return token;
}

struct se_token *se_effective_token(void)
{
	struct ob_object *token = NULL;

	if (ps_self && __atomic_load_n(&ps_self->token, __ATOMIC_RELAXED))
		token = se_reference_token_of(ps_self);
	return (struct se_token *)(token ? token : se_reference_token_of(NULL));
}

NTSTATUS se_reference_token(HANDLE handle, ACCESS_MASK access, struct se_token **result)
{
	intptr_t pseudo = (intptr_t)handle;

	if (pseudo < -6 || pseudo > -4)
		return ob_reference_by_handle(handle, &se_token_type, access, (void **)result);
	if (access & ~(TOKEN_QUERY | TOKEN_QUERY_SOURCE))
		return STATUS_ACCESS_DENIED;
	*result = pseudo == -6 ? se_effective_token() : (struct se_token *)se_reference_token_of(pseudo == -5 ? ps_self : NULL);
	if (*result)
		return STATUS_SUCCESS;
	return pseudo == -5 ? STATUS_NO_TOKEN : STATUS_NO_MEMORY;
}

NTSTATUS se_give_token(struct se_token *token, ACCESS_MASK access, ULONG attributes, HANDLE *handle)
{
	HANDLE made;
	NTSTATUS status = ob_create_handle(token, access, attributes, &made);

	if (NT_SUCCESS(status) && host_copy_to_guest(handle, &made, sizeof(made))) {
		ob_close_handle(made);
		status = STATUS_ACCESS_VIOLATION;
	}
	return status;
}

/* A copy of another process' token, or of one of its threads' (id 0: none is meant). */
static NTSTATUS ask_token(struct ps_process *other, HANDLE thread, struct ob_object **token)
{
	struct io_inherited description;
	struct ps_call call = {.operation = PS_DO_GIVE_TOKEN, .values = {(uintptr_t)thread}, .answer = &description,
			       .room = sizeof(description)};
	NTSTATUS status = ps_ask(other, &call);

	if (!status && (call.room != sizeof(description) || !io_put_descriptors(&description, call.fds, call.fd_count)))
		status = STATUS_ACCESS_DENIED;
	if (status) {
		ps_close_descriptors(&call);
		return status;
	}
	return io_adopt(&description, token);
}

NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE process, ACCESS_MASK access, ULONG attributes, HANDLE *token);
EXPORT(ntdll, NTSTATUS, NtOpenProcessTokenEx, (HANDLE process, ACCESS_MASK access, ULONG attributes, HANDLE *token))
{
	struct ps_process *other = NULL;
	struct ob_object *found = NULL;
	NTSTATUS status;

	if (host_probe_guest(token, sizeof(*token), true))
		return STATUS_ACCESS_VIOLATION;
	status = ps_reference_target(process, PROCESS_QUERY_LIMITED_INFORMATION, &other);
	if (status == STATUS_ACCESS_DENIED)
		status = ps_reference_target(process, PROCESS_QUERY_INFORMATION, &other);
	if (!status && other)
		status = ask_token(other, NULL, &found);
	if (other)
		ob_dereference(other);
	/* That of one that has ended is not kept: its user's then. */
	if (status == STATUS_PROCESS_IS_TERMINATING)
		status = STATUS_SUCCESS;
	if (!status && !found)
		found = se_reference_token_of(NULL);
	if (status)
		return status;
	if (!found)
		return STATUS_NO_MEMORY;
	status = se_give_token((struct se_token *)found, access, attributes & OBJ_INHERIT, token);
	ob_dereference(found);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwOpenProcessTokenEx", NtOpenProcessTokenEx);

EXPORT(ntdll, NTSTATUS, NtOpenProcessToken, (HANDLE process, ACCESS_MASK access, HANDLE *token))
{
	return NtOpenProcessTokenEx(process, access, 0, token);
}
EXPORT_ALIAS(ntdll, "ZwOpenProcessToken", NtOpenProcessToken);

NTSTATUS NTAPI NtOpenThreadTokenEx(HANDLE thread, ACCESS_MASK access, BOOLEAN as_self, ULONG attributes, HANDLE *token);
EXPORT(ntdll, NTSTATUS, NtOpenThreadTokenEx,
       (HANDLE handle, ACCESS_MASK access, BOOLEAN as_self, ULONG attributes, HANDLE *token))
{
	struct ps_thread *thread;
	struct ob_object *found = NULL;
	NTSTATUS status;

	if (host_probe_guest(token, sizeof(*token), true))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &ps_thread_type, THREAD_QUERY_LIMITED_INFORMATION, (void **)&thread);
	if (status == STATUS_ACCESS_DENIED)
		status = ob_reference_by_handle(handle, &ps_thread_type, THREAD_QUERY_INFORMATION, (void **)&thread);
	if (status)
		return status;
	if (thread->child)
		status = ask_token(thread->child, thread->id, &found);
	else
		found = se_reference_token_of(thread);
	ob_dereference(thread);
	if (!status && !found)
		status = STATUS_NO_TOKEN;
	if (!status && ((struct se_token *)found)->data.level == SecurityAnonymous)
		status = STATUS_CANT_OPEN_ANONYMOUS;
	if (!status)
		status = se_give_token((struct se_token *)found, access, attributes & OBJ_INHERIT, token);
	if (found)
		ob_dereference(found);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwOpenThreadTokenEx", NtOpenThreadTokenEx);

EXPORT(ntdll, NTSTATUS, NtOpenThreadToken, (HANDLE thread, ACCESS_MASK access, BOOLEAN as_self, HANDLE *token))
{
	return NtOpenThreadTokenEx(thread, access, as_self, 0, token);
}
EXPORT_ALIAS(ntdll, "ZwOpenThreadToken", NtOpenThreadToken);

NTSTATUS se_set_thread_token(struct ps_thread *thread, struct ob_object *token)
{
	struct ob_object *old;

	if (token && ((struct se_token *)token)->data.type != TokenImpersonation)
		return STATUS_BAD_TOKEN_TYPE;
	if (token)
		ob_reference(token);
	host_lock_acquire(&thread->suspend_lock);
	old = thread->token;
	__atomic_store_n(&thread->token, token, __ATOMIC_RELAXED);
	host_lock_release(&thread->suspend_lock);
	if (old)
		ob_dereference(old);
	return STATUS_SUCCESS;
}

NTSTATUS se_set_thread_token_handle(struct ps_thread *thread, HANDLE handle)
{
	struct io_inherited description;
	struct ps_call call = {.data = &description, .size = sizeof(description)};
	void *token = NULL;
	NTSTATUS status = handle ? ob_reference_by_handle(handle, &se_token_type, TOKEN_IMPERSONATE, &token) : STATUS_SUCCESS;

	if (status)
		return status;
	if (!thread->child) {
		status = se_set_thread_token(thread, token);
	} else {
		memset(&description, 0, sizeof(description));
		if (!token)
			call.size = 0;
		else
			status = io_describe(token, &description);
		if (!status && token)
			call.fd_count = io_descriptors(&description, call.fds);
		if (!status) {
			status = ps_ask_thread(thread, PS_DO_SET_TOKEN, &call);
			if (token)
				io_release_description(&description);
		}
	}
	if (token)
		ob_dereference(token);
	return status;
}

/* What a copy keeps of a token when only what is enabled goes over. */
static void keep_effective(struct se_token_record *data)
{
	ULONG kept = 1;

	for (unsigned i = 0; i < SE_TOKEN_PRIVILEGES; i++)
		if (data->attributes[i] != SE_NOT_HELD && !(data->attributes[i] & SE_PRIVILEGE_ENABLED))
			data->attributes[i] = SE_NOT_HELD;
	for (ULONG i = 1; i < data->group_count; i++) {
		if (!(data->groups[i].attributes & (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY)))
			continue;
		if (data->owner == i)
			data->owner = kept;
		if (data->primary_group == i)
			data->primary_group = kept;
		data->groups[kept++] = data->groups[i];
	}
	data->group_count = kept;
}

static NTSTATUS capture_quality(const OBJECT_ATTRIBUTES *given, OBJECT_ATTRIBUTES *attributes, SECURITY_QUALITY_OF_SERVICE *quality)
{
	memset(attributes, 0, sizeof(*attributes));
	memset(quality, 0, sizeof(*quality));
	if (!given)
		return STATUS_SUCCESS;
	if (host_copy_from_guest(attributes, given, sizeof(*attributes)) ||
	    (attributes->SecurityQualityOfService &&
	     host_copy_from_guest(quality, attributes->SecurityQualityOfService, sizeof(*quality))))
		return STATUS_ACCESS_VIOLATION;
	return quality->ImpersonationLevel > SecurityDelegation ? STATUS_BAD_IMPERSONATION_LEVEL : STATUS_SUCCESS;
}

/* A copy cannot impersonate more than the original: MSDN DuplicateTokenEx. */
EXPORT(ntdll, NTSTATUS, NtDuplicateToken,
       (HANDLE token, ACCESS_MASK access, const OBJECT_ATTRIBUTES *given, BOOLEAN effective_only, ULONG type, HANDLE *copy))
{
	SECURITY_QUALITY_OF_SERVICE quality;
	OBJECT_ATTRIBUTES attributes;
	struct se_token *from, *made;
	ACCESS_MASK granted;
	ULONG flags;
	NTSTATUS status;

	if (type != TokenPrimary && type != TokenImpersonation)
		return STATUS_INVALID_PARAMETER;
	if (host_probe_guest(copy, sizeof(*copy), true))
		return STATUS_ACCESS_VIOLATION;
	status = capture_quality(given, &attributes, &quality);
	if (!status)
		status = ob_reference_by_handle(token, &se_token_type, TOKEN_DUPLICATE, (void **)&from);
	if (status)
		return status;
	if (from->data.type == TokenImpersonation &&
	    (type == TokenPrimary ? from->data.level < SecurityImpersonation : quality.ImpersonationLevel > from->data.level)) {
		ob_dereference(from);
		return STATUS_BAD_IMPERSONATION_LEVEL;
	}
	host_lock_acquire(&from->lock);
	made = se_new_token(&from->data);
	host_lock_release(&from->lock);
	ob_dereference(from);
	if (!made)
		return STATUS_NO_MEMORY;
	made->data.type = type;
	made->data.level = type == TokenImpersonation ? quality.ImpersonationLevel : 0;
	if (effective_only || quality.EffectiveOnly)
		keep_effective(&made->data);
	if (!access && ob_query_handle(token, &granted, &flags) == STATUS_SUCCESS)
		access = granted;
	status = se_give_token(made, access, attributes.Attributes & OBJ_INHERIT, copy);
	ob_dereference(made);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwDuplicateToken", NtDuplicateToken);

/*
 * To other processes.
 */
size_t se_token_record_size(void)
{
	return sizeof(struct se_token_record);
}

void se_describe_token(struct ob_object *token, struct se_token_record *record)
{
	se_copy_token((struct se_token *)token, record);
}

static bool is_sane(const struct se_token_record *record)
{
	return record->group_count >= 2 && record->group_count <= SE_TOKEN_SIDS && record->restricted_count <= SE_TOKEN_SIDS &&
	       record->dacl_size <= SE_TOKEN_DACL && record->owner < record->group_count &&
	       record->primary_group < record->group_count;
}

struct ob_object *se_token_from_record(const struct se_token_record *record)
{
	struct se_token *token = is_sane(record) ? se_new_token(record) : NULL;

	return token ? &token->object : NULL;
}

NTSTATUS se_token_for_child(HANDLE handle, struct se_token_record **record)
{
	struct se_token *token = __atomic_load_n(&process_token, __ATOMIC_ACQUIRE);
	NTSTATUS status = STATUS_SUCCESS;
	void *given = NULL;

	*record = NULL;
	if (handle)
		status = ob_reference_by_handle(handle, &se_token_type, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY, &given);
	if (status)
		return status;
	if (given)
		token = given;
	if (!token)
		return STATUS_SUCCESS;
	*record = malloc(sizeof(**record));
	if (!*record)
		status = STATUS_NO_MEMORY;
	else
		se_copy_token(token, *record);
	if (!status && (*record)->type != TokenPrimary)
		status = STATUS_BAD_TOKEN_TYPE;
	if (status) {
		free(*record);
		*record = NULL;
	}
	if (given)
		ob_dereference(given);
	return status;
}

NTSTATUS se_start_with_token(const struct se_token_record *record)
{
	struct se_token *token = is_sane(record) ? se_new_token(record) : NULL;

	if (!token)
		return STATUS_NO_MEMORY;
	process_token = token;
	return STATUS_SUCCESS;
}
