/*
 * dlls/crt/stat.c - _stat and its kin.
 *
 * Four layouts: times of 32 or 64 bits, sizes of 32 or 64.  On x64 the plain names of msvcrt.dll are those with 64-bit
 * times, as its time_t is.
 */
#include "dlls/crt/lowio.h"
#include "dlls/crt/winio.h"
#include "ntdll/rtl/time.h"

#include <string.h>

int64_t crt_time_from_filetime(const FILETIME *time);

#define S_IFDIR 0x4000
#define S_IFREG 0x8000
#define S_IFCHR 0x2000
#define S_IFIFO 0x1000
#define S_IEXEC 0x0040

#define STAT_LAYOUT(name, size_type, time_type)                                                                             \
	struct name {                                                                                                       \
		UINT dev;                                                                                                   \
		USHORT ino, mode;                                                                                           \
		SHORT nlink, uid, gid;                                                                                      \
		UINT rdev;                                                                                                  \
		size_type size;                                                                                             \
		time_type atime, mtime, ctime;                                                                              \
	}
STAT_LAYOUT(stat32, INT, INT);
STAT_LAYOUT(stat32i64, int64_t, INT);
STAT_LAYOUT(stat64i32, INT, int64_t);
STAT_LAYOUT(stat64, int64_t, int64_t);
_Static_assert(sizeof(struct stat32) == 36, "_stat32");
_Static_assert(sizeof(struct stat32i64) == 48, "_stat32i64");
_Static_assert(sizeof(struct stat64i32) == 48, "_stat64i32");
_Static_assert(sizeof(struct stat64) == 56, "_stat64");

