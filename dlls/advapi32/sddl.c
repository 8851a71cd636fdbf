/*
 * dlls/advapi32/sddl.c - SIDs and security descriptors as text: the security descriptor definition language.
 *
 * MSDN "Security Descriptor String Format", "ACE Strings", "SID Strings"; [MS-DTYP] 2.5.1.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/io/io.h"
#include "ntdll/se/se.h"
#include <stdlib.h>
#include <string.h>

#define SDDL_REVISION_1 1
#define LARGEST 0xFFFFu

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

/* The text of a SID, and memory for as many characters of `unit` bytes at *string; its length with the NUL, or 0 with the last
 * error set. */
static size_t start_text(const SID *sid, void **string, size_t unit, char16_t text[256])
{
	size_t length;

	if (!string || !se_valid_sid(sid)) {
		fail(string ? ERROR_INVALID_SID : ERROR_INVALID_PARAMETER);
		return 0;
	}
	length = se_sid_to_text(sid, text) + 1;
	*string = LocalAlloc(LMEM_FIXED, length * unit);
	if (!*string) {
		fail(ERROR_NOT_ENOUGH_MEMORY);
		return 0;
	}
	return length;
}

EXPORT(advapi32, BOOL, ConvertSidToStringSidW, (const SID *sid, LPWSTR *string))
{
	char16_t text[256];
	size_t length = start_text(sid, (void **)string, sizeof(WCHAR), text);

	if (length)
		memcpy(*string, text, length * sizeof(WCHAR));
	return length != 0;
}

EXPORT(advapi32, BOOL, ConvertSidToStringSidA, (const SID *sid, LPSTR *string))
{
	char16_t text[256];
	size_t length = start_text(sid, (void **)string, 1, text);

	for (size_t i = 0; i < length; i++)
		(*string)[i] = (CHAR)text[i];
	return length != 0;
}

static const struct {
	char16_t name[3];
	const char16_t *text;
} aliases[] = {
	{u"WD", u"S-1-1-0"},	  {u"BA", u"S-1-5-32-544"}, {u"BU", u"S-1-5-32-545"}, {u"BG", u"S-1-5-32-546"},
	{u"SY", u"S-1-5-18"},	  {u"LS", u"S-1-5-19"},	    {u"NS", u"S-1-5-20"},     {u"AU", u"S-1-5-11"},
	{u"AN", u"S-1-5-7"},	  {u"IU", u"S-1-5-4"},	    {u"NU", u"S-1-5-2"},      {u"CO", u"S-1-3-0"},
	{u"CG", u"S-1-3-1"},	  {u"LW", u"S-1-16-4096"},  {u"ME", u"S-1-16-8192"},  {u"HI", u"S-1-16-12288"},
	{u"SI", u"S-1-16-16384"}, {u"MP", u"S-1-16-8448"},  {u"OW", u"S-1-3-4"},      {u"RC", u"S-1-5-12"},
	{u"SU", u"S-1-5-6"},	  {u"PS", u"S-1-5-10"},	    {u"ED", u"S-1-5-9"},      {u"PU", u"S-1-5-32-547"},
	{u"AO", u"S-1-5-32-548"}, {u"SO", u"S-1-5-32-549"}, {u"PO", u"S-1-5-32-550"}, {u"BO", u"S-1-5-32-551"},
	{u"RE", u"S-1-5-32-552"}, {u"RU", u"S-1-5-32-554"}, {u"RD", u"S-1-5-32-555"}, {u"NO", u"S-1-5-32-556"},
	{u"AC", u"S-1-15-2-1"},
};

union any_sid {
	SID sid;
	BYTE bytes[68];
};

/* The S-R-I-S form, or a two-letter name; the text ends at `length`. */
static bool take_sid(const char16_t *text, size_t length, union any_sid *sid)
{
	char16_t copy[256];

	if (!length || length >= ARRAY_SIZE(copy))
		return false;
	for (size_t i = 0; length == 2 && i < ARRAY_SIZE(aliases); i++)
		if ((text[0] & ~32) == aliases[i].name[0] && (text[1] & ~32) == aliases[i].name[1])
			return se_text_to_sid(aliases[i].text, &sid->sid);
	memcpy(copy, text, length * sizeof(*text));
	copy[length] = 0;
	return se_text_to_sid(copy, &sid->sid);
}

