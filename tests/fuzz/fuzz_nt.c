/*
 * fuzz_nt.c - calls every Nt function that ntdll exports with arguments that make no sense: handles of all kinds and of none,
 * lengths, pointers to nothing, to memory that ends too soon or may not be written, in places that are misaligned.
 *
 *	fuzz_nt.exe [SEED [CALLS [FIRST-TO-TELL]]]
 *
 * Whatever they say, the process goes on, and no exception is raised.  Functions that are there to end the program, to change where
 * it runs, or to wait, are left out, and so are those that run code from an address.  From the third argument on every call is told.
 */
#include "../guest/guest.h"

#include <stdint.h>
#include <winternl.h>

typedef ULONG_PTR (NTAPI *service)(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR,
				   ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE, PVOID *, SIZE_T *, ULONG);
NTSTATUS NTAPI NtOpenDirectoryObject(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);

#define PATIENCE_MS 60000

/* What begins so is not called. */
static const char *const left_out[] = {
	"NtTerminate", "NtRaise", "NtContinue", "NtWait", "NtDelayExecution", "NtSignalAndWait", "NtRemoveIoCompletion",
	"NtSuspend", "NtSetContextThread", "NtCreateThread", "NtCreateUserProcess", "NtCreateProcess", "NtQueueApc", "NtTestAlert",
	"NtSetSystem", "NtShutdown", "NtCallbackReturn", "NtReleaseKeyedEvent", "NtAssignProcessToJobObject",
	"NtCreateWorkerFactory", "NtWorkerFactory", "NtReleaseWorkerFactory", "NtCreateDebugObject", "NtDebug", "NtSystemDebug",
	"NtLoad", "NtUnload", "NtInitiate", "NtSetLdt", "NtCurrent", "NtDisplayString",
};

/* Arguments that brought a status that had not been seen before are tried again, changed in a few places: so calls get past what they
 * check first. */
#define KINDS 24

static struct {
	const char *name;
	service function;
	unsigned kinds;
	ULONG seen[KINDS];
	ULONG_PTR arguments[KINDS][14];
} services[1024];
static unsigned service_count;

static uint64_t state;
static volatile LONG calls_made;
static const char *volatile current = "nothing";
static ULONG_PTR arguments[14];

static uint64_t random64(void)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
	return (unsigned)(random64() % n);
}

static void find_services(void)
{
	char *base = (char *)GetModuleHandleA("ntdll.dll");
	IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
	IMAGE_EXPORT_DIRECTORY *directory =
		(IMAGE_EXPORT_DIRECTORY *)(base + headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress);
	DWORD *names = (DWORD *)(base + directory->AddressOfNames), *functions = (DWORD *)(base + directory->AddressOfFunctions);
	WORD *ordinals = (WORD *)(base + directory->AddressOfNameOrdinals);

	for (DWORD i = 0; i < directory->NumberOfNames && service_count < 1024; i++) {
		const char *name = base + names[i];
		BOOL wanted = name[0] == 'N' && name[1] == 't' && name[2] >= 'A' && name[2] <= 'Z';

		for (unsigned k = 0; wanted && k < sizeof(left_out) / sizeof(*left_out); k++)
			wanted = strncmp(name, left_out[k], strlen(left_out[k])) != 0;
		if (!wanted)
			continue;
		services[service_count].name = name;
		services[service_count++].function = (service)(base + functions[ordinals[i]]);
	}
}

/*
 * What arguments are made of.
 */
#define SCRATCH 0x40000u
static char *scratch;	/* readable and writable, with anything in it */
static char *edge;	/* where a page ends that another does not follow */
static char *read_only; /* a page */

#define HANDLES 20
static HANDLE handles[HANDLES];
static char directory_name[MAX_PATH], file_name[MAX_PATH + 16], pipe_name[64];
static HKEY key_root;

