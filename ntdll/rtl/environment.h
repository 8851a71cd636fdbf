/*
 * ntdll/rtl/environment.h - environment blocks.
 */
#ifndef PEWTER_NTDLL_RTL_ENVIRONMENT_H
#define PEWTER_NTDLL_RTL_ENVIRONMENT_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"

/* Around looking at the process's block. */
void rtl_environment_lock(void);
void rtl_environment_unlock(void);
/* The entry "NAME=VALUE" of a block, found without regard to case; NULL. */
const char16_t *rtl_environment_find(const char16_t *block, const char16_t *name, size_t length);
/* Units of a block, with the terminator. */
size_t rtl_environment_units(const char16_t *block);
/* Sets (value NULL: removes) a variable of the process.  STATUS_VARIABLE_NOT_FOUND, STATUS_INVALID_PARAMETER. */
NTSTATUS rtl_environment_set(const char16_t *name, size_t length, const char16_t *value, size_t value_length);
/* The process's block is a block of the process heap now: the next change gives it back. */
void rtl_environment_adopt(char16_t *block);
/* Expands %NAME%; returns the units needed, writes at most `capacity`; no terminator. */
size_t rtl_environment_expand(const char16_t *block, const char16_t *from, size_t length, char16_t *to, size_t capacity);

#endif
