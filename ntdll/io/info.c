/*
 * ntdll/io/info.c - NtQueryInformationFile.
 *
 * Every class that programs ask disk files for; consoles and pipes answer the few that NT's drivers answer there.
 */
#include "ntdll/io/private.h"

#include <stdlib.h>
#include <string.h>

/* Classes that do not apply to what the handle is. */
static bool answers(const struct io_file *file, FILE_INFORMATION_CLASS info_class)
{
	switch (info_class) {
	case FileAccessInformation:
	case FileModeInformation:
	case FileAlignmentInformation:
	case FileIoCompletionNotificationInformation:
	case FileIoPriorityHintInformation:
		return true; /* the I/O manager's own */
	case FilePipeInformation:
	case FilePipeLocalInformation:
		return file->kind == IO_PIPE;
	case FilePositionInformation:
		return io_is_disk(file);
	case FileNameInformation:
		return io_is_disk(file) || file->kind == IO_VOLUME || file->kind == IO_PIPE;
	case FileStandardInformation:
		return io_is_disk(file) || file->kind == IO_PIPE || file->kind == IO_CHARACTER;
	case FileBasicInformation:
	case FileInternalInformation:
	case FileAllInformation:
	case FileNetworkOpenInformation:
		return io_is_disk(file) || file->kind == IO_PIPE;
	default:
		return io_is_disk(file);
	}
}

void io_fill_basic(const struct host_stat *stat, ULONG attributes, FILE_BASIC_INFORMATION *basic)
{
	basic->CreationTime.QuadPart = io_time_from_host(io_birth_time(stat));
	basic->LastAccessTime.QuadPart = io_time_from_host(stat->access_time);
	basic->LastWriteTime.QuadPart = io_time_from_host(stat->write_time);
	basic->ChangeTime.QuadPart = io_time_from_host(stat->change_time);
	basic->FileAttributes = attributes;
}

void io_fill_network_open(const struct host_stat *stat, ULONG attributes, FILE_NETWORK_OPEN_INFORMATION *open)
{
	FILE_BASIC_INFORMATION basic;

	io_fill_basic(stat, attributes, &basic);
	memcpy(open, &basic, 4 * sizeof(LARGE_INTEGER)); /* the times */
	open->AllocationSize.QuadPart = io_allocation(stat);
	open->EndOfFile.QuadPart = io_size(stat);
	open->FileAttributes = attributes;
}

static ULONG attributes_of(const struct io_file *file, const struct host_stat *stat)
{
	return io_attributes(stat, file->fd, file->kind == IO_LINK ? file->path : NULL);
}

static ULONG tag_of(const struct io_file *file)
{
	return file->kind == IO_LINK ? io_link_tag(file->fd, NULL) : 0;
}

static void fill_standard(struct io_file *file, const struct host_stat *stat, FILE_STANDARD_INFORMATION *standard)
{
	/* what was deleted the POSIX way has no name left and stays pending until it is closed */
	bool pending = file->node && (!stat->links || io_delete_is_pending(file->node->device, file->node->inode));

	standard->AllocationSize.QuadPart = io_allocation(stat);
	standard->EndOfFile.QuadPart = io_size(stat);
	standard->NumberOfLinks = stat->kind == HOST_FILE_DIRECTORY ? 1 : stat->links;
	standard->Directory = stat->kind == HOST_FILE_DIRECTORY;
	standard->DeletePending = pending;
	if (pending && standard->NumberOfLinks)
		standard->NumberOfLinks--;
}

static uint64_t position_of(struct io_file *file)
{
	int64_t position;

	if (!file->host_offset)
		return file->position;
	position = host_seek(file->fd, 0, 1);
	return position < 0 ? 0 : (uint64_t)position;
}

