/*
 * dlls/crt/sort.c - qsort, bsearch, _lfind and their kin.
 *
 * qsort is a quicksort that calls the comparison in the order that Microsoft's is known to: short ranges (up to 8
 * elements) by selection of the maximum, longer ones around the median of first, middle and last.  So elements that
 * compare equal come out as they do on Windows.
 */
#include "dlls/crt/crt.h"
#include "dlls/crt/winapi.h"

struct comparison {
	void *function;
	void *context;
	bool with_context;
};

static inline INT compare(const struct comparison *c, const char *a, const char *b)
{
	if (c->with_context)
		return (INT)ke_call_guest(c->function, (uintptr_t)c->context, (uintptr_t)a, (uintptr_t)b, 0);
	return (INT)ke_call_guest(c->function, (uintptr_t)a, (uintptr_t)b, 0, 0);
}

static inline void swap(char *a, char *b, size_t width)
{
	uint64_t x, y;

	if (a == b)
		return;
	for (; width >= 8; width -= 8, a += 8, b += 8) {
		__builtin_memcpy(&x, a, 8);
		__builtin_memcpy(&y, b, 8);
		__builtin_memcpy(a, &y, 8);
		__builtin_memcpy(b, &x, 8);
	}
	for (; width != 0; width--, a++, b++) {
		char c = *a;
		*a = *b;
		*b = c;
	}
}

/* `low` and `high` are the first and the last element. */
static void sort_short(char *low, char *high, size_t width, const struct comparison *c)
{
	char *largest, *at;

	for (; high > low; high -= width) {
		largest = low;
		for (at = low + width; at <= high; at += width)
			if (compare(c, at, largest) > 0)
				largest = at;
		swap(largest, high, width);
	}
}

static void sort(char *base, size_t count, size_t width, const struct comparison *c)
{
	struct {
		char *low, *high;
	} pending[sizeof(size_t) * 8];
	char *low = base, *high = base + (count - 1) * width, *middle, *left, *right;
	int depth = 0;
	size_t size;

	for (;;) {
		size = (size_t)(high - low) / width + 1;
		if (size <= 8) {
			sort_short(low, high, width, c);
		} else {
			middle = low + size / 2 * width;
			if (compare(c, low, middle) > 0)
				swap(low, middle, width);
			if (compare(c, low, high) > 0)
				swap(low, high, width);
			if (compare(c, middle, high) > 0)
				swap(middle, high, width);
			left = low;
			right = high;
			for (;;) {
				/* The pivot stays where it is and is never compared with itself. */
				if (middle > left) {
					do
						left += width;
					while (left < middle && compare(c, left, middle) <= 0);
				}
				if (middle <= left) {
					do
						left += width;
					while (left <= high && compare(c, left, middle) <= 0);
				}
				do
					right -= width;
				while (right > middle && compare(c, right, middle) > 0);
				if (right < left)
					break;
				swap(left, right, width);
				if (middle == right)
					middle = left;
			}
			/* What equals the pivot need not be sorted again. */
			right += width;
			if (middle < right) {
				do
					right -= width;
				while (right > middle && compare(c, right, middle) == 0);
			}
			if (middle >= right) {
				do
					right -= width;
				while (right > low && compare(c, right, middle) == 0);
			}
			/* The shorter part now, the longer one later: the stack stays small. */
			if (right - low >= high - left) {
				if (low < right) {
					pending[depth].low = low;
					pending[depth++].high = right;
				}
				if (left < high) {
					low = left;
					continue;
				}
			} else {
				if (left < high) {
					pending[depth].low = left;
					pending[depth++].high = high;
				}
				if (low < right) {
					high = right;
					continue;
				}
			}
		}
		if (depth-- == 0)
			return;
		low = pending[depth].low;
		high = pending[depth].high;
	}
}

