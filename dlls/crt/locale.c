/*
 * dlls/crt/locale.c - locales.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include <stdlib.h>

struct crt_locale crt_c_locale = {
	.mb_cur_max = 1,
	.references = 1,
};
struct crt_locale *crt_process_locale = &crt_c_locale;

void crt_locale_attach(struct crt_variables *variables)
{
	variables->mb_cur_max = 1;
}

void crt_locale_release(struct crt_locale *locale)
{
	if (locale != &crt_c_locale && __atomic_sub_fetch(&locale->references, 1, __ATOMIC_ACQ_REL) == 0)
		crt_heap_free(locale);
}
