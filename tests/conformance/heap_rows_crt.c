/*
 * heap_rows_crt - malloc and its family: rows 110 to 119 of the heap facts, of msvcrt.dll and of ucrtbase.dll.
 *
 * Both are loaded and asked for their functions, so that one program shows both; what one of them does not export is
 * left out for it.
 */
#include "../guest/guest.h"
#include <errno.h>

#define HEAP_ROW(number) snprintf(guest_row, sizeof(guest_row), " (heap row %s, %s)", #number, ucrt ? "ucrtbase" : "msvcrt")
#define MAXREQ 0xFFFFFFFFFFFFFFE0ull

struct heapinfo {
	int *entry;
	size_t size;
	int used;
};
typedef void (*invalid_handler)(const WCHAR *, const WCHAR *, const WCHAR *, unsigned, ULONG_PTR);

static HMODULE dll;
static int ucrt;
static void *(*p_malloc)(size_t);
static void (*p_free)(void *);
static void *(*p_calloc)(size_t, size_t);
static void *(*p_realloc)(void *, size_t);
static void *(*p_recalloc)(void *, size_t, size_t);
static void *(*p_expand)(void *, size_t);
static size_t (*p_msize)(void *);
static intptr_t (*p_get_heap_handle)(void);
static void *(*p_aligned_malloc)(size_t, size_t);
static void *(*p_aligned_offset_malloc)(size_t, size_t, size_t);
static void *(*p_aligned_realloc)(void *, size_t, size_t);
static void *(*p_aligned_offset_realloc)(void *, size_t, size_t, size_t);
static void *(*p_aligned_recalloc)(void *, size_t, size_t, size_t);
static void *(*p_aligned_offset_recalloc)(void *, size_t, size_t, size_t, size_t);
static size_t (*p_aligned_msize)(void *, size_t, size_t);
static void (*p_aligned_free)(void *);
static int (*p_heapchk)(void);
static int (*p_heapmin)(void);
static int (*p_heapset)(unsigned);
static int (*p_heapadd)(void *, size_t);
static size_t (*p_heapused)(size_t *, size_t *);
static int (*p_heapwalk)(struct heapinfo *);
static size_t (*p_set_sbh_threshold)(size_t);
static int (*p_set_new_mode)(int);
static int (*p_query_new_mode)(void);
static void *(*p_set_new_handler)(int (*)(size_t));
static void *(*p_query_new_handler)(void);
static int (*p_callnewh)(size_t);
static void *(*p_operator_new)(size_t);
static void *(*p_operator_new_array)(size_t);
static void (*p_operator_delete)(void *);
static void (*p_operator_delete_array)(void *);
static int *(*p_errno)(void);
static invalid_handler (*p_set_invalid_parameter_handler)(invalid_handler);

static int invalid;

static void count_invalid(const WCHAR *expression, const WCHAR *function, const WCHAR *file, unsigned line, ULONG_PTR reserved)
{
	invalid++;
}

static void *find(const char *name)
{
	return (void *)GetProcAddress(dll, name);
}

static void load(const char *name)
{
	dll = LoadLibraryA(name);
	p_malloc = find("malloc");
	p_free = find("free");
	p_calloc = find("calloc");
	p_realloc = find("realloc");
	p_recalloc = find("_recalloc");
	p_expand = find("_expand");
	p_msize = find("_msize");
	p_get_heap_handle = find("_get_heap_handle");
	p_aligned_malloc = find("_aligned_malloc");
	p_aligned_offset_malloc = find("_aligned_offset_malloc");
	p_aligned_realloc = find("_aligned_realloc");
	p_aligned_offset_realloc = find("_aligned_offset_realloc");
	p_aligned_recalloc = find("_aligned_recalloc");
	p_aligned_offset_recalloc = find("_aligned_offset_recalloc");
	p_aligned_msize = find("_aligned_msize");
	p_aligned_free = find("_aligned_free");
	p_heapchk = find("_heapchk");
	p_heapmin = find("_heapmin");
	p_heapset = find("_heapset");
	p_heapadd = find("_heapadd");
	p_heapused = find("_heapused");
	p_heapwalk = find("_heapwalk");
	p_set_sbh_threshold = find("_set_sbh_threshold");
	p_set_new_mode = find(ucrt ? "_set_new_mode" : "?_set_new_mode@@YAHH@Z");
	p_query_new_mode = find(ucrt ? "_query_new_mode" : "?_query_new_mode@@YAHXZ");
	p_set_new_handler = find(ucrt ? "_set_new_handler" : "?_set_new_handler@@YAP6AH_K@ZP6AH0@Z@Z");
	p_query_new_handler = find(ucrt ? "_query_new_handler" : "?_query_new_handler@@YAP6AH_K@ZXZ");
	p_callnewh = find("_callnewh");
	p_operator_new = find("??2@YAPEAX_K@Z");
	p_operator_new_array = find("??_U@YAPEAX_K@Z");
	p_operator_delete = find("??3@YAXPEAX@Z");
	p_operator_delete_array = find("??_V@YAXPEAX@Z");
	p_errno = find("_errno");
	p_set_invalid_parameter_handler = find("_set_invalid_parameter_handler");
	if (p_set_invalid_parameter_handler) /* not every msvcrt.dll has it */
		p_set_invalid_parameter_handler(count_invalid);
}

