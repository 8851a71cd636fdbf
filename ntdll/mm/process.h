/*
 * ntdll/mm/process.h - which process handles the entry points of this room accept.
 */
#ifndef PEWTER_NTDLL_MM_PROCESS_H
#define PEWTER_NTDLL_MM_PROCESS_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"

/* STATUS_SUCCESS for the calling process, by pseudo handle or a real one with `access`; else STATUS_INVALID_HANDLE,
 * STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_DENIED (other processes). */
NTSTATUS mm_check_process(HANDLE process, ACCESS_MASK access);

#endif
