/*
 * dlls/crt/locale.c - setlocale and what belongs to it.
 *
 * There are "C" and the locales that kernel32 knows, with any code page.  A locale is built once for each combination of its categories
 * and never freed: pointers to its tables may be anywhere.
 */
#include "dlls/crt/locale.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct crt_locale crt_c_locale;
struct crt_locale *crt_process_locale = &crt_c_locale;

/* By category; LC_CTYPE decides the code page. */
struct request {
	struct crt_locale_choice choices[CRT_LC_COUNT];
};

struct known {
	struct known *next;
	struct request request;
	struct crt_locale locale;
};
static struct known *known_locales;

/* Lead bytes of the double-byte code pages: MSDN "Code Page Identifiers", GetCPInfo. */
bool crt_code_page_lead(UINT code_page, BYTE c)
{
	switch (code_page) {
	case 932:
		return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC);
	case 936:
	case 949:
	case 950:
		return c >= 0x81 && c <= 0xFE;
	case 1361:
		return (c >= 0x84 && c <= 0xD3) || (c >= 0xD8 && c <= 0xDE) || (c >= 0xE0 && c <= 0xF9);
	default:
		return false;
	}
}

static void make_tables(struct crt_locale *locale)
{
	UINT cp = locale->code_page, c;
	char byte;

	memcpy(locale->ctype, crt_c_ctype, sizeof(locale->ctype));
	locale->pctype = locale->ctype + 1;
	locale->utf8 = cp == CP_UTF8;
	locale->mb_cur_max = locale->utf8 ? 4 : 1;
	for (c = 0; c < 256; c++) {
		locale->lower[c] = (BYTE)(c - 'A' < 26 ? c | 0x20 : c);
		locale->upper[c] = (BYTE)(c - 'a' < 26 ? c & ~0x20u : c);
		locale->wide[c] = (WCHAR)(cp == 0 || c < 128 ? c : 0xFFFF);
		/* Outside "C" letters are marked as alphabetic too: the table then comes from GetStringType. */
		if (cp != 0 && c < 128 && (locale->ctype[c + 1] & 3))
			locale->ctype[c + 1] |= 0x100;
	}
	if (cp == 0 || locale->utf8)
		return;
	for (c = 128; c < 256; c++) {
		if (crt_code_page_lead(cp, (BYTE)c)) {
			locale->ctype[c + 1] = CRT_LEADBYTE;
			locale->dbcs = true;
			locale->mb_cur_max = 2;
			continue;
		}
		byte = (char)c;
		/* Bytes of Shift-JIS that are no characters, whatever kernel32 makes of them. */
		if ((cp == 932 && (c == 0xA0 || c >= 0xFD)) ||
		    MultiByteToWideChar(cp, MB_ERR_INVALID_CHARS, &byte, 1, &locale->wide[c], 1) != 1) {
			locale->wide[c] = 0xFFFF;
			continue;
		}
		locale->ctype[c + 1] = crt_wide_class(locale->wide[c]);
	}
	for (c = 128; c < 256; c++) {
		WCHAR wide = locale->wide[c], other;
		UINT i;

		if (wide == 0xFFFF)
			continue;
		other = rtl_downcase(wide);
		for (i = 128; i < 256 && other != wide; i++)
			if (locale->wide[i] == other)
				locale->lower[c] = (BYTE)i;
		other = rtl_upcase(wide);
		for (i = 128; i < 256 && other != wide; i++)
			if (locale->wide[i] == other)
				locale->upper[c] = (BYTE)i;
	}
}

