/*
 * ntdll/ke/x86_64/virtual_unwind.c - one guest frame up, by the unwind data of its image.
 *
 * Source: Microsoft, "x64 exception handling": UNWIND_INFO, unwind codes, prologs and epilogs; LLVM's notes on
 * version 2.
 */
#include "host/fault.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "pewter/export.h"

#include <string.h>

enum {
	UWOP_PUSH_NONVOL = 0,
	UWOP_ALLOC_LARGE = 1,
	UWOP_ALLOC_SMALL = 2,
	UWOP_SET_FPREG = 3,
	UWOP_SAVE_NONVOL = 4,
	UWOP_SAVE_NONVOL_FAR = 5,
	UWOP_EPILOG = 6,
	UWOP_SPARE = 7,
	UWOP_SAVE_XMM128 = 8,
	UWOP_SAVE_XMM128_FAR = 9,
	UWOP_PUSH_MACHFRAME = 10,
};

struct unwind_info {
	uint8_t version_flags; /* version:3, flags:5 */
	uint8_t prolog_size;
	uint8_t count;
	uint8_t frame; /* register:4, offset / 16:4 */
	uint16_t codes[];
};

static inline unsigned info_version(const struct unwind_info *info)
{
	return info->version_flags & 7;
}

static inline unsigned info_flags(const struct unwind_info *info)
{
	return info->version_flags >> 3;
}

static inline unsigned code_offset(uint16_t code)
{
	return code & 0xFF;
}

static inline unsigned code_operation(uint16_t code)
{
	return code >> 8 & 0xF;
}

static inline unsigned code_info(uint16_t code)
{
	return code >> 12;
}

static inline DWORD64 *integer(CONTEXT *context, unsigned number)
{
	return &(&context->Rax)[number];
}

static void load_integer(CONTEXT *context, unsigned number, DWORD64 address, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
	*integer(context, number) = *(DWORD64 *)(uintptr_t)address;
	if (pointers && number != 4)
		pointers->IntegerContext[number] = (DWORD64 *)(uintptr_t)address;
}

static void load_xmm(CONTEXT *context, unsigned number, DWORD64 address, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
	memcpy(&context->FltSave.XmmRegisters[number], (const void *)(uintptr_t)address, sizeof(M128A));
	if (pointers)
		pointers->FloatingContext[number] = (M128A *)(uintptr_t)address;
}

/* How many slots a code takes. */
static unsigned code_slots(uint16_t code, unsigned version)
{
	switch (code_operation(code)) {
	case UWOP_ALLOC_LARGE:
		return code_info(code) ? 3 : 2;
	case UWOP_SAVE_NONVOL:
	case UWOP_SAVE_XMM128:
		return 2;
	case UWOP_SAVE_NONVOL_FAR:
	case UWOP_SAVE_XMM128_FAR:
		return 3;
	case UWOP_EPILOG:
		return version == 1 ? 2 : 1;
	case UWOP_SPARE:
		return version == 1 ? 3 : 1;
	default:
		return 1;
	}
}

static inline uint32_t slot32(const uint16_t *slot)
{
	return slot[0] | (uint32_t)slot[1] << 16;
}

/* Undoes the codes at or before `offset` in the prolog.  true: a machine frame set rip and rsp. */
static bool undo_codes(const struct unwind_info *info, unsigned offset, CONTEXT *context, DWORD64 frame_base,
		       KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
	unsigned version = info_version(info);
	bool machine_frame = false;

	for (unsigned i = 0; i < info->count;) {
		uint16_t code = info->codes[i];
		const uint16_t *next = &info->codes[i + 1];
		unsigned slots = code_slots(code, version);

		if (code_offset(code) > offset && !(version == 2 && code_operation(code) == UWOP_EPILOG)) {
			i += slots;
			continue;
		}
		switch (code_operation(code)) {
		case UWOP_PUSH_NONVOL:
			load_integer(context, code_info(code), context->Rsp, pointers);
			context->Rsp += 8;
			break;
		case UWOP_ALLOC_LARGE:
			context->Rsp += code_info(code) ? slot32(next) : (DWORD64)next[0] * 8;
			break;
		case UWOP_ALLOC_SMALL:
			context->Rsp += code_info(code) * 8 + 8;
			break;
		case UWOP_SET_FPREG:
			context->Rsp = *integer(context, info->frame & 0xF) - (info->frame >> 4) * 16;
			break;
		case UWOP_SAVE_NONVOL:
			load_integer(context, code_info(code), frame_base + (DWORD64)next[0] * 8, pointers);
			break;
		case UWOP_SAVE_NONVOL_FAR:
			load_integer(context, code_info(code), frame_base + slot32(next), pointers);
			break;
		case UWOP_SAVE_XMM128:
			load_xmm(context, code_info(code), frame_base + (DWORD64)next[0] * 16, pointers);
			break;
		case UWOP_SAVE_XMM128_FAR:
			load_xmm(context, code_info(code), frame_base + slot32(next), pointers);
			break;
		case UWOP_PUSH_MACHFRAME: {
			DWORD64 at = context->Rsp + (code_info(code) ? 8 : 0);

			context->Rip = *(DWORD64 *)(uintptr_t)at;
			context->Rsp = *(DWORD64 *)(uintptr_t)(at + 24);
			machine_frame = true;
			break;
		}
		default:
			break;
		}
		i += slots;
	}
	return machine_frame;
}

