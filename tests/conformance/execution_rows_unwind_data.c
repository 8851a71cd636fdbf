/*
 * Rows 40-54 of the execution facts: unwind data and function tables.
 */
#include "../guest/guest.h"

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
#define INFO_1_UNWIND                                                                                                  \
	BYTES(0x11, 0x10, 6, 0x25, 0x10, 0x64, 6, 0, 0x0B, 0x03, 0x06, 0x72, 0x02, 0x30, 0x01, 0x50, 0x00, 0x03, 0, 0, \
	      0x78, 0x56, 0, 0)
#define INFO_1                                                                                                         \
	BYTES(0x09, 0x10, 6, 0x25, 0x10, 0x64, 6, 0, 0x0B, 0x03, 0x06, 0x72, 0x02, 0x30, 0x01, 0x50, 0x00, 0x03, 0, 0, \
	      0x78, 0x56, 0, 0)

/* Inside an epilogue the frame is what it was in the body; on Windows 11 it is found from the caller's stack pointer. */
#define CHECK_EPILOGUE_FRAME(want) CHECK(frame == (want) || frame == result.Rsp - 8)

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
	/* The same function with a handler for unwinding only. */
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1_UNWIND, CODE_1, 0x10) == NULL);
	CHECK(handler_data == (PVOID)0xDEAD);
	CHECK(unwind_type(UNW_FLAG_UHANDLER, INFO_1_UNWIND, CODE_1, 0x10) == image + 0x300);
	unwind_type(0, INFO_1, CODE_1, 0x10);
	for (unsigned i = 0; i < 16; i++)
		CHECK(!pointers.FloatingContext[i] && (i == 3 || i == 5 || i == 6 || !pointers.IntegerContext[i]));
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
	ROW(48, "execution");
	CHECK_EPILOGUE_FRAME((ULONG64)&stack[0x8C]);
	ROW(45, "execution");
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_1, CODE_1, 0x16) == NULL);
	ROW(48, "execution");
	CHECK_EPILOGUE_FRAME((ULONG64)&stack[0x8C]);
	ROW(45, "execution");
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
	CHECK_EQUAL(result.Xmm7.High, AT(0x85));
	ROW(50, "execution");
	CHECK((ULONG64 *)pointers.FloatingContext[7] == &stack[0x84] && pointers.IntegerContext[6] == &stack[0x83]);
	CHECK(!pointers.FloatingContext[6] && !pointers.FloatingContext[8] && !pointers.IntegerContext[4]);
	ROW(41, "execution");
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

/* Row 45: what may stand in an epilogue of version 1.  The function has pushed rbx and taken 0x20 bytes. */
static void epilogues(void)
{
	/* sub rsp, 20 at offset 5, push rbx at offset 1; a handler. */
#define INFO_2 BYTES(0x09, 0x05, 2, 0, 0x05, 0x32, 0x01, 0x30, 0, 0x03, 0, 0)
	static const struct {
		unsigned size;
		unsigned char code[16];
	} ends[] = {
		{6, {0x48, 0x83, 0xC4, 0x20, 0x5B, 0xC3}},                      /* add rsp, 20; pop rbx; ret */
		{9, {0x48, 0x81, 0xC4, 0x20, 0, 0, 0, 0x5B, 0xC3}},             /* add rsp, 00000020 */
		{7, {0x48, 0x83, 0xC4, 0x20, 0x5B, 0xF3, 0xC3}},                /* rep ret */
		{8, {0x48, 0x83, 0xC4, 0x20, 0x5B, 0xC2, 0x10, 0x00}},          /* ret 10 */
		{10, {0x48, 0x83, 0xC4, 0x20, 0x5B, 0xE9, 0x00, 0x02, 0, 0}},   /* jmp out of the function */
		{11, {0x48, 0x83, 0xC4, 0x20, 0x5B, 0xFF, 0x25, 0, 0, 0, 0}},   /* jmp [rip] */
	};

	ROW(45, "execution");
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		unsigned char code[32] = {0x53, 0x48, 0x83, 0xEC, 0x20, 0x90, 0x90, 0x90};
		unsigned pop;

		memcpy(code + 8, ends[i].code, ends[i].size);
		/* In the body: the codes, and the handler. */
		CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_2, code, sizeof(code), 7) == image + 0x300);
		CHECK_EQUAL(result.Rbx, AT(0x84));
		CHECK_EQUAL(result.Rip, AT(0x85));
		/* At its first instruction; at the pop; behind it. */
		CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_2, code, sizeof(code), 8) == NULL);
		CHECK_EQUAL(result.Rbx, AT(0x84));
		CHECK_EQUAL(result.Rip, AT(0x85));
		pop = 8 + (unsigned)((const unsigned char *)memchr(ends[i].code, 0x5B, ends[i].size) - ends[i].code);
		CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_2, code, sizeof(code), pop) == NULL);
		CHECK_EQUAL(result.Rbx, AT(0x80));
		CHECK_EQUAL(result.Rip, AT(0x81));
		CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_2, code, sizeof(code), pop + 1) == NULL);
		CHECK_EQUAL(result.Rbx, 3);
		CHECK_EQUAL(result.Rip, AT(0x80));
	}
	/* Other instructions in between, or none at the end: it is the body. */
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_2, BYTES(0x53, 0x48, 0x83, 0xEC, 0x20, 0x48, 0x83, 0xC4, 0x20, 0x90, 0x5B, 0xC3),
			  5) == image + 0x300);
	CHECK(unwind_type(UNW_FLAG_EHANDLER, INFO_2, BYTES(0x53, 0x48, 0x83, 0xEC, 0x20, 0x48, 0x83, 0xC4, 0x20, 0x5B, 0x90, 0xC3),
			  5) == image + 0x300);
}