static void make_names(struct crt_locale *locale, const struct request *request)
{
	static const char *const keys[] = {"LC_COLLATE", "LC_CTYPE", "LC_MONETARY", "LC_NUMERIC", "LC_TIME"};
	bool same = true;
	size_t used = 0;
	int i;

	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT; i++) {
		memcpy(locale->name[i], request->choices[i].name, sizeof(locale->name[i]));
		if (strcmp(locale->name[i], locale->name[CRT_LC_COLLATE]) != 0)
			same = false;
	}
	if (same) {
		strcpy(locale->full_name, locale->name[CRT_LC_COLLATE]);
		return;
	}
	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT; i++)
		used += (size_t)snprintf(locale->full_name + used, sizeof(locale->full_name) - used, "%s%s=%s",
					 i > CRT_LC_COLLATE ? ";" : "", keys[i - 1], locale->name[i]);
}

static bool make_locale(struct crt_locale *locale, const struct request *request)
{
	int i;

	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT; i++) {
		locale->lcid[i] = request->choices[i].lcid;
		locale->code_pages[i] = request->choices[i].code_page;
		if (locale->lcid[i] != 0) {
			LCIDToLocaleName(locale->lcid[i], locale->locale_name[i], ARRAY_SIZE(locale->locale_name[i]), 0);
			locale->locale_names[i] = locale->locale_name[i];
		}
	}
	locale->code_page = locale->code_pages[CRT_LC_CTYPE];
	locale->collate_code_page = locale->code_pages[CRT_LC_COLLATE];
	make_tables(locale);
	make_names(locale, request);
	return crt_make_locale_values(locale);
}

/* Interned; NULL: no memory.  Under CRT_LOCK_LOCALE. */
static struct crt_locale *get_locale(const struct request *request)
{
	struct known *k;
	int i;

	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT && request->choices[i].lcid == 0; i++)
		;
	if (i == CRT_LC_COUNT)
		return &crt_c_locale;
	for (k = known_locales; k != NULL; k = k->next)
		if (memcmp(&k->request, request, sizeof(*request)) == 0)
			return &k->locale;
	k = crt_heap_allocate(sizeof(*k));
	if (k == NULL)
		return NULL;
	memset(k, 0, sizeof(*k));
	k->request = *request;
	if (!make_locale(&k->locale, request)) {
		crt_heap_free(k);
		return NULL;
	}
	k->next = known_locales;
	known_locales = k;
	return &k->locale;
}

static void request_of(const struct crt_locale *locale, struct request *request)
{
	int i;

	memset(request, 0, sizeof(*request));
	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT; i++) {
		memcpy(request->choices[i].name, locale->name[i], sizeof(locale->name[i]));
		request->choices[i].lcid = locale->lcid[i];
		request->choices[i].code_page = locale->code_pages[i];
	}
}

/* "LC_COLLATE=...;LC_CTYPE=...": what setlocale(LC_ALL, NULL) gave. */
static bool parse_composite(const char *text, INT category, struct request *request)
{
	static const char *const keys[] = {"LC_COLLATE", "LC_CTYPE", "LC_MONETARY", "LC_NUMERIC", "LC_TIME"};
	char value[64];
	const char *equals, *end;
	size_t i;

	while (*text != 0) {
		equals = strchr(text, '=');
		if (equals == NULL)
			return false;
		end = strchr(equals, ';');
		if (end == NULL)
			end = equals + strlen(equals);
		for (i = 0; i < ARRAY_SIZE(keys); i++)
			if (strncmp(text, keys[i], (size_t)(equals - text)) == 0 &&
			    keys[i][equals - text] == 0)
				break;
		if (i == ARRAY_SIZE(keys) || (size_t)(end - equals) > sizeof(value))
			return false;
		memcpy(value, equals + 1, (size_t)(end - equals - 1));
		value[end - equals - 1] = 0;
		if ((category == CRT_LC_ALL || category == (INT)i + 1) &&
		    !crt_parse_locale_name(value, &request->choices[i + 1]))
			return false;
		text = *end == ';' ? end + 1 : end;
	}
	return true;
}

static bool parse(INT category, const char *text, struct request *request)
{
	struct crt_locale_choice choice;
	INT i;

	if (strncmp(text, "LC_", 3) == 0)
		return parse_composite(text, category, request);
	if (!crt_parse_locale_name(text, &choice))
		return false;
	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT; i++) {
		if (category == CRT_LC_ALL || category == i)
			request->choices[i] = choice;
	}
	return true;
}

