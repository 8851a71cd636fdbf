/*
 * dlls/shlwapi/file_stream.c - IStream on a file.  Every write goes straight to the file; there is no transaction.
 */
#include "dlls/shlwapi/shlwapi.h"
#include "kernel32/api.h"
#include "kernel32/kernel32.h"

struct file_stream {
	IStream stream;
	LONG references;
	HANDLE file;
	DWORD mode;
	LPOLESTR name;
};

#define STGM_ACCESS 0x3u
#define STGM_SHARE 0x70u
/* STGM_TRANSACTED, CONVERT, PRIORITY, SIMPLE, NOSCRATCH, NOSNAPSHOT: of storages, not of streams on files. */
#define STGM_REFUSED (0x00010000u | 0x00020000u | 0x00040000u | 0x08000000u | 0x00100000u | 0x00200000u)

static HRESULT last_error_result(void)
{
	DWORD error = get_last_error();
	return error ? HRESULT_FROM_WIN32(error) : E_FAIL;
}

static struct file_stream *from_stream(IStream *stream)
{
	return CONTAINING_RECORD(stream, struct file_stream, stream);
}

static HRESULT WINAPI file_QueryInterface(IStream *self, REFIID iid, void **object)
{
	if (!object)
		return E_POINTER;
	*object = NULL;
	if (!com_guid_equal(iid, &IID_IUnknown) && !com_guid_equal(iid, &IID_ISequentialStream) &&
	    !com_guid_equal(iid, &IID_IStream))
		return E_NOINTERFACE;
	com_increment(&from_stream(self)->references);
	*object = self;
	return S_OK;
}

static ULONG WINAPI file_AddRef(IStream *self)
{
	return com_increment(&from_stream(self)->references);
}

static ULONG WINAPI file_Release(IStream *self)
{
	struct file_stream *stream = from_stream(self);
	ULONG left = com_decrement(&stream->references);

	if (!left) {
		CloseHandle(stream->file);
		com_free(stream->name);
		com_free(stream);
	}
	return left;
}

/* S_FALSE when the file ended before the buffer was full. */
static HRESULT WINAPI file_Read(IStream *self, void *buffer, ULONG size, ULONG *done)
{
	DWORD got = 0;
	BOOL ok = ReadFile(from_stream(self)->file, buffer, size, &got, NULL);

	if (done)
		*done = got;
	if (!ok)
		return last_error_result();
	return got == size ? S_OK : S_FALSE;
}

static HRESULT WINAPI file_Write(IStream *self, const void *buffer, ULONG size, ULONG *done)
{
	struct file_stream *stream = from_stream(self);
	DWORD put = 0;
	BOOL ok;

	if (done)
		*done = 0;
	if ((stream->mode & STGM_ACCESS) == STGM_READ)
		return STG_E_ACCESSDENIED;
	ok = WriteFile(stream->file, buffer, size, &put, NULL);
	if (done)
		*done = put;
	if (!ok)
		return last_error_result();
	return put == size ? S_OK : STG_E_MEDIUMFULL;
}

static HRESULT WINAPI file_Seek(IStream *self, LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER *position)
{
	LARGE_INTEGER at;

	if (origin > STREAM_SEEK_END)
		return E_INVALIDARG;
	/* The three origins have the numbers of FILE_BEGIN, FILE_CURRENT and FILE_END. */
	if (!SetFilePointerEx(from_stream(self)->file, move, &at, origin))
		return last_error_result();
	if (position)
		position->QuadPart = (ULONGLONG)at.QuadPart;
	return S_OK;
}

static HRESULT WINAPI file_SetSize(IStream *self, ULARGE_INTEGER size)
{
	HANDLE file = from_stream(self)->file;
	LARGE_INTEGER old, zero = {.QuadPart = 0}, end = {.QuadPart = (LONGLONG)size.QuadPart};
	HRESULT result = S_OK;

	if (!SetFilePointerEx(file, zero, &old, FILE_CURRENT))
		return last_error_result();
	if (!SetFilePointerEx(file, end, NULL, FILE_BEGIN) || !SetEndOfFile(file))
		result = last_error_result();
	SetFilePointerEx(file, old, NULL, FILE_BEGIN);
	return result;
}

