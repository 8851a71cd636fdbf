/*
 * ntdll/io/share.c - what the opens of one file know of each other: sharing modes, pending deletion, byte-range locks.
 *
 * A node stands for a file of the host (device and inode) while this process has it open.  Sharing is NT's within the
 * process (MSDN IoCheckShareAccess: an open counts only if it wants to read, write or delete data).  Other processes see
 * byte-range locks, as Linux's locks of open file descriptions (share_locks.c), and sharing modes (share_marks.c), not pending
 * deletions, and not images: what runs elsewhere can be deleted.
 */
#include "ntdll/io/private.h"
#include "ntdll/mm/mm.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 256u
static struct io_node *buckets[BUCKETS];
static struct host_lock node_lock; /* guards everything in nodes and the list */
static struct io_file *open_list;

static struct io_node **bucket_of(uint64_t device, uint64_t inode)
{
	return &buckets[(inode ^ inode >> 8 ^ device) % BUCKETS];
}

struct io_node *io_node_get(uint64_t device, uint64_t inode)
{
	struct io_node **bucket = bucket_of(device, inode), *node;

	host_lock_acquire(&node_lock);
	for (node = *bucket; node; node = node->next)
		if (node->inode == inode && node->device == device)
			break;
	if (!node) {
		node = calloc(1, sizeof(*node));
		if (node) {
			node->device = device;
			node->inode = inode;
			io_lock_counts_find(node);
			node->next = *bucket;
			*bucket = node;
		}
	}
	if (node)
		node->references++;
	host_lock_release(&node_lock);
	return node;
}

void io_node_put(struct io_node *node)
{
	host_lock_acquire(&node_lock);
	if (--node->references == 0) {
		struct io_node **link = bucket_of(node->device, node->inode);

		while (*link != node)
			link = &(*link)->next;
		*link = node->next;
	} else {
		node = NULL;
	}
	host_lock_release(&node_lock);
	free(node);
}

static bool wants_read(ACCESS_MASK access)
{
	return access & (FILE_READ_DATA | FILE_EXECUTE);
}
static bool wants_write(ACCESS_MASK access)
{
	return access & (FILE_WRITE_DATA | FILE_APPEND_DATA);
}
static bool wants_delete(ACCESS_MASK access)
{
	return access & DELETE;
}

static void count_out(struct io_file *file)
{
	struct io_node *node = file->node;

	node->opens--;
	node->readers -= wants_read(file->access);
	node->writers -= wants_write(file->access);
	node->deleters -= wants_delete(file->access);
	node->share_read -= (file->share & FILE_SHARE_READ) != 0;
	node->share_write -= (file->share & FILE_SHARE_WRITE) != 0;
	node->share_delete -= (file->share & FILE_SHARE_DELETE) != 0;
	file->counted = false;
}

NTSTATUS io_share_enter(struct io_file *file)
{
	struct io_node *node = file->node;
	bool read = wants_read(file->access), write = wants_write(file->access), delete = wants_delete(file->access);
	NTSTATUS status = STATUS_SUCCESS;

	host_lock_acquire(&node_lock);
	if (node->delete_pending) {
		status = STATUS_DELETE_PENDING;
	} else if (read || write || delete) {
		if ((read && node->share_read < node->opens) || (write && node->share_write < node->opens) ||
		    (delete && node->share_delete < node->opens) || (node->readers && !(file->share & FILE_SHARE_READ)) ||
		    (node->writers && !(file->share & FILE_SHARE_WRITE)) ||
		    (node->deleters && !(file->share & FILE_SHARE_DELETE))) {
			status = STATUS_SHARING_VIOLATION;
		} else {
			node->opens++;
			node->readers += read;
			node->writers += write;
			node->deleters += delete;
			node->share_read += (file->share & FILE_SHARE_READ) != 0;
			node->share_write += (file->share & FILE_SHARE_WRITE) != 0;
			node->share_delete += (file->share & FILE_SHARE_DELETE) != 0;
			file->counted = true;
			status = io_marks_enter(file);
			if (!NT_SUCCESS(status))
				count_out(file);
		}
	}
	if (NT_SUCCESS(status)) {
		node->open_files++;
		file->next_open = open_list;
		file->previous_open = &open_list;
		if (open_list)
			open_list->previous_open = &file->next_open;
		open_list = file;
	}
	host_lock_release(&node_lock);
	return status;
}

void io_share_copied(struct io_file *file, bool child)
{
	if (!file->node)
		return;
	host_lock_acquire(&node_lock);
	file->node->handed |= child;
	file->node->copied = true;
	host_lock_release(&node_lock);
}

