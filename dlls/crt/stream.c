/*
 * dlls/crt/stream.c - the table of streams, their locks, closing and flushing.
 */
#include "dlls/crt/lock.h"
#include "dlls/crt/stream.h"

#include <string.h>

#define STREAM_LIMIT 8192 /* _setmaxstdio's highest */
#define LOCK_FIRST_STREAM 16

/* The streams that are not in an _iob.  Slots are reused, streams never freed: other threads may still look at them. */
static struct stream_extended *others[STREAM_LIMIT];
static int other_count;
static INT limit = 512;
static INT closed_by_close; /* what _fcloseall reports */

static inline int iob_index(const STREAM *stream)
{
	for (int i = 0; i < CRT_FLAVOUR_COUNT; i++) {
		if (crt_variables_of[i] == NULL)
			continue;
		uintptr_t offset = (uintptr_t)stream - (uintptr_t)crt_variables_of[i]->iob;
		if (offset < sizeof(crt_variables_of[i]->iob))
			return (int)(offset / sizeof(STREAM));
	}
	return -1;
}

int stream_standard_index(const STREAM *stream)
{
	int index = iob_index(stream);
	return index < 3 ? index : -1;
}

void CDECL stream_lock(STREAM *stream)
{
	int index = iob_index(stream);
	if (index >= 0)
		crt_lock_word_enter(&crt_locks[LOCK_FIRST_STREAM + index]);
	else
		RtlEnterCriticalSection(&((struct stream_extended *)stream)->lock);
}

void CDECL stream_unlock(STREAM *stream)
{
	int index = iob_index(stream);
	if (index >= 0)
		crt_lock_word_leave(&crt_locks[LOCK_FIRST_STREAM + index]);
	else
		RtlLeaveCriticalSection(&((struct stream_extended *)stream)->lock);
}

/* Microsoft's macros test _flag for IO_LOCKED to choose the lock of a stream of _iob. */
INT CDECL stream_invalid(void)
{
	crt_invalid(CRT_EINVAL);
	return STREAM_EOF;
}

CRT(void, _lock_file, (STREAM * stream))
{
	stream_lock(stream);
}

CRT(void, _unlock_file, (STREAM * stream))
{
	stream_unlock(stream);
}

static void reset(STREAM *stream)
{
	stream->ptr = stream->base = NULL;
	stream->cnt = 0;
	stream->flag = 0;
	stream->tmpfname = NULL;
	stream->file = -1;
	stream->bufsiz = 0;
}

STREAM *stream_allocate(void)
{
	STREAM *found = NULL;
	int used = 0;
	crt_lock(CRT_LOCK_STDIO);
	struct crt_variables *variables = crt_variables_of[CRT_FLAVOUR_MSVCRT];
	for (int i = 0; variables != NULL && i < CRT_IOB_ENTRIES && found == NULL; i++) {
		if (stream_in_use(&variables->iob[i]) || (variables->iob[i].flag & IO_LOCKED) || i < 3) {
			used++;
			continue;
		}
		stream_lock(&variables->iob[i]);
		if (!stream_in_use(&variables->iob[i]))
			found = &variables->iob[i];
		else
			stream_unlock(&variables->iob[i]);
	}
	for (int i = 0; i < other_count && found == NULL; i++) {
		if (stream_in_use(&others[i]->stream)) {
			used++;
			continue;
		}
		RtlEnterCriticalSection(&others[i]->lock);
		if (!stream_in_use(&others[i]->stream))
			found = &others[i]->stream;
		else
			RtlLeaveCriticalSection(&others[i]->lock);
	}
	if (found == NULL && used < limit && other_count < STREAM_LIMIT) {
		struct stream_extended *stream = crt_heap_allocate(sizeof(*stream));
		if (stream != NULL) {
			memset(stream, 0, sizeof(*stream));
			RtlInitializeCriticalSectionAndSpinCount(&stream->lock, 4000);
			RtlEnterCriticalSection(&stream->lock);
			others[other_count] = stream;
			__atomic_store_n(&other_count, other_count + 1, __ATOMIC_RELEASE);
			found = &stream->stream;
		}
	}
	if (found != NULL) {
		reset(found);
		found->flag = IO_UPDATE; /* taken, before the mode is known */
	} else {
		crt_set_errno(CRT_EMFILE);
	}
	crt_unlock(CRT_LOCK_STDIO);
	return found;
}

void stream_free(STREAM *stream)
{
	reset(stream);
}

CRT(INT, _fileno, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	return stream->file;
}

INT stream_close(STREAM *stream)
{
	INT result = STREAM_EOF;
	if (stream_in_use(stream)) {
		result = stream_flush(stream);
		stream_release_buffer(stream);
		if (crt__close(stream->file) < 0) {
			result = STREAM_EOF;
		} else if (stream->tmpfname != NULL) {
			crt__wunlink((WCHAR *)stream->tmpfname);
			crt_heap_free(stream->tmpfname);
			stream->tmpfname = NULL;
		}
	}
	stream_free(stream);
	return result;
}

