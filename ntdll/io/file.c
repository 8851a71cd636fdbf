/*
 * ntdll/io/file.c - NtReadFile, NtWriteFile, flushing, byte-range locks.
 *
 * Disk files complete at once.  Of a handle opened for asynchronous use the caller hears STATUS_PENDING all the same, as
 * on NT since Vista (Wine's read_file_test), and finds it complete.  The guest's buffer goes straight to the kernel; when that cannot touch it the pages are probed, which resolves
 * what the memory manager resolves on a touch, and the call is made again.
 */
#include "ntdll/io/private.h"
#include "ntdll/mm/mm.h"

#include <errno.h>
#include <string.h>

static ssize_t read_once(struct io_file *file, PVOID buffer, ULONG length, uint64_t offset, bool use_offset)
{
	return use_offset ? host_pread(file->fd, buffer, length, offset) : host_read(file->fd, buffer, length);
}

static ssize_t write_once(struct io_file *file, const void *buffer, ULONG length, uint64_t offset, bool use_offset)
{
	return use_offset ? host_pwrite(file->fd, buffer, length, offset) : host_write(file->fd, buffer, length);
}

/* NT probes all of a buffer that is read into for writing, however few bytes arrive: watched pages are written then (nt
 * facts row 95).  A buffer that cannot be written is refused by the transfer itself. */
static void prepare_buffer(PVOID buffer, ULONG length)
{
	if (length && mm_watches((uintptr_t)buffer))
		(void)host_probe_guest(buffer, length, true);
}

/* The whole of a transfer of a disk file; a count or an error. */
static ssize_t transfer(struct io_file *file, PVOID buffer, ULONG length, uint64_t offset, bool use_offset, bool write)
{
	ULONG done = 0;
	bool probed = false;

	while (done < length) {
		ssize_t count = write ? write_once(file, (char *)buffer + done, length - done, offset + done, use_offset)
				      : read_once(file, (char *)buffer + done, length - done, offset + done, use_offset);

		if (count == -EFAULT && !probed && host_probe_guest((char *)buffer + done, length - done, !write) == 0) {
			probed = true;
			continue;
		}
		if (count < 0)
			return done && count != -EFAULT ? (ssize_t)done : count;
		if (count == 0)
			break;
		probed = false;
		done += (ULONG)count;
	}
	return done;
}

