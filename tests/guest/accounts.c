/*
 * Who the user is: accounts and their SIDs by name and by number, groups, the computer, as LookupAccount* and the
 * network management functions (netapi32) tell them.
 */
#include "guest.h"
#include <lm.h>
#include <sddl.h>

static WCHAR computer[MAX_COMPUTERNAME_LENGTH + 1], user[UNLEN + 1];

static BOOL sid_is(PSID sid, const WCHAR *text)
{
	WCHAR *made;
	BOOL same = ConvertSidToStringSidW(sid, &made) && !wcscmp(made, text);

	if (!same)
		printf("the SID is %ls, not %ls\n", made, text);
	LocalFree(made);
	return same;
}

/* The account found under `name`: its SID (in `sid`), domain and kind. */
static BOOL find(const WCHAR *name, BYTE sid[SECURITY_MAX_SID_SIZE], WCHAR domain[256], SID_NAME_USE *use)
{
	DWORD sid_size = SECURITY_MAX_SID_SIZE, length = 256;

	return LookupAccountNameW(NULL, name, sid, &sid_size, domain, &length, use) && length == wcslen(domain);
}

static void check_user(void)
{
	BYTE token_user[256], sid[SECURITY_MAX_SID_SIZE], machine[SECURITY_MAX_SID_SIZE];
	WCHAR qualified[600], domain[256], name[256];
	DWORD size, length = 256, domain_length = 256;
	SID_NAME_USE use;
	HANDLE token;
	PSID mine;

	CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
	CHECK(GetTokenInformation(token, TokenUser, token_user, sizeof(token_user), &size));
	CloseHandle(token);
	mine = ((TOKEN_USER *)token_user)->User.Sid;
	CHECK(LookupAccountSidW(NULL, mine, name, &length, domain, &domain_length, &use));
	CHECK(!_wcsicmp(name, user));
	CHECK_EQUAL(use, SidTypeUser);
	wsprintfW(qualified, L"%s\\%s", domain, name);
	CHECK(find(qualified, sid, domain, &use) && EqualSid(sid, mine) && use == SidTypeUser);
	CHECK(find(user, sid, domain, &use) && EqualSid(sid, mine));

	/* the computer is the domain of its own accounts: their SIDs begin with its own */
	CHECK(find(computer, machine, domain, &use));
	CHECK_EQUAL(use, SidTypeDomain);
	CHECK(!_wcsicmp(domain, computer));
	CHECK_EQUAL(*GetSidSubAuthorityCount(machine), 4);
	CHECK(!memcmp(GetSidSubAuthority(machine, 0), GetSidSubAuthority(mine, 0), 4 * sizeof(DWORD)));
	length = domain_length = 256;
	CHECK(LookupAccountSidW(NULL, machine, name, &length, domain, &domain_length, &use));
	CHECK_EQUAL(use, SidTypeDomain);
	CHECK(!_wcsicmp(domain, computer));

	wsprintfW(qualified, L"%s\\no such account", computer);
	CHECK(!find(qualified, sid, domain, &use));
	CHECK_EQUAL(GetLastError(), ERROR_NONE_MAPPED);
	wsprintfW(qualified, L"BUILTIN\\%s", user);
	CHECK(!find(qualified, sid, domain, &use));
	CHECK_EQUAL(GetLastError(), ERROR_NONE_MAPPED);
}

