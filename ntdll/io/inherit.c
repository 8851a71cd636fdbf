/*
 * ntdll/io/inherit.c - objects that a child process inherits: described by the parent, made anew by the child.
 *
 * What belongs to the open file of Linux (position, bytes in a pipe, range locks, marks of sharing) is shared by both processes, as the file
 * object is on Windows.
 */
#include "ntdll/io/inherit.h"
#include "host/file.h"
#include "host/spawn.h"
#include "ntdll/cm/cm.h"
#include "host/vm.h"
#include "ntdll/io/private.h"
#include "ntdll/ob/shared.h"
#include "ntdll/ps/create.h"

#include <stdlib.h>

#define KEY_NAME_ROOM 65536u /* a name has 65,535 bytes at most */

/* By its id. */
static NTSTATUS describe_process(struct ob_object *object, struct io_inherited *inherited)
{
	struct ps_process *process = (struct ps_process *)object;

	if (object->type == &ps_thread_type) {
		struct ps_thread *thread = (struct ps_thread *)object;

		inherited->is_thread = 1;
		inherited->process = (uint32_t)(uintptr_t)thread->id;
	} else {
		inherited->process = (uint32_t)(uintptr_t)process->id;
	}
	inherited->fd = -1;
	return STATUS_SUCCESS;
}

/* What is too long for a description goes as a file in memory. */
static NTSTATUS write_down(const void *bytes, size_t size, int *fd)
{
	*fd = host_memfd_create("pewter-object", 0);
	if (*fd < 0)
		return io_status(*fd);
	if (host_pwrite(*fd, bytes, size, 0) == (ssize_t)size)
		return STATUS_SUCCESS;
	host_close(*fd);
	return STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS describe_token(struct ob_object *object, int *fd)
{
	size_t size = se_token_record_size();
	struct se_token_record *record = malloc(size);
	NTSTATUS status = record ? STATUS_SUCCESS : STATUS_NO_MEMORY;

	if (record) {
		se_describe_token(object, record);
		status = write_down(record, size, fd);
	}
	free(record);
	return status;
}

/* By its name: the registry is the same in every process. */
static NTSTATUS describe_key(struct ob_object *object, struct io_inherited *inherited)
{
	KEY_NAME_INFORMATION *name = malloc(KEY_NAME_ROOM);
	ULONG needed;
	HANDLE handle;
	NTSTATUS status = name ? ob_create_handle(object, KEY_QUERY_VALUE, 0, &handle) : STATUS_NO_MEMORY;

	if (NT_SUCCESS(status)) {
		status = NtQueryKey(handle, KeyNameInformation, name, KEY_NAME_ROOM, &needed);
		ob_close_handle(handle);
	}
	if (NT_SUCCESS(status)) {
		inherited->key = name->NameLength;
		status = write_down(name->Name, name->NameLength, &inherited->fd);
	}
	free(name);
	return status;
}

static NTSTATUS make_key(const struct io_inherited *from, struct ob_object **result)
{
	UNICODE_STRING name = {.Length = (USHORT)from->key, .MaximumLength = (USHORT)from->key};
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &name, .Attributes = OBJ_CASE_INSENSITIVE};
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	HANDLE handle;

	name.Buffer = from->key <= UINT16_MAX ? malloc(from->key) : NULL;
	if (name.Buffer && host_take_inherited(from->fd) >= 0 &&
	    host_pread(from->fd, name.Buffer, from->key, 0) == (ssize_t)from->key)
		status = NtOpenKeyEx(&handle, KEY_QUERY_VALUE, &attributes, REG_OPTION_OPEN_LINK);
	if (NT_SUCCESS(status)) {
		status = ob_reference_by_handle(handle, NULL, 0, (void **)result);
		ob_close_handle(handle);
	}
	free(name.Buffer);
	host_close(from->fd);
	return status;
}

