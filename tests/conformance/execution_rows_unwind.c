/*
 * Rows 40-62 of the execution facts: unwind data, function tables, what RtlUnwindEx and the language handlers do.
 */
#include "../guest/guest.h"

#include <setjmp.h>

/*
 * A made-up function, with its unwind data at 0x1000 of a page block.
 */
static unsigned char *image;
static ULONG64 stack[0x200];
static CONTEXT result;
static ULONG64 frame;
static PVOID handler_data;
static KNONVOLATILE_CONTEXT_POINTERS pointers;

#define CODE_AT 0x200u
#define INFO 0x1000u

static PVOID unwind_type(ULONG type, const unsigned char *info, SIZE_T info_size, const unsigned char *code,
			 SIZE_T code_size, unsigned offset)
{
	static RUNTIME_FUNCTION entry;
	unsigned i;

	if (!image)
		image = VirtualAlloc(NULL, 0x4000, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
	entry.BeginAddress = CODE_AT;
	entry.EndAddress = CODE_AT + 0x100;
	entry.UnwindData = INFO;
	memset(image + CODE_AT, 0x90, 0x100);
	memset(image + INFO, 0, 0x100);
	memcpy(image + CODE_AT, code, code_size);
	memcpy(image + INFO, info, info_size);
	for (i = 0; i < sizeof(stack) / sizeof(stack[0]); i++)
		stack[i] = 0x1000000 + i * 8;
	memset(&result, 0, sizeof(result));
	result.Rsp = (ULONG64)&stack[0x80];
	result.Rbp = (ULONG64)&stack[0x90];
	result.Rbx = 3;
	result.Rsi = 6;
	result.Rip = (ULONG64)image + CODE_AT + offset;
	memset(&pointers, 0, sizeof(pointers));
	handler_data = (PVOID)0xDEAD;
	frame = 0;
	return (PVOID)RtlVirtualUnwind(type, (ULONG64)image, result.Rip, &entry, &result, &handler_data, &frame,
				       &pointers);
}
#define BYTES(...) (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__})
#define AT(slot) (0x1000000 + (slot)*8)

/* push rbp; push rbx; sub rsp, 40; lea rbp, [rsp + 20]; mov [rsp + 30], rsi; (11) nop...; lea rsp, [rbp + 20]; pop rbx;
 * pop rbp; ret */
#define CODE_1                                                                                                         \
	BYTES(0x55, 0x53, 0x48, 0x83, 0xEC, 0x40, 0x48, 0x8D, 0x6C, 0x24, 0x20, 0x48, 0x89, 0x74, 0x24, 0x30, 0x90,    \
	      0x90, 0x48, 0x8D, 0x65, 0x20, 0x5B, 0x5D, 0xC3)
#define INFO_1                                                                                                         \
	BYTES(0x09, 0x10, 6, 0x25, 0x10, 0x64, 6, 0, 0x0B, 0x03, 0x06, 0x72, 0x02, 0x30, 0x01, 0x50, 0x00, 0x03, 0, 0, \
	      0x78, 0x56, 0, 0)

static void unwind_data(void)
{
	PVOID handler;

	ROW(40, "execution");
	/* In the body: the frame register is set 20 bytes above the frame. */
	handler = unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0x10);
	CHECK(handler == image + 0x300);
	CHECK(handler_data == image + INFO + 4 + 6 * 2 + 4);
	ROW(48, "execution");
	CHECK_EQUAL(frame, (ULONG64)&stack[0x90] - 0x20);
	ROW(41, "execution");
	CHECK_EQUAL(result.Rsi, AT(0x90 - 4 + 6));
	CHECK_EQUAL(result.Rbx, AT(0x90 - 4 + 8));
	CHECK_EQUAL(result.Rbp, AT(0x90 - 4 + 9));
	CHECK_EQUAL(result.Rip, AT(0x90 - 4 + 10));
	CHECK_EQUAL(result.Rsp, (ULONG64)&stack[0x90 - 4 + 11]);
	ROW(50, "execution");
	CHECK(pointers.IntegerContext[3] == &stack[0x90 - 4 + 8] &&
	      pointers.IntegerContext[6] == &stack[0x90 - 4 + 6] && pointers.IntegerContext[5] == &stack[0x90 - 4 + 9]);
	CHECK(pointers.IntegerContext[4] == NULL && pointers.IntegerContext[12] == NULL);
	CHECK(unwind_type(UNW_FLAG_UHANDLER, INFO_1, CODE_1, 0x10) == NULL);
	ROW(49, "execution");
	CHECK(handler_data == (PVOID)0xDEAD);
	ROW(45, "execution");
	/* At the entry; behind each push; behind the allocation; behind the frame register. */
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0) == NULL);
	CHECK_EQUAL(result.Rip, AT(0x80));
	CHECK_EQUAL(result.Rbp, (ULONG64)&stack[0x90]);
	CHECK_EQUAL(frame, (ULONG64)&stack[0x80]);
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 1) == NULL);
	CHECK_EQUAL(result.Rip, AT(0x81));
	CHECK_EQUAL(result.Rbp, AT(0x80));
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 6) == NULL);
	CHECK_EQUAL(result.Rbx, AT(0x88));
	CHECK_EQUAL(result.Rbp, AT(0x89));
	CHECK_EQUAL(result.Rip, AT(0x8A));
	CHECK_EQUAL(frame, (ULONG64)&stack[0x80]);
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0x0B) == NULL);
	CHECK_EQUAL(frame, (ULONG64)&stack[0x8C]);
	CHECK_EQUAL(result.Rbx, AT(0x94));
	CHECK_EQUAL(result.Rsi, 6);
	/* The epilogue: lea, pop, pop, ret. */
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0x12) == NULL);
	CHECK_EQUAL(result.Rbx, AT(0x94));
	CHECK_EQUAL(result.Rbp, AT(0x95));
	CHECK_EQUAL(result.Rip, AT(0x96));
	CHECK_EQUAL(result.Rsi, 6);
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0x16) == NULL);
	CHECK_EQUAL(result.Rbx, AT(0x80));
	CHECK_EQUAL(result.Rbp, AT(0x81));
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0x18) == NULL);
	CHECK_EQUAL(result.Rip, AT(0x80));
	CHECK_EQUAL(result.Rbx, 3);

	ROW(41, "execution");
	/* ALLOC_LARGE in both forms, SAVE_NONVOL_FAR, SAVE_XMM128 and _FAR; no frame register. */
	unwind_type(0, BYTES(0x01, 0x10, 7, 0, 0x10, 0x65, 0x18, 0, 0, 0, 0x10, 0x78, 2, 0, 0x10, 0x01, 0x20, 0),
		    BYTES(0x90), 0x10);
	CHECK_EQUAL(result.Rip, AT(0x80 + 0x20));
	CHECK_EQUAL(result.Rsi, AT(0x83));
	CHECK_EQUAL(result.Xmm7.Low, AT(0x84));
	unwind_type(0, BYTES(0x01, 0x10, 6, 0, 0x10, 0x89, 0x40, 0, 0, 0, 0x10, 0x11, 0x80, 0, 0, 0), BYTES(0x90),
		    0x10);
	CHECK_EQUAL(result.Rip, AT(0x80 + 0x10));
	CHECK_EQUAL(result.Xmm8.High, AT(0x89));
	ROW(42, "execution");
	unwind_type(0, BYTES(0x01, 0x10, 2, 0, 0x10, 0x02, 0x0C, 0x0A), BYTES(0x90), 0x10);
	CHECK_EQUAL(result.Rip, AT(0x81));
	CHECK_EQUAL(result.Rsp, AT(0x84));
	unwind_type(0, BYTES(0x01, 0x10, 2, 0, 0x10, 0x02, 0x0C, 0x1A), BYTES(0x90), 0x10);
	CHECK_EQUAL(result.Rip, AT(0x82));
	CHECK_EQUAL(result.Rsp, AT(0x85));
	ROW(43, "execution");
	/* Version 2: one epilogue of 2 bytes at the end of the function, one 20 bytes before it; elsewhere the code is
	 * not looked at. */
	unwind_type(0, BYTES(0x02, 0x02, 4, 0, 0x02, 0x16, 0x20, 0x06, 0x02, 0x02, 0x01, 0x30),
		    BYTES(0x90, 0x90, 0x5B, 0xC3), 2);
	CHECK_EQUAL(result.Rbx, AT(0x81));
	CHECK_EQUAL(result.Rip, AT(0x82));
	image[CODE_AT] = 0;
	{
		unsigned char code[0x100];

		memset(code, 0x90, sizeof(code));
		code[0xFE] = code[0xE0] = 0x5B;
		code[0xFF] = code[0xE1] = 0xC3;
		unwind_type(0, BYTES(0x02, 0x02, 4, 0, 0x02, 0x16, 0x20, 0x06, 0x02, 0x02, 0x01, 0x30), code,
			    sizeof(code), 0xFF);
		CHECK_EQUAL(result.Rip, AT(0x80));
		unwind_type(0, BYTES(0x02, 0x02, 4, 0, 0x02, 0x16, 0x20, 0x06, 0x02, 0x02, 0x01, 0x30), code,
			    sizeof(code), 0xE1);
		CHECK_EQUAL(result.Rip, AT(0x80));
	}
	ROW(44, "execution");
	/* Versions that nobody knows: as if there were no data. */
	for (unsigned char version = 3; version < 8; version++) {
		CHECK(!unwind_type(1, BYTES((unsigned char)(0x08 | version), 0, 1, 0, 0, 0x30, 0, 0, 0, 3, 0, 0), BYTES(0x90), 0));
		CHECK_EQUAL(result.Rip, AT(0x80));
	}
	ROW(46, "execution");
	/* pop r12; ret, where only rbx was pushed: no epilogue. */
	CHECK(unwind_type(1, BYTES(0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0), BYTES(0x53, 0x90, 0x41, 0x5C, 0xC3),
			  2) == image + 0x300);
	CHECK_EQUAL(result.Rbx, AT(0x80));
	CHECK_EQUAL(result.Rip, AT(0x81));
	CHECK(unwind_type(1, BYTES(0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0), BYTES(0x53, 0x90, 0x5B, 0xC3), 2) ==
	      NULL);
	ROW(47, "execution");
	/* pop rbx; jmp inside / outside / through memory / through a register with REX. */
	CHECK(unwind_type(1, BYTES(0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0), BYTES(0x53, 0x90, 0x5B, 0xEB, 0x10),
			  3) != NULL);
	CHECK(unwind_type(1, BYTES(0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0),
			  BYTES(0x53, 0x90, 0x5B, 0xE9, 0x00, 0x02, 0, 0), 3) == NULL);
	CHECK_EQUAL(result.Rip, AT(0x80));
	CHECK_EQUAL(result.Rbx, 3);
	CHECK(unwind_type(1, BYTES(0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0),
			  BYTES(0x53, 0x90, 0x5B, 0xFF, 0x25, 0, 0, 0, 0), 3) == NULL);
	ROW(51, "execution");
	/* A part chained to a function: its own codes, then all of the primary's, and the primary's handler. */
	{
		/* at INFO: chained, pushes r12 at offset 1; the entry of the primary, with its data at INFO + 80 */
		static const unsigned char chained[] = {0x21, 0x02, 1, 0, 0x02, 0xC0, 0, 0, /* entry */ 0, 0, 0, 0,
							0,    1,    0, 0, 0x80, 0x10, 0, 0};
		static const unsigned char primary[] = {0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0};
		unsigned char both[0x80 + sizeof(primary)] = {0};

		memcpy(both, chained, sizeof(chained));
		memcpy(both + 0x80, primary, sizeof(primary));
		/* Whether the handler counts in the prolog of a part, no source says. */
		unwind_type(1, both, sizeof(both), BYTES(0x90, 0x90), 0);
		CHECK_EQUAL(result.Rbx, AT(0x80));
		CHECK_EQUAL(result.Rip, AT(0x81));
		CHECK(unwind_type(1, both, sizeof(both), BYTES(0x90, 0x90), 8) == image + 0x300);
		CHECK_EQUAL(result.R12, AT(0x80));
		CHECK_EQUAL(result.Rbx, AT(0x81));
		CHECK_EQUAL(result.Rip, AT(0x82));
	}
}

