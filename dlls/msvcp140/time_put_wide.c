/*
 * dlls/msvcp140/time_put_wide.c - time_put of wchar_t.
 */
#define STREAMS_WIDE
#include "dlls/msvcp140/time_put_template.h"
