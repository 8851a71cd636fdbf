/*
 * ntdll/rtl/bitmap.c - bitmaps of ULONGs (MSDN, RTL_BITMAP).
 */
#include "nt/ntdef.h"
#include "pewter/export.h"

#include <stdbool.h>

#define NOT_FOUND 0xFFFFFFFFu

typedef struct _RTL_BITMAP {
	ULONG SizeOfBitMap;
	PULONG Buffer;
} RTL_BITMAP, *PRTL_BITMAP;

typedef struct _RTL_BITMAP_RUN {
	ULONG StartingIndex;
	ULONG NumberOfBits;
} RTL_BITMAP_RUN, *PRTL_BITMAP_RUN;

static bool get(const RTL_BITMAP *map, ULONG bit)
{
	return map->Buffer[bit / 32] >> (bit % 32) & 1;
}

static void set_range(RTL_BITMAP *map, ULONG start, ULONG count, bool value)
{
	while (count) {
		ULONG shift = start % 32, bits = 32 - shift < count ? 32 - shift : count;
		ULONG mask = (bits == 32 ? ~0u : (1u << bits) - 1) << shift;
		if (value)
			map->Buffer[start / 32] |= mask;
		else
			map->Buffer[start / 32] &= ~mask;
		start += bits;
		count -= bits;
	}
}

/* Bits from `start` that equal `value`, at most `limit`. */
static ULONG run(const RTL_BITMAP *map, ULONG start, ULONG limit, bool value)
{
	ULONG count = 0;
	while (count < limit && start + count < map->SizeOfBitMap) {
		ULONG bit = start + count, word = map->Buffer[bit / 32];
		if (bit % 32 == 0 && word == (value ? ~0u : 0u))
			count += 32;
		else if (get(map, bit) == value)
			count++;
		else
			break;
	}
	if (count > limit)
		count = limit;
	return start + count > map->SizeOfBitMap ? map->SizeOfBitMap - start : count;
}

static ULONG find(const RTL_BITMAP *map, ULONG count, ULONG hint, bool value)
{
	if (hint >= map->SizeOfBitMap)
		hint = 0;
	if (!count)
		return hint & ~7u;
	for (int pass = 0; pass < 2; pass++) {
		ULONG bit = pass ? 0 : hint;
		while (bit < map->SizeOfBitMap && map->SizeOfBitMap - bit >= count) {
			ULONG length = run(map, bit, count, value);
			if (length == count)
				return bit;
			bit += length;
			bit += run(map, bit, map->SizeOfBitMap - bit, !value);
		}
		if (!hint)
			break;
	}
	return NOT_FOUND;
}

EXPORT(ntdll, void, RtlInitializeBitMap, (PRTL_BITMAP map, PULONG buffer, ULONG size))
{
	map->SizeOfBitMap = size;
	map->Buffer = buffer;
}

EXPORT(ntdll, void, RtlClearAllBits, (PRTL_BITMAP map))
{
	for (ULONG i = 0; i < (map->SizeOfBitMap + 31) / 32; i++)
		map->Buffer[i] = 0;
}

EXPORT(ntdll, void, RtlSetAllBits, (PRTL_BITMAP map))
{
	for (ULONG i = 0; i < (map->SizeOfBitMap + 31) / 32; i++)
		map->Buffer[i] = ~0u;
}

EXPORT(ntdll, void, RtlSetBits, (PRTL_BITMAP map, ULONG start, ULONG count))
{
	if (start < map->SizeOfBitMap && count <= map->SizeOfBitMap - start)
		set_range(map, start, count, true);
}

EXPORT(ntdll, void, RtlClearBits, (PRTL_BITMAP map, ULONG start, ULONG count))
{
	if (start < map->SizeOfBitMap && count <= map->SizeOfBitMap - start)
		set_range(map, start, count, false);
}

EXPORT(ntdll, void, RtlSetBit, (PRTL_BITMAP map, ULONG bit))
{
	set_range(map, bit, 1, true);
}

EXPORT(ntdll, void, RtlClearBit, (PRTL_BITMAP map, ULONG bit))
{
	set_range(map, bit, 1, false);
}

EXPORT(ntdll, BOOLEAN, RtlTestBit, (PRTL_BITMAP map, ULONG bit))
{
	return get(map, bit);
}

static BOOLEAN are(const RTL_BITMAP *map, ULONG start, ULONG count, bool value)
{
	if (!count || start >= map->SizeOfBitMap || count > map->SizeOfBitMap - start)
		return FALSE;
	return run(map, start, count, value) == count;
}

EXPORT(ntdll, BOOLEAN, RtlAreBitsSet, (PRTL_BITMAP map, ULONG start, ULONG count))
{
	return are(map, start, count, true);
}

EXPORT(ntdll, BOOLEAN, RtlAreBitsClear, (PRTL_BITMAP map, ULONG start, ULONG count))
{
	return are(map, start, count, false);
}