static RUNTIME_FUNCTION table[4], found_by_callback;
static unsigned callback_calls;
static ULONG64 callback_pc;
static PRUNTIME_FUNCTION CALLBACK find(DWORD64 pc, PVOID context)
{
	callback_calls++;
	callback_pc = pc;
	CHECK(context == (PVOID)0x77);
	return &found_by_callback;
}

static void tables(void)
{
	PRUNTIME_FUNCTION(NTAPI * lookup_table)(ULONG64, PULONG64, PULONG);
	DWORD(NTAPI * add_growable)(PVOID *, PRUNTIME_FUNCTION, DWORD, DWORD, ULONG_PTR, ULONG_PTR);
	void(NTAPI * grow)(PVOID, DWORD);
	void(NTAPI * delete_growable)(PVOID);
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	ULONG64 base = 5, code = (ULONG64)image;
	PVOID growable = NULL;
	ULONG size = 0;
	unsigned i;

	ROW(52, "execution");
	CHECK(RtlLookupFunctionEntry(code + 0x300, &base, NULL) == NULL);
	CHECK(base == 0 || base == 5);
	for (i = 0; i < 4; i++) {
		table[i].BeginAddress = 0x200 + i * 0x20;
		table[i].EndAddress = 0x210 + i * 0x20;
		table[i].UnwindData = INFO;
	}
	CHECK(RtlAddFunctionTable(table, 4, code));
	for (i = 0; i < 4; i++) {
		CHECK(RtlLookupFunctionEntry(code + 0x200 + i * 0x20, &base, NULL) == &table[i]);
		CHECK_EQUAL(base, code);
		CHECK(RtlLookupFunctionEntry(code + 0x20F + i * 0x20, &base, NULL) == &table[i]);
		CHECK(RtlLookupFunctionEntry(code + 0x210 + i * 0x20, &base, NULL) == NULL);
	}
	CHECK(RtlAddFunctionTable(table, 4, code));
	CHECK(RtlDeleteFunctionTable(table));
	CHECK(RtlLookupFunctionEntry(code + 0x200, &base, NULL) == &table[0]);
	CHECK(RtlDeleteFunctionTable(table));
	CHECK(RtlLookupFunctionEntry(code + 0x200, &base, NULL) == NULL);
	CHECK(!RtlDeleteFunctionTable(table));
	CHECK(RtlAddFunctionTable(table, 0, code));
	CHECK(RtlLookupFunctionEntry(code + 0x200, &base, NULL) == NULL);
	CHECK(RtlDeleteFunctionTable(table));
	/* Unsorted ones work, and odd addresses. */
	{
		RUNTIME_FUNCTION mixed[2] = {{0x331, 0x335, 0}, {0x301, 0x30B, 0}};

		CHECK(RtlAddFunctionTable(mixed, 2, code));
		CHECK(RtlLookupFunctionEntry(code + 0x302, &base, NULL) == &mixed[1]);
		CHECK(RtlLookupFunctionEntry(code + 0x334, &base, NULL) == &mixed[0]);
		CHECK(RtlDeleteFunctionTable(mixed));
	}

	ROW(53, "execution");
	found_by_callback = table[0];
	CHECK(!RtlInstallFunctionTableCallback(code, code, 0x1000, find, (PVOID)0x77, NULL));
	CHECK(!RtlInstallFunctionTableCallback(code | 2, code, 0x1000, find, (PVOID)0x77, NULL));
	CHECK(RtlInstallFunctionTableCallback(code | 3, code, 0x1000, find, (PVOID)0x77, NULL));
	CHECK(RtlLookupFunctionEntry(code + 0x555, &base, NULL) == &found_by_callback);
	CHECK_EQUAL(base, code);
	CHECK_EQUAL(callback_calls, 1);
	CHECK_EQUAL(callback_pc, code + 0x555);
	RtlLookupFunctionEntry(code + 0x1000, &base, NULL);
	RtlLookupFunctionEntry(code - 1, &base, NULL);
	CHECK_EQUAL(callback_calls, 1);
	RtlLookupFunctionEntry(code, &base, NULL);
	CHECK_EQUAL(callback_calls, 2);
	CHECK(RtlDeleteFunctionTable((PRUNTIME_FUNCTION)(code | 3)));
	CHECK(!RtlDeleteFunctionTable((PRUNTIME_FUNCTION)(code | 3)));
	RtlLookupFunctionEntry(code, &base, NULL);
	CHECK_EQUAL(callback_calls, 2);
	*(FARPROC *)&add_growable = GetProcAddress(ntdll, "RtlAddGrowableFunctionTable");
	*(FARPROC *)&grow = GetProcAddress(ntdll, "RtlGrowFunctionTable");
	*(FARPROC *)&delete_growable = GetProcAddress(ntdll, "RtlDeleteGrowableFunctionTable");
	CHECK(add_growable && grow && delete_growable);
	if (add_growable && grow && delete_growable) {
		CHECK_EQUAL(add_growable(&growable, table, 1, 4, code, code + 0x1000), 0);
		CHECK(growable != NULL);
		CHECK(RtlLookupFunctionEntry(code + 0x200, &base, NULL) == &table[0]);
		base = 9;
		CHECK(RtlLookupFunctionEntry(code + 0x220, &base, NULL) == NULL);
		CHECK(base == 9 || base == 0);
		grow(growable, 3);
		CHECK(RtlLookupFunctionEntry(code + 0x220, &base, NULL) == &table[1]);
		CHECK(RtlLookupFunctionEntry(code + 0x240, &base, NULL) == &table[2]);
		CHECK(RtlLookupFunctionEntry(code + 0x260, &base, NULL) == NULL);
		delete_growable(growable);
		CHECK(RtlLookupFunctionEntry(code + 0x200, &base, NULL) == NULL);
	}
	ROW(54, "execution");
	*(FARPROC *)&lookup_table = GetProcAddress(ntdll, "RtlLookupFunctionTable");
	if (lookup_table) {
		PRUNTIME_FUNCTION entry = RtlLookupFunctionEntry((ULONG64)tables, &base, NULL), all;
		ULONG64 table_base;

		all = lookup_table((ULONG64)tables, &table_base, &size);
		CHECK(all != NULL && all <= entry && (char *)entry < (char *)all + size);
		CHECK_EQUAL(table_base, (ULONG64)GetModuleHandleA(NULL));
		CHECK(RtlAddFunctionTable(table, 4, code));
		CHECK(lookup_table(code + 0x200, &table_base, &size) == NULL);
		CHECK(RtlDeleteFunctionTable(table));
	}
}