static void open_handles(void)
{
	HANDLE token = NULL;
	HKEY key = NULL;

	for (int i = 0; i < HANDLES; i++)
		if (handles[i] && (LONG_PTR)handles[i] > 0) {
			SetHandleInformation(handles[i], HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
			CloseHandle(handles[i]);
		}
	RegCreateKeyExA(key_root, "fuzz_nt", 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL);
	OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token);
	handles[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
	handles[1] = CreateMutexA(NULL, FALSE, NULL);
	handles[2] = CreateSemaphoreA(NULL, 1, 5, NULL);
	handles[3] = CreateWaitableTimerA(NULL, TRUE, NULL);
	handles[4] = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x30000, NULL);
	handles[5] = CreateFileA(file_name, GENERIC_READ | GENERIC_WRITE | DELETE, 7, NULL, OPEN_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);
	handles[6] = CreateFileA(directory_name, GENERIC_READ, 7, NULL, OPEN_EXISTING,
				 FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
	handles[7] = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
	handles[8] = CreateJobObjectA(NULL, NULL);
	handles[9] = key;
	handles[10] = token;
	handles[11] = CreateNamedPipeA(pipe_name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE, 8, 4096, 4096, 0, NULL);
	handles[12] = GetCurrentProcess();
	handles[13] = GetCurrentThread();
	handles[14] = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId());
	handles[15] = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
	handles[16] = CreateEventA(NULL, FALSE, TRUE, "fuzz_nt.event");
	handles[17] = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
	handles[18] = CreateFileMappingA(handles[5], NULL, PAGE_READWRITE, 0, 0x3000, NULL);
	handles[19] = CreateEventA(NULL, FALSE, TRUE, NULL);
}

/* What is left of the memory after calls that free and protect it. */
static void prepare_memory(void)
{
	MEMORY_BASIC_INFORMATION info;
	DWORD old;

	if (scratch && (!VirtualQuery(scratch, &info, sizeof(info)) || info.State != MEM_COMMIT || info.RegionSize < SCRATCH ||
			info.AllocationBase != scratch || info.Type != MEM_PRIVATE))
		scratch = VirtualAlloc(scratch, SCRATCH, MEM_COMMIT, PAGE_READWRITE);
	if (!scratch)
		scratch = VirtualAlloc(NULL, SCRATCH, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
	VirtualProtect(scratch, SCRATCH, PAGE_READWRITE, &old);
	if (!edge || !VirtualQuery(edge - 1, &info, sizeof(info)) || info.State != MEM_COMMIT || info.Protect != PAGE_READWRITE) {
		char *block = VirtualAlloc(NULL, 0x3000, MEM_RESERVE, PAGE_READWRITE);

		VirtualAlloc(block, 0x1000, MEM_COMMIT, PAGE_READWRITE);
		edge = block + 0x1000;
	}
	if (!read_only || !VirtualQuery(read_only, &info, sizeof(info)) || info.State != MEM_COMMIT || info.Protect != PAGE_READONLY)
		read_only = VirtualAlloc(NULL, 0x1000, MEM_COMMIT | MEM_RESERVE, PAGE_READONLY);
}

static ULONG_PTR small_number(void)
{
	static const ULONG edges[] = {2, 4, 8, 12, 16, 24, 40, 48, 56, 64, 0x1000, 0x2000, 0x3000, 0x8000, 0x10000, 0xFFFF};

	switch (below(8)) {
	case 0:
	case 1:
	case 2:
		return 0;
	case 3:
		return 1;
	case 4:
	case 5:
		return edges[below(sizeof(edges) / sizeof(*edges))];
	default:
		return below(70);
	}
}

/* Rights, kinds of memory, protections. */
static ULONG_PTR mask(void)
{
	static const ULONG masks[] = {MAXIMUM_ALLOWED, GENERIC_ALL, GENERIC_READ, SYNCHRONIZE, EVENT_ALL_ACCESS, KEY_ALL_ACCESS,
				      MEM_COMMIT, MEM_RESERVE, MEM_COMMIT | MEM_RESERVE, MEM_RELEASE, MEM_DECOMMIT,
				      PAGE_READWRITE, PAGE_READONLY, PAGE_EXECUTE_READWRITE, SEC_COMMIT, SEC_RESERVE, SEC_IMAGE,
				      FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_ATTRIBUTE_NORMAL, TOKEN_ALL_ACCESS};

	return masks[below(sizeof(masks) / sizeof(*masks))];
}

static ULONG_PTR pointer(void)
{
	switch (below(24)) {
	case 0:
		return (ULONG_PTR)edge - (1 + below(64));
	case 1:
		return (ULONG_PTR)edge - 8 * below(32);
	case 2:
		return (ULONG_PTR)read_only + 8 * below(100);
	case 3:
		return (ULONG_PTR)edge + 0x1000;
	case 4:
		return 0xFFFF800000000000u + random64() % 0x10000;
	case 5:
		return random64();
	case 6:
		return (ULONG_PTR)scratch + below(0x2000);
	default:
		return (ULONG_PTR)scratch + 8 * below(0x1000);
	}
}

static ULONG_PTR handle(void)
{
	switch (below(8)) {
	case 0:
		return 0x7FFF0000u + below(0x10000);
	case 1:
		return below(2) ? 0 : (ULONG_PTR)random64();
	default:
		return (ULONG_PTR)handles[below(HANDLES)];
	}
}

static ULONG_PTR anything(void)
{
	switch (below(16)) {
	case 0:
	case 1:
		return handle();
	case 2:
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		return small_number();
	case 8:
	case 9:
		return mask();
	case 10:
		/* no address of a stack or a program */
		return below(2) ? (ULONG_PTR)-1 : below(2) ? (ULONG_PTR)1 << below(16) : (ULONG_PTR)1 << (47 + below(17));
	default:
		return pointer();
	}
}

/* What a service of this name takes first, more often than not. */
static ULONG_PTR first_argument(const char *name)
{
	static const struct {
		const char *part;
		unsigned char which[2];
	} kinds[] = {
		{"File", {5, 6}},   {"Key", {9, 9}},	    {"Event", {0, 16}},	   {"Mutant", {1, 1}},	  {"Semaphore", {2, 2}},
		{"Timer", {3, 3}},  {"Section", {4, 18}},   {"IoCompletion", {7, 7}}, {"Job", {8, 8}},	  {"Token", {10, 10}},
		{"Thread", {13, 15}}, {"Virtual", {12, 14}}, {"View", {12, 14}},    {"Process", {12, 14}},
	};

	if (!below(4))
		return anything();
	if (!strncmp(name, "NtCreate", 8) || !strncmp(name, "NtOpen", 6))
		return pointer();
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strstr(name, kinds[i].part))
			return (ULONG_PTR)handles[kinds[i].which[below(2)]];
	return below(2) ? handle() : anything();
}