EXPORT(ntdll, ULONG, RtlFindSetBits, (PRTL_BITMAP map, ULONG count, ULONG hint))
{
	return find(map, count, hint, true);
}

EXPORT(ntdll, ULONG, RtlFindClearBits, (PRTL_BITMAP map, ULONG count, ULONG hint))
{
	return find(map, count, hint, false);
}

EXPORT(ntdll, ULONG, RtlFindSetBitsAndClear, (PRTL_BITMAP map, ULONG count, ULONG hint))
{
	ULONG bit = find(map, count, hint, true);
	if (bit != NOT_FOUND)
		set_range(map, bit, count, false);
	return bit;
}

EXPORT(ntdll, ULONG, RtlFindClearBitsAndSet, (PRTL_BITMAP map, ULONG count, ULONG hint))
{
	ULONG bit = find(map, count, hint, false);
	if (bit != NOT_FOUND)
		set_range(map, bit, count, true);
	return bit;
}

EXPORT(ntdll, ULONG, RtlNumberOfSetBits, (PRTL_BITMAP map))
{
	ULONG count = 0, whole = map->SizeOfBitMap / 32, rest = map->SizeOfBitMap % 32;
	for (ULONG i = 0; i < whole; i++)
		count += (ULONG)__builtin_popcount(map->Buffer[i]);
	if (rest)
		count += (ULONG)__builtin_popcount(map->Buffer[whole] & ((1u << rest) - 1));
	return count;
}

EXPORT(ntdll, ULONG, RtlNumberOfClearBits, (PRTL_BITMAP map))
{
	return map->SizeOfBitMap - RtlNumberOfSetBits(map);
}

/* The next run of bits that are `set`, or are not, at or behind `from`. */
static ULONG next_run(PRTL_BITMAP map, ULONG from, bool set, PULONG start)
{
	ULONG bit = from, length;
	if (bit >= map->SizeOfBitMap) {
		*start = from;
		return 0;
	}
	bit += run(map, bit, map->SizeOfBitMap - bit, !set);
	length = bit < map->SizeOfBitMap ? run(map, bit, map->SizeOfBitMap - bit, set) : 0;
	*start = bit;
	return length;
}

static ULONG find_runs(PRTL_BITMAP map, PRTL_BITMAP_RUN runs, ULONG capacity, bool longest, bool set)
{
	ULONG count = 0, bit = 0, start, length;

	while ((length = next_run(map, bit, set, &start)) != 0) {
		ULONG place;
		bit = start + length;
		if (!longest) {
			if (count == capacity)
				break;
			runs[count++] = (RTL_BITMAP_RUN){start, length};
			continue;
		}
		/* The longest first. */
		for (place = count; place > 0 && runs[place - 1].NumberOfBits < length; place--) {
			if (place < capacity)
				runs[place] = runs[place - 1];
		}
		if (place < capacity) {
			runs[place] = (RTL_BITMAP_RUN){start, length};
			if (count < capacity)
				count++;
		}
	}
	return count;
}

static ULONG longest_run(PRTL_BITMAP map, bool set, PULONG start)
{
	RTL_BITMAP_RUN longest;
	if (!find_runs(map, &longest, 1, true, set))
		return 0;
	*start = longest.StartingIndex;
	return longest.NumberOfBits;
}

EXPORT(ntdll, ULONG, RtlFindNextForwardRunClear, (PRTL_BITMAP map, ULONG from, PULONG start))
{
	return next_run(map, from, false, start);
}

EXPORT(ntdll, ULONG, RtlFindClearRuns, (PRTL_BITMAP map, PRTL_BITMAP_RUN runs, ULONG capacity, BOOLEAN longest))
{
	return find_runs(map, runs, capacity, longest, false);
}

EXPORT(ntdll, ULONG, RtlFindSetRuns, (PRTL_BITMAP map, PRTL_BITMAP_RUN runs, ULONG capacity, BOOLEAN longest))
{
	return find_runs(map, runs, capacity, longest, true);
}

EXPORT(ntdll, ULONG, RtlFindLongestRunClear, (PRTL_BITMAP map, PULONG start))
{
	return longest_run(map, false, start);
}

EXPORT(ntdll, ULONG, RtlFindLongestRunSet, (PRTL_BITMAP map, PULONG start))
{
	return longest_run(map, true, start);
}

EXPORT(ntdll, ULONG, RtlFindFirstRunClear, (PRTL_BITMAP map, PULONG start))
{
	return RtlFindNextForwardRunClear(map, 0, start);
}

EXPORT(ntdll, CHAR, RtlFindMostSignificantBit, (ULONGLONG value))
{
	return value ? (CHAR)(63 - __builtin_clzll(value)) : -1;
}

EXPORT(ntdll, CHAR, RtlFindLeastSignificantBit, (ULONGLONG value))
{
	return value ? (CHAR)__builtin_ctzll(value) : -1;
}

EXPORT(ntdll, ULONG, RtlNumberOfSetBitsUlongPtr, (ULONG_PTR value))
{
	return (ULONG)__builtin_popcountll(value);
}
