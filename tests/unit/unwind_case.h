/*
 * unwind_case.h - a made-up function with unwind data, from a string of bytes, and a second opinion about where one
 * step of unwinding leads: written from the documentation for clarity, without a line in common with virtual_unwind.c.
 *
 * Shared by check_unwind.c (bytes from a seed) and tests/fuzz/fuzz_unwind.c (bytes from libFuzzer).
 */
#ifndef PEWTER_TESTS_UNWIND_CASE_H
#define PEWTER_TESTS_UNWIND_CASE_H

#include "ntdll/ke/ke.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASE_PARTS 3u         /* a function, and parts of it that are chained to it */
#define CASE_TEXT 0x1000u     /* RVA of the first part; each has 0x100 bytes */
#define CASE_INFO 0x2000u     /* RVA of their unwind data, 0x400 bytes each */
#define CASE_INDIRECT 0x3800u /* RVA of entries that only point at others */
#define CASE_IMAGE 0x4000u
#define CASE_STACK 0x10000u /* in words */

static uint8_t case_image[CASE_IMAGE] __attribute__((aligned(16)));
static uint64_t case_stack[CASE_STACK] __attribute__((aligned(16)));

struct unwind_case {
	RUNTIME_FUNCTION parts[CASE_PARTS]; /* 0 is the primary; each further one is chained to the one before */
	unsigned count;
	unsigned part; /* where pc is */
	ULONG_PTR pc;
	bool indirect;
	ULONG type;
	CONTEXT context;
};

struct case_source {
	const uint8_t *data;
	size_t size, at;
};

static unsigned case_byte(struct case_source *source)
{
	return source->at < source->size ? source->data[source->at++] : 0;
}

static unsigned case_below(struct case_source *source, unsigned limit)
{
	return (case_byte(source) | case_byte(source) << 8) % limit;
}

/* Somewhere in the middle of the stack, aligned to words. */
static uint64_t case_pointer(uint64_t number)
{
	return (uint64_t)(uintptr_t)&case_stack[CASE_STACK / 2 + (number * 0x9E3779B97F4A7C15ull >> 53)];
}

/* Code that is an epilogue or nearly so. */
static unsigned case_code(struct case_source *source, uint8_t *to, ULONG rva)
{
	unsigned size = 0, pops = case_below(source, 5);

	switch (case_below(source, 6)) {
	case 0:
		memcpy(to, "\x48\x83\xC4", 3);
		to[3] = (uint8_t)(case_byte(source) & 0x78);
		size = 4;
		break;
	case 1:
		memcpy(to, "\x48\x81\xC4\x00\x00\x00\x00", 7);
		to[3] = (uint8_t)(case_byte(source) & 0xF8);
		to[4] = (uint8_t)(case_byte(source) & 1);
		size = 7;
		break;
	case 2:
		to[0] = (uint8_t)(0x48 | case_below(source, 2));
		to[1] = 0x8D;
		to[2] = (uint8_t)(0x20 | case_below(source, 3) << 6 | case_below(source, 8));
		size = to[2] >> 6 == 0 ? 3 : to[2] >> 6 == 1 ? 4 : 7;
		memset(to + 3, 0, 4);
		to[3] = (uint8_t)(case_byte(source) & 0x78);
		break;
	default:
		break;
	}
	while (pops--) {
		unsigned number = case_below(source, 16);

		if (number >= 8 || case_below(source, 4) == 0)
			to[size++] = (uint8_t)(0x40 | number >> 3);
		to[size++] = (uint8_t)(0x58 | (number & 7));
	}
	switch (case_below(source, 10)) {
	case 0:
		memcpy(to + size, "\xF3\xC3", 2);
		return size + 2;
	case 1:
		memcpy(to + size, "\xC2\x08\x00", 3);
		return size + 3;
	case 2:
		to[size] = 0xEB;
		to[size + 1] = (uint8_t)case_byte(source);
		return size + 2;
	case 3: {
		/* To a place in the text, in a part or not. */
		int32_t distance = (int32_t)(CASE_TEXT + case_below(source, 0x400)) - (int32_t)(rva + size + 5);

		to[size] = 0xE9;
		memcpy(to + size + 1, &distance, 4);
		return size + 5;
	}
	case 4:
		memcpy(to + size, "\xFF\x25\x00\x00\x00\x00", 6);
		return size + 6;
	case 5:
		memcpy(to + size, "\x48\xFF\xE0", 3);
		return size + 3;
	case 6:
		to[size] = (uint8_t)case_byte(source);
		to[size + 1] = (uint8_t)case_byte(source);
		return size + 2;
	default:
		to[size] = 0xC3;
		return size + 1;
	}
}