/* Where a transfer takes place.  STATUS_INVALID_PARAMETER for offsets that make no sense. */
static NTSTATUS choose_offset(struct io_file *file, const LARGE_INTEGER *guest, bool write, uint64_t *offset, bool *given)
{
	LARGE_INTEGER value;

	*given = false;
	if (!guest) {
		/* an asynchronous handle keeps no position */
		if (!io_is_synchronous(file))
			return STATUS_INVALID_PARAMETER;
		return STATUS_SUCCESS;
	}
	if (host_copy_from_guest(&value, guest, sizeof(value)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (value.QuadPart == FILE_USE_FILE_POINTER_POSITION)
		return io_is_synchronous(file) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	if (write && value.QuadPart == FILE_WRITE_TO_END_OF_FILE) {
		*offset = UINT64_MAX;
		*given = true;
		return STATUS_SUCCESS;
	}
	if (value.QuadPart < 0)
		return STATUS_INVALID_PARAMETER;
	*offset = (uint64_t)value.QuadPart;
	*given = true;
	return STATUS_SUCCESS;
}

static NTSTATUS disk_transfer(struct io_file *file, PVOID buffer, ULONG length, uint64_t offset, bool given, bool write,
			      ULONG_PTR *information)
{
	NTSTATUS status = STATUS_SUCCESS;
	bool lock = io_is_synchronous(file), inherited = file->host_offset;
	ssize_t count;

	if (lock)
		host_lock_acquire(&file->lock);
	if (write && (file->append || (given && offset == UINT64_MAX))) {
		int64_t end = host_seek(file->fd, 0, 2);

		offset = end < 0 ? 0 : (uint64_t)end;
		given = true;
	}
	if (!given && !inherited) {
		offset = file->position;
		given = true;
	} else if (inherited && !given) {
		int64_t now = file->node && file->node->lock_count ? host_seek(file->fd, 0, 1) : 0;

		offset = now < 0 ? 0 : (uint64_t)now;
	}
	/* unbuffered transfers are of whole sectors (MSDN "File Buffering") */
	if (file->options & FILE_NO_INTERMEDIATE_BUFFERING && file->kind == IO_FILE && !inherited &&
	    (length | offset) & (IO_SECTOR_SIZE - 1)) {
		status = STATUS_INVALID_PARAMETER;
	} else if (length == 0) {
		*information = 0;
	} else if (file->node && io_range_is_locked(file, offset, length, write)) {
		status = STATUS_FILE_LOCK_CONFLICT;
	} else {
		count = transfer(file, buffer, length, offset, given, write);
		if (count == -EFAULT && write) {
			status = STATUS_INVALID_USER_BUFFER;
		} else if (count < 0) {
			status = count == -EISDIR ? STATUS_INVALID_DEVICE_REQUEST : io_status(count);
		} else if (count == 0 && !write) {
			/* the buffer was probed before there was anything to read */
			status = host_probe_guest(buffer, length, true) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_END_OF_FILE;
		} else {
			*information = (ULONG_PTR)count;
			if (given && inherited)
				host_seek(file->fd, (int64_t)offset + count, 0);
			else if (lock)
				file->position = offset + (uint64_t)count;
		}
	}
	if (lock)
		host_lock_release(&file->lock);
	return status;
}

static NTSTATUS character_transfer(struct io_file *file, PVOID buffer, ULONG length, bool write, ULONG_PTR *information)
{
	ssize_t count = 0;

	for (int tries = 0; tries < 2; tries++) {
		count = write ? host_write(file->fd, buffer, length) : host_read(file->fd, buffer, length);
		if (count != -EFAULT || host_probe_guest(buffer, length, !write) < 0)
			break;
	}
	if (count < 0)
		return io_status(count);
	*information = (ULONG_PTR)count;
	return count == 0 && length && !write ? STATUS_END_OF_FILE : STATUS_SUCCESS;
}

/* Of a synchronous handle's reads NT does most without a request of its own (its fast path): the end of the file is told
 * in the status block and by the event as well, and no APC is queued. */
static NTSTATUS end_disk_transfer(struct io_request *request, NTSTATUS status, ULONG_PTR information, bool write)
{
	if (!io_is_synchronous(request->file)) {
		/* found before there is a request */
		if (status == STATUS_INVALID_PARAMETER || status == STATUS_ACCESS_VIOLATION ||
		    status == STATUS_INVALID_USER_BUFFER)
			return io_request_end(request, status, information);
		io_request_complete(request, status, information);
		return STATUS_PENDING;
	}
	if (!write && (NT_SUCCESS(status) || status == STATUS_END_OF_FILE)) {
		request->apc = NULL;
		io_request_complete(request, status, information);
		return status;
	}
	return io_request_end(request, status, information);
}

static NTSTATUS read_or_write(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
			      PVOID buffer, ULONG length, LARGE_INTEGER *guest_offset, bool write)
{
	struct io_file *file;
	struct io_request request;
	ULONG_PTR information = 0;
	uint64_t offset = 0;
	bool given = false;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, write ? FILE_WRITE_DATA : FILE_READ_DATA,
						 (void **)&file);

	if (status == STATUS_ACCESS_DENIED && write)
		status = ob_reference_by_handle(handle, &io_file_type, FILE_APPEND_DATA, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	if (host_probe_guest(iosb, sizeof(*iosb), true) < 0)
		status = STATUS_ACCESS_VIOLATION;
	if (NT_SUCCESS(status) && io_is_disk(file))
		status = choose_offset(file, guest_offset, write, &offset, &given);
	if (NT_SUCCESS(status))
		status = io_request_begin(&request, file, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	if (!write)
		prepare_buffer(buffer, length);
	switch (file->kind) {
	case IO_FILE:
		status = disk_transfer(file, buffer, length, offset, given, write, &information);
		break;
	case IO_PIPE:
		/* ends the request itself, perhaps later */
		return write ? io_pipe_write(file, &request, buffer, length) : io_pipe_read(file, &request, buffer, length);
	case IO_SOCKET:
		return io_socket_transfer(file, &request, buffer, length, write);
	case IO_CHARACTER:
		status = character_transfer(file, buffer, length, write, &information);
		break;
	case IO_CONSOLE_INPUT:
		status = write ? STATUS_INVALID_DEVICE_REQUEST
			       : io_console_read_bytes(file, buffer, length, &information);
		break;
	case IO_CONSOLE_OUTPUT:
		status = write ? io_console_write_bytes(file, buffer, length, &information)
			       : STATUS_INVALID_DEVICE_REQUEST;
		break;
	default:
		status = STATUS_INVALID_DEVICE_REQUEST;
		break;
	}
	return file->kind == IO_FILE ? end_disk_transfer(&request, status, information, write)
				     : io_request_end(&request, status, information);
}

EXPORT(ntdll, NTSTATUS, NtReadFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer,
	ULONG length, LARGE_INTEGER *offset, ULONG *key))
{
	return read_or_write(handle, event, apc, apc_context, iosb, buffer, length, offset, false);
}
EXPORT_ALIAS(ntdll, "ZwReadFile", NtReadFile);

EXPORT(ntdll, NTSTATUS, NtWriteFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer,
	ULONG length, LARGE_INTEGER *offset, ULONG *key))
{
	return read_or_write(handle, event, apc, apc_context, iosb, buffer, length, offset, true);
}
EXPORT_ALIAS(ntdll, "ZwWriteFile", NtWriteFile);

/* Scattered pages: one transfer a page.  The handle must be asynchronous and unbuffered (MSDN ReadFileScatter). */
union file_segment {
	PVOID buffer;
	uint64_t alignment;
};

static NTSTATUS scatter(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb,
			union file_segment *segments, ULONG length, LARGE_INTEGER *guest_offset, bool write)
{
	struct io_file *file;
	struct io_request request;
	ULONG done = 0;
	uint64_t offset = 0;
	bool given;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, write ? FILE_WRITE_DATA : FILE_READ_DATA,
						 (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	if (file->kind != IO_FILE || io_is_synchronous(file) || !(file->options & FILE_NO_INTERMEDIATE_BUFFERING))
		status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		status = choose_offset(file, guest_offset, write, &offset, &given);
	if (NT_SUCCESS(status))
		status = io_request_begin(&request, file, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	while (done < length && NT_SUCCESS(status)) {
		union file_segment segment;
		ULONG_PTR count = 0;
		ULONG part = length - done < 4096 ? length - done : 4096;

		if (host_copy_from_guest(&segment, segments + done / 4096, sizeof(segment)) < 0) {
			status = STATUS_ACCESS_VIOLATION;
			break;
		}
		if (!write)
			prepare_buffer(segment.buffer, part);
		status = disk_transfer(file, segment.buffer, part, offset + done, true, write, &count);
		done += (ULONG)count;
		if (count < part)
			break;
	}
	if (status == STATUS_END_OF_FILE && done)
		status = STATUS_SUCCESS;
	return end_disk_transfer(&request, status, done, write);
}

EXPORT(ntdll, NTSTATUS, NtReadFileScatter,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID segments,
	ULONG length, LARGE_INTEGER *offset, ULONG *key))
{
	return scatter(handle, event, apc, apc_context, iosb, segments, length, offset, false);
}

EXPORT(ntdll, NTSTATUS, NtWriteFileGather,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID segments,
	ULONG length, LARGE_INTEGER *offset, ULONG *key))
{
	return scatter(handle, event, apc, apc_context, iosb, segments, length, offset, true);
}

static NTSTATUS store_iosb(IO_STATUS_BLOCK *iosb, NTSTATUS status, ULONG_PTR information)
{
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = information};

	block.Status = status;
	return host_copy_to_guest(iosb, &block, sizeof(block)) < 0 ? STATUS_ACCESS_VIOLATION : status;
}

