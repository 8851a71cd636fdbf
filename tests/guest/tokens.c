/*
 * tokens.c - tokens: restricted ones, groups, impersonation, access checks; and the tokens of children.
 */
#include "guest.h"
#include <sddl.h>

static PSID sid(const char *text)
{
	PSID made = NULL;

	CHECK(ConvertStringSidToSidA(text, &made));
	return made;
}

static void *query(HANDLE token, TOKEN_INFORMATION_CLASS class)
{
	DWORD size = 0;
	void *buffer;

	GetTokenInformation(token, class, NULL, 0, &size);
	buffer = calloc(1, size + 1);
	CHECK(GetTokenInformation(token, class, buffer, size, &size));
	return buffer;
}

static HANDLE own_token(DWORD access)
{
	HANDLE token = NULL;

	CHECK(OpenProcessToken(GetCurrentProcess(), access, &token));
	return token;
}

/* Attributes of a SID among the token's groups; ~0: not there. */
static DWORD group_attributes(HANDLE token, TOKEN_INFORMATION_CLASS class, const char *text)
{
	TOKEN_GROUPS *groups = query(token, class);
	PSID wanted = sid(text);
	DWORD attributes = ~0u;

	for (DWORD i = 0; i < groups->GroupCount; i++)
		if (EqualSid(groups->Groups[i].Sid, wanted))
			attributes = groups->Groups[i].Attributes;
	LocalFree(wanted);
	free(groups);
	return attributes;
}

/* Users count for denials only. */
static BOOL for_denials(HANDLE token)
{
	DWORD attributes = group_attributes(token, TokenGroups, "S-1-5-32-545");

	return attributes & SE_GROUP_USE_FOR_DENY_ONLY && !(attributes & SE_GROUP_ENABLED);
}

static BOOL member(HANDLE token, const char *text)
{
	PSID wanted = sid(text);
	BOOL is = FALSE;

	CHECK(CheckTokenMembership(token, wanted, &is));
	LocalFree(wanted);
	return is;
}

static HANDLE for_impersonation(HANDLE token)
{
	HANDLE copy = NULL;

	CHECK(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &copy));
	return copy;
}

static DWORD level_of(HANDLE token)
{
	SECURITY_IMPERSONATION_LEVEL level = 99;
	DWORD size;

	CHECK(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &size));
	return level;
}

static void levels(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), identification, copy;
	TOKEN_STATISTICS *a, *b;

	CHECK(DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityIdentification, TokenImpersonation, &identification));
	CHECK_EQUAL(level_of(identification), SecurityIdentification);
	CHECK_FAILS(DuplicateTokenEx(identification, 0, NULL, SecurityImpersonation, TokenImpersonation, &copy),
		    ERROR_BAD_IMPERSONATION_LEVEL);
	CHECK_FAILS(DuplicateTokenEx(identification, 0, NULL, SecurityImpersonation, TokenPrimary, &copy),
		    ERROR_BAD_IMPERSONATION_LEVEL);
	CHECK(DuplicateToken(identification, SecurityAnonymous, &copy));
	CHECK_EQUAL(level_of(copy), SecurityAnonymous);
	CloseHandle(copy);
	a = query(own, TokenStatistics);
	b = query(identification, TokenStatistics);
	CHECK(a->TokenId.LowPart != b->TokenId.LowPart || a->TokenId.HighPart != b->TokenId.HighPart);
	CHECK(a->AuthenticationId.LowPart == b->AuthenticationId.LowPart);
	CHECK_EQUAL(a->TokenType, TokenPrimary);
	CHECK_EQUAL(b->TokenType, TokenImpersonation);
	CHECK(a->GroupCount > 3 && a->GroupCount == b->GroupCount);
	free(a);
	free(b);
	CloseHandle(identification);
	CloseHandle(own);
}