CRT_UCRT(INT, _fclose_nolock, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	return stream_close(stream);
}

CRT(INT, fclose, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, STREAM_EOF);
	stream_lock(stream);
	INT result = stream_close(stream);
	stream_unlock(stream);
	return result;
}

/* At the end of the process only these are touched: another thread may sit in a read with its stream locked. */
static bool ending;

static bool matters_at_end(const STREAM *stream)
{
	return (stream->flag & IO_WRITE) || stream->tmpfname != NULL;
}

/* Calls fn for every stream in use, locked; those of the three standard ones only when wanted. */
static void for_each(bool standard, void (*fn)(STREAM *, void *), void *context)
{
	for (int flavour = 0; flavour < CRT_FLAVOUR_COUNT; flavour++) {
		if (crt_variables_of[flavour] == NULL)
			continue;
		for (int i = standard ? 0 : 3; i < CRT_IOB_ENTRIES; i++) {
			STREAM *stream = &crt_variables_of[flavour]->iob[i];
			if (!stream_in_use(stream) || (ending && !matters_at_end(stream)))
				continue;
			stream_lock(stream);
			if (stream_in_use(stream))
				fn(stream, context);
			stream_unlock(stream);
		}
	}
	int count = __atomic_load_n(&other_count, __ATOMIC_ACQUIRE);
	for (int i = 0; i < count; i++) {
		STREAM *stream = &others[i]->stream;
		if (!stream_in_use(stream) || (ending && !matters_at_end(stream)))
			continue;
		stream_lock(stream);
		if (stream_in_use(stream))
			fn(stream, context);
		stream_unlock(stream);
	}
}

static void close_one(STREAM *stream, void *context)
{
	if (stream_close(stream) == 0)
		++*(INT *)context;
}

CRT(INT, _fcloseall, (void))
{
	closed_by_close = 0;
	for_each(false, close_one, &closed_by_close);
	return closed_by_close;
}

static void remove_temporary(STREAM *stream, void *context)
{
	if (stream->tmpfname != NULL && stream_close(stream) == 0)
		++*(INT *)context;
}

CRT(INT, _rmtmp, (void))
{
	INT count = 0;
	for_each(false, remove_temporary, &count);
	return count;
}

struct flush_result {
	INT count, error;
	bool writing_only;
};

static void flush_one(STREAM *stream, void *context)
{
	struct flush_result *result = context;
	if (result->writing_only && !(stream->flag & IO_WRITE))
		return;
	if (stream_fflush(stream) == STREAM_EOF)
		result->error = STREAM_EOF;
	else
		result->count++;
}

CRT(INT, _flushall, (void))
{
	struct flush_result result = {0};
	for_each(true, flush_one, &result);
	return result.count;
}

CRT_UCRT(INT, _fflush_nolock, (STREAM * stream))
{
	if (stream != NULL)
		return stream_fflush(stream);
	struct flush_result result = {.writing_only = true};
	for_each(true, flush_one, &result);
	return result.error;
}

CRT(INT, fflush, (STREAM * stream))
{
	if (stream == NULL) {
		struct flush_result result = {.writing_only = true};
		for_each(true, flush_one, &result);
		return result.error;
	}
	stream_lock(stream);
	INT result = stream_fflush(stream);
	stream_unlock(stream);
	return result;
}

CRT(INT, _getmaxstdio, (void))
{
	return limit;
}

CRT(INT, _setmaxstdio, (INT count))
{
	CRT_VALIDATE(count >= CRT_IOB_ENTRIES && count <= (crt_is_ucrt() ? STREAM_LIMIT : 2048), EINVAL, -1);
	limit = count;
	return count;
}

void crt_stdio_attach(struct crt_variables *variables, enum crt_flavour flavour)
{
	lowio_attach();
	for (int i = 0; i < CRT_IOB_ENTRIES; i++)
		reset(&variables->iob[i]);
	for (int i = 0; i < 3; i++) {
		struct ioinfo *info = fd_find(i);
		STREAM *stream = &variables->iob[i];
		stream->flag = i == 0 ? IO_READ : IO_WRITE;
		stream->file = i;
		if (info == NULL || info->handle == INVALID_HANDLE_VALUE || info->handle == (HANDLE)(intptr_t)-2)
			stream->file = -2;
	}
}

static void end_one(STREAM *stream, void *context)
{
	stream_flush(stream);
	if (stream->tmpfname != NULL)
		stream_close(stream);
}

void crt_stdio_exit(void)
{
	ending = true;
	for_each(true, end_one, NULL);
}

CRT_UCRT(STREAM *, __acrt_iob_func, (UINT index))
{
	return &crt_variables_of[CRT_FLAVOUR_UCRT]->iob[index];
}

CRT_MSVCRT(STREAM *, __iob_func, (void))
{
	return crt_variables_of[CRT_FLAVOUR_MSVCRT]->iob;
}
