/*
 * kernel32/processthreadsapi_create.c - CreateProcess and WinExec.
 *
 * Which file a command line means: MSDN "CreateProcessW", lpApplicationName and lpCommandLine; execution facts, rows 135
 * to 142.
 */
#include "kernel32/attributelist.h"
#include "kernel32/file.h"
#include "kernel32/startupinfo.h"
#include "nt/winbase.h"
#include "ntdll/ps/create.h"
#include "ntdll/ps/debug.h"
#include "ntdll/ps/remote.h"
#include "ntdll/rtl/environment.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#define DEBUG_PROCESS 0x00000001u
#define DEBUG_ONLY_THIS_PROCESS 0x00000002u
#define DETACHED_PROCESS 0x00000008u
#define CREATE_NEW_CONSOLE 0x00000010u
#define CREATE_UNICODE_ENVIRONMENT 0x00000400u
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000u
#define CREATE_BREAKAWAY_FROM_JOB 0x01000000u
#define CREATE_NO_WINDOW 0x08000000u
#define LONGEST_COMMAND_LINE 32767u
#define STARTF_USESHOWWINDOW 1u

/* STARTUPINFOEX */
struct startup_extended {
	STARTUPINFOW plain;
	struct attribute_list *attributes;
};

DWORD WINAPI SearchPathW(LPCWSTR path, LPCWSTR name, LPCWSTR extension, DWORD size, LPWSTR buffer, LPWSTR *file_part);
void WINAPI GetStartupInfoW(STARTUPINFOW *info);

static bool is_file(const WCHAR *name)
{
	DWORD attributes = GetFileAttributesW(name);

	return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static bool full_name(const WCHAR *name, struct io_wide *full)
{
	NTSTATUS status = io_full_path(name, rtl_wcslen(name), full);

	return win32_result(full->failed ? STATUS_NO_MEMORY : status);
}

/* The file that one reading of the command line means; "" when there is none, with the last error set. */
static bool search(const WCHAR *token, size_t length, struct io_wide *found)
{
	struct io_wide name;
	DWORD size = 32768;
	WCHAR *buffer = malloc(size * sizeof(WCHAR)), *part;
	bool ok = false;

	io_wide_init(&name);
	if (!buffer || !io_wide_put(&name, token, length)) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	} else if (!length) {
		set_last_error(ERROR_FILE_NOT_FOUND);
	} else {
		DWORD got = SearchPathW(NULL, name.text, u".exe", size, buffer, &part);

		ok = got && got < size && is_file(buffer) && io_wide_put(found, buffer, got);
		if (!ok) {
			/* A missing directory is told apart from a missing file, and so is a directory in its place. */
			DWORD attributes;

			set_last_error(ERROR_FILE_NOT_FOUND);
			attributes = GetFileAttributesW(name.text);
			if (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY)
				set_last_error(ERROR_ACCESS_DENIED);
			else if (get_last_error() != ERROR_PATH_NOT_FOUND)
				set_last_error(ERROR_FILE_NOT_FOUND);
		}
	}
	io_wide_free(&name);
	free(buffer);
	return ok;
}

static bool is_blank(WCHAR c)
{
	return c == u' ' || c == u'\t';
}

/* Finds the program of a command line.  Without quotes every blank may end the name; when one inside the name did not, the
 * program gets its name in quotes: `line` is then the command line to pass, otherwise empty. */
static bool find_program(const WCHAR *text, struct io_wide *found, struct io_wide *line)
{
	size_t end = 0, first = 0;
	DWORD error = 0;

	if (*text == u'"') {
		while (text[end + 1] && text[end + 1] != u'"')
			end++;
		return search(text + 1, end, found);
	}
	for (;;) {
		while (text[end] && !is_blank(text[end]))
			end++;
		if (search(text, end, found)) {
			if (first) {
				io_wide_put(line, u"\"", 1);
				io_wide_put(line, text, end);
				io_wide_put(line, u"\"", 1);
				io_wide_put(line, text + end, rtl_wcslen(text + end));
			}
			return true;
		}
		if (!first) {
			error = get_last_error();
			first = end + 1;
		}
		if (!text[end])
			break;
		end++;
	}
	set_last_error(error);
	return false;
}

/* A block's size in bytes with both terminators. */
static size_t wide_block_bytes(const WCHAR *block)
{
	const WCHAR *at = block;

	while (*at)
		at += rtl_wcslen(at) + 1;
	at++;
	/* an empty block has two terminators too */
	return (size_t)(at - block + (at == block + 1)) * sizeof(WCHAR);
}

static size_t ansi_block_bytes(const char *block)
{
	const char *at = block;

	while (*at)
		at += strlen(at) + 1;
	return (size_t)(at - block) + 1;
}

