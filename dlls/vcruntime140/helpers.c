/*
 * dlls/vcruntime140/helpers.c - small functions that compiled code and the other DLLs of Microsoft's run-time library call about
 * exceptions: what was thrown, whose it is, filters.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

#define VC_UCRT(type, name, params)                                                                                         \
	EXPORT_RECORD_(ucrtbase, #name, crt_##name, 0);                                                                     \
	EXPORT_C(vcruntime140, #name, type, crt_##name, params)

EXCEPTION_DISPOSITION CDECL ke_c_specific_handler(EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
						  DISPATCHER_CONTEXT *dispatcher);

/* The handler of a noexcept function with __try in it: a C++ exception that nobody in there takes ends the program. */
EXPORT_C(vcruntime140, "__C_specific_handler_noexcept", EXCEPTION_DISPOSITION, crt_c_specific_handler_noexcept,
	 (EXCEPTION_RECORD * record, PVOID frame, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
	EXCEPTION_DISPOSITION disposition = ke_c_specific_handler(record, frame, context, dispatcher);

	if (disposition == ExceptionContinueSearch && !(record->ExceptionFlags & EXCEPTION_UNWIND) && cxx_is_exception(record))
		cxx_terminate();
	return disposition;
}

/* A pointer to a base class, from one to the object. */
VC_UCRT(void *, __AdjustPointer, (void *object, const struct cxx_member_pointer *where))
{
	return (void *)(uintptr_t)cxx_adjust(object, where);
}

/* `nothrow`: a destructor that throws ends the program, as it does anyhow. */
VC_UCRT(void, __DestructExceptionObject, (EXCEPTION_RECORD * record, BOOLEAN nothrow))
{
	cxx_destroy(record);
}
CRT_ALIAS_MSVCRT("__DestructExceptionObject", crt___DestructExceptionObject);

/* Whether what was thrown could be caught as this type: 1 or 0; an access violation without a type, as on Windows. */
VC_UCRT(INT, _is_exception_typeof, (const struct cxx_type_descriptor *type, EXCEPTION_POINTERS *pointers))
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;
	const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];
	const char *image = (const char *)record->ExceptionInformation[3];
	const struct cxx_catchable_types *types;

	if (!cxx_is_exception(record))
		return 0;
	if (info == NULL)
		cxx_terminate();
	types = (const struct cxx_catchable_types *)(image + info->catchable_types);
	for (INT i = 0; i < types->count; i++) {
		const struct cxx_catchable_type *each = (const struct cxx_catchable_type *)(image + types->types[i]);
		const struct cxx_type_descriptor *thrown = (const struct cxx_type_descriptor *)(image + each->type);

		if (thrown == type || rtl_strcmp(thrown->decorated, type->decorated) == 0)
			return 1;
	}
	return 0;
}

/* The filter around a throw without an operand, in code that is compiled for both kinds of exceptions: 1 for such a throw. */
VC_UCRT(INT, __CxxDetectRethrow, (EXCEPTION_POINTERS * pointers))
{
	if (pointers == NULL || !cxx_is_exception(pointers->ExceptionRecord) ||
	    pointers->ExceptionRecord->ExceptionInformation[2] != 0)
		return EXCEPTION_CONTINUE_SEARCH;
	crt_self.processing_throw++;
	return EXCEPTION_EXECUTE_HANDLER;
}

/* The filter around a destructor that an unwind calls: an exception may not leave it. */
VC_UCRT(INT, __FrameUnwindFilter, (EXCEPTION_POINTERS * pointers))
{
	if (pointers->ExceptionRecord->ExceptionCode == CXX_EXCEPTION) {
		crt_self.processing_throw = 0;
		cxx_terminate();
	}
	return EXCEPTION_CONTINUE_SEARCH;
}

/*
 * The list of the objects that catch blocks in progress hold, innermost first; its records lie on the stack.
 */
struct frame_info {
	void *object;
	struct frame_info *next;
};
static __thread struct frame_info *frames;

VC_UCRT(struct frame_info *, _CreateFrameInfo, (struct frame_info * frame, void *object))
{
	frame->object = object;
	/* One that lies below is of a catch block that was left without a word. */
	frame->next = frame < frames ? frames : NULL;
	frames = frame;
	return frame;
}

VC_UCRT(void, _FindAndUnlinkFrame, (struct frame_info * frame))
{
	struct frame_info **place;

	for (place = &frames; *place != NULL; place = &(*place)->next)
		if (*place == frame) {
			*place = frame->next;
			return;
		}
	cxx_terminate();
}

