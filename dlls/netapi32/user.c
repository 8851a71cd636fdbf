/*
 * dlls/netapi32/user.c - the users of this computer.
 */
#include "dlls/netapi32/netapi32.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/rtl.h"
#include <string.h>

#define USER_PRIV_GUEST 0u
#define USER_PRIV_USER 1u
#define USER_PRIV_ADMIN 2u
#define UF_SCRIPT 0x1u
#define UF_ACCOUNTDISABLE 0x2u
#define UF_NORMAL_ACCOUNT 0x200u
#define UF_DONT_EXPIRE_PASSWD 0x10000u
#define FILTER_NORMAL_ACCOUNT 2u
#define TIMEQ_FOREVER 0xFFFFFFFFu
#define USER_MAXSTORAGE_UNLIMITED 0xFFFFFFFFu
#define UNITS_PER_WEEK 168u
#define LG_INCLUDE_INDIRECT 1u
#define SE_GROUP_OF_TOKEN 7u /* mandatory, by default, enabled */
#define PRIMARY_GROUP 513u

/* Levels 1 to 4 begin alike. */
struct user_1 {
	LPWSTR name, password;
	DWORD password_age, privilege;
	LPWSTR home, comment;
	DWORD flags;
	LPWSTR script;
};

struct user_2 {
	struct user_1 one;
	DWORD operator_flags;
	LPWSTR full_name, user_comment, parameters, workstations;
	DWORD last_logon, last_logoff, expires, storage, units_per_week;
	BYTE *hours;
	DWORD bad_passwords, logons;
	LPWSTR server;
	DWORD country, code_page;
};

struct user_3 {
	struct user_2 two;
	DWORD id, primary_group;
	LPWSTR profile, home_drive;
	DWORD password_expired;
};

struct user_4 {
	struct user_2 two;
	PSID sid;
	DWORD primary_group;
	LPWSTR profile, home_drive;
	DWORD password_expired;
};

struct user_10 {
	LPWSTR name, comment, user_comment, full_name;
};

struct user_11 {
	LPWSTR name, comment, user_comment, full_name;
	DWORD privilege, operator_flags, password_age;
	LPWSTR home, parameters;
	DWORD last_logon, last_logoff, bad_passwords, logons;
	LPWSTR server;
	DWORD country;
	LPWSTR workstations;
	DWORD storage, units_per_week;
	BYTE *hours;
	DWORD code_page;
};

struct user_20 {
	LPWSTR name, full_name, comment;
	DWORD flags, id;
};

struct user_23 {
	LPWSTR name, full_name, comment;
	DWORD flags;
	PSID sid;
};

struct group_user {
	LPWSTR name;
	DWORD attributes; /* level 1 */
};

static size_t user_size(DWORD level)
{
	switch (level) {
	case 0: return sizeof(LPWSTR);
	case 1: return sizeof(struct user_1);
	case 2: return sizeof(struct user_2);
	case 3: return sizeof(struct user_3);
	case 4: return sizeof(struct user_4);
	case 10: return sizeof(struct user_10);
	case 11: return sizeof(struct user_11);
	case 20: return sizeof(struct user_20);
	case 23: return sizeof(struct user_23);
	default: return 0;
	}
}

static DWORD relative_id(const struct se_account *account)
{
	return account->sid.SubAuthority[account->sid.SubAuthorityCount - 1];
}

static DWORD privilege(const struct se_account *account)
{
	if (relative_id(account) == 501)
		return USER_PRIV_GUEST;
	return relative_id(account) == 500 || se_account_enabled(account) ? USER_PRIV_ADMIN : USER_PRIV_USER;
}

static DWORD flags_of(const struct se_account *account)
{
	return UF_SCRIPT | UF_NORMAL_ACCOUNT | UF_DONT_EXPIRE_PASSWD |
	       (se_account_enabled(account) ? 0 : UF_ACCOUNTDISABLE);
}

