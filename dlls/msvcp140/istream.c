/*
 * dlls/msvcp140/istream.c - basic_istream, basic_iostream of char.
 */
#include "dlls/msvcp140/istream_template.h"
