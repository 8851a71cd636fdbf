/*
 * ntdll/io/name.c - NT names and host names.
 *
 * \??\Z:\a\b is /a/b, \??\C:\a is a in the C: tree.  A component travels as UTF-8 (losslessly, see rtl.h); characters
 * that NT does not allow in names but Linux does appear as U+F000 + character, as Services for Unix and the CIFS
 * client of Linux do, and go back the same way.
 */
#include "ntdll/io/private.h"

#include <stdlib.h>
#include <string.h>

void io_name_init(struct io_name *name)
{
	name->device = IO_DEVICE_DISK;
	io_narrow_init(&name->path);
	name->trailing_slash = false;
	name->root = 0;
	name->rest = NULL;
	name->rest_length = 0;
}

void io_name_free(struct io_name *name)
{
	io_narrow_free(&name->path);
}

/* Characters that Linux allows in names and NT does not. */
#define BIT(c) (1ull << ((c) % 64))
static const uint64_t forbidden[2] = {
	0xFFFFFFFF | BIT('"') | BIT('*') | BIT(':') | BIT('<') | BIT('>') | BIT('?'),
	BIT('|') | BIT('\\'),
};

static bool is_forbidden(unsigned c)
{
	return c < 0x80 && forbidden[c / 64] >> c % 64 & 1;
}

size_t io_name_from_host(char16_t *to, size_t capacity, const char *from, size_t length)
{
	bool plain = true, dots = length && from[0] == '.' && (length == 1 || (length == 2 && from[1] == '.'));
	size_t units;

	for (size_t i = 0; i < length; i++)
		if (is_forbidden((unsigned char)from[i]))
			plain = false;
	units = rtl_utf8_to_utf16(to, capacity, from, length);
	if (units > capacity)
		return units;
	if (!plain)
		for (size_t i = 0; i < units; i++)
			if (to[i] < 0x80 && is_forbidden(to[i]))
				to[i] = (char16_t)(0xF000 + to[i]);
	/* NT never shows a name that ends in a dot or a space */
	if (units && !dots && (to[units - 1] == u'.' || to[units - 1] == u' '))
		to[units - 1] = (char16_t)(0xF000 + to[units - 1]);
	return units;
}

static bool is_mapped(char16_t c)
{
	return c > 0xF000 && c < 0xF080 && (is_forbidden(c - 0xF000u) || c == 0xF000 + '.' || c == 0xF000 + ' ');
}

NTSTATUS io_name_to_host(struct io_narrow *to, const char16_t *from, size_t length)
{
	size_t start = to->length, run = 0;
	char16_t all = 0;
	char chunk[256];

	if (length == 0 || length > 255)
		return STATUS_OBJECT_NAME_INVALID;
	for (size_t i = 0; i < length; i++) {
		if (from[i] == u'/' || is_forbidden(from[i]))
			return STATUS_OBJECT_NAME_INVALID;
		chunk[i] = (char)from[i];
		all |= from[i];
	}
	if (all < 0x80) {
		io_narrow_put(to, chunk, length);
		run = length;
	}
	while (run < length) {
		size_t end = run;

		while (end < length && end - run < 64 && !is_mapped(from[end]))
			end++;
		/* a pair of surrogates stays together */
		if (end < length && end - run == 64 && (from[end] & 0xFC00) == 0xDC00)
			end--;
		if (end > run) {
			size_t bytes = rtl_utf16_to_utf8(chunk, sizeof(chunk), from + run, end - run);

			io_narrow_put(to, chunk, bytes);
		} else {
			chunk[0] = (char)(from[run] - 0xF000);
			io_narrow_put(to, chunk, 1);
			end = run + 1;
		}
		run = end;
	}
	if (to->failed)
		return STATUS_NO_MEMORY;
	if (strcmp(to->text + start, ".") == 0 || strcmp(to->text + start, "..") == 0)
		return STATUS_OBJECT_NAME_INVALID;
	/* Linux counts bytes where NT counts units */
	if (to->length - start > 255)
		return STATUS_OBJECT_NAME_INVALID;
	return STATUS_SUCCESS;
}

