/*
 * kernel32/winbase_profile_write.c - initialization files, written (MSDN, winbase.h: WritePrivateProfileString and its
 * relatives), and structures in them.
 *
 * The file is read, its text changed, and written again in the form it had; lines that are not meant stay as they are.
 */
#include "kernel32/profile.h"
#include "kernel32/api.h"

#include <stdlib.h>
#include <string.h>


/* Puts text in place of [from, to).  False with the last error set. */
static bool replace(struct profile *profile, size_t from, size_t to, const WCHAR *text, size_t length)
{
	size_t wanted = profile->length - (to - from) + length;

	if (wanted > profile->capacity || !profile->text) {
		WCHAR *grown = realloc(profile->text, (wanted + 1) * sizeof(WCHAR));

		if (!grown) {
			set_last_error(ERROR_NOT_ENOUGH_MEMORY);
			return false;
		}
		profile->text = grown;
		profile->capacity = wanted;
	}
	memmove(profile->text + from + length, profile->text + to, (profile->length - to) * sizeof(WCHAR));
	memcpy(profile->text + from, text, length * sizeof(WCHAR));
	profile->length = wanted;
	return true;
}

/* `parts` one after another, then a line's end; in front of it a line's end if the text does not end with one. */
static bool insert_line(struct profile *profile, size_t at, const WCHAR *const parts[3], size_t *behind)
{
	if (at && profile->text[at - 1] != '\n' && profile->text[at - 1] != '\r') {
		if (!replace(profile, at, at, u"\r\n", 2))
			return false;
		at += 2;
	}
	for (unsigned i = 0; i < 3; i++) {
		size_t length = parts[i] ? rtl_wcslen(parts[i]) : 0;

		if (length && !replace(profile, at, at, parts[i], length))
			return false;
		at += length;
	}
	*behind = at + 2;
	return replace(profile, at, at, u"\r\n", 2);
}

/* Where a section ends: the next header or the end; `last` is behind its last line that is not empty. */
static size_t section_end(const struct profile *profile, const struct profile_line *header, size_t *last)
{
	struct profile_line line;
	size_t at = header->next;

	*last = header->next;
	while (profile_next_line(profile, at, &line) && !profile_is_header(profile, &line)) {
		at = line.next;
		if (line.start < line.end)
			*last = line.next;
	}
	return at;
}

static bool save(const struct profile *profile)
{
	/* What is to be written is there before the file's old content goes. */
	DWORD size = 0, done = 0;
	char *data;
	HANDLE file;
	BOOL good;

	if (profile->unicode)
		size = (DWORD)((profile->length + 1) * sizeof(WCHAR));
	else if (profile->length)
		size = (DWORD)WideCharToMultiByte(CP_ACP, 0, profile->text, (INT)profile->length, NULL, 0, NULL, NULL);
	data = malloc((size_t)size + 1);
	if (!data) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return false;
	}
	if (profile->unicode) {
		memcpy(data, "\xFF\xFE", 2);
		memcpy(data + 2, profile->text, size - 2);
	} else if (size) {
		WideCharToMultiByte(CP_ACP, 0, profile->text, (INT)profile->length, data, (INT)size, NULL, NULL);
	}
	file = CreateFileW(profile->path, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	if (file == INVALID_HANDLE_VALUE) {
		free(data);
		return false;
	}
	/* Over the old content, and what is left of it goes last. */
	good = WriteFile(file, data, size, &done, NULL);
	if (good && done != size) {
		set_last_error(ERROR_DISK_FULL);
		good = FALSE;
	}
	good = good && SetEndOfFile(file);
	CloseHandle(file);
	free(data);
	return good;
}

/* Sets, or with no value deletes. */
static bool set_key(struct profile *profile, LPCWSTR section, LPCWSTR key, LPCWSTR value)
{
	const WCHAR *const header_parts[3] = {u"[", section, u"]"}, *const parts[3] = {key, u"=", value};
	struct profile_line header, line;
	size_t at, place;

	if (!profile_find_section(profile, section, &header)) {
		return !value || (insert_line(profile, profile->length, header_parts, &place) &&
				  insert_line(profile, place, parts, &place));
	}
	if (profile_find_key(profile, &header, key, &line, &at)) {
		if (!value)
			return replace(profile, line.begin, line.next, u"", 0);
		return replace(profile, at, line.end, value, rtl_wcslen(value));
	}
	if (!value)
		return true;
	section_end(profile, &header, &place);
	return insert_line(profile, place, parts, &place);
}

