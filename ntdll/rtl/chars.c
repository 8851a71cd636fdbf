/*
 * ntdll/rtl/chars.c - character types, canonical decomposition and composition of single UTF-16 units.
 */
#include "ntdll/rtl/nls.h"

struct char_types {
	uint16_t type1;
	uint8_t type2;
	uint16_t type3;
};

/* From `first` to the next range: types[even] at even distance, types[odd] at odd (capital and small letter in turn). */
struct type_range {
	uint16_t first;
	uint8_t even, odd;
};

struct class_range {
	uint16_t first, last;
	uint8_t class;
};

struct compatibility {
	uint16_t code, first;
	uint8_t count;
};

#include "ntdll/rtl/chars_data.h"

#define HANGUL_FIRST 0xAC00u
#define HANGUL_COUNT 11172u

/* What programs compare and search is ASCII for the most part: its characters are looked for once. */
static const struct char_types *ascii_types[0x80];

static const struct char_types *types_of(char16_t c)
{
	size_t low = 0, high = ARRAY_SIZE(type_ranges);
	const struct char_types *found = c < 0x80 ? __atomic_load_n(&ascii_types[c], __ATOMIC_RELAXED) : NULL;

	if (found)
		return found;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (c < type_ranges[middle].first)
			high = middle;
		else
			low = middle;
	}
	found = &char_types[(c - type_ranges[low].first) & 1 ? type_ranges[low].odd : type_ranges[low].even];
	if (c < 0x80)
		__atomic_store_n(&ascii_types[c], found, __ATOMIC_RELAXED);
	return found;
}

uint16_t nls_ctype1(char16_t c)
{
	return types_of(c)->type1;
}

uint16_t nls_ctype2(char16_t c)
{
	return types_of(c)->type2;
}

uint16_t nls_ctype3(char16_t c)
{
	return types_of(c)->type3;
}

bool nls_decompose(char16_t c, char16_t to[2])
{
	size_t low = 0, high = ARRAY_SIZE(decompositions);

	if (c < decompositions[0][0])
		return false;
	if (c >= HANGUL_FIRST && c < HANGUL_FIRST + HANGUL_COUNT) {
		/* Syllables are arithmetic (Unicode 3.12): LVT = LV + T, LV = L + V. */
		unsigned index = c - HANGUL_FIRST;
		if (index % 28) {
			to[0] = (char16_t)(c - index % 28);
			to[1] = (char16_t)(0x11A7 + index % 28);
		} else {
			to[0] = (char16_t)(0x1100 + index / 588);
			to[1] = (char16_t)(0x1161 + index % 588 / 28);
		}
		return true;
	}
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (decompositions[middle][0] == c) {
			to[0] = decompositions[middle][1];
			to[1] = decompositions[middle][2];
			return true;
		}
		if (decompositions[middle][0] < c)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

char16_t nls_compose(char16_t base, char16_t mark)
{
	size_t low = 0, high = ARRAY_SIZE(compositions);

	if (base >= 0x1100 && base < 0x1113 && mark >= 0x1161 && mark < 0x1176)
		return (char16_t)(HANGUL_FIRST + ((base - 0x1100) * 21 + (mark - 0x1161)) * 28);
	if (base >= HANGUL_FIRST && base < HANGUL_FIRST + HANGUL_COUNT && (base - HANGUL_FIRST) % 28 == 0 && mark > 0x11A7 &&
	    mark < 0x11C3)
		return (char16_t)(base + mark - 0x11A7);
	while (low < high) {
		size_t middle = (low + high) / 2;
		uint32_t key = (uint32_t)compositions[middle][0] << 16 | compositions[middle][1];
		uint32_t wanted = (uint32_t)base << 16 | mark;
		if (key == wanted)
			return compositions[middle][2];
		if (key < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

uint8_t nls_combining_class(uint32_t c)
{
	size_t low = 0, high = ARRAY_SIZE(class_ranges);

	if (c < class_ranges[0].first)
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c > class_ranges[middle].last)
			low = middle + 1;
		else if (c < class_ranges[middle].first)
			high = middle;
		else
			return class_ranges[middle].class;
	}
	return 0;
}

const uint16_t *nls_compatibility(char16_t c, size_t *length)
{
	size_t low = 0, high = ARRAY_SIZE(compatibility_rows);
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct compatibility *row = &compatibility_rows[middle];
		if (row->code == c) {
			*length = row->count;
			return &compatibility_units[row->first];
		}
		if (row->code < c)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
