/*
 * ntdll/io/notify.c - NtNotifyChangeDirectoryFile(Ex).
 *
 * The first call on a handle decides what is watched, and how much of it is kept between calls (MSDN ReadDirectoryChangesW):
 * when it does not fit any more all of it is thrown away and the next call says so with STATUS_NOTIFY_ENUM_DIR and no bytes.
 */
#include "ntdll/io/notify_tree.h"

#include <stdlib.h>
#include <string.h>

struct io_watch {
	struct io_watch *next;
	struct io_file *file; /* not referenced */
	struct host_lock lock;
	ULONG size; /* of the first call's buffer */
	ULONG info_class;
	bool removed;
	struct notify_tree tree;
};

static struct host_lock list_lock;
static struct io_watch *watches;

/* The name in UTF-16 with backslashes; units, 0: no memory or a name that NT cannot say. */
static size_t wide_name(const char *name, struct io_wide *wide)
{
	char16_t component[256];

	wide->length = 0;
	while (*name) {
		size_t length = strcspn(name, "/"), units = io_name_from_host(component, ARRAY_SIZE(component), name, length);

		if (units > ARRAY_SIZE(component))
			return 0;
		if (wide->length)
			io_wide_put(wide, u"\\", 1);
		io_wide_put(wide, component, units);
		name += length + (name[length] == '/');
	}
	return wide->failed ? 0 : wide->length;
}

