/*
 * ntdll/se/account.c - accounts by name, by SID and in lists.
 *
 * The names and numbers are those of [MS-DTYP] 2.4.2.4 and of an English Windows 10.
 */
#include "ntdll/se/account.h"
#include "host/file.h"
#include "host/host.h"
#include "host/system.h"
#include "host/thread.h"
#include "ntdll/rtl/nls.h"
#include "ntdll/rtl/rtl.h"
#include <string.h>

#define MACHINE NULL /* the computer's own domain; its SID is the user's without the last number */

static const struct known {
	const char16_t *domain, *name, *sid; /* of the machine's: the last number */
	enum se_use use;
	const char16_t *comment;
} known[] = {
	{u"", u"NULL SID", u"S-1-0-0", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"Everyone", u"S-1-1-0", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"LOCAL", u"S-1-2-0", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"CONSOLE LOGON", u"S-1-2-1", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"CREATOR OWNER", u"S-1-3-0", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"CREATOR GROUP", u"S-1-3-1", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"CREATOR OWNER SERVER", u"S-1-3-2", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"CREATOR GROUP SERVER", u"S-1-3-3", SE_WELL_KNOWN_GROUP, u""},
	{u"", u"OWNER RIGHTS", u"S-1-3-4", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"DIALUP", u"S-1-5-1", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"NETWORK", u"S-1-5-2", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"BATCH", u"S-1-5-3", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"INTERACTIVE", u"S-1-5-4", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"SERVICE", u"S-1-5-6", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"ANONYMOUS LOGON", u"S-1-5-7", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"PROXY", u"S-1-5-8", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"ENTERPRISE DOMAIN CONTROLLERS", u"S-1-5-9", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"SELF", u"S-1-5-10", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"Authenticated Users", u"S-1-5-11", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"RESTRICTED", u"S-1-5-12", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"TERMINAL SERVER USER", u"S-1-5-13", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"REMOTE INTERACTIVE LOGON", u"S-1-5-14", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"This Organization", u"S-1-5-15", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"IUSR", u"S-1-5-17", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"SYSTEM", u"S-1-5-18", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"LOCAL SERVICE", u"S-1-5-19", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"NETWORK SERVICE", u"S-1-5-20", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"Local account", u"S-1-5-113", SE_WELL_KNOWN_GROUP, u""},
	{u"NT AUTHORITY", u"Local account and member of Administrators group", u"S-1-5-114", SE_WELL_KNOWN_GROUP, u""},
	{u"Mandatory Label", u"Untrusted Mandatory Level", u"S-1-16-0", SE_LABEL, u""},
	{u"Mandatory Label", u"Low Mandatory Level", u"S-1-16-4096", SE_LABEL, u""},
	{u"Mandatory Label", u"Medium Mandatory Level", u"S-1-16-8192", SE_LABEL, u""},
	{u"Mandatory Label", u"Medium Plus Mandatory Level", u"S-1-16-8448", SE_LABEL, u""},
	{u"Mandatory Label", u"High Mandatory Level", u"S-1-16-12288", SE_LABEL, u""},
	{u"Mandatory Label", u"System Mandatory Level", u"S-1-16-16384", SE_LABEL, u""},
	{u"BUILTIN", u"BUILTIN", u"S-1-5-32", SE_DOMAIN, u""},
	{u"BUILTIN", u"Administrators", u"S-1-5-32-544", SE_ALIAS, u"Unrestricted access to the computer"},
	{u"BUILTIN", u"Users", u"S-1-5-32-545", SE_ALIAS, u"Ordinary users of the computer"},
	{u"BUILTIN", u"Guests", u"S-1-5-32-546", SE_ALIAS, u"Guests of the computer"},
	{u"BUILTIN", u"Power Users", u"S-1-5-32-547", SE_ALIAS, u"Kept for old programs"},
	{u"BUILTIN", u"Backup Operators", u"S-1-5-32-551", SE_ALIAS, u"Who may read files to back them up"},
	{u"BUILTIN", u"Replicator", u"S-1-5-32-552", SE_ALIAS, u"Replication of files in a domain"},
	{u"BUILTIN", u"Remote Desktop Users", u"S-1-5-32-555", SE_ALIAS, u"Who may log on from elsewhere"},
	{u"BUILTIN", u"Network Configuration Operators", u"S-1-5-32-556", SE_ALIAS, u"Who may configure the network"},
	{u"BUILTIN", u"Performance Monitor Users", u"S-1-5-32-558", SE_ALIAS, u"Who may read performance counters"},
	{u"BUILTIN", u"Performance Log Users", u"S-1-5-32-559", SE_ALIAS, u"Who may log performance counters"},
	{u"BUILTIN", u"Distributed COM Users", u"S-1-5-32-562", SE_ALIAS, u"Who may start COM objects from elsewhere"},
	{u"BUILTIN", u"IIS_IUSRS", u"S-1-5-32-568", SE_ALIAS, u"Web servers"},
	{u"BUILTIN", u"Cryptographic Operators", u"S-1-5-32-569", SE_ALIAS, u"Who may configure cryptography"},
	{u"BUILTIN", u"Event Log Readers", u"S-1-5-32-573", SE_ALIAS, u"Who may read event logs"},
	{u"BUILTIN", u"Hyper-V Administrators", u"S-1-5-32-578", SE_ALIAS, u"Who may manage virtual machines"},
	{u"BUILTIN", u"Remote Management Users", u"S-1-5-32-580", SE_ALIAS, u"Who may manage the computer from elsewhere"},
	{MACHINE, u"Administrator", u"500", SE_USER, u"The computer's own administrator"},
	{MACHINE, u"DefaultAccount", u"503", SE_USER, u"An account of the system"},
	{MACHINE, u"Guest", u"501", SE_USER, u"Guests of the computer"},
	{MACHINE, u"None", u"513", SE_GROUP, u"All users"},
};

