/*
 * ntdll/ldr.c - NT's loader functions, over the operations that the loader registers; and the functions that read image
 * headers.
 */
#include "ntdll/ldr.h"
#include "host/fault.h"
#include "nt/pe.h"
#include "ntdll/ke/ke.h"
#include "ntdll/mm/mm.h"
#include "pewter/export.h"

#include <string.h>

struct ldr_operations ldr_operations;

/* LdrLoadDll's flags: a pointer to what became LoadLibraryEx's. */
EXPORT(ntdll, NTSTATUS, LdrLoadDll, (PWSTR search_path, PULONG flags, const UNICODE_STRING *name, HMODULE *module))
{
	return ldr_operations.load(NULL, flags ? *flags : 0, name, module);
}

EXPORT(ntdll, NTSTATUS, LdrUnloadDll, (HMODULE module))
{
	return ldr_operations.unload(module);
}

EXPORT(ntdll, NTSTATUS, LdrAddRefDll, (ULONG flags, HMODULE module))
{
	if (flags & ~LDR_ADDREF_PIN)
		return STATUS_INVALID_PARAMETER;
	return ldr_operations.add_reference(flags, module);
}

#define LDR_GET_DLL_HANDLE_EX_UNCHANGED_REFCOUNT 1u
#define LDR_GET_DLL_HANDLE_EX_PIN 2u

EXPORT(ntdll, NTSTATUS, LdrGetDllHandleEx,
       (ULONG flags, PWSTR search_path, PULONG characteristics, const UNICODE_STRING *name, HMODULE *module))
{
	NTSTATUS status;

	if (flags & ~3u || flags == 3)
		return STATUS_INVALID_PARAMETER;
	if (!module && !(flags & LDR_GET_DLL_HANDLE_EX_PIN))
		return STATUS_INVALID_PARAMETER;
	HMODULE found = NULL;
	ldr_operations.lock();
	status = ldr_operations.find(name, &found);
	if (NT_SUCCESS(status) && !(flags & LDR_GET_DLL_HANDLE_EX_UNCHANGED_REFCOUNT))
		status = ldr_operations.add_reference(flags & LDR_GET_DLL_HANDLE_EX_PIN ? LDR_ADDREF_PIN : 0, found);
	ldr_operations.unlock();
	if (module)
		*module = found;
	return status;
}

EXPORT(ntdll, NTSTATUS, LdrGetDllHandle,
       (PWSTR search_path, PULONG characteristics, const UNICODE_STRING *name, HMODULE *module))
{
	return LdrGetDllHandleEx(LDR_GET_DLL_HANDLE_EX_UNCHANGED_REFCOUNT, search_path, characteristics, name, module);
}

EXPORT(ntdll, NTSTATUS, LdrGetProcedureAddress,
       (HMODULE module, const ANSI_STRING *name, ULONG ordinal, PVOID *address))
{
	char text[512];

	if (!name)
		return ldr_operations.procedure(module, NULL, ordinal, address);
	if (name->Length >= sizeof(text))
		return STATUS_ENTRYPOINT_NOT_FOUND;
	memcpy(text, name->Buffer, name->Length);
	text[name->Length] = 0;
	return ldr_operations.procedure(module, text, 0, address);
}

EXPORT(ntdll, NTSTATUS, LdrGetProcedureAddressEx,
       (HMODULE module, const ANSI_STRING *name, ULONG ordinal, PVOID *address, ULONG flags))
{
	if (flags & ~1u)
		return STATUS_INVALID_PARAMETER;
	return LdrGetProcedureAddress(module, name, ordinal, address);
}

EXPORT(ntdll, NTSTATUS, LdrDisableThreadCalloutsForDll, (HMODULE module))
{
	return ldr_operations.disable_thread_calls(module);
}

EXPORT(ntdll, NTSTATUS, LdrFindEntryForAddress, (PVOID address, LDR_DATA_TABLE_ENTRY **entry))
{
	NTSTATUS status = ldr_operations.find_by_address(address, entry);

	return status == STATUS_DLL_NOT_FOUND ? STATUS_NO_MORE_ENTRIES : status;
}

