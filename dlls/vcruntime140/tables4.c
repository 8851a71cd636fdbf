/*
 * dlls/vcruntime140/tables4.c - the tables of __CxxFrameHandler4: streams of bytes, with a set for every function and every
 * catch funclet of its own (the states of each begin at 0).  Known from Microsoft's "Making C++ Exception Handling Smaller
 * On x64" and from tools that take such tables apart.
 *
 * A number takes 1 to 5 bytes: as many ones as the lowest bits of the first byte begin with say how many follow (0: one byte,
 * 7 bits of value; 01: two, 14 bits; 011, 0111: 21 and 28 bits; 1111: the four bytes after it).  RVAs are plain, 4 bytes.
 */
#include "dlls/vcruntime140/frame.h"
#include "ntdll/rtl/crt.h"

#include <limits.h>

enum { /* the first byte of a function's information */
	INFO_CATCH = 1,
	INFO_SEPARATED = 2,
	INFO_BLOCK_FLAGS = 4,
	INFO_UNWIND_MAP = 8,
	INFO_TRY_MAP = 0x10,
	INFO_SYNCHRONOUS = 0x20,
	INFO_NOEXCEPT = 0x40,
};

enum { /* the first byte of a handler; bits 4 and 5 count the continuation addresses */
	HANDLER_ADJECTIVES = 1,
	HANDLER_TYPE = 2,
	HANDLER_OBJECT = 4,
	HANDLER_CONTINUES_AT_RVA = 8,
};

enum { ACTION_NONE, ACTION_OBJECT, ACTION_POINTER, ACTION_FUNCLET }; /* the low bits of an unwind entry */

static ULONG read_number(const unsigned char **at)
{
	const unsigned char *p = *at;
	ULONG length = 1, i, value = 0;

	while (length < 5 && p[0] & 1u << (length - 1))
		length++;
	*at += length;
	if (length == 5) {
		rtl_memcpy(&value, p + 1, sizeof(value));
		return value;
	}
	for (i = 0; i < length; i++)
		value |= (ULONG)p[i] << (8 * i);
	return value >> length;
}

static INT read_rva(const unsigned char **at)
{
	INT value;

	rtl_memcpy(&value, *at, sizeof(value));
	*at += sizeof(value);
	return value;
}

static INT state_of(const struct cxx_frame *f, DWORD64 pc)
{
	DWORD64 offset = pc - (DWORD64)f->start, ip = 0;
	const unsigned char *at = f->ip_map;
	INT state = -1;
	ULONG left;

	if (at == NULL)
		return -1;
	for (left = read_number(&at); left > 0; left--) {
		ip += read_number(&at);
		if (offset < ip)
			break;
		state = (INT)read_number(&at) - 1;
	}
	return state;
}

static const unsigned char *read_try(const struct cxx_frame *f, const unsigned char *at, struct cxx_try *result)
{
	INT handlers;

	result->low = (INT)read_number(&at);
	result->high = (INT)read_number(&at);
	result->catch_high = (INT)read_number(&at);
	handlers = read_rva(&at);
	result->handler_count = 0;
	result->handlers = (const unsigned char *)f->image + handlers;
	if (handlers != 0)
		result->handler_count = read_number(&result->handlers);
	return at;
}

static const unsigned char *read_catch(const struct cxx_frame *f, const unsigned char *at, struct cxx_catch *result)
{
	unsigned char header = *at++;
	ULONG i;

	result->adjectives = header & HANDLER_ADJECTIVES ? read_number(&at) : 0;
	result->type = header & HANDLER_TYPE ? read_rva(&at) : 0;
	result->object = header & HANDLER_OBJECT ? (INT)read_number(&at) : 0;
	result->function = read_rva(&at);
	result->continuations = header >> 4 & 3;
	if (result->continuations > 2)
		result->continuations = 0;
	for (i = 0; i < result->continuations; i++)
		result->continuation[i] =
			header & HANDLER_CONTINUES_AT_RVA ? f->image + read_rva(&at) : f->start + read_number(&at);
	return at;
}

