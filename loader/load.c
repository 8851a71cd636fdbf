/*
 * loader/load.c - finding DLLs, mapping them with all they need, binding imports.
 */
#include "loader/load.h"
#include "host/fault.h"
#include "host/image_file.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/ps.h"
#include "ntdll/rtl/environment.h"
#include "ntdll/rtl/rtl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char module_failure[512];
char *loader_program_directory;
const char *loader_program_name = "program";

#define MAX_FORWARDERS 32

static struct module *new_module(void)
{
	return calloc(1, sizeof(struct module));
}

/* Facts that are read once, while the image is as the file made it. */
static void read_facts(struct module *module)
{
	struct pe_view view = {.base = module->image.layout ? module->image.layout : module->image.base,
			       .size = module->image.size};
	struct pe_directory *exports = &module->image.pe.directory[IMAGE_DIRECTORY_ENTRY_EXPORT];

	if (exports->rva < module->image.size && exports->size <= module->image.size - exports->rva)
		module->exports = *exports;
	module->has_tls = !module->inert &&
			  pe_tls_read(&view, (uintptr_t)module->image.base,
				      &module->image.pe.directory[IMAGE_DIRECTORY_ENTRY_TLS], &module->tls);
}

static NTSTATUS load_builtin(const struct dll_descriptor *dll, bool pinned, struct module **result)
{
	char full_name[128];
	struct module *module = new_module();
	char16_t *wide;
	NTSTATUS status;

	if (!module)
		return STATUS_NO_MEMORY;
	module->builtin = dll;
	module->pinned = pinned;
	module->bound = true;
	status = builtin_load(dll, &module->image, module);
	if (!NT_SUCCESS(status)) {
		free(module);
		return status;
	}
	read_facts(module);
	snprintf(full_name, sizeof(full_name), "C:\\Windows\\System32\\%s", dll->name);
	wide = wide_from_utf8(full_name);
	status = wide ? module_register(module, wide, NULL) : STATUS_NO_MEMORY;
	free(wide);
	if (!NT_SUCCESS(status)) {
		mm_unmap_view((uintptr_t)module->image.base);
		free(module);
		return status;
	}
	*result = module;
	return STATUS_SUCCESS;
}

/* Maps a file.  `path` is malloc'ed and taken over.  STATUS_DLL_NOT_FOUND when it does not exist. */
static NTSTATUS load_file(char *path, const struct load_request *request, struct module **result, bool *other_machine)
{
	struct host_image_file file;
	struct module *module;
	char16_t *full_name = NULL;
	NTSTATUS status;

	*other_machine = false;
	if (host_image_open(path, &file) != 0) {
		free(path);
		return STATUS_DLL_NOT_FOUND;
	}
	module = module_by_file(file.device, file.inode);
	if (module) {
		host_image_close(&file);
		free(path);
		*result = module;
		return STATUS_SUCCESS;
	}
	module = new_module();
	status = module ? image_load(&file, &module->image, module) : STATUS_NO_MEMORY;
	host_image_close(&file);
	if (!NT_SUCCESS(status)) {
		*other_machine = module && (module->image.result == PE_32BIT || module->image.result == PE_WRONG_MACHINE);
		if (module)
			snprintf(module_failure, sizeof(module_failure), "%s: %s", path,
				 module->image.reason ? module->image.reason : "it cannot be loaded");
		free(module);
		free(path);
		return status;
	}
	module->pinned = request->starting;
	/* Only a DLL has its imports bound and its entry called when it is loaded as a library. */
	module->inert = (request->flags & DONT_RESOLVE_DLL_REFERENCES) ||
			!(module->image.pe.characteristics & IMAGE_FILE_DLL);
	read_facts(module);
	full_name = path_dos_from_host(path);
	status = full_name ? module_register(module, full_name, path) : STATUS_NO_MEMORY;
	free(full_name);
	if (!NT_SUCCESS(status)) {
		image_release_layout(&module->image);
		mm_unmap_view((uintptr_t)module->image.base);
		free(module);
		free(path);
		return status;
	}
	*result = module;
	return STATUS_SUCCESS;
}

/* Lower case, without trailing spaces, with ".dll" when the last part has no dot; a trailing dot means "no extension"
 * and goes (nt facts, execution 153).  malloc'ed. */
static char *normalize(const char *name)
{
	size_t length = strlen(name);
	const char *last;
	char *result;
	bool dot;

	while (length && name[length - 1] == ' ')
		length--;
	result = malloc(length + 5);
	if (!result)
		return NULL;
	memcpy(result, name, length);
	result[length] = 0;
	last = result + length;
	while (last > result && last[-1] != '/' && last[-1] != '\\' && last[-1] != ':')
		last--;
	dot = strchr(last, '.') != NULL;
	if (length && result[length - 1] == '.')
		result[length - 1] = 0;
	else if (!dot)
		strcpy(result + length, ".dll");
	return result;
}

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 32;
}