static bool delete_section(struct profile *profile, LPCWSTR section)
{
	struct profile_line header;
	size_t last;

	if (!profile_find_section(profile, section, &header))
		return true;
	return replace(profile, header.begin, section_end(profile, &header, &last), u"", 0);
}

/* No section: a request to write out what is kept, which is nothing; MSDN says that it answers 0. */
EXPORT(kernel32, BOOL, WritePrivateProfileStringW, (LPCWSTR section, LPCWSTR key, LPCWSTR value, LPCWSTR file))
{
	struct profile profile;
	bool good;

	if (!section) {
		if (key || value)
			set_last_error(ERROR_FILE_NOT_FOUND);
		return FALSE;
	}
	good = profile_open(&profile, file) &&
	       (key ? set_key(&profile, section, key, value) : delete_section(&profile, section)) && save(&profile);
	profile_close(&profile);
	return good;
}

EXPORT(kernel32, BOOL, WritePrivateProfileStringA, (LPCSTR section, LPCSTR key, LPCSTR value, LPCSTR file))
{
	LPCSTR texts[4] = {section, key, value, file};
	struct wide_argument wide[4];
	bool failed = false;
	BOOL result;

	for (unsigned i = 0; i < 4; i++) {
		wide_argument_set(&wide[i], texts[i]);
		failed |= wide[i].failed;
	}
	result = !failed && WritePrivateProfileStringW(wide[0].text, wide[1].text, wide[2].text, wide[3].text);
	for (unsigned i = 0; i < 4; i++)
		wide_argument_free(&wide[i]);
	return result;
}

EXPORT(kernel32, BOOL, WriteProfileStringW, (LPCWSTR section, LPCWSTR key, LPCWSTR value))
{
	return WritePrivateProfileStringW(section, key, value, NULL);
}

EXPORT(kernel32, BOOL, WriteProfileStringA, (LPCSTR section, LPCSTR key, LPCSTR value))
{
	return WritePrivateProfileStringA(section, key, value, NULL);
}

/* Replaces all lines of a section by a list of strings; NULL deletes it. */
EXPORT(kernel32, BOOL, WritePrivateProfileSectionW, (LPCWSTR section, LPCWSTR lines, LPCWSTR file))
{
	const WCHAR *const header_parts[3] = {u"[", section, u"]"};
	struct profile_line header;
	struct profile profile;
	size_t place, last;
	bool good;

	if (!section) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	good = profile_open(&profile, file);
	if (good && !lines) {
		good = delete_section(&profile, section);
	} else if (good) {
		if (profile_find_section(&profile, section, &header)) {
			place = header.next;
			good = replace(&profile, place, section_end(&profile, &header, &last), u"", 0);
		} else {
			good = insert_line(&profile, profile.length, header_parts, &place);
		}
		for (; good && *lines; lines += rtl_wcslen(lines) + 1) {
			const WCHAR *const parts[3] = {lines};

			good = insert_line(&profile, place, parts, &place);
		}
	}
	good = good && save(&profile);
	profile_close(&profile);
	return good;
}

EXPORT(kernel32, BOOL, WritePrivateProfileSectionA, (LPCSTR section, LPCSTR lines, LPCSTR file))
{
	struct wide_argument wide_section, wide_file;
	WCHAR *wide_lines = NULL;
	BOOL result = FALSE;
	size_t size = 0;

	while (lines && lines[size])
		size += strlen(lines + size) + 1;
	wide_argument_set(&wide_section, section);
	wide_argument_set(&wide_file, file);
	if (lines) {
		size_t length = 0;

		wide_lines = calloc(size + 2, sizeof(WCHAR));
		for (size_t at = 0; wide_lines && at < size; at += strlen(lines + at) + 1) {
			struct wide_argument line;

			wide_argument_set(&line, lines + at);
			if (line.text)
				memcpy(wide_lines + length, line.text, (rtl_wcslen(line.text) + 1) * sizeof(WCHAR));
			length += line.text ? rtl_wcslen(line.text) + 1 : 0;
			wide_argument_free(&line);
		}
	}
	if (lines && !wide_lines)
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
	else if (!wide_section.failed && !wide_file.failed)
		result = WritePrivateProfileSectionW(wide_section.text, wide_lines, wide_file.text);
	free(wide_lines);
	wide_argument_free(&wide_section);
	wide_argument_free(&wide_file);
	return result;
}

