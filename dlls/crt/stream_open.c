/*
 * dlls/crt/stream_open.c - opening streams: modes, names, descriptors.
 */
#include "dlls/crt/stream.h"

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
	stream_free(stream);
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
	if (stream_in_use(stream))
		stream_close(stream);
	stream_free(stream);
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
