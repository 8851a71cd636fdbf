/*
 * ntdll/rtl/nls_utf.h - the code pages that are code and not tables: UTF-8 and UTF-7.  Results as those of nls_to_utf16 and
 * nls_from_utf16.
 */
#ifndef PEWTER_NTDLL_RTL_NLS_UTF_H
#define PEWTER_NTDLL_RTL_NLS_UTF_H

#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

size_t nls_from_utf8(unsigned flags, char16_t *to, size_t capacity, const uint8_t *p, const uint8_t *end);
size_t nls_to_utf8(unsigned flags, char *to, size_t capacity, const char16_t *p, const char16_t *end);
size_t nls_from_utf7(char16_t *to, size_t capacity, const uint8_t *p, const uint8_t *end);
size_t nls_to_utf7(char *to, size_t capacity, const char16_t *p, const char16_t *end);

#endif