static void restricted(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), made = NULL, acting, again;
	PSID everyone = sid("S-1-1-0"), users = sid("S-1-5-32-545"), restricting = sid("S-1-5-12");
	SID_AND_ATTRIBUTES disable[1] = {{users, 0}}, restrict_to[2] = {{everyone, 0}, {restricting, 0}}, bad = {users, 4};
	TOKEN_PRIVILEGES *privileges;
	LUID notify;

	CHECK(!IsTokenRestricted(own));
	CHECK_FAILS(CreateRestrictedToken(own, 0x100, 0, NULL, 0, NULL, 0, NULL, &made), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(CreateRestrictedToken(own, 0, 1, &bad, 0, NULL, 0, NULL, &made), ERROR_INVALID_PARAMETER);
	CHECK(CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, 1, disable, 0, NULL, 2, restrict_to, &made));
	CHECK(IsTokenRestricted(made));
	CHECK(for_denials(made));
	CHECK_EQUAL(group_attributes(own, TokenGroups, "S-1-5-32-545"), 7);
	CHECK_EQUAL(group_attributes(made, TokenRestrictedSids, "S-1-5-12"), 7);
	privileges = query(made, TokenPrivileges);
	CHECK_EQUAL(privileges->PrivilegeCount, 1);
	CHECK(LookupPrivilegeValueA(NULL, "SeChangeNotifyPrivilege", &notify));
	CHECK_EQUAL(privileges->Privileges[0].Luid.LowPart, notify.LowPart);
	free(privileges);
	acting = for_impersonation(made);
	CHECK(member(acting, "S-1-1-0"));
	CHECK(!member(acting, "S-1-5-32-545"));
	CHECK(!member(acting, "S-1-5-11")); /* not among the restricting ones */
	CHECK(!member(acting, "S-1-5-12")); /* not among the groups */
	CHECK_FAILS(CheckTokenMembership(made, everyone, &(BOOL){0}), ERROR_NO_IMPERSONATION_TOKEN);
	/* Restricting once more leaves what is in both lists. */
	CHECK(CreateRestrictedToken(made, 0, 0, NULL, 0, NULL, 1, restrict_to, &again));
	CHECK_EQUAL(group_attributes(again, TokenRestrictedSids, "S-1-5-12"), ~0u);
	CHECK_EQUAL(group_attributes(again, TokenRestrictedSids, "S-1-1-0"), 7);
	CloseHandle(again);
	CloseHandle(acting);
	CloseHandle(made);
	CloseHandle(own);
	LocalFree(everyone);
	LocalFree(users);
	LocalFree(restricting);
}

static void groups(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), copy = for_impersonation(own);
	PSID everyone = sid("S-1-1-0"), administrators = sid("S-1-5-32-544"), unknown = sid("S-1-5-21-1-2-3-4");
	TOKEN_GROUPS one = {1, {{everyone, 0}}};

	CHECK_FAILS(AdjustTokenGroups(copy, FALSE, &one, 0, NULL, NULL), ERROR_CANT_DISABLE_MANDATORY);
	one.Groups[0].Sid = unknown;
	CHECK(AdjustTokenGroups(copy, FALSE, &one, 0, NULL, NULL));
	CHECK_EQUAL(GetLastError(), ERROR_NOT_ALL_ASSIGNED);
	CHECK(AdjustTokenGroups(copy, TRUE, NULL, 0, NULL, NULL));
	CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
	CloseHandle(copy);
	CloseHandle(own);
	LocalFree(everyone);
	LocalFree(administrators);
	LocalFree(unknown);
}

