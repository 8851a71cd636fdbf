/*
 * dlls/msvcp140/istream_wide.c - basic_istream, basic_iostream of wchar_t.
 */
#define STREAMS_WIDE
#include "dlls/msvcp140/istream_template.h"
