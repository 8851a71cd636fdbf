/*
 * Extended processor state (AVX) in contexts: across exceptions, in other threads, and the functions that handle such
 * contexts.  The execution facts leave it out; the rules are those of MSDN, "Working with XState Context", and of what the
 * tests of others found on Windows 7 to 11.
 */
#include "execution_rows.h"

#define AMD64 0x00100000u
#define XSTATE (AMD64 | 0x40u)
#define AVX 4u

/* Windows 11's CONTEXT_EX has one chunk more behind these, which 10's keeps free. */
struct chunk {
	LONG offset;
	DWORD length;
};
struct extended {
	struct chunk all, legacy, state;
	ULONG64 padding;
};
struct area {
	ULONG64 mask, compaction, reserved[6];
	M128A ymm[16];
};
C_ASSERT(sizeof(struct area) == 0x140);

typedef NTSTATUS(NTAPI *length_function)(ULONG flags, ULONG *length);
typedef NTSTATUS(NTAPI *length2_function)(ULONG flags, ULONG *length, ULONG64 mask);
static ULONG64(NTAPI *enabled_features)(ULONG64 mask);
static length_function context_length;
static length2_function context_length2;
static NTSTATUS(NTAPI *initialize)(PVOID buffer, ULONG flags, struct extended **extended);
static NTSTATUS(NTAPI *initialize2)(PVOID buffer, ULONG flags, struct extended **extended, ULONG64 mask);
static PVOID(NTAPI *locate)(struct extended *extended, ULONG id, ULONG *length);
static CONTEXT *(NTAPI *locate_legacy)(struct extended *extended, ULONG *length);
static ULONG64(NTAPI *get_mask)(struct extended *extended);
static void(NTAPI *set_mask)(struct extended *extended, ULONG64 mask);
static NTSTATUS(NTAPI *copy_context)(CONTEXT *to, ULONG flags, CONTEXT *from);
static NTSTATUS(NTAPI *copy_extended)(struct extended *to, ULONG flags, struct extended *from);
static BOOL(WINAPI *initialize_context2)(PVOID, DWORD, PCONTEXT *, PDWORD, ULONG64);

static ULONG64 features;
static BOOL compacts;

static void find_functions(void)
{
	HMODULE ntdll = GetModuleHandleA("ntdll.dll"), kernel32 = GetModuleHandleA("kernel32.dll");
	unsigned a = 13, b, c = 1, d;

	enabled_features = (void *)GetProcAddress(ntdll, "RtlGetEnabledExtendedFeatures");
	context_length = (void *)GetProcAddress(ntdll, "RtlGetExtendedContextLength");
	context_length2 = (void *)GetProcAddress(ntdll, "RtlGetExtendedContextLength2");
	initialize = (void *)GetProcAddress(ntdll, "RtlInitializeExtendedContext");
	initialize2 = (void *)GetProcAddress(ntdll, "RtlInitializeExtendedContext2");
	locate = (void *)GetProcAddress(ntdll, "RtlLocateExtendedFeature");
	locate_legacy = (void *)GetProcAddress(ntdll, "RtlLocateLegacyContext");
	get_mask = (void *)GetProcAddress(ntdll, "RtlGetExtendedFeaturesMask");
	set_mask = (void *)GetProcAddress(ntdll, "RtlSetExtendedFeaturesMask");
	copy_context = (void *)GetProcAddress(ntdll, "RtlCopyContext");
	copy_extended = (void *)GetProcAddress(ntdll, "RtlCopyExtendedContext");
	initialize_context2 = (void *)GetProcAddress(kernel32, "InitializeContext2");
	CHECK(enabled_features && context_length && context_length2 && initialize && initialize2 && locate);
	CHECK(locate_legacy && get_mask && set_mask && copy_context && copy_extended && initialize_context2);
	features = enabled_features ? enabled_features(~0ull) : 0;
	CHECK_EQUAL(features, GetEnabledXStateFeatures());
	CHECK_EQUAL(features & 3, features ? 3 : 0);
	CHECK_EQUAL(!!(features & AVX), IsProcessorFeaturePresent(39)); /* PF_AVX_INSTRUCTIONS_AVAILABLE */
	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	compacts = features && a & 2;
}

/* vmovups (rcx), ymm0; int3; vmovups ymm0, (rcx); vzeroupper; ret */
#define LOAD_STOP_STORE                                                                                                \
	0xC5, 0xFC, 0x10, 0x01, 0xCC, 0xC5, 0xFC, 0x11, 0x01, 0xC5, 0xF8, 0x77, 0xC3
