/*
 * dlls/crt/lowio.c - the descriptor table.
 */
#include "dlls/crt/lowio.h"
#include "dlls/crt/winio.h"

#include <string.h>

static struct ioinfo *blocks[CRT_PIOINFO_ENTRIES];
static int block_count;

static void publish_blocks(struct crt_variables *variables)
{
	for (int i = 0; i < block_count; i++)
		variables->pioinfo[i] = blocks[i];
	struct ioinfo *bad = (struct ioinfo *)variables->badioinfo_storage;
	bad->handle = INVALID_HANDLE_VALUE;
	bad->lookahead = '\n';
	variables->badioinfo = bad;
}

/* Under CRT_LOCK_LOWIO. */
static bool add_block(void)
{
	if (block_count == CRT_PIOINFO_ENTRIES)
		return false;
	struct ioinfo *block = crt_heap_allocate(FD_BLOCK * sizeof(*block));
	if (block == NULL)
		return false;
	memset(block, 0, FD_BLOCK * sizeof(*block));
	for (int i = 0; i < FD_BLOCK; i++) {
		block[i].handle = INVALID_HANDLE_VALUE;
		block[i].lookahead = '\n';
		block[i].lookahead_more[0] = block[i].lookahead_more[1] = '\n';
	}
	blocks[block_count] = block;
	__atomic_store_n(&block_count, block_count + 1, __ATOMIC_RELEASE);
	for (int i = 0; i < CRT_FLAVOUR_COUNT; i++) {
		if (crt_variables_of[i] != NULL)
			publish_blocks(crt_variables_of[i]);
	}
	return true;
}

struct ioinfo *fd_find(INT fd)
{
	if (fd < 0 || fd >= __atomic_load_n(&block_count, __ATOMIC_ACQUIRE) * FD_BLOCK)
		return NULL;
	struct ioinfo *info = &blocks[fd / FD_BLOCK][fd % FD_BLOCK];
	return info->flags & FD_OPEN ? info : NULL;
}

struct ioinfo *fd_check(INT fd)
{
	struct ioinfo *info = fd_find(fd);
	if (info != NULL)
		return info;
	crt_self.dos_error = 0;
	if (fd == -2)
		crt_set_errno(CRT_EBADF); /* a standard stream without a handle: no invalid parameter */
	else
		crt_invalid(CRT_EBADF);
	return NULL;
}

void fd_lock(struct ioinfo *info)
{
	if ((__atomic_load_n(&info->bits, __ATOMIC_ACQUIRE) & FD_LOCK_INITIALISED) == 0) {
		crt_lock(CRT_LOCK_LOWIO);
		if ((info->bits & FD_LOCK_INITIALISED) == 0) {
			RtlInitializeCriticalSectionAndSpinCount(&info->lock, 4000);
			__atomic_fetch_or(&info->bits, FD_LOCK_INITIALISED, __ATOMIC_RELEASE);
		}
		crt_unlock(CRT_LOCK_LOWIO);
	}
	RtlEnterCriticalSection(&info->lock);
}

void fd_unlock(struct ioinfo *info)
{
	RtlLeaveCriticalSection(&info->lock);
}

INT fd_allocate(struct ioinfo **result)
{
	crt_lock(CRT_LOCK_LOWIO);
	for (INT fd = 0; fd < FD_LIMIT; fd++) {
		if (fd == block_count * FD_BLOCK && !add_block())
			break;
		struct ioinfo *info = &blocks[fd / FD_BLOCK][fd % FD_BLOCK];
		if (info->flags & FD_OPEN)
			continue;
		fd_lock(info);
		info->flags = FD_OPEN;
		info->handle = INVALID_HANDLE_VALUE;
		info->lookahead = '\n';
		info->lookahead_more[0] = info->lookahead_more[1] = '\n';
		info->encoding = FD_ANSI;
		info->unicode = 0;
		crt_unlock(CRT_LOCK_LOWIO);
		*result = info;
		return fd;
	}
	crt_unlock(CRT_LOCK_LOWIO);
	crt_set_errno(CRT_EMFILE);
	crt_self.dos_error = 0;
	*result = NULL;
	return -1;
}

