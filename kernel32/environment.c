/*
 * kernel32/environment.c - environment variables (processenv.h).
 *
 * The ANSI functions use the ANSI code page, GetEnvironmentStringsA the OEM one's place in history: on Windows 10 both
 * are ANSI.
 */
#include "kernel32/file.h"
#include "ntdll/rtl/environment.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

static void *heap_alloc(size_t size)
{
	return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, size);
}

static const WCHAR *process_block(void)
{
	return NtCurrentPeb()->ProcessParameters->Environment;
}

EXPORT(kernel32, DWORD, GetEnvironmentVariableW, (LPCWSTR name, LPWSTR buffer, DWORD size))
{
	size_t name_length = name ? rtl_wcslen(name) : 0, length = 0;
	const WCHAR *entry;
	DWORD result = 0;

	rtl_environment_lock();
	entry = name_length ? rtl_environment_find(process_block(), name, name_length) : NULL;
	if (entry) {
		entry += name_length + 1;
		length = rtl_wcslen(entry);
		if (buffer && length < size) {
			memcpy(buffer, entry, (length + 1) * 2);
			result = (DWORD)length;
		} else {
			if (buffer && size)
				buffer[0] = 0;
			result = (DWORD)length + 1;
		}
	}
	rtl_environment_unlock();
	/* an empty value and a missing variable both return 0 and are told apart by the last error */
	if (!entry)
		set_last_error(ERROR_ENVVAR_NOT_FOUND);
	else if (!length)
		set_last_error(ERROR_SUCCESS);
	return result;
}

EXPORT(kernel32, DWORD, GetEnvironmentVariableA, (LPCSTR name, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	const WCHAR *entry = NULL;
	DWORD result = 0;

	wide_argument_set(&wide, name);
	if (wide.text && *wide.text) {
		size_t name_length = rtl_wcslen(wide.text);

		rtl_environment_lock();
		entry = rtl_environment_find(process_block(), wide.text, name_length);
		if (entry) {
			entry += name_length + 1;
			result = ansi_result(buffer, size, entry, (DWORD)rtl_wcslen(entry));
			if (!buffer || result >= size)
				result++;
			else if (!result)
				set_last_error(ERROR_SUCCESS);
		}
		rtl_environment_unlock();
	}
	if (!entry && !wide.failed)
		set_last_error(ERROR_ENVVAR_NOT_FOUND);
	wide_argument_free(&wide);
	return result;
}

EXPORT(kernel32, BOOL, SetEnvironmentVariableW, (LPCWSTR name, LPCWSTR value))
{
	NTSTATUS status;

	if (!name || !*name) {
		set_last_error(name ? ERROR_INVALID_PARAMETER : ERROR_ENVVAR_NOT_FOUND);
		return FALSE;
	}
	if (value && rtl_wcslen(value) > 32766) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	status = rtl_environment_set(name, rtl_wcslen(name), value, value ? rtl_wcslen(value) : 0);
	/* removing what is not there is no failure */
	return status == STATUS_VARIABLE_NOT_FOUND ? TRUE : win32_result(status);
}

EXPORT(kernel32, BOOL, SetEnvironmentVariableA, (LPCSTR name, LPCSTR value))
{
	struct wide_argument wide_name, wide_value;
	BOOL ok = FALSE;

	wide_argument_set(&wide_name, name);
	wide_argument_set(&wide_value, value);
	if (!wide_name.failed && !wide_value.failed)
		ok = SetEnvironmentVariableW(wide_name.text, wide_value.text);
	wide_argument_free(&wide_value);
	wide_argument_free(&wide_name);
	return ok;
}

EXPORT(kernel32, LPWSTR, GetEnvironmentStringsW, (void))
{
	LPWSTR copy;
	size_t units;

	rtl_environment_lock();
	units = rtl_environment_units(process_block());
	copy = heap_alloc(units * 2);
	if (copy)
		memcpy(copy, process_block(), units * 2);
	rtl_environment_unlock();
	if (!copy)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return copy;
}

EXPORT(kernel32, LPSTR, GetEnvironmentStringsA, (void))
{
	LPSTR copy;
	size_t units, bytes;

	rtl_environment_lock();
	units = rtl_environment_units(process_block());
	bytes = nls_from_utf16(NLS_ACP, 0, NULL, 0, process_block(), units, NULL, NULL);
	copy = heap_alloc(bytes);
	if (copy)
		nls_from_utf16(NLS_ACP, 0, copy, bytes, process_block(), units, NULL, NULL);
	rtl_environment_unlock();
	if (!copy)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	return copy;
}
EXPORT_ALIAS(kernel32, "GetEnvironmentStrings", GetEnvironmentStringsA);

EXPORT(kernel32, BOOL, FreeEnvironmentStringsW, (LPWSTR strings))
{
	return RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, strings);
}

