/*
 * dlls/msvcp140/streambuf.c - basic_streambuf of char.
 */
#include "dlls/msvcp140/streambuf_template.h"
