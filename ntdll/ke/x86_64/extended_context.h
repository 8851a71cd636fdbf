/*
 * ntdll/ke/x86_64/extended_context.h - contexts with extended state, as ntdll exports them.
 */
#ifndef PEWTER_NTDLL_KE_X86_64_EXTENDED_CONTEXT_H
#define PEWTER_NTDLL_KE_X86_64_EXTENDED_CONTEXT_H

#include "ntdll/ke/x86_64/xstate.h"

ULONG64 NTAPI RtlGetEnabledExtendedFeatures(ULONG64 mask);
NTSTATUS NTAPI RtlGetExtendedContextLength2(ULONG flags, ULONG *length, ULONG64 mask);
NTSTATUS NTAPI RtlInitializeExtendedContext2(PVOID buffer, ULONG flags, CONTEXT_EX **result, ULONG64 mask);
PVOID NTAPI RtlLocateExtendedFeature(CONTEXT_EX *extended, ULONG id, ULONG *length);
ULONG64 NTAPI RtlGetExtendedFeaturesMask(CONTEXT_EX *extended);
void NTAPI RtlSetExtendedFeaturesMask(CONTEXT_EX *extended, ULONG64 mask);
NTSTATUS NTAPI RtlCopyContext(CONTEXT *to, ULONG flags, CONTEXT *from);

#endif
