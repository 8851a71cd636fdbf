/*
 * dlls/normaliz/normaliz.c - the builtin normaliz.dll: kernel32's functions under the name that Windows Vista gave them.
 */
#include "pewter/export.h"

DEFINE_DLL(normaliz, .name = "normaliz.dll");

EXPORT_FORWARD(normaliz, "IdnToAscii", "KERNEL32.IdnToAscii");
EXPORT_FORWARD(normaliz, "IdnToNameprepUnicode", "KERNEL32.IdnToNameprepUnicode");
EXPORT_FORWARD(normaliz, "IdnToUnicode", "KERNEL32.IdnToUnicode");
EXPORT_FORWARD(normaliz, "IsNormalizedString", "KERNEL32.IsNormalizedString");
EXPORT_FORWARD(normaliz, "NormalizeString", "KERNEL32.NormalizeString");
