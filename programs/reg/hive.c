/*
 * programs/reg/hive.c - reg save, reg restore, reg load and reg unload.
 */
#include "programs/reg/reg.h"

BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR dos, UNICODE_STRING *nt, PWSTR *file_part, PVOID relative);
void NTAPI RtlFreeUnicodeString(UNICODE_STRING *string);

/* A key, and a file if the verb has one; /y only where it is allowed.  False: told. */
static bool begin(const struct reg_arguments *arguments, struct reg_name *name, bool file, bool *overwrite)
{
	bool view = false, ok = arguments->count >= 1u + file && (!file || arguments->words[1][0] != u'/'), given = false;

	for (unsigned i = 1u + file; i < arguments->count && ok; i++) {
		int is_view = reg_is_view(arguments->words[i], &view);

		if (is_view > 0)
			continue;
		ok = !is_view && overwrite && !given && reg_is_switch(arguments->words[i], u"y");
		given = true;
	}
	if (overwrite)
		*overwrite = given;
	if (!ok) {
		reg_bad_syntax(arguments);
		return false;
	}
	return reg_first_key(arguments, name);
}

static NTSTATUS save(const struct reg_name *name, const WCHAR *path)
{
	HANDLE key, file;
	NTSTATUS status = reg_open(name, KEY_READ, &key);

	if (!NT_SUCCESS(status))
		return status;
	file = CreateFileW(path, GENERIC_WRITE_ACCESS, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	if (file == INVALID_HANDLE) {
		status = STATUS_ACCESS_DENIED;
	} else {
		status = NtSaveKey(key, file);
		CloseHandle(file);
		if (!NT_SUCCESS(status))
			DeleteFileW(path);
	}
	NtClose(key);
	return status;
}

DWORD reg_save(const struct reg_arguments *arguments)
{
	struct reg_name name;
	struct io_wide question;
	bool overwrite;
	DWORD code = 1;
	NTSTATUS status;

	reg_name_init(&name);
	io_wide_init(&question);
	if (begin(arguments, &name, true, &overwrite)) {
		output_put(&question, "File %s already exists. Overwrite", arguments->words[1]);
		if (!overwrite && GetFileAttributesW(arguments->words[1]) != INVALID_FILE_ATTRIBUTES &&
		    !reg_asked(question.text)) {
			code = 0;
		} else {
			status = save(&name, arguments->words[1]);
			code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
		}
	}
	io_wide_free(&question);
	reg_name_free(&name);
	return code;
}

DWORD reg_restore(const struct reg_arguments *arguments)
{
	struct reg_name name;
	HANDLE key, file;
	DWORD code = 1;
	NTSTATUS status;

	reg_name_init(&name);
	if (begin(arguments, &name, true, NULL)) {
		status = reg_open(&name, KEY_READ, &key);
		if (NT_SUCCESS(status)) {
			file = lines_open(arguments->words[1]);
			status = file == INVALID_HANDLE ? STATUS_OBJECT_NAME_NOT_FOUND : NtRestoreKey(key, file, 0);
			if (file != INVALID_HANDLE)
				CloseHandle(file);
			NtClose(key);
		}
		code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
	}
	reg_name_free(&name);
	return code;
}

static DWORD mount(const struct reg_arguments *arguments, bool load)
{
	struct reg_name name;
	UNICODE_STRING place, path;
	OBJECT_ATTRIBUTES target = {sizeof(target), NULL, &place, OBJ_CASE_INSENSITIVE, NULL, NULL};
	OBJECT_ATTRIBUTES source = {sizeof(source), NULL, &path, OBJ_CASE_INSENSITIVE, NULL, NULL};
	DWORD code = 1;
	NTSTATUS status = STATUS_OBJECT_PATH_NOT_FOUND;

	reg_name_init(&name);
	if (begin(arguments, &name, load, NULL)) {
		place = (UNICODE_STRING){.Length = (USHORT)(name.nt.length * sizeof(WCHAR)),
					 .MaximumLength = (USHORT)(name.nt.length * sizeof(WCHAR)), .Buffer = name.nt.text};
		if (!load) {
			status = NtUnloadKey(&target);
		} else if (RtlDosPathNameToNtPathName_U(arguments->words[1], &path, NULL, NULL)) {
			status = NtLoadKey(&target, &source);
			RtlFreeUnicodeString(&path);
		}
		code = NT_SUCCESS(status) ? reg_done() : reg_failed(status);
	}
	reg_name_free(&name);
	return code;
}

DWORD reg_load(const struct reg_arguments *arguments)
{
	return mount(arguments, true);
}

DWORD reg_unload(const struct reg_arguments *arguments)
{
	return mount(arguments, false);
}
