/*
 * host/vm.c - the arena on Linux.
 *
 * The arena is one PROT_NONE mapping (a few where the address space is not whole).  Committing is mprotect; taking
 * memory back is a fresh PROT_NONE mapping over it, which drops the pages and lets the kernel merge the pieces again.
 *
 * Where the kernel has guard markers (6.13), small ranges are taken back cheaper: the markers drop the pages and make
 * touching them fault, while the Linux mapping stays readable and writable.  Such ranges are "warm": committing them
 * again as read-write memory only removes the markers.  The warm table is small and bounded; what falls out of it is
 * cooled down to the arena's own state.  Warm or not is invisible above this file.
 */
#include "host/vm.h"
#include "host/linux_abi.h"
#include "host/vm_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define WARM_MAX 64u
#define WARM_LARGEST (256u << 10) /* beyond this a marker a page costs more than a mapping */

static struct host_range warm[WARM_MAX];
static unsigned warm_count;
static unsigned warm_hand; /* next one to give up */

static long inject_after = -1;

void host_vm_inject_failure(long skip)
{
	__atomic_store_n(&inject_after, skip, __ATOMIC_RELAXED);
}

static bool injected(void)
{
	long left = __atomic_load_n(&inject_after, __ATOMIC_RELAXED);

	if (__builtin_expect(left < 0, 1))
		return false;
	__atomic_store_n(&inject_after, left - 1, __ATOMIC_RELAXED);
	return left == 0;
}

static int linux_prot(unsigned prot)
{
	return (prot & HOST_PROT_READ ? PROT_READ : 0) | (prot & HOST_PROT_WRITE ? PROT_WRITE : 0) |
	       (prot & HOST_PROT_EXEC ? PROT_EXEC : 0);
}

#define ARENA_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static bool reserve_range(uintptr_t low, uintptr_t high)
{
	void *got = mmap((void *)low, high - low, PROT_NONE, ARENA_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);

	if (got == (void *)low)
		return true;
	if (got != MAP_FAILED)
		munmap(got, high - low);
	return false;
}

/* Half of the address space that a limit (ulimit -v) still leaves; the other half is for Linux' own use of it. */
static uintptr_t half_of_limit(void)
{
	struct rlimit limit;
	unsigned long pages = 0;
	FILE *statm;

	if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return 0;
	statm = fopen("/proc/self/statm", "re");
	if (statm) {
		if (fscanf(statm, "%lu", &pages) != 1)
			pages = 0;
		fclose(statm);
	}
	if (limit.rlim_cur <= pages * HOST_PAGE_SIZE)
		return 0;
	return ((limit.rlim_cur - pages * HOST_PAGE_SIZE) / 2) & ~(uintptr_t)0xFFFF;
}

/* Reserves a range, or as much of its lower part as a limit on address space allows.  Returns its end. */
static uintptr_t reserve_up_to_limit(uintptr_t low, uintptr_t high)
{
	uintptr_t size = high - low, allowed;

	if (reserve_range(low, high))
		return high;
	if (errno != ENOMEM)
		return low;
	allowed = half_of_limit();
	if (allowed && allowed < size && reserve_range(low, low + allowed))
		return low + allowed;
	while (size > (1u << 20)) {
		size = (size / 2) & ~(uintptr_t)0xFFFF;
		if (reserve_range(low, low + size))
			return low + size;
	}
	return low;
}

/* Something is in the way: take the gaps that /proc/self/maps shows. */
static int reserve_gaps(uintptr_t low, uintptr_t high, struct host_range *ranges)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	uintptr_t at = low;
	char line[512];
	int count = 0;

	if (!maps)
		return 0;
	while (at < high && count < HOST_ARENA_MAX_RANGES) {
		uintptr_t stop = high, next = high;

		while (fgets(line, sizeof(line), maps)) {
			if (sscanf(line, "%lx-%lx", &start, &end) != 2 || end <= at)
				continue;
			stop = start < high ? start & ~(uintptr_t)0xFFFF : high;
			next = (end + 0xFFFF) & ~(uintptr_t)0xFFFF;
			break;
		}
		/* Small gaps are left to Linux, which needs some low ones for itself. */
		if (stop > at && (stop - at >= (16u << 20) || at == low)) {
			uintptr_t got = reserve_up_to_limit(at, stop);
			if (got > at)
				ranges[count++] = (struct host_range){at, got};
		}
		if (next <= at)
			break;
		at = next;
	}
	fclose(maps);
	return count;
}

static struct host_range arena[HOST_ARENA_MAX_RANGES];
static int arena_count;

int host_arena_create(uintptr_t low, uintptr_t high, const struct host_range *wanted,
		      struct host_range ranges[HOST_ARENA_MAX_RANGES])
{
	uintptr_t got = reserve_up_to_limit(low, high);

	if (got > low) {
		arena[arena_count++] = (struct host_range){low, got};
		if (got <= wanted->start && reserve_range(wanted->start, wanted->end))
			arena[arena_count++] = *wanted;
	} else {
		arena_count = reserve_gaps(low, high, arena);
	}
	for (int i = 0; i < arena_count; i++)
		ranges[i] = arena[i];
	return arena_count;
}

bool host_arena_contains(uintptr_t address)
{
	for (int i = 0; i < arena_count; i++)
		if (address >= arena[i].start && address < arena[i].end)
			return true;
	return false;
}

