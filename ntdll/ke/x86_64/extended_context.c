/*
 * ntdll/ke/x86_64/extended_context.c - contexts with extended state in programs' memory: RtlInitializeExtendedContext
 * and kin.
 *
 * Source: MSDN "Working with XState Context", InitializeContext, LocateXStateFeature and the rest; what their corners
 * do was seen by public tests on Windows 7 to 11.  Contexts of 32-bit programs are not made here.
 */
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/ke/x86_64/extended_context.h"
#include "ntdll/ps/suspend.h"
#include "pewter/export.h"

#include <string.h>

#define FLAG_EXTENDED (CONTEXT_XSTATE & ~CONTEXT_AMD64)
#define VALID_FLAGS (CONTEXT_AMD64 | 0xF800005Fu)

static NTSTATUS check(ULONG flags)
{
	if (!(flags & CONTEXT_AMD64) || flags & ~VALID_FLAGS)
		return STATUS_INVALID_PARAMETER;
	return flags & FLAG_EXTENDED && !ke_xstate_features() ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
}

EXPORT(ntdll, ULONG64, RtlGetEnabledExtendedFeatures, (ULONG64 mask))
{
	return ke_xstate_features() & mask;
}

EXPORT(ntdll, NTSTATUS, RtlGetExtendedContextLength2, (ULONG flags, ULONG *length, ULONG64 mask))
{
	NTSTATUS status = check(flags);
	ULONG size = sizeof(CONTEXT) + sizeof(CONTEXT_EX);

	if (status)
		return status;
	/* What it takes to align the parts in a buffer that is not. */
	*length = flags & FLAG_EXTENDED ? size + ke_xstate_area_size(mask) + 63 : size + 15;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlGetExtendedContextLength, (ULONG flags, ULONG *length))
{
	return RtlGetExtendedContextLength2(flags, length, ~0ull);
}

EXPORT(ntdll, NTSTATUS, RtlInitializeExtendedContext2, (PVOID buffer, ULONG flags, CONTEXT_EX **result, ULONG64 mask))
{
	CONTEXT *context = (CONTEXT *)(((uintptr_t)buffer + 15) & ~(uintptr_t)15);
	CONTEXT_EX *extended = (CONTEXT_EX *)(context + 1);
	struct ke_xstate_area *area;
	NTSTATUS status = check(flags);

	if (status)
		return status;
	context->ContextFlags = flags;
	memset(extended, 0, sizeof(*extended));
	extended->Legacy.Offset = extended->All.Offset = -(LONG)sizeof(*context);
	extended->Legacy.Length = sizeof(*context);
	if (flags & FLAG_EXTENDED) {
		area = (struct ke_xstate_area *)(((uintptr_t)(extended + 1) + 63) & ~(uintptr_t)63);
		memset(area, 0, sizeof(*area));
		if (ke_xstate_compacts())
			area->compaction = XSTATE_COMPACTED | (ke_xstate_features() & mask);
		extended->XState.Offset = (LONG)((uintptr_t)area - (uintptr_t)extended);
		extended->XState.Length = ke_xstate_area_size(mask);
		extended->All.Length = sizeof(*context) + (ULONG)extended->XState.Offset + extended->XState.Length;
	} else {
		extended->All.Length = sizeof(*context) + sizeof(*extended);
		extended->XState.Offset = sizeof(*extended) + 1;
	}
	*result = extended;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlInitializeExtendedContext, (PVOID buffer, ULONG flags, CONTEXT_EX **result))
{
	return RtlInitializeExtendedContext2(buffer, flags, result, ~0ull);
}

EXPORT(ntdll, CONTEXT *, RtlLocateLegacyContext, (CONTEXT_EX * extended, ULONG *length))
{
	if (length)
		*length = extended->Legacy.Length;
	return (CONTEXT *)((char *)extended + extended->Legacy.Offset);
}

static struct ke_xstate_area *area_of(CONTEXT_EX *extended)
{
	return (struct ke_xstate_area *)((char *)extended + extended->XState.Offset);
}

/* A feature that the processor has, but the context no room for, has a length and no place. */
EXPORT(ntdll, PVOID, RtlLocateExtendedFeature2, (CONTEXT_EX * extended, ULONG id, PVOID configuration, ULONG *length))
{
	struct ke_xstate_area *area = area_of(extended);

	if (id < 2 || id >= 64 || !(ke_xstate_features() >> id & 1))
		return NULL;
	if (length)
		*length = ke_xstate_size(id);
	if (ke_xstate_compacts() && !(area->compaction >> id & 1))
		return NULL;
	return (char *)area + ke_xstate_offset(id, area->compaction);
}

