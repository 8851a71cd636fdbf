/*
 * ntdll/ke/x86_64/fault_status.c - what NT says of a hardware fault; rows 1 to 18 of the execution facts.
 */
#include "host/fault.h"
#include "ntdll/ke/context.h"
#include "ntdll/ke/private.h"
#include "ntdll/ke/unwind.h"
#include "ntdll/mm/mm.h"

#include <string.h>

/* A small decoder: the prefixes are skipped, the opcode's first bytes judged. */
static NTSTATUS general_protection_status(uint64_t rip, EXCEPTION_RECORD *record)
{
	uint8_t code[16] = {0};
	unsigned i = 0;

	for (unsigned have = sizeof(code); have && host_copy_from_guest(code, (const void *)(uintptr_t)rip, have);
	     have--)
		;
	while (i < 12 && (code[i] == 0x66 || code[i] == 0x67 || code[i] == 0xF2 || code[i] == 0xF3 || code[i] == 0x2E ||
			  code[i] == 0x36 || code[i] == 0x3E || code[i] == 0x26 || code[i] == 0x64 || code[i] == 0x65 ||
			  (code[i] & 0xF0) == 0x40))
		i++;
	record->NumberParameters = 0;
	switch (code[i]) {
	case 0x6C: /* ins, outs */
	case 0x6D:
	case 0x6E:
	case 0x6F:
	case 0xE4: /* in, out */
	case 0xE5:
	case 0xE6:
	case 0xE7:
	case 0xEC:
	case 0xED:
	case 0xEE:
	case 0xEF:
	case 0xF4: /* hlt */
	case 0xFA: /* cli, sti */
	case 0xFB:
		return STATUS_PRIVILEGED_INSTRUCTION;
	case 0xCD:
		if (code[i + 1] == 0x2C)
			return STATUS_ASSERTION_FAILURE;
		if (code[i + 1] == 0x2D)
			return STATUS_BREAKPOINT;
		if (code[i + 1] == 0x29)
			return STATUS_STACK_BUFFER_OVERRUN;
		break;
	case 0x0F:
		/* mov to and from cr and dr, wrmsr, rdmsr, lgdt's group, clts, invd, wbinvd */
		if ((code[i + 1] >= 0x20 && code[i + 1] <= 0x23) || code[i + 1] == 0x30 || code[i + 1] == 0x32 ||
		    code[i + 1] == 0x06 || code[i + 1] == 0x08 || code[i + 1] == 0x09 || code[i + 1] == 0x00 ||
		    code[i + 1] == 0x01)
			return STATUS_PRIVILEGED_INSTRUCTION;
		break;
	default:
		break;
	}
	record->NumberParameters = 2;
	record->ExceptionInformation[0] = 0;
	record->ExceptionInformation[1] = ~(ULONG_PTR)0;
	return STATUS_ACCESS_VIOLATION;
}

/* #DE is one trap; the divisor says whether it was a division by zero or an overflow. */
static NTSTATUS divide_status(const CONTEXT *context)
{
	uint8_t code[16] = {0};
	unsigned i = 0, rex = 0, modrm, size, rm;
	bool operand16 = false;
	uint64_t value = 0, address;

	for (unsigned have = sizeof(code);
	     have && host_copy_from_guest(code, (const void *)(uintptr_t)context->Rip, have); have--)
		;
	for (; i < 10; i++) {
		if (code[i] == 0x66)
			operand16 = true;
		else if (code[i] != 0x67 && code[i] != 0xF2 && code[i] != 0xF3 && code[i] != 0x2E && code[i] != 0x36 &&
			 code[i] != 0x3E && code[i] != 0x26 && code[i] != 0x64 && code[i] != 0x65)
			break;
	}
	if ((code[i] & 0xF0) == 0x40)
		rex = code[i++];
	if (code[i] != 0xF6 && code[i] != 0xF7)
		return STATUS_INTEGER_DIVIDE_BY_ZERO;
	size = code[i] == 0xF6 ? 1 : rex & 8 ? 8 : operand16 ? 2 : 4;
	modrm = code[++i];
	rm = (modrm & 7) | (rex & 1) << 3;
	if (modrm >> 6 == 3) {
		if (size == 1 && !rex && rm >= 4)
			value = (&context->Rax)[rm - 4] >> 8;
		else
			value = (&context->Rax)[rm];
	} else {
		unsigned mod = modrm >> 6;

		i++;
		address = 0;
		if ((modrm & 7) == 4) {
			unsigned sib = code[i++];
			unsigned index = (sib >> 3 & 7) | (rex & 2) << 2, base = (sib & 7) | (rex & 1) << 3;

			if (index != 4)
				address = (&context->Rax)[index] << (sib >> 6);
			if ((sib & 7) == 5 && mod == 0) {
				int32_t displacement;

				memcpy(&displacement, code + i, 4);
				address += (uint64_t)(int64_t)displacement;
			} else {
				address += (&context->Rax)[base];
			}
		} else if ((modrm & 7) == 5 && mod == 0) {
			int32_t displacement;

			memcpy(&displacement, code + i, 4);
			address = context->Rip + i + 4 + (uint64_t)(int64_t)displacement;
		} else {
			address = (&context->Rax)[rm];
		}
		if (mod == 1) {
			address += (uint64_t)(int64_t)(int8_t)code[i];
		} else if (mod == 2) {
			int32_t displacement;

			memcpy(&displacement, code + i, 4);
			address += (uint64_t)(int64_t)displacement;
		}
		if (host_copy_from_guest(&value, (const void *)(uintptr_t)address, size))
			return STATUS_INTEGER_DIVIDE_BY_ZERO;
	}
	if (size < 8)
		value &= (1ull << size * 8) - 1;
	return value ? STATUS_INTEGER_OVERFLOW : STATUS_INTEGER_DIVIDE_BY_ZERO;
}

