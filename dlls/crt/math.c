/*
 * dlls/crt/math.c - the functions of <math.h>, over the host's libm.
 *
 * Microsoft's way of reporting: a domain error is errno EDOM, a pole or an overflow ERANGE; before that the handler of
 * __setusermatherr is asked, if there is one, and may give another result (MSDN "_matherr").  `long double` is double.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include <math.h>

/* struct _exception of <math.h>. */
struct math_exception {
	INT type;
	const char *name;
	double first, second, result;
};
enum { MATH_DOMAIN = 1, MATH_SINGULAR = 2, MATH_OVERFLOW = 3, MATH_UNDERFLOW = 4 };

static void *user_handler;

CRT(void, __setusermatherr, (void *handler))
{
	__atomic_store_n(&user_handler, handler, __ATOMIC_RELAXED);
}

static __attribute__((noinline, cold)) double report(INT type, const char *name, double first, double second,
						     double result)
{
	void *handler = __atomic_load_n(&user_handler, __ATOMIC_RELAXED);
	struct math_exception exception = {type, name, first, second, result};

	if (handler != NULL && (INT)ke_call_guest(handler, (uintptr_t)&exception, 0, 0, 0) != 0)
		return exception.result;
	/* An underflow is the handler's affair alone. */
	if (type != MATH_UNDERFLOW)
		crt_self.error = type == MATH_DOMAIN ? CRT_EDOM : CRT_ERANGE;
	return exception.result;
}

/* Decides from the result whether there is anything to report.  A NaN that is passed in is a domain error as well. */
static inline double check1(const char *name, double result, double x)
{
	if (__builtin_expect(isfinite(result), 1) || (isinf(x) && !isnan(result)))
		return result;
	return report(isnan(result) ? MATH_DOMAIN : MATH_OVERFLOW, name, x, 0, result);
}

/* C99's functions set errno and ask no handler. */
static inline double check_c99(double result, double x)
{
	if (__builtin_expect(isfinite(result), 1) || isnan(x) || (isinf(x) && !isnan(result)))
		return result;
	crt_self.error = isnan(result) ? CRT_EDOM : CRT_ERANGE;
	return result;
}

/* A result of 0 that is too small a number. */
static inline double check_underflow(const char *name, double result, double x, double y)
{
	return result == 0 ? report(MATH_UNDERFLOW, name, x, y, result) : result;
}

static inline double check2(const char *name, double result, double x, double y)
{
	if (__builtin_expect(isfinite(result), 1) || isnan(x) || isnan(y))
		return result;
	if (isnan(result))
		return report(MATH_DOMAIN, name, x, y, result);
	return isfinite(x) && isfinite(y) ? report(MATH_OVERFLOW, name, x, y, result) : result;
}

