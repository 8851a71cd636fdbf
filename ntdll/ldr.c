/*
 * ntdll/ldr.c - the place where the loader's operations are registered.
 */
#include "ntdll/ldr.h"

struct ldr_operations ldr_operations;
