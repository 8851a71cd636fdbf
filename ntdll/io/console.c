/*
 * ntdll/io/console.c - console handles, and text on its way out.
 *
 * Bytes written (WriteFile, WriteConsoleA) are in the output code page, 437 until the program sets another.  Bytes that
 * are valid UTF-8 beyond ASCII are taken as UTF-8 all the same: no text of another code page looks like that by chance,
 * and programs that write UTF-8 without asking then show what they mean.
 */
#include "ntdll/io/console_private.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

static unsigned input_code_page = NLS_OEMCP, output_code_page = NLS_OEMCP;

UINT io_console_code_page(bool output)
{
	return output ? output_code_page : input_code_page;
}

NTSTATUS io_console_set_code_page(bool output, UINT code_page)
{
	if (!code_page || !nls_valid_codepage(code_page))
		return STATUS_INVALID_PARAMETER;
	if (output)
		output_code_page = code_page;
	else
		input_code_page = code_page;
	return STATUS_SUCCESS;
}

/* All of it, to the terminal. */
NTSTATUS io_console_raw(struct io_file *file, const char *text, size_t length)
{
	while (length) {
		ssize_t count;

		ke_enter_blocking();
		count = host_write(file->fd, text, length);
		ke_leave_blocking();
		if (count < 0)
			return io_status(count);
		text += count;
		length -= (size_t)count;
	}
	return STATUS_SUCCESS;
}

/* Whether the bytes are UTF-8 with at least one character beyond ASCII; one cut off at the end is taken for whole. */
static bool is_utf8(const unsigned char *text, size_t length)
{
	bool beyond = false;

	for (size_t i = 0; i < length;) {
		unsigned char c = text[i];
		size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 9;

		if (more == 9)
			return false;
		for (size_t k = 1; k <= more && i + k < length; k++)
			if ((text[i + k] & 0xC0) != 0x80)
				return false;
		beyond |= more > 0;
		i += more + 1;
	}
	return beyond;
}

static bool is_ascii(const unsigned char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] >= 0x80)
			return false;
	return true;
}

/* `text` is ours. */
static NTSTATUS write_bytes(struct io_file *file, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	char16_t *wide;
	char *utf8;
	size_t units, size;
	NTSTATUS status;

	io_console_forget_blanks();
	if (output_code_page == NLS_UTF8 || is_ascii(bytes, length) || is_utf8(bytes, length))
		return io_console_raw(file, text, length);
	wide = malloc(length * 2);
	utf8 = malloc(length * 3);
	if (wide && utf8) {
		units = nls_to_utf16(output_code_page, 0, wide, length, text, length);
		size = units <= length ? rtl_utf16_to_utf8(utf8, length * 3, wide, units) : 0;
		status = io_console_raw(file, utf8, size <= length * 3 ? size : 0);
	} else {
		status = STATUS_NO_MEMORY;
	}
	free(wide);
	free(utf8);
	return status;
}

NTSTATUS io_console_write_bytes(struct io_file *file, const void *buffer, ULONG length, ULONG_PTR *written)
{
	NTSTATUS status = STATUS_SUCCESS;
	char *copy = malloc(length < 65536 ? length + 1 : 65536);

	if (!copy)
		return STATUS_NO_MEMORY;
	while (length && NT_SUCCESS(status)) {
		ULONG part = length < 65536 ? length : 65536;

		if (host_copy_from_guest(copy, buffer, part) < 0) {
			status = STATUS_ACCESS_VIOLATION;
			break;
		}
		status = write_bytes(file, copy, part);
		if (NT_SUCCESS(status))
			*written += part;
		buffer = (const char *)buffer + part;
		length -= part;
	}
	free(copy);
	return status;
}

NTSTATUS io_console_file(HANDLE handle, enum io_console_side side, struct io_file **file)
{
	NTSTATUS status = ob_reference_by_handle(handle, &io_file_type, 0, (void **)file);

	if (!NT_SUCCESS(status))
		return STATUS_INVALID_HANDLE;
	if (((*file)->kind == IO_CONSOLE_INPUT && side != IO_CONSOLE_OUT) ||
	    ((*file)->kind == IO_CONSOLE_OUTPUT && side != IO_CONSOLE_IN))
		return STATUS_SUCCESS;
	ob_dereference(*file);
	return STATUS_INVALID_HANDLE;
}

NTSTATUS io_console_check(HANDLE handle, enum io_console_side side)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, side, &file);

	if (NT_SUCCESS(status))
		ob_dereference(file);
	return status;
}

NTSTATUS io_console_write_ansi(HANDLE handle, const char *text, ULONG length)
{
	struct io_file *file;
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	status = write_bytes(file, text, length);
	ob_dereference(file);
	return status;
}

/* A pair of surrogates may come in two calls: its first half waits here. */
static char16_t half;
static struct host_lock half_lock;

NTSTATUS io_console_write(HANDLE handle, const char16_t *text, ULONG length)
{
	struct io_file *file;
	char chunk[1536];
	NTSTATUS status = io_console_file(handle, IO_CONSOLE_OUT, &file);

	if (!NT_SUCCESS(status))
		return status;
	io_console_forget_blanks();
	host_lock_acquire(&half_lock);
	while (length && NT_SUCCESS(status)) {
		char16_t units[501];
		size_t count = 0, size;
		ULONG part = length < 500 ? length : 500;

		if (half)
			units[count++] = half;
		half = 0;
		memcpy(units + count, text, part * 2);
		count += part;
		if ((units[count - 1] & 0xFC00) == 0xD800)
			half = units[--count];
		size = rtl_utf16_to_utf8(chunk, sizeof(chunk), units, count);
		status = io_console_raw(file, chunk, size);
		text += part;
		length -= part;
	}
	host_lock_release(&half_lock);
	ob_dereference(file);
	return status;
}

/* CON, CONIN$, CONOUT$ (MSDN CreateFile, "Consoles"). */
NTSTATUS io_open_console(struct io_name *name, struct io_open_request *request, struct io_file **file)
{
	bool read = request->access & FILE_READ_DATA, write = request->access & FILE_WRITE_DATA;
	enum io_kind kind;
	int fd;

	if (request->disposition == FILE_OVERWRITE)
		return STATUS_INVALID_PARAMETER;
	if (name->rest_length)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (name->device == IO_DEVICE_CONSOLE_INPUT)
		kind = IO_CONSOLE_INPUT;
	else if (name->device == IO_DEVICE_CONSOLE_OUTPUT)
		kind = IO_CONSOLE_OUTPUT;
	else if (read && !write)
		kind = IO_CONSOLE_INPUT;
	else if (write && !read)
		kind = IO_CONSOLE_OUTPUT;
	else
		return read ? STATUS_INVALID_PARAMETER : STATUS_OBJECT_NAME_NOT_FOUND;
	fd = host_open_terminal();
	if (fd < 0)
		return STATUS_INVALID_HANDLE;
	*file = io_new_file(kind, fd, io_granted(request->access), request->options | FILE_SYNCHRONOUS_IO_NONALERT);
	request->information = FILE_OPENED;
	return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
