/*
 * dlls/crt/mathclass.c - classes, signs and copies of signs: bits only, nothing is computed.
 */
#include "dlls/crt/crt.h"
#include <math.h>

static inline uint64_t bits(double x)
{
	uint64_t b;

	__builtin_memcpy(&b, &x, sizeof(b));
	return b;
}

static inline uint32_t bits_f(float x)
{
	uint32_t b;

	__builtin_memcpy(&b, &x, sizeof(b));
	return b;
}

CRT(double, _copysign, (double x, double sign))
{
	return __builtin_copysign(x, sign);
}
CRT_ALIAS_UCRT("copysign", crt__copysign);
CRT_ALIAS_UCRT("copysignl", crt__copysign);

CRT(float, _copysignf, (float x, float sign))
{
	return __builtin_copysignf(x, sign);
}
CRT_ALIAS_UCRT("copysignf", crt__copysignf);

CRT(double, _chgsign, (double x))
{
	return -x;
}

CRT(float, _chgsignf, (float x))
{
	return -x;
}

CRT(INT, _finite, (double x))
{
	return isfinite(x);
}

CRT(INT, _finitef, (float x))
{
	return isfinite(x);
}

CRT(INT, _isnan, (double x))
{
	return isnan(x);
}

CRT(INT, _isnanf, (float x))
{
	return isnan(x);
}

/* _FPCLASS_*: signalling NaN 1, quiet NaN 2, -inf 4, -normal 8, -denormal 0x10, -0 0x20, and the positives mirrored. */
static INT class_with_sign(int host, bool negative, bool quiet)
{
	switch (host) {
	case FP_NAN:
		return quiet ? 2 : 1;
	case FP_INFINITE:
		return negative ? 4 : 0x200;
	case FP_NORMAL:
		return negative ? 8 : 0x100;
	case FP_SUBNORMAL:
		return negative ? 0x10 : 0x80;
	default:
		return negative ? 0x20 : 0x40;
	}
}

CRT(INT, _fpclass, (double x))
{
	return class_with_sign(fpclassify(x), bits(x) >> 63, bits(x) & 0x0008000000000000ull);
}

CRT(INT, _fpclassf, (float x))
{
	return class_with_sign(fpclassify(x), bits_f(x) >> 31, bits_f(x) & 0x00400000u);
}

/* What fpclassify() of the SDK expects: FP_SUBNORMAL -2, FP_NORMAL -1, FP_ZERO 0, FP_INFINITE 1, FP_NAN 2. */
static SHORT class_of(int host)
{
	switch (host) {
	case FP_NAN:
		return 2;
	case FP_INFINITE:
		return 1;
	case FP_NORMAL:
		return -1;
	case FP_SUBNORMAL:
		return -2;
	default:
		return 0;
	}
}

CRT_UCRT(SHORT, _dclass, (double x))
{
	return class_of(fpclassify(x));
}
CRT_ALIAS_UCRT("_ldclass", crt__dclass);

CRT_UCRT(SHORT, _fdclass, (float x))
{
	return class_of(fpclassify(x));
}

CRT_UCRT(SHORT, _dtest, (const double *x))
{
	return class_of(fpclassify(*x));
}
CRT_ALIAS_UCRT("_ldtest", crt__dtest);

CRT_UCRT(SHORT, _fdtest, (const float *x))
{
	return class_of(fpclassify(*x));
}

CRT_UCRT(INT, _dsign, (double x))
{
	return (INT)(bits(x) >> 48 & 0x8000);
}
CRT_ALIAS_UCRT("_ldsign", crt__dsign);

CRT_UCRT(INT, _fdsign, (float x))
{
	return (INT)(bits_f(x) >> 16 & 0x8000);
}

/* Relations of two values: _FP_LT 1, _FP_EQ 2, _FP_GT 4; 0 unordered. */
CRT_UCRT(INT, _dpcomp, (double x, double y))
{
	return x < y ? 1 : x == y ? 2 : x > y ? 4 : 0;
}
CRT_ALIAS_UCRT("_ldpcomp", crt__dpcomp);

CRT_UCRT(INT, _fdpcomp, (float x, float y))
{
	return x < y ? 1 : x == y ? 2 : x > y ? 4 : 0;
}
