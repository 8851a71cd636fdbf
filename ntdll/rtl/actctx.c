/*
 * ntdll/rtl/actctx.c - making activation contexts: the root manifest, then the assemblies that it wants, and those that they want.
 *
 * Private assemblies lie beside the root (NAME.manifest, NAME\NAME.manifest: MSDN "Assembly searching sequence").  Of the
 * system's shared ones there is the Common Controls' alone, whose functions comctl32 has.
 */
#include "ntdll/rtl/actctx.h"
#include "host/fault.h"
#include "host/thread.h"
#include "nt/pe.h"
#include "ntdll/io/io.h"
#include "ntdll/ldr.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/crt.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0x78746341u /* Actx */
#define MOST_ASSEMBLIES 64u
#define LARGEST_MANIFEST (4u << 20)

BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR dos, UNICODE_STRING *nt, PWSTR *file_part, PVOID relative);

static PVOID process_heap(void)
{
	return ps_peb->ProcessHeap;
}

struct rtl_actctx *rtl_actctx_of(HANDLE handle)
{
	struct rtl_actctx *context = handle;
	ULONG magic;

	if (!handle || handle == INVALID_HANDLE_VALUE || (ULONG_PTR)handle < 0x10000 || (ULONG_PTR)handle % sizeof(void *) ||
	    host_copy_from_guest(&magic, &context->magic, sizeof(magic)) || magic != MAGIC)
		return NULL;
	return context;
}

void rtl_actctx_reference(struct rtl_actctx *context)
{
	__atomic_fetch_add(&context->references, 1, __ATOMIC_RELAXED);
}

void rtl_actctx_release(struct rtl_actctx *context)
{
	if (__atomic_sub_fetch(&context->references, 1, __ATOMIC_ACQ_REL))
		return;
	for (unsigned i = 0; i < context->assembly_count; i++) {
		manifest_free(&context->assemblies[i].manifest);
		free(context->assemblies[i].path);
		free(context->assemblies[i].directory);
	}
	free(context->assemblies);
	free(context->application_directory);
	RtlFreeHeap(process_heap(), 0, context->dlls.base);
	RtlFreeHeap(process_heap(), 0, context->classes.base);
	context->magic = 0;
	RtlFreeHeap(process_heap(), 0, context);
}

/* a + b + c, malloc'ed; each may be NULL. */
static char16_t *join(const char16_t *a, const char16_t *b, const char16_t *c)
{
	const char16_t *parts[] = {a ? a : u"", b ? b : u"", c ? c : u""};
	size_t length = 0, at = 0, size;
	char16_t *result;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		length += rtl_wcslen(parts[i]);
	result = malloc((length + 1) * sizeof(*result));
	for (size_t i = 0; result && i < ARRAY_SIZE(parts); i++) {
		size = rtl_wcslen(parts[i]);
		memcpy(result + at, parts[i], size * sizeof(*result));
		at += size;
	}
	if (result)
		result[length] = 0;
	return result;
}

/* Up to and with the last backslash. */
static char16_t *directory_of(const char16_t *path)
{
	char16_t *result = join(path, NULL, NULL), *end;

	if (!result)
		return NULL;
	end = result + rtl_wcslen(result);
	while (end > result && end[-1] != u'\\' && end[-1] != u'/')
		end--;
	*end = 0;
	return result;
}

/* The whole file, malloc'ed. */
static NTSTATUS read_file(const char16_t *path, void **bytes, size_t *size, uint64_t *written)
{
	FILE_NETWORK_OPEN_INFORMATION info;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK iosb;
	UNICODE_STRING name;
	NTSTATUS status;
	HANDLE file;

	*bytes = NULL;
	if (!RtlDosPathNameToNtPathName_U(path, &name, NULL, NULL))
		return STATUS_OBJECT_NAME_INVALID;
	attributes = (OBJECT_ATTRIBUTES){.Length = sizeof(attributes), .ObjectName = &name, .Attributes = OBJ_CASE_INSENSITIVE};
	status = NtOpenFile(&file, GENERIC_READ | SYNCHRONIZE, &attributes, &iosb, 7,
			    FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
	RtlFreeUnicodeString(&name);
	if (!NT_SUCCESS(status))
		return status;
	status = NtQueryInformationFile(file, &iosb, &info, sizeof(info), FileNetworkOpenInformation);
	if (NT_SUCCESS(status) && (uint64_t)info.EndOfFile.QuadPart > LARGEST_MANIFEST)
		status = STATUS_SXS_CANT_GEN_ACTCTX;
	if (NT_SUCCESS(status)) {
		*size = (size_t)info.EndOfFile.QuadPart;
		*written = (uint64_t)info.LastWriteTime.QuadPart;
		*bytes = malloc(*size + 1);
		status = *bytes ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status) && *size) {
		status = NtReadFile(file, NULL, NULL, NULL, &iosb, *bytes, (ULONG)*size, NULL, NULL);
		if (NT_SUCCESS(status))
			*size = iosb.Information;
	}
	NtClose(file);
	if (!NT_SUCCESS(status)) {
		free(*bytes);
		*bytes = NULL;
	}
	return status;
}