/* The name a person reads: the account's; those of the system have none. */
static LPWSTR full_name(struct net_answer *answer, const struct se_account *account)
{
	return net_answer_text(answer, se_account_enabled(account) ? account->name : u"");
}

static BYTE *any_hour(struct net_answer *answer)
{
	BYTE hours[UNITS_PER_WEEK / 8];

	memset(hours, 0xFF, sizeof(hours));
	return net_answer_bytes(answer, hours, sizeof(hours), 1);
}

static void fill_2(struct net_answer *answer, struct user_2 *user, const struct se_account *account)
{
	user->operator_flags = 0;
	user->full_name = full_name(answer, account);
	user->user_comment = net_answer_text(answer, u"");
	user->parameters = net_answer_text(answer, u"");
	user->workstations = net_answer_text(answer, u"");
	user->expires = TIMEQ_FOREVER;
	user->storage = USER_MAXSTORAGE_UNLIMITED;
	user->units_per_week = UNITS_PER_WEEK;
	user->hours = any_hour(answer);
	user->server = net_answer_text(answer, u"\\\\*");
}

static void fill_11(struct net_answer *answer, struct user_11 *user, const struct se_account *account)
{
	user->privilege = privilege(account);
	user->home = net_answer_text(answer, u"");
	user->parameters = net_answer_text(answer, u"");
	user->server = net_answer_text(answer, u"\\\\*");
	user->workstations = net_answer_text(answer, u"");
	user->storage = USER_MAXSTORAGE_UNLIMITED;
	user->units_per_week = UNITS_PER_WEEK;
	user->hours = any_hour(answer);
}

static void fill_user(struct net_answer *answer, ULONG level, const struct se_account *account)
{
	union {
		LPWSTR name;
		struct user_1 one;
		struct user_2 two;
		struct user_3 three;
		struct user_4 four;
		struct user_10 ten;
		struct user_11 eleven;
		struct user_20 twenty;
		struct user_23 twenty_three;
	} *user = net_answer_entry(answer);

	user->name = net_answer_text(answer, account->name);
	switch (level) {
	case 1:
	case 2:
	case 3:
	case 4:
		user->one.privilege = privilege(account);
		user->one.home = net_answer_text(answer, u"");
		user->one.comment = net_answer_text(answer, se_account_comment(account));
		user->one.flags = flags_of(account);
		user->one.script = net_answer_text(answer, u"");
		if (level > 1)
			fill_2(answer, &user->two, account);
		if (level == 3) {
			user->three.id = relative_id(account);
			user->three.primary_group = PRIMARY_GROUP;
			user->three.profile = net_answer_text(answer, u"");
			user->three.home_drive = net_answer_text(answer, u"");
		} else if (level == 4) {
			user->four.sid = net_answer_sid(answer, &account->sid);
			user->four.primary_group = PRIMARY_GROUP;
			user->four.profile = net_answer_text(answer, u"");
			user->four.home_drive = net_answer_text(answer, u"");
		}
		break;
	case 10:
	case 11:
		user->ten.comment = net_answer_text(answer, se_account_comment(account));
		user->ten.user_comment = net_answer_text(answer, u"");
		user->ten.full_name = full_name(answer, account);
		if (level == 11)
			fill_11(answer, &user->eleven, account);
		break;
	case 20:
	case 23:
		user->twenty.full_name = full_name(answer, account);
		user->twenty.comment = net_answer_text(answer, se_account_comment(account));
		user->twenty.flags = flags_of(account);
		if (level == 20)
			user->twenty.id = relative_id(account);
		else
			user->twenty_three.sid = net_answer_sid(answer, &account->sid);
		break;
	}
}

EXPORT(netapi32, NET_API_STATUS, NetUserGetInfo, (LPCWSTR server, LPCWSTR name, DWORD level, BYTE **buffer))
{
	struct net_answer answer;
	struct se_account account;
	NET_API_STATUS status;

	if (!buffer)
		return ERROR_INVALID_PARAMETER;
	*buffer = NULL;
	if (!user_size(level))
		return ERROR_INVALID_LEVEL;
	status = net_find(server, name, SE_USER, NERR_UserNotFound, &account);
	if (status != NERR_Success)
		return status;
	if (!net_answer_begin(&answer, 1, user_size(level)))
		return ERROR_NOT_ENOUGH_MEMORY;
	fill_user(&answer, level, &account);
	*buffer = answer.buffer;
	return NERR_Success;
}