static NTSTATUS float_status(const CONTEXT *context, EXCEPTION_RECORD *record)
{
	uint8_t code[4] = {0};
	unsigned flags, masks;
	bool x87;

	host_copy_from_guest(code, (const void *)(uintptr_t)context->Rip, sizeof(code));
	x87 = (code[0] >= 0xD8 && code[0] <= 0xDF) || code[0] == 0x9B;
	record->NumberParameters = x87 ? 1 : 2;
	record->ExceptionInformation[0] = 0;
	record->ExceptionInformation[1] = context->MxCsr;
	flags = x87 ? context->FltSave.StatusWord : context->MxCsr;
	masks = x87 ? context->FltSave.ControlWord : context->MxCsr >> 7;
	flags &= ~masks;
	if (x87 && flags & 1 && context->FltSave.StatusWord & 0x40)
		return STATUS_FLOAT_STACK_CHECK;
	if (flags & 1)
		return STATUS_FLOAT_INVALID_OPERATION;
	if (flags & 4)
		return STATUS_FLOAT_DIVIDE_BY_ZERO;
	if (flags & 2)
		return STATUS_FLOAT_DENORMAL_OPERAND;
	if (flags & 8)
		return STATUS_FLOAT_OVERFLOW;
	if (flags & 16)
		return STATUS_FLOAT_UNDERFLOW;
	return STATUS_FLOAT_INEXACT_RESULT;
}

static void memory_parameters(const struct host_fault *fault, EXCEPTION_RECORD *record, NTSTATUS status)
{
	record->NumberParameters = 2;
	record->ExceptionInformation[0] = fault->access;
	record->ExceptionInformation[1] = fault->address;
	if (status == STATUS_IN_PAGE_ERROR) {
		record->NumberParameters = 3;
		record->ExceptionInformation[2] = (ULONG_PTR)(uint32_t)STATUS_END_OF_FILE;
	}
}

NTSTATUS ke_describe_fault(const struct host_fault *fault, enum mm_fault_result memory, CONTEXT *context,
			   EXCEPTION_RECORD *record)
{
	NTSTATUS status;

	switch (fault->kind) {
	case HOST_FAULT_MEMORY:
	case HOST_FAULT_BUS:
		status = memory == MM_FAULT_GUARD     ? STATUS_GUARD_PAGE_VIOLATION
			 : memory == MM_FAULT_STACK   ? STATUS_STACK_OVERFLOW
			 : memory == MM_FAULT_IN_PAGE ? STATUS_IN_PAGE_ERROR
						      : STATUS_ACCESS_VIOLATION;
		memory_parameters(fault, record, status);
		return status;
	case HOST_FAULT_GENERAL:
		status = general_protection_status(context->Rip, record);
		if (status == STATUS_BREAKPOINT) {
			/* int 2d: rip stands behind it, the exception address one further */
			record->NumberParameters = 1;
			record->ExceptionInformation[0] = context->Rax;
			context->Rip += 2;
			record->ExceptionAddress = (PVOID)(uintptr_t)(context->Rip + 1);
		} else if (status == STATUS_STACK_BUFFER_OVERRUN) {
			record->NumberParameters = 1;
			record->ExceptionInformation[0] = (DWORD)context->Rcx;
			record->ExceptionFlags = EXCEPTION_NONCONTINUABLE;
		}
		return status;
	case HOST_FAULT_DIVIDE:
		return divide_status(context);
	case HOST_FAULT_FLOAT:
		return float_status(context, record);
	case HOST_FAULT_ILLEGAL:
		return STATUS_ILLEGAL_INSTRUCTION;
	case HOST_FAULT_BREAKPOINT:
		/* The trap comes after the instruction; NT reports the address before its last byte. */
		context->Rip -= 1;
		record->ExceptionAddress = (PVOID)(uintptr_t)context->Rip;
		record->NumberParameters = 1;
		record->ExceptionInformation[0] = 0;
		return STATUS_BREAKPOINT;
	case HOST_FAULT_SINGLE_STEP:
		context->EFlags &= ~0x100u;
		context->Dr6 = 0x4000;
		return STATUS_SINGLE_STEP;
	case HOST_FAULT_HARDWARE_BREAKPOINT:
		/* Of an instruction: before it ran.  The processor leaves the resume flag clear, so that a handler that
		 * goes on at the same place sets it. */
		context->EFlags &= ~0x10100u;
		context->Dr6 = 1u << fault->code;
		return STATUS_SINGLE_STEP;
	case HOST_FAULT_ALIGNMENT:
		return STATUS_DATATYPE_MISALIGNMENT;
	case HOST_FAULT_SYSTEM_CALL:
		break;
	}
	return STATUS_ACCESS_VIOLATION;
}
