/*
 * dlls/netapi32/group.c - the local groups of this computer.
 */
#include "dlls/netapi32/netapi32.h"
#include "kernel32/kernel32.h"
#include "ntdll/rtl/rtl.h"
#include <string.h>

struct local_group {
	LPWSTR name, comment; /* the comment at level 1 */
};

/* Level 0 has the SID alone, 1 all but puts the name alone, 2 with the domain before it, 3 that name alone. */
struct member {
	PSID sid;
	DWORD use;
	LPWSTR name;
};

static void fill_alias(struct net_answer *answer, ULONG level, const struct se_account *account)
{
	struct local_group *group = net_answer_entry(answer);

	group->name = net_answer_text(answer, account->name);
	if (level == 1)
		group->comment = net_answer_text(answer, se_account_comment(account));
}

static bool alias_item(ULONG index, struct se_account *account, const void *context)
{
	return se_alias_at(index, account);
}

static size_t alias_size(DWORD level)
{
	return level ? sizeof(struct local_group) : sizeof(LPWSTR);
}

EXPORT(netapi32, NET_API_STATUS, NetLocalGroupEnum,
       (LPCWSTR server, DWORD level, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total, DWORD_PTR *resume))
{
	struct net_list list = {alias_item, NULL, fill_alias, alias_size(level), level};
	NET_API_STATUS status = net_check_server(server);

	if (status != NERR_Success)
		return status;
	return level > 1 ? ERROR_INVALID_LEVEL : net_enumerate(&list, buffer, preferred, read, total, resume);
}

EXPORT(netapi32, NET_API_STATUS, NetLocalGroupGetInfo, (LPCWSTR server, LPCWSTR name, DWORD level, BYTE **buffer))
{
	struct net_answer answer;
	struct se_account alias;
	NET_API_STATUS status;

	if (!buffer)
		return ERROR_INVALID_PARAMETER;
	*buffer = NULL;
	if (level > 1)
		return ERROR_INVALID_LEVEL;
	status = net_find(server, name, SE_ALIAS, NERR_GroupNotFound, &alias);
	if (status != NERR_Success)
		return status;
	if (!net_answer_begin(&answer, 1, alias_size(level)))
		return ERROR_NOT_ENOUGH_MEMORY;
	fill_alias(&answer, level, &alias);
	*buffer = answer.buffer;
	return NERR_Success;
}

/* The members of the group `context`: users, and in "Users" those that every logged-on user has. */
static bool member_item(ULONG index, struct se_account *account, const void *context)
{
	const struct se_account *alias = context;

	for (ULONG i = 0; se_user_at(i, account); i++) {
		if (se_in_alias(account, alias) && !index--)
			return true;
	}
	if (!se_account_of_name(u"BUILTIN\\Users", account) || !se_equal_sid(&account->sid, &alias->sid) || index > 1)
		return false;
	return se_account_of_name(index ? u"NT AUTHORITY\\Authenticated Users" : u"NT AUTHORITY\\INTERACTIVE", account);
}

static LPWSTR qualified_name(struct net_answer *answer, const struct se_account *account)
{
	char16_t name[2 * SE_NAME_CAPACITY];
	size_t domain = rtl_wcslen(account->domain), length = rtl_wcslen(account->name) + 1;

	memcpy(name, account->domain, domain * sizeof(*name));
	if (domain)
		name[domain++] = '\\';
	memcpy(name + domain, account->name, length * sizeof(*name));
	return net_answer_text(answer, name);
}

static void fill_member(struct net_answer *answer, ULONG level, const struct se_account *account)
{
	struct member *member = net_answer_entry(answer);

	if (level == 3) {
		*(LPWSTR *)member = qualified_name(answer, account);
		return;
	}
	member->sid = net_answer_sid(answer, &account->sid);
	if (!level)
		return;
	member->use = account->use;
	member->name = level == 2 ? qualified_name(answer, account) : net_answer_text(answer, account->name);
}

EXPORT(netapi32, NET_API_STATUS, NetLocalGroupGetMembers,
       (LPCWSTR server, LPCWSTR name, DWORD level, BYTE **buffer, DWORD preferred, DWORD *read, DWORD *total, DWORD_PTR *resume))
{
	struct se_account alias;
	struct net_list list = {member_item, &alias, fill_member, level % 3 ? sizeof(struct member) : sizeof(LPWSTR), level};
	NET_API_STATUS status;

	if (level > 3)
		return ERROR_INVALID_LEVEL;
	status = net_find(server, name, SE_ALIAS, NERR_GroupNotFound, &alias);
	return status == NERR_Success ? net_enumerate(&list, buffer, preferred, read, total, resume) : status;
}