/* Past the entry at the cursor; its distance from the entry of the state it leads to, and its action. */
static const unsigned char *read_unwind_entry(const unsigned char *at, ULONG *distance, ULONG *type, INT *action, ULONG *object)
{
	ULONG first = read_number(&at);

	*distance = first >> 2;
	*type = first & 3;
	*action = *type != ACTION_NONE ? read_rva(&at) : 0;
	*object = *type == ACTION_OBJECT || *type == ACTION_POINTER ? read_number(&at) : 0;
	return at;
}

static void read_unwind(const struct cxx_frame *f, INT state, struct cxx_unwind_step *result)
{
	const unsigned char *first = f->unwind_map, *at, *next;
	ULONG distance, type, object;
	INT action, i;

	read_number(&first);
	for (i = 0, at = first;; i++, at = next) {
		next = read_unwind_entry(at, &distance, &type, &action, &object);
		if (i == state)
			break;
	}
	result->action = action != 0 ? f->image + action : NULL;
	result->object = 0;
	if (type == ACTION_OBJECT)
		result->object = f->function + object;
	else if (type == ACTION_POINTER)
		result->object = *(const ULONG_PTR *)(f->function + object);
	/* The entry of the state it leads to begins so many bytes before this one; before the first entry is no state. */
	result->to_state = -1;
	if (distance == 0 || (ULONG_PTR)(at - first) < distance)
		return;
	at -= distance;
	for (i = 0, next = first; next < at; i++)
		next = read_unwind_entry(next, &distance, &type, &action, &object);
	result->to_state = i;
}

static const struct cxx_table_reader reader = {state_of, read_try, read_catch, read_unwind};

/* The map of the piece of a separated function that begins at f->start; NULL if that has no states. */
static const unsigned char *map_of_piece(const struct cxx_frame *f, const unsigned char *pieces)
{
	ULONG left;

	for (left = read_number(&pieces); left > 0; left--) {
		INT start = read_rva(&pieces), map = read_rva(&pieces);

		if (f->image + start == f->start)
			return (const unsigned char *)f->image + map;
	}
	return NULL;
}

void cxx_read_frame4(struct cxx_frame *f, uintptr_t establisher, DISPATCHER_CONTEXT *dispatcher)
{
	const char *image = (const char *)dispatcher->ImageBase;
	const unsigned char *at = (const unsigned char *)image + *(const INT *)dispatcher->HandlerData;
	unsigned char header = *at++;
	const unsigned char *counted;
	INT ip_map;

	f->reader = &reader;
	f->image = image;
	f->start = image + dispatcher->FunctionEntry->BeginAddress;
	f->address = f->function = establisher;
	f->flags = (header & INFO_SYNCHRONOUS ? CXX_SYNCHRONOUS : 0u) | (header & INFO_NOEXCEPT ? CXX_NOEXCEPT : 0u);
	f->state_count = 0;
	f->try_count = 0;
	f->tries = f->unwind_map = NULL;
	f->own_low = -1;
	f->own_high = INT_MAX;
	f->dispatcher = dispatcher;
	if (header & INFO_BLOCK_FLAGS)
		read_number(&at);
	if (header & INFO_UNWIND_MAP) {
		counted = f->unwind_map = (const unsigned char *)image + read_rva(&at);
		f->state_count = (INT)read_number(&counted);
	}
	if (header & INFO_TRY_MAP) {
		f->tries = (const unsigned char *)image + read_rva(&at);
		f->try_count = read_number(&f->tries);
	}
	ip_map = read_rva(&at);
	f->ip_map = ip_map != 0 ? (const unsigned char *)image + ip_map : NULL;
	if (header & INFO_SEPARATED && ip_map != 0)
		f->ip_map = map_of_piece(f, f->ip_map);
	if (header & INFO_CATCH)
		f->function = *(const uintptr_t *)(establisher + read_number(&at));
	f->ip_state = state_of(f, dispatcher->ControlPc);
}
