/*
 * dlls/crt/mbctype.h - the multibyte code page.
 */
#ifndef PEWTER_DLLS_CRT_MBCTYPE_H
#define PEWTER_DLLS_CRT_MBCTYPE_H

#include "dlls/crt/crt.h"

/* Bits of crt_multibyte.ctype: <mbctype.h>. */
enum { CRT_MS = 1, CRT_MP = 2, CRT_M1 = 4, CRT_M2 = 8, CRT_SBUP = 16, CRT_SBLOW = 32 };

extern struct crt_multibyte *crt_process_multibyte;

static inline const struct crt_multibyte *crt_multibyte(crt_locale_t locale)
{
	return locale != NULL && locale->multibyte != NULL ? locale->multibyte : crt_process_multibyte;
}

static inline bool crt_mb_lead(const struct crt_multibyte *m, BYTE c)
{
	return (m->ctype[c + 1] & CRT_M1) != 0;
}

#endif