static bool has_directory(const char *name)
{
	return strpbrk(name, "/\\") || (name[0] && name[1] == ':');
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
}

/* Looks in each directory of a ':'-separated list. */
static char *find_in_list(const char *list, const char *name)
{
	while (list && *list) {
		size_t length = strcspn(list, ":");
		char *directory = strndup(list, length), *path = NULL;

		if (directory && *directory)
			path = path_find_in(directory, name);
		free(directory);
		if (path)
			return path;
		list += length + (list[length] == ':');
	}
	return NULL;
}

/* The file behind a bare name in the directories that come before the system's (nt facts, execution 149, 150). */
static char *find_before_system(const struct load_request *request, const char *name)
{
	ULONG search = request->flags & LOAD_LIBRARY_SEARCH_ANY;
	char *path = NULL;

	if (!search)
		search = search_default_flags;
	if (search & LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)
		search |= LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_USER_DIRS |
			  LOAD_LIBRARY_SEARCH_SYSTEM32;
	if (search) {
		if ((search & LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR) && request->load_directory)
			path = path_find_in(request->load_directory, name);
		if (!path && (search & LOAD_LIBRARY_SEARCH_APPLICATION_DIR))
			path = path_find_in(loader_program_directory, name);
		if (!path && (search & LOAD_LIBRARY_SEARCH_USER_DIRS))
			path = search_user_directories(name);
		return path;
	}
	if (request->search_path)
		return find_in_list(request->search_path, name);
	if (request->load_directory)
		path = path_find_in(request->load_directory, name);
	else
		path = path_find_in(loader_program_directory, name);
	if (!path && search_dll_directory)
		path = path_find_in(search_dll_directory, name);
	return path;
}

/* PATH as the program's environment has it now; before there is one, as the host's has it. */
static char *find_in_path(const char *name)
{
	char16_t *list = NULL, *at, *end;
	const char16_t *value;
	char *directory, *path = NULL;
	size_t length;

	rtl_environment_lock();
	value = ps_peb->ProcessParameters ? rtl_environment_find(ps_peb->ProcessParameters->Environment, u"PATH", 4) : NULL;
	if (value)
		value += 5; /* behind "PATH=" */
	if (value) {
		length = rtl_wcslen(value) + 1;
		list = malloc(length * sizeof(*list));
		if (list)
			memcpy(list, value, length * sizeof(*list));
	}
	rtl_environment_unlock();
	if (!value)
		return find_in_list(getenv("PATH"), name);
	for (at = list; at && *at && !path; at = *end ? end + 1 : end) {
		for (end = at; *end && *end != u';'; end++)
			;
		/* A part may stand in quotes. */
		length = (size_t)(end - at);
		if (length > 1 && at[0] == u'"' && end[-1] == u'"') {
			at++;
			length -= 2;
		}
		directory = length ? path_host_from_dos(at, length) : NULL;
		if (directory)
			path = path_find_in(directory, name);
		free(directory);
	}
	free(list);
	return path;
}

static char *find_behind_system(const struct load_request *request, const char *name)
{
	char *path = NULL;

	if ((request->flags & LOAD_LIBRARY_SEARCH_ANY) || search_default_flags || request->search_path)
		return NULL;
	if (!search_dll_directory)
		path = path_find_in(".", name);
	return path ? path : find_in_path(name);
}

static bool system_allowed(const struct load_request *request)
{
	ULONG search = request->flags & LOAD_LIBRARY_SEARCH_ANY;

	if (!search)
		search = search_default_flags;
	return !search || (search & (LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS));
}

static NTSTATUS use_builtin(const struct dll_descriptor *dll, const struct load_request *request, struct module **module)
{
	*module = module_by_builtin(dll);
	/* Never unloaded: code of ours may hold on to its data. */
	return *module ? STATUS_SUCCESS : load_builtin(dll, true, module);
}

/* Loads what one of the searches above finds.  A file of another machine does not end it (nt facts, execution 163): it is
 * passed over, and its status kept in *refused.  STATUS_DLL_NOT_FOUND: nothing else was found. */