NTSTATUS ldr_lock_entry(HMODULE module, LDR_DATA_TABLE_ENTRY **entry)
{
	NTSTATUS status;

	ldr_operations.lock();
	if (!module)
		module = (HMODULE)NtCurrentPeb()->ImageBaseAddress;
	status = ldr_operations.find_by_address(module, entry);
	return NT_SUCCESS(status) && (*entry)->DllBase != (PVOID)module ? STATUS_DLL_NOT_FOUND : status;
}

EXPORT(ntdll, NTSTATUS, LdrGetDllFullName, (HMODULE module, UNICODE_STRING *name))
{
	LDR_DATA_TABLE_ENTRY *entry;
	NTSTATUS status;
	USHORT length;

	status = ldr_lock_entry(module, &entry);
	if (NT_SUCCESS(status)) {
		length = entry->FullDllName.Length;
		if (length > name->MaximumLength) {
			length = name->MaximumLength;
			status = STATUS_BUFFER_TOO_SMALL;
		}
		memcpy(name->Buffer, entry->FullDllName.Buffer, length);
		name->Length = length;
		if (length + sizeof(WCHAR) <= name->MaximumLength)
			name->Buffer[length / sizeof(WCHAR)] = 0;
	}
	ldr_operations.unlock();
	return status;
}

typedef void(WINAPI *LDR_ENUM_CALLBACK)(LDR_DATA_TABLE_ENTRY *entry, PVOID context, BOOLEAN *stop);

EXPORT(ntdll, NTSTATUS, LdrEnumerateLoadedModules, (BOOLEAN reserved, LDR_ENUM_CALLBACK callback, PVOID context))
{
	LIST_ENTRY *head, *link, *next;
	BOOLEAN stop = FALSE;

	if (reserved || !callback)
		return STATUS_INVALID_PARAMETER;
	ldr_operations.lock();
	head = &NtCurrentPeb()->Ldr->InLoadOrderModuleList;
	for (link = head->Flink; link != head && !stop; link = next) {
		next = link->Flink;
		ke_call_guest((void *)callback,
			      (uintptr_t)CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks),
			      (uintptr_t)context, (uintptr_t)&stop, 0);
	}
	ldr_operations.unlock();
	return STATUS_SUCCESS;
}

#define LDR_LOCK_LOADER_LOCK_TRY_ONLY 2u

EXPORT(ntdll, NTSTATUS, LdrLockLoaderLock, (ULONG flags, PULONG disposition, ULONG_PTR *cookie))
{
	if (flags & ~3u)
		return STATUS_INVALID_PARAMETER_1;
	if (!cookie || ((flags & LDR_LOCK_LOADER_LOCK_TRY_ONLY) && !disposition))
		return STATUS_INVALID_PARAMETER_3;
	ldr_operations.lock();
	if (disposition)
		*disposition = 1; /* acquired */
	*cookie = (ULONG_PTR)NtCurrentTeb()->ClientId.UniqueThread << 16 | 1;
	return STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, LdrUnlockLoaderLock, (ULONG flags, ULONG_PTR cookie))
{
	if (flags & ~1u)
		return STATUS_INVALID_PARAMETER_1;
	if (!cookie)
		return STATUS_SUCCESS;
	if (cookie != ((ULONG_PTR)NtCurrentTeb()->ClientId.UniqueThread << 16 | 1))
		return STATUS_INVALID_PARAMETER_2;
	ldr_operations.unlock();
	return STATUS_SUCCESS;
}

struct resource_path {
	ULONG_PTR part[3]; /* LDR_RESOURCE_INFO: type, name, language */
};

EXPORT(ntdll, NTSTATUS, LdrFindResource_U,
       (HMODULE module, const struct resource_path *path, ULONG levels, const IMAGE_RESOURCE_DATA_ENTRY **entry))
{
	return ldr_operations.find_resource(module, path->part, levels, (const void **)entry);
}

