/*
 * dlls/ole32/stream.c - streams on global memory, and the parts that all streams share.
 *
 * Clones share the memory and its size and have a position each.  The size of the stream is kept apart from
 * GlobalSize only as far as Windows does: the handle is resized with it, so that GetHGlobalFromStream and GlobalSize
 * give exactly what was written.
 */
#include "dlls/ole32/ole32.h"
#include "kernel32/api.h"

#define COPY_CHUNK 0x10000u

struct memory {
	LONG references;
	HGLOBAL handle;
	ULONGLONG size;
	BOOL free_handle;
};

struct memory_stream {
	IStream stream;
	LONG references;
	ULONGLONG position;
	struct memory *memory;
};

static const IStreamVtbl memory_stream_vtbl;

HRESULT com_stream_target(LONGLONG move, DWORD origin, ULONGLONG current, ULONGLONG end, ULONGLONG *target)
{
	ULONGLONG base;

	switch (origin) {
	case STREAM_SEEK_SET:
		/* An absolute position is unsigned. */
		*target = (ULONGLONG)move;
		return move < 0 ? STG_E_SEEKERROR : S_OK;
	case STREAM_SEEK_CUR:
		base = current;
		break;
	case STREAM_SEEK_END:
		base = end;
		break;
	default:
		return STG_E_INVALIDFUNCTION;
	}
	if ((move < 0 && (ULONGLONG)-move > base) || (move > 0 && base + (ULONGLONG)move < base))
		return STG_E_SEEKERROR;
	*target = base + (ULONGLONG)move;
	return S_OK;
}

HRESULT com_stream_copy(IStream *from, IStream *to, ULONGLONG size, ULARGE_INTEGER *read, ULARGE_INTEGER *written)
{
	ULONGLONG total_read = 0, total_written = 0;
	HRESULT result = S_OK;
	BYTE *buffer;

	if (read)
		read->QuadPart = 0;
	if (written)
		written->QuadPart = 0;
	if (!to)
		return STG_E_INVALIDPOINTER;
	buffer = com_allocate(COPY_CHUNK);
	if (!buffer)
		return E_OUTOFMEMORY;
	while (total_read < size) {
		ULONG chunk = size - total_read < COPY_CHUNK ? (ULONG)(size - total_read) : COPY_CHUNK;
		ULONG got = 0, put = 0;

		result = COM_CALL(from, Read, buffer, chunk, &got);
		if (FAILED(result) || !got)
			break;
		total_read += got;
		result = COM_CALL(to, Write, buffer, got, &put);
		total_written += put;
		if (FAILED(result))
			break;
	}
	com_free(buffer);
	if (read)
		read->QuadPart = total_read;
	if (written)
		written->QuadPart = total_written;
	return FAILED(result) ? result : S_OK;
}

static struct memory_stream *from_stream(IStream *stream)
{
	return CONTAINING_RECORD(stream, struct memory_stream, stream);
}

static HRESULT WINAPI memory_QueryInterface(IStream *self, REFIID iid, void **object)
{
	if (!object)
		return E_INVALIDARG;
	*object = NULL;
	if (!com_guid_equal(iid, &IID_IUnknown) && !com_guid_equal(iid, &IID_ISequentialStream) &&
	    !com_guid_equal(iid, &IID_IStream))
		return E_NOINTERFACE;
	com_increment(&from_stream(self)->references);
	*object = self;
	return S_OK;
}

static ULONG WINAPI memory_AddRef(IStream *self)
{
	return com_increment(&from_stream(self)->references);
}

static ULONG WINAPI memory_Release(IStream *self)
{
	struct memory_stream *stream = from_stream(self);
	ULONG left = com_decrement(&stream->references);

	if (!left) {
		struct memory *memory = stream->memory;

		if (!com_decrement(&memory->references)) {
			if (memory->free_handle)
				GlobalFree(memory->handle);
			com_free(memory);
		}
		com_free(stream);
	}
	return left;
}

static HRESULT resize(struct memory *memory, ULONGLONG size)
{
	HGLOBAL handle;

	if (size >> 32)
		return STG_E_MEDIUMFULL;
	handle = GlobalReAlloc(memory->handle, size, GMEM_MOVEABLE | GMEM_ZEROINIT);
	if (!handle)
		return STG_E_MEDIUMFULL;
	memory->handle = handle;
	memory->size = size;
	return S_OK;
}

static HRESULT WINAPI memory_Read(IStream *self, void *buffer, ULONG size, ULONG *done)
{
	struct memory_stream *stream = from_stream(self);
	ULONGLONG left = stream->position < stream->memory->size ? stream->memory->size - stream->position : 0;
	BYTE *bytes;

	if (done)
		*done = 0;
	if (!buffer)
		return STG_E_INVALIDPOINTER;
	if (size > left)
		size = (ULONG)left;
	if (size) {
		bytes = GlobalLock(stream->memory->handle);
		if (!bytes)
			return E_OUTOFMEMORY;
		memcpy(buffer, bytes + stream->position, size);
		GlobalUnlock(stream->memory->handle);
		stream->position += size;
	}
	if (done)
		*done = size;
	return S_OK;
}

