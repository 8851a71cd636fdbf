/*
 * host/write_watch.c - marks of written pages: userfaultfd and PAGEMAP_SCAN.
 *
 * A page counts as written when its entry in the page table lacks the write-protect bit, so that a page without an
 * entry does too: host_watch_clear puts markers there.  What was asked then is the one question that the kernel answers
 * on its fast path (written, and nothing else).
 */
#include "host/write_watch.h"
#include "host/linux_abi.h"
#include "host/vm_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One for the process; -1: none yet. */
static int watch_descriptor = -1;

static int open_userfaultfd(void)
{
	struct uffdio_api api = {.api = UFFD_API, .features = LINUX_UFFD_FEATURE_WP_ASYNC};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | LINUX_UFFD_USER_MODE_ONLY);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool host_watch_supported(void)
{
	/* 0 = not asked yet, 1 = no, 2 = yes. */
	static unsigned char known;
	int none = -1, fd;

	if (__atomic_load_n(&known, __ATOMIC_ACQUIRE))
		return known == 2;
	fd = host_has(HOST_FEATURE_WP_ASYNC) && host_has(HOST_FEATURE_PAGEMAP_SCAN) && host_vm_pagemap() >= 0
		     ? open_userfaultfd()
		     : -1;
	if (fd >= 0 &&
	    !__atomic_compare_exchange_n(&watch_descriptor, &none, fd, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		close(fd);
	__atomic_store_n(&known, fd >= 0 ? 2 : 1, __ATOMIC_RELEASE);
	return fd >= 0;
}

int host_watch_start(uintptr_t start, size_t size)
{
	struct uffdio_register range = {.range = {start, size}, .mode = UFFDIO_REGISTER_MODE_WP};
	int error = host_vm_unmap(start, size); /* whatever is left of an earlier use */

	if (error)
		return error;
	return ioctl(watch_descriptor, UFFDIO_REGISTER, &range) < 0 ? -errno : 0;
}

int host_watch_clear(uintptr_t start, size_t size)
{
	struct uffdio_writeprotect range = {.range = {start, size}, .mode = UFFDIO_WRITEPROTECT_MODE_WP};

	while (ioctl(watch_descriptor, UFFDIO_WRITEPROTECT, &range) < 0)
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	return 0;
}

int host_watch_drop(uintptr_t start, size_t size)
{
	/* The one that may fail for want of mappings comes last: contents may be lost then, access must not be. */
	if (madvise((void *)start, size, MADV_DONTNEED) < 0)
		return -errno;
	return mprotect((void *)start, size, PROT_NONE) < 0 ? -errno : 0;
}

int host_watch_scan(uintptr_t start, uintptr_t end, bool clear, size_t max_pages, struct host_range *found,
		    unsigned capacity, uintptr_t *next)
{
	struct linux_page_region regions[32];
	struct linux_pm_scan_arg scan = {
		.size = sizeof(scan),
		.flags = clear ? LINUX_PM_SCAN_WP_MATCHING | LINUX_PM_SCAN_CHECK_WPASYNC : 0,
		.start = start,
		.end = end,
		.vec = (uintptr_t)regions,
		.vec_len = capacity < 32 ? capacity : 32,
		.max_pages = max_pages,
		.category_mask = LINUX_PAGE_IS_WRITTEN,
		.return_mask = LINUX_PAGE_IS_WRITTEN,
	};
	int count;

	do
		count = ioctl(host_vm_pagemap(), LINUX_PAGEMAP_SCAN, &scan);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++)
		found[i] = (struct host_range){(uintptr_t)regions[i].start, (uintptr_t)regions[i].end};
	*next = (uintptr_t)scan.walk_end;
	return count;
}
