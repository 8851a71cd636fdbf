/*
 * dlls/vcruntime140/eh.c - C++ exceptions of Microsoft's compiler: throwing, the frame handlers, catching.
 * What their tables look like is known to tables3.c and tables4.c alone.
 *
 * A frame's state says which destructors are due and which try blocks are around.  It follows from the address that is
 * running, but not in a frame that has caught something: its own frames below were dropped, the catch block runs as a
 * function of its own (a funclet) and may throw in turn.  For such frames a list of the catch blocks that are running,
 * for each thread, remembers how far the frame has been unwound and in which try block.
 *
 * Catching is RtlUnwindEx with STATUS_UNWIND_CONSOLIDATE: when everything below the catching frame has been unwound, the
 * system calls call_catch_block, and goes on in that frame at the address which that returns.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include "dlls/vcruntime140/frame.h"
#include "ntdll/rtl/crt.h"

/* A catch block that is running. */
struct active_catch {
	struct active_catch *next;
	uintptr_t stack;       /* where call_catch_block runs: dead when the stack pointer is above it */
	uintptr_t frame;       /* the frame that caught: the function's, or a funclet's */
	INT state;             /* that frame is unwound to here */
	INT try_high;          /* the try block that caught ends with this state */
	bool owned;            /* the caught object is to be destroyed */
	EXCEPTION_RECORD record; /* what was caught */
};
static __thread struct active_catch *active_catches;

/*
 * Destructors that run because a frame is unwound, one within the other: where on the stack.  Their number is what
 * uncaught_exceptions() tells; it tells no more than fit here.
 */
static __thread struct {
	unsigned depth;
	uintptr_t stack[32];
} unwindings;

#define OBJECT 1 /* indices of ExceptionInformation of a C++ exception: magic, object, throw info, image */
#define THROW_INFO 2
#define IMAGE 3

void cxx_throw(void *object, const struct cxx_throw_info *info, const void *image)
{
	ULONG_PTR arguments[4] = {CXX_MAGIC1, (ULONG_PTR)object, (ULONG_PTR)info, (ULONG_PTR)image};

	if (info != NULL && (info->attributes & 8))
		arguments[0] = CXX_MAGIC_PURE;
	RaiseException(CXX_EXCEPTION, EXCEPTION_NONCONTINUABLE, 4, arguments);
	cxx_terminate();
}

EXPORT_C(vcruntime140, "_CxxThrowException", void, crt__CxxThrowException, (void *object, struct cxx_throw_info *info))
{
	cxx_throw(object, info, info != NULL ? cxx_image_of(info) : NULL);
}
CRT_ALIAS("_CxxThrowException", crt__CxxThrowException);

bool cxx_is_exception(const EXCEPTION_RECORD *record)
{
	ULONG_PTR magic = record->ExceptionInformation[0];

	return record->ExceptionCode == CXX_EXCEPTION && record->NumberParameters == 4 &&
	       ((magic >= CXX_MAGIC1 && magic <= CXX_MAGIC3) || magic == CXX_MAGIC_PURE);
}

void cxx_destroy(const EXCEPTION_RECORD *record)
{
	const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[THROW_INFO];

	if (cxx_is_exception(record) && info != NULL && info->destructor != 0)
		ke_call_guest((char *)record->ExceptionInformation[IMAGE] + info->destructor,
			      record->ExceptionInformation[OBJECT], 0, 0, 0);
}

/* A catch block is left by the exception `flying` (or by another unwind): what it had caught ends, unless it is that. */
static void end_catch(struct active_catch *c, const EXCEPTION_RECORD *flying)
{
	if (!c->owned)
		return;
	if (flying != NULL && cxx_is_exception(flying) && cxx_is_exception(&c->record) &&
	    flying->ExceptionInformation[OBJECT] == c->record.ExceptionInformation[OBJECT])
		return;
	c->owned = false;
	cxx_destroy(&c->record);
}

