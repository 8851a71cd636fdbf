/*
 * programs/cmd/memory.c - memory that lives as long as one command: a stack of blocks.
 *
 * Commands nest strictly, so who begins one marks the stack and releases it at the end.  Running out of memory ends the
 * processor, as cmd.exe's "Not enough memory" does.
 */
#include "programs/cmd/cmd.h"

#include <stddef.h>
#include <stdlib.h>

#define BLOCK_SIZE 65536u

struct block {
	struct block *below;
	size_t start, size; /* start: in the stack as a whole */
	max_align_t bytes[];
};

static struct block *top;
static size_t used; /* of the whole stack */

static void __attribute__((noreturn)) no_memory(void)
{
	output_error("Not enough memory resources are available to process this command.\n");
	ExitProcess(1);
}

void *cmd_allocate(size_t bytes)
{
	void *result;

	bytes = (bytes + 15) & ~(size_t)15;
	if (!top || used + bytes > top->start + top->size) {
		size_t size = bytes > BLOCK_SIZE ? bytes : BLOCK_SIZE;
		struct block *block = malloc(sizeof(*block) + size);

		if (!block)
			no_memory();
		block->below = top;
		block->start = used;
		block->size = size;
		top = block;
	}
	result = (char *)top->bytes + (used - top->start);
	used += bytes;
	return result;
}

WCHAR *cmd_copy(const WCHAR *text, size_t length)
{
	WCHAR *copy = cmd_allocate((length + 1) * sizeof(*copy));

	memcpy(copy, text, length * sizeof(*copy));
	copy[length] = 0;
	return copy;
}

size_t cmd_mark(void)
{
	return used;
}

void cmd_release(size_t mark)
{
	used = mark;
	while (top && top->start >= mark) {
		struct block *block = top;

		top = block->below;
		free(block);
	}
}

WCHAR *cmd_keep(struct io_wide *text)
{
	WCHAR *copy;

	if (text->failed)
		no_memory();
	copy = cmd_copy(text->text, text->length);
	io_wide_free(text);
	return copy;
}
