/*
 * programs/cmd/launch.c - finds programs and batch files as cmd does, and starts them.
 *
 * Microsoft, "cmd" and "path": the current directory, then PATH; in each the name as it is, when it has an extension,
 * then with every extension of PATHEXT.
 */
#include "programs/cmd/cmd.h"

#include <stdlib.h>

size_t cmd_name_length(const WCHAR *text)
{
	bool quoted = false;
	size_t length = 0;

	for (; text[length] && (quoted || !cmd_is_delimiter(text[length])); length++)
		if (text[length] == u'"')
			quoted = !quoted;
	return length;
}

static bool is_file(const WCHAR *path)
{
	DWORD attributes = GetFileAttributesW(path);

	return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static bool has_extension(const WCHAR *path)
{
	return text_find(path + cmd_folder_length(path), u'.') != NULL;
}

/* The file at `path`, or with an extension of PATHEXT. */
static bool try_extensions(struct io_wide *path)
{
	static const WCHAR fallback[] = u".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC";
	const WCHAR *list = cmd_variable(u"PATHEXT", 7);
	size_t length = path->length;

	if (has_extension(path->text) && is_file(path->text))
		return true;
	for (list = list ? list : fallback; *list;) {
		size_t count = 0;

		while (list[count] && list[count] != u';')
			count++;
		path->length = length;
		if (count && io_wide_put(path, list, count) && is_file(path->text))
			return true;
		list += count + (list[count] == u';');
	}
	path->length = length;
	path->text[length] = 0;
	return false;
}

static bool search_path(const WCHAR *name, struct io_wide *found)
{
	const WCHAR *list = cmd_variable(u"PATH", 4);
	size_t mark = cmd_mark();
	bool good;

	text_put(found, name);
	if (!cmd_variable(u"NoDefaultCurrentDirectoryInExePath", 34) && try_extensions(found))
		return true;
	while (list && *list) {
		bool quoted = false;
		struct io_wide folder;

		io_wide_init(&folder);
		for (; *list && (quoted || *list != u';'); list++) {
			if (*list == u'"')
				quoted = !quoted;
			else
				text_put_unit(&folder, *list);
		}
		text_clear(found);
		cmd_join(found, folder.text, name);
		good = folder.length && try_extensions(found);
		io_wide_free(&folder);
		if (good) {
			cmd_release(mark);
			return true;
		}
		list += *list == u';';
	}
	return false;
}

bool cmd_find_program(const WCHAR *name, size_t length, struct io_wide *found, DWORD *error)
{
	struct io_wide bare, full;
	bool good = false, folder;

	io_wide_init(&bare);
	io_wide_init(&full);
	for (size_t i = 0; i < length; i++)
		if (name[i] != u'"')
			text_put_unit(&bare, name[i] == u'/' ? u'\\' : name[i]);
	*error = ERROR_FILE_NOT_FOUND;
	folder = cmd_folder_length(bare.text) > 0;
	if (!bare.length || text_has_wildcard(bare.text) || text_same(bare.text, u".") || text_same(bare.text, u"..")) {
	} else if (folder) {
		text_put(&full, bare.text);
		good = try_extensions(&full);
		if (!good) {
			WCHAR *directory = cmd_copy(bare.text, cmd_folder_length(bare.text));

			if (!cmd_is_folder(directory))
				*error = ERROR_PATH_NOT_FOUND;
		}
	} else {
		good = search_path(bare.text, &full);
	}
	if (good) {
		text_clear(found);
		cmd_full_path(full.text, found);
	}
	io_wide_free(&full);
	io_wide_free(&bare);
	return good;
}

bool cmd_is_batch(const WCHAR *path)
{
	size_t length = rtl_wcslen(path);

	return length > 4 && (text_same(path + length - 4, u".bat") || text_same(path + length - 4, u".cmd"));
}

HANDLE cmd_start_program(const WCHAR *path, const WCHAR *line, DWORD flags, const WCHAR *title, const WCHAR *directory)
{
	STARTUPINFOW startup = {.cb = sizeof(startup), .lpTitle = (LPWSTR)title};
	PROCESS_INFORMATION information;
	/* CreateProcess may write to it. */
	WCHAR *copy = cmd_copy(line, rtl_wcslen(line));

	if (!CreateProcessW(path, copy, NULL, NULL, TRUE, flags, NULL, directory, &startup, &information))
		return NULL;
	CloseHandle(information.hThread);
	return information.hProcess;
}

int cmd_wait(HANDLE process)
{
	DWORD code = 1;

	WaitForSingleObject(process, INFINITE);
	GetExitCodeProcess(process, &code);
	CloseHandle(process);
	if (code == STATUS_CONTROL_C) {
		/* A terminal of Linux has shown it. */
		if (!output_is_console(GetStdHandle(STD_INPUT_HANDLE)))
			output_error("^C");
		cmd.interrupted = true;
	}
	return (int)code;
}

void cmd_say_not_found(const WCHAR *name, size_t length, DWORD error)
{
	if (error == ERROR_PATH_NOT_FOUND)
		output_system_error(error);
	else
		output_error("'%s' is not recognized as an internal or external command,\n"
			     "operable program or batch file.\n",
			     cmd_copy(name, length));
}

int cmd_launch(const WCHAR *text, bool called)
{
	size_t length = cmd_name_length(text);
	struct io_wide found;
	HANDLE process;
	DWORD error, code;
	int result;

	io_wide_init(&found);
	if (!cmd_find_program(text, length, &found, &error)) {
		/* A switch or a parenthesis may follow a name without a blank. */
		size_t slash = 0;

		while (slash < length && !text_find(u"/(\"", text[slash]))
			slash++;
		if (!slash || slash == length || text[slash] == u'"' || !cmd_find_program(text, slash, &found, &code)) {
			io_wide_free(&found);
			cmd_say_not_found(text, length, error);
			cmd.level = error == ERROR_PATH_NOT_FOUND ? 3 : NOT_RECOGNIZED;
			if (called)
				cmd.level = 1;
			return 1;
		}
		length = slash;
	}
	if (cmd_is_batch(found.text)) {
		result = cmd_run_batch(found.text, cmd_copy(text, length), text + length, called);
		io_wide_free(&found);
		return result;
	}
	process = cmd_start_program(found.text, text, 0, NULL, NULL);
	if (!process) {
		error = GetLastError();
		if (error == ERROR_BAD_EXE_FORMAT && !text_begins(found.text + found.length - 4, u".exe"))
			output_error("No application is associated with the specified file for this operation.\n");
		else if (error == ERROR_BAD_EXE_FORMAT)
			output_error("%s is not a valid Win32 application.\n", cmd_copy(text, length));
		else
			output_system_error(error);
		io_wide_free(&found);
		cmd.level = error == ERROR_ACCESS_DENIED ? 1 : NOT_RECOGNIZED;
		return 1;
	}
	io_wide_free(&found);
	return cmd.level = cmd_wait(process);
}
