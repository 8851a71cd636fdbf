/*
 * dlls/advapi32/security.c - SIDs, access-control lists, security descriptors: the data, without anything behind it.
 */
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/se/se.h"
#include "dlls/advapi32/registry.h"
#include <stdlib.h>
#include <string.h>

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

EXPORT(advapi32, BOOL, IsValidSid, (const SID *sid))
{
	return se_valid_sid(sid);
}

EXPORT(advapi32, DWORD, GetLengthSid, (const SID *sid))
{
	return se_sid_size(sid);
}

EXPORT(advapi32, DWORD, GetSidLengthRequired, (UCHAR count))
{
	return (DWORD)sizeof(SID) + 4u * count;
}

EXPORT(advapi32, UCHAR *, GetSidSubAuthorityCount, (SID * sid))
{
	return &sid->SubAuthorityCount;
}

EXPORT(advapi32, DWORD *, GetSidSubAuthority, (SID * sid, DWORD index))
{
	return &sid->SubAuthority[index];
}

EXPORT(advapi32, UCHAR *, GetSidIdentifierAuthority, (SID * sid))
{
	return sid->IdentifierAuthority;
}

EXPORT(advapi32, BOOL, InitializeSid, (SID * sid, const UCHAR *authority, UCHAR count))
{
	if (count > 15)
		return fail(ERROR_INVALID_PARAMETER);
	sid->Revision = 1;
	sid->SubAuthorityCount = count;
	memcpy(sid->IdentifierAuthority, authority, 6);
	return TRUE;
}

EXPORT(advapi32, BOOL, AllocateAndInitializeSid,
       (const UCHAR *authority, UCHAR count, DWORD a, DWORD b, DWORD c, DWORD d, DWORD e, DWORD f, DWORD g, DWORD h,
	SID **sid))
{
	const DWORD values[8] = {a, b, c, d, e, f, g, h};
	SID *made;

	if (count > 8)
		return fail(ERROR_INVALID_SID);
	made = LocalAlloc(LMEM_FIXED, sizeof(SID) + 4u * 8);
	if (!made)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	made->Revision = 1;
	made->SubAuthorityCount = count;
	memcpy(made->IdentifierAuthority, authority, 6);
	memcpy(made->SubAuthority, values, 4u * count);
	*sid = made;
	return TRUE;
}

/* NULL: freed. */
EXPORT(advapi32, PVOID, FreeSid, (SID * sid))
{
	LocalFree(sid);
	return NULL;
}

EXPORT(advapi32, BOOL, EqualSid, (const SID *a, const SID *b))
{
	return se_equal_sid(a, b);
}

/* Equal but for the last sub-authority. */
EXPORT(advapi32, BOOL, EqualPrefixSid, (const SID *a, const SID *b))
{
	if (a->Revision != b->Revision || a->SubAuthorityCount != b->SubAuthorityCount)
		return FALSE;
	return !memcmp(a, b, se_sid_size(a) - (a->SubAuthorityCount ? 4 : 0));
}

EXPORT(advapi32, BOOL, CopySid, (DWORD size, SID *to, const SID *from))
{
	ULONG needed = se_sid_size(from);

	if (size < needed)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memmove(to, from, needed);
	return TRUE;
}

/* WELL_KNOWN_SID_TYPE and the SIDs that need no domain (winnt.h). */
static const struct {
	BYTE type, authority, count;
	ULONG sub[2];
} well_known[] = {
	{0, 0, 1, {0}},	       {1, 1, 1, {0}},	      {2, 2, 1, {0}},	     {3, 3, 1, {0}},	    {4, 3, 1, {1}},
	{5, 3, 1, {2}},	       {6, 3, 1, {3}},	      {7, 5, 0, {0}},	     {8, 5, 1, {1}},	    {9, 5, 1, {2}},
	{10, 5, 1, {3}},       {11, 5, 1, {4}},	      {12, 5, 1, {6}},	     {13, 5, 1, {7}},	    {14, 5, 1, {8}},
	{15, 5, 1, {9}},       {16, 5, 1, {10}},      {17, 5, 1, {11}},	     {18, 5, 1, {12}},	    {19, 5, 1, {13}},
	{20, 5, 1, {14}},      {22, 5, 1, {18}},      {23, 5, 1, {19}},	     {24, 5, 1, {20}},	    {25, 5, 1, {32}},
	{26, 5, 2, {32, 544}}, {27, 5, 2, {32, 545}}, {28, 5, 2, {32, 546}}, {29, 5, 2, {32, 547}}, {30, 5, 2, {32, 548}},
	{31, 5, 2, {32, 549}}, {32, 5, 2, {32, 550}}, {33, 5, 2, {32, 551}}, {34, 5, 2, {32, 552}}, {35, 5, 2, {32, 554}},
	{36, 5, 2, {32, 555}}, {37, 5, 2, {32, 556}}, {65, 16, 1, {0}},	     {66, 16, 1, {0x1000}}, {67, 16, 1, {0x2000}},
	{68, 16, 1, {0x3000}}, {69, 16, 1, {0x4000}},
};

