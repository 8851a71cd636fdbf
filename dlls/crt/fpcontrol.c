/*
 * dlls/crt/fpcontrol.c - the floating-point environment: MXCSR, and the x87's control word kept in step.
 *
 * MSDN "_control87, _controlfp, __control87_2": on x64 the precision can't be changed and the bits of infinity mean
 * nothing; _controlfp leaves the denormal exception's mask alone.
 */
#include "dlls/crt/crt.h"

enum {
	MCW_EM = 0x0008001F,
	EM_INEXACT = 1,
	EM_UNDERFLOW = 2,
	EM_OVERFLOW = 4,
	EM_ZERODIVIDE = 8,
	EM_INVALID = 0x10,
	EM_DENORMAL = 0x80000,
	MCW_RC = 0x300,
	MCW_PC = 0x30000,
	MCW_IC = 0x40000,
	MCW_DN = 0x03000000,
	DN_FLUSH = 0x01000000,
	DN_FLUSH_OPERANDS = 0x02000000
};

static inline UINT get_mxcsr(void)
{
	UINT value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static inline void set_mxcsr(UINT value)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(value) : "memory");
}

static inline void set_x87(USHORT value)
{
	__asm__ volatile("fnclex\n\tfldcw %0" : : "m"(value) : "memory");
}

/* The order of the exceptions in MXCSR: invalid, denormal, zero divide, overflow, underflow, precision. */
static const UINT exception_bits[6] = {EM_INVALID, EM_DENORMAL, EM_ZERODIVIDE, EM_OVERFLOW, EM_UNDERFLOW, EM_INEXACT};

static UINT to_abstract(UINT hardware)
{
	UINT value = 0, i;

	for (i = 0; i < 6; i++)
		if (hardware & 1u << i)
			value |= exception_bits[i];
	return value;
}

static UINT from_abstract(UINT value)
{
	UINT hardware = 0, i;

	for (i = 0; i < 6; i++)
		if (value & exception_bits[i])
			hardware |= 1u << i;
	return hardware;
}

static UINT get_control(void)
{
	UINT mxcsr = get_mxcsr();
	UINT value = to_abstract(mxcsr >> 7) | (mxcsr >> 13 & 3) << 8;

	if (mxcsr & 0x8000)
		value |= mxcsr & 0x40 ? DN_FLUSH : 0x03000000;
	else if (mxcsr & 0x40)
		value |= DN_FLUSH_OPERANDS;
	return value;
}

static void set_control(UINT value)
{
	UINT mxcsr = get_mxcsr() & ~(0x3Fu << 7 | 3u << 13 | 0x8000u | 0x40u);

	mxcsr |= from_abstract(value) << 7 | (value >> 8 & 3) << 13;
	switch (value & MCW_DN) {
	case DN_FLUSH:
		mxcsr |= 0x8040;
		break;
	case DN_FLUSH_OPERANDS:
		mxcsr |= 0x40;
		break;
	case 0x03000000:
		mxcsr |= 0x8000;
		break;
	}
	set_mxcsr(mxcsr);
	/* The x87 keeps its 64-bit mantissa; mingw programs compute long double there. */
	set_x87((USHORT)(0x300 | from_abstract(value) | (value >> 8 & 3) << 10));
}

CRT(UINT, _control87, (UINT value, UINT mask))
{
	UINT now = get_control();

	mask &= MCW_EM | MCW_RC | MCW_DN;
	if (mask != 0) {
		now = (now & ~mask) | (value & mask);
		set_control(now);
	}
	return now;
}

CRT(UINT, _controlfp, (UINT value, UINT mask))
{
	return crt__control87(value, mask & ~(UINT)EM_DENORMAL);
}

CRT_UCRT(void, _set_controlfp, (UINT value, UINT mask))
{
	crt__controlfp(value, mask);
}

