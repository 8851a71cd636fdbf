/*
 * ntdll/mm/write_watch.c - MEM_WRITE_WATCH: which pages of an allocation were written.
 *
 * A page has two marks, as on NT, where a write sets the dirty bit of the page's entry and a change of protection saves
 * those bits in a bitmap before the entries are rewritten:
 *
 *	live      the page was written since it got memory or since its marks were reset; decommitting loses it
 *	latched   it was live when a protect call passed over it; decommitting keeps it
 *
 * A page is reported when it has either; a reset takes both.  (Published tests of Windows 10 show the difference: see
 * tests/conformance/memory_rows_watch.c.)
 *
 * Latched marks are a bitmap of ours.  Live ones are the kernel's where it can (host/write_watch.h).  Elsewhere they
 * are a second bitmap: pages that are not live are mapped without the right to write, and the first write is a fault.
 */
#include "ntdll/mm/mm_internal.h"
#include "host/write_watch.h"

#include <string.h>

struct mm_watch {
	uintptr_t start;   /* of the first page in the bitmaps */
	size_t bytes;      /* of each bitmap */
	uint64_t *latched; /* a bit a page; `live` follows */
	uint64_t *live;    /* unused where the kernel keeps it */
	size_t latched_count;
	uint32_t references; /* VADs: a partial release splits them */
};
_Static_assert(sizeof(struct mm_watch) <= MM_RECORD_SIZE, "a watch is one record");

/* Marks are looked at so many pages at a time. */
#define WINDOW_PAGES 2048u
#define WINDOW_WORDS (WINDOW_PAGES / 64)

/* How many VADs are watched, so that others pay nothing; read without the lock. */
static size_t watched_vads;

static struct mm_watch *watch_of(const struct mm_vad *vad)
{
	return vad->view->watch;
}

static size_t page_index(const struct mm_watch *watch, uintptr_t address)
{
	return (address - watch->start) / MM_PAGE_SIZE;
}

static bool get_bit(const uint64_t *bits, size_t index)
{
	return bits[index / 64] >> (index % 64) & 1;
}

static void set_bit(uint64_t *bits, size_t index, bool value)
{
	if (value)
		bits[index / 64] |= (uint64_t)1 << (index % 64);
	else
		bits[index / 64] &= ~((uint64_t)1 << (index % 64));
}

/* The first index of [from, to) whose bit is `value`; `to` if none. */
static size_t find_bit(const uint64_t *bits, size_t from, size_t to, bool value)
{
	while (from < to) {
		uint64_t word = (value ? bits[from / 64] : ~bits[from / 64]) >> (from % 64);

		if (word) {
			from += (size_t)__builtin_ctzll(word);
			return from < to ? from : to;
		}
		from = (from / 64 + 1) * 64;
	}
	return to;
}

static void latch_page(struct mm_watch *watch, size_t index, bool value)
{
	if (get_bit(watch->latched, index) == value)
		return;
	set_bit(watch->latched, index, value);
	watch->latched_count += value ? 1 : (size_t)-1;
}

NTSTATUS mm_watch_attach(struct mm_vad *vad)
{
	size_t pages = (vad->end - vad->start) / MM_PAGE_SIZE;
	size_t bytes = mm_page_up((pages + 63) / 64 * 8);
	char *bits = host_alloc_pages(2 * bytes); /* costs memory only where it is used */
	struct mm_watch *watch;
	int error;

	if (!bits)
		return STATUS_NO_MEMORY;
	if (host_watch_supported())
		error = host_watch_start(vad->start, vad->end - vad->start);
	else
		error = host_vm_unmap(vad->start, vad->end - vad->start); /* whatever is left of an earlier use */
	if (error) {
		host_free_pages(bits, 2 * bytes);
		return mm_status_from_host(error);
	}
	watch = mm_record_alloc();
	*watch = (struct mm_watch){.start = vad->start, .bytes = bytes, .latched = (uint64_t *)bits, .references = 1};
	watch->live = (uint64_t *)(bits + bytes);
	mm_vad_untell(vad);
	vad->view = mm_record_alloc();
	vad->view->watch = watch;
	vad->flags |= MM_VAD_WATCHED;
	__atomic_add_fetch(&watched_vads, 1, __ATOMIC_RELAXED);
	return STATUS_SUCCESS;
}

