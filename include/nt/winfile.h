/*
 * nt/winfile.h - structures and constants of fileapi.h, minwinbase.h and winbase.h about files.
 */
#ifndef PEWTER_NT_WINFILE_H
#define PEWTER_NT_WINFILE_H

#include "nt/io.h"

#define CREATE_NEW 1u
#define CREATE_ALWAYS 2u
#define OPEN_EXISTING 3u
#define OPEN_ALWAYS 4u
#define TRUNCATE_EXISTING 5u

#define FILE_FLAG_WRITE_THROUGH 0x80000000u
#define FILE_FLAG_OVERLAPPED 0x40000000u
#define FILE_FLAG_NO_BUFFERING 0x20000000u
#define FILE_FLAG_RANDOM_ACCESS 0x10000000u
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000u
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000u
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000u
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000u
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000u
#define FILE_FLAG_OPEN_NO_RECALL 0x00100000u
#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x00080000u

#define PIPE_ACCESS_INBOUND 1u
#define PIPE_ACCESS_OUTBOUND 2u
#define PIPE_ACCESS_DUPLEX 3u
#define PIPE_NOWAIT 1u
#define PIPE_READMODE_MESSAGE 2u
#define PIPE_TYPE_MESSAGE 4u
#define PIPE_REJECT_REMOTE_CLIENTS 8u
#define PIPE_UNLIMITED_INSTANCES 255u
#define NMPWAIT_WAIT_FOREVER 0xFFFFFFFFu
#define NMPWAIT_NOWAIT 1u
#define NMPWAIT_USE_DEFAULT_WAIT 0u

#define FILE_TYPE_UNKNOWN 0u
#define FILE_TYPE_DISK 1u
#define FILE_TYPE_CHAR 2u
#define FILE_TYPE_PIPE 3u

#define FILE_BEGIN 0u
#define FILE_CURRENT 1u
#define FILE_END 2u
#define INVALID_SET_FILE_POINTER 0xFFFFFFFFu
#define INVALID_FILE_SIZE 0xFFFFFFFFu

#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

#define DRIVE_UNKNOWN 0u
#define DRIVE_NO_ROOT_DIR 1u
#define DRIVE_REMOVABLE 2u
#define DRIVE_FIXED 3u
#define DRIVE_REMOTE 4u

#define LOCKFILE_FAIL_IMMEDIATELY 1u
#define LOCKFILE_EXCLUSIVE_LOCK 2u

#define MOVEFILE_REPLACE_EXISTING 1u
#define MOVEFILE_COPY_ALLOWED 2u
#define MOVEFILE_DELAY_UNTIL_REBOOT 4u
#define MOVEFILE_WRITE_THROUGH 8u
#define MOVEFILE_CREATE_HARDLINK 0x10u
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x20u

#define COPY_FILE_FAIL_IF_EXISTS 1u
#define COPY_FILE_RESTARTABLE 2u
#define COPY_FILE_OPEN_SOURCE_FOR_WRITE 4u
#define COPY_FILE_ALLOW_DECRYPTED_DESTINATION 8u
#define COPY_FILE_COPY_SYMLINK 0x800u
#define COPY_FILE_NO_BUFFERING 0x1000u

#define PROGRESS_CONTINUE 0u
#define PROGRESS_CANCEL 1u
#define PROGRESS_STOP 2u
#define PROGRESS_QUIET 3u
#define CALLBACK_CHUNK_FINISHED 0u
#define CALLBACK_STREAM_SWITCH 1u

#define FIND_FIRST_EX_CASE_SENSITIVE 1u
#define FIND_FIRST_EX_LARGE_FETCH 2u
#define FIND_FIRST_EX_ON_DISK_ENTRIES_ONLY 4u

#define FILE_NAME_NORMALIZED 0u
#define FILE_NAME_OPENED 8u
#define VOLUME_NAME_DOS 0u
#define VOLUME_NAME_GUID 1u
#define VOLUME_NAME_NT 2u
#define VOLUME_NAME_NONE 4u

#define SYMBOLIC_LINK_FLAG_DIRECTORY 1u
#define SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE 2u

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 1u
#define FILE_SKIP_SET_EVENT_ON_HANDLE 2u

