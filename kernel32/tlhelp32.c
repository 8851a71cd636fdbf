/*
 * kernel32/tlhelp32.c - snapshots of processes, threads, modules and heaps (MSDN, tlhelp32.h).
 *
 * As on Windows a snapshot is a section of the page file, so that its handle can be inherited and closed like any other:
 * it holds a header, then the entries of each kind in their wide form.  How far each list has been read is in the header too.
 */
#include "kernel32/kernel32.h"
#include "kernel32/other_modules.h"
#include "kernel32/tlhelp32.h"
#include "ntdll/ex/process_list.h"
#include "ntdll/ldr.h"
#include "ntdll/nt.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/thread.h"
#include "ntdll/rtl/heap.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#define TH32CS_SNAPHEAPLIST 1u
#define TH32CS_SNAPPROCESS 2u
#define TH32CS_SNAPTHREAD 4u
#define TH32CS_SNAPMODULE 8u
#define TH32CS_SNAPMODULE32 0x10u
#define TH32CS_INHERIT 0x80000000u
#define MAX_MODULE_NAME32 255

NTSTATUS NTAPI NtQuerySystemInformation(ULONG class, PVOID buffer, ULONG capacity, PULONG returned);

typedef struct tagPROCESSENTRY32 {
	DWORD dwSize, cntUsage, th32ProcessID;
	ULONG_PTR th32DefaultHeapID;
	DWORD th32ModuleID, cntThreads, th32ParentProcessID;
	LONG pcPriClassBase;
	DWORD dwFlags;
	CHAR szExeFile[MAX_PATH];
} PROCESSENTRY32;

typedef struct tagTHREADENTRY32 {
	DWORD dwSize, cntUsage, th32ThreadID, th32OwnerProcessID;
	LONG tpBasePri, tpDeltaPri;
	DWORD dwFlags;
} THREADENTRY32;

typedef struct tagMODULEENTRY32W {
	DWORD dwSize, th32ModuleID, th32ProcessID, GlblcntUsage, ProccntUsage;
	BYTE *modBaseAddr;
	DWORD modBaseSize;
	HMODULE hModule;
	WCHAR szModule[MAX_MODULE_NAME32 + 1];
	WCHAR szExePath[MAX_PATH];
} MODULEENTRY32W;

typedef struct tagMODULEENTRY32 {
	DWORD dwSize, th32ModuleID, th32ProcessID, GlblcntUsage, ProccntUsage;
	BYTE *modBaseAddr;
	DWORD modBaseSize;
	HMODULE hModule;
	CHAR szModule[MAX_MODULE_NAME32 + 1];
	CHAR szExePath[MAX_PATH];
} MODULEENTRY32;

enum kind { PROCESSES, THREADS, MODULES, HEAPS, KINDS };
static const DWORD entry_sizes[KINDS] = {sizeof(PROCESSENTRY32W), sizeof(THREADENTRY32), sizeof(MODULEENTRY32W),
					 sizeof(HEAPLIST32)};

/* This process' heaps when the snapshot is taken. */
struct heaps {
	PVOID *list; /* malloc'ed; NULL: they are not asked for */
	ULONG count;
};

struct snapshot {
	ULONG magic;
	struct {
		ULONG offset, count, next;
	} lists[KINDS];
};
#define SNAPSHOT_MAGIC 0x32334854u

/* --- making one --- */

static SYSTEM_PROCESS_INFORMATION *query_processes(void)
{
	ULONG size = 0x10000;
	void *buffer = NULL;
	NTSTATUS status;

	do {
		free(buffer);
		buffer = malloc(size);
		if (!buffer)
			return NULL;
		status = NtQuerySystemInformation(5, buffer, size, &size);
		size += 0x4000; /* there may be more of them the next time */
	} while (status == STATUS_INFO_LENGTH_MISMATCH);
	if (NT_SUCCESS(status))
		return buffer;
	free(buffer);
	return NULL;
}

static const SYSTEM_PROCESS_INFORMATION *following(const SYSTEM_PROCESS_INFORMATION *p)
{
	return p->NextEntryOffset ? (const void *)((const char *)p + p->NextEntryOffset) : NULL;
}

static void copy_text(WCHAR *to, size_t room, const UNICODE_STRING *from)
{
	size_t length = from->Length / 2 < room - 1 ? from->Length / 2 : room - 1;

	memcpy(to, from->Buffer, length * sizeof(WCHAR));
	to[length] = 0;
}