static BOOL make_well_known(DWORD type, SID *sid)
{
	for (size_t i = 0; i < ARRAY_SIZE(well_known); i++) {
		if (well_known[i].type == type) {
			memset(sid, 0, sizeof(*sid));
			sid->Revision = 1;
			sid->SubAuthorityCount = well_known[i].count;
			sid->IdentifierAuthority[5] = well_known[i].authority;
			memcpy(sid->SubAuthority, well_known[i].sub, 4u * well_known[i].count);
			return TRUE;
		}
	}
	return FALSE;
}

EXPORT(advapi32, BOOL, CreateWellKnownSid, (DWORD type, const SID *domain, SID *sid, DWORD *size))
{
	union {
		SID sid;
		BYTE bytes[68];
	} made;

	if (!size || !make_well_known(type, &made.sid))
		return fail(ERROR_INVALID_PARAMETER);
	if (*size < se_sid_size(&made.sid) || !sid) {
		*size = se_sid_size(&made.sid);
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	*size = se_sid_size(&made.sid);
	memcpy(sid, &made, *size);
	return TRUE;
}

EXPORT(advapi32, BOOL, IsWellKnownSid, (const SID *sid, DWORD type))
{
	union {
		SID sid;
		BYTE bytes[68];
	} made;

	return make_well_known(type, &made.sid) && se_equal_sid(sid, &made.sid);
}

/* Lists. */

EXPORT(advapi32, BOOL, InitializeAcl, (ACL * acl, DWORD size, DWORD revision))
{
	if (size < sizeof(ACL))
		return fail(ERROR_INSUFFICIENT_BUFFER);
	if (revision < 2 || revision > 4 || size > 0xFFFF)
		return fail(ERROR_INVALID_PARAMETER);
	*acl = (ACL){(UCHAR)revision, 0, (USHORT)(size & ~3u), 0, 0};
	return TRUE;
}

EXPORT(advapi32, BOOL, IsValidAcl, (const ACL *acl))
{
	return acl && se_valid_acl(acl);
}

/* Bytes that the ACEs use, with the head; the caller checked the list. */
static DWORD acl_used(const ACL *acl)
{
	const BYTE *at = (const BYTE *)(acl + 1);

	for (USHORT i = 0; i < acl->AceCount; i++)
		at += ((const ACE *)at)->AceSize;
	return (DWORD)(at - (const BYTE *)acl);
}

static BOOL add_ace(ACL *acl, DWORD revision, BYTE type, DWORD flags, DWORD mask, const SID *sid)
{
	DWORD size, used;
	ACE *ace;

	if (!se_valid_sid(sid))
		return fail(ERROR_INVALID_SID);
	if (!se_valid_acl(acl))
		return fail(1336); /* ERROR_INVALID_ACL */
	if (revision > ACL_REVISION_DS || acl->AclRevision > ACL_REVISION_DS)
		return fail(1306); /* ERROR_REVISION_MISMATCH */
	size = 8 + se_sid_size(sid);
	used = acl_used(acl);
	if (used + size > acl->AclSize)
		return fail(1344); /* ERROR_ALLOTTED_SPACE_EXCEEDED */
	ace = (ACE *)((BYTE *)acl + used);
	ace->AceType = type;
	ace->AceFlags = (UCHAR)flags;
	ace->AceSize = (USHORT)size;
	ace->Mask = mask;
	memcpy(&ace->SidStart, sid, se_sid_size(sid));
	acl->AceCount++;
	if (revision > acl->AclRevision)
		acl->AclRevision = (UCHAR)revision;
	return TRUE;
}

EXPORT(advapi32, BOOL, AddAccessAllowedAce, (ACL * acl, DWORD revision, DWORD mask, const SID *sid))
{
	return add_ace(acl, revision, ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid);
}

EXPORT(advapi32, BOOL, AddAccessAllowedAceEx, (ACL * acl, DWORD revision, DWORD flags, DWORD mask, const SID *sid))
{
	return add_ace(acl, revision, ACCESS_ALLOWED_ACE_TYPE, flags, mask, sid);
}

EXPORT(advapi32, BOOL, AddAccessDeniedAce, (ACL * acl, DWORD revision, DWORD mask, const SID *sid))
{
	return add_ace(acl, revision, ACCESS_DENIED_ACE_TYPE, 0, mask, sid);
}

EXPORT(advapi32, BOOL, AddAccessDeniedAceEx, (ACL * acl, DWORD revision, DWORD flags, DWORD mask, const SID *sid))
{
	return add_ace(acl, revision, ACCESS_DENIED_ACE_TYPE, flags, mask, sid);
}

/* Entries as they are; `at` beyond the end: behind the last. */
EXPORT(advapi32, BOOL, AddAce, (ACL * acl, DWORD revision, DWORD at, PVOID entries, DWORD size))
{
	const BYTE *end = (const BYTE *)entries + size;
	DWORD used, count = 0;
	BYTE *to;

	if (!acl || !se_valid_acl(acl) || revision > ACL_REVISION_DS)
		return fail(ERROR_INVALID_PARAMETER);
	for (const BYTE *each = entries; each < end; each += ((const ACE *)each)->AceSize, count++) {
		const ACE *ace = (const ACE *)each;

		if (end - each < 4 || ace->AceSize < 4 || ace->AceSize > end - each)
			return fail(ERROR_INVALID_PARAMETER);
	}
	used = acl_used(acl);
	if (used + size > acl->AclSize)
		return fail(1344); /* ERROR_ALLOTTED_SPACE_EXCEEDED */
	to = (BYTE *)(acl + 1);
	for (DWORD i = 0; i < at && i < acl->AceCount; i++)
		to += ((const ACE *)to)->AceSize;
	memmove(to + size, to, (size_t)((BYTE *)acl + used - to));
	memcpy(to, entries, size);
	acl->AceCount = (USHORT)(acl->AceCount + count);
	if (revision > acl->AclRevision)
		acl->AclRevision = (UCHAR)revision;
	return TRUE;
}

EXPORT(advapi32, BOOL, GetAce, (const ACL *acl, DWORD index, PVOID *ace))
{
	const BYTE *at;

	if (!acl || !se_valid_acl(acl) || index >= acl->AceCount)
		return fail(ERROR_INVALID_PARAMETER);
	at = (const BYTE *)(acl + 1);
	while (index--)
		at += ((const ACE *)at)->AceSize;
	*ace = (PVOID)(uintptr_t)at;
	return TRUE;
}

EXPORT(advapi32, BOOL, DeleteAce, (ACL * acl, DWORD index))
{
	PVOID ace;
	DWORD size;
	BYTE *end;

	if (!GetAce(acl, index, &ace))
		return FALSE;
	size = ((ACE *)ace)->AceSize;
	end = (BYTE *)acl + acl_used(acl);
	memmove(ace, (BYTE *)ace + size, (size_t)(end - ((BYTE *)ace + size)));
	acl->AceCount--;
	return TRUE;
}

EXPORT(advapi32, BOOL, GetAclInformation, (const ACL *acl, PVOID info, DWORD size, DWORD class))
{
	DWORD *words = info;

	if (!acl || !se_valid_acl(acl))
		return fail(ERROR_INVALID_PARAMETER);
	if (class == 1) {
		if (size < 4)
			return fail(ERROR_INSUFFICIENT_BUFFER);
		words[0] = acl->AclRevision;
		return TRUE;
	}
	if (class != 2)
		return fail(ERROR_INVALID_PARAMETER);
	if (size < 12)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	words[0] = acl->AceCount;
	words[1] = acl_used(acl);
	words[2] = acl->AclSize - words[1];
	return TRUE;
}

/* Descriptors. */

EXPORT(advapi32, BOOL, InitializeSecurityDescriptor, (SECURITY_DESCRIPTOR * descriptor, DWORD revision))
{
	if (revision != 1)
		return fail(1305); /* ERROR_UNKNOWN_REVISION */
	memset(descriptor, 0, sizeof(*descriptor));
	descriptor->Revision = 1;
	return TRUE;
}

EXPORT(advapi32, BOOL, IsValidSecurityDescriptor, (const SECURITY_DESCRIPTOR *descriptor))
{
	const SID *owner, *group;
	const ACL *dacl, *sacl;

	if (!descriptor || descriptor->Revision != 1)
		return FALSE;
	owner = se_owner(descriptor);
	group = se_group(descriptor);
	dacl = se_dacl(descriptor);
	sacl = se_sacl(descriptor);
	return (!owner || se_valid_sid(owner)) && (!group || se_valid_sid(group)) && (!dacl || se_valid_acl(dacl)) &&
	       (!sacl || se_valid_acl(sacl));
}

/* The absolute form only: a self-relative one can't be pointed elsewhere. */
static BOOL writable(const SECURITY_DESCRIPTOR *descriptor)
{
	if (descriptor->Revision != 1)
		return fail(1305);
	if (descriptor->Control & SE_SELF_RELATIVE)
		return fail(1338); /* ERROR_INVALID_SECURITY_DESCR */
	return TRUE;
}

static void set_control(SECURITY_DESCRIPTOR *descriptor, USHORT bit, BOOL on)
{
	descriptor->Control = (USHORT)(on ? descriptor->Control | bit : descriptor->Control & ~bit);
}

EXPORT(advapi32, BOOL, SetSecurityDescriptorDacl,
       (SECURITY_DESCRIPTOR * descriptor, BOOL present, ACL *dacl, BOOL defaulted))
{
	if (!writable(descriptor))
		return FALSE;
	set_control(descriptor, SE_DACL_PRESENT, present);
	set_control(descriptor, SE_DACL_DEFAULTED, present && defaulted);
	descriptor->Dacl = present ? dacl : NULL;
	return TRUE;
}

EXPORT(advapi32, BOOL, SetSecurityDescriptorSacl,
       (SECURITY_DESCRIPTOR * descriptor, BOOL present, ACL *sacl, BOOL defaulted))
{
	if (!writable(descriptor))
		return FALSE;
	set_control(descriptor, SE_SACL_PRESENT, present);
	set_control(descriptor, SE_SACL_DEFAULTED, present && defaulted);
	descriptor->Sacl = present ? sacl : NULL;
	return TRUE;
}

EXPORT(advapi32, BOOL, SetSecurityDescriptorOwner, (SECURITY_DESCRIPTOR * descriptor, SID *owner, BOOL defaulted))
{
	if (!writable(descriptor))
		return FALSE;
	descriptor->Owner = owner;
	set_control(descriptor, SE_OWNER_DEFAULTED, defaulted);
	return TRUE;
}

EXPORT(advapi32, BOOL, SetSecurityDescriptorGroup, (SECURITY_DESCRIPTOR * descriptor, SID *group, BOOL defaulted))
{
	if (!writable(descriptor))
		return FALSE;
	descriptor->Group = group;
	set_control(descriptor, SE_GROUP_DEFAULTED, defaulted);
	return TRUE;
}

EXPORT(advapi32, BOOL, GetSecurityDescriptorDacl,
       (const SECURITY_DESCRIPTOR *descriptor, BOOL *present, ACL **dacl, BOOL *defaulted))
{
	if (descriptor->Revision != 1)
		return fail(1305);
	*present = (descriptor->Control & SE_DACL_PRESENT) != 0;
	if (*present) {
		*dacl = se_dacl(descriptor);
		*defaulted = (descriptor->Control & SE_DACL_DEFAULTED) != 0;
	}
	return TRUE;
}

EXPORT(advapi32, BOOL, GetSecurityDescriptorSacl,
       (const SECURITY_DESCRIPTOR *descriptor, BOOL *present, ACL **sacl, BOOL *defaulted))
{
	if (descriptor->Revision != 1)
		return fail(1305);
	*present = (descriptor->Control & SE_SACL_PRESENT) != 0;
	if (*present) {
		*sacl = se_sacl(descriptor);
		*defaulted = (descriptor->Control & SE_SACL_DEFAULTED) != 0;
	}
	return TRUE;
}

EXPORT(advapi32, BOOL, GetSecurityDescriptorOwner, (const SECURITY_DESCRIPTOR *descriptor, SID **owner, BOOL *defaulted))
{
	if (descriptor->Revision != 1)
		return fail(1305);
	*owner = se_owner(descriptor);
	*defaulted = (descriptor->Control & SE_OWNER_DEFAULTED) != 0;
	return TRUE;
}

EXPORT(advapi32, BOOL, GetSecurityDescriptorGroup, (const SECURITY_DESCRIPTOR *descriptor, SID **group, BOOL *defaulted))
{
	if (descriptor->Revision != 1)
		return fail(1305);
	*group = se_group(descriptor);
	*defaulted = (descriptor->Control & SE_GROUP_DEFAULTED) != 0;
	return TRUE;
}

EXPORT(advapi32, BOOL, GetSecurityDescriptorControl, (const SECURITY_DESCRIPTOR *descriptor, USHORT *control, DWORD *revision))
{
	*revision = descriptor->Revision;
	if (descriptor->Revision != 1)
		return fail(1305);
	*control = descriptor->Control;
	return TRUE;
}

static DWORD padded(DWORD size)
{
	return (size + 3) & ~3u;
}

EXPORT(advapi32, DWORD, GetSecurityDescriptorLength, (const SECURITY_DESCRIPTOR *descriptor))
{
	const SID *owner = se_owner(descriptor), *group = se_group(descriptor);
	const ACL *dacl = se_dacl(descriptor), *sacl = se_sacl(descriptor);

	return (DWORD)sizeof(SECURITY_DESCRIPTOR_RELATIVE) + (owner ? padded(se_sid_size(owner)) : 0) +
	       (group ? padded(se_sid_size(group)) : 0) + (dacl ? padded(dacl->AclSize) : 0) +
	       (sacl ? padded(sacl->AclSize) : 0);
}

EXPORT(advapi32, BOOL, MakeSelfRelativeSD,
       (const SECURITY_DESCRIPTOR *descriptor, SECURITY_DESCRIPTOR_RELATIVE *to, DWORD *size))
{
	const void *parts[4] = {se_sacl(descriptor), se_dacl(descriptor), se_owner(descriptor), se_group(descriptor)};
	DWORD needed = GetSecurityDescriptorLength(descriptor), at = sizeof(*to);
	ULONG *offsets[4] = {&to->Sacl, &to->Dacl, &to->Owner, &to->Group};

	if (descriptor->Control & SE_SELF_RELATIVE)
		return fail(1361); /* ERROR_BAD_DESCRIPTOR_FORMAT */
	if (*size < needed || !to) {
		*size = needed;
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	*size = needed;
	memset(to, 0, needed);
	to->Revision = 1;
	to->Control = descriptor->Control | SE_SELF_RELATIVE;
	for (int i = 0; i < 4; i++) {
		DWORD length;

		if (!parts[i])
			continue;
		length = i < 2 ? ((const ACL *)parts[i])->AclSize : se_sid_size(parts[i]);
		memcpy((BYTE *)to + at, parts[i], length);
		*offsets[i] = at;
		at += padded(length);
	}
	return TRUE;
}

EXPORT(advapi32, void, MapGenericMask, (DWORD * access, const DWORD mapping[4]))
{
	static const DWORD generic[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE, GENERIC_ALL};
	DWORD mapped = *access;

	for (int i = 0; i < 4; i++) {
		if (mapped & generic[i])
			mapped |= mapping[i];
	}
	*access = mapped & 0x0FFFFFFF;
}
EXPORT_ALIAS(ntdll, "RtlMapGenericMask", MapGenericMask);
