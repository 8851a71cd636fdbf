/*
 * ntdll/io/security.c - security descriptors of objects: NtQuerySecurityObject, NtSetSecurityObject.
 *
 * Of a file Linux keeps the owner and nine bits.  A list becomes the bits of what it grants, by NT's rules, to the owner, to the
 * owner's group and to everybody; and the bits are told as a list that would give them, with the system and the administrators, who may do
 * everything on either.  Other objects have what their creator's token gives to new ones.
 */
#include "ntdll/io/private.h"
#include "ntdll/se/token.h"

#include <stdlib.h>
#include <string.h>

#define OWNER_SECURITY_INFORMATION 1u
#define GROUP_SECURITY_INFORMATION 2u
#define DACL_SECURITY_INFORMATION 4u
#define SACL_SECURITY_INFORMATION 8u
#define LABEL_SECURITY_INFORMATION 16u

static const GENERIC_MAPPING file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

/* A descriptor being made; there is room for what files have. */
struct made {
	struct se_group owner, group;
	union {
		ACL dacl;
		BYTE bytes[SE_TOKEN_DACL];
	};
};

static void add_ace(ACL *acl, const SID *sid, ACCESS_MASK mask)
{
	ACE *ace = (ACE *)((BYTE *)acl + acl->AclSize);

	*ace = (ACE){.AceType = ACCESS_ALLOWED_ACE_TYPE, .AceSize = (USHORT)(8 + se_sid_size(sid)), .Mask = mask};
	memcpy(&ace->SidStart, sid, se_sid_size(sid));
	acl->AceCount++;
	acl->AclSize = (USHORT)(acl->AclSize + ace->AceSize);
}

static void set_sid(struct se_group *to, const char16_t *text)
{
	to->attributes = SE_GROUP_ENABLED;
	se_text_to_sid(text, &to->sid);
}

/* An account of Linux that is not this user: S-1-22-1 and -2 are what Samba made usual for them. */
static void set_unix_sid(struct se_group *to, ULONG kind, ULONG number)
{
	to->sid = (SID){.Revision = 1, .SubAuthorityCount = 2, .IdentifierAuthority = {0, 0, 0, 0, 0, 22}};
	to->sid.SubAuthority[0] = kind;
	to->sid.SubAuthority[1] = number;
}

static ACCESS_MASK rights_of(unsigned bits, bool owner)
{
	ACCESS_MASK mask = 0;

	if (owner && (bits & 6) == 6)
		return FILE_ALL_ACCESS;
	mask |= bits & 4 ? FILE_GENERIC_READ : 0;
	mask |= bits & 2 ? FILE_GENERIC_WRITE : 0;
	mask |= bits & 1 ? FILE_GENERIC_EXECUTE : 0;
	return owner ? mask | STANDARD_RIGHTS_ALL | FILE_READ_ATTRIBUTES : mask;
}

static NTSTATUS stat_now(struct io_file *file, struct host_stat *stat)
{
	return file->fd < 0 ? STATUS_INVALID_DEVICE_REQUEST : io_status(host_stat_fd(file->fd, stat));
}

static NTSTATUS describe_file(struct io_file *file, struct made *made)
{
	struct se_group other = {0};
	struct host_stat stat;
	NTSTATUS status = stat_now(file, &stat);

	if (!NT_SUCCESS(status))
		return status;
	memcpy(made->owner.bytes, se_user_sid(), se_sid_size(se_user_sid()));
	memcpy(made->group.bytes, se_group_sid(), se_sid_size(se_group_sid()));
	if (!stat.own) {
		set_unix_sid(&made->owner, 1, stat.owner);
		set_unix_sid(&made->group, 2, stat.group);
	}
	made->dacl = (ACL){.AclRevision = ACL_REVISION, .AclSize = sizeof(ACL)};
	set_sid(&other, u"S-1-5-18");
	add_ace(&made->dacl, &other.sid, FILE_ALL_ACCESS);
	set_sid(&other, u"S-1-5-32-544");
	add_ace(&made->dacl, &other.sid, FILE_ALL_ACCESS);
	add_ace(&made->dacl, &made->owner.sid, rights_of(stat.mode >> 6 & 7, true));
	if (stat.mode >> 3 & 7)
		add_ace(&made->dacl, &made->group.sid, rights_of(stat.mode >> 3 & 7, false));
	set_sid(&other, u"S-1-1-0");
	if (stat.mode & 7)
		add_ace(&made->dacl, &other.sid, rights_of(stat.mode & 7, false));
	return STATUS_SUCCESS;
}

