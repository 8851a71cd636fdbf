/*
 * dlls/shlwapi/registry.c - values and keys of the registry in one call (MSDN, SHGetValue and the like): under other names what
 * advapi32 does itself.
 */
#include "dlls/advapi32/registry.h"
#include "pewter/export.h"

#define RRF_RT_ANY 0xFFFFu

EXPORT_FORWARD(shlwapi, "SHRegGetValueA", "ADVAPI32.RegGetValueA");
EXPORT_FORWARD(shlwapi, "SHRegGetValueW", "ADVAPI32.RegGetValueW");
EXPORT_FORWARD(shlwapi, "SHSetValueA", "ADVAPI32.RegSetKeyValueA");
EXPORT_FORWARD(shlwapi, "SHSetValueW", "ADVAPI32.RegSetKeyValueW");
EXPORT_FORWARD(shlwapi, "SHDeleteValueA", "ADVAPI32.RegDeleteKeyValueA");
EXPORT_FORWARD(shlwapi, "SHDeleteValueW", "ADVAPI32.RegDeleteKeyValueW");
EXPORT_FORWARD(shlwapi, "SHDeleteKeyA", "ADVAPI32.RegDeleteTreeA");
EXPORT_FORWARD(shlwapi, "SHDeleteKeyW", "ADVAPI32.RegDeleteTreeW");

/* Strings come back terminated, those with variables in them expanded, as REG_SZ. */
EXPORT(shlwapi, LONG, SHGetValueW, (HKEY key, LPCWSTR sub_key, LPCWSTR name, LPDWORD type, void *data, LPDWORD size))
{
	return RegGetValueW(key, sub_key, name, RRF_RT_ANY, type, data, size);
}

EXPORT(shlwapi, LONG, SHGetValueA, (HKEY key, LPCSTR sub_key, LPCSTR name, LPDWORD type, void *data, LPDWORD size))
{
	return RegGetValueA(key, sub_key, name, RRF_RT_ANY, type, data, size);
}

EXPORT(shlwapi, LONG, SHQueryValueExW,
       (HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type, void *data, LPDWORD size))
{
	return RegGetValueW(key, NULL, name, RRF_RT_ANY, type, data, size);
}

EXPORT(shlwapi, LONG, SHQueryValueExA, (HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type, void *data, LPDWORD size))
{
	return RegGetValueA(key, NULL, name, RRF_RT_ANY, type, data, size);
}