EXPORT(ntdll, NTSTATUS, LdrFindResourceDirectory_U,
       (HMODULE module, const struct resource_path *path, ULONG levels, const IMAGE_RESOURCE_DIRECTORY **directory))
{
	if (levels > 2)
		return STATUS_INVALID_PARAMETER;
	return ldr_operations.find_resource(module, path->part, levels, (const void **)directory);
}

EXPORT(ntdll, NTSTATUS, LdrAccessResource,
       (HMODULE module, const IMAGE_RESOURCE_DATA_ENTRY *entry, PVOID *data, PULONG size))
{
	return ldr_operations.access_resource(module, entry, data, size);
}

ULONG_PTR ldr_resource_id(const char16_t *name)
{
	ULONG value = 0;

	if (!((ULONG_PTR)name >> 16) || name[0] != u'#')
		return (ULONG_PTR)name;
	for (name++; *name >= u'0' && *name <= u'9' && value < 0x10000; name++)
		value = value * 10 + (ULONG)(*name - u'0');
	return value & 0xFFFF;
}

EXPORT(ntdll, BOOLEAN, RtlDllShutdownInProgress, (void))
{
	PPEB_LDR_DATA data = NtCurrentPeb()->Ldr;

	return data && data->ShutdownInProgress;
}

EXPORT(ntdll, PVOID, RtlPcToFileHeader, (PVOID pc, PVOID *base))
{
	uintptr_t found = 0;

	*base = mm_view_owner((uintptr_t)pc, &found) ? (PVOID)found : NULL;
	return *base;
}

#define RTL_IMAGE_NT_HEADER_EX_FLAG_NO_RANGE_CHECK 1u

/* The headers of an image or of a file in memory; with a size, everything is checked against it. */
EXPORT(ntdll, NTSTATUS, RtlImageNtHeaderEx, (ULONG flags, PVOID base, ULONGLONG size, IMAGE_NT_HEADERS64 **headers))
{
	bool check = !(flags & RTL_IMAGE_NT_HEADER_EX_FLAG_NO_RANGE_CHECK);
	IMAGE_DOS_HEADER dos;
	uint32_t signature;

	if (!headers || !base || base == INVALID_HANDLE_VALUE || flags & ~1u)
		return STATUS_INVALID_PARAMETER;
	*headers = NULL;
	if (check && size < sizeof(dos))
		return STATUS_INVALID_IMAGE_FORMAT;
	if (host_copy_from_guest(&dos, base, sizeof(dos)) != 0 || dos.e_magic != IMAGE_DOS_SIGNATURE)
		return STATUS_INVALID_IMAGE_FORMAT;
	if (dos.e_lfanew < 0 || (check && (ULONGLONG)dos.e_lfanew + 4 + sizeof(IMAGE_FILE_HEADER) > size) ||
	    (uint32_t)dos.e_lfanew >= 0x10000000)
		return STATUS_INVALID_IMAGE_FORMAT;
	if (host_copy_from_guest(&signature, (char *)base + dos.e_lfanew, sizeof(signature)) != 0 ||
	    signature != IMAGE_NT_SIGNATURE)
		return STATUS_INVALID_IMAGE_FORMAT;
	*headers = (IMAGE_NT_HEADERS64 *)((char *)base + dos.e_lfanew);
	return STATUS_SUCCESS;
}

EXPORT(ntdll, IMAGE_NT_HEADERS64 *, RtlImageNtHeader, (PVOID base))
{
	IMAGE_NT_HEADERS64 *headers;

	return NT_SUCCESS(RtlImageNtHeaderEx(RTL_IMAGE_NT_HEADER_EX_FLAG_NO_RANGE_CHECK, base, 0, &headers)) ? headers
													      : NULL;
}

