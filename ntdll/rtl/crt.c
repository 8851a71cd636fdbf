/*
 * ntdll/rtl/crt.c - memory and narrow string functions.  See crt.h.
 *
 * SSE2 only, with registers XMM0-5.  String functions read whole aligned 16-byte pieces: these never cross a page.
 */
#include "ntdll/rtl/crt.h"
#include "ntdll/rtl/pieces.h"
#include "pewter/export.h"
#include <stdbool.h>

/* A loop that copies or fills must not become a call of the function it is in. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

typedef uint8_t piece __attribute__((vector_size(16)));
typedef uint8_t piece_u __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t u64_u __attribute__((aligned(1), may_alias));
typedef uint32_t u32_u __attribute__((aligned(1), may_alias));
typedef uint16_t u16_u __attribute__((aligned(1), may_alias));

#define LOAD(type, p) (*(const type *)(p))
#define STORE(type, p, value) (*(type *)(p) = (value))

/* A piece anywhere in a page: rtl_aligned_piece says why assembly. */
static inline __attribute__((always_inline)) piece load_within_page(const uint8_t *at)
{
#ifdef __SANITIZE_ADDRESS__
	piece v;

	__asm__("movdqu (%1), %0" : "=x"(v) : "r"(at) : "memory");
	return v;
#else
	return LOAD(piece_u, at);
#endif
}

/* From here "rep movsb" is the fastest copy on processors of the last ten years. */
#define REP_THRESHOLD 1536

static inline __attribute__((always_inline)) void copy_small(char *to, const char *from, size_t size)
{
	if (size >= 8) {
		uint64_t a = LOAD(u64_u, from), b = LOAD(u64_u, from + size - 8);
		STORE(u64_u, to, a);
		STORE(u64_u, to + size - 8, b);
	} else if (size >= 4) {
		uint32_t a = LOAD(u32_u, from), b = LOAD(u32_u, from + size - 4);
		STORE(u32_u, to, a);
		STORE(u32_u, to + size - 4, b);
	} else if (size >= 2) {
		uint16_t a = LOAD(u16_u, from), b = LOAD(u16_u, from + size - 2);
		STORE(u16_u, to, a);
		STORE(u16_u, to + size - 2, b);
	} else if (size != 0) {
		*to = *from;
	}
}

EXPORT_C(ntdll, "memcpy", void *, rtl_memcpy, (void *destination, const void *source, size_t size))
{
	char *to = destination;
	const char *from = source;

	if (size <= 16) {
		copy_small(to, from, size);
		return destination;
	}
	if (size <= 32) {
		piece a = LOAD(piece_u, from), b = LOAD(piece_u, from + size - 16);
		STORE(piece_u, to, a);
		STORE(piece_u, to + size - 16, b);
		return destination;
	}
	if (size <= 64) {
		piece a = LOAD(piece_u, from), b = LOAD(piece_u, from + 16);
		piece c = LOAD(piece_u, from + size - 32), d = LOAD(piece_u, from + size - 16);
		STORE(piece_u, to, a);
		STORE(piece_u, to + 16, b);
		STORE(piece_u, to + size - 32, c);
		STORE(piece_u, to + size - 16, d);
		return destination;
	}
	if ((size_t)(to - from) >= size) {
		/* Forward: apart, or the destination is the lower one. */
		if (size >= REP_THRESHOLD && (size_t)(from - to) >= 64) {
			__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
			return destination;
		}
		piece last = LOAD(piece_u, from + size - 16), last2 = LOAD(piece_u, from + size - 32);
		char *end = to + size;
		for (; size > 32; size -= 32, from += 32, to += 32) {
			piece a = LOAD(piece_u, from), b = LOAD(piece_u, from + 16);
			STORE(piece_u, to, a);
			STORE(piece_u, to + 16, b);
		}
		STORE(piece_u, end - 32, last2);
		STORE(piece_u, end - 16, last);
	} else {
		piece first = LOAD(piece_u, from), first2 = LOAD(piece_u, from + 16);
		for (; size > 32; size -= 32) {
			piece a = LOAD(piece_u, from + size - 16), b = LOAD(piece_u, from + size - 32);
			STORE(piece_u, to + size - 16, a);
			STORE(piece_u, to + size - 32, b);
		}
		STORE(piece_u, to + 16, first2);
		STORE(piece_u, to, first);
	}
	return destination;
}
EXPORT_ALIAS(ntdll, "memmove", rtl_memcpy);

