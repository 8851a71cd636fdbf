/*
 * fragmented - address space in very many small pieces: more of them than Linux gives a process mappings (65,530).
 *
 * With an argument, a system that runs short may refuse, as long as it has done nothing then.
 */
#include "guest.h"

#include <stdint.h>

#define PAGE 4096u

static BOOL may_refuse;

/* The call that failed did so for want of memory, after many that did not. */
static BOOL refused_well(size_t done)
{
	DWORD error = GetLastError();

	CHECK(error == ERROR_NOT_ENOUGH_MEMORY || error == ERROR_COMMITMENT_LIMIT);
	CHECK(may_refuse);
	CHECK(done > 15000);
	return may_refuse;
}

static MEMORY_BASIC_INFORMATION query(const void *address)
{
	MEMORY_BASIC_INFORMATION info;

	memset(&info, 0xCC, sizeof(info));
	CHECK_EQUAL(VirtualQuery(address, &info, sizeof(info)), sizeof(info));
	return info;
}

/* Whether reading the byte faults; mingw has no __try, so the system is asked to copy it. */
static BOOL readable(const void *address)
{
	char byte;
	SIZE_T done;

	return ReadProcessMemory(GetCurrentProcess(), address, &byte, 1, &done);
}

static uint64_t commit_charge(void)
{
	MEMORYSTATUSEX status = {.dwLength = sizeof(status)};

	CHECK(GlobalMemoryStatusEx(&status));
	return status.ullTotalPageFile - status.ullAvailPageFile;
}

/* Every second page, in the order given by a step that has no factor in common with `pages`. */
static char *commit_every_second(size_t pages, size_t step)
{
	char *base = VirtualAlloc(NULL, pages * 2 * PAGE, MEM_RESERVE, PAGE_READWRITE);
	size_t done, page = 0;

	CHECK(base != NULL);
	for (done = 0; done < pages; done++, page = (page + step) % pages) {
		if (!VirtualAlloc(base + page * 2 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE)) {
			refused_well(done);
			CHECK_EQUAL(query(base + page * 2 * PAGE).State, MEM_RESERVE);
			CHECK(!readable(base + page * 2 * PAGE));
			break;
		}
	}
	page = 0;
	for (size_t i = 0; i < done; i += 509, page = (page + 509 * step) % pages) {
		char *at = base + page * 2 * PAGE;

		CHECK_EQUAL(*(volatile char *)at, 0);
		*(volatile char *)at = (char)(page | 1);
		CHECK_EQUAL(query(at).State, MEM_COMMIT);
		CHECK_EQUAL(query(at).RegionSize, PAGE);
		CHECK_EQUAL(query(at + PAGE).State, MEM_RESERVE);
		CHECK(!readable(at + PAGE));
	}
	page = 0;
	for (size_t i = 0; i < done; i += 509, page = (page + 509 * step) % pages)
		CHECK_EQUAL(base[page * 2 * PAGE], (char)(page | 1));
	return base;
}

static void single_pages(void)
{
	uint64_t before = commit_charge();
	char *base = commit_every_second(524288, 1);

	CHECK(may_refuse || commit_charge() - before >= 524288ull * PAGE);
	/* The holes are filled, and nothing is lost. */
	CHECK(VirtualAlloc(base, 1 << 20, MEM_COMMIT, PAGE_READWRITE) == base);
	CHECK_EQUAL(query(base).RegionSize, (1 << 20) + PAGE);
	CHECK_EQUAL(base[PAGE], 0);
	CHECK_EQUAL(base[0], 1);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
	CHECK(!readable(base));
	base = commit_every_second(131072, 75329);
	CHECK(VirtualFree(base, 0, MEM_DECOMMIT));
	CHECK_EQUAL(query(base).State, MEM_RESERVE);
	CHECK(!readable(base));
	CHECK(VirtualAlloc(base, PAGE, MEM_COMMIT, PAGE_READWRITE) == base);
	CHECK_EQUAL(base[0], 0);
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
}

