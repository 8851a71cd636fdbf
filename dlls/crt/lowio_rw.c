/*
 * dlls/crt/lowio_rw.c - reading, writing and seeking, with the translations of the text modes.
 *
 * Text mode (MSDN _open, fopen): CR LF becomes LF on input, and LF becomes CR LF on output; Ctrl-Z ends a file.  A lone
 * CR stays.  In the Unicode modes the caller's data is UTF-16 whatever the file holds.
 */
#include "dlls/crt/lowio.h"
#include "dlls/crt/winio.h"

#include <stdlib.h>
#include <string.h>

#define CR 13
#define LF 10
#define CTRL_Z 26

int64_t lowio_seek(INT fd, struct ioinfo *info, int64_t offset, INT origin)
{
	LARGE_INTEGER distance = {.QuadPart = offset}, position;
	if (!SetFilePointerEx(info->handle, distance, &position, (DWORD)origin)) {
		crt_fail_last_error();
		return -1;
	}
	info->flags &= (BYTE)~FD_EOF;
	return position.QuadPart;
}

CRT(int64_t, _lseeki64, (INT fd, int64_t offset, INT origin))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	int64_t result = lowio_seek(fd, info, offset, origin);
	fd_unlock(info);
	return result;
}

CRT(LONG, _lseek, (INT fd, LONG offset, INT origin))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	int64_t before = lowio_seek(fd, info, 0, FILE_CURRENT);
	int64_t result = before < 0 ? -1 : lowio_seek(fd, info, offset, origin);
	if (result > INT32_MAX) {
		lowio_seek(fd, info, before, FILE_BEGIN);
		crt_set_errno(CRT_EINVAL);
		result = -1;
	}
	fd_unlock(info);
	return (LONG)result;
}

CRT(int64_t, _telli64, (INT fd))
{
	return crt__lseeki64(fd, 0, FILE_CURRENT);
}

CRT(LONG, _tell, (INT fd))
{
	return crt__lseek(fd, 0, FILE_CURRENT);
}

/* ReadFile with the errno of _read.  A broken pipe is the end of the file. */
static INT read_raw(struct ioinfo *info, void *to, UINT size)
{
	DWORD done = 0;
	if (ReadFile(info->handle, to, size, &done, NULL))
		return (INT)done;
	DWORD error = NtCurrentTeb()->LastErrorValue;
	if (error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF)
		return 0;
	if (error == ERROR_ACCESS_DENIED) {
		/* The descriptor was not opened for reading. */
		crt_set_errno(CRT_EBADF);
		crt_self.dos_error = error;
		return -1;
	}
	crt_map_error(error);
	return -1;
}

static void keep_byte(struct ioinfo *info, BYTE byte)
{
	info->lookahead = (char)byte;
}

static void keep_unit(struct ioinfo *info, WCHAR unit)
{
	info->lookahead = (char)(unit & 0xFF);
	info->lookahead_more[0] = (BYTE)(unit >> 8);
	info->lookahead_more[1] = LF;
}

#define UNIT BYTE
#define TRANSLATE translate_narrow
#define KEEP keep_byte
#include "dlls/crt/lowio_translate.h"

#define UNIT WCHAR
#define TRANSLATE translate_wide
#define KEEP keep_unit
#include "dlls/crt/lowio_translate.h"

/* Reads UTF-8 and gives UTF-16.  `size` in bytes, even.  As a unit can need three bytes and a pair four, half as many
 * bytes as there is room for units are read. */
