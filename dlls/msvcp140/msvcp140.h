/*
 * dlls/msvcp140/msvcp140.h - what the files of msvcp140.dll share: the standard library's compiled part for programs of
 * Visual Studio 2015 to 2022 that link it dynamically.
 *
 * Its exports are members of C++ classes under their decorated names.  Here they are C functions whose first parameter is
 * `this`; the structures below have the layout of the classes, which is part of the interface: programs have them inlined.
 * The names and layouts are public in the headers that come with the compiler (github.com/microsoft/STL).
 */
#ifndef PEWTER_DLLS_MSVCP140_MSVCP140_H
#define PEWTER_DLLS_MSVCP140_MSVCP140_H

#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

/* STD(int, "?_Winerror_map@std@@YAHH@Z", winerror_map, (int code)) { ... } defines msvcp_winerror_map. */
#define STD(type, exported, name, params) EXPORT_C(msvcp140, exported, type, msvcp_##name, params)
#define STD_ALIAS(exported, name) EXPORT_ALIAS(msvcp140, exported, msvcp_##name)

/* --- exceptions (exceptions.c) --- */

enum msvcp_exception {
	MSVCP_BAD_ALLOC,
	MSVCP_BAD_FUNCTION_CALL,
	MSVCP_BAD_CAST,
	MSVCP_INVALID_ARGUMENT,
	MSVCP_LENGTH_ERROR,
	MSVCP_OUT_OF_RANGE,
	MSVCP_OVERFLOW_ERROR,
	MSVCP_RANGE_ERROR,
	MSVCP_RUNTIME_ERROR,
};
/* Throws it with a message (not copied for the first three). */
void msvcp_throw(enum msvcp_exception kind, const char *what) __attribute__((noreturn));
/* Throws std::system_error of the generic category. */
void msvcp_throw_errno(INT error, const char *what) __attribute__((noreturn));
/* Memory of operator new: throws bad_alloc rather than return NULL. */
void *msvcp_new(size_t size);

/* --- locales (locale.c, locale_functions.c, facets.c, facets_wide.c) --- */

struct msvcp_facet;
struct msvcp_facet_vftable {
	void *(WINAPI *destroy)(struct msvcp_facet *facet, UINT flags); /* flags 1: free the memory too */
	void(WINAPI *add_reference)(struct msvcp_facet *facet);
	struct msvcp_facet *(WINAPI *release)(struct msvcp_facet *facet); /* the facet if it is to be destroyed */
};
struct msvcp_facet {
	const struct msvcp_facet_vftable *vftable;
	LONG references;
};

/* _Yarn: a string on the heap; NULL is empty. */
struct msvcp_yarn {
	char *text;
	char nul;
};
struct msvcp_wide_yarn {
	WCHAR *text;
	WCHAR nul;
};

/* locale::_Locimp */
struct msvcp_locimp {
	struct msvcp_facet facet;
	struct msvcp_facet **facets; /* by locale::id */
	size_t count;
	INT categories;
	bool transparent; /* facets that are missing are looked for in the global locale */
	struct msvcp_yarn name;
};

/* std::locale: two empty bases put the pointer into the second word. */
struct msvcp_locale {
	void *bases;
	struct msvcp_locimp *implementation;
};

struct msvcp_id {
	size_t number; /* 0: not given yet */
};

/* _Locinfo */
struct msvcp_locinfo {
	INT lock;
	struct msvcp_yarn days, months;
	struct msvcp_wide_yarn wide_days, wide_months;
	struct msvcp_yarn old_name, new_name;
};

/* _Ctypevec */
struct msvcp_ctypevec {
	UINT page;
	const SHORT *table;
	INT owned;
	WCHAR *locale_name;
};

/* _Cvtvec */
struct msvcp_cvtvec {
	UINT page, mb_cur_max;
	INT is_c;
	BYTE lead[32]; /* a bit for every byte that begins a character of two */
};

struct msvcp_ctype {
	struct msvcp_facet facet;
	struct msvcp_ctypevec vector;
};

/* The exported variables, in the DLL's image. */
struct msvcp_data {
	struct msvcp_id id_ctype_char, id_ctype_wide, id_codecvt_char, id_codecvt_wide, id_numpunct, wide_id_numpunct;
	struct msvcp_id id_time_put, wide_id_time_put, id_collate_char, id_collate_wide;
	LONG id_count;
	int64_t bad_offset;
	void *ios_base_vftable[1], *ios_vftable[1], *wide_ios_vftable[1];
	/* The standard streams, of basic_ostream's and basic_istream's size. */
	uint64_t cout[14], cerr[14], clog[14], cin[15];
	uint64_t wide_cout[14], wide_cerr[14], wide_clog[14], wide_cin[15];
};
extern struct msvcp_data *msvcp_data;

/* The global locale's implementation, made on first need. */
struct msvcp_locimp *CDECL msvcp_locale_Init(bool add);
struct msvcp_facet *CDECL msvcp_facet_release(struct msvcp_facet *facet);
void CDECL msvcp_facet_add_reference(struct msvcp_facet *facet);
void CDECL msvcp_Locimp_Addfac(struct msvcp_locimp *l, struct msvcp_facet *facet, size_t index);
size_t CDECL msvcp_id_number(struct msvcp_id *id);
struct msvcp_locinfo *CDECL msvcp_Locinfo(struct msvcp_locinfo *info, const char *name);
void CDECL msvcp_Locinfo_end(struct msvcp_locinfo *info);
const char *CDECL msvcp_Yarn_c_str(const struct msvcp_yarn *yarn);
struct msvcp_ctypevec CDECL msvcp_Getctype(void);
struct msvcp_cvtvec CDECL msvcp_Getcvt(void);
struct msvcp_facet *msvcp_new_ctype_wide(void);
/* Gives a new locale the facets of some categories (bits of locale::category). */
void msvcp_make_facets(struct msvcp_locimp *l, const struct msvcp_locinfo *info, INT categories);

/* Fills in the variables of ios.c. */
void msvcp_set_ios_variables(void);

/* The global lock of locales (_Lockit); recursive. */
void msvcp_lock(void);
void msvcp_unlock(void);

#endif
