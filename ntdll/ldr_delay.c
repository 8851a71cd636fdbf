/*
 * ntdll/ldr_delay.c - delayed imports bound by the system (MSDN ResolveDelayLoadedAPI, delayloadhandler.h): the program's linker
 * made thunks that come here with their first call.
 */
#include "host/fault.h"
#include "nt/pe.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ldr.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"

#define DELAYLOAD_GPA_FAILURE 4u

typedef struct _DELAYLOAD_PROC_DESCRIPTOR {
	ULONG ImportDescribedByName;
	union {
		LPCSTR Name;
		ULONG Ordinal;
	} Description;
} DELAYLOAD_PROC_DESCRIPTOR;

typedef struct _DELAYLOAD_INFO {
	ULONG Size;
	const IMAGE_DELAYLOAD_DESCRIPTOR *DelayloadDescriptor;
	ULONG_PTR *ThunkAddress;
	LPCSTR TargetDllName;
	DELAYLOAD_PROC_DESCRIPTOR TargetApiDescriptor;
	PVOID TargetModuleBase;
	PVOID Unused;
	ULONG LastError;
} DELAYLOAD_INFO;

/* The module handle in the descriptor: loaded once, kept for good. */
static NTSTATUS target_module(char *parent, const IMAGE_DELAYLOAD_DESCRIPTOR *descriptor, HMODULE *module)
{
	HMODULE *place = (HMODULE *)(parent + descriptor->ModuleHandleRVA), before = NULL;
	UNICODE_STRING wide;
	ANSI_STRING name;
	NTSTATUS status;

	*module = __atomic_load_n(place, __ATOMIC_ACQUIRE);
	if (*module)
		return STATUS_SUCCESS;
	RtlInitAnsiString(&name, parent + descriptor->DllNameRVA);
	status = RtlAnsiStringToUnicodeString(&wide, &name, TRUE);
	if (!NT_SUCCESS(status))
		return status;
	status = ldr_operations.load(NULL, 0, &wide, module);
	RtlFreeUnicodeString(&wide);
	if (NT_SUCCESS(status) &&
	    !__atomic_compare_exchange_n(place, &before, *module, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		ldr_operations.unload(*module); /* another thread was first */
		*module = before;
	}
	return status;
}

static void describe(char *parent, ULONG_PTR import, DELAYLOAD_PROC_DESCRIPTOR *target)
{
	target->ImportDescribedByName = !(import & IMAGE_ORDINAL_FLAG64);
	if (target->ImportDescribedByName)
		target->Description.Name = parent + import + sizeof(USHORT); /* behind the hint */
	else
		target->Description.Ordinal = (ULONG)(import & 0xFFFF);
}

/*
 * The address for the thunk at `thunk`, stored there.  What is missing is first told to `dll_hook` (the parent's), which may give
 * another address, then to `system_hook`, which gets names or ordinals; without one of them the answer is NULL.
 */
EXPORT(ntdll, PVOID, LdrResolveDelayLoadedAPI,
       (PVOID base, const IMAGE_DELAYLOAD_DESCRIPTOR *descriptor, PVOID dll_hook, PVOID system_hook, ULONG_PTR *thunk,
	ULONG flags))
{
	char *parent = base;
	DELAYLOAD_INFO info = {.Size = sizeof(info), .DelayloadDescriptor = descriptor, .ThunkAddress = thunk};
	size_t index;
	HMODULE module;
	PVOID address = NULL;
	NTSTATUS status;

	if (!parent)
		return NULL;
	index = (size_t)(thunk - (ULONG_PTR *)(parent + descriptor->ImportAddressTableRVA));
	describe(parent, ((ULONG_PTR *)(parent + descriptor->ImportNameTableRVA))[index], &info.TargetApiDescriptor);
	info.TargetDllName = parent + descriptor->DllNameRVA;
	status = target_module(parent, descriptor, &module);
	if (NT_SUCCESS(status)) {
		info.TargetModuleBase = module;
		status = ldr_operations.procedure(module,
						  info.TargetApiDescriptor.ImportDescribedByName
							  ? info.TargetApiDescriptor.Description.Name
							  : NULL,
						  info.TargetApiDescriptor.Description.Ordinal, &address);
	}
	if (NT_SUCCESS(status)) {
		__atomic_store_n(thunk, (ULONG_PTR)address, __ATOMIC_RELEASE);
		return address;
	}
	info.LastError = RtlNtStatusToDosError(status);
	address = NULL;
	if (dll_hook)
		address = (PVOID)(uintptr_t)ke_call_guest(dll_hook, DELAYLOAD_GPA_FAILURE, (uintptr_t)&info, 0, 0);
	if (!address && system_hook)
		address = (PVOID)(uintptr_t)ke_call_guest(
			system_hook, (uintptr_t)info.TargetDllName,
			info.TargetApiDescriptor.ImportDescribedByName
				? (uintptr_t)info.TargetApiDescriptor.Description.Name
				: info.TargetApiDescriptor.Description.Ordinal,
			0, 0);
	return address;
}

/* The parent's descriptor for a DLL; NULL: it has none. */
static const IMAGE_DELAYLOAD_DESCRIPTOR *find_descriptor(char *parent, LPCSTR dll)
{
	const IMAGE_DELAYLOAD_DESCRIPTOR *at;
	ANSI_STRING wanted, name;
	ULONG size;

	RtlInitAnsiString(&wanted, dll);
	at = RtlImageDirectoryEntryToData(parent, TRUE, IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT, &size);
	for (; at && size >= sizeof(*at) && at->DllNameRVA; at++, size -= sizeof(*at)) {
		RtlInitAnsiString(&name, parent + at->DllNameRVA);
		if (RtlEqualString(&wanted, &name, TRUE))
			return at;
	}
	return NULL;
}

/* Binds everything that the parent wants of a DLL: STATUS_DLL_NOT_FOUND, STATUS_ENTRYPOINT_NOT_FOUND. */
EXPORT(ntdll, NTSTATUS, LdrResolveDelayLoadsFromDll, (PVOID base, LPCSTR dll, ULONG flags))
{
	const IMAGE_DELAYLOAD_DESCRIPTOR *descriptor;
	char *parent = base;
	ULONG_PTR *thunks;

	if (flags || !parent)
		return STATUS_INVALID_PARAMETER;
	descriptor = find_descriptor(parent, dll);
	if (!descriptor)
		return STATUS_DLL_NOT_FOUND;
	thunks = (ULONG_PTR *)(parent + descriptor->ImportAddressTableRVA);
	for (size_t i = 0; ((ULONG_PTR *)(parent + descriptor->ImportNameTableRVA))[i]; i++)
		if (!LdrResolveDelayLoadedAPI(parent, descriptor, NULL, NULL, &thunks[i], 0))
			return STATUS_ENTRYPOINT_NOT_FOUND;
	return STATUS_SUCCESS;
}

/* Whether a delayed import can be bound: that of this name, of the parent's own tables. */
EXPORT(ntdll, NTSTATUS, LdrQueryOptionalDelayLoadedAPI, (PVOID base, LPCSTR dll, LPCSTR procedure, ULONG flags))
{
	const IMAGE_DELAYLOAD_DESCRIPTOR *descriptor;
	char *parent = base;
	HMODULE module;
	PVOID address;
	NTSTATUS status;

	if (flags || !parent || !dll || !procedure)
		return STATUS_INVALID_PARAMETER;
	descriptor = find_descriptor(parent, dll);
	if (!descriptor)
		return STATUS_DLL_NOT_FOUND;
	status = target_module(parent, descriptor, &module);
	return NT_SUCCESS(status) ? ldr_operations.procedure(module, procedure, 0, &address) : status;
}
