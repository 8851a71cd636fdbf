/*
 * ntdll/io/private.h - what the files of ntdll/io share.
 */
#ifndef PEWTER_NTDLL_IO_PRIVATE_H
#define PEWTER_NTDLL_IO_PRIVATE_H

#include "host/fault.h"
#include "host/file.h"
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/io/io.h"
#include "ntdll/ke/ke.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

/* What an NT name leads to. */
enum io_device {
	IO_DEVICE_DISK,   /* a host path */
	IO_DEVICE_VOLUME, /* \??\Z: without a path: the drive itself */
	IO_DEVICE_NULL,
	IO_DEVICE_CONSOLE,        /* CON: input or output by the access wanted */
	IO_DEVICE_CONSOLE_INPUT,  /* CONIN$ */
	IO_DEVICE_CONSOLE_OUTPUT, /* CONOUT$ */
	IO_DEVICE_PIPE,           /* \??\pipe\NAME; the name in `rest` */
	IO_DEVICE_PIPE_ROOT,      /* \??\pipe\ */
	IO_DEVICE_AFD,            /* \Device\Afd */
};

struct io_name {
	enum io_device device;
	struct io_narrow path; /* for a disk: absolute, no slash at the end unless it is "/" */
	bool trailing_slash;
	size_t root;           /* length of the part of `path` that is the drive */
	const char16_t *rest;  /* into the name that was parsed */
	size_t rest_length;
};
void io_name_init(struct io_name *name);
void io_name_free(struct io_name *name);
/* Takes an NT name apart; nothing is looked up.  `root` is the handle that a relative name starts at.
 * STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_OBJECT_NAME_NOT_FOUND and _PATH_NOT_FOUND for
 * devices and drives that there are not, STATUS_BAD_NETWORK_PATH for other machines. */
NTSTATUS io_parse_name(const char16_t *text, size_t length, HANDLE root, struct io_name *name);
/* Attributes of a guest and the name in them, taken apart; every call that takes a name begins with it.  To be released
 * after success only. */
struct io_captured_name {
	struct ob_attributes attributes;
	struct io_name name;
};
NTSTATUS io_capture_name(const OBJECT_ATTRIBUTES *attributes, struct io_captured_name *captured);
void io_release_name(struct io_captured_name *captured);
/* Finds the file without regard to case and corrects path->path; by its exact name the caller has not found it.
 * STATUS_OBJECT_NAME_NOT_FOUND: all but the last component exist and are corrected.  STATUS_OBJECT_PATH_NOT_FOUND. */
NTSTATUS io_find_path(struct io_narrow *path, size_t root);
/* A file was made by us: keeps the name cache warm.  To be called after io_find_path had said that it is not there. */
void io_name_created(const char *path);
/* A name was taken away by us.  To be called when io_names_known had said, just before, that the cache is right. */
bool io_names_known(const char *path);
void io_name_removed(const char *path);
/* host_rename, followed by the cache. */
int io_rename(const char *from, const char *to, bool replace);
/* Forgets every cached directory; tests. */
void io_forget_names(void);

/* The part of a drive letter or a whole path after the drive: "/" for Z, the C: tree for C; NULL: no such drive. */
const char *io_drive_root(char16_t letter);
bool io_drive_variable(char16_t letter, struct io_wide *directory);
bool io_long_path_aware(void);

enum io_kind {
	IO_FILE,
	IO_DIRECTORY,
	IO_LINK, /* a symbolic link opened itself */
	IO_VOLUME,
	IO_CHARACTER, /* NUL and other devices without positions */
	IO_CONSOLE_INPUT,
	IO_CONSOLE_OUTPUT,
	IO_PIPE, /* anonymous and named pipes, sockets and FIFOs met as standard handles */
	IO_PIPE_ROOT, /* \Device\NamedPipe\, the directory of the names */
	IO_SOCKET,
	IO_AFD, /* \Device\Afd itself: only for polling sockets */
};

