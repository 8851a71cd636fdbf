/*
 * dlls/msvcp140/locale.c - std::locale: the locale objects and their facets' table, locale::id, _Lockit, _Locinfo.
 *
 * A locale is a pointer to a counted _Locimp, whose table holds a facet at the index that the facet's class got from its
 * locale::id.  The classic "C" locale is made on first need and stays.  Facets that programs ask for (use_facet) are made
 * one by one by the _Getcat of their class, in the program or in facets.c.
 */
#include "dlls/msvcp140/msvcp140.h"

enum { ALL_CATEGORIES = 0x3F };

/* --- locks: one recursive lock does for every kind --- */

static RTL_SRWLOCK lock;
static LONG lock_owner, lock_depth;
DWORD WINAPI GetCurrentThreadId(void);

void msvcp_lock(void)
{
	LONG self = (LONG)GetCurrentThreadId();

	if (__atomic_load_n(&lock_owner, __ATOMIC_RELAXED) != self) {
		RtlAcquireSRWLockExclusive(&lock);
		__atomic_store_n(&lock_owner, self, __ATOMIC_RELAXED);
	}
	lock_depth++;
}

void msvcp_unlock(void)
{
	if (--lock_depth != 0)
		return;
	__atomic_store_n(&lock_owner, 0, __ATOMIC_RELAXED);
	RtlReleaseSRWLockExclusive(&lock);
}

STD(INT *, "??0_Lockit@std@@QEAA@H@Z", Lockit_kind, (INT * lockit, INT kind))
{
	*lockit = kind;
	msvcp_lock();
	return lockit;
}

STD(INT *, "??0_Lockit@std@@QEAA@XZ", Lockit, (INT * lockit))
{
	return msvcp_Lockit_kind(lockit, 0);
}

STD(void, "??1_Lockit@std@@QEAA@XZ", Lockit_end, (INT * lockit))
{
	(void)lockit;
	msvcp_unlock();
}

/* --- strings --- */

STD(struct msvcp_yarn *, "??4?$_Yarn@D@std@@QEAAAEAV01@PEBD@Z", Yarn_assign, (struct msvcp_yarn * yarn, const char *text))
{
	if (yarn->text == text)
		return yarn;
	crt_heap_free(yarn->text);
	yarn->text = text != NULL ? crt_heap_strdup(text) : NULL;
	return yarn;
}

STD(const char *, "?c_str@?$_Yarn@D@std@@QEBAPEBDXZ", Yarn_c_str, (const struct msvcp_yarn *yarn))
{
	return yarn->text != NULL ? yarn->text : &yarn->nul;
}

/* --- facets --- */

STD(void, "?_Incref@facet@locale@std@@UEAAXXZ", facet_add_reference, (struct msvcp_facet * facet))
{
	__atomic_add_fetch(&facet->references, 1, __ATOMIC_RELAXED);
}

STD(struct msvcp_facet *, "?_Decref@facet@locale@std@@UEAAPEAV_Facet_base@3@XZ", facet_release, (struct msvcp_facet * facet))
{
	return __atomic_sub_fetch(&facet->references, 1, __ATOMIC_ACQ_REL) == 0 ? facet : NULL;
}

static void *WINAPI facet_delete(struct msvcp_facet *facet, UINT flags)
{
	if (flags & 1)
		crt_heap_free(facet);
	return facet;
}

static const struct msvcp_facet_vftable facet_vftable = {facet_delete, msvcp_facet_add_reference, msvcp_facet_release};

STD(struct msvcp_facet *, "??0facet@locale@std@@IEAA@_K@Z", facet, (struct msvcp_facet * facet, size_t references))
{
	facet->vftable = &facet_vftable;
	facet->references = (LONG)references;
	return facet;
}

STD(void, "??1facet@locale@std@@MEAA@XZ", facet_end, (struct msvcp_facet * facet))
{
	facet->vftable = &facet_vftable;
}

/* The virtual functions may be the program's. */
static void add_reference(struct msvcp_facet *facet)
{
	ke_call_guest(facet->vftable->add_reference, (uintptr_t)facet, 0, 0, 0);
}

