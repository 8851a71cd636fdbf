/*
 * host/fault.h - faults as Linux reports them, and copies that survive them.
 *
 * Synchronous signals (SEGV, BUS, FPE, ILL, TRAP, SYS) arrive on the thread's alternate stack and are described by struct
 * host_fault.  A fault inside one of the probed copies below is looked up in a table first: they then return an error
 * instead.
 */
#ifndef PEWTER_HOST_FAULT_H
#define PEWTER_HOST_FAULT_H

#include "host/host.h"

enum host_fault_kind {
	HOST_FAULT_MEMORY,  /* SIGSEGV with an address */
	HOST_FAULT_GENERAL, /* SIGSEGV without one: a general protection fault */
	HOST_FAULT_BUS,     /* SIGBUS: a mapped file has no such page, or an I/O error */
	HOST_FAULT_DIVIDE,
	HOST_FAULT_FLOAT,
	HOST_FAULT_ILLEGAL,
	HOST_FAULT_BREAKPOINT,
	HOST_FAULT_SINGLE_STEP,
	HOST_FAULT_HARDWARE_BREAKPOINT, /* host/breakpoint.h; `code` is its index */
	HOST_FAULT_ALIGNMENT,
	HOST_FAULT_SYSTEM_CALL /* host_trap_system_calls; rip is behind the instruction, `code` is the number */
};

enum host_access { HOST_ACCESS_READ = 0, HOST_ACCESS_WRITE = 1, HOST_ACCESS_EXECUTE = 8 };

/* The registers of the faulting thread; changes are loaded when the handler returns. */
struct host_registers {
	uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rip, rflags;
	void *fpu;	/* FXSAVE image, 512 bytes, in the signal frame */
	bool extended; /* it goes on as XSAVE's does, not compacted */
};

struct host_fault {
	enum host_fault_kind kind;
	enum host_access access;
	uintptr_t address;
	int code; /* si_code; see the kinds */
	bool in_copy; /* the instruction belongs to a probed copy */
	struct host_registers registers;
};

/* What the fault hook says: done, run the instruction again (or go on with the changed registers); or, for a fault in
 * a probed copy, make it fail. */
enum host_fault_answer { HOST_FAULT_CONTINUE, HOST_FAULT_FAIL_COPY };
typedef enum host_fault_answer (*host_fault_hook)(struct host_fault *fault);

/* Installs the handlers, for all threads; `hook` runs on the alternate stack with no lock of host/ held. */
void host_fault_install(host_fault_hook hook);

/* Interrupts a thread (by its Linux id): the hook runs there, on the alternate stack, with its registers, and may change
 * them; it may sleep.  Blocking system calls of the thread return early.  0 or -errno. */
void host_thread_signal_install(void (*hook)(struct host_registers *registers));
int host_thread_signal(unsigned tid);

/* A hook for Ctrl-C and its kin (SIGINT, SIGQUIT/SIGTERM...); runs on a thread of its own, not in a signal handler. */
enum host_interrupt { HOST_INTERRUPT_INT, HOST_INTERRUPT_TERM, HOST_INTERRUPT_HUP, HOST_INTERRUPT_QUIT };
void host_interrupt_install(void (*hook)(enum host_interrupt which));

/* Probed copies: 0, or -1 when the guest's side faulted (what was copied before stays copied).  They run on the
 * caller's stack, are async-signal-safe and take no lock. */
int host_copy_from_guest(void *to, const void *guest, size_t size);
int host_copy_to_guest(void *guest, const void *from, size_t size);
int host_fill_guest(void *guest, int byte, size_t size);
/* Touches every page; with `write` by an atomic add of zero. */
int host_probe_guest(const void *guest, size_t size, bool write);

#endif
