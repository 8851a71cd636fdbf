/*
 * ntdll/rtl/crt.h - memory and string functions with Microsoft's convention.
 *
 * ntdll.dll exports them as every Windows does; the C runtimes export the same code.  They call nothing, so they keep
 * XMM6-15 untouched: what is ms_abi and hot may use them where a System V memcpy would cost ten register saves.
 * They follow the "C" locale.
 */
#ifndef PEWTER_NTDLL_RTL_CRT_H
#define PEWTER_NTDLL_RTL_CRT_H

#include "nt/ntdef.h"

void *CDECL rtl_memcpy(void *to, const void *from, size_t size); /* overlap is allowed, as in Microsoft's */
void *CDECL rtl_memset(void *to, INT byte, size_t size);
INT CDECL rtl_memcmp(const void *a, const void *b, size_t size);
void *CDECL rtl_memchr(const void *from, INT byte, size_t size);

size_t CDECL rtl_strlen(const char *string);
size_t CDECL rtl_strnlen(const char *string, size_t size);
char *CDECL rtl_strcpy(char *to, const char *from);
char *CDECL rtl_strncpy(char *to, const char *from, size_t size);
char *CDECL rtl_strcat(char *to, const char *from);
char *CDECL rtl_strncat(char *to, const char *from, size_t size);
INT CDECL rtl_strcmp(const char *a, const char *b);
INT CDECL rtl_strncmp(const char *a, const char *b, size_t size);
INT CDECL rtl_stricmp(const char *a, const char *b);
INT CDECL rtl_wcsicmp(const WCHAR *a, const WCHAR *b);
INT CDECL rtl_wcsnicmp(const WCHAR *a, const WCHAR *b, size_t size);
INT CDECL rtl_strnicmp(const char *a, const char *b, size_t size);
char *CDECL rtl_strchr(const char *string, INT c);
char *CDECL rtl_strrchr(const char *string, INT c);
char *CDECL rtl_strstr(const char *string, const char *part);
size_t CDECL rtl_strspn(const char *string, const char *set);
size_t CDECL rtl_strcspn(const char *string, const char *set);
char *CDECL rtl_strpbrk(const char *string, const char *set);

size_t CDECL rtl_wcsnlen(const WCHAR *string, size_t size);
WCHAR *CDECL rtl_wcscpy(WCHAR *to, const WCHAR *from);
WCHAR *CDECL rtl_wcsncpy(WCHAR *to, const WCHAR *from, size_t size);
WCHAR *CDECL rtl_wcscat(WCHAR *to, const WCHAR *from);
WCHAR *CDECL rtl_wcsncat(WCHAR *to, const WCHAR *from, size_t size);
INT CDECL rtl_wcscmp(const WCHAR *a, const WCHAR *b);
INT CDECL rtl_wcsncmp(const WCHAR *a, const WCHAR *b, size_t size);
WCHAR *CDECL rtl_wcschr(const WCHAR *string, WCHAR c);
WCHAR *CDECL rtl_wcsrchr(const WCHAR *string, WCHAR c);
WCHAR *CDECL rtl_wcsstr(const WCHAR *string, const WCHAR *part);
size_t CDECL rtl_wcsspn(const WCHAR *string, const WCHAR *set);
size_t CDECL rtl_wcscspn(const WCHAR *string, const WCHAR *set);
WCHAR *CDECL rtl_wcspbrk(const WCHAR *string, const WCHAR *set);
size_t CDECL rtl_wcs_length(const WCHAR *string); /* ms_abi twin of rtl_wcslen */

#endif