EXPORT(ntdll, IMAGE_SECTION_HEADER *, RtlImageRvaToSection, (const IMAGE_NT_HEADERS64 *headers, PVOID base, ULONG rva))
{
	IMAGE_SECTION_HEADER *section =
		(IMAGE_SECTION_HEADER *)((char *)&headers->OptionalHeader + headers->FileHeader.SizeOfOptionalHeader);

	for (unsigned i = 0; i < headers->FileHeader.NumberOfSections; i++, section++)
		if (rva >= section->VirtualAddress && rva - section->VirtualAddress < section->SizeOfRawData)
			return section;
	return NULL;
}

EXPORT(ntdll, PVOID, RtlImageRvaToVa,
       (const IMAGE_NT_HEADERS64 *headers, PVOID base, ULONG rva, IMAGE_SECTION_HEADER **last))
{
	IMAGE_SECTION_HEADER *section = last ? *last : NULL;

	if (!section || rva < section->VirtualAddress || rva - section->VirtualAddress >= section->SizeOfRawData)
		section = RtlImageRvaToSection(headers, base, rva);
	if (!section)
		return NULL;
	if (last)
		*last = section;
	return (char *)base + section->PointerToRawData + (rva - section->VirtualAddress);
}

/* As RtlImageRvaToVa, for an address of which no section is known. */
EXPORT(ntdll, PVOID, RtlAddressInSectionTable, (const IMAGE_NT_HEADERS64 *headers, PVOID base, ULONG rva))
{
	return RtlImageRvaToVa(headers, base, rva, NULL);
}

EXPORT(ntdll, PVOID, RtlImageDirectoryEntryToData, (PVOID base, BOOLEAN image, USHORT index, PULONG size))
{
	IMAGE_NT_HEADERS64 *headers;
	IMAGE_DATA_DIRECTORY *directories;
	ULONG count, rva;

	/* A data file's handle is tagged. */
	if ((ULONG_PTR)base & 1) {
		base = (PVOID)((ULONG_PTR)base & ~(ULONG_PTR)3);
		image = FALSE;
	}
	base = (PVOID)((ULONG_PTR)base & ~(ULONG_PTR)3);
	headers = RtlImageNtHeader(base);
	*size = 0;
	if (!headers)
		return NULL;
	if (headers->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC) {
		directories = headers->OptionalHeader.DataDirectory;
		count = headers->OptionalHeader.NumberOfRvaAndSizes;
	} else if (headers->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR32_MAGIC) {
		directories = (IMAGE_DATA_DIRECTORY *)((char *)&headers->OptionalHeader + 96);
		count = *(ULONG *)((char *)&headers->OptionalHeader + 92);
	} else {
		return NULL;
	}
	if (index >= count || index >= IMAGE_NUMBEROF_DIRECTORY_ENTRIES || !directories[index].VirtualAddress)
		return NULL;
	*size = directories[index].Size;
	rva = directories[index].VirtualAddress;
	if (image || rva < headers->OptionalHeader.SizeOfHeaders)
		return (char *)base + rva;
	return RtlImageRvaToVa(headers, base, rva, NULL);
}

/* A function by name in any mapped image, also one that the loader does not know; forwarders are not followed. */
EXPORT(ntdll, PVOID, RtlFindExportedRoutineByName, (HMODULE module, PCSTR name))
{
	const IMAGE_EXPORT_DIRECTORY *exports;
	const ULONG *names, *functions;
	const USHORT *ordinals;
	const char *base = (const char *)module;
	ULONG size, low = 0, high;

	exports = RtlImageDirectoryEntryToData(module, TRUE, IMAGE_DIRECTORY_ENTRY_EXPORT, &size);
	if (!exports)
		return NULL;
	names = (const ULONG *)(base + exports->AddressOfNames);
	functions = (const ULONG *)(base + exports->AddressOfFunctions);
	ordinals = (const USHORT *)(base + exports->AddressOfNameOrdinals);
	high = exports->NumberOfNames;
	while (low < high) {
		ULONG middle = low + (high - low) / 2;
		int order = strcmp(name, base + names[middle]);

		if (order == 0) {
			ULONG function = functions[ordinals[middle]], at = (ULONG)((const char *)exports - base);

			return function - at < size ? NULL : (PVOID)(base + function);
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