/* A copy of the environment to pass; malloc'ed. */
static WCHAR *copy_environment(const void *given, DWORD flags, size_t *bytes)
{
	const WCHAR *wide = given;
	WCHAR *copy;

	if (given && !(flags & CREATE_UNICODE_ENVIRONMENT)) {
		size_t narrow = ansi_block_bytes(given), units = nls_to_utf16(NLS_ACP, 0, NULL, 0, given, narrow);

		copy = calloc(units + 2, sizeof(WCHAR));
		if (copy)
			nls_to_utf16(NLS_ACP, 0, copy, units, given, narrow);
		*bytes = (units + 1) * sizeof(WCHAR);
		return copy;
	}
	if (!given) {
		rtl_environment_lock();
		wide = NtCurrentPeb()->ProcessParameters->Environment;
	}
	*bytes = wide_block_bytes(wide);
	copy = calloc(*bytes / sizeof(WCHAR) + 1, sizeof(WCHAR));
	if (copy)
		memcpy(copy, wide, *bytes - sizeof(WCHAR));
	if (!given)
		rtl_environment_unlock();
	return copy;
}

static struct ps_text text_of(const WCHAR *text)
{
	return (struct ps_text){text, text ? rtl_wcslen(text) * sizeof(WCHAR) : 0};
}

static struct ps_text text_of_wide(const struct io_wide *wide)
{
	return (struct ps_text){wide->text, wide->length * sizeof(WCHAR)};
}

static bool set_directory(const WCHAR *given, struct io_wide *directory)
{
	DWORD attributes;

	if (!given) {
		io_current_directory(directory);
		return true;
	}
	if (!*given || !full_name(given, directory)) {
		set_last_error(ERROR_DIRECTORY);
		return false;
	}
	attributes = GetFileAttributesW(directory->text);
	if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
		set_last_error(ERROR_DIRECTORY);
		return false;
	}
	return true;
}

static void set_startup(struct ps_process_creation *creation, const STARTUPINFOW *info)
{
	creation->startup = (struct ps_startup){
		info->dwX,	     info->dwY,		    info->dwXSize, info->dwYSize,     info->dwXCountChars,
		info->dwYCountChars, info->dwFillAttribute, info->dwFlags, info->wShowWindow,
	};
	creation->title = text_of(info->lpTitle);
	creation->desktop = text_of(info->lpDesktop);
	if (info->lpReserved2 && info->cbReserved2)
		creation->runtime = (struct ps_text){info->lpReserved2, info->cbReserved2};
	if (info->dwFlags & STARTF_USESTDHANDLES) {
		creation->flags |= PS_CREATE_PROCESS_STANDARD;
		creation->standard[0] = info->hStdInput;
		creation->standard[1] = info->hStdOutput;
		creation->standard[2] = info->hStdError;
	}
}

static void set_flags(struct ps_process_creation *creation, DWORD flags, BOOL inherit)
{
	if (flags & CREATE_SUSPENDED)
		creation->flags |= PS_CREATE_PROCESS_SUSPENDED;
	if (flags & DETACHED_PROCESS)
		creation->flags |= PS_CREATE_PROCESS_DETACHED;
	else if (flags & CREATE_NO_WINDOW && !(flags & CREATE_NEW_CONSOLE))
		creation->flags |= PS_CREATE_PROCESS_NO_WINDOW;
	if (flags & CREATE_BREAKAWAY_FROM_JOB)
		creation->flags |= PS_CREATE_PROCESS_BREAKAWAY;
	if (inherit)
		creation->flags |= PS_CREATE_PROCESS_INHERIT;
}

/* Everything is found; starts it. */
static BOOL create(struct ps_process_creation *creation, struct ps_process *parent, const void *environment, DWORD flags,
		   PROCESS_INFORMATION *result)
{
	size_t bytes;
	WCHAR *block = copy_environment(environment, flags, &bytes);
	CLIENT_ID id = {0};
	NTSTATUS status;

	if (!block) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	if (flags & (DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS)) {
		status = DbgUiConnectToDbg();
		if (NT_SUCCESS(status))
			status = ps_debug_link_to(DbgUiGetThreadDebugObject(), flags & DEBUG_ONLY_THIS_PROCESS, &creation->debug);
		if (!win32_result(status)) {
			free(block);
			return FALSE;
		}
	}
	creation->environment = (struct ps_text){block, bytes};
	status = parent ? ps_create_under(parent, creation, &result->hProcess, &result->hThread, &id)
			: ps_create_process(creation, &result->hProcess, &result->hThread, &id);
	free(block);
	if (!win32_result(status))
		return FALSE;
	result->dwProcessId = (DWORD)(uintptr_t)id.UniqueProcess;
	result->dwThreadId = (DWORD)(uintptr_t)id.UniqueThread;
	return TRUE;
}