static struct host_lock names_lock;
static bool names_known;
static char16_t user_name[SE_NAME_CAPACITY], computer_name[16];

static void learn_names(void)
{
	char computer[256];
	const char *user = host_user_name();
	size_t length;

	host_lock_acquire(&names_lock);
	if (!names_known) {
		if (!user || !*user)
			user = "user";
		length = nls_to_utf16(NLS_UTF8, 0, user_name, SE_NAME_CAPACITY - 1, user, strlen(user));
		user_name[length < SE_NAME_CAPACITY ? length : SE_NAME_CAPACITY - 1] = 0;
		if (host_computer_name(computer, sizeof(computer)) < 0)
			strcpy(computer, "localhost");
		for (length = 0; length < 15 && computer[length] && computer[length] != '.'; length++) {
			char c = computer[length];

			computer_name[length] = (char16_t)(uint8_t)(c >= 'a' && c <= 'z' ? c - 32 : c);
		}
		computer_name[length] = 0;
		__atomic_store_n(&names_known, true, __ATOMIC_RELEASE);
	}
	host_lock_release(&names_lock);
}

const char16_t *se_user_name(void)
{
	if (!__atomic_load_n(&names_known, __ATOMIC_ACQUIRE))
		learn_names();
	return user_name;
}

const char16_t *se_computer_name(void)
{
	se_user_name();
	return computer_name;
}

static bool same(const char16_t *a, const char16_t *b)
{
	return !rtl_compare_nocase(a, rtl_wcslen(a), b, rtl_wcslen(b));
}

static void put_text(char16_t to[SE_NAME_CAPACITY], const char16_t *text)
{
	memcpy(to, text, (rtl_wcslen(text) + 1) * sizeof(*to));
}

/* The computer's SID, with one more number unless `relative` is 0. */
static void machine_sid(SID *sid, ULONG relative)
{
	memcpy(sid, se_user_sid(), se_sid_size(se_user_sid()));
	if (relative)
		sid->SubAuthority[sid->SubAuthorityCount - 1] = relative;
	else
		sid->SubAuthorityCount--;
}

