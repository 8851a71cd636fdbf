/*
 * dlls/psapi/psapi.c - the builtin psapi.dll: on Windows 7 and later its functions live in kernel32 (MSDN, psapi.h).
 */
#include "pewter/export.h"

DEFINE_DLL(psapi, .name = "psapi.dll");

EXPORT_FORWARD(psapi, "EmptyWorkingSet", "KERNEL32.K32EmptyWorkingSet");
EXPORT_FORWARD(psapi, "EnumProcesses", "KERNEL32.K32EnumProcesses");
EXPORT_FORWARD(psapi, "EnumProcessModules", "KERNEL32.K32EnumProcessModules");
EXPORT_FORWARD(psapi, "EnumProcessModulesEx", "KERNEL32.K32EnumProcessModulesEx");
EXPORT_FORWARD(psapi, "GetMappedFileNameA", "KERNEL32.K32GetMappedFileNameA");
EXPORT_FORWARD(psapi, "GetMappedFileNameW", "KERNEL32.K32GetMappedFileNameW");
EXPORT_FORWARD(psapi, "GetModuleBaseNameA", "KERNEL32.K32GetModuleBaseNameA");
EXPORT_FORWARD(psapi, "GetModuleBaseNameW", "KERNEL32.K32GetModuleBaseNameW");
EXPORT_FORWARD(psapi, "GetModuleFileNameExA", "KERNEL32.K32GetModuleFileNameExA");
EXPORT_FORWARD(psapi, "GetModuleFileNameExW", "KERNEL32.K32GetModuleFileNameExW");
EXPORT_FORWARD(psapi, "GetModuleInformation", "KERNEL32.K32GetModuleInformation");
EXPORT_FORWARD(psapi, "GetPerformanceInfo", "KERNEL32.K32GetPerformanceInfo");
EXPORT_FORWARD(psapi, "GetProcessImageFileNameA", "KERNEL32.K32GetProcessImageFileNameA");
EXPORT_FORWARD(psapi, "GetProcessImageFileNameW", "KERNEL32.K32GetProcessImageFileNameW");
EXPORT_FORWARD(psapi, "GetProcessMemoryInfo", "KERNEL32.K32GetProcessMemoryInfo");
EXPORT_FORWARD(psapi, "QueryWorkingSet", "KERNEL32.K32QueryWorkingSet");
EXPORT_FORWARD(psapi, "QueryWorkingSetEx", "KERNEL32.K32QueryWorkingSetEx");