static void forget_first(void)
{
	struct active_catch *first = active_catches;

	active_catches = first->next;
	if (crt_self.current_exception == &first->record)
		crt_self.current_exception = active_catches != NULL ? &active_catches->record : NULL;
	crt_heap_free(first);
}

/*
 * `frame` is being unwound or catches: catch blocks and unwindings below it are over.  What a catch block had caught ends,
 * unless it is `flying`.
 */
static void leave_below(uintptr_t frame, const EXCEPTION_RECORD *flying)
{
	while (active_catches != NULL && active_catches->stack < frame) {
		end_catch(active_catches, flying);
		forget_first();
	}
	while (unwindings.depth > 0 && unwindings.stack[unwindings.depth - 1] < frame)
		unwindings.depth--;
	crt_self.processing_throw = (INT)unwindings.depth;
}

/* Those that were left without any unwinding: their stack is gone. */
static void forget_dead(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	while (active_catches != NULL && active_catches->stack < here)
		forget_first();
	leave_below(here, NULL);
}

static struct active_catch *catch_of_frame(uintptr_t frame)
{
	struct active_catch *c;

	for (c = active_catches; c != NULL && c->frame != frame; c = c->next)
		;
	return c;
}

const char *cxx_adjust(const char *object, const struct cxx_member_pointer *where)
{
	const char *at = object + where->member;

	if (where->vbtable >= 0)
		at += where->vbtable + *(const INT *)(*(const char *const *)(object + where->vbtable) + where->in_vbtable);
	return at;
}

/* The state that unwinding starts from, and the search too. */
static INT current_state(const struct cxx_frame *f)
{
	const struct active_catch *c = catch_of_frame(f->address);

	return c != NULL ? c->state : f->ip_state;
}

static void run_action(const struct cxx_unwind_step *step, uintptr_t function)
{
	bool counted = unwindings.depth < ARRAY_SIZE(unwindings.stack);

	if (counted)
		unwindings.stack[unwindings.depth++] = (uintptr_t)__builtin_frame_address(0);
	crt_self.processing_throw = (INT)unwindings.depth;
	ke_call_guest((void *)step->action, step->object, function, 0, 0);
	if (counted)
		unwindings.depth--;
	crt_self.processing_throw = (INT)unwindings.depth;
}

/* Runs the destructors down to `target`; a funclet's unwinding stops where its catch block begins. */
static void unwind_to(const struct cxx_frame *f, INT target, const EXCEPTION_RECORD *flying)
{
	INT state = current_state(f);
	struct active_catch *c = catch_of_frame(f->address);
	struct cxx_unwind_step step;

	if (c != NULL)
		end_catch(c, flying);
	while (state > f->own_low && state != target && state < f->state_count) {
		f->reader->read_unwind(f, state, &step);
		/* States lead outwards, to lower ones; a table in which they go round in a circle is damaged. */
		if (step.to_state >= state)
			cxx_terminate();
		state = step.to_state;
		/* Remembered first: an action that fails is not run again. */
		if (c != NULL)
			c->state = state;
		if (step.action != NULL)
			run_action(&step, f->function);
	}
}

/* What travels in the record of the consolidating unwind. */
enum {
	CALLBACK_ADDRESS,
	REAL_FRAME,
	FUNCTION_FRAME,
	HANDLER,
	TARGET_STATE,
	TRY_HIGH,
	RECORD,
	CONTINUATION_COUNT,
	CONTINUATIONS, /* two of them */
};

