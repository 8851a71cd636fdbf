/*
 * kernel32/winbase_binary.c - GetBinaryType (MSDN, winbase.h): for which system a program is.
 */
#include "kernel32/api.h"
#include "kernel32/file.h"
#include "nt/pe.h"

#include <string.h>

enum {
	SCS_32BIT_BINARY = 0,
	SCS_DOS_BINARY = 1,
	SCS_WOW_BINARY = 2,
	SCS_PIF_BINARY = 3,
	SCS_OS216_BINARY = 5,
	SCS_64BIT_BINARY = 6,
};

static bool read_at(HANDLE file, LONG offset, void *to, DWORD size)
{
	DWORD done;

	return SetFilePointer(file, offset, NULL, FILE_BEGIN) == (DWORD)offset &&
	       ReadFile(file, to, size, &done, NULL) && done == size;
}

/* By the header that the DOS header leads to; false: no program (also a DLL). */
static bool type_of_file(HANDLE file, DWORD *type)
{
	struct {
		DWORD signature;
		IMAGE_FILE_HEADER file;
		WORD magic;
	} pe;
	IMAGE_DOS_HEADER dos;

	if (!read_at(file, 0, &dos, sizeof(dos)) || dos.e_magic != 0x5A4D)
		return false;
	*type = SCS_DOS_BINARY;
	memset(&pe, 0, sizeof(pe));
	if (dos.e_lfanew < (LONG)sizeof(dos) || !read_at(file, dos.e_lfanew, &pe.signature, sizeof(pe.signature)))
		return true;
	if ((pe.signature & 0xFFFF) == 0x454E) { /* NE: its 55th byte says for what */
		BYTE system = 2;

		read_at(file, dos.e_lfanew + 0x36, &system, 1);
		*type = system == 1 ? SCS_OS216_BINARY : SCS_WOW_BINARY;
		return true;
	}
	if (pe.signature != 0x4550)
		return true;
	if (!read_at(file, dos.e_lfanew + 4, &pe.file, sizeof(pe.file) + sizeof(pe.magic)) ||
	    pe.file.Characteristics & IMAGE_FILE_DLL || !(pe.file.Characteristics & IMAGE_FILE_EXECUTABLE_IMAGE))
		return false;
	*type = pe.magic == 0x20B ? SCS_64BIT_BINARY : SCS_32BIT_BINARY;
	return pe.magic == 0x20B || pe.magic == 0x10B;
}

static bool ends_with(LPCWSTR name, LPCWSTR extension)
{
	size_t length = rtl_wcslen(name), part = rtl_wcslen(extension);

	if (length < part)
		return false;
	for (size_t i = 0; i < part; i++) {
		if (rtl_upcase(name[length - part + i]) != extension[i])
			return false;
	}
	return true;
}

/* ERROR_BAD_EXE_FORMAT for a file that is no program. */
EXPORT(kernel32, BOOL, GetBinaryTypeW, (LPCWSTR name, LPDWORD type))
{
	HANDLE file = CreateFileW(name, GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
	bool known;

	if (file == INVALID_HANDLE_VALUE)
		return FALSE;
	known = type_of_file(file, type);
	CloseHandle(file);
	if (known)
		return TRUE;
	/* Two kinds of DOS have no header. */
	if (ends_with(name, u".COM") || ends_with(name, u".PIF")) {
		*type = ends_with(name, u".COM") ? SCS_DOS_BINARY : SCS_PIF_BINARY;
		return TRUE;
	}
	set_last_error(ERROR_BAD_EXE_FORMAT);
	return FALSE;
}

EXPORT(kernel32, BOOL, GetBinaryTypeA, (LPCSTR name, LPDWORD type))
{
	struct wide_argument wide;
	LPCWSTR text = wide_argument_set(&wide, name);
	BOOL result = !wide.failed && GetBinaryTypeW(text, type);

	wide_argument_free(&wide);
	return result;
}
EXPORT_ALIAS(kernel32, "GetBinaryType", GetBinaryTypeA);