void mm_watch_share(struct mm_vad *upper)
{
	struct mm_view *view = mm_record_alloc();

	*view = *upper->view;
	view->watch->references++;
	upper->view = view;
	__atomic_add_fetch(&watched_vads, 1, __ATOMIC_RELAXED);
}

void mm_watch_detach(struct mm_vad *vad)
{
	struct mm_watch *watch = watch_of(vad);

	mm_record_free(vad->view);
	vad->view = NULL;
	vad->flags &= (uint8_t)~MM_VAD_WATCHED;
	__atomic_sub_fetch(&watched_vads, 1, __ATOMIC_RELAXED);
	if (--watch->references)
		return;
	host_free_pages(watch->latched, 2 * watch->bytes);
	mm_record_free(watch);
}

/* The next piece of [*at, end) that is committed, whatever its protection; false: none. */
MM_SHARED static bool committed_span(const struct mm_vad *vad, uintptr_t *at, uintptr_t end, uintptr_t *span_end)
{
	struct mm_run run;

	for (mm_run_first(vad, *at, end, &run); run.start < end; mm_run_next(vad, end, &run)) {
		if (!(run.state & MM_STATE_COMMIT))
			continue;
		*at = run.start;
		*span_end = run.end;
		while (*span_end < end && mm_run_at(vad, *span_end).state & MM_STATE_COMMIT) {
			mm_run_next(vad, end, &run);
			*span_end = run.end;
		}
		return true;
	}
	return false;
}

/* Host protection without the kernel's help: what is not live may not be written. */
static int apply_by_marks(const struct mm_vad *vad, uintptr_t start, uintptr_t end, unsigned prot)
{
	const struct mm_watch *watch = watch_of(vad);
	size_t at = page_index(watch, start), stop = page_index(watch, end);
	int error = host_vm_protect(start, end - start, prot & ~HOST_PROT_WRITE);

	if (!(prot & HOST_PROT_WRITE))
		return error;
	while (!error && (at = find_bit(watch->live, at, stop, true)) < stop) {
		size_t last = find_bit(watch->live, at, stop, false);

		error = host_vm_protect(watch->start + at * MM_PAGE_SIZE, (last - at) * MM_PAGE_SIZE, prot);
		at = last;
	}
	return error;
}

int mm_watch_apply(const struct mm_vad *vad, uintptr_t start, uintptr_t end, unsigned prot)
{
	if (host_watch_supported())
		return host_vm_protect(start, end - start, prot);
	return apply_by_marks(vad, start, end, prot);
}

int mm_watch_commit(const struct mm_vad *vad, uintptr_t start, uintptr_t end, unsigned prot)
{
	struct mm_run run;
	int error = 0;

	if (host_watch_supported())
		for (mm_run_first(vad, start, end, &run); !error && run.start < end; mm_run_next(vad, end, &run))
			if (!(run.state & MM_STATE_COMMIT))
				error = host_watch_clear(run.start, run.end - run.start);
	return error ? error : mm_watch_apply(vad, start, end, prot);
}

int mm_watch_decommit(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	struct mm_watch *watch = watch_of(vad);
	size_t at = page_index(watch, start), stop = page_index(watch, end);
	int error = host_watch_drop(start, end - start);

	if (error || host_watch_supported())
		return error;
	while ((at = find_bit(watch->live, at, stop, true)) < stop)
		set_bit(watch->live, at, false);
	return 0;
}

bool mm_watch_fault(const struct mm_vad *vad, const struct mm_run *run, uintptr_t page)
{
	struct mm_watch *watch = watch_of(vad);
	unsigned prot = mm_host_prot(run->state & MM_STATE_PROTECT);

	if (host_watch_supported() || get_bit(watch->live, page_index(watch, page)))
		return false;
	if (!host_vm_protect(page, MM_PAGE_SIZE, prot)) {
		set_bit(watch->live, page_index(watch, page), true);
		return true;
	}
	/* Too many mappings: a mark too many is better than a write that fails. */
	if (host_vm_protect(run->start, run->end - run->start, prot))
		return false;
	for (uintptr_t at = run->start; at < run->end; at += MM_PAGE_SIZE)
		set_bit(watch->live, page_index(watch, at), true);
	return true;
}