EXPORT_C(ntdll, "memset", void *, rtl_memset, (void *destination, INT byte, size_t size))
{
	char *to = destination;
	uint64_t wide = (uint8_t)byte * 0x0101010101010101ull;

	if (size < 16) {
		if (size >= 8) {
			STORE(u64_u, to, wide);
			STORE(u64_u, to + size - 8, wide);
		} else if (size >= 4) {
			STORE(u32_u, to, (uint32_t)wide);
			STORE(u32_u, to + size - 4, (uint32_t)wide);
		} else if (size >= 2) {
			STORE(u16_u, to, (uint16_t)wide);
			STORE(u16_u, to + size - 2, (uint16_t)wide);
		} else if (size != 0) {
			*to = (char)byte;
		}
		return destination;
	}
	if (size >= REP_THRESHOLD) {
		__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
		return destination;
	}
	piece v = (piece)(__attribute__((vector_size(16))) uint64_t){wide, wide};
	char *end = to + size;
	for (; size > 16; size -= 16, to += 16)
		STORE(piece_u, to, v);
	STORE(piece_u, end - 16, v);
	return destination;
}

/* -1, 0 or 1: what Microsoft's x64 memcmp returns. */
EXPORT_C(ntdll, "memcmp", INT, rtl_memcmp, (const void *first, const void *second, size_t size))
{
	const uint8_t *a = first, *b = second;

	for (; size >= 16; size -= 16, a += 16, b += 16) {
		uint32_t different = MASK(LOAD(piece_u, a) == LOAD(piece_u, b)) ^ 0xFFFF;
		if (different != 0) {
			unsigned i = (unsigned)__builtin_ctz(different);
			return a[i] < b[i] ? -1 : 1;
		}
	}
	if (size >= 8) {
		uint64_t x = __builtin_bswap64(LOAD(u64_u, a)), y = __builtin_bswap64(LOAD(u64_u, b));
		if (x != y)
			return x < y ? -1 : 1;
		size -= 8, a += 8, b += 8;
	}
	for (; size != 0; size--, a++, b++)
		if (*a != *b)
			return *a < *b ? -1 : 1;
	return 0;
}

static inline piece splat(INT c)
{
	return (piece){0} + (uint8_t)c;
}

EXPORT_C(ntdll, "memchr", void *, rtl_memchr, (const void *source, INT byte, size_t size))
{
	const uint8_t *from = source;
	piece wanted = splat(byte);

	for (; size >= 16; size -= 16, from += 16) {
		uint32_t found = MASK(LOAD(piece_u, from) == wanted);
		if (found != 0)
			return (void *)(from + __builtin_ctz(found));
	}
	for (; size != 0; size--, from++)
		if (*from == (uint8_t)byte)
			return (void *)from;
	return NULL;
}

EXPORT_C(ntdll, "strlen", size_t, rtl_strlen, (const char *string))
{
	unsigned skew = (uintptr_t)string & 15;
	const char *at = string - skew;
	uint32_t zero = MASK((piece)rtl_aligned_piece(at) == (piece){0}) >> skew;

	if (zero != 0)
		return (size_t)__builtin_ctz(zero);
	do {
		at += 16;
		zero = MASK((piece)rtl_aligned_piece(at) == (piece){0});
	} while (zero == 0);
	return (size_t)(at - string) + (size_t)__builtin_ctz(zero);
}

EXPORT_C(ntdll, "strnlen", size_t, rtl_strnlen, (const char *string, size_t size))
{
	const char *end = rtl_memchr(string, 0, size);

	return end == NULL ? size : (size_t)(end - string);
}

EXPORT_C(ntdll, "strcpy", char *, rtl_strcpy, (char *to, const char *from))
{
	rtl_memcpy(to, from, rtl_strlen(from) + 1);
	return to;
}

EXPORT_C(ntdll, "strcat", char *, rtl_strcat, (char *to, const char *from))
{
	rtl_memcpy(to + rtl_strlen(to), from, rtl_strlen(from) + 1);
	return to;
}

