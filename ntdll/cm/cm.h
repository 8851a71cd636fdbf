/*
 * ntdll/cm/cm.h - the configuration manager: the registry of this process.
 *
 * A tree of keys in memory that starts with the values programs ask Windows about (hive.c) and takes whatever they
 * write; it ends with the process.  Names compare without regard to case; subkeys are kept in the order of their
 * upper-cased names, as NT enumerates them.
 *
 * One lock guards the tree.  It is a leaf: nothing else is called while it is held but malloc.
 */
#ifndef PEWTER_NTDLL_CM_CM_H
#define PEWTER_NTDLL_CM_CM_H

#include "ntdll/ob/ob.h"

#define KEY_QUERY_VALUE 0x0001u
#define KEY_SET_VALUE 0x0002u
#define KEY_CREATE_SUB_KEY 0x0004u
#define KEY_ENUMERATE_SUB_KEYS 0x0008u
#define KEY_NOTIFY 0x0010u
#define KEY_CREATE_LINK 0x0020u
#define KEY_WOW64_64KEY 0x0100u
#define KEY_WOW64_32KEY 0x0200u
#define KEY_READ 0x20019u
#define KEY_WRITE 0x20006u
#define KEY_ALL_ACCESS 0xF003Fu

#define REG_OPTION_VOLATILE 1u
#define REG_CREATED_NEW_KEY 1u
#define REG_OPENED_EXISTING_KEY 2u

enum reg_type { REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_LINK, REG_MULTI_SZ,
		REG_RESOURCE_LIST, REG_FULL_RESOURCE_DESCRIPTOR, REG_RESOURCE_REQUIREMENTS_LIST, REG_QWORD };

enum key_information_class { KeyBasicInformation, KeyNodeInformation, KeyFullInformation, KeyNameInformation };
enum key_value_information_class { KeyValueBasicInformation, KeyValueFullInformation, KeyValuePartialInformation };

typedef struct _KEY_BASIC_INFORMATION {
	LARGE_INTEGER LastWriteTime;
	ULONG TitleIndex;
	ULONG NameLength;
	WCHAR Name[];
} KEY_BASIC_INFORMATION;

typedef struct _KEY_NODE_INFORMATION {
	LARGE_INTEGER LastWriteTime;
	ULONG TitleIndex;
	ULONG ClassOffset;
	ULONG ClassLength;
	ULONG NameLength;
	WCHAR Name[];
} KEY_NODE_INFORMATION;

typedef struct _KEY_FULL_INFORMATION {
	LARGE_INTEGER LastWriteTime;
	ULONG TitleIndex;
	ULONG ClassOffset;
	ULONG ClassLength;
	ULONG SubKeys;
	ULONG MaxNameLen; /* bytes */
	ULONG MaxClassLen;
	ULONG Values;
	ULONG MaxValueNameLen; /* bytes */
	ULONG MaxValueDataLen;
	WCHAR Class[];
} KEY_FULL_INFORMATION;

typedef struct _KEY_NAME_INFORMATION {
	ULONG NameLength;
	WCHAR Name[];
} KEY_NAME_INFORMATION;

typedef struct _KEY_VALUE_BASIC_INFORMATION {
	ULONG TitleIndex;
	ULONG Type;
	ULONG NameLength;
	WCHAR Name[];
} KEY_VALUE_BASIC_INFORMATION;

typedef struct _KEY_VALUE_FULL_INFORMATION {
	ULONG TitleIndex;
	ULONG Type;
	ULONG DataOffset;
	ULONG DataLength;
	ULONG NameLength;
	WCHAR Name[];
} KEY_VALUE_FULL_INFORMATION;

typedef struct _KEY_VALUE_PARTIAL_INFORMATION {
	ULONG TitleIndex;
	ULONG Type;
	ULONG DataLength;
	UCHAR Data[];
} KEY_VALUE_PARTIAL_INFORMATION;

NTSTATUS NTAPI NtCreateKey(HANDLE *key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG title,
			   UNICODE_STRING *class, ULONG options, ULONG *disposition);
NTSTATUS NTAPI NtOpenKey(HANDLE *key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtDeleteKey(HANDLE key);
NTSTATUS NTAPI NtRenameKey(HANDLE key, UNICODE_STRING *name);
NTSTATUS NTAPI NtFlushKey(HANDLE key);
NTSTATUS NTAPI NtQueryKey(HANDLE key, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtEnumerateKey(HANDLE key, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtQueryValueKey(HANDLE key, UNICODE_STRING *name, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtEnumerateValueKey(HANDLE key, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtSetValueKey(HANDLE key, UNICODE_STRING *name, ULONG title, ULONG type, PVOID data, ULONG size);
NTSTATUS NTAPI NtDeleteValueKey(HANDLE key, UNICODE_STRING *name);

/* The SID of the user in text, which names the user's key below \Registry\User. */
#define CM_USER_SID u"S-1-5-21-2025429265-764733703-1417001333-1000"

/* Inside the room. */
struct cm_value {
	struct cm_value *next;
	char16_t *name;
	size_t name_length; /* units */
	ULONG type;
	ULONG size;
	BYTE *data;
};

struct cm_node {
	struct cm_node *parent, *next, *children;
	struct cm_value *values;
	char16_t *name;
	size_t name_length;
	uint64_t last_write; /* 100 ns since 1601 */
	uint32_t references; /* handles; a deleted node lives as long as it has some */
	bool is_volatile, deleted;
	/* Makes the subkeys, once, when something first asks for them; NULL: they are there. */
	void (*fill)(struct cm_node *node);
};

/* The first subkey; the others follow it. */
struct cm_node *cm_children(struct cm_node *node);
struct cm_node *cm_find_child(struct cm_node *node, const char16_t *name, size_t length);
/* NULL: no memory. */
struct cm_node *cm_add_child(struct cm_node *node, const char16_t *name, size_t length);
struct cm_value *cm_find_value(struct cm_node *node, const char16_t *name, size_t length);
/* False: no memory. */
bool cm_set_value(struct cm_node *node, const char16_t *name, size_t length, ULONG type, const void *data, ULONG size);
void cm_remove_value(struct cm_node *node, struct cm_value *value);
void cm_remove(struct cm_node *node);
/* Among the subkeys of its parent, which have no such name.  False: no memory. */
bool cm_rename(struct cm_node *node, const char16_t *name, size_t length);
void cm_free_if_unused(struct cm_node *node);
/* Fills an empty root; called once, with the lock held. */
bool cm_load_defaults(struct cm_node *root);
/* What depends on the machine, its user and the host; part of cm_load_defaults(). */
bool cm_load_machine(struct cm_node *root);
/* The node at a path from `node`, made where it is missing; NULL: no memory. */
struct cm_node *cm_make_path(struct cm_node *node, const char16_t *path);
bool cm_set_text(struct cm_node *node, const char16_t *name, ULONG type, const char16_t *text);
bool cm_set_number(struct cm_node *node, const char16_t *name, DWORD number);

#endif
