/*
 * Symbolic links and junctions: what is written comes back, as kind and as text, and leads where it says.
 */
#include "guest.h"
#include <winioctl.h>

#ifndef SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE
#define SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE 2
#endif

struct reparse {
	DWORD tag;
	WORD length, reserved;
	WORD substitute_offset, substitute_length, print_offset, print_length;
	union {
		struct {
			DWORD flags;
			WCHAR text[2000];
		} link;
		WCHAR junction[2000];
	};
};

static WCHAR folder[MAX_PATH];

static const WCHAR *path(const WCHAR *name)
{
	static WCHAR paths[4][2 * MAX_PATH];
	static int turn;
	WCHAR *made = paths[turn++ % 4];

	wsprintfW(made, L"%s\\%s", folder, name);
	return made;
}

static HANDLE open_link(const WCHAR *name, DWORD access)
{
	return CreateFileW(path(name), access, 7, NULL, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS,
			   NULL);
}

static BOOL read_link(const WCHAR *name, struct reparse *data)
{
	HANDLE file = open_link(name, FILE_READ_ATTRIBUTES);
	DWORD size = 0;
	BOOL ok;

	memset(data, 0, sizeof(*data));
	ok = DeviceIoControl(file, FSCTL_GET_REPARSE_POINT, NULL, 0, data, sizeof(*data), &size, NULL);
	CHECK_EQUAL(size, ok ? 8u + data->length : 0u);
	CloseHandle(file);
	return ok;
}

static BOOL substitute_is(const struct reparse *data, const WCHAR *text)
{
	const WCHAR *start = (data->tag == IO_REPARSE_TAG_SYMLINK ? data->link.text : data->junction) + data->substitute_offset / 2;
	BOOL same = data->substitute_length == 2 * wcslen(text) && !memcmp(start, text, data->substitute_length);

	if (!same)
		printf("substitute name: '%.*ls', not '%ls'\n", data->substitute_length / 2, start, text);
	return same;
}

static DWORD tag_by_handle(const WCHAR *name)
{
	FILE_ATTRIBUTE_TAG_INFO info = {0};
	HANDLE file = open_link(name, FILE_READ_ATTRIBUTES);

	CHECK(GetFileInformationByHandleEx(file, FileAttributeTagInfo, &info, sizeof(info)));
	CHECK(info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT);
	CloseHandle(file);
	return info.ReparseTag;
}

static DWORD tag_by_listing(const WCHAR *name)
{
	WIN32_FIND_DATAW found = {0};
	HANDLE search = FindFirstFileW(path(name), &found);

	CHECK(search != INVALID_HANDLE_VALUE);
	FindClose(search);
	return found.dwReserved0;
}

