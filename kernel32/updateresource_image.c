/*
 * kernel32/updateresource_image.c - a resource section for a PE file of 32 or 64 bits.
 *
 * A section that holds nothing but the resources is replaced and may grow: what lies behind it in the file moves, and
 * so does a section of relocations behind it in memory, which nothing but the data directory points to.  Otherwise the
 * resources get a new section at the end: .rsrc, or .rsrc1 beside one that stays.  What is appended to the file behind
 * the last section (also symbols, signatures) stays behind it.
 */
#include "kernel32/updateresource.h"

#include <stdlib.h>
#include <string.h>

#define RSRC_CHARACTERISTICS 0x40000040u /* initialized data, readable */

static DWORD align_up(DWORD value, DWORD alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

/* Members of the optional header that have the same place in both forms. */
static IMAGE_OPTIONAL_HEADER64 *optional(const struct pe_file *file)
{
	return (IMAGE_OPTIONAL_HEADER64 *)(file->data + file->nt + 4 + sizeof(IMAGE_FILE_HEADER));
}

static IMAGE_SECTION_HEADER *section(const struct pe_file *file, unsigned index)
{
	return (IMAGE_SECTION_HEADER *)(file->data + file->sections) + index;
}

static IMAGE_DATA_DIRECTORY *directory(const struct pe_file *file, unsigned index)
{
	return index < file->directory_count ? (IMAGE_DATA_DIRECTORY *)(file->data + file->directories) + index : NULL;
}

static unsigned section_count(const struct pe_file *file)
{
	return pe_file_header(file)->NumberOfSections;
}

DWORD pe_file_check(struct pe_file *file)
{
	IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)file->data;
	DWORD optional_size, fixed, alignment;

	if (file->size < sizeof(*dos) || dos->e_magic != 0x5A4D || dos->e_lfanew < 4 || dos->e_lfanew & 3 ||
	    (uint64_t)dos->e_lfanew + sizeof(IMAGE_NT_HEADERS64) > file->size ||
	    memcmp(file->data + dos->e_lfanew, "PE\0\0", 4))
		return ERROR_BAD_EXE_FORMAT;
	file->nt = (DWORD)dos->e_lfanew;
	optional_size = pe_file_header(file)->SizeOfOptionalHeader;
	file->sections = file->nt + 4 + (DWORD)sizeof(IMAGE_FILE_HEADER) + optional_size;
	if (optional(file)->Magic == 0x20B)
		fixed = offsetof(IMAGE_OPTIONAL_HEADER64, DataDirectory);
	else if (optional(file)->Magic == 0x10B)
		fixed = offsetof(IMAGE_OPTIONAL_HEADER32, DataDirectory);
	else
		return ERROR_BAD_EXE_FORMAT;
	if (optional_size < fixed || file->sections & 3 ||
	    file->sections + (uint64_t)section_count(file) * sizeof(IMAGE_SECTION_HEADER) > file->size)
		return ERROR_BAD_EXE_FORMAT;
	file->directories = file->nt + 4 + (DWORD)sizeof(IMAGE_FILE_HEADER) + fixed;
	memcpy(&file->directory_count, file->data + file->directories - 4, 4);
	if (file->directory_count > 16)
		file->directory_count = 16;
	if (file->directory_count > (optional_size - fixed) / sizeof(IMAGE_DATA_DIRECTORY))
		file->directory_count = (optional_size - fixed) / sizeof(IMAGE_DATA_DIRECTORY);
	alignment = optional(file)->FileAlignment;
	if (!alignment || alignment & (alignment - 1) || alignment > 0x10000)
		return ERROR_BAD_EXE_FORMAT;
	alignment = optional(file)->SectionAlignment;
	if (!alignment || alignment & (alignment - 1) || alignment > 0x1000000)
		return ERROR_BAD_EXE_FORMAT;
	for (unsigned i = 0; i < section_count(file); i++) {
		const IMAGE_SECTION_HEADER *at = section(file, i);

		if (at->SizeOfRawData && (uint64_t)at->PointerToRawData + at->SizeOfRawData > file->size)
			return ERROR_BAD_EXE_FORMAT;
		if ((uint64_t)at->VirtualAddress + at->Misc.VirtualSize > 0x7FFFFFFF)
			return ERROR_BAD_EXE_FORMAT;
	}
	return 0;
}

