/*
 * dlls/dbghelp/dbghelp.c - the builtin dbghelp.dll: symbol handlers, their options, paths and modules.
 */
#include "dlls/dbghelp/dbghelp.h"
#include "kernel32/api.h"

#include <stdlib.h>
#include <string.h>

DEFINE_DLL(dbghelp, .name = "dbghelp.dll");

#define SYMOPT_CASE_INSENSITIVE 0x00000001u
#define SYMOPT_UNDNAME 0x00000002u

static DWORD options = SYMOPT_CASE_INSENSITIVE | SYMOPT_UNDNAME;
static struct sym_session *sessions;

EXPORT(dbghelp, DWORD, SymGetOptions, (void))
{
	return options;
}

EXPORT(dbghelp, DWORD, SymSetOptions, (DWORD new))
{
	return options = new;
}

struct sym_session *sym_session(HANDLE process)
{
	for (struct sym_session *session = sessions; session; session = session->next) {
		if (session->process == process)
			return session;
	}
	set_last_error(ERROR_INVALID_HANDLE);
	return NULL;
}

const struct sym_module *sym_module(struct sym_session *session, DWORD64 address)
{
	LDR_DATA_TABLE_ENTRY *entry;

	for (size_t i = 0; i < session->count; i++) {
		const struct sym_module *module = &session->modules[i];

		if (address - (uintptr_t)module->base >= module->size)
			continue;
		if (NT_SUCCESS(ldr_operations.find_by_address(module->base, &entry)) && entry->DllBase == module->base)
			return module;
	}
	set_last_error(ERROR_MOD_NOT_FOUND);
	return NULL;
}

/* The modules that are loaded now, in place of those the session had. */
static bool take_modules(struct sym_session *session)
{
	LIST_ENTRY *head = &NtCurrentPeb()->Ldr->InLoadOrderModuleList;

	session->count = 0;
	for (LIST_ENTRY *link = head->Flink; link != head; link = link->Flink) {
		LDR_DATA_TABLE_ENTRY *entry = CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks);

		if (session->count == session->capacity) {
			size_t capacity = session->capacity ? session->capacity * 2 : 32;
			struct sym_module *grown = realloc(session->modules, capacity * sizeof(*grown));

			if (!grown) {
				set_last_error(ERROR_NOT_ENOUGH_MEMORY);
				return false;
			}
			session->modules = grown;
			session->capacity = capacity;
		}
		session->modules[session->count++] = (struct sym_module){entry->DllBase, entry->SizeOfImage};
	}
	return true;
}

static void free_session(struct sym_session *session)
{
	free(session->search_path);
	free(session->modules);
	free(session);
}

static WCHAR *copy_text(LPCWSTR text)
{
	size_t bytes = (rtl_wcslen(text) + 1) * sizeof(WCHAR);
	WCHAR *copy = malloc(bytes);

	if (copy)
		memcpy(copy, text, bytes);
	return copy;
}

/* NULL: the current directory, then _NT_SYMBOL_PATH and _NT_ALTERNATE_SYMBOL_PATH. */
static WCHAR *default_path(void)
{
	static const WCHAR *const variables[] = {u"_NT_SYMBOL_PATH", u"_NT_ALTERNATE_SYMBOL_PATH"};
	size_t capacity = 2, length = 1;
	WCHAR *path;

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		capacity += GetEnvironmentVariableW(variables[i], NULL, 0) + 1;
	path = malloc(capacity * sizeof(WCHAR));
	if (!path)
		return NULL;
	path[0] = '.';
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		DWORD part = GetEnvironmentVariableW(variables[i], path + length + 1, (DWORD)(capacity - length - 1));

		if (!part || part >= capacity - length - 1)
			continue;
		path[length] = ';';
		length += part + 1;
	}
	path[length] = 0;
	return path;
}

/* ERROR_INVALID_PARAMETER when this process has a handler already. */
EXPORT(dbghelp, BOOL, SymInitializeW, (HANDLE process, LPCWSTR path, BOOL invade))
{
	struct sym_session *session;
	DWORD error = 0;

	ldr_operations.lock();
	for (session = sessions; session; session = session->next) {
		if (session->process == process)
			error = ERROR_INVALID_PARAMETER;
	}
	if (!error) {
		session = calloc(1, sizeof(*session));
		if (session)
			session->search_path = path ? copy_text(path) : default_path();
		if (!session || !session->search_path || (invade && !take_modules(session))) {
			error = ERROR_NOT_ENOUGH_MEMORY;
			if (session)
				free_session(session);
		} else {
			session->process = process;
			session->next = sessions;
			sessions = session;
		}
	}
	ldr_operations.unlock();
	if (error)
		set_last_error(error);
	return !error;
}

