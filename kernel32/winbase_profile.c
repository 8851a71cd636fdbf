/*
 * kernel32/winbase_profile.c - initialization files, read (MSDN, winbase.h: GetPrivateProfileString and its relatives).
 *
 * Nothing of them is kept: each call reads the file.  No section is mapped to the registry.  What is not found sets
 * ERROR_FILE_NOT_FOUND, what is found ERROR_SUCCESS.
 */
#include "kernel32/profile.h"
#include "kernel32/api.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING string, ULONG base, PULONG value);
UINT WINAPI GetWindowsDirectoryW(LPWSTR buffer, UINT size);

static bool is_blank(WCHAR c)
{
	return c == ' ' || c == '\t';
}

/* --- the file --- */

static WCHAR *full_path(LPCWSTR name)
{
	WCHAR *path = NULL;
	DWORD length;

	if (!name)
		name = u"win.ini";
	for (const WCHAR *c = name; *c; c++) {
		if (*c != '\\' && *c != '/' && *c != ':')
			continue;
		length = GetFullPathNameW(name, 0, NULL, NULL);
		path = length ? malloc(length * sizeof(WCHAR)) : NULL;
		if (path)
			GetFullPathNameW(name, length, path, NULL);
		return path;
	}
	length = GetWindowsDirectoryW(NULL, 0);
	path = malloc((length + rtl_wcslen(name) + 2) * sizeof(WCHAR));
	if (path) {
		length = GetWindowsDirectoryW(path, length);
		path[length++] = '\\';
		memcpy(path + length, name, (rtl_wcslen(name) + 1) * sizeof(WCHAR));
	}
	return path;
}

static DWORD decode(struct profile *profile, const BYTE *bytes, size_t size)
{
	if (size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE) {
		profile->unicode = true;
		profile->length = size / 2 - 1;
		profile->text = malloc(size);
		if (profile->text)
			memcpy(profile->text, bytes + 2, profile->length * sizeof(WCHAR));
	} else {
		INT length = size ? MultiByteToWideChar(CP_ACP, 0, (LPCSTR)bytes, (INT)size, NULL, 0) : 0;

		profile->length = (size_t)length;
		profile->text = malloc(((size_t)length + 1) * sizeof(WCHAR));
		if (profile->text && length)
			MultiByteToWideChar(CP_ACP, 0, (LPCSTR)bytes, (INT)size, profile->text, length);
	}
	return profile->text ? 0 : ERROR_NOT_ENOUGH_MEMORY;
}

static DWORD read_file(struct profile *profile, HANDLE file)
{
	LARGE_INTEGER size;
	DWORD done, error;
	BYTE *bytes;

	if (!GetFileSizeEx(file, &size))
		return get_last_error();
	bytes = size.QuadPart < 0x40000000 ? malloc((size_t)size.QuadPart + 1) : NULL;
	if (!bytes)
		return ERROR_NOT_ENOUGH_MEMORY;
	error = ReadFile(file, bytes, (DWORD)size.QuadPart, &done, NULL) ? decode(profile, bytes, done)
									 : get_last_error();
	free(bytes);
	return error;
}

bool profile_open(struct profile *profile, LPCWSTR name)
{
	HANDLE file;
	DWORD error;

	*profile = (struct profile){.path = full_path(name)};
	if (!profile->path) {
		set_last_error(ERROR_NOT_ENOUGH_MEMORY);
		return false;
	}
	file = CreateFileW(profile->path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
			   NULL);
	if (file == INVALID_HANDLE_VALUE)
		return get_last_error() == ERROR_FILE_NOT_FOUND || get_last_error() == ERROR_PATH_NOT_FOUND;
	error = read_file(profile, file);
	CloseHandle(file);
	if (error)
		set_last_error(error);
	profile->exists = !error;
	profile->capacity = profile->length;
	return !error;
}

void profile_close(struct profile *profile)
{
	free(profile->path);
	free(profile->text);
}

/* --- its lines --- */

bool profile_next_line(const struct profile *profile, size_t at, struct profile_line *line)
{
	const WCHAR *text = profile->text;

	if (at >= profile->length)
		return false;
	line->begin = line->start = line->end = at;
	while (line->end < profile->length && text[line->end] != '\n' && text[line->end] != '\r')
		line->end++;
	line->next = line->end;
	if (line->next < profile->length && text[line->next] == '\r')
		line->next++;
	if (line->next < profile->length && text[line->next] == '\n')
		line->next++;
	while (line->start < line->end && is_blank(text[line->start]))
		line->start++;
	/* A NUL at the end is left there by programs that write their buffers whole. */
	while (line->end > line->start && (is_blank(text[line->end - 1]) || !text[line->end - 1]))
		line->end--;
	return true;
}

