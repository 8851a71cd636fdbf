/*
 * tests/unit/check_worker.c - host threads that are used again: who waits for one is woken, nothing of what ran on it before
 * is left, and one that was pulled to a processor may afterwards run on all that it might before.
 */
#include "host/thread.h"

#include <check.h>
#include <sched.h>
#include <stdlib.h>

#define TURNS 20000u

static _Thread_local unsigned mark = 17;

struct turn {
	uint32_t done; /* futex */
	unsigned mark, id;
};

static const uint32_t *take_turn(void *argument)
{
	struct turn *turn = argument;

	turn->mark = mark;
	turn->id = host_thread_id();
	mark = 0;
	__atomic_store_n(&turn->done, 1, __ATOMIC_RELEASE);
	return &turn->done;
}

/* One turn; the worker's id. */
static unsigned run_turn(bool near)
{
	static struct turn turn; /* the wake may come when the waiter has seen the end already */
	struct host_worker *worker;
	unsigned id;

	turn.done = 0;
	ck_assert_int_eq(host_worker_take(&worker, near), 0);
	id = host_worker_id(worker);
	host_worker_run(worker, take_turn, &turn);
	while (!__atomic_load_n(&turn.done, __ATOMIC_ACQUIRE))
		host_futex_wait(&turn.done, 0, UINT64_MAX);
	ck_assert_uint_eq(turn.mark, 17);
	ck_assert_uint_eq(turn.id, id);
	return id;
}

START_TEST(turns_end)
{
	for (unsigned i = 0; i < TURNS; i++)
		run_turn(false);
}
END_TEST

/* The processors are looked at when the turn is over: its worker may have started before they were widened again. */
START_TEST(pulled_workers_keep_their_processors)
{
	cpu_set_t own, seen;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(own), &own), 0);
	for (unsigned i = 0; i < TURNS; i++) {
		unsigned id = run_turn(true);

		if (i % 16)
			continue;
		ck_assert_int_eq(sched_getaffinity((pid_t)id, sizeof(seen), &seen), 0);
		ck_assert(CPU_EQUAL(&own, &seen));
	}
}
END_TEST

/* Workers that rest on the other processors are taken too, and come here. */
START_TEST(pull)
{
	struct host_worker *workers[4];
	struct turn turns[4] = {0};
	cpu_set_t own, first;
	unsigned cpu = 0;

	sched_getaffinity(0, sizeof(own), &own);
	if (CPU_COUNT(&own) < 2)
		return;
	while (!CPU_ISSET(cpu, &own))
		cpu++;
	CPU_ZERO(&first);
	CPU_SET(cpu, &first);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(host_worker_take(&workers[i], false), 0);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(first), &first), 0);
	for (unsigned i = 0; i < 4; i++)
		host_worker_run(workers[i], take_turn, &turns[i]);
	for (unsigned i = 0; i < 4; i++)
		while (!__atomic_load_n(&turns[i].done, __ATOMIC_ACQUIRE))
			host_futex_wait(&turns[i].done, 0, UINT64_MAX);
	for (unsigned i = 0; i < TURNS / 10; i++)
		run_turn(true);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(sched_getaffinity((pid_t)turns[i].id, sizeof(first), &first), 0);
		ck_assert(CPU_EQUAL(&own, &first));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("worker");
	TCase *tests = tcase_create("worker");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, turns_end);
	tcase_add_test(tests, pulled_workers_keep_their_processors);
	tcase_add_test(tests, pull);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
