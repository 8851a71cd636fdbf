/*
 * dlls/comctl32/comctl32.c - the builtin comctl32.dll, for console programs that are linked as if they had windows.
 */
#include "kernel32/kernel32.h"

DEFINE_DLL(comctl32, .name = "comctl32.dll");

/* MSDN: does nothing in version 6; programs call it so that the DLL is loaded. */
EXPORT(comctl32, void, InitCommonControls, (void))
{
}
