/*
 * dlls/crt/setjmp.c - setjmp and longjmp.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"

void CDECL crt_jump(void *buffer, INT value) __attribute__((noreturn));

CRT_ALIAS_MSVCRT("_setjmp", crt_setjmp_frame);
CRT_ALIAS_MSVCRT("_setjmpex", crt_setjmp_frame);
CRT_ALIAS_MSVCRT("setjmp", crt_setjmp_plain);
CRT_ALIAS_UCRT("__intrinsic_setjmp", crt_setjmp_plain);
CRT_ALIAS_UCRT("__intrinsic_setjmpex", crt_setjmp_frame);
EXPORT_ALIAS(vcruntime140, "__intrinsic_setjmp", crt_setjmp_plain);
EXPORT_ALIAS(vcruntime140, "__intrinsic_setjmpex", crt_setjmp_frame);

/*
 * With a frame in the buffer the frames between are unwound, so that their __finally blocks and destructors run:
 * STATUS_LONGJUMP with the buffer as its parameter tells RtlUnwindEx to restore the buffer's registers at the end.
 */
CRT_VC(void, longjmp, (ULONG_PTR * buffer, INT value))
{
	if (value == 0)
		value = 1;
	if (buffer[0] != 0) {
		EXCEPTION_RECORD record = {
			.ExceptionCode = (DWORD)STATUS_LONGJUMP,
			.NumberParameters = 1,
			.ExceptionInformation = {(ULONG_PTR)buffer},
		};
		CONTEXT context;

		RtlUnwindEx((void *)buffer[0], (void *)buffer[10], &record, (void *)(ULONG_PTR)(UINT)value, &context,
			    NULL);
	}
	crt_jump(buffer, value);
}
