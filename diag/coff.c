/*
 * diag/coff.c - names of a program's functions, by the COFF symbol table at the end of its file.
 *
 * GNU's linker leaves that table in programs that are not stripped.  The file may be anything: every offset is checked.
 */
#include "diag/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYMBOL_SIZE 18u
#define MOST_SYMBOLS 0x400000u

static uint32_t get32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint16_t get16(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static bool read_at(FILE *file, long offset, void *buffer, size_t size)
{
	return fseek(file, offset, SEEK_SET) == 0 && fread(buffer, 1, size, file) == size;
}

struct table {
	FILE *file;
	uint32_t sections, symbols, symbol_count;
	long section_headers;
	unsigned char (*headers)[40];
};

static bool open_table(struct table *table, const char *path)
{
	unsigned char dos[64], coff[24];

	table->file = fopen(path, "rb");
	if (!table->file)
		return false;
	if (!read_at(table->file, 0, dos, sizeof(dos)) || dos[0] != 'M' || dos[1] != 'Z')
		return false;
	uint32_t header = get32(dos + 60);
	if (header > 0x10000000 || !read_at(table->file, (long)header, coff, sizeof(coff)) || memcmp(coff, "PE\0\0", 4) != 0)
		return false;
	table->sections = get16(coff + 6);
	table->symbols = get32(coff + 12);
	table->symbol_count = get32(coff + 16);
	table->section_headers = (long)(header + 24 + get16(coff + 20));
	if (!table->symbols || table->symbols > 0x7FFFFFFF || !table->symbol_count || table->symbol_count > MOST_SYMBOLS ||
	    table->sections > 96)
		return false;
	table->headers = malloc(table->sections * sizeof(*table->headers) + 1);
	return table->headers && read_at(table->file, table->section_headers, table->headers,
					 table->sections * sizeof(*table->headers));
}

/* The name of a symbol: in place, or in the string table behind the symbols. */
static void symbol_name(const struct table *table, const unsigned char *symbol, char *name, size_t capacity)
{
	size_t length = 0;

	if (get32(symbol)) {
		snprintf(name, capacity, "%.8s", (const char *)symbol);
		return;
	}
	if (fseek(table->file, (long)(table->symbols + table->symbol_count * SYMBOL_SIZE + get32(symbol + 4)), SEEK_SET) == 0)
		length = fread(name, 1, capacity - 1, table->file);
	name[length] = 0;
}

bool diag_pe_symbol(const char *path, uintptr_t offset, char *name, size_t capacity, size_t *distance)
{
	struct table table = {0};
	unsigned char *symbols = NULL, best[SYMBOL_SIZE];
	uintptr_t best_at = 0;
	bool found = false;

	if (open_table(&table, path)) {
		symbols = malloc((size_t)table.symbol_count * SYMBOL_SIZE);
		if (symbols && !read_at(table.file, (long)table.symbols, symbols, (size_t)table.symbol_count * SYMBOL_SIZE))
			table.symbol_count = 0;
		for (uint32_t i = 0; symbols && i < table.symbol_count; i += 1u + symbols[(size_t)i * SYMBOL_SIZE + 17]) {
			const unsigned char *symbol = symbols + (size_t)i * SYMBOL_SIZE;
			uint16_t section = get16(symbol + 12);

			/* Functions, external or static. */
			if (get16(symbol + 14) != 0x20 || section == 0 || section > table.sections)
				continue;
			uintptr_t at = (uintptr_t)get32(table.headers[section - 1] + 12) + get32(symbol + 8);
			if (at <= offset && at >= best_at) {
				memcpy(best, symbol, sizeof(best));
				best_at = at;
				found = true;
			}
		}
		if (found)
			symbol_name(&table, best, name, capacity);
		*distance = offset - best_at;
	}
	free(symbols);
	free(table.headers);
	if (table.file)
		fclose(table.file);
	return found && *distance < 0x100000;
}

/* "prog.exe+0x14a0 (main+0x20)" */
void diag_name_address(const struct diag_names *names, uintptr_t address, char *text, size_t capacity)
{
	char name[200], path[1024], symbol[200];
	uintptr_t base;
	size_t distance;

	if (!names->module(address, &base, name, sizeof(name))) {
		if (!diag_host_symbol(address, text, capacity))
			snprintf(text, capacity, "%016zx", (size_t)address);
		return;
	}
	if (names->path && names->path(address, path, sizeof(path)) &&
	    diag_pe_symbol(path, address - base, symbol, sizeof(symbol), &distance))
		snprintf(text, capacity, "%s+0x%zx (%s+0x%zx)", name, (size_t)(address - base), symbol, distance);
	else
		snprintf(text, capacity, "%s+0x%zx", name, (size_t)(address - base));
}