static void check_well_known(void)
{
	static const struct {
		const WCHAR *name, *sid, *domain, *short_name;
		SID_NAME_USE use;
	} known[] = {
		{L"Everyone", L"S-1-1-0", L"", L"Everyone", SidTypeWellKnownGroup},
		{L"everyone", L"S-1-1-0", L"", L"Everyone", SidTypeWellKnownGroup},
		{L"LOCAL", L"S-1-2-0", L"", L"LOCAL", SidTypeWellKnownGroup},
		{L"CONSOLE LOGON", L"S-1-2-1", L"", L"CONSOLE LOGON", SidTypeWellKnownGroup},
		{L"CREATOR OWNER", L"S-1-3-0", L"", L"CREATOR OWNER", SidTypeWellKnownGroup},
		{L"NT AUTHORITY\\SYSTEM", L"S-1-5-18", L"NT AUTHORITY", L"SYSTEM", SidTypeWellKnownGroup},
		{L"SYSTEM", L"S-1-5-18", L"NT AUTHORITY", L"SYSTEM", SidTypeWellKnownGroup},
		{L"NT AUTHORITY\\Authenticated Users", L"S-1-5-11", L"NT AUTHORITY", L"Authenticated Users",
		 SidTypeWellKnownGroup},
		{L"BUILTIN\\Administrators", L"S-1-5-32-544", L"BUILTIN", L"Administrators", SidTypeAlias},
		{L"Users", L"S-1-5-32-545", L"BUILTIN", L"Users", SidTypeAlias},
		{L"Remote Desktop Users", L"S-1-5-32-555", L"BUILTIN", L"Remote Desktop Users", SidTypeAlias},
		{L"BUILTIN", L"S-1-5-32", L"BUILTIN", L"BUILTIN", SidTypeDomain},
	};
	BYTE sid[SECURITY_MAX_SID_SIZE];
	WCHAR domain[256], name[256];
	SID_NAME_USE use;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		DWORD length = 256, domain_length = 256;

		if (!find(known[i].name, sid, domain, &use)) {
			printf("%ls: error %lu\n", known[i].name, GetLastError());
			CHECK(!"found by name");
			continue;
		}
		CHECK(sid_is(sid, known[i].sid));
		CHECK(!wcscmp(domain, known[i].domain));
		CHECK_EQUAL(use, known[i].use);
		CHECK(LookupAccountSidW(NULL, sid, name, &length, domain, &domain_length, &use));
		CHECK(!wcscmp(name, known[i].short_name));
		CHECK(!wcscmp(domain, known[i].domain));
		CHECK_EQUAL(use, known[i].use);
	}
	CHECK(!find(L"NT AUTHORITY\\Administrators", sid, domain, &use));
	CHECK_EQUAL(GetLastError(), ERROR_NONE_MAPPED);
}