/* The call gives `result` and sets errno; `handler`: the invalid-parameter handler was called (msvcrt.dll: perhaps). */
#define FAILS(call, result, error, handler)                                                                            \
	do {                                                                                                           \
		*p_errno() = 0xDEAD;                                                                                   \
		invalid = 0;                                                                                           \
		CHECK((call) == (result));                                                                             \
		CHECK_EQUAL(*p_errno(), error);                                                                        \
		if (ucrt)                                                                                              \
			CHECK_EQUAL(invalid, handler);                                                                 \
	} while (0)

static void basics(void)
{
	char *p, *q;

	HEAP_ROW(110);
	HANDLE heap = (HANDLE)p_get_heap_handle();
	if (ucrt)
		CHECK(heap == GetProcessHeap());
	p = p_malloc(33);
	CHECK_EQUAL(HeapSize(heap, 0, p), 33);
	p_free(p);
	p_free(NULL);

	HEAP_ROW(111);
	p = p_malloc(0);
	CHECK(p != NULL);
	p_free(p);
	p = p_calloc(0, 7);
	CHECK(p != NULL);
	p_free(p);
	p = p_calloc(7, 0);
	CHECK(p != NULL);
	p_free(p);
	p = p_realloc(NULL, 0);
	CHECK(p != NULL);
	p_free(p);
	p = p_realloc(NULL, 100);
	CHECK(p != NULL);
	memset(p, 0x55, 100);
	q = p_realloc(p, 10000);
	CHECK(q != NULL && q[0] == 0x55 && q[99] == 0x55);
	CHECK(p_realloc(q, 0) == NULL);
	p = p_calloc(100, 10);
	for (int i = 0; i < 1000; i++)
		CHECK(p[i] == 0);
	p_free(p);

	HEAP_ROW(112);
	FAILS(p_calloc(SIZE_MAX / 2, SIZE_MAX / 2), NULL, ENOMEM, 0);
	FAILS(p_malloc(MAXREQ + 1), NULL, ENOMEM, 0);
	FAILS(p_calloc(1, MAXREQ + 1), NULL, ENOMEM, 0);
	p = p_malloc(10);
	FAILS(p_realloc(p, MAXREQ + 1), NULL, ENOMEM, 0);
	CHECK_EQUAL(p_msize(p), 10);
	p_free(p);
	if (p_recalloc) {
		FAILS(p_recalloc(NULL, SIZE_MAX / 2, 3), NULL, ENOMEM, 0);
		p = p_recalloc(NULL, 10, 10);
		for (int i = 0; i < 100; i++)
			CHECK(p[i] == 0);
		memset(p, 1, 100);
		p = p_recalloc(p, 1000, 10);
		for (int i = 0; i < 10000; i++)
			CHECK(p[i] == (i < 100));
		CHECK(p_recalloc(p, 0, 10) == NULL);
	}

	HEAP_ROW(113);
	for (int size = 0; size < 200; size++) {
		p = p_malloc(size);
		CHECK_EQUAL(p_msize(p), size);
		p_free(p);
	}
	p = p_malloc(3000000);
	CHECK_EQUAL(p_msize(p), 3000000);
	p_free(p);
	FAILS(p_msize(NULL), (size_t)-1, EINVAL, 1);

	HEAP_ROW(118);
	p = p_malloc(10000);
	q = p_malloc(16);
	CHECK(p_expand(p, 5000) == p);
	CHECK(p_expand(p, 1 << 20) == NULL);
	FAILS(p_expand(NULL, 10), NULL, EINVAL, 1);
	FAILS(p_expand(p, MAXREQ + 1), NULL, ENOMEM, 0);
	p_free(p);
	p_free(q);
	for (int i = 0; i < 40; i++) /* of the low-fragmentation heap in the end */
		p = p_malloc(100);
	CHECK(p_expand(p, 50) == p);
	p_free(p);
}