/* Appends the components of an NT path (after the drive) to name->path. */
static NTSTATUS put_components(struct io_name *name, const char16_t *text, size_t length)
{
	size_t at = 0;

	if (length && text[length - 1] == u'\\') {
		name->trailing_slash = true;
		length--;
	}
	while (at < length) {
		size_t end = at, count;
		NTSTATUS status;

		while (end < length && text[end] != u'\\')
			end++;
		count = end - at;
		/* the unnamed stream of the last component may be named */
		if (end == length && count > 7 && text[end - 7] == u':' && rtl_compare_nocase(text + end - 7, 7, u"::$DATA", 7) == 0)
			count -= 7;
		if (!(name->path.length && name->path.text[name->path.length - 1] == '/'))
			io_narrow_put(&name->path, "/", 1);
		status = io_name_to_host(&name->path, text + at, count);
		if (!NT_SUCCESS(status))
			return status;
		at = end < length ? end + 1 : length;
		if (end + 1 == length && text[end] == u'\\')
			return STATUS_OBJECT_NAME_INVALID; /* two backslashes at the end */
	}
	return name->path.failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

const char *io_drive_root(char16_t letter)
{
	switch (rtl_upcase(letter)) {
	case u'Z':
		return "/";
	case u'C':
		return io_c_drive();
	default:
		return NULL;
	}
}

static bool take_prefix(const char16_t **text, size_t *length, const char16_t *prefix)
{
	size_t count = rtl_wcslen(prefix);

	if (*length < count || rtl_compare_nocase(*text, count, prefix, count) != 0)
		return false;
	*text += count;
	*length -= count;
	return true;
}

static bool is_word(const char16_t *text, size_t length, const char16_t *word)
{
	return length == rtl_wcslen(word) && rtl_compare_nocase(text, length, word, length) == 0;
}

static NTSTATUS parse_drive(char16_t letter, const char16_t *text, size_t length, struct io_name *name)
{
	const char *root = io_drive_root(letter);

	if (!root)
		return length ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
	io_narrow_put(&name->path, root, strlen(root));
	name->root = name->path.length;
	if (length == 0) {
		name->device = IO_DEVICE_VOLUME;
		return name->path.failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
	}
	if (text[0] != u'\\')
		return STATUS_OBJECT_NAME_INVALID;
	/* Of the drive's backslash there may be two: Wine's test_nt_names, of Windows 10. */
	if (length > 1 && text[1] == u'\\') {
		text++;
		length--;
	}
	return put_components(name, text + 1, length - 1);
}

/* What follows \??\ */
static NTSTATUS parse_dos_device(const char16_t *text, size_t length, struct io_name *name)
{
	size_t word = 0;

	if (length >= 2 && text[1] == u':' && (length == 2 || text[2] == u'\\'))
		return parse_drive(text[0], text + 2, length - 2, name);
	while (word < length && text[word] != u'\\')
		word++;
	name->rest = text + word;
	name->rest_length = length - word;
	if (is_word(text, word, u"NUL")) {
		name->device = IO_DEVICE_NULL;
		return STATUS_SUCCESS;
	}
	if (is_word(text, word, u"CON")) {
		name->device = IO_DEVICE_CONSOLE;
		return STATUS_SUCCESS;
	}
	if (is_word(text, word, u"CONIN$")) {
		name->device = IO_DEVICE_CONSOLE_INPUT;
		return STATUS_SUCCESS;
	}
	if (is_word(text, word, u"CONOUT$")) {
		name->device = IO_DEVICE_CONSOLE_OUTPUT;
		return STATUS_SUCCESS;
	}
	if (is_word(text, word, u"PIPE")) {
		name->device = name->rest_length > 1 ? IO_DEVICE_PIPE : IO_DEVICE_PIPE_ROOT;
		if (name->rest_length) {
			name->rest++;
			name->rest_length--;
		}
		return STATUS_SUCCESS;
	}
	if (word == IO_VOLUME_NAME_LENGTH && rtl_compare_nocase(text, word - 2, IO_VOLUME_NAME, word - 2) == 0 &&
	    text[word - 1] == u'}' && (text[word - 2] == u'1' || text[word - 2] == u'2'))
		return parse_drive(text[word - 2] == u'1' ? u'C' : u'Z', text + word, length - word, name);
	if (is_word(text, word, u"UNC"))
		return STATUS_BAD_NETWORK_PATH;
	if (is_word(text, word, u"GLOBALROOT") && name->rest_length)
		return io_parse_name(name->rest, name->rest_length, NULL, name);
	if (word == 0 && length == 0)
		return STATUS_OBJECT_NAME_INVALID;
	return name->rest_length ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* What a handle's directory is called, for names relative to it. */
static NTSTATUS parse_relative(const char16_t *text, size_t length, HANDLE root, struct io_name *name)
{
	struct io_file *directory;
	NTSTATUS status = ob_reference_by_handle(root, &io_file_type, 0, (void **)&directory);

	if (!NT_SUCCESS(status))
		return status;
	if (length && text[0] == u'\\') {
		status = STATUS_INVALID_PARAMETER;
	} else if (!io_is_disk(directory)) {
		status = STATUS_OBJECT_PATH_SYNTAX_BAD;
	} else {
		status = io_path_now(directory, false, &name->path);
		if (NT_SUCCESS(status) && length && directory->kind != IO_DIRECTORY)
			status = STATUS_OBJECT_PATH_NOT_FOUND;
		name->root = 1;
		if (NT_SUCCESS(status) && length)
			status = put_components(name, text, length);
	}
	ob_dereference(directory);
	return status;
}

NTSTATUS io_parse_name(const char16_t *text, size_t length, HANDLE root, struct io_name *name)
{
	if (root)
		return parse_relative(text, length, root, name);
	if (length == 0)
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	if (text[0] != u'\\')
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	if (take_prefix(&text, &length, u"\\??\\") || take_prefix(&text, &length, u"\\DosDevices\\") ||
	    take_prefix(&text, &length, u"\\GLOBAL??\\"))
		return parse_dos_device(text, length, name);
	if (take_prefix(&text, &length, u"\\Device\\HarddiskVolume")) {
		/* volume 1 is C:, 2 is Z: (io_query_nt_name says the same) */
		if (length >= 1 && (text[0] == u'1' || text[0] == u'2') && (length == 1 || text[1] == u'\\'))
			return parse_drive(text[0] == u'1' ? u'C' : u'Z', text + 1, length - 1, name);
		return STATUS_OBJECT_PATH_NOT_FOUND;
	}
	if (take_prefix(&text, &length, u"\\SystemRoot")) {
		struct io_wide full;
		NTSTATUS status;

		if (length && text[0] != u'\\')
			return STATUS_OBJECT_PATH_NOT_FOUND;
		io_wide_init(&full);
		io_wide_put(&full, u"\\Windows", 8);
		io_wide_put(&full, text, length);
		status = full.failed ? STATUS_NO_MEMORY : parse_drive(u'C', full.text, full.length, name);
		io_wide_free(&full);
		return status;
	}
	if (take_prefix(&text, &length, u"\\Device\\NamedPipe")) {
		name->device = length > 1 ? IO_DEVICE_PIPE : IO_DEVICE_PIPE_ROOT;
		name->rest = length ? text + 1 : text;
		name->rest_length = length ? length - 1 : 0;
		return STATUS_SUCCESS;
	}
	if (length >= 11 && is_word(text, 11, u"\\Device\\Afd") && (length == 11 || text[11] == u'\\')) {
		name->device = IO_DEVICE_AFD; /* whatever follows is the opener's */
		return STATUS_SUCCESS;
	}
	if (is_word(text, length, u"\\Device\\Null")) {
		name->device = IO_DEVICE_NULL;
		return STATUS_SUCCESS;
	}
	if (is_word(text, length, u"\\Device\\ConDrv\\Input")) {
		name->device = IO_DEVICE_CONSOLE_INPUT;
		return STATUS_SUCCESS;
	}
	if (is_word(text, length, u"\\Device\\ConDrv\\Output")) {
		name->device = IO_DEVICE_CONSOLE_OUTPUT;
		return STATUS_SUCCESS;
	}
	for (size_t i = 1; i < length; i++)
		if (text[i] == u'\\')
			return STATUS_OBJECT_PATH_NOT_FOUND;
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

bool io_dos_path_from_unix(const char *path, struct io_wide *dos)
{
	const char *c_drive = io_c_drive(), *rest = path;
	size_t c_length = strlen(c_drive);
	char16_t component[256];

	dos->length = 0;
	dos->text[0] = 0;
	if (strncmp(path, c_drive, c_length) == 0 && (path[c_length] == '/' || !path[c_length])) {
		io_wide_put(dos, u"C:\\", 3);
		rest = path + c_length;
	} else {
		io_wide_put(dos, u"Z:\\", 3);
	}
	while (*rest) {
		const char *end;
		size_t units;

		while (*rest == '/')
			rest++;
		for (end = rest; *end && *end != '/'; end++)
			;
		if (end == rest)
			break;
		if (end - rest == 1 && *rest == '.') {
			rest = end;
			continue;
		}
		units = io_name_from_host(component, ARRAY_SIZE(component), rest, (size_t)(end - rest));
		if (units > ARRAY_SIZE(component))
			return false;
		if (dos->length > 3)
			io_wide_put(dos, u"\\", 1);
		io_wide_put(dos, component, units);
		rest = end;
	}
	return !dos->failed;
}

NTSTATUS io_unix_path_from_dos(const char16_t *name, size_t length, bool find, struct io_narrow *path)
{
	struct io_wide nt;
	struct io_name parsed;
	NTSTATUS status;

	path->length = 0;
	path->text[0] = 0;
	io_wide_init(&nt);
	io_name_init(&parsed);
	status = io_nt_path_from_dos(name, length, &nt);
	if (NT_SUCCESS(status))
		status = io_parse_name(nt.text, nt.length, NULL, &parsed);
	if (NT_SUCCESS(status) && parsed.device != IO_DEVICE_DISK && parsed.device != IO_DEVICE_VOLUME)
		status = STATUS_OBJECT_PATH_SYNTAX_BAD;
	if (NT_SUCCESS(status) && find && !host_path_exists(parsed.path.text))
		io_find_path(&parsed.path, parsed.root); /* corrects what it can */
	if (NT_SUCCESS(status) && !io_narrow_put(path, parsed.path.text, parsed.path.length))
		status = STATUS_NO_MEMORY;
	io_name_free(&parsed);
	io_wide_free(&nt);
	return status;
}

NTSTATUS io_capture_name(const OBJECT_ATTRIBUTES *attributes, struct io_captured_name *captured)
{
	struct ob_attributes *a = &captured->attributes;
	NTSTATUS status = ob_capture_attributes(attributes, a);

	if (!NT_SUCCESS(status))
		return status;
	io_name_init(&captured->name);
	status = io_parse_name(a->name ? a->name : u"", a->length, a->root, &captured->name);
	if (!NT_SUCCESS(status))
		io_release_name(captured);
	return status;
}

void io_release_name(struct io_captured_name *captured)
{
	io_name_free(&captured->name);
	ob_release_attributes(&captured->attributes);
}
