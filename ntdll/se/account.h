/*
 * ntdll/se/account.h - the accounts of this computer: the user's own, those that every Windows has, and the names of the
 * well-known SIDs.
 */
#ifndef PEWTER_NTDLL_SE_ACCOUNT_H
#define PEWTER_NTDLL_SE_ACCOUNT_H

#include "ntdll/se/se.h"

#define SE_NAME_CAPACITY 257 /* UNLEN + 1 */

/* SID_NAME_USE */
enum se_use { SE_USER = 1, SE_GROUP, SE_DOMAIN, SE_ALIAS, SE_WELL_KNOWN_GROUP, SE_LABEL = 10 };

struct se_account {
	union {
		SID sid;
		BYTE bytes[68];
	};
	char16_t name[SE_NAME_CAPACITY], domain[SE_NAME_CAPACITY];
	enum se_use use;
};

/* The user's name, and the computer's as NetBIOS has it (capitals, 15 at most): fixed for the life of the process. */
const char16_t *se_user_name(void);
const char16_t *se_computer_name(void);

/* False: no such account.  A name may have its domain in front ("BUILTIN\Users", ".\me", "me@computer" is not one). */
bool se_account_of_sid(const SID *sid, struct se_account *account);
bool se_account_of_name(const char16_t *name, struct se_account *account);

/* The users and the local groups, counted from 0; false behind the last. */
bool se_user_at(ULONG index, struct se_account *account);
bool se_alias_at(ULONG index, struct se_account *account);
const char16_t *se_account_comment(const struct se_account *account);
/* The user can be logged on: it is the one that runs this process. */
bool se_account_enabled(const struct se_account *account);
bool se_in_alias(const struct se_account *user, const struct se_account *alias);

#endif
