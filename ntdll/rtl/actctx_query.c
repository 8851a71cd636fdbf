/*
 * ntdll/rtl/actctx_query.c - what an activation context says of itself (MSDN QueryActCtxW, FindActCtxSectionString).
 */
#include "ntdll/rtl/actctx.h"
#include "ntdll/rtl/crt.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#include <stdlib.h>
#include <string.h>

#define FLAG_USE_ACTIVE 4u
#define FLAG_IS_HMODULE 8u
#define FLAG_IS_ADDRESS 0x10u
#define FLAG_NO_ADDREF 0x80000000u

enum { BASIC = 1, DETAILED, ASSEMBLY_DETAILED, FILE_IN_ASSEMBLY, RUN_LEVEL, COMPATIBILITY };

#define PATH_TYPE_NONE 1u
#define PATH_TYPE_WIN32_FILE 2u

struct basic {
	HANDLE context;
	DWORD flags;
};

struct detailed {
	DWORD flags;
	ULONG format_version, assembly_count;
	ULONG manifest_path_type, manifest_path_length;           /* characters */
	ULONG configuration_path_type, configuration_path_length;
	ULONG application_path_type, application_path_length;
	const char16_t *manifest_path, *configuration_path, *application_path;
};

struct assembly_detailed {
	ULONG flags;
	ULONG identity_size; /* bytes, as all lengths here */
	ULONG manifest_path_type, manifest_path_size;
	LARGE_INTEGER manifest_written;
	ULONG policy_path_type, policy_path_size;
	LARGE_INTEGER policy_written;
	ULONG satellite_index;
	ULONG manifest_major, manifest_minor, policy_major, policy_minor;
	ULONG directory_size;
	const char16_t *identity, *manifest_path, *policy_path, *directory;
	ULONG file_count;
};

struct file_detailed {
	DWORD flags;
	DWORD name_size, path_size;
	const char16_t *name, *path;
};

struct run_level {
	DWORD flags;
	ULONG level;
	DWORD ui_access;
};

struct compatibility_element {
	GUID id;
	ULONG type;
	ULONG64 maximum_version;
};

static ULONG text_size(const char16_t *text)
{
	return text ? (ULONG)((rtl_wcslen(text) + 1) * sizeof(*text)) : 0;
}

/* A string behind the structure; `at` moves on. */
static const char16_t *put_text(BYTE **at, const char16_t *text)
{
	const char16_t *place = (const char16_t *)*at;

	if (!text)
		return NULL;
	memcpy(*at, text, text_size(text));
	*at += text_size(text);
	return place;
}

static NTSTATUS query_detailed(const struct rtl_actctx *context, PVOID buffer, SIZE_T size, SIZE_T *needed)
{
	const char16_t *path = context ? context->assemblies[0].path : NULL;
	const char16_t *application = context ? context->application_directory : NULL;
	struct detailed *info = buffer;
	BYTE *at = (BYTE *)(info + 1);

	*needed = sizeof(*info) + text_size(path) + text_size(application);
	if (size < *needed)
		return STATUS_BUFFER_TOO_SMALL;
	memset(info, 0, sizeof(*info));
	if (!context)
		return STATUS_SUCCESS;
	info->format_version = 1;
	info->assembly_count = context->assembly_count;
	info->manifest_path_type = PATH_TYPE_WIN32_FILE;
	info->manifest_path_length = (ULONG)rtl_wcslen(path);
	info->configuration_path_type = PATH_TYPE_NONE;
	info->application_path_type = PATH_TYPE_WIN32_FILE;
	info->application_path_length = (ULONG)rtl_wcslen(application);
	info->manifest_path = put_text(&at, path);
	info->application_path = put_text(&at, application);
	return STATUS_SUCCESS;
}

