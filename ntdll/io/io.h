/*
 * ntdll/io/io.h - files, pipes, consoles and paths.  Read ntdll/io/README.md first.
 *
 * What the rooms above (and the loader) may call besides the Nt* functions.  Names come in three kinds:
 *
 *	DOS names    Z:\dir\file, file, \\?\Z:\dir\file, NUL     what Win32 functions take
 *	NT names     \??\Z:\dir\file                             what Nt* functions take
 *	host names   /dir/file, UTF-8                            what Linux takes
 *
 * Z: is /, C: is a small tree of the user's made on first need.
 *
 * Lock order: file lock, node lock; the locks of the name cache, of the current directory and of the console are leaves.
 */
#ifndef PEWTER_NTDLL_IO_IO_H
#define PEWTER_NTDLL_IO_IO_H

#include "nt/io.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "ntdll/ob/ob.h"
#include "ntdll/rtl/time.h"
#include <stdbool.h>

/* Makes the three standard handles from the descriptors 0, 1 and 2 and stores them in the process parameters when these
 * exist already.  A closed descriptor gives a NULL handle. */
NTSTATUS io_initialize(void);
/* The same for a child, whose standard handles were inherited: which files the descriptors 0 to 2 belong to. */
void io_mark_standard(const HANDLE handles[3]);
/* What the process owes its terminal at the end. */
void io_finish(void);

/* Instead of a completion port, functions that take a file's packets: on the thread that completes the operation, with no
 * lock held.  `closed` is called when the file is gone and nothing more comes. */
struct io_sink {
	void (*packet)(void *context, void *apc_context, NTSTATUS status, ULONG_PTR information);
	void (*closed)(void *context);
};
/* STATUS_INVALID_PARAMETER: the file is synchronous, or has a port or sink already. */
NTSTATUS io_bind_sink(HANDLE file, const struct io_sink *sink, void *context);

/* A growing string of UTF-16 with room for ordinary paths; io_wide_free it. */
struct io_wide {
	char16_t *text; /* NUL-terminated */
	size_t length;  /* in units, without the NUL */
	size_t capacity;
	bool failed; /* memory ran out */
	char16_t fixed[320];
};
void io_wide_init(struct io_wide *wide);
void io_wide_free(struct io_wide *wide);
bool io_wide_put(struct io_wide *wide, const char16_t *text, size_t length);

/* A growing string of bytes, likewise. */
struct io_narrow {
	char *text;
	size_t length;
	size_t capacity;
	bool failed;
	char fixed[512];
};
void io_narrow_init(struct io_narrow *narrow);
void io_narrow_free(struct io_narrow *narrow);
bool io_narrow_put(struct io_narrow *narrow, const char *text, size_t length);

typedef enum _RTL_PATH_TYPE {
	RtlPathTypeUnknown,
	RtlPathTypeUncAbsolute,     /* \\server\share */
	RtlPathTypeDriveAbsolute,   /* C:\x */
	RtlPathTypeDriveRelative,   /* C:x */
	RtlPathTypeRooted,          /* \x */
	RtlPathTypeRelative,        /* x */
	RtlPathTypeLocalDevice,     /* \\.\x, \\?\x */
	RtlPathTypeRootLocalDevice, /* \\. */
} RTL_PATH_TYPE;
RTL_PATH_TYPE io_path_type(const char16_t *name, size_t length);

/* The reserved device name that a DOS name means on Windows 10 ("dir\nul.txt"): offset in bytes << 16 | length in
 * bytes; 0 = none. */
ULONG io_dos_device(const char16_t *name, size_t length);
/* Whether the name is a device's in a directory that is not there: then it means nothing, which is how programs of old ask
 * for directories. */
bool io_device_in_nowhere(const char16_t *name, size_t length);

/* GetFullPathName's rules.  STATUS_OBJECT_NAME_INVALID for an empty name. */
NTSTATUS io_full_path(const char16_t *name, size_t length, struct io_wide *full);

/* DOS to NT.  STATUS_NAME_TOO_LONG beyond MAX_PATH, unless it begins with \\?\ or the program is long-path aware. */
NTSTATUS io_nt_path_from_dos(const char16_t *name, size_t length, struct io_wide *nt);

/* Host to DOS: C:\... inside the C: tree, else Z:\...; `path` is absolute. */
bool io_dos_path_from_unix(const char *path, struct io_wide *dos);
/* DOS to host.  With `find`, names are looked up without regard to case where they do not exist exactly; the part that
 * does not exist stays as given.  STATUS_OBJECT_PATH_SYNTAX_BAD for devices and other machines. */
NTSTATUS io_unix_path_from_dos(const char16_t *name, size_t length, bool find, struct io_narrow *path);

/* The current directory as the process parameters have it, ending in a backslash. */
void io_current_directory(struct io_wide *directory);
NTSTATUS io_set_current_directory(const char16_t *name, size_t length);
/* Opens it, and keeps the handle where programs look for it. */
void io_hold_current_directory(void);
/* The host directory that is C:\, without a slash at the end; made on the first call. */
const char *io_c_drive(void);

/* Set by the loader at start: the files of builtin programs (loader/builtin_program.h), for the tree. */
extern struct io_programs {
	const char *(*name)(unsigned index); /* NULL behind the last */
	void *(*file)(unsigned index, size_t *size); /* malloc'ed */
} io_programs;

