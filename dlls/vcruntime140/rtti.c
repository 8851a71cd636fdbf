/*
 * dlls/vcruntime140/rtti.c - typeid and dynamic_cast over the compiler's run-time type information.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/vcruntime140/cxx.h"
#include "host/host.h"
#include "ntdll/ldr.h"
#include "ntdll/rtl/crt.h"

const void *cxx_image_of(const void *address)
{
	LDR_DATA_TABLE_ENTRY *entry;

	return NT_SUCCESS(ldr_operations.find_by_address(address, &entry)) ? entry->DllBase : NULL;
}

/* The message is a constant. */
static void __attribute__((noreturn)) fail(const void *const *vftable, const struct cxx_throw_info *info, const char *what)
{
	struct cxx_exception e = {vftable, {what, false}};

	cxx_throw(&e, info, cxx_classes);
}

/* What is thrown: the standard library's classes, or msvcrt's. */
struct errors {
	const void *const *cast_vftable, *const *typeid_vftable, *const *object_vftable;
	const struct cxx_throw_info *cast, *typeid, *object;
};
static const struct errors standard_errors = {vftable_bad_cast, vftable_bad_typeid,  vftable_non_rtti_object,
					      &throw_bad_cast,	&throw_bad_typeid, &throw_non_rtti_object};
static const struct errors old_errors = {vftable_old_bad_cast, vftable_old_bad_typeid,	vftable_old_non_rtti_object,
					 &throw_old_bad_cast,  &throw_old_bad_typeid, &throw_old_non_rtti_object};

/* What a polymorphic object's vftable says of it. */
struct object {
	const char *complete; /* the complete object */
	const struct rtti_locator *locator;
	const char *base; /* the image */
};

static struct object inspect(const void *pointer, const struct errors *errors)
{
	const struct rtti_locator *locator = (*(const struct rtti_locator ***)pointer)[-1];
	struct object object = {pointer, locator, NULL};

	if (locator == NULL)
		fail(errors->object_vftable, errors->object, "Bad read pointer - no RTTI data!");
	object.complete -= locator->offset;
	/* In a constructor the displacement of virtual bases is kept beside the object. */
	if (locator->constructor_offset != 0)
		object.complete -= *(const INT *)((const char *)pointer - locator->constructor_offset);
	object.base = locator->signature == 0 ? cxx_image_of(locator) : (const char *)locator - locator->self;
	return object;
}

static const struct cxx_type_descriptor *type_at(const char *base, INT rva)
{
	return (const struct cxx_type_descriptor *)(base + rva);
}

static bool same_type(const struct cxx_type_descriptor *a, const struct cxx_type_descriptor *b)
{
	return a == b || rtl_strcmp(a->decorated, b->decorated) == 0;
}

static const char *displace(const char *object, const struct cxx_member_pointer *where)
{
	const char *at = object;

	if (where->vbtable >= 0) {
		at += where->vbtable;
		at += *(const INT *)(*(const char *const *)at + where->in_vbtable);
	}
	return at + where->member;
}

/* For the standard library, and for msvcrt with its own classes: NAME and its body, which knows `errors`. */
#define RTTI(type, name, params, arguments)                                                                                 \
	static type name##_as(const struct errors *errors, UNPACK_ params);                                                 \
	EXPORT_RECORD_(ucrtbase, #name, crt_##name, 0);                                                                     \
	EXPORT_C(vcruntime140, #name, type, crt_##name, params)                                                             \
	{                                                                                                                   \
		return name##_as(&standard_errors, UNPACK_ arguments);                                                      \
	}                                                                                                                   \
	EXPORT_C(msvcrt, #name, type, crt_old_##name, params)                                                               \
	{                                                                                                                   \
		return name##_as(&old_errors, UNPACK_ arguments);                                                           \
	}                                                                                                                   \
	static type name##_as(const struct errors *errors, UNPACK_ params)
#define UNPACK_(...) __VA_ARGS__

RTTI(void *, __RTCastToVoid, (void *pointer), (pointer))
{
	return pointer == NULL ? NULL : (void *)inspect(pointer, errors).complete;
}

RTTI(void *, __RTtypeid, (void *pointer), (pointer))
{
	struct object object;

	if (pointer == NULL)
		fail(errors->typeid_vftable, errors->typeid, "Attempted a typeid of nullptr pointer!");
	object = inspect(pointer, errors);
	return (void *)type_at(object.base, object.locator->type);
}

/* Whether base `j` of a hierarchy is a public base of `b`, which is base `i` and contains it. */
static bool visible_in(const char *image, const INT *bases, const struct rtti_base_class *b, ULONG i, ULONG j)
{
	const struct rtti_base_class *inner = (const struct rtti_base_class *)(image + bases[j]);
	const struct rtti_class_hierarchy *own;

	if (i == 0)
		return !(inner->attributes & 1);
	if (!(b->attributes & 0x40)) /* an old compiler: its own hierarchy is not told */
		return !(inner->attributes & 4);
	own = (const struct rtti_class_hierarchy *)(image + b->hierarchy);
	inner = (const struct rtti_base_class *)(image + ((const INT *)(image + own->bases))[j - i]);
	return !(inner->attributes & 1);
}

/*
 * dynamic_cast: first a base of the source's derived class (the target contains the source), then across (the target is
 * another base, visible and unique).  MSDN "dynamic_cast Operator".
 */
RTTI(void *, __RTDynamicCast,
     (void *pointer, INT delta, const struct cxx_type_descriptor *source, const struct cxx_type_descriptor *target, BOOL reference),
     (pointer, delta, source, target, reference))
{
	const struct rtti_class_hierarchy *hierarchy;
	const char *from, *found = NULL, *across = NULL;
	bool source_visible = false, ambiguous = false, several = false;
	struct object object;
	const INT *bases;
	ULONG i, j;

	if (pointer == NULL)
		return NULL;
	object = inspect(pointer, errors);
	from = (const char *)pointer - delta;
	hierarchy = (const struct rtti_class_hierarchy *)(object.base + object.locator->hierarchy);
	bases = (const INT *)(object.base + hierarchy->bases);
	for (i = 0; i < hierarchy->base_count; i++) {
		const struct rtti_base_class *b = (const struct rtti_base_class *)(object.base + bases[i]);

		if (same_type(type_at(object.base, b->type), source) && displace(object.complete, &b->where) == from &&
		    !(b->attributes & 5))
			source_visible = true;
		if (!same_type(type_at(object.base, b->type), target))
			continue;
		for (j = i; j <= i + b->contained && j < hierarchy->base_count; j++) {
			const struct rtti_base_class *inner = (const struct rtti_base_class *)(object.base + bases[j]);

			if (same_type(type_at(object.base, inner->type), source) &&
			    displace(object.complete, &inner->where) == from && visible_in(object.base, bases, b, i, j)) {
				const char *at = displace(object.complete, &b->where);

				/* A virtual base of several: none is meant. */
				several = several || (found != NULL && found != at);
				found = at;
				break;
			}
		}
		if (!(b->attributes & 5)) {
			const char *at = displace(object.complete, &b->where);

			if (across != NULL && across != at)
				ambiguous = true;
			across = at;
		}
	}
	if (several || found == NULL)
		found = source_visible && !ambiguous ? across : NULL;
	if (found == NULL && reference)
		fail(errors->cast_vftable, errors->cast, "Bad dynamic_cast!");
	return (void *)found;
}
