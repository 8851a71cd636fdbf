/*
 * loader/pe.c - PE headers: every offset and size is checked before it is used.
 *
 * Rules: Microsoft, "PE Format"; what Windows 10 accepts and refuses: nt facts, memory G and execution L.
 */
#include "loader/pe.h"
#include "nt/mem.h"

#include <string.h>

#define PAGE 0x1000u
#define LARGEST_IMAGE 0x77000000u    /* larger ones do not fit below 2 GiB with the system's own */
#define SMALLEST_FILE 269u           /* 268 bytes were enough until Windows 10 1709 */
#define SECTOR 0x200u

static const char *const no_reason = "its headers are damaged";

static uint32_t round_up(uint32_t value, uint32_t alignment)
{
	return (uint32_t)(((uint64_t)value + alignment - 1) & ~(uint64_t)(alignment - 1));
}

static uint64_t round_up64(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

static bool power_of_two(uint32_t value)
{
	return value && !(value & (value - 1));
}

/* What lies behind an MZ that is no PE. */
static enum pe_result classify_other(const uint8_t *bytes, size_t count, uint32_t offset)
{
	if (count - offset >= 2) {
		const uint8_t *signature = bytes + offset;

		if ((signature[0] == 'N' || signature[0] == 'L') && (signature[1] == 'E' || signature[1] == 'X'))
			return PE_DOS_PROGRAM;
	}
	return PE_NOT_PE;
}

static enum pe_result bad(const char **reason, const char *text)
{
	if (reason)
		*reason = text;
	return PE_BAD_FORMAT;
}

void pe_section(const void *bytes, const struct pe_file *file, unsigned index, struct pe_section *section)
{
	IMAGE_SECTION_HEADER header;
	uint32_t virtual_size, raw_size;

	memcpy(&header, (const uint8_t *)bytes + file->section_offset + index * sizeof(header), sizeof(header));
	memset(section, 0, sizeof(*section));
	memcpy(section->name, header.Name, sizeof(header.Name));
	/* A section without a virtual size takes its raw size. */
	virtual_size = header.Misc.VirtualSize ? header.Misc.VirtualSize : header.SizeOfRawData;
	section->rva = header.VirtualAddress;
	section->size = round_up(virtual_size, PAGE);
	section->span = round_up(section->size, file->section_alignment);
	section->flags = header.Characteristics;
	/* Raw data begins at a sector, whatever the header says, and is read in whole alignment units. */
	section->raw_offset = file->flat ? header.PointerToRawData : header.PointerToRawData & ~(SECTOR - 1);
	raw_size = header.PointerToRawData ? header.SizeOfRawData : 0;
	section->raw_size = raw_size < section->size ? raw_size : section->size;
}

/* Sections follow the headers and each other without a hole or an overlap. */
static enum pe_result check_sections(const uint8_t *bytes, const struct pe_file *file, uint64_t file_size,
				     const char **reason)
{
	uint64_t next = round_up64(file->size_of_headers, file->section_alignment);
	struct pe_section section;

	for (unsigned i = 0; i < file->section_count; i++) {
		IMAGE_SECTION_HEADER header;

		memcpy(&header, bytes + file->section_offset + i * sizeof(header), sizeof(header));
		if (header.Misc.VirtualSize > LARGEST_IMAGE || header.SizeOfRawData > LARGEST_IMAGE)
			return bad(reason, "a section is too large");
		pe_section(bytes, file, i, &section);
		if (section.size == 0)
			return bad(reason, "a section is empty");
		if (section.rva != next)
			return bad(reason, "its sections overlap or leave holes");
		next += section.span;
		if (next > LARGEST_IMAGE)
			return bad(reason, "its sections do not fit the image");
		if (header.PointerToRawData && header.SizeOfRawData &&
		    (uint64_t)header.PointerToRawData + header.SizeOfRawData > file_size)
			return bad(reason, "it is cut short: a section's data lies beyond the end of the file");
		/* The last section may end before its alignment does. */
		if ((uint64_t)section.rva + section.size > file->size_of_image)
			return bad(reason, "its sections do not fit the image");
	}
	return PE_OK;
}

/* The machines that Windows has run on. */
static bool is_machine(uint16_t machine)
{
	static const uint16_t machines[] = {
		IMAGE_FILE_MACHINE_I386, IMAGE_FILE_MACHINE_AMD64, IMAGE_FILE_MACHINE_ARM64, IMAGE_FILE_MACHINE_ARMNT,
		0x01C0 /* ARM */, 0x01C2 /* Thumb */, 0x0200 /* Itanium */, 0x0184 /* Alpha */, 0x0284 /* 64-bit Alpha */,
		0x0166 /* R4000 */, 0x01F0 /* PowerPC */, 0x0EBC /* EFI byte code */, 0xA641 /* ARM64EC */,
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i] == machine)
			return true;
	return false;
}

/* Whether the optional header is of the width that the machine has. */
static bool is_width_of(uint16_t machine, uint16_t magic)
{
	switch (machine) {
	case IMAGE_FILE_MACHINE_AMD64:
	case IMAGE_FILE_MACHINE_ARM64:
		return magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
	case IMAGE_FILE_MACHINE_I386:
	case IMAGE_FILE_MACHINE_ARMNT:
		return magic == IMAGE_NT_OPTIONAL_HDR32_MAGIC;
	default:
		return false;
	}
}

/* Reads an optional header of either width; a short one lacks the last directories. */
static void read_optional(const uint8_t *from, size_t size, bool narrow, IMAGE_OPTIONAL_HEADER64 *to)
{
	IMAGE_OPTIONAL_HEADER32 small = {0};

	memset(to, 0, sizeof(*to));
	if (!narrow) {
		memcpy(to, from, size < sizeof(*to) ? size : sizeof(*to));
		return;
	}
	memcpy(&small, from, size < sizeof(small) ? size : sizeof(small));
	to->SizeOfCode = small.SizeOfCode;
	to->AddressOfEntryPoint = small.AddressOfEntryPoint;
	to->ImageBase = small.ImageBase;
	to->SectionAlignment = small.SectionAlignment;
	to->FileAlignment = small.FileAlignment;
	to->MajorOperatingSystemVersion = small.MajorOperatingSystemVersion;
	to->MinorOperatingSystemVersion = small.MinorOperatingSystemVersion;
	to->MajorSubsystemVersion = small.MajorSubsystemVersion;
	to->MinorSubsystemVersion = small.MinorSubsystemVersion;
	to->SizeOfImage = small.SizeOfImage;
	to->SizeOfHeaders = small.SizeOfHeaders;
	to->CheckSum = small.CheckSum;
	to->Subsystem = small.Subsystem;
	to->DllCharacteristics = small.DllCharacteristics;
	to->SizeOfStackReserve = small.SizeOfStackReserve;
	to->SizeOfStackCommit = small.SizeOfStackCommit;
	to->SizeOfHeapReserve = small.SizeOfHeapReserve;
	to->SizeOfHeapCommit = small.SizeOfHeapCommit;
	to->LoaderFlags = small.LoaderFlags;
	to->NumberOfRvaAndSizes = small.NumberOfRvaAndSizes;
	memcpy(to->DataDirectory, small.DataDirectory, sizeof(to->DataDirectory));
}

static enum pe_result parse(const void *data, size_t count, uint64_t file_size, bool any, struct pe_file *file,
			    const char **reason)
{
	const uint8_t *bytes = data;
	IMAGE_DOS_HEADER dos;
	IMAGE_FILE_HEADER coff;
	IMAGE_OPTIONAL_HEADER64 optional;
	uint64_t end;
	uint32_t offset;
	uint16_t magic;
	bool narrow;

	if (reason)
		*reason = no_reason;
	if (count > file_size)
		count = (size_t)file_size;
	if (count < 2 || bytes[0] != 'M' || bytes[1] != 'Z')
		return PE_NOT_PE;
	if (count < sizeof(dos))
		return file_size > count ? PE_TRUNCATED : PE_DOS_PROGRAM;
	memcpy(&dos, bytes, sizeof(dos));
	offset = (uint32_t)dos.e_lfanew;
	if (offset < 4 || (offset & 3) || (uint64_t)offset + 4 + sizeof(coff) + 2 > file_size)
		return PE_DOS_PROGRAM;
	if ((uint64_t)offset + 4 + sizeof(coff) + 2 > count)
		return PE_TRUNCATED;
	if (memcmp(bytes + offset, "PE\0\0", 4) != 0)
		return classify_other(bytes, count, offset);
	memcpy(&coff, bytes + offset + 4, sizeof(coff));
	memcpy(&magic, bytes + offset + 4 + sizeof(coff), sizeof(magic));
	if (!any && coff.Machine == IMAGE_FILE_MACHINE_I386)
		return PE_32BIT;
	if (!any && coff.Machine != IMAGE_FILE_MACHINE_AMD64)
		return is_machine(coff.Machine) ? PE_WRONG_MACHINE : bad(reason, "it is for no known kind of processor");
	if (!is_width_of(coff.Machine, magic))
		return bad(reason, "its optional header is not that of its machine");
	narrow = magic == IMAGE_NT_OPTIONAL_HDR32_MAGIC;
	if (file_size < SMALLEST_FILE)
		return bad(reason, "it is smaller than any program");
	if (coff.SizeOfOptionalHeader <
	    (narrow ? offsetof(IMAGE_OPTIONAL_HEADER32, DataDirectory) : offsetof(IMAGE_OPTIONAL_HEADER64, DataDirectory)))
		return bad(reason, "its optional header is too short");

	end = (uint64_t)offset + 4 + sizeof(coff) + coff.SizeOfOptionalHeader;
	memset(file, 0, sizeof(*file));
	file->section_offset = (uint32_t)end;
	end += (uint64_t)coff.NumberOfSections * sizeof(IMAGE_SECTION_HEADER);
	if (end > file_size)
		return bad(reason, "it is cut short in its headers");
	if (end > count)
		return PE_TRUNCATED;
	read_optional(bytes + offset + 4 + sizeof(coff), coff.SizeOfOptionalHeader, narrow, &optional);

	file->narrow = narrow;
	file->system_major = optional.MajorOperatingSystemVersion;
	file->system_minor = optional.MinorOperatingSystemVersion;
	file->size_of_code = optional.SizeOfCode;
	file->loader_flags = optional.LoaderFlags;
	file->machine = coff.Machine;
	file->characteristics = coff.Characteristics;
	file->time_date_stamp = coff.TimeDateStamp;
	file->section_count = coff.NumberOfSections;
	file->nt_offset = offset;
	file->subsystem = optional.Subsystem;
	file->subsystem_major = optional.MajorSubsystemVersion;
	file->subsystem_minor = optional.MinorSubsystemVersion;
	file->dll_characteristics = optional.DllCharacteristics;
	file->section_alignment = optional.SectionAlignment;
	file->file_alignment = optional.FileAlignment;
	file->entry = optional.AddressOfEntryPoint;
	file->checksum = optional.CheckSum;
	file->size_of_headers = optional.SizeOfHeaders;
	file->image_base = optional.ImageBase;
	file->stack_reserve = optional.SizeOfStackReserve;
	file->stack_commit = optional.SizeOfStackCommit;
	file->heap_reserve = optional.SizeOfHeapReserve;
	file->heap_commit = optional.SizeOfHeapCommit;
	file->relocatable = !(coff.Characteristics & IMAGE_FILE_RELOCS_STRIPPED);
	file->directory_count = optional.NumberOfRvaAndSizes < IMAGE_NUMBEROF_DIRECTORY_ENTRIES
					? optional.NumberOfRvaAndSizes
					: IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
	for (unsigned i = 0; i < file->directory_count; i++) {
		file->directory[i].rva = optional.DataDirectory[i].VirtualAddress;
		file->directory[i].size = optional.DataDirectory[i].Size;
	}

	if (!(coff.Characteristics & IMAGE_FILE_EXECUTABLE_IMAGE))
		return bad(reason, "it is an object file, not a linked image");
	if (!power_of_two(file->section_alignment) || !power_of_two(file->file_alignment) ||
	    file->file_alignment > file->section_alignment)
		return bad(reason, "its alignments are not powers of two, or the file's is the larger one");
	if (file->image_base & 0xFFFF)
		return bad(reason, "its base is not a multiple of 64 KiB");
	if (optional.SizeOfImage == 0 || optional.SizeOfImage > LARGEST_IMAGE)
		return bad(reason, "the size of its image is nonsense");
	file->size_of_image = round_up(optional.SizeOfImage, PAGE);
	/* Windows 3.10 up to 10.0 (nt facts, execution 174). */
	if (file->subsystem_major > 10 || file->subsystem_major < 3 ||
	    (file->subsystem_major == 3 && file->subsystem_minor < 10) ||
	    (file->subsystem_major == 10 && file->subsystem_minor > 0))
		return bad(reason, "it was made for another version of Windows");
	if (file->size_of_headers > file_size || file->size_of_headers > file->size_of_image)
		return bad(reason, "it is cut short in its headers");

	file->flat = file->section_alignment < PAGE;
	if (file->flat) {
		/* The whole file is mapped as it is, so raw and virtual addresses must be the same. */
		if (file->file_alignment != file->section_alignment)
			return bad(reason, "its alignments differ, below a page");
		for (unsigned i = 0; i < file->section_count; i++) {
			IMAGE_SECTION_HEADER header;

			memcpy(&header, bytes + file->section_offset + i * sizeof(header), sizeof(header));
			if (header.PointerToRawData && header.PointerToRawData != header.VirtualAddress)
				return bad(reason, "its sections lie elsewhere in the file than in the image");
			if ((uint64_t)header.VirtualAddress + header.SizeOfRawData > file->size_of_image ||
			    (uint64_t)header.VirtualAddress + header.Misc.VirtualSize > file->size_of_image)
				return bad(reason, "its sections do not fit the image");
			if (header.PointerToRawData &&
			    (uint64_t)header.PointerToRawData + header.SizeOfRawData > file_size)
				return bad(reason, "it is cut short: a section's data lies beyond the end of the file");
		}
		return PE_OK;
	}
	return check_sections(bytes, file, file_size, reason);
}

enum pe_result pe_parse(const void *bytes, size_t count, uint64_t file_size, struct pe_file *file, const char **reason)
{
	return parse(bytes, count, file_size, false, file, reason);
}

enum pe_result pe_parse_any(const void *bytes, size_t count, uint64_t file_size, struct pe_file *file, const char **reason)
{
	return parse(bytes, count, file_size, true, file, reason);
}

ULONG pe_section_protection(uint32_t flags)
{
	bool shared = flags & IMAGE_SCN_MEM_SHARED;
	ULONG writable = shared ? PAGE_READWRITE : PAGE_WRITECOPY;
	ULONG writable_code = shared ? PAGE_EXECUTE_READWRITE : PAGE_EXECUTE_WRITECOPY;

	if (flags & IMAGE_SCN_MEM_WRITE)
		return flags & IMAGE_SCN_MEM_EXECUTE ? writable_code : writable;
	switch (flags & (IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ)) {
	case IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ:
		return PAGE_EXECUTE_READ;
	case IMAGE_SCN_MEM_EXECUTE:
		return PAGE_EXECUTE;
	case IMAGE_SCN_MEM_READ:
		return PAGE_READONLY;
	default:
		return PAGE_NOACCESS;
	}
}

bool pe_lay_out(const void *bytes, size_t count, uint64_t file_size, const struct pe_file *file, pe_reader read,
		void *context, uint8_t *image)
{
	size_t headers = file->size_of_headers;

	if (file->flat) {
		size_t size = file_size < file->size_of_image ? (size_t)file_size : file->size_of_image;

		return read(context, 0, image, size) == 0;
	}
	if (headers > count) {
		if (read(context, 0, image, headers) != 0)
			return false;
	} else {
		memcpy(image, bytes, headers);
	}
	for (unsigned i = 0; i < file->section_count; i++) {
		struct pe_section section;
		uint64_t end;
		size_t size;

		pe_section(bytes, file, i, &section);
		if (!section.raw_size)
			continue;
		/* Rounding the offset down to a sector brings in bytes from in front of it. */
		end = (uint64_t)section.raw_offset + section.raw_size;
		if (end > file_size)
			end = file_size;
		if (end <= section.raw_offset)
			continue;
		size = (size_t)(end - section.raw_offset);
		if (read(context, section.raw_offset, image + section.rva, size) != 0)
			return false;
	}
	return true;
}

bool pe_read(const struct pe_view *view, uint32_t rva, void *to, uint32_t size)
{
	if (rva > view->size || size > view->size - rva)
		return false;
	if (view->copy)
		return view->copy(to, view->base + rva, size) == 0;
	memcpy(to, view->base + rva, size);
	return true;
}

bool pe_read_string(const struct pe_view *view, uint32_t rva, char *to, uint32_t capacity)
{
	uint32_t done = 0;

	if (rva >= view->size)
		return false;
	if (capacity > view->size - rva)
		capacity = view->size - rva;
	if (!view->copy) {
		const void *end = memchr(view->base + rva, 0, capacity);

		if (!end)
			return false;
		memcpy(to, view->base + rva, (const uint8_t *)end - (view->base + rva) + 1);
		return true;
	}
	/* Page by page: what lies behind the string may not be readable. */
	while (done < capacity) {
		uint32_t piece = PAGE - ((rva + done) & (PAGE - 1));

		if (piece > 64)
			piece = 64;
		if (piece > capacity - done)
			piece = capacity - done;
		if (view->copy(to + done, view->base + rva + done, piece) != 0)
			return false;
		if (memchr(to + done, 0, piece))
			return true;
		done += piece;
	}
	return false;
}

/* Headers of an image, as the program sees them now.  False when they are not those of an image. */
static bool pe_read_headers(const struct pe_view *view, IMAGE_NT_HEADERS64 *headers)
{
	IMAGE_DOS_HEADER dos;

	return pe_read(view, 0, &dos, sizeof(dos)) && dos.e_magic == IMAGE_DOS_SIGNATURE && dos.e_lfanew > 0 &&
	       pe_read(view, (uint32_t)dos.e_lfanew, headers, sizeof(*headers)) &&
	       headers->Signature == IMAGE_NT_SIGNATURE;
}

bool pe_read_directory(const struct pe_view *view, unsigned index, struct pe_directory *directory)
{
	IMAGE_NT_HEADERS64 headers;

	if (!pe_read_headers(view, &headers) || index >= IMAGE_NUMBEROF_DIRECTORY_ENTRIES ||
	    index >= headers.OptionalHeader.NumberOfRvaAndSizes)
		return false;
	directory->rva = headers.OptionalHeader.DataDirectory[index].VirtualAddress;
	directory->size = headers.OptionalHeader.DataDirectory[index].Size;
	return directory->rva && directory->rva < view->size && directory->size <= view->size - directory->rva;
}