/* framed(fn, argument): fn(argument) in a frame whose language handler is on_frame. */
typedef EXCEPTION_DISPOSITION(NTAPI *frame_handler)(EXCEPTION_RECORD *, PVOID, CONTEXT *, DISPATCHER_CONTEXT *);
ULONG_PTR framed(void (*fn)(ULONG_PTR), ULONG_PTR argument);
EXCEPTION_DISPOSITION NTAPI handler_of_framed(EXCEPTION_RECORD *, PVOID, CONTEXT *, DISPATCHER_CONTEXT *);
/* catching(fn, argument): the same, and what RtlUnwindEx gives it in rax when it goes to catching_target. */
ULONG_PTR catching(void (*fn)(ULONG_PTR), ULONG_PTR argument);
extern char catching_target[], framed_call_return[];
__asm__(".text\n"
	".globl framed\n.def framed; .scl 2; .type 32; .endef\n.seh_proc framed\nframed:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	subq $32, %rsp\n	.seh_stackalloc 32\n	"
	".seh_endprologue\n"
	"	.seh_handler handler_of_framed, @except, @unwind\n	.seh_handlerdata\n	.long "
	"0x12345678\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	movl $0x77, %ebx\n	call *%rax\n"
	".globl framed_call_return\nframed_call_return:\n	nop\n	xorl %eax, %eax\n"
	"	addq $32, %rsp\n	popq %rbx\n	ret\n.seh_endproc\n"
	".globl catching\n.def catching; .scl 2; .type 32; .endef\n.seh_proc catching\ncatching:\n"
	"	pushq %rbx\n	.seh_pushreg %rbx\n	subq $32, %rsp\n	.seh_stackalloc 32\n	"
	".seh_endprologue\n"
	"	.seh_handler handler_of_framed, @except, @unwind\n	.seh_handlerdata\n	.long "
	"0x87654321\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n	movl $0x99, %ebx\n	call *%rax\n	nop\n	xorl "
	"%eax, %eax\n"
	"	jmp 1f\n.globl catching_target\ncatching_target:\n	cmpl $0x99, %ebx\n	je 1f\n	movl $-2, "
	"%eax\n"
	"1:	addq $32, %rsp\n	popq %rbx\n	ret\n.seh_endproc\n");

