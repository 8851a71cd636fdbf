/*
 * kernel32/formatmessage.c - FormatMessage: the text of an error or of a message table, with inserts.
 *
 * Everything is done in UTF-16; the A form converts its source and its result.  In FormatMessageA an insert without a
 * format (or !s!) is a narrow string, in FormatMessageW a wide one (MSDN FormatMessage).
 */
#include "kernel32/formatmessage.h"
#include "kernel32/kernel32.h"
#include "ntdll/ldr.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

#include "kernel32/system_messages.h"

#define RT_MESSAGETABLE 11
#define MAX_NARROW 0x7FFFu

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size);

/* --- where messages come from --------------------------------------------------------------------------------- */

static char16_t *widen(const char *bytes, size_t length)
{
	char16_t *wide = malloc((length + 1) * sizeof(*wide));
	size_t count;
	if (!wide)
		return NULL;
	count = nls_to_utf16(NLS_ACP, 0, wide, length, bytes, length);
	wide[count] = 0;
	return wide;
}

static const char *find_text(const struct system_message *messages, size_t count, DWORD id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (messages[middle].code == id)
			return messages[middle].text;
		if (messages[middle].code < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static char16_t *with_line_end(const char *text)
{
	size_t length = strlen(text);
	char *line = malloc(length + 3);
	char16_t *wide;
	if (!line)
		return NULL;
	memcpy(line, text, length);
	memcpy(line + length, "\r\n", 3);
	wide = widen(line, length + 2);
	free(line);
	return wide;
}

static bool is_ntdll(HMODULE module)
{
	UNICODE_STRING name = {18, 20, (PWSTR)u"ntdll.dll"};
	HMODULE found;
	return ldr_operations.find && NT_SUCCESS(ldr_operations.find(&name, &found)) && found == module;
}

struct message_block {
	DWORD low, high, offset;
};
struct message_entry {
	WORD length, flags; /* 1: UTF-16 */
	char text[];
};

/* A message of the module's table; a copy, or NULL and the Win32 error.  Offsets of the table are checked. */
static char16_t *from_module(HMODULE module, DWORD id, LANGID language, DWORD *error)
{
	ULONG_PTR path[3] = {RT_MESSAGETABLE, 1, language};
	const struct message_block *blocks;
	const void *entry;
	void *data;
	const char *table;
	ULONG size;
	DWORD count;
	NTSTATUS status;

	if (!module)
		module = NtCurrentPeb()->ImageBaseAddress;
	if (is_ntdll(module)) {
		const char *text = find_text(status_messages, ARRAY_SIZE(status_messages), id);
		*error = ERROR_MR_MID_NOT_FOUND;
		return text ? with_line_end(text) : NULL;
	}
	if (!ldr_operations.find_resource) {
		*error = ERROR_RESOURCE_DATA_NOT_FOUND;
		return NULL;
	}
	status = ldr_operations.find_resource(module, path, 3, &entry);
	if (NT_SUCCESS(status))
		status = ldr_operations.access_resource(module, entry, &data, &size);
	if (!NT_SUCCESS(status)) {
		*error = RtlNtStatusToDosError(status);
		return NULL;
	}
	table = data;
	*error = ERROR_MR_MID_NOT_FOUND;
	if (size < 4)
		return NULL;
	memcpy(&count, table, 4);
	blocks = (const struct message_block *)(table + 4);
	if (count > (size - 4) / sizeof(*blocks))
		return NULL;
	for (DWORD i = 0; i < count; i++) {
		size_t offset = blocks[i].offset;
		if (id < blocks[i].low || id > blocks[i].high)
			continue;
		for (DWORD number = blocks[i].low;; number++) {
			const struct message_entry *message = (const struct message_entry *)(table + offset);
			if (offset > size || size - offset < sizeof(*message) || message->length < sizeof(*message) ||
			    message->length > size - offset)
				return NULL;
			if (number == id) {
				size_t bytes = message->length - sizeof(*message);
				char16_t *copy;
				if (!(message->flags & 1))
					return widen(message->text, strnlen(message->text, bytes));
				copy = calloc(bytes / 2 + 1, sizeof(*copy));
				if (copy)
					memcpy(copy, message->text, bytes / 2 * 2);
				return copy;
			}
			offset += message->length;
		}
	}
	return NULL;
}

static char16_t *from_system(DWORD id, LANGID language, DWORD *error)
{
	const char *text;

	/* We speak English only: neutral, any default, or English. */
	if ((language & 0x3FF) != 0 && (language & 0x3FF) != 9) {
		*error = ERROR_RESOURCE_LANG_NOT_FOUND;
		return NULL;
	}
	/* An HRESULT of FACILITY_WIN32 has the text of the Win32 error. */
	if (id >> 16 == 0x8007)
		id &= 0xFFFF;
	text = find_text(system_messages, ARRAY_SIZE(system_messages), id);
	*error = ERROR_MR_MID_NOT_FOUND;
	return text ? with_line_end(text) : NULL;
}

/* The text before anything is inserted, in memory of malloc; NULL and the last error. */
static char16_t *find_source(DWORD flags, const void *source, DWORD id, DWORD language, bool wide)
{
	char16_t *found = NULL;
	DWORD error = ERROR_NOT_ENOUGH_MEMORY;

	if (flags & FORMAT_MESSAGE_FROM_STRING) {
		if (!source)
			error = ERROR_INVALID_PARAMETER;
		else if (wide)
			found = malloc((rtl_wcslen(source) + 1) * sizeof(*found));
		else
			found = widen(source, strlen(source));
		if (wide && found)
			memcpy(found, source, (rtl_wcslen(source) + 1) * sizeof(*found));
	} else if (flags & (FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM)) {
		if (flags & FORMAT_MESSAGE_FROM_HMODULE)
			found = from_module((HMODULE)source, id, (LANGID)language, &error);
		if (!found && flags & FORMAT_MESSAGE_FROM_SYSTEM)
			found = from_system(id, (LANGID)language, &error);
	} else {
		error = ERROR_INVALID_PARAMETER;
	}
	if (!found)
		set_last_error(error);
	return found;
}

/*
 * The formatted text, terminated, in memory of malloc, and its length; NULL and the last error.  Text that is longer than
 * `room` is cut somewhere behind it.  What there was before a mistake is left in `partial` of that size, where given.
 */
static char16_t *format(DWORD flags, const void *source, DWORD id, DWORD language, const void *list, bool wide, size_t room,
			char16_t *partial, size_t *count)
{
	struct arguments arguments = {.array = flags & FORMAT_MESSAGE_ARGUMENT_ARRAY};
	struct message message = {.width = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK, .room = room};
	char16_t *text = find_source(flags, source, id, language, wide);
	DWORD error;

	if (!text)
		return NULL;
	/* A va_list of the Microsoft convention is a pointer to 8-byte slots, as the array is. */
	if (list)
		arguments.next = arguments.array ? list : *(const ULONG_PTR *const *)list;
	error = message_expand(&message, text, flags, &arguments, wide);
	if (list && !arguments.array)
		*(const ULONG_PTR **)list = arguments.next;
	free(text);
	*count = message.text.count;
	if (error && partial && *count && !message.text.failed)
		memcpy(partial, message.text.units, (*count < room ? *count : room) * sizeof(*partial));
	rtl_text_put(&message.text, 0);
	if (message.text.failed)
		error = ERROR_NOT_ENOUGH_MEMORY;
	if (error) {
		free(message.text.units);
		set_last_error(error);
		return NULL;
	}
	return message.text.units;
}

EXPORT(kernel32, DWORD, FormatMessageW,
       (DWORD flags, LPCVOID source, DWORD id, DWORD language, LPWSTR buffer, DWORD size, void *arguments))
{
	bool allocate = flags & FORMAT_MESSAGE_ALLOCATE_BUFFER;
	char16_t *text;
	size_t count;

	if (!buffer) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	if (allocate)
		*(LPWSTR *)buffer = NULL;
	text = format(flags, source, id, language, arguments, true, allocate ? SIZE_MAX : size, allocate ? NULL : buffer, &count);
	if (!text)
		return 0;
	if (!count && (allocate || size)) {
		if (!allocate)
			*buffer = 0;
		free(text);
		set_last_error(ERROR_NO_WORK_DONE);
		return 0;
	}
	if (allocate) {
		LPWSTR block = LocalAlloc(0, (count + 1 > size ? count + 1 : size) * sizeof(WCHAR));
		if (!block) {
			free(text);
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		*(LPWSTR *)buffer = block;
		buffer = block;
	} else if (size <= count) {
		/* What fits is written, as far as there is room for a terminator. */
		if (size) {
			memcpy(buffer, text, (size - 1) * sizeof(WCHAR));
			buffer[size - 1] = 0;
		}
		free(text);
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	memcpy(buffer, text, (count + 1) * sizeof(WCHAR));
	free(text);
	return (DWORD)count;
}

EXPORT(kernel32, DWORD, FormatMessageA,
       (DWORD flags, LPCVOID source, DWORD id, DWORD language, LPSTR buffer, DWORD size, void *arguments))
{
	char16_t *text;
	size_t count, bytes;

	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		if (!buffer) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		*(LPSTR *)buffer = NULL;
	}
	text = format(flags, source, id, language, arguments, false, SIZE_MAX, NULL, &count);
	if (!text)
		return 0;
	bytes = nls_from_utf16(NLS_ACP, 0, NULL, 0, text, count, NULL, NULL);
	/* The narrow form alone has a limit (as on Windows). */
	if (!bytes || bytes >= MAX_NARROW) {
		free(text);
		set_last_error(bytes ? ERROR_INVALID_PARAMETER : ERROR_NO_WORK_DONE);
		return 0;
	}
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		LPSTR block = LocalAlloc(0, bytes + 1 > size ? bytes + 1 : size);
		if (!block) {
			free(text);
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return 0;
		}
		*(LPSTR *)buffer = block;
		buffer = block;
	} else if (!buffer || size <= bytes) {
		free(text);
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	nls_from_utf16(NLS_ACP, 0, buffer, bytes, text, count, NULL, NULL);
	buffer[bytes] = 0;
	free(text);
	return (DWORD)bytes;
}
