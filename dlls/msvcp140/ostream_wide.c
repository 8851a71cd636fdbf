/*
 * dlls/msvcp140/ostream_wide.c - basic_ostream of wchar_t.
 */
#define STREAMS_WIDE
#include "dlls/msvcp140/ostream_template.h"
