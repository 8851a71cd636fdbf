/*
 * ntdll/se/se.h - security: SIDs, access-control lists, security descriptors (self-relative and absolute), tokens.
 *
 * There is one user: the SID below, in the groups of an ordinary administrator whose token is not elevated.  Tokens can be
 * copied, restricted, adjusted, impersonated and given to children, and answer for themselves (NtAccessCheck, memberships).
 * What may be opened Linux decides, whatever the token says.
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
#define SE_DACL_AUTO_INHERIT_REQ 0x0100
#define SE_DACL_AUTO_INHERITED 0x0400
#define SE_DACL_PROTECTED 0x1000
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
#define TOKEN_ADJUST_GROUPS 0x0040u
#define TOKEN_ADJUST_DEFAULT 0x0080u
#define TOKEN_ADJUST_SESSIONID 0x0100u
#define TOKEN_ALL_ACCESS 0xF01FFu

enum token_type { TokenPrimary = 1, TokenImpersonation };
/* SECURITY_IMPERSONATION_LEVEL */
enum { SecurityAnonymous, SecurityIdentification, SecurityImpersonation, SecurityDelegation };

#define SE_GROUP_MANDATORY 0x01u
#define SE_GROUP_ENABLED_BY_DEFAULT 0x02u
#define SE_GROUP_ENABLED 0x04u
#define SE_GROUP_OWNER 0x08u
#define SE_GROUP_USE_FOR_DENY_ONLY 0x10u
#define SE_GROUP_INTEGRITY 0x20u
#define SE_GROUP_INTEGRITY_ENABLED 0x40u
#define SE_GROUP_LOGON_ID 0xC0000000u

typedef struct _TOKEN_GROUPS {
	ULONG GroupCount;
	SID_AND_ATTRIBUTES Groups[];
} TOKEN_GROUPS;

typedef struct _PRIVILEGE_SET {
	ULONG PrivilegeCount;
	ULONG Control;
	LUID_AND_ATTRIBUTES Privilege[];
} PRIVILEGE_SET;
#define PRIVILEGE_SET_ALL_NECESSARY 1u
#define SE_PRIVILEGE_USED_FOR_ACCESS 0x80000000u

typedef struct _GENERIC_MAPPING {
	ACCESS_MASK GenericRead, GenericWrite, GenericExecute, GenericAll;
} GENERIC_MAPPING;

typedef struct _SECURITY_QUALITY_OF_SERVICE {
	ULONG Length;
	ULONG ImpersonationLevel;
	BOOLEAN ContextTrackingMode, EffectiveOnly;
} SECURITY_QUALITY_OF_SERVICE;

enum token_information_class { TokenUser = 1, TokenGroups, TokenPrivileges, TokenOwner, TokenPrimaryGroup,
	TokenDefaultDacl, TokenSource, TokenType, TokenImpersonationLevel, TokenStatistics, TokenRestrictedSids,
	TokenSessionId, TokenSandBoxInert = 15, TokenOrigin = 17, TokenElevationType, TokenLinkedToken, TokenElevation,
	TokenHasRestrictions, TokenVirtualizationAllowed = 23, TokenVirtualizationEnabled, TokenIntegrityLevel, TokenUIAccess,
	TokenMandatoryPolicy, TokenLogonSid, TokenIsAppContainer, TokenCapabilities, TokenAppContainerSid,
	TokenAppContainerNumber, TokenIsRestricted = 40 };

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
/* Whether a privilege is enabled now in the token that the calling thread acts with. */
#define SE_LOCK_MEMORY_PRIVILEGE 4u
#define SE_TCB_PRIVILEGE 7u
#define SE_SECURITY_PRIVILEGE 8u
#define SE_TAKE_OWNERSHIP_PRIVILEGE 9u
#define SE_CHANGE_NOTIFY_PRIVILEGE 23u
#define SE_IMPERSONATE_PRIVILEGE 29u
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

NTSTATUS NTAPI NtSetInformationToken(HANDLE token, ULONG class, PVOID buffer, ULONG size);
NTSTATUS NTAPI NtFilterToken(HANDLE token, ULONG flags, TOKEN_GROUPS *disable, TOKEN_PRIVILEGES *remove, TOKEN_GROUPS *restrict_to,
			     HANDLE *filtered);
NTSTATUS NTAPI NtAdjustGroupsToken(HANDLE token, BOOLEAN reset, TOKEN_GROUPS *state, ULONG size, TOKEN_GROUPS *previous,
				   ULONG *needed);
NTSTATUS NTAPI NtAccessCheck(SECURITY_DESCRIPTOR *descriptor, HANDLE token, ACCESS_MASK desired, const GENERIC_MAPPING *mapping,
			     PRIVILEGE_SET *privileges, ULONG *size, ACCESS_MASK *granted, NTSTATUS *access);
NTSTATUS NTAPI NtPrivilegeCheck(HANDLE token, PRIVILEGE_SET *wanted, BOOLEAN *result);
NTSTATUS NTAPI NtQuerySecurityObject(HANDLE handle, ULONG which, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtSetSecurityObject(HANDLE handle, ULONG which, SECURITY_DESCRIPTOR *descriptor);
NTSTATUS NTAPI NtAllocateLocallyUniqueId(LUID *luid);

/* Whether the SID is enabled in a token for impersonation, or (NULL) in that which the calling thread acts with.
 * STATUS_NO_IMPERSONATION_TOKEN. */
NTSTATUS se_check_membership(HANDLE token, const SID *sid, bool *member);

extern const struct ob_type se_token_type;

/* A thread's token, for impersonation; its type and level are checked.  NULL: none from now on. */
struct ps_thread;
NTSTATUS se_set_thread_token(struct ps_thread *thread, struct ob_object *token);
/* The same for a handle of the guest, in this process or another: NtSetInformationThread. */
NTSTATUS se_set_thread_token_handle(struct ps_thread *thread, HANDLE token);
/* A reference of the token of one of this process' threads, or (NULL) the process' own; NULL: it has none, or no memory. */
struct ob_object *se_reference_token_of(struct ps_thread *thread);

/* What is to know of a token as plain data, for tokens that go to another process.  A copy there (NULL: no memory). */
struct se_token_record;
size_t se_token_record_size(void);
void se_describe_token(struct ob_object *token, struct se_token_record *record);
struct ob_object *se_token_from_record(const struct se_token_record *record);
/* The token that a child is to have, as a record, malloc'ed: `token`'s if that is a handle of a primary one with the rights to be
 * assigned, else the process' own; *record is NULL if that is as every process' is.  STATUS_BAD_TOKEN_TYPE. */
NTSTATUS se_token_for_child(HANDLE token, struct se_token_record **record);
/* In the child, before the guest runs. */
NTSTATUS se_start_with_token(const struct se_token_record *record);

#endif
