/*
 * dlls/vcruntime140/tables3.c - the tables of __CxxFrameHandler3 and its forerunners: arrays of fixed records, shared by a
 * function and its funclets, whose states are numbered together.
 */
#include "dlls/vcruntime140/frame.h"

#include <limits.h>

static INT state_of(const struct cxx_frame *f, DWORD64 pc)
{
	const struct cxx_ip_state *map = (const struct cxx_ip_state *)f->ip_map;
	const struct cxx_function_info *info =
		(const struct cxx_function_info *)(f->image + *(const INT *)f->dispatcher->HandlerData);
	DWORD offset = (DWORD)(pc - (DWORD64)f->image);
	ULONG low = 0, high = info->ip_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if ((DWORD)map[middle].ip <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? -1 : map[low - 1].state;
}

static const unsigned char *read_try(const struct cxx_frame *f, const unsigned char *at, struct cxx_try *result)
{
	const struct cxx_try_block *block = (const struct cxx_try_block *)at;

	result->low = block->low;
	result->high = block->high;
	result->catch_high = block->catch_high;
	result->handler_count = (ULONG)block->handler_count;
	result->handlers = (const unsigned char *)f->image + block->handlers;
	return at + sizeof(*block);
}

static const unsigned char *read_catch(const struct cxx_frame *f, const unsigned char *at, struct cxx_catch *result)
{
	const struct cxx_handler *handler = (const struct cxx_handler *)at;

	(void)f;
	result->adjectives = handler->adjectives;
	result->type = handler->type;
	result->object = handler->object;
	result->function = handler->function;
	result->continuations = 0;
	return at + sizeof(*handler);
}

static void read_unwind(const struct cxx_frame *f, INT state, struct cxx_unwind_step *result)
{
	const struct cxx_unwind_entry *entry = (const struct cxx_unwind_entry *)f->unwind_map + state;

	result->to_state = entry->to_state;
	result->action = entry->action != 0 ? f->image + entry->action : NULL;
	result->object = 0;
}

static const struct cxx_table_reader reader = {state_of, read_try, read_catch, read_unwind};

/* Whether this frame is one of the function's catch funclets: its own states then, and the function's frame. */
static void find_funclet(struct cxx_frame *f)
{
	const unsigned char *at = f->tries, *cursor;
	const struct cxx_handler *handler;
	struct cxx_catch catch;
	struct cxx_try try;
	ULONG i, j;

	for (i = 0; i < f->try_count; i++) {
		at = read_try(f, at, &try);
		for (j = 0, cursor = try.handlers; j < try.handler_count; j++) {
			handler = (const struct cxx_handler *)cursor;
			cursor = read_catch(f, cursor, &catch);
			if (f->image + catch.function != f->start)
				continue;
			f->function = *(const uintptr_t *)(f->address + (uintptr_t)handler->frame);
			f->own_low = try.high;
			f->own_high = try.catch_high;
			return;
		}
	}
}

void cxx_read_frame3(struct cxx_frame *f, uintptr_t establisher, DISPATCHER_CONTEXT *dispatcher)
{
	const char *image = (const char *)dispatcher->ImageBase;
	const struct cxx_function_info *info = (const struct cxx_function_info *)(image + *(const INT *)dispatcher->HandlerData);
	ULONG magic = info->magic;

	f->reader = &reader;
	f->image = image;
	f->start = image + dispatcher->FunctionEntry->BeginAddress;
	f->address = f->function = establisher;
	f->flags = magic >= (CXX_MAGIC3 & 0x1FFFFFFF) ? (ULONG)info->flags : 0;
	f->state_count = info->state_count;
	f->try_count = info->try_count;
	f->tries = (const unsigned char *)image + info->try_map;
	f->unwind_map = (const unsigned char *)image + info->unwind_map;
	f->ip_map = (const unsigned char *)image + info->ip_map;
	f->own_low = -1;
	f->own_high = INT_MAX;
	f->dispatcher = dispatcher;
	f->ip_state = state_of(f, dispatcher->ControlPc);
	find_funclet(f);
}
