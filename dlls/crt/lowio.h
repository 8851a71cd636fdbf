/*
 * dlls/crt/lowio.h - file descriptors.
 *
 * The room promises the descriptor table of Microsoft's runtimes: 2,048 entries in blocks of 32 that programs reach
 * through __pioinfo, text mode with CR LF and Ctrl-Z, and the Unicode text modes.
 */
#ifndef PEWTER_DLLS_CRT_LOWIO_H
#define PEWTER_DLLS_CRT_LOWIO_H

#include "dlls/crt/crt.h"
#include "nt/peb.h"

#define FD_BLOCK 32
#define FD_LIMIT (CRT_PIOINFO_ENTRIES * FD_BLOCK)

/* ioinfo.osfile */
#define FD_OPEN 0x01
#define FD_EOF 0x02  /* a Ctrl-Z was read */
#define FD_CRLF 0x04 /* the last read began behind a CR that was dropped */
#define FD_PIPE 0x08
#define FD_NO_INHERIT 0x10
#define FD_APPEND 0x20
#define FD_DEVICE 0x40
#define FD_TEXT 0x80

/* ioinfo.textmode */
enum fd_encoding { FD_ANSI = 0, FD_UTF8 = 1, FD_UTF16 = 2 };

/* One descriptor as msvcrt.dll lays it out. */
struct ioinfo {
	HANDLE handle;
	BYTE flags;
	char lookahead;         /* '\n': none.  A byte read too many from a pipe or device */
	BYTE lookahead_more[2]; /* '\n': none */
	/* The bit for the lock is set once; the others are written under the lock. */
	union {
		UINT bits;
		struct {
			UINT encoding : 2;
			UINT has_lock : 1;
			UINT unicode : 1; /* opened with ccs= */
		};
	};
	RTL_CRITICAL_SECTION lock;
};
_Static_assert(sizeof(struct ioinfo) == 56, "ioinfo");
#define FD_LOCK_INITIALISED 4u

/* Flags of _open. */
#define O_WRONLY 0x0001
#define O_RDWR 0x0002
#define O_APPEND 0x0008
#define O_RANDOM 0x0010
#define O_SEQUENTIAL 0x0020
#define O_TEMPORARY 0x0040
#define O_NOINHERIT 0x0080
#define O_CREAT 0x0100
#define O_TRUNC 0x0200
#define O_EXCL 0x0400
#define O_SHORT_LIVED 0x1000
#define O_OBTAIN_DIR 0x2000
#define O_TEXT 0x4000
#define O_BINARY 0x8000
#define O_WTEXT 0x10000
#define O_U16TEXT 0x20000
#define O_U8TEXT 0x40000

#define SH_COMPAT 0x00
#define SH_DENYRW 0x10
#define SH_DENYWR 0x20
#define SH_DENYRD 0x30
#define SH_DENYNO 0x40
#define SH_SECURE 0x80

#define S_IREAD 0x0100
#define S_IWRITE 0x0080

/* The entry of an open descriptor, or NULL.  Errors are the caller's. */
struct ioinfo *fd_find(INT fd);
/* The same with errno EBADF and the invalid parameter handler when there is none. */
struct ioinfo *fd_check(INT fd);
void fd_lock(struct ioinfo *info);
void fd_unlock(struct ioinfo *info);
/* Takes a free entry, locked, with flags FD_OPEN and no handle; -1 with errno EMFILE. */
INT fd_allocate(struct ioinfo **info);
void fd_release(struct ioinfo *info);
/* Gives a descriptor its handle; 0..2 become the process's standard handles (console programs). */
void fd_set_handle(INT fd, struct ioinfo *info, HANDLE handle);

/* With the descriptor locked. */
INT lowio_read(INT fd, struct ioinfo *info, void *to, UINT size);
INT lowio_write(INT fd, struct ioinfo *info, const void *from, UINT size);
int64_t lowio_seek(INT fd, struct ioinfo *info, int64_t offset, INT origin);
INT lowio_close(INT fd, struct ioinfo *info);
/* The position in the file that byte `taken` of a buffer of `held` bytes stands for, when the last read, in text mode,
 * ended with that buffer.  -1: unknown. */
int64_t lowio_position_of(INT fd, struct ioinfo *info, const char *buffer, int64_t taken, int64_t held);

/* Opens; the errno, with *fd = -1 on failure.  `pmode` counts with O_CREAT only. */
errno_t lowio_open(const WCHAR *name, INT flags, INT share, INT pmode, INT *fd);
/* Also for names in the ANSI code page. */
errno_t lowio_open_narrow(const char *name, INT flags, INT share, INT pmode, INT *fd);

void lowio_attach(void);
/* What a child inherits, as STARTUPINFO.lpReserved2 wants it, on the heap; NULL: no memory. */
void *lowio_pass_on(bool detached, USHORT *size);

/* Exported, and used here. */
INT CDECL crt__read(INT fd, void *to, UINT size);
INT CDECL crt__write(INT fd, const void *from, UINT size);
INT CDECL crt__close(INT fd);
LONG CDECL crt__lseek(INT fd, LONG offset, INT origin);
int64_t CDECL crt__lseeki64(INT fd, int64_t offset, INT origin);
INT CDECL crt__isatty(INT fd);
INT CDECL crt__commit(INT fd);
INT CDECL crt__umask(INT mask);
INT CDECL crt__unlink(const char *name);
INT CDECL crt__wunlink(const WCHAR *name);

#endif