/* Runs below everything that was unwound.  Returns where the function goes on. */
static uint64_t WINAPI call_catch_block(EXCEPTION_RECORD *unwind)
{
	EXCEPTION_RECORD *record = (EXCEPTION_RECORD *)unwind->ExceptionInformation[RECORD];
	uintptr_t frame = unwind->ExceptionInformation[REAL_FRAME];
	void *old_exception = crt_self.current_exception, *old_context = crt_self.current_exception_context;
	struct active_catch *node = crt_heap_allocate(sizeof(*node));
	uint64_t go_on;

	if (node == NULL)
		cxx_terminate();
	node->record = *record;
	node->owned = true;
	leave_below(frame, &node->record);
	old_exception = crt_self.current_exception;
	node->stack = (uintptr_t)__builtin_frame_address(0);
	node->frame = frame;
	node->state = (INT)unwind->ExceptionInformation[TARGET_STATE];
	node->try_high = (INT)unwind->ExceptionInformation[TRY_HIGH];
	node->next = active_catches;
	active_catches = node;
	crt_self.current_exception = &node->record;
	go_on = ke_call_guest((void *)unwind->ExceptionInformation[HANDLER], 0, unwind->ExceptionInformation[FUNCTION_FRAME], 0,
			      0);
	active_catches = node->next;
	crt_self.current_exception = old_exception;
	crt_self.current_exception_context = old_context;
	end_catch(node, NULL);
	crt_heap_free(node);
	if (go_on < unwind->ExceptionInformation[CONTINUATION_COUNT])
		go_on = unwind->ExceptionInformation[CONTINUATIONS + go_on];
	return go_on;
}

void cxx_build_object(char *to, ULONG adjectives, const struct cxx_catchable_type *type, const EXCEPTION_RECORD *record)
{
	const char *object = (const char *)record->ExceptionInformation[OBJECT];
	const char *image = (const char *)record->ExceptionInformation[IMAGE];

	if (adjectives & 8) {
		*(const char **)to = cxx_adjust(object, &type->displacement);
	} else if (type->properties & 1) {
		rtl_memcpy(to, object, (size_t)type->size);
		if (type->size == sizeof(void *) && *(const char **)to != NULL)
			*(const char **)to = cxx_adjust(*(const char **)to, &type->displacement);
	} else if (type->copy_constructor == 0) {
		rtl_memcpy(to, cxx_adjust(object, &type->displacement), (size_t)type->size);
	} else {
		ke_call_guest((char *)image + type->copy_constructor, (uintptr_t)to,
			      (uintptr_t)cxx_adjust(object, &type->displacement), type->properties & 4 ? 1 : 0, 0);
	}
}

static void build_catch_object(const struct cxx_frame *f, const struct cxx_catch *handler,
			       const struct cxx_catchable_type *type, const EXCEPTION_RECORD *record)
{
	if (handler->type == 0 || handler->object == 0)
		return;
	if (((const struct cxx_type_descriptor *)(f->image + handler->type))->decorated[0] == 0)
		return;
	cxx_build_object((char *)f->function + handler->object, handler->adjectives, type, record);
}

static void __attribute__((noreturn)) catch(const struct cxx_frame *f, const struct cxx_try *try,
					     const struct cxx_catch *handler, const struct cxx_catchable_type *type,
					     EXCEPTION_RECORD *record, CONTEXT *context)
{
	EXCEPTION_RECORD unwind = {
		.ExceptionCode = (DWORD)STATUS_UNWIND_CONSOLIDATE,
		.ExceptionFlags = EXCEPTION_NONCONTINUABLE,
		.NumberParameters = EXCEPTION_MAXIMUM_PARAMETERS,
	};

	if (type != NULL)
		build_catch_object(f, handler, type, record);
	unwind.ExceptionInformation[CALLBACK_ADDRESS] = (ULONG_PTR)call_catch_block;
	unwind.ExceptionInformation[REAL_FRAME] = f->address;
	unwind.ExceptionInformation[FUNCTION_FRAME] = f->function;
	unwind.ExceptionInformation[HANDLER] = (ULONG_PTR)(f->image + handler->function);
	unwind.ExceptionInformation[TARGET_STATE] = (ULONG_PTR)(LONG_PTR)try->low;
	unwind.ExceptionInformation[TRY_HIGH] = (ULONG_PTR)(LONG_PTR)try->high;
	unwind.ExceptionInformation[RECORD] = (ULONG_PTR)record;
	unwind.ExceptionInformation[CONTINUATION_COUNT] = handler->continuations;
	unwind.ExceptionInformation[CONTINUATIONS] = (ULONG_PTR)handler->continuation[0];
	unwind.ExceptionInformation[CONTINUATIONS + 1] = (ULONG_PTR)handler->continuation[1];
	crt_self.current_exception_context = context;
	RtlUnwindEx((void *)f->address, (void *)f->dispatcher->ControlPc, &unwind, NULL, f->dispatcher->ContextRecord,
		    f->dispatcher->HistoryTable);
	cxx_terminate();
}

