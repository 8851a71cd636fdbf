/*
 * Table D of the execution facts: the fields of TEB, PEB, the loader's lists, process parameters and the shared page, where
 * programs read them by their offsets.
 */
#include "../guest/guest.h"

#define AT(type, base, offset) (*(type volatile *)((char *)(base) + (offset)))

struct string {
	USHORT length, maximum;
	WCHAR *text;
};

static char *teb_of_thread(void)
{
	char *teb;

	__asm__("movq %%gs:0x30, %0" : "=r"(teb));
	return teb;
}

static LONG CALLBACK pass(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	return EXCEPTION_CONTINUE_SEARCH;
}

static DWORD WINAPI second_thread(LPVOID argument)
{
	char *teb = teb_of_thread();

	(void)argument;
	CHECK(AT(char *, teb, 0x30) == teb);
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x48), GetCurrentThreadId());
	CHECK_EQUAL(AT(USHORT, teb, 0x17EE) & 0x400, 0); /* not the initial thread */
	return 0;
}

static void teb(void)
{
	char *teb = teb_of_thread();
	ULONG_PTR low, high, local = 0;
	DWORD fls, tls;
	HANDLE thread;

	ROW(D TEB, "execution");
	GetCurrentThreadStackLimits(&low, &high);
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0), 0); /* no list of handlers */
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x08), high);
	CHECK(AT(ULONG_PTR, teb, 0x10) > low && AT(ULONG_PTR, teb, 0x10) <= (ULONG_PTR)&local);
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x1478), low);
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x40), GetCurrentProcessId());
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x48), GetCurrentThreadId());
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x7D8), GetCurrentProcessId());
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x7E0), GetCurrentThreadId());
	CHECK(AT(PVOID, teb, 0x58) != NULL); /* this program has thread-local variables: mingw-w64's own */
	SetLastError(4711);
	CHECK_EQUAL(AT(DWORD, teb, 0x68), 4711);
	tls = TlsAlloc();
	CHECK(TlsSetValue(tls, (PVOID)0x1234));
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x1480 + 8 * tls), 0x1234);
	TlsFree(tls);
	fls = FlsAlloc(NULL);
	CHECK(FlsSetValue(fls, (PVOID)1));
	CHECK(AT(PVOID, teb, 0x17C8) != NULL);
	FlsFree(fls);
	CHECK_EQUAL(AT(USHORT, teb, 0x17EE) & 0x400, 0x400);
	CHECK_EQUAL(AT(USHORT, teb, 0x17EE) & 4, 0);
	CHECK(ConvertThreadToFiber(NULL) != NULL);
	CHECK_EQUAL(AT(USHORT, teb, 0x17EE) & 4, 4);
	CHECK(AT(PVOID, teb, 0x20) == GetCurrentFiber());
	CHECK(ConvertFiberToThread());
	CHECK_EQUAL(AT(USHORT, teb, 0x17EE) & 4, 0);
	SetThreadErrorMode(SEM_FAILCRITICALERRORS, NULL);
	CHECK_EQUAL(AT(DWORD, teb, 0x16B0), 0x10);
	SetThreadErrorMode(0, NULL);
	thread = CreateThread(NULL, 0, second_thread, NULL, 0, NULL);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(thread);
}

static void peb(char *peb)
{
	SYSTEM_INFO info;
	PVOID handler, heap;
	DWORD heaps, session;
	PVOID *list;

	ROW(D PEB, "execution");
	GetSystemInfo(&info);
	CHECK_EQUAL(AT(BYTE, peb, 2), IsDebuggerPresent());
	CHECK_EQUAL(AT(ULONG_PTR, peb, 8), (ULONG_PTR)-1);
	CHECK(AT(PVOID, peb, 0x10) == GetModuleHandleA(NULL));
	CHECK(AT(PVOID, peb, 0x30) == GetProcessHeap());
	CHECK(AT(PVOID, peb, 0x38) != NULL && AT(PVOID, peb, 0x110) != NULL);
	handler = AddVectoredExceptionHandler(0, pass);
	CHECK_EQUAL(AT(ULONG, peb, 0x50) & 4, 4);
	RemoveVectoredExceptionHandler(handler);
	handler = AddVectoredContinueHandler(0, pass);
	CHECK_EQUAL(AT(ULONG, peb, 0x50) & 8, 8);
	RemoveVectoredContinueHandler(handler);
	CHECK(AT(PVOID, peb, 0x68) != NULL); /* the api set map */
	CHECK_EQUAL(AT(ULONG, peb, 0xB8), info.dwNumberOfProcessors);
	CHECK_EQUAL(AT(ULONG, peb, 0xBC), 0);
	heaps = AT(ULONG, peb, 0xE8);
	list = AT(PVOID *, peb, 0xF0);
	CHECK(heaps >= 1 && list[0] == GetProcessHeap());
	heap = HeapCreate(0, 0, 0);
	CHECK_EQUAL(AT(ULONG, peb, 0xE8), heaps + 1);
	HeapDestroy(heap);
	CHECK_EQUAL(AT(ULONG, peb, 0xE8), heaps);
	CHECK(AT(ULONG, peb, 0xEC) >= heaps);
	CHECK_EQUAL(AT(ULONG, peb, 0x118), 10);
	CHECK_EQUAL(AT(ULONG, peb, 0x11C), 0);
	CHECK(AT(USHORT, peb, 0x120) >= 10240);
	CHECK_EQUAL(AT(ULONG, peb, 0x124), 2);
	CHECK_EQUAL(AT(ULONG, peb, 0x128), 3); /* a console program */
	CHECK(ProcessIdToSessionId(GetCurrentProcessId(), &session));
	CHECK_EQUAL(AT(ULONG, peb, 0x2C0), session);
}

