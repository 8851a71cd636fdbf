/*
 * diag/disassemble.c - one instruction as text, by capstone.
 */
#include "diag/diag.h"

#include <capstone/capstone.h>
#include <stdio.h>

bool diag_instruction(const struct diag_crash *crash, uintptr_t address, char *text, size_t capacity)
{
	uint8_t bytes[15]; /* the longest that x86 has */
	size_t available = sizeof(bytes);
	cs_insn *instruction;
	csh capstone;
	bool decoded = false;

	/* Near the end of a readable page fewer bytes can be had. */
	while (available && !crash->read(address, bytes, available))
		available--;
	if (!available || cs_open(CS_ARCH_X86, CS_MODE_64, &capstone) != CS_ERR_OK)
		return false;
	if (cs_disasm(capstone, bytes, available, address, 1, &instruction) == 1) {
		snprintf(text, capacity, "%s %s", instruction->mnemonic, instruction->op_str);
		cs_free(instruction, 1);
		decoded = true;
	}
	cs_close(&capstone);
	return decoded;
}