static NTSTATUS describe_other(struct ob_object *object, struct made *made)
{
	struct se_token_record *data = malloc(sizeof(*data));
	struct ob_object *token = data ? se_reference_token_of(NULL) : NULL;
	const GENERIC_MAPPING mapping = {object->type->read, object->type->write, object->type->execute, object->type->all};
	BYTE *at;

	if (token) {
		se_copy_token((struct se_token *)token, data);
		made->owner = data->groups[data->owner];
		made->group = data->groups[data->primary_group];
		memcpy(made->bytes, data->dacl_bytes, data->dacl_size);
		at = (BYTE *)(&made->dacl + 1);
		for (unsigned i = 0; data->dacl_size && i < made->dacl.AceCount; i++, at += ((ACE *)at)->AceSize)
			((ACE *)at)->Mask = se_map_generic(((ACE *)at)->Mask, &mapping);
		ob_dereference(token);
	}
	free(data);
	return token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* Self-relative, in the guest's buffer. */
static NTSTATUS store(const struct made *made, ULONG which, PVOID buffer, ULONG size, ULONG *needed)
{
	SECURITY_DESCRIPTOR_RELATIVE head = {.Revision = 1, .Control = SE_SELF_RELATIVE};
	ULONG at = sizeof(head), owner = se_sid_size(&made->owner.sid), group = se_sid_size(&made->group.sid);

	if (which & DACL_SECURITY_INFORMATION) {
		head.Control |= SE_DACL_PRESENT;
		head.Dacl = at;
		at += made->dacl.AclSize;
	}
	if (which & OWNER_SECURITY_INFORMATION) {
		head.Owner = at;
		at += owner;
	}
	if (which & GROUP_SECURITY_INFORMATION) {
		head.Group = at;
		at += group;
	}
	*needed = at;
	if (size < at)
		return STATUS_BUFFER_TOO_SMALL;
	if (host_copy_to_guest(buffer, &head, sizeof(head)) ||
	    (head.Dacl && host_copy_to_guest((BYTE *)buffer + head.Dacl, made->bytes, made->dacl.AclSize)) ||
	    (head.Owner && host_copy_to_guest((BYTE *)buffer + head.Owner, made->owner.bytes, owner)) ||
	    (head.Group && host_copy_to_guest((BYTE *)buffer + head.Group, made->group.bytes, group)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* Who sees the audit list must have a privilege that nobody has here. */
EXPORT(ntdll, NTSTATUS, NtQuerySecurityObject, (HANDLE handle, ULONG which, PVOID buffer, ULONG size, ULONG *needed))
{
	struct ob_object *object;
	struct made *made;
	ULONG length = 0;
	NTSTATUS status;

	if (host_probe_guest(needed, sizeof(*needed), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, NULL, READ_CONTROL, (void **)&object);
	if (NT_SUCCESS(status) && which & SACL_SECURITY_INFORMATION) {
		ob_dereference(object);
		status = STATUS_PRIVILEGE_NOT_HELD;
	}
	if (!NT_SUCCESS(status))
		return status;
	made = calloc(1, sizeof(*made));
	if (!made)
		status = STATUS_NO_MEMORY;
	else if (object->type == &io_file_type && io_is_disk((struct io_file *)object))
		status = describe_file((struct io_file *)object, made);
	else
		status = describe_other(object, made);
	if (NT_SUCCESS(status)) {
		status = store(made, which, buffer, size, &length);
		if (host_copy_to_guest(needed, &length, sizeof(length)))
			status = STATUS_ACCESS_VIOLATION;
	}
	free(made);
	ob_dereference(object);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwQuerySecurityObject", NtQuerySecurityObject);

/* Reading, writing and executing, as bits, that the list grants to these. */
static unsigned granted_bits(const struct se_descriptor *descriptor, const struct se_group *sids, ULONG count)
{
	ACCESS_MASK granted = se_granted_by_list(descriptor, &file_mapping, sids, count);

	return (granted & FILE_READ_DATA ? 4u : 0) | (granted & FILE_WRITE_DATA ? 2u : 0) | (granted & FILE_EXECUTE ? 1u : 0);
}

static NTSTATUS mode_of(struct se_descriptor *descriptor, const struct host_stat *stat, unsigned *mode)
{
	struct se_token_record *data = malloc(sizeof(*data));
	struct ob_object *token = data ? se_reference_token_of(NULL) : NULL;
	struct se_group others[4] = {0};

	if (!token) {
		free(data);
		return STATUS_NO_MEMORY;
	}
	se_copy_token((struct se_token *)token, data);
	ob_dereference(token);
	memcpy(others[0].bytes, se_group_sid(), se_sid_size(se_group_sid()));
	set_sid(&others[1], u"S-1-1-0");
	set_sid(&others[2], u"S-1-5-32-545");
	set_sid(&others[3], u"S-1-5-11");
	memcpy(descriptor->owner.bytes, se_user_sid(), se_sid_size(se_user_sid()));
	descriptor->has_owner = true;
	*mode = granted_bits(descriptor, data->groups, data->group_count) << 6;
	descriptor->has_owner = false;
	*mode |= granted_bits(descriptor, others, ARRAY_SIZE(others)) << 3 | granted_bits(descriptor, others + 1, ARRAY_SIZE(others) - 1);
	/* NT's full access has the right to execute; a file of Linux is a program if it was one before. */
	if (stat->kind != HOST_FILE_DIRECTORY && !(stat->mode & 0111))
		*mode &= ~0111u;
	*mode |= stat->mode & 07000;
	free(data);
	return STATUS_SUCCESS;
}

static NTSTATUS set_list(struct io_file *file, struct se_descriptor *descriptor)
{
	struct io_narrow path;
	struct host_stat stat;
	unsigned mode = 0;
	NTSTATUS status = stat_now(file, &stat);

	if (NT_SUCCESS(status))
		status = mode_of(descriptor, &stat, &mode);
	if (!NT_SUCCESS(status) || mode == stat.mode)
		return status;
	if (!file->path_only)
		return io_status(host_chmod_fd(file->fd, mode));
	io_narrow_init(&path);
	status = io_path_now(file, true, &path);
	if (NT_SUCCESS(status))
		status = io_status(host_chmod_path(path.text, mode));
	io_narrow_free(&path);
	return status;
}

/* A file can be given to nobody, but to whom it belongs. */
static NTSTATUS check_owners(struct io_file *file, const struct se_descriptor *descriptor, ULONG which)
{
	struct made *made = calloc(1, sizeof(*made));
	NTSTATUS status = made ? describe_file(file, made) : STATUS_NO_MEMORY;

	if (NT_SUCCESS(status) && which & OWNER_SECURITY_INFORMATION &&
	    (!descriptor->has_owner || !se_equal_sid(&descriptor->owner.sid, &made->owner.sid)))
		status = STATUS_INVALID_OWNER;
	if (NT_SUCCESS(status) && which & GROUP_SECURITY_INFORMATION &&
	    (!descriptor->has_group || !se_equal_sid(&descriptor->group.sid, &made->group.sid)))
		status = STATUS_INVALID_PRIMARY_GROUP;
	free(made);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetSecurityObject, (HANDLE handle, ULONG which, SECURITY_DESCRIPTOR *given))
{
	const ULONG owners = OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION;
	ACCESS_MASK access = (which & owners ? WRITE_OWNER : 0) | (which & DACL_SECURITY_INFORMATION ? WRITE_DAC : 0);
	struct se_descriptor descriptor = {0};
	struct ob_object *object;
	NTSTATUS status = se_capture_descriptor(given, &descriptor);

	if (NT_SUCCESS(status))
		status = ob_reference_by_handle(handle, NULL, access, (void **)&object);
	if (!NT_SUCCESS(status)) {
		se_release_descriptor(&descriptor);
		return status;
	}
	if (which & SACL_SECURITY_INFORMATION)
		status = STATUS_PRIVILEGE_NOT_HELD;
	else if (which & LABEL_SECURITY_INFORMATION || object->type != &io_file_type || !io_is_disk((struct io_file *)object))
		status = STATUS_NOT_SUPPORTED; /* nowhere to keep it */
	else if (which & owners)
		status = check_owners((struct io_file *)object, &descriptor, which);
	if (NT_SUCCESS(status) && which & DACL_SECURITY_INFORMATION)
		status = set_list((struct io_file *)object, &descriptor);
	se_release_descriptor(&descriptor);
	ob_dereference(object);
	return status;
}
EXPORT_ALIAS(ntdll, "ZwSetSecurityObject", NtSetSecurityObject);

void io_secure_new(struct io_file *file, const OBJECT_ATTRIBUTES *given)
{
	struct se_descriptor descriptor = {0};
	OBJECT_ATTRIBUTES attributes;

	if (!io_is_disk(file) || host_copy_from_guest(&attributes, given, sizeof(attributes)) || !attributes.SecurityDescriptor)
		return;
	/* One without a list says nothing: the file is as Linux makes them. */
	if (NT_SUCCESS(se_capture_descriptor(attributes.SecurityDescriptor, &descriptor)) && !descriptor.open)
		set_list(file, &descriptor);
	se_release_descriptor(&descriptor);
}
