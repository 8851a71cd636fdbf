/*
 * ntdll/ps/handover.h - the memfd between a process and its child; see create.h.
 *
 * Both sides are the same build: the layout is nobody else's business.  Offsets are from the beginning, in bytes.
 */
#ifndef PEWTER_NTDLL_PS_HANDOVER_H
#define PEWTER_NTDLL_PS_HANDOVER_H

#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/job.h"

#define PS_HANDOVER_MAGIC 0x31445650u
#define PS_HANDOVER_NAME "pewter-child"

struct ps_handover_text {
	uint32_t offset, bytes;
};

enum { PS_TEXT_COMMAND_LINE, PS_TEXT_DIRECTORY, PS_TEXT_ENVIRONMENT, PS_TEXT_TITLE, PS_TEXT_DESKTOP, PS_TEXT_RUNTIME, PS_TEXT_TOKEN, PS_TEXTS };

struct ps_handover {
	uint32_t magic;
	uint32_t size; /* of the whole */
	/* Bit 32: ended; below, the exit code.  Whoever sets it first, child or TerminateProcess, decides. */
	uint64_t ended;
	uint32_t suspended; /* gate.h; a futex between the processes */
	uint32_t parent;    /* NT's id of the parent */
	uint32_t pid;	    /* Linux' number of the child; both say so as soon as they know */
	struct ps_startup startup;
	uint32_t global_flags, inherited_flags; /* NtGlobalFlag, and what of it this child's children get */
	bool error_captured; /* its standard error is not that of the Linux program above all */
	uint32_t handle_count;
	uint32_t handles; /* struct io_inherited */
	uint64_t peb;	    /* where the child has it; 0: not yet */
	uint32_t job_count, in_job; /* the child's jobs; whether it is in one now, which it says itself */
	struct ps_enrollment jobs[PS_JOBS];
	struct ps_debug_link debug; /* before its first event */
	uint64_t standard[3];
	struct ps_handover_text text[PS_TEXTS];
};

/* What this process got from its parent; NULL: it is no child of ours. */
struct ps_handover *ps_own_handover(void);

#define PS_HANDOVER_ENDED (1ull << 32)
/* false: it was set already. */
static inline bool ps_handover_set_code(struct ps_handover *handover, DWORD code)
{
	uint64_t none = 0;

	return __atomic_compare_exchange_n(&handover->ended, &none, PS_HANDOVER_ENDED | code, 0, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

#endif