static void case_make(struct unwind_case *made, const uint8_t *data, size_t size)
{
	struct case_source source = {data, size, 0};
	unsigned frame_register = case_below(&source, 3) ? 0 : case_below(&source, 16);
	unsigned frame_offset = case_below(&source, 16);
	bool version2 = case_below(&source, 3) == 0;

	if (frame_register == 4)
		frame_register = 5;
	memset(made, 0, sizeof(*made));
	memset(case_image, 0xCC, sizeof(case_image));
	made->count = 1 + case_below(&source, CASE_PARTS);
	made->part = case_below(&source, made->count);
	made->type = case_below(&source, 4);
	made->indirect = case_below(&source, 4) == 0;
	for (unsigned i = 0; i < made->count; i++) {
		RUNTIME_FUNCTION *part = &made->parts[i];
		uint8_t *info = case_image + CASE_INFO + i * 0x400;
		uint16_t *codes = (uint16_t *)(void *)(info + 4);
		unsigned count = case_below(&source, 20), at = 0, offset = 0x40, prolog = case_below(&source, 0x40);
		unsigned flags = case_below(&source, 4);

		part->BeginAddress = CASE_TEXT + i * 0x100;
		part->EndAddress = part->BeginAddress + 0x80 + case_below(&source, 0x80);
		part->UnwindData = CASE_INFO + i * 0x400;
		if (i)
			flags = UNW_FLAG_CHAININFO;
		info[0] = (uint8_t)((version2 ? 2 : 1) | flags << 3);
		if (case_below(&source, 64) == 0)
			info[0] = (uint8_t)((info[0] & ~7) | 3);
		info[1] = (uint8_t)prolog;
		info[3] = (uint8_t)(frame_register | frame_offset << 4);
		if (version2 && case_below(&source, 2)) {
			unsigned epilogs = 1 + case_below(&source, 3);
			/* The length and whether one is at the end; then distances from the end. */
			codes[at++] = (uint16_t)(case_below(&source, 0x20) | 6 << 8 | case_below(&source, 2) << 12);
			while (epilogs--)
				codes[at++] = (uint16_t)(case_below(&source, 0x80) | 6 << 8);
		}
		while (at < count) {
			unsigned operation = case_below(&source, 12), number = case_below(&source, 16);

			if (version2 && operation == 7)
				operation = 0;
			/* Pushes are the commonest. */
			if (operation > 10)
				operation = 0;
			if (number == 4)
				number = 3;
			if (operation == 1)
				number &= 1;
			if (operation == 10)
				number &= 1;
			if (operation == 3)
				number = 0;
			if (operation == 6 && version2)
				operation = 2;
			if (offset)
				offset -= case_below(&source, 2 + offset / 4) % (offset + 1);
			codes[at++] = (uint16_t)(offset | operation << 8 | number << 12);
			if (operation == 1 || operation == 4 || operation == 8)
				codes[at++] = (uint16_t)case_below(&source, 0x40);
			else if (operation == 5 || operation == 9)
				codes[at++] = (uint16_t)(case_below(&source, 0x40) * 16);
			if ((operation == 1 && number == 1) || operation == 5 || operation == 9)
				codes[at++] = 0;
			if (operation == 6 || operation == 7)
				codes[at++] = (uint16_t)case_byte(&source);
			if (operation == 7)
				codes[at++] = (uint16_t)case_byte(&source);
			if (operation == 1 && number == 1)
				codes[at - 2] = (uint16_t)(codes[at - 2] * 8);
		}
		info[2] = (uint8_t)at;
		if (at & 1)
			codes[at++] = 0;
		if (i) {
			RUNTIME_FUNCTION *parent = (RUNTIME_FUNCTION *)(void *)&codes[at];

			*parent = made->parts[i - 1];
			if (case_below(&source, 4) == 0) {
				/* Only the bit that says where the entry is. */
				memcpy(case_image + CASE_INDIRECT + 0x40 + i * 16, &made->parts[i - 1],
				       sizeof(*parent));
				parent->UnwindData = (CASE_INDIRECT + 0x40 + i * 16) | 1;
			}
		} else {
			ULONG handler = 0x3F00, handler_data = 0x1234;

			memcpy(&codes[at], &handler, 4);
			memcpy(&codes[at + 2], &handler_data, 4);
		}
		/* Text: near-epilogues one behind the other. */
		for (unsigned place = 0; place < 0x80;)
			place += case_code(&source, case_image + part->BeginAddress + 0x40 + place,
					   part->BeginAddress + 0x40 + place);
	}
	made->pc = (ULONG_PTR)case_image + made->parts[made->part].BeginAddress + case_below(&source, 0x80);
	for (unsigned i = 0; i < CASE_STACK; i++)
		case_stack[i] = case_pointer(i * 3 + 1);
	for (unsigned i = 0; i < 16; i++)
		(&made->context.Rax)[i] = case_pointer(1000 + i);
	for (unsigned i = 0; i < 16; i++)
		made->context.FltSave.XmmRegisters[i].Low = i;
	made->context.Rip = made->pc;
	made->context.ContextFlags = CONTEXT_FULL;
}

