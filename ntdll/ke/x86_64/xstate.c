/*
 * ntdll/ke/x86_64/xstate.c - processor state beyond what a CONTEXT holds.
 *
 * Source of the layouts: Intel SDM volume 1, chapter 13; MSDN "Working with XState Context".
 */
#include "ntdll/ke/x86_64/xstate.h"
#include "host/fault.h"
#include "host/thread.h"
#include "nt/ntstatus.h"

#include <cpuid.h>
#include <string.h>

/* AVX, and AVX-512's masks and registers.  What Windows 10 does not save in contexts (protection keys, tiles) is left
 * out. */
#define KNOWN_FEATURES 0xE7ull
#define FEATURES 8u
#define IMAGE_HEADER 512u /* where an image's header begins: behind its legacy part */

static struct {
	uint32_t ready;
	ULONG64 features;
	bool compacts;
	ULONG size[FEATURES], offset[FEATURES]; /* in an image */
	bool aligned[FEATURES];                 /* to 64 bytes, when compacted */
} layout;

/* Several threads may come here at once: they write the same. */
static void learn(void)
{
	unsigned a, b, c, d, low, high;
	ULONG64 features = 0;

	if (__get_cpuid(1, &a, &b, &c, &d) && c >> 27 & 1) {
		__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
		features = low & KNOWN_FEATURES;
		if (__get_cpuid_count(13, 1, &a, &b, &c, &d))
			layout.compacts = a & 2;
	}
	for (unsigned i = 2; i < FEATURES; i++) {
		if (!(features >> i & 1))
			continue;
		__cpuid_count(13, i, a, b, c, d);
		layout.size[i] = a;
		layout.offset[i] = b;
		layout.aligned[i] = c & 2;
		if (!a || b + a > XSTATE_IMAGE_SIZE)
			features &= ~(1ull << i);
	}
	layout.features = features & ~3ull ? features : 0;
	__atomic_store_n(&layout.ready, 1, __ATOMIC_RELEASE);
}

static inline void prepare(void)
{
	if (__builtin_expect(!__atomic_load_n(&layout.ready, __ATOMIC_ACQUIRE), 0))
		learn();
}

ULONG64 ke_xstate_features(void)
{
	prepare();
	return layout.features;
}

bool ke_xstate_compacts(void)
{
	prepare();
	return layout.compacts;
}

ULONG ke_xstate_size(unsigned feature)
{
	return feature < FEATURES ? layout.size[feature] : 0;
}

ULONG ke_xstate_offset(unsigned feature, ULONG64 compaction)
{
	ULONG at = sizeof(struct ke_xstate_area);

	if (!layout.compacts)
		return layout.offset[feature] - IMAGE_HEADER;
	for (unsigned i = 2; i < feature; i++) {
		if (!((compaction & layout.features) >> i & 1))
			continue;
		if (layout.aligned[i])
			at = (at + 63) & ~63u;
		at += layout.size[i];
	}
	return layout.aligned[feature] ? (at + 63) & ~63u : at;
}

ULONG ke_xstate_area_size(ULONG64 features)
{
	ULONG size = sizeof(struct ke_xstate_area);

	for (unsigned i = 2; i < FEATURES; i++)
		if (features & ke_xstate_features() & 1ull << i)
			size = ke_xstate_offset(i, features) + layout.size[i];
	return size;
}

ULONG ke_xstate_image_size(void)
{
	ULONG size = IMAGE_HEADER + sizeof(struct ke_xstate_area);

	for (unsigned i = 2; i < FEATURES; i++)
		if (ke_xstate_features() >> i & 1 && layout.offset[i] + layout.size[i] > size)
			size = layout.offset[i] + layout.size[i];
	return size;
}

static ULONG64 *image_mask(const void *image)
{
	return (ULONG64 *)((char *)image + IMAGE_HEADER);
}

void ke_xstate_store(struct ke_xstate_area *area, const void *image, ULONG64 features)
{
	ULONG64 present;

	features &= ke_xstate_features() & ~(ULONG64)XSTATE_LEGACY;
	present = image ? *image_mask(image) & features : 0;
	memset(area, 0, sizeof(*area));
	area->mask = present;
	area->compaction = layout.compacts ? XSTATE_COMPACTED | features : 0;
	for (unsigned i = 2; i < FEATURES; i++)
		if (present >> i & 1)
			memcpy((char *)area + ke_xstate_offset(i, features), (const char *)image + layout.offset[i],
			       layout.size[i]);
}

/* What an area gives: where the processor compacts what that mask names, else everything. */
static ULONG64 given_features(const struct ke_xstate_area *area)
{
	ULONG64 features = ke_xstate_features() & ~(ULONG64)XSTATE_LEGACY;

	return layout.compacts ? features & area->compaction : features;
}

void ke_xstate_load(void *image, const struct ke_xstate_area *area, ULONG length)
{
	ULONG64 given = given_features(area);

	for (unsigned i = 2; i < FEATURES; i++) {
		ULONG offset;

		if (!(given >> i & 1))
			continue;
		offset = ke_xstate_offset(i, area->compaction);
		if (!(area->mask >> i & 1)) {
			*image_mask(image) &= ~(1ull << i);
		} else if (offset + layout.size[i] <= length) {
			memcpy((char *)image + layout.offset[i], (const char *)area + offset, layout.size[i]);
			*image_mask(image) |= 1ull << i;
		}
	}
}