void fd_release(struct ioinfo *info)
{
	/* The encoding stays, as programs that look can see, until somebody takes the entry. */
	info->handle = INVALID_HANDLE_VALUE;
	info->flags = 0;
}

void fd_set_handle(INT fd, struct ioinfo *info, HANDLE handle)
{
	info->handle = handle;
	if (fd >= 0 && fd <= 2 && NtCurrentPeb()->ImageSubsystem == 3 /* console */)
		SetStdHandle(fd == 0 ? STD_INPUT_HANDLE : fd == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE, handle);
}

/* Descriptors handed down by the parent in STARTUPINFO.lpReserved2: a count, that many flag bytes, that many handles
 * (which need not be aligned). */
static void inherit(void)
{
	const UNICODE_STRING *data = &NtCurrentPeb()->ProcessParameters->RuntimeData;
	INT count;
	if (data->Buffer == NULL || data->Length < sizeof(count))
		return;
	const BYTE *bytes = (const BYTE *)data->Buffer;
	memcpy(&count, bytes, sizeof(count));
	size_t room = (data->Length - sizeof(count)) / (1 + sizeof(HANDLE));
	if (count <= 0)
		return;
	if ((size_t)count > room)
		count = (INT)room;
	if (count > FD_LIMIT)
		count = FD_LIMIT;
	const BYTE *flags = bytes + sizeof(count);
	const BYTE *handles = flags + count;
	while (block_count * FD_BLOCK < count) {
		if (!add_block())
			return;
	}
	for (INT fd = 0; fd < count; fd++) {
		HANDLE handle;
		memcpy(&handle, handles + (size_t)fd * sizeof(handle), sizeof(handle));
		if (handle == INVALID_HANDLE_VALUE || handle == (HANDLE)(intptr_t)-2 || !(flags[fd] & FD_OPEN))
			continue;
		if (!(flags[fd] & FD_PIPE) && GetFileType(handle) == FILE_TYPE_UNKNOWN)
			continue;
		struct ioinfo *info = &blocks[fd / FD_BLOCK][fd % FD_BLOCK];
		info->handle = handle;
		info->flags = flags[fd];
	}
}

void *lowio_pass_on(bool detached, USHORT *size)
{
	INT count = 0;
	for (INT fd = 0; fd < block_count * FD_BLOCK && fd < 6000; fd++) {
		if (fd_find(fd) != NULL)
			count = fd + 1;
	}
	/* lpReserved2's size is 16 bits. */
	size_t bytes = sizeof(count) + (size_t)count * (1 + sizeof(HANDLE));
	BYTE *data = crt_heap_allocate(bytes);
	*size = 0;
	if (data == NULL)
		return NULL;
	memcpy(data, &count, sizeof(count));
	for (INT fd = 0; fd < count; fd++) {
		const struct ioinfo *info = fd_find(fd);
		HANDLE handle = INVALID_HANDLE_VALUE;
		BYTE flags = 0;
		/* A detached program gets no console, and so none of the first three. */
		if (info != NULL && !(info->flags & FD_NO_INHERIT) && !(detached && fd < 3)) {
			handle = info->handle;
			flags = info->flags;
		}
		data[sizeof(count) + (size_t)fd] = flags;
		memcpy(data + sizeof(count) + (size_t)count + (size_t)fd * sizeof(handle), &handle, sizeof(handle));
	}
	*size = (USHORT)bytes;
	return data;
}

static void standard_handles(void)
{
	static const DWORD which[3] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
	for (INT fd = 0; fd < 3; fd++) {
		struct ioinfo *info = &blocks[0][fd];
		if (info->flags & FD_OPEN) {
			info->flags |= FD_TEXT;
			continue;
		}
		HANDLE handle = GetStdHandle(which[fd]);
		DWORD type = FILE_TYPE_UNKNOWN;
		if (handle != NULL && handle != INVALID_HANDLE_VALUE)
			type = GetFileType(handle) & 0xFF;
		info->flags = FD_OPEN | FD_TEXT;
		if (type == FILE_TYPE_UNKNOWN) {
			/* No such handle: the descriptor is open and fails. */
			info->flags |= FD_DEVICE;
			info->handle = (HANDLE)(intptr_t)-2;
			continue;
		}
		info->handle = handle;
		if (type == FILE_TYPE_CHAR)
			info->flags |= FD_DEVICE;
		else if (type == FILE_TYPE_PIPE)
			info->flags |= FD_PIPE;
	}
}

