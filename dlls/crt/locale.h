/*
 * dlls/crt/locale.h - what setlocale's files share: names of locales (locale_names.c) and their values (locale_values.c).
 */
#ifndef PEWTER_DLLS_CRT_LOCALE_H
#define PEWTER_DLLS_CRT_LOCALE_H

#include "dlls/crt/crt.h"

/* What one category is set to.  LCID 0 is "C", whose code page is 0. */
struct crt_locale_choice {
	char name[64]; /* as setlocale reports it */
	LCID lcid;
	UINT code_page;
};

/* One name: "C", "" (the user's), ".cp", "language[_country][.cp]", and for the UCRT "de-DE[.cp]".  False: there is none. */
bool crt_parse_locale_name(const char *text, struct crt_locale_choice *choice);

/* Fill in lconv and time_data of a locale whose categories are chosen.  False: no memory. */
bool crt_make_locale_values(struct crt_locale *locale);
/* The names of days and so on in a block of their own, which free() takes; NULL: no memory. */
struct crt_time_data *crt_make_time_data(const struct crt_locale *locale);

#endif