static frame_handler on_frame;
EXCEPTION_DISPOSITION NTAPI handler_of_framed(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					      DISPATCHER_CONTEXT *dispatcher)
{
	return on_frame ? on_frame(record, establisher, context, dispatcher) : ExceptionContinueSearch;
}

#define CATCHING_DATA 0x87654321u
static DWORD frame_data(const DISPATCHER_CONTEXT *dispatcher)
{
	DWORD data;

	memcpy(&data, dispatcher->HandlerData, 4);
	return data;
}

static DWORD flags_seen[8], datas_seen[8];
static unsigned seen;
static void note(const EXCEPTION_RECORD *record, const DISPATCHER_CONTEXT *dispatcher)
{
	if (seen < 8) {
		flags_seen[seen] = record->ExceptionFlags & ~0x80u;
		datas_seen[seen] = frame_data(dispatcher);
	}
	seen++;
}

static void raise(ULONG_PTR code)
{
	RaiseException((DWORD)code, 0, 0, NULL);
}

static void framed_raise(ULONG_PTR code)
{
	framed(raise, code);
}

static CONTEXT fault_context;
static EXCEPTION_RECORD *unwind_record;
static EXCEPTION_DISPOSITION NTAPI look(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					DISPATCHER_CONTEXT *dispatcher)
{
	CONTEXT scratch;

	note(record, dispatcher);
	CHECK_EQUAL(dispatcher->EstablisherFrame, (ULONG64)establisher);
	CHECK_EQUAL(dispatcher->ImageBase, (ULONG64)GetModuleHandleA(NULL));
	CHECK_EQUAL((ULONG64)dispatcher->LanguageHandler, (ULONG64)handler_of_framed);
	CHECK(dispatcher->ControlPc >= dispatcher->ImageBase + dispatcher->FunctionEntry->BeginAddress);
	CHECK(dispatcher->ControlPc <= dispatcher->ImageBase + dispatcher->FunctionEntry->EndAddress);
	if (!(record->ExceptionFlags & 0x66)) {
		if (frame_data(dispatcher) != CATCHING_DATA) {
			CHECK_EQUAL(dispatcher->ControlPc, (ULONG64)framed_call_return);
			/* The unwinder's copy is one frame up. */
			CHECK_EQUAL(dispatcher->ContextRecord->Rsp, (ULONG64)establisher + 32 + 8 + 8);
			fault_context = *context;
			return ExceptionContinueSearch;
		}
		CHECK_EQUAL(context->Rip, fault_context.Rip);
		CHECK_EQUAL(context->Rsp, fault_context.Rsp);
		RtlUnwindEx(establisher, catching_target, unwind_record, (PVOID)0x4242, &scratch,
			    dispatcher->HistoryTable);
	}
	if (!unwind_record)
		CHECK_EQUAL(record->ExceptionCode, 0xC0000027);
	CHECK_EQUAL(dispatcher->TargetIp, (ULONG64)catching_target);
	return ExceptionContinueSearch;
}

