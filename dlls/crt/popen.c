/*
 * dlls/crt/popen.c - pipes to and from commands; perror.
 */
#include "dlls/crt/process.h"
#include "dlls/crt/stream.h"

#include <string.h>

WCHAR *CDECL crt__wgetenv(const WCHAR *name);
STREAM *CDECL crt__wfdopen(INT fd, const WCHAR *mode);
INT CDECL crt__pipe(INT *fds, UINT size, INT mode);
INT CDECL crt_fclose(STREAM *stream);
char *CDECL crt_strerror(INT error);

#define POPEN_LOCK 9

/* The process behind each stream of _popen.  Under POPEN_LOCK. */
static struct {
	STREAM *stream;
	HANDLE process;
} children[128];

/* The caller's line for the interpreter: COMSPEC /c command. */
static WCHAR *command_line(const WCHAR *shell, const WCHAR *command)
{
	size_t shell_length = crt_wide_length(shell), length = crt_wide_length(command);
	WCHAR *line = crt_heap_allocate((shell_length + length + 5) * sizeof(WCHAR));
	if (line == NULL)
		return NULL;
	memcpy(line, shell, shell_length * sizeof(WCHAR));
	memcpy(line + shell_length, u" /c ", 4 * sizeof(WCHAR));
	memcpy(line + shell_length + 4, command, (length + 1) * sizeof(WCHAR));
	return line;
}

static HANDLE start(const WCHAR *command, HANDLE pipe_end, bool reading)
{
	const WCHAR *shell = crt__wgetenv(u"COMSPEC");
	HANDLE handles[3] = {GetStdHandle(STD_INPUT_HANDLE), GetStdHandle(STD_OUTPUT_HANDLE),
			     GetStdHandle(STD_ERROR_HANDLE)};
	HANDLE inherited, process = NULL;
	if (shell == NULL)
		shell = u"cmd.exe";
	if (!DuplicateHandle(NtCurrentProcess(), pipe_end, NtCurrentProcess(), &inherited, 0, TRUE,
			     DUPLICATE_SAME_ACCESS)) {
		crt_fail_last_error();
		return NULL;
	}
	handles[reading ? 1 : 0] = inherited;
	WCHAR *line = command_line(shell, command);
	if (line != NULL)
		process = crt_create_process(shell, line, NULL, false, handles);
	else
		crt_set_errno(CRT_ENOMEM);
	crt_heap_free(line);
	CloseHandle(inherited);
	return process;
}

CRT(STREAM *, _wpopen, (const WCHAR *command, const WCHAR *mode))
{
	CRT_VALIDATE(command != NULL && mode != NULL, EINVAL, NULL);
	while (*mode == ' ')
		mode++;
	CRT_VALIDATE(*mode == 'r' || *mode == 'w', EINVAL, NULL);
	WCHAR stream_mode[3] = {mode[0], 0, 0};
	const WCHAR *kind = mode + 1;
	while (*kind == ' ')
		kind++;
	CRT_VALIDATE(*kind == 0 || *kind == 't' || *kind == 'b', EINVAL, NULL);
	stream_mode[1] = *kind;
	bool reading = *mode == 'r';
	INT fds[2];
	if (crt__pipe(fds, 1024, O_NOINHERIT | (*kind == 'b' ? O_BINARY : *kind == 't' ? O_TEXT : 0)) != 0)
		return NULL;
	INT ours = fds[reading ? 0 : 1], theirs = fds[reading ? 1 : 0];
	STREAM *stream = crt__wfdopen(ours, stream_mode);
	if (stream == NULL) {
		crt__close(ours);
		crt__close(theirs);
		return NULL;
	}
	size_t slot = 0;
	crt_lock(POPEN_LOCK);
	while (slot < ARRAY_SIZE(children) && children[slot].stream != NULL)
		slot++;
	if (slot == ARRAY_SIZE(children)) {
		crt_set_errno(CRT_EMFILE);
	} else {
		children[slot].process = start(command, fd_find(theirs)->handle, reading);
		if (children[slot].process != NULL)
			children[slot].stream = stream;
	}
	bool good = slot < ARRAY_SIZE(children) && children[slot].stream == stream;
	crt_unlock(POPEN_LOCK);
	INT error = crt_self.error;
	crt__close(theirs);
	if (!good) {
		crt_fclose(stream);
		crt_set_errno(error);
		return NULL;
	}
	return stream;
}

CRT(STREAM *, _popen, (const char *command, const char *mode))
{
	CRT_VALIDATE(command != NULL && mode != NULL, EINVAL, NULL);
	WCHAR *wide_command = crt_widen(command), *wide_mode = crt_widen(mode);
	STREAM *stream = NULL;
	if (wide_command != NULL && wide_mode != NULL)
		stream = crt__wpopen(wide_command, wide_mode);
	else
		crt_set_errno(CRT_ENOMEM);
	crt_heap_free(wide_command);
	crt_heap_free(wide_mode);
	return stream;
}

/* Closes the pipe, waits for the command, gives its exit code. */
CRT(INT, _pclose, (STREAM * stream))
{
	HANDLE process = NULL;
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	crt_lock(POPEN_LOCK);
	for (size_t i = 0; i < ARRAY_SIZE(children) && process == NULL; i++) {
		if (children[i].stream == stream) {
			process = children[i].process;
			children[i].stream = NULL;
		}
	}
	crt_unlock(POPEN_LOCK);
	if (process == NULL) {
		crt_set_errno(CRT_EBADF);
		return -1;
	}
	crt_fclose(stream);
	return (INT)crt_wait_process(process);
}

/* To descriptor 2, past stderr's buffer. */
CRT(void, perror, (const char *prefix))
{
	const char *message = crt_strerror(crt_self.error);
	if (prefix != NULL && *prefix != 0) {
		crt__write(2, prefix, (UINT)strlen(prefix));
		crt__write(2, ": ", 2);
	}
	crt__write(2, message, (UINT)strlen(message));
	crt__write(2, "\n", 1);
}

CRT(void, _wperror, (const WCHAR *prefix))
{
	char *narrow = prefix != NULL ? crt_narrow(prefix) : NULL;
	crt_perror(narrow);
	if (narrow != NULL)
		crt_heap_free(narrow);
}
