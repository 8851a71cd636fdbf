/*
 * ntdll/ps/process.c - the process: PEB, parameters, first thread, end.
 */
#include "ntdll/ps/private.h"
#include "ntdll/ke/ke.h"
#include "host/thread.h"
#include "host/vm.h"
#include "ntdll/rtl/environment.h"
#include "ntdll/rtl/rtl.h"
#include "pewter/export.h"
#include "ntdll/ps/thread.h"

#include <string.h>

PEB *ps_peb;
TEB *ps_first_teb;
struct ps_hooks ps_hooks;

/* The locks that the PEB points to, and the heap list, in guest memory. */
struct peb_companions {
	RTL_CRITICAL_SECTION fast_peb_lock;
	RTL_CRITICAL_SECTION loader_lock;
	PVOID heaps[16];
	struct {
		ULONG size_of_bitmap;
		PULONG buffer;
	} tls_bitmap, tls_expansion_bitmap; /* RTL_BITMAP */
	/* API_SET_NAMESPACE of version 6 with no entries: the loader has the table, programs that walk it find it empty. */
	struct {
		ULONG version, size, flags, count, entry_offset, hash_offset, hash_factor;
	} api_set_map;
	WCHAR empty[1];
};

static void initialize_critical_section(RTL_CRITICAL_SECTION *section)
{
	section->DebugInfo = (PVOID)(intptr_t)-1; /* RTL_CRITICAL_SECTION_NO_DEBUG_INFO */
	section->LockCount = -1;
	section->SpinCount = 0x020007D0;
}

static size_t string_bytes(const char16_t *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length * sizeof(char16_t);
}

/* Places a copy of a string, with a terminator, at *next. */
static void place_string(UNICODE_STRING *to, const char16_t *from, size_t bytes, size_t maximum, char **next)
{
	to->Buffer = (PWSTR)*next;
	to->Length = (USHORT)bytes;
	to->MaximumLength = (USHORT)maximum;
	memcpy(*next, from, bytes);
	*next += (maximum + 7) & ~(size_t)7;
}

#define CURRENT_DIRECTORY_BYTES (MAX_PATH * sizeof(char16_t))

/* The block that the kernel makes for a new process: the structure, its strings, the environment.  One allocation of
 * its own, as on Windows, until there is a heap. */
static NTSTATUS create_parameters(const struct ps_process_start *start, RTL_USER_PROCESS_PARAMETERS **result)
{
	static const char16_t desktop[] = u"WinSta0\\Default";
	size_t image = string_bytes(start->image_path), command = string_bytes(start->command_line);
	size_t directory = string_bytes(start->current_directory);
	size_t directory_maximum = directory + 4 > CURRENT_DIRECTORY_BYTES ? directory + 4 : CURRENT_DIRECTORY_BYTES;
	size_t environment = start->environment_chars * sizeof(char16_t);
	size_t size = sizeof(RTL_USER_PROCESS_PARAMETERS) + 2 * (image + 16) + command + 16 + directory_maximum + 16 +
		      sizeof(desktop) + 64 + environment;
	RTL_USER_PROCESS_PARAMETERS *parameters;
	uintptr_t base = 0;
	NTSTATUS status;
	char *next;

	/* UNICODE_STRING counts bytes in 16 bits. */
	if (image > 0xFFF0 || command > 0xFFFC || directory > 0xFFF0)
		return STATUS_NAME_TOO_LONG;
	status = mm_allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0, NULL);
	if (!NT_SUCCESS(status))
		return status;
	parameters = (RTL_USER_PROCESS_PARAMETERS *)base;
	next = (char *)(parameters + 1);
	parameters->MaximumLength = parameters->Length = (ULONG)(size < 0xFFFFFFFF ? size : 0xFFFFFFFF);
	parameters->Flags = 1;
	place_string(&parameters->CurrentDirectory.DosPath, start->current_directory, directory, directory_maximum, &next);
	if (directory && parameters->CurrentDirectory.DosPath.Buffer[directory / 2 - 1] != u'\\') {
		parameters->CurrentDirectory.DosPath.Buffer[directory / 2] = u'\\';
		parameters->CurrentDirectory.DosPath.Length += 2;
	}
	place_string(&parameters->ImagePathName, start->image_path, image, image + 2, &next);
	place_string(&parameters->CommandLine, start->command_line, command, command + 2, &next);
	place_string(&parameters->WindowTitle, start->image_path, image, image + 2, &next);
	place_string(&parameters->DesktopInfo, desktop, sizeof(desktop) - 2, sizeof(desktop), &next);
	place_string(&parameters->ShellInfo, u"", 0, 2, &next);
	parameters->Environment = (PWSTR)next;
	parameters->EnvironmentSize = environment;
	memcpy(next, start->environment, environment);
	*result = parameters;
	return STATUS_SUCCESS;
}

