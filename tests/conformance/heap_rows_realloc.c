/*
 * heap_rows_realloc - GlobalReAlloc and LocalReAlloc: rows 94 to 105 of the heap facts.
 */
#include "../guest/guest.h"

#define HEAP_ROW(number) ROW(number, "heap")

#define SMALL 12
#define BIG 0x20000

struct entry {
	ULONG_PTR flags;
	void *pointer;
};

static struct entry entry_of(HANDLE handle)
{
	return *(struct entry *)((char *)handle - 8);
}

static int is_moveable(HANDLE handle)
{
	return ((ULONG_PTR)handle & 15) == 8;
}

struct family {
	int local;
	HGLOBAL(WINAPI *allocate)(UINT, SIZE_T);
	HGLOBAL(WINAPI *reallocate)(HGLOBAL, SIZE_T, UINT);
	HGLOBAL(WINAPI *release)(HGLOBAL);
	SIZE_T(WINAPI *size)(HGLOBAL);
	LPVOID(WINAPI *lock)(HGLOBAL);
	BOOL(WINAPI *unlock)(HGLOBAL);
};

#define ALL (GMEM_DDESHARE | GMEM_DISCARDABLE | GMEM_LOWER | GMEM_NOCOMPACT | GMEM_NODISCARD | GMEM_NOT_BANKED | GMEM_NOTIFY)
static const UINT flag_words[] = {0, GMEM_MODIFY, GMEM_MOVEABLE, GMEM_MOVEABLE | GMEM_MODIFY,
				  GMEM_MOVEABLE | GMEM_DISCARDABLE, GMEM_MOVEABLE | GMEM_MODIFY | GMEM_DISCARDABLE,
				  GMEM_MOVEABLE | ALL, GMEM_MOVEABLE | GMEM_MODIFY | ALL};