/* The variables of the process's locale that msvcrt.dll exports. */
static void publish(struct crt_variables *v, const struct crt_locale *locale)
{
	int i;

	v->mb_cur_max = locale->mb_cur_max;
	v->pctype = locale->pctype;
	v->pwctype = crt_wide_table();
	v->lc_codepage = locale->code_page;
	v->lc_collate_cp = locale->collate_code_page;
	for (i = CRT_LC_COLLATE; i < CRT_LC_COUNT; i++)
		v->lc_handle[i] = locale->lcid[i];
	memcpy(v->ctype_table + 127, locale->ctype, sizeof(locale->ctype));
}

void crt_locale_initialize(void)
{
	struct request request = {
		.choices = {{.name = ""}, {.name = "C"}, {.name = "C"}, {.name = "C"}, {.name = "C"}, {.name = "C"}}};

	if (crt_c_locale.pctype == NULL)
		make_locale(&crt_c_locale, &request);
}

void crt_locale_attach(struct crt_variables *variables)
{
	crt_locale_initialize();
	publish(variables, crt_process_locale);
}

CRT(char *, setlocale, (INT category, const char *text))
{
	struct crt_locale *locale;
	struct request request;
	int i;

	CRT_VALIDATE(category >= CRT_LC_ALL && category < CRT_LC_COUNT, EINVAL, NULL);
	crt_lock(CRT_LOCK_LOCALE);
	locale = crt_locale(NULL);
	if (text != NULL) {
		request_of(locale, &request);
		locale = parse(category, text, &request) ? get_locale(&request) : NULL;
		if (locale != NULL && crt_self.per_thread_locale) {
			crt_self.locale = locale;
		} else if (locale != NULL) {
			crt_process_locale = locale;
			for (i = 0; i < CRT_FLAVOUR_COUNT; i++)
				if (crt_variables_of[i] != NULL)
					publish(crt_variables_of[i], locale);
		}
	}
	crt_unlock(CRT_LOCK_LOCALE);
	if (locale == NULL)
		return NULL;
	return category == CRT_LC_ALL ? locale->full_name : locale->name[category];
}

CRT(WCHAR *, _wsetlocale, (INT category, const WCHAR *text))
{
	struct crt_locale *locale;
	char narrow[448];
	const char *result;
	size_t i;

	if (text != NULL) {
		for (i = 0; text[i] != 0; i++) {
			if (text[i] > 255 || i + 1 == sizeof(narrow))
				return NULL;
			narrow[i] = (char)text[i];
		}
		narrow[i] = 0;
	}
	result = crt_setlocale(category, text != NULL ? narrow : NULL);
	if (result == NULL)
		return NULL;
	locale = crt_locale(NULL);
	for (i = 0; result[i] != 0; i++)
		locale->wide_name[i] = (BYTE)result[i];
	locale->wide_name[i] = 0;
	return locale->wide_name;
}

CRT(struct crt_lconv *, localeconv, (void))
{
	return &crt_locale(NULL)->lconv;
}

/* For programs compiled with unsigned char: "not available" is 255. */
CRT_MSVCRT(INT, __lconv_init, (void))
{
	char *at = &crt_c_locale.lconv.int_frac_digits;

	memset(at, 0xFF, 8);
	return 0;
}
CRT_ALIAS_UCRT("__initialize_lconv_for_unsigned_char", crt___lconv_init);

/* _ENABLE_PER_THREAD_LOCALE 1, _DISABLE_PER_THREAD_LOCALE 2, 0 asks. */
CRT(INT, _configthreadlocale, (INT type))
{
	INT old = crt_self.per_thread_locale ? 1 : 2;

	switch (type) {
	case 0:
		break;
	case 1:
		if (!crt_self.per_thread_locale) {
			crt_self.locale = crt_process_locale;
			crt_self.per_thread_locale = true;
		}
		break;
	case 2:
		crt_self.locale = NULL;
		crt_self.per_thread_locale = false;
		break;
	default:
		crt_invalid(CRT_EINVAL);
		return -1;
	}
	return old;
}

