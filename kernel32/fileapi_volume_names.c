/*
 * kernel32/fileapi_volume_names.c - the names of volumes: \\?\Volume{GUID}\ (fileapi.h, winbase.h).
 *
 * Two volumes, whose places are fixed: nothing is mounted, labelled or given another letter.
 */
#include "kernel32/file.h"

#include <string.h>

#define VOLUME_PREFIX u"\\\\?\\" IO_VOLUME_NAME
#define VOLUME_LENGTH 49u /* \\?\Volume{...}\ */

static const WCHAR drives[] = u"CZ";

static void volume_name(unsigned index, WCHAR name[VOLUME_LENGTH + 1])
{
	memcpy(name, VOLUME_PREFIX, sizeof(VOLUME_PREFIX));
	name[VOLUME_LENGTH - 3] = (WCHAR)(u'1' + index);
	name[VOLUME_LENGTH - 2] = u'}';
	name[VOLUME_LENGTH - 1] = u'\\';
	name[VOLUME_LENGTH] = 0;
}

static BOOL give_name(unsigned index, LPWSTR buffer, DWORD size)
{
	if (size <= VOLUME_LENGTH) {
		set_last_error(ERROR_FILENAME_EXCED_RANGE);
		return FALSE;
	}
	volume_name(index, buffer);
	return TRUE;
}

/* All names are ASCII. */
static void narrow(LPSTR to, const WCHAR *from, DWORD length)
{
	for (DWORD i = 0; i < length; i++)
		to[i] = (CHAR)from[i];
}

/* The volume whose name this is, or -1. */
static int volume_of(LPCWSTR name)
{
	WCHAR known[VOLUME_LENGTH + 1];

	for (unsigned i = 0; i < ARRAY_SIZE(drives) - 1; i++) {
		volume_name(i, known);
		if (rtl_compare_nocase(name, rtl_wcslen(name), known, VOLUME_LENGTH) == 0)
			return (int)i;
	}
	return -1;
}

/* The volume whose root this is, or -1. */
static int drive_of(LPCWSTR root)
{
	struct io_wide full;
	int result = -1;

	io_wide_init(&full);
	if (NT_SUCCESS(io_full_path(root, rtl_wcslen(root), &full)) && full.length == 3 && full.text[1] == u':')
		for (unsigned i = 0; i < ARRAY_SIZE(drives) - 1; i++)
			if (rtl_upcase(full.text[0]) == drives[i])
				result = (int)i;
	io_wide_free(&full);
	return result;
}

EXPORT(kernel32, BOOL, GetVolumeNameForVolumeMountPointW, (LPCWSTR root, LPWSTR buffer, DWORD size))
{
	size_t length = root ? rtl_wcslen(root) : 0;
	int index;

	if (!length || root[length - 1] != u'\\') {
		set_last_error(ERROR_INVALID_NAME);
		return FALSE;
	}
	index = volume_of(root);
	if (index < 0)
		index = drive_of(root);
	if (index < 0) {
		/* a directory, in which nothing is mounted */
		set_last_error(GetFileAttributesW(root) == INVALID_FILE_ATTRIBUTES ? ERROR_FILE_NOT_FOUND : ERROR_NOT_A_REPARSE_POINT);
		return FALSE;
	}
	return give_name((unsigned)index, buffer, size);
}