EXPORT(ntdll, NTSTATUS, NtFlushBuffersFile, (HANDLE handle, IO_STATUS_BLOCK *iosb))
{
	struct io_file *file;
	ACCESS_MASK access;
	ULONG flags;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	status = ob_query_handle(handle, &access, &flags);
	if (NT_SUCCESS(status) && !(access & (FILE_WRITE_DATA | FILE_APPEND_DATA)))
		status = STATUS_ACCESS_DENIED;
	if (NT_SUCCESS(status)) {
		switch (file->kind) {
		case IO_FILE:
		case IO_DIRECTORY:
			status = io_status(host_sync(file->fd));
			/* some filesystems know no such thing for some files */
			if (status == STATUS_INVALID_PARAMETER)
				status = STATUS_SUCCESS;
			break;
		case IO_CONSOLE_INPUT:
		case IO_CONSOLE_OUTPUT:
			status = STATUS_INVALID_HANDLE;
			break;
		case IO_PIPE:
			status = io_pipe_flush(file);
			break;
		default:
			break; /* nothing is held back */
		}
	}
	ob_dereference(file);
	if (!NT_SUCCESS(status))
		return status;
	return store_iosb(iosb, status, 0);
}
EXPORT_ALIAS(ntdll, "ZwFlushBuffersFile", NtFlushBuffersFile);

