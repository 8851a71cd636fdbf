/*
 * programs/reg/file.c - .reg files: reg export, reg import, regedit.  The form is that of Windows' own.
 */
#include "programs/program.h"
#include "programs/reg/parse.h"
#include "programs/reg/reg.h"

#include <stdlib.h>

/* A line of bytes is broken behind this column. */
#define WIDTH 76
#define LARGEST_FILE (256u << 20)

/* --- writing --- */

static void put_quoted(struct io_wide *to, const WCHAR *text)
{
	text_put_unit(to, u'"');
	for (; *text; text++) {
		if (*text == u'"' || *text == u'\\')
			text_put_unit(to, u'\\');
		text_put_unit(to, *text);
	}
	text_put_unit(to, u'"');
}

static void put_bytes(struct io_wide *to, size_t line, const struct reg_value *value)
{
	if (value->type == REG_BINARY)
		text_put(to, u"hex:");
	else {
		WCHAR digits[8];
		unsigned count = 0;

		text_put(to, u"hex(");
		for (DWORD type = value->type; type || !count; type >>= 4)
			digits[count++] = u"0123456789abcdef"[type & 15];
		while (count)
			text_put_unit(to, digits[--count]);
		text_put(to, u"):");
	}
	for (DWORD i = 0; i < value->size; i++) {
		text_put_unit(to, u"0123456789abcdef"[value->data[i] >> 4]);
		text_put_unit(to, u"0123456789abcdef"[value->data[i] & 15]);
		if (i + 1 == value->size)
			break;
		text_put_unit(to, u',');
		if (to->length - line > WIDTH) {
			text_put(to, u"\\\r\n  ");
			line = to->length - 2;
		}
	}
}

static void put_value(struct io_wide *to, const struct reg_value *value)
{
	size_t line = to->length;
	DWORD number;

	if (value->name_length)
		put_quoted(to, value->name);
	else
		text_put_unit(to, u'@');
	text_put_unit(to, u'=');
	if (value->type == REG_SZ && value->size % sizeof(WCHAR) == 0) {
		put_quoted(to, (const WCHAR *)value->data);
	} else if (value->type == REG_DWORD && value->size == sizeof(number)) {
		memcpy(&number, value->data, sizeof(number));
		text_put(to, u"dword:");
		for (int shift = 28; shift >= 0; shift -= 4)
			text_put_unit(to, u"0123456789abcdef"[number >> shift & 15]);
	} else {
		put_bytes(to, line, value);
	}
	text_put(to, u"\r\n");
}

static bool write_all(HANDLE file, const WCHAR *text, size_t length)
{
	DWORD written;

	return WriteFile(file, text, (DWORD)(length * sizeof(WCHAR)), &written, NULL) && written == length * sizeof(WCHAR);
}

static NTSTATUS export_key(struct reg_name *name, HANDLE file)
{
	WCHAR child[256];
	size_t length, shown = name->shown.length, nt = name->nt.length;
	struct reg_value value;
	struct io_wide text;
	HANDLE key;
	NTSTATUS status = reg_open(name, KEY_READ, &key);

	if (!NT_SUCCESS(status))
		return status;
	io_wide_init(&text);
	output_put(&text, "[%s]\n", name->shown.text);
	for (ULONG i = 0; NT_SUCCESS(reg_value_at(key, i, &value)); i++) {
		put_value(&text, &value);
		reg_value_free(&value);
	}
	text_put(&text, u"\r\n");
	if (text.failed)
		status = STATUS_NO_MEMORY;
	else if (!write_all(file, text.text, text.length))
		status = STATUS_DISK_FULL;
	io_wide_free(&text);
	for (ULONG i = 0; NT_SUCCESS(status) && NT_SUCCESS(reg_child_at(key, i, child, &length)); i++) {
		reg_name_push(name, child, length);
		status = export_key(name, file);
		/* A link that leads nowhere. */
		if (status == STATUS_OBJECT_NAME_NOT_FOUND)
			status = STATUS_SUCCESS;
		reg_name_pop(name, shown, nt);
	}
	NtClose(key);
	return status;
}