EXPORT(kernel32, BOOL, WriteProfileSectionW, (LPCWSTR section, LPCWSTR lines))
{
	return WritePrivateProfileSectionW(section, lines, NULL);
}

EXPORT(kernel32, BOOL, WriteProfileSectionA, (LPCSTR section, LPCSTR lines))
{
	return WritePrivateProfileSectionA(section, lines, NULL);
}

/* --- structures: their bytes and the sum of these, in hexadecimal digits --- */

EXPORT(kernel32, BOOL, WritePrivateProfileStructW, (LPCWSTR section, LPCWSTR key, LPVOID data, UINT size, LPCWSTR file))
{
	static const char digits[] = "0123456789ABCDEF";
	const BYTE *bytes = data;
	BYTE sum = 0;
	WCHAR *text;
	BOOL result;

	if (!data && !size)
		return WritePrivateProfileStringW(section, key, NULL, file);
	text = size < 0x10000000 ? malloc((2 * (size_t)size + 3) * sizeof(WCHAR)) : NULL;
	if (!text) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	for (UINT i = 0; i <= size; i++) {
		BYTE byte = i < size ? bytes[i] : sum;

		text[2 * i] = (WCHAR)digits[byte >> 4];
		text[2 * i + 1] = (WCHAR)digits[byte & 15];
		sum = (BYTE)(sum + byte);
	}
	text[2 * (size_t)size + 2] = 0;
	result = WritePrivateProfileStringW(section, key, text, file);
	free(text);
	return result;
}

static int digit(WCHAR c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* ERROR_FILE_NOT_FOUND, ERROR_BAD_LENGTH for another size, ERROR_INVALID_DATA for a wrong sum. */
EXPORT(kernel32, BOOL, GetPrivateProfileStructW, (LPCWSTR section, LPCWSTR key, LPVOID data, UINT size, LPCWSTR file))
{
	size_t length = 2 * (size_t)size + 2;
	WCHAR *text = size < 0x10000000 ? malloc((length + 2) * sizeof(WCHAR)) : NULL;
	DWORD got, error = 0;
	BYTE sum = 0;

	if (!text) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return FALSE;
	}
	got = GetPrivateProfileStringW(section, key, NULL, text, (DWORD)length + 2, file);
	if (!got)
		error = ERROR_FILE_NOT_FOUND;
	else if (got != length)
		error = ERROR_BAD_LENGTH;
	for (size_t i = 0; !error && i < length; i += 2) {
		int high = digit(text[i]), low = digit(text[i + 1]);

		if (high < 0 || low < 0 || (i == length - 2 && (high << 4 | low) != sum))
			error = ERROR_INVALID_DATA;
		sum = (BYTE)(sum + (high << 4 | low));
	}
	for (size_t i = 0; !error && i < size; i++)
		((BYTE *)data)[i] = (BYTE)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	free(text);
	set_last_error(error);
	return !error;
}

typedef BOOL WINAPI struct_function(LPCWSTR section, LPCWSTR key, LPVOID data, UINT size, LPCWSTR file);

static BOOL struct_a(struct_function *function, LPCSTR section, LPCSTR key, LPVOID data, UINT size, LPCSTR file)
{
	LPCSTR texts[3] = {section, key, file};
	struct wide_argument wide[3];
	bool failed = false;
	BOOL result;

	for (unsigned i = 0; i < 3; i++) {
		wide_argument_set(&wide[i], texts[i]);
		failed |= wide[i].failed;
	}
	result = !failed && function(wide[0].text, wide[1].text, data, size, wide[2].text);
	for (unsigned i = 0; i < 3; i++)
		wide_argument_free(&wide[i]);
	return result;
}

EXPORT(kernel32, BOOL, WritePrivateProfileStructA, (LPCSTR section, LPCSTR key, LPVOID data, UINT size, LPCSTR file))
{
	return struct_a(WritePrivateProfileStructW, section, key, data, size, file);
}

EXPORT(kernel32, BOOL, GetPrivateProfileStructA, (LPCSTR section, LPCSTR key, LPVOID data, UINT size, LPCSTR file))
{
	return struct_a(GetPrivateProfileStructW, section, key, data, size, file);
}
