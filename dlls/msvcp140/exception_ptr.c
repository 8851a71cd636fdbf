/*
 * dlls/msvcp140/exception_ptr.c - std::exception_ptr: exceptions kept beyond their catch block, for other threads too.
 *
 * The class is two pointers that only these functions look into: the first is a `kept`, the second is not used.  What is
 * kept is a copy of the thrown object, made and destroyed by the functions that the throw named.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/msvcp140/msvcp140.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

struct kept {
	LONG references;
	EXCEPTION_RECORD record; /* its parameter 1: `object` */
	char object[] __attribute__((aligned(16)));
};

struct exception_ptr {
	struct kept *kept;
	void *unused;
};

enum { OBJECT = 1, THROW_INFO, IMAGE };

static const struct cxx_throw_info *info_of(const EXCEPTION_RECORD *record)
{
	return record->ExceptionCode == CXX_EXCEPTION && record->NumberParameters == 4
		       ? (const struct cxx_throw_info *)record->ExceptionInformation[THROW_INFO]
		       : NULL;
}

/* The thrown class itself comes first. */
static const struct cxx_catchable_type *type_of(const EXCEPTION_RECORD *record)
{
	const char *image = (const char *)record->ExceptionInformation[IMAGE];
	const struct cxx_catchable_types *types =
		(const struct cxx_catchable_types *)(image + info_of(record)->catchable_types);

	return (const struct cxx_catchable_type *)(image + types->types[0]);
}

/* May run the program's copy constructor. */
static void copy_object(void *to, const EXCEPTION_RECORD *record)
{
	const struct cxx_catchable_type *type = type_of(record);
	const char *from = (const char *)record->ExceptionInformation[OBJECT];

	if ((type->properties & 1) || type->copy_constructor == 0)
		rtl_memcpy(to, from, (size_t)type->size);
	else
		ke_call_guest((char *)record->ExceptionInformation[IMAGE] + type->copy_constructor, (uintptr_t)to,
			      (uintptr_t)from, type->properties & 4 ? 1 : 0, 0);
}

static struct kept *keep(const EXCEPTION_RECORD *record)
{
	size_t size = info_of(record) != NULL ? (size_t)type_of(record)->size : 0;
	struct kept *kept = crt_heap_allocate(sizeof(*kept) + size);

	/* std::current_exception() gives bad_alloc then, which needs memory as well. */
	if (kept == NULL)
		cxx_terminate();
	kept->references = 1;
	kept->record = *record;
	if (info_of(record) != NULL) {
		copy_object(kept->object, record);
		kept->record.ExceptionInformation[OBJECT] = (ULONG_PTR)kept->object;
	}
	return kept;
}

static void release(struct kept *kept)
{
	const struct cxx_throw_info *info;

	if (kept == NULL || __atomic_sub_fetch(&kept->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	info = info_of(&kept->record);
	if (info != NULL && info->destructor != 0)
		ke_call_guest((char *)kept->record.ExceptionInformation[IMAGE] + info->destructor, (uintptr_t)kept->object, 0, 0,
			      0);
	crt_heap_free(kept);
}

static struct kept *share(const struct exception_ptr *p)
{
	if (p->kept != NULL)
		__atomic_add_fetch(&p->kept->references, 1, __ATOMIC_RELAXED);
	return p->kept;
}

STD(void, "?__ExceptionPtrCreate@@YAXPEAX@Z", ExceptionPtrCreate, (struct exception_ptr * p))
{
	*p = (struct exception_ptr){0};
}

STD(void, "?__ExceptionPtrDestroy@@YAXPEAX@Z", ExceptionPtrDestroy, (struct exception_ptr * p))
{
	struct kept *kept = p->kept;

	p->kept = NULL;
	release(kept);
}

STD(void, "?__ExceptionPtrCopy@@YAXPEAXPEBX@Z", ExceptionPtrCopy, (struct exception_ptr * to, const struct exception_ptr *from))
{
	*to = (struct exception_ptr){share(from), NULL};
}

STD(void, "?__ExceptionPtrAssign@@YAXPEAXPEBX@Z", ExceptionPtrAssign,
    (struct exception_ptr * to, const struct exception_ptr *from))
{
	struct kept *old = to->kept;

	to->kept = share(from);
	release(old);
}

STD(bool, "?__ExceptionPtrCompare@@YA_NPEBX0@Z", ExceptionPtrCompare,
    (const struct exception_ptr *a, const struct exception_ptr *b))
{
	return a->kept == b->kept;
}

STD(bool, "?__ExceptionPtrToBool@@YA_NPEBX@Z", ExceptionPtrToBool, (const struct exception_ptr *p))
{
	return p->kept != NULL;
}

STD(void, "?__ExceptionPtrSwap@@YAXPEAX0@Z", ExceptionPtrSwap, (struct exception_ptr * a, struct exception_ptr *b))
{
	struct exception_ptr old = *a;

	*a = *b;
	*b = old;
}

/* Sets a pointer that holds nothing or something: std::current_exception() passes one just created. */
STD(void, "?__ExceptionPtrCurrentException@@YAXPEAX@Z", ExceptionPtrCurrentException, (struct exception_ptr * p))
{
	const EXCEPTION_RECORD *current = crt_self.current_exception;
	struct kept *old = p->kept;

	p->kept = current != NULL ? keep(current) : NULL;
	release(old);
}

/* std::make_exception_ptr(): as if `object` had been thrown and caught. */
STD(void, "?__ExceptionPtrCopyException@@YAXPEAXPEBX1@Z", ExceptionPtrCopyException,
    (struct exception_ptr * p, const void *object, const struct cxx_throw_info *info))
{
	EXCEPTION_RECORD record = {
		.ExceptionCode = CXX_EXCEPTION,
		.ExceptionFlags = EXCEPTION_NONCONTINUABLE,
		.NumberParameters = 4,
		.ExceptionInformation = {CXX_MAGIC1, (ULONG_PTR)object, (ULONG_PTR)info, (ULONG_PTR)cxx_image_of(info)},
	};
	struct kept *old = p->kept;

	p->kept = keep(&record);
	release(old);
}

/* Each throw has an object of its own, as its handler may change it.  No pointer: std::bad_exception. */
STD(void, "?__ExceptionPtrRethrow@@YAXPEBX@Z", ExceptionPtrRethrow, (const struct exception_ptr *p))
{
	const EXCEPTION_RECORD *record;
	char *object;

	if (p->kept == NULL) {
		struct cxx_exception bad = {vftable_bad_exception, {"bad exception", false}};

		cxx_throw(&bad, &throw_bad_exception, cxx_classes);
	}
	record = &p->kept->record;
	if (info_of(record) == NULL) {
		RaiseException(record->ExceptionCode, record->ExceptionFlags & EXCEPTION_NONCONTINUABLE, record->NumberParameters,
			       record->ExceptionInformation);
		cxx_terminate();
	}
	object = __builtin_alloca_with_align((size_t)type_of(record)->size, 128);
	copy_object(object, record);
	cxx_throw(object, info_of(record), (const void *)record->ExceptionInformation[IMAGE]);
}