static struct rtl_assembly *add_assembly(struct rtl_actctx *context)
{
	struct rtl_assembly *grown;

	if (context->assembly_count == MOST_ASSEMBLIES)
		return NULL;
	grown = realloc(context->assemblies, (context->assembly_count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	context->assemblies = grown;
	grown += context->assembly_count++;
	memset(grown, 0, sizeof(*grown));
	return grown;
}

static bool same_text(const char16_t *wanted, const char16_t *given)
{
	if (!wanted || (wanted[0] == u'*' && !wanted[1]))
		return true;
	return given && rtl_wcsicmp(wanted, given) == 0;
}

/* A private assembly is the very version that is wanted. */
static bool answers(const struct manifest_identity *wanted, const struct manifest_identity *given)
{
	return same_text(wanted->name, given->name) && same_text(wanted->type, given->type) &&
	       same_text(wanted->architecture, given->architecture) && same_text(wanted->token, given->token) &&
	       (!wanted->has_version || memcmp(wanted->version, given->version, sizeof(wanted->version)) == 0);
}

static bool is_there(const struct rtl_actctx *context, const struct manifest_identity *wanted)
{
	for (unsigned i = 0; i < context->assembly_count; i++)
		if (same_text(wanted->name, context->assemblies[i].manifest.identity.name))
			return true;
	return false;
}

static const char16_t common_controls[] = u"Microsoft.Windows.Common-Controls";

/* The shared assembly of the Common Controls, without files: comctl32 is where every program finds it. */
static NTSTATUS add_common_controls(struct rtl_actctx *context)
{
	struct rtl_assembly *assembly = add_assembly(context);
	struct manifest_identity *identity;

	if (!assembly)
		return STATUS_NO_MEMORY;
	identity = &assembly->manifest.identity;
	*identity = (struct manifest_identity){
		.name = join(common_controls, NULL, NULL),
		.type = join(u"win32", NULL, NULL),
		.architecture = join(u"amd64", NULL, NULL),
		.token = join(u"6595b64144ccf1df", NULL, NULL),
		.version = {6, 0, 19041, 1110},
		.has_version = true,
	};
	assembly->path = join(u"C:\\Windows\\WinSxS\\manifests\\amd64_microsoft.windows.common-controls_6595b64144ccf1df_",
			      u"6.0.19041.1110_none_60b5254171f9507e.manifest", NULL);
	assembly->directory = join(u"amd64_microsoft.windows.common-controls_6595b64144ccf1df_",
				   u"6.0.19041.1110_none_60b5254171f9507e", NULL);
	return identity->name && identity->type && identity->architecture && identity->token && assembly->path &&
			       assembly->directory
		       ? STATUS_SUCCESS
		       : STATUS_NO_MEMORY;
}

static NTSTATUS add_private(struct rtl_actctx *context, const char16_t *directory, const struct manifest_identity *wanted)
{
	struct rtl_assembly *assembly = NULL;
	uint64_t written = 0;
	void *bytes = NULL;
	char16_t *path = NULL, *folder = NULL;
	size_t size = 0;
	NTSTATUS status;

	folder = join(directory, NULL, NULL);
	path = folder ? join(folder, wanted->name, u".manifest") : NULL;
	status = path ? read_file(path, &bytes, &size, &written) : STATUS_NO_MEMORY;
	if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND) {
		free(path);
		free(folder);
		folder = join(directory, wanted->name, u"\\");
		path = folder ? join(folder, wanted->name, u".manifest") : NULL;
		status = path ? read_file(path, &bytes, &size, &written) : STATUS_NO_MEMORY;
	}
	if (NT_SUCCESS(status)) {
		assembly = add_assembly(context);
		status = assembly ? manifest_parse(&assembly->manifest, bytes, size, false) : STATUS_NO_MEMORY;
		if (NT_SUCCESS(status) && !answers(wanted, &assembly->manifest.identity))
			status = STATUS_SXS_CANT_GEN_ACTCTX;
	} else if (status != STATUS_NO_MEMORY) {
		status = STATUS_SXS_ASSEMBLY_NOT_FOUND;
	}
	free(bytes);
	if (assembly) {
		assembly->path = path;
		assembly->directory = folder;
		assembly->written = written;
	} else {
		free(path);
		free(folder);
	}
	return status;
}

static NTSTATUS add_dependencies(struct rtl_actctx *context, const char16_t *directory)
{
	for (unsigned i = 0; i < context->assembly_count; i++)
		for (unsigned d = 0; d < context->assemblies[i].manifest.dependency_count; d++) {
			/* The array of assemblies moves; what a manifest points to stays. */
			const struct manifest_dependency *wanted = &context->assemblies[i].manifest.dependencies[d];
			NTSTATUS status;

			if (is_there(context, &wanted->identity))
				continue;
			if (rtl_wcsicmp(wanted->identity.name, common_controls) == 0)
				status = add_common_controls(context);
			else
				status = add_private(context, directory, &wanted->identity);
			if (status == STATUS_SXS_ASSEMBLY_NOT_FOUND && wanted->optional)
				continue;
			if (!NT_SUCCESS(status))
				return status == STATUS_NO_MEMORY ? status : STATUS_SXS_CANT_GEN_ACTCTX;
		}
	return STATUS_SUCCESS;
}

NTSTATUS rtl_actctx_create(const struct rtl_actctx_source *source, struct rtl_actctx **result)
{
	struct rtl_actctx *context = RtlAllocateHeap(process_heap(), 0, sizeof(*context));
	const UNICODE_STRING *program = &ps_peb->ProcessParameters->ImagePathName;
	const void *bytes = source->manifest;
	char16_t *directory = NULL, *image;
	struct rtl_assembly *root = NULL;
	size_t size = source->size;
	uint64_t written = 0;
	void *file = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	if (!context)
		return STATUS_NO_MEMORY;
	memset(context, 0, sizeof(*context));
	context->magic = MAGIC;
	context->references = 1;
	image = malloc(program->Length + sizeof(*image));
	if (image) {
		memcpy(image, program->Buffer, program->Length);
		image[program->Length / sizeof(*image)] = 0;
		context->application_directory = directory_of(image);
		free(image);
	}
	directory = source->directory ? join(source->directory, u"\\", NULL) : directory_of(source->path);
	if (!context->application_directory || !directory)
		status = STATUS_NO_MEMORY;
	if (!status && !bytes) {
		status = read_file(source->path, &file, &size, &written);
		bytes = file;
	}
	if (!status) {
		root = add_assembly(context);
		status = root ? manifest_parse(&root->manifest, bytes, size, true) : STATUS_NO_MEMORY;
	}
	if (!status) {
		root->written = written;
		root->path = join(source->path, NULL, NULL);
		status = root->path ? add_dependencies(context, directory) : STATUS_NO_MEMORY;
	}
	if (!status)
		status = rtl_actctx_build_sections(context);
	free(file);
	free(directory);
	if (!NT_SUCCESS(status)) {
		rtl_actctx_release(context);
		return status;
	}
	*result = context;
	return STATUS_SUCCESS;
}

#define RT_MANIFEST 24u
#define CREATEPROCESS_MANIFEST_RESOURCE_ID 1u

/* Whatever is wrong with it, the program runs: it has no default context then. */
static struct rtl_actctx *make_default(void)
{
	const UNICODE_STRING *program = &ps_peb->ProcessParameters->ImagePathName;
	ULONG_PTR path[3] = {RT_MANIFEST, CREATEPROCESS_MANIFEST_RESOURCE_ID, 0};
	HMODULE module = ps_peb->ImageBaseAddress;
	struct rtl_actctx_source source = {0};
	struct rtl_actctx *context = NULL;
	char16_t *image = malloc(program->Length + sizeof(*image));
	const void *entry;
	void *data;
	ULONG size;

