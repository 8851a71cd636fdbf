/*
 * loader/datafile.c - modules loaded for their resources only (LOAD_LIBRARY_AS_DATAFILE, _AS_IMAGE_RESOURCE).
 *
 * A data file is a view of the file as it is; its handle is the view's address plus 1.  An image resource is laid out as
 * an image and never initialised; its handle is plus 2 (nt facts, execution 155).
 */
#include "loader/load.h"
#include "host/fault.h"
#include "host/image_file.h"
#include "host/thread.h"
#include "kernel32/api.h"
#include "ntdll/io/io.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ob/ob.h"

#include <stdlib.h>
#include <string.h>

#define FLAT 1u
#define IMAGE 2u

struct datafile {
	struct datafile *next;
	uintptr_t base;
	uint32_t size;
	unsigned kind; /* the handle's tag */
	uint64_t device, inode;
	unsigned references;
	HANDLE exclusive; /* the file, open so that nobody else writes into it; NULL: not asked for */
};

static struct datafile *datafiles; /* under the loader lock */

/* Any PE will do, of any machine. */
static bool is_pe(const struct host_image_file *file)
{
	struct image image = {0};

	image_probe(file, &image);
	free(image.headers);
	return image.result == PE_OK || image.result == PE_32BIT || image.result == PE_WRONG_MACHINE;
}

static NTSTATUS map_flat(const struct host_image_file *file, struct datafile *datafile)
{
	struct mm_section *section;
	size_t view_size = 0;
	uint64_t offset = 0;
	NTSTATUS status;

	if (!file->size)
		return STATUS_MAPPED_FILE_SIZE_ZERO;
	if (file->size > 0x7FFFFFFF || !is_pe(file))
		return STATUS_INVALID_IMAGE_FORMAT;
	status = mm_section_create_file(file->fd, false, 0, PAGE_READONLY, SEC_COMMIT, &section);
	if (!NT_SUCCESS(status))
		return status;
	datafile->base = 0;
	status = mm_map_view(section, &datafile->base, 0, 0, &offset, &view_size, 0, PAGE_READONLY, NULL);
	mm_section_dereference(section);
	datafile->size = (uint32_t)file->size;
	datafile->kind = FLAT;
	return status;
}

static NTSTATUS map_image(const struct host_image_file *file, struct datafile *datafile)
{
	struct image image = {0};
	NTSTATUS status = image_load(file, &image, NULL);

	if (!NT_SUCCESS(status))
		return status;
	image_release_layout(&image);
	datafile->base = (uintptr_t)image.base;
	datafile->size = image.size;
	datafile->kind = IMAGE;
	return status;
}

/* LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE.  STATUS_SHARING_VIOLATION: somebody has it open for writing. */
static NTSTATUS keep_writers_out(struct datafile *datafile, const char *path)
{
	NTSTATUS status = STATUS_NO_MEMORY;
	struct io_wide name;
	HANDLE file;

	if (datafile->exclusive)
		return STATUS_SUCCESS;
	io_wide_init(&name);
	if (io_dos_path_from_unix(path, &name)) {
		file = CreateFileW(name.text, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
		status = file == INVALID_HANDLE_VALUE ? (NTSTATUS)NtCurrentTeb()->LastStatusValue : STATUS_SUCCESS;
		if (NT_SUCCESS(status))
			datafile->exclusive = file;
	}
	io_wide_free(&name);
	return status;
}

static void forget(struct datafile *datafile)
{
	if (datafile->exclusive)
		NtClose(datafile->exclusive);
	mm_unmap_view(datafile->base);
	free(datafile);
}

struct load_call {
	ULONG flags;
	char *name;
	struct datafile *datafile;
	NTSTATUS status;
};

static void *load_call(void *argument)
{
	struct load_call *call = argument;
	struct load_request request = {.name = call->name,
				       .flags = call->flags & (LOAD_LIBRARY_SEARCH_ANY | LOAD_WITH_ALTERED_SEARCH_PATH)};
	unsigned kind = call->flags & LOAD_LIBRARY_AS_IMAGE_RESOURCE ? IMAGE : FLAT;
	char *path = module_find_file(&request);
	struct host_image_file file;
	struct datafile *datafile;
	bool found;

	call->status = STATUS_DLL_NOT_FOUND;
	if (!path || host_image_open(path, &file) != 0) {
		free(path);
		return NULL;
	}
	for (datafile = datafiles; datafile; datafile = datafile->next)
		if (datafile->device == file.device && datafile->inode == file.inode && datafile->kind == kind)
			break;
	found = datafile != NULL;
	if (found) {
		call->status = STATUS_SUCCESS;
	} else {
		datafile = calloc(1, sizeof(*datafile));
		call->status = !datafile ? STATUS_NO_MEMORY
			       : kind == IMAGE ? map_image(&file, datafile)
					       : map_flat(&file, datafile);
		if (NT_SUCCESS(call->status)) {
			datafile->device = file.device;
			datafile->inode = file.inode;
		} else {
			free(datafile);
			datafile = NULL;
		}
	}
	if (NT_SUCCESS(call->status) && call->flags & LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE) {
		call->status = keep_writers_out(datafile, path);
		if (!NT_SUCCESS(call->status) && !found) {
			forget(datafile);
			datafile = NULL;
		}
	}
	if (NT_SUCCESS(call->status)) {
		datafile->references++;
		if (!found) {
			datafile->next = datafiles;
			datafiles = datafile;
		}
	}
	host_image_close(&file);
	free(path);
	call->datafile = datafile;
	return NULL;
}

NTSTATUS datafile_load(ULONG flags, const UNICODE_STRING *name, HMODULE *module)
{
	struct load_call call = {.flags = flags, .name = utf8_from_wide(name->Buffer, name->Length / 2)};

	if (!call.name)
		return STATUS_NO_MEMORY;
	modules_lock();
	host_stack_call(load_call, &call);
	modules_unlock();
	free(call.name);
	if (NT_SUCCESS(call.status))
		*module = (HMODULE)(call.datafile->base + call.datafile->kind);
	return call.status;
}

NTSTATUS datafile_unload(HMODULE module)
{
	NTSTATUS status = STATUS_INVALID_IMAGE_FORMAT;

	modules_lock();
	for (struct datafile **link = &datafiles; *link; link = &(*link)->next) {
		struct datafile *datafile = *link;

		if ((HMODULE)(datafile->base + datafile->kind) != module)
			continue;
		status = STATUS_SUCCESS;
		if (--datafile->references)
			break;
		*link = datafile->next;
		forget(datafile);
		break;
	}
	modules_unlock();
	return status;
}

struct flat_headers {
	IMAGE_FILE_HEADER coff;
	uint32_t optional; /* offsets in the file */
	uint32_t sections;
};

static bool read_flat_headers(const struct pe_view *view, struct flat_headers *headers)
{
	IMAGE_DOS_HEADER dos;
	uint32_t signature;

	if (!pe_read(view, 0, &dos, sizeof(dos)) || dos.e_magic != IMAGE_DOS_SIGNATURE || dos.e_lfanew <= 0 ||
	    !pe_read(view, (uint32_t)dos.e_lfanew, &signature, sizeof(signature)) || signature != IMAGE_NT_SIGNATURE ||
	    !pe_read(view, (uint32_t)dos.e_lfanew + 4, &headers->coff, sizeof(headers->coff)))
		return false;
	headers->optional = (uint32_t)dos.e_lfanew + 4 + (uint32_t)sizeof(headers->coff);
	headers->sections = headers->optional + headers->coff.SizeOfOptionalHeader;
	return true;
}

uint32_t datafile_offset(const struct pe_view *view, uint32_t rva, uint32_t size)
{
	struct flat_headers headers;
	IMAGE_SECTION_HEADER section;

	if (!read_flat_headers(view, &headers))
		return 0;
	for (unsigned i = 0; i < headers.coff.NumberOfSections; i++) {
		uint64_t at = headers.sections + (uint64_t)i * sizeof(section);
		uint64_t offset;

		if (at > view->size || !pe_read(view, (uint32_t)at, &section, sizeof(section)))
			return 0;
		if (rva < section.VirtualAddress || rva - section.VirtualAddress >= section.SizeOfRawData)
			continue;
		offset = (uint64_t)section.PointerToRawData + (rva - section.VirtualAddress);
		return offset <= view->size && size <= view->size - offset ? (uint32_t)offset : 0;
	}
	return 0;
}

static bool flat_resources(const struct pe_view *view, struct pe_directory *root)
{
	struct flat_headers headers;
	IMAGE_DATA_DIRECTORY directory;
	uint16_t magic;
	uint32_t at;

	if (!read_flat_headers(view, &headers) || !pe_read(view, headers.optional, &magic, sizeof(magic)))
		return false;
	/* The directories stand 96 bytes into the header of a PE32, 112 into that of a PE32+. */
	at = headers.optional + (magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC ? 112 : 96) +
	     IMAGE_DIRECTORY_ENTRY_RESOURCE * (uint32_t)sizeof(directory);
	if (!pe_read(view, at, &directory, sizeof(directory)) || !directory.VirtualAddress)
		return false;
	root->rva = datafile_offset(view, directory.VirtualAddress, 1);
	root->size = directory.Size;
	return root->rva != 0;
}

bool datafile_resources(HMODULE module, struct pe_view *view, struct pe_directory *root, bool *flat)
{
	bool found = false;

	modules_lock();
	for (struct datafile *datafile = datafiles; datafile && !found; datafile = datafile->next) {
		if ((HMODULE)(datafile->base + datafile->kind) != module)
			continue;
		*view = (struct pe_view){(const uint8_t *)datafile->base, datafile->size, host_copy_from_guest};
		*flat = datafile->kind == FLAT;
		found = *flat ? flat_resources(view, root)
			      : pe_read_directory(view, IMAGE_DIRECTORY_ENTRY_RESOURCE, root);
	}
	modules_unlock();
	return found;
}
