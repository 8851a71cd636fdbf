/*
 * diag/unwind.c - one host frame back, by the DWARF call frame information that libdw reads.
 *
 * GCC describes ms_abi functions that call System V ones completely: besides the integer registers they save XMM6-15,
 * which are of no interest here.
 */
#include "diag/diag.h"
#include "diag/elf_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

/* DWARF's numbers of the x86-64 integer registers, and where CONTEXT keeps them. */
static const size_t register_offset[17] = {
	offsetof(CONTEXT, Rax), offsetof(CONTEXT, Rdx), offsetof(CONTEXT, Rcx), offsetof(CONTEXT, Rbx),
	offsetof(CONTEXT, Rsi), offsetof(CONTEXT, Rdi), offsetof(CONTEXT, Rbp), offsetof(CONTEXT, Rsp),
	offsetof(CONTEXT, R8),	offsetof(CONTEXT, R9),	offsetof(CONTEXT, R10), offsetof(CONTEXT, R11),
	offsetof(CONTEXT, R12), offsetof(CONTEXT, R13), offsetof(CONTEXT, R14), offsetof(CONTEXT, R15),
	offsetof(CONTEXT, Rip),
};
#define DWARF_RSP 7u
#define DWARF_RIP 16u

static DWORD64 *context_register(CONTEXT *context, unsigned number)
{
	return (DWORD64 *)((char *)context + register_offset[number]);
}

/* Evaluates a location expression of frame rules: a handful of operators is all that compilers use there. */
static bool evaluate(const struct diag_crash *crash, CONTEXT *context, const Dwarf_Op *ops, size_t count, uint64_t cfa,
		     uint64_t *result)
{
	uint64_t stack[16];
	size_t depth = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned atom = ops[i].atom;

		if (depth >= 15)
			return false;
		if (atom >= DW_OP_breg0 && atom <= DW_OP_breg16) {
			stack[depth++] = *context_register(context, atom - DW_OP_breg0) + ops[i].number;
		} else if (atom == DW_OP_bregx && ops[i].number <= DWARF_RIP) {
			stack[depth++] = *context_register(context, (unsigned)ops[i].number) + ops[i].number2;
		} else if (atom == DW_OP_call_frame_cfa) {
			stack[depth++] = cfa;
		} else if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) {
			stack[depth++] = atom - DW_OP_lit0;
		} else if (atom == DW_OP_plus_uconst && depth) {
			stack[depth - 1] += ops[i].number;
		} else if (atom == DW_OP_plus && depth > 1) {
			stack[depth - 2] += stack[depth - 1];
			depth--;
		} else if (atom == DW_OP_minus && depth > 1) {
			stack[depth - 2] -= stack[depth - 1];
			depth--;
		} else if (atom == DW_OP_deref && depth) {
			if (!crash->read(stack[depth - 1], &stack[depth - 1], sizeof(uint64_t)))
				return false;
		} else if (atom == DW_OP_consts || atom == DW_OP_const1s || atom == DW_OP_const2s || atom == DW_OP_const4s ||
			   atom == DW_OP_const1u || atom == DW_OP_const2u || atom == DW_OP_const4u || atom == DW_OP_constu) {
			stack[depth++] = ops[i].number;
		} else if (atom != DW_OP_nop) {
			return false;
		}
	}
	if (!depth)
		return false;
	*result = stack[depth - 1];
	return true;
}

static bool apply_frame(const struct diag_crash *crash, Dwarf_Frame *frame, CONTEXT *context)
{
	CONTEXT caller = *context;
	Dwarf_Op *ops, buffer[3];
	size_t count;
	uint64_t cfa, value;

	if (dwarf_frame_cfa(frame, &ops, &count) || !evaluate(crash, context, ops, count, 0, &cfa))
		return false;
	for (unsigned number = 0; number <= DWARF_RIP; number++) {
		if (number == DWARF_RSP)
			continue;
		if (dwarf_frame_register(frame, (int)number, buffer, &ops, &count))
			return false;
		if (!count) {
			/* libdw: no operations and no list = same value; an empty list = undefined, and without a
			 * return address this is the outermost frame. */
			if (number == DWARF_RIP && ops)
				return false;
			continue;
		}
		if (!evaluate(crash, context, ops, count, cfa, &value))
			return false;
		if (ops[count - 1].atom != DW_OP_stack_value && !crash->read(value, &value, sizeof(value)))
			return false;
		*context_register(&caller, number) = value;
	}
	caller.Rsp = cfa;
	*context = caller;
	return true;
}

bool diag_host_unwind(const struct diag_crash *crash, CONTEXT *context)
{
	struct diag_elf file;
	Dwarf_Frame *frame = NULL;
	Dwarf_CFI *cfi;
	bool done = false;

	if (!diag_elf_open(context->Rip, &file))
		return false;
	cfi = dwarf_getcfi_elf(file.elf);
	if (cfi) {
		if (dwarf_cfi_addrframe(cfi, context->Rip - file.bias, &frame) == 0)
			done = apply_frame(crash, frame, context);
		dwarf_cfi_end(cfi);
	}
	diag_elf_close(&file);
	return done;
}