static void fixed(const struct family *f, SIZE_T old, SIZE_T size, UINT flags)
{
	HANDLE h = f->allocate(GMEM_FIXED, old), got;
	SetLastError(0xDEADBEEF);
	got = f->reallocate(h, size, flags);
	if (flags & GMEM_MODIFY) {
		HEAP_ROW(94);
		CHECK_EQUAL(f->size(got), old);
		HEAP_ROW(95);
		if ((flags & GMEM_MOVEABLE) && !f->local) {
			CHECK(is_moveable(got));
			CHECK_EQUAL(entry_of(got).flags & 0x7FFF, flags & GMEM_DISCARDABLE ? 7 : 3);
			CHECK(entry_of(got).pointer != h);
		} else
			CHECK(got == h);
	} else if (flags & GMEM_DISCARDABLE) {
		HEAP_ROW(96);
		CHECK(!got);
		CHECK_EQUAL(f->size(h), old);
	} else if (old == SMALL && !flags) {
		HEAP_ROW(97);
		CHECK(!got);
		CHECK_EQUAL(f->size(h), old);
		CHECK_EQUAL(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
	} else if (old == SMALL) {
		HEAP_ROW(98);
		CHECK(got && got != h && !is_moveable(got));
		CHECK_EQUAL(f->size(got), size);
	} else {
		HEAP_ROW(99);
		CHECK(got == h);
		CHECK_EQUAL(f->size(got), size);
	}
	CHECK(!f->release(got ? got : h));
}

static void moveable(const struct family *f, SIZE_T old, SIZE_T size, UINT flags, int locked)
{
	HANDLE h = f->allocate(GMEM_MOVEABLE, old), got;
	CHECK(h && is_moveable(h));
	if (locked)
		CHECK(f->lock(h) == entry_of(h).pointer);
	struct entry expected = entry_of(h), now;
	got = f->reallocate(h, size, flags);
	now = entry_of(h);
	if (flags & GMEM_MODIFY) {
		HEAP_ROW(94);
		CHECK(got == h && now.pointer == expected.pointer);
		CHECK_EQUAL(now.flags, expected.flags | (flags & GMEM_DISCARDABLE ? 4 : 0));
		CHECK_EQUAL(f->size(h), old);
	} else if (flags & GMEM_DISCARDABLE) {
		HEAP_ROW(96);
		CHECK(!got && now.pointer == expected.pointer && now.flags == expected.flags);
		CHECK_EQUAL(f->size(h), old);
	} else if (size == 0 && (locked || !flags)) {
		if (locked)
			HEAP_ROW(103);
		else
			HEAP_ROW(102);
		CHECK(!got && now.pointer == expected.pointer && now.flags == expected.flags);
		CHECK_EQUAL(f->size(h), old);
	} else if (size == 0) {
		HEAP_ROW(102);
		CHECK(got == h && now.pointer == NULL);
		CHECK_EQUAL(now.flags, expected.flags | 8);
		CHECK_EQUAL(f->size(h), 0);
		CHECK(f->reallocate(h, 10, GMEM_MOVEABLE) == h);
		CHECK_EQUAL(f->size(h), 10);
	} else if (old == SMALL && size == 512) {
		HEAP_ROW(100);
		if (locked && !flags) {
			CHECK(!got && now.pointer == expected.pointer);
			CHECK_EQUAL(f->size(h), old);
		} else {
			CHECK(got == h && now.pointer != expected.pointer);
			CHECK_EQUAL(f->size(h), size);
		}
		CHECK_EQUAL(now.flags, expected.flags);
	} else {
		HEAP_ROW(101);
		CHECK(got == h && now.pointer == expected.pointer);
		CHECK_EQUAL(now.flags, expected.flags);
		CHECK_EQUAL(f->size(h), size);
	}
	if (locked)
		f->unlock(h);
	CHECK(!f->release(h));
}

int main(void)
{
	static const struct family families[] = {
		{0, GlobalAlloc, GlobalReAlloc, GlobalFree, GlobalSize, GlobalLock, GlobalUnlock},
		{1, LocalAlloc, LocalReAlloc, LocalFree, LocalSize, LocalLock, LocalUnlock}};
	HANDLE blocks[18];
	for (int i = 0; i < 18; i++)
		blocks[i] = GlobalAlloc(GMEM_FIXED, SMALL);
	for (int i = 0; i < 18; i++)
		GlobalFree(blocks[i]);
	for (int k = 0; k < 2; k++)
		for (unsigned i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++) {
			const struct family *f = &families[k];
			fixed(f, SMALL, 512, flag_words[i]);
			fixed(f, SMALL, SMALL, flag_words[i]);
			fixed(f, SMALL, 10, flag_words[i]);
			fixed(f, SMALL, 0, flag_words[i]);
			fixed(f, BIG, BIG + 512, flag_words[i]);
			fixed(f, BIG, 10, flag_words[i]);
			fixed(f, BIG, 0, flag_words[i]);
			for (int locked = 0; locked < 2; locked++) {
				moveable(f, SMALL, 512, flag_words[i], locked);
				moveable(f, SMALL, 10, flag_words[i], locked);
				moveable(f, SMALL, 0, flag_words[i], locked);
				moveable(f, BIG, BIG + 512, flag_words[i], locked);
				moveable(f, BIG, 10, flag_words[i], locked);
				moveable(f, BIG, 0, flag_words[i], locked);
			}
		}
	HEAP_ROW(104);
	HANDLE h = LocalAlloc(LMEM_FIXED, BIG);
	CHECK(LocalDiscard(h) == h);
	CHECK(LocalDiscard(h) == h);
	CHECK(!LocalFree(h));
	HEAP_ROW(103);
	h = GlobalAlloc(GMEM_MOVEABLE, 100);
	GlobalLock(h);
	CHECK(!GlobalDiscard(h));
	GlobalUnlock(h);
	CHECK(GlobalDiscard(h) == h);
	CHECK(!GlobalFree(h));
	HEAP_ROW(105);
	h = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 100000);
	CHECK(GlobalReAlloc(h, 200000, GMEM_MOVEABLE | GMEM_ZEROINIT) == h);
	char *p = GlobalLock(h), any = 0;
	for (int i = 0; i < 200000; i++)
		any |= p[i];
	CHECK_EQUAL(any, 0);
	GlobalUnlock(h);
	CHECK(!GlobalFree(h));
	return guest_result();
}
