/*
 * tests/guest/pack.c - pack PROGRAM STUB OUTPUT: makes a self-unpacking program, of the shape that UPX gives it.
 *
 * The output has two sections that may be read, written and executed: the first as large as the whole original program
 * and without a byte in the file, the second with the stub, its four imports, and the program's memory, runs of zeros
 * left out.  The program must lie at its base: it is linked without relocations, TLS and unwind data go.
 */
#include "pack.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000u
#define HEADERS 0x400u
#define UNIT 16u

static unsigned char *image;
static uint32_t image_size;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "pack: %s\n", what);
	exit(1);
}

static unsigned char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *bytes = malloc(1 << 24);

	if (!file || !bytes)
		die(path);
	*size = fread(bytes, 1, 1 << 24, file);
	fclose(file);
	return bytes;
}

static uint16_t get16(const unsigned char *at)
{
	uint16_t value;

	memcpy(&value, at, 2);
	return value;
}

static uint32_t get32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, 4);
	return value;
}

static void put32(unsigned char *at, uint32_t value)
{
	memcpy(at, &value, 4);
}

static uint32_t align(uint32_t value, uint32_t to)
{
	return (value + to - 1) / to * to;
}

/* The program as it lies in memory. */
static void lay_out(const unsigned char *file, size_t size, const unsigned char *nt)
{
	const unsigned char *section = nt + 24 + get16(nt + 20);

	image_size = get32(nt + 24 + 56);
	image = calloc(1, image_size);
	if (!image)
		die("no memory");
	for (unsigned i = 0; i < get16(nt + 6); i++, section += 40) {
		uint32_t virtual = get32(section + 8), rva = get32(section + 12), raw = get32(section + 16);
		uint32_t take = raw < virtual ? raw : virtual;

		if (rva + take > image_size || get32(section + 20) + take > size)
			die("a section lies outside of the program");
		memcpy(image + rva, file + get32(section + 20), take);
	}
}

static bool is_zero(const unsigned char *unit)
{
	static const unsigned char zeros[UNIT];

	return memcmp(unit, zeros, UNIT) == 0;
}

/* Runs: the number of literal bytes, the number of zeros after them, the literals.  Returns the bytes written. */
static uint32_t pack(unsigned char *to, uint32_t *runs)
{
	unsigned char *start = to;
	uint32_t at = PAGE;

	for (*runs = 0; at < image_size; ++*runs) {
		uint32_t literals = at, zeros;

		while (literals < image_size && !is_zero(image + literals))
			literals += UNIT;
		for (zeros = literals; zeros < image_size && is_zero(image + zeros);)
			zeros += UNIT;
		put32(to, literals - at);
		put32(to + 4, zeros - literals);
		memcpy(to + 8, image + at, literals - at);
		to += 8 + literals - at;
		at = zeros;
	}
	return (uint32_t)(to - start);
}

/* kernel32's four functions: descriptor, lookup and address tables, names.  Returns the bytes written. */
static uint32_t put_imports(unsigned char *to, uint32_t rva, uint32_t *iat_rva)
{
	static const char *const names[PACK_IMPORTS] = {
		[PACK_LOAD_LIBRARY] = "LoadLibraryA",
		[PACK_GET_PROC_ADDRESS] = "GetProcAddress",
		[PACK_VIRTUAL_PROTECT] = "VirtualProtect",
		[PACK_EXIT_PROCESS] = "ExitProcess",
	};
	uint32_t table = 40, text = table + 8 * (PACK_IMPORTS + 1);

	*iat_rva = rva + table;
	put32(to + 12, rva + text);
	put32(to + 16, rva + table);
	strcpy((char *)to + text, "KERNEL32.DLL");
	text += 14;
	for (unsigned i = 0; i < PACK_IMPORTS; i++) {
		put32(to + table + 8 * i, rva + text);
		strcpy((char *)to + text + 2, names[i]);
		text += align((uint32_t)strlen(names[i]) + 3, 2);
	}
	return align(text, UNIT);
}

static void put_section(unsigned char *to, const char *name, uint32_t size, uint32_t rva, uint32_t raw, uint32_t flags)
{
	memcpy(to, name, strlen(name));
	put32(to + 8, size);
	put32(to + 12, rva);
	put32(to + 16, raw);
	put32(to + 20, HEADERS);
	put32(to + 36, flags);
}

int main(int argc, char **argv)
{
	unsigned char *file, *stub, *output, *nt, *optional, *body;
	struct pack_parameters parameters = {.target_rva = PAGE};
	size_t size, stub_size;
	uint32_t length, import_rva;
	FILE *out;

	if (argc != 4)
		die("usage: pack PROGRAM STUB OUTPUT");
	file = read_file(argv[1], &size);
	stub = read_file(argv[2], &stub_size);
	nt = file + get32(file + 60);
	lay_out(file, size, nt);
	if (stub[0] != 0xEB && stub[0] != 0xE9)
		die("the stub does not begin with its jump");
	output = calloc(1, HEADERS + 2 * image_size + stub_size + PAGE);
	if (!output)
		die("no memory");

	/* The second section: stub, imports, packed memory. */
	body = output + HEADERS;
	parameters.own_rva = image_size + PACK_PARAMETERS;
	parameters.import_rva = get32(nt + 24 + 112 + 8);
	parameters.entry_rva = get32(nt + 24 + 16);
	memcpy(body, stub, stub_size);
	length = align((uint32_t)stub_size, UNIT);
	import_rva = image_size + length;
	length += put_imports(body + length, import_rva, &parameters.own_iat_rva);
	parameters.packed_rva = image_size + length;
	length += pack(body + length, &parameters.runs);
	memcpy(body + PACK_PARAMETERS, &parameters, sizeof(parameters));

	/* The headers: the program's own, with two sections and only an import directory. */
	memcpy(output, file, (size_t)(nt - file) + 24 + 112 + 16 * 8);
	nt = output + (nt - file);
	optional = nt + 24;
	nt[6] = 2;
	nt[7] = 0;
	nt[22] |= 1; /* no relocations */
	put32(optional + 16, image_size);
	put32(optional + 56, image_size + align(length, PAGE));
	put32(optional + 60, HEADERS);
	put32(optional + 64, 0); /* no check sum */
	memset(optional + 112, 0, 16 * 8);
	put32(optional + 112 + 8, import_rva);
	put32(optional + 112 + 12, 40);
	put_section(optional + 240, "UPX0", image_size - PAGE, PAGE, 0, 0xE0000080);
	put_section(optional + 280, "UPX1", length, image_size, align(length, 0x200), 0xE0000040);
	out = fopen(argv[3], "wb");
	if (!out || fwrite(output, HEADERS + align(length, 0x200), 1, out) != 1 || fclose(out) != 0)
		die(argv[3]);
	return 0;
}