	if (image && NT_SUCCESS(ldr_operations.find_resource(module, path, 3, &entry)) &&
	    NT_SUCCESS(ldr_operations.access_resource(module, entry, &data, &size))) {
		memcpy(image, program->Buffer, program->Length);
		image[program->Length / sizeof(*image)] = 0;
		source.path = image;
		source.manifest = data;
		source.size = size;
		if (!NT_SUCCESS(rtl_actctx_create(&source, &context)))
			context = NULL;
	}
	free(image);
	return context;
}

struct rtl_actctx *rtl_actctx_default(void)
{
	static struct host_lock lock;
	static struct rtl_actctx *context;
	static bool made;

	if (__atomic_load_n(&made, __ATOMIC_ACQUIRE))
		return context;
	host_lock_acquire(&lock);
	if (!made) {
		context = make_default();
		__atomic_store_n(&made, true, __ATOMIC_RELEASE);
	}
	host_lock_release(&lock);
	return context;
}

EXPORT(ntdll, void, RtlAddRefActivationContext, (HANDLE handle))
{
	struct rtl_actctx *context = rtl_actctx_of(handle);

	if (context)
		rtl_actctx_reference(context);
}

EXPORT(ntdll, void, RtlReleaseActivationContext, (HANDLE handle))
{
	struct rtl_actctx *context = rtl_actctx_of(handle);

	if (context)
		rtl_actctx_release(context);
}
