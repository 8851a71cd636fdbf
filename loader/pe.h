/*
 * loader/pe.h - reading PE files and images.  Pure: memory in, facts out; nothing here calls the host or the guest.
 *
 * Two views of a PE exist.  A file is its headers and raw data at file offsets (pe_parse, pe_section, pe_lay_out).  An
 * image is the same laid out at RVAs; every reader of an image takes a struct pe_view and checks each RVA against it:
 * nothing in an image is trusted, whether it comes from a file or was changed by the program since.
 */
#ifndef PEWTER_LOADER_PE_H
#define PEWTER_LOADER_PE_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include "nt/pe.h"

#include <stdbool.h>

enum pe_result {
	PE_OK,
	PE_TRUNCATED,     /* the headers go on beyond the bytes given */
	PE_NOT_PE,        /* no MZ, or no PE signature behind it */
	PE_DOS_PROGRAM,   /* MZ without anything behind it, or a 16-bit Windows or OS/2 program */
	PE_32BIT,         /* a PE32 for i386 */
	PE_WRONG_MACHINE, /* ARM64 and so on */
	PE_BAD_FORMAT     /* for AMD64, but against the rules */
};

struct pe_directory {
	uint32_t rva;
	uint32_t size;
};

/* The headers of a PE32+ for AMD64, checked. */
struct pe_file {
	uint16_t machine;
	uint16_t characteristics;
	uint16_t subsystem, subsystem_major, subsystem_minor;
	uint16_t dll_characteristics;
	uint16_t section_count;
	uint32_t section_alignment;
	uint32_t file_alignment;
	uint32_t entry; /* RVA, 0 = none */
	uint32_t time_date_stamp;
	uint32_t checksum;
	uint32_t size_of_headers;
	uint32_t size_of_image; /* rounded up to pages */
	uint64_t image_base;
	uint64_t stack_reserve, stack_commit;
	uint64_t heap_reserve, heap_commit;
	uint32_t nt_offset;      /* of the NT headers in the file */
	uint32_t section_offset; /* of the section table */
	uint32_t directory_count;
	struct pe_directory directory[IMAGE_NUMBEROF_DIRECTORY_ENTRIES];
	bool flat;        /* section alignment below a page: the file is the image */
	bool narrow;      /* a PE32: pe_parse_any only */
	uint16_t system_major, system_minor;
	uint32_t size_of_code, loader_flags;
	bool relocatable; /* relocations were not stripped */
};

/* One section as it is mapped.  What the header calls sizes has been rounded and cut by NT's rules. */
struct pe_section {
	char name[9];
	uint32_t rva;          /* page-aligned */
	uint32_t size;         /* mapped bytes, whole pages */
	uint32_t span;         /* up to the next section: `size` rounded up to the section alignment */
	uint32_t raw_offset;   /* where its bytes lie in the file */
	uint32_t raw_size;     /* how many there are to copy; never more than `size` */
	uint32_t flags;        /* IMAGE_SCN_* */
};

/* Checks the headers in `bytes[0..count)`, the beginning of a file of `file_size` bytes, and all that they say about the
 * file: every section lies in the file and in the image, in ascending order and side by side (Microsoft, "PE Format",
 * Section Table: VirtualAddress).  `reason`, when not NULL, receives a sentence for PE_BAD_FORMAT. */
enum pe_result pe_parse(const void *bytes, size_t count, uint64_t file_size, struct pe_file *file, const char **reason);

/* The same for images of any machine: PE_32BIT and PE_WRONG_MACHINE do not occur. */
enum pe_result pe_parse_any(const void *bytes, size_t count, uint64_t file_size, struct pe_file *file, const char **reason);

/* Section `index` of a parsed file; `bytes` are those given to pe_parse. */
void pe_section(const void *bytes, const struct pe_file *file, unsigned index, struct pe_section *section);

/* PAGE_* of a section when it is mapped as an image. */
ULONG pe_section_protection(uint32_t flags);

/* Reads `size` bytes at `offset` of the file into `to`; 0, or not 0 on failure. */
typedef int (*pe_reader)(void *context, uint64_t offset, void *to, size_t size);

/* Writes headers and sections to `image`, which has file->size_of_image zeroed bytes.  False: the reader failed. */
bool pe_lay_out(const void *bytes, size_t count, uint64_t file_size, const struct pe_file *file, pe_reader read,
		void *context, uint8_t *image);

/*
 * An image in memory.  `copy`, when not NULL, fetches bytes that may fault: 0, or -1 on a fault.  Without it memory is
 * read directly (a layout that is ours alone, a builtin DLL).
 */
struct pe_view {
	const uint8_t *base;
	uint32_t size;
	int (*copy)(void *to, const void *from, size_t size);
};