EXPORT(advapi32, BOOL, ConvertStringSidToSidW, (LPCWSTR string, SID **sid))
{
	union any_sid made;

	if (!string || !sid)
		return fail(ERROR_INVALID_PARAMETER);
	if (!take_sid(string, rtl_wcslen(string), &made))
		return fail(ERROR_INVALID_SID);
	*sid = LocalAlloc(LMEM_FIXED, se_sid_size(&made.sid));
	if (!*sid)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	memcpy(*sid, &made, se_sid_size(&made.sid));
	return TRUE;
}

EXPORT(advapi32, BOOL, ConvertStringSidToSidA, (LPCSTR string, SID **sid))
{
	LPWSTR wide;
	BOOL ok;

	if (!string || !sid)
		return fail(ERROR_INVALID_PARAMETER);
	ok = advapi_widen(string, &wide) ? ConvertStringSidToSidW(wide, sid) : fail(ERROR_NOT_ENOUGH_MEMORY);
	free(wide);
	return ok;
}

/*
 * Words of two letters and what they stand for.
 */
struct word {
	char16_t name[3];
	DWORD value;
};

static const struct word ace_types[] = {
	{u"A", ACCESS_ALLOWED_ACE_TYPE}, {u"D", ACCESS_DENIED_ACE_TYPE}, {u"AU", SYSTEM_AUDIT_ACE_TYPE}, {u"ML", 0x11}};
static const struct word ace_flags[] = {{u"OI", 0x01}, {u"CI", 0x02}, {u"NP", 0x04}, {u"IO", 0x08},
					{u"ID", 0x10}, {u"SA", 0x40}, {u"FA", 0x80}};
/* Whole masks first; then the bits, in the order in which they are written. */
static const struct word masks[] = {
	{u"FA", FILE_ALL_ACCESS}, {u"FR", FILE_GENERIC_READ}, {u"FW", FILE_GENERIC_WRITE}, {u"FX", FILE_GENERIC_EXECUTE},
	{u"KA", 0xF003F},	  {u"KR", 0x20019},	      {u"KW", 0x20006},	       {u"KX", 0x20019}};
static const struct word bits[] = {
	{u"GA", GENERIC_ALL},  {u"GR", GENERIC_READ}, {u"GW", GENERIC_WRITE}, {u"GX", GENERIC_EXECUTE}, {u"RC", READ_CONTROL},
	{u"SD", 0x10000},      {u"WD", WRITE_DAC},    {u"WO", WRITE_OWNER},   {u"RP", 0x10},		{u"WP", 0x20},
	{u"CC", 0x01},	       {u"DC", 0x02},	      {u"LC", 0x04},	      {u"SW", 0x08},		{u"LO", 0x80},
	{u"DT", 0x40},	       {u"CR", 0x100}};
static const struct word label_bits[] = {{u"NW", 1}, {u"NR", 2}, {u"NX", 4}};

static bool find_word(const struct word *words, size_t count, const char16_t *text, size_t length, DWORD *value)
{
	for (size_t i = 0; i < count; i++) {
		size_t size = words[i].name[1] ? 2 : 1;

		if (size == length && (text[0] & ~32) == words[i].name[0] && (size == 1 || (text[1] & ~32) == words[i].name[1])) {
			*value = words[i].value;
			return true;
		}
	}
	return false;
}

