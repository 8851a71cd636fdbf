/*
 * host/elf.c - the dynamic linker's list of loaded files.
 */
#include "host/elf.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <unistd.h>

struct search {
	uintptr_t address;
	uintptr_t bias;
	const char *name;
};

static int match(struct dl_phdr_info *info, size_t size, void *argument)
{
	struct search *search = argument;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && search->address - start < segment->p_memsz) {
			search->bias = info->dlpi_addr;
			search->name = info->dlpi_name;
			return 1;
		}
	}
	return 0;
}

int host_elf_open(uintptr_t address, uintptr_t *bias, char *path, size_t capacity)
{
	struct search search = {.address = address};

	if (!dl_iterate_phdr(match, &search))
		return -1;
	*bias = search.bias;
	/* The program itself has an empty name in the list. */
	snprintf(path, capacity, "%s", search.name[0] ? search.name : "/proc/self/exe");
	return open(path, O_RDONLY | O_CLOEXEC);
}

void host_elf_close(int fd)
{
	close(fd);
}
