/*
 * dlls/crt/lowio_open.c - opening files.
 */
#include "dlls/crt/lowio.h"
#include "dlls/crt/winio.h"

#include <string.h>

static INT umask_value;

CRT(INT, _umask, (INT mask))
{
	return __atomic_exchange_n(&umask_value, mask & (S_IREAD | S_IWRITE), __ATOMIC_RELAXED);
}

CRT(errno_t, _umask_s, (INT mask, INT *old))
{
	CRT_VALIDATE_E(old != NULL, EINVAL);
	*old = umask_value;
	CRT_VALIDATE_E((mask & ~(S_IREAD | S_IWRITE)) == 0, EINVAL);
	crt__umask(mask);
	return 0;
}

static DWORD disposition_of(INT flags)
{
	switch (flags & (O_CREAT | O_EXCL | O_TRUNC)) {
	case O_CREAT:
		return OPEN_ALWAYS;
	case O_CREAT | O_EXCL:
	case O_CREAT | O_TRUNC | O_EXCL:
		return CREATE_NEW;
	case O_TRUNC:
	case O_TRUNC | O_EXCL:
		return TRUNCATE_EXISTING;
	case O_CREAT | O_TRUNC:
		return CREATE_ALWAYS;
	default:
		return OPEN_EXISTING;
	}
}

/* In a Unicode text mode the file's byte order mark decides, and a new file gets one (MSDN fopen, "Unicode support").
 * `readable`: the handle can be read. */
static errno_t settle_encoding(INT fd, struct ioinfo *info, INT flags, DWORD access, bool readable)
{
	if (!(info->flags & FD_TEXT) || info->encoding == FD_ANSI || (info->flags & (FD_DEVICE | FD_PIPE)))
		return 0;
	int64_t length = lowio_seek(fd, info, 0, FILE_END);
	if (length < 0)
		return 0;
	lowio_seek(fd, info, 0, FILE_BEGIN);
	if (length == 0) {
		if (!(access & GENERIC_WRITE))
			return 0;
		static const BYTE utf16_mark[] = {0xFF, 0xFE}, utf8_mark[] = {0xEF, 0xBB, 0xBF};
		DWORD size = info->encoding == FD_UTF16 ? sizeof(utf16_mark) : sizeof(utf8_mark), done;
		if (!WriteFile(info->handle, info->encoding == FD_UTF16 ? utf16_mark : utf8_mark, size, &done, NULL) ||
		    done != size) {
			crt_fail_last_error();
			return crt_self.error;
		}
		return 0;
	}
	BYTE mark[3] = {0};
	DWORD got = 0;
	if (readable)
		ReadFile(info->handle, mark, sizeof(mark), &got, NULL);
	int64_t start = 0;
	if (got >= 2 && mark[0] == 0xFE && mark[1] == 0xFF) {
		crt_set_errno(CRT_EINVAL);
		return CRT_EINVAL;
	}
	if (got >= 2 && mark[0] == 0xFF && mark[1] == 0xFE) {
		info->encoding = FD_UTF16;
		start = 2;
	} else if (got == 3 && mark[0] == 0xEF && mark[1] == 0xBB && mark[2] == 0xBF) {
		info->encoding = FD_UTF8;
		start = 3;
	} else if (flags & O_WTEXT) {
		info->encoding = FD_ANSI;
	}
	lowio_seek(fd, info, start, FILE_BEGIN);
	return 0;
}

