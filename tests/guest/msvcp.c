/*
 * msvcp.c - msvcp140.dll called as compiled C++ calls it: mutexes, condition variables and threads of <thread>, the clock,
 * locales and their facets, collation, random numbers, the names of errors.
 */
#include "guest.h"

static HMODULE dll;

#define FUNCTION(type, name, exported, params) type(*name) params = (void *)GetProcAddress(dll, exported); CHECK(name != NULL)

struct thread {
	HANDLE handle;
	unsigned id;
};
struct xtime {
	long long seconds;
	long nanoseconds;
};

enum { SUCCESS, NO_MEMORY, TIMED_OUT, BUSY, FAILED };

static struct {
	void *mutex[10];
	void *condition[9];
	int turn, sum;
	int (*lock)(void *), (*unlock)(void *), (*wait)(void *, void *), (*broadcast)(void *);
} shared;

/* Two threads take turns a hundred times. */
static unsigned take_turns(void *argument)
{
	int me = (int)(INT_PTR)argument;

	for (int i = 0; i < 100; i++) {
		shared.lock(shared.mutex);
		while (shared.turn != me)
			shared.wait(shared.condition, shared.mutex);
		shared.sum += me;
		shared.turn = 3 - me;
		shared.broadcast(shared.condition);
		shared.unlock(shared.mutex);
	}
	return 40 + me;
}

static void test_threads(void)
{
	FUNCTION(void, mutex_init, "_Mtx_init_in_situ", (void *, int));
	FUNCTION(void, mutex_destroy, "_Mtx_destroy_in_situ", (void *));
	FUNCTION(int, lock, "_Mtx_lock", (void *));
	FUNCTION(int, trylock, "_Mtx_trylock", (void *));
	FUNCTION(int, timedlock, "_Mtx_timedlock", (void *, const struct xtime *));
	FUNCTION(int, unlock, "_Mtx_unlock", (void *));
	FUNCTION(int, owns, "_Mtx_current_owns", (void *));
	FUNCTION(void, condition_init, "_Cnd_init_in_situ", (void *));
	FUNCTION(int, wait, "_Cnd_wait", (void *, void *));
	FUNCTION(int, timed_wait, "_Cnd_timedwait", (void *, void *, const struct xtime *));
	FUNCTION(int, broadcast, "_Cnd_broadcast", (void *));
	FUNCTION(int, start, "_Thrd_start", (struct thread *, unsigned (*)(void *), void *));
	FUNCTION(int, join, "_Thrd_join", (struct thread, int *));
	FUNCTION(unsigned, id, "_Thrd_id", (void));
	FUNCTION(unsigned, concurrency, "_Thrd_hardware_concurrency", (void));
	FUNCTION(int, now, "xtime_get", (struct xtime *, int));
	FUNCTION(long long, ticks, "_Xtime_get_ticks", (void));
	struct thread one, two;
	struct xtime time;
	int code = 0;

	CHECK_EQUAL(id(), GetCurrentThreadId());
	CHECK(concurrency() >= 1);
	CHECK_EQUAL(now(&time, 1), 1);
	CHECK(time.seconds > 1600000000 && ticks() / 10000000 - time.seconds <= 1);

	/* std::mutex: 2; std::recursive_mutex: 0x102.  A lock of a mutex that one has is refused by the first only. */
	mutex_init(shared.mutex, 2);
	CHECK_EQUAL(trylock(shared.mutex), SUCCESS);
	CHECK(owns(shared.mutex));
	CHECK_EQUAL(trylock(shared.mutex), BUSY);
	CHECK_EQUAL(unlock(shared.mutex), SUCCESS);
	CHECK(!owns(shared.mutex));
	mutex_init(shared.mutex, 0x102);
	CHECK_EQUAL(lock(shared.mutex), SUCCESS);
	CHECK_EQUAL(lock(shared.mutex), SUCCESS);
	CHECK_EQUAL(trylock(shared.mutex), SUCCESS);
	for (int i = 0; i < 3; i++) {
		CHECK(owns(shared.mutex));
		unlock(shared.mutex);
	}
	CHECK(!owns(shared.mutex));
	CHECK_EQUAL(timedlock(shared.mutex, &time), SUCCESS);
	condition_init(shared.condition);
	now(&time, 1);
	CHECK_EQUAL(timed_wait(shared.condition, shared.mutex, &time), TIMED_OUT);
	CHECK(owns(shared.mutex));
	unlock(shared.mutex);
	mutex_destroy(shared.mutex);

	/* As newer compilers make a mutex: zero but for the type. */
	memset(&shared, 0, sizeof(shared));
	*(int *)shared.mutex = 2;
	shared.lock = lock;
	shared.unlock = unlock;
	shared.wait = wait;
	shared.broadcast = broadcast;
	shared.turn = 1;
	CHECK_EQUAL(start(&one, take_turns, (void *)1), SUCCESS);
	CHECK_EQUAL(start(&two, take_turns, (void *)2), SUCCESS);
	CHECK(one.id != two.id && one.handle != NULL);
	CHECK_EQUAL(join(one, &code), SUCCESS);
	CHECK_EQUAL(code, 41);
	CHECK_EQUAL(join(two, &code), SUCCESS);
	CHECK_EQUAL(code, 42);
	CHECK_EQUAL(shared.sum, 300);
}

