/*
 * dlls/msvcp140/standard_streams_wide.c - the standard streams of wchar_t.
 */
#define STREAMS_WIDE
#include "dlls/msvcp140/standard_streams_template.h"
