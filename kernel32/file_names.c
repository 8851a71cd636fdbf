/*
 * kernel32/file_names.c - names given to the file functions, in UTF-16 and in the files' code page.
 */
#include "kernel32/file.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

static bool oem_names; /* SetFileApisToOEM */

static unsigned names_code_page(void)
{
	return oem_names ? NLS_OEMCP : NLS_ACP;
}

BOOL file_name_set(struct file_name *name, LPCWSTR dos)
{
	NTSTATUS status;

	io_wide_init(&name->nt);
	name->attributes = (OBJECT_ATTRIBUTES){.Length = sizeof(OBJECT_ATTRIBUTES),
					       .ObjectName = &name->string,
					       .Attributes = OBJ_CASE_INSENSITIVE};
	if (!dos) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		return FALSE;
	}
	status = io_nt_path_from_dos(dos, rtl_wcslen(dos), &name->nt);
	if (NT_SUCCESS(status) && name->nt.length > 32767)
		status = STATUS_NAME_TOO_LONG;
	if (!NT_SUCCESS(status)) {
		/* MSDN and practice: too long and empty names are a matter of the path */
		set_last_error(status == STATUS_NO_MEMORY ? ERROR_NOT_ENOUGH_MEMORY : ERROR_PATH_NOT_FOUND);
		return FALSE;
	}
	name->string.Buffer = name->nt.text;
	name->string.Length = (USHORT)(name->nt.length * 2);
	name->string.MaximumLength = name->string.Length;
	return TRUE;
}

void file_name_free(struct file_name *name)
{
	io_wide_free(&name->nt);
}

LPCWSTR wide_argument_set(struct wide_argument *argument, LPCSTR text)
{
	size_t length, units;

	io_wide_init(&argument->wide);
	argument->text = NULL;
	argument->failed = false;
	if (!text)
		return NULL;
	length = strlen(text);
	/* in no code page does a byte make more than one unit */
	if (length + 1 > argument->wide.capacity) {
		char16_t *grown = malloc((length + 1) * 2);

		if (!grown) {
			argument->failed = true;
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return NULL;
		}
		argument->wide.text = grown;
		argument->wide.capacity = length + 1;
	}
	units = nls_to_utf16(names_code_page(), 0, argument->wide.text, argument->wide.capacity - 1, text, length);
	argument->wide.text[units] = 0;
	argument->wide.length = units;
	return argument->text = argument->wide.text;
}

void wide_argument_free(struct wide_argument *argument)
{
	io_wide_free(&argument->wide);
}

DWORD ansi_result(LPSTR buffer, DWORD capacity, const WCHAR *text, DWORD length)
{
	size_t needed = nls_from_utf16(names_code_page(), 0, NULL, 0, text, length, NULL, NULL);

	if (buffer && needed < capacity) {
		nls_from_utf16(names_code_page(), 0, buffer, capacity, text, length, NULL, NULL);
		buffer[needed] = 0;
	}
	return (DWORD)needed;
}

EXPORT(kernel32, BOOL, AreFileApisANSI, (void))
{
	return !oem_names;
}

EXPORT(kernel32, VOID, SetFileApisToOEM, (void))
{
	oem_names = true;
}

EXPORT(kernel32, VOID, SetFileApisToANSI, (void))
{
	oem_names = false;
}

NTSTATUS open_by_name(HANDLE *handle, const struct file_name *name, ACCESS_MASK access, ULONG options)
{
	IO_STATUS_BLOCK iosb;

	return NtOpenFile(handle, access, (OBJECT_ATTRIBUTES *)&name->attributes, &iosb, SHARE_ALL, options);
}
