/*
 * ntdll/se/se.h - security: SIDs, access-control lists, security descriptors (self-relative and absolute), tokens.
 *
 * There is one user: the SID below, in the groups of an ordinary administrator whose token is not elevated.  Linux
 * decides what files may be opened; nothing here grants or refuses anything but what programs ask of tokens.
 */
#ifndef PEWTER_NTDLL_SE_SE_H
#define PEWTER_NTDLL_SE_SE_H

#include "ntdll/ob/ob.h"

typedef struct _SID {
	UCHAR Revision;
	UCHAR SubAuthorityCount;
	UCHAR IdentifierAuthority[6];
	ULONG SubAuthority[];
} SID, *PSID;

typedef struct _ACL {
	UCHAR AclRevision;
	UCHAR Sbz1;
	USHORT AclSize;
	USHORT AceCount;
	USHORT Sbz2;
} ACL, *PACL;

typedef struct _ACE {
	UCHAR AceType;
	UCHAR AceFlags;
	USHORT AceSize;
	ACCESS_MASK Mask;
	ULONG SidStart;
} ACE;

#define ACL_REVISION 2
#define ACL_REVISION_DS 4
#define ACCESS_ALLOWED_ACE_TYPE 0
#define ACCESS_DENIED_ACE_TYPE 1
#define SYSTEM_AUDIT_ACE_TYPE 2

#define SE_OWNER_DEFAULTED 0x0001
#define SE_GROUP_DEFAULTED 0x0002
#define SE_DACL_PRESENT 0x0004
#define SE_DACL_DEFAULTED 0x0008
#define SE_SACL_PRESENT 0x0010
#define SE_SACL_DEFAULTED 0x0020
#define SE_SELF_RELATIVE 0x8000

typedef struct _SECURITY_DESCRIPTOR {
	UCHAR Revision;
	UCHAR Sbz1;
	USHORT Control;
	PSID Owner;
	PSID Group;
	PACL Sacl;
	PACL Dacl;
} SECURITY_DESCRIPTOR;

typedef struct _SECURITY_DESCRIPTOR_RELATIVE {
	UCHAR Revision;
	UCHAR Sbz1;
	USHORT Control;
	ULONG Owner; /* offsets from the start; 0 = none */
	ULONG Group;
	ULONG Sacl;
	ULONG Dacl;
} SECURITY_DESCRIPTOR_RELATIVE;

typedef struct _SID_AND_ATTRIBUTES {
	PSID Sid;
	ULONG Attributes;
} SID_AND_ATTRIBUTES;

typedef struct __attribute__((packed)) _LUID_AND_ATTRIBUTES {
	LUID Luid;
	ULONG Attributes;
} LUID_AND_ATTRIBUTES;

typedef struct _TOKEN_PRIVILEGES {
	ULONG PrivilegeCount;
	LUID_AND_ATTRIBUTES Privileges[];
} TOKEN_PRIVILEGES;

#define SE_PRIVILEGE_ENABLED_BY_DEFAULT 1u
#define SE_PRIVILEGE_ENABLED 2u
#define SE_PRIVILEGE_REMOVED 4u

#define TOKEN_ASSIGN_PRIMARY 0x0001u
#define TOKEN_DUPLICATE 0x0002u
#define TOKEN_IMPERSONATE 0x0004u
#define TOKEN_QUERY 0x0008u
#define TOKEN_QUERY_SOURCE 0x0010u
#define TOKEN_ADJUST_PRIVILEGES 0x0020u
#define TOKEN_ALL_ACCESS 0xF01FFu

enum token_information_class { TokenUser = 1, TokenGroups, TokenPrivileges, TokenOwner, TokenPrimaryGroup,
	TokenDefaultDacl, TokenSource, TokenType, TokenImpersonationLevel, TokenStatistics, TokenRestrictedSids,
	TokenSessionId, TokenElevationType = 18, TokenLinkedToken, TokenElevation, TokenHasRestrictions,
	TokenVirtualizationAllowed = 23, TokenVirtualizationEnabled, TokenIntegrityLevel, TokenUIAccess,
	TokenMandatoryPolicy, TokenIsAppContainer = 29 };

/* Bytes of a SID; the caller checked it. */
static inline ULONG se_sid_size(const SID *sid)
{
	return (ULONG)sizeof(SID) + 4u * sid->SubAuthorityCount;
}
static inline bool se_valid_sid(const SID *sid)
{
	return sid && sid->Revision == 1 && sid->SubAuthorityCount <= 15;
}
bool se_equal_sid(const SID *a, const SID *b);
/* S-1-5-..., NUL-terminated; the units written without it.  256 units are always enough. */
size_t se_sid_to_text(const SID *sid, char16_t text[256]);
/* False: not a SID.  The SID needs at most 68 bytes. */
bool se_text_to_sid(const char16_t *text, SID *sid);

/* The parts of a descriptor of either form; NULL for what it has not. */
PSID se_owner(const SECURITY_DESCRIPTOR *descriptor);
PSID se_group(const SECURITY_DESCRIPTOR *descriptor);
PACL se_dacl(const SECURITY_DESCRIPTOR *descriptor);
PACL se_sacl(const SECURITY_DESCRIPTOR *descriptor);
bool se_valid_acl(const ACL *acl);

/* The user of this process, and its primary group. */
const SID *se_user_sid(void);
const SID *se_group_sid(void);
/* Whether the SID is enabled in a token of ours. */
bool se_is_member(const SID *sid);

/* Whether the process' token has a privilege enabled now. */
#define SE_LOCK_MEMORY_PRIVILEGE 4u
bool se_privilege_enabled(ULONG number);

/* The numbers of the privileges, SeXxxPrivilege; 0 = unknown name, NULL = unknown number. */
ULONG se_privilege_number(const char16_t *name);
const char16_t *se_privilege_name(ULONG number);

NTSTATUS NTAPI NtOpenProcessToken(HANDLE process, ACCESS_MASK access, HANDLE *token);
NTSTATUS NTAPI NtOpenThreadToken(HANDLE thread, ACCESS_MASK access, BOOLEAN as_self, HANDLE *token);
NTSTATUS NTAPI NtQueryInformationToken(HANDLE token, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtAdjustPrivilegesToken(HANDLE token, BOOLEAN disable_all, TOKEN_PRIVILEGES *state, ULONG size,
				       TOKEN_PRIVILEGES *previous, ULONG *needed);
NTSTATUS NTAPI NtDuplicateToken(HANDLE token, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes,
				BOOLEAN effective_only, ULONG type, HANDLE *copy);

/* Tokens that go to another process: what there is to know of one, plain data, and one like it (NULL: no memory). */
#define SE_TOKEN_PRIVILEGES 40u
struct se_token_record {
	uint32_t type, level; /* TOKEN_TYPE, SECURITY_IMPERSONATION_LEVEL */
	uint8_t attributes[SE_TOKEN_PRIVILEGES];
};
extern const struct ob_type se_token_type;
void se_describe_token(struct ob_object *object, struct se_token_record *record);
struct ob_object *se_token_from_record(const struct se_token_record *record);

#endif