struct facet {
	void **vftable;
	int references;
};

struct locimp {
	struct facet facet;
	struct facet **facets;
	size_t count;
	int categories;
	BOOLEAN transparent;
	char *name;
};

static void test_locales(void)
{
	FUNCTION(void *, lockit, "??0_Lockit@std@@QEAA@H@Z", (int *, int));
	FUNCTION(void, lockit_end, "??1_Lockit@std@@QEAA@XZ", (int *));
	FUNCTION(struct locimp *, locale_init, "?_Init@locale@std@@CAPEAV_Locimp@12@_N@Z", (BOOLEAN));
	FUNCTION(struct locimp *, global, "?_Getgloballocale@locale@std@@CAPEAV_Locimp@12@XZ", (void));
	FUNCTION(struct locimp *, new_locimp, "?_New_Locimp@_Locimp@locale@std@@CAPEAV123@_N@Z", (BOOLEAN));
	FUNCTION(void *, locinfo, "??0_Locinfo@std@@QEAA@HPEBD@Z", (void *, int, const char *));
	FUNCTION(void, locinfo_end, "??1_Locinfo@std@@QEAA@XZ", (void *));
	FUNCTION(struct locimp *, make, "?_Makeloc@_Locimp@locale@std@@CAPEAV123@AEBV_Locinfo@3@HPEAV123@PEBV23@@Z",
		 (void *, int, struct locimp *, void *));
	FUNCTION(size_t, id_number, "??Bid@locale@std@@QEAA_KXZ", (size_t *));
	FUNCTION(size_t, getcat, "?_Getcat@?$ctype@D@std@@SA_KPEAPEBVfacet@locale@2@PEBV42@@Z", (struct facet **, void *));
	size_t *id = (void *)GetProcAddress(dll, "?id@?$ctype@D@std@@2V0locale@2@A");
	void *info[16];
	struct facet *facet = NULL;
	struct locimp *classic, *made;
	int outer, inner;
	char text[] = "MiXed 1";

	lockit(&outer, 0);
	lockit(&inner, 3); /* recursive */
	CHECK_EQUAL(inner, 3);
	lockit_end(&inner);
	lockit_end(&outer);

	classic = locale_init(TRUE);
	CHECK(classic != NULL && global() == classic && classic->facet.references >= 2);
	CHECK(strcmp(classic->name, "C") == 0 && classic->categories == 0x3F && !classic->transparent);

	/* use_facet<ctype<char>> of a locale without the facet. */
	CHECK_EQUAL(getcat(&facet, NULL), 2);
	CHECK(facet != NULL);
	CHECK_EQUAL(((char (*)(void *, char))facet->vftable[4])(facet, 'Q'), 'q');
	CHECK_EQUAL(((char (*)(void *, char))facet->vftable[6])(facet, 'q'), 'Q');
	((void (*)(void *, char *, char *))facet->vftable[3])(facet, text, text + 7);
	CHECK(strcmp(text, "mixed 1") == 0);
	CHECK(((const short *)((void **)facet)[3])['7'] & 4); /* a digit */
	CHECK(!(((const short *)((void **)facet)[3])['x'] & 4));

	/* A locale with its facets of one category. */
	locinfo(info, 0x3F, "C");
	made = make(info, 2, new_locimp(FALSE), NULL);
	locinfo_end(info);
	CHECK(id != NULL && id_number(id) == *id && *id != 0);
	CHECK(strcmp(made->name, "C") == 0 && (made->categories & 2) && made->count > *id);
	CHECK(made->facets[*id] != NULL && made->facets[*id]->references == 1);
	CHECK(((struct facet * (*)(void *))made->facet.vftable[2])(made) == &made->facet);
	((void *(*)(void *, unsigned))made->facet.vftable[0])(made, 1);
}

/* A streambuf's members that time_put reaches: the put area. */
struct buffer {
	void **vftable;
	char *get_first, *put_first, **get_first_at, **put_first_at, *get_next, *put_next, **get_next_at, **put_next_at;
	int get_count, put_count, *get_count_at, *put_count_at;
	void *locale;
};
struct output {
	BOOLEAN failed;
	struct buffer *buffer;
};

