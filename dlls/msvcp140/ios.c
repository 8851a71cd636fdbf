/*
 * dlls/msvcp140/ios.c - ios_base, basic_ios<char>, the manipulators with an argument, and std::locale as a value.
 */
#include "dlls/msvcp140/streams.h"

/* --- locales as values --- */

static struct msvcp_locimp *hold(struct msvcp_locimp *l)
{
	ke_call_guest(l->facet.vftable->add_reference, (uintptr_t)l, 0, 0, 0);
	return l;
}

void msvcp_locale_copy(struct msvcp_locale *to, const struct msvcp_locale *from)
{
	to->implementation = hold(from->implementation);
}

void msvcp_locale_global(struct msvcp_locale *to)
{
	to->implementation = msvcp_locale_Init(true);
}

void msvcp_locale_end(struct msvcp_locale *locale)
{
	struct msvcp_facet *dead, *facet = &locale->implementation->facet;

	dead = (struct msvcp_facet *)ke_call_guest(facet->vftable->release, (uintptr_t)facet, 0, 0, 0);
	if (dead != NULL)
		ke_call_guest(dead->vftable->destroy, (uintptr_t)dead, 1, 0, 0);
}

/* --- ios_base --- */

enum { EVENT_ERASE, EVENT_IMBUE, EVENT_COPY };

static void call_back(struct ios *ios, INT event)
{
	struct ios_callback *c;

	for (c = ios->callbacks; c != NULL; c = c->next)
		ke_call_guest(c->function, (uint64_t)event, (uintptr_t)ios, (uint64_t)c->index, 0);
}

static void tidy(struct ios *ios)
{
	struct ios_callback *callback;
	struct ios_array *array;

	call_back(ios, EVENT_ERASE);
	while ((array = ios->array) != NULL) {
		ios->array = array->next;
		crt_heap_free(array);
	}
	while ((callback = ios->callbacks) != NULL) {
		ios->callbacks = callback->next;
		crt_heap_free(callback);
	}
}

STD(void, "?_Ios_base_dtor@ios_base@std@@CAXPEAV12@@Z", Ios_base_dtor, (struct ios * ios))
{
	tidy(ios);
	if (ios->locale != NULL) {
		msvcp_locale_end(ios->locale);
		crt_heap_free(ios->locale);
		ios->locale = NULL;
	}
}

STD_ALIAS("??1ios_base@std@@UEAA@XZ", Ios_base_dtor);

void *WINAPI ios_base_delete(struct ios *ios, UINT flags)
{
	msvcp_Ios_base_dtor(ios);
	if (flags & 1)
		crt_heap_free(ios);
	return ios;
}

void ios_set_state(struct ios *ios, INT state, bool again)
{
	INT wanted;

	ios->state = state & STATE_ALL;
	wanted = ios->state & ios->exceptions;
	if (wanted == 0)
		return;
	if (again)
		cxx_throw(NULL, NULL, NULL);
	msvcp_throw_failure(wanted & STATE_BAD ? "ios_base::badbit set"
					       : wanted & STATE_FAIL ? "ios_base::failbit set" : "ios_base::eofbit set");
}

STD(void, "?clear@ios_base@std@@QEAAXH_N@Z", ios_base_clear, (struct ios * ios, INT state, bool again))
{
	ios_set_state(ios, state, again);
}

STD(void, "?clear@ios_base@std@@QEAAXH@Z", ios_base_clear_quietly, (struct ios * ios, INT state))
{
	ios_set_state(ios, state, false);
}

STD(void, "?exceptions@ios_base@std@@QEAAXH@Z", ios_base_set_exceptions, (struct ios * ios, INT which))
{
	ios->exceptions = which & STATE_ALL;
	ios_set_state(ios, ios->state, false);
}

