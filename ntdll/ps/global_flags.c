/*
 * ntdll/ps/global_flags.c - NtGlobalFlag of a new process: Image File Execution Options (MSDN, GFlags; heap facts 63).
 */
#include "ntdll/cm/cm.h"
#include "ntdll/ps/create.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS u"\\Registry\\Machine\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\"

ULONG ps_inherited_flags;

static ULONG from_text(const char16_t *text, size_t length)
{
	char digits[24];
	size_t i = 0;

	for (; i < length && i < sizeof(digits) - 1 && text[i] && text[i] < 0x80; i++)
		digits[i] = (char)text[i];
	digits[i] = 0;
	return (ULONG)strtoul(digits, NULL, 0);
}

static ULONG query(HANDLE key)
{
	UNICODE_STRING name = {.Buffer = (PWSTR)u"GlobalFlag", .Length = 20, .MaximumLength = 22};
	union {
		KEY_VALUE_PARTIAL_INFORMATION info;
		char bytes[128];
	} value;
	ULONG needed, flags = 0;

	if (!NT_SUCCESS(NtQueryValueKey(key, &name, KeyValuePartialInformation, &value, sizeof(value), &needed)))
		return 0;
	if (value.info.Type == REG_DWORD && value.info.DataLength == sizeof(flags))
		memcpy(&flags, value.info.Data, sizeof(flags));
	else if (value.info.Type == REG_SZ)
		flags = from_text((const char16_t *)value.info.Data, value.info.DataLength / sizeof(char16_t));
	return flags;
}

ULONG ps_global_flags_of(const char16_t *image, size_t length)
{
	char16_t path[sizeof(OPTIONS) / sizeof(char16_t) + 260];
	size_t prefix = sizeof(OPTIONS) / sizeof(char16_t) - 1, start = length;
	ULONG flags;
	HANDLE key;

	while (start > 0 && image[start - 1] != u'\\' && image[start - 1] != u'/')
		start--;
	length -= start;
	if (length == 0 || length > 255)
		return 0;
	memcpy(path, OPTIONS, prefix * sizeof(char16_t));
	memcpy(path + prefix, image + start, length * sizeof(char16_t));
	UNICODE_STRING name = {.Buffer = (PWSTR)path, .Length = (USHORT)((prefix + length) * sizeof(char16_t)),
			       .MaximumLength = sizeof(path)};
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &name, .Attributes = 0x40};
	if (!NT_SUCCESS(NtOpenKey(&key, KEY_QUERY_VALUE, &attributes)))
		return 0;
	flags = query(key);
	ob_close_handle(key);
	return flags;
}
