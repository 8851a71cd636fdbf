/*
 * trace_replay.c - the memory calls that a recorder saw on Windows, made again, one by one.
 *
 *	trace_replay FILE...
 *
 * Two forms of recordings are read, told apart by their first line:
 *
 *	"# replay 1"       steps on symbolic allocations: alloc, resv, commit, protect, decommit, free
 *	"# trace-calls 1"  the calls as recorded: C <seq> <tid> <api> key=value... => <status>
 *
 * Addresses are not compared: Windows randomises them.  Compared are the status, the size and the alignment that come
 * back, the old protection, and what VirtualQuery then says of every page of the allocation.  A page model beside each
 * allocation (state and protection of every page) says what is expected; calls on memory that the recording never saw
 * made (an image's, another process's) are counted as left out.  The closing line is
 *
 *	FILE: N steps, N left out, N wrong
 *
 * and the exit code 0 only if every file had a step and none was wrong.
 */
#include "memory_rows.h"

#include <stdarg.h>
#include <stdbool.h>

enum { page_size = 0x1000, unit = 0x10000 };

/* One allocation.  recorded is its address in the recording (0 in the symbolic form), protect[] the protection of each
 * page, 0 where it is only reserved. */
struct allocation {
	ULONG64 recorded;
	char *base;
	SIZE_T pages;
	DWORD *protect;
	DWORD allocation_protect;
};

static struct allocation *allocations;
static size_t count, room;
static unsigned long steps, left_out, wrong, line_number;
static const char *file_name;

static void complain(const char *format, ...)
{
	va_list arguments;

	wrong++;
	printf("%s:%lu: ", file_name, line_number);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

static struct allocation *add(ULONG64 recorded, SIZE_T size, DWORD protect)
{
	if (count == room) {
		room = room ? room * 2 : 256;
		allocations = realloc(allocations, room * sizeof(*allocations));
	}
	struct allocation *it = &allocations[count++];
	*it = (struct allocation){ .recorded = recorded, .pages = (size + page_size - 1) / page_size, .allocation_protect = protect };
	it->protect = calloc(it->pages, sizeof(DWORD));
	return it;
}

static void drop(struct allocation *it)
{
	free(it->protect);
	*it = allocations[--count];
}

/* The allocation that holds the recorded address: linear, from the youngest, which is nearly always the one. */
static struct allocation *find_recorded(ULONG64 address)
{
	for (size_t i = count; i-- > 0;) {
		if (address >= allocations[i].recorded && address - allocations[i].recorded < allocations[i].pages * (ULONG64)page_size)
			return &allocations[i];
	}
	return NULL;
}

static struct allocation *find_named(ULONG64 name)
{
	for (size_t i = count; i-- > 0;) {
		if (allocations[i].recorded == name)
			return &allocations[i];
	}
	return NULL;
}

/* Whether VirtualQuery says of every page in [first, last) what the model says. */
static void compare(const struct allocation *it, SIZE_T first, SIZE_T last)
{
	for (SIZE_T page = first; page < last;) {
		MEMORY_BASIC_INFORMATION info = query(it->base + page * page_size);
		DWORD want = it->protect[page];

		if ((char *)info.AllocationBase != it->base || info.Type != MEM_PRIVATE || info.State != (want ? MEM_COMMIT : MEM_RESERVE) ||
		    info.Protect != want || info.AllocationProtect != it->allocation_protect) {
			complain("page %Ix: state %lx, protection %lx of %lx, not %lx of %lx", page, info.State, info.Protect,
				 info.AllocationProtect, want, it->allocation_protect);
			return;
		}
		SIZE_T end = page + info.RegionSize / page_size;
		for (; page < end && page < it->pages; page++) {
			if (it->protect[page] != want) {
				complain("page %Ix lies in a region of %lx, not %lx", page, want, it->protect[page]);
				return;
			}
		}
		if (page == end && page < it->pages && it->protect[page] == want) {
			complain("a region ends before page %Ix, which is like its last", page);
			return;
		}
	}
}

static void make(ULONG64 recorded, SIZE_T size, DWORD type, DWORD protect)
{
	struct allocation *it = add(recorded, size, protect);
	void *base;
	SIZE_T got;
	DWORD status = nt_allocate(NULL, size, type, protect, &base, &got);

	steps++;
	if (status != NT_SUCCESS_) {
		complain("allocating %Ix bytes: status %lx", size, status);
		drop(it);
		return;
	}
	it->base = base;
	if ((ULONG_PTR)base % unit != 0 || got != it->pages * page_size)
		complain("%Ix bytes became %Ix at %p", size, got, base);
	for (SIZE_T i = 0; (type & MEM_COMMIT) && i < it->pages; i++)
		it->protect[i] = protect;
	compare(it, 0, it->pages);
}

/* The pages that [offset, offset + size) touches, or false if they are not all inside. */
static bool span(const struct allocation *it, ULONG64 offset, SIZE_T size, SIZE_T *first, SIZE_T *last)
{
	*first = offset / page_size;
	*last = (offset + size + page_size - 1) / page_size;
	if (*first < *last && *last <= it->pages)
		return true;
	left_out++;
	return false;
}

static void commit(struct allocation *it, ULONG64 offset, SIZE_T size, DWORD protect)
{
	void *base;
	SIZE_T got, first, last;

	if (!span(it, offset, size, &first, &last))
		return;
	steps++;
	DWORD status = nt_allocate(it->base + offset, size, MEM_COMMIT, protect, &base, &got);
	if (status != NT_SUCCESS_ || (char *)base != it->base + first * page_size || got != (last - first) * page_size) {
		complain("commit: status %lx, base +%Ix, size %Ix", status, (char *)base - it->base, got);
		return;
	}
	for (SIZE_T i = first; i < last; i++)
		it->protect[i] = protect;
	compare(it, 0, it->pages);
}

static void change(struct allocation *it, ULONG64 offset, SIZE_T size, DWORD protect, const DWORD *recorded_old)
{
	SIZE_T first, last;
	ULONG old = 0;

	if (!span(it, offset, size, &first, &last))
		return;
	steps++;
	void *base = it->base + offset;
	DWORD status = (DWORD)NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, protect, &old);
	bool committed = true;
	for (SIZE_T i = first; i < last; i++)
		committed = committed && it->protect[i] != 0;
	if (status != (committed ? NT_SUCCESS_ : NT_NOT_COMMITTED)) {
		complain("protect: status %lx", status);
		return;
	}
	if (!committed)
		return;
	if (old != it->protect[first] || (recorded_old && old != *recorded_old))
		complain("the old protection is %lx, recorded %lx", old, recorded_old ? *recorded_old : it->protect[first]);
	for (SIZE_T i = first; i < last; i++)
		it->protect[i] = protect;
	compare(it, 0, it->pages);
}

