/*
 * ntdll/se/calls.c - what ntdll exports of SIDs and privileges (Rtl*).
 */
#include "nt/peb.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/se/se.h"
#include "pewter/export.h"

#include <string.h>

#define SID_MAX_SUB_AUTHORITIES 15

EXPORT(ntdll, ULONG, RtlLengthRequiredSid, (ULONG count))
{
	return (ULONG)offsetof(SID, SubAuthority) + 4 * count;
}

EXPORT(ntdll, ULONG, RtlLengthSid, (const SID *sid))
{
	return se_sid_size(sid);
}

EXPORT(ntdll, BOOLEAN, RtlValidSid, (const SID *sid))
{
	return sid && se_valid_sid(sid);
}

EXPORT(ntdll, BOOLEAN, RtlEqualSid, (const SID *a, const SID *b))
{
	return se_equal_sid(a, b);
}

/* Equal but for the last sub-authority. */
EXPORT(ntdll, BOOLEAN, RtlEqualPrefixSid, (const SID *a, const SID *b))
{
	return a->Revision == b->Revision && a->SubAuthorityCount == b->SubAuthorityCount &&
	       !memcmp(a, b, se_sid_size(a) - (a->SubAuthorityCount ? 4 : 0));
}

EXPORT(ntdll, NTSTATUS, RtlCopySid, (ULONG size, SID *to, const SID *from))
{
	if (size < se_sid_size(from))
		return STATUS_BUFFER_TOO_SMALL;
	memmove(to, from, se_sid_size(from));
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlInitializeSid, (SID * sid, const UCHAR *authority, UCHAR count))
{
	if (count > SID_MAX_SUB_AUTHORITIES)
		return STATUS_INVALID_PARAMETER;
	sid->Revision = 1;
	sid->SubAuthorityCount = count;
	memcpy(sid->IdentifierAuthority, authority, sizeof(sid->IdentifierAuthority));
	return STATUS_SUCCESS;
}

EXPORT(ntdll, ULONG *, RtlSubAuthoritySid, (SID * sid, ULONG index))
{
	return &sid->SubAuthority[index];
}

EXPORT(ntdll, UCHAR *, RtlSubAuthorityCountSid, (SID * sid))
{
	return &sid->SubAuthorityCount;
}

EXPORT(ntdll, UCHAR *, RtlIdentifierAuthoritySid, (SID * sid))
{
	return sid->IdentifierAuthority;
}

/* A block of the process heap; of up to eight sub-authorities. */
EXPORT(ntdll, NTSTATUS, RtlAllocateAndInitializeSid,
       (const UCHAR *authority, UCHAR count, ULONG a, ULONG b, ULONG c, ULONG d, ULONG e, ULONG f, ULONG g, ULONG h, SID **sid))
{
	const ULONG values[8] = {a, b, c, d, e, f, g, h};
	SID *made;

	if (count > ARRAY_SIZE(values))
		return STATUS_INVALID_SID;
	made = RtlAllocateHeap(ps_peb->ProcessHeap, 0, offsetof(SID, SubAuthority) + sizeof(values));
	if (!made)
		return STATUS_NO_MEMORY;
	made->Revision = 1;
	made->SubAuthorityCount = count;
	memcpy(made->IdentifierAuthority, authority, sizeof(made->IdentifierAuthority));
	memcpy(made->SubAuthority, values, 4u * count);
	*sid = made;
	return STATUS_SUCCESS;
}

/* NULL: freed. */
EXPORT(ntdll, PVOID, RtlFreeSid, (SID * sid))
{
	RtlFreeHeap(ps_peb->ProcessHeap, 0, sid);
	return NULL;
}

EXPORT(ntdll, NTSTATUS, RtlConvertSidToUnicodeString, (UNICODE_STRING * to, const SID *sid, BOOLEAN allocate))
{
	char16_t text[256];
	size_t length, size;

	if (!se_valid_sid(sid))
		return STATUS_INVALID_SID;
	length = se_sid_to_text(sid, text) * 2;
	size = length + 2;
	if (allocate) {
		to->Buffer = RtlAllocateHeap(ps_peb->ProcessHeap, 0, size);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = (USHORT)size;
	} else if (to->MaximumLength < size) {
		return STATUS_BUFFER_OVERFLOW;
	}
	memcpy(to->Buffer, text, size);
	to->Length = (USHORT)length;
	return STATUS_SUCCESS;
}

/* Of the calling thread's token (which is the process's if it has none of its own) or the process's; `was`: enabled before. */
EXPORT(ntdll, NTSTATUS, RtlAdjustPrivilege, (ULONG privilege, BOOLEAN enable, BOOLEAN of_thread, BOOLEAN *was))
{
	struct {
		TOKEN_PRIVILEGES head;
		LUID_AND_ATTRIBUTES privilege;
	} state = {.head.PrivilegeCount = 1}, before = {.head.PrivilegeCount = 0};
	const ACCESS_MASK access = TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY;
	ULONG length;
	HANDLE token;
	NTSTATUS status = of_thread ? NtOpenThreadToken((HANDLE)(intptr_t)-2, access, FALSE, &token)
				    : NtOpenProcessToken((HANDLE)(intptr_t)-1, access, &token);

	if (!NT_SUCCESS(status))
		return status;
	state.privilege.Luid.LowPart = privilege;
	state.privilege.Attributes = enable ? SE_PRIVILEGE_ENABLED : 0;
	status = NtAdjustPrivilegesToken(token, FALSE, &state.head, sizeof(before), &before.head, &length);
	ob_close_handle(token);
	if (status == STATUS_NOT_ALL_ASSIGNED)
		status = STATUS_PRIVILEGE_NOT_HELD;
	if (NT_SUCCESS(status))
		*was = before.head.PrivilegeCount ? (before.privilege.Attributes & SE_PRIVILEGE_ENABLED) != 0 : enable;
	return status;
}