static bool profile_is_comment(const struct profile *profile, const struct profile_line *line)
{
	return line->start < line->end && profile->text[line->start] == ';';
}

/* Where the name ends; 0: no header. */
static size_t header_end(const struct profile *profile, const struct profile_line *line)
{
	if (line->start == line->end || profile->text[line->start] != '[')
		return 0;
	for (size_t i = line->start + 1; i < line->end; i++) {
		if (profile->text[i] == ']')
			return i;
	}
	return 0;
}

bool profile_is_header(const struct profile *profile, const struct profile_line *line)
{
	return header_end(profile, line) != 0;
}

/* Blanks around both do not count, nor does case. */
static bool same(const WCHAR *text, size_t length, LPCWSTR name)
{
	size_t name_length = rtl_wcslen(name);

	while (name_length && is_blank(*name))
		name++, name_length--;
	while (name_length && is_blank(name[name_length - 1]))
		name_length--;
	while (length && is_blank(*text))
		text++, length--;
	while (length && is_blank(text[length - 1]))
		length--;
	if (length != name_length)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (rtl_upcase(text[i]) != rtl_upcase(name[i]))
			return false;
	}
	return true;
}

bool profile_find_section(const struct profile *profile, LPCWSTR section, struct profile_line *header)
{
	for (size_t at = 0; profile_next_line(profile, at, header); at = header->next) {
		size_t end = header_end(profile, header);

		if (end && same(profile->text + header->start + 1, end - header->start - 1, section))
			return true;
	}
	return false;
}

bool profile_find_key(const struct profile *profile, const struct profile_line *header, LPCWSTR key,
		      struct profile_line *line, size_t *value)
{
	for (size_t at = header->next; profile_next_line(profile, at, line) && !profile_is_header(profile, line);
	     at = line->next) {
		size_t equals = line->start;

		if (profile_is_comment(profile, line))
			continue;
		while (equals < line->end && profile->text[equals] != '=')
			equals++;
		if (equals == line->end || !same(profile->text + line->start, equals - line->start, key))
			continue;
		for (*value = equals + 1; *value < line->end && is_blank(profile->text[*value]);)
			++*value;
		return true;
	}
	return false;
}

/* --- results --- */

/* What a call answers: one string, or a list of strings that each end with a NUL. */
struct answer {
	WCHAR *text; /* malloc'ed */
	size_t length;
	bool list, found;
};

static void add(struct answer *answer, const WCHAR *text, size_t length)
{
	WCHAR *grown = realloc(answer->text, (answer->length + length + 1) * sizeof(WCHAR));

	if (!grown)
		return;
	answer->text = grown;
	memcpy(grown + answer->length, text, length * sizeof(WCHAR));
	answer->length += length;
	if (answer->list)
		grown[answer->length++] = 0;
}

/* How many units are written: what does not fit is cut, a list's end then has both of its NULs. */
static DWORD cut(const struct answer *answer, size_t length, DWORD size)
{
	if (!answer->list)
		return length < size ? (DWORD)length : size - 1;
	return length + 2 <= size ? (DWORD)length : size < 2 ? 0 : size - 2;
}

static DWORD finish_w(struct answer *answer, LPWSTR buffer, DWORD size)
{
	DWORD length = 0;

	if (buffer && size) {
		length = cut(answer, answer->length, size);
		if (length)
			memcpy(buffer, answer->text, length * sizeof(WCHAR));
		buffer[length] = 0;
		if (answer->list && length && length + 1 < size)
			buffer[length + 1] = 0;
	}
	free(answer->text);
	set_last_error(answer->found ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND);
	return length;
}

