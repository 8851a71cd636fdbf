/*
 * check_ke.c - objects and handles, dispatcher objects under several threads, the unwinder on hand-made unwind data.
 */
#include "host/host.h"
#include "host/thread.h"
#include "host/time.h"
#include "ntdll/ke/ke.h"
#include "ntdll/ob/ob.h"
#include "ntdll/ps/thread.h"

#include <check.h>
#include <string.h>

static unsigned destroyed;

static void count_destroyed(struct ob_object *object)
{
	destroyed++;
}

static const struct ob_type plain = {.name = u"Plain", .all = 0x1F0003, .read = 1, .write = 2, .destroy = count_destroyed};

START_TEST(handles_lowest_first)
{
	HANDLE handles[3000], again;
	void *object = ob_create(&plain, sizeof(struct ob_object)), *found;
	uint32_t before = ob_handle_count();

	destroyed = 0;
	for (unsigned i = 0; i < 3000; i++) {
		ck_assert_int_eq(ob_create_handle(object, 1, 0, &handles[i]), 0);
		ck_assert(i == 0 || handles[i] > handles[i - 1]);
		ck_assert_uint_eq((uintptr_t)handles[i] & 3, 0);
	}
	ck_assert_uint_eq(ob_handle_count(), before + 3000);
	ck_assert_int_eq(ob_close_handle(handles[17]), 0);
	ck_assert_int_eq(ob_close_handle(handles[2000]), 0);
	ck_assert_int_eq(ob_reference_by_handle(handles[17], NULL, 0, &found), STATUS_INVALID_HANDLE);
	ck_assert_int_eq(ob_create_handle(object, 1, 0, &again), 0);
	ck_assert_ptr_eq(again, handles[17]);
	ck_assert_int_eq(ob_create_handle(object, 1, 0, &again), 0);
	ck_assert_ptr_eq(again, handles[2000]);
	ck_assert_int_eq(ob_reference_by_handle((HANDLE)((uintptr_t)again | 3), &plain, 1, &found), 0);
	ob_dereference(found);
	ck_assert_int_eq(ob_reference_by_handle(again, &plain, 2, &found), STATUS_ACCESS_DENIED);
	ck_assert_int_eq(ob_reference_by_handle(again, &ke_event_type, 0, &found), STATUS_OBJECT_TYPE_MISMATCH);
	/* More references through one handle than its counter holds. */
	for (unsigned i = 0; i < 200000; i++) {
		ck_assert_int_eq(ob_reference_by_handle(again, NULL, 0, &found), 0);
		ob_dereference(found);
	}
	for (unsigned i = 0; i < 3000; i++)
		ck_assert_int_eq(ob_close_handle(handles[i]), 0);
	ck_assert_int_eq(ob_close_handle(handles[5]), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(destroyed, 0);
	ob_dereference(object);
	ck_assert_uint_eq(destroyed, 1);
}
END_TEST

START_TEST(handles_protected)
{
	void *object = ob_create(&plain, sizeof(struct ob_object));
	HANDLE handle;

	destroyed = 0;
	ck_assert_int_eq(ob_create_handle(object, 1, OB_PROTECT_CLOSE, &handle), 0);
	ob_dereference(object);
	ck_assert_int_eq(ob_close_handle(handle), STATUS_HANDLE_NOT_CLOSABLE);
	ck_assert_int_eq(ob_set_handle_flags(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0), 0);
	ck_assert_int_eq(ob_close_handle(handle), 0);
	ck_assert_uint_eq(destroyed, 1);
}
END_TEST

/* Four threads take turns through a semaphore, an event and a wait for all; nothing may be lost. */
static struct ke_dispatcher tokens, ping, pong, both_a, both_b;
static uint32_t finished;
static uint64_t sum;

static void take_tokens(void *argument)
{
	LONG previous;

	ps_adopt_bare_thread();
	for (unsigned i = 0; i < 20000; i++) {
		if (ke_wait_one(&tokens, false, KE_FOREVER) != STATUS_WAIT_0)
			break;
		sum++; /* the semaphore has one token: this is a critical section */
		ke_release_semaphore(&tokens, 1, 1, &previous);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_RELEASE);
}

static void wait_finished(uint32_t count)
{
	uint64_t limit = host_monotonic_ns() + 60000000000ull;

	while (__atomic_load_n(&finished, __ATOMIC_ACQUIRE) != count) {
		ck_assert_msg(host_monotonic_ns() < limit, "a wake-up was lost");
		host_sleep_until(host_monotonic_ns() + 1000000);
	}
}

START_TEST(semaphore_excludes)
{
	finished = 0;
	sum = 0;
	ke_dispatcher_initialize(&tokens, KE_SEMAPHORE, 1);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(host_thread_create(take_tokens, NULL), 0);
	wait_finished(4);
	ck_assert_uint_eq(sum, 80000);
}
END_TEST

static void answer(void *argument)
{
	struct ke_dispatcher *all[2] = {&both_a, &both_b};

	ps_adopt_bare_thread();
	for (unsigned i = 0; i < 10000; i++) {
		ke_wait_one(&ping, false, KE_FOREVER);
		ke_set(&pong);
	}
	for (unsigned i = 0; i < 10000; i++) {
		ke_wait(2, all, true, false, KE_FOREVER);
		ke_set(&pong);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_RELEASE);
}

static void set_b(void *argument)
{
	ps_adopt_bare_thread();
	for (unsigned i = 0; i < 10000; i++) {
		ke_wait_one(&ping, false, KE_FOREVER);
		ke_set(&both_b);
	}
	__atomic_fetch_add(&finished, 1, __ATOMIC_RELEASE);
}

START_TEST(events_ping_pong)
{
	finished = 0;
	ps_adopt_bare_thread();
	ke_dispatcher_initialize(&ping, KE_SYNCHRONIZATION, 0);
	ke_dispatcher_initialize(&pong, KE_SYNCHRONIZATION, 0);
	ke_dispatcher_initialize(&both_a, KE_SYNCHRONIZATION, 0);
	ke_dispatcher_initialize(&both_b, KE_SYNCHRONIZATION, 0);
	ck_assert_int_eq(host_thread_create(answer, NULL), 0);
	for (unsigned i = 0; i < 10000; i++) {
		ke_set(&ping);
		ck_assert_int_eq(ke_wait_one(&pong, false, KE_FOREVER), STATUS_WAIT_0);
	}
	/* Now the other waits for both; the second is set by a third thread at the same time as the first. */
	ck_assert_int_eq(host_thread_create(set_b, NULL), 0);
	for (unsigned i = 0; i < 10000; i++) {
		ke_set(&ping);
		ke_set(&both_a);
		ck_assert_int_eq(ke_wait_one(&pong, false, KE_FOREVER), STATUS_WAIT_0);
		ck_assert_int_eq(ke_dispatcher_state(&both_a), 0);
		ck_assert_int_eq(ke_dispatcher_state(&both_b), 0);
	}
	wait_finished(2);
}
END_TEST

START_TEST(waits_time_out)
{
	struct ke_dispatcher event;
	uint64_t start = host_monotonic_ns();

	ps_adopt_bare_thread();
	ke_dispatcher_initialize(&event, KE_NOTIFICATION, 0);
	ck_assert_int_eq(ke_wait_one(&event, false, 0), STATUS_TIMEOUT);
	ck_assert_int_eq(ke_wait_one(&event, false, start + 5000000), STATUS_TIMEOUT);
	ck_assert_uint_ge(host_monotonic_ns(), start + 5000000);
	ck_assert_ptr_null(event.first);
	ck_assert_int_eq(ke_set(&event), 0);
	ck_assert_int_eq(ke_set(&event), 1);
	ck_assert_int_eq(ke_wait_one(&event, false, 0), STATUS_WAIT_0);
	ck_assert_int_eq(ke_reset(&event), 1);
}
END_TEST

/*
 * Unwind data by hand: push rbp; push rbx; sub rsp, 40; lea rbp, [rsp+32]; body; then an epilog.
 */
static struct {
	uint8_t code[64];
	uint8_t info[32] __attribute__((aligned(4)));
	RUNTIME_FUNCTION entry;
} image __attribute__((aligned(16)));

static void make_image(void)
{
	static const uint8_t code[] = {
		0x55,			      /* 0 push rbp */
		0x53,			      /* 1 push rbx */
		0x48, 0x83, 0xEC, 0x28,	      /* 2 sub rsp, 40 */
		0x48, 0x8D, 0x6C, 0x24, 0x20, /* 6 lea rbp, [rsp+32] */
		0x90, 0x90,		      /* 11 body */
		0x48, 0x83, 0xC4, 0x28,	      /* 13 add rsp, 40 */
		0x5B,			      /* 17 pop rbx */
		0x5D,			      /* 18 pop rbp */
		0xC3,			      /* 19 ret */
	};
	static const uint8_t info[] = {
		1 | UNW_FLAG_EHANDLER << 3, 11, 4, 5 | 2 << 4, 11, 0x03, /* set fpreg */
		6, 0x42,					  /* alloc small 40 */
		2, 0x30,					  /* push rbx */
		1, 0x50,					  /* push rbp */
		0x78, 0x56, 0x34, 0x12,				  /* handler */
	};

	memcpy(image.code, code, sizeof(code));
	memcpy(image.info, info, sizeof(info));
	image.entry.BeginAddress = 0;
	image.entry.EndAddress = sizeof(code);
	image.entry.UnwindData = offsetof(typeof(image), info);
}

START_TEST(unwind_every_instruction)
{
	/* What the registers are before each instruction, run by hand. */
	static const struct {
		unsigned offset, depth; /* bytes pushed below the return address */
		bool rbp_pushed, rbx_pushed, rbx_popped, rbp_popped, frame, handler;
	} at[] = {
		{0, 0, false, false, false, false, false, false},  {1, 8, true, false, false, false, false, false},
		{2, 16, true, true, false, false, false, false},   {6, 56, true, true, false, false, false, false},
		{11, 56, true, true, false, false, true, true},	   {12, 56, true, true, false, false, true, true},
		{13, 56, true, true, false, false, true, false},   {17, 16, true, true, false, false, true, false},
		{18, 8, true, true, true, false, true, false},	   {19, 0, true, true, true, true, true, false},
	};
	uint64_t stack[32];
	ULONG_PTR base = (ULONG_PTR)&image;

	make_image();
	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		KNONVOLATILE_CONTEXT_POINTERS pointers = {0};
		uint64_t *top = &stack[24]; /* the return address */
		PEXCEPTION_ROUTINE handler;
		PVOID data = (PVOID)1;
		ULONG_PTR frame;
		CONTEXT context = {0};

		memset(stack, 0xCC, sizeof(stack));
		top[0] = 0x1111;
		top[-1] = 0xB0; /* rbp */
		top[-2] = 0xB1; /* rbx */
		context.Rsp = (ULONG_PTR)top - at[i].depth;
		context.Rbp = at[i].frame && !at[i].rbp_popped ? (ULONG_PTR)top - 56 + 32 : 0xB0;
		context.Rbx = at[i].rbx_pushed && !at[i].rbx_popped ? 0xDEAD : 0xB1;
		context.Rip = base + at[i].offset;
		handler = RtlVirtualUnwind(UNW_FLAG_EHANDLER, base, context.Rip, &image.entry, &context, &data, &frame, &pointers);
		ck_assert_uint_eq(context.Rip, 0x1111);
		ck_assert_uint_eq(context.Rsp, (ULONG_PTR)(top + 1));
		ck_assert_uint_eq(context.Rbp, 0xB0);
		ck_assert_uint_eq(context.Rbx, 0xB1);
		ck_assert_int_eq(handler != NULL, at[i].handler);
		if (handler) {
			ck_assert_uint_eq((ULONG_PTR)handler, base + 0x12345678);
			ck_assert_uint_eq(frame, (ULONG_PTR)top - 56);
			ck_assert_ptr_eq(pointers.IntegerContext[3], &top[-2]);
			ck_assert_ptr_eq(pointers.IntegerContext[5], &top[-1]);
			ck_assert_ptr_null(pointers.IntegerContext[4]);
		} else {
			ck_assert_ptr_eq(data, (PVOID)1);
		}
	}
}
END_TEST

