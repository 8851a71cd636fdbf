/*
 * kernel32/fileapi_volume.c - drives and volumes (fileapi.h).  There are two: C:, the tree of the user's, and Z:, /.
 */
#include "kernel32/file.h"

#include <string.h>

/* A handle for the root of the drive that a path (NULL = the current directory) lies on. */
static NTSTATUS open_root(LPCWSTR path, HANDLE *handle)
{
	struct file_name file;
	NTSTATUS status;

	if (!file_name_set(&file, path ? path : u"\\")) {
		file_name_free(&file);
		return STATUS_OBJECT_PATH_NOT_FOUND;
	}
	status = open_by_name(handle, &file, FILE_READ_ATTRIBUTES | SYNCHRONIZE,
			      FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_FREE_SPACE_QUERY);
	file_name_free(&file);
	return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_OBJECT_PATH_NOT_FOUND : status;
}

static BOOL query(LPCWSTR path, void *buffer, ULONG size, FS_INFORMATION_CLASS info_class)
{
	IO_STATUS_BLOCK iosb;
	HANDLE handle;
	NTSTATUS status = open_root(path, &handle);

	if (!win32_result(status))
		return FALSE;
	status = NtQueryVolumeInformationFile(handle, &iosb, buffer, size, info_class);
	ob_close_handle(handle);
	return win32_result(status);
}

EXPORT(kernel32, BOOL, GetDiskFreeSpaceExW,
       (LPCWSTR path, PULARGE_INTEGER available, PULARGE_INTEGER total, PULARGE_INTEGER free_bytes))
{
	FILE_FS_FULL_SIZE_INFORMATION info;
	ULONGLONG unit;

	if (!query(path, &info, sizeof(info), FileFsFullSizeInformation))
		return FALSE;
	unit = (ULONGLONG)info.SectorsPerAllocationUnit * info.BytesPerSector;
	if (available)
		available->QuadPart = (ULONGLONG)info.CallerAvailableAllocationUnits.QuadPart * unit;
	if (total)
		total->QuadPart = (ULONGLONG)info.TotalAllocationUnits.QuadPart * unit;
	if (free_bytes)
		free_bytes->QuadPart = (ULONGLONG)info.ActualAvailableAllocationUnits.QuadPart * unit;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetDiskFreeSpaceExA,
       (LPCSTR path, PULARGE_INTEGER available, PULARGE_INTEGER total, PULARGE_INTEGER free_bytes))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, path);
	if (!wide.failed)
		ok = GetDiskFreeSpaceExW(wide.text, available, total, free_bytes);
	wide_argument_free(&wide);
	return ok;
}

static DWORD clusters(LONGLONG value)
{
	return value > 0xFFFFFFFF ? 0xFFFFFFFF : (DWORD)value;
}

EXPORT(kernel32, BOOL, GetDiskFreeSpaceW,
       (LPCWSTR path, LPDWORD sectors, LPDWORD bytes, LPDWORD free_clusters, LPDWORD total_clusters))
{
	FILE_FS_SIZE_INFORMATION info;

	if (!query(path, &info, sizeof(info), FileFsSizeInformation))
		return FALSE;
	if (sectors)
		*sectors = info.SectorsPerAllocationUnit;
	if (bytes)
		*bytes = info.BytesPerSector;
	if (free_clusters)
		*free_clusters = clusters(info.AvailableAllocationUnits.QuadPart);
	if (total_clusters)
		*total_clusters = clusters(info.TotalAllocationUnits.QuadPart);
	return TRUE;
}

EXPORT(kernel32, BOOL, GetDiskFreeSpaceA,
       (LPCSTR path, LPDWORD sectors, LPDWORD bytes, LPDWORD free_clusters, LPDWORD total_clusters))
{
	struct wide_argument wide;
	BOOL ok = FALSE;

	wide_argument_set(&wide, path);
	if (!wide.failed)
		ok = GetDiskFreeSpaceW(wide.text, sectors, bytes, free_clusters, total_clusters);
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, UINT, GetDriveTypeW, (LPCWSTR root))
{
	struct io_wide full;
	UINT type = DRIVE_NO_ROOT_DIR;

	if (!root)
		return DRIVE_FIXED;
	io_wide_init(&full);
	if (*root && NT_SUCCESS(io_full_path(root, rtl_wcslen(root), &full))) {
		RTL_PATH_TYPE path_type = io_path_type(full.text, full.length);
		size_t at = path_type == RtlPathTypeLocalDevice ? 4 : 0;

		/* a root, with or without its backslash; or what the root of the current drive is */
		if (full.length >= at + 2 && full.text[at + 1] == u':' && full.length <= at + 3 &&
		    (rtl_upcase(full.text[at]) == u'C' || rtl_upcase(full.text[at]) == u'Z'))
			type = DRIVE_FIXED;
	}
	/* "C:" means the root here, not the drive's directory */
	if (root[0] && root[1] == u':' && !root[2] && (rtl_upcase(root[0]) == u'C' || rtl_upcase(root[0]) == u'Z'))
		type = DRIVE_FIXED;
	io_wide_free(&full);
	return type;
}

