/*
 * other_handles.c - DuplicateHandle from and into another process.
 *
 *	other_handles.exe child HANDLE		does what it reads from the pipe: see `child`
 *	other_handles.exe keys			with registry keys, which take a registry that processes share
 */
#include "guest.h"

#define LONG_TIME 60000

NTSTATUS NTAPI NtQueryObject(HANDLE, ULONG, PVOID, ULONG, PULONG);

static char self[MAX_PATH];
static BOOL(WINAPI *compare)(HANDLE, HANDLE); /* mingw's import libraries lack it */

/* What the parent wants of a handle that the child has, and what came of it. */
struct request {
	char what;
	HANDLE handle;
	ULONG_PTR value;
};

static ULONG_PTR perform(struct request *request)
{
	char text[32];
	DWORD count = 0;
	LONG previous = -1;

	switch (request->what) {
	case 'w':
		return WaitForSingleObject(request->handle, (DWORD)request->value);
	case 's':
		return SetEvent(request->handle) ? 0 : GetLastError();
	case 'r':
		return ReleaseMutex(request->handle) ? 0 : GetLastError();
	case 'R':
		return ReleaseSemaphore(request->handle, (LONG)request->value, &previous) ? (ULONG_PTR)previous : 1000 + GetLastError();
	case 'c':
		return CloseHandle(request->handle) ? 0 : GetLastError();
	case 'W':
		return WriteFile(request->handle, "from the child", 14, &count, NULL) ? count : 0;
	case 'g':
		return ReadFile(request->handle, text, sizeof(text), &count, NULL) ? (UCHAR)text[0] * 256 + count : 0;
	case 'm': {
		char *view = MapViewOfFile(request->handle, FILE_MAP_WRITE, 0, 0, 0);

		if (!view)
			return GetLastError();
		memcpy(view + 100, "child", 6);
		return memcmp(view, "parent", 7);
	}
	case 'p':
		return GetProcessId(request->handle);
	case 't':
		return GetThreadId(request->handle);
	case 'k': { /* a token that shuts down: what its attributes are */
		TOKEN_PRIVILEGES *all = malloc(4096);
		LUID luid = {19, 0};

		if (!GetTokenInformation(request->handle, TokenPrivileges, all, 4096, &count))
			return 1000 + GetLastError();
		for (DWORD i = 0; i < all->PrivilegeCount; i++)
			if (all->Privileges[i].Luid.LowPart == luid.LowPart)
				return all->Privileges[i].Attributes;
		return 999;
	}
	case 'q': { /* takes a packet from a port; its key, and what it says */
		OVERLAPPED *about = NULL;
		ULONG_PTR key = 0;

		if (!GetQueuedCompletionStatus(request->handle, &count, &key, &about, (DWORD)request->value))
			return 1000 + GetLastError();
		return key * 1000000 + (ULONG_PTR)about * 1000 + count;
	}
	case 'P':
		return PostQueuedCompletionStatus(request->handle, 3, request->value, (OVERLAPPED *)2) ? 0 : GetLastError();
	case 'B': /* as many packets, with keys from 1 on */
		for (ULONG_PTR i = 1; i <= request->value; i++)
			if (!PostQueuedCompletionStatus(request->handle, 0, i, NULL))
				return GetLastError();
		return 0;
	case 'v': { /* a number in a key: what it was, and becomes */
		DWORD number = 0, size = sizeof(number), next = (DWORD)request->value;

		if (RegQueryValueExA(request->handle, "number", NULL, NULL, (BYTE *)&number, &size))
			return 1000;
		return RegSetValueExA(request->handle, "number", 0, REG_DWORD, (BYTE *)&next, sizeof(next)) ? 2000 + number : number;
	}
	case 'o':
		return (ULONG_PTR)CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	case 'e': /* makes an event */
		return (ULONG_PTR)CreateEventA(NULL, FALSE, request->value != 0, NULL);
	case 'n':
		return (ULONG_PTR)CreateMutexA(NULL, TRUE, NULL);
	case '=':
		return compare(request->handle, (HANDLE)request->value);
	case 'h': {
		DWORD flags = 99;

		return GetHandleInformation(request->handle, &flags) ? flags : 1000 + GetLastError();
	}
	default:
		return ~(ULONG_PTR)0;
	}
}

static int child(char **argv)
{
	HANDLE in = (HANDLE)(ULONG_PTR)strtoull(argv[2], NULL, 16), out = (HANDLE)(ULONG_PTR)strtoull(argv[3], NULL, 16);
	struct request request;
	DWORD count;

	while (ReadFile(in, &request, sizeof(request), &count, NULL) && count == sizeof(request)) {
		request.value = perform(&request);
		if (!WriteFile(out, &request, sizeof(request), &count, NULL))
			return 2;
	}
	return 0;
}

