/*
 * The memory model of tests/unit/mm_model.h as a Windows program: the same random sequences through ntdll.
 *
 *	memory_model.exe [seed [operations]]
 *
 * Under `make check` pewter runs it; on Windows it tells where Windows and the model differ.  Places that NT chooses
 * itself may be any that fit.
 */
#include "../unit/mm_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/mm_model.c"
#include "../unit/mm_model_private.c"
#include "../unit/mm_model_views.c"

#define FILE_BYTES (MODEL_SECTION_PAGES * MODEL_PAGE)

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG, PULONG);
NTSTATUS NTAPI NtClose(HANDLE);
NTSTATUS NTAPI NtCreateSection(PHANDLE, ACCESS_MASK, PVOID, PLARGE_INTEGER, ULONG, ULONG, HANDLE);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE, HANDLE, PVOID *, ULONG_PTR, SIZE_T, PLARGE_INTEGER, PSIZE_T, ULONG, ULONG, ULONG);
/* mingw-w64's ntdll may lack these. */
static NTSTATUS(NTAPI *pNtAllocateVirtualMemoryEx)(HANDLE, PVOID *, PSIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER *, ULONG);
static NTSTATUS(NTAPI *pNtMapViewOfSectionEx)(HANDLE, HANDLE, PVOID *, PLARGE_INTEGER, PSIZE_T, ULONG, ULONG,
					      MEM_EXTENDED_PARAMETER *, ULONG);
static NTSTATUS(NTAPI *pNtUnmapViewOfSectionEx)(HANDLE, PVOID, ULONG);

static uint32_t allocate(uintptr_t *base, size_t *size, uint32_t type, uint32_t protect, const struct model_window *window)
{
	MEM_ADDRESS_REQUIREMENTS requirements;
	MEM_EXTENDED_PARAMETER parameter;
	SIZE_T length = *size;
	PVOID address = (PVOID)*base;
	NTSTATUS status;

	memset(&parameter, 0, sizeof(parameter));
	if (window) {
		requirements.LowestStartingAddress = (PVOID)window->lowest;
		requirements.HighestEndingAddress = (PVOID)window->highest;
		requirements.Alignment = window->alignment;
		parameter.Type = MemExtendedParameterAddressRequirements;
		parameter.Pointer = &requirements;
	}
	status = pNtAllocateVirtualMemoryEx(GetCurrentProcess(), &address, &length, type, protect, window ? &parameter : NULL,
					    window ? 1 : 0);
	*base = (uintptr_t)address;
	*size = length;
	return (uint32_t)status;
}

static uint32_t release(uintptr_t *base, size_t *size, uint32_t type)
{
	PVOID address = (PVOID)*base;
	SIZE_T length = *size;
	NTSTATUS status = NtFreeVirtualMemory(GetCurrentProcess(), &address, &length, type);

	*base = (uintptr_t)address;
	*size = length;
	return (uint32_t)status;
}

static uint32_t protect_pages(uintptr_t *base, size_t *size, uint32_t protect, uint32_t *old)
{
	PVOID address = (PVOID)*base;
	SIZE_T length = *size;
	ULONG old_protect = 0;
	NTSTATUS status = NtProtectVirtualMemory(GetCurrentProcess(), &address, &length, protect, &old_protect);

	*base = (uintptr_t)address;
	*size = length;
	*old = old_protect;
	return (uint32_t)status;
}

static uint32_t query(uintptr_t address, MEMORY_BASIC_INFORMATION *info)
{
	return VirtualQuery((LPCVOID)address, info, sizeof(*info)) == sizeof(*info) ? STATUS_SUCCESS : (uint32_t)STATUS_UNSUCCESSFUL;
}

static uint32_t create_section(void *file, size_t size, uint32_t protect, uint32_t attributes, void **section)
{
	LARGE_INTEGER length = {.QuadPart = (LONGLONG)size};
	HANDLE handle = NULL;
	NTSTATUS status = NtCreateSection(&handle, SECTION_ALL_ACCESS, NULL, &length, protect, attributes, file);

	*section = handle;
	return (uint32_t)status;
}

static void close_section(void *section)
{
	NtClose(section);
}

static uint32_t map(void *section, uintptr_t *base, uint64_t from, size_t *size, size_t commit, uint32_t type, uint32_t protect)
{
	LARGE_INTEGER offset = {.QuadPart = (LONGLONG)from};
	PVOID address = (PVOID)*base;
	SIZE_T length = *size;
	NTSTATUS status;

	if (commit)
		status = NtMapViewOfSection(section, GetCurrentProcess(), &address, 0, commit, &offset, &length, 1, type, protect);
	else
		status = pNtMapViewOfSectionEx(section, GetCurrentProcess(), &address, &offset, &length, type, protect, NULL, 0);
	*base = (uintptr_t)address;
	*size = length;
	return (uint32_t)status;
}

static uint32_t unmap(uintptr_t address, uint32_t flags)
{
	return (uint32_t)pNtUnmapViewOfSectionEx(GetCurrentProcess(), (PVOID)address, flags);
}