EXPORT(kernel32, BOOL, FreeEnvironmentStringsA, (LPSTR strings))
{
	return RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, strings);
}

EXPORT(kernel32, BOOL, SetEnvironmentStringsW, (LPWSTR strings))
{
	size_t count = 0;

	/* every name of before goes, every given one comes */
	for (const WCHAR *at = strings; *at; at += rtl_wcslen(at) + 1, count++) {
		const WCHAR *equal = at + 1;

		while (*equal && *equal != u'=')
			equal++;
		if (!*equal || *at == u'=') {
			if (!*equal) {
				set_last_error(ERROR_INVALID_PARAMETER);
				return FALSE;
			}
		}
	}
	for (;;) {
		struct io_wide name;
		const WCHAR *at, *equal;

		io_wide_init(&name);
		rtl_environment_lock();
		at = process_block();
		equal = *at ? at + 1 : at;
		while (*equal && *equal != u'=')
			equal++;
		io_wide_put(&name, at, (size_t)(equal - at));
		rtl_environment_unlock();
		if (!name.length) {
			io_wide_free(&name);
			break;
		}
		rtl_environment_set(name.text, name.length, NULL, 0);
		io_wide_free(&name);
	}
	for (const WCHAR *at = strings; *at; at += rtl_wcslen(at) + 1) {
		const WCHAR *equal = at + 1;
		NTSTATUS status;

		while (*equal != u'=')
			equal++;
		status = rtl_environment_set(at, (size_t)(equal - at), equal + 1, rtl_wcslen(equal + 1));
		if (!win32_result(status))
			return FALSE;
	}
	return TRUE;
}

/* In both forms the size returned counts the terminator; the ANSI form asks for one byte more, as on Windows. */
EXPORT(kernel32, DWORD, ExpandEnvironmentStringsW, (LPCWSTR from, LPWSTR buffer, DWORD size))
{
	size_t units;

	rtl_environment_lock();
	units = rtl_environment_expand(process_block(), from, rtl_wcslen(from), buffer, buffer && size ? size - 1 : 0);
	rtl_environment_unlock();
	if (buffer && size)
		buffer[units < size ? units : size - 1] = 0;
	return (DWORD)units + 1;
}

EXPORT(kernel32, DWORD, ExpandEnvironmentStringsA, (LPCSTR from, LPSTR buffer, DWORD size))
{
	struct wide_argument wide;
	DWORD needed = 0;

	/* no text is as good as an empty one */
	wide_argument_set(&wide, from ? from : "");
	if (wide.text) {
		DWORD units = ExpandEnvironmentStringsW(wide.text, NULL, 0);
		WCHAR *expanded = heap_alloc(units * 2);

		if (expanded) {
			ExpandEnvironmentStringsW(wide.text, expanded, units);
			needed = ansi_result(buffer, size, expanded, units - 1) + 1;
			if (buffer && size && needed > size)
				buffer[0] = 0;
			RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, expanded);
		} else {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		}
	}
	wide_argument_free(&wide);
	return needed;
}
