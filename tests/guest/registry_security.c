/* registry_security.c - the registry, SIDs, lists and tokens, hashes. */
#include "guest.h"
#include <bcrypt.h>
#include <sddl.h>

#define TEST_KEY L"Software\\Pewter guest test"

static void check_registry(void)
{
	HKEY key, child, refused;
	DWORD disposition, type, size, number = 7, count, longest;
	wchar_t text[32];
	char narrow[32];

	RegDeleteTreeW(HKEY_CURRENT_USER, TEST_KEY);
	CHECK_EQUAL(RegOpenKeyExW(HKEY_CURRENT_USER, TEST_KEY, 0, KEY_READ, &key), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(RegCreateKeyExW(HKEY_CURRENT_USER, TEST_KEY, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, &disposition), 0);
	CHECK_EQUAL(disposition, REG_CREATED_NEW_KEY);
	CHECK_EQUAL(RegSetValueExW(key, L"Text", 0, REG_SZ, (const BYTE *)L"hello", 12), 0);
	CHECK_EQUAL(RegSetValueExW(key, L"Number", 0, REG_DWORD, (const BYTE *)&number, 4), 0);
	size = sizeof(text);
	CHECK_EQUAL(RegQueryValueExW(key, L"tEXT", NULL, &type, (BYTE *)text, &size), 0);
	CHECK_EQUAL(type, REG_SZ);
	CHECK_EQUAL(size, 12);
	CHECK(!wcscmp(text, L"hello"));
	size = 4;
	CHECK_EQUAL(RegQueryValueExW(key, L"Text", NULL, NULL, (BYTE *)text, &size), ERROR_MORE_DATA);
	CHECK_EQUAL(size, 12);
	CHECK_EQUAL(RegQueryValueExW(key, L"None", NULL, NULL, NULL, NULL), ERROR_FILE_NOT_FOUND);
	size = sizeof(narrow);
	CHECK_EQUAL(RegQueryValueExA(key, "Text", NULL, &type, (BYTE *)narrow, &size), 0);
	CHECK_EQUAL(size, 6);
	CHECK(!strcmp(narrow, "hello"));
	CHECK_EQUAL(RegSetValueExA(key, "Ansi", 0, REG_SZ, (const BYTE *)"abc", 4), 0);
	size = sizeof(text);
	CHECK_EQUAL(RegGetValueW(HKEY_CURRENT_USER, TEST_KEY, L"Ansi", RRF_RT_REG_SZ, NULL, text, &size), 0);
	CHECK(!wcscmp(text, L"abc"));
	size = sizeof(text);
	CHECK_EQUAL(RegGetValueW(HKEY_CURRENT_USER, TEST_KEY, L"Ansi", RRF_RT_REG_DWORD, NULL, text, &size),
		    ERROR_UNSUPPORTED_TYPE);
	CHECK_EQUAL(RegCreateKeyExW(key, L"b\\c", 0, NULL, 0, KEY_READ, NULL, &child, NULL), 0);
	CHECK_EQUAL(RegSetValueExW(child, L"x", 0, REG_DWORD, (const BYTE *)&number, 4), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(RegCloseKey(child), 0);
	CHECK_EQUAL(RegCreateKeyExW(key, L"A", 0, NULL, 0, KEY_READ, NULL, &child, NULL), 0);
	CHECK_EQUAL(RegCloseKey(child), 0);
	size = 32;
	CHECK_EQUAL(RegEnumKeyExW(key, 0, text, &size, NULL, NULL, NULL, NULL), 0);
	CHECK(!wcscmp(text, L"A"));
	CHECK_EQUAL(size, 1);
	size = 32;
	CHECK_EQUAL(RegEnumKeyExW(key, 2, text, &size, NULL, NULL, NULL, NULL), ERROR_NO_MORE_ITEMS);
	CHECK_EQUAL(RegQueryInfoKeyW(key, NULL, NULL, NULL, &count, NULL, NULL, &disposition, &longest, &size, NULL, NULL), 0);
	CHECK_EQUAL(count, 2);
	CHECK_EQUAL(disposition, 3);
	CHECK_EQUAL(longest, 6);
	CHECK_EQUAL(size, 12);
	CHECK_EQUAL(RegDeleteKeyW(key, L"b"), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(RegDeleteValueW(key, L"Number"), 0);
	CHECK_EQUAL(RegDeleteValueW(key, L"Number"), ERROR_FILE_NOT_FOUND);
	CHECK_EQUAL(RegDeleteTreeW(HKEY_CURRENT_USER, TEST_KEY), 0);
	CHECK_EQUAL(RegOpenKeyExW(key, L"A", 0, KEY_READ, &refused), ERROR_KEY_DELETED);
	CHECK_EQUAL(RegCloseKey(key), 0);
	CHECK_EQUAL(RegCloseKey(key), ERROR_INVALID_HANDLE);
	size = sizeof(text);
	CHECK_EQUAL(RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", L"CurrentVersion",
				 RRF_RT_REG_SZ, &type, text, &size),
		    0);
	CHECK(!wcscmp(text, L"6.3"));
}

static void check_sids(void)
{
	SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
	PSID sid, other;
	wchar_t *text;
	BYTE buffer[SECURITY_MAX_SID_SIZE], acl_buffer[128];
	DWORD size = sizeof(buffer);
	ACL *acl = (ACL *)acl_buffer;
	ACCESS_ALLOWED_ACE *ace;
	SECURITY_DESCRIPTOR descriptor;
	ACL_SIZE_INFORMATION information;
	BOOL present, defaulted;

	CHECK(AllocateAndInitializeSid(&nt, 2, 32, 544, 0, 0, 0, 0, 0, 0, &sid));
	CHECK_EQUAL(GetLengthSid(sid), 16);
	CHECK(ConvertSidToStringSidW(sid, &text));
	CHECK(!wcscmp(text, L"S-1-5-32-544"));
	CHECK(ConvertStringSidToSidW(text, &other));
	CHECK(EqualSid(sid, other));
	LocalFree(text);
	LocalFree(other);
	CHECK(!ConvertStringSidToSidW(L"S-1-5-", &other));
	CHECK_EQUAL(GetLastError(), ERROR_INVALID_SID);
	CHECK(CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, buffer, &size));
	CHECK_EQUAL(size, 16);
	CHECK(EqualSid(sid, buffer));
	CHECK(IsWellKnownSid(sid, WinBuiltinAdministratorsSid));
	CHECK(!CopySid(8, buffer, sid));
	CHECK_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);

	CHECK(InitializeAcl(acl, sizeof(acl_buffer), ACL_REVISION));
	CHECK(AddAccessAllowedAce(acl, ACL_REVISION, 0x1234, sid));
	CHECK(GetAce(acl, 0, (void **)&ace));
	CHECK_EQUAL(ace->Mask, 0x1234);
	CHECK(EqualSid(&ace->SidStart, sid));
	CHECK(!GetAce(acl, 1, (void **)&ace));
	CHECK(GetAclInformation(acl, &information, sizeof(information), AclSizeInformation));
	CHECK_EQUAL(information.AclBytesInUse, 8 + 24);
	CHECK(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
	CHECK(SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE));
	CHECK(GetSecurityDescriptorDacl(&descriptor, &present, &acl, &defaulted));
	CHECK(present && acl == (ACL *)acl_buffer && !defaulted);
	FreeSid(sid);
}