/* What a server does that wants its own objects to be open to itself: its user into the default list. */
static void setting(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), copy = NULL, weak;
	TOKEN_DEFAULT_DACL *old, given, *now;
	TOKEN_MANDATORY_LABEL label = {{sid("S-1-16-4096"), SE_GROUP_INTEGRITY}}, *got;
	TOKEN_OWNER owner = {sid("S-1-1-0")};
	TOKEN_PRIMARY_GROUP group = {sid("S-1-5-32-545")}, *new_group;
	TOKEN_USER *user = query(own, TokenUser);
	DWORD session = 5, length;
	ACL_SIZE_INFORMATION size;
	ACL *list;

	CHECK(DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary, &copy));
	old = query(copy, TokenDefaultDacl);
	CHECK(GetAclInformation(old->DefaultDacl, &size, sizeof(size), AclSizeInformation));
	length = size.AclBytesInUse + sizeof(ACCESS_ALLOWED_ACE) + GetLengthSid(user->User.Sid);
	list = calloc(1, length);
	CHECK(InitializeAcl(list, length, ACL_REVISION));
	for (DWORD i = 0; i < size.AceCount; i++) {
		ACE_HEADER *ace;

		CHECK(GetAce(old->DefaultDacl, i, (void **)&ace));
		CHECK(AddAce(list, ACL_REVISION, MAXDWORD, ace, ace->AceSize));
	}
	CHECK(AddAccessAllowedAceEx(list, ACL_REVISION, OBJECT_INHERIT_ACE, GENERIC_ALL, user->User.Sid));
	given.DefaultDacl = list;
	CHECK(SetTokenInformation(copy, TokenDefaultDacl, &given, length));
	now = query(copy, TokenDefaultDacl);
	CHECK_EQUAL(now->DefaultDacl->AceCount, size.AceCount + 1);
	CHECK(!memcmp(now->DefaultDacl, list, list->AclSize));
	CHECK_FAILS(SetTokenInformation(copy, TokenDefaultDacl, &given, 4), ERROR_BAD_LENGTH);
	CHECK_FAILS(SetTokenInformation(copy, TokenOwner, &owner, sizeof(owner)), ERROR_INVALID_OWNER);
	owner.Owner = user->User.Sid;
	CHECK(SetTokenInformation(copy, TokenOwner, &owner, sizeof(owner)));
	CHECK(SetTokenInformation(copy, TokenPrimaryGroup, &group, sizeof(group)));
	new_group = query(copy, TokenPrimaryGroup);
	CHECK(EqualSid(new_group->PrimaryGroup, group.PrimaryGroup));
	CHECK_FAILS(SetTokenInformation(copy, TokenSessionId, &session, sizeof(session)), ERROR_PRIVILEGE_NOT_HELD);
	CHECK_FAILS(SetTokenInformation(copy, TokenType, &session, sizeof(session)), ERROR_INVALID_PARAMETER);
	/* Down is free, up is not. */
	CHECK(SetTokenInformation(copy, TokenIntegrityLevel, &label, sizeof(label)));
	got = query(copy, TokenIntegrityLevel);
	CHECK(EqualSid(got->Label.Sid, label.Label.Sid));
	label.Label.Sid = sid("S-1-16-8192");
	CHECK_FAILS(SetTokenInformation(copy, TokenIntegrityLevel, &label, sizeof(label)), ERROR_PRIVILEGE_NOT_HELD);
	CHECK(DuplicateTokenEx(copy, TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation, &weak));
	CHECK_FAILS(SetTokenInformation(weak, TokenOwner, &owner, sizeof(owner)), ERROR_ACCESS_DENIED);
	CloseHandle(weak);
	CloseHandle(copy);
	CloseHandle(own);
	free(list);
	free(old);
	free(now);
	free(got);
	free(user);
	free(new_group);
}

static void impersonation(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), made, acting, thread = NULL;
	PSID users = sid("S-1-5-32-545");
	SID_AND_ATTRIBUTES disable = {users, 0};

	CHECK_FAILS(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread), ERROR_NO_TOKEN);
	CHECK(member(NULL, "S-1-5-32-545"));
	CHECK(CreateRestrictedToken(own, 0, 1, &disable, 0, NULL, 0, NULL, &made));
	CHECK_FAILS(SetThreadToken(NULL, made), ERROR_BAD_TOKEN_TYPE);
	acting = for_impersonation(made);
	CHECK(SetThreadToken(NULL, acting));
	CHECK(!member(NULL, "S-1-5-32-545"));
	CHECK(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread));
	CHECK(for_denials(thread));
	CloseHandle(thread);
	CHECK(RevertToSelf());
	CHECK(member(NULL, "S-1-5-32-545"));
	CHECK(ImpersonateSelf(SecurityIdentification));
	CHECK(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread));
	CHECK_EQUAL(level_of(thread), SecurityIdentification);
	CloseHandle(thread);
	CHECK(ImpersonateLoggedOnUser(made)); /* a primary one */
	CHECK(!member(NULL, "S-1-5-32-545"));
	CHECK(RevertToSelf());
	CloseHandle(acting);
	CloseHandle(made);
	CloseHandle(own);
	LocalFree(users);
}

