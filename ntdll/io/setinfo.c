/*
 * ntdll/io/setinfo.c - NtSetInformationFile: times, attributes, sizes, positions, deletion, renaming, links.
 */
#include "ntdll/io/private.h"
#include "ntdll/mm/mm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A time of FILE_BASIC_INFORMATION: 0 leaves it; -1 and -2 stop and start automatic updates, which Linux does not
 * offer per handle, so they leave it too. */
static bool time_given(LARGE_INTEGER time)
{
	return time.QuadPart > 0;
}

static NTSTATUS set_basic(struct io_file *file, const FILE_BASIC_INFORMATION *basic)
{
	struct host_stat stat;
	NTSTATUS status = io_stat(file, &stat);
	long error;

	if (!NT_SUCCESS(status))
		return status;
	if (basic->CreationTime.QuadPart < -2 || basic->LastAccessTime.QuadPart < -2 ||
	    basic->LastWriteTime.QuadPart < -2 || basic->ChangeTime.QuadPart < -2)
		return STATUS_INVALID_PARAMETER;
	if (basic->FileAttributes) {
		if (basic->FileAttributes & FILE_ATTRIBUTE_DIRECTORY && stat.kind != HOST_FILE_DIRECTORY)
			return STATUS_INVALID_PARAMETER;
		if (basic->FileAttributes & FILE_ATTRIBUTE_TEMPORARY && stat.kind == HOST_FILE_DIRECTORY)
			return STATUS_INVALID_PARAMETER;
		status = io_set_attributes(file->fd, NULL, &stat, basic->FileAttributes);
		if (!NT_SUCCESS(status))
			return status;
	}
	/* Linux has no call that sets the time of birth */
	if (!time_given(basic->LastAccessTime) && !time_given(basic->LastWriteTime))
		return STATUS_SUCCESS;
	error = host_set_times(file->fd, file->kind == IO_LINK ? file->path : NULL, false,
			       time_given(basic->LastAccessTime) ? io_time_to_host(basic->LastAccessTime.QuadPart)
								 : HOST_TIME_OMIT,
			       time_given(basic->LastWriteTime) ? io_time_to_host(basic->LastWriteTime.QuadPart)
								: HOST_TIME_OMIT);
	return io_status(error);
}

static NTSTATUS set_end(struct io_file *file, LONGLONG end)
{
	long error;

	if (file->kind != IO_FILE)
		return STATUS_INVALID_PARAMETER;
	if (end < 0)
		return STATUS_INVALID_PARAMETER;
	if (file->node && mm_file_is_mapped(file->node->device, file->node->inode, (uint64_t)end))
		return STATUS_USER_MAPPED_FILE;
	error = host_truncate(file->fd, (uint64_t)end);
	/* on NTFS a size beyond the volume's is the disk's fault */
	return error == -EINVAL || error == -EFBIG ? STATUS_DISK_FULL : io_status(error);
}

static NTSTATUS set_allocation(struct io_file *file, LONGLONG size)
{
	struct host_stat stat;
	NTSTATUS status;
	long error;

	if (file->kind != IO_FILE || size < 0)
		return STATUS_INVALID_PARAMETER;
	status = io_stat(file, &stat);
	if (!NT_SUCCESS(status))
		return status;
	if ((uint64_t)size < stat.size)
		return set_end(file, size);
	error = host_preallocate(file->fd, (uint64_t)size);
	return error == -EOPNOTSUPP || error == -ENOSYS ? STATUS_SUCCESS : io_status(error);
}