static void check_token(void)
{
	HANDLE token;
	BYTE buffer[1024];
	TOKEN_USER *user = (TOKEN_USER *)buffer;
	TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 1};
	DWORD size;
	LUID luid;

	CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES, &token));
	CHECK(!GetTokenInformation(token, TokenUser, NULL, 0, &size));
	CHECK_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	CHECK(GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size));
	CHECK(IsValidSid(user->User.Sid));
	CHECK(LookupPrivilegeValueW(NULL, L"SeChangeNotifyPrivilege", &luid));
	CHECK_EQUAL(luid.LowPart, 23);
	CHECK(!LookupPrivilegeValueW(NULL, L"SeNothing", &luid));
	CHECK_EQUAL(GetLastError(), ERROR_NO_SUCH_PRIVILEGE);
	CHECK(LookupPrivilegeValueW(NULL, L"SeTcbPrivilege", &privileges.Privileges[0].Luid));
	privileges.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
	CHECK(AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL));
	CHECK_EQUAL(GetLastError(), ERROR_NOT_ALL_ASSIGNED);
	CHECK(CloseHandle(token));
	CHECK(!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
	CHECK_EQUAL(GetLastError(), ERROR_NO_TOKEN);
}

static void check_hash(void)
{
	static const BYTE expected[] = {0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA};
	BCRYPT_ALG_HANDLE algorithm;
	BOOLEAN fips = 2;
	BCRYPT_HASH_HANDLE hash;
	BYTE result[32], random[2][16];
	DWORD length = 0;
	ULONG done;

	CHECK_EQUAL(BCryptGetFipsAlgorithmMode(&fips), 0);
	CHECK(fips == FALSE || fips == TRUE);
	CHECK_EQUAL((DWORD)BCryptGetFipsAlgorithmMode(NULL), 0xC000000D);
	CHECK_EQUAL(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0), 0);
	CHECK_EQUAL(BCryptGetProperty(algorithm, BCRYPT_HASH_LENGTH, (BYTE *)&length, 4, &done, 0), 0);
	CHECK_EQUAL(length, 32);
	CHECK_EQUAL(BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0), 0);
	CHECK_EQUAL(BCryptHashData(hash, (BYTE *)"ab", 2, 0), 0);
	CHECK_EQUAL(BCryptHashData(hash, (BYTE *)"c", 1, 0), 0);
	CHECK_EQUAL(BCryptFinishHash(hash, result, 32, 0), 0);
	CHECK(!memcmp(result, expected, sizeof(expected)));
	BCryptDestroyHash(hash);
	BCryptCloseAlgorithmProvider(algorithm, 0);
	CHECK_EQUAL(BCryptGenRandom(NULL, random[0], 16, BCRYPT_USE_SYSTEM_PREFERRED_RNG), 0);
	CHECK_EQUAL(BCryptGenRandom(NULL, random[1], 16, BCRYPT_USE_SYSTEM_PREFERRED_RNG), 0);
	CHECK(memcmp(random[0], random[1], 16));
}

int main(void)
{
	check_registry();
	check_sids();
	check_token();
	check_hash();
	return guest_result();
}