static bool user_item(ULONG index, struct se_account *account, const void *context)
{
	return se_user_at(index, account);
}

EXPORT(netapi32, NET_API_STATUS, NetUserEnum,
       (LPCWSTR server, DWORD level, DWORD filter, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total, DWORD *resume))
{
	struct net_list list = {user_item, NULL, fill_user, user_size(level), level};
	DWORD_PTR place = resume ? *resume : 0;
	NET_API_STATUS status = net_check_server(server);

	if (status != NERR_Success)
		return status;
	if (!list.entry_size || level == 4)
		return ERROR_INVALID_LEVEL;
	if (filter && !(filter & FILTER_NORMAL_ACCOUNT))
		place = ~(DWORD_PTR)0; /* there are no others */
	status = net_enumerate(&list, buffer, preferred, read, total, &place);
	if (resume)
		*resume = (DWORD)place;
	return status;
}

static void fill_group(struct net_answer *answer, ULONG level, const struct se_account *account)
{
	struct group_user *group = net_answer_entry(answer);

	group->name = net_answer_text(answer, account->name);
	if (level == 1)
		group->attributes = SE_GROUP_OF_TOKEN;
}

/* The local groups of the user `context`. */
static bool alias_of_user(ULONG index, struct se_account *account, const void *context)
{
	for (ULONG i = 0; se_alias_at(i, account); i++) {
		if (se_in_alias(context, account) && !index--)
			return true;
	}
	return false;
}

EXPORT(netapi32, NET_API_STATUS, NetUserGetLocalGroups,
       (LPCWSTR server, LPCWSTR name, DWORD level, DWORD flags, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total))
{
	struct se_account user;
	struct net_list list = {alias_of_user, &user, fill_group, sizeof(LPWSTR), level};
	NET_API_STATUS status;

	if (level)
		return ERROR_INVALID_LEVEL;
	if (flags & ~LG_INCLUDE_INDIRECT)
		return ERROR_INVALID_PARAMETER;
	status = net_find(server, name, SE_USER, NERR_UserNotFound, &user);
	return status == NERR_Success ? net_enumerate(&list, buffer, preferred, read, total, NULL) : status;
}

static bool only_group(ULONG index, struct se_account *account, const void *context)
{
	return !index && se_account_of_sid(se_group_sid(), account);
}

EXPORT(netapi32, NET_API_STATUS, NetUserGetGroups,
       (LPCWSTR server, LPCWSTR name, DWORD level, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total))
{
	struct se_account user;
	struct net_list list = {only_group, NULL, fill_group, level ? sizeof(struct group_user) : sizeof(LPWSTR), level};
	NET_API_STATUS status;

	if (level > 1)
		return ERROR_INVALID_LEVEL;
	status = net_find(server, name, SE_USER, NERR_UserNotFound, &user);
	return status == NERR_Success ? net_enumerate(&list, buffer, preferred, read, total, NULL) : status;
}

/* Accounts are Linux's to make and change: refused, as for who is not an administrator. */

EXPORT(netapi32, NET_API_STATUS, NetUserAdd, (LPCWSTR server, DWORD level, BYTE *buffer, DWORD *parameter))
{
	return ERROR_ACCESS_DENIED;
}

EXPORT(netapi32, NET_API_STATUS, NetUserDel, (LPCWSTR server, LPCWSTR name))
{
	return ERROR_ACCESS_DENIED;
}

EXPORT(netapi32, NET_API_STATUS, NetUserSetInfo, (LPCWSTR server, LPCWSTR name, DWORD level, BYTE *buffer, DWORD *parameter))
{
	return ERROR_ACCESS_DENIED;
}