static ULONG mode_of(const struct io_file *file)
{
	return file->options & (FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_NO_INTERMEDIATE_BUFFERING |
				FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
}

/* The name as NT's file system tells it: from the root of the volume, with a backslash in front. */
static NTSTATUS volume_name_of(struct io_file *file, struct io_wide *name)
{
	struct io_narrow path;
	struct io_wide dos;
	NTSTATUS status;

	if (file->kind == IO_PIPE)
		return io_pipe_name(file, name);
	io_narrow_init(&path);
	io_wide_init(&dos);
	status = io_path_now(file, true, &path);
	if (NT_SUCCESS(status) && !io_dos_path_from_unix(path.text, &dos))
		status = STATUS_NO_MEMORY;
	if (NT_SUCCESS(status) && !io_wide_put(name, dos.text + 2, dos.length - 2))
		status = STATUS_NO_MEMORY;
	io_narrow_free(&path);
	io_wide_free(&dos);
	return status;
}

NTSTATUS io_query_nt_name(struct io_file *file, struct io_wide *name)
{
	struct io_narrow path;
	struct io_wide dos;
	NTSTATUS status = STATUS_SUCCESS;

	switch (file->kind) {
	case IO_CONSOLE_INPUT:
		io_wide_put(name, u"\\Device\\ConDrv", 14);
		return STATUS_SUCCESS;
	case IO_CONSOLE_OUTPUT:
		io_wide_put(name, u"\\Device\\ConDrv", 14);
		return STATUS_SUCCESS;
	case IO_CHARACTER:
		io_wide_put(name, u"\\Device\\Null", 12);
		return STATUS_SUCCESS;
	case IO_PIPE:
		io_wide_put(name, u"\\Device\\NamedPipe", 17);
		return io_pipe_name(file, name);
	case IO_SOCKET:
	case IO_AFD:
		io_wide_put(name, u"\\Device\\Afd", 11);
		return STATUS_SUCCESS;
	default:
		break;
	}
	io_narrow_init(&path);
	io_wide_init(&dos);
	status = io_path_now(file, true, &path);
	if (NT_SUCCESS(status) && !io_dos_path_from_unix(path.text, &dos))
		status = STATUS_NO_MEMORY;
	if (NT_SUCCESS(status)) {
		io_wide_put(name, u"\\Device\\HarddiskVolume", 22);
		io_wide_put(name, dos.text[0] == u'C' ? u"1" : u"2", 1);
		if (file->kind != IO_VOLUME)
			io_wide_put(name, dos.text + 2, dos.length - 2);
		if (name->failed)
			status = STATUS_NO_MEMORY;
	}
	io_narrow_free(&path);
	io_wide_free(&dos);
	return status;
}

/* Stores a FILE_NAME_INFORMATION at `buffer`; as much of the name as fits. */
static NTSTATUS store_name(PVOID buffer, ULONG length, const char16_t *name, size_t name_length, ULONG_PTR *information)
{
	ULONG bytes = (ULONG)name_length * 2, room = length - (ULONG)offsetof(FILE_NAME_INFORMATION, FileName);
	ULONG copied = bytes < room ? bytes : room & ~1u;

	if (host_copy_to_guest(buffer, &bytes, sizeof(bytes)) < 0 ||
	    host_copy_to_guest((char *)buffer + offsetof(FILE_NAME_INFORMATION, FileName), name, copied) < 0)
		return STATUS_ACCESS_VIOLATION;
	*information = offsetof(FILE_NAME_INFORMATION, FileName) + copied;
	return copied < bytes ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS query_streams(struct io_file *file, const struct host_stat *stat, PVOID buffer, ULONG length,
			      ULONG_PTR *information)
{
	struct {
		FILE_STREAM_INFORMATION info;
		WCHAR rest[8];
	} stream = {0};
	const ULONG size = offsetof(FILE_STREAM_INFORMATION, StreamName) + 14;

	if (stat->kind != HOST_FILE_REGULAR) {
		*information = 0;
		return STATUS_SUCCESS;
	}
	if (length < size)
		return STATUS_BUFFER_OVERFLOW;
	stream.info.StreamNameLength = 14;
	stream.info.StreamSize.QuadPart = io_size(stat);
	stream.info.StreamAllocationSize.QuadPart = io_allocation(stat);
	memcpy((char *)&stream + offsetof(FILE_STREAM_INFORMATION, StreamName), u"::$DATA", 14);
	*information = size;
	return host_copy_to_guest(buffer, &stream, size) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static NTSTATUS query_all(struct io_file *file, ACCESS_MASK access, const struct host_stat *stat, PVOID buffer,
			  ULONG length, ULONG_PTR *information)
{
	FILE_ALL_INFORMATION all;
	struct io_wide name;
	NTSTATUS status;

	memset(&all, 0, sizeof(all));
	io_fill_basic(stat, attributes_of(file, stat), &all.BasicInformation);
	fill_standard(file, stat, &all.StandardInformation);
	all.InternalInformation.IndexNumber.QuadPart = (LONGLONG)stat->inode;
	all.AccessInformation.AccessFlags = access;
	all.PositionInformation.CurrentByteOffset.QuadPart = (LONGLONG)position_of(file);
	all.ModeInformation.Mode = mode_of(file);
	if (host_copy_to_guest(buffer, &all, offsetof(FILE_ALL_INFORMATION, NameInformation)) < 0)
		return STATUS_ACCESS_VIOLATION;
	io_wide_init(&name);
	status = volume_name_of(file, &name);
	if (status == STATUS_FILE_DELETED)
		status = STATUS_SUCCESS;
	if (NT_SUCCESS(status)) {
		status = store_name((char *)buffer + offsetof(FILE_ALL_INFORMATION, NameInformation),
				    length - (ULONG)offsetof(FILE_ALL_INFORMATION, NameInformation), name.text, name.length,
				    information);
		*information += offsetof(FILE_ALL_INFORMATION, NameInformation);
	}
	io_wide_free(&name);
	return status;
}

static ULONG volume_serial(uint64_t device)
{
	uint32_t serial = (uint32_t)(device ^ device >> 32) * 2654435761u;

	return serial ? serial : 1;
}

ULONG io_volume_serial(const struct host_stat *stat)
{
	return volume_serial(stat->device);
}

/* The classes of fixed `size`. */
static NTSTATUS query_plain(struct io_file *file, ACCESS_MASK access, const struct host_stat *stat, PVOID buffer,
			    FILE_INFORMATION_CLASS info_class, ULONG size, ULONG_PTR *information)
{
	union {
		FILE_BASIC_INFORMATION basic;
		FILE_STANDARD_INFORMATION standard;
		FILE_INTERNAL_INFORMATION internal;
		FILE_EA_INFORMATION ea;
		FILE_ACCESS_INFORMATION access;
		FILE_POSITION_INFORMATION position;
		FILE_MODE_INFORMATION mode;
		FILE_ALIGNMENT_INFORMATION alignment;
		FILE_COMPRESSION_INFORMATION compression;
		FILE_NETWORK_OPEN_INFORMATION open;
		FILE_ATTRIBUTE_TAG_INFORMATION tag;
		FILE_STANDARD_LINK_INFORMATION link;
		FILE_ID_INFORMATION id;
		FILE_STAT_INFORMATION stat;
		ULONG number;
	} u;
	FILE_BASIC_INFORMATION basic;

	memset(&u, 0, sizeof(u));
	switch (info_class) {
	case FileBasicInformation:
		io_fill_basic(stat, attributes_of(file, stat), &u.basic);
		break;
	case FileStandardInformation:
		fill_standard(file, stat, &u.standard);
		break;
	case FileInternalInformation:
		u.internal.IndexNumber.QuadPart = (LONGLONG)stat->inode;
		break;
	case FileAccessInformation:
		u.access.AccessFlags = access;
		break;
	case FilePositionInformation:
		u.position.CurrentByteOffset.QuadPart = (LONGLONG)position_of(file);
		break;
	case FileModeInformation:
		u.mode.Mode = mode_of(file);
		break;
	case FileEaInformation:
	case FileAlignmentInformation:
	case FileCaseSensitiveInformation:
		break; /* 0: none; any address; not sensitive */
	case FileIoPriorityHintInformation:
		u.number = 2; /* IoPriorityNormal */
		break;
	case FileIoCompletionNotificationInformation:
		u.number = file->completion_modes;
		break;
	case FileCompressionInformation:
		u.compression.CompressedFileSize.QuadPart = io_allocation(stat);
		break;
	case FileNetworkOpenInformation:
		io_fill_network_open(stat, attributes_of(file, stat), &u.open);
		break;
	case FileAttributeTagInformation:
		u.tag.FileAttributes = attributes_of(file, stat);
		u.tag.ReparseTag = tag_of(file);
		break;
	case FileStandardLinkInformation: {
		FILE_STANDARD_INFORMATION standard;

		fill_standard(file, stat, &standard);
		u.link.NumberOfAccessibleLinks = standard.NumberOfLinks;
		u.link.TotalNumberOfLinks = stat->kind == HOST_FILE_DIRECTORY ? 1 : stat->links;
		u.link.DeletePending = standard.DeletePending;
		u.link.Directory = standard.Directory;
		break;
	}
	case FileIdInformation:
		u.id.VolumeSerialNumber = volume_serial(stat->device);
		memcpy(u.id.FileId.Identifier, &stat->inode, sizeof(stat->inode));
		break;
	case FileStatInformation:
		io_fill_basic(stat, attributes_of(file, stat), &basic);
		u.stat.FileId.QuadPart = (LONGLONG)stat->inode;
		memcpy(&u.stat.CreationTime, &basic, 4 * sizeof(LARGE_INTEGER));
		u.stat.AllocationSize.QuadPart = io_allocation(stat);
		u.stat.EndOfFile.QuadPart = io_size(stat);
		u.stat.FileAttributes = basic.FileAttributes;
		u.stat.ReparseTag = tag_of(file);
		u.stat.NumberOfLinks = stat->kind == HOST_FILE_DIRECTORY ? 1 : stat->links;
		u.stat.EffectiveAccess = access;
		break;
	default:
		return STATUS_INVALID_INFO_CLASS;
	}
	*information = size;
	return host_copy_to_guest(buffer, &u, size) < 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

EXPORT(ntdll, NTSTATUS, NtQueryInformationFile,
       (HANDLE handle, IO_STATUS_BLOCK *iosb, PVOID buffer, ULONG length, FILE_INFORMATION_CLASS info_class))
{
	struct io_file *file;
	struct host_stat stat;
	struct io_wide name;
	IO_STATUS_BLOCK block = {{.Pointer = NULL}, .Information = 0};
	ACCESS_MASK access;
	ULONG flags;
	const struct io_class_rule rule = io_query_rule(info_class);
	NTSTATUS status;

	if (!rule.size)
		return STATUS_INVALID_INFO_CLASS;
	if (length < rule.size)
		return STATUS_INFO_LENGTH_MISMATCH;
	status = ob_reference_by_handle(handle, &io_file_type, rule.access, (void **)&file);
	if (!NT_SUCCESS(status))
		return status;
	if (!answers(file, info_class))
		status = STATUS_INVALID_DEVICE_REQUEST;
	else
		status = ob_query_handle(handle, &access, &flags);
	if (NT_SUCCESS(status))
		status = io_stat(file, &stat);
	if (NT_SUCCESS(status)) {
		switch (info_class) {
		case FileNameInformation:
		case FileNormalizedNameInformation:
			io_wide_init(&name);
			status = volume_name_of(file, &name);
			if (NT_SUCCESS(status))
				status = store_name(buffer, length, name.text, name.length, &block.Information);
			io_wide_free(&name);
			break;
		case FileVolumeNameInformation:
			io_wide_init(&name);
			status = io_query_nt_name(file, &name);
			if (NT_SUCCESS(status))
				status = store_name(buffer, length, name.text, 23, &block.Information);
			io_wide_free(&name);
			break;
		case FileAlternateNameInformation:
			status = STATUS_OBJECT_NAME_NOT_FOUND; /* short names are not made here */
			break;
		case FileAllInformation:
			status = query_all(file, access, &stat, buffer, length, &block.Information);
			break;
		case FileStreamInformation:
			status = query_streams(file, &stat, buffer, length, &block.Information);
			break;
		case FilePipeInformation:
		case FilePipeLocalInformation:
			status = io_pipe_query(file, buffer, length, info_class, &block.Information);
			break;
		default:
			status = query_plain(file, access, &stat, buffer, info_class, rule.size, &block.Information);
			break;
		}
	}
	ob_dereference(file);
	if ((ULONG)status >> 30 == 3)
		return status;
	block.Status = status;
	return host_copy_to_guest(iosb, &block, sizeof(block)) < 0 ? STATUS_ACCESS_VIOLATION : status;
}
EXPORT_ALIAS(ntdll, "ZwQueryInformationFile", NtQueryInformationFile);

NTSTATUS io_device_type(HANDLE handle, ULONG *type)
{
	struct io_file *file;
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)&file);

	if (!NT_SUCCESS(status))
		return status;
	*type = io_device_of(file);
	ob_dereference(file);
	return STATUS_SUCCESS;
}