/* name,attribute="value"... with the attributes in order of the alphabet; malloc'ed. */
static char16_t *encode_identity(const struct manifest_identity *identity)
{
	char16_t version[MANIFEST_VERSION_UNITS];
	const struct {
		const char16_t *name, *value;
	} attributes[] = {
		{u",language=\"", identity->language},
		{u",processorArchitecture=\"", identity->architecture},
		{u",publicKeyToken=\"", identity->token},
		{u",type=\"", identity->type},
		{u",version=\"", identity->has_version ? version : NULL},
	};
	size_t length = identity->name ? rtl_wcslen(identity->name) : 0, at;
	char16_t *text;

	manifest_put_version(identity->version, version);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		if (attributes[i].value)
			length += rtl_wcslen(attributes[i].name) + rtl_wcslen(attributes[i].value) + 1;
	text = malloc((length + 1) * sizeof(*text));
	if (!text)
		return NULL;
	at = identity->name ? rtl_wcslen(identity->name) : 0;
	memcpy(text, identity->name, at * sizeof(*text));
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		const char16_t *parts[] = {attributes[i].name, attributes[i].value, u"\""};

		for (size_t part = 0; attributes[i].value && part < ARRAY_SIZE(parts); part++) {
			memcpy(text + at, parts[part], rtl_wcslen(parts[part]) * sizeof(*text));
			at += rtl_wcslen(parts[part]);
		}
	}
	text[at] = 0;
	return text;
}

/* `index` counts from 1; 0 is the root too. */
static NTSTATUS query_assembly(const struct rtl_actctx *context, ULONG index, PVOID buffer, SIZE_T size, SIZE_T *needed)
{
	struct assembly_detailed *info = buffer;
	BYTE *at = (BYTE *)(info + 1);
	const struct rtl_assembly *assembly;
	char16_t *identity;

	if (!context || index > context->assembly_count)
		return STATUS_INVALID_PARAMETER;
	assembly = &context->assemblies[index ? index - 1 : 0];
	identity = encode_identity(&assembly->manifest.identity);
	if (!identity)
		return STATUS_NO_MEMORY;
	*needed = sizeof(*info) + text_size(identity) + text_size(assembly->path) + text_size(assembly->directory);
	if (size < *needed) {
		free(identity);
		return STATUS_BUFFER_TOO_SMALL;
	}
	memset(info, 0, sizeof(*info));
	info->flags = assembly->directory ? 0x10 : 1;
	info->identity_size = text_size(identity) - sizeof(*identity);
	info->manifest_path_type = PATH_TYPE_WIN32_FILE;
	info->manifest_path_size = text_size(assembly->path) - sizeof(*identity);
	info->manifest_written.QuadPart = (LONGLONG)assembly->written;
	info->policy_path_type = PATH_TYPE_NONE;
	info->manifest_major = 1;
	info->directory_size = assembly->directory ? text_size(assembly->directory) - sizeof(*identity) : 0;
	info->file_count = assembly->manifest.file_count;
	info->identity = put_text(&at, identity);
	info->manifest_path = put_text(&at, assembly->path);
	info->directory = put_text(&at, assembly->directory);
	free(identity);
	return STATUS_SUCCESS;
}

/* Both indexes count from 0.  A size is told when the buffer is too small, and 0 else. */
static NTSTATUS query_file(const struct rtl_actctx *context, const ULONG index[2], PVOID buffer, SIZE_T size, SIZE_T *needed)
{
	const struct manifest *manifest;
	struct file_detailed *info = buffer;
	BYTE *at = (BYTE *)(info + 1);
	const char16_t *name;

	if (!context || index[0] >= context->assembly_count)
		return STATUS_INVALID_PARAMETER;
	manifest = &context->assemblies[index[0]].manifest;
	if (index[1] >= manifest->file_count)
		return STATUS_INVALID_PARAMETER;
	name = manifest->files[index[1]].name;
	*needed = sizeof(*info) + text_size(name);
	if (size < *needed)
		return STATUS_BUFFER_TOO_SMALL;
	*needed = 0;
	memset(info, 0, sizeof(*info));
	info->flags = 2;
	info->name_size = text_size(name) - sizeof(*name);
	info->name = put_text(&at, name);
	return STATUS_SUCCESS;
}