/*
 * Touching: each function has one instruction that may fault; the handler sends it to the function's end.
 */
static uint32_t touched;
int touch_read(uintptr_t address);
int touch_write(uintptr_t address, int byte);
extern const char touch_read_end[], touch_write_end[];
__asm__(".globl touch_read, touch_read_end, touch_write, touch_write_end\n"
	"touch_read:\n\tmovzbl (%rcx), %eax\n"
	"touch_read_end:\n\tret\n"
	"touch_write:\n\tmovb %dl, (%rcx)\n"
	"touch_write_end:\n\tret\n");

static LONG WINAPI note_fault(EXCEPTION_POINTERS *pointers)
{
	CONTEXT *context = pointers->ContextRecord;

	if (context->Rip == (DWORD64)(uintptr_t)touch_read)
		context->Rip = (DWORD64)(uintptr_t)touch_read_end;
	else if (context->Rip == (DWORD64)(uintptr_t)touch_write)
		context->Rip = (DWORD64)(uintptr_t)touch_write_end;
	else
		return EXCEPTION_CONTINUE_SEARCH;
	touched = pointers->ExceptionRecord->ExceptionCode;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static uint32_t read_byte(uintptr_t address, uint8_t *byte)
{
	touched = STATUS_SUCCESS;
	*byte = (uint8_t)touch_read(address);
	return touched;
}

static uint32_t write_byte(uintptr_t address, uint8_t byte)
{
	touched = STATUS_SUCCESS;
	touch_write(address, byte);
	return touched;
}

/* Win32 tells an error, not a status: any failure will do. */
static uint32_t get_watch(bool reset, uintptr_t base, size_t size, PVOID *addresses, ULONG_PTR *count)
{
	DWORD granularity;

	return GetWriteWatch(reset ? WRITE_WATCH_FLAG_RESET : 0, (PVOID)base, size, addresses, count, &granularity)
		       ? (uint32_t)STATUS_UNSUCCESSFUL
		       : STATUS_SUCCESS;
}

static uint32_t reset_watch(uintptr_t base, size_t size)
{
	return ResetWriteWatch((PVOID)base, size) ? (uint32_t)STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static const struct model_backend backend = {
	.write_watch = true,
	.allocate = allocate,
	.release = release,
	.protect = protect_pages,
	.query = query,
	.create_section = create_section,
	.close_section = close_section,
	.map = map,
	.unmap = unmap,
	.read = read_byte,
	.write = write_byte,
	.get_watch = get_watch,
	.reset_watch = reset_watch,
};

static HANDLE make_file(unsigned number)
{
	char folder[MAX_PATH - 32], name[MAX_PATH];
	HANDLE file;

	GetTempPathA(sizeof(folder), folder);
	snprintf(name, sizeof(name), "%smemory_model_%lu_%u", folder, (unsigned long)GetCurrentProcessId(), number);
	file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
	if (file == INVALID_HANDLE_VALUE || SetFilePointer(file, FILE_BYTES, NULL, FILE_BEGIN) != FILE_BYTES || !SetEndOfFile(file)) {
		printf("no file %s: error %lu\n", name, GetLastError());
		exit(2);
	}
	return file;
}

/* Addresses that nothing else in the process will want: far from modules, heaps and stacks. */
static uintptr_t find_area(void)
{
	for (uintptr_t base = 0x40000000000; base < 0x60000000000; base += 0x1000000000)
		if (VirtualAlloc((PVOID)base, MODEL_BYTES, MEM_RESERVE, PAGE_NOACCESS) == (PVOID)base) {
			VirtualFree((PVOID)base, 0, MEM_RELEASE);
			return base;
		}
	printf("no room\n");
	exit(2);
}

int main(int count, char **arguments)
{
	static struct model model;
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 0) : 20261122;
	uint64_t operations = count > 2 ? strtoull(arguments[2], NULL, 0) : 50000;
	void *files[MODEL_FILES];

	pNtAllocateVirtualMemoryEx = (void *)GetProcAddress(ntdll, "NtAllocateVirtualMemoryEx");
	pNtMapViewOfSectionEx = (void *)GetProcAddress(ntdll, "NtMapViewOfSectionEx");
	pNtUnmapViewOfSectionEx = (void *)GetProcAddress(ntdll, "NtUnmapViewOfSectionEx");
	if (!pNtAllocateVirtualMemoryEx || !pNtMapViewOfSectionEx || !pNtUnmapViewOfSectionEx) {
		printf("the functions of Windows 10 1803 are missing\n");
		return 2;
	}
	AddVectoredExceptionHandler(1, note_fault);
	for (unsigned i = 0; i < MODEL_FILES; i++)
		files[i] = make_file(i);
	printf("memory model: seed %llu, %llu operations\n", (unsigned long long)seed, (unsigned long long)operations);
	fflush(stdout);
	model_start(&model, &backend, find_area(), files, seed);
	model_run(&model, operations);
	model_compare(&model);
	model_finish(&model);
	return 0;
}