/* Live marks without the kernel's help; with `reset` the pages lose them, but for those that cannot be protected. */
MM_SHARED
static void live_by_marks(const struct mm_vad *vad, uintptr_t start, uintptr_t end, bool reset, uint64_t *bits)
{
	struct mm_watch *watch = watch_of(vad);
	size_t first = page_index(watch, start), stop = page_index(watch, end), at = first;

	while ((at = find_bit(watch->live, at, stop, true)) < stop) {
		size_t last = find_bit(watch->live, at, stop, false);
		uintptr_t from = watch->start + at * MM_PAGE_SIZE, to = watch->start + last * MM_PAGE_SIZE;
		struct mm_run run;

		for (size_t i = at; i < last; i++)
			set_bit(bits, i - first, true);
		at = last;
		if (!reset)
			continue;
		for (mm_run_first(vad, from, to, &run); run.start < to; mm_run_next(vad, to, &run)) {
			unsigned prot = mm_host_prot(run.state & MM_STATE_PROTECT);

			if (prot & HOST_PROT_WRITE &&
			    host_vm_protect(run.start, run.end - run.start, prot & ~HOST_PROT_WRITE))
				continue;
			for (uintptr_t page = run.start; page < run.end; page += MM_PAGE_SIZE)
				set_bit(watch->live, page_index(watch, page), false);
		}
	}
}

/* Live marks of [start, end), at most a window, into `bits`; with `reset` no more than `max_pages` of them.  *end
 * receives how far it got. */
MM_SHARED
static int live_marks(const struct mm_vad *vad, uintptr_t start, uintptr_t *end, bool reset, size_t max_pages,
		      uint64_t *bits)
{
	uintptr_t at = start, span_end, next;

	if (!host_watch_supported()) {
		live_by_marks(vad, start, *end, reset, bits);
		return 0;
	}
	while (committed_span(vad, &at, *end, &span_end)) {
		while (at < span_end) {
			struct host_range found[32];
			int count = host_watch_scan(at, span_end, reset, max_pages, found, 32, &next);

			if (count < 0)
				return count;
			for (int i = 0; i < count; i++)
				for (uintptr_t page = found[i].start; page < found[i].end;
				     page += MM_PAGE_SIZE, max_pages--)
					set_bit(bits, (page - start) / MM_PAGE_SIZE, true);
			at = next;
			if (!max_pages) {
				*end = at;
				return 0;
			}
		}
	}
	return 0;
}

void mm_watch_latch(const struct mm_vad *vad, uintptr_t start, uintptr_t end)
{
	struct mm_watch *watch = watch_of(vad);

	while (start < end) {
		uintptr_t stop = end - start > WINDOW_PAGES * MM_PAGE_SIZE ? start + WINDOW_PAGES * MM_PAGE_SIZE : end;
		uint64_t bits[WINDOW_WORDS] = {0};
		size_t pages = (stop - start) / MM_PAGE_SIZE, at = 0, first = page_index(watch, start);

		/* The pages stay live, so that nothing is lost if this fails. */
		if (live_marks(vad, start, &stop, false, SIZE_MAX, bits))
			return;
		for (; (at = find_bit(bits, at, pages, true)) < pages; at++)
			latch_page(watch, first + at, true);
		start = stop;
	}
}

/* Gives out marked pages as ranges. */
struct output {
	struct host_range *ranges;
	unsigned count, capacity;
	size_t pages_left;
};

/* false: full. */
static bool put_page(struct output *out, uintptr_t page)
{
	if (!out->pages_left)
		return false;
	if (out->count && out->ranges[out->count - 1].end == page) {
		out->ranges[out->count - 1].end += MM_PAGE_SIZE;
	} else {
		if (out->count == out->capacity)
			return false;
		out->ranges[out->count++] = (struct host_range){page, page + MM_PAGE_SIZE};
	}
	out->pages_left--;
	return true;
}