static INT read_utf8(INT fd, struct ioinfo *info, WCHAR *to, UINT size)
{
	UINT want = size / 2;
	if (want < 4)
		want = 4;
	if (want > 65536)
		want = 65536;
	BYTE *bytes = malloc(want + 4);
	if (bytes == NULL) {
		crt_set_errno(CRT_ENOMEM);
		return -1;
	}
	UINT have = 0;
	while (have < 3) {
		BYTE held = have == 0 ? (BYTE)info->lookahead : info->lookahead_more[have - 1];
		if (held == LF)
			break;
		bytes[have++] = held;
	}
	info->lookahead = LF;
	info->lookahead_more[0] = info->lookahead_more[1] = LF;
	INT got = read_raw(info, bytes + have, want - have);
	if (got < 0 || (got == 0 && have == 0)) {
		free(bytes);
		return got;
	}
	UINT length = have + (UINT)got;
	length = (UINT)translate_narrow(fd, info, bytes, (INT)length);
	/* An incomplete sequence at the end is left for the next read. */
	UINT tail = 0;
	for (UINT back = 1; back <= 3 && back <= length; back++) {
		BYTE c = bytes[length - back];
		if ((c & 0xC0) == 0x80)
			continue;
		UINT needs = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		if (needs > back)
			tail = back;
		break;
	}
	if (tail != 0 && got != 0 && !(info->flags & FD_EOF)) {
		length -= tail;
		if (info->flags & (FD_DEVICE | FD_PIPE)) {
			info->lookahead = (char)bytes[length];
			if (tail > 1)
				info->lookahead_more[0] = bytes[length + 1];
			if (tail > 2)
				info->lookahead_more[1] = bytes[length + 2];
		} else {
			lowio_seek(fd, info, -(int64_t)tail, FILE_CURRENT);
		}
	}
	UINT room = size / 2;
	UINT units = 0;
	INT result;
	if (length == 0) {
		result = 0;
	} else {
		INT made = MultiByteToWideChar(CP_UTF8, 0, (const char *)bytes, (INT)length, to, (INT)room);
		units = made < 0 ? 0 : (UINT)made;
		result = (INT)(units * sizeof(WCHAR));
		if (made == 0) {
			crt_fail_last_error();
			result = -1;
		}
	}
	free(bytes);
	return result;
}

INT lowio_read(INT fd, struct ioinfo *info, void *to, UINT size)
{
	if (size == 0 || (info->flags & FD_EOF))
		return 0;
	bool text = info->flags & FD_TEXT;
	if (text && info->encoding == FD_UTF8)
		return read_utf8(fd, info, to, size);
	BYTE *bytes = to;
	INT have = 0;
	if ((info->flags & (FD_PIPE | FD_DEVICE)) && info->lookahead != LF) {
		bytes[have++] = (BYTE)info->lookahead;
		info->lookahead = LF;
		if (text && info->encoding == FD_UTF16 && have < (INT)size) {
			bytes[have++] = info->lookahead_more[0];
			info->lookahead_more[0] = LF;
		}
	}
	INT got = 0;
	DWORD mode;
	if (text && info->encoding == FD_UTF16 && (info->flags & FD_DEVICE) && GetConsoleMode(info->handle, &mode)) {
		DWORD units = 0;
		if (!ReadConsoleW(info->handle, bytes + have, (size - (UINT)have) / 2, &units, NULL))
			return crt_fail_last_error();
		got = (INT)(units * sizeof(WCHAR));
	} else {
		got = read_raw(info, bytes + have, size - (UINT)have);
		if (got < 0)
			return -1;
	}
	got += have;
	if (!text || got == 0)
		return got;
	if (info->encoding == FD_UTF16)
		return translate_wide(fd, info, to, got / (INT)sizeof(WCHAR)) * (INT)sizeof(WCHAR);
	return translate_narrow(fd, info, bytes, got);
}

CRT(INT, _read, (INT fd, void *to, UINT size))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	CRT_VALIDATE(size <= INT32_MAX, EINVAL, -1);
	CRT_VALIDATE(to != NULL || size == 0, EINVAL, -1);
	if ((info->flags & FD_TEXT) && info->encoding != FD_ANSI)
		CRT_VALIDATE(size % 2 == 0, EINVAL, -1);
	fd_lock(info);
	INT result = -1;
	if (info->flags & FD_OPEN)
		result = lowio_read(fd, info, to, size);
	else
		crt_set_errno(CRT_EBADF);
	fd_unlock(info);
	return result;
}

/* How a write went: what was taken from the caller, and the error of the piece that failed. */
struct progress {
	DWORD error;
	UINT taken;
};

static bool write_raw(struct ioinfo *info, const void *from, UINT size, DWORD *done, struct progress *progress)
{
	*done = 0;
	if (WriteFile(info->handle, from, size, done, NULL))
		return true;
	progress->error = NtCurrentTeb()->LastErrorValue;
	return false;
}

static void write_text(struct ioinfo *info, const BYTE *from, UINT size, struct progress *progress)
{
	BYTE block[2048];
	while (progress->taken < size) {
		UINT length = 0, at = progress->taken;
		while (at < size && length < sizeof(block) - 1) {
			if (from[at] == LF)
				block[length++] = CR;
			block[length++] = from[at++];
		}
		DWORD done;
		if (!write_raw(info, block, length, &done, progress))
			return;
		if (done < length) {
			/* Count what arrived. */
			for (DWORD i = 0; i < done; i++) {
				if (block[i] != CR || i + 1 == length || block[i + 1] != LF)
					progress->taken++;
			}
			return;
		}
		progress->taken = at;
	}
}

