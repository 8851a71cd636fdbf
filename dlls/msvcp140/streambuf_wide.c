/*
 * dlls/msvcp140/streambuf_wide.c - basic_streambuf of wchar_t.
 */
#define STREAMS_WIDE
#include "dlls/msvcp140/streambuf_template.h"
