/*
 * dlls/crt/errno.c - errno, _doserrno and the messages of strerror.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"
#include <stdio.h>
#include <string.h>

CRT(INT *, _errno, (void))
{
	return &crt_self.error;
}

CRT(ULONG *, __doserrno, (void))
{
	return &crt_self.dos_error;
}

CRT(errno_t, _set_errno, (INT value))
{
	crt_self.error = value;
	return 0;
}

/* These two do not say what was wrong but in what they return. */
CRT(errno_t, _get_errno, (INT * value))
{
	if (value == NULL)
		return CRT_EINVAL;
	*value = crt_self.error;
	return 0;
}

CRT(errno_t, _set_doserrno, (ULONG value))
{
	crt_self.dos_error = value;
	return 0;
}

CRT(errno_t, _get_doserrno, (ULONG * value))
{
	if (value == NULL)
		return CRT_EINVAL;
	*value = crt_self.dos_error;
	return 0;
}

/* The table of MSDN, "_doserrno, errno, _sys_errlist, and _sys_nerr", and of "_dosmaperr" in the CRT's documentation. */
static const struct {
	USHORT win32;
	BYTE error;
} error_table[] = {
	{1, CRT_EINVAL},     {2, CRT_ENOENT},     {3, CRT_ENOENT},   {4, CRT_EMFILE},   {5, CRT_EACCES},
	{6, CRT_EBADF},      {7, CRT_ENOMEM},     {8, CRT_ENOMEM},   {9, CRT_ENOMEM},   {10, CRT_E2BIG},
	{11, CRT_ENOEXEC},   {12, CRT_EINVAL},    {13, CRT_EINVAL},  {15, CRT_ENOENT},  {16, CRT_EACCES},
	{17, CRT_EXDEV},     {18, CRT_ENOENT},    {33, CRT_EACCES},  {53, CRT_ENOENT},  {65, CRT_EACCES},
	{67, CRT_ENOENT},    {80, CRT_EEXIST},    {82, CRT_EACCES},  {83, CRT_EACCES},  {87, CRT_EINVAL},
	{89, CRT_EAGAIN},    {108, CRT_EACCES},   {109, CRT_EPIPE},  {112, CRT_ENOSPC}, {114, CRT_EBADF},
	{128, CRT_ECHILD},   {129, CRT_ECHILD},   {130, CRT_EBADF},  {131, CRT_EINVAL}, {132, CRT_EACCES},
	{145, CRT_ENOTEMPTY}, {158, CRT_EACCES},  {161, CRT_ENOENT}, {164, CRT_EAGAIN}, {167, CRT_EACCES},
	{183, CRT_EEXIST},   {206, CRT_ENOENT},   {215, CRT_EAGAIN}, {1113, CRT_EILSEQ}, {1816, CRT_ENOMEM},
};

INT crt_map_error(DWORD win32_error)
{
	INT error = CRT_EINVAL;
	size_t i;

	if (win32_error >= 19 && win32_error <= 36)
		error = CRT_EACCES;
	else if (win32_error >= 188 && win32_error <= 202)
		error = CRT_ENOEXEC;
	else
		for (i = 0; i < ARRAY_SIZE(error_table); i++)
			if (error_table[i].win32 == win32_error)
				error = error_table[i].error;
	crt_self.dos_error = win32_error;
	crt_self.error = error;
	return error;
}

INT crt_fail_last_error(void)
{
	crt_map_error(NtCurrentTeb()->LastErrorValue);
	return -1;
}

static const char *const messages[] = {
	"No error",
	"Operation not permitted",
	"No such file or directory",
	"No such process",
	"Interrupted function call",
	"Input/output error",
	"No such device or address",
	"Arg list too long",
	"Exec format error",
	"Bad file descriptor",
	"No child processes",
	"Resource temporarily unavailable",
	"Not enough space",
	"Permission denied",
	"Bad address",
	"Unknown error",
	"Resource device",
	"File exists",
	"Improper link",
	"No such device",
	"Not a directory",
	"Is a directory",
	"Invalid argument",
	"Too many open files in system",
	"Too many open files",
	"Inappropriate I/O control operation",
	"Unknown error",
	"File too large",
	"No space left on device",
	"Invalid seek",
	"Read-only file system",
	"Too many links",
	"Broken pipe",
	"Domain error",
	"Result too large",
	"Unknown error",
	"Resource deadlock avoided",
	"Unknown error",
	"Filename too long",
	"No locks available",
	"Function not implemented",
	"Directory not empty",
	"Illegal byte sequence",
	"Unknown error",
};

