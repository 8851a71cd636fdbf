/*
 * host/vm.c - the conditions of the arena's pages on Linux.
 *
 * Committing is mprotect; taking memory back is a fresh PROT_NONE mapping over it, which drops the pages and lets the
 * kernel merge the pieces again.
 *
 * Where the kernel has guard markers (6.13), small ranges are taken back by markers, which drop the pages and make touching
 * them fault while the mapping stays readable and writable; giving them again as read-write memory only removes the markers
 * (host/warm.h).  The same trick ahead of need serves two ends: a program that commits page after page gets a stretch
 * prepared, and one that makes very many small holes does not run out of mappings, of which Linux allows 65,530.
 * Warm or cold is invisible above this file.
 */
#include "host/vm.h"
#include "host/linux_abi.h"
#include "host/parked.h"
#include "host/vm_private.h"
#include "host/warm.h"
#include "host/system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define HUGE_PAGE (2u << 20)
#define READ_WRITE (HOST_PROT_READ | HOST_PROT_WRITE)

/* Beyond this a marker a page costs more than a mapping. */
#define WARM_LARGEST (256u << 10)
/* When mappings are short, markers serve up to this size. */
#define WARM_LARGEST_CROWDED (16u << 20)
/* Commits at most this far behind the last one are part of a sequence; what is prepared behind one. */
#define SEQUENCE_GAP (64u << 10)
#define SEQUENCE_AHEAD (256u << 10)
#define SEQUENCE_LENGTH 3u
#define SEQUENCE_LARGEST (16u << 10)
/* What is prepared around a commit when mappings are short: its block, which has one page of page tables. */
#define BLOCK HOST_CROWDED_ROOM

static int linux_prot(unsigned prot)
{
	return (prot & HOST_PROT_READ ? PROT_READ : 0) | (prot & HOST_PROT_WRITE ? PROT_WRITE : 0) |
	       (prot & HOST_PROT_EXEC ? PROT_EXEC : 0);
}

static int change_protection(uintptr_t start, uintptr_t end, unsigned prot)
{
	return mprotect((void *)start, end - start, linux_prot(prot)) < 0 ? -errno : 0;
}

static int install_markers(uintptr_t start, uintptr_t end)
{
	return start < end && madvise((void *)start, end - start, LINUX_MADV_GUARD_INSTALL) < 0 ? -errno : 0;
}

static int remove_markers(uintptr_t start, uintptr_t end)
{
	return start < end && madvise((void *)start, end - start, LINUX_MADV_GUARD_REMOVE) < 0 ? -errno : 0;
}

/*
 * How many mappings there may be: what was last counted, and two for every call since then that may have split one.
 */
static unsigned mapping_limit, mappings_counted, splits_since;

static unsigned read_limit(void)
{
	char text[24];
	unsigned long limit;

	host_read_text("/proc/sys/vm/max_map_count", text, sizeof(text));
	limit = strtoul(text, NULL, 10);
	return limit < 1000 || limit > 1u << 30 ? 65530 : (unsigned)limit;
}

/* Host code may run on a small guest stack, so the buffer is static; callers hold the lock of the room above. */
static unsigned count_mappings(void)
{
	static char buffer[16 << 10];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	unsigned lines = 0;
	ssize_t got;

	if (fd < 0)
		return mapping_limit;
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		for (const char *at = buffer; (at = memchr(at, '\n', (size_t)(buffer + got - at))); at++)
			lines++;
	close(fd);
	return lines;
}

/* Linux has refused: take it that all mappings are in use. */
static int refused(int error)
{
	if (error == -ENOMEM) {
		if (!mapping_limit)
			mapping_limit = read_limit();
		mappings_counted = mapping_limit;
		splits_since = 0;
	}
	return error;
}

static bool over_quarter(void)
{
	return mappings_counted + 2ull * splits_since > mapping_limit / 4;
}

bool host_vm_crowded(void)
{
	if (__builtin_expect(splits_since < 1024, 1))
		return mappings_counted > mapping_limit / 4;
	if (!mapping_limit)
		mapping_limit = read_limit();
	if (over_quarter() && splits_since > mapping_limit / 16) {
		mappings_counted = count_mappings();
		splits_since = 0;
	}
	return over_quarter();
}

