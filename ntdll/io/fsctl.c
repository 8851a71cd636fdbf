/*
 * ntdll/io/fsctl.c - NtFsControlFile and NtDeviceIoControlFile: sparse files, symbolic links as reparse points, pipes.
 */
#include "ntdll/io/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REPARSE_HEADER 8u

typedef struct _FILE_ZERO_DATA_INFORMATION {
	LARGE_INTEGER FileOffset;
	LARGE_INTEGER BeyondFinalZero;
} FILE_ZERO_DATA_INFORMATION;

typedef struct _FILE_ALLOCATED_RANGE_BUFFER {
	LARGE_INTEGER FileOffset;
	LARGE_INTEGER Length;
} FILE_ALLOCATED_RANGE_BUFFER;

/*
 * Linux's links have a text and nothing beside it, so the text tells what NT says of a reparse point, in ways that make
 * no difference to Linux: "//" at its start is a junction; "/." behind the root of a drive is a path from that root
 * ("\\dir"), which would otherwise come back with its drive.
 */
ULONG io_link_tag(int fd, const char *path)
{
	char *target = malloc(4096);
	ssize_t length = !target ? 0 : path ? host_read_link(path, target, 4096) : host_read_link_fd(fd, target, 4096);
	bool junction = length > 1 && target[0] == '/' && target[1] == '/';

	free(target);
	return junction ? IO_REPARSE_TAG_MOUNT_POINT : IO_REPARSE_TAG_SYMLINK;
}

/* What follows the root of a drive in the text of a link from there; NULL: it is none. */
static const char *rooted_target(const char *target)
{
	const char *roots[] = {io_c_drive(), ""};

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		size_t length = strlen(roots[i]);

		if (!strncmp(target, roots[i], length) && target[length] == '/' && target[length + 1] == '.' &&
		    (target[length + 2] == '/' || !target[length + 2]))
			return target + length + 2;
	}
	return NULL;
}

/* The components of a host path, with backslashes between them; the dots as they are. */
static void put_components(struct io_wide *to, const char *at)
{
	size_t start = to->length;

	while (*at) {
		const char *end = strchr(at, '/');
		size_t bytes = end ? (size_t)(end - at) : strlen(at), units;
		char16_t component[256];

		if (bytes) {
			if (to->length > start)
				io_wide_put(to, u"\\", 1);
			units = io_name_from_host(component, ARRAY_SIZE(component), at, bytes);
			io_wide_put(to, component, units <= 256 ? units : 256);
		}
		at += bytes + (end != NULL);
	}
}