static bool catches_all(const struct cxx_frame *f, const struct cxx_catch *handler)
{
	return handler->type == 0 ||
	       ((const struct cxx_type_descriptor *)(f->image + handler->type))->decorated[0] == 0;
}

/* The same name, and no qualifier lost. */
const struct cxx_catchable_type *cxx_find_type(const EXCEPTION_RECORD *record, const struct cxx_type_descriptor *wanted,
					       ULONG adjectives)
{
	const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[THROW_INFO];
	const char *image = (const char *)record->ExceptionInformation[IMAGE];
	const struct cxx_catchable_types *types = (const struct cxx_catchable_types *)(image + info->catchable_types);

	if (info->attributes & 7 & ~adjectives && wanted != NULL)
		return NULL;
	for (INT i = 0; i < types->count; i++) {
		const struct cxx_catchable_type *type = (const struct cxx_catchable_type *)(image + types->types[i]);
		const struct cxx_type_descriptor *given = (const struct cxx_type_descriptor *)(image + type->type);

		if (wanted == NULL)
			return type;
		if ((wanted == given || rtl_strcmp(wanted->decorated, given->decorated) == 0) &&
		    (!(type->properties & 2) || adjectives & 8))
			return type;
	}
	return NULL;
}

/* Catches the exception here if this handler takes it; else returns. */
static void try_handler(const struct cxx_frame *f, const struct cxx_try *try, const struct cxx_catch *handler,
			EXCEPTION_RECORD *record, CONTEXT *context)
{
	const struct cxx_type_descriptor *wanted = NULL;
	const struct cxx_catchable_type *type;

	if (!catches_all(f, handler))
		wanted = (const struct cxx_type_descriptor *)(f->image + handler->type);
	if (!cxx_is_exception(record)) {
		if (wanted == NULL)
			catch(f, try, handler, NULL, record, context);
		return;
	}
	type = cxx_find_type(record, wanted, handler->adjectives);
	if (type != NULL)
		catch(f, try, handler, type, record, context);
}

static void find_handler(const struct cxx_frame *f, EXCEPTION_RECORD *record, CONTEXT *context)
{
	const struct active_catch *active = catch_of_frame(f->address);
	const unsigned char *at = f->tries, *cursor;
	INT state = current_state(f);
	struct cxx_catch handler = {0};
	struct cxx_try try;
	ULONG i, j;

	for (i = 0; i < f->try_count; i++) {
		at = f->reader->read_try(f, at, &try);
		if (state < try.low || state > try.high)
			continue;
		/* The block whose catch is running, and those inside it, are done with. */
		if (active != NULL && try.high <= active->try_high)
			continue;
		/* A funclet sees the try blocks in its own body; those around it belong to the function's frame. */
		if (try.low <= f->own_low || try.high > f->own_high)
			continue;
		for (j = 0, cursor = try.handlers; j < try.handler_count; j++) {
			cursor = f->reader->read_catch(f, cursor, &handler);
			try_handler(f, &try, &handler, record, context);
		}
	}
}

