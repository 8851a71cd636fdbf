/*
 * NtCreateThreadEx: its flags and its list of attributes; threads one after the other; synchronous requests called back; values
 * of FLS and TLS without a word to the last error; packets with a reserve.
 */
#include "../guest/guest.h"

typedef struct {
	PVOID process, thread;
} CLIENT_ID_PAIR;

struct attribute {
	ULONG_PTR attribute, size;
	PVOID value;
	SIZE_T *returned;
};

struct attributes {
	SIZE_T size;
	struct attribute entries[2];
};

#define CREATE_SUSPENDED_FLAG 0x01u
#define SKIP_ATTACH 0x02u
#define HIDE_FROM_DEBUGGER 0x04u
#define SKIP_LOADER_INIT 0x20u
#define BYPASS_FREEZE 0x40u

typedef LONG(NTAPI *create_function)(HANDLE *, ACCESS_MASK, PVOID, HANDLE, PVOID, PVOID, ULONG, ULONG_PTR, SIZE_T, SIZE_T,
				     PVOID);
static create_function create;
static volatile LONG attached, ran;

static void NTAPI callback(void *base, DWORD reason, void *reserved)
{
	(void)base;
	(void)reserved;
	if (reason == DLL_THREAD_ATTACH)
		InterlockedIncrement(&attached);
}

__attribute__((section(".CRT$XLC"), used)) static void(NTAPI *const callback_entry)(void *, DWORD, void *) = callback;

static DWORD WINAPI routine(LPVOID argument)
{
	InterlockedIncrement(&ran);
	return (DWORD)(ULONG_PTR)argument;
}

static HANDLE make(ULONG flags, PVOID list)
{
	HANDLE thread = NULL;

	CHECK_EQUAL(create(&thread, THREAD_ALL_ACCESS, NULL, GetCurrentProcess(), (PVOID)routine, (PVOID)7, flags, 0, 0, 0, list), 0);
	return thread;
}

static void finish(HANDLE thread)
{
	DWORD code;

	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 7);
	CloseHandle(thread);
}

static void flags(void)
{
	LONG(NTAPI *query)(HANDLE, ULONG, PVOID, ULONG, ULONG *) =
		(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryInformationThread");
	HANDLE thread, bad = (HANDLE)1;
	BOOLEAN hidden = 7;

	ROW(flags of NtCreateThreadEx, "execution");
	finish(make(0, NULL));
	CHECK_EQUAL(attached, 1);
	finish(make(SKIP_ATTACH, NULL));
	CHECK_EQUAL(attached, 1);
	CHECK_EQUAL(ran, 2);
	thread = make(CREATE_SUSPENDED_FLAG | HIDE_FROM_DEBUGGER, NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, 10), WAIT_TIMEOUT);
	CHECK_EQUAL(ran, 2);
	CHECK_EQUAL(query(thread, 17, &hidden, sizeof(hidden), NULL), 0);
	CHECK_EQUAL(hidden, TRUE);
	CHECK_EQUAL(ResumeThread(thread), 1);
	finish(thread);
	finish(make(SKIP_LOADER_INIT | BYPASS_FREEZE, NULL));
	CHECK((ULONG)create(&bad, THREAD_ALL_ACCESS, NULL, GetCurrentProcess(), (PVOID)routine, NULL, 0x8000, 0, 0, 0, NULL) &
	      0x80000000u);
}

static void attributes(void)
{
	CLIENT_ID_PAIR id = {0};
	PVOID teb = NULL;
	SIZE_T returned[2] = {0};
	struct attributes list = {sizeof(list),
				  {{0x10003, sizeof(id), &id, &returned[0]}, {0x10004, sizeof(teb), &teb, &returned[1]}}};
	HANDLE thread = make(CREATE_SUSPENDED_FLAG, &list);

	ROW(attributes of NtCreateThreadEx, "execution");
	CHECK_EQUAL((ULONG_PTR)id.process, GetCurrentProcessId());
	CHECK_EQUAL((ULONG_PTR)id.thread, GetThreadId(thread));
	CHECK_EQUAL(returned[0], sizeof(id));
	CHECK_EQUAL(returned[1], sizeof(teb));
	CHECK(teb != NULL);
	CHECK_EQUAL(*(ULONG_PTR *)((char *)teb + 0x48), (ULONG_PTR)id.thread);
	ResumeThread(thread);
	finish(thread);
	list.size = 5;
	CHECK((ULONG)create(&thread, THREAD_ALL_ACCESS, NULL, GetCurrentProcess(), (PVOID)routine, NULL, 0, 0, 0, 0, &list) &
	      0x80000000u);
}

