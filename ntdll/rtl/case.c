/*
 * ntdll/rtl/case.c - NT's simple case mapping, the one of file names, object names and CharUpper: one UTF-16 unit to one
 * unit, the same in every locale.
 */
#include "ntdll/rtl/rtl.h"

struct case_range {
	uint16_t first, last;
	uint16_t step; /* 2: every second character from `first` */
	int32_t delta;
};

#include "ntdll/rtl/case_data.h"

static char16_t map(const struct case_range *ranges, size_t count, char16_t c)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct case_range *range = &ranges[middle];
		if (c > range->last) {
			low = middle + 1;
		} else if (c < range->first) {
			high = middle;
		} else {
			if ((c - range->first) % range->step)
				return c;
			return (char16_t)(c + range->delta);
		}
	}
	return c;
}

char16_t rtl_upcase(char16_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? (char16_t)(c - 32) : c;
	return map(upcase_ranges, ARRAY_SIZE(upcase_ranges), c);
}

char16_t rtl_downcase(char16_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? (char16_t)(c + 32) : c;
	return map(downcase_ranges, ARRAY_SIZE(downcase_ranges), c);
}

int rtl_compare_nocase(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length)
{
	size_t length = a_length < b_length ? a_length : b_length;
	for (size_t i = 0; i < length; i++) {
		char16_t x = a[i], y = b[i];
		if (x == y)
			continue;
		x = rtl_upcase(x);
		y = rtl_upcase(y);
		if (x != y)
			return (int)x - (int)y;
	}
	return a_length == b_length ? 0 : a_length < b_length ? -1 : 1;
}
