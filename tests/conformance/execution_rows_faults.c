/*
 * Rows 1-22 of the execution facts: what hardware exceptions look like.  Row 16 is in memory_rows_stacks.
 */
#include "execution_rows.h"

typedef LONG NTSTATUS;
NTSTATUS NTAPI NtQueryInformationProcess(HANDLE, ULONG, PVOID, ULONG, PULONG);
NTSTATUS NTAPI NtSetInformationProcess(HANDLE, ULONG, PVOID, ULONG);

#define ANY_GP_ADDRESS ((ULONG_PTR)-1)

static void access_violations(void)
{
	char *page = VirtualAlloc(NULL, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	DWORD old;
	unsigned i;

	ROW(1, "execution");
	RUN(0x10, 0, 0x90, 0x48, 0x8B, 0x01); /* mov rax, [rcx] */
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 1);
	CHECK_PARAMETERS(0, 0x10);
	CHECK_EQUAL(seen[0].record.ExceptionFlags, 0);
	CHECK(seen[0].record.ExceptionRecord == NULL);
	RUN(0x18, 0, 0x48, 0x89, 0x01); /* mov [rcx], rax */
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
	CHECK_PARAMETERS(1, 0x18);
	CHECK(VirtualProtect(page + 0x1000, 0x1000, PAGE_NOACCESS, &old));
	CHECK(VirtualProtect(page + 0x2000, 0x1000, PAGE_READONLY, &old));
	/* Over the edge of a page: the first address that may not be touched. */
	RUN((ULONG_PTR)page + 0xFFD, 0, 0x48, 0x8B, 0x01);
	CHECK_PARAMETERS(0, (ULONG_PTR)page + 0x1000);
	RUN((ULONG_PTR)page + 0x2100, 0, 0x48, 0x89, 0x01);
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
	CHECK_PARAMETERS(1, (ULONG_PTR)page + 0x2100);

	ROW(2, "execution");
	for (i = 0; i < 2; i++) {
		ULONG_PTR target = (ULONG_PTR)page + i * 0x1000;

		RUN(target, 0, 0xFF, 0xE1); /* jmp rcx */
		CHECK_EQUAL(seen_count, 1);
		CHECK_EQUAL(seen[0].record.ExceptionCode, CODE_ACCESS_VIOLATION);
		CHECK_PARAMETERS(8, target);
		CHECK_EQUAL((ULONG_PTR)seen[0].record.ExceptionAddress, target);
		CHECK_EQUAL(seen[0].context.Rip, target);
	}
	VirtualFree(page, 0, MEM_RELEASE);

	ROW(3, "execution");
	RUN(0xFFFFFFFFFFFFFFFC, 0, 0x8B, 0x01); /* mov eax, [rcx] */
	CHECK_EQUAL(seen[0].record.ExceptionCode, CODE_ACCESS_VIOLATION);
	CHECK_PARAMETERS(0, 0xFFFFFFFFFFFFFFFC);
	RUN(0xFFFFFFFFFFFFFFFC, 0, 0x89, 0x01);
	CHECK_PARAMETERS(1, 0xFFFFFFFFFFFFFFFC);
	RUN(0xFFFF800000000000, 0, 0x89, 0x01);
	CHECK_PARAMETERS(1, 0xFFFF800000000000);
	RUN(0xFFFF800000000000, 0, 0x8B, 0x01);
	CHECK_PARAMETERS(0, 0xFFFF800000000000);
	for (i = 0; i < 6; i++) {
		ULONG_PTR address = 0xFFFFFFFFFFFFFFFD + i % 3;

		RUN(address, 0, i < 3 ? 0x89 : 0x8B, 0x01);
		CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
		CHECK((seen[0].record.ExceptionInformation[0] == 0 &&
		       seen[0].record.ExceptionInformation[1] == ANY_GP_ADDRESS) ||
		      (seen[0].record.ExceptionInformation[0] == (i < 3) &&
		       seen[0].record.ExceptionInformation[1] == address));
	}
}