/* Row 57: a frame handler raises while it is unwound; the catch is further out. */
static unsigned collisions;
static DWORD collided_flags[8];
static EXCEPTION_DISPOSITION NTAPI collide(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					   DISPATCHER_CONTEXT *dispatcher)
{
	CONTEXT scratch;

	(void)context;
	if (!(record->ExceptionFlags & 0x66)) {
		if (frame_data(dispatcher) == CATCHING_DATA)
			RtlUnwindEx(establisher, catching_target, record, (PVOID)(ULONG_PTR)record->ExceptionCode,
				    &scratch, NULL);
		return ExceptionContinueSearch;
	}
	if (collisions < 8)
		collided_flags[collisions] = record->ExceptionFlags & 0x66;
	if (collisions++ == 0)
		RaiseException(0xE0000022, 0, 0, NULL);
	return ExceptionContinueSearch;
}

static void two_framed_raise(ULONG_PTR code)
{
	framed(framed_raise, code);
}

static jmp_buf jump;
static EXCEPTION_DISPOSITION NTAPI jump_from(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
					     DISPATCHER_CONTEXT *dispatcher)
{
	(void)establisher, (void)context;
	note(record, dispatcher);
	CHECK_EQUAL(record->ExceptionCode, 0x80000026);
	return ExceptionContinueSearch;
}

