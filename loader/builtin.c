/*
 * loader/builtin.c - turns a DLL descriptor into a PE image.
 *
 *	0      headers       READONLY
 *	1000   .text         EXECUTE_READ    one stub of 32 bytes a function: probe the stack; mov r11, code; jmp r11
 *	...    .rdata        READONLY        export directory, names, forwarders
 *	...    .data         WRITECOPY       exported variables
 *
 * The stub gives each function an address inside the image, with room for a hook; r11 carries nothing across a call, but for
 * functions that look at every register: theirs jumps by way of memory.
 * Its probe (ke.h) finds the end of the stack before the function does, which may hold locks when it goes deeper.
 * Those of ntdll's services begin as Windows' do, with the number that a system call would want: mov r10, rcx; mov eax, n.
 * Builtin DLLs lie at fixed preferred bases, where Windows has its own, so that addresses are the same in every run.
 */
#include "loader/builtin.h"
#include "ntdll/ke/ke.h"
#include "ntdll/mm/mm.h"

#include <stdlib.h>
#include <string.h>

#define STUB_SIZE 32u
#define HEADERS_SIZE 0x1000u
#define FIRST_BASE 0x7FFA00000000ull
#define BASE_STEP 0x1000000ull

extern const struct dll_descriptor *const __start_pewter_dlls[] __attribute__((visibility("hidden")));
extern const struct dll_descriptor *const __stop_pewter_dlls[] __attribute__((visibility("hidden")));

/* How many characters of the pattern the name has, 0 = it does not match.  Both lower case; a pattern may end with '*'. */
static size_t matches(const char *pattern, const char *name)
{
	size_t length = strlen(pattern);

	if (length && pattern[length - 1] == '*')
		return strncmp(pattern, name, length - 1) == 0 ? length - 1 : 0;
	return strcmp(pattern, name) == 0 ? length : 0;
}

/* The alias that says most counts: "api-ms-win-core-com-*" before "api-ms-win-core-*". */
const struct dll_descriptor *builtin_find(const char *name)
{
	const struct dll_descriptor *found = NULL;
	size_t best = 0, length;

	for (const struct dll_descriptor *const *dll = __start_pewter_dlls; dll < __stop_pewter_dlls; dll++)
		if (strcmp((*dll)->name, name) == 0)
			return *dll;
	for (const struct dll_descriptor *const *dll = __start_pewter_dlls; dll < __stop_pewter_dlls; dll++)
		for (const char *alias = (*dll)->aliases; alias && *alias; alias += strlen(alias) + 1) {
			length = matches(alias, name);
			if (length > best) {
				best = length;
				found = *dll;
			}
		}
	return found;
}

static uint64_t preferred_base(const struct dll_descriptor *wanted)
{
	uint64_t index = 0;

	for (const struct dll_descriptor *const *dll = __start_pewter_dlls; dll < __stop_pewter_dlls; dll++, index++)
		if (*dll == wanted)
			break;
	return FIRST_BASE + index * BASE_STEP;
}

static const void *at(const int32_t *field)
{
	return (const char *)field + *field;
}

struct shape {
	uint32_t functions;      /* stubs */
	uint32_t names;          /* named exports */
	uint32_t entries;        /* of the address table */
	uint32_t first_free;     /* ordinal of the first export that has none of its own */
	uint32_t text_bytes;     /* strings */
	uint32_t text, rdata, data, end; /* RVAs */
	uint32_t addresses, name_table, ordinal_table, strings; /* RVAs in .rdata */
};

static uint32_t pages(uint32_t bytes)
{
	return (bytes + MM_PAGE_SIZE - 1) & ~(MM_PAGE_SIZE - 1);
}

static void measure(const struct dll_descriptor *dll, struct shape *shape)
{
	uint32_t automatic = 0, highest = 0;

	memset(shape, 0, sizeof(*shape));
	for (const struct dll_export *export = dll->exports; export < dll->exports_end; export++) {
		if (export->name) {
			shape->names++;
			shape->text_bytes += (uint32_t)strlen(at(&export->name)) + 1;
		}
		if (export->kind == DLL_EXPORT_FORWARD)
			shape->text_bytes += (uint32_t)strlen(at(&export->target)) + 1;
		shape->functions += export->kind == DLL_EXPORT_FUNCTION;
		if (export->ordinal == 0)
			automatic++;
		else if (export->ordinal > highest)
			highest = export->ordinal;
	}
	shape->first_free = highest + 1;
	shape->entries = highest + automatic;
	shape->text_bytes += (uint32_t)strlen(dll->name) + 1;

	shape->text = HEADERS_SIZE;
	shape->rdata = shape->text + pages(shape->functions ? shape->functions * STUB_SIZE : 1);
	shape->addresses = shape->rdata + (uint32_t)sizeof(IMAGE_EXPORT_DIRECTORY);
	shape->name_table = shape->addresses + shape->entries * 4;
	shape->ordinal_table = shape->name_table + shape->names * 4;
	shape->strings = shape->ordinal_table + shape->names * 2;
	shape->data = shape->rdata + pages(shape->strings + shape->text_bytes - shape->rdata);
	shape->end = shape->data + pages((uint32_t)dll->data_size);
}

