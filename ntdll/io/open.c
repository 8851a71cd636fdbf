/*
 * ntdll/io/open.c - NtCreateFile and NtOpenFile, file objects, and their end.
 */
#include "ntdll/io/private.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void file_close(struct ob_object *object)
{
	struct io_file *file = (struct io_file *)object;

	if (file->kind == IO_PIPE)
		io_pipe_close(file);
	else if (file->kind == IO_SOCKET)
		io_socket_close(file);
	else if (file->kind == IO_AFD)
		io_socket_cancel(file, NULL, NULL);
	if (file->watch)
		io_watch_close(file);
	io_cleanup(file);
}

static void file_destroy(struct ob_object *object)
{
	struct io_file *file = (struct io_file *)object;

	io_cleanup(file); /* never had a handle */
	if (file->kind == IO_PIPE)
		io_pipe_free(file);
	if (file->kind == IO_SOCKET)
		io_socket_destroy(file);
	/* The other end of a pipe is to learn that nobody has this one: what is kept for messages of ours is let go too, unless
	 * the process ends anyway. */
	for (int fd = 0; fd < 3 && file->kind == IO_PIPE && !ps_is_ending(); fd++)
		if (file->standard >> fd & 1)
			host_release_standard(fd);
	if (file->fd >= 0)
		host_close(file->fd);
	if (file->node)
		io_node_put(file->node);
	if (file->scan)
		io_scan_free(file->scan);
	if (file->watch)
		io_watch_free(file);
	if (file->port)
		ob_dereference(file->port);
	free(file->path);
}

static NTSTATUS file_query_name(struct ob_object *object, char16_t *buffer, size_t capacity, size_t *length)
{
	struct io_file *file = (struct io_file *)object;
	struct io_wide name;
	NTSTATUS status;

	io_wide_init(&name);
	status = io_query_nt_name(file, &name);
	if (NT_SUCCESS(status)) {
		*length = name.length;
		memcpy(buffer, name.text, (name.length < capacity ? name.length : capacity) * 2);
	}
	io_wide_free(&name);
	return status;
}

const struct ob_type io_file_type = {
	.name = u"File",
	.read = FILE_GENERIC_READ,
	.write = FILE_GENERIC_WRITE,
	.execute = FILE_GENERIC_EXECUTE,
	.all = FILE_ALL_ACCESS,
	.close = file_close,
	.destroy = file_destroy,
	.dispatcher = io_file_dispatcher,
	.query_name = file_query_name,
};

/* Takes the descriptor; NULL (and it is closed): no memory. */
struct io_file *io_new_file(enum io_kind kind, int fd, ACCESS_MASK access, ULONG options)
{
	struct io_file *file = ob_create(&io_file_type, sizeof(*file));

	if (!file) {
		if (fd >= 0)
			host_close(fd);
		return NULL;
	}
	file->kind = kind;
	file->fd = fd;
	file->access = access;
	file->options = options;
	ke_dispatcher_initialize(&file->signal, KE_NOTIFICATION, kind != IO_CONSOLE_INPUT);
	return file;
}

NTSTATUS io_stat(struct io_file *file, struct host_stat *stat)
{
	/* a pipe that is not connected, or the directory of pipes */
	if (file->fd < 0) {
		memset(stat, 0, sizeof(*stat));
		stat->kind = HOST_FILE_FIFO;
		return STATUS_SUCCESS;
	}
	return io_status(host_stat_fd(file->fd, stat));
}