static const WCHAR *const names[] = {
	L"", L"\\", L"\\BaseNamedObjects\\fuzz_nt.event", L"\\Sessions\\1\\BaseNamedObjects\\fuzz_nt.x", L"\\??\\", L"\\??\\Z:\\",
	L"\\??\\NUL", L"\\??\\pipe\\fuzz_nt", L"\\Device\\Afd", L"\\Registry\\Machine", L"\\Registry\\User", L"x", L"x\\..\\y", L":",
	L"\\??\\Q:\\a", L"\\Device\\NamedPipe\\", L"\\??\\Z:\\nothing\\here\\", L"\\KnownDlls\\kernel32.dll", L"a.b.c...", L"\\??\\UNC\\a\\b",
};

/* Structures that calls look for, and noise. */
static void fill_memory(void)
{
	ULONG_PTR *words = (ULONG_PTR *)scratch;

	/* a part of it each time */
	for (int i = (int)below(64); i < 0x1000; i += 1 + (int)below(64))
		words[i] = below(3) ? anything() : small_number();
	for (int i = 0; i < 8; i++) {
		UNICODE_STRING *string = (UNICODE_STRING *)(scratch + 8 * below(0xF00));
		const WCHAR *name = names[below(sizeof(names) / sizeof(*names))];
		OBJECT_ATTRIBUTES *attributes = (OBJECT_ATTRIBUTES *)(scratch + 8 * below(0xF00));

		string->Length = (USHORT)(below(4) ? wcslen(name) * 2 : random64());
		string->MaximumLength = (USHORT)(below(4) ? string->Length + 2 : random64());
		string->Buffer = (WCHAR *)(below(8) ? (ULONG_PTR)name : pointer());
		attributes->Length = below(8) ? sizeof(*attributes) : (ULONG)random64();
		attributes->RootDirectory = (HANDLE)(below(2) ? 0 : handle());
		attributes->ObjectName = below(8) ? string : (UNICODE_STRING *)pointer();
		attributes->Attributes = below(3) ? OBJ_CASE_INSENSITIVE : (ULONG)random64() & 0xFFF;
		attributes->SecurityDescriptor = (void *)(below(4) ? 0 : pointer());
		attributes->SecurityQualityOfService = (void *)(below(4) ? 0 : pointer());
	}
}

