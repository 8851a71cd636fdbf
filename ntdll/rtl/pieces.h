/*
 * ntdll/rtl/pieces.h - strings in pieces of 16 bytes, for crt.c and crt_wide.c.
 */
#ifndef PEWTER_NTDLL_RTL_PIECES_H
#define PEWTER_NTDLL_RTL_PIECES_H

#include <stdint.h>

typedef char v16qi __attribute__((vector_size(16)));
typedef char v16qi_alias __attribute__((vector_size(16), may_alias));

/* The topmost bit of each byte. */
#define MASK(v) ((uint32_t)__builtin_ia32_pmovmskb128((v16qi)(v)))

/* An aligned piece of a string: it may reach beyond the end, but not into another page.  AddressSanitizer does not look
 * into assembly. */
static inline __attribute__((always_inline)) v16qi rtl_aligned_piece(const void *at)
{
	v16qi v;

#ifdef __SANITIZE_ADDRESS__
	__asm__("movdqa (%1), %0" : "=x"(v) : "r"(at) : "memory");
#else
	v = (v16qi) * (const v16qi_alias *)at;
#endif
	return v;
}

#endif
