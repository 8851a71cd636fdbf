/*
 * dlls/vcruntime140/frame.h - one frame of a C++ function as the frame handlers see it: its tables, decoded.
 *
 * Microsoft's compiler writes them in two forms: arrays of fixed records (__CxxFrameHandler3 and before; tables3.c) and a
 * compressed stream of bytes (__CxxFrameHandler4; tables4.c).  eh.c knows neither: it walks try blocks and handlers with
 * cursors, and asks for one step of the unwinding at a time.
 */
#ifndef PEWTER_DLLS_VCRUNTIME140_FRAME_H
#define PEWTER_DLLS_VCRUNTIME140_FRAME_H

#include "dlls/vcruntime140/cxx.h"

struct cxx_frame;

/* A try block covers the states low..high; its catch blocks, where they share the function's states, high+1..catch_high. */
struct cxx_try {
	INT low, high, catch_high;
	ULONG handler_count;
	const unsigned char *handlers; /* cursor of the first */
};

struct cxx_catch {
	ULONG adjectives; /* as in cxx_handler */
	INT type;         /* RVA of the type descriptor; 0: everything */
	INT object;       /* offset of the catch object from the function's frame; 0: none */
	INT function;     /* RVA of the funclet */
	/* Where the function goes on, for a funclet that returns a number below `continuations`; else it returns an address. */
	ULONG continuations;
	const char *continuation[2];
};

/* What leaving a state does. */
struct cxx_unwind_step {
	INT to_state;
	const char *action; /* NULL: nothing */
	ULONG_PTR object;   /* the action is a destructor, of this object; 0: the action is a funclet of the function */
};

struct cxx_table_reader {
	/* The state at an address. */
	INT (*state_of)(const struct cxx_frame *f, DWORD64 pc);
	/* The try block, handler at the cursor; returns the cursor of the next. */
	const unsigned char *(*read_try)(const struct cxx_frame *f, const unsigned char *at, struct cxx_try *result);
	const unsigned char *(*read_catch)(const struct cxx_frame *f, const unsigned char *at, struct cxx_catch *result);
	/* What leaves `state`, which is in 0..state_count-1. */
	void (*read_unwind)(const struct cxx_frame *f, INT state, struct cxx_unwind_step *result);
};

enum { CXX_SYNCHRONOUS = 1, CXX_NOEXCEPT = 4 }; /* cxx_frame.flags */

struct cxx_frame {
	const struct cxx_table_reader *reader;
	const char *image;
	const char *start;    /* where the function, funclet or separate piece of one that is running begins */
	uintptr_t address;    /* the establisher of this frame */
	uintptr_t function;   /* that of the function, when this is one of its funclets; else the same */
	ULONG flags;
	INT state_count;
	INT ip_state;
	ULONG try_count;
	const unsigned char *tries, *unwind_map, *ip_map;
	/* In a funclet that shares the function's states: those of its own body are low+1..high, -1..INT_MAX elsewhere. */
	INT own_low, own_high;
	DISPATCHER_CONTEXT *dispatcher;
};

/* Fills in the frame for a call of a frame handler. */
void cxx_read_frame3(struct cxx_frame *f, uintptr_t establisher, DISPATCHER_CONTEXT *dispatcher);
void cxx_read_frame4(struct cxx_frame *f, uintptr_t establisher, DISPATCHER_CONTEXT *dispatcher);

#endif
