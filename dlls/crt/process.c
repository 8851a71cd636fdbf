/*
 * dlls/crt/process.c - other programs: _spawn, _exec, _cwait, system, _popen's ground; and what is left of DOS.
 *
 * MSDN "_spawn, _wspawn functions": arguments are joined with spaces and not quoted; a name without an extension is tried
 * with .com, .exe, .bat and .cmd; the functions with p search the path; _P_OVERLAY ends the caller with the child's code,
 * since Windows has no exec.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/lowio.h"
#include "dlls/crt/process.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"

enum { P_WAIT, P_NOWAIT, P_OVERLAY, P_NOWAITO, P_DETACH };

struct startup_info {
	DWORD cb;
	LPWSTR reserved, desktop, title;
	DWORD x, y, width, height, columns, rows, fill, flags;
	WORD show, reserved2_size;
	BYTE *reserved2;
	HANDLE input, output, error;
};

struct process_information {
	HANDLE process, thread;
	DWORD process_id, thread_id;
};

CRT_WEAK BOOL WINAPI CreateProcessW(LPCWSTR application, LPWSTR command_line, SECURITY_ATTRIBUTES *process,
				    SECURITY_ATTRIBUTES *thread, BOOL inherit, DWORD flags, LPVOID environment,
				    LPCWSTR directory, struct startup_info *startup, struct process_information *information);

CRT(INT, _getpid, (void))
{
	return (INT)(intptr_t)NtCurrentTeb()->ClientId.UniqueProcess;
}

static size_t length_of(WCHAR *const *list)
{
	size_t total = 1;

	for (; *list != NULL; list++)
		total += rtl_wcs_length(*list) + 1;
	return total;
}

/* Strings one after the other: a command line with `separator` ' ', an environment block with 0. */
static WCHAR *join(WCHAR *const *list, WCHAR separator)
{
	WCHAR *to = crt_heap_allocate((length_of(list) + 1) * sizeof(WCHAR)), *at = to;
	size_t length;

	if (to == NULL)
		return NULL;
	for (; *list != NULL; list++) {
		length = rtl_wcs_length(*list);
		rtl_memcpy(at, *list, length * sizeof(WCHAR));
		at += length;
		*at++ = separator;
	}
	if (separator != 0 && at != to)
		at--;
	at[0] = 0;
	at[1] = 0;
	return to;
}

static bool exists(const WCHAR *name)
{
	DWORD attributes = GetFileAttributesW(name);

	return attributes != (DWORD)-1 && !(attributes & 0x10);
}

static bool has_extension(const WCHAR *name)
{
	const WCHAR *dot = rtl_wcsrchr(name, '.');

	return dot != NULL && rtl_wcspbrk(dot, u"\\/") == NULL;
}

/* The file that `name` means, in `buffer` (of `size` units).  Extensions are tried in the documented order. */
static bool try_extensions(WCHAR *buffer, size_t size)
{
	static const WCHAR extensions[4][5] = {u".com", u".exe", u".bat", u".cmd"};
	size_t length = rtl_wcs_length(buffer), i;

	if (has_extension(buffer))
		return exists(buffer);
	if (length + 5 > size)
		return false;
	for (i = 0; i < ARRAY_SIZE(extensions); i++) {
		rtl_wcscpy(buffer + length, extensions[i]);
		if (exists(buffer))
			return true;
	}
	buffer[length] = 0;
	return false;
}

static bool find_program(const WCHAR *name, bool search, WCHAR *buffer, size_t size)
{
	const WCHAR *path, *end;
	size_t length = rtl_wcs_length(name), n;

	if (length + 1 > size)
		return false;
	rtl_wcscpy(buffer, name);
	if (try_extensions(buffer, size))
		return true;
	if (!search || rtl_wcspbrk(name, u"\\/:") != NULL)
		return false;
	path = crt__wgetenv(u"PATH");
	for (; path != NULL && *path != 0; path = *end != 0 ? end + 1 : end) {
		end = rtl_wcschr(path, ';');
		if (end == NULL)
			end = path + rtl_wcs_length(path);
		n = (size_t)(end - path);
		if (n == 0 || n + length + 2 > size)
			continue;
		rtl_memcpy(buffer, path, n * sizeof(WCHAR));
		if (buffer[n - 1] != '\\' && buffer[n - 1] != '/')
			buffer[n++] = '\\';
		rtl_wcscpy(buffer + n, name);
		if (try_extensions(buffer, size))
			return true;
	}
	return false;
}

