/*
 * programs/taskkill.c - taskkill.exe: ends processes by id or name.  Microsoft, "taskkill".
 *
 * Console programs have no window to be closed, so that only /F ends them, as on Windows.  /S, /U, /P (other machines)
 * and /FI (filters) are refused.  Exit codes: 0, 1 it could not be ended or wrong usage, 128 there is none.
 */
#include "kernel32/tlhelp32.h"
#include "programs/lines.h"
#include "programs/program.h"
#include "programs/text.h"

#define SNAP_PROCESSES 2u
#define MOST_PROCESSES 1024u
enum { NOT_ENDED = 1, NOT_FOUND = 128 };

HANDLE WINAPI CreateToolhelp32Snapshot(DWORD, DWORD);
BOOL WINAPI Process32FirstW(HANDLE, PROCESSENTRY32W *);
BOOL WINAPI Process32NextW(HANDLE, PROCESSENTRY32W *);
HANDLE WINAPI OpenProcess(DWORD, BOOL, DWORD);
BOOL WINAPI TerminateProcess(HANDLE, UINT);

static struct process {
	DWORD id, parent;
	WCHAR name[MAX_PATH];
	bool ended;
} processes[MOST_PROCESSES];
static unsigned process_count;
static bool forced, tree;

static void read_processes(void)
{
	PROCESSENTRY32W entry = {.dwSize = sizeof(entry)};
	HANDLE snapshot = CreateToolhelp32Snapshot(SNAP_PROCESSES, 0);

	if (snapshot == INVALID_HANDLE)
		return;
	for (BOOL more = Process32FirstW(snapshot, &entry); more && process_count < MOST_PROCESSES;
	     more = Process32NextW(snapshot, &entry)) {
		struct process *process = &processes[process_count++];

		process->id = entry.th32ProcessID;
		process->parent = entry.th32ParentProcessID;
		memcpy(process->name, entry.szExeFile, sizeof(process->name));
	}
	CloseHandle(snapshot);
}

/* `name`: by which it was asked for, or NULL.  Children end first. */
static DWORD end(struct process *process, const WCHAR *name, bool child)
{
	HANDLE handle;
	DWORD result = 0;

	if (process->ended)
		return 0;
	process->ended = true;
	for (unsigned i = 0; tree && i < process_count; i++)
		if (processes[i].parent == process->id && processes[i].id != GetCurrentProcessId())
			result |= end(&processes[i], NULL, true);
	if (!forced) {
		output_error("ERROR: The process with PID %u could not be terminated.\n"
			     "Reason: This process can only be terminated forcefully (with /F option).\n",
			     (unsigned)process->id);
		return NOT_ENDED;
	}
	handle = OpenProcess(PROCESS_TERMINATE, FALSE, process->id);
	if (!handle || !TerminateProcess(handle, 1)) {
		output_error("ERROR: The process with PID %u could not be terminated.\nReason: Access is denied.\n",
			     (unsigned)process->id);
		result = NOT_ENDED;
	} else if (child) {
		output_print("SUCCESS: The process with PID %u (child process of PID %u) has been terminated.\n",
			     (unsigned)process->id, (unsigned)process->parent);
	} else if (name) {
		output_print("SUCCESS: The process \"%s\" with PID %u has been terminated.\n", process->name,
			     (unsigned)process->id);
	} else {
		output_print("SUCCESS: The process with PID %u has been terminated.\n", (unsigned)process->id);
	}
	if (handle)
		CloseHandle(handle);
	return result;
}

static bool matches(const struct process *process, const WCHAR *id, const WCHAR *name)
{
	DWORD number = 0;

	if (name)
		return io_name_matches(name, rtl_wcslen(name), process->name, rtl_wcslen(process->name));
	for (; text_is_digit(*id); id++)
		number = number * 10 + (*id - u'0');
	return !*id && number == process->id;
}

static DWORD end_all(const WCHAR *id, const WCHAR *name)
{
	DWORD result = 0;
	bool found = false;

	for (unsigned i = 0; i < process_count; i++) {
		if (!matches(&processes[i], id, name) || processes[i].id == GetCurrentProcessId())
			continue;
		found = true;
		result |= end(&processes[i], name, false);
	}
	if (found)
		return result;
	output_error("ERROR: The process \"%s\" not found.\n", name ? name : id);
	return NOT_FOUND;
}

static DWORD wrong_usage(const WCHAR *what)
{
	output_error("ERROR: Invalid argument/option - '%s'.\nType \"TASKKILL /?\" for usage.\n", what);
	return NOT_ENDED;
}

PROGRAM("taskkill.exe", taskkill_program)
{
	const WCHAR *at;
	struct io_wide word;
	bool quoted, any = false;
	DWORD result = 0;

	io_wide_init(&word);
	for (at = arguments_begin(); arguments_next(&at, &word, &quoted);) {
		if (text_same(word.text, u"/F") || text_same(word.text, u"-F"))
			forced = true;
		else if (text_same(word.text, u"/T") || text_same(word.text, u"-T"))
			tree = true;
		else if (!text_same(word.text + 1, u"PID") && !text_same(word.text + 1, u"IM"))
			return wrong_usage(word.text);
		else if (!arguments_next(&at, &word, &quoted))
			return wrong_usage(word.text);
	}
	read_processes();
	for (at = arguments_begin(); arguments_next(&at, &word, &quoted);) {
		bool by_name = text_same(word.text + 1, u"IM");

		if (!by_name && !text_same(word.text + 1, u"PID"))
			continue;
		any = true;
		arguments_next(&at, &word, &quoted);
		result |= end_all(word.text, by_name ? word.text : NULL);
	}
	if (!any) {
		output_error("ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\n"
			     "Type \"TASKKILL /?\" for usage.\n");
		result = NOT_ENDED;
	}
	io_wide_free(&word);
	return result;
}
