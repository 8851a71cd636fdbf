/*
 * ntdll/ob/query.c - the Nt calls about handles of any type: close, query, set.
 */
#include "host/fault.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ob/private.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

#include <string.h>

/* OBJECT_INFORMATION_CLASS (winternl.h, ntifs.h). */
enum {
	ObjectBasicInformation = 0,
	ObjectNameInformation = 1,
	ObjectTypeInformation = 2,
	ObjectTypesInformation = 3,
	ObjectHandleFlagInformation = 4,
};

struct basic_information {
	ULONG attributes;
	ACCESS_MASK granted_access;
	ULONG handle_count;
	ULONG pointer_count;
	ULONG paged_pool_charge;
	ULONG nonpaged_pool_charge;
	ULONG reserved[3];
	ULONG name_size;
	ULONG type_size;
	ULONG security_size;
	LARGE_INTEGER creation_time;
};
_Static_assert(sizeof(struct basic_information) == 0x38, "OBJECT_BASIC_INFORMATION");

struct type_information {
	UNICODE_STRING name;
	ULONG totals[12]; /* objects, handles, pool use; then their high-water marks */
	ULONG invalid_attributes;
	ACCESS_MASK mapping[4]; /* read, write, execute, all */
	ACCESS_MASK valid_access;
	BOOLEAN security_required;
	BOOLEAN maintain_handle_count;
	UCHAR type_index;
	CHAR reserved;
	ULONG pool_type;
	ULONG default_paged_charge;
	ULONG default_nonpaged_charge;
};
_Static_assert(sizeof(struct type_information) == 0x68, "OBJECT_TYPE_INFORMATION");

EXPORT(ntdll, NTSTATUS, NtClose, (HANDLE handle))
{
	return ob_close_handle(handle);
}

