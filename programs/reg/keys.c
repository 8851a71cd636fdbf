/*
 * programs/reg/keys.c - keys and values by the names that people give.
 */
#include "programs/reg/reg.h"

#include <stdlib.h>

static const struct {
	const WCHAR *brief, *full, *nt;
} roots[] = {
	{u"HKLM", u"HKEY_LOCAL_MACHINE", u"\\Registry\\Machine"},
	{u"HKCU", u"HKEY_CURRENT_USER", u"\\Registry\\User\\" CM_USER_SID},
	{u"HKCR", u"HKEY_CLASSES_ROOT", u"\\Registry\\Machine\\Software\\Classes"},
	{u"HKU", u"HKEY_USERS", u"\\Registry\\User"},
	{u"HKCC", u"HKEY_CURRENT_CONFIG", u"\\Registry\\Machine\\System\\CurrentControlSet\\Hardware Profiles\\Current"},
};

static const struct {
	const WCHAR *name;
	DWORD type;
} types[] = {
	{u"REG_NONE", REG_NONE},
	{u"REG_SZ", REG_SZ},
	{u"REG_EXPAND_SZ", REG_EXPAND_SZ},
	{u"REG_BINARY", REG_BINARY},
	{u"REG_DWORD", REG_DWORD},
	{u"REG_DWORD_LITTLE_ENDIAN", REG_DWORD},
	{u"REG_DWORD_BIG_ENDIAN", REG_DWORD_BIG_ENDIAN},
	{u"REG_LINK", REG_LINK},
	{u"REG_MULTI_SZ", REG_MULTI_SZ},
	{u"REG_RESOURCE_LIST", REG_RESOURCE_LIST},
	{u"REG_FULL_RESOURCE_DESCRIPTOR", REG_FULL_RESOURCE_DESCRIPTOR},
	{u"REG_QWORD", REG_QWORD},
};

const WCHAR *reg_type_name(DWORD type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

bool reg_type_of(const WCHAR *name, DWORD *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_same(types[i].name, name)) {
			*type = types[i].type;
			return true;
		}
	return false;
}

bool reg_is_text(DWORD type)
{
	return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

void reg_name_init(struct reg_name *name)
{
	io_wide_init(&name->shown);
	io_wide_init(&name->nt);
}

void reg_name_free(struct reg_name *name)
{
	io_wide_free(&name->shown);
	io_wide_free(&name->nt);
}

bool reg_name_parse(struct reg_name *name, const WCHAR *text, size_t length)
{
	size_t root = 0;

	text_clear(&name->shown);
	text_clear(&name->nt);
	while (root < length && text[root] != u'\\')
		root++;
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		if (!text_is(text, root, roots[i].brief) && !text_is(text, root, roots[i].full))
			continue;
		text_put(&name->shown, roots[i].full);
		text_put(&name->nt, roots[i].nt);
		name->root_length = name->shown.length;
	}
	if (!name->shown.length || root + 1 == length)
		return false;
	if (length > root && text[length - 1] == u'\\')
		length--;
	if (length > root && text[length - 1] == u'\\')
		return false;
	io_wide_put(&name->shown, text + root, length - root);
	io_wide_put(&name->nt, text + root, length - root);
	return !name->shown.failed && !name->nt.failed && name->nt.length < 0x7FFF;
}

void reg_name_push(struct reg_name *name, const WCHAR *child, size_t length)
{
	text_put_unit(&name->shown, u'\\');
	io_wide_put(&name->shown, child, length);
	text_put_unit(&name->nt, u'\\');
	io_wide_put(&name->nt, child, length);
}

void reg_name_pop(struct reg_name *name, size_t shown_length, size_t nt_length)
{
	name->shown.length = shown_length;
	name->shown.text[shown_length] = 0;
	name->nt.length = nt_length;
	name->nt.text[nt_length] = 0;
}

static UNICODE_STRING string_of(const WCHAR *text, size_t length)
{
	UNICODE_STRING string = {.Length = (USHORT)(length * sizeof(WCHAR)), .MaximumLength = (USHORT)(length * sizeof(WCHAR)),
				 .Buffer = (PWSTR)(uintptr_t)text};

	return string;
}

static NTSTATUS open_path(const WCHAR *path, size_t length, bool create, ACCESS_MASK access, HANDLE *key)
{
	UNICODE_STRING string = string_of(path, length);
	OBJECT_ATTRIBUTES attributes = {sizeof(attributes), NULL, &string, OBJ_CASE_INSENSITIVE, NULL, NULL};

	if (length > 0x7FFF)
		return STATUS_OBJECT_NAME_INVALID;
	return create ? NtCreateKey(key, access, &attributes, 0, NULL, 0, NULL) : NtOpenKey(key, access, &attributes);
}

NTSTATUS reg_open(const struct reg_name *name, ACCESS_MASK access, HANDLE *key)
{
	return open_path(name->nt.text, name->nt.length, false, access, key);
}

NTSTATUS reg_create(const struct reg_name *name, HANDLE *key)
{
	NTSTATUS status = open_path(name->nt.text, name->nt.length, true, KEY_ALL_ACCESS, key);
	size_t root = name->nt.length - (name->shown.length - name->root_length);

	/* One component at a time, where what leads to it is missing. */
	for (size_t end = root + 1; status == STATUS_OBJECT_NAME_NOT_FOUND && end <= name->nt.length; end++) {
		HANDLE made;

		if (end < name->nt.length && name->nt.text[end] != u'\\')
			continue;
		status = open_path(name->nt.text, end, true, KEY_ALL_ACCESS, &made);
		if (!NT_SUCCESS(status) || end == name->nt.length) {
			*key = made;
			return status;
		}
		NtClose(made);
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	}
	return status;
}

