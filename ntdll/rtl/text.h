/*
 * ntdll/rtl/text.h - a text in UTF-16 that grows unit by unit, in memory of malloc.
 */
#ifndef PEWTER_NTDLL_RTL_TEXT_H
#define PEWTER_NTDLL_RTL_TEXT_H

#include <stdbool.h>
#include <stdlib.h>
#include <uchar.h>

/* Begins as zeros; `units` is the user's to free, and not terminated. */
struct rtl_text {
	char16_t *units;
	size_t count, capacity;
	bool failed; /* memory ran out: units are missing */
};

static inline void rtl_text_put(struct rtl_text *text, char16_t unit)
{
	if (text->count == text->capacity) {
		size_t capacity = text->capacity ? text->capacity * 2 : 64;
		char16_t *grown = realloc(text->units, capacity * sizeof(*grown));

		if (!grown) {
			text->failed = true;
			return;
		}
		text->units = grown;
		text->capacity = capacity;
	}
	text->units[text->count++] = unit;
}

#endif
