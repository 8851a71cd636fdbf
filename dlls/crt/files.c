/*
 * dlls/crt/files.c - names of files and directories: access, mode, removal, renaming, the current directory.
 */
#include "dlls/crt/lowio.h"
#include "dlls/crt/winio.h"

#include <string.h>

static INT win32(BOOL good)
{
	return good ? 0 : crt_fail_last_error();
}

/* Mode bits: 2 write, 4 read, 0 existence.  1 (execution) is no mode here. */
CRT(errno_t, _waccess_s, (const WCHAR *name, INT mode))
{
	CRT_VALIDATE_E(name != NULL, EINVAL);
	CRT_VALIDATE_E((mode & ~6) == 0, EINVAL);
	DWORD attributes = GetFileAttributesW(name);
	if (attributes == INVALID_FILE_ATTRIBUTES) {
		crt_fail_last_error();
		return crt_self.error;
	}
	if ((attributes & FILE_ATTRIBUTE_DIRECTORY) || !(attributes & FILE_ATTRIBUTE_READONLY) || !(mode & 2))
		return 0;
	crt_self.dos_error = ERROR_ACCESS_DENIED;
	crt_set_errno(CRT_EACCES);
	return CRT_EACCES;
}

CRT(errno_t, _access_s, (const char *name, INT mode))
{
	CRT_VALIDATE_E(name != NULL, EINVAL);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return CRT_ENOMEM;
	errno_t error = crt__waccess_s(wide, mode);
	crt_heap_free(wide);
	return error;
}

CRT(INT, _access, (const char *name, INT mode))
{
	return crt__access_s(name, mode) == 0 ? 0 : -1;
}

CRT(INT, _waccess, (const WCHAR *name, INT mode))
{
	return crt__waccess_s(name, mode) == 0 ? 0 : -1;
}

CRT(INT, _wchmod, (const WCHAR *name, INT mode))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	DWORD attributes = GetFileAttributesW(name);
	if (attributes == INVALID_FILE_ATTRIBUTES)
		return crt_fail_last_error();
	if (mode & S_IWRITE)
		attributes &= ~FILE_ATTRIBUTE_READONLY;
	else
		attributes |= FILE_ATTRIBUTE_READONLY;
	return win32(SetFileAttributesW(name, attributes));
}

CRT(INT, _chmod, (const char *name, INT mode))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT result = crt__wchmod(wide, mode);
	crt_heap_free(wide);
	return result;
}