/* Rows 49 and 51: a function without data, and data that lies with another entry. */
static void leaves(void)
{
	void(NTAPI * version)(RTL_OSVERSIONINFOW *) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion");
	static const unsigned char info[] = {0x09, 0x02, 1, 0, 0x01, 0x30, 0, 0, 0, 3, 0, 0};
	RTL_OSVERSIONINFOW windows = {sizeof(windows)};
	RUNTIME_FUNCTION entry = {CODE_AT, CODE_AT + 0x100, INFO + 0x81}, other = {CODE_AT, CODE_AT + 0x100, INFO};

	ROW(51, "execution");
	unwind_type(0, info, sizeof(info), BYTES(0x53, 0x90, 0x90), 2);
	memcpy(image + INFO + 0x80, &other, sizeof(other));
	result.Rsp = (ULONG64)&stack[0x80];
	result.Rip = (ULONG64)image + CODE_AT + 2;
	CHECK((PVOID)RtlVirtualUnwind(UNW_FLAG_EHANDLER, (ULONG64)image, result.Rip, &entry, &result, &handler_data, &frame, NULL) ==
	      image + 0x300);
	CHECK_EQUAL(result.Rbx, AT(0x80));
	CHECK_EQUAL(result.Rip, AT(0x81));

	ROW(49, "execution");
	version(&windows);
	if (windows.dwBuildNumber < 19044)
		return; /* older ones crash */
	result.Rsp = (ULONG64)&stack[0x80];
	result.Rip = (ULONG64)image + CODE_AT;
	handler_data = (PVOID)0xDEAD;
	CHECK(RtlVirtualUnwind(UNW_FLAG_EHANDLER, (ULONG64)image, result.Rip, NULL, &result, &handler_data, &frame, NULL) == NULL);
	CHECK_EQUAL(result.Rip, AT(0x80));
	CHECK_EQUAL(result.Rsp, (ULONG64)&stack[0x81]);
	CHECK(handler_data == NULL);
	CHECK_EQUAL(frame, (ULONG64)&stack[0x80]);
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
	CHECK(RtlLookupFunctionEntry(0x10, &base, NULL) == NULL);
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
		IMAGE_NT_HEADERS *headers = (void *)((char *)GetModuleHandleA(NULL) +
						     ((IMAGE_DOS_HEADER *)GetModuleHandleA(NULL))->e_lfanew);
		IMAGE_DATA_DIRECTORY *directory = &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXCEPTION];

		CHECK(all != NULL && all <= entry && (char *)entry < (char *)all + size);
		CHECK((char *)all == (char *)GetModuleHandleA(NULL) + directory->VirtualAddress);
		CHECK_EQUAL(size, directory->Size);
		CHECK_EQUAL(table_base, (ULONG64)GetModuleHandleA(NULL));
		CHECK(RtlAddFunctionTable(table, 4, code));
		CHECK(lookup_table(code + 0x200, &table_base, &size) == NULL);
		CHECK(RtlDeleteFunctionTable(table));
	}
}

int main(void)
{
	unwind_data();
	epilogues();
	leaves();
	tables();
	return guest_result();
}
