/*
 * ntdll/ex/power.c - NtPowerInformation: how fast the processors are.  What else there is about power is Linux' affair.
 */
#include "ntdll/ex/ex.h"
#include "host/fault.h"
#include "host/system.h"
#include "nt/ntstatus.h"
#include "pewter/export.h"

#define PROCESSOR_INFORMATION 11 /* POWER_INFORMATION_LEVEL */

/* PROCESSOR_POWER_INFORMATION */
struct processor_power {
	ULONG number, maximum_mhz, mhz, limit_mhz;
	ULONG deepest_idle_state, idle_state; /* Linux chooses: 0 */
};

/* MSDN CallNtPowerInformation.  STATUS_BUFFER_TOO_SMALL: there is no room for all processors. */
EXPORT(ntdll, NTSTATUS, NtPowerInformation, (INT level, PVOID input, ULONG input_size, PVOID output, ULONG output_size))
{
	unsigned count = host_cpu_count(), mhz = host_cpu_mhz();

	if (level != PROCESSOR_INFORMATION)
		return STATUS_NOT_SUPPORTED;
	if (input || input_size || !output)
		return STATUS_INVALID_PARAMETER;
	if (output_size < count * sizeof(struct processor_power))
		return STATUS_BUFFER_TOO_SMALL;
	for (unsigned i = 0; i < count; i++) {
		struct processor_power power = {.number = i, .maximum_mhz = mhz, .mhz = mhz, .limit_mhz = mhz};

		if (host_copy_to_guest((struct processor_power *)output + i, &power, sizeof(power)) < 0)
			return STATUS_ACCESS_VIOLATION;
	}
	return STATUS_SUCCESS;
}
EXPORT_ALIAS(ntdll, "ZwPowerInformation", NtPowerInformation);
