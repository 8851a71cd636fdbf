/*
 * host/file.h - files, directories, pipes and terminals of Linux.
 *
 * Paths are NUL-terminated bytes.  Functions return 0, a descriptor or a count, or a negative errno.  Descriptors are
 * close-on-exec.  Calls interrupted by a signal are repeated.  Buffers may be the guest's: -EFAULT says that the kernel
 * could not touch them.
 */
#ifndef PEWTER_HOST_FILE_H
#define PEWTER_HOST_FILE_H

#include "host/host.h"
#include <sys/types.h>

enum host_file_kind {
	HOST_FILE_REGULAR,
	HOST_FILE_DIRECTORY,
	HOST_FILE_LINK,
	HOST_FILE_CHARACTER,
	HOST_FILE_BLOCK,
	HOST_FILE_FIFO,
	HOST_FILE_SOCKET,
	HOST_FILE_UNKNOWN
};

/* Times are nanoseconds since 1970 UTC. */
struct host_stat {
	enum host_file_kind kind;
	unsigned mode; /* permission bits */
	uint32_t owner, group;
	bool own; /* the user of this process owns it */
	uint32_t links;
	uint32_t block_size;
	uint64_t device, inode;
	uint64_t size, allocated; /* bytes */
	int64_t access_time, write_time, change_time, birth_time; /* birth 0: unknown */
};
int host_stat_fd(int fd, struct host_stat *stat);
int host_stat_path(const char *path, bool follow, struct host_stat *stat);
/* Whether the path exists, following links. */
bool host_path_exists(const char *path);

#define HOST_OPEN_READ 1u
#define HOST_OPEN_WRITE 2u
#define HOST_OPEN_CREATE 4u    /* exclusively: -EEXIST */
#define HOST_OPEN_TRUNCATE 8u
#define HOST_OPEN_DIRECTORY 16u /* -ENOTDIR otherwise */
#define HOST_OPEN_NOFOLLOW 32u  /* the link itself, with HOST_OPEN_PATH */
#define HOST_OPEN_PATH 64u      /* a handle for its attributes only */
#define HOST_OPEN_NONBLOCK 128u
#define HOST_OPEN_SYNC 256u
int host_open(const char *path, unsigned flags, unsigned mode);
void host_close(int fd);
int host_dup(int fd);
/* A standard descriptor leads nowhere from now on. */
void host_release_standard(int fd);
/* The file behind a descriptor of another process of the user, opened anew. */
int host_open_descriptor_of(unsigned process, int fd, unsigned flags);
/* Whether the descriptor is open, and how: HOST_OPEN_READ|WRITE; -EBADF. */
int host_fd_access(int fd);
/* The path a descriptor was opened by, as Linux knows it now; a length.  Deleted files: -ENOENT. */
ssize_t host_fd_path(int fd, char *path, size_t size);

ssize_t host_read(int fd, void *buffer, size_t size);
ssize_t host_write(int fd, const void *buffer, size_t size);
ssize_t host_pread(int fd, void *buffer, size_t size, uint64_t offset);
ssize_t host_pwrite(int fd, const void *buffer, size_t size, uint64_t offset);
/* whence: 0 set, 1 current, 2 end, 3 next data, 4 next hole */
int64_t host_seek(int fd, int64_t offset, int whence);
int host_truncate(int fd, uint64_t size);
/* Reserves disk space without changing the size. */
int host_preallocate(int fd, uint64_t size);
/* Makes a range read as zeros, giving its space back. */
int host_punch(int fd, uint64_t offset, uint64_t size);
int host_sync(int fd);

#define HOST_TIME_OMIT INT64_MIN
/* For a descriptor, or a path (then it does not follow when `follow` is false). */
int host_set_times(int fd, const char *path, bool follow, int64_t access_time, int64_t write_time);
int host_chmod_fd(int fd, unsigned mode);
int host_chmod_path(const char *path, unsigned mode);
/* Extended attributes of a descriptor (path NULL) or of a path, not following. */
ssize_t host_xattr_get(int fd, const char *path, const char *name, void *value, size_t size);
int host_xattr_set(int fd, const char *path, const char *name, const void *value, size_t size);
int host_xattr_remove(int fd, const char *path, const char *name);

int host_make_directory(const char *path, unsigned mode);
int host_remove_directory(const char *path);
int host_unlink(const char *path);
int host_rename(const char *from, const char *to, bool replace);
int host_link(const char *from, const char *to);
int host_link_fd(int fd, const char *to);
int host_symlink(const char *target, const char *path);
ssize_t host_read_link(const char *path, char *target, size_t size);
/* The same for the link that a descriptor of HOST_OPEN_PATH|HOST_OPEN_NOFOLLOW is. */
ssize_t host_read_link_fd(int fd, char *target, size_t size);
/* The path without links; a length. */
ssize_t host_real_path(const char *path, char *real, size_t size);