bool pe_read(const struct pe_view *view, uint32_t rva, void *to, uint32_t size);
/* A NUL-terminated string of at most `capacity` - 1 bytes; false when it is longer or leaves the image. */
bool pe_read_string(const struct pe_view *view, uint32_t rva, char *to, uint32_t capacity);
/* A directory out of the image's headers; false when it is absent or leaves the image. */
bool pe_read_directory(const struct pe_view *view, unsigned index, struct pe_directory *directory);

/* loader/relocations.c: adds `delta` wherever the base relocations say.  `image` has `size` bytes.
 * STATUS_INVALID_IMAGE_FORMAT: a block or a target outside the image, or a kind that x64 has not. */
NTSTATUS pe_relocate(uint8_t *image, uint32_t size, const struct pe_directory *directory, uint64_t delta);

/* loader/imports.c: the import descriptors one by one. */
struct pe_import {
	char dll[256];
	uint32_t names; /* RVA of the import lookup table */
	uint32_t table; /* RVA of the import address table */
};
/* Reads descriptor `index`; false at the end.  *status is STATUS_INVALID_IMAGE_FORMAT for a bad one. */
bool pe_import_read(const struct pe_view *view, const struct pe_directory *directory, unsigned index,
		    struct pe_import *import, NTSTATUS *status);
/* Number of entries of the table in front of its terminating zero; UINT32_MAX when it runs out of the image. */
uint32_t pe_thunk_count(const struct pe_view *view, uint32_t table);
struct pe_thunk {
	bool by_ordinal;
	uint16_t ordinal; /* or the hint */
	const char *name; /* in `buffer` of pe_thunk_read */
};
#define PE_NAME_CAPACITY 4096
bool pe_thunk_read(const struct pe_view *view, uint32_t table, uint32_t index, struct pe_thunk *thunk,
		   char buffer[PE_NAME_CAPACITY]);

/* loader/exports.c */
struct pe_export {
	uint32_t rva;
	bool forwarder;     /* rva is that of a "DLL.Name" string */
	uint32_t directory; /* what made it one: the export directory's RVA */
};
/* STATUS_ENTRYPOINT_NOT_FOUND, STATUS_ORDINAL_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT. */
NTSTATUS pe_export_by_name(const struct pe_view *view, const struct pe_directory *directory, const char *name,
			   unsigned hint, struct pe_export *result);
NTSTATUS pe_export_by_ordinal(const struct pe_view *view, const struct pe_directory *directory, uint32_t ordinal,
			      struct pe_export *result);
/* "DLL.Name" or "DLL.#12" to its parts; the DLL's name gets ".dll" when it has no extension, and may itself contain
 * dots: the last one parts.  False when it has none or a part is empty or too long. */
bool pe_split_forwarder(const char *text, char dll[256], const char **name, uint32_t *ordinal);

/* loader/tls_directory.c: the TLS directory, its addresses made RVAs.  `base` is where the image was relocated to. */
struct pe_tls {
	uint32_t data; /* RVA and size of the template */
	uint32_t data_size;
	uint32_t zero_fill;
	uint32_t index;     /* RVA of the index variable, 0 = none */
	uint32_t callbacks; /* RVA of the callbacks, 0 = none */
	uint32_t alignment; /* a power of two, at least 16 */
};
bool pe_tls_read(const struct pe_view *view, uint64_t base, const struct pe_directory *directory, struct pe_tls *tls);

/* loader/resources.c: offsets in what follows count from the start of the resource directory. */
struct pe_resource_name {
	const char16_t *text; /* NULL: `id` */
	size_t length;
	uint32_t id;
};
/* Finds an entry in the directory at `offset`.  *is_directory says what *found is the offset of.
 * STATUS_RESOURCE_TYPE_NOT_FOUND's kin are the caller's business: STATUS_NOT_FOUND here. */
NTSTATUS pe_resource_find(const struct pe_view *view, const struct pe_directory *root, uint32_t offset,
			  const struct pe_resource_name *name, uint32_t *found, bool *is_directory);
/* Entry `index` of the directory at `offset`, named entries first; STATUS_NO_MORE_ENTRIES. */
struct pe_resource_entry {
	bool named;
	uint32_t id;          /* or the offset of the counted string */
	uint32_t offset;
	bool is_directory;
};
NTSTATUS pe_resource_entry(const struct pe_view *view, const struct pe_directory *root, uint32_t offset, unsigned index,
			   struct pe_resource_entry *entry);
/* The name of a named entry; false when it leaves the directory or is longer than `capacity`. */
bool pe_resource_string(const struct pe_view *view, const struct pe_directory *root, uint32_t offset, char16_t *to,
			size_t capacity, size_t *length);

#endif