/* Not while another catch block holds it. */
VC_UCRT(INT, _IsExceptionObjectToBeDestroyed, (const void *object))
{
	for (const struct frame_info *frame = frames; frame != NULL; frame = frame->next)
		if (frame->object == object)
			return 0;
	return 1;
}

/*
 * Catch blocks of code that runs under .NET (/clr): a filter, and around the block the two that follow.  "Returns true if the object
 * is really a C++ exception; if it is, stores the previous exception in *storage, and saves the current one" (ehdata.h).
 */
struct registered {
	struct frame_info frame;
	void *outer_exception, *outer_context;
	BOOL counts;
	EXCEPTION_RECORD record; /* the one that was raised is gone when the block runs */
};

/* What is being handled, for a throw without an operand. */
static const EXCEPTION_RECORD *thrown_by(const EXCEPTION_POINTERS *pointers)
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;

	if (cxx_is_exception(record) && record->ExceptionInformation[2] == 0)
		return crt_self.current_exception;
	return record;
}

VC_UCRT(INT, __CxxExceptionFilter,
	(EXCEPTION_POINTERS * pointers, const struct cxx_type_descriptor *type, INT adjectives, void *to))
{
	const struct cxx_catchable_type *found;
	const EXCEPTION_RECORD *record;

	if (pointers == NULL)
		return EXCEPTION_CONTINUE_SEARCH;
	if (type == NULL || type->decorated[0] == 0)
		return EXCEPTION_EXECUTE_HANDLER;
	record = thrown_by(pointers);
	if (record == NULL || !cxx_is_exception(record))
		return EXCEPTION_CONTINUE_SEARCH;
	found = cxx_find_type(record, type, (ULONG)adjectives);
	if (found == NULL)
		return EXCEPTION_CONTINUE_SEARCH;
	if (to != NULL)
		cxx_build_object(to, (ULONG)adjectives, found, record);
	return EXCEPTION_EXECUTE_HANDLER;
}
CRT_ALIAS_MSVCRT("__CxxExceptionFilter", crt___CxxExceptionFilter);

VC_UCRT(INT, __CxxQueryExceptionSize, (void))
{
	return sizeof(struct registered);
}
CRT_ALIAS_MSVCRT("__CxxQueryExceptionSize", crt___CxxQueryExceptionSize);

VC_UCRT(INT, __CxxRegisterExceptionObject, (EXCEPTION_POINTERS * pointers, struct registered *storage))
{
	const EXCEPTION_RECORD *record = pointers != NULL ? thrown_by(pointers) : NULL;

	storage->counts = record != NULL && cxx_is_exception(record);
	if (!storage->counts)
		return FALSE;
	storage->record = *record;
	crt__CreateFrameInfo(&storage->frame, (void *)record->ExceptionInformation[1]);
	storage->outer_exception = crt_self.current_exception;
	storage->outer_context = crt_self.current_exception_context;
	crt_self.current_exception = &storage->record;
	crt_self.current_exception_context = pointers->ContextRecord;
	if (crt_self.processing_throw > 0)
		crt_self.processing_throw--;
	return TRUE;
}
CRT_ALIAS_MSVCRT("__CxxRegisterExceptionObject", crt___CxxRegisterExceptionObject);

/* `rethrown`: the block ends with the same exception, which somebody else has to destroy. */
VC_UCRT(void, __CxxUnregisterExceptionObject, (struct registered * storage, INT rethrown))
{
	if (!storage->counts)
		return;
	storage->counts = FALSE;
	crt__FindAndUnlinkFrame(&storage->frame);
	if (!rethrown && crt__IsExceptionObjectToBeDestroyed(storage->frame.object))
		cxx_destroy(&storage->record);
	crt_self.current_exception = storage->outer_exception;
	crt_self.current_exception_context = storage->outer_context;
}
CRT_ALIAS_MSVCRT("__CxxUnregisterExceptionObject", crt___CxxUnregisterExceptionObject);
CRT_ALIAS_MSVCRT("__CxxDetectRethrow", crt___CxxDetectRethrow);

/* The images from which the offsets in tables count: of the frame that is looked at, and of the throw. */
static __thread uintptr_t image_base, throw_image_base;

CRT_UCRT(uintptr_t, _GetImageBase, (void))
{
	return image_base;
}

CRT_UCRT(void, _SetImageBase, (uintptr_t base))
{
	image_base = base;
}

CRT_UCRT(uintptr_t, _GetThrowImageBase, (void))
{
	return throw_image_base;
}

CRT_UCRT(void, _SetThrowImageBase, (uintptr_t base))
{
	throw_image_base = base;
}
