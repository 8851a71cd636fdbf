/*
 * ntdll/mm/entry.c - the Nt* entry points of the memory manager: capture, check, translate, nothing else.
 */
#include "ntdll/mm/mm.h"
#include "host/fault.h"
#include "ntdll/ps/remote.h"
#include "ntdll/ps/thread.h"
#include "pewter/export.h"

/* Reads *base and *size of the caller. */
static NTSTATUS capture_range(const PVOID *base, const SIZE_T *size, uintptr_t *base_copy, size_t *size_copy)
{
	if (host_copy_from_guest(base_copy, base, sizeof(*base_copy)) || host_copy_from_guest(size_copy, size, sizeof(*size_copy)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

static NTSTATUS store_range(PVOID *base, SIZE_T *size, uintptr_t base_value, size_t size_value)
{
	if (host_copy_to_guest(base, &base_value, sizeof(base_value)) || host_copy_to_guest(size, &size_value, sizeof(size_value)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

NTSTATUS mm_allocate_remote(struct ps_process *other, uintptr_t *base, size_t *size, ULONG type, ULONG protect,
			    uintptr_t zero_bits, const struct mm_limits *limits)
{
	struct ps_call call = {.operation = PS_DO_ALLOCATE, .values = {*base, *size, type, protect, zero_bits}};
	NTSTATUS status;

	if (limits) {
		call.values[5] = 1;
		call.values[6] = limits->lowest;
		call.values[7] = limits->highest;
		call.values[8] = limits->alignment;
	}
	status = ps_ask(other, &call);
	*base = call.values[0];
	*size = call.values[1];
	return status;
}

EXPORT(ntdll, NTSTATUS, NtAllocateVirtualMemory,
       (HANDLE process, PVOID *base, ULONG_PTR zero_bits, PSIZE_T size, ULONG type, ULONG protect))
{
	uintptr_t start;
	size_t length;
	struct ps_process *other = NULL;
	NTSTATUS status = capture_range(base, size, &start, &length);

	if (NT_SUCCESS(status))
		status = ps_reference_target(process, PROCESS_VM_OPERATION, &other);
	/* Placeholders are for NtAllocateVirtualMemoryEx (nt facts row 22). */
	if (NT_SUCCESS(status) && type & (MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER))
		status = STATUS_INVALID_PARAMETER;
	if (NT_SUCCESS(status))
		status = other ? mm_allocate_remote(other, &start, &length, type, protect, zero_bits, NULL)
			       : mm_allocate(&start, &length, type, protect, zero_bits, NULL);
	if (other)
		ob_dereference(other);
	return NT_SUCCESS(status) ? store_range(base, size, start, length) : status;
}

EXPORT(ntdll, NTSTATUS, NtFreeVirtualMemory, (HANDLE process, PVOID *base, PSIZE_T size, ULONG type))
{
	uintptr_t start;
	size_t length;
	struct ps_call call = {.operation = PS_DO_FREE};
	NTSTATUS status = capture_range(base, size, &start, &length);
	bool done = false;

	if (NT_SUCCESS(status)) {
		call.values[0] = start;
		call.values[1] = length;
		call.values[2] = type;
		status = ps_ask_target(process, PROCESS_VM_OPERATION, &call, &done);
	}
	if (done) {
		start = call.values[0];
		length = call.values[1];
	} else if (NT_SUCCESS(status)) {
		status = mm_free(&start, &length, type);
	}
	return NT_SUCCESS(status) ? store_range(base, size, start, length) : status;
}

EXPORT(ntdll, NTSTATUS, NtProtectVirtualMemory,
       (HANDLE process, PVOID *base, PSIZE_T size, ULONG protect, PULONG old_protect))
{
	uintptr_t start;
	size_t length;
	ULONG old;
	struct ps_call call = {.operation = PS_DO_PROTECT};
	NTSTATUS status = capture_range(base, size, &start, &length);
	bool done = false;

	/* The pointer is probed before anything changes (nt facts row 42). */
	if (NT_SUCCESS(status) && host_probe_guest(old_protect, sizeof(*old_protect), true))
		status = STATUS_ACCESS_VIOLATION;
	if (NT_SUCCESS(status) && process != NtCurrentProcess()) {
		call.values[0] = start;
		call.values[1] = length;
		call.values[2] = protect;
		status = ps_ask_target(process, PROCESS_VM_OPERATION, &call, &done);
	}
	if (done) {
		start = call.values[0];
		length = call.values[1];
		old = (ULONG)call.values[2];
	} else if (NT_SUCCESS(status)) {
		status = mm_protect(&start, &length, protect, &old);
	}
	if (NT_SUCCESS(status))
		status = store_range(base, size, start, length);
	if (NT_SUCCESS(status) && host_copy_to_guest(old_protect, &old, sizeof(old)))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

/* Copies page by page, so that what can be written before the first bad page is (nt facts row 91). */
static NTSTATUS copy_memory(char *to, const char *from, size_t size, size_t *done)
{
	*done = 0;
	while (*done < size) {
		size_t to_room = MM_PAGE_SIZE - ((uintptr_t)(to + *done) & (MM_PAGE_SIZE - 1));
		size_t from_room = MM_PAGE_SIZE - ((uintptr_t)(from + *done) & (MM_PAGE_SIZE - 1));
		size_t chunk = to_room < from_room ? to_room : from_room;

		if (chunk > size - *done)
			chunk = size - *done;
		if (host_copy_to_guest(to + *done, from + *done, chunk))
			return STATUS_PARTIAL_COPY;
		*done += chunk;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS read_write(HANDLE process, char *to, const char *from, size_t size, bool write, PSIZE_T number)
{
	struct ps_process *other;
	NTSTATUS status = ps_reference_target(process, write ? PROCESS_VM_WRITE : PROCESS_VM_READ, &other);
	size_t done = 0;

	if (other) {
		status = write ? ps_copy_remote(other, (uintptr_t)to, (void *)(uintptr_t)from, size, true, &done)
			       : ps_copy_remote(other, (uintptr_t)from, to, size, false, &done);
		ob_dereference(other);
		if (number && host_copy_to_guest(number, &done, sizeof(done)))
			status = STATUS_ACCESS_VIOLATION;
		return status;
	}
	/* "The entire area to be read must be accessible" (MSDN ReadProcessMemory; nt facts row 92). */
	if (NT_SUCCESS(status) && !write && size && host_probe_guest(from, size, false))
		status = STATUS_PARTIAL_COPY;
	if (NT_SUCCESS(status))
		status = copy_memory(to, from, size, &done);
	if (number && host_copy_to_guest(number, &done, sizeof(done)))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

EXPORT(ntdll, NTSTATUS, NtReadVirtualMemory, (HANDLE process, PVOID address, PVOID buffer, SIZE_T size, PSIZE_T done))
{
	return read_write(process, buffer, address, size, false, done);
}

EXPORT(ntdll, NTSTATUS, NtWriteVirtualMemory, (HANDLE process, PVOID address, PVOID buffer, SIZE_T size, PSIZE_T done))
{
	return read_write(process, address, buffer, size, true, done);
}

EXPORT(ntdll, NTSTATUS, NtFlushInstructionCache, (HANDLE process, PVOID address, SIZE_T size))
{
	struct ps_process *other;
	NTSTATUS status = ps_reference_target(process, PROCESS_VM_OPERATION, &other);

	/* x86-64 processors see to it themselves, whoever wrote. */
	if (other)
		ob_dereference(other);
	return status;
}
