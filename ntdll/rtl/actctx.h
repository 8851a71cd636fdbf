/*
 * ntdll/rtl/actctx.h - activation contexts: which assemblies a program wants, and which DLLs and window classes come with them.
 *
 * A context is a block of the process heap with a count of references; its handle is its address.  NULL is the default: what the
 * program's own manifest says, if it has one.  (MSDN "Activation contexts"; the exports are those of ntdll.)
 */
#ifndef PEWTER_NTDLL_RTL_ACTCTX_H
#define PEWTER_NTDLL_RTL_ACTCTX_H

#include "nt/peb.h"
#include "ntdll/rtl/manifest.h"

struct rtl_assembly {
	struct manifest manifest;
	char16_t *path;      /* of the manifest, a DOS path */
	char16_t *directory; /* NULL for the root */
	uint64_t written;    /* FILETIME */
};

struct rtl_actctx {
	ULONG magic;
	LONG references;
	char16_t *application_directory; /* with a backslash at its end */
	struct rtl_assembly *assemblies; /* the root first */
	unsigned assembly_count;
	/* Sections as programs see them; NULL: none. */
	struct rtl_actctx_section {
		BYTE *base;
		ULONG size;
	} dlls, classes;
};

#define RTL_SECTION_DLL_REDIRECTION 2u
#define RTL_SECTION_WINDOW_CLASS 3u

struct rtl_actctx_source {
	const char16_t *path;      /* of the manifest or of the module with it, a full DOS path */
	const void *manifest;      /* its bytes; NULL: the file at `path` is the manifest */
	size_t size;
	const char16_t *directory; /* where assemblies are looked for; NULL: that of the path */
};

/* STATUS_SXS_CANT_GEN_ACTCTX, STATUS_NO_MEMORY, or why the file cannot be read. */
NTSTATUS rtl_actctx_create(const struct rtl_actctx_source *source, struct rtl_actctx **context);
/* NULL for what is no context. */
struct rtl_actctx *rtl_actctx_of(HANDLE handle);
void rtl_actctx_reference(struct rtl_actctx *context);
void rtl_actctx_release(struct rtl_actctx *context);
/* The program's own, made when it is first asked for; NULL: it has no manifest, or one that is damaged. */
struct rtl_actctx *rtl_actctx_default(void);
/* Builds the sections from the manifests (actctx_section.c). */
NTSTATUS rtl_actctx_build_sections(struct rtl_actctx *context);
/* The active one's, by the key in it; see RtlFindActivationContextSectionString. */
NTSTATUS rtl_actctx_find(const struct rtl_actctx_section *section, const char16_t *key, size_t length, ULONG *offset, ULONG *size,
			 ULONG *assembly);

/* The calling thread's innermost active one; NULL: the default. */
HANDLE rtl_actctx_active(void);
/* A new thread begins with its creator's, of which it holds a reference; on its end all of the thread's go. */
void rtl_actctx_inherit(TEB *teb);
void rtl_actctx_leave_all(TEB *teb);

NTSTATUS NTAPI RtlActivateActivationContext(ULONG flags, HANDLE context, ULONG_PTR *cookie);
NTSTATUS NTAPI RtlDeactivateActivationContext(ULONG flags, ULONG_PTR cookie);
void NTAPI RtlAddRefActivationContext(HANDLE context);
void NTAPI RtlReleaseActivationContext(HANDLE context);
NTSTATUS NTAPI RtlGetActiveActivationContext(HANDLE *context);
NTSTATUS NTAPI RtlQueryInformationActivationContext(ULONG flags, HANDLE context, PVOID instance, ULONG class, PVOID buffer,
						    SIZE_T size, SIZE_T *needed);
NTSTATUS NTAPI RtlFindActivationContextSectionString(ULONG flags, const GUID *extension, ULONG section,
						     const UNICODE_STRING *key, PVOID data);
NTSTATUS NTAPI RtlFindActivationContextSectionGuid(ULONG flags, const GUID *extension, ULONG section, const GUID *key,
						   PVOID data);
NTSTATUS NTAPI RtlQueryActivationContextApplicationSettings(ULONG flags, HANDLE context, const char16_t *space,
							    const char16_t *name, PWSTR buffer, SIZE_T size, SIZE_T *written);

/* The stack of a fiber; frames that are still on it go with it. */
NTSTATUS NTAPI RtlAllocateActivationContextStack(PVOID *stack);
void NTAPI RtlFreeActivationContextStack(PVOID stack);

#endif