/* vzeroupper; xorps xmm0, xmm0; int3; vmovups ymm0, (rcx); vzeroupper; ret */
#define ZERO_STOP_STORE                                                                                                \
	0xC5, 0xF8, 0x77, 0x0F, 0x57, 0xC0, 0xCC, 0xC5, 0xFC, 0x11, 0x01, 0xC5, 0xF8, 0x77, 0xC3

static ULONG64 values[4];
static enum { LOOK, CHANGE, CLEAR, ZERO } doing;

static LONG on_stop(EXCEPTION_POINTERS *pointers)
{
	static const ULONG64 other[4] = {0x11, 0x22, 0x33, 0x44};
	CONTEXT *context = pointers->ContextRecord;
	struct extended *extended = (struct extended *)(context + 1);
	struct area *area = (struct area *)((char *)extended + extended->state.offset);
	DWORD length = 0;

	CHECK_EQUAL(context->ContextFlags & (CONTEXT_FULL | XSTATE), CONTEXT_FULL | XSTATE);
	CHECK_EQUAL(extended->legacy.offset, -(LONG)sizeof(CONTEXT));
	CHECK_EQUAL(extended->legacy.length, sizeof(CONTEXT));
	CHECK_EQUAL(extended->all.offset, -(LONG)sizeof(CONTEXT));
	CHECK_EQUAL(extended->all.length, sizeof(CONTEXT) + extended->state.offset + extended->state.length);
	CHECK(extended->state.offset >= (LONG)(0x20 + sizeof(EXCEPTION_RECORD)));
	CHECK(extended->state.length >= sizeof(*area));
	CHECK_EQUAL((ULONG_PTR)area % 64, 0);
	CHECK_EQUAL(area->compaction & ((features & ~3ull) | 1ull << 63 | 3),
		    compacts ? (features & ~3ull) | 1ull << 63 : 0);
	CHECK(LocateXStateFeature(context, 2, &length) == area->ymm);
	CHECK_EQUAL(length, sizeof(area->ymm));
	if (doing == LOOK || doing == CHANGE) {
		CHECK_EQUAL(area->mask & 7, AVX);
		CHECK_EQUAL(area->ymm[0].Low, 3);
		CHECK_EQUAL(area->ymm[0].High, 4);
	}
	if (doing == CHANGE)
		area->ymm[0].High = 0x7777;
	if (doing == CLEAR)
		area->mask = 0;
	__asm__ volatile("vmovups %0, %%ymm0\n\tvmovups %0, %%ymm15" : : "m"(other));
	context->Rip++;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void stop_with(int what)
{
	for (unsigned i = 0; i < 4; i++)
		values[i] = i + 1;
	doing = what;
	on_seen = on_stop;
	if (what == ZERO)
		RUN((ULONG_PTR)values, 0, ZERO_STOP_STORE);
	else
		RUN((ULONG_PTR)values, 0, LOAD_STOP_STORE);
	on_seen = NULL;
	CHECK_EQUAL(seen_count, 1);
}

static void exceptions(void)
{
	ROW(state in exceptions, "execution");
	stop_with(LOOK);
	CHECK_EQUAL(values[0], 1);
	CHECK_EQUAL(values[1], 2);
	CHECK_EQUAL(values[2], 3);
	CHECK_EQUAL(values[3], 4);
	stop_with(CHANGE);
	CHECK_EQUAL(values[1], 2);
	CHECK_EQUAL(values[2], 3);
	CHECK_EQUAL(values[3], 0x7777);
	stop_with(CLEAR);
	CHECK_EQUAL(values[1], 2);
	CHECK_EQUAL(values[2], 0);
	CHECK_EQUAL(values[3], 0);
	stop_with(ZERO);
	CHECK_EQUAL(values[0] | values[1] | values[2] | values[3], 0);
}

static char buffers[2][8192] __attribute__((aligned(64)));

/* Which flags are taken, and what lengths go with them. */
static void lengths(void)
{
	ULONG plain = 0, length = 0xDEADBEEF, with;
	DWORD bytes = 0xDEADBEEF;
	CONTEXT *context;

	ROW(state in contexts, "execution");
	CHECK_EQUAL((ULONG)context_length(0, &length), 0xC000000D);
	CHECK_EQUAL((ULONG)context_length(AMD64 | 0x10000, &length), 0xC000000D);
	CHECK_EQUAL((ULONG)context_length(AMD64 | 0x20, &length), 0xC000000D);
	CHECK_EQUAL(length, 0xDEADBEEF);
	CHECK_EQUAL((ULONG)context_length(AMD64, &plain), 0);
	CHECK(plain == 0x4F0 + 15 || plain == 0x4F0 + 7);
	CHECK_EQUAL((ULONG)context_length(CONTEXT_ALL | 0xD8000000, &length), 0);
	CHECK_EQUAL(length, plain);
	CHECK_FAILS(InitializeContext(NULL, 0, NULL, &bytes), ERROR_INVALID_PARAMETER);
	CHECK_EQUAL(bytes, 0xDEADBEEF);
	CHECK_FAILS(InitializeContext(NULL, CONTEXT_ALL, NULL, &bytes), ERROR_INSUFFICIENT_BUFFER);
	CHECK_EQUAL(bytes, plain);
	if (!features) {
		CHECK_EQUAL((ULONG)context_length(XSTATE, &length), 0xC00000BB);
		bytes = sizeof(buffers[0]);
		CHECK(InitializeContext(buffers[0], CONTEXT_ALL | XSTATE, &context, &bytes));
		CHECK_EQUAL(context->ContextFlags, CONTEXT_ALL);
		return;
	}
	CHECK_EQUAL((ULONG)context_length(XSTATE, &length), 0);
	with = length;
	CHECK(with >= 0x4F0 + sizeof(struct area) + 63);
	CHECK_EQUAL((ULONG)context_length2(XSTATE, &length, ~0ull), 0);
	CHECK_EQUAL(length, with);
	CHECK_EQUAL((ULONG)context_length2(XSTATE, &length, 7), 0);
	CHECK_EQUAL(length, 0x4F0 + sizeof(struct area) + 63);
	CHECK_EQUAL((ULONG)context_length2(XSTATE, &length, 4), 0);
	CHECK_EQUAL(length, 0x4F0 + sizeof(struct area) + 63);
	CHECK_EQUAL((ULONG)context_length2(XSTATE, &length, 3), 0);
	CHECK_EQUAL(length, 0x4F0 + 64 + 63);
}

static void plain_contexts(void)
{
	struct extended *extended;
	CONTEXT *context;
	DWORD bytes;
	ULONG64 mask;
	ULONG length;

	memset(buffers[0], 0xCC, sizeof(buffers[0]));
	bytes = 0x4F0;
	context = (CONTEXT *)buffers;
	CHECK_FAILS(InitializeContext(buffers[0], CONTEXT_INTEGER, &context, &bytes), ERROR_INSUFFICIENT_BUFFER);
	CHECK(context == (CONTEXT *)buffers);
	SetLastError(0xDEADBEEF);
	CHECK(InitializeContext(buffers[0] + 2, CONTEXT_INTEGER, &context, &bytes));
	CHECK_EQUAL(GetLastError(), 0xDEADBEEF);
	CHECK_EQUAL((ULONG_PTR)context, (ULONG_PTR)buffers[0] + 16);
	CHECK_EQUAL(context->ContextFlags, CONTEXT_INTEGER);
	CHECK_EQUAL(context->P6Home, 0xCCCCCCCCCCCCCCCCu);
	CHECK_EQUAL(context->Rip, 0xCCCCCCCCCCCCCCCCu);
	extended = (struct extended *)(context + 1);
	CHECK_EQUAL(extended->legacy.offset, -(LONG)sizeof(CONTEXT));
	CHECK_EQUAL(extended->legacy.length, sizeof(CONTEXT));
	CHECK_EQUAL(extended->all.offset, -(LONG)sizeof(CONTEXT));
	CHECK(extended->all.length == 0x4F0 || extended->all.length == 0x4E8);
	CHECK_EQUAL(extended->state.offset, (LONG)(extended->all.length - 0x4D0 + 1));
	CHECK_EQUAL(extended->state.length, 0);
	CHECK(locate_legacy(extended, NULL) == context);
	CHECK(locate_legacy(extended, &length) == context);
	CHECK_EQUAL(length, sizeof(CONTEXT));
	CHECK(GetXStateFeaturesMask(context, &mask));
	CHECK_EQUAL(mask, 0);
	CHECK(SetXStateFeaturesMask(context, 0));
	CHECK_EQUAL(context->ContextFlags, CONTEXT_INTEGER);
	CHECK(!SetXStateFeaturesMask(context, AVX));
	CHECK(SetXStateFeaturesMask(context, 2));
	CHECK_EQUAL(context->ContextFlags, CONTEXT_INTEGER | CONTEXT_FLOATING_POINT);
	CHECK(GetXStateFeaturesMask(context, &mask));
	CHECK_EQUAL(mask, 3);
	CHECK(LocateXStateFeature(context, 0, &bytes) == &context->FltSave);
	CHECK_EQUAL(bytes, 160);
	CHECK(LocateXStateFeature(context, 1, &bytes) == context->FltSave.XmmRegisters);
	CHECK_EQUAL(bytes, 256);
	bytes = 1;
	CHECK(!LocateXStateFeature(context, 2, &bytes));
	CHECK_EQUAL(bytes, 1);
}

static void extended_contexts(void)
{
	struct extended *extended;
	struct area *area;
	CONTEXT *context;
	ULONG64 mask;
	ULONG length;
	DWORD bytes = sizeof(buffers[0]);

	memset(buffers[0], 0xCC, sizeof(buffers[0]));
	CHECK_EQUAL((ULONG)context_length(XSTATE, &length), 0);
	CHECK(InitializeContext(buffers[0], XSTATE | 3, &context, &bytes));
	CHECK_EQUAL(bytes, length);
	CHECK(context == (CONTEXT *)buffers[0]);
	CHECK_EQUAL(context->ContextFlags, XSTATE | 3);
	extended = (struct extended *)(context + 1);
	CHECK_EQUAL(extended->state.offset, 0x500 - 0x4D0);
	CHECK(extended->state.length >= sizeof(*area));
	CHECK_EQUAL(extended->all.length, sizeof(CONTEXT) + extended->state.offset + extended->state.length);
	area = (struct area *)(buffers[0] + 0x500);
	CHECK_EQUAL(area->mask, 0);
	CHECK_EQUAL(area->compaction, compacts ? features | 1ull << 63 : 0);
	CHECK_EQUAL(area->reserved[0], 0);
	length = 0xDEADBEEF;
	CHECK(!locate(extended, 0, &length) && !locate(extended, 1, &length));
	CHECK_EQUAL(length, 0xDEADBEEF);
	CHECK(locate(extended, 2, &length) == area->ymm);
	CHECK_EQUAL(length, sizeof(area->ymm));
	CHECK(locate(extended, 2, NULL) == area->ymm);
	CHECK(!locate(extended, 63, NULL));
	CHECK(LocateXStateFeature(context, 2, NULL) == area->ymm);
	CHECK(GetXStateFeaturesMask(context, &mask));
	CHECK_EQUAL(mask, 0);
	area->compaction = 0xDEADBEEF;
	set_mask(extended, ~0ull);
	CHECK_EQUAL(area->mask, features & ~3ull);
	CHECK_EQUAL(get_mask(extended), features & ~3ull);
	CHECK_EQUAL(area->compaction, 0xDEADBEEF);
	set_mask(extended, 0);
	CHECK_EQUAL(area->mask, 0);
	CHECK(SetXStateFeaturesMask(context, AVX | 1));
	CHECK_EQUAL(context->ContextFlags, XSTATE | 11);
	CHECK(GetXStateFeaturesMask(context, &mask));
	CHECK_EQUAL(mask, AVX | 3);
	CHECK_EQUAL(area->mask, AVX);
	if (features >> 5 & 7 && compacts) {
		area->compaction = features | 1ull << 63;
		CHECK(locate(extended, 7, &length) != NULL);
		CHECK_EQUAL(length, 1024);
	}
	/* Room for less. */
	bytes = sizeof(buffers[0]);
	CHECK(initialize_context2(buffers[0], XSTATE, &context, &bytes, 0));
	CHECK_EQUAL(bytes, 0x4F0 + 64 + 63);
	CHECK_EQUAL(extended->state.length, 64);
	CHECK_EQUAL(area->compaction, compacts ? 1ull << 63 : 0);
	if (compacts) {
		CHECK(!locate(extended, 2, &length));
		CHECK_EQUAL(length, sizeof(area->ymm));
	}
	CHECK_EQUAL((ULONG)initialize2(buffers[0], XSTATE, &extended, AVX), 0);
	CHECK_EQUAL(extended->state.length, sizeof(*area));
}

/* Bytes that are 0xDD still, and the end. */
static BOOL untouched(const void *from, SIZE_T size)
{
	const unsigned char *bytes = from;

	for (SIZE_T i = 0; i < size; i++)
		if (bytes[i] != 0xDD)
			return FALSE;
	return TRUE;
}

static void copies(void)
{
	struct extended *from, *to;
	struct area *source, *target;
	CONTEXT *a, *b;

	memset(buffers[0], 0xCC, sizeof(buffers[0]));
	memset(buffers[1], 0xDD, sizeof(buffers[1]));
	CHECK_EQUAL((ULONG)initialize(buffers[0], CONTEXT_INTEGER, &from), 0);
	CHECK_EQUAL((ULONG)initialize(buffers[1], CONTEXT_INTEGER, &to), 0);
	a = locate_legacy(from, NULL);
	b = locate_legacy(to, NULL);
	b->ContextFlags = 0;
	CHECK_EQUAL((ULONG)copy_context(b, CONTEXT_INTEGER, a), 0xC000000D);
	CHECK_EQUAL(b->ContextFlags, 0);
	b->ContextFlags = AMD64;
	CHECK_EQUAL((ULONG)copy_context(b, CONTEXT_INTEGER, a), 0);
	CHECK_EQUAL(b->ContextFlags, CONTEXT_INTEGER);
	CHECK_EQUAL(b->Rax, 0xCCCCCCCCCCCCCCCCu);
	CHECK_EQUAL(b->R15, 0xCCCCCCCCCCCCCCCCu);
	CHECK(CopyContext(b, CONTEXT_CONTROL, a)); /* which the source does not have */
	CHECK(untouched(&b->Rsp, 8) && untouched(&b->Rip, 8) && untouched(&b->FltSave, 512) && untouched(&b->SegCs, 12));
	a->ContextFlags = CONTEXT_ALL;
	CHECK(CopyContext(b, CONTEXT_CONTROL, a));
	CHECK_EQUAL(b->Rsp, 0xCCCCCCCCCCCCCCCCu);
	CHECK_EQUAL(b->SegCs, 0xCCCC);
	CHECK_EQUAL(b->SegDs, 0xDDDD);
	CHECK_EQUAL(b->SegSs, 0xCCCC);
	CHECK(CopyContext(b, CONTEXT_SEGMENTS, a));
	CHECK_EQUAL(b->SegDs, 0xCCCC);
	CHECK_EQUAL(b->SegGs, 0xCCCC);
	CHECK(untouched(&b->Dr0, 48));
	CHECK(CopyContext(b, CONTEXT_DEBUG_REGISTERS, a));
	CHECK_EQUAL(b->Dr7, 0xCCCCCCCCCCCCCCCCu);
	CHECK(CopyContext(b, CONTEXT_FLOATING_POINT, a));
	CHECK_EQUAL(b->FltSave.XmmRegisters[15].High, (LONG64)0xCCCCCCCCCCCCCCCCu);
	if (!features)
		return;
	CHECK_EQUAL((ULONG)initialize(buffers[0], XSTATE | 2, &from), 0);
	CHECK_FAILS(CopyContext(b, XSTATE, a), ERROR_MORE_DATA);
	CHECK_EQUAL((ULONG)initialize(buffers[1], XSTATE | 2, &to), 0);
	source = (struct area *)((char *)from + from->state.offset);
	target = (struct area *)((char *)to + to->state.offset);
	memset(source->ymm, 0xCC, sizeof(source->ymm));
	memset(target->ymm, 0xDD, sizeof(target->ymm));
	source->mask = 3;
	target->mask = target->compaction = 0xDDDDDDDD;
	to->state.length = 0;
	CHECK_EQUAL((ULONG)copy_extended(to, XSTATE | 2, from), 0x80000005);
	CHECK_EQUAL(target->mask, 0xDDDDDDDD);
	to->state.length = 64;
	CHECK_EQUAL((ULONG)copy_extended(to, XSTATE | 2, from), 0);
	CHECK_EQUAL(target->mask, 0);
	CHECK_EQUAL(target->compaction, compacts ? features | 1ull << 63 : 0);
	CHECK(untouched(target->ymm, sizeof(target->ymm)));
	to->state.length = from->state.length;
	source->mask = 7;
	CHECK_EQUAL((ULONG)copy_extended(to, XSTATE | 2, from), 0);
	CHECK_EQUAL(target->mask, AVX);
	CHECK_EQUAL(target->ymm[15].Low, 0xCCCCCCCCCCCCCCCCu);
	/* A source without any leaves the target's. */
	memset(target->ymm, 0xDD, sizeof(target->ymm));
	locate_legacy(from, NULL)->ContextFlags = AMD64;
	CHECK(CopyContext(locate_legacy(to, NULL), XSTATE | 2, locate_legacy(from, NULL)));
	CHECK(untouched(target->ymm, sizeof(target->ymm)));
}

/*
 * Another thread's.
 */
static volatile LONG spinning, stop;
static ULONG64 spun[4];

static DWORD WINAPI spin(LPVOID argument)
{
	static const ULONG64 start[4] = {1, 2, 3, 4};

	(void)argument;
	__asm__ volatile("vmovups %2, %%ymm0\n\tmovl $1, %0\n1:\tpause\n\tcmpl $0, %1\n\tje 1b\n\tvmovups %%ymm0, %3\n\tvzeroupper"
			 : "=m"(spinning), "+m"(stop)
			 : "m"(start), "m"(spun)
			 : "xmm0", "memory");
	return 0;
}

static void threads(void)
{
	HANDLE thread = CreateThread(NULL, 0, spin, NULL, 0, NULL);
	struct extended *extended;
	struct area *area;
	CONTEXT *context;
	DWORD bytes = sizeof(buffers[0]), all;

	ROW(state of threads, "execution");
	memset(buffers[0], 0xCC, sizeof(buffers[0]));
	CHECK(InitializeContext(buffers[0], XSTATE | CONTEXT_FULL, &context, &bytes));
	extended = (struct extended *)(context + 1);
	area = (struct area *)((char *)extended + extended->state.offset);
	while (!spinning)
		Sleep(1);
	CHECK_EQUAL(SuspendThread(thread), 0);
	CHECK(SetXStateFeaturesMask(context, AVX));
	area->compaction = compacts ? AVX : 0;
	CHECK(GetThreadContext(thread, context));
	CHECK_EQUAL(context->ContextFlags, XSTATE | CONTEXT_FULL);
	CHECK_EQUAL(area->mask, AVX);
	CHECK_EQUAL(area->compaction, compacts ? 1ull << 63 | AVX : 0);
	CHECK_EQUAL(area->ymm[0].Low, 3);
	CHECK_EQUAL(area->ymm[0].High, 4);
	CHECK_EQUAL(context->FltSave.XmmRegisters[0].High, 2);
	/* Too short, and too long. */
	all = extended->state.length;
	extended->state.length = 64;
	CHECK_FAILS(GetThreadContext(thread, context), ERROR_MORE_DATA);
	extended->state.length = all + 64;
	CHECK_FAILS(GetThreadContext(thread, context), ERROR_INVALID_PARAMETER);
	extended->state.length = all;
	area->mask = AVX;
	area->compaction = compacts ? 1ull << 63 | AVX : 0;
	area->ymm[0].Low = 33;
	context->FltSave.XmmRegisters[0].High = 22;
	CHECK(SetThreadContext(thread, context));
	area->ymm[0].Low = 0;
	CHECK(GetThreadContext(thread, context));
	CHECK_EQUAL(area->ymm[0].Low, 33);
	CHECK_EQUAL(area->ymm[0].High, 4);
	CHECK_EQUAL(context->FltSave.XmmRegisters[0].High, 22);
	if (compacts) {
		/* What the mask of compaction does not name stays. */
		area->mask = 0;
		area->compaction = 1ull << 63;
		context->ContextFlags = XSTATE;
		CHECK(SetThreadContext(thread, context));
	}
	CHECK_EQUAL(ResumeThread(thread), 1);
	stop = 1;
	WaitForSingleObject(thread, INFINITE);
	CHECK_EQUAL(spun[0], 1);
	CHECK_EQUAL(spun[1], 22);
	CHECK_EQUAL(spun[2], 33);
	CHECK_EQUAL(spun[3], 4);
	CloseHandle(thread);
}

int main(void)
{
	find_functions();
	if (guest_failures)
		return guest_result();
	lengths();
	plain_contexts();
	copies();
	if (features & AVX) {
		extended_contexts();
		exceptions();
		threads();
	}
	return guest_result();
}
