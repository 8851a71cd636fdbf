/*
 * dlls/msvcp140/time_put.c - time_put of char.
 */
#include "dlls/msvcp140/time_put_template.h"
