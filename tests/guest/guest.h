/*
 * guest.h - for self-asserting Windows programs: they would pass on real Windows unchanged.
 *
 *	int main(void)
 *	{
 *		CHECK(GetTickCount() != 0);
 *		CHECK_EQUAL(GetLastError(), ERROR_SUCCESS);
 *		ROW(3, "memory");		// the checks that follow show this row of the NT facts
 *		return guest_result();
 *	}
 *
 * A failed check prints one line and the program goes on; the exit code is 0 only if every check passed.
 */
#ifndef PEWTER_TESTS_GUEST_H
#define PEWTER_TESTS_GUEST_H

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef WINVER
#define WINVER 0x0A00
#endif
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int guest_failures, guest_checks;
static char guest_row[64];

#define ROW(number, table) snprintf(guest_row, sizeof(guest_row), " (%s row %s)", table, #number)

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		guest_checks++;                                                                                        \
		if (!(condition)) {                                                                                    \
			guest_failures++;                                                                              \
			printf("%s:%d: not true: %s%s\n", __FILE__, __LINE__, #condition, guest_row);                  \
			fflush(stdout);                                                                                \
		}                                                                                                      \
	} while (0)

#define CHECK_EQUAL(got, want)                                                                                         \
	do {                                                                                                           \
		unsigned long long got_ = (unsigned long long)(got), want_ = (unsigned long long)(want);               \
		guest_checks++;                                                                                        \
		if (got_ != want_) {                                                                                   \
			guest_failures++;                                                                              \
			printf("%s:%d: %s is 0x%I64x, not 0x%I64x%s\n", __FILE__, __LINE__, #got, got_, want_,         \
			       guest_row);                                                                             \
			fflush(stdout);                                                                                \
		}                                                                                                      \
	} while (0)

/* The call fails and sets this last error. */
#define CHECK_FAILS(call, error)                                                                                       \
	do {                                                                                                           \
		SetLastError(0xDEADBEEF);                                                                              \
		CHECK(!(call));                                                                                        \
		CHECK_EQUAL(GetLastError(), error);                                                                    \
	} while (0)

static inline int guest_result(void)
{
	if (guest_failures)
		printf("%d of %d checks failed\n", guest_failures, guest_checks);
	else if (!guest_checks)
		printf("no check was made\n");
	return guest_failures || !guest_checks;
}

#endif