/* Reads a window of marks of both kinds.  What a reset took from the live ones and there is no room to tell is latched.
 */
MM_SHARED
static NTSTATUS read_window(const struct mm_vad *vad, uintptr_t *at, uintptr_t end, bool reset, struct output *out,
			    bool *full)
{
	struct mm_watch *watch = watch_of(vad);
	uintptr_t start = *at;
	uint64_t bits[WINDOW_WORDS] = {0};
	size_t first = page_index(watch, start), pages, page = 0;
	int error;

	if (end - start > WINDOW_PAGES * MM_PAGE_SIZE)
		end = start + WINDOW_PAGES * MM_PAGE_SIZE;
	error = live_marks(vad, start, &end, reset, reset ? out->pages_left : SIZE_MAX, bits);
	if (error)
		return mm_status_from_host(error);
	pages = (end - start) / MM_PAGE_SIZE;
	for (size_t i = first; (i = find_bit(watch->latched, i, first + pages, true)) < first + pages; i++)
		set_bit(bits, i - first, true);
	for (; (page = find_bit(bits, page, pages, true)) < pages; page++) {
		if (*full || !put_page(out, start + page * MM_PAGE_SIZE)) {
			if (!*full)
				end = start + page * MM_PAGE_SIZE;
			*full = true;
			if (!reset)
				break;
			latch_page(watch, first + page, true);
		} else if (reset) {
			latch_page(watch, first + page, false);
		}
	}
	*at = end;
	return STATUS_SUCCESS;
}

/* Without latched marks the kernel's answer is the answer. */
MM_SHARED
static NTSTATUS read_live(const struct mm_vad *vad, uintptr_t *at, uintptr_t end, bool reset, struct output *out)
{
	uintptr_t span_end;

	while (out->pages_left && out->count < out->capacity && committed_span(vad, at, end, &span_end)) {
		struct host_range *found = out->ranges + out->count;
		int count =
			host_watch_scan(*at, span_end, reset, out->pages_left, found, out->capacity - out->count, at);

		if (count < 0)
			return mm_status_from_host(count);
		for (int i = 0; i < count; i++)
			out->pages_left -= (found[i].end - found[i].start) / MM_PAGE_SIZE;
		out->count += (unsigned)count;
	}
	if (out->pages_left && out->count < out->capacity)
		*at = end;
	return STATUS_SUCCESS;
}

MM_UNCHECKED NTSTATUS mm_watch_read(uintptr_t *at, uintptr_t end, bool reset, size_t max_pages, struct host_range *ranges,
		       unsigned *count)
{
	struct output out = {.ranges = ranges, .capacity = *count, .pages_left = max_pages};
	NTSTATUS status = STATUS_INVALID_PARAMETER_1;
	const struct mm_vad *vad;
	bool full = false;

	if (reset)
		mm_lock_exclusive();
	else
		mm_lock_shared();
	vad = mm_vad_find(*at);
	if (vad && vad->flags & MM_VAD_WATCHED && end <= vad->end) {
		status = STATUS_SUCCESS;
		if (host_watch_supported() && !watch_of(vad)->latched_count)
			status = read_live(vad, at, end, reset, &out);
		else
			while (NT_SUCCESS(status) && *at < end && !full && out.pages_left)
				status = read_window(vad, at, end, reset, &out, &full);
	}
	if (reset)
		mm_unlock_exclusive();
	else
		mm_unlock_shared();
	*count = out.count;
	return status;
}

bool mm_watches(uintptr_t address)
{
	const struct mm_vad *vad;
	bool watched;

	if (!__atomic_load_n(&watched_vads, __ATOMIC_RELAXED))
		return false;
	mm_lock_shared();
	vad = mm_vad_find(address);
	watched = vad && vad->flags & MM_VAD_WATCHED;
	mm_unlock_shared();
	return watched;
}
