/*
 * ntdll/mm/query_calls.c - NtQueryVirtualMemory and its classes.
 */
#include "host/fault.h"
#include "host/file.h"
#include "ntdll/io/io.h"
#include "ntdll/ldr.h"
#include "ntdll/mm/mm.h"
#include "ntdll/ps/remote.h"
#include "pewter/export.h"

#include <stddef.h>
#include <stdlib.h>

/* Every class: `used` receives the length to report; it is reported on success and with STATUS_BUFFER_OVERFLOW. */
static NTSTATUS store(void *buffer, const void *answer, size_t size, size_t *used)
{
	*used = size;
	return host_copy_to_guest(buffer, answer, size) ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static NTSTATUS query_basic(uintptr_t address, void *buffer, size_t length, size_t *used)
{
	MEMORY_BASIC_INFORMATION info;
	NTSTATUS status;

	if (length < sizeof(info))
		return STATUS_INFO_LENGTH_MISMATCH;
	status = mm_query(address, &info);
	return NT_SUCCESS(status) ? store(buffer, &info, sizeof(info), used) : status;
}

/* What MemoryRegionInformationEx says of a region.  The older class has no flag for private memory and the page file
 * (nt facts row 89). */
static ULONG region_type(const struct mm_region *region, bool extended)
{
	switch (region->kind) {
	case MM_REGION_IMAGE:
		return MEMORY_REGION_MAPPED_IMAGE;
	case MM_REGION_DATA_FILE:
		return MEMORY_REGION_MAPPED_DATA_FILE;
	case MM_REGION_PAGE_FILE:
		return extended ? MEMORY_REGION_MAPPED_PAGE_FILE : 0;
	default:
		if (!extended)
			return 0;
		return MEMORY_REGION_PRIVATE | (region->placeholder ? MEMORY_REGION_PLACEHOLDER : 0);
	}
}

/* The structure grew over time; callers pass the part that they know. */
static NTSTATUS query_region(uintptr_t address, bool extended, void *buffer, size_t length, size_t *used)
{
	MEMORY_REGION_INFORMATION info = {0};
	struct mm_region region;
	NTSTATUS status;

	if (length < offsetof(MEMORY_REGION_INFORMATION, CommitSize))
		return STATUS_INFO_LENGTH_MISMATCH;
	status = mm_query_region(address, &region);
	if (!NT_SUCCESS(status))
		return status;
	info.AllocationBase = (void *)region.base;
	info.AllocationProtect = region.protect;
	info.RegionType = region_type(&region, extended);
	info.RegionSize = region.size;
	info.CommitSize = region.committed;
	return store(buffer, &info, length < sizeof(info) ? length : sizeof(info), used);
}

/* nt facts row 90: memory that is no image answers with zeroes. */
static NTSTATUS query_image(uintptr_t address, void *buffer, size_t length, size_t *used)
{
	MEMORY_IMAGE_INFORMATION info = {0};
	struct mm_region region;
	NTSTATUS status;

	if (length < sizeof(info))
		return STATUS_INFO_LENGTH_MISMATCH;
	status = mm_query_region(address, &region);
	if (!NT_SUCCESS(status))
		return status;
	if (region.kind == MM_REGION_IMAGE) {
		info.ImageBase = (void *)region.base;
		info.SizeOfImage = region.image_size;
		info.ImageFlags = (region.size < region.image_size ? IMAGE_MAPPED_PARTLY : 0) |
				  (region.no_execute ? IMAGE_MAPPED_NO_EXECUTE : 0);
	}
	return store(buffer, &info, sizeof(info), used);
}

static NTSTATUS query_shared_commit(void *buffer, size_t length, size_t *used)
{
	/* Sections' commit is charged to nobody in particular here. */
	SIZE_T commit = 0;

	return length < sizeof(commit) ? STATUS_INFO_LENGTH_MISMATCH : store(buffer, &commit, sizeof(commit), used);
}

/* A count, and a block for each page in memory.  MSDN QueryWorkingSet: when the buffer is too small the count says how
 * much is needed. */
static NTSTATUS query_working_set(char *buffer, size_t length, size_t *used)
{
	size_t capacity = length / sizeof(ULONG_PTR), count = 0;
	uintptr_t at = 0;

	if (!capacity)
		return STATUS_INFO_LENGTH_MISMATCH;
	do {
		ULONG_PTR blocks[128];
		size_t got = mm_working_set_pages(&at, blocks, 128),
		       room = count < capacity - 1 ? capacity - 1 - count : 0;

		if (room && host_copy_to_guest(buffer + (1 + count) * sizeof(ULONG_PTR), blocks,
					       (got < room ? got : room) * sizeof(ULONG_PTR)))
			return STATUS_ACCESS_VIOLATION;
		count += got;
	} while (at);
	if (host_copy_to_guest(buffer, &count, sizeof(count)))
		return STATUS_ACCESS_VIOLATION;
	*used = (1 + count) * sizeof(ULONG_PTR);
	return count > capacity - 1 ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
}

static NTSTATUS query_working_set_ex(char *buffer, size_t length, size_t *used)
{
	MEMORY_WORKING_SET_EX_INFORMATION info;
	size_t count = length / sizeof(info);

	if (!count || length % sizeof(info))
		return STATUS_INFO_LENGTH_MISMATCH;
	for (size_t i = 0; i < count; i++) {
		char *entry = buffer + i * sizeof(info);

		if (host_copy_from_guest(&info, entry, sizeof(info)))
			return STATUS_ACCESS_VIOLATION;
		info.VirtualAttributes = mm_working_set_page((uintptr_t)info.VirtualAddress);
		if (host_copy_to_guest(entry, &info, sizeof(info)))
			return STATUS_ACCESS_VIOLATION;
	}
	*used = length;
	return STATUS_SUCCESS;
}

static NTSTATUS device_name(const char16_t *dos, size_t length, struct io_wide *name)
{
	if (length < 3 || dos[1] != u':')
		return STATUS_INVALID_ADDRESS;
	io_wide_put(name, u"\\Device\\HarddiskVolume", 22);
	io_wide_put(name, dos[0] == u'C' || dos[0] == u'c' ? u"1" : u"2", 1);
	return io_wide_put(name, dos + 2, length - 2) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* A module's file is known to the loader. */
static NTSTATUS module_name(uintptr_t address, struct io_wide *name)
{
	LDR_DATA_TABLE_ENTRY *entry;
	NTSTATUS status = STATUS_INVALID_ADDRESS;

	if (!ldr_operations.lock)
		return status;
	ldr_operations.lock();
	if (NT_SUCCESS(ldr_operations.find_by_address((const void *)address, &entry)))
		status = device_name(entry->FullDllName.Buffer, entry->FullDllName.Length / 2, name);
	ldr_operations.unlock();
	return status;
}

static NTSTATUS file_name(int fd, struct io_wide *name)
{
	char *path = malloc(4096);
	struct io_wide dos;
	NTSTATUS status = STATUS_NO_MEMORY;

	io_wide_init(&dos);
	if (path && host_fd_path(fd, path, 4096) <= 0)
		status = STATUS_FILE_DELETED;
	else if (path && io_dos_path_from_unix(path, &dos))
		status = device_name(dos.text, dos.length, name);
	io_wide_free(&dos);
	free(path);
	return status;
}

/* A UNICODE_STRING and its terminated characters behind it: the name of the file as NT's devices name it. */
static NTSTATUS query_file_name(uintptr_t address, char *buffer, size_t length, size_t *used)
{
	UNICODE_STRING string = {.Buffer = (PWSTR)(buffer + sizeof(string))};
	struct io_wide name;
	size_t needed;
	int fd;
	NTSTATUS status;

	if (length < sizeof(string))
		return STATUS_INFO_LENGTH_MISMATCH;
	io_wide_init(&name);
	status = mm_view_file(address, &fd);
	if (NT_SUCCESS(status)) {
		status = file_name(fd, &name);
		host_close(fd);
	} else if (status == STATUS_INVALID_ADDRESS) {
		struct mm_region region;

		status = mm_query_region(address, &region);
		if (NT_SUCCESS(status))
			status = region.kind == MM_REGION_IMAGE ? module_name(address, &name) : STATUS_INVALID_ADDRESS;
	}
	if (NT_SUCCESS(status)) {
		string.Length = (USHORT)(name.length * 2);
		string.MaximumLength = (USHORT)(string.Length + 2);
		*used = needed = sizeof(string) + string.MaximumLength;
		if (length < needed)
			status = STATUS_BUFFER_OVERFLOW;
		else if (host_copy_to_guest(string.Buffer, name.text, string.Length) ||
			 host_fill_guest((char *)string.Buffer + string.Length, 0, 2) ||
			 host_copy_to_guest(buffer, &string, sizeof(string)))
			status = STATUS_ACCESS_VIOLATION;
	}
	io_wide_free(&name);
	return status;
}

/* Each entry is a question for itself: as many at a time as a message holds. */
static NTSTATUS query_remote_pages(struct ps_process *other, char *buffer, size_t length, size_t *used)
{
	const size_t most = PS_CALL_BYTES / sizeof(MEMORY_WORKING_SET_EX_INFORMATION) * sizeof(MEMORY_WORKING_SET_EX_INFORMATION);
	char *question = malloc(length < most ? length + 1 : most);
	NTSTATUS status = question ? STATUS_SUCCESS : STATUS_NO_MEMORY;
	size_t done = 0;

	do {
		size_t piece = length - done < most ? length - done : most, got = 0;
		struct ps_call call = {.operation = PS_DO_QUERY, .values = {0, MemoryWorkingSetExInformation},
				       .data = question, .size = piece};

		if (!status && host_copy_from_guest(question, buffer + done, piece))
			status = STATUS_ACCESS_VIOLATION;
		if (!status)
			status = ps_ask_query(other, &call, buffer + done, piece, false, &got);
		done += piece;
		*used += got;
	} while (!status && done < length);
	free(question);
	return status;
}

/* Of another process: the answer of what it asks itself. */
static NTSTATUS query_remote(struct ps_process *other, uintptr_t address, MEMORY_INFORMATION_CLASS information_class, void *buffer,
			     size_t length, size_t *used)
{
	struct ps_call call = {.operation = PS_DO_QUERY, .values = {address, information_class}};

	if (information_class == MemoryWorkingSetExInformation)
		return query_remote_pages(other, buffer, length, used);
	return ps_ask_query(other, &call, buffer, length, information_class == MemoryMappedFilenameInformation, used);
}

EXPORT(ntdll, NTSTATUS, NtQueryVirtualMemory,
       (HANDLE process, PCVOID guest_address, MEMORY_INFORMATION_CLASS information_class, PVOID buffer, SIZE_T length,
	PSIZE_T return_length))
{
	struct ps_process *other;
	NTSTATUS status = ps_reference_target(process, PROCESS_QUERY_INFORMATION, &other);
	uintptr_t address = (uintptr_t)guest_address;
	size_t used = 0;

	if (!NT_SUCCESS(status))
		return status;
	if (other) {
		status = query_remote(other, address, information_class, buffer, length, &used);
		ob_dereference(other);
		if (used && return_length && host_copy_to_guest(return_length, &used, sizeof(used)))
			status = STATUS_ACCESS_VIOLATION;
		return status;
	}
	switch (information_class) {
	case MemoryBasicInformation:
	case MemoryPrivilegedBasicInformation:
		status = query_basic(address, buffer, length, &used);
		break;
	case MemoryWorkingSetInformation:
		status = query_working_set(buffer, length, &used);
		break;
	case MemoryMappedFilenameInformation:
		status = query_file_name(address, buffer, length, &used);
		break;
	case MemoryRegionInformation:
	case MemoryRegionInformationEx:
		status = query_region(address, information_class == MemoryRegionInformationEx, buffer, length, &used);
		break;
	case MemoryWorkingSetExInformation:
		status = query_working_set_ex(buffer, length, &used);
		break;
	case MemorySharedCommitInformation:
		status = query_shared_commit(buffer, length, &used);
		break;
	case MemoryImageInformation:
		status = query_image(address, buffer, length, &used);
		break;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
	if (used && return_length && host_copy_to_guest(return_length, &used, sizeof(used)))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}
EXPORT_ALIAS(ntdll, "ZwQueryVirtualMemory", NtQueryVirtualMemory);