static void do_longjmp(ULONG_PTR value)
{
	longjmp(jump, (int)value);
}

static unsigned consolidations;
static PVOID CALLBACK consolidate(EXCEPTION_RECORD *record)
{
	consolidations++;
	CHECK_EQUAL(record->ExceptionCode, 0x80000029);
	CHECK_EQUAL(record->ExceptionInformation[2], 0x99);
	return catching_target;
}

static EXCEPTION_DISPOSITION NTAPI consolidating(EXCEPTION_RECORD *record, PVOID establisher, CONTEXT *context,
						 DISPATCHER_CONTEXT *dispatcher)
{
	EXCEPTION_RECORD own;
	CONTEXT scratch;

	(void)context;
	if (record->ExceptionFlags & 0x66 || frame_data(dispatcher) != CATCHING_DATA)
		return ExceptionContinueSearch;
	memset(&own, 0, sizeof(own));
	own.ExceptionCode = 0x80000029;
	own.NumberParameters = 15;
	own.ExceptionInformation[0] = (ULONG_PTR)consolidate;
	own.ExceptionInformation[1] = (ULONG_PTR)establisher;
	own.ExceptionInformation[2] = 0x99;
	own.ExceptionInformation[10] = (ULONG_PTR)-1;
	RtlUnwindEx(establisher, (PVOID)0x10, &own, (PVOID)0x1717, &scratch, NULL);
	return ExceptionContinueSearch;
}