/* The last handle of the file object is closed: true when the file has to be removed now. */
static bool leave(struct io_file *file)
{
	struct io_node *node = file->node;
	bool remove;

	if (!file->previous_open) /* it was not allowed in */
		return false;
	host_lock_acquire(&node_lock);
	if (file->counted) {
		count_out(file);
		io_marks_leave(file);
	}
	node->open_files--;
	*file->previous_open = file->next_open;
	if (file->next_open)
		file->next_open->previous_open = file->previous_open;
	if (file->delete_on_close)
		node->delete_pending = true;
	remove = (file->delete_posix && node->delete_pending) || (node->delete_pending && node->open_files == 0);
	if (remove)
		node->delete_pending = false;
	host_lock_release(&node_lock);
	return remove;
}

static void remove_file(struct io_file *file)
{
	struct io_narrow path;
	bool removed = false;

	io_narrow_init(&path);
	if (NT_SUCCESS(io_path_now(file, false, &path))) {
		bool known = io_names_known(path.text);

		removed = (file->kind == IO_DIRECTORY ? host_remove_directory(path.text) : host_unlink(path.text)) == 0;
		if (removed && known)
			io_name_removed(path.text);
	}
	io_narrow_free(&path);
	if (removed && file->kind == IO_DIRECTORY)
		io_watch_removed(file->node);
}

void io_cleanup(struct io_file *file)
{
	if (!file->node || file->cleaned)
		return;
	io_async_cancel(file, NULL, NULL); /* what waits for a lock */
	host_lock_acquire(&node_lock);
	file->cleaned = true;
	host_lock_release(&node_lock);
	io_release_locks(file);
	if (leave(file))
		remove_file(file);
}

static int not_dots(void *context, const char *name, enum host_file_kind kind, uint64_t inode)
{
	return !(name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])));
}

static bool is_empty(const char *path)
{
	int fd = host_open(path, HOST_OPEN_READ | HOST_OPEN_DIRECTORY, 0), result;

	if (fd < 0)
		return true; /* the removal will tell */
	result = host_read_directory(fd, not_dots, NULL);
	host_close(fd);
	return result != 1;
}

/* FileDispositionInformation(Ex); flags are FILE_DISPOSITION_. */
NTSTATUS io_set_delete(struct io_file *file, ULONG flags)
{
	struct host_stat stat;
	NTSTATUS status;

	if (!io_is_disk(file))
		return STATUS_INVALID_DEVICE_REQUEST;
	if (flags & FILE_DISPOSITION_ON_CLOSE) {
		if (flags & FILE_DISPOSITION_DELETE)
			return STATUS_NOT_SUPPORTED;
		file->delete_on_close = false;
		return STATUS_SUCCESS;
	}
	if (!(flags & FILE_DISPOSITION_DELETE)) {
		host_lock_acquire(&node_lock);
		file->node->delete_pending = false;
		file->delete_posix = false;
		host_lock_release(&node_lock);
		return STATUS_SUCCESS;
	}
	status = io_stat(file, &stat);
	if (!NT_SUCCESS(status))
		return status;
	if (!(flags & FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE)) {
		ULONG attributes = stat.kind == HOST_FILE_REGULAR && !(stat.mode & 0222) ? FILE_ATTRIBUTE_READONLY : 0;

		if (attributes & FILE_ATTRIBUTE_READONLY)
			return STATUS_CANNOT_DELETE;
	}
	/* What is mapped or runs keeps its file (MSDN FILE_DISPOSITION_INFORMATION_EX; Wine's test_file_disposition_information). */
	if (file->kind == IO_FILE && (mm_file_is_mapped(file->node->device, file->node->inode, 0) ||
				      mm_file_is_image(file->node->device, file->node->inode)))
		return STATUS_CANNOT_DELETE;
	if (file->kind == IO_DIRECTORY) {
		struct io_narrow path;

		io_narrow_init(&path);
		status = io_path_now(file, false, &path);
		if (NT_SUCCESS(status) && !is_empty(path.text))
			status = STATUS_DIRECTORY_NOT_EMPTY;
		if (NT_SUCCESS(status) && path.length == 1)
			status = STATUS_CANNOT_DELETE;
		io_narrow_free(&path);
		if (!NT_SUCCESS(status))
			return status;
	}
	host_lock_acquire(&node_lock);
	file->node->delete_pending = true;
	file->delete_posix = flags & FILE_DISPOSITION_POSIX_SEMANTICS;
	host_lock_release(&node_lock);
	return STATUS_SUCCESS;
}

/*
 * Byte-range locks.
 */
