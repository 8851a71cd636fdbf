/*
 * kernel32/winbase_atom.c - atoms: numbers for short strings.
 *
 * Two tables, the process's and the global one; with one process in the session both live here.  Strings are compared
 * without regard to case; "#123" and small pointers are integer atoms below 0xC000, which are no entries (MSDN, "About
 * Atom Tables").
 */
#include "kernel32/kernel32.h"
#include "host/thread.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_STRING_ATOM 0xC000u
#define MAX_ATOMS 0x4000u
#define MAX_NAME 255

struct entry {
	char16_t *name; /* NULL: free */
	unsigned count;
};

struct table {
	struct host_lock lock;
	struct entry *entries;
	size_t used;
};

static struct table local_atoms, global_atoms;

/* The integer atom that a name means: -1 = it is a string, 0 = it is none that could be. */
static int integer_atom(LPCWSTR name)
{
	unsigned value = 0;

	if (!((uintptr_t)name >> 16)) {
		unsigned atom = (unsigned)(uintptr_t)name;
		return atom < FIRST_STRING_ATOM ? (int)atom : 0;
	}
	if (*name != u'#' || !name[1])
		return -1;
	for (name++; *name; name++) {
		if (*name < u'0' || *name > u'9')
			return -1;
		value = value * 10 + (*name - u'0');
		if (value >= FIRST_STRING_ATOM)
			return 0;
	}
	return (int)value;
}

static struct entry *find(struct table *table, const char16_t *name, size_t length)
{
	for (size_t i = 0; i < table->used; i++) {
		struct entry *entry = &table->entries[i];
		if (entry->name && !rtl_compare_nocase(entry->name, rtl_wcslen(entry->name), name, length))
			return entry;
	}
	return NULL;
}

static ATOM failed(DWORD error)
{
	set_last_error(error);
	return 0;
}

static ATOM add(struct table *table, LPCWSTR name)
{
	int integer = integer_atom(name);
	struct entry *entry, *grown;
	size_t length, place;
	ATOM atom = 0;

	if (!name)
		return 0; /* no error */
	if (integer >= 0)
		return integer ? (ATOM)integer : failed(ERROR_INVALID_PARAMETER);
	length = rtl_wcslen(name);
	if (!length)
		return failed(ERROR_INVALID_NAME);
	if (length > MAX_NAME)
		return failed(ERROR_INVALID_PARAMETER);
	host_lock_acquire(&table->lock);
	entry = find(table, name, length);
	if (!entry) {
		for (place = 0; place < table->used && table->entries[place].name; place++)
			;
		if (place == table->used && place < MAX_ATOMS) {
			if (place % 64 == 0) {
				grown = realloc(table->entries, (place + 64) * sizeof(*grown));
				if (grown)
					table->entries = grown;
				else
					place = MAX_ATOMS;
			}
			if (place < MAX_ATOMS) {
				memset(&table->entries[place], 0, sizeof(*entry));
				table->used++;
			}
		}
		if (place < MAX_ATOMS) {
			entry = &table->entries[place];
			entry->name = malloc((length + 1) * sizeof(*entry->name));
			if (entry->name)
				memcpy(entry->name, name, (length + 1) * sizeof(*name));
			else
				entry = NULL;
		}
		if (entry)
			entry->count = 0;
	}
	if (entry) {
		entry->count++;
		atom = (ATOM)(FIRST_STRING_ATOM + (size_t)(entry - table->entries));
	}
	host_lock_release(&table->lock);
	return atom ? atom : failed(ERROR_NOT_ENOUGH_MEMORY);
}

static ATOM look_up(struct table *table, LPCWSTR name)
{
	int integer = integer_atom(name);
	struct entry *entry;
	ATOM atom = 0;

	if (integer >= 0)
		return integer ? (ATOM)integer : failed(ERROR_INVALID_PARAMETER);
	host_lock_acquire(&table->lock);
	entry = find(table, name, rtl_wcslen(name));
	if (entry)
		atom = (ATOM)(FIRST_STRING_ATOM + (size_t)(entry - table->entries));
	host_lock_release(&table->lock);
	return atom ? atom : failed(ERROR_FILE_NOT_FOUND);
}

/* 0 when done, else the atom itself. */
static ATOM delete(struct table *table, ATOM atom)
{
	bool known = false;

	if (atom < FIRST_STRING_ATOM)
		return 0;
	host_lock_acquire(&table->lock);
	if (atom - FIRST_STRING_ATOM < table->used && table->entries[atom - FIRST_STRING_ATOM].name) {
		struct entry *entry = &table->entries[atom - FIRST_STRING_ATOM];
		known = true;
		if (!--entry->count) {
			free(entry->name);
			entry->name = NULL;
		}
	}
	host_lock_release(&table->lock);
	if (known)
		return 0;
	set_last_error(ERROR_INVALID_HANDLE);
	return atom;
}