HANDLE crt_create_process(const WCHAR *file, WCHAR *line, WCHAR *environment, bool detach, const HANDLE handles[3])
{
	struct startup_info startup = {.cb = sizeof(startup)};
	struct process_information information;

	if (CreateProcessW == NULL) {
		crt_self.error = CRT_ENOSYS;
		return NULL;
	}
	if (handles != NULL) {
		startup.flags = 0x100; /* STARTF_USESTDHANDLES */
		startup.input = handles[0];
		startup.output = handles[1];
		startup.error = handles[2];
	}
	/* Our own descriptors would stand before the handles given. */
	if (handles == NULL)
		startup.reserved2 = lowio_pass_on(detach, &startup.reserved2_size);
	/* CREATE_UNICODE_ENVIRONMENT, DETACHED_PROCESS */
	BOOL good = CreateProcessW(file, line, NULL, NULL, TRUE, 0x400u | (detach ? 8u : 0), environment, NULL,
				   &startup, &information);
	crt_heap_free(startup.reserved2);
	if (!good) {
		crt_fail_last_error();
		return NULL;
	}
	CloseHandle(information.thread);
	return information.process;
}

intptr_t crt_wait_process(HANDLE process)
{
	DWORD code = 0;

	if (WaitForSingleObject(process, INFINITE) != 0 || !GetExitCodeProcess(process, &code)) {
		crt_fail_last_error();
		CloseHandle(process);
		return -1;
	}
	CloseHandle(process);
	return (INT)code;
}

static intptr_t spawn(INT mode, const WCHAR *name, WCHAR *const *arguments, WCHAR *const *environment, bool search)
{
	enum { SIZE = 1024 };
	WCHAR *buffer, *line = NULL, *block = NULL;
	intptr_t result = -1;
	HANDLE process;

	CRT_VALIDATE(name != NULL && *name != 0 && arguments != NULL && arguments[0] != NULL && *arguments[0] != 0, EINVAL,
		     -1);
	CRT_VALIDATE(mode >= P_WAIT && mode <= P_DETACH, EINVAL, -1);
	buffer = crt_heap_allocate(SIZE * sizeof(WCHAR));
	line = join(arguments, ' ');
	if (environment != NULL)
		block = join(environment, 0);
	if (buffer == NULL || line == NULL || (environment != NULL && block == NULL)) {
		crt_self.error = CRT_ENOMEM;
		goto done;
	}
	if (!find_program(name, search, buffer, SIZE)) {
		crt_self.error = CRT_ENOENT;
		goto done;
	}
	process = crt_create_process(buffer, line, block, mode == P_DETACH, NULL);
	if (process == NULL)
		goto done;
	switch (mode) {
	case P_WAIT:
		result = crt_wait_process(process);
		break;
	case P_OVERLAY:
		crt__exit((INT)crt_wait_process(process));
		break;
	case P_DETACH:
		CloseHandle(process);
		result = 0;
		break;
	default:
		result = (intptr_t)process;
	}
done:
	crt_heap_free(buffer);
	crt_heap_free(line);
	crt_heap_free(block);
	return result;
}

static void free_list(WCHAR **list)
{
	size_t i;

	if (list == NULL)
		return;
	for (i = 0; list[i] != NULL; i++)
		crt_heap_free(list[i]);
	crt_heap_free(list);
}

static WCHAR **widen_list(const char *const *list)
{
	WCHAR **wide;
	size_t n, i;

	for (n = 0; list[n] != NULL; n++)
		;
	wide = crt_heap_allocate((n + 1) * sizeof(*wide));
	for (i = 0; wide != NULL && i < n; i++) {
		wide[i] = crt_widen(list[i]);
		if (wide[i] == NULL) {
			free_list(wide);
			return NULL;
		}
	}
	if (wide != NULL)
		wide[n] = NULL;
	return wide;
}

static intptr_t spawn_narrow(INT mode, const char *name, const char *const *arguments, const char *const *environment,
			     bool search)
{
	WCHAR *wide_name, **wide_arguments, **wide_environment = NULL;
	intptr_t result = -1;

	CRT_VALIDATE(name != NULL && arguments != NULL, EINVAL, -1);
	wide_name = crt_widen(name);
	wide_arguments = widen_list(arguments);
	if (environment != NULL)
		wide_environment = widen_list(environment);
	if (wide_name != NULL && wide_arguments != NULL && (environment == NULL || wide_environment != NULL))
		result = spawn(mode, wide_name, wide_arguments, wide_environment, search);
	else
		crt_self.error = CRT_ENOMEM;
	crt_heap_free(wide_name);
	free_list(wide_arguments);
	free_list(wide_environment);
	return result;
}

