/*
 * fuzz_registry.c - hive files and .reg files with anything in them: a libFuzzer target (make fuzz-registry), and what
 * tests/unit/check_registry.c calls with its own.
 *
 * A hive that is read must be written again and read as the same; of a .reg file every name and every byte is looked at.
 */
#include "ntdll/cm/regf.h"
#include "programs/reg/parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static unsigned sum;

static void see(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		sum = sum * 31 + ((const uint8_t *)bytes)[i];
}

static void see_key(void *context, const WCHAR *name, size_t length, bool gone)
{
	see(name, (length + 1) * sizeof(*name));
}

static void see_value(void *context, const WCHAR *name, DWORD type, const void *data, size_t size)
{
	for (; *name; name++)
		see(name, sizeof(*name));
	see(data, size);
}

static void see_value_gone(void *context, const WCHAR *name)
{
	see_value(context, name, 0, NULL, 0);
}

static size_t widen(const char *from, size_t size, WCHAR *wide)
{
	for (size_t i = 0; i < size; i++)
		wide[i] = (uint8_t)from[i];
	return size;
}

static void parse_text(const uint8_t *bytes, size_t size, bool old)
{
	static const struct reg_sink sink = {NULL, see_key, see_value, see_value_gone, widen};
	static const WCHAR heads[2][48] = {u"Windows Registry Editor Version 5.00\r\n", u"REGEDIT4\r\n"};
	size_t head = 0;
	WCHAR *text = malloc((size + 48) * sizeof(*text)), *exact;

	if (!text)
		return;
	while (heads[old][head])
		head++;
	memcpy(text, heads[old], head * sizeof(*text));
	for (size_t i = 0; i < size; i++)
		text[head + i] = bytes[i];
	/* Nothing behind the end is the text's. */
	exact = malloc((head + size) * sizeof(*text));
	if (exact) {
		memcpy(exact, text, (head + size) * sizeof(*text));
		reg_parse(exact, head + size, &sink);
		if (head + size > 3)
			reg_parse(exact + 1, head + size - 1, &sink);
	}
	free(exact);
	free(text);
}

static void read_hive(const uint8_t *bytes, size_t size)
{
	struct cm_node root = {0}, again = {0};
	struct regf_head head;
	uint8_t *copy = malloc(size ? size : 1);
	size_t written;
	void *file;

	if (!copy)
		return;
	memcpy(copy, bytes, size);
	if (size >= sizeof(head)) {
		/* No hive would be read for its sum's sake. */
		memcpy(&head, copy, sizeof(head));
		head.checksum = regf_checksum(&head);
		memcpy(copy, &head, sizeof(head));
	}
	if (regf_read(copy, size, &root) == STATUS_SUCCESS) {
		file = regf_write(&root, 5, &written);
		if (file && (regf_read(file, written, &again) != STATUS_SUCCESS || again.child_count != root.child_count))
			abort();
		free(file);
	}
	regf_discard(&root);
	regf_discard(&again);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!size)
		return 0;
	if (bytes[0] & 1)
		parse_text(bytes + 1, size - 1, bytes[0] & 2);
	else
		read_hive(bytes + 1, size - 1);
	return (int)(sum & 0);
}