#define GETTER(type, exported, name, value)                                                                            \
	STD(type, exported, ios_base_##name, (const struct ios *ios))                                                  \
	{                                                                                                              \
		return value;                                                                                          \
	}
GETTER(bool, "?good@ios_base@std@@QEBA_NXZ", good, ios->state == STATE_GOOD)
GETTER(bool, "?eof@ios_base@std@@QEBA_NXZ", eof, (ios->state & STATE_EOF) != 0)
GETTER(bool, "?fail@ios_base@std@@QEBA_NXZ", fail, (ios->state & (STATE_FAIL | STATE_BAD)) != 0)
GETTER(bool, "?bad@ios_base@std@@QEBA_NXZ", bad, (ios->state & STATE_BAD) != 0)
GETTER(bool, "??7ios_base@std@@QEBA_NXZ", not, (ios->state & (STATE_FAIL | STATE_BAD)) != 0)
GETTER(bool, "??Bios_base@std@@QEBA_NXZ", bool, (ios->state & (STATE_FAIL | STATE_BAD)) == 0)
GETTER(INT, "?rdstate@ios_base@std@@QEBAHXZ", rdstate, ios->state)
GETTER(INT, "?exceptions@ios_base@std@@QEBAHXZ", exceptions, ios->exceptions)
GETTER(INT, "?flags@ios_base@std@@QEBAHXZ", flags, ios->flags)
GETTER(int64_t, "?precision@ios_base@std@@QEBA_JXZ", precision, ios->precision)
GETTER(int64_t, "?width@ios_base@std@@QEBA_JXZ", width, ios->width)

/* Sets a member and returns what it was. */
#define SETTER(type, exported, name, member, value, ...)                                                               \
	STD(type, exported, ios_base_set_##name, (struct ios * ios, __VA_ARGS__))                                      \
	{                                                                                                              \
		type old = ios->member;                                                                                \
                                                                                                                       \
		ios->member = value;                                                                                   \
		return old;                                                                                            \
	}
SETTER(INT, "?flags@ios_base@std@@QEAAHH@Z", flags, flags, flags, INT flags)
SETTER(INT, "?setf@ios_base@std@@QEAAHH@Z", more_flags, flags, old | flags, INT flags)
SETTER(INT, "?setf@ios_base@std@@QEAAHHH@Z", some_flags, flags, (old & ~mask) | (flags & mask), INT flags, INT mask)
SETTER(int64_t, "?precision@ios_base@std@@QEAA_J_J@Z", precision, precision, precision, int64_t precision)
SETTER(int64_t, "?width@ios_base@std@@QEAA_J_J@Z", width, width, width, int64_t width)

STD(void, "?unsetf@ios_base@std@@QEAAXH@Z", ios_base_unsetf, (struct ios * ios, INT flags))
{
	ios->flags &= ~flags;
}

STD(struct msvcp_locale *, "?getloc@ios_base@std@@QEBA?AVlocale@2@XZ", ios_base_getloc,
    (const struct ios *ios, struct msvcp_locale *result))
{
	msvcp_locale_copy(result, ios->locale);
	return result;
}

STD(struct msvcp_locale *, "?imbue@ios_base@std@@QEAA?AVlocale@2@AEBV32@@Z", ios_base_imbue,
    (struct ios * ios, struct msvcp_locale *result, const struct msvcp_locale *locale))
{
	struct msvcp_locale old = *ios->locale;

	msvcp_locale_copy(ios->locale, locale);
	call_back(ios, EVENT_IMBUE);
	result->implementation = old.implementation;
	return result;
}

STD(INT, "?xalloc@ios_base@std@@SAHXZ", ios_base_xalloc, (void))
{
	static INT next;

	return __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
}

static struct ios_array *find_array(struct ios *ios, INT index)
{
	struct ios_array *array, *unused = NULL;

	for (array = ios->array; array != NULL; array = array->next) {
		if (array->index == index)
			return array;
		if (unused == NULL && array->word == 0 && array->pointer == NULL)
			unused = array;
	}
	if (unused != NULL) {
		unused->index = index;
		return unused;
	}
	array = msvcp_new(sizeof(*array));
	*array = (struct ios_array){ios->array, index, 0, NULL};
	ios->array = array;
	return array;
}

STD(LONG *, "?iword@ios_base@std@@QEAAAEAJH@Z", ios_base_iword, (struct ios * ios, INT index))
{
	return &find_array(ios, index)->word;
}

STD(void **, "?pword@ios_base@std@@QEAAAEAPEAXH@Z", ios_base_pword, (struct ios * ios, INT index))
{
	return &find_array(ios, index)->pointer;
}

STD(void, "?register_callback@ios_base@std@@QEAAXP6AXW4event@12@AEAV12@H@ZH@Z", ios_base_register_callback,
    (struct ios * ios, void *function, INT index))
{
	struct ios_callback *callback = msvcp_new(sizeof(*callback));

	*callback = (struct ios_callback){ios->callbacks, index, function};
	ios->callbacks = callback;
}

/* --- manipulators with an argument --- */

/* _Smanip: a function and its argument. */
struct manipulator {
	void *function;
	int64_t argument;
};

static void CDECL set_width(struct ios *ios, int64_t width)
{
	ios->width = width;
}

static void CDECL set_precision(struct ios *ios, int64_t precision)
{
	ios->precision = precision;
}

STD(struct manipulator, "?setw@std@@YA?AU?$_Smanip@_J@1@_J@Z", setw, (int64_t width))
{
	return (struct manipulator){set_width, width};
}

STD(struct manipulator, "?setprecision@std@@YA?AU?$_Smanip@_J@1@_J@Z", setprecision, (int64_t precision))
{
	return (struct manipulator){set_precision, precision};
}

/* --- what the DLL's variables of this file hold --- */

EXPORT_DATA(msvcp140, "??_7ios_base@std@@6B@", offsetof(struct msvcp_data, ios_base_vftable));
EXPORT_DATA(msvcp140, "?_BADOFF@std@@3_JB", offsetof(struct msvcp_data, bad_offset));

void msvcp_set_ios_variables(void)
{
	msvcp_data->ios_base_vftable[0] = ios_base_delete;
	msvcp_data->ios_vftable[0] = msvcp_ios_delete;
	msvcp_data->wide_ios_vftable[0] = msvcp_wide_ios_delete;
	msvcp_data->bad_offset = -1;
}

#include "dlls/msvcp140/ios_template.h"