static LONG make_executable(EXCEPTION_POINTERS *pointers)
{
	DWORD old;

	VirtualProtect((void *)pointers->ExceptionRecord->ExceptionInformation[1], 1, PAGE_EXECUTE_READ, &old);
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void continue_after_execute(void)
{
	unsigned char *page = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

	ROW(2, "execution");
	memcpy(page, "\xB8\x2A\x00\x00\x00\xC3", 6); /* mov eax, 42; ret */
	on_seen = make_executable;
	CHECK_EQUAL(RUN((ULONG_PTR)page, 0, 0xFF, 0xE1), 42);
	CHECK_EQUAL(seen_count, 1);
	on_seen = NULL;
	VirtualFree(page, 0, MEM_RELEASE);
}

static void general_protection(void)
{
	static const unsigned char privileged[][4] = {
		{1, 0xEC},
		{1, 0xEE},
		{1, 0xED},
		{1, 0xEF},
		{1, 0x6C},
		{1, 0x6D},
		{1, 0x6E},
		{1, 0x6F},
		{2, 0x66, 0x6D},
		{2, 0xE4, 0x80},
		{2, 0xE6, 0x80},
		{1, 0xFA},
		{1, 0xFB},
		{1, 0xF4},
		{3, 0x0F, 0x20, 0xC0},
		{3, 0x0F, 0x22, 0xC0},
		{3, 0x0F, 0x20, 0xE0},
		{3, 0x0F, 0x22, 0xE0},
		{3, 0x0F, 0x21, 0xC0},
		{3, 0x0F, 0x21, 0xC8},
		{3, 0x0F, 0x21, 0xF8},
		{3, 0x0F, 0x23, 0xC0},
		{3, 0x0F, 0x23, 0xC8},
		{3, 0x0F, 0x23, 0xF8},
		{2, 0x0F, 0x09},
		{2, 0x0F, 0x30},
		{2, 0x0F, 0x32},
	};
	unsigned i;

	ROW(4, "execution");
	RUN(0x1234567812345678, 0, 0x48, 0x8B, 0x01);
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
	CHECK_PARAMETERS(0, ANY_GP_ADDRESS);
	RUN(0x1234567812345678, 0, 0x48, 0x89, 0x01);
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
	CHECK_PARAMETERS(0, ANY_GP_ADDRESS);
	/* The same with the stack pointer's segment. */
	RUN(0x1234567812345678, 0, 0x55, 0x48, 0x89, 0xCD, 0x48, 0x8B, 0x45, 0x00, 0x5D);
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 4);
	CHECK_PARAMETERS(0, ANY_GP_ADDRESS);
	RUN((ULONG_PTR)code_page + 0x801, 0, 0x0F, 0x28, 0x01); /* movaps xmm0, [rcx] */
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
	CHECK_PARAMETERS(0, ANY_GP_ADDRESS);
	RUN(0, 0, 0x6A, 0x00, 0x6A, 0x00, 0x6A, 0x00, 0x6A, 0x00, 0x6A, 0x00, 0x48, 0xCF); /* iret to a null selector */
	CHECK_EQUAL(seen[0].record.ExceptionCode, CODE_ACCESS_VIOLATION);
	CHECK_PARAMETERS(0, ANY_GP_ADDRESS);
	CHECK_EQUAL(seen[0].context.Rip, (ULONG_PTR)code_page + 10);
	RUN(0, 0, 0xCD, 0xFF);
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 0);
	CHECK_PARAMETERS(0, ANY_GP_ADDRESS);

	ROW(5, "execution");
	RUN(0, 0, 0xB8, 0xEF, 0xBE, 0x00, 0x00, 0x8E, 0xE8); /* mov gs, 0xBEEF */
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 5);
	CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
	CHECK(seen[0].record.ExceptionInformation[1] == 0xBEE8 ||
	      seen[0].record.ExceptionInformation[1] == ANY_GP_ADDRESS);

	ROW(6, "execution");
	for (i = 0; i < sizeof(privileged) / sizeof(privileged[0]); i++) {
		run_code(privileged[i] + 1, privileged[i][0], 0, 0);
		CHECK_SEEN(CODE_PRIVILEGED, 0, 0);
	}
	RUN(0, 0, 0x0F, 0x0B); /* ud2 */
	CHECK_SEEN(CODE_ILLEGAL, 0, 0);
	RUN(0, 0, 0x90, 0x06); /* push es */
	CHECK_SEEN(CODE_ILLEGAL, 0, 1);
	RUN(0, 0, 0xF0, 0x90); /* lock nop */
	CHECK_SEEN(CODE_ILLEGAL, 0, 0);

	ROW(7, "execution");
	RUN(0, 0, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x90);
	CHECK_EQUAL(seen_count, 1);
	CHECK_EQUAL(seen[0].context.Rip, (ULONG_PTR)code_page);
	if (seen[0].record.ExceptionCode == CODE_ILLEGAL) {
		CHECK_EQUAL(seen[0].record.NumberParameters, 0);
	} else {
		CHECK_EQUAL(seen[0].record.ExceptionCode, CODE_ACCESS_VIOLATION);
		CHECK_PARAMETERS(0, ANY_GP_ADDRESS);
	}
}