static void aligned(void)
{
	char *p;

	HEAP_ROW(114);
	for (size_t alignment = 1; alignment <= 0x10000; alignment *= 2) {
		p = p_aligned_malloc(77, alignment);
		CHECK(p != NULL && (ULONG_PTR)p % alignment == 0);
		memset(p, 1, 77);
		p_aligned_free(p);
	}
	p_aligned_free(NULL);
	FAILS(p_aligned_malloc(77, 3), NULL, EINVAL, 1);
	FAILS(p_aligned_malloc(77, 127), NULL, EINVAL, 1);
	p = p_aligned_malloc(77, 0);
	CHECK(p != NULL);
	p_aligned_free(p);

	HEAP_ROW(115);
	for (size_t offset = 0; offset < 20; offset++)
		for (size_t alignment = 1; alignment <= 0x1000; alignment *= 2) {
			p = p_aligned_offset_malloc(100, alignment, offset);
			CHECK(p != NULL && ((ULONG_PTR)p + offset) % alignment == 0);
			for (int i = 0; i < 100; i++)
				p[i] = (char)i;
			p = p_aligned_offset_realloc(p, 5000, alignment, offset);
			CHECK(p != NULL && ((ULONG_PTR)p + offset) % alignment == 0);
			for (int i = 0; i < 100; i++)
				CHECK(p[i] == (char)i);
			memset(p, 7, 5000);
			p = p_aligned_offset_realloc(p, 50, alignment, offset);
			CHECK(p != NULL && ((ULONG_PTR)p + offset) % alignment == 0 && p[0] == 7 && p[49] == 7);
			p_aligned_free(p);
		}
	FAILS(p_aligned_offset_malloc(16, 16, 16), NULL, EINVAL, 1);
	FAILS(p_aligned_offset_malloc(16, 16, 17), NULL, EINVAL, 1);
	p = p_aligned_realloc(NULL, 100, 64);
	CHECK(p != NULL && (ULONG_PTR)p % 64 == 0);
	FAILS(p_aligned_offset_realloc(p, 100, 64, 100), NULL, EINVAL, 1);
	CHECK(p_aligned_realloc(p, 0, 64) == NULL);
	if (p_aligned_recalloc) {
		p = p_aligned_recalloc(NULL, 10, 10, 64);
		CHECK(p != NULL && (ULONG_PTR)p % 64 == 0);
		for (int i = 0; i < 100; i++)
			CHECK(p[i] == 0);
		memset(p, 1, 100);
		p = p_aligned_offset_recalloc(p, 30, 10, 64, 24);
		CHECK(p != NULL && ((ULONG_PTR)p + 24) % 64 == 0);
		for (int i = 0; i < 300; i++)
			CHECK(p[i] == (i < 100));
		p_aligned_free(p);
	}

	if (!p_aligned_msize)
		return;
	HEAP_ROW(116);
	p = p_aligned_offset_malloc(23, 16, 7);
	CHECK_EQUAL(p_aligned_msize(p, 16, 7), 23);
	CHECK_EQUAL(p_aligned_msize(p, 15, 7), 24);
	CHECK_EQUAL(p_aligned_msize(p, 11, 7), 28);
	CHECK_EQUAL(p_aligned_msize(p, 1, 7), 31);
	CHECK_EQUAL(p_aligned_msize(p, 8, 0), 32);
	p_aligned_free(p);
	p = p_aligned_offset_malloc(3, 16, 0);
	CHECK_EQUAL(p_aligned_msize(p, 16, 0), 3);
	CHECK_EQUAL(p_aligned_msize(p, 11, 0), 8);
	p_aligned_free(p);
	FAILS(p_aligned_msize(NULL, 16, 0), (size_t)-1, EINVAL, 1);
}