/* A function that looks at every register of its caller. */
static bool sees_registers(const char *name)
{
	return strcmp(name, "RtlCaptureContext") == 0 || strcmp(name, "RtlCaptureContext2") == 0;
}

static void write_stub(uint8_t *stub, const void *code, ULONG service, bool keep)
{
	uint64_t address = (uintptr_t)code;

	memset(stub, 0xCC, STUB_SIZE);
	if (code == (const void *)ke_break_point) {
		/* int3; ret: in the image, where a debugger knows it */
		stub[1] = 0xC3;
		return;
	}
	if (service) {
		memcpy(stub, "\x4C\x8B\xD1\xB8", 4);
		memcpy(stub + 4, &service, 4);
		stub[KE_SERVICE_RETURN] = 0xC3;
		stub += 8;
	}
	if (keep) {
		/* jmp [rip], and the address */
		memcpy(stub, "\xFF\x25\0\0\0", 6);
		memcpy(stub + 6, &address, 8);
		return;
	}
	memcpy(stub, KE_STACK_PROBE, KE_STACK_PROBE_SIZE);
	stub += KE_STACK_PROBE_SIZE;
	/* mov r11, imm64; jmp r11 */
	stub[0] = 0x49;
	stub[1] = 0xBB;
	memcpy(stub + 2, &address, 8);
	memcpy(stub + 10, "\x41\xFF\xE3", 3);
}

static uint32_t put_string(uint8_t *image, uint32_t *next, const char *text)
{
	uint32_t rva = *next;
	size_t size = strlen(text) + 1;

	memcpy(image + rva, text, size);
	*next += (uint32_t)size;
	return rva;
}

static void write_exports(const struct dll_descriptor *dll, const struct shape *shape, uint8_t *image)
{
	IMAGE_EXPORT_DIRECTORY *directory = (IMAGE_EXPORT_DIRECTORY *)(image + shape->rdata);
	uint32_t *addresses = (uint32_t *)(image + shape->addresses);
	uint32_t *names = (uint32_t *)(image + shape->name_table);
	uint16_t *ordinals = (uint16_t *)(image + shape->ordinal_table);
	uint32_t next = shape->strings, stub = shape->text, automatic = shape->first_free;
	bool is_ntdll = strcmp(dll->name, "ntdll.dll") == 0;
	ULONG service;

	directory->Base = 1;
	directory->NumberOfFunctions = shape->entries;
	directory->NumberOfNames = shape->names;
	directory->AddressOfFunctions = shape->addresses;
	directory->AddressOfNames = shape->name_table;
	directory->AddressOfNameOrdinals = shape->ordinal_table;
	directory->Name = put_string(image, &next, dll->name);
	for (const struct dll_export *export = dll->exports; export < dll->exports_end; export++) {
		uint32_t index = (export->ordinal ? export->ordinal : automatic++) - 1;

		switch (export->kind) {
		case DLL_EXPORT_FUNCTION:
			service = is_ntdll && export->name ? ke_service_number(dll, at(&export->name)) : 0;
			write_stub(image + stub, at(&export->target), service,
				   is_ntdll && export->name && sees_registers(at(&export->name)));
			addresses[index] = stub;
			stub += STUB_SIZE;
			break;
		case DLL_EXPORT_DATA:
			addresses[index] = shape->data + (uint32_t)export->target;
			break;
		default:
			addresses[index] = put_string(image, &next, at(&export->target));
			break;
		}
		if (export->name) {
			*names++ = put_string(image, &next, at(&export->name));
			*ordinals++ = (uint16_t)index;
		}
	}
}

static void write_section(IMAGE_SECTION_HEADER *section, const char *name, uint32_t rva, uint32_t end, uint32_t flags)
{
	memcpy(section->Name, name, strlen(name));
	section->VirtualAddress = rva;
	section->Misc.VirtualSize = end - rva;
	section->SizeOfRawData = end - rva;
	section->PointerToRawData = rva;
	section->Characteristics = flags;
}