/* The entry of a chain's next link. */
static RUNTIME_FUNCTION *chained_entry(ULONG_PTR base, const struct unwind_info *info)
{
	RUNTIME_FUNCTION *entry = (RUNTIME_FUNCTION *)(void *)&info->codes[(info->count + 1u) & ~1u];

	if (entry->UnwindData & 1)
		entry = (RUNTIME_FUNCTION *)(base + (entry->UnwindData & ~1u));
	return entry;
}

/* More links than this are a circle, or as good as one. */
#define MAXIMUM_LINKS 32u

static RUNTIME_FUNCTION *follow_indirect(ULONG_PTR base, RUNTIME_FUNCTION *entry)
{
	for (unsigned depth = 0; entry->UnwindData & 1 && depth < MAXIMUM_LINKS; depth++)
		entry = (RUNTIME_FUNCTION *)(base + (entry->UnwindData & ~1u));
	return entry;
}

static RUNTIME_FUNCTION *primary_entry(ULONG_PTR base, RUNTIME_FUNCTION *entry)
{
	for (unsigned depth = 0; depth < MAXIMUM_LINKS; depth++) {
		const struct unwind_info *info;

		entry = follow_indirect(base, entry);
		info = (const struct unwind_info *)(base + entry->UnwindData);
		if (!(info_flags(info) & UNW_FLAG_CHAININFO))
			break;
		entry = chained_entry(base, info);
	}
	return entry;
}

/* The set of registers that the function pushed: those of the chain's prologs too, since an epilog may stand in any
 * part. */
static unsigned pushed_registers(ULONG_PTR base, const struct unwind_info *info)
{
	unsigned set = 0;

	for (unsigned depth = 0; depth < MAXIMUM_LINKS; depth++) {
		for (unsigned i = 0; i < info->count; i += code_slots(info->codes[i], info_version(info)))
			if (code_operation(info->codes[i]) == UWOP_PUSH_NONVOL)
				set |= 1u << code_info(info->codes[i]);
		if (!(info_flags(info) & UNW_FLAG_CHAININFO))
			break;
		info = (const struct unwind_info *)(base +
						    follow_indirect(base, chained_entry(base, info))->UnwindData);
	}
	return set;
}

/* Whether a jump to this address leaves the function; a jump to its first byte is a tail call to itself. */
static bool leaves_function(ULONG_PTR base, RUNTIME_FUNCTION *entry, ULONG_PTR target)
{
	RUNTIME_FUNCTION *primary = primary_entry(base, entry), *other;
	ULONG_PTR other_base;

	if (target - base == primary->BeginAddress)
		return true;
	if ((target - base >= entry->BeginAddress && target - base < entry->EndAddress) ||
	    (target - base >= primary->BeginAddress && target - base < primary->EndAddress))
		return false;
	/* Another part of the same function? */
	other = RtlLookupFunctionEntry(target, &other_base, NULL);
	return !other || other_base != base || primary_entry(base, other)->BeginAddress != primary->BeginAddress;
}

/*
 * Decodes the instructions at pc.  If they are the rest of an epilog (an optional "add rsp" or "lea rsp", pops, and the
 * way out) they are carried out on the context and true is returned.  Code that pops a register which the prolog did
 * not push is none.
 */