static void unwinding(void)
{
	EXCEPTION_RECORD own;
	volatile int value;

	ROW(55, "execution");
	on_frame = look;
	unwind_record = NULL;
	CHECK_EQUAL(catching(framed_raise, 0xE0000020), 0x4242);
	ROW(56, "execution");
	CHECK_EQUAL(seen, 4);
	CHECK_EQUAL(flags_seen[0], 0);
	CHECK_EQUAL(flags_seen[1], 0);
	CHECK_EQUAL(flags_seen[2], 2);
	CHECK_EQUAL(flags_seen[3], 0x22);
	CHECK_EQUAL(datas_seen[2], 0x12345678);
	CHECK_EQUAL(datas_seen[3], CATCHING_DATA);
	memset(&own, 0, sizeof(own));
	own.ExceptionCode = 0xE0000021;
	unwind_record = &own;
	seen = 0;
	CHECK_EQUAL(catching(framed_raise, 0xE0000020), 0x4242);
	CHECK_EQUAL(seen, 4);
	CHECK_EQUAL(own.ExceptionFlags & 0x22, 0x22);

	ROW(57, "execution");
	on_frame = collide;
	CHECK_EQUAL(catching(two_framed_raise, 0xE0000023), 0xE0000022);
	/* The inner frame unwound (and raising), again as a collision, the outer one, the target. */
	CHECK_EQUAL(collisions, 4);
	CHECK_EQUAL(collided_flags[0], 0x02);
	CHECK_EQUAL(collided_flags[1], 0x42);
	CHECK_EQUAL(collided_flags[2], 0x02);
	CHECK_EQUAL(collided_flags[3], 0x22);

	ROW(58, "execution");
	on_frame = jump_from;
	seen = 0;
	value = setjmp(jump);
	if (!value)
		framed(do_longjmp, 9);
	CHECK_EQUAL(value, 9);
	CHECK_EQUAL(seen, 1);
	CHECK_EQUAL(flags_seen[0] & 0x66, 2);

	ROW(59, "execution");
	on_frame = consolidating;
	CHECK_EQUAL(catching(framed_raise, 0xE0000024) & 0xFFFFFFFF, 0x1717);
	CHECK_EQUAL(consolidations, 1);
	on_frame = NULL;

	ROW(60, "execution");
	{
		ULONG64 *words = (ULONG64 *)jump;
		unsigned mxcsr = 0;
		unsigned short control = 0;

		setjmp(jump);
		CHECK(words[0] != 0);
		CHECK(words[2] > words[0] - 0x4000 && words[2] < words[0] + 0x4000);
		CHECK(words[10] > (ULONG64)unwinding && words[10] < (ULONG64)unwinding + 0x2000);
		__asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
		CHECK_EQUAL(*(unsigned *)((char *)jump + 0x58), mxcsr);
		CHECK_EQUAL(*(unsigned short *)((char *)jump + 0x5C), control);
	}
}

