/*
 * Rows 49-56 of the NT memory facts, 16 and 74-75 of the execution facts: stacks, their guard pages, their end.
 *
 * Rows 51-53 measure a thread's own stack while they stand on it, so they work with distances, and far above the guard.
 */
#include "memory_rows.h"

#include <excpt.h>
#include <malloc.h>

#define PAGE ((SIZE_T)0x1000)
#define UNIT_1M ((SIZE_T)0x100000)
#define CODE_STACK_OVERFLOW 0xC00000FDu
#define CODE_ACCESS_VIOLATION 0xC0000005u

typedef struct {
	PVOID OldStackBase, OldStackLimit, StackBase, StackLimit, StackAllocationBase;
} initial_teb;

/* The TEB's fields, where every compiler finds them. */
static char *stack_base(void)
{
	return (char *)__readgsqword(8);
}

static char *stack_limit(void)
{
	return (char *)__readgsqword(0x10);
}

static void set_stack_limit(char *limit)
{
	__writegsqword(0x10, (ULONG_PTR)limit);
}

static char *stack_bottom(void)
{
	return (char *)__readgsqword(0x1478);
}

static SIZE_T used(void)
{
	return (SIZE_T)(stack_base() - stack_limit());
}

/* Touches `bytes` of stack below the caller, page by page. */
static __attribute__((noinline)) void grow(SIZE_T bytes)
{
	volatile char *memory = _alloca(bytes);

	memory[0] = 1;
}

/* The guard: 1 to 3 pages just below the limit, reserved pages of protection 0 under them. */
static void check_below_limit(void)
{
	char *limit = stack_limit(), *bottom = stack_bottom();
	MEMORY_BASIC_INFORMATION above = query(limit), guard = query(limit - PAGE), rest = query(bottom);

	CHECK(above.State == MEM_COMMIT && above.Protect == PAGE_READWRITE);
	CHECK_EQUAL(above.RegionSize, used());
	CHECK(guard.AllocationBase == bottom);
	CHECK(guard.State == MEM_COMMIT && guard.Protect == (PAGE_READWRITE | PAGE_GUARD));
	CHECK(rest.State == MEM_RESERVE && rest.Protect == 0 && rest.Type == MEM_PRIVATE);
	CHECK(rest.AllocationProtect == PAGE_READWRITE);
	guard = query(bottom + rest.RegionSize);
	CHECK(guard.Protect == (PAGE_READWRITE | PAGE_GUARD));
	CHECK(guard.RegionSize >= PAGE && guard.RegionSize <= 3 * PAGE);
	CHECK_EQUAL(rest.RegionSize + guard.RegionSize + used(), stack_base() - bottom);
}

static DWORD WINAPI fresh_stack(LPVOID argument)
{
	SIZE_T at_start = used(), later;
	char *bottom = stack_bottom();
	SIZE_T reserve_before = query(bottom).RegionSize;

	(void)argument;
	ROW(49, "memory");
	CHECK_EQUAL(at_start, 0x4000);
	check_below_limit();
	ROW(50, "memory");
	grow(0x8000);
	later = used();
	CHECK_EQUAL(later, 0x9000);
	CHECK_EQUAL(query(bottom).RegionSize, reserve_before - (later - at_start));
	check_below_limit();
	/* What is there already is not grown again. */
	grow(0x1000);
	CHECK_EQUAL(used(), later);
	return 1;
}

static void set_guard(char *page, BOOL by_commit)
{
	void *base = page;
	SIZE_T size = PAGE;
	ULONG old = 0;

	if (by_commit) {
		CHECK_EQUAL(NtAllocateVirtualMemory(GetCurrentProcess(), &base, 0, &size, MEM_COMMIT,
						    PAGE_READWRITE | PAGE_GUARD),
			    0);
	} else {
		CHECK_EQUAL(
			NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_READWRITE | PAGE_GUARD, &old),
			0);
		CHECK_EQUAL(old, PAGE_READWRITE);
	}
}