/* A directory in which this process has something open keeps its name, as on NT; of other processes it is not known. */
static NTSTATUS rename_or_link(struct io_file *file, const FILE_RENAME_INFORMATION *info, const char16_t *new_name,
			       bool replace, ULONG flags, bool link)
{
	struct io_name target;
	struct io_narrow source;
	struct host_stat stat;
	bool exists = false, same = false;
	NTSTATUS status;
	size_t length = info->FileNameLength / 2;

	if (!io_is_disk(file))
		return STATUS_INVALID_DEVICE_REQUEST;
	if (info->FileNameLength & 1)
		return STATUS_INVALID_PARAMETER;
	if (link && file->kind == IO_DIRECTORY)
		return STATUS_FILE_IS_A_DIRECTORY;
	io_name_init(&target);
	io_narrow_init(&source);
	status = io_path_now(file, false, &source);
	if (NT_SUCCESS(status) && length && new_name[0] != u'\\' && !info->RootDirectory) {
		/* a bare name: in the directory where the file is */
		const char *slash = strrchr(source.text, '/');

		for (size_t i = 0; i < length && NT_SUCCESS(status); i++)
			if (new_name[i] == u'\\')
				status = STATUS_INVALID_PARAMETER;
		if (NT_SUCCESS(status)) {
			io_narrow_put(&target.path, source.text, (size_t)(slash - source.text) + 1);
			target.root = 1;
			status = io_name_to_host(&target.path, new_name, length);
		}
	} else if (NT_SUCCESS(status)) {
		status = io_parse_name(new_name, length, info->RootDirectory, &target);
	}
	if (NT_SUCCESS(status) && target.device != IO_DEVICE_DISK)
		status = STATUS_NOT_SAME_DEVICE;
	if (NT_SUCCESS(status)) {
		long error = host_stat_path(target.path.text, false, &stat);

		if (error == 0) {
			exists = true;
		} else {
			struct io_narrow wanted;

			/* the same file under a name in other letters, or another file that NT takes for the target */
			io_narrow_init(&wanted);
			io_narrow_put(&wanted, target.path.text, target.path.length);
			status = io_find_path(&target.path, target.root);
			if (NT_SUCCESS(status)) {
				exists = host_stat_path(target.path.text, false, &stat) == 0;
				if (exists && stat.device == file->node->device && stat.inode == file->node->inode) {
					/* renaming to other letters only */
					const char *name = strrchr(wanted.text, '/');
					char *slash = strrchr(target.path.text, '/');

					target.path.length = (size_t)(slash - target.path.text);
					target.path.text[target.path.length] = 0;
					io_narrow_put(&target.path, name, strlen(name));
					same = !link;
				}
			} else if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
				status = STATUS_SUCCESS;
			}
			io_narrow_free(&wanted);
		}
	}
	if (NT_SUCCESS(status) && exists && !same) {
		bool itself = stat.device == file->node->device && stat.inode == file->node->inode;

		if (itself && !link && strcmp(source.text, target.path.text) == 0)
			goto done;
		if (!replace) {
			status = STATUS_OBJECT_NAME_COLLISION;
		} else if (stat.kind == HOST_FILE_DIRECTORY && !(flags & FILE_RENAME_POSIX_SEMANTICS)) {
			status = STATUS_ACCESS_DENIED;
		} else if (stat.kind == HOST_FILE_REGULAR && !(stat.mode & 0222) &&
			   !(flags & FILE_RENAME_IGNORE_READONLY_ATTRIBUTE)) {
			status = STATUS_ACCESS_DENIED;
		} else if (!itself) {
			status = io_may_replace(stat.device, stat.inode, flags & FILE_RENAME_POSIX_SEMANTICS);
		}
	}
	if (NT_SUCCESS(status) && file->kind == IO_DIRECTORY && io_directory_is_busy(file, &source))
		status = STATUS_ACCESS_DENIED;
	if (NT_SUCCESS(status)) {
		long error;

		if (link || file->kind == IO_DIRECTORY) {
			/* neither a link nor a directory takes a file's place by itself on Linux */
			if (exists && !same && replace && stat.kind != HOST_FILE_DIRECTORY)
				host_unlink(target.path.text);
		}
		if (link) {
			error = host_link(source.text, target.path.text);
			if (error == -ENOENT)
				error = host_link_fd(file->fd, target.path.text);
		} else {
			error = io_rename(source.text, target.path.text, replace || same);
		}
		if (error == -ENOENT || error == -ENOTDIR)
			status = STATUS_OBJECT_PATH_NOT_FOUND;
		else if (error == -EINVAL)
			status = STATUS_SHARING_VIOLATION; /* a directory into itself, as NTFS says it */
		else
			status = io_status(error);
	}
	if (NT_SUCCESS(status) && !link) {
		char *path = strdup(target.path.text);

		if (path) {
			host_lock_acquire(&file->lock);
			free(file->path);
			file->path = path;
			host_lock_release(&file->lock);
		}
	}
done:
	io_narrow_free(&source);
	io_name_free(&target);
	return status;
}

static NTSTATUS set_name(struct io_file *file, const void *buffer, ULONG length, FILE_INFORMATION_CLASS info_class)
{
	FILE_RENAME_INFORMATION info;
	const ULONG header = offsetof(FILE_RENAME_INFORMATION, FileName);
	bool ex = info_class == FileRenameInformationEx || info_class == FileLinkInformationEx;
	bool link = info_class == FileLinkInformation || info_class == FileLinkInformationEx;
	char16_t *name;
	NTSTATUS status;

	if (host_copy_from_guest(&info, buffer, header) < 0)
		return STATUS_ACCESS_VIOLATION;
	if (info.FileNameLength > length - header || !info.FileNameLength)
		return STATUS_INVALID_PARAMETER;
	if (info.FileNameLength > 65534)
		return STATUS_OBJECT_NAME_INVALID;
	name = malloc(info.FileNameLength + 2);
	if (!name)
		return STATUS_NO_MEMORY;
	if (host_copy_from_guest(name, (const char *)buffer + header, info.FileNameLength) < 0)
		status = STATUS_ACCESS_VIOLATION;
	else
		status = rename_or_link(file, &info, name,
					ex ? info.Flags & FILE_RENAME_REPLACE_IF_EXISTS : info.ReplaceIfExists,
					ex ? info.Flags : 0, link);
	free(name);
	return status;
}

static NTSTATUS set_position(struct io_file *file, LONGLONG position)
{
	int64_t result = 0;

	if (position < 0)
		return STATUS_INVALID_PARAMETER;
	if (!io_is_disk(file))
		return STATUS_INVALID_DEVICE_REQUEST;
	host_lock_acquire(&file->lock);
	if (file->host_offset)
		result = host_seek(file->fd, position, 0);
	else
		file->position = (uint64_t)position;
	host_lock_release(&file->lock);
	return result < 0 ? io_status(result) : STATUS_SUCCESS;
}

