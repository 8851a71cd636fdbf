/*
 * kernel32/kernel32.c - the builtin kernel32.dll, which answers for kernelbase and its api sets too.
 */
#include "kernel32/kernel32.h"

static BOOL WINAPI kernel32_entry(HMODULE module, DWORD reason, PVOID reserved)
{
	(void)module;
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH)
		processenv_start();
	return TRUE;
}

DEFINE_DLL(kernel32, .name = "kernel32.dll", .aliases = "kernelbase.dll\0api-ms-win-core-*\0", .entry = kernel32_entry);

/* What kernel32 forwards to ntdll and no file of a header of its own has. */
EXPORT_FORWARD(kernel32, "ResolveDelayLoadedAPI", "NTDLL.LdrResolveDelayLoadedAPI");
EXPORT_FORWARD(kernel32, "ResolveDelayLoadsFromDll", "NTDLL.LdrResolveDelayLoadsFromDll");
EXPORT_FORWARD(kernel32, "RtlPcToFileHeader", "NTDLL.RtlPcToFileHeader");

/* What kernelbase has itself, and with it its api sets, and what lies elsewhere here. */
EXPORT_FORWARD(kernel32, "LoadStringA", "USER32.LoadStringA");
EXPORT_FORWARD(kernel32, "LoadStringW", "USER32.LoadStringW");
EXPORT_FORWARD(kernel32, "OpenProcessToken", "ADVAPI32.OpenProcessToken");
EXPORT_FORWARD(kernel32, "OpenThreadToken", "ADVAPI32.OpenThreadToken");
EXPORT_FORWARD(kernel32, "SetThreadToken", "ADVAPI32.SetThreadToken");
