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
	ULONG guarantee = 10000;

	(void)argument;
	CHECK(AT(char *, teb, 0x30) == teb);
	CHECK_EQUAL(AT(ULONG_PTR, teb, 0x48), GetCurrentThreadId());
	CHECK_EQUAL(AT(USHORT, teb, 0x17EE) & 0x400, 0); /* not the initial thread */
	CHECK(AT(PVOID, teb, 0x1780) == NULL);
	CHECK_EQUAL(AT(ULONG, teb, 0x1748), 0);
	CHECK(SetThreadStackGuarantee(&guarantee));
	CHECK_EQUAL(AT(ULONG, teb, 0x1748), 12288);
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
	CHECK(AT(char *, teb, 0x30) == teb);
	CHECK(AT(PVOID, teb, 0x38) == NULL && AT(PVOID, teb, 0x50) == NULL && AT(PVOID, teb, 0x100) == NULL);
	CHECK_EQUAL(AT(ULONG, teb, 0x6C), 0);
	CHECK_EQUAL(GetThreadLocale(), AT(LCID, teb, 0x108));
	CHECK(AT(PVOID, teb, 0x2C8) != NULL);
	CHECK_EQUAL(AT(USHORT, teb, 0x125A), 261 * 2);
	CHECK(AT(char *, teb, 0x1260) == teb + 0x1268);
	CHECK(AT(PVOID, teb, 0x1758) == NULL && AT(PVOID, teb, 0x17C0) == NULL);
	CHECK_EQUAL(AT(ULONG, teb, 0x1760), 0);
	CHECK(!CloseHandle((HANDLE)0x7FFF0));
	CHECK_EQUAL(AT(DWORD, teb, 0x1250), 0xC0000008);
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
	IMAGE_NT_HEADERS *headers;
	DWORD_PTR mask, all;
	DWORD heaps, session, tls;
	PVOID *list;

	ROW(D PEB, "execution");
	GetSystemInfo(&info);
	headers = (IMAGE_NT_HEADERS *)((char *)GetModuleHandleA(NULL) + ((IMAGE_DOS_HEADER *)GetModuleHandleA(NULL))->e_lfanew);
	CHECK_EQUAL(AT(BYTE, peb, 0), 0);
	CHECK_EQUAL(AT(BYTE, peb, 3) & 1, 0); /* no large pages */
	CHECK_EQUAL(AT(ULONG, peb, 0x50) & 2, 0);
	tls = TlsAlloc();
	CHECK(tls < 64);
	CHECK_EQUAL(AT(ULONG64, peb, 0x80) >> tls & 1, 1);
	CHECK_EQUAL(AT(ULONG, AT(char *, peb, 0x78), 0), 64);
	CHECK(AT(char *, AT(char *, peb, 0x78), 8) == peb + 0x80);
	TlsFree(tls);
	CHECK_EQUAL(AT(ULONG64, peb, 0x80) >> tls & 1, 0);
	CHECK_EQUAL(AT(ULONG, AT(char *, peb, 0x238), 0), 1024);
	CHECK(AT(char *, AT(char *, peb, 0x238), 8) == peb + 0x240);
	CHECK(AT(LONG64, peb, 0xC0) < 0);
	CHECK(AT(ULONG64, peb, 0xC8) >= AT(ULONG64, peb, 0xD0) && AT(ULONG64, peb, 0xD0) >= 0x1000);
	CHECK(AT(ULONG64, peb, 0xD8) >= AT(ULONG64, peb, 0xE0) && AT(ULONG64, peb, 0xE0) > 0);
	CHECK_EQUAL(AT(USHORT, peb, 0x122), 0);
	CHECK_EQUAL(AT(ULONG, peb, 0x12C), headers->OptionalHeader.MajorSubsystemVersion);
	CHECK_EQUAL(AT(ULONG, peb, 0x130), headers->OptionalHeader.MinorSubsystemVersion);
	CHECK(GetProcessAffinityMask(GetCurrentProcess(), &mask, &all));
	CHECK_EQUAL(AT(ULONG64, peb, 0x138), mask);
	CHECK(AT(PVOID, peb, 0x230) == NULL);
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
	IMAGE_NT_HEADERS *headers;
	LONG64 now = 0, made = 0, left[3];
	unsigned count = 0;

	ROW(D loader lists, "execution");
	CHECK(AT(ULONG, data, 0) >= 0x58);
	CHECK_EQUAL(AT(BYTE, data, 4), 1);
	CHECK_EQUAL(AT(BYTE, data, 0x48), 0);
	CHECK(AT(PVOID, data, 0x50) == NULL);
	headers = (IMAGE_NT_HEADERS *)((char *)GetModuleHandleA(NULL) + ((IMAGE_DOS_HEADER *)GetModuleHandleA(NULL))->e_lfanew);
	at = AT(char *, head, 0);
	CHECK(AT(char *, data, 0x20) == at + 0x10);
	CHECK(AT(PVOID, AT(char *, data, 0x30), 0x10) == GetModuleHandleA("ntdll.dll"));
	CHECK_EQUAL(AT(ULONG, at, 0x40), headers->OptionalHeader.SizeOfImage);
	CHECK(AT(char *, at, 0x38) == (char *)headers + (headers->OptionalHeader.AddressOfEntryPoint -
							 (ULONG)((char *)headers - (char *)GetModuleHandleA(NULL))));
	CHECK_EQUAL(AT(ULONG, at, 0x80), headers->FileHeader.TimeDateStamp);
	CHECK(AT(PVOID, at, 0x70) != NULL && AT(PVOID, at, 0x98) != NULL);
	CHECK(AT(ULONG64, at, 0xF8) != 0 && AT(ULONG64, at, 0xF8) % 0x10000 == 0);
	GetSystemTimeAsFileTime((FILETIME *)&now);
	CHECK(GetProcessTimes(GetCurrentProcess(), (FILETIME *)&made, (FILETIME *)&left[0], (FILETIME *)&left[1], (FILETIME *)&left[2]));
	/* A tick of either clock may lie between. */
	CHECK(AT(LONG64, at, 0x100) + 10000000 >= made && AT(LONG64, at, 0x100) <= now);
	GetModuleFileNameW(NULL, path, MAX_PATH);
	CHECK(AT(PVOID, at, 0x30) == GetModuleHandleA(NULL));
	CHECK(same_name((struct string *)(at + 0x48), path));
	CHECK(same_name((struct string *)(at + 0x58), wcsrchr(path, '\\') + 1));
	CHECK(AT(ULONG, at, 0x40) >= 0x1000);
	CHECK(AT(PVOID, at, 0x38) != NULL);
	CHECK_EQUAL(AT(USHORT, at, 0x6E), 0xFFFF); /* it has thread-local variables */
	at = AT(char *, at, 0);
	CHECK(same_name((struct string *)(at + 0x58), L"ntdll.dll"));
	CHECK(AT(PVOID, at, 0x30) == GetModuleHandleA("ntdll.dll"));
	at = AT(char *, at, 0);
	CHECK(same_name((struct string *)(at + 0x58), L"kernel32.dll"));
	CHECK(AT(PVOID, at, 0x30) == GetModuleHandleA("kernel32.dll"));
	CHECK_EQUAL(AT(USHORT, at, 0x6E), 0); /* it has none */
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
	STARTUPINFOW startup;
	WCHAR path[MAX_PATH + 2], *variable;

	ROW(D process parameters, "execution");
	CHECK(AT(ULONG, parameters, 0) >= 0x400);
	CHECK_EQUAL(AT(ULONG, parameters, 8) & 1, 1);
	CHECK(AT(HANDLE, parameters, 0x20) == GetStdHandle(STD_INPUT_HANDLE));
	CHECK(AT(HANDLE, parameters, 0x28) == GetStdHandle(STD_OUTPUT_HANDLE));
	CHECK(AT(HANDLE, parameters, 0x30) == GetStdHandle(STD_ERROR_HANDLE));
	CHECK(same_name(line, GetCommandLineW()));
	GetModuleFileNameW(NULL, path, MAX_PATH);
	CHECK(same_name((struct string *)(parameters + 0x60), path));
	CHECK(AT(WCHAR *, parameters, 0x80) != NULL);
	CHECK(AT(ULONG, parameters, 4) >= 0x400 && AT(ULONG, parameters, 4) <= AT(ULONG, parameters, 0));
	GetCurrentDirectoryW(MAX_PATH, path);
	if (path[wcslen(path) - 1] != '\\')
		wcscat(path, L"\\");
	CHECK(same_name((struct string *)(parameters + 0x38), path));
	CHECK(AT(HANDLE, parameters, 0x48) != NULL);
	GetStartupInfoW(&startup);
	CHECK(AT(DWORD, parameters, 0x88) == startup.dwX && AT(DWORD, parameters, 0x8C) == startup.dwY);
	CHECK(AT(DWORD, parameters, 0x90) == startup.dwXSize && AT(DWORD, parameters, 0x94) == startup.dwYSize);
	CHECK(AT(DWORD, parameters, 0x98) == startup.dwXCountChars && AT(DWORD, parameters, 0x9C) == startup.dwYCountChars);
	CHECK_EQUAL(AT(DWORD, parameters, 0xA0), startup.dwFillAttribute);
	CHECK_EQUAL(AT(DWORD, parameters, 0xA4), startup.dwFlags);
	CHECK_EQUAL(AT(WORD, parameters, 0xA8), startup.wShowWindow);
	CHECK(same_name((struct string *)(parameters + 0xB0), startup.lpTitle ? startup.lpTitle : L""));
	CHECK(same_name((struct string *)(parameters + 0xC0), startup.lpDesktop ? startup.lpDesktop : L""));
	CHECK_EQUAL(AT(USHORT, parameters, 0xE0), startup.cbReserved2);
	/* The environment: names up to an empty one. */
	for (variable = AT(WCHAR *, parameters, 0x80); *variable; variable += wcslen(variable) + 1)
		;
	CHECK(AT(SIZE_T, parameters, 0x3F0) >= (SIZE_T)((char *)(variable + 1) - (char *)AT(WCHAR *, parameters, 0x80)));
	CHECK_EQUAL(AT(DWORD, parameters, 0x18) & 1, 0);
	CHECK(SetConsoleCtrlHandler(NULL, TRUE));
	CHECK_EQUAL(AT(DWORD, parameters, 0x18) & 1, 1);
	CHECK(SetConsoleCtrlHandler(NULL, FALSE));
	CHECK_EQUAL(AT(DWORD, parameters, 0x18) & 1, 0);
}