/* The target of a Linux link in NT's words. */
static NTSTATUS get_reparse(struct io_file *file, PVOID output, ULONG output_length, ULONG_PTR *information)
{
	struct io_wide print, substitute;
	const char *rooted = NULL;
	char *target;
	ssize_t length;
	NTSTATUS status = STATUS_SUCCESS;

	if (file->kind != IO_LINK)
		return STATUS_NOT_A_REPARSE_POINT;
	target = malloc(4096);
	if (!target)
		return STATUS_NO_MEMORY;
	length = host_read_link_fd(file->fd, target, 4096);
	io_wide_init(&print);
	io_wide_init(&substitute);
	if (length < 0) {
		status = io_status(length);
	} else if (target[0] == '/' && !(rooted = rooted_target(target))) {
		io_dos_path_from_unix(target[1] == '/' ? target + 1 : target, &print);
		io_wide_put(&substitute, u"\\??\\", 4);
		io_wide_put(&substitute, print.text, print.length);
	} else {
		if (rooted)
			io_wide_put(&print, u"\\", 1);
		put_components(&print, rooted ? rooted : target);
		io_wide_put(&substitute, print.text, print.length);
	}
	if (NT_SUCCESS(status) && (print.failed || substitute.failed))
		status = STATUS_NO_MEMORY;
	if (NT_SUCCESS(status)) {
		bool junction = target[0] == '/' && target[1] == '/';
		/* a junction's names have a NUL behind them, and no flags before them ([MS-FSCC] 2.1.2.5) */
		ULONG header = offsetof(REPARSE_DATA_BUFFER, PathBuffer) - (junction ? 4 : 0), nul = junction ? 2 : 0;
		ULONG size = header + (ULONG)(print.length + substitute.length) * 2 + 2 * nul;
		REPARSE_DATA_BUFFER *data = calloc(1, size + 8);

		if (!data) {
			status = STATUS_NO_MEMORY;
		} else if (output_length < size) {
			status = output_length < 24 ? STATUS_BUFFER_TOO_SMALL : STATUS_BUFFER_OVERFLOW;
		} else {
			char *names = (char *)data + header;

			data->ReparseTag = junction ? IO_REPARSE_TAG_MOUNT_POINT : IO_REPARSE_TAG_SYMLINK;
			data->ReparseDataLength = (USHORT)(size - REPARSE_HEADER);
			data->SubstituteNameLength = (USHORT)(substitute.length * 2);
			data->PrintNameOffset = (USHORT)(data->SubstituteNameLength + nul);
			data->PrintNameLength = (USHORT)(print.length * 2);
			if (!junction)
				data->Flags = target[0] == '/' && !rooted ? 0 : SYMLINK_FLAG_RELATIVE;
			memcpy(names, substitute.text, substitute.length * 2);
			memcpy(names + data->PrintNameOffset, print.text, print.length * 2);
			*information = size;
			if (host_copy_to_guest(output, data, size) < 0)
				status = STATUS_ACCESS_VIOLATION;
		}
		free(data);
	}
	io_wide_free(&print);
	io_wide_free(&substitute);
	free(target);
	return status;
}