static DWORD finish_a(struct answer *answer, LPSTR buffer, DWORD size)
{
	INT bytes = answer->length
			    ? WideCharToMultiByte(CP_ACP, 0, answer->text, (INT)answer->length, NULL, 0, NULL, NULL)
			    : 0;
	char *narrow = malloc((size_t)bytes + 1);
	DWORD length = 0;

	if (narrow && buffer && size) {
		if (bytes)
			WideCharToMultiByte(CP_ACP, 0, answer->text, (INT)answer->length, narrow, bytes, NULL, NULL);
		length = cut(answer, (size_t)bytes, size);
		memcpy(buffer, narrow, length);
		buffer[length] = 0;
		if (answer->list && length && length + 1 < size)
			buffer[length + 1] = 0;
	}
	free(narrow);
	free(answer->text);
	set_last_error(answer->found ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND);
	return length;
}

static void list_sections(const struct profile *profile, struct answer *answer)
{
	struct profile_line line;

	answer->list = true;
	answer->found = profile->exists;
	for (size_t at = 0; profile_next_line(profile, at, &line); at = line.next) {
		size_t end = header_end(profile, &line);

		if (end)
			add(answer, profile->text + line.start + 1, end - line.start - 1);
	}
}

/* `whole`: lines as they are; else the keys of those that have one. */
static void list_lines(const struct profile *profile, const struct profile_line *header, bool whole,
		       struct answer *answer)
{
	struct profile_line line;

	answer->list = answer->found = true;
	for (size_t at = header->next; profile_next_line(profile, at, &line) && !profile_is_header(profile, &line);
	     at = line.next) {
		size_t end = line.start;

		if (line.start == line.end || profile_is_comment(profile, &line))
			continue;
		while (end < line.end && profile->text[end] != '=')
			end++;
		if (whole)
			end = line.end;
		else if (end == line.end)
			continue;
		while (end > line.start && is_blank(profile->text[end - 1]))
			end--;
		add(answer, profile->text + line.start, end - line.start);
	}
}

static void ask(LPCWSTR section, LPCWSTR key, LPCWSTR fallback, LPCWSTR file, struct answer *answer)
{
	struct profile_line header, line;
	struct profile profile;
	size_t value, end;

	*answer = (struct answer){0};
	if (profile_open(&profile, file)) {
		if (!section) {
			list_sections(&profile, answer);
		} else if (profile_find_section(&profile, section, &header)) {
			if (!key) {
				list_lines(&profile, &header, false, answer);
			} else if (profile_find_key(&profile, &header, key, &line, &value)) {
				const WCHAR *text = profile.text;

				end = line.end;
				if (end - value >= 2 && (text[value] == '"' || text[value] == '\'') &&
				    text[value] == text[end - 1]) {
					value++;
					end--;
				}
				add(answer, text + value, end - value);
				answer->found = true;
			}
		}
	}
	profile_close(&profile);
	if (!answer->found && fallback) {
		for (end = rtl_wcslen(fallback); end && is_blank(fallback[end - 1]);)
			end--;
		add(answer, fallback, end);
	}
}

EXPORT(kernel32, DWORD, GetPrivateProfileStringW,
       (LPCWSTR section, LPCWSTR key, LPCWSTR fallback, LPWSTR buffer, DWORD size, LPCWSTR file))
{
	struct answer answer;

	ask(section, key, fallback, file, &answer);
	return finish_w(&answer, buffer, size);
}

EXPORT(kernel32, DWORD, GetPrivateProfileStringA,
       (LPCSTR section, LPCSTR key, LPCSTR fallback, LPSTR buffer, DWORD size, LPCSTR file))
{
	LPCSTR texts[4] = {section, key, fallback, file};
	struct wide_argument wide[4];
	struct answer answer = {0};
	bool failed = false;

	for (unsigned i = 0; i < 4; i++) {
		wide_argument_set(&wide[i], texts[i]);
		failed |= wide[i].failed;
	}
	if (!failed)
		ask(wide[0].text, wide[1].text, wide[2].text, wide[3].text, &answer);
	for (unsigned i = 0; i < 4; i++)
		wide_argument_free(&wide[i]);
	return finish_a(&answer, buffer, size);
}

EXPORT(kernel32, DWORD, GetProfileStringW, (LPCWSTR section, LPCWSTR key, LPCWSTR fallback, LPWSTR buffer, DWORD size))
{
	return GetPrivateProfileStringW(section, key, fallback, buffer, size, NULL);
}

EXPORT(kernel32, DWORD, GetProfileStringA, (LPCSTR section, LPCSTR key, LPCSTR fallback, LPSTR buffer, DWORD size))
{
	return GetPrivateProfileStringA(section, key, fallback, buffer, size, NULL);
}