/* 100 ns since 1601 to seconds since 1970; -1 for a time that is not there. */
int64_t crt_time_from_filetime(const FILETIME *time)
{
	uint64_t ticks = (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
	return ticks == 0 ? -1 : (int64_t)(ticks / RTL_TICKS_PER_SECOND) - RTL_SECONDS_1601_1970;
}

static bool is_executable_name(const WCHAR *name)
{
	static const char extensions[4][4] = {"exe", "cmd", "bat", "com"};
	const WCHAR *dot = NULL;
	for (const WCHAR *c = name; *c != 0; c++) {
		if (*c == '.')
			dot = c + 1;
		else if (*c == '\\' || *c == '/')
			dot = NULL;
	}
	for (int i = 0; dot != NULL && i < 4; i++) {
		int n = 0;
		while (n < 3 && (dot[n] | 0x20) == (WCHAR)extensions[i][n])
			n++;
		if (n == 3 && dot[3] == 0)
			return true;
	}
	return false;
}

static USHORT mode_of(DWORD attributes, const WCHAR *name)
{
	USHORT mode = S_IREAD;
	if (attributes & FILE_ATTRIBUTE_DIRECTORY)
		mode |= S_IFDIR | S_IEXEC;
	else
		mode |= S_IFREG;
	if (!(attributes & FILE_ATTRIBUTE_READONLY))
		mode |= S_IWRITE;
	if (name != NULL && is_executable_name(name))
		mode |= S_IEXEC;
	/* The owner's rights are everybody's. */
	return mode | (mode & 0700) >> 3 | (mode & 0700) >> 6;
}

static INT fail_not_found(void)
{
	crt_set_errno(CRT_ENOENT);
	return -1;
}

static INT stat_name(const WCHAR *name, struct stat64 *result)
{
	CRT_VALIDATE(result != NULL, EINVAL, -1);
	memset(result, 0, sizeof(*result));
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	for (const WCHAR *c = name; *c != 0; c++) {
		if (*c == '*' || *c == '?')
			return fail_not_found();
	}
	WIN32_FILE_ATTRIBUTE_DATA data;
	size_t length = crt_wide_length(name), last = length;
	/* "dir\" is a directory's name only for roots; elsewhere msvcrt.dll finds nothing.  A drive alone is no name. */
	while (last > 1 && name[last - 1] == ' ')
		last--;
	if (!crt_is_ucrt() && last > 1 && (name[last - 1] == '\\' || name[last - 1] == '/') && !(last == 3 && name[1] == ':'))
		return fail_not_found();
	if (last == 2 && name[1] == ':')
		return fail_not_found();
	if (!GetFileAttributesExW(name, 0, &data)) {
		crt_fail_last_error();
		if (crt_self.error != CRT_EACCES && crt_self.error != CRT_ENOMEM)
			crt_set_errno(CRT_ENOENT);
		return -1;
	}
	WCHAR drive = 0;
	if (length >= 2 && name[1] == ':') {
		drive = name[0];
	} else {
		WCHAR current[4] = {0};
		WCHAR *buffer = current;
		DWORD need = GetCurrentDirectoryW(0, NULL);
		WCHAR *block = crt_heap_allocate((size_t)(need + 1) * sizeof(WCHAR));
		if (block != NULL) {
			buffer = block;
			if (GetCurrentDirectoryW(need + 1, buffer) >= 2 && buffer[1] == ':')
				drive = buffer[0];
			crt_heap_free(block);
		}
	}
	if (drive != 0)
		result->dev = result->rdev = (UINT)((drive | 0x20) - 'a');
	result->mode = mode_of(data.dwFileAttributes, name);
	result->nlink = 1;
	result->size = data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY
			       ? 0
			       : (int64_t)((uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
	result->mtime = crt_time_from_filetime(&data.ftLastWriteTime);
	result->atime = crt_time_from_filetime(&data.ftLastAccessTime);
	result->ctime = crt_time_from_filetime(&data.ftCreationTime);
	if (result->atime == -1)
		result->atime = result->mtime;
	if (result->ctime == -1)
		result->ctime = result->mtime;
	return 0;
}

static INT stat_narrow(const char *name, struct stat64 *result)
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT failed = stat_name(wide, result);
	crt_heap_free(wide);
	return failed;
}

static INT stat_descriptor(INT fd, struct stat64 *result)
{
	CRT_VALIDATE(result != NULL, EINVAL, -1);
	memset(result, 0, sizeof(*result));
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	INT failed = 0;
	fd_lock(info);
	result->nlink = 1;
	switch (GetFileType(info->handle) & 0x7FFF) {
	case FILE_TYPE_CHAR:
		result->mode = S_IFCHR;
		result->dev = result->rdev = (UINT)fd;
		break;
	case FILE_TYPE_PIPE: {
		DWORD available = 0;
		result->mode = S_IFIFO;
		result->dev = result->rdev = (UINT)fd;
		if (PeekNamedPipe(info->handle, NULL, 0, NULL, &available, NULL))
			result->size = available;
		break;
	}
	case FILE_TYPE_DISK: {
		BY_HANDLE_FILE_INFORMATION data;
		if (!GetFileInformationByHandle(info->handle, &data)) {
			failed = crt_fail_last_error();
			break;
		}
		result->mode = mode_of(data.dwFileAttributes & ~FILE_ATTRIBUTE_DIRECTORY, NULL);
		result->size = (int64_t)((uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow);
		result->mtime = crt_time_from_filetime(&data.ftLastWriteTime);
		result->atime = crt_time_from_filetime(&data.ftLastAccessTime);
		result->ctime = crt_time_from_filetime(&data.ftCreationTime);
		if (result->atime == -1)
			result->atime = result->mtime;
		if (result->ctime == -1)
			result->ctime = result->mtime;
		break;
	}
	default:
		failed = crt_fail_last_error();
		crt_set_errno(CRT_EBADF);
		break;
	}
	fd_unlock(info);
	return failed;
}

/* To one of the smaller layouts; EOVERFLOW of a size or a time is a failure, as the real functions have it. */
#define STAT_FUNCTIONS(DECLARE, layout, size_limit, time_limit)                                                             \
	static INT to_##layout(struct layout *to, const struct stat64 *from, INT result)                                    \
	{                                                                                                                   \
		if (to == NULL)                                                                                             \
			return -1;                                                                                          \
		memset(to, 0, sizeof(*to));                                                                                 \
		if (result != 0)                                                                                            \
			return result;                                                                                      \
		if (from->size > (size_limit)) {                                                                            \
			crt_set_errno(132 /* EOVERFLOW */);                                                                 \
			return -1;                                                                                          \
		}                                                                                                           \
		to->dev = from->dev;                                                                                        \
		to->ino = from->ino;                                                                                        \
		to->mode = from->mode;                                                                                      \
		to->nlink = from->nlink;                                                                                    \
		to->rdev = from->rdev;                                                                                      \
		to->size = (__typeof__(to->size))from->size;                                                                \
		to->atime = from->atime > (time_limit) ? -1 : (__typeof__(to->atime))from->atime;                           \
		to->mtime = from->mtime > (time_limit) ? -1 : (__typeof__(to->mtime))from->mtime;                           \
		to->ctime = from->ctime > (time_limit) ? -1 : (__typeof__(to->ctime))from->ctime;                           \
		return 0;                                                                                                   \
	}                                                                                                                   \
	DECLARE(INT, _##layout, (const char *name, struct layout *to))                                                      \
	{                                                                                                                   \
		struct stat64 full;                                                                                         \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		INT result = stat_narrow(name, &full);                                                                      \
		return to_##layout(to, &full, result);                                                                      \
	}                                                                                                                   \
	DECLARE(INT, _w##layout, (const WCHAR *name, struct layout *to))                                                    \
	{                                                                                                                   \
		struct stat64 full;                                                                                         \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		INT result = stat_name(name, &full);                                                                        \
		return to_##layout(to, &full, result);                                                                      \
	}                                                                                                                   \
	DECLARE(INT, _f##layout, (INT fd, struct layout *to))                                                               \
	{                                                                                                                   \
		struct stat64 full;                                                                                         \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		INT result = stat_descriptor(fd, &full);                                                                    \
		return to_##layout(to, &full, result);                                                                      \
	}

STAT_FUNCTIONS(CRT, stat64, INT64_MAX, INT64_MAX)
STAT_FUNCTIONS(CRT, stat64i32, INT32_MAX, INT64_MAX)
STAT_FUNCTIONS(CRT, stat32, INT32_MAX, INT32_MAX)
STAT_FUNCTIONS(CRT, stat32i64, INT64_MAX, INT32_MAX)

#if defined(__x86_64__)
CRT_ALIAS_MSVCRT("_stat", crt__stat64i32);
CRT_ALIAS_MSVCRT("_wstat", crt__wstat64i32);
CRT_ALIAS_MSVCRT("_fstat", crt__fstat64i32);
CRT_ALIAS_MSVCRT("_stati64", crt__stat64);
CRT_ALIAS_MSVCRT("_wstati64", crt__wstat64);
CRT_ALIAS_MSVCRT("_fstati64", crt__fstat64);
#else
CRT_ALIAS_MSVCRT("_stat", crt__stat32);
CRT_ALIAS_MSVCRT("_wstat", crt__wstat32);
CRT_ALIAS_MSVCRT("_fstat", crt__fstat32);
CRT_ALIAS_MSVCRT("_stati64", crt__stat32i64);
CRT_ALIAS_MSVCRT("_wstati64", crt__wstat32i64);
CRT_ALIAS_MSVCRT("_fstati64", crt__fstat32i64);
#endif

/*
 * _findfirst and its kin: the same four layouts.
 */
#define FIND_LAYOUT(name, UNIT, size_type, time_type)                                                                       \
	struct name {                                                                                                       \
		UINT attrib;                                                                                                \
		time_type create, access, write;                                                                            \
		size_type size;                                                                                             \
		UNIT file[260];                                                                                             \
	}
FIND_LAYOUT(find64, char, int64_t, int64_t);
FIND_LAYOUT(find64i32, char, UINT, int64_t);
FIND_LAYOUT(find32, char, UINT, INT);
FIND_LAYOUT(find32i64, char, int64_t, INT);
FIND_LAYOUT(wfind64, WCHAR, int64_t, int64_t);
FIND_LAYOUT(wfind64i32, WCHAR, UINT, int64_t);
FIND_LAYOUT(wfind32, WCHAR, UINT, INT);
FIND_LAYOUT(wfind32i64, WCHAR, int64_t, INT);
_Static_assert(sizeof(struct find64) == 304, "__finddata64_t");
_Static_assert(sizeof(struct find64i32) == 296, "_finddata64i32_t");
_Static_assert(sizeof(struct find32) == 280, "_finddata32_t");
_Static_assert(sizeof(struct find32i64) == 288, "_finddata32i64_t");

static void find_error(void)
{
	switch (NtCurrentTeb()->LastErrorValue) {
	case ERROR_NO_MORE_FILES:
	case ERROR_FILE_NOT_FOUND:
	case ERROR_PATH_NOT_FOUND:
		crt_set_errno(CRT_ENOENT);
		break;
	case ERROR_NOT_ENOUGH_MEMORY:
		crt_set_errno(CRT_ENOMEM);
		break;
	default:
		crt_set_errno(CRT_EINVAL);
		break;
	}
	crt_self.dos_error = NtCurrentTeb()->LastErrorValue;
}

static intptr_t find_open(const WCHAR *pattern, WIN32_FIND_DATAW *data)
{
	CRT_VALIDATE(pattern != NULL, EINVAL, -1);
	HANDLE find = FindFirstFileW(pattern, data);
	if (find == INVALID_HANDLE_VALUE)
		find_error();
	return (intptr_t)find;
}

static intptr_t find_open_narrow(const char *pattern, WIN32_FIND_DATAW *data)
{
	CRT_VALIDATE(pattern != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(pattern);
	if (wide == NULL)
		return -1;
	intptr_t result = find_open(wide, data);
	crt_heap_free(wide);
	return result;
}

static INT find_more(intptr_t find, WIN32_FIND_DATAW *data)
{
	CRT_VALIDATE(find != -1, EINVAL, -1);
	if (FindNextFileW((HANDLE)find, data))
		return 0;
	find_error();
	return -1;
}

static void copy_name(char *to, const WCHAR *from)
{
	char *narrow = crt_narrow(from);
	if (narrow == NULL) {
		*to = 0;
		return;
	}
	size_t length = strnlen(narrow, 259);
	memcpy(to, narrow, length);
	to[length] = 0;
	crt_heap_free(narrow);
}

static void copy_name_wide(WCHAR *to, const WCHAR *from)
{
	memcpy(to, from, 260 * sizeof(*to));
}

#define FIND_COPY(layout, copy)                                                                                             \
	static void to_##layout(struct layout *to, const WIN32_FIND_DATAW *from)                                            \
	{                                                                                                                   \
		to->attrib = from->dwFileAttributes == FILE_ATTRIBUTE_NORMAL ? 0 : from->dwFileAttributes;                  \
		to->create = (__typeof__(to->create))crt_time_from_filetime(&from->ftCreationTime);                         \
		to->access = (__typeof__(to->access))crt_time_from_filetime(&from->ftLastAccessTime);                       \
		to->write = (__typeof__(to->write))crt_time_from_filetime(&from->ftLastWriteTime);                          \
		to->size = (__typeof__(to->size))((uint64_t)from->nFileSizeHigh << 32 | from->nFileSizeLow);                \
		copy(to->file, from->cFileName);                                                                            \
	}
#define FIND_FUNCTIONS(suffix)                                                                                              \
	FIND_COPY(find##suffix, copy_name)                                                                                  \
	FIND_COPY(wfind##suffix, copy_name_wide)                                                                            \
	CRT(intptr_t, _findfirst##suffix, (const char *pattern, struct find##suffix *to))                                   \
	{                                                                                                                   \
		WIN32_FIND_DATAW data;                                                                                      \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		intptr_t find = find_open_narrow(pattern, &data);                                                           \
		if (find != -1)                                                                                             \
			to_find##suffix(to, &data);                                                                         \
		return find;                                                                                                \
	}                                                                                                                   \
	CRT(intptr_t, _wfindfirst##suffix, (const WCHAR *pattern, struct wfind##suffix *to))                                \
	{                                                                                                                   \
		WIN32_FIND_DATAW data;                                                                                      \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		intptr_t find = find_open(pattern, &data);                                                                  \
		if (find != -1)                                                                                             \
			to_wfind##suffix(to, &data);                                                                        \
		return find;                                                                                                \
	}                                                                                                                   \
	CRT(INT, _findnext##suffix, (intptr_t find, struct find##suffix *to))                                               \
	{                                                                                                                   \
		WIN32_FIND_DATAW data;                                                                                      \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		INT result = find_more(find, &data);                                                                        \
		if (result == 0)                                                                                            \
			to_find##suffix(to, &data);                                                                         \
		return result;                                                                                              \
	}                                                                                                                   \
	CRT(INT, _wfindnext##suffix, (intptr_t find, struct wfind##suffix *to))                                             \
	{                                                                                                                   \
		WIN32_FIND_DATAW data;                                                                                      \
		CRT_VALIDATE(to != NULL, EINVAL, -1);                                                                       \
		INT result = find_more(find, &data);                                                                        \
		if (result == 0)                                                                                            \
			to_wfind##suffix(to, &data);                                                                        \
		return result;                                                                                              \
	}
FIND_FUNCTIONS(64)
FIND_FUNCTIONS(64i32)
FIND_FUNCTIONS(32)
FIND_FUNCTIONS(32i64)

#if defined(__x86_64__)
CRT_ALIAS_MSVCRT("_findfirst", crt__findfirst64i32);
CRT_ALIAS_MSVCRT("_findnext", crt__findnext64i32);
CRT_ALIAS_MSVCRT("_wfindfirst", crt__wfindfirst64i32);
CRT_ALIAS_MSVCRT("_wfindnext", crt__wfindnext64i32);
CRT_ALIAS_MSVCRT("_findfirsti64", crt__findfirst64);
CRT_ALIAS_MSVCRT("_findnexti64", crt__findnext64);
CRT_ALIAS_MSVCRT("_wfindfirsti64", crt__wfindfirst64);
CRT_ALIAS_MSVCRT("_wfindnexti64", crt__wfindnext64);
#else
CRT_ALIAS_MSVCRT("_findfirst", crt__findfirst32);
CRT_ALIAS_MSVCRT("_findnext", crt__findnext32);
CRT_ALIAS_MSVCRT("_wfindfirst", crt__wfindfirst32);
CRT_ALIAS_MSVCRT("_wfindnext", crt__wfindnext32);
CRT_ALIAS_MSVCRT("_findfirsti64", crt__findfirst32i64);
CRT_ALIAS_MSVCRT("_findnexti64", crt__findnext32i64);
CRT_ALIAS_MSVCRT("_wfindfirsti64", crt__wfindfirst32i64);
CRT_ALIAS_MSVCRT("_wfindnexti64", crt__wfindnext32i64);
#endif

CRT(INT, _findclose, (intptr_t find))
{
	if (FindClose((HANDLE)find))
		return 0;
	crt_set_errno(CRT_EINVAL);
	return -1;
}

/*
 * _utime and its kin.
 */
static bool filetime_of(int64_t seconds, FILETIME *time)
{
	if (seconds < 0)
		return false;
	uint64_t ticks = ((uint64_t)seconds + RTL_SECONDS_1601_1970) * RTL_TICKS_PER_SECOND;
	time->dwLowDateTime = (DWORD)ticks;
	time->dwHighDateTime = (DWORD)(ticks >> 32);
	return true;
}

/* times: access, modification; NULL = now. */
static INT set_times(HANDLE handle, const int64_t *times)
{
	FILETIME access, modification;
	if (times == NULL) {
		GetSystemTimeAsFileTime(&access);
		modification = access;
	} else if (!filetime_of(times[0], &access) || !filetime_of(times[1], &modification)) {
		crt_set_errno(CRT_EINVAL);
		return -1;
	}
	if (!SetFileTime(handle, NULL, &access, &modification)) {
		crt_fail_last_error();
		return -1;
	}
	return 0;
}

static INT utime_name(const WCHAR *name, const int64_t *times)
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	INT fd;
	if (lowio_open(name, O_RDWR | O_BINARY, SH_DENYNO, 0, &fd) != 0)
		return -1;
	INT result = set_times(fd_find(fd)->handle, times);
	INT error = crt_self.error;
	crt__close(fd);
	if (result != 0)
		crt_set_errno(error);
	return result;
}

static INT utime_narrow(const char *name, const int64_t *times)
{
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return -1;
	INT result = utime_name(wide, times);
	crt_heap_free(wide);
	return result;
}

static INT utime_descriptor(INT fd, const int64_t *times)
{
	struct ioinfo *info = fd_check(fd);
	return info == NULL ? -1 : set_times(info->handle, times);
}

#define UTIME_FUNCTIONS(bits)                                                                                               \
	CRT(INT, _utime##bits, (const char *name, const int##bits##_t *times))                                              \
	{                                                                                                                   \
		int64_t wide[2] = {times != NULL ? times[0] : 0, times != NULL ? times[1] : 0};                             \
		return utime_narrow(name, times != NULL ? wide : NULL);                                                     \
	}                                                                                                                   \
	CRT(INT, _wutime##bits, (const WCHAR *name, const int##bits##_t *times))                                            \
	{                                                                                                                   \
		int64_t wide[2] = {times != NULL ? times[0] : 0, times != NULL ? times[1] : 0};                             \
		return utime_name(name, times != NULL ? wide : NULL);                                                       \
	}                                                                                                                   \
	CRT(INT, _futime##bits, (INT fd, const int##bits##_t *times))                                                       \
	{                                                                                                                   \
		int64_t wide[2] = {times != NULL ? times[0] : 0, times != NULL ? times[1] : 0};                             \
		return utime_descriptor(fd, times != NULL ? wide : NULL);                                                   \
	}
UTIME_FUNCTIONS(32)
UTIME_FUNCTIONS(64)

#if defined(__x86_64__)
CRT_ALIAS_MSVCRT("_utime", crt__utime64);
CRT_ALIAS_MSVCRT("_wutime", crt__wutime64);
CRT_ALIAS_MSVCRT("_futime", crt__futime64);
#else
CRT_ALIAS_MSVCRT("_utime", crt__utime32);
CRT_ALIAS_MSVCRT("_wutime", crt__wutime32);
CRT_ALIAS_MSVCRT("_futime", crt__futime32);
#endif
