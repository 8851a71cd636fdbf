/*
 * dlls/windowscodecs/stream.c - IWICStream: a stream that is initialised afterwards, with a file, memory of the
 * program's, another stream, or a region of one.
 */
#include "dlls/shlwapi/shlwapi.h"
#include "dlls/windowscodecs/wic.h"

struct wic_stream {
	IStream iface;
	LONG references;
	IStream *inner; /* a file or another stream */
	ULONGLONG start, limit; /* the region of `inner`; limit UINT64_MAX = all */
	BYTE *memory; /* of the program's; not freed */
	ULONGLONG size;
	ULONGLONG position; /* in memory or in the region */
};

static void stream_destroy(struct wic_stream *stream)
{
	if (stream->inner)
		COM_RELEASE(stream->inner);
}
WIC_OBJECT(struct wic_stream, IStream, stream, &IID_ISequentialStream, &IID_IStream, &IID_IWICStream)

static bool ready(const struct wic_stream *stream)
{
	return stream->inner || stream->memory;
}

static HRESULT seek_inner(struct wic_stream *stream)
{
	return COM_CALL(stream->inner, Seek, stream->start + stream->position, STREAM_SEEK_SET, 0);
}

static bool is_region(const struct wic_stream *stream)
{
	return stream->limit != UINT64_MAX;
}

static HRESULT transfer(struct wic_stream *stream, void *buffer, ULONG size, ULONG *done, bool write)
{
	ULONGLONG end = stream->memory ? stream->size : stream->limit;
	ULONG moved = 0;
	HRESULT result = S_OK;

	if (done)
		*done = 0;
	if (!ready(stream))
		return WINCODEC_ERR_NOTINITIALIZED;
	if (!buffer)
		return E_INVALIDARG;
	if (stream->inner && !is_region(stream))
		return write ? COM_CALL(stream->inner, Write, buffer, size, done)
			     : COM_CALL(stream->inner, Read, buffer, size, done);
	/* A region or a block does not grow: MSDN IWICStream::InitializeFromMemory. */
	if (write && (stream->position > end || size > end - stream->position))
		return STG_E_MEDIUMFULL;
	if (stream->position >= end)
		size = 0;
	else if (size > end - stream->position)
		size = (ULONG)(end - stream->position);
	if (stream->memory) {
		if (write)
			memcpy(stream->memory + stream->position, buffer, size);
		else
			memcpy(buffer, stream->memory + stream->position, size);
		moved = size;
	} else if (size) {
		result = seek_inner(stream);
		if (SUCCEEDED(result))
			result = write ? COM_CALL(stream->inner, Write, buffer, size, &moved)
				       : COM_CALL(stream->inner, Read, buffer, size, &moved);
	}
	stream->position += moved;
	if (done)
		*done = moved;
	return result;
}

static HRESULT WINAPI stream_Read(IStream *self, void *buffer, ULONG size, ULONG *done)
{
	return transfer((struct wic_stream *)self, buffer, size, done, false);
}

static HRESULT WINAPI stream_Write(IStream *self, const void *buffer, ULONG size, ULONG *done)
{
	return transfer((struct wic_stream *)self, (void *)(uintptr_t)buffer, size, done, true);
}

static HRESULT WINAPI stream_Seek(IStream *self, LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER *position)
{
	struct wic_stream *stream = (struct wic_stream *)self;
	ULONGLONG end = stream->memory ? stream->size : stream->limit, target;
	HRESULT result;

	if (!ready(stream))
		return WINCODEC_ERR_NOTINITIALIZED;
	if (stream->inner && !is_region(stream))
		return COM_CALL(stream->inner, Seek, move.QuadPart, origin, position);
	result = com_stream_target(move.QuadPart, origin, stream->position, end, &target);
	if (FAILED(result) || target > end)
		return E_INVALIDARG;
	stream->position = target;
	if (position)
		position->QuadPart = target;
	return S_OK;
}

