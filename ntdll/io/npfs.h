/*
 * ntdll/io/npfs.h - pipes: what pipe.c, pipe_transfer.c, pipe_instance.c and pipe_names.c share.
 *
 * The data of a connected pipe is in a socket (or a pipe, where it goes one way and both ends belong to this process) of
 * Linux, whose other end the other side has.  What is known of the pipe by its name lies in a table that all processes of
 * the user map: pipe_names.c.  An instance is an entry of it; the process that made it, its server, keeps an io_pipe for
 * it.  A client of the same process gets the other end of a pair at once.  A client of another process connects to the
 * one socket that the server's process listens on and says first which instance it claimed; the server takes the
 * connection when it next looks.
 *
 * Messages have a header in the stream, so a pipe of messages is of use to programs of Pewter only.
 */
#ifndef PEWTER_NTDLL_IO_NPFS_H
#define PEWTER_NTDLL_IO_NPFS_H

#include "ntdll/io/private.h"

#define PIPE_NAME_MAXIMUM 256u
#define PIPE_UNLIMITED 0xFFFFFFFFu

/* FILE_PIPE_LOCAL_INFORMATION's words. */
enum pipe_state { PIPE_DISCONNECTED = 1, PIPE_LISTENING = 2, PIPE_CONNECTED = 3, PIPE_CLOSING = 4 };
enum pipe_direction { PIPE_INBOUND = 0, PIPE_OUTBOUND = 1, PIPE_DUPLEX = 2 };

/* One end.  A file without one is a pipe or socket from elsewhere: bytes, connected. */
struct io_pipe {
	struct io_pipe *next;  /* the servers of this process; the lock of the table */
	struct io_file *file;  /* not referenced */
	struct host_lock lock; /* the descriptor, which a server's end loses and gets, and the place in a message */
	struct host_lock write_lock;
	enum pipe_state state; /* of a server's end, as far as it has looked; a client's is connected till told otherwise */
	bool server, messages, read_messages, immediate;
	bool owner;   /* the instance is this process' */
	bool inside;  /* a message has been read in part */
	bool impatient; /* the descriptor does not block */
	uint32_t left; /* of that message */
	int32_t instance; /* -1: of no name */
	uint32_t generation;
	uint32_t connection; /* counts those that a server's end has lost; the lock */
	ULONG direction, maximum, in_quota, out_quota;
	char16_t *name;
	size_t name_length;
};

/* The header of a message. */
struct pipe_header {
	uint32_t length;
	uint32_t magic;
};
#define PIPE_HEADER_MAGIC 0x4750574Du

struct io_pipe *pipe_new(struct io_file *file);
/* What a file without an io_pipe gets when something about it is set; NULL: no memory. */
struct io_pipe *pipe_of(struct io_file *file);

/*
 * The table (pipe_names.c).  pipe_table_enter maps it; STATUS_* when there is no place for it.
 */
struct pipe_settings {
	const char16_t *name;
	size_t length;
	ULONG direction, maximum, in_quota, out_quota;
	bool messages;
	LONGLONG timeout; /* the default of waits */
	bool first;       /* it must not exist */
	bool open_only;   /* it must */
};
NTSTATUS pipe_table_enter(void);
void pipe_table_leave(void);
/* A new instance, listening; fills pipe->instance, generation and what the pipe says for all instances.  *existed.
 * Entered, like all that follow. */
NTSTATUS pipe_instance_create(struct pipe_settings *settings, struct io_pipe *pipe, bool *existed);
/* STATUS_OBJECT_NAME_NOT_FOUND, STATUS_ACCESS_DENIED, STATUS_PIPE_NOT_AVAILABLE; else the instance is the caller's and
 * the settings are filled. */
NTSTATUS pipe_instance_claim(struct pipe_settings *settings, ACCESS_MASK access, int32_t *instance);
/* A claimed instance whose server turned out to be gone. */
void pipe_instance_discard(int32_t instance);
void pipe_instance_free(struct io_pipe *pipe);
/* The server's end listens again, or is cut off. */
void pipe_instance_listen(struct io_pipe *pipe);
void pipe_instance_disconnect(struct io_pipe *pipe);
bool pipe_instance_is_local(int32_t instance);
uint32_t pipe_instance_generation(int32_t instance);
void pipe_instance_client(int32_t instance, uint32_t process);
/* The name of the socket that the instance's process listens on. */
void pipe_instance_socket(int32_t instance, char name[32]);

/* Not entered: single looks. */
/* Whether somebody has claimed it since it listened. */
bool pipe_instance_is_claimed(const struct io_pipe *pipe);
/* Whether the server cut this connection off.  Maps the table if `map`. */
bool pipe_instance_was_cut(const struct io_pipe *pipe, bool map);
/* 0: unknown */
uint32_t pipe_instance_process(const struct io_pipe *pipe, bool server);
uint32_t pipe_instance_count(const struct io_pipe *pipe);

/* Waits until an instance listens.  timeout NULL: the pipe's own.  STATUS_IO_TIMEOUT, STATUS_OBJECT_NAME_NOT_FOUND. */
NTSTATUS pipe_wait_name(const char16_t *name, size_t length, const LARGE_INTEGER *timeout);

/* The socket of this process; -1: it has not listened yet. */
int pipe_listener(void);
NTSTATUS pipe_listen_here(void);

/*
 * Ends (pipe_instance.c).
 */
/* The state now; takes a connection that has been made. */
enum pipe_state pipe_state(struct io_file *file);
/* What reading, writing and so on is refused with in that state; STATUS_SUCCESS: it may be tried. */
NTSTATUS pipe_check(struct io_file *file);
/* What an end that was found closed says; `write`: of a write. */
NTSTATUS pipe_closed_status(struct io_file *file, bool write);
NTSTATUS pipe_connect(struct io_file *file, struct io_request *request);
NTSTATUS pipe_disconnect(struct io_file *file);

/*
 * Transfers (pipe_transfer.c).  STATUS_PENDING: nothing, or not all of it, can be done now; *done says what was.
 */
NTSTATUS pipe_read_now(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done);
NTSTATUS pipe_write_now(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done);
/* The same, waiting. */
NTSTATUS pipe_read_wait(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done);
NTSTATUS pipe_write_wait(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done);
NTSTATUS pipe_peek(struct io_file *file, PVOID output, ULONG output_length, ULONG_PTR *information);

#endif