static void release(struct msvcp_facet *facet)
{
	struct msvcp_facet *dead = (struct msvcp_facet *)ke_call_guest(facet->vftable->release, (uintptr_t)facet, 0, 0, 0);

	if (dead != NULL)
		ke_call_guest(dead->vftable->destroy, (uintptr_t)dead, 1, 0, 0);
}

STD(size_t, "??Bid@locale@std@@QEAA_KXZ", id_number, (struct msvcp_id * id))
{
	if (id->number == 0) {
		msvcp_lock();
		if (id->number == 0)
			id->number = (size_t)++msvcp_data->id_count;
		msvcp_unlock();
	}
	return id->number;
}

/* --- _Locimp --- */

static void *WINAPI locimp_delete(struct msvcp_facet *facet, UINT flags)
{
	struct msvcp_locimp *l = (struct msvcp_locimp *)facet;
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (l->facets[i] != NULL)
			release(l->facets[i]);
	}
	crt_heap_free(l->facets);
	crt_heap_free(l->name.text);
	return facet_delete(facet, flags);
}

static const struct msvcp_facet_vftable locimp_vftable = {locimp_delete, msvcp_facet_add_reference, msvcp_facet_release};
static struct msvcp_locimp *classic, *global;

STD(struct msvcp_locimp *, "?_New_Locimp@_Locimp@locale@std@@CAPEAV123@_N@Z", New_Locimp, (bool transparent))
{
	struct msvcp_locimp *l = msvcp_new(sizeof(*l));

	*l = (struct msvcp_locimp){.facet = {&locimp_vftable, 1}, .transparent = transparent};
	return l;
}

STD(void, "?_Locimp_Addfac@_Locimp@locale@std@@CAXPEAV123@PEAVfacet@23@_K@Z", Locimp_Addfac,
    (struct msvcp_locimp * l, struct msvcp_facet *facet, size_t index))
{
	struct msvcp_facet **grown;
	size_t count = index < 40 ? 40 : index + 1;

	msvcp_lock();
	if (index >= l->count) {
		grown = msvcp_new(count * sizeof(grown[0]));
		rtl_memset(grown, 0, count * sizeof(grown[0]));
		if (l->count != 0)
			rtl_memcpy(grown, l->facets, l->count * sizeof(grown[0]));
		crt_heap_free(l->facets);
		l->facets = grown;
		l->count = count;
	}
	add_reference(facet);
	if (l->facets[index] != NULL)
		release(l->facets[index]);
	l->facets[index] = facet;
	msvcp_unlock();
}

STD(struct msvcp_locimp *, "?_New_Locimp@_Locimp@locale@std@@CAPEAV123@AEBV123@@Z", New_Locimp_copy,
    (const struct msvcp_locimp *from))
{
	struct msvcp_locimp *l = msvcp_New_Locimp(from->transparent);
	size_t i;

	msvcp_lock();
	l->categories = from->categories;
	msvcp_Yarn_assign(&l->name, msvcp_Yarn_c_str(&from->name));
	for (i = from->count; i-- > 0;) {
		if (from->facets[i] != NULL)
			msvcp_Locimp_Addfac(l, from->facets[i], i);
	}
	msvcp_unlock();
	return l;
}

/* --- std::locale --- */

STD(struct msvcp_locimp *, "?_Init@locale@std@@CAPEAV_Locimp@12@_N@Z", locale_Init, (bool add))
{
	msvcp_lock();
	if (global == NULL) {
		classic = global = msvcp_New_Locimp(false);
		classic->categories = ALL_CATEGORIES;
		msvcp_Yarn_assign(&classic->name, "C");
		msvcp_facet_add_reference(&classic->facet); /* classic's own */
	}
	if (add)
		add_reference(&global->facet);
	msvcp_unlock();
	return global;
}

/* As it was before programs could ask for a reference at once. */
STD(struct msvcp_locimp *, "?_Init@locale@std@@CAPEAV_Locimp@12@XZ", locale_Init_old, (void))
{
	return msvcp_locale_Init(false);
}

STD(struct msvcp_locimp *, "?_Getgloballocale@locale@std@@CAPEAV_Locimp@12@XZ", locale_Getgloballocale, (void))
{
	return global;
}