static void decommit(struct allocation *it, ULONG64 offset, SIZE_T size)
{
	void *base;
	SIZE_T got, first, last;

	if (!span(it, offset, size, &first, &last))
		return;
	steps++;
	DWORD status = nt_free(it->base + offset, size, MEM_DECOMMIT, &base, &got);
	if (status != NT_SUCCESS_ || got != (last - first) * page_size)
		complain("decommit: status %lx, size %Ix", status, got);
	for (SIZE_T i = first; i < last; i++)
		it->protect[i] = 0;
	compare(it, 0, it->pages);
}

/* Releases [offset, offset + size) of the allocation; the rest of it lives on, as two if a middle goes. */
static void release_part(struct allocation *it, ULONG64 offset, SIZE_T size)
{
	void *base;
	SIZE_T got, first, last;

	if (!span(it, offset, size, &first, &last))
		return;
	steps++;
	bool whole = first == 0 && last == it->pages;
	DWORD status = nt_free(it->base + offset, whole ? 0 : size, MEM_RELEASE, &base, &got);
	if (status != NT_SUCCESS_ || got != (last - first) * page_size) {
		complain("release: status %lx, size %Ix, recorded %Ix", status, got, size);
		return;
	}
	if (query(it->base + offset).State != MEM_FREE)
		complain("released memory is not free");
	struct allocation old = *it;
	drop(it);
	for (int part = 0; part < 2; part++) {
		SIZE_T from = part ? last : 0, to = part ? old.pages : first;
		if (from == to)
			continue;
		struct allocation *rest = add(old.recorded + from * page_size, (to - from) * page_size, old.allocation_protect);
		rest->base = old.base + from * page_size;
		memcpy(rest->protect, old.protect + from, (to - from) * sizeof(DWORD));
		compare(rest, 0, rest->pages);
	}
}

/* --- the symbolic form --- */