static NTSTATUS make_token(const struct io_inherited *from, struct ob_object **result)
{
	size_t size = se_token_record_size();
	struct se_token_record *record = malloc(size);

	*result = NULL;
	if (record && host_take_inherited(from->fd) >= 0 && host_pread(from->fd, record, size, 0) == (ssize_t)size)
		*result = se_token_from_record(record);
	free(record);
	host_close(from->fd);
	return *result ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS io_describe(struct ob_object *object, struct io_inherited *inherited)
{
	struct io_file *file = (struct io_file *)object;
	int copy;

	inherited->memory = -1;
	if (object->type->sharing) {
		inherited->shared = 1;
		return ob_share(object, &inherited->fd, &inherited->memory);
	}
	if (object->type == &ps_process_type || object->type == &ps_thread_type)
		return describe_process(object, inherited);
	if (object->type == &se_token_type) {
		inherited->token = 1;
		return describe_token(object, &inherited->fd);
	}
	if (object->type == &cm_key_type)
		return describe_key(object, inherited);
	if (object->type != &io_file_type || file->fd < 0)
		return STATUS_NOT_SUPPORTED;
	host_lock_acquire(&file->lock);
	if (file->kind == IO_FILE && io_is_synchronous(file) && !file->path_only && !file->host_offset &&
	    host_seek(file->fd, (int64_t)file->position, 0) >= 0)
		file->host_offset = true;
	host_lock_release(&file->lock);
	copy = io_pipe_copy(file);
	if (copy < 0)
		return io_status(copy);
	io_share_copied(file, true);
	if (file->kind == IO_SOCKET)
		io_socket_describe(file, &inherited->socket);
	inherited->fd = copy;
	inherited->kind = file->kind;
	inherited->options = file->options;
	inherited->access = file->access;
	inherited->share = file->share;
	inherited->append = file->append;
	inherited->host_offset = file->host_offset;
	if (file->kind == IO_PIPE)
		io_pipe_describe(file, inherited);
	return STATUS_SUCCESS;
}

static NTSTATUS make_file(const struct io_inherited *from, struct io_file **result)
{
	struct host_stat stat;
	struct io_file *file;
	NTSTATUS status = STATUS_SUCCESS;
	int error = host_take_inherited(from->fd);

	if (error < 0) {
		io_release_description(from);
		return io_status(error);
	}
	if (from->kind == IO_SOCKET)
		file = io_socket_from_record(from->fd, &from->socket);
	else
		file = io_new_file((enum io_kind)from->kind, from->fd, from->access, from->options);
	if (!file)
		return STATUS_NO_MEMORY;
	file->share = from->share;
	file->append = from->append;
	file->host_offset = from->host_offset;
	if (file->kind == IO_PIPE)
		status = io_pipe_inherit(file, from);
	if (io_is_disk(file)) {
		/* What the parent's open allows was checked when it was made. */
		file->share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
		status = io_status(host_stat_fd(file->fd, &stat));
		if (NT_SUCCESS(status)) {
			file->node = io_node_get(stat.device, stat.inode);
			status = file->node ? io_share_enter(file) : STATUS_NO_MEMORY;
		}
	}
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	*result = file;
	return STATUS_SUCCESS;
}

static NTSTATUS find_process(const struct io_inherited *from, struct ob_object **result)
{
	HANDLE id = (HANDLE)(uintptr_t)from->process;

	if (from->is_thread) {
		*result = (struct ob_object *)ps_find_thread(id);
		return *result ? STATUS_SUCCESS : ps_open_foreign_thread(id, (struct ps_thread **)result);
	}
	if (id != ps_own_process.id)
		return ps_open_foreign(id, (struct ps_process **)result);
	ob_reference(&ps_own_process);
	*result = &ps_own_process.object;
	return STATUS_SUCCESS;
}

NTSTATUS io_adopt(const struct io_inherited *from, struct ob_object **result)
{
	struct io_file *file = NULL;
	NTSTATUS status;

	if (from->process)
		return find_process(from, result);
	if (from->token)
		return make_token(from, result);
	if (from->key)
		return make_key(from, result);
	if (from->shared) {
		if (from->memory >= 0 && host_take_inherited(from->memory) < 0) {
			io_release_description(from);
			return STATUS_INVALID_PARAMETER;
		}
		return ob_inherit_shared(from->fd, from->memory, result);
	}
	status = make_file(from, &file);
	if (NT_SUCCESS(status))
		*result = &file->object;
	return status;
}

unsigned io_descriptors(const struct io_inherited *inherited, int fds[2])
{
	unsigned count = 0;

	if (inherited->fd >= 0)
		fds[count++] = inherited->fd;
	if (inherited->memory >= 0)
		fds[count++] = inherited->memory;
	return count;
}

bool io_put_descriptors(struct io_inherited *inherited, const int *fds, unsigned count)
{
	unsigned used = 0;

	if (count != (unsigned)(inherited->fd >= 0) + (unsigned)(inherited->memory >= 0))
		return false;
	if (inherited->fd >= 0)
		inherited->fd = fds[used++];
	if (inherited->memory >= 0)
		inherited->memory = fds[used];
	return true;
}

void io_release_description(const struct io_inherited *inherited)
{
	if (inherited->fd >= 0)
		host_close(inherited->fd);
	if (inherited->memory >= 0)
		host_close(inherited->memory);
}

NTSTATUS io_inherit(const struct io_inherited *list, uint32_t count)
{
	struct ob_object **objects = calloc((size_t)count + 1, sizeof(struct ob_object *));
	NTSTATUS status = STATUS_SUCCESS;

	if (!objects)
		return STATUS_NO_MEMORY;
	host_ignore_broken_pipes();
	for (uint32_t i = 0; i < count && NT_SUCCESS(status); i++) {
		if (list[i].object >= count) {
			status = STATUS_INVALID_PARAMETER;
			break;
		}
		if (!objects[list[i].object])
			status = io_adopt(&list[i], &objects[list[i].object]);
		/* A process may have ended since, or a key be gone: the handle is missing. */
		if ((list[i].process || list[i].key) && !NT_SUCCESS(status)) {
			status = STATUS_SUCCESS;
			continue;
		}
		if (NT_SUCCESS(status))
			status = ob_create_handle_at((HANDLE)(uintptr_t)list[i].handle, objects[list[i].object],
						     list[i].handle_access, list[i].handle_attributes);
	}
	for (uint32_t i = 0; i < count; i++)
		if (objects[i])
			ob_dereference(objects[i]);
	free(objects);
	return status;
}
