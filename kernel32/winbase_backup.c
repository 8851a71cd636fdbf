/*
 * kernel32/winbase_backup.c - BackupRead, BackupSeek, BackupWrite (winbase.h).
 *
 * A backup is a row of streams with headers (MSDN WIN32_STREAM_ID).  Files have one here, BACKUP_DATA; directories have
 * none.  Other streams of a backup that is written back are passed over if they say that this may be done (security), and
 * refused if not.
 */
#include "kernel32/file.h"

#include <string.h>

#define BACKUP_DATA 1u
#define BACKUP_EA_DATA 2u
#define BACKUP_SECURITY_DATA 3u
#define BACKUP_ALTERNATE_DATA 4u
#define HEADER_SIZE 20u

struct stream_id {
	DWORD id, attributes;
	LONGLONG size;
	DWORD name_size;
} __attribute__((packed));

struct backup {
	bool write;
	DWORD in_header; /* bytes of the header that have passed */
	struct stream_id header;
	bool in_stream, ended;
	LONGLONG left;	  /* of the stream */
	DWORD name_left; /* to be passed over */
};

static BOOL fail(DWORD error)
{
	set_last_error(error);
	return FALSE;
}

static struct backup *begin(LPVOID *context, bool write)
{
	struct backup *backup = *context;

	if (!backup) {
		backup = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 8 /* zeroed */, sizeof(*backup));
		if (!backup) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return NULL;
		}
		backup->write = write;
		*context = backup;
	}
	if (backup->write != write) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return backup;
}

static BOOL finish(LPVOID *context)
{
	if (*context)
		RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, *context);
	*context = NULL;
	return TRUE;
}

static BOOL prepare_read(HANDLE file, struct backup *backup)
{
	FILE_STANDARD_INFORMATION info;
	IO_STATUS_BLOCK iosb;

	if (!win32_result(NtQueryInformationFile(file, &iosb, &info, sizeof(info), FileStandardInformation)))
		return FALSE;
	backup->header.id = BACKUP_DATA;
	backup->header.size = backup->left = info.EndOfFile.QuadPart;
	backup->in_stream = !info.Directory;
	backup->ended = info.Directory;
	return TRUE;
}

EXPORT(kernel32, BOOL, BackupRead,
       (HANDLE file, LPBYTE buffer, DWORD size, LPDWORD read, BOOL abort, BOOL security, LPVOID *context))
{
	struct backup *backup;

	if (!context || (!abort && !read))
		return fail(ERROR_INVALID_PARAMETER);
	if (abort)
		return finish(context);
	*read = 0;
	backup = begin(context, false);
	if (!backup || (!backup->in_stream && !backup->ended && !prepare_read(file, backup)))
		return FALSE;
	if (backup->ended)
		return TRUE;
	if (backup->in_header < HEADER_SIZE) {
		DWORD part = HEADER_SIZE - backup->in_header;

		if (part > size)
			part = size;
		memcpy(buffer, (const char *)&backup->header + backup->in_header, part);
		backup->in_header += part;
		*read = part;
	}
	while (*read < size && backup->left) {
		DWORD wanted = size - *read, got;

		if (wanted > backup->left)
			wanted = (DWORD)backup->left;
		if (!ReadFile(file, buffer + *read, wanted, &got, NULL))
			return FALSE;
		if (!got)
			return fail(ERROR_HANDLE_EOF); /* it has become shorter */
		*read += got;
		backup->left -= got;
	}
	backup->ended = backup->in_header == HEADER_SIZE && !backup->left;
	return TRUE;
}

EXPORT(kernel32, BOOL, BackupSeek,
       (HANDLE file, DWORD low, DWORD high, LPDWORD sought_low, LPDWORD sought_high, LPVOID *context))
{
	struct backup *backup = context ? *context : NULL;
	LONGLONG distance = (LONGLONG)((uint64_t)high << 32 | low), moved;
	LARGE_INTEGER step;

	if (!backup || backup->write || !sought_low || !sought_high)
		return fail(ERROR_INVALID_PARAMETER);
	/* headers are not jumped over */
	moved = backup->in_header < HEADER_SIZE ? 0 : distance < backup->left ? distance : backup->left;
	step.QuadPart = moved;
	step.LowPart = SetFilePointer(file, (LONG)step.LowPart, &step.HighPart, FILE_CURRENT);
	backup->left -= moved;
	backup->ended = backup->in_header == HEADER_SIZE && !backup->left;
	*sought_low = (DWORD)moved;
	*sought_high = (DWORD)(moved >> 32);
	return moved == distance ? TRUE : fail(ERROR_SEEK);
}

/* The header has come: what is to be done with the stream. */
static BOOL start_stream(struct backup *backup)
{
	if (backup->header.size < 0 || backup->header.name_size > 65534)
		return fail(ERROR_INVALID_DATA);
	if (backup->header.id == BACKUP_ALTERNATE_DATA || backup->header.id == BACKUP_EA_DATA)
		return fail(ERROR_NOT_SUPPORTED); /* there is no place for them */
	backup->left = backup->header.size;
	backup->name_left = backup->header.name_size;
	backup->in_stream = true;
	return TRUE;
}

EXPORT(kernel32, BOOL, BackupWrite,
       (HANDLE file, LPBYTE buffer, DWORD size, LPDWORD written, BOOL abort, BOOL security, LPVOID *context))
{
	struct backup *backup;

	if (!context || (!abort && !written))
		return fail(ERROR_INVALID_PARAMETER);
	if (abort)
		return finish(context);
	*written = 0;
	backup = begin(context, true);
	if (!backup)
		return FALSE;
	while (*written < size) {
		DWORD part = size - *written, put;

		if (!backup->in_stream) {
			if (part > HEADER_SIZE - backup->in_header)
				part = HEADER_SIZE - backup->in_header;
			memcpy((char *)&backup->header + backup->in_header, buffer + *written, part);
			backup->in_header += part;
			*written += part;
			if (backup->in_header == HEADER_SIZE && !start_stream(backup))
				return FALSE;
		} else if (backup->name_left) {
			if (part > backup->name_left)
				part = backup->name_left;
			backup->name_left -= part;
			*written += part;
		} else if (backup->left) {
			if (part > backup->left)
				part = (DWORD)backup->left;
			put = part;
			if (backup->header.id == BACKUP_DATA && !WriteFile(file, buffer + *written, part, &put, NULL))
				return FALSE;
			backup->left -= put;
			*written += put;
		}
		if (backup->in_stream && !backup->name_left && !backup->left) {
			backup->in_stream = false;
			backup->in_header = 0;
		}
	}
	return TRUE;
}