/* The entry that RtlVirtualUnwind is given. */
static RUNTIME_FUNCTION *case_entry(struct unwind_case *made)
{
	RUNTIME_FUNCTION *pointing = (RUNTIME_FUNCTION *)(void *)(case_image + CASE_INDIRECT);

	if (!made->indirect)
		return &made->parts[made->part];
	*pointing = made->parts[made->part];
	memcpy(case_image + CASE_INDIRECT + 0x20, &made->parts[made->part], sizeof(RUNTIME_FUNCTION));
	pointing->UnwindData = (CASE_INDIRECT + 0x20) | 1;
	return pointing;
}

/*
 * The second opinion.
 */
struct opinion {
	CONTEXT context;
	uint64_t *from[16]; /* where integer registers were read */
	uint64_t *xmm_from[16];
	ULONG_PTR frame;
	ULONG_PTR handler; /* 0: none */
	ULONG_PTR data;    /* 0: untouched */
};

static uint64_t opinion_read(uint64_t address)
{
	uint64_t value;

	memcpy(&value, (const void *)(uintptr_t)address, 8);
	return value;
}

static void opinion_load(struct opinion *o, unsigned number, uint64_t address)
{
	(&o->context.Rax)[number] = opinion_read(address);
	if (number != 4)
		o->from[number] = (uint64_t *)(uintptr_t)address;
}

/* One unwind code; true: it was a machine frame.  *slots: how long it is. */
static bool opinion_code(struct opinion *o, const uint8_t *info, unsigned slot, bool undo, uint64_t base,
			 unsigned *slots)
{
	const uint8_t *code = info + 4 + slot * 2;
	unsigned operation = code[1] & 15, number = code[1] >> 4, version = info[0] & 7;
	uint64_t small = (uint64_t)(code[2] | code[3] << 8);
	uint64_t large = small | (uint64_t)code[4] << 16 | (uint64_t)code[5] << 24;
	bool machine = false;

	*slots = 1;
	if (operation == 0 && undo) {
		opinion_load(o, number, o->context.Rsp);
		o->context.Rsp += 8;
	} else if (operation == 1) {
		*slots = number ? 3 : 2;
		if (undo)
			o->context.Rsp += number ? large : small * 8;
	} else if (operation == 2 && undo) {
		o->context.Rsp += number * 8 + 8;
	} else if (operation == 3 && undo) {
		o->context.Rsp = (&o->context.Rax)[info[3] & 15] - (uint64_t)(info[3] >> 4) * 16;
	} else if (operation == 4 || operation == 5) {
		*slots = operation == 4 ? 2 : 3;
		if (undo)
			opinion_load(o, number, base + (operation == 4 ? small * 8 : large));
	} else if (operation == 8 || operation == 9) {
		uint64_t address = base + (operation == 8 ? small * 16 : large);

		*slots = operation == 8 ? 2 : 3;
		if (undo) {
			memcpy(&o->context.FltSave.XmmRegisters[number], (const void *)(uintptr_t)address, 16);
			o->xmm_from[number] = (uint64_t *)(uintptr_t)address;
		}
	} else if (operation == 10 && undo) {
		uint64_t at = o->context.Rsp + (number ? 8 : 0);

		o->context.Rip = opinion_read(at);
		o->context.Rsp = opinion_read(at + 24);
		machine = true;
	} else if (operation == 6 && version == 1) {
		*slots = 2;
	} else if (operation == 7) {
		*slots = version == 1 ? 3 : 1;
	}
	return machine;
}