/* The eight forms of each: v arguments in a list, l in the call; e with an environment; p searches the path. */
#define SPAWN_V(name, CHARACTER, call, search)                                                                              \
	CRT(intptr_t, name, (INT mode, const CHARACTER *file, CHARACTER *const *arguments))                                 \
	{                                                                                                                   \
		return call(mode, file, (void *)arguments, NULL, search);                                                   \
	}
#define SPAWN_VE(name, CHARACTER, call, search)                                                                             \
	CRT(intptr_t, name, (INT mode, const CHARACTER *file, CHARACTER *const *arguments, CHARACTER *const *environment))  \
	{                                                                                                                   \
		return call(mode, file, (void *)arguments, (void *)environment, search);                                    \
	}
#define EXEC_V(name, CHARACTER, call, search)                                                                               \
	CRT(intptr_t, name, (const CHARACTER *file, CHARACTER *const *arguments))                                           \
	{                                                                                                                   \
		return call(P_OVERLAY, file, (void *)arguments, NULL, search);                                              \
	}
#define EXEC_VE(name, CHARACTER, call, search)                                                                              \
	CRT(intptr_t, name, (const CHARACTER *file, CHARACTER *const *arguments, CHARACTER *const *environment))            \
	{                                                                                                                   \
		return call(P_OVERLAY, file, (void *)arguments, (void *)environment, search);                               \
	}
SPAWN_V(_spawnv, char, spawn_narrow, false)
SPAWN_V(_spawnvp, char, spawn_narrow, true)
SPAWN_V(_wspawnv, WCHAR, spawn, false)
SPAWN_V(_wspawnvp, WCHAR, spawn, true)
SPAWN_VE(_spawnve, char, spawn_narrow, false)
SPAWN_VE(_spawnvpe, char, spawn_narrow, true)
SPAWN_VE(_wspawnve, WCHAR, spawn, false)
SPAWN_VE(_wspawnvpe, WCHAR, spawn, true)
EXEC_V(_execv, char, spawn_narrow, false)
EXEC_V(_execvp, char, spawn_narrow, true)
EXEC_V(_wexecv, WCHAR, spawn, false)
EXEC_V(_wexecvp, WCHAR, spawn, true)
EXEC_VE(_execve, char, spawn_narrow, false)
EXEC_VE(_execvpe, char, spawn_narrow, true)
EXEC_VE(_wexecve, WCHAR, spawn, false)
EXEC_VE(_wexecvpe, WCHAR, spawn, true)

/* Arguments in the call: from the first named one up to NULL; then perhaps the environment. */
static intptr_t spawn_list(INT mode, const void *file, const void *first, ms_va_list *rest, bool wide, bool with_environment,
			   bool search)
{
	enum { MOST = 512 };
	const void **arguments = crt_heap_allocate((MOST + 1) * sizeof(*arguments)), *environment = NULL;
	intptr_t result;
	size_t n = 0;

	if (arguments == NULL) {
		crt_self.error = CRT_ENOMEM;
		return -1;
	}
	for (; first != NULL && n < MOST; first = __builtin_va_arg(*rest, const void *))
		arguments[n++] = first;
	arguments[n] = NULL;
	if (first != NULL) {
		crt_self.error = CRT_E2BIG;
		result = -1;
	} else {
		if (with_environment)
			environment = __builtin_va_arg(*rest, const void *);
		result = wide ? spawn(mode, file, (void *)arguments, (void *)environment, search)
			      : spawn_narrow(mode, file, (void *)arguments, (void *)environment, search);
	}
	crt_heap_free(arguments);
	return result;
}

#define SPAWN_L(name, CHARACTER, wide, with_environment, search)                                                            \
	CRT(intptr_t, name, (INT mode, const CHARACTER *file, const CHARACTER *first, ...))                                 \
	{                                                                                                                   \
		intptr_t result;                                                                                            \
		ms_va_list rest;                                                                                            \
		ms_va_start(rest, first);                                                                                   \
		result = spawn_list(mode, file, first, &rest, wide, with_environment, search);                              \
		ms_va_end(rest);                                                                                            \
		return result;                                                                                              \
	}
#define EXEC_L(name, CHARACTER, wide, with_environment, search)                                                             \
	CRT(intptr_t, name, (const CHARACTER *file, const CHARACTER *first, ...))                                           \
	{                                                                                                                   \
		intptr_t result;                                                                                            \
		ms_va_list rest;                                                                                            \
		ms_va_start(rest, first);                                                                                   \
		result = spawn_list(P_OVERLAY, file, first, &rest, wide, with_environment, search);                         \
		ms_va_end(rest);                                                                                            \
		return result;                                                                                              \
	}