static WCHAR *widen(LPCSTR text)
{
	INT length = MultiByteToWideChar(CP_ACP, 0, text, -1, NULL, 0);
	WCHAR *wide = malloc((size_t)length * sizeof(WCHAR));

	if (wide)
		MultiByteToWideChar(CP_ACP, 0, text, -1, wide, length);
	else
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return wide;
}

EXPORT(dbghelp, BOOL, SymInitialize, (HANDLE process, LPCSTR path, BOOL invade))
{
	WCHAR *wide = path ? widen(path) : NULL;
	BOOL result = (wide || !path) && SymInitializeW(process, wide, invade);

	free(wide);
	return result;
}

EXPORT(dbghelp, BOOL, SymCleanup, (HANDLE process))
{
	struct sym_session *session;

	ldr_operations.lock();
	session = sym_session(process);
	for (struct sym_session **link = &sessions; session && *link; link = &(*link)->next) {
		if (*link != session)
			continue;
		*link = session->next;
		free_session(session);
		break;
	}
	ldr_operations.unlock();
	return session != NULL;
}

EXPORT(dbghelp, BOOL, SymRefreshModuleList, (HANDLE process))
{
	struct sym_session *session;
	BOOL result;

	ldr_operations.lock();
	session = sym_session(process);
	result = session && take_modules(session);
	ldr_operations.unlock();
	return result;
}

EXPORT(dbghelp, BOOL, SymSetSearchPathW, (HANDLE process, LPCWSTR path))
{
	struct sym_session *session;
	WCHAR *copy = path ? copy_text(path) : default_path();

	if (!copy) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	ldr_operations.lock();
	session = sym_session(process);
	if (session) {
		free(session->search_path);
		session->search_path = copy;
	} else {
		free(copy);
	}
	ldr_operations.unlock();
	return session != NULL;
}

EXPORT(dbghelp, BOOL, SymSetSearchPath, (HANDLE process, LPCSTR path))
{
	WCHAR *wide = path ? widen(path) : NULL;
	BOOL result = (wide || !path) && SymSetSearchPathW(process, wide);

	free(wide);
	return result;
}