static ULONG number(const char16_t *digits)
{
	ULONG value = 0;

	while (*digits)
		value = value * 10 + (ULONG)(*digits++ - '0');
	return value;
}

/* The user, unless it bears the name of one of the table's. */
static void fill_user(struct se_account *account)
{
	memcpy(account->bytes, se_user_sid(), se_sid_size(se_user_sid()));
	put_text(account->name, se_user_name());
	put_text(account->domain, se_computer_name());
	account->use = SE_USER;
}

static void fill_computer(struct se_account *account)
{
	machine_sid(&account->sid, 0);
	account->name[0] = 0;
	put_text(account->domain, se_computer_name());
	account->use = SE_DOMAIN;
}

static void fill(struct se_account *account, const struct known *from)
{
	if (from->domain == MACHINE)
		machine_sid(&account->sid, number(from->sid));
	else
		se_text_to_sid(from->sid, &account->sid);
	put_text(account->name, from->name);
	put_text(account->domain, from->domain ? from->domain : se_computer_name());
	account->use = from->use;
}

bool se_account_of_sid(const SID *sid, struct se_account *account)
{
	fill_user(account);
	if (se_equal_sid(sid, &account->sid))
		return true;
	fill_computer(account);
	if (se_equal_sid(sid, &account->sid))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		fill(account, &known[i]);
		if (se_equal_sid(sid, &account->sid))
			return true;
	}
	return false;
}

bool se_account_of_name(const char16_t *name, struct se_account *account)
{
	char16_t domain[SE_NAME_CAPACITY] = {0};
	const char16_t *base = name;
	bool qualified = false, of_machine;

	for (const char16_t *at = name; *at && !qualified; at++) {
		if (*at != '\\')
			continue;
		if (at - name >= SE_NAME_CAPACITY)
			return false;
		memcpy(domain, name, (size_t)(at - name) * sizeof(*name));
		base = at + 1;
		qualified = true;
	}
	of_machine = !qualified || !*domain || same(domain, u".") || same(domain, se_computer_name());
	/* the computer's name before the user's: a user that is called as the computer must be qualified */
	if ((!qualified && same(base, se_computer_name())) || (qualified && of_machine && *domain && !*base)) {
		fill_computer(account);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (same(base, known[i].name) &&
		    (!qualified || (known[i].domain ? same(domain, known[i].domain) : of_machine)) &&
		    !(known[i].domain == MACHINE && same(base, se_user_name()))) {
			fill(account, &known[i]);
			return true;
		}
	}
	fill_user(account);
	return of_machine && same(base, account->name);
}

/* The first that `accept` takes behind `index` others. */
static bool account_at(ULONG index, enum se_use use, bool machine, struct se_account *account)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].use != use || (known[i].domain == MACHINE) != machine || same(known[i].name, se_user_name()))
			continue;
		if (!index--) {
			fill(account, &known[i]);
			return true;
		}
	}
	if (index || !machine)
		return false;
	fill_user(account);
	return true;
}

bool se_user_at(ULONG index, struct se_account *account)
{
	return account_at(index, SE_USER, true, account);
}

bool se_alias_at(ULONG index, struct se_account *account)
{
	return account_at(index, SE_ALIAS, false, account);
}

const char16_t *se_account_comment(const struct se_account *account)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].use == account->use && same(known[i].name, account->name))
			return known[i].comment;
	}
	return u"";
}

bool se_account_enabled(const struct se_account *account)
{
	return se_equal_sid(&account->sid, se_user_sid());
}

bool se_in_alias(const struct se_account *user, const struct se_account *alias)
{
	ULONG relative = user->sid.SubAuthority[user->sid.SubAuthorityCount - 1];
	ULONG group = alias->sid.SubAuthority[alias->sid.SubAuthorityCount - 1];

	if (group == 544) /* Administrators */
		return relative == 500 || se_account_enabled(user);
	if (group == 545) /* Users */
		return se_account_enabled(user);
	return group == 546 && relative == 501; /* Guests */
}