/* `real`: without symbolic links on the way; else any name that reaches the file itself will do. */
NTSTATUS io_path_now(struct io_file *file, bool real, struct io_narrow *path)
{
	struct host_stat stat;
	ssize_t length;

	path->length = 0;
	path->text[0] = 0;
	/* the name it was opened by is right nearly always */
	if (!real && file->path && file->node && host_stat_path(file->path, false, &stat) == 0 &&
	    stat.inode == file->node->inode && stat.device == file->node->device)
		return io_narrow_put(path, file->path, strlen(file->path)) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	length = host_fd_path(file->fd, path->text, path->capacity);
	if (length == -ENAMETOOLONG) {
		char *buffer = malloc(65536);

		if (!buffer)
			return STATUS_NO_MEMORY;
		path->text[0] = 0;
		length = host_fd_path(file->fd, buffer, 65536);
		if (length > 0)
			io_narrow_put(path, buffer, (size_t)length);
		free(buffer);
	} else if (length > 0) {
		path->length = (size_t)length;
	}
	if (length <= 0) {
		path->length = 0;
		path->text[0] = 0;
		return STATUS_FILE_DELETED;
	}
	return path->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

NTSTATUS io_check_options(ACCESS_MASK access, const struct io_open_request *request)
{
	ULONG options = request->options, sync = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;

	if (request->attributes & ~FILE_ATTRIBUTE_VALID_FLAGS || request->share & ~7u || request->disposition > 5 ||
	    options & ~FILE_VALID_OPTION_FLAGS)
		return STATUS_INVALID_PARAMETER;
	if ((options & sync) == sync || (options & sync && !(access & (SYNCHRONIZE | GENERIC_ALL | GENERIC_READ |
									 GENERIC_WRITE | GENERIC_EXECUTE))))
		return STATUS_INVALID_PARAMETER;
	if (options & FILE_DELETE_ON_CLOSE && !(access & (DELETE | GENERIC_ALL | MAXIMUM_ALLOWED)))
		return STATUS_INVALID_PARAMETER;
	if (options & FILE_DIRECTORY_FILE) {
		if (options & ~(FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT |
				FILE_WRITE_THROUGH | FILE_COMPLETE_IF_OPLOCKED | FILE_OPEN_FOR_BACKUP_INTENT |
				FILE_DELETE_ON_CLOSE | FILE_OPEN_FOR_FREE_SPACE_QUERY | FILE_OPEN_BY_FILE_ID |
				FILE_NO_EA_KNOWLEDGE | FILE_OPEN_REPARSE_POINT | FILE_RESERVE_OPFILTER |
				FILE_OPEN_NO_RECALL | FILE_OPEN_REQUIRING_OPLOCK | FILE_DISALLOW_EXCLUSIVE |
				FILE_NO_COMPRESSION))
			return STATUS_INVALID_PARAMETER;
		if (request->disposition != FILE_CREATE && request->disposition != FILE_OPEN &&
		    request->disposition != FILE_OPEN_IF)
			return STATUS_INVALID_PARAMETER;
	}
	if (options & FILE_COMPLETE_IF_OPLOCKED && options & FILE_RESERVE_OPFILTER)
		return STATUS_INVALID_PARAMETER;
	if (options & FILE_NO_INTERMEDIATE_BUFFERING && access & FILE_APPEND_DATA && !(access & FILE_WRITE_DATA))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

static unsigned open_flags(ACCESS_MASK access, const struct io_open_request *request)
{
	unsigned flags = 0;

	if (access & (FILE_READ_DATA | FILE_EXECUTE))
		flags |= HOST_OPEN_READ;
	if (access & (FILE_WRITE_DATA | FILE_APPEND_DATA))
		flags |= HOST_OPEN_WRITE;
	if (request->disposition == FILE_OVERWRITE || request->disposition == FILE_OVERWRITE_IF ||
	    request->disposition == FILE_SUPERSEDE)
		flags |= HOST_OPEN_WRITE; /* to cut it off */
	if (!flags)
		flags = HOST_OPEN_PATH;
	if (request->options & FILE_WRITE_THROUGH)
		flags |= HOST_OPEN_SYNC;
	if (request->options & FILE_OPEN_REPARSE_POINT)
		flags |= HOST_OPEN_NOFOLLOW;
	return flags;
}

/* Opens what exists.  *link: it is a symbolic link, opened itself. */
static int open_existing(const char *path, unsigned *flags, bool maximum, bool *link)
{
	int fd = host_open(path, *flags, 0);

	*link = false;
	if (fd == -ELOOP && *flags & HOST_OPEN_NOFOLLOW) {
		*flags = HOST_OPEN_PATH | HOST_OPEN_NOFOLLOW;
		*link = true;
		return host_open(path, *flags, 0);
	}
	if (fd == -EISDIR) {
		*flags = HOST_OPEN_READ | HOST_OPEN_DIRECTORY | (*flags & HOST_OPEN_NOFOLLOW);
		fd = host_open(path, *flags, 0);
	}
	if (fd == -EACCES && *flags & HOST_OPEN_DIRECTORY) {
		*flags = HOST_OPEN_PATH | (*flags & HOST_OPEN_NOFOLLOW);
		fd = host_open(path, *flags, 0);
	}
	if (maximum && (fd == -EACCES || fd == -EROFS || fd == -ETXTBSY || fd == -EPERM)) {
		*flags = (*flags & ~HOST_OPEN_WRITE) | HOST_OPEN_READ;
		fd = host_open(path, *flags, 0);
		if (fd == -EACCES) {
			*flags = HOST_OPEN_PATH | (*flags & HOST_OPEN_NOFOLLOW);
			fd = host_open(path, *flags, 0);
		}
	}
	return fd;
}

/* -ENOENT and -ENOTDIR of an open, told apart as NT does.  `path` has been looked up. */
NTSTATUS io_missing_status(const char *path, long error)
{
	const char *slash = strrchr(path, '/');
	struct io_narrow parent;
	struct host_stat stat;
	NTSTATUS status = STATUS_OBJECT_PATH_NOT_FOUND;

	if (error != -ENOENT && error != -ENOTDIR)
		return io_status(error);
	io_narrow_init(&parent);
	io_narrow_put(&parent, path, slash == path ? 1 : (size_t)(slash - path));
	if (!parent.failed && host_stat_path(parent.text, true, &stat) == 0 && stat.kind == HOST_FILE_DIRECTORY)
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	io_narrow_free(&parent);
	return status;
}

static enum io_kind kind_of(const struct host_stat *stat, int fd)
{
	switch (stat->kind) {
	case HOST_FILE_DIRECTORY:
		return IO_DIRECTORY;
	case HOST_FILE_LINK:
		return IO_LINK;
	case HOST_FILE_CHARACTER:
		return IO_CHARACTER;
	case HOST_FILE_FIFO:
		return IO_PIPE;
	default:
		return IO_FILE; /* a local socket's name too: it is opened for its attributes and deletion only */
	}
}

/* Makes the file or directory; *fd is open on it. */
static NTSTATUS create_new(struct io_name *name, struct io_open_request *request, unsigned flags, int *fd)
{
	if (request->options & FILE_DIRECTORY_FILE) {
		long error = host_make_directory(name->path.text, 0777);

		if (error < 0)
			return io_missing_status(name->path.text, error);
		*fd = host_open(name->path.text, HOST_OPEN_READ | HOST_OPEN_DIRECTORY, 0);
	} else {
		if (name->trailing_slash)
			return STATUS_OBJECT_NAME_INVALID;
		if (request->attributes & FILE_ATTRIBUTE_READONLY && request->options & FILE_DELETE_ON_CLOSE)
			return STATUS_CANNOT_DELETE;
		flags &= ~(HOST_OPEN_PATH | HOST_OPEN_NOFOLLOW);
		/* the access of the handle is what was asked for; Linux gives both to the maker, readable only or not */
		flags |= HOST_OPEN_CREATE | HOST_OPEN_READ | HOST_OPEN_WRITE;
		*fd = host_open(name->path.text, flags, request->attributes & FILE_ATTRIBUTE_READONLY ? 0444 : 0666);
	}
	if (*fd < 0)
		return io_missing_status(name->path.text, *fd);
	io_name_created(name->path.text);
	return STATUS_SUCCESS;
}

static NTSTATUS open_disk(struct io_name *name, struct io_open_request *request, struct io_file **result)
{
	bool maximum = request->access & MAXIMUM_ALLOWED, creating, created = false, link = false, looked_up = false;
	bool raced = false;
	ACCESS_MASK access = request->access & ~MAXIMUM_ALLOWED;
	bool overwrite = request->disposition == FILE_OVERWRITE || request->disposition == FILE_OVERWRITE_IF ||
			 request->disposition == FILE_SUPERSEDE;
	unsigned flags;
	struct host_stat stat;
	struct io_file *file;
	NTSTATUS status;
	int fd;

	if (maximum)
		access |= FILE_ALL_ACCESS;
	flags = open_flags(access, request);
	creating = request->disposition != FILE_OPEN && request->disposition != FILE_OVERWRITE;
	if (request->options & FILE_DIRECTORY_FILE || name->device == IO_DEVICE_VOLUME)
		flags = (access & FILE_LIST_DIRECTORY ? HOST_OPEN_READ : HOST_OPEN_PATH) |
			(flags & HOST_OPEN_NOFOLLOW ? HOST_OPEN_NOFOLLOW : 0);
	for (;;) {
		unsigned tried = flags;

		/* something exclusively new: what exists only matters by its name */
		if (request->disposition == FILE_CREATE)
			tried = HOST_OPEN_PATH | HOST_OPEN_NOFOLLOW;
		fd = open_existing(name->path.text, &tried, maximum, &link);
		if (fd >= 0) {
			flags = tried;
			break;
		}
		if (fd != -ENOENT && fd != -ENOTDIR)
			return io_status(fd);
		if (!looked_up) {
			status = io_find_path(&name->path, name->root);
			if (name->path.failed)
				return STATUS_NO_MEMORY;
			looked_up = true;
			if (NT_SUCCESS(status))
				continue;
			if (status != STATUS_OBJECT_NAME_NOT_FOUND || !creating) {
				if (!creating)
					request->information = FILE_DOES_NOT_EXIST;
				return status;
			}
		} else if (!creating) {
			request->information = FILE_DOES_NOT_EXIST;
			return io_missing_status(name->path.text, fd);
		}
		status = create_new(name, request, flags, &fd);
		if (status == STATUS_OBJECT_NAME_COLLISION && request->disposition != FILE_CREATE && !raced) {
			raced = true; /* somebody was faster, or a dangling link lies there */
			continue;
		}
		if (!NT_SUCCESS(status))
			return status;
		created = true;
		flags = HOST_OPEN_READ | HOST_OPEN_WRITE;
		break;
	}
	status = io_status(host_stat_fd(fd, &stat));
	if (!NT_SUCCESS(status)) {
		host_close(fd);
		return status;
	}
	if (!created) {
		bool directory = stat.kind == HOST_FILE_DIRECTORY;

		if (request->disposition == FILE_CREATE) {
			request->information = FILE_EXISTS;
			status = STATUS_OBJECT_NAME_COLLISION;
		} else if (stat.kind == HOST_FILE_LINK && flags & HOST_OPEN_PATH) {
			link = true;
			if (overwrite)
				status = STATUS_ACCESS_DENIED;
		} else if (request->options & FILE_DIRECTORY_FILE && !directory) {
			status = STATUS_NOT_A_DIRECTORY;
		} else if (request->options & FILE_NON_DIRECTORY_FILE && directory && name->device != IO_DEVICE_VOLUME) {
			status = STATUS_FILE_IS_A_DIRECTORY;
		} else if (name->trailing_slash && !directory) {
			status = STATUS_OBJECT_NAME_INVALID;
		} else if (directory && overwrite) {
			status = STATUS_OBJECT_NAME_COLLISION;
		} else if (stat.kind == HOST_FILE_REGULAR && !(stat.mode & 0222)) {
			if (request->options & FILE_DELETE_ON_CLOSE)
				status = STATUS_CANNOT_DELETE;
			else if (overwrite && request->disposition != FILE_SUPERSEDE) /* which makes the file anew */
				status = STATUS_ACCESS_DENIED;
			else if (maximum)
				access &= ~(FILE_WRITE_DATA | FILE_APPEND_DATA);
			else if (access & (FILE_WRITE_DATA | FILE_APPEND_DATA))
				status = STATUS_ACCESS_DENIED;
		}
		if (NT_SUCCESS(status) && overwrite && stat.kind == HOST_FILE_REGULAR) {
			/* NT does not let an overwrite take these two away */
			ULONG has = io_attributes(&stat, fd, NULL);

			if (has & ~request->attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM))
				status = STATUS_ACCESS_DENIED;
		}
	}
	if (NT_SUCCESS(status) && maximum) {
		if (!(flags & HOST_OPEN_WRITE) && stat.kind == HOST_FILE_REGULAR)
			access &= ~(FILE_WRITE_DATA | FILE_APPEND_DATA);
		if (flags & HOST_OPEN_PATH)
			access &= ~(FILE_READ_DATA | FILE_EXECUTE);
	}
	if (!NT_SUCCESS(status)) {
		host_close(fd);
		return status;
	}
	file = io_new_file(name->device == IO_DEVICE_VOLUME ? IO_VOLUME : kind_of(&stat, fd), fd, access, request->options);
	if (!file)
		return STATUS_NO_MEMORY;
	file->share = request->share;
	file->path_only = flags & HOST_OPEN_PATH;
	file->append = access & FILE_APPEND_DATA && !(access & FILE_WRITE_DATA);
	if (io_is_disk(file)) {
		file->node = io_node_get(stat.device, stat.inode);
		file->path = strdup(name->path.text);
		if (!file->node || !file->path) {
			status = STATUS_NO_MEMORY;
			if (file->node)
				io_node_put(file->node);
			file->node = NULL;
		} else {
			status = io_share_enter(file);
			if (!NT_SUCCESS(status)) {
				io_node_put(file->node);
				file->node = NULL;
			}
		}
	}
	if (NT_SUCCESS(status) && overwrite && !created && file->kind == IO_FILE) {
		status = mm_file_is_mapped(stat.device, stat.inode, 0) ? STATUS_USER_MAPPED_FILE
								       : io_status(host_truncate(fd, 0));
		if (NT_SUCCESS(status))
			status = io_set_attributes(fd, NULL, &stat,
						   request->attributes | FILE_ATTRIBUTE_ARCHIVE);
	}
	if (NT_SUCCESS(status) && created &&
	    request->attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_TEMPORARY |
				   FILE_ATTRIBUTE_NOT_CONTENT_INDEXED))
		io_set_attributes(fd, NULL, &stat,
				  request->attributes |
					  (request->options & FILE_DIRECTORY_FILE ? 0 : FILE_ATTRIBUTE_ARCHIVE));
	if (NT_SUCCESS(status) && request->allocation && file->kind == IO_FILE && (created || overwrite) &&
	    host_preallocate(fd, request->allocation) == -ENOSPC)
		status = STATUS_DISK_FULL;
	if (NT_SUCCESS(status)) {
		file->delete_on_close = request->options & FILE_DELETE_ON_CLOSE;
		if (created)
			request->information = FILE_CREATED;
		else if (!overwrite)
			request->information = FILE_OPENED;
		else
			request->information = request->disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
		*result = file;
		return STATUS_SUCCESS;
	}
	if (created && file->node)
		file->delete_on_close = true;
	ob_dereference(file);
	return status;
}