static void whole_heap(void)
{
	struct heapinfo info = {0};
	char *p = p_malloc(1234567), *q = p_malloc(4321);
	int result, found = 0;

	HEAP_ROW(119);
	CHECK_EQUAL(p_heapchk(), -2);
	for (long steps = 0; (result = p_heapwalk(&info)) == -2 && steps < 10000000; steps++) {
		if (info.entry == (int *)p && info.size == 1234567 && info.used == 1)
			found |= 1;
		if (info.entry == (int *)q && info.size == 4321 && info.used == 1)
			found |= 2;
	}
	CHECK_EQUAL(result, -5);
	CHECK_EQUAL(found, 3);
	info.entry = (int *)&info;
	info.used = 1;
	CHECK_EQUAL(p_heapwalk(&info), -4);
	if (ucrt)
		FAILS(p_heapwalk(NULL), -6, EINVAL, 1);
	p_free(p);
	p_free(q);
	CHECK_EQUAL(p_heapmin(), 0);
	CHECK_EQUAL(p_heapchk(), -2);
	if (p_heapset)
		CHECK_EQUAL(p_heapset(0xA5), -2);
	if (p_heapadd)
		FAILS(p_heapadd(&info, sizeof(info)), -1, ENOSYS, 0);
	if (p_heapused)
		FAILS(p_heapused(NULL, NULL), 0, ENOSYS, 0);

	HEAP_ROW(117);
	if (p_set_sbh_threshold)
		for (size_t value = 0; value < 2000; value += 16)
			CHECK_EQUAL(p_set_sbh_threshold(value), 0);
}

static int asked;
static size_t asked_size;

static int new_handler(size_t size)
{
	asked_size = size;
	return ++asked < 3;
}

static void new_handlers(void)
{
	void *p;

	snprintf(guest_row, sizeof(guest_row), " (new handlers, %s)", ucrt ? "ucrtbase" : "msvcrt");
	asked = 0;
	CHECK(p_query_new_handler() == NULL);
	CHECK_EQUAL(p_query_new_mode(), 0);
	CHECK(p_set_new_handler(new_handler) == NULL);
	CHECK(p_query_new_handler() == (void *)new_handler);
	/* Mode 0: malloc does not ask. */
	FAILS(p_malloc((size_t)1 << 47), NULL, ENOMEM, 0);
	CHECK_EQUAL(asked, 0);
	CHECK_EQUAL(p_set_new_mode(1), 0);
	CHECK_EQUAL(p_query_new_mode(), 1);
	FAILS(p_malloc((size_t)1 << 47), NULL, ENOMEM, 0);
	CHECK_EQUAL(asked, 3);
	CHECK_EQUAL(asked_size, (size_t)1 << 47);
	asked = 0;
	FAILS(p_calloc((size_t)1 << 40, 128), NULL, ENOMEM, 0);
	CHECK_EQUAL(asked, 3);
	p = p_malloc(10);
	asked = 0;
	FAILS(p_realloc(p, (size_t)1 << 47), NULL, ENOMEM, 0);
	CHECK_EQUAL(asked, 3);
	p_free(p);
	asked = 0;
	CHECK_EQUAL(p_callnewh(77), 1);
	CHECK_EQUAL(asked_size, 77);
	CHECK_EQUAL(p_set_new_mode(0), 1);
	FAILS(p_set_new_mode(2), -1, EINVAL, 1);
	if (p_operator_new) {
		asked = 0;
		CHECK(p_operator_new((size_t)1 << 47) == NULL);
		CHECK_EQUAL(asked, 3);
	}
	CHECK(p_set_new_handler(NULL) == (void *)new_handler);
	CHECK_EQUAL(p_callnewh(1), 0);
	if (p_operator_new) {
		p = p_operator_new(0);
		CHECK(p != NULL);
		p_operator_delete(p);
		p = p_operator_new_array(100);
		CHECK_EQUAL(p_msize(p), 100);
		p_operator_delete_array(p);
		p_operator_delete(NULL);
	}
}

int main(void)
{
	for (ucrt = 0; ucrt < 2; ucrt++) {
		load(ucrt ? "ucrtbase.dll" : "msvcrt.dll");
		basics();
		aligned();
		whole_heap();
		new_handlers();
	}
	return guest_result();
}
