/*
 * ntdll/ps/debug_handles.c - the handles that a debugger gets with an event, opened when it reads the event.
 */
#include "ntdll/io/io.h"
#include "ntdll/nt.h"
#include "ntdll/ps/debug_object.h"

#include <stdlib.h>
#include <string.h>

static HANDLE open_process(HANDLE id)
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
	CLIENT_ID wanted = {id, NULL};
	HANDLE handle;

	return NT_SUCCESS(NtOpenProcess(&handle, ps_process_type.all, &attributes, &wanted)) ? handle : NULL;
}

static HANDLE open_thread(const CLIENT_ID *id)
{
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
	CLIENT_ID wanted = {NULL, id->UniqueThread};
	HANDLE handle;

	return NT_SUCCESS(NtOpenThread(&handle, ps_thread_type.all, &attributes, &wanted)) ? handle : NULL;
}

/* NULL where there is none, as for a builtin DLL. */
static HANDLE open_file(const char16_t *path, size_t length)
{
	static const char16_t prefix[] = u"\\??\\";
	size_t before = sizeof(prefix) / sizeof(char16_t) - 1;
	char16_t *name = length ? malloc((before + length) * sizeof(char16_t)) : NULL;
	UNICODE_STRING string;
	OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &string, .Attributes = OBJ_CASE_INSENSITIVE};
	IO_STATUS_BLOCK iosb;
	HANDLE handle = NULL;

	if (!name || (before + length) * sizeof(char16_t) > 0xFFFE) {
		free(name);
		return NULL;
	}
	memcpy(name, prefix, before * sizeof(char16_t));
	memcpy(name + before, path, length * sizeof(char16_t));
	string.Buffer = (PWSTR)name;
	string.Length = string.MaximumLength = (USHORT)((before + length) * sizeof(char16_t));
	if (!NT_SUCCESS(NtOpenFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &iosb, FILE_SHARE_READ | FILE_SHARE_DELETE,
				   FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE)))
		handle = NULL;
	free(name);
	return handle;
}

void ps_debug_open_handles(DBGUI_WAIT_STATE_CHANGE *change, const char16_t *file, size_t length)
{
	switch (change->NewState) {
	case DbgCreateProcessStateChange:
		change->StateInfo.CreateProcessInfo.HandleToProcess = open_process(change->AppClientId.UniqueProcess);
		change->StateInfo.CreateProcessInfo.HandleToThread = open_thread(&change->AppClientId);
		change->StateInfo.CreateProcessInfo.NewProcess.FileHandle = open_file(file, length);
		break;
	case DbgCreateThreadStateChange:
		change->StateInfo.CreateThread.HandleToThread = open_thread(&change->AppClientId);
		break;
	case DbgLoadDllStateChange:
		change->StateInfo.LoadDll.FileHandle = open_file(file, length);
		break;
	default:
		break;
	}
}
