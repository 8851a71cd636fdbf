/*
 * dlls/advapi32/accounts.c - names of accounts and their SIDs.
 */
#include "dlls/advapi32/registry.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"
#include "ntdll/se/account.h"
#include <stdlib.h>
#include <string.h>

#define RPC_S_SERVER_UNAVAILABLE 1722u

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

EXPORT(advapi32, BOOL, GetUserNameW, (LPWSTR name, DWORD *size))
{
	const char16_t *found = se_user_name();
	DWORD length = (DWORD)rtl_wcslen(found) + 1;

	if (*size < length || !name) {
		*size = length;
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	memcpy(name, found, length * sizeof(WCHAR));
	*size = length;
	return TRUE;
}

EXPORT(advapi32, BOOL, GetUserNameA, (LPSTR name, DWORD *size))
{
	const char16_t *found = se_user_name();
	INT units = (INT)rtl_wcslen(found) + 1;
	DWORD length = (DWORD)WideCharToMultiByte(CP_ACP, 0, found, units, NULL, 0, NULL, NULL);

	if (*size < length || !name) {
		*size = length;
		return fail(ERROR_INSUFFICIENT_BUFFER);
	}
	WideCharToMultiByte(CP_ACP, 0, found, units, name, (INT)*size, NULL, NULL);
	*size = length;
	return TRUE;
}

/* Other computers are not asked. */
static bool is_elsewhere(LPCWSTR system)
{
	if (!system || !*system)
		return false;
	if (system[0] == '\\' && system[1] == '\\')
		system += 2;
	return rtl_compare_nocase(system, rtl_wcslen(system), se_computer_name(), rtl_wcslen(se_computer_name())) != 0;
}

/* False: too small; *length is then the room that is needed, with the NUL. */
static bool store_wide(LPCWSTR text, LPWSTR to, DWORD *length)
{
	DWORD units = (DWORD)rtl_wcslen(text);

	if (*length <= units || !to) {
		*length = units + 1;
		return false;
	}
	memcpy(to, text, (units + 1) * sizeof(WCHAR));
	*length = units;
	return true;
}

static bool store_narrow(LPCWSTR text, LPSTR to, DWORD *length)
{
	INT units = (INT)rtl_wcslen(text) + 1;
	DWORD size = (DWORD)WideCharToMultiByte(CP_ACP, 0, text, units, NULL, 0, NULL, NULL);

	if (*length < size || !to) {
		*length = size;
		return false;
	}
	WideCharToMultiByte(CP_ACP, 0, text, units, to, (INT)size, NULL, NULL);
	*length = size - 1;
	return true;
}

static bool store_sid(const SID *from, SID *to, DWORD *size)
{
	DWORD needed = se_sid_size(from);
	bool fits = *size >= needed && to;

	if (fits)
		memcpy(to, from, needed);
	*size = needed;
	return fits;
}

static bool find_sid(LPCWSTR system, const SID *sid, struct se_account *account)
{
	if (!se_valid_sid(sid))
		return fail(ERROR_INVALID_PARAMETER);
	if (is_elsewhere(system))
		return fail(RPC_S_SERVER_UNAVAILABLE);
	return se_account_of_sid(sid, account) || fail(ERROR_NONE_MAPPED);
}

EXPORT(advapi32, BOOL, LookupAccountSidW,
       (LPCWSTR system, const SID *sid, LPWSTR name, DWORD *name_length, LPWSTR domain, DWORD *domain_length, DWORD *use))
{
	struct se_account account;
	bool fits;

	if (!name_length || !domain_length || !use)
		return fail(ERROR_INVALID_PARAMETER);
	if (!find_sid(system, sid, &account))
		return FALSE;
	*use = account.use;
	fits = store_wide(account.name, name, name_length);
	fits &= store_wide(account.domain, domain, domain_length);
	return fits ? TRUE : fail(ERROR_INSUFFICIENT_BUFFER);
}

EXPORT(advapi32, BOOL, LookupAccountSidA,
       (LPCSTR system, const SID *sid, LPSTR name, DWORD *name_length, LPSTR domain, DWORD *domain_length, DWORD *use))
{
	struct se_account account;
	LPWSTR wide = NULL;
	bool found, fits;

	if (!name_length || !domain_length || !use)
		return fail(ERROR_INVALID_PARAMETER);
	if (system && !advapi_widen(system, &wide))
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	found = find_sid(wide, sid, &account);
	free(wide);
	if (!found)
		return FALSE;
	*use = account.use;
	fits = store_narrow(account.name, name, name_length);
	fits &= store_narrow(account.domain, domain, domain_length);
	return fits ? TRUE : fail(ERROR_INSUFFICIENT_BUFFER);
}

static bool find_name(LPCWSTR system, LPCWSTR name, struct se_account *account)
{
	if (is_elsewhere(system))
		return fail(RPC_S_SERVER_UNAVAILABLE);
	return se_account_of_name(name, account) || fail(ERROR_NONE_MAPPED);
}

EXPORT(advapi32, BOOL, LookupAccountNameW,
       (LPCWSTR system, LPCWSTR name, SID *sid, DWORD *sid_size, LPWSTR domain, DWORD *domain_length, DWORD *use))
{
	struct se_account account;
	bool fits;

	if (!name || !sid_size || !domain_length || !use)
		return fail(ERROR_INVALID_PARAMETER);
	if (!find_name(system, name, &account))
		return FALSE;
	*use = account.use;
	fits = store_wide(account.domain, domain, domain_length);
	fits &= store_sid(&account.sid, sid, sid_size);
	return fits ? TRUE : fail(ERROR_INSUFFICIENT_BUFFER);
}

EXPORT(advapi32, BOOL, LookupAccountNameA,
       (LPCSTR system, LPCSTR name, SID *sid, DWORD *sid_size, LPSTR domain, DWORD *domain_length, DWORD *use))
{
	struct se_account account;
	LPWSTR wide_system = NULL, wide_name = NULL;
	bool found = false, fits;

	if (!name || !sid_size || !domain_length || !use)
		return fail(ERROR_INVALID_PARAMETER);
	if ((system && !advapi_widen(system, &wide_system)) || !advapi_widen(name, &wide_name))
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	else
		found = find_name(wide_system, wide_name, &account);
	free(wide_system);
	free(wide_name);
	if (!found)
		return FALSE;
	*use = account.use;
	fits = store_narrow(account.domain, domain, domain_length);
	fits &= store_sid(&account.sid, sid, sid_size);
	return fits ? TRUE : fail(ERROR_INSUFFICIENT_BUFFER);
}
