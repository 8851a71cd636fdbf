/*
 * mkpe.c - writes odd PE files: mkpe DIRECTORY.
 *
 * One sound program is built in memory; every other file is the same with something wrong.  DIRECTORY/expected gets a
 * line "FILE CODE" for each: the exit code with which pewter must answer.
 */
#include "nt/pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT 0x1000u
#define DATA 0x2000u
#define TEXT_RAW 0x400u
#define DATA_RAW 0x600u
#define FILE_SIZE 0x1600u
#define IMAGE_SIZE 0x3000u
#define BASE 0x140000000ull
#define NT 0x80u

enum { NOT_PE = 125, MACHINE = 124, FORMAT = 126, MISSING = 123, CRASH = 122, FINE = 7 };

static unsigned char pe[0x4000];
static size_t size;
static const char *directory;
static FILE *list;

static IMAGE_NT_HEADERS64 *nt(void)
{
	return (IMAGE_NT_HEADERS64 *)(pe + NT);
}

static IMAGE_SECTION_HEADER *section(unsigned index)
{
	return (IMAGE_SECTION_HEADER *)(pe + NT + sizeof(IMAGE_NT_HEADERS64)) + index;
}

/* The file's bytes of an RVA in .data. */
static void *data(unsigned rva)
{
	return pe + DATA_RAW + (rva - DATA);
}

static IMAGE_DATA_DIRECTORY *entry(unsigned index)
{
	return &nt()->OptionalHeader.DataDirectory[index];
}

static void set_directory(unsigned index, unsigned rva, unsigned bytes)
{
	entry(index)->VirtualAddress = rva;
	entry(index)->Size = bytes;
}

static void add_section(unsigned index, const char *name, unsigned rva, unsigned raw, unsigned raw_size, unsigned flags)
{
	memcpy(section(index)->Name, name, strlen(name));
	section(index)->VirtualAddress = rva;
	section(index)->Misc.VirtualSize = raw_size;
	section(index)->PointerToRawData = raw;
	section(index)->SizeOfRawData = raw_size;
	section(index)->Characteristics = flags;
}

/* A program that returns 7. */
static void sound(void)
{
	IMAGE_OPTIONAL_HEADER64 *optional = &nt()->OptionalHeader;

	memset(pe, 0, sizeof(pe));
	size = FILE_SIZE;
	memcpy(pe, "MZ", 2);
	pe[60] = NT;
	nt()->Signature = IMAGE_NT_SIGNATURE;
	nt()->FileHeader.Machine = IMAGE_FILE_MACHINE_AMD64;
	nt()->FileHeader.NumberOfSections = 2;
	nt()->FileHeader.SizeOfOptionalHeader = sizeof(*optional);
	nt()->FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_LARGE_ADDRESS_AWARE;
	optional->Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC;
	optional->AddressOfEntryPoint = TEXT;
	optional->ImageBase = BASE;
	optional->SectionAlignment = 0x1000;
	optional->FileAlignment = 0x200;
	optional->MajorOperatingSystemVersion = optional->MajorSubsystemVersion = 6;
	optional->SizeOfImage = IMAGE_SIZE;
	optional->SizeOfHeaders = 0x400;
	optional->Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
	optional->SizeOfStackReserve = 0x100000;
	optional->SizeOfStackCommit = 0x1000;
	optional->SizeOfHeapReserve = 0x100000;
	optional->SizeOfHeapCommit = 0x1000;
	optional->NumberOfRvaAndSizes = 16;
	add_section(0, ".text", TEXT, TEXT_RAW, 0x200, 0x60000020);
	add_section(1, ".data", DATA, DATA_RAW, 0x1000, 0xC0000040);
	memcpy(pe + TEXT_RAW, "\xB8\x07\x00\x00\x00\xC3", 6); /* mov eax, 7; ret */
}

static void save(const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file || fwrite(pe, 1, size, file) != size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* Saves the file, with what pewter must say of it, and begins anew. */
static void done(const char *name, int code)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.exe", name);
	save(file);
	fprintf(list, "%s %d\n", file, code);
	sound();
}

/* Imports `function` of `dll`; the table of addresses is at DATA + 0x100. */
static void add_import(const char *dll, const char *function)
{
	IMAGE_IMPORT_DESCRIPTOR *descriptor = data(DATA);
	uint64_t *names = data(DATA + 0x80), *table = data(DATA + 0x100);

	set_directory(IMAGE_DIRECTORY_ENTRY_IMPORT, DATA, 40);
	descriptor->OriginalFirstThunk = DATA + 0x80;
	descriptor->FirstThunk = DATA + 0x100;
	descriptor->Name = DATA + 0x180;
	strcpy(data(DATA + 0x180), dll);
	names[0] = table[0] = DATA + 0x200;
	strcpy((char *)data(DATA + 0x202), function);
}