static bool epilog(ULONG_PTR base, RUNTIME_FUNCTION *entry, const struct unwind_info *info, ULONG_PTR pc,
		   CONTEXT *context, KNONVOLATILE_CONTEXT_POINTERS *pointers)
{
	const uint8_t *at = (const uint8_t *)pc;
	unsigned pushed = 0, popped = 0;
	unsigned frame_register = info->frame & 0xF;
	uint8_t order[16];
	unsigned count = 0;
	DWORD64 rsp = context->Rsp;

	if ((at[0] & 0xFB) == 0x48 && at[1] == 0x83 && at[2] == 0xC4) { /* add rsp, imm8 */
		rsp += (DWORD64)(int64_t)(int8_t)at[3];
		at += 4;
	} else if ((at[0] & 0xFB) == 0x48 && at[1] == 0x81 && at[2] == 0xC4) { /* add rsp, imm32 */
		int32_t value;

		memcpy(&value, at + 3, 4);
		rsp += (DWORD64)(int64_t)value;
		at += 7;
	} else if ((at[0] & 0xFE) == 0x48 && at[1] == 0x8D && frame_register) { /* lea rsp, [FP + d] */
		unsigned modrm = at[2];
		unsigned from = (modrm & 7) | (at[0] & 1) << 3;

		if ((modrm >> 3 & 7) == 4 && from == frame_register && (modrm & 7) != 4) {
			if (modrm >> 6 == 1) {
				rsp = *integer(context, from) + (DWORD64)(int64_t)(int8_t)at[3];
				at += 4;
			} else if (modrm >> 6 == 2) {
				int32_t value;

				memcpy(&value, at + 3, 4);
				rsp = *integer(context, from) + (DWORD64)(int64_t)value;
				at += 7;
			} else if (modrm >> 6 == 0 && (modrm & 7) != 5) {
				rsp = *integer(context, from);
				at += 3;
			}
		}
	}
	for (;;) {
		unsigned number;

		if ((at[0] & 0xF8) == 0x58) {
			number = at[0] & 7;
			at += 1;
		} else if ((at[0] & 0xF0) == 0x40 && (at[1] & 0xF8) == 0x58) {
			number = (at[1] & 7) | (at[0] & 1) << 3;
			at += 2;
		} else {
			break;
		}
		if (!popped)
			pushed = pushed_registers(base, info);
		if (number == 4 || !(pushed >> number & 1) || popped >> number & 1)
			return false;
		popped |= 1u << number;
		order[count++] = (uint8_t)number;
	}
	if (at[0] == 0xF3 && at[1] == 0xC3) {
		;
	} else if (at[0] == 0xC3 || at[0] == 0xC2) {
		;
	} else if (at[0] == 0xEB || at[0] == 0xE9) {
		ULONG_PTR target;
		int32_t value;

		if (at[0] == 0xEB) {
			target = (ULONG_PTR)at + 2 + (ULONG_PTR)(intptr_t)(int8_t)at[1];
		} else {
			memcpy(&value, at + 1, 4);
			target = (ULONG_PTR)at + 5 + (ULONG_PTR)(intptr_t)value;
		}
		if (!leaves_function(base, entry, target))
			return false;
	} else if (at[0] == 0xFF && at[1] == 0x25) { /* jmp [rip + d] */
		;
	} else if ((at[0] & 0xF8) == 0x48 && at[1] == 0xFF && (at[2] & 0x38) == 0x20) { /* rex.w jmp */
		;
	} else {
		return false;
	}
	context->Rsp = rsp;
	for (unsigned i = 0; i < count; i++) {
		load_integer(context, order[i], context->Rsp, pointers);
		context->Rsp += 8;
	}
	context->Rip = *(DWORD64 *)(uintptr_t)context->Rsp;
	context->Rsp += 8;
	return true;
}

/* Version 2: the epilogs are listed.  Whether pc lies in one. */
static bool in_listed_epilog(const RUNTIME_FUNCTION *entry, const struct unwind_info *info, ULONG offset)
{
	ULONG length = 0, size = entry->EndAddress - entry->BeginAddress;
	bool first = true;

	for (unsigned i = 0; i < info->count && code_operation(info->codes[i]) == UWOP_EPILOG; i++) {
		uint16_t code = info->codes[i];
		ULONG start;

		if (first) {
			first = false;
			length = code_offset(code);
			if (!(code_info(code) & 1))
				continue;
			start = size - length;
		} else {
			ULONG distance = code_offset(code) | code_info(code) << 8;

			if (!distance)
				continue;
			start = size - distance;
		}
		if (offset > start && offset < start + length)
			return true;
	}
	return false;
}

