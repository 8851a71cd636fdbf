/*
 * dlls/crt/complex.c - the functions of <complex.h> of the UCRT.
 */
#include "dlls/crt/crt.h"
#include <complex.h>
#include <math.h>
#undef I

/* _Dcomplex and _Fcomplex; _Lcomplex has the layout of _Dcomplex. */
struct dcomplex {
	double re, im;
};
struct fcomplex {
	float re, im;
};

static inline double complex host(struct dcomplex z)
{
	return __builtin_complex(z.re, z.im);
}

static inline struct dcomplex guest(double complex z)
{
	return (struct dcomplex){creal(z), cimag(z)};
}

static inline float complex host_f(struct fcomplex z)
{
	return __builtin_complex(z.re, z.im);
}

static inline struct fcomplex guest_f(float complex z)
{
	return (struct fcomplex){crealf(z), cimagf(z)};
}

#define COMPLEX(name)                                                                                                       \
	CRT_UCRT(struct dcomplex, name, (struct dcomplex z))                                                                \
	{                                                                                                                   \
		return guest(name(host(z)));                                                                                \
	}                                                                                                                   \
	CRT_ALIAS_UCRT(#name "l", crt_##name);                                                                              \
	CRT_UCRT(struct fcomplex, name##f, (struct fcomplex z))                                                             \
	{                                                                                                                   \
		return guest_f(name##f(host_f(z)));                                                                         \
	}
#define REAL(name)                                                                                                          \
	CRT_UCRT(double, name, (struct dcomplex z))                                                                         \
	{                                                                                                                   \
		return name(host(z));                                                                                       \
	}                                                                                                                   \
	CRT_ALIAS_UCRT(#name "l", crt_##name);                                                                              \
	CRT_UCRT(float, name##f, (struct fcomplex z))                                                                       \
	{                                                                                                                   \
		return name##f(host_f(z));                                                                                  \
	}

COMPLEX(cacos)
COMPLEX(cacosh)
COMPLEX(casin)
COMPLEX(casinh)
COMPLEX(catan)
COMPLEX(catanh)
COMPLEX(ccos)
COMPLEX(ccosh)
COMPLEX(cexp)
COMPLEX(clog)
COMPLEX(conj)
COMPLEX(cproj)
COMPLEX(csin)
COMPLEX(csinh)
COMPLEX(csqrt)
COMPLEX(ctan)
COMPLEX(ctanh)
REAL(cabs)
REAL(carg)
REAL(cimag)
REAL(creal)

CRT_UCRT(struct dcomplex, clog10, (struct dcomplex z))
{
	return guest(clog(host(z)) / 2.30258509299404568402);
}
CRT_ALIAS_UCRT("clog10l", crt_clog10);

CRT_UCRT(struct fcomplex, clog10f, (struct fcomplex z))
{
	return guest_f(clogf(host_f(z)) / 2.30258509299404568402f);
}

CRT_UCRT(struct dcomplex, cpow, (struct dcomplex x, struct dcomplex y))
{
	return guest(cpow(host(x), host(y)));
}
CRT_ALIAS_UCRT("cpowl", crt_cpow);

CRT_UCRT(struct fcomplex, cpowf, (struct fcomplex x, struct fcomplex y))
{
	return guest_f(cpowf(host_f(x), host_f(y)));
}

/* The square of the magnitude. */
CRT_UCRT(double, norm, (struct dcomplex z))
{
	return z.re * z.re + z.im * z.im;
}
CRT_ALIAS_UCRT("norml", crt_norm);

CRT_UCRT(float, normf, (struct fcomplex z))
{
	return z.re * z.re + z.im * z.im;
}

CRT_UCRT(struct dcomplex, _Cbuild, (double re, double im))
{
	return (struct dcomplex){re, im};
}
CRT_ALIAS_UCRT("_LCbuild", crt__Cbuild);

CRT_UCRT(struct fcomplex, _FCbuild, (float re, float im))
{
	return (struct fcomplex){re, im};
}

CRT_UCRT(struct dcomplex, _Cmulcc, (struct dcomplex x, struct dcomplex y))
{
	return (struct dcomplex){x.re * y.re - x.im * y.im, x.im * y.re + x.re * y.im};
}
CRT_ALIAS_UCRT("_LCmulcc", crt__Cmulcc);

CRT_UCRT(struct fcomplex, _FCmulcc, (struct fcomplex x, struct fcomplex y))
{
	return (struct fcomplex){x.re * y.re - x.im * y.im, x.im * y.re + x.re * y.im};
}

CRT_UCRT(struct dcomplex, _Cmulcr, (struct dcomplex x, double y))
{
	return (struct dcomplex){x.re * y, x.im * y};
}
CRT_ALIAS_UCRT("_LCmulcr", crt__Cmulcr);

CRT_UCRT(struct fcomplex, _FCmulcr, (struct fcomplex x, float y))
{
	return (struct fcomplex){x.re * y, x.im * y};
}