static DWORD WINAPI guarded_stack(LPVOID argument)
{
	BOOL by_commit;
	char *page;
	DWORD old;

	(void)argument;
	for (by_commit = 0; by_commit <= 1; by_commit++) {
		ROW(51, "memory");
		grow(0x20000);
		page = stack_limit() + 0x2000;
		set_guard(page, by_commit);
		CHECK(stack_limit() == page + PAGE);
		CHECK_EQUAL(query(page).Protect, PAGE_READWRITE | PAGE_GUARD);
		CHECK_EQUAL(query(page).RegionSize, PAGE);
		CHECK_EQUAL(query(page - 0x2000).Protect, PAGE_READWRITE);
		CHECK_EQUAL(query(page - 0x2000).RegionSize, 0x2000);
		grow(0x20000);
		CHECK(stack_limit() <= page - 0x2000);
		CHECK_EQUAL(query(stack_limit()).RegionSize, used());
		check_below_limit();
	}
	/* Touched just there, the stack grows by the page, with the guard below it again. */
	page = stack_limit() + 0x4000;
	set_guard(page, FALSE);
	*(volatile char *)(page + 8) = 1;
	CHECK(stack_limit() == page);
	CHECK_EQUAL(query(page - PAGE).Protect, PAGE_READWRITE | PAGE_GUARD);
	grow(0x20000);
	CHECK_EQUAL(query(stack_limit()).RegionSize, used());

	for (by_commit = 0; by_commit <= 1; by_commit++) {
		ROW(52, "memory");
		page = stack_limit() + 0x2000;
		set_guard(page, by_commit);
		set_stack_limit(page - 0x2000);
		grow(0x20000);
		CHECK(stack_limit() <= page);
		CHECK_EQUAL(query(stack_limit()).RegionSize, used());
		CHECK_EQUAL(query(stack_limit() - PAGE).Protect, PAGE_READWRITE | PAGE_GUARD);
	}

	ROW(53, "memory");
	page = stack_limit() + 0x2000;
	set_guard(page, FALSE);
	CHECK(VirtualProtect(page, PAGE, PAGE_READWRITE, &old));
	CHECK_EQUAL(old, PAGE_READWRITE | PAGE_GUARD);
	CHECK(stack_limit() == page + PAGE);
	*(volatile char *)(page + 8) = 1;
	*(volatile char *)(page - PAGE) = 1;
	CHECK(stack_limit() == page + PAGE);
	return 1;
}

/* Calls fn with rsp at the top of another stack. */
void on_stack(void *top, void (*fn)(void));
__asm__(".text\n.globl on_stack\n.def on_stack; .scl 2; .type 32; .endef\n.seh_proc on_stack\non_stack:\n"
	"	pushq %rbp\n	.seh_pushreg %rbp\n	movq %rsp, %rbp\n	.seh_setframe %rbp, 0\n	"
	".seh_endprologue\n"
	"	leaq -32(%rcx), %rsp\n	call *%rdx\n	movq %rbp, %rsp\n	popq %rbp\n	ret\n	"
	".seh_endproc\n");

static SIZE_T own_used[3];
static void use_own_stack(void)
{
	own_used[0] = used();
	grow(0x4000);
	own_used[1] = used();
	grow(0x8000);
	own_used[2] = used();
}

static DWORD WINAPI switched_stack(LPVOID argument)
{
	char *reserve = VirtualAlloc(NULL, 0x100000, MEM_RESERVE, PAGE_READWRITE), *base = reserve + 0x100000;
	char *old_base = stack_base(), *old_limit = stack_limit(), *old_bottom = stack_bottom();
	SIZE_T region, own;
	DWORD protect;

	(void)argument;
	ROW(54, "memory");
	CHECK(VirtualAlloc(base - PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD) == base - PAGE);
	__writegsqword(8, (ULONG_PTR)base);
	set_stack_limit(base);
	__writegsqword(0x1478, (ULONG_PTR)reserve);
	on_stack(base, use_own_stack);
	own = used();
	region = query(stack_limit()).RegionSize;
	protect = query(stack_limit() - PAGE).Protect;
	__writegsqword(8, (ULONG_PTR)old_base);
	set_stack_limit(old_limit);
	__writegsqword(0x1478, (ULONG_PTR)old_bottom);
	CHECK_EQUAL(own_used[0], 0x1000);
	CHECK_EQUAL(own_used[1], 0x5000);
	CHECK_EQUAL(own_used[2], 0x9000);
	CHECK(own >= 0x9000);
	CHECK_EQUAL(region, own);
	CHECK_EQUAL(protect, PAGE_READWRITE | PAGE_GUARD);
	CHECK_EQUAL(query(reserve).State, MEM_RESERVE);
	release(reserve);
	return 1;
}

