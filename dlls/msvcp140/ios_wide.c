/*
 * dlls/msvcp140/ios_wide.c - basic_ios of wchar_t.
 */
#define STREAMS_WIDE
#include "dlls/msvcp140/streams.h"
#include "dlls/msvcp140/ios_template.h"
