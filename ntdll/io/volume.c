/*
 * ntdll/io/volume.c - NtQueryVolumeInformationFile.
 *
 * Every file system of the host calls itself NTFS: programs decide by that name whether symbolic links, hard links,
 * sparse files and file ids are to be had, and they are.
 */
#include "ntdll/io/private.h"

#include <string.h>

#define FILE_CASE_SENSITIVE_SEARCH 0x1u
#define FILE_CASE_PRESERVED_NAMES 0x2u
#define FILE_UNICODE_ON_DISK 0x4u
#define FILE_SUPPORTS_SPARSE_FILES 0x40u
#define FILE_SUPPORTS_REPARSE_POINTS 0x80u
#define FILE_READ_ONLY_VOLUME 0x80000u
#define FILE_SUPPORTS_HARD_LINKS 0x400000u
#define FILE_SUPPORTS_OPEN_BY_FILE_ID 0x1000000u
#define FILE_SUPPORTS_POSIX_UNLINK_RENAME 0x4000000u
#define FILE_DEVICE_IS_MOUNTED 0x20u

static ULONG minimum_size(FS_INFORMATION_CLASS info_class)
{
	switch (info_class) {
	case FileFsVolumeInformation:
		return offsetof(FILE_FS_VOLUME_INFORMATION, VolumeLabel);
	case FileFsSizeInformation:
		return sizeof(FILE_FS_SIZE_INFORMATION);
	case FileFsDeviceInformation:
		return sizeof(FILE_FS_DEVICE_INFORMATION);
	case FileFsAttributeInformation:
		return offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName);
	case FileFsFullSizeInformation:
		return sizeof(FILE_FS_FULL_SIZE_INFORMATION);
	case FileFsSectorSizeInformation:
		return sizeof(FILE_FS_SECTOR_SIZE_INFORMATION);
	default:
		return 0;
	}
}

ULONG io_device_of(const struct io_file *file)
{
	switch (file->kind) {
	case IO_PIPE:
	case IO_PIPE_ROOT:
	case IO_SOCKET:
	case IO_AFD:
		return FILE_DEVICE_NAMED_PIPE;
	case IO_CHARACTER:
		return FILE_DEVICE_NULL;
	case IO_CONSOLE_INPUT:
	case IO_CONSOLE_OUTPUT:
		return FILE_DEVICE_CONSOLE;
	default:
		return FILE_DEVICE_DISK;
	}
}

EXPORT(ntdll, NTSTATUS, NtQueryVolumeInformationFile,
       (HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length, FS_INFORMATION_CLASS info_class))
{
	union {
		FILE_FS_VOLUME_INFORMATION volume;
		FILE_FS_SIZE_INFORMATION size;
		FILE_FS_DEVICE_INFORMATION device;
		FILE_FS_ATTRIBUTE_INFORMATION attribute;
		FILE_FS_FULL_SIZE_INFORMATION full;
		FILE_FS_SECTOR_SIZE_INFORMATION sector;
		char bytes[64];
	} u;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	ULONG size = minimum_size(info_class);
	struct io_file *file;
	struct host_volume volume;
	struct host_stat stat;
	NTSTATUS status;

	if (!size)
		return STATUS_INVALID_INFO_CLASS;
	if (length < size)
		return STATUS_INFO_LENGTH_MISMATCH;
	status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	memset(&u, 0, sizeof(u));
	if (info_class == FileFsDeviceInformation) {
		u.device.DeviceType = io_device_of(file);
		u.device.Characteristics = u.device.DeviceType == FILE_DEVICE_DISK ? FILE_DEVICE_IS_MOUNTED : 0;
	} else if (!io_is_disk(file) && file->kind != IO_VOLUME) {
		status = STATUS_INVALID_DEVICE_REQUEST;
	} else {
		status = io_status(host_volume_fd(file->fd, &volume));
		if (NT_SUCCESS(status))
			status = io_stat(file, &stat);
	}
	if (NT_SUCCESS(status)) {
		switch (info_class) {
		case FileFsVolumeInformation:
			/* the label is empty: Linux's labels belong to devices, which not every file system has */
			u.volume.VolumeSerialNumber = io_volume_serial(&stat);
			u.volume.SupportsObjects = TRUE;
			if (host_stat_path("/", true, &stat) == 0)
				u.volume.VolumeCreationTime.QuadPart = io_time_from_host(io_birth_time(&stat));
			break;
		case FileFsSizeInformation:
			u.size.TotalAllocationUnits.QuadPart = (LONGLONG)volume.blocks;
			u.size.AvailableAllocationUnits.QuadPart = (LONGLONG)volume.available_blocks;
			u.size.BytesPerSector = volume.block_size % 512 ? (ULONG)volume.block_size : 512;
			u.size.SectorsPerAllocationUnit = (ULONG)(volume.block_size / u.size.BytesPerSector);
			break;
		case FileFsFullSizeInformation:
			u.full.TotalAllocationUnits.QuadPart = (LONGLONG)volume.blocks;
			u.full.CallerAvailableAllocationUnits.QuadPart = (LONGLONG)volume.available_blocks;
			u.full.ActualAvailableAllocationUnits.QuadPart = (LONGLONG)volume.free_blocks;
			u.full.BytesPerSector = volume.block_size % 512 ? (ULONG)volume.block_size : 512;
			u.full.SectorsPerAllocationUnit = (ULONG)(volume.block_size / u.full.BytesPerSector);
			break;
		case FileFsAttributeInformation:
			u.attribute.FileSystemAttributes =
				FILE_CASE_SENSITIVE_SEARCH | FILE_CASE_PRESERVED_NAMES | FILE_UNICODE_ON_DISK |
				FILE_SUPPORTS_SPARSE_FILES | FILE_SUPPORTS_REPARSE_POINTS | FILE_SUPPORTS_HARD_LINKS |
				FILE_SUPPORTS_POSIX_UNLINK_RENAME | (volume.read_only ? FILE_READ_ONLY_VOLUME : 0);
			u.attribute.MaximumComponentNameLength = 255;
			u.attribute.FileSystemNameLength = 8;
			memcpy(u.bytes + size, u"NTFS", 8);
			if (length < size + 8)
				status = STATUS_BUFFER_OVERFLOW;
			size = length < size + 8 ? length : size + 8;
			break;
		case FileFsSectorSizeInformation:
			u.sector.LogicalBytesPerSector = 512;
			u.sector.PhysicalBytesPerSectorForAtomicity = 4096;
			u.sector.PhysicalBytesPerSectorForPerformance = 4096;
			u.sector.FileSystemEffectivePhysicalBytesPerSectorForAtomicity = 4096;
			u.sector.Flags = 3; /* aligned device, aligned partition */
			break;
		default:
			break;
		}
	}
	ob_dereference(file);
	if ((ULONG)status >> 30 == 3)
		return status;
	block.Status = status;
	block.Information = size;
	if (host_copy_to_guest(buffer, &u, size) < 0 || host_copy_to_guest(iosb, &block, sizeof(block)) < 0)
		return STATUS_ACCESS_VIOLATION;
	return status;
}
EXPORT_ALIAS(ntdll, "ZwQueryVolumeInformationFile", NtQueryVolumeInformationFile);