static NTSTATUS query_run_level(const struct rtl_actctx *context, PVOID buffer, SIZE_T size, SIZE_T *needed)
{
	struct run_level info = {0};

	*needed = sizeof(info);
	if (size < sizeof(info))
		return STATUS_BUFFER_TOO_SMALL;
	if (context) {
		info.level = context->assemblies[0].manifest.run_level;
		info.ui_access = context->assemblies[0].manifest.ui_access;
	}
	memcpy(buffer, &info, sizeof(info));
	return STATUS_SUCCESS;
}

static NTSTATUS query_compatibility(const struct rtl_actctx *context, PVOID buffer, SIZE_T size, SIZE_T *needed)
{
	const struct manifest *manifest = context ? &context->assemblies[0].manifest : NULL;
	ULONG count = manifest ? manifest->compatibility_count : 0;
	size_t first = (sizeof(ULONG) + _Alignof(struct compatibility_element) - 1) & ~(_Alignof(struct compatibility_element) - 1);

	*needed = count ? first + count * sizeof(struct compatibility_element) : sizeof(ULONG);
	if (size < *needed)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(buffer, &count, sizeof(count));
	for (ULONG i = 0; i < count; i++) {
		const struct manifest_compatibility *from = &manifest->compatibility[i];
		struct compatibility_element element = {from->id, from->type, from->maximum_version};

		memcpy((BYTE *)buffer + first + i * sizeof(element), &element, sizeof(element));
	}
	return STATUS_SUCCESS;
}

/* Which context a question is about; NULL with success: the default of a program without a manifest. */
static NTSTATUS choose(ULONG flags, HANDLE handle, struct rtl_actctx **context)
{
	*context = NULL;
	if (flags & FLAG_USE_ACTIVE) {
		if (handle)
			return STATUS_INVALID_PARAMETER;
		handle = rtl_actctx_active();
	}
	if (flags & (FLAG_IS_HMODULE | FLAG_IS_ADDRESS))
		handle = NULL; /* modules have no contexts of their own here */
	*context = handle ? rtl_actctx_of(handle) : rtl_actctx_default();
	return handle && !*context ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, RtlQueryInformationActivationContext,
       (ULONG flags, HANDLE handle, PVOID instance, ULONG class, PVOID buffer, SIZE_T size, SIZE_T *returned))
{
	ULONG kind = flags & (FLAG_USE_ACTIVE | FLAG_IS_HMODULE | FLAG_IS_ADDRESS);
	struct rtl_actctx *context;
	struct basic basic;
	SIZE_T needed = 0;
	NTSTATUS status;

	if (returned)
		*returned = 0;
	if (flags & ~(kind | FLAG_NO_ADDREF) || kind & (kind - 1) || (!buffer && size) || (!buffer && !returned))
		return STATUS_INVALID_PARAMETER;
	if ((class == ASSEMBLY_DETAILED || class == FILE_IN_ASSEMBLY) && !instance)
		return STATUS_INVALID_PARAMETER;
	status = choose(flags, handle, &context);
	if (!NT_SUCCESS(status))
		return status;
	switch (class) {
	case BASIC:
		needed = sizeof(basic);
		if (size < needed) {
			status = STATUS_BUFFER_TOO_SMALL;
			break;
		}
		basic = (struct basic){flags & FLAG_USE_ACTIVE ? rtl_actctx_active() : handle, 0};
		if (!(flags & FLAG_NO_ADDREF))
			RtlAddRefActivationContext(basic.context);
		memcpy(buffer, &basic, sizeof(basic));
		break;
	case DETAILED:
		status = query_detailed(context, buffer, size, &needed);
		break;
	case ASSEMBLY_DETAILED:
		status = query_assembly(context, *(const ULONG *)instance, buffer, size, &needed);
		break;
	case FILE_IN_ASSEMBLY:
		status = query_file(context, instance, buffer, size, &needed);
		break;
	case RUN_LEVEL:
		status = query_run_level(context, buffer, size, &needed);
		break;
	case COMPATIBILITY:
		status = query_compatibility(context, buffer, size, &needed);
		break;
	default:
		status = STATUS_INVALID_PARAMETER;
	}
	if (returned)
		*returned = needed;
	return status;
}

struct keyed_data { /* ACTCTX_SECTION_KEYED_DATA, to its oldest length */
	ULONG size, format_version;
	PVOID data;
	ULONG length;
	PVOID global;
	ULONG global_length;
	PVOID base;
	ULONG total;
	HANDLE context;
	ULONG assembly;
};

