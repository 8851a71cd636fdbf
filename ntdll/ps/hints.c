/*
 * ntdll/ps/hints.c - what programs say about how threads and the process should be treated, and what they can learn of
 * that.
 *
 * CPU sets narrow the processors that Linux is told of (scheduling.c).  Priorities of memory and I/O, power throttling
 * and the policy for dynamic code are answered as they were set: Linux ages memory, orders I/O and saves power by rules
 * of its own, and nothing here forbids dynamic code.
 */
#include "ntdll/ps/hints.h"
#include "ntdll/ps/debug.h"
#include "host/fault.h"
#include "host/system.h"
#include "host/time.h"
#include "ntdll/ps/scheduling.h"
#include "pewter/export.h"

#include <string.h>

#define IO_PRIORITY_NORMAL 2u
#define MEMORY_PRIORITY_NORMAL 5u

static ULONG process_io_priority = IO_PRIORITY_NORMAL, process_page_priority = MEMORY_PRIORITY_NORMAL;
static ULONG process_affinity_mode, process_cookie;
static POWER_THROTTLING_STATE process_power = {.Version = 1};

static inline uint64_t read_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* Cycles of the time stamp counter in a microsecond, in 16.16; NT counts a thread's time in them, Linux in nanoseconds.
 */
static uint64_t cycle_rate(void)
{
	static uint64_t rate;
	uint64_t known = __atomic_load_n(&rate, __ATOMIC_RELAXED), tsc, start, passed;

	if (known)
		return known;
	tsc = read_tsc();
	start = host_monotonic_ns();
	do {
		host_sleep_until(start + 2000000);
		passed = host_monotonic_ns() - start;
	} while (passed < 2000000);
	known = ((read_tsc() - tsc) << 16) / (passed / 1000);
	__atomic_store_n(&rate, known, __ATOMIC_RELAXED);
	return known;
}

uint64_t ps_cycles(uint64_t time)
{
	return (uint64_t)((unsigned __int128)time * cycle_rate() / 10 >> 16);
}

static ULONG put_number(void *info, ULONG number)
{
	memcpy(info, &number, sizeof(number));
	return sizeof(number);
}

static ULONG put_cycles(void *info, uint64_t user, uint64_t kernel)
{
	CYCLE_TIME_INFORMATION cycles = {.AccumulatedCycles = ps_cycles(user + kernel),
					 .CurrentCycleCount = read_tsc()};

	memcpy(info, &cycles, sizeof(cycles));
	return sizeof(cycles);
}

bool ps_thread_hint_is_limited(ULONG class)
{
	return class == ThreadCycleTime || class == ThreadSelectedCpuSets || class == ThreadActualGroupAffinity ||
	       class == ThreadIsTerminated;
}