static int map_empty(uintptr_t start, size_t size)
{
	void *got = mmap((void *)start, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	return got == MAP_FAILED ? -errno : 0;
}

/* Set once a change that failed half-way may have left warm pages outside of read-write mappings. */
static bool warm_is_doubtful;

/* Gives memory to pages of which some are warm.  The protection comes first: if it fails, nothing has changed. */
static int commit_warm(uintptr_t start, uintptr_t end, unsigned prot)
{
	int error = 0;

	if (prot != READ_WRITE || warm_is_doubtful || !warm_all(start, end)) {
		splits_since++;
		error = change_protection(start, end, prot);
	}
	if (error)
		return error;
	error = remove_markers(start, end);
	if (error)
		warm_is_doubtful = true;
	else
		warm_clear(start, end);
	return error;
}

/* Makes empty or private pages warm.  Nobody cares for what they hold. */
static int make_warm(uintptr_t start, uintptr_t end, bool writable)
{
	bool was_warm = warm_any(start, end);

	if (!warm_set(start, end))
		return -ENOMEM;
	if (install_markers(start, end)) {
		/* Locked memory takes no markers. */
		if (!was_warm) {
			remove_markers(start, end);
			warm_clear(start, end);
		}
		return -EINVAL;
	}
	if (!writable && change_protection(start, end, READ_WRITE))
		warm_is_doubtful = true;
	return 0;
}

/* How long the guest has been committing upwards in small steps. */
static unsigned sequence_length(uintptr_t start, uintptr_t end)
{
	static uintptr_t last_end;
	static unsigned length;

	length = start - last_end < SEQUENCE_GAP ? length + 1 : 0;
	last_end = end;
	return length;
}

/* What to prepare around [start, end), which is to become read-write memory and is cold. */
static struct host_range choose_window(uintptr_t start, uintptr_t end, const struct host_range *room, bool in_sequence)
{
	struct host_range window = {start, end};

	if (!room || !host_has(HOST_FEATURE_GUARD))
		return window;
	if (host_vm_crowded()) {
		window.start = start & ~(BLOCK - 1);
		window.end = (end + BLOCK - 1) & ~(BLOCK - 1);
	} else if (in_sequence && end - start <= SEQUENCE_LARGEST) {
		window.end = (end + SEQUENCE_AHEAD) & ~(uintptr_t)(SEQUENCE_GAP - 1);
	}
	if (window.start < room->start)
		window.start = room->start;
	if (window.end > room->end)
		window.end = room->end;
	return window;
}

/* Commits [start, end) and makes the rest of the window, which is empty, warm. */
static int commit_window(uintptr_t start, uintptr_t end, const struct host_range *window)
{
	if ((window->start == start || warm_set(window->start, start)) && (end == window->end || warm_set(end, window->end)) &&
	    !install_markers(window->start, start) && !install_markers(end, window->end) &&
	    !change_protection(window->start, window->end, READ_WRITE))
		return 0;
	/* What may be accessible now gets markers; with the bits set it does not matter who had one already, as long as
	 * nobody trusts the mapping. */
	warm_is_doubtful = true;
	if (warm_set(start, end))
		install_markers(start, end);
	return commit_warm(start, end, READ_WRITE);
}

int host_vm_commit(uintptr_t start, size_t size, unsigned prot, const struct host_range *room)
{
	uintptr_t end = start + size;
	bool in_sequence;
	int error;

	if (prot == READ_WRITE && parked_take(start, end))
		return 0;
	error = parked_forget(start, end, true);
	if (error)
		return refused(error);
	in_sequence = sequence_length(start, end) >= SEQUENCE_LENGTH;
	if (warm_any(start, end))
		return refused(commit_warm(start, end, prot));
	splits_since++;
	if (prot == READ_WRITE) {
		struct host_range window = choose_window(start, end, room, in_sequence);

		if ((window.start < start || window.end > end) && !parked_forget(window.start, window.end, true))
			return refused(commit_window(start, end, &window));
	}
	return refused(change_protection(start, end, prot));
}

int host_vm_decommit(uintptr_t start, size_t size, bool writable)
{
	uintptr_t end = start + size;
	bool crowded = host_vm_crowded();
	int error;

	if (warm_all(start, end))
		return 0;
	if (size <= (crowded ? WARM_LARGEST_CROWDED : WARM_LARGEST) && host_has(HOST_FEATURE_GUARD) &&
	    make_warm(start, end, writable) == 0)
		return parked_forget(start, end, false);
	splits_since++;
	error = map_empty(start, size);
	if (error == -ENOMEM && host_has(HOST_FEATURE_GUARD) && make_warm(start, end, writable) == 0)
		return parked_forget(start, end, false);
	if (error)
		return refused(error);
	warm_clear(start, end);
	return parked_forget(start, end, false);
}

int host_vm_park(uintptr_t start, size_t size)
{
	if (size <= PARKED_LARGEST && parked_set(start, start + size))
		return 0;
	return host_vm_decommit(start, size, true);
}

/*
 * Access to some ranges is taken away and given back again and again: guard pages that are set anew, barriers of garbage
 * collectors.  Each time Linux would join the mapping with the arena around it, and split it off again, which costs as much as
 * the rest of the call.  A flag that the arena has not keeps it apart; leaving a page out of core dumps is the one that
 * does nothing else.
 */
#define APART_SLOTS 64u
#define APART_MOST 1024u /* mappings that this may cost */

static void keep_apart(uintptr_t start, size_t size)
{
	static struct {
		uintptr_t start;
		size_t size;
	} seen[APART_SLOTS];
	static unsigned kept;
	unsigned slot = (unsigned)(start / HOST_PAGE_SIZE * 0x9E3779B1u >> 26) % APART_SLOTS;

	if (seen[slot].start != start) {
		seen[slot].start = start;
		seen[slot].size = size;
	} else if (seen[slot].size == size && kept < APART_MOST) {
		/* The second time in a row: once is enough, so what stands here now cannot match. */
		kept++;
		seen[slot].size = 0;
		madvise((void *)start, size, MADV_DONTDUMP);
	}
}

int host_vm_protect(uintptr_t start, size_t size, unsigned prot)
{
	int error = parked_forget(start, start + size, true);

	if (error)
		return refused(error);
	splits_since++;
	if (warm_any(start, start + size))
		return refused(commit_warm(start, start + size, prot));
	if (prot == HOST_PROT_NONE)
		keep_apart(start, size);
	return refused(change_protection(start, start + size, prot));
}

int host_vm_map(uintptr_t start, size_t size, unsigned prot, bool shared, int fd, uint64_t offset)
{
	int error = parked_forget(start, start + size, true);
	void *got;

	if (error)
		return refused(error);
	got = mmap((void *)start, size, linux_prot(prot), (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_NORESERVE | MAP_FIXED, fd,
		   (off_t)offset);
	splits_since++;
	if (got == MAP_FAILED)
		return refused(-errno);
	warm_clear(start, start + size);
	return 0;
}

int host_vm_unmap(uintptr_t start, size_t size)
{
	int error = parked_forget(start, start + size, true);

	if (!error)
		error = map_empty(start, size);
	if (!error)
		warm_clear(start, start + size);
	return refused(error);
}

void host_vm_populate(uintptr_t start, size_t size)
{
	if (host_has(HOST_FEATURE_POPULATE))
		madvise((void *)start, size, LINUX_MADV_POPULATE_WRITE);
}

void host_vm_page_out(uintptr_t start, size_t size)
{
	madvise((void *)start, size, MADV_PAGEOUT);
}

int host_vm_pagemap(void)
{
	static int descriptor = -1;
	int fd = __atomic_load_n(&descriptor, __ATOMIC_RELAXED);

	if (fd < 0) {
		int none = -1;
		fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && !__atomic_compare_exchange_n(&descriptor, &none, fd, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			close(fd);
			fd = none;
		}
	}
	return fd;
}

static bool entry_is_private(uint64_t entry)
{
	return (entry & (LINUX_PAGEMAP_PRESENT | LINUX_PAGEMAP_SWAPPED)) && !(entry & LINUX_PAGEMAP_FILE_OR_SHARED);
}

size_t host_vm_private_run(uintptr_t start, size_t count, bool *is_private)
{
	int fd = host_vm_pagemap();
	uint64_t entries[64];
	size_t seen = 0;

	if (fd < 0) {
		*is_private = false;
		return count;
	}
	if (host_has(HOST_FEATURE_PAGEMAP_SCAN)) {
		struct linux_page_region region;
		struct linux_pm_scan_arg scan = {
			.size = sizeof(scan),
			.start = start,
			.end = start + count * HOST_PAGE_SIZE,
			.vec = (uintptr_t)&region,
			.vec_len = 1,
			.category_inverted = LINUX_PAGE_IS_FILE,
			.category_mask = LINUX_PAGE_IS_FILE,
			.category_anyof_mask = LINUX_PAGE_IS_PRESENT | LINUX_PAGE_IS_SWAPPED,
			.return_mask = LINUX_PAGE_IS_FILE,
		};
		int found = ioctl(fd, LINUX_PAGEMAP_SCAN, &scan);

		if (found >= 0) {
			*is_private = found > 0 && region.start == start;
			if (found == 0)
				return count;
			return (size_t)((*is_private ? region.end : region.start) - start) / HOST_PAGE_SIZE;
		}
	}
	while (seen < count) {
		size_t want = count - seen < 64 ? count - seen : 64;
		ssize_t got = pread(fd, entries, want * 8, (off_t)((start / HOST_PAGE_SIZE + seen) * 8));

		if (got < 8)
			break;
		for (size_t i = 0; i < (size_t)got / 8; i++, seen++) {
			bool private_page = entry_is_private(entries[i]);
			if (seen == 0)
				*is_private = private_page;
			else if (private_page != *is_private)
				return seen;
		}
	}
	if (seen == 0) {
		*is_private = false;
		return count;
	}
	return seen;
}

int host_vm_lock(uintptr_t start, size_t size)
{
	return mlock2((void *)start, size, MLOCK_ONFAULT) < 0 ? -errno : 0;
}

bool host_may_lock_memory(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct capabilities[2] = {0};
	struct rlimit limit;

	if (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == RLIM_INFINITY)
		return true;
	return !syscall(SYS_capget, &header, capabilities) && capabilities[0].effective & 1u << CAP_IPC_LOCK;
}

int host_vm_unlock(uintptr_t start, size_t size)
{
	return munlock((void *)start, size) < 0 ? -errno : 0;
}

int host_vm_flush(uintptr_t start, size_t size)
{
	return msync((void *)start, size, MS_SYNC) < 0 ? -errno : 0;
}

int host_memfd_create(const char *name, uint64_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (size && ftruncate(fd, (off_t)size) < 0) {
		int error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

int host_vm_file_reserve(int fd, uint64_t offset, uint64_t size)
{
	return fallocate(fd, 0, (off_t)offset, (off_t)size) < 0 ? -errno : 0;
}

int host_vm_file_discard(int fd, uint64_t offset, uint64_t size)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) < 0 ? -errno : 0;
}

int host_vm_file_resize(int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

int host_vm_file_extend(int fd, uint64_t size)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return -errno;
	if (!S_ISREG(now.st_mode))
		return -EINVAL;
	return (uint64_t)now.st_size < size ? host_vm_file_resize(fd, size) : 0;
}

void *host_alloc_pages(size_t size)
{
	void *got = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (got == MAP_FAILED)
		return NULL;
	if (size >= HUGE_PAGE)
		madvise(got, size, MADV_HUGEPAGE); /* a hint */
	return got;
}

void host_free_pages(void *pages, size_t size)
{
	munmap(pages, size);
}

void host_memory_totals(uint64_t *ram, uint64_t *swap, uint64_t *free_ram)
{
	struct sysinfo info;

	*ram = *swap = *free_ram = 0;
	if (sysinfo(&info) < 0)
		return;
	*ram = (uint64_t)info.totalram * info.mem_unit;
	*swap = (uint64_t)info.totalswap * info.mem_unit;
	*free_ram = (uint64_t)(info.freeram + info.bufferram) * info.mem_unit;
}
