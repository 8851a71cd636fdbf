/*
 * check_unwind - RtlVirtualUnwind over random unwind data against a second, slow opinion.
 *
 * The seed is printed.  PEWTER_TEST_SEED repeats a run, PEWTER_TEST_OPERATIONS lengthens it.
 */
#include "unwind_case.h"

#include <check.h>

static unsigned long long from_environment(const char *name, unsigned long long value)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : value;
}

START_TEST(opinions_agree)
{
	unsigned long long seed = from_environment("PEWTER_TEST_SEED", 20261122);
	unsigned long long operations = from_environment("PEWTER_TEST_OPERATIONS", 20000), state;
	unsigned differences = 0;

	printf("unwind data: seed %llu, %llu functions\n", seed, operations);
	for (unsigned long long i = 0; i < operations && differences < 10; i++) {
		uint8_t data[768];

		state = (seed + i) * 0x9E3779B97F4A7C15ull | 1;
		for (unsigned j = 0; j < sizeof(data); j++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			data[j] = (uint8_t)(state >> 24);
		}
		if (!case_agrees(data, sizeof(data))) {
			fprintf(stderr, "  seed %llu\n", seed + i);
			differences++;
		}
	}
	ck_assert_uint_eq(differences, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unwind");
	TCase *random = tcase_create("random");
	SRunner *runner;
	int failed;

	tcase_add_test(random, opinions_agree);
	tcase_set_timeout(random, 0);
	suite_add_tcase(suite, random);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
