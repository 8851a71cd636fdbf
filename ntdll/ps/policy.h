/*
 * ntdll/ps/policy.h - what a process promises about itself (mitigation policies), and what a thread wants the machine to stay
 * awake for.
 */
#ifndef PEWTER_NTDLL_PS_POLICY_H
#define PEWTER_NTDLL_PS_POLICY_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"

#define ProcessMitigationPolicy 52

/* PROCESS_MITIGATION_POLICY_INFORMATION. */
struct ps_policy {
	ULONG policy; /* PROCESS_MITIGATION_POLICY */
	ULONG flags;
	BOOLEAN permanent; /* of ProcessDEPPolicy only */
};
#define PS_POLICY_COUNT 19

/* Fills in the flags of the policy that `policy` names.  STATUS_INVALID_PARAMETER. */
NTSTATUS ps_query_policy(struct ps_policy *policy);
/* STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED, STATUS_ACCESS_DENIED for what was set before and would be given up. */
NTSTATUS ps_set_policy(const struct ps_policy *policy);

NTSTATUS NTAPI NtSetThreadExecutionState(ULONG state, ULONG *previous);

#endif