static void run_thread(LPTHREAD_START_ROUTINE routine, SIZE_T size, DWORD flags)
{
	HANDLE thread = CreateThread(NULL, size, routine, NULL, flags, NULL);
	DWORD code = 0;

	CHECK(thread != NULL);
	CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	CHECK(GetExitCodeThread(thread, &code));
	CHECK_EQUAL(code, 1);
	CloseHandle(thread);
}

static void created_stacks(void)
{
	NTSTATUS(NTAPI * create)(SIZE_T, SIZE_T, ULONG_PTR, SIZE_T, SIZE_T, initial_teb *);
	void(NTAPI * destroy)(PVOID);
	const IMAGE_NT_HEADERS *headers;
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	char *image = (char *)GetModuleHandleA(NULL);
	static const struct {
		SIZE_T commit, reserve, commit_align, reserve_align, want_commit, want_reserve;
	} rows[] = {
		{0x4000, 0x20000, 1, 1, 0x4000, 0x20000},         {0x4000, 0x20000, 0x10000, 1, 0x10000, 0x20000},
		{0x3f00, 0x20000, 1, 1, 0x4000, 0x20000},         {0x20000, 0x20000, 1, 1, 0x20000, UNIT_1M},
		{0x110000, 0x20000, 1, 1, 0x110000, 2 * UNIT_1M},
	};
	initial_teb teb;
	unsigned i;

	*(FARPROC *)&create = GetProcAddress(ntdll, "RtlCreateUserStack");
	*(FARPROC *)&destroy = GetProcAddress(ntdll, "RtlFreeUserStack");
	headers = (const IMAGE_NT_HEADERS *)(image + ((const IMAGE_DOS_HEADER *)image)->e_lfanew);
	ROW(55, "memory");
	CHECK(create && destroy);
	if (!create || !destroy)
		return;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&teb, 0xCC, sizeof(teb));
		CHECK_EQUAL((DWORD)create(rows[i].commit, rows[i].reserve, 0, rows[i].commit_align,
					  rows[i].reserve_align, &teb),
			    0);
		CHECK(teb.OldStackBase == NULL && teb.OldStackLimit == NULL);
		CHECK_EQUAL((char *)teb.StackBase - (char *)teb.StackLimit, rows[i].want_commit);
		CHECK_EQUAL((char *)teb.StackBase - (char *)teb.StackAllocationBase, rows[i].want_reserve);
		CHECK_EQUAL(query(teb.StackLimit).RegionSize, rows[i].want_commit);
		CHECK_EQUAL(query((char *)teb.StackLimit - PAGE).Protect, PAGE_READWRITE | PAGE_GUARD);
		CHECK(query(teb.StackAllocationBase).AllocationBase == teb.StackAllocationBase);
		destroy(teb.StackAllocationBase);
		CHECK_EQUAL(query(teb.StackAllocationBase).State, MEM_FREE);
	}
	CHECK_EQUAL((DWORD)create(0, 0, 0, 1, 1, &teb), 0);
	CHECK_EQUAL((char *)teb.StackBase - (char *)teb.StackLimit, headers->OptionalHeader.SizeOfStackCommit);
	CHECK_EQUAL((char *)teb.StackBase - (char *)teb.StackAllocationBase,
		    headers->OptionalHeader.SizeOfStackReserve);
	destroy(teb.StackAllocationBase);
	CHECK_EQUAL((DWORD)create(0x4000, 0x20000, 0, 0, 1, &teb), NT_INVALID_PARAMETER);
	CHECK_EQUAL((DWORD)create(0x4000, 0x20000, 0, 1, 0, &teb), NT_INVALID_PARAMETER);
	CHECK_EQUAL((DWORD)create(0, 0, 12, 1, 1, &teb), NT_CONFLICTING_ADDRESSES);
	for (i = 13; i < 32; i++)
		CHECK_EQUAL((DWORD)create(0, 0, i, 1, 1, &teb), NT_INVALID_PARAMETER);
}