static void put_process(PROCESSENTRY32W *to, const SYSTEM_PROCESS_INFORMATION *p)
{
	to->dwSize = sizeof(*to);
	to->th32ProcessID = (DWORD)(uintptr_t)p->UniqueProcessId;
	to->th32ParentProcessID = (DWORD)(uintptr_t)p->InheritedFromUniqueProcessId;
	to->cntThreads = p->NumberOfThreads;
	to->pcPriClassBase = p->BasePriority;
	copy_text(to->szExeFile, MAX_PATH, &p->ImageName);
}

static void put_thread(THREADENTRY32 *to, const SYSTEM_THREAD_INFORMATION *t)
{
	to->dwSize = sizeof(*to);
	to->th32ThreadID = (DWORD)(uintptr_t)t->ClientId.UniqueThread;
	to->th32OwnerProcessID = (DWORD)(uintptr_t)t->ClientId.UniqueProcess;
	to->tpBasePri = t->BasePriority;
}

static void put_module(MODULEENTRY32W *to, const LDR_DATA_TABLE_ENTRY *m, DWORD process)
{
	to->dwSize = sizeof(*to);
	to->th32ModuleID = 1;
	to->th32ProcessID = process;
	to->GlblcntUsage = to->ProccntUsage = 0xFFFF;
	to->modBaseAddr = m->DllBase;
	to->modBaseSize = m->SizeOfImage;
	to->hModule = (HMODULE)m->DllBase;
	copy_text(to->szModule, MAX_MODULE_NAME32 + 1, &m->BaseDllName);
	copy_text(to->szExePath, MAX_PATH, &m->FullDllName);
}

/* The lists that are asked for, into `image` if it is there; the whole size.  Under the loader's lock.  `other`: the modules of
 * another process; NULL: this one's. */
static SIZE_T fill(struct snapshot *image, DWORD flags, const SYSTEM_PROCESS_INFORMATION *first, DWORD process,
		   const struct other_modules *other, const struct heaps *heaps)
{
	LIST_ENTRY *head = &NtCurrentPeb()->Ldr->InLoadOrderModuleList, *link;
	ULONG counts[KINDS] = {0}, offset = sizeof(struct snapshot);
	const SYSTEM_PROCESS_INFORMATION *p;
	char *at[KINDS];

	for (p = first; p; p = following(p)) {
		counts[PROCESSES] += flags & TH32CS_SNAPPROCESS ? 1 : 0;
		counts[THREADS] += flags & TH32CS_SNAPTHREAD ? p->NumberOfThreads : 0;
	}
	if (flags & TH32CS_SNAPMODULE && other)
		counts[MODULES] = other->count;
	else if (flags & TH32CS_SNAPMODULE)
		for (link = head->Flink; link != head; link = link->Flink)
			counts[MODULES]++;
	counts[HEAPS] = heaps->count;
	for (int i = 0; i < KINDS; i++) {
		offset = (offset + 15) & ~15u;
		if (image) {
			image->lists[i].offset = offset;
			image->lists[i].count = counts[i];
			at[i] = (char *)image + offset;
		}
		offset += counts[i] * entry_sizes[i];
	}
	if (!image)
		return offset;
	image->magic = SNAPSHOT_MAGIC;
	for (p = first; p; p = following(p)) {
		if (flags & TH32CS_SNAPPROCESS) {
			put_process((void *)at[PROCESSES], p);
			at[PROCESSES] += sizeof(PROCESSENTRY32W);
		}
		for (ULONG i = 0; (flags & TH32CS_SNAPTHREAD) && i < p->NumberOfThreads; i++) {
			put_thread((void *)at[THREADS], &p->Threads[i]);
			at[THREADS] += sizeof(THREADENTRY32);
		}
	}
	if (flags & TH32CS_SNAPMODULE && other) {
		for (unsigned i = 0; i < other->count; i++) {
			put_module((void *)at[MODULES], &other->entries[i], process);
			at[MODULES] += sizeof(MODULEENTRY32W);
		}
	} else if (flags & TH32CS_SNAPMODULE) {
		for (link = head->Flink; link != head; link = link->Flink) {
			put_module((void *)at[MODULES], CONTAINING_RECORD(link, LDR_DATA_TABLE_ENTRY, InLoadOrderLinks), process);
			at[MODULES] += sizeof(MODULEENTRY32W);
		}
	}
	for (ULONG i = 0; i < heaps->count; i++)
		((HEAPLIST32 *)(void *)at[HEAPS])[i] = (HEAPLIST32){
			sizeof(HEAPLIST32), process, (ULONG_PTR)heaps->list[i],
			heaps->list[i] == NtCurrentPeb()->ProcessHeap ? HF32_DEFAULT : 0};
	return offset;
}

static NTSTATUS map(HANDLE section, struct snapshot **image)
{
	PVOID base = NULL;
	SIZE_T size = 0;
	NTSTATUS status = NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, NULL, &size, ViewUnmap, 0, PAGE_READWRITE);

	*image = base;
	return status;
}