EXPORT_C(ntdll, "strncpy", char *, rtl_strncpy, (char *to, const char *from, size_t size))
{
	size_t length = rtl_strnlen(from, size);

	rtl_memcpy(to, from, length);
	rtl_memset(to + length, 0, size - length);
	return to;
}

EXPORT_C(ntdll, "strncat", char *, rtl_strncat, (char *to, const char *from, size_t size))
{
	char *end = to + rtl_strlen(to);
	size_t length = rtl_strnlen(from, size);

	rtl_memcpy(end, from, length);
	end[length] = 0;
	return to;
}

/* -1, 0 or 1, as on x64 Windows. */
EXPORT_C(ntdll, "strcmp", INT, rtl_strcmp, (const char *first, const char *second))
{
	const uint8_t *a = (const uint8_t *)first, *b = (const uint8_t *)second;

	for (;;) {
		if (((uintptr_t)a & 4095) > 4080 || ((uintptr_t)b & 4095) > 4080) {
			if (*a != *b)
				return *a < *b ? -1 : 1;
			if (*a == 0)
				return 0;
			a++, b++;
			continue;
		}
		piece x = load_within_page(a), y = load_within_page(b);
		uint32_t stop = (MASK(x == y) ^ 0xFFFF) | MASK(x == (piece){0});
		if (stop != 0) {
			unsigned i = (unsigned)__builtin_ctz(stop);
			return a[i] == b[i] ? 0 : a[i] < b[i] ? -1 : 1;
		}
		a += 16, b += 16;
	}
}

EXPORT_C(ntdll, "strncmp", INT, rtl_strncmp, (const char *a, const char *b, size_t size))
{
	for (; size != 0; size--, a++, b++) {
		if (*a != *b)
			return (uint8_t)*a - (uint8_t)*b;
		if (*a == 0)
			break;
	}
	return 0;
}

EXPORT_C(ntdll, "strchr", char *, rtl_strchr, (const char *string, INT c))
{
	unsigned skew = (uintptr_t)string & 15;
	const char *at = string - skew;
	piece wanted = splat(c), v = (piece)rtl_aligned_piece(at);
	uint32_t stop = MASK((v == wanted) | (v == (piece){0})) >> skew << skew;

	while (stop == 0) {
		at += 16;
		v = (piece)rtl_aligned_piece(at);
		stop = MASK((v == wanted) | (v == (piece){0}));
	}
	at += __builtin_ctz(stop);
	return *at == (char)c ? (char *)at : NULL;
}

EXPORT_C(ntdll, "strrchr", char *, rtl_strrchr, (const char *string, INT c))
{
	const char *at = string + rtl_strlen(string) + 1;

	while (at-- != string)
		if (*at == (char)c)
			return (char *)at;
	return NULL;
}

EXPORT_C(ntdll, "strstr", char *, rtl_strstr, (const char *string, const char *part))
{
	size_t length = rtl_strlen(part);

	if (length == 0)
		return (char *)string;
	for (; (string = rtl_strchr(string, *part)) != NULL; string++)
		if (rtl_strncmp(string, part, length) == 0)
			return (char *)string;
	return NULL;
}

struct byte_set {
	uint64_t bits[4];
};

static inline struct byte_set make_set(const char *members)
{
	struct byte_set set = {{0}};

	for (; *members != 0; members++)
		set.bits[(uint8_t)*members >> 6] |= 1ull << (*members & 63);
	return set;
}

static inline bool in_set(const struct byte_set *set, char c)
{
	return set->bits[(uint8_t)c >> 6] >> (c & 63) & 1;
}

EXPORT_C(ntdll, "strspn", size_t, rtl_strspn, (const char *string, const char *members))
{
	struct byte_set set = make_set(members);
	size_t n = 0;

	while (string[n] != 0 && in_set(&set, string[n]))
		n++;
	return n;
}

EXPORT_C(ntdll, "strcspn", size_t, rtl_strcspn, (const char *string, const char *members))
{
	struct byte_set set = make_set(members);
	size_t n = 0;

	while (string[n] != 0 && !in_set(&set, string[n]))
		n++;
	return n;
}

EXPORT_C(ntdll, "strpbrk", char *, rtl_strpbrk, (const char *string, const char *members))
{
	string += rtl_strcspn(string, members);
	return *string != 0 ? (char *)string : NULL;
}
