/*
 * programs/reg/reg.h - keys and values for reg.exe and regedit.exe: NT's calls, under the names that people give.
 *
 * Functions return NTSTATUS.
 */
#ifndef PEWTER_PROGRAMS_REG_H
#define PEWTER_PROGRAMS_REG_H

#include "ntdll/cm/cm.h"
#include "programs/lines.h"
#include "programs/text.h"

/* A key: its whole name for people (HKEY_...), and NT's. */
struct reg_name {
	struct io_wide shown, nt;
	size_t root_length; /* units of `shown` that are the root */
};

void reg_name_init(struct reg_name *name);
void reg_name_free(struct reg_name *name);
/* From HKCU\..., HKEY_CURRENT_USER\... with at most one backslash at the end, behind a key.  False: that is none. */
bool reg_name_parse(struct reg_name *name, const WCHAR *text, size_t length);
/* A subkey's; and back, to what the two lengths were before. */
void reg_name_push(struct reg_name *name, const WCHAR *child, size_t length);
void reg_name_pop(struct reg_name *name, size_t shown_length, size_t nt_length);

NTSTATUS reg_open(const struct reg_name *name, ACCESS_MASK access, HANDLE *key);
/* With all that leads to it. */
NTSTATUS reg_create(const struct reg_name *name, HANDLE *key);
NTSTATUS reg_delete_tree(const struct reg_name *name);

struct reg_value {
	const WCHAR *name; /* terminated */
	size_t name_length;
	DWORD type, size;
	const BYTE *data;  /* two zero units follow it */
	void *memory;
};
/* The value of this place, or name; reg_value_free. */
NTSTATUS reg_value_at(HANDLE key, ULONG index, struct reg_value *value);
NTSTATUS reg_value_named(HANDLE key, const WCHAR *name, struct reg_value *value);
void reg_value_free(struct reg_value *value);
NTSTATUS reg_set(HANDLE key, const WCHAR *name, DWORD type, const void *data, size_t size);
NTSTATUS reg_delete_value(HANDLE key, const WCHAR *name);
/* The name of the subkey of this place. */
NTSTATUS reg_child_at(HANDLE key, ULONG index, WCHAR name[256], size_t *length);

/* REG_SZ...; NULL: it has none. */
const WCHAR *reg_type_name(DWORD type);
bool reg_type_of(const WCHAR *name, DWORD *type);
bool reg_is_text(DWORD type);

/* Writes a key and what is below it as a .reg file in UTF-16. */
NTSTATUS reg_export(const struct reg_name *name, HANDLE file);
/* Does what a .reg file says.  STATUS_INVALID_PARAMETER: it is none; another failure: not all of it could be done. */
NTSTATUS reg_import(HANDLE file);

/* The verbs of reg.exe; what they return is its exit code. */
struct reg_arguments {
	const WCHAR *verb; /* in capitals */
	WCHAR **words;
	unsigned count;
};
DWORD reg_query(const struct reg_arguments *arguments);
DWORD reg_add(const struct reg_arguments *arguments);
DWORD reg_delete(const struct reg_arguments *arguments);
DWORD reg_copy(const struct reg_arguments *arguments);
DWORD reg_compare(const struct reg_arguments *arguments);
DWORD reg_export_verb(const struct reg_arguments *arguments);
DWORD reg_import_verb(const struct reg_arguments *arguments);
DWORD reg_save(const struct reg_arguments *arguments);
DWORD reg_restore(const struct reg_arguments *arguments);
DWORD reg_load(const struct reg_arguments *arguments);
DWORD reg_unload(const struct reg_arguments *arguments);

/* Ends of a verb, with their words. */
DWORD reg_done(void);
DWORD reg_failed(NTSTATUS status);
DWORD reg_bad_syntax(const struct reg_arguments *arguments);
/* The key of the first word.  False: told. */
bool reg_first_key(const struct reg_arguments *arguments, struct reg_name *name);
/* Asks a question until it is answered. */
bool reg_asked(const WCHAR *question);
/* A switch: /x or -x, without regard to case. */
bool reg_is_switch(const WCHAR *word, const WCHAR *name);
/* /reg:32 and /reg:64, of which one may be given, once.  0 it is none, 1 it is, -1 once too often. */
int reg_is_view(const WCHAR *word, bool *given);

#endif