static void write_unicode(struct ioinfo *info, const WCHAR *from, UINT size, struct progress *progress)
{
	DWORD mode;
	bool console = (info->flags & FD_DEVICE) && GetConsoleMode(info->handle, &mode);
	WCHAR block[1024];
	char utf8[3 * ARRAY_SIZE(block)];
	UINT units = size / sizeof(WCHAR), at = 0;
	while (at < units) {
		UINT length = 0;
		while (at < units && length < ARRAY_SIZE(block) - 1) {
			if (from[at] == LF)
				block[length++] = CR;
			block[length++] = from[at++];
		}
		/* A pair stays together. */
		if (at < units && (block[length - 1] & 0xFC00) == 0xD800 && length > 1) {
			length--;
			at--;
		}
		DWORD done = 0;
		if (console) {
			if (!WriteConsoleW(info->handle, block, length, &done, NULL)) {
				progress->error = NtCurrentTeb()->LastErrorValue;
				return;
			}
		} else if (info->encoding == FD_UTF16) {
			if (!write_raw(info, block, length * (UINT)sizeof(WCHAR), &done, progress) ||
			    done < length * sizeof(WCHAR))
				return;
		} else {
			size_t bytes = rtl_utf16_to_utf8(utf8, sizeof(utf8), block, length);
			for (UINT sent = 0; sent < bytes; sent += done) {
				if (!write_raw(info, utf8 + sent, (UINT)bytes - sent, &done, progress) || done == 0)
					return;
			}
		}
		progress->taken = at * (UINT)sizeof(WCHAR);
	}
}

INT lowio_write(INT fd, struct ioinfo *info, const void *from, UINT size)
{
	struct progress progress = {0};
	if (size == 0)
		return 0;
	if (info->flags & FD_APPEND)
		lowio_seek(fd, info, 0, FILE_END);
	if (!(info->flags & FD_TEXT)) {
		DWORD done;
		write_raw(info, from, size, &done, &progress);
		progress.taken = done;
	} else if (info->encoding == FD_ANSI) {
		write_text(info, from, size, &progress);
	} else {
		write_unicode(info, from, size, &progress);
	}
	if (progress.taken != 0)
		return (INT)progress.taken;
	if (progress.error == ERROR_ACCESS_DENIED) {
		/* The descriptor was not opened for writing. */
		crt_set_errno(CRT_EBADF);
		crt_self.dos_error = progress.error;
		return -1;
	}
	if (progress.error != 0) {
		crt_map_error(progress.error);
		return -1;
	}
	/* Nothing was written and nothing failed: Ctrl-Z to a device is that, all else a full disk. */
	if ((info->flags & FD_DEVICE) && *(const BYTE *)from == CTRL_Z)
		return 0;
	crt_set_errno(CRT_ENOSPC);
	crt_self.dos_error = 0;
	return -1;
}

CRT(INT, _write, (INT fd, const void *from, UINT size))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	CRT_VALIDATE(from != NULL || size == 0, EINVAL, -1);
	if ((info->flags & FD_TEXT) && info->encoding != FD_ANSI)
		CRT_VALIDATE(size % 2 == 0, EINVAL, -1);
	fd_lock(info);
	INT result = -1;
	if (info->flags & FD_OPEN)
		result = lowio_write(fd, info, from, size);
	else
		crt_set_errno(CRT_EBADF);
	fd_unlock(info);
	return result;
}

/*
 * Where in the file does byte `taken` of a translated buffer stand?  Microsoft's runtime assumes that every LF was a CR LF;
 * here the raw bytes are looked at once more, so that files with bare LFs get right positions too.
 */
int64_t lowio_position_of(INT fd, struct ioinfo *info, const char *buffer, int64_t taken, int64_t held)
{
	LARGE_INTEGER zero = {.QuadPart = 0}, end;
	if (!SetFilePointerEx(info->handle, zero, &end, FILE_CURRENT))
		return -1;
	int64_t raw_start = -1;
	BYTE block[1024];
	/* Walk backwards from the current position: `held - taken` translated bytes lie between there and the place. */
	int64_t left = held - taken, position = end.QuadPart;
	const char *at = buffer + held;
	while (left > 0) {
		int64_t size = position < (int64_t)sizeof(block) ? position : (int64_t)sizeof(block);
		if (size == 0)
			break;
		LARGE_INTEGER start = {.QuadPart = position - size};
		DWORD done = 0;
		if (!SetFilePointerEx(info->handle, start, NULL, FILE_BEGIN) ||
		    !ReadFile(info->handle, block, (DWORD)size, &done, NULL) || done != (DWORD)size)
			break;
		int64_t i = size;
		while (left > 0 && i > 0) {
			char expected = at[-1];
			BYTE c = block[i - 1];
			if (c == (BYTE)expected) {
				at--;
				left--;
				i--;
				if (expected == LF) {
					/* A CR before it was folded. */
					if (i == 0 && position - size > 0 && size > 1) {
						/* Look at it in the next block. */
						at++;
						left++;
						i++;
						break;
					}
					if (i > 0 && block[i - 1] == CR)
						i--;
				}
			} else {
				i--; /* a Ctrl-Z and what follows it, or a CR held back */
			}
		}
		position = position - size + i;
		if (left == 0)
			raw_start = position;
	}
	if (left == 0 && raw_start < 0)
		raw_start = position;
	SetFilePointerEx(info->handle, end, NULL, FILE_BEGIN);
	return raw_start;
}