/* Reads directory entries: calls `each` for every name ("." and ".." too) until it returns nonzero, which is returned.
 * Starts at the beginning. */
int host_read_directory(int fd, int (*each)(void *context, const char *name, enum host_file_kind kind, uint64_t inode),
			void *context);

struct host_volume {
	uint64_t block_size, blocks, free_blocks, available_blocks;
	unsigned name_max;
	bool read_only;
};
int host_volume_fd(int fd, struct host_volume *volume);

int host_change_directory(const char *path);
/* One variable of the environment; NULL: not set. */
const char *host_environment_value(const char *name);
/* The user's login name; "user" when unknown. */
const char *host_user_name(void);
const char *host_home_directory(void);

/* Advisory locks of the open file description, seen by other processes. */
enum host_lock_kind { HOST_LOCK_NONE, HOST_LOCK_SHARED, HOST_LOCK_EXCLUSIVE };
int host_lock_range(int fd, enum host_lock_kind kind, uint64_t offset, uint64_t size);
/* Whether a lock of another description is in the way of reading, or of writing, the range. */
bool host_range_is_locked(int fd, uint64_t offset, uint64_t size, bool write);
/* Marks, 0 to HOST_MARKS - 1, that an open file description bears and others of the same file can see: locks too, far
 * behind what files hold.  The descriptor must be readable.  Marks of one call that are neighbours cost one system call. */
#define HOST_MARKS 32u
int host_mark(int fd, uint32_t marks, bool set);
/* Whether another description bears one of the marks. */
bool host_is_marked(int fd, uint32_t marks);

int host_pipe(int fds[2], size_t capacity, bool nonblocking);
int host_socket_pair(int fds[2], bool messages, size_t capacity);
int host_set_nonblocking(int fd, bool nonblocking);
/* Bytes that can be read at once. */
int host_bytes_available(int fd, size_t *bytes);
/* Reads without taking away: sockets only (-ENOTSOCK). */
ssize_t host_peek(int fd, void *buffer, size_t size);
/* Copies what waits in a pipe without taking it away. */
ssize_t host_peek_pipe(int fd, void *buffer, size_t size);
/* Writing to a pipe without readers is an error (-EPIPE), not the end of the process. */
void host_ignore_broken_pipes(void);
int host_shutdown(int fd);
/* A descriptor that wakes a poll: host_wake makes it readable, host_wake_clear not. */
int host_wake_create(void);
void host_wake(int fd);
void host_wake_clear(int fd);

#define HOST_POLL_READ 1u
#define HOST_POLL_WRITE 2u
#define HOST_POLL_HANGUP 4u
#define HOST_POLL_ERROR 8u
struct host_poll {
	int fd; /* negative: ignored */
	unsigned wanted;
	unsigned ready;
};
/* How many are ready; 0 after `milliseconds`; -1 = for ever.  At most 64 at a time are kept off the heap. */
int host_poll(struct host_poll *polls, size_t count, int milliseconds);

/* Terminals. */
bool host_is_terminal(int fd);
int host_terminal_size(int fd, unsigned *columns, unsigned *rows);
/* A descriptor for the controlling terminal. */
int host_open_terminal(void);
#define HOST_TERMINAL_LINE 1u    /* the kernel edits lines */
#define HOST_TERMINAL_ECHO 2u
#define HOST_TERMINAL_SIGNALS 4u /* Ctrl-C is a signal */
#define HOST_TERMINAL_OUTPUT 8u  /* newline becomes carriage return and newline */
/* The first call remembers the state found and puts it back at host_terminal_restore (also called by host_exit). */
int host_terminal_set(int fd, unsigned flags);
void host_terminal_restore(void);

/* Watches a directory (inotify): a descriptor or -errno. */
int host_watch_create(void);
#define HOST_WATCH_NAMES 1u
#define HOST_WATCH_CONTENT 2u
#define HOST_WATCH_ATTRIBUTES 4u
int host_watch_add(int watch, const char *path, unsigned what);
int host_watch_remove(int watch, int id);
enum host_watch_action {
	HOST_WATCH_CREATED,
	HOST_WATCH_DELETED,
	HOST_WATCH_MODIFIED,
	HOST_WATCH_MOVED_FROM,
	HOST_WATCH_MOVED_TO,
	HOST_WATCH_OVERFLOW,
	HOST_WATCH_GONE
};
struct host_watch_event {
	int id; /* of the directory, from host_watch_add */
	enum host_watch_action action;
	bool directory;
	unsigned move; /* the same for the two sides of a move */
	const char *name; /* in the directory; "": itself */
};
/* Reads what is there without waiting; calls `each` for every event; a count. */
int host_watch_read(int watch, void (*each)(void *context, const struct host_watch_event *event), void *context);

#endif