static void ask_section(LPCWSTR section, LPCWSTR file, struct answer *answer)
{
	struct profile_line header;
	struct profile profile;

	*answer = (struct answer){.list = true};
	if (profile_open(&profile, file) && profile_find_section(&profile, section, &header))
		list_lines(&profile, &header, true, answer);
	profile_close(&profile);
}

EXPORT(kernel32, DWORD, GetPrivateProfileSectionW, (LPCWSTR section, LPWSTR buffer, DWORD size, LPCWSTR file))
{
	struct answer answer;

	if (!section || !buffer) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	ask_section(section, file, &answer);
	return finish_w(&answer, buffer, size);
}

EXPORT(kernel32, DWORD, GetPrivateProfileSectionA, (LPCSTR section, LPSTR buffer, DWORD size, LPCSTR file))
{
	struct wide_argument wide_section, wide_file;
	struct answer answer = {.list = true};

	if (!section || !buffer) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return 0;
	}
	wide_argument_set(&wide_section, section);
	wide_argument_set(&wide_file, file);
	if (!wide_section.failed && !wide_file.failed)
		ask_section(wide_section.text, wide_file.text, &answer);
	wide_argument_free(&wide_section);
	wide_argument_free(&wide_file);
	return finish_a(&answer, buffer, size);
}

EXPORT(kernel32, DWORD, GetProfileSectionW, (LPCWSTR section, LPWSTR buffer, DWORD size))
{
	return GetPrivateProfileSectionW(section, buffer, size, NULL);
}

EXPORT(kernel32, DWORD, GetProfileSectionA, (LPCSTR section, LPSTR buffer, DWORD size))
{
	return GetPrivateProfileSectionA(section, buffer, size, NULL);
}

EXPORT(kernel32, DWORD, GetPrivateProfileSectionNamesW, (LPWSTR buffer, DWORD size, LPCWSTR file))
{
	return GetPrivateProfileStringW(NULL, NULL, NULL, buffer, size, file);
}

EXPORT(kernel32, DWORD, GetPrivateProfileSectionNamesA, (LPSTR buffer, DWORD size, LPCSTR file))
{
	return GetPrivateProfileStringA(NULL, NULL, NULL, buffer, size, file);
}

/* A sign, "0x" with hexadecimal digits or decimal ones; what follows is not looked at. */
static UINT number(const struct answer *answer)
{
	UNICODE_STRING string = {(USHORT)(answer->length * sizeof(WCHAR)), (USHORT)(answer->length * sizeof(WCHAR)),
				 answer->text};
	ULONG value = 0;

	return answer->length && answer->length < 0x7FFF && NT_SUCCESS(RtlUnicodeStringToInteger(&string, 0, &value))
		       ? value
		       : 0;
}

EXPORT(kernel32, UINT, GetPrivateProfileIntW, (LPCWSTR section, LPCWSTR key, INT fallback, LPCWSTR file))
{
	struct answer answer = {0};
	UINT result = (UINT)fallback;

	if (section && key) {
		ask(section, key, NULL, file, &answer);
		if (answer.found)
			result = number(&answer);
		free(answer.text);
	}
	set_last_error(answer.found ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND);
	return result;
}

EXPORT(kernel32, UINT, GetPrivateProfileIntA, (LPCSTR section, LPCSTR key, INT fallback, LPCSTR file))
{
	struct wide_argument wide_section, wide_key, wide_file;
	UINT result = (UINT)fallback;

	wide_argument_set(&wide_section, section);
	wide_argument_set(&wide_key, key);
	wide_argument_set(&wide_file, file);
	if (!wide_section.failed && !wide_key.failed && !wide_file.failed)
		result = GetPrivateProfileIntW(wide_section.text, wide_key.text, fallback, wide_file.text);
	wide_argument_free(&wide_section);
	wide_argument_free(&wide_key);
	wide_argument_free(&wide_file);
	return result;
}

EXPORT(kernel32, UINT, GetProfileIntW, (LPCWSTR section, LPCWSTR key, INT fallback))
{
	return GetPrivateProfileIntW(section, key, fallback, NULL);
}

EXPORT(kernel32, UINT, GetProfileIntA, (LPCSTR section, LPCSTR key, INT fallback))
{
	return GetPrivateProfileIntA(section, key, fallback, NULL);
}
