/*
 * dlls/crt/stream.c - the table of streams, their locks, opening and closing.
 */
#include "dlls/crt/lock.h"
#include "dlls/crt/stream.h"

#include <stdlib.h>
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

static bool in_use(const STREAM *stream)
{
	return stream->flag & (IO_READ | IO_WRITE | IO_UPDATE);
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
		if (in_use(&variables->iob[i]) || (variables->iob[i].flag & IO_LOCKED) || i < 3) {
			used++;
			continue;
		}
		stream_lock(&variables->iob[i]);
		if (!in_use(&variables->iob[i]))
			found = &variables->iob[i];
		else
			stream_unlock(&variables->iob[i]);
	}
	for (int i = 0; i < other_count && found == NULL; i++) {
		if (in_use(&others[i]->stream)) {
			used++;
			continue;
		}
		RtlEnterCriticalSection(&others[i]->lock);
		if (!in_use(&others[i]->stream))
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

/* MSDN fopen: r w a, then + b t c n S R T D N x, then ",ccs=ENCODING". */
bool stream_parse_mode(const WCHAR *mode, INT *open_flags, INT *stream_flags)
{
	INT flags, stream;
	while (*mode == ' ')
		mode++;
	switch (*mode) {
	case 'r':
		flags = 0;
		stream = IO_READ;
		break;
	case 'w':
		flags = O_WRONLY | O_CREAT | O_TRUNC;
		stream = IO_WRITE;
		break;
	case 'a':
		flags = O_WRONLY | O_CREAT | O_APPEND;
		stream = IO_WRITE;
		break;
	default:
		return false;
	}
	if (crt_variables->commode & IO_COMMIT)
		stream |= IO_COMMIT;
	bool comma = false, update = false, translation = false, commit = false, scan = false;
	for (mode++; *mode != 0 && !comma; mode++) {
		switch (*mode) {
		case '+':
			if (update)
				return false;
			update = true;
			flags = (flags & ~O_WRONLY) | O_RDWR;
			stream = (stream & ~(IO_READ | IO_WRITE)) | IO_UPDATE;
			break;
		case 'b':
		case 't':
			if (translation)
				return false;
			translation = true;
			flags |= *mode == 'b' ? O_BINARY : O_TEXT;
			break;
		case 'c':
		case 'n':
			if (commit)
				return false;
			commit = true;
			stream = *mode == 'c' ? stream | IO_COMMIT : stream & ~IO_COMMIT;
			break;
		case 'S':
		case 'R':
			/* The first of them counts. */
			if (!scan)
				flags |= *mode == 'S' ? O_SEQUENTIAL : O_RANDOM;
			scan = true;
			break;
		case 'T':
			flags |= O_SHORT_LIVED;
			break;
		case 'D':
			flags |= O_TEMPORARY;
			break;
		case 'N':
			flags |= O_NOINHERIT;
			break;
		case 'x':
			if (!(flags & O_TRUNC))
				return false;
			flags |= O_EXCL;
			break;
		case ' ':
			break;
		case ',':
			comma = true;
			break;
		default:
			/* msvcrt.dll stops reading here. */
			if (crt_is_ucrt())
				return false;
			mode = u"";
			mode--;
			break;
		}
	}
	if (comma) {
		static const struct {
			const char *name;
			INT flag;
		} encodings[] = {{"UTF-8", O_U8TEXT}, {"UTF-16LE", O_U16TEXT}, {"UNICODE", O_WTEXT}};
		while (*mode == ' ')
			mode++;
		for (const char *key = "ccs"; *key != 0; key++) {
			if (*mode++ != (WCHAR)*key)
				return false;
		}
		while (*mode == ' ')
			mode++;
		if (*mode++ != '=')
			return false;
		while (*mode == ' ')
			mode++;
		bool found = false;
		for (size_t i = 0; i < ARRAY_SIZE(encodings) && !found; i++) {
			size_t n = 0;
			while (encodings[i].name[n] != 0 && (mode[n] == (WCHAR)encodings[i].name[n] ||
							     (mode[n] >= 'a' && mode[n] <= 'z' &&
							      mode[n] - 32 == encodings[i].name[n])))
				n++;
			if (encodings[i].name[n] == 0) {
				flags |= encodings[i].flag;
				mode += n;
				found = true;
			}
		}
		while (found && *mode == ' ')
			mode++;
		if (!found || *mode != 0)
			return false;
	}
	*open_flags = flags;
	*stream_flags = stream;
	return true;
}

errno_t stream_open(STREAM *stream, const WCHAR *name, const WCHAR *mode, INT share)
{
	INT open_flags, flags, fd;
	if (!stream_parse_mode(mode, &open_flags, &flags))
		return crt_invalid(CRT_EINVAL);
	errno_t error = lowio_open(name, open_flags, share, S_IREAD | S_IWRITE, &fd);
	if (error != 0)
		return error;
	reset(stream);
	stream->flag = flags;
	stream->file = fd;
	return 0;
}

static STREAM *open_shared(const WCHAR *name, const WCHAR *mode, INT share, errno_t *error)
{
	STREAM *stream = stream_allocate();
	if (stream == NULL) {
		*error = crt_self.error;
		return NULL;
	}
	*error = stream_open(stream, name, mode, share);
	if (*error != 0)
		stream_free(stream);
	stream_unlock(stream);
	return *error != 0 ? NULL : stream;
}

static STREAM *open_shared_narrow(const char *name, const char *mode, INT share, errno_t *error)
{
	WCHAR *wide_name = crt_widen(name), *wide_mode = crt_widen(mode);
	STREAM *stream = NULL;
	if (wide_name != NULL && wide_mode != NULL) {
		stream = open_shared(wide_name, wide_mode, share, error);
	} else {
		*error = CRT_ENOMEM;
		crt_set_errno(CRT_ENOMEM);
	}
	crt_heap_free(wide_name);
	crt_heap_free(wide_mode);
	return stream;
}

/* An empty name is no invalid parameter, but a file that does not exist (EINVAL). */
#define VALIDATE_OPEN(name, mode)                                                                                           \
	CRT_VALIDATE((name) != NULL, EINVAL, NULL);                                                                         \
	CRT_VALIDATE((mode) != NULL, EINVAL, NULL);                                                                         \
	CRT_VALIDATE(*(mode) != 0, EINVAL, NULL);                                                                           \
	if (*(name) == 0) {                                                                                                 \
		crt_set_errno(CRT_EINVAL);                                                                                  \
		return NULL;                                                                                                \
	}

CRT(STREAM *, _fsopen, (const char *name, const char *mode, INT share))
{
	errno_t error;
	VALIDATE_OPEN(name, mode);
	return open_shared_narrow(name, mode, share, &error);
}

CRT(STREAM *, _wfsopen, (const WCHAR *name, const WCHAR *mode, INT share))
{
	errno_t error;
	VALIDATE_OPEN(name, mode);
	return open_shared(name, mode, share, &error);
}

CRT(STREAM *, fopen, (const char *name, const char *mode))
{
	return crt__fsopen(name, mode, SH_DENYNO);
}

CRT(STREAM *, _wfopen, (const WCHAR *name, const WCHAR *mode))
{
	return crt__wfsopen(name, mode, SH_DENYNO);
}

CRT(errno_t, fopen_s, (STREAM * *result, const char *name, const char *mode))
{
	CRT_VALIDATE_E(result != NULL, EINVAL);
	crt_set_errno(0);
	*result = crt__fsopen(name, mode, SH_SECURE);
	return *result != NULL ? 0 : crt_self.error;
}

CRT(errno_t, _wfopen_s, (STREAM * *result, const WCHAR *name, const WCHAR *mode))
{
	CRT_VALIDATE_E(result != NULL, EINVAL);
	crt_set_errno(0);
	*result = crt__wfsopen(name, mode, SH_SECURE);
	return *result != NULL ? 0 : crt_self.error;
}

static STREAM *reopen(const WCHAR *name, const WCHAR *mode, STREAM *stream, INT share, errno_t *error)
{
	stream_lock(stream);
	/* The descriptor's number is free again when the new file is opened: freopen(stdout) gets 1 back. */
	if (in_use(stream))
		stream_close(stream);
	reset(stream);
	*error = stream_open(stream, name, mode, share);
	if (*error != 0)
		stream_free(stream);
	stream_unlock(stream);
	return *error != 0 ? NULL : stream;
}

static STREAM *reopen_narrow(const char *name, const char *mode, STREAM *stream, INT share, errno_t *error)
{
	WCHAR *wide_name = crt_widen(name), *wide_mode = crt_widen(mode);
	STREAM *result = NULL;
	*error = CRT_ENOMEM;
	if (wide_name != NULL && wide_mode != NULL)
		result = reopen(wide_name, wide_mode, stream, share, error);
	crt_heap_free(wide_name);
	crt_heap_free(wide_mode);
	return result;
}

CRT(STREAM *, freopen, (const char *name, const char *mode, STREAM *stream))
{
	errno_t error;
	CRT_VALIDATE(stream != NULL, EINVAL, NULL);
	VALIDATE_OPEN(name, mode);
	return reopen_narrow(name, mode, stream, SH_DENYNO, &error);
}

CRT(STREAM *, _wfreopen, (const WCHAR *name, const WCHAR *mode, STREAM *stream))
{
	errno_t error;
	CRT_VALIDATE(stream != NULL, EINVAL, NULL);
	VALIDATE_OPEN(name, mode);
	return reopen(name, mode, stream, SH_DENYNO, &error);
}

CRT(errno_t, freopen_s, (STREAM * *result, const char *name, const char *mode, STREAM *stream))
{
	errno_t error = CRT_EINVAL;
	CRT_VALIDATE_E(result != NULL, EINVAL);
	*result = NULL;
	CRT_VALIDATE_E(name != NULL && mode != NULL && stream != NULL, EINVAL);
	*result = reopen_narrow(name, mode, stream, SH_SECURE, &error);
	return error;
}

CRT(errno_t, _wfreopen_s, (STREAM * *result, const WCHAR *name, const WCHAR *mode, STREAM *stream))
{
	errno_t error = CRT_EINVAL;
	CRT_VALIDATE_E(result != NULL, EINVAL);
	*result = NULL;
	CRT_VALIDATE_E(name != NULL && mode != NULL && stream != NULL, EINVAL);
	*result = reopen(name, mode, stream, SH_SECURE, &error);
	return error;
}

CRT(STREAM *, _wfdopen, (INT fd, const WCHAR *mode))
{
	INT open_flags, flags;
	CRT_VALIDATE(mode != NULL, EINVAL, NULL);
	struct ioinfo *info = fd_check(fd);
	if (info == NULL)
		return NULL;
	CRT_VALIDATE(stream_parse_mode(mode, &open_flags, &flags), EINVAL, NULL);
	STREAM *stream = stream_allocate();
	if (stream == NULL)
		return NULL;
	stream->flag = flags;
	stream->file = fd;
	stream_unlock(stream);
	return stream;
}

CRT(STREAM *, _fdopen, (INT fd, const char *mode))
{
	CRT_VALIDATE(mode != NULL, EINVAL, NULL);
	WCHAR *wide_mode = crt_widen(mode);
	if (wide_mode == NULL)
		return NULL;
	STREAM *stream = crt__wfdopen(fd, wide_mode);
	crt_heap_free(wide_mode);
	return stream;
}

CRT(INT, _fileno, (STREAM * stream))
{
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	return stream->file;
}

INT stream_close(STREAM *stream)
{
	INT result = STREAM_EOF;
	if (in_use(stream)) {
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
			if (!in_use(stream) || (ending && !matters_at_end(stream)))
				continue;
			stream_lock(stream);
			if (in_use(stream))
				fn(stream, context);
			stream_unlock(stream);
		}
	}
	int count = __atomic_load_n(&other_count, __ATOMIC_ACQUIRE);
	for (int i = 0; i < count; i++) {
		STREAM *stream = &others[i]->stream;
		if (!in_use(stream) || (ending && !matters_at_end(stream)))
			continue;
		stream_lock(stream);
		if (in_use(stream))
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