EXPORT(kernel32, UINT, GetDriveTypeA, (LPCSTR root))
{
	struct wide_argument wide;
	UINT type = DRIVE_UNKNOWN;

	wide_argument_set(&wide, root);
	if (!wide.failed)
		type = GetDriveTypeW(wide.text);
	wide_argument_free(&wide);
	return type;
}

EXPORT(kernel32, DWORD, GetLogicalDrives, (void))
{
	return 1u << ('C' - 'A') | 1u << ('Z' - 'A');
}

EXPORT(kernel32, DWORD, GetLogicalDriveStringsW, (DWORD size, LPWSTR buffer))
{
	static const WCHAR drives[] = u"C:\\\0Z:\\\0";

	if (!buffer || size < 9)
		return 9;
	memcpy(buffer, drives, 9 * 2);
	return 8;
}

EXPORT(kernel32, DWORD, GetLogicalDriveStringsA, (DWORD size, LPSTR buffer))
{
	if (!buffer || size < 9)
		return 9;
	memcpy(buffer, "C:\\\0Z:\\\0", 9);
	return 8;
}

static BOOL volume_by_handle(HANDLE handle, LPWSTR name, DWORD name_size, LPDWORD serial, LPDWORD component, LPDWORD flags,
			     LPWSTR system, DWORD system_size)
{
	struct {
		FILE_FS_VOLUME_INFORMATION info;
		WCHAR label[32];
	} volume;
	struct {
		FILE_FS_ATTRIBUTE_INFORMATION info;
		WCHAR name[32];
	} attributes;
	IO_STATUS_BLOCK iosb;

	if (!win32_result(NtQueryVolumeInformationFile(handle, &iosb, &volume, sizeof(volume), FileFsVolumeInformation)) ||
	    !win32_result(
		    NtQueryVolumeInformationFile(handle, &iosb, &attributes, sizeof(attributes), FileFsAttributeInformation)))
		return FALSE;
	if (name && volume.info.VolumeLabelLength / 2 >= name_size) {
		set_last_error(ERROR_BAD_LENGTH);
		return FALSE;
	}
	if (name) {
		memcpy(name, volume.info.VolumeLabel, volume.info.VolumeLabelLength);
		name[volume.info.VolumeLabelLength / 2] = 0;
	}
	if (system) {
		if (attributes.info.FileSystemNameLength / 2 >= system_size) {
			set_last_error(ERROR_BAD_LENGTH);
			return FALSE;
		}
		memcpy(system, attributes.info.FileSystemName, attributes.info.FileSystemNameLength);
		system[attributes.info.FileSystemNameLength / 2] = 0;
	}
	if (serial)
		*serial = volume.info.VolumeSerialNumber;
	if (component)
		*component = (DWORD)attributes.info.MaximumComponentNameLength;
	if (flags)
		*flags = attributes.info.FileSystemAttributes;
	return TRUE;
}

EXPORT(kernel32, BOOL, GetVolumeInformationByHandleW,
       (HANDLE file, LPWSTR name, DWORD name_size, LPDWORD serial, LPDWORD component, LPDWORD flags, LPWSTR system,
	DWORD system_size))
{
	return volume_by_handle(file, name, name_size, serial, component, flags, system, system_size);
}

/* Whether a path leads below a drive's root.  Drives have no other volumes mounted in them. */
static bool below_root(LPCWSTR path)
{
	struct io_wide full;
	bool below;

	io_wide_init(&full);
	below = NT_SUCCESS(io_full_path(path, rtl_wcslen(path), &full)) && full.length > 3 && full.text[1] == u':';
	io_wide_free(&full);
	return below;
}

EXPORT(kernel32, BOOL, GetVolumeInformationW,
       (LPCWSTR root, LPWSTR name, DWORD name_size, LPDWORD serial, LPDWORD component, LPDWORD flags, LPWSTR system,
	DWORD system_size))
{
	HANDLE handle;
	BOOL ok;

	/* MSDN: the backslash at the end is needed; a drive whose current directory is the root does without. */
	if (root && (!*root || root[rtl_wcslen(root) - 1] != u'\\') &&
	    !(root[0] && root[1] == u':' && !root[2] && !below_root(root))) {
		set_last_error(ERROR_INVALID_NAME);
		return FALSE;
	}
	if (!win32_result(open_root(root, &handle)))
		return FALSE;
	ok = !root || !below_root(root);
	if (ok)
		ok = volume_by_handle(handle, name, name_size, serial, component, flags, system, system_size);
	else
		set_last_error(ERROR_DIR_NOT_ROOT);
	ob_close_handle(handle);
	return ok;
}