NTSTATUS ps_query_thread_hint(struct ps_thread *thread, ULONG class, void *info, ULONG *needed)
{
	POWER_THROTTLING_STATE power = {1, thread->power_control, thread->power_state};
	GROUP_AFFINITY group = {.Mask = ps_effective_affinity(thread)};
	uint64_t user, kernel;
	ULONG64 mask = thread->cpu_sets;

	switch (class) {
	case ThreadBreakOnTermination:
		*needed = put_number(info, 0);
		return STATUS_SUCCESS;
	case ThreadIsTerminated:
		*needed = put_number(info, thread->place == PS_ENDED || thread->exit_time);
		return STATUS_SUCCESS;
	case ThreadIoPriority:
		*needed = put_number(info, thread->io_priority_set ? thread->io_priority : process_io_priority);
		return STATUS_SUCCESS;
	case ThreadPagePriority:
		*needed = put_number(info, thread->page_priority ? thread->page_priority : process_page_priority);
		return STATUS_SUCCESS;
	case ThreadActualBasePriority:
		*needed = put_number(info, (ULONG)ps_base_priority(thread));
		return STATUS_SUCCESS;
	case ThreadCycleTime:
		ps_thread_times(thread, &user, &kernel);
		*needed = put_cycles(info, user, kernel);
		return STATUS_SUCCESS;
	case ThreadSelectedCpuSets:
		memcpy(info, &mask, sizeof(mask));
		*needed = sizeof(mask);
		return STATUS_SUCCESS;
	case ThreadActualGroupAffinity:
		memcpy(info, &group, sizeof(group));
		*needed = sizeof(group);
		return STATUS_SUCCESS;
	case ThreadDynamicCodePolicyInfo:
		*needed = put_number(info, thread->dynamic_code);
		return STATUS_SUCCESS;
	case ThreadPowerThrottlingState:
		memcpy(info, &power, sizeof(power));
		*needed = sizeof(power);
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}

static NTSTATUS io_counters(void *info, ULONG *needed)
{
	struct host_process_io io;
	IO_COUNTERS counters = {0};

	if (host_process_io(&io) < 0)
		return STATUS_NOT_SUPPORTED;
	counters.ReadOperationCount = io.reads;
	counters.WriteOperationCount = io.writes;
	counters.ReadTransferCount = io.read_bytes;
	counters.WriteTransferCount = io.written_bytes;
	memcpy(info, &counters, sizeof(counters));
	*needed = sizeof(counters);
	return STATUS_SUCCESS;
}

/* A new handle for the caller; one that another process has cannot be given. */
static NTSTATUS debug_object_handle(struct ps_process *process, void *info)
{
	struct ob_object *object;
	HANDLE handle = NULL;
	NTSTATUS status = ps_debug_object_of(process, &object);

	if (!status) {
		status = ob_create_handle(object, DEBUG_ALL_ACCESS, 0, &handle);
		ob_dereference(object);
	} else if (process->own && ps_debugged) {
		status = STATUS_ACCESS_DENIED;
	}
	memcpy(info, &handle, sizeof(handle));
	return status;
}

NTSTATUS ps_query_process_hint(struct ps_process *process, ULONG class, void *info, ULONG *needed)
{
	ULONG64 mask = ps_default_cpu_sets(), none = 0;
	uint64_t user, kernel;
	USHORT group = 0;

	switch (class) {
	case ProcessDebugObjectHandle:
		*needed = sizeof(none);
		return debug_object_handle(process, info);
	case ProcessProtectionInformation:
		memset(info, 0, 1);
		*needed = 1;
		return STATUS_SUCCESS;
	case ProcessBreakOnTermination:
	case ProcessSubsystemInformation: /* Win32 */
		*needed = put_number(info, 0);
		return STATUS_SUCCESS;
	case ProcessGroupInformation:
		memcpy(info, &group, sizeof(group));
		*needed = sizeof(group);
		return STATUS_SUCCESS;
	case ProcessIoCounters:
	case ProcessCookie:
	case ProcessCycleTime:
	case ProcessIoPriority:
	case ProcessPagePriority:
	case ProcessAffinityUpdateMode:
	case ProcessDefaultCpuSetsInformation:
	case ProcessPowerThrottlingState:
		break;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
	/* Of others nobody tells. */
	if (!process->own)
		return STATUS_ACCESS_DENIED;
	switch (class) {
	case ProcessIoCounters:
		return io_counters(info, needed);
	case ProcessCookie:
		if (!process_cookie)
			host_random(&process_cookie, sizeof(process_cookie));
		*needed = put_number(info, process_cookie);
		return STATUS_SUCCESS;
	case ProcessCycleTime:
		host_cpu_times(0, &user, &kernel);
		*needed = put_cycles(info, user, kernel);
		return STATUS_SUCCESS;
	case ProcessIoPriority:
		*needed = put_number(info, process_io_priority);
		return STATUS_SUCCESS;
	case ProcessPagePriority:
		*needed = put_number(info, process_page_priority);
		return STATUS_SUCCESS;
	case ProcessAffinityUpdateMode:
		*needed = put_number(info, process_affinity_mode);
		return STATUS_SUCCESS;
	case ProcessDefaultCpuSetsInformation:
		memcpy(info, &mask, sizeof(mask));
		*needed = sizeof(mask);
		return STATUS_SUCCESS;
	default:
		memcpy(info, &process_power, sizeof(process_power));
		*needed = sizeof(process_power);
		return STATUS_SUCCESS;
	}
}

/*
 * Setting.
 */
static NTSTATUS capture(void *to, const void *buffer, ULONG size, ULONG wanted)
{
	if (size != wanted)
		return STATUS_INFO_LENGTH_MISMATCH;
	return host_copy_from_guest(to, buffer, size) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static NTSTATUS check_io_priority(ULONG priority)
{
	if (priority > 4)
		return STATUS_INVALID_PARAMETER;
	/* High and critical want a privilege. */
	return priority > IO_PRIORITY_NORMAL ? STATUS_PRIVILEGE_NOT_HELD : STATUS_SUCCESS;
}

static NTSTATUS check_page_priority(ULONG priority)
{
	return priority < 1 || priority > MEMORY_PRIORITY_NORMAL ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* `bits` are those of the masks that exist. */
static NTSTATUS capture_power(POWER_THROTTLING_STATE *power, const void *buffer, ULONG size, ULONG bits)
{
	NTSTATUS status = capture(power, buffer, size, sizeof(*power));

	if (!status && (power->Version != 1 || power->ControlMask & ~bits || power->StateMask & ~power->ControlMask))
		status = STATUS_INVALID_PARAMETER;
	return status;
}

/* One mask a group; there is one group.  No buffer: none. */
static NTSTATUS capture_sets(ULONG64 *mask, const void *buffer, ULONG size)
{
	NTSTATUS status = STATUS_SUCCESS;

	*mask = 0;
	if (size)
		status = capture(mask, buffer, size, sizeof(*mask));
	if (!status && *mask & ~host_process_affinity())
		status = STATUS_INVALID_PARAMETER;
	return status;
}

NTSTATUS ps_set_thread_hint(struct ps_thread *thread, ULONG class, const void *buffer, ULONG size)
{
	POWER_THROTTLING_STATE power;
	ULONG number = 0;
	ULONG64 mask;
	NTSTATUS status;

	switch (class) {
	case ThreadBreakOnTermination:
		return STATUS_PRIVILEGE_NOT_HELD;
	case ThreadIoPriority:
		status = capture(&number, buffer, size, sizeof(number));
		status = status ? status : check_io_priority(number);
		if (status)
			return status;
		thread->io_priority = (uint8_t)number;
		thread->io_priority_set = true;
		return STATUS_SUCCESS;
	case ThreadPagePriority:
		status = capture(&number, buffer, size, sizeof(number));
		status = status ? status : check_page_priority(number);
		if (!status)
			thread->page_priority = (uint8_t)number;
		return status;
	case ThreadDynamicCodePolicyInfo:
		status = capture(&number, buffer, size, sizeof(number));
		if (!status && number > 1)
			status = STATUS_INVALID_PARAMETER;
		if (!status)
			thread->dynamic_code = (uint8_t)number;
		return status;
	case ThreadPowerThrottlingState:
		status = capture_power(&power, buffer, size, 1);
		if (status)
			return status;
		thread->power_control = (uint8_t)power.ControlMask;
		thread->power_state = (uint8_t)power.StateMask;
		return STATUS_SUCCESS;
	case ThreadSelectedCpuSets:
		status = capture_sets(&mask, buffer, size);
		return status ? status : ps_select_cpu_sets(thread, mask);
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}

NTSTATUS ps_set_process_hint(ULONG class, const void *buffer, ULONG size)
{
	POWER_THROTTLING_STATE power;
	ULONG number = 0;
	ULONG64 mask;
	NTSTATUS status;

	switch (class) {
	case ProcessBreakOnTermination:
		return STATUS_PRIVILEGE_NOT_HELD;
	case ProcessIoPriority:
		status = capture(&number, buffer, size, sizeof(number));
		status = status ? status : check_io_priority(number);
		if (!status)
			process_io_priority = number;
		return status;
	case ProcessPagePriority:
		status = capture(&number, buffer, size, sizeof(number));
		status = status ? status : check_page_priority(number);
		if (!status)
			process_page_priority = number;
		return status;
	case ProcessAffinityUpdateMode:
		status = capture(&number, buffer, size, sizeof(number));
		if (!status && number > 1)
			status = STATUS_INVALID_PARAMETER;
		if (!status)
			process_affinity_mode = number;
		return status;
	case ProcessPowerThrottlingState:
		status = capture_power(&power, buffer, size, 5);
		if (!status)
			process_power = power;
		return status;
	case ProcessDefaultCpuSetsInformation:
		status = capture_sets(&mask, buffer, size);
		if (!status)
			ps_set_default_cpu_sets(mask);
		return status;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
}

/*
 * The processor that the caller runs on, and what processors can.
 */
EXPORT(ntdll, ULONG, RtlGetCurrentProcessorNumber, (void))
{
	unsigned cpu;

	/* Linux keeps the processor's number in TSC_AUX. */
	__asm__ volatile("rdtscp" : "=c"(cpu) : : "rax", "rdx");
	return cpu & 0xFFF;
}
EXPORT_ALIAS(ntdll, "NtGetCurrentProcessorNumber", RtlGetCurrentProcessorNumber);
EXPORT_FORWARD(kernel32, "GetCurrentProcessorNumber", "NTDLL.RtlGetCurrentProcessorNumber");

EXPORT(ntdll, void, RtlGetCurrentProcessorNumberEx, (PROCESSOR_NUMBER * number))
{
	*number = (PROCESSOR_NUMBER){.Number = (UCHAR)RtlGetCurrentProcessorNumber()};
}
EXPORT_FORWARD(kernel32, "GetCurrentProcessorNumberEx", "NTDLL.RtlGetCurrentProcessorNumberEx");

EXPORT(ntdll, ULONG, NtGetCurrentProcessorNumberEx, (PROCESSOR_NUMBER * number))
{
	ULONG cpu = RtlGetCurrentProcessorNumber();
	PROCESSOR_NUMBER answer = {.Number = (UCHAR)cpu};

	if (number && host_copy_to_guest(number, &answer, sizeof(answer)))
		return (ULONG)STATUS_ACCESS_VIOLATION;
	return cpu;
}

EXPORT(ntdll, BOOLEAN, RtlIsProcessorFeaturePresent, (ULONG feature))
{
	return ps_processor_feature(feature);
}