errno_t lowio_open(const WCHAR *name, INT flags, INT share, INT pmode, INT *result)
{
	*result = -1;
	DWORD access, sharing, attributes = FILE_ATTRIBUTE_NORMAL;
	switch (flags & (O_WRONLY | O_RDWR)) {
	case 0:
		access = GENERIC_READ;
		break;
	case O_WRONLY:
		access = GENERIC_WRITE;
		break;
	case O_RDWR:
		access = GENERIC_READ | GENERIC_WRITE;
		break;
	default:
		return crt_invalid(CRT_EINVAL);
	}
	switch (share) {
	case SH_DENYRW:
		sharing = 0;
		break;
	case SH_DENYWR:
		sharing = FILE_SHARE_READ;
		break;
	case SH_DENYRD:
		sharing = FILE_SHARE_WRITE;
		break;
	case SH_DENYNO:
	case SH_COMPAT:
		sharing = FILE_SHARE_READ | FILE_SHARE_WRITE;
		break;
	case SH_SECURE:
		sharing = access == GENERIC_READ ? FILE_SHARE_READ : 0;
		break;
	default:
		return crt_invalid(CRT_EINVAL);
	}
	if ((flags & O_CREAT) && !((pmode & ~umask_value) & S_IWRITE))
		attributes = FILE_ATTRIBUTE_READONLY;
	if (flags & O_TEMPORARY) {
		attributes |= FILE_FLAG_DELETE_ON_CLOSE;
		access |= DELETE;
		sharing |= FILE_SHARE_DELETE;
	}
	if (flags & O_SHORT_LIVED)
		attributes |= FILE_ATTRIBUTE_TEMPORARY;
	if (flags & O_OBTAIN_DIR)
		attributes |= FILE_FLAG_BACKUP_SEMANTICS;
	if (flags & O_SEQUENTIAL)
		attributes |= FILE_FLAG_SEQUENTIAL_SCAN;
	else if (flags & O_RANDOM)
		attributes |= FILE_FLAG_RANDOM_ACCESS;

	BYTE bits = FD_OPEN;
	enum fd_encoding encoding = FD_ANSI;
	if (flags & O_NOINHERIT)
		bits |= FD_NO_INHERIT;
	if (flags & O_APPEND)
		bits |= FD_APPEND;
	if (flags & (O_TEXT | O_WTEXT | O_U16TEXT | O_U8TEXT))
		bits |= FD_TEXT;
	else if (!(flags & O_BINARY) && crt_variables->fmode != O_BINARY)
		bits |= FD_TEXT;
	if (flags & (O_WTEXT | O_U16TEXT))
		encoding = FD_UTF16;
	else if (flags & O_U8TEXT)
		encoding = FD_UTF8;

	SECURITY_ATTRIBUTES security = {.nLength = sizeof(security), .bInheritHandle = !(flags & O_NOINHERIT)};
	DWORD disposition = disposition_of(flags);
	HANDLE handle = INVALID_HANDLE_VALUE;
	/* The byte order mark of a file opened for writing only must be read too. */
	bool look = encoding != FD_ANSI && !(access & GENERIC_READ);
	if (look)
		handle = CreateFileW(name, access | GENERIC_READ, sharing, &security, disposition, attributes, NULL);
	bool readable = handle != INVALID_HANDLE_VALUE || (access & GENERIC_READ);
	if (handle == INVALID_HANDLE_VALUE)
		handle = CreateFileW(name, access, sharing, &security, disposition, attributes, NULL);
	if (handle == INVALID_HANDLE_VALUE) {
		crt_fail_last_error();
		return crt_self.error;
	}
	DWORD type = GetFileType(handle) & 0xFF;
	if (type == FILE_TYPE_UNKNOWN) {
		DWORD error = NtCurrentTeb()->LastErrorValue;
		CloseHandle(handle);
		crt_map_error(error);
		if (error == 0)
			crt_set_errno(CRT_EACCES);
		return crt_self.error;
	}
	if (type == FILE_TYPE_CHAR)
		bits |= FD_DEVICE;
	else if (type == FILE_TYPE_PIPE)
		bits |= FD_PIPE;
	struct ioinfo *info;
	INT fd = fd_allocate(&info);
	if (fd < 0) {
		CloseHandle(handle);
		return crt_self.error;
	}
	fd_set_handle(fd, info, handle);
	info->flags = bits;
	info->encoding = encoding;
	info->unicode = (flags & O_WTEXT) != 0;
	/* A Ctrl-Z at the end of a text file that is opened to be read and written is removed (MSDN _open, _O_TEXT). */
	if ((bits & FD_TEXT) && encoding == FD_ANSI && (flags & O_RDWR) && !(bits & (FD_DEVICE | FD_PIPE))) {
		LARGE_INTEGER size;
		if (GetFileSizeEx(handle, &size) && size.QuadPart > 0 &&
		    lowio_seek(fd, info, -1, FILE_END) >= 0) {
			char last = 0;
			DWORD got = 0;
			if (ReadFile(handle, &last, 1, &got, NULL) && got == 1 && last == 26) {
				lowio_seek(fd, info, -1, FILE_END);
				SetEndOfFile(handle);
			}
			lowio_seek(fd, info, 0, FILE_BEGIN);
		}
	}
	errno_t error = settle_encoding(fd, info, flags, access, readable);
	if (error != 0) {
		lowio_close(fd, info);
		fd_unlock(info);
		crt_set_errno(error);
		return error;
	}
	fd_unlock(info);
	*result = fd;
	return 0;
}