EXPORT(kernel32, BOOL, GetVolumeInformationA,
       (LPCSTR root, LPSTR name, DWORD name_size, LPDWORD serial, LPDWORD component, LPDWORD flags, LPSTR system,
	DWORD system_size))
{
	struct wide_argument wide;
	WCHAR wide_name[MAX_PATH + 1], wide_system[MAX_PATH + 1];
	BOOL ok = FALSE;

	wide_argument_set(&wide, root);
	if (!wide.failed)
		ok = GetVolumeInformationW(wide.text, name ? wide_name : NULL, MAX_PATH + 1, serial, component, flags,
					   system ? wide_system : NULL, MAX_PATH + 1);
	if (ok && ((name && ansi_result(name, name_size, wide_name, (DWORD)rtl_wcslen(wide_name)) >= name_size) ||
		   (system && ansi_result(system, system_size, wide_system, (DWORD)rtl_wcslen(wide_system)) >= system_size))) {
		set_last_error(ERROR_BAD_LENGTH);
		ok = FALSE;
	}
	wide_argument_free(&wide);
	return ok;
}

EXPORT(kernel32, BOOL, GetVolumePathNameW, (LPCWSTR name, LPWSTR buffer, DWORD size))
{
	struct io_wide full;
	size_t root = 3;
	BOOL ok = FALSE;

	io_wide_init(&full);
	if (!name || !*name) {
		set_last_error(ERROR_INVALID_PARAMETER);
	} else if (win32_result(io_full_path(name, rtl_wcslen(name), &full))) {
		if (io_path_type(full.text, full.length) == RtlPathTypeLocalDevice)
			root = 7;
		if (full.length + 1 < root || full.text[root - 2] != u':') {
			set_last_error(ERROR_INVALID_NAME);
		} else if (size <= root) {
			set_last_error(ERROR_FILENAME_EXCED_RANGE);
		} else {
			memcpy(buffer, full.text, (root - 1) * 2);
			buffer[root - 1] = u'\\';
			buffer[root] = 0;
			ok = TRUE;
		}
	}
	io_wide_free(&full);
	return ok;
}

EXPORT(kernel32, BOOL, GetVolumePathNameA, (LPCSTR name, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	WCHAR result[16];
	BOOL ok = FALSE;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		ok = GetVolumePathNameW(wide.text, result, ARRAY_SIZE(result));
	if (ok && ansi_result(buffer, size, result, (DWORD)rtl_wcslen(result)) >= size) {
		set_last_error(ERROR_FILENAME_EXCED_RANGE);
		ok = FALSE;
	}
	wide_argument_free(&wide);
	return ok;
}

static const struct {
	const WCHAR *name, *target;
} dos_devices[] = {
	{u"C:", u"\\Device\\HarddiskVolume1"},
	{u"Z:", u"\\Device\\HarddiskVolume2"},
	{u"NUL", u"\\Device\\Null"},
	{u"PIPE", u"\\Device\\NamedPipe"},
	{u"CON", u"\\Device\\ConDrv\\Console"},
	{u"CONIN$", u"\\Device\\ConDrv\\CurrentIn"},
	{u"CONOUT$", u"\\Device\\ConDrv\\CurrentOut"},
};

EXPORT(kernel32, DWORD, QueryDosDeviceW, (LPCWSTR name, LPWSTR buffer, DWORD size))
{
	DWORD used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(dos_devices); i++) {
		const WCHAR *text = name ? dos_devices[i].target : dos_devices[i].name;
		size_t length = rtl_wcslen(text) + 1;

		if (name && rtl_compare_nocase(name, rtl_wcslen(name), dos_devices[i].name, rtl_wcslen(dos_devices[i].name)))
			continue;
		if (used + length + 1 > size) {
			set_last_error(ERROR_INSUFFICIENT_BUFFER);
			return 0;
		}
		memcpy(buffer + used, text, length * 2);
		used += (DWORD)length;
	}
	if (!used) {
		set_last_error(ERROR_FILE_NOT_FOUND);
		return 0;
	}
	buffer[used++] = 0;
	return used;
}

EXPORT(kernel32, DWORD, QueryDosDeviceA, (LPCSTR name, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	WCHAR result[512];
	DWORD length = 0;

	wide_argument_set(&wide, name);
	if (!wide.failed)
		length = QueryDosDeviceW(wide.text, result, size < 512 ? size : 512);
	/* all of it is ASCII */
	for (DWORD i = 0; i < length; i++)
		buffer[i] = (CHAR)result[i];
	wide_argument_free(&wide);
	return length;
}