EXPORT(ntdll, PVOID, RtlLocateExtendedFeature, (CONTEXT_EX * extended, ULONG id, ULONG *length))
{
	return RtlLocateExtendedFeature2(extended, id, NULL, length);
}

EXPORT(ntdll, ULONG64, RtlGetExtendedFeaturesMask, (CONTEXT_EX * extended))
{
	return area_of(extended)->mask & ~(ULONG64)XSTATE_LEGACY;
}

EXPORT(ntdll, void, RtlSetExtendedFeaturesMask, (CONTEXT_EX * extended, ULONG64 mask))
{
	area_of(extended)->mask = mask & ke_xstate_features() & ~(ULONG64)XSTATE_LEGACY;
}

static void copy_legacy(CONTEXT *to, const CONTEXT *from, ULONG flags)
{
	USHORT cs = from->SegCs, ss = from->SegSs, ds = from->SegDs, es = from->SegEs, fs = from->SegFs,
	       gs = from->SegGs;

	ps_copy_context(to, from, flags);
	/* As they stand there, not as every thread of ours has them. */
	if (flags & 1) {
		to->SegCs = cs;
		to->SegSs = ss;
	}
	if (flags & 4) {
		to->SegDs = ds;
		to->SegEs = es;
		to->SegFs = fs;
		to->SegGs = gs;
	}
	if (flags & 8)
		to->FltSave = from->FltSave;
	to->ContextFlags |= flags;
}

/* STATUS_BUFFER_OVERFLOW: the target has no room for what the source has. */
static NTSTATUS copy_area(CONTEXT_EX *to, CONTEXT_EX *from)
{
	struct ke_xstate_area *source = area_of(from), *target = area_of(to);
	ULONG64 features = ke_xstate_features(), mask = source->mask & features & ~(ULONG64)XSTATE_LEGACY;
	ULONG64 compaction = ke_xstate_compacts() ? XSTATE_COMPACTED | features : 0;

	if (to->XState.Length < sizeof(*target))
		return STATUS_BUFFER_OVERFLOW;
	for (unsigned i = 2; i < 64; i++)
		if (mask >> i & 1 && ke_xstate_offset(i, compaction) + ke_xstate_size(i) > to->XState.Length)
			return STATUS_BUFFER_OVERFLOW;
	for (unsigned i = 2; i < 64; i++) {
		if (!(mask >> i & 1))
			continue;
		if (ke_xstate_compacts() && !(source->compaction >> i & 1)) {
			mask &= ~(1ull << i);
			continue;
		}
		memmove((char *)target + ke_xstate_offset(i, compaction),
			(char *)source + ke_xstate_offset(i, source->compaction), ke_xstate_size(i));
	}
	target->mask = mask;
	target->compaction = compaction;
	memset(target->reserved, 0, sizeof(target->reserved));
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlCopyExtendedContext, (CONTEXT_EX * to, ULONG flags, CONTEXT_EX *from))
{
	NTSTATUS status = check(flags);

	if (status)
		return status;
	copy_legacy(RtlLocateLegacyContext(to, NULL), RtlLocateLegacyContext(from, NULL), flags);
	return flags & FLAG_EXTENDED ? copy_area(to, from) : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlCopyContext, (CONTEXT * to, ULONG flags, CONTEXT *from))
{
	NTSTATUS status = check(flags);

	if (status)
		return status;
	if (!(to->ContextFlags & from->ContextFlags & CONTEXT_AMD64))
		return STATUS_INVALID_PARAMETER;
	if (flags & FLAG_EXTENDED && !(to->ContextFlags & FLAG_EXTENDED))
		return STATUS_BUFFER_OVERFLOW;
	/* What the source does not have stays as it is in the target. */
	flags &= from->ContextFlags;
	copy_legacy(to, from, flags);
	if (flags & FLAG_EXTENDED)
		return copy_area((CONTEXT_EX *)(to + 1), (CONTEXT_EX *)(from + 1));
	return STATUS_SUCCESS;
}

/*
 * RtlCaptureContext2: the groups of registers that the context's flags name, extended state among them.
 */
void WINAPI ke_capture(CONTEXT *to, CONTEXT *now)
{
	struct ke_xstate_image image;
	ULONG length;

	/* First: library functions may use those registers. */
	if (to->ContextFlags & FLAG_EXTENDED)
		ke_xstate_save(&image);
	ps_copy_context(to, now, to->ContextFlags);
	if (ke_xstate_of(to, &length))
		ke_xstate_answer(to, image.bytes);
}
EXPORT_ALIAS(ntdll, "RtlCaptureContext2", RtlCaptureContext2);
