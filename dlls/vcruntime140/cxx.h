/*
 * dlls/vcruntime140/cxx.h - the structures that Microsoft's compiler makes for exceptions and run-time types (x64: all
 * references are RVAs).  Known from ehdata.h and rttidata.h of the Windows SDK.
 */
#ifndef PEWTER_DLLS_VCRUNTIME140_CXX_H
#define PEWTER_DLLS_VCRUNTIME140_CXX_H

#include "nt/context.h"
#include "nt/ntdef.h"

#include <stdbool.h>

#define CXX_EXCEPTION 0xE06D7363u
#define CXX_MAGIC1 0x19930520u /* VC6; 0x19930521 VC7; 0x19930522 VC8 */
#define CXX_MAGIC3 0x19930522u
#define CXX_MAGIC_PURE 0x01994000u

struct cxx_type_descriptor {
	const void *vftable;
	char *undecorated;
	char decorated[];
};

struct cxx_member_pointer { /* PMD */
	INT member;
	INT vbtable; /* -1: no virtual base */
	INT in_vbtable;
};

struct cxx_catchable_type {
	ULONG properties; /* 1 simple, 2 by reference only, 4 has virtual bases, 8 WinRT handle, 16 bad_alloc */
	INT type;
	struct cxx_member_pointer displacement;
	INT size;
	INT copy_constructor;
};

struct cxx_catchable_types {
	INT count;
	INT types[];
};

struct cxx_throw_info {
	ULONG attributes; /* 1 const, 2 volatile, 4 unaligned, 8 pure, 16 WinRT */
	INT destructor;
	INT forward_compatible;
	INT catchable_types;
};

struct cxx_unwind_entry {
	INT to_state;
	INT action;
};

struct cxx_handler {
	ULONG adjectives; /* 1 const, 2 volatile, 4 unaligned, 8 reference, 0x40 everything ("...") */
	INT type;
	INT object; /* offset of the catch object from the frame */
	INT function;
	INT frame; /* where the funclet's parent frame displacement lies */
};

struct cxx_try_block {
	INT low, high, catch_high;
	INT handler_count;
	INT handlers;
};

struct cxx_ip_state {
	INT ip;
	INT state;
};

struct cxx_function_info {
	ULONG magic : 29, bbt_flags : 3;
	INT state_count;
	INT unwind_map;
	ULONG try_count;
	INT try_map;
	ULONG ip_count;
	INT ip_map;
	INT unwind_help; /* offset of the state slot from the frame */
	INT exception_specification;
	INT flags; /* 1: synchronous (/EHs) */
};

/* The data of std::exception. */
struct cxx_exception_data {
	const char *what;
	bool owned;
};

struct cxx_exception {
	const void *const *vftable;
	struct cxx_exception_data data;
};

/* Classes of the standard library, made by x86_64/classes.S; offsets in their throw information count from cxx_classes. */
extern const char cxx_classes[] __attribute__((visibility("hidden")));
#define CXX_CLASS(name)                                                                                                     \
	extern const void *const vftable_##name[] __attribute__((visibility("hidden")));                                    \
	extern const struct cxx_throw_info throw_##name __attribute__((visibility("hidden")))
CXX_CLASS(bad_alloc);
CXX_CLASS(bad_cast);
CXX_CLASS(bad_exception);
CXX_CLASS(bad_function_call);
CXX_CLASS(bad_typeid);
CXX_CLASS(failure);
CXX_CLASS(invalid_argument);
CXX_CLASS(length_error);
CXX_CLASS(non_rtti_object);
CXX_CLASS(old_bad_cast);
CXX_CLASS(old_bad_typeid);
CXX_CLASS(old_exception);
CXX_CLASS(old_non_rtti_object);
CXX_CLASS(out_of_range);
CXX_CLASS(overflow_error);
CXX_CLASS(range_error);
CXX_CLASS(regex_error);
CXX_CLASS(runtime_error);
CXX_CLASS(system_error);

/* Their members, reached through the tables (exception.c). */
struct cxx_exception *WINAPI cxx_exception_delete(struct cxx_exception *e, UINT flags);
const char *WINAPI cxx_exception_what(const struct cxx_exception *e);
struct cxx_exception *WINAPI cxx_exception_copy(struct cxx_exception *to, const struct cxx_exception *from,
						const void *const *vftable);
void WINAPI cxx_exception_destroy(struct cxx_exception *e);

/* Run-time type information. */
struct rtti_class_hierarchy {
	ULONG signature;
	ULONG attributes; /* 1 multiple, 2 virtual inheritance */
	ULONG base_count;
	INT bases;
};

struct rtti_base_class {
	INT type;
	ULONG contained; /* how many of the following entries are bases of this one */
	struct cxx_member_pointer where;
	ULONG attributes; /* 1 not visible, 2 ambiguous, 4 private or protected base, 8 in completed object */
	INT hierarchy;
};

struct rtti_locator {
	ULONG signature; /* 1: with RVAs */
	ULONG offset;
	ULONG constructor_offset;
	INT type;
	INT hierarchy;
	INT self;
};

/* terminate(): the thread's handler, else abort.  Does not return. */
void cxx_terminate(void) __attribute__((noreturn));

/* Throws an object; the offsets in `info` (NULL: throws again what is being handled) count from `image`. */
void cxx_throw(void *object, const struct cxx_throw_info *info, const void *image) __attribute__((noreturn));

/* Whether a C++ function threw this; the destructor of what was thrown, if it has one; a pointer to a base of an object. */
bool cxx_is_exception(const EXCEPTION_RECORD *record);
void cxx_destroy(const EXCEPTION_RECORD *record);
const char *cxx_adjust(const char *object, const struct cxx_member_pointer *where);
/* As which type an exception of a C++ function is caught by a handler for `wanted` (NULL: everything); NULL: it is not.  What the
 * handler's variable becomes then. */
const struct cxx_catchable_type *cxx_find_type(const EXCEPTION_RECORD *record, const struct cxx_type_descriptor *wanted,
					       ULONG adjectives);
void cxx_build_object(char *to, ULONG adjectives, const struct cxx_catchable_type *type, const EXCEPTION_RECORD *record);

/* A type's name as type_info::name() tells it, on the C runtime's heap; what cannot be read stays decorated, without the dot. */
char *cxx_undecorate_type(const char *decorated);

/* The base of the module that contains an address; NULL. */
const void *cxx_image_of(const void *address);

#endif