static HRESULT WINAPI memory_Write(IStream *self, const void *buffer, ULONG size, ULONG *done)
{
	struct memory_stream *stream = from_stream(self);
	HRESULT result;
	BYTE *bytes;

	if (done)
		*done = 0;
	if (!buffer)
		return STG_E_INVALIDPOINTER;
	if (!size)
		return S_OK;
	if (stream->position + size > stream->memory->size) {
		result = resize(stream->memory, stream->position + size);
		if (FAILED(result))
			return result;
	}
	bytes = GlobalLock(stream->memory->handle);
	if (!bytes)
		return E_OUTOFMEMORY;
	memcpy(bytes + stream->position, buffer, size);
	GlobalUnlock(stream->memory->handle);
	stream->position += size;
	if (done)
		*done = size;
	return S_OK;
}

static HRESULT WINAPI memory_Seek(IStream *self, LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER *position)
{
	struct memory_stream *stream = from_stream(self);
	ULONGLONG target = stream->position;
	HRESULT result = com_stream_target(move.QuadPart, origin, stream->position, stream->memory->size, &target);

	if (SUCCEEDED(result))
		stream->position = target;
	if (position)
		position->QuadPart = stream->position;
	return result;
}

static HRESULT WINAPI memory_SetSize(IStream *self, ULARGE_INTEGER size)
{
	struct memory *memory = from_stream(self)->memory;

	return memory->size == size.QuadPart ? S_OK : resize(memory, size.QuadPart);
}

static HRESULT WINAPI memory_CopyTo(IStream *self, IStream *to, ULARGE_INTEGER size, ULARGE_INTEGER *read,
				    ULARGE_INTEGER *written)
{
	return com_stream_copy(self, to, size.QuadPart, read, written);
}

/* Memory streams are direct: there is nothing to commit and nothing to revert to. */
static HRESULT WINAPI memory_Commit(IStream *self, DWORD flags)
{
	return S_OK;
}

static HRESULT WINAPI memory_Revert(IStream *self)
{
	return S_OK;
}

static HRESULT WINAPI memory_LockRegion(IStream *self, ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind)
{
	return STG_E_INVALIDFUNCTION;
}

static HRESULT WINAPI memory_Stat(IStream *self, STATSTG *stat, DWORD flags)
{
	if (!stat)
		return STG_E_INVALIDPOINTER;
	memset(stat, 0, sizeof(*stat));
	stat->type = STGTY_STREAM;
	stat->cbSize.QuadPart = from_stream(self)->memory->size;
	return S_OK;
}

static HRESULT make_stream(struct memory *memory, ULONGLONG position, IStream **stream)
{
	struct memory_stream *made = com_allocate(sizeof(*made));

	if (!made)
		return E_OUTOFMEMORY;
	made->stream.vtbl = &memory_stream_vtbl;
	made->references = 1;
	made->position = position;
	made->memory = memory;
	*stream = &made->stream;
	return S_OK;
}

static HRESULT WINAPI memory_Clone(IStream *self, IStream **clone)
{
	struct memory_stream *stream = from_stream(self);
	HRESULT result;

	if (!clone)
		return STG_E_INVALIDPOINTER;
	*clone = NULL;
	result = make_stream(stream->memory, stream->position, clone);
	if (SUCCEEDED(result))
		com_increment(&stream->memory->references);
	return result;
}

static const IStreamVtbl memory_stream_vtbl = {
	memory_QueryInterface, memory_AddRef, memory_Release, memory_Read,	 memory_Write,	    memory_Seek, memory_SetSize,
	memory_CopyTo,	       memory_Commit, memory_Revert,  memory_LockRegion, memory_LockRegion, memory_Stat, memory_Clone,
};

EXPORT(ole32, HRESULT, CreateStreamOnHGlobal, (HGLOBAL handle, BOOL delete_on_release, IStream **stream))
{
	struct memory *memory;
	HRESULT result;

	if (!stream)
		return E_INVALIDARG;
	*stream = NULL;
	memory = com_allocate(sizeof(*memory));
	if (!memory)
		return E_OUTOFMEMORY;
	memory->references = 1;
	memory->free_handle = delete_on_release;
	memory->handle = handle ? handle : GlobalAlloc(GMEM_MOVEABLE, 0);
	memory->size = handle ? GlobalSize(handle) : 0;
	result = memory->handle ? make_stream(memory, 0, stream) : E_OUTOFMEMORY;
	if (FAILED(result)) {
		if (!handle && memory->handle)
			GlobalFree(memory->handle);
		com_free(memory);
	}
	return result;
}

EXPORT(ole32, HRESULT, GetHGlobalFromStream, (IStream * stream, HGLOBAL *handle))
{
	if (!stream || !handle || stream->vtbl != &memory_stream_vtbl)
		return E_INVALIDARG;
	*handle = from_stream(stream)->memory->handle;
	return S_OK;
}
