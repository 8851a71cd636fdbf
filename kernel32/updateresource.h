/*
 * kernel32/updateresource.h - what the files behind UpdateResource share.
 *
 * A file is read whole when the update begins, its resources become a list, the list is changed, and at the end a new
 * resource section is made of it and put into the file: updateresource.c the functions, updateresource_tree.c the
 * section's contents, updateresource_image.c the file around it.
 */
#ifndef PEWTER_KERNEL32_UPDATERESOURCE_H
#define PEWTER_KERNEL32_UPDATERESOURCE_H

#include "kernel32/kernel32.h"
#include "nt/pe.h"

#include <stdbool.h>
#include <stddef.h>

/* A type, a name or a language: a string in upper case, malloc'ed and counted, or an id. */
struct resource_key {
	WCHAR *text;
	USHORT length, id;
};

struct resource_item {
	struct resource_key keys[3]; /* type, name, language */
	DWORD code_page, size;
	BYTE *data; /* malloc'ed */
};

struct resource_list {
	struct resource_item *items; /* sorted */
	size_t count, capacity;
};

/* As directories are sorted: strings first. */
int resource_key_order(const struct resource_key *a, const struct resource_key *b);
/* Adds or replaces; takes keys and data over in any case.  False: memory ran out. */
bool resource_list_put(struct resource_list *list, struct resource_item *item);
void resource_item_free(struct resource_item *item);

/* A file as it is on disk, headers checked: everything that the members say lies in `data`. */
struct pe_file {
	BYTE *data; /* malloc'ed */
	size_t size;
	DWORD nt;          /* offset of the signature */
	DWORD sections;    /* offset of the section table */
	DWORD directories; /* offset of the data directories */
	DWORD directory_count;
};
/* Win32 errors: ERROR_BAD_EXE_FORMAT. */
DWORD pe_file_check(struct pe_file *file);
/* Where `size` bytes at an RVA are in the file; NULL: not in it. */
const BYTE *pe_file_at(const struct pe_file *file, DWORD rva, DWORD size);

/* The resources of a file, added to the list.  ERROR_BAD_EXE_FORMAT, ERROR_NOT_ENOUGH_MEMORY. */
DWORD resource_tree_read(const struct pe_file *file, struct resource_list *list);
/* The section's contents for an RVA, malloc'ed; NULL: memory ran out.  The size does not depend on the RVA. */
BYTE *resource_tree_make(const struct resource_list *list, DWORD rva, DWORD *size);
/* Gives the file a section with these resources.  ERROR_NOT_ENOUGH_MEMORY; ERROR_BAD_EXE_FORMAT when headers have no
 * room for it. */
DWORD pe_file_set_resources(struct pe_file *file, const struct resource_list *list);

static inline IMAGE_FILE_HEADER *pe_file_header(const struct pe_file *file)
{
	return (IMAGE_FILE_HEADER *)(file->data + file->nt + 4);
}

#endif