/* What all opens of one file of the host share. */
struct io_node {
	struct io_node *next;
	uint64_t device, inode;
	uint32_t references;
	/* opens that count for sharing, and what they want and allow */
	uint32_t opens, readers, writers, deleters, share_read, share_write, share_delete;
	uint32_t open_files; /* all opens */
	bool delete_pending;
	struct io_range_lock *locks;
	uint32_t lock_count;
	uint32_t *locks_of_all, *locks_of_own; /* hints: share_locks.c */
	uint32_t lock_changes; /* futex word: bumped when a lock goes */
	/* what other processes see of the sharing counts (share_marks.c) */
	uint32_t marks;
	bool handed;                /* a child has one of the opens */
	bool copied;                /* a descriptor has been copied within the process */
	bool marks_owned;           /* the descriptor is the node's */
	int marks_fd;               /* that bears the marks, if there are any */
	struct io_file *marks_file; /* whose it is else */
};

struct io_range_lock {
	struct io_range_lock *next;
	struct io_file *file;
	uint64_t offset, length;
	ULONG key;
	bool exclusive;
};

struct io_completion_port;
struct io_pipe;
struct io_request;
struct io_scan;
struct io_watch;
struct io_socket;

struct io_file {
	struct ob_object object;
	enum io_kind kind;
	int fd;
	uint8_t standard; /* bits: the descriptors 0 to 2 that are copies of this one */
	bool host_offset; /* the position is the descriptor's own, shared with other processes */
	bool path_only;   /* opened with HOST_OPEN_PATH */
	bool counted;     /* in the node's sharing counts */
	bool delete_on_close;
	bool delete_posix; /* unlink when this open is closed */
	bool append;       /* FILE_APPEND_DATA without FILE_WRITE_DATA */
	bool cleaned;
	ULONG options; /* FILE_* create options */
	ACCESS_MASK access;
	ULONG share;
	struct host_lock lock; /* position and scan */
	uint64_t position;
	struct io_node *node;
	struct io_file *next_open, **previous_open; /* the disk files that are open (share.c) */
	char *path; /* the host name it was opened by; for disk files */
	struct io_scan *scan;
	struct io_pipe *pipe;
	struct io_watch *watch;
	struct io_socket *socket;
	void *port; /* referenced completion port */
	ULONG_PTR port_key;
	ULONG completion_modes; /* IO_SKIP_* */
	struct ke_dispatcher signal; /* what a wait on the file waits for */
	struct io_console *console;
};

#define IO_SECTOR_SIZE 512u /* as every volume tells */

/* FileIoCompletionNotificationInformation (FILE_SKIP_... in winbase.h). */
#define IO_SKIP_PORT_ON_SUCCESS 1u
#define IO_SKIP_SET_EVENT 2u

static inline bool io_is_synchronous(const struct io_file *file)
{
	return file->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
}
static inline bool io_is_disk(const struct io_file *file)
{
	return file->kind == IO_FILE || file->kind == IO_DIRECTORY || file->kind == IO_LINK;
}

/* The status of a failed host call on a file (`error` negative): rtl_status_from_errno with files' own cases. */
NTSTATUS io_status(long error);

/* The same for a path: -ENOENT is told apart into a missing file and a missing directory. */
NTSTATUS io_missing_status(const char *path, long error);

/* Attributes from what Linux knows; the extra ones (hidden, system...) come from an extended attribute of `fd` or
 * `path` when `extra` asks for them. */
ULONG io_attributes(const struct host_stat *stat, int fd, const char *path);
NTSTATUS io_set_attributes(int fd, const char *path, const struct host_stat *stat, ULONG attributes);
/* The tag of a link, of a descriptor or (path not NULL) by path: fsctl.c says how its text tells junctions. */
ULONG io_link_tag(int fd, const char *path);
static inline LONGLONG io_allocation(const struct host_stat *stat)
{
	return stat->kind == HOST_FILE_DIRECTORY ? 0 : (LONGLONG)stat->allocated;
}
static inline LONGLONG io_size(const struct host_stat *stat)
{
	return stat->kind == HOST_FILE_REGULAR ? (LONGLONG)stat->size : 0;
}
static inline int64_t io_birth_time(const struct host_stat *stat)
{
	if (stat->birth_time)
		return stat->birth_time;
	return stat->write_time < stat->change_time ? stat->write_time : stat->change_time;
}
/* stat of an open file or, for links that follow nothing, of the link. */
NTSTATUS io_stat(struct io_file *file, struct host_stat *stat);
/* The path of an open file as it is now; STATUS_FILE_DELETED. */
NTSTATUS io_path_now(struct io_file *file, bool real, struct io_narrow *path);
/* "\Device\HarddiskVolume2\dir\file" */
NTSTATUS io_query_nt_name(struct io_file *file, struct io_wide *name);
struct ke_dispatcher *io_file_dispatcher(struct ob_object *object);
/* What MAXIMUM_ALLOWED gives where everything is allowed. */
static inline ACCESS_MASK io_granted(ACCESS_MASK access)
{
	return access & MAXIMUM_ALLOWED ? (access & ~MAXIMUM_ALLOWED) | FILE_ALL_ACCESS : access;
}

