/*
 * tests/guest/execution_calls.c - calls about execution that no row of the facts names: alerts, what comes first in an alertable
 * wait, timers of NT's second kind, barriers, policies, delayed imports bound by the system, notifications of DLLs.
 */
#include "guest.h"

#include <winternl.h>

/* delayloadhandler.h of the SDK. */
#define DELAYLOAD_GPA_FAILURE 4
typedef struct {
	ULONG Size;
	const void *DelayloadDescriptor, *ThunkAddress;
	LPCSTR TargetDllName;
	struct {
		ULONG ImportDescribedByName;
		union {
			LPCSTR Name;
			ULONG Ordinal;
		} Description;
	} TargetApiDescriptor;
	PVOID TargetModuleBase, Unused;
	ULONG LastError;
} * PDELAYLOAD_INFO;

#define NT(name, ...) NTSTATUS(NTAPI * name)(__VA_ARGS__)
static NT(alert_thread, HANDLE);
static NT(alert_resume, HANDLE, ULONG *);
static NT(test_alert, void);
static NT(wait_one, HANDLE, BOOLEAN, LARGE_INTEGER *);
static NT(delay, BOOLEAN, LARGE_INTEGER *);

static FARPROC from(const char *dll, const char *name)
{
	FARPROC function = GetProcAddress(GetModuleHandleA(dll), name);

	if (!function)
		printf("%s lacks %s\n", dll, name);
	CHECK(function != NULL);
	return function;
}

static LONG apcs;

static void CALLBACK count_apc(ULONG_PTR argument)
{
	apcs += (LONG)argument;
}

static DWORD WINAPI waits_alertably(LPVOID event)
{
	LARGE_INTEGER timeout = {.QuadPart = -600000000};

	SetEvent(event);
	return (DWORD)delay(TRUE, &timeout);
}

static DWORD WINAPI win32_wait(LPVOID handles)
{
	return WaitForSingleObjectEx(*(HANDLE *)handles, 60000, TRUE);
}

static void alerts(void)
{
	LARGE_INTEGER none = {.QuadPart = 0}, soon = {.QuadPart = -100000};
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), thread;
	DWORD code;
	ULONG count = 9;

	CHECK_EQUAL(test_alert(), 0);
	CHECK_EQUAL(alert_thread(GetCurrentThread()), 0);
	CHECK_EQUAL(alert_thread(GetCurrentThread()), 0);
	/* One is remembered; only alertable waits look at it. */
	CHECK_EQUAL(wait_one(event, FALSE, &none), STATUS_TIMEOUT);
	CHECK_EQUAL(wait_one(event, TRUE, &none), 0x101);
	CHECK_EQUAL(wait_one(event, TRUE, &none), STATUS_TIMEOUT);
	/* What is signalled goes first, then the alert, then APCs. */
	alert_thread(GetCurrentThread());
	QueueUserAPC(count_apc, GetCurrentThread(), 1);
	SetEvent(event);
	CHECK_EQUAL(wait_one(event, TRUE, &none), 0);
	CHECK_EQUAL(apcs, 0);
	CHECK_EQUAL(test_alert(), 0x101);
	CHECK_EQUAL(apcs, 0);
	CHECK_EQUAL(test_alert(), 0);
	CHECK_EQUAL(apcs, 1);
	alert_thread(GetCurrentThread());
	CHECK_EQUAL(delay(TRUE, &soon), 0x101);
	CHECK_EQUAL(delay(TRUE, &soon), 0);
	/* Win32 waits again. */
	alert_thread(GetCurrentThread());
	CHECK_EQUAL(SleepEx(1, TRUE), 0);
	CHECK_EQUAL(test_alert(), 0);
	alert_thread(GetCurrentThread());
	CHECK_EQUAL(WaitForSingleObjectEx(event, 1, TRUE), WAIT_TIMEOUT);

	thread = CreateThread(NULL, 0, waits_alertably, event, 0, NULL);
	WaitForSingleObject(event, INFINITE);
	CHECK_EQUAL(alert_thread(thread), 0);
	CHECK_EQUAL(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 0x101);
	CHECK_EQUAL(alert_thread(thread), 0); /* nobody hears it */
	CloseHandle(thread);

	thread = CreateThread(NULL, 0, win32_wait, &event, CREATE_SUSPENDED, NULL);
	CHECK_EQUAL(alert_resume(thread, &count), 0);
	CHECK_EQUAL(count, 1);
	Sleep(10);
	SetEvent(event);
	WaitForSingleObject(thread, INFINITE);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, WAIT_OBJECT_0);
	CloseHandle(thread);
	CHECK_EQUAL(alert_thread(NULL), (NTSTATUS)0xC0000008);
	CHECK_EQUAL(alert_thread(event), (NTSTATUS)0xC0000024);
	CloseHandle(event);
}