static void call_import(void)
{
	/* sub rsp, 40; call [rip + table]; add rsp, 40; ret */
	static const unsigned char code[] = {0x48, 0x83, 0xEC, 0x28, 0xFF, 0x15, 0, 0, 0, 0, 0x48, 0x83, 0xC4, 0x28, 0xC3};
	uint32_t distance = DATA + 0x100 - (TEXT + 10);

	memcpy(pe + TEXT_RAW, code, sizeof(code));
	memcpy(pe + TEXT_RAW + 6, &distance, 4);
}

static void add_relocation(unsigned block_size, unsigned page, unsigned first)
{
	IMAGE_BASE_RELOCATION *block = data(DATA + 0x300);
	uint16_t *entries = (uint16_t *)(block + 1);

	set_directory(IMAGE_DIRECTORY_ENTRY_BASERELOC, DATA + 0x300, 0x20);
	block->VirtualAddress = page;
	block->SizeOfBlock = block_size;
	entries[0] = (uint16_t)first;
	/* A base that nobody can have. */
	nt()->OptionalHeader.ImageBase = 0x7FFE0000;
}

/* A DLL that exports `name`: a forwarder when `target` is not NULL. */
static void make_dll(const char *file, const char *name, const char *target)
{
	IMAGE_EXPORT_DIRECTORY *exports = data(DATA + 0x400);

	nt()->FileHeader.Characteristics |= IMAGE_FILE_DLL;
	nt()->OptionalHeader.ImageBase = 0x180000000ull;
	nt()->OptionalHeader.AddressOfEntryPoint = 0;
	set_directory(IMAGE_DIRECTORY_ENTRY_EXPORT, DATA + 0x400, 0x200);
	exports->Base = 1;
	exports->NumberOfFunctions = exports->NumberOfNames = 1;
	exports->Name = DATA + 0x500;
	strcpy(data(DATA + 0x500), file);
	exports->AddressOfFunctions = DATA + 0x440;
	exports->AddressOfNames = DATA + 0x450;
	exports->AddressOfNameOrdinals = DATA + 0x460;
	*(uint32_t *)data(DATA + 0x440) = target ? DATA + 0x520 : TEXT;
	if (target)
		strcpy(data(DATA + 0x520), target);
	*(uint32_t *)data(DATA + 0x450) = DATA + 0x540;
	strcpy(data(DATA + 0x540), name);
}

static void headers(void)
{
	static const unsigned lengths[] = {0,     1,     2,     60,    63,    64,    0x7F,  0x80,  0x83,
					   0x84,  0x90,  0x98,  0x9A,  0xF0,  0x100, 0x10C, 0x10D, 0x180,
					   0x188, 0x1B0, 0x1D8, 0x3FF, 0x400, 0x5FF, 0x600, FILE_SIZE - 1};
	char name[32];

	done("sound", FINE);
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		size = lengths[i];
		snprintf(name, sizeof(name), "cut-%x", lengths[i]);
		done(name, lengths[i] < 0x9A ? NOT_PE : FORMAT);
	}
	memset(pe, 'x', size);
	done("text", NOT_PE);
	memset(pe, 0, size);
	done("zeroes", NOT_PE);
	memcpy(pe + NT, "NE", 2);
	done("ne", NOT_PE);
	memcpy(pe + 60, "\xFC\xFF\xFF\xFF", 4);
	done("lfanew-huge", NOT_PE);
	memcpy(pe + 60, "\x82\0\0\0", 4);
	done("lfanew-odd", NOT_PE);
	memcpy(pe + 60, "\0\0\0\0", 4);
	done("lfanew-0", NOT_PE);
	nt()->FileHeader.Machine = IMAGE_FILE_MACHINE_I386;
	done("i386", MACHINE);
	nt()->FileHeader.Machine = IMAGE_FILE_MACHINE_ARM64;
	done("arm64", MACHINE);
	nt()->FileHeader.Machine = 0;
	done("machine-0", FORMAT);
	nt()->OptionalHeader.Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC;
	done("magic-32", FORMAT);
	nt()->FileHeader.SizeOfOptionalHeader = 0;
	done("no-optional-header", FORMAT);
	nt()->FileHeader.SizeOfOptionalHeader = 0xFFFF;
	done("optional-header-huge", FORMAT);
	nt()->FileHeader.Characteristics = 0;
	done("object", FORMAT);
	nt()->FileHeader.Characteristics |= IMAGE_FILE_DLL;
	done("dll", FORMAT);
	nt()->OptionalHeader.Subsystem = IMAGE_SUBSYSTEM_NATIVE;
	done("native", FORMAT);
	nt()->OptionalHeader.Subsystem = 99;
	done("subsystem-99", FORMAT);
	nt()->OptionalHeader.MajorSubsystemVersion = 11;
	done("subsystem-version-11", FORMAT);
	nt()->OptionalHeader.ImageBase = 0x140001000ull;
	done("base-odd", FORMAT);
	nt()->OptionalHeader.NumberOfRvaAndSizes = 0xFFFFFFFF;
	done("directories-many", FINE);
	nt()->OptionalHeader.AddressOfEntryPoint = 0xFFFFFFF0;
	done("entry-outside", CRASH);
}