const BYTE *pe_file_at(const struct pe_file *file, DWORD rva, DWORD size)
{
	for (unsigned i = 0; i < section_count(file); i++) {
		const IMAGE_SECTION_HEADER *at = section(file, i);

		if (rva >= at->VirtualAddress && rva - at->VirtualAddress <= at->SizeOfRawData &&
		    size <= at->SizeOfRawData - (rva - at->VirtualAddress))
			return file->data + at->PointerToRawData + (rva - at->VirtualAddress);
	}
	return NULL;
}

static void shift(DWORD *offset, DWORD at, int64_t delta)
{
	if (*offset && *offset >= at)
		*offset = (DWORD)(*offset + delta);
}

/* Everything in the headers and the debug directory that is an offset in the file. */
static void shift_offsets(struct pe_file *file, DWORD at, int64_t delta)
{
	IMAGE_DATA_DIRECTORY *debug = directory(file, IMAGE_DIRECTORY_ENTRY_DEBUG);
	IMAGE_DATA_DIRECTORY *security = directory(file, IMAGE_DIRECTORY_ENTRY_SECURITY);
	BYTE *entries = debug && debug->VirtualAddress
				? (BYTE *)(uintptr_t)pe_file_at(file, debug->VirtualAddress, debug->Size)
				: NULL;

	/* IMAGE_DEBUG_DIRECTORY has 28 bytes; the last four are PointerToRawData. */
	for (DWORD i = 0; entries && i + 28 <= debug->Size; i += 28) {
		DWORD offset;

		memcpy(&offset, entries + i + 24, 4);
		shift(&offset, at, delta);
		memcpy(entries + i + 24, &offset, 4);
	}
	if (security)
		shift(&security->VirtualAddress, at, delta);
	shift(&pe_file_header(file)->PointerToSymbolTable, at, delta);
	for (unsigned i = 0; i < section_count(file); i++) {
		shift(&section(file, i)->PointerToRawData, at, delta);
		shift(&section(file, i)->PointerToRelocations, at, delta);
		shift(&section(file, i)->PointerToLinenumbers, at, delta);
	}
}

/* Puts `grow` zero bytes in at an offset, or takes bytes out in front of it.  False: memory ran out. */
static bool resize(struct pe_file *file, DWORD at, int64_t grow)
{
	size_t behind = file->size - at;
	BYTE *data;

	if (grow > 0) {
		data = realloc(file->data, file->size + (size_t)grow);
		if (!data)
			return false;
		file->data = data;
	}
	shift_offsets(file, at, grow);
	memmove(file->data + at + grow, file->data + at, behind);
	if (grow > 0)
		memset(file->data + at, 0, (size_t)grow);
	file->size = (size_t)((int64_t)file->size + grow);
	return true;
}

/* A section whose only use is this directory: no other one points into it. */
static bool holds_only(const struct pe_file *file, const IMAGE_SECTION_HEADER *at, unsigned index)
{
	DWORD size = at->Misc.VirtualSize > at->SizeOfRawData ? at->Misc.VirtualSize : at->SizeOfRawData;

	if (!at->PointerToRawData || !at->SizeOfRawData ||
	    directory(file, index)->VirtualAddress != at->VirtualAddress || at->Characteristics & 0x20000020 /* code */)
		return false;
	for (unsigned i = 0; i < file->directory_count; i++) {
		/* The signatures' address is an offset in the file. */
		if (i != index && i != IMAGE_DIRECTORY_ENTRY_SECURITY && directory(file, i)->VirtualAddress &&
		    directory(file, i)->VirtualAddress - at->VirtualAddress < size)
			return false;
	}
	return true;
}

