/*
 * check_registry.c - hive files: what is written is read as the same, and what is damaged does no harm; .reg files likewise.
 *
 * PEWTER_TEST_SEED: another sequence; PEWTER_TEST_OPERATIONS: how many inputs.
 */
#include "ntdll/cm/regf.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint64_t state = 1;

static unsigned below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 20) % limit);
}

static size_t random_name(char16_t *name)
{
	size_t length = 1 + below(12);
	bool wide = !below(4);

	for (size_t i = 0; i < length; i++)
		name[i] = (char16_t)(wide ? 0x400 + below(0x200) : 'a' + below(26));
	return length;
}

static void random_tree(struct cm_node *node, unsigned depth)
{
	static uint8_t data[40000];
	char16_t name[16];

	for (unsigned i = below(6); i; i--) {
		size_t length = random_name(name);
		unsigned size = below(8) ? below(40) : below(sizeof(data));

		for (unsigned b = 0; b < size; b++)
			data[b] = (uint8_t)below(256);
		ck_assert(cm_set_value(node, name, length, below(12), data, size) != NULL);
	}
	for (unsigned i = below(depth ? 6 : 1); i; i--) {
		size_t length = random_name(name);
		struct cm_node *child = cm_find_child(node, name, length) ? NULL : cm_add_child(node, name, length);

		if (!child)
			continue;
		if (!below(3))
			ck_assert(cm_set_class(child, u"some class", 1 + below(10)));
		random_tree(child, depth - 1);
	}
}

static void check_same(const struct cm_node *a, const struct cm_node *b)
{
	const struct cm_value *one = a->values, *two = b->values;

	ck_assert_uint_eq(a->child_count, b->child_count);
	ck_assert_uint_eq(a->class_length, b->class_length);
	for (; one && two; one = one->next, two = two->next) {
		ck_assert_uint_eq(one->name_length, two->name_length);
		ck_assert_mem_eq(one->name, two->name, one->name_length * sizeof(char16_t));
		ck_assert_uint_eq(one->type, two->type);
		ck_assert_uint_eq(one->size, two->size);
		ck_assert(!one->size || !memcmp(one->data, two->data, one->size));
	}
	ck_assert(!one && !two);
	for (size_t i = 0; i < a->child_count; i++) {
		ck_assert_uint_eq(a->children[i]->name_length, b->children[i]->name_length);
		check_same(a->children[i], b->children[i]);
	}
}

START_TEST(hives_come_back)
{
	for (int round = 0; round < 40; round++) {
		struct cm_node root = {0}, again = {0};
		size_t size = 0;
		void *file;

		random_tree(&root, 4);
		file = regf_write(&root, round % 2 ? 3 : 5, &size);
		ck_assert_ptr_nonnull(file);
		ck_assert_uint_eq(size % REGF_BLOCK, 0);
		ck_assert_uint_eq(regf_read(file, size, &again), STATUS_SUCCESS);
		check_same(&root, &again);
		regf_discard(&root);
		regf_discard(&again);
		free(file);
	}
}
END_TEST

/* A few bytes of a hive changed, or its end cut off. */
START_TEST(damaged_hives_do_no_harm)
{
	const char *count = getenv("PEWTER_TEST_OPERATIONS");
	long rounds = count ? strtol(count, NULL, 10) : 3000;
	struct cm_node root = {0};
	size_t size;
	uint8_t *file, *input;

	state = 4711;
	random_tree(&root, 3);
	file = regf_write(&root, 5, &size);
	input = malloc(size + 1);
	ck_assert(file && input);
	for (long i = 0; i < rounds; i++) {
		size_t cut = below(8) ? size : below((unsigned)size);

		input[0] = 0;
		memcpy(input + 1, file, size);
		for (unsigned n = 1 + below(6); n; n--) {
			size_t at = 32 + below((unsigned)(size - 36));
			uint32_t word = below(3) ? below(256) : (uint32_t)below(UINT32_MAX);

			/* Mostly where something points somewhere. */
			if (at > REGF_BLOCK)
				at &= ~(size_t)3;
			memcpy(input + 1 + at, &word, 1 + below(4));
		}
		LLVMFuzzerTestOneInput(input, cut + 1);
	}
	free(input);
	free(file);
	regf_discard(&root);
}
END_TEST

START_TEST(odd_texts_do_no_harm)
{
	static const char text[] = "[HKEY_CURRENT_USER\\Software\\x]\r\n\"a\"=\"b\\\\c\\\"\"\r\n@=dword:12 ;c\r\n"
				   "\"h\"=hex(7):61,00,\\\r\n  62,00,00,00\r\n\"gone\"=-\r\n[-HKEY_USERS\\y]\r\n\"q\"=hex(b):1,2\r\n";
	static const char odd[] = "\"\\[]=@-;#:,()\r\n \thexdword0123456789abcdef";
	uint8_t input[sizeof(text) + 1];

	for (int i = 0; i < 20000; i++) {
		size_t cut = 1 + below(sizeof(text));

		input[0] = (uint8_t)(1 + 2 * below(2));
		memcpy(input + 1, text, sizeof(text));
		for (unsigned n = below(8); n; n--)
			input[1 + below(sizeof(text))] = (uint8_t)odd[below(sizeof(odd))];
		LLVMFuzzerTestOneInput(input, cut);
	}
}
END_TEST

int main(void)
{
	const char *seed = getenv("PEWTER_TEST_SEED");
	Suite *suite = suite_create("registry");
	TCase *tests = tcase_create("files");
	SRunner *runner;
	int failed;

	state = seed ? strtoull(seed, NULL, 10) | 1 : 20240607;
	printf("seed %llu\n", (unsigned long long)state);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, hives_come_back);
	tcase_add_test(tests, damaged_hives_do_no_harm);
	tcase_add_test(tests, odd_texts_do_no_harm);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