/* 100 (EADDRINUSE) to 140 (EWOULDBLOCK): the UCRT only. */
static const char *const posix_messages[] = {
	"address in use",
	"address not available",
	"address family not supported",
	"connection already in progress",
	"bad message",
	"operation canceled",
	"connection aborted",
	"connection refused",
	"connection reset",
	"destination address required",
	"host unreachable",
	"identifier removed",
	"operation in progress",
	"already connected",
	"too many symbolic link levels",
	"message size",
	"network down",
	"network reset",
	"network unreachable",
	"no buffer space",
	"no message available",
	"no link",
	"no message",
	"no protocol option",
	"no stream resources",
	"not a stream",
	"not connected",
	"state not recoverable",
	"not a socket",
	"not supported",
	"operation not supported",
	"Unknown error",
	"value too large",
	"owner dead",
	"protocol error",
	"protocol not supported",
	"wrong protocol type",
	"stream timeout",
	"timed out",
	"text file busy",
	"operation would block",
};

const char *crt_error_message(INT error)
{
	if (error >= 100 && error <= 140 && crt_is_ucrt())
		return posix_messages[error - 100];
	if ((UINT)error >= ARRAY_SIZE(messages))
		return "Unknown error";
	return messages[error];
}

void crt_errno_attach(struct crt_variables *variables)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(messages); i++)
		variables->sys_errlist[i] = (char *)messages[i];
	variables->sys_nerr = ARRAY_SIZE(messages) - 1;
}

CRT_UCRT(char **, __sys_errlist, (void))
{
	return crt_variables_of[CRT_FLAVOUR_UCRT]->sys_errlist;
}

CRT_UCRT(INT *, __sys_nerr, (void))
{
	return &crt_variables_of[CRT_FLAVOUR_UCRT]->sys_nerr;
}

static void widen_ascii(WCHAR *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i] != 0; i++)
		to[i] = (BYTE)from[i];
	to[i] = 0;
}

CRT(char *, strerror, (INT error))
{
	snprintf(crt_self.error_buffer, sizeof(crt_self.error_buffer), "%s", crt_error_message(error));
	return crt_self.error_buffer;
}

CRT(WCHAR *, _wcserror, (INT error))
{
	widen_ascii(crt_self.werror_buffer, ARRAY_SIZE(crt_self.werror_buffer), crt_error_message(error));
	return crt_self.werror_buffer;
}

/* "prefix: message\n", or the message alone with its newline; errno's message.  MSDN: the prefix may have 94 bytes. */
CRT(char *, _strerror, (const char *prefix))
{
	const char *message = crt_error_message(crt_self.error);

	if (prefix != NULL && *prefix != 0)
		snprintf(crt_self.error_buffer, 134, "%.94s: %s\n", prefix, message);
	else
		snprintf(crt_self.error_buffer, 134, "%s\n", message);
	return crt_self.error_buffer;
}

CRT(WCHAR *, __wcserror, (const WCHAR *prefix))
{
	const char *message = crt_error_message(crt_self.error);
	WCHAR *to = crt_self.werror_buffer;
	size_t n = 0;

	if (prefix != NULL && *prefix != 0) {
		while (n < 94 && prefix[n] != 0) {
			to[n] = prefix[n];
			n++;
		}
		to[n++] = ':';
		to[n++] = ' ';
	}
	widen_ascii(to + n, 134 - n - 1, message);
	n += crt_wide_length(to + n);
	to[n++] = '\n';
	to[n] = 0;
	return to;
}

/* strerror_s and its kin truncate silently: MSDN. */
CRT(errno_t, strerror_s, (char *to, size_t size, INT error))
{
	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	snprintf(to, size, "%s", crt_error_message(error));
	return 0;
}

CRT(errno_t, _wcserror_s, (WCHAR * to, size_t size, INT error))
{
	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	widen_ascii(to, size, crt_error_message(error));
	return 0;
}

CRT(errno_t, _strerror_s, (char *to, size_t size, const char *prefix))
{
	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	snprintf(to, size, "%s", crt__strerror(prefix));
	return 0;
}

CRT(errno_t, __wcserror_s, (WCHAR * to, size_t size, const WCHAR *prefix))
{
	const WCHAR *from;
	size_t i;

	CRT_VALIDATE_E(to != NULL && size != 0, EINVAL);
	from = crt___wcserror(prefix);
	for (i = 0; i + 1 < size && from[i] != 0; i++)
		to[i] = from[i];
	to[i] = 0;
	return 0;
}
