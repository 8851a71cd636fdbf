/*
 * ntdll/se/token.h - what a token is, for the files of this room.
 *
 * All of it is plain data of fixed size, so that a token is copied, filtered and sent to other processes by copying.
 */
#ifndef PEWTER_NTDLL_SE_TOKEN_H
#define PEWTER_NTDLL_SE_TOKEN_H

#include "host/thread.h"
#include "ntdll/se/se.h"

#define SE_SID_BYTES 68u
#define SE_TOKEN_SIDS 32u   /* the user, its groups and the label; as many for restriction */
#define SE_TOKEN_DACL 2048u /* bytes */
#define SE_TOKEN_PRIVILEGES 40u
#define SE_NOT_HELD 0xFFu
#define SE_LOGON_SESSION 0x2A5F1 /* the low half of its LUID; the high one is 0 */

struct se_group {
	ULONG attributes;
	union {
		SID sid;
		BYTE bytes[SE_SID_BYTES];
	};
};

#define SE_TOKEN_WRITE_RESTRICTED 1u
#define SE_TOKEN_SANDBOX_INERT 2u
#define SE_TOKEN_FILTERED 4u
#define SE_TOKEN_VIRTUALIZED 8u
#define SE_TOKEN_ELEVATED 16u

struct se_token_record {
	uint32_t type, level; /* TOKEN_TYPE, SECURITY_IMPERSONATION_LEVEL */
	uint32_t flags;
	uint32_t session, policy;
	LUID id, parent_id, modified;
	uint32_t owner, primary_group; /* places in groups */
	uint32_t group_count, restricted_count, dacl_size; /* dacl_size 0: none */
	uint8_t attributes[SE_TOKEN_PRIVILEGES];	   /* SE_PRIVILEGE_ or SE_NOT_HELD, in the order of privilege.c */
	struct se_group groups[SE_TOKEN_SIDS];		   /* the user first, the label last */
	struct se_group restricted[SE_TOKEN_SIDS];
	union {
		ACL dacl;
		BYTE dacl_bytes[SE_TOKEN_DACL];
	};
};

struct se_token {
	struct ob_object object;
	struct host_lock lock;
	struct se_token_record data;
};

static inline struct se_group *se_label(struct se_token_record *data)
{
	return &data->groups[data->group_count - 1];
}

/* A token with a copy of the data and an id of its own; NULL: no memory. */
struct se_token *se_new_token(const struct se_token_record *data);
LUID se_new_luid(void);
/* A copy of the data as it is now. */
void se_copy_token(struct se_token *token, struct se_token_record *data);
/* What `token` means: a handle, or one of the pseudo handles for the process' token (-4), the thread's (-5), and whichever of these
 * the thread acts with (-6), which may be queried only. */
NTSTATUS se_reference_token(HANDLE token, ACCESS_MASK access, struct se_token **result);
/* The one that the calling thread acts with, referenced; NULL: no memory. */
struct se_token *se_effective_token(void);
/* The elevated token of the same user. */
struct se_token *se_linked_token(void);
/* A handle of the guest's for the token, whose reference stays the caller's. */
NTSTATUS se_give_token(struct se_token *token, ACCESS_MASK access, ULONG attributes, HANDLE *handle);

/* Privileges (privilege.c): those of a new token; the place of a number in `attributes` (SE_TOKEN_PRIVILEGES: there is none), and
 * the number of a place (0: behind the last). */
void se_first_privileges(uint8_t attributes[SE_TOKEN_PRIVILEGES], bool elevated);
unsigned se_privilege_place(ULONG number);
ULONG se_privilege_at(unsigned place);
bool se_has_privilege(const struct se_token_record *data, ULONG number);
/* A list of the guest's, malloc'ed.  STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY. */
NTSTATUS se_capture_privileges(const TOKEN_PRIVILEGES *given, LUID_AND_ATTRIBUTES **list, ULONG *count);

/* One SID of the guest's; and a TOKEN_GROUPS, malloc'ed (given NULL: an empty one).  STATUS_INVALID_SID besides. */
NTSTATUS se_capture_sid(const SID *given, struct se_group *group);
NTSTATUS se_capture_groups(const TOKEN_GROUPS *given, struct se_group **list, ULONG *count);

/* What was captured of a guest's descriptor, zeroed before; to be released whatever came of it. */
struct se_descriptor {
	struct se_group owner, group;
	bool has_owner, has_group;
	ACL *dacl, *sacl; /* malloc'ed */
	bool open;	  /* no list: everything to everybody */
};
NTSTATUS se_capture_descriptor(const SECURITY_DESCRIPTOR *given, struct se_descriptor *to);
void se_release_descriptor(struct se_descriptor *descriptor);
ACCESS_MASK se_map_generic(ACCESS_MASK mask, const GENERIC_MAPPING *mapping);
/* What its list grants to some SIDs.  Owners may always read the descriptor and change the list, unless the list speaks of owner
 * rights. */
ACCESS_MASK se_granted_by_list(const struct se_descriptor *descriptor, const GENERIC_MAPPING *mapping, const struct se_group *sids,
			       ULONG count);

/* The place of a SID among groups; `count`: it is not there. */
ULONG se_find_group(const struct se_group *groups, ULONG count, const SID *sid);
/* Whether the SID is enabled in the groups; `deny`: or is for denials only. */
bool se_sid_enabled(const struct se_group *groups, ULONG count, const SID *sid, bool deny);

#endif
