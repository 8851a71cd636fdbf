/*
 * ntdll/io/inherit.h - objects that a child process inherits.
 */
#ifndef PEWTER_NTDLL_IO_INHERIT_H
#define PEWTER_NTDLL_IO_INHERIT_H

#include "ntdll/io/io.h"
#include "ntdll/se/se.h"

/* What goes with a socket's descriptor; plain data. */
struct io_socket_record {
	int32_t family, type, protocol;
	uint32_t state; /* 1 bound, 2 listening, 4 connected, 8 being connected, 16 overlapped */
	uint32_t shut, backlog;
	uint32_t settings[8];
	char local_name[108], peer_name[108];
};

/* A handle on its way to a child; plain data. */
struct io_inherited {
	uint64_t handle; /* its value in the child */
	int32_t fd;
	uint32_t object; /* handles of one object have the same number here */
	uint32_t handle_access, handle_attributes;
	uint32_t kind, options, access, share;
	uint32_t append, host_offset;
	uint32_t shared;  /* no file: a record of ob/shared.h, and none of the file's fields */
	int32_t memory;   /* that goes with the record; -1 = none */
	uint32_t process; /* no file: this process, by its id, or its first thread; no descriptors (-1) */
	uint32_t is_thread;
	/* a pipe with more to know than its descriptor tells: io_pipe_describe */
	uint32_t pipe, pipe_generation, pipe_left, pipe_maximum, pipe_quotas[2];
	int32_t pipe_instance;
	struct io_socket_record socket;
	uint32_t token; /* no file: the descriptor is a record of one (se.h) */
	uint32_t key;	/* nor this: it has the name of a registry key, of so many bytes */
};

/* Describes an object (handle fields and `object` are the caller's) with a descriptor of the caller's.  A file's
 * position becomes the descriptor's, which the processes share; an event, mutex, semaphore or timer becomes a shared
 * one; processes and their first threads go by their ids, keys by their names, tokens as copies. STATUS_NOT_SUPPORTED for what cannot go to another process:
 * asynchronous files keep to theirs. */
NTSTATUS io_describe(struct ob_object *object, struct io_inherited *inherited);
/* The descriptors of such a description, for a message: how many there are.  The other side puts those that came into its
 * copy.  false: they do not belong together. */
unsigned io_descriptors(const struct io_inherited *inherited, int fds[2]);
bool io_put_descriptors(struct io_inherited *inherited, const int *fds, unsigned count);
/* Closes them. */
void io_release_description(const struct io_inherited *inherited);
/* The object that a description from another process means, with one reference; consumes its descriptors. */
NTSTATUS io_adopt(const struct io_inherited *from, struct ob_object **object);
/* In the child: makes the objects and handles. */
NTSTATUS io_inherit(const struct io_inherited *list, uint32_t count);

#endif
