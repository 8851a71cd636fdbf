/*
 * dlls/vcruntime140/names.c - names as the compiler decorates them, for programs: __unDName and type_info::name().
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/undname/undname.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

char *cxx_undecorate_type(const char *decorated)
{
	char *work = crt_heap_allocate(UNDNAME_WORK), *result;
	const char *text;

	if (work == NULL)
		return NULL;
	text = undname(decorated, UNDNAME_NO_ARGUMENTS, work);
	result = crt_heap_strdup(text != NULL ? text : decorated + (decorated[0] == '.'));
	crt_heap_free(work);
	return result;
}

/*
 * The text of a name, or the name as it is where that cannot be read.  Into `to`, of which `size` bytes are used, or into a block
 * from `allocate`, or the heap of the runtime.  NULL: no memory.
 */
static char *undecorate(char *to, const char *decorated, INT size, void *allocate, USHORT flags)
{
	char *work = crt_heap_allocate(UNDNAME_WORK);
	const char *text;
	size_t length;

	if (work == NULL)
		return NULL;
	text = undname(decorated, flags, work);
	if (text == NULL)
		text = decorated;
	length = rtl_strlen(text);
	if (to == NULL) {
		to = allocate != NULL ? (char *)(uintptr_t)ke_call_guest(allocate, length + 1, 0, 0, 0) : crt_heap_allocate(length + 1);
	} else if (size <= 0) {
		to = NULL;
	} else if (length >= (size_t)size) {
		length = (size_t)size - 1;
	}
	if (to != NULL) {
		rtl_memcpy(to, text, length);
		to[length] = 0;
	}
	crt_heap_free(work);
	return to;
}

#define VC_NAME(name)                                                                                                       \
	EXPORT_ALIAS(vcruntime140, #name, crt_##name);                                                                      \
	EXPORT_ALIAS(ucrtbase, #name, crt_##name);

EXPORT_C(msvcrt, "__unDName", char *, crt___unDName,
	 (char *to, const char *decorated, INT size, void *allocate, void *release, USHORT flags))
{
	(void)release; /* nothing of theirs is kept */
	return undecorate(to, decorated, size, allocate, flags);
}
VC_NAME(__unDName)

/* With a function that is asked for names of template parameters, which nobody has. */
EXPORT_C(msvcrt, "__unDNameEx", char *, crt___unDNameEx,
	 (char *to, const char *decorated, INT size, void *allocate, void *release, void *parameter, USHORT flags))
{
	(void)release, (void)parameter;
	return undecorate(to, decorated, size, allocate, flags);
}
VC_NAME(__unDNameEx)