static void test_time_put(void)
{
	FUNCTION(size_t, getcat,
		 "?_Getcat@?$time_put@DV?$ostreambuf_iterator@DU?$char_traits@D@std@@@std@@@std@@SA_KPEAPEBVfacet@locale@2@PEBV42@@Z",
		 (struct facet **, void *));
	FUNCTION(struct output *, put,
		 "?put@?$time_put@DV?$ostreambuf_iterator@DU?$char_traits@D@std@@@std@@@std@@QEBA?AV?$ostreambuf_iterator@DU?$char_"
		 "traits@D@std@@@2@V32@AEAVios_base@2@DPEBUtm@@PEBD3@Z",
		 (void *, struct output *, struct output *, void *, char, void *, const char *, const char *));
	FUNCTION(void, construct, "??0?$basic_streambuf@DU?$char_traits@D@std@@@std@@IEAA@XZ", (struct buffer *));
	FUNCTION(void, destroy, "??1?$basic_streambuf@DU?$char_traits@D@std@@@std@@UEAA@XZ", (struct buffer *));
	FUNCTION(void, set_area, "?setp@?$basic_streambuf@DU?$char_traits@D@std@@@std@@IEAAXPEAD0@Z", (struct buffer *, char *, char *));
	static const char format[] = "%Y-%m-%d %#d|%";
	int time[9] = { 5, 4, 3, 2, 0, 125, 4, 1, 0 };
	struct facet *facet = NULL;
	struct buffer buffer;
	struct output to = { FALSE, &buffer }, result;
	char text[32] = "";

	construct(&buffer);
	set_area(&buffer, text, text + sizeof(text) - 1);
	CHECK_EQUAL(getcat(&facet, NULL), 5);
	CHECK(put(facet, &result, &to, NULL, ' ', time, format, format + sizeof(format) - 1) == &result);
	CHECK(!result.failed && result.buffer == &buffer);
	CHECK(strcmp(text, "2025-01-02 2|%") == 0);
	set_area(&buffer, text, text + 3);
	put(facet, &result, &to, NULL, ' ', time, format, format + sizeof(format) - 1);
	CHECK(result.failed);
	destroy(&buffer);
}

/* What collate<char> and regex_traits call.  "C" has no name in its _Collvec. */
struct collvec {
	unsigned page;
	wchar_t *locale_name;
};

#define RANGE(text) text, text + sizeof(text) - 1

static int sign(int result)
{
	return (result > 0) - (result < 0);
}

