/*
 * dlls/msvcp140/ostream.c - basic_ostream of char.
 */
#include "dlls/msvcp140/ostream_template.h"