static void holes_in_a_block(void)
{
	size_t pages = 131072, done;
	char *base = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

	for (size_t page = 0; page < pages; page += 128)
		base[page * PAGE] = base[(page + 1) * PAGE] = 'x';
	for (done = 1; done < pages; done += 2) {
		if (!VirtualFree(base + done * PAGE, PAGE, MEM_DECOMMIT)) {
			refused_well(done);
			CHECK_EQUAL(query(base + done * PAGE).State, MEM_COMMIT);
			CHECK(readable(base + done * PAGE));
			break;
		}
	}
	for (size_t page = 0; page < pages; page += 128) {
		CHECK_EQUAL(base[page * PAGE], 'x');
		CHECK(page >= done || !readable(base + (page + 1) * PAGE));
		CHECK(VirtualAlloc(base + (page + 1) * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
		CHECK_EQUAL(base[(page + 1) * PAGE], page >= done ? 'x' : 0);
	}
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
}

static void many_allocations(void)
{
	enum { COUNT = 100000 };
	char **blocks = malloc(COUNT * sizeof(*blocks));
	size_t failed = 0, count;

	for (count = 0; count < COUNT; count++) {
		blocks[count] = VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
		if (!blocks[count]) {
			refused_well(count);
			break;
		}
		if (count % 16 == 0)
			blocks[count][1] = 'y';
	}
	count &= ~(size_t)15;
	for (size_t i = 1; i < count; i += 2)
		failed += !VirtualFree(blocks[i], 0, MEM_RELEASE);
	CHECK_EQUAL(failed, 0);
	for (size_t i = 0; i < count; i += 16) {
		CHECK_EQUAL(blocks[i][1], 'y');
		CHECK(!readable(blocks[i] + PAGE));
		CHECK(!readable(blocks[i + 1]));
	}
	for (size_t i = 0; i < count; i += 2)
		failed += !VirtualFree(blocks[i], 0, MEM_RELEASE);
	CHECK_EQUAL(failed, 0);
	free(blocks);
}

/* What the pages hold must stay, so this may end with a refusal; one that has changed nothing. */
static void alternating_protection(void)
{
	size_t pages = 131072, done;
	char *base = VirtualAlloc(NULL, pages * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	DWORD old;

	for (size_t page = 0; page < pages; page += 128)
		base[page * PAGE] = base[(page + 1) * PAGE] = 'z';
	for (done = 1; done < pages; done += 2) {
		SetLastError(0);
		if (!VirtualProtect(base + done * PAGE, PAGE, PAGE_NOACCESS, &old))
			break;
	}
	if (done < pages) {
		CHECK(GetLastError() == ERROR_NOT_ENOUGH_MEMORY || GetLastError() == ERROR_COMMITMENT_LIMIT);
		CHECK_EQUAL(query(base + done * PAGE).Protect, PAGE_READWRITE);
		CHECK(readable(base + done * PAGE));
		CHECK(done > 20000);
		/* Other memory can still be had. */
		for (unsigned i = 0; i < 100; i++) {
			char *other = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
			CHECK(other != NULL && VirtualFree(other, 0, MEM_RELEASE));
		}
	}
	CHECK_EQUAL(query(base + PAGE).Protect, PAGE_NOACCESS);
	CHECK(!readable(base + PAGE));
	CHECK(VirtualProtect(base, pages * PAGE, PAGE_READWRITE, &old));
	for (size_t page = 0; page < pages; page += 128)
		CHECK(base[page * PAGE] == 'z' && base[(page + 1) * PAGE] == 'z');
	CHECK(VirtualFree(base, 0, MEM_RELEASE));
}

int main(int argc, char **argv)
{
	uint64_t before = commit_charge();

	(void)argv;
	may_refuse = argc > 1;
	single_pages();
	holes_in_a_block();
	many_allocations();
	alternating_protection();
	/* The heap may keep something. */
	CHECK(commit_charge() < before + (64u << 20));
	return guest_result();
}