static HRESULT WINAPI file_CopyTo(IStream *self, IStream *to, ULARGE_INTEGER size, ULARGE_INTEGER *read,
				  ULARGE_INTEGER *written)
{
	return com_stream_copy(self, to, size.QuadPart, read, written);
}

static HRESULT WINAPI file_Commit(IStream *self, DWORD flags)
{
	struct file_stream *stream = from_stream(self);

	if ((stream->mode & STGM_ACCESS) != STGM_READ && !FlushFileBuffers(stream->file))
		return last_error_result();
	return S_OK;
}

static HRESULT WINAPI file_Revert(IStream *self)
{
	return E_NOTIMPL;
}

static HRESULT WINAPI file_LockRegion(IStream *self, ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind)
{
	return E_NOTIMPL;
}

static size_t wide_length(LPCWSTR string)
{
	size_t length = 0;
	while (string[length])
		length++;
	return length;
}

static HRESULT WINAPI file_Stat(IStream *self, STATSTG *stat, DWORD flags)
{
	struct file_stream *stream = from_stream(self);
	LARGE_INTEGER size;

	if (!stat)
		return STG_E_INVALIDPOINTER;
	memset(stat, 0, sizeof(*stat));
	if (!GetFileSizeEx(stream->file, &size) ||
	    !GetFileTime(stream->file, &stat->ctime, &stat->atime, &stat->mtime))
		return last_error_result();
	if (!(flags & STATFLAG_NONAME)) {
		size_t bytes = (wide_length(stream->name) + 1) * sizeof(WCHAR);

		stat->pwcsName = CoTaskMemAlloc(bytes);
		if (!stat->pwcsName)
			return E_OUTOFMEMORY;
		memcpy(stat->pwcsName, stream->name, bytes);
	}
	stat->type = STGTY_STREAM;
	stat->cbSize.QuadPart = (ULONGLONG)size.QuadPart;
	stat->grfMode = stream->mode;
	stat->grfLocksSupported = LOCK_WRITE;
	return S_OK;
}

static HRESULT WINAPI file_Clone(IStream *self, IStream **clone)
{
	if (clone)
		*clone = NULL;
	return E_NOTIMPL;
}

static const IStreamVtbl file_stream_vtbl = {
	file_QueryInterface, file_AddRef, file_Release, file_Read,	 file_Write,	  file_Seek, file_SetSize,
	file_CopyTo,	     file_Commit, file_Revert,	file_LockRegion, file_LockRegion, file_Stat, file_Clone,
};

static DWORD share_mode(DWORD mode)
{
	switch (mode & STGM_SHARE) {
	case STGM_SHARE_DENY_READ:
		return FILE_SHARE_WRITE;
	case STGM_SHARE_DENY_WRITE:
		return FILE_SHARE_READ;
	case STGM_SHARE_EXCLUSIVE:
		return 0;
	default:
		return FILE_SHARE_READ | FILE_SHARE_WRITE;
	}
}

static HRESULT open_stream(LPCWSTR file, DWORD mode, DWORD attributes, DWORD disposition, IStream **stream)
{
	static const DWORD access[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE};
	size_t bytes = (wide_length(file) + 1) * sizeof(WCHAR);
	struct file_stream *made;

	if ((mode & STGM_ACCESS) == STGM_ACCESS)
		return E_INVALIDARG;
	made = com_allocate(sizeof(*made));
	if (!made)
		return E_OUTOFMEMORY;
	made->name = com_allocate(bytes);
	if (!made->name) {
		com_free(made);
		return E_OUTOFMEMORY;
	}
	memcpy(made->name, file, bytes);
	if (mode & STGM_DELETEONRELEASE)
		attributes |= FILE_FLAG_DELETE_ON_CLOSE;
	made->file = CreateFileW(file, access[mode & STGM_ACCESS], share_mode(mode), NULL, disposition, attributes, NULL);
	if (made->file == INVALID_HANDLE_VALUE) {
		HRESULT result = last_error_result();

		com_free(made->name);
		com_free(made);
		return result;
	}
	made->stream.vtbl = &file_stream_vtbl;
	made->references = 1;
	made->mode = mode;
	*stream = &made->stream;
	return S_OK;
}

