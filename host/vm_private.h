/*
 * host/vm_private.h - what the files about memory share; for host/ only.
 */
#ifndef PEWTER_HOST_VM_PRIVATE_H
#define PEWTER_HOST_VM_PRIVATE_H

/* /proc/self/pagemap, opened on first need and kept; -1: the kernel does not show it. */
int host_vm_pagemap(void);

#endif