static void fill_extended(const struct notify_tree *tree, const struct notify_record *record,
			  FILE_NOTIFY_EXTENDED_INFORMATION *info)
{
	struct io_narrow path;
	struct host_stat stat;

	io_narrow_init(&path);
	io_narrow_put(&path, tree->root, strlen(tree->root));
	io_narrow_put(&path, "/", 1);
	io_narrow_put(&path, record->name, strlen(record->name));
	if (!path.failed && host_stat_path(path.text, false, &stat) == 0) {
		info->CreationTime.QuadPart = io_time_from_host(io_birth_time(&stat));
		info->LastModificationTime.QuadPart = io_time_from_host(stat.write_time);
		info->LastChangeTime.QuadPart = io_time_from_host(stat.change_time);
		info->LastAccessTime.QuadPart = io_time_from_host(stat.access_time);
		info->AllocatedLength.QuadPart = io_allocation(&stat);
		info->FileSize.QuadPart = io_size(&stat);
		info->FileAttributes = io_attributes(&stat, -1, path.text);
		if (info->FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
			info->ReparsePointTag = io_link_tag(-1, path.text);
		info->FileId.QuadPart = (LONGLONG)stat.inode;
	}
	if (!path.failed)
		*strrchr(path.text, '/') = 0;
	if (!path.failed && host_stat_path(path.text, true, &stat) == 0)
		info->ParentFileId.QuadPart = (LONGLONG)stat.inode;
	io_narrow_free(&path);
}

/* Writes the records; *done bytes.  STATUS_NOTIFY_ENUM_DIR: they do not fit. */
static NTSTATUS store(struct io_watch *watch, char *buffer, ULONG length, ULONG_PTR *done)
{
	const bool extended = watch->info_class == DirectoryNotifyExtendedInformation;
	const ULONG header = extended ? offsetof(FILE_NOTIFY_EXTENDED_INFORMATION, FileName)
				      : offsetof(FILE_NOTIFY_INFORMATION, FileName);
	const ULONG alignment = extended ? 8 : 4;
	ULONG used = 0, previous = UINT32_MAX;
	struct io_wide name;
	NTSTATUS status = STATUS_SUCCESS;

	io_wide_init(&name);
	for (const struct notify_record *record = watch->tree.first; record; record = record->next) {
		ULONG start = (used + alignment - 1) & ~(alignment - 1), bytes = (ULONG)wide_name(record->name, &name) * 2;
		union {
			FILE_NOTIFY_INFORMATION plain;
			FILE_NOTIFY_EXTENDED_INFORMATION extended;
		} info;

		if (!bytes)
			continue;
		if (start + header + bytes > length || start + header + bytes > watch->size) {
			status = STATUS_NOTIFY_ENUM_DIR;
			break;
		}
		memset(&info, 0, sizeof(info));
		info.plain.Action = record->action;
		if (extended) {
			fill_extended(&watch->tree, record, &info.extended);
			info.extended.FileNameLength = bytes;
		} else {
			info.plain.FileNameLength = bytes;
		}
		if (host_copy_to_guest(buffer + start, &info, header) < 0 ||
		    host_copy_to_guest(buffer + start + header, name.text, bytes) < 0) {
			status = STATUS_ACCESS_VIOLATION;
			break;
		}
		if (previous != UINT32_MAX) {
			ULONG distance = start - previous;

			host_copy_to_guest(buffer + previous, &distance, sizeof(distance));
		}
		previous = start;
		used = start + header + bytes;
	}
	io_wide_free(&name);
	*done = status == STATUS_SUCCESS ? used : 0;
	return status;
}

/* On the I/O thread or the caller's: what there is to tell, or STATUS_PENDING. */
static NTSTATUS watch_ready(struct io_file *file, PVOID buffer, ULONG length, ULONG_PTR *done)
{
	struct io_watch *watch = file->watch;
	NTSTATUS status = STATUS_PENDING;

	host_lock_acquire(&watch->lock);
	notify_tree_read(&watch->tree);
	if (watch->tree.overflow) {
		status = STATUS_NOTIFY_ENUM_DIR;
	} else if (watch->tree.count) {
		status = store(watch, buffer, length, done);
		/* names that cannot be said */
		if (status == STATUS_SUCCESS && !*done)
			status = STATUS_PENDING;
	} else if (watch->removed || watch->tree.gone) {
		status = STATUS_DELETE_PENDING;
	}
	notify_tree_clear(&watch->tree);
	host_lock_release(&watch->lock);
	return status;
}

static NTSTATUS start_watch(struct io_file *file, ULONG filter, bool deep, ULONG length, ULONG info_class)
{
	struct io_watch *watch = calloc(1, sizeof(*watch));
	struct io_narrow path;
	NTSTATUS status;

	if (!watch)
		return STATUS_NO_MEMORY;
	io_narrow_init(&path);
	status = io_path_now(file, false, &path);
	if (status == STATUS_FILE_DELETED)
		status = STATUS_DELETE_PENDING;
	if (NT_SUCCESS(status))
		status = notify_tree_open(path.length == 1 ? "" : path.text, filter, deep, &watch->tree);
	io_narrow_free(&path);
	if (!NT_SUCCESS(status)) {
		free(watch);
		return status;
	}
	watch->file = file;
	watch->size = length;
	watch->info_class = info_class;
	host_lock_acquire(&list_lock);
	watch->next = watches;
	watches = watch;
	host_lock_release(&list_lock);
	file->watch = watch;
	return STATUS_SUCCESS;
}

void io_watch_close(struct io_file *file)
{
	io_async_end(file, 1u << IO_ASYNC_WATCH, STATUS_NOTIFY_CLEANUP);
}

void io_watch_free(struct io_file *file)
{
	struct io_watch *watch = file->watch, **link = &watches;

	host_lock_acquire(&list_lock);
	while (*link && *link != watch)
		link = &(*link)->next;
	if (*link)
		*link = watch->next;
	host_lock_release(&list_lock);
	notify_tree_close(&watch->tree);
	free(watch);
}

void io_watch_removed(const struct io_node *node)
{
	struct io_file *files[16];
	unsigned count = 0;

	host_lock_acquire(&list_lock);
	for (struct io_watch *watch = watches; watch; watch = watch->next)
		if (watch->file->node == node) {
			watch->removed = true;
			if (count < ARRAY_SIZE(files) && ob_reference_living(watch->file))
				files[count++] = watch->file;
		}
	host_lock_release(&list_lock);
	while (count) {
		io_async_end(files[--count], 1u << IO_ASYNC_WATCH, STATUS_DELETE_PENDING);
		ob_dereference(files[count]);
	}
}

static NTSTATUS notify(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer,
		       ULONG length, ULONG filter, bool deep, ULONG info_class)
{
	struct io_file *file;
	struct io_request request;
	ULONG_PTR done = 0;
	NTSTATUS status;

	if (!filter || filter & ~FILE_NOTIFY_VALID_MASK)
		return STATUS_INVALID_PARAMETER;
	if (info_class != DirectoryNotifyInformation && info_class != DirectoryNotifyExtendedInformation)
		return STATUS_INVALID_INFO_CLASS;
	if ((uintptr_t)buffer & 3)
		return STATUS_DATATYPE_MISALIGNMENT;
	if (host_probe_guest(iosb, sizeof(*iosb), true) < 0 || (length && host_probe_guest(buffer, length, true) < 0))
		return STATUS_ACCESS_VIOLATION;
	status = ob_reference_by_handle(handle, &io_file_type, FILE_LIST_DIRECTORY, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	if (file->kind != IO_DIRECTORY)
		status = STATUS_INVALID_PARAMETER;
	host_lock_acquire(&file->lock);
	if (NT_SUCCESS(status) && !file->watch)
		status = start_watch(file, filter, deep, length, info_class);
	host_lock_release(&file->lock);
	if (NT_SUCCESS(status))
		status = io_request_begin(&request, file, event, apc, apc_context, iosb);
	if (!NT_SUCCESS(status)) {
		ob_dereference(file);
		return status;
	}
	if (io_is_synchronous(file)) {
		status = io_async_wait(&request, IO_ASYNC_WATCH, file->watch->tree.fd, buffer, length, &done, watch_ready);
		return io_request_end(&request, status, done);
	}
	/* what has happened since the last call */
	if (!io_async_pends(file, IO_ASYNC_WATCH)) {
		status = watch_ready(file, buffer, length, &done);
		if (status != STATUS_PENDING)
			return io_request_end(&request, status, done);
	}
	return io_async_queue(&request, IO_ASYNC_WATCH, file->watch->tree.fd, buffer, length, 0, watch_ready);
}

EXPORT(ntdll, NTSTATUS, NtNotifyChangeDirectoryFile,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length,
	ULONG filter, BOOLEAN deep))
{
	return notify(handle, event, apc, apc_context, iosb, buffer, length, filter, deep, DirectoryNotifyInformation);
}
EXPORT_ALIAS(ntdll, "ZwNotifyChangeDirectoryFile", NtNotifyChangeDirectoryFile);

EXPORT(ntdll, NTSTATUS, NtNotifyChangeDirectoryFileEx,
       (HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length,
	ULONG filter, BOOLEAN deep, ULONG info_class))
{
	return notify(handle, event, apc, apc_context, iosb, buffer, length, filter, deep, info_class);
}
EXPORT_ALIAS(ntdll, "ZwNotifyChangeDirectoryFileEx", NtNotifyChangeDirectoryFileEx);
