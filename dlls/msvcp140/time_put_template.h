/*
 * dlls/msvcp140/time_put_template.h - the facet time_put, of char and of wchar_t, behind std::put_time: one conversion of strftime at a time.
 */
#include "dlls/msvcp140/streams.h"

struct crt_tm;
#ifdef STREAMS_WIDE
size_t CDECL crt_wcsftime(WCHAR *to, size_t size, const WCHAR *format, const struct crt_tm *time);
#define FORMAT_TIME crt_wcsftime
#define SECOND_POINTER "4" /* wchar_t takes a place among the types that a digit stands for */
#else
size_t CDECL crt_strftime(char *to, size_t size, const char *format, const struct crt_tm *time);
#define FORMAT_TIME crt_strftime
#define SECOND_POINTER "3"
#endif

enum { CATEGORY_TIME = 5 };
enum { TIME_PUT_DO_PUT = 3, TIME_PUT_SLOTS };

/* ostreambuf_iterator */
struct output {
	bool failed;
	struct streambuf *buffer;
};

static void put_char(struct output *to, ELEMENT c)
{
	if (to->buffer == NULL || streambuf_put(to->buffer, c) == ELEMENT_EOF)
		to->failed = true;
}

static struct output *WINAPI time_put_do_put(const struct msvcp_facet *f, struct output *result, const struct output *to,
					     struct ios *ios, ELEMENT fill, const struct crt_tm *time, char conversion, char modifier)
{
	ELEMENT format[5] = {'!', '%'}, *at = format + 2, text[512];
	size_t length, i;

	(void)f;
	(void)ios;
	(void)fill;
	*result = *to;
	if (modifier != 0)
		*at++ = (ELEMENT)modifier;
	*at++ = (ELEMENT)conversion;
	*at = 0;
	length = FORMAT_TIME(text, ARRAY_SIZE(text), format, time); /* the mark in front tells an empty text from a failure */
	for (i = 1; i < length; i++)
		put_char(result, text[i]);
	return result;
}

static void *WINAPI time_put_delete(struct msvcp_facet *f, UINT flags)
{
	if (flags & 1)
		crt_heap_free(f);
	return f;
}

static const void *const time_put_vftable[TIME_PUT_SLOTS] = {
	time_put_delete, msvcp_facet_add_reference, msvcp_facet_release, time_put_do_put,
};

#define TIME_PUT "?$time_put@" E "V?$ostreambuf_iterator@" TRAITS "@std@@@std@@"

STD(size_t, "?_Getcat@" TIME_PUT "SA_KPEAPEBVfacet@locale@2@PEBV42@@Z", time_put_Getcat,
    (const struct msvcp_facet **facet, const struct msvcp_locale *locale))
{
	struct msvcp_facet *f;

	(void)locale;
	if (facet != NULL && *facet == NULL) {
		f = msvcp_new(sizeof(*f) + 3 * sizeof(void *)); /* _Timevec: the names are the C locale's */
		rtl_memset(f, 0, sizeof(*f) + 3 * sizeof(void *));
		f->vftable = (const struct msvcp_facet_vftable *)time_put_vftable;
		*facet = f;
	}
	return CATEGORY_TIME;
}

typedef struct output *WINAPI do_put_function(const struct msvcp_facet *f, struct output *result, const struct output *to,
					      struct ios *ios, ELEMENT fill, const struct crt_tm *time, char conversion, char modifier);

/* A whole format; the conversions go through the virtual function, which has eight parameters and is called as it is. */
STD(struct output *, "?put@" TIME_PUT "QEBA?AV?$ostreambuf_iterator@" TRAITS "@2@V32@AEAVios_base@2@" E "PEBUtm@@PEB" E SECOND_POINTER "@Z",
    time_put_put,
    (const struct msvcp_facet *f, struct output *result, const struct output *to, struct ios *ios, ELEMENT fill,
     const struct crt_tm *time, const ELEMENT *at, const ELEMENT *end))
{
	do_put_function *do_put = ((do_put_function *const *)f->vftable)[TIME_PUT_DO_PUT];
	struct output now = *to, next;
	char modifier;

	for (; at != end; at++) {
		if (*at != '%') {
			put_char(&now, *at);
			continue;
		}
		if (++at == end) { /* a percent sign alone */
			put_char(&now, '%');
			break;
		}
		modifier = 0;
		if ((*at == 'E' || *at == 'O' || *at == '#') && at + 1 != end)
			modifier = (char)*at++;
		do_put(f, &next, &now, ios, fill, time, (char)*at, modifier);
		now = next;
	}
	*result = now;
	return result;
}

EXPORT_DATA(msvcp140, "?id@" TIME_PUT "2V0locale@2@A", offsetof(struct msvcp_data, OF_DATA(id_time_put)));
EXPORT_DATA(msvcp140, "?id@?$numpunct@" E "@std@@2V0locale@2@A", offsetof(struct msvcp_data, OF_DATA(id_numpunct)));
