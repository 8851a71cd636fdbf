/*
 * dlls/ole32/ole32.c - the builtin ole32.dll, which answers for combase and its api sets too.
 */
#include "pewter/export.h"

DEFINE_DLL(ole32, .name = "ole32.dll", .aliases = "combase.dll\0api-ms-win-core-com-*\0api-ms-win-core-winrt-*\0coml2.dll\0");