/* guarded: a __try whose filter is told what to answer, around a __try with a __finally. */
unsigned guarded(void (*fn)(ULONG_PTR), ULONG_PTR argument);
LONG filter_of_guarded(EXCEPTION_POINTERS *pointers_, void *frame_);
void finally_of_guarded(int abnormal, void *frame_);
__asm__(".text\n"
	".globl guarded\n.def guarded; .scl 2; .type 32; .endef\n.seh_proc guarded\nguarded:\n"
	"	subq $40, %rsp\n	.seh_stackalloc 40\n	.seh_endprologue\n"
	"	.seh_handler __C_specific_handler, @except, @unwind\n"
	"	.seh_handlerdata\n	.long 3\n	.rva .Lbegin, .Lend, finally_of_guarded\n	.long 0\n"
	"	.rva .Lbegin, .Lend, filter_of_guarded, .Ltarget\n	.rva .Lbegin, .Lend\n	.long 1\n	.rva "
	".Ltarget2\n	.text\n"
	"	movq %rcx, %rax\n	movq %rdx, %rcx\n"
	".Lbegin:\n	call *%rax\n	nop\n.Lend:\n	xorl %eax, %eax\n	jmp 1f\n"
	".Ltarget2:\n	movl $0x1234, %eax\n"
	".Ltarget:\n1:	addq $40, %rsp\n	ret\n.seh_endproc\n");

static LONG filter_answer;
static unsigned filters, finallies;
LONG filter_of_guarded(EXCEPTION_POINTERS *pointers_, void *frame_)
{
	(void)pointers_, (void)frame_;
	filters++;
	CHECK_EQUAL(finallies, 0);
	return filter_answer;
}

void finally_of_guarded(int abnormal, void *frame_)
{
	(void)frame_;
	finallies++;
	CHECK(abnormal);
}

static void scopes(void)
{
	ROW(61, "execution");
	filter_answer = 1;
	CHECK_EQUAL(guarded(raise, 0xE0000030), 0xE0000030);
	CHECK_EQUAL(filters, 1);
	ROW(62, "execution");
	CHECK_EQUAL(finallies, 1);
	ROW(61, "execution");
	finallies = 0;
	filter_answer = 0;
	CHECK_EQUAL(guarded(raise, 0xE0000031), 0x1234);
	CHECK_EQUAL(filters, 2);
	CHECK_EQUAL(finallies, 1);
	finallies = 0;
	filter_answer = -1;
	CHECK_EQUAL(guarded(raise, 0xE0000032), 0);
	CHECK_EQUAL(finallies, 0);
}

int main(void)
{
	unwind_data();
	tables();
	unwinding();
	scopes();
	return guest_result();
}
