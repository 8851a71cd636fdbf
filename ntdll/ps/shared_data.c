/*
 * ntdll/ps/shared_data.c - the page at 7FFE0000, which tells programs the time and the system's version.
 *
 * The memory manager keeps the page inaccessible until its first touch.  Then a memfd is mapped there for the guest,
 * read-only, and elsewhere for us, writable, and a thread starts that keeps the clocks.  A program that never looks pays
 * nothing.
 */
#include "ntdll/ps/private.h"
#include "ntdll/ps/shared_data.h"
#include "host/file.h"
#include "host/image_file.h"
#include "host/thread.h"
#include "host/time.h"
#include "host/vm.h"
#include "ntdll/ke/x86_64/xstate.h"
#include "ntdll/rtl/time.h"

#include <cpuid.h>
#include <string.h>

#define TICK_NS 1000000u /* how often the clocks move: Windows with a raised timer resolution */
#define TIMER_NS 15625000u

static KUSER_SHARED_DATA *data;

static void set_time(KSYSTEM_TIME *time, uint64_t value)
{
	__atomic_store_n(&time->High2Time, (LONG)(value >> 32), __ATOMIC_RELEASE);
	/* Low and High1 in one store: a 64-bit reader sees no mixture. */
	if (((uintptr_t)time & 7) == 0) {
		__atomic_store_n((uint64_t *)time, value, __ATOMIC_RELEASE);
		return;
	}
	__atomic_store_n(&time->LowPart, (ULONG)value, __ATOMIC_RELEASE);
	__atomic_store_n(&time->High1Time, (LONG)(value >> 32), __ATOMIC_RELEASE);
}

static void update_clocks(void)
{
	uint64_t interrupt = host_boottime_ns() / 100;

	set_time(&data->InterruptTime, interrupt);
	set_time(&data->SystemTime, (uint64_t)rtl_system_time());
	set_time(&data->TickCount, interrupt * 100 / TIMER_NS);
}

static void keep_clocks(void *argument)
{
	uint64_t next = host_monotonic_ns();

	host_thread_set_name("clocks");
	for (;;) {
		uint64_t now = host_monotonic_ns();

		next += TICK_NS;
		if (next < now)
			next = now + TICK_NS;
		host_sleep_until(next);
		update_clocks();
	}
}

/* Which of winnt.h's PF_ numbers this machine has, as 64 bits. */
static uint64_t processor_features(void)
{
	static uint64_t cached;
	uint64_t features = __atomic_load_n(&cached, __ATOMIC_RELAXED);
	unsigned a, b, c, d;

	if (features)
		return features;
	/* Every x64 processor: CMPXCHG8B, MMX, SSE, RDTSC, PAE, SSE2, NX; and __fastfail, which is the system's. */
	features = 1ull << 2 | 1ull << 3 | 1ull << 6 | 1ull << 8 | 1ull << 9 | 1ull << 10 | 1ull << 12 | 1ull << 23;
	if (__get_cpuid(1, &a, &b, &c, &d)) {
		bool osxsave = c >> 27 & 1;
		unsigned xcr0 = 0, high;

		if (osxsave)
			__asm__("xgetbv" : "=a"(xcr0), "=d"(high) : "c"(0));
		features |= (uint64_t)(c & 1) << 13;             /* SSE3 */
		features |= (uint64_t)(c >> 13 & 1) << 14;       /* CMPXCHG16B */
		features |= (uint64_t)osxsave << 17;             /* XSAVE */
		features |= (uint64_t)(c >> 30 & 1) << 28;       /* RDRAND */
		features |= (uint64_t)(c >> 9 & 1) << 36;        /* SSSE3 */
		features |= (uint64_t)(c >> 19 & 1) << 37;       /* SSE4.1 */
		features |= (uint64_t)(c >> 20 & 1) << 38;       /* SSE4.2 */
		if ((c >> 28 & 1) && (xcr0 & 6) == 6) {
			features |= 1ull << 39; /* AVX */
			if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
				features |= (uint64_t)(b >> 5 & 1) << 40; /* AVX2 */
				if ((xcr0 & 0xE6) == 0xE6)
					features |= (uint64_t)(b >> 16 & 1) << 41; /* AVX-512F */
			}
		}
		if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
			if (host_has(HOST_FEATURE_FSGSBASE))
				features |= (uint64_t)(b & 1) << 22;
			features |= (uint64_t)(c >> 22 & 1) << 33; /* RDPID */
		}
	}
	if (__get_cpuid(0x80000001, &a, &b, &c, &d))
		features |= (uint64_t)(d >> 27 & 1) << 32; /* RDTSCP */
	__atomic_store_n(&cached, features, __ATOMIC_RELAXED);
	return features;
}

bool ps_processor_feature(ULONG feature)
{
	return feature < 64 && (processor_features() >> feature & 1);
}