struct io_open_request {
	ACCESS_MASK access; /* mapped */
	ULONG attributes, share, disposition, options;
	uint64_t allocation;
	ULONG information; /* result: FILE_OPENED ... */
};
/* Opens or creates; *file has one reference. */
NTSTATUS io_open(struct io_name *name, struct io_open_request *request, struct io_file **file);
struct io_file *io_new_file(enum io_kind kind, int fd, ACCESS_MASK access, ULONG options);
NTSTATUS io_open_console(struct io_name *name, struct io_open_request *request, struct io_file **file);
NTSTATUS io_open_pipe(struct io_name *name, struct io_open_request *request, struct io_file **file);
NTSTATUS io_check_options(ACCESS_MASK access, const struct io_open_request *request);

/* Sharing (share.c). */
struct io_node *io_node_get(uint64_t device, uint64_t inode);
void io_node_put(struct io_node *node);
/* Counts the open in; STATUS_SHARING_VIOLATION, STATUS_DELETE_PENDING. */
NTSTATUS io_share_enter(struct io_file *file);
void io_share_leave(struct io_file *file);
/* A copy of the file's descriptor is made: for a child, or for this process. */
void io_share_copied(struct io_file *file, bool child);
/* The same between processes.  The lock of the nodes is held, the open counted in: STATUS_SHARING_VIOLATION. */
NTSTATUS io_marks_enter(struct io_file *file);
/* The open is counted out. */
void io_marks_leave(struct io_file *file);
/* Whether reading or writing the range is forbidden by another's lock. */
/* What share.c tells of locks, with its lock: of a new node, and of one lock more or less. */
void io_lock_counts_find(struct io_node *node);
void io_lock_counts_change(const struct io_node *node, int change);
/* Somebody else may have locked ranges of the file. */
static inline bool io_is_locked_elsewhere(const struct io_node *node)
{
	return __atomic_load_n(node->locks_of_all, __ATOMIC_RELAXED) != __atomic_load_n(node->locks_of_own, __ATOMIC_RELAXED);
}
/* The list of the descriptor that a new file is created with, as far as Linux can keep it (security.c). */
void io_secure_new(struct io_file *file, const OBJECT_ATTRIBUTES *attributes);
bool io_range_is_locked(struct io_file *file, uint64_t offset, uint64_t length, bool write);
void io_release_locks(struct io_file *file);
NTSTATUS io_set_delete(struct io_file *file, ULONG flags);
void io_cleanup(struct io_file *file);
/* Takes the request over: STATUS_PENDING of an asynchronous file.  STATUS_LOCK_NOT_GRANTED; `wait` is not alertable. */
NTSTATUS io_lock(struct io_request *request, uint64_t offset, uint64_t length, ULONG key, bool exclusive, bool wait);
/* STATUS_RANGE_NOT_LOCKED */
NTSTATUS io_unlock(struct io_file *file, uint64_t offset, uint64_t length, ULONG key);
NTSTATUS io_may_replace(uint64_t device, uint64_t inode, bool posix);
bool io_delete_is_pending(uint64_t device, uint64_t inode);
/* Whether something in the directory, which has this path, is open in this process. */
bool io_directory_is_busy(const struct io_file *directory, const struct io_narrow *path);

