/*
 * directory_changes.c - ReadDirectoryChangesW, change notifications.
 */
#include "guest.h"

static char root[MAX_PATH];
static const char *self;

static void path_of(char *path, const char *name)
{
	snprintf(path, MAX_PATH, "%s\\%s", root, name);
}

static void touch(const char *name, const char *text)
{
	char path[MAX_PATH];
	DWORD count;
	HANDLE file;

	path_of(path, name);
	file = CreateFileA(path, GENERIC_WRITE, 7, NULL, OPEN_ALWAYS, 0, NULL);
	if (*text)
		WriteFile(file, text, (DWORD)strlen(text), &count, NULL);
	CloseHandle(file);
}

static BOOL move(const char *from, const char *to)
{
	char a[MAX_PATH], b[MAX_PATH];

	path_of(a, from);
	path_of(b, to);
	return MoveFileA(a, b);
}

static BOOL remove_file(const char *name)
{
	char path[MAX_PATH];

	path_of(path, name);
	return DeleteFileA(path);
}

static BOOL make_directory(const char *name)
{
	char path[MAX_PATH];

	path_of(path, name);
	return CreateDirectoryA(path, NULL);
}

static BOOL remove_directory(const char *name)
{
	char path[MAX_PATH];

	path_of(path, name);
	return RemoveDirectoryA(path);
}

