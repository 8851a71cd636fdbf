/*
 * dlls/dbghelp/walk.c - walking stacks, function tables, the list of loaded modules, places in images.
 */
#include "dlls/dbghelp/dbghelp.h"
#include "host/fault.h"
#include "kernel32/api.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ps/thread.h"

#include <stdlib.h>
#include <string.h>

/* MSDN STACKFRAME64; STACKFRAME_EX goes on with a size and an inline context. */
struct address {
	DWORD64 offset;
	WORD segment;
	DWORD mode;
};
struct stack_frame {
	struct address pc, return_pc, frame, stack, backing_store;
	PVOID function_entry;
	DWORD64 parameters[4];
	BOOL far, is_virtual;
	DWORD64 reserved[3];
	DWORD64 kd_help[14];
	DWORD size;
	DWORD inline_context;
};
_Static_assert(offsetof(struct stack_frame, size) == 264, "STACKFRAME64");

enum { ADDRESS_FLAT = 3 };
#define WALKING 0x5045575445523634ull

EXPORT(dbghelp, PVOID, SymFunctionTableAccess64, (HANDLE process, DWORD64 address))
{
	ULONG_PTR base;

	(void)process;
	return RtlLookupFunctionEntry(address, &base, NULL);
}
EXPORT_ALIAS(dbghelp, "SymFunctionTableAccess", SymFunctionTableAccess64);

/* To the caller's registers; false at the end of the stack or where it cannot be read. */
static bool unwind(CONTEXT *context)
{
	DWORD64 before = context->Rsp, probe;
	ULONG_PTR base = 0, frame;
	PRUNTIME_FUNCTION entry;
	PVOID data;

	if (host_copy_from_guest(&probe, (const void *)before, sizeof(probe)))
		return false;
	entry = RtlLookupFunctionEntry(context->Rip, &base, NULL);
	if (entry) {
		RtlVirtualUnwind(0, base, context->Rip, entry, context, &data, &frame, NULL);
	} else {
		/* A leaf: only the return address is on the stack. */
		context->Rip = probe;
		context->Rsp += 8;
	}
	return context->Rsp > before && context->Rip;
}

/*
 * The first call gives the frame of the context; each one after it goes to the caller and changes the context. Function
 * tables are those of this process whatever routines are given.
 */
static BOOL walk(DWORD machine, HANDLE process, struct stack_frame *frame, CONTEXT *context)
{
	CONTEXT caller;

	if (machine != MACHINE_AMD64 || !frame || !context) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	if (!win32_result(ps_check_own_process(process, 0x0410 /* QUERY_INFORMATION | VM_READ */)))
		return FALSE;
	if (frame->reserved[0] != WALKING) {
		frame->reserved[0] = WALKING;
		if (!context->Rip)
			return FALSE;
	} else if (!unwind(context)) {
		return FALSE;
	}
	frame->pc = (struct address){context->Rip, 0, ADDRESS_FLAT};
	frame->stack = (struct address){context->Rsp, 0, ADDRESS_FLAT};
	frame->function_entry = SymFunctionTableAccess64(process, context->Rip);
	frame->far = FALSE;
	frame->is_virtual = TRUE;
	memset(frame->parameters, 0, sizeof(frame->parameters));
	memcpy(&caller, context, sizeof(caller));
	if (unwind(&caller)) {
		frame->return_pc = (struct address){caller.Rip, 0, ADDRESS_FLAT};
		/* Under the return address, as if a frame pointer had been pushed; the home of the parameters above it.
		 */
		frame->frame = (struct address){caller.Rsp - 16, 0, ADDRESS_FLAT};
		host_copy_from_guest(frame->parameters, (const void *)caller.Rsp, sizeof(frame->parameters));
	} else {
		frame->return_pc = (struct address){0, 0, ADDRESS_FLAT};
		frame->frame = (struct address){context->Rsp, 0, ADDRESS_FLAT};
	}
	return TRUE;
}

