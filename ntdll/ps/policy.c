/*
 * ntdll/ps/policy.c - mitigation policies, execution states.
 *
 * Data execution prevention and the random layout of memory are as in every 64-bit process.  A policy can be set when it
 * forbids what cannot happen here anyhow: extension points, fonts that are no system's, images of other machines.  The others
 * would need checks in every call and are refused.  (MSDN SetProcessMitigationPolicy.)
 */
#include "ntdll/ps/policy.h"
#include "host/fault.h"
#include "nt/pe.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

enum { DEP_POLICY = 0, ASLR_POLICY = 1, EXTENSION_POINT_POLICY = 6, FONT_POLICY = 9, IMAGE_LOAD_POLICY = 10 };

#define DEP_ENABLE 1u
#define ASLR_BOTTOM_UP 1u
#define ASLR_HIGH_ENTROPY 4u

/* The flags that may be set, by policy. */
static const ULONG settable[PS_POLICY_COUNT] = {
	[EXTENSION_POINT_POLICY] = 1,
	[FONT_POLICY] = 1,	 /* DisableNonSystemFonts */
	[IMAGE_LOAD_POLICY] = 3, /* NoRemoteImages, NoLowMandatoryLabelImages */
};
static ULONG set_flags[PS_POLICY_COUNT];

static ULONG aslr_flags(void)
{
	const IMAGE_DOS_HEADER *dos = ps_peb->ImageBaseAddress;
	const IMAGE_NT_HEADERS64 *nt = (const IMAGE_NT_HEADERS64 *)((const char *)dos + dos->e_lfanew);

	return ASLR_BOTTOM_UP |
	       (nt->OptionalHeader.DllCharacteristics & IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA ? ASLR_HIGH_ENTROPY : 0);
}

NTSTATUS ps_query_policy(struct ps_policy *policy)
{
	if (policy->policy >= PS_POLICY_COUNT)
		return STATUS_INVALID_PARAMETER;
	policy->flags = __atomic_load_n(&set_flags[policy->policy], __ATOMIC_RELAXED);
	policy->permanent = policy->policy == DEP_POLICY;
	if (policy->policy == DEP_POLICY)
		policy->flags = DEP_ENABLE;
	else if (policy->policy == ASLR_POLICY)
		policy->flags = aslr_flags();
	return STATUS_SUCCESS;
}

NTSTATUS ps_set_policy(const struct ps_policy *policy)
{
	if (policy->policy >= PS_POLICY_COUNT)
		return STATUS_INVALID_PARAMETER;
	if (!settable[policy->policy] || policy->flags & ~settable[policy->policy])
		return STATUS_NOT_SUPPORTED;
	if (__atomic_load_n(&set_flags[policy->policy], __ATOMIC_RELAXED) & ~policy->flags)
		return STATUS_ACCESS_DENIED;
	__atomic_store_n(&set_flags[policy->policy], policy->flags, __ATOMIC_RELAXED);
	return STATUS_SUCCESS;
}

/* To bring the system down with one's own end takes SeDebugPrivilege, which nobody has here. */
EXPORT(ntdll, NTSTATUS, RtlSetProcessIsCritical, (BOOLEAN critical, BOOLEAN *previous, BOOLEAN needs_breaks))
{
	if (previous)
		*previous = FALSE;
	return STATUS_PRIVILEGE_NOT_HELD;
}

EXPORT(ntdll, NTSTATUS, RtlSetThreadIsCritical, (BOOLEAN critical, BOOLEAN *previous, BOOLEAN needs_breaks))
{
	if (previous)
		*previous = FALSE;
	return STATUS_PRIVILEGE_NOT_HELD;
}

#define ES_SYSTEM_REQUIRED 1u
#define ES_DISPLAY_REQUIRED 2u
#define ES_AWAYMODE_REQUIRED 0x40u
#define ES_CONTINUOUS 0x80000000u

/* What the thread asks for is kept and told; Linux' own settings decide when the machine sleeps. */
EXPORT(ntdll, NTSTATUS, NtSetThreadExecutionState, (ULONG state, ULONG *previous))
{
	ULONG old = ps_self->execution_state | ES_CONTINUOUS;

	if (state & ~(ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED | ES_AWAYMODE_REQUIRED | ES_CONTINUOUS) ||
	    (state & ES_AWAYMODE_REQUIRED && !(state & ES_CONTINUOUS)))
		return STATUS_INVALID_PARAMETER;
	if (host_copy_to_guest(previous, &old, sizeof(old)))
		return STATUS_ACCESS_VIOLATION;
	if (state & ES_CONTINUOUS)
		ps_self->execution_state = state;
	return STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwSetThreadExecutionState", NtSetThreadExecutionState);
