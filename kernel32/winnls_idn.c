/*
 * kernel32/winnls_idn.c - IdnToAscii, IdnToUnicode, IdnToNameprepUnicode; normaliz.dll has them too.
 */
#include "kernel32/kernel32.h"
#include "ntdll/rtl/rtl.h"

/* The units of the result; 0 with ERROR_INVALID_NAME for what is no name. */
#define CONVERT(name)                                                                                                  \
	EXPORT(kernel32, int, name, (DWORD flags, LPCWSTR from, int from_count, LPWSTR to, int to_count))              \
	{                                                                                                              \
		LONG count = to_count;                                                                                 \
		NTSTATUS status;                                                                                       \
                                                                                                                       \
		if (flags & ~15u) {                                                                                    \
			set_last_error(ERROR_INVALID_FLAGS);                                                           \
			return 0;                                                                                      \
		}                                                                                                      \
		status = Rtl##name(flags, from, from_count, to, &count);                                               \
		if (status == (NTSTATUS)0xC0000716) { /* STATUS_INVALID_IDN_NORMALIZATION */                           \
			set_last_error(ERROR_INVALID_NAME);                                                            \
			return 0;                                                                                      \
		}                                                                                                      \
		return win32_result(status) ? count : 0;                                                               \
	}
CONVERT(IdnToAscii)
CONVERT(IdnToUnicode)
CONVERT(IdnToNameprepUnicode)
