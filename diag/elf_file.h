/*
 * diag/elf_file.h - the ELF files of this process.
 */
#ifndef PEWTER_DIAG_ELF_FILE_H
#define PEWTER_DIAG_ELF_FILE_H

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

struct diag_elf {
	Elf *elf;
	int fd;
	uintptr_t bias; /* address in memory - address in the file */
	char path[256];
};

/* Opens the file that is mapped at an address. */
bool diag_elf_open(uintptr_t address, struct diag_elf *file);
void diag_elf_close(struct diag_elf *file);

#endif