static void sections(void)
{
	nt()->OptionalHeader.SizeOfImage = 0;
	done("image-0", FORMAT);
	nt()->OptionalHeader.SizeOfImage = 0xFFFFF000;
	done("image-huge", FORMAT);
	nt()->OptionalHeader.SizeOfImage = 0x2000;
	done("image-small", FORMAT);
	nt()->OptionalHeader.SizeOfImage = 0x100000;
	done("image-large", FINE);
	nt()->FileHeader.NumberOfSections = 0;
	done("sections-0", CRASH);
	nt()->FileHeader.NumberOfSections = 0xFFFF;
	done("sections-many", FORMAT);
	section(1)->VirtualAddress = TEXT;
	done("sections-overlap", FORMAT);
	section(1)->VirtualAddress = 0x5000;
	nt()->OptionalHeader.SizeOfImage = 0x6000;
	done("sections-hole", FORMAT);
	section(1)->Misc.VirtualSize = 0xFFFFFFFF;
	done("section-huge", FORMAT);
	section(1)->SizeOfRawData = 0xFFFFFFFF;
	done("raw-huge", FORMAT);
	section(1)->PointerToRawData = 0xFFFFFE00;
	done("raw-outside", FORMAT);
	section(1)->SizeOfRawData = section(1)->Misc.VirtualSize = 0;
	done("section-empty", FORMAT);
	section(0)->Characteristics = 0x40000040;
	done("text-not-executable", CRASH);
	nt()->OptionalHeader.SectionAlignment = 0;
	done("alignment-0", FORMAT);
	nt()->OptionalHeader.SectionAlignment = 0x1800;
	done("alignment-odd", FORMAT);
	nt()->OptionalHeader.FileAlignment = 0x10000;
	done("alignment-file-larger", FORMAT);
	nt()->OptionalHeader.SectionAlignment = nt()->OptionalHeader.FileAlignment = 0x200;
	done("alignment-low-bad", FORMAT);
	nt()->OptionalHeader.SectionAlignment = nt()->OptionalHeader.FileAlignment = 0x200;
	section(0)->VirtualAddress = TEXT_RAW;
	section(1)->VirtualAddress = DATA_RAW;
	nt()->OptionalHeader.AddressOfEntryPoint = TEXT_RAW;
	done("alignment-low", FINE);
	nt()->OptionalHeader.SizeOfHeaders = 0xFFFFFFFF;
	done("headers-huge", FORMAT);
}

