/*
 * ntdll/se/sid.c - SIDs, lists and descriptors as data.
 */
#include "ntdll/se/se.h"
#include <string.h>

bool se_equal_sid(const SID *a, const SID *b)
{
	return a->Revision == b->Revision && a->SubAuthorityCount == b->SubAuthorityCount &&
	       !memcmp(a, b, se_sid_size(a));
}

static size_t put_number(char16_t *to, uint64_t value)
{
	char16_t digits[24];
	size_t count = 0, length = 0;

	do {
		digits[count++] = (char16_t)('0' + value % 10);
		value /= 10;
	} while (value);
	while (count)
		to[length++] = digits[--count];
	return length;
}

/* The authority is decimal below 2^32 and hexadecimal above ([MS-DTYP] 2.4.2.1). */
size_t se_sid_to_text(const SID *sid, char16_t text[256])
{
	size_t length = 0;
	uint64_t authority = 0;

	for (int i = 0; i < 6; i++)
		authority = authority << 8 | sid->IdentifierAuthority[i];
	text[length++] = 'S';
	text[length++] = '-';
	length += put_number(text + length, sid->Revision);
	text[length++] = '-';
	if (authority >> 32) {
		text[length++] = '0';
		text[length++] = 'x';
		for (int shift = 44; shift >= 0; shift -= 4)
			text[length++] = (char16_t)u"0123456789ABCDEF"[authority >> shift & 15];
	} else {
		length += put_number(text + length, authority);
	}
	for (int i = 0; i < sid->SubAuthorityCount; i++) {
		text[length++] = '-';
		length += put_number(text + length, sid->SubAuthority[i]);
	}
	text[length] = 0;
	return length;
}

static bool take_number(const char16_t **at, uint64_t max, uint64_t *value)
{
	unsigned base = 10, digits = 0;

	*value = 0;
	if ((*at)[0] == '0' && ((*at)[1] | 32) == 'x') {
		base = 16;
		*at += 2;
	}
	for (;; (*at)++, digits++) {
		char16_t c = **at;
		unsigned digit = c >= '0' && c <= '9' ? c - u'0' + 0u : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10u : 99;

		if (digit >= base)
			return digits != 0;
		if (*value > (max - digit) / base)
			return false;
		*value = *value * base + digit;
	}
}

bool se_text_to_sid(const char16_t *text, SID *sid)
{
	uint64_t value;

	if ((text[0] | 32) != 's' || text[1] != '-')
		return false;
	text += 2;
	if (!take_number(&text, 255, &value) || value != 1 || *text++ != '-')
		return false;
	sid->Revision = 1;
	sid->SubAuthorityCount = 0;
	if (!take_number(&text, 0xFFFFFFFFFFFFull, &value))
		return false;
	for (int i = 5; i >= 0; i--, value >>= 8)
		sid->IdentifierAuthority[i] = (UCHAR)value;
	while (*text == '-') {
		text++;
		if (sid->SubAuthorityCount == 15 || !take_number(&text, 0xFFFFFFFFu, &value))
			return false;
		sid->SubAuthority[sid->SubAuthorityCount++] = (ULONG)value;
	}
	return !*text && sid->SubAuthorityCount;
}

static void *part(const SECURITY_DESCRIPTOR *descriptor, ULONG offset, void *pointer)
{
	if (!(descriptor->Control & SE_SELF_RELATIVE))
		return pointer;
	return offset ? (BYTE *)(uintptr_t)descriptor + offset : NULL;
}

PSID se_owner(const SECURITY_DESCRIPTOR *descriptor)
{
	const SECURITY_DESCRIPTOR_RELATIVE *relative = (const SECURITY_DESCRIPTOR_RELATIVE *)descriptor;
	return part(descriptor, relative->Owner, descriptor->Control & SE_SELF_RELATIVE ? NULL : descriptor->Owner);
}

PSID se_group(const SECURITY_DESCRIPTOR *descriptor)
{
	const SECURITY_DESCRIPTOR_RELATIVE *relative = (const SECURITY_DESCRIPTOR_RELATIVE *)descriptor;
	return part(descriptor, relative->Group, descriptor->Control & SE_SELF_RELATIVE ? NULL : descriptor->Group);
}

PACL se_sacl(const SECURITY_DESCRIPTOR *descriptor)
{
	const SECURITY_DESCRIPTOR_RELATIVE *relative = (const SECURITY_DESCRIPTOR_RELATIVE *)descriptor;

	if (!(descriptor->Control & SE_SACL_PRESENT))
		return NULL;
	return part(descriptor, relative->Sacl, descriptor->Control & SE_SELF_RELATIVE ? NULL : descriptor->Sacl);
}

PACL se_dacl(const SECURITY_DESCRIPTOR *descriptor)
{
	const SECURITY_DESCRIPTOR_RELATIVE *relative = (const SECURITY_DESCRIPTOR_RELATIVE *)descriptor;

	if (!(descriptor->Control & SE_DACL_PRESENT))
		return NULL;
	return part(descriptor, relative->Dacl, descriptor->Control & SE_SELF_RELATIVE ? NULL : descriptor->Dacl);
}

bool se_valid_acl(const ACL *acl)
{
	const BYTE *at = (const BYTE *)(acl + 1), *end = (const BYTE *)acl + acl->AclSize;

	if (acl->AclRevision < 2 || acl->AclRevision > 4 || acl->AclSize < sizeof(ACL))
		return false;
	for (USHORT i = 0; i < acl->AceCount; i++) {
		const ACE *ace = (const ACE *)at;

		if (end - at < 4 || ace->AceSize < 4 || ace->AceSize > end - at)
			return false;
		at += ace->AceSize;
	}
	return true;
}