/* The attribute list's part; false with the last error set.  *parent: another process, referenced. */
static bool set_attributes(struct ps_process_creation *creation, const struct startup_extended *startup,
			   struct ps_process **parent_process)
{
	const struct attribute_entry *list, *parent, *jobs;
	ACCESS_MASK access;
	ULONG flags;

	if (startup->plain.cb != sizeof(*startup)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return false;
	}
	parent = attribute_find(startup->attributes, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS);
	if (parent && !win32_result(ps_reference_target(*(HANDLE *)parent->value, PROCESS_CREATE_PROCESS, parent_process)))
		return false;
	jobs = attribute_find(startup->attributes, PROC_THREAD_ATTRIBUTE_JOB_LIST);
	if (jobs) {
		creation->job_list = jobs->value;
		creation->job_count = jobs->size / sizeof(HANDLE);
	}
	list = attribute_find(startup->attributes, PROC_THREAD_ATTRIBUTE_HANDLE_LIST);
	if (!list)
		return true;
	creation->handle_list = list->value;
	creation->handle_count = list->size / sizeof(HANDLE);
	for (size_t i = 0; i < creation->handle_count; i++) {
		/* The list is one of handles that would be inherited anyway; another parent's are not looked at here. */
		if (*parent_process && creation->flags & PS_CREATE_PROCESS_INHERIT)
			break;
		if (!(creation->flags & PS_CREATE_PROCESS_INHERIT) ||
		    ob_query_handle(creation->handle_list[i], &access, &flags) || !(flags & HANDLE_FLAG_INHERIT)) {
			set_last_error(ERROR_INVALID_PARAMETER);
			return false;
		}
	}
	return true;
}

static bool inherits(const SECURITY_ATTRIBUTES *security)
{
	return security && security->bInheritHandle;
}

static bool is_batch_file(const struct io_wide *image)
{
	const WCHAR *end = image->text + image->length - 4;

	return image->length > 4 && (!rtl_compare_nocase(end, 4, u".bat", 4) || !rtl_compare_nocase(end, 4, u".cmd", 4));
}

/* A batch file is run by the command processor: cmd /c and the command line, which keeps its quotes within one more pair. */
static void run_batch_file(struct io_wide *image, struct io_wide *line, const WCHAR *given)
{
	static const WCHAR processor[] = u"C:\\Windows\\system32\\cmd.exe";
	struct io_wide whole;
	bool quoted = false;

	if (line->length)
		given = line->text;
	for (const WCHAR *at = given; *at; at++)
		quoted |= *at == u'"';
	io_wide_init(&whole);
	io_wide_put(&whole, processor, ARRAY_SIZE(processor) - 1);
	io_wide_put(&whole, quoted ? u" /c \"" : u" /c ", quoted ? 5 : 4);
	io_wide_put(&whole, given, rtl_wcslen(given));
	if (quoted)
		io_wide_put(&whole, u"\"", 1);
	image->length = line->length = 0;
	io_wide_put(image, processor, ARRAY_SIZE(processor) - 1);
	io_wide_put(line, whole.text, whole.length);
	io_wide_free(&whole);
}

/* token NULL: one like this process' own.  The last error: as CreateProcessW and CreateProcessAsUserW. */
EXPORT(kernel32, BOOL, CreateProcessAsUserW,
       (HANDLE token, LPCWSTR application, LPWSTR command_line, LPSECURITY_ATTRIBUTES process_security,
	LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment, LPCWSTR directory,
	STARTUPINFOW *startup, LPPROCESS_INFORMATION information))
{
	struct ps_process_creation creation = {
		.process_attributes = inherits(process_security) ? OBJ_INHERIT : 0,
		.thread_attributes = inherits(thread_security) ? OBJ_INHERIT : 0,
		.token = token,
	};
	PROCESS_INFORMATION result = {0};
	struct ps_process *parent = NULL;
	struct io_wide image, line, path;
	bool ok = true;

	*information = result;
	if ((flags & (DETACHED_PROCESS | CREATE_NEW_CONSOLE)) == (DETACHED_PROCESS | CREATE_NEW_CONSOLE) ||
	    (!application && !command_line)) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	io_wide_init(&image);
	io_wide_init(&line);
	io_wide_init(&path);
	if (application && !*application) {
		set_last_error(ERROR_PATH_NOT_FOUND);
		ok = false;
	} else if (application) {
		ok = full_name(application, &image);
		if (ok && !is_file(image.text)) {
			if (GetFileAttributesW(image.text) != INVALID_FILE_ATTRIBUTES)
				set_last_error(ERROR_ACCESS_DENIED); /* a directory */
			ok = false;
		}
	} else {
		ok = find_program(command_line, &image, &line);
	}
	if (ok && (!command_line || !*command_line)) {
		io_wide_put(&line, u"\"", 1);
		io_wide_put(&line, application, rtl_wcslen(application));
		io_wide_put(&line, u"\"", 1);
	}
	ok = ok && set_directory(directory, &path);
	if (ok && is_batch_file(&image))
		run_batch_file(&image, &line, command_line);
	if (ok) {
		creation.image = text_of_wide(&image);
		creation.command_line = line.length ? text_of_wide(&line) : text_of(command_line);
		creation.directory = text_of_wide(&path);
		set_flags(&creation, flags, inherit);
		set_startup(&creation, startup);
		ok = !(flags & EXTENDED_STARTUPINFO_PRESENT) ||
		     set_attributes(&creation, (const struct startup_extended *)startup, &parent);
		if (image.failed || line.failed || path.failed) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			ok = false;
		} else if (creation.command_line.bytes / sizeof(WCHAR) >= LONGEST_COMMAND_LINE) {
			set_last_error(ERROR_FILENAME_EXCED_RANGE);
			ok = false;
		}
	}
	ok = ok && create(&creation, parent, environment, flags, &result);
	if (parent)
		ob_dereference(parent);
	io_wide_free(&image);
	io_wide_free(&line);
	io_wide_free(&path);
	if (ok)
		*information = result;
	return ok;
}

