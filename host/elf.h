/*
 * host/elf.h - the ELF files that make up this process.  Compiled into the diagnostics module, not into the program.
 */
#ifndef PEWTER_HOST_ELF_H
#define PEWTER_HOST_ELF_H

#include <stddef.h>
#include <stdint.h>

/* Opens the file that is loaded at `address` (the program or a library): a descriptor, or -1.  `bias` is what is to be
 * subtracted from addresses to get those of the file; `path` receives its name. */
int host_elf_open(uintptr_t address, uintptr_t *bias, char *path, size_t capacity);
void host_elf_close(int fd);

#endif
