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

/* The character at *at, which moves behind it: a double-byte character is lead << 8 | trail.  At the end 0, without
 * moving; a lead byte before the terminator is the end too. */
static inline UINT crt_mb_next(const struct crt_multibyte *m, const BYTE **at)
{
	BYTE c = **at;

	if (c == 0)
		return 0;
	if (crt_mb_lead(m, c)) {
		if ((*at)[1] == 0)
			return 0;
		c = (*at)[1];
		*at += 2;
		return (UINT)(*at)[-2] << 8 | c;
	}
	++*at;
	return c;
}

/* The case of one character, by the multibyte tables; double-byte letters through UTF-16. */
size_t CDECL crt__mbsnccnt_l(const BYTE *string, size_t size, crt_locale_t locale);
UINT crt_mb_lower(const struct crt_multibyte *m, UINT c);
UINT crt_mb_upper(const struct crt_multibyte *m, UINT c);

#endif