/* The section behind another one in memory; NULL: none. */
static IMAGE_SECTION_HEADER *next_section(const struct pe_file *file, const IMAGE_SECTION_HEADER *at)
{
	IMAGE_SECTION_HEADER *next = NULL;

	for (unsigned i = 0; i < section_count(file); i++) {
		IMAGE_SECTION_HEADER *other = section(file, i);

		if (other->VirtualAddress > at->VirtualAddress &&
		    (!next || other->VirtualAddress < next->VirtualAddress))
			next = other;
	}
	return next;
}

static DWORD end_in_memory(const struct pe_file *file)
{
	DWORD end = optional(file)->SizeOfHeaders;

	for (unsigned i = 0; i < section_count(file); i++) {
		const IMAGE_SECTION_HEADER *at = section(file, i);
		DWORD size = at->Misc.VirtualSize ? at->Misc.VirtualSize : at->SizeOfRawData;

		if (at->VirtualAddress + size > end)
			end = at->VirtualAddress + size;
	}
	return align_up(end, optional(file)->SectionAlignment);
}

/*
 * Makes `size` bytes of room in the section that has the resources now.  0: done; ERROR_NOT_SUPPORTED: it takes a new
 * section.  Sections stay without gaps in memory, as NT wants them.
 */
static DWORD replace_section(struct pe_file *file, DWORD size, unsigned *index)
{
	DWORD alignment = optional(file)->SectionAlignment, raw = align_up(size, optional(file)->FileAlignment);
	IMAGE_SECTION_HEADER *at = NULL, *next;
	DWORD old_raw;

	for (unsigned i = 0; i < section_count(file); i++) {
		if (directory(file, IMAGE_DIRECTORY_ENTRY_RESOURCE)->VirtualAddress &&
		    holds_only(file, section(file, i), IMAGE_DIRECTORY_ENTRY_RESOURCE)) {
			at = section(file, i);
			*index = i;
		}
	}
	if (!at)
		return ERROR_NOT_SUPPORTED;
	next = next_section(file, at);
	if (next) {
		IMAGE_DATA_DIRECTORY *relocations = directory(file, IMAGE_DIRECTORY_ENTRY_BASERELOC);
		DWORD place = align_up(at->VirtualAddress + size, alignment);

		if (relocations && relocations->VirtualAddress == next->VirtualAddress && !next_section(file, next) &&
		    holds_only(file, next, IMAGE_DIRECTORY_ENTRY_BASERELOC)) {
			next->VirtualAddress = relocations->VirtualAddress = place;
		} else if (place > next->VirtualAddress) {
			return ERROR_NOT_SUPPORTED;
		} else if (size < at->Misc.VirtualSize) {
			/* The end in memory stays where the next section begins. */
			size = at->Misc.VirtualSize;
		}
	}
	old_raw = at->SizeOfRawData;
	if (!resize(file, at->PointerToRawData + old_raw, (int64_t)raw - old_raw))
		return ERROR_NOT_ENOUGH_MEMORY;
	at = section(file, *index);
	at->SizeOfRawData = raw;
	at->Misc.VirtualSize = size;
	optional(file)->SizeOfInitializedData += raw - old_raw;
	return 0;
}

/* One more header in the table.  It may take the headers' padding, or move the sections in the file. */
static DWORD make_header_room(struct pe_file *file)
{
	DWORD end = file->sections + (section_count(file) + 1) * (DWORD)sizeof(IMAGE_SECTION_HEADER);
	IMAGE_DATA_DIRECTORY *bound;
	DWORD first_raw = (DWORD)file->size, first_rva = 0xFFFFFFFF, headers = optional(file)->SizeOfHeaders;

	for (unsigned i = 0; i < section_count(file); i++) {
		const IMAGE_SECTION_HEADER *at = section(file, i);

		if (at->SizeOfRawData && at->PointerToRawData && at->PointerToRawData < first_raw)
			first_raw = at->PointerToRawData;
		if (at->VirtualAddress < first_rva)
			first_rva = at->VirtualAddress;
	}
	/* A packed program's headers may cover the beginning of its first section in the file too. */
	if (end > headers)
		headers = align_up(end, optional(file)->FileAlignment);
	if (headers > first_rva)
		return ERROR_BAD_EXE_FORMAT;
	if (end > first_raw && !resize(file, first_raw, align_up(end - first_raw, optional(file)->FileAlignment)))
		return ERROR_NOT_ENOUGH_MEMORY;
	optional(file)->SizeOfHeaders = headers;
	/* Bound imports stand behind the table: imports are bound again when the program is loaded. */
	bound = directory(file, IMAGE_DIRECTORY_ENTRY_BOUND_IMPORT);
	if (bound && bound->VirtualAddress && bound->VirtualAddress < end)
		memset(bound, 0, sizeof(*bound));
	memset(file->data + end - sizeof(IMAGE_SECTION_HEADER), 0, sizeof(IMAGE_SECTION_HEADER));
	return 0;
}

