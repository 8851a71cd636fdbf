/*
 * host/unwind.h - one frame up in code of ours or of a library, by its call frame information (.eh_frame).
 */
#ifndef PEWTER_HOST_UNWIND_H
#define PEWTER_HOST_UNWIND_H

#include "host/host.h"

/* Registers by their DWARF numbers: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, then the return address (the program
 * counter), then xmm0-15 as pairs. */
enum { HOST_FRAME_RBX = 3, HOST_FRAME_RSI = 4, HOST_FRAME_RDI = 5, HOST_FRAME_RBP = 6, HOST_FRAME_RSP = 7,
       HOST_FRAME_R12 = 12, HOST_FRAME_PC = 16, HOST_FRAME_REGISTERS = 17 };

struct host_frame {
	uint64_t registers[HOST_FRAME_REGISTERS];
	uint64_t xmm[16][2];
};

/* Goes to the caller's frame: registers become the caller's as after the call.  `after_call` says that the program counter
 * is a return address (it is not in the innermost frame of a signal).  false: no information, or the outermost frame.
 * May take the dynamic linker's lock. */
bool host_unwind_step(struct host_frame *frame, bool after_call);

#endif
