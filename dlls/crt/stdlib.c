/*
 * dlls/crt/stdlib.c - integer arithmetic, random numbers, rotations.
 */
#include "dlls/crt/crt.h"
#include "host/host.h"

struct div {
	INT quotient, remainder;
};
struct lldiv {
	LONGLONG quotient, remainder;
};

CRT(INT, abs, (INT x))
{
	return x < 0 ? (INT)(0u - (UINT)x) : x;
}
CRT_ALIAS("labs", crt_abs);

CRT(LONGLONG, _abs64, (LONGLONG x))
{
	return x < 0 ? (LONGLONG)(0ull - (ULONGLONG)x) : x;
}
CRT_ALIAS_UCRT("llabs", crt__abs64);
CRT_ALIAS_UCRT("imaxabs", crt__abs64);

CRT(struct div, div, (INT numerator, INT denominator))
{
	return (struct div){numerator / denominator, numerator % denominator};
}
CRT_ALIAS("ldiv", crt_div);

CRT_UCRT(struct lldiv, lldiv, (LONGLONG numerator, LONGLONG denominator))
{
	return (struct lldiv){numerator / denominator, numerator % denominator};
}
CRT_ALIAS_UCRT("imaxdiv", crt_lldiv);

/* Microsoft's generator: 15 bits of a linear congruence, for each thread its own, starting with 1. */
CRT(INT, rand, (void))
{
	if (!crt_self.rand_seeded) {
		crt_self.rand_state = 1;
		crt_self.rand_seeded = true;
	}
	crt_self.rand_state = crt_self.rand_state * 214013u + 2531011u;
	return crt_self.rand_state >> 16 & 0x7FFF;
}

CRT(void, srand, (UINT seed))
{
	crt_self.rand_state = seed;
	crt_self.rand_seeded = true;
}

CRT(errno_t, rand_s, (UINT * to))
{
	CRT_VALIDATE_E(to != NULL, EINVAL);
	host_random(to, sizeof(*to));
	return 0;
}

CRT(UINT, _rotl, (UINT x, INT by))
{
	return x << (by & 31) | x >> (-by & 31);
}
CRT_ALIAS("_lrotl", crt__rotl);

CRT(UINT, _rotr, (UINT x, INT by))
{
	return x >> (by & 31) | x << (-by & 31);
}
CRT_ALIAS("_lrotr", crt__rotr);

CRT(ULONGLONG, _rotl64, (ULONGLONG x, INT by))
{
	return x << (by & 63) | x >> (-by & 63);
}

CRT(ULONGLONG, _rotr64, (ULONGLONG x, INT by))
{
	return x >> (by & 63) | x << (-by & 63);
}

CRT_UCRT(USHORT, _byteswap_ushort, (USHORT x))
{
	return __builtin_bswap16(x);
}

CRT_UCRT(ULONG, _byteswap_ulong, (ULONG x))
{
	return __builtin_bswap32(x);
}

CRT_UCRT(ULONGLONG, _byteswap_uint64, (ULONGLONG x))
{
	return __builtin_bswap64(x);
}