SPAWN_L(_spawnl, char, false, false, false)
SPAWN_L(_spawnlp, char, false, false, true)
SPAWN_L(_spawnle, char, false, true, false)
SPAWN_L(_spawnlpe, char, false, true, true)
SPAWN_L(_wspawnl, WCHAR, true, false, false)
SPAWN_L(_wspawnlp, WCHAR, true, false, true)
SPAWN_L(_wspawnle, WCHAR, true, true, false)
SPAWN_L(_wspawnlpe, WCHAR, true, true, true)
EXEC_L(_execl, char, false, false, false)
EXEC_L(_execlp, char, false, false, true)
EXEC_L(_execle, char, false, true, false)
EXEC_L(_execlpe, char, false, true, true)
EXEC_L(_wexecl, WCHAR, true, false, false)
EXEC_L(_wexeclp, WCHAR, true, false, true)
EXEC_L(_wexecle, WCHAR, true, true, false)
EXEC_L(_wexeclpe, WCHAR, true, true, true)

/* `action` has no meaning on Windows. */
CRT(intptr_t, _cwait, (INT * status, intptr_t process, INT action))
{
	intptr_t code;

	(void)action;
	if (process == -1 || process == -2 || process == 0) {
		crt_self.error = CRT_ECHILD;
		return -1;
	}
	crt_self.error = 0;
	code = crt_wait_process((HANDLE)process);
	if (code == -1 && crt_self.error != 0) {
		crt_self.error = CRT_ECHILD;
		return -1;
	}
	if (status != NULL)
		*status = (INT)code;
	return process;
}

/* COMSPEC /c command; a null command asks whether there is an interpreter. */
CRT(INT, _wsystem, (const WCHAR *command))
{
	WCHAR *shell = crt__wgetenv(u"COMSPEC"), *arguments[4];
	static WCHAR option[] = u"/c", fallback[] = u"cmd.exe";
	INT old = crt_self.error, result;

	if (command == NULL) {
		if (shell == NULL)
			return 0;
		if (exists(shell))
			return 1;
		crt_self.error = CRT_ENOENT;
		return 0;
	}
	arguments[0] = shell != NULL ? shell : fallback;
	arguments[1] = option;
	arguments[2] = (WCHAR *)command;
	arguments[3] = NULL;
	if (shell != NULL) {
		crt_self.error = 0;
		result = (INT)spawn(P_WAIT, shell, arguments, NULL, false);
		if (result != -1 || (crt_self.error != CRT_ENOENT && crt_self.error != CRT_EACCES)) {
			if (result != -1)
				crt_self.error = old;
			return result;
		}
	}
	arguments[0] = fallback;
	return (INT)spawn(P_WAIT, fallback, arguments, NULL, true);
}

CRT(INT, system, (const char *command))
{
	WCHAR *wide;
	INT result;

	if (command == NULL)
		return crt__wsystem(NULL);
	wide = crt_widen(command);
	if (wide == NULL)
		return -1;
	result = crt__wsystem(wide);
	crt_heap_free(wide);
	return result;
}

CRT(void, _sleep, (ULONG milliseconds))
{
	Sleep(milliseconds == 0 ? 1 : milliseconds);
}

CRT(void, _beep, (UINT frequency, UINT duration))
{
	Beep(frequency, duration);
}

UINT WINAPI SetErrorMode(UINT mode);

CRT(void, _seterrormode, (INT mode))
{
	SetErrorMode((UINT)mode);
}

CRT(intptr_t, _loaddll, (char *name))
{
	WCHAR *wide = crt_widen(name);
	HMODULE module = wide != NULL ? LoadLibraryExW(wide, NULL, 0) : NULL;

	crt_heap_free(wide);
	return (intptr_t)module;
}

CRT(INT, _unloaddll, (intptr_t module))
{
	return FreeLibrary((HMODULE)module) ? 0 : (INT)NtCurrentTeb()->LastErrorValue;
}

CRT(PVOID, _getdllprocaddr, (intptr_t module, char *name, intptr_t ordinal))
{
	if (name != NULL)
		return ordinal == -1 ? GetProcAddress((HMODULE)module, name) : NULL;
	return ordinal <= 65535 ? GetProcAddress((HMODULE)module, (LPCSTR)ordinal) : NULL;
}