static void next_threads(void)
{
	LONG(NTAPI *next)(HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE *) =
		(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtGetNextThread");
	HANDLE thread = make(CREATE_SUSPENDED_FLAG, NULL), at = NULL, following;
	DWORD wanted = GetThreadId(thread);
	unsigned own = 0, found = 0;
	LONG status;

	ROW(NtGetNextThread, "execution");
	while ((status = next(GetCurrentProcess(), at, THREAD_QUERY_LIMITED_INFORMATION, 0, 0, &following)) == 0) {
		if (at)
			CloseHandle(at);
		at = following;
		own += GetThreadId(at) == GetCurrentThreadId();
		found += GetThreadId(at) == wanted;
	}
	CHECK_EQUAL((ULONG)status, 0x8000001A);
	CHECK_EQUAL(own, 1);
	CHECK_EQUAL(found, 1);
	CloseHandle(at);
	ResumeThread(thread);
	finish(thread);
}

static HANDLE pipe_in, ready;

static DWORD WINAPI wait_for_client(LPVOID argument)
{
	(void)argument;
	SetEvent(ready);
	return ConnectNamedPipe(pipe_in, NULL) ? 0 : GetLastError();
}

static void synchronous(void)
{
	char name[64];
	HANDLE thread;
	DWORD code;

	ROW(CancelSynchronousIo, "execution");
	CHECK_FAILS(CancelSynchronousIo(GetCurrentThread()), ERROR_NOT_FOUND);
	snprintf(name, sizeof(name), "\\\\.\\pipe\\pewter-create-%lu", GetCurrentProcessId());
	ready = CreateEventA(NULL, FALSE, FALSE, NULL);
	pipe_in = CreateNamedPipeA(name, PIPE_ACCESS_INBOUND, 0, 1, 512, 512, 0, NULL);
	CHECK(pipe_in != INVALID_HANDLE_VALUE);
	thread = CreateThread(NULL, 0, wait_for_client, NULL, 0, NULL);
	CHECK_EQUAL(WaitForSingleObject(ready, INFINITE), 0);
	/* Until it waits there is nothing to call back. */
	while (!CancelSynchronousIo(thread)) {
		CHECK_EQUAL(GetLastError(), ERROR_NOT_FOUND);
		Sleep(5);
	}
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), 0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, ERROR_OPERATION_ABORTED);
	CloseHandle(thread);
	CloseHandle(pipe_in);
	CloseHandle(ready);
}

static void values(void)
{
	PVOID(WINAPI *fls_value)(DWORD) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "FlsGetValue2");
	PVOID(WINAPI *tls_value)(DWORD) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "TlsGetValue2");
	DWORD fls = FlsAlloc(NULL), tls = TlsAlloc();

	ROW(FlsGetValue2, "execution");
	if (!fls_value || !tls_value)
		return; /* before Windows 11 24H2 */
	CHECK(FlsSetValue(fls, (PVOID)5) && TlsSetValue(tls, (PVOID)6));
	SetLastError(1234);
	CHECK_EQUAL((ULONG_PTR)fls_value(fls), 5);
	CHECK_EQUAL((ULONG_PTR)tls_value(tls), 6);
	CHECK_EQUAL((ULONG_PTR)fls_value(0), 0);
	CHECK_EQUAL(GetLastError(), 1234);
	FlsFree(fls);
	TlsFree(tls);
}

static void reserves(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	LONG(NTAPI *allocate)(HANDLE *, PVOID, ULONG) = (void *)GetProcAddress(ntdll, "NtAllocateReserveObject");
	LONG(NTAPI *post)(HANDLE, HANDLE, PVOID, PVOID, LONG, ULONG_PTR) = (void *)GetProcAddress(ntdll, "NtSetIoCompletionEx");
	HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), reserve = NULL;
	OVERLAPPED *overlapped;
	ULONG_PTR key;
	DWORD size;

	ROW(NtSetIoCompletionEx, "execution");
	CHECK_EQUAL(allocate(&reserve, NULL, 1), 0);
	CHECK_EQUAL(post(port, reserve, (PVOID)31, (PVOID)32, 0, 33), 0);
	CHECK(GetQueuedCompletionStatus(port, &size, &key, &overlapped, 0));
	CHECK_EQUAL(size, 33);
	CHECK_EQUAL(key, 31);
	CHECK_EQUAL((ULONG_PTR)overlapped, 32);
	CHECK((ULONG)post(port, NULL, NULL, NULL, 0, 0) & 0x80000000u);
	CHECK((ULONG)post(port, port, NULL, NULL, 0, 0) & 0x80000000u);
	CloseHandle(reserve);
	CloseHandle(port);
}

int main(void)
{
	create = (create_function)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtCreateThreadEx");
	flags();
	attributes();
	next_threads();
	synchronous();
	values();
	reserves();
	return guest_result();
}