EXPORT_ALIAS(advapi32, "CreateProcessAsUserW", CreateProcessAsUserW);

EXPORT(kernel32, BOOL, CreateProcessW,
       (LPCWSTR application, LPWSTR command_line, LPSECURITY_ATTRIBUTES process_security,
	LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment, LPCWSTR directory,
	STARTUPINFOW *startup, LPPROCESS_INFORMATION information))
{
	return CreateProcessAsUserW(NULL, application, command_line, process_security, thread_security, inherit, flags,
				    environment, directory, startup, information);
}

EXPORT(kernel32, BOOL, CreateProcessAsUserA,
       (HANDLE token, LPCSTR application, LPSTR command_line, LPSECURITY_ATTRIBUTES process_security,
	LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment, LPCSTR directory,
	STARTUPINFOA *startup, LPPROCESS_INFORMATION information))
{
	struct wide_argument strings[5];
	const char *given[5] = {application, command_line, directory, startup->lpTitle, startup->lpDesktop};
	struct startup_extended extended = {0};
	STARTUPINFOW *wide = &extended.plain;
	bool ok = true;
	BOOL result = FALSE;

	_Static_assert(sizeof(*wide) == sizeof(*startup), "both differ in their pointers' types only");
	memcpy(&extended, startup, flags & EXTENDED_STARTUPINFO_PRESENT ? sizeof(extended) : sizeof(*wide));
	for (unsigned i = 0; i < ARRAY_SIZE(strings); i++) {
		wide_argument_set(&strings[i], given[i]);
		ok = ok && !strings[i].failed;
	}
	*information = (PROCESS_INFORMATION){0};
	if (ok) {
		wide->lpTitle = (LPWSTR)strings[3].text;
		wide->lpDesktop = (LPWSTR)strings[4].text;
		result = CreateProcessAsUserW(token, strings[0].text, (LPWSTR)strings[1].text, process_security, thread_security, inherit,
					flags, environment, strings[2].text, wide, information);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(strings); i++)
		wide_argument_free(&strings[i]);
	return result;
}

EXPORT_ALIAS(advapi32, "CreateProcessAsUserA", CreateProcessAsUserA);

EXPORT(kernel32, BOOL, CreateProcessA,
       (LPCSTR application, LPSTR command_line, LPSECURITY_ATTRIBUTES process_security,
	LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment, LPCSTR directory,
	STARTUPINFOA *startup, LPPROCESS_INFORMATION information))
{
	return CreateProcessAsUserA(NULL, application, command_line, process_security, thread_security, inherit, flags,
				    environment, directory, startup, information);
}

/* MSDN "WinExec": more than 31 is success. */
EXPORT(kernel32, UINT, WinExec, (LPCSTR command_line, UINT show))
{
	STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESHOWWINDOW, .wShowWindow = (WORD)show};
	PROCESS_INFORMATION information;
	size_t length = strlen(command_line) + 1;
	char *copy = malloc(length);
	UINT result = 33;

	if (!copy)
		return 0;
	memcpy(copy, command_line, length);
	if (CreateProcessA(NULL, copy, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) {
		NtClose(information.hProcess);
		NtClose(information.hThread);
	} else {
		result = get_last_error();
		if (result > 31 || (result != ERROR_FILE_NOT_FOUND && result != ERROR_PATH_NOT_FOUND))
			result = result == ERROR_BAD_EXE_FORMAT ? 11 : ERROR_FILE_NOT_FOUND;
	}
	free(copy);
	return result;
}