static NTSTATUS delete_below(HANDLE key)
{
	WCHAR name[256];
	size_t length;
	NTSTATUS status;

	while (NT_SUCCESS(status = reg_child_at(key, 0, name, &length))) {
		UNICODE_STRING string = string_of(name, length);
		OBJECT_ATTRIBUTES attributes = {sizeof(attributes), key, &string, OBJ_CASE_INSENSITIVE | OBJ_OPENLINK, NULL, NULL};
		HANDLE child;

		status = NtOpenKey(&child, KEY_READ | DELETE, &attributes);
		if (!NT_SUCCESS(status))
			return status;
		status = delete_below(child);
		if (NT_SUCCESS(status))
			status = NtDeleteKey(child);
		NtClose(child);
		if (!NT_SUCCESS(status))
			return status;
	}
	return status == STATUS_NO_MORE_ENTRIES ? STATUS_SUCCESS : status;
}

NTSTATUS reg_delete_tree(const struct reg_name *name)
{
	HANDLE key;
	NTSTATUS status = reg_open(name, KEY_READ | DELETE, &key);

	if (!NT_SUCCESS(status))
		return status;
	status = delete_below(key);
	if (NT_SUCCESS(status))
		status = NtDeleteKey(key);
	NtClose(key);
	return status;
}

static NTSTATUS take_value(NTSTATUS (*query)(HANDLE, const void *, void *, ULONG, ULONG *), HANDLE key, const void *argument,
			   struct reg_value *value)
{
	ULONG size = 0, needed = 512;
	KEY_VALUE_FULL_INFORMATION *info = NULL;
	BYTE *memory = NULL, *data;
	NTSTATUS status = STATUS_BUFFER_OVERFLOW;

	while (status == STATUS_BUFFER_OVERFLOW || status == STATUS_BUFFER_TOO_SMALL) {
		free(info);
		size = needed;
		info = malloc(size);
		if (!info)
			return STATUS_NO_MEMORY;
		status = query(key, argument, info, size, &needed);
	}
	if (NT_SUCCESS(status)) {
		/* The data first, then the name. */
		memory = calloc(1, (size_t)info->DataLength + info->NameLength + 8 * sizeof(WCHAR));
		if (!memory)
			status = STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status)) {
		size_t name_at = (info->DataLength + 3 * sizeof(WCHAR)) & ~(size_t)1;

		data = memory;
		if (info->DataLength)
			memcpy(data, (BYTE *)info + info->DataOffset, info->DataLength);
		memcpy(memory + name_at, info->Name, info->NameLength);
		value->name = (const WCHAR *)(memory + name_at);
		value->name_length = info->NameLength / sizeof(WCHAR);
		value->type = info->Type;
		value->size = info->DataLength;
		value->data = data;
		value->memory = memory;
	}
	free(info);
	return status;
}

static NTSTATUS query_at(HANDLE key, const void *index, void *buffer, ULONG size, ULONG *needed)
{
	return NtEnumerateValueKey(key, *(const ULONG *)index, KeyValueFullInformation, buffer, size, needed);
}

static NTSTATUS query_named(HANDLE key, const void *name, void *buffer, ULONG size, ULONG *needed)
{
	UNICODE_STRING string = string_of(name, rtl_wcslen(name));

	return NtQueryValueKey(key, &string, KeyValueFullInformation, buffer, size, needed);
}

NTSTATUS reg_value_at(HANDLE key, ULONG index, struct reg_value *value)
{
	return take_value(query_at, key, &index, value);
}

NTSTATUS reg_value_named(HANDLE key, const WCHAR *name, struct reg_value *value)
{
	return take_value(query_named, key, name, value);
}

void reg_value_free(struct reg_value *value)
{
	free(value->memory);
}

NTSTATUS reg_set(HANDLE key, const WCHAR *name, DWORD type, const void *data, size_t size)
{
	UNICODE_STRING string = string_of(name, rtl_wcslen(name));

	return NtSetValueKey(key, &string, 0, type, (PVOID)(uintptr_t)data, (ULONG)size);
}

NTSTATUS reg_delete_value(HANDLE key, const WCHAR *name)
{
	UNICODE_STRING string = string_of(name, rtl_wcslen(name));

	return NtDeleteValueKey(key, &string);
}

NTSTATUS reg_child_at(HANDLE key, ULONG index, WCHAR name[256], size_t *length)
{
	union {
		KEY_BASIC_INFORMATION info;
		BYTE bytes[sizeof(KEY_BASIC_INFORMATION) + 256 * sizeof(WCHAR)];
	} answer;
	ULONG needed;
	NTSTATUS status = NtEnumerateKey(key, index, KeyBasicInformation, &answer, sizeof(answer), &needed);

	if (!NT_SUCCESS(status))
		return status;
	*length = answer.info.NameLength / sizeof(WCHAR);
	memcpy(name, answer.info.Name, answer.info.NameLength);
	name[*length] = 0;
	return STATUS_SUCCESS;
}
