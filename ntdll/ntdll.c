/*
 * ntdll/ntdll.c - the builtin ntdll.dll.
 */
#include "pewter/export.h"

DEFINE_DLL(ntdll, .name = "ntdll.dll");