typedef struct _OVERLAPPED {
	ULONG_PTR Internal;
	ULONG_PTR InternalHigh;
	union {
		struct {
			DWORD Offset;
			DWORD OffsetHigh;
		};
		PVOID Pointer;
	};
	HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

typedef struct _OVERLAPPED_ENTRY {
	ULONG_PTR lpCompletionKey;
	LPOVERLAPPED lpOverlapped;
	ULONG_PTR Internal;
	DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

typedef void(WINAPI *LPOVERLAPPED_COMPLETION_ROUTINE)(DWORD error, DWORD bytes, LPOVERLAPPED overlapped);

typedef struct _WIN32_FIND_DATAW {
	DWORD dwFileAttributes;
	FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
	DWORD nFileSizeHigh, nFileSizeLow;
	DWORD dwReserved0, dwReserved1;
	WCHAR cFileName[MAX_PATH];
	WCHAR cAlternateFileName[14];
} WIN32_FIND_DATAW, *LPWIN32_FIND_DATAW;

typedef struct _WIN32_FIND_DATAA {
	DWORD dwFileAttributes;
	FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
	DWORD nFileSizeHigh, nFileSizeLow;
	DWORD dwReserved0, dwReserved1;
	CHAR cFileName[MAX_PATH];
	CHAR cAlternateFileName[14];
} WIN32_FIND_DATAA, *LPWIN32_FIND_DATAA;

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
	DWORD dwFileAttributes;
	FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
	DWORD nFileSizeHigh, nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA;

typedef struct _BY_HANDLE_FILE_INFORMATION {
	DWORD dwFileAttributes;
	FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
	DWORD dwVolumeSerialNumber;
	DWORD nFileSizeHigh, nFileSizeLow;
	DWORD nNumberOfLinks;
	DWORD nFileIndexHigh, nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION;

/* GetFileInformationByHandleEx classes. */
enum {
	FileBasicInfo = 0,
	FileStandardInfo = 1,
	FileNameInfo = 2,
	FileRenameInfo = 3,
	FileDispositionInfo = 4,
	FileAllocationInfo = 5,
	FileEndOfFileInfo = 6,
	FileStreamInfo = 7,
	FileCompressionInfo = 8,
	FileAttributeTagInfo = 9,
	FileIdBothDirectoryInfo = 10,
	FileIdBothDirectoryRestartInfo = 11,
	FileIoPriorityHintInfo = 12,
	FileRemoteProtocolInfo = 13,
	FileFullDirectoryInfo = 14,
	FileFullDirectoryRestartInfo = 15,
	FileStorageInfo = 16,
	FileAlignmentInfo = 17,
	FileIdInfo = 18,
	FileIdExtdDirectoryInfo = 19,
	FileIdExtdDirectoryRestartInfo = 20,
	FileDispositionInfoEx = 21,
	FileRenameInfoEx = 22,
	FileCaseSensitiveInfo = 23,
	FileNormalizedNameInfo = 24,
};

typedef struct _FILE_ID_DESCRIPTOR {
	DWORD dwSize;
	DWORD Type; /* 0 FileIdType, 1 ObjectIdType, 2 ExtendedFileIdType */
	union {
		LARGE_INTEGER FileId;
		GUID ObjectId;
		FILE_ID_128 ExtendedFileId;
	};
} FILE_ID_DESCRIPTOR;

typedef struct _CREATEFILE2_EXTENDED_PARAMETERS {
	DWORD dwSize;
	DWORD dwFileAttributes;
	DWORD dwFileFlags;
	DWORD dwSecurityQosFlags;
	LPSECURITY_ATTRIBUTES lpSecurityAttributes;
	HANDLE hTemplateFile;
} CREATEFILE2_EXTENDED_PARAMETERS;

typedef DWORD(WINAPI *LPPROGRESS_ROUTINE)(LARGE_INTEGER total, LARGE_INTEGER transferred, LARGE_INTEGER stream_size,
					  LARGE_INTEGER stream_transferred, DWORD stream, DWORD reason, HANDLE source,
					  HANDLE destination, LPVOID data);

#endif
