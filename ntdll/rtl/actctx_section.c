/*
 * ntdll/rtl/actctx_section.c - the tables of an activation context that programs look into by name: DLLs that come with assemblies,
 * window classes and what they are called then.  Strings with a hash; offsets count from the section's beginning.
 */
#include "ntdll/rtl/actctx.h"
#include "ntdll/rtl/crt.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/rtl.h"

#include <stdlib.h>
#include <string.h>

#define STRING_SECTION_MAGIC 0x64487353u /* SsHd */

struct header {
	ULONG magic, size;
	ULONG versions[3]; /* header, data, flags */
	ULONG count, index_offset;
	ULONG unused[2];
	ULONG global_offset, global_size;
};

struct entry {
	ULONG hash;
	ULONG name_offset, name_size; /* bytes */
	ULONG data_offset, data_size;
	ULONG assembly; /* from 1 */
};

#define REDIRECT_OMITS_ASSEMBLY_ROOT 2u

struct dll_data {
	ULONG size, flags, total, path_count, path_offset;
};

struct class_data {
	ULONG size, reserved;
	ULONG name_size, name_offset;     /* from the structure */
	ULONG module_size, module_offset; /* from the section */
};

/* x65599 over upper case. */
static ULONG hash(const char16_t *text, size_t length)
{
	ULONG value = 0;

	for (size_t i = 0; i < length; i++)
		value = value * 65599 + RtlUpcaseUnicodeChar(text[i]);
	return value;
}

static ULONG bytes_of(const char16_t *text)
{
	return (ULONG)((rtl_wcslen(text) + 1) * sizeof(*text));
}

static ULONG aligned(ULONG size)
{
	return (size + 3) & ~3u;
}

/* One name of a section: of a DLL (`module` NULL) or of a window class of that module. */
struct item {
	const char16_t *name, *module;
	char16_t versioned[320]; /* empty: the class keeps its name */
	ULONG assembly;
};

static ULONG data_size(const struct item *item)
{
	if (!item->module)
		return sizeof(struct dll_data);
	return (ULONG)sizeof(struct class_data) + bytes_of(item->versioned[0] ? item->versioned : item->name) +
	       bytes_of(item->module);
}

static void put_data(BYTE *base, ULONG offset, const struct item *item)
{
	const char16_t *name = item->versioned[0] ? item->versioned : item->name;
	struct class_data class = {.size = sizeof(class)};
	struct dll_data dll = {.size = sizeof(dll), .flags = REDIRECT_OMITS_ASSEMBLY_ROOT};

	if (!item->module) {
		memcpy(base + offset, &dll, sizeof(dll));
		return;
	}
	class.name_offset = sizeof(class);
	class.name_size = bytes_of(name) - sizeof(*name);
	class.module_offset = offset + class.name_offset + bytes_of(name);
	class.module_size = bytes_of(item->module) - sizeof(*name);
	memcpy(base + offset, &class, sizeof(class));
	memcpy(base + offset + class.name_offset, name, bytes_of(name));
	memcpy(base + class.module_offset, item->module, bytes_of(item->module));
}

static NTSTATUS build(struct rtl_actctx_section *section, const struct item *items, ULONG count)
{
	ULONG size = (ULONG)(sizeof(struct header) + count * sizeof(struct entry)), at = size;
	struct header *header;
	struct entry *entries;

	if (!count)
		return STATUS_SUCCESS;
	for (ULONG i = 0; i < count; i++)
		size += aligned(bytes_of(items[i].name)) + aligned(data_size(&items[i]));
	section->base = RtlAllocateHeap(ps_peb->ProcessHeap, HEAP_ZERO_MEMORY, size);
	if (!section->base)
		return STATUS_NO_MEMORY;
	section->size = size;
	header = (struct header *)section->base;
	entries = (struct entry *)(header + 1);
	*header = (struct header){
		.magic = STRING_SECTION_MAGIC,
		.size = sizeof(*header),
		.versions = {1, 1, 0},
		.count = count,
		.index_offset = sizeof(*header),
	};
	for (ULONG i = 0; i < count; i++) {
		size_t length = rtl_wcslen(items[i].name);

		entries[i] = (struct entry){
			.hash = hash(items[i].name, length),
			.name_offset = at,
			.name_size = (ULONG)(length * sizeof(char16_t)),
			.data_offset = at + aligned(bytes_of(items[i].name)),
			.data_size = data_size(&items[i]),
			.assembly = items[i].assembly,
		};
		memcpy(section->base + at, items[i].name, bytes_of(items[i].name));
		put_data(section->base, entries[i].data_offset, &items[i]);
		at = entries[i].data_offset + aligned(entries[i].data_size);
	}
	return STATUS_SUCCESS;
}

/* "1.2.3.4!Name" */
static void put_versioned(struct item *item, const USHORT version[4])
{
	size_t at;

	if (rtl_wcslen(item->name) > ARRAY_SIZE(item->versioned) - MANIFEST_VERSION_UNITS - 1)
		return;
	at = manifest_put_version(version, item->versioned);
	item->versioned[at++] = u'!';
	rtl_wcscpy((WCHAR *)item->versioned + at, (const WCHAR *)item->name);
}

NTSTATUS rtl_actctx_build_sections(struct rtl_actctx *context)
{
	ULONG dlls = 0, classes = 0, d = 0, c = 0;
	struct item *items;
	NTSTATUS status;

	for (unsigned a = 0; a < context->assembly_count; a++) {
		const struct manifest *manifest = &context->assemblies[a].manifest;

		dlls += manifest->file_count;
		for (unsigned f = 0; f < manifest->file_count; f++)
			classes += manifest->files[f].class_count;
	}
	if (!dlls)
		return STATUS_SUCCESS;
	items = calloc(dlls + classes, sizeof(*items));
	if (!items)
		return STATUS_NO_MEMORY;
	for (unsigned a = 0; a < context->assembly_count; a++) {
		const struct manifest *manifest = &context->assemblies[a].manifest;

		for (unsigned f = 0; f < manifest->file_count; f++) {
			const struct manifest_file *file = &manifest->files[f];

			items[d].name = file->name;
			items[d++].assembly = a + 1;
			for (unsigned i = 0; i < file->class_count; i++) {
				struct item *item = &items[dlls + c++];

				item->name = file->classes[i].name;
				item->module = file->name;
				item->assembly = a + 1;
				if (file->classes[i].versioned)
					put_versioned(item, manifest->identity.version);
			}
		}
	}
	status = build(&context->dlls, items, dlls);
	if (NT_SUCCESS(status))
		status = build(&context->classes, items + dlls, classes);
	free(items);
	return status;
}

NTSTATUS rtl_actctx_find(const struct rtl_actctx_section *section, const char16_t *key, size_t length, ULONG *offset, ULONG *size,
			 ULONG *assembly)
{
	const struct header *header = (const struct header *)section->base;
	const struct entry *entries = (const struct entry *)(header + 1);
	ULONG wanted = hash(key, length);

	if (!section->base)
		return STATUS_SXS_SECTION_NOT_FOUND;
	for (ULONG i = 0; i < header->count; i++) {
		if (entries[i].hash != wanted || entries[i].name_size != length * sizeof(*key) ||
		    rtl_wcsnicmp((const WCHAR *)(section->base + entries[i].name_offset), (const WCHAR *)key, length) != 0)
			continue;
		*offset = entries[i].data_offset;
		*size = entries[i].data_size;
		*assembly = entries[i].assembly;
		return STATUS_SUCCESS;
	}
	return STATUS_SXS_KEY_NOT_FOUND;
}