static NTSTATUS create(HANDLE *section, DWORD flags, const SYSTEM_PROCESS_INFORMATION *first, DWORD process,
		       const struct other_modules *other, const struct heaps *heaps)
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .Attributes = flags & TH32CS_INHERIT ? OBJ_INHERIT : 0};
	struct snapshot *image;
	LARGE_INTEGER size;
	NTSTATUS status;

	ldr_operations.lock();
	size.QuadPart = (LONGLONG)fill(NULL, flags, first, process, other, heaps);
	status = NtCreateSection(section, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE, SEC_COMMIT, NULL);
	if (NT_SUCCESS(status)) {
		status = map(*section, &image);
		if (NT_SUCCESS(status)) {
			fill(image, flags, first, process, other, heaps);
			NtUnmapViewOfSection(NtCurrentProcess(), image);
		} else {
			NtClose(*section);
		}
	}
	ldr_operations.unlock();
	return status;
}

/* Modules are those of a process of ours: ERROR_ACCESS_DENIED for another that is there, ERROR_INVALID_PARAMETER for one that is
 * not. */
static NTSTATUS read_other(DWORD process, struct other_modules *modules)
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
	CLIENT_ID id = {(HANDLE)(uintptr_t)process, NULL};
	HANDLE handle;
	NTSTATUS status = NtOpenProcess(&handle, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, &attributes, &id);

	if (!NT_SUCCESS(status))
		return status;
	status = other_modules_read(handle, modules);
	NtClose(handle);
	return status;
}

/* Of another process none are told. */
static void list_heaps(struct heaps *heaps)
{
	ULONG room = RtlGetProcessHeaps(0, NULL) + 16, stored;

	heaps->list = malloc(room * sizeof(PVOID));
	stored = heaps->list ? RtlGetProcessHeaps(room, heaps->list) : 0;
	heaps->count = stored < room ? stored : room;
}

EXPORT(kernel32, HANDLE, CreateToolhelp32Snapshot, (DWORD flags, DWORD process))
{
	DWORD own = (DWORD)(uintptr_t)NtCurrentTeb()->ClientId.UniqueProcess, known = FALSE;
	SYSTEM_PROCESS_INFORMATION *first = NULL;
	const SYSTEM_PROCESS_INFORMATION *p;
	struct other_modules other = {0};
	struct heaps heaps = {0};
	HANDLE section = NULL;
	NTSTATUS status = STATUS_SUCCESS;

	if (!process)
		process = own;
	if (flags & TH32CS_SNAPMODULE32)
		flags |= TH32CS_SNAPMODULE;
	if ((flags & (TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD)) || process != own) {
		first = query_processes();
		if (!first) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return INVALID_HANDLE_VALUE;
		}
	}
	if ((flags & TH32CS_SNAPMODULE) && process != own)
		status = read_other(process, &other);
	if (!NT_SUCCESS(status)) {
		for (p = first; p; p = following(p))
			known |= (DWORD)(uintptr_t)p->UniqueProcessId == process;
		free(first);
		if (status == STATUS_INVALID_CID)
			set_last_error(known ? ERROR_ACCESS_DENIED : ERROR_INVALID_PARAMETER);
		else
			set_last_error(RtlNtStatusToDosError(status));
		return INVALID_HANDLE_VALUE;
	}
	if (flags & TH32CS_SNAPHEAPLIST && process == own)
		list_heaps(&heaps);
	status = create(&section, flags, first, process, process != own ? &other : NULL, &heaps);
	free(heaps.list);
	other_modules_free(&other);
	free(first);
	if (NT_SUCCESS(status))
		return section;
	set_last_error(RtlNtStatusToDosError(status));
	return INVALID_HANDLE_VALUE;
}

/* --- reading one --- */