CRT(errno_t, _controlfp_s, (UINT * current, UINT value, UINT mask))
{
	if ((mask & value & ~(UINT)(MCW_EM | MCW_RC | MCW_PC | MCW_IC | MCW_DN)) != 0) {
		if (current != NULL)
			*current = get_control();
		return crt_invalid(CRT_EINVAL);
	}
	value = crt__controlfp(value, mask);
	if (current != NULL)
		*current = value;
	return 0;
}

/* The exceptions that happened, as _SW_ bits, which equal _EM_ bits. */
CRT(UINT, _statusfp, (void))
{
	USHORT x87;

	__asm__ volatile("fnstsw %0" : "=m"(x87));
	return to_abstract(get_mxcsr() | x87);
}

CRT(UINT, _clearfp, (void))
{
	UINT status = crt__statusfp();

	set_mxcsr(get_mxcsr() & ~0x3Fu);
	__asm__ volatile("fnclex");
	return status;
}

/* All exceptions masked, round to nearest; the x87 as Windows starts threads: 53 bits for msvcrt, 64 for mingw's own. */
CRT(void, _fpreset, (void))
{
	set_mxcsr(0x1F80);
	__asm__ volatile("fninit");
	set_x87(0x27F);
}

CRT_UCRT(INT, fegetround, (void))
{
	return (INT)(get_mxcsr() >> 13 & 3) << 8;
}

CRT_UCRT(INT, fesetround, (INT mode))
{
	if (mode & ~MCW_RC)
		return 1;
	set_control((get_control() & ~(UINT)MCW_RC) | (UINT)mode);
	return 0;
}

/* Toward zero 0, nearest 1; for up and down the 64-bit runtime has what FLT_ROUNDS has for down and up. */
CRT_UCRT(INT, __fpe_flt_rounds, (void))
{
	static const BYTE rounds[4] = {1, 2, 3, 0};

	return rounds[get_mxcsr() >> 13 & 3];
}

/* fexcept_t and fenv_t of <fenv.h>; the flags are _SW_ bits. */
struct fenv {
	ULONG control, status;
};
#define ALL_EXCEPT 0x1Fu

CRT_UCRT(INT, fegetenv, (struct fenv * environment))
{
	environment->control = get_control();
	environment->status = crt__statusfp();
	return 0;
}

static void set_status(UINT status)
{
	set_mxcsr((get_mxcsr() & ~0x3Fu) | from_abstract(status));
}

CRT_UCRT(INT, fesetenv, (const struct fenv *environment))
{
	crt__clearfp();
	set_control(environment->control);
	set_status(environment->status);
	return 0;
}

CRT_UCRT(INT, feholdexcept, (struct fenv * environment))
{
	crt_fegetenv(environment);
	crt__clearfp();
	set_control(get_control() | MCW_EM);
	return 0;
}

CRT_UCRT(INT, feclearexcept, (INT flags))
{
	UINT status = crt__clearfp();

	set_status(status & ~((UINT)flags & ALL_EXCEPT));
	return 0;
}

CRT_UCRT(INT, fetestexcept, (INT flags))
{
	return (INT)(crt__statusfp() & (UINT)flags & ALL_EXCEPT);
}

/* An fexcept_t has the flags twice: at the bottom, and at the top those of SSE. */
CRT_UCRT(INT, fegetexceptflag, (ULONG * to, INT flags))
{
	*to = (crt__statusfp() & (UINT)flags & ALL_EXCEPT) * 0x1000001u;
	return 0;
}

CRT_UCRT(INT, fesetexceptflag, (const ULONG *from, INT flags))
{
	UINT mask = (UINT)flags & ALL_EXCEPT, status;

	if (mask == 0)
		return 0;
	status = crt__clearfp();
	set_status((status & ~mask) | (*from & mask));
	return 0;
}

CRT_UCRT(INT, feupdateenv, (const struct fenv *environment))
{
	UINT status = crt__statusfp();

	crt_fesetenv(environment);
	set_status(status | environment->status);
	return 0;
}

CRT_UCRT(INT, _get_FMA3_enable, (void))
{
	return 0;
}

CRT_UCRT(INT, _set_FMA3_enable, (INT flag))
{
	(void)flag;
	return 0;
}