static HANDLE open_directory(const char *path, DWORD flags)
{
	return CreateFileA(path, FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
}

static HANDLE directory;
static OVERLAPPED overlapped;
static DWORD buffer[1024];
static FILE_NOTIFY_INFORMATION *next;

static void ask(DWORD size, BOOL deep, DWORD filter)
{
	ResetEvent(overlapped.hEvent);
	CHECK(ReadDirectoryChangesW(directory, buffer, size, deep, filter, NULL, &overlapped, NULL));
	next = NULL;
}

/* The next change, asking again when all that came has been seen: "A name" for FILE_ACTION_ADDED and so on. */
static const char *change(BOOL deep, DWORD filter)
{
	static char text[300];
	static BOOL pending;
	DWORD count;

	if (!next) {
		if (!pending)
			ask(sizeof(buffer), deep, filter);
		pending = FALSE;
		if (WaitForSingleObject(overlapped.hEvent, 20000) != WAIT_OBJECT_0)
			return "nothing";
		if (!GetOverlappedResult(directory, &overlapped, &count, FALSE))
			return "error";
		if (!count)
			return "overflow";
		next = (FILE_NOTIFY_INFORMATION *)buffer;
	}
	text[0] = "?+-*<>"[next->Action > 5 ? 0 : next->Action];
	text[1] = 0;
	for (DWORD i = 0; i < next->FileNameLength / 2; i++) {
		text[1 + i] = (char)next->FileName[i];
		text[2 + i] = 0;
	}
	next = next->NextEntryOffset ? (FILE_NOTIFY_INFORMATION *)((char *)next + next->NextEntryOffset) : NULL;
	return text;
}

#define CHECK_CHANGE(expected)                                                                                         \
	do {                                                                                                           \
		const char *got_ = change(deep, filter);                                                               \
		CHECK(!strcmp(got_, expected));                                                                        \
		if (strcmp(got_, expected))                                                                            \
			printf("    it was %s\n", got_);                                                               \
	} while (0)

static void start(BOOL deep, DWORD filter)
{
	directory = open_directory(root, FILE_FLAG_OVERLAPPED);
	CHECK(directory != INVALID_HANDLE_VALUE);
	ask(sizeof(buffer), deep, filter);
	/* the request of `change` is the one that waits */
	CancelIo(directory);
	WaitForSingleObject(overlapped.hEvent, 20000);
}

static void test_names(void)
{
	const BOOL deep = FALSE;
	const DWORD filter = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME;

	start(deep, filter);
	touch("one.txt", "");
	CHECK_CHANGE("+one.txt");
	touch("one.txt", "text");
	CHECK(move("one.txt", "two.txt"));
	CHECK_CHANGE("<one.txt");
	CHECK_CHANGE(">two.txt");
	CHECK(make_directory("sub"));
	CHECK_CHANGE("+sub");
	touch("sub\\deep.txt", "x");
	CHECK(move("two.txt", "sub\\two.txt"));
	CHECK_CHANGE("-two.txt");
	CHECK(move("sub\\two.txt", "three.txt"));
	CHECK_CHANGE("+three.txt");
	CHECK(remove_file("three.txt"));
	CHECK_CHANGE("-three.txt");
	CHECK(remove_file("sub\\deep.txt"));
	CHECK(remove_directory("sub"));
	CHECK_CHANGE("-sub");
	CloseHandle(directory);
}

static void test_filters(void)
{
	BOOL deep = FALSE;
	DWORD filter = FILE_NOTIFY_CHANGE_DIR_NAME;
	char path[MAX_PATH];

	touch("there.txt", "x");
	start(deep, filter);
	touch("file.txt", "x");
	CHECK(make_directory("dir"));
	CHECK_CHANGE("+dir");
	CloseHandle(directory);
	CHECK(remove_directory("dir"));
	CHECK(remove_file("file.txt"));

	filter = FILE_NOTIFY_CHANGE_SIZE;
	start(deep, filter);
	touch("new.txt", "");
	touch("there.txt", "longer");
	CHECK_CHANGE("*there.txt");
	CloseHandle(directory);
	CHECK(remove_file("new.txt"));

	filter = FILE_NOTIFY_CHANGE_ATTRIBUTES;
	start(deep, filter);
	path_of(path, "there.txt");
	CHECK(SetFileAttributesA(path, FILE_ATTRIBUTE_READONLY));
	CHECK_CHANGE("*there.txt");
	CHECK(SetFileAttributesA(path, FILE_ATTRIBUTE_NORMAL));
	CloseHandle(directory);
	CHECK(remove_file("there.txt"));
}

static void test_tree(void)
{
	const BOOL deep = TRUE;
	const DWORD filter = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME;
	char first[300], second[300];

	CHECK(make_directory("old"));
	CHECK(make_directory("old\\older"));
	start(deep, filter);
	touch("old\\older\\a.txt", "");
	CHECK_CHANGE("+old\\older\\a.txt");
	CHECK(make_directory("new"));
	CHECK_CHANGE("+new");
	touch("new\\b.txt", "");
	CHECK_CHANGE("+new\\b.txt");
	CHECK(move("old", "moved"));
	CHECK_CHANGE("<old");
	CHECK_CHANGE(">moved");
	CHECK(remove_file("moved\\older\\a.txt"));
	CHECK_CHANGE("-moved\\older\\a.txt");
	CHECK(move("new\\b.txt", "moved\\c.txt"));
	CHECK_CHANGE("-new\\b.txt");
	CHECK_CHANGE("+moved\\c.txt");
	CHECK(remove_file("moved\\c.txt"));
	CHECK_CHANGE("-moved\\c.txt");
	/* much at once: every file is told once */
	CHECK(make_directory("burst"));
	CHECK(make_directory("burst\\in"));
	touch("burst\\in\\1", "");
	touch("burst\\in\\2", "");
	CHECK_CHANGE("+burst");
	CHECK_CHANGE("+burst\\in");
	/* in either order: both happened before anybody could look */
	strcpy(first, change(deep, filter));
	strcpy(second, change(deep, filter));
	CHECK(!strcmp(first, "+burst\\in\\1") || !strcmp(second, "+burst\\in\\1"));
	CHECK(!strcmp(first, "+burst\\in\\2") || !strcmp(second, "+burst\\in\\2"));
	CHECK(remove_file("burst\\in\\1"));
	CHECK_CHANGE("-burst\\in\\1");
	CloseHandle(directory);
	CHECK(remove_file("burst\\in\\2"));
	CHECK(remove_directory("burst\\in"));
	CHECK(remove_directory("burst"));
	CHECK(remove_directory("moved\\older"));
	CHECK(remove_directory("moved"));
	CHECK(remove_directory("new"));
}

/* What happens in a directory after it has left the tree is not told, even when nobody has looked in between. */
static void test_moved_out(void)
{
	const BOOL deep = TRUE;
	const DWORD filter = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME;
	char inside[MAX_PATH], outside[MAX_PATH + 8], file[MAX_PATH + 16];

	path_of(inside, "leaves");
	snprintf(outside, sizeof(outside), "%s.outside", root);
	snprintf(file, sizeof(file), "%s\\file", outside);
	CHECK(make_directory("leaves"));
	start(deep, filter);
	CHECK(MoveFileA(inside, outside));
	CHECK(CopyFileA(self, file, TRUE));
	touch("last", "");
	CHECK_CHANGE("-leaves");
	CHECK_CHANGE("+last");
	CloseHandle(directory);
	CHECK(remove_file("last"));
	CHECK(DeleteFileA(file));
	CHECK(RemoveDirectoryA(outside));
}

static void test_buffers(void)
{
	DWORD count;
	ULONG_PTR key;
	OVERLAPPED *which;
	HANDLE port;
	char name[32];

	directory = open_directory(root, FILE_FLAG_OVERLAPPED);
	CHECK_FAILS(ReadDirectoryChangesW(directory, buffer, sizeof(buffer), FALSE, 0, NULL, &overlapped, NULL),
		    ERROR_INVALID_PARAMETER);
	/* changes between calls are kept; those that are too many are not */
	ask(256, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
	touch("first", "");
	CHECK(GetOverlappedResult(directory, &overlapped, &count, TRUE));
	CHECK_EQUAL(count, 12 + 5 * 2);
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		touch(name, "");
	}
	ask(256, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
	CHECK(GetOverlappedResult(directory, &overlapped, &count, TRUE));
	CHECK_EQUAL(count, 0);
	/* then it begins anew */
	ask(256, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
	CHECK_EQUAL(WaitForSingleObject(overlapped.hEvent, 0), WAIT_TIMEOUT);
	CHECK(remove_file("first"));
	CHECK(GetOverlappedResult(directory, &overlapped, &count, TRUE));
	CHECK(count != 0);

	ask(256, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
	CHECK(CancelIoEx(directory, &overlapped));
	CHECK_FAILS(GetOverlappedResult(directory, &overlapped, &count, TRUE), ERROR_OPERATION_ABORTED);
	port = CreateIoCompletionPort(directory, NULL, 5, 1);
	overlapped.Internal = 0;
	CHECK(ReadDirectoryChangesW(directory, buffer, 256, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, NULL, &overlapped, NULL));
	CHECK(remove_file("file0"));
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &which, 20000));
	CHECK(key == 5 && which == &overlapped && count != 0);
	/* a request that waits when the handle is closed */
	CHECK(ReadDirectoryChangesW(directory, buffer, 256, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, NULL, &overlapped, NULL));
	CloseHandle(directory);
	CHECK(GetQueuedCompletionStatus(port, &count, &key, &which, 20000));
	CHECK(which == &overlapped && count == 0);
	CHECK_EQUAL((DWORD)overlapped.Internal, 0x10B); /* STATUS_NOTIFY_CLEANUP */
	CloseHandle(port);
	for (int i = 1; i < 60; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		CHECK(remove_file(name));
	}
	/* not a directory */
	directory = CreateFileA(self, GENERIC_READ, 7, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
	CHECK_FAILS(ReadDirectoryChangesW(directory, buffer, 256, FALSE, 1, NULL, &overlapped, NULL), ERROR_INVALID_PARAMETER);
	CloseHandle(directory);
}

static DWORD calls, called_with, called_error;

static void CALLBACK routine(DWORD error, DWORD count, LPOVERLAPPED which)
{
	calls++;
	called_error = error;
	called_with = count;
}

static DWORD WINAPI toucher(void *argument)
{
	Sleep(50);
	touch(argument, "");
	return 0;
}

static void test_routines(void)
{
	OVERLAPPED own = {0};
	DWORD count = 0;
	HANDLE thread;

	directory = open_directory(root, FILE_FLAG_OVERLAPPED);
	CHECK(ReadDirectoryChangesW(directory, buffer, sizeof(buffer), FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, NULL, &own, routine));
	touch("routine", "");
	CHECK_EQUAL(SleepEx(20000, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(calls, 1);
	CHECK_EQUAL(called_error, 0);
	CHECK_EQUAL(called_with, 12 + 7 * 2);
	CloseHandle(directory);
	CHECK(remove_file("routine"));

	/* a synchronous handle */
	directory = open_directory(root, 0);
	thread = CreateThread(NULL, 0, toucher, "sync", 0, NULL);
	CHECK(ReadDirectoryChangesW(directory, buffer, sizeof(buffer), FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, &count, NULL, NULL));
	CHECK_EQUAL(count, 12 + 4 * 2);
	CHECK_EQUAL(WaitForSingleObject(thread, 20000), WAIT_OBJECT_0);
	CloseHandle(thread);
	CloseHandle(directory);
	CHECK(remove_file("sync"));
}

static void test_handles(void)
{
	HANDLE change_handle;

	CHECK_FAILS(FindFirstChangeNotificationA(root, FALSE, 0) != INVALID_HANDLE_VALUE, ERROR_INVALID_PARAMETER);
	CHECK(FindFirstChangeNotificationA("Q:\\no\\such\\directory", FALSE, 1) == INVALID_HANDLE_VALUE);
	change_handle = FindFirstChangeNotificationA(root, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
	CHECK(change_handle != INVALID_HANDLE_VALUE);
	CHECK_EQUAL(WaitForSingleObject(change_handle, 0), WAIT_TIMEOUT);
	touch("handle", "");
	CHECK_EQUAL(WaitForSingleObject(change_handle, 20000), WAIT_OBJECT_0);
	CHECK(FindNextChangeNotification(change_handle));
	CHECK_EQUAL(WaitForSingleObject(change_handle, 0), WAIT_TIMEOUT);
	CHECK(remove_file("handle"));
	CHECK_EQUAL(WaitForSingleObject(change_handle, 20000), WAIT_OBJECT_0);
	CHECK(FindCloseChangeNotification(change_handle));
}

int main(int argc, char **argv)
{
	char temporary[MAX_PATH], program[MAX_PATH];

	GetModuleFileNameA(NULL, program, sizeof(program));
	self = program;
	GetTempPathA(sizeof(temporary), temporary);
	snprintf(root, sizeof(root), "%sdirectory_changes.%lu", temporary, GetCurrentProcessId());
	CHECK(CreateDirectoryA(root, NULL));
	overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
	test_names();
	test_filters();
	test_tree();
	test_moved_out();
	test_buffers();
	test_routines();
	test_handles();
	CHECK(RemoveDirectoryA(root));
	return guest_result();
}
