/*
 * host/linux_abi.h - Linux interfaces newer than Debian 12's headers (include/uapi of Linux 6.13).
 */
#ifndef PEWTER_HOST_LINUX_ABI_H
#define PEWTER_HOST_LINUX_ABI_H

#include <linux/ioctl.h>
#include <stdint.h>

#define LINUX_MADV_COLD 20
#define LINUX_MADV_POPULATE_WRITE 23
#define LINUX_MADV_COLLAPSE 25
#define LINUX_MADV_GUARD_INSTALL 102
#define LINUX_MADV_GUARD_REMOVE 103
#define LINUX_SYS_futex_waitv 449
#define LINUX_UFFD_USER_MODE_ONLY 1
#define LINUX_UFFD_FEATURE_WP_ASYNC (1u << 15)

/* The si_code of a perf event's SIGTRAP; its si_perf_data follows si_addr. */
#define LINUX_TRAP_PERF 6
static inline uint64_t linux_perf_data(const void *siginfo)
{
	return *(const uint64_t *)((const char *)siginfo + 24);
}

#define LINUX_PR_SET_SYSCALL_USER_DISPATCH 59

/* include/uapi/linux/pidfd.h of Linux 6.15. */
struct linux_pidfd_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};
#define LINUX_PIDFD_INFO_EXIT 8u
#define LINUX_PIDFD_GET_INFO _IOWR(0xFF, 11, struct linux_pidfd_info)

struct linux_page_region {
	uint64_t start;
	uint64_t end;
	uint64_t categories;
};

struct linux_pm_scan_arg {
	uint64_t size;
	uint64_t flags;
	uint64_t start;
	uint64_t end;
	uint64_t walk_end;
	uint64_t vec;
	uint64_t vec_len;
	uint64_t max_pages;
	uint64_t category_inverted;
	uint64_t category_mask;
	uint64_t category_anyof_mask;
	uint64_t return_mask;
};

/* Words of /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#define LINUX_PAGEMAP_PRESENT (1ull << 63)
#define LINUX_PAGEMAP_SWAPPED (1ull << 62)
#define LINUX_PAGEMAP_FILE_OR_SHARED (1ull << 61)
#define LINUX_PAGEMAP_EXCLUSIVE (1ull << 56)

#define LINUX_PAGEMAP_SCAN _IOWR('f', 16, struct linux_pm_scan_arg)
#define LINUX_PAGE_IS_WPALLOWED (1u << 0)
#define LINUX_PAGE_IS_WRITTEN (1u << 1)
#define LINUX_PAGE_IS_FILE (1u << 2)
#define LINUX_PAGE_IS_PRESENT (1u << 3)
#define LINUX_PAGE_IS_SWAPPED (1u << 4)
#define LINUX_PM_SCAN_WP_MATCHING (1u << 0)
#define LINUX_PM_SCAN_CHECK_WPASYNC (1u << 1)

#endif