struct ke_xstate_area *ke_xstate_of(CONTEXT *context, ULONG *length)
{
	CONTEXT_EX *extended = (CONTEXT_EX *)(context + 1), copy;
	struct ke_xstate_area *area, header;

	if (!(context->ContextFlags & CONTEXT_XSTATE & ~CONTEXT_AMD64) || !ke_xstate_features())
		return NULL;
	/* Programs copy contexts without what follows them. */
	if (host_copy_from_guest(&copy, extended, sizeof(copy)) || copy.Legacy.Offset != -(LONG)sizeof(CONTEXT) ||
	    copy.XState.Offset < 0x18 || copy.XState.Offset > 0x10000 || copy.XState.Length < sizeof(*area) ||
	    copy.XState.Length > ke_xstate_area_size(~0ull))
		return NULL;
	area = (struct ke_xstate_area *)((char *)extended + copy.XState.Offset);
	if ((uintptr_t)area % 64 || host_copy_from_guest(&header, area, sizeof(header)) ||
	    host_probe_guest(area, copy.XState.Length, false))
		return NULL;
	*length = copy.XState.Length;
	return area;
}

void ke_xstate_save(struct ke_xstate_image *image)
{
	/* No library function: it might change what is to be saved. */
	for (volatile uint64_t *word = image_mask(image), *end = word + 8; word < end; word++)
		*word = 0;
	__asm__ volatile("xsave64 (%0)" : : "r"(image->bytes), "a"((uint32_t)ke_xstate_features()), "d"(0) : "memory");
}

void ke_xstate_set(struct ke_xstate_image *image)
{
	uint32_t features = (uint32_t)ke_xstate_features() & ~XSTATE_LEGACY;

	/* With AVX the instruction loads this as well. */
	__asm__("stmxcsr %0" : "=m"(((XMM_SAVE_AREA32 *)(void *)image->bytes)->MxCsr));
	__asm__ volatile("xrstor64 (%0)" : : "r"(image->bytes), "a"(features), "d"(0) : "memory");
}

static void *restore(void *argument)
{
	struct ke_xstate_image image;
	struct ke_xstate_area *area;
	ULONG length;

	area = ke_xstate_of(argument, &length);
	if (!area)
		return NULL;
	ke_xstate_save(&image);
	ke_xstate_load(&image, area, length);
	ke_xstate_set(&image);
	return NULL;
}

/* On the host's stack: after a stack overflow the guest's has a few pages left. */
void ke_xstate_restore(CONTEXT *context)
{
	host_stack_call(restore, context);
}

/* The area of a guest's context, and which features it is asked for. */
static NTSTATUS asked(CONTEXT *context, struct ke_xstate_area **area, ULONG *length, ULONG64 *features)
{
	CONTEXT_EX *extended = (CONTEXT_EX *)(context + 1), copy;
	struct ke_xstate_area header;

	if (!ke_xstate_features())
		return STATUS_NOT_SUPPORTED;
	if (host_copy_from_guest(&copy, extended, sizeof(copy)))
		return STATUS_ACCESS_VIOLATION;
	*area = (struct ke_xstate_area *)((char *)extended + copy.XState.Offset);
	if (copy.XState.Length < sizeof(header) || copy.XState.Length > ke_xstate_area_size(~0ull) ||
	    (uintptr_t)*area % 64)
		return STATUS_INVALID_PARAMETER;
	if (host_copy_from_guest(&header, *area, sizeof(header)))
		return STATUS_ACCESS_VIOLATION;
	*length = copy.XState.Length;
	*features = (layout.compacts ? header.compaction : header.mask) & layout.features & ~(ULONG64)XSTATE_LEGACY;
	return STATUS_SUCCESS;
}

NTSTATUS ke_xstate_answer(CONTEXT *context, const void *image)
{
	struct ke_xstate_area *area, *filled;
	_Alignas(64) uint8_t buffer[XSTATE_IMAGE_SIZE];
	ULONG length;
	ULONG64 features;
	NTSTATUS status = asked(context, &area, &length, &features);

	if (status)
		return status;
	filled = (struct ke_xstate_area *)(void *)buffer;
	ke_xstate_store(filled, image, features);
	if (ke_xstate_area_size(features) > length)
		status = STATUS_BUFFER_OVERFLOW;
	if (host_copy_to_guest(area, filled, sizeof(*area)))
		return STATUS_ACCESS_VIOLATION;
	for (unsigned i = 2; i < FEATURES && !status; i++) {
		ULONG offset = ke_xstate_offset(i, features);

		if (filled->mask >> i & 1 && host_copy_to_guest((char *)area + offset, buffer + offset, layout.size[i]))
			return STATUS_ACCESS_VIOLATION;
	}
	return status;
}

NTSTATUS ke_xstate_capture(CONTEXT *context, struct ke_xstate_area *copy, ULONG *length)
{
	struct ke_xstate_area *area;
	ULONG64 features;
	NTSTATUS status = asked(context, &area, length, &features);

	if (status)
		return status;
	return host_copy_from_guest(copy, area, *length) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}