EXPORT(ntdll, NTSTATUS, NtFlushBuffersFileEx,
       (HANDLE handle, ULONG flags, PVOID parameters, ULONG parameters_size, IO_STATUS_BLOCK *iosb))
{
	if (flags & ~7u || parameters || parameters_size)
		return STATUS_INVALID_PARAMETER;
	return NtFlushBuffersFile(handle, iosb);
}

EXPORT(ntdll, NTSTATUS, NtLockFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, LARGE_INTEGER *offset,
	LARGE_INTEGER *length, ULONG key, BOOLEAN fail_immediately, BOOLEAN exclusive))
{
	struct io_file *file;
	struct io_request request;
	LARGE_INTEGER from, size;
	ACCESS_MASK access;
	ULONG flags;
	NTSTATUS status;

	if (host_copy_from_guest(&from, offset, sizeof(from)) < 0 ||
	    host_copy_from_guest(&size, length, sizeof(size)) < 0)
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	status = ob_query_handle(handle, &access, &flags);
	if (NT_SUCCESS(status) && !(access & (FILE_READ_DATA | FILE_WRITE_DATA)))
		status = STATUS_ACCESS_DENIED;
	if (NT_SUCCESS(status) && file->kind != IO_FILE)
		status = file->kind == IO_DIRECTORY ? STATUS_INVALID_PARAMETER : STATUS_INVALID_DEVICE_REQUEST;
	if (NT_SUCCESS(status) && size.QuadPart && (uint64_t)from.QuadPart + (uint64_t)size.QuadPart - 1 < (uint64_t)from.QuadPart)
		status = STATUS_INVALID_LOCK_RANGE;
	if (NT_SUCCESS(status))
		status = io_request_begin(&request, file, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	return io_lock(&request, (uint64_t)from.QuadPart, (uint64_t)size.QuadPart, key, exclusive, !fail_immediately);
}
EXPORT_ALIAS(ntdll, "ZwLockFile", NtLockFile);

EXPORT(ntdll, NTSTATUS, NtUnlockFile,
       (HANDLE handle, IO_STATUS_BLOCK *iosb, LARGE_INTEGER *offset, LARGE_INTEGER *length, ULONG key))
{
	struct io_file *file;
	LARGE_INTEGER from, size;
	NTSTATUS status;

	if (host_copy_from_guest(&from, offset, sizeof(from)) < 0 ||
	    host_copy_from_guest(&size, length, sizeof(size)) < 0)
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	if (file->kind != IO_FILE)
		status = STATUS_INVALID_DEVICE_REQUEST;
	else
		status = io_unlock(file, (uint64_t)from.QuadPart, (uint64_t)size.QuadPart, key);
	ob_dereference(file);
	if (!NT_SUCCESS(status))
		return status;
	return store_iosb(iosb, status, 0);
}
EXPORT_ALIAS(ntdll, "ZwUnlockFile", NtUnlockFile);