static const uint8_t *opinion_info(const RUNTIME_FUNCTION *entry)
{
	while (entry->UnwindData & 1)
		entry = (const RUNTIME_FUNCTION *)(const void *)(case_image + entry->UnwindData - 1);
	return case_image + entry->UnwindData;
}

static const RUNTIME_FUNCTION *opinion_parent(const uint8_t *info)
{
	if (!(info[0] >> 3 & 4))
		return NULL;
	return (const RUNTIME_FUNCTION *)(const void *)(info + 4 + (info[2] + (info[2] & 1)) * 2);
}

/* Which part of the case an RVA is in; -1. */
static int opinion_part(const struct unwind_case *made, ULONG rva)
{
	for (unsigned i = 0; i < made->count; i++)
		if (rva >= made->parts[i].BeginAddress && rva < made->parts[i].EndAddress)
			return (int)i;
	return -1;
}

/*
 * The rest of an epilogue at `at`?  If so, *o is changed as the processor would.  A function is all its parts: a jump
 * is a way out if it leads to none of them, or to the function's first byte.
 */
static bool opinion_epilogue(const struct unwind_case *made, const uint8_t *info, const uint8_t *at, struct opinion *o)
{
	struct opinion trial = *o;
	unsigned allowed = 0, frame = info[3] & 15, ignored;
	const uint8_t *walk = info;

	/* What the function has pushed, in its chain of prologues. */
	for (;;) {
		const RUNTIME_FUNCTION *parent = opinion_parent(walk);

		for (unsigned slot = 0; slot < walk[2];) {
			struct opinion scratch;
			unsigned length;

			if ((walk[4 + slot * 2 + 1] & 15) == 0)
				allowed |= 1u << (walk[4 + slot * 2 + 1] >> 4);
			opinion_code(&scratch, walk, slot, false, 0, &length);
			slot += length;
		}
		if (!parent)
			break;
		walk = opinion_info(parent);
	}
	(void)ignored;
	if ((at[0] == 0x48 || at[0] == 0x4C) && at[2] == 0xC4 && (at[1] == 0x83 || at[1] == 0x81)) {
		int32_t amount = (int8_t)at[3];

		if (at[1] == 0x81)
			memcpy(&amount, at + 3, 4);
		trial.context.Rsp += (uint64_t)(int64_t)amount;
		at += at[1] == 0x83 ? 4 : 7;
	} else if ((at[0] == 0x48 || at[0] == 0x49) && at[1] == 0x8D && (at[2] >> 3 & 7) == 4 && frame &&
		   (unsigned)((at[2] & 7) | (at[0] & 1) << 3) == frame && (at[2] & 7) != 4 && at[2] >> 6 != 3 &&
		   !(at[2] >> 6 == 0 && (at[2] & 7) == 5)) {
		int32_t amount = 0;

		if (at[2] >> 6 == 1)
			amount = (int8_t)at[3];
		else if (at[2] >> 6 == 2)
			memcpy(&amount, at + 3, 4);
		trial.context.Rsp = (&trial.context.Rax)[frame] + (uint64_t)(int64_t)amount;
		at += at[2] >> 6 == 0 ? 3 : at[2] >> 6 == 1 ? 4 : 7;
	}
	for (;;) {
		unsigned high = 0, skip = 0, number;

		if (at[0] >= 0x40 && at[0] <= 0x4F) {
			high = at[0] & 1;
			skip = 1;
		}
		if (at[skip] < 0x58 || at[skip] > 0x5F)
			break;
		number = (at[skip] - 0x58u) | high << 3;
		if (!(allowed & 1u << number) || number == 4)
			return false;
		allowed &= ~(1u << number);
		opinion_load(&trial, number, trial.context.Rsp);
		trial.context.Rsp += 8;
		at += skip + 1;
	}
	if (at[0] == 0xEB || at[0] == 0xE9) {
		int32_t distance = (int8_t)at[1];
		ULONG_PTR target;
		int part;

		if (at[0] == 0xE9)
			memcpy(&distance, at + 1, 4);
		target = (ULONG_PTR)at + (at[0] == 0xEB ? 2 : 5) + (ULONG_PTR)(intptr_t)distance;
		part = opinion_part(made, (ULONG)(target - (ULONG_PTR)case_image));
		if (part >= 0 && target - (ULONG_PTR)case_image != made->parts[0].BeginAddress)
			return false;
	} else if (!(at[0] == 0xC3 || at[0] == 0xC2 || (at[0] == 0xF3 && at[1] == 0xC3) ||
		     (at[0] == 0xFF && at[1] == 0x25) ||
		     (at[0] >= 0x48 && at[0] <= 0x4F && at[1] == 0xFF && (at[2] >> 3 & 7) == 4))) {
		return false;
	}
	trial.context.Rip = opinion_read(trial.context.Rsp);
	trial.context.Rsp += 8;
	*o = trial;
	return true;
}