static bool take_mask(const char16_t *text, size_t length, DWORD *mask)
{
	DWORD value;

	*mask = 0;
	if (length > 2 && text[0] == u'0' && (text[1] | 32) == u'x') {
		for (size_t i = 2; i < length; i++) {
			unsigned c = text[i] | 32u;

			if (*mask >> 28 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
				return false;
			*mask = *mask << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
		}
		return true;
	}
	for (; length >= 2; length -= 2, text += 2) {
		if (!find_word(masks, ARRAY_SIZE(masks), text, 2, &value) && !find_word(bits, ARRAY_SIZE(bits), text, 2, &value) &&
		    !find_word(label_bits, ARRAY_SIZE(label_bits), text, 2, &value))
			return false;
		*mask |= value;
	}
	return !length;
}

/* type;flags;rights;object;inherited object;SID between parentheses: the entry behind the list's last. */
static bool take_ace(const char16_t *text, size_t length, ACL *acl)
{
	const char16_t *fields[6] = {text};
	size_t sizes[6], field = 0;
	DWORD type, flags = 0, value;
	union any_sid sid;
	ACE *ace = (ACE *)((BYTE *)acl + acl->AclSize);
	ULONG size;

	for (size_t i = 0; i < length; i++) {
		if (text[i] != u';')
			continue;
		if (field == 5)
			return false;
		sizes[field] = (size_t)(text + i - fields[field]);
		fields[++field] = text + i + 1;
	}
	sizes[field] = (size_t)(text + length - fields[field]);
	/* entries of objects in a directory service are none of ours */
	if (field != 5 || sizes[3] || sizes[4] || !find_word(ace_types, ARRAY_SIZE(ace_types), fields[0], sizes[0], &type) ||
	    sizes[1] % 2 || !take_sid(fields[5], sizes[5], &sid))
		return false;
	for (size_t i = 0; i < sizes[1]; i += 2) {
		if (!find_word(ace_flags, ARRAY_SIZE(ace_flags), fields[1] + i, 2, &value))
			return false;
		flags |= value;
	}
	size = 8 + se_sid_size(&sid.sid);
	if (!take_mask(fields[2], sizes[2], &value) || acl->AclSize + size > LARGEST)
		return false;
	*ace = (ACE){.AceType = (UCHAR)type, .AceFlags = (UCHAR)flags, .AceSize = (USHORT)size, .Mask = value};
	memcpy(&ace->SidStart, sid.bytes, se_sid_size(&sid.sid));
	acl->AclSize = (USHORT)(acl->AclSize + size);
	acl->AceCount++;
	return true;
}

static USHORT take_acl_flags(const char16_t **at)
{
	USHORT control = 0;

	for (;;) {
		if (((*at)[0] & ~32) == 'P') {
			control |= SE_DACL_PROTECTED;
			*at += 1;
		} else if (((*at)[0] & ~32) == 'A' && ((*at)[1] & ~32) == 'R') {
			control |= SE_DACL_AUTO_INHERIT_REQ;
			*at += 2;
		} else if (((*at)[0] & ~32) == 'A' && ((*at)[1] & ~32) == 'I') {
			control |= SE_DACL_AUTO_INHERITED;
			*at += 2;
		} else {
			return control;
		}
	}
}

/* A list's flags and entries, up to what follows; *control as for a DACL. */
static bool take_acl(const char16_t **at, ACL *acl, USHORT *control)
{
	*acl = (ACL){.AclRevision = ACL_REVISION, .AclSize = sizeof(*acl)};
	*control = take_acl_flags(at);
	while (**at == u'(') {
		const char16_t *end = *at;

		while (*end && *end != u')')
			end++;
		if (!*end || !take_ace(*at + 1, (size_t)(end - *at - 1), acl))
			return false;
		*at = end + 1;
	}
	return true;
}

/* What a text means; the lists have room for 64 KiB. */
struct parsed {
	union any_sid owner, group;
	bool has_owner, has_group;
	USHORT control;
	union {
		ACL acl;
		BYTE bytes[LARGEST + 1];
	} dacl, sacl;
};

static bool parse(const char16_t *text, struct parsed *parsed)
{
	while (*text) {
		char16_t part = text[0] & ~32;
		const char16_t *end;
		USHORT control;

		if (text[1] != u':')
			return false;
		text += 2;
		if (part == u'D' || part == u'S') {
			if (!take_acl(&text, part == u'D' ? &parsed->dacl.acl : &parsed->sacl.acl, &control))
				return false;
			/* A SACL's bits are the DACL's, shifted by one. */
			parsed->control |= part == u'D' ? SE_DACL_PRESENT | control : SE_SACL_PRESENT | control << 1;
			continue;
		}
		for (end = text; *end && end[1] != u':'; end++)
			;
		if (part == u'O')
			parsed->has_owner = take_sid(text, (size_t)(end - text), &parsed->owner);
		else if (part == u'G')
			parsed->has_group = take_sid(text, (size_t)(end - text), &parsed->group);
		if ((part != u'O' || !parsed->has_owner) && (part != u'G' || !parsed->has_group))
			return false;
		text = end;
	}
	return true;
}

static ULONG put(BYTE *to, ULONG *at, const void *what, ULONG size)
{
	ULONG place = *at;

	memcpy(to + place, what, size);
	*at += (size + 3) & ~3u;
	return place;
}

EXPORT(advapi32, BOOL, ConvertStringSecurityDescriptorToSecurityDescriptorW,
       (LPCWSTR text, DWORD revision, SECURITY_DESCRIPTOR_RELATIVE **descriptor, ULONG *size))
{
	SECURITY_DESCRIPTOR_RELATIVE *made;
	struct parsed *parsed;
	ULONG at = sizeof(*made), needed;
	DWORD error = ERROR_SUCCESS;

	if (!text || !descriptor)
		return fail(ERROR_INVALID_PARAMETER);
	if (revision != SDDL_REVISION_1)
		return fail(ERROR_UNKNOWN_REVISION);
	parsed = calloc(1, sizeof(*parsed));
	if (!parsed)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	needed = at;
	if (!parse(text, parsed)) {
		free(parsed);
		return fail(ERROR_INVALID_PARAMETER);
	}
	needed += (parsed->control & SE_DACL_PRESENT ? (parsed->dacl.acl.AclSize + 3u) & ~3u : 0) +
		  (parsed->control & SE_SACL_PRESENT ? (parsed->sacl.acl.AclSize + 3u) & ~3u : 0) +
		  (parsed->has_owner ? se_sid_size(&parsed->owner.sid) : 0) + (parsed->has_group ? se_sid_size(&parsed->group.sid) : 0);
	made = LocalAlloc(LMEM_FIXED | 0x40 /* zeroed */, needed);
	if (made) {
		made->Revision = 1;
		made->Control = SE_SELF_RELATIVE | parsed->control;
		if (parsed->control & SE_SACL_PRESENT)
			made->Sacl = put((BYTE *)made, &at, &parsed->sacl, parsed->sacl.acl.AclSize);
		if (parsed->control & SE_DACL_PRESENT)
			made->Dacl = put((BYTE *)made, &at, &parsed->dacl, parsed->dacl.acl.AclSize);
		if (parsed->has_owner)
			made->Owner = put((BYTE *)made, &at, &parsed->owner, se_sid_size(&parsed->owner.sid));
		if (parsed->has_group)
			made->Group = put((BYTE *)made, &at, &parsed->group, se_sid_size(&parsed->group.sid));
		*descriptor = made;
		if (size)
			*size = needed;
	} else {
		error = ERROR_NOT_ENOUGH_MEMORY;
	}
	free(parsed);
	return error ? fail(error) : TRUE;
}

EXPORT(advapi32, BOOL, ConvertStringSecurityDescriptorToSecurityDescriptorA,
       (LPCSTR text, DWORD revision, SECURITY_DESCRIPTOR_RELATIVE **descriptor, ULONG *size))
{
	LPWSTR wide;
	BOOL ok = advapi_widen(text, &wide)
			  ? ConvertStringSecurityDescriptorToSecurityDescriptorW(wide, revision, descriptor, size)
			  : fail(ERROR_NOT_ENOUGH_MEMORY);

	free(wide);
	return ok;
}

/*
 * And back.
 */
static void put_text(struct io_wide *to, const char16_t *text)
{
	io_wide_put(to, text, rtl_wcslen(text));
}

static void put_sid(struct io_wide *to, const SID *sid)
{
	union any_sid known;
	char16_t text[256];

	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (se_text_to_sid(aliases[i].text, &known.sid) && se_equal_sid(&known.sid, sid)) {
			put_text(to, aliases[i].name);
			return;
		}
	}
	io_wide_put(to, text, se_sid_to_text(sid, text));
}