static void divisions(void)
{
	static volatile ULONGLONG zero, minus_one = (ULONGLONG)-1;

	ROW(8, "execution");
	RUN(0, 0, 0x31, 0xD2, 0x31, 0xC0, 0xF7, 0xF1); /* div ecx */
	CHECK_SEEN(0xC0000094, 0, 4);
	RUN(0xFFFFFFFF, 0, 0xB8, 0, 0, 0, 0x80, 0x99, 0xF7, 0xF9); /* INT_MIN / -1 */
	CHECK_SEEN(0xC0000095, 0, 6);
	RUN(1, 0, 0xBA, 1, 0, 0, 0, 0xF7, 0xF1); /* the quotient is too large */
	CHECK_SEEN(0xC0000095, 0, 5);
	RUN((ULONG_PTR)&zero, 0, 0x31, 0xD2, 0x48, 0xF7, 0x31); /* div qword [rcx] */
	CHECK_SEEN(0xC0000094, 0, 2);
	RUN((ULONG_PTR)&minus_one - 8, 1, 0x41, 0xB8, 1, 0, 0, 0, 0xB8, 0, 0, 0, 0, 0x48, 0x0F, 0xBA, 0xE8, 0x3F, 0x48,
	    0x99, 0x4A, 0xF7, 0x3C, 0xC1); /* LLONG_MIN / [rcx + r8 * 8] */
	CHECK_SEEN(0xC0000095, 0, 18);
	RUN(0, 0, 0xB8, 1, 0, 0, 0, 0xF6, 0xF5); /* div ch */
	CHECK_SEEN(0xC0000094, 0, 5);
	RUN(0x100, 0, 0xB8, 0, 0x20, 0, 0, 0xF6, 0xF5);
	CHECK_SEEN(0xC0000095, 0, 5);
}

/* Goes on without help once, then over the instruction. */
static unsigned repeats;
static LONG repeat_once(EXCEPTION_POINTERS *pointers)
{
	pointers->ContextRecord->Rip += repeats++;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static unsigned advance;
static LONG step_over(EXCEPTION_POINTERS *pointers)
{
	pointers->ContextRecord->Rip += advance;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void traps(void)
{
	static const struct {
		ULONG_PTR rax;
		BOOL raises;
	} services[] = {{0, TRUE},  {2, TRUE},  {6, TRUE},  {0x1234, TRUE},
			{1, FALSE}, {3, FALSE}, {4, FALSE}, {5, FALSE}};
	unsigned i;

	ROW(9, "execution");
	on_seen = step_over;
	advance = 1;
	CHECK_EQUAL(RUN(0, 0, 0xB8, 7, 0, 0, 0, 0xCC), 7);
	CHECK_SEEN(CODE_BREAKPOINT, 1, 5);
	CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
	/* Nothing moves the instruction pointer but the handler. */
	on_seen = repeat_once;
	CHECK_EQUAL(RUN(0, 0, 0xB8, 7, 0, 0, 0, 0xCC), 7);
	CHECK_EQUAL(seen_count, 2);
	for (i = 0; i < 2; i++) {
		CHECK_EQUAL(seen[i].record.ExceptionCode, CODE_BREAKPOINT);
		CHECK_EQUAL(seen[i].context.Rip, (ULONG_PTR)code_page + 5);
		CHECK_EQUAL((ULONG_PTR)seen[i].record.ExceptionAddress, (ULONG_PTR)code_page + 5);
	}
	on_seen = step_over;
	CHECK_EQUAL(RUN(0, 0, 0xB8, 8, 0, 0, 0, 0xCD, 0x03), 8);
	CHECK_SEEN(CODE_BREAKPOINT, 1, 6);
	CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);

	ROW(10, "execution");
	advance = 0;
	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		/* mov rax, rcx; int 2d; inc eax (2 bytes, of which the first may be skipped); nop */
		ULONG_PTR result = RUN(services[i].rax, 0, 0x48, 0x89, 0xC8, 0xCD, 0x2D, 0x90, 0xFF, 0xC0);

		CHECK_EQUAL(seen_count, services[i].raises);
		CHECK_EQUAL(result, services[i].rax + 1);
		if (!services[i].raises)
			continue;
		CHECK_EQUAL(seen[0].record.ExceptionCode, CODE_BREAKPOINT);
		CHECK_EQUAL(seen[0].record.NumberParameters, 1);
		CHECK_EQUAL(seen[0].record.ExceptionInformation[0], services[i].rax);
		CHECK_EQUAL(seen[0].context.Rip, (ULONG_PTR)code_page + 5);
		CHECK_EQUAL((ULONG_PTR)seen[0].record.ExceptionAddress, (ULONG_PTR)code_page + 6);
	}
	/* The skipped byte is the first one of a two-byte instruction: 41 FF C0 is inc r8d, FF C0 inc eax. */
	CHECK_EQUAL(RUN(1, 0, 0x48, 0x89, 0xC8, 0xCD, 0x2D, 0x41, 0xFF, 0xC0), 2);
	CHECK_EQUAL(RUN(2, 0, 0x48, 0x89, 0xC8, 0xCD, 0x2D, 0x41, 0xFF, 0xC0), 2);

	ROW(11, "execution");
	advance = 2;
	CHECK_EQUAL(RUN(0, 0, 0xB8, 9, 0, 0, 0, 0xCD, 0x2C), 9);
	CHECK_SEEN(CODE_ASSERTION, 0, 5);
	advance = 0;
	CHECK_EQUAL(RUN(0, 0, 0xB8, 10, 0, 0, 0, 0xF1), 10);
	CHECK_SEEN(CODE_SINGLE_STEP, 0, 6);
	on_seen = NULL;
}

