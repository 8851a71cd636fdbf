/*
 * dlls/powrprof/powrprof.c - the builtin powrprof.dll: what ntdll knows about power.
 */
#include "pewter/export.h"

DEFINE_DLL(powrprof, .name = "powrprof.dll");

EXPORT_FORWARD(powrprof, "CallNtPowerInformation", "NTDLL.NtPowerInformation");