static void write_headers(const struct dll_descriptor *dll, const struct shape *shape, uint64_t base, uint8_t *image)
{
	IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)image;
	IMAGE_NT_HEADERS64 *nt = (IMAGE_NT_HEADERS64 *)(image + 0x80);
	IMAGE_SECTION_HEADER *section = (IMAGE_SECTION_HEADER *)(nt + 1);
	IMAGE_OPTIONAL_HEADER64 *optional = &nt->OptionalHeader;

	dos->e_magic = IMAGE_DOS_SIGNATURE;
	dos->e_lfanew = 0x80;
	nt->Signature = IMAGE_NT_SIGNATURE;
	nt->FileHeader.Machine = IMAGE_FILE_MACHINE_AMD64;
	nt->FileHeader.NumberOfSections = dll->data_size ? 3 : 2;
	nt->FileHeader.TimeDateStamp = 0x5A000000 + (uint32_t)(preferred_base(dll) / BASE_STEP & 0xFF);
	nt->FileHeader.SizeOfOptionalHeader = sizeof(*optional);
	nt->FileHeader.Characteristics =
		IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_LARGE_ADDRESS_AWARE | IMAGE_FILE_DLL;
	optional->Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC;
	optional->MajorLinkerVersion = 14;
	optional->SizeOfCode = shape->rdata - shape->text;
	optional->SizeOfInitializedData = shape->end - shape->rdata;
	optional->BaseOfCode = shape->text;
	optional->ImageBase = base;
	optional->SectionAlignment = MM_PAGE_SIZE;
	optional->FileAlignment = MM_PAGE_SIZE;
	optional->MajorOperatingSystemVersion = optional->MajorImageVersion = optional->MajorSubsystemVersion = 10;
	optional->SizeOfImage = shape->end;
	optional->SizeOfHeaders = HEADERS_SIZE;
	optional->Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
	optional->DllCharacteristics = IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA | IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE |
				       IMAGE_DLLCHARACTERISTICS_NX_COMPAT;
	optional->SizeOfStackReserve = 0x40000;
	optional->SizeOfStackCommit = 0x1000;
	optional->SizeOfHeapReserve = 0x100000;
	optional->SizeOfHeapCommit = 0x1000;
	optional->NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
	optional->DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress = shape->rdata;
	optional->DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].Size = shape->strings + shape->text_bytes - shape->rdata;
	write_section(&section[0], ".text", shape->text, shape->rdata,
		      IMAGE_SCN_CNT_CODE | IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ);
	write_section(&section[1], ".rdata", shape->rdata, shape->data,
		      IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ);
	if (dll->data_size)
		write_section(&section[2], ".data", shape->data, shape->end,
			      IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ | IMAGE_SCN_MEM_WRITE);
}

static NTSTATUS protect(uintptr_t base, uint32_t from, uint32_t to, ULONG protection)
{
	uintptr_t start = base + from;
	size_t size = to - from;

	return mm_protect(&start, &size, protection, NULL);
}

NTSTATUS builtin_load(const struct dll_descriptor *dll, struct image *image, void *owner)
{
	struct shape shape;
	struct mm_image_run run;
	struct mm_image view = {.fd = -1, .runs = &run, .run_count = 1, .owner = owner};
	uintptr_t base;
	NTSTATUS status;

	memset(image, 0, sizeof(*image));
	measure(dll, &shape);
	status = mm_reserve_image(preferred_base(dll), shape.end, true, &base);
	if (!NT_SUCCESS(status))
		return status;
	/* One writable mapping, then the protections: fewer calls than protections from the beginning. */
	run = (struct mm_image_run){0, shape.end, PAGE_WRITECOPY};
	view.size = shape.end;
	status = mm_map_image(base, &view);
	if (!NT_SUCCESS(status)) {
		mm_cancel_image(base);
		return status;
	}
	write_headers(dll, &shape, base, (uint8_t *)base);
	write_exports(dll, &shape, (uint8_t *)base);
	status = protect(base, 0, shape.data, PAGE_READONLY);
	if (NT_SUCCESS(status))
		status = protect(base, shape.text, shape.rdata, PAGE_EXECUTE_READ);
	if (!NT_SUCCESS(status)) {
		mm_unmap_view(base);
		return status;
	}
	image->base = (uint8_t *)base;
	image->size = shape.end;
	pe_parse((void *)base, HEADERS_SIZE, shape.end, &image->pe, &image->reason);
	if (dll->data)
		*dll->data = dll->data_size ? (void *)(base + shape.data) : NULL;
	return STATUS_SUCCESS;
}
