/*
 * kernel32/winbase_actctx.c - activation contexts (MSDN, winbase.h).
 */
#include "kernel32/file.h"
#include "kernel32/kernel32.h"
#include "ntdll/ldr.h"
#include "ntdll/ob/ob.h"
#include "ntdll/rtl/actctx.h"

#include <stdlib.h>
#include <string.h>

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags);
BOOL WINAPI FreeLibrary(HMODULE module);
DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR buffer, DWORD size);

#define ACTCTX_FLAG_PROCESSOR_ARCHITECTURE_VALID 1u
#define ACTCTX_FLAG_LANGID_VALID 2u
#define ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID 4u
#define ACTCTX_FLAG_RESOURCE_NAME_VALID 8u
#define ACTCTX_FLAG_SET_PROCESS_DEFAULT 0x10u
#define ACTCTX_FLAG_APPLICATION_NAME_VALID 0x20u
#define ACTCTX_FLAG_SOURCE_IS_ASSEMBLYREF 0x40u
#define ACTCTX_FLAG_HMODULE_VALID 0x80u
#define LOAD_LIBRARY_AS_DATAFILE 2u
#define RT_MANIFEST 24u

typedef struct tagACTCTXW {
	ULONG cbSize;
	DWORD dwFlags;
	LPCWSTR lpSource;
	USHORT wProcessorArchitecture;
	LANGID wLangId;
	LPCWSTR lpAssemblyDirectory;
	LPCWSTR lpResourceName;
	LPCWSTR lpApplicationName;
	HMODULE hModule;
} ACTCTXW;

typedef struct tagACTCTXA {
	ULONG cbSize;
	DWORD dwFlags;
	LPCSTR lpSource;
	USHORT wProcessorArchitecture;
	LANGID wLangId;
	LPCSTR lpAssemblyDirectory;
	LPCSTR lpResourceName;
	LPCSTR lpApplicationName;
	HMODULE hModule;
} ACTCTXA;

static HANDLE fail(DWORD error)
{
	set_last_error(error);
	return INVALID_HANDLE_VALUE;
}

/* The manifest in a module's resources. */
static NTSTATUS find_manifest(HMODULE module, LPCWSTR name, struct rtl_actctx_source *source)
{
	ULONG_PTR path[3] = {RT_MANIFEST, ldr_resource_id(name), 0};
	const void *entry;
	void *data;
	ULONG size;
	NTSTATUS status = ldr_operations.find_resource(module, path, 3, &entry);

	if (NT_SUCCESS(status))
		status = ldr_operations.access_resource(module, entry, &data, &size);
	if (NT_SUCCESS(status)) {
		source->manifest = data;
		source->size = size;
	}
	return status;
}

static bool is_image(LPCWSTR path)
{
	HANDLE file = CreateFileW(path, GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
	char start[2] = {0};
	DWORD got = 0;

	if (file == INVALID_HANDLE_VALUE)
		return false;
	ReadFile(file, start, sizeof(start), &got, NULL);
	NtClose(file);
	return got == sizeof(start) && start[0] == 'M' && start[1] == 'Z';
}

static HANDLE create(const ACTCTXW *actctx, LPCWSTR path)
{
	struct rtl_actctx_source source = {.path = path};
	struct rtl_actctx *context;
	HMODULE module = NULL, opened = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	if (actctx->dwFlags & ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID)
		source.directory = actctx->lpAssemblyDirectory;
	if (actctx->dwFlags & ACTCTX_FLAG_HMODULE_VALID) {
		module = actctx->hModule;
	} else if (is_image(path)) {
		module = opened = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_DATAFILE);
		if (!opened)
			return INVALID_HANDLE_VALUE;
	}
	if (module) {
		if (!(actctx->dwFlags & ACTCTX_FLAG_RESOURCE_NAME_VALID))
			status = STATUS_RESOURCE_TYPE_NOT_FOUND;
		else
			status = find_manifest(module, actctx->lpResourceName, &source);
	}
	if (NT_SUCCESS(status))
		status = rtl_actctx_create(&source, &context);
	if (opened)
		FreeLibrary(opened);
	return win32_result(status) ? context : INVALID_HANDLE_VALUE;
}

/* A source may be left out when a module is given; a relative one counts from the current directory, or from the assembly
 * directory if there is one. */
EXPORT(kernel32, HANDLE, CreateActCtxW, (const ACTCTXW *actctx))
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	WCHAR *path;
	DWORD length;

	if (!actctx || actctx->cbSize < offsetof(ACTCTXW, hModule) || actctx->dwFlags & ~0xFFu ||
	    (!actctx->lpSource && !(actctx->dwFlags & ACTCTX_FLAG_HMODULE_VALID)) ||
	    ((actctx->dwFlags & ACTCTX_FLAG_RESOURCE_NAME_VALID) && !actctx->lpResourceName) ||
	    ((actctx->dwFlags & ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID) && !actctx->lpAssemblyDirectory))
		return fail(ERROR_INVALID_PARAMETER);
	/* References to assemblies by identity, and a second default, would need Windows' own store of assemblies. */
	if (actctx->dwFlags & (ACTCTX_FLAG_SOURCE_IS_ASSEMBLYREF | ACTCTX_FLAG_SET_PROCESS_DEFAULT))
		return fail(ERROR_NOT_SUPPORTED);
	path = malloc(32768 * sizeof(*path));
	if (!path)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	if (actctx->lpSource)
		length = GetFullPathNameW(actctx->lpSource, 32768, path, NULL);
	else
		length = GetModuleFileNameW(actctx->hModule, path, 32768);
	if (length && length < 32768)
		handle = create(actctx, path);
	free(path);
	return handle;
}

