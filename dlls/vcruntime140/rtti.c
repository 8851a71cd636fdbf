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

/* What a polymorphic object's vftable says of it. */
struct object {
	const char *complete; /* the complete object */
	const struct rtti_locator *locator;
	const char *base; /* the image */
};

static struct object inspect(const void *pointer)
{
	const struct rtti_locator *locator = (*(const struct rtti_locator ***)pointer)[-1];
	struct object object = {(const char *)pointer - locator->offset, locator, NULL};

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

CRT_VC(void *, __RTCastToVoid, (void *pointer))
{
	return pointer == NULL ? NULL : (void *)inspect(pointer).complete;
}

static void __attribute__((noreturn)) fail(const char *what)
{
	host_message("pewter: %s\n", what);
	cxx_terminate();
}

CRT_VC(void *, __RTtypeid, (void *pointer))
{
	struct object object;

	if (pointer == NULL)
		fail("typeid of a null pointer (std::bad_typeid)");
	object = inspect(pointer);
	return (void *)type_at(object.base, object.locator->type);
}

/*
 * dynamic_cast: first a base of the source's derived class (the target contains the source), then across (the target is
 * another base, visible and unique).  MSDN "dynamic_cast Operator".
 */
CRT_VC(void *, __RTDynamicCast,
       (void *pointer, INT delta, const struct cxx_type_descriptor *source, const struct cxx_type_descriptor *target,
	BOOL reference))
{
	const struct rtti_class_hierarchy *hierarchy;
	const char *from, *found = NULL, *across = NULL;
	bool source_visible = false, ambiguous = false;
	struct object object;
	const INT *bases;
	ULONG i, j;

	if (pointer == NULL)
		return NULL;
	object = inspect(pointer);
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
			    displace(object.complete, &inner->where) == from && (i == 0 || !(inner->attributes & 4))) {
				found = displace(object.complete, &b->where);
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
	if (found == NULL && source_visible && !ambiguous)
		found = across;
	if (found == NULL && reference)
		fail("dynamic_cast of a reference failed (std::bad_cast)");
	return (void *)found;
}