/* A wait looks at its objects before it looks for APCs, however many it waits for. */
static void objects_before_apcs(void)
{
	HANDLE events[2] = {CreateEventA(NULL, TRUE, TRUE, NULL), CreateEventA(NULL, TRUE, FALSE, NULL)};

	apcs = 0;
	QueueUserAPC(count_apc, GetCurrentThread(), 1);
	CHECK_EQUAL(WaitForSingleObjectEx(events[0], INFINITE, TRUE), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForMultipleObjectsEx(2, events, FALSE, INFINITE, TRUE), WAIT_OBJECT_0);
	CHECK_EQUAL(apcs, 0);
	CHECK_EQUAL(WaitForMultipleObjectsEx(2, events, TRUE, INFINITE, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(apcs, 1);
	SetEvent(events[1]);
	QueueUserAPC(count_apc, GetCurrentThread(), 1);
	CHECK_EQUAL(WaitForMultipleObjectsEx(2, events, TRUE, INFINITE, TRUE), WAIT_OBJECT_0);
	CHECK_EQUAL(SignalObjectAndWait(events[0], events[1], INFINITE, TRUE), WAIT_OBJECT_0);
	CHECK_EQUAL(apcs, 1);
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(apcs, 2);
	CHECK_EQUAL(SleepEx(0, TRUE), 0);
	CloseHandle(events[0]);
	CloseHandle(events[1]);
}

static void second_timers(void)
{
	NT(create, HANDLE *, PVOID, PVOID, ULONG, ACCESS_MASK) = (void *)from("ntdll", "NtCreateTimer2");
	NT(set, HANDLE, LARGE_INTEGER *, LARGE_INTEGER *, void *) = (void *)from("ntdll", "NtSetTimer2");
	NT(cancel, HANDLE, void *) = (void *)from("ntdll", "NtCancelTimer2");
	struct {
		ULONG version, reserved;
		LONGLONG tolerance;
	} parameters = {0};
	LARGE_INTEGER due = {.QuadPart = -1}, period = {.QuadPart = 5000}, late = {.QuadPart = -36000000000ll};
	HANDLE timer;

	CHECK_EQUAL(create(&timer, NULL, NULL, 0x80000004, TIMER_ALL_ACCESS), 0);
	CHECK_EQUAL(set(timer, &due, NULL, &parameters), 0);
	CHECK_EQUAL(WaitForSingleObject(timer, 60000), WAIT_OBJECT_0);
	CHECK_EQUAL(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);
	CHECK_EQUAL(set(timer, &late, NULL, &parameters), 0);
	CHECK_EQUAL(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
	CHECK_EQUAL(cancel(timer, NULL), 0);
	CloseHandle(timer);
	CHECK_EQUAL(create(&timer, NULL, NULL, 0, TIMER_ALL_ACCESS), 0);
	CHECK_EQUAL(set(timer, &due, &period, &parameters), 0); /* every half millisecond */
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(WaitForSingleObject(timer, 60000), WAIT_OBJECT_0);
	CloseHandle(timer);
}

static LONG barrier_last, barrier_passed;

static DWORD WINAPI passes(LPVOID barrier)
{
	BOOLEAN(NTAPI * pass)(void *, ULONG) = (void *)GetProcAddress(GetModuleHandleA("ntdll"), "RtlBarrier");

	for (int i = 0; i < 50; i++) {
		if (pass(barrier, 0))
			InterlockedIncrement(&barrier_last);
		InterlockedIncrement(&barrier_passed);
	}
	return 0;
}

static void barriers(void)
{
	NT(initialize, void *, LONG, LONG) = (void *)from("ntdll", "RtlInitBarrier");
	NT(delete, void *) = (void *)from("ntdll", "RtlDeleteBarrier");
	ULONG_PTR barrier[8];
	HANDLE threads[3];

	CHECK_EQUAL(initialize(barrier, 0, -1), (NTSTATUS)STATUS_INVALID_PARAMETER);
	CHECK_EQUAL(initialize(barrier, 3, -1), 0);
	for (int i = 0; i < 3; i++)
		threads[i] = CreateThread(NULL, 0, passes, barrier, 0, NULL);
	WaitForMultipleObjects(3, threads, TRUE, INFINITE);
	CHECK_EQUAL(barrier_last, 50);
	CHECK_EQUAL(barrier_passed, 150);
	CHECK_EQUAL(delete (barrier), 0);
	for (int i = 0; i < 3; i++)
		CloseHandle(threads[i]);
}

static void policies(void)
{
	BOOL(WINAPI * get)(HANDLE, DWORD, void *, SIZE_T) = (void *)from("kernel32", "GetProcessMitigationPolicy");
	BOOL(WINAPI * set)(DWORD, void *, SIZE_T) = (void *)from("kernel32", "SetProcessMitigationPolicy");
	struct {
		DWORD flags;
		BOOLEAN permanent;
	} dep = {0};
	ULONG64 mask[2] = {1, 1};
	DWORD flags = 9, level;
	USHORT machine = 9, native = 9;
	BOOL yes = 9;

	CHECK(get(GetCurrentProcess(), 0, &dep, sizeof(dep)));
	CHECK(dep.flags & 1);
	CHECK(dep.permanent);
	CHECK_FAILS(get(GetCurrentProcess(), 0, &dep, 4), ERROR_INVALID_PARAMETER);
	CHECK(get(GetCurrentProcess(), 1, &flags, sizeof(flags)));
	CHECK(flags & 1);
	CHECK(get(GetCurrentProcess(), 5, mask, sizeof(mask)));
	CHECK_FAILS(get(GetCurrentProcess(), 99, &flags, sizeof(flags)), ERROR_INVALID_PARAMETER);
	CHECK(get(GetCurrentProcess(), 6, &flags, sizeof(flags)));
	CHECK_EQUAL(flags, 0);
	flags = 1;
	CHECK(set(6, &flags, sizeof(flags)));
	flags = 9;
	CHECK(get(GetCurrentProcess(), 6, &flags, sizeof(flags)));
	CHECK_EQUAL(flags, 1);
	flags = 0;
	CHECK_FAILS(set(6, &flags, sizeof(flags)), ERROR_ACCESS_DENIED);
	CHECK(!set(0, &dep, sizeof(dep)));
	CHECK_EQUAL(((UINT(WINAPI *)(void))from("kernel32", "GetSystemDEPPolicy"))(), 2);

	CHECK(IsWow64Process(GetCurrentProcess(), &yes));
	CHECK(!yes);
	CHECK_FAILS(IsWow64Process(NULL, &yes), ERROR_INVALID_HANDLE);
	CHECK(((BOOL(WINAPI *)(HANDLE, USHORT *, USHORT *))from("kernel32", "IsWow64Process2"))(GetCurrentProcess(), &machine,
											      &native));
	CHECK_EQUAL(machine, 0);
	CHECK_EQUAL(native, 0x8664);
	CHECK_FAILS(Wow64DisableWow64FsRedirection((PVOID *)mask), ERROR_INVALID_FUNCTION);

	CHECK_EQUAL(SetThreadExecutionState(ES_CONTINUOUS), ES_CONTINUOUS);
	CHECK_EQUAL(SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED), ES_CONTINUOUS);
	CHECK_EQUAL(SetThreadExecutionState(ES_DISPLAY_REQUIRED), ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
	CHECK_FAILS(SetThreadExecutionState(ES_USER_PRESENT | 0x100), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(SetThreadExecutionState(ES_CONTINUOUS), ES_CONTINUOUS | ES_SYSTEM_REQUIRED);

	CHECK(GetProcessShutdownParameters(&level, &flags));
	CHECK_EQUAL(level, 0x280);
	CHECK_EQUAL(flags, 0);
	CHECK(SetProcessShutdownParameters(0x300, SHUTDOWN_NORETRY));
	CHECK(GetProcessShutdownParameters(&level, &flags));
	CHECK_EQUAL(level, 0x300);
	CHECK_EQUAL(flags, SHUTDOWN_NORETRY);
	CHECK(!SetProcessShutdownParameters(0x500, 0));
}

static void memory_conditions(void)
{
	HANDLE low = CreateMemoryResourceNotification(LowMemoryResourceNotification);
	HANDLE high = CreateMemoryResourceNotification(HighMemoryResourceNotification), event;
	BOOL scarce = 9, plenty = 9;

	CHECK(low && high);
	CHECK(QueryMemoryResourceNotification(low, &scarce));
	CHECK(QueryMemoryResourceNotification(high, &plenty));
	CHECK(scarce == FALSE || scarce == TRUE);
	CHECK(!(scarce && plenty));
	CHECK_EQUAL(WaitForSingleObject(high, 0), plenty ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
	CHECK_FAILS(CreateMemoryResourceNotification(2), ERROR_INVALID_PARAMETER);
	event = CreateEventA(NULL, FALSE, FALSE, NULL);
	CHECK_FAILS(QueryMemoryResourceNotification(NULL, &scarce), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(QueryMemoryResourceNotification(INVALID_HANDLE_VALUE, &scarce), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(QueryMemoryResourceNotification(low, NULL), ERROR_INVALID_PARAMETER);
	CHECK_FAILS(SetEvent(low), ERROR_ACCESS_DENIED);
	CloseHandle(event);
	CloseHandle(low);
	CloseHandle(high);
}

/* A name in the ANSI code page passes the TEB's buffer of 261 characters; one in UTF-16 does not. */
static void long_names(void)
{
	char name[300];
	WCHAR wide[300];
	HANDLE event;

	memset(name, 'n', sizeof(name));
	name[261] = 0;
	CHECK_FAILS(CreateEventA(NULL, FALSE, FALSE, name), ERROR_FILENAME_EXCED_RANGE);
	CHECK_FAILS(OpenMutexA(SYNCHRONIZE, FALSE, name), ERROR_FILENAME_EXCED_RANGE);
	name[260] = 0;
	event = CreateEventA(NULL, FALSE, FALSE, name);
	CHECK(event != NULL);
	CloseHandle(event);
	for (int i = 0; i < 299; i++)
		wide[i] = L'w';
	wide[299] = 0;
	event = CreateEventW(NULL, FALSE, FALSE, wide);
	CHECK(event != NULL);
	CloseHandle(event);
}

/* Tables of a module that is nothing else: RVAs are offsets here. */
static struct {
	ULONG_PTR handle, thunks[5], names[5];
	char dll[16];
	struct {
		USHORT hint;
		char name[22];
	} import[3];
	IMAGE_DELAYLOAD_DESCRIPTOR descriptor;
} parent = {.dll = "version.dll", .import = {{0, "GetFileVersionInfoW"}, {0, "NoSuchFunction"}, {0, "VerQueryValueW"}}};
static int dll_hooks, system_hooks;
static PVOID dll_answer;

static PVOID WINAPI dll_hook(ULONG reason, PDELAYLOAD_INFO info)
{
	dll_hooks++;
	CHECK_EQUAL(reason, DELAYLOAD_GPA_FAILURE);
	CHECK_EQUAL(info->Size, sizeof(*info));
	CHECK(info->DelayloadDescriptor == &parent.descriptor);
	CHECK(strcmp(info->TargetDllName, "version.dll") == 0);
	CHECK(info->TargetModuleBase == GetModuleHandleA("version"));
	CHECK(info->Unused == NULL);
	if (info->ThunkAddress == (void *)&parent.thunks[1]) {
		CHECK_EQUAL(info->TargetApiDescriptor.ImportDescribedByName, 1);
		CHECK(strcmp(info->TargetApiDescriptor.Description.Name, "NoSuchFunction") == 0);
		CHECK_EQUAL(info->LastError, ERROR_PROC_NOT_FOUND);
	} else {
		CHECK(info->ThunkAddress == (void *)&parent.thunks[2]);
		CHECK_EQUAL(info->TargetApiDescriptor.ImportDescribedByName, 0);
		CHECK_EQUAL(info->TargetApiDescriptor.Description.Ordinal, 999);
	}
	return dll_answer;
}

static PVOID WINAPI system_hook(LPCSTR dll, LPCSTR procedure)
{
	system_hooks++;
	CHECK(strcmp(dll, "version.dll") == 0);
	CHECK(procedure == (LPCSTR)999 || strcmp(procedure, "NoSuchFunction") == 0);
	return (PVOID)0x12345678;
}

static void delayed_imports(void)
{
	PVOID(WINAPI * resolve)
	(PVOID, void *, void *, void *, void *, ULONG) = (void *)from("kernel32", "ResolveDelayLoadedAPI");
	char *base = (char *)&parent;

	parent.descriptor.Attributes.AllAttributes = 1;
	parent.descriptor.DllNameRVA = (DWORD)(parent.dll - base);
	parent.descriptor.ModuleHandleRVA = (DWORD)((char *)&parent.handle - base);
	parent.descriptor.ImportAddressTableRVA = (DWORD)((char *)parent.thunks - base);
	parent.descriptor.ImportNameTableRVA = (DWORD)((char *)parent.names - base);
	parent.names[0] = (ULONG_PTR)((char *)&parent.import[0] - base);
	parent.names[1] = (ULONG_PTR)((char *)&parent.import[1] - base);
	parent.names[2] = IMAGE_ORDINAL_FLAG64 | 999;
	parent.names[3] = (ULONG_PTR)((char *)&parent.import[2] - base);

	SetLastError(0xDEADBEEF);
	CHECK(resolve(NULL, &parent.descriptor, dll_hook, system_hook, &parent.thunks[0], 0) == NULL);
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK(resolve(&parent, &parent.descriptor, dll_hook, system_hook, &parent.thunks[3], 0) ==
	      GetProcAddress((HMODULE)parent.handle, "VerQueryValueW"));
	CHECK((HMODULE)parent.handle == GetModuleHandleA("version"));
	CHECK(parent.thunks[3] == (ULONG_PTR)GetProcAddress((HMODULE)parent.handle, "VerQueryValueW"));
	CHECK_EQUAL(parent.thunks[0], 0);
	CHECK(resolve(&parent, &parent.descriptor, dll_hook, system_hook, &parent.thunks[0], 0) ==
	      GetProcAddress((HMODULE)parent.handle, "GetFileVersionInfoW"));
	CHECK_EQUAL(dll_hooks, 0);
	CHECK(resolve(&parent, &parent.descriptor, dll_hook, system_hook, &parent.thunks[1], 0) == (PVOID)0x12345678);
	CHECK_EQUAL(dll_hooks, 1);
	CHECK_EQUAL(system_hooks, 1);
	CHECK(resolve(&parent, &parent.descriptor, NULL, system_hook, &parent.thunks[2], 0) == (PVOID)0x12345678);
	dll_answer = (PVOID)0xDEADBEEF;
	CHECK(resolve(&parent, &parent.descriptor, dll_hook, NULL, &parent.thunks[2], 0) == (PVOID)0xDEADBEEF);
	CHECK_EQUAL(dll_hooks, 2);
	CHECK_EQUAL(system_hooks, 2);
}

static char told[256];

static void CALLBACK on_dll(ULONG reason, const void *data, void *context)
{
	const struct {
		ULONG flags;
		const UNICODE_STRING *full, *base;
		PVOID address;
		ULONG size;
	} *info = data;
	size_t at = strlen(told);

	CHECK(context == told);
	CHECK_EQUAL(info->flags, 0);
	CHECK(info->address && info->size);
	if (_wcsnicmp(info->base->Buffer, L"msimg", 5) && _wcsnicmp(info->base->Buffer, L"winmm", 5))
		return; /* what it needs */
	snprintf(told + at, sizeof(told) - at, "%lu %.*ls;", reason, info->base->Length / 2, info->base->Buffer);
}

static void notifications(void)
{
	NT(add, ULONG, void *, void *, void **) = (void *)from("ntdll", "LdrRegisterDllNotification");
	NT(remove, void *) = (void *)from("ntdll", "LdrUnregisterDllNotification");
	HMODULE module;
	void *cookie;

	CHECK_EQUAL(add(0, NULL, NULL, &cookie), (NTSTATUS)STATUS_INVALID_PARAMETER);
	CHECK_EQUAL(add(0, on_dll, told, &cookie), 0);
	module = LoadLibraryA("winmm.dll");
	CHECK(_stricmp(told, "1 winmm.dll;") == 0);
	LoadLibraryA("winmm.dll");
	CHECK(_stricmp(told, "1 winmm.dll;") == 0);
	CHECK_EQUAL(remove(cookie), 0);
	CHECK_EQUAL(remove(cookie), (NTSTATUS)0xC0000135);
	CHECK(module != NULL);
}

int main(void)
{
	alert_thread = (void *)from("ntdll", "NtAlertThread");
	alert_resume = (void *)from("ntdll", "NtAlertResumeThread");
	test_alert = (void *)from("ntdll", "NtTestAlert");
	wait_one = (void *)from("ntdll", "NtWaitForSingleObject");
	delay = (void *)from("ntdll", "NtDelayExecution");
	alerts();
	objects_before_apcs();
	second_timers();
	barriers();
	policies();
	memory_conditions();
	long_names();
	delayed_imports();
	notifications();
	return guest_result();
}