/* pushf; or dword [rsp], 100; popf; nop; nop; pushf; and dword [rsp], ~100; popf; nop; mov eax, 5; ret */
static const unsigned char stepping[] = {0x9C, 0x81, 0x0C, 0x24, 0,    1,    0,    0,    0x9D,
					 0x90, 0x90, 0x9C, 0x81, 0x24, 0x24, 0xFF, 0xFE, 0xFF,
					 0xFF, 0x9D, 0x90, 0xB8, 5,    0,    0,    0,    0xC3};

static void single_step(void)
{
	ROW(12, "execution");
	on_seen = step_over;
	advance = 0;
	CHECK_EQUAL(run_code(stepping, sizeof(stepping), 0, 0), 5);
	/* Without the handler's help there is one. */
	CHECK_SEEN(CODE_SINGLE_STEP, 0, 10);
	CHECK(!(seen[0].context.EFlags & 0x100));
	on_seen = NULL;
}

/* Steps until the popf that clears the flag is over. */
static LONG step_until_cleared(EXCEPTION_POINTERS *pointers)
{
	if (pointers->ContextRecord->Rip != (ULONG_PTR)code_page + 20)
		pointers->ContextRecord->EFlags |= 0x100;
	pointers->ContextRecord->Dr6 = 0;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void single_step_sequence(void)
{
	static const unsigned stops[] = {10, 11, 12, 19, 20};
	unsigned i;

	ROW(12, "execution");
	on_seen = step_until_cleared;
	CHECK_EQUAL(run_code(stepping, sizeof(stepping), 0, 0), 5);
	on_seen = NULL;
	CHECK_EQUAL(seen_count, sizeof(stops) / sizeof(stops[0]));
	for (i = 0; i < seen_count && i < sizeof(stops) / sizeof(stops[0]); i++) {
		CHECK_EQUAL(seen[i].record.ExceptionCode, CODE_SINGLE_STEP);
		CHECK_EQUAL(seen[i].record.NumberParameters, 0);
		CHECK_EQUAL(seen[i].context.Rip, (ULONG_PTR)code_page + stops[i]);
		CHECK_EQUAL((ULONG_PTR)seen[i].record.ExceptionAddress, (ULONG_PTR)code_page + stops[i]);
		CHECK(!(seen[i].context.EFlags & 0x100));
		CHECK_EQUAL(seen[i].context.Dr6 & 0x400F, 0x4000);
	}
}

static LONG go_on(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void alignment(void)
{
	static const ULONGLONG memory[2] __attribute__((aligned(16))) = {0x8877665544332211, 0xFF};
	/* pushf; or dword [rsp], 40000; popf; mov eax, [rcx + 1]; pushf; pop rdx; and dword..., popf */
	static const unsigned char code[] = {0x9C, 0x81, 0x0C, 0x24, 0,    0,    4,    0,    0x9D, 0x8B,
					     0x41, 0x01, 0x9C, 0x5A, 0x9C, 0x81, 0x24, 0x24, 0xFF, 0xFF,
					     0xFB, 0xFF, 0x9D, 0xC1, 0xEA, 0x12, 0x83, 0xE2, 0x01, 0x48,
					     0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0xC3};

	ROW(13, "execution");
	on_seen = go_on;
	CHECK_EQUAL(run_code(code, sizeof(code), (ULONG_PTR)memory, 0), 0x155443322);
	on_seen = NULL;
	CHECK_SEEN(CODE_MISALIGNMENT, 0, 9);
	CHECK(seen[0].context.EFlags & 0x40000);
}

static LONG mask_floats(EXCEPTION_POINTERS *pointers)
{
	pointers->ContextRecord->MxCsr = 0x1F80;
	pointers->ContextRecord->FltSave.MxCsr = 0x1F80;
	pointers->ContextRecord->FltSave.ControlWord = 0x27F;
	pointers->ContextRecord->FltSave.StatusWord = 0;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void floats(void)
{
	static const struct {
		unsigned mxcsr, code;
		double a, b;
	} divisions_[] = {{0x1D80, 0xC000008E, 1, 0}, {0x1F00, 0xC0000090, 0, 0}};
	static const struct {
		unsigned bit, code;
		double a, b;
	} others[] = {
		{0x02, 0xC000008D, 4.9406564584124654e-324, 1}, /* denormal */
		{0x20, 0xC000008F, 1.0 / 3, 1.0 / 3},           /* inexact */
		{0x08, 0xC0000091, 1e300, 1e300},               /* overflow */
		{0x10, 0xC0000093, 1e-300, 1e-300},             /* underflow */
	};
	struct {
		unsigned mxcsr, pad;
		double a, b;
		unsigned short control;
	} data;
	unsigned i;

	ROW(14, "execution");
	on_seen = mask_floats;
	for (i = 0; i < 2; i++) {
		data.mxcsr = divisions_[i].mxcsr;
		data.a = divisions_[i].a;
		data.b = divisions_[i].b;
		/* ldmxcsr [rcx]; movsd xmm0, [rcx + 8]; divsd xmm0, [rcx + 16]; mov eax, 3 */
		CHECK_EQUAL(RUN((ULONG_PTR)&data, 0, 0x0F, 0xAE, 0x11, 0xF2, 0x0F, 0x10, 0x41, 0x08, 0xF2, 0x0F, 0x5E,
				0x41, 0x10, 0xB8, 3, 0, 0, 0),
			    3);
		CHECK_SEEN(divisions_[i].code, 2, 8);
		CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
		CHECK_EQUAL(seen[0].record.ExceptionInformation[1], seen[0].context.MxCsr);
		CHECK_EQUAL(seen[0].context.MxCsr & 0x1F80, divisions_[i].mxcsr & 0x1F80);
	}
	/* fldcw [rcx + 24]; fld1; fldz; fdivp; nop; fwait; fninit; mov eax, 4: raised at the fwait */
	data.control = 0x27F & ~4;
	CHECK_EQUAL(RUN((ULONG_PTR)&data, 0, 0xD9, 0x69, 0x18, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0x90, 0x9B, 0xDB,
			0xE3, 0xB8, 4, 0, 0, 0),
		    4);
	CHECK_SEEN(0xC000008E, 1, 10);
	CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
	CHECK(seen[0].context.FltSave.StatusWord & 4);
	data.control = 0x27F & ~1;
	/* fldz; fldz; fdivp: 0 / 0 */
	CHECK_EQUAL(RUN((ULONG_PTR)&data, 0, 0xD9, 0x69, 0x18, 0xD9, 0xEE, 0xD9, 0xEE, 0xDE, 0xF9, 0x90, 0x9B, 0xDB,
			0xE3, 0xB8, 4, 0, 0, 0),
		    4);
	CHECK_SEEN(0xC0000090, 1, 10);
	CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
	CHECK_EQUAL(seen[0].context.FltSave.StatusWord & 0x41, 1);
	/* fldcw [rcx + 24]; fld qword [rcx + 8]; fmul qword [rcx + 16]; fstp qword [rcx + 8]; fwait; fninit; mov eax, 4 */
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		data.control = (unsigned short)(0x27F & ~others[i].bit);
		data.a = others[i].a;
		data.b = others[i].b;
		CHECK_EQUAL(RUN((ULONG_PTR)&data, 0, 0xD9, 0x69, 0x18, 0xDD, 0x41, 0x08, 0xDC, 0x49, 0x10, 0xDD, 0x59, 0x08, 0x9B,
				0xDB, 0xE3, 0xB8, 4, 0, 0, 0),
			    4);
		CHECK_EQUAL(seen_count, 1);
		CHECK_EQUAL(seen[0].record.ExceptionCode, others[i].code);
		CHECK_EQUAL(seen[0].record.NumberParameters, 1);
		CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
		CHECK(seen[0].context.FltSave.StatusWord & others[i].bit);
		CHECK_EQUAL((ULONG_PTR)seen[0].record.ExceptionAddress, seen[0].context.Rip);
	}
	/* Nine values on a stack of eight: fldcw [rcx + 24]; fld1 nine times; fwait; fninit; mov eax, 4 */
	data.control = 0x27F & ~1;
	CHECK_EQUAL(RUN((ULONG_PTR)&data, 0, 0xD9, 0x69, 0x18, 0xD9, 0xE8, 0xD9, 0xE8, 0xD9, 0xE8, 0xD9, 0xE8, 0xD9, 0xE8, 0xD9, 0xE8,
			0xD9, 0xE8, 0xD9, 0xE8, 0xD9, 0xE8, 0x9B, 0xDB, 0xE3, 0xB8, 4, 0, 0, 0),
		    4);
	CHECK_SEEN(0xC0000092, 1, 21);
	CHECK_EQUAL(seen[0].record.ExceptionInformation[0], 0);
	CHECK_EQUAL(seen[0].context.FltSave.StatusWord & 0x41, 0x41);
	on_seen = NULL;
}

static void guard_pages(void)
{
	char *page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
	MEMORY_BASIC_INFORMATION info;
	DWORD old;

	ROW(15, "execution");
	on_seen = go_on;
	CHECK_EQUAL(RUN((ULONG_PTR)page + 5, 0, 0x0F, 0xB6, 0x01), 0); /* movzx eax, byte [rcx] */
	CHECK_SEEN(STATUS_GUARD_PAGE_VIOLATION, 2, 0);
	CHECK_PARAMETERS(0, (ULONG_PTR)page + 5);
	CHECK(VirtualQuery(page, &info, sizeof(info)));
	CHECK_EQUAL(info.Protect, PAGE_READWRITE);
	RUN((ULONG_PTR)page + 5, 0, 0x0F, 0xB6, 0x01);
	CHECK_EQUAL(seen_count, 0);
	CHECK(VirtualProtect(page, 4096, PAGE_EXECUTE_READWRITE | PAGE_GUARD, &old));
	RUN((ULONG_PTR)page + 7, 0, 0xC6, 0x01, 0x55); /* mov byte [rcx], 55 */
	CHECK_SEEN(STATUS_GUARD_PAGE_VIOLATION, 2, 0);
	CHECK_PARAMETERS(1, (ULONG_PTR)page + 7);
	CHECK_EQUAL(page[7], 0x55);
	page[0] = (char)0xC3;
	CHECK(VirtualProtect(page, 4096, PAGE_EXECUTE_READWRITE | PAGE_GUARD, &old));
	RUN((ULONG_PTR)page, 0, 0xFF, 0xE1); /* jmp rcx */
	CHECK_EQUAL(seen_count, 1);
	CHECK_EQUAL(seen[0].record.ExceptionCode, STATUS_GUARD_PAGE_VIOLATION);
	CHECK_EQUAL(seen[0].record.NumberParameters, 2);
	CHECK_PARAMETERS(8, (ULONG_PTR)page);
	on_seen = NULL;
	VirtualFree(page, 0, MEM_RELEASE);
}

static DWORD run_self(const char *mode)
{
	char path[MAX_PATH], command[MAX_PATH + 32];
	STARTUPINFOA startup = {.cb = sizeof(startup)};
	PROCESS_INFORMATION process;
	DWORD code = 0;

	GetModuleFileNameA(NULL, path, sizeof(path));
	snprintf(command, sizeof(command), "\"%s\" %s", path, mode);
	CHECK(CreateProcessA(path, command, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &startup, &process));
	CHECK_EQUAL(WaitForSingleObject(process.hProcess, INFINITE), WAIT_OBJECT_0);
	CHECK(GetExitCodeProcess(process.hProcess, &code));
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	return code;
}

static LONG CALLBACK leave_at_once(EXCEPTION_POINTERS *pointers)
{
	(void)pointers;
	TerminateProcess(GetCurrentProcess(), 77);
	return 0;
}

static void fail_fast(unsigned code)
{
	AddVectoredExceptionHandler(1, leave_at_once);
	SetUnhandledExceptionFilter(leave_at_once);
	__asm__ volatile("int $0x29" : : "c"(code));
}

static void registers(void)
{
	ROW(19, "execution");
	/* xor eax, eax; mov ds, eax; mov es, eax; mov [rcx], eax */
	RUN(0x10, 0, 0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, 0x89, 0x01);
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 6);
	CHECK_EQUAL(seen[0].context.SegDs, 0x2B);
	CHECK_EQUAL(seen[0].context.SegEs, 0x2B);
	CHECK_EQUAL(seen[0].context.SegGs, 0x2B);
	CHECK_EQUAL(seen[0].context.SegSs, 0x2B);
	CHECK_EQUAL(seen[0].context.SegCs, 0x33);
	CHECK_EQUAL(seen[0].context.SegFs, 0x53);
	ROW(20, "execution");
	RUN(0x10, 0, 0xFD, 0x89, 0x01, 0xFC); /* std */
	CHECK_SEEN(CODE_ACCESS_VIOLATION, 2, 1);
	CHECK(seen[0].context.EFlags & 0x400);
}

static ULONG_PTR handler_flags;
static LONG read_flags(EXCEPTION_POINTERS *pointers)
{
	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(handler_flags));
	pointers->ContextRecord->Rip += 2;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void direction(void)
{
	ROW(20, "execution");
	on_seen = read_flags;
	/* std; mov [rcx], eax; pushf; pop rax; cld */
	CHECK(RUN(0x10, 0, 0xFD, 0x89, 0x01, 0x9C, 0x58, 0xFC) & 0x400);
	on_seen = NULL;
	CHECK(!(handler_flags & 0x400));
}

/*
 * What a call of NtClose through its export leaves of the registers that a function keeps: all of them.  Each is filled with
 * a value of its own before, and stored in `kept` after.
 */
struct kept {
	ULONG_PTR integer[8]; /* rbx rbp rsi rdi r12 r13 r14 r15 */
	ULONG_PTR vector[10][2]; /* xmm6 to xmm15 */
	ULONG_PTR rsp_before, rsp_after;
} kept;
ULONG_PTR keeping_call(void *function, HANDLE argument);
__asm__(".text\n.globl keeping_call\n.def keeping_call; .scl 2; .type 32; .endef\n.seh_proc keeping_call\nkeeping_call:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	pushq %rbp\n	.seh_pushreg %rbp\n	pushq %rsi\n	.seh_pushreg %rsi\n"
	"	pushq %rdi\n	.seh_pushreg %rdi\n	pushq %r12\n	.seh_pushreg %r12\n	pushq %r13\n	.seh_pushreg %r13\n"
	"	pushq %r14\n	.seh_pushreg %r14\n	pushq %r15\n	.seh_pushreg %r15\n"
	"	subq $200, %rsp\n	.seh_stackalloc 200\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movaps %xmm\\n, 32 + 16 * (\\n - 6)(%rsp)\n"
	"	.seh_savexmm %xmm\\n, 32 + 16 * (\\n - 6)\n	.endr\n	.seh_endprologue\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n"
	"	movl $0x101, %ebx\n	movl $0x102, %ebp\n	movl $0x103, %esi\n	movl $0x104, %edi\n"
	"	movl $0x105, %r12d\n	movl $0x106, %r13d\n	movl $0x107, %r14d\n	movl $0x108, %r15d\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movl $0x200 + \\n, %r10d\n	movq %r10, %xmm\\n\n"
	"	punpcklqdq %xmm\\n, %xmm\\n\n	.endr\n"
	"	movq %rsp, kept + 224(%rip)\n	call *%rax\n	movq %rsp, kept + 232(%rip)\n"
	"	movq %rbx, kept(%rip)\n	movq %rbp, kept + 8(%rip)\n	movq %rsi, kept + 16(%rip)\n"
	"	movq %rdi, kept + 24(%rip)\n	movq %r12, kept + 32(%rip)\n	movq %r13, kept + 40(%rip)\n"
	"	movq %r14, kept + 48(%rip)\n	movq %r15, kept + 56(%rip)\n"
	"	.irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n	movups %xmm\\n, kept + 64 + 16 * (\\n - 6)(%rip)\n"
	"	movaps 32 + 16 * (\\n - 6)(%rsp), %xmm\\n\n	.endr\n"
	"	addq $200, %rsp\n	popq %r15\n	popq %r14\n	popq %r13\n	popq %r12\n	popq %rdi\n	popq %rsi\n"
	"	popq %rbp\n	popq %rbx\n	ret\n	.seh_endproc\n");

static void kept_registers(void)
{
	static const char *const names[] = {"NtClose", "NtSetEvent", "NtYieldExecution"};
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

	ROW(21, "execution");
	for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		memset(&kept, 0, sizeof(kept));
		keeping_call((void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), names[n]), n == 0 ? (HANDLE)0x7FFF0 : event);
		for (unsigned i = 0; i < 8; i++)
			CHECK_EQUAL(kept.integer[i], 0x101 + i);
		for (unsigned i = 0; i < 10; i++) {
			CHECK_EQUAL(kept.vector[i][0], 0x206 + i);
			CHECK_EQUAL(kept.vector[i][1], 0x206 + i);
		}
		CHECK_EQUAL(kept.rsp_after, kept.rsp_before);
	}
	CloseHandle(event);
}