NTSTATUS io_open(struct io_name *name, struct io_open_request *request, struct io_file **file)
{
	int fd;

	switch (name->device) {
	case IO_DEVICE_DISK:
	case IO_DEVICE_VOLUME:
		return open_disk(name, request, file);
	case IO_DEVICE_NULL:
		if (request->options & FILE_DIRECTORY_FILE)
			return STATUS_NOT_A_DIRECTORY;
		if (name->rest_length)
			return STATUS_OBJECT_PATH_NOT_FOUND;
		fd = host_open("/dev/null", HOST_OPEN_READ | HOST_OPEN_WRITE, 0);
		if (fd < 0)
			return io_status(fd);
		*file = io_new_file(IO_CHARACTER, fd, io_granted(request->access), request->options);
		request->information = 0; /* not FILE_OPENED: OPEN_ALWAYS does not say that it existed (golang/go#71752) */
		return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	case IO_DEVICE_CONSOLE:
	case IO_DEVICE_CONSOLE_INPUT:
	case IO_DEVICE_CONSOLE_OUTPUT:
		return io_open_console(name, request, file);
	case IO_DEVICE_PIPE:
	case IO_DEVICE_PIPE_ROOT:
		return io_open_pipe(name, request, file);
	case IO_DEVICE_AFD:
		*file = io_new_file(IO_AFD, -1, io_granted(request->access), request->options);
		request->information = FILE_OPENED;
		return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	}
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

/* FILE_OPEN_BY_FILE_ID would need a way from an inode to a path, which Linux has only for root. */
static NTSTATUS create_file(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
			    struct io_open_request *request)
{
	struct io_captured_name captured;
	struct io_file *file = NULL;
	HANDLE value = NULL;
	NTSTATUS status;

	if (!attributes)
		return STATUS_INVALID_PARAMETER;
	if (host_probe_guest(handle, sizeof(*handle), true) < 0 || host_probe_guest(iosb, sizeof(*iosb), true) < 0)
		return STATUS_ACCESS_VIOLATION;
	status = io_check_options(access, request);
	if (!NT_SUCCESS(status))
		return status;
	request->access = ob_map_access(&io_file_type, access);
	if (!request->access)
		return STATUS_ACCESS_DENIED;
	if (request->options & FILE_OPEN_BY_FILE_ID)
		return STATUS_NOT_SUPPORTED;
	status = io_capture_name(attributes, &captured);
	if (!NT_SUCCESS(status))
		return status;
	status = io_open(&captured.name, request, &file);
	if (NT_SUCCESS(status) && request->information == FILE_CREATED)
		io_secure_new(file, attributes);
	if (NT_SUCCESS(status)) {
		status = ob_create_handle(file, file->access, captured.attributes.flags & OBJ_INHERIT, &value);
		ob_dereference(file);
	}
	io_release_name(&captured);
	if (NT_SUCCESS(status) || request->information) {
		IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = request->information};

		block.Status = status;
		if (host_copy_to_guest(iosb, &block, sizeof(block)) < 0 && NT_SUCCESS(status))
			status = STATUS_ACCESS_VIOLATION;
	}
	if (NT_SUCCESS(status) && host_copy_to_guest(handle, &value, sizeof(value)) < 0)
		status = STATUS_ACCESS_VIOLATION;
	if (!NT_SUCCESS(status) && value)
		ob_close_handle(value);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtCreateFile,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb, LARGE_INTEGER *allocation,
	ULONG file_attributes, ULONG share, ULONG disposition, ULONG options, PVOID ea, ULONG ea_length))
{
	struct io_open_request request = {
		.attributes = file_attributes, .share = share, .disposition = disposition, .options = options};
	LARGE_INTEGER size;

	if (allocation) {
		if (host_copy_from_guest(&size, allocation, sizeof(size)) < 0)
			return STATUS_ACCESS_VIOLATION;
		if (size.QuadPart < 0)
			return STATUS_INVALID_PARAMETER;
		request.allocation = (uint64_t)size.QuadPart;
	}
	if (ea && ea_length && options & FILE_NO_EA_KNOWLEDGE)
		return STATUS_ACCESS_DENIED;
	return create_file(handle, access, attributes, iosb, &request);
}
EXPORT_ALIAS(ntdll, "ZwCreateFile", NtCreateFile);

EXPORT(ntdll, NTSTATUS, NtOpenFile,
       (HANDLE * handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb, ULONG share, ULONG options))
{
	struct io_open_request request = {.share = share, .disposition = FILE_OPEN, .options = options};

	return create_file(handle, access, attributes, iosb, &request);
}
EXPORT_ALIAS(ntdll, "ZwOpenFile", NtOpenFile);

NTSTATUS io_file_descriptor(HANDLE handle, ACCESS_MASK access, int *fd, struct io_narrow *path)
{
	struct io_file *file;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, access, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	if (file->kind != IO_FILE || file->path_only)
		status = file->kind == IO_FILE ? STATUS_ACCESS_DENIED : STATUS_INVALID_FILE_FOR_SECTION;
	if (NT_SUCCESS(status)) {
		io_share_copied(file, false);
		*fd = host_dup(file->fd);
		if (*fd < 0)
			status = io_status(*fd);
		else if (path)
			io_path_now(file, true, path);
	}
	ob_dereference(file);
	return status;
}