/* Copies the entry that is next (the first, if `rewind`) of a list, in its wide form, whose dwSize is the caller's. */
static BOOL read_entry(HANDLE section, enum kind kind, bool rewind, DWORD size, DWORD needed, void *entry)
{
	struct snapshot *image;
	DWORD error = ERROR_SUCCESS;
	NTSTATUS status;

	if (size < needed) {
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	status = map(section, &image);
	if (!NT_SUCCESS(status)) {
		set_last_error(RtlNtStatusToDosError(status));
		return FALSE;
	}
	if (rewind)
		image->lists[kind].next = 0;
	if (image->magic != SNAPSHOT_MAGIC)
		error = ERROR_INVALID_HANDLE;
	else if (image->lists[kind].next >= image->lists[kind].count)
		error = ERROR_NO_MORE_FILES;
	else
		memcpy(entry, (char *)image + image->lists[kind].offset + image->lists[kind].next++ * entry_sizes[kind],
		       entry_sizes[kind]);
	NtUnmapViewOfSection(NtCurrentProcess(), image);
	if (error)
		set_last_error(error);
	return !error;
}

static BOOL read_heap(HANDLE snapshot, HEAPLIST32 *entry, bool rewind)
{
	if (entry->dwSize > UINT32_MAX)
		entry->dwSize = 0;
	return read_entry(snapshot, HEAPS, rewind, (DWORD)entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Heap32ListFirst, (HANDLE snapshot, HEAPLIST32 *entry))
{
	return read_heap(snapshot, entry, true);
}

EXPORT(kernel32, BOOL, Heap32ListNext, (HANDLE snapshot, HEAPLIST32 *entry))
{
	return read_heap(snapshot, entry, false);
}

static void narrow(CHAR *to, int room, const WCHAR *from)
{
	size_t length = 0;

	while (from[length])
		length++;
	length = nls_from_utf16(NLS_ACP, 0, to, (size_t)room - 1, from, length, NULL, NULL);
	to[length < (size_t)room ? length : (size_t)room - 1] = 0;
}

static BOOL read_process(HANDLE snapshot, PROCESSENTRY32 *entry, bool rewind)
{
	PROCESSENTRY32W wide;

	if (!read_entry(snapshot, PROCESSES, rewind, entry->dwSize, sizeof(*entry), &wide))
		return FALSE;
	memcpy(entry, &wide, offsetof(PROCESSENTRY32, szExeFile));
	entry->dwSize = sizeof(*entry);
	narrow(entry->szExeFile, MAX_PATH, wide.szExeFile);
	return TRUE;
}

static BOOL read_module(HANDLE snapshot, MODULEENTRY32 *entry, bool rewind)
{
	MODULEENTRY32W wide;

	if (!read_entry(snapshot, MODULES, rewind, entry->dwSize, sizeof(*entry), &wide))
		return FALSE;
	memcpy(entry, &wide, offsetof(MODULEENTRY32, szModule));
	entry->dwSize = sizeof(*entry);
	narrow(entry->szModule, MAX_MODULE_NAME32 + 1, wide.szModule);
	narrow(entry->szExePath, MAX_PATH, wide.szExePath);
	return TRUE;
}

EXPORT(kernel32, BOOL, Process32FirstW, (HANDLE snapshot, PROCESSENTRY32W *entry))
{
	return read_entry(snapshot, PROCESSES, true, entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Process32NextW, (HANDLE snapshot, PROCESSENTRY32W *entry))
{
	return read_entry(snapshot, PROCESSES, false, entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Process32First, (HANDLE snapshot, PROCESSENTRY32 *entry))
{
	return read_process(snapshot, entry, true);
}

EXPORT(kernel32, BOOL, Process32Next, (HANDLE snapshot, PROCESSENTRY32 *entry))
{
	return read_process(snapshot, entry, false);
}

EXPORT(kernel32, BOOL, Thread32First, (HANDLE snapshot, THREADENTRY32 *entry))
{
	return read_entry(snapshot, THREADS, true, entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Thread32Next, (HANDLE snapshot, THREADENTRY32 *entry))
{
	return read_entry(snapshot, THREADS, false, entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Module32FirstW, (HANDLE snapshot, MODULEENTRY32W *entry))
{
	return read_entry(snapshot, MODULES, true, entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Module32NextW, (HANDLE snapshot, MODULEENTRY32W *entry))
{
	return read_entry(snapshot, MODULES, false, entry->dwSize, sizeof(*entry), entry);
}

EXPORT(kernel32, BOOL, Module32First, (HANDLE snapshot, MODULEENTRY32 *entry))
{
	return read_module(snapshot, entry, true);
}

EXPORT(kernel32, BOOL, Module32Next, (HANDLE snapshot, MODULEENTRY32 *entry))
{
	return read_module(snapshot, entry, false);
}

/* --- psapi's lists of processes --- */

EXPORT_AS(kernel32, "K32EnumProcesses", BOOL, k32_enum_processes, (DWORD * ids, DWORD size, LPDWORD needed))
{
	SYSTEM_PROCESS_INFORMATION *first = query_processes();
	const SYSTEM_PROCESS_INFORMATION *p;
	DWORD count = 0;

	if (!first) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	for (p = first; p && count < size / sizeof(DWORD); p = following(p))
		ids[count++] = (DWORD)(uintptr_t)p->UniqueProcessId;
	free(first);
	*needed = count * (DWORD)sizeof(DWORD);
	return TRUE;
}