static bool overlaps(const struct io_range_lock *lock, uint64_t offset, uint64_t length)
{
	uint64_t lock_end = lock->offset + lock->length, end = offset + length;

	if (!length || !lock->length)
		return false;
	/* ranges may end at 2^64 */
	return (lock_end > offset || lock_end < lock->offset) && (end > lock->offset || end < offset);
}

bool io_range_is_locked(struct io_file *file, uint64_t offset, uint64_t length, bool write)
{
	bool locked = false;

	if (io_is_locked_elsewhere(file->node) && host_range_is_locked(file->fd, offset, length, write))
		return true;
	if (!__atomic_load_n(&file->node->lock_count, __ATOMIC_RELAXED))
		return false;
	host_lock_acquire(&node_lock);
	for (struct io_range_lock *lock = file->node->locks; lock && !locked; lock = lock->next)
		if (overlaps(lock, offset, length))
			/* a shared lock forbids writing to all, its owner too */
			locked = lock->exclusive ? lock->file != file : write;
	host_lock_release(&node_lock);
	return locked;
}

/* Linux knows one state per byte: what is held of the range is set again. */
static void hold_host_locks(struct io_file *file, bool exclusive, uint64_t offset, uint64_t length)
{
	for (struct io_range_lock *lock = file->node->locks; lock; lock = lock->next)
		if (lock->file == file && lock->exclusive == exclusive && overlaps(lock, offset, length))
			host_lock_range(file->fd, exclusive ? HOST_LOCK_EXCLUSIVE : HOST_LOCK_SHARED, lock->offset,
					lock->length);
}

static void restore_host_locks(struct io_file *file, uint64_t offset, uint64_t length)
{
	host_lock_range(file->fd, HOST_LOCK_NONE, offset, length);
	hold_host_locks(file, false, offset, length);
	hold_host_locks(file, true, offset, length);
}

/* STATUS_LOCK_NOT_GRANTED: held by somebody.  STATUS_FILE_CLOSED: the last handle went meanwhile. */
static NTSTATUS try_lock(struct io_file *file, struct io_range_lock *wanted)
{
	NTSTATUS status;

	host_lock_acquire(&node_lock);
	status = file->cleaned ? STATUS_FILE_CLOSED : STATUS_SUCCESS;
	for (struct io_range_lock *lock = file->node->locks; lock; lock = lock->next)
		if (overlaps(lock, wanted->offset, wanted->length) &&
		    (wanted->exclusive || (lock->exclusive && lock->file != file))) /* who has it alone may share it as well */
			status = STATUS_LOCK_NOT_GRANTED;
	if (NT_SUCCESS(status)) {
		long error = host_lock_range(file->fd, wanted->exclusive ? HOST_LOCK_EXCLUSIVE : HOST_LOCK_SHARED,
					     wanted->offset, wanted->length);

		/* a descriptor without the right to write cannot hold Linux's exclusive lock: ours must do */
		if (error == -11 || error == -13) /* EAGAIN, EACCES */
			status = STATUS_LOCK_NOT_GRANTED;
	}
	if (NT_SUCCESS(status)) {
		hold_host_locks(file, true, wanted->offset, wanted->length);
		wanted->next = file->node->locks;
		file->node->locks = wanted;
		__atomic_store_n(&file->node->lock_count, file->node->lock_count + 1, __ATOMIC_RELAXED);
		io_lock_counts_change(file->node, 1);
	}
	host_lock_release(&node_lock);
	return status;
}

static void remove_lock(struct io_node *node, struct io_range_lock **link)
{
	struct io_range_lock *lock = *link;

	*link = lock->next;
	__atomic_store_n(&node->lock_count, node->lock_count - 1, __ATOMIC_RELAXED);
	io_lock_counts_change(node, -1);
	restore_host_locks(lock->file, lock->offset, lock->length);
	free(lock);
	node->lock_changes++;
}

/* That a lock went. */
static void tell_waiters(struct io_node *node)
{
	host_futex_wake(&node->lock_changes, INT32_MAX);
	io_async_lock_gone();
}

void io_release_locks(struct io_file *file)
{
	bool any = false;

	if (!file->node->lock_count)
		return;
	host_lock_acquire(&node_lock);
	for (struct io_range_lock **link = &file->node->locks; *link;) {
		if ((*link)->file == file) {
			remove_lock(file->node, link);
			any = true;
		} else {
			link = &(*link)->next;
		}
	}
	host_lock_release(&node_lock);
	if (any)
		tell_waiters(file->node);
}

/* On the I/O thread. */
static NTSTATUS lock_ready(struct io_file *file, PVOID lock, ULONG length, ULONG_PTR *done)
{
	NTSTATUS status = try_lock(file, lock);

	return status == STATUS_LOCK_NOT_GRANTED ? STATUS_PENDING : status;
}