/* Too small buffers: the sizes that are needed, with room for the NUL. */
static void check_sizes(void)
{
	BYTE sid[SECURITY_MAX_SID_SIZE];
	DWORD sid_size = 0, length = 0, name_length = 0;
	WCHAR domain[16], name[32];
	SID_NAME_USE use;

	CHECK_FAILS(LookupAccountNameW(NULL, L"Administrators", NULL, &sid_size, NULL, &length, &use), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(sid_size, 16);
	CHECK_EQUAL(length, 8);
	CHECK(LookupAccountNameW(NULL, L"Administrators", sid, &sid_size, domain, &length, &use));
	CHECK_EQUAL(length, 7);
	length = 0;
	CHECK_FAILS(LookupAccountSidW(NULL, sid, NULL, &name_length, NULL, &length, &use), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(name_length, 15);
	CHECK_EQUAL(length, 8);
	CHECK(LookupAccountSidW(NULL, sid, name, &name_length, domain, &length, &use));
	CHECK_EQUAL(name_length, 14);
}

static void check_names_narrow(void)
{
	BYTE sid[SECURITY_MAX_SID_SIZE];
	char name[256], domain[256];
	DWORD sid_size = sizeof(sid), length = sizeof(domain), name_length = sizeof(name);
	SID_NAME_USE use;

	CHECK(LookupAccountNameA(NULL, "Users", sid, &sid_size, domain, &length, &use));
	CHECK(!strcmp(domain, "BUILTIN"));
	length = sizeof(domain);
	CHECK(LookupAccountSidA(NULL, sid, name, &name_length, domain, &length, &use));
	CHECK(!strcmp(name, "Users") && !strcmp(domain, "BUILTIN"));
	CHECK_EQUAL(name_length, 5);
}

static void check_netapi_user(void)
{
	USER_INFO_1 *one;
	USER_INFO_3 *three;
	USER_INFO_4 *four;
	USER_INFO_10 *ten;
	USER_INFO_23 *twenty_three;
	WCHAR server[MAX_COMPUTERNAME_LENGTH + 3];

	wsprintfW(server, L"\\\\%s", computer);
	CHECK_EQUAL(NetUserGetInfo(NULL, user, 10, (BYTE **)&ten), NERR_Success);
	CHECK(!_wcsicmp(ten->usri10_name, user));
	CHECK(ten->usri10_full_name && ten->usri10_comment && ten->usri10_usr_comment);
	NetApiBufferFree(ten);
	CHECK_EQUAL(NetUserGetInfo(server, user, 4, (BYTE **)&four), NERR_Success);
	CHECK_EQUAL(four->usri4_primary_group_id, DOMAIN_GROUP_RID_USERS);
	CHECK(IsValidSid(four->usri4_user_sid));
	CHECK(four->usri4_flags & UF_NORMAL_ACCOUNT);
	CHECK(!(four->usri4_flags & UF_ACCOUNTDISABLE));
	CHECK_EQUAL(NetUserGetInfo(computer, user, 23, (BYTE **)&twenty_three), NERR_Success);
	CHECK(EqualSid(twenty_three->usri23_user_sid, four->usri4_user_sid));
	NetApiBufferFree(twenty_three);
	CHECK_EQUAL(NetUserGetInfo(NULL, user, 3, (BYTE **)&three), NERR_Success);
	CHECK_EQUAL(three->usri3_user_id, *GetSidSubAuthority(four->usri4_user_sid, 4));
	CHECK_EQUAL(three->usri3_max_storage, USER_MAXSTORAGE_UNLIMITED);
	CHECK_EQUAL(three->usri3_units_per_week, UNITS_PER_WEEK);
	NetApiBufferFree(three);
	NetApiBufferFree(four);
	CHECK_EQUAL(NetUserGetInfo(NULL, user, 1, (BYTE **)&one), NERR_Success);
	CHECK(!one->usri1_password);
	CHECK(one->usri1_priv == USER_PRIV_USER || one->usri1_priv == USER_PRIV_ADMIN);
	NetApiBufferFree(one);
	CHECK_EQUAL(NetUserGetInfo(NULL, L"no such account", 10, (BYTE **)&ten), NERR_UserNotFound);
	CHECK_EQUAL(NetUserGetInfo(NULL, user, 99, (BYTE **)&ten), ERROR_INVALID_LEVEL);
}

static void check_netapi_lists(void)
{
	LOCALGROUP_USERS_INFO_0 *groups;
	LOCALGROUP_INFO_1 *aliases;
	LOCALGROUP_MEMBERS_INFO_3 *members;
	GROUP_USERS_INFO_0 *global;
	USER_INFO_0 *users;
	DWORD count, total, users_alias = 0, seen = 0, resume;
	DWORD_PTR place = 0;
	NET_API_STATUS status;

	CHECK_EQUAL(NetUserGetLocalGroups(NULL, user, 0, LG_INCLUDE_INDIRECT, (BYTE **)&groups, MAX_PREFERRED_LENGTH, &count, &total),
		    NERR_Success);
	CHECK(count >= 1 && count == total);
	for (DWORD i = 0; i < count; i++) {
		BYTE sid[SECURITY_MAX_SID_SIZE];
		WCHAR domain[256];
		SID_NAME_USE use;

		CHECK(find(groups[i].lgrui0_name, sid, domain, &use) && use == SidTypeAlias);
	}
	NetApiBufferFree(groups);
	CHECK_EQUAL(NetUserGetLocalGroups(NULL, L"no such account", 0, 0, (BYTE **)&groups, MAX_PREFERRED_LENGTH, &count, &total),
		    NERR_UserNotFound);
	CHECK_EQUAL(NetUserGetLocalGroups(NULL, user, 5, 0, (BYTE **)&groups, MAX_PREFERRED_LENGTH, &count, &total),
		    ERROR_INVALID_LEVEL);

	CHECK_EQUAL(NetUserGetGroups(NULL, user, 0, (BYTE **)&global, MAX_PREFERRED_LENGTH, &count, &total), NERR_Success);
	CHECK_EQUAL(count, 1);
	CHECK(count == 1 && !wcscmp(global->grui0_name, L"None"));
	NetApiBufferFree(global);

	CHECK_EQUAL(NetLocalGroupEnum(NULL, 1, (BYTE **)&aliases, MAX_PREFERRED_LENGTH, &count, &total, &place), NERR_Success);
	for (DWORD i = 0; i < count; i++) {
		if (!wcscmp(aliases[i].lgrpi1_name, L"Administrators") || !wcscmp(aliases[i].lgrpi1_name, L"Users"))
			users_alias++;
	}
	CHECK_EQUAL(users_alias, 2);
	NetApiBufferFree(aliases);

	place = 0;
	CHECK_EQUAL(NetLocalGroupGetMembers(NULL, L"Administrators", 3, (BYTE **)&members, MAX_PREFERRED_LENGTH, &count, &total, &place),
		    NERR_Success);
	CHECK(count >= 1);
	for (DWORD i = 0; i < count; i++)
		CHECK(wcschr(members[i].lgrmi3_domainandname, L'\\'));
	NetApiBufferFree(members);
	CHECK_EQUAL(NetLocalGroupGetMembers(NULL, L"no such group", 3, (BYTE **)&members, MAX_PREFERRED_LENGTH, &count, &total, &place),
		    NERR_GroupNotFound);

	/* all at once, then one at a time */
	resume = 0;
	CHECK_EQUAL(NetUserEnum(NULL, 0, 0, (BYTE **)&users, MAX_PREFERRED_LENGTH, &count, &total, &resume), NERR_Success);
	for (DWORD i = 0; i < count; i++)
		seen += !_wcsicmp(users[i].usri0_name, user);
	CHECK_EQUAL(seen, 1);
	NetApiBufferFree(users);
	resume = 0;
	seen = 0;
	do {
		DWORD part;

		status = NetUserEnum(NULL, 0, 0, (BYTE **)&users, 1, &part, &total, &resume);
		CHECK(status == NERR_Success || status == ERROR_MORE_DATA);
		CHECK(part >= 1);
		seen += part;
		NetApiBufferFree(users);
	} while (status == ERROR_MORE_DATA && seen < 1000);
	CHECK_EQUAL(seen, count);
}

static void check_netapi_computer(void)
{
	WKSTA_INFO_100 *station;
	SERVER_INFO_101 *server;
	NETSETUP_JOIN_STATUS join;
	WCHAR *name;
	BYTE *buffer;
	DWORD size;

	CHECK_EQUAL(NetGetJoinInformation(NULL, &name, &join), NERR_Success);
	CHECK(join == NetSetupWorkgroupName || join == NetSetupDomainName);
	CHECK(*name);
	CHECK_EQUAL(NetWkstaGetInfo(NULL, 100, (BYTE **)&station), NERR_Success);
	CHECK_EQUAL(station->wki100_platform_id, PLATFORM_ID_NT);
	CHECK(!_wcsicmp(station->wki100_computername, computer));
	CHECK(!_wcsicmp(station->wki100_langroup, name));
	CHECK_EQUAL(station->wki100_ver_major, 10);
	NetApiBufferFree(station);
	NetApiBufferFree(name);
	CHECK_EQUAL(NetServerGetInfo(NULL, 101, (BYTE **)&server), NERR_Success);
	CHECK(!_wcsicmp(server->sv101_name, computer));
	CHECK(server->sv101_type & SV_TYPE_NT);
	NetApiBufferFree(server);
	CHECK_EQUAL(NetWkstaGetInfo(NULL, 77, (BYTE **)&station), ERROR_INVALID_LEVEL);

	CHECK_EQUAL(NetApiBufferAllocate(100, (void **)&buffer), NERR_Success);
	memset(buffer, 7, 100);
	CHECK_EQUAL(NetApiBufferSize(buffer, &size), NERR_Success);
	CHECK(size >= 100);
	CHECK_EQUAL(NetApiBufferReallocate(buffer, 5000, (void **)&buffer), NERR_Success);
	CHECK(buffer[0] == 7 && buffer[99] == 7);
	CHECK_EQUAL(NetApiBufferFree(buffer), NERR_Success);
	CHECK_EQUAL(NetApiBufferFree(NULL), NERR_Success);
}

static void check_registry(void)
{
	BYTE sid[SECURITY_MAX_SID_SIZE];
	WCHAR key[512], domain[256], path[MAX_PATH], profile[MAX_PATH], *text = NULL;
	DWORD size = sizeof(path);
	SID_NAME_USE use;

	CHECK(find(user, sid, domain, &use));
	CHECK(ConvertSidToStringSidW(sid, &text));
	wsprintfW(key, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\%s", text);
	LocalFree(text);
	CHECK_EQUAL(RegGetValueW(HKEY_LOCAL_MACHINE, key, L"ProfileImagePath", RRF_RT_REG_SZ, NULL, path, &size), ERROR_SUCCESS);
	CHECK(GetEnvironmentVariableW(L"USERPROFILE", profile, MAX_PATH));
	CHECK(!_wcsicmp(path, profile));
}

int main(void)
{
	WCHAR variable[64];
	DWORD size = sizeof(computer) / sizeof(WCHAR);

	CHECK(GetComputerNameW(computer, &size));
	size = UNLEN + 1;
	CHECK(GetUserNameW(user, &size));
	CHECK(GetEnvironmentVariableW(L"COMPUTERNAME", variable, 64) && !wcscmp(variable, computer));
	/* the account does not change with a variable */
	SetEnvironmentVariableW(L"USERNAME", L"somebody else");
	size = UNLEN + 1;
	CHECK(GetUserNameW(variable, &size) && !wcscmp(variable, user));
	check_user();
	check_well_known();
	check_sizes();
	check_names_narrow();
	check_netapi_user();
	check_netapi_lists();
	check_netapi_computer();
	check_registry();
	return guest_result();
}