static BOOL in_memory_of_ours(ULONG_PTR address)
{
	return address - (ULONG_PTR)scratch < SCRATCH || address - ((ULONG_PTR)edge - 0x1000) < 0x3000 ||
	       address - (ULONG_PTR)read_only < 0x1000;
}

/* Earlier answers lie about, with addresses of stacks and programs in them. */
static BOOL names_memory_of_others(ULONG_PTR where)
{
	MEMORY_BASIC_INFORMATION info;
	ULONG_PTR base;

	if (where - (ULONG_PTR)scratch >= SCRATCH - 8 && where - ((ULONG_PTR)edge - 0x1000) > 0xFF8)
		return FALSE;
	base = *(ULONG_PTR *)where;
	return base && !in_memory_of_ours(base) && VirtualQuery((void *)base, &info, sizeof(info)) && info.State != MEM_FREE;
}

/* What would end or stop the test itself; FALSE: not this call. */
static BOOL is_harmless(const char *name)
{
	/* the program's own handles stay */
	if (!strcmp(name, "NtClose") || !strcmp(name, "NtMakeTemporaryObject"))
		return arguments[0] >= 0x10000;
	if (!strcmp(name, "NtDuplicateObject"))
		return !(arguments[6] & DUPLICATE_CLOSE_SOURCE) || arguments[1] >= 0x10000;
	/* ThreadZeroTlsCell, and who could see nothing any more */
	if (!strcmp(name, "NtSetInformationThread"))
		return (ULONG)arguments[1] != 10;
	if (strstr(name, "VirtualMemory"))
		return !names_memory_of_others(arguments[1]);
	if (!strncmp(name, "NtUnmapView", 11))
		return in_memory_of_ours(arguments[1]) || arguments[1] < 0x10000 || (LONG_PTR)arguments[1] < 0;
	/* ProcessInstrumentationCallback */
	if (!strcmp(name, "NtSetInformationProcess"))
		return (ULONG)arguments[1] != 40;
	return TRUE;
}

/* What a call has made is given back, so that the next have room. */
static void give_back(const char *name, ULONG_PTR status)
{
	if ((LONG)status < 0 || !in_memory_of_ours(arguments[0]))
		return;
	if (!strncmp(name, "NtCreate", 8) || !strncmp(name, "NtOpen", 6)) {
		HANDLE made = *(HANDLE *)arguments[0];
		BOOL known = FALSE;

		for (int i = 0; i < HANDLES; i++)
			known = known || made == handles[i];
		if (!known && (ULONG_PTR)made < 0x100000)
			CloseHandle(made);
	}
}

static void give_memory_back(const char *name, ULONG_PTR status)
{
	unsigned where = !strncmp(name, "NtAllocateVirtual", 17) ? 1 : !strncmp(name, "NtMapView", 9) ? 2 : 0;
	PVOID base;
	SIZE_T size = 0;

	if (!where || (LONG)status < 0 || !in_memory_of_ours(arguments[where]) || arguments[where] >= (ULONG_PTR)edge - 7)
		return;
	base = *(PVOID *)arguments[where];
	if (in_memory_of_ours((ULONG_PTR)base))
		return;
	if (where == 1)
		NtFreeVirtualMemory(GetCurrentProcess(), &base, &size, MEM_RELEASE);
	else
		UnmapViewOfFile(base);
}

static void choose_arguments(unsigned which)
{
	unsigned kinds = services[which].kinds;

	if (kinds && below(4)) {
		memcpy(arguments, services[which].arguments[below(kinds)], sizeof(arguments));
		for (unsigned changes = below(4); changes; changes--)
			arguments[below(below(2) ? 5 : 12)] = anything();
		return;
	}
	for (int k = 0; k < 14; k++)
		arguments[k] = k ? anything() : first_argument(services[which].name);
}

/* Numbers that happen to be handles of the program itself, its output among them, become none. */
static void spare_own_handles(void)
{
	if (arguments[0] >= 0x1000)
		return;
	for (int i = 0; i < HANDLES; i++)
		if (arguments[0] == (ULONG_PTR)handles[i])
			return;
	arguments[0] |= 0x7FFF0000;
}