static BOOL check(const char *descriptor_owner, ACL *list, HANDLE token, DWORD desired, DWORD *granted)
{
	GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
	SECURITY_DESCRIPTOR descriptor;
	PRIVILEGE_SET privileges;
	DWORD size = sizeof(privileges);
	PSID owner = sid(descriptor_owner);
	BOOL may = FALSE;

	CHECK(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
	CHECK(SetSecurityDescriptorOwner(&descriptor, owner, FALSE));
	CHECK(SetSecurityDescriptorGroup(&descriptor, owner, FALSE));
	CHECK(SetSecurityDescriptorDacl(&descriptor, TRUE, list, FALSE));
	CHECK(AccessCheck(&descriptor, token, desired, &mapping, &privileges, &size, granted, &may));
	LocalFree(owner);
	return may;
}

static void access(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), acting = for_impersonation(own), made, low;
	PSID everyone = sid("S-1-1-0"), users = sid("S-1-5-32-545"), restricting = sid("S-1-5-12");
	SID_AND_ATTRIBUTES disable = {users, 0}, restrict_to = {restricting, 0};
	TOKEN_MANDATORY_LABEL label = {{sid("S-1-16-4096"), SE_GROUP_INTEGRITY}};
	GENERIC_MAPPING mapping = {0};
	union {
		ACL list;
		BYTE room[256];
	} acl;
	SECURITY_DESCRIPTOR empty;
	PRIVILEGE_SET privileges;
	DWORD granted = 0, size = sizeof(privileges);
	BOOL may;

	/* no list: everything; an empty one: nothing, but for the owner */
	CHECK(check("S-1-5-18", NULL, acting, FILE_ALL_ACCESS, &granted));
	CHECK_EQUAL(granted, FILE_ALL_ACCESS);
	CHECK(InitializeAcl(&acl.list, sizeof(acl), ACL_REVISION));
	CHECK(!check("S-1-5-18", &acl.list, acting, FILE_READ_DATA, &granted));
	CHECK_EQUAL(granted, 0);
	CHECK(check("S-1-5-32-545", &acl.list, acting, MAXIMUM_ALLOWED, &granted));
	CHECK_EQUAL(granted, READ_CONTROL | WRITE_DAC);
	/* the first mention of a right wins */
	CHECK(AddAccessDeniedAce(&acl.list, ACL_REVISION, FILE_WRITE_DATA, users));
	CHECK(AddAccessAllowedAce(&acl.list, ACL_REVISION, GENERIC_READ | FILE_WRITE_DATA, everyone));
	CHECK(check("S-1-5-18", &acl.list, acting, FILE_READ_DATA, &granted));
	CHECK(!check("S-1-5-18", &acl.list, acting, FILE_READ_DATA | FILE_WRITE_DATA, &granted));
	CHECK(check("S-1-5-18", &acl.list, acting, MAXIMUM_ALLOWED, &granted));
	CHECK_EQUAL(granted, FILE_GENERIC_READ);
	/* a group that is for denials only still denies */
	CHECK(CreateRestrictedToken(own, 0, 1, &disable, 0, NULL, 1, &restrict_to, &made));
	CloseHandle(acting);
	acting = for_impersonation(made);
	CHECK(!check("S-1-5-18", &acl.list, acting, FILE_WRITE_DATA, &granted));
	/* and a restricted token needs it for the restricting ones too */
	CHECK(!check("S-1-5-18", &acl.list, acting, FILE_READ_DATA, &granted));
	CHECK(AddAccessAllowedAce(&acl.list, ACL_REVISION, FILE_READ_DATA, restricting));
	CHECK(check("S-1-5-18", &acl.list, acting, MAXIMUM_ALLOWED, &granted));
	CHECK_EQUAL(granted, FILE_READ_DATA);
	/* a token of low integrity does not write what has no label */
	low = for_impersonation(own);
	CHECK(SetTokenInformation(low, TokenIntegrityLevel, &label, sizeof(label)));
	CHECK(!check("S-1-5-18", NULL, low, FILE_WRITE_DATA, &granted));
	CHECK(check("S-1-5-18", NULL, low, FILE_READ_DATA, &granted));

	CHECK(InitializeSecurityDescriptor(&empty, SECURITY_DESCRIPTOR_REVISION));
	CHECK_FAILS(AccessCheck(&empty, acting, 1, &mapping, &privileges, &size, &granted, &may), ERROR_INVALID_SECURITY_DESCR);
	CHECK_FAILS(AccessCheck(&empty, own, 1, &mapping, &privileges, &size, &granted, &may), ERROR_NO_IMPERSONATION_TOKEN);
	CHECK_FAILS(AccessCheck(&empty, acting, GENERIC_READ, &mapping, &privileges, &size, &granted, &may),
		    ERROR_GENERIC_NOT_MAPPED);
	CloseHandle(low);
	CloseHandle(made);
	CloseHandle(acting);
	CloseHandle(own);
	LocalFree(everyone);
	LocalFree(users);
	LocalFree(restricting);
}