static BOOL same_name(const struct string *string, const WCHAR *name)
{
	return string->length == 2 * lstrlenW(name) && !_wcsnicmp(string->text, name, string->length / 2);
}

static void loader(char *peb)
{
	char *data = AT(char *, peb, 0x18), *head = data + 0x10, *at;
	WCHAR path[MAX_PATH];
	unsigned count = 0;

	ROW(D loader lists, "execution");
	CHECK(AT(ULONG, data, 0) >= 0x40);
	CHECK_EQUAL(AT(BYTE, data, 4), 1);
	at = AT(char *, head, 0);
	GetModuleFileNameW(NULL, path, MAX_PATH);
	CHECK(AT(PVOID, at, 0x30) == GetModuleHandleA(NULL));
	CHECK(same_name((struct string *)(at + 0x48), path));
	CHECK(AT(ULONG, at, 0x40) >= 0x1000);
	CHECK(AT(PVOID, at, 0x38) != NULL);
	CHECK_EQUAL(AT(USHORT, at, 0x6E), 0xFFFF); /* it has thread-local variables */
	at = AT(char *, at, 0);
	CHECK(same_name((struct string *)(at + 0x58), L"ntdll.dll"));
	CHECK(AT(PVOID, at, 0x30) == GetModuleHandleA("ntdll.dll"));
	at = AT(char *, at, 0);
	CHECK(same_name((struct string *)(at + 0x58), L"kernel32.dll"));
	for (at = AT(char *, head, 0); at != head && count < 1000; at = AT(char *, at, 0)) {
		CHECK(AT(char *, AT(char *, at, 0), 8) == at);
		CHECK_EQUAL(AT(USHORT, AT(PVOID, at, 0x30), 0), 0x5A4D);
		count++;
	}
	CHECK(count >= 3);
}

static void parameters(char *peb)
{
	char *parameters = AT(char *, peb, 0x20);
	struct string *line = (struct string *)(parameters + 0x70);

	ROW(D process parameters, "execution");
	CHECK(AT(ULONG, parameters, 0) >= 0x400);
	CHECK_EQUAL(AT(ULONG, parameters, 8) & 1, 1);
	CHECK(AT(HANDLE, parameters, 0x20) == GetStdHandle(STD_INPUT_HANDLE));
	CHECK(AT(HANDLE, parameters, 0x28) == GetStdHandle(STD_OUTPUT_HANDLE));
	CHECK(AT(HANDLE, parameters, 0x30) == GetStdHandle(STD_ERROR_HANDLE));
	CHECK(same_name(line, GetCommandLineW()));
	CHECK(((struct string *)(parameters + 0x60))->length != 0);
	CHECK(AT(WCHAR *, parameters, 0x80) != NULL);
}

static void shared_page(void)
{
	char *page = (char *)0x7FFE0000;
	ULONG64(WINAPI *features)(void) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetEnabledXStateFeatures");
	LARGE_INTEGER frequency;
	ULONG64 first, second;
	SYSTEM_INFO info;

	ROW(D shared data, "execution");
	GetSystemInfo(&info);
	QueryPerformanceFrequency(&frequency);
	CHECK_EQUAL(AT(ULONG, page, 0), 0);
	CHECK_EQUAL(AT(ULONG, page, 4), 0x0FA00000);
	first = AT(ULONG64, page, 8);
	do
		second = AT(ULONG64, page, 8);
	while (second == first);
	CHECK(second > first);
	CHECK_EQUAL(AT(LONG, page, 0x0C), AT(LONG, page, 0x10));
	CHECK_EQUAL(AT(USHORT, page, 0x2C), 0x8664);
	CHECK(AT(WCHAR, page, 0x30) != 0);
	CHECK(AT(ULONG, page, 0x260) >= 10240);
	CHECK_EQUAL(AT(USHORT, page, 0x26A), 9);
	CHECK_EQUAL(AT(ULONG, page, 0x26C), 10);
	CHECK_EQUAL(AT(ULONG, page, 0x270), 0);
	for (DWORD i = 0; i < 64; i++)
		CHECK_EQUAL(!!AT(BYTE, page, 0x274 + i), !!IsProcessorFeaturePresent(i));
	CHECK_EQUAL(AT(BYTE, page, 0x2D4), 0);
	CHECK_EQUAL(AT(ULONGLONG, page, 0x300), frequency.QuadPart);
	CHECK_EQUAL(AT(ULONG, page, 0x3C0), info.dwNumberOfProcessors);
	CHECK_EQUAL(AT(BYTE, page, 0x3C4), 1);
	if (features)
		CHECK_EQUAL(AT(ULONG64, page, 0x3D8), features());
}

int main(void)
{
	char *block = AT(char *, teb_of_thread(), 0x60);

	teb();
	peb(block);
	loader(block);
	parameters(block);
	shared_page();
	return guest_result();
}
