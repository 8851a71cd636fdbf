/*
 * fuzz_unwind.c - libFuzzer over unwind data: one step of RtlVirtualUnwind against the slow opinion of
 * tests/unit/unwind_case.h.
 */
#include "../unit/unwind_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!case_agrees(data, size))
		abort();
	return 0;
}
