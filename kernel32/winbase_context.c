/*
 * kernel32/winbase_context.c - contexts with extended processor state.
 */
#include "kernel32/kernel32.h"
#include "ntdll/ke/x86_64/extended_context.h"

#define FLAG_EXTENDED (CONTEXT_XSTATE & ~CONTEXT_AMD64)
#define FLAG_FLOATING_POINT (CONTEXT_FLOATING_POINT & ~CONTEXT_AMD64)

EXPORT(kernel32, DWORD64, GetEnabledXStateFeatures, (void))
{
	return RtlGetEnabledExtendedFeatures(~0ull);
}

EXPORT(kernel32, BOOL, InitializeContext2, (PVOID buffer, DWORD flags, CONTEXT **context, PDWORD length, ULONG64 mask))
{
	CONTEXT_EX *extended;
	ULONG needed;

	/* A processor without extended state has contexts without. */
	if (!RtlGetEnabledExtendedFeatures(~0ull))
		flags &= ~FLAG_EXTENDED;
	if (!win32_result(RtlGetExtendedContextLength2(flags, &needed, mask)))
		return FALSE;
	if (!buffer || *length < needed) {
		*length = needed;
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	*length = needed;
	if (!win32_result(RtlInitializeExtendedContext2(buffer, flags, &extended, mask)))
		return FALSE;
	*context = (CONTEXT *)((char *)extended + extended->Legacy.Offset);
	return TRUE;
}

EXPORT(kernel32, BOOL, InitializeContext, (PVOID buffer, DWORD flags, CONTEXT **context, PDWORD length))
{
	return InitializeContext2(buffer, flags, context, length, ~0ull);
}

EXPORT(kernel32, BOOL, CopyContext, (CONTEXT * to, DWORD flags, CONTEXT *from))
{
	return win32_result(RtlCopyContext(to, flags, from));
}

EXPORT(kernel32, PVOID, LocateXStateFeature, (CONTEXT * context, DWORD id, PDWORD length))
{
	if (!(context->ContextFlags & CONTEXT_AMD64))
		return NULL;
	switch (id) {
	case 0: /* x87 */
		if (length)
			*length = offsetof(XMM_SAVE_AREA32, XmmRegisters);
		return &context->FltSave;
	case 1: /* SSE */
		if (length)
			*length = sizeof(context->FltSave.XmmRegisters);
		return context->FltSave.XmmRegisters;
	default:
		if (!(context->ContextFlags & FLAG_EXTENDED))
			return NULL;
		return RtlLocateExtendedFeature((CONTEXT_EX *)(context + 1), id, length);
	}
}

EXPORT(kernel32, BOOL, GetXStateFeaturesMask, (CONTEXT * context, DWORD64 *mask))
{
	if (!(context->ContextFlags & CONTEXT_AMD64))
		return FALSE;
	*mask = context->ContextFlags & FLAG_FLOATING_POINT ? XSTATE_LEGACY : 0;
	if (context->ContextFlags & FLAG_EXTENDED)
		*mask |= RtlGetExtendedFeaturesMask((CONTEXT_EX *)(context + 1));
	return TRUE;
}

EXPORT(kernel32, BOOL, SetXStateFeaturesMask, (CONTEXT * context, DWORD64 mask))
{
	if (!(context->ContextFlags & CONTEXT_AMD64))
		return FALSE;
	if (mask & XSTATE_LEGACY)
		context->ContextFlags |= CONTEXT_FLOATING_POINT;
	if (context->ContextFlags & FLAG_EXTENDED) {
		RtlSetExtendedFeaturesMask((CONTEXT_EX *)(context + 1), mask);
		return TRUE;
	}
	return !(mask & ~(DWORD64)XSTATE_LEGACY);
}