static HANDLE to_child, from_child;
static PROCESS_INFORMATION process;

static void tell(char what, HANDLE handle, ULONG_PTR value)
{
	struct request request = {what, handle, value};
	DWORD count;

	CHECK(WriteFile(to_child, &request, sizeof(request), &count, NULL));
}

static ULONG_PTR hear(void)
{
	struct request request = {0};
	DWORD count;

	CHECK(ReadFile(from_child, &request, sizeof(request), &count, NULL) && count == sizeof(request));
	return request.value;
}

static ULONG_PTR ask(char what, HANDLE handle, ULONG_PTR value)
{
	tell(what, handle, value);
	return hear();
}

static HANDLE give(HANDLE handle, DWORD access, BOOL inherit, DWORD options)
{
	HANDLE result = NULL;

	CHECK(DuplicateHandle(GetCurrentProcess(), handle, process.hProcess, &result, access, inherit, options));
	CHECK(result != NULL);
	return result;
}

static HANDLE take(HANDLE handle, DWORD access, DWORD options)
{
	HANDLE result = NULL;

	CHECK(DuplicateHandle(process.hProcess, handle, GetCurrentProcess(), &result, access, FALSE, options));
	CHECK(result != NULL);
	return result;
}

static void synchronization(void)
{
	HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL), mutex = CreateMutexA(NULL, TRUE, NULL);
	HANDLE semaphore = CreateSemaphoreA(NULL, 2, 5, NULL), timer = CreateWaitableTimerA(NULL, TRUE, NULL);
	LARGE_INTEGER due = {.QuadPart = -300000};
	HANDLE there, back;
	LONG previous;

	/* An event, signalled when it goes: the child gets that, once. */
	there = give(event, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('w', there, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	tell('w', there, LONG_TIME);
	Sleep(10);
	SetEvent(event);
	CHECK_EQUAL(hear(), WAIT_OBJECT_0);
	tell('s', there, 0);
	CHECK_EQUAL(WaitForSingleObject(event, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(hear(), 0);
	/* It comes back as the same object. */
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(compare(event, back));
	CHECK(!compare(event, mutex));
	CloseHandle(back);
	/* A second time: two handles of one object there. */
	back = give(event, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK(ask('=', there, (ULONG_PTR)back));
	/* Fewer rights: it can be waited for, not set. */
	back = give(event, SYNCHRONIZE, FALSE, 0);
	CHECK_EQUAL(ask('s', back, 0), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(ask('w', back, 0), WAIT_TIMEOUT);
	/* Whoever closes last lets it go; the other goes on. */
	CloseHandle(event);
	CHECK_EQUAL(ask('s', there, 0), 0);
	CHECK_EQUAL(ask('w', back, 0), WAIT_OBJECT_0);

	/* A mutex that is held. */
	there = give(mutex, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('w', there, 20), WAIT_TIMEOUT);
	CHECK_EQUAL(ask('r', there, 0), ERROR_NOT_OWNER);
	CHECK(ReleaseMutex(mutex));
	CHECK_EQUAL(ask('w', there, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(mutex, 20), WAIT_TIMEOUT);
	CHECK_EQUAL(ask('r', there, 0), 0);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_TIME), WAIT_OBJECT_0);
	CHECK(ReleaseMutex(mutex));

	there = give(semaphore, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('R', there, 3), 2);
	CHECK_EQUAL(ask('R', there, 1), 1000 + ERROR_TOO_MANY_POSTS);
	for (int i = 0; i < 5; i++)
		CHECK_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(ask('w', there, 0), WAIT_TIMEOUT);
	CHECK(ReleaseSemaphore(semaphore, 1, &previous) && previous == 0);
	CHECK_EQUAL(ask('w', there, 0), WAIT_OBJECT_0);

	CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
	there = give(timer, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('w', there, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);
	CloseHandle(mutex);
	CloseHandle(semaphore);
	CloseHandle(timer);

	/* What the child made, taken from there, and closed there. */
	there = (HANDLE)ask('e', NULL, 1);
	event = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	back = take(there, 0, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
	CHECK(compare(event, back));
	CHECK_EQUAL(ask('s', there, 0), ERROR_INVALID_HANDLE);
	CHECK(SetEvent(back));
	CHECK_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
	CloseHandle(back);
	CloseHandle(event);
	there = (HANDLE)ask('n', NULL, 0);
	mutex = take(there, SYNCHRONIZE, 0);
	CHECK_EQUAL(WaitForSingleObject(mutex, 10), WAIT_TIMEOUT);
	CHECK_EQUAL(ask('r', there, 0), 0);
	CHECK_EQUAL(WaitForSingleObject(mutex, LONG_TIME), WAIT_OBJECT_0);
	CloseHandle(mutex);
}

static void names(void)
{
	char name[64];
	HANDLE event, there, opened;

	snprintf(name, sizeof(name), "oh.named.%lu", GetCurrentProcessId());
	event = CreateEventA(NULL, TRUE, FALSE, name);
	there = give(event, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
	/* The name lives on with the child's handle. */
	CHECK_FAILS(SetEvent(event), ERROR_INVALID_HANDLE);
	opened = OpenEventA(EVENT_ALL_ACCESS, FALSE, name);
	CHECK(opened != NULL);
	CHECK(SetEvent(opened));
	CHECK_EQUAL(ask('w', there, 0), WAIT_OBJECT_0);
	CloseHandle(opened);
	CHECK_EQUAL(ask('c', there, 0), 0);
	CHECK_FAILS(OpenEventA(EVENT_ALL_ACCESS, FALSE, name), ERROR_FILE_NOT_FOUND);
}

static void files(void)
{
	char path[MAX_PATH], name[MAX_PATH], text[64] = "";
	HANDLE file, there, back, read, write, section;
	DWORD count = 0;
	char *view;

	GetTempPathA(sizeof(path), path);
	CHECK(GetTempFileNameA(path, "oh", 0, name));
	file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
			   CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
	CHECK(WriteFile(file, "parent, ", 8, &count, NULL));
	there = give(file, 0, FALSE, DUPLICATE_SAME_ACCESS);
	/* One file object: one position. */
	CHECK_EQUAL(ask('W', there, 0), 14);
	CHECK_EQUAL(SetFilePointer(file, 0, NULL, FILE_CURRENT), 22);
	SetFilePointer(file, 0, NULL, FILE_BEGIN);
	CHECK(ReadFile(file, text, 22, &count, NULL) && count == 22);
	CHECK(!memcmp(text, "parent, from the child", 22));
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(compare(file, back));
	CloseHandle(back);
	back = give(file, GENERIC_READ, FALSE, 0);
	CHECK_EQUAL(ask('W', back, 0), 0);
	ask('c', back, 0);
	ask('c', there, 0);
	CloseHandle(file);

	CHECK(CreatePipe(&read, &write, NULL, 0));
	there = give(write, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
	CHECK_EQUAL(ask('W', there, 0), 14);
	CHECK_EQUAL(ask('c', there, 0), 0);
	CHECK(ReadFile(read, text, sizeof(text), &count, NULL) && count == 14);
	CHECK_FAILS(ReadFile(read, text, sizeof(text), &count, NULL), ERROR_BROKEN_PIPE);
	CloseHandle(read);

	section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 65536, NULL);
	view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
	memcpy(view, "parent", 7);
	there = give(section, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('m', there, 0), 0);
	CHECK(!strcmp(view + 100, "child"));
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(compare(section, back));
	CloseHandle(back);
	UnmapViewOfFile(view);
	CloseHandle(section);
}

static DWORD WINAPI sleeper(void *argument)
{
	WaitForSingleObject(argument, LONG_TIME);
	return 5;
}

static void processes(void)
{
	HANDLE stop = CreateEventA(NULL, TRUE, FALSE, NULL), thread, there, back;
	DWORD id, flags = 99;

	/* Pseudo handles are those of the process that the handle is of. */
	there = give(GetCurrentProcess(), 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('p', there, 0), GetCurrentProcessId());
	back = take(GetCurrentProcess(), 0, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(GetProcessId(back), process.dwProcessId);
	CHECK(compare(back, process.hProcess));
	CloseHandle(back);
	/* A thread: its end is seen there. */
	thread = CreateThread(NULL, 0, sleeper, stop, 0, &id);
	there = give(thread, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('t', there, 0), id);
	CHECK_EQUAL(ask('w', there, 10), WAIT_TIMEOUT);
	tell('w', there, LONG_TIME);
	SetEvent(stop);
	CHECK_EQUAL(hear(), WAIT_OBJECT_0);
	CloseHandle(thread);
	/* Attributes. */
	there = give(stop, 0, TRUE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('h', there, 0), HANDLE_FLAG_INHERIT);
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(GetHandleInformation(back, &flags) && flags == 0);
	CloseHandle(back);
	CloseHandle(stop);
}

/* A duplicate, which is changed before it goes. */
static void tokens(void)
{
	TOKEN_PRIVILEGES one = {1, {{{19, 0}, SE_PRIVILEGE_ENABLED}}}; /* SeShutdownPrivilege */
	HANDLE own, token, there, back;
	TOKEN_TYPE type = 0;
	DWORD size;

	CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &own));
	CHECK(DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &token));
	CHECK(AdjustTokenPrivileges(token, FALSE, &one, 0, NULL, NULL));
	there = give(token, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('k', there, 0), SE_PRIVILEGE_ENABLED);
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(GetTokenInformation(back, TokenType, &type, sizeof(type), &size));
	CHECK_EQUAL(type, TokenImpersonation);
	CHECK_EQUAL(ask('c', there, 0), 0);
	there = give(own, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('k', there, 0) & SE_PRIVILEGE_ENABLED, 0);
	CHECK_EQUAL(ask('c', there, 0), 0);
	CloseHandle(back);
	CloseHandle(token);
	CloseHandle(own);
}

static ULONG_PTR dequeue(HANDLE port, DWORD timeout)
{
	struct request request = {'q', port, timeout};

	return perform(&request);
}

static DWORD WINAPI wait_at_port(void *port)
{
	return (DWORD)dequeue(port, LONG_TIME);
}

/* Completion ports: what was in one before it was shared, who waits, packets both ways. */
static void ports(void)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), there, back, thread;
	ULONG_PTR sum = 0;
	DWORD code = 0;

	CHECK(PostQueuedCompletionStatus(port, 3, 1, (OVERLAPPED *)2) && PostQueuedCompletionStatus(port, 4, 2, (OVERLAPPED *)5));
	there = give(port, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('q', there, 0), 1002003);
	CHECK_EQUAL(dequeue(port, 0), 2005004);
	CHECK_EQUAL(dequeue(port, 0), 1000 + WAIT_TIMEOUT);
	CHECK_EQUAL(ask('q', there, 0), 1000 + WAIT_TIMEOUT);
	CHECK_EQUAL(ask('P', there, 7), 0);
	CHECK_EQUAL(dequeue(port, LONG_TIME), 7002003);
	/* Who waits, there and here. */
	tell('q', there, LONG_TIME);
	Sleep(20);
	CHECK(PostQueuedCompletionStatus(port, 9, 8, NULL));
	CHECK_EQUAL(hear(), 8000009);
	thread = CreateThread(NULL, 0, wait_at_port, port, 0, NULL);
	Sleep(20);
	CHECK_EQUAL(ask('P', there, 4), 0);
	CHECK_EQUAL(WaitForSingleObject(thread, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code) && code == 4002003);
	CloseHandle(thread);
	/* A wait for the handle takes nothing, on either side. */
	CHECK_EQUAL(ask('w', there, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(ask('P', there, 5), 0);
	CHECK_EQUAL(WaitForSingleObject(port, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(ask('w', there, LONG_TIME), WAIT_OBJECT_0);
	CHECK_EQUAL(dequeue(port, 0), 5002003);
	CHECK_EQUAL(WaitForSingleObject(port, 0), WAIT_TIMEOUT);
	/* Many, while they are taken. */
	tell('B', there, 20000);
	for (unsigned i = 0; i < 20000; i++)
		sum += dequeue(port, LONG_TIME) / 1000000;
	CHECK_EQUAL(hear(), 0);
	CHECK_EQUAL(sum, 20000ull * 20001 / 2);
	CHECK_EQUAL(dequeue(port, 0), 1000 + WAIT_TIMEOUT);
	/* It comes back as what it was; rights are as given. */
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(compare(back, port));
	CloseHandle(back);
	CHECK_EQUAL(ask('c', there, 0), 0);
	there = give(port, 1 /* IO_COMPLETION_QUERY_STATE */, FALSE, 0);
	CHECK_EQUAL(ask('P', there, 1), ERROR_ACCESS_DENIED);
	CHECK_EQUAL(ask('c', there, 0), 0);
	CloseHandle(port);

	/* One of the child's. */
	there = (HANDLE)ask('o', NULL, 0);
	back = take(there, 0, DUPLICATE_SAME_ACCESS);
	CHECK(PostQueuedCompletionStatus(back, 1, 6, NULL));
	CHECK_EQUAL(ask('q', there, LONG_TIME), 6000001);
	CHECK_EQUAL(ask('P', there, 3), 0);
	CHECK_EQUAL(ask('c', there, 0), 0);
	CHECK_EQUAL(dequeue(back, LONG_TIME), 3002003);
	CloseHandle(back);
}

/* A key: what one process sets the other one reads, with the rights that the handle has. */
static void keys(void)
{
	char name[64];
	DWORD number = 5, size = sizeof(number);
	HKEY key;
	HANDLE there;

	snprintf(name, sizeof(name), "Software\\other_handles.%lu", GetCurrentProcessId());
	CHECK_EQUAL(RegCreateKeyExA(HKEY_CURRENT_USER, name, 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL), 0);
	CHECK_EQUAL(RegSetValueExA(key, "number", 0, REG_DWORD, (BYTE *)&number, sizeof(number)), 0);
	there = give(key, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK_EQUAL(ask('v', there, 6), 5);
	CHECK_EQUAL(RegQueryValueExA(key, "number", NULL, NULL, (BYTE *)&number, &size), 0);
	CHECK_EQUAL(number, 6);
	CHECK_EQUAL(ask('c', there, 0), 0);
	there = give(key, KEY_QUERY_VALUE, FALSE, 0);
	CHECK_EQUAL(ask('v', there, 7), 2006);
	CHECK_EQUAL(ask('c', there, 0), 0);
	CHECK_EQUAL(RegDeleteKeyA(HKEY_CURRENT_USER, name), 0);
	RegCloseKey(key);
}

/* The child waits at a port and is killed: what comes then is not lost. */
static void killed_at_port(void)
{
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), there = give(port, 0, FALSE, DUPLICATE_SAME_ACCESS);

	tell('q', there, INFINITE);
	Sleep(50);
	CHECK(TerminateProcess(process.hProcess, 0));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, LONG_TIME), WAIT_OBJECT_0);
	CHECK(PostQueuedCompletionStatus(port, 1, 5, NULL));
	CHECK_EQUAL(dequeue(port, LONG_TIME), 5000001);
	CloseHandle(port);
}

static void failures(void)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), target = (HANDLE)1, few, there;

	CHECK_FAILS(DuplicateHandle(process.hProcess, (HANDLE)0x7FF0, GetCurrentProcess(), &target, 0, FALSE, DUPLICATE_SAME_ACCESS),
		    ERROR_INVALID_HANDLE);
	CHECK(target == NULL);
	few = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process.dwProcessId);
	CHECK_FAILS(DuplicateHandle(GetCurrentProcess(), event, few, &target, 0, FALSE, DUPLICATE_SAME_ACCESS), ERROR_ACCESS_DENIED);
	CHECK_FAILS(DuplicateHandle(few, event, GetCurrentProcess(), &target, 0, FALSE, DUPLICATE_SAME_ACCESS), ERROR_ACCESS_DENIED);
	CloseHandle(few);
	/* No target at all: the handle is closed there. */
	there = give(event, 0, FALSE, DUPLICATE_SAME_ACCESS);
	CHECK(DuplicateHandle(process.hProcess, there, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
	CHECK_EQUAL(ask('s', there, 0), ERROR_INVALID_HANDLE);
	CloseHandle(event);
}

int main(int argc, char **argv)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	HANDLE in, out, event, target;
	char line[512];
	DWORD code;

	compare = (BOOL(WINAPI *)(HANDLE, HANDLE))(void *)GetProcAddress(GetModuleHandleA("kernelbase.dll"), "CompareObjectHandles");
	if (argc > 3 && !strcmp(argv[1], "child"))
		return child(argv);
	GetModuleFileNameA(NULL, self, sizeof(self));
	CHECK(CreatePipe(&in, &to_child, &inherit, 0) && CreatePipe(&from_child, &out, &inherit, 0));
	SetHandleInformation(to_child, HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(from_child, HANDLE_FLAG_INHERIT, 0);
	snprintf(line, sizeof(line), "\"%s\" child %p %p", self, in, out);
	CHECK(CreateProcessA(self, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
	CloseHandle(in);
	CloseHandle(out);
	synchronization();
	names();
	files();
	processes();
	tokens();
	ports();
	if (argc > 1)
		keys();
	failures();
	event = CreateEventA(NULL, TRUE, FALSE, NULL);
	killed_at_port();
	CloseHandle(to_child);
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, LONG_TIME), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code) && code == 0);
	ROW(147, "execution");
	CHECK_FAILS(DuplicateHandle(GetCurrentProcess(), event, process.hProcess, &target, 0, FALSE, DUPLICATE_SAME_ACCESS),
		    ERROR_ACCESS_DENIED);
	return guest_result();
}