/* Pieces of answers that several calls give. */
void io_fill_basic(const struct host_stat *stat, ULONG attributes, FILE_BASIC_INFORMATION *basic);
void io_fill_network_open(const struct host_stat *stat, ULONG attributes, FILE_NETWORK_OPEN_INFORMATION *open);
ULONG io_volume_serial(const struct host_stat *stat);
/* FILE_DEVICE_*: what the volume of a file says that it is. */
ULONG io_device_of(const struct io_file *file);

/* The classes of NtQueryInformationFile and NtSetInformationFile (info_class.c): the least length of the buffer, 0
 * for a class that the call does not have, and the access that the handle needs. */
struct io_class_rule {
	ULONG size;
	ACCESS_MASK access;
};
struct io_class_rule io_query_rule(FILE_INFORMATION_CLASS info_class);
struct io_class_rule io_set_rule(FILE_INFORMATION_CLASS info_class);
/* The name of a pipe, "\\NAME"; empty for anonymous ones. */
NTSTATUS io_pipe_name(struct io_file *file, struct io_wide *name);

/* Directory scans (directory.c). */
void io_scan_free(struct io_scan *scan);

/* Completion (completion.c): how a request ends for the caller. */
struct io_request {
	struct io_file *file;
	void *event;  /* referenced event object or NULL */
	void *thread; /* referenced thread that gets the APC, or NULL */
	PIO_APC_ROUTINE apc;
	PVOID apc_context;
	IO_STATUS_BLOCK *iosb; /* the guest's */
};
/* Takes the event of an Nt* call: STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH; resets it. */
NTSTATUS io_request_begin(struct io_request *request, struct io_file *file, HANDLE event, PIO_APC_ROUTINE apc,
			  PVOID apc_context, IO_STATUS_BLOCK *iosb);
/* The request is over on the calling thread: stores the status block, sets the event, queues the APC, posts a packet;
 * an error status only releases.  Returns the status to return. */
NTSTATUS io_request_end(struct io_request *request, NTSTATUS status, ULONG_PTR information);
/* The same for a request whose caller was told STATUS_PENDING. */
void io_request_complete(struct io_request *request, NTSTATUS status, ULONG_PTR information);

/* Requests that wait (async.c): on the I/O thread, when the descriptor (-1: the file's) is ready; the routine is called
 * until it returns something else than STATUS_PENDING.  Takes the request over and returns STATUS_PENDING, or ends it with
 * STATUS_NO_MEMORY. */
enum io_async_kind {
	IO_ASYNC_READ,
	IO_ASYNC_WRITE,
	IO_ASYNC_LISTEN,
	IO_ASYNC_WATCH,
	IO_ASYNC_LOCK, /* the buffer is malloc's, and freed unless the request succeeds */
};
typedef NTSTATUS (*io_ready_routine)(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done);
NTSTATUS io_async_queue(struct io_request *request, enum io_async_kind kind, int fd, PVOID buffer, ULONG length,
			ULONG_PTR done, io_ready_routine routine);
/* The calling thread waits itself, and the request stays its own. */
NTSTATUS io_async_wait(const struct io_request *request, enum io_async_kind kind, int fd, PVOID buffer, ULONG length,
		       ULONG_PTR *done, io_ready_routine routine);
/* Around a wait of the calling thread for a file that others may cancel: what host_read_unless and its kin take.  A
 * descriptor that may be taken away is looked at in between. */
const uint32_t *io_wait_begin(const struct io_file *file);
void io_wait_end(void);
/* What the last wait was ended with; STATUS_SUCCESS: it was not. */
NTSTATUS io_wait_status(void);
/* Ends the waits for a file with a status, and returns when they are over. */
void io_wait_end_all(const struct io_file *file, NTSTATUS status);
/* A lock of a range is no longer held: requests for such are tried again. */
void io_async_lock_gone(void);
/* Whether such a request of the file waits. */
bool io_async_pends(struct io_file *file, enum io_async_kind kind);
/* Cancels what is pending on a file: `iosb` NULL = everything, `thread` NULL = of every thread.  A count. */
unsigned io_async_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread);
/* Ends what is pending of these kinds (1 << kind) with a status.  The file must be referenced.  A count. */
unsigned io_async_end(struct io_file *file, unsigned kinds, NTSTATUS status);