static bool opinion_listed(const struct unwind_case *made, const uint8_t *info, unsigned offset)
{
	unsigned size = made->parts[made->part].EndAddress - made->parts[made->part].BeginAddress, length, slot = 0;

	if (!info[2] || (info[5] & 15) != 6)
		return false;
	length = info[4];
	if (info[5] >> 4 & 1 && offset > size - length && offset < size)
		return true;
	for (slot = 1; slot < info[2] && (info[4 + slot * 2 + 1] & 15) == 6; slot++) {
		unsigned distance = info[4 + slot * 2] | (unsigned)(info[4 + slot * 2 + 1] >> 4) << 8;

		if (distance && offset > size - distance && offset < size - distance + length)
			return true;
	}
	return false;
}

static void opinion_form(const struct unwind_case *made, struct opinion *o)
{
	const uint8_t *info = opinion_info(&made->parts[made->part]);
	unsigned offset = (unsigned)(made->pc - (ULONG_PTR)case_image) - made->parts[made->part].BeginAddress;
	unsigned version = info[0] & 7, flags = info[0] >> 3, frame = info[3] & 15;
	bool in_prolog = offset < info[1], machine = false, set = !in_prolog;
	uint64_t base;

	memset(o, 0, sizeof(*o));
	o->context = made->context;
	o->frame = o->context.Rsp;
	if (version != 1 && version != 2) {
		o->context.Rip = opinion_read(o->context.Rsp);
		o->context.Rsp += 8;
		return;
	}
	for (unsigned slot = 0, length; slot < info[2]; slot += length) {
		struct opinion scratch;

		if ((info[4 + slot * 2 + 1] & 15) == 3 && info[4 + slot * 2] <= offset)
			set = true;
		opinion_code(&scratch, info, slot, false, 0, &length);
	}
	if (frame && (set || flags & 4))
		o->frame = (&o->context.Rax)[frame] - (uint64_t)(info[3] >> 4) * 16;
	base = o->frame;
	if (!in_prolog && (version == 1 || opinion_listed(made, info, offset)) &&
	    opinion_epilogue(made, info, (const uint8_t *)made->pc, o))
		return;
	for (bool first = true;; first = false) {
		const RUNTIME_FUNCTION *parent = opinion_parent(info);

		for (unsigned slot = 0, length; slot < info[2]; slot += length) {
			bool done = !first || !in_prolog || info[4 + slot * 2] <= offset;

			machine |= opinion_code(o, info, slot, done, base, &length);
		}
		if (!parent)
			break;
		info = opinion_info(parent);
	}
	if (!machine) {
		o->context.Rip = opinion_read(o->context.Rsp);
		o->context.Rsp += 8;
	}
	/* The handler is that of the primary, reached through the chain. */
	if (!in_prolog && info[0] >> 3 & made->type & 3) {
		ULONG rva;

		memcpy(&rva, info + 4 + (info[2] + (info[2] & 1)) * 2, 4);
		o->handler = (ULONG_PTR)case_image + rva;
		o->data = (ULONG_PTR)(info + 4 + (info[2] + (info[2] & 1)) * 2 + 4);
	}
}