static NTSTATUS load_found(char *(*find)(const struct load_request *request, const char *name),
			   const struct load_request *request, const char *name, struct module **module, NTSTATUS *refused)
{
	bool other_machine, again = true;
	char *path, *copy;
	NTSTATUS status = STATUS_DLL_NOT_FOUND;

	while (again && (path = find(request, name)) != NULL) {
		copy = strdup(path);
		status = load_file(path, request, module, &other_machine);
		again = other_machine && copy && path_pass_over(copy);
		free(copy);
		if (again) {
			*refused = status;
			status = STATUS_DLL_NOT_FOUND;
		}
	}
	return status;
}

/* `name` is normalized and in lower case; `given` as it was. */
static NTSTATUS search_bare(const struct load_request *request, const char *given, const char *name, struct module **module)
{
	const struct dll_descriptor *dll = builtin_find(name);
	NTSTATUS status, refused = STATUS_DLL_NOT_FOUND;
	const char *host;

	if (apiset_is_name(name)) {
		if (!dll && (host = apiset_host(name)) != NULL) {
			*module = module_by_name(host);
			if (*module)
				return STATUS_SUCCESS;
			dll = builtin_find(host);
		}
		if (dll)
			return use_builtin(dll, request, module);
	} else {
		*module = module_by_name(name);
		if (*module)
			return STATUS_SUCCESS;
		if (dll && dll_is_known(name))
			return use_builtin(dll, request, module);
		status = load_found(find_before_system, request, given, module, &refused);
		if (status != STATUS_DLL_NOT_FOUND)
			return status;
		if (dll && system_allowed(request))
			return use_builtin(dll, request, module);
		status = load_found(find_behind_system, request, given, module, &refused);
		if (status != STATUS_DLL_NOT_FOUND)
			return status;
	}
	if (request->importer && dll_is_system(name)) {
		*module = NULL;
		return STATUS_SUCCESS;
	}
	return refused;
}

static NTSTATUS map_bare(const struct load_request *request, const char *given, const char *name, struct module **module)
{
	NTSTATUS status = search_bare(request, given, name, module);

	path_pass_over_none();
	return status;
}

/* A name with a directory.  A system DLL named by its full path is the builtin one. */
static NTSTATUS map_path(const struct load_request *request, const char *name, struct module **module)
{
	const struct dll_descriptor *dll;
	const char *base = name + strlen(name);
	bool other_machine;
	NTSTATUS status;
	char *path, *lowered, *directory, *found;

	while (base > name && base[-1] != '/' && base[-1] != '\\' && base[-1] != ':')
		base--;
	if (strncasecmp(name, "C:\\Windows\\", 11) == 0 || strncasecmp(name, "C:/Windows/", 11) == 0) {
		lowered = strdup(base);
		if (!lowered)
			return STATUS_NO_MEMORY;
		lower(lowered);
		dll = builtin_find(lowered);
		free(lowered);
		if (dll && !apiset_is_name(base))
			return use_builtin(dll, request, module);
	}
	/* Relative names are looked for in the directories of the flags, if there are any (nt facts, execution 151). */
	if ((request->flags & LOAD_LIBRARY_SEARCH_ANY) && name[0] != '\\' && name[0] != '/' && name[1] != ':') {
		path = strdup(name);
		for (char *at = path; at && *at; at++)
			if (*at == '\\')
				*at = '/';
		found = path ? find_before_system(request, path) : NULL;
		free(path);
		return found ? load_file(found, request, module, &other_machine) : STATUS_DLL_NOT_FOUND;
	}
	path = path_host_from_dos8(name);
	if (!path)
		return STATUS_DLL_NOT_FOUND;
	directory = directory_of(path);
	found = directory ? path_find_in(directory, strrchr(path, '/') ? strrchr(path, '/') + 1 : path) : NULL;
	free(directory);
	free(path);
	status = found ? load_file(found, request, module, &other_machine) : STATUS_DLL_NOT_FOUND;
	return status;
}

NTSTATUS module_map(const struct load_request *request, struct module **module)
{
	struct load_request inner = *request;
	char *given = normalize(request->name), *name, *directory = NULL;
	NTSTATUS status;

	*module = NULL;
	module_failure[0] = 0;
	name = given ? strdup(given) : NULL;
	if (!name) {
		free(given);
		return STATUS_NO_MEMORY;
	}
	lower(name);
	if (has_directory(given)) {
		bool own_directory = request->flags & (LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR);

		status = map_path(request, given, module);
		if (NT_SUCCESS(status) && own_directory && (*module)->path)
			directory = directory_of((*module)->path);
	} else {
		status = map_bare(request, given, name, module);
	}
	if (status == STATUS_DLL_NOT_FOUND && !module_failure[0])
		snprintf(module_failure, sizeof(module_failure), "%s", given);
	free(given);
	free(name);
	if (NT_SUCCESS(status) && *module && !(*module)->bound && !(*module)->inert) {
		if (directory)
			inner.load_directory = directory;
		status = module_bind(*module, &inner);
	}
	free(directory);
	return status;
}

