/*
 * ntdll/ke/ke.h - waits, dispatcher objects, exception dispatch.
 */
#ifndef PEWTER_NTDLL_KE_KE_H
#define PEWTER_NTDLL_KE_KE_H

#include "nt/context.h"
#include "nt/ntdef.h"
#include "nt/ntstatus.h"

/* Every call from host code into guest code passes here (thread starts, DllMain, TLS and FLS callbacks, exception
 * handlers, comparison functions, atexit): one frame that the unwinder knows.  Up to four integer arguments. */
uint64_t WINAPI ke_call_guest(void *function, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif
