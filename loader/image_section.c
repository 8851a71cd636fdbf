/*
 * loader/image_section.c - images as sections: what a program's SEC_IMAGE section and its views take from the loader.
 *
 * The file is laid out once, when the section is made, for the base that its headers name.  A view elsewhere of an image
 * that may move by itself (DYNAMIC_BASE with relocations) gets a layout of its own, relocated and with that base in its
 * header; any other shows what the section has, and relocating is its owner's business (nt facts, execution 171, 172).
 */
#include "host/file.h"
#include "host/thread.h"
#include "host/vm.h"
#include "loader/image.h"
#include "loader/load.h"
#include "ntdll/ldr.h"

#include <stdlib.h>
#include <string.h>

/* nt facts, execution 164. */
static NTSTATUS status_of_other(const uint8_t *bytes, size_t count)
{
	IMAGE_DOS_HEADER dos;
	const uint8_t *header;

	if (count < 2 || bytes[0] != 'M' || bytes[1] != 'Z')
		return STATUS_INVALID_IMAGE_NOT_MZ;
	if (count < sizeof(dos))
		return STATUS_INVALID_IMAGE_PROTECT;
	memcpy(&dos, bytes, sizeof(dos));
	if (dos.e_lfanew < 0 || (size_t)dos.e_lfanew > count || count - (size_t)dos.e_lfanew < 0x40)
		return STATUS_INVALID_IMAGE_PROTECT;
	header = bytes + dos.e_lfanew;
	if (header[0] == 'N' && header[1] == 'E') {
		/* The system that it was made for: 2 is Windows, 5 a DOS extender's. */
		switch (header[0x36]) {
		case 2:
			return STATUS_INVALID_IMAGE_WIN_16;
		case 5:
			return STATUS_INVALID_IMAGE_PROTECT;
		default:
			return STATUS_INVALID_IMAGE_NE_FORMAT;
		}
	}
	if (header[0] == 'L' && (header[1] == 'E' || header[1] == 'X'))
		return STATUS_INVALID_IMAGE_LE_FORMAT;
	return STATUS_INVALID_IMAGE_PROTECT;
}

static NTSTATUS failure(const struct host_image_file *file, enum pe_result result)
{
	uint8_t bytes[512] = {0};
	size_t count = file->size < sizeof(bytes) ? (size_t)file->size : sizeof(bytes);

	if (result != PE_NOT_PE && result != PE_DOS_PROGRAM)
		return STATUS_INVALID_IMAGE_FORMAT;
	if (host_image_read(file, 0, bytes, count) != 0)
		return STATUS_INVALID_FILE_FOR_SECTION;
	return status_of_other(bytes, count);
}

static void describe(const struct pe_file *pe, uint64_t file_size, SECTION_IMAGE_INFORMATION *information)
{
	*information = (SECTION_IMAGE_INFORMATION){
		.TransferAddress = (void *)(uintptr_t)(pe->image_base + pe->entry),
		.MaximumStackSize = pe->stack_reserve,
		.CommittedStackSize = pe->stack_commit,
		.SubSystemType = pe->subsystem,
		.SubSystemMinorVersion = pe->subsystem_minor,
		.SubSystemMajorVersion = pe->subsystem_major,
		.MajorOperatingSystemVersion = pe->system_major,
		.MinorOperatingSystemVersion = pe->system_minor,
		.ImageCharacteristics = pe->characteristics,
		.DllCharacteristics = pe->dll_characteristics,
		.Machine = pe->machine,
		.ImageContainsCode = pe->size_of_code || pe->entry,
		.ImageFlags = (UCHAR)((pe->flat ? IMAGE_FLAG_MAPPED_FLAT : 0) |
				      (pe->image_base >> 32 ? 0 : IMAGE_FLAG_BASE_BELOW_4GB)),
		.LoaderFlags = pe->loader_flags,
		.ImageFileSize = (ULONG)file_size,
		.CheckSum = pe->checksum,
	};
}

static struct ldr_image *new_layout(const struct host_image_file *file, const struct pe_file *pe, const uint8_t *bytes)
{
	struct ldr_image *layout = malloc(sizeof(*layout) + IMAGE_MOST_RUNS(pe) * sizeof(layout->runs[0]));
	const struct pe_directory *relocations = &pe->directory[IMAGE_DIRECTORY_ENTRY_BASERELOC];
	bool relocated = relocations->rva && relocations->size;

	if (!layout)
		return NULL;
	*layout = (struct ldr_image){
		.fd = -1,
		.size = pe->size_of_image,
		.base = (uintptr_t)pe->image_base,
		.movable = pe->relocatable,
		.dynamic = pe->relocatable && relocated && pe->dll_characteristics & IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE,
		.foreign = pe->machine != IMAGE_FILE_MACHINE_AMD64,
		.base_offset = pe->nt_offset + (pe->narrow ? (uint32_t)offsetof(IMAGE_NT_HEADERS32, OptionalHeader.ImageBase)
							   : (uint32_t)offsetof(IMAGE_NT_HEADERS64, OptionalHeader.ImageBase)),
		.base_size = pe->narrow ? 4 : 8,
		.relocation_rva = relocations->rva,
		.relocation_size = relocations->size,
	};
	if (layout->base_offset + layout->base_size > pe->size_of_headers)
		layout->base_size = 0;
	describe(pe, file->size, &layout->information);
	layout->run_count = image_make_runs(bytes, pe, layout->runs);
	return layout;
}

struct lay_out_call {
	int fd;
	struct ldr_image *layout;
	NTSTATUS status;
};

static void *lay_out_call(void *argument)
{
	struct lay_out_call *call = argument;
	struct host_image_file file;
	struct image image = {0};
	struct ldr_image *layout = NULL;
	uint8_t *bytes, *map = NULL;
	size_t count;

	call->status = STATUS_INVALID_FILE_FOR_SECTION;
	if (host_image_from_descriptor(call->fd, &file) != 0 || !file.size)
		return NULL;
	bytes = image_read_headers(&file, &image, pe_parse_any, &count);
	if (!bytes) {
		call->status = failure(&file, image.result);
		return NULL;
	}
	call->status = STATUS_NO_MEMORY;
	layout = new_layout(&file, &image.pe, bytes);
	if (layout)
		layout->fd = host_memfd_create("image", layout->size);
	if (layout && layout->fd >= 0)
		map = host_memfd_map(layout->fd, layout->size, false);
	if (map)
		call->status = image_fill(&file, &image.pe, bytes, count, map, layout->fd)
				       ? STATUS_SUCCESS
				       : STATUS_INVALID_IMAGE_FORMAT;
	if (map)
		host_memfd_unmap(map, layout->size);
	free(bytes);
	if (NT_SUCCESS(call->status)) {
		call->layout = layout;
	} else if (layout) {
		if (layout->fd >= 0)
			host_close(layout->fd);
		free(layout);
	}
	return NULL;
}

NTSTATUS image_section_lay_out(int fd, struct ldr_image **layout)
{
	struct lay_out_call call = {.fd = fd};

	host_stack_call(lay_out_call, &call);
	*layout = call.layout;
	return call.status;
}

struct move_call {
	const struct ldr_image *layout;
	uintptr_t base;
	int fd;
	NTSTATUS status;
};

static void *move_call(void *argument)
{
	struct move_call *call = argument;
	const struct ldr_image *layout = call->layout;
	struct pe_directory relocations = {layout->relocation_rva, layout->relocation_size};
	uint8_t *from = host_memfd_map(layout->fd, layout->size, false), *to = NULL;
	uint64_t base = call->base;

	call->status = STATUS_NO_MEMORY;
	call->fd = host_memfd_create("image", layout->size);
	if (from && call->fd >= 0)
		to = host_memfd_map(call->fd, layout->size, false);
	if (to) {
		memcpy(to, from, layout->size);
		call->status = pe_relocate(to, layout->size, &relocations, base - layout->base);
		memcpy(to + layout->base_offset, &base, layout->base_size);
		host_memfd_unmap(to, layout->size);
	}
	if (from)
		host_memfd_unmap(from, layout->size);
	if (!NT_SUCCESS(call->status) && call->fd >= 0) {
		host_close(call->fd);
		call->fd = -1;
	}
	return NULL;
}

NTSTATUS image_section_move(const struct ldr_image *layout, uintptr_t base, int *fd)
{
	struct move_call call = {.layout = layout, .base = base, .fd = -1};

	host_stack_call(move_call, &call);
	*fd = call.fd;
	return call.status;
}