/* A service called as ntdll calls it, with the number that stands in ntdll's code. */
static void system_calls(void)
{
	unsigned char *stub = (unsigned char *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtClose"), *end;
	struct {
		ULONG_PTR rcx, r11, rbx, rsi, rip;
	} out = {0, 0, 0, 0, 0};
	ULONG number;
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
	ULONG_PTR result;
	DWORD ignored;

	ROW(21, "execution");
	CHECK_EQUAL(memcmp(stub, "\x4C\x8B\xD1\xB8", 4), 0); /* mov r10, rcx; mov eax, number */
	if (memcmp(stub, "\x4C\x8B\xD1\xB8", 4))
		return;
	memcpy(&number, stub + 4, 4);
	CHECK(number < 0x2000);
	end = (unsigned char *)&number;
	/* push rbx; push rsi; mov rbx, rdx; mov r10, rcx; mov eax, number; syscall; mov [rbx], rcx; mov [rbx + 8], r11;
	 * pop rsi; pop rbx */
	result = RUN((ULONG_PTR)event, (ULONG_PTR)&out, 0x53, 0x56, 0x48, 0x89, 0xD3, 0x49, 0x89, 0xCA, 0xB8, end[0],
		     end[1], end[2], end[3], 0x0F, 0x05, 0x48, 0x89, 0x0B, 0x4C, 0x89, 0x5B, 0x08, 0x5E, 0x5B);
	CHECK_EQUAL(seen_count, 0);
	CHECK_EQUAL(result, 0);
	CHECK_EQUAL(out.rcx, (ULONG_PTR)code_page + 15);
	CHECK_EQUAL(out.r11 & 0x202, 0x202);
	CHECK(!GetHandleInformation(event, &ignored));
	/* A handle that is none. */
	result = RUN((ULONG_PTR)event, (ULONG_PTR)&out, 0x53, 0x56, 0x48, 0x89, 0xD3, 0x49, 0x89, 0xCA, 0xB8, end[0],
		     end[1], end[2], end[3], 0x0F, 0x05, 0x48, 0x89, 0x0B, 0x4C, 0x89, 0x5B, 0x08, 0x5E, 0x5B);
	CHECK_EQUAL((DWORD)result, 0xC0000008);
	/* No such service. */
	result = RUN(0, (ULONG_PTR)&out, 0x53, 0x56, 0x48, 0x89, 0xD3, 0x49, 0x89, 0xCA, 0xB8, 0xFF, 0x0F, 0, 0, 0x0F,
		     0x05, 0x5E, 0x5B);
	CHECK_EQUAL((DWORD)result, 0xC000001C);
}

static void execute_flags(void)
{
	ULONG flags = 0, size = 0;
	NTSTATUS status;

	ROW(22, "execution");
	status = NtQueryInformationProcess(GetCurrentProcess(), 34, &flags, sizeof(flags), &size);
	CHECK(status == 0 || (DWORD)status == 0xC000000D);
	if (!status)
		CHECK_EQUAL(flags, 0xD);
	flags = 2;
	CHECK_EQUAL((DWORD)NtSetInformationProcess(GetCurrentProcess(), 34, &flags, sizeof(flags)), 0xC000000D);
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "fail-fast"))
		fail_fast((unsigned)strtoul(argv[2], NULL, 16));
	RUN(0, 0, 0x90);
	access_violations();
	continue_after_execute();
	general_protection();
	divisions();
	traps();
	single_step();
	single_step_sequence();
	alignment();
	floats();
	guard_pages();
	ROW(18, "execution");
	CHECK_EQUAL(run_self("fail-fast 5"), CODE_FAST_FAIL);
	CHECK_EQUAL(run_self("fail-fast 0"), CODE_FAST_FAIL);
	CHECK_EQUAL(run_self("fail-fast 87654321"), CODE_FAST_FAIL);
	registers();
	direction();
	execute_flags();
	kept_registers();
	if (argc == 1)
		system_calls();
	return guest_result();
}
