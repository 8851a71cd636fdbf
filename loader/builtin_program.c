/*
 * loader/builtin_program.c - makes the files of builtin programs.
 *
 * A program is an export of the builtin DLL of programs (programs/program.h), under the name of its file.  The file is
 *a true PE program with one instruction, a jump to that import: so it is found, mapped, started and listed as every
 *other program is, and nobody else pays for it.
 *
 *	0      headers
 *	1000   .text     jmp [import]
 *	2000   .rdata    import directory
 */
#include "loader/builtin_program.h"
#include "loader/builtin.h"
#include "nt/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_UNIT 0x200u
#define TEXT 0x1000u
#define RDATA 0x2000u
#define END 0x3000u
#define IMAGE_BASE 0x140000000ull

/* Of .rdata. */
struct imports {
	IMAGE_IMPORT_DESCRIPTOR descriptors[2];
	uint64_t lookup[2], address[2];
	uint16_t hint;
	char name[62];
	char dll[32];
};

static const struct dll_descriptor *programs(void)
{
	return builtin_find("pewter_programs.dll");
}

static const char *name_of(const struct dll_export *export)
{
	return (const char *)&export->name + export->name;
}

const char *builtin_program_find(const char *name)
{
	const struct dll_descriptor *dll = programs();
	size_t length = strlen(name);

	for (const struct dll_export *export = dll ? dll->exports : NULL; dll && export < dll->exports_end; export ++) {
		const char *own = name_of(export);

		if (strncasecmp(own, name, length) == 0 &&
		    (!own[length] || strcmp(own + length, ".exe") == 0 || strcmp(own + length, ".com") == 0))
			return own;
	}
	return NULL;
}

static void write_section(IMAGE_SECTION_HEADER *section, const char *name, uint32_t rva, uint32_t size, uint32_t offset,
			  uint32_t flags)
{
	memcpy(section->Name, name, strlen(name));
	section->VirtualAddress = rva;
	section->Misc.VirtualSize = size;
	section->SizeOfRawData = FILE_UNIT;
	section->PointerToRawData = offset;
	section->Characteristics = flags;
}

static void write_headers(uint8_t *file)
{
	IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)file;
	IMAGE_NT_HEADERS64 *nt = (IMAGE_NT_HEADERS64 *)(file + 0x40);
	IMAGE_SECTION_HEADER *section = (IMAGE_SECTION_HEADER *)(nt + 1);
	IMAGE_OPTIONAL_HEADER64 *optional = &nt->OptionalHeader;

	dos->e_magic = IMAGE_DOS_SIGNATURE;
	dos->e_lfanew = 0x40;
	nt->Signature = IMAGE_NT_SIGNATURE;
	nt->FileHeader.Machine = IMAGE_FILE_MACHINE_AMD64;
	nt->FileHeader.NumberOfSections = 2;
	nt->FileHeader.SizeOfOptionalHeader = sizeof(*optional);
	nt->FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_LARGE_ADDRESS_AWARE;
	optional->Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC;
	optional->MajorLinkerVersion = 14;
	optional->SizeOfCode = optional->SizeOfInitializedData = FILE_UNIT;
	optional->AddressOfEntryPoint = optional->BaseOfCode = TEXT;
	optional->ImageBase = IMAGE_BASE;
	optional->SectionAlignment = MM_PAGE_SIZE;
	optional->FileAlignment = FILE_UNIT;
	optional->MajorOperatingSystemVersion = optional->MajorImageVersion = optional->MajorSubsystemVersion = 10;
	optional->SizeOfImage = END;
	optional->SizeOfHeaders = FILE_UNIT;
	optional->Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
	optional->DllCharacteristics = IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA |
				       IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE | IMAGE_DLLCHARACTERISTICS_NX_COMPAT;
	optional->SizeOfStackReserve = 0x800000;
	optional->SizeOfStackCommit = 0x10000;
	optional->SizeOfHeapReserve = 0x100000;
	optional->SizeOfHeapCommit = 0x1000;
	optional->NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
	optional->DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress = RDATA;
	optional->DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].Size = sizeof(((struct imports *)0)->descriptors);
	write_section(&section[0], ".text", TEXT, 6, FILE_UNIT,
		      IMAGE_SCN_CNT_CODE | IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ);
	write_section(&section[1], ".rdata", RDATA, sizeof(struct imports), 2 * FILE_UNIT,
		      IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ);
}

const char *builtin_program_name(unsigned index)
{
	const struct dll_descriptor *dll = programs();

	return dll && index < (size_t)(dll->exports_end - dll->exports) ? name_of(&dll->exports[index]) : NULL;
}

void *builtin_program_file(unsigned index, size_t *size)
{
	const char *name = builtin_program_name(index);
	struct imports *imports;
	uint32_t distance = RDATA + offsetof(struct imports, address) - (TEXT + 6);
	uint8_t *file = name ? calloc(1, 3 * FILE_UNIT) : NULL;

	if (!file)
		return NULL;
	*size = 3 * FILE_UNIT;
	write_headers(file);
	/* jmp [rip + distance] */
	memcpy(file + FILE_UNIT, "\xFF\x25", 2);
	memcpy(file + FILE_UNIT + 2, &distance, 4);
	imports = (struct imports *)(file + 2 * FILE_UNIT);
	imports->descriptors[0].OriginalFirstThunk = RDATA + offsetof(struct imports, lookup);
	imports->descriptors[0].FirstThunk = RDATA + offsetof(struct imports, address);
	imports->descriptors[0].Name = RDATA + offsetof(struct imports, dll);
	imports->lookup[0] = imports->address[0] = RDATA + offsetof(struct imports, hint);
	imports->hint = (uint16_t)index;
	strncpy(imports->name, name, sizeof(imports->name) - 1);
	strncpy(imports->dll, programs()->name, sizeof(imports->dll) - 1);
	return file;
}