/* The empty file or directory becomes a link. */
static NTSTATUS set_reparse(struct io_file *file, const void *input, ULONG length)
{
	REPARSE_DATA_BUFFER *data;
	struct io_narrow path, target;
	struct host_stat stat;
	NTSTATUS status;
	const ULONG header = offsetof(REPARSE_DATA_BUFFER, PathBuffer);
	ULONG names; /* offset of the path buffer */

	if (length < REPARSE_HEADER || length > 16384)
		return length > 16384 ? STATUS_IO_REPARSE_DATA_INVALID : STATUS_INVALID_BUFFER_SIZE;
	if (file->kind != IO_FILE && file->kind != IO_DIRECTORY)
		return file->kind == IO_LINK ? STATUS_NOT_SUPPORTED : STATUS_INVALID_DEVICE_REQUEST;
	data = calloc(1, length + sizeof(*data));
	if (!data)
		return STATUS_NO_MEMORY;
	io_narrow_init(&path);
	io_narrow_init(&target);
	status = host_copy_from_guest(data, input, length) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	names = data->ReparseTag == IO_REPARSE_TAG_MOUNT_POINT ? header - 4 : header;
	if (NT_SUCCESS(status) && data->ReparseTag != IO_REPARSE_TAG_SYMLINK && data->ReparseTag != IO_REPARSE_TAG_MOUNT_POINT)
		status = STATUS_NOT_SUPPORTED; /* Linux has links and nothing else of the kind */
	if (NT_SUCCESS(status) && (data->ReparseDataLength != length - REPARSE_HEADER || length < names ||
				   (ULONG)data->SubstituteNameOffset + data->SubstituteNameLength > length - names))
		status = STATUS_IO_REPARSE_DATA_INVALID;
	if (NT_SUCCESS(status))
		status = io_stat(file, &stat);
	if (NT_SUCCESS(status) && stat.kind == HOST_FILE_REGULAR && stat.size)
		status = STATUS_ACCESS_DENIED;
	if (NT_SUCCESS(status))
		status = io_path_now(file, false, &path);
	if (NT_SUCCESS(status)) {
		const char16_t *name = (const char16_t *)((char *)data + names + data->SubstituteNameOffset);
		size_t units = data->SubstituteNameLength / 2;

		if (data->ReparseTag == IO_REPARSE_TAG_SYMLINK && data->Flags & SYMLINK_FLAG_RELATIVE && units &&
		    name[0] != u'\\') {
			size_t at = 0;

			while (at < units && NT_SUCCESS(status)) {
				size_t end = at;

				while (end < units && name[end] != u'\\' && name[end] != u'/')
					end++;
				if (target.length)
					io_narrow_put(&target, "/", 1);
				if (end - at == 1 && name[at] == u'.')
					io_narrow_put(&target, ".", 1);
				else if (end - at == 2 && name[at] == u'.' && name[at + 1] == u'.')
					io_narrow_put(&target, "..", 2);
				else if (end > at)
					status = io_name_to_host(&target, name + at, end - at);
				at = end + 1;
			}
		} else {
			struct io_name parsed;
			struct io_wide rooted;

			bool from_root = data->ReparseTag == IO_REPARSE_TAG_SYMLINK && data->Flags & SYMLINK_FLAG_RELATIVE;

			io_name_init(&parsed);
			io_wide_init(&rooted);
			if (from_root) {
				/* "\x": from the root of the link's own volume */
				struct io_wide dos;

				io_wide_init(&dos);
				io_dos_path_from_unix(path.text, &dos);
				io_wide_put(&rooted, u"\\??\\", 4);
				io_wide_put(&rooted, dos.text, 2);
				io_wide_free(&dos);
			}
			io_wide_put(&rooted, name, units);
			status = io_parse_name(rooted.text, rooted.length, NULL, &parsed);
			if (NT_SUCCESS(status) && parsed.device != IO_DEVICE_DISK)
				status = STATUS_IO_REPARSE_DATA_INVALID;
			if (NT_SUCCESS(status)) {
				size_t root = parsed.root;

				if (!host_path_exists(parsed.path.text))
					io_find_path(&parsed.path, parsed.root);
				root -= root && parsed.path.text[root - 1] == '/';
				if (data->ReparseTag == IO_REPARSE_TAG_MOUNT_POINT)
					io_narrow_put(&target, "/", 1);
				if (from_root && root <= parsed.path.length) {
					io_narrow_put(&target, parsed.path.text, root);
					io_narrow_put(&target, "/.", 2);
					if (parsed.path.text[root] && parsed.path.text[root + 1])
						io_narrow_put(&target, parsed.path.text + root, parsed.path.length - root);
				} else {
					io_narrow_put(&target, parsed.path.text, parsed.path.length);
				}
			}
			io_wide_free(&rooted);
			io_name_free(&parsed);
		}
	}
	if (NT_SUCCESS(status) && (target.failed || !target.length))
		status = target.failed ? STATUS_NO_MEMORY : STATUS_IO_REPARSE_DATA_INVALID;
	if (NT_SUCCESS(status)) {
		long error = file->kind == IO_DIRECTORY ? host_remove_directory(path.text) : host_unlink(path.text);

		if (!error)
			error = host_symlink(target.text, path.text);
		status = io_status(error);
	}
	io_narrow_free(&path);
	io_narrow_free(&target);
	free(data);
	return status;
}