CRT(INT, _eof, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	INT result = -1;
	int64_t here = lowio_seek(fd, info, 0, FILE_CURRENT);
	int64_t end = here < 0 ? -1 : lowio_seek(fd, info, 0, FILE_END);
	if (end >= 0) {
		result = here == end;
		lowio_seek(fd, info, here, FILE_BEGIN);
	}
	fd_unlock(info);
	return result;
}

CRT(int64_t, _filelengthi64, (INT fd))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	fd_lock(info);
	int64_t here = lowio_seek(fd, info, 0, FILE_CURRENT);
	int64_t end = here < 0 ? -1 : lowio_seek(fd, info, 0, FILE_END);
	if (end >= 0 && end != here)
		lowio_seek(fd, info, here, FILE_BEGIN);
	fd_unlock(info);
	return end;
}

CRT(LONG, _filelength, (INT fd))
{
	int64_t length = crt__filelengthi64(fd);
	if (length > INT32_MAX) {
		crt_set_errno(CRT_EINVAL);
		return -1;
	}
	return (LONG)length;
}

CRT(errno_t, _chsize_s, (INT fd, int64_t size))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return CRT_EBADF;
	CRT_VALIDATE_E(size >= 0, EINVAL);
	fd_lock(info);
	errno_t error = 0;
	int64_t here = lowio_seek(fd, info, 0, FILE_CURRENT);
	int64_t end = here < 0 ? -1 : lowio_seek(fd, info, 0, FILE_END);
	if (end < 0) {
		error = crt_self.error;
	} else {
		/* What is added reads as zeros. */
		if (lowio_seek(fd, info, size, FILE_BEGIN) < 0 || !SetEndOfFile(info->handle)) {
			crt_map_error(NtCurrentTeb()->LastErrorValue);
			if (NtCurrentTeb()->LastErrorValue == ERROR_ACCESS_DENIED)
				crt_set_errno(CRT_EACCES);
			error = crt_self.error;
		}
		lowio_seek(fd, info, here, FILE_BEGIN);
		if (error != 0)
			crt_set_errno(error);
	}
	fd_unlock(info);
	return error;
}

CRT(INT, _chsize, (INT fd, LONG size))
{
	return crt__chsize_s(fd, size) == 0 ? 0 : -1;
}

/* MSDN _locking: _LK_UNLCK 0, _LK_LOCK 1 and _LK_RLCK 3 (ten attempts, a second apart), _LK_NBLCK 2, _LK_NBRLCK 4. */
CRT(INT, _locking, (INT fd, INT mode, LONG size))
{
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return -1;
	CRT_VALIDATE(size >= 0 && mode >= 0 && mode <= 4, EINVAL, -1);
	fd_lock(info);
	INT result = -1;
	int64_t here = lowio_seek(fd, info, 0, FILE_CURRENT);
	if (here >= 0) {
		DWORD low = (DWORD)here, high = (DWORD)((uint64_t)here >> 32);
		if (mode == 0) {
			if (UnlockFile(info->handle, low, high, (DWORD)size, 0))
				result = 0;
			else
				crt_fail_last_error();
		} else {
			int attempts = mode == 1 || mode == 3 ? 10 : 1;
			for (int i = 0; i < attempts && result != 0; i++) {
				if (i > 0)
					Sleep(1000);
				if (LockFile(info->handle, low, high, (DWORD)size, 0))
					result = 0;
			}
			if (result != 0) {
				crt_map_error(NtCurrentTeb()->LastErrorValue);
				crt_set_errno(attempts > 1 ? CRT_EDEADLOCK : CRT_EACCES);
			}
		}
	}
	fd_unlock(info);
	return result;
}