static void remember(unsigned which, ULONG status)
{
	unsigned kinds = services[which].kinds;

	for (unsigned i = 0; i < kinds; i++)
		if (services[which].seen[i] == status)
			return;
	if (kinds == KINDS)
		return;
	services[which].seen[kinds] = status;
	memcpy(services[which].arguments[kinds], arguments, sizeof(arguments));
	services[which].kinds++;
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *pointers)
{
	printf("seed call %ld: %s raised %lx at %p (", calls_made, current, pointers->ExceptionRecord->ExceptionCode,
	       pointers->ExceptionRecord->ExceptionAddress);
	for (int i = 0; i < 14; i++)
		printf("%s%llx", i ? ", " : "", (unsigned long long)arguments[i]);
	printf(")\n");
	fflush(stdout);
	TerminateProcess(GetCurrentProcess(), 3);
	return EXCEPTION_CONTINUE_SEARCH;
}

static long calls = 40000, tell_from = -1;

static DWORD WINAPI caller(void *argument)
{
	for (long i = 0; i < calls; i++) {
		unsigned which = below(service_count);
		ULONG_PTR status;

		if (i % 200 == 0)
			open_handles();
		prepare_memory();
		fill_memory();
		choose_arguments(which);
		spare_own_handles();
		current = services[which].name;
		InterlockedIncrement(&calls_made);
		if (!is_harmless(current))
			continue;
		if (tell_from >= 0 && i >= tell_from) {
			printf("%ld %s", i, current);
			for (int k = 0; k < 11; k++)
				printf(" %llx", (unsigned long long)arguments[k]);
			printf("\n");
			fflush(stdout);
		}
		status = services[which].function(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5],
						  arguments[6], arguments[7], arguments[8], arguments[9], arguments[10],
						  arguments[11], arguments[12], arguments[13]);
		current = "the test itself";
		remember(which, (ULONG)status);
		if (tell_from >= 0 && i >= tell_from)
			printf("%ld = %lx\n", i, (ULONG)status);
		prepare_memory();
		give_back(services[which].name, status);
		give_memory_back(services[which].name, status);
	}
	return 77;
}

int main(int argc, char **argv)
{
	unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20261123;
	HANDLE thread;
	DWORD code = 0;
	LONG before;

	state = seed;
	if (argc > 2)
		calls = strtol(argv[2], NULL, 0);
	if (argc > 3)
		tell_from = strtol(argv[3], NULL, 0);
	find_services();
	CHECK(service_count > 100);
	GetTempPathA(MAX_PATH - 32, directory_name);
	sprintf(directory_name + strlen(directory_name), "fuzz_nt.%lu", GetCurrentProcessId());
	sprintf(file_name, "%s\\file", directory_name);
	sprintf(pipe_name, "\\\\.\\pipe\\fuzz_nt.%lu", GetCurrentProcessId());
	CHECK(CreateDirectoryA(directory_name, NULL));
	CHECK_EQUAL(RegCreateKeyExA(HKEY_CURRENT_USER, "Software\\fuzz_nt", 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key_root,
				    NULL), ERROR_SUCCESS);
	AddVectoredExceptionHandler(1, on_exception);
	thread = CreateThread(NULL, 0, caller, NULL, 0, NULL);
	do {
		before = calls_made;
		if (WaitForSingleObject(thread, PATIENCE_MS) == WAIT_OBJECT_0)
			break;
	} while (calls_made != before);
	CHECK(GetExitCodeThread(thread, &code));
	if (code != 77)
		printf("seed %llu, call %ld: %s does not return\n", seed, calls_made, current);
	CHECK_EQUAL(code, 77);
	if (guest_failures)
		TerminateProcess(GetCurrentProcess(), 1);
	for (int i = 0; i < HANDLES; i++)
		if ((LONG_PTR)handles[i] > 0)
			CloseHandle(handles[i]);
	RegDeleteKeyA(key_root, "fuzz_nt");
	RegDeleteKeyA(HKEY_CURRENT_USER, "Software\\fuzz_nt");
	RegCloseKey(key_root);
	DeleteFileA(file_name);
	RemoveDirectoryA(directory_name);
	return guest_result();
}