static HRESULT WINAPI stream_SetSize(IStream *self, ULARGE_INTEGER size)
{
	struct wic_stream *stream = (struct wic_stream *)self;

	if (!ready(stream))
		return WINCODEC_ERR_NOTINITIALIZED;
	if (stream->memory || is_region(stream))
		return E_NOTIMPL;
	return COM_CALL(stream->inner, SetSize, size.QuadPart, 0, 0);
}

static HRESULT WINAPI stream_CopyTo(IStream *self, IStream *to, ULARGE_INTEGER size, ULARGE_INTEGER *read,
				    ULARGE_INTEGER *written)
{
	if (!ready((struct wic_stream *)self))
		return WINCODEC_ERR_NOTINITIALIZED;
	return com_stream_copy(self, to, size.QuadPart, read, written);
}

static HRESULT WINAPI stream_Commit(IStream *self, DWORD flags)
{
	struct wic_stream *stream = (struct wic_stream *)self;

	if (!ready(stream))
		return WINCODEC_ERR_NOTINITIALIZED;
	return stream->inner ? COM_CALL(stream->inner, Commit, flags, 0, 0) : S_OK;
}

static HRESULT WINAPI stream_Revert(IStream *self)
{
	return ready((struct wic_stream *)self) ? E_NOTIMPL : WINCODEC_ERR_NOTINITIALIZED;
}

static HRESULT WINAPI stream_LockRegion(IStream *self, ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind)
{
	return ready((struct wic_stream *)self) ? E_NOTIMPL : WINCODEC_ERR_NOTINITIALIZED;
}

static HRESULT WINAPI stream_Stat(IStream *self, STATSTG *stat, DWORD flags)
{
	struct wic_stream *stream = (struct wic_stream *)self;
	HRESULT result = S_OK;

	if (!stat)
		return E_INVALIDARG;
	if (!ready(stream))
		return WINCODEC_ERR_NOTINITIALIZED;
	if (stream->inner)
		result = COM_CALL(stream->inner, Stat, stat, flags, 0);
	else
		memset(stat, 0, sizeof(*stat));
	stat->type = STGTY_STREAM;
	if (stream->memory)
		stat->cbSize.QuadPart = stream->size;
	else if (is_region(stream))
		stat->cbSize.QuadPart = stream->limit;
	return result;
}

static HRESULT WINAPI stream_Clone(IStream *self, IStream **clone)
{
	if (clone)
		*clone = NULL;
	return E_NOTIMPL;
}

static HRESULT adopt(struct wic_stream *stream, IStream *inner, ULONGLONG start, ULONGLONG limit)
{
	if (!inner)
		return E_INVALIDARG;
	if (ready(stream))
		return WINCODEC_ERR_WRONGSTATE;
	stream->inner = inner;
	stream->start = start;
	stream->limit = limit;
	return S_OK;
}

static HRESULT WINAPI stream_InitializeFromIStream(IStream *self, IStream *inner)
{
	HRESULT result = adopt((struct wic_stream *)self, inner, 0, UINT64_MAX);

	if (SUCCEEDED(result))
		COM_ADDREF(inner);
	return result;
}

/* The access is GENERIC_READ or GENERIC_WRITE or both; to write creates the file. */
static HRESULT WINAPI stream_InitializeFromFilename(IStream *self, LPCWSTR file, DWORD access)
{
	struct wic_stream *stream = (struct wic_stream *)self;
	DWORD mode = access & GENERIC_WRITE ? STGM_SHARE_EXCLUSIVE | STGM_CREATE |
						      (access & GENERIC_READ ? STGM_READWRITE : STGM_WRITE)
					    : STGM_SHARE_DENY_WRITE | STGM_READ;
	IStream *inner;
	HRESULT result;

	if (ready(stream))
		return WINCODEC_ERR_WRONGSTATE;
	if (!(access & (GENERIC_READ | GENERIC_WRITE)))
		return E_INVALIDARG;
	result = SHCreateStreamOnFileEx(file, mode, 0x80, FALSE, NULL, &inner);
	return FAILED(result) ? result : adopt(stream, inner, 0, UINT64_MAX);
}

