/*
 * dlls/vcruntime140/vcruntime140.c - the builtin vcruntime140.dll and vcruntime140_1.dll (the frame handler of compressed
 * tables).  The memory and string functions are in dlls/crt/, the C++ runtime is beside this file.
 */
#include "dlls/crt/crt.h"

DEFINE_DLL(vcruntime140, .name = "vcruntime140.dll");
DEFINE_DLL(vcruntime140_1, .name = "vcruntime140_1.dll");

EXPORT_FORWARD(vcruntime140, "__C_specific_handler", "NTDLL.__C_specific_handler");
EXPORT_FORWARD(msvcrt, "__C_specific_handler", "NTDLL.__C_specific_handler");
EXPORT_FORWARD(ucrtbase, "__C_specific_handler", "NTDLL.__C_specific_handler");
EXPORT_FORWARD(vcruntime140, "_local_unwind", "NTDLL._local_unwind");
EXPORT_FORWARD(msvcrt, "_local_unwind", "NTDLL._local_unwind");
