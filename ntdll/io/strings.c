/*
 * ntdll/io/strings.c - growing strings for paths.
 */
#include "ntdll/io/io.h"

#include <stdlib.h>
#include <string.h>

void io_wide_init(struct io_wide *wide)
{
	wide->text = wide->fixed;
	wide->length = 0;
	wide->capacity = ARRAY_SIZE(wide->fixed);
	wide->failed = false;
	wide->fixed[0] = 0;
}

void io_wide_free(struct io_wide *wide)
{
	if (wide->text != wide->fixed)
		free(wide->text);
	io_wide_init(wide);
}

bool io_wide_put(struct io_wide *wide, const char16_t *text, size_t length)
{
	size_t needed = wide->length + length + 1;

	if (wide->failed)
		return false;
	if (needed > wide->capacity) {
		size_t capacity = needed * 2;
		char16_t *grown = wide->text == wide->fixed ? malloc(capacity * 2) : realloc(wide->text, capacity * 2);

		if (!grown) {
			wide->failed = true;
			return false;
		}
		if (wide->text == wide->fixed)
			memcpy(grown, wide->fixed, (wide->length + 1) * 2);
		wide->text = grown;
		wide->capacity = capacity;
	}
	memcpy(wide->text + wide->length, text, length * 2);
	wide->length += length;
	wide->text[wide->length] = 0;
	return true;
}

void io_narrow_init(struct io_narrow *narrow)
{
	narrow->text = narrow->fixed;
	narrow->length = 0;
	narrow->capacity = sizeof(narrow->fixed);
	narrow->failed = false;
	narrow->fixed[0] = 0;
}

void io_narrow_free(struct io_narrow *narrow)
{
	if (narrow->text != narrow->fixed)
		free(narrow->text);
	io_narrow_init(narrow);
}

bool io_narrow_put(struct io_narrow *narrow, const char *text, size_t length)
{
	size_t needed = narrow->length + length + 1;

	if (narrow->failed)
		return false;
	if (needed > narrow->capacity) {
		size_t capacity = needed * 2;
		char *grown = narrow->text == narrow->fixed ? malloc(capacity) : realloc(narrow->text, capacity);

		if (!grown) {
			narrow->failed = true;
			return false;
		}
		if (narrow->text == narrow->fixed)
			memcpy(grown, narrow->fixed, narrow->length + 1);
		narrow->text = grown;
		narrow->capacity = capacity;
	}
	memcpy(narrow->text + narrow->length, text, length);
	narrow->length += length;
	narrow->text[narrow->length] = 0;
	return true;
}