NTSTATUS reg_export(const struct reg_name *name, HANDLE file)
{
	static const WCHAR head[] = u"\xFEFFWindows Registry Editor Version 5.00\r\n\r\n";
	struct reg_name own;
	NTSTATUS status = STATUS_DISK_FULL;

	reg_name_init(&own);
	if (!reg_name_parse(&own, name->shown.text, name->shown.length))
		status = STATUS_NO_MEMORY;
	else if (write_all(file, head, ARRAY_SIZE(head) - 1))
		status = export_key(&own, file);
	reg_name_free(&own);
	return status;
}

/* --- reading --- */

struct import {
	HANDLE key; /* of the section; NULL: there is none, or it could not be had */
	NTSTATUS status;
};

static void fail(struct import *import, NTSTATUS status)
{
	if (!NT_SUCCESS(status) && NT_SUCCESS(import->status))
		import->status = status;
}

static void import_key(void *context, const WCHAR *text, size_t length, bool gone)
{
	struct import *import = context;
	struct reg_name name;
	NTSTATUS status = STATUS_SUCCESS;

	if (import->key)
		NtClose(import->key);
	import->key = NULL;
	reg_name_init(&name);
	/* What is no key is passed by with its values. */
	if (reg_name_parse(&name, text, length)) {
		status = gone ? reg_delete_tree(&name) : reg_create(&name, &import->key);
		if (gone && status == STATUS_OBJECT_NAME_NOT_FOUND)
			status = STATUS_SUCCESS;
		if (!NT_SUCCESS(status))
			import->key = NULL;
	}
	fail(import, status);
	reg_name_free(&name);
}

static void import_value(void *context, const WCHAR *name, DWORD type, const void *data, size_t size)
{
	struct import *import = context;

	if (import->key)
		fail(import, reg_set(import->key, name, type, data, size));
}

static void import_value_gone(void *context, const WCHAR *name)
{
	struct import *import = context;
	NTSTATUS status = import->key ? reg_delete_value(import->key, name) : STATUS_SUCCESS;

	if (status != STATUS_OBJECT_NAME_NOT_FOUND)
		fail(import, status);
}

static size_t widen(const char *bytes, size_t size, WCHAR *wide)
{
	INT units = size ? MultiByteToWideChar(CP_ACP, 0, bytes, (INT)size, wide, (INT)size) : 0;

	return units > 0 ? (size_t)units : 0;
}

static BYTE *read_all(HANDLE file, size_t *size)
{
	LARGE_INTEGER length;
	BYTE *bytes;
	DWORD count = 0;

	if (!GetFileSizeEx(file, &length) || length.QuadPart > LARGEST_FILE)
		return NULL;
	bytes = malloc((size_t)length.QuadPart + sizeof(WCHAR));
	*size = 0;
	while (bytes && *size < (size_t)length.QuadPart &&
	       ReadFile(file, bytes + *size, (DWORD)((size_t)length.QuadPart - *size), &count, NULL) && count)
		*size += count;
	return bytes;
}

NTSTATUS reg_import(HANDLE file)
{
	struct import import = {NULL, STATUS_SUCCESS};
	const struct reg_sink sink = {&import, import_key, import_value, import_value_gone, widen};
	size_t size;
	BYTE *bytes = read_all(file, &size);
	bool ok;

	if (!bytes)
		return STATUS_NO_MEMORY;
	if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
		ok = reg_parse((const WCHAR *)bytes, size / sizeof(WCHAR), &sink);
	} else {
		WCHAR *wide = malloc((size + 1) * sizeof(WCHAR));

		ok = wide && reg_parse(wide, widen((const char *)bytes, size, wide), &sink);
		free(wide);
	}
	free(bytes);
	if (import.key)
		NtClose(import.key);
	return ok ? import.status : STATUS_INVALID_PARAMETER;
}

/* --- the verbs, and regedit --- */

