/*
 * ntdll/ob/duplicate.h - handles that go from one process to another, each side's part.
 */
#ifndef PEWTER_NTDLL_OB_DUPLICATE_H
#define PEWTER_NTDLL_OB_DUPLICATE_H

#include "ntdll/io/inherit.h"

/* Describes what a handle of this process refers to, with the rights and attributes that its duplicate gets, and closes the
 * handle if the options say so.  The descriptors are the caller's. */
NTSTATUS ob_give_handle(HANDLE handle, ACCESS_MASK access, ULONG attributes, ULONG options, struct io_inherited *description);
/* Makes the handle; consumes the descriptors. */
NTSTATUS ob_take_handle(const struct io_inherited *description, HANDLE *handle);

#endif