static void test_collate(void)
{
	FUNCTION(void *, locinfo, "??0_Locinfo@std@@QEAA@HPEBD@Z", (void *, int, const char *));
	FUNCTION(void, locinfo_end, "??1_Locinfo@std@@QEAA@XZ", (void *));
	FUNCTION(struct collvec *, getcoll, "?_Getcoll@_Locinfo@std@@QEBA?AU_Collvec@@XZ", (void *, struct collvec *));
	FUNCTION(int, compare, "_Strcoll", (const char *, const char *, const char *, const char *, const struct collvec *));
	FUNCTION(size_t, transform, "_Strxfrm", (char *, char *, const char *, const char *, const struct collvec *));
	FUNCTION(int, wide_compare, "_Wcscoll",
		 (const wchar_t *, const wchar_t *, const wchar_t *, const wchar_t *, const struct collvec *));
	FUNCTION(size_t, wide_transform, "_Wcsxfrm", (wchar_t *, wchar_t *, const wchar_t *, const wchar_t *, const struct collvec *));
	FUNCTION(int, map, "__crtLCMapStringA", (const wchar_t *, DWORD, const char *, int, char *, int, int, BOOL));
	FUNCTION(int, wide_map, "__crtLCMapStringW", (const wchar_t *, DWORD, const wchar_t *, int, wchar_t *, int));
	static const char lower[] = "abc", upper[] = "ABD", nothing[] = "", nul[] = "a\0b";
	static const wchar_t wide_lower[] = L"abc", wide_upper[] = L"ABD";
	struct collvec by = { 77, (wchar_t *)L"x" };
	void *info[16];
	char key[64], other[64];
	wchar_t wide_key[64], wide_other[64];
	size_t size;

	CHECK(GetProcAddress(dll, "?id@?$collate@D@std@@2V0locale@2@A") != NULL);
	CHECK(GetProcAddress(dll, "?id@?$collate@_W@std@@2V0locale@2@A") != NULL);
	locinfo(info, 0x3F, "C");
	CHECK(getcoll(info, &by) == &by && by.locale_name == NULL);
	locinfo_end(info);
	CHECK_EQUAL(sign(compare(RANGE(lower), RANGE(upper), &by)), 1);
	CHECK_EQUAL(sign(compare(RANGE(lower), lower, lower + 2, &by)), 1);
	CHECK_EQUAL(sign(compare(RANGE(nothing), RANGE(lower), &by)), -1);
	CHECK_EQUAL(sign(compare(RANGE(lower), RANGE(lower), NULL)), 0);
	CHECK_EQUAL(sign(wide_compare(wide_lower, wide_lower + 3, wide_upper, wide_upper + 3, &by)), 1);
	CHECK_EQUAL(sign(wide_compare(wide_lower, wide_lower + 2, wide_lower, wide_lower + 3, &by)), -1);
	memset(key, '#', sizeof(key));
	CHECK_EQUAL(transform(key, key + 2, RANGE(lower), &by), 3); /* too small: untouched */
	CHECK_EQUAL(key[0], '#');
	CHECK_EQUAL(transform(key, key + 64, RANGE(nul), &by), 3);
	CHECK(memcmp(key, "a\0b#", 4) == 0);
	CHECK_EQUAL(wide_transform(wide_key, wide_key + 64, wide_lower, wide_lower + 3, &by), 3);
	CHECK(memcmp(wide_key, L"abc", 6) == 0);

	locinfo(info, 0x3F, "en-US");
	CHECK(getcoll(info, &by) == &by && by.locale_name != NULL && wcscmp(by.locale_name, L"en-US") == 0);
	locinfo_end(info);
	CHECK_EQUAL(sign(compare(RANGE(lower), RANGE(upper), &by)), -1);
	CHECK_EQUAL(sign(compare(RANGE(nothing), RANGE(lower), &by)), -1);
	CHECK_EQUAL(sign(compare(RANGE(lower), RANGE(nothing), &by)), 1);
	CHECK_EQUAL(sign(wide_compare(wide_lower, wide_lower + 3, wide_upper, wide_upper + 3, &by)), -1);
	size = transform(key, key + 64, RANGE(lower), &by);
	CHECK(size > 3 && size < 64 && transform(other, other, RANGE(lower), &by) == size);
	CHECK(transform(other, other + 64, RANGE(upper), &by) < 64 && strcmp(key, other) < 0);
	CHECK_EQUAL(transform(key, key + 64, RANGE(nothing), &by), 0);
	CHECK(wide_transform(wide_key, wide_key + 64, wide_lower, wide_lower + 3, &by) < 64);
	CHECK(wide_transform(wide_other, wide_other + 64, wide_upper, wide_upper + 3, &by) < 64);
	CHECK(wcscmp(wide_key, wide_other) < 0);

	CHECK_EQUAL(map(L"en-US", LCMAP_UPPERCASE, "a\xE9z", 3, NULL, 0, 1252, TRUE), 3);
	CHECK_EQUAL(map(L"en-US", LCMAP_UPPERCASE, "a\xE9z", 3, key, sizeof(key), 1252, TRUE), 3);
	CHECK(memcmp(key, "A\xC9Z", 3) == 0);
	CHECK_EQUAL(map(L"en-US", LCMAP_LOWERCASE, "AB\0CD", 5, key, sizeof(key), 1252, TRUE), 3);
	CHECK(strcmp(key, "ab") == 0);
	CHECK_EQUAL(map(L"en-US", LCMAP_UPPERCASE, "\xFF", 1, key, sizeof(key), CP_UTF8, TRUE), 0);
	CHECK_EQUAL(wide_map(L"en-US", LCMAP_UPPERCASE, L"ab", -1, wide_key, 64), 3);
	CHECK(wcscmp(wide_key, L"AB") == 0);
}

static void test_random_device(void)
{
	FUNCTION(unsigned, random, "?_Random_device@std@@YAIXZ", (void));
	unsigned first = random();

	CHECK(random() != first || random() != first);
}

static void test_errors(void)
{
	FUNCTION(const char *, text, "?_Syserror_map@std@@YAPEBDH@Z", (int));
	FUNCTION(int, from_windows, "?_Winerror_map@std@@YAHH@Z", (int));

	CHECK(strcmp(text(2), "no such file or directory") == 0);
	CHECK(strcmp(text(138), "timed out") == 0);
	CHECK(strcmp(text(9999), "unknown error") == 0);
	CHECK_EQUAL(from_windows(ERROR_PATH_NOT_FOUND), 2);
	CHECK_EQUAL(from_windows(ERROR_ACCESS_DENIED), 13);
	CHECK_EQUAL(from_windows(123456), 0);
}

int main(void)
{
	dll = LoadLibraryW(L"msvcp140.dll");
	CHECK(GetModuleHandleW(L"ucrtbase.dll") != NULL);
	CHECK(dll != NULL);
	if (dll == NULL)
		return guest_result();
	test_threads();
	test_locales();
	test_time_put();
	test_collate();
	test_random_device();
	test_errors();
	return guest_result();
}