EXPORT(kernel32, BOOL, GetVolumeNameForVolumeMountPointA, (LPCSTR root, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	WCHAR name[VOLUME_LENGTH + 1];
	BOOL ok = FALSE;

	wide_argument_set(&wide, root);
	if (!wide.failed)
		ok = GetVolumeNameForVolumeMountPointW(wide.text, name, size < ARRAY_SIZE(name) ? size : ARRAY_SIZE(name));
	if (ok)
		narrow(buffer, name, VOLUME_LENGTH + 1);
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, BOOL, GetVolumePathNamesForVolumeNameW, (LPCWSTR volume, LPWCH buffer, DWORD size, PDWORD needed))
{
	int index = volume ? volume_of(volume) : -1;
	DWORD length;

	if (index < 0) {
		set_last_error(volume && rtl_wcslen(volume) == VOLUME_LENGTH ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_NAME);
		return FALSE;
	}
	length = 5; /* one root and the end of the list */
	if (needed)
		*needed = length;
	if (size < length) {
		set_last_error(ERROR_MORE_DATA);
		return FALSE;
	}
	memcpy(buffer, u"?:\\\0", length * sizeof(WCHAR));
	buffer[0] = drives[index];
	return TRUE;
}

EXPORT(kernel32, BOOL, GetVolumePathNamesForVolumeNameA, (LPCSTR volume, LPCH buffer, DWORD size, PDWORD needed))
{
	struct wide_argument wide;
	WCHAR names[8];
	BOOL ok = FALSE;

	wide_argument_set(&wide, volume);
	if (!wide.failed)
		ok = GetVolumePathNamesForVolumeNameW(wide.text, names, size < ARRAY_SIZE(names) ? size : ARRAY_SIZE(names), needed);
	if (ok)
		narrow(buffer, names, 5);
	wide_argument_free(&wide);
	return ok;
}

/* The handle of an enumeration: how far it is. */
#define SEARCH_MAGIC 0x564C4F56u
struct search {
	DWORD magic;
	unsigned next;
};

EXPORT(kernel32, BOOL, FindNextVolumeW, (HANDLE handle, LPWSTR buffer, DWORD size))
{
	struct search *search = handle;

	if (!search || handle == INVALID_HANDLE_VALUE || search->magic != SEARCH_MAGIC) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	if (search->next >= ARRAY_SIZE(drives) - 1) {
		set_last_error(ERROR_NO_MORE_FILES);
		return FALSE;
	}
	if (!give_name(search->next, buffer, size))
		return FALSE;
	search->next++;
	return TRUE;
}

EXPORT(kernel32, BOOL, FindNextVolumeA, (HANDLE handle, LPSTR buffer, DWORD size))
{
	WCHAR name[VOLUME_LENGTH + 1];

	if (!FindNextVolumeW(handle, name, size < ARRAY_SIZE(name) ? size : ARRAY_SIZE(name)))
		return FALSE;
	narrow(buffer, name, VOLUME_LENGTH + 1);
	return TRUE;
}

EXPORT(kernel32, BOOL, FindVolumeClose, (HANDLE handle))
{
	struct search *search = handle;

	if (!search || handle == INVALID_HANDLE_VALUE || search->magic != SEARCH_MAGIC) {
		set_last_error(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	search->magic = 0;
	return RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, search);
}

static HANDLE start_search(void)
{
	struct search *search = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, sizeof(*search));

	if (!search) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	search->magic = SEARCH_MAGIC;
	search->next = 0;
	return search;
}

EXPORT(kernel32, HANDLE, FindFirstVolumeW, (LPWSTR buffer, DWORD size))
{
	HANDLE handle = start_search();

	if (handle != INVALID_HANDLE_VALUE && !FindNextVolumeW(handle, buffer, size)) {
		FindVolumeClose(handle);
		handle = INVALID_HANDLE_VALUE;
	}
	return handle;
}

EXPORT(kernel32, HANDLE, FindFirstVolumeA, (LPSTR buffer, DWORD size))
{
	HANDLE handle = start_search();

	if (handle != INVALID_HANDLE_VALUE && !FindNextVolumeA(handle, buffer, size)) {
		FindVolumeClose(handle);
		handle = INVALID_HANDLE_VALUE;
	}
	return handle;
}

/* Nothing is mounted in a directory. */
EXPORT(kernel32, HANDLE, FindFirstVolumeMountPointW, (LPCWSTR volume, LPWSTR buffer, DWORD size))
{
	set_last_error(volume && volume_of(volume) >= 0 ? ERROR_NO_MORE_FILES : ERROR_INVALID_NAME);
	return INVALID_HANDLE_VALUE;
}

static BOOL refuse(void)
{
	set_last_error(ERROR_ACCESS_DENIED);
	return FALSE;
}

/* What an administrator may do on Windows, and others not. */
EXPORT(kernel32, BOOL, SetVolumeLabelW, (LPCWSTR root, LPCWSTR label))
{
	return refuse();
}

EXPORT(kernel32, BOOL, SetVolumeLabelA, (LPCSTR root, LPCSTR label))
{
	return refuse();
}

EXPORT(kernel32, BOOL, SetVolumeMountPointW, (LPCWSTR directory, LPCWSTR volume))
{
	return refuse();
}

EXPORT(kernel32, BOOL, SetVolumeMountPointA, (LPCSTR directory, LPCSTR volume))
{
	return refuse();
}

EXPORT(kernel32, BOOL, DeleteVolumeMountPointW, (LPCWSTR directory))
{
	return refuse();
}

EXPORT(kernel32, BOOL, DeleteVolumeMountPointA, (LPCSTR directory))
{
	return refuse();
}

EXPORT(kernel32, BOOL, DefineDosDeviceW, (DWORD flags, LPCWSTR name, LPCWSTR target))
{
	return refuse();
}

EXPORT(kernel32, BOOL, DefineDosDeviceA, (DWORD flags, LPCSTR name, LPCSTR target))
{
	return refuse();
}