/* MSDN SHCreateStreamOnFileEx: STGM_CREATE always creates; without it `create` says whether the file must be new or
 * must exist. */
EXPORT(shlwapi, HRESULT, SHCreateStreamOnFileEx,
       (LPCWSTR file, DWORD mode, DWORD attributes, BOOL create, IStream *template_stream, IStream **stream))
{
	if (!stream)
		return E_INVALIDARG;
	*stream = NULL;
	if (!file || template_stream || (mode & STGM_REFUSED))
		return E_INVALIDARG;
	return open_stream(file, mode, attributes,
			   mode & STGM_CREATE ? CREATE_ALWAYS
			   : create	      ? CREATE_NEW
					      : OPEN_EXISTING,
			   stream);
}

/* The older call knows only access, sharing and STGM_CREATE, STGM_DELETEONRELEASE. */
EXPORT(shlwapi, HRESULT, SHCreateStreamOnFileW, (LPCWSTR file, DWORD mode, IStream **stream))
{
	if (!stream)
		return E_INVALIDARG;
	*stream = NULL;
	if (!file || (mode & STGM_REFUSED))
		return E_INVALIDARG;
	return open_stream(file, mode, FILE_ATTRIBUTE_NORMAL, mode & STGM_CREATE ? CREATE_ALWAYS : OPEN_EXISTING, stream);
}

EXPORT(shlwapi, HRESULT, SHCreateStreamOnFileA, (LPCSTR file, DWORD mode, IStream **stream))
{
	LPWSTR wide;
	HRESULT result;
	INT count;

	if (!stream)
		return E_INVALIDARG;
	*stream = NULL;
	if (!file)
		return E_INVALIDARG;
	count = MultiByteToWideChar(CP_ACP, 0, file, -1, NULL, 0);
	wide = com_allocate((size_t)count * sizeof(WCHAR));
	if (!wide)
		return E_OUTOFMEMORY;
	MultiByteToWideChar(CP_ACP, 0, file, -1, wide, count);
	result = SHCreateStreamOnFileW(wide, mode, stream);
	com_free(wide);
	return result;
}

/* A stream on memory of its own that starts with a copy of `initial`. */
EXPORT(shlwapi, IStream *, SHCreateMemStream, (const BYTE *initial, UINT size))
{
	IStream *stream;
	HGLOBAL memory = NULL;

	if (initial && size) {
		void *bytes;

		memory = GlobalAlloc(GMEM_MOVEABLE, size);
		bytes = memory ? GlobalLock(memory) : NULL;
		if (!bytes)
			return NULL;
		memcpy(bytes, initial, size);
		GlobalUnlock(memory);
	}
	if (FAILED(CreateStreamOnHGlobal(memory, TRUE, &stream))) {
		if (memory)
			GlobalFree(memory);
		return NULL;
	}
	return stream;
}

/* Reads exactly `size` bytes or fails. */
EXPORT(shlwapi, HRESULT, IStream_Read, (IStream * stream, void *buffer, ULONG size))
{
	ULONG got = 0;
	HRESULT result = COM_CALL(stream, Read, buffer, size, &got);

	return SUCCEEDED(result) && got != size ? E_FAIL : result;
}

EXPORT(shlwapi, HRESULT, IStream_Write, (IStream * stream, const void *buffer, ULONG size))
{
	ULONG put = 0;
	HRESULT result = COM_CALL(stream, Write, buffer, size, &put);

	return SUCCEEDED(result) && put != size ? E_FAIL : result;
}

EXPORT(shlwapi, HRESULT, IStream_Reset, (IStream * stream))
{
	return COM_CALL(stream, Seek, 0, STREAM_SEEK_SET, 0);
}

EXPORT(shlwapi, HRESULT, IStream_Size, (IStream * stream, ULARGE_INTEGER *size))
{
	STATSTG stat;
	HRESULT result = COM_CALL(stream, Stat, &stat, STATFLAG_NONAME, 0);

	if (SUCCEEDED(result))
		*size = stat.cbSize;
	return result;
}