static NTSTATUS fill_peb(PEB *peb, RTL_USER_PROCESS_PARAMETERS *parameters)
{
	struct peb_companions *companions = ps_guest_alloc(sizeof(*companions));

	if (!companions)
		return STATUS_NO_MEMORY;
	initialize_critical_section(&companions->fast_peb_lock);
	initialize_critical_section(&companions->loader_lock);
	companions->tls_bitmap.size_of_bitmap = TLS_MINIMUM_AVAILABLE;
	companions->tls_bitmap.buffer = peb->TlsBitmapBits;
	companions->tls_expansion_bitmap.size_of_bitmap = TLS_EXPANSION_SLOTS;
	companions->tls_expansion_bitmap.buffer = peb->TlsExpansionBitmapBits;
	companions->api_set_map.version = 6;
	companions->api_set_map.size = sizeof(companions->api_set_map);
	companions->api_set_map.entry_offset = sizeof(companions->api_set_map);
	companions->api_set_map.hash_offset = sizeof(companions->api_set_map);
	companions->api_set_map.hash_factor = 31;

	peb->Mutant = (HANDLE)(intptr_t)-1;
	peb->ProcessParameters = parameters;
	peb->FastPebLock = &companions->fast_peb_lock;
	peb->LoaderLock = &companions->loader_lock;
	peb->TlsBitmap = &companions->tls_bitmap;
	peb->TlsExpansionBitmap = &companions->tls_expansion_bitmap;
	peb->ApiSetMap = &companions->api_set_map;
	peb->NumberOfProcessors = host_cpu_count();
	peb->ActiveProcessAffinityMask = host_process_affinity();
	peb->CriticalSectionTimeout.QuadPart = -25920000000000; /* 30 days */
	peb->HeapSegmentReserve = 0x100000;
	peb->HeapSegmentCommit = 0x2000;
	peb->HeapDeCommitTotalFreeThreshold = 0x10000;
	peb->HeapDeCommitFreeBlockThreshold = 0x1000;
	peb->MaximumNumberOfHeaps = ARRAY_SIZE(companions->heaps);
	peb->ProcessHeaps = companions->heaps;
	peb->OSMajorVersion = 10;
	peb->OSMinorVersion = 0;
	peb->OSBuildNumber = 19045;
	peb->OSPlatformId = 2; /* VER_PLATFORM_WIN32_NT */
	peb->SessionId = 1;
	peb->CSDVersion.Buffer = companions->empty;
	peb->CSDVersion.MaximumLength = sizeof(companions->empty);
	peb->TppWorkerpList.Flink = peb->TppWorkerpList.Blink = &peb->TppWorkerpList;
	return STATUS_SUCCESS;
}

NTSTATUS ps_initialize(const struct ps_process_start *start, size_t stack_reserve, size_t stack_commit)
{
	RTL_USER_PROCESS_PARAMETERS *parameters;
	struct mm_stack stack;
	NTSTATUS status;

	/* The first thread goes through every DllMain as well. */
	status = mm_create_stack(stack_reserve, stack_commit < 2 * PS_FIRST_COMMIT ? 2 * PS_FIRST_COMMIT : stack_commit, 0,
				 &stack);
	if (NT_SUCCESS(status))
		status = create_parameters(start, &parameters);
	if (NT_SUCCESS(status))
		status = ps_teb_initialize(&ps_peb);
	if (NT_SUCCESS(status))
		status = fill_peb(ps_peb, parameters);
	if (!NT_SUCCESS(status))
		return status;
	ps_peb->NtGlobalFlag = start->global_flags;
	ps_first_teb = ps_teb_create(&stack);
	if (!ps_first_teb)
		return STATUS_NO_MEMORY;
	ps_first_teb->SameTebFlags = 0x400; /* InitialThread */
	ps_set_stack_sizes(stack_reserve, stack_commit);
	return ps_adopt_first_thread(ps_first_teb, &stack);
}

/* A string of the old block, in the new one. */
static void rebase(UNICODE_STRING *string, intptr_t distance)
{
	if (string->Buffer)
		string->Buffer = (PWSTR)((char *)string->Buffer + distance);
}

/* ntdll does so on Windows: HeapSize of the blocks is their Length and EnvironmentSize (heap facts, row 18). */
NTSTATUS ps_move_parameters(void)
{
	RTL_USER_PROCESS_PARAMETERS *old = ps_peb->ProcessParameters, *made;
	size_t size = (size_t)((char *)old->Environment - (char *)old);
	uintptr_t base = (uintptr_t)old;
	PVOID heap = ps_peb->ProcessHeap, environment;
	intptr_t distance;

	made = RtlAllocateHeap(heap, 0, size);
	environment = RtlAllocateHeap(heap, 0, old->EnvironmentSize);
	if (!made || !environment)
		return STATUS_NO_MEMORY;
	memcpy(made, old, size);
	memcpy(environment, old->Environment, old->EnvironmentSize);
	made->Environment = environment;
	made->MaximumLength = made->Length = (ULONG)size;
	distance = (char *)made - (char *)old;
	rebase(&made->CurrentDirectory.DosPath, distance);
	rebase(&made->ImagePathName, distance);
	rebase(&made->CommandLine, distance);
	rebase(&made->WindowTitle, distance);
	rebase(&made->DesktopInfo, distance);
	rebase(&made->ShellInfo, distance);
	ps_peb->ProcessParameters = made;
	rtl_environment_adopt(environment);
	size = 0;
	return mm_free(&base, &size, MEM_RELEASE);
}

void ps_set_image(const struct ps_image_facts *facts)
{
	ps_peb->ImageBaseAddress = facts->base;
	ps_peb->ImageSubsystem = facts->subsystem;
	ps_peb->ImageSubsystemMajorVersion = facts->subsystem_major;
	ps_peb->ImageSubsystemMinorVersion = facts->subsystem_minor;
}

EXPORT(ntdll, PEB *, RtlGetCurrentPeb, (void))
{
	return ps_peb;
}