static int map_empty(uintptr_t start, size_t size)
{
	void *got = mmap((void *)start, size, PROT_NONE, ARENA_FLAGS | MAP_FIXED, -1, 0);

	return got == MAP_FAILED ? -errno : 0;
}

static void warm_remove(unsigned index)
{
	warm[index] = warm[--warm_count];
}

/* Makes the warm parts of a range plain empty pages again. */
static int cool(uintptr_t start, uintptr_t end)
{
	for (unsigned i = 0; i < warm_count;) {
		struct host_range range = warm[i];
		int error;

		if (range.end <= start || range.start >= end) {
			i++;
			continue;
		}
		error = map_empty(range.start, range.end - range.start);
		if (error)
			return error;
		warm_remove(i);
	}
	return 0;
}

/* The warm range that contains [start, end), or -1; *touches says whether any warm range overlaps it. */
static int find_warm(uintptr_t start, uintptr_t end, bool *touches)
{
	*touches = false;
	for (unsigned i = 0; i < warm_count; i++) {
		if (warm[i].end <= start || warm[i].start >= end)
			continue;
		*touches = true;
		if (warm[i].start <= start && warm[i].end >= end)
			return (int)i;
	}
	return -1;
}

/* Takes [start, end) out of warm range `index`. */
static void warm_carve(unsigned index, uintptr_t start, uintptr_t end)
{
	struct host_range range = warm[index];

	if (range.start < start && range.end > end && warm_count == WARM_MAX) {
		/* No room for two pieces: the upper one is cooled. */
		map_empty(end, range.end - end);
		warm[index].end = start;
		return;
	}
	warm_remove(index);
	if (range.start < start)
		warm[warm_count++] = (struct host_range){range.start, start};
	if (range.end > end)
		warm[warm_count++] = (struct host_range){end, range.end};
}

int host_vm_commit(uintptr_t start, size_t size, unsigned prot)
{
	if (injected())
		return -ENOMEM;
	if (warm_count) {
		bool touches;
		int index = find_warm(start, start + size, &touches);

		if (index >= 0) {
			if (madvise((void *)start, size, LINUX_MADV_GUARD_REMOVE) == 0) {
				if (prot != (HOST_PROT_READ | HOST_PROT_WRITE) &&
				    mprotect((void *)start, size, linux_prot(prot)) < 0) {
					int error = -errno;
					madvise((void *)start, size, LINUX_MADV_GUARD_INSTALL);
					return error;
				}
				warm_carve((unsigned)index, start, start + size);
				return 0;
			}
			touches = true;
		}
		if (touches) {
			int error = cool(start, start + size);
			if (error)
				return error;
		}
	}
	return mprotect((void *)start, size, linux_prot(prot)) < 0 ? -errno : 0;
}

int host_vm_decommit(uintptr_t start, size_t size)
{
	bool touches;

	if (size <= WARM_LARGEST && host_has(HOST_FEATURE_GUARD)) {
		find_warm(start, start + size, &touches);
		if (!touches && mprotect((void *)start, size, PROT_READ | PROT_WRITE) == 0 &&
		    madvise((void *)start, size, LINUX_MADV_GUARD_INSTALL) == 0) {
			if (warm_count == WARM_MAX) {
				unsigned victim = warm_hand++ % WARM_MAX;
				map_empty(warm[victim].start, warm[victim].end - warm[victim].start);
				warm_remove(victim);
			}
			warm[warm_count++] = (struct host_range){start, start + size};
			return 0;
		}
	}
	if (warm_count) {
		int error = cool(start, start + size);
		if (error)
			return error;
	}
	return map_empty(start, size);
}

int host_vm_protect(uintptr_t start, size_t size, unsigned prot)
{
	if (injected())
		return -ENOMEM;
	return mprotect((void *)start, size, linux_prot(prot)) < 0 ? -errno : 0;
}

int host_vm_map(uintptr_t start, size_t size, unsigned prot, bool shared, int fd, uint64_t offset)
{
	void *got;

	if (injected())
		return -ENOMEM;
	if (warm_count) {
		int error = cool(start, start + size);
		if (error)
			return error;
	}
	got = mmap((void *)start, size, linux_prot(prot), (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_NORESERVE | MAP_FIXED,
		   fd, (off_t)offset);
	return got == MAP_FAILED ? -errno : 0;
}

int host_vm_unmap(uintptr_t start, size_t size)
{
	if (warm_count) {
		int error = cool(start, start + size);
		if (error)
			return error;
	}
	return map_empty(start, size);
}

int host_vm_reset(uintptr_t start, size_t size)
{
	return madvise((void *)start, size, MADV_FREE) < 0 ? -errno : 0;
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

#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_SWAPPED (1ull << 62)
#define PAGEMAP_FILE_OR_SHARED (1ull << 61)

static bool entry_is_private(uint64_t entry)
{
	return (entry & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED)) && !(entry & PAGEMAP_FILE_OR_SHARED);
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

int host_vm_resident(uintptr_t start, size_t size, unsigned char *vector)
{
	return mincore((void *)start, size, vector) < 0 ? -errno : 0;
}

int host_vm_lock(uintptr_t start, size_t size)
{
	return mlock((void *)start, size) < 0 ? -errno : 0;
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

int host_vm_file_size(int fd, uint64_t *size)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	*size = (uint64_t)status.st_size;
	return 0;
}

int host_vm_file_resize(int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

void *host_alloc_pages(size_t size)
{
	void *got = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return got == MAP_FAILED ? NULL : got;
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
