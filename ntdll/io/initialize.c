/*
 * ntdll/io/initialize.c - the standard handles.
 */
#include "ntdll/io/private.h"
#include "ntdll/ps/ps.h"

static HANDLE standard[3];

static enum io_kind kind_of_standard(int fd, const struct host_stat *stat)
{
	switch (stat->kind) {
	case HOST_FILE_CHARACTER:
		if (host_is_terminal(fd))
			return fd == 0 ? IO_CONSOLE_INPUT : IO_CONSOLE_OUTPUT;
		return IO_CHARACTER;
	case HOST_FILE_FIFO:
	case HOST_FILE_SOCKET:
		return IO_PIPE;
	case HOST_FILE_DIRECTORY:
		return IO_DIRECTORY;
	default:
		return IO_FILE;
	}
}

static NTSTATUS make_standard(int fd, HANDLE *handle)
{
	struct host_stat stat;
	struct io_file *file;
	ACCESS_MASK access = SYNCHRONIZE | READ_CONTROL;
	int how = host_fd_access(fd), copy;
	NTSTATUS status;

	*handle = NULL;
	if (how < 0 || host_stat_fd(fd, &stat) < 0)
		return STATUS_SUCCESS; /* closed: the program has no such handle */
	if (how & HOST_OPEN_READ)
		access |= FILE_GENERIC_READ;
	if (how & HOST_OPEN_WRITE)
		access |= FILE_GENERIC_WRITE;
	/* consoles give both */
	if (stat.kind == HOST_FILE_CHARACTER && host_is_terminal(fd))
		access |= FILE_GENERIC_READ | FILE_GENERIC_WRITE;
	/* the descriptor itself stays open for messages of ours */
	copy = host_dup(fd);
	if (copy < 0)
		return io_status(copy);
	file = io_new_file(kind_of_standard(fd, &stat), copy, access | FILE_READ_ATTRIBUTES, FILE_SYNCHRONOUS_IO_NONALERT);
	if (!file)
		return STATUS_NO_MEMORY;
	file->share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	file->standard = (uint8_t)(1u << fd);
	status = STATUS_SUCCESS;
	if (io_is_disk(file)) {
		file->host_offset = true;
		file->node = io_node_get(stat.device, stat.inode);
		if (!file->node)
			status = STATUS_NO_MEMORY;
		else
			status = io_share_enter(file);
	}
	if (NT_SUCCESS(status))
		status = ob_create_handle(file, file->access, OBJ_INHERIT, handle);
	ob_dereference(file);
	return status;
}

NTSTATUS io_initialize(void)
{
	NTSTATUS status = STATUS_SUCCESS;

	host_ignore_broken_pipes();
	for (int fd = 0; fd < 3 && NT_SUCCESS(status); fd++)
		status = make_standard(fd, &standard[fd]);
	if (NT_SUCCESS(status) && ps_peb && ps_peb->ProcessParameters) {
		ps_peb->ProcessParameters->StandardInput = standard[0];
		ps_peb->ProcessParameters->StandardOutput = standard[1];
		ps_peb->ProcessParameters->StandardError = standard[2];
	}
	return status;
}

void io_mark_standard(const HANDLE handles[3])
{
	for (int fd = 0; fd < 3; fd++) {
		struct host_stat here, there;
		struct io_file *file;

		if (!NT_SUCCESS(ob_reference_by_handle(handles[fd], &io_file_type, 0, (void **)&file)))
			continue;
		if (file->fd >= 0 && !host_stat_fd(fd, &here) && !host_stat_fd(file->fd, &there) &&
		    here.device == there.device && here.inode == there.inode)
			file->standard |= (uint8_t)(1u << fd);
		ob_dereference(file);
	}
}

uint64_t io_unique_number(void)
{
	return host_realtime_ns() / 1000 ^ (uint64_t)host_process_id() << 8;
}

void *io_current_thread(void)
{
	return ps_self;
}

void io_finish(void)
{
	host_terminal_restore();
}