NTSTATUS module_adopt_program(struct module *module, const char16_t *dos_path, const char *path)
{
	char *copy = strdup(path);
	NTSTATUS status;

	if (!copy)
		return STATUS_NO_MEMORY;
	module->is_program = module->pinned = true;
	read_facts(module);
	status = module_register(module, dos_path, copy);
	if (NT_SUCCESS(status))
		modules_program = module;
	else
		free(copy);
	return status;
}

/* A forwarder's target: "DLL.Name".  The DLL is loaded when it must be. */
static NTSTATUS follow(const struct module *module, const struct pe_export *export, struct module *holder, bool starting,
		       unsigned depth, void **address);

static NTSTATUS find_export(struct module *module, const char *name, uint32_t ordinal, unsigned hint,
			    struct module *holder, bool starting, unsigned depth, void **address)
{
	struct pe_view view = module_view(module);
	struct pe_export export;
	NTSTATUS status = name ? pe_export_by_name(&view, &module->exports, name, hint, &export)
			       : pe_export_by_ordinal(&view, &module->exports, ordinal, &export);

	if (!NT_SUCCESS(status))
		return status;
	if (export.forwarder)
		return follow(module, &export, holder, starting, depth, address);
	if (export.rva >= module->image.size)
		return STATUS_INVALID_IMAGE_FORMAT;
	*address = module->image.base + export.rva;
	return STATUS_SUCCESS;
}

static NTSTATUS follow(const struct module *module, const struct pe_export *export, struct module *holder, bool starting,
		       unsigned depth, void **address)
{
	struct pe_view view = module_view(module);
	struct load_request request = {.importer = holder, .starting = starting};
	struct module *target;
	char text[512], dll[256];
	const char *name;
	uint32_t ordinal;
	NTSTATUS status;

	/* A forwards to B forwards to A. */
	if (depth >= MAX_FORWARDERS)
		return STATUS_ENTRYPOINT_NOT_FOUND;
	if (!pe_read_string(&view, export->rva, text, sizeof(text)) || !pe_split_forwarder(text, dll, &name, &ordinal))
		return STATUS_INVALID_IMAGE_FORMAT;
	request.name = dll;
	status = module_map(&request, &target);
	if (!NT_SUCCESS(status))
		return status;
	if (!target)
		return STATUS_ENTRYPOINT_NOT_FOUND;
	if (holder && !module_add_need(holder, target))
		return STATUS_NO_MEMORY;
	return find_export(target, name, ordinal, 0, holder, starting, depth + 1, address);
}

NTSTATUS module_export(struct module *module, const char *name, uint32_t ordinal, unsigned hint, struct module *holder,
		       bool starting, void **address)
{
	return find_export(module, name, ordinal, hint, holder, starting, 0, address);
}

char *module_find_file(const struct load_request *request)
{
	char *given = normalize(request->name), *path = NULL, *directory, *host;

	if (!given)
		return NULL;
	if (has_directory(given)) {
		host = path_host_from_dos8(given);
		directory = host ? directory_of(host) : NULL;
		if (directory)
			path = path_find_in(directory, strrchr(host, '/') + 1);
		free(directory);
		free(host);
	} else {
		path = find_before_system(request, given);
		if (!path)
			path = find_behind_system(request, given);
	}
	free(given);
	return path;
}

struct module *module_find_loaded(const char *name)
{
	char *given = normalize(name), *path;
	const struct dll_descriptor *dll;
	struct host_image_file file;
	struct module *module = NULL;
	const char *host;

	if (!given)
		return NULL;
	if (has_directory(given)) {
		path = path_host_from_dos8(given);
		if (path && host_image_open(path, &file) == 0) {
			module = module_by_file(file.device, file.inode);
			host_image_close(&file);
		}
		free(path);
		for (struct module *each = modules; each && !module; each = each->next) {
			char *full = utf8_from_wide(each->entry->FullDllName.Buffer, each->entry->FullDllName.Length / 2);

			if (full && strcasecmp(full, given) == 0)
				module = each;
			free(full);
		}
	} else {
		lower(given);
		module = module_by_name(given);
		if (!module) {
			dll = builtin_find(given);
			host = !dll && apiset_is_name(given) ? apiset_host(given) : NULL;
			if (host)
				dll = builtin_find(host);
			if (dll)
				module = module_by_builtin(dll);
		}
	}
	free(given);
	return module;
}
