/*
 * dlls/vcruntime140/exception.c - the members of std::exception and of the classes that add nothing to it.
 */
#include "dlls/crt/crt.h"
#include "dlls/vcruntime140/cxx.h"

void WINAPI cxx_exception_destroy(struct cxx_exception *e)
{
	if (e->data.owned)
		crt_heap_free((char *)e->data.what);
	e->data = (struct cxx_exception_data){0};
}

struct cxx_exception *WINAPI cxx_exception_delete(struct cxx_exception *e, UINT flags)
{
	cxx_exception_destroy(e);
	if (flags & 1)
		crt_heap_free(e);
	return e;
}

const char *WINAPI cxx_exception_what(const struct cxx_exception *e)
{
	return e->data.what != NULL ? e->data.what : "Unknown exception";
}

struct cxx_exception *WINAPI cxx_exception_copy(struct cxx_exception *to, const struct cxx_exception *from,
						const void *const *vftable)
{
	to->vftable = vftable;
	to->data = from->data;
	if (from->data.owned && from->data.what != NULL) {
		to->data.what = crt_heap_strdup(from->data.what);
		to->data.owned = to->data.what != NULL;
	}
	return to;
}
