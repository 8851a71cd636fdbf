/*
 * loader/builtin.h - builtin DLLs as PE images in guest memory.
 */
#ifndef PEWTER_LOADER_BUILTIN_H
#define PEWTER_LOADER_BUILTIN_H

#include "loader/image.h"
#include "pewter/export.h"

/* The builtin DLL that answers to a lower-case name with extension, by name or by alias; NULL if none. */
const struct dll_descriptor *builtin_find(const char *name);

/* Makes the image.  Its layout needs no releasing.  STATUS_NO_MEMORY. */
NTSTATUS builtin_load(const struct dll_descriptor *dll, struct image *image, void *owner);

#endif