/* Whether RtlVirtualUnwind agrees.  Prints the difference. */
static bool case_agrees(const uint8_t *data, size_t size)
{
	static struct unwind_case made;
	static struct opinion wanted;
	KNONVOLATILE_CONTEXT_POINTERS pointers;
	CONTEXT context;
	ULONG_PTR frame = 1, handler;
	PVOID handler_data = NULL;
	bool agrees = true;

	case_make(&made, data, size);
	opinion_form(&made, &wanted);
	context = made.context;
	memset(&pointers, 0, sizeof(pointers));
	RtlAddFunctionTable(made.parts, made.count, (DWORD64)(uintptr_t)case_image);
	handler = (ULONG_PTR)RtlVirtualUnwind(made.type, (ULONG_PTR)case_image, made.pc, case_entry(&made), &context,
					      &handler_data, &frame, &pointers);
	RtlDeleteFunctionTable(made.parts);
#define SAME(what, got, want)                                                                                          \
	do {                                                                                                           \
		if ((unsigned long long)(got) != (unsigned long long)(want)) {                                         \
			fprintf(stderr, "%s is %llx, not %llx\n", what, (unsigned long long)(got),                     \
				(unsigned long long)(want));                                                           \
			agrees = false;                                                                                \
		}                                                                                                      \
	} while (0)
	SAME("Rip", context.Rip, wanted.context.Rip);
	SAME("frame", frame, wanted.frame);
	SAME("handler", handler, wanted.handler);
	SAME("handler data", (uintptr_t)handler_data, wanted.data);
	for (unsigned i = 0; i < 16; i++) {
		char name[32];

		snprintf(name, sizeof(name), "register %u", i);
		SAME(name, (&context.Rax)[i], (&wanted.context.Rax)[i]);
		snprintf(name, sizeof(name), "pointer %u", i);
		SAME(name, (uintptr_t)pointers.IntegerContext[i], (uintptr_t)wanted.from[i]);
		snprintf(name, sizeof(name), "xmm%u", i);
		SAME(name, context.FltSave.XmmRegisters[i].Low, wanted.context.FltSave.XmmRegisters[i].Low);
		snprintf(name, sizeof(name), "xmm pointer %u", i);
		SAME(name, (uintptr_t)pointers.FloatingContext[i], (uintptr_t)wanted.xmm_from[i]);
	}
#undef SAME
	if (!agrees) {
		fprintf(stderr, "  code");
		for (unsigned i = 0; i < 12; i++)
			fprintf(stderr, " %02x", ((const uint8_t *)made.pc)[i]);
		fprintf(stderr, "\n  part %u of %u, offset %x, type %u%s, info %02x %02x %02x %02x\n", made.part,
			made.count, (unsigned)(made.pc - (ULONG_PTR)case_image - made.parts[made.part].BeginAddress),
			made.type, made.indirect ? ", indirect" : "", case_image[CASE_INFO + made.part * 0x400],
			case_image[CASE_INFO + made.part * 0x400 + 1], case_image[CASE_INFO + made.part * 0x400 + 2],
			case_image[CASE_INFO + made.part * 0x400 + 3]);
	}
	return agrees;
}

#endif
