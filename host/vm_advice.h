/*
 * host/vm_advice.h - what Linux may do with pages that the guest says something about: needed soon, not needed now,
 * contents given up, better as large pages.
 *
 * Addresses and sizes are multiples of HOST_PAGE_SIZE; the pages have private memory unless it is said otherwise.
 */
#ifndef PEWTER_HOST_VM_ADVICE_H
#define PEWTER_HOST_VM_ADVICE_H

#include "host/host.h"

/* Pages of any kind are needed soon: a hint. */
void host_vm_prefetch(uintptr_t start, size_t size);

/* The pages are the first to leave memory when it is short: a hint; contents stay. */
void host_vm_deactivate(uintptr_t start, size_t size);

/* The contents may be lost from now on, until a page is written. */
int host_vm_reset(uintptr_t start, size_t size);

/* The contents are wanted again.  true: nothing was lost since host_vm_reset; false: something may have been. */
bool host_vm_restore(uintptr_t start, size_t size);

/* The contents are lost now: the pages read as zero, or as the file. */
int host_vm_discard(uintptr_t start, size_t size);

/* Bytes of a large page; 0: Linux gives none (transparent huge pages are switched off). */
size_t host_large_page_size(void);

/* Brings zeroed large pages into memory that is aligned to them, and keeps them there.  -ENOMEM: there are not enough.
 */
int host_vm_make_large(uintptr_t start, size_t size);

#endif