/* `machine`: whether a machine frame was left. */
static PEXCEPTION_ROUTINE unwind(ULONG type, ULONG_PTR base, ULONG_PTR pc, PRUNTIME_FUNCTION entry, CONTEXT *context,
				 PVOID *data, ULONG_PTR *frame, KNONVOLATILE_CONTEXT_POINTERS *pointers, bool *machine)
{
	const struct unwind_info *info;
	RUNTIME_FUNCTION *current;
	DWORD64 frame_base;
	bool machine_frame, in_prolog = false;
	ULONG offset;

	*frame = context->Rsp;
	if (!entry) {
		/* A leaf: nothing on the stack but the return address. */
		context->Rip = *(DWORD64 *)(uintptr_t)context->Rsp;
		context->Rsp += 8;
		if (data)
			*data = NULL;
		return NULL;
	}
	current = follow_indirect(base, entry);
	offset = (ULONG)(pc - base) - current->BeginAddress;
	info = (const struct unwind_info *)(base + current->UnwindData);
	if (info_version(info) != 1 && info_version(info) != 2) {
		context->Rip = *(DWORD64 *)(uintptr_t)context->Rsp;
		context->Rsp += 8;
		return NULL;
	}
	in_prolog = offset < info->prolog_size && !(info_flags(info) & UNW_FLAG_CHAININFO && !info->prolog_size);

	/* The frame base: what SAVE codes count from, and the establisher frame. */
	frame_base = context->Rsp;
	if (info->frame & 0xF) {
		bool set = !in_prolog;

		if (in_prolog)
			for (unsigned i = 0; i < info->count; i += code_slots(info->codes[i], info_version(info)))
				if (code_operation(info->codes[i]) == UWOP_SET_FPREG &&
				    code_offset(info->codes[i]) <= offset)
					set = true;
		/* A part of a function that is chained has the frame pointer of its parent. */
		if (set || info_flags(info) & UNW_FLAG_CHAININFO)
			frame_base = *integer(context, info->frame & 0xF) - (info->frame >> 4) * 16;
	}
	*frame = frame_base;
	if (!in_prolog) {
		bool found;

		if (info_version(info) == 2)
			found = in_listed_epilog(current, info, offset) &&
				epilog(base, current, info, pc, context, pointers);
		else
			found = epilog(base, current, info, pc, context, pointers);
		if (found)
			return NULL;
	}

	machine_frame = undo_codes(info, in_prolog ? offset : 0xFF, context, frame_base, pointers);
	for (unsigned depth = 0; info_flags(info) & UNW_FLAG_CHAININFO && depth < MAXIMUM_LINKS; depth++) {
		current = follow_indirect(base, chained_entry(base, info));
		info = (const struct unwind_info *)(base + current->UnwindData);
		machine_frame |= undo_codes(info, 0xFF, context, frame_base, pointers);
	}
	*machine = machine_frame;
	if (!machine_frame) {
		context->Rip = *(DWORD64 *)(uintptr_t)context->Rsp;
		context->Rsp += 8;
	}
	if (!in_prolog && info_flags(info) & type & (UNW_FLAG_EHANDLER | UNW_FLAG_UHANDLER)) {
		const uint32_t *handler = (const uint32_t *)(const void *)&info->codes[(info->count + 1u) & ~1u];

		if (data)
			*data = (PVOID)(uintptr_t)(handler + 1);
		return (PEXCEPTION_ROUTINE)(base + *handler);
	}
	return NULL;
}

EXPORT(ntdll, PEXCEPTION_ROUTINE, RtlVirtualUnwind,
       (ULONG type, ULONG_PTR base, ULONG_PTR pc, PRUNTIME_FUNCTION entry, CONTEXT *context, PVOID *data,
	ULONG_PTR *frame, KNONVOLATILE_CONTEXT_POINTERS *pointers))
{
	bool machine;

	return unwind(type, base, pc, entry, context, data, frame, pointers, &machine);
}

static bool in_limits(ULONG_PTR at, const ULONG_PTR *low, const ULONG_PTR *high)
{
	return (!low || at >= *low) && (!high || at < *high);
}

/* MSDN, RtlVirtualUnwind2: the handler is an argument, and the stack's limits may be.  STATUS_BAD_STACK: outside of them.
 * `flags`: 1 asks to check signed return addresses, which this processor does not have. */
EXPORT(ntdll, NTSTATUS, RtlVirtualUnwind2,
       (ULONG type, ULONG_PTR base, ULONG_PTR pc, PRUNTIME_FUNCTION entry, CONTEXT *context, BOOLEAN *machine_frame,
	PVOID *data, ULONG_PTR *frame, KNONVOLATILE_CONTEXT_POINTERS *pointers, ULONG_PTR *low, ULONG_PTR *high,
	PEXCEPTION_ROUTINE *handler, ULONG flags))
{
	PEXCEPTION_ROUTINE found;
	bool machine = false;

	if (handler)
		*handler = NULL;
	if (context->Rsp & 7 || !in_limits(context->Rsp, low, high))
		return STATUS_BAD_STACK;
	found = unwind(type, base, pc, entry, context, data, frame, pointers, &machine);
	if (machine_frame)
		*machine_frame = machine;
	if (handler)
		*handler = found;
	/* What a machine frame goes on with may be another stack. */
	if (!machine && !in_limits(context->Rsp - 8, low, high))
		return STATUS_BAD_STACK;
	return STATUS_SUCCESS;
}
