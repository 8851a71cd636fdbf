/*
 * fuzz_loader.c - libFuzzer target: a PE file is parsed, laid out, relocated, and everything in the image that the
 * loader reads is read, as for a program or a DLL.  Memory only: nothing is mapped or run.
 */
#include "loader/pe.h"

#include <stdlib.h>
#include <string.h>

/* Larger images are refused by nobody, but they make the fuzzer slow. */
#define MOST (4u << 20)

struct input {
	const uint8_t *bytes;
	size_t size;
};

static int read_input(void *context, uint64_t offset, void *to, size_t size)
{
	const struct input *input = context;

	if (offset > input->size || size > input->size - offset)
		return -1;
	memcpy(to, input->bytes + offset, size);
	return 0;
}

static int copy(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return 0;
}

static void walk_imports(const struct pe_view *view, const struct pe_file *file)
{
	static char name[PE_NAME_CAPACITY];
	struct pe_import import;
	struct pe_thunk thunk;
	NTSTATUS status;

	for (unsigned i = 0;
	     i < 64 && pe_import_read(view, &file->directory[IMAGE_DIRECTORY_ENTRY_IMPORT], i, &import, &status); i++) {
		uint32_t count = pe_thunk_count(view, import.names);

		for (uint32_t k = 0; count != UINT32_MAX && k < count && k < 256; k++)
			pe_thunk_read(view, import.names, k, &thunk, name);
	}
}

static void walk_exports(const struct pe_view *view, const struct pe_file *file)
{
	static const char *const names[] = {"f", "main", "DllMain", "zzz", "", "A", "a_rather_long_name_of_a_function"};
	const struct pe_directory *directory = &file->directory[IMAGE_DIRECTORY_ENTRY_EXPORT];
	struct pe_export export;
	char text[512], dll[256];
	const char *name;
	uint32_t ordinal;

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		pe_export_by_name(view, directory, names[i], i, &export);
	for (uint32_t i = 0; i < 32; i++) {
		if (NT_SUCCESS(pe_export_by_ordinal(view, directory, i, &export)) && export.forwarder &&
		    pe_read_string(view, export.rva, text, sizeof(text)))
			pe_split_forwarder(text, dll, &name, &ordinal);
	}
}

static void walk_resources(const struct pe_view *view, const struct pe_directory *root, uint32_t offset, unsigned depth)
{
	static char16_t text[256];
	struct pe_resource_name by_id = {.id = 1}, by_name = {.text = u"NAME", .length = 4};
	struct pe_resource_entry entry;
	bool is_directory;
	uint32_t found;
	size_t length;

	pe_resource_find(view, root, offset, &by_id, &found, &is_directory);
	pe_resource_find(view, root, offset, &by_name, &found, &is_directory);
	for (unsigned i = 0; i < 16 && pe_resource_entry(view, root, offset, i, &entry) == STATUS_SUCCESS; i++) {
		if (entry.named)
			pe_resource_string(view, root, entry.id, text, ARRAY_SIZE(text), &length);
		if (entry.is_directory && depth < 3)
			walk_resources(view, root, entry.offset, depth + 1);
	}
}

static void walk(const struct pe_view *view, const struct pe_file *file, uint64_t base)
{
	struct pe_directory resources;
	struct pe_tls tls;

	walk_imports(view, file);
	walk_exports(view, file);
	pe_tls_read(view, base, &file->directory[IMAGE_DIRECTORY_ENTRY_TLS], &tls);
	if (pe_read_directory(view, IMAGE_DIRECTORY_ENTRY_RESOURCE, &resources))
		walk_resources(view, &resources, 0, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};
	struct pe_file file;
	struct pe_view view;
	const char *reason;
	uint8_t *image;

	/* The loader gives the beginning of the file first. */
	if (pe_parse(bytes, size < 512 ? size : 512, size, &file, &reason) == PE_TRUNCATED &&
	    pe_parse(bytes, size, size, &file, &reason) != PE_OK)
		return 0;
	if (pe_parse(bytes, size, size, &file, &reason) != PE_OK || file.size_of_image > MOST)
		return 0;
	image = calloc(1, file.size_of_image);
	if (!image)
		return 0;
	if (pe_lay_out(bytes, size, size, &file, read_input, &input, image) &&
	    NT_SUCCESS(pe_relocate(image, file.size_of_image, &file.directory[IMAGE_DIRECTORY_ENTRY_BASERELOC],
				   0x12340000))) {
		view = (struct pe_view){.base = image, .size = file.size_of_image};
		walk(&view, &file, file.image_base + 0x12340000);
		view.copy = copy;
		walk(&view, &file, file.image_base + 0x12340000);
	}
	free(image);
	return 0;
}