STD(void, "?_Setgloballocale@locale@std@@CAXPEAX@Z", locale_Setgloballocale, (struct msvcp_locimp * l))
{
	global = l;
}

STD(const struct msvcp_locale *, "?classic@locale@std@@SAAEBV12@XZ", locale_classic, (void))
{
	static struct msvcp_locale locale;

	msvcp_locale_Init(false);
	locale.implementation = classic;
	return &locale;
}

/* --- _Locinfo: what facets are made from --- */

CRT_WEAK char *CDECL crt_setlocale(INT category, const char *name);

STD(struct msvcp_locinfo *, "??0_Locinfo@std@@QEAA@HPEBD@Z", Locinfo_categories,
    (struct msvcp_locinfo * info, INT categories, const char *name))
{
	const char *old = crt_setlocale(CRT_LC_ALL, NULL), *now = NULL;
	INT category;

	*info = (struct msvcp_locinfo){0};
	msvcp_Lockit_kind(&info->lock, 0);
	msvcp_Yarn_assign(&info->old_name, old);
	if (name != NULL && categories == 0)
		now = old;
	else if (name != NULL && categories == ALL_CATEGORIES)
		now = crt_setlocale(CRT_LC_ALL, name);
	else if (name != NULL) {
		for (category = CRT_LC_COLLATE, now = old; category < CRT_LC_COUNT && now != NULL; category++) {
			if (categories & 1 << category >> 1)
				now = crt_setlocale(category, name);
		}
		if (now != NULL)
			now = crt_setlocale(CRT_LC_ALL, NULL);
	}
	msvcp_Yarn_assign(&info->new_name, now != NULL ? now : "*");
	if (name == NULL) {
		msvcp_unlock();
		msvcp_throw(MSVCP_RUNTIME_ERROR, "bad locale name");
	}
	return info;
}

STD(struct msvcp_locinfo *, "??0_Locinfo@std@@QEAA@PEBD@Z", Locinfo, (struct msvcp_locinfo * info, const char *name))
{
	return msvcp_Locinfo_categories(info, ALL_CATEGORIES, name);
}

STD(void, "??1_Locinfo@std@@QEAA@XZ", Locinfo_end, (struct msvcp_locinfo * info))
{
	if (info->old_name.text != NULL)
		crt_setlocale(CRT_LC_ALL, info->old_name.text);
	crt_heap_free(info->days.text);
	crt_heap_free(info->months.text);
	crt_heap_free(info->wide_days.text);
	crt_heap_free(info->wide_months.text);
	crt_heap_free(info->old_name.text);
	crt_heap_free(info->new_name.text);
	msvcp_unlock();
}

STD(const char *, "?_Getname@_Locinfo@std@@QEBAPEBDXZ", Locinfo_Getname, (const struct msvcp_locinfo *info))
{
	return msvcp_Yarn_c_str(&info->new_name);
}

STD(const char *, "?_Gettrue@_Locinfo@std@@QEBAPEBDXZ", Locinfo_Gettrue, (const struct msvcp_locinfo *info))
{
	(void)info;
	return "true";
}

STD(const char *, "?_Getfalse@_Locinfo@std@@QEBAPEBDXZ", Locinfo_Getfalse, (const struct msvcp_locinfo *info))
{
	(void)info;
	return "false";
}

/* Gives a locale the facets of some categories, which only happens to those that exist here: the others are made on use. */
STD(struct msvcp_locimp *, "?_Makeloc@_Locimp@locale@std@@CAPEAV123@AEBV_Locinfo@3@HPEAV123@PEBV23@@Z", Makeloc,
    (const struct msvcp_locinfo *info, INT categories, struct msvcp_locimp *l, const struct msvcp_locale *from))
{
	(void)from;
	msvcp_make_facets(l, info, categories);
	l->categories |= categories;
	msvcp_Yarn_assign(&l->name, msvcp_Locinfo_Getname(info));
	return l;
}

EXPORT_DATA(msvcp140, "?_Id_cnt@id@locale@std@@0HA", offsetof(struct msvcp_data, id_count));