/* Cut to the buffer, and terminated. */
EXPORT(dbghelp, BOOL, SymGetSearchPathW, (HANDLE process, LPWSTR path, DWORD size))
{
	struct sym_session *session;

	if (!path || !size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ldr_operations.lock();
	session = sym_session(process);
	if (session) {
		size_t length = rtl_wcslen(session->search_path);

		if (length >= size)
			length = size - 1;
		memcpy(path, session->search_path, length * sizeof(WCHAR));
		path[length] = 0;
	}
	ldr_operations.unlock();
	return session != NULL;
}

EXPORT(dbghelp, BOOL, SymGetSearchPath, (HANDLE process, LPSTR path, DWORD size))
{
	struct sym_session *session;

	if (!path || !size) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	ldr_operations.lock();
	session = sym_session(process);
	if (session) {
		INT length = WideCharToMultiByte(CP_ACP, 0, session->search_path, -1, path, (INT)size, NULL, NULL);

		if (!length)
			path[size - 1] = 0;
	}
	ldr_operations.unlock();
	return session != NULL;
}

/* 0: no module of the session is there. */
EXPORT(dbghelp, DWORD64, SymGetModuleBase64, (HANDLE process, DWORD64 address))
{
	struct sym_session *session;
	const struct sym_module *module = NULL;
	DWORD64 base = 0;

	ldr_operations.lock();
	session = sym_session(process);
	if (session)
		module = sym_module(session, address);
	if (module)
		base = (uintptr_t)module->base;
	ldr_operations.unlock();
	return base;
}
EXPORT_ALIAS(dbghelp, "SymGetModuleBase", SymGetModuleBase64);

/* MSDN IMAGEHLP_MODULEW64; SizeOfStruct may end it behind LoadedImageName (older callers) or at its whole size. */
#define MODULE_INFO(character)                                                                                              \
	{                                                                                                                   \
		DWORD size;                                                                                                 \
		DWORD64 base;                                                                                               \
		DWORD image_size, time_stamp, checksum, symbol_count, symbol_type;                                          \
		character name[32], image[256], loaded_image[256], loaded_pdb[256];                                         \
		DWORD cv_signature;                                                                                         \
		character cv_data[MAX_PATH * 3];                                                                            \
		DWORD pdb_signature;                                                                                        \
		GUID pdb_guid;                                                                                              \
		DWORD pdb_age;                                                                                              \
		BOOL pdb_unmatched, dbg_unmatched, line_numbers, global_symbols, type_info, source_indexed, publics;        \
		DWORD machine, reserved;                                                                                    \
	}
struct module_info_w MODULE_INFO(WCHAR);
struct module_info_a MODULE_INFO(CHAR);
enum { SYMBOLS_OF_EXPORTS = 4 }; /* SymExport */

static void copy_name(WCHAR *to, size_t capacity, const UNICODE_STRING *name, bool stem)
{
	size_t length = name->Length / sizeof(WCHAR);

	if (stem) {
		size_t dot = length;

		while (dot && name->Buffer[dot - 1] != '.')
			dot--;
		if (dot)
			length = dot - 1;
	}
	if (length >= capacity)
		length = capacity - 1;
	memcpy(to, name->Buffer, length * sizeof(WCHAR));
	to[length] = 0;
}

static bool module_info(HANDLE process, DWORD64 address, struct module_info_w *info)
{
	const struct sym_module *module = NULL;
	struct sym_session *session;
	LDR_DATA_TABLE_ENTRY *entry;

	ldr_operations.lock();
	session = sym_session(process);
	if (session)
		module = sym_module(session, address);
	if (module && NT_SUCCESS(ldr_operations.find_by_address(module->base, &entry))) {
		const IMAGE_NT_HEADERS64 *headers = ImageNtHeader((PVOID)(uintptr_t)module->base);

		info->base = (uintptr_t)module->base;
		info->image_size = module->size;
		if (headers) {
			info->time_stamp = headers->FileHeader.TimeDateStamp;
			info->checksum = headers->OptionalHeader.CheckSum;
			info->machine = headers->FileHeader.Machine;
		}
		info->symbol_count = (DWORD)sym_count_exports(module);
		info->symbol_type = info->symbol_count ? SYMBOLS_OF_EXPORTS : 0;
		copy_name(info->name, ARRAY_SIZE(info->name), &entry->BaseDllName, true);
		copy_name(info->image, ARRAY_SIZE(info->image), &entry->FullDllName, false);
		copy_name(info->loaded_image, ARRAY_SIZE(info->loaded_image), &entry->FullDllName, false);
	}
	ldr_operations.unlock();
	return module != NULL;
}

EXPORT(dbghelp, BOOL, SymGetModuleInfoW64, (HANDLE process, DWORD64 address, struct module_info_w *to))
{
	struct module_info_w *info;
	BOOL result;

	if (!to || to->size < offsetof(struct module_info_w, loaded_pdb) || to->size > sizeof(*to)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	info = calloc(1, sizeof(*info));
	if (!info) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	info->size = to->size;
	result = module_info(process, address, info);
	if (result)
		memcpy(to, info, to->size);
	free(info);
	return result;
}
EXPORT_ALIAS(dbghelp, "SymGetModuleInfoW", SymGetModuleInfoW64);

EXPORT(dbghelp, BOOL, SymGetModuleInfo64, (HANDLE process, DWORD64 address, struct module_info_a *to))
{
	struct module_info_w *info;
	struct module_info_a *narrow;
	BOOL result = FALSE;

	if (!to || to->size < offsetof(struct module_info_a, loaded_pdb) || to->size > sizeof(*to)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	info = calloc(1, sizeof(*info));
	narrow = calloc(1, sizeof(*narrow));
	if (!info || !narrow)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	else
		result = module_info(process, address, info);
	if (result) {
		narrow->size = to->size;
		narrow->base = info->base;
		narrow->image_size = info->image_size;
		narrow->time_stamp = info->time_stamp;
		narrow->checksum = info->checksum;
		narrow->symbol_count = info->symbol_count;
		narrow->symbol_type = info->symbol_type;
		narrow->machine = info->machine;
		WideCharToMultiByte(CP_ACP, 0, info->name, -1, narrow->name, 31, NULL, NULL);
		WideCharToMultiByte(CP_ACP, 0, info->image, -1, narrow->image, 255, NULL, NULL);
		WideCharToMultiByte(CP_ACP, 0, info->loaded_image, -1, narrow->loaded_image, 255, NULL, NULL);
		memcpy(to, narrow, to->size);
	}
	free(narrow);
	free(info);
	return result;
}
EXPORT_ALIAS(dbghelp, "SymGetModuleInfo", SymGetModuleInfo64);