CRT(void, qsort, (void *base, size_t count, size_t width, void *function))
{
	struct comparison c = {function, NULL, false};

	CRT_VALIDATE((base != NULL || count == 0) && width > 0 && function != NULL, EINVAL, );
	if (count > 1)
		sort(base, count, width, &c);
}

CRT(void, qsort_s, (void *base, size_t count, size_t width, void *function, void *context))
{
	struct comparison c = {function, context, true};

	CRT_VALIDATE((base != NULL || count == 0) && width > 0 && function != NULL, EINVAL, );
	if (count > 1)
		sort(base, count, width, &c);
}

/* Halves as Microsoft's does, so that among equals the same one is found. */
static void *search_sorted(const void *key, const void *base, size_t count, size_t width, const struct comparison *c)
{
	const char *low = base, *high, *middle;
	size_t half;
	INT order;

	if (count == 0)
		return NULL;
	high = low + (count - 1) * width;
	while (low <= high) {
		half = count / 2;
		if (half == 0)
			return count != 0 && compare(c, key, low) == 0 ? (void *)low : NULL;
		middle = low + (count & 1 ? half : half - 1) * width;
		order = compare(c, key, middle);
		if (order == 0)
			return (void *)middle;
		if (order < 0) {
			high = middle - width;
			count = count & 1 ? half : half - 1;
		} else {
			low = middle + width;
			count = half;
		}
	}
	return NULL;
}

CRT(void *, bsearch, (const void *key, const void *base, size_t count, size_t width, void *function))
{
	struct comparison c = {function, NULL, false};

	CRT_VALIDATE((base != NULL || count == 0) && width > 0 && function != NULL, EINVAL, NULL);
	return search_sorted(key, base, count, width, &c);
}

CRT(void *, bsearch_s, (const void *key, const void *base, size_t count, size_t width, void *function, void *context))
{
	struct comparison c = {function, context, true};

	CRT_VALIDATE((base != NULL || count == 0) && width > 0 && function != NULL, EINVAL, NULL);
	return search_sorted(key, base, count, width, &c);
}

static char *search(const void *key, char *base, UINT count, UINT width, const struct comparison *c)
{
	for (; count != 0; count--, base += width)
		if (compare(c, key, base) == 0)
			return base;
	return NULL;
}

CRT(void *, _lfind, (const void *key, void *base, UINT *count, UINT width, void *function))
{
	struct comparison c = {function, NULL, false};

	CRT_VALIDATE(key != NULL && count != NULL && (base != NULL || *count == 0) && width > 0 && function != NULL, EINVAL,
		     NULL);
	return search(key, base, *count, width, &c);
}

CRT(void *, _lfind_s, (const void *key, void *base, UINT *count, size_t width, void *function, void *context))
{
	struct comparison c = {function, context, true};

	CRT_VALIDATE(key != NULL && count != NULL && (base != NULL || *count == 0) && width > 0 && function != NULL, EINVAL,
		     NULL);
	return search(key, base, *count, (UINT)width, &c);
}

/* What is not found is appended; the caller has left room. */
static void *search_or_append(const void *key, char *base, UINT *count, size_t width, const struct comparison *c)
{
	char *found = search(key, base, *count, (UINT)width, c);

	if (found == NULL) {
		found = base + *count * width;
		__builtin_memcpy(found, key, width);
		++*count;
	}
	return found;
}

CRT(void *, _lsearch, (const void *key, void *base, UINT *count, UINT width, void *function))
{
	struct comparison c = {function, NULL, false};

	CRT_VALIDATE(key != NULL && count != NULL && base != NULL && width > 0 && function != NULL, EINVAL, NULL);
	return search_or_append(key, base, count, width, &c);
}

CRT(void *, _lsearch_s, (const void *key, void *base, UINT *count, size_t width, void *function, void *context))
{
	struct comparison c = {function, context, true};

	CRT_VALIDATE(key != NULL && count != NULL && base != NULL && width > 0 && function != NULL, EINVAL, NULL);
	return search_or_append(key, base, count, width, &c);
}
