/*
 * ntdll/ps/shared_data.h - KUSER_SHARED_DATA, the page at 7FFE0000 (ntddk.h, Windows 10).
 */
#ifndef PEWTER_NTDLL_PS_SHARED_DATA_H
#define PEWTER_NTDLL_PS_SHARED_DATA_H

#include "nt/ntdef.h"

/* Writers store High2, Low, High1; readers compare High1 and High2. */
typedef struct _KSYSTEM_TIME {
	ULONG LowPart;
	LONG High1Time;
	LONG High2Time;
} KSYSTEM_TIME;

typedef struct _KUSER_SHARED_DATA {
	ULONG TickCountLowDeprecated;
	ULONG TickCountMultiplier;
	KSYSTEM_TIME InterruptTime;
	KSYSTEM_TIME SystemTime;
	KSYSTEM_TIME TimeZoneBias;
	USHORT ImageNumberLow;
	USHORT ImageNumberHigh;
	WCHAR NtSystemRoot[260];
	ULONG MaxStackTraceDepth;
	ULONG CryptoExponent;
	ULONG TimeZoneId;
	ULONG LargePageMinimum;
	ULONG AitSamplingValue;
	ULONG AppCompatFlag;
	ULONGLONG RNGSeedVersion;
	ULONG GlobalValidationRunlevel;
	LONG TimeZoneBiasStamp;
	ULONG NtBuildNumber;
	ULONG NtProductType;
	BOOLEAN ProductTypeIsValid;
	BOOLEAN Reserved0[1];
	USHORT NativeProcessorArchitecture;
	ULONG NtMajorVersion;
	ULONG NtMinorVersion;
	BOOLEAN ProcessorFeatures[64];
	ULONG Reserved1;
	ULONG Reserved3;
	ULONG TimeSlip;
	ULONG AlternativeArchitecture;
	ULONG BootId;
	LARGE_INTEGER SystemExpirationDate;
	ULONG SuiteMask;
	BOOLEAN KdDebuggerEnabled;
	UCHAR MitigationPolicies;
	USHORT CyclesPerYield;
	ULONG ActiveConsoleId;
	ULONG DismountCount;
	ULONG ComPlusPackage;
	ULONG LastSystemRITEventTickCount;
	ULONG NumberOfPhysicalPages;
	BOOLEAN SafeBootMode;
	UCHAR VirtualizationFlags;
	UCHAR Reserved12[2];
	ULONG SharedDataFlags;
	ULONG DataFlagsPad[1];
	ULONGLONG TestRetInstruction;
	LONGLONG QpcFrequency;
	ULONG SystemCall;
	ULONG Reserved2;
	ULONGLONG SystemCallPad[2];
	KSYSTEM_TIME TickCount;
	ULONG TickCountPad[1];
	ULONG Cookie;
	ULONG CookiePad[1];
	LONGLONG ConsoleSessionForegroundProcessId;
	ULONGLONG TimeUpdateLock;
	ULONGLONG BaselineSystemTimeQpc;
	ULONGLONG BaselineInterruptTimeQpc;
	ULONGLONG QpcSystemTimeIncrement;
	ULONGLONG QpcInterruptTimeIncrement;
	UCHAR QpcSystemTimeIncrementShift;
	UCHAR QpcInterruptTimeIncrementShift;
	USHORT UnparkedProcessorCount;
	ULONG EnclaveFeatureMask[4];
	ULONG TelemetryCoverageRound;
	USHORT UserModeGlobalLogger[16];
	ULONG ImageFileExecutionOptions;
	ULONG LangGenerationCount;
	ULONGLONG Reserved4;
	ULONGLONG InterruptTimeBias;
	ULONGLONG QpcBias;
	ULONG ActiveProcessorCount;
	UCHAR ActiveGroupCount;
	UCHAR Reserved9;
	UCHAR QpcBypassEnabled;
	UCHAR QpcShift;
	LARGE_INTEGER TimeZoneBiasEffectiveStart;
	LARGE_INTEGER TimeZoneBiasEffectiveEnd;
	/* XSTATE_CONFIGURATION: which extended state the processor has, and its place in what XSAVE writes. */
	struct {
		ULONGLONG EnabledFeatures;
		ULONGLONG EnabledVolatileFeatures;
		ULONG Size;
		ULONG ControlFlags; /* 1 XSAVEOPT, 2 XSAVEC */
		struct {
			ULONG Offset, Size;
		} Features[64];
		ULONGLONG EnabledSupervisorFeatures;
		ULONGLONG AlignedFeatures;
		ULONG AllFeatureSize;
		ULONG AllFeatures[64];
	} XState;
} KUSER_SHARED_DATA;

_Static_assert(offsetof(KUSER_SHARED_DATA, InterruptTime) == 0x08, "InterruptTime");
_Static_assert(offsetof(KUSER_SHARED_DATA, SystemTime) == 0x14, "SystemTime");
_Static_assert(offsetof(KUSER_SHARED_DATA, NtSystemRoot) == 0x30, "NtSystemRoot");
_Static_assert(offsetof(KUSER_SHARED_DATA, TimeZoneId) == 0x240, "TimeZoneId");
_Static_assert(offsetof(KUSER_SHARED_DATA, NtBuildNumber) == 0x260, "NtBuildNumber");
_Static_assert(offsetof(KUSER_SHARED_DATA, ProcessorFeatures) == 0x274, "ProcessorFeatures");
_Static_assert(offsetof(KUSER_SHARED_DATA, SuiteMask) == 0x2D0, "SuiteMask");
_Static_assert(offsetof(KUSER_SHARED_DATA, NumberOfPhysicalPages) == 0x2E8, "NumberOfPhysicalPages");
_Static_assert(offsetof(KUSER_SHARED_DATA, TestRetInstruction) == 0x2F8, "TestRetInstruction");
_Static_assert(offsetof(KUSER_SHARED_DATA, QpcFrequency) == 0x300, "QpcFrequency");
_Static_assert(offsetof(KUSER_SHARED_DATA, TickCount) == 0x320, "TickCount");
_Static_assert(offsetof(KUSER_SHARED_DATA, Cookie) == 0x330, "Cookie");
_Static_assert(offsetof(KUSER_SHARED_DATA, UnparkedProcessorCount) == 0x36A, "UnparkedProcessorCount");
_Static_assert(offsetof(KUSER_SHARED_DATA, InterruptTimeBias) == 0x3B0, "InterruptTimeBias");
_Static_assert(offsetof(KUSER_SHARED_DATA, ActiveProcessorCount) == 0x3C0, "ActiveProcessorCount");
_Static_assert(offsetof(KUSER_SHARED_DATA, QpcBypassEnabled) == 0x3C6, "QpcBypassEnabled");
_Static_assert(offsetof(KUSER_SHARED_DATA, XState) == 0x3D8, "XState");

#endif