EXPORT(dbghelp, BOOL, StackWalk64,
       (DWORD machine, HANDLE process, HANDLE thread, struct stack_frame *frame, CONTEXT *context, PVOID read,
	PVOID function_table, PVOID module_base, PVOID translate))
{
	(void)thread, (void)read, (void)function_table, (void)module_base, (void)translate;
	return walk(machine, process, frame, context);
}
EXPORT_ALIAS(dbghelp, "StackWalk", StackWalk64);

EXPORT(dbghelp, BOOL, StackWalkEx,
       (DWORD machine, HANDLE process, HANDLE thread, struct stack_frame *frame, CONTEXT *context, PVOID read,
	PVOID function_table, PVOID module_base, PVOID translate, DWORD flags))
{
	(void)thread, (void)read, (void)function_table, (void)module_base, (void)translate, (void)flags;
	if (frame && frame->size != sizeof(*frame)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return walk(machine, process, frame, context);
}

/* The list is copied first: the callback may load and unload. */
struct loaded {
	DWORD64 base;
	ULONG size;
	WCHAR name[MAX_PATH];
};

static struct loaded *list_modules(size_t *count)
{
	LIST_ENTRY *head = &NtCurrentPeb()->Ldr->InLoadOrderModuleList;
	struct loaded *list;
	size_t capacity = 0;

	*count = 0;
	ldr_operations.lock();
	for (LIST_ENTRY *link = head->Flink; link != head; link = link->Flink)
		capacity++;
	list = malloc(capacity * sizeof(*list));
	for (LIST_ENTRY *link = head->Flink; list && link != head; link = link->Flink) {
		LDR_DATA_TABLE_ENTRY *entry = CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks);
		size_t length = entry->FullDllName.Length / sizeof(WCHAR);

		if (length >= MAX_PATH)
			length = MAX_PATH - 1;
		list[*count].base = (uintptr_t)entry->DllBase;
		list[*count].size = entry->SizeOfImage;
		memcpy(list[*count].name, entry->FullDllName.Buffer, length * sizeof(WCHAR));
		list[(*count)++].name[length] = 0;
	}
	ldr_operations.unlock();
	if (!list)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return list;
}

static BOOL enumerate(HANDLE process, PVOID callback, PVOID context, bool wide)
{
	struct loaded *list;
	size_t count;

	if (!win32_result(ps_check_own_process(process, 0x0410 /* QUERY_INFORMATION | VM_READ */)))
		return FALSE;
	list = list_modules(&count);
	for (size_t i = 0; i < count; i++) {
		char name[MAX_PATH * 3];

		if (!wide)
			WideCharToMultiByte(CP_ACP, 0, list[i].name, -1, name, sizeof(name), NULL, NULL);
		if (!(BOOL)ke_call_guest(callback, wide ? (uintptr_t)list[i].name : (uintptr_t)name, list[i].base,
					 list[i].size, (uintptr_t)context))
			break;
	}
	free(list);
	return list != NULL;
}

EXPORT(dbghelp, BOOL, EnumerateLoadedModules64, (HANDLE process, PVOID callback, PVOID context))
{
	return enumerate(process, callback, context, false);
}
EXPORT_ALIAS(dbghelp, "EnumerateLoadedModules", EnumerateLoadedModules64);
EXPORT_ALIAS(dbghelp, "EnumerateLoadedModulesEx", EnumerateLoadedModules64);

EXPORT(dbghelp, BOOL, EnumerateLoadedModulesW64, (HANDLE process, PVOID callback, PVOID context))
{
	return enumerate(process, callback, context, true);
}
EXPORT_ALIAS(dbghelp, "EnumerateLoadedModulesExW", EnumerateLoadedModulesW64);