/* One name component, host to NT and back; as rtl_utf8_to_utf16, but characters that NT forbids in names travel as
 * U+F000 + character. */
size_t io_name_from_host(char16_t *to, size_t capacity, const char *from, size_t length);
NTSTATUS io_name_to_host(struct io_narrow *to, const char16_t *from, size_t length);

/* NT's wildcards (FsRtlIsNameInExpression): * ? and DOS_STAR <, DOS_QM >, DOS_DOT ".  No regard to case. */
bool io_name_matches(const char16_t *pattern, size_t pattern_length, const char16_t *name, size_t name_length);

/* A descriptor of the file behind a handle that has `access` (STATUS_ACCESS_DENIED otherwise), duplicated; the caller
 * closes it.  `path` (may be NULL) receives the host name.  STATUS_OBJECT_TYPE_MISMATCH, STATUS_INVALID_FILE_FOR_SECTION
 * for what is no disk file. */
NTSTATUS io_file_descriptor(HANDLE handle, ACCESS_MASK access, int *fd, struct io_narrow *path);

/* An anonymous pipe; `attributes` OBJ_INHERIT. */
NTSTATUS io_create_pipe(HANDLE *read_handle, HANDLE *write_handle, ULONG attributes, ULONG size);

/* A volume's name begins so; its number (of \Device\HarddiskVolumeN) and a brace follow. */
#define IO_VOLUME_NAME u"Volume{50657774-6572-4000-8000-00000000000"
#define IO_VOLUME_NAME_LENGTH 44u

/* What kind of thing a handle is: a FILE_DEVICE_ number. */
NTSTATUS io_device_type(HANDLE handle, ULONG *type);

/* A number that differs from process to process: where names of temporary files start. */
uint64_t io_unique_number(void);

extern const struct ob_type io_file_type;

/* FILETIME units of a host time and back. */
static inline LONGLONG io_time_from_host(int64_t nanoseconds)
{
	/* rounding down also before 1970 */
	int64_t ticks = nanoseconds / 100 - (nanoseconds % 100 < 0);

	return ticks + RTL_TICKS_1601_1970;
}
static inline int64_t io_time_to_host(LONGLONG time)
{
	LONGLONG ticks = time - RTL_TICKS_1601_1970;

	if (ticks > INT64_MAX / 100)
		ticks = INT64_MAX / 100;
	return ticks * 100;
}

/* System services. */
NTSTATUS NTAPI NtCreateFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
			    LARGE_INTEGER *allocation, ULONG file_attributes, ULONG share, ULONG disposition, ULONG options,
			    PVOID ea, ULONG ea_length);
NTSTATUS NTAPI NtOpenFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
			  ULONG share, ULONG options);
NTSTATUS NTAPI NtReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
			  PVOID buffer, ULONG length, LARGE_INTEGER *offset, ULONG *key);
NTSTATUS NTAPI NtWriteFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
			   PVOID buffer, ULONG length, LARGE_INTEGER *offset, ULONG *key);
NTSTATUS NTAPI NtFlushBuffersFile(HANDLE handle, IO_STATUS_BLOCK *iosb);
NTSTATUS NTAPI NtLockFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
			  LARGE_INTEGER *offset, LARGE_INTEGER *length, ULONG key, BOOLEAN fail_immediately,
			  BOOLEAN exclusive);
NTSTATUS NTAPI NtUnlockFile(HANDLE handle, IO_STATUS_BLOCK *iosb, LARGE_INTEGER *offset, LARGE_INTEGER *length, ULONG key);
NTSTATUS NTAPI NtQueryInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length,
				      FILE_INFORMATION_CLASS info_class);
NTSTATUS NTAPI NtSetInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length,
				    FILE_INFORMATION_CLASS info_class);
NTSTATUS NTAPI NtQueryVolumeInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length,
					    FS_INFORMATION_CLASS info_class);
NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context,
				    IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length, FILE_INFORMATION_CLASS info_class,
				    BOOLEAN single, UNICODE_STRING *pattern, BOOLEAN restart);
NTSTATUS NTAPI NtQueryAttributesFile(OBJECT_ATTRIBUTES *attributes, FILE_BASIC_INFORMATION *info);
NTSTATUS NTAPI NtQueryFullAttributesFile(OBJECT_ATTRIBUTES *attributes, FILE_NETWORK_OPEN_INFORMATION *info);
NTSTATUS NTAPI NtDeleteFile(OBJECT_ATTRIBUTES *attributes);
NTSTATUS NTAPI NtFsControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
			       ULONG code, PVOID input, ULONG input_length, PVOID output, ULONG output_length);
NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context,
				     IO_STATUS_BLOCK *iosb, ULONG code, PVOID input, ULONG input_length, PVOID output,
				     ULONG output_length);
NTSTATUS NTAPI NtCancelIoFile(HANDLE handle, IO_STATUS_BLOCK *iosb);
NTSTATUS NTAPI NtCancelIoFileEx(HANDLE handle, IO_STATUS_BLOCK *target, IO_STATUS_BLOCK *iosb);

/* Whether a thread (compared only) has asked for something that is not complete. */
bool io_async_is_pending(const void *thread);

#endif