static BOOL leads_to_file(const WCHAR *name)
{
	HANDLE file = CreateFileW(path(name), GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
	char text[8] = "";
	DWORD read;
	BOOL ok = file != INVALID_HANDLE_VALUE && ReadFile(file, text, 8, &read, NULL) && read == 4 && !memcmp(text, "text", 4);

	CloseHandle(file);
	return ok;
}

static void check_symbolic_links(void)
{
	struct reparse data;
	WCHAR text[2 * MAX_PATH];
	DWORD flags = SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE;

	if (!CreateSymbolicLinkW(path(L"relative"), L"real\\file", flags)) {
		CHECK_EQUAL(GetLastError(), ERROR_PRIVILEGE_NOT_HELD);
		return;
	}
	CHECK(leads_to_file(L"relative"));
	CHECK(read_link(L"relative", &data));
	CHECK_EQUAL(data.tag, IO_REPARSE_TAG_SYMLINK);
	CHECK_EQUAL(data.link.flags, 1);
	CHECK(substitute_is(&data, L"real\\file"));
	CHECK_EQUAL(tag_by_handle(L"relative"), IO_REPARSE_TAG_SYMLINK);
	CHECK_EQUAL(tag_by_listing(L"relative"), IO_REPARSE_TAG_SYMLINK);

	CHECK(CreateSymbolicLinkW(path(L"absolute"), path(L"real\\file"), flags));
	CHECK(leads_to_file(L"absolute"));
	CHECK(read_link(L"absolute", &data));
	CHECK_EQUAL(data.link.flags, 0);
	wsprintfW(text, L"\\??\\%s", path(L"real\\file"));
	CHECK(substitute_is(&data, text));

	/* from the root of the link's drive: as it was written */
	CHECK(CreateSymbolicLinkW(path(L"rooted"), path(L"real\\file") + 2, flags));
	CHECK(leads_to_file(L"rooted"));
	CHECK(read_link(L"rooted", &data));
	CHECK_EQUAL(data.link.flags, 1);
	CHECK(substitute_is(&data, path(L"real\\file") + 2));

	CHECK(CreateSymbolicLinkW(path(L"root"), L"\\", flags | SYMBOLIC_LINK_FLAG_DIRECTORY));
	CHECK(read_link(L"root", &data));
	CHECK_EQUAL(data.link.flags, 1);
	CHECK(substitute_is(&data, L"\\"));
	CHECK(GetFileAttributesW(path(L"root")) & FILE_ATTRIBUTE_DIRECTORY);

	CHECK(CreateSymbolicLinkW(path(L"folder"), L".\\real", flags | SYMBOLIC_LINK_FLAG_DIRECTORY));
	CHECK(leads_to_file(L"folder\\file"));
	CHECK(read_link(L"folder", &data));
	CHECK(substitute_is(&data, L".\\real"));

	/* a backslash behind the name makes no difference to who asks about the link */
	CHECK(GetFileAttributesW(path(L"folder\\")) & FILE_ATTRIBUTE_REPARSE_POINT);
	CHECK(GetFileAttributesW(path(L"folder\\")) & FILE_ATTRIBUTE_DIRECTORY);
	CHECK_EQUAL(GetFileAttributesW(path(L"relative\\")), INVALID_FILE_ATTRIBUTES);

	CHECK(DeleteFileW(path(L"relative")));
	CHECK(DeleteFileW(path(L"absolute")));
	CHECK(DeleteFileW(path(L"rooted")));
	CHECK(RemoveDirectoryW(path(L"root")));
	CHECK(RemoveDirectoryW(path(L"folder")));
}

static BOOL make_junction(const WCHAR *name, const WCHAR *target)
{
	struct reparse data = {.tag = IO_REPARSE_TAG_MOUNT_POINT};
	HANDLE file;
	DWORD size;
	BOOL ok;

	CHECK(CreateDirectoryW(path(name), NULL));
	wsprintfW(data.junction, L"\\??\\%s", target);
	data.substitute_length = (WORD)(2 * wcslen(data.junction));
	data.print_offset = data.substitute_length + 2;
	data.print_length = (WORD)(2 * wcslen(target));
	memcpy((char *)data.junction + data.print_offset, target, data.print_length + 2);
	data.length = (WORD)(8 + data.print_offset + data.print_length + 2);
	file = open_link(name, GENERIC_WRITE);
	ok = DeviceIoControl(file, FSCTL_SET_REPARSE_POINT, &data, 8 + data.length, NULL, 0, &size, NULL);
	CloseHandle(file);
	return ok;
}

static void check_junctions(void)
{
	struct reparse data;
	struct {
		DWORD tag;
		WORD length, reserved;
	} removal = {IO_REPARSE_TAG_SYMLINK, 0, 0};
	WCHAR text[2 * MAX_PATH];
	HANDLE file;
	DWORD size;

	CHECK(make_junction(L"junction", path(L"real")));
	CHECK(leads_to_file(L"junction\\file"));
	CHECK_EQUAL(tag_by_handle(L"junction"), IO_REPARSE_TAG_MOUNT_POINT);
	CHECK_EQUAL(tag_by_listing(L"junction"), IO_REPARSE_TAG_MOUNT_POINT);
	CHECK(read_link(L"junction", &data));
	CHECK_EQUAL(data.tag, IO_REPARSE_TAG_MOUNT_POINT);
	wsprintfW(text, L"\\??\\%s", path(L"real"));
	CHECK(substitute_is(&data, text));
	CHECK_EQUAL(data.print_length, 2 * wcslen(path(L"real")));
	CHECK(!memcmp((char *)data.junction + data.print_offset, path(L"real"), data.print_length));

	/* it is removed by its own tag only, and is an empty folder again */
	file = open_link(L"junction", GENERIC_WRITE);
	CHECK(!DeviceIoControl(file, FSCTL_DELETE_REPARSE_POINT, &removal, 8, NULL, 0, &size, NULL));
	CHECK_EQUAL(GetLastError(), ERROR_REPARSE_TAG_MISMATCH);
	removal.tag = IO_REPARSE_TAG_MOUNT_POINT;
	CHECK(DeviceIoControl(file, FSCTL_DELETE_REPARSE_POINT, &removal, 8, NULL, 0, &size, NULL));
	CloseHandle(file);
	CHECK_EQUAL(GetFileAttributesW(path(L"junction")) & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT),
		    FILE_ATTRIBUTE_DIRECTORY);
	CHECK(RemoveDirectoryW(path(L"junction")));

	/* a junction goes, and what it led to stays */
	CHECK(make_junction(L"junction", path(L"real")));
	CHECK(RemoveDirectoryW(path(L"junction")));
	CHECK(leads_to_file(L"real\\file"));
}

static void check_network_files(void)
{
	static const WCHAR *const names[] = {L"hosts", L"networks", L"protocol", L"services"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		WCHAR name[MAX_PATH];

		GetSystemDirectoryW(name, MAX_PATH);
		wcscat(name, L"\\drivers\\etc\\");
		wcscat(name, names[i]);
		CHECK(GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES);
	}
}

int main(void)
{
	HANDLE file;
	DWORD written;

	GetTempPathW(MAX_PATH, folder);
	wsprintfW(folder + wcslen(folder), L"reparse.%lu", GetCurrentProcessId());
	CHECK(CreateDirectoryW(folder, NULL));
	CHECK(CreateDirectoryW(path(L"real"), NULL));
	file = CreateFileW(path(L"real\\file"), GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
	CHECK(WriteFile(file, "text", 4, &written, NULL));
	CloseHandle(file);
	check_symbolic_links();
	check_junctions();
	check_network_files();
	CHECK(DeleteFileW(path(L"real\\file")));
	CHECK(RemoveDirectoryW(path(L"real")));
	CHECK(RemoveDirectoryW(folder));
	return guest_result();
}