static crt_locale_t make_pair(struct crt_locale *locale)
{
	crt_locale_t pair = crt_heap_allocate(sizeof(*pair));

	if (pair == NULL)
		return NULL;
	pair->locale = locale;
	pair->multibyte = crt_multibyte_for(locale->code_page);
	return pair;
}

CRT(crt_locale_t, _create_locale, (INT category, const char *text))
{
	struct crt_locale *locale = NULL;
	struct request request;

	if (category < CRT_LC_ALL || category >= CRT_LC_COUNT || text == NULL)
		return NULL;
	crt_lock(CRT_LOCK_LOCALE);
	request_of(&crt_c_locale, &request);
	if (parse(category, text, &request))
		locale = get_locale(&request);
	crt_unlock(CRT_LOCK_LOCALE);
	return locale != NULL ? make_pair(locale) : NULL;
}

CRT(crt_locale_t, _wcreate_locale, (INT category, const WCHAR *text))
{
	char narrow[448];
	size_t i;

	if (text == NULL)
		return NULL;
	for (i = 0; text[i] != 0; i++) {
		if (text[i] > 127 || i + 1 == sizeof(narrow))
			return NULL;
		narrow[i] = (char)text[i];
	}
	narrow[i] = 0;
	return crt__create_locale(category, narrow);
}

CRT(void, _free_locale, (crt_locale_t locale))
{
	crt_heap_free(locale);
}

CRT(crt_locale_t, _get_current_locale, (void))
{
	return make_pair(crt_locale(NULL));
}

CRT(UINT, ___lc_codepage_func, (void))
{
	return crt_locale(NULL)->code_page;
}

CRT(UINT, ___lc_collate_cp_func, (void))
{
	return crt_locale(NULL)->collate_code_page;
}

CRT_MSVCRT(LCID *, ___lc_handle_func, (void))
{
	return crt_variables->lc_handle;
}

/* Locale names by category; NULL for "C". */
CRT_UCRT(WCHAR **, ___lc_locale_name_func, (void))
{
	return crt_locale(NULL)->locale_names;
}

CRT(INT, ___mb_cur_max_func, (void))
{
	return crt_locale(NULL)->mb_cur_max;
}

CRT(INT, ___mb_cur_max_l_func, (crt_locale_t locale))
{
	return crt_locale(locale)->mb_cur_max;
}

CRT_MSVCRT(INT, ___setlc_active_func, (void))
{
	return 0;
}

CRT_MSVCRT(LONG *, ___unguarded_readlc_active_add_func, (void))
{
	return &crt_variables->unguarded_readlc_active;
}

/* The wrappers that msvcrt.dll exports for the C++ library. */
CRT_MSVCRT(INT, __crtLCMapStringW, (LCID locale, DWORD flags, const WCHAR *from, INT size, WCHAR *to, INT to_size))
{
	return LCMapStringW(locale, flags, from, size, to, to_size);
}

CRT_MSVCRT(INT, __crtCompareStringW, (LCID locale, DWORD flags, const WCHAR *a, INT a_size, const WCHAR *b, INT b_size))
{
	return CompareStringW(locale, flags, a, a_size, b, b_size);
}

CRT_MSVCRT(BOOL, __crtGetStringTypeW, (LCID locale, DWORD type, const WCHAR *from, INT size, USHORT *classes))
{
	(void)locale;
	return GetStringTypeW(type, from, size, classes);
}

CRT_MSVCRT(INT, __crtGetLocaleInfoW, (LCID locale, LCTYPE type, WCHAR *to, INT size))
{
	return GetLocaleInfoW(locale, type, to, size);
}
