/*
 * ntdll/cm/cm.h - the configuration manager: NT's calls on the registry, which all processes of the user share.  What is
 * behind them: README.md.
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
#define REG_OPTION_CREATE_LINK 2u
#define REG_OPTION_OPEN_LINK 8u
#define REG_CREATED_NEW_KEY 1u
#define REG_OPENED_EXISTING_KEY 2u

enum reg_type { REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_LINK, REG_MULTI_SZ,
		REG_RESOURCE_LIST, REG_FULL_RESOURCE_DESCRIPTOR, REG_RESOURCE_REQUIREMENTS_LIST, REG_QWORD };

enum key_information_class {
	KeyBasicInformation,
	KeyNodeInformation,
	KeyFullInformation,
	KeyNameInformation,
	KeyCachedInformation
};
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

typedef struct _KEY_CACHED_INFORMATION {
	LARGE_INTEGER LastWriteTime;
	ULONG TitleIndex;
	ULONG SubKeys;
	ULONG MaxNameLen;
	ULONG Values;
	ULONG MaxValueNameLen;
	ULONG MaxValueDataLen;
	ULONG NameLength;
} KEY_CACHED_INFORMATION;

/* Of NtQueryMultipleValueKey: the first by the caller, the rest by NT. */
typedef struct _KEY_VALUE_ENTRY {
	UNICODE_STRING *ValueName;
	ULONG DataLength;
	ULONG DataOffset;
	ULONG Type;
} KEY_VALUE_ENTRY;

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

extern const struct ob_type cm_key_type;

NTSTATUS NTAPI NtCreateKey(HANDLE *key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG title,
			   UNICODE_STRING *class, ULONG options, ULONG *disposition);
NTSTATUS NTAPI NtOpenKey(HANDLE *key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtOpenKeyEx(HANDLE *key, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG options);
NTSTATUS NTAPI NtDeleteKey(HANDLE key);
NTSTATUS NTAPI NtRenameKey(HANDLE key, UNICODE_STRING *name);
NTSTATUS NTAPI NtFlushKey(HANDLE key);
NTSTATUS NTAPI NtQueryKey(HANDLE key, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtEnumerateKey(HANDLE key, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtQueryValueKey(HANDLE key, UNICODE_STRING *name, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtEnumerateValueKey(HANDLE key, ULONG index, ULONG class, PVOID buffer, ULONG size, ULONG *needed);
NTSTATUS NTAPI NtSetValueKey(HANDLE key, UNICODE_STRING *name, ULONG title, ULONG type, PVOID data, ULONG size);
NTSTATUS NTAPI NtDeleteValueKey(HANDLE key, UNICODE_STRING *name);
NTSTATUS NTAPI NtQueryMultipleValueKey(HANDLE key, KEY_VALUE_ENTRY *entries, ULONG count, PVOID buffer, ULONG *size,
				       ULONG *needed);
NTSTATUS NTAPI NtNotifyChangeKey(HANDLE key, HANDLE event, PVOID apc, PVOID apc_context, PVOID iosb, ULONG filter, BOOLEAN subtree,
				 PVOID buffer, ULONG size, BOOLEAN asynchronous);
NTSTATUS NTAPI NtSaveKey(HANDLE key, HANDLE file);
NTSTATUS NTAPI NtSaveKeyEx(HANDLE key, HANDLE file, ULONG format);
NTSTATUS NTAPI NtRestoreKey(HANDLE key, HANDLE file, ULONG flags);
NTSTATUS NTAPI NtLoadKey(const OBJECT_ATTRIBUTES *target, const OBJECT_ATTRIBUTES *source);
NTSTATUS NTAPI NtLoadKey2(const OBJECT_ATTRIBUTES *target, const OBJECT_ATTRIBUTES *source, ULONG flags);
NTSTATUS NTAPI NtUnloadKey(const OBJECT_ATTRIBUTES *target);

/* The SID of the user in text, which names the user's key below \Registry\User. */
#define CM_USER_SID u"S-1-5-21-2025429265-764733703-1417001333-1000"

#endif