void lowio_attach(void)
{
	if (block_count == 0) {
		if (!add_block())
			return;
		inherit();
		standard_handles();
	}
	for (int i = 0; i < CRT_FLAVOUR_COUNT; i++) {
		if (crt_variables_of[i] != NULL)
			publish_blocks(crt_variables_of[i]);
	}
}

INT lowio_close(INT fd, struct ioinfo *info)
{
	HANDLE handle = info->handle;
	bool failed = false;
	/* Descriptors 1 and 2 may share one handle: it is closed with the last of them. */
	if (fd == 1 || fd == 2) {
		struct ioinfo *other = fd_find(3 - fd);
		if (other != NULL && other->handle == handle)
			handle = NULL;
	}
	if (handle != NULL && handle != INVALID_HANDLE_VALUE && handle != (HANDLE)(intptr_t)-2)
		failed = !CloseHandle(handle);
	if (fd >= 0 && fd <= 2 && NtCurrentPeb()->ImageSubsystem == 3)
		SetStdHandle(fd == 0 ? STD_INPUT_HANDLE : fd == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE, NULL);
	fd_release(info);
	return failed ? crt_fail_last_error() : 0;
}

CRT(INT, _close, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	INT result = -1;
	if (info->flags & FD_OPEN)
		result = lowio_close(fd, info);
	else
		crt_set_errno(CRT_EBADF);
	fd_unlock(info);
	return result;
}

CRT(intptr_t, _get_osfhandle, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	return info == NULL ? -1 : (intptr_t)info->handle;
}

CRT(INT, _open_osfhandle, (intptr_t handle, INT flags))
{
	DWORD type = GetFileType((HANDLE)handle) & 0xFF;
	if (type == FILE_TYPE_UNKNOWN) {
		crt_fail_last_error();
		return -1;
	}
	struct ioinfo *info;
	INT fd = fd_allocate(&info);
	if (fd < 0)
		return -1;
	BYTE bits = FD_OPEN;
	if (flags & O_APPEND)
		bits |= FD_APPEND;
	if (flags & (O_TEXT | O_WTEXT | O_U16TEXT | O_U8TEXT))
		bits |= FD_TEXT;
	if (flags & O_NOINHERIT)
		bits |= FD_NO_INHERIT;
	if (type == FILE_TYPE_CHAR)
		bits |= FD_DEVICE;
	else if (type == FILE_TYPE_PIPE)
		bits |= FD_PIPE;
	fd_set_handle(fd, info, (HANDLE)handle);
	info->flags = bits;
	if (flags & (O_WTEXT | O_U16TEXT))
		info->encoding = FD_UTF16;
	else if (flags & O_U8TEXT)
		info->encoding = FD_UTF8;
	fd_unlock(info);
	return fd;
}

/* Makes `info` a copy of `from` over a duplicated handle. */
static bool duplicate(INT to_fd, struct ioinfo *to, const struct ioinfo *from)
{
	HANDLE handle;
	if (!DuplicateHandle(NtCurrentProcess(), from->handle, NtCurrentProcess(), &handle, 0, TRUE,
			     DUPLICATE_SAME_ACCESS)) {
		crt_fail_last_error();
		return false;
	}
	fd_set_handle(to_fd, to, handle);
	to->flags = from->flags & (BYTE)~FD_NO_INHERIT;
	to->encoding = from->encoding;
	to->unicode = from->unicode;
	to->lookahead = '\n';
	to->lookahead_more[0] = to->lookahead_more[1] = '\n';
	return true;
}

CRT(INT, _dup, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	struct ioinfo *copy;
	INT result = fd_allocate(&copy);
	if (result >= 0) {
		if (!duplicate(result, copy, info)) {
			fd_release(copy);
			fd_unlock(copy);
			result = -1;
		} else {
			fd_unlock(copy);
		}
	}
	fd_unlock(info);
	return result;
}

