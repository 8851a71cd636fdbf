/*
 * ntdll/ps/teb.c - where the PEB and the TEBs lie.
 *
 * Windows keeps them in private reservations of 2 MiB: in the first, one page for the PEB and then two pages a TEB, each
 * committed when its thread is made.  A TEB's pages are decommitted when its thread has gone, so that a stale pointer
 * faults as it does on Windows.
 */
#include "ntdll/ps/private.h"
#include "host/thread.h"
#include "pewter/export.h"

#include <string.h>

#define BLOCK_SIZE (2u << 20)
#define TEB_SIZE 0x2000u
#define FIRST_TEB 0x1000u
#define TEBS_IN_BLOCK ((BLOCK_SIZE - FIRST_TEB) / TEB_SIZE)
#define MAX_BLOCKS 256

struct teb_block {
	uintptr_t base;
	uint32_t used[(TEBS_IN_BLOCK + 31) / 32];
};

static struct teb_block blocks[MAX_BLOCKS];
static unsigned block_count;
static struct host_lock lock;

_Static_assert(sizeof(TEB) <= TEB_SIZE, "a TEB takes two pages");

static NTSTATUS add_block(void)
{
	uintptr_t base = 0;
	size_t size = BLOCK_SIZE;
	NTSTATUS status;

	if (block_count == MAX_BLOCKS)
		return STATUS_NO_MEMORY;
	status = mm_allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE, 0, NULL);
	if (NT_SUCCESS(status))
		blocks[block_count++] = (struct teb_block){.base = base};
	return status;
}

NTSTATUS ps_teb_initialize(PEB **peb)
{
	NTSTATUS status = add_block();
	uintptr_t base;
	size_t size = FIRST_TEB + TEB_SIZE;

	if (!NT_SUCCESS(status))
		return status;
	base = blocks[0].base;
	/* The first thread's TEB comes at once: one call for both. */
	status = mm_allocate(&base, &size, MEM_COMMIT, PAGE_READWRITE, 0, NULL);
	if (NT_SUCCESS(status))
		*peb = (PEB *)blocks[0].base;
	return status;
}

/* A free place, marked as used.  The lock is held. */
static uintptr_t take_place(void)
{
	for (unsigned b = 0;; b++) {
		struct teb_block *block = &blocks[b];

		if (b == block_count && !NT_SUCCESS(add_block()))
			return 0;
		for (unsigned i = 0; i < TEBS_IN_BLOCK; i++) {
			if (block->used[i / 32] == UINT32_MAX) {
				i |= 31;
				continue;
			}
			if (!(block->used[i / 32] >> (i % 32) & 1)) {
				block->used[i / 32] |= 1u << (i % 32);
				return block->base + FIRST_TEB + (uintptr_t)i * TEB_SIZE;
			}
		}
	}
}

static void give_place(uintptr_t place)
{
	for (unsigned b = 0; b < block_count; b++) {
		uintptr_t offset = place - blocks[b].base;

		if (offset < BLOCK_SIZE) {
			unsigned i = (unsigned)((offset - FIRST_TEB) / TEB_SIZE);
			blocks[b].used[i / 32] &= ~(1u << (i % 32));
		}
	}
}

TEB *ps_teb_create(const struct mm_stack *stack)
{
	size_t size = TEB_SIZE;
	uintptr_t place, base;
	TEB *teb;

	host_lock_acquire(&lock);
	place = base = take_place();
	if (place && !NT_SUCCESS(mm_allocate(&base, &size, MEM_COMMIT, PAGE_READWRITE, 0, NULL))) {
		give_place(place);
		place = 0;
	}
	host_lock_release(&lock);
	if (!place)
		return NULL;

	teb = (TEB *)place;
	teb->NtTib.StackBase = (PVOID)stack->base;
	teb->NtTib.StackLimit = (PVOID)stack->limit;
	teb->DeallocationStack = (PVOID)stack->allocation_base;
	teb->NtTib.FiberData = (PVOID)(uintptr_t)0x1E00; /* the union's Version, for OS/2 2.x's sake */
	teb->NtTib.Self = &teb->NtTib;
	teb->ProcessEnvironmentBlock = ps_peb;
	teb->CurrentLocale = 0x0409;
	teb->StaticUnicodeString.MaximumLength = sizeof(teb->StaticUnicodeBuffer);
	teb->StaticUnicodeString.Buffer = teb->StaticUnicodeBuffer;
	teb->ActivationContextStackPointer = teb->ActivationStack;
	teb->GdiBatchCount = 0;
	teb->TxFsContext = 0xFFFE;
	/* An empty list of activation frames: its head points to itself (ACTIVATION_CONTEXT_STACK.FrameListCache). */
	teb->ActivationStack[1] = &teb->ActivationStack[1];
	teb->ActivationStack[2] = &teb->ActivationStack[1];
	return teb;
}

void ps_teb_free(TEB *teb)
{
	uintptr_t base = (uintptr_t)teb;
	size_t size = TEB_SIZE;

	host_lock_acquire(&lock);
	if (!mm_park(base, size))
		mm_free(&base, &size, MEM_DECOMMIT);
	give_place((uintptr_t)teb);
	host_lock_release(&lock);
}

/* The bits of SetThreadErrorMode, shifted left by 4: nt facts, execution 78. */
#define ERROR_MODES 0x70u

EXPORT(ntdll, NTSTATUS, RtlSetThreadErrorMode, (ULONG mode, PULONG old))
{
	TEB *teb = NtCurrentTeb();

	if (mode & ~ERROR_MODES)
		return STATUS_INVALID_PARAMETER_1;
	if (old)
		*old = teb->HardErrorMode;
	teb->HardErrorMode = mode;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, ULONG, RtlGetThreadErrorMode, (void))
{
	return NtCurrentTeb()->HardErrorMode;
}

/*
 * Active frames: a list of the thread's own, through records on its stack, in which libraries leave word for what they call.
 */
typedef struct _TEB_ACTIVE_FRAME {
	ULONG Flags;
	struct _TEB_ACTIVE_FRAME *Previous;
	PVOID Context;
} TEB_ACTIVE_FRAME;

EXPORT(ntdll, void, RtlPushFrame, (TEB_ACTIVE_FRAME * frame))
{
	frame->Previous = NtCurrentTeb()->ActiveFrame;
	NtCurrentTeb()->ActiveFrame = frame;
}

EXPORT(ntdll, void, RtlPopFrame, (TEB_ACTIVE_FRAME * frame))
{
	NtCurrentTeb()->ActiveFrame = frame->Previous;
}

EXPORT(ntdll, TEB_ACTIVE_FRAME *, RtlGetFrame, (void))
{
	return NtCurrentTeb()->ActiveFrame;
}
