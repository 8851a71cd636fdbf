/*
 * bench_wait.h - works of bench_wait: what bench_wait_guest.c does with Windows' calls and bench_wait_native.c with pthreads and
 * futexes, under the same names.  Each prints "NAME NANOSECONDS" for one operation; bench_wait.sh runs both in turn and
 * divides the best.
 */
#include <stdio.h>
#include <string.h>

static const char *wanted;
static double now(void); /* nanoseconds */

static int is_wanted(const char *name)
{
	return !wanted || strncmp(name, wanted, strlen(wanted)) == 0;
}

#define WORK(name, count, operation)                                                                                        \
	do {                                                                                                                \
		if (!is_wanted(name))                                                                                       \
			break;                                                                                              \
		double best_ = 1e18;                                                                                        \
		for (int round_ = 0; round_ < 5; round_++) {                                                                \
			double start_ = now();                                                                              \
			for (int i_ = 0; i_ < (count); i_++) {                                                              \
				operation;                                                                                  \
			}                                                                                                   \
			double took_ = (now() - start_) / (count);                                                          \
			if (took_ < best_)                                                                                  \
				best_ = took_;                                                                              \
		}                                                                                                           \
		printf("%s %.2f\n", name, best_);                                                                           \
		fflush(stdout);                                                                                             \
	} while (0)