CRT(INT, _dup2, (INT from_fd, INT to_fd))
{
	struct ioinfo *from = fd_check(from_fd);
	if (from == NULL)
		return -1;
	CRT_VALIDATE(to_fd >= 0 && to_fd < FD_LIMIT, EBADF, -1);
	if (from_fd == to_fd)
		return 0;
	crt_lock(CRT_LOCK_LOWIO);
	while (to_fd >= block_count * FD_BLOCK) {
		if (!add_block()) {
			crt_unlock(CRT_LOCK_LOWIO);
			crt_set_errno(CRT_EMFILE);
			return -1;
		}
	}
	crt_unlock(CRT_LOCK_LOWIO);
	struct ioinfo *to = &blocks[to_fd / FD_BLOCK][to_fd % FD_BLOCK];
	/* In the order of the descriptors, so that two calls cannot wait for each other. */
	fd_lock(from_fd < to_fd ? from : to);
	fd_lock(from_fd < to_fd ? to : from);
	INT result = -1;
	if (!(from->flags & FD_OPEN)) {
		crt_set_errno(CRT_EBADF);
	} else {
		if (to->flags & FD_OPEN)
			lowio_close(to_fd, to);
		if (duplicate(to_fd, to, from))
			result = 0;
	}
	fd_unlock(to);
	fd_unlock(from);
	return result;
}

CRT(INT, _pipe, (INT * fds, UINT size, INT mode))
{
	CRT_VALIDATE(fds != NULL, EINVAL, -1);
	fds[0] = fds[1] = -1;
	CRT_VALIDATE((mode & ~(O_NOINHERIT | O_BINARY | O_TEXT)) == 0, EINVAL, -1);
	CRT_VALIDATE((mode & (O_BINARY | O_TEXT)) != (O_BINARY | O_TEXT), EINVAL, -1);
	SECURITY_ATTRIBUTES security = {.nLength = sizeof(security), .bInheritHandle = !(mode & O_NOINHERIT)};
	HANDLE handles[2];
	struct ioinfo *info[2];
	INT result[2];
	if (!CreatePipe(&handles[0], &handles[1], &security, size))
		return crt_fail_last_error();
	BYTE flags = FD_OPEN | FD_PIPE;
	if (mode & O_NOINHERIT)
		flags |= FD_NO_INHERIT;
	if (!(mode & O_BINARY) && ((mode & O_TEXT) || crt_variables->fmode != O_BINARY))
		flags |= FD_TEXT;
	for (int i = 0; i < 2; i++) {
		result[i] = fd_allocate(&info[i]);
		if (result[i] < 0) {
			if (i == 1) {
				fd_lock(info[0]);
				fd_release(info[0]);
				fd_unlock(info[0]);
			}
			CloseHandle(handles[0]);
			CloseHandle(handles[1]);
			return -1;
		}
		fd_set_handle(result[i], info[i], handles[i]);
		info[i]->flags = flags;
		fd_unlock(info[i]);
	}
	fds[0] = result[0];
	fds[1] = result[1];
	return 0;
}

CRT(INT, _isatty, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	return info == NULL ? 0 : info->flags & FD_DEVICE;
}

CRT(INT, _setmode, (INT fd, INT mode))
{
	CRT_VALIDATE(mode == O_TEXT || mode == O_BINARY || mode == O_WTEXT || mode == O_U8TEXT || mode == O_U16TEXT, EINVAL,
		     -1);
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	/* The Unicode modes are all reported as _O_WTEXT. */
	INT old = !(info->flags & FD_TEXT) ? O_BINARY : info->encoding == FD_ANSI ? O_TEXT : O_WTEXT;
	switch (mode) {
	case O_BINARY:
		info->flags &= (BYTE)~FD_TEXT;
		break;
	case O_TEXT:
		info->flags |= FD_TEXT;
		info->encoding = FD_ANSI;
		break;
	case O_U8TEXT:
		info->flags |= FD_TEXT;
		info->encoding = FD_UTF8;
		break;
	default:
		info->flags |= FD_TEXT;
		info->encoding = FD_UTF16;
		break;
	}
	fd_unlock(info);
	return old;
}

CRT(INT, _commit, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	INT result = 0;
	if (!(info->flags & FD_OPEN) || !FlushFileBuffers(info->handle)) {
		crt_self.dos_error = NtCurrentTeb()->LastErrorValue;
		crt_set_errno(CRT_EBADF);
		result = -1;
	}
	fd_unlock(info);
	return result;
}