static void put_bits(struct io_wide *to, const struct word *words, size_t count, DWORD value)
{
	for (size_t i = 0; i < count; i++)
		if (value & words[i].value)
			put_text(to, words[i].name);
}

static void put_mask(struct io_wide *to, const ACE *ace)
{
	char16_t text[12] = u"0x";
	DWORD known = 0;
	size_t length = 2;

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		if (ace->Mask == masks[i].value) {
			put_text(to, masks[i].name);
			return;
		}
	}
	if (ace->AceType == 0x11 && !(ace->Mask & ~7u)) {
		put_bits(to, label_bits, ARRAY_SIZE(label_bits), ace->Mask);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		known |= bits[i].value;
	if (!(ace->Mask & ~known)) {
		put_bits(to, bits, ARRAY_SIZE(bits), ace->Mask);
		return;
	}
	for (int shift = 28; shift >= 0; shift -= 4)
		if (length > 2 || ace->Mask >> shift || !shift)
			text[length++] = (char16_t)u"0123456789abcdef"[ace->Mask >> shift & 15];
	io_wide_put(to, text, length);
}

/* False: an entry of a type that this language has no word for here. */
static bool put_acl(struct io_wide *to, const char16_t *name, const ACL *acl, USHORT control)
{
	const BYTE *at = (const BYTE *)(acl + 1);

	put_text(to, name);
	put_text(to, control & SE_DACL_PROTECTED ? u"P" : u"");
	put_text(to, control & SE_DACL_AUTO_INHERIT_REQ ? u"AR" : u"");
	put_text(to, control & SE_DACL_AUTO_INHERITED ? u"AI" : u"");
	for (unsigned i = 0; acl && i < acl->AceCount; i++, at += ((const ACE *)at)->AceSize) {
		const ACE *ace = (const ACE *)at;
		size_t type = 0;

		while (type < ARRAY_SIZE(ace_types) && ace_types[type].value != ace->AceType)
			type++;
		if (type == ARRAY_SIZE(ace_types))
			return false;
		put_text(to, u"(");
		put_text(to, ace_types[type].name);
		put_text(to, u";");
		put_bits(to, ace_flags, ARRAY_SIZE(ace_flags), ace->AceFlags);
		put_text(to, u";");
		put_mask(to, ace);
		put_text(to, u";;;");
		put_sid(to, (const SID *)&ace->SidStart);
		put_text(to, u")");
	}
	return true;
}

