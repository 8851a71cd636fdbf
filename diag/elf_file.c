/*
 * diag/elf_file.c - finding the ELF file behind an address through the dynamic linker's list.
 */
#include "diag/elf_file.h"
#include "host/elf.h"

#include <stddef.h>

bool diag_elf_open(uintptr_t address, struct diag_elf *file)
{
	file->fd = host_elf_open(address, &file->bias, file->path, sizeof(file->path));
	if (file->fd < 0)
		return false;
	elf_version(EV_CURRENT);
	file->elf = elf_begin(file->fd, ELF_C_READ, NULL);
	if (!file->elf) {
		host_elf_close(file->fd);
		return false;
	}
	return true;
}

void diag_elf_close(struct diag_elf *file)
{
	elf_end(file->elf);
	host_elf_close(file->fd);
}