static NTSTATUS wait_for_lock(struct io_file *file, struct io_range_lock *lock)
{
	for (;;) {
		uint32_t changes = __atomic_load_n(&file->node->lock_changes, __ATOMIC_ACQUIRE);
		NTSTATUS status = try_lock(file, lock);
		const uint32_t *stop;

		if (status != STATUS_LOCK_NOT_GRANTED)
			return status;
		/* other processes give no sign: look again every few milliseconds */
		stop = io_wait_begin(file);
		ke_enter_blocking();
		host_futex_wait(&file->node->lock_changes, changes, host_monotonic_ns() + 5000000);
		io_wait_end();
		ke_leave_blocking();
		if (__atomic_load_n(stop, __ATOMIC_ACQUIRE))
			return io_wait_status();
	}
}

NTSTATUS io_lock(struct io_request *request, uint64_t offset, uint64_t length, ULONG key, bool exclusive, bool wait)
{
	struct io_range_lock *lock = calloc(1, sizeof(*lock));
	struct io_file *file = request->file;
	NTSTATUS status;

	if (!lock)
		return io_request_end(request, STATUS_NO_MEMORY, 0);
	lock->file = file;
	lock->offset = offset;
	lock->length = length;
	lock->key = key;
	lock->exclusive = exclusive;
	if (wait && io_is_synchronous(file)) {
		status = wait_for_lock(file, lock);
	} else {
		status = try_lock(file, lock);
		if (wait && status == STATUS_LOCK_NOT_GRANTED)
			return io_async_queue(request, IO_ASYNC_LOCK, -1, lock, 0, 0, lock_ready);
	}
	if (!NT_SUCCESS(status))
		free(lock);
	return io_request_end(request, status, 0);
}

NTSTATUS io_unlock(struct io_file *file, uint64_t offset, uint64_t length, ULONG key)
{
	NTSTATUS status = STATUS_RANGE_NOT_LOCKED;

	host_lock_acquire(&node_lock);
	/* NT gives back an exclusive lock first */
	for (int pass = 0; pass < 2 && !NT_SUCCESS(status); pass++)
		for (struct io_range_lock **link = &file->node->locks; *link; link = &(*link)->next) {
			struct io_range_lock *lock = *link;

			if (lock->file == file && lock->offset == offset && lock->length == length &&
			    lock->key == key && lock->exclusive == (pass == 0)) {
				remove_lock(file->node, link);
				status = STATUS_SUCCESS;
				break;
			}
		}
	host_lock_release(&node_lock);
	if (NT_SUCCESS(status))
		tell_waiters(file->node);
	return status;
}

bool io_delete_is_pending(uint64_t device, uint64_t inode)
{
	bool pending = false;

	host_lock_acquire(&node_lock);
	for (const struct io_node *node = *bucket_of(device, inode); node; node = node->next)
		if (node->inode == inode && node->device == device)
			pending = node->delete_pending;
	host_lock_release(&node_lock);
	return pending;
}

static bool lies_in(struct io_file *file, const struct io_narrow *directory)
{
	struct io_narrow path;
	bool result;

	io_narrow_init(&path);
	result = NT_SUCCESS(io_path_now(file, false, &path)) && path.length > directory->length &&
		 path.text[directory->length] == '/' && memcmp(path.text, directory->text, directory->length) == 0;
	io_narrow_free(&path);
	return result;
}

bool io_directory_is_busy(const struct io_file *directory, const struct io_narrow *path)
{
	bool found = false;

	host_lock_acquire(&node_lock);
	for (struct io_file *file = open_list; file && !found; file = file->next_open)
		found = file != directory && lies_in(file, path);
	host_lock_release(&node_lock);
	return found;
}

/* Whether a file that others may have open can be replaced by a rename.  NT's old rename refuses when anybody has it
 * open, the POSIX one when somebody does not share deletion; both when it is mapped. */
NTSTATUS io_may_replace(uint64_t device, uint64_t inode, bool posix)
{
	NTSTATUS status = mm_file_is_mapped(device, inode, 0) || mm_file_is_image(device, inode) ? STATUS_ACCESS_DENIED
												  : STATUS_SUCCESS;

	host_lock_acquire(&node_lock);
	for (struct io_node *node = *bucket_of(device, inode); node; node = node->next)
		if (node->inode == inode && node->device == device && node->open_files &&
		    (!posix || node->share_delete < node->opens))
			status = STATUS_ACCESS_DENIED;
	host_lock_release(&node_lock);
	return status;
}
