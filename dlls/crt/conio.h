/*
 * dlls/crt/conio.h - writing to the console past all streams.
 */
#ifndef PEWTER_DLLS_CRT_CONIO_H
#define PEWTER_DLLS_CRT_CONIO_H

#include "dlls/crt/crt.h"

bool conio_write(const char *text, size_t size);
bool conio_write_wide(const WCHAR *text, size_t count);

#endif
