/*
 * ntdll/ke/x86_64/xstate.h - processor state beyond what a CONTEXT holds (AVX, AVX-512).
 *
 * Programs see it as an *area* behind a CONTEXT: a header of two masks, then the features, one behind the other where
 * the processor compacts.  Linux' signal frames and the instructions of ours have it as an *image*: the processor's
 * uncompacted format, from its legacy part on.
 */
#ifndef PEWTER_NTDLL_KE_X86_64_XSTATE_H
#define PEWTER_NTDLL_KE_X86_64_XSTATE_H

#include "nt/context.h"
#include <stdbool.h>

#define XSTATE_LEGACY 3u /* x87 and SSE, which are in the CONTEXT itself */
#define XSTATE_COMPACTED (1ull << 63)

struct ke_xstate_area {
	ULONG64 mask;       /* the features that are not as the processor starts with */
	ULONG64 compaction; /* where they are compacted: that bit, and which have room here */
	ULONG64 reserved[6];
};
_Static_assert(sizeof(struct ke_xstate_area) == 64, "XSAVE_AREA_HEADER");

struct ke_context_chunk {
	LONG Offset; /* from the CONTEXT_EX */
	ULONG Length;
};
typedef struct __attribute__((aligned(16))) _CONTEXT_EX {
	struct ke_context_chunk All, Legacy, XState, Shadow;
} CONTEXT_EX;
_Static_assert(sizeof(CONTEXT_EX) == 0x20, "CONTEXT_EX");

/* The largest image, with AVX-512. */
#define XSTATE_IMAGE_SIZE 2688u
struct ke_xstate_image {
	_Alignas(64) uint8_t bytes[XSTATE_IMAGE_SIZE];
};

/* The features that contexts may have, the legacy ones included; 0 = no area at all. */
ULONG64 ke_xstate_features(void);
bool ke_xstate_compacts(void);
/* A feature's bytes, from 2 on. */
ULONG ke_xstate_size(unsigned feature);
/* Where it lies in an area with this mask of compaction. */
ULONG ke_xstate_offset(unsigned feature, ULONG64 compaction);
/* The bytes of an area with room for these features. */
ULONG ke_xstate_area_size(ULONG64 features);

/* The bytes of an image with all of them. */
ULONG ke_xstate_image_size(void);

/* Fills an area with what an image has of the features, which are all of those that have room in it. */
void ke_xstate_store(struct ke_xstate_area *area, const void *image, ULONG64 features);
/* The other way: what the area names; whatever else the image holds stays.  `length` bytes of it are there. */
void ke_xstate_load(void *image, const struct ke_xstate_area *area, ULONG length);

/* The area behind a context whose flags say that there is one; NULL: what is there makes no sense. */
struct ke_xstate_area *ke_xstate_of(CONTEXT *context, ULONG *length);
/* Loads what that area holds into the processor.  From then on no code may run that touches those registers. */
void ke_xstate_restore(CONTEXT *context);
/* The calling thread's state. */
void ke_xstate_save(struct ke_xstate_image *image);
/* Into the processor; the legacy part apart. */
void ke_xstate_set(struct ke_xstate_image *image);

/* For NtGetContextThread: the guest's context asks for what its area names, and `image` is the thread's.
 * STATUS_INVALID_PARAMETER: no such area; STATUS_BUFFER_OVERFLOW: no room; STATUS_NOT_SUPPORTED,
 * STATUS_ACCESS_VIOLATION. */
NTSTATUS ke_xstate_answer(CONTEXT *context, const void *image);
/* For NtSetContextThread: a copy of the area. */
#define XSTATE_AREA_SIZE (XSTATE_IMAGE_SIZE - 512u)
NTSTATUS ke_xstate_capture(CONTEXT *context, struct ke_xstate_area *area, ULONG *length);

#endif