static DWORD export_to(const struct reg_name *name, const WCHAR *path)
{
	HANDLE key, file;
	NTSTATUS status = reg_open(name, KEY_READ, &key);

	if (!NT_SUCCESS(status))
		return reg_failed(status);
	NtClose(key);
	file = CreateFileW(path, GENERIC_WRITE_ACCESS, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	if (file == INVALID_HANDLE) {
		output_error("ERROR: Unable to write to the file. There may be a disk or file system error.\n");
		return 1;
	}
	status = reg_export(name, file);
	CloseHandle(file);
	return NT_SUCCESS(status) ? 0 : reg_failed(status);
}

DWORD reg_export_verb(const struct reg_arguments *arguments)
{
	struct reg_name name;
	struct io_wide question;
	bool force = false, view = false, ok = arguments->count >= 2 && arguments->words[1][0] != u'/';
	DWORD code = 1;

	for (unsigned i = 2; i < arguments->count && ok; i++) {
		int is_view = reg_is_view(arguments->words[i], &view);

		if (is_view > 0)
			continue;
		ok = !is_view && !force && reg_is_switch(arguments->words[i], u"y");
		force = true;
	}
	reg_name_init(&name);
	io_wide_init(&question);
	if (!reg_first_key(arguments, &name)) {
	} else if (!ok) {
		reg_bad_syntax(arguments);
	} else {
		output_put(&question, "File %s already exists. Overwrite", arguments->words[1]);
		if (!force && GetFileAttributesW(arguments->words[1]) != INVALID_FILE_ATTRIBUTES && !reg_asked(question.text))
			code = 0;
		else
			code = export_to(&name, arguments->words[1]) ? 1 : reg_done();
	}
	io_wide_free(&question);
	reg_name_free(&name);
	return code;
}

static NTSTATUS import_from(const WCHAR *path, bool *opened)
{
	HANDLE file = lines_open(path);
	NTSTATUS status;

	*opened = file != INVALID_HANDLE;
	if (!*opened)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	status = reg_import(file);
	CloseHandle(file);
	return status;
}

DWORD reg_import_verb(const struct reg_arguments *arguments)
{
	bool view = false, opened;
	NTSTATUS status;

	if (!arguments->count || arguments->words[0][0] == u'/' || arguments->count > 2 ||
	    (arguments->count == 2 && reg_is_view(arguments->words[1], &view) <= 0))
		return reg_bad_syntax(arguments);
	status = import_from(arguments->words[0], &opened);
	if (NT_SUCCESS(status)) {
		/* To standard error, as Windows does. */
		output_error("The operation completed successfully.\n\n");
		return 0;
	}
	if (!opened)
		output_error("ERROR: Error opening the file. There may be a disk or file system error.\n");
	else if (status == STATUS_INVALID_PARAMETER)
		output_error("ERROR: The specified file is not a registry script. You can import only registry files.\n");
	else
		output_error("ERROR: Error accessing the registry.\n");
	return 1;
}

/* regedit [/s] file...; regedit /e file [key].  It asks nobody: there is no window. */
PROGRAM("regedit.exe", regedit_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word, path;
	struct reg_name name;
	bool quoted, export = false, silent = false, opened;
	DWORD code = 0;

	io_wide_init(&word);
	io_wide_init(&path);
	reg_name_init(&name);
	while (!code && arguments_next(&at, &word, &quoted)) {
		if (reg_is_switch(word.text, u"s") || reg_is_switch(word.text, u"silent")) {
			silent = true;
		} else if (reg_is_switch(word.text, u"e") || reg_is_switch(word.text, u"a")) {
			export = true;
		} else if (word.text[0] == u'/') {
			code = 1;
		} else if (export && path.length) {
			code = !reg_name_parse(&name, word.text, word.length);
		} else if (export) {
			text_put(&path, word.text);
		} else {
			code = !NT_SUCCESS(import_from(word.text, &opened));
		}
	}
	if (!code && export && path.length)
		code = name.shown.length ? export_to(&name, path.text) : 1;
	if (code && !silent)
		output_error("regedit: what was asked for could not be done.\n");
	reg_name_free(&name);
	io_wide_free(&path);
	io_wide_free(&word);
	return code;
}