static void main_thread(void)
{
	char *bottom = stack_bottom(), *image = (char *)GetModuleHandleA(NULL);
	const IMAGE_NT_HEADERS *headers =
		(const IMAGE_NT_HEADERS *)(image + ((const IMAGE_DOS_HEADER *)image)->e_lfanew);
	SIZE_T reserve = (SIZE_T)(stack_base() - bottom);
	MEMORY_BASIC_INFORMATION rest = query(bottom), guard = query(bottom + rest.RegionSize);
	ULONG_PTR low, high;

	ROW(56, "memory");
	CHECK_EQUAL(reserve, headers->OptionalHeader.SizeOfStackReserve);
	CHECK(rest.AllocationBase == bottom && rest.State == MEM_RESERVE);
	CHECK_EQUAL(guard.Protect, PAGE_READWRITE | PAGE_GUARD);
	CHECK_EQUAL(guard.RegionSize, 3 * PAGE);
	CHECK(used() <= 0x8000);
	CHECK(query(stack_base() - 1).AllocationBase == bottom);
	ROW(75, "execution");
	GetCurrentThreadStackLimits(&low, &high);
	CHECK(low == (ULONG_PTR)bottom && high == (ULONG_PTR)stack_base());
}

/*
 * Overflows.  endless() recurses; the handler of guarded_call takes what it wants, and records.
 */
static volatile int sink;
static DWORD overflow_code;
static ULONG_PTR overflow_parameters[2], overflow_count;
static SIZE_T handler_room;

static __attribute__((noinline)) int endless(volatile int *above)
{
	volatile int here[500];

	if (*above == 0x7FFFFFFF)
		return 0;
	here[0] = *above + 1;
	here[1] = endless(here);
	return here[0] + here[1];
}

/* Small frames; each level calls what goes deeper than they do. */
static HANDLE nul;
static __attribute__((noinline)) int endless_calls(volatile int *above)
{
	volatile int here[10];
	char text[24];
	DWORD written;

	if (*above == 0x7FFFFFFF)
		return 0;
	here[0] = *above + 1;
	WriteFile(nul, text, (DWORD)wsprintfA(text, "%d", here[0]), &written, NULL);
	here[1] = endless_calls(here);
	return here[0] + here[1];
}

static int (*recursion)(volatile int *) = endless;

static int filter(EXCEPTION_POINTERS *pointers)
{
	char here;

	overflow_code = pointers->ExceptionRecord->ExceptionCode;
	overflow_count = pointers->ExceptionRecord->NumberParameters;
	memcpy(overflow_parameters, pointers->ExceptionRecord->ExceptionInformation, sizeof(overflow_parameters));
	handler_room = (SIZE_T)(&here - stack_bottom());
	return EXCEPTION_EXECUTE_HANDLER;
}

LONG take_it(EXCEPTION_POINTERS *pointers, void *frame);
LONG take_it(EXCEPTION_POINTERS *pointers, void *frame)
{
	(void)frame;
	return filter(pointers);
}

int guarded_call(void (*fn)(void));
__asm__(".text\n.globl guarded_call\n.def guarded_call; .scl 2; .type 32; .endef\n.seh_proc "
	"guarded_call\nguarded_call:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 1\n	.rva .Lgbegin, .Lgend, take_it, .Lgtarget\n	.text\n"
	".Lgbegin:\n	call *%rcx\n	nop\n.Lgend:\n	xorl %eax, %eax\n"
	".Lgout:	addq $40, %rsp\n	ret\n.Lgtarget:\n	movl $1, %eax\n	jmp .Lgout\n	"
	".seh_endproc\n");

static void overflow(void)
{
	sink = recursion(&sink);
}

static void overflow_once(void)
{
	overflow_code = 0;
	CHECK_EQUAL(guarded_call(overflow), 1);
}

