/*
 * ntdll/rtl/manifest.h - assembly manifests: XML of which only what activation contexts want is kept.
 *
 * Everything is malloc'ed; a manifest is freed as a whole.  (MSDN "Application manifests", "Assembly manifests".)
 */
#ifndef PEWTER_NTDLL_RTL_MANIFEST_H
#define PEWTER_NTDLL_RTL_MANIFEST_H

#include "nt/ntdef.h"
#include "nt/ntstatus.h"
#include <stdbool.h>

/* NULL: not given. */
struct manifest_identity {
	char16_t *name, *type, *architecture, *token, *language;
	USHORT version[4];
	bool has_version;
};

struct manifest_class {
	char16_t *name;
	bool versioned; /* the default */
};

struct manifest_file {
	char16_t *name;
	struct manifest_class *classes; /* window classes that it registers */
	unsigned class_count;
};

struct manifest_dependency {
	struct manifest_identity identity;
	bool optional; /* or bound when it is needed */
};

struct manifest_setting {
	char16_t *space, *name, *value;
};

/* COMPATIBILITY_CONTEXT_ELEMENT. */
struct manifest_compatibility {
	GUID id;
	ULONG type; /* 1 operating system, 3 maximum version tested */
	ULONG64 maximum_version;
};

struct manifest {
	struct manifest_identity identity;
	struct manifest_file *files;
	struct manifest_dependency *dependencies;
	struct manifest_setting *settings;
	struct manifest_compatibility *compatibility;
	unsigned file_count, dependency_count, setting_count, compatibility_count;
	ULONG run_level; /* ACTCTX_REQUESTED_RUN_LEVEL: 0 none given, 1 as invoker, 2 highest available, 3 administrator */
	bool ui_access;
};

/* UTF-8, or UTF-16 with a byte order mark.  `root`: of an application, which needs no identity.  STATUS_SXS_CANT_GEN_ACTCTX for
 * what is no manifest, STATUS_NO_MEMORY; the manifest is to be freed in any case. */
NTSTATUS manifest_parse(struct manifest *manifest, const void *bytes, size_t size, bool root);
void manifest_free(struct manifest *manifest);

/* A version as text, "1.2.3.4", terminated; returns its length. */
#define MANIFEST_VERSION_UNITS 24u
size_t manifest_put_version(const USHORT version[4], char16_t *to);

#endif