static void symbolic_step(const char *line)
{
	char old_text[16];
	ULONG64 name, offset, size;
	unsigned protect, old;
	struct allocation *it = sscanf(line, "%*s a%I64u", &name) == 1 ? find_named(name) : NULL;

	if (sscanf(line, "alloc a%I64u %I64x %x", &name, &size, &protect) == 3)
		make(name, size, MEM_RESERVE | MEM_COMMIT, protect);
	else if (sscanf(line, "resv a%I64u %I64x", &name, &size) == 2)
		make(name, size, MEM_RESERVE, PAGE_READWRITE);
	else if (!it)
		left_out++;
	else if (sscanf(line, "commit a%*u+%I64x %I64x %x", &offset, &size, &protect) == 3)
		commit(it, offset, size, protect);
	else if (sscanf(line, "protect a%*u+%I64x %I64x %x old=%15s", &offset, &size, &protect, old_text) == 4)
		change(it, offset, size, protect, sscanf(old_text, "%x", &old) == 1 ? &(DWORD){ old } : NULL);
	else if (sscanf(line, "decommit a%*u+%I64x %I64x", &offset, &size) == 2)
		decommit(it, offset, size);
	else if (sscanf(line, "free a%*u size=%I64x", &size) == 1)
		release_part(it, 0, size);
	else
		left_out++;
}

/* --- the calls as recorded --- */

/* The value of "key=" in the line, hexadecimal; false if it is not there. */
static bool value(const char *line, const char *key, ULONG64 *result)
{
	char pattern[24];

	snprintf(pattern, sizeof(pattern), " %s=", key);
	const char *at = strstr(line, pattern);
	return at && sscanf(at + strlen(pattern), "%I64x", result) == 1;
}

static void recorded_call(const char *line)
{
	char api[64];
	ULONG64 base, size, protect = 0, type = 0, old;
	unsigned status = 1;
	const char *arrow = strstr(line, "=> ");

	if (sscanf(line, "C %*s %*s %63s", api) != 1 || !arrow || sscanf(arrow, "=> %x", &status) != 1 || status != 0 ||
	    !strstr(line, " h=self ") || !value(line, "base", &base) || !value(line, "size", &size)) {
		left_out++;
		return;
	}
	value(line, "prot", &protect);
	struct allocation *it = find_recorded(base);
	if (!strcmp(api, "NtAllocateVirtualMemory")) {
		bool typed = value(line, "type", &type);
		if (it && !(typed && (type & MEM_RESERVE)))
			commit(it, base - it->recorded, size, (DWORD)protect);
		else if (!it && base % unit == 0)
			make(base, size, typed ? (DWORD)type : MEM_RESERVE | MEM_COMMIT, (DWORD)protect);
		else
			left_out++;
	} else if (!it) {
		left_out++;
	} else if (!strcmp(api, "NtProtectVirtualMemory")) {
		bool known = value(line, "old", &old);
		change(it, base - it->recorded, size, (DWORD)protect, known ? &(DWORD){ (DWORD)old } : NULL);
	} else if (!strcmp(api, "NtFreeVirtualMemory") && value(line, "free", &type)) {
		if (type == MEM_DECOMMIT)
			decommit(it, base - it->recorded, size);
		else
			release_part(it, base - it->recorded, size);
	} else {
		left_out++;
	}
}

static bool replay(const char *path)
{
	static char line[4096];
	FILE *file = fopen(path, "r");

	if (!file) {
		printf("%s: cannot be opened\n", path);
		return false;
	}
	file_name = path;
	steps = left_out = wrong = line_number = 0;
	void (*step)(const char *) = NULL;
	while (fgets(line, sizeof(line), file)) {
		line_number++;
		if (line_number == 1)
			step = !strncmp(line, "# replay 1", 10) ? symbolic_step : !strncmp(line, "# trace-calls 1", 15) ? recorded_call : NULL;
		else if (step && line[0] != '#' && line[0] != '\n')
			step(line);
	}
	fclose(file);
	if (!step) {
		printf("%s: neither a replay nor a list of calls\n", path);
		return false;
	}
	while (count > 0) {
		struct allocation *it = &allocations[count - 1];
		compare(it, 0, it->pages);
		release(it->base);
		drop(it);
	}
	printf("%s: %lu steps, %lu left out, %lu wrong\n", path, steps, left_out, wrong);
	return steps > 0 && wrong == 0;
}

int main(int argc, char **argv)
{
	bool good = argc > 1;

	if (argc < 2)
		printf("usage: trace_replay FILE...\n");
	for (int i = 1; i < argc; i++)
		good = replay(argv[i]) && good;
	return good && guest_result() == 0 ? 0 : 1;
}