static DWORD WINAPI overflowing(LPVOID argument)
{
	int(CDECL * reset)(void);
	ULONG guarantee = 0;
	SIZE_T asked = (SIZE_T)argument;
	int round;

	*(FARPROC *)&reset = GetProcAddress(LoadLibraryA("msvcrt.dll"), "_resetstkoflw");
	if (asked) {
		ROW(74, "execution");
		guarantee = (ULONG)asked;
		CHECK(SetThreadStackGuarantee(&guarantee));
		CHECK_EQUAL(guarantee, 0);
	}
	ROW(16, "execution");
	for (round = 0; round < 3; round++) {
		overflow_once();
		CHECK_EQUAL(overflow_code, CODE_STACK_OVERFLOW);
		CHECK_EQUAL(overflow_count, 2);
		CHECK_EQUAL(overflow_parameters[0], 1);
		CHECK(overflow_parameters[1] >= (ULONG_PTR)stack_bottom() &&
		      overflow_parameters[1] < (ULONG_PTR)stack_base());
		CHECK(handler_room >= asked);
		/* The guard is gone; nothing between the end of the stack and here has one. */
		CHECK_EQUAL(query(stack_limit()).Protect, PAGE_READWRITE);
		CHECK(!(query(stack_limit() - PAGE).Protect & PAGE_GUARD));
		CHECK(reset != NULL && reset() != 0);
		CHECK_EQUAL(query(stack_limit() - PAGE).Protect, PAGE_READWRITE | PAGE_GUARD);
	}
	return 1;
}

static DWORD WINAPI overflowing_unhandled(LPVOID argument)
{
	(void)argument;
	overflow();
	return 0;
}

static void reset_without_overflow(void)
{
	static const char *const names[] = {"msvcrt.dll", "ucrtbase.dll"};
	char *limit;
	unsigned i;

	for (i = 0; i < 2; i++) {
		int(CDECL * reset)(void);

		*(FARPROC *)&reset = GetProcAddress(LoadLibraryA(names[i]), "_resetstkoflw");
		CHECK(reset != NULL);
		limit = stack_limit();
		if (reset)
			CHECK(reset() != 0);
		CHECK(stack_limit() <= limit);
		check_below_limit();
	}
}

/* A handler in the overflowing thread that only records: the search goes on to the frame. */
static LONG vectored_seen;
static LONG CALLBACK watch(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ExceptionRecord->ExceptionCode == CODE_STACK_OVERFLOW)
		vectored_seen++;
	return EXCEPTION_CONTINUE_SEARCH;
}

int main(int argc, char **argv)
{
	PVOID handle;

	main_thread();
	if (argc > 1) {
		/* For tests/stack-overflow.sh: nobody handles it. */
		if (!strcmp(argv[1], "main-overflow"))
			overflow();
		WaitForSingleObject(CreateThread(NULL, 0, overflowing_unhandled, NULL, 0, NULL), INFINITE);
		return 0;
	}
	run_thread(fresh_stack, 0x3f00, 0);
	run_thread(guarded_stack, 0x4000, 0);
	run_thread(switched_stack, 0, 0);
	created_stacks();
	handle = AddVectoredExceptionHandler(1, watch);
	run_thread(overflowing, 0x40000, STACK_SIZE_PARAM_IS_A_RESERVATION);
	{
		HANDLE thread = CreateThread(NULL, 0x80000, overflowing, (LPVOID)(SIZE_T)0x10000,
					     STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
		DWORD code = 0;

		CHECK_EQUAL(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
		CHECK(GetExitCodeThread(thread, &code));
		CHECK_EQUAL(code, 1);
		CloseHandle(thread);
	}
	CHECK_EQUAL(vectored_seen, 6);
	nul = CreateFileA("NUL", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	recursion = endless_calls;
	run_thread(overflowing, 0x40000, STACK_SIZE_PARAM_IS_A_RESERVATION);
	CloseHandle(nul);
	CHECK_EQUAL(vectored_seen, 9);
	RemoveVectoredExceptionHandler(handle);
	reset_without_overflow();
	return guest_result();
}