#define RETURN_CONTEXT 1u

static NTSTATUS check_find(ULONG flags, const GUID *extension, const void *key, const struct keyed_data *data)
{
	if (flags & ~RETURN_CONTEXT || extension || !key || !data || data->size < offsetof(struct keyed_data, assembly))
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/* In the active context, then in the default one. */
EXPORT(ntdll, NTSTATUS, RtlFindActivationContextSectionString,
       (ULONG flags, const GUID *extension, ULONG section_id, const UNICODE_STRING *key, PVOID result))
{
	struct keyed_data *data = result;
	struct rtl_actctx *candidates[2];
	ULONG offset, size, assembly;
	NTSTATUS status = check_find(flags, extension, key && key->Buffer ? key : NULL, data);
	bool section_there = false;

	if (status)
		return status;
	if (section_id != RTL_SECTION_DLL_REDIRECTION && section_id != RTL_SECTION_WINDOW_CLASS)
		return STATUS_SXS_SECTION_NOT_FOUND;
	candidates[0] = rtl_actctx_of(rtl_actctx_active());
	candidates[1] = rtl_actctx_default();
	for (unsigned i = 0; i < ARRAY_SIZE(candidates); i++) {
		const struct rtl_actctx_section *section;

		if (!candidates[i])
			continue;
		section = section_id == RTL_SECTION_DLL_REDIRECTION ? &candidates[i]->dlls : &candidates[i]->classes;
		section_there |= section->base != NULL;
		if (!NT_SUCCESS(rtl_actctx_find(section, key->Buffer, key->Length / sizeof(WCHAR), &offset, &size, &assembly)))
			continue;
		data->format_version = 1;
		data->data = section->base + offset;
		data->length = size;
		data->global = NULL;
		data->global_length = 0;
		data->base = section->base;
		data->total = section->size;
		data->context = flags & RETURN_CONTEXT ? candidates[i] : NULL;
		RtlAddRefActivationContext(data->context);
		if (data->size >= offsetof(struct keyed_data, assembly) + sizeof(data->assembly))
			data->assembly = assembly;
		return STATUS_SUCCESS;
	}
	return section_there ? STATUS_SXS_KEY_NOT_FOUND : STATUS_SXS_SECTION_NOT_FOUND;
}

/* Tables with GUIDs as keys are COM's, and none is made. */
EXPORT(ntdll, NTSTATUS, RtlFindActivationContextSectionGuid,
       (ULONG flags, const GUID *extension, ULONG section_id, const GUID *key, PVOID result))
{
	NTSTATUS status = check_find(flags, extension, key, result);

	return status ? status : STATUS_SXS_SECTION_NOT_FOUND;
}

/* `size` and `written` in characters, the terminator among them. */
EXPORT(ntdll, NTSTATUS, RtlQueryActivationContextApplicationSettings,
       (ULONG flags, HANDLE handle, const char16_t *space, const char16_t *name, PWSTR buffer, SIZE_T size, SIZE_T *written))
{
	struct rtl_actctx *context;
	NTSTATUS status;

	if (flags || !name)
		return STATUS_INVALID_PARAMETER;
	if (!space)
		space = u"http://schemas.microsoft.com/SMI/2005/WindowsSettings";
	status = choose(0, handle, &context);
	if (!NT_SUCCESS(status))
		return status;
	for (unsigned i = 0; context && i < context->assemblies[0].manifest.setting_count; i++) {
		const struct manifest_setting *setting = &context->assemblies[0].manifest.settings[i];
		SIZE_T length;

		if (!setting->value || rtl_wcscmp(setting->space, space) != 0 || rtl_wcscmp(setting->name, name) != 0)
			continue;
		length = rtl_wcslen(setting->value) + 1;
		if (written)
			*written = length;
		if (size < length)
			return STATUS_BUFFER_TOO_SMALL;
		memcpy(buffer, setting->value, length * sizeof(WCHAR));
		return STATUS_SUCCESS;
	}
	return STATUS_SXS_KEY_NOT_FOUND;
}