/* NULL with ERROR_BAD_EXE_FORMAT. */
EXPORT(dbghelp, IMAGE_NT_HEADERS64 *, ImageNtHeader, (PVOID base))
{
	IMAGE_DOS_HEADER dos;
	DWORD signature;

	if (!host_copy_from_guest(&dos, base, sizeof(dos)) && dos.e_magic == 0x5A4D && dos.e_lfanew >= 0 &&
	    !host_copy_from_guest(&signature, (BYTE *)base + dos.e_lfanew, sizeof(signature)) && signature == 0x4550)
		return (IMAGE_NT_HEADERS64 *)((BYTE *)base + dos.e_lfanew);
	set_last_error(ERROR_BAD_EXE_FORMAT);
	return NULL;
}

static IMAGE_SECTION_HEADER *first_section(const IMAGE_NT_HEADERS64 *headers)
{
	return (IMAGE_SECTION_HEADER *)((uintptr_t)&headers->OptionalHeader + headers->FileHeader.SizeOfOptionalHeader);
}

EXPORT(dbghelp, IMAGE_SECTION_HEADER *, ImageRvaToSection, (IMAGE_NT_HEADERS64 * headers, PVOID base, ULONG rva))
{
	IMAGE_SECTION_HEADER *section = first_section(headers);

	(void)base;
	for (WORD i = 0; i < headers->FileHeader.NumberOfSections; i++, section++) {
		if (rva >= section->VirtualAddress && rva - section->VirtualAddress < section->SizeOfRawData)
			return section;
	}
	return NULL;
}

/* The place of an RVA in a file that is mapped as it is. */
EXPORT(dbghelp, PVOID, ImageRvaToVa, (IMAGE_NT_HEADERS64 * headers, PVOID base, ULONG rva, IMAGE_SECTION_HEADER **last))
{
	IMAGE_SECTION_HEADER *section = last ? *last : NULL;

	if (!section || rva < section->VirtualAddress || rva - section->VirtualAddress >= section->SizeOfRawData)
		section = ImageRvaToSection(headers, base, rva);
	if (!section)
		return NULL;
	if (last)
		*last = section;
	return (BYTE *)base + section->PointerToRawData + (rva - section->VirtualAddress);
}

EXPORT(dbghelp, PVOID, ImageDirectoryEntryToDataEx,
       (PVOID base, BOOLEAN mapped, USHORT entry, ULONG *size, IMAGE_SECTION_HEADER **found))
{
	IMAGE_NT_HEADERS64 *headers;
	DWORD count, rva, header_size;
	const IMAGE_DATA_DIRECTORY *directories;

	*size = 0;
	if (found)
		*found = NULL;
	/* A module loaded as a data file has the low bit set. */
	if ((uintptr_t)base & 1) {
		base = (PVOID)((uintptr_t)base & ~(uintptr_t)1);
		mapped = FALSE;
	}
	headers = ImageNtHeader(base);
	if (!headers)
		return NULL;
	/* The 32-bit header has its directories 16 bytes earlier. */
	directories = headers->OptionalHeader.DataDirectory;
	count = headers->OptionalHeader.NumberOfRvaAndSizes;
	header_size = headers->OptionalHeader.SizeOfHeaders;
	if (headers->OptionalHeader.Magic == 0x10B) {
		directories = (const IMAGE_DATA_DIRECTORY *)((const BYTE *)directories - 16);
		count = ((const DWORD *)directories)[-1];
	}
	if (entry >= count || !directories[entry].VirtualAddress) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	rva = directories[entry].VirtualAddress;
	*size = directories[entry].Size;
	if (mapped || rva < header_size) {
		if (found)
			*found = ImageRvaToSection(headers, base, rva);
		return (BYTE *)base + rva;
	}
	return ImageRvaToVa(headers, base, rva, found);
}

EXPORT(dbghelp, PVOID, ImageDirectoryEntryToData, (PVOID base, BOOLEAN mapped, USHORT entry, ULONG *size))
{
	return ImageDirectoryEntryToDataEx(base, mapped, entry, size, NULL);
}