static void tables(void)
{
	add_import("KERNEL32.dll", "NoSuchFunction");
	done("import-missing-not-called", FINE);
	add_import("KERNEL32.dll", "NoSuchFunction");
	call_import();
	done("import-missing-called", MISSING);
	add_import("dsound.dll", "DirectSoundCreate");
	call_import();
	done("import-system-dll-called", MISSING);
	add_import("no-such-library.dll", "f");
	done("import-dll-missing", FORMAT);
	add_import("KERNEL32.dll", "f");
	set_directory(IMAGE_DIRECTORY_ENTRY_IMPORT, 0xFFFFFFF0, 40);
	done("import-directory-outside", FORMAT);
	add_import("KERNEL32.dll", "f");
	((IMAGE_IMPORT_DESCRIPTOR *)data(DATA))->Name = 0xFFFFFF00;
	done("import-name-outside", FORMAT);
	add_import("KERNEL32.dll", "f");
	((IMAGE_IMPORT_DESCRIPTOR *)data(DATA))->FirstThunk = 0x7FFFFFF0;
	done("import-table-outside", FORMAT);
	add_import("KERNEL32.dll", "f");
	*(uint64_t *)data(DATA + 0x80) = 0x7FFFFFFF;
	done("import-thunk-outside", FORMAT);
	add_import("KERNEL32.dll", "f");
	memset(data(DATA + 0x200), 'A', DATA + 0x1000 - (DATA + 0x200));
	done("import-name-unterminated", FORMAT);
	add_import("KERNEL32.dll", "f");
	for (unsigned i = 0; i < 0x1000 / 8; i++)
		((uint64_t *)data(DATA))[i] = 0x8000000000000001ull;
	((IMAGE_IMPORT_DESCRIPTOR *)data(DATA))->Name = DATA + 0x180;
	((IMAGE_IMPORT_DESCRIPTOR *)data(DATA))->FirstThunk = DATA + 0x200;
	((IMAGE_IMPORT_DESCRIPTOR *)data(DATA))->OriginalFirstThunk = DATA + 0x200;
	done("import-table-endless", FORMAT);

	add_relocation(0, 0, 0);
	done("relocation-empty", FINE);
	add_relocation(4, 0, 0);
	done("relocation-block-small", FORMAT);
	add_relocation(0xFFFFFFF8, 0, 0);
	done("relocation-block-huge", FORMAT);
	add_relocation(0x10, 0xFFFFF000, 0xAFF8);
	done("relocation-target-outside", FORMAT);
	add_relocation(0x10, DATA, 0x5000);
	done("relocation-kind", FORMAT);
	add_relocation(0x10, DATA, 0xA300);
	done("relocation-of-itself", FINE);
	nt()->OptionalHeader.ImageBase = 0x7FFE0000;
	nt()->FileHeader.Characteristics |= IMAGE_FILE_RELOCS_STRIPPED;
	done("relocations-stripped", FORMAT);

	set_directory(IMAGE_DIRECTORY_ENTRY_TLS, 0xFFFFFFF0, 40);
	done("tls-outside", FINE);
	set_directory(IMAGE_DIRECTORY_ENTRY_TLS, DATA + 0x600, 40);
	memset(data(DATA + 0x600), 0xEE, 40);
	done("tls-nonsense", FINE);
	set_directory(IMAGE_DIRECTORY_ENTRY_TLS, DATA + 0x600, 40);
	((IMAGE_TLS_DIRECTORY64 *)data(DATA + 0x600))->AddressOfIndex = BASE + DATA + 0x700;
	((IMAGE_TLS_DIRECTORY64 *)data(DATA + 0x600))->AddressOfCallBacks = BASE + DATA + 0x680;
	*(uint64_t *)data(DATA + 0x680) = 0x1234;
	done("tls-callback-wild", CRASH);
	set_directory(IMAGE_DIRECTORY_ENTRY_EXCEPTION, 0xFFFFFF00, 0x1000);
	memcpy(pe + TEXT_RAW, "\x0F\x0B", 2);
	done("pdata-outside", CRASH);
	set_directory(IMAGE_DIRECTORY_ENTRY_RESOURCE, 0xFFFFFF00, 0x1000);
	done("resources-outside", FINE);

	make_dll("loopa.dll", "f", "loopb.f");
	save("loopa.dll");
	sound();
	make_dll("loopb.dll", "f", "loopa.f");
	save("loopb.dll");
	sound();
	add_import("loopa.dll", "f");
	call_import();
	done("forwarder-loop", FORMAT);
	make_dll("target.dll", "f", NULL);
	save("target.dll");
	sound();
	add_import("target.dll", "f");
	call_import();
	done("export-good", FINE);
	make_dll("counts.dll", "f", NULL);
	((IMAGE_EXPORT_DIRECTORY *)data(DATA + 0x400))->NumberOfNames = 0xFFFFFFFF;
	((IMAGE_EXPORT_DIRECTORY *)data(DATA + 0x400))->AddressOfNames = 0xFFFFFFF0;
	save("counts.dll");
	sound();
	add_import("counts.dll", "f");
	done("export-counts", FORMAT);
	make_dll("wild.dll", "f", NULL);
	*(uint32_t *)data(DATA + 0x440) = 0xFFFFFFF0;
	save("wild.dll");
	sound();
	add_import("wild.dll", "f");
	call_import();
	done("export-outside", FORMAT);
	make_dll("refuses.dll", "f", NULL);
	nt()->OptionalHeader.AddressOfEntryPoint = TEXT;
	memcpy(pe + TEXT_RAW, "\x31\xC0\xC3", 3); /* xor eax, eax; ret: DllMain says FALSE */
	save("refuses.dll");
	sound();
	add_import("refuses.dll", "f");
	done("dll-refuses", FORMAT);
	nt()->FileHeader.Machine = IMAGE_FILE_MACHINE_I386;
	save("old.dll");
	sound();
	add_import("old.dll", "f");
	done("dll-32bit", FORMAT);
}

int main(int argc, char **argv)
{
	char path[512];

	if (argc != 2)
		return 2;
	directory = argv[1];
	snprintf(path, sizeof(path), "%s/expected", directory);
	list = fopen(path, "w");
	if (!list) {
		perror(path);
		return 1;
	}
	sound();
	headers();
	sections();
	tables();
	return fclose(list) != 0;
}