START_TEST(unwind_leaf_and_machine_frame)
{
	uint64_t stack[8] = {0x2222, 0x33, 0x246, 0x4444, 0x2B};
	ULONG_PTR base = (ULONG_PTR)&image, frame;
	CONTEXT context = {.Rsp = (ULONG_PTR)stack};
	PVOID data = (PVOID)1;

	RtlVirtualUnwind(UNW_FLAG_EHANDLER, base, base + 11, NULL, &context, &data, &frame, NULL);
	ck_assert_uint_eq(context.Rip, 0x2222);
	ck_assert_uint_eq(context.Rsp, (ULONG_PTR)&stack[1]);
	ck_assert_ptr_null(data);
	make_image();
	memcpy(image.info, (const uint8_t[]){1, 0, 1, 0, 0, 0x0A, 0, 0}, 8);
	context.Rsp = (ULONG_PTR)stack;
	RtlVirtualUnwind(UNW_FLAG_EHANDLER, base, base + 11, &image.entry, &context, &data, &frame, NULL);
	ck_assert_uint_eq(context.Rip, 0x2222);
	ck_assert_uint_eq(context.Rsp, 0x4444);
}
END_TEST

/* Before there are threads, as in a program: the process has its number from the first one. */
static void adopt_first(void)
{
	ck_assert_int_eq(ps_adopt_bare_thread(), STATUS_SUCCESS);
}

int main(void)
{
	Suite *suite = suite_create("ke");
	TCase *handles = tcase_create("handles"), *waits = tcase_create("waits"), *unwinding = tcase_create("unwinding");
	SRunner *runner;
	int failed;

	tcase_add_test(handles, handles_lowest_first);
	tcase_add_test(handles, handles_protected);
	tcase_add_test(waits, waits_time_out);
	tcase_add_test(waits, semaphore_excludes);
	tcase_add_test(waits, events_ping_pong);
	tcase_set_timeout(waits, 120);
	tcase_add_checked_fixture(waits, adopt_first, NULL);
	tcase_add_test(unwinding, unwind_every_instruction);
	tcase_add_test(unwinding, unwind_leaf_and_machine_frame);
	suite_add_tcase(suite, handles);
	suite_add_tcase(suite, waits);
	suite_add_tcase(suite, unwinding);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