/* The link becomes an empty file, or directory if it led to one. */
static NTSTATUS delete_reparse(struct io_file *file, const void *input, ULONG length)
{
	struct { ULONG tag; USHORT length, reserved; } header;
	struct host_stat target;
	struct io_narrow path;
	NTSTATUS status;

	if (length < sizeof(header))
		return STATUS_INVALID_BUFFER_SIZE;
	if (host_copy_from_guest(&header, input, sizeof(header)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (file->kind != IO_LINK)
		return STATUS_NOT_A_REPARSE_POINT;
	if (header.tag != io_link_tag(file->fd, NULL))
		return STATUS_IO_REPARSE_TAG_MISMATCH;
	io_narrow_init(&path);
	status = io_path_now(file, false, &path);
	if (NT_SUCCESS(status)) {
		bool directory = host_stat_path(path.text, true, &target) == 0 && target.kind == HOST_FILE_DIRECTORY;
		long error = host_unlink(path.text);

		if (!error && directory) {
			error = host_make_directory(path.text, 0777);
		} else if (!error) {
			int fd = host_open(path.text, HOST_OPEN_WRITE | HOST_OPEN_CREATE, 0666);

			error = fd < 0 ? fd : 0;
			if (fd >= 0)
				host_close(fd);
		}
		status = io_status(error);
	}
	io_narrow_free(&path);
	return status;
}

static NTSTATUS allocated_ranges(struct io_file *file, const void *input, ULONG input_length, PVOID output,
				 ULONG output_length, ULONG_PTR *information)
{
	FILE_ALLOCATED_RANGE_BUFFER range;
	int64_t at, end;
	ULONG used = 0;

	if (input_length < sizeof(range))
		return STATUS_INVALID_PARAMETER;
	if (host_copy_from_guest(&range, input, sizeof(range)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (range.FileOffset.QuadPart < 0 || range.Length.QuadPart < 0)
		return STATUS_INVALID_PARAMETER;
	at = range.FileOffset.QuadPart;
	end = at + range.Length.QuadPart;
	while (at < end) {
		int64_t data = host_seek(file->fd, at, 3), hole;
		FILE_ALLOCATED_RANGE_BUFFER found;

		if (data < 0 || data >= end)
			break; /* -ENXIO: no more data */
		hole = host_seek(file->fd, data, 4);
		if (hole < 0 || hole > end)
			hole = end;
		if (used + sizeof(found) > output_length) {
			*information = used;
			return used ? STATUS_BUFFER_OVERFLOW : STATUS_BUFFER_TOO_SMALL;
		}
		found.FileOffset.QuadPart = data;
		found.Length.QuadPart = hole - data;
		if (host_copy_to_guest((char *)output + used, &found, sizeof(found)) < 0)
			return STATUS_ACCESS_VIOLATION;
		used += sizeof(found);
		at = hole;
	}
	*information = used;
	return STATUS_SUCCESS;
}

static NTSTATUS zero_data(struct io_file *file, const void *input, ULONG length)
{
	FILE_ZERO_DATA_INFORMATION range;
	struct host_stat stat;
	NTSTATUS status;
	int64_t end;
	long error;

	if (length < sizeof(range))
		return STATUS_INVALID_PARAMETER;
	if (host_copy_from_guest(&range, input, sizeof(range)) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (range.FileOffset.QuadPart < 0 || range.BeyondFinalZero.QuadPart < range.FileOffset.QuadPart)
		return STATUS_INVALID_PARAMETER;
	if (!(file->access & FILE_WRITE_DATA))
		return STATUS_ACCESS_DENIED;
	status = io_stat(file, &stat);
	if (!NT_SUCCESS(status))
		return status;
	end = range.BeyondFinalZero.QuadPart < (int64_t)stat.size ? range.BeyondFinalZero.QuadPart : (int64_t)stat.size;
	if (range.FileOffset.QuadPart >= end)
		return STATUS_SUCCESS;
	error = host_punch(file->fd, (uint64_t)range.FileOffset.QuadPart, (uint64_t)(end - range.FileOffset.QuadPart));
	if (error == -EOPNOTSUPP || error == -ENOSYS) {
		/* write them */
		char *zeros = calloc(1, 65536);
		int64_t at = range.FileOffset.QuadPart;

		if (!zeros)
			return STATUS_NO_MEMORY;
		error = 0;
		while (at < end && error >= 0) {
			error = host_pwrite(file->fd, zeros, end - at < 65536 ? (size_t)(end - at) : 65536, (uint64_t)at);
			if (error > 0)
				at += error;
		}
		free(zeros);
		if (error > 0)
			error = 0;
	}
	return io_status(error);
}

static NTSTATUS disk_control(struct io_file *file, ULONG code, PVOID input, ULONG input_length, PVOID output,
			     ULONG output_length, ULONG_PTR *information)
{
	USHORT format = COMPRESSION_FORMAT_NONE;

	switch (code) {
	case FSCTL_SET_SPARSE: {
		BOOLEAN sparse = TRUE;

		/* files of Linux are sparse as they come */
		if (input_length && host_copy_from_guest(&sparse, input, sizeof(sparse)) < 0)
			return STATUS_ACCESS_VIOLATION;
		return file->kind == IO_FILE ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	}
	case FSCTL_SET_ZERO_DATA:
		return file->kind == IO_FILE ? zero_data(file, input, input_length) : STATUS_INVALID_PARAMETER;
	case FSCTL_QUERY_ALLOCATED_RANGES:
		if (file->kind != IO_FILE)
			return STATUS_INVALID_PARAMETER;
		return allocated_ranges(file, input, input_length, output, output_length, information);
	case FSCTL_GET_REPARSE_POINT:
		return get_reparse(file, output, output_length, information);
	case FSCTL_SET_REPARSE_POINT:
		return set_reparse(file, input, input_length);
	case FSCTL_DELETE_REPARSE_POINT:
		return delete_reparse(file, input, input_length);
	case FSCTL_GET_COMPRESSION:
		if (output_length < sizeof(format))
			return STATUS_INVALID_PARAMETER;
		*information = sizeof(format);
		return host_copy_to_guest(output, &format, sizeof(format)) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
	case FSCTL_SET_COMPRESSION:
		if (input_length < sizeof(format))
			return STATUS_INVALID_PARAMETER;
		if (host_copy_from_guest(&format, input, sizeof(format)) < 0)
			return STATUS_ACCESS_VIOLATION;
		return format == COMPRESSION_FORMAT_NONE ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
	case FSCTL_IS_VOLUME_MOUNTED:
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

static NTSTATUS control(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, ULONG code,
			PVOID input, ULONG input_length, PVOID output, ULONG output_length, bool file_system)
{
	struct io_file *file;
	struct io_request request;
	ULONG_PTR information = 0;
	ACCESS_MASK needed = (code >> 14 & 3) == 1   ? FILE_READ_DATA
			     : (code >> 14 & 3) == 2 ? FILE_WRITE_DATA
			     : (code >> 14 & 3) == 3 ? FILE_READ_DATA | FILE_WRITE_DATA
						     : 0;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, needed, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	status = io_request_begin(&request, file, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	if (!file_system && (file->kind == IO_SOCKET || file->kind == IO_AFD))
		return io_socket_control(file, &request, code, input, input_length, output, output_length);
	if (!file_system)
		status = STATUS_INVALID_DEVICE_REQUEST; /* no device here has controls of its own */
	else if (file->kind == IO_PIPE || file->kind == IO_PIPE_ROOT)
		status = io_pipe_control(file, &request, code, input, input_length, output, output_length, &information);
	else if (io_is_disk(file) || file->kind == IO_VOLUME)
		status = disk_control(file, code, input, input_length, output, output_length, &information);
	else
		status = STATUS_INVALID_DEVICE_REQUEST;
	if (status == STATUS_PENDING)
		return status; /* the pipe took the request over */
	return io_request_end(&request, status, information);
}

EXPORT(ntdll, NTSTATUS, NtFsControlFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, ULONG code, PVOID input,
	ULONG input_length, PVOID output, ULONG output_length))
{
	return control(handle, event, apc, apc_context, iosb, code, input, input_length, output, output_length, true);
}
EXPORT_ALIAS(ntdll, "ZwFsControlFile", NtFsControlFile);

EXPORT(ntdll, NTSTATUS, NtDeviceIoControlFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, ULONG code, PVOID input,
	ULONG input_length, PVOID output, ULONG output_length))
{
	return control(handle, event, apc, apc_context, iosb, code, input, input_length, output, output_length, false);
}
EXPORT_ALIAS(ntdll, "ZwDeviceIoControlFile", NtDeviceIoControlFile);