errno_t lowio_open_narrow(const char *name, INT flags, INT share, INT pmode, INT *fd)
{
	*fd = -1;
	WCHAR *wide = crt_widen(name);
	if (wide == NULL)
		return CRT_ENOMEM;
	errno_t error = lowio_open(wide, flags, share, pmode, fd);
	crt_heap_free(wide);
	return error;
}

/* The mode is an optional argument, read only with _O_CREAT; a register that the caller did not set is harmless. */
CRT(INT, _open, (const char *name, INT flags, INT pmode))
{
	INT fd;
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	lowio_open_narrow(name, flags, SH_DENYNO, pmode, &fd);
	return fd;
}

CRT(INT, _wopen, (const WCHAR *name, INT flags, INT pmode))
{
	INT fd;
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	lowio_open(name, flags, SH_DENYNO, pmode, &fd);
	return fd;
}

CRT(INT, _sopen, (const char *name, INT flags, INT share, INT pmode))
{
	INT fd;
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	lowio_open_narrow(name, flags, share, pmode, &fd);
	return fd;
}

CRT(INT, _wsopen, (const WCHAR *name, INT flags, INT share, INT pmode))
{
	INT fd;
	CRT_VALIDATE(name != NULL, EINVAL, -1);
	lowio_open(name, flags, share, pmode, &fd);
	return fd;
}

CRT(errno_t, _sopen_s, (INT * fd, const char *name, INT flags, INT share, INT pmode))
{
	CRT_VALIDATE_E(fd != NULL, EINVAL);
	*fd = -1;
	CRT_VALIDATE_E(name != NULL, EINVAL);
	CRT_VALIDATE_E(!(flags & O_CREAT) || (pmode & ~(S_IREAD | S_IWRITE)) == 0, EINVAL);
	return lowio_open_narrow(name, flags, share, pmode, fd);
}

CRT(errno_t, _wsopen_s, (INT * fd, const WCHAR *name, INT flags, INT share, INT pmode))
{
	CRT_VALIDATE_E(fd != NULL, EINVAL);
	*fd = -1;
	CRT_VALIDATE_E(name != NULL, EINVAL);
	CRT_VALIDATE_E(!(flags & O_CREAT) || (pmode & ~(S_IREAD | S_IWRITE)) == 0, EINVAL);
	return lowio_open(name, flags, share, pmode, fd);
}

/* What the headers' inline _open and _sopen call. */
CRT_UCRT(errno_t, _sopen_dispatch, (const char *name, INT flags, INT share, INT pmode, INT *fd, INT secure))
{
	CRT_VALIDATE_E(fd != NULL, EINVAL);
	*fd = -1;
	CRT_VALIDATE_E(name != NULL, EINVAL);
	CRT_VALIDATE_E(!secure || !(flags & O_CREAT) || (pmode & ~(S_IREAD | S_IWRITE)) == 0, EINVAL);
	return lowio_open_narrow(name, flags, share, pmode, fd);
}

CRT_UCRT(errno_t, _wsopen_dispatch, (const WCHAR *name, INT flags, INT share, INT pmode, INT *fd, INT secure))
{
	CRT_VALIDATE_E(fd != NULL, EINVAL);
	*fd = -1;
	CRT_VALIDATE_E(name != NULL, EINVAL);
	CRT_VALIDATE_E(!secure || !(flags & O_CREAT) || (pmode & ~(S_IREAD | S_IWRITE)) == 0, EINVAL);
	return lowio_open(name, flags, share, pmode, fd);
}

CRT(INT, _creat, (const char *name, INT pmode))
{
	return crt__open(name, O_CREAT | O_TRUNC | O_RDWR, pmode);
}

CRT(INT, _wcreat, (const WCHAR *name, INT pmode))
{
	return crt__wopen(name, O_CREAT | O_TRUNC | O_RDWR, pmode);
}