static DWORD describe(const SECURITY_DESCRIPTOR *descriptor, DWORD which, struct io_wide *text)
{
	const ACL *dacl = se_dacl(descriptor), *sacl = se_sacl(descriptor);

	if ((dacl && !se_valid_acl(dacl)) || (sacl && !se_valid_acl(sacl)))
		return ERROR_INVALID_ACL;
	if (which & 1 && se_owner(descriptor)) {
		put_text(text, u"O:");
		put_sid(text, se_owner(descriptor));
	}
	if (which & 2 && se_group(descriptor)) {
		put_text(text, u"G:");
		put_sid(text, se_group(descriptor));
	}
	if (which & 4 && descriptor->Control & SE_DACL_PRESENT && !dacl)
		put_text(text, u"D:NO_ACCESS_CONTROL");
	else if (which & 4 && dacl && !put_acl(text, u"D:", dacl, descriptor->Control))
		return ERROR_INVALID_ACL;
	if (which & 0x18 && sacl && !put_acl(text, u"S:", sacl, descriptor->Control >> 1))
		return ERROR_INVALID_ACL;
	return text->failed ? ERROR_NOT_ENOUGH_MEMORY : ERROR_SUCCESS;
}

EXPORT(advapi32, BOOL, ConvertSecurityDescriptorToStringSecurityDescriptorW,
       (const SECURITY_DESCRIPTOR *descriptor, DWORD revision, DWORD which, LPWSTR *string, ULONG *length))
{
	struct io_wide text;
	DWORD error;

	if (!descriptor || !string)
		return fail(ERROR_INVALID_PARAMETER);
	if (revision != SDDL_REVISION_1)
		return fail(ERROR_UNKNOWN_REVISION);
	io_wide_init(&text);
	error = describe(descriptor, which, &text);
	*string = error ? NULL : LocalAlloc(LMEM_FIXED, (text.length + 1) * sizeof(WCHAR));
	if (!error && !*string)
		error = ERROR_NOT_ENOUGH_MEMORY;
	if (!error) {
		memcpy(*string, text.text, text.length * sizeof(WCHAR));
		(*string)[text.length] = 0;
		if (length)
			*length = (ULONG)text.length + 1;
	}
	io_wide_free(&text);
	return error ? fail(error) : TRUE;
}

EXPORT(advapi32, BOOL, ConvertSecurityDescriptorToStringSecurityDescriptorA,
       (const SECURITY_DESCRIPTOR *descriptor, DWORD revision, DWORD which, LPSTR *string, ULONG *length))
{
	LPWSTR wide;
	ULONG units;

	if (!string)
		return fail(ERROR_INVALID_PARAMETER);
	if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, revision, which, &wide, &units))
		return FALSE;
	*string = LocalAlloc(LMEM_FIXED, units);
	for (ULONG i = 0; *string && i < units; i++)
		(*string)[i] = (CHAR)wide[i]; /* the language is ASCII */
	LocalFree(wide);
	if (!*string)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	if (length)
		*length = units;
	return TRUE;
}