static DWORD add_section(struct pe_file *file, DWORD size, unsigned *index)
{
	DWORD raw = align_up(size, optional(file)->FileAlignment), error = make_header_room(file);
	DWORD end = optional(file)->SizeOfHeaders, place, rva = end_in_memory(file);
	IMAGE_SECTION_HEADER *at;
	bool taken = false;

	if (error)
		return error;
	for (unsigned i = 0; i < section_count(file); i++) {
		at = section(file, i);
		if (at->SizeOfRawData && at->PointerToRawData + at->SizeOfRawData > end)
			end = at->PointerToRawData + at->SizeOfRawData;
		taken |= !memcmp(at->Name, ".rsrc\0\0", 8);
	}
	if (end > file->size)
		end = (DWORD)file->size;
	place = align_up(end, optional(file)->FileAlignment);
	if (!resize(file, end, (int64_t)(place - end) + raw))
		return ERROR_NOT_ENOUGH_MEMORY;
	*index = section_count(file);
	at = section(file, *index);
	memcpy(at->Name, taken ? ".rsrc1\0" : ".rsrc\0\0", 8);
	at->Misc.VirtualSize = size;
	at->VirtualAddress = rva;
	at->SizeOfRawData = raw;
	at->PointerToRawData = place;
	at->Characteristics = RSRC_CHARACTERISTICS;
	pe_file_header(file)->NumberOfSections++;
	optional(file)->SizeOfInitializedData += raw;
	return 0;
}

/* The sum of 16-bit words with carries, and the file's size (Microsoft, CheckSumMappedFile). */
static DWORD checksum(const struct pe_file *file)
{
	uint64_t sum = 0;

	for (size_t i = 0; i + 1 < file->size; i += 2) {
		uint16_t word;

		memcpy(&word, file->data + i, 2);
		sum += word;
	}
	if (file->size & 1)
		sum += file->data[file->size - 1];
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return (DWORD)sum + (DWORD)file->size;
}

DWORD pe_file_set_resources(struct pe_file *file, const struct resource_list *list)
{
	IMAGE_DATA_DIRECTORY *entry = directory(file, IMAGE_DIRECTORY_ENTRY_RESOURCE);
	IMAGE_SECTION_HEADER *at;
	unsigned index = 0;
	DWORD size, error;
	BYTE *contents;

	if (!entry)
		return ERROR_BAD_EXE_FORMAT;
	if (!list->count && !entry->VirtualAddress)
		return 0;
	contents = resource_tree_make(list, 0, &size);
	if (!contents)
		return ERROR_NOT_ENOUGH_MEMORY;
	free(contents);
	error = replace_section(file, size, &index);
	if (error == ERROR_NOT_SUPPORTED)
		error = add_section(file, size, &index);
	if (error)
		return error;
	at = section(file, index);
	contents = resource_tree_make(list, at->VirtualAddress, &size);
	if (!contents)
		return ERROR_NOT_ENOUGH_MEMORY;
	memset(file->data + at->PointerToRawData, 0, at->SizeOfRawData);
	memcpy(file->data + at->PointerToRawData, contents, size);
	free(contents);
	entry = directory(file, IMAGE_DIRECTORY_ENTRY_RESOURCE);
	entry->VirtualAddress = at->VirtualAddress;
	entry->Size = size;
	optional(file)->SizeOfImage = end_in_memory(file);
	optional(file)->CheckSum = 0;
	optional(file)->CheckSum = checksum(file);
	return 0;
}