/* A function of one argument in both precisions, from both runtimes; the UCRT also has the name with l. */
#define DOUBLE1(name)                                                                                                       \
	CRT(double, name, (double x))                                                                                       \
	{                                                                                                                   \
		return check1(#name, name(x), x);                                                                           \
	}
#define FLOAT1(name)                                                                                                        \
	CRT(float, name##f, (float x))                                                                                      \
	{                                                                                                                   \
		float result = name##f(x);                                                                                  \
		return isfinite(result) ? result : (float)check1(#name "f", result, x);                                     \
	}
#define UCRT1(name)                                                                                                         \
	CRT_UCRT(double, name, (double x))                                                                                  \
	{                                                                                                                   \
		return check_c99(name(x), x);                                                                               \
	}                                                                                                                   \
	CRT_ALIAS_UCRT(#name "l", crt_##name);                                                                              \
	CRT_UCRT(float, name##f, (float x))                                                                                 \
	{                                                                                                                   \
		float result = name##f(x);                                                                                  \
		return isfinite(result) ? result : (float)check_c99(result, x);                                             \
	}

DOUBLE1(acos)
FLOAT1(acos)
DOUBLE1(asin)
FLOAT1(asin)
DOUBLE1(atan)
FLOAT1(atan)
DOUBLE1(cos)
FLOAT1(cos)
DOUBLE1(cosh)
FLOAT1(cosh)
DOUBLE1(sin)
FLOAT1(sin)
DOUBLE1(sinh)
FLOAT1(sinh)
DOUBLE1(tan)
FLOAT1(tan)
DOUBLE1(tanh)
FLOAT1(tanh)
DOUBLE1(sqrt)
FLOAT1(sqrt)
UCRT1(acosh)
UCRT1(asinh)
UCRT1(atanh)
UCRT1(cbrt)
UCRT1(erf)
UCRT1(erfc)
UCRT1(exp2)
UCRT1(expm1)
UCRT1(log1p)
UCRT1(tgamma)

/* The logarithm of 0 is a pole. */
#define LOGARITHM(export, name)                                                                                             \
	export(double, name, (double x))                                                                                    \
	{                                                                                                                   \
		double result = name(x);                                                                                    \
		if (isinf(result) && result < 0)                                                                            \
			return report(MATH_SINGULAR, #name, x, 0, result);                                                  \
		return check1(#name, result, x);                                                                            \
	}                                                                                                                   \
	export(float, name##f, (float x))                                                                                   \
	{                                                                                                                   \
		float result = name##f(x);                                                                                  \
		if (isinf(result) && result < 0)                                                                            \
			return (float)report(MATH_SINGULAR, #name "f", x, 0, result);                                       \
		return isfinite(result) ? result : (float)check1(#name "f", result, x);                                     \
	}
LOGARITHM(CRT, log)
LOGARITHM(CRT, log10)
LOGARITHM(CRT_UCRT, log2)
CRT_ALIAS_UCRT("log2l", crt_log2);

CRT(double, exp, (double x))
{
	double result = exp(x);

	return isfinite(x) ? check_underflow("exp", check1("exp", result, x), x, 0) : check1("exp", result, x);
}

CRT(float, expf, (float x))
{
	float result = expf(x);

	return (float)(isfinite(x) ? check_underflow("expf", check1("expf", result, x), x, 0) : check1("expf", result, x));
}

CRT_UCRT(double, lgamma, (double x))
{
	int sign;

	return check1("lgamma", lgamma_r(x, &sign), x);
}
CRT_ALIAS_UCRT("lgammal", crt_lgamma);

CRT_UCRT(float, lgammaf, (float x))
{
	int sign;

	return (float)check1("lgammaf", lgammaf_r(x, &sign), x);
}

CRT(double, pow, (double x, double y))
{
	double result = pow(x, y);

	if (isinf(result) && x == 0)
		return isinf(y) ? result : report(MATH_SINGULAR, "pow", x, y, result);
	if (result == 0 && x != 0 && isfinite(x) && isfinite(y))
		return report(MATH_UNDERFLOW, "pow", x, y, result);
	return check2("pow", result, x, y);
}

CRT(float, powf, (float x, float y))
{
	float result = powf(x, y);

	if (isinf(result) && x == 0)
		return isinf(y) ? result : (float)report(MATH_SINGULAR, "powf", x, y, result);
	if (result == 0 && x != 0 && isfinite(x) && isfinite(y))
		return (float)report(MATH_UNDERFLOW, "powf", x, y, result);
	return (float)check2("powf", result, x, y);
}

CRT(double, fmod, (double x, double y))
{
	return check2("fmod", fmod(x, y), x, y);
}

CRT(float, fmodf, (float x, float y))
{
	return (float)check2("fmodf", fmodf(x, y), x, y);
}

CRT(double, atan2, (double y, double x))
{
	return atan2(y, x);
}

CRT(float, atan2f, (float y, float x))
{
	return atan2f(y, x);
}

CRT(double, _hypot, (double x, double y))
{
	return check2("_hypot", hypot(x, y), x, y);
}
CRT_ALIAS_UCRT("hypot", crt__hypot);

CRT(float, _hypotf, (float x, float y))
{
	return (float)check2("_hypotf", hypotf(x, y), x, y);
}

CRT(double, _cabs, (double x, double y))
{
	return check2("_cabs", hypot(x, y), x, y);
}

/* Roundings: exact, nothing to report. */
#define EXACT(export, name)                                                                                                 \
	export(double, name, (double x))                                                                                    \
	{                                                                                                                   \
		return name(x);                                                                                             \
	}                                                                                                                   \
	export(float, name##f, (float x))                                                                                   \
	{                                                                                                                   \
		return name##f(x);                                                                                          \
	}
EXACT(CRT, ceil)
EXACT(CRT, floor)
EXACT(CRT_UCRT, nearbyint)
EXACT(CRT_UCRT, rint)
EXACT(CRT_UCRT, round)
EXACT(CRT_UCRT, trunc)
CRT_ALIAS_UCRT("nearbyintl", crt_nearbyint);
CRT_ALIAS_UCRT("rintl", crt_rint);
CRT_ALIAS_UCRT("roundl", crt_round);
CRT_ALIAS_UCRT("truncl", crt_trunc);

CRT(double, fabs, (double x))
{
	return __builtin_fabs(x);
}

CRT_UCRT(float, fabsf, (float x))
{
	return __builtin_fabsf(x);
}

/* To integers: `long` has 32 bits; what does not fit is EDOM and the minimum. */
#define TO_INTEGER(result_type, name, call, low, high)                                                                      \
	CRT_UCRT(result_type, name, (double x))                                                                             \
	{                                                                                                                   \
		double r = call(x);                                                                                         \
		if (!(r >= low && r <= high)) {                                                                             \
			crt_self.error = CRT_EDOM;                                                                          \
			return (result_type)low;                                                                            \
		}                                                                                                           \
		return (result_type)r;                                                                                      \
	}                                                                                                                   \
	CRT_ALIAS_UCRT(#name "l", crt_##name);                                                                              \
	CRT_UCRT(result_type, name##f, (float x))                                                                           \
	{                                                                                                                   \
		return crt_##name(x);                                                                                       \
	}
TO_INTEGER(LONG, lrint, rint, -2147483648.0, 2147483647.0)
TO_INTEGER(LONG, lround, round, -2147483648.0, 2147483647.0)
TO_INTEGER(LONGLONG, llrint, rint, -9223372036854775808.0, 9223372036854774784.0)
TO_INTEGER(LONGLONG, llround, round, -9223372036854775808.0, 9223372036854774784.0)

#define UCRT2(name, check)                                                                                                  \
	CRT_UCRT(double, name, (double x, double y))                                                                        \
	{                                                                                                                   \
		return check(name(x, y), x, y, isnormal(name(x, y)));                                                       \
	}                                                                                                                   \
	CRT_ALIAS_UCRT(#name "l", crt_##name);                                                                              \
	CRT_UCRT(float, name##f, (float x, float y))                                                                        \
	{                                                                                                                   \
		float result = name##f(x, y);                                                                               \
		return (float)check(result, x, y, isnormal(result));                                                        \
	}

static inline double check_range(double result, double x, double y, bool normal)
{
	(void)normal;
	if (isinf(result) && isfinite(x) && isfinite(y))
		crt_self.error = CRT_ERANGE;
	return result;
}

/* Whatever was passed, no number is a domain error. */
static inline double check_number(double result, double x, double y, bool normal)
{
	(void)x;
	(void)y;
	(void)normal;
	if (isnan(result))
		crt_self.error = CRT_EDOM;
	return result;
}

/* The neighbour of a finite number: zero, denormal or infinite, it is out of range. */
static inline double check_neighbour(double result, double x, double y, bool normal)
{
	if (!normal && !isinf(x) && !isnan(x) && !isnan(y))
		crt_self.error = CRT_ERANGE;
	return result;
}

UCRT2(fdim, check_range)
UCRT2(fmax, check_range)
UCRT2(fmin, check_range)
UCRT2(remainder, check_number)
UCRT2(nextafter, check_neighbour)

CRT(double, _nextafter, (double x, double y))
{
	return nextafter(x, y);
}

CRT(float, _nextafterf, (float x, float y))
{
	return nextafterf(x, y);
}

CRT_UCRT(double, nexttoward, (double x, double y))
{
	return crt_nextafter(x, y);
}
CRT_ALIAS_UCRT("nexttowardl", crt_nexttoward);

CRT_UCRT(float, nexttowardf, (float x, double y))
{
	return nexttowardf(x, y);
}

CRT_UCRT(double, remquo, (double x, double y, INT *quotient))
{
	return check_number(remquo(x, y, quotient), x, y, true);
}
CRT_ALIAS_UCRT("remquol", crt_remquo);

CRT_UCRT(float, remquof, (float x, float y, INT *quotient))
{
	return (float)check_number(remquof(x, y, quotient), x, y, true);
}

CRT_UCRT(double, fma, (double x, double y, double z))
{
	return fma(x, y, z);
}
CRT_ALIAS_UCRT("fmal", crt_fma);

CRT_UCRT(float, fmaf, (float x, float y, float z))
{
	return fmaf(x, y, z);
}

CRT(double, modf, (double x, double *whole))
{
	return modf(x, whole);
}

CRT(float, modff, (float x, float *whole))
{
	return modff(x, whole);
}

CRT(double, frexp, (double x, INT *exponent))
{
	if (!isfinite(x)) {
		*exponent = -1;
		return x;
	}
	return frexp(x, exponent);
}

CRT(double, ldexp, (double x, INT exponent))
{
	double result = ldexp(x, exponent);

	if (isinf(result) && isfinite(x))
		return report(MATH_OVERFLOW, "ldexp", x, exponent, result);
	return x != 0 ? check_underflow("ldexp", result, x, exponent) : result;
}
CRT_ALIAS_UCRT("scalbn", crt_ldexp);
CRT_ALIAS_UCRT("scalbnl", crt_ldexp);
CRT_ALIAS_UCRT("scalbln", crt_ldexp);
CRT_ALIAS_UCRT("scalblnl", crt_ldexp);

CRT_UCRT(float, scalbnf, (float x, INT exponent))
{
	return (float)check1("scalbnf", ldexpf(x, exponent), x);
}
CRT_ALIAS_UCRT("scalblnf", crt_scalbnf);

CRT(double, _scalb, (double x, LONG exponent))
{
	double result = ldexp(x, exponent);

	return isinf(result) && isfinite(x) ? report(MATH_OVERFLOW, "_scalb", x, exponent, result) : result;
}

CRT(float, _scalbf, (float x, LONG exponent))
{
	return (float)check1("_scalbf", ldexpf(x, exponent), x);
}

CRT(double, _logb, (double x))
{
	double result = logb(x);

	return x == 0 ? report(MATH_SINGULAR, "_logb", x, 0, result) : result;
}
CRT_ALIAS_UCRT("logb", crt__logb);
CRT_ALIAS_UCRT("logbl", crt__logb);

CRT(float, _logbf, (float x))
{
	return (float)crt__logb(x);
}
CRT_ALIAS_UCRT("logbf", crt__logbf);

/* FP_ILOGB0 and FP_ILOGBNAN are INT_MIN and INT_MAX here. */
CRT_UCRT(INT, ilogb, (double x))
{
	if (x == 0 || !isfinite(x)) {
		crt_self.error = CRT_EDOM;
		return x == 0 ? (INT)0x80000000 : 0x7FFFFFFF;
	}
	return ilogb(x);
}
CRT_ALIAS_UCRT("ilogbl", crt_ilogb);

CRT_UCRT(INT, ilogbf, (float x))
{
	return crt_ilogb(x);
}

/* Bessel functions; Y of what is not positive is a domain error. */
CRT(double, _j0, (double x))
{
	return j0(x);
}

CRT(double, _j1, (double x))
{
	return j1(x);
}

CRT(double, _jn, (INT n, double x))
{
	return jn(n, x);
}

CRT(double, _y0, (double x))
{
	return x <= 0 ? report(MATH_DOMAIN, "_y0", x, 0, x == 0 ? -HUGE_VAL : NAN) : y0(x);
}

CRT(double, _y1, (double x))
{
	return x <= 0 ? report(MATH_DOMAIN, "_y1", x, 0, x == 0 ? -HUGE_VAL : NAN) : y1(x);
}

CRT(double, _yn, (INT n, double x))
{
	return x <= 0 ? report(MATH_DOMAIN, "_yn", x, 0, x == 0 ? -HUGE_VAL : NAN) : yn(n, x);
}

CRT_UCRT(double, nan, (const char *tag))
{
	(void)tag;
	return NAN;
}
CRT_ALIAS_UCRT("nanl", crt_nan);

CRT_UCRT(float, nanf, (const char *tag))
{
	(void)tag;
	return NAN;
}
