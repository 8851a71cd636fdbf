/*
 * ntdll/ke/x86_64/debug.c - debug registers.
 *
 * A thread's are kept as contexts show them, nonsense too (execution facts, row 66).  What Dr7 enables and the
 * processor would take is set as a breakpoint of the host's; where there are none, the registers are only remembered.
 */
#include "host/breakpoint.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"

#include <string.h>

#define DR7_RESERVED 0xDC00u

/* The order of CONTEXT: Dr0 to Dr3, Dr6, Dr7. */
enum { DR6 = 4, DR7 = 5 };

static void arm(struct ps_thread *thread, unsigned index)
{
	uint64_t control = thread->debug[DR7] >> (16 + index * 4), address = thread->debug[index];
	static const uint8_t lengths[] = {1, 2, 8, 4};
	unsigned length = lengths[control >> 2 & 3];
	enum host_breakpoint_kind kind;

	if (!(thread->debug[DR7] >> (index * 2) & 3) || !ke_is_guest_address(address))
		return;
	switch (control & 3) {
	case 0:
		kind = HOST_BREAKPOINT_EXECUTE;
		length = 1;
		break;
	case 1:
		kind = HOST_BREAKPOINT_WRITE;
		break;
	case 3:
		kind = HOST_BREAKPOINT_ACCESS;
		break;
	default:
		return;
	}
	/* The processor ignores the low bits. */
	address &= ~(uint64_t)(length - 1);
	thread->breakpoints[index] = host_breakpoint_set(thread->tid, index, kind, address, length) + 1;
	if (thread->breakpoints[index] < 0)
		thread->breakpoints[index] = 0;
}

void ke_drop_breakpoints(struct ps_thread *thread)
{
	for (unsigned i = 0; i < 4; i++) {
		if (thread->breakpoints[i])
			host_breakpoint_clear(thread->breakpoints[i] - 1);
		thread->breakpoints[i] = 0;
	}
}

void ke_set_debug_registers(struct ps_thread *thread, const CONTEXT *context)
{
	uint64_t wanted[6];

	memcpy(wanted, &context->Dr0, sizeof(wanted));
	wanted[DR6] &= 0xF;
	wanted[DR7] &= ~(uint64_t)DR7_RESERVED;
	if (!memcmp(wanted, thread->debug, sizeof(wanted)))
		return;
	ke_drop_breakpoints(thread);
	memcpy(thread->debug, wanted, sizeof(wanted));
	for (unsigned i = 0; i < 4; i++)
		arm(thread, i);
}

void ke_get_debug_registers(const struct ps_thread *thread, CONTEXT *context)
{
	memcpy(&context->Dr0, thread->debug, sizeof(thread->debug));
}