static HRESULT WINAPI stream_InitializeFromMemory(IStream *self, BYTE *buffer, DWORD size)
{
	struct wic_stream *stream = (struct wic_stream *)self;

	if (!buffer)
		return E_INVALIDARG;
	if (ready(stream))
		return WINCODEC_ERR_WRONGSTATE;
	stream->memory = buffer;
	stream->size = size;
	return S_OK;
}

static HRESULT WINAPI stream_InitializeFromIStreamRegion(IStream *self, IStream *inner, ULARGE_INTEGER offset,
							 ULARGE_INTEGER size)
{
	STATSTG stat;
	ULONGLONG limit = size.QuadPart;
	HRESULT result;

	if (!inner)
		return E_INVALIDARG;
	if (SUCCEEDED(COM_CALL(inner, Stat, &stat, STATFLAG_NONAME, 0))) {
		ULONGLONG left = stat.cbSize.QuadPart > offset.QuadPart ? stat.cbSize.QuadPart - offset.QuadPart : 0;

		if (limit > left)
			limit = left;
	}
	result = adopt((struct wic_stream *)self, inner, offset.QuadPart, limit);
	if (SUCCEEDED(result))
		COM_ADDREF(inner);
	return result;
}

static const struct {
	COM_STREAM(IStream);
	HRESULT(WINAPI *InitializeFromIStream)(IStream *, IStream *);
	HRESULT(WINAPI *InitializeFromFilename)(IStream *, LPCWSTR, DWORD);
	HRESULT(WINAPI *InitializeFromMemory)(IStream *, BYTE *, DWORD);
	HRESULT(WINAPI *InitializeFromIStreamRegion)(IStream *, IStream *, ULARGE_INTEGER, ULARGE_INTEGER);
} stream_vtbl = {
	stream_QueryInterface,
	stream_AddRef,
	stream_Release,
	stream_Read,
	stream_Write,
	stream_Seek,
	stream_SetSize,
	stream_CopyTo,
	stream_Commit,
	stream_Revert,
	stream_LockRegion,
	stream_LockRegion,
	stream_Stat,
	stream_Clone,
	stream_InitializeFromIStream,
	stream_InitializeFromFilename,
	stream_InitializeFromMemory,
	stream_InitializeFromIStreamRegion,
};

HRESULT wic_create_stream(void **stream)
{
	struct wic_stream *made;

	if (!stream)
		return E_INVALIDARG;
	*stream = made = com_allocate(sizeof(*made));
	if (!made)
		return E_OUTOFMEMORY;
	made->iface.vtbl = (const IStreamVtbl *)&stream_vtbl;
	made->references = 1;
	made->limit = UINT64_MAX;
	return S_OK;
}

/* Reads to the end in growing steps. */
HRESULT wic_read_stream(IStream *stream, BYTE **data, size_t *size)
{
	size_t capacity = 0x10000, used = 0;
	BYTE *bytes = malloc(capacity);
	HRESULT result;

	*data = NULL;
	*size = 0;
	if (!bytes)
		return E_OUTOFMEMORY;
	result = COM_CALL(stream, Seek, 0, STREAM_SEEK_SET, 0);
	while (SUCCEEDED(result)) {
		ULONG got = 0;

		if (used == capacity) {
			BYTE *grown = realloc(bytes, capacity * 2);

			if (!grown) {
				result = E_OUTOFMEMORY;
				break;
			}
			bytes = grown;
			capacity *= 2;
		}
		result = COM_CALL(stream, Read, bytes + used, capacity - used > 0x1000000 ? 0x1000000 : capacity - used, &got);
		if (FAILED(result) || !got)
			break;
		used += got;
	}
	if (FAILED(result)) {
		free(bytes);
		return result;
	}
	*data = bytes;
	*size = used;
	return S_OK;
}