CRT(INT, _wunlink, (const WCHAR *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	return win32(DeleteFileW(name));
}
CRT_ALIAS("_wremove", crt__wunlink);

CRT(INT, _unlink, (const char *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT result = crt__wunlink(wide);
	crt_heap_free(wide);
	return result;
}
CRT_ALIAS("remove", crt__unlink);

CRT(INT, _wrename, (const WCHAR *from, const WCHAR *to))
{
	CRT_VALIDATE(from != NULL && to != NULL, EINVAL, -1);
	return win32(MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED));
}

CRT(INT, rename, (const char *from, const char *to))
{
	CRT_VALIDATE(from != NULL && to != NULL, EINVAL, -1);
	WCHAR *wide_from = crt_widen(from), *wide_to = crt_widen(to);
	INT result = -1;
	if (wide_from != NULL && wide_to != NULL)
		result = crt__wrename(wide_from, wide_to);
	else
		crt_set_errno(CRT_ENOMEM);
	crt_heap_free(wide_from);
	crt_heap_free(wide_to);
	return result;
}

CRT(INT, _wmkdir, (const WCHAR *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	return win32(CreateDirectoryW(name, NULL));
}

CRT(INT, _mkdir, (const char *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT result = crt__wmkdir(wide);
	crt_heap_free(wide);
	return result;
}

CRT(INT, _wrmdir, (const WCHAR *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	return win32(RemoveDirectoryW(name));
}

CRT(INT, _rmdir, (const char *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT result = crt__wrmdir(wide);
	crt_heap_free(wide);
	return result;
}

/* The current directory on the heap; *length in units.  NULL: errno is set. */
static WCHAR *current_directory(size_t *length)
{
	DWORD need = GetCurrentDirectoryW(0, NULL);
	for (;;) {
		WCHAR *buffer = crt_heap_allocate((size_t)(need + 1) * sizeof(WCHAR));
		if (buffer == NULL) {
			crt_set_errno(CRT_ENOMEM);
			return NULL;
		}
		DWORD got = GetCurrentDirectoryW(need + 1, buffer);
		if (got != 0 && got <= need) {
			*length = got;
			return buffer;
		}
		crt_heap_free(buffer);
		if (got == 0) {
			crt_fail_last_error();
			return NULL;
		}
		need = got;
	}
}

CRT(INT, _wchdir, (const WCHAR *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	if (!SetCurrentDirectoryW(name))
		return crt_fail_last_error();
	/* The directory of each drive is kept in a variable that Explorer does not show: "=Z:". */
	size_t length;
	WCHAR *directory = current_directory(&length);
	if (directory == NULL)
		return -1;
	if (length >= 2 && directory[1] == ':') {
		WCHAR drive = directory[0] >= 'a' && directory[0] <= 'z' ? (WCHAR)(directory[0] - 32) : directory[0];
		WCHAR variable[4] = {'=', drive, ':', 0};
		SetEnvironmentVariableW(variable, directory);
	}
	crt_heap_free(directory);
	return 0;
}

CRT(INT, _chdir, (const char *name))
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT result = crt__wchdir(wide);
	crt_heap_free(wide);
	return result;
}

CRT(INT, _getdrive, (void))
{
	size_t length;
	WCHAR *directory = current_directory(&length);
	INT drive = 0;
	if (directory == NULL)
		return 0;
	if (length >= 2 && directory[1] == ':')
		drive = (directory[0] | 0x20) - 'a' + 1;
	crt_heap_free(directory);
	return drive;
}

CRT(INT, _chdrive, (INT drive))
{
	if (drive < 1 || drive > 26) {
		crt_self.dos_error = ERROR_INVALID_DRIVE;
		crt_invalid(CRT_EACCES);
		return -1;
	}
	WCHAR name[3] = {(WCHAR)('A' + drive - 1), ':', 0};
	return win32(SetCurrentDirectoryW(name));
}

CRT(ULONG, _getdrives, (void))
{
	return GetLogicalDrives();
}

/* Hands out a path of `length` characters of `unit` bytes as _getcwd does: into `to` of `size` characters, or newly allocated
 * with at least `size`. */
static void *give(const void *path, size_t length, size_t unit, void *to, INT size)
{
	if (to == NULL) {
		size_t room = size > 0 && (size_t)size > length ? (size_t)size : length + 1;
		to = crt_heap_allocate(room * unit);
		if (to == NULL)
			crt_set_errno(CRT_ENOMEM);
	} else if ((size_t)size <= length) {
		memset(to, 0, unit);
		crt_set_errno(CRT_ERANGE);
		to = NULL;
	}
	if (to != NULL)
		memcpy(to, path, (length + 1) * unit);
	return to;
}

/* `path` is on the heap and freed. */
static WCHAR *give_wide(WCHAR *path, WCHAR *to, INT size)
{
	to = give(path, crt_wide_length(path), sizeof(WCHAR), to, size);
	crt_heap_free(path);
	return to;
}

static char *give_narrow(WCHAR *path, char *to, INT size)
{
	char *narrow = crt_narrow(path);
	crt_heap_free(path);
	if (narrow == NULL)
		return NULL;
	to = give(narrow, strlen(narrow), 1, to, size);
	crt_heap_free(narrow);
	return to;
}

CRT(WCHAR *, _wgetcwd, (WCHAR * to, INT size))
{
	size_t length;
	CRT_VALIDATE(to == NULL || size > 0, EINVAL, NULL);
	WCHAR *path = current_directory(&length);
	return path == NULL ? NULL : give_wide(path, to, size);
}

CRT(char *, _getcwd, (char *to, INT size))
{
	size_t length;
	CRT_VALIDATE(to == NULL || size > 0, EINVAL, NULL);
	WCHAR *path = current_directory(&length);
	return path == NULL ? NULL : give_narrow(path, to, size);
}

/* The full path of `name`, on the heap. */
static WCHAR *full_path(const WCHAR *name)
{
	DWORD need = GetFullPathNameW(name, 0, NULL, NULL);
	for (;;) {
		if (need == 0) {
			crt_fail_last_error();
			return NULL;
		}
		WCHAR *buffer = crt_heap_allocate((size_t)(need + 1) * sizeof(WCHAR));
		if (buffer == NULL) {
			crt_set_errno(CRT_ENOMEM);
			return NULL;
		}
		DWORD got = GetFullPathNameW(name, need + 1, buffer, NULL);
		if (got != 0 && got <= need)
			return buffer;
		crt_heap_free(buffer);
		need = got;
	}
}

/* The current directory of a drive: 0 the current drive, 1 A:. */
static WCHAR *drive_directory(INT drive)
{
	if (drive == 0) {
		size_t length;
		return current_directory(&length);
	}
	WCHAR root[4] = {(WCHAR)('A' + drive - 1), ':', '\\', 0};
	if (drive < 0 || drive > 26 || GetDriveTypeW(root) <= 1) {
		crt_self.dos_error = ERROR_INVALID_DRIVE;
		crt_invalid(CRT_EACCES);
		return NULL;
	}
	WCHAR relative[4] = {root[0], ':', '.', 0};
	return full_path(relative);
}

CRT(WCHAR *, _wgetdcwd, (INT drive, WCHAR *to, INT size))
{
	CRT_VALIDATE(size >= 0, EINVAL, NULL);
	CRT_VALIDATE(to == NULL || size > 0, EINVAL, NULL);
	WCHAR *path = drive_directory(drive);
	return path == NULL ? NULL : give_wide(path, to, size);
}

CRT(char *, _getdcwd, (INT drive, char *to, INT size))
{
	CRT_VALIDATE(size >= 0, EINVAL, NULL);
	CRT_VALIDATE(to == NULL || size > 0, EINVAL, NULL);
	WCHAR *path = drive_directory(drive);
	return path == NULL ? NULL : give_narrow(path, to, size);
}

CRT(WCHAR *, _wfullpath, (WCHAR * to, const WCHAR *name, size_t size))
{
	if (name == NULL || *name == 0)
		return crt__wgetcwd(to, size > INT32_MAX ? INT32_MAX : (INT)size);
	CRT_VALIDATE(to == NULL || size > 0, EINVAL, NULL);
	WCHAR *path = full_path(name);
	/* A size means nothing when the buffer is ours. */
	return path == NULL ? NULL : give_wide(path, to, to == NULL ? 0 : size > INT32_MAX ? INT32_MAX : (INT)size);
}

CRT(char *, _fullpath, (char *to, const char *name, size_t size))
{
	if (name == NULL || *name == 0)
		return crt__getcwd(to, size > INT32_MAX ? INT32_MAX : (INT)size);
	CRT_VALIDATE(to == NULL || size > 0, EINVAL, NULL);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return NULL;
	WCHAR *path = full_path(wide);
	crt_heap_free(wide);
	return path == NULL ? NULL : give_narrow(path, to, to == NULL ? 0 : size > INT32_MAX ? INT32_MAX : (INT)size);
}

/* struct _diskfree_t */
struct disk_free {
	UINT total_clusters, available_clusters, sectors_per_cluster, bytes_per_sector;
};

CRT(UINT, _getdiskfree, (UINT drive, struct disk_free *result))
{
	CRT_VALIDATE(result != NULL && drive <= 26, EINVAL, ERROR_INVALID_PARAMETER);
	WCHAR root[4] = {(WCHAR)('A' + drive - 1), ':', '\\', 0};
	DWORD sectors, bytes, available, total;
	if (!GetDiskFreeSpaceW(drive == 0 ? NULL : root, &sectors, &bytes, &available, &total)) {
		crt_fail_last_error();
		return NtCurrentTeb()->LastErrorValue;
	}
	result->total_clusters = total;
	result->available_clusters = available;
	result->sectors_per_cluster = sectors;
	result->bytes_per_sector = bytes;
	return 0;
}