/* The second pass, for one frame. */
static void unwind_frame(const struct cxx_frame *f, EXCEPTION_RECORD *record)
{
	bool target = (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) != 0;
	INT to = -1;

	if (record->ExceptionCode == (DWORD)STATUS_UNWIND_CONSOLIDATE &&
	    record->ExceptionInformation[CALLBACK_ADDRESS] == (ULONG_PTR)call_catch_block) {
		if (target)
			to = (INT)record->ExceptionInformation[TARGET_STATE];
		unwind_to(f, to, (const EXCEPTION_RECORD *)record->ExceptionInformation[RECORD]);
		return;
	}
	/* /EHs: "objects in scope when the asynchronous exception is generated aren't destroyed" (documentation of /EH). */
	if (!(f->flags & CXX_SYNCHRONOUS) || cxx_is_exception(record) || record->ExceptionCode == (DWORD)STATUS_UNWIND_CONSOLIDATE ||
	    record->ExceptionCode == (DWORD)STATUS_LONGJUMP) {
		if (target && record->ExceptionCode == (DWORD)STATUS_LONGJUMP)
			to = f->reader->state_of(f, f->dispatcher->TargetIp);
		unwind_to(f, to, NULL);
	}
	leave_below(f->address, record);
}

/* What both frame handlers do. */
static EXCEPTION_DISPOSITION handle_frame(const struct cxx_frame *f, EXCEPTION_RECORD *record, CONTEXT *context)
{
	if (record->ExceptionFlags & EXCEPTION_UNWIND) {
		unwind_frame(f, record);
		return ExceptionContinueSearch;
	}
	forget_dead();
	if (!cxx_is_exception(record)) {
		/* /EHs: structured exceptions pass. */
		if (f->flags & CXX_SYNCHRONOUS)
			return ExceptionContinueSearch;
		if (f->try_count != 0 && crt_self.se_translator != NULL &&
		    record->ExceptionCode != (DWORD)STATUS_BREAKPOINT) {
			EXCEPTION_POINTERS pointers = {record, context};

			/* It throws, or declines by returning. */
			ke_call_guest(crt_self.se_translator, record->ExceptionCode, (uintptr_t)&pointers, 0, 0);
		}
	} else if (record->ExceptionInformation[THROW_INFO] == 0) {
		/* "throw;" alone: what is being handled. */
		if (crt_self.current_exception == NULL)
			cxx_terminate();
		record = crt_self.current_exception;
	}
	find_handler(f, record, context);
	if (f->flags & CXX_NOEXCEPT)
		cxx_terminate();
	return ExceptionContinueSearch;
}

EXPORT_C(vcruntime140, "__CxxFrameHandler3", EXCEPTION_DISPOSITION, crt_cxx_frame_handler,
	 (EXCEPTION_RECORD * record, uintptr_t establisher, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
	struct cxx_frame f;

	cxx_read_frame3(&f, establisher, dispatcher);
	return handle_frame(&f, record, context);
}
EXPORT_ALIAS(vcruntime140, "__CxxFrameHandler", crt_cxx_frame_handler);
EXPORT_ALIAS(vcruntime140, "__CxxFrameHandler2", crt_cxx_frame_handler);
CRT_ALIAS_UCRT("__CxxFrameHandler", crt_cxx_frame_handler);
CRT_ALIAS_UCRT("__CxxFrameHandler2", crt_cxx_frame_handler);
CRT_ALIAS_UCRT("__CxxFrameHandler3", crt_cxx_frame_handler);
CRT_ALIAS_MSVCRT("__CxxFrameHandler", crt_cxx_frame_handler);
CRT_ALIAS_MSVCRT("__CxxFrameHandler3", crt_cxx_frame_handler);

EXPORT_C(vcruntime140_1, "__CxxFrameHandler4", EXCEPTION_DISPOSITION, crt_cxx_frame_handler4,
	 (EXCEPTION_RECORD * record, uintptr_t establisher, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
	struct cxx_frame f;

	cxx_read_frame4(&f, establisher, dispatcher);
	return handle_frame(&f, record, context);
}