static void pseudo_handles(void)
{
	TOKEN_USER *user = query((HANDLE)-4, TokenUser); /* GetCurrentProcessToken() */
	TOKEN_LINKED_TOKEN *linked;
	TOKEN_ELEVATION_TYPE *type = query((HANDLE)-6, TokenElevationType);
	DWORD size;

	CHECK(IsValidSid(user->User.Sid));
	CHECK_FAILS(GetTokenInformation((HANDLE)-5, TokenUser, NULL, 0, &size), ERROR_NO_TOKEN);
	/* A limited user's other self. */
	if (*type == TokenElevationTypeLimited) {
		linked = query((HANDLE)-4, TokenLinkedToken);
		CHECK(member(linked->LinkedToken, "S-1-5-32-544"));
		CHECK(!member(NULL, "S-1-5-32-544"));
		CHECK(((TOKEN_ELEVATION *)query(linked->LinkedToken, TokenElevation))->TokenIsElevated);
		CloseHandle(linked->LinkedToken);
		free(linked);
	}
	free(user);
	free(type);
}

/* The child: 1 = restricted, 2 = Users denied, 4 = the first thread impersonates. */
static int in_child(void)
{
	HANDLE own = own_token(TOKEN_QUERY | TOKEN_DUPLICATE), thread;
	int result = IsTokenRestricted(own) ? 1 : 0;

	if (for_denials(own))
		result |= 2;
	if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &thread))
		result |= 4;
	return result;
}

static DWORD run(HANDLE token, const WCHAR *self, HANDLE thread_token, HANDLE *opened)
{
	WCHAR command[MAX_PATH + 20];
	STARTUPINFOW startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 99;

	swprintf(command, MAX_PATH + 20, L"\"%ls\" child", self);
	CHECK(CreateProcessAsUserW(token, self, command, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup, &process));
	if (thread_token)
		CHECK(SetThreadToken(&process.hThread, thread_token));
	CHECK(OpenProcessToken(process.hProcess, TOKEN_QUERY, opened));
	ResumeThread(process.hThread);
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static void children(void)
{
	HANDLE own = own_token(TOKEN_ALL_ACCESS), made, acting, opened, weak;
	PSID everyone = sid("S-1-1-0"), users = sid("S-1-5-32-545");
	SID_AND_ATTRIBUTES disable = {users, 0}, restrict_to = {everyone, 0};
	STARTUPINFOW startup = {sizeof(startup)};
	PROCESS_INFORMATION process;
	WCHAR self[MAX_PATH];

	GetModuleFileNameW(NULL, self, MAX_PATH);
	CHECK(CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, 1, &disable, 0, NULL, 1, &restrict_to, &made));
	acting = for_impersonation(own);
	CHECK_EQUAL(run(made, self, NULL, &opened), 3);
	CHECK(IsTokenRestricted(opened));
	CloseHandle(opened);
	CHECK_EQUAL(run(made, self, acting, &opened), 7);
	CloseHandle(opened);
	CHECK_EQUAL(run(NULL, self, NULL, &opened), 0);
	CHECK(!IsTokenRestricted(opened));
	CloseHandle(opened);
	CHECK_FAILS(CreateProcessAsUserW(acting, self, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process),
		    ERROR_BAD_TOKEN_TYPE);
	CHECK(DuplicateTokenEx(own, TOKEN_QUERY, NULL, SecurityImpersonation, TokenPrimary, &weak));
	CHECK_FAILS(CreateProcessAsUserW(weak, self, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process),
		    ERROR_ACCESS_DENIED);
	CHECK_FAILS(CreateProcessWithTokenW(made, 0, self, NULL, 0, NULL, NULL, &startup, &process), ERROR_PRIVILEGE_NOT_HELD);
	CHECK_FAILS(LogonUserW(L"nobody here", L".", L"secret", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &weak),
		    ERROR_LOGON_FAILURE);
	CloseHandle(weak);
	CloseHandle(acting);
	CloseHandle(made);
	CloseHandle(own);
	LocalFree(everyone);
	LocalFree(users);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return in_child();
	levels();
	restricted();
	groups();
	setting();
	impersonation();
	access();
	pseudo_handles();
	children();
	return guest_result();
}