static void fill_xstate(void)
{
	ULONG64 enabled = ke_xstate_features();
	bool compacts = ke_xstate_compacts();
	unsigned a = 0, b, c, d;

	if (!enabled)
		return;
	__get_cpuid_count(13, 1, &a, &b, &c, &d);
	data->XState.EnabledFeatures = data->XState.EnabledVolatileFeatures = enabled;
	data->XState.ControlFlags = (a & 1) | (compacts ? 2 : 0);
	data->XState.Size = 512 + ke_xstate_area_size(enabled);
	data->XState.AllFeatureSize = data->XState.Size;
	data->XState.Features[0].Size = data->XState.AllFeatures[0] = offsetof(XMM_SAVE_AREA32, XmmRegisters);
	data->XState.Features[1].Offset = offsetof(XMM_SAVE_AREA32, XmmRegisters);
	data->XState.Features[1].Size = data->XState.AllFeatures[1] = 256;
	for (unsigned i = 2; i < 64; i++) {
		if (!(enabled >> i & 1))
			continue;
		data->XState.Features[i].Offset = 512 + ke_xstate_offset(i, enabled);
		data->XState.Features[i].Size = data->XState.AllFeatures[i] = ke_xstate_size(i);
	}
}

/* TIME_ZONE_ID_*: 0 where clocks are never changed. */
static ULONG zone_id(int64_t now)
{
	bool daylight, other;
	char name[16];
	int offset = host_utc_offset(now, &daylight, name);

	if (daylight)
		return 2;
	for (int month = 1; month < 12; month++)
		if (host_utc_offset(now + month * 30 * 86400ll, &other, name) != offset && other)
			return 1;
	return 0;
}

static void fill(void)
{
	static const char16_t root[] = u"C:\\Windows";
	uint64_t features = processor_features(), ram, swap, free_ram;
	bool daylight = false;
	char zone[16];
	int offset = host_utc_offset((int64_t)(host_realtime_ns() / 1000000000u), &daylight, zone);

	memcpy(data->NtSystemRoot, root, sizeof(root));
	data->TickCountMultiplier = 0x0FA00000; /* 15.625 ms, in 1/2^24 ms */
	data->ImageNumberLow = data->ImageNumberHigh = 0x8664;
	data->TimeZoneId = zone_id((int64_t)(host_realtime_ns() / 1000000000u));
	set_time(&data->TimeZoneBias, (uint64_t)((int64_t)-offset * 10000000));
	data->LargePageMinimum = 0x200000;
	data->NtBuildNumber = 19045;
	data->NtProductType = 1;
	data->ProductTypeIsValid = 1;
	data->NativeProcessorArchitecture = 9;
	data->NtMajorVersion = 10;
	data->NtMinorVersion = 0;
	for (unsigned i = 0; i < 64; i++)
		data->ProcessorFeatures[i] = features >> i & 1;
	data->SuiteMask = 0x110; /* terminal services, single user */
	data->MitigationPolicies = 0x0A; /* NX: opt-in, as on client systems */
	data->CyclesPerYield = 140;
	data->ActiveConsoleId = 1;
	host_memory_totals(&ram, &swap, &free_ram);
	data->NumberOfPhysicalPages = (ULONG)(ram / HOST_PAGE_SIZE);
	data->SharedDataFlags = 0x2; /* DbgElevationEnabled: UAC is on */
	data->TestRetInstruction = 0xC3;
	data->QpcFrequency = 10000000;
	data->SystemCall = 0;
	host_random(&data->Cookie, sizeof(data->Cookie));
	data->UnparkedProcessorCount = (USHORT)host_cpu_count();
	data->ActiveProcessorCount = host_cpu_count();
	data->ActiveGroupCount = 1;
	fill_xstate();
	/* QpcBypassEnabled 0: QueryPerformanceCounter is a call. */
	update_clocks();
}

/* In a signal handler: no malloc here, and no lock that another thread's host code could hold. */
static void first_touch(void *page)
{
	int fd = host_memfd_create("shared-data", MM_PAGE_SIZE);

	if (fd < 0)
		return;
	data = host_memfd_map(fd, MM_PAGE_SIZE, true);
	if (data) {
		fill();
		if (host_vm_map((uintptr_t)page, MM_PAGE_SIZE, HOST_PROT_READ, true, fd, 0) == 0)
			host_thread_create(keep_clocks, NULL);
	}
	host_close(fd);
}

NTSTATUS ps_shared_data_initialize(void)
{
	uintptr_t base = MM_KUSER_SHARED_DATA;
	size_t size = MM_PAGE_SIZE;
	NTSTATUS status = mm_allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY, 0, NULL);

	if (!NT_SUCCESS(status))
		return status;
	/* The tree says READONLY; Linux gives no access until somebody touches it. */
	host_vm_protect(MM_KUSER_SHARED_DATA, MM_PAGE_SIZE, HOST_PROT_NONE);
	mm_set_kuser_fill(first_touch);
	return status;
}