/* A UNICODE_STRING in the guest's buffer with its characters behind it. */
static NTSTATUS store_name(struct ob_object *object, char *buffer, ULONG size, ULONG *needed)
{
	UNICODE_STRING string = {0};
	const char16_t *name = NULL;
	char16_t from_type[1024];
	size_t length = 0;
	NTSTATUS status;

	if (object->type->query_name) {
		status = object->type->query_name(object, from_type, ARRAY_SIZE(from_type), &length);
		if (!NT_SUCCESS(status))
			return status;
		if (length > ARRAY_SIZE(from_type))
			return STATUS_NAME_TOO_LONG;
		name = from_type;
	} else if (object->name) {
		name = object->name->path;
		length = object->name->length;
	}
	*needed = (ULONG)(sizeof(string) + (length ? (length + 1) * sizeof(char16_t) : 0));
	if (size < sizeof(string))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (size < *needed)
		return STATUS_BUFFER_OVERFLOW;
	if (length) {
		char16_t zero = 0;

		string.Length = (USHORT)(length * sizeof(char16_t));
		string.MaximumLength = (USHORT)(string.Length + sizeof(char16_t));
		string.Buffer = (PWSTR)(buffer + sizeof(string));
		if (host_copy_to_guest(string.Buffer, name, string.Length) ||
		    host_copy_to_guest(string.Buffer + length, &zero, sizeof(zero)))
			return STATUS_ACCESS_VIOLATION;
	}
	return host_copy_to_guest(buffer, &string, sizeof(string)) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static NTSTATUS store_type(struct ob_object *object, char *buffer, ULONG size, ULONG *needed)
{
	const struct ob_type *type = object->type;
	struct type_information info = {0};
	size_t length = ob_length(type->name) * sizeof(char16_t);

	*needed = (ULONG)(sizeof(info) + ((length + 2 + 7) & ~(size_t)7));
	if (size < *needed)
		return STATUS_INFO_LENGTH_MISMATCH;
	info.name.Length = (USHORT)length;
	info.name.MaximumLength = (USHORT)(length + 2);
	info.name.Buffer = (PWSTR)(buffer + sizeof(info));
	info.totals[0] = 1;
	info.totals[1] = object->handles;
	info.mapping[0] = type->read;
	info.mapping[1] = type->write;
	info.mapping[2] = type->execute;
	info.mapping[3] = type->all;
	info.valid_access = type->all;
	if (host_copy_to_guest(info.name.Buffer, type->name, length + 2) || host_copy_to_guest(buffer, &info, sizeof(info)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtQueryObject, (HANDLE handle, ULONG class, PVOID buffer, ULONG size, ULONG *returned))
{
	struct ob_object *object;
	ACCESS_MASK access;
	ULONG needed = 0, flags;
	NTSTATUS status;
	void *found;

	status = ob_query_handle(handle, &access, &flags);
	if (!status)
		status = ob_reference_by_handle(handle, NULL, 0, &found);
	if (status)
		return status;
	object = found;
	switch (class) {
	case ObjectBasicInformation: {
		struct basic_information info = {
			.attributes = (flags & HANDLE_FLAG_INHERIT ? OBJ_INHERIT : 0) |
				      (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE ? OB_PROTECT_CLOSE : 0),
			.granted_access = access,
			.handle_count = object->handles,
			.pointer_count = object->handles + 1,
			.name_size = object->name ? (ULONG)(sizeof(UNICODE_STRING) + (object->name->length + 1) * 2) : 0,
			.type_size = (ULONG)(sizeof(struct type_information) + ob_length(object->type->name) * 2 + 2),
		};

		needed = sizeof(info);
		if (size != sizeof(info))
			status = STATUS_INFO_LENGTH_MISMATCH;
		else if (host_copy_to_guest(buffer, &info, sizeof(info)))
			status = STATUS_ACCESS_VIOLATION;
		break;
	}
	case ObjectNameInformation:
		status = store_name(object, buffer, size, &needed);
		break;
	case ObjectTypeInformation:
		status = store_type(object, buffer, size, &needed);
		break;
	case ObjectHandleFlagInformation: {
		BOOLEAN info[2] = {!!(flags & HANDLE_FLAG_INHERIT), !!(flags & HANDLE_FLAG_PROTECT_FROM_CLOSE)};

		needed = sizeof(info);
		if (size != sizeof(info))
			status = STATUS_INFO_LENGTH_MISMATCH;
		else if (host_copy_to_guest(buffer, info, sizeof(info)))
			status = STATUS_ACCESS_VIOLATION;
		break;
	}
	default:
		status = STATUS_INVALID_INFO_CLASS;
		break;
	}
	ob_dereference(object);
	if (returned && host_copy_to_guest(returned, &needed, sizeof(needed)))
		return STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetInformationObject, (HANDLE handle, ULONG class, PVOID buffer, ULONG size))
{
	BOOLEAN info[2];

	if (class != ObjectHandleFlagInformation)
		return STATUS_INVALID_INFO_CLASS;
	if (size != sizeof(info))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (host_copy_from_guest(info, buffer, sizeof(info)))
		return STATUS_ACCESS_VIOLATION;
	return ob_set_handle_flags(handle, HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE,
				   (info[0] ? HANDLE_FLAG_INHERIT : 0) | (info[1] ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0));
}

/* Opens or creates the directory; rights are checked, contents cannot be listed. */
static NTSTATUS make_directory(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, bool create)
{
	HANDLE result;
	NTSTATUS status = ob_clear_handle(handle);
	void *object;

	if (status)
		return status;
	if (!create)
		return ob_open_for_guest(&ob_directory_type, handle, access, attributes);
	object = ob_create(&ob_directory_type, sizeof(struct ob_object));
	if (!object)
		return STATUS_NO_MEMORY;
	return ob_store_handle(handle, &result, ob_insert(object, attributes, access, &result));
}

EXPORT(ntdll, NTSTATUS, NtOpenDirectoryObject, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return make_directory(handle, access, attributes, false);
}

EXPORT(ntdll, NTSTATUS, NtCreateDirectoryObject, (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes))
{
	return make_directory(handle, access, attributes, true);
}