/* Completion ports (port.c). */
extern const struct ob_type io_port_type;
struct io_packet {
	struct io_packet *next;
	bool queued; /* the port's lock */
	ULONG_PTR key;
	PVOID context;
	NTSTATUS status;
	ULONG_PTR information;
	void (*taken)(struct io_packet *packet); /* removed from the port; NULL: it is to be freed */
};
NTSTATUS io_port_post(void *port, ULONG_PTR key, PVOID context, NTSTATUS status, ULONG_PTR information);
/* The two parts of posting a packet of one's own.  Without `wait` for who holds the lock of a dispatcher object; false: it
 * could not be told to anybody. */
void io_port_append(void *port, struct io_packet *packet);
bool io_port_announce(void *port, bool wait);
/* The port has packets that are parts of objects from now on, and stays this process' own.  false: it is shared already. */
bool io_port_keep(void *port);
bool io_port_holds(void *port, const struct io_packet *packet);
/* Takes it off the port again; false: it is not there any more. */
bool io_port_withdraw(void *port, struct io_packet *packet);

/* ps_self, as something to compare with. */
void *io_current_thread(void);

/* Watched directories (notify.c). */
void io_watch_close(struct io_file *file);
void io_watch_free(struct io_file *file);
/* The directory that such files stand for is removed. */
void io_watch_removed(const struct io_node *node);

/* Pipes (pipe.c, npfs.h). */
NTSTATUS io_pipe_read(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length);
NTSTATUS io_pipe_write(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length);
void io_pipe_close(struct io_file *file);
NTSTATUS io_pipe_control(struct io_file *file, struct io_request *request, ULONG code, PVOID input, ULONG input_length,
			 PVOID output, ULONG output_length, ULONG_PTR *information);
NTSTATUS io_pipe_query(struct io_file *file, PVOID buffer, ULONG length, FILE_INFORMATION_CLASS info_class, ULONG_PTR *size);
NTSTATUS io_pipe_set(struct io_file *file, const void *buffer, ULONG length, FILE_INFORMATION_CLASS info_class);
/* The end of a pipe's file object. */
void io_pipe_free(struct io_file *file);
NTSTATUS io_pipe_flush(struct io_file *file);
/* The named pipes there are: until `each` returns false (STATUS_NO_MEMORY then). */
struct io_pipe_entry {
	const char16_t *name;
	size_t length;
	uint32_t instances, maximum; /* UINT32_MAX: no limit */
};
NTSTATUS io_pipe_list(bool (*each)(void *context, const struct io_pipe_entry *entry), void *context);
/* For a child: a copy of the descriptor (or -errno), what it has to know of the end besides, and its end from that. */
struct io_inherited;
int io_pipe_copy(struct io_file *file);
void io_pipe_describe(struct io_file *file, struct io_inherited *inherited);
NTSTATUS io_pipe_inherit(struct io_file *file, const struct io_inherited *inherited);

/* Sockets (socket*.c). */
struct io_socket_record;
void io_socket_describe(struct io_file *file, struct io_socket_record *record);
struct io_file *io_socket_from_record(int fd, const struct io_socket_record *record);
void io_socket_close(struct io_file *file);
void io_socket_destroy(struct io_file *file);
NTSTATUS io_socket_transfer(struct io_file *file, struct io_request *request, PVOID buffer, ULONG length, bool write);
NTSTATUS io_socket_control(struct io_file *file, struct io_request *request, ULONG code, PVOID input, ULONG input_length,
			   PVOID output, ULONG output_length);
unsigned io_socket_cancel(struct io_file *file, IO_STATUS_BLOCK *iosb, void *thread);

/* Console (console.c): bytes through code pages. */
NTSTATUS io_console_raw(struct io_file *file, const char *text, size_t length);
NTSTATUS io_console_read_bytes(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *got);
/* Sets the signal of a console input file by whether there is input, from now on. */
void io_console_watch(struct io_file *file);
NTSTATUS io_console_write_bytes(struct io_file *file, const void *buffer, ULONG length, ULONG_PTR *written);

#endif
