/*
 * diag/symbols.c - names of host functions, by libelf.
 */
#include "diag/diag.h"
#include "diag/elf_file.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

struct best_symbol {
	uintptr_t address;
	char name[128];
};

/* The function in one symbol table whose start is nearest below `address`. */
static void search_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, uintptr_t address, struct best_symbol *best)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

	for (size_t i = 0; i < count; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, (int)i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
			continue;
		if (symbol.st_value > address || symbol.st_value <= best->address ||
		    (symbol.st_size && address >= symbol.st_value + symbol.st_size))
			continue;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (!name || !*name)
			continue;
		best->address = symbol.st_value;
		snprintf(best->name, sizeof(best->name), "%s", name);
	}
}

bool diag_host_symbol(uintptr_t address, char *text, size_t capacity)
{
	struct best_symbol best = {0};
	const char *file_name;
	struct diag_elf file;
	Elf_Scn *section = NULL;
	uintptr_t offset;

	if (!diag_elf_open(address, &file))
		return false;
	offset = address - file.bias;
	while ((section = elf_nextscn(file.elf, section))) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) && (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM))
			search_table(file.elf, section, &header, offset, &best);
	}
	file_name = strrchr(file.path, '/');
	file_name = file_name && strcmp(file.path, "/proc/self/exe") ? file_name + 1 : "pewter";
	if (best.name[0])
		snprintf(text, capacity, "%s+0x%zx (%s)", best.name, (size_t)(offset - best.address), file_name);
	else
		snprintf(text, capacity, "%s+0x%zx", file_name, (size_t)offset);
	diag_elf_close(&file);
	return true;
}
