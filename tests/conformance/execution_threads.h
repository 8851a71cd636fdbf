/*
 * execution_threads.h - what the programs about threads and the thread pool share.
 */
#ifndef PEWTER_TESTS_EXECUTION_THREADS_H
#define PEWTER_TESTS_EXECUTION_THREADS_H

#include "../guest/guest.h"

typedef LONG NTSTATUS;

/* What is waited for comes, however slow the machine is. */
#define LONG_ENOUGH 60000
/* What is not to come would have come by then on a machine that is not slow. */
#define NOT_YET 60

static inline void *ntdll_function(const char *name)
{
	void *function = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);

	CHECK(function != NULL);
	return function;
}

#endif
