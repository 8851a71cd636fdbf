/*
 * kernel32/names.c - names of kernel objects.
 */
#include "kernel32/names.h"
#include "kernel32/kernel32.h"
#include "ntdll/ob/ob.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_NAME (0xFFFEu / sizeof(WCHAR) - 1)

bool kernel32_name_from_wide(struct kernel32_name *name, LPCWSTR text)
{
	size_t length;

	name->string = NULL;
	name->owned = false;
	name->value = (UNICODE_STRING){0};
	if (!text)
		return true;
	length = rtl_wcslen(text);
	if (length > LONGEST_NAME) {
		set_last_error(ERROR_FILENAME_EXCED_RANGE);
		return false;
	}
	name->value.Buffer = (PWSTR)(ULONG_PTR)text;
	name->value.Length = (USHORT)(length * sizeof(WCHAR));
	name->value.MaximumLength = (USHORT)(name->value.Length + sizeof(WCHAR));
	name->string = &name->value;
	return true;
}

bool kernel32_name_from_ansi(struct kernel32_name *name, LPCSTR text)
{
	WCHAR *buffer = name->fixed;
	size_t length;

	name->string = NULL;
	name->owned = false;
	name->value = (UNICODE_STRING){0};
	if (!text)
		return true;
	length = nls_to_utf16(NLS_ACP, 0, NULL, 0, text, strlen(text));
	/* It must fit into the TEB's StaticUnicodeBuffer, where Windows converts it. */
	if (length >= ARRAY_SIZE(NtCurrentTeb()->StaticUnicodeBuffer)) {
		set_last_error(ERROR_FILENAME_EXCED_RANGE);
		return false;
	}
	if (length >= ARRAY_SIZE(name->fixed)) {
		buffer = malloc((length + 1) * sizeof(WCHAR));
		if (!buffer) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return false;
		}
		name->owned = true;
	}
	nls_to_utf16(NLS_ACP, 0, buffer, length, text, strlen(text));
	buffer[length] = 0;
	name->value.Buffer = buffer;
	name->value.Length = (USHORT)(length * sizeof(WCHAR));
	name->value.MaximumLength = (USHORT)(name->value.Length + sizeof(WCHAR));
	name->string = &name->value;
	return true;
}

void kernel32_name_free(struct kernel32_name *name)
{
	if (name->owned)
		free(name->value.Buffer);
}

void kernel32_object_attributes(OBJECT_ATTRIBUTES *attributes, const UNICODE_STRING *name,
				const SECURITY_ATTRIBUTES *security, ULONG flags)
{
	if (security && security->bInheritHandle)
		flags |= OBJ_INHERIT;
	*attributes = (OBJECT_ATTRIBUTES){
		.Length = sizeof(*attributes),
		.RootDirectory = name ? ob_base_named_objects() : NULL,
		.ObjectName = (PUNICODE_STRING)(ULONG_PTR)name,
		.Attributes = flags,
		.SecurityDescriptor = security ? security->lpSecurityDescriptor : NULL,
	};
}