static NTSTATUS set_completion(struct io_file *file, const FILE_COMPLETION_INFORMATION *info, bool replace)
{
	void *port = NULL, *old = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	if (info->Port || !replace)
		status = ob_reference_by_handle(info->Port, &io_port_type, IO_COMPLETION_MODIFY_STATE, &port);
	if (!NT_SUCCESS(status))
		return status;
	host_lock_acquire(&file->lock);
	if (io_is_synchronous(file) || (file->port && !replace)) {
		status = STATUS_INVALID_PARAMETER;
	} else {
		old = file->port;
		file->port_key = (ULONG_PTR)info->Key;
		file->port = port;
		port = NULL;
	}
	host_lock_release(&file->lock);
	if (port)
		ob_dereference(port);
	if (old)
		ob_dereference(old);
	return status;
}

EXPORT(ntdll, NTSTATUS, NtSetInformationFile,
       (HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length, FILE_INFORMATION_CLASS info_class))
{
	struct io_file *file;
	union {
		FILE_BASIC_INFORMATION basic;
		FILE_COMPLETION_INFORMATION completion;
		LARGE_INTEGER number;
		ULONG flags;
		BOOLEAN truth;
	} u;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	const struct io_class_rule rule = io_set_rule(info_class);
	bool names = info_class == FileRenameInformation || info_class == FileRenameInformationEx ||
		     info_class == FileLinkInformation || info_class == FileLinkInformationEx;
	NTSTATUS status;

	if (!rule.size)
		return STATUS_INVALID_INFO_CLASS;
	if (length < rule.size)
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!names && info_class != FilePipeInformation && host_copy_from_guest(&u, buffer, rule.size) < 0)
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &io_file_type, rule.access, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	switch (info_class) {
	case FileBasicInformation:
		status = io_is_disk(file) ? set_basic(file, &u.basic) : STATUS_INVALID_DEVICE_REQUEST;
		break;
	case FileRenameInformation:
	case FileRenameInformationEx:
	case FileLinkInformation:
	case FileLinkInformationEx:
		status = set_name(file, buffer, length, info_class);
		break;
	case FileDispositionInformation:
		status = io_set_delete(file, u.truth ? FILE_DISPOSITION_DELETE : 0);
		break;
	case FileDispositionInformationEx:
		status = io_set_delete(file, u.flags);
		break;
	case FilePositionInformation:
		status = set_position(file, u.number.QuadPart);
		break;
	case FileAllocationInformation:
	case FileEndOfFileInformation:
		if (!io_is_disk(file)) /* pipes have no such class (golang/go#76071) */
			status = file->kind == IO_PIPE ? STATUS_INVALID_PARAMETER : STATUS_INVALID_DEVICE_REQUEST;
		else
			status = info_class == FileEndOfFileInformation ? set_end(file, u.number.QuadPart)
									: set_allocation(file, u.number.QuadPart);
		break;
	case FileValidDataLengthInformation: {
		/* Linux keeps no valid length: bytes never written read as zeros, which this call allows to be garbage */
		struct host_stat stat;

		status = io_is_disk(file) ? io_stat(file, &stat) : STATUS_INVALID_DEVICE_REQUEST;
		if (NT_SUCCESS(status) && (u.number.QuadPart < 0 || (uint64_t)u.number.QuadPart > stat.size))
			status = STATUS_INVALID_PARAMETER;
		break;
	}
	case FileModeInformation:
		if (u.flags & ~(FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_SYNCHRONOUS_IO_ALERT |
				FILE_SYNCHRONOUS_IO_NONALERT))
			status = STATUS_INVALID_PARAMETER;
		else
			file->options = (file->options & ~FILE_SEQUENTIAL_ONLY) | (u.flags & FILE_SEQUENTIAL_ONLY);
		break;
	case FileIoCompletionNotificationInformation:
		if (io_is_synchronous(file))
			status = STATUS_INVALID_PARAMETER;
		else
			file->completion_modes |= u.flags & 7; /* they can only be added; others are ignored */
		break;
	case FileIoPriorityHintInformation:
		if (u.flags > 2)
			status = STATUS_INVALID_PARAMETER;
		break;
	case FilePipeInformation:
		status = file->kind == IO_PIPE ? io_pipe_set(file, buffer, length, info_class)
					       : STATUS_INVALID_DEVICE_REQUEST;
		break;
	case FileCompletionInformation:
	case FileReplaceCompletionInformation:
		status = set_completion(file, &u.completion, info_class == FileReplaceCompletionInformation);
		break;
	default:
		status = STATUS_INVALID_INFO_CLASS;
		break;
	}
	ob_dereference(file);
	if ((ULONG)status >> 30 == 3)
		return status;
	block.Status = status;
	return host_copy_to_guest(iosb, &block, sizeof(block)) < 0 ? STATUS_ACCESS_VIOLATION : status;
}
EXPORT_ALIAS(ntdll, "ZwSetInformationFile", NtSetInformationFile);