static void shared_page(void)
{
	char *page = (char *)0x7FFE0000;
	ULONG64(WINAPI *features)(void) = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetEnabledXStateFeatures");
	LARGE_INTEGER frequency;
	ULONG64 first, second;
	void(NTAPI * get_version)(OSVERSIONINFOEXW *) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion");
	PVOID(NTAPI * encode)(PVOID) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlEncodeSystemPointer");
	OSVERSIONINFOEXW version = {sizeof(version)};
	MEMORYSTATUSEX memory = {sizeof(memory)};
	TIME_ZONE_INFORMATION zone;
	ULARGE_INTEGER local;
	ULONG cookie;
	SYSTEM_INFO info;
	WCHAR windows[MAX_PATH];

	ROW(D shared data, "execution");
	get_version(&version);
	CHECK_EQUAL(AT(ULONG, page, 0x260) & 0xFFFF, version.dwBuildNumber);
	CHECK_EQUAL(AT(ULONG, page, 0x264), version.wProductType);
	CHECK_EQUAL(AT(BYTE, page, 0x268), 1);
	CHECK_EQUAL(AT(ULONG, page, 0x2D0) & ~0x10, version.wSuiteMask & ~0x10); /* terminal services: one user of them is none */
	GetWindowsDirectoryW(windows, MAX_PATH);
	CHECK(!lstrcmpiW((WCHAR *)(page + 0x30), windows));
	CHECK_EQUAL(AT(USHORT, page, 0x2E), 0x8664);
	GlobalMemoryStatusEx(&memory);
	CHECK(AT(ULONG, page, 0x2E8) >= memory.ullTotalPhys / 4096);
	CHECK_EQUAL(AT(BYTE, page, 0x2F8), 0xC3);
	CHECK_EQUAL(AT(BYTE, page, 0x308) & ~1, 0);
	/* Times: the page comes to what a call said, and is never ahead of the next one. */
	GetSystemTimeAsFileTime((FILETIME *)&first);
	do
		second = AT(ULONG64, page, 0x14);
	while (second < first);
	GetSystemTimeAsFileTime((FILETIME *)&first);
	CHECK(second <= first);
	CHECK_EQUAL(AT(LONG, page, 0x18), AT(LONG, page, 0x1C));
	first = GetTickCount64();
	do
		second = (ULONG64)((unsigned __int128)AT(ULONG64, page, 0x320) * AT(ULONG, page, 4) >> 24);
	while (second < first);
	CHECK(second <= GetTickCount64());
	QueryUnbiasedInterruptTime(&first);
	do
		second = AT(ULONG64, page, 8) - AT(ULONG64, page, 0x3B0);
	while (second < first);
	QueryUnbiasedInterruptTime(&first);
	CHECK(second <= first);
	if (AT(BYTE, page, 0x3C6) == 1 || AT(BYTE, page, 0x3C6) == 3) {
		/* The counter without a call and without a hypervisor's page. */
		QueryPerformanceCounter((LARGE_INTEGER *)&first);
		second = (__builtin_ia32_rdtsc() + AT(ULONG64, page, 0x3B8)) >> AT(BYTE, page, 0x3C7);
		CHECK(second + 1000 >= first);
		QueryPerformanceCounter((LARGE_INTEGER *)&first);
		CHECK(second <= first + 1000);
	}
	CHECK_EQUAL(AT(ULONG, page, 0x240), GetTimeZoneInformation(&zone));
	GetSystemTimeAsFileTime((FILETIME *)&first);
	CHECK(FileTimeToLocalFileTime((FILETIME *)&first, (FILETIME *)&local));
	CHECK_EQUAL(first - AT(LONG64, page, 0x20), local.QuadPart);
	CHECK_EQUAL(AT(LONG, page, 0x24), AT(LONG, page, 0x28));
	cookie = AT(ULONG, page, 0x330);
	CHECK_EQUAL((ULONG_PTR)encode((PVOID)0x12345678),
		    (0x12345678 ^ (ULONG64)cookie) >> (cookie & 63) |
			    (cookie & 63 ? (0x12345678 ^ (ULONG64)cookie) << (64 - (cookie & 63)) : 0));
	CHECK(AT(USHORT, page, 0x36A) >= 1 && AT(USHORT, page, 0x36A) <= AT(ULONG, page, 0x3C0));
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