EXPORT(kernel32, HANDLE, CreateActCtxA, (const ACTCTXA *actctx))
{
	struct wide_argument source, directory, resource, application;
	HANDLE handle = INVALID_HANDLE_VALUE;
	bool named;
	ACTCTXW wide;

	if (!actctx || actctx->cbSize < offsetof(ACTCTXA, hModule))
		return fail(ERROR_INVALID_PARAMETER);
	memset(&wide, 0, sizeof(wide));
	wide.cbSize = sizeof(wide);
	wide.dwFlags = actctx->dwFlags;
	named = (actctx->dwFlags & ACTCTX_FLAG_RESOURCE_NAME_VALID) && (ULONG_PTR)actctx->lpResourceName >> 16;
	wide.lpSource = wide_argument_set(&source, actctx->lpSource);
	wide.lpAssemblyDirectory = wide_argument_set(
		&directory, actctx->dwFlags & ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID ? actctx->lpAssemblyDirectory : NULL);
	wide.lpResourceName = wide_argument_set(&resource, named ? actctx->lpResourceName : NULL);
	wide.lpApplicationName = wide_argument_set(
		&application, actctx->dwFlags & ACTCTX_FLAG_APPLICATION_NAME_VALID ? actctx->lpApplicationName : NULL);
	if (!named)
		wide.lpResourceName = (LPCWSTR)actctx->lpResourceName;
	if (actctx->dwFlags & ACTCTX_FLAG_HMODULE_VALID)
		wide.hModule = actctx->hModule;
	if (!source.failed && !directory.failed && !resource.failed && !application.failed)
		handle = CreateActCtxW(&wide);
	wide_argument_free(&source);
	wide_argument_free(&directory);
	wide_argument_free(&resource);
	wide_argument_free(&application);
	return handle;
}

EXPORT_FORWARD(kernel32, "AddRefActCtx", "NTDLL.RtlAddRefActivationContext");
EXPORT_FORWARD(kernel32, "ReleaseActCtx", "NTDLL.RtlReleaseActivationContext");

EXPORT(kernel32, BOOL, ActivateActCtx, (HANDLE context, ULONG_PTR *cookie))
{
	return win32_result(RtlActivateActivationContext(0, context, cookie));
}

EXPORT(kernel32, BOOL, DeactivateActCtx, (DWORD flags, ULONG_PTR cookie))
{
	return win32_result(RtlDeactivateActivationContext(flags, cookie));
}

EXPORT(kernel32, BOOL, GetCurrentActCtx, (HANDLE * context))
{
	return win32_result(RtlGetActiveActivationContext(context));
}

EXPORT(kernel32, BOOL, QueryActCtxW,
       (DWORD flags, HANDLE context, PVOID instance, ULONG class, PVOID buffer, SIZE_T size, SIZE_T *needed))
{
	return win32_result(RtlQueryInformationActivationContext(flags, context, instance, class, buffer, size, needed));
}

EXPORT(kernel32, BOOL, QueryActCtxSettingsW,
       (DWORD flags, HANDLE context, LPCWSTR space, LPCWSTR name, LPWSTR buffer, SIZE_T size, SIZE_T *written))
{
	return win32_result(RtlQueryActivationContextApplicationSettings(flags, context, space, name, buffer, size, written));
}

EXPORT(kernel32, BOOL, FindActCtxSectionStringW,
       (DWORD flags, const GUID *extension, ULONG section, LPCWSTR key, PVOID data))
{
	UNICODE_STRING string = {0};

	if (!key) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	string.Buffer = (PWSTR)(ULONG_PTR)key;
	string.Length = (USHORT)(rtl_wcslen(key) * sizeof(WCHAR));
	string.MaximumLength = string.Length;
	return win32_result(RtlFindActivationContextSectionString(flags, extension, section, &string, data));
}

EXPORT(kernel32, BOOL, FindActCtxSectionStringA, (DWORD flags, const GUID *extension, ULONG section, LPCSTR key, PVOID data))
{
	struct wide_argument argument;
	BOOL result = FALSE;

	wide_argument_set(&argument, key);
	if (!argument.failed)
		result = FindActCtxSectionStringW(flags, extension, section, argument.text, data);
	wide_argument_free(&argument);
	return result;
}

EXPORT(kernel32, BOOL, FindActCtxSectionGuid,
       (DWORD flags, const GUID *extension, ULONG section, const GUID *key, PVOID data))
{
	return win32_result(RtlFindActivationContextSectionGuid(flags, extension, section, key, data));
}
