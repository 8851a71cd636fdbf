/*
 * dlls/oleaut32/oleaut32.c - the builtin oleaut32.dll.  Programs import it by ordinal as often as by name: the
 * ordinals are Microsoft's import library's.
 */
#include "pewter/export.h"

DEFINE_DLL(oleaut32, .name = "oleaut32.dll");
