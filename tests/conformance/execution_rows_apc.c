/*
 * Rows 38 and 39 of the execution facts: going on with a context, and user APCs.
 */
#include "execution_frames.h"

#include <setjmp.h>

/* APCs. */
static unsigned apcs;
static ULONG_PTR apc_arguments[3];
static jmp_buf apc_jump;
static void NTAPI plain_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	apcs++;
	apc_arguments[0] = a;
	apc_arguments[1] = b;
	apc_arguments[2] = c;
}

static void NTAPI raising_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
	RaiseException(0xE000000C, 0, 0, NULL);
}

static void NTAPI jumping_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
	longjmp(apc_jump, 5);
}

static void NTAPI requeueing_apc(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)
{
	plain_apc(a, b, c);
	if (apcs < 2000)
		NtQueueApcThread(GetCurrentThread(), requeueing_apc, NULL, NULL, NULL);
}

static void queue(PVOID function, ULONG_PTR a)
{
	CHECK_EQUAL(NtQueueApcThread(GetCurrentThread(), function, (PVOID)a, (PVOID)(a + 1), (PVOID)(a + 2)), 0);
}

static void sleep_alertably(void)
{
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
}

static void continuing(void)
{
	NTSTATUS(NTAPI * continue_ex)(CONTEXT *, PVOID);
	struct {
		ULONG type, flags;
		ULONGLONG reserved[2];
	} argument = {0, 1, {0, 0}};
	volatile int round = 0;
	CONTEXT context;

	ROW(38, "execution");
	queue(plain_apc, 10);
	queue(plain_apc, 20);
	RtlCaptureContext(&context);
	if (round == 0) {
		round++;
		NtContinue(&context, FALSE);
	}
	if (round == 1) {
		round++;
		CHECK_EQUAL(apcs, 0);
		NtContinue(&context, TRUE);
	}
	CHECK_EQUAL(round, 2);
	CHECK_EQUAL(apcs, 2);
	CHECK_EQUAL(apc_arguments[0], 20);
	CHECK_EQUAL(apc_arguments[1], 21);
	CHECK_EQUAL(apc_arguments[2], 22);
	apcs = 0;
	*(FARPROC *)&continue_ex = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtContinueEx");
	if (continue_ex) {
		round = 0;
		queue(plain_apc, 30);
		RtlCaptureContext(&context);
		if (round == 0) {
			round++;
			argument.flags = 0;
			continue_ex(&context, &argument);
		}
		if (round == 1) {
			round++;
			CHECK_EQUAL(apcs, 0);
			argument.flags = 1;
			continue_ex(&context, &argument);
		}
		CHECK_EQUAL(round, 2);
		CHECK_EQUAL(apcs, 1);
		apcs = 0;
	}

	ROW(39, "execution");
	patch("KiUserApcDispatcher");
	queue(plain_apc, 40);
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
	CHECK_EQUAL(hook_calls, 1);
	CHECK_EQUAL(apcs, 1);
	CHECK_EQUAL(hook_frame.context.P1Home, 40);
	CHECK_EQUAL(hook_frame.context.P2Home, 41);
	CHECK_EQUAL(hook_frame.context.P3Home, 42);
	CHECK_EQUAL(hook_frame.context.P4Home, (ULONG_PTR)plain_apc);
	CHECK_EQUAL(hook_rsp % 16, 0);
	apcs = 0;
	/* Out of an APC: by an exception, by longjmp, and through NtContinue. */
	queue(raising_apc, 50);
	CHECK_EQUAL(guarded(sleep_alertably), 0xE000000C);
	CHECK_EQUAL(apcs, 1);
	queue(jumping_apc, 60);
	if (!setjmp(apc_jump))
		SleepEx(0, TRUE);
	CHECK_EQUAL(apcs, 2);
	queue(jumping_apc, 70);
	if (!setjmp(apc_jump)) {
		RtlCaptureContext(&context);
		NtContinue(&context, TRUE);
	}
	CHECK_EQUAL(apcs, 3);
	apcs = 0;
	/* One after the other needs no more stack than one. */
	queue(requeueing_apc, 0);
	CHECK_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
	while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION)
		;
	CHECK_EQUAL(apcs, 2000);
	apcs = 0;
	queue(plain_apc, 1);
	CHECK_EQUAL(NtTestAlert(), 0);
	CHECK_EQUAL(apcs, 1);
}

int main(void)
{
	continuing();
	return guest_result();
}
