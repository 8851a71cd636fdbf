/*
 * dlls/vcruntime140/old_classes.c - the exception classes that msvcrt.dll exports, for programs that were compiled against it:
 * exception, bad_cast, bad_typeid and __non_rtti_object, in no namespace.
 */
#include "dlls/crt/crt.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

static struct cxx_exception *construct(struct cxx_exception *e, const void *const *vftable, const char *what, bool copy)
{
	e->vftable = vftable;
	e->data.what = what;
	e->data.owned = false;
	if (copy && what != NULL) {
		e->data.what = crt_heap_strdup(what);
		e->data.owned = e->data.what != NULL;
	}
	return e;
}

static struct cxx_exception *assign(struct cxx_exception *to, const struct cxx_exception *from)
{
	const void *const *vftable = to->vftable;

	if (to == from)
		return to;
	cxx_exception_destroy(to);
	return cxx_exception_copy(to, from, vftable);
}

CRT_MSVCRT_AS("??0exception@@QEAA@XZ", struct cxx_exception *, crt_old_exception, (struct cxx_exception * e))
{
	return construct(e, vftable_old_exception, NULL, false);
}

CRT_MSVCRT_AS("??0exception@@QEAA@AEBQEBD@Z", struct cxx_exception *, crt_old_exception_text,
	      (struct cxx_exception * e, const char *const *what))
{
	return construct(e, vftable_old_exception, *what, true);
}

/* The text is the caller's, and stays. */
CRT_MSVCRT_AS("??0exception@@QEAA@AEBQEBDH@Z", struct cxx_exception *, crt_old_exception_constant,
	      (struct cxx_exception * e, const char *const *what, INT unused))
{
	(void)unused;
	return construct(e, vftable_old_exception, *what, false);
}

CRT_MSVCRT_AS("?what@exception@@UEBAPEBDXZ", const char *, crt_old_exception_what, (const struct cxx_exception *e))
{
	return cxx_exception_what(e);
}

CRT_MSVCRT_AS("??0bad_cast@@AEAA@PEBQEBD@Z", struct cxx_exception *, crt_old_bad_cast,
	      (struct cxx_exception * e, const char *const *what))
{
	return construct(e, vftable_old_bad_cast, *what, true);
}
CRT_ALIAS_MSVCRT("??0bad_cast@@QEAA@AEBQEBD@Z", crt_old_bad_cast);

/* What the three have in common: from a text, from another one, by assignment, and their ends. */
#define OLD_CLASS(name)                                                                                                     \
	CRT_MSVCRT_AS("??0" #name "@@QEAA@AEBV0@@Z", struct cxx_exception *, crt_old_##name##_copy,                         \
		      (struct cxx_exception * to, const struct cxx_exception *from))                                        \
	{                                                                                                                   \
		return cxx_exception_copy(to, from, OLD_VFTABLE_##name);                                                    \
	}                                                                                                                   \
	CRT_MSVCRT_AS("??4" #name "@@QEAAAEAV0@AEBV0@@Z", struct cxx_exception *, crt_old_##name##_assign,                  \
		      (struct cxx_exception * to, const struct cxx_exception *from))                                        \
	{                                                                                                                   \
		return assign(to, from);                                                                                    \
	}                                                                                                                   \
	CRT_MSVCRT_AS("??1" #name "@@UEAA@XZ", void, crt_old_##name##_destroy, (struct cxx_exception * e))                  \
	{                                                                                                                   \
		cxx_exception_destroy(e);                                                                                   \
	}
#define OLD_TEXT(name)                                                                                                      \
	CRT_MSVCRT_AS("??0" #name "@@QEAA@PEBD@Z", struct cxx_exception *, crt_old_##name##_text,                           \
		      (struct cxx_exception * e, const char *what))                                                         \
	{                                                                                                                   \
		return construct(e, OLD_VFTABLE_##name, what, true);                                                        \
	}
#define OLD_VFTABLE_exception vftable_old_exception
#define OLD_VFTABLE_bad_cast vftable_old_bad_cast
#define OLD_VFTABLE_bad_typeid vftable_old_bad_typeid
#define OLD_VFTABLE___non_rtti_object vftable_old_non_rtti_object

OLD_CLASS(exception)
OLD_CLASS(bad_cast)
OLD_TEXT(bad_cast)
OLD_CLASS(bad_typeid)
OLD_TEXT(bad_typeid)
OLD_CLASS(__non_rtti_object)
OLD_TEXT(__non_rtti_object)
