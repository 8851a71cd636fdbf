/*
 * host/vm_advice.c - madvise, and large pages by transparent huge pages.
 */
#include "host/vm_advice.h"
#include "host/linux_abi.h"
#include "host/page_state.h"
#include "host/vm.h"
#include "host/system.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)

void host_vm_prefetch(uintptr_t start, size_t size)
{
	madvise((void *)start, size, MADV_WILLNEED);
}

void host_vm_deactivate(uintptr_t start, size_t size)
{
	madvise((void *)start, size, LINUX_MADV_COLD);
}

int host_vm_reset(uintptr_t start, size_t size)
{
	return madvise((void *)start, size, MADV_FREE) < 0 ? -errno : 0;
}

int host_vm_discard(uintptr_t start, size_t size)
{
	return madvise((void *)start, size, MADV_DONTNEED) < 0 ? -errno : 0;
}

/* While a page is locked it cannot be taken, so what is in memory then can be written before it is lost. */
#define RESTORE_PAGES 16u

bool host_vm_restore(uintptr_t start, size_t size)
{
	unsigned char states[RESTORE_PAGES];
	bool intact = true;

	for (uintptr_t at = start; at < start + size; at += RESTORE_PAGES * HOST_PAGE_SIZE) {
		size_t pages = (start + size - at) / HOST_PAGE_SIZE;

		if (pages > RESTORE_PAGES)
			pages = RESTORE_PAGES;
		if (host_vm_lock(at, pages * HOST_PAGE_SIZE))
			return false;
		if (host_page_states(at, pages, states))
			intact = false;
		for (size_t i = 0; i < pages && intact; i++) {
			if (!(states[i] & HOST_PAGE_KEPT))
				intact = false;
			else if (states[i] & HOST_PAGE_PRESENT)
				__atomic_fetch_add((unsigned char *)(at + i * HOST_PAGE_SIZE), 0, __ATOMIC_RELAXED);
		}
		host_vm_unlock(at, pages * HOST_PAGE_SIZE);
	}
	return intact;
}

size_t host_large_page_size(void)
{
	/* 0 = not asked yet, 1 = no, 2 = yes. */
	static unsigned char known;
	char text[128];

	if (!__atomic_load_n(&known, __ATOMIC_RELAXED)) {
		ssize_t length = host_read_text("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof(text));

		__atomic_store_n(&known, length <= 0 || strstr(text, "[never]") ? 1 : 2, __ATOMIC_RELAXED);
	}
	return known == 2 ? LARGE_PAGE : 0;
}

int host_vm_make_large(uintptr_t start, size_t size)
{
	if (madvise((void *)start, size, MADV_HUGEPAGE) < 0)
		return -errno;
	/* Older kernels do not know how to be asked for the pages at once; touching brings them. */
	if (madvise((void *)start, size, LINUX_MADV_POPULATE_WRITE) < 0) {
		if (errno != EINVAL)
			return -ENOMEM;
		for (size_t at = 0; at < size; at += HOST_PAGE_SIZE)
			*(volatile unsigned char *)(start + at) = 0;
	}
	/* What came in small pages is put together now, or it is not to be had (Linux 6.1). */
	if (madvise((void *)start, size, LINUX_MADV_COLLAPSE) < 0 && errno != EINVAL)
		return -ENOMEM;
	return mlock((void *)start, size) < 0 ? -ENOMEM : 0;
}