/* The name of an atom; `name` has room for MAX_NAME + 1.  Its length, 0 = none. */
static size_t name_of(struct table *table, ATOM atom, char16_t *name)
{
	size_t length = 0;

	if (!atom)
		return 0;
	if (atom < FIRST_STRING_ATOM) {
		char16_t digits[6];
		size_t count = 0;
		for (unsigned value = atom; value; value /= 10)
			digits[count++] = (char16_t)(u'0' + value % 10);
		name[length++] = u'#';
		while (count)
			name[length++] = digits[--count];
		name[length] = 0;
		return length;
	}
	host_lock_acquire(&table->lock);
	if (atom - FIRST_STRING_ATOM < table->used && table->entries[atom - FIRST_STRING_ATOM].name) {
		length = rtl_wcslen(table->entries[atom - FIRST_STRING_ATOM].name);
		memcpy(name, table->entries[atom - FIRST_STRING_ATOM].name, (length + 1) * sizeof(*name));
	}
	host_lock_release(&table->lock);
	return length;
}

/* What does not fit of the process's atoms is cut off, before the end.  For global ones the ANSI function calls that an
 * error all the same, and the wide one needs no room for the end. */
static UINT give(struct table *table, ATOM atom, LPWSTR buffer, int capacity)
{
	char16_t name[MAX_NAME + 1];
	size_t length = name_of(table, atom, name), room = (size_t)capacity;

	if (!length)
		return failed(atom ? ERROR_INVALID_HANDLE : ERROR_INVALID_PARAMETER);
	if (capacity <= 0 || !buffer || (capacity == 1 && table == &local_atoms))
		return failed(ERROR_MORE_DATA);
	if (table == &local_atoms)
		room--;
	if (length > room)
		length = room;
	memcpy(buffer, name, length * sizeof(WCHAR));
	if (length < (size_t)capacity)
		buffer[length] = 0;
	return (UINT)length;
}

static UINT give_ansi(struct table *table, ATOM atom, LPSTR buffer, int capacity)
{
	char16_t name[MAX_NAME + 1];
	size_t units = name_of(table, atom, name), length;
	bool cut;

	if (!units)
		return failed(atom ? ERROR_INVALID_HANDLE : ERROR_INVALID_PARAMETER);
	if (capacity <= 0 || !buffer || (capacity == 1 && table == &local_atoms))
		return failed(ERROR_MORE_DATA);
	length = nls_from_utf16(NLS_ACP, 0, NULL, 0, name, units, NULL, NULL);
	cut = length >= (size_t)capacity;
	if (cut)
		length = (size_t)capacity - 1;
	nls_from_utf16(NLS_ACP, 0, buffer, length, name, units, NULL, NULL);
	buffer[length] = 0;
	return cut && table == &global_atoms ? failed(ERROR_MORE_DATA) : (UINT)length;
}

static ATOM with_ansi(struct table *table, LPCSTR name, ATOM (*function)(struct table *, LPCWSTR))
{
	char16_t wide[MAX_NAME + 2];
	size_t length;

	if (!((uintptr_t)name >> 16))
		return function(table, (LPCWSTR)name);
	length = nls_to_utf16(NLS_ACP, 0, wide, MAX_NAME + 1, name, strlen(name));
	if (length > MAX_NAME)
		return failed(ERROR_INVALID_PARAMETER);
	wide[length] = 0;
	return function(table, wide);
}

EXPORT(kernel32, ATOM, AddAtomW, (LPCWSTR name))
{
	return add(&local_atoms, name);
}

EXPORT(kernel32, ATOM, AddAtomA, (LPCSTR name))
{
	return with_ansi(&local_atoms, name, add);
}

EXPORT(kernel32, ATOM, FindAtomW, (LPCWSTR name))
{
	return look_up(&local_atoms, name);
}

EXPORT(kernel32, ATOM, FindAtomA, (LPCSTR name))
{
	return with_ansi(&local_atoms, name, look_up);
}

EXPORT(kernel32, ATOM, DeleteAtom, (ATOM atom))
{
	return delete(&local_atoms, atom);
}

EXPORT(kernel32, UINT, GetAtomNameW, (ATOM atom, LPWSTR buffer, int capacity))
{
	return give(&local_atoms, atom, buffer, capacity);
}

EXPORT(kernel32, UINT, GetAtomNameA, (ATOM atom, LPSTR buffer, int capacity))
{
	return give_ansi(&local_atoms, atom, buffer, capacity);
}

EXPORT(kernel32, BOOL, InitAtomTable, (DWORD size))
{
	/* The table grows by itself. */
	return TRUE;
}

EXPORT(kernel32, ATOM, GlobalAddAtomW, (LPCWSTR name))
{
	return add(&global_atoms, name);
}

EXPORT(kernel32, ATOM, GlobalAddAtomA, (LPCSTR name))
{
	return with_ansi(&global_atoms, name, add);
}

EXPORT(kernel32, ATOM, GlobalFindAtomW, (LPCWSTR name))
{
	return look_up(&global_atoms, name);
}

EXPORT(kernel32, ATOM, GlobalFindAtomA, (LPCSTR name))
{
	return with_ansi(&global_atoms, name, look_up);
}

EXPORT(kernel32, ATOM, GlobalDeleteAtom, (ATOM atom))
{
	return delete(&global_atoms, atom);
}

EXPORT(kernel32, UINT, GlobalGetAtomNameW, (ATOM atom, LPWSTR buffer, int capacity))
{
	return give(&global_atoms, atom, buffer, capacity);
}

EXPORT(kernel32, UINT, GlobalGetAtomNameA, (ATOM atom, LPSTR buffer, int capacity))
{
	return give_ansi(&global_atoms, atom, buffer, capacity);
}
